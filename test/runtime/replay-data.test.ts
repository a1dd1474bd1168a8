import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { Datagram, StreamChunk, TransportKind } from '../../src/model/port.ts';
import { applyFaults, faultExample, openRecording, parseFaults, RingRecorder } from '../../src/runtime/recording/index.ts';
import type { PacketMatch, RecordedEvent, RecordingManifest } from '../../src/runtime/recording/index.ts';

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'replay-'));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

/* Captures composed by hand, from the field tables of RFC 791, 768 and 9293. */

const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const macs = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
function ip4(protocol: number, body: number[], fragment = 0, id = 1): number[] {
  return [0x46, 0, ...u16(24 + body.length), ...u16(id), ...u16(fragment), 64, protocol, 0, 0, 10, 0, 0, 9, 10, 0, 0, 1, 1, 1, 1, 0, ...body];
}
const udp = (data: number[], to = 5000): number[] => [...u16(4000), ...u16(to), ...u16(8 + data.length), 0, 0, ...data];
const tcp = (sequence: number, data: number[], flags = 16): number[] =>
  [...u16(4000), ...u16(5000), ...u32(sequence), 0, 0, 0, 0, 0x60, flags, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, ...data];
const ethernet = (packet: number[]): number[] => [...macs, 8, 0, ...packet];

interface Shape {
  readonly little?: boolean;
  readonly nano?: boolean;
  readonly link?: number;
}
function pcap(packets: readonly number[][], { little = true, nano = false, link = 1 }: Shape = {}): Buffer {
  const word = (value: number): number[] => (little ? u32(value).reverse() : u32(value));
  const head = [...word(nano ? 0xa1b23c4d : 0xa1b2c3d4), ...(little ? [2, 0, 4, 0] : [0, 2, 0, 4]), ...word(0), ...word(0), ...word(65535), ...word(link)];
  const records = packets.flatMap((packet, index) => [
    ...word(1700000000 + index), ...word(nano ? 123456789 : 123456), ...word(packet.length), ...word(packet.length), ...packet,
  ]);
  return Buffer.from([...head, ...records]);
}
function pcapng(packets: readonly number[][], little: boolean, resolution: number | null): Buffer {
  const word = (value: number): number[] => (little ? u32(value).reverse() : u32(value));
  const half = (value: number): number[] => (little ? u16(value).reverse() : u16(value));
  const block = (type: number, body: number[]): number[] => {
    const padded = [...body, ...new Array<number>((4 - (body.length & 3)) & 3).fill(0)];
    return [...word(type), ...word(12 + padded.length), ...padded, ...word(12 + padded.length)];
  };
  const option = resolution === null ? [] : [...half(9), ...half(1), resolution, 0, 0, 0, ...half(0), ...half(0)];
  const perS = resolution === null ? 1_000_000n : resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
  const bytes = [
    ...block(0x0a0d0d0a, [...word(0x1a2b3c4d), ...half(1), ...half(0), ...word(0xffffffff), ...word(0xffffffff)]),
    ...block(1, [...half(1), ...half(0), ...word(0), ...option]),
    ...block(5, [...word(0), ...word(0)]),
    ...block(3, [...word(4), 1, 2, 3, 4]),
  ];
  packets.forEach((packet, index) => {
    const units = ((1700000000n + BigInt(index)) * 1_000_000n + 500_000n) * perS / 1_000_000n;
    const stamp = [...word(Number(units >> 32n)), ...word(Number(units & 0xffffffffn))];
    bytes.push(...block(6, [...word(0), ...stamp, ...word(packet.length), ...word(packet.length), ...packet]));
  });
  return Buffer.from(bytes);
}
function read(bytes: Buffer, transport: TransportKind = 'udp', match: PacketMatch = {}) {
  const path = join(folder(), 'capture');
  writeFileSync(path, bytes);
  const recording = openRecording(path, [{ name: 'p', transport, loop: 'l', match }]);
  const messages = [...recording.events()].map((event) => {
    if (event.kind !== 'message') throw new Error(event.kind);
    const message = event.message as Datagram & StreamChunk;
    return [event.atMs, toHex(message.data), message.from ?? message.epoch];
  });
  return { messages, drops: recording.drops.toJSON(), started: recording.manifest.started };
}

