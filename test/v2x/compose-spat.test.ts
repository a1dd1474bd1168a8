import fc from 'fast-check';
import { expect, test } from 'vitest';
import { monotonicMs, plusMs, utcMs } from '../../src/base/time.ts';
import type {
  FollowingState, LampAspect, RightOfWay, SignalGroupState,
} from '../../src/model/signal.ts';
import type { Site } from '../../src/model/site.ts';
import type { SpatAllowance } from '../../src/model/stages.ts';
import { createSpatComposer } from '../../v2x/compose/spat.ts';
import { timeConfidence } from '../../v2x/compose/time.ts';
import type { Profile } from '../../v2x/profile.ts';
import { profileByName, profileOfSite } from '../../v2x/profiles.ts';
import { demoSite } from '../demosite.ts';
import {
  contextOf, end, spatOf, stamp, START_UTC_MS, stateOf, status, timing, valid,
} from './compose-kit.ts';

const site = demoSite();
const groups = site.road.signalGroups;
const phases = [...new Set(groups.map(({ phase }) => phase))].sort((a, b) => a - b);
/** A group that has its phase for itself, and two that share one. */
const alone = groups.find((one) => groups.filter(({ phase }) => phase === one.phase).length === 1)!;
const twins = groups.filter(({ phase }) =>
  phase === groups.find((one) => one !== alone
    && groups.filter((other) => other.phase === one.phase).length === 2)!.phase);
const green = { aspect: { colour: 'green', flashing: false }, rightOfWay: 'protected' } as const;

interface Told {
  readonly allowed?: SpatAllowance;
  readonly profile?: Partial<Profile>;
  readonly on?: Site;
  readonly now?: ReturnType<typeof stamp>;
}

/** What one group's phase says. */
function told(group: Partial<SignalGroupState>, { allowed = valid, profile = {}, now = stamp(1000) }: Told = {}) {
  const offer = createSpatComposer(contextOf(site, profile)).compose(
    stateOf(site, now.monoMs, { [alone.id]: group }), allowed, now);
  return spatOf(offer!).intersections[0]!.phases.find(({ id }) => id === alone.phase)!.phaseStates;
}
const counting = (group: Partial<SignalGroupState>, more: Told = {}) => {
  const state = told(group, more)[0]!.timing;
  return state && 'counting' in state ? state.counting : null;
};
const utcTiming = (group: Partial<SignalGroupState>, more: Told = {}) => {
  const times = { ...profileByName('A').times, form: 'utc' as const };
  const state = told(group, { ...more, profile: { times } })[0]!.timing;
  return state && 'utcTiming' in state ? state.utcTiming : null;
};

test('a valid SPAT names every phase of its node once, with the lamps that are meant', () => {
  const state = stateOf(site, 1000, { [alone.id]: green });
  const offer = createSpatComposer(contextOf(site)).compose(state, valid, stamp(1000))!;
  const { intersections } = spatOf(offer);
  expect(intersections).toHaveLength(1);
  const [one] = intersections;
  expect(one!.intersectionId).toEqual({ region: state.node.region, id: state.node.id });
  expect(one!.phases.map(({ id }) => id)).toEqual(phases);
  const lights = new Map(one!.phases.map(({ id, phaseStates }) => [id, phaseStates[0]!.light]));
  expect(lights.get(alone.phase)).toBe('protected-green');
  expect([...lights.values()].filter((light) => light === 'red')).toHaveLength(phases.length - 1);
  expect(offer.message).toMatchObject({ type: 'SPAT', profile: 'A', aid: 3619, priority: 176 });
  expect(offer.newestReceivedMs).toBe(1000);
});

test('each lamp and right of way has its word, and what is not known is unavailable', () => {
  const rows = [
    ['red', false, 'none', 'red'], ['red', true, 'none', 'flashing-red'],
    ['yellow', false, 'none', 'yellow'], ['yellow', true, 'permissive', 'flashing-yellow'],
    ['green', false, 'protected', 'protected-green'],
    ['green', false, 'permissive', 'permissive-green'],
    ['green', true, 'protected', 'flashing-green'], ['red-yellow', false, 'none', 'red'],
    ['dark', false, 'none', 'dark'], ['unknown', false, 'unknown', 'unavailable'],
  ] as const;
  for (const [colour, flashing, rightOfWay, light] of rows) {
    const states = told({ aspect: { colour, flashing }, rightOfWay });
    expect(states, colour).toEqual([{ light }]);
  }
  expect(rows).toHaveLength(10);
});

