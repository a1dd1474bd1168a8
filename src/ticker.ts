import type { Clock } from './base/clock.ts';
import { monotonicMs, plusMs } from './base/time.ts';
import type { Tick } from './pipeline.ts';
import { Window } from './status.ts';

/** A loop's turns at a fixed rate on multiples of the period, plus a phase. */
export interface Ticker {
  readonly lateness: Window;
  readonly skipped: number;
  /** Moves the turns within the period; takes effect from the next one. */
  setPhase(phaseMs: number): void;
  stop(): void;
}

/**
 * Calls `run` at multiples of `periodMs` of the monotonic clock, shifted by the phase. Lateness
 * never adds up; a late loop serves the newest turn and counts those it missed.
 */
export function startTicker(clock: Clock, periodMs: number, run: (tick: Tick) => void): Ticker {
  const lateness = new Window(4096);
  let phaseMs = 0;
  let skipped = 0;
  let stopped = false;
  let cancel = (): void => undefined;
  let served = Math.floor(clock.nowMs() / periodMs);
  const arm = (): void => {
    const newest = Math.floor((clock.nowMs() - phaseMs) / periodMs);
    const tick = Math.max(served + 1, newest);
    const dueMs = monotonicMs(tick * periodMs + phaseMs);
    cancel = clock.at(dueMs, () => {
      const beganMs = clock.nowMs();
      skipped += tick - served - 1;
      served = tick;
      lateness.add(beganMs - dueMs);
      run({ tick, dueMs, beganMs: beganMs > dueMs ? beganMs : plusMs(dueMs, 0) });
      if (!stopped) arm();
    });
  };
  arm();
  return {
    lateness,
    get skipped() {
      return skipped;
    },
    setPhase: (value) => {
      phaseMs = ((value % periodMs) + periodMs) % periodMs;
    },
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
