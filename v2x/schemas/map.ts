/** MAP: nodes, links, lanes and movements. Source: T/CSAE 53-2020, ASN.1. */
import {
  bits,
  choice,
  enumerated,
  integer,
  list,
  named,
  optional,
  sequence,
} from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';
import { speed } from './motion.ts';
import { position3D, positionOffsetLLV } from './position.ts';
import { descriptiveName, nodeReferenceID, phaseID } from './references.ts';
import { minuteOfTheYear } from './time.ts';

/** DE_SpeedLimitType: values are positional in the source. */
export const speedLimitType = named('SpeedLimitType', enumerated([
  'unknown', 'maxSpeedInSchoolZone', 'maxSpeedInSchoolZoneWhenChildrenArePresent',
  'maxSpeedInConstructionZone', 'vehicleMinSpeed', 'vehicleMaxSpeed', 'vehicleNightMaxSpeed',
  'truckMinSpeed', 'truckMaxSpeed', 'truckNightMaxSpeed', 'vehiclesWithTrailersMinSpeed',
  'vehiclesWithTrailersMaxSpeed', 'vehiclesWithTrailersNightMaxSpeed',
], 'extensible'));
export type SpeedLimitType = ValueOf<typeof speedLimitType>;

/** DF_RegulatorySpeedLimit: no marker. */
export const regulatorySpeedLimit = sequence('RegulatorySpeedLimit', {
  type: speedLimitType,
  speed,
});
export type RegulatorySpeedLimit = ValueOf<typeof regulatorySpeedLimit>;

/** DF_SpeedLimitList. */
export const speedLimitList = named('SpeedLimitList', list(1, 9, regulatorySpeedLimit));
export type SpeedLimitList = ValueOf<typeof speedLimitList>;

/** DE_LaneWidth: 1 cm. */
export const laneWidth = named('LaneWidth', integer(0, 32767, { unit: 'm', step: 0.01 }));
export type LaneWidth = ValueOf<typeof laneWidth>;

/** DF_RoadPoint. */
export const roadPoint = sequence('RoadPoint', {
  posOffset: positionOffsetLLV,
}, 'extensible');
export type RoadPoint = ValueOf<typeof roadPoint>;

/** DF_PointList: upstream to downstream. */
export const pointList = named('PointList', list(2, 31, roadPoint));
export type PointList = ValueOf<typeof pointList>;

/** DF_Movement: no marker. */
export const movement = sequence('Movement', {
  remoteIntersection: nodeReferenceID,
  phaseId: optional(phaseID),
});
export type Movement = ValueOf<typeof movement>;

/** DF_MovementList. */
export const movementList = named('MovementList', list(1, 32, movement));
export type MovementList = ValueOf<typeof movementList>;

/** DE_LaneID: 0 unknown, 255 reserved; RSU profile: 1 from the left, along travel. */
export const laneID = named('LaneID', integer(0, 255));
export type LaneID = ValueOf<typeof laneID>;

/** DE_LaneSharing: all zero = not shared. */
export const laneSharing = named('LaneSharing', bits(10, [
  'overlappingLaneDescriptionProvided', 'multipleLanesTreatedAsOneLane',
  'otherNonMotorizedTrafficTypes', 'individualMotorizedVehicleTraffic', 'busVehicleTraffic',
  'taxiVehicleTraffic', 'pedestriansTraffic', 'cyclistVehicleTraffic', 'trackedVehicleTraffic',
  'pedestrianTraffic',
]));
export type LaneSharing = ValueOf<typeof laneSharing>;

/**
 * DE_LaneAttributes-Vehicle: size extensible: 1 extension bit, then 8 bits when size = 8. Phase 2
 * renames bit 1 isRampLane and bit 6 emergencyLane.
 */