test('at colour only no phase has times, and a profile may ask for the unknown mark instead', () => {
  const full = { ...green, timing: timing({ minEnd: end(5000), likelyEnd: end(6000), maxEnd: end(7000) }) };
  const allowed = { ...valid, level: 'colour-only' as const };
  expect(told(full, { allowed })).toEqual([{ light: 'protected-green' }]);
  const times = { ...profileByName('A').times, atColourOnly: 'unknown' as const };
  expect(told(full, { allowed, profile: { times } })).toEqual([
    { light: 'protected-green', timing: { counting: { startTime: 0, likelyEndTime: 36_001 } } },
  ]);
  expect(told(full, { allowed, profile: { times: { ...times, form: 'utc' } } })).toEqual([{
    light: 'protected-green',
    timing: { utcTiming: { startUTCTime: 36_001, likelyEndUTCTime: 36_001 } },
  }]);
});

test('at unavailable every phase says so without times, under status bit 13; at silent nothing is said', () => {
  const composer = createSpatComposer(contextOf(site));
  const state = stateOf(site, 1000, {}, {
    status: { ...status, failureFlash: true, fault: true, preempt: true, manualControl: true },
  });
  const unavailable = composer.compose(state, { ...valid, level: 'unavailable' }, stamp(1000))!;
  const [one] = spatOf(unavailable).intersections;
  expect(one!.phases.map(({ phaseStates }) => phaseStates)).toEqual(
    phases.map(() => [{ light: 'unavailable' }]));
  // What the controller says of its own fault stays; what it says of control is not trusted.
  expect(one!.status).toBe('0010000010000100');
  expect(unavailable.newestReceivedMs).toBeNull();
  expect(composer.compose(state, { ...valid, level: 'silent' }, stamp(1100))).toBeNull();
});

test('each status of the controller sets its own bit and no other', () => {
  const rows = [
    [{ mode: 'unknown' }, ''], [{ mode: 'manual' }, '0'],
    [{ mode: 'unknown', manualControl: true }, '0'], [{ mode: 'unknown', stopTime: true }, '1'],
    [{ mode: 'unknown', failureFlash: true }, '2'], [{ mode: 'unknown', preempt: true }, '3'],
    [{ mode: 'unknown', priority: true }, '4'], [{ mode: 'fixed-time' }, '5'],
    [{ mode: 'coordinated' }, '5'], [{ mode: 'actuated' }, '6'], [{ mode: 'adaptive' }, '6'],
    [{ mode: 'flashing' }, '7'], [{ mode: 'all-red' }, ''], [{ transition: true, mode: 'unknown' }, ''], [{ mode: 'unknown', fault: true }, '8'], [{ mode: 'off' }, '9'],
  ] as const;
  for (const [more, set] of rows) {
    const state = stateOf(site, 1000, {}, { status: { ...status, ...more } });
    const offer = createSpatComposer(contextOf(site)).compose(state, valid, stamp(1000))!;
    const bits = spatOf(offer).intersections[0]!.status;
    const at = [...bits].flatMap((bit, index) => (bit === '1' ? [String(index)] : []));
    expect(at.join(), JSON.stringify(more)).toBe(set);
  }
  expect(rows).toHaveLength(16);
});

test('a withheld group is unavailable and an untimed one has its colour alone', () => {
  const full = { ...green, timing: timing({ likelyEnd: end(6000) }) };
  expect(told(full, { allowed: { ...valid, withheld: [alone.id] } })).toEqual([{ light: 'unavailable' }]);
  expect(told(full, { allowed: { ...valid, untimed: [alone.id] } })).toEqual([{ light: 'protected-green' }]);
  expect(told(full)[0]!.timing).toBeDefined();
});

