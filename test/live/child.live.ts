import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { expectUnbroken, figure, isAlive, junctions, live, nowMs, sleepMs,
  until } from './harness.ts';
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

live('a killed child costs no SPAT, and RSM come back by themselves', async () => {
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

live('the kernel would take the child before the parent, and serve the parent before it',
  async () => {
  const { daemon } = await running();
  for (let round = 0; round < 2; round++) {
    const pid = await daemon.childPid();
    expect(scoreOf(pid)).toBeGreaterThan(scoreOf(daemon.pid));
    expect(getPriority(pid)).toBeGreaterThanOrEqual(getPriority(daemon.pid));
    process.kill(pid, 'SIGKILL');
    await until('another child', 20_000, async () =>
      ((await daemon.status())?.pid.child ?? pid) !== pid);
  }
});

live('a killed child that was recording records on in a folder of its own', async () => {
  const on = await junctionOf();
  await on.devices();
  const folder = join(on.folder, 'recording');
  const daemon = on.daemon({}, ['--record', folder]);
  const recording = (): Promise<string> => until('a recording', 20_000, async () =>
    (await daemon.status())?.recording?.folder);
  expect(await recording()).toBe(folder);
  await on.other('RSM');
  await sleepMs(1000);
  const pid = await daemon.childPid();
  process.kill(pid, 'SIGKILL');
  await until('the child gone', 2000, () => !isAlive(pid));
  await on.other('RSM');
  const after = await recording();
  process.stdout.write(`it records on in ${after.slice(on.folder.length)}\n`);
  expect(existsSync(join(folder, 'manifest.json'))).toBe(true);
  expect(after).not.toBe(folder);
});

live('a child that stands still for 2 s costs no SPAT and goes on', async () => {
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

live('what an orphan still holds is had as soon as it is gone', async () => {
  const { junction: on, daemon } = await running();
  const orphan = await daemon.childPid();
  process.kill(orphan, 'SIGSTOP'); // it cannot see that its parent is gone
  daemon.process.kill('SIGKILL');
  await daemon.ended;
  const again = on.daemon();
  await on.valid();
  await until('the held socket is told', 10_000, () => again.lines('control_failed').length > 0);
  process.kill(orphan, 'SIGKILL');
  await on.other('RSM');
  const status = await until('a status', 15_000, () => again.status());
  expect(status.pid.parent).toBe(again.pid);
  await until('the view', 15_000, async () => (await again.status())?.web !== null);
  expect(again.lines('child_ended')).toEqual([]);
});
