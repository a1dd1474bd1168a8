/** What a SPAT must hold, judged on the gate's own reading of its bytes. */
import type { GateTiming, WitnessColour } from '../base/evidence.ts';
import type { WirePhase, WireSpat, WireStamp, WireTiming } from './decode.ts';
import { isClearance, isGreenShown, mayFollow, shownConflict } from './lamps.ts';
import type { ShownPhase } from './lamps.ts';
import { readEvidence, stopTiming, yieldsIn } from './level.ts';
import { isNode, most, nameOf, need, yearOf } from './messages.ts';
import type { Case, SentPhase } from './messages.ts';
import type { RuleId } from './rules.ts';
import type { GateGroup, Shown } from './site.ts';

/** Whether a leap second may follow a minute: the last of June and of December, UTC. */
const isLeapMinute = (minuteMs: number): boolean =>
  /-(01|07)-01T00:00:00/.test(new Date(Math.round(minuteMs) + 60_000).toISOString());

/** Whether a stamp stands still in a leap second: the last millisecond of such a minute. */
const isHeld = ({ now }: Case, { ms }: WireStamp, errorMs: number): boolean =>
  ms === 59_999 && isLeapMinute(now.utcMs + errorMs - ms);

/** R17 for one level of stamps; gives how far it is from the gate's clock, null if absent. */
function stampError(stamp: WireStamp, at: Case, code: number): number | null {
  const { moy, ms } = stamp;
  need((moy === null) === (ms === null), 'R17', 'a stamp', 'minute and millisecond', 'one of them');
  if (moy === null || ms === null) return null;
  const known = moy < 527040 && ms <= (at.profile.msMax ?? 59_999);
  need(known, 'R17', 'a stamp', 'a known instant', `${moy} ${ms}`);
  const { startMs, lengthMs } = yearOf(at.now.utcMs);
  const apartMs = moy * 60_000 + ms - (at.now.utcMs - startMs);
  // Around New Year the stamp and the clock may stand in different years.
  const errorMs = apartMs - Math.round(apartMs / lengthMs) * lengthMs;
  // A leap second is held with less confidence.
  const { stampMs, leapMs, slowTimeConfidence } = at.limits;
  const held = isHeld(at, stamp, errorMs) && code <= slowTimeConfidence;
  most('R17', 'stamp less clock, ms', stampMs + (held ? leapMs : 0), Math.abs(errorMs));
  return errorMs;
}

/** R17: every stamp is there, agrees with the others and is newer than the last. */
function judgeStamps(at: Case, spat: WireStamp, own: WireStamp, code: number): number {
  const outer = stampError(spat, at, code);
  const inner = stampError(own, at, code);
  const errorMs = inner ?? outer ?? Number.NaN;
  need(errorMs === (outer ?? errorMs), 'R17', 'the stamps', 'one instant', `${outer}, ${inner}`);
  const stampMs = Math.round(at.now.utcMs + errorMs);
  const stepMs = Math.abs(at.now.utcMs - at.now.monoMs - at.sent.utcOffsetMs);
  // After a step of the wall clock the order begins anew; a leap second holds one stamp.
  const held = stampMs === at.sent.stampMs && isHeld(at, inner === null ? spat : own, errorMs);
  const newer = stepMs > at.limits.stepMs || held || stampMs > at.sent.stampMs;
  need(newer, 'R17', 'the stamp', `after ${at.sent.stampMs}`, stampMs);
  return stampMs;
}

/** Classes of DE_TimeConfidence, ms, from code 1 on. */
const classesMs = [1e5, 5e4, 2e4, 1e4, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1] as const;

/** R15: the time confidence is the finest class that holds the error of clock and source. */
function judgeCode(at: Case, code: number, colourless: boolean): void {
  const { now, limits } = at;
  const slow = at.node.slow && !colourless;
  if (slow) most('R1b', 'time confidence', limits.slowTimeConfidence, code);
  const leastMs = classesMs[limits.slowTimeConfidence - 1] as number;
  const errorMs = Math.max(now.errorMs, slow ? leastMs : 0);
  const holding = classesMs.filter((classMs) => errorMs <= classMs);
  const expected = now.errorMs > limits.clockMs ? 0 : holding.length;
  // Less may be claimed only while a leap second holds the stamp, which needs it.
  const less = code < expected && isLeapMinute(now.utcMs - (now.utcMs % 60_000));
  need(code === expected || less, 'R15', 'time confidence', expected, code);
}

