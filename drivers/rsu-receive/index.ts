import { assert } from '../../src/base/assert.ts';
import { fromCarrier, withCarrier } from '../../src/base/carrier.ts';
import { stampAt } from '../../src/base/clock.ts';
import { insideOutline } from '../../src/base/geometry.ts';
import { rsuReceiveCounters, selfReportTitles } from '../../src/base/texts/selfreports.ts';
import { monotonicMs, plusMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { wrapRad } from '../../src/base/units.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Datagram, MqttMessage } from '../../src/model/port.ts';
import type { ReportMiss, SelfReport } from '../../src/model/selfreport.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import { defineSensorDriver } from '../driver.ts';
import type { DriverInstance, SelfReportContext, SensorContext } from '../driver.ts';
import { BsmUpReader, mapBsmUp } from './bsmup.ts';
import { ReportCheck } from './check.ts';
import { rsuReceiveOptions } from './options.ts';
import type { RsuReceiveOptions } from './options.ts';
import { simulateSenders } from './simulate.ts';

type CounterName = keyof typeof rsuReceiveCounters;

/** No radio carries more; what is longer is not worth decoding. */
const MESSAGE_MAX = 2400;
/** Reports of one turn at the most; fusion takes 256 observations in a frame. */
const REPORTS_MAX = 256;
/** Reports of a frame are brought to one instant; those that lie farther back make their own. */
const FRAME_SPAN_MS = 100;
/** Least time between two frames, and the longest that a report is moved on by itself. */
const FRAME_STEP_MS = 0.1;
const MOVED_MAX_MS = 200;
/**
 * Just below what fusion starts a track with: a self-report sharpens and keeps a road user that
 * sensors have found, and never makes or confirms one (rule R39: it never decides alone).
 */
const QUALITY = 0.34;
const SPEED_SIGMA_UNKNOWN_MPS = 1;
const HEADING_SIGMA_UNKNOWN_RAD = 0.2;
const CLASS_TRUST = 0.9;

const missCounters: Readonly<Record<ReportMiss, CounterName>> = {
  unreadable: 'message_unreadable',
  other: 'message_other',
  placeless: 'report_without_place',
};

type ReceiveTransport = 'udp' | 'mqtt';
/** What a port hands over, whichever transport it has. */
const octetsOf = (message: Datagram | MqttMessage): Uint8Array =>
  'payload' in message ? message.payload : message.data;
const withOctets = <M extends Datagram | MqttMessage>(message: M, octets: Uint8Array): M =>
  'payload' in message ? { ...message, payload: octets } : { ...message, data: octets };

interface Waiting {
  readonly report: SelfReport;
  readonly sender: number;
  readonly measuredMs: MonotonicMs;
  readonly receivedMs: MonotonicMs;
}

/** Whether a place lies in the area that the site gives the receiver as its field of view. */
export function insideArea({ pose, fieldOfView }: SensorSettings) {
  const { outline, rangeMaxM } = fieldOfView;
  return (eastM: number, northM: number): boolean =>
    outline === null
      ? Math.hypot(eastM - pose.eastM, northM - pose.northM) <= rangeMaxM
      : insideOutline(eastM, northM, outline);
}

class RsuReceive implements DriverInstance {
  readonly #context: SensorContext<ReceiveTransport>;
  readonly #shared: SelfReportContext;
  readonly #options: RsuReceiveOptions;
  readonly #check: ReportCheck;
  readonly #bsmUp = new BsmUpReader();
  #waiting: Waiting[] = [];
  #sequence = 0;
  /** The instant of the newest frame. */
  #lastMs = monotonicMs(0);

  constructor(context: SensorContext<ReceiveTransport>, options: RsuReceiveOptions) {
    assert(context.selfReports, 'a driver of received messages needs a codec');
    this.#context = context;
    this.#shared = context.selfReports;
    this.#options = options;
    this.#check = new ReportCheck(options, insideArea(context.settings));
    context.port.onMessage((message, receivedMs) => this.#accept(message, receivedMs));
  }

  #count(name: CounterName, by = 1): void {
    this.#context.count(name, by);
  }

  /** The messages of what came; null where its form is wrong. */
  #opened(octets: Uint8Array): readonly Uint8Array[] | null {
    const { carrier } = this.#options;
    if (carrier === 'none') return [octets];
    if (carrier === 'bsm-up') return this.#bsmUp.read(octets);
    const whole = fromCarrier(octets);
    return whole ? [whole.bytes] : null;
  }

  #accept(message: Datagram | MqttMessage, receivedMs: MonotonicMs): void {
    const opened = this.#opened(octetsOf(message));
    if (!opened) return this.#count('carrier_form');
    for (const bytes of opened) this.#report(bytes, receivedMs);
  }

  #report(bytes: Uint8Array, receivedMs: MonotonicMs): void {
    if (bytes.length > MESSAGE_MAX) return this.#count('message_oversize');
    const report = this.#shared.codec.read(bytes);
    if (typeof report === 'string') return this.#count(missCounters[report]);
    if (!this.#shared.isNew(report, receivedMs)) return this.#count('report_twice');
    const verdict = this.#check.accept(report, stampAt(this.#context.clock, receivedMs));
    if (typeof verdict === 'string') return this.#count(verdict);
    if (this.#waiting.length >= REPORTS_MAX) return this.#count('report_overflow');
    // What seems to come from the future is taken as of now: the clocks differ by that.
    const measuredMs = plusMs(receivedMs, -Math.max(verdict.ageMs, 0));
    this.#waiting.push({ report, sender: verdict.sender, measuredMs, receivedMs });
  }

  /** Hands on what came since the last turn, in frames of one instant each, the oldest first. */
  turn(_nowMs: MonotonicMs): void {
    const rows = this.#waiting.sort((a, b) => a.measuredMs - b.measuredMs);
    this.#waiting = [];
    const frames: Waiting[][] = [];
    for (let to = rows.length, from = to; to > 0; to = from) {
      const lastMs = rows[to - 1]!.measuredMs;
      while (from > 0 && lastMs - rows[from - 1]!.measuredMs <= FRAME_SPAN_MS) from--;
      frames.unshift(rows.slice(from, to));
    }
    for (const frame of frames) {
      // Frames never go back in time: what overtook another on the way is moved on.
      const atMs = frame.at(-1)!.measuredMs;
      const measuredMs = atMs > this.#lastMs ? atMs : plusMs(this.#lastMs, FRAME_STEP_MS);
      const near = frame.filter((row) => measuredMs - row.measuredMs <= MOVED_MAX_MS);
      if (near.length < frame.length) this.#count('report_too_late', frame.length - near.length);
      if (near.length > 0) this.#publish(near, measuredMs);
    }
  }

  #publish(rows: readonly Waiting[], measuredMs: MonotonicMs): void {
    this.#lastMs = measuredMs;
    const { clock, sensorId } = this.#context;
    const newest = rows.reduce((best, row) => (row.receivedMs > best.receivedMs ? row : best));
    // One sender stands in a frame once, with its newest report.
    const bySender = new Map(rows.map((row) => [row.sender, row]));
    this.#context.publish({
      sensorId,
      sequence: this.#sequence++,
      measured: stampAt(clock, measuredMs),
      received: stampAt(clock, newest.receivedMs),
      observations: [...bySender.values()].map((row) => observationOf(row, measuredMs, this.#options)),
      complete: true,
    });
  }

  /** Has no timers to end. */
  stop(): void {}

  snapshot(): unknown {
    return structuredClone({
      check: this.#check.snapshot(), waiting: this.#waiting, sequence: this.#sequence,
      lastMs: this.#lastMs, bsmUp: this.#bsmUp.snapshot(),
    });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as {
      check: unknown; waiting: Waiting[]; sequence: number; lastMs: MonotonicMs; bsmUp?: unknown;
    };
    // Recordings from before this form was known have none.
    if (state.bsmUp !== undefined) this.#bsmUp.restore(state.bsmUp);
    this.#check.restore(state.check);
    this.#waiting = state.waiting;
    this.#sequence = state.sequence;
    this.#lastMs = state.lastMs;
  }
}

