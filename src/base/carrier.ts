import { assert } from './assert.ts';
import type { UtcMs } from './time.ts';

/**
 * The 18-octet carrier: unit serial 8 ASCII octets, UTC milliseconds 8 octets little-endian, length
 * 2 octets little-endian, then one encoded message. Source: a field deployment's interface document
 * of 2020 (see the reference on RSU interfaces, section 4).
 */
export const CARRIER_OCTETS = 18;

/** Puts the carrier in front of a message. */
export function withCarrier(serial: string, at: UtcMs, bytes: Uint8Array): Uint8Array {
  assert(/^[\x20-\x7e]{1,8}$/.test(serial), `unit serial is ${JSON.stringify(serial)}`);
  assert(bytes.length <= 0xffff, `message has ${bytes.length} octets`);
  const whole = new Uint8Array(CARRIER_OCTETS + bytes.length);
  new TextEncoder().encodeInto(serial.padEnd(8, '\0'), whole);
  const view = new DataView(whole.buffer);
  view.setBigUint64(8, BigInt(Math.floor(at)), true);
  view.setUint16(16, bytes.length, true);
  whole.set(bytes, CARRIER_OCTETS);
  return whole;
}

/** Takes the carrier off; null when it does not fit what follows. */
export function fromCarrier(
  whole: Uint8Array,
): { readonly serial: string; readonly utcMs: number; readonly bytes: Uint8Array } | null {
  if (whole.length < CARRIER_OCTETS) return null;
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  const length = view.getUint16(16, true);
  if (length !== whole.length - CARRIER_OCTETS) return null;
  return {
    serial: new TextDecoder('latin1').decode(whole.subarray(0, 8)).replace(/\0+$/, ''),
    utcMs: Number(view.getBigUint64(8, true)),
    bytes: whole.subarray(CARRIER_OCTETS),
  };
}
