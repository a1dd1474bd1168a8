import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { fusionTexts } from '../../src/base/texts/fusion.ts';
import { controllerId, sensorId, signalGroupId } from '../../src/model/ids.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { SignalState } from '../../src/model/signal.ts';
import type { FusionStage } from '../../src/model/stages.ts';
import { counted, frame, fusionOf, seen, sensor, siteWith, stamp, tracksAt } from './site.ts';

const lidar = sensor('l', 'lidar');

/** Feeds one sensor at 10 Hz from `fromMs` to `toMs`; `look` gives what it sees. */
function feed(
  fusion: FusionStage, fromMs: number, toMs: number, look: (t: number) => readonly Observation[],
    id = 'l',
): void {
  for (let t = fromMs; t <= toMs; t += 100) fusion.accept(frame(id, Math.round(t / 100), t,
    look(t)));
}
const signals = (colour: 'red' | 'green', atMs: number): SignalState => ({
  node: { region: 0, id: 1 }, controllerId: controllerId('c'), valid: stamp(atMs),
    measured: stamp(atMs),
  received: stamp(atMs), periodMs: 100, availability: 'usable', status: {} as never, evidence: [],
  groups: [{
    signalGroup: signalGroupId('g1'), aspect: { colour, flashing: false }, rightOfWay: 'none',
      next: null,
    timing: { beganMs: stamp(atMs).monoMs, minEnd: null, likelyEnd: null, maxEnd: null,
      confidence: null, resolutionMs: 100 },
  }],
});

test('a pedestrian is told after two consistent hits, 100 ms after the first', () => {
  const fusion = fusionOf(siteWith([lidar]));
  const walker = (t: number): Observation[] => [seen(t, 10, t / 1000,
    { classes: { pedestrian: 0.95 } })];
  feed(fusion, 1000, 1000, walker);
  expect(tracksAt(fusion, 1050)).toEqual([]);
  feed(fusion, 1100, 1100, walker);
  const [track] = tracksAt(fusion, 1150);
  expect(track).toMatchObject({ id: 'box/1/1', cityId: 1, cls: 'pedestrian', unseen: 'seen',
    sensors: ['l'], kinds: ['lidar'] });
  expect(track!.upM).toBeCloseTo(1.1, 1);
  expect(track!.covariance).toHaveLength(16);
  expect(track!.measured).toEqual(stamp(1100));
});

test('a track is predicted to the valid instant, not left where it was measured', () => {
  const fusion = fusionOf(siteWith([lidar]));
  feed(fusion, 1000, 3000, (t) => [seen(t, -50 + t / 100, 0, { headingRad: 0,
    headingSigmaRad: 0.05 })]);
  const [now] = tracksAt(fusion, 3000);
  const [later] = tracksAt(fusion, 3200);
  expect(later!.eastM - now!.eastM).toBeCloseTo(2, 1);
  expect(later!.speedMps).toBeCloseTo(10, 0);
  expect(later!.covariance[0]).toBeGreaterThan(now!.covariance[0]!);
});

test('a number that is not finite never reaches a track: the observation is dropped and counted',
  () => {
  const fusion = fusionOf(siteWith([lidar]));
  const bad = (t: number): Observation[] => [
    seen(t, NaN, 0), seen(t, 0, Infinity), seen(t, 20, 0, { quality: NaN }),
      seen(t, 30, 0, { headingRad: NaN, headingSigmaRad: 1 }),
    seen(t, 40, 0, { measurement: { kind: 'polar', rangeM: 40, azimuthRad: 0, rangeRateMps: NaN,
      covariance: [1, 0, 0, 0, 1, 0, 0, 0, 1] } }),
    seen(t, 45, 0, { measurement: { kind: 'site-position', eastM: 45, northM: 0, eastMps: null,
      northMps: null, covariance: [1, 0] } }),
    seen(t, 50, -0, { extent: { lengthM: 4, widthM: 2, heightM: null } }),
  ];
  feed(fusion, 1000, 2000, bad);
  const tracks = tracksAt(fusion, 2050);
  expect(tracks.map((track) => Math.round(track.eastM))).toEqual([50]);
  expect(counted(fusion, 'observation_not_usable')).toBe(6 * 11);
  fusion.accept({ ...frame('l', NaN, 2100, []), sequence: NaN });
  expect(counted(fusion, 'frame_not_usable')).toBe(1);
});

