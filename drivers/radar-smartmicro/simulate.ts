import type { Random } from '../../src/base/random.ts';
import type {
  SensedObject, SensedScan, SimulatedSensor, TimedMessage,
} from '../../src/model/simulated.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import type { SmartmicroOptions } from './options.ts';
import {
  BIG_ENDIAN, LIST_HEADER, LIST_VERSION, TARGET_OCTETS, TARGET_PORT, portHeader, targetOffsets,
} from './targets.ts';
import { writeAlive, writeFragment } from './transport.ts';

/** Payload of one datagram, as the real device cuts it. */
const FRAGMENT_OCTETS = 1366;
/** The real device counts up to this many. */
const TARGETS_MAX = 255;
/** Reflections along the body lie this far apart. */
const STEP_M = 1.5;
const NOISE_DB = 95;
const FRAGMENT_GAP_MS = 0.1;

interface Target {
  readonly rangeM: number;
  readonly rangeRateMps: number;
  readonly azimuthRad: number;
  readonly crossSectionDbsm: number;
}

/**
 * Reflections of one body: two at the place that was sensed, a hand's breadth apart, and for
 * vehicles some behind it. They are spread evenly, so that their near face keeps its place.
 */
function targetsOf(object: SensedObject, sign: number, random: Random): readonly Target[] {
  const rangeM = Math.max(Math.hypot(object.forwardM, object.leftM), 0.5);
  const azimuthRad = sign * Math.atan2(object.leftM, object.forwardM);
  const along = (object.forwardM * object.forwardMps + object.leftM * object.leftMps) / rangeM;
  const halfM = Math.min(object.widthM / 3, 0.4);
  const viewRad = object.headingRad - Math.atan2(object.leftM, object.forwardM);
  const depthM = Math.abs(object.lengthM * Math.cos(viewRad));
  const target = (backM: number, acrossM: number): Target => ({
    rangeM: rangeM + backM,
    rangeRateMps: along + 0.05 * random.normal(),
    azimuthRad: azimuthRad + acrossM / (rangeM + backM),
    crossSectionDbsm: object.crossSectionDbsm - (backM > 0 ? 6 : 0),
  });
  const list = [target(0, -halfM), target(0, halfM)];
  // The far end of a body is in its own shadow.
  for (let backM = STEP_M; backM < Math.min(depthM - 1, 12); backM += STEP_M) {
    list.push(target(backM, 0));
  }
  return list;
}

/** Port header and body of a target list. */
export function encodeTargetList(
  targets: readonly Target[], deviceS: number, cycleS: number,
): Uint8Array {
  const size = portHeader.bytes + LIST_HEADER + targets.length * TARGET_OCTETS;
  const bytes = new Uint8Array(size);
  const wholeS = Math.floor(deviceS);
  const fraction = Math.min(deviceS - wholeS, 1 - 2 ** -32);
  portHeader.write({
    port: TARGET_PORT, interfaceMajor: 1, interfaceMinor: 0, deviceS: wholeS % 2 ** 32,
    deviceFraction: fraction, size, bodyOrder: BIG_ENDIAN, portIndex: 0,
    headerMajor: LIST_VERSION, headerMinor: 0,
  }, bytes);
  const view = new DataView(bytes.buffer);
  view.setFloat32(portHeader.bytes, cycleS);
  view.setUint16(portHeader.bytes + 4, targets.length);
  targets.forEach((target, index) => {
    const at = portHeader.bytes + LIST_HEADER + index * TARGET_OCTETS;
    const crossSectionM2 = 10 ** (target.crossSectionDbsm / 10);
    view.setFloat32(at + targetOffsets.rangeM, target.rangeM);
    view.setFloat32(at + targetOffsets.rangeRateMps, target.rangeRateMps);
    view.setFloat32(at + targetOffsets.azimuthRad, target.azimuthRad);
    view.setFloat32(at + targetOffsets.crossSectionM2, crossSectionM2);
    view.setFloat32(at + targetOffsets.powerDb, NOISE_DB + 25);
    view.setFloat32(at + targetOffsets.noiseDb, NOISE_DB);
  });
  return bytes;
}

/** Cuts a message into datagrams. */
export function fragmentsOf(
  payload: Uint8Array, client: number, counter: number,
): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(payload.length / FRAGMENT_OCTETS));
  return Array.from({ length: count }, (_, index) => {
    const part = payload.subarray(index * FRAGMENT_OCTETS, (index + 1) * FRAGMENT_OCTETS);
    return writeFragment(part, client, counter & 0xffff, index, count);
  });
}

/** A UMRR played back: fragments with CRC, and a life sign every two seconds. */
export function simulateSmartmicro(
  settings: SensorSettings, options: SmartmicroOptions, random: Random,
): SimulatedSensor {
  const sign = options.azimuth === 'left-positive' ? 1 : -1;
  const client = 0x000326e0;
  const latencyMs = options.latencyMs ?? settings.latencyMs;
  const from = '';
  let counter = 0;
  let aliveCounter = 0;
  return {
    periodMs: settings.periodMs,
    encode(scan: SensedScan): readonly TimedMessage[] {
      const targets = [...scan.objects]
        .sort((a, b) => Math.hypot(a.forwardM, a.leftM) - Math.hypot(b.forwardM, b.leftM))
        .flatMap((object) => targetsOf(object, sign, random))
        .slice(0, TARGETS_MAX);
      const payload = encodeTargetList(targets, scan.measuredMs / 1000, settings.periodMs / 1000);
      const datagrams = fragmentsOf(payload, client, counter++);
      return datagrams.map((data, index) => ({
        delayMs: Math.max(0, latencyMs - (datagrams.length - 1 - index) * FRAGMENT_GAP_MS),
        message: { data, from },
      }));
    },
    idle: [
      {
        periodMs: 2000,
        encode: () => [{ data: writeAlive('INFO | ALIVE', client, aliveCounter++ & 0xffff), from }],
      },
    ],
  };
}
