import { describe, expect, test } from 'vitest';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { LampAspect } from '../../src/model/signal.ts';
import { createLampPlan } from '../../src/simulate/lamps.ts';
import { demoSite } from './demo.ts';

const site = demoSite();
const { road } = site;
const controller = site.controllers[0]!.id;
const plan = createLampPlan(road, { startMs: 1000 });
const utc = utcMs(Date.UTC(2026, 2, 1));
const name = ({ colour, flashing }: LampAspect): string => (flashing ? `flashing-${colour}` : colour);
const may = (index: number, atMs: number): boolean => plan.now(index, atMs).aspect.colour === 'green';

describe('the fixed plan', () => {
  test('two conflicting groups are never green together, over a whole cycle', () => {
    expect(road.conflicts.conflicting.length).toBeGreaterThan(20);
    for (const [a, b] of road.conflicts.conflicting) {
      for (let atMs = 1000; atMs < 1000 + plan.cycleMs; atMs += 100) {
        const both = may(plan.indexOf(a), atMs) && may(plan.indexOf(b), atMs);
        expect(both && `${a} and ${b} at ${atMs}`).toBe(false);
      }
    }
  });

  test('every intergreen of the site is kept between the end of one and the green of the other', () => {
    let met = 0;
    for (const { from, to, clearanceS } of road.conflicts.intergreens) {
      const group = road.signalGroups.find((row) => row.id === from)!;
      const yellowMs = group.lampType === 'pedestrian' ? 0 : group.yellowS * 1000;
      let endedMs = -Infinity;
      for (let atMs = 1000; atMs < 1000 + 2 * plan.cycleMs; atMs += 100) {
        const was = may(plan.indexOf(from), atMs - 100);
        if (was && !may(plan.indexOf(from), atMs)) endedMs = atMs;
        const begins = may(plan.indexOf(to), atMs) && !may(plan.indexOf(to), atMs - 100);
        if (!begins) continue;
        met++;
        expect(atMs - endedMs).toBeGreaterThanOrEqual(yellowMs + clearanceS * 1000);
      }
    }
    expect(met).toBeGreaterThan(road.conflicts.intergreens.length);
  });

  test('a group changes only as lamps do: green, flashing green, yellow, red', () => {
    const legal = new Set([
      'green>flashing-green', 'flashing-green>yellow', 'flashing-green>red', 'green>yellow',
      'green>red', 'yellow>red', 'red>green',
    ]);
    const seen = new Set<string>();
    road.signalGroups.forEach((_, index) => {
      for (let atMs = 1000; atMs < 1000 + 2 * plan.cycleMs; atMs += 100) {
        const before = name(plan.now(index, atMs - 100).aspect);
        const now = name(plan.now(index, atMs).aspect);
        if (before !== now) seen.add(`${before}>${now}`);
      }
    });
    expect([...seen].filter((change) => !legal.has(change))).toEqual([]);
    expect(seen.size).toBeGreaterThanOrEqual(4);
  });

  test('the end that a lamp announces is the instant at which it changes', () => {
    let changes = 0;
    road.signalGroups.forEach((_, index) => {
      for (let atMs = 1000; atMs < 1000 + plan.cycleMs; atMs += 700) {
        const { endMs, aspect } = plan.now(index, atMs);
        expect(name(plan.now(index, endMs - 1).aspect)).toBe(name(aspect));
        expect(name(plan.now(index, endMs).aspect)).not.toBe(name(aspect));
        changes++;
      }
    });
    expect(changes).toBeGreaterThan(1000);
  });

  test('the states that a lamp says come next do come, and last as long as it says', () => {
    const atMs = monotonicMs(20_000);
    const { lamps } = plan.signalsOf(controller, atMs, utc)!;
    expect(lamps).toHaveLength(road.signalGroups.length);
    lamps.forEach((lamp, index) => {
      expect(lamp.next).toHaveLength(2);
      const after = plan.now(index, lamp.endMs);
      expect(name(after.aspect)).toBe(name(lamp.next[0]!.aspect));
      expect(after.endMs - lamp.endMs).toBeCloseTo(lamp.next[0]!.durationMs, 6);
    });
  });

  test('every green is at least as long as the site demands', () => {
    road.signalGroups.forEach((group, index) => {
      for (let atMs = 1000; atMs < 1000 + plan.cycleMs; atMs += 500) {
        const { aspect, beganMs } = plan.now(index, atMs);
        if (aspect.colour !== 'green' || aspect.flashing) continue;
        expect(plan.greenEndMs(index, atMs) - beganMs).toBeGreaterThanOrEqual(group.minGreenS * 1000);
      }
    });
  });
});

describe('what a faulty controller shows', () => {
  const during = { fromMs: monotonicMs(10_000), untilMs: monotonicMs(20_000) };

  test('a conflicting green is shown for as long as asked and not a step longer', () => {
    const red = road.signalGroups.findIndex((_, index) =>
      plan.now(index, 10_000).aspect.colour === 'red' && plan.now(index, 20_000).aspect.colour === 'red');
    const group = road.signalGroups[red]!;
    const faulty = createLampPlan(road, {
      startMs: 1000,
      faults: [{ kind: 'conflicting-green', signalGroup: group.id, ...during }],
    });
    const shown = (atMs: number): string =>
      faulty.signalsOf(controller, monotonicMs(atMs), utc)!.lamps[red]!.aspect.colour;
    expect([9999, 10_000, 19_999, 20_000].map(shown)).toEqual(['red', 'green', 'green', 'red']);
    expect(faulty.now(red, 15_000).aspect.colour).toBe('red');
  });

  test('a frozen countdown keeps the remaining time that it had', () => {
    const faulty = createLampPlan(road, {
      startMs: 1000, faults: [{ kind: 'frozen-countdown', ...during }],
    });
    const left = (atMs: number): number =>
      faulty.signalsOf(controller, monotonicMs(atMs), utc)!.lamps[0]!.endMs - atMs;
    expect(left(15_000)).toBe(left(10_000));
    expect(left(9000)).toBe(left(10_000) + 1000);
  });

  test('a silent controller says nothing, and speaks again', () => {
    const faulty = createLampPlan(road, { startMs: 1000, faults: [{ kind: 'silent', ...during }] });
    const speaks = [9999, 10_000, 20_000].map((atMs) =>
      faulty.signalsOf(controller, monotonicMs(atMs), utc) !== null);
    expect(speaks).toEqual([true, false, true]);
  });
});
