/** The safety part of road.json: groups, phases, times, matrix, intergreens, stages (F88). */
import { pointOnLine } from '../src/base/geometry.ts';
import { keyOf } from './check-road.ts';
import { groupMeetings } from './conflicts.ts';
import type { GroupMeeting } from './conflicts.ts';
import { pairText } from './problem.ts';
import type { Report } from './problem.ts';
import type { RoadFile } from './road.ts';

const FILE = 'road.json';
const NONE = { en: 'none', zh: '无' };
/** Shortest yellow that the gate accepts. Source: safety rule R8. */
const MIN_YELLOW_S = 2.7;

type Group = RoadFile['signalGroups'][number];
const pairKey = (a: string, b: string): string => (a < b ? `${a}|${b}` : `${b}|${a}`);

const hasYellow = (group: Group): boolean =>
  [
    'vehicle', 'non-motor', 'lane', 'waiting-area',
  ].includes(group.lampType) || group.lampType.startsWith('arrow-');

function checkGroups(road: RoadFile, report: Report): void {
  const nodes = new Map(road.nodes.map((node) => [keyOf(node.id), node]));
  const lampGroups = new Map<string, string>();
  const used = new Set<string>([
    ...road.movements.flatMap((movement) =>
      [movement.signalGroup ?? '', movement.waitingArea?.signalGroup ?? '']),
    ...road.crossings.map((crossing) => crossing.signalGroup ?? ''),
  ]);
  road.signalGroups.forEach((group, index) => {
    const path = `signalGroups[${index}]`;
    const node = nodes.get(keyOf(group.node));
    const sameNumber = road.nodes.find((entry) => entry.id.id === group.node.id);
    if (!node && sameNumber) {
      report.error(
        FILE,
        `${path}.node`,
        'node_mismatch',
        { expected: keyOf(sameNumber.id), got: keyOf(group.node) },
      );
    } else if (!node) {
      report.error(
        FILE, `${path}.node`, 'reference_unknown', { expected: 'nodes', got: keyOf(group.node) },
      );
    } else if (node.controllerId !== group.controllerId) {
      report.error(
        FILE,
        `${path}.controllerId`,
        'controller_mismatch',
        { expected: node.controllerId ?? NONE, got: group.controllerId },
      );
    }
    const lamp = `${group.controllerId} ${group.lampGroup}`;
    const before = lampGroups.get(lamp);
    if (before === undefined) lampGroups.set(lamp, group.id);
    else report.error(
      FILE, `${path}.lampGroup`, 'lamp_group_twice', { expected: before, got: group.lampGroup },
    );
    if (hasYellow(group) && group.yellowS < MIN_YELLOW_S) {
      report.error(
        FILE, `${path}.yellowS`, 'yellow_short', { expected: MIN_YELLOW_S, got: group.yellowS },
      );
    }
    if (group.minGreenS <= 0) report.error(
      FILE, `${path}.minGreenS`, 'green_zero', { got: group.minGreenS },
    );
    if (!used.has(group.id)) report.error(FILE, path, 'group_unused', { got: group.id });
  });
  road.ignoredLampGroups.forEach(({ controllerId, lampGroup }, index) => {
    const before = lampGroups.get(`${controllerId} ${lampGroup}`);
    if (before === undefined) return;
    report.error(
      FILE, `ignoredLampGroups[${index}]`, 'lamp_group_twice', { expected: before, got: lampGroup },
    );
  });
}

/** Whoever may go at any time where others have lamps: lawful for a right turn alone. */
function checkUnlamped(road: RoadFile, report: Report): void {
  const lamped = new Set(road.signalGroups.map(({ node }) => keyOf(node)));
  const links = new Map(road.links.map((link) => [link.id, keyOf(link.downstream)]));
  const lanes = new Map(road.lanes.map((lane) => [lane.id, links.get(lane.linkId)]));
  const at = (node: string | undefined): boolean => node !== undefined && lamped.has(node);
  road.movements.forEach(({ id, fromLane, signalGroup, manoeuvre }, index) => {
    if (signalGroup !== null || manoeuvre === 'right' || !at(lanes.get(fromLane))) return;
    report.warn(FILE, `movements[${index}].signalGroup`, 'unlamped', { got: id });
  });
  road.crossings.forEach(({ id, linkId, signalGroup }, index) => {
    if (signalGroup !== null || !at(links.get(linkId))) return;
    report.warn(FILE, `crossings[${index}].signalGroup`, 'unlamped', { got: id });
  });
}

