/** How much of SPAT may be said: one state for each node, moved on once a cycle. */
import type { EvidenceFrame, GateStatus, Witness, WitnessColour } from '../base/evidence.ts';
import type { Stamp } from '../base/time.ts';
import { coloursConflict, isGreen, isMoving, mayFollow } from './lamps.ts';
import { actionOf } from './rules.ts';
import type { GateLimits, RuleAction, RuleId } from './rules.ts';
import type { Breach, GateGroup, GateNode } from './site.ts';

export type GateLevel = 'valid' | 'colour-only' | 'unavailable' | 'silent';

/** What a node's signals stand on in this cycle. */
export interface GateInput {
  readonly frames: readonly EvidenceFrame[];
  /** `usable`, or why not. */
  readonly availability: string;
  readonly status: GateStatus | null;
  /** Guaranteed end of a group's present state, monotonic ms, by group id; for slow sources. */
  readonly minEnds: Readonly<Record<string, number | null>>;
  /** R24: what a comparison of lamps and traffic advises. It is told and changes nothing. */
  readonly advice?: string | null;
}

/** Groups by id that must be unavailable, and without times; `map` is for status bits 10 to 12. */
export interface GateVerdict {
  readonly level: GateLevel; readonly reasons: readonly Breach[];
  readonly withheld: readonly string[]; readonly untimed: readonly string[];
  readonly map?: 'missing' | 'updated' | 'lanes-changed';
}

type Maybe = number | null;
/** Of a group, what a gap makes worthless. */
const unseen = {
  colour: null as WitnessColour | null,
  /** The last sample of the colour before, before its green, in which it moved. */
  beforeMs: null as Maybe, beforeGreenMs: null as Maybe, movedMs: null as Maybe,
};
/** R7: withheld until its next clean red. R8, R9, R11, R12: untimed until that green ends. */
const newGroup = () => ({
  ...unseen, withheld: false, untimedGreen: null as Maybe, greens: 0, breachGreens: [] as number[],
});

/** R6b: `greens` of `anchor` are counted. */
export interface Latch { rule: RuleId; reason: string; anchor: string | null; greens: number }

/** Where a node stands. Instants are monotonic ms, of samples where they are of lamps. */
export const newLevelState = ({ groups }: GateNode) => ({
  groups: Object.fromEntries(groups.map(({ id }) => [id, newGroup()])),
  cycleMs: null as Maybe, newestMs: null as Maybe,
  /** Of the last second: instant, and UTC less monotonic. */
  offsets: [] as [number, number][],
  /** Until when there are no times, and by which rule. */
  holdUntilMs: -Infinity, holdRule: 'R16' as RuleId,
  goodFrames: 0, goodSinceMs: 0, cleanChange: false, conflicts: 0, falls: 0,
  validSinceMs: null as Maybe, downSinceMs: null as Maybe,
  /** The latch, and the instants of automatic releases. */
  latch: null as Latch | null, releases: [] as number[],
  /** R20: the bytes disagreed with the lamps since the last cycle. R18: a MAP was refused. */
  dispute: null as Breach | null, badMap: null as Breach | null,
  /** R18: content and lanes of the last MAP; a switch is on. */
  pin: null as string | null, lanes: null as string | null,
  switching: null as 'updated' | 'lanes-changed' | null,
  verdict: { level: 'unavailable', reasons: [], withheld: [], untimed: [] } as GateVerdict,
});
type GroupState = ReturnType<typeof newGroup>;
export type LevelState = ReturnType<typeof newLevelState>;

/** Tells a breach; what it leads to is the rule's own action unless said. */
export type Note = (
  rule: RuleId, reason: string, expected: unknown, got: unknown, action?: RuleAction,
) => void;

/** The site's approval in this mode, and whether its profile says absolute times. */
export interface Around { readonly site: 'yes' | 'no' | 'changed'; readonly absolute: boolean }

/** One cycle of one node. */
interface Turn {
  readonly state: LevelState; readonly node: GateNode; readonly limits: GateLimits;
  readonly now: Stamp; readonly around: Around; readonly note: Note;
}

/** Colours by group id; `aged`: groups of a slow source not seen within the limit for others. */
export interface Reading {
  readonly colours: Readonly<Record<string, WitnessColour>>; readonly newestMs: number;
  readonly aged: readonly string[];
}

