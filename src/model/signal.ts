import type { EvidenceFrame } from '../base/evidence.ts';
import { plusMs } from '../base/time.ts';
import type { MonotonicMs, Stamp } from '../base/time.ts';
import type { ControllerId, LampGroupId, SignalGroupId } from './ids.ts';

/** What the lamp shows. */
export interface LampAspect {
  readonly colour: 'red' | 'yellow' | 'green' | 'red-yellow' | 'dark' | 'unknown';
  readonly flashing: boolean;
}

/** What the aspect allows those who it is for. */
export type RightOfWay = 'protected' | 'permissive' | 'none' | 'unknown';

/** Where an end time comes from, from most to least binding. */
export type TimingSource = 'controller-guarantee' | 'controller-forecast' | 'learnt';

/** An instant with where it comes from. */
export interface TimedInstant {
  readonly atMs: MonotonicMs;
  readonly source: TimingSource;
}

/** When the present state ends. Unknown parts are null, never zero. */
export interface StateTiming {
  /** When the state began, as far as seen; null before the first change. */
  readonly beganMs: MonotonicMs | null;
  readonly minEnd: TimedInstant | null;
  readonly likelyEnd: TimedInstant | null;
  readonly maxEnd: TimedInstant | null;
  /** Probability that `likelyEnd` is right to a second, 0..1; null when not known. */
  readonly confidence: number | null;
  /** Resolution of the source, ms: 100 for tenths, 1000 for whole seconds. */
  readonly resolutionMs: number;
}

/** One lamp group as its controller reports it. */
export interface LampGroupState {
  readonly lampGroup: LampGroupId;
  readonly aspect: LampAspect;
  readonly timing: StateTiming | null;
}

/** What the controller says of itself. */
export interface ControllerStatus {
  readonly mode:
    | 'fixed-time' | 'actuated' | 'coordinated' | 'adaptive' | 'manual'
    | 'flashing' | 'all-red' | 'off' | 'unknown';
  readonly manualControl: boolean;
  readonly stopTime: boolean;
  readonly failureFlash: boolean;
  readonly preempt: boolean;
  readonly priority: boolean;
  readonly fault: boolean;
  readonly transition: boolean;
  /** Plan number now running; null where not told. */
  readonly plan: number | null;
}

/** One complete report of a controller: what the driver publishes. */
export interface ControllerReport {
  readonly controllerId: ControllerId;
  readonly sequence: number;
  readonly measured: Stamp;
  readonly received: Stamp;
  /** How often this source speaks, ms: 100 for a broadcast, 1000 for a slow poll (rule R1b). */
  readonly periodMs: number;
  readonly groups: readonly LampGroupState[];
  readonly status: ControllerStatus;
  /** The raw frames that this report was read from, for the gate's witness. */
  readonly evidence: readonly EvidenceFrame[];
}

/** A state after the present one, as far as it is known: likely, never promised. */
export interface FollowingState {
  readonly aspect: LampAspect;
  readonly rightOfWay: RightOfWay;
  readonly startMs: MonotonicMs;
  readonly likelyEndMs: MonotonicMs;
  /** Probability that both are right to a second, 0..1. */
  readonly confidence: number;
}

/** One signal group: a lamp group in the site's own terms. */
export interface SignalGroupState {
  readonly signalGroup: SignalGroupId;
  readonly aspect: LampAspect;
  readonly rightOfWay: RightOfWay;
  readonly timing: StateTiming | null;
  /** What comes next, when the controller or the plan tells. */
  readonly next: { readonly aspect: LampAspect; readonly durationMs: number | null } | null;
  /** All that is known to follow the likely end, each aspect once; left out where only `next` is. */
  readonly following?: readonly FollowingState[];
  /** When the present aspect likely comes back; null or left out where not known. */
  readonly again?: { readonly startMs: MonotonicMs; readonly durationMs: number } | null;
}

/**
 * What is known to follow the likely end of a group's state: as learnt, else the next state alone
 * where its colour and duration are known, but no green that nobody learnt.
 */
export function followingOf(group: SignalGroupState): readonly FollowingState[] {
  const likely = group.timing?.likelyEnd;
  if (!likely) return [];
  if (group.following) return group.following;
  const { next } = group;
  if (!next || next.durationMs === null) return [];
  if (next.aspect.colour === 'green' && !next.aspect.flashing) return [];
  const sure = group.timing?.confidence ?? sureness[likely.source];
  return [{
    aspect: next.aspect, rightOfWay: group.rightOfWay, startMs: likely.atMs,
    likelyEndMs: plusMs(likely.atMs, next.durationMs), confidence: sure,
  }];
}

/** How sure an end is when its source does not say, by where it comes from, 0..1. */
export const sureness: Readonly<Record<TimingSource, number>> = {
  'controller-guarantee': 1,
  'controller-forecast': 0.9,
  learnt: 0.5,
};

/** All signal groups of one node: the signals stage's output. */
export interface SignalState {
  readonly node: { readonly region: number; readonly id: number };
  readonly controllerId: ControllerId;
  readonly valid: Stamp;
  readonly measured: Stamp;
  readonly received: Stamp;
  readonly periodMs: number;
  /** 'usable' only while the report is complete, known and fresh; else why not. */
  readonly availability: 'usable' | 'never-heard' | 'stale' | 'incomplete' | 'two-sources' | 'fault';
  readonly groups: readonly SignalGroupState[];
  readonly status: ControllerStatus;
  readonly evidence: readonly EvidenceFrame[];
}