export const laneAttributesVehicle = named('LaneAttributes-Vehicle', bits(8, [
  'isVehicleRevocableLane', 'isVehicleFlyOverLane', 'hovLaneUseOnly', 'restrictedToBusUse',
  'restrictedToTaxiUse', 'restrictedFromPublicUse', 'hasIRbeaconCoverage', 'permissionOnRequest',
], 'extensible'));
export type LaneAttributesVehicle = ValueOf<typeof laneAttributesVehicle>;

/** DE_LaneAttributes-Crosswalk: bits 9-15 zero. */
export const laneAttributesCrosswalk = named('LaneAttributes-Crosswalk', bits(16, [
  'crosswalkRevocableLane', 'bicyleUseAllowed', 'isXwalkFlyOverLane', 'fixedCycleTime',
  'biDirectionalCycleTimes', 'hasPushToWalkButton', 'audioSupport', 'rfSignalRequestPresent',
  'unsignalizedSegmentsPresent',
]));
export type LaneAttributesCrosswalk = ValueOf<typeof laneAttributesCrosswalk>;

/** DE_LaneAttributes-Bike: bits 7-15 zero. */
export const laneAttributesBike = named('LaneAttributes-Bike', bits(16, [
  'bikeRevocableLane', 'pedestrianUseAllowed', 'isBikeFlyOverLane', 'fixedCycleTime',
  'biDirectionalCycleTimes', 'isolatedByBarrier', 'unsignalizedSegmentsPresent',
]));
export type LaneAttributesBike = ValueOf<typeof laneAttributesBike>;

/** DE_LaneAttributes-Sidewalk: bits 4-15 zero. */
export const laneAttributesSidewalk = named('LaneAttributes-Sidewalk', bits(16, [
  'sidewalk-RevocableLane', 'bicyleUseAllowed', 'isSidewalkFlyOverLane', 'walkBikes',
]));
export type LaneAttributesSidewalk = ValueOf<typeof laneAttributesSidewalk>;

/** DE_LaneAttributes-Barrier: bits 10-15 zero. */
export const laneAttributesBarrier = named('LaneAttributes-Barrier', bits(16, [
  'median-RevocableLane', 'median', 'whiteLineHashing', 'stripedLines', 'doubleStripedLines',
  'trafficCones', 'constructionBarrier', 'trafficChannels', 'lowCurbs', 'highCurbs',
]));
export type LaneAttributesBarrier = ValueOf<typeof laneAttributesBarrier>;

/** DE_LaneAttributes-Striping: bits 6-15 zero. */
export const laneAttributesStriping = named('LaneAttributes-Striping', bits(16, [
  'stripeToConnectingLanesRevocableLane', 'stripeDrawOnLeft', 'stripeDrawOnRight',
  'stripeToConnectingLanesLeft', 'stripeToConnectingLanesRight', 'stripeToConnectingLanesAhead',
]));
export type LaneAttributesStriping = ValueOf<typeof laneAttributesStriping>;

/** DE_LaneAttributes-TrackedVehicle: bits 5-15 zero. */
export const laneAttributesTrackedVehicle = named('LaneAttributes-TrackedVehicle', bits(16, [
  'spec-RevocableLane', 'spec-commuterRailRoadTrack', 'spec-lightRailRoadTrack',
  'spec-heavyRailRoadTrack', 'spec-otherRailType',
]));
export type LaneAttributesTrackedVehicle = ValueOf<typeof laneAttributesTrackedVehicle>;

/** DE_LaneAttributes-Parking: bits 7-15 zero. */
export const laneAttributesParking = named('LaneAttributes-Parking', bits(16, [
  'parkingRevocableLane', 'parallelParkingInUse', 'headInParkingInUse', 'doNotParkZone',
  'parkingForBusUse', 'parkingForTaxiUse', 'noPublicParkingUse',
]));
export type LaneAttributesParking = ValueOf<typeof laneAttributesParking>;

