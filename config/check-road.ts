/** What must hold inside road.json beside ranges: names, geometry, the limits of MAP. */
import type { Text } from '../src/base/text.ts';
import { projectOnLine } from '../src/base/geometry.ts';
import type { PlanePoint } from '../src/base/geometry.ts';
import { crossLines } from './conflicts.ts';
import type { Report } from './problem.ts';
import type { RoadFile } from './road.ts';

const FILE = 'road.json';
/** The site frame is valid to here (design, "Place"). */
const FRAME_M = 2000;
/** A lane may end this far from its link's stop line: stop lines stand in echelon. */
const STOP_LINE_M = 3;
const JOIN_M = 1.5;
/** Limits of MAP. Source: cv2x-messages, LaneList, LinkList, ConnectsToList. */
const MOST = { lanes: 32, links: 32, ways: 16, nodes: 63, name: 63 };

type Node = RoadFile['nodes'][number];
type Link = RoadFile['links'][number];
type Lane = RoadFile['lanes'][number];
type Movement = RoadFile['movements'][number];

export const keyOf = (id: Node['id']): string => `${id.region}-${id.id}`;
const round1 = (value: number): number => Math.round(value * 10) / 10;
const apartM = (a: PlanePoint, b: PlanePoint): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Reports names that stand twice; gives the first row of each name. */
export function uniqueNames<T>(
  report: Report,
  file: 'site.json' | 'road.json',
  lists: readonly (readonly [string, readonly T[], (row: T) => string])[],
): ReadonlyMap<string, T> {
  const seen = new Map<string, T>();
  const places = new Map<string, string>();
  for (const [list, rows, nameOf] of lists) {
    rows.forEach((row, index) => {
      const name = nameOf(row);
      const place = places.get(name);
      if (place !== undefined) {
        report.error(file, `${list}[${index}].id`, 'id_twice', { expected: place, got: name });
        return;
      }
      seen.set(name, row);
      places.set(name, `${list}[${index}]`);
    });
  }
  return seen;
}

function checkLine(
  report: Report, path: string, points: readonly PlanePoint[], closed: boolean,
): void {
  for (const [index, point] of points.entries()) {
    const farM = Math.hypot(point[0], point[1]);
    if (farM > FRAME_M) {
      report.error(
        FILE, `${path}[${index}]`, 'frame_far', { expected: FRAME_M, got: Math.round(farM) },
      );
    }
  }
  const line = closed && points.length > 2 ? [...points, points[0]!] : points;
  const twice = line.findIndex((point, index) =>
    index > 0 && apartM(point, line[index - 1]!) < 0.005);
  if (twice > 0) report.error(FILE, path, 'point_twice', { got: twice - 1 });
  for (let i = 0; i + 1 < line.length; i++) {
    // Neighbours touch by nature; an outline's last segment also touches its first.
    const last = closed && i === 0 ? line.length - 2 : line.length - 1;
    for (let k = i + 2; k < last; k++) {
      if (!crossLines([line[i]!, line[i + 1]!], [line[k]!, line[k + 1]!])) continue;
      report.error(FILE, path, 'line_crosses_itself', { got: k });
      return;
    }
  }
}

/** Everything by name, for the checks that follow references. */
class Names {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly links: ReadonlyMap<string, Link>;
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly groups: ReadonlyMap<string, RoadFile['signalGroups'][number]>;

  constructor(road: RoadFile, report: Report) {
    this.nodes = uniqueNames(report, FILE, [['nodes', road.nodes, (row) => keyOf(row.id)]]);
    this.links = uniqueNames(report, FILE, [['links', road.links, (row) => row.id]]);
    const rows = uniqueNames<{ readonly id: string }>(report, FILE, [
      ['lanes', road.lanes, (row) => row.id],
      ['crossings', road.crossings, (row) => row.id],
    ]);
    this.lanes = new Map([...rows].filter((entry): entry is [string, Lane] => 'uses' in entry[1]));
    this.groups = uniqueNames(report, FILE, [['signalGroups', road.signalGroups, (row) => row.id]]);
    uniqueNames(report, FILE, [['movements', road.movements, (row) => row.id]]);
    uniqueNames(report, FILE, [['zones', road.zones, (row) => row.id]]);
    uniqueNames(report, FILE, [['signs', road.signs, (row) => String(row.id)]]);
    uniqueNames(report, FILE, [['stages', road.stages, (row) => String(row.number)]]);
  }
}

const IA5 = /^[\x20-\x7e]*$/;
function checkName(report: Report, path: string, name: string): void {
  if (!IA5.test(name) || name.length > MOST.name) report.error(
    FILE, path, 'name_not_ascii', { got: name },
  );
}

