import { expect, test } from 'vitest';
import { defaultLimits } from '../../src/gate/rules.ts';
import { mayFollow } from '../../src/gate/lamps.ts';
import { yieldsIn } from '../../src/gate/level.ts';
import { chinaGateProfile } from '../../src/gate/site.ts';
import { aGreen, allRed, group, Junction, quiet, ruleOf, rulesOf, testMap, testNode } from './junction.ts';
import { testLat, writeMap, writeRsi, writeRsm } from './writer.ts';

test('the figures of the rules are those of the safety reference', () => {
  expect(defaultLimits).toEqual({
    normalAgeMs: 200, pushAgeMs: 300, unavailableMs: 3000, pauseMs: 500,
    slowAgeMs: 1500, slowTimeConfidence: 6, gapMs: 125, longGapMs: 300, budgetMs: 100,
    startFrames: 3, stableMs: 2000, stableMaxMs: 60_000, forgetMs: 600_000,
    conflictFrames: 3, cleanCycles: 2, releasesPerDay: 3, dayMs: 86_400_000,
    breaches: 3, breachGreens: 10, yellowMinMs: 2700, shorterMs: 300, clearanceMs: 200,
    timingMs: 110, frozenMs: 1000, countShare: 0.1, clockGoodMs: 50, clockMs: 100,
    stepMs: 50, stepWindowMs: 1000, stepHoldMs: 2000, stampMs: 50, leapMs: 1000,
    markMs: 55, placeM: 0.02, speedOffMps: 0.0101, offerAgeMs: 300, verdictAgeMs: 250,
    silentMs: 1000, uncoveredMs: 500,
    missedMs: 500, hiddenVulnerableMs: 2000, hiddenMs: 3000, afterGreenMs: 5000, bound95M: 3,
    speedMps: [60, 60, 15, 8, 0], lengthCm: [4000, 4000, 400, 200, 4000],
    widthCm: [500, 500, 200, 200, 500], accelMps2: 12, speedNoiseMps: 6, jumpFloorM: 2,
    existence: 0.12, reuseMs: 10_000, strictReuseMs: 3000, participants: 16, pictureMs: 50,
    alertDefaultMin: 30, alertLifeMin: 1440, mapGapMs: 1500,
  });
});

test('a message is no longer than its profile has it, to the octet (SIZE)', () => {
  const bytes = writeMap(testMap);
  for (const [sizeOctets, rule] of [[bytes.length, 'passed'], [bytes.length - 1, 'SIZE']] as const) {
    const at = new Junction(testNode(), { profiles: [{ ...chinaGateProfile, sizeOctets }] });
    expect(ruleOf(at.check(bytes, { type: 'MAP', spat: null }))).toBe(rule);
  }
});

const said = (at: Junction, ends: { minMs?: number; maxMs?: number; likelyMs?: number }) => {
  const tenths = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : Math.round((ms - at.nowMs) / 100);
  at.timings = { 1: [{
    startMs: null, resolutionMs: 0, minEndMs: ends.minMs ?? null, maxEndMs: ends.maxMs ?? null,
    likelyEndMs: ends.likelyMs ?? null,
  }] };
  return at.spat({ 1: [{ light: 6, timing: {
    start: 0, likelyEnd: tenths(ends.likelyMs) ?? 36001,
    ...(ends.likelyMs === undefined ? {} : { confidence: 100 }),
    ...(ends.minMs === undefined ? {} : { minEnd: tenths(ends.minMs)! }),
    ...(ends.maxMs === undefined ? {} : { maxEnd: tenths(ends.maxMs)! }),
  } }] });
};

test('a likely end that jumps back is no slide; each end by itself is watched (R11, R12)', () => {
  const back = new Junction().warm(aGreen);
  let end = back.nowMs + 60_000;
  for (let cycle = 0; cycle < 40; cycle++) {
    back.cycle();
    if (cycle === 10) end -= 5000;
    expect(said(back, { likelyMs: end }).pass).toBe(true);
  }
  for (const name of ['minMs', 'maxMs'] as const) {
    const at = new Junction().warm(aGreen);
    const first = at.nowMs + 60_000;
    expect(said(at, { [name]: first }).pass).toBe(true);
    at.cycle();
    const shift = name === 'minMs' ? -111 : 111;
    expect(said(at, { [name]: first - shift }).pass, name).toBe(true); // the harmless way
    at.cycle();
    expect(ruleOf(said(at, { [name]: first + 2 * shift })), name).toBe('R11');
  }
});