test('a phase that groups share says only what holds for all of them', () => {
  const [first, second] = [twins[0]!.id, twins[1]!.id] as [string, string];
  const { phase } = twins[0]!;
  const say = (rows: Record<string, Partial<SignalGroupState>>, allowed: SpatAllowance = valid) => {
    const offer = createSpatComposer(contextOf(site)).compose(stateOf(site, 1000, rows), allowed, stamp(1000));
    return spatOf(offer!).intersections[0]!.phases.find(({ id }) => id === phase)!.phaseStates;
  };
  const timed = { ...green, timing: timing({ likelyEnd: end(6000) }) };
  const both = { [first]: timed, [second]: timed };
  expect(say(both)[0]).toMatchObject({ light: 'protected-green', timing: { counting: { likelyEndTime: 50 } } });
  expect(say({ [first]: green })).toEqual([{ light: 'unavailable' }]); // one green, one red
  expect(say(both, { ...valid, withheld: [second] })).toEqual([{ light: 'unavailable' }]);
  expect(say(both, { ...valid, untimed: [second] })).toEqual([{ light: 'protected-green' }]);
  const yields = { ...timed, rightOfWay: 'permissive' as const };
  expect(say({ [first]: timed, [second]: yields })[0]!.light).toBe('permissive-green');
  const composer = createSpatComposer(contextOf(site));
  const lost = stateOf(site, 1000, both);
  const missing = { ...lost, groups: lost.groups.filter(({ signalGroup }) => signalGroup !== second) };
  const shown = spatOf(composer.compose(missing, valid, stamp(1000))!).intersections[0]!.phases;
  expect(shown.find(({ id }) => id === phase)!.phaseStates).toEqual([{ light: 'unavailable' }]);
});

test('ends are tenths from now, in order, and said only where they are known', () => {
  expect(counting({ ...green, timing: timing({ minEnd: end(5000), likelyEnd: end(6040), maxEnd: end(8000) }) })).toEqual({
    startTime: 0, minEndTime: 40, likelyEndTime: 50, maxEndTime: 70, timeConfidence: 200,
  });
  expect(counting({ ...green, timing: timing({ minEnd: end(5000) }) })).toEqual({
    startTime: 0, minEndTime: 40, likelyEndTime: 36_001,
  });
  expect(told({ ...green, timing: timing({ beganMs: stamp(0).monoMs }) })).toEqual([{ light: 'protected-green' }]);
  // A forecast or a learnt minimum is no promise.
  const learnt = timing({ minEnd: end(5000, 'learnt'), likelyEnd: end(6000, 'learnt') });
  expect(counting({ ...green, timing: learnt })).toEqual({ startTime: 0, likelyEndTime: 50, timeConfidence: 100 });
  const sure = timing({ likelyEnd: end(6000, 'controller-forecast'), confidence: 0.7 });
  expect(counting({ ...green, timing: sure })!.timeConfidence).toBe(140);
});

test('a likely end that rounding put outside its bounds is moved in; one far outside is not said', () => {
  const bounds = { minEnd: end(5000), maxEnd: end(8000) };
  const near = timing({ ...bounds, likelyEnd: end(4950) });
  expect(counting({ ...green, timing: near })).toMatchObject({ minEndTime: 40, likelyEndTime: 40 });
  for (const likely of [3000, 9000]) {
    const far = counting({ ...green, timing: timing({ ...bounds, likelyEnd: end(likely) }) });
    expect(far).toEqual({ startTime: 0, minEndTime: 40, maxEndTime: 70, likelyEndTime: 36_001 });
  }
  const crossed = timing({ minEnd: end(9000), maxEnd: end(8000), likelyEnd: end(8500) });
  expect(told({ ...green, timing: crossed })).toEqual([{ light: 'protected-green' }]);
});

test('an hour and more is 36000, just below is 35999, and what has passed is 0', () => {
  const likely = (atMs: number) =>
    counting({ ...green, timing: timing({ likelyEnd: end(1000 + atMs) }) })!.likelyEndTime;
  expect(likely(3_599_940)).toBe(35_999);
  expect(likely(3_599_999)).toBe(35_999);
  expect(likely(3_600_000)).toBe(36_000);
  expect(likely(90_000_000)).toBe(36_000);
  expect(likely(-5000)).toBe(0);
});