/** A report moved on to the frame's instant at its own velocity: at most `MOVED_MAX_MS`. */
function observationOf(
  { report, sender, measuredMs }: Waiting, atMs: MonotonicMs, options: RsuReceiveOptions,
): Observation {
  const spanS = (atMs - measuredMs) / 1000;
  const { speedMps, headingRad } = report;
  const moving = speedMps !== null && (headingRad !== null || speedMps === 0);
  const eastMps = moving ? speedMps * Math.cos(headingRad ?? 0) : null;
  const northMps = moving ? speedMps * Math.sin(headingRad ?? 0) : null;
  const sigmaM = Math.max(report.sigmaM ?? options.sigmaUnknownM, options.sigmaMinM);
  const place = sigmaM * sigmaM;
  const headingSigmaRad = report.headingSigmaRad ?? HEADING_SIGMA_UNKNOWN_RAD;
  const speedSigma = report.speedSigmaMps ?? SPEED_SIGMA_UNKNOWN_MPS;
  // Along the motion the speed's doubt, across it the heading's; the larger serves for both.
  const velocity = Math.max(speedSigma, (speedMps ?? 0) * headingSigmaRad) ** 2;
  return {
    measuredMs: atMs,
    measurement: {
      kind: 'site-position',
      eastM: report.eastM + (eastMps ?? 0) * spanS,
      northM: report.northM + (northMps ?? 0) * spanS,
      eastMps,
      northMps,
      covariance: moving
        ? [place, 0, 0, 0, 0, place, 0, 0, 0, 0, velocity, 0, 0, 0, 0, velocity]
        : [place, 0, 0, place],
    },
    referencePoint: 'centre',
    extent: { lengthM: report.lengthM, widthM: report.widthM, heightM: report.heightM },
    headingRad: headingRad === null ? null : wrapRad(headingRad),
    headingSigmaRad: headingRad === null ? null : headingSigmaRad,
    headingAmbiguous: false,
    classes: report.cls === 'unknown' ? {} : { [report.cls]: CLASS_TRUST },
    deviceTrackId: `s${sender}`,
    processing: 'tracked',
    quality: QUALITY,
    crossSectionDbsm: null,
  };
}

