import { expect, test } from 'vitest';
import { crc32 } from '../../src/base/bytes.ts';
import { isClearance, mayFollow, shownConflict } from '../../src/gate/lamps.ts';
import { gateProfiles } from '../../src/gate/site.ts';
import type { GateProfile } from '../../src/gate/site.ts';
import {
  aGreen, allRed, group, Junction, numberedProfile, quiet, ruleOf, rulesOf, testMap, testNode,
} from './junction.ts';
import { writeMap, writeRsi } from './writer.ts';

const knowing = (at: Junction, endMs: number, more = {}): void => {
  at.timings = { 1: [{
    startMs: null, minEndMs: null, maxEndMs: null, likelyEndMs: endMs, resolutionMs: 100, ...more,
  }] };
};
const likely = (at: Junction, endMs: number, more = {}) => ({
  1: [{ light: 6, timing: { start: 0, likelyEnd: Math.round((endMs - at.nowMs) / 100), confidence: 100, ...more } }],
});

test('a gap between valid messages over 125 ms is told, any over 300 ms as well (R2)', () => {
  const alarms = (gapMs: number, lamps = allRed): number => {
    const at = new Junction().warm();
    expect(at.spat().pass).toBe(true);
    at.pass(gapMs - 100);
    at.cycle(lamps);
    expect((lamps === allRed ? at.spat() : at.unavailable()).pass).toBe(true);
    return (at.gate.report().counters['alarm_R2'] ?? 0);
  };
  expect(alarms(125)).toBe(0);
  expect(alarms(126)).toBe(1);
  const dark = { ...allRed, a: 'unknown' } as const;
  expect(alarms(300, dark)).toBe(0);
  expect(alarms(301, dark)).toBe(1);
});

test('a frame that waited over 100 ms for its first message is told, an older one than came is refused (R3)', () => {
  const at = new Junction().warm();
  const count = (): unknown => at.gate.report().counters['alarm_R3'];
  const send = (ageMs: number) => at.check(at.spatBytes(), { newestReceivedMs: at.nowMs - ageMs });
  expect(send(100).pass).toBe(true);
  expect(count()).toBeUndefined();
  at.cycle();
  expect(send(101).pass).toBe(true);
  expect(count()).toBe(1);
  at.cycle();
  expect(send(201).pass).toBe(true); // the same frame again
  expect(count()).toBe(1);
  expect(at.gate.report().counters['alarm_R1']).toBe(1);
  const older = at.frames.map((frame) => ({ ...frame, receivedMs: frame.receivedMs - 50 }));
  at.cycle();
  expect(ruleOf(at.check(at.spatBytes(), {
    spat: { frames: older, status: quiet, timings: {} },
  }))).toBe('R3');
});

test('a count that stands for over a second loses its times, one that runs keeps them (R12)', () => {
  for (const [slide, rule] of [[0, 'passed'], [100, 'R12'], [30, 'R12'], [-30, 'R12'], [9, 'passed']] as const) {
    const at = new Junction().warm(aGreen);
    let end = at.nowMs + 60_000;
    let result = 'passed';
    let cycles = 0;
    for (; cycles < 100 && result === 'passed'; cycles++) {
      at.cycle();
      end += slide;
      knowing(at, end);
      result = ruleOf(at.spat(likely(at, end)));
    }
    expect(result, `${slide} ms a cycle`).toBe(rule);
    if (slide === 100) expect(cycles).toBeLessThanOrEqual(13);
    if (slide === 100) expect(cycles).toBeGreaterThan(10);
    expect(at.gate.verdict('0-10')!.untimed).toEqual(rule === 'R12' ? ['a'] : []);
  }
});

test('an end that jumps once is no slide: the count begins anew (R12)', () => {
  const at = new Junction().warm(aGreen);
  let end = at.nowMs + 60_000;
  for (let cycle = 0; cycle < 60; cycle++) {
    at.cycle();
    if (cycle % 20 === 10) end += 5000;
    knowing(at, end);
    expect(at.spat(likely(at, end)).pass).toBe(true);
  }
});

