/** SPAT at the limits of its rules: exactly there, and one beyond. */
import { expect, test } from 'vitest';
import type { GateTiming } from '../../src/base/evidence.ts';
import type { GateResult } from '../../src/gate/gate.ts';
import { isClearance, isGreenShown } from '../../src/gate/lamps.ts';
import { defaultLimits } from '../../src/gate/rules.ts';
import { aGreen, allRed, group, Junction, quiet, ruleOf, testNode } from './junction.ts';
import type { TestState, TestTiming } from './writer.ts';

const HOUR = 3_600_000;
const none: GateTiming = {
  startMs: null, minEndMs: null, maxEndMs: null, likelyEndMs: null, resolutionMs: 0,
};
/** Says a phase in states that the stage knows so. */
function say(
  at: Junction, states: readonly [TestState, ...TestState[]], known: readonly Partial<GateTiming>[],
  phase = 1,
): GateResult {
  at.timings = { [phase]: known.map((one) => ({ ...none, ...one })) };
  return at.spat({ [phase]: [...states] });
}
const counted = (light: number, more: Partial<TestTiming> = {}): TestState =>
  ({ light, timing: { start: 0, likelyEnd: 36_001, ...more } });
const absolute = (light: number, more: Partial<TestTiming> = {}): TestState =>
  ({ light, timing: { utc: true, start: 36_001, likelyEnd: 36_001, ...more } });
const markOf = (at: Junction, inMs: number): number =>
  Math.round(((at.utcMs + inMs) % HOUR) / 100) % 36_000;

test('time confidence is the finest class that holds the error, to its end (R15)', () => {
  const classes = [1e5, 5e4, 2e4, 1e4, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1];
  const limits = { ...defaultLimits, clockMs: 1e9, stampMs: 1e9 };
  for (const [index, classMs] of classes.entries()) {
    for (const [errorMs, code] of [[classMs, index + 1], [classMs + 0.5, index]] as const) {
      const at = new Junction(testNode(), { limits });
      at.errorMs = errorMs;
      at.warm();
      expect(at.spat({}, { timeConfidence: code }), `${errorMs} ms`).toEqual({ pass: true });
      at.cycle();
      expect(ruleOf(at.spat({}, { timeConfidence: code + 1 })), `${errorMs} ms`).toBe('R15');
    }
  }
});

test('the last minute of a leap year is known, the one after it is not (R17)', () => {
  const late = new Junction();
  late.utcMs = Date.UTC(2028, 11, 31, 23, 59, 30);
  late.warm();
  expect(late.stamps.moy).toBe(527_039);
  expect(late.spat().pass).toBe(true);
  const next = new Junction();
  next.utcMs = Date.UTC(2028, 0, 1) - 290;
  next.warm();
  const { ms } = next.stamps;
  expect(ruleOf(next.spat({}, { moy: 527_040, ms, innerMoy: 527_040, innerMs: ms }))).toBe('R17');
  expect(next.spat().pass).toBe(true);
});

test('a minute has 60 000 milliseconds, however near the clock is to its end (R17)', () => {
  const at = new Junction();
  at.utcMs = Date.UTC(2026, 2, 1, 8, 15, 59, 690);
  at.warm();
  const { moy } = at.stamps;
  expect(at.stamps.ms).toBe(59_990);
  expect(ruleOf(at.spat({}, { moy, ms: 60_000, innerMoy: moy, innerMs: 60_000 }))).toBe('R17');
  expect(at.spat({}, { moy, ms: 59_999, innerMoy: moy, innerMs: 59_999 }).pass).toBe(true);
});

test('a clock that counts from its own start is no step, and its first stamp is new (R17)', () => {
  const at = new Junction();
  at.utcMs = at.nowMs;
  at.warm();
  expect(at.spat().pass).toBe(true);
  expect(ruleOf(at.spat())).toBe('R17');
});

test('a step of just 50 ms does not begin the order of stamps anew, 51 ms do (R17)', () => {
  for (const [stepMs, rule] of [[50, 'R17'], [51, 'passed']] as const) {
    const at = new Junction().warm();
    expect(at.spat().pass).toBe(true);
    at.pass(10);
    at.utcMs -= stepMs;
    expect(ruleOf(at.spat()), `${stepMs}`).toBe(rule);
  }
});

