import { expect, test } from 'vitest';
import { createCityComposer } from '../../src/cloud/compose.ts';
import type { RoadEvent } from '../../src/model/event.ts';
import type { HealthCheck } from '../../src/model/health.ts';
import type { PrivacyClass } from '../../src/model/privacy.ts';
import type { CityInput, CityMessage } from '../../src/model/stages.ts';
import type { LaneStatistic } from '../../src/model/statistic.ts';
import { eventCodes } from '../../v2x/compose/codes.ts';
import { demoSite } from '../demosite.ts';
import { end, listOf, stamp, stateOf, timing, trackOf, START_UTC_MS } from '../v2x/compose-kit.ts';

const site = demoSite();
const [firstLane] = site.road.lanes;

const composer = (more: Partial<(typeof site.clouds)[number]> = {}) => createCityComposer({
  site, cloud: { ...site.clouds[0]!, ...more }, softwareVersion: '1.2.3',
  eventCode: (kind) => eventCodes[kind].code,
});
const input = (atMs: number, more: Partial<CityInput> = {}): CityInput => ({
  now: stamp(atMs), tracks: null, signals: [], events: [], statistics: [], health: [], ...more,
});
type Body = Record<string, unknown> & { readonly [list: string]: unknown };
const bodies = (messages: readonly CityMessage[], name: string): Body[] =>
  messages.filter(({ topic }) => topic.endsWith(`/${name}`)).map(({ payload }) => JSON.parse(payload) as Body);
const rows = (body: Body, name: string): Body[] => body[name] as Body[];

/** Type of each mandatory field (M) and of optional ones that we send, as the tables print them. */
const L = 'integer';
const tables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'basic-status/up': { timeStamp: L, rscuSn: 'string', deviceType: L, active: L, rsuNum: L, sensorNum: L, longitude: 'number', transProtocal: 'string' },
  'run-status/up': { timeStamp: L, rscuSn: 'string', active: L, rscuStatus: L, rsuNum: L, sensorNum: L },
  'participant/up': { timeStamp: L, rscuSn: 'string' },
  'event/up': { timeStamp: L, rscuSn: 'string' },
  'traffic/up': { timeStamp: L, rscuSn: 'string', periodTime: L, startTime: L, endTime: L, duration: 'number', crossId: 'string' },
  'lamp/up': { signalControllerStamp: L, cityCode: 'string', regionId: 'string', crossId: 'string', crossRealStatus: L, controlMode: L, number: L, confidence: 'number' },
};
const lists: Readonly<Record<string, readonly [list: string, fields: Readonly<Record<string, string>>][]>> = {
  'basic-status/up': [['rsulist', { rsuSn: 'string', deviceType: L }], ['sensorlist', { sensorSn: 'string', deviceType: L, latitude: 'number' }]],
  'run-status/up': [
    ['rsuStatusList', { rsuSn: 'string', deviceType: L, active: L }], ['sensorStatusList', { sensorSn: 'string', deviceType: L, active: L }],
    ['faultList', { deviceSn: 'string', deviceType: L, faultType: L, faultTime: L, faultDescription: 'string' }],
  ],
  'participant/up': [['ptcList', {
    timestamp: L, ptcType: L, ptcId: L, longitude: 'number', latitude: 'number', positionConfidence: L, speed: 'number',
    speedConfidence: L, heading: 'number', headingConfidence: L, sourceType: L, status: L, tracking: L, vehicleClass: L,
  }]],
  'event/up': [['eventList', { eventId: L, eventType: L, sourceType: L, startTime: L, longitude: 'number', latitude: 'number', priority: 'string', eventConfidence: L }]],
  'traffic/up': [['laneFlowData', { branchId: 'string', laneId: 'string', queueLength: 'number', queueCount: L, trafficNumber: L, completeness: 'number' }]],
  'lamp/up': [['lampRealInfos', { phaseId: 'string', lightStatus: L, countDown: L, lightStatusNext: L, nextCountDown: L, lightStatusNextNext: L, nextNextCountDown: L, dataSource: L }]],
};
const typeOf = (value: unknown): string => (Number.isInteger(value) ? 'integer' : typeof value);
const fits = (value: unknown, type: string): boolean => typeOf(value) === type || (type === 'number' && typeof value === 'number');

