import { assert } from '../base/assert.ts';
import { sleepUntil } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { plusMs } from '../base/time.ts';
import type { MonotonicMs } from '../base/time.ts';

/** One turn of a loop: which, when it was due, when it really began. */
export interface Turn {
  readonly tick: number;
  readonly dueMs: MonotonicMs;
  readonly beganMs: MonotonicMs;
}

/** One turn after it was served. */
export interface TickReport extends Turn {
  readonly endedMs: MonotonicMs;
  /** How many deadlines before it were missed. */
  readonly skipped: number;
}

/** Where deadlines should lie on a cycle of turns. */
export interface Phase {
  /** Of the turns whose number is a multiple of `turns`: ms of the monotonic clock modulo the cycle. */
  readonly atMs: number;
  /** Turns of the cycle; with 1 every turn is as good as the next. */
  readonly turns: number;
}

/** The most that a turn moves towards its phase, ms: pairs of turns stay a period apart. */
export const SLEW_MS = 0.5;

/** What may be changed of a loop. */
export interface LoopOptions {
  /** Where the deadlines should lie; null leaves them. Asked once a turn. */
  phase?(): Phase | null;
  /** The most that a turn moves towards that phase, ms; default `SLEW_MS`. */
  readonly slewMs?: number;
  /** Stamps the beginning of a turn (a `Stamper`'s, so that it has its place among messages). */
  began?(): MonotonicMs;
}

/** The shortest way from phase `fromMs` to `toMs` round the period, -half to half a period. */
function shortestWay(fromMs: number, toMs: number, periodMs: number): number {
  const turned = (toMs - fromMs) / periodMs;
  return (turned - Math.round(turned)) * periodMs;
}

/** How far one turn moves the origin of all later deadlines towards a phase, ms: at most `slewMs`. */
export function slewOf(
  originMs: number, wanted: Phase | null, periodMs: number, slewMs: number,
): number {
  if (wanted === null || !Number.isFinite(wanted.atMs)) return 0;
  const way = shortestWay(originMs, wanted.atMs, periodMs * wanted.turns);
  return Math.max(-slewMs, Math.min(slewMs, way));
}

/**
 * Calls `step` at a fixed rate until `signal` aborts.
 *
 * Deadlines are multiples of the period from the start, so lateness never adds up. A late loop
 * serves the newest deadline and counts those it missed; it never runs twice to catch up. A phase
 * moves all later deadlines, a little each turn. What `step` throws ends the loop and is thrown.
 */
export async function runFixedRate(
  periodMs: number,
  clock: Clock,
  signal: AbortSignal,
  step: (dueMs: MonotonicMs, turn: Turn) => void,
  report: (tick: TickReport) => void,
  options: LoopOptions = {},
): Promise<void> {
  assert(periodMs > 0, `periodMs is ${periodMs}`);
  const slewMs = Math.min(options.slewMs ?? SLEW_MS, periodMs / 2);
  let originMs = clock.nowMs();
  for (let served = 0; ; ) {
    originMs = plusMs(originMs, slewOf(originMs, options.phase?.() ?? null, periodMs, slewMs));
    const newest = Math.floor((clock.nowMs() - originMs) / periodMs);
    const tick = Math.max(served + 1, newest);
    const dueMs = plusMs(originMs, tick * periodMs);
    await sleepUntil(clock, dueMs, signal);
    if (signal.aborted) return;
    const beganMs = options.began?.() ?? clock.nowMs();
    const turn = { tick, dueMs, beganMs };
    step(dueMs, turn);
    report({ ...turn, endedMs: clock.nowMs(), skipped: tick - served - 1 });
    served = tick;
  }
}