/** Of a group of the node: it is there, as the caller has seen to. */
const stateOf = (state: LevelState, id: string): GroupState => state.groups[id] as GroupState;
const colourIn = ({ colours }: Reading, id: string): WitnessColour => colours[id] as WitnessColour;

/** R1, R5 and R6 on the witness's reading of frames. Null where there is nothing to read. */
export function readEvidence(
  node: GateNode, witness: Witness, frames: readonly EvidenceFrame[], nowMs: number,
  limits: GateLimits, note: Note,
): Reading | null {
  const youngerThan = (limitMs: number): EvidenceFrame[] => frames.filter(({ receivedMs }) => {
    const ageMs = nowMs - receivedMs + node.controllerDelayMs;
    return ageMs >= 0 && ageMs <= limitMs;
  });
  const limitMs = node.slow ? limits.slowAgeMs : limits.pushAgeMs;
  const fresh = youngerThan(limitMs);
  const read = fresh.length > 0 ? witness(fresh) : null;
  if (read === null) {
    if (fresh.length === 0) note('R1', 'no evidence is young', `a frame of ${limitMs} ms`, 'none');
    else note('R5', 'the evidence cannot be read', 'whole frames', `${fresh.length} frames`);
    return null;
  }
  const young = node.slow ? witness(youngerThan(limits.pushAgeMs)) : read;
  const colours: Record<string, WitnessColour> = {};
  const shared = new Map<number, string>();
  for (const group of node.groups) {
    const colour = read.get(group.lampGroup) ?? 'unknown';
    const mayBeDark = group.mayGoDark || group.kind === 'warning';
    const strange = colour === 'unknown' || (colour === 'dark' && !mayBeDark);
    if (strange) note('R5', `group ${group.id}: lamp ${group.lampGroup}`, 'a known colour', colour);
    colours[group.id] = colour;
    // Groups that share a phase must always be equal.
    const other = shared.get(group.phase) ?? group.id;
    shared.set(group.phase, other);
    const same = colours[other] === colour;
    if (!same) note('R5', `${other}, ${group.id} share a phase`, colours[other], colour);
  }
  const known = new Set([...node.groups.map(({ lampGroup }) => lampGroup), ...node.ignored]);
  for (const [key, colour] of read) {
    const extra = !known.has(key) && (isMoving(colour) || colour.startsWith('flashing'));
    if (extra) note('R5', `lamp group ${key} is not in the site`, 'dark or red', colour);
  }
  for (const [a, b] of node.conflicting) {
    const [left, right] = [colours[a] as WitnessColour, colours[b] as WitnessColour];
    const harm = !yieldsIn(node, a, b) && coloursConflict(left, right);
    if (harm) note('R6', `groups ${a} and ${b} conflict`, 'one red', `${left} and ${right}`);
  }
  const aged = node.groups.filter(({ lampGroup }) => young?.get(lampGroup) === undefined);
  const newestMs = Math.max(...fresh.map(({ receivedMs }) => receivedMs));
  return { colours, newestMs, aged: aged.map(({ id }) => id) };
}

/** Whether one of two groups gives way to the other by the site. */
export const yieldsIn = ({ yielding }: GateNode, a: string, b: string): boolean =>
  yielding.some(([x, y]) => (x === a && y === b) || (x === b && y === a));

/** Remembers a breach of a group; the third within ten of its greens latches the node. */
function remember({ state, limits }: Turn, id: string, rule: RuleId, reason: string): void {
  const own = stateOf(state, id);
  own.breachGreens = own.breachGreens.filter((at) => at > own.greens - limits.breachGreens);
  own.breachGreens.push(own.greens);
  if (own.breachGreens.length < limits.breaches) return;
  own.breachGreens = [];
  state.latch ??= { rule, reason: `group ${id}: ${reason}`, anchor: null, greens: 0 };
}

/**
 * R8 and R9: how long the colour that ends now was seen at the most. That a yellow begins within
 * a second of its green is R7's: there is no lawful colour between them.
 */
