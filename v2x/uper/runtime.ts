/** What generated encoders and decoders call for values of varying length, and to refuse. */
import type { BitReader, BitWriter } from './bits.ts';
import { Refusal, countText, describe, within } from './error.ts';
import type { Expectation } from './error.ts';

function refuse(expectation: Expectation, value: unknown): never {
  throw new Refusal(null, expectation, describe(value));
}

/** Refuses a value that is no whole number of the range. */
export function badInteger(value: unknown, min: number, max: number): never {
  refuse({ text: 'wholeNumber', values: { min, max } }, value);
}
/** Refuses a value that is neither true nor false. */
export function badBoolean(value: unknown): never {
  refuse({ text: 'trueOrFalse', values: {} }, value);
}
/** Refuses a value that is none of the names. */
export function badName(value: unknown, names: readonly string[]): never {
  refuse({ text: 'oneOf', values: { names: names.join(', ') } }, value);
}
/** Refuses a value that is no list of so many entries. */
export function badList(value: unknown, min: number, max: number): never {
  refuse({ text: 'listOf', values: { count: countText(min, max) } }, value);
}
/** Refuses a value that holds no fields. */
export function badObject(value: unknown, name: string): never {
  refuse({ text: 'fieldsOf', values: { name } }, value);
}
/** Refuses a value that is not exactly one of the alternatives. */
export function badChoice(value: unknown, names: readonly string[]): never {
  refuse({ text: 'oneAlternative', values: { names: names.join(', ') } }, value);
}
/** Refuses an open type that is not the one that its number chooses. */
export function badOpen(value: unknown, name: string, by: string, number: unknown): never {
  refuse({ text: 'alternativeOfNumber', values: { name, by, number: describe(number) } }, value);
}
/** Refuses bits that mean nothing: a number beyond its range. */
export function badRead(r: BitReader, back: number, got: number, min: number, max: number): never {
  const expectation = { text: 'wholeNumber', values: { min, max } } as const;
  throw new Refusal(r.offset(back), expectation, String(got));
}
/** Refuses an index beyond a list of names, alternatives or counts. */
export function badIndex(r: BitReader, back: number, got: number, count: number): never {
  const expectation = { text: 'indexBelow', values: { count } } as const;
  throw new Refusal(r.offset(back), expectation, String(got));
}

/** Refuses more elements than a list of nothing may have. */
export function badCount(r: BitReader, count: number): void {
  if (count <= 65536) return;
  const expectation = { text: 'listOf', values: { count: countText(0, 65536) } } as const;
  throw new Refusal(r.offset(), expectation, String(count));
}

// Bit strings

/** Texts of all values of 0 to 8 bits. */
const BIT_TEXTS: readonly (readonly string[])[] = Array.from({ length: 9 }, (_, width) =>
  Array.from({ length: 2 ** width }, (__, value) =>
    width === 0 ? '' : value.toString(2).padStart(width, '0'),
  ),
);

/** The value of a bit text of exactly `size` digits; -1 when it has another length. */
export function bitsValue(value: unknown, size: number): number {
  if (typeof value !== 'string') return refuse(bitsExpected(String(size)), value);
  if (value.length !== size) return -1;
  let sum = 0;
  let digits = 0;
  for (let index = 0; index < size; index++) {
    // 0 or 1; anything else for a character that is no binary digit.
    const digit = value.charCodeAt(index) ^ 48;
    digits |= digit;
    sum = (sum << 1) | digit;
  }
  if (digits > 1) refuse(bitsExpected(String(size)), value);
  return sum;
}

/** The value of a bit text whose size is fixed. */
export function fixedBits(value: unknown, size: number): number {
  const sum = bitsValue(value, size);
  return sum < 0 ? refuse(bitsExpected(String(size)), value) : sum;
}

function bitsExpected(count: string): Expectation {
  return { text: 'bitText', values: { count } };
}

/** A bit text of another size than the root: extension bit, general length, bits. */
export function putExtendedBits(w: BitWriter, value: string): void {
  if (!/^[01]*$/.test(value)) refuse(bitsExpected('any number of'), value);
  w.put(1, 1);
  if (value.length < 128) {
    w.put(value.length, 8);
    putBits(w, value, 0, value.length);
  } else w.putFragments(value.length, (from, to) => putBits(w, value, from, to));
}

function putBits(w: BitWriter, value: string, from: number, to: number): void {
  for (let index = from; index < to; index++) w.put(value.charCodeAt(index) & 1, 1);
}

