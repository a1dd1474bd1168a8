import { expect, test } from 'vitest';
import type { GateParticipant } from '../../src/base/evidence.ts';
import type { GateOffer } from '../../src/gate/messages.ts';
import { laneTable, pinOf } from '../../src/gate/messages.ts';
import { decode, editions } from '../../src/gate/decode.ts';
import type { WireMap } from '../../src/gate/decode.ts';
import { defaultLimits } from '../../src/gate/rules.ts';
import { chinaGateProfile } from '../../src/gate/site.ts';
import { Junction, ruleOf, testLanes, testMap, testNode } from './junction.ts';
import { testLat, testLong, writeMap, writeRsi, writeRsm } from './writer.ts';
import type { TestAlert, TestMapNode, TestUser } from './writer.ts';

const row = (
  at: Junction, airId: number, more: Partial<GateParticipant> = {},
): GateParticipant => ({
  airId, measuredMs: at.nowMs - 60, unseen: 'seen', bound95M: 0.8, vulnerable: false,
  covered: true, speedMps: 10, greenMs: null, ...more,
});
const user = (at: Junction, id: number, more: Partial<TestUser> = {}): TestUser => ({
  id, secMark: at.utcMs % 60_000, ...more,
});
const self = (at: Junction): TestUser => user(at, 0, { type: 4, source: 1, speed: 0 });

function rsm(
  at: Junction, users: readonly TestUser[], rows: readonly GateParticipant[],
  more: Partial<GateOffer> = {},
): string {
  const offer = { type: 'RSM', participants: rows, spat: null, ...more };
  return ruleOf(at.check(writeRsm(users), offer));
}
/** One user with one row. */
const one = (
  at: Junction, change: Partial<TestUser> = {}, rowChange: Partial<GateParticipant> = {},
  more: Partial<GateOffer> = {},
): string => rsm(at, [self(at), user(at, 5, change)], [row(at, 5, rowChange)], more);

test('an RSM of the unit and what a healthy sensor sees passes (R30, R31)', () => {
  expect(one(new Junction())).toBe('passed');
});

test('an RSM without evidence, or with evidence over a second old, does not pass (R30)', () => {
  const at = new Junction();
  expect(one(at, {}, {}, { newestReceivedMs: null })).toBe('R30');
  expect(one(at, {}, {}, { newestReceivedMs: at.nowMs - 1001 })).toBe('R30');
  expect(one(at, {}, {}, { newestReceivedMs: at.nowMs - 1000 })).toBe('passed');
});

test('a zone that is not covered gives no road user older than 500 ms (R30)', () => {
  const at = new Junction();
  const hidden = { covered: false, unseen: 'occluded' } as const;
  expect(one(at, {}, { ...hidden, measuredMs: at.nowMs - 501 })).toBe('R30');
  expect(one(at, {}, { ...hidden, measuredMs: at.nowMs - 500 })).toBe('passed');
});

test('the age of a road user is limited by why it is not seen (R31)', () => {
  const limits: [Partial<GateParticipant>, number][] = [
    [{ unseen: 'seen' }, 500], [{ unseen: 'missed' }, 500], [{ unseen: 'occluded' }, 3000],
    [{ unseen: 'occluded', vulnerable: true }, 2000], [{ unseen: 'out-of-coverage' }, 3000],
  ];
  for (const [more, limitMs] of limits) {
    const at = new Junction();
    expect(one(at, {}, { ...more, measuredMs: at.nowMs - limitMs })).toBe('passed');
    expect(one(new Junction(), {}, { ...more, measuredMs: at.nowMs - limitMs - 1 })).toBe('R31');
  }
});

test('one who queues is held until five seconds after its green (R31)', () => {
  const at = new Junction();
  const queued = { unseen: 'queued', measuredMs: at.nowMs - 60_000 } as const;
  expect(one(at, {}, { ...queued, greenMs: at.nowMs - 5001 })).toBe('R31');
  expect(one(at, {}, { ...queued, greenMs: null })).toBe('passed');
  expect(one(new Junction(), {}, { ...queued, greenMs: at.nowMs - 5000 })).toBe('passed');
});

test('nobody whose place is not known to 3 m is told of (R31)', () => {
  expect(one(new Junction(), {}, { bound95M: 3.01 })).toBe('R31');
});

