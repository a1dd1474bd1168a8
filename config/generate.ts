/**
 * Writes whole sites from a short description: the demo, the sites of the tests and what
 * `lukou site new` asks for. Same description, same bytes.
 */
import { assert } from '../src/base/assert.ts';
import { clearanceS, groupMeetings } from './conflicts.ts';
import type { GroupId, GroupMeeting } from './conflicts.ts';
import { pathBetween, roundPoint, wayAlong } from './curves.ts';
import type { Plane } from './curves.ts';
import { ROAD_FORMAT_VERSION } from './road.ts';
import type { RoadFile } from './road.ts';
import type { SiteFile } from './site.ts';

type Row<K extends keyof RoadFile> = RoadFile[K] extends readonly (infer T)[] ? T : never;
type Mutable<K extends keyof RoadFile> = Row<K>[];
type Group = Row<'signalGroups'>;
type NodeRef = Row<'nodes'>['id'];
export type Manoeuvre = Row<'movements'>['manoeuvre'];

/** One arm of a junction. */
export interface ArmSpec {
  /** Part of all names on this arm: `north`. */
  readonly name: string;
  /** From the middle outwards, degrees clockwise from north. */
  readonly bearingDeg: number;
  readonly lengthM: number;
  /** Approach lanes from the left. */
  readonly lanes: readonly { readonly uses: readonly Manoeuvre[] }[];
  readonly exitLanes: number;
  readonly nonMotorLane: boolean;
  readonly crossing: boolean;
  /** Length of the left-turn waiting area; null for none. */
  readonly waitingAreaM: number | null;
  /** A right-turn arrow; without it right turns are free. */
  readonly rightArrow: boolean;
  readonly speedLimitMps: number;
  readonly neighbour: NodeRef;
  readonly neighbourName: string;
  /** Another junction of the same site that this arm leads to. */
  readonly joins?: { readonly junction: number; readonly arm: number };
}

/** One junction. */
export interface JunctionSpec {
  readonly node: NodeRef;
  readonly name: string;
  /** Goes before all names; empty for a site of one junction. */
  readonly prefix: string;
  readonly centre: Plane;
  readonly arms: readonly ArmSpec[];
  /** The controller; null for a junction without lamps. */
  readonly controllerId: string | null;
  /** How the controller names its lamp groups: `3`, or `phase:3`, `overlap:1`, `pedestrian:2`. */
  readonly lampNames: 'numbers' | 'tscbm';
  /** Green seconds of the straight and the left stage, by axis; the last one repeats. */
  readonly greenS: readonly { readonly straight: number; readonly left: number }[];
}

/** A whole site: junctions, and everything of site.json that does not follow from them. */
export interface SiteSpec {
  readonly junctions: readonly JunctionSpec[];
  readonly site: SiteFile;
  /** Fills in what of site.json follows from the road (the stages of a controller). */
  readonly finish?: (site: SiteFile, road: RoadFile) => SiteFile;
}

const WIDTH = { motorM: 3.25, exitM: 3.5, nonMotorM: 2.5, kerbM: 0.5, medianM: 0.25, crossingM: 5 };
/** From the extension of the other road's kerb to the crossing, and from there to the stop line. */
const SET_BACK = { crossingM: 2, stopLineM: 2, bareM: 4 };
const motorClasses = ['car', 'van', 'truck', 'bus', 'motorcycle'] as const;
const always = { kind: 'always' } as const;

/** An arm with its measures. Right is counted from the centre line, along the approach. */
interface Arm {
  readonly spec: ArmSpec;
  readonly id: string;
  readonly outward: Plane;
  readonly approachWidthM: number;
  readonly exitWidthM: number;
  stopM: number;
  crossingM: number;
  at(distanceM: number, rightM: number): Plane;
}

const widthOf = (lanes: number, laneM: number, spec: ArmSpec): number =>
  WIDTH.medianM + lanes * laneM + (spec.nonMotorLane ? WIDTH.kerbM + WIDTH.nonMotorM : WIDTH.kerbM);

