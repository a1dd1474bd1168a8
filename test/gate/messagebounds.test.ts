/** MAP, RSM and RSI at their limits: exactly there, and one beyond. */
import { expect, test } from 'vitest';
import type { GateParticipant } from '../../src/base/evidence.ts';
import { decode, editions } from '../../src/gate/decode.ts';
import { createGate } from '../../src/gate/gate.ts';
import type { GateOffer } from '../../src/gate/messages.ts';
import { pinOf } from '../../src/gate/messages.ts';
import { defaultLimits } from '../../src/gate/rules.ts';
import { chinaGateProfile } from '../../src/gate/site.ts';
import {
  allRed, Junction, ruleOf, rulesOf, testMap, testNode, testSite, textWitness,
} from './junction.ts';
import { writeMap, writeRsi, writeRsm } from './writer.ts';
import type { TestAlert, TestMapNode, TestUser } from './writer.ts';

type Row = Partial<GateParticipant>;
const rowOf = (at: Junction, airId: number, more: Row = {}): GateParticipant => ({
  airId, measuredMs: at.nowMs, unseen: 'seen', bound95M: 0.8, vulnerable: false, covered: true,
  speedMps: 10, greenMs: null, ...more,
});
const userOf = (at: Junction, id: number, more: Partial<TestUser> = {}): TestUser =>
  ({ id, secMark: Math.floor(at.utcMs % 60_000), ...more });
/** The unit and one road user; what the gate says of them. */
function look(
  at: Junction, user: Partial<TestUser> = {}, row: Row = {}, more: Partial<GateOffer> = {},
) {
  const id = user.id ?? 5;
  const self = userOf(at, 0, { type: 4, source: 1, speed: 0 });
  return at.check(writeRsm([self, userOf(at, id, user)]), {
    type: 'RSM', participants: [rowOf(at, id, row)], spat: null, newestReceivedMs: at.nowMs,
    ...more,
  });
}
const rsm = (...given: Parameters<typeof look>): string => ruleOf(look(...given));
const aside = { newestReceivedMs: null, spat: null } as const;
const map = (at: Junction, nodes: readonly TestMapNode[], minute?: number, more = {}): string =>
  ruleOf(at.check(writeMap(nodes, 0, minute), { type: 'MAP', ...aside, ...more }));
const rsi = (at: Junction, alerts: readonly TestAlert[], moy?: number): string =>
  ruleOf(at.check(writeRsi(alerts, moy), { type: 'RSI', ...aside }));
const sentOf = (at: Junction) => (at.gate.snapshot() as {
  nodes: Record<string, { sent: { users: object; alerts: object } }>;
}).nodes['0-10']!.sent;

test('evidence of a box that has just started is none where there is none (R30, R22)', () => {
  const at = new Junction();
  at.nowMs = 500;
  expect(rsm(at, {}, {}, { newestReceivedMs: null })).toBe('R30');
  const fresh = new Junction();
  fresh.nowMs = 100;
  expect(ruleOf(fresh.unavailable())).toBe('R22');
});

test('what waited long is told of SPAT alone, over 200 ms and not at them (R1, R3)', () => {
  const at = new Junction().warm();
  const alarms = () => {
    const { counters } = at.gate.report();
    return [counters['alarm_R1'], counters['alarm_R3']];
  };
  expect(rsm(at, {}, {}, { newestReceivedMs: at.nowMs - 900 })).toBe('passed');
  expect(at.check(at.unavailableBytes(), aside).pass).toBe(true);
  at.cycle();
  expect(at.spat().pass).toBe(true);
  expect(at.check(writeMap(testMap), { type: 'MAP', ...aside }).pass).toBe(true);
  expect(alarms()).toEqual([undefined, undefined]);
  // A MAP between two SPAT does not make the frame of the first one new.
  at.pass(100);
  const waited = at.nowMs - 120;
  expect(at.check(at.spatBytes(), { newestReceivedMs: waited }).pass).toBe(true);
  expect(alarms()).toEqual([undefined, undefined]);
  at.cycle();
  const send = (ageMs: number) => at.check(at.spatBytes(), { newestReceivedMs: at.nowMs - ageMs });
  expect(send(200).pass).toBe(true);
  expect(alarms()).toEqual([undefined, 1]);
  at.cycle();
  expect(send(201).pass).toBe(true);
  expect(alarms()).toEqual([1, 2]);
  at.cycle();
  expect(at.check(at.spatBytes(), { newestReceivedMs: null }).pass).toBe(true);
  expect(alarms()).toEqual([1, 2]);
});

