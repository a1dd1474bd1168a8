import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { messageOf } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import type { MonotonicMs } from '../base/time.ts';
import type { AirMessage } from '../model/message.ts';
import type { RsuSettings } from '../model/site.ts';
import { Ages } from './ages.ts';
import { UnitPacer } from './budget.ts';
import { NewestRounds } from './newest.ts';
import type { Handed } from './newest.ts';
import type { RsuStatus } from './status.ts';

/** One thing to say to a unit: where it goes (a topic, or nothing) and its octets. */
export interface Piece {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The counter of what was sent, where it is not that of the message. */
  readonly counted?: string;
}

/** A way to a unit: it may be slow, away, or come and go. */
export interface UnitWay {
  /** Whether it takes a message now. */
  readonly ready: boolean;
  /** Why it is not ready; null while all is well. */
  readonly fault: string | null;
  send(piece: Piece, done: (error: Error | null) => void): void;
  /** Called when it has become ready again. */
  onReady(run: () => void): void;
  close(): void;
}

/** The form in which a unit takes messages. */
export interface UnitForm {
  /**
   * What to say for a gated message; empty where there is nothing new to tell. A text is the name
   * under which the message is dropped. Made of the gated octets alone.
   */
  write(message: AirMessage, nowMs: MonotonicMs): readonly Piece[] | string;
}

export interface SlowLinkOptions {
  readonly settings: RsuSettings;
  readonly spreadMs: number;
  readonly way: UnitWay;
  readonly form: UnitForm;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The way to one slow unit: gated octets with a deadline in, the unit's own form out. While the way
 * is not ready the newest round of each stream waits; what is late is dropped by name. It never
 * changes what a message says: at most it says less.
 */
export class SlowLink {
  readonly #options: SlowLinkOptions;
  readonly #waiting = new NewestRounds();
  readonly #pacer: UnitPacer;
  readonly #ages = new Ages();
  readonly #since = new WeakMap<AirMessage, number>();
  #armed: (() => void) | null = null;
  #lastSentMs: MonotonicMs | null = null;
  #fault: string | null = null;
  #closed = false;

  constructor(options: SlowLinkOptions) {
    this.#options = options;
    this.#pacer = new UnitPacer({ ...options.settings, spreadMs: options.spreadMs });
    options.way.onReady(() => this.#drain());
  }

  /** Takes a gated message; it leaves now, soon or never. */
  offer(handed: Handed): void {
    if (this.#closed) return;
    const { counters, clock, way } = this.#options;
    const { message } = handed;
    if (clock.nowMs() > message.validUntilMs) return counters.count(`rsu_late_${message.type}`);
    this.#since.set(message, handed.sinceMs);
    if (message.type === 'SPAT' && way.ready) return this.#step(this.#pacer.pass(message, clock.nowMs()));
    for (const out of this.#waiting.put(handed)) counters.count(`rsu_replaced_${out.message.type}`);
    this.#drain();
  }

  /** Sends what may leave now; arms a timer for the rest. */
  #drain(): void {
    const { clock, way } = this.#options;
    while (!this.#armed && !this.#closed && way.ready) {
      if (this.#pacer.waiting === 0) {
        const handed = this.#waiting.take();
        if (!handed) return;
        if (handed.message.type === 'SPAT') {
          this.#step(this.#pacer.pass(handed.message, clock.nowMs()));
          continue;
        }
        this.#pacer.offer(handed.message, clock.nowMs());
      }
      const step = this.#pacer.next(clock.nowMs());
      if (step.kind !== 'wait') {
        this.#step(step);
        continue;
      }
      this.#armed = clock.at(step.untilMs, () => {
        this.#armed = null;
        this.#drain();
      });
    }
  }

  #step(step: ReturnType<UnitPacer['next']>): void {
    if (step.kind === 'drop') this.#options.counters.count(step.name);
    if (step.kind === 'send') this.#send(step.message);
  }

  #send(message: AirMessage): void {
    const { form, way, clock, counters } = this.#options;
    let pieces: readonly Piece[] | string;
    try {
      pieces = form.write(message, clock.nowMs());
    } catch (error) {
      this.#told('rsu_form_failed', messageOf(error));
      return counters.count(`rsu_form_failed_${message.type}`);
    }
    if (typeof pieces === 'string') return counters.count(`${pieces}_${message.type}`);
    for (const piece of pieces) way.send(piece, (error) => this.#done(message, piece, error));
  }

  #told(event: string, reason: string): void {
    const { log, settings } = this.#options;
    if (this.#fault !== reason) log.warn(event, { rsu: settings.id, reason });
    this.#fault = reason;
  }

  #done(message: AirMessage, { counted }: Piece, error: Error | null): void {
    const { counters, clock } = this.#options;
    if (error) {
      counters.count('rsu_send_failed');
      return this.#told('rsu_send_failed', messageOf(error));
    }
    this.#fault = null;
    this.#lastSentMs = clock.nowMs();
    this.#ages.add(this.#lastSentMs - (this.#since.get(message) ?? this.#lastSentMs));
    counters.count(counted ?? `rsu_sent_${message.type}`);
  }

  status(): RsuStatus {
    const { settings, counters, way } = this.#options;
    return {
      id: settings.id,
      sent: counters.toJSON(),
      lastSentMs: this.#lastSentMs,
      fault: way.fault ?? this.#fault,
      ages: this.#ages.counts(),
    };
  }

  close(): void {
    this.#closed = true;
    this.#armed?.();
    this.#waiting.clear();
    this.#pacer.clear();
    this.#options.way.close();
  }
}