test('ends may waver by a tenth and a little, no more (R11)', () => {
  for (const [shift, rule] of [[100, 'passed'], [200, 'R11']] as const) {
    const early = new Junction().warm(aGreen);
    const end = early.nowMs + 60_000;
    expect(said(early, { minMs: end }).pass).toBe(true);
    early.cycle();
    expect(ruleOf(said(early, { minMs: end - shift })), `${shift}`).toBe(rule);
    const late = new Junction().warm(aGreen);
    const most = late.nowMs + 60_000;
    expect(said(late, { maxMs: most }).pass).toBe(true);
    late.cycle();
    expect(ruleOf(said(late, { maxMs: most + shift })), `${shift}`).toBe(rule);
  }
});

test('a yellow has one end, as sharp as its source (R11)', () => {
  for (const [apart, rule] of [[100, 'passed'], [200, 'R11']] as const) {
    const at = new Junction().warm({ ...allRed, a: 'yellow' });
    const minEndMs = at.nowMs + 2000;
    at.timings = { 1: [{
      startMs: null, minEndMs, maxEndMs: minEndMs + apart, likelyEndMs: null, resolutionMs: 0,
    }] };
    const timing = { start: 0, minEnd: 20, maxEnd: 20 + apart / 100, likelyEnd: 36001 };
    expect(ruleOf(at.spat({ 1: [{ light: 7, timing }] }))).toBe(rule);
  }
});

test('a mark may differ from what is known by half a tenth and the stamp, and over an hour by none (R20, R13)', () => {
  for (const [offMs, rule] of [[55, 'passed'], [56, 'R20'], [-55, 'passed'], [-56, 'R20']] as const) {
    const at = new Junction().warm(aGreen);
    at.timings = { 1: [{
      startMs: null, minEndMs: at.nowMs + 10_000 + offMs, maxEndMs: null, likelyEndMs: null, resolutionMs: 0,
    }] };
    const timing = { start: 0, minEnd: 100, likelyEnd: 36001 };
    expect(ruleOf(at.spat({ 1: [{ light: 6, timing }] })), `${offMs}`).toBe(rule);
  }
  for (const [inMs, rule] of [[3_600_000, 'passed'], [3_599_999, 'R13']] as const) {
    const at = new Junction().warm(aGreen);
    at.timings = { 1: [{
      startMs: null, minEndMs: at.nowMs + inMs, maxEndMs: null, likelyEndMs: null, resolutionMs: 0,
    }] };
    const timing = { start: 0, minEnd: 36000, likelyEnd: 36001 };
    expect(ruleOf(at.spat({ 1: [{ light: 6, timing }] })), `${inMs}`).toBe(rule);
  }
});

test('releases of the day before yesterday do not count against a latch (R6b)', () => {
  const day = 86_400_000;
  for (const [ageMs, opens] of [[day + 1, true], [day - 60_000, false]] as const) {
    const latch = { rule: 'R6', reason: 'two greens' } as const;
    const at = new Junction(testNode(), {}, [{ node: '0-10', latch, releaseAgesMs: [ageMs, ageMs, ageMs] }]);
    at.show(allRed, 1000);
    for (let cycle = 0; cycle < 3; cycle++) {
      at.show(aGreen, 5000);
      at.show({ ...allRed, a: 'flashing-green' }, 1000);
      at.show({ ...allRed, a: 'yellow' }, 3000);
      at.show(allRed, 1000);
    }
    expect(at.gate.report().nodes['0-10']!.latch === null, `${ageMs}`).toBe(opens);
    expect(at.gate.latches(at.nowMs)[0]!.releaseAgesMs.length).toBe(opens ? 1 : 3);
  }
});

test('who yields is a pair, in either order, and never half of one (R6)', () => {
  const node = testNode({ yielding: [['r', 'p']] });
  expect([yieldsIn(node, 'r', 'p'), yieldsIn(node, 'p', 'r')]).toEqual([true, true]);
  for (const [a, b] of [['r', 'a'], ['a', 'p'], ['p', 'a'], ['a', 'r'], ['a', 'b']] as const) {
    expect(yieldsIn(node, a, b), `${a} ${b}`).toBe(false);
  }
});

