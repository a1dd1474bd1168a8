import { expect, test } from 'vitest';
import { driverByKind } from '../drivers/index.ts';
import { gateSiteOf } from '../src/gatesite.ts';
import type { Site } from '../src/model/site.ts';
import { demoSite } from './demosite.ts';

/** The sample junction with these options of its controller. */
const siteWith = (options: Readonly<Record<string, unknown>>): Site => {
  const site = demoSite();
  const controllers = site.controllers.map((one) =>
    ({ ...one, options: { ...one.options, ...options } }));
  return { ...site, controllers };
};
const delayOf = (site: Site): (number | null)[] => gateSiteOf(site, [], null).nodes
  .filter(({ groups }) => groups.length > 0).map((node) => node.controllerDelayMs);

test('the declared delay of a controller is in the age that the gate itself counts (R1)', () => {
  expect(delayOf(siteWith({ latencyMs: 120 }))).toEqual([120]);
  expect(delayOf(siteWith({ latencyMs: undefined }))).toEqual([0]);
});

test('every driver of a signal controller calls that delay the same', () => {
  const signal = demoSite().controllers.map(({ driver }) => driverByKind(driver));
  for (const driver of [...signal, driverByKind('signal-tscbm'), driverByKind('signal-gbt20999')]) {
    expect(Object.keys(driver!.options), driver!.kind).toContain('latencyMs');
  }
});
