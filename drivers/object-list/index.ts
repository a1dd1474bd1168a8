import { stampAt } from '../../src/base/clock.ts';
import { monotonicMs, plusMs, utcMs } from '../../src/base/time.ts';
import { objectListCounters, sensorTitles } from '../../src/base/texts/sensors.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { Datagram, StreamChunk } from '../../src/model/port.ts';
import type { Observation } from '../../src/model/observation.ts';
import { ClockWatch } from '../clockwatch.ts';
import { defineSensorDriver } from '../driver.ts';
import type { DriverInstance, SensorContext } from '../driver.ts';
import { readJson } from '../json.ts';
import type { JsonLimits } from '../json.ts';
import { measuredAt } from '../stamps.ts';
import type { StampWatch } from '../stamps.ts';
import { LINE_MAX, LineSplitter } from './lines.ts';
import { ObjectReader, readObjectFrame } from './objects.ts';
import type { ObjectFrame } from './objects.ts';
import { objectListOptions } from './options.ts';
import type { ObjectListOptions } from './options.ts';
import { simulateObjectList } from './simulate.ts';

type CounterName = keyof typeof objectListCounters;
type LineTransport = 'udp' | 'tcp' | 'file';

const jsonLimits: JsonLimits = { octetsMax: LINE_MAX, depthMax: 8, keysMax: 16384 };
/** A stamp may run ahead of the first one's pace by this before the pace is taken anew. */
const RELATIVE_AHEAD_MS = 50;
const LINE_END = new Uint8Array([0x0a]);

interface ListMemory {
  sequence: number;
  /** With relative stamps: monotonic ms less stamp ms. */
  paceMs: number | null;
  /** Numbers the datagrams: each is a connection of its own. */
  datagrams: number;
}

class ObjectList implements DriverInstance {
  readonly #context: SensorContext<LineTransport>;
  readonly #options: ObjectListOptions;
  readonly #splitter = new LineSplitter();
  readonly #reader: ObjectReader;
  readonly #clockWatch: ClockWatch;
  #memory: ListMemory = { sequence: 0, paceMs: null, datagrams: 0 };

  constructor(context: SensorContext<LineTransport>, options: ObjectListOptions) {
    this.#context = context;
    this.#options = options;
    this.#reader = new ObjectReader(options);
    this.#clockWatch = new ClockWatch(this.#latencyMs());
    context.port.onMessage((message, receivedMs) => this.#accept(message, receivedMs));
  }

  #count(name: CounterName, by = 1): void {
    this.#context.count(name, by);
  }

