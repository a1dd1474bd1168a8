/** How much of SPAT may be said: one state for each node, moved on once a cycle. */
import type { EvidenceFrame, Witness, WitnessColour } from '../base/evidence.ts';
import type { Stamp } from '../base/time.ts';
import { coloursConflict, isGreen, isMoving, mayFollow } from './lamps.ts';
import type { GateLimits, RuleId } from './rules.ts';
import type { Breach, GateGroup, GateNode } from './site.ts';

export type GateLevel = 'valid' | 'colour-only' | 'unavailable' | 'silent';

/** What the controller says of itself; it can only lower the level. */
export interface GateStatus {
  readonly manual: boolean;
  readonly stopTime: boolean;
  readonly failureFlash: boolean;
  readonly preempt: boolean;
  readonly priority: boolean;
  readonly failure: boolean;
  readonly off: boolean;
}

/** What a node's signals stand on in this cycle. */
export interface GateInput {
  readonly frames: readonly EvidenceFrame[];
  /** `usable`, or why not. */
  readonly availability: string;
  readonly status: GateStatus | null;
  /** Guaranteed end of a group's present state, monotonic ms, by group id; for slow sources. */
  readonly minEnds: Readonly<Record<string, number | null>>;
}

export interface GateVerdict {
  readonly level: GateLevel;
  readonly reasons: readonly Breach[];
  /** Ids of groups that must be shown as unavailable. */
  readonly withheld: readonly string[];
  /** Ids of groups whose times must be unknown. */
  readonly untimed: readonly string[];
}

interface GroupState {
  colour: WitnessColour | null;
  /** The last sample of the colour before; null when never seen. */
  beforeMs: number | null;
  /** The last sample before its green began; null when never seen. */
  beforeGreenMs: number | null;
  /** The last sample in which it moved. */
  movedMs: number | null;
  /** R7: until its next clean red. */
  withheld: boolean;
  /** R8, R9, R11: until its green number `untimedGreen` ends; null for none. */
  untimedGreen: number | null;
  greens: number;
  breachGreens: number[];
}

export interface Latch {
  rule: RuleId;
  reason: string;
  /** R6b: the group whose greens are counted. */
  anchor: string | null;
  greens: number;
}

export interface LevelState {
  groups: Record<string, GroupState>;
  cycleMs: number | null;
  /** UTC less monotonic. */
  utcOffsetMs: number | null;
  holdUntilMs: number;
  newestMs: number | null;
  goodFrames: number;
  goodSinceMs: number;
  cleanChange: boolean;
  conflicts: number;
  falls: number;
  validSinceMs: number | null;
  downSinceMs: number | null;
  latch: Latch | null;
  /** R20: the bytes disagreed with the lamps since the last cycle. */
  dispute: Breach | null;
  /** Instants of automatic releases. */
  releases: number[];
  verdict: GateVerdict;
}

const newGroup = (): GroupState => ({
  colour: null, beforeMs: null, beforeGreenMs: null, movedMs: null, withheld: false,
  untimedGreen: null, greens: 0, breachGreens: [],
});

export const newLevelState = (node: GateNode): LevelState => ({
  groups: Object.fromEntries(node.groups.map((group) => [group.id, newGroup()])),
  cycleMs: null, utcOffsetMs: null, holdUntilMs: Number.NEGATIVE_INFINITY, newestMs: null,
  goodFrames: 0, goodSinceMs: 0, cleanChange: false, conflicts: 0, falls: 0, validSinceMs: null,
  downSinceMs: null, latch: null, dispute: null, releases: [],
  verdict: { level: 'unavailable', reasons: [], withheld: [], untimed: [] },
});

export type Note = (rule: RuleId, reason: string, expected: unknown, got: unknown) => void;

/** The witness's reading of the frames that are young enough, by group id. */
export interface Reading {
  readonly colours: Readonly<Record<string, WitnessColour>>;
  readonly newestMs: number;
  /** Groups of a slow source that were not seen within the limit for push sources. */
  readonly aged: readonly string[];
}

/** The state of a group: its own when the node is known, which the caller has seen to. */
const stateOf = (state: LevelState, id: string): GroupState => state.groups[id] as GroupState;

