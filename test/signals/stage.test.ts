import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Counters } from '../../src/base/counters.ts';
import { monotonicMs } from '../../src/base/time.ts';
import { controllerId } from '../../src/model/ids.ts';
import type { SignalGroup } from '../../src/model/road.ts';
import type { ControllerReport, LampGroupState, SignalState } from '../../src/model/signal.ts';
import type { Forecaster } from '../../src/signals/forecast.ts';
import { nextOf, rightOfWayOf } from '../../src/signals/lamps.ts';
import { createSignalStage } from '../../src/signals/stage.ts';
import { aspectOf, box, lamp, report, road, signalGroup, stamp, status, timing } from './site.ts';

const elsewhere = { node: { region: 0, id: 2 } };
const site = road([signalGroup('A', '1'), signalGroup('B', '2'), signalGroup('C', '3', elsewhere)]);

function staged(forecaster?: Forecaster) {
  const counts = new Counters();
  const stage = createSignalStage(site, (name, by) => counts.count(name, by), forecaster);
  const say =
    (atMs: number, groups: readonly LampGroupState[], more?: Partial<ControllerReport>): void =>
    stage.accept(report(atMs, groups, more));
  const node = (atMs: number, index = 0): SignalState => stage.at(stamp(atMs))[index]!;
  const groupA = (atMs: number) => node(atMs).groups[0]!;
  return { stage, counts, say, node, groupA };
}
const rest = [lamp('2', 'red'), lamp('3', 'red')];
const all = (shown: string): readonly LampGroupState[] => [lamp('1', shown), ...rest];

test('every node with lamps has a state, and one without a controller has none', () => {
  const { stage } = staged();
  const states = stage.at(stamp(1000));
  expect(states.map(({ node, availability }) => [node.id, availability])).toEqual([
    [1, 'never-heard'], [2, 'never-heard'],
  ]);
  expect(states[0]!.groups.map(({ signalGroup: id, aspect }) => [id, aspect.colour])).toEqual([
    ['A', 'unknown'], ['B', 'unknown'],
  ]);
  expect(states[0])
    .toMatchObject({ evidence: [], measured: { errorMs: Infinity }, status: { mode: 'unknown' } });
});

test('a whole fresh report is usable, split over its nodes, with its evidence', () => {
  const { say, node } = staged();
  say(1000, all('green'));
  const state = node(1050);
  expect(state).toMatchObject({
    availability: 'usable', valid: stamp(1050), measured: stamp(1000), periodMs: 100, status,
    evidence: [{ receivedMs: 1000 }],
  });
  expect(state.groups.map(({ signalGroup: id, aspect, rightOfWay }) =>
    [id, aspect.colour, rightOfWay])).toEqual([
    ['A', 'green', 'protected'], ['B', 'red', 'none'],
  ]);
  expect(node(1050, 1).groups.map(({ signalGroup: id }) => id)).toEqual(['C']);
});

test('a quick source is stale after 300 ms, a slow one after 1500 ms, and then unknown', () => {
  const { say, node } = staged();
  say(1000, all('green'));
  expect(node(1300).availability).toBe('usable');
  expect(node(1301).availability).toBe('stale');
  expect(node(1301).groups.every(({ aspect, timing: told }) =>
    aspect.colour === 'unknown' && told === null)).toBe(true);
  say(2000, all('green'), { periodMs: 1000 });
  expect(node(3500).availability).toBe('usable');
  expect(node(3501).availability).toBe('stale');
});

test('the age counts from when it was measured, so a latency makes it older', () => {
  const { say, node } = staged();
  say(1000, all('green'), { received: stamp(1200) });
  expect(node(1301).availability).toBe('stale');
});

test('a lamp group that nobody mapped makes all nodes incomplete, by name', () => {
  const { say, node, counts } = staged();
  say(1000, [...all('red'), lamp('9', 'red')]);
  expect(node(1000).availability).toBe('usable'); // 9 is ignored with a reason
  say(1100, [...all('red'), lamp('4', 'red')]);
  expect([node(1100).availability, node(1100, 1).availability])
    .toEqual(['incomplete', 'incomplete']);
  say(1200, [...all('red'), lamp('1', 'red')]);
  expect(node(1200).availability).toBe('incomplete');
  expect(counts.toJSON())
    .toEqual({ 'duplicate_lamp_group:c1/1': 1, 'unmapped_lamp_group:c1/4': 1 });
  say(1300, all('red'));
  expect(node(1300).availability).toBe('usable');
});

