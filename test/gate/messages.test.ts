import { expect, test } from 'vitest';
import type { GateParticipant } from '../../src/base/evidence.ts';
import type { GateOffer } from '../../src/gate/messages.ts';
import { laneTable } from '../../src/gate/messages.ts';
import { decode, editions } from '../../src/gate/decode.ts';
import type { WireMap } from '../../src/gate/decode.ts';
import { defaultLimits } from '../../src/gate/rules.ts';
import { chinaGateProfile } from '../../src/gate/site.ts';
import { Junction, ruleOf, testLanes, testMap, testNode } from './junction.ts';
import { writeMap, writeRsi, writeRsm } from './writer.ts';
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
