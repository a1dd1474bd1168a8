import { pointOnLine, projectOnLine } from '../base/geometry.ts';
import type { LaneId, LinkId, SignalGroupId } from '../model/ids.ts';
import type {
  Manoeuvre, Road, RoadCrossing, RoadLane, RoadMovement, RoadPoint,
} from '../model/road.ts';
import type { RoadUserClass } from '../model/roaduser.ts';
import { Path, withoutRepeats } from './paths.ts';

/** A stop line on a route, with the lamp that governs it. */
export interface Gate {
  readonly stopM: number;
  /** Null where no lamp governs. */
  readonly signalGroup: SignalGroupId | null;
  /** End of a waiting area in front of the line, and the lamp that opens it. */
  readonly waitM: number | null;
  readonly waitGroup: SignalGroupId | null;
  /** Who gives way where two routes meet: the smaller number does. */
  readonly rank: number;
  /** Where the junction is left again. */
  readonly clearM: number;
}

/** A way through the site from where road users appear to where they vanish. */
export interface Route {
  readonly index: number;
  readonly kind: 'motor' | 'cycle' | 'walk';
  readonly classes: readonly RoadUserClass[];
  readonly manoeuvre: Manoeuvre | null;
  /** Routes that begin together share this name. */
  readonly entry: string;
  readonly path: Path;
  readonly gates: readonly Gate[];
  /** Half the width that a body on it may take, for finding where routes meet. */
  readonly halfWidthM: number;
  readonly limitMps: number;
  /** Largest sideways place of a body on the route. */
  readonly spreadM: number;
  /** Rule breakers' ways: no rank, no lamp. */
  readonly lawless: boolean;
}

const RANK: Record<Manoeuvre | 'walk', number> = {
  walk: 4, straight: 3, left: 2, right: 1, 'u-turn': 1,
};
/** Pedestrians come this far from behind the kerb, and go as far after the crossing. */
const SIDEWALK_M = 3.6;
/** Where a pedestrian waits, before the kerb. */
const KERB_GAP_M = 1.3;
const KERB_BACK_MAX_M = 4;
const DEFAULT_LIMIT_MPS = 13.9;
/** A route through more junctions than this is a loop of the road. */
const NODES_MAX = 6;

/** All ways through a road, in the order of the file. */
export function routesOf(road: Road): Route[] {
  const routes: Route[] = [];
  const reached = new Set<LinkId>(road.movements.map((movement) => movement.toLink));
  for (const lane of road.lanes) {
    if (reached.has(lane.linkId)) continue;
    for (const movement of road.movements) {
      if (movement.fromLane === lane.id) addChains(road, lane, movement, routes);
    }
  }
  for (const crossing of road.crossings) {
    for (const reversed of [false, true]) {
      const straight = walk(crossing, reversed, routes.length, SIDEWALK_M, KERB_GAP_M);
      const backM = clearOfVehicles(straight, routes);
      routes.push(walk(crossing, reversed, routes.length, SIDEWALK_M + backM, KERB_GAP_M + backM));
    }
  }
  return routes;
}

interface Chain {
  readonly points: readonly RoadPoint[];
  readonly classes: readonly RoadUserClass[];
  readonly marks: readonly GateMark[];
  readonly lane: RoadLane | null;
}
interface GateMark {
  readonly movement: RoadMovement;
  readonly line: RoadPoint;
  readonly end: RoadPoint;
}

/** Follows a movement and, through further junctions, every movement after it. */
function addChains(road: Road, first: RoadLane, movement: RoadMovement, routes: Route[]): void {
  const classes = classesOf(first, movement);
  const start: Chain = { points: first.points, classes, marks: [], lane: first };
  const open: { chain: Chain; movement: RoadMovement }[] = [{ chain: start, movement }];
  while (open.length > 0) {
    const { chain, movement: taken } = open.shift()!;
    const next = extend(road, chain, taken);
    const onward = next.lane === null || next.marks.length >= NODES_MAX
      ? []
      : road.movements.filter((row) => row.fromLane === next.lane!.id);
    if (onward.length === 0) {
      if (next.classes.length > 0) routes.push(finish(road, first, movement, next, routes.length));
      continue;
    }
    for (const row of onward) {
      const allowed = classesOf(next.lane!, row);
      const classes = next.classes.filter((cls) => allowed.includes(cls));
      open.push({ chain: { ...next, classes }, movement: row });
    }
  }
}

function classesOf(lane: RoadLane, movement: RoadMovement): readonly RoadUserClass[] {
  const found = new Set<RoadUserClass>();
  for (const use of lane.uses) {
    if (!use.manoeuvres.includes(movement.manoeuvre)) continue;
    for (const cls of use.classes) found.add(cls);
  }
  return [...found];
}