/** Bits of the status from the top; 10 to 12 tell of the MAP, 13 that there is no valid SPAT. */
const statusBits = [
  'manual', 'stopTime', 'failureFlash', 'preempt', 'priority', 'fixedTime', 'actuated', 'standby',
  'failure', 'off',
] as const;
const mapBits = { missing: 0b1000, updated: 0b10_0000, 'lanes-changed': 0b11_0000 } as const;
const NO_VALID_SPAT = 0b100;

/** R19 and R22: each bit of the status is what is so. */
function judgeStatus(at: Case, status: number, colourless: boolean): void {
  const { map } = at.level.verdict;
  const { spat } = at.offer;
  const expected = statusBits.reduce(
    (bits, name, index) => bits | (spat?.status?.[name] ? 0x8000 >> index : 0),
    spat && map ? mapBits[map] : 0,
  );
  const got = status & ~NO_VALID_SPAT;
  need(got === expected, 'R19', 'status bits', expected, got);
  const marked = (status & NO_VALID_SPAT) !== 0;
  need(marked === colourless, 'R22', 'status bit 13', Number(colourless), Number(marked));
}

const HOUR_MS = 3_600_000;
/** A mark so near to half an hour off is better left unsaid: its hour could be mistaken. */
const FAR_MS = 20_000;

/** A time mark as ms from the stamp. */
function markMs(mark: number, kind: WireTiming['kind'], stampMs: number): number {
  if (kind === 'counting') return mark * 100;
  // Marks of the hour: what lies more than half an hour away is of the hour before or after.
  const apartMs = mark * 100 - (stampMs % HOUR_MS);
  return apartMs - Math.round(apartMs / HOUR_MS) * HOUR_MS;
}

interface Ends { minMs: number | null; maxMs: number | null; likelyMs: number | null }
const noEnds: Ends = { minMs: null, maxMs: null, likelyMs: null };

/** R13, R14, R20 on one mark of a timing: what it says is what is known. Gives the instant. */
function judgeMark(
  at: Case, where: string, kind: WireTiming['kind'], stampMs: number, mark: number | null,
  knownMs: number | null | undefined, moreMs = 0, unknown: RuleId = 'R13',
): number | null {
  const { profile, limits } = at;
  if (mark === null) return null;
  const monoMs = at.now.monoMs + stampMs - at.now.utcMs;
  const expectedMs = (knownMs ?? Number.NaN) - monoMs;
  if (mark === profile.unknownTime) {
    const far = kind === 'utc' && Math.abs(expectedMs) >= HOUR_MS / 2 - FAR_MS;
    need(far || Number.isNaN(expectedMs), 'R20', where, expectedMs, 'unknown');
    return null;
  }
  need(!Number.isNaN(expectedMs), unknown, where, 'unknown', mark);
  if (mark === profile.overHour) {
    need(expectedMs >= HOUR_MS, 'R13', where, 'over an hour', expectedMs);
    return null;
  }
  // A counted mark never goes below zero; a late change is not a claim.
  const heldMs = kind === 'counting' ? Math.max(0, expectedMs) : expectedMs;
  const fromStampMs = markMs(mark, kind, stampMs);
  const fine = Math.abs(fromStampMs - heldMs) <= limits.markMs + moreMs;
  need(fine, 'R20', `${where}, ms from now`, Math.round(heldMs), fromStampMs);
  return monoMs + fromStampMs;
}

