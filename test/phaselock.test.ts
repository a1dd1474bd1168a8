import { expect, test } from 'vitest';
import { createPhaseLock, createSignalPhaseLock } from '../src/phaselock.ts';
import type { ControllerSettings, Site } from '../src/model/site.ts';
import { loadSite } from '../src/site.ts';
import { demoSite, siteFolder } from './demosite.ts';

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

const pushSite = loadSite(siteFolder('two-nodes'));
const controller = pushSite.controllers[0]!;

/** The phase of the signals loop after packets of controllers at these instants, ms. */
function signalPhase(
  site: Site, instants: readonly (readonly [id: string, atMs: number])[],
): number | null {
  const lock = createSignalPhaseLock(site, 100);
  const arrivals = new Map<string, number>();
  for (const [id, atMs] of instants) {
    arrivals.set(id, atMs);
    lock.heard(arrivals);
  }
  const phase = lock.phase();
  return phase && Math.round(phase.atMs);
}
const packets = (id: string, fromMs: number) => every(100, fromMs).map((atMs) => [id, atMs] as const);

test('SPAT is made midway between two packets of a controller that speaks unasked', () => {
  expect(signalPhase(pushSite, packets(controller.id, 10_020))).toBe(70);
  expect(signalPhase(pushSite, packets(controller.id, 10_080))).toBe(30);
  const jittered = every(100, 10_020).map((atMs, index) => [controller.id, atMs + (index % 5) * 2] as const);
  expect(Math.abs(signalPhase(pushSite, jittered)! - 74)).toBeLessThanOrEqual(2);
});

test('of two such controllers the first that is used is followed, and none that is asked', () => {
  const second: ControllerSettings = { ...controller, id: 'other' as typeof controller.id };
  const both = [...packets(controller.id, 10_020), ...packets('other', 10_055)];
  expect(signalPhase({ ...pushSite, controllers: [controller, second] }, both)).toBe(70);
  const off = { ...controller, enabled: false };
  expect(signalPhase({ ...pushSite, controllers: [off, second] }, both)).toBe(5);
  const asked = demoSite();
  expect(signalPhase(asked, packets(asked.controllers[0]!.id, 10_020))).toBe(null);
});

test('the signals loop follows nothing where the site does not want it or packets come at any time', () => {
  const without = { ...pushSite, loop: { ...pushSite.loop, signalPhaseLock: false } };
  expect(signalPhase(without, packets(controller.id, 10_020))).toBe(null);
  const stray = every(37, 10_000).map((atMs) => [controller.id, atMs] as const);
  expect(signalPhase(pushSite, stray)).toBe(null);
});
