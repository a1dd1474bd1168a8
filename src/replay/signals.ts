/** The signals half of a replay: SPAT, MAP and the gate, and everything that leaves for the air. */
import { Counters } from '../base/counters.ts';
import { rounded } from '../base/units.ts';
import type { SentMessage, SignalsView } from '../loops.ts';
import { nodeKey } from '../model/ids.ts';
import type { MessageOffer } from '../model/message.ts';
import type { RecordedEvent, SentLine } from '../runtime/recording/types.ts';
import { SignalsLoop } from '../signalsloop.ts';
import { Window } from '../status.ts';
import { Half } from './half.ts';
import type { HalfStart } from './half.ts';
import { Lines } from './lines.ts';

const AGE_WINDOW = 200_000;

/** What the signals half has counted. */
export interface SignalsResult {
  readonly messages: Readonly<Record<string, number>>;
  readonly octets: Readonly<Record<string, number>>;
  readonly ageMs: Readonly<
    Record<string, { readonly p50: number; readonly p99: number; readonly max: number }>
  >;
  readonly counters: Readonly<Record<string, number>>;
  readonly portDrops: Readonly<Record<string, number>>;
  /** Everything that left; empty unless it was asked for. */
  readonly sent: readonly SentLine[];
}

/** The half itself; one event of the recording at a time. */
export class SignalsHalf {
  readonly #half: Half;
  readonly #loop: SignalsLoop;
  readonly #file: Lines;
  readonly #messages = new Counters();
  readonly #octets = new Counters();
  readonly #ages = new Map<string, Window>();
  readonly #sent: SentLine[] = [];
  readonly #keeps: boolean;

  /**
   * @param keeps Whether everything sent is kept, to be held against what was sent live.
   * @param view Is told what the loop says each turn.
   */
  constructor(start: HalfStart, keeps: boolean, view: (view: SignalsView) => void) {
    this.#half = new Half('signals', start);
    this.#keeps = keeps;
    this.#loop = new SignalsLoop({ ...this.#half.deps, send: (sent) => this.#send(sent), view });
    this.#half.restore(this.#loop);
    this.#file = new Lines(start.out, 'rsu.jsonl');
  }

  #send({ atMs, message, newestReceivedMs }: SentMessage): void {
    const line: SentLine = {
      t: rounded(this.#half.clock.utcAt(atMs).utcMs / 1000, 6),
      type: message.type,
      hex: Buffer.from(message.bytes).toString('hex'),
      node: nodeKey(message.node),
    };
    this.#file.add(line);
    if (this.#keeps) this.#sent.push(line);
    this.#messages.count(message.type);
    this.#octets.count(message.type, message.bytes.length);
    if (newestReceivedMs === null) return;
    let window = this.#ages.get(message.type);
    if (!window) {
      window = new Window(AGE_WINDOW);
      this.#ages.set(message.type, window);
    }
    window.add(atMs - newestReceivedMs);
  }

  step(event: RecordedEvent): void {
    this.#half.step(event, (tick) => this.#loop.tick(tick));
  }

  /** What perception offered at the instant that this half stands at. */
  offers(offers: readonly MessageOffer[]): void {
    this.#loop.offers(offers, this.#half.clock.nowMs());
  }

  finish(): SignalsResult {
    this.#loop.stop();
    this.#file.close();
    const ages = [...this.#ages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, window]) => {
      const { p50, p99, max } = window.percentiles()!;
      return [type, { p50: rounded(p50, 3), p99: rounded(p99, 3), max: rounded(max, 3) }] as const;
    });
    return {
      messages: this.#messages.toJSON(),
      octets: this.#octets.toJSON(),
      ageMs: Object.fromEntries(ages),
      counters: this.#loop.counters.toJSON(),
      portDrops: this.#half.hub.drops.toJSON(),
      sent: this.#sent,
    };
  }
}
