import { expect, test } from 'vitest';
import { shownConflict } from '../../src/gate/lamps.ts';
import type { Shown } from '../../src/gate/site.ts';
import { aGreen, allRed, Junction, quiet, ruleOf, rulesOf, testNode } from './junction.ts';
import type { TestTiming } from './writer.ts';

/** Times as a fixed plan tells them: 12 s to the end of group a's green. */
function timed(at: Junction, more: Partial<TestTiming> = {}, light = 6) {
  const timing = { start: 0, minEnd: 120, maxEnd: 120, likelyEnd: 120, ...more };
  return { 1: [{ light, timing }] };
}
const knowing = (at: Junction, endMs = at.nowMs + 12_000, more = {}): void => {
  at.timings = { 1: [{
    startMs: at.nowMs - 3000, minEndMs: endMs, maxEndMs: endMs, likelyEndMs: endMs,
    resolutionMs: 0, ...more,
  }] };
};

test('colours that the witness sees pass, each with its code (R20)', () => {
  const at = new Junction().warm();
  expect(at.spat()).toEqual({ pass: true });
  at.cycle({ ...allRed, b: 'dark', p: 'green', r: 'green' });
  expect(at.spat()).toEqual({ pass: true });
  at.cycle({ ...allRed, b: 'dark', p: 'flashing-green', r: 'yellow' });
  expect(at.spat()).toEqual({ pass: true });
  expect(at.gate.report().counters).toMatchObject({ passed_SPAT: 4 });
});

test('every light but the one that the lamp shows is refused, unavailable as well (R20)', () => {
  for (let light = 0; light <= 8; light++) {
    const at = new Junction().warm(aGreen);
    const rule = ruleOf(at.spat({ 1: [{ light }] }));
    expect(rule, `light ${light}`).toBe([5, 6].includes(light) ? 'passed' : 'R20');
  }
});

test('bytes that disagree with the lamps make the next cycle unavailable (R20)', () => {
  const at = new Junction().warm();
  expect(ruleOf(at.spat({ 1: [{ light: 6 }] }))).toBe('R20');
  expect(at.unavailable().pass).toBe(true);
  expect(at.cycle().level).toBe('unavailable');
  expect(rulesOf(at.cycle())).toEqual(['R4', 'R4']);
});

test('a group that gives way is never protected (R6)', () => {
  const at = new Junction().warm({ ...allRed, r: 'green' });
  expect(ruleOf(at.spat({ 4: [{ light: 6 }] }))).toBe('R6');
});

test('a colour from evidence that has grown old since the level was set is refused (R1)', () => {
  const at = new Junction().warm();
  at.pass(240);
  at.frames = at.frames.map((frame) => ({ ...frame, receivedMs: frame.receivedMs - 100 }));
  expect(ruleOf(at.spat())).toBe('R1');
  expect(ruleOf(at.check(at.spatBytes(), { spat: null }))).toBe('R1');
});

test('a conflict in newer evidence than the level saw is refused (R6)', () => {
  const at = new Junction().warm();
  at.frames = [{ ...at.frames[0]!, bytes: new TextEncoder().encode(
    JSON.stringify({ ...allRed, a: 'green', b: 'green' }),
  ) }];
  expect(ruleOf(at.spat({ 1: [{ light: 6 }], 2: [{ light: 6 }] }))).toBe('R6');
});

test('a protected clearance bears no movement beside it, even of a pair that yields (R6)', () => {
  const shown = (one: Shown, isProtected = false, mayGoDark = false) =>
    ({ shown: one, isProtected, mayGoDark });
  const red = shown('red');
  expect(shownConflict(shown('protected', true), red, false)).toBe(false);
  expect(shownConflict(shown('protected', true), shown('unavailable'), false)).toBe(false);
  expect(shownConflict(shown('protected', true), shown('dark'), false)).toBe(true);
  expect(shownConflict(shown('protected', true), shown('dark', false, true), false)).toBe(false);
  expect(shownConflict(shown('permissive'), shown('yellow', true), true)).toBe(true);
  expect(shownConflict(shown('permissive'), shown('yellow'), true)).toBe(false);
  expect(shownConflict(shown('permissive'), shown('yellow'), false)).toBe(true);
  expect(shownConflict(shown('permissive'), shown('flashing-yellow'), false)).toBe(true);
  expect(shownConflict(shown('flashing-yellow'), shown('permissive'), false)).toBe(true);
  expect(shownConflict(shown('flashing-yellow'), shown('flashing-yellow'), false)).toBe(false);
  expect(shownConflict(shown('flashing-yellow'), shown('permissive'), true)).toBe(false);
  expect(shownConflict(red, shown('permissive'), false)).toBe(false);
});

