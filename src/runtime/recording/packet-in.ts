import type { Datagram, PortMessage, StreamChunk } from '../../model/port.ts';
import type { FileIn } from './file-in.ts';
import type { Count, MessageSource } from './lines-in.ts';
import { TCP_FIN, TCP_PUSH, TCP_SYN } from './packet-out.ts';
import { PacketReader } from './pcap-in.ts';
import type { Packet } from './pcap-in.ts';
import type { PacketMatch, RecordedPort } from './types.ts';

const FRAGMENT_SETS_MAX = 64;
/** Source: RFC 791, the recommended reassembly time of 15 s, doubled for slow captures. */
const FRAGMENT_MICROS = 30e6;
const FLOWS_MAX = 64;
const HELD_MAX = 64;

/** Where the IP packet begins in a captured packet; -1 for anything else. */
function ipStart({ linkType, bytes, from, to }: Packet): number {
  let at: number;
  let type: number;
  if (linkType === 101 || linkType === 228 || linkType === 229 || linkType === 12) return from;
  if (linkType === 0) return from + 4;
  if (linkType === 1) at = from + 12;
  else if (linkType === 113) at = from + 14;
  else if (linkType === 276) {
    if (to - from < 20) return -1;
    type = bytes.readUInt16BE(from);
    return type === 0x0800 || type === 0x86dd ? from + 20 : -1;
  } else return -1;
  for (;;) {
    if (at + 2 > to) return -1;
    type = bytes.readUInt16BE(at);
    at += 2;
    if (type === 0x0800 || type === 0x86dd) return at;
    if (type !== 0x8100 && type !== 0x88a8) return -1;
    at += 2;
  }
}

function host6(bytes: Buffer, at: number): string {
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(at + 2 * index));
  // The longest run of zeros is left out, the first of equals. Source: RFC 5952, section 4.
  let best = 0;
  let bestAt = -1;
  for (let index = 0; index < 8; index++) {
    let end = index;
    while (end < 8 && words[end] === 0) end++;
    if (end - index > Math.max(best, 1)) [best, bestAt] = [end - index, index];
  }
  const text = (part: number[]): string => part.map((word) => word.toString(16)).join(':');
  if (bestAt < 0) return text(words);
  return `${text(words.slice(0, bestAt))}::${text(words.slice(bestAt + best))}`;
}

/** One transport payload with both ends. */
interface Payload {
  protocol: number;
  source: string;
  destination: string;
  bytes: Buffer;
  from: number;
  to: number;
}

interface FragmentSet {
  readonly bornMicros: number;
  readonly parts: { readonly at: number; readonly data: Buffer }[];
  total: number | null;
}

/** Takes IP packets apart and puts fragments together. */
class IpReader {
  readonly payload: Payload = {
    protocol: 0, source: '', destination: '', bytes: Buffer.alloc(0), from: 0, to: 0,
  };
  readonly #count: Count;
  readonly #sets = new Map<string, FragmentSet>();
  #lastAddresses = -1;
  #lastSecond = -1;

  constructor(count: Count) {
    this.#count = count;
  }

  /** Whether the packet completes a payload, which is then in `payload`. */
  accept(packet: Packet): boolean {
    const at = ipStart(packet);
    if (at < 0) return this.#drop('packet_other');
    if (at + 20 > packet.to) return this.#drop('packet_malformed');
    const version = packet.bytes[at]! >> 4;
    if (version === 4) return this.#four(packet, at);
    return version === 6 ? this.#six(packet, at) : this.#drop('packet_malformed');
  }

