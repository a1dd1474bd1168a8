import { isIPv4, isIPv6 } from 'node:net';
import type { BytesOut } from './bytes-out.ts';

/**
 * Packets of a pcap file: Ethernet, IPv4 or IPv6, UDP or TCP, with synthetic addresses where none
 * are known. Source: the pcap file format (tcpdump group), RFC 791, 768, 9293, 8200.
 */
const ETHERNET = 14;
const SEGMENT_MAX = 65495;
/** Documentation addresses (RFC 5737, 3849): nobody's. */
const LOCAL4 = '192.0.2.1';
const PEER4 = '192.0.2.2';
const LOCAL6 = '2001:db8::1';
const PEER6 = '2001:db8::2';

export const TCP_FIN = 1;
export const TCP_SYN = 2;
export const TCP_PUSH = 8;
const TCP_ACK = 16;

/** The file header: nanosecond stamps, Ethernet. */
export function pcapHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b23c4d, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262144, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

/** One end of a flow. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const octetsCache = new Map<string, Uint8Array>();

function addressOctets(host: string): Uint8Array {
  let octets = octetsCache.get(host);
  if (!octets) {
    // A name or anything else that is no address is written as 0.0.0.0.
    octets = isIPv4(host)
      ? Uint8Array.from(host.split('.').map(Number))
      : host.includes(':')
        ? ipv6Octets(host)
        : new Uint8Array(4);
    if (octetsCache.size > 1000) octetsCache.clear();
    octetsCache.set(host, octets);
  }
  return octets;
}

function ipv6Octets(host: string): Uint8Array {
  const plain = host.split('%')[0]!;
  const octets = new Uint8Array(16);
  if (!isIPv6(plain)) return octets;
  const [head = '', tail] = plain.split('::');
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const front = words(head);
  const back = tail === undefined ? [] : words(tail);
  front.forEach((word, index) => octets.set([word >> 8, word & 255], 2 * index));
  back.forEach((word, index) => {
    octets.set([word >> 8, word & 255], 16 - 2 * (back.length - index));
  });
  return octets;
}

/** Sum of 16-bit words for the Internet checksum. Source: RFC 1071. */
function sumWords(bytes: Uint8Array, from: number, to: number, start = 0): number {
  let sum = start;
  for (let index = from; index + 1 < to; index += 2) {
    sum += (bytes[index]! << 8) | bytes[index + 1]!;
  }
  if ((to - from) & 1) sum += bytes[to - 1]! << 8;
  return sum;
}
function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/** Appends one IP packet of a flow; `payload` is the UDP datagram's or TCP segment's whole body. */
function putPacket(
  out: BytesOut,
  utcMicros: number,
  from: Endpoint,
  to: Endpoint,
  protocol: 6 | 17,
  transportOctets: number,
  fill: (bytes: Buffer, at: number) => void,
): void {
  const six = from.host.includes(':');
  const ip = six ? 40 : 20;
  const octets = ETHERNET + ip + transportOctets;
  const bytes = out.room(16 + octets);
  let at = out.length;
  const seconds = Math.floor(utcMicros / 1e6);
  bytes.writeUInt32LE(seconds, at);
  bytes.writeUInt32LE((utcMicros - seconds * 1e6) * 1000, at + 4);
  bytes.writeUInt32LE(octets, at + 8);
  bytes.writeUInt32LE(octets, at + 12);
  at += 16;
  // Locally administered addresses: 02:00:00:00:00:01 is the box, :02 the device.
  bytes.fill(0, at, at + ETHERNET);
  bytes[at] = bytes[at + 6] = 2;
  bytes[at + 5] = 1;
  bytes[at + 11] = 2;
  bytes.writeUInt16BE(six ? 0x86dd : 0x0800, at + 12);
  at += ETHERNET;
  const source = addressOctets(from.host);
  const local = six ? LOCAL6 : LOCAL4;
  const destination = addressOctets(to.host.includes(':') === six ? to.host : local);
  if (six) {
    bytes.fill(0, at, at + 8);
    bytes[at] = 0x60;
    bytes.writeUInt16BE(transportOctets, at + 4);
    bytes[at + 6] = protocol;
    bytes[at + 7] = 64;
  } else {
    bytes.fill(0, at, at + 12);
    bytes[at] = 0x45;
    bytes.writeUInt16BE(ip + transportOctets, at + 2);
    bytes[at + 6] = 0x40;
    bytes[at + 8] = 64;
    bytes[at + 9] = protocol;
  }
  bytes.set(source, at + ip - 2 * source.length);
  bytes.set(destination, at + ip - destination.length);
  if (!six) bytes.writeUInt16BE(fold(sumWords(bytes, at, at + ip)), at + 10);
  const body = at + ip;
  fill(bytes, body);
  const pseudo = sumWords(source, 0, source.length,
    sumWords(destination, 0, destination.length, protocol + transportOctets));
  const sumAt = body + (protocol === 17 ? 6 : 16);
  const sum = fold(sumWords(bytes, body, body + transportOctets, pseudo));
  bytes.writeUInt16BE(sum === 0 && protocol === 17 ? 0xffff : sum, sumAt);
  out.grew(16 + octets);
}

