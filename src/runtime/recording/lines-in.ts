import { deserialize } from 'node:v8';
import type { RecordingDrop } from '../../base/texts/runtime.ts';
import type { CanFrame, MqttMessage, PortMessage, StreamChunk } from '../../model/port.ts';
import type { FileIn } from './file-in.ts';

/** Counts a drop. */
export type Count = (name: RecordingDrop, by?: number) => void;

/** The messages of one file, one after the other; stamps are UTC microseconds. */
export interface MessageSource {
  utcMicros: number;
  message: PortMessage;
  /** Goes to the next message; false at the end. */
  next(): boolean;
  close(): void;
}

const LINE_MAX = 8 << 20;
const nothing: StreamChunk = { data: new Uint8Array(0), epoch: 0 };

const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}
const code = (character: string): number => character.charCodeAt(0);
const [OPEN, CLOSE, DOT, SPACE, HASH, LETTER_R, CR] = ['(', ')', '.', ' ', '#', 'R', '\r'].map(
  code,
) as [number, number, number, number, number, number, number];

/** Reads lines; subclasses turn one into a message. */
abstract class LineSource implements MessageSource {
  utcMicros = 0;
  message: PortMessage = nothing;
  protected readonly file: FileIn;
  protected readonly count: Count;

  constructor(file: FileIn, count: Count) {
    this.file = file;
    this.count = count;
  }

  /** Sets stamp and message; returns false when the line holds none (and has counted why). */
  protected abstract read(bytes: Buffer, from: number, to: number): boolean;

  next(): boolean {
    for (;;) {
      const length = this.file.line(LINE_MAX);
      if (length === -3) {
        this.count('line_too_long');
        continue;
      }
      if (length === -2) this.count('recording_truncated');
      if (length < 0) return false;
      const from = this.file.at;
      this.file.skip(length + 1);
      if (length > 0 && this.read(this.file.buffer, from, from + length)) return true;
    }
  }

  close(): void {
    this.file.close();
  }
}

/** A candump -L log. Frames of other interfaces are counted when one is named. */
export class CandumpSource extends LineSource {
  readonly #interface: Buffer | null;

  constructor(file: FileIn, count: Count, interfaceName: string | null) {
    super(file, count);
    this.#interface = interfaceName === null ? null : Buffer.from(interfaceName);
  }

  protected read(bytes: Buffer, from: number, to: number): boolean {
    const end = bytes[to - 1] === CR ? to - 1 : to;
    let at = from;
    if (bytes[at++] !== OPEN) return this.#bad();
    let seconds = 0;
    for (; at < end && isDigit(bytes[at]!); at++) seconds = seconds * 10 + bytes[at]! - 48;
    if (bytes[at++] !== DOT) return this.#bad();
    let micros = 0;
    let digits = 0;
    for (; at < end && isDigit(bytes[at]!); at++, digits++) {
      if (digits < 6) micros = micros * 10 + bytes[at]! - 48;
    }
    for (; digits < 6; digits++) micros *= 10;
    if (bytes[at++] !== CLOSE || bytes[at++] !== SPACE) return this.#bad();
    const nameAt = at;
    while (at < end && bytes[at] !== SPACE) at++;
    const nameEnd = at++;
    const frame = this.#frame(bytes, at, end);
    if (!frame) return this.#bad();
    const wanted = this.#interface;
    if (wanted && bytes.compare(wanted, 0, wanted.length, nameAt, nameEnd) !== 0) {
      this.count('can_other_interface');
      return false;
    }
    if (frame.id > 0x1fffffff) {
      this.count('can_error_frame');
      return false;
    }
    this.utcMicros = seconds * 1e6 + micros;
    this.message = frame;
    return true;
  }

  #bad(): false {
    this.count('line_malformed');
    return false;
  }

  #frame(bytes: Buffer, from: number, end: number): CanFrame | null {
    let at = from;
    let id = 0;
    for (; at < end && bytes[at] !== HASH; at++) {
      const digit = HEX[bytes[at]!]!;
      if (digit < 0) return null;
      id = id * 16 + digit;
    }
    const idDigits = at - from;
    if (bytes[at++] !== HASH || (idDigits !== 3 && idDigits !== 8)) return null;
    const extended = idDigits === 8;
    if (!extended && id > 0x7ff) return null;
    if (at < end && bytes[at] === LETTER_R) {
      const length = at + 1 < end ? HEX[bytes[at + 1]!]! : 0;
      const data = new Uint8Array(length > 0 && length <= 8 ? length : 0);
      return { id, extended, remote: true, fd: false, data };
    }
    const fd = bytes[at] === HASH;
    if (fd && HEX[bytes[at + 1]!]! < 0) return null;
    if (fd) at += 2;
    // Newer candump adds a space and R or T for the direction.
    let dataEnd = at;
    while (dataEnd < end && HEX[bytes[dataEnd]!]! >= 0) dataEnd++;
    const digits = dataEnd - at;
    if (digits & 1 || digits > (fd ? 128 : 16)) return null;
    if (dataEnd < end && bytes[dataEnd] !== SPACE) return null;
    const data = new Uint8Array(digits >> 1);
    for (let index = 0; index < data.length; index++, at += 2) {
      data[index] = (HEX[bytes[at]!]! << 4) | HEX[bytes[at + 1]!]!;
    }
    return { id, extended, remote: false, fd, data };
  }
}

const isDigit = (octet: number): boolean => octet >= 48 && octet <= 57;

/** JSON lines of MQTT, serial and file ports. */
export class JsonSource extends LineSource {
  protected read(bytes: Buffer, from: number, to: number): boolean {
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString('utf8', from, to));
    } catch {
      value = null; // counted below with every other line that is none
    }
    const message = toMessage(value);
    const t = (value as { readonly t?: unknown } | null)?.t;
    if (!message || typeof t !== 'number' || !Number.isFinite(t)) {
      this.count('line_malformed');
      return false;
    }
    this.utcMicros = Math.round(t * 1e6);
    this.message = message;
    return true;
  }
}

function toMessage(value: unknown): MqttMessage | StreamChunk | null {
  if (typeof value !== 'object' || value === null) return null;
  const { topic, payload, base64, hex, epoch } = value as Record<string, unknown>;
  if (typeof topic === 'string') {
    if (typeof payload === 'string') return { topic, payload: Buffer.from(payload, 'utf8') };
    return typeof base64 === 'string' ? { topic, payload: Buffer.from(base64, 'base64') } : null;
  }
  if (typeof hex !== 'string' || hex.length & 1 || !/^[0-9a-fA-F]*$/.test(hex)) return null;
  return { data: Buffer.from(hex, 'hex'), epoch: typeof epoch === 'number' ? epoch : 1 };
}

/** The parsed lines of one of our own side files. */
export function* jsonLines(file: FileIn, count: Count): Generator<Record<string, unknown>> {
  try {
    for (;;) {
      const length = file.line(LINE_MAX);
      if (length === -2) count('recording_truncated');
      if (length === -1 || length === -2) return;
      if (length === -3) {
        count('line_too_long');
        continue;
      }
      const text = file.buffer.toString('utf8', file.at, file.at + length);
      file.skip(length + 1);
      let value: unknown = null;
      try {
        value = JSON.parse(text);
      } catch {
        value = null; // counted below
      }
      if (typeof value === 'object' && value !== null) yield value as Record<string, unknown>;
      else count('line_malformed');
    }
  } finally {
    file.close();
  }
}

/** The value that `handover.jsonl` holds. */
export const handoverValue = (text: string): unknown => deserialize(Buffer.from(text, 'base64'));
