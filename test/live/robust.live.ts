/** What outlives a crash, what a flood costs in memory, and ends that nobody announced. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SystemClock } from '../../src/base/clock.ts';
import { startLiveDevices } from '../../src/livedevices.ts';
import { openRecording } from '../../src/runtime/recording/index.ts';
import type { TimingRow } from '../../src/status.ts';
import { daemonScript, figure, freePorts, freeSite, isAlive, junctions, live, liveTest, nowMs, sleepMs,
  until } from './harness.ts';
import type { Daemon, Junction } from './harness.ts';

const junctionOf = junctions();

async function running(env: Record<string, string> = {}): Promise<{ on: Junction; daemon: Daemon }> {
  const on = await junctionOf();
  await on.devices();
  const daemon = on.daemon(env);
  await on.valid();
  await on.other('RSM');
  return { on, daemon };
}

/** Resident memory of a process, megabytes. */
const residentMB = (pid: number): number =>
  (Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) / 1e6;

const mapsOf = (pid: number): string => readFileSync(`/proc/${pid}/maps`, 'utf8');

live('what the black box held outlives a killed child, to the last seconds', async () => {
  const { on, daemon } = await running();
  await sleepMs(5000);
  const killedUtcS = Date.now() / 1000;
  process.kill(await daemon.childPid(), 'SIGKILL');
  const folder = await until('a frozen black box', 20_000, () => {
    const [line] = daemon.lines('black_box_frozen');
    return line ? /folder=(\S+)/.exec(line)?.[1] : null;
  });
  const sent = readFileSync(join(folder, 'sent.jsonl'), 'utf8').trim().split('\n');
  const lastS = (JSON.parse(sent.at(-1)!) as { t: number }).t;
  figure('black box after SIGKILL of the child', { messages: sent.length, lostS: killedUtcS - lastS });
  expect(killedUtcS - lastS).toBeLessThan(4);
  const recording = openRecording(folder);
  let heard = 0;
  for (const event of recording.events()) if (event.kind === 'message') heard++;
  expect(heard).toBeGreaterThan(100);
  expect(recording.states().length).toBe(2);
  await on.other('RSM');
  expect(daemon.lines('black_box_frozen').length).toBe(1);
});

live('an orderly end leaves no black box behind in memory', async () => {
  const { on, daemon } = await running();
  const ring = join(on.dataFolder, 'run', 'black-box', 'ring');
  await until('segments', 15_000, () =>
    existsSync(ring) && readdirSync(ring).some((name) => name.endsWith('.segment')));
  await daemon.end();
  expect(existsSync(ring)).toBe(false);
  expect(existsSync(join(on.dataFolder, 'black-box'))).toBe(false);
});

live('the parent never loads a native add-on; the child does', async () => {
  const { daemon } = await running();
  const addOns = (pid: number): number => mapsOf(pid).split('\n').filter((line) =>
    line.endsWith('.node')).length;
  const child = await daemon.childPid();
  await until('SQLite in the child', 15_000, () => addOns(child) > 0);
  expect(addOns(daemon.pid)).toBe(0);
});

live('a log that nobody reads any more ends neither process', async () => {
  const on = await junctionOf();
  await on.devices();
  const daemon = spawn(process.execPath, [daemonScript, 'run', '--site', on.siteFolder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, RUNTIME_DIRECTORY: join(on.dataFolder, 'run') },
  });
  const ended = new Promise<void>((done) => daemon.once('exit', () => done()));
  try {
    await until('a valid SPAT', 20_000, () => on.spats.some(({ available }) => available));
    daemon.stdout.destroy();
    daemon.stderr.destroy();
    on.relay.silent = true; // both processes have something to say of this
    await until('an unavailable SPAT', 5000, () => on.spats.at(-1)?.available === false);
    on.relay.silent = false;
    const fromMs = nowMs();
    await until('valid again', 20_000, () => on.spats.at(-1)?.available === true);
    await sleepMs(2000);
    expect(daemon.exitCode).toBeNull();
    expect(on.others.some(({ type, atMs }) => type === 'RSM' && atMs > fromMs)).toBe(true);
  } finally {
    daemon.kill('SIGTERM');
    await ended;
  }
});

live('a child that floods its parent is counted, told and replaced, and SPAT goes on', async () => {
  const on = await junctionOf();
  const hook = join(on.folder, 'mad.cjs');
  const once = join(on.folder, 'was-mad');
  // A child out of its mind: 5000 requests at once, four seconds after its start, one time.
  writeFileSync(hook, `
    const { existsSync, writeFileSync } = require('node:fs');
    const { isMainThread } = require('node:worker_threads');
    if (process.env.LUKOU_CHILD && isMainThread) setTimeout(() => {
      if (existsSync(${JSON.stringify(once)})) return;
      writeFileSync(${JSON.stringify(once)}, '');
      for (let i = 0; i < 5000; i++) process.send({ k: 'data', d: { kind: 'state' } });
    }, 4000);`);
  await on.devices();
  const daemon = on.daemon({ NODE_OPTIONS: `--require ${hook}` });
  await on.valid();
  await until('the flood', 20_000, () => existsSync(once));
  const fromMs = nowMs();
  await until('it is told', 10_000, () => daemon.lines('child_flood').length > 0);
  await on.other('RSM');
  const status = await until('a status', 20_000, () => daemon.status());
  await sleepMs(1500);
  expect((await daemon.status() ?? status).drops['child_flood']).toBe(1);
  const frames = on.spatsBetween(fromMs, nowMs());
  figure('SPAT beside a child that floods', { frames: frames.length });
  expect(frames.length).toBeGreaterThan((nowMs() - fromMs) / 100 - 10);
});

