import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { toHex } from '../../src/base/bytes.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { CanFrame, PortMessage, TransportKind } from '../../src/model/port.ts';
import { openRecording } from '../../src/runtime/recording/reader.ts';
import type { RecordedEvent, RecordingManifest } from '../../src/runtime/recording/types.ts';
import { fileNameOf, recordedPort } from '../../src/runtime/recording/types.ts';
import { createRecordingWriter } from '../../src/runtime/recording/writer.ts';
import { shared, testWithShared } from '../shared.ts';

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'recording-'));
  folders.push(made);
  return made;
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true });
});

const transports: readonly TransportKind[] = ['can', 'udp', 'tcp', 'serial', 'mqtt', 'file'];
function manifest(names: readonly TransportKind[] = transports): RecordingManifest {
  return {
    formatVersion: 1,
    site: { id: 'demo', hash: 'abc' },
    software: '0.1.0',
    seed: 7,
    loops: { signals: { periodMs: 100, phaseMs: 0 }, perception: { periodMs: 50, phaseMs: 12.5 } },
    started: { monoMs: 123456.789, utcMs: 1772352000123.5, errorMs: 4 },
    ports: names.map((transport) => ({
      name: `p-${transport}`, transport, file: fileNameOf(`p-${transport}`, transport), loop: 'perception',
    })),
  };
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const canFrame: fc.Arbitrary<CanFrame> = fc
  .record({ extended: fc.boolean(), kind: fc.constantFrom('data', 'remote', 'fd'), raw: fc.nat(0x1fffffff), data: bytes(8), more: fc.constantFrom(8, 12, 64) })
  .map(({ extended, kind, raw, data, more }) => ({
    id: extended ? raw : raw & 0x7ff,
    extended,
    remote: kind === 'remote',
    fd: kind === 'fd',
    data: kind === 'remote' ? new Uint8Array(data.length) : kind === 'fd' ? new Uint8Array(more).fill(data.length) : data,
  }));
const from = fc.oneof(
  fc.tuple(fc.ipV4(), fc.nat(65535)).map(([host, port]) => `${host}:${port}`),
  fc.constantFrom('[fe80::1]:9', '[2001:db8::7:0:1]:65535', '[::1]:1', '[1:2:3:4:5:6:7:8]:5'),
);
const messages: Readonly<Record<TransportKind, fc.Arbitrary<PortMessage>>> = {
  can: canFrame,
  udp: fc.record({ data: bytes(1500), from }),
  tcp: fc.record({ data: fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.constant(new Uint8Array(70_000).fill(3))), epoch: fc.integer({ min: 1, max: 5 }) }),
  serial: fc.record({ data: bytes(100), epoch: fc.integer({ min: 1, max: 3 }) }),
  file: fc.record({ data: bytes(100), epoch: fc.integer({ min: 1, max: 3 }) }),
  mqtt: fc.record({ topic: fc.string({ unit: 'grapheme', minLength: 1 }), payload: fc.oneof(bytes(50), fc.string().map((text) => new TextEncoder().encode(text))) }),
};

/** The same octets whatever view they come in. */
function plain(message: PortMessage): unknown {
  return Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, value instanceof Uint8Array ? toHex(value) : value]),
  );
}

const epochsRise = (list: readonly { message: PortMessage }[]): void => {
  // Live, an epoch never comes back; a repeated one would be one session in the file.
  let epoch = 0;
  list.forEach((entry, index) => {
    if (!('epoch' in entry.message)) return;
    const before = list[index - 1]?.message;
    if (!before || !('epoch' in before) || entry.message.epoch !== before.epoch) epoch += entry.message.epoch;
    (entry as { message: PortMessage }).message = { ...entry.message, epoch: Math.max(1, epoch) };
  });
};

