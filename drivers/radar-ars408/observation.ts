import { degToRad, wrapRad } from '../../src/base/units.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { RadarOptions } from './options.ts';
import {
  boundAt, classRows, existenceOf, measurementStates, motionWeights, orientationRmsBoundsDeg,
  rmsBounds,
} from './quality.ts';
import type { RadarObject } from './scan.ts';

/** Below this speed the device's orientation may be turned by 180°. */
const SURE_HEADING_MPS = 1;
/** What a sample is worth that the device only predicted. */
const PREDICTED_WEIGHT = 0.5;

/** +1 where the device's lateral axis points to our left, −1 where to our right. */
export const lateralSign = ({ mounting, lateral }: RadarOptions): 1 | -1 =>
  (mounting === 'inverted') === (lateral === 'right-positive') ? 1 : -1;

/** Whether the device itself says that the object is gone. */
export const isDeleted = ({ quality }: RadarObject): boolean =>
  quality !== null &&
  (quality.measurementState === measurementStates.deleted ||
    quality.measurementState === measurementStates.mergeDeleted);

/** Whether the device gave this id to another object than before. */
export const isFresh = ({ quality }: RadarObject): boolean =>
  quality !== null &&
  (quality.measurementState === measurementStates.fresh ||
    quality.measurementState === measurementStates.mergeFresh);

/** Writes a symmetric 2 × 2 block, turned from (along, across) the ray into (forward, left). */
function writeTurned(
  into: number[], at: number, alongVariance: number, acrossVariance: number, azimuthRad: number,
): void {
  const cos = Math.cos(azimuthRad);
  const sin = Math.sin(azimuthRad);
  const mixed = (alongVariance - acrossVariance) * sin * cos;
  into[at] = alongVariance * cos * cos + acrossVariance * sin * sin;
  into[at + 1] = mixed;
  into[at + 4] = mixed;
  into[at + 5] = alongVariance * sin * sin + acrossVariance * cos * cos;
}

/**
 * 4 × 4 over [forward m, left m, forward m/s, left m/s]. The device's own figures where it sent
 * valid ones, else the options' along and across the ray.
 */
export function covarianceOf(
  object: RadarObject, leftM: number, options: RadarOptions,
): readonly number[] {
  const { general, quality } = object;
  const covariance = new Array<number>(16).fill(0);
  const sigma = (index: number | undefined): number | null =>
    index === undefined ? null : boundAt(rmsBounds, index);
  const azimuthRad = Math.atan2(leftM, general.forwardM);
  const forwardM = sigma(quality?.forwardRms);
  const acrossM = sigma(quality?.leftRms);
  if (forwardM !== null && acrossM !== null) {
    covariance[0] = forwardM ** 2;
    covariance[5] = acrossM ** 2;
  } else {
    const rangeM = Math.hypot(general.forwardM, leftM);
    const acrossSigmaM = Math.max(rangeM * degToRad(options.azimuthSigmaDeg), 0.05);
    writeTurned(covariance, 0, options.rangeSigmaM ** 2, acrossSigmaM ** 2, azimuthRad);
  }
  const forwardMps = sigma(quality?.forwardSpeedRms);
  const acrossMps = sigma(quality?.leftSpeedRms);
  if (forwardMps !== null && acrossMps !== null) {
    covariance[10] = forwardMps ** 2;
    covariance[15] = acrossMps ** 2;
  } else {
    const along = options.speedSigmaMps ** 2;
    writeTurned(covariance, 10, along, options.lateralSpeedSigmaMps ** 2, azimuthRad);
  }
  return covariance;
}

/** One object as an observation. The radar stands still, so its relative speeds are absolute. */
export function toObservation(
  object: RadarObject, measuredMs: MonotonicMs, deviceTrackId: string, options: RadarOptions,
): Observation {
  const { general, quality, extended } = object;
  const sign = lateralSign(options);
  // Adding zero keeps −0 out of recordings.
  const leftM = sign * general.leftM + 0;
  const leftMps = sign * general.leftMps + 0;
  const predicted = quality?.measurementState === measurementStates.predicted;
  const headingSigmaDeg = quality ? boundAt(orientationRmsBoundsDeg, quality.orientationRms) : null;
  return {
    measuredMs,
    measurement: {
      kind: 'sensor-position',
      forwardM: general.forwardM,
      leftM,
      forwardMps: general.forwardMps,
      leftMps,
      covariance: covarianceOf(object, leftM, options),
    },
    referencePoint: 'nearest-edge',
    extent: {
      lengthM: extended && extended.lengthM > 0 ? extended.lengthM : null,
      widthM: extended && extended.widthM > 0 ? extended.widthM : null,
      heightM: null,
    },
    headingRad: extended ? wrapRad(sign * degToRad(extended.orientationDeg)) : null,
    headingSigmaRad: extended ? degToRad(headingSigmaDeg ?? 20) : null,
    headingAmbiguous: Math.hypot(general.forwardMps, leftMps) < SURE_HEADING_MPS,
    classes: extended ? classRows[extended.objectClass]! : {},
    deviceTrackId,
    processing: 'tracked',
    quality:
      existenceOf[quality?.existence ?? 0]! *
      motionWeights[general.motion]! *
      (predicted ? PREDICTED_WEIGHT : 1),
    crossSectionDbsm: general.crossSectionDbsm,
  };
}
