import type { MonotonicMs, Stamp } from '../base/time.ts';
import type { CityTrackId, LaneId, SensorId, TrackId } from './ids.ts';
import type { PrivacyTable } from './privacy.ts';
import type { ClassProbabilities, Extent, RoadUserClass } from './roaduser.ts';

/** Kinds of sensor that a road user may be known from. */
export type SensingKind = 'radar' | 'camera' | 'lidar' | 'v2x' | 'loop' | 'object-list';

/** Why a road user is where we say although nobody just saw it. */
export type UnseenReason = 'seen' | 'missed' | 'occluded' | 'out-of-coverage' | 'queued';

/**
 * One road user, predicted to the valid instant, in the site frame.
 * Position is the centre of the body on the ground.
 */
export interface Track {
  readonly id: TrackId;
  readonly cityId: CityTrackId;
  /** The instant that the pose is for. */
  readonly valid: Stamp;
  /** The newest measurement in it. */
  readonly measured: Stamp;
  readonly received: Stamp;
  readonly eastM: number;
  readonly northM: number;
  readonly upM: number;
  readonly eastMps: number;
  readonly northMps: number;
  readonly speedMps: number;
  /** Radians counter-clockwise from east; null while it cannot be known. */
  readonly headingRad: number | null;
  readonly headingSigmaRad: number | null;
  readonly yawRateRadps: number | null;
  /** Along the heading. */
  readonly accelerationMps2: number | null;
  /** [east m, north m, east m/s, north m/s], 4 × 4 row-major, at the valid instant. */
  readonly covariance: readonly number[];
  readonly extent: Extent;
  readonly cls: RoadUserClass;
  readonly classes: ClassProbabilities;
  /** Probability that it exists, 0..1. */
  readonly existence: number;
  readonly unseen: UnseenReason;
  /** When it was first published. */
  readonly bornMs: MonotonicMs;
  /** Sensors that measured it in the last second. */
  readonly sensors: readonly SensorId[];
  readonly kinds: readonly SensingKind[];
  /** The lane that it is on; null when on none. Filled in by events and statistics' lane matcher. */
  readonly laneId: LaneId | null;
}

/** All published road users at one valid instant. */
export interface TrackList {
  readonly tick: number;
  readonly valid: Stamp;
  /** Arrival of the newest evidence that went in; null when nothing ever came. */
  readonly newestReceivedMs: MonotonicMs | null;
  readonly tracks: readonly Track[];
}

/** Privacy class of every field of a track. */
export const trackPrivacy: PrivacyTable<Track> = {
  id: 'pseudonymous',
  cityId: 'pseudonymous',
  valid: 'public',
  measured: 'public',
  received: 'public',
  eastM: 'pseudonymous',
  northM: 'pseudonymous',
  upM: 'pseudonymous',
  eastMps: 'pseudonymous',
  northMps: 'pseudonymous',
  speedMps: 'pseudonymous',
  headingRad: 'pseudonymous',
  headingSigmaRad: 'public',
  yawRateRadps: 'pseudonymous',
  accelerationMps2: 'pseudonymous',
  covariance: 'public',
  extent: 'pseudonymous',
  cls: 'public',
  classes: 'public',
  existence: 'public',
  unseen: 'public',
  bornMs: 'public',
  sensors: 'public',
  kinds: 'public',
  laneId: 'pseudonymous',
};