function measureArm(junction: JunctionSpec, spec: ArmSpec): Arm {
  const bearing = (spec.bearingDeg * Math.PI) / 180;
  const outward: Plane = [Math.sin(bearing), Math.cos(bearing)];
  const right: Plane = [-outward[1], outward[0]];
  const [east, north] = junction.centre;
  return {
    spec,
    id: `${junction.prefix}${spec.name}`,
    outward,
    approachWidthM: widthOf(spec.lanes.length, WIDTH.motorM, spec),
    exitWidthM: widthOf(spec.exitLanes, WIDTH.exitM, spec),
    stopM: 0,
    crossingM: 0,
    at: (distanceM, rightM) => [
      east + outward[0] * distanceM + right[0] * rightM,
      north + outward[1] * distanceM + right[1] * rightM,
    ],
  };
}

/** Left turn angle from the approach of one arm into the exit of another, radians, (−π, π]. */
function turnRad(from: Arm, to: Arm): number {
  const cross = -from.outward[0] * to.outward[1] + from.outward[1] * to.outward[0];
  const dot = -from.outward[0] * to.outward[0] - from.outward[1] * to.outward[1];
  return Math.atan2(cross, dot);
}

const aimRad = { straight: 0, left: Math.PI / 2, right: -Math.PI / 2, 'u-turn': Math.PI } as const;
const TURN_TOLERANCE_RAD = (50 * Math.PI) / 180;

function targetOf(arms: readonly Arm[], from: Arm, manoeuvre: Manoeuvre): Arm | null {
  if (manoeuvre === 'u-turn') return from;
  let best: Arm | null = null;
  let bestRad = TURN_TOLERANCE_RAD;
  for (const to of arms) {
    if (to === from) continue;
    const off = Math.abs(turnRad(from, to) - aimRad[manoeuvre]);
    if (off < bestRad) [best, bestRad] = [to, off];
  }
  return best;
}

function placeStopLines(arms: readonly Arm[]): void {
  for (const arm of arms) {
    let sideM = 8;
    for (const other of arms) {
      const sine = Math.abs(Math.sin(turnRad(arm, other)));
      if (other === arm || sine < 0.5) continue;
      sideM = Math.max(sideM, Math.max(other.approachWidthM, other.exitWidthM) / sine);
    }
    const { crossing } = arm.spec;
    const nearM = sideM + (crossing ? SET_BACK.crossingM : SET_BACK.bareM);
    arm.crossingM = nearM + WIDTH.crossingM / 2;
    arm.stopM = crossing ? nearM + WIDTH.crossingM + SET_BACK.stopLineM : nearM;
  }
}

/** Collects the rows while the road is built. */
class RoadBuilder {
  readonly nodes: Mutable<'nodes'> = [];
  readonly links: Mutable<'links'> = [];
  readonly lanes: Mutable<'lanes'> = [];
  readonly movements: Mutable<'movements'> = [];
  readonly crossings: Mutable<'crossings'> = [];
  readonly zones: Mutable<'zones'> = [];
  readonly groups: Group[] = [];
  readonly stages: Mutable<'stages'> = [];
  readonly signs: Mutable<'signs'> = [];

  lane(id: string): Row<'lanes'> {
    return this.lanes.find((lane) => (lane.id as string) === id)!;
  }
}

const centreRightM = (index: number, laneM: number): number =>
  WIDTH.medianM + (index + 0.5) * laneM;
const nonMotorRightM = (lanes: number, laneM: number): number =>
  WIDTH.medianM + lanes * laneM + WIDTH.kerbM + WIDTH.nonMotorM / 2;

const inId = (arm: Arm): string => `${arm.id}-in`;

interface LaneDraft {
  readonly linkId: string;
  readonly number: number;
  readonly kind: 'motor' | 'non-motor';
  readonly from: Plane;
  readonly to: Plane;
  readonly widthM: number;
  readonly uses: readonly Manoeuvre[];
}

function addLane(road: RoadBuilder, draft: LaneDraft): void {
  const classes =
    draft.kind === 'motor' ? motorClasses : (['bicycle', 'motorcycle'] as const);
  road.lanes.push({
    id: `${draft.linkId}-${draft.number}` as never,
    linkId: draft.linkId as never,
    number: draft.number,
    kind: draft.kind,
    widthM: draft.widthM,
    points: [roundPoint(draft.from), roundPoint(draft.to)],
    uses: [{ manoeuvres: draft.uses, classes, when: always }],
    speedLimits: [],
    level: 0,
  });
}

