import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { Observation } from '../../src/model/observation.ts';
import { frame, fusionOf, seen, sensor, siteWith, tracksAt } from './site.ts';

const lidar = sensor('l', 'lidar');

/** A place with this deviation, m. */
const at = (sigmaM: number, eastM: number, northM: number): Pick<Observation, 'measurement'> => ({
  measurement: {
    kind: 'site-position', eastM, northM, eastMps: null, northMps: null,
    covariance: [sigmaM ** 2, 0, 0, sigmaM ** 2],
  },
});

test('each sample of a frame counts at its own instant, not at that of the frame', () => {
  for (const offsetMs of [90, -90]) {
    const fusion = fusionOf(siteWith([lidar]));
    for (let t = 1000; t <= 4000; t += 100) {
      const own = t + offsetMs;
      const car = seen(own, -50 + own / 100, 0, { headingRad: 0, headingSigmaRad: 0.05 });
      fusion.accept(frame('l', t, t, [car], 150));
    }
    const [car] = tracksAt(fusion, 4100);
    expect(Math.abs(car!.eastM - (-50 + 41))).toBeLessThan(0.25);
  }
});

test('between two people, a detection goes to the one whose device id it bears', () => {
  for (const wanted of ['a', 'b']) {
    const fusion = fusionOf(siteWith([lidar]));
    const person = (t: number, y: number, deviceTrackId: string): Observation =>
      seen(t, 10, y, { classes: { pedestrian: 0.95 }, deviceTrackId });
    for (let t = 1000; t <= 2000; t += 100) {
      fusion.accept(frame('l', t, t, [person(t, 0, 'a'), person(t, 1, 'b')]));
    }
    fusion.accept(frame('l', 2100, 2100, [person(2100, 0.5, wanted)]));
    const newest = tracksAt(fusion, 2150).filter((track) => track.measured.monoMs === 2100);
    expect(newest.map((track) => (track.northM > 0.5 ? 'b' : 'a'))).toEqual([wanted]);
  }
});

test('a sensor that is far better than it says is believed more after a while', () => {
  const fusion = fusionOf(siteWith([lidar]));
  const random = seededRandom(3);
  const varianceAt = (untilMs: number, fromMs: number): number => {
    for (let t = fromMs; t <= untilMs; t += 100) {
      const place = at(1, -90 + t / 200 + random.normal() * 0.1, random.normal() * 0.1);
      fusion.accept(frame('l', t, t, [seen(t, 0, 0, place)]));
    }
    return tracksAt(fusion, untilMs)[0]!.covariance[0]!;
  };
  const early = varianceAt(4000, 1000);
  expect(varianceAt(36_000, 4100)).toBeLessThan(0.6 * early);
});

test('a device that filters is believed less than one that sends raw detections', () => {
  const variance = (['raw', 'tracked'] as const).map((processing) => {
    const fusion = fusionOf(siteWith([lidar]));
    for (let t = 1000; t <= 1500; t += 100) {
      fusion.accept(frame('l', t, t, [seen(t, 20, 0, { ...at(0.4, 20, 0), processing })]));
    }
    return tracksAt(fusion, 1500)[0]!.covariance[0]!;
  });
  expect(variance[1]!).toBeGreaterThan(1.5 * variance[0]!);
});

test('sensors in their own axes and polar put a car where a sensor on the map puts it', () => {
  const pose = { eastM: 30, northM: 10, upM: 5, headingRad: 2, pitchRad: 0, rollRad: 0 };
  const [dx, dy] = [-10 - 30, 25 - 10];
  const [c, s] = [Math.cos(2), Math.sin(2)];
  const ways: Observation['measurement'][] = [
    { kind: 'site-position', eastM: -10, northM: 25, eastMps: 5, northMps: 1, covariance: [] },
    {
      kind: 'sensor-position', forwardM: dx * c + dy * s, leftM: dy * c - dx * s,
      forwardMps: 5 * c + s, leftMps: c - 5 * s, covariance: [],
    },
    {
      kind: 'polar', rangeM: Math.hypot(dx, dy), azimuthRad: Math.atan2(dy, dx) - 2,
      rangeRateMps: (5 * dx + dy) / Math.hypot(dx, dy), covariance: [],
    },
  ];
  for (const measurement of ways) {
    const size = measurement.kind === 'polar' ? 3 : 4;
    const covariance = Array.from({ length: size * size }, (_, index) =>
      (index % (size + 1) === 0 ? (index === size + 1 && size === 3 ? 1e-5 : 0.01) : 0));
    const fusion = fusionOf(siteWith([sensor('l', 'lidar', { pose })]));
    for (const t of [1000, 1001]) {
      fusion.accept(frame('l', t, t, [seen(t, 0, 0, { measurement: { ...measurement, covariance } })]));
    }
    const [car] = tracksAt(fusion, 1001);
    expect(car!.eastM).toBeCloseTo(-10, 1);
    expect(car!.northM).toBeCloseTo(25, 1);
    const rate = (car!.eastMps * dx + car!.northMps * dy) / Math.hypot(dx, dy);
    expect(rate).toBeCloseTo((5 * dx + dy) / Math.hypot(dx, dy), 0);
  }
});
