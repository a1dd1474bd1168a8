import type { ClassProbabilities } from '../../src/model/roaduser.ts';

/**
 * Upper bound of a root mean square by its index: metres, m/s or m/s². Index 31 is invalid.
 * Source: the public DBC file; the vendor's PDF prints one row twice and slips after it.
 */
export const rmsBounds: readonly number[] = [
  0.005, 0.006, 0.008, 0.011, 0.014, 0.018, 0.023, 0.029, 0.038, 0.049, 0.063, 0.081, 0.105, 0.135,
  0.174, 0.224, 0.288, 0.371, 0.478, 0.616, 0.794, 1.023, 1.317, 1.697, 2.187, 2.817, 3.63, 4.676,
  6.025, 7.762, 10,
];

/** The same for the orientation, degrees. */
export const orientationRmsBoundsDeg: readonly number[] = [
  0.005, 0.007, 0.01, 0.014, 0.02, 0.029, 0.041, 0.058, 0.082, 0.116, 0.165, 0.234, 0.332, 0.471,
  0.669, 0.949, 1.346, 1.909, 2.709, 3.843, 5.451, 7.734, 10.971, 15.565, 22.081, 31.325, 44.439,
  63.044, 89.437, 126.881, 180,
];

/** Value of a table, or null for the index that means invalid. */
export const boundAt = (table: readonly number[], index: number): number | null =>
  table[index] ?? null;

/** Smallest index whose bound is not below a value: how the simulated device writes a sigma. */
export const indexOfBound = (table: readonly number[], value: number): number => {
  const index = table.findIndex((bound) => bound >= value - 1e-9);
  return index < 0 ? table.length - 1 : index;
};

/** Upper bound of the existence probability by its index; 0 is invalid. */
export const existenceBounds: readonly number[] = [0, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1];

/** What we make of each index: the middle of its bracket; an invalid one says nothing. */
export const existenceOf: readonly number[] = [0.5, 0.12, 0.38, 0.63, 0.83, 0.95, 0.994, 0.999];

/** States of a measurement. */
export const measurementStates = {
  deleted: 0, fresh: 1, measured: 2, predicted: 3, mergeDeleted: 4, mergeFresh: 5,
} as const;

/** Kinds of motion. */
export const motions = {
  moving: 0, stationary: 1, oncoming: 2, stationaryCandidate: 3, unknown: 4,
  crossingStationary: 5, crossingMoving: 6, stopped: 7,
} as const;

/**
 * How much a kind of motion speaks for a road user, by its index. What never moved is mostly a
 * wall or a sign; what stopped was a road user.
 */
export const motionWeights: readonly number[] = [1, 0.4, 1, 0.6, 0.8, 0.6, 1, 1];

/** Our classes for each class of the device, with its usual confusions. */
export const classRows: readonly ClassProbabilities[] = [
  { unknown: 0.4, pedestrian: 0.3, bicycle: 0.15 },
  { car: 0.8, van: 0.12, truck: 0.04 },
  { truck: 0.6, bus: 0.25, van: 0.1 },
  { pedestrian: 0.85, bicycle: 0.1 },
  { motorcycle: 0.75, bicycle: 0.2 },
  { bicycle: 0.75, motorcycle: 0.15, pedestrian: 0.07 },
  { truck: 0.4, bus: 0.4, van: 0.12 },
  {},
];

/** The device's class for each of ours. */
export const deviceClassOf = {
  unknown: 0, car: 1, van: 1, truck: 2, bus: 2, motorcycle: 4, bicycle: 5, pedestrian: 3,
} as const;