test('a clearance is as protected as the green before it (R6)', () => {
  for (const [green, rule] of [[6, 'R6'], [5, 'passed']] as const) {
    const at = new Junction().warm(aGreen);
    expect(ruleOf(at.spat({ 1: [{ light: green }] }))).toBe('passed');
    at.cycle({ ...allRed, a: 'yellow', b: 'flashing-red' });
    expect(ruleOf(at.spat()), `after light ${green}`).toBe(rule);
  }
});

test('stamps agree with the clock to 50 ms, in both places (R17)', () => {
  const at = new Junction().warm();
  const { ms, moy } = at.stamps;
  expect(ruleOf(at.spat({}, { ms: ms + 51, innerMs: ms + 51 }))).toBe('R17');
  expect(ruleOf(at.spat({}, { ms: ms - 51, innerMs: ms - 51 }))).toBe('R17');
  expect(ruleOf(at.spat({}, { moy: moy + 1, innerMoy: moy + 1 }))).toBe('R17');
  expect(ruleOf(at.spat({}, { innerMs: ms + 1 }))).toBe('R17');
  expect(ruleOf(at.spat({}, { ms: 60_000 }))).toBe('R17');
  expect(ruleOf(at.spat({}, { moy: 527040 }))).toBe('R17');
  const bare = { phases: [1, 2, 3, 4].map((id) => ({ id, states: [{ light: 3 }] })) };
  expect(ruleOf(at.spat({}, { moy: undefined as never }))).toBe('R17');
  expect(ruleOf(at.spat({}, { ...bare, innerMoy: undefined as never }))).toBe('R17');
  const none = { moy: undefined, ms: undefined, innerMoy: undefined, innerMs: undefined } as never;
  expect(ruleOf(at.spat({}, none))).toBe('R17');
  expect(at.spat({}, { ms: ms + 50, innerMs: ms + 50 })).toEqual({ pass: true });
});

test('one place for the stamp is enough (R17)', () => {
  const at = new Junction().warm();
  const outer = { innerMoy: undefined, innerMs: undefined } as never;
  expect(at.spat({}, outer)).toEqual({ pass: true });
  at.cycle();
  expect(at.spat({}, { moy: undefined, ms: undefined } as never)).toEqual({ pass: true });
});

test('stamps increase strictly, also over New Year, and begin anew after a step (R17)', () => {
  const at = new Junction();
  at.utcMs = Date.UTC(2026, 11, 31, 23, 59, 59, 800);
  at.warm();
  at.utcMs = Math.round(at.utcMs);
  expect(at.spat().pass).toBe(true);
  expect(ruleOf(at.spat())).toBe('R17');
  at.cycle();
  expect(at.stamps.moy).toBe(0);
  expect(at.spat().pass).toBe(true);
  at.utcMs -= 1000;
  at.cycle();
  expect(at.spat().pass).toBe(true);
});

test('a stamp of the old year just after New Year is still near the clock (R17)', () => {
  const at = new Junction();
  at.utcMs = Date.UTC(2026, 11, 31, 23, 59, 59, 720);
  at.warm();
  at.pass(0);
  const { moy, ms } = { moy: 525599, ms: 59_990 };
  at.utcMs = Date.UTC(2027, 0, 1, 0, 0, 0, 20);
  at.nowMs = at.nowMs + 0;
  expect(at.spat({}, { moy, ms, innerMoy: moy, innerMs: ms })).toEqual({ pass: true });
});

