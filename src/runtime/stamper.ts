import type { Clock } from '../base/clock.ts';
import { monotonicMs } from '../base/time.ts';
import type { MonotonicMs } from '../base/time.ts';

/**
 * Gives every message and every turn of one event loop a stamp of its own: whole microseconds,
 * strictly rising. The order of stamps is then the order in which things happened, which is what
 * makes the replay of a recording exact.
 */
export class Stamper {
  readonly #clock: Clock;
  #lastMicros = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The stamp of what happened at `atMs`, at the earliest just after the one before. */
  next(atMs: MonotonicMs = this.#clock.nowMs()): MonotonicMs {
    this.#lastMicros = Math.max(Math.round(atMs * 1000), this.#lastMicros + 1);
    return monotonicMs(this.#lastMicros / 1000);
  }
}