test.each(transports)('what is recorded of %s comes back with its octets and its exact stamps', async (transport) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ gapUs: fc.integer({ min: 1, max: 2_000_000 }), message: messages[transport] }), { minLength: 1, maxLength: 12 }),
      async (list) => {
        if (transport === 'tcp') epochsRise(list);
        const path = folder();
        const writer = createRecordingWriter(path, manifest([transport]), { mode: 'immediate' });
        let atUs = 123456789;
        const put = list.map(({ gapUs, message }) => {
          atUs += gapUs;
          writer.message(`p-${transport}`, message, atUs / 1000);
          return { atMs: atUs / 1000, message: plain(message) };
        });
        await writer.close();
        const recording = openRecording(path);
        const got = [...recording.events()].map((event) =>
          event.kind === 'message' ? { atMs: event.atMs, message: plain(event.message) } : event,
        );
        expect(got).toEqual(put);
        expect(recording.drops.toJSON()).toEqual({});
      },
    ),
    { numRuns: transport === 'tcp' ? 8 : 25 },
  );
});

test('events come by stamp, then clock, ports as the manifest has them, hand-overs, ticks', async () => {
  const path = folder();
  const writer = createRecordingWriter(path, manifest(['udp', 'can']));
  const data = Uint8Array.of(1);
  const frame = { id: 1, extended: false, remote: false, fd: false, data };
  writer.tick('perception', { tick: 1, dueMs: 123499.99999999999, beganMs: 123500.001 });
  writer.tick('signals', { tick: 5, dueMs: 123500, beganMs: 123500.001 });
  writer.handover('perception', { at: Infinity, list: Float64Array.of(1, 2) }, 123500.001);
  writer.message('p-can', frame, 123500.001);
  writer.message('p-udp', { data, from: '127.0.0.1:5' }, 123500.001);
  writer.message('p-can', frame, 123500.002);
  writer.clock({ monoMs: monotonicMs(123500.001), utcMs: utcMs(9), errorMs: Infinity });
  writer.state('perception', 123456, { a: new Map([[1, 2]]) });
  writer.sent({ t: 1.5, type: 'SPAT', hex: '00', node: '0-1' });
  await writer.close();
  const recording = openRecording(path);
  const events = [...recording.events()];
  const line = (event: RecordedEvent): string =>
    `${event.atMs} ${event.kind} ${event.kind === 'message' ? event.port : event.kind === 'tick' ? `${event.loop} ${event.tick} ${event.dueMs}` : ''}`;
  expect(events.map(line)).toEqual([
    '123500.001 clock ',
    '123500.001 message p-udp',
    '123500.001 message p-can',
    '123500.001 handover ',
    '123500.001 tick signals 5 123500',
    '123500.001 tick perception 1 123499.99999999999',
    '123500.002 message p-can',
  ]);
  expect(events[0]).toMatchObject({ anchor: { utcMs: 9, errorMs: Infinity } });
  expect(events[3]).toMatchObject({ to: 'perception', value: { at: Infinity, list: Float64Array.of(1, 2) } });
  expect(recording.states()).toEqual([{ loop: 'perception', atMs: 123456, value: { a: new Map([[1, 2]]) } }]);
  expect([...recording.sent()]).toEqual([{ t: 1.5, type: 'SPAT', hex: '00', node: '0-1' }]);
  expect(recording.hasTicks).toBe(true);
});

test.each(transports)('a %s file that ends inside a record loses that record alone, and says so', async (transport) => {
  const path = folder();
  const writer = createRecordingWriter(path, manifest([transport]));
  const data = Uint8Array.of(1, 2, 3);
  const message = {
    can: { id: 1, extended: false, remote: false, fd: false, data },
    udp: { data, from: '127.0.0.1:5' },
    mqtt: { topic: 'a', payload: data },
    tcp: { data, epoch: 1 }, serial: { data, epoch: 1 }, file: { data, epoch: 1 },
  }[transport];
  for (const at of [1, 2, 3]) writer.message(`p-${transport}`, message, 123500 + at);
  await writer.close();
  const file = join(path, fileNameOf(`p-${transport}`, transport));
  truncateSync(file, readFileSync(file).length - 2);
  const recording = openRecording(path);
  expect([...recording.events()].map(({ atMs }) => atMs)).toEqual([123501, 123502]);
  expect(recording.drops.toJSON()).toEqual({ recording_truncated: 1 });
});

