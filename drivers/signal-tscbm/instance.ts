import { stampAt } from '../../src/base/clock.ts';
import { plusMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { Datagram } from '../../src/model/port.ts';
import type { DriverInstance, SignalContext } from '../driver.ts';
import { SourceWatch } from '../sources.ts';
import { decodeTscbm } from './decode.ts';
import type { TscbmOptions } from './options.ts';

/** The controller speaks ten times a second. */
const PERIOD_MS = 100;
/** After this silence a lower sequence number is a controller that started anew. */
const RESTART_AFTER_MS = 1000;

const sameOctets = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((octet, index) => octet === b[index]);

interface Snapshot {
  readonly sources: unknown;
  readonly newest: {
    readonly bytes: Uint8Array;
    readonly atMs: MonotonicMs;
    readonly sequence: number;
  } | null;
  readonly published: number;
  readonly formatVersion: number | null;
}

/** Joins decoder, source watch and sequence to reports. */
export class TscbmInstance implements DriverInstance {
  readonly #context: SignalContext<'udp'>;
  readonly #options: TscbmOptions;
  readonly #sources: SourceWatch;
  #newest: Snapshot['newest'] = null;
  #published = 0;
  #formatVersion: number | null = null;

  constructor(context: SignalContext<'udp'>, options: TscbmOptions) {
    this.#context = context;
    this.#options = options;
    this.#sources = new SourceWatch({ expected: options.expectedSource, by: options.sourceBy });
    context.port.onMessage((message, receivedMs) => this.#accept(message, receivedMs));
  }

  #accept({ data, from }: Datagram, receivedMs: MonotonicMs): void {
    const { count, clock } = this.#context;
    const measuredMs = plusMs(receivedMs, -this.#options.latencyMs);
    const { packet, dropped } = decodeTscbm(data, measuredMs, this.#options);
    if (dropped) return count(dropped);
    if (!this.#heardRightly(from, receivedMs)) return;
    if (!this.#inOrder(data, packet.sequence, receivedMs)) return;
    if (packet.unusedMoving > 0) count('unused_moving', packet.unusedMoving);
    if (packet.discontinuous) count('discontinuous');
    if (packet.formatVersion !== this.#formatVersion) {
      this.#formatVersion = packet.formatVersion;
      this.#context.report({ formatVersion: packet.formatVersion, source: from });
    }
    // The port may use its buffer again; evidence must stay what it was.
    const bytes = new Uint8Array(data);
    this.#newest = { bytes, atMs: receivedMs, sequence: packet.sequence };
    this.#context.publish({
      controllerId: this.#context.controllerId,
      sequence: this.#published++,
      measured: stampAt(clock, measuredMs),
      received: stampAt(clock, receivedMs),
      periodMs: PERIOD_MS,
      groups: packet.groups,
      status: packet.status,
      evidence: [{ bytes, receivedMs }],
    });
  }

  #heardRightly(from: string, receivedMs: MonotonicMs): boolean {
    const verdict = this.#sources.hear(from, receivedMs);
    if (verdict === 'same') return true;
    if (verdict === 'changed') {
      this.#context.count('source_changed');
      this.#formatVersion = null; // tell who speaks now
      return true;
    }
    if (verdict === 'unexpected') {
      this.#context.count('unexpected_source');
      return false;
    }
    this.#context.count('two_sources');
    this.#context.twoSources();
    return false;
  }

  /** The number is the low octet of the controller's up-time in tenths of a second. */
  #inOrder(data: Uint8Array, sequence: number, receivedMs: MonotonicMs): boolean {
    const newest = this.#newest;
    if (!newest) return true;
    const ahead = (sequence - newest.sequence) & 0xff;
    const silentMs = receivedMs - newest.atMs;
    if (ahead === 0) {
      if (silentMs >= 25_500) return true; // the octet may have gone round
      this.#context.count('sequence_repeated');
      // The up-time can fall into one tenth twice; the very same octets are nothing new.
      return !sameOctets(data, newest.bytes);
    }
    if (ahead >= 128 && silentMs < 12_800) {
      this.#context.count('sequence_backward');
      return silentMs > RESTART_AFTER_MS;
    }
    if (ahead > 2 && ahead < 128) this.#context.count('sequence_gap');
    return true;
  }

  stop(): void {
    // There is no timer; the port is the supervisor's.
  }

  snapshot(): unknown {
    const snapshot: Snapshot = {
      sources: this.#sources.snapshot(),
      newest: this.#newest,
      published: this.#published,
      formatVersion: this.#formatVersion,
    };
    return snapshot;
  }

  restore(snapshot: unknown): void {
    const { sources, newest, published, formatVersion } = snapshot as Snapshot;
    this.#sources.restore(sources);
    this.#newest = newest;
    this.#published = published;
    this.#formatVersion = formatVersion;
  }
}