test('a missing or unreadable lamp group makes its own node incomplete, by name', () => {
  const { say, node, counts } = staged();
  say(1000, [lamp('1', 'red'), lamp('3', 'red')]);
  expect([node(1000).availability, node(1000, 1).availability]).toEqual(['incomplete', 'usable']);
  say(1100, [lamp('1', 'unknown'), ...rest]);
  expect(node(1100).availability).toBe('incomplete');
  expect(counts.toJSON()).toEqual({ 'missing_lamp_group:c1/2': 1, 'unknown_lamp_state:c1/1': 1 });
});

test('counter names that come from the wire are bounded', () => {
  const { say, counts } = staged();
  for (let index = 0; index < 100; index++) say(1000, [...all('red'), lamp(`x${index}`, 'red')]);
  expect(Object.keys(counts.toJSON()).length).toBe(65);
  expect(counts.get('unmapped_lamp_group:others')).toBe(36);
});

test('two sources keep the node unavailable for five seconds after the last complaint', () => {
  const { stage, say, node } = staged();
  stage.twoSources(box, monotonicMs(1000));
  say(5900, all('red'));
  expect(node(5999).availability).toBe('two-sources');
  expect(node(6000).availability).toBe('usable');
  expect(node(5999).groups[0]!.aspect.colour).toBe('unknown');
});

test('a failed controller is a fault when it shows green, and usable when it flashes', () => {
  const { say, node } = staged();
  const failed = { ...status, mode: 'flashing' as const, failureFlash: true };
  const flash =
    [lamp('1', 'flashing yellow'), lamp('2', 'flashing red'), lamp('3', 'flashing yellow')];
  say(1000, flash, { status: failed });
  expect(node(1000).availability).toBe('usable');
  expect(node(1000).groups.map(({ rightOfWay }) => rightOfWay)).toEqual(['permissive', 'none']);
  say(1100, all('green'), { status: failed });
  expect(node(1100).availability).toBe('fault');
  say(1200, all('red'), { status: { ...status, fault: true } });
  expect(node(1200).availability).toBe('fault');
  say(1300, all('yellow'), { status: { ...status, mode: 'off' } });
  expect(node(1300).availability).toBe('fault');
});

test('reports of a strange controller or older than the last one are passed over', () => {
  const { stage, say, node, counts } = staged();
  say(1000, all('red'));
  say(900, all('green'));
  say(1000, all('green'), { controllerId: controllerId('other') });
  stage.twoSources(controllerId('other'), monotonicMs(1000));
  expect(node(1000).groups[0]!.aspect.colour).toBe('red');
  expect(counts.toJSON()).toEqual({ report_late: 1, unknown_controller: 2 });
});

test('a state begins where it was seen to change, nowhere before and not after a silence', () => {
  const { say, groupA } = staged();
  say(1000, all('red'));
  expect(groupA(1000).timing).toBeNull();
  say(1100, all('green'));
  say(1200, all('green'));
  expect(groupA(1200).timing).toMatchObject({ beganMs: 1100, minEnd: null, maxEnd: null });
  say(2000, all('green'));
  expect(groupA(2000).timing).toBeNull();
});

test('an announced end stands still although the messages say it in tenths', () => {
  const { say, groupA } = staged();
  const trueEndMs = 9037;
  const ends = new Set<number>();
  for (let atMs = 1000; atMs < 8800; atMs += 100) {
    const jitterMs = (atMs / 100) % 3 === 0 ? 12 : 0;
    const left = Math.floor((trueEndMs - atMs) / 100) * 100;
    say(atMs + jitterMs, [lamp('1', 'green', timing(atMs + jitterMs, left, left)), ...rest]);
    ends.add(groupA(atMs + jitterMs).timing!.minEnd!.atMs);
  }
  expect(ends.size).toBe(1);
  expect(Math.abs([...ends][0]! - trueEndMs)).toBeLessThanOrEqual(100);
});