test('of more than 256 observations in a frame the nearest are kept', () => {
  const fusion = fusionOf(siteWith([lidar]));
  feed(fusion, 1000, 1100, (t) => Array.from({ length: 300 }, (_, index) =>
    seen(t, 140 - (index % 60) * 2.3, Math.floor(index / 60) * 12 - 24)));
  expect(counted(fusion, 'observation_over_limit')).toBe(2 * 44);
  expect(tracksAt(fusion, 1150).length).toBeLessThanOrEqual(256);
});

test('a pedestrian in plain view that is missed is told half a second longer at most', () => {
  const fusion = fusionOf(siteWith([lidar]));
  feed(fusion, 1000, 2000, (t) => [seen(t, 10, 0, { classes: { pedestrian: 0.95 } })]);
  expect(tracksAt(fusion, 2050)).toHaveLength(1);
  feed(fusion, 2100, 2600, () => []);
  expect(tracksAt(fusion, 2650)).toEqual([]);
});

test('a car hidden behind a bus lives on for 3 s, one in plain view does not', () => {
  for (const [hidden, northM] of [[true, 0], [false, 30]] as const) {
    const fusion = fusionOf(siteWith([lidar]));
    const bus = (t: number): Observation => seen(t, 20, 0, {
      classes: { bus: 0.95 }, headingRad: Math.PI / 2, headingSigmaRad: 0.05,
        extent: { lengthM: 12, widthM: 2.5, heightM: 3 },
    });
    const car = (t: number): Observation => seen(t, 30, northM,
      { headingRad: 0, headingSigmaRad: 0.05 });
    feed(fusion, 1000, 3000, (t) => [bus(t), car(t)]);
    feed(fusion, 3100, 5000, (t) => [bus(t)]);
    const classes = tracksAt(fusion, 5050).map((track) => [track.cls, track.unseen]);
    expect(classes).toEqual(hidden ? [['bus', 'seen'], ['car', 'occluded']] : [['bus', 'seen']]);
    feed(fusion, 5100, 6500, (t) => [bus(t)]);
    expect(tracksAt(fusion, 6550).map((track) => track.cls)).toEqual(['bus']);
  }
});

test('who leaves the field of view is told 2 s longer, and never once the bound exceeds 3 m',
  () => {
  const narrow = sensor('l', 'lidar', { fieldOfView: { rangeMinM: 0, rangeMaxM: 40,
    halfAngleRad: Math.PI, outline: null } });
  const fusion = fusionOf(siteWith([narrow]));
  feed(fusion, 1000, 3000, (t) => [
    seen(t, 39 + (t - 3000) / 1000, 0, { classes: { pedestrian: 0.95 } }),
    seen(t, 0, 39.5 + (t - 3000) / 250, { headingRad: Math.PI / 2, headingSigmaRad: 0.05 }),
  ]);
  feed(fusion, 3100, 3900, () => []);
  expect(tracksAt(fusion, 3950).map((track) => [track.cls, track.unseen])).toEqual([
    ['pedestrian', 'out-of-coverage'], ['car', 'out-of-coverage'],
  ]);
  feed(fusion, 4000, 4800, () => []);
  const tracks = tracksAt(fusion, 4900);
  expect(tracks.map((track) => track.cls)).toContain('pedestrian');
  for (const { covariance } of tracks) expect(2.4477 * Math.sqrt(Math.max(covariance[0]!,
    covariance[5]!))).toBeLessThan(3);
  feed(fusion, 4900, 6000, () => []);
  expect(tracksAt(fusion, 5100).filter((track) => track.cls === 'pedestrian')).toEqual([]);
  expect(tracksAt(fusion, 6100)).toEqual([]);
});

