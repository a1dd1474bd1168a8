/** The short form of `npm run gate:soak`: 500 signal cycles, every fault, and judges that can fail. */
import { describe, expect, test } from 'vitest';
import type { Box } from '../../scripts/gatesoak/box.ts';
import { faultRows } from '../../scripts/gatesoak/faults.ts';
import { optionsOf, planOf, runPiece } from '../../scripts/gatesoak/plan.ts';
import type { Piece, PieceResult } from '../../scripts/gatesoak/plan.ts';
import { rowsOf } from '../../scripts/gatesoak/report.ts';
import { runRow } from '../../scripts/gatesoak/run.ts';
import type { RowOptions } from '../../scripts/gatesoak/run.ts';
import { siteNamed } from '../../scripts/gatesoak/sites.ts';

const plan = planOf({ cycles: 500, seed: 'test', faults: [], pairs: 40 })
  .map((piece): Piece => ({ ...piece, brisk: true }));
const zoneOfTests = process.env['TZ'];

function run(piece: Piece): PieceResult {
  if (piece.zone !== undefined) process.env['TZ'] = piece.zone;
  const result = runPiece(piece);
  if (piece.zone !== undefined) process.env['TZ'] = zoneOfTests ?? 'UTC';
  return result;
}

describe('no wrong green leaves, and each fault is answered as its row expects', () => {
  for (const row of new Set(plan.map((piece) => piece.row))) {
    test(`${row} ${faultRows.find(({ id }) => id === row)?.what ?? ''}`, () => {
      for (const found of rowsOf(plan.filter((piece) => piece.row === row).map(run))) {
        expect(found.examples).toEqual([]);
        expect(found.wrongs).toEqual({ stale: 0, conflict: 0, minEnd: 0 });
        expect(found.failures).toEqual({});
        expect(found.answerMaxMs ?? 0).toBeLessThanOrEqual(100);
        if (row === 'F62') expect(new Set(found.hashes).size).toBe(1);
        // A start of the box stands at the head of each short run; the rest is at L0.
        const isCalm = row === 'none' || (row === 'loss 1 %' && found.sites === 'push');
        if (isCalm) expect(found.valid).toBe(found.ticks - found.startTicks);
      }
    });
  }

  test('the plan has every fault from F34 to F62 that can be put in at this level, and 500 cycles', () => {
    const ids = faultRows.map(({ id }) => id).sort();
    const all = Array.from({ length: 29 }, (_, index) => `F${34 + index}`);
    expect(all.filter((id) => !ids.includes(id))).toEqual(['F53', 'F54', 'F61']);
    const cycles = plan.reduce((sum, piece) => sum + piece.cycles, 0);
    expect(cycles).toBeGreaterThanOrEqual(500);
    const long = planOf({ cycles: 100_000, seed: '1', faults: [], pairs: 500 });
    for (const id of ids) {
      const own = long.filter(({ row }) => row === id).reduce((sum, piece) => sum + piece.cycles, 0);
      expect(own, id).toBeGreaterThanOrEqual(2000);
    }
    expect(long.reduce((sum, piece) => sum + piece.cycles, 0)).toBeGreaterThanOrEqual(100_000);
    expect(long.filter(({ row }) => row === 'pairs').length).toBe(500);
  });
});

test('bursts of two lost packets cost no level, wherever the first turn lay; without the lock they do', () => {
  const site = siteNamed('push');
  const piece: Piece = {
    row: 'bursts', site: 'push', cycles: 3, seed: 'bursts', faults: [], brisk: true,
    loss: { share: 0.05, run: 2 }, phaseMs: 5,
  };
  const validShare = (free: boolean): number => {
    const options = optionsOf(piece);
    const chosen = free ? { ...site, loop: { ...site.loop, signalPhaseLock: false } } : site;
    const { ticks, startTicks, levels } = runRow({ ...options, site: chosen });
    // The lock needs ten seconds to move half a period at the most.
    return (levels['valid'] ?? 0) / (ticks - startTicks);
  };
  expect(validShare(false)).toBeGreaterThan(0.99);
  expect(validShare(true)).toBeLessThan(0.9);
});