test('figures of a refusal are rounded to a thousandth, up as well as down', () => {
  const at = new Junction();
  const early = { type: 'MAP', validMs: at.nowMs - 300.1236 };
  expect(at.check(writeMap(testMap), early)).toMatchObject({ got: '300.124' });
});

test('a pin is all octets of the MAP in hexadecimal, without count and minute (R38)', () => {
  const nodes = Array.from({ length: 48 }, (_, id) => ({ id: { id } }));
  const hex = (bytes: Uint8Array): string =>
    [...bytes].map((octet) => (octet < 16 ? '0' : '') + octet.toString(16)).join('');
  for (const [said, bare] of [
    [writeMap(nodes, 127), writeMap(nodes, 0)],
    [writeMap(nodes, 127, 527_039), writeMap(nodes, 0, 0)],
    [writeMap(nodes, 85, 349_525), writeMap(nodes, 0, 0)],
  ] as const) {
    const before = said.slice();
    expect(pinOf(said, 'A')).toBe(hex(bare));
    expect(said).toEqual(before);
  }
});

test('the count of a message that could not be read stands nowhere', () => {
  expect(decode(Uint8Array.from([0x80]), editions.A)).toMatchObject({
    message: null, countAt: 0, moyAt: [], msAt: [],
  });
});

test('a MAP whose lanes lead elsewhere is refused though its phases are right (R18)', () => {
  const [node] = testMap as [TestMapNode];
  const [link] = node.links!;
  const lanes = link!.lanes.map((lane) => (lane.id === 2
    ? { ...lane, to: [{ remote: { id: 15 }, phase: 4 }, { remote: { id: 14 } }] }
    : lane));
  expect(map(new Junction(), [{ ...node, links: [{ ...link!, lanes }] }])).toBe('R18');
});

test('the minute of a stamp is the clock\'s or the one beside it, over New Year too (R17)', () => {
  for (const [moy, rule] of [
    [0, 'passed'], [1, 'passed'], [2, 'R17'], [525_599, 'passed'], [525_598, 'R17'],
    [525_000, 'R17'],
  ] as const) {
    const at = new Junction(testNode());
    at.utcMs = Date.UTC(2026, 0, 1, 0, 0, 30);
    expect(map(at, testMap, moy), `${moy}`).toBe(rule);
  }
});

test('a MAP of other octets takes SPAT down, one of a wrong age or minute does not (R38)', () => {
  const pins = [pinOf(writeMap(testMap), 'A')!];
  const at = new Junction(testNode({ pins })).warm();
  expect(map(at, testMap, undefined, { validMs: at.nowMs - 301 })).toBe('R22');
  expect(map(at, testMap, at.stamps.moy + 2)).toBe('R17');
  expect(at.cycle()).toMatchObject({ level: 'valid', reasons: [] });
  expect(map(at, testMap, at.stamps.moy)).toBe('R38');
  expect(at.cycle()).toMatchObject({ level: 'unavailable', map: 'missing' });
});

test('a SPAT of another node, and an RSM that lies, do not take this SPAT down (R18, R20)', () => {
  const at = new Junction().warm();
  expect(ruleOf(at.spat({}, { node: { region: 0, id: 11 } }))).toBe('R18');
  expect(at.cycle()).toMatchObject({ level: 'valid', reasons: [] });
  expect(rsm(at, { speed: 510 })).toBe('R20');
  expect(at.cycle()).toMatchObject({ level: 'valid', reasons: [] });
});

