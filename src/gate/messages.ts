/** What each type of message must hold, judged on the gate's own reading of its bytes. */
import type { EvidenceFrame, Witness } from '../base/evidence.ts';
import type { Stamp } from '../base/time.ts';
import type {
  WireAlert, WireConnection, WireMap, WireMapNode, WireNode, WireParticipant, WirePhase,
  WireTiming, WireRsi, WireRsm, WireSpat, WireStamp,
} from './decode.ts';
import { mayFollow, shownConflict } from './lamps.ts';
import type { ShownPhase } from './lamps.ts';
import { readEvidence, stopTiming } from './level.ts';
import type { GateStatus, LevelState } from './level.ts';
import type { GateLimits, RuleId } from './rules.ts';
import type { Breach, GateGroup, GateNode, GateProfile, GateSite, Shown } from './site.ts';

type WirePhaseState = WirePhase['states'][number];

/** One state of a phase: what the signals stage knows, monotonic ms; null is unknown. */
export interface GateTiming {
  readonly startMs: number | null;
  readonly minEndMs: number | null;
  readonly maxEndMs: number | null;
  readonly likelyEndMs: number | null;
  /** Resolution of the source. */
  readonly resolutionMs: number;
}

/** What stands behind a SPAT. */
export interface GateSpatEvidence {
  readonly frames: readonly EvidenceFrame[];
  readonly status: GateStatus | null;
  /** By phase: the present state, then those that follow. */
  readonly timings: Readonly<Record<number, readonly GateTiming[]>>;
}

/** What travels beside a participant of an RSM, in its order; the unit itself has no row. */
export interface GateParticipant {
  readonly airId: number;
  readonly measuredMs: number;
  readonly unseen: 'seen' | 'missed' | 'occluded' | 'out-of-coverage' | 'queued';
  readonly bound95M: number;
  readonly vulnerable: boolean;
  readonly covered: boolean;
  readonly speedMps: number;
  readonly greenMs: number | null;
}

export interface GateOffer {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly profile: string;
  readonly nodeRegion: number;
  readonly nodeId: number;
  readonly validMs: number;
  readonly newestReceivedMs: number | null;
  readonly participants: readonly GateParticipant[];
  /** Null only where the SPAT says unavailable throughout. */
  readonly spat: GateSpatEvidence | null;
}

interface SentUser {
  readonly lat: number;
  readonly long: number;
  readonly atMs: number;
  readonly speedMps: number;
}

interface SentPhase {
  shown: Shown;
  isProtected: boolean;
  minEndMs: number;
  maxEndMs: number;
}

/** What the gate remembers of a node's messages. */
export interface SentState {
  saidUnavailable: boolean;
  stampMs: number;
  utcOffsetMs: number;
  /** By phase: the last light, whether a protected green led to it, the latest maximum end. */
  phases: Record<number, SentPhase>;
  users: Record<number, SentUser>;
  userIds: number[];
  usersMs: number;
  counts: Record<string, number>;
}

export const newSentState = (): SentState => ({
  saidUnavailable: false, stampMs: Number.NEGATIVE_INFINITY, utcOffsetMs: 0, phases: {},
  users: {}, userIds: [], usersMs: Number.NEGATIVE_INFINITY, counts: {},
});

/** Everything a judgement of one offer needs. */
export interface Case {
  readonly site: GateSite;
  readonly node: GateNode;
  readonly profile: GateProfile;
  readonly offer: GateOffer;
  readonly now: Stamp;
  readonly level: LevelState;
  readonly sent: SentState;
  readonly witness: Witness;
  readonly limits: GateLimits;
}

export class Refused extends Error {
  override name = 'Refused';
  readonly breach: Breach;
  constructor(breach: Breach) {
    super(breach.reason);
    this.breach = breach;
  }
}

/** A figure to a thousandth: more digits of milliseconds or metres only make a person stumble. */
const readable = (value: unknown): string =>
  String(typeof value === 'number' ? Math.round(value * 1000) / 1000 : value);

/** Refuses the message unless `fine`. */
export function need(
  fine: boolean, rule: RuleId, reason: string, expected: unknown, got: unknown,
): void {
  if (fine) return;
  throw new Refused({ rule, reason, expected: readable(expected), got: readable(got) });
}