const event = (atMs: number, more: Partial<RoadEvent> = {}): RoadEvent => ({
  id: 9, kind: 'wrong-way', began: stamp(0), ended: null, updated: stamp(atMs), eastM: 4, northM: 5, radiusM: 30,
  laneId: firstLane!.id, linkId: firstLane!.linkId, path: [], tracks: [], confidence: 0.85, priority: 7, description: null, ...more,
});
const statistic = (more: Partial<LaneStatistic> = {}): LaneStatistic => ({
  laneId: firstLane!.id, linkId: firstLane!.linkId, began: stamp(0), ended: stamp(60_000), flow: { car: 5, bus: 1 },
  meanSpeedMps: 8.456, occupancy: 0.12345, queueLengthM: 31.26, queueCount: 4, meanDelayS: 12.34, completeness: 0.98765, ...more,
});
const sick: HealthCheck = { name: `sensor:${site.sensors[0]!.id}`, level: 'failed', reason: 'silent', detail: {}, sinceMs: 200 };

test('every message of the standard has its mandatory fields with the printed types, and no null anywhere', () => {
  const messages = composer().compose(input(60_000, {
    tracks: listOf(60_000, [trackOf(60_000, 417, 3, 4), trackOf(60_000, 2, 0, 0, { headingRad: null, headingSigmaRad: null })]),
    signals: [stateOf(site, 60_000)], events: [event(60_000)], statistics: [statistic()], health: [sick],
  }));
  let fields = 0;
  for (const [name, table] of Object.entries(tables)) {
    const found = bodies(messages, name);
    expect(found, name).toHaveLength(1);
    const [body] = found;
    for (const [field, type] of Object.entries(table)) {
      expect(fits(body![field], type), `${name} ${field}: ${String(body![field])}`).toBe(true);
      fields++;
    }
    for (const [list, row] of lists[name]!) {
      expect(rows(body!, list).length, `${name} ${list}`).toBeGreaterThan(0);
      for (const [field, type] of Object.entries(row)) {
        expect(fits(rows(body!, list)[0]![field], type), `${name} ${list}.${field}`).toBe(true);
        fields++;
      }
    }
  }
  expect(fields).toBeGreaterThan(70);
  for (const { payload, topic } of messages) {
    expect(payload, topic).not.toContain('null');
    expect(topic).toMatch(/^rscu\/LUKOU-DEMO-0001\/[a-z-]+\/up$/);
  }
});

test('a participant is told in m/s, degrees from north and the indices of the air scales', () => {
  const [body] = bodies(composer().compose(input(1000, {
    tracks: listOf(1000, [trackOf(1000, 417, 0, 0, { speedMps: 12.5, headingRad: 0, kinds: ['radar'], laneId: firstLane!.id, bornMs: stamp(-9000).monoMs })]),
  })), 'participant/up');
  const { reference } = site.frame;
  expect(rows(body!, 'ptcList')[0]).toEqual({
    timestamp: START_UTC_MS + 1000, ptcType: 1, ptcId: 417, vehicleClass: 1, sourceType: 5, laneId: firstLane!.number,
    longitude: reference.lonDeg, latitude: reference.latDeg, elevation: reference.heightM,
    positionConfidence: 10, // 0.49 m: 50 cm is index 10 on air
    status: 2, speed: 12.5, speedConfidence: 4, heading: 90, headingConfidence: 2, acceleration: 0,
    length: 4.5, width: 1.8, height: 1.5, tracking: 10,
  });
});