test('a message without times between two forgets what was announced (R11, R12)', () => {
  const at = new Junction().warm(aGreen);
  knowing(at, at.nowMs + 20_000, { maxEndMs: at.nowMs + 20_000 });
  expect(at.spat(likely(at, at.nowMs + 20_000, { maxEnd: 200 })).pass).toBe(true);
  at.cycle();
  expect(at.spat().pass).toBe(true);
  at.cycle();
  knowing(at, at.nowMs + 40_000, { maxEndMs: at.nowMs + 40_000 });
  expect(at.spat(likely(at, at.nowMs + 40_000, { maxEnd: 400 })).pass).toBe(true);
});

test('an end of its own making is never said as the guaranteed one, nor zero for unknown (R13, R14)', () => {
  const at = new Junction().warm(aGreen);
  knowing(at, at.nowMs + 5000);
  expect(ruleOf(at.spat(likely(at, at.nowMs + 5000, { minEnd: 50 })))).toBe('R14');
  expect(ruleOf(at.spat(likely(at, at.nowMs + 5000, { minEnd: 0 })))).toBe('R14');
  expect(ruleOf(at.spat(likely(at, at.nowMs + 5000, { maxEnd: 0 })))).toBe('R13');
  at.timings = {};
  expect(ruleOf(at.spat(likely(at, at.nowMs)))).toBe('R13');
});

test('a confidence is the one of the stage, and none where there is no likely end (R13)', () => {
  const at = new Junction().warm(aGreen);
  const end = at.nowMs + 5000;
  knowing(at, end, { confidence: 0.9 });
  expect(ruleOf(at.spat(likely(at, end)))).toBe('R13');
  expect(at.spat(likely(at, end, { confidence: 180 })).pass).toBe(true);
  at.cycle();
  expect(ruleOf(at.spat(likely(at, at.nowMs, { likelyEnd: 36001, confidence: 180 })))).toBe('R13');
  knowing(at, at.nowMs + 5000, { confidence: null });
  expect(ruleOf(at.spat(likely(at, at.nowMs + 5000, { confidence: 180 })))).toBe('R13');
  at.cycle();
  expect(at.spat(likely(at, at.nowMs, { likelyEnd: 36001, confidence: undefined })).pass).toBe(true);
});

test('when a light comes back is said as the stage knows it, in both forms (R20)', () => {
  const at = new Junction().warm(aGreen);
  const end = at.nowMs + 5000;
  const again = { nextStartMs: at.nowMs + 30_000, nextDurationMs: 12_000 };
  knowing(at, end, again);
  expect(ruleOf(at.spat(likely(at, end, { nextStart: 301 })))).toBe('R20');
  expect(ruleOf(at.spat(likely(at, end, { nextStart: 300, nextEnd: 121 })))).toBe('R20');
  expect(at.spat(likely(at, end, { nextStart: 300, nextEnd: 120 })).pass).toBe(true);
  at.pass(10);
  const mark = (atMs: number): number => Math.round(((at.utcMs + atMs - at.nowMs) % 3_600_000) / 100) % 36_000;
  const utc = (more = {}) => ({ 1: [{ light: 6, timing: {
    utc: true, start: 36001, likelyEnd: mark(end), confidence: 100,
    nextStart: mark(again.nextStartMs), nextEnd: mark(again.nextStartMs + 12_000), ...more,
  } }] });
  expect(ruleOf(at.spat(utc({ nextEnd: mark(again.nextStartMs + 13_000) })))).toBe('R20');
  expect(at.spat(utc())).toEqual({ pass: true });
});

test('a mark of the hour that lies half an hour off is not said (R20)', () => {
  const at = new Junction().warm(aGreen);
  const far = at.nowMs + 1_790_000;
  knowing(at, far, { maxEndMs: far });
  const marks = (maxEnd: number) => ({ 1: [{ light: 6, timing: {
    utc: true, start: 36001, likelyEnd: 36001, maxEnd,
  } }] });
  expect(at.spat(marks(36001)).pass).toBe(true);
  at.cycle();
  const near = at.nowMs + 1_770_000;
  knowing(at, near, { maxEndMs: near });
  expect(ruleOf(at.spat(marks(36001)))).toBe('R20');
});

