import type { ObservationFrame, Observation } from '../src/model/observation.ts';
import { roadUserClasses } from '../src/model/roaduser.ts';
import type { ReferencePoint } from '../src/model/roaduser.ts';
import {
  CLASS_COUNT, DETECTION_RECORD, D_CLASS, D_COVARIANCE, D_DEVICE, D_HEADING, D_HEADING_AMBIGUOUS,
  D_HEADING_VARIANCE, D_QUALITY, D_RANGE, D_RAY_X, D_RAY_Y, D_REFERENCE, D_SIZE, D_TIME,
  D_VELOCITY, D_VELOCITY_KIND, D_X, D_Y, FULL_VELOCITY, NO_VELOCITY, RANGE_RATE, OBSERVATION_LIMIT,
  REF_BOTTOM_CENTRE, REF_CENTRE, REF_FRONT, REF_NEAREST_CORNER, REF_NEAREST_EDGE, REF_REAR,
  REF_UNKNOWN,
} from './layout.ts';
import type { SensorTuning } from './tuning.ts';
import { hash32 } from '../src/base/random.ts';
import type { Count } from '../src/model/stages.ts';

const referenceCodes: Readonly<Record<ReferencePoint, number>> = {
  'centre': REF_CENTRE,
  'nearest-edge': REF_NEAREST_EDGE,
  'nearest-corner': REF_NEAREST_CORNER,
  'front': REF_FRONT,
  'rear': REF_REAR,
  'bottom-centre': REF_BOTTOM_CENTRE,
  'unknown': REF_UNKNOWN,
};

/** Where a sensor hangs: place and heading in the site frame. */
export interface SensorPlace {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly periodMs: number;
}

/** One frame as the core keeps it: records of detections in the site frame. */
export interface CoreFrame {
  /** Index of the sensor. */
  readonly sensor: number;
  readonly sequence: number;
  readonly measuredMs: number;
  readonly receivedMs: number;
  readonly count: number;
  readonly complete: boolean;
  /** shape [count × DETECTION_RECORD]. */
  readonly detections: Float64Array;
}

const block = new Float64Array(16);
const turned = new Float64Array(16);
const jacobian = new Float64Array(16);

/** Copies a row-major covariance of `size` numbers into the 4 × 4 block; false if it is none. */
function takeCovariance(source: readonly number[], size: number): boolean {
  if (source.length !== size * size) return false;
  block.fill(0);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const value = 0.5 * (source[row * size + column]! + source[column * size + row]!);
      if (!Number.isFinite(value)) return false;
      block[row * 4 + column] = value;
    }
    if (!(block[row * 4 + row] >= 0)) return false;
  }
  return true;
}

/** out ← J × block × Jᵀ, 4 × 4. */
function turnCovariance(out: Float64Array, at: number): void {
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += jacobian[row * 4 + k] * block[k * 4 + column];
      turned[row * 4 + column] = sum;
    }
  }
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += turned[row * 4 + k] * jacobian[column * 4 + k];
      out[at + row * 4 + column] = sum;
    }
  }
}

/**
 * Writes place, velocity and their covariance in the site frame; false where a number is not
 * usable.
 */