test('a stamp is the same one whatever the fraction of the clock (R17)', () => {
  for (let first = 0; first < 50; first++) {
    const at = new Junction();
    at.utcMs += first / 50;
    at.warm();
    const { moy } = at.stamps;
    const ms = Math.floor(at.stamps.ms);
    const stamp = { moy, ms, innerMoy: moy, innerMs: ms };
    expect(at.spat({}, stamp).pass).toBe(true);
    for (let more = 1; more < 5; more++) {
      at.pass(0.17);
      expect(ruleOf(at.spat({}, stamp)), `${first} ${more}`).toBe('R17');
    }
  }
});

test('a leap second holds the last millisecond whatever the fraction of the clock (R17)', () => {
  for (let part = 0; part < 50; part++) {
    const at = new Junction();
    at.utcMs = Date.UTC(2026, 5, 30, 23, 59, 58, 900);
    at.warm();
    at.utcMs += part / 50;
    const { moy } = at.stamps;
    const held = { moy, ms: 59_999, innerMoy: moy, innerMs: 59_999 };
    expect(ruleOf(at.spat({}, { ...held, timeConfidence: 6 })), `${part}`).toBe('passed');
  }
});

test('the status bit below the one of no SPAT is looked at (R19)', () => {
  for (const status of [1, 2]) {
    const at = new Junction().warm();
    at.status = quiet;
    expect(ruleOf(at.spat({}, { status })), `${status}`).toBe('R19');
  }
});

test('a phase that begins unavailable and goes on is not unavailable throughout (R13)', () => {
  const at = new Junction().warm();
  const states = Object.fromEntries([1, 2, 3, 4].map((id) => [id, [{ light: 0 }, { light: 3 }]]));
  expect(ruleOf(at.spat(states))).toBe('R13');
});

test('phases of a site that are not in order, and of two digits, are the same ones (R5)', () => {
  const groups = [group('a', 12), group('c', 3), group('d', 7)];
  const node = testNode({ groups, conflicting: [], yielding: [], intergreens: [] });
  const at = new Junction(node).warm({ a: 'red', c: 'red', d: 'red' });
  const phases = [7, 12, 3].map((id) => ({ id, states: [{ light: 3 }] }));
  expect(at.spat({}, { phases }).pass).toBe(true);
});

test('a slow source whose green is young needs no guaranteed end (R1b)', () => {
  const at = new Junction(testNode({ slow: true })).warm(aGreen);
  expect(at.spat()).toEqual({ pass: true });
});

test('a mark begins and ends within 55 ms of what is known, each by itself (R20)', () => {
  for (const offMs of [55, 56, -55, -56]) {
    const rule = Math.abs(offMs) === 55 ? 'passed' : 'R20';
    const start = new Junction().warm(aGreen);
    expect(ruleOf(say(start, [counted(6), counted(7, { start: 100 })], [
      {}, { startMs: start.nowMs + 10_000 + offMs },
    ])), `start ${offMs}`).toBe(rule);
    const likely = new Junction().warm(aGreen);
    const end = { minEnd: 50, likelyEnd: 100, maxEnd: 200, confidence: 9 };
    expect(ruleOf(say(likely, [counted(6, end)], [{
      minEndMs: likely.nowMs + 5000, likelyEndMs: likely.nowMs + 10_000 + offMs,
      maxEndMs: likely.nowMs + 20_000,
    }])), `likely ${offMs}`).toBe(rule);
  }
  for (const [offMs, rule] of [[155, 'passed'], [156, 'R20']] as const) {
    const at = new Junction().warm(aGreen);
    const end = at.nowMs + 10_000;
    expect(ruleOf(say(at, [counted(6, { minEnd: 100, likelyEnd: 100, confidence: 9 })], [
      { minEndMs: end, likelyEndMs: end - offMs },
    ])), `at a bound ${offMs}`).toBe(rule);
  }
});

test('where rounding is not allowed for, a mark that has run out is zero itself (R20)', () => {
  const at = new Junction(testNode(), { limits: { ...defaultLimits, markMs: 0 } }).warm(aGreen);
  expect(say(at, [counted(6, { minEnd: 0 })], [{ minEndMs: at.nowMs - 700 }]).pass).toBe(true);
});

