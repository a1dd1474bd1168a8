import { degToRad } from '../../src/base/units.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Clusters } from './cluster.ts';
import type { SmartmicroOptions } from './options.ts';
import type { TargetList } from './targets.ts';

/** Targets within this of the nearest one make up the near face. */
const NEAR_FACE_M = 1.2;
/** Below this range rate a group may be a wall. */
const STANDING_MPS = 0.4;
/** What a group of 1, 2, 3 or more targets is worth. */
const qualities: readonly number[] = [0.45, 0.65, 0.85];

/** Sums over the targets of one group. */
interface GroupSums {
  count: number;
  nearestM: number;
  farthestM: number;
  leftMostRad: number;
  rightMostRad: number;
  face: number;
  range: number;
  azimuth: number;
  rate: number;
  strongestDbsm: number;
}

const emptySums = (): GroupSums => ({
  count: 0, nearestM: Infinity, farthestM: 0, leftMostRad: -Infinity, rightMostRad: Infinity,
  face: 0, range: 0, azimuth: 0, rate: 0, strongestDbsm: -Infinity,
});

/** Mean of the near face, and over all targets the mean rate and the spread. */
function sumGroups(list: TargetList, clusters: Clusters, sign: 1 | -1): readonly GroupSums[] {
  const sums = Array.from({ length: clusters.count }, emptySums);
  for (let target = 0; target < list.count; target++) {
    const sum = sums[clusters.group[target]!]!;
    const azimuth = sign * list.azimuthRad[target]!;
    sum.count++;
    sum.nearestM = Math.min(sum.nearestM, list.rangeM[target]!);
    sum.farthestM = Math.max(sum.farthestM, list.rangeM[target]!);
    sum.leftMostRad = Math.max(sum.leftMostRad, azimuth);
    sum.rightMostRad = Math.min(sum.rightMostRad, azimuth);
    sum.rate += list.rangeRateMps[target]!;
    sum.strongestDbsm = Math.max(sum.strongestDbsm, list.crossSectionDbsm[target]!);
  }
  for (let target = 0; target < list.count; target++) {
    const sum = sums[clusters.group[target]!]!;
    if (list.rangeM[target]! > sum.nearestM + NEAR_FACE_M) continue;
    sum.face++;
    sum.range += list.rangeM[target]!;
    sum.azimuth += sign * list.azimuthRad[target]!;
  }
  for (const sum of sums) {
    sum.range /= sum.face;
    sum.azimuth /= sum.face;
    sum.rate /= sum.count;
  }
  return sums;
}

/** Scatter of the near face in range and azimuth, and of all targets in rate; 3 × 3 row-major. */
function scatterOf(
  list: TargetList, clusters: Clusters, sums: readonly GroupSums[], sign: 1 | -1,
): Float64Array {
  const scatter = new Float64Array(9 * sums.length);
  for (let target = 0; target < list.count; target++) {
    const group = clusters.group[target]!;
    const sum = sums[group]!;
    const at = 9 * group;
    const rate = list.rangeRateMps[target]! - sum.rate;
    scatter[at + 8]! += (rate * rate) / sum.count;
    if (list.rangeM[target]! > sum.nearestM + NEAR_FACE_M) continue;
    const range = list.rangeM[target]! - sum.range;
    const azimuth = sign * list.azimuthRad[target]! - sum.azimuth;
    scatter[at]! += (range * range) / sum.face;
    scatter[at + 1]! += (range * azimuth) / sum.face;
    scatter[at + 4]! += (azimuth * azimuth) / sum.face;
  }
  return scatter;
}

/** Device noise over the targets averaged, plus the scatter: where on the body is unknown. */
function covarianceOf(
  sum: GroupSums, scatter: Float64Array, at: number, options: SmartmicroOptions,
): readonly number[] {
  const azimuthVariance = degToRad(options.azimuthSigmaDeg) ** 2 / sum.face;
  const cross = scatter[at + 1]!;
  return [
    options.rangeSigmaM ** 2 / sum.face + scatter[at]!, cross, 0,
    cross, azimuthVariance + scatter[at + 4]!, 0,
    0, 0, options.rateSigmaMps ** 2 / sum.count + scatter[at + 8]!,
  ];
}

/**
 * Groups of targets as observations. The nearest edge is the mean of the near face. The spread of
 * three or more targets bounds the body's length from below; which way it lies is not known.
 */
export function toObservations(
  list: TargetList, clusters: Clusters, measuredMs: MonotonicMs, options: SmartmicroOptions,
): Observation[] {
  const sign = options.azimuth === 'left-positive' ? 1 : -1;
  const sums = sumGroups(list, clusters, sign);
  const scatter = scatterOf(list, clusters, sums, sign);
  return sums.map((sum, group) => {
    const standing = Math.abs(sum.rate) < STANDING_MPS;
    const acrossM = sum.range * (sum.leftMostRad - sum.rightMostRad);
    const spreadM = Math.max(sum.farthestM - sum.nearestM, acrossM);
    return {
      measuredMs,
      measurement: {
        kind: 'polar',
        rangeM: sum.range,
        azimuthRad: sum.azimuth,
        rangeRateMps: sum.rate,
        covariance: covarianceOf(sum, scatter, 9 * group, options),
      },
      referencePoint: 'nearest-edge',
      extent: {
        lengthM: sum.count >= 3 && spreadM > 1 ? spreadM : null, widthM: null, heightM: null,
      },
      headingRad: null,
      headingSigmaRad: null,
      headingAmbiguous: true,
      classes: {},
      deviceTrackId: null,
      processing: 'raw',
      quality:
        qualities[Math.min(sum.count, qualities.length) - 1]! *
        (standing ? options.standingWeight : 1),
      crossSectionDbsm: sum.strongestDbsm,
    };
  });
}
