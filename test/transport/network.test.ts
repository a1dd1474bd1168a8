import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Counters } from '../../src/base/counters.ts';
import type { Datagram, PortMessage, StreamChunk } from '../../src/model/port.ts';
import type { PortSettings } from '../../src/model/site.ts';
import { bindAddress, splitAddress } from '../../src/transport/address.ts';
import { openTransport } from '../../src/transport/index.ts';
import { UdpFilter } from '../../src/transport/udp.ts';
import { heard, portKit, refusal, until } from './port-kit.ts';

type Of<T> = Extract<PortSettings, { transport: T }>;
const udp = (changes: Partial<Of<'udp'>> = {}): Of<'udp'> => ({
  transport: 'udp', listenHost: '127.0.0.1', listenPort: 0, remoteHost: null, remotePort: null,
  interface: null, allow: ['127.0.0.1'], ...changes,
});
const tcp = (changes: Partial<Of<'tcp'>>): Of<'tcp'> => ({
  transport: 'tcp', role: 'client', host: '127.0.0.1', port: 0, interface: null, allow: [], ...changes,
});
const textOf = (chunks: readonly StreamChunk[]): string => Buffer.concat(chunks.map(({ data }) => data)).toString();

test('two UDP ports speak to one another, and a source is its address and port', async () => {
  const [hereKit, thereKit] = [portKit(), portKit()];
  const here = openTransport(udp(), hereKit);
  await here.opened;
  const there = openTransport(udp({ remoteHost: '127.0.0.1', remotePort: here.address()!.port }), thereKit);
  await there.opened;
  const [messages, answers] = [heard<Datagram>(here), heard<Datagram>(there)];
  expect(there.send({ data: Uint8Array.of(1, 2), from: '' })).toBe(true);
  await until(() => messages.length === 1);
  expect(messages[0]).toMatchObject({ from: `127.0.0.1:${there.address()!.port}` });
  // Without a remote address the answer goes to where the question came from.
  expect(here.send({ data: Uint8Array.of(3), from: messages[0]!.from })).toBe(true);
  await until(() => answers.length === 1);
  expect(here.send({ data: Uint8Array.of(3), from: 'nobody' })).toBe(false);
  await Promise.all([here.close(), there.close()]);
  expect(here.send({ data: Uint8Array.of(3), from: messages[0]!.from })).toBe(false);
  expect(hereKit.drops.toJSON()).toEqual({ send_closed: 1, udp_no_destination: 1 });
  expect(here.address()).toBeNull();
});

test('datagrams that nobody listens to, that are too long or of a stranger are counted, not heard', async () => {
  const kit = portKit({ limits: { messageOctetsMax: 100 } });
  const sender = createSocket('udp4');
  await new Promise<void>((resolve) => sender.bind(0, '127.0.0.1', resolve));
  const own = `127.0.0.1:${sender.address().port}`;
  const port = openTransport(udp({ allow: [own] }), kit);
  await port.opened;
  const to = port.address()!.port;
  sender.send(Uint8Array.of(1), to, '127.0.0.1');
  await until(() => kit.drops.get('message_unheard') === 1);
  const messages = heard<Datagram>(port);
  const stranger = createSocket('udp4');
  stranger.send(Uint8Array.of(2), to, '127.0.0.1');
  await until(() => kit.drops.get('udp_source_refused') === 1);
  sender.send(new Uint8Array(101), to, '127.0.0.1');
  sender.send(new Uint8Array(100), to, '127.0.0.1');
  await until(() => messages.length === 1);
  expect(kit.drops.toJSON()).toEqual({ message_unheard: 1, udp_oversize: 1, udp_source_refused: 1 });
  stranger.close();
  sender.close();
  await port.close();
});

test('a source that floods is held to its rate while its neighbour is heard', () => {
  const drops = new Counters();
  const kit = portKit({ limits: { sourcePerS: 10 }, count: (name) => drops.count(name) });
  const filter = new UdpFilter(['10.0.0.1', '10.0.0.2'], kit);
  let passed = 0;
  for (let index = 0; index < 1000; index++) if (filter.hears('10.0.0.1', '10.0.0.1:5', 10, index)) passed++;
  expect(passed).toBe(19); // ten at once and ten a second
  expect(filter.hears('10.0.0.2', '10.0.0.2:5', 10, 1000)).toBe(true);
  expect(filter.hears('10.0.0.3', '10.0.0.3:5', 10, 1000)).toBe(false);
  expect(drops.toJSON()).toEqual({ udp_flood: 981, udp_source_refused: 1 });
});

test('an empty allow-list hears nobody', () => {
  const filter = new UdpFilter([], portKit());
  expect(filter.hears('127.0.0.1', '127.0.0.1:5', 1, 0)).toBe(false);
});

test('a port in use or an address elsewhere cannot be opened, and the fault says what to check', async () => {
  const first = openTransport(udp(), portKit());
  await first.opened;
  const taken = await refusal(openTransport(udp({ listenPort: first.address()!.port }), portKit()));
  expect(taken.code).toBe('PORT_UNAVAILABLE');
  expect(taken.message).toMatch(/EADDRINUSE.*is free and local/);
  await first.close();
  const elsewhere = await refusal(openTransport(udp({ listenHost: '192.0.2.77' }), portKit()));
  expect(elsewhere.message).toMatch(/EADDRNOTAVAIL/);
});