  #accept(message: Datagram | StreamChunk, receivedMs: MonotonicMs): void {
    if ('epoch' in message) return this.#acceptOctets(message.data, message.epoch, receivedMs);
    // A datagram holds whole lines; its last one need not end.
    const epoch = this.#memory.datagrams++;
    this.#acceptOctets(message.data, epoch, receivedMs);
    this.#acceptOctets(LINE_END, epoch, receivedMs);
  }

  #acceptOctets(data: Uint8Array, epoch: number, receivedMs: MonotonicMs): void {
    const { lines, drops } = this.#splitter.accept(data, epoch, receivedMs);
    for (const dropped of drops) this.#count(dropped);
    for (const { bytes, firstMs } of lines) this.#acceptLine(bytes, firstMs, receivedMs);
  }

  #acceptLine(bytes: Uint8Array, firstMs: MonotonicMs, receivedMs: MonotonicMs): void {
    const document = readJson(bytes, jsonLimits);
    if (document.dropped !== undefined) return this.#count(document.dropped);
    const frame = readObjectFrame(document.value);
    if (typeof frame === 'string') return this.#count(frame);
    const { deviceId } = this.#options;
    if (deviceId !== '' && frame.deviceId !== deviceId) return this.#count('other_sensor');
    this.#publish(frame, firstMs, receivedMs);
  }

  #publish(frame: ObjectFrame, firstMs: MonotonicMs, receivedMs: MonotonicMs): void {
    const { clock, sensorId } = this.#context;
    const measuredMs = this.#measuredMs(frame, receivedMs);
    const observations: Observation[] = [];
    for (const object of frame.objects) {
      const read = this.#reader.read(object, measuredMs);
      if (typeof read === 'string') this.#count(read);
      else observations.push(read);
    }
    if (frame.over > 0) this.#count('object_overflow', frame.over);
    this.#memory.sequence = frame.sequence ?? this.#memory.sequence + 1;
    this.#context.publish({
      sensorId,
      sequence: this.#memory.sequence,
      measured: stampAt(clock, measuredMs),
      received: stampAt(clock, firstMs),
      observations,
      complete: frame.over === 0,
    });
  }

  #measuredMs(frame: ObjectFrame, receivedMs: MonotonicMs): MonotonicMs {
    const { stamps, stampAgeMaxMs } = this.#options;
    const latencyMs = this.#latencyMs();
    const { stampS } = frame;
    if (stamps === 'arrival') return plusMs(receivedMs, -latencyMs);
    if (stamps === 'relative') return this.#measuredByPace(stampS, receivedMs);
    const rules = { latencyMs, stampLatencyMs: 0, ageMaxMs: stampAgeMaxMs };
    const stamp = stampS === null ? null : utcMs(stampS * 1000);
    const count = (name: CounterName): void => this.#count(name);
    return measuredAt(this.#context.clock, receivedMs, stamp, rules, count, this.#watch);
  }

  readonly #watch: StampWatch = {
    accept: (receivedMs, aheadMs) => {
      const verdict = this.#clockWatch.accept(receivedMs, aheadMs);
      if (!verdict) return;
      if (verdict.stepped) this.#count('clock_step');
      this.#context.report({ ...verdict.facts });
    },
  };

  #latencyMs(): number {
    return this.#options.latencyMs ?? this.#context.settings.latencyMs;
  }

  /** The first stamp is tied to its arrival; those after it keep their distances. */
  #measuredByPace(stampS: number | null, receivedMs: MonotonicMs): MonotonicMs {
    const { stampAgeMaxMs } = this.#options;
    const byArrivalMs = plusMs(receivedMs, -this.#latencyMs());
    if (stampS === null) {
      this.#count('stamp_missing');
      return byArrivalMs;
    }
    const memory = this.#memory;
    const aheadMs = memory.paceMs === null ? 0 : memory.paceMs + stampS * 1000 - receivedMs;
    const believable = aheadMs <= RELATIVE_AHEAD_MS && aheadMs >= -stampAgeMaxMs;
    if (memory.paceMs === null || !believable) {
      if (!believable) this.#count('stamp_implausible');
      memory.paceMs = byArrivalMs - stampS * 1000;
    }
    return monotonicMs(memory.paceMs + stampS * 1000);
  }

  /** Has no timers to end. */
  stop(): void {}

  snapshot(): unknown {
    return {
      memory: { ...this.#memory },
      splitter: this.#splitter.snapshot(),
      clockWatch: this.#clockWatch.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as { memory: ListMemory; splitter: unknown; clockWatch?: unknown };
    this.#memory = { ...state.memory };
    this.#splitter.restore(state.splitter);
    // Recordings from before the watch hold none.
    if (state.clockWatch !== undefined) this.#clockWatch.restore(state.clockWatch);
  }
}

/** Any detector, as JSON lines: `docs/object-list.md`. */
export const objectList = defineSensorDriver({
  kind: 'object-list',
  role: 'sensor',
  title: sensorTitles.objectList,
  transports: ['udp', 'tcp', 'file'],
  silentAfterMs: 1000,
  options: objectListOptions,
  counters: objectListCounters,
  start: (context, options) => new ObjectList(context, options),
  simulate: (settings, options) => simulateObjectList(settings, options),
});