function addLink(
  road: RoadBuilder,
  facts: { id: string; name: string; upstream: NodeRef; downstream: NodeRef; widthM: number },
  ends: readonly [Plane, Plane],
  speedMps: number,
): void {
  road.links.push({
    ...facts,
    id: facts.id as never,
    points: ends.map(roundPoint),
    speedLimits: [{ kind: 'max', speedMps, when: always }],
  });
}

/** The approach: from the neighbour (or the joined junction's exit) to the stop line. */
function addApproach(road: RoadBuilder, junction: JunctionSpec, arm: Arm, startM: number): void {
  const { spec } = arm;
  const id = inId(arm);
  const widthM = arm.approachWidthM - WIDTH.medianM;
  const middleM = WIDTH.medianM + widthM / 2;
  addLink(
    road,
    { id, name: id, upstream: spec.neighbour, downstream: junction.node, widthM },
    [arm.at(startM, middleM), arm.at(arm.stopM, middleM)],
    spec.speedLimitMps,
  );
  const laneEnds = (rightM: number): { from: Plane; to: Plane } => ({
    from: arm.at(startM, rightM), to: arm.at(arm.stopM, rightM),
  });
  spec.lanes.forEach((lane, index) => {
    addLane(road, {
      linkId: id, number: index + 1, kind: 'motor', widthM: WIDTH.motorM, uses: lane.uses,
      ...laneEnds(centreRightM(index, WIDTH.motorM)),
    });
  });
  if (spec.nonMotorLane) {
    addLane(road, {
      linkId: id, number: spec.lanes.length + 1, kind: 'non-motor', widthM: WIDTH.nonMotorM,
      uses: ['straight', 'right'],
      ...laneEnds(nonMotorRightM(spec.lanes.length, WIDTH.motorM)),
    });
  }
}

/** The exit towards the neighbour. */
function addExit(road: RoadBuilder, junction: JunctionSpec, arm: Arm): void {
  const { spec } = arm;
  const id = `${arm.id}-out`;
  const widthM = arm.exitWidthM - WIDTH.medianM;
  const middleM = WIDTH.medianM + widthM / 2;
  addLink(
    road,
    { id, name: id, upstream: junction.node, downstream: spec.neighbour, widthM },
    [arm.at(arm.stopM, -middleM), arm.at(spec.lengthM, -middleM)],
    spec.speedLimitMps,
  );
  const ends = (rightM: number): { from: Plane; to: Plane } => ({
    from: arm.at(arm.stopM, -rightM), to: arm.at(spec.lengthM, -rightM),
  });
  for (let index = 0; index < spec.exitLanes; index++) {
    addLane(road, {
      linkId: id, number: index + 1, kind: 'motor', widthM: WIDTH.exitM, uses: ['straight'],
      ...ends(centreRightM(index, WIDTH.exitM)),
    });
  }
  if (spec.nonMotorLane) {
    addLane(road, {
      linkId: id, number: spec.exitLanes + 1, kind: 'non-motor', widthM: WIDTH.nonMotorM,
      uses: ['straight'], ...ends(nonMotorRightM(spec.exitLanes, WIDTH.exitM)),
    });
  }
}

/** Where the ways of a junction lead: link and number of motor lanes beyond an arm. */
interface Exit {
  readonly linkId: string;
  readonly motorLanes: number;
  readonly nonMotorLane: boolean;
}

/** Which exit lane the k-th of the lanes with one manoeuvre leads to, counted from 0. */
function exitLaneOf(
  manoeuvre: Manoeuvre, k: number, count: number, exits: number, first: number,
): number {
  if (manoeuvre === 'left') return Math.min(k, exits - 1);
  if (manoeuvre === 'u-turn') return exits - 1;
  if (manoeuvre === 'right') return Math.max(0, exits - count + k);
  // Straight lanes keep their order; they shift as little to the side as the exit allows.
  const shift = Math.max(0, Math.min(first, exits - count));
  return Math.min(shift + k, exits - 1);
}

const groupName = (arm: Arm, kind: string): string => `${kind}-${arm.id}`;

function signalGroupOf(junction: JunctionSpec, arm: Arm, manoeuvre: Manoeuvre): string | null {
  if (junction.controllerId === null) return null;
  if (manoeuvre === 'right') return arm.spec.rightArrow ? groupName(arm, 'right') : null;
  return groupName(arm, manoeuvre === 'straight' ? 'straight' : 'left');
}

/** Metres that a left turn keeps straight on first: it waits there, clear of those who oncome. */
const LEFT_STRAIGHT_M = 9;

