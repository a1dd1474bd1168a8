import { crc32 } from 'node:zlib';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { MonotonicMs } from '../../base/time.ts';
import type { AirMessage, AirMessageType } from '../../model/message.ts';
import type { RsuSettings } from '../../model/site.ts';
import { mqttDefaults } from '../kinds.ts';
import { topicOf } from '../topic.ts';
import type { Piece, UnitForm } from '../slowlink.ts';
import { Acknowledgements } from './acks.ts';
import { alertsOf, countsDown, rsmBody, sliceOf, spatBody } from './compose.ts';
import type { Alert } from './compose.ts';
import type { Frame, MapFrame, Rsi, Spat } from './frames.ts';

/** What reads the written text again, by another hand: why it differs, or null. */
export type ReadBack = (message: AirMessage, text: string) => string | null;

export interface Its0117Options {
  readonly settings: RsuSettings;
  readonly clock: Clock;
  readonly counters: Counters;
  /** The frame of gated octets. Throws on octets that are none. */
  decode(profile: string, bytes: Uint8Array): unknown;
  readonly readBack: ReadBack;
}

/** A slice that is not acknowledged is told again after this. */
const MAP_AGAIN_MS = 10_000;
/** An alert that no message told for this long has ended: RSI come at least each second. */
const ALERT_GONE_MS = 3000;
const ALERTS_MAX = 64;
const SLICES_MAX = 64;
const MINUTE_MS = 60_000;

interface LiveAlert {
  readonly alert: Alert;
  readonly digest: number;
  toldMs: number;
  seenMs: number;
}
interface Slice {
  readonly eTag: string;
  toldMs: number;
  seqNum: string;
}

/** A gated message that could not be said, by name. */
class Unsaid extends Error {}

/**
 * A unit that writes the air message itself (T/ITS 0117): each text is read again by another hand
 * and held against the gated octets before it leaves; what differs is dropped by name.
 */
export class Its0117Form implements UnitForm {
  readonly #options: Its0117Options;
  readonly #acks: Acknowledgements;
  readonly #alerts = new Map<string, LiveAlert>();
  readonly #slices = new Map<string, Slice>();
  #sequence = 0;

  constructor(options: Its0117Options) {
    this.#options = options;
    this.#acks = new Acknowledgements(options.counters);
  }

  /** An acknowledgement came. */
  heard(type: AirMessageType, text: string): void {
    this.#acks.heard(type, text, this.#options.clock.nowMs());
  }

  /** The unit may have begun anew: MAP and alerts are told again. */
  connected(): void {
    this.#slices.clear();
    this.#alerts.clear();
  }

  write(message: AirMessage, nowMs: MonotonicMs): readonly Piece[] | string {
    this.#acks.missing(nowMs);
    const frame = this.#options.decode(message.profile, message.bytes) as Frame;
    try {
      return [...this.#pieces(frame, message, nowMs), ...this.#withdrawals(nowMs)];
    } catch (error) {
      if (error instanceof Unsaid) return error.message;
      throw error;
    }
  }

  #pieces(frame: Frame, message: AirMessage, nowMs: MonotonicMs): readonly Piece[] {
    if ('spatFrame' in frame) return [this.#spat(frame.spatFrame, message, nowMs)];
    if ('rsmFrame' in frame) return [this.#checked(message, rsmBody(frame.rsmFrame))];
    if ('rsiFrame' in frame) return this.#rsi(frame.rsiFrame, message, nowMs);
    if ('mapFrame' in frame) return this.#map(frame.mapFrame, message, nowMs);
    throw new Unsaid('rsu_form_without');
  }

  #piece(type: AirMessageType, body: object, counted?: string): Piece {
    const { settings } = this.#options;
    const { topicDown } = settings.mqtt ?? mqttDefaults;
    const payload = new TextEncoder().encode(JSON.stringify(body));
    const topic = topicOf(topicDown, type, settings);
    return counted === undefined ? { topic, payload } : { topic, payload, counted };
  }

  /** A piece whose text says what the gate let through. */
  #checked(message: AirMessage, body: object): Piece {
    const piece = this.#piece(message.type, body);
    const wrong = this.#options.readBack(message, new TextDecoder().decode(piece.payload));
    if (wrong !== null) throw new Unsaid('rsu_read_back');
    return piece;
  }

