/**
 * Planned paths, driving behaviour and regions, which several phase-2 messages share. Source:
 * T/CSAE 157-2020, ASN.1.
 */
import { bits, enumerated, list, named, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import {
  accelerationSet4Way,
  heading,
  headingConfidence,
  speed,
  speedConfidence,
} from './motion.ts';
import { positionConfidenceSet, positionOffsetLLV } from './position.ts';
import { referenceLink } from './rsi.ts';
import { timeOffset } from './time.ts';
import { confidence } from './vehicle.ts';

/** DE_AccConfidence: 100, 10, 5, 1, 0.1, 0.05, 0.01 m/s² (names say deg). */
export const accConfidence = named('AccConfidence', enumerated([
  'unavailable', 'prec100deg', 'prec10deg', 'prec5deg', 'prec1deg', 'prec0-1deg', 'prec0-05deg',
  'prec0-01deg',
]));
export type AccConfidence = ValueOf<typeof accConfidence>;

/** DE_AngularVConfidence: 100, 10, 5, 1, 0.1, 0.05, 0.01 deg/s. */
export const angularVConfidence = named('AngularVConfidence', enumerated([
  'unavailable', 'prec100deg', 'prec10deg', 'prec5deg', 'prec1deg', 'prec0-1deg', 'prec0-05deg',
  'prec0-01deg',
]));
export type AngularVConfidence = ValueOf<typeof angularVConfidence>;

/** DF_AccSet4WayConfidence. */
export const accSet4WayConfidence = sequence('AccSet4WayConfidence', {
  lonAccConfidence: accConfidence,
  latAccConfidence: accConfidence,
  vertAccConfidence: accConfidence,
  yawRateCon: angularVConfidence,
});
export type AccSet4WayConfidence = ValueOf<typeof accSet4WayConfidence>;

/** DF_Polygon: vertex list of offsets; whether the first vertex is repeated is not stated (?). */
export const polygon = named('Polygon', list(4, 32, positionOffsetLLV));
export type Polygon = ValueOf<typeof polygon>;

/** DF_PathPlanningPoint. */
export const pathPlanningPoint = sequence('PathPlanningPoint', {
  posInMap: optional(referenceLink),
  pos: positionOffsetLLV,
  posAccuracy: optional(positionConfidenceSet),
  speed: optional(speed),
  speedCfd: optional(speedConfidence),
  heading: optional(heading),
  headingCfd: optional(headingConfidence),
  accelSet: optional(accelerationSet4Way),
  acc4WayConfidence: optional(accSet4WayConfidence),
  estimatedTime: optional(timeOffset),
  timeConfidence: optional(confidence),
}, 'extensible');
export type PathPlanningPoint = ValueOf<typeof pathPlanningPoint>;

/** DF_PathPlanning: 7 b count. */
export const pathPlanning = named('PathPlanning', list(1, 100, pathPlanningPoint));
export type PathPlanning = ValueOf<typeof pathPlanning>;

/** DE_DriveBehavior: size extensible (1 ext bit + 14). */
export const driveBehavior = named('DriveBehavior', bits(14, [
  'goStraightForward', 'laneChangingToLeft', 'laneChangingToRight', 'rampIn', 'rampOut',
  'intersectionStraightThrough', 'intersectionTurnLeft', 'intersectionTurnRight',
  'intersectionUTurn', 'stop-and-go', 'stop', 'slow-down', 'speed-up', 'parking',
], 'extensible'));
export type DriveBehavior = ValueOf<typeof driveBehavior>;
