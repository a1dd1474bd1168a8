import { createRequire } from 'node:module';
import type { Stateful } from '../src/base/stateful.ts';

/** What is known of a device's clock against ours, as facts for health and `lukou status`. */
export interface ClockFacts {
  /** Our clock less the device's, the declared delay taken off; positive: the device is behind. */
  readonly clock_offset_ms: number;
  /** How fast that grows: positive: the device's clock is slow. */
  readonly clock_drift_ppm: number;
  /** Mean time from stamp to arrival, as far as one direction can tell. */
  readonly delay_ms: number;
  /** Why health is held back: `clock_offset`, `clock_step`, or empty. */
  readonly degraded: '' | 'clock_offset' | 'clock_step';
}

/** What one window gave. */
export interface ClockVerdict {
  readonly facts: ClockFacts;
  readonly stepped: boolean;
}

type Matrix = number[][];
interface FilterState {
  readonly mean: Matrix;
  readonly covariance: Matrix;
}
interface Filter {
  predict(options: { previousCorrected: FilterState; dtS: number }): FilterState;
  correct(options: { predicted: FilterState; observation: Matrix }): FilterState;
}
type StateClass = new (value: FilterState) => FilterState;

const WINDOW_MS = 1000;
/** Centuries: no clock, but garbage, which must not reach the filter. */
const AHEAD_MAX_MS = 1e13;
const OFFSET_MAX_MS = 200;
const STEP_MIN_MS = 100;
/** Two windows must agree this well on a step: one alone may be a stalled link. */
const STEP_AGREE_MS = 50;
/** How long a step holds health back. */
const STEP_TOLD_MS = 60_000;

/** Spread of the least delay of a window. */
export const WINDOW_SIGMA_MS = 1;
/** First guess: nothing is known of the offset; quartz is within ±100 ppm (0.1 ms/s). */
export const OFFSET_SIGMA_MS = 1000;
export const DRIFT_SIGMA_MSPS = 0.1;
/** Wander of offset and drift: variance a second. */
export const OFFSET_WALK_MS2PS = 1e-4;
export const DRIFT_WALK_MS2PS3 = 1e-9;

/**
 * The two-state filter of npm `kalman-filter`: offset (ms) and drift (ms/s), constant drift between
 * windows. It is CommonJS and slow to load, so only a driver that starts loads it, never the list
 * of drivers. Its matrices cost tens of microseconds, once a second.
 */
function loadFilter(): { readonly filter: Filter; readonly State: StateClass } {
  const require = createRequire(import.meta.url);
  const Core = require('kalman-filter/lib/core-kalman-filter.js') as new (o: unknown) => Filter;
  const State = require('kalman-filter/lib/state.js') as StateClass;
  const silent = (): void => undefined;
  const filter = new Core({
    dynamic: {
      dimension: 2,
      transition: ({ dtS }: { dtS: number }): Matrix => [[1, dtS], [0, 1]],
      covariance: ({ dtS }: { dtS: number }): Matrix => [
        [OFFSET_WALK_MS2PS * dtS, 0],
        [0, DRIFT_WALK_MS2PS3 * dtS],
      ],
    },
    observation: {
      dimension: 1,
      stateProjection: [[1, 0]],
      covariance: [[WINDOW_SIGMA_MS ** 2]],
    },
    logger: { info: silent, debug: silent, warn: silent, error: silent },
  });
  return { filter, State };
}

interface Memory {
  window: { readonly beganMs: number; count: number; sumMs: number; leastMs: number } | null;
  state: { mean: Matrix; covariance: Matrix; atMs: number } | null;
  /** How far the window before was off, where it was off like a step. */
  suspectMs: number | null;
  steppedAtMs: number | null;
}

/**
 * Watches one device's clock through its stamps. Fed at most once a second, with the least of
 * (received − stamp) over the window: queues only add to it. One direction cannot tell offset from
 * delay; the least delay is taken to be the declared one. It changes no measured instant.
 *
 * A step is told when two windows in a row are off by more than 100 ms and agree; the filter then
 * starts anew at the new offset and keeps its drift. A step of our own clock looks the same.
 */
export class ClockWatch implements Stateful {
  readonly #latencyMs: number;
  readonly #filter: Filter;
  readonly #State: StateClass;
  #memory: Memory = { window: null, state: null, suspectMs: null, steppedAtMs: null };