/** One lamp of the site runs on, the other changes; each packet comes so much late. */
function driven(lateMs: (index: number) => number) {
  const { say, node } = staged();
  const ends = (atMs: number): (number | undefined)[] =>
    node(atMs).groups.map(({ timing: told }) => told?.minEnd?.atMs);
  const told: (number | undefined)[][] = [];
  for (let index = 0; index < 40; index++) {
    const sentMs = 1000 + 100 * index;
    const atMs = sentMs + lateMs(index);
    const [shown, endMs] = sentMs < 3000 ? ['yellow', 3000] : ['red', 9000];
    say(atMs, [
      lamp('1', shown, timing(atMs, endMs - sentMs)),
      lamp('2', 'red', timing(atMs, 20_000 - sentMs)), lamp('3', 'red'),
    ]);
    told.push(ends(atMs));
  }
  return told;
}

test('a packet that comes late makes no minimum end later, of states that go on and of one that begins', () => {
  const late = driven((index) => [0, 0, 0, 0, 0, 0, 150, 280, 190, 90][index % 10]!);
  // The packet that tells of the new red first is late as well, by what the other group tells.
  const lateAtChange = driven((index) => (index >= 20 && index < 23 ? 280 : 0));
  for (const told of [late, lateAtChange]) {
    expect(new Set(told.map(([, second]) => second))).toEqual(new Set([20_000]));
    expect(new Set(told.slice(20).map(([first]) => first))).toEqual(new Set([9000]));
  }
});

test('a first packet that is late is mended by the next that is not', () => {
  const told = driven((index) => (index === 0 ? 90 : 0));
  expect(told[0]).toEqual([3090, 20_090]);
  expect(told[1]).toEqual([3000, 20_000]);
});

test('a delay that lasts is believed for states that begin, and never for those that go on', () => {
  const told = driven((index) => (index < 5 ? 0 : 120));
  expect(told.at(-1)![1]).toBe(20_000);
  expect(told[20]![0]).toBe(9000);
  const { say, groupA } = staged();
  let ends: (number | undefined)[] = [];
  for (let index = 0; index < 40; index++) {
    const sentMs = 1000 + 100 * index;
    const atMs = sentMs + (index < 5 ? 0 : 120);
    const [shown, endMs] = sentMs < 4000 ? ['yellow', 4000] : ['red', 9000];
    const told2 = timing(atMs, 20_000 - sentMs);
    say(atMs, [lamp('1', shown, timing(atMs, endMs - sentMs)), lamp('2', 'red', told2), lamp('3', 'red')]);
    ends = [...ends, groupA(atMs).timing?.minEnd?.atMs];
  }
  expect(ends.at(-1)).toBe(9120);
});

test('whole seconds are held steady across the second tick', () => {
  const { say, groupA } = staged();
  const ends = new Set<number>();
  for (let atMs = 1100; atMs < 9000; atMs += 200) {
    const left = Math.ceil((10_000 - atMs) / 1000) * 1000;
    say(atMs, [lamp('1', 'green', timing(atMs, null, null, left, 1000)), ...rest],
      { periodMs: 200 });
    ends.add(groupA(atMs).timing!.likelyEnd!.atMs);
  }
  expect(ends.size).toBe(1);
  expect(Math.abs([...ends][0]! - 10_000)).toBeLessThanOrEqual(1000);
});

test('a countdown that stands still is unknown after 1.1 s and comes back when it runs', () => {
  const { say, groupA, counts } = staged();
  const show = (atMs: number, leftMs: number): void =>
    say(atMs, [lamp('1', 'green', timing(atMs, leftMs)), ...rest]);
  show(1000, 5000);
  for (let atMs = 1100; atMs <= 2000; atMs += 100) show(atMs, 5000);
  expect(groupA(2000).timing!.minEnd).toMatchObject({ atMs: 6000 });
  show(2100, 5000);
  expect(groupA(2100).timing).toBeNull();
  expect(groupA(2100).aspect.colour).toBe('green');
  for (let atMs = 2200; atMs <= 3000; atMs += 100) show(atMs, 5000);
  expect(counts.get('countdown_frozen:A')).toBe(2); // minimum and maximum, once each
  show(3100, 4900);
  expect(groupA(3100).timing!.maxEnd).toMatchObject({ atMs: 8000 });
});

