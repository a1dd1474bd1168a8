import { plusMs } from '../base/time.ts';
import type { MonotonicMs } from '../base/time.ts';
import type { LampAspect, StateTiming, TimedInstant, TimingSource } from '../model/signal.ts';
import type { Forecast } from './forecast.ts';

/** Tolerance of rule R11. */
const TOLERANCE_MS = 100;
/** Rule R12: a countdown that stands still for longer is unknown. */
const FROZEN_AFTER_MS = 1000;
/** How much arrivals may jitter without moving an announced end. */
export const JITTER_MS = 50;
/** How late a packet may be and still be taken for late, not for another plan. */
export const LATE_MAX_MS = 400;
/** Remaining times are whole units of the resolution; rounding of doubles is below this. */
const EPSILON_MS = 1;
/** Remaining times from an hour on stand still on purpose: "more than an hour", or for ever. */
const HOUR_MS = 3_600_000;

/** One announced end as the last reports told it. */
interface EndState {
  /** As announced; null while unknown or frozen. */
  readonly heldMs: MonotonicMs | null;
  readonly remainingMs: number;
  /** When the remaining time was last seen to change. */
  readonly liveMs: MonotonicMs;
}

type EndName = 'minEnd' | 'likelyEnd' | 'maxEnd';
const endNames: readonly EndName[] = ['minEnd', 'likelyEnd', 'maxEnd'];
type Ends = Readonly<Record<EndName, TimedInstant | null>>;
const noEnds: Ends = { minEnd: null, likelyEnd: null, maxEnd: null };

/** What is remembered of the timing of one group. Plain data. */
export interface GroupTiming {
  readonly aspect: LampAspect | null;
  readonly beganMs: MonotonicMs | null;
  readonly ends: Readonly<Partial<Record<EndName, EndState>>>;
  /** Announced ends contradicted one another: nothing is believed until the next state. */
  readonly offUntilChange: boolean;
}

/** Before the first report. */
export const freshTiming: GroupTiming = {
  aspect: null, beganMs: null, ends: {}, offUntilChange: false,
};

/** Why timing was not believed; names of counters. */
export type TimingComplaint =
  | 'countdown_frozen' | 'timing_min_earlier' | 'timing_max_later' | 'timing_order'
  | 'timing_yellow' | 'timing_not_fixed';

/** What one report makes of a group's timing. */
export interface TimingStep {
  readonly next: GroupTiming;
  /** What may be said; null when nothing is known. */
  readonly timing: StateTiming | null;
  readonly complaints: readonly TimingComplaint[];
}

interface EndStep {
  readonly state: EndState;
  readonly complaint: TimingComplaint | null;
}

/** Follows one announced end through one more report. */
function stepEnd(
  name: EndName, before: EndState | undefined, atMs: MonotonicMs, measuredMs: MonotonicMs,
  resolutionMs: number,
): EndStep {
  const remainingMs = atMs - measuredMs;
  if (remainingMs >= HOUR_MS) {
    return { state: { heldMs: atMs, remainingMs, liveMs: measuredMs }, complaint: null };
  }
  const moved = !before || Math.abs(remainingMs - before.remainingMs) > EPSILON_MS;
  const liveMs = moved ? measuredMs : before.liveMs;
  const give = (heldMs: MonotonicMs | null, complaint: TimingComplaint | null = null): EndStep => ({
    state: { heldMs, remainingMs, liveMs }, complaint,
  });
  const patienceMs = FROZEN_AFTER_MS + (resolutionMs > TOLERANCE_MS ? resolutionMs : 0);
  if (measuredMs - liveMs > patienceMs) {
    const already = before === undefined || before.heldMs === null;
    return give(null, already ? null : 'countdown_frozen');
  }
  if (before === undefined) return give(atMs);
  // A frozen end stays unknown until it is seen to run again.
  if (before.heldMs === null) return give(moved ? atMs : null);
  const shiftMs = atMs - before.heldMs;
  // A packet can be late, never early: of what was told of a minimum the earliest is the bound.
  if (name === 'minEnd' && moved) {
    if (shiftMs > 0 && shiftMs <= LATE_MAX_MS) return give(before.heldMs);
    const within = shiftMs >= -TOLERANCE_MS - resolutionMs;
    if (shiftMs < -JITTER_MS && within) return give(atMs);
  }
  // Within its resolution, or while the count stands, an announced end does not slide.
  if (Math.abs(shiftMs) <= resolutionMs + JITTER_MS || !moved) return give(before.heldMs);
  if (name === 'minEnd' && shiftMs < -TOLERANCE_MS - resolutionMs) {
    return give(atMs, 'timing_min_earlier');
  }
  if (name === 'maxEnd' && shiftMs > TOLERANCE_MS + resolutionMs) {
    return give(atMs, 'timing_max_later');
  }
  return give(atMs);
}