test('an end instant does not slide while time goes on', () => {
  const composer = createSpatComposer(contextOf(site));
  const group = { ...green, timing: timing({ minEnd: end(20_040), likelyEnd: end(20_040), maxEnd: end(20_040) }) };
  const ends = new Set<number>();
  for (let atMs = 1000; atMs < 20_000; atMs += 100) {
    const offer = composer.compose(stateOf(site, atMs, { [alone.id]: group }), valid, stamp(atMs))!;
    const told = spatOf(offer).intersections[0]!.phases.find(({ id }) => id === alone.phase)!;
    const { timing: said } = told.phaseStates[0]!;
    if (said && 'counting' in said) ends.add(atMs + said.counting.minEndTime! * 100);
  }
  expect([...ends]).toEqual([20_000]); // the tenth nearest to the truth, in every frame
});

test('stamps are the minute of the year and the millisecond of the minute of UTC, over every boundary', () => {
  const rows = [
    ['2026-01-01T00:00:00.000Z', 0, 0], ['2026-03-01T00:00:59.999Z', 59 * 1440, 59_999],
    ['2026-03-01T00:01:00.000Z', 59 * 1440 + 1, 0], ['2026-03-01T23:59:59.900Z', 60 * 1440 - 1, 59_900],
    ['2024-02-29T12:00:00.000Z', 59 * 1440 + 720, 0], ['2025-12-31T23:59:59.999Z', 525_599, 59_999],
    ['2024-12-31T23:59:59.999Z', 527_039, 59_999], ['2016-12-31T23:59:59.999Z', 527_039, 59_999],
    ['2017-01-01T00:00:00.000Z', 0, 0],
  ] as const;
  for (const [text, moy, ms] of rows) {
    const now = { ...stamp(1000), utcMs: utcMs(Date.parse(text)) };
    const offer = createSpatComposer(contextOf(site)).compose(stateOf(site, 1000), valid, now)!;
    const spat = spatOf(offer);
    expect([spat.moy, spat.timeStamp], text).toEqual([moy, ms]);
    expect([spat.intersections[0]!.moy, spat.intersections[0]!.timeStamp], text).toEqual([moy, ms]);
  }
  expect(rows).toHaveLength(9);
});

test('in the UTC form marks are tenths of the hour that the end falls in, over the hour as well', () => {
  const at = (text: string) => ({ ...stamp(100_000), utcMs: utcMs(Date.parse(text)) });
  const group = {
    ...green,
    timing: timing({ beganMs: plusMs(stamp(100_000).monoMs, -10_000), minEnd: end(110_000), likelyEnd: end(115_000), maxEnd: end(120_000) }),
  };
  expect(utcTiming(group, { now: at('2026-03-01T08:15:00.000Z') })).toEqual({
    startUTCTime: 8900, minEndUTCTime: 9100, likelyEndUTCTime: 9150, maxEndUTCTime: 9200, timeConfidence: 200,
  });
  expect(utcTiming(group, { now: at('2026-03-01T23:59:45.000Z') })).toEqual({
    startUTCTime: 35_750, minEndUTCTime: 35_950, likelyEndUTCTime: 0, maxEndUTCTime: 50, timeConfidence: 200,
  });
  const old = { ...green, timing: timing({ beganMs: plusMs(stamp(100_000).monoMs, -3_000_000), likelyEnd: end(110_000) }) };
  expect(utcTiming(old, { now: at('2026-03-01T08:15:00.000Z') })!.startUTCTime).toBe(36_001);
  const far = { ...green, timing: timing({ minEnd: end(9_000_000) }) };
  // More than half an hour off it could be read as of the hour before: it is counted.
  const times = { ...profileByName('A').times, form: 'utc' as const };
  const counted = counting(far, { now: at('2026-03-01T08:15:00.000Z'), profile: { times } });
  expect(counted).toEqual({ startTime: 0, minEndTime: 36_000, likelyEndTime: 36_001 });
});

