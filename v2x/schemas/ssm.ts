/**
 * SSM: participants and obstacles that a sensor has seen (phase 2). Source: T/CSAE 157-2020,
 * ASN.1.
 */
import {
  choice,
  enumerated,
  integer,
  list,
  named,
  octets,
  optional,
  sequence,
} from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';
import {
  accelerationSet4Way,
  heading,
  headingConfidence,
  speed,
  speedConfidence,
  yawRate,
} from './motion.ts';
import {
  accSet4WayConfidence,
  angularVConfidence,
  driveBehavior,
  pathPlanning,
  polygon,
} from './planning.ts';
import { position3D, positionConfidenceSet, positionOffsetLLV } from './position.ts';
import { nonMotorData } from './psm.ts';
import { rteList } from './rsi.ts';
import { participantData, sourceType } from './rsm.ts';
import { dSecond, timeOffset } from './time.ts';
import { confidence, exteriorLights, pathHistory } from './vehicle.ts';

/** DE_EquipmentType. */
export const equipmentType = named('EquipmentType', enumerated([
  'unknown', 'rsu', 'obu', 'vru',
], 'extensible'));
export type EquipmentType = ValueOf<typeof equipmentType>;

/** DF_DetectedRegion. */
export const detectedRegion = named('DetectedRegion', list(1, 8, polygon));
export type DetectedRegion = ValueOf<typeof detectedRegion>;

/** DE_SizeValueConfidence. */
export const sizeValueConfidence = named('SizeValueConfidence', enumerated([
  'unavailable', 'size-100-00', 'size-050-00', 'size-020-00', 'size-010-00', 'size-005-00',
  'size-002-00', 'size-001-00', 'size-000-50', 'size-000-20', 'size-000-10', 'size-000-05',
  'size-000-02', 'size-000-01',
]));
export type SizeValueConfidence = ValueOf<typeof sizeValueConfidence>;

/** DF_ObjectSizeConfidence. */
export const objectSizeConfidence = sequence('ObjectSizeConfidence', {
  widthConf: sizeValueConfidence,
  lengthConf: sizeValueConfidence,
  heightConf: optional(sizeValueConfidence),
});
export type ObjectSizeConfidence = ValueOf<typeof objectSizeConfidence>;

/** DE_DetectedPTCType. */
export const detectedPTCType = named('DetectedPTCType', enumerated([
  'unknown', 'unknown-movable', 'unknown-unmovable', 'car', 'van', 'truck', 'bus', 'cyclist',
  'motorcyclist', 'tricyclist', 'pedestrian',
], 'extensible'));
export type DetectedPTCType = ValueOf<typeof detectedPTCType>;

/** DE_PlanningDuration: 0.1 s. */
export const planningDuration = named(
  'PlanningDuration',
  integer(0, 600, { unit: 's', step: 0.1 }),
);
export type PlanningDuration = ValueOf<typeof planningDuration>;

/** DF_Planning. */
export const planning = sequence('Planning', {
  duration: optional(planningDuration),
  planConfidence: optional(confidence),
  drivingBehavior: optional(driveBehavior),
  pathPlanning: optional(pathPlanning),
}, 'extensible');
export type Planning = ValueOf<typeof planning>;

/** DF_PlanningList. */
export const planningList = named('PlanningList', list(1, 8, planning));
export type PlanningList = ValueOf<typeof planningList>;

/** DE_Pitch: 0.0125 deg. */
export const pitch = named('Pitch', integer(-7200, 7200, { unit: 'deg', step: 0.0125 }));
export type Pitch = ValueOf<typeof pitch>;

/** DE_Roll: 0.0125 deg. */
export const roll = named('Roll', integer(-7200, 7200, { unit: 'deg', step: 0.0125 }));
export type Roll = ValueOf<typeof roll>;

/** DE_Yaw: 0.0125 deg. */
export const yaw = named('Yaw', integer(-14400, 14400, { unit: 'deg', step: 0.0125 }));
export type Yaw = ValueOf<typeof yaw>;

/** DF_Attitude: no marker. */
export const attitude = sequence('Attitude', {
  pitch,
  roll,
  yaw,
});
export type Attitude = ValueOf<typeof attitude>;

/** DF_AttitudeConfidence. */
export const attitudeConfidence = sequence('AttitudeConfidence', {
  pitchConfidence: headingConfidence,
  rollRateConfidence: headingConfidence,
  yawRate: headingConfidence,
});
export type AttitudeConfidence = ValueOf<typeof attitudeConfidence>;

/** DE_PitchRate: 0.01 deg/s. */
export const pitchRate = named('PitchRate', integer(-32767, 32767, { unit: 'deg/s', step: 0.01 }));
export type PitchRate = ValueOf<typeof pitchRate>;

/** DE_RollRate: 0.01 deg/s. */
export const rollRate = named('RollRate', integer(-32767, 32767, { unit: 'deg/s', step: 0.01 }));
export type RollRate = ValueOf<typeof rollRate>;

