/** When a message may leave for one unit: order, minimum gap, spread of a round, budget of a second. */
import { plusMs } from '../base/time.ts';
import type { MonotonicMs } from '../base/time.ts';
import type { AirMessage } from '../model/message.ts';
import type { RsuSettings } from '../model/site.ts';

/** Messages that wait for one unit at the most. */
export const QUEUE_MAX = 64;
const WINDOW_MS = 1000;

/** The lower, the sooner. SPAT does not queue at all. */
const order: Readonly<Record<AirMessage['type'], number>> = {
  SPAT: 0, MAP: 1, RSI: 2, RSM: 3, SSM: 4, RSC: 5, OTHER: 6,
};
/** Of a round at 10 Hz the next follows soon: what has waited longer than the spread is old. */
const isRound = ({ type }: AirMessage): boolean => type === 'RSM' || type === 'SSM';

interface Waiting {
  readonly message: AirMessage;
  readonly offeredMs: MonotonicMs;
}

/** What becomes of one message, or when to ask again. */
export type PacerStep =
  | { readonly kind: 'send'; readonly message: AirMessage }
  | { readonly kind: 'drop'; readonly message: AirMessage; readonly name: string }
  | { readonly kind: 'wait'; readonly untilMs: MonotonicMs }
  | { readonly kind: 'empty' };

/** The limits of one unit. */
export type PacerLimits = Pick<RsuSettings, 'framesPerS' | 'octetsPerS' | 'minGapMs'> & {
  /** The frames of one round leave within this time, ms. */
  readonly spreadMs: number;
};

/**
 * Paces the messages of one unit. Pure: no clock, no timer, no socket. SPAT passes everything that
 * waits; the others keep order, gap and budget, and those that cannot be in time are dropped by
 * name. Bounded by `QUEUE_MAX`.
 */
export class UnitPacer {
  readonly #limits: PacerLimits;
  #queue: Waiting[] = [];
  #lastMs: MonotonicMs | null = null;
  #windowMs: MonotonicMs | null = null;
  #frames = 0;
  #octets = 0;

  constructor(limits: PacerLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /** Puts a message in its place; gives the one that a full queue has no room for, else null. */
  offer(message: AirMessage, nowMs: MonotonicMs): AirMessage | null {
    const rank = order[message.type];
    let index = this.#queue.length;
    while (index > 0 && order[this.#queue[index - 1]!.message.type] > rank) index--;
    this.#queue.splice(index, 0, { message, offeredMs: nowMs });
    // What would leave last is dropped, be it the new one.
    return this.#queue.length > QUEUE_MAX ? this.#queue.pop()!.message : null;
  }

  /** SPAT: may leave unless it is late. It is counted, and never held back. */
  pass(message: AirMessage, nowMs: MonotonicMs): PacerStep {
    if (nowMs > message.validUntilMs) return late(message);
    this.#within(nowMs, message);
    this.#lastMs = nowMs;
    return { kind: 'send', message };
  }

  /** What is next of those that wait. */
  next(nowMs: MonotonicMs): PacerStep {
    const first = this.#queue[0];
    if (!first) return { kind: 'empty' };
    const freeMs = this.#lastMs === null ? nowMs : plusMs(this.#lastMs, this.#limits.minGapMs);
    if (freeMs > nowMs) return { kind: 'wait', untilMs: freeMs };
    const { message, offeredMs } = this.#queue.shift()!;
    if (nowMs > message.validUntilMs) return late(message);
    if (isRound(message) && nowMs - offeredMs > this.#limits.spreadMs) {
      return { kind: 'drop', message, name: `rsu_over_spread_${message.type}` };
    }
    if (!this.#within(nowMs, message)) {
      return { kind: 'drop', message, name: `rsu_over_budget_${message.type}` };
    }
    this.#lastMs = nowMs;
    return { kind: 'send', message };
  }

  /** Forgets all that waits. */
  clear(): void {
    this.#queue = [];
  }

  /** Whether this second's budget has room; SPAT is counted in any case. */
  #within(nowMs: MonotonicMs, message: AirMessage): boolean {
    if (this.#windowMs === null || nowMs - this.#windowMs >= WINDOW_MS) {
      this.#windowMs = nowMs;
      this.#frames = 0;
      this.#octets = 0;
    }
    const { framesPerS, octetsPerS } = this.#limits;
    const { length } = message.bytes;
    const fits = this.#frames < framesPerS && this.#octets + length <= octetsPerS;
    if (!fits && message.type !== 'SPAT') return false;
    this.#frames++;
    this.#octets += length;
    return true;
  }
}

const late = (message: AirMessage): PacerStep => (
  { kind: 'drop', message, name: `rsu_late_${message.type}` }
);