test('a capture reads the same whatever its byte order, unit, link type and tags', () => {
  const packet = ip4(17, udp([1, 2, 3]));
  const shapes: [string, Buffer][] = [
    ['µs', pcap([ethernet(packet)])],
    ['ns', pcap([ethernet(packet)], { nano: true })],
    ['big-endian', pcap([ethernet(packet)], { little: false })],
    ['big-endian ns', pcap([ethernet(packet)], { little: false, nano: true })],
    ['VLAN', pcap([[...macs, 0x81, 0, 0, 5, 8, 0, ...packet]])],
    ['VLAN in VLAN', pcap([[...macs, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0, ...packet]])],
    ['cooked', pcap([[0, 0, 0, 1, 0, 6, ...macs.slice(0, 8), 8, 0, ...packet]], { link: 113 })],
    ['cooked v2', pcap([[8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, ...macs.slice(0, 8), ...packet]], { link: 276 })],
    ['raw', pcap([packet], { link: 101 })],
    ['padded frame', pcap([[...ethernet(packet), 0, 0, 0, 0, 0]])],
    ['pcapng', pcapng([ethernet(packet)], true, null)],
    ['pcapng big-endian', pcapng([ethernet(packet)], false, null)],
    ['pcapng ns', pcapng([ethernet(packet)], true, 9)],
    ['pcapng by powers of two', pcapng([ethernet(packet)], true, 0x80 | 20)],
  ];
  for (const [name, bytes] of shapes) {
    const { messages, drops, started } = read(bytes);
    expect([name, messages]).toEqual([name, [[0, '010203', '10.0.0.9:4000']]]);
    expect(drops).toEqual(name.startsWith('pcapng') ? { pcap_no_stamp: 1 } : {});
    expect(started.utcMs).toBe(name.startsWith('pcapng') ? 1700000000500 : 1700000000123.456);
  }
  expect(shapes.length).toBe(14);
});

test('fragments are put together in any order; a missing one is counted', () => {
  const body = udp(Array.from({ length: 40 }, (_, index) => index));
  const parts = [
    ethernet(ip4(17, body.slice(32), 4, 7)),
    ethernet(ip4(17, body.slice(0, 16), 0x2000, 7)),
    ethernet(ip4(17, body.slice(0, 16), 0x2000, 8)),
    ethernet(ip4(17, body.slice(16, 32), 0x2002, 7)),
  ];
  const { messages, drops, started: begin } = read(pcap(parts));
  // The whole datagram came with its last part.
  expect(begin.utcMs).toBe(1700000003123.456);
  expect(messages).toEqual([[0, toHex(Uint8Array.from({ length: 40 }, (_, index) => index)), '10.0.0.9:4000']]);
  expect(drops).toEqual({ fragment_lost: 1 });
});

test('what is not for the port, cut, broken or not IP has a count of its own', () => {
  const good = ethernet(ip4(17, udp([1])));
  const long = ip4(17, udp([1]));
  const { messages, drops } = read(
    pcap([
      good,
      ethernet(ip4(17, udp([2], 6000))),
      [...macs, 8, 6, 1, 2, 3],
      ethernet(ip4(6, tcp(1, [1]))),
      ethernet(long.slice(0, 30)),
      ethernet(ip4(17, [0, 1])),
      ethernet([0x30, ...long.slice(1)]),
    ]),
    'udp',
    { destinationPort: 5000, sourceHost: '10.0.0.9' },
  );
  expect(messages.length).toBe(1);
  expect(drops).toEqual({ packet_malformed: 2, packet_other: 3, pcap_snapped: 1 });
  expect(read(Buffer.from('this is no capture at all')).drops).toEqual({ pcap_malformed: 1 });
  const broken = pcap([good, good]);
  broken.writeUInt32LE(0x7fffffff, 24 + 16 + good.length + 8);
  expect(read(broken)).toMatchObject({ messages: [[0, '01', '10.0.0.9:4000']], drops: { pcap_malformed: 1 } });
});

test('a TCP stream is put in order; repeats are counted and a lasting hole begins a new epoch', () => {
  const segment = (sequence: number, data: number[], flags?: number): number[] => ethernet(ip4(6, tcp(sequence, data, flags)));
  const first = read(
    pcap([
      segment(0xfffffffd, [], 2),
      segment(0xfffffffe, [1, 2]),
      segment(2, [5, 6]),
      segment(0, [3, 4]),
      segment(0, [3, 4]),
      segment(3, [6, 7]),
      segment(5, [], 17),
      segment(900, [], 2),
      segment(901, [8]),
    ]),
    'tcp',
  );
  expect(first.messages.map(([, hex, epoch]) => [hex, epoch])).toEqual([['0102', 1], ['0304', 1], ['0506', 1], ['07', 1], ['08', 2]]);
  expect(first.drops).toEqual({ tcp_repeated: 1 });
  const hole = [segment(100, [1]), ...Array.from({ length: 66 }, (_, index) => segment(200 + index, [index]))];
  const second = read(pcap(hole), 'tcp');
  expect(second.messages.length).toBe(67);
  expect(new Set(second.messages.map(([, , epoch]) => epoch)).size).toBe(2);
  expect(second.drops).toEqual({ tcp_gap: 1 });
});

