import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareExpressions } from '../../config/expression.ts';
import { pointOnLine } from '../../src/base/geometry.ts';
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import { createEventStage } from '../../src/events/index.ts';
import type { Coverage } from '../../src/model/coverage.ts';
import type { RoadEvent } from '../../src/model/event.ts';
import { cityTrackId, sensorId, trackId, zoneId } from '../../src/model/ids.ts';
import { createLaneMatcher } from '../../src/model/lanes.ts';
import type { RoadUserClass } from '../../src/model/roaduser.ts';
import type { Track, TrackList } from '../../src/model/track.ts';
import { siteFromTexts } from '../../src/site.ts';
import { codecFor } from '../../v2x/codec.ts';
import { profileByName } from '../../v2x/profiles.ts';
import { siteFolder } from '../demosite.ts';

const text = (name: string): string => readFileSync(join(siteFolder('demo'), name), 'utf8');
const site = siteFromTexts(
  JSON.stringify({
    ...(JSON.parse(text('site.json')) as object),
    events: [
      {
        id: 'fast-truck', title: { en: 'Fast truck', zh: '货车超速' }, kind: 'overspeed',
        when: 'cls == "truck" and speedMps > 60 km/h and laneKind != ""',
        afterS: 1, graceS: 0.5, radiusM: 40, priority: 6,
      },
      {
        id: 'long-stand', title: { en: 'Stands long', zh: '久停' }, kind: 'slow-vehicle',
        when: 'standingS > 3 and cls != "pedestrian"',
        afterS: 0, graceS: 1, radiusM: 10, priority: 2,
      },
    ],
  }),
  text('road.json'),
);
const expressions = await prepareExpressions(site);
const lane = createLaneMatcher(site.road).lanes.find(
  ({ lane: { kind, id } }) => kind === 'motor' && id.includes('in'),
)!;

const stamp = (ms: number): Stamp =>
  ({ monoMs: monotonicMs(ms), utcMs: utcMs(1_772_323_200_000 + ms), errorMs: 5 });
const coverage = (ms: number): Coverage => ({
  valid: stamp(ms), zones: [{ zoneId: zoneId('z'), cls: 'car', sensors: [sensorId('s')] }],
});

/** A road user half-way down a lane of the demo junction, at a speed along it. */
function list(ms: number, cls: RoadUserClass, speedMps: number): TrackList {
  const at = stamp(ms);
  const place = pointOnLine(lane.lane.points, lane.lengthM / 2);
  const track: Track = {
    id: trackId('b', 1, 1), cityId: cityTrackId(1), valid: at, measured: at, received: at,
    eastM: place.x, northM: place.y, upM: 0, speedMps,
    eastMps: speedMps * Math.cos(place.headingRad), northMps: speedMps * Math.sin(place.headingRad),
    headingRad: place.headingRad, headingSigmaRad: 0.05, yawRateRadps: 0, accelerationMps2: null,
    covariance: new Array<number>(16).fill(0), extent: { lengthM: 9, widthM: 2.5, heightM: 3 },
    cls, classes: {}, existence: 0.95, unseen: 'seen', bornMs: monotonicMs(0), sensors: [],
    kinds: ['radar'], laneId: null,
  };
  return { tick: ms, valid: at, newestReceivedMs: monotonicMs(ms), tracks: [track] };
}

type Speed = (s: number) => number;
function play(seconds: number, cls: RoadUserClass, speed: Speed): RoadEvent[] {
  const stage = createEventStage(site, { count: () => undefined, expressions });
  const told: RoadEvent[] = [];
  for (let ms = 0; ms <= seconds * 1000; ms += 100) {
    told.push(...stage.accept(list(ms, cls, speed(ms / 1000)), coverage(ms), []));
  }
  return told;
}

test('a truck over 60 km/h is told after its second as the row says and ends when it slows', () => {
  const told = play(6, 'truck', (s) => (s < 3 ? 18 : 14));
  const [first] = told;
  expect(first).toMatchObject({
    kind: 'overspeed', radiusM: 40, priority: 6, description: { en: 'Fast truck', zh: '货车超速' },
    laneId: lane.lane.id, ended: null,
  });
  expect(first!.updated.monoMs).toBe(1000);
  expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  const ended = told.at(-1)!.ended!.monoMs;
  expect(ended).toBeGreaterThan(3400);
  expect(ended).toBeLessThan(3700);
});

test('a car as fast, and a truck at 59 km/h, are nobody’s event', () => {
  expect(play(4, 'car', () => 18)).toEqual([]);
  expect(play(4, 'truck', () => 59 / 3.6)).toEqual([]);
});

test('without compiled expressions the rows rest and the built-in detectors go on', () => {
  const stage = createEventStage(site, { count: () => undefined });
  const told: RoadEvent[] = [];
  for (let ms = 0; ms <= 16_000; ms += 100) {
    told.push(...stage.accept(list(ms, 'truck', 0), coverage(ms), []));
  }
  expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(['stopped-vehicle']));
});

test('the event goes on air in an RSI with its code, priority and Chinese title', () => {
  const [event] = play(2, 'truck', () => 18);
  const profile = profileByName('A');
  const rsi = profile.composers.rsi({
    site, profile, random: seededRandom(1), count: () => undefined,
  });
  const offers = rsi.compose([event!], stamp(2000));
  const frames = offers.map(({ message }) =>
    JSON.stringify(codecFor('A').decode(message.bytes).frame));
  const frame = frames.find((value) => value.includes('"eventType":901')); // beside the signs'
  expect(frame).toContain('"priority":"c0"');
  expect(frame).toContain('bbf5b3b5b3accbd9');
});

test('a restored stage goes on as the one that it was taken from, standing times included', () => {
  const first = createEventStage(site, { count: () => undefined, expressions });
  for (let ms = 0; ms <= 2900; ms += 100) first.accept(list(ms, 'car', 0), coverage(ms), []);
  const second = createEventStage(site, { count: () => undefined, expressions });
  second.restore(structuredClone(first.snapshot()));
  let told = 0;
  for (let ms = 3000; ms <= 5000; ms += 100) {
    const events = second.accept(list(ms, 'car', 0), coverage(ms), []);
    expect(events).toEqual(first.accept(list(ms, 'car', 0), coverage(ms), []));
    told += events.filter(({ kind }) => kind === 'slow-vehicle').length;
  }
  expect(told).toBe(20); // from 3.1 s on
});