test('lamps, conflicts, status and words that disagree make the next SPAT unavailable', () => {
  for (const [rule, light, status] of [
    ['R5', { 9: [{ light: 3 }] }, 0], ['R6', { 4: [{ light: 6 }] }, 0], ['R19', {}, 0x8000],
    ['R20', { 1: [{ light: 6 }] }, 0],
  ] as const) {
    const at = new Junction().warm({ ...allRed, r: 'green' });
    expect(ruleOf(at.spat(light as never, { status })), rule).toBe(rule);
    expect(at.cycle(), rule).toMatchObject({ level: 'unavailable', reasons: [{ rule }] });
  }
});

test('a witness that breaks while bytes are looked at is told as itself', () => {
  const at = new Junction().warm();
  let broken = false;
  const witness: typeof textWitness = (frames) => {
    if (broken) throw new RangeError('a witness broke');
    return textWitness(frames);
  };
  const gate = createGate(testSite(testNode()), {
    witnesses: { text: witness }, latches: [], startMs: 0,
  });
  gate.restore(at.gate.snapshot());
  broken = true;
  expect(() => gate.check(at.offer(at.spatBytes()), at.now)).toThrow('a witness broke');
});

test('a node without lamps reads nothing, whatever witnesses there are', () => {
  const node = testNode({ witness: null });
  const witnesses = { text: textWitness, null: textWitness, undefined: textWitness };
  const gate = createGate(testSite(node), { witnesses, latches: [], startMs: 0 });
  const clock = new Junction();
  clock.cycle();
  const verdict = gate.level('0-10', {
    frames: clock.frames, availability: 'usable', status: null, minEnds: {},
  }, clock.now);
  expect(rulesOf(verdict)).toContain('R5');
});

test('each level, its rules and a message too long are told by name', () => {
  const at = new Junction();
  expect(at.gate.verdict('0-10')).toEqual({
    level: 'unavailable', reasons: [], withheld: [], untimed: [],
  });
  at.pass(1000);
  at.decide();
  at.decide();
  expect(at.gate.report().counters).toMatchObject({ level_R1: 2 });
  const long = at.check(new Uint8Array(2303), { type: 'MAP' });
  expect(long).toMatchObject({ rule: 'SIZE', reason: 'octets', expected: '2302 or less' });
  expect(chinaGateProfile).toMatchObject({
    overHour: 36_000, unknownTime: 36_001, idCeiling: 65_535, sizeOctets: 2302,
  });
  expect(at.gate.level('0-10', null, at.now).reasons[0]).toMatchObject({
    rule: 'R5', got: 'never-heard',
  });
});

test('a snapshot carries counters, refusals and who opened a latch', () => {
  const at = new Junction();
  at.check(Uint8Array.from([1]));
  const next = new Junction();
  next.gate.restore(at.gate.snapshot());
  expect(next.gate.report()).toEqual(at.gate.report());
});

test('a latch opened by hand is stored and counted, and three conflicts latch anew (R6b)', () => {
  const at = new Junction(testNode({ intergreens: [] })).warm();
  const clash = { ...allRed, a: 'green', b: 'green' } as const;
  const latched = (): boolean => at.gate.report().nodes['0-10']!.latch !== null;
  for (let index = 0; index < 3; index++) at.cycle(clash);
  expect([latched(), at.gate.latchVersion()]).toEqual([true, 1]);
  expect(at.gate.releaseLatch('0-10', 'engineer')).toBe(true);
  expect([latched(), at.gate.latchVersion()]).toEqual([false, 2]);
  expect(at.gate.report().counters['latch_released']).toBe(1);
  at.cycle(clash);
  at.cycle(clash);
  expect(latched()).toBe(false);
  at.cycle(clash);
  expect(latched()).toBe(true);
});

