import type { RoadPoint } from '../model/road.ts';

/** Distance between two samples of a path, metres. */
const STEP_M = 0.5;

/** A place on a path; written into, so that the loop allocates nothing. */
export interface PathPoint {
  x: number;
  y: number;
}

/** A smooth-enough curve that road users follow, sampled every half metre. */
export class Path {
  readonly lengthM: number;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #last: number;
  /** Highest speed at each sample by curvature, braking for the next one included, m/s. */
  readonly #speedMps: Float64Array;
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;

  /**
   * @param points two or more points of the site frame.
   * @param lateralMps2 sideways acceleration that sets the speed in curves.
   * @param slowestMps lower bound of that speed.
   */
  constructor(points: readonly RoadPoint[], lateralMps2 = 2.2, slowestMps = 3.5) {
    const sampled = resample(points);
    this.#last = sampled.x.length - 1;
    this.#x = sampled.x;
    this.#y = sampled.y;
    this.lengthM = this.#last * STEP_M;
    this.#speedMps = curveSpeeds(sampled.x, sampled.y, lateralMps2, slowestMps);
    this.minX = sampled.x.reduce((least, value) => Math.min(least, value), Infinity);
    this.maxX = sampled.x.reduce((most, value) => Math.max(most, value), -Infinity);
    this.minY = sampled.y.reduce((least, value) => Math.min(least, value), Infinity);
    this.maxY = sampled.y.reduce((most, value) => Math.max(most, value), -Infinity);
  }

  /** The point at `alongM`; beyond an end the path goes on straight. */
  at(alongM: number, into: PathPoint): void {
    const position = alongM / STEP_M;
    const index = Math.min(Math.max(Math.floor(position), 0), this.#last - 1);
    const share = position - index;
    const x = this.#x[index]!;
    const y = this.#y[index]!;
    into.x = x + (this.#x[index + 1]! - x) * share;
    into.y = y + (this.#y[index + 1]! - y) * share;
  }

  /** Direction of travel at `alongM`, radians. */
  headingRad(alongM: number): number {
    const index = Math.min(Math.max(Math.floor(alongM / STEP_M), 0), this.#last - 1);
    return Math.atan2(
      this.#y[index + 1]! - this.#y[index]!,
      this.#x[index + 1]! - this.#x[index]!,
    );
  }

  /** Highest speed at `alongM` by what the curve allows, m/s. */
  speedMps(alongM: number): number {
    const index = Math.min(Math.max(Math.round(alongM / STEP_M), 0), this.#last);
    return this.#speedMps[index]!;
  }

  /** Where the path comes nearest to a point: metres along it and the distance. */
  nearest(x: number, y: number): { alongM: number; distanceM: number } {
    let best = 0;
    let best2 = Infinity;
    for (let index = 0; index <= this.#last; index++) {
      const distance2 = (this.#x[index]! - x) ** 2 + (this.#y[index]! - y) ** 2;
      if (distance2 < best2) {
        best2 = distance2;
        best = index;
      }
    }
    return { alongM: best * STEP_M, distanceM: Math.sqrt(best2) };
  }
}

/** Removes points within a centimetre of the one before, so that every segment has a length. */
export function withoutRepeats(points: readonly RoadPoint[]): RoadPoint[] {
  const kept: RoadPoint[] = [];
  for (const point of points) {
    const before = kept.at(-1);
    if (!before || Math.hypot(point[0] - before[0], point[1] - before[1]) > 0.01) kept.push(point);
  }
  return kept;
}

function resample(points: readonly RoadPoint[]): { x: Float64Array; y: Float64Array } {
  const line = withoutRepeats(points);
  let lengthM = 0;
  for (let index = 1; index < line.length; index++) lengthM += distanceM(line, index);
  const count = Math.max(2, Math.floor(lengthM / STEP_M) + 1);
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  let segment = 1;
  let startM = 0;
  for (let index = 0; index < count; index++) {
    const alongM = index * STEP_M;
    while (segment + 1 < line.length && alongM > startM + distanceM(line, segment)) {
      startM += distanceM(line, segment);
      segment++;
    }
    const from = line[segment - 1]!;
    const to = line[segment]!;
    const share = (alongM - startM) / distanceM(line, segment);
    x[index] = from[0] + (to[0] - from[0]) * share;
    y[index] = from[1] + (to[1] - from[1]) * share;
  }
  return { x, y };
}

function distanceM(line: readonly RoadPoint[], index: number): number {
  const from = line[index - 1]!;
  const to = line[index]!;
  return Math.hypot(to[0] - from[0], to[1] - from[1]);
}

/** Curvature over eight samples, then braking at 1.6 m/s² from the end backwards. */
function curveSpeeds(
  x: Float64Array,
  y: Float64Array,
  lateralMps2: number,
  slowestMps: number,
): Float64Array {
  const count = x.length;
  const reach = 4;
  const speeds = new Float64Array(count).fill(Infinity);
  for (let index = reach; index + reach < count; index++) {
    const inX = x[index]! - x[index - reach]!;
    const inY = y[index]! - y[index - reach]!;
    const outX = x[index + reach]! - x[index]!;
    const outY = y[index + reach]! - y[index]!;
    const turnRad = Math.abs(Math.atan2(inX * outY - inY * outX, inX * outX + inY * outY));
    const curvature = turnRad / (reach * STEP_M);
    if (curvature > 0.005) {
      speeds[index] = Math.max(Math.sqrt(lateralMps2 / curvature), slowestMps);
    }
  }
  for (let index = count - 2; index >= 0; index--) {
    const next = speeds[index + 1]!;
    speeds[index] = Math.min(speeds[index]!, Math.sqrt(next * next + 2 * 1.6 * STEP_M));
  }
  return speeds;
}