/** DF_AngularVelocity. */
export const angularVelocity = sequence('AngularVelocity', {
  pitchRate,
  rollRate,
  yawRate,
});
export type AngularVelocity = ValueOf<typeof angularVelocity>;

/** DF_AngularVelocityConfidence. */
export const angularVelocityConfidence = sequence('AngularVelocityConfidence', {
  pitchRate: angularVConfidence,
  rollRate: angularVConfidence,
  yawRate: angularVConfidence,
});
export type AngularVelocityConfidence = ValueOf<typeof angularVelocityConfidence>;

/** DF_MotorDataExtension. */
export const motorDataExtension = sequence('MotorDataExtension', {
  lights: optional(exteriorLights),
  vehAttitude: optional(attitude),
  vehAttitudeConfidence: optional(attitudeConfidence),
  vehAngVel: optional(angularVelocity),
  vehAngVelConfidence: optional(angularVelocityConfidence),
}, 'extensible');
export type MotorDataExtension = ValueOf<typeof motorDataExtension>;

/** DF_Non-motorDataExtension: overallRadius 0.1 m. */
export const nonMotorDataExtension = sequence('Non-motorDataExtension', {
  overallRadius: integer(0, 200),
  'non-motorData': nonMotorData,
}, 'extensible');
export type NonMotorDataExtension = ValueOf<typeof nonMotorDataExtension>;

/** DF_DetectedPTCData: tracking in s; type-relatedExt is an inline extensible choice. */
export const detectedPTCData = sequence('DetectedPTCData', {
  ptc: participantData,
  objSizeConfidence: optional(objectSizeConfidence),
  detectedPTCType: optional(detectedPTCType),
  typeConfidence: optional(confidence),
  acc4WayConfidence: optional(accSet4WayConfidence),
  statusDuration: optional(timeOffset),
  pathHistory: optional(pathHistory),
  planningList: optional(planningList),
  tracking: optional(integer(1, 65535)),
  polygon: optional(polygon),
  'type-relatedExt': optional(choice({
    motorExt: motorDataExtension,
    'non-motorExt': nonMotorDataExtension,
  }, 'extensible')),
}, 'extensible');
export type DetectedPTCData = ValueOf<typeof detectedPTCData>;

/** DF_DetectedPTCList. */
export const detectedPTCList = named('DetectedPTCList', list(1, 512, detectedPTCData));
export type DetectedPTCList = ValueOf<typeof detectedPTCList>;

/** DE_ObstacleType. */
export const obstacleType = named('ObstacleType', enumerated([
  'unknown', 'rockfall', 'landslide', 'animal-intrusion', 'liquid-spill', 'goods-scattered',
  'trafficcone', 'safety-triangle', 'traffic-roadblock', 'inspection-shaft-without-cover',
  'unknown-fragments', 'unknown-hard-object', 'unknown-soft-object',
], 'extensible'));
export type ObstacleType = ValueOf<typeof obstacleType>;

/** DE_SizeValue: 0.1 m. */
export const sizeValue = named('SizeValue', integer(0, 1023, { unit: 'm', step: 0.1 }));
export type SizeValue = ValueOf<typeof sizeValue>;

/** DF_ObjectSize. */
export const objectSize = sequence('ObjectSize', {
  width: sizeValue,
  length: sizeValue,
  height: optional(sizeValue),
});
export type ObjectSize = ValueOf<typeof objectSize>;

/** DF_DetectedObstacleData: obsId 0 reserved; tracking in s. */
export const detectedObstacleData = sequence('DetectedObstacleData', {
  obsType: obstacleType,
  objTypeConfidence: optional(confidence),
  obsId: integer(0, 65535),
  source: sourceType,
  secMark: dSecond,
  pos: positionOffsetLLV,
  posConfidence: positionConfidenceSet,
  speed,
  speedCfd: optional(speedConfidence),
  heading,
  headingCfd: optional(headingConfidence),
  verSpeed: optional(speed),
  verSpeedConfidence: optional(speedConfidence),
  accelSet: optional(accelerationSet4Way),
  size: objectSize,
  objSizeConfidence: optional(objectSizeConfidence),
  tracking: optional(integer(1, 65535)),
  polygon: optional(polygon),
}, 'extensible');
export type DetectedObstacleData = ValueOf<typeof detectedObstacleData>;

/** DF_DetectedObstacleList. */
export const detectedObstacleList = named(
  'DetectedObstacleList',
  list(1, 64, detectedObstacleData),
);
export type DetectedObstacleList = ValueOf<typeof detectedObstacleList>;

/** MSG SensorSharingMsg: sensorPos is the reference position of every offset inside. */
export const sensorSharingMsg = sequence('SensorSharingMsg', {
  msgCnt: msgCount,
  id: octets(8),
  equipmentType,
  secMark: dSecond,
  sensorPos: position3D,
  detectedRegion: optional(detectedRegion),
  participants: optional(detectedPTCList),
  obstacles: optional(detectedObstacleList),
  rtes: optional(rteList),
}, 'extensible');
export type SensorSharingMsg = ValueOf<typeof sensorSharingMsg>;
