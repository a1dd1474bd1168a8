import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expectUnbroken, figure, isAlive, junctions, liveTest, nowMs, sleepMs, until } from './harness.ts';
import type { Daemon, Junction } from './harness.ts';

const junctionOf = junctions();

/** A running junction whose SPAT is valid and whose RSM flow. */
async function running(): Promise<{ junction: Junction; daemon: Daemon }> {
  const made = await junctionOf();
  await made.devices();
  const daemon = made.daemon();
  await made.valid();
  await made.other('RSM');
  return { junction: made, daemon };
}

const scoreOf = (pid: number): number => Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'));

liveTest(test, 'a killed child costs no SPAT, and RSM come back by themselves', null, async () => {
  const { junction: on, daemon } = await running();
  const fromMs = nowMs();
  for (let round = 0; round < 2; round++) {
    const pid = await daemon.childPid();
    process.kill(pid, 'SIGKILL');
    await until('the child gone', 2000, () => !isAlive(pid));
    await sleepMs(300); // what was on its way has arrived
    const stoppedMs = nowMs();
    const rsm = await on.other('RSM');
    figure('RSM after a kill of the child', { ms: rsm.atMs - stoppedMs + 300 });
    expect(await daemon.childPid()).not.toBe(pid);
  }
  expectUnbroken('SPAT while the child was killed twice', on, fromMs, nowMs());
  expect(daemon.lines('child_ended').length).toBeGreaterThanOrEqual(1);
});

liveTest(test, 'the kernel would take the child before the parent', null, async () => {
  const { daemon } = await running();
  expect(scoreOf(await daemon.childPid())).toBeGreaterThan(scoreOf(daemon.pid));
});

liveTest(test, 'a child that stands still for 2 s costs no SPAT and goes on', null, async () => {
  const { junction: on, daemon } = await running();
  const pid = await daemon.childPid();
  const fromMs = nowMs();
  process.kill(pid, 'SIGSTOP');
  await sleepMs(500);
  const quietFrom = on.others.length;
  await sleepMs(1500);
  const during = on.others.slice(quietFrom).filter(({ type }) => type === 'RSM').length;
  process.kill(pid, 'SIGCONT');
  await on.other('RSM');
  await sleepMs(1000);
  expect(during).toBe(0);
  expect(await daemon.childPid()).toBe(pid);
  expectUnbroken('SPAT while the child stood still', on, fromMs, nowMs());
});