test('a hundred thousand CAN frames are read in the time that a replay has for them', () => {
  const path = join(folder(), 'many.log');
  const lines = Array.from({ length: 100_000 }, (_, index) => {
    const micros = 1700000000 * 1e6 + index * 100;
    return `(${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}) can0 60B#0752D3FF762001${(index & 255).toString(16).padStart(2, '0')}\n`;
  });
  writeFileSync(path, lines.join(''));
  const recording = openRecording(path, [{ name: 'can0', transport: 'can', loop: 'perception' }]);
  const startedMs = performance.now();
  let count = 0;
  let sum = 0;
  for (const event of recording.events()) {
    count++;
    if (event.kind === 'message' && 'id' in event.message) sum += event.message.data[7]!;
  }
  const tookMs = performance.now() - startedMs;
  process.stdout.write(`100 000 CAN frames read in ${tookMs.toFixed(0)} ms\n`);
  expect([count, sum]).toEqual([100_000, lines.reduce((total, _, index) => total + (index & 255), 0)]);
});

function manifest(): RecordingManifest {
  return {
    formatVersion: 1, site: { id: 'demo', hash: '' }, software: '0', seed: 1,
    loops: { perception: { periodMs: 50, phaseMs: 0 } },
    started: { monoMs: 1000, utcMs: 1772352000000, errorMs: null },
    ports: [
      { name: 'c', transport: 'tcp', file: 'c.pcap', loop: 'perception' },
      { name: 's', transport: 'serial', file: 's.jsonl', loop: 'perception' },
    ],
  };
}

test('the black box keeps the newest minutes, readable by themselves, with the state that they begin with', async () => {
  const ring = new RingRecorder(manifest(), { lengthMs: 30_000, segmentMs: 10_000 });
  ring.clock({ monoMs: monotonicMs(1000), utcMs: utcMs(5), errorMs: 3 });
  for (let atMs = 1000; atMs < 101_000; atMs += 100) {
    if (atMs % 10_000 === 0) ring.state('perception', atMs, { atMs });
    ring.message('c', { data: Uint8Array.of(atMs & 255), epoch: 4 }, atMs);
    ring.tick('perception', { tick: atMs / 100, dueMs: atMs, beganMs: atMs });
  }
  const path = join(folder(), 'box');
  const { segments } = await ring.freeze(path);
  const recording = openRecording(path);
  const events = [...recording.events()];
  const ticks = events.filter(({ kind }) => kind === 'tick');
  const firstMs = ticks[0]!.atMs;
  expect(firstMs).toBeGreaterThanOrEqual(61_000);
  expect(firstMs).toBeLessThanOrEqual(71_000);
  expect(ticks.at(-1)!.atMs).toBe(100_900);
  expect(ticks.length).toBe((100_900 - firstMs) / 100 + 1);
  expect(events.filter(({ kind }) => kind === 'message').length).toBe(ticks.length);
  expect(events[0]).toMatchObject({ kind: 'clock', anchor: { utcMs: 5, errorMs: 3 } });
  expect(events.every((event) => event.kind !== 'message' || (event.message as StreamChunk).epoch === 4)).toBe(true);
  const [state] = recording.states();
  expect(state!.atMs).toBeGreaterThanOrEqual(firstMs);
  expect(state!.atMs).toBeLessThan(firstMs + 10_000);
  expect(recording.drops.toJSON()).toEqual({});
  expect(segments).toBeLessThanOrEqual(5);
});

test('the black box stays within its memory and says when it had to let go early', async () => {
  const octetsMax = 1 << 20;
  const ring = new RingRecorder(manifest(), { octetsMax });
  const random = seededRandom('noise does not pack');
  for (let index = 0; index < 20_000; index++) {
    const data = Uint8Array.from({ length: 1000 }, () => random.below(256));
    ring.message('s', { data, epoch: 1 }, 1000 + index);
    if (index % 1000 === 999) expect(ring.octets).toBeLessThan(octetsMax * 1.4);
  }
  expect(ring.drops.get('ring_evicted')).toBeGreaterThan(10);
  await expect(ring.freeze('/dev/null/box')).rejects.toMatchObject({ code: 'STORE_FAILED' });
});