test('the intersection is the one of the site, alone, with its phases (R18, R5)', () => {
  const at = new Junction().warm();
  expect(ruleOf(at.spat({}, { node: { region: 0, id: 11 } }))).toBe('R18');
  expect(ruleOf(at.spat({}, { node: { region: 1, id: 10 } }))).toBe('R18');
  expect(ruleOf(at.spat({}, { times: 2 }))).toBe('R18');
  expect(ruleOf(at.spat({ 9: [{ light: 3 }] }))).toBe('R5');
  const missing = { phases: [1, 2, 3].map((id) => ({ id, states: [{ light: 3 }] })) };
  expect(ruleOf(at.spat({}, missing))).toBe('R5');
  expect(at.unavailable({ node: { id: 10 } })).toEqual({ pass: true });
});

test('the first SPAT after a start is unavailable (R22)', () => {
  const at = new Junction();
  at.cycle();
  at.cycle();
  expect(at.cycle().level).toBe('valid');
  expect(ruleOf(at.spat())).toBe('R22');
  expect(at.unavailable().pass).toBe(true);
  at.cycle();
  expect(at.spat().pass).toBe(true);
});

test('while the level is unavailable no colour passes, while silent nothing does (R22)', () => {
  const at = new Junction().warm();
  at.cycle({ ...allRed, a: 'unknown' });
  at.lamps = allRed;
  expect(ruleOf(at.spat())).toBe('R5');
  expect(at.unavailable().pass).toBe(true);
  at.show({ ...allRed, a: 'unknown' }, 3000);
  expect(ruleOf(at.unavailable())).toBe('R22');
});

test('a level that was not renewed lets nothing pass (R22)', () => {
  const fresh = new Junction();
  expect(ruleOf(fresh.unavailable())).toBe('R22');
  const at = new Junction().warm();
  at.pass(251);
  expect(ruleOf(at.unavailable())).toBe('R22');
});

test('the level that stands at a start says why colours do not pass (R4)', () => {
  const at = new Junction();
  at.cycle();
  expect(at.unavailable().pass).toBe(true);
  at.cycle();
  expect(ruleOf(at.spat())).toBe('R4');
});

test('status bit 13 is set just where nothing is shown (R22)', () => {
  const at = new Junction().warm();
  expect(ruleOf(at.spat({}, { status: 4 }))).toBe('R22');
  expect(ruleOf(at.unavailable({ status: 0 }))).toBe('R22');
});

test('status bits are what the controller says (R19)', () => {
  const names = ['manual', 'stopTime', 'failureFlash', 'preempt', 'priority'] as const;
  for (const [bit, name] of [...names.entries(), [8, 'failure'] as const, [9, 'off'] as const]) {
    const at = new Junction().warm();
    at.status = { ...quiet, [name]: true };
    at.cycle();
    expect(ruleOf(at.spat())).toBe('R19');
    expect(at.spat({}, { status: 1 << (15 - bit) })).toEqual({ pass: true });
  }
});

test('times that the signals stage knows pass, others do not (R20, R13)', () => {
  const at = new Junction().warm(aGreen);
  knowing(at);
  expect(at.spat(timed(at))).toEqual({ pass: true });
  at.cycle();
  knowing(at);
  expect(ruleOf(at.spat(timed(at, { minEnd: 121 })))).toBe('R20');
  expect(ruleOf(at.spat(timed(at, { start: 5 })))).toBe('R20');
  expect(ruleOf(at.spat(timed(at, { nextStart: 500 })))).toBe('R13');
  expect(ruleOf(at.spat(timed(at, { nextEnd: 500 })))).toBe('R13');
  expect(ruleOf(at.spat(timed(at, { maxEnd: 36000 })))).toBe('R13');
  expect(ruleOf(at.spat(timed(at, { maxEnd: 36001, confidence: 10 })))).toBe('R20');
  expect(at.spat(timed(at, { nextEnd: 36001 })).pass).toBe(true);
  at.pass(10);
  at.timings = {};
  expect(ruleOf(at.spat(timed(at)))).toBe('R14');
  expect(ruleOf(at.spat(timed(at, { minEnd: 36001 })))).toBe('R13');
  const unknown = { minEnd: 36001, maxEnd: 36001, likelyEnd: 36001 };
  expect(at.spat(timed(at, unknown)).pass).toBe(true);
});