const equalFields = [
  'lampType', 'hasFlashingGreen', 'hasRedYellow', 'mayGoDark', 'minGreenS', 'yellowS', 'permissive',
] as const;

function checkPhases(road: RoadFile, excluded: ReadonlySet<string>, report: Report): void {
  const firsts = new Map<string, Group>();
  road.signalGroups.forEach((group, index) => {
    const path = `signalGroups[${index}].phase`;
    const key = `${keyOf(group.node)} ${group.phase}`;
    const first = firsts.get(key);
    if (!first) {
      firsts.set(key, group);
      return;
    }
    const facts = { phase: group.phase, expected: first.id };
    const different = equalFields.filter((field) => group[field] !== first[field]);
    if (different.length > 0) report.error(
      FILE, path, 'phase_shared', { ...facts, got: different.join(', ') },
    );
    const conflict = excluded.has(pairKey(first.id, group.id));
    if (conflict) report.error(FILE, path, 'phase_conflict', facts);
    for (const [k, stage] of road.stages.entries()) {
      const has = [first.id, group.id].filter((id) => stage.green.includes(id));
      if (has.length !== 1) continue;
      const missing = has[0] === first.id ? group.id : first.id;
      report.error(
        FILE, `stages[${k}].green`, 'stage_unequal', { expected: missing, got: has[0]! },
      );
    }
  });
}

/** Pairs of both lists, each once; gives the excluding ones. */
function checkPairs(road: RoadFile, groups: ReadonlyMap<string, Group>, report: Report): {
  readonly excluded: ReadonlySet<string>;
  readonly listed: ReadonlySet<string>;
} {
  const places = new Map<string, string>();
  const excluded = new Set<string>();
  for (const list of ['conflicting', 'yielding'] as const) {
    road.conflicts[list].forEach(([a, b], index) => {
      const path = `conflicts.${list}[${index}]`;
      [a, b].forEach((id, k) => {
        if (groups.has(id)) return;
        report.error(
          FILE, `${path}[${k}]`, 'reference_unknown', { expected: 'signalGroups', got: id },
        );
      });
      if (a === b) {
        report.error(FILE, path, 'pair_self', { got: a });
        return;
      }
      const key = pairKey(a, b);
      const before = places.get(key);
      if (before !== undefined) report.error(
        FILE, path, 'pair_twice', { expected: before, got: pairText(a, b) },
      );
      else places.set(key, path);
      if (list === 'conflicting') excluded.add(key);
      const [first, second] = [groups.get(a), groups.get(b)];
      if (!first || !second) return;
      if (keyOf(first.node) !== keyOf(second.node)) report.error(
        FILE, path, 'pair_nodes', { got: pairText(a, b) },
      );
      // A protected green claims the road for itself: nobody may cross it, even yielding.
      if (list === 'yielding' && !(first.permissive && second.permissive)) {
        report.error(FILE, path, 'pair_not_permissive', { got: pairText(a, b) });
      }
    });
  }
  return { excluded, listed: new Set(places.keys()) };
}

/** F88: whoever crosses on the ground must be in one of the lists. */
function checkGeometry(
  meetings: readonly GroupMeeting[], listed: ReadonlySet<string>, report: Report,
): void {
  for (const { first, second, meetings: [meeting] } of meetings) {
    if (listed.has(pairKey(first, second)) || !meeting) continue;
    const { x, y } = pointOnLine(meeting.first.points, meeting.at.alongFirstM);
    const place = `${x.toFixed(1)}, ${y.toFixed(1)}`;
    report.error(
      FILE, 'conflicts', 'pair_missing', { expected: place, got: pairText(first, second) },
    );
  }
}