/** The text of `size` bits, at most 30. */
export function takeBits(r: BitReader, size: number): string {
  return bitsText(r.take(size), size);
}

/** The text of a value of `size` bits. */
export function bitsText(value: number, size: number): string {
  if (size <= 8) return BIT_TEXTS[size]![value]!;
  const low = BIT_TEXTS[8]![value & 255]!;
  return bitsText(value >>> 8, size - 8) + low;
}

/** Bits after an extension bit that was set. */
export function takeExtendedBits(r: BitReader): string {
  const parts: string[] = [];
  r.takeFragments((count) => {
    r.need(count);
    for (let left = count; left > 0; left -= 24) parts.push(takeBits(r, Math.min(24, left)));
  });
  return parts.join('');
}

// Octet strings

/** Value of a hexadecimal digit by its code; negative for any other character. */
const DIGITS = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  DIGITS[digit.toString(16).charCodeAt(0)] = digit;
  DIGITS[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
/** Memory for octets and characters on their way. */
const SCRATCH = Buffer.from(new ArrayBuffer(8192));
/** The same, two characters a number. */
const SCRATCH_PAIRS = new Uint16Array(SCRATCH.buffer);
/** The octet that two digits spell, by their number as a pair; negative for any other two. */
const PAIRS = new Int16Array(65536).fill(-1);
for (let high = 0; high < 128; high++) {
  for (let low = 0; low < 128; low++) {
    const octet = (DIGITS[high]! << 4) | DIGITS[low]!;
    SCRATCH[0] = high;
    SCRATCH[1] = low;
    if (octet >= 0) PAIRS[SCRATCH_PAIRS[0]!] = octet;
  }
}
const SCRATCH_VIEW = new DataView(SCRATCH.buffer, SCRATCH.byteOffset, SCRATCH.length);
/** So many characters fit, where each may take three octets. */
const SCRATCH_TEXT = 2048;
/** From so many octets on a copy of the text is faster than a look at each of its digits. */
const LONG_OCTETS = 24;
const HEX_TEXTS = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

function octetsExpected(min: number, max: number): Expectation {
  return { text: 'hexadecimal', values: { count: countText(min, max) } };
}

/** The octet that two digits spell; negative where one of them is no digit. */
function octetAt(value: string, index: number): number {
  const high = value.charCodeAt(index);
  const low = value.charCodeAt(index + 1);
  return (high | low) > 127 ? -1 : (DIGITS[high]! << 4) | DIGITS[low]!;
}

/** Octets `from` to `to` of a hexadecimal text, four at a time. */
function putHexDigits(w: BitWriter, value: string, from: number, to: number): void {
  if (to - from > LONG_OCTETS) {
    putLongHex(w, value, from, to);
    return;
  }
  // Looked at once at the end: no digit is negative, no code of one is beyond 127.
  let digits = 0;
  let codes = 0;
  let index = 2 * from;
  for (const last = 2 * to - 7; index < last; index += 8) {
    let word = 0;
    for (let place = 0; place < 8; place += 2) {
      const high = value.charCodeAt(index + place);
      const low = value.charCodeAt(index + place + 1);
      const octet = (DIGITS[high & 127]! << 4) | DIGITS[low & 127]!;
      codes |= high | low;
      digits |= octet;
      word = (word << 8) | octet;
    }
    w.put(word, 32);
  }
  for (; index < 2 * to; index += 2) {
    const octet = octetAt(value, index);
    digits |= octet;
    w.put(octet & 255, 8);
  }
  if (digits < 0 || codes > 127) refuse(octetsExpected(to, to), value);
}

/**
 * As `putHexDigits`, by way of the scratch memory. The text is written as UTF-8, where no other
 * character than a digit looks like one (Node's own conversion takes "\u0131" for a "1").
 */
function putLongHex(w: BitWriter, value: string, from: number, to: number): void {
  for (let begin = from; begin < to; begin += SCRATCH_TEXT / 2) {
    const count = Math.min(SCRATCH_TEXT / 2, to - begin);
    const whole = count * 2 === value.length;
    const text = whole ? value : value.slice(2 * begin, 2 * (begin + count));
    SCRATCH.write(text, 'utf8');
    if (w.putPairs(SCRATCH_PAIRS, PAIRS, count) < 0) refuse(octetsExpected(to, to), value);
  }
}

/** The value of a hexadecimal text of exactly `count` octets, 1 to 4. */
export function octetsValue(value: unknown, count: number): number {
  if (typeof value !== 'string' || value.length !== 2 * count) {
    return refuse(octetsExpected(count, count), value);
  }
  let sum = 0;
  for (let index = 0; index < count; index++) {
    const octet = octetAt(value, 2 * index);
    if (octet < 0) refuse(octetsExpected(count, count), value);
    sum = (sum << 8) | octet;
  }
  return sum;
}

/** A hexadecimal text of exactly `count` octets. */
export function putFixedOctets(w: BitWriter, value: unknown, count: number): void {
  if (typeof value !== 'string' || value.length !== 2 * count) {
    refuse(octetsExpected(count, count), value);
  }
  putHexDigits(w, value, 0, count);
}

/** A hexadecimal text of `min` to `max` octets with its length in `width` bits. */
export function putOctets(
  w: BitWriter,
  value: unknown,
  min: number,
  max: number,
  width: number,
): void {
  const count = octetCount(value, min, max);
  if (width > 0) w.put(count - min, width);
  putHexDigits(w, value as string, 0, count);
}

function octetCount(value: unknown, min: number, max: number): number {
  const count = typeof value === 'string' ? value.length / 2 : -1;
  if (!(count >= min && count <= max) || count % 1 !== 0) refuse(octetsExpected(min, max), value);
  return count;
}

/** As `putOctets`, where the extension marker lets any other size travel too. */
export function putExtensibleOctets(
  w: BitWriter,
  value: unknown,
  min: number,
  max: number,
  width: number,
): void {
  const count = octetCount(value, 0, Infinity);
  if (count >= min && count <= max) {
    w.put(0, 1);
    putOctets(w, value, min, max, width);
    return;
  }
  w.put(1, 1);
  w.putFragments(count, (from, to) => putHexDigits(w, value as string, from, to));
}

/** The hexadecimal text of the next `count` octets. */
export function takeFixedOctets(r: BitReader, count: number): string {
  r.need(8 * count);
  if (count > 32) {
    const octets = count <= SCRATCH.length ? SCRATCH : Buffer.allocUnsafe(count);
    r.takeOctets(count, octets, 0);
    return octets.toString('hex', 0, count);
  }
  let text = '';
  let index = 0;
  for (; index + 3 < count; index += 4) {
    const word = r.take(32);
    const high = HEX_TEXTS[word >>> 24]! + HEX_TEXTS[(word >>> 16) & 255]!;
    text += high + HEX_TEXTS[(word >>> 8) & 255]! + HEX_TEXTS[word & 255]!;
  }
  for (; index < count; index++) text += HEX_TEXTS[r.take(8)]!;
  return text;
}

/** Reads what `putOctets` writes. */
export function takeOctets(r: BitReader, min: number, max: number, width: number): string {
  return takeFixedOctets(r, takeCount(r, min, max, width));
}

/** A count from `min` to `max` in `width` bits. */
function takeCount(r: BitReader, min: number, max: number, width: number): number {
  const count = width > 0 ? r.take(width) + min : min;
  if (count > max) badRead(r, width, count, min, max);
  return count;
}

/** Reads what `putExtensibleOctets` writes. */
export function takeExtensibleOctets(
  r: BitReader,
  min: number,
  max: number,
  width: number,
): string {
  if (r.take(1) === 0) return takeOctets(r, min, max, width);
  let text = '';
  r.takeFragments((count) => {
    text += takeFixedOctets(r, count);
  });
  return text;
}

/** What an open type holds when its type is not known: its octets, one at least. */
export function takeUnknown(r: BitReader): string {
  let text = '';
  r.takeFragments((count) => {
    text += takeFixedOctets(r, count);
  });
  if (text === '') throw new Refusal(r.offset(), octetsExpected(1, Infinity), '0 octets');
  r.skipped++;
  return text;
}

/** Octets of an open type whose type is not known, as they were received under that name. */
export function putUnknownAt(w: BitWriter, value: unknown, name: string): void {
  try {
    const count = octetCount(value, 1, Infinity);
    w.putFragments(count, (from, to) => putHexDigits(w, value as string, from, to));
  } catch (thrown) {
    throw within(thrown, name);
  }
}

// Text

/** Up to so many characters are looked at one by one. */
const SHORT_TEXT = 16;

function badText(value: unknown, min: number, max: number): never {
  refuse({ text: 'characters', values: { count: countText(min, max) } }, value);
}

/** Text of `min` to `max` 7-bit characters with its length in `width` bits. */
export function putText(
  w: BitWriter,
  value: unknown,
  min: number,
  max: number,
  width: number,
): void {
  if (typeof value !== 'string' || value.length < min || value.length > max) {
    return badText(value, min, max);
  }
  if (width > 0) w.put(value.length - min, width);
  if (value.length <= SHORT_TEXT) {
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127) badText(value, min, max);
      w.put(code, 7);
    }
    return;
  }
  for (let begin = 0; begin < value.length; begin += SCRATCH_TEXT) {
    const part = value.length <= SCRATCH_TEXT ? value : value.slice(begin, begin + SCRATCH_TEXT);
    // A character beyond ASCII takes more than one octet.
    if (SCRATCH.write(part, 'utf8') !== part.length) badText(value, min, max);
    w.putSevens(SCRATCH_VIEW, part.length);
  }
}

