/**
 * The "smart transport protocol" over UDP: header with CRC, fragments. All integers big-endian.
 * Source: the vendor's public ROS driver, and a capture of 806 frames in which the flags 0x6D
 * come with fragment fields and the flags 0x09 with a second CRC behind the payload. In both the
 * same four octets name the sender.
 */
import { crcFunction } from '../../src/base/bytes.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { frameLayout } from '../layout.ts';

/** CRC-16, polynomial 1021, initial FFFF; 29B1 over the digits 1 to 9. */
export const transportCrc = crcFunction({
  bits: 16, polynomial: 0x1021, initial: 0xffff, reflected: false, finalXor: 0,
});

const start = {
  startOctet: { at: 0, bits: 8 },
  version: { at: 8, bits: 8 },
  headerLength: { at: 16, bits: 8 },
  payloadLength: { at: 24, bits: 16 },
  application: { at: 40, bits: 8 },
  flags: { at: 48, bits: 32 },
} as const;

/** Header with fragment fields, 22 octets. */
const fragmentHeader = frameLayout({
  name: 'fragmentHeader',
  bytes: 22,
  fields: {
    ...start,
    fragment: { at: 80, bits: 16 },
    client: { at: 96, bits: 32 },
    counter: { at: 128, bits: 16 },
    fragments: { at: 144, bits: 16 },
    crc: { at: 160, bits: 16 },
  },
});

/** Header of what fits one datagram, 18 octets. */
const plainHeader = frameLayout({
  name: 'plainHeader',
  bytes: 18,
  fields: {
    ...start,
    counter: { at: 80, bits: 16 },
    client: { at: 96, bits: 32 },
    crc: { at: 128, bits: 16 },
  },
});

const START_OCTET = 0x7e;
const TRANSPORT_VERSION = 1;
/** Data ports, and life signs with a text. */
export const applications = { data: 8, alive: 6 } as const;

/** Why a datagram or a message was dropped. */
export type TransportDrop =
  | 'frame_short' | 'frame_start' | 'frame_version' | 'header_length' | 'header_crc'
  | 'payload_length' | 'payload_crc' | 'application_unknown' | 'fragment_index' | 'fragment_twice'
  | 'message_incomplete' | 'message_oversize';

/** One datagram, taken apart. The payload is a view, not a copy. */
export interface TransportFrame {
  readonly application: number;
  readonly client: number;
  readonly counter: number;
  readonly fragment: number;
  readonly fragments: number;
  readonly payload: Uint8Array;
}

export type FrameResult =
  | { readonly frame: TransportFrame; readonly dropped?: undefined }
  | { readonly frame?: undefined; readonly dropped: TransportDrop };

const SHORTEST = plainHeader.bytes;
const be16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

/** Reads one datagram; never throws. */
export function readFrame(bytes: Uint8Array): FrameResult {
  if (bytes.length < SHORTEST) return { dropped: 'frame_short' };
  if (bytes[0] !== START_OCTET) return { dropped: 'frame_start' };
  if (bytes[1] !== TRANSPORT_VERSION) return { dropped: 'frame_version' };
  const length = bytes[2]!;
  if (length !== plainHeader.bytes && length !== fragmentHeader.bytes) {
    return { dropped: 'header_length' };
  }
  if (bytes.length < length) return { dropped: 'frame_short' };
  if (transportCrc(bytes, 0, length - 2) !== be16(bytes, length - 2)) {
    return { dropped: 'header_crc' };
  }
  const fragmented = length === fragmentHeader.bytes;
  const head = fragmented ? fragmentHeader.read(bytes) : plainHeader.read(bytes);
  const end = length + head.payloadLength;
  if (bytes.length !== end && bytes.length !== end + 2) return { dropped: 'payload_length' };
  if (bytes.length === end + 2 && transportCrc(bytes, length, end) !== be16(bytes, end)) {
    return { dropped: 'payload_crc' };
  }
  const part = fragmented ? (head as ReturnType<typeof fragmentHeader.read>) : null;
  return {
    frame: {
      application: head.application,
      client: head.client,
      counter: head.counter,
      fragment: part?.fragment ?? 0,
      fragments: part?.fragments ?? 1,
      payload: bytes.subarray(length, end),
    },
  };
}

/** A whole message. */
export interface TransportMessage {
  readonly application: number;
  readonly payload: Uint8Array;
  /** Arrival of its first and of its last datagram. */
  readonly firstMs: MonotonicMs;
  readonly lastMs: MonotonicMs;
}

/** What one datagram brought about. */
export interface ReassemblyStep {
  readonly message?: TransportMessage;
  readonly drops: readonly TransportDrop[];
}

interface OpenMessage {
  readonly key: string;
  readonly application: number;
  readonly parts: (Uint8Array | null)[];
  missing: number;
  octets: number;
  readonly firstMs: MonotonicMs;
}

const NO_DROPS: readonly TransportDrop[] = Object.freeze([]);
/** Bounds of what may wait for its rest. */
export const reassemblyLimits = {
  messages: 8, fragments: 64, octets: 131072, waitMs: 200,
} as const;

/** Datagrams → messages. Bounded in count, octets and time; knows no port, clock or log. */
export class Reassembler {
  #open: OpenMessage[] = [];

