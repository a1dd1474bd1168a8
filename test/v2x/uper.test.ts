import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { seededRandom } from '../../src/base/random.ts';
import { fuzzUper } from '../../scripts/oracle/fuzz.ts';
import { randomValue } from '../../scripts/oracle/values.ts';
import { codecFor, createLineCodec, profileNames } from '../../v2x/codec.ts';
import type { MessageFrame } from '../../v2x/schemas/frame.ts';
import { heading, speed } from '../../v2x/schemas/motion.ts';
import { frameSchema } from '../../v2x/schemas/profiles.ts';
import { transmissionState } from '../../v2x/schemas/vehicle.ts';
import { UperError, decoderFor, encoderFor } from '../../v2x/uper/compile.ts';
import {
  bits, boolean, choice, enumerated, ia5, integer, list, named, octets, open, optional, sequence,
} from '../../v2x/uper/schema.ts';
import type { Schema } from '../../v2x/uper/schema.ts';
import { referenceHex } from './uper-reference.ts';

/** Encodes by the generated code; the reference by another way must agree. */
function hexOf(schema: Schema, value: unknown): string {
  const hex = toHex(encoderFor(schema)(value as never));
  expect(referenceHex(schema, value)).toBe(hex);
  return hex;
}
const valueOf = (schema: Schema, hex: string): unknown => decoderFor(schema)(fromHex(hex)).value;
function errorOf(run: () => unknown): UperError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof UperError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

const participant = sequence('ParticipantData', {
  ptcType: enumerated(['unknown', 'motor', 'non-motor', 'pedestrian', 'rsu'], 'extensible'),
  ptcId: integer(0, 65535),
  secMark: integer(0, 65535),
  transmission: optional(transmissionState),
  speed,
  heading,
}, 'extensible');

test('a participant without transmission is nine bytes, as the reference coder writes them', () => {
  const value = { ptcType: 'motor', ptcId: 300, secMark: 1000, speed: 500, heading: 7200 } as const;
  expect(toHex(encoderFor(participant, 64)(value))).toBe('0404b00fa03e870800');
  expect(valueOf(participant, '0404b00fa03e870800')).toEqual(value);
});

test('golden frames that other encoders wrote agree in both directions', () => {
  const url = new URL('../golden/uper-frames.json', import.meta.url);
  const { frames } = JSON.parse(readFileSync(url, 'utf8')) as {
    frames: { name: string; profile: 'A'; hex: string; value: MessageFrame }[];
  };
  for (const { name, profile, hex, value } of frames) {
    expect(toHex(codecFor(profile).encode(value)), name).toBe(hex);
    expect(codecFor(profile).decode(fromHex(hex)).frame, name).toEqual(value);
  }
  expect(frames.length).toBeGreaterThanOrEqual(20);
});

