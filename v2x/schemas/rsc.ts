/** RSC: advice of the roadside to vehicles and lanes (phase 2). Source: T/CSAE 157-2020, ASN.1. */
import { bits, list, named, octets, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';
import { speed } from './motion.ts';
import { driveBehavior, pathPlanning } from './planning.ts';
import { position3D } from './position.ts';
import { description, referenceLink, referencePath } from './rsi.ts';
import { dDateTime, dSecond, timeOffset } from './time.ts';

/** DF_DriveSuggestion. */
export const driveSuggestion = sequence('DriveSuggestion', {
  suggestion: driveBehavior,
  lifeTime: optional(timeOffset),
  relatedLink: optional(referenceLink),
  relatedPath: optional(referencePath),
}, 'extensible');
export type DriveSuggestion = ValueOf<typeof driveSuggestion>;

/** DE_CoordinationInfo: size extensible. */
export const coordinationInfo = named('CoordinationInfo', bits(8, [
  'cooperativeLaneChanging', 'cooperativeVehMerging', 'laneChangingAtIntersection',
  'no-signalIntersectionPassing', 'dynamicLaneManagement', 'laneReservation', 'laneRestriction',
  'signalPriority',
], 'extensible'));
export type CoordinationInfo = ValueOf<typeof coordinationInfo>;

/** DF_VehicleCoordination. */
export const vehicleCoordination = sequence('VehicleCoordination', {
  vehId: octets(8),
  driveSuggestion: optional(driveSuggestion),
  pathGuidance: optional(pathPlanning),
  info: optional(coordinationInfo),
}, 'extensible');
export type VehicleCoordination = ValueOf<typeof vehicleCoordination>;

/** DF_LaneCoordination. */
export const laneCoordination = sequence('LaneCoordination', {
  targetLane: referenceLink,
  relatedPath: optional(referencePath),
  tBegin: optional(dDateTime),
  tEnd: optional(dDateTime),
  recommendedSpeed: optional(speed),
  recommendedBehavior: optional(driveBehavior),
  info: optional(coordinationInfo),
  description: optional(description),
}, 'extensible');
export type LaneCoordination = ValueOf<typeof laneCoordination>;

/** MSG RoadsideCoordination: secMark is the base of every lifeTime / estimatedTime. */
export const roadsideCoordination = sequence('RoadsideCoordination', {
  msgCnt: msgCount,
  id: octets(8),
  secMark: dSecond,
  refPos: position3D,
  coordinates: optional(list(1, 16, vehicleCoordination)),
  laneCoordinates: optional(list(1, 8, laneCoordination)),
}, 'extensible');
export type RoadsideCoordination = ValueOf<typeof roadsideCoordination>;