test('a refused mark is told by its name and state (R20)', () => {
  const at = new Junction().warm(aGreen);
  expect(say(at, [counted(6), counted(7, { start: 100 })], [{}, { startMs: at.nowMs + 9000 }]))
    .toMatchObject({ rule: 'R20', reason: 'phase 1 state 1: start, ms from now' });
});

test('a start may be left unsaid though it is known (R20)', () => {
  const at = new Junction().warm(aGreen);
  expect(say(at, [counted(6), counted(7, { start: 36_001 })], [{}, { startMs: at.nowMs + 9000 }]))
    .toEqual({ pass: true });
});

test('a mark of the hour is left unsaid from 29 min 40 s on, before and after (R20)', () => {
  for (const [awayMs, rule] of [
    [1_780_000, 'passed'], [1_779_999, 'R20'], [-1_780_000, 'passed'], [-1_779_999, 'R20'],
  ] as const) {
    const at = new Junction().warm(aGreen);
    expect(ruleOf(say(at, [absolute(6, { minEnd: 36_001 })], [{ minEndMs: at.nowMs + awayMs }])),
      `${awayMs}`).toBe(rule);
  }
});

test('how long a light comes back for is not said where it is not known (R13)', () => {
  for (const known of [{ nextDurationMs: null }, {}, { nextDurationMs: undefined as never }]) {
    const at = new Junction().warm(aGreen);
    const nextStartMs = at.nowMs + 20_000;
    const next = { nextStart: markOf(at, 20_000), nextEnd: markOf(at, 20_000) };
    expect(ruleOf(say(at, [absolute(6, next)], [{ nextStartMs, ...known }]))).toBe('R13');
    const counting = new Junction().warm(aGreen);
    expect(ruleOf(say(counting, [counted(6, { nextEnd: 0 })], [{ nextStartMs, ...known }])))
      .toBe('R13');
  }
  for (const known of [{ nextStartMs: null }, {}]) {
    const at = new Junction().warm(aGreen);
    const nextEnd = markOf(at, 12_000 - at.nowMs);
    expect(ruleOf(say(at, [absolute(6, { nextEnd })], [{ nextDurationMs: 12_000, ...known }])))
      .toBe('R13');
  }
});

test('a confidence is rounded to half a percent, and told as none without its end (R13)', () => {
  const at = new Junction().warm(aGreen);
  const known = [{ likelyEndMs: at.nowMs + 5000, confidence: 0.999 }];
  expect(ruleOf(say(at, [counted(6, { likelyEnd: 50, confidence: 199 })], known))).toBe('R13');
  expect(say(at, [counted(6, { confidence: 200 })], known))
    .toMatchObject({ rule: 'R13', expected: 'none', got: '200' });
  expect(say(at, [counted(6, { likelyEnd: 50, confidence: 200 })], known).pass).toBe(true);
});

test('absolute times are said up to 100 ms of error, and then stay (R15)', () => {
  for (const [errorMs, rule] of [[100, 'passed'], [100.1, 'R15']] as const) {
    const at = new Junction();
    at.errorMs = errorMs;
    at.warm(aGreen);
    const end = { likelyEnd: markOf(at, 5000), confidence: 9 };
    expect(ruleOf(say(at, [absolute(6, end)], [{ likelyEndMs: at.nowMs + 5000 }]))).toBe(rule);
    expect(at.gate.verdict('0-10')!.untimed).toEqual(rule === 'passed' ? [] : ['a']);
  }
});

test('just after a leap second absolute times are said again (R17)', () => {
  const at = new Junction();
  at.utcMs = Date.UTC(2026, 6, 1) - 300;
  at.warm(aGreen);
  expect(at.utcMs).toBe(Date.UTC(2026, 6, 1));
  const end = { likelyEnd: markOf(at, 5000), confidence: 9 };
  expect(say(at, [absolute(6, end)], [{ likelyEndMs: at.nowMs + 5000 }])).toEqual({ pass: true });
});

test('what comes next is what the stage expects, in any of its words (R20)', () => {
  const next = (light: number, colour?: GateTiming['colour']): string => {
    const at = new Junction().warm(allRed);
    return ruleOf(say(at, [{ light: 3 }, { light }], [{}, colour ? { colour } : {}]));
  };
  expect([next(6), next(6, 'green'), next(5, 'green')]).toEqual(['passed', 'passed', 'passed']);
  expect([next(6, 'yellow'), next(8, 'green'), next(8)]).toEqual(['R20', 'R20', 'passed']);
  expect(next(3)).toBe('R7');
  const yellow = new Junction().warm({ ...allRed, a: 'yellow' });
  expect(say(yellow, [{ light: 7 }, { light: 3 }], [{}, {}])).toEqual({ pass: true });
});