test('secMark is the valid instant, also over the turn of a minute (R31)', () => {
  const at = new Junction();
  const mark = at.utcMs % 60_000;
  expect(one(at, { secMark: mark + 51 })).toBe('R31');
  expect(one(at, { secMark: 60_000 })).toBe('R31');
  expect(one(at, { secMark: mark - 50 })).toBe('passed');
  const late = new Junction();
  late.utcMs = Date.UTC(2026, 2, 1, 8, 16, 0, 10);
  expect(one(late, { secMark: 59_980 })).toBe('passed');
});

test('each row beside the message belongs to its participant (R31)', () => {
  const at = new Junction();
  expect(rsm(at, [self(at), user(at, 5)], [])).toBe('R31');
  expect(rsm(at, [self(at), user(at, 5)], [row(at, 6)])).toBe('R31');
  expect(rsm(at, [self(at), user(at, 5)], [row(at, 0), row(at, 5)])).toBe('passed');
});

test('ids: the unit is 0, others are under the ceiling, each stands once (R34)', () => {
  const at = new Junction();
  expect(rsm(at, [user(at, 0)], [])).toBe('R34');
  expect(rsm(at, [user(at, 0, { type: 4, source: 7 })], [])).toBe('R34');
  expect(one(at, { type: 4, speed: 0 }, { speedMps: 0 })).toBe('R34');
  expect(rsm(at, [user(at, 5), user(at, 5)], [row(at, 5), row(at, 5)])).toBe('R34');
  expect(one(at)).toBe('passed');
  expect(one(at)).toBe('R34'); // again in the same picture
  const strict = new Junction(testNode(), {
    profiles: [{ ...chinaGateProfile, idCeiling: 4 }],
  });
  expect(one(strict)).toBe('R34');
});

test('a second message of the same picture may bring others (R34)', () => {
  const at = new Junction();
  expect(one(at)).toBe('passed');
  expect(rsm(at, [self(at), user(at, 6)], [row(at, 6)])).toBe('passed');
});

test('an id that comes back elsewhere within ten seconds is refused, later it may (R34)', () => {
  for (const [waitMs, far, rule] of [
    [100, 9000, 'R32'], [500, 9000, 'R32'], [600, 9000, 'R34'], [100, 100, 'passed'], [9000, 8000, 'passed'],
    [10_100, 45_000, 'passed'], [2000, 45_000, 'R34'],
  ] as const) {
    const at = new Junction();
    expect(one(at)).toBe('passed');
    at.pass(waitMs);
    expect(one(at, { lat: far }), `${waitMs} ms`).toBe(rule);
  }
});

test('what leaves the map, is too fast for its kind or too big is refused (R32)', () => {
  expect(one(new Junction(), { lat: 50_001 })).toBe('R32');
  expect(one(new Junction(), { lat: -50_001 })).toBe('R32');
  expect(one(new Junction(), { long: 50_001 })).toBe('R32');
  expect(one(new Junction(), { long: -50_001 })).toBe('R32');
  expect(one(new Junction(), { type: 3, speed: 401 }, { speedMps: 8.02 })).toBe('R32');
  expect(one(new Junction(), { type: 3, speed: 400, length: 60, width: 60 }, { speedMps: 8 }))
    .toBe('passed');
  expect(one(new Junction(), { length: 4001 })).toBe('R32');
  expect(one(new Junction(), { width: 501 })).toBe('R32');
});

test('the speed in the bytes is the speed of the track, or unavailable (R20)', () => {
  expect(one(new Junction(), { speed: 510 })).toBe('R20');
  expect(one(new Junction(), { speed: 8191 })).toBe('passed');
});

test('more participants than a message may carry are refused (R34)', () => {
  const at = new Junction(testNode(), { limits: { ...defaultLimits, participants: 1 } });
  expect(one(at)).toBe('R34');
});

test('an id without a source, or of one who is hardly there, is refused (R33)', () => {
  expect(one(new Junction(), { source: 0 })).toBe('R33');
  expect(one(new Junction(), {}, { existence: 0.119 })).toBe('R33');
  expect(one(new Junction(), {}, { existence: 0.12 })).toBe('passed');
});

