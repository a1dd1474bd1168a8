import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { SystemClock, VirtualClock } from '../../src/base/clock.ts';
import { Counters } from '../../src/base/counters.ts';
import { silentLog } from '../../src/base/log.ts';
import { monotonicMs, plusMs, utcMs } from '../../src/base/time.ts';
import { linkCodec } from '../../src/linkcodec.ts';
import { rsuId } from '../../src/model/ids.ts';
import type { AirMessage, AirMessageType } from '../../src/model/message.ts';
import type { RsuSettings } from '../../src/model/site.ts';
import { Ages, ageBelowMs } from '../../src/rsu/ages.ts';
import { startMqttRsuSimulator } from '../../src/rsu/mqttsimulator.ts';
import { NewestRounds } from '../../src/rsu/newest.ts';
import { SlowLink } from '../../src/rsu/slowlink.ts';
import type { Piece } from '../../src/rsu/slowlink.ts';
import { createSlowUnit } from '../../src/rsu/slowunit.ts';
import { codecFor } from '../../v2x/codec.ts';
import { noMosquitto, startAedes, startMosquitto } from '../cloud/brokers.ts';

const START_MS = monotonicMs(5000);
const clockNow = () =>
  new VirtualClock(START_MS, { monoMs: START_MS, utcMs: utcMs(1_772_323_200_000), errorMs: 5 });
const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const settings = (more: Partial<RsuSettings> = {}): RsuSettings => ({
  id: rsuId('slow'), link: 'mqtt-carrier', host: '127.0.0.1', port: 1883, interface: null,
  unitSerial: 'UNIT0001', types: ['SPAT', 'MAP', 'RSM', 'RSI'], framesPerS: 1000,
  octetsPerS: 1_000_000, minGapMs: 0, mqtt: null, forward: null, ...more,
});
const message = (type: AirMessageType, mark: number, more: Partial<AirMessage> = {}): AirMessage => ({
  bytes: Uint8Array.of(mark, 0, 0, 0), type, profile: 'A', aid: 1, priority: 1,
  validUntilMs: plusMs(START_MS, 200), rsuIds: [], node: { region: 0, id: 10 }, ...more,
});

/** A link over a way that the test opens and shuts. */
function made(more: Partial<RsuSettings> = {}) {
  const clock = clockNow();
  const counters = new Counters();
  const sent: number[] = [];
  let wake = (): void => undefined;
  const way = {
    ready: false,
    fault: null,
    send: ({ payload }: Piece, done: (error: Error | null) => void) => {
      sent.push(payload[0]!);
      done(null);
    },
    onReady: (run: () => void) => void (wake = run),
    close: () => undefined,
  };
  const link = new SlowLink({
    settings: settings(more), spreadMs: 60, way, counters, clock, log: silentLog,
    form: { write: ({ bytes }) => (bytes[0] === 99 ? 'rsu_read_back' : [{ topic: 't', payload: bytes }]) },
  });
  const offer = (one: AirMessage): void => link.offer({ message: one, sinceMs: clock.nowMs() - 7 });
  const open = (ready: boolean): void => {
    way.ready = ready;
    if (ready) wake();
  };
  return { clock, counters, sent, link, offer, open };
}

test('while a unit is away the newest round of each stream waits, in whole, and SPAT leaves first', () => {
  const { sent, offer, open, counters } = made();
  const later = { validUntilMs: plusMs(START_MS, 300) };
  for (const mark of [1, 2]) offer(message('RSM', mark)); // one round of two parts
  for (const mark of [3, 4]) offer(message('RSM', mark, later)); // the next
  offer(message('RSM', 5, { node: { region: 0, id: 11 } }));
  offer(message('RSM', 6)); // older than what waits
  offer(message('SPAT', 7));
  offer(message('SPAT', 8, later));
  expect(sent).toEqual([]);
  open(true);
  expect(sent).toEqual([8, 3, 4, 5]);
  expect(counters.toJSON()).toMatchObject({ rsu_replaced_RSM: 3, rsu_replaced_SPAT: 1 });
});

test('what is late when the unit is back is dropped by name, and a drop of the form has its own', () => {
  const { sent, offer, open, counters, clock, link } = made();
  offer(message('SPAT', 1));
  offer(message('MAP', 2, { validUntilMs: plusMs(START_MS, 1000) }));
  clock.advanceTo(plusMs(START_MS, 500));
  offer(message('RSI', 3)); // late on arrival
  offer(message('RSM', 99, { validUntilMs: plusMs(START_MS, 900) }));
  open(true);
  expect(sent).toEqual([2]);
  expect(counters.toJSON()).toEqual({
    rsu_late_SPAT: 1, rsu_late_RSI: 1, rsu_read_back_RSM: 1, rsu_sent_MAP: 1,
  });
  expect(ageBelowMs(link.status().ages!, 0.5)).toBe(10_000 / 10); // 507 ms: in the class up to 1000
});