/** R1, R5 and R6 on one set of frames. Null where there is nothing to read. */
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
  if (fresh.length === 0) {
    note('R1', 'no evidence is young enough', `a frame of the last ${limitMs} ms`, 'none');
    return null;
  }
  const read = witness(fresh);
  if (read === null) {
    note('R5', 'the evidence cannot be read', 'whole frames', `${fresh.length} frames`);
    return null;
  }
  const young = node.slow ? witness(youngerThan(limits.pushAgeMs)) : read;
  const colours: Record<string, WitnessColour> = {};
  const aged: string[] = [];
  for (const group of node.groups) {
    const colour = read.get(group.lampGroup) ?? 'unknown';
    const strange = colour === 'unknown' || (colour === 'dark' && isDarkWrong(group));
    if (strange) note('R5', `group ${group.id}: lamp ${group.lampGroup}`, 'a known colour', colour);
    if (young?.get(group.lampGroup) === undefined) aged.push(group.id);
    colours[group.id] = colour;
  }
  const known = new Set([...node.groups.map(({ lampGroup }) => lampGroup), ...node.ignored]);
  for (const [key, colour] of read) {
    const extra = !known.has(key) && (isMoving(colour) || colour.startsWith('flashing'));
    if (extra) note('R5', `lamp group ${key} is not in the site`, 'dark or red', colour);
  }
  noteShared(node, colours, note);
  noteConflicts(node, colours, note);
  return { colours, newestMs: Math.max(...fresh.map(({ receivedMs }) => receivedMs)), aged };
}

const isDarkWrong = (group: GateGroup): boolean => !group.mayGoDark && group.kind !== 'warning';

/** Groups that share a phase must always be equal. */
function noteShared(node: GateNode, colours: Reading['colours'], note: Note): void {
  const first = new Map<number, GateGroup>();
  for (const group of node.groups) {
    const other = first.get(group.phase) ?? group;
    first.set(group.phase, other);
    const [a, b] = [colours[other.id], colours[group.id]];
    if (a !== b) note('R5', `phase ${group.phase} is shared by ${other.id}, ${group.id}`, a, b);
  }
}

function noteConflicts(node: GateNode, colours: Reading['colours'], note: Note): void {
  const yields = new Set(node.yielding.flatMap(([a, b]) => [`${a}\n${b}`, `${b}\n${a}`]));
  for (const [a, b] of node.conflicting) {
    if (yields.has(`${a}\n${b}`)) continue;
    const [left, right] = [colours[a] as WitnessColour, colours[b] as WitnessColour];
    if (coloursConflict(left, right)) {
      note('R6', `groups ${a} and ${b} conflict`, 'one of them red', `${left} and ${right}`);
    }
  }
}

/** Remembers a breach of a group; the third within ten of its greens latches the node. */
function remember(
  state: LevelState, group: GateGroup, rule: RuleId, reason: string, limits: GateLimits,
): void {
  const own = stateOf(state, group.id);
  own.breachGreens = own.breachGreens.filter((at) => at > own.greens - limits.breachGreens);
  own.breachGreens.push(own.greens);
  if (own.breachGreens.length < limits.breaches) return;
  own.breachGreens = [];
  state.latch ??= { rule, reason: `group ${group.id}: ${reason}`, anchor: null, greens: 0 };
}

/** R8 and R9: how long the colour that ends now was seen at the most. */
function judgeDuration(
  state: LevelState, group: GateGroup, to: WitnessColour, atMs: number, free: boolean,
  limits: GateLimits, note: Note,
): void {
  const own = stateOf(state, group.id);
  if (own.colour === 'yellow' && own.beforeMs !== null && group.kind === 'vehicle') {
    const leastMs = Math.max(limits.yellowMinMs, group.yellowS * 1000 - limits.shorterMs);
    const lastedMs = atMs - own.beforeMs;
    if (lastedMs < leastMs) {
      own.untimedGreen = own.greens + 1;
      note('R8', `group ${group.id}: yellow, ms`, `${leastMs} or more`, lastedMs);
      remember(state, group, 'R8', 'yellow is too short', limits);
    }
  }
  const greenEnds = isGreen(own.colour as WitnessColour) && !isGreen(to);
  if (greenEnds && own.beforeGreenMs !== null && !free) {
    const leastMs = group.minGreenS * 1000 - limits.shorterMs;
    const lastedMs = atMs - own.beforeGreenMs;
    if (lastedMs < leastMs) {
      own.untimedGreen = own.greens + 1;
      note('R9', `group ${group.id}: green, ms`, `${leastMs} or more`, lastedMs);
    }
  }
}

/** R10: the junction clears before a green begins. */
function judgeClearance(
  state: LevelState, node: GateNode, group: GateGroup, atMs: number, limits: GateLimits, note: Note,
): void {
  for (const { from, to, clearanceS } of node.intergreens) {
    const movedMs = stateOf(state, from).movedMs;
    if (to !== group.id || movedMs === null) continue;
    const leastMs = clearanceS * 1000 - limits.clearanceMs;
    if (atMs - movedMs < leastMs) {
      note('R10', `group ${to} after ${from}: clearance, ms`, `${leastMs} or more`, atMs - movedMs);
      remember(state, group, 'R10', 'the clearance is too short', limits);
    }
  }
}