const shared = (): Junction => {
  const groups = [group('a', 1, { hasFlashingGreen: true }), group('c', 1)];
  return new Junction(testNode({ groups, conflicting: [], yielding: [], intergreens: [] }));
};
test('what comes next is lawful for every group of the phase (R7)', () => {
  const at = shared().warm({ a: 'green', c: 'green' });
  expect(ruleOf(say(at, [{ light: 6 }, { light: 4 }], [{}, {}]))).toBe('R7');
  expect(say(at, [{ light: 6 }, { light: 7 }], [{}, {}])).toEqual({ pass: true });
});

test('a phase is unavailable where one of its groups is withheld (R20)', () => {
  const at = shared().warm({ a: 'red', c: 'red' });
  at.show({ a: 'green', c: 'green' }, 6000);
  expect(at.cycle({ a: 'flashing-green', c: 'flashing-green' }).withheld).toEqual(['c']);
  expect(at.spat({ 1: [{ light: 0 }], 3: undefined as never }, {
    phases: [{ id: 1, states: [{ light: 0 }] }], status: 4,
  }).pass).toBe(true);
  const both = [group('a', 1, { hasFlashingGreen: true }), group('c', 1), group('e', 2)];
  const node = testNode({ groups: both, conflicting: [], yielding: [], intergreens: [] });
  const beside = new Junction(node).warm({ a: 'red', c: 'red', e: 'red' });
  beside.show({ a: 'green', c: 'green', e: 'red' }, 6000);
  beside.cycle({ a: 'flashing-green', c: 'flashing-green', e: 'red' });
  expect(beside.spat({ 1: [{ light: 0 }] })).toEqual({ pass: true });
});

test('at colour-only one timed state of several is one too many (R13)', () => {
  const at = new Junction().warm(aGreen);
  at.utcMs += 1000;
  expect(at.cycle().level).toBe('colour-only');
  const states = [counted(6, { minEnd: 120 }), { light: 7 }] as const;
  expect(ruleOf(say(at, [...states], [{ minEndMs: at.nowMs + 12_000 }, {}]))).toBe('R13');
});

/** Ends as instants, said in marks; at moments whose tenths are whole. */
function ends(at: Junction, known: Partial<GateTiming>, resolutionMs = 90, light = 6): string {
  const mark = (ms: number | null | undefined): number | undefined =>
    ms === null || ms === undefined ? undefined : (ms - at.nowMs) / 100;
  const [minEnd, maxEnd, likelyEnd] =
    [mark(known.minEndMs), mark(known.maxEndMs), mark(known.likelyEndMs)];
  const timing = {
    likelyEnd: likelyEnd ?? 36_001, ...(likelyEnd === undefined ? {} : { confidence: 9 }),
    ...(minEnd === undefined ? {} : { minEnd }), ...(maxEnd === undefined ? {} : { maxEnd }),
  };
  const second = { resolutionMs: 9000 };
  const states = [counted(light, timing), { light: 8 }] as const;
  return ruleOf(say(at, [...states], [{ ...known, resolutionMs }, second]));
}
const greenAt = (): [Junction, number] => {
  const at = new Junction().warm(aGreen);
  return [at, at.nowMs + 60_000];
};

test('an end may move by 110 ms and the resolution of the present state, not more (R11)', () => {
  for (const [resolutionMs, movedMs, rule] of [
    [90, 200, 'passed'], [90, 300, 'R11'], [89, 200, 'R11'], [190, 300, 'passed'],
    [0, 100, 'passed'], [0, 200, 'R11'],
  ] as const) {
    for (const name of ['minEndMs', 'maxEndMs'] as const) {
      const [at, end] = greenAt();
      expect(ends(at, { [name]: end }, resolutionMs)).toBe('passed');
      at.cycle();
      const moved = end + (name === 'minEndMs' ? -movedMs : movedMs);
      expect(ends(at, { [name]: moved }, resolutionMs), `${name} ${movedMs}`).toBe(rule);
    }
  }
});