test('radar alone: a car that stops at red keeps its id for 90 s, and 5 s of green end it', () => {
  const radar = sensor('l', 'radar', { pose: { eastM: 20, northM: 0, upM: 5, headingRad: Math.PI,
    pitchRad: 0, rollRad: 0 }, classes: ['car'] });
  const fusion = fusionOf(siteWith([radar]));
  const polar = (t: number, eastM: number, speedMps: number): Observation => seen(t, 0, 0, {
    measurement: { kind: 'polar', rangeM: 20 - eastM, azimuthRad: 0, rangeRateMps: -speedMps,
      covariance: [0.05, 0, 0, 0, 1e-4, 0, 0, 0, 0.02] },
  });
  feed(fusion, 1000, 11_000, (t) => {
    const left = (11_000 - t) / 1000;
    return [polar(t, -10 - left * left * 0.5, left)];
  });
  feed(fusion, 11_100, 12_500, (t) => [polar(t, -10, 0)]);
  const [car] = tracksAt(fusion, 12_550);
  expect(car).toMatchObject({ unseen: 'seen' });
  fusion.setSignals(signals('red', 12_500));
  feed(fusion, 12_600, 102_000, () => []);
  expect(tracksAt(fusion, 102_050)).toMatchObject([{ id: car!.id, unseen: 'queued' }]);
  fusion.setSignals(signals('green', 102_100));
  expect(tracksAt(fusion, 107_000)).toHaveLength(1);
  expect(tracksAt(fusion, 107_200)).toEqual([]);
});

test('what only radar sees and never moves is not told; the same seen by a camera is', () => {
  for (const kind of ['radar', 'camera'] as const) {
    const fusion = fusionOf(siteWith([sensor('l', kind)]));
    const random = seededRandom(1);
    feed(fusion, 1000, 5000, (t) => [seen(t, 30 + random.normal() * 0.2, 5
      + random.normal() * 0.2)]);
    expect(tracksAt(fusion, 5050)).toHaveLength(kind === 'radar' ? 0 : 1);
  }
});

test('range rate alone tells the speed of a car that radar sees for the first time', () => {
  const radar = sensor('l', 'radar', { classes: ['car'] });
  const fusion = fusionOf(siteWith([radar]));
  feed(fusion, 1000, 1200, (t) => [seen(t, 0, 0, {
    measurement: { kind: 'polar', rangeM: 60 - (t - 1000) / 80, azimuthRad: 0, rangeRateMps: -12.5,
      covariance: [0.1, 0, 0, 0, 1e-4, 0, 0, 0, 0.02] },
  })]);
  const [car] = tracksAt(fusion, 1200);
  expect(car!.eastMps).toBeCloseTo(-12.5, 0);
});

test('a bus seen by its nearest edge and then by its middle does not jump', () => {
  const eye = sensor('e', 'camera');
  const fusion = fusionOf(siteWith([lidar, eye]));
  const box = { headingRad: 0, headingSigmaRad: 0.05, extent: { lengthM: 12, widthM: 2.5,
    heightM: 3 }, classes: { bus: 0.95 } };
  feed(fusion, 1000, 4000, (t) => [seen(t, 40, 0, box)]);
  const [before] = tracksAt(fusion, 4050);
  feed(fusion, 4100, 6000, (t) => [seen(t, 34, 0, { referencePoint: 'nearest-edge',
    classes: { bus: 0.95 } })], 'e');
  const [after] = tracksAt(fusion, 6050);
  expect(after!.id).toBe(before!.id);
  expect(Math.abs(after!.eastM - before!.eastM)).toBeLessThan(0.4);
  expect(after!.eastM).toBeCloseTo(40, 0);
});

test('the class told changes only when another is twice as likely', () => {
  const fusion = fusionOf(siteWith([lidar]));
  feed(fusion, 1000, 2000, (t) => [seen(t, 20, 0, { classes: { car: 0.9 } })]);
  feed(fusion, 2100, 2200, (t) => [seen(t, 20, 0, { classes: { van: 0.9 } })]);
  expect(tracksAt(fusion, 2250)[0]!.cls).toBe('car');
  feed(fusion, 2300, 5000, (t) => [seen(t, 20, 0, { classes: { van: 0.9 } })]);
  expect(tracksAt(fusion, 5050)[0]!.cls).toBe('van');
});

test('a detector that wavers between car and van does not make the class told waver', () => {
  const fusion = fusionOf(siteWith([lidar]));
  const told: string[] = [];
  for (let t = 1000; t <= 6000; t += 100) {
    const classes = t % 200 === 0 ? { car: 0.6, van: 0.3 } : { car: 0.3, van: 0.6 };
    fusion.accept(frame('l', t, t, [seen(t, 20, 0, { classes })]));
    told.push(...tracksAt(fusion, t + 10).map((track) => track.cls));
  }
  expect(told).toHaveLength(50);
  expect(new Set(told).size).toBe(1);
});