function judgeDuration(
  at: Turn, group: GateGroup, to: WitnessColour, atMs: number, free: boolean,
): void {
  const { state, limits } = at;
  const { id, kind, yellowS, minGreenS } = group;
  const own = stateOf(state, id);
  const least = (rule: RuleId, what: string, leastMs: number, sinceMs: number | null): boolean => {
    const lastedMs = atMs - (sinceMs ?? -Infinity);
    if (lastedMs >= leastMs) return true;
    own.untimedGreen = own.greens + 1;
    at.note(rule, `group ${id}: ${what}, ms`, `${leastMs} or more`, lastedMs);
    return false;
  };
  const yellowMs = Math.max(limits.yellowMinMs, yellowS * 1000 - limits.shorterMs);
  const clears = kind === 'vehicle' && own.colour === 'yellow';
  const short = clears && !least('R8', 'yellow', yellowMs, own.beforeMs);
  if (short) remember(at, id, 'R8', 'yellow is too short');
  const ends = isGreen(own.colour as WitnessColour) && !isGreen(to);
  if (ends && !free) least('R9', 'green', minGreenS * 1000 - limits.shorterMs, own.beforeGreenMs);
}

/** R10: the junction clears before a green begins. */
function judgeClearance(at: Turn, id: string, atMs: number): void {
  for (const { from, to, clearanceS } of at.node.intergreens) {
    const movedMs = stateOf(at.state, from).movedMs;
    const leastMs = clearanceS * 1000 - at.limits.clearanceMs;
    if (to !== id || movedMs === null || atMs - movedMs >= leastMs) continue;
    at.note('R10', `group ${to} after ${from}: clearance, ms`, leastMs, atMs - movedMs);
    remember(at, id, 'R10', 'the clearance is too short');
  }
}

/** One new sample: order and length of what each group shows. */
function sample(at: Turn, reading: Reading, free: boolean): void {
  const { state, node } = at;
  const { newestMs: atMs } = reading;
  for (const group of node.groups) {
    const own = stateOf(state, group.id);
    const to = colourIn(reading, group.id);
    const from = own.colour;
    if (from !== null && from !== to && to !== 'unknown') {
      const fine = mayFollow(group, from, to);
      if (!fine) {
        at.note('R7', `group ${group.id}: ${from} to ${to}`, 'the lawful order', to);
        remember(at, group.id, 'R7', `${from} to ${to}`);
      }
      own.withheld = !fine || (own.withheld && to !== 'red' && to !== 'dark');
      judgeDuration(at, group, to, atMs, free);
      if (isGreen(to) && !isGreen(from)) {
        own.greens++;
        own.beforeGreenMs = state.newestMs;
        judgeClearance(at, group.id, atMs);
        countCycle(at, group.id, atMs);
      }
      own.beforeMs = state.newestMs;
      state.cleanChange = true;
    }
    own.colour = to;
    // What was not read is no change of a lamp; what was seen before it proves nothing.
    if (to === 'unknown') Object.assign(own, unseen);
    if ((own.untimedGreen ?? Infinity) <= own.greens && !isGreen(to)) own.untimedGreen = null;
  }
  const movers = node.groups.filter(({ id }) => isMoving(colourIn(reading, id)));
  for (const { id } of movers) stateOf(state, id).movedMs = atMs;
}

/** R6b: after two clean cycles a latch opens by itself, three times a day at the most. */
function countCycle({ state, limits }: Turn, id: string, nowMs: number): void {
  const { latch } = state;
  if (!latch || (latch.anchor ??= id) !== id) return;
  latch.greens++;
  state.releases = state.releases.filter((at) => nowMs - at < limits.dayMs);
  // The first green of the anchor opens the first cycle.
  if (latch.greens <= limits.cleanCycles || state.releases.length >= limits.releasesPerDay) return;
  state.latch = null;
  state.releases.push(nowMs);
}

/** What was seen before a gap proves nothing, and a clean cycle has no gap. */
function forget(state: LevelState): void {
  state.newestMs = null;
  state.goodFrames = 0;
  if (state.latch) state.latch.greens = 0;
  for (const own of Object.values(state.groups)) Object.assign(own, unseen);
}