test('golden bytes worked out by hand from the rules agree in both directions', () => {
  const rows: [string, Schema, unknown, string][] = [
    // 3 bits of 5 − 1 = 100, padded.
    ['integer 1..8', integer(1, 8), 5, '80'],
    // One value only: no bits, yet a complete message has an octet.
    ['integer 7..7', integer(7, 7), 7, '00'],
    // Extension bit 0, then 7 bits of 5.
    ['integer 0..127,…', integer(0, 127, {}, 'extensible'), 5, '05'],
    // Extension bit 1, length 2 (00000010), 128 as 0x0080: two's complement needs 2 octets.
    ['integer beyond', integer(0, 127, {}, 'extensible'), 128, '81004000'],
    // Extension bit 1, length 1, −1 as 0xff.
    ['integer below', integer(0, 127, {}, 'extensible'), -1, '80ff80'],
    ['boolean', boolean, true, '80'],
    // Root index 2 of 3 in two bits after extension bit 0: 0 10.
    ['enumerated', enumerated(['a', 'b', 'c'], 'extensible'), 'c', '40'],
    // Extension bit 1, small number 0: 1 0 000001 for the second addition.
    ['enumerated addition', enumerated(['a'], 'extensible', { additions: ['b', 'c'] }), 'c', '81'],
    // Count 3 − 1 = 10 in two bits, then octets 01 02 03.
    ['octets 1..4', octets(1, 4), '010203', '8040 80c0'],
    // Extension bit 0, then the eight bits.
    ['bits 8,…', bits(8, [], 'extensible'), '10000001', '4080'],
    // Extension bit 1, length 10 (00001010), ten bits.
    ['bits 10 of 8,…', bits(8, [], 'extensible'), '1000000011', '854060'],
    // Count 2 − 1 in two bits: 01, then 1000001 1000010.
    ['ia5', ia5(1, 4), 'AB', '60c2'],
    // General length 3, then three bits.
    ['list without bounds', list(0, Infinity, boolean), [true, false, true], '03a0'],
    // Index 1 of 3 in two bits, then 4 bits of 9.
    ['choice', choice({ a: boolean, b: integer(0, 15), c: boolean }), { b: 9 }, '64'],
    // Extension bit, presence bit 0, 4 bits of 1.
    ['sequence', sequence('S', { a: optional(boolean), b: integer(0, 15) }, 'extensible'),
      { b: 1 }, '04'],
  ];
  for (const [name, schema, value, hex] of rows) {
    const plain = hex.replace(/ /g, '');
    expect(hexOf(schema, value), name).toBe(plain);
    expect(valueOf(schema, plain), name).toEqual(value);
  }
  expect(rows).toHaveLength(15);
});

describe('bounds', () => {
  test('a list holds its least and greatest count and refuses one beyond either', () => {
    const schema = named('L', list(2, 9, integer(0, 3)));
    for (const count of [2, 9]) {
      const value = Array.from({ length: count }, (_, index) => index % 4);
      expect(valueOf(schema, hexOf(schema, value))).toEqual(value);
    }
    expect(errorOf(() => encoderFor(schema)([1])).message)
      .toBe('L: expected a list of 2 to 9, got a list of 1');
    expect(errorOf(() => encoderFor(schema)(Array(10).fill(1))).got).toBe('a list of 10');
    // Count 2 + 8 = 10 in three bits does not exist; 111 is 9.
    expect(valueOf(schema, hexOf(schema, Array(9).fill(3)))).toHaveLength(9);
    const gap = named('G', list(1, 5, integer(0, 3)));
    expect(errorOf(() => decoderFor(gap)(fromHex('e0ffff'))).message)
      .toBe('G (bit 0): expected a whole number from 1 to 5, got 8');
  });

  test('a count that the rest of the octets cannot hold is refused before the list is made', () => {
    const schema = named('L', list(1, 512, octets(8)));
    const error = errorOf(() => decoderFor(schema)(fromHex('ff80000000000000')));
    expect(error.message).toBe('L (bit 9): expected at least 32768 more bits, got 55 bits');
  });

  test('lists without bounds are fragmented from 16384 elements on', () => {
    const schema = list(0, Infinity, integer(0, 255));
    for (const count of [0, 127, 128, 16383, 16384, 16385, 65536, 81920, 100000]) {
      const value = Array.from({ length: count }, (_, index) => index % 256);
      expect(valueOf(schema, hexOf(schema, value))).toEqual(value);
    }
  });

  test('an open type is fragmented from 16384 octets on, at any place among the bits', () => {
    const schema = sequence('S', { a: integer(0, 7) }, 'extensible', {
      more: optional(sequence('T', { b: boolean, all: list(0, Infinity, octets(100)) })),
    });
    for (const count of [1, 2, 163, 164, 328, 700]) {
      const all = Array.from({ length: count }, (_, index) =>
        toHex(new Uint8Array(100).fill(index)));
      const value = { a: 5, more: { b: true, all } };
      expect(valueOf(schema, hexOf(schema, value))).toEqual(value);
    }
  });
});