test('pictures follow one another by a tenth of a second, faster is told (R35)', () => {
  const at = new Junction();
  for (const [waitMs, alarms] of [[100, undefined], [50, undefined], [49, 1]] as const) {
    expect(one(at)).toBe('passed');
    at.pass(waitMs);
    expect(one(at), `${waitMs} ms`).toBe('passed');
    expect(at.gate.report().counters['alarm_R35']).toBe(alarms);
    at.pass(100);
  }
});

test('what is not known is unavailable in the bytes, what is known is said (R36, R20)', () => {
  for (const [wire, row, rule] of [
    [{ heading: 28_800 }, { headingDeg: null }, 'passed'], [{ heading: 0 }, { headingDeg: null }, 'R36'],
    [{ heading: 8000 }, { headingDeg: 100 }, 'passed'], [{ heading: 8001 }, { headingDeg: 100 }, 'R20'],
    [{ heading: 28_800 }, { headingDeg: 0 }, 'R20'], [{ heading: 0 }, { headingDeg: 359.996 }, 'passed'],
    [{ length: 0, width: 0 }, { lengthM: null, widthM: null }, 'passed'],
    [{ length: 450 }, { lengthM: null }, 'R36'], [{ width: 180 }, { widthM: null }, 'R36'],
    [{ length: 450 }, { lengthM: 4.5 }, 'passed'], [{ length: 452 }, { lengthM: 4.5 }, 'R20'],
    [{ length: 0 }, { lengthM: 0 }, 'R20'], [{ width: 180 }, { widthM: 1.82 }, 'R20'],
  ] as const) {
    expect(one(new Junction(), wire, row), JSON.stringify([wire, row])).toBe(rule);
  }
});

test('the type in the bytes is that of the track (R20)', () => {
  for (const [cls, type] of [
    ['unknown', 0], ['car', 1], ['van', 1], ['truck', 1], ['bus', 1], ['motorcycle', 1],
    ['bicycle', 2], ['pedestrian', 3],
  ] as const) {
    const small = { length: 60, width: 60, speed: 50 };
    for (const other of [0, 1, 2, 3]) {
      const said = one(new Junction(), { ...small, type: other }, { cls, speedMps: 1 });
      expect(said, `${cls} as ${other}`).toBe(other === type ? 'passed' : 'R20');
    }
  }
  expect(one(new Junction(), {}, { cls: 'ghost' })).toBe('R20');
});

test('the place in the bytes is that of the track to 2 cm (R20)', () => {
  const reference = { latDeg: testLat / 1e7, lonDeg: testLong / 1e7, heightM: 0 };
  const at = (): Junction => new Junction(testNode({ reference }));
  // 1e-7 degrees of latitude are 11.1 mm, of longitude at 31 degrees north 9.5 mm.
  expect(one(at(), { lat: 900, long: 0 }, { eastM: 0, northM: 9.98 })).toBe('passed');
  expect(one(at(), { lat: 903, long: 0 }, { eastM: 0, northM: 9.98 })).toBe('R20');
  expect(one(at(), { lat: 0, long: 1000 }, { eastM: 9.54, northM: 0 })).toBe('passed');
  expect(one(at(), { lat: 0, long: 1010 }, { eastM: 9.54, northM: 0 })).toBe('R20');
  expect(one(at(), { lat: 0, long: 1000 })).toBe('passed');
  expect(one(new Junction(), { lat: 0, long: 1000 }, { eastM: 0, northM: 0 })).toBe('passed');
});

test('nobody gains speed as no vehicle can (R32)', () => {
  for (const [after, rule] of [[860, 'passed'], [861, 'R32'], [140, 'passed'], [139, 'R32']] as const) {
    const at = new Junction();
    expect(one(at, { speed: 500 })).toBe('passed');
    at.pass(100);
    expect(one(at, { speed: after }, { speedMps: after * 0.02 }), `${after}`).toBe(rule);
  }
});

test('each kind has its greatest length and width (R32)', () => {
  for (const [type, length, width] of [[0, 4000, 500], [1, 4000, 500], [2, 400, 200], [3, 200, 200]] as const) {
    const slow = { type, speed: 50 };
    expect(one(new Junction(), { ...slow, length, width }, { speedMps: 1 })).toBe('passed');
    expect(one(new Junction(), { ...slow, length: length + 1, width }, { speedMps: 1 })).toBe(length < 4095 ? 'R32' : 'SIZE');
    expect(one(new Junction(), { ...slow, length, width: width + 1 }, { speedMps: 1 })).toBe('R32');
  }
});