test('a named interface is bound by its own address; one that is missing or has none is refused', () => {
  expect(bindAddress('p', '0.0.0.0', null)).toBe('0.0.0.0');
  expect(bindAddress('p', '0.0.0.0', 'lo')).toBe('127.0.0.1');
  expect(bindAddress('p', '127.0.0.1', 'lo')).toBe('127.0.0.1');
  expect(bindAddress('p', '127.255.255.255', 'lo')).toBe('127.255.255.255');
  expect(() => bindAddress('p', '10.1.2.3', 'lo')).toThrow('expected 10.1.2.3 on interface lo, got 127.0.0.1');
  expect(() => bindAddress('p', '0.0.0.0', 'nic77')).toThrow(/no such interface.*ip addr add/);
});

test('an address with a port is taken apart, and anything else is refused', () => {
  expect(splitAddress('10.0.0.1:80')).toEqual({ host: '10.0.0.1', port: 80 });
  expect(splitAddress('[::1]:80')).toEqual({ host: '::1', port: 80 });
  for (const text of ['10.0.0.1', ':80', '10.0.0.1:70000', '::1:80', '']) expect(splitAddress(text)).toBeNull();
});

test('a TCP client hears its device and is lost when the device closes', async () => {
  let peer: Socket | null = null;
  const server = createServer((socket) => (peer = socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port: number } = server.address() as AddressInfo;
  const kit = portKit({ nextEpoch: () => 9 });
  const port = openTransport(tcp({ port: number }), kit);
  const chunks = heard<StreamChunk>(port);
  expect(port.send({ data: Uint8Array.of(1), epoch: 0 })).toBe(false);
  await port.opened;
  await until(() => peer !== null);
  const received: Buffer[] = [];
  peer!.on('data', (data: Buffer) => received.push(data));
  expect(port.send({ data: Buffer.from('ask'), epoch: 0 })).toBe(true);
  await until(() => Buffer.concat(received).toString() === 'ask');
  peer!.write('answer');
  await until(() => textOf(chunks) === 'answer');
  expect(chunks[0]!.epoch).toBe(9);
  const lost = new Promise<{ code: string; message: string }>((resolve) => port.onLost(resolve));
  peer!.destroy();
  expect(await lost).toMatchObject({ code: 'PORT_LOST' });
  await port.close();
  server.close();
  const refused = await refusal(openTransport(tcp({ port: number }), portKit()));
  expect(refused.message).toMatch(/ECONNREFUSED.*Check that the device listens on 127\.0\.0\.1/);
  expect(kit.drops.toJSON()).toEqual({ send_closed: 1 });
});

test('a TCP server hears one allowed peer at a time, each connection as a new epoch', async () => {
  const kit = portKit();
  const port = openTransport(tcp({ role: 'server', allow: ['127.0.0.1'] }), kit);
  await port.opened;
  const chunks = heard<StreamChunk>(port);
  const to = { host: '127.0.0.1', port: port.address()!.port };
  expect(port.send({ data: Uint8Array.of(1), epoch: 0 })).toBe(false);
  const first = connect(to, () => first.write('a'));
  await until(() => textOf(chunks) === 'a');
  const second = connect(to);
  await new Promise((resolve) => second.once('close', resolve));
  expect(port.send({ data: Buffer.from('hello'), epoch: 0 })).toBe(true);
  await new Promise((resolve) => first.once('data', resolve));
  first.destroy();
  await until(() => kit.drops.get('tcp_peer_left') === 1);
  const third = connect(to, () => third.write('b'));
  await until(() => textOf(chunks) === 'ab');
  expect(chunks.map(({ epoch }) => epoch)).toEqual([1, 2]);
  await port.close();
  expect(kit.drops.toJSON()).toEqual({ send_closed: 1, tcp_peer_left: 1, tcp_second_peer: 1 });
  third.destroy();
});

test('a TCP server refuses a source that is not on its list', async () => {
  const kit = portKit();
  const port = openTransport(tcp({ role: 'server', allow: ['10.0.0.1'] }), kit);
  await port.opened;
  const stranger = connect({ host: '127.0.0.1', port: port.address()!.port });
  await new Promise((resolve) => stranger.once('close', resolve));
  expect(kit.drops.toJSON()).toEqual({ tcp_source_refused: 1 });
  await port.close();
});

test('a peer that does not read fills no memory: sends are refused and counted', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.pause())).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const kit = portKit();
  const port = openTransport(tcp({ port: (server.address() as AddressInfo).port }), kit);
  await port.opened;
  const data = new Uint8Array(64 << 10);
  let sent = 0;
  while (port.send({ data, epoch: 0 } as PortMessage)) sent++;
  expect(sent).toBeGreaterThan(2);
  expect(kit.drops.toJSON()).toEqual({ send_overflow: 1 });
  await port.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('closing a port that is still opening rejects it and leaves nothing behind', async () => {
  const port = openTransport(udp(), portKit());
  const opened = expect(port.opened).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
  await port.close();
  await opened;
});

test('a flood from ever new ports of one host is one source; one named with its port stays apart', () => {
  const kit = portKit({ limits: { sourcePerS: 10 } });
  const filter = new UdpFilter(['10.0.0.1', '10.0.0.1:161'], kit);
  let passed = 0;
  for (let port = 1000; port < 2000; port++) {
    if (filter.hears('10.0.0.1', `10.0.0.1:${port}`, 10, 0)) passed++;
  }
  expect(passed).toBe(10);
  expect(filter.hears('10.0.0.1', '10.0.0.1:161', 10, 0)).toBe(true);
});