describe('extensions', () => {
  const fieldsOfOld = { a: integer(0, 255), b: optional(boolean) };
  const older = sequence('S', fieldsOfOld, 'extensible');
  const newer = sequence('S', fieldsOfOld, 'extensible', {
    c: optional(integer(0, 1000)),
    d: optional(list(1, 400, octets(100))),
    e: optional(boolean),
  });

  test('an older decoder skips what a newer encoder adds, counts it and reads on behind it', () => {
    const pair = (one: Schema) => named('P', list(2, 2, one));
    for (const length of [1, 2, 170, 400]) {
      const d = Array.from({ length }, () => '5a'.repeat(100));
      const values = [{ a: 1, b: true, c: 1000, d }, { a: 2, e: true }];
      const octetsOfBoth = fromHex(hexOf(pair(newer), values));
      const whole = { value: values, skippedExtensions: 0 };
      expect(decoderFor(pair(newer))(octetsOfBoth)).toEqual(whole);
      expect(decoderFor(pair(older))(octetsOfBoth)).toEqual({
        value: [{ a: 1, b: true }, { a: 2 }],
        skippedExtensions: 3,
      });
    }
  });

  test('a newer decoder reads what an older encoder wrote, the additions absent', () => {
    const value = { a: 7, b: false };
    expect(valueOf(newer, hexOf(older, value))).toEqual(value);
  });

  test('more than 64 additions use the longer form of their count', () => {
    const added = Object.fromEntries(
      Array.from({ length: 70 }, (_, index) => [`x${index}`, optional(integer(0, 255))]),
    );
    const schema = sequence('S', { a: boolean }, 'extensible', added);
    const value = { a: true, x0: 1, x69: 255 };
    const hex = toHex(encoderFor(schema)(value as never));
    // 1 (more) 1 (a) 1 (longer form) 01000110 (70), then the presence bits.
    expect(hex.slice(0, 4)).toBe('e8d0');
    expect(valueOf(schema, hex)).toEqual(value);
    expect(decoderFor(sequence('S', { a: boolean }, 'extensible'))(fromHex(hex)))
      .toEqual({ value: { a: true }, skippedExtensions: 2 });
  });

  test('names and alternatives that are not known keep their number and are counted', () => {
    const newName = enumerated(['a', 'b'], 'extensible', { additions: ['c', 'd'] });
    const oldName = enumerated(['a', 'b'], 'extensible');
    const name = fromHex(hexOf(newName, 'd'));
    expect(decoderFor(oldName)(name)).toEqual({ value: 'extension-1', skippedExtensions: 1 });
    expect(encoderFor(oldName)('extension-1' as 'a')).toEqual(name);
    const newChoice = choice({ a: boolean }, 'extensible', { b: integer(0, 65535), c: boolean });
    const oldChoice = choice({ a: boolean }, 'extensible');
    const alternative = fromHex(hexOf(newChoice, { b: 0x1234 }));
    expect(decoderFor(oldChoice)(alternative))
      .toEqual({ value: { 'extension-0': '1234' }, skippedExtensions: 1 });
    expect(encoderFor(oldChoice)({ 'extension-0': '1234' } as never)).toEqual(alternative);
  });

  test('the number of an unknown name takes the fewest octets, up to four', () => {
    const schema = enumerated(['a', 'b'], 'extensible');
    // Extension bit and longer form 11, octets of the number, the number.
    const rows: [number, string][] = [
      [63, 'bf'], [64, 'c05000'], [255, 'c07fc0'], [256, 'c0804000'], [65535, 'c0bfffc0'],
      [65536, 'c0c0400000'], [2 ** 24 - 1, 'c0ffffffc0'], [2 ** 24, 'c10040000000'],
      [2 ** 32 - 1, 'c13fffffffc0'],
    ];
    for (const [number, hex] of rows) {
      const name = `extension-${number}` as 'a';
      expect(toHex(encoderFor(schema)(name)), name).toBe(hex);
      expect(decoderFor(schema)(fromHex(hex)).value).toBe(name);
    }
    expect(() => encoderFor(schema)('extension-4294967296' as 'a')).toThrow(UperError);
  });

  test('a message of phase 2 in profile A keeps its octets and is counted', () => {
    const octetsOfSsm = fromHex('8017000c140785253553030303031260729af1ab4b614721fc');
    const { frame, skippedExtensions } = codecFor('A').decode(octetsOfSsm);
    expect(Object.keys(frame)).toEqual(['extension-0']);
    expect(skippedExtensions).toBe(1);
    expect(codecFor('A').encode(frame)).toEqual(octetsOfSsm);
  });

  test('a message number that nobody knows keeps its octets and is counted', () => {
    const frame = { msgFrameExt: { messageId: 25, value: { Unknown: '0102ff' } } };
    const octetsOfIt = codecFor('P2').encode(frame as unknown as MessageFrame);
    expect(codecFor('P2').decode(octetsOfIt)).toEqual({ frame, skippedExtensions: 1 });
  });

  test('sizes beyond the root travel with their own length', () => {
    const text = bits(8, [], 'extensible');
    for (const size of [0, 1, 7, 9, 127, 128, 200, 16383, 16384, 20000]) {
      expect(valueOf(text, hexOf(text, '10'.repeat(size).slice(0, size)))).toHaveLength(size);
    }
    const some = octets(0, 127, 'extensible');
    for (const size of [0, 127, 128, 300, 16384, 70000]) {
      expect(valueOf(some, hexOf(some, 'a5'.repeat(size)))).toBe('a5'.repeat(size));
    }
    for (const value of [-(2 ** 53) + 1, -129, -128, -1, 128, 32768, 2 ** 32, 2 ** 53 - 1]) {
      const number = integer(0, 127, {}, 'extensible');
      expect(valueOf(number, hexOf(number, value))).toBe(value);
    }
  });
});