/** R11, R13, R14, R15 and R20 on the times of one state. */
function judgeTiming(
  at: Case, groups: readonly GateGroup[], where: string, isPresent: boolean, timing: WireTiming,
  known: GateTiming | undefined, stampMs: number,
): Ends {
  const { kind, start, minEnd, maxEnd, likelyEnd } = timing;
  const { unknownTime } = at.profile;
  const monoMs = at.now.monoMs + stampMs - at.now.utcMs;
  const judge = (
    name: string, mark: number | null, ms: number | null | undefined, moreMs = 0, none?: RuleId,
  ) => judgeMark(at, `${where}: ${name}`, kind, stampMs, mark, ms, moreMs, none);
  const running = isPresent && kind === 'counting';
  if (running) need(start === 0, 'R20', `${where}: start of what runs`, 0, start);
  else if (start !== unknownTime) judge('start', start, known?.startMs);
  const minMs = judge('minimum end', minEnd, known?.minEndMs, 0, 'R14');
  const maxMs = judge('maximum end', maxEnd, known?.maxEndMs);
  // A likely end may be moved by the rounding of its bounds; beyond them it is left out.
  const moreMs = likelyEnd === minEnd || likelyEnd === maxEnd ? 100 : 0;
  const likelyMark = likelyEnd === unknownTime ? null : likelyEnd;
  const likelyMs = judge('likely end', likelyMark, known?.likelyEndMs, moreMs);
  judge('next start', timing.nextStart, known?.nextStartMs);
  const lastsMs = known?.nextDurationMs ?? Number.NaN;
  // In the counting form the second mark is no instant but a duration: it counts from the stamp.
  const nextFromMs = kind === 'utc' ? (known?.nextStartMs ?? Number.NaN) : monoMs;
  judge('next end', timing.nextEnd, nextFromMs + lastsMs);
  const order = [minMs, likelyMs, maxMs].filter((ms) => ms !== null);
  const sorted = order.every((ms, i) => i === 0 || ms >= (order[i - 1] as number));
  need(sorted, 'R11', `${where}: ends`, 'minimum ≤ likely ≤ maximum', order.join(' '));
  const isFixed = likelyMs === minMs && likelyMs === maxMs;
  judgeSureness(where, timing.confidence, known?.confidence, likelyMs, isFixed);
  if (kind === 'utc') judgeAbsolute(at, groups, where, order, stampMs - monoMs);
  return { minMs, maxMs, likelyMs };
}

/** R13: a likely end is as sure as the stage says, and needs a confidence unless it is fixed. */
function judgeSureness(
  where: string, got: number | null, known: number | null | undefined, likelyMs: number | null,
  isFixed: boolean,
): void {
  const sure = likelyMs === null || got !== null || isFixed;
  need(sure, 'R13', `${where}: likely end`, 'a confidence', 'none');
  if (got === null || known === undefined) return;
  const wanted = likelyMs !== null && known !== null ? Math.round(known * 200) : 'none';
  need(got === wanted, 'R13', `${where}: confidence`, wanted, got);
}

/** R15 and R17: absolute marks need a trusted clock and do not reach over a leap second. */
function judgeAbsolute(
  at: Case, groups: readonly GateGroup[], where: string, ends: readonly number[], toUtcMs: number,
): void {
  const lastMs = Math.max(at.now.monoMs, ...ends) + toUtcMs;
  const hourMs = lastMs - (lastMs % HOUR_MS);
  const leaps = hourMs > at.now.utcMs && isLeapMinute(hourMs - 60_000);
  const trusted = at.now.errorMs <= at.limits.clockMs;
  if (!trusted || leaps) stopTiming(at.level, groups);
  need(trusted, 'R15', `${where}: absolute times`, 'a trusted clock', at.now.errorMs);
  need(!leaps, 'R17', `${where}: absolute times`, 'none over a leap second', lastMs);
}