  /** The unit stamps the air message itself: an old count-down would end that much too late. */
  #spat(spat: Spat, message: AirMessage, nowMs: MonotonicMs): Piece {
    const { settings, clock, counters } = this.#options;
    const { countdownMaxMs } = settings.mqtt ?? mqttDefaults;
    const old = countsDown(spat) && this.#ageMs(spat, clock.utcAt(nowMs).utcMs) > countdownMaxMs;
    if (old) counters.count('rsu_shortened_SPAT');
    return this.#checked(message, spatBody(spat, !old));
  }

  /** Age of a SPAT by its own stamp; Infinity without one. */
  #ageMs({ timeStamp, intersections }: Spat, utcMs: number): number {
    const ms = timeStamp ?? intersections[0]?.timeStamp;
    if (ms === undefined || ms >= MINUTE_MS) return Infinity;
    const behind = (((utcMs - ms) % MINUTE_MS) + MINUTE_MS) % MINUTE_MS;
    return behind > MINUTE_MS / 2 ? 0 : behind; // a little ahead: the clock was set meanwhile
  }

  #next(): string {
    this.#sequence = (this.#sequence + 1) % 1_000_000_000;
    return String(this.#sequence);
  }

  /** Told when it is new or has changed, and until it is acknowledged. */
  #map(map: MapFrame, message: AirMessage, nowMs: number): readonly Piece[] {
    const { msgCnt: _count, timeStamp: _minute, ...lasting } =
      map as MapFrame & { msgCnt?: number; timeStamp?: number };
    const mapSlice = sliceOf(map);
    const eTag = crc32(JSON.stringify(lasting)).toString(16);
    const before = this.#slices.get(mapSlice);
    if (before?.eTag === eTag) {
      if (this.#acks.isGood(before.seqNum) || nowMs - before.toldMs < MAP_AGAIN_MS) return [];
    }
    if (!before && this.#slices.size >= SLICES_MAX) throw new Unsaid('rsu_form_without');
    const seqNum = this.#next();
    const piece = this.#checked(message, { mapSlice, map, eTag, ack: true, seqNum });
    this.#slices.set(mapSlice, { eTag, toldMs: nowMs, seqNum });
    this.#acks.expect('MAP', seqNum, nowMs);
    return [piece];
  }

  #rsi(rsi: Rsi, message: AirMessage, nowMs: number): readonly Piece[] {
    const { alertS } = this.#options.settings.mqtt ?? mqttDefaults;
    const pieces: Piece[] = [];
    for (const alert of alertsOf(rsi, message)) {
      if (alert === null) {
        this.#options.counters.count('rsu_form_without_RSI');
        continue;
      }
      const digest = crc32(JSON.stringify(alert));
      const live = this.#alerts.get(alert.alertID);
      if (live) live.seenMs = nowMs;
      if (live?.digest === digest && nowMs - live.toldMs < (alertS * 1000) / 2) continue;
      if (!live && this.#alerts.size >= ALERTS_MAX) {
        this.#options.counters.count('rsu_form_without_RSI');
        continue;
      }
      pieces.push(this.#checked(message, this.#alertBody(alert, true, nowMs)));
      this.#expectAlert(nowMs);
      this.#alerts.set(alert.alertID, { alert, digest, toldMs: nowMs, seenMs: nowMs });
    }
    return pieces;
  }

  #alertBody({ alertID, startMinute, body }: Alert, valid: boolean, nowMs: number): object {
    const { clock, settings } = this.#options;
    const { alertS } = settings.mqtt ?? mqttDefaults;
    const { utcMs } = clock.utcAt(nowMs as MonotonicMs);
    return {
      rsi: {
        alertID, duration: alertS, eventStatus: valid,
        timeStamp: new Date(startedAt(startMinute, utcMs)).toISOString(), ...body,
      },
      rsiSourceType: 'mec',
      rsiSourceId: settings.unitSerial.trim(),
      ack: true,
      seqNum: this.#next(),
    };
  }

  /** Its number is the newest; called once the body is on its way. */
  #expectAlert(nowMs: number): void {
    this.#acks.expect('RSI', String(this.#sequence), nowMs);
  }

  /** Alerts that no gated message tells any more are taken back; they would end by themselves. */
  #withdrawals(nowMs: MonotonicMs): readonly Piece[] {
    const pieces: Piece[] = [];
    for (const [id, { alert, seenMs }] of this.#alerts) {
      if (nowMs - seenMs < ALERT_GONE_MS) continue;
      this.#alerts.delete(id);
      const body = this.#alertBody(alert, false, nowMs);
      this.#expectAlert(nowMs);
      pieces.push(this.#piece('RSI', body, 'rsu_sent_RSI_withdrawal'));
    }
    return pieces;
  }
}

/** UTC ms of a minute of this year or, where that lies ahead, of the last; now where not told. */
function startedAt(minute: number | null, utcMs: number): number {
  if (minute === null) return utcMs;
  const year = new Date(utcMs).getUTCFullYear();
  const atMs = Date.UTC(year, 0, 1) + minute * MINUTE_MS;
  return atMs <= utcMs + MINUTE_MS ? atMs : Date.UTC(year - 1, 0, 1) + minute * MINUTE_MS;
}