function placeDetection(
  observation: Observation, place: SensorPlace, out: Float64Array, at: number,
): boolean {
  const { measurement } = observation;
  jacobian.fill(0);
  if (measurement.kind === 'polar') {
    const rated = measurement.rangeRateMps !== null;
    if (!takeCovariance(measurement.covariance, rated ? 3 : 2)) return false;
    const azimuth = place.headingRad + measurement.azimuthRad;
    const cos = Math.cos(azimuth);
    const sin = Math.sin(azimuth);
    const range = measurement.rangeM;
    out[at + D_X] = place.x + range * cos;
    out[at + D_Y] = place.y + range * sin;
    out[at + D_VELOCITY] = measurement.rangeRateMps ?? 0;
    out[at + D_VELOCITY + 1] = 0;
    out[at + D_VELOCITY_KIND] = rated ? RANGE_RATE : NO_VELOCITY;
    jacobian[0] = cos;
    jacobian[1] = -range * sin;
    jacobian[4] = sin;
    jacobian[5] = range * cos;
    jacobian[10] = 1;
    turnCovariance(out, at + D_COVARIANCE);
    return true;
  }
  const inSite = measurement.kind === 'site-position';
  const first = inSite ? measurement.eastM : measurement.forwardM;
  const second = inSite ? measurement.northM : measurement.leftM;
  const firstMps = inSite ? measurement.eastMps : measurement.forwardMps;
  const secondMps = inSite ? measurement.northMps : measurement.leftMps;
  const moving = firstMps !== null && secondMps !== null;
  if (!takeCovariance(measurement.covariance, moving ? 4 : 2)) return false;
  const cos = inSite ? 1 : Math.cos(place.headingRad);
  const sin = inSite ? 0 : Math.sin(place.headingRad);
  out[at + D_X] = (inSite ? 0 : place.x) + first * cos - second * sin;
  out[at + D_Y] = (inSite ? 0 : place.y) + first * sin + second * cos;
  out[at + D_VELOCITY] = moving ? firstMps * cos - secondMps * sin : 0;
  out[at + D_VELOCITY + 1] = moving ? firstMps * sin + secondMps * cos : 0;
  out[at + D_VELOCITY_KIND] = moving ? FULL_VELOCITY : NO_VELOCITY;
  jacobian[0] = jacobian[5] = jacobian[10] = jacobian[15] = cos;
  jacobian[1] = jacobian[11] = -sin;
  jacobian[4] = jacobian[14] = sin;
  turnCovariance(out, at + D_COVARIANCE);
  return true;
}

/** Widens covariances to what the kind of sensor is believed, and for devices that filter. */
function widen(
  observation: Observation, tuning: SensorTuning, periodMs: number, out: Float64Array, at: number,
): void {
  const c = at + D_COVARIANCE;
  const filtered = observation.processing === 'tracked';
  const scale = filtered ? 1 + (2 * tuning.correlationS * 1000) / periodMs : 1;
  for (let index = 0; index < 16; index++) out[c + index] *= scale;
  const place = tuning.positionFloorM ** 2;
  const velocity = tuning.velocityFloorMps ** 2;
  out[c] = Math.max(out[c], place);
  out[c + 5] = Math.max(out[c + 5], place);
  const kind = out[at + D_VELOCITY_KIND];
  if (kind !== NO_VELOCITY) out[c + 10] = Math.max(out[c + 10], velocity);
  if (kind === FULL_VELOCITY) out[c + 15] = Math.max(out[c + 15], velocity);
}

/** Writes everything but place and velocity; false where a number is not usable. */
function describeDetection(
  observation: Observation, place: SensorPlace, tuning: SensorTuning, out: Float64Array, at: number,
): boolean {
  const dx = out[at + D_X] - place.x;
  const dy = out[at + D_Y] - place.y;
  const range = Math.sqrt(dx * dx + dy * dy);
  out[at + D_RANGE] = range;
  out[at + D_RAY_X] = range > 0 ? dx / range : 1;
  out[at + D_RAY_Y] = range > 0 ? dy / range : 0;
  out[at + D_TIME] = observation.measuredMs;
  const own = observation.measurement.kind === 'site-position' ? 0 : place.headingRad;
  out[at + D_HEADING] = observation.headingRad === null ? 0 : observation.headingRad + own;
  const sigma = Math.max(observation.headingSigmaRad ?? 0.2, tuning.headingFloorRad);
  out[at + D_HEADING_VARIANCE] = observation.headingRad === null ? 0 : sigma * sigma;
  out[at + D_HEADING_AMBIGUOUS] = observation.headingAmbiguous ? 1 : 0;
  const { lengthM, widthM, heightM } = observation.extent;
  out[at + D_SIZE] = lengthM ?? 0;
  out[at + D_SIZE + 1] = widthM ?? 0;
  out[at + D_SIZE + 2] = heightM ?? 0;
  out[at + D_REFERENCE] = referenceCodes[observation.referencePoint];
  out[at + D_QUALITY] = Math.min(Math.max(observation.quality, 0.001), 0.999);
  out[at + D_DEVICE] = observation.deviceTrackId === null ? 0 : 1
    + hash32(observation.deviceTrackId);
  return describeClasses(observation, tuning, out, at + D_CLASS);
}