test('an end over an hour away has a mark of its own (R13)', () => {
  const at = new Junction().warm(aGreen);
  const never = timed(at, { minEnd: 36000, maxEnd: 36000, likelyEnd: 36000 });
  knowing(at, at.nowMs + 3_599_000);
  expect(ruleOf(at.spat(never))).toBe('R13');
  knowing(at, at.nowMs + 7_200_000);
  expect(at.spat(never)).toEqual({ pass: true });
});

test('a likely end needs a confidence, unless the plan is fixed (R13)', () => {
  const at = new Junction().warm(aGreen);
  knowing(at, undefined, { maxEndMs: at.nowMs + 20_000 });
  const more = { maxEnd: 200 };
  expect(ruleOf(at.spat(timed(at, more)))).toBe('R13');
  expect(at.spat(timed(at, { ...more, confidence: 100 }))).toEqual({ pass: true });
  at.cycle();
  knowing(at, undefined, { minEndMs: null });
  const timing = { start: 0, maxEnd: 120, likelyEnd: 120 };
  expect(ruleOf(at.spat({ 1: [{ light: 6, timing }] }))).toBe('R13');
});

test('ends stand in order (R11)', () => {
  const at = new Junction().warm(aGreen);
  knowing(at, undefined, { likelyEndMs: at.nowMs + 5000 });
  expect(ruleOf(at.spat(timed(at, { likelyEnd: 50, confidence: 9 })))).toBe('R11');
});

test('UTC marks are read around the turn of the hour (R20)', () => {
  const at = new Junction();
  at.utcMs = Date.UTC(2026, 2, 1, 8, 59, 55);
  at.warm(aGreen);
  knowing(at);
  const mark = (fromNowMs: number): number =>
    Math.floor(((at.utcMs + fromNowMs) % 3_600_000) / 100);
  const utc = (endMs: number) => ({ 1: [{ light: 6, timing: {
    utc: true, start: mark(-3000), minEnd: mark(endMs), maxEnd: mark(endMs), likelyEnd: mark(endMs),
  } }] });
  expect(mark(12_000)).toBeLessThan(mark(0));
  expect(ruleOf(at.spat(utc(11_000)))).toBe('R20');
  expect(at.spat(utc(12_000))).toEqual({ pass: true });
});

test('a counted time that has run out stays at zero (R20)', () => {
  const at = new Junction().warm(aGreen);
  knowing(at, at.nowMs - 500);
  expect(at.spat(timed(at, { minEnd: 0, maxEnd: 0, likelyEnd: 0 }))).toEqual({ pass: true });
});

test('the next state is in lawful order and begins when it is known to (R7, R13)', () => {
  const at = new Junction().warm(aGreen);
  knowing(at);
  const end = at.nowMs + 12_000;
  const next = (light: number, start: number) => ({
    1: [...timed(at)[1], { light, timing: { start, likelyEnd: 36001 } }],
  });
  expect(ruleOf(at.spat(next(7, 120)))).toBe('R13');
  at.timings[1]!.push({
    startMs: end, minEndMs: null, maxEndMs: null, likelyEndMs: null, resolutionMs: 100,
  });
  expect(ruleOf(at.spat(next(3, 120)))).toBe('R7');
  expect(ruleOf(at.spat(next(7, 140)))).toBe('R20');
  expect(at.spat(next(7, 120))).toEqual({ pass: true });
});

test('an unavailable phase carries no time and no next state (R13)', () => {
  const at = new Junction().warm();
  const timing = { start: 0, likelyEnd: 36001 };
  expect(ruleOf(at.spat({ 1: [{ light: 0, timing }] }))).toBe('R13');
  expect(ruleOf(at.spat({ 1: [{ light: 0 }, { light: 3 }] }))).toBe('R13');
});

test('at colour-only no time passes (R13)', () => {
  const at = new Junction().warm(aGreen);
  at.utcMs += 1000;
  at.cycle();
  knowing(at);
  expect(ruleOf(at.spat(timed(at)))).toBe('R13');
  at.timings = {};
  const unknown = timed(at, { minEnd: 36001, maxEnd: 36001, likelyEnd: 36001 });
  at.show(aGreen, 1000);
  expect(at.spat(unknown)).toEqual({ pass: true });
});

