import { plusMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs, Stamp } from '../../src/base/time.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { NodeId, SignalGroupId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import { followingOf, sureness } from '../../src/model/signal.ts';
import type {
  ControllerStatus,
  SignalGroupState,
  SignalState,
  TimedInstant,
} from '../../src/model/signal.ts';
import type { SpatAllowance, SpatComposer } from '../../src/model/stages.ts';
import type { ComposerContext } from '../profile.ts';
import { MessageCounters } from './counter.ts';
import { airTime, isLeapBoundary, leapMayFallNear, timeConfidence } from './time.ts';

/** Bits of the junction's status, by position on air. */
const statusBits = {
  manual: 0,
  stopTime: 1,
  failureFlash: 2,
  preempt: 3,
  priority: 4,
  fixedTime: 5,
  actuated: 6,
  standby: 7,
  failure: 8,
  off: 9,
  mapUpdated: 10,
  lanesChanged: 11,
  noValidMap: 12,
  noValidSpat: 13,
} as const;

const VALID_FOR_MS = 300;
/** A controller that speaks more seldom than this is a slow source (rule R1b). */
const SLOW_AFTER_MS = 300;
/** What a slow source's state may be wrong by at the least, ms. */
const SLOW_ERROR_MS = 1000;
/** An error over this is no bound to count on: confidence is unavailable, no absolute marks (R15). */
const CLOCK_TRUSTED_MS = 100;
/** A mark of the hour is read as the nearest such instant: what is farther away is not said. */
const MARK_MAX_MS = 1_790_000;
const HOUR_MS = 3_600_000;
/** How far the clock goes back at a leap second: one second, less what passed until it was seen. */
const LEAP_BACK_MIN_MS = 500;
const LEAP_BACK_MAX_MS = 1500;
/** What a stamp that is held may be wrong by, ms. */
const HELD_ERROR_MS = 1000;
/** States of one phase, the present one included. */
const STATES_MAX = 16;
/** How far a likely end may lie outside its bounds and still be rounding, ms. */
const ROUNDING_MS = 100;

/** Whether some group has a range to its end: what runs is not a fixed plan. */
const hasRange = (groups: readonly SignalGroupState[]): boolean =>
  groups.some(({ timing }) => timing?.minEnd && timing.maxEnd
    && timing.maxEnd.atMs - timing.minEnd.atMs > timing.resolutionMs + ROUNDING_MS);

function statusText(
  status: ControllerStatus | null, unavailable: boolean, ranged: boolean,
  map: SpatAllowance['map'],
): string {
  const bits = new Array<string>(16).fill('0');
  const set = (name: keyof typeof statusBits, on: boolean): void => {
    if (on) bits[statusBits[name]] = '1';
  };
  if (status) {
    const { mode } = status;
    // Coordination holds the cycle; whether the greens are fixed is seen in their ends.
    const coordinated = mode === 'coordinated';
    set('manual', status.manualControl || mode === 'manual');
    set('stopTime', status.stopTime);
    set('failureFlash', status.failureFlash);
    set('preempt', status.preempt);
    set('priority', status.priority);
    set('fixedTime', mode === 'fixed-time' || (coordinated && !ranged));
    set('actuated', mode === 'actuated' || mode === 'adaptive' || (coordinated && ranged));
    set('standby', mode === 'flashing' && !status.failureFlash);
    set('failure', status.fault);
    set('off', mode === 'off');
  }
  set('mapUpdated', map === 'updated' || map === 'lanes-changed');
  set('lanesChanged', map === 'lanes-changed');
  set('noValidMap', map === 'missing');
  set('noValidSpat', unavailable);
  return bits.join('');
}

/** What stays of a status when the report itself is not to be trusted. */
const untrusted = (status: ControllerStatus): ControllerStatus => ({
  ...status,
  mode: status.mode === 'off' ? 'off' : 'unknown',
  manualControl: false,
  stopTime: false,
  preempt: false,
  priority: false,
});

/** Half per cents. */
const confidenceOf = (end: TimedInstant, confidence: number | null): number =>
  Math.round(Math.min(Math.max(confidence ?? sureness[end.source], 0), 1) * 200);

/**
 * What all groups of a phase show alike; null when one is missing or shows something else. The
 * times are the first group's; right of way is the least that any of them has.
 */
function shared(groups: readonly (SignalGroupState | undefined)[]): SignalGroupState | null {
  const [first] = groups;
  if (!first) return null;
  let least = first;
  for (const group of groups) {
    if (!group) return null;
    const { colour, flashing } = group.aspect;
    if (colour !== first.aspect.colour || flashing !== first.aspect.flashing) return null;
    if (least.rightOfWay === 'protected') least = group;
  }
  if (least === first) return first;
  const { rightOfWay } = least;
  const following = first.following?.map((state) =>
    (state.rightOfWay === 'protected' ? { ...state, rightOfWay } : state));
  return { ...first, rightOfWay, ...(following && { following }) };
}