function checkNodes(road: RoadFile, report: Report): void {
  road.nodes.forEach((node, index) => {
    const path = `nodes[${index}]`;
    checkName(report, `${path}.name`, node.name);
    checkLine(report, `${path}.reference`, [node.reference], false);
    checkLine(report, `${path}.area`, node.area, true);
    const links = road.links.filter((link) => keyOf(link.downstream) === keyOf(node.id)).length;
    if (links > MOST.links) report.error(
      FILE, path, 'too_many', { expected: MOST.links, got: links, what: { en: 'links', zh: '路段' } },
    );
  });
}

function checkLinks(road: RoadFile, names: Names, report: Report): void {
  const pairs = new Map<string, string>();
  road.links.forEach((link, index) => {
    const path = `links[${index}]`;
    checkName(report, `${path}.name`, link.name);
    checkLine(report, `${path}.points`, link.points, false);
    for (const end of ['upstream', 'downstream'] as const) {
      const key = keyOf(link[end]);
      if (names.nodes.has(key)) continue;
      const same = road.nodes.find((node) => node.id.id === link[end].id);
      if (same) report.error(
        FILE, `${path}.${end}`, 'node_mismatch', { expected: keyOf(same.id), got: key },
      );
      else report.error(
        FILE, `${path}.${end}`, 'reference_unknown', { expected: 'nodes', got: key },
      );
    }
    const pair = `${keyOf(link.upstream)} → ${keyOf(link.downstream)}`;
    if (keyOf(link.upstream) === keyOf(link.downstream)) {
      report.error(FILE, path, 'link_self', { got: keyOf(link.upstream) });
    }
    const before = pairs.get(pair);
    if (before !== undefined) report.error(
      FILE, path, 'link_pair_twice', { expected: before, got: pair },
    );
    else pairs.set(pair, link.id);
    const lanes = road.lanes.filter((lane) => lane.linkId === link.id).length;
    // A crossing goes on air as a lane of the link that it crosses.
    const rows = lanes + road.crossings.filter((crossing) => crossing.linkId === link.id).length;
    if (lanes === 0) report.error(FILE, path, 'link_without_lanes');
    if (rows > MOST.lanes) report.error(FILE, path, 'too_many', {
      expected: MOST.lanes, got: rows, what: { en: 'lanes and crossings', zh: '车道与横道' },
    });
    checkLaneOrder(road, link, path, report);
  });
}

const isTravelled = (lane: Lane): boolean => ['motor', 'bus', 'non-motor'].includes(lane.kind);

/** Numbers on air go 1, 2, 3 from the left along travel; crossings and areas follow. */
function checkLaneOrder(road: RoadFile, link: Link, path: string, report: Report): void {
  const users = new Map<number, string>();
  const rows = [
    ...road.lanes.map((row, index) => ({ row, at: `lanes[${index}]` })),
    ...road.crossings.map((row, index) => ({ row, at: `crossings[${index}]` })),
  ].filter(({ row }) => row.linkId === link.id);
  for (const { row, at } of rows) {
    const before = users.get(row.number);
    if (before === undefined) users.set(row.number, row.id);
    else report.error(
      FILE, `${at}.number`, 'lane_number_twice', { expected: before, got: row.number },
    );
  }
  const lanes = road.lanes.filter((lane) => lane.linkId === link.id && isTravelled(lane));
  const fromLeft = lanes
    .map((lane) =>
      ({ lane, leftM: projectOnLine(...flat(lane.points.at(-1)!), link.points).leftM }))
    .sort((a, b) => b.leftM - a.leftM)
    .map(({ lane }) => lane.number);
  if (fromLeft.some((number, index) => number !== index + 1)) {
    report.error(FILE, path, 'lane_order', { got: fromLeft.join(', ') });
  }
}

const flat = (point: PlanePoint): [number, number] => [point[0], point[1]];

const widths: Readonly<Record<Lane['kind'], readonly [number, number]>> = {
  motor: [1, 6],
  bus: [1, 6],
  'non-motor': [1, 6],
  'waiting-area': [1, 6],
  crosswalk: [1, 20],
  sidewalk: [1, 20],
};

function checkLanes(road: RoadFile, names: Names, report: Report): void {
  road.lanes.forEach((lane, index) => {
    const path = `lanes[${index}]`;
    checkLine(report, `${path}.points`, lane.points, false);
    const [min, max] = widths[lane.kind];
    if (lane.widthM < min || lane.widthM > max) {
      report.error(
        FILE, `${path}.widthM`, 'lane_width', { expected: `${min} to ${max}`, got: lane.widthM },
      );
    }
    const ways = road.movements.filter((movement) => movement.fromLane === lane.id).length;
    if (ways > MOST.ways) report.error(
      FILE,
      path,
      'too_many',
      { expected: MOST.ways, got: ways, what: { en: 'movements', zh: '转向' } },
    );
    const link = names.links.get(lane.linkId);
    if (!link) {
      report.error(
        FILE, `${path}.linkId`, 'reference_unknown', { expected: 'links', got: lane.linkId },
      );
    } else if (isTravelled(lane)) {
      checkLaneEnd(lane, link, path, report);
    }
  });
}

