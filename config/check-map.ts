/**
 * What MAP asks of a road beyond names and ranges. Source: rules of the RSU requirement built on
 * YD/T 3709-2020 (rsu-interface, section 8, items 2 and 4) and rule R38.
 */
import { projectOnLine } from '../src/base/geometry.ts';
import type { PlanePoint } from '../src/base/geometry.ts';
import {
  conditionsOf, conditionText, isTimeZone, laneLampStates, reachableStates, VARIANTS_MAX,
} from '../src/model/conditions.ts';
import { keyOf } from './check-road.ts';
import type { Report } from './problem.ts';
import type { RoadFile } from './road.ts';
import type { SiteFile } from './site.ts';

const ROAD = 'road.json';
const SITE = 'site.json';
/** A link's centre line may lie this far off. Source: the RSU requirement, item 2. */
const LINK_OFF_M = 2;
/** A lane's centre line may lie this far off. Source: the same. */
const LANE_OFF_M = 0.5;
/** Between the width of a link and what its lanes take up there may be kerbs and a verge. */
const LINK_WIDTH_M = 1.5;
/** A crossing lies in front of or behind the stop line of the link that it crosses. */
const CROSSING_M = 40;
/** Sharper than this, a line doubles back: its points are out of order. */
const TURN_BACK_RAD = (120 * Math.PI) / 180;

type Link = RoadFile['links'][number];
type Lane = RoadFile['lanes'][number];
type Condition = Lane['uses'][number]['when'];

const round1 = (value: number): number => Math.round(value * 10) / 10;
const isTravelled = ({ kind }: Lane): boolean => ['motor', 'bus', 'non-motor'].includes(kind);

/** Index of the first point at which a line turns back on itself; -1 where none does. */
function turnsBackAt(line: readonly PlanePoint[]): number {
  for (let index = 1; index + 1 < line.length; index++) {
    const [a, b, c] = [line[index - 1]!, line[index]!, line[index + 1]!];
    const turn = Math.atan2(c[1] - b[1], c[0] - b[0]) - Math.atan2(b[1] - a[1], b[0] - a[0]);
    if (Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn))) > TURN_BACK_RAD) return index;
  }
  return -1;
}

function checkTurns(road: RoadFile, report: Report): void {
  for (const list of ['links', 'lanes', 'movements', 'crossings'] as const) {
    road[list].forEach(({ points }, index) => {
      const at = turnsBackAt(points);
      if (at < 0) return;
      report.error(ROAD, `${list}[${index}].points[${at}]`, 'line_turns_back', { got: at });
    });
  }
}

/** Where a lane lies across its link at the stop line, metres from the centre line. */
interface Edges {
  readonly lane: Lane;
  readonly index: number;
  readonly leftM: number;
}

function edgesOf(road: RoadFile, link: Link): Edges[] {
  return road.lanes
    .map((lane, index) => ({ lane, index }))
    .filter(({ lane }) => lane.linkId === link.id && isTravelled(lane))
    .map(({ lane, index }) => {
      const [x, y] = lane.points.at(-1)!;
      return { lane, index, leftM: projectOnLine(x, y, link.points).leftM };
    })
    .sort((a, b) => b.leftM - a.leftM);
}

function checkLanesOfLink(road: RoadFile, link: Link, index: number, report: Report): void {
  const lanes = edgesOf(road, link);
  lanes.forEach((right, at) => {
    const left = lanes[at - 1];
    if (!left) return;
    const wantedM = (left.lane.widthM + right.lane.widthM) / 2;
    const gotM = left.leftM - right.leftM;
    if (gotM >= wantedM - LANE_OFF_M) return;
    report.error(ROAD, `lanes[${right.index}].widthM`, 'lanes_overlap', {
      other: left.lane.id, expected: round1(wantedM), got: round1(gotM),
    });
  });
  const [first, last] = [lanes[0], lanes.at(-1)];
  if (!first || !last) return;
  const leftM = first.leftM + first.lane.widthM / 2;
  const rightM = last.leftM - last.lane.widthM / 2;
  const offM = (leftM + rightM) / 2;
  if (Math.abs(offM) > LINK_OFF_M) {
    report.error(ROAD, `links[${index}].points`, 'link_off_centre', {
      expected: LINK_OFF_M, got: round1(Math.abs(offM)),
    });
  }
  if (Math.abs(leftM - rightM - link.widthM) > LINK_WIDTH_M) {
    report.warn(ROAD, `links[${index}].widthM`, 'link_width', {
      expected: round1(leftM - rightM), got: link.widthM,
    });
  }
}

function checkPlaces(road: RoadFile, report: Report): void {
  const links = new Map(road.links.map((link) => [link.id, link]));
  road.lanes.forEach((lane, index) => {
    const link = links.get(lane.linkId);
    if (!link || !isTravelled(lane)) return;
    const mostM = link.widthM / 2 + LINK_OFF_M;
    lane.points.forEach((point, at) => {
      const { leftM, beyond } = projectOnLine(point[0], point[1], link.points);
      const besideM = Math.abs(leftM);
      if (beyond || besideM <= mostM) return;
      report.error(ROAD, `lanes[${index}].points[${at}]`, 'lane_leaves_link', {
        link: link.id, expected: round1(mostM), got: round1(besideM),
      });
    });
  });
  road.crossings.forEach((crossing, index) => {
    const end = links.get(crossing.linkId)?.points.at(-1);
    if (!end) return;
    const awayM = Math.abs(projectOnLine(end[0], end[1], crossing.points).leftM);
    if (awayM <= CROSSING_M) return;
    report.error(ROAD, `crossings[${index}].points`, 'crossing_far', {
      link: crossing.linkId, expected: CROSSING_M, got: round1(awayM),
    });
  });
}