/** How times are said in one message. */
interface Manner {
  readonly form: 'counting' | 'utc';
  readonly now: Stamp;
}

/** Whether an end lies so far off that its hour could be mistaken: it can only be counted. */
const isFar = ({ timing }: SignalGroupState, { form, now }: Manner): boolean =>
  form === 'utc' && [timing?.minEnd, timing?.likelyEnd, timing?.maxEnd].some((end) =>
    end && end.atMs - now.monoMs >= MARK_MAX_MS);

/** Where the stamps of a composer stand, for the leap second. Plain data. */
interface StampState {
  /** UTC of the newest message, ms. */
  readonly lastMs: number;
  /** End of the leap second that is held; null outside one. */
  readonly heldUntilMs: number | null;
}

/**
 * Follows the stamps over a leap second: the clock goes back by a second within the last one of a
 * half-year, and what it then repeats is held at the last millisecond.
 * Source: DSecond of the message set ends at 59 999.
 */
function stepStamp({ lastMs, heldUntilMs }: StampState, nowMs: number): StampState {
  const backMs = lastMs - nowMs;
  const boundaryMs = (Math.floor(nowMs / 1000) + 1) * 1000;
  if (backMs >= LEAP_BACK_MIN_MS && backMs <= LEAP_BACK_MAX_MS && isLeapBoundary(boundaryMs)) {
    return { lastMs: nowMs, heldUntilMs: boundaryMs };
  }
  const held = heldUntilMs !== null && nowMs < heldUntilMs && nowMs >= heldUntilMs - 1000;
  return { lastMs: nowMs, heldUntilMs: held ? heldUntilMs : null };
}

interface SaidEnds {
  readonly min: TimedInstant | null;
  readonly max: TimedInstant | null;
  readonly likely: TimedInstant | null;
}

/** The ends that may be said; null where there are none or they contradict one another. */
function saidEnds({ timing }: SignalGroupState): SaidEnds | null {
  if (!timing) return null;
  // A minimum is a promise: only the controller can give it.
  const min = timing.minEnd?.source === 'controller-guarantee' ? timing.minEnd : null;
  const max = timing.maxEnd;
  if (min && max && min.atMs > max.atMs) return null;
  let likely = timing.likelyEnd;
  if (likely && min && likely.atMs < min.atMs - ROUNDING_MS) likely = null;
  if (likely && max && likely.atMs > max.atMs + ROUNDING_MS) likely = null;
  return min || max || likely ? { min, max, likely } : null;
}

class Spat implements SpatComposer {
  readonly #context: ComposerContext;
  readonly #counters: MessageCounters;
  #stamps: StampState = { lastMs: Number.NEGATIVE_INFINITY, heldUntilMs: null };
  /** Signal groups of each node, by phase in rising order; several may share one. */
  readonly #phases = new Map<string, readonly (readonly [number, readonly SignalGroupId[]])[]>();

  constructor(context: ComposerContext) {
    this.#context = context;
    this.#counters = new MessageCounters(context.random);
    const byNode = new Map<string, Map<number, SignalGroupId[]>>();
    for (const group of context.site.road.signalGroups) {
      const key = nodeKey(group.node);
      const phases = byNode.get(key) ?? new Map<number, SignalGroupId[]>();
      phases.set(group.phase, [...(phases.get(group.phase) ?? []), group.id]);
      byNode.set(key, phases);
    }
    for (const [key, phases] of byNode) {
      this.#phases.set(key, [...phases].sort(([a], [b]) => a - b));
    }
  }

