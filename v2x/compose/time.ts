import type { UtcMs } from '../../src/base/time.ts';

/** Instant on air. */
export interface AirTime {
  /** Minutes since the start of the UTC year. */
  readonly moy: number;
  /** Milliseconds within the UTC minute, 0..59999. */
  readonly msInMinute: number;
}

/** UTC → minute of the year and milliseconds of the minute, whole milliseconds, rounded down. */
export function airTime(at: UtcMs): AirTime {
  const wholeMs = Math.floor(at);
  const yearStartMs = Date.UTC(new Date(wholeMs).getUTCFullYear(), 0, 1);
  const sinceMs = wholeMs - yearStartMs;
  return { moy: Math.floor(sinceMs / 60_000), msInMinute: sinceMs % 60_000 };
}

/** Where leap seconds have ever been put: before 1 July and 1 January UTC. Ms of UTC. */
const leapBoundaries = (year: number): readonly number[] => [
  Date.UTC(year, 0, 1), Date.UTC(year, 6, 1), Date.UTC(year + 1, 0, 1),
];

/** Whether an instant is one before which a leap second may stand. */
export const isLeapBoundary = (atMs: number): boolean =>
  leapBoundaries(new Date(atMs).getUTCFullYear()).includes(atMs);

/**
 * Whether a leap second may fall within a span of an instant, before or after it. Whether one is
 * due nobody has to tell us.
 */
export const leapMayFallNear = (at: UtcMs, spanMs: number): boolean =>
  leapBoundaries(new Date(at).getUTCFullYear()).some(
    (boundaryMs) => Math.abs(at - boundaryMs) <= spanMs);

const confidences: readonly (readonly [number, string])[] = [
  [1, 'time-000-001'],
  [2, 'time-000-002'],
  [5, 'time-000-005'],
  [10, 'time-000-010'],
  [20, 'time-000-020'],
  [50, 'time-000-050'],
  [100, 'time-000-100'],
  [200, 'time-000-200'],
  [500, 'time-000-500'],
  [1000, 'time-001-000'],
  [2000, 'time-002-000'],
  [10_000, 'time-010-000'],
  [20_000, 'time-020-000'],
  [50_000, 'time-050-000'],
  [100_000, 'time-100-000'],
];

/** The class that holds an error bound, ms. */
export function timeConfidence(errorMs: number): string {
  return confidences.find(([limitMs]) => errorMs <= limitMs)?.[1] ?? 'unavailable';
}
