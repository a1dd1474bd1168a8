import { stampAt } from '../../src/base/clock.ts';
import { plusMs } from '../../src/base/time.ts';
import { ars408Counters, sensorTitles } from '../../src/base/texts/sensors.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { CanFrame } from '../../src/model/port.ts';
import type { Observation } from '../../src/model/observation.ts';
import { defineSensorDriver } from '../driver.ts';
import type { DriverInstance, SensorContext } from '../driver.ts';
import { baseIdOf, objectStatus, radarState, sensorNumberOf, versionId } from './layout.ts';
import { isDeleted, isFresh, toObservation } from './observation.ts';
import { radarOptions } from './options.ts';
import type { RadarOptions } from './options.ts';
import { ScanAssembler } from './scan.ts';
import type { RadarObject, RadarScan } from './scan.ts';
import { isAsConfigured, setupFrames, standstillFrames, stateFacts } from './setup.ts';
import { simulateArs408 } from './simulate.ts';

type CounterName = keyof typeof ars408Counters;

/** Two status frames this close come from two radars with one id. */
const TWO_SENSORS_WITHIN_MS = 40;
const STATE_MISSING_AFTER_MS = 3000;
const SETUP_WAIT_MIN_MS = 3000;
const SETUP_WAIT_MAX_MS = 60000;

interface RadarMemory {
  sequence: number;
  statusMs: MonotonicMs | null;
  /** Arrival of the last state frame, or the start. */
  stateMs: MonotonicMs;
  watchDueMs: MonotonicMs;
  standstillDueMs: MonotonicMs;
  setupDueMs: MonotonicMs | null;
  setupWaitMs: number;
  stateMissing: boolean;
  /** How often each object id was given away anew. */
  generations: number[];
}

/** One radar on a bus that it may share with seven others. */
class Ars408 implements DriverInstance {
  readonly #context: SensorContext<'can'>;
  readonly #options: RadarOptions;
  readonly #assembler: ScanAssembler;
  readonly #standstill: readonly CanFrame[];
  #cancelWatch = (): void => undefined;
  #cancelStandstill = (): void => undefined;
  #memory: RadarMemory;

