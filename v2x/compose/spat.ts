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

class Spat implements SpatComposer {
  readonly #context: ComposerContext;
  readonly #counters: MessageCounters;
  /** Signal groups of each node, by phase. */
  readonly #phases = new Map<string, Map<number, SignalGroupId>>();

  constructor(context: ComposerContext) {
    this.#context = context;
    this.#counters = new MessageCounters(context.random);
    for (const group of context.site.road.signalGroups) {
      const key = nodeKey(group.node);
      const phases = this.#phases.get(key) ?? new Map<number, SignalGroupId>();
      // Groups that share a phase are always equal (the checker and the gate see to it).
      if (!phases.has(group.phase)) phases.set(group.phase, group.id);
      this.#phases.set(key, phases);
    }
  }

  compose(state: SignalState, allowed: SpatAllowance, now: Stamp): MessageOffer | null {
    if (allowed.level === 'silent') return null;
    if (allowed.level === 'unavailable') return this.unavailable(state.node, now, untrusted(state.status));
    const byGroup = new Map(state.groups.map((group) => [group.signalGroup, group]));
    const phases: unknown[] = [];
    for (const [id, groupId] of this.#sorted(state.node)) {
      const group = byGroup.get(groupId);
      phases.push({ id, phaseStates: this.#states(group, allowed, now) });
    }
    return this.#offer(state.node, phases, statusText(state.status, false), now, state.received.monoMs);
  }

  unavailable(node: NodeId, now: Stamp, status: ControllerStatus | null = null): MessageOffer {
    const phases = this.#sorted(node).map(([id]) => ({ id, phaseStates: [{ light: 'unavailable' }] }));
    return this.#offer(node, phases, statusText(status, true), now, null);
  }

  #sorted(node: NodeId): readonly (readonly [number, SignalGroupId])[] {
    return [...(this.#phases.get(nodeKey(node)) ?? [])].sort(([a], [b]) => a - b);
  }

  #states(group: SignalGroupState | undefined, allowed: SpatAllowance, now: Stamp): unknown[] {
    const { profile } = this.#context;
    if (!group || allowed.withheld.includes(group.signalGroup)) return [{ light: 'unavailable' }];
    const light = profile.light(group.aspect, group.rightOfWay);
    if (light === 'unavailable') return [{ light }];
    if (allowed.level === 'colour-only' || allowed.untimed.includes(group.signalGroup)) {
      return profile.times.atColourOnly === 'left-out'
        ? [{ light }]
        : [{ light, timing: { counting: { startTime: 0, likelyEndTime: profile.times.unknown } } }];
    }
    const timing = this.#timing(group, now);
    const states: unknown[] = [timing ? { light, timing } : { light }];
    const following = this.#following(group, now);
    if (following) states.push(following);
    return states;
  }

  /** Tenths from now to an instant; 0 once it has passed. */
  #mark(atMs: MonotonicMs, now: Stamp): number {
    const { unitMs, overMaximum } = this.#context.profile.times;
    const mark = Math.max(0, Math.round((atMs - now.monoMs) / unitMs));
    return mark >= overMaximum ? overMaximum : mark;
  }

  #timing(group: SignalGroupState, now: Stamp): unknown {
    const timing = group.timing;
    if (!timing || !(timing.minEnd ?? timing.likelyEnd ?? timing.maxEnd)) return null;
    const { unknown, form } = this.#context.profile.times;
    // A minimum is a promise: only the controller can give it.
    const min = timing.minEnd?.source === 'controller-guarantee' ? timing.minEnd : null;
    const marks = {
      min: min ? this.#mark(min.atMs, now) : null,
      max: timing.maxEnd ? this.#mark(timing.maxEnd.atMs, now) : null,
      likely: timing.likelyEnd ? this.#mark(timing.likelyEnd.atMs, now) : unknown,
    };
    if (marks.likely !== unknown) {
      if (marks.min !== null) marks.likely = Math.max(marks.likely, marks.min);
      if (marks.max !== null) marks.likely = Math.min(marks.likely, marks.max);
    }
    const confidence =
      timing.likelyEnd && marks.likely !== unknown
        ? { timeConfidence: confidenceOf(timing.likelyEnd, timing.confidence) }
        : {};
    if (form === 'utc') return { utcTiming: this.#utc(group, marks, confidence, now) };
    return {
      counting: {
        startTime: 0,
        ...(marks.min === null ? {} : { minEndTime: marks.min }),
        ...(marks.max === null ? {} : { maxEndTime: marks.max }),
        likelyEndTime: marks.likely,
        ...confidence,
      },
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
    const began = beganMs === null ? null : plusMs(now.utcMs, beganMs - now.monoMs);
    return {
      startUTCTime: began === null ? unknown : Math.floor((began % 3_600_000) / unitMs),
      ...(marks.min === null ? {} : { minEndUTCTime: inHour(marks.min) }),
      ...(marks.max === null ? {} : { maxEndUTCTime: inHour(marks.max) }),
      likelyEndUTCTime: marks.likely === unknown ? unknown : inHour(marks.likely),
      ...confidence,
    };
  }

  /** The state after this one, where both its colour and the present end are known. */
  #following(group: SignalGroupState, now: Stamp): unknown {
    const end = group.timing?.likelyEnd;
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