test('live messages go at their rate, replace one another by stream, and never as records', () => {
  const city = composer({ liveHz: 10 });
  const sent: CityMessage[] = [];
  for (let atMs = 0; atMs < 2000; atMs += 50) {
    sent.push(...city.compose(input(atMs, { tracks: listOf(atMs, []), signals: [stateOf(site, atMs)] })));
  }
  const live = sent.filter(({ delivery }) => delivery === 'live');
  expect(live).toHaveLength(40);
  expect(new Set(live.map(({ key }) => key)).size).toBe(2);
  expect(new Set(live.map(({ topic }) => topic.split('/')[2]))).toEqual(new Set(['participant', 'lamp']));
  const records = sent.filter(({ delivery }) => delivery === 'record');
  expect(records.map(({ topic }) => topic.split('/')[2])).toEqual(['basic-status', 'run-status']);
});

test('keys of records differ, also within one instant', () => {
  const city = composer();
  const keys: string[] = [];
  for (let atMs = 0; atMs < 30_000; atMs += 100) {
    const health: HealthCheck[] = [{ ...sick, level: atMs % 300 === 0 ? 'failed' : 'ok' }];
    const made = city.compose(input(atMs, { events: [event(atMs)], statistics: atMs % 10_000 === 0 ? [statistic()] : [], health }));
    keys.push(...made.filter(({ delivery }) => delivery === 'record').map(({ key }) => key));
  }
  expect(keys.length).toBeGreaterThan(200);
  expect(new Set(keys).size).toBe(keys.length);
});

test('running state goes when it changes and at its period; a fault tells since when', () => {
  const city = composer({ runStatusS: 10 });
  const times: number[] = [];
  let fault: Body | undefined;
  for (let atMs = 0; atMs <= 30_000; atMs += 100) {
    const health = [{ ...sick, level: atMs >= 12_000 ? 'failed' as const : 'ok' as const, sinceMs: atMs >= 12_000 ? 11_500 : 0 }];
    for (const body of bodies(city.compose(input(atMs, { health })), 'run-status/up')) {
      times.push(atMs);
      fault = rows(body, 'faultList')[0] ?? fault;
    }
  }
  expect(times).toEqual([0, 10_000, 12_000, 22_000]);
  expect(fault!['faultTime']).toBe(START_UTC_MS + 11_500);
});

test('a device that was never heard is offline, not healthy', () => {
  const unheard = { ...sick, level: 'unknown' as const, reason: 'never_heard' };
  const [body] = bodies(composer().compose(input(0, { health: [unheard] })), 'run-status/up');
  expect(rows(body!, 'sensorStatusList')[0]).toMatchObject({ sensorSn: site.sensors[0]!.id, status: 0, active: 1 });
});

test('an event goes every second while it lives, and its last message has its end and asks for an answer', () => {
  const city = composer();
  const told: [number, boolean, unknown][] = [];
  for (let atMs = 0; atMs <= 5000; atMs += 50) {
    const ended = atMs === 3350 ? stamp(3350) : null;
    const events = atMs <= 3350 ? [event(atMs, { ended })] : [];
    for (const body of bodies(city.compose(input(atMs, { events })), 'event/up')) {
      told.push([atMs, body['ack'] === true, rows(body, 'eventList')[0]!['endTime']]);
    }
  }
  expect(told).toEqual([
    [0, false, undefined], [1000, false, undefined], [2000, false, undefined], [3000, false, undefined],
    [3350, true, START_UTC_MS + 3350],
  ]);
  const [row] = rows(bodies(composer().compose(input(0, { events: [event(0)] })), 'event/up')[0]!, 'eventList');
  expect(row).toMatchObject({ eventId: 9, eventType: 904, sourceType: 1, priority: '7', eventConfidence: 170 });
});