const noSocat = spawnSync('socat', ['-V']).status === 0
  ? null
  : 'socat is not installed: no pair of terminals';

liveTest(test, 'a serial controller is held by a process of its own, whose end is a silent controller',
  noSocat, async () => {
  const [port] = (await freePorts(1)) as [number];
  const path = join('/tmp', `lk-pty-${process.pid}-${port}`);
  const on = await junctionOf({
    foreign: ['controller'],
    edit: (site) => {
      site.ports['controller'] = { transport: 'serial', path, baudRate: 115200, parity: 'none',
        dataBits: 8, stopBits: 1 } as never;
    },
  });
  const controller = { transport: 'tcp', role: 'client', host: '127.0.0.1', port };
  const devices = await startLiveDevices({
    site: { ...on.site, sensors: [], ports: { controller } as never }, clock: new SystemClock(),
    seed: 7, users: 4,
  });
  // A pair of pseudo-terminals whose far end is the simulated controller.
  const socat = spawn('socat', [`pty,raw,echo=0,link=${path}`, `tcp:127.0.0.1:${port}`],
    { stdio: 'ignore' });
  try {
    await until('the terminal', 5000, () => existsSync(path));
    await on.devices();
    const daemon = on.daemon();
    await on.valid();
    expect(mapsOf(daemon.pid)).not.toContain('.node\n');
    const holder = Number(readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, 'utf8')
      .trim().split(' ').find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('lineholder')));
    expect(mapsOf(holder)).toContain('.node\n');
    process.kill(holder, 'SIGKILL');
    await until('unavailable', 2000, () => on.spats.at(-1)?.available === false);
    await until('it is told', 5000, () => daemon.lines('port_lost').some((line) =>
      line.includes('holds the line')));
    await on.valid();
    expect(daemon.lines('child_ended')).toEqual([]);
  } finally {
    socat.kill();
    await devices.stop();
  }
});

/** Pours datagrams at ports as fast as a process of its own can, until it is ended. */
function flood(ports: readonly number[]): ChildProcess {
  return spawn(process.execPath, ['-e', `
    const socket = require('node:dgram').createSocket('udp4');
    const bytes = require('node:crypto').randomBytes(1400);
    const ports = ${JSON.stringify(ports)};
    socket.bind(0, '127.0.0.1', function pour() {
      for (let i = 0; i < 50; i++) for (const port of ports) socket.send(bytes, port, '127.0.0.1');
      setTimeout(pour, 2);
    });`], { stdio: 'ignore' });
}

live('a flood at every UDP port costs neither process more than 30 MB', async () => {
  const { on, daemon } = await running();
  const child = await daemon.childPid();
  await sleepMs(8000);
  const before = [residentMB(daemon.pid), residentMB(child)];
  const ports = Object.values(on.site.ports).flatMap((settings) =>
    settings.transport === 'udp' ? [settings.listenPort] : []);
  const fromMs = nowMs();
  const pouring = flood(ports);
  const most = [...before];
  try {
    for (let second = 0; second < 15; second++) {
      await sleepMs(1000);
      most[0] = Math.max(most[0]!, residentMB(daemon.pid));
      most[1] = Math.max(most[1]!, residentMB(child));
    }
  } finally {
    pouring.kill('SIGKILL');
  }
  const spats = on.spatsBetween(fromMs, nowMs());
  const gaps = spats.slice(1).map((spat, at) => spat.atMs - spats[at]!.atMs);
  const turns = (await daemon.ask('timings', { type: 'SPAT' })) as readonly TimingRow[];
  const during = turns.filter(({ atMs }) => atMs >= fromMs);
  const handed = during.slice(1).map((row, at) => row.handedMs - during[at]!.handedMs);
  const status = await until('a status', 20_000, () => daemon.status());
  figure('flood', { handedGapMs: Math.max(...handed), lateMs: Math.max(...during.map((row) => row.latenessMs)), parentMB: most[0]! - before[0]!, childMB: most[1]! - before[1]!,
    gapMs: Math.max(...gaps), backlog: status.drops['recording_backlog'] ?? 0,
    overflow: status.drops['tap_overflow'] ?? 0, control: on.control.worstMs(fromMs, nowMs()) });
  // What the parent's input costs its own turns; what arrives later waited elsewhere.
  expect(Math.max(...handed)).toBeLessThan(225 + on.control.worstMs(fromMs, nowMs()));
  expect(await daemon.childPid()).toBe(child);
  expect(most[0]! - before[0]!).toBeLessThan(30);
  expect(most[1]! - before[1]!).toBeLessThan(30);
  await on.other('RSM');
});

live('a demo that is killed takes its daemon with it', async () => {
  const folder = (await junctionOf()).folder;
  const { siteFolder, dataFolder } = await freeSite(join(folder, 'demo'));
  const demo = spawn(process.execPath, [daemonScript, 'demo', '--site', siteFolder, '--users', '4'], {
    stdio: 'ignore',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, RUNTIME_DIRECTORY: join(dataFolder, 'run') },
  });
  const pid = await until('the daemon', 30_000, () => {
    const path = join(dataFolder, 'pid');
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) : null;
  });
  expect(isAlive(pid)).toBe(true);
  demo.kill('SIGKILL');
  await until('the daemon gone', 15_000, () => !isAlive(pid));
});