/** What road users say of themselves, as a roadside unit hands it on. */
export const rsuReceive = defineSensorDriver({
  kind: 'rsu-receive',
  role: 'sensor',
  title: selfReportTitles.rsuReceive,
  transports: ['udp', 'mqtt'],
  // Nobody has to report itself: only a day of silence says that the way is broken.
  silentAfterMs: 86_400_000,
  options: rsuReceiveOptions,
  counters: rsuReceiveCounters,
  redact(message, { options, keptOfAir }) {
    const octets = octetsOf(message);
    if (options.carrier === 'none') return withOctets(message, keptOfAir(octets));
    // Octets that are no message of ours may be anything: none of them is kept.
    const nothing = new Uint8Array(0);
    if (options.carrier === 'bsm-up') {
      return withOctets(message, mapBsmUp(octets, keptOfAir) ?? nothing);
    }
    const whole = fromCarrier(octets);
    if (!whole) return withOctets(message, nothing);
    const serial = whole.serial === '' ? ' ' : whole.serial;
    const data = withCarrier(serial, utcMs(whole.utcMs), keptOfAir(whole.bytes));
    return withOctets(message, data);
  },
  start: (context, options) => new RsuReceive(context, options),
  simulate: (settings, options, random, codec) =>
    simulateSenders(settings, options, random, codec ?? null),
});