  compose(state: SignalState, allowed: SpatAllowance, now: Stamp): MessageOffer | null {
    if (allowed.level === 'silent') return null;
    if (allowed.level === 'unavailable') {
      return this.unavailable(state.node, now, untrusted(state.status), allowed.map);
    }
    const byGroup = new Map(state.groups.map((group) => [group.signalGroup, group]));
    const manner = { form: this.#formAt(now), now };
    const phases: unknown[] = [];
    for (const [id, groupIds] of this.#phasesOf(state.node)) {
      const groups = groupIds.map((groupId) => byGroup.get(groupId));
      phases.push({ id, phaseStates: this.#states(groups, allowed, manner) });
    }
    const leastMs = state.periodMs > SLOW_AFTER_MS ? SLOW_ERROR_MS : 0;
    const status = statusText(state.status, false, hasRange(state.groups), allowed.map);
    return this.#offer(state.node, phases, status, now, leastMs, state.received.monoMs);
  }

  /** Marks of the hour need a clock that is trusted, and no leap second between now and them. */
  #formAt(now: Stamp): Manner['form'] {
    const { form } = this.#context.profile.times;
    const fit = now.errorMs <= CLOCK_TRUSTED_MS && !leapMayFallNear(now.utcMs, MARK_MAX_MS);
    return form === 'utc' && fit ? 'utc' : 'counting';
  }

  unavailable(
    node: NodeId, now: Stamp, status: ControllerStatus | null = null, map?: SpatAllowance['map'],
  ): MessageOffer {
    const phases = this.#phasesOf(node).map(([id]) => ({
      id,
      phaseStates: [{ light: 'unavailable' }],
    }));
    return this.#offer(node, phases, statusText(status, true, false, map), now, 0, null);
  }

  #phasesOf(node: NodeId): readonly (readonly [number, readonly SignalGroupId[]])[] {
    return this.#phases.get(nodeKey(node)) ?? [];
  }

  /** What one phase says: what holds for each of the groups that share it, else unavailable. */
  #states(
    groups: readonly (SignalGroupState | undefined)[],
    allowed: SpatAllowance,
    manner: Manner,
  ): unknown[] {
    const { profile } = this.#context;
    const group = shared(groups);
    if (!group || groups.some((each) => allowed.withheld.includes(each!.signalGroup))) {
      return [{ light: 'unavailable' }];
    }
    const light = profile.light(group.aspect, group.rightOfWay);
    if (light === 'unavailable') return [{ light }];
    const untimed = groups.some((each) => allowed.untimed.includes(each!.signalGroup));
    if (allowed.level === 'colour-only' || untimed) {
      return [{ light, ...this.#withoutTimes(manner) }];
    }
    const own = isFar(group, manner) ? { ...manner, form: 'counting' as const } : manner;
    const timing = this.#timing(group, own);
    if (!timing) return [{ light }];
    const present = { light, timing: timing.value };
    return timing.likely ? [present, ...this.#following(group, light, own)] : [present];
  }

  /** How colour alone is said. */
  #withoutTimes({ form }: Manner): object {
    const { atColourOnly, unknown } = this.#context.profile.times;
    if (atColourOnly === 'left-out') return {};
    return form === 'utc'
      ? { timing: { utcTiming: { startUTCTime: unknown, likelyEndUTCTime: unknown } } }
      : { timing: { counting: { startTime: 0, likelyEndTime: unknown } } };
  }

  /**
   * An instant as it goes on air. Counting: tenths from now, 0 once it has passed, and "over" only
   * from the maximum on. UTC: tenths of the hour that it falls in; unknown where it lies so far off
   * that the hour could be mistaken.
   */
  #mark(atMs: MonotonicMs, { form, now }: Manner): number {
    const { unitMs, overMaximum, unknown } = this.#context.profile.times;
    const aheadMs = atMs - now.monoMs;
    if (form === 'utc') {
      if (Math.abs(aheadMs) >= MARK_MAX_MS) return unknown;
      return Math.round((now.utcMs + aheadMs) / unitMs) % (HOUR_MS / unitMs);
    }
    if (aheadMs >= overMaximum * unitMs) return overMaximum;
    return Math.min(Math.max(0, Math.round(aheadMs / unitMs)), overMaximum - 1);
  }

  /** The times of the present state, and whether its likely end is said; null for none. */
  #timing(
    group: SignalGroupState,
    manner: Manner,
  ): { readonly value: unknown; readonly likely: boolean } | null {
    const ends = saidEnds(group);
    if (!ends) return null;
    const { unknown } = this.#context.profile.times;
    // A likely end that rounding put outside its bounds is moved in.
    const low = ends.min?.atMs ?? Number.NEGATIVE_INFINITY;
    const high = ends.max?.atMs ?? Number.POSITIVE_INFINITY;
    const likelyMs = ends.likely
      && (Math.min(Math.max(ends.likely.atMs, low), high) as MonotonicMs);
    const min = ends.min && this.#mark(ends.min.atMs, manner);
    const max = ends.max && this.#mark(ends.max.atMs, manner);
    const likely = likelyMs === null ? unknown : this.#mark(likelyMs, manner);
    const timeConfidence = ends.likely && likely !== unknown
      ? confidenceOf(ends.likely, group.timing?.confidence ?? null) : null;
    const next = timeConfidence === null ? null : this.#next(group, manner);
    const has = (mark: number | null): mark is number => mark !== null && mark !== unknown;
    const value = manner.form === 'utc'
      ? {
          utcTiming: {
            startUTCTime: this.#began(group, manner),
            ...(has(min) && { minEndUTCTime: min }),
            ...(has(max) && { maxEndUTCTime: max }),
            likelyEndUTCTime: likely,
            ...(timeConfidence !== null && { timeConfidence }),
            ...(next && { nextStartUTCTime: next.start, nextEndUTCTime: next.end }),
          },
        }
      : {
          counting: {
            startTime: 0,
            ...(has(min) && { minEndTime: min }),
            ...(has(max) && { maxEndTime: max }),
            likelyEndTime: likely,
            ...(timeConfidence !== null && { timeConfidence }),
            ...(next && { nextStartTime: next.start, nextDuration: next.duration }),
          },
        };
    return { value, likely: timeConfidence !== null };
  }

  /** When the present state began, in the UTC form. */
  #began({ timing }: SignalGroupState, manner: Manner): number {
    const beganMs = timing?.beganMs ?? null;
    return beganMs === null ? this.#context.profile.times.unknown : this.#mark(beganMs, manner);
  }

  /** When the present light comes back and for how long; null where it is not known. */
  #next(
    { again }: SignalGroupState, manner: Manner,
  ): { readonly start: number; readonly end: number; readonly duration: number } | null {
    if (!again) return null;
    const { unitMs, unknown, overMaximum } = this.#context.profile.times;
    const start = this.#mark(again.startMs, manner);
    const end = this.#mark(plusMs(again.startMs, again.durationMs), manner);
    const duration = Math.round(again.durationMs / unitMs);
    if (start === unknown || end === unknown || Math.max(start, end) >= overMaximum) return null;
    return { start, end, duration };
  }

  /** The states after this one, in order, as far as they are known; no light stands twice. */
  #following(group: SignalGroupState, present: string, manner: Manner): unknown[] {
    const { light, times } = this.#context.profile;
    const said = [present];
    const states: unknown[] = [];
    for (const state of followingOf(group)) {
      const word = light(state.aspect, state.rightOfWay);
      if (said.includes(word) || word === 'unavailable' || said.length >= STATES_MAX) break;
      const start = this.#mark(state.startMs, manner);
      const likely = this.#mark(state.likelyEndMs, manner);
      if (start === times.unknown || likely === times.unknown) break;
      if (start >= times.overMaximum) break;
      const timeConfidence = Math.round(Math.min(Math.max(state.confidence, 0), 1) * 200);
      said.push(word);
      states.push({
        light: word,
        timing: manner.form === 'utc'
          ? { utcTiming: { startUTCTime: start, likelyEndUTCTime: likely, timeConfidence } }
          : { counting: { startTime: start, likelyEndTime: likely, timeConfidence } },
      });
    }
    return states;
  }

  #offer(
    node: NodeId,
    phases: readonly unknown[],
    status: string,
    now: Stamp,
    leastErrorMs: number,
    newestReceivedMs: MonotonicMs | null,
  ): MessageOffer {
    const { profile } = this.#context;
    this.#stamps = stepStamp(this.#stamps, now.utcMs);
    const { heldUntilMs } = this.#stamps;
    const heldMs = heldUntilMs === null ? 0 : HELD_ERROR_MS;
    const errorMs = now.errorMs > CLOCK_TRUSTED_MS ? Number.POSITIVE_INFINITY
      : Math.max(now.errorMs, leastErrorMs, heldMs);
    const stampMs = heldUntilMs === null ? now.utcMs : utcMs(heldUntilMs - 1);
    const { moy, msInMinute } = airTime(stampMs);
    const frame = {
      spatFrame: {
        msgCnt: this.#counters.take(nodeKey(node)),
        moy,
        timeStamp: msInMinute,
        intersections: [
          {
            intersectionId: { region: node.region, id: node.id },
            status,
            moy,
            timeStamp: msInMinute,
            timeConfidence: timeConfidence(errorMs),
            phases,
          },
        ],
      },
    };
    return {
      message: {
        bytes: profile.encode(frame),
        type: 'SPAT',
        profile: profile.name,
        ...profile.air.SPAT,
        validUntilMs: plusMs(now.monoMs, VALID_FOR_MS),
        rsuIds: [],
        node,
      },
      validMs: now.monoMs,
      newestReceivedMs,
      participants: [],
    };
  }

  snapshot(): unknown {
    return { counters: this.#counters.snapshot(), stamps: this.#stamps };
  }

  restore(snapshot: unknown): void {
    // Recordings of earlier versions hold the numbers alone.
    if (Array.isArray(snapshot)) return this.#counters.restore(snapshot);
    const { counters, stamps } = snapshot as {
      readonly counters: unknown;
      readonly stamps: StampState;
    };
    this.#counters.restore(counters);
    this.#stamps = stamps;
  }
}

/** Composes SPAT of the Chinese set. */
export const createSpatComposer = (context: ComposerContext): SpatComposer => new Spat(context);