describe('errors', () => {
  const rsm = (over: object): MessageFrame => ({
    rsmFrame: {
      msgCnt: 1, id: '5253553030303031', refPos: { lat: 0, long: 0 },
      participants: [{
        ptcType: 'motor', ptcId: 1, source: 'video', secMark: 1,
        pos: { offsetLL: { 'position-LL1': { lon: 0, lat: 0 } } }, posConfidence: { pos: 'a1m' },
        speed: 1, heading: 1, size: { width: 1, length: 1 }, ...over,
      }],
    },
  } as MessageFrame);
  const refusals: [object, string][] = [
    [{ speed: 9000 }, '.speed: expected a whole number from 0 to 8191, got 9000'],
    [{ speed: 1.5 }, '.speed: expected a whole number from 0 to 8191, got 1.5'],
    [{ speed: '1' }, '.speed: expected a whole number from 0 to 8191, got "1"'],
    [{ speed: undefined }, '.speed: expected a whole number from 0 to 8191, got nothing'],
    [{ heading: NaN }, '.heading: expected a whole number from 0 to 28800, got NaN'],
    [{ id: '00' }, '.id: expected 8 octets in hexadecimal, got "00"'],
    [{ id: '0011223344556g77' },
      '.id: expected 8 octets in hexadecimal, got "0011223344556g77"'],
    [{ ptcType: 'car' },
      '.ptcType: expected one of unknown, motor, non-motor, pedestrian, rsu, got "car"'],
    [{ pos: {} }, '.pos.offsetLL: expected an object with exactly one of position-LL1, '
      + 'position-LL2, position-LL3, position-LL4, position-LL5, position-LL6, position-LatLon, '
      + 'got nothing'],
    [{ pos: { offsetLL: { 'position-LL1': { lon: 2048, lat: 0 } } } },
      '.pos.offsetLL.position-LL1.lon: expected a whole number from -2048 to 2047, got 2048'],
    [{ size: null }, '.size: expected an object with the fields of VehicleSize, got null'],
  ];
  test('a refused value is named with its path, what was expected and what was got', () => {
    for (const [over, sentence] of refusals) {
      const error = errorOf(() => codecFor('A').encode(rsm(over)));
      expect(error.message).toBe(`MessageFrame.rsmFrame.participants[0]${sentence}`);
      expect(error.bitOffset).toBeNull();
    }
    expect(refusals).toHaveLength(11);
  });

  test('the sentence exists in Chinese too', () => {
    expect(errorOf(() => codecFor('A').encode(rsm({ speed: 9000 }))).in('zh'))
      .toBe('MessageFrame.rsmFrame.participants[0].speed：期望0 到 8191 之间的整数，实际为 9000');
  });

  test('bits beyond a range name the field, also the later one of a merged word', () => {
    const schema = sequence('S', { a: integer(0, 9), b: integer(0, 9), c: integer(0, 15) });
    const error = errorOf(() => decoderFor(schema)(fromHex('9a00')));
    expect(error).toMatchObject({ path: 'S.b', bitOffset: 4, got: '10' });
    expect(errorOf(() => decoderFor(schema)(fromHex('a900')))).toMatchObject({ path: 'S.a' });
  });

  test('a character beyond the set is refused at any place of a short and of a long text', () => {
    const text = encoderFor(named('Text', ia5(0, 5000)));
    const hex = encoderFor(named('Hex', octets(0, 20_000)));
    let refusals = 0;
    for (const length of [2, 8, 16, 18, 48, 52, 512, 2050, 5000]) {
      for (const at of [0, 1, 7, length >> 1, length - 1]) {
        // U+0131 and U+0430 end in octets that are a digit; U+00E9 is one octet of Latin-1.
        for (const bad of ['\u0131', '\u0430', '\u00e9', '\ud83d', 'g']) {
          const broken = (one: string): string =>
            one.repeat(length).slice(0, Math.min(at, length - 1)) + bad
            + one.repeat(length).slice(Math.min(at, length - 1) + 1);
          if (bad !== 'g') expect(errorOf(() => text(broken('A'))).path, bad).toBe('Text');
          expect(errorOf(() => hex(broken('3'))).path, `${bad} ${length} ${at}`).toBe('Hex');
          refusals++;
        }
      }
      const ascii = 'z~\u0001'.repeat(length).slice(0, length);
      expect(valueOf(ia5(0, 5000), hexOf(ia5(0, 5000), ascii))).toBe(ascii);
      const digits = '09afAF'.repeat(length).slice(0, length);
      expect(valueOf(octets(0, 20_000), hexOf(octets(0, 20_000), digits)))
        .toBe(digits.toLowerCase());
    }
    expect(refusals).toBe(225);
  });

  test('octets behind a message and padding that is not zero are refused, or passed over', () => {
    const minimum = '10080000029af1ab4b614721fc';
    const decode = (hex: string) => codecFor('A').decode(fromHex(hex));
    expect(errorOf(() => decode(`${minimum}00`)).expected).toBe('the end of the message');
    expect(errorOf(() => decode('10080000029af1ab4b614721fd')).expected)
      .toBe('zero bits up to the octet');
    for (const hex of [`${minimum}00ff`, '10080000029af1ab4b614721fd']) {
      expect(codecFor('A').decode(fromHex(hex), { trailing: 'accept' }).frame)
        .toEqual(decode(minimum).frame);
    }
  });

  test('what is no message is refused', () => {
    const numbers: Schema[] = [integer(1, 8), octets(3), list(1, 3, boolean)];
    for (const schema of numbers) {
      expect(() => decoderFor(schema)(new Uint8Array())).toThrow(UperError);
    }
    expect(errorOf(() => codecFor('A').decode(new Uint8Array())).got).toBe('0 bits');
    expect(errorOf(() => codecFor('A').encode({} as MessageFrame)).expected)
      .toBe('an object with exactly one of bsmFrame, mapFrame, rsmFrame, spatFrame, rsiFrame');
  });

  test('an open type that its number does not choose is refused', () => {
    const frame = { msgFrameExt: { messageId: 0, value: { RTCMcorrections: {} } } };
    expect(errorOf(() => codecFor('P2').encode(frame as unknown as MessageFrame)).message).toBe(
      'MessageFrame.msgFrameExt.value: expected an object with TestMsg, which messageId 0 chooses, '
      + 'got an object with RTCMcorrections',
    );
  });

  test('memory of the caller that is too short is refused and left as it was', () => {
    const target = new Uint8Array(3);
    expect(() => codecFor('A').encodeInto(rsm({}), target)).toThrow(UperError);
    expect(target).toEqual(new Uint8Array(3));
    const longer = new Uint8Array(64);
    const length = codecFor('A').encodeInto(rsm({}), longer, 2);
    expect(longer.slice(2, 2 + length)).toEqual(codecFor('A').encode(rsm({})));
  });
});