test('two marks over the turn of a minute differ by up to 50 ms, not more (R31)', () => {
  for (const [utcMs, secMark, rule] of [
    [10, 59_960, 'passed'], [10, 59_959, 'R31'], [59_980, 30, 'passed'], [59_980, 31, 'R31'],
    [59_999, 59_999, 'passed'], [0, 60_000, 'R31'], [0, 0, 'passed'],
  ] as const) {
    const at = new Junction();
    at.utcMs = Date.UTC(2026, 2, 1, 8, 16) + utcMs;
    const self = { type: 4, id: 0, source: 1, secMark: utcMs, speed: 0 };
    expect(ruleOf(at.check(writeRsm([self, { id: 5, secMark }]), {
      type: 'RSM', participants: [rowOf(at, 5)], spat: null, newestReceivedMs: at.nowMs,
    })), `${utcMs} ${secMark}`).toBe(rule);
  }
});

test('too fast for its kind is refused whatever its size (R32)', () => {
  const small = { type: 3, length: 60, width: 60 };
  expect(rsm(new Junction(), { ...small, speed: 400 }, { speedMps: 8 })).toBe('passed');
  expect(look(new Junction(), { ...small, speed: 401 }, { speedMps: 8.02 }))
    .toMatchObject({ rule: 'R32', reason: 'id 5: speed, m/s' });
  const half = { limits: { ...defaultLimits, speedOffMps: 0.5 } };
  expect(rsm(new Junction(testNode(), half), { speed: 500 }, { speedMps: 9.5 })).toBe('passed');
  expect(rsm(new Junction(testNode(), half), { speed: 500 }, { speedMps: 9.49 })).toBe('R20');
});

test('a jump is measured in metres and seconds to the step of a coordinate (R34)', () => {
  for (const [waitMs, speed, lat, rule] of [
    [10_000, 500, 9308, 'passed'], [10_000, 500, 9309, 'R34'],
    [1000, 0, 323, 'passed'], [1000, 0, 324, 'R34'], [100, 0, 324, 'R32'],
  ] as const) {
    const at = new Junction();
    const row = { speedMps: speed * 0.02 };
    expect(rsm(at, { speed }, row)).toBe('passed');
    at.pass(waitMs);
    expect(rsm(at, { speed, lat }, row), `${waitMs} ${lat}`).toBe(rule);
  }
});

test('a jump to the east is as long as the latitude makes it (R34)', () => {
  for (const [long, rule] of [[377, 'passed'], [378, 'R34'], [-377, 'passed'], [-378, 'R34']]) {
    const at = new Junction();
    expect(rsm(at, { speed: 0 }, { speedMps: 0 })).toBe('passed');
    at.pass(1000);
    expect(rsm(at, { speed: 0, long: long as number }, { speedMps: 0 }), `${long}`).toBe(rule);
  }
});

test('an older picture that comes late is as far away as a newer one (R32)', () => {
  for (const [lat, rule] of [[413, 'passed'], [414, 'R32']] as const) {
    const at = new Junction();
    expect(rsm(at)).toBe('passed');
    const validMs = at.nowMs - 100;
    const secMark = at.utcMs % 60_000 - 100;
    const self = { type: 4, id: 0, source: 1, secMark, speed: 0 };
    expect(ruleOf(at.check(writeRsm([self, { id: 5, secMark, lat }]), {
      type: 'RSM', participants: [rowOf(at, 5)], spat: null, newestReceivedMs: at.nowMs, validMs,
    })), `${lat}`).toBe(rule);
  }
});

test('too many participants are told as such (R34)', () => {
  const limits = { ...defaultLimits, participants: 1 };
  expect(look(new Junction(testNode(), { limits }))).toMatchObject({
    rule: 'R34', reason: 'participants', expected: '1 or less', got: '2',
  });
});