test('a box turned by 180° now and then does not turn the car', () => {
  const fusion = fusionOf(siteWith([lidar]));
  feed(fusion, 1000, 4000, (t) => [seen(t, t / 150, 0, {
    headingRad: t % 300 === 0 ? Math.PI : 0, headingSigmaRad: 0.05,
  })]);
  expect(Math.abs(tracksAt(fusion, 4050)[0]!.headingRad!)).toBeLessThan(0.2);
});

test('a car first boxed backwards is turned round by its travel', () => {
  const fusion = fusionOf(siteWith([lidar]));
  feed(fusion, 1000, 3000, (t) => [seen(t, t / 150, 0, { headingRad: Math.PI,
    headingSigmaRad: 0.05, headingAmbiguous: true })]);
  expect(Math.abs(tracksAt(fusion, 3050)[0]!.headingRad!)).toBeLessThan(0.2);
});

test('a weak detection keeps a track alive and never starts one', () => {
  const fusion = fusionOf(siteWith([lidar]));
  const weak = (t: number, x: number): Observation => seen(t, x, 0, { quality: 0.25 });
  feed(fusion, 1000, 2000, (t) => [seen(t, 10, 0), weak(t, 60)]);
  feed(fusion, 2100, 2700, (t) => [weak(t, 10), weak(t, 60)]);
  expect(tracksAt(fusion, 2750).map((track) => [Math.round(track.eastM),
    track.unseen])).toEqual([[10, 'seen']]);
  expect(counted(fusion, 'detection_weak_unused')).toBe(11 + 7);
});

test('two tracks of one car from two sensors that disagree become one, and the older id stays',
  () => {
  const fusion = fusionOf(siteWith([lidar, sensor('e', 'camera')]));
  const car = (t: number, y: number): Observation => seen(t, t / 100, y, {
    headingRad: 0, headingSigmaRad: 0.05, extent: { lengthM: 4.5, widthM: 1.8, heightM: 1.5 },
    measurement: { kind: 'site-position', eastM: t / 100, northM: y, eastMps: null, northMps: null,
      covariance: [0.01, 0, 0, 0.01] },
  });
  feed(fusion, 1000, 2000, (t) => [car(t, 0)]);
  const [first] = tracksAt(fusion, 2000);
  let most = 0;
  for (let t = 2050; t <= 5050; t += 100) {
    fusion.accept(frame('e', t, t, [{ ...car(t, Math.max(0.2, 3 - (t - 2050) / 500)),
      deviceTrackId: 'e1' }]));
    fusion.accept(frame('l', t, t + 50, [{ ...car(t + 50, 0), deviceTrackId: 'l1' }]));
    most = Math.max(most, tracksAt(fusion, t + 50).length);
  }
  expect(most).toBe(2);
  expect(tracksAt(fusion, 5100).map((track) => track.id)).toEqual([first!.id]);
  expect(counted(fusion, 'track_merged')).toBeGreaterThan(0);
});

test('a sensor that is a metre off does not make a second car inside the first', () => {
  const fusion = fusionOf(siteWith([lidar, sensor('e', 'camera')]));
  const car = (t: number, y: number): Observation => seen(t, t / 100, y, {
    headingRad: 0, headingSigmaRad: 0.05, extent: { lengthM: 4.5, widthM: 1.8, heightM: 1.5 },
    measurement: { kind: 'site-position', eastM: t / 100, northM: y, eastMps: null, northMps: null,
      covariance: [0.01, 0, 0, 0.01] },
  });
  feed(fusion, 1000, 2000, (t) => [car(t, 0)]);
  for (let t = 2050; t <= 4050; t += 100) {
    fusion.accept(frame('e', t, t, [car(t, 1)]));
    fusion.accept(frame('l', t, t + 50, [car(t + 50, 0)]));
    expect(tracksAt(fusion, t + 50)).toHaveLength(1);
  }
  expect(Math.abs(tracksAt(fusion, 4100)[0]!.northM)).toBeLessThan(0.5);
});

test('two people side by side seen in one frame stay two', () => {
  const fusion = fusionOf(siteWith([lidar]));
  feed(fusion, 1000, 6000, (t) => [0, 0.7].map((y) => seen(t, t / 1000, y,
    { classes: { pedestrian: 0.95 } })));
  expect(tracksAt(fusion, 6050)).toHaveLength(2);
});