test('a pause of the loop forgets colours, so that no change over it is judged (R1, R7)', () => {
  const at = new Junction().warm();
  at.show(aGreen, 5000);
  at.pass(5000);
  at.cycle(allRed);
  at.show(allRed, 3000);
  expect(at.gate.verdict('0-10')).toMatchObject({ level: 'valid', withheld: [], untimed: [] });
  const exact = new Junction().warm();
  exact.pass(400);
  expect(rulesOf(exact.cycle())).toEqual([]);
  exact.pass(401);
  expect(rulesOf(exact.cycle())).toContain('R1');
});

test('clearances and greens are judged to the millisecond of the site (R9, R10)', () => {
  for (const [minGreenS, rules] of [[4.3, []], [4.301, ['R9']]] as const) {
    const groups = testNode().groups.map((row) => (row.id === 'a' ? { ...row, minGreenS } : row));
    const at = new Junction(testNode({ groups })).warm();
    at.show(aGreen, 3900);
    expect(rulesOf(at.cycle({ ...allRed, a: 'yellow' })), `${minGreenS}`).toEqual(rules);
  }
  for (const [clearanceS, rules] of [[1.2, []], [1.201, ['R10']]] as const) {
    const at = new Junction(testNode({ intergreens: [{ from: 'a', to: 'b', clearanceS }] })).warm();
    at.show(aGreen, 6000);
    at.show({ ...allRed, a: 'yellow' }, 3000);
    at.show(allRed, 900);
    expect(rulesOf(at.cycle({ ...allRed, b: 'green' })), `${clearanceS}`).toEqual(rules);
  }
});

test('stability after a fall is waited for to its end (R4)', () => {
  const at = new Junction().warm();
  at.pass(400);
  at.decide();
  const began = at.cycle();
  expect(began.level).toBe('unavailable');
  const since = at.nowMs - 20;
  while (at.cycle().level !== 'valid') expect(at.nowMs - since).toBeLessThan(2000);
  expect(at.nowMs - since).toBeGreaterThanOrEqual(2000);
});

const rsm = (at: Junction, more: Parameters<typeof writeRsm>[0][0] | object, row: object) => ruleOf(at.check(
  writeRsm([
    { type: 4, id: 0, source: 1, secMark: at.utcMs % 60_000, speed: 0 },
    { id: 5, secMark: at.utcMs % 60_000, ...more },
  ]),
  {
    type: 'RSM', spat: null, newestReceivedMs: at.nowMs,
    participants: [{
      airId: 5, measuredMs: at.nowMs, unseen: 'seen', bound95M: 0.5, vulnerable: false, covered: true,
      speedMps: 10, greenMs: null, ...row,
    }],
  },
));

test('a jump may be what the faster of two speeds allows, with twice the bound and two metres (R32, R34)', () => {
  expect(testLat).toBeGreaterThan(0);
  for (const [before, after, lat, rule] of [
    [600, 100, 1300, 'passed'], [100, 350, 1000, 'R34'], [100, 350, 890, 'passed'], [600, 350, 1400, 'R34'],
  ] as const) {
    const at = new Junction();
    expect(rsm(at, { speed: before }, { speedMps: before * 0.02 })).toBe('passed');
    at.pass(1000);
    const moved = rsm(at, { speed: after, lat }, { speedMps: after * 0.02 });
    expect(moved, `${before} ${after} ${lat}`).toBe(rule);
  }
});

test('one who queued is not told once its green is long over, however fresh (R31)', () => {
  const at = new Junction();
  expect(rsm(at, {}, { unseen: 'queued', greenMs: at.nowMs - 5001, measuredMs: at.nowMs - 1 })).toBe('R31');
});

test('speed is told to half of its step (R20)', () => {
  for (const [speedMps, rule] of [[10.0101, 'passed'], [10.0102, 'R20'], [9.9899, 'passed'], [9.9898, 'R20']] as const) {
    expect(rsm(new Junction(), { speed: 500 }, { speedMps }), `${speedMps}`).toBe(rule);
  }
});

test('test nodes are numbered to 255 and no farther (R25)', () => {
  const map = (id: number): string => ruleOf(new Junction().check(
    writeMap([...testMap, { id: { region: 0, id } }]), { type: 'MAP', spat: null }));
  expect([map(255), map(256)]).toEqual(['passed', 'R25']);
});