  accept(bytes: Uint8Array, from: string, receivedMs: MonotonicMs): ReassemblyStep {
    const drops = this.expire(receivedMs);
    const { frame, dropped } = readFrame(bytes);
    if (dropped) return { drops: [...drops, dropped] };
    if (frame.fragments === 1 && frame.fragment === 0) {
      const { application } = frame;
      const payload = frame.payload.slice();
      return { message: { application, payload, firstMs: receivedMs, lastMs: receivedMs }, drops };
    }
    return this.#add(frame, `${from}/${frame.client}/${frame.counter}`, receivedMs, drops);
  }

  #add(
    frame: TransportFrame, key: string, receivedMs: MonotonicMs, drops: readonly TransportDrop[],
  ): ReassemblyStep {
    const { fragment, fragments, payload } = frame;
    if (fragments > reassemblyLimits.fragments) return { drops: [...drops, 'message_oversize'] };
    if (fragment >= fragments) return { drops: [...drops, 'fragment_index'] };
    const evicted: TransportDrop[] = [];
    let open = this.#open.find((candidate) => candidate.key === key);
    if (!open) {
      if (this.#open.length >= reassemblyLimits.messages) {
        this.#open.shift();
        evicted.push('message_incomplete');
      }
      const parts = new Array<Uint8Array | null>(fragments).fill(null);
      open = {
        key, application: frame.application, parts, missing: fragments, octets: 0,
        firstMs: receivedMs,
      };
      this.#open.push(open);
    }
    if (open.parts.length !== fragments) return { drops: [...drops, ...evicted, 'fragment_index'] };
    if (open.parts[fragment]) return { drops: [...drops, ...evicted, 'fragment_twice'] };
    if (open.octets + payload.length > reassemblyLimits.octets) {
      this.#open = this.#open.filter((candidate) => candidate !== open);
      return { drops: [...drops, ...evicted, 'message_oversize'] };
    }
    open.parts[fragment] = payload.slice();
    open.octets += payload.length;
    open.missing--;
    const all = evicted.length > 0 ? [...drops, ...evicted] : drops;
    if (open.missing > 0) return { drops: all };
    return { message: this.#finish(open, receivedMs), drops: all };
  }

  #finish(open: OpenMessage, lastMs: MonotonicMs): TransportMessage {
    this.#open = this.#open.filter((candidate) => candidate !== open);
    const payload = new Uint8Array(open.octets);
    let at = 0;
    for (const part of open.parts) {
      payload.set(part!, at);
      at += part!.length;
    }
    return { application: open.application, payload, firstMs: open.firstMs, lastMs };
  }

  /** Gives up what has waited too long; one drop for each message. */
  expire(nowMs: MonotonicMs): readonly TransportDrop[] {
    const before = this.#open.length;
    if (before === 0) return NO_DROPS;
    const { waitMs } = reassemblyLimits;
    this.#open = this.#open.filter(({ firstMs }) => nowMs - firstMs <= waitMs);
    const lost = before - this.#open.length;
    return lost === 0 ? NO_DROPS : new Array<TransportDrop>(lost).fill('message_incomplete');
  }

  snapshot(): unknown {
    return structuredClone(this.#open);
  }

  restore(snapshot: unknown): void {
    this.#open = structuredClone(snapshot) as OpenMessage[];
  }
}

/** Puts a header with fragment fields, and its CRC, before a part of a message. */
export function writeFragment(
  part: Uint8Array, client: number, counter: number, fragment: number, fragments: number,
): Uint8Array {
  const bytes = new Uint8Array(fragmentHeader.bytes + part.length);
  const head = {
    startOctet: START_OCTET, version: TRANSPORT_VERSION, headerLength: fragmentHeader.bytes,
    payloadLength: part.length, application: applications.data, flags: 0x6d, fragment, client,
    counter, fragments, crc: 0,
  };
  fragmentHeader.write(head, bytes);
  const crc = transportCrc(bytes, 0, fragmentHeader.bytes - 2);
  bytes[fragmentHeader.bytes - 2] = crc >> 8;
  bytes[fragmentHeader.bytes - 1] = crc & 0xff;
  bytes.set(part, fragmentHeader.bytes);
  return bytes;
}

/** A life sign with a text, its header CRC and its payload CRC. */
export function writeAlive(text: string, client: number, counter: number): Uint8Array {
  const payload = new TextEncoder().encode(text);
  const end = plainHeader.bytes + payload.length;
  const bytes = new Uint8Array(end + 2);
  plainHeader.write({
    startOctet: START_OCTET, version: TRANSPORT_VERSION, headerLength: plainHeader.bytes,
    payloadLength: payload.length, application: applications.alive, flags: 0x09, counter, client,
    crc: 0,
  }, bytes);
  const crc = transportCrc(bytes, 0, plainHeader.bytes - 2);
  bytes[plainHeader.bytes - 2] = crc >> 8;
  bytes[plainHeader.bytes - 1] = crc & 0xff;
  bytes.set(payload, plainHeader.bytes);
  const tail = transportCrc(bytes, plainHeader.bytes, end);
  bytes[end] = tail >> 8;
  bytes[end + 1] = tail & 0xff;
  return bytes;
}
