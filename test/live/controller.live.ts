import { expect } from 'vitest';
import { plusMs } from '../../src/base/time.ts';
import { figure, isGreen, junctions, live, nowMs, sleepMs, until } from './harness.ts';
import type { HeardSpat, Junction } from './harness.ts';

const junctionOf = junctions();

async function running(): Promise<{ on: Junction; daemon: ReturnType<Junction['daemon']> }> {
  const on = await junctionOf();
  await on.devices();
  const daemon = on.daemon();
  await on.valid();
  await until('a status', 20_000, () => daemon.status());
  return { on, daemon };
}

const firstUnavailable = (on: Junction, fromMs: number): Promise<HeardSpat> =>
  until('an unavailable SPAT', 5000, () =>
    on.spats.find(({ atMs, available }) => atMs >= fromMs && !available));

live('a controller that falls silent leaves no valid frame older than 300 ms', async () => {
  const { on, daemon } = await running();
  on.relay.silent = true;
  const saidMs = on.relay.sentMs.at(-1)!;
  const first = await firstUnavailable(on, saidMs);
  await sleepMs(4500);
  const after = on.spats.filter(({ atMs }) => atMs > saidMs);
  const lastValid = after.filter(({ available }) => available).at(-1);
  const unavailable = after.filter(({ available }) => !available);
  const control = on.control.worstMs(saidMs, nowMs());
  figure('the controller silent', {
    lastValidMs: lastValid ? lastValid.atMs - saidMs : 0,
    firstUnavailableMs: first.atMs - saidMs,
    unavailable: unavailable.length,
    lastFrameMs: unavailable.at(-1)!.atMs - saidMs,
    control,
  });
  if (lastValid) expect(lastValid.atMs - saidMs).toBeLessThanOrEqual(300 + control);
  expect(first.atMs - saidMs).toBeLessThanOrEqual(400 + control);
  // Level 2 for 3 s, 30 chances against radio loss; then silence.
  expect(unavailable.length).toBeGreaterThanOrEqual(28);
  expect(unavailable.at(-1)!.atMs - first.atMs).toBeLessThanOrEqual(3000 + control);
  const { checks, capabilities } = (await daemon.status())!;
  expect(checks.find(({ name }) =>
    name === 'controller:controller')).toMatchObject({ level: 'failed', reason: 'silent' });
  expect(capabilities.find(({ capability }) => capability === 'spat')!.level).toBe('failed');
  expect(daemon.lines('device_silent').length).toBe(1);
  const againMs = nowMs();
  on.relay.silent = false;
  const valid = await on.valid();
  figure('the controller heard again', { validMs: valid.atMs - againMs });
  // Rule R4: after a fall, 2 s stable or one clean change of lamps.
  expect(valid.atMs - againMs).toBeGreaterThan(400);
  await until('health of SPAT', 5000, async () =>
    (await daemon.status())?.capabilities.find(({ capability }) =>
      capability === 'spat')?.level === 'ok');
});

live('a controller heard from two sources is unavailable, and people are told why', async () => {
  const { on, daemon } = await running();
  const fromMs = nowMs();
  on.relay.doubled = true;
  const first = await firstUnavailable(on, fromMs);
  figure('two sources', { firstMs: first.atMs - fromMs });
  await sleepMs(1500);
  expect(on.spatsBetween(plusMs(first.atMs, 1), nowMs()).some(({ available }) =>
    available)).toBe(false);
  const status = (await daemon.status())!;
  expect(status.gate.nodes[0]!.reasons.join()).toContain('two-sources');
  expect(status.drops['controller.two_sources']).toBeGreaterThan(0);
  expect(daemon.log).toMatch(/two.sources/);
  on.relay.doubled = false;
  await on.valid();
});

const CONFLICT = { a: 1, b: 3, fault: 'straight-north' };

live('conflicting greens never leave, latch the node over a kill, and a person alone opens it',
  async () => {
  const on = await junctionOf();
  // The fault runs through the first stage, where phase 1 has green.
  const fromMs = plusMs(nowMs(), 8000);
  await on.devices([
    { kind: 'conflicting-green', signalGroup: CONFLICT.fault as never, fromMs,
      untilMs: plusMs(fromMs, 2000) },
  ]);
  const daemon = on.daemon();
  await on.valid(7000);
  await until('green of phase 1', 7000, () => isGreen(on.spats.at(-1)?.lights.get(CONFLICT.a)));
  const first = await until('unavailable by the conflict', 10_000, () =>
    on.spats.find(({ atMs, available }) => atMs >= fromMs && !available));
  await until('the latch', 5000, async () =>
    ((await daemon.status())?.gate.latches.length ?? 0) > 0);
  await sleepMs(2500);
  const control = on.control.worstMs(fromMs, nowMs());
  const both = on.spats.filter(({ lights }) => isGreen(lights.get(CONFLICT.a)) &&
    isGreen(lights.get(CONFLICT.b)));
  const said = on.relay.sentMs.find((atMs) => atMs >= fromMs)!;
  figure('conflicting greens', { unavailableMs: first.atMs - said, both: both.length, control });
  expect(both.length).toBe(0);
  // The answer that shows it may be the next one, 200 ms on; then the same cycle.
  expect(first.atMs - said).toBeLessThanOrEqual(200 + 100 + 2 * control);
  expect(on.spats.filter(({ atMs }) => atMs > first.atMs).some(({ available }) =>
    available)).toBe(false);

  daemon.process.kill('SIGKILL');
  await daemon.ended;
  const again = on.daemon();
  const againMs = nowMs();
  const status = await until('a status', 20_000, () => again.status());
  await until('the latch over the restart', 5000, async () =>
    ((await again.status())?.gate.latches.length ?? 0) > 0);
  await sleepMs(3000);
  expect(on.spatsBetween(againMs, nowMs()).some(({ available }) => available)).toBe(false);
  const { node } = status.gate.nodes[0]!;
  await expect(again.ask('release-latch', { node, who: 'test' })).rejects.toThrow(/token/);
  await expect(again.ask('release-latch', { node, who: 'test' }, 'wrong')).rejects.toThrow(/token/);
  expect(await again.ask('release-latch', { node, who: 'test' },
    again.token)).toMatchObject({ released: true });
  await on.valid();
  expect(again.lines('audit').length).toBeGreaterThanOrEqual(1);
  // A release is as lasting as a latch.
  await sleepMs(500);
  again.process.kill('SIGKILL');
  await again.ended;
  on.daemon();
  await on.valid();
});