  constructor(latencyMs: number) {
    this.#latencyMs = latencyMs;
    const { filter, State } = loadFilter();
    this.#filter = filter;
    this.#State = State;
  }

  /**
   * One stamped frame. Gives a verdict when it closes a window, else null.
   *
   * @param receivedMs monotonic instant of arrival.
   * @param aheadMs UTC of arrival less the device's stamp, ms.
   */
  accept(receivedMs: number, aheadMs: number): ClockVerdict | null {
    if (!(Math.abs(aheadMs) <= AHEAD_MAX_MS)) return null;
    const memory = this.#memory;
    const { window } = memory;
    if (!window) {
      memory.window = { beganMs: receivedMs, count: 1, sumMs: aheadMs, leastMs: aheadMs };
      return null;
    }
    if (receivedMs - window.beganMs < WINDOW_MS) {
      window.count++;
      window.sumMs += aheadMs;
      window.leastMs = Math.min(window.leastMs, aheadMs);
      return null;
    }
    memory.window = { beganMs: receivedMs, count: 1, sumMs: aheadMs, leastMs: aheadMs };
    return this.#close(window.leastMs, window.sumMs / window.count, receivedMs);
  }

  #close(leastMs: number, meanMs: number, nowMs: number): ClockVerdict | null {
    const memory = this.#memory;
    const foundMs = leastMs - this.#latencyMs;
    const before = memory.state;
    const dtS = before ? (nowMs - before.atMs) / 1000 : 0;
    const predicted = before
      ? this.#filter.predict({ previousCorrected: new this.#State(before), dtS })
      : new this.#State({
          mean: [[foundMs], [0]],
          covariance: [[OFFSET_SIGMA_MS ** 2, 0], [0, DRIFT_SIGMA_MSPS ** 2]],
        });
    const offMs = foundMs - predicted.mean[0]![0]!;
    const jumped = Math.abs(offMs) > STEP_MIN_MS;
    const { suspectMs } = memory;
    const stepped = jumped && suspectMs !== null && Math.abs(offMs - suspectMs) < STEP_AGREE_MS;
    memory.suspectMs = jumped && !stepped ? offMs : null;
    if (jumped && !stepped) return null; // not believed yet: the state waits for the next window
    if (stepped) memory.steppedAtMs = nowMs;
    const from = stepped ? this.#restarted(foundMs, predicted) : predicted;
    const { mean, covariance } = this.#filter.correct({
      predicted: from, observation: [[foundMs]],
    });
    memory.state = { mean, covariance, atMs: nowMs };
    return { facts: this.#facts(meanMs, nowMs), stepped };
  }

  /** At the new offset, of which only the last window is known; the drift stays. */
  #restarted(foundMs: number, { mean, covariance }: FilterState): FilterState {
    return new this.#State({
      mean: [[foundMs], [...mean[1]!]],
      covariance: [[OFFSET_SIGMA_MS ** 2, 0], [0, covariance[1]![1]!]],
    });
  }

  #facts(meanMs: number, nowMs: number): ClockFacts {
    const { state, steppedAtMs } = this.#memory;
    const offsetMs = state!.mean[0]![0]!;
    const stepped = steppedAtMs !== null && nowMs - steppedAtMs < STEP_TOLD_MS;
    const far = Math.abs(offsetMs) > OFFSET_MAX_MS;
    return {
      clock_offset_ms: tenths(offsetMs),
      clock_drift_ppm: tenths(state!.mean[1]![0]! * 1000),
      delay_ms: tenths(meanMs - offsetMs),
      degraded: stepped ? 'clock_step' : far ? 'clock_offset' : '',
    };
  }

  /** Offset (ms) and drift (ms/s) as they are; null before the first window closed. */
  estimate(): { readonly offsetMs: number; readonly driftMsps: number } | null {
    const { state } = this.#memory;
    return state && { offsetMs: state.mean[0]![0]!, driftMsps: state.mean[1]![0]! };
  }

  snapshot(): unknown {
    return structuredClone(this.#memory);
  }

  restore(snapshot: unknown): void {
    this.#memory = structuredClone(snapshot) as Memory;
  }
}

/** Adding 0 keeps a minus zero out of logs. */
const tenths = (value: number): number => Math.round(value * 10) / 10 + 0;
