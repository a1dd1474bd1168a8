/** PAM: parking areas (phase 2). Source: T/CSAE 157-2020, ASN.1. */
import {
  bits,
  boolean,
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
import { laneWidth, pointList } from './map.ts';
import { speed } from './motion.ts';
import { position3D, positionOffsetLLV } from './position.ts';
import { descriptiveName } from './references.ts';
import { minuteOfTheYear } from './time.ts';

/** DE_AVPType. */
export const avpType = named('AVPType', enumerated([
  'p0', 'p1', 'p2', 'p3', 'p4', 'p5',
], 'extensible'));
export type AVPType = ValueOf<typeof avpType>;

/** DF_ParkingLotInfo: buildingLayerNum upper bound 256, so 9 b. */
export const parkingLotInfo = sequence('ParkingLotInfo', {
  id: optional(integer(0, 65535)),
  name: optional(descriptiveName),
  number: optional(integer(0, 65535)),
  buildingLayerNum: optional(integer(0, 256)),
  avpType: optional(avpType),
}, 'extensible');
export type ParkingLotInfo = ValueOf<typeof parkingLotInfo>;

/** DE_PAMNodeID. */
export const pamNodeID = named('PAMNodeID', integer(0, 65535));
export type PAMNodeID = ValueOf<typeof pamNodeID>;

/** DE_PAMNodeAttributes: size extensible. */
export const pamNodeAttributes = named('PAMNodeAttributes', bits(8, [
  'entrance', 'exit', 'toUpstair', 'toDownstair', 'etc', 'mtc', 'passAfterPayment', 'blocked',
], 'extensible'));
export type PAMNodeAttributes = ValueOf<typeof pamNodeAttributes>;

/** DF_PAMMovementList. */
export const pamMovementList = named('PAMMovementList', list(1, 32, pamNodeID));
export type PAMMovementList = ValueOf<typeof pamMovementList>;

/** DF_ParkingSlotPosition. */
export const parkingSlotPosition = sequence('ParkingSlotPosition', {
  topLeft: positionOffsetLLV,
  topRight: positionOffsetLLV,
  bottomLeft: positionOffsetLLV,
});
export type ParkingSlotPosition = ValueOf<typeof parkingSlotPosition>;

/** DE_ParkingType: size extensible. */
export const parkingType = named('ParkingType', bits(10, [
  'unknown', 'ordinary', 'disabled', 'mini', 'attached', 'charging', 'stereo', 'lady',
  'extended', 'private',
], 'extensible'));
export type ParkingType = ValueOf<typeof parkingType>;

/** DE_SlotStatus. */
export const slotStatus = named('SlotStatus', enumerated([
  'unknown', 'available', 'occupied', 'reserved',
], 'extensible'));
export type SlotStatus = ValueOf<typeof slotStatus>;

/** DE_ParkingSpaceTheta. */
export const parkingSpaceTheta = named('ParkingSpaceTheta', enumerated([
  'unknown', 'vertical', 'side', 'oblique',
], 'extensible'));
export type ParkingSpaceTheta = ValueOf<typeof parkingSpaceTheta>;

/** DE_ParkingLock. */
export const parkingLock = named('ParkingLock', enumerated([
  'unknown', 'nolock', 'locked', 'unlocked',
], 'extensible'));
export type ParkingLock = ValueOf<typeof parkingLock>;

/** DF_ParkingSlot. */
export const parkingSlot = sequence('ParkingSlot', {
  slotID: integer(0, 65535),
  position: optional(parkingSlotPosition),
  sign: optional(descriptiveName),
  parkingType,
  status: slotStatus,
  parkingSpaceTheta,
  parkingLock,
}, 'extensible');
export type ParkingSlot = ValueOf<typeof parkingSlot>;

/** DF_ParkingSlots. */
export const parkingSlots = named('ParkingSlots', list(1, 256, parkingSlot));
export type ParkingSlots = ValueOf<typeof parkingSlots>;

/** DF_PAMDrive: heightRestriction 0.1 m. */
export const pamDrive = sequence('PAMDrive', {
  upstreamPAMNodeId: pamNodeID,
  driveID: optional(integer(0, 255)),
  twowaySepration: optional(boolean),
  speedLimit: optional(speed),
  heightRestriction: optional(integer(0, 100)),
  driveWidth: optional(laneWidth),
  laneNum: optional(integer(0, 100)),
  points: optional(pointList),
  movements: optional(pamMovementList),
  parkingSlots: optional(parkingSlots),
}, 'extensible');
export type PAMDrive = ValueOf<typeof pamDrive>;

/** DF_PAMDriveList. */
export const pamDriveList = named('PAMDriveList', list(1, 63, pamDrive));
export type PAMDriveList = ValueOf<typeof pamDriveList>;

/** DF_PAMNode: floor −128..128, so 9 b. */
export const pamNode = sequence('PAMNode', {
  id: pamNodeID,
  refPos: position3D,
  floor: optional(integer(-128, 128)),
  attributes: optional(pamNodeAttributes),
  inDrives: optional(pamDriveList),
}, 'extensible');
export type PAMNode = ValueOf<typeof pamNode>;

/** DF_PAMNodeList. */
export const pamNodeList = named('PAMNodeList', list(1, 63, pamNode));
export type PAMNodeList = ValueOf<typeof pamNodeList>;

/** DF_ParkingGuide. */
export const parkingGuide = sequence('ParkingGuide', {
  vehId: octets(8),
  drivePath: list(1, 32, pamNodeID),
  targetParkingSlot: optional(integer(0, 65535)),
}, 'extensible');
export type ParkingGuide = ValueOf<typeof parkingGuide>;

/** MSG PAMData. */
export const pamData = sequence('PAMData', {
  msgCnt: msgCount,
  timeStamp: optional(minuteOfTheYear),
  parkingLotInfo,
  pamNodes: pamNodeList,
  parkingAreaGuidance: optional(list(1, 16, parkingGuide)),
}, 'extensible');
export type PAMData = ValueOf<typeof pamData>;
