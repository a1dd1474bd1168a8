import { insideOutline, lineLength, projectOnLine } from '../base/geometry.ts';
import type { Projection } from '../base/geometry.ts';
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

/** Builds the matcher of a road. Boxes around the lanes keep a match to a few projections. */
export function createLaneMatcher(road: Road): LaneMatcher {
  const lanes = road.lanes.map((lane): MatchLane => {
    const half = lane.widthM / 2;
    const xs = lane.points.map((point) => point[0]);
    const ys = lane.points.map((point) => point[1]);
    return {
      lane,
      lengthM: lineLength(lane.points),
      minX: Math.min(...xs) - half,
      maxX: Math.max(...xs) + half,
      minY: Math.min(...ys) - half,
      maxY: Math.max(...ys) + half,
    };
  });
  const byId = new Map(lanes.map((entry) => [entry.lane.id, entry]));
  return {
    lanes,
    byId: (id) => byId.get(id),
    match(eastM, northM) {
      let best: LaneMatch | null = null;
      for (const entry of lanes) {
        if (eastM < entry.minX || eastM > entry.maxX) continue;
        if (northM < entry.minY || northM > entry.maxY) continue;
        const projection = projectOnLine(eastM, northM, entry.lane.points);
        const distanceM = Math.abs(projection.leftM);
        if (projection.beyond || distanceM > entry.lane.widthM / 2) continue;
        if (!best || distanceM < Math.abs(best.projection.leftM)) best = { lane: entry, projection };
      }
      return best;
    },
    crossing(eastM, northM) {
      for (const crossing of road.crossings) {
        const projection = projectOnLine(eastM, northM, crossing.points);
        if (!projection.beyond && Math.abs(projection.leftM) <= crossing.widthM / 2) return crossing;
      }
      return null;
    },
    inNode: (eastM, northM) =>
      road.nodes.some((node) => node.area.length > 2 && insideOutline(eastM, northM, node.area)),
  };
}
