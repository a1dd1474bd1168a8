import type { Stateful } from '../base/stateful.ts';
import type { MonotonicMs } from '../base/time.ts';
import type { SignalGroupId } from '../model/ids.ts';
import type { ControllerStatus, FollowingState, LampAspect } from '../model/signal.ts';

/** A likely end that was learnt. */
export interface Forecast {
  readonly atMs: MonotonicMs;
  /** Probability that it is right to a second, 0..1. */
  readonly confidence: number;
}

/**
 * Learns from colours alone when a state is likely to end. The stage asks it only where the
 * controller tells no end at all, and never takes a minimum or maximum from it (rule R14).
 */
export interface Forecaster extends Stateful {
  /** Shown every group of every report, in order of time. */
  observe(
    group: SignalGroupId, aspect: LampAspect, status: ControllerStatus, atMs: MonotonicMs,
  ): void;
  /** The likely end of the present state; null while nothing is known. */
  likelyEnd(group: SignalGroupId, atMs: MonotonicMs): Forecast | null;
  /** What follows an end, in order, as far as it is known; the last may be the present colour. */
  following?(
    group: SignalGroupId, endMs: MonotonicMs, confidence: number,
  ): readonly FollowingState[];
}

/** Knows nothing: for sites without a learner. */
export const noForecaster: Forecaster = {
  observe: () => undefined,
  likelyEnd: () => null,
  snapshot: () => null,
  restore: () => undefined,
};
