import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CanFrame, MqttMessage, StreamChunk } from '../../src/model/port.ts';
import { dlcOf, FD_LENGTHS } from '../../src/transport/can-frame.ts';
import { openTransport } from '../../src/transport/index.ts';
import { encodeSlcan, SlcanDecoder, slcanBitrates, slcanOpening } from '../../src/transport/slcan.ts';
import { heard, portKit, refusal, until } from './port-kit.ts';

const frame = (changes: Partial<CanFrame>): CanFrame => ({
  id: 0x60b, extended: false, remote: false, fd: false, data: Uint8Array.of(1, 0xab), ...changes,
});
function decode(chunks: readonly Uint8Array[]): { frames: CanFrame[]; drops: string[] } {
  const frames: CanFrame[] = [];
  const drops: string[] = [];
  const decoder = new SlcanDecoder((found) => frames.push(found), (name) => drops.push(name));
  for (const chunk of chunks) decoder.accept(chunk);
  return { frames, drops };
}

test('a frame is written and read in the adapter’s form', () => {
  const rows = [
    ['t60B201AB\r', frame({})],
    ['T0000060B201AB\r', frame({ extended: true })],
    ['r60B0\r', frame({ remote: true, data: new Uint8Array(0) })],
    ['R1FFFFFFF8\r', frame({ id: 0x1fffffff, extended: true, remote: true, data: new Uint8Array(8) })],
    [`d60B9${'00'.repeat(12)}\r`, frame({ fd: true, data: new Uint8Array(12) })],
    [`D0000060BF${'07'.repeat(64)}\r`, frame({ extended: true, fd: true, data: new Uint8Array(64).fill(7) })],
  ] as const;
  for (const [line, value] of rows) {
    expect(encodeSlcan(value)).toBe(line);
    expect(decode([Buffer.from(line)])).toEqual({ frames: [value], drops: [] });
  }
  expect(rows.length).toBe(6);
  expect(decode([Buffer.from('t60B201AB1234\r')]).frames).toEqual([frame({})]); // with a stamp
  for (const bad of [{ id: 0x800 }, { data: new Uint8Array(9) }, { fd: true, data: new Uint8Array(9) }, { id: -1 }, { fd: true, remote: true }, { data: new Uint8Array(65), fd: true }]) {
    expect(encodeSlcan(frame(bad))).toBeNull();
  }
});

test('the length code of CAN FD holds every length that it can, and no other', () => {
  expect(FD_LENGTHS.map(dlcOf)).toEqual(FD_LENGTHS.map((_, dlc) => dlc));
  expect([9, 12, 13, 33, 64, 65].map(dlcOf)).toEqual([9, 9, 10, 14, 15, -1]);
});

test('an adapter is closed, set to its rate and opened; an unknown rate is refused', () => {
  expect(slcanOpening(500000)).toBe('C\rS6\rO\r');
  expect(slcanOpening(123456)).toBeNull();
  expect(slcanBitrates.length).toBe(9);
});

test('noise, refusals, wrong lengths and endless lines each have their own count, and cost one line', () => {
  const text = `\x07xyz\rz\rZ\r\rt60B2\rt60B9${'0'.repeat(18)}\rt6GB201AB\rTFFFFFFFF0\r${'f'.repeat(5000)}\r\nt60B201AB\rt60B201A`;
  expect(decode([Buffer.from(text)])).toEqual({
    frames: [frame({})],
    drops: ['slcan_refused', 'slcan_unknown', 'slcan_malformed', 'slcan_malformed', 'slcan_malformed', 'slcan_malformed', 'slcan_line_too_long'],
  });
});

test('however bytes are cut into chunks, the frames and drops are the same', () => {
  const piece = fc.oneof(
    fc.constantFrom('t60B201AB\r', 'T0000060B0\r', '\x07', 'z\r', 'q\r', 't60B2\r', 'r1233\r', `d123F${'5a'.repeat(64)}\r`),
    fc.string({ maxLength: 200 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(300), { maxLength: 20 }), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''), 'latin1');
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const cut of cuts) chunks.push(bytes.subarray(at, (at += cut)));
      chunks.push(bytes.subarray(at));
      expect(decode(chunks)).toEqual(decode([bytes]));
    }),
  );
});

