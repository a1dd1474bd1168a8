import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replay } from '../../src/replay.ts';
import { figure, junctions, liveTest, sleepMs, until } from './harness.ts';

const junctionOf = junctions();

liveTest(test, 'a recording of the running box replays to the very messages that it sent', null, async () => {
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
  expect(verify!.firstDifference, JSON.stringify({ first: verify!.firstDifference, drops })).toBeNull();
  expect(verify!.equal).toBe(verify!.compared);
  // SPAT 10 Hz, RSM 10 Hz and more, MAP 1 Hz, less what the hand-over at both ends leaves out.
  expect(verify!.compared).toBeGreaterThan(150);
  expect(messages['SPAT'] ?? 0).toBeGreaterThan(80);
  expect(messages['RSM'] ?? 0).toBeGreaterThan(70);
});