test('an alert may live a day and end a day from now, no longer (R37)', () => {
  const at = new Junction();
  const { moy } = at.stamps;
  const alert = (start: number, end: number): string => ruleOf(at.check(
    writeRsi([{ id: 1, source: 5, start, end }]), { type: 'RSI', newestReceivedMs: null, spat: null }));
  expect(alert(moy, moy + 1440)).toBe('passed');
  expect(alert(moy - 1, moy + 1440)).toBe('R37');
  expect(alert(moy + 1, moy + 1441)).toBe('R37');
  expect(alert(moy, moy)).toBe('passed');
});

test('of many alerts that are over the gate keeps those that could come back, and no more (R37)', () => {
  const at = new Junction();
  const say = (id: number, start: number, end: number): string => ruleOf(at.check(
    writeRsi([{ id, source: 5, start, end }]), { type: 'RSI', newestReceivedMs: null, spat: null }));
  const { moy } = at.stamps;
  expect(say(1, moy, moy + 1)).toBe('passed');
  at.pass(1440 * 60_000 - 60_000);
  expect(say(2, at.stamps.moy, at.stamps.moy + 1)).toBe('passed');
  at.utcMs -= 1440 * 60_000 - 60_000;
  expect(say(1, moy, moy + 1)).toBe('R37');
  at.utcMs += 1440 * 60_000 - 60_000;
  at.pass(4 * 60_000);
  expect(say(2, at.stamps.moy, at.stamps.moy + 1)).toBe('passed');
  at.utcMs -= 1440 * 60_000 + 3 * 60_000;
  expect(say(1, moy, moy + 1)).toBe('passed');
});

test('a slow green is carried only before its guaranteed end, also in the bytes (R1b)', () => {
  for (const [inMs, rule] of [[100, 'passed'], [0, 'R1b']] as const) {
    const at = new Junction(testNode({ slow: true })).warm(aGreen);
    at.pass(400);
    at.minEnds = { a: at.nowMs + 1 };
    expect(at.decide().withheld).toEqual([]);
    at.timings = { 1: [{
      startMs: null, minEndMs: at.nowMs + inMs, maxEndMs: null, likelyEndMs: null, resolutionMs: 0,
    }] };
    const timing = { start: 0, minEnd: inMs / 100, likelyEnd: 36001 };
    expect(ruleOf(at.spat({ 1: [{ light: 6, timing }] })), `${inMs}`).toBe(rule);
  }
});

test('a status without a group of its own changes nothing, and figures are told to a thousandth', () => {
  const at = new Junction(testNode({ groups: [group('a', 1)], conflicting: [], yielding: [], intergreens: [] }));
  at.status = quiet;
  at.cycle({ a: 'red' });
  const result = at.check(writeMap(testMap), { type: 'MAP', validMs: at.nowMs - 300.123456 });
  expect(result).toMatchObject({ rule: 'R22', expected: '300 or less', got: '300.123' });
});

const shortOf = {
  red: 'R', yellow: 'Y', green: 'G', 'red-yellow': 'RY', dark: 'D', 'flashing-red': 'FR',
  'flashing-yellow': 'FY', 'flashing-green': 'FG',
} as const;
type Colour = keyof typeof shortOf;
const colours = Object.keys(shortOf) as Colour[];

test('the lawful changes of each kind of lamp are these and no others (R7)', () => {
  const warning = 'R>Y R>D Y>R Y>D G>R G>Y G>D RY>R RY>Y RY>D D>R D>Y FR>R FR>Y FR>D FY>R FY>Y FY>D FG>R FG>Y FG>D';
  for (const [kind, more, lawful] of [
    ['vehicle', {}, 'R>G Y>R G>Y RY>G FR>R FY>R FY>Y FG>Y'],
    ['vehicle', { hasFlashingGreen: true }, 'R>G Y>R G>Y G>FG RY>G FR>R FY>R FY>Y FG>Y'],
    ['vehicle', { hasRedYellow: true }, 'R>Y R>G R>RY Y>R G>Y RY>G FR>R FY>R FY>Y FG>Y'],
    ['vehicle', { mayGoDark: true }, 'R>G R>D Y>R Y>D G>Y RY>G D>R D>G D>RY FR>R FY>R FY>Y FY>D FG>Y'],
    ['pedestrian', {}, 'R>G G>R FR>R FY>R FY>Y FG>R'],
    ['pedestrian', { hasFlashingGreen: true }, 'R>G G>FG FR>R FY>R FY>Y FG>R'],
    ['pedestrian', { mayGoDark: true }, 'R>G R>D G>R D>R D>G FR>R FY>R FY>Y FY>D FG>R FG>D'],
    ['warning', {}, warning], ['warning', { mayGoDark: true }, warning],
  ] as const) {
    const lamp = group('g', 1, { kind, ...more });
    const steady = (to: Colour): boolean => to !== 'flashing-yellow' && to !== 'flashing-red';
    const found = colours.flatMap((from) => colours
      .filter((to) => from !== to && steady(to) && mayFollow(lamp, from, to))
      .map((to) => `${shortOf[from]}>${shortOf[to]}`));
    expect(found.join(' '), `${kind} ${JSON.stringify(more)}`).toBe(lawful);
    // A controller may fall into flashing from anywhere.
    for (const from of colours) {
      expect(mayFollow(lamp, from, 'flashing-yellow') && mayFollow(lamp, from, 'flashing-red')).toBe(true);
    }
  }
});

