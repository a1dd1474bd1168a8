/** RSM: road users that the roadside has seen. Source: T/CSAE 53-2020, ASN.1. */
import { enumerated, integer, list, named, octets, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';
import {
  accelerationSet4Way,
  heading,
  motionConfidenceSet,
  speed,
  steeringWheelAngle,
} from './motion.ts';
import { position3D, positionConfidenceSet, positionOffsetLLV } from './position.ts';
import { dSecond } from './time.ts';
import { transmissionState, vehicleClassification, vehicleSize } from './vehicle.ts';

/** DE_ParticipantType. */
export const participantType = named('ParticipantType', enumerated([
  'unknown', 'motor', 'non-motor', 'pedestrian', 'rsu',
], 'extensible'));
export type ParticipantType = ValueOf<typeof participantType>;

/** DE_SourceType: 2017 edition stops at loop (no lidar/integrated). */
export const sourceType = named('SourceType', enumerated([
  'unknown', 'selfinfo', 'v2x', 'video', 'microwaveRadar', 'loop', 'lidar', 'integrated',
], 'extensible'));
export type SourceType = ValueOf<typeof sourceType>;

/**
 * DF_ParticipantData: ptcId: 0 = the RSU itself, 1..255 (RSU profile) detected objects; id only
 * when copied from a BSM.
 */
export const participantData = sequence('ParticipantData', {
  ptcType: participantType,
  ptcId: integer(0, 65535),
  source: sourceType,
  id: optional(octets(8)),
  secMark: dSecond,
  pos: positionOffsetLLV,
  posConfidence: positionConfidenceSet,
  transmission: optional(transmissionState),
  speed,
  heading,
  angle: optional(steeringWheelAngle),
  motionCfd: optional(motionConfidenceSet),
  accelSet: optional(accelerationSet4Way),
  size: vehicleSize,
  vehicleClass: optional(vehicleClassification),
}, 'extensible');
export type ParticipantData = ValueOf<typeof participantData>;

/** DF_ParticipantList. */
export const participantList = named('ParticipantList', list(1, 16, participantData));
export type ParticipantList = ValueOf<typeof participantList>;

/**
 * MSG RoadsideSafetyMessage: RSU profile: at least one participant entry is the RSU itself (ptcId
 * 0, type rsu, source selfinfo).
 */
export const roadsideSafetyMessage = sequence('RoadsideSafetyMessage', {
  msgCnt: msgCount,
  id: octets(8),
  refPos: position3D,
  participants: participantList,
}, 'extensible');
export type RoadsideSafetyMessage = ValueOf<typeof roadsideSafetyMessage>;