/** DF_LaneTypeAttributes. */
export const laneTypeAttributes = named('LaneTypeAttributes', choice({
  vehicle: laneAttributesVehicle,
  crosswalk: laneAttributesCrosswalk,
  bikeLane: laneAttributesBike,
  sidewalk: laneAttributesSidewalk,
  median: laneAttributesBarrier,
  striping: laneAttributesStriping,
  trackedVehicle: laneAttributesTrackedVehicle,
  parking: laneAttributesParking,
}, 'extensible'));
export type LaneTypeAttributes = ValueOf<typeof laneTypeAttributes>;

/** DF_LaneAttributes: no marker. */
export const laneAttributes = sequence('LaneAttributes', {
  shareWith: optional(laneSharing),
  laneType: laneTypeAttributes,
});
export type LaneAttributes = ValueOf<typeof laneAttributes>;

/** DE_AllowedManeuvers: all zero = unknown/none. */
export const allowedManeuvers = named('AllowedManeuvers', bits(12, [
  'maneuverStraightAllowed', 'maneuverLeftAllowed', 'maneuverRightAllowed',
  'maneuverUTurnAllowed', 'maneuverLeftTurnOnRedAllowed', 'maneuverRightTurnOnRedAllowed',
  'maneuverLaneChangeAllowed', 'maneuverNoStoppingAllowed', 'yieldAllwaysRequired', 'goWithHalt',
  'caution', 'reserved1',
]));
export type AllowedManeuvers = ValueOf<typeof allowedManeuvers>;

/** DF_ConnectingLane: no marker; lane is the ID in the downstream link. */
export const connectingLane = sequence('ConnectingLane', {
  lane: laneID,
  maneuver: optional(allowedManeuvers),
});
export type ConnectingLane = ValueOf<typeof connectingLane>;

/** DF_Connection: no marker. */
export const connection = sequence('Connection', {
  remoteIntersection: nodeReferenceID,
  connectingLane: optional(connectingLane),
  phaseId: optional(phaseID),
});
export type Connection = ValueOf<typeof connection>;

/** DF_ConnectsToList: B/D2: 1..8 (3 b), so the bits differ. */
export const connectsToList = named('ConnectsToList', list(1, 16, connection));
export type ConnectsToList = ValueOf<typeof connectsToList>;

/** DF_Lane. */
export const lane = sequence('Lane', {
  laneID,
  laneWidth: optional(laneWidth),
  laneAttributes: optional(laneAttributes),
  maneuvers: optional(allowedManeuvers),
  connectsTo: optional(connectsToList),
  speedLimits: optional(speedLimitList),
  points: optional(pointList),
}, 'extensible');
export type Lane = ValueOf<typeof lane>;

/** DF_LaneList. */
export const laneList = named('LaneList', list(1, 32, lane));
export type LaneList = ValueOf<typeof laneList>;

/** DF_Link: B/D2: linkWidth mandatory (one presence bit less), so the bits differ. */
export const link = sequence('Link', {
  name: optional(descriptiveName),
  upstreamNodeId: nodeReferenceID,
  speedLimits: optional(speedLimitList),
  linkWidth: optional(laneWidth),
  points: optional(pointList),
  movements: optional(movementList),
  lanes: laneList,
}, 'extensible');
export type Link = ValueOf<typeof link>;

/** DF_LinkList. */
export const linkList = named('LinkList', list(1, 32, link));
export type LinkList = ValueOf<typeof linkList>;

/** DF_Node. */
export const node = sequence('Node', {
  name: optional(descriptiveName),
  id: nodeReferenceID,
  refPos: position3D,
  inLinks: optional(linkList),
}, 'extensible');
export type Node = ValueOf<typeof node>;

/** DF_NodeList: B/D2: 1..32 (5 b), so the bits differ. */
export const nodeList = named('NodeList', list(1, 63, node));
export type NodeList = ValueOf<typeof nodeList>;

/** MSG MapData: here timeStamp is MinuteOfTheYear, not DSecond. */
export const mapData = sequence('MapData', {
  msgCnt: msgCount,
  timeStamp: optional(minuteOfTheYear),
  nodes: nodeList,
}, 'extensible');
export type MapData = ValueOf<typeof mapData>;