test('lamps have form B: a phase once, air codes of lamps, seconds that are known, 0 and less confidence else', () => {
  const group = site.road.signalGroups[0]!;
  const lamps = (timed: boolean, more = {}) => bodies(composer().compose(input(1000, {
    signals: [stateOf(site, 1000, Object.fromEntries(site.road.signalGroups.map(({ id }) => [id, {
      timing: timed ? timing({ likelyEnd: end(21_400, 'controller-forecast') }) : timing({ minEnd: end(9000) }),
      ...(id === group.id ? { aspect: { colour: 'green', flashing: false } as const, rightOfWay: 'protected' as const, next: { aspect: { colour: 'yellow', flashing: false } as const, durationMs: 3000 } } : {}),
    }])), more)],
  })), 'lamp/up')[0]!;
  const timed = lamps(true);
  const infos = rows(timed, 'lampRealInfos');
  const phases = new Set(site.road.signalGroups.map(({ phase }) => String(phase)));
  expect(infos.map(({ phaseId }) => phaseId).sort()).toEqual([...phases].sort());
  expect(infos.find(({ phaseId }) => phaseId === String(group.phase))).toEqual({
    phaseId: String(group.phase), lightStatus: 6, countDown: 20, lightStatusNext: 7, nextCountDown: 3,
    lightStatusNextNext: 0, nextNextCountDown: 0, dataSource: 2,
  });
  expect(timed['confidence']).toBe(0.9);
  const unknown = lamps(false);
  expect(rows(unknown, 'lampRealInfos').map(({ countDown }) => countDown)).toEqual(infos.map(() => 0));
  expect(unknown['confidence']).toBe(0.5);
  const stale = lamps(true, { availability: 'stale' });
  expect(stale).toMatchObject({ crossRealStatus: 2, confidence: 0 });
  for (const { lightStatus, countDown, nextCountDown } of rows(stale, 'lampRealInfos')) {
    expect([lightStatus, countDown, nextCountDown]).toEqual([0, 0, 0]);
  }
});

test('traffic is one record a junction of a closed minute; a shorter window says so', () => {
  const made = bodies(composer().compose(input(60_000, { statistics: [statistic(), statistic({ laneId: site.road.lanes[1]!.id, linkId: site.road.lanes[1]!.linkId })] })), 'traffic/up');
  expect(made).toHaveLength(1);
  expect(made[0]).toMatchObject({ periodTime: 4, duration: 60, startTime: START_UTC_MS, endTime: START_UTC_MS + 60_000 });
  expect(rows(made[0]!, 'laneFlowData')[0]).toMatchObject({
    branchId: firstLane!.linkId, laneId: String(firstLane!.number), queueLength: 31.3, queueCount: 4, trafficNumber: 6,
    wasteTime: 12.3, completeness: 0.988, occupancy: 0.123, meanSpeed: 8.46, classCounts: { car: 5, bus: 1 },
  });
  const [short] = bodies(composer().compose(input(60_000, { statistics: [statistic({ began: stamp(20_000), meanSpeedMps: null, meanDelayS: null })] })), 'traffic/up');
  expect(short).toMatchObject({ periodTime: 6, duration: 40 });
  expect(rows(short!, 'laneFlowData')[0]).not.toHaveProperty('meanSpeed');
});

test('a cloud that may have public data alone gets no single road user', () => {
  const say = (privacy: PrivacyClass) => composer({ privacy }).compose(input(1000, {
    tracks: listOf(1000, [trackOf(1000, 417, 3, 4)]), signals: [stateOf(site, 1000)], events: [event(1000)], statistics: [statistic()],
  }));
  expect(bodies(say('pseudonymous'), 'participant/up')).toHaveLength(1);
  const made = say('public');
  expect(bodies(made, 'participant/up')).toHaveLength(0);
  expect(bodies(made, 'lamp/up')).toHaveLength(1);
  expect(JSON.stringify(made)).not.toContain('"ptcId"');
});

test('a restored composer goes on as the one that it was taken from', () => {
  const whole = (atMs: number) => input(atMs, { tracks: listOf(atMs, [trackOf(atMs, 1, 2, 3)]), events: [event(atMs)], health: [sick] });
  const first = composer();
  for (let atMs = 0; atMs < 2350; atMs += 50) first.compose(whole(atMs));
  const second = composer();
  second.restore(structuredClone(first.snapshot()));
  for (let atMs = 2350; atMs < 15_000; atMs += 50) expect(second.compose(whole(atMs))).toEqual(first.compose(whole(atMs)));
});
