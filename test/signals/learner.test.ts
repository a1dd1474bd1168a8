import { expect, test } from 'vitest';
import { monotonicMs } from '../../src/base/time.ts';
import { signalGroupId } from '../../src/model/ids.ts';
import type { Forecaster } from '../../src/signals/forecast.ts';
import { createLearner, RIGHT_MS } from '../../src/signals/learner.ts';
import { actuatedRows, coordinatedRows, fixedRows, history, percentiles, reports } from './plans.ts';
import type { Row, Shown } from './plans.ts';
import { aspectOf, signalGroup, status } from './site.ts';

const A = signalGroupId('A');
const learner = (): Forecaster => createLearner({ signalGroups: [signalGroup('A', '1', { hasFlashingGreen: true })] });

interface Run {
  /** Errors of the likely end as first said in each state, ms; by how sure it was. */
  readonly said: { readonly errorMs: number; readonly confidence: number; readonly colour: string }[];
  /** States in which an end was said, of all from `fromCycle` on. */
  readonly share: number;
  /** How often an end that was still ahead moved within a state. */
  readonly slides: number;
}

/** Lets a learner see a history and holds what it said against what came. */
function run(rows: readonly Row[], more: {
  readonly periodMs?: number; readonly cycles?: number; readonly fromCycle?: number; readonly seed?: string;
} = {}): Run {
  const { periodMs = 100, cycles = 30, fromCycle = 4, seed = 's' } = more;
  const shown = history(rows, cycles * 100_000, seed);
  const fromMs = shown[fromCycle * rows.length]?.beganMs ?? 0;
  const one = learner();
  const said: Run['said'] = [];
  let states = 0;
  let slides = 0;
  let past = 0;
  let state: Shown | null = null;
  let heldMs: number | null = null;
  let counted = false;
  for (const { atMs, now } of reports(shown, periodMs, Math.min(20, periodMs / 5), seed)) {
    if (now !== state) {
      state = now;
      heldMs = null;
      counted = false;
      if (now.beganMs >= fromMs) states++;
    }
    one.observe(A, now.aspect, status, monotonicMs(atMs));
    const forecast = one.likelyEnd(A, monotonicMs(atMs));
    if (!forecast || now.beganMs < fromMs) continue;
    if (forecast.atMs <= atMs) past++;
    if (heldMs !== null && heldMs > atMs && forecast.atMs !== heldMs) slides++;
    heldMs = forecast.atMs;
    if (!counted) {
      counted = true;
      const errorMs = forecast.atMs - now.endMs;
      said.push({ errorMs, confidence: forecast.confidence, colour: now.aspect.colour });
    }
  }
  expect(past).toBe(0);
  return { said, share: said.length / states, slides };
}
const errorsOf = ({ said }: Run): readonly number[] => said.map(({ errorMs }) => errorMs);

/** How sure it was on average, and how often it was right. */
const calibration = ({ said }: Run): { readonly sure: number; readonly right: number } => ({
  sure: said.reduce((sum, { confidence }) => sum + confidence, 0) / said.length,
  right: said.filter(({ errorMs }) => Math.abs(errorMs) <= RIGHT_MS).length / said.length,
});

test('the ends of a fixed-time plan are known after three cycles, from lamps alone', () => {
  const rows = [
    ['10 Hz', run(fixedRows), 60, 100], ['1 Hz', run(fixedRows, { periodMs: 1000 }), 510, 510],
    ['coordinated', run(coordinatedRows()), 60, 8500],
  ] as const;
  for (const [name, result, p50, p95] of rows) {
    const found = percentiles(errorsOf(result));
    const { sure, right } = calibration(result);
    process.stdout.write(`learnt ends, ${name}: p50 ${Math.round(found.p50)} ms, p95 ${Math.round(found.p95)} ms, `
      + `said in ${Math.round(100 * result.share)} %, sure ${sure.toFixed(2)}, right ${right.toFixed(2)}\n`);
    expect(found.p50, name).toBeLessThan(p50);
    expect(found.p95, name).toBeLessThan(p95);
    expect(right, name).toBeGreaterThanOrEqual(sure - 0.02);
    expect(result.slides, name).toBe(0);
  }
  expect(rows).toHaveLength(3);
});

test('an actuated controller is forecast with as much confidence as it deserves', () => {
  const all = Array.from({ length: 6 }, (_, seed) => run(actuatedRows, { seed: `a${seed}`, cycles: 60 }));
  const said = all.flatMap((one) => one.said);
  const found = percentiles(said.map(({ errorMs }) => errorMs));
  const { sure, right } = calibration({ said, share: 1, slides: 0 });
  process.stdout.write(`learnt ends, actuated: p50 ${Math.round(found.p50)} ms, p95 ${Math.round(found.p95)} ms, `
    + `sure ${sure.toFixed(2)}, right ${right.toFixed(2)}\n`);
  const greens = said.filter(({ colour }) => colour === 'green');
  expect(Math.max(...greens.map(({ confidence }) => confidence))).toBeLessThan(0.75);
  expect(right).toBeGreaterThanOrEqual(sure - 0.02);
  expect(all.reduce((sum, { slides }) => sum + slides, 0)).toBe(0);
  // Yellow is as sure as with any other controller.
  const yellows = said.filter(({ colour }) => colour === 'yellow');
  expect(percentiles(yellows.map(({ errorMs }) => errorMs)).p95).toBeLessThan(150);
});