test('a withheld group passes only as unavailable (R7)', () => {
  const at = new Junction().warm();
  at.show(aGreen, 5000);
  at.cycle(allRed);
  expect(ruleOf(at.spat())).toBe('R7');
  expect(at.spat({ 1: [{ light: 0 }] })).toEqual({ pass: true });
});

test('a time of a group that lost its times is refused (R13)', () => {
  const at = new Junction().warm();
  at.show(aGreen, 6000);
  at.show({ ...allRed, a: 'yellow' }, 2000);
  at.cycle(allRed);
  knowing(at);
  expect(ruleOf(at.spat(timed(at, {}, 3)))).toBe('R13');
  expect(at.spat()).toEqual({ pass: true });
});

test('ends that run away are refused and leave the group without times at once (R11)', () => {
  for (const shift of [-3000, 3000] as const) {
    const at = new Junction().warm(aGreen);
    const end = at.nowMs + 12_000;
    knowing(at, end);
    expect(at.spat(timed(at)).pass).toBe(true);
    at.cycle();
    knowing(at, end + shift);
    const left = (end + shift - at.nowMs) / 100;
    const moved = timed(at, { minEnd: left, maxEnd: left, likelyEnd: left });
    expect(ruleOf(at.spat(moved))).toBe('R11');
    expect(at.gate.verdict('0-10')).toMatchObject({ level: 'valid', untimed: ['a'] });
    expect(at.spat({ 1: [{ light: 6 }] })).toEqual({ pass: true });
    expect(at.cycle().untimed).toEqual(['a']);
  }
});

test('ends that stand still, and a new state with new ends, pass (R11)', () => {
  const at = new Junction().warm(aGreen);
  const end = at.nowMs + 12_000;
  for (let index = 0; index < 5; index++) {
    knowing(at, end);
    const left = (end - at.nowMs) / 100;
    expect(at.spat(timed(at, { minEnd: left, maxEnd: left, likelyEnd: left })).pass).toBe(true);
    at.cycle();
  }
  at.show(aGreen, 5000);
  at.cycle({ ...allRed, a: 'yellow' });
  knowing(at, at.nowMs + 3000);
  const three = { minEnd: 30, maxEnd: 30, likelyEnd: 30 };
  expect(at.spat(timed(at, three, 7))).toEqual({ pass: true });
});

test('a yellow knows its end: its minimum is its maximum (R11)', () => {
  const at = new Junction().warm({ ...allRed, a: 'yellow' });
  knowing(at, at.nowMs + 3000, { maxEndMs: at.nowMs + 4000 });
  const open = { minEnd: 30, maxEnd: 40, likelyEnd: 30, confidence: 100 };
  expect(ruleOf(at.spat(timed(at, open, 7)))).toBe('R11');
});

test('a slow source shows an aged green only before its guaranteed end (R1b)', () => {
  const at = new Junction(testNode({ slow: true })).warm(aGreen);
  at.pass(400);
  at.minEnds = { a: at.nowMs + 12_000 };
  at.decide();
  expect(ruleOf(at.spat())).toBe('R1b');
  knowing(at);
  expect(ruleOf(at.spat(timed(at), { timeConfidence: 7 }))).toBe('R1b');
  expect(at.spat(timed(at), { timeConfidence: 6 })).toEqual({ pass: true });
});

test('every flipped bit that changes what is said is blocked, whatever it hits (R20)', () => {
  const at = new Junction().warm({ ...aGreen, b: 'red', p: 'red', r: 'red' });
  knowing(at);
  const bytes = at.spatBytes(timed(at));
  const snapshot = at.gate.snapshot();
  expect(at.check(bytes)).toEqual({ pass: true });
  const passed: number[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    at.gate.restore(snapshot);
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
    if (at.check(flipped).pass) passed.push(bit);
  }
  // What may differ: the counter (bits 8 to 14, rule R21 tells) and the status bits that describe
  // only the plan and the map.
  const allowed = (bit: number): boolean => bit >= 8 && bit <= 14;
  const status = 93;
  const advisory = [5, 6, 7, 10, 11, 12].map((bit) => status + bit);
  expect(passed.length).toBeGreaterThan(0);
  expect(passed.filter((bit) => !allowed(bit) && !advisory.includes(bit))).toEqual([]);
});
