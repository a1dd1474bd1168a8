/**
 * The walk around the junction, pure: what is asked, and what the answers prove. A group is
 * confirmed when an engineer saw its lamp go through one whole cycle together with the box.
 */
import type { WitnessColour } from './base/evidence.ts';
import { filledText } from './base/text.ts';
import type { Text } from './base/text.ts';
import { commissionTexts as texts } from './base/texts/commission.ts';
import type { CommissionRecord, GroupRecord, MatrixRecord, SeenLamp } from './commission.ts';
import { COMMISSION_FORMAT } from './commission.ts';
import type { LampChange } from './lamplog.ts';
import { nodeKey } from './model/ids.ts';
import type { Road, RoadLink, SignalGroup } from './model/road.ts';

/** One lamp group as the engineer is asked for it. */
export interface WalkGroup {
  readonly id: string;
  readonly lampGroup: string;
  /** The same for pairs of the matrix: `controller:lampGroup` where there are several controllers. */
  readonly matrixName: string;
  readonly arm: string | null;
  readonly lamp: Text;
  readonly phase: number;
  readonly moves: readonly Text[];
  /** Groups of the node that always show the same: only the cabinet tells them apart. */
  readonly twins: readonly string[];
  /** Flashes always; no cycle to be seen. */
  readonly isWarning: boolean;
  /** Dark stands for red. */
  readonly mayGoDark: boolean;
}

/** One arm: a link that leads to a node with lamps. */
export interface WalkArm {
  readonly id: string;
  readonly name: Text;
  /** Groups that govern somebody on it. */
  readonly groups: readonly string[];
}

/** Everything that a walk asks. */
export interface Walk {
  readonly site: string;
  readonly box: string;
  readonly mode: string;
  readonly safetyHash: string;
  readonly arms: readonly WalkArm[];
  /** In walking order: arm by arm. */
  readonly groups: readonly WalkGroup[];
  readonly conflicts: readonly (readonly [string, string])[];
  readonly ignored: readonly { readonly lampGroup: string; readonly reason: string }[];
}

const words = (list: readonly Text[]): Text => ({
  en: list.map(({ en }) => en).join(', '), zh: list.map(({ zh }) => zh).join('、'),
});

const textOf = (key: string): Text => texts[key as keyof typeof texts];

/** Groups that govern somebody on a link, in the order of the road file. */
function groupsOn(road: Road, link: RoadLink): readonly string[] {
  const lanes = new Set<string>(
    road.lanes.filter(({ linkId }) => linkId === link.id).map(({ id }) => id));
  const found = new Set<string | null>();
  for (const { fromLane, signalGroup, waitingArea } of road.movements) {
    if (!lanes.has(fromLane)) continue;
    found.add(signalGroup);
    found.add(waitingArea?.signalGroup ?? null);
  }
  for (const { linkId, signalGroup } of road.crossings) if (linkId === link.id) found.add(signalGroup);
  return road.signalGroups.map(({ id }) => id as string).filter((id) => found.has(id));
}

/** Where an arm comes from as seen from its node, of eight winds. */
function windOf(road: Road, link: RoadLink): Text {
  const node = road.nodes.find(({ id }) => nodeKey(id) === nodeKey(link.downstream));
  const [east, north] = link.points[0] ?? [0, 0];
  const [nodeEast, nodeNorth] = node?.reference ?? [0, 0];
  const turn = Math.round((4 * Math.atan2(north - nodeNorth, east - nodeEast)) / Math.PI);
  return textOf(`wind_${(turn + 8) % 8}`);
}

function armsOf(road: Road): WalkArm[] {
  return road.links.flatMap((link) => {
    const node = road.nodes.find(({ id }) => nodeKey(id) === nodeKey(link.downstream));
    if (!node || node.controllerId === null) return [];
    const way = windOf(road, link);
    const name = filledText(texts.arm, { way, name: link.name, node: nodeKey(node.id) });
    return [{ id: link.id, name, groups: groupsOn(road, link) }];
  });
}