test('the time confidence is the class that holds the error of UTC, and a slow source is a second at best', () => {
  const rows = [[0.4, '001'], [1, '001'], [1.1, '002'], [5, '005'], [20, '020'], [21, '050'], [500, '500']] as const;
  for (const [errorMs, word] of rows) expect(timeConfidence(errorMs)).toBe(`time-000-${word}`);
  expect(timeConfidence(90_000)).toBe('time-100-000');
  expect(timeConfidence(Infinity)).toBe('unavailable');
  const confidence = (periodMs: number, errorMs: number) => {
    const offer = createSpatComposer(contextOf(site))
      .compose(stateOf(site, 1000, {}, { periodMs }), valid, stamp(1000, errorMs))!;
    return spatOf(offer).intersections[0]!.timeConfidence;
  };
  expect(confidence(100, 5)).toBe('time-000-005');
  expect(confidence(1000, 5)).toBe('time-001-000');
  // Rule R15: a clock that may be off by more than 100 ms is not trusted at all.
  expect([confidence(100, 100), confidence(100, 101), confidence(1000, 101)]).toEqual([
    'time-000-100', 'unavailable', 'unavailable',
  ]);
  expect(confidence(100, Infinity)).toBe('unavailable');
});

const followers = (from: number, rows: readonly (readonly [string, boolean, RightOfWay, number])[]) => {
  let startMs = from;
  return rows.map(([colour, flashing, rightOfWay, lastsMs]): FollowingState => {
    const state = {
      aspect: { colour: colour as LampAspect['colour'], flashing }, rightOfWay,
      startMs: monotonicMs(startMs), likelyEndMs: monotonicMs(startMs + lastsMs), confidence: 0.8,
    };
    startMs += lastsMs;
    return state;
  });
};

test('all states that are known follow in order with their times, and no light stands twice', () => {
  const following = followers(6000, [
    ['green', true, 'protected', 3000], ['yellow', false, 'none', 3000], ['red', false, 'none', 40_000],
    ['green', false, 'permissive', 9000], ['yellow', false, 'none', 3000],
  ]);
  const group = { ...green, timing: timing({ likelyEnd: end(6000) }), following };
  const states = told(group);
  expect(states.map(({ light }) => light)).toEqual([
    'protected-green', 'flashing-green', 'yellow', 'red', 'permissive-green',
  ]);
  expect(states.slice(1).map(({ timing: said }) => said)).toEqual([
    [50, 80], [80, 110], [110, 510], [510, 600],
  ].map(([startTime, likelyEndTime]) => ({ counting: { startTime, likelyEndTime, timeConfidence: 160 } })));
  // Without its own likely end nothing is known of what follows it.
  expect(told({ ...group, timing: timing({ minEnd: end(6000) }) })).toHaveLength(1);
  expect(told(group, { allowed: { ...valid, untimed: [alone.id] } })).toHaveLength(1);
  const times = { ...profileByName('A').times, form: 'utc' as const };
  expect(told(group, { profile: { times } })[2]).toEqual({
    light: 'yellow', timing: { utcTiming: { startUTCTime: 90, likelyEndUTCTime: 120, timeConfidence: 160 } },
  });
});

test('when the present light comes back, and for how long, is said in both forms where it is known', () => {
  const group = {
    ...green, timing: timing({ likelyEnd: end(6000) }),
    again: { startMs: monotonicMs(70_000), durationMs: 25_040 },
  };
  expect(counting(group)).toMatchObject({ likelyEndTime: 50, nextStartTime: 690, nextDuration: 250 });
  expect(utcTiming(group)).toMatchObject({ likelyEndUTCTime: 60, nextStartUTCTime: 700, nextEndUTCTime: 950 });
  expect(counting({ ...group, again: null })).not.toHaveProperty('nextStartTime');
  expect(counting({ ...group, timing: timing({ minEnd: end(6000) }) })).not.toHaveProperty('nextStartTime');
  const late = { startMs: monotonicMs(3_700_000), durationMs: 9000 };
  expect(counting({ ...group, again: late })).not.toHaveProperty('nextDuration');
});