const isNode = (wire: WireNode, region: number, id: number): boolean =>
  (wire.region ?? 0) === region && wire.id === id;
const nameOf = (wire: WireNode): string => `${wire.region ?? 0}-${wire.id}`;

const startOfYearMs = (utcMs: number, years = 0): number =>
  Date.UTC(new Date(utcMs).getUTCFullYear() + years, 0, 1);

/** R17 for one level of stamps; gives how far it is from the gate's clock, null if absent. */
function stampError({ moy, ms }: WireStamp, now: Stamp, limits: GateLimits): number | null {
  need((moy === null) === (ms === null), 'R17', 'a stamp', 'minute and millisecond', 'one of them');
  if (moy === null || ms === null) return null;
  need(moy < 527040 && ms < 60_000, 'R17', 'a stamp', 'a known instant', `${moy} ${ms}`);
  const clockMs = now.utcMs - startOfYearMs(now.utcMs);
  const yearMs = startOfYearMs(now.utcMs, 1) - startOfYearMs(now.utcMs);
  const apartMs = moy * 60_000 + ms - clockMs;
  // Around New Year the stamp and the clock may stand in different years.
  const errorMs = apartMs - Math.round(apartMs / yearMs) * yearMs;
  const within = Math.abs(errorMs) <= limits.stampMs;
  need(within, 'R17', 'stamp less clock, ms', `±${limits.stampMs}`, Math.round(errorMs));
  return errorMs;
}

/** R17: every stamp is there, agrees with the others and is newer than the last. */
function judgeStamps(at: Case, spat: WireStamp, own: WireStamp): number {
  const outer = stampError(spat, at.now, at.limits);
  const inner = stampError(own, at.now, at.limits);
  const errorMs = inner ?? outer ?? Number.NaN;
  need(errorMs === (outer ?? errorMs), 'R17', 'the stamps', 'one instant', `${outer}, ${inner}`);
  const stampMs = Math.round(at.now.utcMs + errorMs);
  const offsetMs = at.now.utcMs - at.now.monoMs;
  // After a step of the wall clock the order begins anew.
  const stepped = Math.abs(offsetMs - at.sent.utcOffsetMs) > at.limits.stepMs;
  const newer = stepped || stampMs > at.sent.stampMs;
  need(newer, 'R17', 'the stamp', `after ${at.sent.stampMs}`, stampMs);
  return stampMs;
}

const statusBits = (status: GateStatus | null): number =>
  status === null ? 0 : [
    status.manual, status.stopTime, status.failureFlash, status.preempt, status.priority, false,
    false, false, status.failure, status.off,
  ].reduce((bits, set, index) => bits | (Number(set) << (15 - index)), 0);

/** Bits 0 to 4, 8 and 9 tell of the controller; 14 and 15 are always zero. */
const STATUS_MASK = 0b1111_1000_1100_0011;
const NO_VALID_SPAT = 1 << 2;

const HOUR_MS = 3_600_000;

/** A time mark as ms from the stamp; null where unknown. */
function markMs(
  at: Case, mark: number | null, kind: WireTiming['kind'], stampMs: number,
): number | null {
  if (mark === null || mark === at.profile.unknownTime) return null;
  if (kind === 'counting') return mark * 100;
  // Marks of the hour: what lies more than half an hour away is of the hour before or after.
  const apartMs = mark * 100 - (stampMs % HOUR_MS);
  return apartMs - Math.round(apartMs / HOUR_MS) * HOUR_MS;
}

