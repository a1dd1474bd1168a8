/** BSM: what a vehicle says of itself. Source: T/CSAE 53-2020, ASN.1. */
import { octets, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';
import {
  accelerationSet4Way,
  heading,
  motionConfidenceSet,
  speed,
  steeringWheelAngle,
} from './motion.ts';
import { position3D, positionConfidenceSet, positionalAccuracy } from './position.ts';
import { dSecond, timeConfidence } from './time.ts';
import {
  brakeSystemStatus,
  transmissionState,
  vehicleClassification,
  vehicleEmergencyExtensions,
  vehicleSafetyExtensions,
  vehicleSize,
} from './vehicle.ts';

/** MSG BasicSafetyMessage: id = temporary ID. */
export const basicSafetyMessage = sequence('BasicSafetyMessage', {
  msgCnt: msgCount,
  id: octets(8),
  secMark: dSecond,
  timeConfidence: optional(timeConfidence),
  pos: position3D,
  posAccuracy: optional(positionalAccuracy),
  posConfidence: optional(positionConfidenceSet),
  transmission: transmissionState,
  speed,
  heading,
  angle: optional(steeringWheelAngle),
  motionCfd: optional(motionConfidenceSet),
  accelSet: accelerationSet4Way,
  brakes: brakeSystemStatus,
  size: vehicleSize,
  vehicleClass: vehicleClassification,
  safetyExt: optional(vehicleSafetyExtensions),
  emergencyExt: optional(vehicleEmergencyExtensions),
}, 'extensible');
export type BasicSafetyMessage = ValueOf<typeof basicSafetyMessage>;