/** Log-likelihood of every class: what is left out shares the rest, `unknown` says nothing. */
function describeClasses(
  observation: Observation, tuning: SensorTuning, out: Float64Array, at: number,
): boolean {
  let told = 0;
  let toldCount = 0;
  for (let index = 1; index < CLASS_COUNT; index++) {
    const share = observation.classes[roadUserClasses[index]!];
    if (share === undefined) continue;
    if (!(share >= 0 && share <= 1)) return false;
    told += share;
    toldCount++;
  }
  const others = CLASS_COUNT - 1 - toldCount;
  const rest = others > 0 ? Math.max(0, 1 - told) / others : 0;
  const floor = tuning.classConfusion / (CLASS_COUNT - 1);
  for (let index = 1; index < CLASS_COUNT; index++) {
    const share = observation.classes[roadUserClasses[index]!] ?? rest;
    out[at + index] = Math.log(floor + (1 - tuning.classConfusion) * share);
  }
  out[at] = 0;
  return true;
}

/**
 * Whether every number of a record is finite and within the plane that the site frame holds for.
 */
function usable(out: Float64Array, at: number): boolean {
  for (let index = 0; index < DETECTION_RECORD; index++) {
    if (!Number.isFinite(out[at + index]!)) return false;
  }
  return Math.abs(out[at + D_X]) < 4000 && Math.abs(out[at + D_Y]) < 4000
    && Math.abs(out[at + D_VELOCITY]) < 120 && Math.abs(out[at + D_VELOCITY + 1]) < 120
    && out[at + D_SIZE] >= 0 && out[at + D_SIZE] < 60 && out[at + D_SIZE + 1] >= 0
    && out[at + D_SIZE + 1] < 20;
}

/** Order of detections by range, for the cap. */
function nearestFirst(records: Float64Array, count: number): number[] {
  return Array.from({ length: count }, (_, index) => index).sort(
    (a, b) => records[a * DETECTION_RECORD + D_RANGE]! - records[b * DETECTION_RECORD + D_RANGE]!
      || a - b,
  );
}

/**
 * Turns one frame of observations into records in the site frame.
 *
 * What holds a number that is not finite or out of range is dropped and counted
 * (`observation_not_usable`); beyond 256 the farthest go (`observation_over_limit`).
 */
export function toCoreFrame(
  frame: ObservationFrame, sensor: number, place: SensorPlace, tuning: SensorTuning, count: Count,
): CoreFrame {
  const records = new Float64Array(frame.observations.length * DETECTION_RECORD);
  let kept = 0;
  for (const observation of frame.observations) {
    const at = kept * DETECTION_RECORD;
    const placed = Number.isFinite(observation.measuredMs)
      && placeDetection(observation, place, records, at);
    if (placed) widen(observation, tuning, place.periodMs, records, at);
    const inTime = Math.abs(observation.measuredMs - frame.measured.monoMs) <= 200;
    if (placed && inTime && describeDetection(observation, place, tuning, records, at)
      && usable(records, at)) kept++;
    else count('observation_not_usable');
  }
  let detections = records.subarray(0, kept * DETECTION_RECORD);
  if (kept > OBSERVATION_LIMIT) {
    count('observation_over_limit', kept - OBSERVATION_LIMIT);
    const chosen = nearestFirst(records, kept).slice(0, OBSERVATION_LIMIT);
    detections = new Float64Array(OBSERVATION_LIMIT * DETECTION_RECORD);
    chosen.forEach((from, to) => {
      detections.set(records.subarray(from * DETECTION_RECORD, (from + 1) * DETECTION_RECORD),
        to * DETECTION_RECORD);
    });
    kept = OBSERVATION_LIMIT;
  }
  return {
    sensor, sequence: frame.sequence, measuredMs: frame.measured.monoMs,
    receivedMs: frame.received.monoMs, count: kept, complete: frame.complete, detections,
  };
}