function addMotorMovements(
  road: RoadBuilder, junction: JunctionSpec, arms: readonly Arm[], exits: ReadonlyMap<Arm, Exit>,
): void {
  for (const arm of arms) {
    for (const manoeuvre of ['left', 'straight', 'right', 'u-turn'] as const) {
      const to = targetOf(arms, arm, manoeuvre);
      const exit = to ? exits.get(to) : undefined;
      if (!to || !exit) continue;
      const lanes = arm.spec.lanes.flatMap((lane, index) =>
        (lane.uses.includes(manoeuvre) ? [index] : []));
      lanes.forEach((laneIndex, k) => {
        const target = exitLaneOf(manoeuvre, k, lanes.length, exit.motorLanes, laneIndex);
        const fromLane = road.lane(`${inId(arm)}-${laneIndex + 1}`);
        const toLane = road.lane(`${exit.linkId}-${target + 1}`);
        const straightM = manoeuvre === 'left' ? LEFT_STRAIGHT_M : 0;
        road.movements.push({
          id: `${arm.id}-${laneIndex + 1}-${manoeuvre}` as never,
          fromLane: fromLane.id,
          toLink: exit.linkId as never,
          toLane: toLane.id,
          manoeuvre,
          signalGroup: signalGroupOf(junction, arm, manoeuvre) as never,
          points: pathBetween(fromLane.points, toLane.points, straightM),
          waitingArea: null,
        });
      });
    }
  }
}

function addNonMotorMovements(
  road: RoadBuilder, junction: JunctionSpec, arms: readonly Arm[], exits: ReadonlyMap<Arm, Exit>,
): void {
  for (const arm of arms) {
    if (!arm.spec.nonMotorLane) continue;
    for (const manoeuvre of ['straight', 'right'] as const) {
      const to = targetOf(arms, arm, manoeuvre);
      const exit = to ? exits.get(to) : undefined;
      if (!exit?.nonMotorLane) continue;
      const fromLane = road.lane(`${inId(arm)}-${arm.spec.lanes.length + 1}`);
      const toLane = road.lane(`${exit.linkId}-${exit.motorLanes + 1}`);
      const lamps = junction.controllerId !== null && manoeuvre === 'straight';
      road.movements.push({
        id: `${arm.id}-bike-${manoeuvre}` as never,
        fromLane: fromLane.id,
        toLink: exit.linkId as never,
        toLane: toLane.id,
        manoeuvre,
        signalGroup: (lamps ? groupName(arm, 'bike') : null) as never,
        points: pathBetween(fromLane.points, toLane.points, 0),
        waitingArea: null,
      });
    }
  }
}

/** Crossing and waiting area take the numbers after the lanes. */
function addCrossingsAndWaitingAreas(
  road: RoadBuilder, junction: JunctionSpec, arms: readonly Arm[],
): void {
  for (const arm of arms) {
    const { spec } = arm;
    const lamps = junction.controllerId !== null;
    let number = spec.lanes.length + (spec.nonMotorLane ? 1 : 0);
    if (spec.crossing) {
      number++;
      road.crossings.push({
        id: `${arm.id}-crossing` as never,
        linkId: inId(arm) as never,
        number,
        points: [
          arm.at(arm.crossingM, -arm.exitWidthM), arm.at(arm.crossingM, arm.approachWidthM),
        ].map(roundPoint),
        widthM: WIDTH.crossingM,
        signalGroup: (lamps ? groupName(arm, 'ped') : null) as never,
      });
    }
    if (spec.waitingAreaM === null || !lamps) continue;
    const index = road.movements.findIndex(
      (movement) => movement.manoeuvre === 'left' && movement.fromLane.startsWith(`${inId(arm)}-`),
    );
    const movement = road.movements[index];
    if (!movement) continue;
    number++;
    const laneId = `${inId(arm)}-${number}` as never;
    road.lanes.push({
      id: laneId,
      linkId: inId(arm) as never,
      number,
      kind: 'waiting-area',
      widthM: WIDTH.motorM,
      points: wayAlong(movement.points, spec.waitingAreaM),
      uses: [{ manoeuvres: ['left'], classes: motorClasses, when: always }],
      speedLimits: [],
      level: 0,
    });
    road.movements[index] = {
      ...movement, waitingArea: { laneId, signalGroup: groupName(arm, 'wait') as never },
    };
  }
}