test('time confidence is the class of the clock error, unavailable over 100 ms (R15)', () => {
  for (const [errorMs, code] of [
    [0.5, 15], [1, 15], [1.01, 14], [5, 13], [10, 12], [50, 10], [51, 9], [100, 9], [100.1, 0],
    [Number.POSITIVE_INFINITY, 0],
  ] as const) {
    const at = new Junction();
    at.errorMs = errorMs;
    at.warm();
    for (const other of [0, 8, 9, 10, 12, 13, 14, 15, 16]) {
      if (other === code) continue;
      expect(ruleOf(at.spat({}, { timeConfidence: other })), `${errorMs} ms as ${other}`).toBe('R15');
    }
    expect(at.spat({}, { timeConfidence: code })).toEqual({ pass: true });
    expect(rulesOf(at.cycle()).includes('R15')).toBe(errorMs > 100);
    expect(at.unavailable({ timeConfidence: code })).toEqual({ pass: true });
  }
});

test('a slow source claims no better than a second, of a bad clock nothing at all (R1b, R15)', () => {
  const at = new Junction(testNode({ slow: true }));
  at.errorMs = 10;
  at.warm();
  expect(ruleOf(at.spat({}, { timeConfidence: 12 }))).toBe('R1b');
  expect(ruleOf(at.spat({}, { timeConfidence: 7 }))).toBe('R1b');
  expect(ruleOf(at.spat({}, { timeConfidence: 5 }))).toBe('R15');
  expect(at.spat({}, { timeConfidence: 6 }).pass).toBe(true);
  at.cycle();
  expect(at.unavailable({ timeConfidence: 12 }).pass).toBe(true);
  at.errorMs = 200;
  at.cycle();
  expect(ruleOf(at.spat({}, { timeConfidence: 6 }))).toBe('R15');
  expect(at.spat({}, { timeConfidence: 0 }).pass).toBe(true);
});

test('a clock without a known state starts nothing (R4, R15)', () => {
  const at = new Junction();
  at.errorMs = Number.NaN;
  expect(rulesOf(at.show(allRed, 1000))).toEqual(['R4']);
  at.errorMs = 5;
  expect(at.cycle().level).toBe('valid');
});

test('absolute times need a trusted clock, else the group goes without (R15)', () => {
  const at = new Junction();
  at.errorMs = 101;
  at.warm(aGreen);
  const end = at.nowMs + 5000;
  knowing(at, end);
  const mark = Math.round(((at.utcMs + 5000) % 3_600_000) / 100);
  const utc = { 1: [{ light: 6, timing: { utc: true, start: 36001, likelyEnd: mark, confidence: 9 } }] };
  expect(ruleOf(at.spat(utc))).toBe('R15');
  expect(at.gate.verdict('0-10')!.untimed).toEqual(['a']);
  expect(at.spat().pass).toBe(true);
  const counting = new Junction();
  counting.errorMs = 101;
  counting.warm(aGreen);
  knowing(counting, counting.nowMs + 5000);
  expect(counting.spat(likely(counting, counting.nowMs + 5000)).pass).toBe(true);
});

test('a profile of absolute times falls silent with its clock, in a step, and takes no slow source (R15, R16, R1b)', () => {
  const profiles = [numberedProfile];
  const at = new Junction(testNode(), { profiles });
  at.profile = numberedProfile.name;
  at.cycle();
  expect(at.unavailable().pass).toBe(true);
  expect(at.show(allRed, 300).level).toBe('valid');
  at.utcMs += 60;
  expect(at.cycle().level).toBe('silent');
  expect(at.show(allRed, 2000).level).toBe('valid');
  at.errorMs = 150;
  expect(at.cycle()).toMatchObject({ level: 'silent', reasons: [{ rule: 'R15' }] });
  const slow = new Junction(testNode({ slow: true }), { profiles });
  expect(rulesOf(slow.show(allRed, 1000))).toContain('R1b');
  // Another profile of the same box may be absolute: the one that SPAT is said in counts.
  const other = new Junction(testNode(), { profiles: [numberedProfile, ...gateProfiles], profile: 'A' });
  other.errorMs = 150;
  expect(other.warm().cycle().level).toBe('valid');
});

