import { crcFunction } from '../../src/base/bytes.ts';
import type { Stateful } from '../../src/base/stateful.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { frameLayout } from '../layout.ts';
import type { ObjectAddress } from './objects.ts';

export const START = 0x7e;
export const END = 0x7d;
export const ESCAPE = 0x5c;
/** From start to item count. */
const HEADER_OCTETS = 14;
/** CRC and end. */
const TRAILER_OCTETS = 3;
/** Octets that the length field does not count: start, length itself, end. */
const UNCOUNTED_OCTETS = 4;
const SMALLEST_FRAME = HEADER_OCTETS + TRAILER_OCTETS;
/** Our bound, unescaped: 255 items of one octet are under it; nothing longer is ever asked for. */
export const LONGEST_FRAME = 4096;

/** Polynomial 1005, start 0, top bit first, over length … last data octet, before escaping. */
export const crc = crcFunction({
  bits: 16, polynomial: 0x1005, initial: 0, reflected: false, finalXor: 0,
});

const header = frameLayout({
  name: 'gbt20999.header',
  bytes: HEADER_OCTETS,
  fields: {
    start: { at: 0, bits: 8 },
    length: { at: 8, bits: 16 },
    version: { at: 24, bits: 16 },
    upperComputer: { at: 40, bits: 8 },
    controller: { at: 48, bits: 32 },
    intersection: { at: 80, bits: 8 },
    sequence: { at: 88, bits: 8 },
    type: { at: 96, bits: 8 },
    itemCount: { at: 104, bits: 8 },
  },
});

/** One value of a frame; empty data in a query. */
export interface FrameItem extends ObjectAddress {
  readonly data: Uint8Array;
}

/** One frame, read. */
export interface Gbt20999Frame {
  readonly version: number;
  readonly upperComputer: number;
  readonly controller: number;
  readonly intersection: number;
  readonly sequence: number;
  readonly type: number;
  readonly items: readonly FrameItem[];
}

/** Why octets are no frame. */
export type FrameDrop = 'noise' | 'length' | 'crc' | 'escape' | 'frame_cut' | 'too_long' | 'items';

/** One frame with its whole unescaped octets, or what was lost and how many octets of it. */
export type Received =
  | {
      readonly frame: Gbt20999Frame;
      readonly bytes: Uint8Array;
      readonly receivedMs: MonotonicMs;
      readonly dropped?: never;
    }
  | { readonly dropped: FrameDrop; readonly octets: number; readonly frame?: never };

function readItems(bytes: Uint8Array, count: number): readonly FrameItem[] | null {
  const end = bytes.length - TRAILER_OCTETS;
  const items: FrameItem[] = [];
  let at = HEADER_OCTETS;
  for (let index = 1; index <= count; index++) {
    if (at + 6 > end || bytes[at] !== index) return null;
    const length = bytes[at + 1]!;
    const next = at + 2 + length;
    if (length < 4 || next > end) return null;
    items.push({
      cls: bytes[at + 2]!,
      object: bytes[at + 3]!,
      attribute: bytes[at + 4]!,
      element: bytes[at + 5]!,
      data: bytes.slice(at + 6, next),
    });
    at = next;
  }
  return at === end ? items : null;
}

/**
 * Reads one whole unescaped frame, start and end included. Pure.
 *
 * @returns the frame, or `length`, `crc` or `items`.
 */
export function readFrame(bytes: Uint8Array): Gbt20999Frame | 'length' | 'crc' | 'items' {
  if (bytes.length < SMALLEST_FRAME || bytes[0] !== START) return 'length';
  const { start: _start, length, itemCount, ...facts } = header.read(bytes);
  if (length !== bytes.length - UNCOUNTED_OCTETS) return 'length';
  if (bytes[bytes.length - 1] !== END) return 'length';
  const sum = (bytes[bytes.length - 3]! << 8) | bytes[bytes.length - 2]!;
  if (crc(bytes, 1, bytes.length - TRAILER_OCTETS) !== sum) return 'crc';
  const items = readItems(bytes, itemCount);
  return items ? { ...facts, items } : 'items';
}

/** Writes one whole unescaped frame. Asserts through the layout that every number fits. */
export function writeFrame(frame: Gbt20999Frame): Uint8Array {
  const { items, ...facts } = frame;
  const body = items.reduce((sum, { data }) => sum + 6 + data.length, 0);
  const bytes = new Uint8Array(HEADER_OCTETS + body + TRAILER_OCTETS);
  const length = bytes.length - UNCOUNTED_OCTETS;
  header.write({ start: START, length, itemCount: items.length, ...facts }, bytes);
  let at = HEADER_OCTETS;
  items.forEach(({ cls, object, attribute, element, data }, index) => {
    bytes.set([index + 1, 4 + data.length, cls, object, attribute, element], at);
    bytes.set(data, at + 6);
    at += 6 + data.length;
  });
  const sum = crc(bytes, 1, at);
  bytes.set([sum >> 8, sum & 0xff, END], at);
  return bytes;
}

const isSpecial = (octet: number): boolean => octet === START || octet === END || octet === ESCAPE;

