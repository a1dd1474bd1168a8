import type { FileIn } from './file-in.ts';
import type { Count } from './lines-in.ts';

/** One packet as it was captured; `bytes` is a view into the file's buffer. */
export interface Packet {
  utcMicros: number;
  linkType: number;
  bytes: Buffer;
  from: number;
  to: number;
}

const RECORD_MAX = 4 << 20;

/** What the stamps of one interface of a pcapng file mean. */
interface CaptureInterface {
  readonly linkType: number;
  readonly perS: bigint;
  readonly offsetS: bigint;
}

/** Reads pcap (micro- and nanoseconds, both byte orders) and pcapng. */
export class PacketReader {
  readonly packet: Packet;
  readonly #file: FileIn;
  readonly #count: Count;
  readonly #kind: 'pcap' | 'pcapng' | 'unknown';
  #little = true;
  #nano = false;
  #interfaces: CaptureInterface[] = [];

  constructor(file: FileIn, count: Count) {
    this.#file = file;
    this.#count = count;
    this.packet = { utcMicros: 0, linkType: 1, bytes: file.buffer, from: 0, to: 0 };
    this.#kind = this.#begin();
  }

  /** Goes to the next packet; false at the end, or where the file is broken. */
  next(): boolean {
    if (this.#kind === 'unknown') return false;
    return this.#kind === 'pcap' ? this.#nextRecord() : this.#nextBlock();
  }

  close(): void {
    this.#file.close();
  }

  #u32(at: number): number {
    const { buffer } = this.#file;
    return this.#little ? buffer.readUInt32LE(at) : buffer.readUInt32BE(at);
  }
  #u16(at: number): number {
    const { buffer } = this.#file;
    return this.#little ? buffer.readUInt16LE(at) : buffer.readUInt16BE(at);
  }

  #begin(): 'pcap' | 'pcapng' | 'unknown' {
    const there = this.#file.ensure(24);
    if (there === 0) return 'unknown';
    if (there < 24) {
      this.#count('recording_truncated');
      return 'unknown';
    }
    const at = this.#file.at;
    const magic = this.#file.buffer.readUInt32LE(at);
    if (magic === 0x0a0d0d0a) return 'pcapng';
    this.#little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
    this.#nano = magic === 0xa1b23c4d || magic === 0x4d3cb2a1;
    if (!this.#little && magic !== 0xd4c3b2a1 && magic !== 0x4d3cb2a1) {
      this.#count('pcap_malformed');
      return 'unknown';
    }
    // The upper bits may tell the length of a checksum.
    this.packet.linkType = this.#u32(at + 20) & 0xffff;
    this.#file.skip(24);
    return 'pcap';
  }

  #nextRecord(): boolean {
    const there = this.#file.ensure(16);
    if (there < 16) return this.#end(there);
    const at = this.#file.at;
    const stored = this.#u32(at + 8);
    if (stored > RECORD_MAX) return this.#broken();
    const seconds = this.#u32(at);
    const fraction = this.#u32(at + 4);
    if (this.#file.ensure(16 + stored) < 16 + stored) return this.#end(1);
    this.packet.utcMicros = seconds * 1e6 + (this.#nano ? Math.floor(fraction / 1000) : fraction);
    this.#found(this.#file.at + 16, stored);
    this.#file.skip(16 + stored);
    return true;
  }

  #found(from: number, octets: number): void {
    this.packet.bytes = this.#file.buffer;
    this.packet.from = from;
    this.packet.to = from + octets;
  }

  #end(left: number): false {
    if (left > 0) this.#count('recording_truncated');
    this.#file.close();
    return false;
  }
  #broken(): false {
    this.#count('pcap_malformed');
    this.#file.close();
    return false;
  }

  #nextBlock(): boolean {
    for (;;) {
      const there = this.#file.ensure(12);
      if (there < 12) return this.#end(there);
      const at = this.#file.at;
      const isSection = this.#file.buffer.readUInt32LE(at) === 0x0a0d0d0a;
      if (isSection && !this.#section(at)) return this.#broken();
      const length = this.#u32(at + 4);
      if (length < 12 || length & 3 || length > RECORD_MAX) return this.#broken();
      if (this.#file.ensure(length) < length) return this.#end(1);
      const block = this.#file.at;
      const type = isSection ? 0 : this.#u32(block);
      this.#file.skip(length);
      if (type === 1) this.#interface(block, length);
      else if (type === 3) this.#count('pcap_no_stamp');
      else if (type === 6 && this.#enhanced(block, length)) return true;
    }
  }

  #section(at: number): boolean {
    const order = this.#file.buffer.readUInt32LE(at + 8);
    if (order !== 0x1a2b3c4d && order !== 0x4d3c2b1a) return false;
    this.#little = order === 0x1a2b3c4d;
    this.#interfaces = [];
    return true;
  }

  /** An interface: option 9 is the unit of its stamps, option 14 their offset in seconds. */
  #interface(block: number, length: number): void {
    if (length < 20) return;
    let perS = 1_000_000n;
    let offsetS = 0n;
    for (let at = block + 16; at + 4 <= block + length - 4; ) {
      const option = this.#u16(at);
      const octets = this.#u16(at + 2);
      if (option === 0 || at + 4 + octets > block + length - 4) break;
      const unit = this.#file.buffer[at + 4]!;
      if (option === 9 && octets === 1) {
        perS = (unit & 0x80 ? 2n : 10n) ** BigInt(Math.min(unit & 0x7f, 30));
      } else if (option === 14 && octets === 8) {
        offsetS = this.#little
          ? this.#file.buffer.readBigInt64LE(at + 4)
          : this.#file.buffer.readBigInt64BE(at + 4);
      }
      at += 4 + octets + ((4 - (octets & 3)) & 3);
    }
    this.#interfaces.push({ linkType: this.#u16(block + 8), perS, offsetS });
  }

  #enhanced(block: number, length: number): boolean {
    const facts = length >= 32 ? this.#interfaces[this.#u32(block + 8)] : undefined;
    const stored = length >= 32 ? this.#u32(block + 20) : 0;
    if (!facts || stored > length - 32) {
      this.#count('packet_malformed');
      return false;
    }
    const high = this.#u32(block + 12);
    const low = this.#u32(block + 16);
    if (facts.perS === 1_000_000n && facts.offsetS === 0n) {
      this.packet.utcMicros = high * 4294967296 + low;
    } else {
      const units = (BigInt(high) << 32n) | BigInt(low);
      const micros = (units * 1_000_000n) / facts.perS + facts.offsetS * 1_000_000n;
      this.packet.utcMicros = Number(micros);
    }
    this.packet.linkType = facts.linkType;
    this.#found(block + 28, stored);
    return true;
  }
}