/** R6 in a row, and R4's run of consistent frames, for a reading that is new. */
function judgeSample(at: Turn, reading: Reading, free: boolean, reasons: readonly Breach[]): void {
  const { state, limits } = at;
  const conflict = reasons.find(({ rule }) => rule === 'R6');
  const before = reasons.length;
  const whole = !reasons.some(({ rule }) => actionOf(rule) === 'unavailable');
  sample(at, reading, free);
  const lawful = whole && reasons.length === before;
  state.conflicts = conflict ? state.conflicts + 1 : 0;
  if (conflict && state.conflicts >= limits.conflictFrames) {
    state.latch ??= { rule: 'R6', reason: conflict.reason, anchor: null, greens: 0 };
  }
  state.cleanChange &&= lawful;
  if (!lawful && state.latch) state.latch.greens = 0;
  if (state.goodFrames === 0 || !lawful) state.goodSinceMs = reading.newestMs;
  state.goodFrames = lawful ? state.goodFrames + 1 : 0;
  state.newestMs = reading.newestMs;
}

/** No times for a while. */
const hold = ({ state, now, limits }: Turn, holdRule: RuleId): void =>
  void Object.assign(state, { holdRule, holdUntilMs: now.monoMs + limits.stepHoldMs });

/** R16: marks rest after the wall clock went astray within a second. */
function watchClock(at: Turn): void {
  const { state, now, limits } = at;
  const offsetMs = now.utcMs - now.monoMs;
  const young = state.offsets.filter(([atMs]) => now.monoMs - atMs <= limits.stepWindowMs);
  // The first after a gap is compared with the last before it, however old.
  const seen = young.length > 0 ? young : state.offsets.slice(-1);
  const stepped = seen.some(([, before]) => Math.abs(offsetMs - before) > limits.stepMs);
  if (stepped) hold(at, 'R16');
  state.offsets = [...(stepped ? [] : young), [now.monoMs, offsetMs]];
}

/** R4: whether the run so far is enough, and if not, what is missing. */
function notePatience({ state, now, limits, note }: Turn): void {
  const { goodFrames: frames, falls } = state;
  if (frames < limits.startFrames) note('R4', 'consistent frames', limits.startFrames, frames);
  const waitMs = Math.min(limits.stableMaxMs, limits.stableMs * 2 ** (falls - 1));
  const excused = falls === 0 || (falls === 1 && state.cleanChange);
  const stableMs = now.monoMs - state.goodSinceMs;
  if (!excused && stableMs < waitMs) note('R4', 'stable after a fall, ms', waitMs, stableMs);
}

const fallen = { cleanChange: false, goodFrames: 0, validSinceMs: null };

/** The level for these breaches: one step down at once, silence after three seconds. */
function settle({ state, limits, now }: Turn, down: boolean): Exclude<GateLevel, 'colour-only'> {
  if (!down) {
    state.downSinceMs = null;
    state.validSinceMs ??= now.monoMs;
    if (now.monoMs - state.validSinceMs >= limits.forgetMs) state.falls = 0;
    return 'valid';
  }
  const falls = state.falls + 1;
  if (state.validSinceMs !== null) Object.assign(state, { falls, ...fallen });
  state.downSinceMs ??= now.monoMs;
  return now.monoMs - state.downSinceMs < limits.unavailableMs ? 'unavailable' : 'silent';
}

/** R1b: groups whose green may not be carried on without a guarantee. */
const expired = (node: GateNode, reading: Reading, input: GateInput, nowMs: number): string[] =>
  reading.aged.filter((id) => node.slow && isGreen(colourIn(reading, id)) &&
    nowMs >= (input.minEnds[id] ?? -Infinity));

/** R19: a failed controller moves nobody; where people or faults overrule it there are no times. */
function judgeStatus(at: Turn, reading: Reading, status: GateStatus): void {
  const failing = status.failureFlash || status.failure || status.off;
  const mover = at.node.groups.find(({ id }) => isMoving(colourIn(reading, id)));
  if (failing && mover) at.note('R19', 'the controller has failed', 'no movement', mover.id);
  if (failing || status.manual || status.stopTime || status.preempt) hold(at, 'R19');
}