const timesOf = {
  straight: { minGreenS: 10, yellowS: 3, hasFlashingGreen: true },
  left: { minGreenS: 8, yellowS: 3, hasFlashingGreen: false },
  right: { minGreenS: 8, yellowS: 3, hasFlashingGreen: false },
  bike: { minGreenS: 10, yellowS: 3, hasFlashingGreen: true },
  ped: { minGreenS: 12, yellowS: 0, hasFlashingGreen: true },
  wait: { minGreenS: 8, yellowS: 3, hasFlashingGreen: false },
} as const;
type GroupKind = keyof typeof timesOf;

function lampTypeOf(kind: GroupKind, arm: Arm): Group['lampType'] {
  if (kind === 'straight') return arm.spec.rightArrow ? 'arrow-straight' : 'vehicle';
  const types = {
    left: 'arrow-left',
    right: 'arrow-right',
    bike: 'non-motor',
    ped: 'pedestrian',
    wait: 'waiting-area',
  } as const;
  return types[kind];
}

/** One group for each set of lamps that some way needs; phases come later. */
function addGroups(road: RoadBuilder, junction: JunctionSpec, arms: readonly Arm[]): void {
  const used = new Set<string>();
  for (const movement of road.movements) {
    if (movement.signalGroup) used.add(movement.signalGroup);
    if (movement.waitingArea) used.add(movement.waitingArea.signalGroup);
  }
  for (const crossing of road.crossings) if (crossing.signalGroup) used.add(crossing.signalGroup);
  const counts = new Map<string, number>();
  const lampGroup = (kind: GroupKind): string => {
    const banks = { bike: 'overlap:', ped: 'pedestrian:' } as Readonly<Record<string, string>>;
    const bank = junction.lampNames === 'numbers' ? '' : banks[kind] ?? 'phase:';
    const number = (counts.get(bank) ?? 0) + 1;
    counts.set(bank, number);
    return `${bank}${number}`;
  };
  for (const kind of ['straight', 'left', 'right', 'wait', 'bike', 'ped'] as const) {
    for (const arm of arms) {
      const id = groupName(arm, kind);
      if (!used.has(id)) continue;
      road.groups.push({
        id: id as never,
        node: junction.node,
        controllerId: junction.controllerId as never,
        lampGroup: lampGroup(kind) as never,
        lampType: lampTypeOf(kind, arm),
        phase: 1,
        ...timesOf[kind],
        hasRedYellow: false,
        mayGoDark: false,
        permissive: kind === 'right',
      });
    }
  }
}

const WALK_STAGE_S = 20;

const pairKey = (a: string, b: string): string => (a < b ? `${a}|${b}` : `${b}|${a}`);

/** A right arrow yields to those on foot or cycle beside it; all other meetings exclude. */
function isYielding(meeting: GroupMeeting, arms: readonly Arm[]): boolean {
  const ids = [meeting.first as string, meeting.second as string];
  for (const arm of arms) {
    const other = ids.find((id) => id !== groupName(arm, 'right'));
    if (!ids.includes(groupName(arm, 'right')) || other === undefined) continue;
    const beyond = targetOf(arms, arm, 'right');
    const walkers = beyond === null ? null : groupName(beyond, 'ped');
    return other === groupName(arm, 'bike') || other === walkers;
  }
  return false;
}

/** Arms that face one another share an axis; an arm alone has an axis of its own. */
function axesOf(arms: readonly Arm[]): readonly (readonly Arm[])[] {
  const axes: Arm[][] = [];
  const taken = new Set<Arm>();
  for (const arm of arms) {
    if (taken.has(arm)) continue;
    const opposite = targetOf(arms, arm, 'straight');
    const axis = opposite && !taken.has(opposite) ? [arm, opposite] : [arm];
    for (const member of axis) taken.add(member);
    axes.push(axis);
  }
  return axes;
}