test('under the strict ceiling an id rests for three seconds (R34)', () => {
  for (const [idCeiling, waitMs, rule] of [
    [255, 2999, 'R34'], [255, 3001, 'passed'], [256, 3001, 'R34'], [255, 3000, 'R34'],
  ] as const) {
    const at = new Junction(testNode(), { profiles: [{ ...chinaGateProfile, idCeiling }] });
    expect(one(at)).toBe('passed');
    at.pass(waitMs);
    expect(one(at, { lat: 45_000 }), `${idCeiling} ${waitMs}`).toBe(rule);
  }
});

test('no identity of a vehicle, plate or network address leaves (R40)', () => {
  expect(one(new Junction(), { identity: true })).toBe('R40');
  const text = (words: string): string => {
    const at = new Junction();
    const minute = minuteOf(at);
    return rsi(at, [{ id: 1, source: 5, start: minute, end: minute + 30, text: words }]);
  };
  for (const words of ['A12345', 'car A12345 stands', 'A 12345', 'A.D1234', 'AD12345', '00:1B:44:11:3A:B7', 'at 00-1b-44-11-3a-b7']) {
    expect(text(words), words).toBe('R40');
  }
  for (const words of ['EXIT 12', 'slow 60 km/h', 'ROAD12', 'G1503', 'A1234', 'A123456789', 'from 10:15:30 on']) {
    expect(text(words), words).toBe('passed');
  }
  expect(text('\u4eacA12345')).toBe('R40');
});

test('the content of a MAP is one of the pinned ones, its count and minute apart (R38)', () => {
  const pin = pinOf(writeMap(testMap), 'A')!;
  const at = new Junction(testNode({ pins: [pin] }));
  const say = (bytes: Uint8Array): string => ruleOf(at.check(bytes, { type: 'MAP', newestReceivedMs: null, spat: null }));
  expect(say(writeMap(testMap, 99))).toBe('passed');
  expect(say(writeMap(testMap, 100, at.stamps.moy))).toBe('R38'); // no pin of one with a minute
  const minutes = new Junction(testNode({ pins: [pinOf(writeMap(testMap, 0, 0), 'A')!] }));
  const stamped = (moy: number): string => ruleOf(minutes.check(
    writeMap(testMap, 1, moy), { type: 'MAP', newestReceivedMs: null, spat: null }));
  expect(stamped(minutes.stamps.moy)).toBe('passed');
  expect(stamped(minutes.stamps.moy + 1)).toBe('passed');
  expect(stamped(minutes.stamps.moy + 2)).toBe('R17');
  const moved = writeMap(testMap, 99);
  moved[8]! ^= 1; // the place of the node
  expect(say(moved)).toBe('R38');
  expect(pinOf(Uint8Array.from([0]), 'A')).toBeNull();
  expect(pinOf(at.unavailableBytes(), 'A')).toBeNull();
});

test('a MAP that stays away is told (R38)', () => {
  const at = new Junction();
  for (const [waitMs, alarms] of [[0, undefined], [1500, undefined], [1501, 1]] as const) {
    at.pass(waitMs);
    expect(map(at, testMap)).toBe('passed');
    expect(at.gate.report().counters['alarm_R38']).toBe(alarms);
  }
});

test('every group that a lane should name is named (R18)', () => {
  const groups = testNode().groups.map((row) => (row.id === 'p' ? { ...row, inMap: true } : row));
  expect(map(new Junction(testNode({ groups })), testMap)).toBe('R18');
});

test('a MAP tells nothing of vehicles: what they report is checked in perception alone (R39)', () => {
  const at = new Junction();
  const offer = { type: 'BSM', spat: null, newestReceivedMs: null };
  expect(ruleOf(at.check(Uint8Array.from([0, 0]), offer))).toBe('SIZE');
});

const map = (at: Junction, nodes: readonly TestMapNode[]): string =>
  ruleOf(at.check(writeMap(nodes), { type: 'MAP', newestReceivedMs: null, spat: null }));

test('the pinned MAP passes, its lanes and phases are what was pinned (R18)', () => {
  expect(map(new Junction(), testMap)).toBe('passed');
  const decoded = decode(writeMap(testMap), editions.A).message as WireMap;
  expect(laneTable(decoded.nodes[0]!)).toBe(testLanes);
});