test('the latest minimum and the earliest maximum that were said hold (R11)', () => {
  const [least, first] = greenAt();
  for (const [end, rule] of [[first, 'passed'], [first + 9000, 'passed'], [first + 5000, 'R11']]) {
    expect(ends(least, { minEndMs: end as number })).toBe(rule);
    least.cycle();
  }
  const [most, last] = greenAt();
  for (const [end, rule] of [[last, 'passed'], [last - 9000, 'passed'], [last - 5000, 'R11']]) {
    expect(ends(most, { maxEndMs: end as number })).toBe(rule);
    most.cycle();
  }
});

test('a minimum or a maximum may join an end that was said before (R11)', () => {
  for (const joined of ['minEndMs', 'maxEndMs'] as const) {
    const [at, end] = greenAt();
    expect(ends(at, { likelyEndMs: end })).toBe('passed');
    at.cycle();
    expect(ends(at, { likelyEndMs: end, [joined]: end }), joined).toBe('passed');
    at.cycle();
    const more = joined === 'minEndMs' ? { maxEndMs: end } : { minEndMs: end };
    expect(ends(at, { likelyEndMs: end, [joined]: end, ...more }), joined).toBe('passed');
  }
});

test('a yellow may be open by 110 ms and the resolution, or have one bound alone (R11)', () => {
  for (const [resolutionMs, apartMs, rule] of [
    [90, 200, 'passed'], [89, 200, 'R11'], [90, 300, 'R11'],
  ] as const) {
    const at = new Junction().warm({ ...allRed, a: 'yellow' });
    const end = at.nowMs + 2000;
    expect(ends(at, { minEndMs: end, maxEndMs: end + apartMs }, resolutionMs, 7)).toBe(rule);
  }
  for (const name of ['minEndMs', 'maxEndMs'] as const) {
    const at = new Junction().warm({ ...allRed, a: 'yellow' });
    expect(ends(at, { [name]: at.nowMs + 2000 }, 0, 7), name).toBe('passed');
  }
});

/** Says likely ends one after another, 100 ms apart; at which message a rule refused, if any. */
function slide(moves: readonly number[], resolutionMs = 90): string {
  const [at, first] = greenAt();
  let end = first;
  for (const [index, move] of [0, ...moves].entries()) {
    end += move;
    const result = ends(at, { likelyEndMs: end }, resolutionMs);
    if (result !== 'passed') return `${result} at ${index}`;
    at.cycle();
  }
  return 'passed';
}
const still = (count: number): number[] => Array.from({ length: count }, () => 0);

test('a count is refused after just a second of more than a tenth and the slack (R12)', () => {
  // After a second 100 ms and the slack of 200 ms are borne.
  expect(slide([300, ...still(9)])).toBe('passed');
  expect(slide([300, ...still(10)], 89)).toBe('R12 at 10');
  expect(slide([400, ...still(9)])).toBe('R12 at 10');
  expect(slide([-400, ...still(9)])).toBe('R12 at 10');
  expect(slide([...still(9), 300])).toBe('passed');
  expect(slide([200, -200, 200, ...still(12)])).toBe('passed');
  expect(slide([200, 200, 0, ...still(12)])).toBe('R12 at 10');
});

test('a move of over twice the slack is a jump, after which all begins anew (R12)', () => {
  expect(slide([400, ...still(12)])).toBe('R12 at 10'); // twice the slack is none
  expect(slide([500, ...still(12)])).toBe('passed');
  // What slid before a jump does not count after it, nor does the time before it excuse.
  expect(slide([300, 5000, ...still(12)])).toBe('passed');
  expect(slide([...still(40), 5000, 400, ...still(9)])).toBe('R12 at 51');
  expect(slide([...still(40), 5000, 300, ...still(9)])).toBe('passed');
});

test('a clearance is a yellow of its own or a flashing green', () => {
  expect(isClearance('flashing-green')).toBe(true);
  expect(isClearance('yellow') && isClearance('permissive-yellow')).toBe(true);
  expect([isClearance('permissive'), isClearance('dark')]).toEqual([false, false]);
  const greens = (['permissive', 'protected', 'flashing-green', 'yellow', 'red'] as const)
    .map((shown) => isGreenShown(shown));
  expect(greens).toEqual([true, true, true, false, false]);
});