/** All conditions of lanes and links, with their paths. */
function* conditionRows(road: RoadFile): Generator<readonly [string, Condition, Link | undefined]> {
  for (const [index, link] of road.links.entries()) {
    for (const [at, { when }] of link.speedLimits.entries()) {
      yield [`links[${index}].speedLimits[${at}].when`, when, link];
    }
  }
  for (const [index, lane] of road.lanes.entries()) {
    const link = road.links.find(({ id }) => id === lane.linkId);
    for (const [at, { when }] of lane.uses.entries()) {
      yield [`lanes[${index}].uses[${at}].when`, when, link];
    }
    for (const [at, { when }] of lane.speedLimits.entries()) {
      yield [`lanes[${index}].speedLimits[${at}].when`, when, link];
    }
  }
}

function checkConditions(road: RoadFile, report: Report): void {
  const lamps = road.signalGroups.filter(({ lampType }) => lampType === 'lane');
  for (const [path, when, link] of conditionRows(road)) {
    if (when.kind === 'calendar' && when.fromMinute >= when.toMinute) {
      const { fromMinute, toMinute } = when;
      report.error(ROAD, `${path}.toMinute`, 'calendar_reversed', {
        expected: fromMinute, got: toMinute,
      });
    }
    const node = link && road.nodes.find(({ id }) => keyOf(id) === keyOf(link.downstream));
    if (when.kind === 'plan' && node && node.controllerId === null) {
      report.warn(ROAD, path, 'plan_without_controller', { got: keyOf(node.id) });
    }
    if (when.kind !== 'sign') continue;
    const states: readonly string[] = laneLampStates;
    if (!lamps.some(({ id }) => id === when.sign)) {
      const expected = lamps.map(({ id }) => id).join(', ') || '-';
      report.warn(ROAD, `${path}.sign`, 'sign_source', { expected, got: when.sign });
    } else if (!states.includes(when.state)) {
      report.error(ROAD, `${path}.state`, 'sign_state', {
        expected: states.join(', '), got: when.state,
      });
    }
  }
  road.nodes.forEach((node, index) => {
    const conditions = conditionsOf(road, node);
    const count = reachableStates(conditions).length;
    if (count <= VARIANTS_MAX) return;
    const rows = conditions.map(conditionText).join('; ');
    report.error(ROAD, `nodes[${index}]`, 'map_variants', {
      expected: VARIANTS_MAX, got: conditions.length, rows,
    });
  });
}

/** Every problem of the road that MAP would have. */
export function checkMap(road: RoadFile, report: Report): void {
  checkTurns(road, report);
  road.links.forEach((link, index) => checkLanesOfLink(road, link, index, report));
  checkPlaces(road, report);
  checkConditions(road, report);
}

/** SPAT names a node that MAP carries, and RSI goes only together with MAP: by node, over all units. */
export function checkMapSent(site: SiteFile, road: RoadFile, report: Report): void {
  const types = new Map<string, Set<string>>();
  for (const area of road.rsuAreas) {
    const unit = site.rsus.find(({ id }) => id === area.rsuId);
    for (const node of area.nodes) {
      const sent = types.get(keyOf(node)) ?? new Set<string>();
      for (const type of unit?.types ?? []) sent.add(type);
      types.set(keyOf(node), sent);
    }
  }
  road.rsuAreas.forEach((area, index) => {
    area.nodes.forEach((node, at) => {
      const sent = types.get(keyOf(node));
      if (!sent || sent.has('MAP')) return;
      const without = ['SPAT', 'RSI'].filter((type) => sent.has(type));
      if (without.length === 0) return;
      report.error(ROAD, `rsuAreas[${index}].nodes[${at}]`, 'without_map', {
        expected: 'MAP', got: without.join(', '),
      });
    });
  });
}

/** The year that epochs are held against; a checker reads no clock. */
const EPOCH_RECENT = 2026;
/** CGCS2000 is a frame at this epoch by definition. */
const CGCS2000_EPOCH = 2000;
/** Plates under China move by about three centimetres a year; older epochs are told of. */
const EPOCH_OLD_YEARS = 5;
const PLATE_M_PER_YEAR = 0.03;

/** What site.json says of place and time that nothing turns into something else. */
export function checkPlaceFacts(site: SiteFile, report: Report): void {
  const { datum, epoch, heightSystem, north } = site.frame;
  if (north === 'grid') report.warn(SITE, 'frame.north', 'north_grid', { got: north });
  if (heightSystem === 'normal') {
    report.warn(SITE, 'frame.heightSystem', 'height_normal', { got: heightSystem });
  }
  if (datum === 'CGCS2000' && Math.abs(epoch - CGCS2000_EPOCH) > 1) {
    report.warn(SITE, 'frame.epoch', 'epoch_cgcs', { expected: CGCS2000_EPOCH, got: epoch });
  }
  if (datum === 'WGS-84' && epoch < EPOCH_RECENT - EPOCH_OLD_YEARS) {
    const movedM = round1((EPOCH_RECENT - epoch) * PLATE_M_PER_YEAR);
    report.warn(SITE, 'frame.epoch', 'epoch_old', { expected: EPOCH_RECENT, got: epoch, movedM });
  }
  if (!isTimeZone(site.timeZone)) {
    report.error(SITE, 'timeZone', 'time_zone_unknown', { got: site.timeZone });
  }
  site.sensors.forEach(({ pose }, index) => {
    if (pose.rollRad === 0) return;
    report.warn(SITE, `sensors[${index}].pose.rollRad`, 'roll_unused', { got: pose.rollRad });
  });
}