test('a clock that drifts by more than 50 ms within a second is a step, slower is not (R16)', () => {
  for (const [eachMs, level] of [[4, 'valid'], [7, 'colour-only']] as const) {
    const at = new Junction().warm();
    for (let cycle = 0; cycle < 20; cycle++) {
      at.utcMs += eachMs;
      at.cycle();
    }
    expect(at.gate.verdict('0-10')!.level, `${eachMs} ms`).toBe(level);
  }
});

test('a step while the loop was stopped is one as well (R16)', () => {
  const at = new Junction().warm();
  at.pass(400);
  at.decide();
  at.pass(5000);
  at.utcMs += 60;
  expect(at.show(allRed, 1000).level).not.toBe('valid');
  expect(at.gate.report().counters['level_R16'] ?? 0).toBe(0);
  expect(rulesOf(at.show(allRed, 900))).not.toContain('R16');
});

test('a leap second holds the last millisecond with little confidence, in June and December alone (R17)', () => {
  const stampsOf = (at: Junction, ms: number) => {
    const { moy } = at.stamps;
    return { moy, ms, innerMoy: moy, innerMs: ms };
  };
  for (const [year, month, day, rule] of [
    [2026, 5, 30, 'passed'], [2026, 11, 31, 'passed'], [2026, 5, 29, 'R17'], [2026, 2, 31, 'R17'],
  ] as const) {
    const at = new Junction();
    at.utcMs = Date.UTC(year, month, day, 23, 59, 58, 900);
    at.warm();
    const held = stampsOf(at, 59_999);
    const inner = { innerMoy: undefined, innerMs: undefined } as never;
    expect(ruleOf(at.spat({}, { ...held, timeConfidence: 6 })), `${month}`).toBe(rule);
    expect(ruleOf(at.spat({}, { ...held, ...(inner as object), timeConfidence: 6 })), `${month}`).toBe(rule);
    const outer = { moy: undefined, ms: undefined } as never;
    expect(ruleOf(at.spat({}, { ...held, ...(outer as object), timeConfidence: 6 })), `${month}`).toBe(rule);
    at.cycle();
    // Half a second before the minute ends the stamp is near the clock without any leap second.
    expect(ruleOf(at.spat({}, { ...held, timeConfidence: 13 })), `${month}`).toBe('R17');
    expect(ruleOf(at.spat({}, { ...held, timeConfidence: 6 })), `${month}`).toBe(rule);
  }
});

test('stamps of up to 60 999 are a leap second where the profile has it, and none elsewhere (R17)', () => {
  for (const [profile, rule] of [[gateProfiles[0]!, 'R17'], [numberedProfile, 'passed']] as const) {
    const at = new Junction(testNode(), { profiles: [profile] });
    at.profile = profile.name;
    at.utcMs = Date.UTC(2026, 11, 31, 23, 59, 59, 790);
    at.cycle();
    expect(at.unavailable().pass).toBe(true);
    at.cycle();
    const { moy } = at.stamps;
    at.utcMs += 0;
    const late = { moy: moy - 0, ms: at.stamps.ms + 0 };
    expect(late.ms).toBeLessThan(60_000);
    at.pass(20);
    at.cycle();
    const before = { moy: 525_599, ms: 60_110, innerMoy: 525_599, innerMs: 60_110 };
    expect(ruleOf(at.spat({}, before))).toBe(rule);
  }
});

test('absolute marks do not reach over the end of June or December (R17)', () => {
  const at = new Junction();
  at.utcMs = Date.UTC(2026, 5, 30, 23, 59, 50);
  at.warm(aGreen);
  const said = (inMs: number) => {
    knowing(at, at.nowMs + inMs);
    const mark = Math.round(((at.utcMs + inMs) % 3_600_000) / 100) % 36_000;
    return at.spat({ 1: [{ light: 6, timing: { utc: true, start: 36001, likelyEnd: mark, confidence: 9 } }] });
  };
  expect(said(5000).pass).toBe(true);
  at.cycle();
  expect(ruleOf(said(20_000))).toBe('R17');
  expect(at.gate.verdict('0-10')!.untimed).toEqual(['a']);
});

const map = (at: Junction, more = {}) =>
  at.check(writeMap(testMap, 0), { type: 'MAP', newestReceivedMs: null, spat: null, ...more });