/** R13 and R20 on times: each known mark is what the signals stage knows, and they are in order. */
function judgeTiming(
  at: Case, phase: number, index: number, state: WirePhaseState, stampMs: number,
): { minEndMs: number | null; maxEndMs: number | null; resolutionMs: number } {
  const known = at.offer.spat?.timings[phase]?.[index];
  const none = { minEndMs: null, maxEndMs: null, resolutionMs: known?.resolutionMs ?? 0 };
  const timing = state.timing;
  if (timing === null) return none;
  const { kind } = timing;
  const monoMs = at.now.monoMs + stampMs - at.now.utcMs;
  const where = `phase ${phase} state ${index}`;
  const judge = (name: string, mark: number | null, knownMs: number | null | undefined) => {
    const fromStampMs = markMs(at, mark, kind, stampMs);
    if (fromStampMs === null) return null;
    const expectedMs = (knownMs ?? Number.NaN) - monoMs;
    if (mark === at.profile.overHour) {
      need(expectedMs >= HOUR_MS, 'R13', `${where}: ${name}`, 'over an hour', expectedMs);
      return null;
    }
    // A counted mark never goes below zero; a late change is not a claim.
    const heldMs = kind === 'counting' ? Math.max(0, expectedMs) : expectedMs;
    const fine = Math.abs(fromStampMs - heldMs) <= at.limits.timingMs;
    const rule = knownMs === null || knownMs === undefined ? 'R13' : 'R20';
    need(fine, rule, `${where}: ${name}, ms from now`, Math.round(heldMs), fromStampMs);
    return monoMs + fromStampMs;
  };
  const running = index === 0 && kind === 'counting';
  if (running) need(timing.start === 0, 'R20', `${where}: start of what runs`, 0, timing.start);
  else judge('start', timing.start, known?.startMs);
  const minEndMs = judge('minimum end', timing.minEnd, known?.minEndMs);
  const maxEndMs = judge('maximum end', timing.maxEnd, known?.maxEndMs);
  const likelyMs = judge('likely end', timing.likelyEnd, known?.likelyEndMs);
  judge('next start', timing.nextStart, null);
  judge('next end', timing.nextEnd, null);
  const order = [minEndMs, likelyMs, maxEndMs].filter((ms) => ms !== null);
  const sorted = order.every((ms, i) => i === 0 || ms >= (order[i - 1] as number));
  need(sorted, 'R11', `${where}: ends`, 'minimum ≤ likely ≤ maximum', order.join(' '));
  const sure = likelyMs === null || timing.confidence !== null ||
    (likelyMs === minEndMs && likelyMs === maxEndMs);
  need(sure, 'R13', `${where}: likely end`, 'a confidence', 'none');
  return { minEndMs, maxEndMs, resolutionMs: none.resolutionMs };
}

/** R11: within one state the ends do not run away, unless the controller is being overruled. */
function judgeRun(
  at: Case, phase: number, shown: Shown, groups: readonly GateGroup[],
  ends: ReturnType<typeof judgeTiming>,
): { minEndMs: number; maxEndMs: number } {
  const before = at.sent.phases[phase];
  const same = before?.shown === shown ? before : undefined;
  const status = at.offer.spat?.status;
  const free = Boolean(status?.preempt || status?.manual || status?.stopTime);
  const slackMs = at.limits.timingMs + ends.resolutionMs;
  const minEndMs = ends.minEndMs ?? Number.NEGATIVE_INFINITY;
  const maxEndMs = ends.maxEndMs ?? Number.POSITIVE_INFINITY;
  const known = same ?? { minEndMs, maxEndMs };
  const earlier = ends.minEndMs !== null && minEndMs < known.minEndMs - slackMs;
  const later = ends.maxEndMs !== null && maxEndMs > known.maxEndMs + slackMs;
  const both = ends.minEndMs !== null && ends.maxEndMs !== null;
  const open = shown === 'yellow' && both && maxEndMs - minEndMs > slackMs;
  if ((earlier || later || open) && !free) {
    for (const group of groups) stopTiming(at.level, group.id);
    const what = earlier ? 'earlier minimum' : later ? 'later maximum' : 'open yellow';
    need(false, 'R11', `phase ${phase}: ends`, 'ends that stand still', what);
  }
  if (free) return { minEndMs, maxEndMs };
  return {
    minEndMs: Math.max(known.minEndMs, minEndMs), maxEndMs: Math.min(known.maxEndMs, maxEndMs),
  };
}