test('a minimum that comes nearer takes the timing away until the next state', () => {
  const { say, groupA, counts } = staged();
  const show = (atMs: number, shown: string, leftMs: number): void =>
    say(atMs, [lamp('1', shown, timing(atMs, leftMs, null)), ...rest]);
  show(1000, 'green', 8000);
  show(1100, 'green', 7600);
  expect(groupA(1100).timing).toBeNull();
  show(1200, 'green', 7500);
  expect(groupA(1200).timing).toBeNull();
  show(1300, 'yellow', 3000);
  expect(groupA(1300).timing).toMatchObject({ beganMs: 1300, minEnd: { atMs: 4300 } });
  expect(counts.get('timing_min_earlier:A')).toBe(1);
});

test('a maximum that moves away, ends out of order and an unsure yellow are not said', () => {
  const cases: readonly (readonly [string, readonly (readonly [number, number])[], string])[] = [
    ['green', [[2000, 8000], [1900, 9000]], 'timing_max_later'],
    ['green', [[8000, 2000]], 'timing_order'],
    ['yellow', [[1000, 3000]], 'timing_yellow'],
  ];
  for (const [shown, told, name] of cases) {
    const { say, groupA, counts } = staged();
    told.forEach(([min, max], index) => {
      say(1000 + 100 * index, [lamp('1', shown, timing(1000 + 100 * index, min, max)), ...rest]);
    });
    expect(groupA(1100).timing).toBeNull();
    expect(counts.toJSON()).toEqual({ [`${name}:A`]: 1 });
  }
  expect(cases.length).toBe(3);
});

test('a minimum may move away, and a likely end far outside the bounds is left out', () => {
  const { say, groupA, counts } = staged();
  say(1000, [lamp('1', 'green', timing(1000, 2000, 9000, 12_000)), ...rest]);
  expect(groupA(1000).timing)
    .toMatchObject({ minEnd: { atMs: 3000 }, likelyEnd: null, confidence: null });
  say(1100, [lamp('1', 'green', timing(1100, 6000, 8900, 8950)), ...rest]);
  expect(groupA(1100).timing).toMatchObject({
    minEnd: { atMs: 7100 }, likelyEnd: { atMs: 10_000 }, maxEnd: { atMs: 10_000 }, confidence: 0.8,
  });
  expect(counts.toJSON()).toEqual({});
});

test('pre-emption, stop-time and manual control take timing away until two seconds after', () => {
  for (const bit of ['preempt', 'priority', 'stopTime', 'manualControl', 'failureFlash'] as const) {
    const { say, groupA, node } = staged();
    const show = (atMs: number, set: boolean): void => {
      const told = timing(atMs, 20_000 - atMs);
      say(atMs, [lamp('1', 'red', told), ...rest], { status: { ...status, [bit]: set } });
    };
    show(1000, false);
    expect(groupA(1000).timing!.minEnd).not.toBeNull();
    show(1100, true);
    expect(node(1100)).toMatchObject({ availability: 'usable', status: { [bit]: true } });
    expect(groupA(1100).timing).toBeNull();
    for (let atMs = 1200; atMs < 3100; atMs += 100) show(atMs, false);
    expect(groupA(3000).timing).toBeNull();
    show(3100, false);
    expect(groupA(3100).timing!.minEnd).toMatchObject({ atMs: 20_000 });
  }
});

test('an end that has passed is not said any more, though the report is still fresh', () => {
  const { say, groupA } = staged();
  say(1000, [lamp('1', 'green', timing(1000, 100, 5000, 200)), ...rest]);
  expect(groupA(1099).timing).toMatchObject({ minEnd: { atMs: 1100 }, likelyEnd: { atMs: 1200 } });
  expect(groupA(1100).timing)
    .toMatchObject({ minEnd: null, likelyEnd: { atMs: 1200 }, confidence: 0.8 });
  expect(groupA(1200).timing)
    .toMatchObject({ likelyEnd: null, confidence: null, maxEnd: { atMs: 6000 } });
});