/** The stages: by axis first straight (with cycles, waiting areas and walkers), then left. */
function addStages(
  road: RoadBuilder, junction: JunctionSpec, arms: readonly Arm[], excluded: ReadonlySet<string>,
): void {
  const ids = new Set(road.groups.map((group) => group.id as string));
  const fits = (green: readonly string[], id: string): boolean =>
    green.every((other) => !excluded.has(pairKey(other, id)));
  axesOf(arms).forEach((axis, index) => {
    const times = junction.greenS[Math.min(index, junction.greenS.length - 1)]!;
    const parts: readonly (readonly [readonly GroupKind[], number])[] =
      axis.length === 1
        ? [[['straight', 'left', 'right', 'bike', 'ped'], times.straight]]
        : [
          [['straight', 'bike', 'wait', 'ped', 'right'], times.straight],
          [['left', 'right'], times.left],
        ];
    for (const [kinds, greenS] of parts) {
      const green: string[] = [];
      for (const kind of kinds) {
        // Walkers and right arrows go wherever nothing green excludes them, on any arm.
        const from = kind === 'ped' || kind === 'right' ? arms : axis;
        // Walkers go wherever nothing green excludes them, on any arm.
        for (const arm of kind === 'ped' ? arms : axis) {
          const id = groupName(arm, kind);
          if (ids.has(id) && fits(green, id)) green.push(id);
        }
      }
      if (green.length === 0) continue;
      road.stages.push({ number: road.stages.length + 1, green: green as never, greenS });
    }
  });
}

/** Walkers whom no stage had room for get the first that has, or one of their own. */
function addForgottenWalkers(road: RoadBuilder, excluded: ReadonlySet<string>): void {
  const forgotten = road.groups.filter(
    (group) => group.lampType === 'pedestrian' && !road.stages.some((stage) =>
      stage.green.includes(group.id)));
  for (const group of forgotten) {
    const index = road.stages.findIndex((stage) =>
      stage.greenS >= group.minGreenS &&
      stage.green.every((other) => !excluded.has(pairKey(other, group.id))));
    const stage = road.stages[index];
    if (stage) road.stages[index] = { ...stage, green: [...stage.green, group.id] };
    else road.stages.push(
      { number: road.stages.length + 1, green: [group.id], greenS: WALK_STAGE_S },
    );
  }
}

/** Groups whose lamps are alike and always equal share a phase; only what faces one another. */
function assignPhases(road: RoadBuilder): void {
  const shares = (group: Group): boolean =>
    ['pedestrian', 'non-motor', 'waiting-area'].includes(group.lampType);
  const phases = new Map<string, number>();
  road.groups.forEach((group, index) => {
    const stages = road.stages.filter((stage) =>
      stage.green.includes(group.id)).map((stage) => stage.number);
    const key = shares(group) ? `${group.lampType}:${stages.join(',')}` : group.id;
    const phase = phases.get(key) ?? phases.size + 1;
    phases.set(key, phase);
    road.groups[index] = { ...group, phase };
  });
}

function conflictsOf(road: RoadBuilder, arms: readonly Arm[]): RoadFile['conflicts'] {
  const yellowS = new Map(road.groups.map((group) => [group.id, group.yellowS]));
  const conflicting: (readonly [GroupId, GroupId])[] = [];
  const yielding: (readonly [GroupId, GroupId])[] = [];
  const intergreens: { from: GroupId; to: GroupId; clearanceS: number }[] = [];
  for (const meeting of groupMeetings(fileOf(road))) {
    if (isYielding(meeting, arms)) {
      yielding.push([meeting.first, meeting.second]);
      continue;
    }
    conflicting.push([meeting.first, meeting.second]);
    const { first: from, second: to } = meeting;
    const there = meeting.meetings.map(({ first, second, at }) =>
      clearanceS(first, second, at, yellowS.get(from) ?? 0));
    const back = meeting.meetings.map(({ first, second, at }) =>
      clearanceS(
        second,
        first,
        { alongFirstM: at.alongSecondM, alongSecondM: at.alongFirstM },
        yellowS.get(to) ?? 0,
      ));
    intergreens.push({ from, to, clearanceS: Math.max(...there) });
    intergreens.push({ from: to, to: from, clearanceS: Math.max(...back) });
  }
  return { conflicting, yielding, intergreens };
}

const fileOf = (road: RoadBuilder): RoadFile => ({
  formatVersion: ROAD_FORMAT_VERSION,
  revision: 1,
  nodes: road.nodes,
  links: road.links,
  lanes: road.lanes,
  movements: road.movements,
  crossings: road.crossings,
  zones: road.zones,
  signalGroups: road.groups,
  ignoredLampGroups: [],
  conflicts: { conflicting: [], yielding: [], intergreens: [] },
  stages: road.stages,
  signs: road.signs,
  rsuAreas: [],
});