describe('lines', () => {
  test('a bad line names itself and never stops the rest', () => {
    const encode = createLineCodec('encode', 'A');
    const good = '{"mapFrame":{"msgCnt":1,"nodes":[{"id":{"id":1},'
      + '"refPos":{"lat":399764645,"long":1163509503}}]}}';
    const lines = [good, '', '{"mapFrame":', '[1]', `{"profile":"C","value":${good}}`,
      good.replace('msgCnt', 'msgcnt'), `{"profile":"B","value":${good}}`];
    const texts = lines.map((line) => encode(line)?.text ?? null);
    expect(texts).toEqual([
      '10080000029af1ab4b614721fc',
      null,
      'line 3: text: expected a line of JSON, got "{"mapFrame":"',
      'line 4: text: expected a line of JSON, got "[1]"',
      'line 5: profile: expected profile A, B, P2, D2, got "C"',
      'line 6: MessageFrame.mapFrame.msgcnt: expected only fields of MapData, got 1',
      '100800000535e35696c28e43f8',
    ]);
    const decode = createLineCodec('decode', 'A');
    const rows = ['xyz', '1008', '10080000029af1ab4b614721fc'].map((line) => decode(line));
    expect(rows.map((row) => row?.ok)).toEqual([false, false, true]);
    expect(rows[1]?.error).toBeInstanceOf(UperError);
    expect(rows[2]?.text).toBe(good);
  });
});