test('in a leap second the stamp is held at the last millisecond, with less confidence', () => {
  const boundaryMs = Date.UTC(2027, 0, 1);
  const composer = createSpatComposer(contextOf(site));
  const say = (monoMs: number, atMs: number, from = composer) => {
    const now = { ...stamp(monoMs), utcMs: utcMs(atMs) };
    const { moy, timeStamp, timeConfidence: sure } =
      spatOf(from.compose(stateOf(site, monoMs), valid, now)!).intersections[0]!;
    return [moy, timeStamp, sure];
  };
  expect(say(1000, boundaryMs - 100)).toEqual([525_599, 59_900, 'time-000-005']);
  // The system repeats the second; we see it some tenths late.
  expect(say(1300, boundaryMs + 200)).toEqual([0, 200, 'time-000-005']);
  for (let ms = 400; ms < 1000; ms += 100) {
    expect(say(1000 + ms + 100, boundaryMs - 1000 + ms)).toEqual([525_599, 59_999, 'time-001-000']);
  }
  const other = createSpatComposer(contextOf(site));
  other.restore(structuredClone(composer.snapshot()));
  expect(say(2050, boundaryMs - 50, other)).toEqual([525_599, 59_999, 'time-001-000']);
  expect(say(2100, boundaryMs)).toEqual([0, 0, 'time-000-005']);
  // The same step back at another midnight is a step of the clock, no leap second.
  const plain = createSpatComposer(contextOf(site));
  const dayMs = Date.UTC(2026, 8, 30);
  say(1000, dayMs + 100, plain);
  expect(say(1100, dayMs - 800, plain).slice(1)).toEqual([59_200, 'time-000-005']);
});

test('marks of the hour are not said by a clock that is not trusted, nor near a leap second', () => {
  const group = { ...green, timing: timing({ likelyEnd: end(115_000) }) };
  const form = (text: string, errorMs = 5): string => {
    const now = { ...stamp(100_000, errorMs), utcMs: utcMs(Date.parse(text)) };
    const times = { ...profileByName('A').times, form: 'utc' as const };
    return Object.keys(told(group, { now, profile: { times } })[0]!.timing!)[0]!;
  };
  const rows = [
    ['2026-03-01T08:15:00Z', 5, 'utcTiming'], ['2026-03-01T08:15:00Z', 101, 'counting'],
    ['2026-12-31T23:29:00Z', 5, 'utcTiming'], ['2026-12-31T23:31:00Z', 5, 'counting'],
    ['2027-01-01T00:29:00Z', 5, 'counting'], ['2026-06-30T23:59:59Z', 5, 'counting'],
    ['2026-09-30T23:59:59Z', 5, 'utcTiming'],
  ] as const;
  for (const [text, errorMs, expected] of rows) expect(form(text, errorMs), text).toBe(expected);
  expect(rows).toHaveLength(7);
});

test('an end is the same instant in both forms at whatever minute, hour, day or year it is read', () => {
  const composer = {
    counting: createSpatComposer(contextOf(site)),
    utc: createSpatComposer(contextOf(site, { times: { ...profileByName('A').times, form: 'utc' } })),
  };
  const boundaries = ['2026-03-01T00:00:00Z', '2026-03-01T09:00:00Z', '2026-12-31T23:29:00Z',
    '2027-01-01T00:00:00Z', '2028-02-29T00:00:00Z', '2026-07-01T00:00:00Z', '2026-05-05T12:34:00Z'];
  fc.assert(fc.property(
    fc.constantFrom(...boundaries), fc.integer({ min: -70_000, max: 70_000 }),
    fc.integer({ min: 1, max: 1_789_000 }), fc.double({ min: 0, max: 99, noNaN: true }),
    (boundary, offMs, aheadMs, partMs) => {
      const now = { ...stamp(5_000_000 + partMs), utcMs: utcMs(Date.parse(boundary) + offMs + partMs) };
      const endMs = now.monoMs + aheadMs;
      const group = { ...green, timing: timing({ minEnd: end(endMs), likelyEnd: end(endMs), maxEnd: end(endMs) }) };
      const trueUtcMs = now.utcMs + aheadMs;
      for (const form of ['counting', 'utc'] as const) {
        const offer = composer[form].compose(stateOf(site, now.monoMs, { [alone.id]: group }), valid, now)!;
        const { moy, timeStamp, phases: said } = spatOf(offer).intersections[0]!;
        const yearMs = Date.UTC(new Date(now.utcMs).getUTCFullYear(), 0, 1);
        const stampMs = yearMs + moy! * 60_000 + timeStamp!;
        expect(timeStamp).toBeLessThan(60_000);
        expect(now.utcMs - stampMs).toBeGreaterThanOrEqual(0);
        expect(now.utcMs - stampMs).toBeLessThan(1.001);
        const times = said.find(({ id }) => id === alone.phase)!.phaseStates[0]!.timing!;
        const [min, likely, max] = 'counting' in times
          ? [times.counting.minEndTime!, times.counting.likelyEndTime, times.counting.maxEndTime!]
          : [times.utcTiming.minEndUTCTime!, times.utcTiming.likelyEndUTCTime, times.utcTiming.maxEndUTCTime!];
        expect([min, max]).toEqual([likely, likely]);
        expect(likely).toBeLessThan(36_000);
        const hourMs = 3_600_000;
        const offHourMs = 'counting' in times
          ? stampMs + likely * 100 - trueUtcMs
          : ((likely * 100 - trueUtcMs) % hourMs + 1.5 * hourMs) % hourMs - hourMs / 2;
        expect(Math.abs(offHourMs)).toBeLessThanOrEqual(51.001);
      }
    }), { numRuns: 300 });
});