/** A gate that lets everything pass. */
function open({ loop }: Box): void {
  const verdict = { level: 'valid', reasons: [], withheld: [], untimed: [] };
  Object.assign(loop.gate, {
    level: () => verdict, verdict: () => verdict, check: () => ({ pass: true }),
  });
}

/** A box that goes on with the last colours that it had. */
function repeating(): (bytes: Uint8Array | null) => Uint8Array | null {
  let last: Uint8Array | null = null;
  let turns = 0;
  return (bytes) => {
    turns++;
    if (turns < 100) last = bytes ?? last;
    return last;
  };
}

const lying = (change: (phase: { light: string; timing?: { counting?: { minEndTime?: number } } }) => void) =>
  (more: Partial<RowOptions>): ReturnType<typeof runRow> =>
    runRow({
      site: siteNamed('push'), seed: 'lie', cycles: 2,
      inject: () => ({
        hooks: {
          encode(frame, write) {
            const changed = structuredClone(frame) as {
              spatFrame?: { intersections: { phases: { phaseStates: Parameters<typeof change>[0][] }[] }[] };
            };
            for (const { phases } of changed.spatFrame?.intersections ?? []) {
              for (const { phaseStates } of phases) change(phaseStates[0]!);
            }
            return write(changed);
          },
        },
        injected: () => 1,
      }),
      ...more,
    });

describe('the judge can fail', () => {
  test('a red that is told as green is a stale green and a conflict, unless the gate stops it', () => {
    const lie = lying((state) => {
      if (state.light === 'red') state.light = 'protected-green';
    });
    const { wrongs } = lie({ breakGate: open });
    expect(wrongs.stale).toBeGreaterThan(100);
    expect(wrongs.conflict).toBeGreaterThan(100);
    expect(lie({}).wrongs).toEqual({ stale: 0, conflict: 0, minEnd: 0 });
  });

  test('a minimum end that is a second late is a wrong one, unless the gate stops it', () => {
    const lie = lying(({ timing }) => {
      const counting = timing?.counting;
      if (counting?.minEndTime !== undefined) counting.minEndTime += 10;
    });
    const { wrongs } = lie({ breakGate: open });
    expect(wrongs.minEnd).toBeGreaterThan(100);
    expect(wrongs.stale + wrongs.conflict).toBe(0);
    expect(lie({}).wrongs.minEnd).toBe(0);
  });

  test('a green that goes on for 400 ms is stale for a quick source, and residual for a slow one', () => {
    const late = (name: 'push' | 'slow'): ReturnType<typeof runRow> => {
      const kept: Uint8Array[] = [];
      return runRow({
        site: siteNamed(name), slow: name === 'slow', seed: 'late', cycles: 3,
        inject: () => ({ injected: () => 0 }),
        breakSent(bytes) {
          if (bytes) kept.push(bytes.slice());
          return kept.length > 9 ? kept.at(-10)! : null;
        },
      });
    };
    expect(late('push').wrongs.stale).toBeGreaterThan(0);
    const slow = late('slow');
    expect(slow.residual).toBeGreaterThan(0);
  });

  test('rows that sent other octets in another zone do not pass', () => {
    const [one] = plan.filter(({ row }) => row === 'F62').map(run);
    expect(rowsOf([one!, { ...one!, hash: one!.hash + 1 }])[0]!.pass).toBe(false);
    expect(rowsOf([one!, one!])[0]!.pass).toBe(true);
  });

  for (const { id } of faultRows.filter((row) => row.id !== 'F62')) {
    test(`${id} does not pass with an open gate, or with a box that repeats its last colours`, () => {
      const piece = planOf({ cycles: 1, seed: 'broken', faults: [id], pairs: 0 })[0]!;
      const fails = [{ breakGate: open }, { breakSent: repeating() }].some((how) =>
        !rowsOf([runPiece({ ...piece, cycles: 4, brisk: true }, undefined, how)])[0]!.pass);
      expect(fails).toBe(true);
    });
  }
});