test('a candump log of another hand is read, and each line that is no frame is counted', () => {
  const path = join(folder(), 'site.log');
  writeFileSync(path, [
    '(1436509052.249713) vcan0 044#2A366C2BBA',
    '(1436509052.449847) vcan0 18FEF100#R8',
    '(1436509052.449848) vcan0 123##1001122334455667788990011',
    '(1436509052.449849) vcan1 0F6#7ADFE07BD2',
    '(1436509052.449850) vcan0 20000004#0004000000000000',
    'noise',
    '(1436509052.449851) vcan0 044#2A3',
    '(1436509052.449852) vcan0 044#00 R\r',
    '',
    '(1436509051.000000) vcan0 045#01',
    '(1436509052.4498',
  ].join('\n'));
  const recording = openRecording(path, [{ name: 'can0', transport: 'can', loop: 'perception', match: { interface: 'vcan0' } }]);
  const events = [...recording.events()];
  expect(events.map((event) => (event.kind === 'message' ? plain(event.message) : null))).toEqual([
    { id: 0x44, extended: false, remote: false, fd: false, data: '2a366c2bba' },
    { id: 0x18fef100, extended: true, remote: true, fd: false, data: '0000000000000000' },
    { id: 0x123, extended: false, remote: false, fd: true, data: '001122334455667788990011' },
    { id: 0x44, extended: false, remote: false, fd: false, data: '00' },
    { id: 0x45, extended: false, remote: false, fd: false, data: '01' },
  ]);
  expect(events.map(({ atMs }) => atMs)).toEqual([0, 200.134, 200.135, 200.139, 200.139]);
  expect(recording.drops.toJSON()).toEqual({
    can_error_frame: 1, can_other_interface: 1, line_malformed: 2, recording_truncated: 1, stamp_backwards: 1,
  });
});

test('a recording that meets a full disk stops with a fault and throws nothing into the loop', async () => {
  const path = folder();
  mkdirSync(join(path, 'r'));
  symlinkSync('/dev/full', join(path, 'r', 'p-mqtt.jsonl'));
  const ended: string[] = [];
  const writer = createRecordingWriter(join(path, 'r'), manifest(['mqtt']), {
    ended: ({ state, fault }) => ended.push(`${state} ${fault?.code}`),
  });
  writer.message('p-mqtt', { topic: 'a', payload: new Uint8Array(9) }, 123500);
  await writer.flush();
  writer.message('p-mqtt', { topic: 'a', payload: new Uint8Array(9) }, 123501);
  await writer.close();
  expect(ended).toEqual(['failed STORE_FAILED']);
  expect(writer.status()).toMatchObject({ state: 'failed', drops: { recording_stopped: 1 } });
  expect(writer.status().fault?.message).toMatch(/ENOSPC.*Free some space/);
});

test('a recording ends at its size and at its length, and counts what came after', async () => {
  const data = Uint8Array.of(1);
  const small = createRecordingWriter(join(folder(), 'a'), manifest(['serial']), { limits: { octetsMax: 100 } });
  for (let at = 0; at < 3; at++) small.message('p-serial', { data, epoch: 1 }, 123500 + at);
  await small.flush();
  small.message('p-serial', { data, epoch: 1 }, 123600);
  await small.close();
  expect(small.status()).toMatchObject({ state: 'full', drops: { recording_stopped: 1 } });
  const short = createRecordingWriter(join(folder(), 'b'), manifest(['serial']), { limits: { lengthMaxMs: 1000 } });
  for (const at of [0, 1000, 1001]) short.message('p-serial', { data, epoch: 1 }, 123500 + at);
  await short.close();
  expect(short.status()).toMatchObject({ state: 'long', drops: { recording_stopped: 1 } });
});

test('records are dropped by name while the disk cannot follow', async () => {
  const writer = createRecordingWriter(folder(), manifest(['serial']), { limits: { waitingMax: 10 } });
  writer.message('p-serial', { data: Uint8Array.of(1), epoch: 1 }, 123500);
  const flushed = writer.flush();
  writer.message('p-serial', { data: Uint8Array.of(2), epoch: 1 }, 123501);
  writer.message('nobody', { data: Uint8Array.of(2), epoch: 1 }, 123501);
  await flushed;
  writer.message('nobody', { data: Uint8Array.of(2), epoch: 1 }, 123502);
  await writer.close();
  expect(writer.status().drops).toEqual({ recording_overrun: 2, recording_port_unknown: 1 });
});