test('a ready unit gets SPAT at once though others wait for the gap', () => {
  const { sent, offer, open, clock } = made({ minGapMs: 10 });
  open(true);
  for (const [type, mark] of [['RSI', 1], ['RSI', 2], ['SPAT', 3]] as const) offer(message(type, mark));
  expect(sent).toEqual([1, 3]);
  clock.advanceTo(plusMs(START_MS, 10));
  expect(sent).toEqual([1, 3, 2]);
});

test('what waits is bounded in streams and in parts', () => {
  const rounds = new NewestRounds();
  const handed = (id: number) => ({ message: message('RSM', 1, { node: { region: 0, id } }), sinceMs: 0 });
  for (let id = 0; id < 64; id++) expect(rounds.put(handed(id))).toEqual([]);
  expect(rounds.put(handed(64))).toHaveLength(1);
  for (let part = 1; part < 16; part++) expect(rounds.put(handed(0))).toEqual([]);
  expect(rounds.put(handed(0))).toHaveLength(1);
  expect(rounds.size).toBe(64 + 15);
});

test('ages are counted by class, the last of which has no end', () => {
  const ages = new Ages();
  expect(ageBelowMs(ages.counts(), 0.5)).toBeNull();
  for (const age of [0.5, 4, 4, 2000]) ages.add(age);
  expect(ageBelowMs(ages.counts(), 0.5)).toBe(5);
  expect(ageBelowMs(ages.counts(), 1)).toBe(Infinity);
});

const rsi = codecFor('A').encode({
  rsiFrame: { msgCnt: 1, id: '0000000000000000', refPos: { lat: 0, long: 0 } },
});
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
};

const brokers = [
  ['aedes', startAedes, null], ['mosquitto', startMosquitto, noMosquitto],
] as const;

for (const [name, start, absent] of brokers) {
  const run = absent === null ? test : test.skip;
  if (absent !== null) process.stdout.write(`skipped: MQTT carrier over ${name}: ${absent}\n`);
  run(`${name}: gated octets arrive behind the carrier at the topic of type and unit, also after the broker was away`, async () => {
    const clock = new SystemClock();
    let broker = await start();
    let stands = true;
    const end = async (): Promise<void> => {
      if (stands) await broker.close();
      stands = false;
    };
    closers.push(end);
    const unit = settings({ port: broker.port });
    const link = createSlowUnit({ settings: unit, spreadMs: 60, clock, log: silentLog, ...linkCodec });
    closers.push(() => link.close());
    const heard: { type: string; serial: string; bytes: Uint8Array }[] = [];
    const simulate = () => startMqttRsuSimulator({
      settings: unit, clock, decode: (bytes) => codecFor('A').decode(bytes),
      heard: (one) => void heard.push(one),
    });
    await until(() => link.status().fault === null); // the broker listens
    const first = await simulate();
    const soon = (): Partial<AirMessage> => ({ bytes: rsi, validUntilMs: plusMs(clock.nowMs(), 2000) });
    link.offer({ message: message('RSI', 0, soon()), sinceMs: clock.nowMs() });
    await until(() => heard.length === 1);
    expect(heard[0]).toMatchObject({ type: 'RSI', serial: 'UNIT0001', bytes: rsi });
    expect(link.status()).toMatchObject({ fault: null, sent: { rsu_sent_RSI: 1 } });
    await first.close();
    await end();
    await until(() => link.status().fault !== null);
    link.offer({ message: message('RSI', 0, { ...soon(), validUntilMs: plusMs(clock.nowMs(), 1) }), sinceMs: 0 });
    broker = await start(broker.port);
    stands = true;
    await until(() => link.status().fault === null);
    await until(() => link.status().sent['rsu_late_RSI'] === 1);
    const second = await simulate();
    closers.push(() => second.close());
    link.offer({ message: message('RSI', 0, soon()), sinceMs: clock.nowMs() });
    await until(() => heard.length === 2);
    expect(second.counters.toJSON()).toEqual({ RSI: 1 });
  });
}

test('a broker that takes the connection and reads nothing costs a bounded queue and named drops', async () => {
  const sockets: Socket[] = [];
  // Says that the connection stands (CONNACK), then reads no more.
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.once('data', () => {
      socket.write(Uint8Array.of(0x20, 2, 0, 0));
      socket.pause();
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const clock = new SystemClock();
  const { port } = server.address() as AddressInfo;
  const link = createSlowUnit({ settings: settings({ port }), spreadMs: 60, clock, log: silentLog, ...linkCodec });
  closers.push(() => link.close());
  await until(() => link.status().fault === null);
  const bytes = new Uint8Array(60_000);
  let deadlineMs = plusMs(clock.nowMs(), 20_000);
  for (let turn = 0; turn < 400 && (link.status().sent['rsu_replaced_RSI'] ?? 0) < 20; turn++) {
    deadlineMs = plusMs(deadlineMs, 1);
    link.offer({ message: message('RSI', 0, { bytes, validUntilMs: deadlineMs }), sinceMs: 0 });
    if (turn % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(link.status().sent['rsu_replaced_RSI']).toBe(20);
  expect(link.status().fault).toBe('slow');
});
