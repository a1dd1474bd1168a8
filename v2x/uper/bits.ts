/**
 * Bits on octets. The writer gathers 32 bits in a word before it touches memory; the reader loads
 * a word at any bit. Both check limits themselves, so generated code does not.
 */
import { Refusal } from './error.ts';

/** No message of the set is longer; values and inputs that are get refused. */
export const OCTETS_MAX = 4 << 20;
/** Octets beyond a message that a writer may touch with its last word. */
const SLACK = 16;
/** Lengths from here on travel in fragments of this many units (X.691, 11.9.3.8). */
const FRAGMENT = 16384;

/**
 * Writes bits from the highest of the first octet on. Generated code does `put` in place:
 * it adds the width to `filled` and calls `spill` when a word is full.
 */
export class BitWriter {
  bytes: Uint8Array;
  /** Up to 31 bits that are not in memory, from the highest bit of the word. */
  word = 0;
  filled = 0;
  private view: DataView;
  /** Octets already in memory. */
  private at = 0;

  constructor(octets = 512) {
    this.bytes = new Uint8Array(Math.max(16, octets));
    this.view = new DataView(this.bytes.buffer);
  }

  reset(): void {
    this.at = 0;
    this.word = 0;
    this.filled = 0;
  }

  /** Appends the low `width` bits, 1 to 32, of a value that has no others set. */
  put(value: number, width: number): void {
    if ((this.filled += width) < 32) this.word |= value << (32 - this.filled);
    else this.spill(value);
  }

  /** Ends a word with a value; `filled`, 32 or more, already counts the bits of the value. */
  spill(value: number): void {
    const over = this.filled - 32;
    if (this.at + 4 > this.bytes.length) this.grow(this.at + 4);
    this.view.setInt32(this.at, this.word | (value >>> over));
    this.at += 4;
    this.word = over === 0 ? 0 : value << (32 - over);
    this.filled = over;
  }

  /** Appends octets `from` to `to` of others. */
  putOctets(octets: DataView, from: number, to: number): void {
    if (this.at + to - from + 8 > this.bytes.length) this.grow(this.at + to - from + 8);
    let { at, word } = this;
    const { view, filled } = this;
    let index = from;
    for (; index + 3 < to; index += 4) {
      const value = octets.getInt32(index);
      view.setInt32(at, word | (value >>> filled));
      at += 4;
      word = filled === 0 ? 0 : value << (32 - filled);
    }
    this.at = at;
    this.word = word;
    for (; index < to; index++) this.put(octets.getUint8(index), 8);
  }

  /** Appends the octets of so many pairs by a table; below zero when one of them has none. */
  putPairs(pairs: Uint16Array, table: Int16Array, count: number): number {
    if (this.at + count + 8 > this.bytes.length) this.grow(this.at + count + 8);
    let { at, word } = this;
    const { view, filled } = this;
    let all = 0;
    let index = 0;
    for (; index + 3 < count; index += 4) {
      const first = table[pairs[index]!]!;
      const second = table[pairs[index + 1]!]!;
      const third = table[pairs[index + 2]!]!;
      const fourth = table[pairs[index + 3]!]!;
      all |= first | second | third | fourth;
      const value = (first << 24) | (second << 16) | (third << 8) | fourth;
      view.setInt32(at, word | (value >>> filled));
      at += 4;
      word = filled === 0 ? 0 : value << (32 - filled);
    }
    this.at = at;
    this.word = word;
    for (; index < count; index++) {
      const octet = table[pairs[index]!]!;
      all |= octet;
      this.put(octet & 255, 8);
    }
    return all;
  }

  /** Appends the low seven bits of so many octets, which have no others set. */
  putSevens(octets: DataView, count: number): void {
    if (this.at + count + 8 > this.bytes.length) this.grow(this.at + count + 8);
    let { at, word, filled } = this;
    const { view } = this;
    let index = 0;
    for (; index + 3 < count; index += 4) {
      const four = octets.getInt32(index);
      const high = (four & 0x7f000000) >>> 3 | (four & 0x7f0000) >>> 2;
      const value = high | (four & 0x7f00) >>> 1 | four & 0x7f;
      if ((filled += 28) < 32) word |= value << (32 - filled);
      else {
        filled -= 32;
        view.setInt32(at, word | (value >>> filled));
        at += 4;
        word = filled === 0 ? 0 : value << (32 - filled);
      }
    }
    this.at = at;
    this.word = word;
    this.filled = filled;
    for (; index < count; index++) this.put(octets.getUint8(index), 7);
  }

