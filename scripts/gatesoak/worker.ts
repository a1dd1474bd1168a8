/** One process of the long run: takes a piece, runs it, tells the result. */
import { runPiece } from './plan.ts';
import type { Piece } from './plan.ts';

process.on('message', (piece: Piece) => {
  // Node reads the zone anew when it is set.
  process.env['TZ'] = piece.zone ?? 'UTC';
  const result = runPiece(piece, (cycles) => process.send?.({ kind: 'progress', cycles }));
  process.send?.({ kind: 'result', result });
});
process.on('disconnect', () => process.exit(0));