/** What one phase says, against what its groups show. */
function judgePhase(
  at: Case, wire: WirePhase, groups: readonly GateGroup[],
  colours: Readonly<Record<string, string>>, aged: readonly string[], stampMs: number,
): SentPhase {
  const { verdict } = at.level;
  const first = wire.states[0] as WirePhaseState;
  const shown = at.profile.lights[first.light] as Shown;
  const where = `phase ${wire.id}`;
  let ends = { minEndMs: null, maxEndMs: null, resolutionMs: 0 } as ReturnType<typeof judgeTiming>;
  let last = groups[0] as GateGroup;
  let lastShown = shown;
  if (shown === 'unavailable') {
    const bare = wire.states.length === 1 && first.timing === null;
    need(bare, 'R13', `${where} is unavailable`, 'no time and no next state', 'more');
  } else {
    for (const [index, state] of wire.states.entries()) {
      const found = judgeTiming(at, wire.id, index, state, stampMs);
      const next = at.profile.lights[state.light] as Shown;
      if (index === 0) ends = found;
      else need(mayShow(at, last, lastShown, next), 'R7', where, 'the lawful order', next);
      lastShown = next;
    }
  }
  const timed = wire.states.some(({ timing }) => timing !== null && hasTimes(at, timing));
  const lost = groups.some(({ id }) => verdict.untimed.includes(id));
  const untimed = verdict.level !== 'valid' || lost;
  need(!timed || !untimed, 'R13', where, 'colour without times', 'times');
  for (const group of groups) {
    last = group;
    if (shown === 'unavailable') continue;
    need(!verdict.withheld.includes(group.id), 'R7', `${where}: ${group.id}`, 'unavailable', shown);
    const colour = colours[group.id] as keyof GateProfile['sayable'];
    const may = at.profile.sayable[colour];
    need(may.includes(shown), 'R20', `${where}: ${group.id} shows ${colour}`, may, shown);
    const over = group.permissive && shown === 'protected';
    need(!over, 'R6', `${where}: ${group.id} gives way`, 'permissive', shown);
    const stale = at.node.slow && aged.includes(group.id) && greens.has(shown);
    const guaranteed = (ends.minEndMs ?? Number.NEGATIVE_INFINITY) > at.now.monoMs;
    need(!stale || guaranteed, 'R1b', `${where}: ${group.id}`, 'a guaranteed end', 'none');
  }
  const before = at.sent.phases[wire.id];
  const clearing = shown === 'flashing-green' || shown === 'yellow';
  const isProtected = shown === 'protected' || (clearing && before?.isProtected === true);
  return { shown, isProtected, ...judgeRun(at, wire.id, shown, groups, ends) };
}

const greens: ReadonlySet<Shown> = new Set(['permissive', 'protected', 'flashing-green']);

const hasTimes = (at: Case, timing: NonNullable<WirePhaseState['timing']>): boolean =>
  [timing.minEnd, timing.maxEnd, timing.likelyEnd, timing.nextStart, timing.nextEnd].some(
    (mark) => mark !== null && mark !== at.profile.unknownTime,
  );

/** Whether some colour of the next light may follow some colour of this one. */
function mayShow(at: Case, group: GateGroup, from: Shown, to: Shown): boolean {
  const coloursOf = (shown: Shown) =>
    (Object.keys(at.profile.sayable) as (keyof GateProfile['sayable'])[]).filter((colour) =>
      at.profile.sayable[colour].includes(shown),
    );
  return coloursOf(from).some((a) => coloursOf(to).some((b) => mayFollow(group, a, b)));
}