  /** A length below 16384 in its one- or two-octet form. */
  putLength(length: number): void {
    if (length < 128) this.put(length, 8);
    else this.put(0x8000 | length, 16);
  }

  /**
   * A general length with its units: `write(from, to)` is called for each fragment, and for the
   * rest, which may be empty.
   */
  putFragments(length: number, write: (from: number, to: number) => void): void {
    let done = 0;
    while (length - done >= FRAGMENT) {
      const blocks = Math.min(4, Math.floor((length - done) / FRAGMENT));
      this.put(0xc0 | blocks, 8);
      write(done, done + blocks * FRAGMENT);
      done += blocks * FRAGMENT;
    }
    this.putLength(length - done);
    write(done, length);
  }

  /** A count of 1 or more, small as a rule (X.691, 11.9.3.4). */
  putSmallLength(count: number): void {
    if (count <= 64) this.put(count - 1, 7);
    else {
      this.put(1, 1);
      this.putLength(count);
    }
  }

  /** A number from 0, small as a rule (X.691, 11.6). */
  putSmallNumber(value: number): void {
    if (value < 64) this.put(value, 7);
    else {
      this.put(1, 1);
      const octets = value < 2 ** 8 ? 1 : value < 2 ** 16 ? 2 : value < 2 ** 24 ? 3 : 4;
      this.put(octets, 8);
      this.put(value, 8 * octets);
    }
  }

  /**
   * Begins an open type: its bits follow in place, behind an octet kept for the length.
   * Returns the place of its first bit, for `endOpen`.
   */
  beginOpen(): number {
    this.put(0, 8);
    return this.at * 8 + this.filled;
  }

  /** Ends the open type that began at bit `from`: pads it to octets and writes its length. */
  endOpen(from: number): void {
    const bits = this.at * 8 + this.filled - from;
    const padding = bits === 0 ? 8 : -bits & 7;
    if (padding > 0) this.put(0, padding);
    const length = (bits + padding) >>> 3;
    if (length >= FRAGMENT) {
      this.fragmentOpen(from, length);
      return;
    }
    this.toMemory();
    const { bytes } = this;
    const first = from >>> 3;
    const shift = from & 7;
    if (length < 128) {
      bytes[first - 1]! |= length >>> shift;
      bytes[first]! |= length << (8 - shift);
    } else {
      // The second octet of the length moves everything behind it by one.
      bytes.copyWithin(first + 1, first, this.at + 4);
      const form = 0x8000 | length;
      bytes[first - 1]! |= form >>> (8 + shift);
      bytes[first] = form >>> shift;
      const kept = bytes[first + 1]! & (0xff >>> shift);
      bytes[first + 1] = kept | (form << (8 - shift));
      this.at++;
    }
    this.word = this.view.getInt32(this.at);
  }

  /** Pads with zero bits to an octet; returns the octets of the whole, which is in `bytes`. */
  finish(): number {
    this.toMemory();
    return this.at + ((this.filled + 7) >>> 3);
  }

  /** Puts the bits of the word, and zeros behind them, where a reader finds them. */
  private toMemory(): void {
    if (this.at + 8 > this.bytes.length) this.grow(this.at + 8);
    this.view.setInt32(this.at, this.word);
  }

  /** Writes an open type again as fragments. */
  private fragmentOpen(from: number, length: number): void {
    this.toMemory();
    const first = from >>> 3;
    const shift = from & 7;
    const content = new Uint8Array(length);
    for (let index = 0; index < length; index++) {
      const two = (this.bytes[first + index]! << 8) | this.bytes[first + index + 1]!;
      content[index] = two >>> (8 - shift);
    }
    this.at = first - 1;
    this.filled = shift;
    this.word = shift === 0 ? 0 : (this.bytes[this.at]! >>> (8 - shift)) << (32 - shift);
    const octets = new DataView(content.buffer);
    this.putFragments(length, (begin, end) => this.putOctets(octets, begin, end));
  }

