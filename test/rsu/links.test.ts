import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { SystemClock, VirtualClock } from '../../src/base/clock.ts';
import { Fault } from '../../src/base/fault.ts';
import { silentLog } from '../../src/base/log.ts';
import { monotonicMs, plusMs, utcMs } from '../../src/base/time.ts';
import { rsuId } from '../../src/model/ids.ts';
import type { AirMessage, AirMessageType } from '../../src/model/message.ts';
import type { RsuSettings, Site } from '../../src/model/site.ts';
import { CARRIER_OCTETS, fromCarrier, withCarrier } from '../../src/rsu/carrier.ts';
import { createRsuLinks } from '../../src/rsu/links.ts';
import { startRsuSimulator } from '../../src/rsu/simulator.ts';
import { codecFor } from '../../v2x/codec.ts';
import { demoSite } from '../demosite.ts';

const START_MS = monotonicMs(5000);
const clockNow = () => new VirtualClock(START_MS, { monoMs: START_MS, utcMs: utcMs(1_772_323_200_000), errorMs: 5 });
const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A unit that keeps what it hears, in order. */
async function unit(): Promise<{ port: number; heard: Uint8Array[]; until(count: number): Promise<void> }> {
  const socket: Socket = createSocket('udp4');
  const heard: Uint8Array[] = [];
  let wake = (): void => undefined;
  socket.on('message', (bytes) => {
    heard.push(new Uint8Array(bytes));
    wake();
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  closers.push(() => new Promise<void>((resolve) => socket.close(() => resolve())));
  return {
    port: (socket.address() as AddressInfo).port,
    heard,
    async until(count) {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

const settings = (id: string, port: number, more: Partial<RsuSettings> = {}): RsuSettings => ({
  id: rsuId(id), link: 'udp-raw', host: '127.0.0.1', port, interface: null, unitSerial: 'UNIT0001',
  types: ['SPAT', 'MAP', 'RSM', 'RSI'], framesPerS: 1000, octetsPerS: 1_000_000, minGapMs: 0,
  mqtt: null, forward: null, ...more,
});
const siteWith = (rsus: readonly RsuSettings[], rsuAreas: Site['road']['rsuAreas'] = []): Site => ({
  ...demoSite(), rsus, road: { ...demoSite().road, rsuAreas },
});
const message = (type: AirMessageType, mark: number, more: Partial<AirMessage> = {}): AirMessage => ({
  bytes: Uint8Array.of(mark, 0, 0, 0), type, profile: 'A', aid: 1, priority: 1,
  validUntilMs: plusMs(START_MS, 200), rsuIds: [], node: { region: 0, id: 10 }, ...more,
});
function linksOf(site: Site, clock: VirtualClock | SystemClock) {
  const links = createRsuLinks(site, clock, silentLog);
  closers.push(() => links.close());
  return links;
}
const marks = (heard: readonly Uint8Array[]) => heard.map(([mark]) => mark);

test('SPAT leaves at once though others wait for the gap, and they follow MAP, RSI, RSM', async () => {
  const one = await unit();
  const clock = clockNow();
  const links = linksOf(siteWith([settings('a', one.port, { minGapMs: 10 })]), clock);
  links.send(message('RSM', 1)); // the way is free: this one leaves
  for (const [type, mark] of [['RSM', 6], ['RSI', 5], ['MAP', 4], ['SPAT', 2]] as const) links.send(message(type, mark));
  await one.until(2);
  expect(marks(one.heard)).toEqual([1, 2]);
  // Each waits the gap after the one before it, SPAT included.
  for (const [stepMs, count] of [[9, 2], [1, 3], [9, 3], [1, 4], [10, 5]] as const) {
    clock.advanceTo(plusMs(clock.nowMs(), stepMs));
    await one.until(count);
    await new Promise((resolve) => setImmediate(resolve));
    expect(one.heard).toHaveLength(count);
  }
  expect(marks(one.heard)).toEqual([1, 2, 4, 5, 6]);
});

test('what is not sent by its deadline is dropped by name, and never holds up what is in time', async () => {
  const one = await unit();
  const clock = clockNow();
  const links = linksOf(siteWith([settings('a', one.port, { minGapMs: 50 })]), clock);
  for (let mark = 1; mark <= 8; mark++) links.send(message('RSI', mark));
  links.send(message('RSI', 9, { validUntilMs: plusMs(START_MS, 500) }));
  clock.advanceTo(plusMs(START_MS, 400));
  await one.until(6);
  expect(marks(one.heard)).toEqual([1, 2, 3, 4, 5, 9]);
  expect(links.status()[0]!.sent['rsu_late_RSI']).toBe(3);
});

test('over the budget of frames or octets others are dropped by name, SPAT is counted but not held back', async () => {
  for (const more of [{ framesPerS: 3 }, { octetsPerS: 12 }]) {
    const one = await unit();
    const clock = clockNow();
    const links = linksOf(siteWith([settings('a', one.port, more)]), clock);
    links.send(message('SPAT', 1));
    for (let mark = 2; mark <= 6; mark++) links.send(message('RSM', mark));
    links.send(message('SPAT', 7));
    await one.until(4);
    expect(marks(one.heard)).toEqual([1, 2, 3, 7]);
    expect(links.status()[0]!.sent['rsu_over_budget_RSM']).toBe(3);
    clock.advanceTo(plusMs(START_MS, 1000));
    links.send(message('RSM', 8, { validUntilMs: plusMs(START_MS, 2000) }));
    await one.until(5);
    expect(marks(one.heard).at(-1)).toBe(8);
  }
});

test('a full queue drops what would leave last, be it the newest', () => {
  const clock = clockNow();
  const links = linksOf(siteWith([settings('a', 9, { minGapMs: 100 })]), clock);
  for (let mark = 0; mark < 65; mark++) links.send(message('RSI', mark)); // one leaves, 64 wait
  links.send(message('RSM', 100));
  expect(links.status()[0]!.sent).toMatchObject({ rsu_queue_full_RSM: 1 });
  links.send(message('MAP', 101));
  expect(links.status()[0]!.sent).toMatchObject({ rsu_queue_full_RSM: 1, rsu_queue_full_RSI: 1 });
});

test('a unit that cannot be reached does not delay another, and its failure is counted', async () => {
  const one = await unit();
  const clock = clockNow();
  const away = settings('away', one.port, { host: '127.0.0.1', port: 0, minGapMs: 100_000 });
  const links = linksOf(siteWith([away, settings('here', one.port)]), clock);
  for (let mark = 1; mark <= 5; mark++) links.send(message('RSM', mark));
  await one.until(5);
  expect(marks(one.heard)).toEqual([1, 2, 3, 4, 5]);
  expect(links.status()[1]!.sent['rsu_sent_RSM']).toBe(5);
  expect(links.status()[0]!.sent['rsu_sent_RSM'] ?? 0).toBe(0);
  expect(links.status()[0]!.sent['rsu_send_failed']).toBeGreaterThan(0);
  expect(links.status()[0]!.fault).toContain('Port');
});

test('a unit gets the types and nodes that are its own, and a named unit gets what names it', async () => {
  const [one, two] = [await unit(), await unit()];
  const rsus = [settings('a', one.port, { types: ['SPAT', 'MAP'] }), settings('b', two.port)];
  const areas = [{ rsuId: rsuId('b'), nodes: [{ region: 0, id: 99 }] }];
  const links = linksOf(siteWith(rsus, areas), clockNow());
  links.send(message('RSM', 1)); // not a's type, not b's node
  links.send(message('SPAT', 2));
  links.send(message('RSM', 3, { node: { region: 0, id: 99 } }));
  links.send(message('SPAT', 4, { rsuIds: [rsuId('b')] }));
  await Promise.all([one.until(1), two.until(2)]);
  expect([marks(one.heard), marks(two.heard)]).toEqual([[2], [3, 4]]);
  expect(links.spatTargets('0-99').map(({ port }) => port)).toEqual([one.port, two.port]);
  expect(links.spatTargets('0-10').map(({ port }) => port)).toEqual([one.port]);
});

test('an interface that is not there is refused by name, with what to do, and nothing stays open', () => {
  const rsus = [settings('fine', 9), settings('lost', 9, { interface: 'no-such-0' })];
  let thrown: unknown;
  try {
    createRsuLinks(siteWith(rsus), clockNow(), silentLog);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(Fault);
  const sentence = (thrown as Fault).message;
  for (const part of ['lost', 'no-such-0', 'site.json']) expect(sentence).toContain(part);
});

test('a named interface is the one that is sent from', async () => {
  const one = await unit();
  const links = linksOf(siteWith([settings('a', one.port, { interface: 'lo' })]), clockNow());
  links.send(message('MAP', 1));
  await one.until(1);
  expect(links.status()[0]!.fault).toBeNull();
});

test('after the end nothing is sent and no timer stays', () => {
  const clock = clockNow();
  const links = createRsuLinks(siteWith([settings('a', 9, { minGapMs: 10 })]), clock, silentLog);
  for (let mark = 0; mark < 3; mark++) links.send(message('RSM', mark));
  links.close();
  links.send(message('SPAT', 1));
  clock.advanceTo(plusMs(START_MS, 1000));
  expect(links.status()[0]!.sent['rsu_late_RSM']).toBeUndefined();
});

test('the carrier is serial, UTC ms and length, both little-endian, and comes off again', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, at) => at & 0xff);
  const whole = withCarrier('AB12', utcMs(0x0102_0304_0506), bytes);
  expect(whole.length).toBe(CARRIER_OCTETS + 300);
  expect(toHex(whole.subarray(0, 18))).toBe(`${'41423132'}00000000${'0605040302010000'}${'2c01'}`);
  expect(fromCarrier(whole)).toEqual({ serial: 'AB12', utcMs: 0x0102_0304_0506, bytes });
  expect(fromCarrier(whole.subarray(0, 17))).toBeNull();
  expect(fromCarrier(whole.subarray(0, 200))).toBeNull();
  expect(() => withCarrier('too long a serial', utcMs(0), bytes)).toThrow('unit serial');
});

test('the simulated unit decodes and counts by type, and names what it cannot read', async () => {
  for (const carrier of [false, true]) {
    const clock = new SystemClock();
    const heard: string[] = [];
    const { counters, port, close } = await startRsuSimulator({
      host: '127.0.0.1', port: 0, form: carrier ? 'carrier' : 'raw', clock, decode: (bytes) => codecFor('A').decode(bytes),
      heard: ({ type }) => void heard.push(type),
    });
    closers.push(close);
    const site = siteWith([settings('a', port, { link: carrier ? 'udp-carrier' : 'udp-raw' })]);
    const links = linksOf(site, clock);
    const later = { validUntilMs: plusMs(clock.nowMs(), 60_000) };
    const spat = fromHex('3000'); // cut short: no message
    const rsi = codecFor('A').encode({
      rsiFrame: { msgCnt: 1, id: '0000000000000000', refPos: { lat: 0, long: 0 } },
    } as never);
    links.send(message('SPAT', 0, { bytes: spat, ...later }));
    links.send(message('RSI', 0, { bytes: rsi, ...later }));
    while (counters.get('RSI') + counters.get('undecodable') < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(counters.toJSON()).toEqual({ RSI: 1, undecodable: 1 });
    expect(heard).toEqual(['RSI']);
    if (!carrier) continue;
    const stranger = createSocket('udp4');
    stranger.send(Uint8Array.of(1, 2, 3), port, '127.0.0.1');
    while (counters.get('bad_carrier') < 1) await new Promise((resolve) => setImmediate(resolve));
    stranger.close();
  }
});