/** What of a cycle does not depend on the lamps. */
function judgeAround(at: Turn, advice?: string | null): void {
  const { state, node, now, around, limits, note } = at;
  const { dispute, badMap, latch } = state;
  if (dispute) note(dispute.rule, dispute.reason, dispute.expected, dispute.got, 'unavailable');
  state.dispute = null;
  if (latch) note('R6b', latch.reason, 'a released latch', latch.rule);
  if (node.lanes.length === 0) note('R18', 'the MAP', 'a pinned variant', 'none');
  if (badMap) note('R18', badMap.reason, badMap.expected, badMap.got);
  if (state.switching) note('R18', 'the MAP was switched', 'a SPAT', 'none yet', 'colour-only');
  if (around.site !== 'yes') note('R25', 'the site', 'commissioned and unchanged', around.site);
  if (advice) note('R24', 'lamps against traffic', 'agreement', advice);
  if (Number.isNaN(now.errorMs)) note('R4', 'the clock', 'a known state', 'unknown');
  const action = around.absolute ? 'silent' : 'alarm';
  const vague = now.errorMs > limits.clockMs;
  if (vague) note('R15', 'error of the clock, ms', limits.clockMs, now.errorMs, action);
  if (around.absolute && node.slow) note('R1b', 'a slow source', 'none here', 'one', 'unavailable');
}

/** Without a word of the signals stage. */
const absent: GateInput = { frames: [], availability: 'never-heard', status: null, minEnds: {} };

/** Moves a node's level on by one cycle. */
export function advance(
  state: LevelState, node: GateNode, witness: Witness, given: GateInput | null, now: Stamp,
  around: Around, limits: GateLimits,
): GateVerdict {
  const input = given ?? absent;
  const { status, availability } = input;
  const reasons: Breach[] = [];
  const actions = new Set<RuleAction>();
  const note: Note = (rule, reason, expected, got, action = actionOf(rule)) => {
    actions.add(action);
    reasons.push({ rule, reason, expected: String(expected), got: String(got) });
  };
  const at: Turn = { state, node, limits, now, around, note };
  watchClock(at);
  const pauseMs = now.monoMs - (state.cycleMs ?? now.monoMs);
  state.cycleMs = now.monoMs;
  if (pauseMs > limits.pauseMs) {
    note('R1', 'the loop paused, ms', `${limits.pauseMs} or less`, pauseMs);
    forget(state);
  }
  if (availability !== 'usable') note('R5', 'the signals stage', 'usable', availability);
  const reading = readEvidence(node, witness, input.frames, now.monoMs, limits, note);
  let held: string[] = [];
  if (reading === null) {
    forget(state);
  } else {
    if (status) judgeStatus(at, reading, status);
    const free = status !== null && (status.preempt || status.manual);
    if (reading.newestMs !== state.newestMs) judgeSample(at, reading, free, reasons);
    held = expired(node, reading, input, now.monoMs);
    for (const id of held) note('R1b', `group ${id}: green is carried`, 'a guaranteed end', 'none');
  }
  judgeAround(at, input.advice);
  const isDown = (): boolean => actions.has('unavailable') || actions.has('silent');
  if (!isDown() && state.validSinceMs === null) notePatience(at);
  const settled = settle(at, isDown());
  if (settled === 'valid' && now.monoMs < state.holdUntilMs) {
    const action = around.absolute && state.holdRule === 'R16' ? 'silent' : 'colour-only';
    note(state.holdRule, 'times rest', 'a clock and a plan that run', 'not long enough', action);
  }
  const lowered = settled === 'valid' && actions.has('colour-only') ? 'colour-only' : settled;
  const level = actions.has('silent') ? 'silent' : lowered;
  const map = node.lanes.length === 0 || state.badMap ? 'missing' : state.switching;
  const withheld = Object.keys(state.groups).filter((id) =>
    stateOf(state, id).withheld || held.includes(id));
  state.verdict = { level, reasons, withheld, untimed: untimedOf(state), ...(map && { map }) };
  return state.verdict;
}

const untimedOf = (state: LevelState): string[] =>
  Object.keys(state.groups).filter((id) => stateOf(state, id).untimedGreen !== null);

/** R11, R12, R15: times of groups ran away; they stay unknown to the end of the next green. */
export function stopTiming(state: LevelState, groups: readonly GateGroup[]): void {
  for (const { id } of groups) stateOf(state, id).untimedGreen = stateOf(state, id).greens + 1;
  state.verdict = { ...state.verdict, untimed: untimedOf(state) };
}