test('who is missing in a picture is remembered to the end of the rest, no longer (R34)', () => {
  const at = new Junction();
  expect(rsm(at)).toBe('passed');
  at.pass(100);
  expect(rsm(at, { id: 6 })).toBe('passed');
  at.pass(100);
  expect(rsm(at, { lat: 9000 })).toBe('R32');
  const later = new Junction();
  expect(rsm(later)).toBe('passed');
  later.pass(10_000);
  expect(rsm(later, { id: 6 })).toBe('passed');
  expect(rsm(later, { lat: 45_000 })).toBe('R34'); // the same picture, exactly ten seconds on
  later.pass(1);
  expect(rsm(later, { id: 7 })).toBe('passed');
  expect(Object.keys(sentOf(later).users)).toEqual(['6', '7']);
});

test('heading, length and width are told by name, and turn at the full circle (R20)', () => {
  for (const [wire, row, reason] of [
    [{ heading: 0 }, { headingDeg: 359.99 }, 'id 5: heading'],
    [{ heading: 0 }, { headingDeg: 359.995 }, undefined],
    [{ heading: 28_799 }, { headingDeg: 0.01 }, 'id 5: heading'],
    [{ length: 450 }, { lengthM: 4.52 }, 'id 5: length'],
    [{ width: 180 }, { widthM: 1.8 }, undefined], [{ width: 300 }, { widthM: 3 }, undefined],
    [{ width: 180 }, { widthM: 1.79 }, 'id 5: width'],
    [{ heading: 0 }, { headingDeg: null }, 'id 5: heading'],
  ] as const) {
    const result = look(new Junction(), wire, row);
    expect(result.pass ? undefined : result.reason, JSON.stringify(wire)).toBe(reason);
  }
});

test('the first picture of a node is not too early (R35)', () => {
  const at = new Junction();
  expect(rsm(at)).toBe('passed');
  expect(at.gate.report().counters['alarm_R35']).toBeUndefined();
});

test('an alert without start or end is refused on New Year\'s day as well (R37)', () => {
  const at = new Junction();
  at.utcMs = Date.UTC(2026, 0, 1, 0, 0, 30);
  expect(rsi(at, [{ id: 1, source: 5, end: 60 }])).toBe('R37');
  expect(rsi(at, [{ id: 1, source: 5, start: 0 }])).toBe('R37');
  expect(rsi(at, [{ id: 1, source: 5, start: 0, end: 60 }])).toBe('passed');
});

test('an alert may be said to the last millisecond of its end minute and a minute (R37)', () => {
  const life = (waitMs: number): string => {
    const at = new Junction();
    const alert = { id: 1, source: 5, start: at.stamps.moy, end: at.stamps.moy + 2 };
    expect(rsi(at, [alert])).toBe('passed');
    at.pass(waitMs);
    at.utcMs -= waitMs;
    return rsi(at, [alert]);
  };
  expect([life(179_999), life(180_000), life(180_001)]).toEqual(['passed', 'passed', 'R37']);
});

test('an alert that is over is remembered for a day, exactly (R37)', () => {
  for (const [moreMs, rule] of [[0, 'R37'], [1, 'passed']] as const) {
    const at = new Junction();
    const { moy } = at.stamps;
    expect(rsi(at, [{ id: 1, source: 5, start: moy, end: moy + 1 }])).toBe('passed');
    const waitMs = 120_000 + 86_400_000 + moreMs;
    at.pass(waitMs);
    const later = at.stamps.moy;
    expect(rsi(at, [{ id: 2, source: 5, start: later, end: later + 1 }])).toBe('passed');
    at.utcMs -= waitMs;
    expect(rsi(at, [{ id: 1, source: 5, start: moy, end: moy + 1 }]), `${moreMs}`).toBe(rule);
  }
});

test('a thousand alerts are remembered beside those of the message (R37)', () => {
  const at = new Junction();
  const { moy } = at.stamps;
  const batch = (end: number): string => rsi(at, Array.from({ length: 16 }, (_, id) =>
    ({ id, start: moy, end })));
  for (let end = 1; end <= 64; end++) expect(batch(moy + end)).toBe('passed');
  expect(Object.keys(sentOf(at).alerts).length).toBe(1016);
  expect(batch(moy + 65)).toBe('passed');
  expect(Object.keys(sentOf(at).alerts).length).toBe(1016);
});
