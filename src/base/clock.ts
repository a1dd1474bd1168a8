import { assert } from './assert.ts';
import { monotonicMs, plusMs, utcMs } from './time.ts';
import type { MonotonicMs, Stamp, UtcReading } from './time.ts';

/** The only source of time and of timers; an argument everywhere. */
export interface Clock {
  nowMs(): MonotonicMs;
  /** UTC at a monotonic instant (default: now) by the newest anchor. */
  utcAt(atMs?: MonotonicMs): UtcReading;
  /** Calls `run` once at or after `dueMs`; returns what cancels it. */
  at(dueMs: MonotonicMs, run: () => void): () => void;
}

/** Both clocks at one instant. */
export function stampAt(clock: Clock, atMs: MonotonicMs = clock.nowMs()): Stamp {
  const { utcMs: utc, errorMs } = clock.utcAt(atMs);
  return { monoMs: atMs, utcMs: utc, errorMs };
}

/** Waits until `dueMs` or until `signal` aborts; never rejects. */
export function sleepUntil(clock: Clock, dueMs: MonotonicMs, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    };
    const cancel = clock.at(dueMs, done);
    const aborted = (): void => {
      cancel();
      done();
    };
    signal?.addEventListener('abort', aborted, { once: true });
  });
}

/** Calls `run` at multiples of `periodMs` after now, without drift; returns what stops it. */
export function every(clock: Clock, periodMs: number, run: () => void): () => void {
  assert(periodMs > 0, `periodMs is ${periodMs}`);
  let dueMs = plusMs(clock.nowMs(), periodMs);
  let cancel = (): void => undefined;
  const arm = (): void => {
    cancel = clock.at(dueMs, () => {
      const missed = Math.max(0, Math.floor((clock.nowMs() - dueMs) / periodMs));
      dueMs = plusMs(dueMs, (missed + 1) * periodMs);
      arm();
      run();
    });
  };
  arm();
  return () => cancel();
}

/** What ties UTC to the monotonic clock. */
export interface ClockAnchor extends UtcReading {
  readonly monoMs: MonotonicMs;
}

/** UTC at an instant by an anchor. */
export function utcByAnchor(anchor: ClockAnchor, atMs: MonotonicMs): UtcReading {
  return { utcMs: plusMs(anchor.utcMs, atMs - anchor.monoMs), errorMs: anchor.errorMs };
}

/**
 * The machine's clock. Monotonic time is CLOCK_MONOTONIC, the same in every process and thread of
 * the machine. UTC runs on an anchor that changes only when `setAnchor` is called: between two
 * anchors it neither jitters nor steps, and a recording can repeat it exactly.
 */
export class SystemClock implements Clock {
  #anchor: ClockAnchor;

  constructor(errorMs = Number.POSITIVE_INFINITY) {
    this.#anchor = this.measure(errorMs);
  }

  nowMs(): MonotonicMs {
    return monotonicMs(Number(process.hrtime.bigint() / 1000n) / 1000);
  }

  /** Reads the system's UTC beside the monotonic clock; resolution 1 ms. */
  measure(errorMs: number): ClockAnchor {
    return { monoMs: this.nowMs(), utcMs: utcMs(Date.now() + 0.5), errorMs };
  }

  get anchor(): ClockAnchor {
    return this.#anchor;
  }

  setAnchor(anchor: ClockAnchor): void {
    this.#anchor = anchor;
  }

  utcAt(atMs: MonotonicMs = this.nowMs()): UtcReading {
    return utcByAnchor(this.#anchor, atMs);
  }

  at(dueMs: MonotonicMs, run: () => void): () => void {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      timer = setTimeout(
        () => (this.nowMs() < dueMs - 0.3 ? arm() : run()), // timers may fire a little early
        Math.max(0, Math.min(dueMs - this.nowMs(), 0x7fffffff)),
      );
    };
    arm();
    return () => clearTimeout(timer);
  }
}

interface VirtualTimer {
  readonly dueMs: MonotonicMs;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go on; timers run in order of due time. */
export class VirtualClock implements Clock {
  #nowMs: MonotonicMs;
  #anchor: ClockAnchor;
  #timers: VirtualTimer[] = [];
  #order = 0;

  constructor(startMs: MonotonicMs, anchor: ClockAnchor) {
    this.#nowMs = startMs;
    this.#anchor = anchor;
  }

  nowMs(): MonotonicMs {
    return this.#nowMs;
  }

  utcAt(atMs: MonotonicMs = this.#nowMs): UtcReading {
    return utcByAnchor(this.#anchor, atMs);
  }

  /** A clock step or a new time state from a recording. */
  setAnchor(anchor: ClockAnchor): void {
    this.#anchor = anchor;
  }

  at(dueMs: MonotonicMs, run: () => void): () => void {
    const timer = { dueMs, order: this.#order++, run };
    // A binary search keeps the list sorted; timers are few.
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timers[middle]!.dueMs <= dueMs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  /** Runs every timer that is due up to and including `untilMs`, then stands at `untilMs`. */
  advanceTo(untilMs: MonotonicMs): void {
    for (;;) {
      const next = this.#timers[0];
      if (!next || next.dueMs > untilMs) break;
      this.#timers.shift();
      if (next.dueMs > this.#nowMs) this.#nowMs = next.dueMs;
      next.run();
    }
    if (untilMs > this.#nowMs) this.#nowMs = untilMs;
  }
}
