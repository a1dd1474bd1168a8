import type { MonotonicMs } from '../base/time.ts';
import { JITTER_MS, LATE_MAX_MS } from './timing.ts';

/** A delay that lasts is no late packet: ends are told from there on. */
const LASTING_MS = 2000;

/** How late a controller's reports are, held against what they told before. Plain data. */
export interface Lateness {
  /** Every report is this late; what comes on top is the packet's own. */
  readonly baseMs: number;
  /** Since when all were later than that, and by how much at the least; null while some are not. */
  readonly sinceMs: MonotonicMs | null;
  readonly leastMs: number;
}

/** Before the first report, and after a gap. */
export const punctual: Lateness = { baseMs: 0, sinceMs: null, leastMs: 0 };

/** What one report makes of it; `byMs`: how late this one is, at most `LATE_MAX_MS`. */
export interface LatenessStep {
  readonly next: Lateness;
  readonly byMs: number;
}

/**
 * How late one more report is. All groups come in one packet: what each of those that go on tells
 * later than before, by the least of them, is the packet's delay. Another plan moves an end by
 * more, or lasts; then it is believed for states that begin.
 *
 * @param laterMs of each group that goes on, by how much its ends came later (`laterBy`).
 */
export function stepLateness(
  before: Lateness, laterMs: readonly number[], measuredMs: MonotonicMs,
): LatenessStep {
  if (laterMs.length === 0) return { next: before, byMs: 0 };
  const rawMs = Math.max(0, laterMs.reduce((least, one) => Math.min(least, one)));
  if (rawMs > LATE_MAX_MS) return { next: before, byMs: 0 };
  if (rawMs <= before.baseMs + JITTER_MS) {
    const baseMs = Math.min(before.baseMs, rawMs);
    return { next: { baseMs, sinceMs: null, leastMs: 0 }, byMs: rawMs - baseMs };
  }
  const sinceMs = before.sinceMs ?? measuredMs;
  const leastMs = before.sinceMs === null ? rawMs : Math.min(before.leastMs, rawMs);
  if (measuredMs - sinceMs < LASTING_MS) {
    return { next: { ...before, sinceMs, leastMs }, byMs: rawMs - before.baseMs };
  }
  return { next: { baseMs: leastMs, sinceMs: null, leastMs: 0 }, byMs: rawMs - leastMs };
}
