/** VIR: what a vehicle intends and asks for (phase 2). Source: T/CSAE 157-2020, ASN.1. */
import {
  bits,
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
import { laneID } from './map.ts';
import { movementEx } from './map-extension.ts';
import { parkingType } from './pam.ts';
import { driveBehavior, pathPlanning, pathPlanningPoint } from './planning.ts';
import { position3D } from './position.ts';
import { nodeReferenceID } from './references.ts';
import { referencePath, referencePathList } from './rsi.ts';
import { dDateTime, dSecond, timeOffset } from './time.ts';
import { vehicleClassification } from './vehicle.ts';

/** DE_ReqStatus: value 2 really spelled comfirmed. */
export const reqStatus = named('ReqStatus', enumerated([
  'unknown', 'request', 'comfirmed', 'cancel', 'complete',
], 'extensible'));
export type ReqStatus = ValueOf<typeof reqStatus>;

/** DF_Req-LaneChange. */
export const reqLaneChange = sequence('Req-LaneChange', {
  upstreamNode: nodeReferenceID,
  downstreamNode: nodeReferenceID,
  targetLane: laneID,
}, 'extensible');
export type ReqLaneChange = ValueOf<typeof reqLaneChange>;

/** DF_Req-ClearTheWay. */
export const reqClearTheWay = sequence('Req-ClearTheWay', {
  upstreamNode: nodeReferenceID,
  downstreamNode: nodeReferenceID,
  targetLane: laneID,
  relatedPath: optional(referencePath),
  tBegin: optional(dDateTime),
  tEnd: optional(dDateTime),
}, 'extensible');
export type ReqClearTheWay = ValueOf<typeof reqClearTheWay>;

/** DF_Req-SignalPriority: distance 0.1 m. */
export const reqSignalPriority = sequence('Req-SignalPriority', {
  intersectionId: nodeReferenceID,
  requiredMov: movementEx,
  estimatedArrivalTime: optional(timeOffset),
  distance2Intersection: optional(integer(0, 10000)),
}, 'extensible');
export type ReqSignalPriority = ValueOf<typeof reqSignalPriority>;

/** DF_Req-SensorSharing. */
export const reqSensorSharing = sequence('Req-SensorSharing', {
  detectArea: referencePathList,
}, 'extensible');
export type ReqSensorSharing = ValueOf<typeof reqSensorSharing>;

/** DE_ParkingRequest: size extensible. */
export const parkingRequest = named('ParkingRequest', bits(12, [
  'enter', 'exit', 'park', 'pay', 'unloadPassenger', 'pickupPassenger', 'unloadCargo',
  'loadCargo', 'reserved1', 'reverved2', 'reserved3', 'reverved4',
], 'extensible'));
export type ParkingRequest = ValueOf<typeof parkingRequest>;

/** DF_Req-ParkingArea. */
export const reqParkingArea = sequence('Req-ParkingArea', {
  vehicleClass: vehicleClassification,
  req: parkingRequest,
  parkingType: optional(parkingType),
  expectedParkingSlotID: optional(integer(0, 65535)),
}, 'extensible');
export type ReqParkingArea = ValueOf<typeof reqParkingArea>;

/** DF_ReqInfo. */
export const reqInfo = named('ReqInfo', choice({
  laneChange: reqLaneChange,
  clearTheWay: reqClearTheWay,
  signalPriority: reqSignalPriority,
  sensorSharing: reqSensorSharing,
  parking: reqParkingArea,
}, 'extensible'));
export type ReqInfo = ValueOf<typeof reqInfo>;

/** DF_DriveRequest: reqPriority as RSIPriority. */
export const driveRequest = sequence('DriveRequest', {
  reqID: integer(0, 255),
  status: reqStatus,
  reqPriority: optional(octets(1)),
  targetVeh: optional(octets(8)),
  targetRSU: optional(octets(8)),
  info: optional(reqInfo),
  lifeTime: optional(timeOffset),
}, 'extensible');
export type DriveRequest = ValueOf<typeof driveRequest>;

/** DF_IARData. */
export const iarData = sequence('IARData', {
  currentPos: optional(pathPlanningPoint),
  'path-Planning': optional(pathPlanning),
  currentBehavior: optional(driveBehavior),
  reqs: optional(list(1, 8, driveRequest)),
}, 'extensible');
export type IARData = ValueOf<typeof iarData>;

/** MSG VehIntentionAndRequest: id = the BSM id. */
export const vehIntentionAndRequest = sequence('VehIntentionAndRequest', {
  msgCnt: msgCount,
  id: octets(8),
  secMark: dSecond,
  refPos: position3D,
  intAndReq: iarData,
}, 'extensible');
export type VehIntentionAndRequest = ValueOf<typeof vehIntentionAndRequest>;
