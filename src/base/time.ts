/** Milliseconds of the system-wide monotonic clock: ages, deadlines, filters. */
export type MonotonicMs = number & { readonly __unit: 'monotonic-ms' };
/** Milliseconds of UTC since 1970: only for what leaves the box. */
export type UtcMs = number & { readonly __unit: 'utc-ms' };

/** Marks a number as monotonic milliseconds. */
export const monotonicMs = (value: number): MonotonicMs => value as MonotonicMs;
/** Marks a number as UTC milliseconds. */
export const utcMs = (value: number): UtcMs => value as UtcMs;
/** Shifts an instant by a number of milliseconds, keeping its kind. */
export const plusMs = <T extends MonotonicMs | UtcMs>(at: T, deltaMs: number): T =>
  ((at as number) + deltaMs) as T;

/** UTC at one monotonic instant, with what is known of its error. */
export interface UtcReading {
  readonly utcMs: UtcMs;
  /** Estimated bound of the error, ms; Infinity while nothing is known. */
  readonly errorMs: number;
}

/** One instant on both clocks. Error: `errorMs` bounds the UTC half. */
export interface Stamp extends UtcReading {
  readonly monoMs: MonotonicMs;
}
