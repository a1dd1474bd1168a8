import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { SignalsLoop } from '../../src/signalsloop.ts';
import { VIRTUAL_START } from '../../src/simulate/devices.ts';
import { demoSite } from '../demosite.ts';

const site = { ...demoSite(), mode: 'live' as const };

/** The loop alone: nobody speaks to its ports. */
function loopOf(commissioned: { readonly hash: string } | null): SignalsLoop {
  const port = { onMessage: () => undefined, send: () => undefined };
  return new SignalsLoop({
    site, clock: new VirtualClock(VIRTUAL_START.monoMs, VIRTUAL_START), log: silentLog, hub: { port: () => port } as never,
    boot: 1, seed: 1, commissioned, send: () => undefined, view: () => undefined,
  } as never);
}
const OUTSIDE = '192.0.2.1';

test('the gate of a loop follows a commissioning that comes, changes or goes while it runs', () => {
  const loop = loopOf(null);
  expect(loop.gate.mayReach(OUTSIDE)).toBe(false);
  loop.commission({ hash: site.safetyHash });
  expect(loop.gate.mayReach(OUTSIDE)).toBe(true);
  loop.commission({ hash: 'other' });
  expect(loop.gate.mayReach(OUTSIDE)).toBe(false);
  loop.commission({ hash: site.safetyHash });
  loop.commission(null);
  expect(loop.gate.mayReach(OUTSIDE)).toBe(false);
});

test('a replay goes on with the commissioning that the recording began with', () => {
  const recorded = loopOf({ hash: site.safetyHash });
  const replayed = loopOf(null);
  replayed.restore(structuredClone(recorded.snapshot()));
  expect(replayed.gate.mayReach(OUTSIDE)).toBe(true);
  const other = loopOf({ hash: site.safetyHash });
  other.restore(structuredClone(loopOf(null).snapshot()));
  expect(other.gate.mayReach(OUTSIDE)).toBe(false);
});
