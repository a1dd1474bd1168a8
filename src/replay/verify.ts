/** Holds what a replay sends against what the box sent live. */
import type { SentLine } from '../runtime/recording/types.ts';

/** What `--verify` found. */
export interface Verification {
  readonly compared: number;
  readonly equal: number;
  /** Messages before and after the part that both have. */
  readonly outside: number;
  readonly firstDifference: { readonly stream: string; readonly index: number; readonly live: string; readonly replay: string } | null;
}

/** Compares what left live with what a replay sends, stream by stream. */
export function compareSent(live: Iterable<SentLine>, replay: readonly SentLine[]): Verification {
  const streams = new Map<string, { live: string[]; replay: string[] }>();
  const stream = (line: SentLine): { live: string[]; replay: string[] } => {
    const key = `${line.type} ${line.node}`;
    const found = streams.get(key) ?? { live: [], replay: [] };
    streams.set(key, found);
    return found;
  };
  for (const line of live) stream(line).live.push(line.hex);
  for (const line of replay) stream(line).replay.push(line.hex);
  let compared = 0;
  let equal = 0;
  let outside = 0;
  let firstDifference: Verification['firstDifference'] = null;
  for (const [key, { live: a, replay: b }] of [...streams].sort(([x], [y]) => (x < y ? -1 : 1))) {
    const [fromA, fromB] = align(a, b);
    const length = Math.min(a.length - fromA, b.length - fromB);
    outside += a.length - length + (b.length - length);
    for (let index = 0; index < length; index++) {
      compared++;
      const left = a[fromA + index]!;
      const right = b[fromB + index]!;
      if (left === right) equal++;
      else firstDifference ??= { stream: key, index: fromA + index, live: left, replay: right };
    }
  }
  return { compared, equal, outside, firstDifference };
}

/** Messages under way when the recording began are on one side only: begin at the first that both have. */
const ALIGN_MAX = 20;
function align(a: readonly string[], b: readonly string[]): readonly [number, number] {
  for (let sum = 0; sum <= ALIGN_MAX; sum++) {
    for (let fromA = 0; fromA <= sum; fromA++) {
      const left = a[fromA];
      if (left !== undefined && left === b[sum - fromA]) return [fromA, sum - fromA];
    }
  }
  return [0, 0];
}
