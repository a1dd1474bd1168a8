import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameLayout } from '../../drivers/layout.ts';
import { fromHex, toHex } from '../../src/base/bytes.ts';

const object = frameLayout({
  canId: 0x60b,
  name: 'objectGeneral',
  bytes: 8,
  fields: {
    objectId: { at: 0, bits: 8 },
    forwardM: { at: 8, bits: 13, scale: 0.2, offset: -500 },
    leftM: { at: 21, bits: 11, scale: 0.2, offset: -204.6 },
    forwardMps: { at: 32, bits: 10, scale: 0.25, offset: -128 },
    leftMps: { at: 42, bits: 9, scale: 0.25, offset: -64 },
    motionClass: { at: 53, bits: 3 },
    crossSectionDbsm: { at: 56, bits: 8, scale: 0.5, offset: -64 },
  },
});

test('a frame reads into scaled values and keeps the facts that travel along', () => {
  const value = object.read(fromHex('07 4E 20 03 FF 80 20 01 80').subarray(0, 8));
  expect(object.canId).toBe(0x60b);
  expect(value.objectId).toBe(7);
  expect(value.forwardM).toBeCloseTo((0x4e20 >> 3) * 0.2 - 500, 9);
  expect(value.leftM).toBeCloseTo(3 * 0.2 - 204.6, 9);
  expect(object.readField('forwardM', fromHex('074E2003FF802001'))).toBe(value.forwardM);
});

test('bits without a field stay as they are when a frame is written over', () => {
  const some = frameLayout({ bytes: 2, fields: { middle: { at: 4, bits: 8 } } });
  expect(toHex(some.write({ middle: 0 }, fromHex('ffff')))).toBe('f00f');
  expect(toHex(some.write({ middle: 0xa5 }))).toBe('0a50');
});

test('a block inside a longer frame is read and written in place', () => {
  const fields = { high: { at: 0, bits: 8 }, low: { at: 8, bits: 8 } };
  const pair = frameLayout({ bytes: 2, fields });
  expect(pair.read(fromHex('0102030405'), 2)).toEqual({ high: 3, low: 4 });
  expect(toHex(pair.write({ high: 9, low: 8 }, fromHex('0102030405'), 3))).toBe('0102030908');
});

test('a value that the field cannot hold is refused with its range, never clamped', () => {
  const values = object.read(new Uint8Array(8));
  const refused = (change: Partial<typeof values>, sentence: string): void =>
    expect(() => object.write({ ...values, ...change })).toThrow(sentence);
  refused({ objectId: 256 }, 'objectGeneral.objectId: expected 0 to 255, got 256');
  refused({ forwardM: -501 }, 'objectGeneral.forwardM');
  refused({ motionClass: Number.NaN }, 'objectGeneral.motionClass');
});

test('overlapping fields, fields that leave the frame and silly widths are refused at load', () => {
  const two = (at: number, bits: number) => () =>
    frameLayout({ bytes: 2, fields: { first: { at: 0, bits: 4 }, second: { at, bits } } });
  expect(two(3, 4)).toThrow('fields first and second overlap at bit 3');
  expect(two(9, 8)).toThrow('field second leaves the frame');
  expect(two(4, 0)).toThrow('field second: bits is 0');
  const wide = () => frameLayout({ bytes: 8, fields: { wide: { at: 0, bits: 49 } } });
  expect(wide).toThrow('bits is 49');
  expect(two(4, 4)).not.toThrow();
});

test('a frame that is too short is our own mistake', () => {
  expect(() => object.read(new Uint8Array(7))).toThrow('7 octets from 0 are too few');
});

test('any raw value in any place of any width comes back, signed or not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 48 }), fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.boolean(),
      (at, bits, signed, part, ones) => {
        const one = frameLayout({ bytes: 12, fields: { x: { at, bits, signed } } });
        const raw = Math.floor(part * 2 ** bits) - (signed ? 2 ** (bits - 1) : 0);
        const written = one.write({ x: raw }, new Uint8Array(12).fill(ones ? 255 : 0));
        expect(one.read(written).x).toBe(raw);
        const bitText = [...written].map((octet) => octet.toString(2).padStart(8, '0')).join('');
        const rawText = (raw < 0 ? raw + 2 ** bits : raw).toString(2).padStart(bits, '0');
        const around = bitText.slice(0, at) + bitText.slice(at + bits);
        expect(bitText.slice(at, at + bits)).toBe(rawText);
        expect(around).toBe((ones ? '1' : '0').repeat(96 - bits));
      },
    ),
  );
});
