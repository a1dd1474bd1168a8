/** The 18-octet carrier; it stands in the ground floor, since what is received wears it as well. */
export { CARRIER_OCTETS, fromCarrier, withCarrier } from '../base/carrier.ts';