export function judgeSpat(at: Case, spat: WireSpat): void {
  const { node, offer, level, sent, limits, now } = at;
  const wire = spat.intersections[0] as (typeof spat.intersections)[number];
  const one = spat.intersections.length === 1 && isNode(wire.node, node.region, node.id);
  need(one, 'R18', 'the intersections', `${node.region}-${node.id} alone`, nameOf(wire.node));
  const stampMs = judgeStamps(at, spat, wire);
  const ids = wire.phases.map(({ id }) => id).sort((a, b) => a - b);
  const wanted = [...new Set(node.groups.map(({ phase }) => phase))].sort((a, b) => a - b);
  need(ids.join() === wanted.join(), 'R5', 'the phases', wanted, ids);
  const ageMs = now.monoMs - (level.cycleMs ?? Number.NEGATIVE_INFINITY);
  need(ageMs <= limits.verdictAgeMs, 'R22', 'age of the level, ms', limits.verdictAgeMs, ageMs);
  need(level.verdict.level !== 'silent', 'R22', 'the level is silent', 'no SPAT', 'a SPAT');
  const bits = wire.status & STATUS_MASK;
  const expectedBits = statusBits(offer.spat?.status ?? null);
  need(bits === expectedBits, 'R19', 'status bits', expectedBits, bits);
  const colourless = wire.phases.every(({ states }) => states.every(({ light }) => light === 0));
  const marked = (wire.status & NO_VALID_SPAT) !== 0;
  need(marked === colourless, 'R22', 'status bit 13', Number(colourless), Number(marked));
  const first = sent.saidUnavailable || colourless;
  need(first, 'R22', 'the first SPAT after a start', 'unavailable', 'colours');
  const may = level.verdict.level !== 'unavailable' || colourless;
  const why = level.verdict.reasons[0];
  need(may, why?.rule ?? 'R4', why?.reason ?? 'no level yet', 'unavailable', 'colours');
  let colours: Readonly<Record<string, string>> = {};
  let aged: readonly string[] = [];
  if (!colourless) {
    const reading = readEvidence(
      node, at.witness, offer.spat?.frames ?? [], now.monoMs, limits,
      (rule, reason, expected, got) => need(false, rule, reason, expected, got),
    );
    ({ colours, aged } = reading as NonNullable<typeof reading>);
    const code = wire.timeConfidence ?? 0;
    const modest = !node.slow || code <= limits.slowTimeConfidence;
    need(modest, 'R1b', 'time confidence', `${limits.slowTimeConfidence} or less`, code);
  }
  const phases: SentState['phases'] = {};
  for (const phase of wire.phases) {
    const groups = node.groups.filter((group) => group.phase === phase.id);
    phases[phase.id] = judgePhase(at, phase, groups, colours, aged, stampMs);
  }
  judgeConflicts(node, phases);
  sent.phases = phases;
  sent.stampMs = stampMs;
  sent.utcOffsetMs = now.utcMs - now.monoMs;
  sent.saidUnavailable ||= colourless;
}

/** R6 on the bytes. */
function judgeConflicts(node: GateNode, phases: SentState['phases']): void {
  const shown = new Map(node.groups.map(({ id, phase, mayGoDark }) => {
    const { shown: light, isProtected } = phases[phase] as SentPhase;
    return [id, { shown: light, isProtected, mayGoDark }];
  }));
  const yields = new Set(node.yielding.flatMap(([a, b]) => [`${a}\n${b}`, `${b}\n${a}`]));
  for (const [a, b] of [...node.conflicting, ...node.yielding]) {
    const [left, right] = [shown.get(a) as ShownPhase, shown.get(b) as ShownPhase];
    const harm = shownConflict(left, right, yields.size > 0 && yields.has(`${a}\n${b}`));
    const got = `${left.shown} and ${right.shown}`;
    need(!harm, 'R6', `groups ${a} and ${b}`, 'no conflict', got);
  }
}

const connectionText = ({ remote, lane, phase }: WireConnection): string =>
  `${nameOf(remote)}.${lane?.id ?? 'any'}=${phase ?? 'none'}`;

/** The lanes of a node with their phases, as text: what a commissioning pins (rule R18). */
export function laneTable(node: WireMapNode): string {
  return node.links.map(({ upstream, movements, lanes }) => [
    `from ${nameOf(upstream)}: ${movements.map(connectionText).join(' ')}`,
    ...lanes.map(({ id, connections }) => `${id}: ${connections.map(connectionText).join(' ')}`),
  ].join('\n')).join('\n');
}