test('after a switch of MAP the next SPAT is colour only and says so, the one after it is whole (R18)', () => {
  const [one] = testMap;
  const [link] = one!.links!;
  const other = [{ ...one!, links: [{ ...link!, lanes: link!.lanes.slice(0, 2) }] }];
  const lanes = [testNode().lanes[0]!, testNode().lanes[0]!.replace('\n3: ', '')];
  const at = new Junction(testNode({ lanes })).warm();
  expect(map(at).pass).toBe(true);
  expect(at.cycle().level).toBe('valid');
  expect(at.check(writeMap(other), { type: 'MAP', spat: null }).pass).toBe(true);
  expect(at.cycle()).toMatchObject({ level: 'colour-only', map: 'lanes-changed', reasons: [{ rule: 'R18' }] });
  const before = at.gate.snapshot();
  for (const status of [0, 0b10_0000, 0b01_0000]) expect(ruleOf(at.spat({}, { status }))).toBe('R19');
  at.gate.restore(before);
  expect(at.cycle().level).toBe('colour-only'); // for as long as no SPAT said so
  expect(at.spat({}, { status: 0b11_0000 }).pass).toBe(true);
  expect(at.cycle().level).toBe('valid');
  expect(at.spat().pass).toBe(true);
});

test('a MAP of other content with the same lanes is an update, the first one is none (R18)', () => {
  const at = new Junction().warm();
  expect(map(at).pass).toBe(true);
  expect(map(at, { bytes: writeMap(testMap, 1) }).pass).toBe(true);
  expect(at.cycle()).toMatchObject({ level: 'valid' });
  expect(map(at, { bytes: writeMap(testMap, 2, at.stamps.moy) }).pass).toBe(true);
  expect(at.cycle()).toMatchObject({ level: 'colour-only', map: 'updated' });
  expect(at.spat({}, { status: 0b10_0000 }).pass).toBe(true);
  expect(at.cycle().map).toBeUndefined();
});

test('a node that is not of the site has no verdict', () => {
  expect(new Junction().gate.verdict('7-7')).toBeNull();
});

test('a MAP that was refused takes SPAT down with bit 12 until a pinned one passes (R18)', () => {
  const at = new Junction().warm();
  expect(ruleOf(at.check(writeMap([{ id: { region: 0, id: 10 } }]), { type: 'MAP', spat: null }))).toBe('R18');
  expect(at.cycle()).toMatchObject({ level: 'unavailable', map: 'missing' });
  expect(ruleOf(at.check(at.unavailableBytes()))).toBe('R19');
  expect(at.check(at.unavailableBytes({ status: 0b1100 })).pass).toBe(true);
  at.cycle();
  expect(ruleOf(at.check(at.unavailableBytes({ status: 0b1100 }), { spat: null }))).toBe('R19');
  expect(at.unavailable().pass).toBe(true);
  expect(at.show(allRed, 3100).level).toBe('silent');
  expect(map(at).pass).toBe(true);
  expect(at.show(allRed, 2500).level).toBe('valid');
});

test('manual, stop-time, pre-emption, flash, failure and off: colours without times, and two seconds on (R19)', () => {
  for (const name of ['manual', 'stopTime', 'preempt', 'failureFlash', 'failure', 'off'] as const) {
    const at = new Junction().warm();
    at.status = { ...quiet, [name]: true };
    expect(at.cycle(), name).toMatchObject({ level: 'colour-only', reasons: [{ rule: 'R19' }] });
    at.status = quiet;
    expect(at.show(allRed, 1900).level, name).toBe('colour-only');
    expect(at.cycle().level, name).toBe('valid');
  }
  const at = new Junction().warm();
  at.status = { ...quiet, priority: true };
  expect(at.cycle().level).toBe('valid');
});

test('the mode of the controller stands in the status bits as it is (R19)', () => {
  for (const [bit, name] of [[5, 'fixedTime'], [6, 'actuated'], [7, 'standby']] as const) {
    const at = new Junction().warm();
    at.status = { ...quiet, [name]: true };
    at.cycle();
    expect(ruleOf(at.spat())).toBe('R19');
    expect(at.spat({}, { status: 1 << (15 - bit) })).toEqual({ pass: true });
  }
});

