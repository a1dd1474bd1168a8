/** PSM: what a pedestrian or rider says of himself (phase 2). Source: T/CSAE 157-2020, ASN.1. */
import {
  bits,
  choice,
  enumerated,
  integer,
  named,
  octets,
  optional,
  sequence,
} from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';
import { accelerationSet4Way, heading, speed } from './motion.ts';
import { pathPlanning } from './planning.ts';
import { position3D, positionalAccuracy } from './position.ts';
import { dSecond, timeConfidence } from './time.ts';
import { pathHistory } from './vehicle.ts';

/** DE_PersonalDeviceUserType. */
export const personalDeviceUserType = named('PersonalDeviceUserType', enumerated([
  'unavailable', 'aPEDESTRIAN', 'aPEDALCYCLIST', 'aROADWORKER', 'anANIMAL',
], 'extensible'));
export type PersonalDeviceUserType = ValueOf<typeof personalDeviceUserType>;

/** DE_HumanPropelledType. */
export const humanPropelledType = named('HumanPropelledType', enumerated([
  'unavailable', 'otherTypes', 'onFoot', 'skateboard', 'pushOrKickScooter', 'wheelchair',
], 'extensible'));
export type HumanPropelledType = ValueOf<typeof humanPropelledType>;

/** DE_AnimalPropelledType. */
export const animalPropelledType = named('AnimalPropelledType', enumerated([
  'unavailable', 'otherTypes', 'animalMounted', 'animalDrawnCarriage',
], 'extensible'));
export type AnimalPropelledType = ValueOf<typeof animalPropelledType>;

/** DE_MotorizedPropelledType. */
export const motorizedPropelledType = named('MotorizedPropelledType', enumerated([
  'unavailable', 'otherTypes', 'wheelChair', 'bicycle', 'scooter', 'selfBalancingDevice',
], 'extensible'));
export type MotorizedPropelledType = ValueOf<typeof motorizedPropelledType>;

/** DF_PropelledInformation. */
export const propelledInformation = named('PropelledInformation', choice({
  human: humanPropelledType,
  animal: animalPropelledType,
  motor: motorizedPropelledType,
}, 'extensible'));
export type PropelledInformation = ValueOf<typeof propelledInformation>;

/** DE_NumberOfParticipantsInCluster. */
export const numberOfParticipantsInCluster = named('NumberOfParticipantsInCluster', enumerated([
  'unavailable', 'small', 'medium', 'large',
], 'extensible'));
export type NumberOfParticipantsInCluster = ValueOf<typeof numberOfParticipantsInCluster>;

/** DE_Attachment. */
export const attachment = named('Attachment', enumerated([
  'unavailable', 'stroller', 'bicycleTrailer', 'cart', 'wheelchair',
  'otherWalkAssistAttachments', 'pet',
], 'extensible'));
export type Attachment = ValueOf<typeof attachment>;

/** DE_PersonalDeviceUsageState. */
export const personalDeviceUsageState = named('PersonalDeviceUsageState', bits(9, [
  'unavailable', 'other', 'idle', 'listeningToAudio', 'typing', 'calling', 'playingGames',
  'reading', 'viewing',
], 'extensible'));
export type PersonalDeviceUsageState = ValueOf<typeof personalDeviceUsageState>;

/** DE_PersonalAssistive. */
export const personalAssistive = named('PersonalAssistive', bits(6, [
  'unavailable', 'otherType', 'vision', 'hearing', 'movement', 'cognition',
], 'extensible'));
export type PersonalAssistive = ValueOf<typeof personalAssistive>;

/** DF_PersonalExtensions. */
export const personalExtensions = sequence('PersonalExtensions', {
  useState: optional(personalDeviceUsageState),
  assistType: optional(personalAssistive),
}, 'extensible');
export type PersonalExtensions = ValueOf<typeof personalExtensions>;

/** DE_RoadWorkerType. */
export const roadWorkerType = named('RoadWorkerType', enumerated([
  'unavailable', 'trafficPolice', 'constructionPersonnel', 'policeOfficers',
  'trafficControlPersons', 'railroadCrossingGuards', 'emergencyOrganizationPersonnel',
], 'extensible'));
export type RoadWorkerType = ValueOf<typeof roadWorkerType>;

/** DE_RoadWorkerActivityType. */
export const roadWorkerActivityType = named('RoadWorkerActivityType', bits(6, [
  'unavailable', 'workingOnRoad', 'settingUpClosures', 'respondingToEvents', 'directingTraffic',
  'otherActivities',
], 'extensible'));
export type RoadWorkerActivityType = ValueOf<typeof roadWorkerActivityType>;

/** DF_RoadWorkerExtensions. */
export const roadWorkerExtensions = sequence('RoadWorkerExtensions', {
  workerType: optional(roadWorkerType),
  activityType: optional(roadWorkerActivityType),
}, 'extensible');
export type RoadWorkerExtensions = ValueOf<typeof roadWorkerExtensions>;

/** DE_PersonalCrossing. */
export const personalCrossing = named('PersonalCrossing', enumerated([
  'unavailable', 'request', 'crossing', 'finish',
], 'extensible'));
export type PersonalCrossing = ValueOf<typeof personalCrossing>;

/** DF_PersonalRequest. */
export const personalRequest = sequence('PersonalRequest', {
  crossing: optional(personalCrossing),
}, 'extensible');
export type PersonalRequest = ValueOf<typeof personalRequest>;

/** DF_Non-motorData. */
export const nonMotorData = sequence('Non-motorData', {
  basicType: personalDeviceUserType,
  propulsion: optional(propelledInformation),
  clusterSize: optional(numberOfParticipantsInCluster),
  attachment: optional(attachment),
  personalExt: optional(personalExtensions),
  roadWorkerExt: optional(roadWorkerExtensions),
  personalReq: optional(personalRequest),
}, 'extensible');
export type NonMotorData = ValueOf<typeof nonMotorData>;

/** MSG PersonalSafetyMessage: posAccuracy mandatory here; overallRadius 0.1 m. */
export const personalSafetyMessage = sequence('PersonalSafetyMessage', {
  msgCnt: msgCount,
  id: octets(8),
  secMark: dSecond,
  timeConfidence: optional(timeConfidence),
  pos: position3D,
  posAccuracy: positionalAccuracy,
  speed,
  heading,
  accelSet: optional(accelerationSet4Way),
  pathHistory: optional(pathHistory),
  'path-Planning': optional(pathPlanning),
  overallRadius: integer(0, 200),
  'non-motorData': nonMotorData,
}, 'extensible');
export type PersonalSafetyMessage = ValueOf<typeof personalSafetyMessage>;
