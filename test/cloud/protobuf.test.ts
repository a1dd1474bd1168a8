import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import { createCityComposer } from '../../src/cloud/compose.ts';
import { protoText } from '../../src/cloud/proto.ts';
import { encodeCity } from '../../src/cloud/protobuf.ts';
import { cityBodies, cityTables } from '../../src/cloud/schema.ts';
import type { Row, Table } from '../../src/cloud/schema.ts';
import { roadUserClasses } from '../../src/model/roaduser.ts';
import { replay } from '../../src/replay.ts';
import { simulateRecording } from '../../src/simulaterun.ts';
import { demoSite } from '../demosite.ts';

/** The platform's side: protobufjs reads the printed .proto, and knows nothing of our tables. */
const root = protobuf.parse(protoText(), { keepCase: true }).root;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const nameOf = (topic: string): string => topic.split('/').slice(2).join('/');

type Json = Record<string, unknown>;

/** What protobufjs decoded, as a receiver reads it: mandatory members have their defaults. */
function read(table: Table, message: Json): Json {
  const found: Json = {};
  for (const [, name, presence, type] of table.rows) {
    if (type === 'reserved') continue;
    const has = Object.hasOwn(message, name);
    if (!has && presence === 'O') continue;
    const value = message[name];
    if (typeof type === 'object' && 'list' in type) {
      const { list } = type;
      const items = value as Json[];
      found[name] = typeof list === 'object' ? items.map((item) => read(list, item)) : items;
    } else if (typeof type === 'object' && 'one' in type) {
      found[name] = read(type.one, value as Json);
    } else if (typeof type === 'object') {
      found[name] = type.words[value as number];
    } else {
      found[name] = type === 'Long' ? Number(value) : value;
    }
  }
  return found;
}

function decode(topic: string, bytes: Uint8Array): Json {
  const table = cityBodies[nameOf(topic)]!;
  const type = root.lookupType(`rscu.tits0180.${table.name}`);
  return read(table, type.decode(bytes) as unknown as Json);
}

/** On the wire an empty list and none are the same (1.7). */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !(Array.isArray(member) && member.length === 0))
      .map(([name, member]) => [name, withoutEmptyLists(member)]),
  );
}

interface Line {
  readonly topic: string;
  readonly payload: Json;
}