/** Appends one datagram. */
export function putUdp(
  out: BytesOut,
  utcMicros: number,
  from: Endpoint,
  to: Endpoint | undefined,
  data: Uint8Array,
): void {
  const local = to ?? { host: LOCAL4, port: 0 };
  putPacket(out, utcMicros, from, local, 17, 8 + data.length, (bytes, at) => {
    bytes.writeUInt16BE(from.port, at);
    bytes.writeUInt16BE(local.port, at + 2);
    bytes.writeUInt16BE(8 + data.length, at + 4);
    bytes.writeUInt16BE(0, at + 6);
    bytes.set(data, at + 8);
  });
}

/**
 * Writes the chunks of one port as TCP sessions that Wireshark reads. Each epoch is a session: its
 * first sequence number is the epoch, its device's port follows from it. The last segment of a
 * chunk carries PSH, so that chunks come back as they were.
 */
export class TcpScribe {
  readonly #local: Endpoint;
  #epoch: number | null = null;
  #next = 0;

  constructor(local: Endpoint | undefined) {
    this.#local = local ?? { host: LOCAL4, port: 9 };
  }

  /** Forgets the session: the next chunk opens it again, with the same epoch. */
  restart(): void {
    this.#epoch = null;
  }

  put(out: BytesOut, utcMicros: number, epoch: number, data: Uint8Array): void {
    if (epoch !== this.#epoch) this.#begin(out, utcMicros, epoch);
    for (let from = 0; ; ) {
      const to = Math.min(from + SEGMENT_MAX, data.length);
      const flags = TCP_ACK | (to === data.length ? TCP_PUSH : 0);
      this.#segment(out, utcMicros, true, this.#next, 1, flags, data.subarray(from, to));
      this.#next = (this.#next + to - from) >>> 0;
      if (to === data.length) return;
      from = to;
    }
  }

  #begin(out: BytesOut, utcMicros: number, epoch: number): void {
    const none = new Uint8Array(0);
    this.#epoch = epoch;
    this.#next = (epoch + 1) >>> 0;
    this.#segment(out, utcMicros, true, epoch >>> 0, 0, TCP_SYN, none);
    this.#segment(out, utcMicros, false, 0, this.#next, TCP_SYN | TCP_ACK, none);
    this.#segment(out, utcMicros, true, this.#next, 1, TCP_ACK, none);
  }

  #segment(
    out: BytesOut,
    utcMicros: number,
    inward: boolean,
    sequence: number,
    acknowledged: number,
    flags: number,
    data: Uint8Array,
  ): void {
    const device = {
      host: this.#local.host.includes(':') ? PEER6 : PEER4,
      port: 49152 + (this.#epoch! % 16384),
    };
    const [from, to] = inward ? [device, this.#local] : [this.#local, device];
    putPacket(out, utcMicros, from, to, 6, 20 + data.length, (bytes, at) => {
      bytes.writeUInt16BE(from.port, at);
      bytes.writeUInt16BE(to.port, at + 2);
      bytes.writeUInt32BE(sequence, at + 4);
      bytes.writeUInt32BE(acknowledged, at + 8);
      bytes[at + 12] = 0x50;
      bytes[at + 13] = flags;
      bytes.writeUInt16BE(65535, at + 14);
      bytes.writeUInt32BE(0, at + 16);
      bytes.set(data, at + 20);
    });
  }
}
