import { lineLength, pointOnLine } from '../base/geometry.ts';
import type { Road, RoadLane, RoadLink, RoadPoint } from '../model/road.ts';
import { Path } from './paths.ts';
import type { Route } from './routes.ts';

/** Who breaks the rules, and when: seconds after the start. */
export interface RuleBreakers {
  /** At each instant the next vehicle that comes to a red runs it. */
  readonly redRunners?: readonly number[];
  /** A vehicle drives against the traffic of an exit lane. */
  readonly wrongWay?: readonly number[];
  /** A pedestrian crosses the carriageway away from any crossing. */
  readonly jaywalkers?: readonly number[];
  /** A vehicle stops in its lane and stays. */
  readonly stoppedVehicle?: readonly { readonly atS: number; readonly forS: number }[];
}

/** The kinds of rule breaking, as the command line names them. */
const breakerKinds = ['redRunners', 'wrongWay', 'jaywalkers', 'stoppedVehicle'] as const;

/**
 * Rule breakers that come again and again: each kind once a period, spread over it, from the start
 * to `untilS`. A stopped vehicle stands for a third of the period.
 */
export function breakersEvery(
  kinds: readonly (typeof breakerKinds)[number][],
  periodS: number,
  untilS: number,
): RuleBreakers {
  const timesOf = (kind: (typeof breakerKinds)[number]): number[] => {
    const place = kinds.indexOf(kind);
    const times: number[] = [];
    if (place < 0) return times;
    const firstS = (periodS * (place + 0.5)) / kinds.length;
    for (let atS = firstS; atS < untilS; atS += periodS) times.push(atS);
    return times;
  };
  return {
    redRunners: timesOf('redRunners'),
    wrongWay: timesOf('wrongWay'),
    jaywalkers: timesOf('jaywalkers'),
    stoppedVehicle: timesOf('stoppedVehicle').map((atS) => ({ atS, forS: periodS / 3 })),
  };
}

/** How far a wrong-way driver comes before it leaves the road, metres. */
const WRONG_WAY_M = 60;
const JAYWALK_BEFORE_LINE_M = 32;

function lawless(index: number, kind: Route['kind'], points: readonly RoadPoint[]): Route {
  return {
    index,
    kind,
    classes: kind === 'walk' ? ['pedestrian'] : ['car'],
    manoeuvre: null,
    entry: `lawless-${index}`,
    path: new Path(points, kind === 'walk' ? 10 : 2, kind === 'walk' ? 1.2 : 3),
    gates: [],
    halfWidthM: kind === 'walk' ? 0.4 : 1.15,
    limitMps: kind === 'walk' ? 3 : 9,
    spreadM: 0,
    lawless: true,
  };
}

/** Against the traffic: in at the far end of an exit's outer lane, off before the junction. */
export function wrongWayRoutes(road: Road, firstIndex: number): Route[] {
  const approaches = new Set(road.movements.map((movement) => movement.fromLane as string));
  const routes: Route[] = [];
  for (const link of road.links) {
    const lanes = road.lanes.filter((lane) => lane.linkId === link.id && lane.kind === 'motor');
    if (lanes.length === 0 || lanes.some((lane) => approaches.has(lane.id))) continue;
    const outer = lanes.reduce((most, lane) => (lane.number > most.number ? lane : most));
    const lengthM = lineLength(outer.points);
    if (lengthM < WRONG_WAY_M / 2) continue;
    routes.push(lawless(firstIndex + routes.length, 'motor', againstTraffic(outer, lengthM)));
  }
  return routes;
}

function againstTraffic(lane: RoadLane, lengthM: number): RoadPoint[] {
  const points: RoadPoint[] = [];
  const wayM = Math.min(WRONG_WAY_M, lengthM * 0.7);
  for (let alongM = 0; alongM <= wayM; alongM += 4) {
    const { x, y } = pointOnLine(lane.points, lengthM - alongM);
    points.push([x, y]);
  }
  // Off to the kerb: to the right of the lane's own direction.
  for (let step = 1; step <= 8; step++) {
    const { x, y, headingRad } = pointOnLine(lane.points, lengthM - wayM - step * 1.6);
    const aside = 0.22 * step * step;
    points.push([x + Math.sin(headingRad) * aside, y - Math.cos(headingRad) * aside]);
  }
  return points;
}

/** Ways straight across an arm, some way before its stop line. */
export function jaywalkRoutes(road: Road, firstIndex: number): Route[] {
  const entries = new Set<string>(
    road.movements.map((row) => road.lanes.find((lane) => lane.id === row.fromLane)?.linkId ?? ''),
  );
  return road.links
    .filter((link) => entries.has(link.id) && lineLength(link.points) > JAYWALK_BEFORE_LINE_M + 10)
    .map((link, at) => lawless(firstIndex + at, 'walk', across(link)));
}

function across(link: RoadLink): RoadPoint[] {
  const { x, y, headingRad } = pointOnLine(
    link.points,
    lineLength(link.points) - JAYWALK_BEFORE_LINE_M,
  );
  const side = (leftM: number): RoadPoint =>
    [x - Math.sin(headingRad) * leftM, y + Math.cos(headingRad) * leftM];
  return [side(-link.widthM / 2 - 3), side(link.widthM * 1.5 + 4)];
}
