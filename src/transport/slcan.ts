import type { CanFrame } from '../model/port.ts';
import type { PortDrop } from '../base/texts/runtime.ts';
import { toHex } from '../base/bytes.ts';
import { dlcOf, FD_LENGTHS } from './can-frame.ts';

/**
 * The text protocol of serial CAN adapters. One line ends with CR; BEL is a refusal.
 * `t` and `T` are data frames with 3 and 8 digits of id, `r` and `R` remote frames, `d` and `D`
 * FD frames, `b` and `B` FD frames with bit-rate switch. A digit of DLC and the data follow, and
 * four digits of milliseconds where the adapter stamps.
 * Source: Lawicel CAN232 manual, section 2; FD letters as CANable's firmware uses them.
 */
const CR = 0x0d;
const LF = 0x0a;
const BELL = 0x07;
/** The longest line: letter, 8 id digits, DLC, 64 octets, stamp. */
const LINE_MAX = 1 + 8 + 1 + 128 + 4;

interface Kind {
  readonly extended: boolean;
  readonly remote: boolean;
  readonly fd: boolean;
}
const kinds: Readonly<Record<string, Kind>> = {
  t: { extended: false, remote: false, fd: false },
  T: { extended: true, remote: false, fd: false },
  r: { extended: false, remote: true, fd: false },
  R: { extended: true, remote: true, fd: false },
  d: { extended: false, remote: false, fd: true },
  D: { extended: true, remote: false, fd: true },
  b: { extended: false, remote: false, fd: true },
  B: { extended: true, remote: false, fd: true },
};
/** Answers to commands and transmissions: nothing to us. */
const REPLIES = new Set(['z', 'Z', 'V', 'v', 'N', 'F']);

/** The number of `S` for each bit rate, bit/s. Source: Lawicel CAN232 manual, command S. */
const bitrateCodes: Readonly<Record<number, string>> = {
  10000: 'S0', 20000: 'S1', 50000: 'S2', 100000: 'S3', 125000: 'S4',
  250000: 'S5', 500000: 'S6', 800000: 'S7', 1000000: 'S8',
};

/** Bit rates that an adapter can be set to. */
export const slcanBitrates: readonly number[] = Object.keys(bitrateCodes).map(Number);

/** Closes the channel (it may still be open), sets the rate and opens; null: no such rate. */
export function slcanOpening(bitrate: number): string | null {
  const code = bitrateCodes[bitrate];
  return code === undefined ? null : `C\r${code}\rO\r`;
}
export const SLCAN_CLOSING = 'C\r';

/** One frame as a line; null when it is no frame (id or data too long, FD remote). */
export function encodeSlcan(frame: CanFrame): string | null {
  const { id, extended, remote, fd, data } = frame;
  const dlc = dlcOf(data.length);
  if (dlc < 0 || (!fd && dlc > 8) || (fd && remote) || FD_LENGTHS[dlc] !== data.length) return null;
  if (!Number.isInteger(id) || id < 0 || id > (extended ? 0x1fffffff : 0x7ff)) return null;
  const letter = fd ? 'd' : remote ? 'r' : 't';
  const digits = id.toString(16).padStart(extended ? 8 : 3, '0');
  const head = `${extended ? letter.toUpperCase() : letter}${digits}${dlc.toString(16)}`;
  return `${head}${remote ? '' : toHex(data)}\r`.replace(/^(.)(.*)$/s, (_, first: string, rest) =>
    first + String(rest).toUpperCase(),
  );
}

const digitOf = (code: number): number =>
  code >= 0x30 && code <= 0x39 ? code - 0x30
  : code >= 0x41 && code <= 0x46 ? code - 0x37
  : code >= 0x61 && code <= 0x66 ? code - 0x57
  : -1;

/**
 * Turns bytes into frames, however they are cut into chunks. Memory is bounded by one line.
 * A line that is too long is dropped up to its end, so noise costs one line at most.
 */
export class SlcanDecoder {
  readonly #frame: (frame: CanFrame) => void;
  readonly #drop: (name: PortDrop) => void;
  readonly #line = new Uint8Array(LINE_MAX);
  #length = 0;
  #skipping = false;

  constructor(frame: (frame: CanFrame) => void, drop: (name: PortDrop) => void) {
    this.#frame = frame;
    this.#drop = drop;
  }

  accept(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) {
      const octet = bytes[index]!;
      if (octet === CR) this.#endLine();
      else if (octet === BELL) {
        this.#reset();
        this.#drop('slcan_refused');
      } else if (octet === LF && this.#length === 0) continue;
      else if (this.#skipping) continue;
      else if (this.#length === LINE_MAX) {
        this.#skipping = true;
        this.#drop('slcan_line_too_long');
      } else this.#line[this.#length++] = octet;
    }
  }

  #reset(): void {
    this.#length = 0;
    this.#skipping = false;
  }

  #endLine(): void {
    const skipped = this.#skipping;
    const length = this.#length;
    this.#reset();
    if (skipped || length === 0) return;
    const letter = String.fromCharCode(this.#line[0]!);
    const kind = kinds[letter];
    if (!kind) {
      if (!REPLIES.has(letter)) this.#drop('slcan_unknown');
      return;
    }
    const frame = this.#read(kind, length);
    if (frame) this.#frame(frame);
    else this.#drop('slcan_malformed');
  }

  /** The frame of the present line; null when it is none. */
  #read(kind: Kind, length: number): CanFrame | null {
    const line = this.#line;
    const idEnd = kind.extended ? 9 : 4;
    if (length <= idEnd) return null;
    for (let index = 1; index < length; index++) if (digitOf(line[index]!) < 0) return null;
    let id = 0;
    for (let index = 1; index < idEnd; index++) id = id * 16 + digitOf(line[index]!);
    const dlc = digitOf(line[idEnd]!);
    if (id > (kind.extended ? 0x1fffffff : 0x7ff) || (!kind.fd && dlc > 8)) return null;
    const octets = FD_LENGTHS[dlc]!;
    const end = idEnd + 1 + (kind.remote ? 0 : 2 * octets);
    if (length !== end && length !== end + 4) return null;
    // A remote frame says how much it asks for: that many zeros, as a candump log has it.
    const data = new Uint8Array(octets);
    if (!kind.remote) {
      for (let index = 0; index < octets; index++) {
        const at = idEnd + 1 + 2 * index;
        data[index] = digitOf(line[at]!) * 16 + digitOf(line[at + 1]!);
      }
    }
    return { id, ...kind, data };
  }
}
