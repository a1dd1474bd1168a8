/** Speed, heading, acceleration and their confidence. Source: T/CSAE 53-2020, ASN.1. */
import { enumerated, integer, named, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';

/** DE_Speed: 0.02 m/s; 8191 = unavailable. */
export const speed = named(
  'Speed',
  integer(0, 8191, { unit: 'm/s', step: 0.02, unavailable: 8191 }),
);
export type Speed = ValueOf<typeof speed>;

/**
 * DE_Heading: 0.0125 deg clockwise from north; 28800 = unavailable(?) (text gives 0..359.9875
 * only).
 */
export const heading = named(
  'Heading',
  integer(0, 28800, { unit: 'deg', step: 0.0125, unavailable: 28800 }),
);
export type Heading = ValueOf<typeof heading>;

/** DE_CoarseHeading: 1.5 deg; 240 = unavailable. */
export const coarseHeading = named(
  'CoarseHeading',
  integer(0, 240, { unit: 'deg', step: 1.5, unavailable: 240 }),
);
export type CoarseHeading = ValueOf<typeof coarseHeading>;

/** DE_SteeringWheelAngle: 1.5 deg, right +; −126/126 = at or beyond; 127 = unavailable. */
export const steeringWheelAngle = named(
  'SteeringWheelAngle',
  integer(-126, 127, { unit: 'deg', step: 1.5, unavailable: 127 }),
);
export type SteeringWheelAngle = ValueOf<typeof steeringWheelAngle>;

/** DE_SpeedConfidence. */
export const speedConfidence = named('SpeedConfidence', enumerated([
  'unavailable', 'prec100ms', 'prec10ms', 'prec5ms', 'prec1ms', 'prec0-1ms', 'prec0-05ms',
  'prec0-01ms',
]));
export type SpeedConfidence = ValueOf<typeof speedConfidence>;

/** DE_HeadingConfidence. */
export const headingConfidence = named('HeadingConfidence', enumerated([
  'unavailable', 'prec10deg', 'prec05deg', 'prec01deg', 'prec0-1deg', 'prec0-05deg',
  'prec0-01deg', 'prec0-0125deg',
]));
export type HeadingConfidence = ValueOf<typeof headingConfidence>;

/** DE_SteeringWheelAngleConfidence. */
export const steeringWheelAngleConfidence = named('SteeringWheelAngleConfidence', enumerated([
  'unavailable', 'prec2deg', 'prec1deg', 'prec0-02deg',
]));
export type SteeringWheelAngleConfidence = ValueOf<typeof steeringWheelAngleConfidence>;

/** DF_MotionConfidenceSet: no marker. */
export const motionConfidenceSet = sequence('MotionConfidenceSet', {
  speedCfd: optional(speedConfidence),
  headingCfd: optional(headingConfidence),
  steerCfd: optional(steeringWheelAngleConfidence),
});
export type MotionConfidenceSet = ValueOf<typeof motionConfidenceSet>;

/** DE_Acceleration: 0.01 m/s²; ±2000 clamp; 2001 = unavailable. */
export const acceleration = named(
  'Acceleration',
  integer(-2000, 2001, { unit: 'm/s^2', step: 0.01, unavailable: 2001 }),
);
export type Acceleration = ValueOf<typeof acceleration>;

/** DE_VerticalAcceleration: 0.02 g; −127 = unavailable, 127 = ≥2.54 g, −126 = ≤−2.52 g. */
export const verticalAcceleration = named(
  'VerticalAcceleration',
  integer(-127, 127, { unit: 'g', step: 0.02, unavailable: -127 }),
);
export type VerticalAcceleration = ValueOf<typeof verticalAcceleration>;

/** DE_YawRate: 0.01 deg/s, clockwise + (?). */
export const yawRate = named('YawRate', integer(-32767, 32767, { unit: 'deg/s', step: 0.01 }));
export type YawRate = ValueOf<typeof yawRate>;

/** DF_AccelerationSet4Way: no marker. */
export const accelerationSet4Way = sequence('AccelerationSet4Way', {
  long: acceleration,
  lat: acceleration,
  vert: verticalAcceleration,
  yaw: yawRate,
});
export type AccelerationSet4Way = ValueOf<typeof accelerationSet4Way>;