  constructor(context: SensorContext<'can'>, options: RadarOptions) {
    this.#context = context;
    this.#options = options;
    this.#assembler = new ScanAssembler(options.sensorId, {
      quality: options.sendQuality,
      extended: options.sendExtended,
    });
    const nowMs = context.clock.nowMs();
    this.#memory = {
      sequence: 0,
      statusMs: null,
      stateMs: nowMs,
      watchDueMs: plusMs(nowMs, STATE_MISSING_AFTER_MS),
      standstillDueMs: nowMs,
      setupDueMs: null,
      setupWaitMs: SETUP_WAIT_MIN_MS,
      stateMissing: false,
      generations: new Array<number>(256).fill(0),
    };
    this.#standstill = standstillFrames(options.sensorId);
    this.#armWatch();
    if (options.egoMotion) this.#armStandstill();
    context.port.onMessage((frame, receivedMs) => this.#accept(frame, receivedMs));
  }

  #count(name: CounterName, by = 1): void {
    this.#context.count(name, by);
  }

  #send(frames: readonly CanFrame[]): void {
    for (const frame of frames) this.#context.port.send(frame);
  }

  #accept(frame: CanFrame, receivedMs: MonotonicMs): void {
    const plain = !frame.extended && !frame.remote && !frame.fd;
    if (plain && sensorNumberOf(frame.id) === this.#options.sensorId) {
      const baseId = baseIdOf(frame.id);
      if (baseId === radarState.canId) return this.#acceptState(frame.data, receivedMs);
      if (baseId === versionId.canId) return this.#acceptVersion(frame.data);
      if (baseId === objectStatus.canId) this.#watchTwins(receivedMs);
    }
    const { scans, dropped } = this.#assembler.accept(frame, receivedMs);
    if (dropped) this.#count(dropped);
    if (scans) for (const scan of scans) this.#publish(scan);
  }

  #watchTwins(receivedMs: MonotonicMs): void {
    const { statusMs } = this.#memory;
    this.#memory.statusMs = receivedMs;
    if (statusMs !== null && receivedMs - statusMs < TWO_SENSORS_WITHIN_MS) {
      this.#count('sensor_id_twice');
    }
  }

  #publish(scan: RadarScan): void {
    const { clock, sensorId } = this.#context;
    const options = this.#options;
    const latencyMs = options.latencyMs ?? this.#context.settings.latencyMs;
    const measuredMs = plusMs(scan.lastMs, -latencyMs);
    const observations: Observation[] = [];
    for (const object of scan.objects) {
      if (isDeleted(object)) this.#count('object_deleted');
      else observations.push(toObservation(object, measuredMs, this.#nameOf(object), options));
    }
    this.#context.publish({
      sensorId,
      sequence: this.#memory.sequence++,
      measured: stampAt(clock, measuredMs),
      received: stampAt(clock, scan.firstMs),
      observations,
      complete: scan.complete,
    });
  }

  /** The device gives ids away anew; the generation keeps the old owner and the new one apart. */
  #nameOf(object: RadarObject): string {
    const { objectId } = object.general;
    const { generations } = this.#memory;
    if (isFresh(object)) generations[objectId] = generations[objectId]! + 1;
    return `${objectId}.${generations[objectId]}`;
  }

  #acceptState(data: Uint8Array, receivedMs: MonotonicMs): void {
    if (data.length !== radarState.bytes) return this.#count('frame_length');
    const state = radarState.read(data);
    if (state.sensorId !== this.#options.sensorId) this.#count('sensor_id_differs');
    const memory = this.#memory;
    memory.stateMs = receivedMs;
    memory.stateMissing = false;
    this.#assembler.expect({
      quality: state.sendQuality === 1,
      extended: state.sendExtended === 1,
    });
    const configured = isAsConfigured(state, this.#options);
    this.#context.report({ ...stateFacts(state), configured });
    if (configured) {
      memory.setupDueMs = null;
      memory.setupWaitMs = SETUP_WAIT_MIN_MS;
    } else if (this.#options.configure) this.#setUp(receivedMs);
  }

  /** Sends the set-up at once, then ever more rarely while the device does not follow. */
  #setUp(nowMs: MonotonicMs): void {
    const memory = this.#memory;
    if (memory.setupDueMs !== null && nowMs < memory.setupDueMs) return;
    this.#send(setupFrames(this.#options));
    this.#count('configuration_sent');
    memory.setupDueMs = plusMs(nowMs, memory.setupWaitMs);
    memory.setupWaitMs = Math.min(2 * memory.setupWaitMs, SETUP_WAIT_MAX_MS);
  }

  #acceptVersion(data: Uint8Array): void {
    if (data.length !== versionId.bytes && data.length !== 8) return this.#count('frame_length');
    const { major, minor, patch } = versionId.read(data);
    this.#context.report({ firmware: `${major}.${minor}.${patch}` });
  }

  /** Looks whether the state frame came. Its due time is in the snapshot, so replay looks alike. */
  #armWatch(): void {
    this.#cancelWatch = this.#context.clock.at(this.#memory.watchDueMs, () => {
      const memory = this.#memory;
      const nowMs = this.#context.clock.nowMs();
      const missing = nowMs - memory.stateMs >= STATE_MISSING_AFTER_MS;
      if (missing && !memory.stateMissing) {
        this.#count('state_missing');
        this.#context.report({ health: 'degraded', reason: 'state_missing' });
      }
      memory.stateMissing = missing;
      memory.watchDueMs = plusMs(missing ? nowMs : memory.stateMs, STATE_MISSING_AFTER_MS);
      this.#armWatch();
    });
  }

  /** Says "standing still" at multiples of the period; what was missed is not said later. */
  #armStandstill(): void {
    this.#cancelStandstill = this.#context.clock.at(this.#memory.standstillDueMs, () => {
      const memory = this.#memory;
      const { egoMotionPeriodMs } = this.#options;
      const lateMs = this.#context.clock.nowMs() - memory.standstillDueMs;
      const periods = Math.max(0, Math.floor(lateMs / egoMotionPeriodMs)) + 1;
      memory.standstillDueMs = plusMs(memory.standstillDueMs, periods * egoMotionPeriodMs);
      this.#armStandstill();
      this.#send(this.#standstill);
    });
  }

  stop(): void {
    this.#cancelWatch();
    this.#cancelStandstill();
  }

  snapshot(): unknown {
    return { memory: structuredClone(this.#memory), assembler: this.#assembler.snapshot() };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as { memory: RadarMemory; assembler: unknown };
    this.#memory = structuredClone(state.memory);
    this.#assembler.restore(state.assembler);
    this.stop();
    this.#armWatch();
    if (this.#options.egoMotion) this.#armStandstill();
  }
}

/** Continental ARS 408 and ARS 404, object list. */
export const radarArs408 = defineSensorDriver({
  kind: 'radar-ars408',
  role: 'sensor',
  title: sensorTitles.radarArs408,
  transports: ['can'],
  silentAfterMs: 270, // three scans and a little
  options: radarOptions,
  counters: ars408Counters,
  start: (context, options) => new Ars408(context, options),
  simulate: (settings, options) => simulateArs408(settings, options),
});