function checkIntergreens(
  road: RoadFile, groups: ReadonlyMap<string, Group>, excluded: ReadonlySet<string>, report: Report,
): void {
  const places = new Map<string, string>();
  road.conflicts.intergreens.forEach(({ from, to }, index) => {
    const path = `conflicts.intergreens[${index}]`;
    for (const [end, id] of [['from', from], ['to', to]] as const) {
      if (!groups.has(id)) report.error(
        FILE, `${path}.${end}`, 'reference_unknown', { expected: 'signalGroups', got: id },
      );
    }
    const way = `${from} → ${to}`;
    const before = places.get(way);
    if (before !== undefined) report.error(
      FILE, path, 'intergreen_twice', { expected: before, got: way },
    );
    else places.set(way, path);
    if (groups.has(from) && groups.has(to) && !excluded.has(pairKey(from, to))) {
      report.warn(FILE, path, 'intergreen_stray', { got: pairText(from, to) });
    }
  });
  road.conflicts.conflicting.forEach(([a, b], index) => {
    if (!groups.has(a) || !groups.has(b) || a === b) return;
    for (const way of [`${a} → ${b}`, `${b} → ${a}`]) {
      if (!places.has(way)) report.error(
        FILE, `conflicts.conflicting[${index}]`, 'intergreen_missing', { got: way },
      );
    }
  });
}

function checkStages(
  road: RoadFile,
  groups: ReadonlyMap<string, Group>,
  excluded: ReadonlySet<string>,
  report: Report,
): void {
  const ever = new Set(road.stages.flatMap((stage) => stage.green));
  road.stages.forEach((stage, index) => {
    const path = `stages[${index}]`;
    stage.green.forEach((id, k) => {
      const group = groups.get(id);
      if (!group) {
        report.error(
          FILE, `${path}.green[${k}]`, 'reference_unknown', { expected: 'signalGroups', got: id },
        );
        return;
      }
      for (const other of stage.green.slice(k + 1)) {
        if (excluded.has(pairKey(id, other))) report.error(
          FILE, `${path}.green`, 'stage_conflict', { got: pairText(id, other) },
        );
      }
      const greenS = runOf(road.stages, index, id);
      if (greenS < group.minGreenS) {
        report.error(FILE, `${path}.greenS`, 'stage_short', { expected: group.minGreenS, got: id });
      }
    });
  });
  if (road.stages.length === 0) return;
  const lit = new Set(road.stages.flatMap((stage) =>
    stage.green.map((id) => keyOf(groups.get(id)?.node ?? { region: -1, id: -1 }))));
  road.signalGroups.forEach((group, index) => {
    if (!ever.has(group.id) && lit.has(keyOf(group.node))) {
      report.error(FILE, `signalGroups[${index}]`, 'stage_never', { got: group.id });
    }
  });
}

/** Green seconds of a group over the neighbouring stages that it stays green in. */
function runOf(stages: RoadFile['stages'], index: number, id: string): number {
  const has = (k: number): boolean => stages[k]!.green.some((green) => green === id);
  let sumS = stages[index]!.greenS;
  for (const step of [1, -1]) {
    for (let n = 1; n < stages.length; n++) {
      const k = (index + step * n + stages.length * n) % stages.length;
      if (!has(k)) break;
      sumS += stages[k]!.greenS;
    }
  }
  return sumS;
}

/** Every problem of lamps, phases, matrix, clearance times and stages. */
export function checkSignals(road: RoadFile, report: Report): void {
  const groups = new Map<string, Group>(road.signalGroups.map((group) => [group.id, group]));
  checkGroups(road, report);
  checkUnlamped(road, report);
  const { excluded, listed } = checkPairs(road, groups, report);
  checkPhases(road, excluded, report);
  checkGeometry(groupMeetings(road), listed, report);
  checkIntergreens(road, groups, excluded, report);
  checkStages(road, groups, excluded, report);
}