test('a path that is no recording is refused with the next step', () => {
  const path = folder();
  expect(() => openRecording(join(path, 'none'))).toThrow('nothing there');
  expect(() => openRecording(path)).toThrow('A recording is a folder that `record` has written');
  writeFileSync(join(path, 'manifest.json'), '{"formatVersion":2}');
  expect(() => openRecording(path)).toThrow('got formatVersion 2');
  writeFileSync(join(path, 'manifest.json'), '{"formatVersion":1,"ports":[{"name":"a","file":"../x","transport":"can","loop":"l"}]}');
  expect(() => openRecording(path)).toThrow('ports that are not understood');
  const port = { name: 'a', file: 'x', transport: 'can', loop: 'l' };
  for (const hostile of [
    { ports: [null] },
    { ports: [{ ...port, file: '..' }] },
    { ports: [{ ...port, loop: '../../l' }] },
    { ports: [], loops: { '../../l': {} } },
    { ports: [], loops: null },
    { ports: [], loops: { l: null } },
  ]) {
    writeFileSync(join(path, 'manifest.json'), JSON.stringify({ formatVersion: 1, ...hostile }));
    expect(() => openRecording(path)).toThrow('ports that are not understood');
  }
  appendFileSync(join(path, 'x.log'), '');
  expect(() => openRecording(join(path, 'x.log'))).toThrow('Name the port and the transport');
});

testWithShared('the recordings of others that are at hand are read to the last packet', () => {
  const rows = [
    ['radar/smartmicro-umrr96.pcap', 'udp', { destinationPort: 55555 }, 806],
    ['lidar/vlp16.pcap', 'udp', { destinationPort: 2368 }, 603],
    ['lidar/pandarxt32.pcap', 'udp', {}, 1000],
  ] as const;
  for (const [file, transport, match, count] of rows) {
    const recording = openRecording(shared(`captures/${file}`), [{ name: 'p', transport, loop: 'perception', match }]);
    const events = [...recording.events()];
    expect([file, events.length, recording.drops.toJSON()]).toEqual([file, count, {}]);
    expect(events[0]!.atMs).toBe(0);
  }
  const modbus = openRecording(shared('captures/modbus/modbus_example.pcap'), [
    { name: 'm', transport: 'tcp', loop: 'perception', match: { sourcePort: 502 } },
  ]);
  expect([...modbus.events()].length).toBeGreaterThan(10);
  expect(rows.length).toBe(3);
});

test('a port of the site gets its row, and a name instead of an address does no harm', async () => {
  const server = { transport: 'tcp', role: 'server', host: 'box', port: 7000, interface: null, allow: [] } as const;
  const udp = { transport: 'udp', listenHost: '127.0.0.1', listenPort: 5000, remoteHost: null, remotePort: null, interface: null, allow: [] } as const;
  const ports = [
    recordedPort('a/b', server, 'signals'),
    recordedPort('c', { ...server, role: 'client' }, 'signals'),
    recordedPort('d', udp, 'signals'),
  ];
  expect(ports.map(({ file, local }) => [file, local?.port])).toEqual([['a_b.pcap', 7000], ['c.pcap', undefined], ['d.pcap', 5000]]);
  const path = folder();
  const writer = createRecordingWriter(path, { ...manifest(), ports });
  for (const [index, { name, transport }] of ports.entries()) {
    const data = Uint8Array.of(index);
    writer.message(name, transport === 'udp' ? { data, from: 'device' } : { data, epoch: 1 }, 123500 + index);
  }
  await writer.close();
  expect(writer.status().drops).toEqual({ recording_source_unknown: 1 });
  const recording = openRecording(path);
  expect([...recording.events()].map((event) => (event.kind === 'message' ? plain(event.message) : null))).toEqual([
    { data: '00', epoch: 1 }, { data: '01', epoch: 1 }, { data: '02', from: '0.0.0.0:0' },
  ]);
  expect(recording.drops.toJSON()).toEqual({});
});