/** R11 and R12: within one state the ends do not run away, and a count runs as time does. */
function judgeRun(
  at: Case, phase: number, shown: Shown, groups: readonly GateGroup[], ends: Ends,
  resolutionMs: number,
): Omit<SentPhase, 'shown' | 'isProtected'> {
  const before = at.sent.phases[phase];
  const { limits, now } = at;
  const slackMs = limits.timingMs + resolutionMs;
  const minEndMs = ends.minMs ?? -Infinity;
  const maxEndMs = ends.maxMs ?? Infinity;
  const liveMs = ends.likelyMs ?? ends.maxMs ?? ends.minMs;
  const first = { minEndMs, maxEndMs, liveMs, slideMs: 0, sinceMs: now.monoMs };
  // Without times nothing is announced, and nothing is owed.
  const same = before?.shown === shown && liveMs !== null && before.liveMs !== null;
  const known = same ? before : first;
  // A small move is a slide; at a large one, a jump, the count begins anew.
  const moveMs = (liveMs ?? 0) - (known.liveMs ?? 0);
  const slides = Math.abs(moveMs) <= 2 * slackMs;
  const slideMs = slides ? known.slideMs + moveMs : 0;
  const sinceMs = slides ? known.sinceMs : now.monoMs;
  const spanMs = now.monoMs - sinceMs;
  const astray = Math.abs(slideMs) > limits.countShare * spanMs + slackMs;
  const wrong = [
    spanMs >= limits.frozenMs && astray && 'a count that stands or slides',
    ends.minMs !== null && minEndMs < known.minEndMs - slackMs && 'earlier minimum',
    ends.maxMs !== null && maxEndMs > known.maxEndMs + slackMs && 'later maximum',
    shown.endsWith('yellow') && (ends.maxMs ?? -Infinity) > minEndMs + slackMs &&
      ends.minMs !== null && 'open yellow',
  ];
  const index = wrong.findIndex((what) => what !== false);
  if (index >= 0) stopTiming(at.level, groups);
  const rule = index === 0 ? 'R12' : 'R11';
  need(index < 0, rule, `phase ${phase}: ends`, 'ends that stand still', wrong[index]);
  return {
    minEndMs: Math.max(known.minEndMs, minEndMs), maxEndMs: Math.min(known.maxEndMs, maxEndMs),
    liveMs, slideMs, sinceMs,
  };
}

/** What one phase says, against what its groups show. */
function judgePhase(
  at: Case, wire: WirePhase, colours: Readonly<Record<string, string>>, aged: readonly string[],
  stampMs: number, colourless: boolean,
): SentPhase {
  const { withheld, untimed, level } = at.level.verdict;
  const groups = at.node.groups.filter(({ phase }) => phase === wire.id);
  const words = wire.states.map(({ light }) => at.profile.lights[light] as Shown);
  const [shown] = words as [Shown];
  const where = `phase ${wire.id}`;
  const timings = at.offer.spat?.timings[wire.id];
  if (shown === 'unavailable') {
    const bare = wire.states.length === 1 && wire.states[0]?.timing === null;
    need(bare, 'R13', `${where} is unavailable`, 'no time and no next state', 'more');
    const held = colourless || groups.some(({ id }) => withheld.includes(id));
    need(held, 'R20', where, 'its colour', shown);
  }
  let ends = noEnds;
  for (const [index, { timing }] of wire.states.entries()) {
    const known = timings?.[index];
    const found = timing &&
      judgeTiming(at, groups, `${where} state ${index}`, index === 0, timing, known, stampMs);
    if (index === 0) ends = found ?? noEnds;
    else judgeNext(at, where, groups, words[index - 1] as Shown, words[index] as Shown, known);
  }
  const timed = wire.states.some(({ timing }) => timing !== null && hasTimes(at, timing));
  const mayTime = level === 'valid' && !groups.some(({ id }) => untimed.includes(id));
  need(!timed || mayTime, 'R13', where, 'colour without times', 'times');
  for (const { id, permissive } of shown === 'unavailable' ? [] : groups) {
    const who = `${where}: ${id}`;
    need(!withheld.includes(id), 'R7', who, 'unavailable', shown);
    const may = at.profile.sayable[colours[id] as WitnessColour];
    need(may.includes(shown), 'R20', `${who} shows ${colours[id]}`, may, shown);
    need(!permissive || !shown.startsWith('protected'), 'R6', who, 'permissive', shown);
    const stale = at.node.slow && aged.includes(id) && isGreenShown(shown);
    const guaranteed = (ends.minMs ?? -Infinity) > at.now.monoMs;
    need(!stale || guaranteed, 'R1b', who, 'a guaranteed end', 'none');
  }
  const clears = isClearance(shown) && at.sent.phases[wire.id]?.isProtected === true;
  need(!clears || !shown.startsWith('permissive'), 'R7', where, 'a protected clearance', shown);
  const isProtected = shown.startsWith('protected') || clears;
  const run = judgeRun(at, wire.id, shown, groups, ends, timings?.[0]?.resolutionMs ?? 0);
  return { shown, isProtected, ...run };
}

const hasTimes = ({ profile }: Case, timing: WireTiming): boolean =>
  [timing.minEnd, timing.maxEnd, timing.likelyEnd, timing.nextStart, timing.nextEnd].some(
    (mark) => mark !== null && mark !== profile.unknownTime);