/** Puts the escape octet before each special one between start and end (serial and TCP only). */
export function escapeFrame(bytes: Uint8Array): Uint8Array {
  const escaped: number[] = [START];
  for (let index = 1; index < bytes.length - 1; index++) {
    if (isSpecial(bytes[index]!)) escaped.push(ESCAPE);
    escaped.push(bytes[index]!);
  }
  escaped.push(END);
  return Uint8Array.from(escaped);
}

/**
 * Reads the frames of one datagram, where nothing is escaped: one after another by their length
 * fields. After octets that are no frame the rest of the datagram is dropped.
 */
export function readDatagram(data: Uint8Array, receivedMs: MonotonicMs): readonly Received[] {
  const found: Received[] = [];
  let at = 0;
  while (at < data.length) {
    const left = data.length - at;
    if (data[at] !== START) return [...found, { dropped: 'noise', octets: left }];
    const size = left < 3 ? 0 : ((data[at + 1]! << 8) | data[at + 2]!) + UNCOUNTED_OCTETS;
    if (size < SMALLEST_FRAME || size > left) {
      return [...found, { dropped: 'length', octets: left }];
    }
    // The port may use its buffer again; evidence must stay what it was.
    const bytes = new Uint8Array(data.subarray(at, at + size));
    const frame = readFrame(bytes);
    if (typeof frame === 'string') return [...found, { dropped: frame, octets: left }];
    found.push({ frame, bytes, receivedMs });
    at += size;
  }
  return found;
}

interface ParserSnapshot {
  readonly bytes: Uint8Array;
  readonly inFrame: boolean;
  readonly escaped: boolean;
  readonly beganMs: MonotonicMs;
  readonly noise: number;
}

/**
 * Finds frames in a stream, whatever the chunks. An unescaped start octet always begins a frame,
 * so that the parser is in step again at the next one. Holds at most `LONGEST_FRAME` octets.
 */
export class StreamParser implements Stateful {
  readonly #buffer = new Uint8Array(LONGEST_FRAME);
  #length = 0;
  #inFrame = false;
  #escaped = false;
  #beganMs = 0 as MonotonicMs;
  #noise = 0;

  /** Takes some octets that came at one instant; gives what they completed, in order. */
  push(chunk: Uint8Array, receivedMs: MonotonicMs): readonly Received[] {
    const found: Received[] = [];
    for (let index = 0; index < chunk.length; index++) this.#take(chunk[index]!, receivedMs, found);
    return found;
  }

  /** Forgets a frame that was begun: the connection is another one. */
  reset(): void {
    this.#inFrame = false;
    this.#escaped = false;
    this.#length = 0;
    this.#noise = 0;
  }

  #take(octet: number, receivedMs: MonotonicMs, found: Received[]): void {
    if (!this.#inFrame) {
      if (octet !== START) this.#noise++;
      else this.#begin(receivedMs, found);
      return;
    }
    if (this.#escaped) {
      this.#escaped = false;
      if (isSpecial(octet)) return this.#append(octet, found);
      return this.#drop('escape', found, 1);
    }
    if (octet === ESCAPE) {
      this.#escaped = true;
    } else if (octet === START) {
      this.#drop('frame_cut', found, 0);
      this.#begin(receivedMs, found);
    } else {
      this.#append(octet, found);
      if (octet === END && this.#inFrame) this.#finish(found);
    }
  }

  #begin(receivedMs: MonotonicMs, found: Received[]): void {
    if (this.#noise > 0) found.push({ dropped: 'noise', octets: this.#noise });
    this.#noise = 0;
    this.#inFrame = true;
    this.#beganMs = receivedMs;
    this.#buffer[0] = START;
    this.#length = 1;
  }

  #append(octet: number, found: Received[]): void {
    if (this.#length === LONGEST_FRAME) return this.#drop('too_long', found, 1);
    this.#buffer[this.#length++] = octet;
  }

  #drop(dropped: FrameDrop, found: Received[], more: number): void {
    found.push({ dropped, octets: this.#length + more });
    this.#inFrame = false;
    this.#length = 0;
  }

  #finish(found: Received[]): void {
    const bytes = this.#buffer.slice(0, this.#length);
    const frame = readFrame(bytes);
    if (typeof frame === 'string') return this.#drop(frame, found, 0);
    found.push({ frame, bytes, receivedMs: this.#beganMs });
    this.#inFrame = false;
    this.#length = 0;
  }

  snapshot(): unknown {
    const snapshot: ParserSnapshot = {
      bytes: this.#buffer.slice(0, this.#length),
      inFrame: this.#inFrame,
      escaped: this.#escaped,
      beganMs: this.#beganMs,
      noise: this.#noise,
    };
    return snapshot;
  }

  restore(snapshot: unknown): void {
    const { bytes, inFrame, escaped, beganMs, noise } = snapshot as ParserSnapshot;
    this.#buffer.set(bytes);
    this.#length = bytes.length;
    this.#inFrame = inFrame;
    this.#escaped = escaped;
    this.#beganMs = beganMs;
    this.#noise = noise;
  }
}
