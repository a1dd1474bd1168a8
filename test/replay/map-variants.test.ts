import { afterAll, expect, test } from 'vitest';
import { codecFor } from '../../v2x/codec.ts';
import type { Site } from '../../src/model/site.ts';
import { demoSite } from '../demosite.ts';
import { VIRTUAL_START } from '../../src/simulate/devices.ts';
import { Box, messagesOf, recordTo, temporaryFolder } from './kit.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

/** The demo with a lane that may be used only while the simulated controllers' plan runs. */
const variable: Site = (() => {
  const site = demoSite();
  const lanes = site.road.lanes.map((lane) => (lane.id !== 'east-in-2' ? lane : {
    ...lane, uses: lane.uses.map((use) => ({ ...use, when: { kind: 'plan' as const, plans: [1] } })),
  }));
  return { ...site, road: { ...site.road, lanes } };
})();

/** What lane 2 of the eastern approach may do, by a MAP in hexadecimal. */
function lane2(hex: string): string {
  const { frame } = codecFor('A').decode(Buffer.from(hex, 'hex'));
  if (!('mapFrame' in frame)) throw new Error('no map');
  return frame.mapFrame.nodes[0]!.inLinks![0]!.lanes[1]!.maneuvers!;
}

test('the map that goes with the plan leaves before the SPAT of that turn, passes the gate, and stays', async () => {
  const recording = folder.path('plan');
  await recordTo(recording, variable, 6, { users: 4 });
  const box = new Box(variable, VIRTUAL_START);
  for (const { port, message, atMs } of messagesOf(recording)) box.deliver(port, message, atMs);
  box.stop();
  const rows = box.sent.map((line) => line.split(' '));
  const maps = rows.flatMap(([, type, hex], at) => (type === 'MAP' ? [{ at, says: lane2(hex!) }] : []));
  expect(maps.length).toBeGreaterThanOrEqual(6);
  const says = maps.map((map) => map.says);
  expect(new Set(says)).toEqual(new Set(['000000000000', '100000000000']));
  expect(says.lastIndexOf('000000000000')).toBeLessThan(says.indexOf('100000000000'));
  const first = maps.find((map) => map.says === '100000000000')!;
  const [atMs] = rows[first.at]!;
  const spat = rows.findIndex(([sameMs, type]) => sameMs === atMs && type === 'SPAT');
  expect(spat).toBeGreaterThan(first.at);
  const counters = box.signals.counters.toJSON();
  expect(counters['map_variant_switched']).toBe(1);
  expect(Object.keys(counters).filter((name) => name.startsWith('gate_refused_MAP'))).toEqual([]);
});