const started = { monoMs: monotonicMs(0), utcMs: utcMs(1000), errorMs: 1 };
function stream(): RecordedEvent[] {
  const list: RecordedEvent[] = [];
  for (let index = 0; index < 200; index++) {
    const atMs = monotonicMs(index * 100);
    for (const port of ['a', 'b']) {
      list.push({ kind: 'message', atMs, port, loop: 'l', transport: 'serial', message: { data: Uint8Array.of(index, 1, 2, 3), epoch: 1 } });
    }
    list.push({ kind: 'tick', atMs, loop: 'l', tick: index, dueMs: atMs });
  }
  return list;
}
const faulty = (spec: string, seed = 1): RecordedEvent[] => [...applyFaults(stream(), parseFaults(spec), seededRandom(seed), started)];
const ofPort = (events: readonly RecordedEvent[], port: string) =>
  events.filter((event) => event.kind === 'message' && event.port === port);

test('no fault changes nothing; a gap silences one port for its time', () => {
  expect(faulty('')).toEqual(stream());
  const gap = faulty('gap:port=a,at=2,for=3');
  expect(ofPort(gap, 'a').length).toBe(170);
  expect(ofPort(gap, 'b').length).toBe(200);
  expect(ofPort(gap, 'a').some(({ atMs }) => atMs >= 2000 && atMs < 5000)).toBe(false);
});

test('jitter delays within its bound, keeps each port’s order and the order of stamps', () => {
  const events = faulty('jitter:ms=250');
  const times = events.map(({ atMs }) => atMs);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const a = ofPort(events, 'a');
  expect(a.map((event) => (event.kind === 'message' ? (event.message as StreamChunk).data[0] : -1))).toEqual(Array.from({ length: 200 }, (_, index) => index));
  const delays = a.map(({ atMs }, index) => atMs - index * 100);
  expect(Math.max(...delays)).toBeGreaterThan(200);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...delays)).toBeLessThanOrEqual(250);
});

test('a clock step is a clock event at its instant, and it stays in later anchors', () => {
  const later = { kind: 'clock', atMs: monotonicMs(15_000), anchor: { ...started, utcMs: utcMs(2000) } } as const;
  const events = [...applyFaults([...stream().slice(0, 450), later], parseFaults('step:at=3,ms=-500'), seededRandom(1), started)];
  expect(events.filter(({ kind }) => kind === 'clock')).toEqual([
    { kind: 'clock', atMs: 3000, anchor: { ...started, utcMs: 500 } },
    { kind: 'clock', atMs: 15_000, anchor: { ...started, utcMs: 1500 } },
  ]);
});

test('duplicates come twice and corruption turns one bit, by seed alone', () => {
  expect(ofPort(faulty('duplicate:port=a'), 'a').length).toBe(400);
  const some = ofPort(faulty('duplicate:port=a,share=0.25'), 'a').length;
  expect(some).toBeGreaterThan(220);
  expect(some).toBeLessThan(290);
  const corrupt = faulty('corrupt:port=b,share=1');
  const bits = ofPort(corrupt, 'b').map((event, index) => {
    const { data } = (event as { message: StreamChunk }).message;
    return [index, 1, 2, 3].reduce((sum, octet, at) => sum + (octet ^ data[at]!).toString(2).replaceAll('0', '').length, 0);
  });
  expect(new Set(bits)).toEqual(new Set([1]));
  const spec = 'jitter:ms=20;corrupt:share=0.3;duplicate:share=0.2;gap:at=1,for=1';
  expect(faulty(spec, 5)).toEqual(faulty(spec, 5));
  expect(faulty(spec, 5)).not.toEqual(faulty(spec, 6));
});

test('a list of faults that is not understood names the part, what is known and an example', () => {
  expect(parseFaults(faultExample).length).toBe(5);
  expect(() => parseFaults('gap:at=1')).toThrow('faults "gap:at=1": expected for=…, got nothing');
  expect(() => parseFaults('rain')).toThrow('expected gap, jitter, step, duplicate, corrupt, got rain');
  expect(() => parseFaults('jitter:s=3')).toThrow('expected ms, port, got s. For example: gap:');
  expect(() => parseFaults('corrupt:share=2')).toThrow('expected share from 0 to 1, got 2');
  expect(() => parseFaults('jitter:ms=')).toThrow('expected ms from 0 to 10000');
});