/** One small recording of everything; the fixture of format version 1 was written by it. */
async function writeSample(path: string): Promise<void> {
  const writer = createRecordingWriter(path, manifest(), { mode: 'immediate' });
  const data = Uint8Array.of(0x07, 0x52, 0xd3, 0xff, 0x76, 0x20, 0x01, 0x80);
  writer.state('signals', 123456.789, { counter: 3, since: Infinity });
  writer.clock({ monoMs: monotonicMs(123456.789), utcMs: utcMs(1772352000123.5), errorMs: 4 });
  for (let index = 0; index < 4; index++) {
    const atMs = (123_460_000 + index * 50_000) / 1000;
    const put = (name: TransportKind, message: PortMessage, offsetUs: number): void =>
      writer.message(`p-${name}`, message, Math.round(atMs * 1000 + offsetUs) / 1000);
    put('can', { id: 0x60b, extended: false, remote: false, fd: false, data }, 1);
    put('can', { id: 0x18fef100, extended: true, remote: false, fd: true, data: new Uint8Array(12).fill(index) }, 2);
    put('udp', { data, from: index === 3 ? '[fe80::7]:55555' : '192.168.11.11:55555' }, 3);
    put('tcp', { data, epoch: index < 2 ? 1 : 2 }, 4);
    put('serial', { data, epoch: 1 }, 5);
    put('file', { data: new TextEncoder().encode('{"a":1}'), epoch: 1 }, 6);
    put('mqtt', { topic: 'camera/东', payload: index === 1 ? data : new TextEncoder().encode('{"车":1}') }, 7);
    writer.tick('perception', { tick: index + 1, dueMs: atMs + 0.25, beganMs: atMs + 0.5 });
    writer.tick('signals', { tick: index + 1, dueMs: atMs + 0.3, beganMs: atMs + 0.75 });
    writer.handover('perception', { index }, atMs + 1);
    writer.sent({ t: 1772352000.126 + index / 20, type: 'SPAT', hex: '0102', node: '0-1' });
  }
  await writer.close();
}

test('the recording of format version 1 that is kept as a fixture is what is written and read today', async () => {
  const kept = fileURLToPath(new URL('../fixtures/recordings/version-1/', import.meta.url));
  const path = folder();
  await writeSample(path);
  const names = readdirSync(kept).sort();
  expect(readdirSync(path).sort()).toEqual(names);
  // What v8 serializes may differ between versions of Node; it is held against by value below.
  const plainNames = names.filter((name) => !name.endsWith('.bin') && name !== 'handover.jsonl');
  expect(plainNames.length).toBe(11);
  for (const name of plainNames) {
    expect([name, toHex(readFileSync(join(path, name)))]).toEqual([name, toHex(readFileSync(join(kept, name)))]);
  }
  const recording = openRecording(kept);
  const events = [...recording.events()];
  expect(events.filter((event) => event.kind === 'handover').map(({ value }) => value)).toEqual([{ index: 0 }, { index: 1 }, { index: 2 }, { index: 3 }]);
  const kinds = events.map(({ kind }) => kind);
  const count = (wanted: string): number => kinds.filter((kind) => kind === wanted).length;
  expect([count('message'), count('tick'), count('handover'), count('clock')]).toEqual([28, 8, 4, 1]);
  expect(recording.states()).toEqual([{ loop: 'signals', atMs: 123456.789, value: { counter: 3, since: Infinity } }]);
  expect([...recording.sent()].length).toBe(4);
  expect(recording.drops.toJSON()).toEqual({});
});

test('a device in the place of a recorded file is refused, not read without end', () => {
  const path = folder();
  const ports = [{ name: 'a', file: 'a.log', transport: 'can', loop: 'l' }];
  const started = { monoMs: 0, utcMs: 0, errorMs: null };
  const whole = { formatVersion: 1, ports, loops: {}, started };
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(whole));
  symlinkSync('/dev/zero', join(path, 'a.log'));
  expect(() => [...openRecording(path).events()]).toThrow('no plain file');
});