test('advice that lamps and traffic disagree is told and changes nothing (R24)', () => {
  const at = new Junction().warm();
  const verdict = at.cycle(allRed, { advice: '9 of 20 passed on red' });
  expect(verdict).toMatchObject({ level: 'valid', reasons: [{ rule: 'R24', got: '9 of 20 passed on red' }] });
  expect(at.spat().pass).toBe(true);
  expect(at.cycle(allRed, { advice: null }).reasons).toEqual([]);
});

test('octets that changed on their way from the encoder are refused, whatever they say (R20)', () => {
  const at = new Junction();
  const bytes = writeMap(testMap);
  expect(map(at, { crc: crc32(bytes) }).pass).toBe(true);
  expect(ruleOf(map(at, { crc: crc32(bytes) ^ 1 }))).toBe('R20');
});

test('a count may stand still where the profile counts changes (R21)', () => {
  for (const [profile, alarms] of [[gateProfiles[0]!, 1], [numberedProfile, undefined]] as const) {
    const at = new Junction(testNode(), { profiles: [profile] });
    for (const count of [5, 5, 6]) {
      expect(map(at, { profile: profile.name, bytes: writeMap(testMap, count) }).pass).toBe(true);
    }
    expect(at.gate.report().counters['alarm_R21']).toBe(alarms);
  }
});

test('a live site shows colours only while just this safety part was confirmed (R25)', () => {
  for (const [commissioned, safetyHash, level, got] of [
    [{ hash: 'a1' }, 'a1', 'valid', undefined], [{ hash: 'a1' }, 'b2', 'silent', 'changed'],
    [null, 'a1', 'silent', 'no'], [false, 'a1', 'silent', 'no'], [true, 'a1', 'valid', undefined],
  ] as const) {
    const at = new Junction(testNode(), { mode: 'live', commissioned, safetyHash });
    at.cycle();
    expect(at.unavailable().pass).toBe(true);
    const verdict = at.show(allRed, 4000);
    expect(verdict.level).toBe(level);
    expect(verdict.reasons[0]?.got).toBe(got);
    expect(at.gate.mayReach('10.0.0.9')).toBe(level === 'valid');
    const bench = new Junction(testNode(), { mode: 'bench', commissioned, safetyHash });
    bench.cycle();
    expect(bench.show(allRed, 1000).level).toBe('valid');
  }
});

test('each profile reads its own lamp table, and a number of another is not taken for its own (R20)', () => {
  const colours = { a: 'yellow', b: 'red-yellow', p: 'red', r: 'red' } as const;
  const codes = (profile: GateProfile): Record<number, { light: number }[]> =>
    profile === numberedProfile
      ? { 1: [{ light: 8 }], 2: [{ light: 4 }], 3: [{ light: 3 }], 4: [{ light: 3 }] }
      : { 1: [{ light: 7 }], 2: [{ light: 3 }], 3: [{ light: 3 }], 4: [{ light: 3 }] };
  const node = testNode({ conflicting: [], intergreens: [] });
  for (const profile of [...gateProfiles, numberedProfile]) {
    const at = new Junction(node, { profiles: [profile] });
    at.profile = profile.name;
    at.cycle();
    expect(at.unavailable().pass).toBe(true);
    at.show(aGreen, 1000);
    expect(at.spat({ 1: [{ light: 6 }] }).pass, profile.name).toBe(true);
    at.cycle(colours);
    if (profile === numberedProfile) {
      // The clearance of a protected green is its own word there.
      expect(ruleOf(at.spat({ ...codes(profile), 1: [{ light: 7 }] }))).toBe('R7');
      expect(ruleOf(at.spat({ ...codes(profile), 2: [{ light: 3 }] }))).toBe('R20');
    } else {
      expect(ruleOf(at.spat({ ...codes(profile), 1: [{ light: 8 }] }))).toBe('R20');
      expect(ruleOf(at.spat({ ...codes(profile), 2: [{ light: 4 }] }))).toBe('R20');
    }
    expect(at.spat(codes(profile)).pass, profile.name).toBe(true);
  }
  expect(gateProfiles.map(({ name, edition }) => `${name}${edition}`)).toEqual(['AA', 'BB', 'P2A', 'D2B']);
  expect(isClearance('protected-yellow')).toBe(true);
  expect(isClearance('red-yellow')).toBe(false);
  expect(isClearance('flashing-yellow')).toBe(false);
});