  private grow(needed: number): void {
    if (needed > OCTETS_MAX + SLACK) {
      const expectation = { text: 'octetsAtMost', values: { count: OCTETS_MAX } } as const;
      throw new Refusal(null, expectation, 'more');
    }
    const octets = Math.max(needed, Math.min(2 * this.bytes.length, OCTETS_MAX + SLACK));
    const larger = new Uint8Array(octets);
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Where a reader was before it entered an open type. */
interface Place {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly at: number;
  readonly end: number;
  readonly base: number;
}

/** Octets kept beyond the input, so that a word may be loaded at its last bit. */
const MARGIN = 8;
/** A reader keeps its memory up to this size between messages. */
const KEPT_OCTETS = 65536;

/** Reads bits; never beyond `end`. It works on a copy of the input with a margin behind it. */
export class BitReader {
  /** Additions and alternatives that were not known and were skipped. */
  skipped = 0;
  /** Next bit. */
  at = 0;
  /** Bits that may be read. */
  end = 0;
  /** Whether octets beyond a complete value are refused. */
  strict = true;
  private bytes: Uint8Array = new Uint8Array(1024);
  private view: DataView = new DataView(this.bytes.buffer);
  /** Bits before this buffer, for messages to people. */
  private base = 0;
  private readonly stack: (Place | number)[] = [];

  load(input: Uint8Array, strict: boolean): void {
    if (input.length > OCTETS_MAX) {
      const expectation = { text: 'octetsAtMost', values: { count: OCTETS_MAX } } as const;
      throw new Refusal(0, expectation, `${input.length} octets`);
    }
    const needed = input.length + MARGIN;
    if (this.bytes.length < needed || this.bytes.length > KEPT_OCTETS) {
      this.bytes = new Uint8Array(Math.max(1024, needed));
      this.view = new DataView(this.bytes.buffer);
    }
    this.bytes.set(input);
    this.at = 0;
    this.end = input.length * 8;
    this.base = 0;
    this.skipped = 0;
    this.strict = strict;
    this.stack.length = 0;
  }

  /** Gives back a large buffer. */
  release(): void {
    this.stack.length = 0;
    if (this.bytes.length > KEPT_OCTETS) this.replace(new Uint8Array(1024));
  }

  /** The next `width` bits, 1 to 32, as a number from 0. */
  take(width: number): number {
    const at = this.at;
    if (at + width > this.end) this.short(width);
    this.at = at + width;
    const shift = at & 7;
    const word = this.view.getInt32(at >>> 3);
    const total = shift + width;
    if (total <= 32) return (word << shift) >>> (32 - width);
    const last = this.bytes[(at >>> 3) + 4]! >>> (40 - total);
    return (((word << shift) >>> (32 - width)) | last) >>> 0;
  }

  /** One bit at a place that was already passed. */
  bitAt(at: number): number {
    return (this.bytes[at >>> 3]! >>> (7 - (at & 7))) & 1;
  }

  /** Refuses when fewer bits are left. */
  need(bits: number): void {
    if (this.at + bits > this.end) this.short(bits);
  }

  /** Bits before the place `back` bits ago. */
  offset(back = 0): number {
    return this.base + this.at - back;
  }

  /** A general length; -k for k × 16384 units with more to come. */
  takeLength(): number {
    const first = this.take(8);
    if (first < 128) return first;
    if (first < 0xc0) return ((first & 0x3f) << 8) | this.take(8);
    const blocks = first & 0x3f;
    if (blocks < 1 || blocks > 4) {
      const expectation = { text: 'lengthForm', values: {} } as const;
      throw new Refusal(this.offset(8), expectation, String(first));
    }
    return -blocks;
  }

  /** Calls `read(count)` for each fragment of a general length; counts are in units. */
  takeFragments(read: (count: number) => void): void {
    for (;;) {
      const length = this.takeLength();
      if (length >= 0) {
        read(length);
        return;
      }
      read(-length * FRAGMENT);
    }
  }

  /** A count of 1 or more, small as a rule. */
  takeSmallLength(): number {
    if (this.take(1) === 0) return this.take(6) + 1;
    const length = this.takeLength();
    if (length < 1) {
      throw new Refusal(this.offset(), { text: 'lengthForm', values: {} }, String(length));
    }
    return length;
  }

  /** A number from 0, small as a rule. */
  takeSmallNumber(): number {
    if (this.take(1) === 0) return this.take(6);
    const octets = this.takeLength();
    if (octets < 1 || octets > 4) {
      throw new Refusal(this.offset(), { text: 'lengthForm', values: {} }, String(octets));
    }
    return this.take(8 * octets);
  }

  /** `count` octets into `target` from `offset`. */
  takeOctets(count: number, target: Uint8Array, offset: number): void {
    this.need(count * 8);
    const { bytes, view, at } = this;
    const shift = at & 7;
    let from = at >>> 3;
    let to = offset;
    // Behind the end of the input is a margin.
    for (const last = offset + count - 3; to < last; to += 4, from += 4) {
      const word = (view.getInt32(from) << shift) | (bytes[from + 4]! >>> (8 - shift));
      target[to] = word >>> 24;
      target[to + 1] = word >>> 16;
      target[to + 2] = word >>> 8;
      target[to + 3] = word;
    }
    for (; to < offset + count; to++, from++) {
      target[to] = ((bytes[from]! << 8) | bytes[from + 1]!) >>> (8 - shift);
    }
    this.at = at + count * 8;
  }

  /** `count` values of seven bits into the first octets of `target`. */
  takeSevens(count: number, target: Uint8Array): void {
    this.need(count * 7);
    const { bytes, view } = this;
    let { at } = this;
    let index = 0;
    for (; index + 3 < count; index += 4, at += 28) {
      const shift = at & 7;
      const from = at >>> 3;
      const word = (view.getInt32(from) << shift) | (bytes[from + 4]! >>> (8 - shift));
      target[index] = word >>> 25;
      target[index + 1] = (word >>> 18) & 127;
      target[index + 2] = (word >>> 11) & 127;
      target[index + 3] = (word >>> 4) & 127;
    }
    this.at = at;
    for (; index < count; index++) target[index] = this.take(7);
  }

  /** Enters an open type: until `leaveOpen`, the end is the end of its octets. */
  enterOpen(): void {
    const length = this.takeLength();
    if (length >= 0) {
      this.need(length * 8);
      this.stack.push(this.end);
      this.end = this.at + length * 8;
      return;
    }
    const begin = this.offset();
    const whole = this.takeFragmented(-length * FRAGMENT);
    const { bytes, view, at, end, base } = this;
    this.stack.push({ bytes, view, at, end, base });
    this.replace(whole);
    this.at = 0;
    this.end = (whole.length - MARGIN) * 8;
    this.base = begin;
  }

  /** Leaves an open type: what is left of it must be padding, unless the reader is lenient. */
  leaveOpen(bitsAtEntry: number): void {
    this.checkEnd('the open type', this.at === bitsAtEntry ? 8 : 7);
    const place = this.stack.pop()!;
    if (typeof place === 'number') {
      this.at = this.end;
      this.end = place;
      return;
    }
    this.bytes = place.bytes;
    this.view = place.view;
    this.at = place.at;
    this.end = place.end;
    this.base = place.base;
  }

  /** Octets of an open type, without looking inside. */
  skipOpen(): void {
    this.takeFragments((count) => {
      this.need(count * 8);
      this.at += count * 8;
    });
    this.skipped++;
  }

  /** What is left must be fewer than eight zero bits (eight where nothing was read). */
  checkEnd(name: string, padding = 7): void {
    if (!this.strict) return;
    const left = this.end - this.at;
    if (left > padding) {
      const expectation = { text: 'endOfOctets', values: { name } } as const;
      throw new Refusal(this.offset(), expectation, `${left} more bits`);
    }
    if (left > 0 && this.take(left) !== 0) {
      throw new Refusal(this.offset(left), { text: 'zeroPadding', values: {} }, 'other bits');
    }
  }

  /** Joins the fragments; the sum is known to fit in the input before memory is asked for. */
  private takeFragmented(first: number): Uint8Array {
    const from = this.at;
    let octets = first;
    this.need(octets * 8);
    this.at += first * 8;
    this.takeFragments((count) => {
      this.need(count * 8);
      this.at += count * 8;
      octets += count;
    });
    const whole = new Uint8Array(octets + MARGIN);
    const after = this.at;
    this.at = from;
    this.takeOctets(first, whole, 0);
    let done = first;
    this.takeFragments((count) => {
      this.takeOctets(count, whole, done);
      done += count;
    });
    this.at = after;
    return whole;
  }

  private replace(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  private short(width: number): never {
    const left = Math.max(0, this.end - this.at);
    const expectation = { text: 'moreBits', values: { count: width } } as const;
    throw new Refusal(this.offset(), expectation, `${left} bits`);
  }
}