/** Whom a group governs, in words. */
function movesOf(road: Road, group: SignalGroup): readonly Text[] {
  const number = (lane: string): number => road.lanes.find(({ id }) => id === lane)?.number ?? 0;
  const lanes = new Map<string, Set<number>>();
  const add = (key: string, lane: string): void => {
    lanes.set(key, (lanes.get(key) ?? new Set()).add(number(lane)));
  };
  for (const { fromLane, manoeuvre, signalGroup, waitingArea } of road.movements) {
    if (signalGroup === group.id) add(manoeuvre, fromLane);
    if (waitingArea?.signalGroup === group.id) add('', fromLane);
  }
  const found = [...lanes].map(([key, numbers]) => {
    const values = { lanes: [...numbers].sort((a, b) => a - b).join(', ') };
    if (key === '') return filledText(texts.move_waiting, values);
    return filledText(texts.move, { ...values, way: textOf(`way_${key}`) });
  });
  if (road.crossings.some(({ signalGroup }) => signalGroup === group.id)) found.push(texts.move_walk);
  return found.length > 0 ? found : [texts.move_none];
}

/** Groups of the same node that are green in just the same stages; all of it without a plan. */
function twinsOf(road: Road, group: SignalGroup): readonly string[] {
  const sign = (id: string): string =>
    road.stages.map(({ green }) => Number(green.some((one) => one === id))).join('');
  return road.signalGroups
    .filter(({ id, node }) => id !== group.id && nodeKey(node) === nodeKey(group.node)
      && sign(id) === sign(group.id))
    .map(({ id }) => id);
}

/** What a walk of this site asks. */
export function walkOf(site: {
  readonly id: string; readonly box: string; readonly mode: string;
  readonly safetyHash: string; readonly road: Road;
}): Walk {
  const { road, id, box, mode, safetyHash } = site;
  const arms = armsOf(road);
  const several = new Set(road.signalGroups.map(({ controllerId }) => controllerId)).size > 1;
  const groups = road.signalGroups.map((group): WalkGroup => ({
    id: group.id, lampGroup: group.lampGroup, phase: group.phase, mayGoDark: group.mayGoDark,
    matrixName: several ? `${group.controllerId}:${group.lampGroup}` : group.lampGroup,
    arm: arms.find((arm) => arm.groups.includes(group.id))?.id ?? null,
    lamp: textOf(`lamp_${group.lampType}`), moves: movesOf(road, group),
    twins: twinsOf(road, group), isWarning: group.lampType === 'flashing-warning',
  }));
  const place = ({ arm }: WalkGroup): number => {
    const index = arms.findIndex((one) => one.id === arm);
    return index < 0 ? arms.length : index;
  };
  return {
    site: id, box, mode, safetyHash, arms,
    groups: [...groups].sort((a, b) => place(a) - place(b)),
    conflicts: road.conflicts.conflicting,
    ignored: road.ignoredLampGroups.map(({ lampGroup, reason }) => ({ lampGroup, reason })),
  };
}

/** A lamp and its answer may be this far apart: a look, a key, a network. */
export const TOLERANCE_MS = 2000;
const SEEN_MAX = 16;
const REFUSALS_MAX = 16;

/** How an answer stands to what the box saw. */
export interface Judged {
  readonly verdict: 'agrees' | 'differs' | 'unknown';
  /** What the box saw at that instant. */
  readonly shown: WitnessColour;
  /** When the box saw the lamp change to this; null where it showed it before already. */
  readonly onsetMs: number | null;
}

/** Holds one answer against the box's own log; to be asked `TOLERANCE_MS` after the answer. */
export function judgeLamp(
  changes: readonly LampChange[], lamp: WitnessColour, atMs: number,
): Judged {
  const before = changes.filter((change) => change.atMs <= atMs - TOLERANCE_MS).at(-1);
  const within = changes.filter(
    (change) => change.atMs > atMs - TOLERANCE_MS && change.atMs <= atMs + TOLERANCE_MS);
  const shown = changes.filter((change) => change.atMs <= atMs).at(-1)?.lamp ?? 'unknown';
  const onset = within.find((change, index) => {
    const last = within[index - 1] ?? before;
    return change.lamp === lamp && last !== undefined && last.lamp !== 'unknown';
  });
  const lamps = [before?.lamp ?? 'unknown', ...within.map((change) => change.lamp)];
  const agrees = lamp !== 'unknown' && lamps.includes(lamp);
  const verdict = agrees ? 'agrees' : lamps.includes('unknown') ? 'unknown' : 'differs';
  return { verdict, shown, onsetMs: onset?.atMs ?? null };
}

/** What is known of one group so far. */
export interface GroupPart {
  readonly confirmed: boolean;
  readonly cabinet: string | null;
  readonly seen: readonly (SeenLamp & { readonly onsetMs: number | null })[];
  readonly refusals: readonly SeenLamp[];
}