test('a MAP with another lane, phase or node is refused (R18)', () => {
  const [node] = testMap as [TestMapNode];
  const [link] = node.links!;
  expect(map(new Junction(), [{ ...node, links: [{ ...link!, lanes: [{ id: 9 }] }] }])).toBe('R18');
  expect(map(new Junction(), [{ id: { region: 0, id: 11 } }])).toBe('R18');
  expect(map(new Junction(), [node, node])).toBe('R18');
  expect(map(new Junction(testNode({ lanes: [''] })), [{ id: { id: 10 } }])).toBe('R18');
});

test('a pinned MAP that names a phase without a group is refused (R18)', () => {
  const groups = testNode().groups.filter(({ id }) => id !== 'r');
  const node = testNode({ groups, conflicting: [], yielding: [] });
  expect(map(new Junction(node), testMap)).toBe('R18');
});

test('in a test mode every node of a MAP is a test node (R25)', () => {
  expect(map(new Junction(), [...testMap, { id: { region: 1, id: 11 } }])).toBe('R25');
  expect(map(new Junction(), [...testMap, { id: { region: 0, id: 256 } }])).toBe('R25');
  const live = new Junction(testNode(), { mode: 'live' });
  expect(map(live, [...testMap, { id: { region: 1, id: 11 } }])).toBe('passed');
});

const minuteOf = (at: Junction): number => at.stamps.moy;
const rsi = (at: Junction, alerts: readonly TestAlert[], moy?: number): string =>
  ruleOf(at.check(writeRsi(alerts, moy), { type: 'RSI', newestReceivedMs: null, spat: null }));

test('an alert with source, start and end passes, also over New Year (R37)', () => {
  const at = new Junction();
  const minute = minuteOf(at);
  const good = { start: minute - 5, end: minute + 25 };
  expect(rsi(at, [{ id: 1, source: 5, ...good }, { id: 1, ...good }], minute)).toBe('passed');
  at.utcMs = Date.UTC(2026, 11, 31, 23, 50);
  expect(rsi(at, [{ id: 1, source: 5, start: 525_580, end: 20 }])).toBe('passed');
});

test('an alert without source, start, end or future, or with a long life, is refused (R37)', () => {
  const at = new Junction();
  const minute = minuteOf(at);
  const good = { id: 1, source: 5, start: minute, end: minute + 30 };
  expect(rsi(at, [{ ...good, source: 0 }])).toBe('R37');
  expect(rsi(at, [{ id: 1, source: 5, end: minute + 30 }])).toBe('R37');
  expect(rsi(at, [{ id: 1, source: 5, start: minute }])).toBe('R37');
  expect(rsi(at, [{ id: 1, timeless: true }])).toBe('R37');
  expect(rsi(at, [{ ...good, end: minute + 1441 }])).toBe('R37');
  expect(rsi(at, [{ ...good, start: minute - 30, end: minute - 1 }])).toBe('R37');
  expect(rsi(at, [])).toBe('R37');
  expect(rsi(at, [good, good])).toBe('R34');
  expect(rsi(at, [{ id: 1, start: minute, end: minute + 30 }])).toBe('passed');
});

test('the minute of an RSI is the clock\'s (R17)', () => {
  const at = new Junction();
  const alert = { id: 1, source: 5, start: minuteOf(at), end: minuteOf(at) + 30 };
  expect(rsi(at, [alert], minuteOf(at) - 2)).toBe('R17');
  expect(rsi(at, [alert], minuteOf(at) + 2)).toBe('R17');
  expect(rsi(at, [alert], minuteOf(at) + 1)).toBe('passed');
});

test('minutes meet across New Year, and those beyond the end of a common year are none (R17)', () => {
  const at = new Junction();
  at.utcMs = Date.UTC(2027, 0, 1, 0, 0, 10);
  const alert = { id: 1, source: 5, start: 0, end: 30 };
  expect(rsi(at, [alert], 525_599)).toBe('passed');
  expect(rsi(at, [alert], 525_598)).toBe('R17');
  for (const minute of [525_600, 525_601, 527_040]) expect(rsi(at, [alert], minute)).toBe('R17');
});