test('a lamp that was not read is no change of it: it neither latches nor proves (R5, R7)', () => {
  const at = new Junction().warm();
  for (let round = 0; round < 4; round++) {
    at.show(aGreen, 1000);
    at.cycle({ ...aGreen, a: 'unknown' });
    at.show(aGreen, 500);
    at.cycle({ ...aGreen, a: 'unknown' });
    at.show(allRed, 500);
    at.cycle({ ...aGreen, a: 'unknown' });
  }
  const { latch, withheld } = at.gate.report().nodes['0-10']!;
  expect({ latch, withheld }).toEqual({ latch: null, withheld: [] });
});

test('a yellow that does not follow its green at once is unlawful, dark or not (R8)', () => {
  for (const [between, rule] of [['dark', 'R7'], ['red', 'R7']] as const) {
    const at = new Junction(testNode({ conflicting: [], yielding: [] })).warm();
    at.show({ ...allRed, b: 'green' }, 6000);
    expect(rulesOf(at.cycle({ ...allRed, b: between }))).toContain(rule);
  }
  expect(mayFollow(group('g', 1, { mayGoDark: true }), 'dark', 'yellow')).toBe(false);
});

test('a gap in the evidence begins the clean cycles of a latch anew (R6b)', () => {
  const at = new Junction(testNode({ intergreens: [] })).warm();
  const lights = (): void => {
    at.show(aGreen, 6000);
    at.show({ ...allRed, a: 'yellow' }, 3000);
    at.show(allRed, 2000);
  };
  for (let index = 0; index < 3; index++) at.cycle({ ...allRed, a: 'green', b: 'green' });
  at.show({ ...allRed, a: 'yellow' }, 3000);
  at.show(allRed, 1000);
  lights();
  lights();
  at.pass(400);
  at.decide();
  at.show(allRed, 500);
  lights();
  lights();
  expect(at.gate.report().nodes['0-10']!.latch).not.toBeNull();
  lights();
  expect(at.gate.report().nodes['0-10']!.latch).toBeNull();
});

test('a snapshot of an older gate leaves what it did not know as it is', () => {
  const at = new Junction().warm();
  const snapshot = at.gate.snapshot() as { nodes: Record<string, { level: Record<string, unknown> }> };
  for (const name of ['offsets', 'switching', 'holdRule']) delete snapshot.nodes['0-10']!.level[name];
  const next = new Junction();
  next.gate.restore(snapshot);
  [next.nowMs, next.utcMs] = [at.nowMs, at.utcMs];
  expect(next.cycle().level).toBe('valid');
  next.gate.restore({ ...snapshot, nodes: {} });
  expect(next.cycle().level).toBe('valid');
});

test('a protected green bears no red-yellow beside it (R6)', () => {
  const shown = { isProtected: false, mayGoDark: false };
  expect(shownConflict({ ...shown, shown: 'protected', isProtected: true }, { ...shown, shown: 'red-yellow' }, true)).toBe(true);
});

const alertMinutes = (at: Junction) => ({ start: at.stamps.moy, end: at.stamps.moy + 2 });
const rsi = (at: Junction, alerts: Parameters<typeof writeRsi>[0]): string =>
  ruleOf(at.check(writeRsi(alerts), { type: 'RSI', newestReceivedMs: null, spat: null }));

test('an alert ends by the monotonic clock even where the wall clock was set back (R37)', () => {
  const at = new Junction();
  const alert = { id: 1, source: 5, ...alertMinutes(at) };
  expect(rsi(at, [alert])).toBe('passed');
  at.pass(100_000);
  at.utcMs -= 100_000;
  expect(rsi(at, [alert])).toBe('passed');
  at.pass(80_001);
  at.utcMs -= 80_001;
  expect(rsi(at, [alert])).toBe('R37');
  expect(rsi(at, [{ ...alert, end: alert.end + 1 }])).toBe('passed'); // renewed by who sees it
});