/** A half-done walk, as it is kept. */
export interface WalkPart {
  readonly formatVersion: typeof COMMISSION_FORMAT;
  readonly site: string;
  readonly box: string;
  readonly safetyHash: string;
  readonly person: string;
  readonly begunUtcMs: number;
  readonly groups: Readonly<Record<string, GroupPart>>;
  readonly arms: Readonly<Record<string, number>>;
  readonly ignored: boolean;
  readonly matrix: MatrixRecord | null;
}

const untouched: GroupPart = { confirmed: false, cabinet: null, seen: [], refusals: [] };

export const groupPart = (part: WalkPart, id: string): GroupPart => part.groups[id] ?? untouched;

/** A walk that begins. */
export const beginWalk = (walk: Walk, person: string, utcMs: number): WalkPart => ({
  formatVersion: COMMISSION_FORMAT, site: walk.site, box: walk.box, safetyHash: walk.safetyHash,
  person, begunUtcMs: utcMs, groups: {}, arms: {}, ignored: walk.ignored.length === 0, matrix: null,
});

/** What came of an answer. */
export interface Outcome {
  readonly part: WalkPart;
  readonly outcome:
    'agrees' | 'turned' | 'confirmed' | 'differs' | 'missed' | 'unknown' | 'wrong' | 'right';
  readonly shown: WitnessColour;
}

const withGroup = (part: WalkPart, id: string, group: GroupPart): WalkPart =>
  ({ ...part, groups: { ...part.groups, [id]: group } });

/** Changes that have to be seen: to green, and to red (or dark, where that stands for it). */
const isTurn = (group: WalkGroup, lamp: WitnessColour): boolean =>
  lamp === 'green' || lamp === 'red' || (group.mayGoDark && lamp === 'dark');
/** Turns in a row that make a whole cycle: green, red, green, or red, green, red. */
const CYCLE_TURNS = 3;

/** The turns that the engineer and the box saw together, each once. */
const onsetsOf = (group: WalkGroup, seen: GroupPart['seen']): readonly number[] => [...new Set(seen
  .filter((one) => one.onsetMs !== null && isTurn(group, one.lamp))
  .map((one) => one.onsetMs as number))];

/** Whether the looks make a whole cycle; a lamp that always flashes has to be seen flashing. */
const isProven = (group: WalkGroup, seen: GroupPart['seen']): boolean => group.isWarning
  ? seen.some(({ lamp }) => lamp === 'flashing-yellow')
  : onsetsOf(group, seen).length >= CYCLE_TURNS;

/** The first turn that the box saw between the engineer's, and the engineer did not. */
function missedTurn(
  group: WalkGroup, changes: readonly LampChange[], onsets: readonly number[],
): LampChange | null {
  const first = Math.min(...onsets);
  const last = Math.max(...onsets);
  return changes.find(({ atMs, lamp }) => atMs > first && atMs < last && !onsets.includes(atMs)
    && (isTurn(group, lamp) || lamp === 'unknown')) ?? null;
}

/**
 * Takes what the engineer saw of a group. A look that disagrees refuses the group, which begins
 * anew; so does a turn that the box saw and the engineer did not.
 */
export function answerLamp(
  part: WalkPart, group: WalkGroup, changes: readonly LampChange[],
  lamp: WitnessColour, atMs: number,
): Outcome {
  const { verdict, shown, onsetMs } = judgeLamp(changes, lamp, atMs);
  if (verdict === 'unknown') return { part, outcome: 'unknown', shown };
  const before = groupPart(part, group.id);
  const look: SeenLamp = { lamp, atUtcMs: atMs, shown, turned: onsetMs !== null };
  const refused = (wrong: SeenLamp): WalkPart => withGroup(part, group.id, {
    ...before, confirmed: false, seen: [],
    refusals: [...before.refusals, wrong].slice(-REFUSALS_MAX),
  });
  if (verdict === 'differs') return { part: refused(look), outcome: 'differs', shown };
  // What proved a group stays its evidence; a later look can only refuse it.
  if (before.confirmed) return { part, outcome: 'confirmed', shown };
  const seen = [...before.seen, { ...look, onsetMs }].slice(-SEEN_MAX);
  const onsets = onsetsOf(group, seen);
  const missed = onsets.length > 1 ? missedTurn(group, changes, onsets) : null;
  if (missed?.lamp === 'unknown') {
    return { part: withGroup(part, group.id, { ...before, seen: [] }), outcome: 'unknown', shown };
  }
  if (missed) {
    const wrong = { ...look, shown: missed.lamp };
    return { part: refused(wrong), outcome: 'missed', shown: missed.lamp };
  }
  const confirmed = isProven(group, seen);
  const outcome = confirmed ? 'confirmed' : onsetMs === null ? 'agrees' : 'turned';
  return { part: withGroup(part, group.id, { ...before, seen, confirmed }), outcome, shown };
}

