import type { Counters } from '../../base/counters.ts';
import type { AirMessageType } from '../../model/message.ts';

/** A unit that answers later than this did not answer, ms. */
const WAIT_MS = 3000;
const WAITING_MAX = 64;
const GOOD_MAX = 256;

/**
 * Acknowledgements of T/ITS 0117: `{seqNum, errorCode, errorDesc?}`, each counted once. A number may
 * come as a text or as a whole number.
 */
export class Acknowledgements {
  readonly #counters: Counters;
  readonly #waiting = new Map<string, { readonly type: AirMessageType; readonly askedMs: number }>();
  readonly #good = new Set<string>();

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  expect(type: AirMessageType, seqNum: string, nowMs: number): void {
    const [oldest] = this.#waiting;
    if (oldest && this.#waiting.size >= WAITING_MAX) this.#miss(oldest[0], oldest[1].type);
    this.#waiting.set(seqNum, { type, askedMs: nowMs });
  }

  #miss(seqNum: string, type: AirMessageType): void {
    this.#waiting.delete(seqNum);
    this.#counters.count(`rsu_ack_missing_${type}`);
  }

  /** Counts those whose time is over. */
  missing(nowMs: number): void {
    for (const [seqNum, { type, askedMs }] of this.#waiting) {
      if (nowMs - askedMs <= WAIT_MS) return; // in the order of asking
      this.#miss(seqNum, type);
    }
  }

  heard(type: AirMessageType, text: string, nowMs: number): void {
    this.missing(nowMs);
    const { seqNum, errorCode } = answerOf(text);
    if (this.#waiting.get(seqNum)?.type !== type || !Number.isInteger(errorCode)) {
      return this.#counters.count(`rsu_ack_unclear_${type}`);
    }
    this.#waiting.delete(seqNum);
    if (errorCode !== 0) return this.#counters.count(`rsu_ack_refused_${type}`);
    this.#counters.count(`rsu_sent_ack_${type}`);
    this.#good.add(seqNum);
    if (this.#good.size > GOOD_MAX) this.#good.delete([...this.#good][0]!);
  }

  isGood(seqNum: string): boolean {
    return this.#good.has(seqNum);
  }
}

function answerOf(text: string): { readonly seqNum: string; readonly errorCode: unknown } {
  try {
    const { seqNum, errorCode } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return { seqNum: String(seqNum), errorCode };
  } catch {
    return { seqNum: '', errorCode: null }; // no answer to anything
  }
}
