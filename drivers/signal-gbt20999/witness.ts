/**
 * The gate's own reading of GB/T 20999-2017 frames: lamp states of groups, nothing else. Written
 * apart from the decoder; do not let them share a table or a checksum.
 *
 * Source: GB/T 20999-2017, frame structure and object class 3 (lamp groups), object 3 (status).
 */
import type { EvidenceFrame, Witness, WitnessColour } from '../../src/base/evidence.ts';

const START = 0x7e;
const END = 0x7d;
const ESCAPE = 0x5c;
const REPLY = 0x20;
const REPORT = 0x60;
/** Length, version, upper computer, controller, intersection, sequence, type, item count. */
const HEAD_OCTETS = 13;
const TYPE_AT = 11;

const colourOf: Readonly<Record<number, WitnessColour>> = {
  0x01: 'dark',
  0x10: 'red', 0x11: 'flashing-red', 0x12: 'flashing-red',
  0x20: 'green', 0x21: 'flashing-green', 0x22: 'flashing-green',
  0x30: 'yellow', 0x31: 'flashing-yellow', 0x32: 'flashing-yellow',
  0x40: 'red-yellow',
};

/** CRC-16 of polynomial 1005, most significant bit first, from zero. */
function checksum(body: Uint8Array): number {
  let crc = 0;
  for (const octet of body) {
    crc ^= octet << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1005) & 0xffff : crc << 1;
    }
  }
  return crc;
}

const word = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

/** What stands between start and end, if its length and checksum agree; without the checksum. */
function verified(inner: Uint8Array): Uint8Array | null {
  if (inner.length < HEAD_OCTETS + 2) return null;
  // The length counts itself and the checksum: the whole frame less four, less start and end.
  if (word(inner, 0) !== inner.length - 2) return null;
  const body = inner.subarray(0, inner.length - 2);
  return checksum(body) === word(inner, inner.length - 2) ? body : null;
}

/** Serial and TCP put an escape before some octets; null where one stands before nothing. */
function unescaped(inner: Uint8Array): Uint8Array | null {
  const plain: number[] = [];
  for (let index = 0; index < inner.length; index++) {
    if (inner[index] === ESCAPE) index++;
    const octet = inner[index];
    if (octet === undefined) return null;
    plain.push(octet);
  }
  return Uint8Array.from(plain);
}

/** The body of one whole frame, escaped or not; both readings must pass the same checks. */
function bodyOf({ bytes }: EvidenceFrame): Uint8Array | null {
  if (bytes[0] !== START || bytes[bytes.length - 1] !== END) return null;
  const inner = bytes.subarray(1, bytes.length - 1);
  const direct = verified(inner);
  if (direct) return direct;
  const plain = unescaped(inner);
  return plain && verified(plain);
}

/** Puts the lamp states of one body into `colours`. False where its items do not fit. */
function readItems(body: Uint8Array, colours: Map<string, WitnessColour>): boolean {
  let at = HEAD_OCTETS;
  for (let item = 0; item < (body[HEAD_OCTETS - 1] as number); item++) {
    const length = body[at + 1];
    if (length === undefined || length < 4 || at + 2 + length > body.length) return false;
    const [kind, object, attribute, element] = body.subarray(at + 2, at + 6);
    const data = body.subarray(at + 6, at + 2 + length);
    at += 2 + length;
    if (kind !== 3 || object !== 3 || attribute !== 1) continue;
    const first = element === 0 ? 1 : (element as number);
    if (element !== 0 && data.length !== 1) return false;
    for (const [index, state] of data.entries()) {
      colours.set(String(first + index), colourOf[state] ?? 'unknown');
    }
  }
  return at === body.length;
}

/**
 * Colours of lamp groups by their decimal number; later frames override earlier ones. Frames that
 * carry no lamp states are passed over. Null where a frame is broken or none tells of a lamp.
 */
export const witness: Witness = (frames: readonly EvidenceFrame[]) => {
  const colours = new Map<string, WitnessColour>();
  for (const frame of frames) {
    const body = bodyOf(frame);
    if (!body) return null;
    const type = body[TYPE_AT];
    if (type !== REPLY && type !== REPORT) continue;
    if (!readItems(body, colours)) return null;
  }
  return colours.size > 0 ? colours : null;
};
