/**
 * What a vehicle is and what it does: size, class, brakes, events, path. Source: T/CSAE 53-2020,
 * ASN.1.
 */
import { bits, enumerated, integer, list, named, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { coarseHeading, heading, motionConfidenceSet, speed } from './motion.ts';
import {
  position3D,
  positionConfidenceSet,
  positionOffsetLLV,
  positionalAccuracy,
} from './position.ts';
import { dDateTime, timeConfidence, timeOffset } from './time.ts';

/** DE_VehicleWidth: 1 cm. */
export const vehicleWidth = named('VehicleWidth', integer(0, 1023, { unit: 'm', step: 0.01 }));
export type VehicleWidth = ValueOf<typeof vehicleWidth>;

/** DE_VehicleLength: 1 cm. */
export const vehicleLength = named('VehicleLength', integer(0, 4095, { unit: 'm', step: 0.01 }));
export type VehicleLength = ValueOf<typeof vehicleLength>;

/** DE_VehicleHeight: 5 cm. */
export const vehicleHeight = named('VehicleHeight', integer(0, 127, { unit: 'm', step: 0.05 }));
export type VehicleHeight = ValueOf<typeof vehicleHeight>;

/** DF_VehicleSize: no marker. */
export const vehicleSize = sequence('VehicleSize', {
  width: vehicleWidth,
  length: vehicleLength,
  height: optional(vehicleHeight),
});
export type VehicleSize = ValueOf<typeof vehicleSize>;

/**
 * DE_BasicVehicleClass: 0 unknown; 1 special; 10 car (11 other); 20/21 light truck; 25 truck 26
 * other 27..35 axle types; 40 motorcycle 41..48; 50 bus 51 other 52 BRT 53 express 54 local 55
 * school 56 guideway 57 paratransit 58 ambulance-type; 60 emergency 61 other 62..65 fire 66/67
 * police light/heavy 68 responder 69 ambulance; 80 traveller 81 other 82 pedestrian 83 blind 84
 * disabled 85 bicycle 86 road worker; 90 infrastructure 91 fixed 92 movable 93 cargo trailer.
 */
export const basicVehicleClass = named('BasicVehicleClass', integer(0, 255));
export type BasicVehicleClass = ValueOf<typeof basicVehicleClass>;

/**
 * DE_FuelType: 0 unknown 1 gasoline 2 ethanol 3 diesel 4 electric 5 hybrid 6 hydrogen 7 LNG 8 CNG
 * 9 propane.
 */
export const fuelType = named('FuelType', integer(0, 15));
export type FuelType = ValueOf<typeof fuelType>;

/** DF_VehicleClassification. */
export const vehicleClassification = sequence('VehicleClassification', {
  classification: basicVehicleClass,
  fuelType: optional(fuelType),
}, 'extensible');
export type VehicleClassification = ValueOf<typeof vehicleClassification>;

/** DE_TransmissionState. */
export const transmissionState = named('TransmissionState', enumerated([
  'neutral', 'park', 'forwardGears', 'reverseGears', 'reserved1', 'reserved2', 'reserved3',
  'unavailable',
]));
export type TransmissionState = ValueOf<typeof transmissionState>;

/** DE_VehicleEventFlags: size extensible (1 ext bit + 13). */
export const vehicleEventFlags = named('VehicleEventFlags', bits(13, [
  'eventHazardLights', 'eventStopLineViolation', 'eventABSactivated', 'eventTractionControlLoss',
  'eventStabilityControlactivated', 'eventHazardousMaterials', 'eventReserved1',
  'eventHardBraking', 'eventLightsChanged', 'eventWipersChanged', 'eventFlatTire',
  'eventDisabledVehicle', 'eventAirBagDeployment',
], 'extensible'));
export type VehicleEventFlags = ValueOf<typeof vehicleEventFlags>;

/** DE_ExteriorLights: size extensible (1 ext bit + 9). */
export const exteriorLights = named('ExteriorLights', bits(9, [
  'lowBeamHeadlightsOn', 'highBeamHeadlightsOn', 'leftTurnSignalOn', 'rightTurnSignalOn',
  'hazardSignalOn', 'automaticLightControlOn', 'daytimeRunningLightsOn', 'fogLightOn',
  'parkingLightsOn',
], 'extensible'));
export type ExteriorLights = ValueOf<typeof exteriorLights>;

/** DE_BrakePedalStatus. */
export const brakePedalStatus = named('BrakePedalStatus', enumerated([
  'unavailable', 'off', 'on',
]));
export type BrakePedalStatus = ValueOf<typeof brakePedalStatus>;

/** DE_BrakeAppliedStatus. */
export const brakeAppliedStatus = named('BrakeAppliedStatus', bits(5, [
  'unavailable', 'leftFront', 'leftRear', 'rightFront', 'rightRear',
]));
export type BrakeAppliedStatus = ValueOf<typeof brakeAppliedStatus>;

/** DE_TractionControlStatus. */
export const tractionControlStatus = named('TractionControlStatus', enumerated([
  'unavailable', 'off', 'on', 'engaged',
]));
export type TractionControlStatus = ValueOf<typeof tractionControlStatus>;

/** DE_AntiLockBrakeStatus. */
export const antiLockBrakeStatus = named('AntiLockBrakeStatus', enumerated([
  'unavailable', 'off', 'on', 'engaged',
]));
export type AntiLockBrakeStatus = ValueOf<typeof antiLockBrakeStatus>;

/** DE_StabilityControlStatus. */
export const stabilityControlStatus = named('StabilityControlStatus', enumerated([
  'unavailable', 'off', 'on', 'engaged',
]));
export type StabilityControlStatus = ValueOf<typeof stabilityControlStatus>;

/** DE_BrakeBoostApplied. */
export const brakeBoostApplied = named('BrakeBoostApplied', enumerated([
  'unavailable', 'off', 'on',
]));
export type BrakeBoostApplied = ValueOf<typeof brakeBoostApplied>;

/** DE_AuxiliaryBrakeStatus. */
export const auxiliaryBrakeStatus = named('AuxiliaryBrakeStatus', enumerated([
  'unavailable', 'off', 'on', 'reserved',
]));
export type AuxiliaryBrakeStatus = ValueOf<typeof auxiliaryBrakeStatus>;

/** DF_BrakeSystemStatus: no marker; field really spelled brakePadel. */
export const brakeSystemStatus = sequence('BrakeSystemStatus', {
  brakePadel: optional(brakePedalStatus),
  wheelBrakes: optional(brakeAppliedStatus),
  traction: optional(tractionControlStatus),
  abs: optional(antiLockBrakeStatus),
  scs: optional(stabilityControlStatus),
  brakeBoost: optional(brakeBoostApplied),
  auxBrakes: optional(auxiliaryBrakeStatus),
});
export type BrakeSystemStatus = ValueOf<typeof brakeSystemStatus>;

/**
 * DF_FullPositionVector: field really spelled posConficence in the circulated ASN.1 (posConfidence
 * in LTEV.asn); B/D2: posAccuracy is a PositionConfidenceSet and posConficence does not exist so
 * the bits differ.
 */
export const fullPositionVector = sequence('FullPositionVector', {
  utcTime: optional(dDateTime),
  pos: position3D,
  heading: optional(heading),
  transmission: optional(transmissionState),
  speed: optional(speed),
  posAccuracy: optional(positionalAccuracy),
  posConficence: optional(positionConfidenceSet),
  timeConfidence: optional(timeConfidence),
  motionCfd: optional(motionConfidenceSet),
}, 'extensible');
export type FullPositionVector = ValueOf<typeof fullPositionVector>;

/** DE_GNSSstatus. */
export const gnsSstatus = named('GNSSstatus', bits(8, [
  'unavailable', 'isHealthy', 'isMonitored', 'baseStationType', 'aPDOPofUnder5',
  'inViewOfUnder5', 'localCorrectionsPresent', 'networkCorrectionsPresent',
]));
export type GNSSstatus = ValueOf<typeof gnsSstatus>;

/** DF_PathHistoryPoint. */
export const pathHistoryPoint = sequence('PathHistoryPoint', {
  llvOffset: positionOffsetLLV,
  timeOffset,
  speed: optional(speed),
  posAccuracy: optional(positionConfidenceSet),
  heading: optional(coarseHeading),
}, 'extensible');
export type PathHistoryPoint = ValueOf<typeof pathHistoryPoint>;

/** DF_PathHistoryPointList. */
export const pathHistoryPointList = named('PathHistoryPointList', list(1, 23, pathHistoryPoint));
export type PathHistoryPointList = ValueOf<typeof pathHistoryPointList>;

/** DF_PathHistory. */
export const pathHistory = sequence('PathHistory', {
  initialPosition: optional(fullPositionVector),
  currGNSSstatus: optional(gnsSstatus),
  crumbData: pathHistoryPointList,
}, 'extensible');
export type PathHistory = ValueOf<typeof pathHistory>;

/** DE_RadiusOfCurvature: 0.1 m; 32767 = straight. */
export const radiusOfCurvature = named(
  'RadiusOfCurvature',
  integer(-32767, 32767, { unit: 'm', step: 0.1 }),
);
export type RadiusOfCurvature = ValueOf<typeof radiusOfCurvature>;

/** DE_Confidence: 0.5 %. */
export const confidence = named('Confidence', integer(0, 200, { unit: '%', step: 0.5 }));
export type Confidence = ValueOf<typeof confidence>;

/** DF_PathPrediction. */
export const pathPrediction = sequence('PathPrediction', {
  radiusOfCurve: radiusOfCurvature,
  confidence,
}, 'extensible');
export type PathPrediction = ValueOf<typeof pathPrediction>;

/** DF_VehicleSafetyExtensions. */
export const vehicleSafetyExtensions = sequence('VehicleSafetyExtensions', {
  events: optional(vehicleEventFlags),
  pathHistory: optional(pathHistory),
  pathPrediction: optional(pathPrediction),
  lights: optional(exteriorLights),
}, 'extensible');
export type VehicleSafetyExtensions = ValueOf<typeof vehicleSafetyExtensions>;

/** DE_ResponseType. */
export const responseType = named('ResponseType', enumerated([
  'notInUseOrNotEquipped', 'emergency', 'nonEmergency', 'pursuit', 'stationary', 'slowMoving',
  'stopAndGoMovement',
], 'extensible'));
export type ResponseType = ValueOf<typeof responseType>;

/** DE_SirenInUse. */
export const sirenInUse = named('SirenInUse', enumerated([
  'unavailable', 'notInUse', 'inUse', 'reserved',
]));
export type SirenInUse = ValueOf<typeof sirenInUse>;

/** DE_LightbarInUse. */
export const lightbarInUse = named('LightbarInUse', enumerated([
  'unavailable', 'notInUse', 'inUse', 'yellowCautionLights', 'schooldBusLights',
  'arrowSignsActive', 'slowMovingVehicle', 'freqStops',
]));
export type LightbarInUse = ValueOf<typeof lightbarInUse>;

/** DF_VehicleEmergencyExtensions. */
export const vehicleEmergencyExtensions = sequence('VehicleEmergencyExtensions', {
  responseType: optional(responseType),
  sirenUse: optional(sirenInUse),
  lightsUse: optional(lightbarInUse),
}, 'extensible');
export type VehicleEmergencyExtensions = ValueOf<typeof vehicleEmergencyExtensions>;