test('a forecaster fills likely ends only where the controller tells none', () => {
  const seen: string[] = [];
  const { say, node } = staged({
    observe: (group, { colour }, _status, atMs) => { seen.push(`${group} ${colour} ${atMs}`); },
    likelyEnd: (_group, atMs) => ({ atMs: monotonicMs(atMs + 7000), confidence: 0.6 }),
    snapshot: () => null, restore: () => undefined,
  });
  say(1000, [lamp('1', 'green', timing(1000, 2000, null)), ...rest]);
  expect(seen).toEqual(['A green 1000', 'B red 1000', 'C red 1000']);
  expect(node(1000).groups[0]!.timing).toMatchObject({ minEnd: { atMs: 3000 }, likelyEnd: null });
  expect(node(1000).groups[1]!.timing).toMatchObject({
    minEnd: null, likelyEnd: { atMs: 8000, source: 'learnt' }, maxEnd: null, confidence: 0.6,
  });
});

test('right of way follows from colour, flashing and the permissive flag', () => {
  const plain = signalGroup('A', '1');
  const rows: readonly (readonly [string, Partial<SignalGroup>, string])[] = [
    ['green', {}, 'protected'], ['flashing green', {}, 'protected'],
    ['green', { permissive: true }, 'permissive'], ['yellow', {}, 'none'],
    ['flashing yellow', {}, 'permissive'], ['red', {}, 'none'], ['red-yellow', {}, 'none'],
    ['flashing red', {}, 'none'], ['dark', {}, 'unknown'], ['dark', { mayGoDark: true }, 'none'],
    ['unknown', {}, 'unknown'],
  ];
  for (const [shown, more, expected] of rows) {
    expect(rightOfWayOf({ ...plain, ...more }, aspectOf(shown))).toBe(expected);
  }
  expect(rows.length).toBe(11);
});

test('what comes next follows the legal order of the lamp type and the yellow of the site', () => {
  const plain = signalGroup('A', '1');
  const flashing = { hasFlashingGreen: true };
  const walk = { lampType: 'pedestrian' as const };
  const rows: readonly (readonly [string, Partial<SignalGroup>, string | null, number | null])[] = [
    ['green', {}, 'yellow', 3000], ['green', flashing, 'flashing green', null],
    ['flashing green', flashing, 'yellow', 3000], ['yellow', {}, 'red', null],
    ['red', {}, 'green', null], ['red', { hasRedYellow: true }, 'red-yellow', null],
    ['red-yellow', { hasRedYellow: true }, 'green', null],
    ['green', walk, 'red', null], ['green', { ...walk, ...flashing }, 'flashing green', null],
    ['flashing green', { ...walk, ...flashing }, 'red', null],
    ['green', { lampType: 'waiting-area', yellowS: 0 }, 'red', null],
    ['flashing yellow', {}, null, null], ['flashing red', {}, null, null], ['dark', {}, null, null],
    ['flashing yellow', { lampType: 'flashing-warning' }, null, null],
  ];
  for (const [shown, more, then, durationMs] of rows) {
    const expected = then === null ? null : { aspect: aspectOf(then), durationMs };
    expect(nextOf({ ...plain, ...more }, aspectOf(shown))).toEqual(expected);
  }
  expect(rows.length).toBe(15);
});

const anyLamps = fc.tuple(
  ...['1', '2', '3'].map((group) => fc.record({
    shown: fc.constantFrom('red', 'green', 'yellow', 'flashing green', 'unknown'),
    minMs: fc.option(fc.nat(9000)), maxMs: fc.option(fc.nat(9000)),
      likelyMs: fc.option(fc.nat(9000)),
  }).map((one) => ({ group, ...one }))),
);