describe('every message of a simulated minute', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lukou-proto-'));
  let lines: Line[] = [];
  beforeAll(async () => {
    const site = demoSite();
    const recording = join(folder, 'recording');
    const rules = { wrongWay: [5], jaywalkers: [8] };
    await simulateRecording({ site, seconds: 65, seed: 7, users: 20, out: recording, rules });
    await replay({ recording, site, out: join(folder, 'out'), pace: 'max' });
    lines = readFileSync(join(folder, 'out', 'cloud.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is read back from protobuf with the same values, and no member is lost', () => {
    const seen = new Set<string>();
    let octets = 0;
    let characters = 0;
    for (const { topic, payload } of lines) {
      const text = JSON.stringify(payload);
      const { bytes, unknown } = encodeCity(topic, text);
      expect(unknown, topic).toEqual([]);
      const decoded = decode(topic, bytes);
      expect(withoutEmptyLists(decoded)).toEqual(withoutEmptyLists(payload));
      seen.add(nameOf(topic));
      octets += bytes.length;
      characters += text.length;
    }
    expect([...seen].sort()).toEqual(Object.keys(cityBodies).sort());
    expect(lines.length).toBeGreaterThan(1000);
    expect(octets / characters).toBeLessThan(0.5);
  });
});

test('a run status with faults loses nothing', () => {
  const site = demoSite();
  const composer = createCityComposer({
    site, cloud: site.clouds[0]!, softwareVersion: '0.0.0', eventCode: () => 901,
  });
  const now = { monoMs: monotonicMs(5000), utcMs: utcMs(1_772_323_205_000), errorMs: 5 };
  const down = { level: 'failed', reason: 'silent', detail: {}, sinceMs: 1000 } as const;
  const health = [
    { name: `sensor:${site.sensors[0]!.id}`, ...down },
    { name: `rsu:${site.rsus[0]!.id}`, ...down },
  ];
  const messages = composer.compose({
    now, tracks: null, signals: [], events: [], statistics: [], health,
  });
  const { topic, payload } = messages.find(({ topic: one }) => one.endsWith('run-status/up'))!;
  const { bytes, unknown } = encodeCity(topic, payload);
  expect(unknown).toEqual([]);
  const decoded = decode(topic, bytes);
  expect(decoded['faultList']).toHaveLength(2);
  expect(withoutEmptyLists(decoded)).toEqual(withoutEmptyLists(JSON.parse(payload)));
});

test('a participant has the field numbers of table 1.7 on the wire, read by hand', () => {
  const body = {
    timeStamp: 1, rscuSn: 'A',
    ptcList: [{
      timestamp: 2, ptcType: 1, ptcId: 300, vehicleClass: 4, laneId: 3,
      longitude: 1, latitude: -2, positionConfidence: 9, speed: 0.5, tracking: 7,
    }],
  };
  const inner = [
    '0802', // 1 timestamp, varint 2
    '1001', // 2 ptcType
    '18ac02', // 3 ptcId, 300 = 0xac 0x02
    '2004', // 4 vehicleClass
    '6003', // 12 laneId
    '69000000000000f03f', // 13 longitude, double 1
    '7100000000000000c0', // 14 latitude, double -2
    '800109', // 16 positionConfidence: (16 << 3) needs two octets
    '9101000000000000e03f', // 18 speed, double 0.5
    'e00107', // 28 tracking
  ].join('');
  const { bytes } = encodeCity('rscu/A/participant/up', JSON.stringify(body));
  expect(hex(bytes)).toBe(`0801120141${'1a'}${(inner.length / 2).toString(16)}${inner}`);
});

test('a lamp message has the field numbers of form B on the wire, read by hand', () => {
  const body = {
    signalControllerStamp: 5, rscuSn: 'A', cityCode: '31', regionId: '310114', crossId: '0-1',
    crossRealStatus: 0, controlMode: 21, number: 4, confidence: 1,
    lampRealInfos: [{
      phaseId: '6', lightStatus: 3, countDown: 12, lightStatusNext: 0, nextCountDown: 0,
      lightStatusNextNext: 0, nextNextCountDown: 0, dataSource: 2,
    }],
  };
  const expected = [
    '0805', // 1 signalControllerStamp
    '120141', // 2 rscuSn
    '1a023331', // 3 cityCode
    '2206333130313134', // 4 regionId
    '2a03302d31', // 5 crossId
    '5000', // 10 crossRealStatus, 0 and yet there
    '5815', // 11 controlMode
    '6004', // 12 number
    '71000000000000f03f', // 14 confidence
    '8a0111', // 17 lampRealInfos, 17 octets:
    '0a0136', '1003', '180c', '2000', '2800', '3000', '3800', '4002', // 1 to 8
  ].join('');
  const { bytes } = encodeCity('rscu/A/lamp/up', JSON.stringify(body));
  expect(hex(bytes)).toBe(expected);
});

test('a member without a row, at any depth, is named and not sent', () => {
  const body = { timeStamp: 1, rscuSn: 'A', extra: 1, ptcList: [], eventList: [] };
  const { bytes, unknown } = encodeCity('rscu/A/participant/up', JSON.stringify(body));
  expect(unknown).toEqual(['participant/up.extra', 'participant/up.eventList']);
  expect(hex(bytes)).toBe('0801120141');
  const flow = { ...laneFlowBody({ train: 1 }) };
  expect(encodeCity('rscu/A/traffic/up', JSON.stringify(flow)).unknown)
    .toEqual(['traffic/up.laneFlowData[0].classCounts.train']);
});

const laneFlowBody = (classCounts: Json): Json => ({
  timeStamp: 1, rscuSn: 'A', periodTime: 4, startTime: 1, endTime: 2,
  laneFlowData: [{ branchId: 'b', laneId: '1', laneFlow: [1, 2], classCounts }],
});

test.each([
  ['participant/up', { timeStamp: 1.5, rscuSn: 'A' }, 'participant/up.timeStamp'],
  ['participant/up', { timeStamp: 1, rscuSn: 7 }, 'participant/up.rscuSn'],
  ['participant/up', { rscuSn: 'A' }, 'participant/up.timeStamp'],
  ['participant/up', { timeStamp: 1, rscuSn: 'A', ack: null }, 'participant/up.ack'],
  ['event/up', { timeStamp: 1, rscuSn: 'A', eventList: {} }, 'event/up.eventList'],
  ['event/up', { timeStamp: 1, rscuSn: 'A', eventList: [1] }, 'event/up.eventList[0]'],
  [
    'basic-status/up',
    { timeStamp: 1, rscuSn: 'A', deviceType: 0, active: 0, transProtocal: 'SMS' },
    'basic-status/up.transProtocal',
  ],
  ['run-status/up', { timeStamp: 1, rscuSn: 'A', active: 2 ** 31 }, 'run-status/up.active'],
  ['config/down', {}, 'rscu/A/config/down'],
])('%s %j is refused with its path', (name, body, path) => {
  expect(() => encodeCity(`rscu/A/${name}`, JSON.stringify(body))).toThrow(path);
});

test('every class of road user has a row among the counts', () => {
  const classes = cityTables.find(({ name }) => name === 'ClassCounts')!;
  expect([...classes.byName.keys()].sort()).toEqual([...roadUserClasses].sort());
});

test('numbers and names are unique in each table, and the standard keeps those below 100', () => {
  let walked = 0;
  for (const { name, rows } of cityTables) {
    const numbers = rows.map(([number]: Row) => number);
    expect(new Set(numbers).size, name).toBe(rows.length);
    expect(new Set(rows.map(([, member]) => member)).size, name).toBe(rows.length);
    const theirs = numbers.filter((number) => number < 100);
    expect(theirs, name).toEqual(theirs.map((_, index) => index + 1));
    walked += rows.length;
  }
  expect(walked).toBe(218);
});

test('docs/rscu.proto is what the tables print; `node dist/scripts/proto.js` renews it', () => {
  const page = fileURLToPath(new URL('../../docs/rscu.proto', import.meta.url));
  expect(readFileSync(page, 'utf8')).toBe(protoText());
});