/** Appends the movement and the lane that it ends in. */
function extend(road: Road, chain: Chain, movement: RoadMovement): Chain {
  const line = chain.points.at(-1)!;
  const across = movement.points;
  const end = across.at(-1) ?? line;
  const lane = exitLane(road, movement, end);
  const rest = afterPoint(lane ? lane.points : linkPoints(road, movement.toLink), end);
  return {
    points: withoutRepeats([...chain.points, ...across, ...rest]),
    classes: chain.classes,
    marks: [...chain.marks, { movement, line, end }],
    lane,
  };
}

const linkPoints = (road: Road, link: LinkId): readonly RoadPoint[] =>
  road.links.find((row) => row.id === link)?.points ?? [];

/** The lane that a movement names, or the one of its link that begins nearest to its end. */
function exitLane(road: Road, movement: RoadMovement, end: RoadPoint): RoadLane | null {
  const fromKind = road.lanes.find((lane) => lane.id === movement.fromLane)?.kind;
  const named = road.lanes.find((lane) => lane.id === movement.toLane);
  if (named) return named;
  let best: RoadLane | null = null;
  let bestM = 6;
  for (const lane of road.lanes) {
    if (lane.linkId !== movement.toLink) continue;
    if ((lane.kind === 'non-motor') !== (fromKind === 'non-motor')) continue;
    const first = lane.points[0];
    if (!first) continue;
    const distance = Math.hypot(first[0] - end[0], first[1] - end[1]);
    if (distance < bestM) {
      bestM = distance;
      best = lane;
    }
  }
  return best;
}

/** The part of a line that lies ahead of a point, a few metres left for a smooth join. */
function afterPoint(line: readonly RoadPoint[], from: RoadPoint): RoadPoint[] {
  if (line.length < 2) return [];
  const { alongM } = projectOnLine(from[0], from[1], line);
  const apartM = Math.hypot(line[0]![0] - from[0], line[0]![1] - from[1]);
  const rest: RoadPoint[] = [];
  let sumM = 0;
  for (let index = 0; index < line.length; index++) {
    if (index > 0) {
      const before = line[index - 1]!;
      sumM += Math.hypot(line[index]![0] - before[0], line[index]![1] - before[1]);
    }
    if (sumM > alongM + 3) rest.push(line[index]!);
    else if (index === 0 && apartM > 0.5 && alongM === 0) rest.push(line[0]!);
  }
  return rest;
}

function finish(
  road: Road,
  first: RoadLane,
  movement: RoadMovement,
  chain: Chain,
  index: number,
): Route {
  const cycle = chain.classes.every((cls) => cls === 'bicycle' || cls === 'pedestrian')
    || first.kind === 'non-motor';
  const path = new Path(chain.points, cycle ? 1.6 : 2.2, cycle ? 2.5 : 3.5);
  return {
    index,
    kind: cycle ? 'cycle' : 'motor',
    classes: cycle ? chain.classes.filter((cls) => cls === 'bicycle') : chain.classes,
    manoeuvre: movement.manoeuvre,
    entry: first.id,
    path,
    gates: chain.marks.map((mark) => gateOf(road, path, mark)),
    halfWidthM: cycle ? 0.7 : 1.15,
    limitMps: limitOf(road, first),
    spreadM: cycle ? Math.max(0, Math.min(first.widthM / 2 - 0.6, 0.35)) : 0,
    lawless: false,
  };
}

function gateOf(road: Road, path: Path, mark: GateMark): Gate {
  const { movement } = mark;
  const stopM = path.nearest(mark.line[0], mark.line[1]).alongM;
  const area = movement.waitingArea;
  const areaEnd = area ? laneEnd(road, area.laneId) : null;
  const waitM = areaEnd ? path.nearest(areaEnd[0], areaEnd[1]).alongM : null;
  return {
    stopM,
    signalGroup: movement.signalGroup,
    waitM: waitM !== null && waitM > stopM + 2 ? waitM : null,
    waitGroup: area?.signalGroup ?? null,
    rank: RANK[movement.manoeuvre],
    clearM: path.nearest(mark.end[0], mark.end[1]).alongM,
  };
}

const laneEnd = (road: Road, lane: LaneId): RoadPoint | null =>
  road.lanes.find((row) => row.id === lane)?.points.at(-1) ?? null;

function limitOf(road: Road, lane: RoadLane): number {
  const link = road.links.find((row) => row.id === lane.linkId);
  const limits = [...lane.speedLimits, ...(link?.speedLimits ?? [])]
    .filter((limit) => limit.kind === 'max' && limit.when.kind === 'always');
  return limits[0]?.speedMps ?? DEFAULT_LIMIT_MPS;
}

