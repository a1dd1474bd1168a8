import { radToDeg, wrapRad } from '../../src/base/units.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { CanFrame, PortMessage } from '../../src/model/port.ts';
import type {
  SensedObject, SensedScan, SimulatedSensor, TimedMessage,
} from '../../src/model/simulated.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import {
  OUTPUT_OBJECTS, baseIdOf, busId, objectExtended, objectGeneral, objectQuality, objectStatus,
  radarConfiguration, radarState, sensorNumberOf, speedInformation, versionId, yawRateInformation,
} from './layout.ts';
import { lateralSign } from './observation.ts';
import type { RadarOptions } from './options.ts';
import {
  deviceClassOf, existenceBounds, indexOfBound, measurementStates, motions,
  orientationRmsBoundsDeg, rmsBounds,
} from './quality.ts';
import { settableDistanceM } from './setup.ts';

/** The device lists this many objects at most. */
const OBJECTS_MAX = 100;
/** One frame on a bus of 500 kbit/s. */
const FRAME_MS = 0.25;
const MOTION_MISSING_AFTER_MS = 500;

const clamp = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), high);

/** Gives each object a number 0..255 for as long as it is seen. */
class ObjectNumbers {
  readonly #numbers = new Map<number, number>();
  readonly #taken = new Uint8Array(256);