/** One new sample: order and length of what each group shows. Returns whether all was lawful. */
function sample(
  state: LevelState, node: GateNode, reading: Reading, free: boolean, limits: GateLimits,
  note: Note,
): boolean {
  const atMs = reading.newestMs;
  const lastMs = state.newestMs;
  let lawful = true;
  const judge: Note = (...breach) => {
    lawful = false;
    note(...breach);
  };
  for (const group of node.groups) {
    const own = stateOf(state, group.id);
    const to = reading.colours[group.id] as WitnessColour;
    const from = own.colour;
    if (from !== null && from !== to) {
      const fine = mayFollow(group, from, to);
      if (!fine) {
        judge('R7', `group ${group.id}: ${from} to ${to}`, 'the lawful order', to);
        remember(state, group, 'R7', `${from} to ${to}`, limits);
      }
      own.withheld = !fine || (own.withheld && to !== 'red' && to !== 'dark');
      judgeDuration(state, group, to, atMs, free, limits, judge);
      if (isGreen(to) && !isGreen(from)) {
        own.greens++;
        own.beforeGreenMs = lastMs;
        judgeClearance(state, node, group, atMs, limits, judge);
        countCycle(state, group.id, limits, atMs);
      }
      own.beforeMs = lastMs;
      state.cleanChange = true;
    }
    own.colour = to;
    if (own.untimedGreen !== null && own.untimedGreen <= own.greens && !isGreen(to)) {
      own.untimedGreen = null;
    }
  }
  for (const { id } of node.groups) {
    if (isMoving(reading.colours[id] as WitnessColour)) stateOf(state, id).movedMs = atMs;
  }
  return lawful;
}

/** R6b: after two clean cycles a latch opens by itself, three times a day at the most. */
function countCycle(state: LevelState, id: string, limits: GateLimits, nowMs: number): void {
  const latch = state.latch;
  if (!latch) return;
  latch.anchor ??= id;
  if (latch.anchor !== id) return;
  latch.greens++;
  state.releases = state.releases.filter((at) => nowMs - at < limits.dayMs);
  // The first green of the anchor opens the first cycle.
  if (latch.greens <= limits.cleanCycles || state.releases.length >= limits.releasesPerDay) return;
  state.latch = null;
  state.releases.push(nowMs);
}

/** What was seen before a gap proves nothing. */
function forget(state: LevelState): void {
  state.newestMs = null;
  state.goodFrames = 0;
  for (const own of Object.values(state.groups)) {
    own.colour = own.beforeMs = own.beforeGreenMs = own.movedMs = null;
  }
}

/** R6 in a row, and R4's run of consistent frames, for a reading that is new. */
function judgeSample(
  state: LevelState, node: GateNode, reading: Reading, free: boolean, breaches: readonly Breach[],
  limits: GateLimits, note: Note,
): void {
  const conflict = breaches.find(({ rule }) => rule === 'R6');
  const whole = breaches.length === 0;
  const lawful = sample(state, node, reading, free, limits, note) && whole;
  state.conflicts = conflict ? state.conflicts + 1 : 0;
  if (conflict && state.conflicts >= limits.conflictFrames) {
    state.latch ??= { rule: 'R6', reason: conflict.reason, anchor: null, greens: 0 };
  }
  if (!lawful) {
    state.cleanChange = false;
    if (state.latch) state.latch.greens = 0;
  }
  if (state.goodFrames === 0 || !lawful) state.goodSinceMs = reading.newestMs;
  state.goodFrames = lawful ? state.goodFrames + 1 : 0;
  state.newestMs = reading.newestMs;
}

/** R16: absolute marks rest after a step of the wall clock. */
function watchClock(state: LevelState, now: Stamp, limits: GateLimits): void {
  const offsetMs = now.utcMs - now.monoMs;
  const before = state.utcOffsetMs ?? offsetMs;
  const stepped = Math.abs(offsetMs - before) > limits.stepMs;
  if (stepped) state.holdUntilMs = now.monoMs + limits.stepHoldMs;
  state.utcOffsetMs = offsetMs;
}

/** R4: whether the run so far is enough, and if not, what is missing. */
function notePatience(state: LevelState, nowMs: number, limits: GateLimits, note: Note): void {
  if (state.goodFrames < limits.startFrames) {
    note('R4', 'consistent frames', limits.startFrames, state.goodFrames);
  }
  const waitMs = Math.min(limits.stableMaxMs, limits.stableMs * 2 ** (state.falls - 1));
  const excused = state.falls === 0 || (state.falls === 1 && state.cleanChange);
  const stableMs = nowMs - state.goodSinceMs;
  if (!excused && stableMs < waitMs) note('R4', 'stable after a fall, ms', waitMs, stableMs);
}