test('ends are ahead and in order whatever is reported, and a restored stage goes on', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(400), anyLamps, fc.boolean()), { maxLength: 25 }),
    (steps) => {
    const { stage, say } = staged();
    let twin = staged();
    let atMs = 1000;
    for (const [afterMs, lamps, preempt] of steps) {
      atMs += afterMs;
      const groups = lamps.map(({ group, shown, minMs, maxMs, likelyMs }) =>
        lamp(group, shown, timing(atMs, minMs, maxMs, likelyMs)));
      for (const one of [say, twin.say]) one(atMs, groups, { status: { ...status, preempt } });
      const nowMs = atMs + (afterMs % 150);
      const states = stage.at(stamp(nowMs));
      expect(twin.stage.at(stamp(nowMs))).toEqual(states);
      for (const told of states.flatMap(({ groups: shown }) => shown.map((one) => one.timing))) {
        const ends = [told?.minEnd, told?.likelyEnd, told?.maxEnd]
          .flatMap((end) => (end ? [end.atMs as number] : []));
        expect(ends).toEqual([...ends].sort((a, b) => a - b));
        for (const end of ends) expect(end).toBeGreaterThan(nowMs);
      }
      const next = staged();
      next.stage.restore(structuredClone(stage.snapshot()));
      twin = next;
    }
  }));
});

test('a fixed-time plan promises an end, not a range; one that tells a range is not believed', () => {
  const fixed = { status: { ...status, mode: 'fixed-time' as const } };
  const { say, groupA, counts } = staged();
  say(1000, [lamp('1', 'green', timing(1000, 2000, 2050)), ...rest], fixed);
  const end = { atMs: 3000, source: 'controller-guarantee' };
  expect(groupA(1000).timing).toMatchObject({ minEnd: end, likelyEnd: end, maxEnd: end, confidence: 1 });
  say(1100, [lamp('1', 'red', timing(1100, 1900, 8000)), ...rest], fixed);
  expect(groupA(1100).timing).toMatchObject({ minEnd: null, likelyEnd: null, maxEnd: null });
  expect(counts.toJSON()).toEqual({ 'timing_not_fixed:A': 1 });
});

test('a lamp that never changes, and a count that stands above an hour, end beyond the hour', () => {
  const warning = signalGroup('W', '1', { lampType: 'flashing-warning' });
  const stage = createSignalStage(road([warning, signalGroup('B', '2')]), () => undefined);
  for (let atMs = 1000; atMs < 5000; atMs += 100) {
    stage.accept(report(atMs, [
      lamp('1', 'flashing yellow'), lamp('2', 'red', timing(atMs, 3_600_000)),
    ]));
    const [first, second] = stage.at(stamp(atMs))[0]!.groups;
    expect(first!.timing!.likelyEnd!.atMs - atMs).toBeGreaterThan(3_600_000);
    expect(first!.timing!.minEnd).toBeNull();
    expect(second!.timing!.minEnd!.atMs - atMs).toBe(3_600_000);
  }
});

test('whole seconds of a controller’s own forecast are said as exactly as the cycle is known', () => {
  const at = (atMs: number, confidence: number): Forecaster => ({
    observe: () => undefined, snapshot: () => null, restore: () => undefined,
    likelyEnd: () => ({ atMs: monotonicMs(atMs), confidence }),
  });
  const told = (forecaster: Forecaster, own: ReturnType<typeof timing>) => {
    const { say, groupA } = staged(forecaster);
    say(1000, [lamp('1', 'green', own), ...rest]);
    return groupA(1000).timing;
  };
  const seconds = timing(1000, null, null, 9000, 1000);
  const likely = (atMs: number) => ({ likelyEnd: { atMs, source: 'controller-forecast' } });
  expect(told(at(9400, 0.9), seconds)).toMatchObject({ ...likely(9400), confidence: 0.9 });
  expect(told(at(8900, 0.4), seconds)).toMatchObject({ ...likely(10_000), confidence: 0.8 });
  expect(told(at(5000, 0.9), seconds)).toMatchObject(likely(10_000)); // it knows something we do not
  expect(told(at(9400, 0.9), timing(1000, null, null, 9000, 100))).toMatchObject(likely(10_000));
  expect(told(at(9400, 0.9), timing(1000, 8500, 9500, 9000, 1000))).toMatchObject(likely(10_000));
});