  /** Numbers of a scan, and which of them are new; the numbers of those who left are free. */
  assign(ids: readonly number[]): readonly { readonly number: number; readonly fresh: boolean }[] {
    const present = new Set(ids);
    for (const [id, number] of [...this.#numbers]) {
      if (present.has(id)) continue;
      this.#numbers.delete(id);
      this.#taken[number] = 0;
    }
    return ids.map((id) => {
      const known = this.#numbers.get(id);
      if (known !== undefined) return { number: known, fresh: false };
      const number = this.#taken.indexOf(0);
      this.#taken[number] = 1;
      this.#numbers.set(id, number);
      return { number, fresh: true };
    });
  }
}

const inRange = ({ forwardM, leftM }: SensedObject): boolean =>
  forwardM >= -500 && forwardM <= 1138 && Math.abs(leftM) <= 204;

const motionOf = (object: SensedObject): number => {
  const speedMps = Math.hypot(object.forwardMps, object.leftMps);
  if (speedMps < 0.3) return motions.stopped;
  if (Math.abs(object.leftMps) > Math.abs(object.forwardMps)) return motions.crossingMoving;
  return object.forwardMps < 0 ? motions.oncoming : motions.moving;
};

const generalOf = (object: SensedObject, objectId: number, sign: number): Uint8Array =>
  objectGeneral.write({
    objectId,
    forwardM: object.forwardM,
    leftM: sign * object.leftM,
    forwardMps: clamp(object.forwardMps, -128, 127.75),
    leftMps: clamp(sign * object.leftMps, -64, 63.75),
    motion: motionOf(object),
    crossSectionDbsm: clamp(object.crossSectionDbsm, -64, 63.5),
  });

const qualityOf = (object: SensedObject, objectId: number, fresh: boolean): Uint8Array => {
  const { fresh: isNew, measured } = measurementStates;
  return objectQuality.write({
    objectId,
    forwardRms: indexOfBound(rmsBounds, object.sigmaForwardM),
    leftRms: indexOfBound(rmsBounds, object.sigmaLeftM),
    forwardSpeedRms: indexOfBound(rmsBounds, object.sigmaSpeedMps),
    leftSpeedRms: indexOfBound(rmsBounds, 3 * object.sigmaSpeedMps),
    forwardAccelerationRms: 20,
    leftAccelerationRms: 20,
    orientationRms: indexOfBound(orientationRmsBoundsDeg, 5),
    existence: Math.max(1, indexOfBound(existenceBounds, clamp(object.existence, 0, 1))),
    measurementState: fresh ? isNew : measured,
  });
};

const extendedOf = (object: SensedObject, objectId: number, sign: number): Uint8Array =>
  objectExtended.write({
    objectId,
    forwardMps2: 0,
    leftMps2: 0,
    objectClass: deviceClassOf[object.cls],
    orientationDeg: radToDeg(wrapRad(sign * object.headingRad)),
    lengthM: clamp(object.lengthM, 0, 51),
    widthM: clamp(object.widthM, 0, 51),
  });

/** What the device was told. */
interface DeviceState {
  maxDistanceM: number;
  outputType: number;
  sendQuality: boolean;
  sendExtended: boolean;
  speedMs: MonotonicMs | null;
  yawRateMs: MonotonicMs | null;
}

const stateOf = (state: DeviceState, sensorId: number, nowMs: MonotonicMs): Uint8Array => {
  const missing = (atMs: MonotonicMs | null): boolean =>
    atMs === null || nowMs - atMs > MOTION_MISSING_AFTER_MS;
  return radarState.write({
    memoryWritten: 1, memoryRead: 1, maxDistanceM: state.maxDistanceM, persistentError: 0,
    interference: 0, temperatureError: 0, temporaryError: 0, voltageError: 0, power: 0,
    sortIndex: 0, sensorId,
    motionReceived: (missing(state.speedMs) ? 1 : 0) + (missing(state.yawRateMs) ? 2 : 0),
    sendExtended: state.sendExtended ? 1 : 0, sendQuality: state.sendQuality ? 1 : 0,
    outputType: state.outputType, relay: 0, threshold: 0,
  });
};

function applyFrame(state: DeviceState, frame: CanFrame, nowMs: MonotonicMs): void {
  const baseId = baseIdOf(frame.id);
  if (baseId === speedInformation.canId) state.speedMs = nowMs;
  if (baseId === yawRateInformation.canId) state.yawRateMs = nowMs;
  if (baseId !== radarConfiguration.canId || frame.data.length < radarConfiguration.bytes) return;
  const wanted = radarConfiguration.read(frame.data);
  if (wanted.maxDistanceValid) state.maxDistanceM = wanted.maxDistanceM;
  if (wanted.outputValid) state.outputType = wanted.outputType;
  if (wanted.qualityValid) state.sendQuality = wanted.sendQuality === 1;
  if (wanted.extendedValid) state.sendExtended = wanted.sendExtended === 1;
}

/**
 * An ARS 408 played back. It lists the nearest 100 objects, takes set-up and ego motion, and says
 * once a second how it is. It starts as the options ask, as a device that was set up before.
 */
export function simulateArs408(settings: SensorSettings, options: RadarOptions): SimulatedSensor {
  const numbers = new ObjectNumbers();
  const sign = lateralSign(options);
  const state: DeviceState = {
    maxDistanceM: settableDistanceM(options.maxDistanceM),
    outputType: OUTPUT_OBJECTS,
    sendQuality: options.sendQuality,
    sendExtended: options.sendExtended,
    speedMs: null,
    yawRateMs: null,
  };
  const frame = (baseId: number, data: Uint8Array): CanFrame => ({
    id: busId(baseId, options.sensorId), extended: false, remote: false, fd: false, data,
  });
  return {
    periodMs: settings.periodMs,
    encode(scan) {
      if (state.outputType !== OUTPUT_OBJECTS) return [];
      const frames = scanFrames(scan, numbers, sign, state).map(([id, data]) => frame(id, data));
      return paced(frames, options.latencyMs ?? settings.latencyMs);
    },
    idle: [
      {
        periodMs: 1000,
        encode: (nowMs) => [
          frame(radarState.canId, stateOf(state, options.sensorId, nowMs)),
          frame(versionId.canId, versionId.write({
            major: 4, minor: 30, patch: 1, extendedRange: 0, countryCode: 0,
          })),
        ],
      },
    ],
    receive(message: PortMessage, nowMs) {
      const sent = message as CanFrame;
      if (sensorNumberOf(sent.id) === options.sensorId) applyFrame(state, sent, nowMs);
      return [];
    },
  };
}

function scanFrames(
  scan: SensedScan, numbers: ObjectNumbers, sign: number, state: DeviceState,
): readonly (readonly [number, Uint8Array])[] {
  const rangeM = (object: SensedObject): number => Math.hypot(object.forwardM, object.leftM);
  const objects = scan.objects
    .filter((object) => inRange(object) && rangeM(object) <= state.maxDistanceM)
    .sort((a, b) => rangeM(a) - rangeM(b) || a.deviceId - b.deviceId)
    .slice(0, OBJECTS_MAX);
  const names = numbers.assign(objects.map(({ deviceId }) => deviceId));
  const status = objectStatus.write({
    objects: objects.length, scanCounter: scan.scanCounter & 0xffff, interfaceVersion: 1,
  });
  const list: (readonly [number, Uint8Array])[] = [[objectStatus.canId, status]];
  objects.forEach((object, index) => {
    list.push([objectGeneral.canId, generalOf(object, names[index]!.number, sign)]);
  });
  if (state.sendQuality) {
    objects.forEach((object, index) => {
      const { number, fresh } = names[index]!;
      list.push([objectQuality.canId, qualityOf(object, number, fresh)]);
    });
  }
  if (state.sendExtended) {
    objects.forEach((object, index) => {
      list.push([objectExtended.canId, extendedOf(object, names[index]!.number, sign)]);
    });
  }
  return list;
}

/** The last frame leaves `latencyMs` after the look; those before it as the bus lets them. */
const paced = (frames: readonly CanFrame[], latencyMs: number): readonly TimedMessage[] => {
  const gapMs = frames.length > 1 ? Math.min(FRAME_MS, latencyMs / (frames.length - 1)) : 0;
  return frames.map((message, index) => ({
    delayMs: latencyMs - (frames.length - 1 - index) * gapMs,
    message,
  }));
};