/** Reads a text of seven bits a character with its length in `width` bits. */
export function takeText(r: BitReader, min: number, max: number, width: number): string {
  const count = takeCount(r, min, max, width);
  r.need(7 * count);
  const octets = count <= SCRATCH.length ? SCRATCH : Buffer.allocUnsafe(count);
  r.takeSevens(count, octets);
  return octets.toString('latin1', 0, count);
}

// Extensible numbers, names and alternatives

/** A number of any size: octets of the shortest two's complement (X.691, 13.2.6). */
export function putUnconstrained(w: BitWriter, value: unknown): void {
  if (!Number.isSafeInteger(value)) refuse({ text: 'shortNumber', values: {} }, value);
  const number = value as number;
  let octets = 1;
  while (number < -(2 ** (8 * octets - 1)) || number >= 2 ** (8 * octets - 1)) octets++;
  w.put(octets, 8);
  for (let index = octets - 1; index >= 0; index--) {
    w.put(Math.floor(number / 2 ** (8 * index)) & 255, 8);
  }
}

/** Reads a whole number of any size with its length in octets before it. */
function takeUnconstrained(r: BitReader): number {
  const octets = r.takeLength();
  if (octets < 1 || octets > 7) {
    throw new Refusal(r.offset(), { text: 'shortNumber', values: {} }, `${octets} octets`);
  }
  let sum = r.take(8);
  if (sum > 127) sum -= 256;
  for (let index = 1; index < octets; index++) sum = sum * 256 + r.take(8);
  if (!Number.isSafeInteger(sum)) {
    throw new Refusal(r.offset(), { text: 'shortNumber', values: {} }, `${octets} octets`);
  }
  return sum;
}

