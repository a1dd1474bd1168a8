import type { MonotonicMs, Stamp } from '../base/time.ts';
import type { SensorId } from './ids.ts';
import type { PrivacyTable } from './privacy.ts';
import type { ClassProbabilities, Extent, ReferencePoint } from './roaduser.ts';

/**
 * What was measured, in the sensor's own axes (forward, left, metres, radians counter-clockwise
 * from forward), or in the site's (east, north) where the device knows them. `covariance` is
 * row-major over the numbers in the order named, units: products of theirs.
 */
export type Measurement =
  /** [range m, azimuth rad, range rate m/s]; a range rate of null leaves a 2 × 2 covariance. */
  | {
      readonly kind: 'polar';
      readonly rangeM: number;
      readonly azimuthRad: number;
      readonly rangeRateMps: number | null;
      readonly covariance: readonly number[];
    }
  /** [forward m, left m] or, with velocity, [forward m, left m, forward m/s, left m/s]. */
  | {
      readonly kind: 'sensor-position';
      readonly forwardM: number;
      readonly leftM: number;
      readonly forwardMps: number | null;
      readonly leftMps: number | null;
      readonly covariance: readonly number[];
    }
  /** [east m, north m] or, with velocity, [east m, north m, east m/s, north m/s]. */
  | {
      readonly kind: 'site-position';
      readonly eastM: number;
      readonly northM: number;
      readonly eastMps: number | null;
      readonly northMps: number | null;
      readonly covariance: readonly number[];
    };

/** One road user, or a part of one, as one sensor saw it at one instant. */
export interface Observation {
  /** The instant of this sample itself. */
  readonly measuredMs: MonotonicMs;
  readonly measurement: Measurement;
  readonly referencePoint: ReferencePoint;
  readonly extent: Extent;
  /** Heading of the box, radians counter-clockwise from the measurement's first axis; or null. */
  readonly headingRad: number | null;
  readonly headingSigmaRad: number | null;
  /** Whether `headingRad` may be turned by 180°. */
  readonly headingAmbiguous: boolean;
  readonly classes: ClassProbabilities;
  /** The sensor's own track id, opaque; null where it does not track. */
  readonly deviceTrackId: string | null;
  /** Raw detections are independent in time, tracked ones are filtered by the device. */
  readonly processing: 'raw' | 'tracked';
  /** Probability that this is a road user at all, 0..1. */
  readonly quality: number;
  /** Radar cross-section, dBsm; null where not measured. */
  readonly crossSectionDbsm: number | null;
}

/** Everything one sensor saw in one look. An empty list says: looked, and saw nobody. */
export interface ObservationFrame {
  readonly sensorId: SensorId;
  /** Counts the frames of this sensor; a jump is a loss, a fall is a restart. */
  readonly sequence: number;
  readonly measured: Stamp;
  readonly received: Stamp;
  readonly observations: readonly Observation[];
  /** False where the device told that the list was cut. */
  readonly complete: boolean;
}

/** Privacy class of every field of an observation. */
export const observationPrivacy: PrivacyTable<Observation> = {
  measuredMs: 'public',
  measurement: 'pseudonymous',
  referencePoint: 'public',
  extent: 'pseudonymous',
  headingRad: 'pseudonymous',
  headingSigmaRad: 'public',
  headingAmbiguous: 'public',
  classes: 'public',
  deviceTrackId: 'pseudonymous',
  processing: 'public',
  quality: 'public',
  crossSectionDbsm: 'public',
};