/** How much farther from the kerb one must wait to stand clear of turning vehicles, metres. */
function clearOfVehicles(straight: Route, routes: readonly Route[]): number {
  const point = { x: 0, y: 0 };
  const stopM = straight.gates[0]!.stopM;
  for (let backM = 0; backM < KERB_BACK_MAX_M; backM += 0.5) {
    straight.path.at(stopM - backM, point);
    const asideM = straight.spreadM * 0.6 + 0.5;
    const free = routes.every((route) => route.kind === 'walk' ||
      route.path.nearest(point.x, point.y).distanceM > route.halfWidthM + asideM);
    if (free) return backM;
  }
  return 0;
}

/** A crossing walked in one direction, on its right half, so that both directions pass. */
function walk(
  crossing: RoadCrossing,
  reversed: boolean,
  index: number,
  sidewalkM: number,
  kerbGapM: number,
): Route {
  const line = reversed ? [...crossing.points].reverse() : [...crossing.points];
  const quarterM = crossing.widthM / 4;
  const shifted = stretchLine(shiftRight(line, quarterM), sidewalkM);
  const path = new Path(shifted, 10, 1.2);
  return {
    index,
    kind: 'walk',
    classes: ['pedestrian'],
    manoeuvre: null,
    entry: `${crossing.id}${reversed ? '-back' : ''}`,
    path,
    gates: [{
      stopM: sidewalkM - kerbGapM,
      signalGroup: crossing.signalGroup,
      waitM: null,
      waitGroup: null,
      rank: RANK.walk,
      clearM: path.lengthM - sidewalkM,
    }],
    halfWidthM: quarterM,
    limitMps: 3,
    spreadM: Math.max(0, quarterM - 0.35),
    lawless: false,
  };
}

/** Moves a line sideways to the right of its direction. */
function shiftRight(line: readonly RoadPoint[], byM: number): RoadPoint[] {
  return line.map((point, index) => {
    const from = line[Math.max(index - 1, 0)]!;
    const to = line[Math.min(index + 1, line.length - 1)]!;
    const heading = Math.atan2(to[1] - from[1], to[0] - from[0]);
    return [point[0] + Math.sin(heading) * byM, point[1] - Math.cos(heading) * byM] as const;
  });
}

function stretchLine(line: readonly RoadPoint[], byM: number): RoadPoint[] {
  const first = pointOnLine(line, 0);
  const last = pointOnLine(line, Infinity);
  return [
    [first.x - Math.cos(first.headingRad) * byM, first.y - Math.sin(first.headingRad) * byM],
    ...line,
    [last.x + Math.cos(last.headingRad) * byM, last.y + Math.sin(last.headingRad) * byM],
  ];
}

/** Where two routes take the same ground: along the first and along the second. */
export interface MeetingZone {
  readonly fromM: number;
  readonly toM: number;
  readonly otherFromM: number;
  readonly otherToM: number;
}

/** Ground kept free between two routes, metres. */
const MARGIN_M = 0.3;
/** Where two routes join, only the first metres are a meeting; after that one follows the other. */
const JOIN_M = 8;

/** Finds the meeting zones of `a` with `b`, in order along `a`. Shared beginnings are left out. */
export function meetingZones(a: Route, b: Route): MeetingZone[] {
  const needM = a.halfWidthM + b.halfWidthM + MARGIN_M;
  const apart =
    a.path.minX > b.path.maxX + needM || b.path.minX > a.path.maxX + needM ||
    a.path.minY > b.path.maxY + needM || b.path.minY > a.path.maxY + needM;
  if (apart || a.lawless && b.lawless) return [];
  const zones: MeetingZone[] = [];
  let open: { fromM: number; toM: number; first: number; last: number } | null = null;
  const point = { x: 0, y: 0 };
  for (let alongM = 0; alongM <= a.path.lengthM + 1; alongM += 1) {
    a.path.at(alongM, point);
    const { alongM: other, distanceM } = b.path.nearest(point.x, point.y);
    const inside = distanceM < needM && alongM <= a.path.lengthM;
    if (inside && open) {
      open.toM = alongM;
      open.last = other;
    } else if (inside) {
      open = { fromM: alongM, toM: alongM, first: other, last: other };
    } else if (open) {
      if (open.fromM > 1) zones.push(zoneOf(a, b, open));
      open = null;
    }
  }
  return zones.filter((zone) => zone.toM > zone.fromM - 1);
}

function zoneOf(
  a: Route,
  b: Route,
  run: { fromM: number; toM: number; first: number; last: number },
): MeetingZone {
  const turn = a.path.headingRad(run.toM) - b.path.headingRad(run.last);
  const joins = Math.cos(turn) > 0.8 && run.toM - run.fromM > JOIN_M;
  const otherFromM = Math.min(run.first, run.last);
  const otherToM = Math.max(run.first, run.last);
  return {
    fromM: run.fromM,
    toM: joins ? run.fromM + JOIN_M : run.toM,
    otherFromM,
    otherToM: joins ? Math.min(otherToM, otherFromM + JOIN_M) : otherToM,
  };
}
