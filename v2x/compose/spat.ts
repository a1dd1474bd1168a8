import { plusMs } from '../../src/base/time.ts';
import type { MonotonicMs, Stamp } from '../../src/base/time.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { NodeId, SignalGroupId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import type {
  ControllerStatus,
  SignalGroupState,
  SignalState,
  TimedInstant,
  TimingSource,
} from '../../src/model/signal.ts';
import type { SpatAllowance, SpatComposer } from '../../src/model/stages.ts';
import type { ComposerContext } from '../profile.ts';
import { MessageCounters } from './counter.ts';
import { airTime, timeConfidence } from './time.ts';

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
  noValidSpat: 13,
} as const;

const VALID_FOR_MS = 300;
/** A controller that speaks more seldom than this is a slow source (rule R1b). */
const SLOW_AFTER_MS = 300;
/** What a slow source's state may be wrong by at the least, ms. */
const SLOW_ERROR_MS = 1000;
/** A mark of the hour is read as the nearest such instant: what began earlier is not said. */
const BEGAN_MAX_MS = 1_800_000;
/** How far a likely end may lie outside its bounds and still be rounding, ms. */
const ROUNDING_MS = 100;

function statusText(status: ControllerStatus | null, unavailable: boolean): string {
  const bits = new Array<string>(16).fill('0');
  const set = (name: keyof typeof statusBits, on: boolean): void => {
    if (on) bits[statusBits[name]] = '1';
  };
  if (status) {
    set('manual', status.manualControl || status.mode === 'manual');
    set('stopTime', status.stopTime);
    set('failureFlash', status.failureFlash);
    set('preempt', status.preempt);
    set('priority', status.priority);
    set('fixedTime', status.mode === 'fixed-time' || status.mode === 'coordinated');
    set('actuated', status.mode === 'actuated' || status.mode === 'adaptive');
    set('standby', status.mode === 'flashing' && !status.failureFlash);
    set('failure', status.fault);
    set('off', status.mode === 'off');
  }
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

/** How sure an end is when its source does not say, by where it comes from, 0..1. */
const sureness: Readonly<Record<TimingSource, number>> = {
  'controller-guarantee': 1,
  'controller-forecast': 0.9,
  learnt: 0.5,
};

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
  return least === first ? first : { ...first, rightOfWay: least.rightOfWay };
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
      return this.unavailable(state.node, now, untrusted(state.status));
    }
    const byGroup = new Map(state.groups.map((group) => [group.signalGroup, group]));
    const phases: unknown[] = [];
    for (const [id, groupIds] of this.#phasesOf(state.node)) {
      const groups = groupIds.map((groupId) => byGroup.get(groupId));
      phases.push({ id, phaseStates: this.#states(groups, allowed, now) });
    }
    const slow = state.periodMs > SLOW_AFTER_MS;
    const errorMs = slow ? Math.max(now.errorMs, SLOW_ERROR_MS) : now.errorMs;
    const status = statusText(state.status, false);
    return this.#offer(state.node, phases, status, { ...now, errorMs }, state.received.monoMs);
  }

  unavailable(node: NodeId, now: Stamp, status: ControllerStatus | null = null): MessageOffer {
    const phases = this.#phasesOf(node).map(([id]) => ({
      id,
      phaseStates: [{ light: 'unavailable' }],
    }));
    return this.#offer(node, phases, statusText(status, true), now, null);
  }

  #phasesOf(node: NodeId): readonly (readonly [number, readonly SignalGroupId[]])[] {
    return this.#phases.get(nodeKey(node)) ?? [];
  }

  /** What one phase says: what holds for each of the groups that share it, else unavailable. */
  #states(
    groups: readonly (SignalGroupState | undefined)[],
    allowed: SpatAllowance,
    now: Stamp,
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
      return [{ light, ...this.#withoutTimes() }];
    }
    const timing = this.#timing(group, now);
    if (!timing) return [{ light }];
    const following = this.#following(group, timing.likely, now);
    return [{ light, timing: timing.value }, ...(following ? [following] : [])];
  }

  /** How colour alone is said. */
  #withoutTimes(): object {
    const { atColourOnly, form, unknown } = this.#context.profile.times;
    if (atColourOnly === 'left-out') return {};
    return form === 'utc'
      ? { timing: { utcTiming: { startUTCTime: unknown, likelyEndUTCTime: unknown } } }
      : { timing: { counting: { startTime: 0, likelyEndTime: unknown } } };
  }

  /** Tenths from now to an instant; 0 once it has passed, and "over" only from the maximum on. */
  #mark(atMs: MonotonicMs, now: Stamp): number {
    const { unitMs, overMaximum } = this.#context.profile.times;
    const aheadMs = atMs - now.monoMs;
    if (aheadMs >= overMaximum * unitMs) return overMaximum;
    return Math.min(Math.max(0, Math.round(aheadMs / unitMs)), overMaximum - 1);
  }

  /** The times of the present state, and its likely end where that is said; null for none. */
  #timing(
    group: SignalGroupState,
    now: Stamp,
  ): { readonly value: unknown; readonly likely: TimedInstant | null } | null {
    const ends = saidEnds(group);
    if (!ends) return null;
    const { unknown, form } = this.#context.profile.times;
    const mark = (end: TimedInstant | null): number | null => end && this.#mark(end.atMs, now);
    const marks = {
      min: mark(ends.min),
      max: mark(ends.max),
      likely: mark(ends.likely) ?? unknown,
    };
    if (ends.likely) {
      if (marks.min !== null) marks.likely = Math.max(marks.likely, marks.min);
      if (marks.max !== null) marks.likely = Math.min(marks.likely, marks.max);
    }
    const confidence: Record<string, number> = ends.likely
      ? { timeConfidence: confidenceOf(ends.likely, group.timing?.confidence ?? null) }
      : {};
    const { likely } = ends;
    if (form === 'utc') {
      return { value: { utcTiming: this.#utc(group, marks, confidence, now) }, likely };
    }
    return {
      value: {
        counting: {
          startTime: 0,
          ...(marks.min === null ? {} : { minEndTime: marks.min }),
          ...(marks.max === null ? {} : { maxEndTime: marks.max }),
          likelyEndTime: marks.likely,
          ...confidence,
        },
      },
      likely,
    };
  }

  /** Marks of the UTC form: tenths within the hour that the instant falls in. */
  #utc(
    group: SignalGroupState,
    marks: { min: number | null; max: number | null; likely: number },
    confidence: Record<string, number>,
    now: Stamp,
  ): Record<string, number> {
    const { unknown, overMaximum, unitMs } = this.#context.profile.times;
    const inHour = (mark: number): number =>
      mark >= overMaximum
        ? mark
        : Math.floor(((now.utcMs + mark * unitMs) % 3_600_000) / unitMs) % 36_000;
    const beganMs = group.timing?.beganMs ?? null;
    const told = beganMs !== null && now.monoMs - beganMs < BEGAN_MAX_MS;
    const began = told ? plusMs(now.utcMs, beganMs - now.monoMs) : null;
    return {
      startUTCTime: began === null ? unknown : Math.floor((began % 3_600_000) / unitMs),
      ...(marks.min === null ? {} : { minEndUTCTime: inHour(marks.min) }),
      ...(marks.max === null ? {} : { maxEndUTCTime: inHour(marks.max) }),
      likelyEndUTCTime: marks.likely === unknown ? unknown : inHour(marks.likely),
      ...confidence,
    };
  }

  /** The state after this one, where both its colour and the present end are known. */
  #following(group: SignalGroupState, end: TimedInstant | null, now: Stamp): unknown {
    const { next } = group;
    const { times, light } = this.#context.profile;
    if (!end || !next || next.durationMs === null || times.form === 'utc') return null;
    // What comes next is said for its colour; green is never promised ahead of its lamp.
    if (next.aspect.colour === 'green' && !next.aspect.flashing) return null;
    const startTime = this.#mark(end.atMs, now);
    return {
      light: light(next.aspect, group.rightOfWay),
      timing: {
        counting: {
          startTime,
          likelyEndTime: this.#mark(plusMs(end.atMs, next.durationMs), now),
          timeConfidence: confidenceOf(end, group.timing?.confidence ?? null),
        },
      },
    };
  }

  #offer(
    node: NodeId,
    phases: readonly unknown[],
    status: string,
    now: Stamp,
    newestReceivedMs: MonotonicMs | null,
  ): MessageOffer {
    const { profile } = this.#context;
    const { moy, msInMinute } = airTime(now.utcMs);
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
            timeConfidence: timeConfidence(now.errorMs),
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
    return this.#counters.snapshot();
  }

  restore(snapshot: unknown): void {
    this.#counters.restore(snapshot);
  }
}

/** Composes SPAT of the Chinese set. */
export const createSpatComposer = (context: ComposerContext): SpatComposer => new Spat(context);