/** The level for these breaches: one step down at once, silence after three seconds. */
function settle(state: LevelState, down: boolean, nowMs: number, limits: GateLimits): GateLevel {
  if (!down) {
    state.downSinceMs = null;
    state.validSinceMs ??= nowMs;
    if (nowMs - state.validSinceMs >= limits.forgetMs) state.falls = 0;
    return nowMs < state.holdUntilMs ? 'colour-only' : 'valid';
  }
  if (state.validSinceMs !== null) {
    state.falls++;
    state.cleanChange = false;
    state.goodFrames = 0;
  }
  state.validSinceMs = null;
  state.downSinceMs ??= nowMs;
  return nowMs - state.downSinceMs < limits.unavailableMs ? 'unavailable' : 'silent';
}

/** R1b: groups whose green may not be carried on without a guarantee. */
function expired(node: GateNode, reading: Reading, input: GateInput, nowMs: number): string[] {
  return reading.aged.filter((id) => {
    const minEndMs = input.minEnds[id] ?? Number.NEGATIVE_INFINITY;
    return node.slow && isGreen(reading.colours[id] as WitnessColour) && nowMs >= minEndMs;
  });
}

/**
 * Moves a node's level on by one cycle.
 *
 * @param approved whether the site may show colours at all (commissioned, or a test mode).
 * @param lowers whether a rule takes the whole node down.
 */
export function advance(
  state: LevelState, node: GateNode, witness: Witness, input: GateInput | null, now: Stamp,
  approved: boolean, limits: GateLimits, lowers: (rule: RuleId) => boolean,
): GateVerdict {
  const nowMs: number = now.monoMs;
  const reasons: Breach[] = [];
  const note: Note = (rule, reason, expected, got) =>
    void reasons.push({ rule, reason, expected: String(expected), got: String(got) });
  watchClock(state, now, limits);
  if (state.cycleMs !== null && nowMs - state.cycleMs > limits.pauseMs) {
    note('R1', 'the loop paused, ms', `${limits.pauseMs} or less`, nowMs - state.cycleMs);
    forget(state);
  }
  state.cycleMs = nowMs;
  const { frames, availability, status, minEnds } = input ?? absent;
  if (availability !== 'usable') note('R5', 'the signals stage', 'usable', availability);
  const reading = readEvidence(node, witness, frames, nowMs, limits, note);
  let held: string[] = [];
  if (reading === null) {
    forget(state);
  } else {
    const failing = status !== null && (status.failureFlash || status.failure || status.off);
    const mover = node.groups.find(({ id }) => isMoving(reading.colours[id] as WitnessColour));
    if (failing && mover) note('R19', 'the controller has failed', 'no movement', mover.id);
    const free = status !== null && (status.preempt || status.manual);
    if (reading.newestMs !== state.newestMs) {
      judgeSample(state, node, reading, free, [...reasons], limits, note);
    }
    held = expired(node, reading, { frames, availability, status, minEnds }, nowMs);
    for (const id of held) note('R1b', `group ${id}: green is carried`, 'a guaranteed end', 'none');
  }
  const disputed = state.dispute !== null;
  if (state.dispute) reasons.push(state.dispute);
  state.dispute = null;
  if (state.latch) note('R6b', state.latch.reason, 'a released latch', state.latch.rule);
  if (node.lanes.length === 0) note('R18', 'the MAP', 'a pinned variant', 'none');
  if (!approved) note('R25', 'the site', 'commissioned and unchanged', 'not so');
  const isBroken = (): boolean => disputed || reasons.some(({ rule }) => lowers(rule));
  if (!isBroken() && state.validSinceMs === null) notePatience(state, nowMs, limits, note);
  const level = settle(state, isBroken(), nowMs, limits);
  if (level === 'colour-only') note('R16', 'the clock stepped', 'steady', 'a step');
  const of = (has: (own: GroupState) => boolean): string[] =>
    node.groups.filter(({ id }) => has(stateOf(state, id))).map(({ id }) => id);
  const withheld = [...new Set([...of((own) => own.withheld), ...held])];
  state.verdict = { level, reasons, withheld, untimed: of((own) => own.untimedGreen !== null) };
  return state.verdict;
}

const absent: GateInput = { frames: [], availability: 'never-heard', status: null, minEnds: {} };

/** R11: a group's times ran away; they stay unknown to the end of its next green. */
export function stopTiming(state: LevelState, id: string): void {
  const own = stateOf(state, id);
  own.untimedGreen = own.greens + 1;
}