test('bits of the map and of what coordination is are set from what is known', () => {
  const bits = (more: object, map?: SpatAllowance['map'], rows = {}) => {
    const state = stateOf(site, 1000, rows, { status: { ...status, mode: 'unknown', ...more } });
    const allowed = map ? { ...valid, map } : valid;
    const offer = createSpatComposer(contextOf(site)).compose(state, allowed, stamp(1000))!;
    return [...spatOf(offer).intersections[0]!.status].flatMap((bit, at) => (bit === '1' ? [at] : []));
  };
  expect([bits({}, 'missing'), bits({}, 'updated'), bits({}, 'lanes-changed')]).toEqual([[12], [10], [10, 11]]);
  const ranged = { [alone.id]: { ...green, timing: timing({ minEnd: end(5000), maxEnd: end(9000) }) } };
  expect([bits({ mode: 'coordinated' }), bits({ mode: 'coordinated' }, undefined, ranged)]).toEqual([[5], [6]]);
});

test('the next state is told from the likely end on, never a green and never without that end', () => {
  const next = (colour: 'yellow' | 'green') => ({ aspect: { colour, flashing: false }, durationMs: 3000 }) as const;
  const ends = timing({ likelyEnd: end(6000) });
  expect(told({ ...green, timing: ends, next: next('yellow') })[1]).toEqual({
    light: 'yellow', timing: { counting: { startTime: 50, likelyEndTime: 80, timeConfidence: 200 } },
  });
  expect(told({ timing: ends, next: next('green') })).toHaveLength(1);
  expect(told({ ...green, timing: timing({ minEnd: end(6000) }), next: next('yellow') })).toHaveLength(1);
  expect(told({ ...green, timing: ends, next: { ...next('yellow'), durationMs: null } })).toHaveLength(1);
});

test('message numbers begin by the seed, rise by one, wrap at 127, and go on after a restore', () => {
  const composer = createSpatComposer(contextOf(site));
  const numbers = (count: number, from = composer) => Array.from({ length: count }, () =>
    spatOf(from.compose(stateOf(site, 0), valid, stamp(0))!).msgCnt);
  const first = numbers(130);
  for (const [index, number] of first.slice(1).entries()) expect(number).toBe((first[index]! + 1) % 128);
  const kept = composer.snapshot();
  const other = createSpatComposer(contextOf(site));
  other.restore(kept);
  expect(numbers(3, other)).toEqual(numbers(3));
  expect(START_UTC_MS % 60_000).toBe(0);
});

test('a site chooses the form of times and what is said without them; else its profile does', () => {
  const air = (more: Partial<Site['air']>): string => {
    const own = { ...site, air: { ...site.air, ...more } };
    const { form, atColourOnly } = profileOfSite(own).times;
    return `${form} ${atColourOnly}`;
  };
  expect(air({})).toBe('counting left-out');
  expect(air({ spatTimes: 'utc', spatAtColourOnly: 'unknown' })).toBe('utc unknown');
  expect(air({ spatTimes: 'counting', spatAtColourOnly: 'left-out' })).toBe('counting left-out');
});
