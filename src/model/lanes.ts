import { insideOutline, lineLength, projectOnLine } from '../base/geometry.ts';
import type { PlanePoint, Projection } from '../base/geometry.ts';
import type { LaneId } from './ids.ts';
import type { Road, RoadCrossing, RoadLane } from './road.ts';

/** A lane with what the matcher needs. */
export interface MatchLane {
  readonly lane: RoadLane;
  readonly lengthM: number;
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

/** Where a point lies on the road. */
export interface LaneMatch {
  readonly lane: MatchLane;
  readonly projection: Projection;
}

/** Finds the lane that a point lies on. */
export interface LaneMatcher {
  readonly lanes: readonly MatchLane[];
  byId(id: LaneId): MatchLane | undefined;
  /** The lane whose centre line is nearest within half its width; null when on none. */
  match(eastM: number, northM: number): LaneMatch | null;
  /** The crossing that a point lies on, if any. */
  crossing(eastM: number, northM: number): RoadCrossing | null;
  /** Whether a point lies in the conflict area of a node. */
  inNode(eastM: number, northM: number): boolean;
}

/** A box around a line, its half width included. */
function boxOf(points: readonly PlanePoint[], widthM: number): Box {
  const half = widthM / 2;
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return {
    minX: Math.min(...xs) - half,
    maxX: Math.max(...xs) + half,
    minY: Math.min(...ys) - half,
    maxY: Math.max(...ys) + half,
  };
}

interface Box {
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

const isIn = (x: number, y: number, box: Box): boolean =>
  x >= box.minX && x <= box.maxX && y >= box.minY && y <= box.maxY;

const matchers = new WeakMap<Road, LaneMatcher>();

/**
 * The matcher of a road, one for all who ask: events and statistics look for the same road users
 * in one tick, and the second gets what was found for the first.
 */
export function laneMatcherOf(road: Road): LaneMatcher {
  let matcher = matchers.get(road);
  if (!matcher) matchers.set(road, (matcher = createLaneMatcher(road)));
  return matcher;
}

/** Matches kept, a power of two; a place has one seat, and who comes later takes it. */
const SEATS = 1024;
const numbers = new Float64Array(2);
const words = new Int32Array(numbers.buffer);

/** The seat of a place, from the bits of both coordinates. */
function seatOf(x: number, y: number): number {
  numbers[0] = x;
  numbers[1] = y;
  const mixed = Math.imul(words[0]! ^ words[1]!, 0x9e3779b1) ^
    Math.imul(words[2]! ^ words[3]!, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & (SEATS - 1);
}

/** Builds the matcher of a road. Boxes around the lanes keep a match to a few projections. */
export function createLaneMatcher(road: Road): LaneMatcher {
  const lanes = road.lanes.map((lane): MatchLane => ({
    lane, lengthM: lineLength(lane.points), ...boxOf(lane.points, lane.widthM),
  }));
  const crossings = road.crossings.map((crossing) =>
    ({ crossing, ...boxOf(crossing.points, crossing.widthM) }));
  const byId = new Map(lanes.map((entry) => [entry.lane.id, entry]));
  const find = (eastM: number, northM: number): LaneMatch | null => {
    let best: LaneMatch | null = null;
    for (const entry of lanes) {
      if (!isIn(eastM, northM, entry)) continue;
      const projection = projectOnLine(eastM, northM, entry.lane.points);
      const distanceM = Math.abs(projection.leftM);
      if (projection.beyond || distanceM > entry.lane.widthM / 2) continue;
      if (!best || distanceM < Math.abs(best.projection.leftM)) best = { lane: entry, projection };
    }
    return best;
  };
  const places = new Float64Array(2 * SEATS).fill(Number.NaN);
  const found: (LaneMatch | null)[] = new Array<LaneMatch | null>(SEATS).fill(null);
  return {
    lanes,
    byId: (id) => byId.get(id),
    match(eastM, northM) {
      const seat = seatOf(eastM, northM);
      if (places[2 * seat] === eastM && places[2 * seat + 1] === northM) return found[seat]!;
      places[2 * seat] = eastM;
      places[2 * seat + 1] = northM;
      return (found[seat] = find(eastM, northM));
    },
    crossing(eastM, northM) {
      for (const entry of crossings) {
        if (!isIn(eastM, northM, entry)) continue;
        const { crossing } = entry;
        const projection = projectOnLine(eastM, northM, crossing.points);
        if (!projection.beyond && Math.abs(projection.leftM) <= crossing.widthM / 2) return crossing;
      }
      return null;
    },
    inNode: (eastM, northM) =>
      road.nodes.some((node) => node.area.length > 2 && insideOutline(eastM, northM, node.area)),
  };
}