test('a restarted sensor keeps tracks but its old device ids mean nothing any more', () => {
  const fusion = fusionOf(siteWith([lidar]));
  feed(fusion, 1000, 2000, (t) => [seen(t, 10, 0, { deviceTrackId: 'a' })]);
  for (let t = 2100; t <= 2500; t += 100) fusion.accept(frame('l', (t - 2100) / 100, t,
    [seen(t, 10, 0, { deviceTrackId: 'b' })]));
  expect(tracksAt(fusion, 2550).map((track) => track.id)).toEqual(['box/1/1']);
  expect(counted(fusion, 'sensor_restarted')).toBe(1);
});

test('a frozen picture in which something moves is left out after two seconds', () => {
  const fusion = fusionOf(siteWith([lidar]));
  const frozen = seen(0, 30, 0, { measurement: { kind: 'site-position', eastM: 30, northM: 0,
    eastMps: 8, northMps: 0, covariance: [0.1, 0, 0, 0, 0, 0.1, 0, 0, 0, 0, 0.1, 0, 0, 0, 0,
      0.1] } });
  feed(fusion, 1000, 4000, (t) => [{ ...frozen, measuredMs: stamp(t).monoMs }]);
  expect(counted(fusion, 'frame_frozen')).toBe(31 - 20);
});

test('a late frame that bears a road user earlier leaves the published id as it was', () => {
  const fusion = fusionOf(siteWith([lidar, sensor('e', 'camera')]));
  const look = (t: number): Observation[] => [seen(t, 20 + t / 1000, 0,
    { classes: { pedestrian: 0.95 } })];
  feed(fusion, 1000, 1200, look);
  const [before] = tracksAt(fusion, 1250);
  fusion.accept(frame('e', 1, 950, look(950), 300));
  feed(fusion, 1300, 1400, look);
  expect(counted(fusion, 'rewind')).toBe(1);
  expect(tracksAt(fusion, 1450).map((track) => [track.id, track.cityId])).toEqual([[before!.id,
    before!.cityId]]);
});

test('a city id is not used again for a minute', () => {
  const fusion = fusionOf(siteWith([lidar]));
  const used: number[] = [];
  for (let round = 0; round < 20; round++) {
    const from = 1000 + round * 5000;
    feed(fusion, from, from + 500, (t) => [seen(t, round * 6, 0)]);
    used.push(...tracksAt(fusion, from + 550).map((track) => track.cityId));
    feed(fusion, from + 600, from + 3500, () => []);
    tracksAt(fusion, from + 3550);
  }
  expect(used).toHaveLength(20);
  expect(new Set(used).size).toBe(20);
});

test('coverage names the healthy sensors that see at least half of a zone, by class', () => {
  const far = sensor('far', 'camera', { fieldOfView: { rangeMinM: 0, rangeMaxM: 12,
    halfAngleRad: Math.PI, outline: null } });
  const cars = sensor('r', 'radar', { classes: ['car'] });
  const fusion = fusionOf(siteWith([lidar, far, cars]));
  const sensorsOf = (cls: string): readonly string[] | undefined =>
    fusion.tick(0, stamp(1000).monoMs, stamp(1000)).coverage.zones.find((zone) =>
      zone.cls === cls)?.sensors;
  expect(sensorsOf('car')).toEqual(['l', 'r']);
  expect(sensorsOf('pedestrian')).toEqual(['l']);
  fusion.setSensorHealth({ sensorId: sensorId('l'), level: 'failed', reason: 'silent' });
  expect(sensorsOf('pedestrian')).toEqual([]);
  expect(sensorsOf('car')).toEqual(['r']);
});

test('a radar in a moving car, everything passing at 34 m/s, is survived with bounded tracks',
  () => {
  const fusion = fusionOf(siteWith([sensor('l', 'radar')]));
  const random = seededRandom(5);
  const polar = (t: number): Observation => seen(t, 0, 0, {
    measurement: {
      kind: 'polar', rangeM: 2 + random.next() * 140, azimuthRad: random.normal(),
        rangeRateMps: -34 + random.normal(),
      covariance: [0.1, 0, 0, 0, 1e-3, 0, 0, 0, 0.02],
    },
    classes: {},
  });
  let most = 0;
  for (let t = 1000; t < 11_000; t += 50) {
    fusion.accept(frame('l', t, t, Array.from({ length: 70 }, () => polar(t))));
    const tracks = tracksAt(fusion, t + 60);
    most = Math.max(most, tracks.length);
    for (const track of tracks) expect([track.eastM, track.northM, track.speedMps,
      ...track.covariance].every(Number.isFinite)).toBe(true);
  }
  expect(most).toBeLessThanOrEqual(512);
});

