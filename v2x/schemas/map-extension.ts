/**
 * What phase 2 adds to MAP: lanes along a reference line, prohibited zones. Source: T/CSAE
 * 157-2020, ASN.1.
 */
import { boolean, enumerated, integer, list, named, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { allowedManeuvers, laneAttributes, laneWidth, pointList, speedLimitList } from './map.ts';
import { polygon } from './planning.ts';
import { descriptiveName, nodeReferenceID, phaseID } from './references.ts';

/** DE_Maneuver. */
export const maneuver = named('Maneuver', enumerated([
  'maneuverStraight', 'maneuverLeftTurn', 'maneuverRightTurn', 'maneuverUTurn',
], 'extensible'));
export type Maneuver = ValueOf<typeof maneuver>;

/** DF_MovementEx. */
export const movementEx = sequence('MovementEx', {
  remoteIntersection: nodeReferenceID,
  phaseId: optional(phaseID),
  'turn-direction': optional(maneuver),
}, 'extensible');
export type MovementEx = ValueOf<typeof movementEx>;

/** DF_MovementExList. */
export const movementExList = named('MovementExList', list(1, 32, movementEx));
export type MovementExList = ValueOf<typeof movementExList>;

/** DE_SectionId. */
export const sectionId = named('SectionId', integer(1, 63));
export type SectionId = ValueOf<typeof sectionId>;

/** DE_LaneRefID. */
export const laneRefID = named('LaneRefID', integer(-31, 31));
export type LaneRefID = ValueOf<typeof laneRefID>;

/** DF_SignalWaitingLane. */
export const signalWaitingLane = sequence('SignalWaitingLane', {
  laneWidth,
  points: pointList,
  allowedPhaseIds: optional(list(1, 7, phaseID)),
});
export type SignalWaitingLane = ValueOf<typeof signalWaitingLane>;

/** DF_ConnectingLaneEx. */
export const connectingLaneEx = sequence('ConnectingLaneEx', {
  'target-section': sectionId,
  'target-lane': laneRefID,
  connectingLaneWidth: optional(laneWidth),
  connectingLanePoints: optional(pointList),
  isolatedConnectingLane: optional(boolean),
});
export type ConnectingLaneEx = ValueOf<typeof connectingLaneEx>;

/** DF_ConnectionEx. */
export const connectionEx = sequence('ConnectionEx', {
  remoteIntersection: nodeReferenceID,
  swl: optional(signalWaitingLane),
  connectingLane: optional(list(1, 16, connectingLaneEx)),
  phaseId: optional(phaseID),
  'turn-direction': optional(maneuver),
}, 'extensible');
export type ConnectionEx = ValueOf<typeof connectionEx>;

/** DF_ConnectsToExList. */
export const connectsToExList = named('ConnectsToExList', list(1, 32, connectionEx));
export type ConnectsToExList = ValueOf<typeof connectsToExList>;

/**
 * DF_ST-Point: s along, t across the reference line; unit not stated in the ASN.1 comments we read
 * (?).
 */
export const stPoint = sequence('ST-Point', {
  's-axis': integer(-1024, 65535),
  't-axis': integer(-32768, 32767),
}, 'extensible');
export type STPoint = ValueOf<typeof stPoint>;

/** DF_STPointList. */
export const stPointList = named('STPointList', list(2, 63, stPoint));
export type STPointList = ValueOf<typeof stPointList>;

/** DE_Dotted-SolidMarkingLineType. */
export const dottedSolidMarkingLineType = named('Dotted-SolidMarkingLineType', enumerated([
  'whiteDottedLine', 'whiteSolidLine', 'yellowDottedLine', 'yellowSolidLine',
  'whiteDotted-solidLine', 'whiteSotted-dottedLine', 'yellowDotted-solidLine',
  'yellowSotted-dottedLine',
], 'extensible'));
export type DottedSolidMarkingLineType = ValueOf<typeof dottedSolidMarkingLineType>;

/** DF_LaneLineType. */
export const laneLineType = sequence('LaneLineType', {
  leftLaneLine: dottedSolidMarkingLineType,
  rightLaneLine: dottedSolidMarkingLineType,
});
export type LaneLineType = ValueOf<typeof laneLineType>;

/** DF_LaneEx. */
export const laneEx = sequence('LaneEx', {
  laneRefID,
  laneWidth: optional(laneWidth),
  laneAttributes: optional(laneAttributes),
  maneuvers: optional(allowedManeuvers),
  'connectsTo-ex': optional(connectsToExList),
  speedLimits: optional(speedLimitList),
  'st-points': optional(stPointList),
  laneLineType: optional(laneLineType),
}, 'extensible');
export type LaneEx = ValueOf<typeof laneEx>;

/** DF_LaneExList. */
export const laneExList = named('LaneExList', list(1, 32, laneEx));
export type LaneExList = ValueOf<typeof laneExList>;

/** DF_Section. */
export const section = sequence('Section', {
  secId: sectionId,
  lanes: laneExList,
}, 'extensible');
export type Section = ValueOf<typeof section>;

/** DF_SectionList. */
export const sectionList = named('SectionList', list(1, 16, section));
export type SectionList = ValueOf<typeof sectionList>;

/** DF_LinkEx. */
export const linkEx = sequence('LinkEx', {
  name: optional(descriptiveName),
  upstreamNodeId: nodeReferenceID,
  speedLimits: optional(speedLimitList),
  linkWidth: optional(laneWidth),
  refLine: optional(pointList),
  'movements-ex': optional(movementExList),
  sections: sectionList,
}, 'extensible');
export type LinkEx = ValueOf<typeof linkEx>;

/** DF_LinkExList. */
export const linkExList = named('LinkExList', list(1, 32, linkEx));
export type LinkExList = ValueOf<typeof linkExList>;

/** DF_ProhibitedZone. */
export const prohibitedZone = sequence('ProhibitedZone', {
  centralCircleProhibitedZone: optional(polygon),
  'non-motorVehicleProhibitedZones': optional(list(1, 16, polygon)),
  gridLineMarkingProhibitedZones: optional(list(2, 16, polygon)),
}, 'extensible');
export type ProhibitedZone = ValueOf<typeof prohibitedZone>;