function addNodes(road: RoadBuilder, junction: JunctionSpec, arms: readonly Arm[]): void {
  const ring = [...arms].sort((a, b) => b.spec.bearingDeg - a.spec.bearingDeg);
  road.nodes.push({
    id: junction.node,
    name: junction.name,
    reference: roundPoint(junction.centre),
    controllerId: junction.controllerId as never,
    area: ring.flatMap((arm) =>
      [arm.at(arm.stopM, -arm.exitWidthM), arm.at(arm.stopM, arm.approachWidthM)].map(roundPoint)),
    level: 0,
  });
  for (const arm of arms) {
    if (arm.spec.joins) continue;
    road.nodes.push({
      id: arm.spec.neighbour,
      name: arm.spec.neighbourName,
      reference: roundPoint(arm.at(arm.spec.lengthM, 0)),
      controllerId: null,
      area: [],
      level: 0,
    });
  }
}

/** Farthest that the sensors of a generated site are trusted to cover an arm. */
const COVERAGE_M = 150;

function addZones(road: RoadBuilder, junction: JunctionSpec, arms: readonly Arm[]): void {
  const box = (arm: Arm, fromM: number, toM: number, rightM: readonly [number, number]) =>
    [
      arm.at(fromM, rightM[0]),
      arm.at(toM, rightM[0]),
      arm.at(toM, rightM[1]),
      arm.at(fromM, rightM[1]),
    ].map(roundPoint);
  const zone = (
    id: string, kind: 'coverage' | 'entry', outline: Row<'zones'>['outline'],
  ): void => {
    road.zones.push({ id: id as never, kind, outline, level: 0 });
  };
  const node = road.nodes.find((entry) => entry.id === junction.node)!;
  zone(`${junction.prefix}centre`, 'coverage', node.area);
  for (const arm of arms) {
    const half = [-arm.exitWidthM - 1, arm.approachWidthM + 1] as const;
    const lastM = Math.min(
      COVERAGE_M, arm.spec.lengthM - (arm.spec.joins ? arm.spec.lengthM / 2 : 0),
    );
    zone(`${arm.id}-arm`, 'coverage', box(arm, arm.stopM, lastM, half));
    if (!arm.spec.joins) {
      zone(`${arm.id}-entry`, 'entry', box(arm, arm.spec.lengthM - 15, arm.spec.lengthM + 1, half));
    }
    if (arm.spec.crossing) {
      const near = arm.crossingM - 3;
      const far = arm.crossingM + 3;
      zone(
        `${arm.id}-walk-left`,
        'entry',
        box(arm, near, far, [-arm.exitWidthM - 4, -arm.exitWidthM + 0.5]),
      );
      zone(
        `${arm.id}-walk-right`,
        'entry',
        box(arm, near, far, [arm.approachWidthM - 0.5, arm.approachWidthM + 4]),
      );
    }
  }
}

/** One outline around everything, with room for the pavement. */
function addArea(road: RoadBuilder): void {
  const all = [...road.lanes, ...road.crossings].flatMap((row) => row.points);
  const [west, east] = [
    Math.min(...all.map((p) => p[0])) - 10, Math.max(...all.map((p) => p[0])) + 10,
  ];
  const [south, north] = [
    Math.min(...all.map((p) => p[1])) - 10, Math.max(...all.map((p) => p[1])) + 10,
  ];
  const corners: Plane[] = [[west, south], [east, south], [east, north], [west, north]];
  road.zones.push(
    { id: 'area' as never, kind: 'area', outline: corners.map(roundPoint), level: 0 },
  );
}

function addSigns(road: RoadBuilder, junction: JunctionSpec, arms: readonly Arm[]): void {
  for (const arm of arms) {
    const link = inId(arm) as never;
    const path = road.links.find((entry) => entry.id === link)!.points;
    const sign = (kind: string, distanceM: number, description: string, priority: number): void => {
      road.signs.push({
        id: road.signs.length + 1,
        kind,
        point: roundPoint(arm.at(distanceM, arm.approachWidthM + 1)),
        linkIds: [link],
        path,
        radiusM: 10,
        description,
        priority,
      });
    };
    const startM = arm.spec.joins ? arm.spec.lengthM / 2 : arm.spec.lengthM;
    sign('speed-limit', startM - 20, String(Math.round(arm.spec.speedLimitMps * 3.6)), 3);
    if (arm.spec.crossing) sign('pedestrian-crossing', arm.stopM + 30, '', 4);
    if (junction.controllerId === null) sign('yield', arm.stopM + 2, '', 5);
  }
}

