import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cadence, figure, isAlive, isGreen, junctions, live, nowMs, sleepMs,
  until } from './harness.ts';
import type { Daemon, HeardSpat, Junction } from './harness.ts';

const junctionOf = junctions();
const hasGreen = ({ lights }: HeardSpat): boolean => [...lights.values()].some(isGreen);

/** A junction whose box says green to somebody right now. */
async function green(
  env: Record<string, string> = {},
): Promise<{ on: Junction; daemon: Daemon }> {
  const on = await junctionOf();
  await on.devices();
  const daemon = on.daemon(env);
  await on.valid();
  await until('a green', 20_000, () => hasGreen(on.spats.at(-1)!));
  return { on, daemon };
}

/** The first frame after an instant that says unavailable. */
function firstUnavailable(on: Junction, fromMs: number, withinMs: number): Promise<HeardSpat> {
  return until('an unavailable SPAT', withinMs, () =>
    on.spats.find(({ atMs, available }) => atMs >= fromMs && !available));
}

/** Rule R1 for push sources, ms. */
const AGE_MAX_MS = 300;

/** No frame that says more than unavailable stands on a controller datagram that is too old. */
function expectYoungEvidence(on: Junction, fromMs: number): void {
  const control = on.control.worstMs(fromMs, nowMs());
  const ages = on.spatsBetween(fromMs, nowMs())
    .filter(({ available }) => available)
    .map(({ atMs }) => atMs - on.relay.newestBefore(atMs));
  const worstMs = Math.max(0, ...ages);
  figure('age of the controller datagram at a valid SPAT',
    { worstMs, allowedMs: AGE_MAX_MS + control });
  expect(worstMs).toBeLessThanOrEqual(AGE_MAX_MS + control);
}

live('the first SPAT comes at once and says unavailable, valid ones follow at 10 Hz', async () => {
  const on = await junctionOf();
  await on.devices();
  const bareMs = nowMs();
  const daemon = on.daemon();
  const valid = await on.valid();
  const rsm = await on.other('RSM');
  await sleepMs(3000);
  const first = on.spats[0]!;
  const before = on.spats.filter(({ atMs }) => atMs < valid.atMs);
  const measured = cadence(on, first.atMs, nowMs());
  const control = on.control.worstMs(bareMs, nowMs());
  figure('start', {
    firstMs: first.atMs - daemon.startedMs,
    validMs: valid.atMs - daemon.startedMs,
    rsmMs: rsm.atMs - daemon.startedMs,
    control,
    startSlackMs: on.control.startSlackMs,
  });
  figure('SPAT from the first one on', { ...measured });
  expect(first.available).toBe(false);
  expect(before.every(({ available }) => !available)).toBe(true);
  const slack = control + on.control.startSlackMs;
  expect(first.atMs - daemon.startedMs).toBeLessThanOrEqual(2000 + slack);
  // Rule R4 asks for three frames of a controller that is asked every 200 ms.
  expect(valid.atMs - daemon.startedMs).toBeLessThanOrEqual(2000 + 3 * 200 + 200 + control + slack);
  expect(rsm.atMs - daemon.startedMs).toBeLessThanOrEqual(3000 + 2 * slack);
  expect(measured.breaks).toBe(0);
  expect(measured.worstGapMs).toBeLessThanOrEqual(measured.allowedMs);
  expect(on.unit(0)['undecodable'] ?? 0).toBe(0);
  expect(on.unit(1)['bad_carrier'] ?? 0).toBe(0);
});

live('a parent that is told to end says unavailable ten times first and leaves nothing behind',
  async () => {
  const { on, daemon } = await green();
  const child = await daemon.childPid();
  const fromMs = nowMs();
  daemon.process.kill('SIGTERM');
  const code = await daemon.ended;
  await sleepMs(100);
  const last = on.spats.filter(({ atMs, available }) => atMs >= fromMs && !available);
  const control = on.control.worstMs(fromMs, nowMs());
  figure('SIGTERM', { firstMs: last[0]!.atMs - fromMs, frames: last.length, control });
  expect(code).toBe(0);
  expect(last.length).toBeGreaterThanOrEqual(10);
  expect(last[0]!.atMs - fromMs).toBeLessThanOrEqual(300 + control);
  expect(on.spats.at(-1)!.available).toBe(false);
  expect(isAlive(child)).toBe(false);
  expect(existsSync(join(on.dataFolder, 'parent.sock'))).toBe(false);
  expect(existsSync(join(on.dataFolder, 'control.sock'))).toBe(false);
});

live('the guard speaks for a signals loop that stands still, and the loop comes back unavailable',
  async () => {
  const { on, daemon } = await green({ LUKOU_TEST_BLOCK_MS: '1000' });
  await until('the guard has its frames', 5000, async () =>
    ((await daemon.status())?.loops.length ?? 0) === 2);
  await sleepMs(1100); // the second status: the guard has been told since
  const fromMs = nowMs();
  process.kill(daemon.pid, 'SIGUSR2');
  const first = await firstUnavailable(on, fromMs, 3000);
  await sleepMs(1200);
  const during = on.spatsBetween(fromMs + 200, fromMs + 1000);
  const valid = await on.valid();
  const between = on.spatsBetween(first.atMs, valid.atMs - 1);
  const control = on.control.worstMs(fromMs, valid.atMs);
  figure('a signals loop blocked for 1 s', {
    firstMs: first.atMs - fromMs,
    byGuard: during.length,
    validAfterMs: valid.atMs - fromMs,
    control,
  });
  // The heartbeat may be up to one period old when the block begins.
  expect(first.atMs - fromMs).toBeLessThanOrEqual(300 + control);
  expect(during.filter(({ available }) => !available).length).toBeGreaterThanOrEqual(5);
  expect(between.every(({ available }) => !available)).toBe(true);
  expectYoungEvidence(on, fromMs);
  await until('the guard is counted', 3000, async () =>
    (await daemon.status())?.loops.some(({ counters }) => (counters['guard_sent'] ?? 0) >= 5));
});

live('a parent that was asleep as a whole wakes up unavailable', async () => {
  const { on, daemon } = await green();
  process.kill(daemon.pid, 'SIGSTOP');
  await sleepMs(1500);
  const fromMs = nowMs();
  process.kill(daemon.pid, 'SIGCONT');
  const first = await until('a SPAT after the sleep', 3000, () =>
    on.spats.find(({ atMs }) => atMs >= fromMs));
  const valid = await on.valid();
  figure('a sleep of 1.5 s', { firstMs: first.atMs - fromMs, validMs: valid.atMs - fromMs });
  expect(first.available).toBe(false);
  expectYoungEvidence(on, fromMs);
});

live('a killed parent is followed by an unavailable first SPAT, and its child ends by itself',
  async () => {
  const { on, daemon } = await green();
  const child = await daemon.childPid();
  const fromMs = nowMs();
  daemon.process.kill('SIGKILL');
  await daemon.ended;
  const again = on.daemon(); // what the service manager does
  const first = await until('a SPAT after the restart', 10_000, () =>
    on.spats.find(({ atMs }) => atMs > fromMs + 50));
  const control = on.control.worstMs(fromMs, nowMs());
  figure('SIGKILL of the parent', { firstMs: first.atMs - fromMs, control });
  expect(first.available).toBe(false);
  expect(first.atMs - fromMs).toBeLessThanOrEqual(1500 + control + on.control.startSlackMs);
  await until('the orphan gone', 5000, () => !isAlive(child));
  await on.valid();
  await on.other('RSM');
  expect((await again.childPid())).not.toBe(child);
});