/** Whether the ends of one report can be true together. */
function complaintOf(
  aspect: LampAspect, ends: Ends, resolutionMs: number, fixed: boolean,
): TimingComplaint | null {
  const { minEnd, maxEnd } = ends;
  if (!minEnd || !maxEnd) return null;
  const slackMs = TOLERANCE_MS + resolutionMs;
  if (fixed && Math.abs(minEnd.atMs - maxEnd.atMs) > slackMs) return 'timing_not_fixed';
  if (minEnd.atMs > maxEnd.atMs + slackMs) return 'timing_order';
  const yellow = aspect.colour === 'yellow' && !aspect.flashing;
  return yellow && maxEnd.atMs - minEnd.atMs > slackMs ? 'timing_yellow' : null;
}

/** Min ≤ likely ≤ max: rounding is smoothed, a likely end far outside is not said. */
function ordered(ends: Ends, resolutionMs: number): Ends {
  const { likelyEnd } = ends;
  // Both bounds cannot be kept when rounding crossed them: the earlier one is safe as a minimum.
  const crossed = ends.minEnd && ends.maxEnd && ends.minEnd.atMs > ends.maxEnd.atMs;
  const minEnd = crossed ? { ...ends.minEnd!, atMs: ends.maxEnd!.atMs } : ends.minEnd;
  const { maxEnd } = ends;
  if (!likelyEnd) return { minEnd, likelyEnd, maxEnd };
  const low = minEnd?.atMs ?? -Infinity;
  const high = maxEnd?.atMs ?? Infinity;
  const within = Math.min(Math.max(likelyEnd.atMs, low), high) as MonotonicMs;
  const far = Math.abs(within - likelyEnd.atMs) > TOLERANCE_MS + resolutionMs;
  return { minEnd, likelyEnd: far ? null : { ...likelyEnd, atMs: within }, maxEnd };
}

/**
 * Under a fixed-time plan an end is certain: one bound is the other, and rounding between them is
 * none. Source: section 8 of the RSU requirement, minimum = maximum.
 */
function certain(ends: Ends): Ends {
  // What the controller does not promise itself is not promised for it (rule R14).
  const bound = ends.minEnd;
  if (bound?.source !== 'controller-guarantee') return ends;
  return { minEnd: bound, likelyEnd: bound, maxEnd: bound };
}

/** Whether a lamp shows the same. */
export const sameAspect = (a: LampAspect | null, b: LampAspect): boolean =>
  a !== null && a.colour === b.colour && a.flashing === b.flashing;

/** When the state began: told by the controller, else the change that was seen. */
function beganOf(
  before: GroupTiming, changed: boolean, reported: StateTiming | null, measuredMs: MonotonicMs,
): MonotonicMs | null {
  if (reported?.beganMs !== undefined && reported.beganMs !== null) return reported.beganMs;
  if (!changed) return before.beganMs;
  return before.aspect === null ? null : measuredMs;
}

/**
 * How much later than before a report tells the ends of one group, ms: what it was late by, unless
 * the plan changed. Null where nothing can be compared.
 *
 * @param measuredMs when the report was true, had it not been late.
 */
export function laterBy(
  before: GroupTiming, aspect: LampAspect, reported: StateTiming | null, measuredMs: MonotonicMs,
): number | null {
  // Whole seconds tell nothing of a packet's tenths.
  if (!reported || reported.resolutionMs > TOLERANCE_MS) return null;
  if (before.offUntilChange || !sameAspect(before.aspect, aspect)) return null;
  let leastMs: number | null = null;
  for (const name of endNames) {
    const told = reported[name];
    const old = before.ends[name];
    if (!told || !old || old.heldMs === null) continue;
    const remainingMs = told.atMs - measuredMs;
    const stands = Math.abs(remainingMs - old.remainingMs) <= EPSILON_MS;
    if (stands || remainingMs >= HOUR_MS) continue;
    const byMs = told.atMs - old.heldMs;
    if (leastMs === null || byMs < leastMs) leastMs = byMs;
  }
  return leastMs;
}

/** A timing as it was so much earlier. */
export function earlierBy(timing: StateTiming | null, byMs: number): StateTiming | null {
  if (!timing || byMs === 0) return timing;
  const moved = (end: TimedInstant | null): TimedInstant | null =>
    end && { ...end, atMs: plusMs(end.atMs, -byMs) };
  return {
    ...timing, minEnd: moved(timing.minEnd), likelyEnd: moved(timing.likelyEnd),
    maxEnd: moved(timing.maxEnd),
  };
}

const timed = (heldMs: MonotonicMs | null | undefined, source: TimingSource): TimedInstant | null =>
  heldMs === null || heldMs === undefined ? null : { atMs: heldMs, source };