test('an SLCAN adapter over TCP is set up, heard, spoken to and closed', async () => {
  const received: Buffer[] = [];
  let adapter: Socket | null = null;
  const server = createServer((socket) => {
    adapter = socket;
    socket.on('data', (data: Buffer) => received.push(data));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port: number } = server.address() as AddressInfo;
  const kit = portKit();
  const settings = { transport: 'can', bus: 'slcan-tcp', host: '127.0.0.1', port: number, bitrate: 500000 } as const;
  const port = openTransport(settings, kit);
  const frames = heard<CanFrame>(port);
  await port.opened;
  const text = (): string => Buffer.concat(received).toString();
  await until(() => text() === 'C\rS6\rO\r');
  adapter!.write('\r\r\rt60B2');
  adapter!.write('01AB\r');
  await until(() => frames.length === 1);
  expect(frames).toEqual([frame({})]);
  expect(port.send(frame({ id: 0x200 }))).toBe(true);
  expect(port.send(frame({ id: 0x800 }))).toBe(false);
  await port.close();
  await until(() => text() === 'C\rS6\rO\rt200201AB\rC\r');
  expect(kit.drops.toJSON()).toEqual({ can_frame_invalid: 1 });
  server.close();
  expect((await refusal(openTransport(settings, portKit()))).message).toContain('Check that the adapter listens on');
  expect((await refusal(openTransport({ ...settings, bitrate: 1 }, portKit()))).message).toContain('got 1 bit/s');
});

test('a missing CAN interface gives one clear fault with the command to type', async () => {
  expect(Object.keys(networkInterfaces())).not.toContain('can77');
  const settings = { transport: 'can', bus: 'socketcan', interface: 'can77' } as const;
  const fault = await refusal(openTransport(settings, portKit()));
  expect(fault.code).toBe('PORT_UNAVAILABLE');
  expect(fault.message).toContain('expected CAN interface can77');
  expect(fault.message).toContain('ip link set can77 up type can bitrate 500000');
});

function hasSocat(): boolean {
  try {
    execFileSync('socat', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a serial line carries octets both ways and is lost when its device goes', async (context) => {
  if (!hasSocat()) {
    process.stderr.write('skipped: socat is not installed, no pty pair for the serial port\n');
    context.skip('socat is not installed');
  }
  const folder = mkdtempSync(join(tmpdir(), 'serial-'));
  const path = (name: string): string => join(folder, name);
  const pty = (name: string): string => `pty,raw,echo=0,link=${path(name)}`;
  const socat = spawn('socat', [pty('box'), pty('device')], { stdio: 'ignore' });
  await until(() => existsSync(path('box')) && existsSync(path('device')));
  const serial = (name: string) =>
    ({ transport: 'serial', path: readlinkSync(path(name)), baudRate: 115200, parity: 'none', dataBits: 8, stopBits: 1 }) as const;
  const box = openTransport(serial('box'), portKit());
  const device = openTransport(serial('device'), portKit());
  const [atBox, atDevice] = [heard<StreamChunk>(box), heard<StreamChunk>(device)];
  await Promise.all([box.opened, device.opened]);
  const octets = (chunks: readonly StreamChunk[]): string => Buffer.concat(chunks.map(({ data }) => data)).toString('hex');
  device.send({ data: Uint8Array.of(0, 13, 10, 17, 255), epoch: 0 });
  box.send({ data: Uint8Array.of(3, 4, 26), epoch: 0 });
  await until(() => octets(atBox) === '000d0a11ff' && octets(atDevice) === '03041a');
  await device.close();
  const lost = new Promise((resolve) => box.onLost(resolve));
  socat.kill();
  expect(await lost).toMatchObject({ code: 'PORT_LOST' });
  await box.close();
  rmSync(folder, { recursive: true });
});

test('a serial device that is not there cannot be opened, and the fault says how to look', async () => {
  const settings = { transport: 'serial', path: '/dev/ttyNone', baudRate: 9600, parity: 'none', dataBits: 8, stopBits: 1 } as const;
  expect((await refusal(openTransport(settings, portKit()))).message).toMatch(/ls -l \/dev\/ttyNone.*dialout/);
});

test('a broker that knows no version 5 is spoken to in 3.1.1; payloads have a size limit', async () => {
  const broker = await Aedes.createBroker();
  const server = createServer({ noDelay: true }, (socket) => broker.handle(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kit = portKit({ limits: { messageOctetsMax: 10 } });
  const port = openTransport({ transport: 'mqtt', url, topics: ['camera/#'] }, kit);
  const messages = heard<MqttMessage>(port);
  expect(port.send({ topic: 'camera/a', payload: Uint8Array.of(1) })).toBe(false);
  await port.opened;
  for (const octets of [11, 10]) port.send({ topic: 'camera/a', payload: new Uint8Array(octets) });
  port.send({ topic: 'other', payload: Uint8Array.of(1) });
  await until(() => messages.length === 1);
  expect(messages[0]).toMatchObject({ topic: 'camera/a', payload: Buffer.alloc(10) });
  expect(kit.drops.toJSON()).toEqual({ mqtt_oversize: 1, send_closed: 1 });
  const lost = new Promise((resolve) => port.onLost(resolve));
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  expect(await lost).toMatchObject({ code: 'PORT_LOST' });
  await port.close();
  await new Promise((resolve) => server.close(resolve));
  const fault = await refusal(openTransport({ transport: 'mqtt', url: url.replace('//', '//user:secret@'), topics: [] }, portKit()));
  expect(fault.message).toContain(`Check that a broker answers at ${url}`);
  expect(fault.message).not.toContain('secret');
});

test('a file is read when somebody listens, followed as it grows, and begun again when replaced', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'file-'));
  const path = join(folder, 'objects.jsonl');
  writeFileSync(path, '{"a":1}\n');
  const kit = portKit();
  const port = openTransport({ transport: 'file', path }, kit);
  await port.opened;
  const chunks = heard<StreamChunk>(port);
  const text = (epoch: number): string =>
    Buffer.concat(chunks.filter((chunk) => chunk.epoch === epoch).map(({ data }) => data)).toString();
  await until(() => text(1) === '{"a":1}\n');
  appendFileSync(path, '{"a":2}\n');
  await until(() => text(1) === '{"a":1}\n{"a":2}\n');
  writeFileSync(`${path}.new`, '{"b":1}\n');
  renameSync(`${path}.new`, path);
  await until(() => text(2) === '{"b":1}\n');
  expect(port.send({ data: Uint8Array.of(1), epoch: 0 })).toBe(false);
  await port.close();
  expect(kit.drops.toJSON()).toEqual({ file_restarted: 1, send_closed: 1 });
  const missing = await refusal(openTransport({ transport: 'file', path: join(folder, 'none') }, portKit()));
  expect(missing.message).toMatch(/ENOENT.*may read/);
  rmSync(folder, { recursive: true });
});