/** Takes the number of a group's lamps as it stands at the cabinet. */
export function answerCabinet(part: WalkPart, group: WalkGroup, number: string): Outcome {
  const cabinet = number.trim();
  const outcome = cabinet === group.lampGroup ? 'right' : 'wrong';
  const before = groupPart(part, group.id);
  return { part: withGroup(part, group.id, { ...before, cabinet }), outcome, shown: 'unknown' };
}

/** Takes how many lamp groups somebody counted on an arm. */
export function answerArm(part: WalkPart, arm: WalkArm, counted: number): Outcome {
  const outcome = counted === arm.groups.length ? 'right' : 'wrong';
  return { part: { ...part, arms: { ...part.arms, [arm.id]: counted } }, outcome, shown: 'unknown' };
}

const pairKey = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** Holds the site's matrix against pairs of lamp groups from the controller's own tool. */
export function compareMatrix(
  walk: Walk, controller: readonly (readonly [string, string])[],
): MatrixRecord {
  const names = new Map(walk.groups.map(({ id, matrixName }) => [id, matrixName]));
  const own = new Set(walk.conflicts.map(([a, b]) => pairKey(names.get(a) ?? a, names.get(b) ?? b)));
  const known = new Set(names.values());
  const theirs = new Set(controller
    .filter(([a, b]) => known.has(a) && known.has(b)).map(([a, b]) => pairKey(a, b)));
  return {
    how: 'compared', pairs: own.size,
    missing: [...theirs].filter((pair) => !own.has(pair)).sort(),
    extra: [...own].filter((pair) => !theirs.has(pair)).sort(),
  };
}

/** Everything that keeps a walk from being done. */
export function openOf(walk: Walk, part: WalkPart): readonly Text[] {
  const open: Text[] = [];
  for (const group of walk.groups) {
    const { confirmed, cabinet, seen } = groupPart(part, group.id);
    // The looks themselves have to be there: a mark in a file proves nothing.
    if (!confirmed || !isProven(group, seen)) open.push(filledText(texts.open_group, { id: group.id }));
    if (group.twins.length > 0 && cabinet !== group.lampGroup) {
      open.push(filledText(texts.open_cabinet, { id: group.id }));
    }
  }
  for (const { id, name, groups } of walk.arms) {
    const counted = part.arms[id];
    if (counted === undefined) open.push(filledText(texts.open_arm, { arm: name }));
    else if (counted !== groups.length) {
      const values = { arm: name, counted, expected: groups.length };
      open.push(filledText(texts.open_arm_other, values));
    }
  }
  if (!part.ignored) open.push(texts.open_ignored);
  if (part.matrix === null) open.push(texts.open_matrix);
  else if (part.matrix.missing.length > 0) {
    const pairs = part.matrix.missing.slice(0, 5).join(', ');
    open.push(filledText(texts.open_matrix_other, { pairs }));
  }
  return open;
}

/** The record of a walk that is done; null while something is open. */
export function recordOf(
  walk: Walk, part: WalkPart, software: string, utcMs: number,
): CommissionRecord | null {
  if (openOf(walk, part).length > 0 || part.matrix === null) return null;
  const groups = walk.groups.map(({ id, lampGroup }): GroupRecord => {
    const { confirmed, cabinet, seen, refusals } = groupPart(part, id);
    const looks = seen.map(({ lamp, atUtcMs, shown, turned }) => ({ lamp, atUtcMs, shown, turned }));
    return { id, lampGroup, confirmed, cabinet, refusals, seen: looks };
  });
  return {
    formatVersion: COMMISSION_FORMAT, site: walk.site, box: walk.box,
    safetyHash: walk.safetyHash, software, person: part.person,
    begunUtcMs: part.begunUtcMs, doneUtcMs: utcMs, groups,
    arms: walk.arms.map(({ id }) => ({ id, counted: part.arms[id] ?? 0 })),
    ignored: walk.ignored.map(({ lampGroup }) => lampGroup), matrix: part.matrix,
  };
}

/** A whole group's names for people: what it is and whom it governs. */
export const groupTitle = ({ lamp, moves, phase }: WalkGroup): Text => {
  const told = words(moves);
  return { en: `${lamp.en}, phase ${phase}: ${told.en}`, zh: `${lamp.zh}，相位 ${phase}：${told.zh}` };
};
