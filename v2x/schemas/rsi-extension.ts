/** What phase 2 adds to RSI: auxiliary signs. Source: T/CSAE 157-2020, ASN.1. */
import { bits, enumerated, named, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';

/** DE_AuxiliarySignVehicleType. */
export const auxiliarySignVehicleType = named('AuxiliarySignVehicleType', bits(5, [
  'restrictedFromBus', 'vehicle', 'truck', 'tractor', 'private',
], 'extensible'));
export type AuxiliarySignVehicleType = ValueOf<typeof auxiliarySignVehicleType>;

/** DE_AuxiliarySignDirection. */
export const auxiliarySignDirection = named('AuxiliarySignDirection', enumerated([
  'straight', 'leftAndRight', 'right', 'left', 'leftFrontTurn', 'rightFronTurn', 'rightRearTurn',
  'leftRearTurn',
], 'extensible'));
export type AuxiliarySignDirection = ValueOf<typeof auxiliarySignDirection>;

/** DF_AuxiliarySign. */
export const auxiliarySign = sequence('AuxiliarySign', {
  signWithVehicleType: optional(auxiliarySignVehicleType),
  signDirection: optional(auxiliarySignDirection),
}, 'extensible');
export type AuxiliarySign = ValueOf<typeof auxiliarySign>;
