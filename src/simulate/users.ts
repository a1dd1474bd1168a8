import type { RoadUserClass } from '../model/roaduser.ts';

/** How road users of one class look and move. One row for each class that the world makes. */
export interface UserRow {
  readonly cls: RoadUserClass;
  /** Share of the road users in the scene. */
  readonly share: number;
  /** Mean and half spread. */
  readonly lengthM: readonly [number, number];
  readonly widthM: number;
  readonly heightM: number;
  /** Wanted speed where nothing limits it, m/s: mean and half spread. */
  readonly wantedMps: readonly [number, number];
  /** Strongest wanted acceleration and comfortable braking. */
  readonly accelerationMps2: number;
  readonly brakingMps2: number;
  /** Distance kept when standing, and time gap when moving. */
  readonly standingGapM: number;
  readonly headwayS: number;
}

/**
 * Sizes are those of ordinary vehicles in Chinese cities; the shares are those of a busy urban
 * junction. Car-following parameters: Treiber and Kesting, Traffic Flow Dynamics, table 11.2.
 */
export const userRows: readonly UserRow[] = [
  row('car', 0.5, [4.6, 0.4], 1.85, 1.5, [14.5, 2], 1.8, 2.2, 2, 1.3),
  row('van', 0.06, [5.2, 0.3], 1.95, 2.1, [13.5, 1.5], 1.5, 2, 2, 1.4),
  row('truck', 0.05, [8.2, 0.8], 2.4, 3.2, [12, 1.5], 1, 1.8, 2.5, 1.7),
  row('bus', 0.04, [11.5, 0.5], 2.5, 3.1, [11.5, 1], 0.9, 1.6, 2.5, 1.7),
  row('motorcycle', 0.05, [2, 0.1], 0.75, 1.5, [12.5, 1.5], 2, 2.4, 1.5, 1.1),
  row('bicycle', 0.12, [1.75, 0.1], 0.6, 1.7, [4.6, 1], 1, 1.8, 0.6, 0.8),
  row('pedestrian', 0.18, [0.45, 0.05], 0.5, 1.7, [1.35, 0.25], 1.2, 2, 0.3, 0.3),
];

/** The row of a class; the world makes no other class. */
export const userRow = (cls: RoadUserClass): UserRow =>
  userRows.find((candidate) => candidate.cls === cls) ?? userRows[0]!;

function row(
  cls: RoadUserClass,
  share: number,
  lengthM: readonly [number, number],
  widthM: number,
  heightM: number,
  wantedMps: readonly [number, number],
  accelerationMps2: number,
  brakingMps2: number,
  standingGapM: number,
  headwayS: number,
): UserRow {
  return {
    cls, share, lengthM, widthM, heightM, wantedMps,
    accelerationMps2, brakingMps2, standingGapM, headwayS,
  };
}