/** R7 and R20: a state that follows may follow, and is what the stage expects. */
function judgeNext(
  { profile: { sayable } }: Case, where: string, groups: readonly GateGroup[], before: Shown,
  next: Shown, known: GateTiming | undefined,
): void {
  const coloursOf = (shown: Shown) =>
    (Object.keys(sayable) as WitnessColour[]).filter((colour) => sayable[colour].includes(shown));
  const lawful = groups.every((group) =>
    coloursOf(before).some((a) => coloursOf(next).some((b) => mayFollow(group, a, b))));
  need(lawful, 'R7', where, 'the lawful order', next);
  const wanted = known?.colour && sayable[known.colour];
  need(wanted?.includes(next) ?? true, 'R20', `${where}: what comes next`, wanted, next);
}

/** R22: whether a SPAT may leave at this level, and at which. */
function judgeLevel({ level, sent, now, limits }: Case, colourless: boolean): void {
  const ageMs = now.monoMs - (level.cycleMs ?? -Infinity);
  most('R22', 'age of the level, ms', limits.verdictAgeMs, ageMs);
  need(level.verdict.level !== 'silent', 'R22', 'the level is silent', 'no SPAT', 'a SPAT');
  if (colourless) return;
  need(sent.saidUnavailable, 'R22', 'the first SPAT after a start', 'unavailable', 'colours');
  const { rule, reason } = level.verdict.reasons[0] ?? { rule: 'R4', reason: 'no level yet' };
  need(level.verdict.level !== 'unavailable', rule, reason, 'unavailable', 'colours');
}

export function judgeSpat(at: Case, spat: WireSpat): void {
  const { node, offer, sent, limits, now, level } = at;
  const wire = spat.intersections[0] as (typeof spat.intersections)[number];
  const one = spat.intersections.length === 1 && isNode(wire.node, node);
  need(one, 'R18', 'the intersections', `${node.region}-${node.id} alone`, nameOf(wire.node));
  const code = wire.timeConfidence ?? 0;
  const stampMs = judgeStamps(at, spat, wire, code);
  const ids = wire.phases.map(({ id }) => id).sort((a, b) => a - b);
  const wanted = [...new Set(node.groups.map(({ phase }) => phase))].sort((a, b) => a - b);
  need(ids.join() === wanted.join(), 'R5', 'the phases', wanted, ids);
  const colourless = wire.phases.every(({ states }) => states.every(({ light }) => light === 0));
  judgeLevel(at, colourless);
  judgeStatus(at, wire.status, colourless);
  if (wire.timeConfidence !== null) judgeCode(at, code, colourless);
  const reading = colourless ? null : readEvidence(
    node, at.witness, offer.spat?.frames ?? [], now.monoMs, limits,
    (rule, reason, expected, got) => need(false, rule, reason, expected, got),
  );
  const { colours = {}, aged = [], newestMs = Infinity } = reading ?? {};
  most('R3', 'a newer frame came, ms', newestMs, level.newestMs ?? -Infinity);
  const phases: Record<number, SentPhase> = {};
  for (const phase of wire.phases) {
    phases[phase.id] = judgePhase(at, phase, colours, aged, stampMs, colourless);
  }
  judgeConflicts(at, phases);
  Object.assign(sent, { phases, stampMs, utcOffsetMs: now.utcMs - now.monoMs });
  sent.saidUnavailable ||= colourless;
  level.switching = null;
}

/** R6 on the bytes. */
function judgeConflicts({ node }: Case, phases: Readonly<Record<number, SentPhase>>): void {
  const shown = new Map(node.groups.map(({ id, phase, mayGoDark }): [string, ShownPhase] =>
    [id, { ...(phases[phase] as SentPhase), mayGoDark }]));
  for (const [a, b] of [...node.conflicting, ...node.yielding]) {
    const [left, right] = [shown.get(a) as ShownPhase, shown.get(b) as ShownPhase];
    const harm = shownConflict(left, right, yieldsIn(node, a, b));
    need(!harm, 'R6', `groups ${a} and ${b}`, 'no conflict', `${left.shown} and ${right.shown}`);
  }
}
