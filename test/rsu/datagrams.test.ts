import protobuf from 'protobufjs';
import { createSocket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import { SystemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { plusMs, utcMs } from '../../src/base/time.ts';
import { linkCodec, readBackSet } from '../../src/linkcodec.ts';
import { rsuId } from '../../src/model/ids.ts';
import type { AirMessage, AirMessageType } from '../../src/model/message.ts';
import type { RsuSettings } from '../../src/model/site.ts';
import { forwardText, readForwardText, withForwardHead } from '../../src/rsu/forward.ts';
import type { Rsm } from '../../src/rsu/its0117/frames.ts';
import { createRsuLinks } from '../../src/rsu/links.ts';
import { framed, perceptronSet, unframed } from '../../src/rsu/perceptron.ts';
import { startPerceptronSimulator } from '../../src/rsu/perceptronsimulator.ts';
import { startRsuSimulator } from '../../src/rsu/simulator.ts';
import { createSlowUnit } from '../../src/rsu/slowunit.ts';
import { codecFor } from '../../v2x/codec.ts';
import { demoSite } from '../demosite.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** The set as the reference numbers its fields, by a reader of another hand. */
const PerceptronSet = protobuf.parse(`
  syntax = "proto3";
  message TargetSize { float object_width = 1; float object_length = 2; float object_height = 3; }
  message PointGPS { double object_longitude = 1; double object_latitude = 2; double object_elevation = 3; }
  message Perceptron {
    bool is_tracker = 1; int32 object_class_type = 4; int32 object_id = 5; optional float object_speed = 8;
    TargetSize target_size = 11; PointGPS point_gps = 12; optional float object_heading = 16;
    int64 obj_time_stamp = 23; int32 ptc_sourcetype = 24;
  }
  message PerceptronSet {
    string devide_id = 1; bool devide_is_true = 2; int64 time_stamp = 3; int32 number_frame = 4;
    PointGPS perception_gps = 5; repeated Perceptron perceptron = 6;
  }`, { keepCase: true }).root.lookupType('PerceptronSet');
const plain = (set: Uint8Array): Record<string, unknown> =>
  PerceptronSet.toObject(PerceptronSet.decode(set), { longs: Number });

const participant = (more: object) => ({
  ptcType: 'motor', ptcId: 161, source: 'integrated', secMark: 15200,
  pos: { offsetLL: { 'position-LL1': { lon: 100, lat: -200 } } }, posConfidence: { pos: 'a1m' },
  speed: 625, heading: 7300, size: { width: 180, length: 450, height: 30 }, ...more,
});
const own = participant({ ptcId: 0, ptcType: 'rsu', source: 'selfinfo', speed: 0, heading: 28800 });
const rsmOf = (...participants: object[]): Uint8Array => codecFor('A').encode({
  rsmFrame: {
    msgCnt: 3, id: '0102030405060708', refPos: { lat: 302500000, long: 1201500000, elevation: 84 }, participants,
  },
} as never);
const rsm = rsmOf(own, participant({}), participant({ ptcId: 2, ptcType: 'pedestrian', speed: 8191, heading: 28800 }));
const message = (type: AirMessageType, bytes: Uint8Array, more: Partial<AirMessage> = {}): AirMessage => ({
  bytes, type, profile: 'A', aid: 3623, priority: 208, validUntilMs: plusMs(clock.nowMs(), 60_000),
  rsuIds: [], node: { region: 0, id: 10 }, ...more,
});
const clock = new SystemClock(5);
const AT = utcMs(1748745015300);
const frameOf = (bytes: Uint8Array): Rsm =>
  (linkCodec.decode('A', bytes) as { readonly rsmFrame: Rsm }).rsmFrame;

test('RSM becomes a perception set in degrees and metres, without the unit itself and without the unknown', () => {
  const set = plain(perceptronSet(frameOf(rsm), 'UNIT0001', 7, AT));
  expect(set).toMatchObject({
    devide_id: 'UNIT0001', devide_is_true: true, time_stamp: AT, number_frame: 7,
    perception_gps: { object_longitude: 120.15, object_latitude: 30.25, object_elevation: 8.4 },
    perceptron: [{
      is_tracker: true, object_class_type: 1, object_id: 161, object_speed: 12.5, object_heading: 91.25,
      point_gps: { object_longitude: 120.15001, object_latitude: 30.24998 },
      target_size: { object_length: 4.5, object_height: 1.5 }, obj_time_stamp: AT - 100, ptc_sourcetype: 7,
    }, { object_id: 2, object_class_type: 3 }],
  });
  const [, pedestrian] = set['perceptron'] as Record<string, unknown>[];
  expect(Object.keys(pedestrian!)).not.toContain('object_speed');
  expect(Object.keys(pedestrian!)).not.toContain('object_heading');
});

test('a second before the minute is not a minute late', () => {
  const set = plain(perceptronSet(frameOf(rsmOf(participant({ secMark: 59_900 }))), 'UNIT0001', 1, utcMs(1748745000050)));
  expect(set['perceptron']).toMatchObject([{ obj_time_stamp: 1748744999900 }]);
});

test('a set that says anything else than the gated RSM is seen', () => {
  const one = message('RSM', rsm);
  expect(readBackSet(one, perceptronSet(frameOf(rsm), 'UNIT0001', 7, AT))).toBeNull();
  const changes: object[] = [
    { ptcId: 162 }, { ptcType: 'non-motor' }, { source: 'video' }, { secMark: 15201 }, { speed: 626 },
    { heading: 7301 }, { speed: 8191 }, { size: { width: 181, length: 450, height: 30 } },
    { size: { width: 180, length: 451, height: 30 } }, { size: { width: 180, length: 450 } },
    { pos: { offsetLL: { 'position-LL1': { lon: 101, lat: -200 } } } },
    { pos: { offsetLL: { 'position-LL1': { lon: 100, lat: -201 } } } },
  ];
  for (const change of changes) {
    const other = rsmOf(own, participant(change), participant({ ptcId: 2, ptcType: 'pedestrian', speed: 8191, heading: 28800 }));
    expect(readBackSet(one, perceptronSet(frameOf(other), 'UNIT0001', 7, AT)), JSON.stringify(change)).not.toBeNull();
  }
  expect(readBackSet(one, perceptronSet(frameOf(rsmOf(own, participant({}))), 'UNIT0001', 7, AT))).not.toBeNull();
  for (const odd of [[], [0x32, 0x7f], [0x33]]) expect(readBackSet(one, Uint8Array.from(odd))).not.toBeNull();
  expect(readBackSet(message('RSM', Uint8Array.of(0x20)), new Uint8Array(0))).not.toBeNull();
});

test('the head of a datagram is mark, kind, source and length, little-endian, and comes off again', () => {
  const payload = new Uint8Array(300).fill(9);
  const whole = framed(payload);
  expect([...whole.subarray(0, 8)]).toEqual([0xda, 0xdb, 0xdc, 0xdd, 1, 7, 0x2c, 1]);
  expect(unframed(whole)).toEqual(payload);
  for (const broken of [whole.subarray(1), whole.subarray(0, 300), new Uint8Array(3), new Uint8Array(0)]) {
    expect(unframed(broken)).toBeNull();
  }
});

const unit = (link: RsuSettings['link'], port: number): RsuSettings => ({
  id: rsuId('one'), link, host: '127.0.0.1', port, interface: null, unitSerial: 'UNIT0001',
  types: ['SPAT', 'MAP', 'RSM', 'RSI'], framesPerS: 1000, octetsPerS: 1_000_000, minGapMs: 0,
  mqtt: null, forward: null,
});

test('a unit that takes perception sets hears RSM; other types are left out by name', async () => {
  const heard: unknown[] = [];
  const simulator = await startPerceptronSimulator({
    host: '127.0.0.1', port: 0, decode: plain, heard: (set) => void heard.push(set),
  });
  closers.push(() => simulator.close());
  const settings = unit('udp-perceptron', simulator.port);
  const link = createSlowUnit({ settings, spreadMs: 60, clock, log: silentLog, ...linkCodec });
  closers.push(() => link.close());
  link.offer({ message: message('SPAT', Uint8Array.of(0x30)), sinceMs: 0 });
  link.offer({ message: message('RSM', rsm), sinceMs: clock.nowMs() });
  link.offer({ message: message('RSM', Uint8Array.of(0x20)), sinceMs: clock.nowMs() });
  await until(() => heard.length === 1 && link.status().sent['rsu_sent_RSM'] === 1);
  expect(heard[0]).toMatchObject({ devide_id: 'UNIT0001', number_frame: 1 });
  expect(link.status().sent).toEqual({ rsu_form_without_SPAT: 1, rsu_form_failed_RSM: 1, rsu_sent_RSM: 1 });
  const stranger = createSocket('udp4');
  stranger.send(Uint8Array.of(1, 2), simulator.port, '127.0.0.1');
  stranger.send(framed(Uint8Array.of(0x0a, 0x7f)), simulator.port, '127.0.0.1');
  await until(() => simulator.counters.get('bad_frame') + simulator.counters.get('undecodable') === 2);
  stranger.close();
});

test('immediate forward text is lines with the octets in hexadecimal at the end', () => {
  const one = message('MAP', fromHex('10ab'), { aid: 3618, priority: 16 });
  const text = new TextDecoder().decode(forwardText(null, one));
  expect(text).toBe([
    'Version=0.7', 'Type=MAP', 'PSID=0xE22', 'Priority=0', 'TxMode=CONT', 'TxChannel=183', 'TxInterval=0',
    'DeliveryStart=', 'DeliveryStop=', 'Signature=True', 'Encryption=False', 'Payload=10AB', '',
  ].join('\n'));
  const read = readForwardText(forwardText({ txMode: 'ALT', txChannel: 180, signature: false }, one));
  expect(read).toMatchObject({ bytes: one.bytes, lines: { TxMode: 'ALT', TxChannel: '180', Signature: 'False' } });
  for (const odd of ['', 'Version=0.7\n', 'Version=0.6\nPayload=10\n', 'Version=0.7\nPayload=1\n', 'x\n']) {
    expect(readForwardText(new TextEncoder().encode(odd)), odd).toBeNull();
  }
});

test('a unit that takes immediate forward text hears it from the parent, and the guard knows its head', async () => {
  const simulator = await startRsuSimulator({
    host: '127.0.0.1', port: 0, form: 'forward', clock, decode: (bytes) => codecFor('A').decode(bytes),
  });
  closers.push(() => simulator.close());
  const site = { ...demoSite(), rsus: [unit('udp-forward', simulator.port)], road: { ...demoSite().road, rsuAreas: [] } };
  const links = createRsuLinks(site, clock, silentLog);
  closers.push(() => links.close());
  links.send(message('RSM', rsm), clock.nowMs() - 3);
  await until(() => simulator.counters.get('RSM') === 1);
  const spat = message('SPAT', fromHex('30'), { aid: 3619, priority: 176 });
  const [target] = links.spatTargets('0-10');
  const datagram = withForwardHead(target!.textHead!(spat), target!.wrap(spat.bytes));
  expect(readForwardText(datagram)).toMatchObject({ bytes: spat.bytes, lines: { PSID: '0xE23', Priority: '5', Type: 'SPAT' } });
  expect(links.status()[0]!.ages!.reduce((sum, count) => sum + count, 0)).toBe(1);
});