test('lines may be blank, end in CRLF, be upper-case or quoted, and say what they skip', () => {
  const decode = createLineCodec('decode', 'A');
  const hex = '10080000029AF1AB4B614721FC';
  const value = codecFor('A').decode(fromHex(hex)).frame;
  for (const line of [hex, `${hex}\r`, ` ${hex.toLowerCase()} `, `"${hex}"`, `\ufeff${hex}`]) {
    const result = decode(line);
    expect(JSON.parse(result?.text ?? ''), line).toEqual(value);
    expect(result).toMatchObject({ ok: true, skippedExtensions: 0, note: null });
  }
  expect(['', ' \r', '\t'].map((line) => decode(line))).toEqual([null, null, null]);
  const skipping = decode('8017000c140785253553030303031260729af1ab4b614721fc');
  expect(skipping).toMatchObject({ ok: true, skippedExtensions: 1 });
  expect(skipping?.note).toBe('line 9: 1 unknown extensions skipped or kept as octets');
  const strange = createLineCodec('encode', 'A')('{"mapFrame":{"__proto__":{},"msgCnt":1}}');
  expect(strange?.text).toBe('line 1: MessageFrame.mapFrame.__proto__: '
    + 'expected only fields of MapData, got an empty object');
});

describe('random values', () => {
  test('each profile writes what the other encoder of the tests writes, and reads it back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...profileNames), fc.integer(), (profile, seed) => {
        const value = randomValue(frameSchema(profile), seededRandom(seed)) as MessageFrame;
        const codec = codecFor(profile);
        codec.checkFields(value);
        const octetsOfIt = codec.encode(value);
        expect(toHex(octetsOfIt)).toBe(referenceHex(frameSchema(profile), value));
        expect(codec.decode(octetsOfIt)).toEqual({ frame: value, skippedExtensions: 0 });
      }),
      { numRuns: 400, seed: 20260301 },
    );
  });

  const schemaOf = (depth: number): fc.Arbitrary<Schema> => {
    const marker = fc.constantFrom('closed' as const, 'extensible' as const);
    const range = fc.tuple(fc.integer({ min: -70000, max: 70000 }), fc.nat({ max: 99999 }));
    const size = fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 }));
    const leaf: fc.Arbitrary<Schema> = fc.oneof(
      fc.tuple(range, marker).map(([[min, more], m]) => integer(min, min + more, {}, m)),
      fc.constant(boolean),
      fc.tuple(fc.integer({ min: 1, max: 9 }), marker).map(([count, m]) =>
        enumerated(Array.from({ length: count }, (_, index) => `n${index}`), m)),
      fc.tuple(size, marker).map(([[min, more], m]) => octets(min, min + more, m)),
      fc.tuple(fc.integer({ min: 1, max: 30 }), marker).map(([count, m]) => bits(count, [], m)),
      size.map(([min, more]) => ia5(min, min + more)),
    );
    if (depth === 0) return leaf;
    const inner = schemaOf(depth - 1);
    const one = fc.tuple(inner, fc.boolean());
    const fields = fc.array(one, { minLength: 1, maxLength: 5 }).map((all) =>
      Object.fromEntries(all.map(([e, may], index) => [`f${index}`, may ? optional(e) : e])));
    const added = fc.array(inner, { maxLength: 3 }).map((all) =>
      Object.fromEntries(all.map((one, index) => [`x${index}`, optional(one)])));
    const some = fc.array(inner, { minLength: 1, maxLength: 4 }).map((all) =>
      Object.fromEntries(all.map((one, index) => [`a${index}`, one])));
    const late = fc.array(inner, { maxLength: 2 }).map((all) =>
      Object.fromEntries(all.map((one, index) => [`z${index}`, one])));
    return fc.oneof(
      { weight: 1, arbitrary: leaf },
      {
        weight: 3,
        arbitrary: fc.tuple(fields, added).map(([f, a]) => sequence('S', f, 'extensible', a)),
      },
      { weight: 2, arbitrary: fields.map((f) => sequence('S', f)) },
      { weight: 2, arbitrary: fc.tuple(some, late).map(([r, a]) => choice(r, 'extensible', a)) },
      { weight: 1, arbitrary: some.map((r) => choice(r)) },
      {
        weight: 2,
        arbitrary: fc.tuple(inner, size).map(([e, [min, more]]) => list(min, min + more, e)),
      },
      { weight: 1, arbitrary: inner.map((one) => list(0, Infinity, one)) },
    ) as fc.Arbitrary<Schema>;
  };

  test('schemas that no standard has agree with the other encoder of the tests too', () => {
    fc.assert(
      fc.property(schemaOf(3), fc.integer(), (schema, seed) => {
        const random = seededRandom(seed);
        const encode = encoderFor(schema);
        const decode = decoderFor(schema);
        for (let round = 0; round < 5; round++) {
          const value = randomValue(schema, random);
          const octetsOfIt = encode(value as never);
          expect(toHex(octetsOfIt)).toBe(referenceHex(schema, value));
          expect(decode(octetsOfIt)).toEqual({ value, skippedExtensions: 0 });
        }
      }),
      { numRuns: 300, seed: 20260302 },
    );
  });

  test('the open type of a sequence is chosen by its number', () => {
    const schema = sequence('S', {
      which: integer(0, 3),
      value: open('which', { One: integer(0, 255), Two: ia5(1, 8) }, { One: 1, Two: 2 }),
    });
    expect(hexOf(schema, { which: 1, value: { One: 255 } })).toBe('407fc0');
    expect(valueOf(schema, hexOf(schema, { which: 2, value: { Two: 'ab' } })))
      .toEqual({ which: 2, value: { Two: 'ab' } });
  });
});

