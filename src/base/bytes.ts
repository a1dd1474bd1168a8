import { assert } from './assert.ts';

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal, two digits an octet. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index++) text += HEX[bytes[index]!];
  return text;
}

/** Octets of hexadecimal text; spaces are allowed between octets. Throws on anything else. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  assert(/^([0-9a-fA-F]{2})*$/.test(digits), `not hexadecimal: ${text.slice(0, 40)}`);
  const bytes = new Uint8Array(digits.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}

/** What makes a CRC: Rocksoft parameters. */
export interface CrcModel {
  readonly bits: 8 | 16 | 32;
  readonly polynomial: number;
  readonly initial: number;
  readonly reflected: boolean;
  readonly finalXor: number;
}

/** Builds a table-driven CRC over `bytes[from, to)`. Source: Williams, A Painless Guide to CRC. */
export function crcFunction(
  model: CrcModel,
): (bytes: Uint8Array, from?: number, to?: number) => number {
  const { bits, polynomial, initial, reflected, finalXor } = model;
  const mask = bits === 32 ? 0xffffffff : (1 << bits) - 1;
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = reflected ? index : index << (bits - 8);
    for (let bit = 0; bit < 8; bit++) {
      if (reflected) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
      else value = (value >>> (bits - 1)) & 1 ? (value << 1) ^ polynomial : value << 1;
    }
    table[index] = (value & mask) >>> 0;
  }
  return (bytes, from = 0, to = bytes.length) => {
    let crc = initial;
    for (let index = from; index < to; index++) {
      const octet = bytes[index]!;
      if (reflected) crc = (crc >>> 8) ^ table[(crc ^ octet) & 0xff]!;
      else crc = ((crc << 8) & mask) ^ table[((crc >>> (bits - 8)) ^ octet) & 0xff]!;
    }
    return ((crc ^ finalXor) & mask) >>> 0;
  };
}

/** CRC-32 of ISO 3309, as in Ethernet and zip. */
export const crc32 = crcFunction({
  bits: 32, polynomial: 0xedb88320, initial: 0xffffffff, reflected: true, finalXor: 0xffffffff,
});
