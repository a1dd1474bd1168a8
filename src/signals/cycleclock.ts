import { createRequire } from 'node:module';

/** How one beginning within the cycle recurs. Plain data. */
export interface CycleClock {
  /** Newest beginning, filtered, ms; null period while only one was seen. */
  readonly atMs: number;
  readonly periodMs: number | null;
  readonly covariance: Matrix;
}

type Matrix = number[][];
interface FilterState {
  readonly mean: Matrix;
  readonly covariance: Matrix;
}
interface Filter {
  predict(options: { previousCorrected: FilterState; cycles: number }): FilterState;
  correct(options: { predicted: FilterState; observation: Matrix; sigmaMs: number }): FilterState;
}

/** Wander of a plan's clock and of its period, per cycle: they are held by quartz. */
const INSTANT_WALK_MS = 10;
const PERIOD_WALK_MS = 2;
/** A beginning that is so far off is another plan's, not noise, ms. */
const JUMP_MS = 2000;
/** After more cycles without it, the period is not trusted to count them. */
const CYCLES_MAX = 30;
/** A cycle of signals is not shorter or longer than this, ms. */
const PERIOD_MIN_MS = 5000;
const PERIOD_MAX_MS = 600_000;

/**
 * The two-state filter of npm `kalman-filter`: instant and period, one step a cycle. It runs at
 * changes of lamps only, some tens of microseconds each.
 */
function loadFilter(): (state: FilterState, cycles: number, seenMs: number, sigmaMs: number) =>
  FilterState {
  const require = createRequire(import.meta.url);
  const Core = require('kalman-filter/lib/core-kalman-filter.js') as new (o: unknown) => Filter;
  const State = require('kalman-filter/lib/state.js') as new (value: FilterState) => FilterState;
  const silent = (): void => undefined;
  const filter = new Core({
    dynamic: {
      dimension: 2,
      transition: ({ cycles }: { cycles: number }): Matrix => [[1, cycles], [0, 1]],
      covariance: ({ cycles }: { cycles: number }): Matrix => [
        [INSTANT_WALK_MS ** 2 * cycles, 0],
        [0, PERIOD_WALK_MS ** 2 * cycles],
      ],
    },
    observation: {
      dimension: 1,
      stateProjection: [[1, 0]],
      covariance: ({ sigmaMs }: { sigmaMs: number }): Matrix => [[sigmaMs ** 2]],
    },
    logger: { info: silent, debug: silent, warn: silent, error: silent },
  });
  return (state, cycles, seenMs, sigmaMs) => {
    const predicted = filter.predict({ previousCorrected: new State(state), cycles });
    return filter.correct({ predicted, observation: [[seenMs]], sigmaMs });
  };
}

let loaded: ReturnType<typeof loadFilter> | undefined;
const firstSeen = (atMs: number, sigmaMs: number): CycleClock => ({
  atMs, periodMs: null, covariance: [[sigmaMs ** 2, 0], [0, 0]],
});

/**
 * Follows one beginning that recurs every cycle.
 *
 * @param before as it was known; null when it was never seen.
 * @param seenMs when it was seen to begin, monotonic ms.
 * @param sigmaMs how well: a report every p ms gives p / √12.
 */
export function stepCycleClock(
  before: CycleClock | null, seenMs: number, sigmaMs: number,
): CycleClock {
  if (!before) return firstSeen(seenMs, sigmaMs);
  const sinceMs = seenMs - before.atMs;
  if (before.periodMs === null) {
    if (sinceMs < PERIOD_MIN_MS || sinceMs > PERIOD_MAX_MS) return firstSeen(seenMs, sigmaMs);
    const variance = sigmaMs ** 2;
    return {
      atMs: seenMs, periodMs: sinceMs,
      covariance: [[variance, variance], [variance, variance + before.covariance[0]![0]!]],
    };
  }
  const cycles = Math.round(sinceMs / before.periodMs);
  const offMs = sinceMs - cycles * before.periodMs;
  if (cycles < 1 || cycles > CYCLES_MAX || Math.abs(offMs) > JUMP_MS) {
    // The period is learnt anew as well: what jumped may have another one.
    const fresh = firstSeen(seenMs, sigmaMs);
    return cycles === 1 ? stepCycleClock(firstSeen(before.atMs, sigmaMs), seenMs, sigmaMs) : fresh;
  }
  loaded ??= loadFilter();
  const { mean, covariance } = loaded(
    { mean: [[before.atMs], [before.periodMs]], covariance: before.covariance },
    cycles, seenMs, sigmaMs,
  );
  return { atMs: mean[0]![0]!, periodMs: mean[1]![0]!, covariance };
}

/** Loads the filter: at the start of a loop, not at the first lamp change in it. */
export function readyCycleClocks(): void {
  loaded ??= loadFilter();
}

/** The first recurrence after an instant, ms; null while no period is known, or none lately. */
export function nextOfClock(clock: CycleClock | undefined, afterMs: number): number | null {
  if (!clock || clock.periodMs === null) return null;
  const cycles = Math.floor((afterMs - clock.atMs) / clock.periodMs) + 1;
  return cycles > CYCLES_MAX ? null : clock.atMs + Math.max(cycles, 0) * clock.periodMs;
}