function checkLaneEnd(lane: Lane, link: Link, path: string, report: Report): void {
  const end = link.points.at(-1)!;
  const before = link.points.at(-2)!;
  const lengthM = apartM(end, before) || 1;
  const gap = lane.points.at(-1)!;
  const along = [(end[0] - before[0]) / lengthM, (end[1] - before[1]) / lengthM] as const;
  const alongM = (gap[0] - end[0]) * along[0] + (gap[1] - end[1]) * along[1];
  const besideM = Math.abs((gap[0] - end[0]) * along[1] - (gap[1] - end[1]) * along[0]);
  if (Math.abs(alongM) > STOP_LINE_M) {
    report.error(
      FILE, `${path}.points`, 'stop_line', { expected: link.id, got: round1(Math.abs(alongM)) },
    );
  }
  if (besideM > link.widthM / 2 + 0.5) {
    report.error(
      FILE, `${path}.points`, 'lane_outside_link', { expected: link.id, got: round1(besideM) },
    );
  }
}

/** What a lamp of each type may govern. Discs govern every turn of motor traffic. */
const lampTurns: Readonly<Record<string, readonly string[]>> = {
  vehicle: ['straight', 'left', 'right', 'u-turn'],
  lane: ['straight', 'left', 'right', 'u-turn'],
  'flashing-warning': ['straight', 'left', 'right', 'u-turn'],
  'arrow-left': ['left', 'u-turn'],
  'arrow-straight': ['straight'],
  'arrow-right': ['right'],
  'arrow-u-turn': ['u-turn'],
};

function checkGroup(
  names: Names,
  report: Report,
  path: string,
  group: string | null,
  fits: (lampType: string) => boolean,
): void {
  if (group === null) return;
  const row = names.groups.get(group);
  if (!row) report.error(FILE, path, 'reference_unknown', { expected: 'signalGroups', got: group });
  else if (!fits(row.lampType)) report.error(
    FILE, path, 'lamp_type', { expected: row.lampType, got: group },
  );
}

/** Turn of a path, radians, positive to the left. */
function turnOf(points: readonly PlanePoint[]): number {
  const first = Math.atan2(points[1]![1] - points[0]![1], points[1]![0] - points[0]![0]);
  const [a, b] = [points.at(-2)!, points.at(-1)!];
  const turn = Math.atan2(b[1] - a[1], b[0] - a[0]) - first;
  return Math.atan2(Math.sin(turn), Math.cos(turn));
}

const TURN_RAD = (30 * Math.PI) / 180;
const STRAIGHT_RAD = (60 * Math.PI) / 180;
function turnFits(manoeuvre: Movement['manoeuvre'], turn: number): boolean {
  if (manoeuvre === 'left') return turn > TURN_RAD;
  if (manoeuvre === 'right') return turn < -TURN_RAD;
  return manoeuvre === 'u-turn' ? Math.abs(turn) > 2 : Math.abs(turn) < STRAIGHT_RAD;
}
const turnWord = (turn: number): Text => {
  if (Math.abs(turn) <= TURN_RAD) return { en: 'straight', zh: '直行' };
  return turn > 0 ? { en: 'left', zh: '左转' } : { en: 'right', zh: '右转' };
};

function checkMovementEnds(
  movement: Movement, lane: Lane, names: Names, path: string, report: Report,
): void {
  const link = names.links.get(lane.linkId);
  const to = names.links.get(movement.toLink);
  if (!to) {
    report.error(
      FILE, `${path}.toLink`, 'reference_unknown', { expected: 'links', got: movement.toLink },
    );
  } else if (link && keyOf(to.upstream) !== keyOf(link.downstream)) {
    report.error(
      FILE,
      `${path}.toLink`,
      'movement_node',
      { expected: keyOf(link.downstream), got: movement.toLink },
    );
  }
  const startM = apartM(movement.points[0]!, lane.points.at(-1)!);
  if (startM > JOIN_M) report.error(
    FILE, `${path}.points`, 'movement_start', { expected: lane.id, got: round1(startM) },
  );
  if (movement.toLane === null) return;
  const toLane = names.lanes.get(movement.toLane);
  if (!toLane) {
    report.error(
      FILE, `${path}.toLane`, 'reference_unknown', { expected: 'lanes', got: movement.toLane },
    );
    return;
  }
  if (toLane.linkId !== movement.toLink) {
    report.error(
      FILE, `${path}.toLane`, 'movement_lane', { expected: movement.toLink, got: movement.toLane },
    );
  }
  const endM = apartM(movement.points.at(-1)!, toLane.points[0]!);
  if (endM > JOIN_M) report.error(
    FILE, `${path}.points`, 'movement_end', { expected: toLane.id, got: round1(endM) },
  );
}

