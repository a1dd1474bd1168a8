import { join } from 'node:path';
import { expect } from 'vitest';
import { replay } from '../../src/replay.ts';
import { figure, junctions, live, sleepMs, until } from './harness.ts';

const junctionOf = junctions();

live('a recording of the running box replays to the very messages that it sent', async () => {
  const on = await junctionOf();
  await on.devices();
  const daemon = on.daemon();
  await on.valid();
  await on.other('RSM');
  await until('a status', 20_000, () => daemon.status());
  const folder = join(on.folder, 'recording');
  await expect(daemon.ask('record-start', { folder })).rejects.toThrow(/token/);
  await daemon.ask('record-start', { folder }, daemon.token);
  await sleepMs(10_000);
  await daemon.ask('record-stop', {}, daemon.token);
  await expect(daemon.ask('record-start', { folder }, daemon.token)).rejects.toThrow(/already/);
  const { messages, drops, verify } = await replay({
    recording: folder,
    site: on.site,
    out: null,
    pace: 'max',
    verify: true,
  });
  figure('record and verify', {
    compared: verify!.compared, equal: verify!.equal, outside: verify!.outside,
    ...messages,
  });
  expect(verify!.firstDifference, JSON.stringify({ first: verify!.firstDifference,
    drops })).toBeNull();
  expect(verify!.equal).toBe(verify!.compared);
  // 10 s of SPAT at 10 Hz (less where this machine stood still), MAP at 1 Hz and RSM at 10 Hz.
  expect(verify!.compared).toBeGreaterThan(80);
  for (const type of ['SPAT', 'MAP', 'RSM']) expect(messages[type] ?? 0, type).toBeGreaterThan(5);
});