export function judgeMap(at: Case, map: WireMap): void {
  const { node, site } = at;
  for (const { id } of map.nodes) {
    const fine = site.mode === 'live' || ((id.region ?? 0) === 0 && id.id <= 255);
    need(fine, 'R25', `a node in mode ${site.mode}`, 'region 0, id 0 to 255', nameOf(id));
  }
  const ours = map.nodes.filter(({ id }) => isNode(id, node.region, node.id));
  need(ours.length === 1, 'R18', `node ${node.region}-${node.id}`, 'once', ours.length);
  const wire = ours[0] as WireMapNode;
  const table = laneTable(wire);
  need(node.lanes.includes(table), 'R18', 'lanes and phases', 'a pinned variant', table);
  const named = wire.links.flatMap(({ movements, lanes }) => [
    ...movements, ...lanes.flatMap(({ connections }) => connections),
  ]).flatMap(({ phase }) => phase ?? []);
  for (const phase of named) {
    const known = node.groups.some((group) => group.phase === phase);
    need(known, 'R18', 'a phase of a lane', 'one of the signal groups', phase);
  }
  for (const { id, phase, inMap } of node.groups) {
    need(!inMap || named.includes(phase), 'R18', `phase ${phase} of ${id}`, 'on a lane', 'none');
  }
}

/** R31: how old the last measurement may be. */
function ageLimitMs(row: GateParticipant, nowMs: number, limits: GateLimits): number {
  if (row.unseen === 'queued') {
    return (row.greenMs ?? nowMs) + limits.afterGreenMs >= nowMs ? Number.POSITIVE_INFINITY : 0;
  }
  if (row.unseen === 'seen' || row.unseen === 'missed') return limits.missedMs;
  return row.vulnerable ? limits.hiddenVulnerableMs : limits.hiddenMs;
}

/** R32 and R34 for one road user against where it was last said to be. */
function judgeJump(at: Case, wire: WireParticipant, row: GateParticipant, speedMps: number): void {
  const before = at.sent.users[wire.id];
  if (!before || at.offer.validMs - before.atMs > at.limits.reuseMs) return;
  const northM = (wire.pos.lat - before.lat) * 0.0111;
  const eastM = (wire.pos.long - before.long) * 0.0111 * Math.cos((wire.pos.lat * Math.PI) / 1.8e9);
  const movedM = Math.hypot(northM, eastM);
  const spanS = Math.abs(at.offer.validMs - before.atMs) / 1000;
  const mayM = Math.max(speedMps, before.speedMps) * spanS + 2 * row.bound95M + 2;
  need(movedM <= mayM, 'R34', `id ${wire.id} jumps, m`, `${mayM.toFixed(1)} or less`, movedM);
}

function judgeUser(at: Case, wire: WireParticipant, row: GateParticipant): SentUser {
  const { limits, now, node } = at;
  const who = `id ${wire.id}`;
  need(wire.id === row.airId, 'R31', 'the rows beside the message', row.airId, wire.id);
  need(wire.type !== 4, 'R34', `${who}: type`, 'a road user', 'a roadside unit');
  need(wire.id <= at.profile.idCeiling, 'R34', who, `${at.profile.idCeiling} or less`, wire.id);
  const ageMs = now.monoMs - row.measuredMs;
  const seen = row.covered || ageMs <= limits.uncoveredMs;
  need(seen, 'R30', `${who}: its zone is not covered, ms`, limits.uncoveredMs, ageMs);
  const limitMs = ageLimitMs(row, now.monoMs, limits);
  need(ageMs <= limitMs, 'R31', `${who}: ${row.unseen}, ms`, `${limitMs} or less`, ageMs);
  const sharp = row.bound95M <= limits.bound95M;
  need(sharp, 'R31', `${who}: bound, m`, `${limits.bound95M} or less`, row.bound95M);
  const { latMin, latMax, longMin, longMax } = node.area;
  const inside = wire.pos.lat >= latMin && wire.pos.lat <= latMax &&
    wire.pos.long >= longMin && wire.pos.long <= longMax;
  need(inside, 'R32', `${who}: position`, 'on the map', `${wire.pos.lat} ${wire.pos.long}`);
  const mostMps = limits.speedMps[wire.type] as number;
  const speedMps = wire.speed === 8191 ? mostMps : wire.speed * 0.02;
  need(speedMps <= mostMps, 'R32', `${who}: speed, m/s`, `${mostMps} or less`, speedMps);
  const told = wire.speed === 8191 || Math.abs(speedMps - row.speedMps) <= 0.03;
  need(told, 'R20', `${who}: speed, m/s`, row.speedMps, speedMps);
  const size = wire.size.length <= limits.lengthCm && wire.size.width <= limits.widthCm;
  need(size, 'R32', `${who}: size, cm`, 'a road user', `${wire.size.length} × ${wire.size.width}`);
  judgeJump(at, wire, row, speedMps);
  return { lat: wire.pos.lat, long: wire.pos.long, atMs: at.offer.validMs, speedMps };
}

