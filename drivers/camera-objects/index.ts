import { stampAt } from '../../src/base/clock.ts';
import { Fault } from '../../src/base/fault.ts';
import { plusMs } from '../../src/base/time.ts';
import { driverFaultTexts } from '../../src/base/texts/drivers.ts';
import { cameraCounters, sensorTitles } from '../../src/base/texts/sensors.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Datagram, MqttMessage } from '../../src/model/port.ts';
import { ClockWatch } from '../clockwatch.ts';
import { defineSensorDriver } from '../driver.ts';
import type { DriverInstance, SensorContext } from '../driver.ts';
import { readJson } from '../json.ts';
import { measuredAt, utcOfText } from '../stamps.ts';
import type { StampWatch } from '../stamps.ts';
import { FrameGrouper } from './frames.ts';
import type { CameraFrame } from './frames.ts';
import { toGround } from './ground.ts';
import type { GroundView } from './ground.ts';
import { invertHomography, oriented } from './homography.ts';
import { BOXES_MAX, jsonLimits, readCameraMessage } from './messages.ts';
import { cameraOptions } from './options.ts';
import type { CameraOptions } from './options.ts';
import { redactCameraPayload } from './redact.ts';
import { simulateCamera } from './simulate.ts';

type CounterName = keyof typeof cameraCounters;
type CameraTransport = 'mqtt' | 'udp';

class CameraObjects implements DriverInstance {
  readonly #context: SensorContext<CameraTransport>;
  readonly #options: CameraOptions;
  readonly #view: GroundView;
  readonly #grouper = new FrameGrouper(BOXES_MAX);
  readonly #clockWatch: ClockWatch;
  #cancels: (() => void)[] = [];
  #sequence = 0;

  constructor(context: SensorContext<CameraTransport>, options: CameraOptions) {
    this.#context = context;
    this.#options = options;
    const { pose, fieldOfView } = context.settings;
    const { homography, widthPx, heightPx } = options;
    if (!homography.every(Number.isFinite) || !invertHomography(homography)) {
      throw new Fault('VALUE_OUT_OF_RANGE', {
        subject: `${context.sensorId} options.homography`,
        expected: driverFaultTexts.homography,
        got: JSON.stringify(homography),
        next: driverFaultTexts.homography_next,
      });
    }
    this.#view = {
      homography: oriented(homography, widthPx, heightPx), pose, fieldOfView, options,
    };
    // From the stamp to arrival: what is declared from exposure, less what the stamp comes after.
    const declaredMs = options.latencyMs ?? context.settings.latencyMs;
    this.#clockWatch = new ClockWatch(Math.max(0, declaredMs - options.stampLatencyMs));
    context.port.onMessage((message, receivedMs) => this.#accept(message, receivedMs));
  }

  #count(name: CounterName, by = 1): void {
    if (by > 0) this.#context.count(name, by);
  }

  #accept(message: MqttMessage | Datagram, receivedMs: MonotonicMs): void {
    const { topic, deviceId } = this.#options;
    const overMqtt = 'payload' in message;
    if (overMqtt && topic !== '' && message.topic !== topic) return this.#count('other_sensor');
    const document = readJson(overMqtt ? message.payload : message.data, jsonLimits);
    if (document.dropped !== undefined) return this.#count(document.dropped);
    const read = readCameraMessage(document.value);
    if (!read) return this.#count('schema_unknown');
    if (deviceId !== '' && read.deviceId !== deviceId) return this.#count('other_sensor');
    this.#count('box_invalid', read.invalid);
    this.#count('attributes_stripped', read.stripped);
    if (read.schema === 'full') {
      const step = this.#grouper.add(read, receivedMs);
      if (step.dropped) this.#count(step.dropped);
      if (step.forced) this.#publish(step.forced);
      if (step.opened) this.#wake(receivedMs);
      return;
    }
    const boxes = [...read.boxes];
    const { stamp, over } = read;
    this.#publish({ deviceId: read.deviceId, stamp, boxes, firstMs: receivedMs, over });
  }

  /** Looks at the groups when the one that began at `firstMs` has waited long enough. */
  #wake(firstMs: MonotonicMs): void {
    const dueMs = plusMs(firstMs, this.#options.groupWaitMs);
    const cancel = this.#context.clock.at(dueMs, () => {
      this.#cancels = this.#cancels.filter((one) => one !== cancel);
      for (const frame of this.#grouper.due(firstMs)) this.#publish(frame);
    });
    this.#cancels.push(cancel);
  }

  #measuredMs(frame: CameraFrame): MonotonicMs {
    const { useStamp, stampLatencyMs, stampAgeMaxMs } = this.#options;
    const latencyMs = this.#options.latencyMs ?? this.#context.settings.latencyMs;
    if (!useStamp) return plusMs(frame.firstMs, -latencyMs);
    const rules = { latencyMs, stampLatencyMs, ageMaxMs: stampAgeMaxMs };
    const count = (name: CounterName): void => this.#count(name);
    const stampMs = utcOfText(frame.stamp);
    return measuredAt(this.#context.clock, frame.firstMs, stampMs, rules, count, this.#watch);
  }

  readonly #watch: StampWatch = {
    accept: (receivedMs, aheadMs) => {
      const verdict = this.#clockWatch.accept(receivedMs, aheadMs);
      if (!verdict) return;
      if (verdict.stepped) this.#count('clock_step');
      this.#context.report({ ...verdict.facts });
    },
  };

  #publish(frame: CameraFrame): void {
    const { clock, sensorId } = this.#context;
    const measuredMs = this.#measuredMs(frame);
    const observations: Observation[] = [];
    for (const box of frame.boxes) {
      const { observation, dropped, note } = toGround(box, measuredMs, this.#view);
      if (observation) observations.push(observation);
      if (dropped) this.#count(dropped);
      if (note) this.#count(note);
    }
    this.#count('box_overflow', frame.over);
    this.#context.publish({
      sensorId,
      sequence: this.#sequence++,
      measured: stampAt(clock, measuredMs),
      received: stampAt(clock, frame.firstMs),
      observations,
      complete: frame.over === 0,
    });
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  snapshot(): unknown {
    return {
      sequence: this.#sequence,
      grouper: this.#grouper.snapshot(),
      clockWatch: this.#clockWatch.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    this.stop();
    const state = snapshot as { sequence: number; grouper: unknown; clockWatch?: unknown };
    this.#sequence = state.sequence;
    this.#grouper.restore(state.grouper);
    // Recordings from before the watch hold none.
    if (state.clockWatch !== undefined) this.#clockWatch.restore(state.clockWatch);
    for (const firstMs of this.#grouper.waiting()) this.#wake(firstMs);
  }
}

/** Camera analytics in NVIDIA DeepStream's schemas. */
export const cameraObjects = defineSensorDriver({
  kind: 'camera-objects',
  role: 'sensor',
  title: sensorTitles.cameraObjects,
  transports: ['mqtt', 'udp'],
  silentAfterMs: 1000, // cameras pause when nothing moves, but not for long
  options: cameraOptions,
  counters: cameraCounters,
  redact: (message) =>
    'payload' in message
      ? { ...message, payload: redactCameraPayload(message.payload) }
      : { ...message, data: redactCameraPayload(message.data) },
  start: (context, options) => new CameraObjects(context, options),
  simulate: (settings, options) => simulateCamera(settings, options),
});