  #drop(name: 'packet_other' | 'packet_malformed' | 'pcap_snapped'): false {
    this.#count(name);
    return false;
  }

  #set(protocol: number, bytes: Buffer, from: number, to: number): true {
    Object.assign(this.payload, { protocol, bytes, from, to });
    return true;
  }

  #four(packet: Packet, at: number): boolean {
    const { bytes } = packet;
    const header = (bytes[at]! & 15) * 4;
    // Zero stands for a packet that the network card cut itself: all that was captured.
    const total = bytes.readUInt16BE(at + 2) || packet.to - at;
    if (header < 20 || total < header) return this.#drop('packet_malformed');
    if (at + total > packet.to) return this.#drop('pcap_snapped');
    this.#addresses(bytes, at);
    const fragment = bytes.readUInt16BE(at + 6);
    if ((fragment & 0x3fff) === 0) return this.#set(bytes[at + 9]!, bytes, at + header, at + total);
    return this.#fragment(packet, at, at + header, at + total);
  }

  #addresses(bytes: Buffer, at: number): void {
    const source = bytes.readUInt32BE(at + 12);
    const destination = bytes.readUInt32BE(at + 16);
    if (source !== this.#lastAddresses) {
      this.#lastAddresses = source;
      this.payload.source = bytes.subarray(at + 12, at + 16).join('.');
    }
    if (destination !== this.#lastSecond) {
      this.#lastSecond = destination;
      this.payload.destination = bytes.subarray(at + 16, at + 20).join('.');
    }
  }

  #six(packet: Packet, at: number): boolean {
    const { bytes } = packet;
    if (at + 40 > packet.to) return this.#drop('packet_malformed');
    const end = at + 40 + bytes.readUInt16BE(at + 4);
    if (end > packet.to) return this.#drop('pcap_snapped');
    const protocol = bytes[at + 6]!;
    if (protocol !== 6 && protocol !== 17) return this.#drop('packet_other');
    this.payload.source = host6(bytes, at + 8);
    this.payload.destination = host6(bytes, at + 24);
    this.#lastAddresses = this.#lastSecond = -1;
    return this.#set(protocol, bytes, at + 40, end);
  }

  #fragment(packet: Packet, ip: number, from: number, to: number): boolean {
    const { bytes, utcMicros } = packet;
    const flow = bytes.toString('latin1', ip + 12, ip + 20);
    const key = `${flow}${bytes.toString('latin1', ip + 4, ip + 6)}${bytes[ip + 9]}`;
    for (const [name, set] of this.#sets) {
      const tooMany = this.#sets.size >= FRAGMENT_SETS_MAX && !this.#sets.has(key);
      if (utcMicros - set.bornMicros <= FRAGMENT_MICROS && !tooMany) break;
      this.#sets.delete(name);
      this.#count('fragment_lost');
    }
    let set = this.#sets.get(key);
    if (!set) this.#sets.set(key, (set = { bornMicros: utcMicros, parts: [], total: null }));
    const fragment = bytes.readUInt16BE(ip + 6);
    const at = (fragment & 0x1fff) * 8;
    if (at + to - from > 65535) return this.#drop('packet_malformed');
    if (!set.parts.some((part) => part.at === at)) {
      set.parts.push({ at, data: Buffer.from(bytes.subarray(from, to)) });
    }
    if ((fragment & 0x2000) === 0) set.total = at + to - from;
    const whole = joined(set);
    if (!whole) return false;
    this.#sets.delete(key);
    return this.#set(bytes[ip + 9]!, whole, 0, whole.length);
  }

  /** Counts what never became whole. */
  finish(): void {
    if (this.#sets.size > 0) this.#count('fragment_lost', this.#sets.size);
    this.#sets.clear();
  }
}

function joined(set: FragmentSet): Buffer | null {
  if (set.total === null) return null;
  const parts = [...set.parts].sort((a, b) => a.at - b.at);
  let end = 0;
  for (const { at, data } of parts) {
    if (at > end) return null;
    end = Math.max(end, at + data.length);
  }
  if (end < set.total) return null;
  const whole = Buffer.alloc(set.total);
  for (const { at, data } of parts) data.copy(whole, at);
  return whole;
}

const join = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

function matches(match: PacketMatch, payload: Payload, from: number, to: number): boolean {
  return (
    (match.sourcePort === undefined || match.sourcePort === from) &&
    (match.destinationPort === undefined || match.destinationPort === to) &&
    (match.sourceHost === undefined || match.sourceHost === payload.source) &&
    (match.destinationHost === undefined || match.destinationHost === payload.destination)
  );
}

/** One direction of a TCP connection, put in order. */
interface Flow {
  epoch: number;
  next: number;
  readonly held: { readonly sequence: number; readonly data: Buffer; readonly push: boolean }[];
}

