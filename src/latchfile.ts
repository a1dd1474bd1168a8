/** Latches that outlive a restart: two copies with a checksum; where both are bad, all are set. */
import { crc32 } from './base/bytes.ts';
import type { LatchRow } from './gate/latches.ts';

/** One copy: four octets of CRC-32, then JSON. Write it twice, each whole and synced. */
export function encodeLatches(rows: readonly LatchRow[], version: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify({ version, rows }));
  const bytes = new Uint8Array(4 + text.length);
  bytes.set(text, 4);
  new DataView(bytes.buffer).setUint32(0, crc32(bytes, 4));
  return bytes;
}

interface Copy {
  readonly version: number;
  readonly rows: readonly LatchRow[];
}

function readCopy(bytes: Uint8Array | null): Copy | null {
  if (bytes === null || bytes.length < 5) return null;
  const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (stored !== crc32(bytes, 4)) return null;
  return JSON.parse(new TextDecoder().decode(bytes.subarray(4))) as Copy;
}

/**
 * Reads both copies; null is a file that is not there. Both absent is a new box: nothing is set.
 * A bad one yields to the other; with no good one every node of `nodes` is latched.
 */
export function decodeLatches(
  first: Uint8Array | null, second: Uint8Array | null, nodes: readonly string[],
): { readonly rows: readonly LatchRow[]; readonly version: number; readonly assumed: boolean } {
  if (first === null && second === null) return { rows: [], version: 0, assumed: false };
  const good = [readCopy(first), readCopy(second)]
    .filter((copy) => copy !== null)
    .sort((a, b) => b.version - a.version)[0];
  if (good) return { ...good, assumed: false };
  const latch = { rule: 'R6b', reason: 'the stored latches cannot be read' } as const;
  const rows = nodes.map((node) => ({ node, latch, releaseAgesMs: [] }));
  return { rows, version: 0, assumed: true };
}