/** Whoever meets a yielding stream has no road to itself; groups of one phase say the same. */
function markPermissive(road: RoadBuilder, yielding: RoadFile['conflicts']['yielding']): void {
  const yields = new Set<string>(yielding.flat());
  const phases = new Set(road.groups.filter(({ id }) => yields.has(id)).map(({ phase }) => phase));
  road.groups.forEach((group, index) => {
    if (phases.has(group.phase)) road.groups[index] = { ...group, permissive: true };
  });
}

function addWays(road: RoadBuilder, spec: SiteSpec, measured: readonly (readonly Arm[])[]): void {
  const startOf = (arm: Arm): number => {
    const { joins, lengthM } = arm.spec;
    return joins ? lengthM - measured[joins.junction]![joins.arm]!.stopM : lengthM;
  };
  const exits = measured.map(() => new Map<Arm, Exit>());
  measured.forEach((arms, index) => {
    for (const arm of arms) addApproach(road, spec.junctions[index]!, arm, startOf(arm));
  });
  measured.forEach((arms, index) => {
    for (const arm of arms) {
      const { joins, exitLanes, nonMotorLane, lanes } = arm.spec;
      const beyond = joins ? measured[joins.junction]![joins.arm]! : null;
      if (!beyond) addExit(road, spec.junctions[index]!, arm);
      exits[index]!.set(arm, beyond
        ? {
          linkId: inId(beyond),
          motorLanes: beyond.spec.lanes.length,
          nonMotorLane: beyond.spec.nonMotorLane,
        }
        : {
          linkId: `${arm.id}-out`,
          motorLanes: exitLanes,
          nonMotorLane: nonMotorLane && lanes.length > 0,
        });
    }
  });
  measured.forEach((arms, index) => {
    const junction = spec.junctions[index]!;
    addMotorMovements(road, junction, arms, exits[index]!);
    addNonMotorMovements(road, junction, arms, exits[index]!);
    addCrossingsAndWaitingAreas(road, junction, arms);
  });
}

/**
 * Builds both files of a site. Right-hand traffic; distances in metres, angles as named.
 *
 * Lanes are numbered 1 from the left along travel; crossing and waiting area take the numbers
 * after the lanes. Matrix and clearance times follow from the geometry (`conflicts.ts`).
 */
export function generateSite(spec: SiteSpec): { readonly site: SiteFile; readonly road: RoadFile } {
  const road = new RoadBuilder();
  const measured = spec.junctions.map((junction) => {
    const arms = junction.arms.map((arm) => measureArm(junction, arm));
    placeStopLines(arms);
    return arms;
  });
  spec.junctions.forEach((junction, index) => addNodes(road, junction, measured[index]!));
  addWays(road, spec, measured);
  spec.junctions.forEach((junction, index) => {
    addZones(road, junction, measured[index]!);
    addSigns(road, junction, measured[index]!);
    if (junction.controllerId !== null) addGroups(road, junction, measured[index]!);
  });
  addArea(road);
  const lit = spec.junctions.findIndex((junction) => junction.controllerId !== null);
  const lights = spec.junctions.filter((junction) => junction.controllerId !== null).length;
  assert(lights <= 1, 'the stages of road.json are one list: one junction with lamps at most');
  const conflicts = lit < 0 ? fileOf(road).conflicts : conflictsOf(road, measured[lit]!);
  if (lit >= 0) {
    const excluded = new Set(conflicts.conflicting.map(([a, b]) => pairKey(a, b)));
    addStages(road, spec.junctions[lit]!, measured[lit]!, excluded);
    addForgottenWalkers(road, excluded);
    assignPhases(road);
    markPermissive(road, conflicts.yielding);
  }
  const nodes = spec.junctions.map((junction) => junction.node);
  const rsuAreas = spec.site.rsus.map((rsu) => ({ rsuId: rsu.id, nodes }));
  const file: RoadFile = { ...fileOf(road), conflicts, rsuAreas };
  return { site: spec.finish ? spec.finish(spec.site, file) : spec.site, road: file };
}