/** Shows rows in turn at 10 Hz; gives the learner's word at an instant within the last. */
function show(one: Forecaster, rows: readonly (readonly [string, number])[], from: number, plan: number | null = 1): number {
  let atMs = from;
  for (const [text, lastsMs] of rows) {
    for (const endMs = atMs + lastsMs; atMs < endMs; atMs += 100) {
      one.observe(A, aspectOf(text), { ...status, plan }, monotonicMs(atMs));
    }
  }
  return atMs;
}
const cycle = [['green', 20_000], ['yellow', 3000], ['red', 37_000]] as const;
const cycles = (count: number) => Array.from({ length: count }, () => cycle).flat();
const endAt = (one: Forecaster, atMs: number) => one.likelyEnd(A, monotonicMs(atMs));

test('another plan number forgets, and one that nobody announced is found out by two surprises', () => {
  const one = learner();
  let atMs = show(one, [...cycles(5), ['green', 1000]], 0);
  expect(endAt(one, atMs - 100)!.atMs).toBeCloseTo(320_000 - 50, -2);
  atMs = show(one, [['green', 1000]], atMs, 2);
  expect(endAt(one, atMs - 100)).toBeNull();

  const two = learner();
  atMs = show(two, cycles(6), 0, null);
  // A longer cycle begins without a word.
  const longer = [['green', 30_000], ['yellow', 3000], ['red', 47_000]] as const;
  atMs = show(two, [...longer, ...longer, ['green', 1000]], atMs, null);
  expect(endAt(two, atMs - 100)).toBeNull();
  atMs = show(two, [['green', 29_000], ...longer.slice(1), ...longer, ...longer, ['green', 1000]], atMs, null);
  expect(endAt(two, atMs - 100)!.atMs).toBeCloseTo(atMs + 29_000 - 50, -2);
});

test('a state in which somebody overruled the plan is neither learnt nor forecast', () => {
  const one = learner();
  let atMs = show(one, [...cycles(5), ['green', 1000]], 0);
  one.observe(A, aspectOf('green'), { ...status, preempt: true, plan: 1 }, monotonicMs(atMs));
  expect(endAt(one, atMs)).toBeNull();
  atMs = show(one, [['green', 3000], ...cycle.slice(1), ...cycles(2), ['green', 1000]], atMs + 100);
  expect(endAt(one, atMs - 100)!.atMs).toBeCloseTo(atMs + 19_000 - 50, -2);
});

test('a gap in the reports keeps the cycle and waits for the next green', () => {
  const one = learner();
  let atMs = show(one, cycles(5), 0);
  atMs = show(one, [['red', 17_000]], atMs + 43_000);
  expect(endAt(one, atMs - 100)).toBeNull();
  atMs = show(one, [['green', 1000]], atMs);
  expect(endAt(one, atMs - 100)!.atMs).toBeCloseTo(atMs + 19_000 - 50, -2);
});

test('a group that is served twice in a cycle is told apart', () => {
  const one = learner();
  const twice = [['green', 20_000], ['red', 10_000], ['green', 8000], ['red', 32_000]] as const;
  const atMs = show(one, [...Array.from({ length: 7 }, () => twice).flat(), ...twice.slice(0, 2), ['green', 1000]], 0);
  expect(endAt(one, atMs - 100)!.atMs).toBeCloseTo(atMs + 7000 - 50, -2);
});

test('what follows is told in order until the present colour comes back', () => {
  const one = learner();
  const atMs = show(one, [...cycles(6), ['green', 1000]], 0);
  const end = endAt(one, atMs - 100)!;
  const states = one.following!(A, end.atMs, end.confidence);
  expect(states.map(({ aspect }) => aspect.colour)).toEqual(['yellow', 'red', 'green']);
  expect(states[0]!.startMs).toBe(end.atMs);
  for (const [index, lifeMs] of [3000, 37_000, 20_000].entries()) {
    const { startMs, likelyEndMs, confidence } = states[index]!;
    expect(Math.abs(likelyEndMs - startMs - lifeMs)).toBeLessThan(1);
    if (index > 0) expect(startMs).toBe(states[index - 1]!.likelyEndMs);
    expect(confidence).toBeGreaterThan(0.5);
  }
  expect(states.map(({ rightOfWay }) => rightOfWay)).toEqual(['none', 'none', 'protected']);
});

test('its state is plain, bounded, and goes on where it was', () => {
  const one = learner();
  let atMs = show(one, [...cycles(40), ['green', 1000]], 0);
  const kept = structuredClone(one.snapshot());
  expect(JSON.stringify(kept).length).toBeLessThan(8000);
  const other = learner();
  other.restore(kept);
  atMs = show(one, [['green', 19_000], ['yellow', 1000]], atMs);
  show(other, [['green', 19_000], ['yellow', 1000]], atMs - 20_000);
  expect(endAt(other, atMs - 100)).toEqual(endAt(one, atMs - 100));
  expect(endAt(one, atMs - 100)).not.toBeNull();
});
