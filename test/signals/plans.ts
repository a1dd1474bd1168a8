/** Controllers for tests: plans that run in time, seen the way a controller of some quality tells. */
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs } from '../../src/base/time.ts';
import type { LampAspect } from '../../src/model/signal.ts';
import { aspectOf } from './site.ts';

/** One state that a lamp showed, [beganMs, endMs). */
export interface Shown {
  readonly aspect: LampAspect;
  readonly beganMs: number;
  readonly endMs: number;
}

/** A stage of a plan: the lamp's text and how long it lasts, ms, drawn anew each cycle. */
export type Row = readonly [string, (draw: () => number) => number];

/** What a lamp shows over a time: the rows again and again. */
export function history(rows: readonly Row[], untilMs: number, seed: string, fromMs = 0): Shown[] {
  const random = seededRandom(seed);
  const shown: Shown[] = [];
  let atMs = fromMs;
  while (atMs < untilMs) {
    for (const [text, lasts] of rows) {
      const endMs = atMs + lasts(() => random.next());
      shown.push({ aspect: aspectOf(text), beganMs: atMs, endMs });
      atMs = endMs;
    }
  }
  return shown;
}

const ms = (value: number) => (): number => value;
/** Fixed time: a cycle of 92 s. */
export const fixedRows: readonly Row[] = [
  ['green', ms(25_000)], ['flashing green', ms(3000)], ['yellow', ms(3000)], ['red', ms(61_000)],
];
/** Coordinated: a cycle of 90 s, the split wanders by some seconds. */
export const coordinatedRows = (): readonly Row[] => {
  let greenMs = 0;
  return [
    ['green', (draw) => (greenMs = 25_000 + 8000 * draw())], ['yellow', ms(3000)],
    ['red', () => 87_000 - greenMs],
  ];
};
/** Actuated: green as long as somebody comes, 10 s to 40 s; red as long as the others need. */
export const actuatedRows: readonly Row[] = [
  ['green', (draw) => (draw() < 0.3 ? 40_000 : 10_000 + 30_000 * draw() ** 2)],
  ['yellow', ms(3000)], ['red', (draw) => 25_000 + 20_000 * draw()],
];

/** What is seen of a history: at reports every `periodMs`, each a little early or late. */
export function* reports(
  shown: readonly Shown[], periodMs: number, jitterMs: number, seed: string,
): Generator<{ readonly atMs: number; readonly now: Shown }> {
  const random = seededRandom(seed);
  let index = 0;
  const lastMs = shown.at(-1)!.endMs;
  for (let dueMs = shown[0]!.beganMs; dueMs < lastMs; dueMs += periodMs) {
    const atMs = dueMs + jitterMs * random.next();
    while (shown[index]!.endMs <= atMs) {
      index++;
      if (index === shown.length) return;
    }
    yield { atMs: monotonicMs(atMs), now: shown[index]! };
  }
}

/** Median and 95th percentile of absolute errors. */
export function percentiles(errors: readonly number[]): { readonly p50: number; readonly p95: number } {
  const sorted = errors.map(Math.abs).sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
  return { p50: at(0.5), p95: at(0.95) };
}
