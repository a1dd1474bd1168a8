import { expect, test } from 'vitest';
import { createPhaseLock } from '../src/phaselock.ts';
import type { Site } from '../src/model/site.ts';
import { demoSite } from './demosite.ts';

/** The demo with one main sensor of this period. */
function siteWith(periodMs: number, phaseLock = true): Site {
  const site = demoSite();
  return {
    ...site,
    loop: { ...site.loop, phaseLock },
    sensors: site.sensors.map((sensor) =>
      ({ ...sensor, main: sensor.id === 'lidar-middle', periodMs })),
  };
}

/** The phase after frames at these instants, ms. */
function phaseAfter(site: Site, instants: readonly number[]): unknown {
  const lock = createPhaseLock(site, 50);
  for (const atMs of instants) lock.heard(new Map([['lidar-middle', atMs]]));
  const phase = lock.phase();
  return phase && { atMs: Math.round(phase.atMs), turns: phase.turns };
}

const every = (stepMs: number, fromMs: number): number[] =>
  Array.from({ length: 200 }, (_, index) => fromMs + index * stepMs);

test('the tick that sends RSM follows a 10 Hz sensor, 4 ms after its frame, in the right half of the cycle', () => {
  expect(phaseAfter(siteWith(100), every(100, 10_020))).toEqual({ atMs: 24, turns: 2 });
  expect(phaseAfter(siteWith(100), every(100, 10_070))).toEqual({ atMs: 74, turns: 2 });
});

test('a sensor that comes twice a cycle is followed by every tick', () => {
  expect(phaseAfter(siteWith(50), every(50, 10_020))).toEqual({ atMs: 24, turns: 1 });
});

test('nothing is followed where frames come at any time, or the site does not want it', () => {
  expect(phaseAfter(siteWith(100), every(37, 10_000))).toBe(null);
  expect(phaseAfter(siteWith(100, false), every(100, 10_020))).toBe(null);
});

test('a frame that is seen again by the next tick counts once', () => {
  const lock = createPhaseLock(siteWith(100), 50);
  for (let turn = 0; turn < 100; turn++) lock.heard(new Map([['lidar-middle', 10_020]]));
  expect(lock.phase()).toBe(null);
});