test('a stage restored from a snapshot says exactly what the first one says', () => {
  const site = siteWith([lidar, sensor('e', 'camera')]);
  const random = seededRandom(11);
  const frames = Array.from({ length: 80 }, (_, step) => {
    const t = 1000 + step * 50;
    const users = Array.from({ length: 6 }, (__, user) =>
      seen(t, user * 8 + random.normal() * 0.2, t / 500, {}));
    return frame(step % 2 ? 'e' : 'l', step, t - (step % 2 ? 120 : 0), users, 170);
  });
  const first = fusionOf(site);
  frames.slice(0, 40).forEach((one) => first.accept(one));
  tracksAt(first, 3000);
  const second = fusionOf(site, false);
  second.restore(structuredClone(first.snapshot()));
  for (const one of frames.slice(40)) {
    first.accept(one);
    second.accept(one);
    const at = one.received.monoMs;
    expect(JSON.stringify(second.tick(1, at, stamp(at)))).toBe(JSON.stringify(first.tick(1, at,
      stamp(at))));
  }
  expect(tracksAt(second, 5100)).toHaveLength(6);
});

test('every counter of fusion has a text', () => {
  const folder = new URL('../../fusion/', import.meta.url);
  const names = new Set<string>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    for (const match of text.matchAll(/[cC]ount\('(\w+)'/g)) names.add(match[1]!);
  }
  expect([...names].sort()).toEqual(Object.keys(fusionTexts).sort());
});

test('how often frames are applied before the tick changes no track, late frames or not', () => {
  const sensors = [sensor('l', 'lidar'), sensor('c', 'camera')];
  const eager = fusionOf(siteWith(sensors));
  const lazy = fusionOf(siteWith(sensors));
  const look = (t: number): Observation[] =>
    [seen(t, t / 100, 0), seen(t, 30, t / 200 - 10, { classes: { pedestrian: 0.95 } })];
  for (let t = 1000; t < 3000; t += 50) {
    const frames = [frame('l', t, t, t % 100 === 0 ? look(t) : [], 20)];
    if (t % 150 === 0) frames.push(frame('c', t, t - 130, look(t - 130), 150));
    for (const one of frames) {
      eager.accept(one);
      eager.settle();
      lazy.accept(one);
    }
    if (t === 2000) {
      // A state that is taken while frames wait goes on like the loop that it was taken of.
      const state = structuredClone(lazy.snapshot());
      lazy.restore(state);
    }
    expect(tracksAt(lazy, t + 40)).toEqual(tracksAt(eager, t + 40));
  }
  expect(counted(lazy, 'rewind')).toBeGreaterThan(3);
  expect(tracksAt(lazy, 3000)).toHaveLength(2);
});

test('a sensor whose picture is frozen covers nothing, from the tick on that finds it out', () => {
  const fusion = fusionOf(siteWith([lidar]));
  const covers = (atMs: number): boolean => fusion.tick(1, stamp(atMs).monoMs, stamp(atMs))
    .coverage.zones.some(({ sensors }) => sensors.length > 0);
  const moving = { measurement: { kind: 'site-position', eastM: 20, northM: 0, eastMps: 5,
    northMps: 0, covariance: [0.04, 0, 0, 0, 0, 0.04, 0, 0, 0, 0, 0.1, 0, 0, 0, 0, 0.1] } } as const;
  feed(fusion, 1000, 1100, (t) => [seen(t, 20, 0, moving)]);
  expect(covers(1150)).toBe(true);
  feed(fusion, 1200, 4000, (t) => [seen(t, 20, 0, moving)]);
  expect(counted(fusion, 'frame_frozen')).toBeGreaterThan(0);
  expect(covers(4050)).toBe(false);
  feed(fusion, 4100, 4200, (t) => [seen(t, 20 + (t - 4000) / 100, 0)]);
  expect(covers(4250)).toBe(true);
});
