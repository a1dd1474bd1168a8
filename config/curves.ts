import type { PlanePoint } from '../src/base/geometry.ts';

/** A point of the plane, metres. */
export type Plane = readonly [number, number];

/** To the centimetre: finer digits would pretend a survey. */
export const roundPoint = (point: PlanePoint): Plane => [
  Math.round(point[0] * 100) / 100 + 0,
  Math.round(point[1] * 100) / 100 + 0,
];

const directionAt = (from: PlanePoint, to: PlanePoint): Plane => {
  const lengthM = Math.hypot(to[0] - from[0], to[1] - from[1]);
  return [(to[0] - from[0]) / lengthM, (to[1] - from[1]) / lengthM];
};

/** Control length that makes a cubic curve a quarter circle (error below 0.03 % of the radius). */
const QUARTER = 0.5523;
const STEPS = 12;

/**
 * A smooth way from the end of one lane to the beginning of another, tangent to both, after
 * `straightM` metres straight on.
 */
export function pathBetween(
  fromLane: readonly PlanePoint[],
  toLane: readonly PlanePoint[],
  straightM: number,
): readonly Plane[] {
  const stop = fromLane.at(-1)!;
  const heading = directionAt(fromLane.at(-2)!, stop);
  const end = toLane[0]!;
  const leaving = directionAt(end, toLane[1]!);
  const start: Plane = [stop[0] + heading[0] * straightM, stop[1] + heading[1] * straightM];
  const gap: Plane = [end[0] - start[0], end[1] - start[1]];
  const cross = heading[0] * leaving[1] - heading[1] * leaving[0];
  const turning = Math.abs(cross) > 0.3;
  // Where it turns, both control lengths reach for the corner of the two tangents.
  const chordM = Math.hypot(gap[0], gap[1]);
  const firstM = turning ? QUARTER * Math.abs(
    (gap[0] * leaving[1] - gap[1] * leaving[0]) / cross,
  ) : chordM / 3;
  const secondM = turning ? QUARTER * Math.abs(
    (gap[0] * heading[1] - gap[1] * heading[0]) / cross,
  ) : chordM / 3;
  const one: Plane = [start[0] + heading[0] * firstM, start[1] + heading[1] * firstM];
  const two: Plane = [end[0] - leaving[0] * secondM, end[1] - leaving[1] * secondM];
  const points: Plane[] = straightM > 0 ? [roundPoint(stop)] : [];
  for (let step = 0; step <= STEPS; step++) {
    const t = step / STEPS;
    const s = 1 - t;
    const at = (k: 0 | 1): number =>
      s ** 3 * start[k] + 3 * s * s * t * one[k] + 3 * s * t * t * two[k] + t ** 3 * end[k]!;
    points.push(roundPoint([at(0), at(1)]));
  }
  return points;
}

/** The first `lengthM` metres of a way. */
export function wayAlong(points: readonly PlanePoint[], lengthM: number): readonly Plane[] {
  const way: Plane[] = [roundPoint(points[0]!)];
  let restM = lengthM;
  for (let index = 0; index + 1 < points.length && restM > 0.01; index++) {
    const a = points[index]!;
    const b = points[index + 1]!;
    const stepM = Math.hypot(b[0] - a[0], b[1] - a[1]);
    const share = Math.min(1, restM / stepM);
    way.push(roundPoint([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]));
    restM -= stepM;
  }
  return way;
}