describe('hostile input', () => {
  const seeds = (): Uint8Array[] => {
    const random = seededRandom('hostile');
    return profileNames.flatMap((profile) =>
      Array.from({ length: 12 }, () =>
        codecFor(profile).encode(randomValue(frameSchema(profile), random) as MessageFrame)));
  };

  test('a message that ends too early is refused at each bit length, or was whole before', () => {
    const all = seeds().filter((one) => one.length < 600);
    let refused = 0;
    for (const [index, one] of all.entries()) {
      const codec = codecFor(profileNames[Math.floor(index / 12) % 4] ?? 'A');
      for (let bit = 0; bit < one.length * 8; bit++) {
        const cut = one.slice(0, Math.ceil(bit / 8));
        if (bit % 8 !== 0) cut[cut.length - 1]! &= 0xff << (8 - (bit % 8));
        try {
          codec.decode(cut);
        } catch (thrown) {
          if (!(thrown instanceof UperError)) throw thrown;
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  // CI walks the short form; `npm run fuzz:uper` is the long one, ten million inputs.
  test('200,000 mutated messages give a whole value or an error with path and bit', () => {
    const { failure, whole, refused, rewritten } = fuzzUper(200_000, 'mutations', () => undefined);
    expect(failure).toBeNull();
    expect(whole + refused).toBe(200_000);
    expect(whole).toBeGreaterThan(20_000);
    expect(refused).toBeGreaterThan(20_000);
    expect(rewritten).toBeGreaterThan(2000);
  });

  test('inputs of 10 KB that claim much more take little memory and are refused', () => {
    const size = 10_240;
    const filled = (head: string, octet: number): Uint8Array => {
      const input = new Uint8Array(size).fill(octet);
      input.set(fromHex(head));
      return input;
    };
    // Frames, open types, lists and strings that claim up to four blocks of 16384 units each.
    const heads = ['80c4', '80c1', '8000', '80bfff', '1ffffffff', '2fffff', '3fffff', '4fffff']
      .map((head) => head.slice(0, head.length & ~1));
    const inputs = heads.flatMap((head) =>
      [0, 0xff, 0xc4, 0xbf, 0x80, 0x55].map((octet) => filled(head, octet)));
    const blocks = list(0, Infinity, octets(127));
    const decoders = [
      ...profileNames.map((profile) => codecFor(profile).decode),
      decoderFor(blocks),
      decoderFor(list(0, Infinity, integer(7, 7))),
      decoderFor(octets(0, 3, 'extensible')),
      decoderFor(bits(3, [], 'extensible')),
    ];
    const used = (): number => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    let refused = 0;
    const takenBy = (decode: (input: Uint8Array) => unknown, input: Uint8Array): number => {
      const before = used();
      try {
        decode(input);
      } catch (thrown) {
        if (!(thrown instanceof UperError)) throw thrown;
        refused++;
      }
      return used() - before;
    };
    for (const decode of decoders) {
      for (const input of inputs) {
        takenBy(decode, input); // compiles
        // The least of a few: other work of the test process counts into one of them at times.
        const taken = Math.min(...[1, 2, 3, 4].map(() => Math.abs(takenBy(decode, input))));
        expect(taken, toHex(input.subarray(0, 8))).toBeLessThan(4 * size);
      }
    }
    expect(inputs).toHaveLength(48);
    expect(refused).toBeGreaterThan(1000);
  });

  test('a list of nothing cannot be made long by a short input', () => {
    const decode = decoderFor(list(0, Infinity, integer(7, 7)));
    expect(decode(fromHex('03')).value).toEqual([7, 7, 7]);
    const claims = new Uint8Array(1000).fill(0xc4);
    expect(errorOf(() => decode(claims)).message)
      .toBe('list[65536] (bit 16): expected a list of 0 to 65536, got 131072');
  });

  test('an input beyond the size of any message is refused before it is copied', () => {
    expect(errorOf(() => codecFor('A').decode(new Uint8Array((4 << 20) + 1))).message)
      .toBe('MessageFrame (bit 0): expected at most 4194304 octets, got 4194305 octets');
  });

  test('a fragment that claims more than is there is refused before memory is asked for', () => {
    const schema = list(0, Infinity, octets(127));
    const error = errorOf(() => decoderFor(schema)(fromHex('c4000000')));
    expect(error.expected).toBe('at least 66584576 more bits');
    const ext = errorOf(() => codecFor('P2').decode(fromHex('80c4000000')));
    expect(ext.expected).toBe('at least 524288 more bits');
  });
});
