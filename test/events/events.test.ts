import { expect, test } from 'vitest';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import { createEventStage } from '../../src/events/index.ts';
import type { Coverage } from '../../src/model/coverage.ts';
import type { RoadEvent } from '../../src/model/event.ts';
import { cityTrackId, trackId, zoneId, sensorId } from '../../src/model/ids.ts';
import { createLaneMatcher } from '../../src/model/lanes.ts';
import type { RoadUserClass } from '../../src/model/roaduser.ts';
import type { SignalState } from '../../src/model/signal.ts';
import type { Track, TrackList } from '../../src/model/track.ts';
import { pointOnLine } from '../../src/base/geometry.ts';
import { demoSite } from '../demosite.ts';

const stamp = (ms: number): Stamp => ({ monoMs: monotonicMs(ms), utcMs: utcMs(1_772_323_200_000 + ms), errorMs: 5 });
const coverage = (ms: number, seen = true): Coverage => ({
  valid: stamp(ms),
  zones: [{ zoneId: zoneId('z'), cls: 'car', sensors: seen ? [sensorId('s')] : [] }],
});

/** A road user at a place of the demo junction. */
function track(ms: number, cls: RoadUserClass, x: number, y: number, vx: number, vy: number): Track {
  const at = stamp(ms);
  return {
    id: trackId('b', 1, 1), cityId: cityTrackId(1), valid: at, measured: at, received: at,
    eastM: x, northM: y, upM: 0, eastMps: vx, northMps: vy, speedMps: Math.hypot(vx, vy),
    headingRad: Math.atan2(vy, vx), headingSigmaRad: 0.05, yawRateRadps: 0, accelerationMps2: 0,
    covariance: new Array<number>(16).fill(0), extent: { lengthM: 4.5, widthM: 1.8, heightM: 1.5 },
    cls, classes: {}, existence: 0.95, unseen: 'seen', bornMs: monotonicMs(0), sensors: [], kinds: ['radar'], laneId: null,
  };
}

const list = (ms: number, tracks: readonly Track[]): TrackList => ({ tick: ms, valid: stamp(ms), newestReceivedMs: monotonicMs(ms), tracks });

const site = demoSite();
const lane = createLaneMatcher(site.road).lanes.find(({ lane: l }) => l.kind === 'motor' && l.id.includes('in') )
  ?? createLaneMatcher(site.road).lanes.find(({ lane: l }) => l.kind === 'motor')!;
const place = (alongM: number) => pointOnLine(lane.lane.points, alongM);

/** Plays one road user through the stage, 10 times a second, and gives all events. */
function play(seconds: number, at: (s: number) => Track | null, seen = true, signals: readonly SignalState[] = []): RoadEvent[] {
  const stage = createEventStage(site, { count: () => undefined });
  const told: RoadEvent[] = [];
  for (let ms = 0; ms <= seconds * 1000; ms += 100) {
    const one = at(ms / 1000);
    told.push(...stage.accept(list(ms, one ? [one] : []), coverage(ms, seen), signals));
  }
  return told;
}

test('a vehicle that stands in a lane for 15 s without a reason is told, and ends when it drives on', () => {
  const far = place(lane.lengthM / 2);
  const events = play(30, (s) => track(s * 1000, 'car', far.x, far.y, s < 20 ? 0 : Math.cos(far.headingRad) * 8, s < 20 ? 0 : Math.sin(far.headingRad) * 8));
  const stopped = events.filter(({ kind }) => kind === 'stopped-vehicle');
  expect(stopped.length).toBeGreaterThan(0);
  expect(stopped[0]!.updated.monoMs).toBe(15_000);
  expect(stopped.at(-1)!.ended?.monoMs).toBeGreaterThan(20_000);
  expect(new Set(stopped.map(({ id }) => id)).size).toBe(1);
});

test('a vehicle that waits at a lamp against it is not told as stopped', () => {
  const far = place(lane.lengthM / 2);
  const groups = site.road.signalGroups.map((group) => ({
    signalGroup: group.id, aspect: { colour: 'red' as const, flashing: false }, rightOfWay: 'none' as const, timing: null, next: null,
  }));
  const node = site.road.signalGroups[0]!.node;
  const state = {
    node, controllerId: site.road.signalGroups[0]!.controllerId, valid: stamp(0), measured: stamp(0), received: stamp(0), periodMs: 100,
    availability: 'usable' as const, groups, evidence: [],
    status: { mode: 'fixed-time' as const, manualControl: false, stopTime: false, failureFlash: false, preempt: false, priority: false, fault: false, transition: false, plan: 1 },
  };
  const governed = site.road.movements.some((movement) => movement.fromLane === lane.lane.id && movement.signalGroup !== null);
  expect(governed).toBe(true);
  expect(play(30, (s) => track(s * 1000, 'car', far.x, far.y, 0, 0), true, [state])).toEqual([]);
});

test('driving against a lane is told as wrong way within two seconds, driving along it never', () => {
  const drive = (sign: 1 | -1) => (s: number) => {
    const at = place(lane.lengthM / 2 + sign * 8 * (s - 2));
    return track(s * 1000, 'car', at.x, at.y, sign * 8 * Math.cos(at.headingRad), sign * 8 * Math.sin(at.headingRad));
  };
  expect(play(4, drive(1))).toEqual([]);
  const wrong = play(4, drive(-1)).filter(({ kind }) => kind === 'wrong-way');
  expect(wrong[0]!.updated.monoMs).toBeLessThanOrEqual(2000);
  expect(wrong[0]!.priority).toBe(7);
});

test('a pedestrian on a motor lane away from the crossing is told, one on the crossing is not', () => {
  const far = place(lane.lengthM / 2);
  const events = play(4, (s) => track(s * 1000, 'pedestrian', far.x, far.y, 1, 0));
  expect(events.some(({ kind }) => kind === 'pedestrian-on-carriageway')).toBe(true);
  const [x, y] = site.road.crossings[0]!.points[0]!;
  const [x2, y2] = site.road.crossings[0]!.points.at(-1)!;
  expect(play(4, (s) => track(s * 1000, 'pedestrian', (x + x2) / 2, (y + y2) / 2, 1, 0))).toEqual([]);
});

test('while nothing healthy looks an event is neither begun by silence nor ended by it', () => {
  const far = place(lane.lengthM / 2);
  const stage = createEventStage(site, { count: () => undefined });
  for (let ms = 0; ms <= 16_000; ms += 100) stage.accept(list(ms, [track(ms, 'car', far.x, far.y, 0, 0)]), coverage(ms), []);
  const blind = stage.accept(list(30_000, []), coverage(30_000, false), []);
  expect(blind.map(({ ended }) => ended)).toEqual([null]);
  const seeing = stage.accept(list(31_000, []), coverage(31_000), []);
  expect(seeing.map(({ ended }) => ended?.monoMs)).toEqual([31_000]);
});

test('a restored stage goes on as the one that it was taken from', () => {
  const far = place(lane.lengthM / 2);
  const first = createEventStage(site, { count: () => undefined });
  for (let ms = 0; ms <= 14_000; ms += 100) first.accept(list(ms, [track(ms, 'car', far.x, far.y, 0, 0)]), coverage(ms), []);
  const second = createEventStage(site, { count: () => undefined });
  second.restore(first.snapshot());
  for (let ms = 14_100; ms <= 16_000; ms += 100) {
    const one = list(ms, [track(ms, 'car', far.x, far.y, 0, 0)]);
    expect(second.accept(one, coverage(ms), [])).toEqual(first.accept(one, coverage(ms), []));
  }
});
