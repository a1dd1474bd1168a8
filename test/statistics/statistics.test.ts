import { expect, test } from 'vitest';
import { pointOnLine } from '../../src/base/geometry.ts';
import { utcMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import { createLaneMatcher } from '../../src/model/lanes.ts';
import type { LaneStatistic } from '../../src/model/statistic.ts';
import type { StatisticStage } from '../../src/model/stages.ts';
import type { Track } from '../../src/model/track.ts';
import { createStatisticStage } from '../../src/statistics/index.ts';
import { demoSite } from '../demosite.ts';
import { contextOf, coverageOf, listOf, stamp, trackOf } from '../v2x/compose-kit.ts';

const site = demoSite();
const { lane, lengthM } = createLaneMatcher(site.road).lanes.find(({ lane: one }) =>
  one.kind === 'motor' && one.linkId === 'east-in')!;
const lineM = lengthM - 8;

/** A road user with its middle at a place along the lane. */
function on(atMs: number, number: number, alongM: number, speedMps: number, more: Partial<Track> = {}): Track {
  const { x, y, headingRad } = pointOnLine(lane.points, alongM);
  return trackOf(atMs, number, x, y, { speedMps, headingRad, ...more });
}
const stageOf = () => {
  const { counts, count } = contextOf(site);
  return { counts, stage: createStatisticStage(site, { count }) };
};
interface Play {
  readonly fromMs?: number;
  readonly untilMs: number;
  readonly stepMs?: number;
  readonly blindMs?: readonly [number, number];
  readonly at?: (atMs: number) => Stamp;
  users(atMs: number): readonly Track[];
}
/** Runs a stage and gives what the lane had in each interval that closed. */
function play(stage: StatisticStage, { fromMs = 0, untilMs, stepMs = 50, blindMs, at = stamp, users }: Play): LaneStatistic[] {
  const found: LaneStatistic[] = [];
  for (let atMs = fromMs; atMs <= untilMs; atMs += stepMs) {
    const blind = blindMs !== undefined && atMs >= blindMs[0] && atMs < blindMs[1];
    const coverage = coverageOf(site, atMs, blind ? site.road.zones.map(({ id }) => id) : []);
    const closed = stage.accept({ ...listOf(atMs, users(atMs)), valid: at(atMs) }, coverage);
    found.push(...closed.filter(({ laneId }) => laneId === lane.id));
  }
  return found;
}

test('ten cars at 10 m/s are a flow of ten, at their speed, over the line for their length in time', () => {
  const { stage, counts } = stageOf();
  // Car n passes the line at 5 n + 2 s; it is on the lane for four seconds before and half a one after.
  const [minute] = play(stage, {
    untilMs: 60_000,
    users: (atMs) => Array.from({ length: 10 }, (_, n) => {
      const alongM = lineM + (atMs / 1000 - (5 * n + 4)) * 10;
      return alongM > lineM - 40 && alongM < lineM + 5 ? [on(atMs, n + 1, alongM, 10)] : [];
    }).flat(),
  });
  expect(minute!.flow).toEqual({ car: 10 });
  expect(minute!.meanSpeedMps).toBeCloseTo(10, 9);
  // 4.5 m at 10 m/s are 0.45 s, ten times in a minute; a tick of 50 ms is the grain.
  expect(minute!.occupancy).toBeCloseTo(10 * 0.45 / 60, 2);
  expect(minute!.completeness).toBeCloseTo(1, 9);
  expect(minute!.queueCount).toBe(0);
  expect(minute!.began.utcMs % 60_000).toBe(0);
  expect(minute!.ended.utcMs - minute!.began.utcMs).toBe(60_000);
  expect(minute!.ended.monoMs).toBe(60_000);
  expect(counts.get('lane_passages')).toBe(10);
  const free = site.road.links.find(({ id }) => id === lane.linkId)!.speedLimits[0]!.speedMps;
  expect(minute!.meanDelayS).toBeCloseTo(Math.max(0, 4 - 40 / free), 0);
});

test('flow is by class, and who turns back before the line or appears behind it is not counted', () => {
  const { stage } = stageOf();
  const [minute] = play(stage, {
    untilMs: 60_000,
    users: (atMs) => {
      const s = atMs / 1000;
      return [
        ...(s < 8 ? [on(atMs, 1, lineM - 20 + 4 * s, 4, { cls: 'bus', extent: { lengthM: 12, widthM: 2.5, heightM: 3 } })] : []),
        ...(s < 8 ? [on(atMs, 2, lineM - 2 - Math.abs(s - 4), 1)] : []),
        ...(s > 10 && s < 14 ? [on(atMs, 3, lineM + 2 + (s - 10), 1)] : []),
        ...(s > 20 && s < 28 ? [on(atMs, 4, lineM - 10 + 3 * (s - 20), 3, { cls: 'motorcycle' })] : []),
      ];
    },
  });
  expect(minute!.flow).toEqual({ bus: 1, motorcycle: 1 });
});

test('a road user off the lane for a moment at the line is still counted once', () => {
  const { stage } = stageOf();
  const [minute] = play(stage, {
    untilMs: 60_000,
    users: (atMs) => {
      const alongM = lineM - 20 + atMs / 100;
      if (alongM > lineM + 6) return [];
      const track = on(atMs, 1, alongM, 10);
      return Math.abs(alongM - lineM) < 2 ? [{ ...track, northM: track.northM + 60 }] : [track];
    },
  });
  expect(minute!.flow).toEqual({ car: 1 });
});

test('an id that jumps along the lane counts nothing', () => {
  const { stage } = stageOf();
  const [minute] = play(stage, {
    untilMs: 60_000, users: (atMs) => (atMs < 5000 ? [on(atMs, 1, atMs < 2000 ? lineM - 60 : lineM + 4, 5)] : []),
  });
  expect(minute!.flow).toEqual({});
});

test('a queue is told from the stop line back to the last bumper, with its vehicles, a long bus included', () => {
  const queue = (places: readonly (readonly [number, number])[], cls: Track['cls'] = 'car') => {
    const { stage } = stageOf();
    const [minute] = play(stage, {
      untilMs: 60_000, stepMs: 100,
      users: (atMs) => (atMs > 20_000 ? [] : places.map(([backM, longM], n) =>
        on(atMs, n + 1, lengthM - backM, 0, { cls, extent: { lengthM: longM, widthM: 2, heightM: 2 } }))),
    });
    return [minute!.queueCount, Math.round(minute!.queueLengthM * 100) / 100];
  };
  expect(queue([[4, 4.5], [11, 4.5], [18, 4.5]])).toEqual([3, 20.25]);
  expect(queue([[4, 4.5], [20, 18], [34, 4.5]])).toEqual([3, 36.25]);
  // A gap of more than 15 m ends the queue; who stands far from the line is none.
  expect(queue([[4, 4.5], [11, 4.5], [34, 4.5]])).toEqual([2, 13.25]);
  expect(queue([[40, 4.5]])).toEqual([0, 0]);
  expect(queue([[4, 0.5]], 'pedestrian')).toEqual([0, 0]);
});

test('completeness is the share of time in which a healthy sensor covered the counting line', () => {
  const { stage } = stageOf();
  const minutes = play(stage, { untilMs: 120_000, blindMs: [15_000, 30_000], users: () => [] });
  expect(minutes.map(({ completeness }) => completeness)).toEqual([0.75, 1]);
  expect(minutes.map(({ meanSpeedMps, meanDelayS, occupancy }) => [meanSpeedMps, meanDelayS, occupancy]))
    .toEqual([[null, null, 0], [null, null, 0]]);
});

test('a pause of the loop is not called observed', () => {
  const { stage } = stageOf();
  play(stage, { untilMs: 20_000, users: () => [] });
  const [minute] = play(stage, { fromMs: 40_000, untilMs: 60_000, users: () => [] });
  expect(minute!.completeness).toBeCloseTo((20_000 + 250 + 20_000) / 60_000, 3);
});

test('a pause over whole intervals closes the one that it began in and starts anew', () => {
  const { stage } = stageOf();
  play(stage, { untilMs: 30_000, users: () => [] });
  const [late] = play(stage, { fromMs: 200_000, untilMs: 200_000, users: () => [] });
  expect(late!.ended.utcMs - late!.began.utcMs).toBe(60_000);
  const [next] = play(stage, { fromMs: 200_050, untilMs: 240_000, users: () => [] });
  expect(next!.began.monoMs).toBe(200_000);
  expect(next!.completeness).toBeCloseTo(1, 2);
});

test('the first interval is as long as it was seen, and a step of UTC back makes none of negative length', () => {
  const { stage, counts } = stageOf();
  const [first] = play(stage, { fromMs: 45_000, untilMs: 60_000, users: () => [] });
  expect(first!.ended.utcMs - first!.began.utcMs).toBe(15_000);
  expect(first!.completeness).toBeCloseTo(1, 9);
  const back = (atMs: number): Stamp => ({ ...stamp(atMs), utcMs: utcMs(stamp(atMs).utcMs - 30_000) });
  const closed = play(stage, { fromMs: 60_050, untilMs: 95_000, at: back, users: () => [] });
  expect(closed).toHaveLength(2);
  for (const { began, ended } of closed) expect(ended.utcMs).toBeGreaterThanOrEqual(began.utcMs);
  expect(counts.get('statistics_clock_stepped')).toBe(1);
});

test('every lane of the road has its row in every interval, and a restored stage gives the same ones', () => {
  const { stage: first } = stageOf();
  const users = (atMs: number) => [on(atMs, 1 + Math.floor(atMs / 6000), lineM - 20 + (atMs % 6000) / 200, 5)];
  play(first, { untilMs: 31_000, users });
  const { stage: second } = stageOf();
  second.restore(structuredClone(first.snapshot()));
  let intervals = 0;
  for (let atMs = 31_050; atMs <= 125_000; atMs += 50) {
    const list = listOf(atMs, users(atMs));
    const closed = first.accept(list, coverageOf(site, atMs));
    expect(second.accept(list, coverageOf(site, atMs))).toEqual(closed);
    if (closed.length === 0) continue;
    intervals++;
    expect(closed.map(({ laneId }) => laneId)).toEqual(site.road.lanes.map(({ id }) => id));
    expect(closed.find(({ laneId }) => laneId === lane.id)!.flow['car']).toBeGreaterThan(4);
  }
  expect(intervals).toBe(2);
});