test('each colour has its one word in the Chinese profiles, green two, red-yellow red or yellow (R20)', () => {
  const { lights, sayable } = chinaGateProfile;
  expect(lights).toEqual([
    'unavailable', 'dark', 'flashing-red', 'red', 'flashing-green', 'permissive', 'protected', 'yellow',
    'flashing-yellow',
  ]);
  expect(sayable).toEqual({
    red: ['red'], yellow: ['yellow'], green: ['permissive', 'protected'], 'red-yellow': ['red', 'yellow'],
    dark: ['dark'], 'flashing-red': ['flashing-red'], 'flashing-yellow': ['flashing-yellow'],
    'flashing-green': ['flashing-green'], unknown: [],
  });
});

test('a warning lamp may be dark, and phases may stand in any order (R5)', () => {
  const groups = [group('a', 1), group('w', 2, { kind: 'warning' })];
  const node = testNode({ groups, conflicting: [], yielding: [], intergreens: [] });
  const at = new Junction(node).warm({ a: 'red', w: 'dark' });
  const phases = [{ id: 2, states: [{ light: 1 }] }, { id: 1, states: [{ light: 3 }] }];
  expect(at.spat({}, { phases }).pass).toBe(true);
});

test('of groups that share a phase one without times takes them from the phase (R13)', () => {
  const groups = [group('a', 1), group('c', 1, { minGreenS: 20 })];
  const node = testNode({ groups, conflicting: [], yielding: [], intergreens: [] });
  const at = new Junction(node).warm({ a: 'red', c: 'red' });
  at.show({ a: 'green', c: 'green' }, 6000);
  at.cycle({ a: 'yellow', c: 'yellow' });
  expect(at.gate.verdict('0-10')!.untimed).toEqual(['c']);
  at.timings = { 1: [{
    startMs: null, minEndMs: at.nowMs + 2000, maxEndMs: null, likelyEndMs: null, resolutionMs: 0,
  }] };
  const timing = { start: 0, minEnd: 20, likelyEnd: 36001 };
  expect(ruleOf(at.spat({ 1: [{ light: 7, timing }] }))).toBe('R13');
});

test('road users stand on the map to its very edge (R32)', () => {
  for (const edge of [{ lat: 50_000 }, { lat: -50_000 }, { long: 50_000 }, { long: -50_000 }]) {
    expect(rsm(new Junction(), edge, {}), JSON.stringify(edge)).toBe('passed');
  }
});

test('a likely end at either bound may have been moved there by its rounding, no farther (R20)', () => {
  for (const [likelyOffMs, rule] of [[150, 'passed'], [160, 'R20']] as const) {
    for (const name of ['minEnd', 'maxEnd'] as const) {
      const at = new Junction().warm(aGreen);
      const end = at.nowMs + 10_000;
      at.timings = { 1: [{
        startMs: null, resolutionMs: 0, minEndMs: null, maxEndMs: null,
        [`${name}Ms`]: end, likelyEndMs: end + (name === 'minEnd' ? -likelyOffMs : likelyOffMs),
      } as never] };
      const timing = { start: 0, [name]: 100, likelyEnd: 100, confidence: 9 };
      expect(ruleOf(at.spat({ 1: [{ light: 6, timing }] })), `${name} ${likelyOffMs}`).toBe(rule);
    }
  }
});