function checkWaitingArea(
  movement: Movement, lane: Lane, names: Names, path: string, report: Report,
): void {
  if (!movement.waitingArea) return;
  const { laneId, signalGroup } = movement.waitingArea;
  const area = names.lanes.get(laneId);
  const inFront = area?.kind === 'waiting-area' && apartM(
    area.points[0]!, lane.points.at(-1)!,
  ) <= STOP_LINE_M;
  if (!area) {
    report.error(
      FILE, `${path}.waitingArea.laneId`, 'reference_unknown', { expected: 'lanes', got: laneId },
    );
  } else if (!inFront) {
    report.error(
      FILE, `${path}.waitingArea.laneId`, 'waiting_area', { expected: lane.id, got: laneId },
    );
  }
  checkGroup(
    names,
    report,
    `${path}.waitingArea.signalGroup`,
    signalGroup,
    (type) => type === 'waiting-area',
  );
}

function checkMovements(road: RoadFile, names: Names, report: Report): void {
  const ways = new Map<string, string>();
  road.movements.forEach((movement, index) => {
    const path = `movements[${index}]`;
    checkLine(report, `${path}.points`, movement.points, false);
    const { fromLane, toLink, toLane, manoeuvre } = movement;
    const way = `${fromLane} ${toLink} ${toLane ?? ''} ${manoeuvre}`;
    const before = ways.get(way);
    if (before === undefined) ways.set(way, movement.id);
    else report.error(FILE, path, 'movement_twice', { expected: before, got: movement.id });
    const lane = names.lanes.get(movement.fromLane);
    if (!lane) {
      report.error(
        FILE,
        `${path}.fromLane`,
        'reference_unknown',
        { expected: 'lanes', got: movement.fromLane },
      );
      return;
    }
    checkMovementEnds(movement, lane, names, path, report);
    checkWaitingArea(movement, lane, names, path, report);
    if (!lane.uses.some((use) => use.manoeuvres.includes(movement.manoeuvre))) {
      report.error(
        FILE, `${path}.manoeuvre`, 'movement_use', { expected: lane.id, got: movement.manoeuvre },
      );
    }
    const turn = turnOf(movement.points);
    if (!turnFits(movement.manoeuvre, turn)) {
      report.error(
        FILE,
        `${path}.manoeuvre`,
        'movement_turn',
        { expected: turnWord(turn), got: movement.manoeuvre },
      );
    }
    checkGroup(names, report, `${path}.signalGroup`, movement.signalGroup, (type) =>
      lane.kind === 'non-motor'
        ? type === 'non-motor' || type === 'vehicle'
        : (lampTurns[type] ?? []).includes(movement.manoeuvre));
  });
}

function checkCrossings(road: RoadFile, names: Names, report: Report): void {
  road.crossings.forEach((crossing, index) => {
    const path = `crossings[${index}]`;
    checkLine(report, `${path}.points`, crossing.points, false);
    if (!names.links.has(crossing.linkId)) {
      report.error(
        FILE, `${path}.linkId`, 'reference_unknown', { expected: 'links', got: crossing.linkId },
      );
    }
    checkGroup(
      names, report, `${path}.signalGroup`, crossing.signalGroup, (type) => type === 'pedestrian',
    );
  });
}

function checkZones(road: RoadFile, report: Report): void {
  road.zones.forEach((zone, index) =>
    checkLine(report, `zones[${index}].outline`, zone.outline, true));
  for (const kind of ['coverage', 'area'] as const) {
    const found = road.zones.some((zone) => zone.kind === kind);
    if (!found) report.error(FILE, 'zones', 'zone_missing', { expected: kind });
  }
}

function checkSigns(road: RoadFile, names: Names, report: Report): void {
  road.signs.forEach((sign, index) => {
    checkLine(report, `signs[${index}].point`, [sign.point], false);
    checkLine(report, `signs[${index}].path`, sign.path, false);
    sign.linkIds.forEach((id, k) => {
      if (names.links.has(id)) return;
      report.error(
        FILE, `signs[${index}].linkIds[${k}]`, 'reference_unknown', { expected: 'links', got: id },
      );
    });
  });
}

/** Every problem of the road itself; lamps are `checkSignals`' care. */
export function checkRoad(road: RoadFile, report: Report): void {
  const names = new Names(road, report);
  checkNodes(road, report);
  checkLinks(road, names, report);
  checkLanes(road, names, report);
  checkMovements(road, names, report);
  checkCrossings(road, names, report);
  checkZones(road, report);
  checkSigns(road, names, report);
}