/** A name beyond the root: one that the schema adds, or `extension-3` as a decoder gave it. */
export function putExtendedName(
  w: BitWriter,
  value: unknown,
  names: readonly string[],
  additions: readonly string[],
): void {
  const index = extensionIndex(value, additions);
  if (index < 0) badName(value, [...names, ...additions]);
  w.put(1, 1);
  w.putSmallNumber(index);
}

/** The place among the additions; an unknown one is spelled with its number; -1 for none. */
export function extensionIndex(value: unknown, additions: readonly string[]): number {
  if (typeof value !== 'string') return -1;
  const known = additions.indexOf(value);
  if (known >= 0) return known;
  const spelled = /^extension-(0|[1-9]\d{0,9})$/.exec(value);
  const index = spelled === null ? -1 : Number(spelled[1]);
  return index >= additions.length && index < 2 ** 32 ? index : -1;
}

/** A number of a root range, or any other after the extension bit. */
export function takeExtensibleInteger(
  r: BitReader,
  min: number,
  max: number,
  width: number,
): number {
  return r.take(1) === 0 ? takeCount(r, min, max, width) : takeUnconstrained(r);
}

/** A name of the root, or one beyond it after the extension bit. */
export function takeExtensibleName(
  r: BitReader,
  names: readonly string[],
  width: number,
  additions: readonly string[],
): string {
  if (r.take(1) === 1) return takeExtendedName(r, additions);
  const index = width === 0 ? 0 : r.take(width);
  return names[index] ?? badIndex(r, width, index, names.length);
}

function takeExtendedName(r: BitReader, additions: readonly string[]): string {
  const index = r.takeSmallNumber();
  const known = additions[index];
  if (known !== undefined) return known;
  r.skipped++;
  return `extension-${index}`;
}
