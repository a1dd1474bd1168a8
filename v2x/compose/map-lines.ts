/** Lines of the road → points on air: as few as the limits ask for, within a stated error. */
import type { RoadPoint } from '../../src/model/road.ts';

/** Points of one line on air. Source: T/CSAE 53-2020, DF_PointList. */
export const POINTS_MAX = 31;
/** A line may be simplified by this much to fit, metres, its rounding on air included. */
export const SIMPLIFY_MAX_M = 0.3;
/** Steps of the search for the smallest error that fits, metres. */
export const STEP_M = 0.01;
/** The rounding to 1e-7 degrees moves a point by up to 8 mm; the last step leaves room for it. */
export const STEPS_MAX = Math.round(SIMPLIFY_MAX_M / STEP_M) - 1;

/**
 * Douglas–Peucker: points of the line that keep within `errorM` of every point left out, metres.
 * The first and the last point always stay. Source: their paper of 1973.
 */
export function simplifyLine(line: readonly RoadPoint[], errorM: number): readonly RoadPoint[] {
  const first = line[0];
  const last = line[line.length - 1];
  if (line.length < 3 || !first || !last) return line;
  let worst = 0;
  let worstM = -1;
  const dx = last[0] - first[0];
  const dy = last[1] - first[1];
  const length2 = dx * dx + dy * dy;
  for (let index = 1; index + 1 < line.length; index++) {
    const [x, y] = line[index]!;
    const along = (x - first[0]) * dx + (y - first[1]) * dy;
    const share = length2 === 0 ? 0 : Math.min(Math.max(along / length2, 0), 1);
    const distanceM = Math.hypot(x - first[0] - share * dx, y - first[1] - share * dy);
    if (distanceM > worstM) {
      worstM = distanceM;
      worst = index;
    }
  }
  if (worstM <= errorM) return [first, last];
  return [
    ...simplifyLine(line.slice(0, worst + 1), errorM).slice(0, -1),
    ...simplifyLine(line.slice(worst), errorM),
  ];
}

/** A line as it goes on air. */
export interface AirLine {
  readonly points: readonly RoadPoint[];
  /** False where no error within the limit leaves few enough points: the checker refuses it. */
  readonly fits: boolean;
}

/** A line with at most 31 points, simplified by `steps` at least and by as little more as it takes. */
export function airLine(line: readonly RoadPoint[], steps: number): AirLine {
  let points = steps > 0 ? simplifyLine(line, steps * STEP_M) : line;
  for (let more = steps + 1; points.length > POINTS_MAX && more <= STEPS_MAX; more++) {
    points = simplifyLine(line, more * STEP_M);
  }
  const fits = points.length <= POINTS_MAX;
  for (let errorM = 2 * SIMPLIFY_MAX_M; points.length > POINTS_MAX; errorM *= 2) {
    points = simplifyLine(line, errorM);
  }
  return { points, fits };
}