interface Ready {
  readonly utcMicros: number;
  readonly data: Buffer;
  readonly epoch: number;
  /** The chunk ends here. */
  readonly push: boolean;
}

/** Distance from `from` to `to` on the circle of sequence numbers, -2³¹ to 2³¹. */
const ahead = (from: number, to: number): number => (to - from) | 0;

/**
 * Puts the segments of one port in order. A hole that stays open for 64 segments is a gap: the
 * stream goes on as a new epoch, so that no driver joins what does not belong together.
 */
class TcpReader {
  readonly ready: Ready[] = [];
  readonly #count: Count;
  readonly #own: boolean;
  readonly #flows = new Map<string, Flow>();
  #epochs = 0;

  constructor(count: Count, own: boolean) {
    this.#count = count;
    this.#own = own;
  }

  segment(key: string, utcMicros: number, sequence: number, flags: number, data: Buffer): void {
    let flow = this.#flows.get(key);
    if (flags & TCP_SYN) {
      flow = this.#begin(key, (sequence + 1) >>> 0, sequence);
      return;
    }
    if (data.length === 0) {
      if (flags & TCP_FIN) this.#flows.delete(key);
      return;
    }
    flow ??= this.#begin(key, sequence, null);
    this.#put(flow, utcMicros, sequence, data, (flags & TCP_PUSH) !== 0);
    if (flags & TCP_FIN) this.#flows.delete(key);
  }

  #begin(key: string, next: number, initial: number | null): Flow {
    this.#epochs++;
    const known = this.#flows.get(key);
    const again = known && initial !== null && known.next === next && known.held.length === 0;
    if (again) return known; // a repeated SYN
    const epoch = this.#own && initial !== null ? initial : this.#epochs;
    const flow: Flow = { epoch, next, held: [] };
    if (this.#flows.size >= FLOWS_MAX) this.#flows.delete(this.#flows.keys().next().value!);
    this.#flows.set(key, flow);
    return flow;
  }

  #put(flow: Flow, utcMicros: number, sequence: number, data: Buffer, push: boolean): void {
    const distance = ahead(flow.next, sequence);
    if (distance > 0) {
      if (flow.held.some((segment) => segment.sequence === sequence)) {
        return this.#count('tcp_repeated');
      }
      flow.held.push({ sequence, data: Buffer.from(data), push });
      flow.held.sort((a, b) => ahead(b.sequence, a.sequence));
      if (flow.held.length <= HELD_MAX) return;
      this.#count('tcp_gap');
      flow.next = flow.held[0]!.sequence;
      flow.epoch = ++this.#epochs;
    } else if (-distance >= data.length) {
      return this.#count('tcp_repeated');
    } else {
      this.#take(flow, utcMicros, data.subarray(-distance), push);
    }
    while (flow.held[0] && ahead(flow.next, flow.held[0].sequence) <= 0) {
      const segment = flow.held.shift()!;
      const fresh = segment.data.subarray(-ahead(flow.next, segment.sequence));
      if (fresh.length > 0) this.#take(flow, utcMicros, fresh, segment.push);
    }
  }

  #take(flow: Flow, utcMicros: number, data: Buffer, push: boolean): void {
    flow.next = (flow.next + data.length) >>> 0;
    this.ready.push({ utcMicros, data: Buffer.from(data), epoch: flow.epoch, push });
  }
}

/** The messages of one UDP or TCP port in a capture, ours or of tcpdump. */
export class PacketSource implements MessageSource {
  utcMicros = 0;
  message: PortMessage = { data: new Uint8Array(0), from: '' };
  readonly #reader: PacketReader;
  readonly #ip: IpReader;
  readonly #tcp: TcpReader;
  readonly #port: RecordedPort;
  readonly #count: Count;
  readonly #match: PacketMatch;

  constructor(file: FileIn, port: RecordedPort, count: Count) {
    this.#reader = new PacketReader(file, count);
    this.#ip = new IpReader(count);
    this.#tcp = new TcpReader(count, port.own === true);
    this.#port = port;
    this.#count = count;
    // Of our own sessions, only what came in is a message: the other side is there for Wireshark.
    const inward = { destinationPort: port.local?.port ?? 9 };
    this.#match = port.own ? (port.transport === 'tcp' ? inward : {}) : (port.match ?? {});
  }