export function judgeRsm(at: Case, rsm: WireRsm): void {
  const { offer, now, limits, sent } = at;
  const newestMs = now.monoMs - (offer.newestReceivedMs ?? Number.NEGATIVE_INFINITY);
  const looks = newestMs <= limits.silentMs;
  need(looks, 'R30', 'the newest evidence, ms', `${limits.silentMs} or less`, newestMs);
  const validUtcMs = now.utcMs + offer.validMs - now.monoMs;
  for (const { id, type, source, secMark } of rsm.participants) {
    const apartMs = secMark - (validUtcMs % 60_000);
    const errorMs = apartMs - Math.round(apartMs / 60_000) * 60_000;
    const right = secMark < 60_000 && Math.abs(errorMs) <= limits.stampMs;
    need(right, 'R31', `id ${id}: secMark less the valid instant, ms`, limits.stampMs, errorMs);
    const self = id !== 0 || (type === 4 && source === 1);
    need(self, 'R34', 'id 0', 'the roadside unit itself', `type ${type}, source ${source}`);
  }
  const wires = rsm.participants.filter(({ id }) => id !== 0);
  const rows = offer.participants.filter(({ airId }) => airId !== 0);
  need(wires.length === rows.length, 'R31', 'rows beside', wires.length, rows.length);
  const many = rsm.participants.length <= limits.participants;
  need(many, 'R34', 'participants', limits.participants, rsm.participants.length);
  // Messages of one time base are one picture: an id stands in it once.
  const ids = offer.validMs === sent.usersMs ? [...sent.userIds] : [];
  const users: [number, SentUser][] = [];
  for (const [index, wire] of wires.entries()) {
    need(!ids.includes(wire.id), 'R34', `id ${wire.id}`, 'once', 'twice');
    ids.push(wire.id);
    users.push([wire.id, judgeUser(at, wire, rows[index] as GateParticipant)]);
  }
  const young = Object.entries(sent.users).filter(
    ([, { atMs }]) => offer.validMs - atMs <= limits.reuseMs,
  );
  sent.users = Object.fromEntries([...young, ...users]);
  sent.userIds = ids;
  sent.usersMs = offer.validMs;
}

export function judgeRsi(at: Case, rsi: WireRsi): void {
  const { now, limits } = at;
  const minute = Math.floor((now.utcMs - startOfYearMs(now.utcMs)) / 60_000);
  const year = (startOfYearMs(now.utcMs, 1) - startOfYearMs(now.utcMs)) / 60_000;
  const after = (from: number, to: number): number => (to - from + year) % year;
  const apart = Math.min(after(minute, rsi.moy ?? minute), after(rsi.moy ?? minute, minute));
  need(apart <= 1, 'R17', 'minutes between stamp and clock', 1, apart);
  need(rsi.events.length + rsi.signs.length > 0, 'R37', 'alerts', 'one or more', 0);
  const judge = (alert: WireAlert): void => {
    const who = `alert ${alert.id}`;
    need(alert.source !== 0, 'R37', `${who}: source`, 'known', 'unknown');
    const { start, end } = alert.times ?? { start: null, end: null };
    need(start !== null && end !== null, 'R37', who, 'a start and an end', `${start}, ${end}`);
    const life = after(start as number, end as number);
    need(life <= limits.alertLifeMin, 'R37', `${who}: life, min`, limits.alertLifeMin, life);
    const left = after(minute, end as number);
    need(left <= limits.alertLifeMin, 'R37', `${who}: end`, 'not in the past', end);
  };
  for (const alerts of [rsi.events, rsi.signs]) {
    const ids = new Set(alerts.map(({ id }) => id));
    need(ids.size === alerts.length, 'R34', 'ids of alerts', 'unique', alerts.length - ids.size);
    alerts.forEach(judge);
  }
}