/**
 * Follows the timing of one group through one more report: rules R11 and R12, steady announced
 * ends, and the instant that the state began.
 *
 * @param reported as the controller has it; null when it tells nothing, or nothing may be used.
 * @param mode `settled`: false while the controller's own status takes the truth out of its timing;
 * `fixed`: a fixed-time plan runs.
 */
export function stepTiming(
  before: GroupTiming, aspect: LampAspect, reported: StateTiming | null,
  { settled, fixed }: { readonly settled: boolean; readonly fixed: boolean },
  measuredMs: MonotonicMs,
): TimingStep {
  const changed = !sameAspect(before.aspect, aspect);
  const beganMs = beganOf(before, changed, reported, measuredMs);
  const resolutionMs = reported?.resolutionMs ?? 0;
  const complaints: TimingComplaint[] = [];
  const ends: Partial<Record<EndName, EndState>> = {};
  const said: Record<EndName, TimedInstant | null> = { ...noEnds };
  for (const name of endNames) {
    const told = settled ? reported?.[name] : null;
    if (!told) continue;
    const old = changed ? undefined : before.ends[name];
    const { state, complaint } = stepEnd(name, old, told.atMs, measuredMs, resolutionMs);
    ends[name] = state;
    said[name] = timed(state.heldMs, told.source);
    if (complaint) complaints.push(complaint);
  }
  let off = !changed && before.offUntilChange;
  if (complaints.some((one) => one !== 'countdown_frozen')) off = true;
  const contradiction = off ? null : complaintOf(aspect, said, resolutionMs, fixed);
  if (contradiction) {
    complaints.push(contradiction);
    off = true;
  }
  const next: GroupTiming = { aspect, beganMs, ends, offUntilChange: off };
  const sorted = off ? noEnds : ordered(said, resolutionMs);
  const kept = fixed ? certain(sorted) : sorted;
  const nothing = beganMs === null && !kept.minEnd && !kept.likelyEnd && !kept.maxEnd;
  const timing: StateTiming | null = nothing ? null : {
    beganMs, ...kept,
    confidence: kept.likelyEnd === null ? null
      : kept.likelyEnd === kept.minEnd ? 1 : (reported?.confidence ?? null),
    resolutionMs,
  };
  return { next, timing, complaints };
}

/** The timing without ends that have passed: what should have happened is not known to have. */
export function timingAt(timing: StateTiming | null, nowMs: MonotonicMs): StateTiming | null {
  if (!timing) return null;
  const passed = (end: TimedInstant | null): boolean => end !== null && end.atMs <= nowMs;
  if (!passed(timing.minEnd) && !passed(timing.likelyEnd) && !passed(timing.maxEnd)) return timing;
  const ahead = (end: TimedInstant | null): TimedInstant | null => (passed(end) ? null : end);
  const likelyEnd = ahead(timing.likelyEnd);
  return {
    ...timing,
    minEnd: ahead(timing.minEnd),
    likelyEnd,
    maxEnd: ahead(timing.maxEnd),
    confidence: likelyEnd ? timing.confidence : null,
  };
}

/** A learnt end must be as likely as this to say a controller's own forecast more exactly. */
const SHARPENS = 0.5;

/**
 * A learnt likely end in a timing. A controller that tells an end is not second-guessed, even where
 * it was not believed; only the whole seconds of its own forecast are said more exactly where what
 * was learnt lies within them.
 *
 * @param told as the controller has it; null when it tells nothing.
 */
export function withForecast(
  timing: StateTiming | null, told: StateTiming | null, learnt: Forecast,
): StateTiming | null {
  const { atMs, confidence } = learnt;
  const beganMs = timing?.beganMs ?? null;
  const ends = { minEnd: null, maxEnd: null };
  if (!told?.minEnd && !told?.likelyEnd && !told?.maxEnd) {
    const likelyEnd: TimedInstant = { atMs, source: 'learnt' };
    return { beganMs, ...ends, likelyEnd, confidence, resolutionMs: 1000 };
  }
  const own = timing?.likelyEnd;
  if (!timing || own?.source !== 'controller-forecast' || timing.minEnd || timing.maxEnd) return timing;
  const within = Math.abs(own.atMs - atMs) <= timing.resolutionMs + JITTER_MS;
  if (!within || confidence < SHARPENS || timing.resolutionMs <= TOLERANCE_MS) return timing;
  return {
    ...timing, likelyEnd: { atMs, source: own.source },
    confidence: Math.max(timing.confidence ?? 0, confidence),
  };
}

/** The timing of a lamp that never changes: its end is beyond the hour that can be said. */
export function endless(timing: StateTiming | null, nowMs: MonotonicMs): StateTiming {
  return {
    beganMs: timing?.beganMs ?? null,
    minEnd: null,
    likelyEnd: { atMs: (nowMs + 2 * HOUR_MS) as MonotonicMs, source: 'controller-forecast' },
    maxEnd: null,
    confidence: 1,
    resolutionMs: 1000,
  };
}