  next(): boolean {
    for (;;) {
      if (this.#tcp.ready.length > 0) return this.#nextChunk();
      if (!this.#reader.next()) {
        this.#ip.finish();
        return false;
      }
      if (!this.#ip.accept(this.#reader.packet)) continue;
      if (this.#port.transport === 'udp' ? this.#datagram() : this.#segment()) return true;
    }
  }

  close(): void {
    this.#reader.close();
  }

  #datagram(): boolean {
    const { payload } = this.#ip;
    const { protocol, bytes, from, to } = payload;
    if (protocol !== 17) return this.#other();
    if (to - from < 8) return this.#malformed();
    const sourcePort = bytes.readUInt16BE(from);
    const length = bytes.readUInt16BE(from + 4);
    if (length < 8 || from + length > to) return this.#malformed();
    const destinationPort = bytes.readUInt16BE(from + 2);
    if (!matches(this.#match, payload, sourcePort, destinationPort)) return this.#other();
    this.utcMicros = this.#reader.packet.utcMicros;
    const data = Uint8Array.prototype.slice.call(bytes, from + 8, from + length);
    this.message = { data, from: join(payload.source, sourcePort) } satisfies Datagram;
    return true;
  }

  #segment(): boolean {
    const { payload } = this.#ip;
    const { protocol, bytes, from, to } = payload;
    if (protocol !== 6) return this.#other();
    if (to - from < 20) return this.#malformed();
    const header = (bytes[from + 12]! >> 4) * 4;
    if (header < 20 || from + header > to) return this.#malformed();
    const sourcePort = bytes.readUInt16BE(from);
    const destinationPort = bytes.readUInt16BE(from + 2);
    if (!matches(this.#match, payload, sourcePort, destinationPort)) {
      // The other direction of our own sessions is not a drop.
      if (!this.#port.own) this.#count('packet_other');
      return false;
    }
    const key = `${payload.source} ${sourcePort} ${payload.destination} ${destinationPort}`;
    const data = bytes.subarray(from + header, to);
    const sequence = bytes.readUInt32BE(from + 4);
    this.#tcp.segment(key, this.#reader.packet.utcMicros, sequence, bytes[from + 13]!, data);
    return this.#tcp.ready.length > 0 && this.#nextChunk();
  }

  /** Takes what is ready; our own segments are joined up to the end of their chunk. */
  #nextChunk(): boolean {
    const { ready } = this.#tcp;
    const first = ready[0]!;
    let count = 1;
    if (this.#port.own) {
      while (!ready[count - 1]!.push) {
        if (count === ready.length) {
          if (!this.#readAhead()) return this.#unfinished();
          continue;
        }
        count++;
      }
    }
    const parts = ready.splice(0, count);
    const data = parts.length === 1 ? first.data : Buffer.concat(parts.map((part) => part.data));
    this.utcMicros = first.utcMicros;
    this.message = { data, epoch: first.epoch } satisfies StreamChunk;
    return true;
  }

  /** Reads packets until one more segment is ready. */
  #readAhead(): boolean {
    const before = this.#tcp.ready.length;
    while (this.#tcp.ready.length === before) {
      if (!this.#reader.next()) return false;
      if (this.#ip.accept(this.#reader.packet)) this.#gather();
    }
    return true;
  }

  #gather(): void {
    const { payload } = this.#ip;
    const { bytes, from, to, source, destination } = payload;
    const header = (bytes[from + 12]! >> 4) * 4;
    const sourcePort = bytes.readUInt16BE(from);
    const key = `${source} ${sourcePort} ${destination} ${bytes.readUInt16BE(from + 2)}`;
    const data = bytes.subarray(from + header, to);
    const micros = this.#reader.packet.utcMicros;
    this.#tcp.segment(key, micros, bytes.readUInt32BE(from + 4), bytes[from + 13]!, data);
  }

  /** The file ends inside a chunk. */
  #unfinished(): false {
    this.#count('recording_truncated');
    this.#tcp.ready.length = 0;
    return false;
  }

  #other(): false {
    this.#count('packet_other');
    return false;
  }
  #malformed(): false {
    this.#count('packet_malformed');
    return false;
  }
}
