import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import type { PortSettings } from '../../src/model/site.ts';
import type { StatusDocument } from '../../src/status.ts';
import { startAedes } from '../cloud/brokers.ts';
import { cadence, expectUnbroken, figure, junctions, live, liveTest, nowMs, sleepMs,
  until } from './harness.ts';
import type { Daemon, Junction, JunctionOptions } from './harness.ts';

const junctionOf = junctions();

async function running(options: JunctionOptions = {}): Promise<{ on: Junction; daemon: Daemon }> {
  const on = await junctionOf(options);
  await on.devices();
  const daemon = on.daemon();
  await on.valid();
  await on.other('RSM');
  await until('a status', 20_000, () => daemon.status());
  return { on, daemon };
}

const levelOf = (status: StatusDocument | null, name: string): string | undefined =>
  status?.checks.find((check) => check.name === name)?.level;
const portOf = (url: string): number => Number(new URL(url).port);

/** Octets without sense, the same in every run. */
function garbage(seed: string): (octets: number) => Buffer {
  const random = seededRandom(seed);
  return (octets) => Buffer.from(Array.from({ length: octets }, () => random.below(256)));
}

/** Writes octets without sense into a connection; it may be closed at any time. */
function pour(socket: Socket, bytes: (octets: number) => Buffer): void {
  socket.on('error', () => undefined);
  for (let turn = 0; turn < 20; turn++) socket.write(bytes(2000));
}

/** A TCP server on loopback that keeps its connections. */
async function farEnd(): Promise<{ port: number; sockets: Socket[]; close(): Promise<void> }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}

/** 300 datagrams at each UDP port and 30 MQTT messages, within 1.5 s. */
async function spray(
  on: Junction,
  client: mqtt.MqttClient,
  bytes: (octets: number) => Buffer,
): Promise<void> {
  const udp = createSocket('udp4');
  const { topics } = on.site.ports['camera-south'] as Extract<PortSettings, { transport: 'mqtt' }>;
  const targets = Object.values(on.site.ports).flatMap((settings) =>
    settings.transport === 'udp' ? [settings.listenPort] : []);
  for (let turn = 0; turn < 30; turn++) {
    for (const port of targets) {
      for (let burst = 0; burst < 10; burst++) {
        udp.send(bytes(1 + ((turn * 37 + burst * 91) % 1400)), port, '127.0.0.1');
      }
    }
    client.publish(topics[0]!, bytes(1 + turn * 13));
    await sleepMs(50);
  }
  await new Promise<void>((done) => udp.close(() => done()));
}

live('garbage on every port moves counters and stops nothing', async () => {
  const bus = await farEnd();
  const { on, daemon } = await running({
    foreign: ['can-b'],
    edit: (site) => void (site.ports['can-b']!['port'] = bus.port),
  });
  const broker = await startAedes(portOf(on.site.clouds[0]!.url));
  const client = mqtt.connect(broker.url, { protocolVersion: 4 });
  try {
    await until('the broker', 5000, () => client.connected);
    await until('the camera behind the broker', 15_000, async () =>
      (await daemon.status())?.loops.some(({ ports }) =>
        ports.some(({ name, state }) => name === 'camera-south' && state === 'open')));
    const bytes = garbage('every port');
    const fromMs = nowMs();
    const linesBefore = daemon.log.split('\n').length;
    for (const socket of bus.sockets) pour(socket, bytes);
    const control = createConnection(join(on.dataFolder, 'control.sock'));
    pour(control, bytes);
    const web = createConnection(on.site.web.port, '127.0.0.1');
    pour(web, bytes);
    await spray(on, client, bytes);
    await sleepMs(1500);
    control.destroy();
    web.destroy();
    expectUnbroken('SPAT under garbage', on, fromMs, nowMs());
    const status = await until('a status', 10_000, () => daemon.status());
    const drops = Object.entries(status.drops).filter(([, count]) => count > 0).map(([name]) =>
      name);
    for (const subject of ['controller', 'camera-east', 'camera-south', 'radar-middle',
      'lidar-middle', 'can-b']) {
      expect(drops.some((name) => name.includes(subject)),
        `a drop of ${subject} in ${drops.join(' ')}`).toBe(true);
    }
    const lines = daemon.log.split('\n').length - linesBefore;
    figure('garbage', { drops: drops.length, logLines: lines });
    expect(lines).toBeLessThan(40);
    expect(daemon.lines('child_ended')).toEqual([]);
    await on.other('RSM');
  } finally {
    await client.endAsync(true);
    await broker.close();
    await bus.close();
  }
});

live('a broker that comes late gets the records that waited, and may go and come again',
  async () => {
  const { on, daemon } = await running({ edit: (site) =>
    void (site.clouds[0]!['runStatusS'] = 1) });
  const fromMs = nowMs();
  const waiting = await until('waiting records', 15_000, async () => {
    const status = await daemon.status();
    return status && status.store.rows >= 2 ? status : null;
  });
  expect(levelOf(waiting, 'cloud:city')).toBe('failed');
  expect(daemon.lines('cloud_down').length).toBeGreaterThanOrEqual(1);
  expect(daemon.lines('cloud_down').length).toBeLessThan(8);
  const port = portOf(on.site.clouds[0]!.url);
  for (let round = 0; round < 2; round++) {
    const broker = await startAedes(port);
    const heard = new Set<string>();
    const client = mqtt.connect(broker.url, { protocolVersion: 4 });
    client.on('message', (topic) => heard.add(topic.split('/').slice(2).join('/')));
    await client.subscribeAsync('rscu/#');
    const startMs = nowMs();
    await until('live messages and records', 25_000, () => heard.has('lamp/up') &&
      heard.has('run-status/up'));
    if (round === 0) expect(heard).toContain('basic-status/up');
    await until('an empty outbox', 10_000, async () =>
      ((await daemon.status())?.store.rows ?? 99) <= 1);
    figure('the city after the broker came', { ms: nowMs() - startMs, topics: heard.size });
    await client.endAsync(true);
    await broker.close();
    await until('the loss is seen', 5000, async () =>
      levelOf(await daemon.status(), 'cloud:city') === 'failed');
  }
  expectUnbroken('SPAT while the broker came and went', on, fromMs, nowMs());
});

/** Why a small disk cannot be mounted, or null. */
function noSmallDisk(): string | null {
  const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
  if (!mayMount) return 'mounting a small disk needs root on Linux';
  const folder = mkdtempSync(join(tmpdir(), 'lk-disk-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  if (status === 0) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
  return status === 0 ? null : `this machine may not mount: ${String(stderr).trim()}`;
}

/** Fills a disk to the last octet. */
function fill(path: string): void {
  for (const octets of [1 << 16, 1 << 12, 1]) {
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(octets), { flag: 'a' });
      } catch {
        break;
      }
    }
  }
}

liveTest(test, 'a full disk costs the store its records, not the junction its SPAT', noSmallDisk(),
  async () => {
  const disk = mkdtempSync(join(tmpdir(), 'lk-disk-'));
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0750', 'tmpfs',
    disk]).status).toBe(0);
  let daemon: Daemon | null = null;
  try {
    const started = await running({
      dataFolder: disk,
      edit: (site) => void (site.clouds[0]!['runStatusS'] = 1),
    });
    const { on } = started;
    daemon = started.daemon;
    await until('records in the store', 15_000, async () =>
      ((await started.daemon.status())?.store.rows ?? 0) > 0);
    const fromMs = nowMs();
    fill(join(disk, 'filler'));
    const failed = await until('the store says that it failed', 15_000, async () => {
      const status = await started.daemon.status();
      return status?.store.fault ? status : null;
    });
    expect(levelOf(failed, 'store')).toBe('failed');
    expect(failed.store.fault).toMatch(/full|space|ENOSPC/i);
    await until('its line', 3000, () => started.daemon.lines('store_failed').length === 1);
    await sleepMs(1000);
    unlinkSync(join(disk, 'filler'));
    const freedMs = nowMs();
    await until('the store again', 15_000, async () =>
      levelOf(await started.daemon.status(), 'store') === 'ok');
    figure('the store after space was freed', { ms: nowMs() - freedMs });
    expect(nowMs() - freedMs).toBeLessThan(5000 + 10 * on.control.worstMs(freedMs, nowMs()));
    expectUnbroken('SPAT while the disk was full', on, fromMs, nowMs());
    await until('its line', 3000, () => started.daemon.lines('store_recovered').length === 1);
  } finally {
    await daemon?.end();
    spawnSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
});

liveTest(test, 'a first start on a full disk speaks to vehicles and people, and heals by itself',
  noSmallDisk(), async () => {
  const disk = mkdtempSync(join(tmpdir(), 'lk-disk-'));
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0750', 'tmpfs',
    disk]).status).toBe(0);
  fill(join(disk, 'filler'));
  let daemon: Daemon | null = null;
  try {
    const broker = await startAedes();
    const started = await running({
      dataFolder: disk,
      edit(site) {
        Object.assign(site.clouds[0]!, { runStatusS: 1, url: broker.url });
      },
    });
    const { on } = started;
    daemon = started.daemon;
    const failing = (): Promise<boolean> =>
      started.daemon.status().then((status) => levelOf(status, 'store') === 'failed');
    await until('the failing store in the health graph', 15_000, failing);
    // The city reads the outbox all the time; that must not make the store look well.
    const seen: boolean[] = [];
    for (let turn = 0; turn < 20; turn++) {
      seen.push(await failing());
      await sleepMs(50);
    }
    expect(seen.every((failed) => failed)).toBe(true);
    const fromMs = nowMs();
    await sleepMs(1000);
    expectUnbroken('SPAT of a start on a full disk', on, fromMs, nowMs());
    unlinkSync(join(disk, 'filler'));
    await until('the store again', 15_000, async () =>
      levelOf(await started.daemon.status(), 'store') === 'ok');
    await daemon.end();
    await broker.close();
  } finally {
    await daemon?.end();
    spawnSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  }
});

live('a second daemon of the same site ends with one line, the first goes on', async () => {
  const { on, daemon } = await running();
  const fromMs = nowMs();
  const second = on.daemon();
  expect(await second.ended).toBe(1);
  const said = second.log.trim();
  process.stdout.write(`it says: ${said}\n`);
  expect(said.split('\n').length).toBe(1);
  expect(said).toMatch(/another daemon runs this site/);
  expect(said).toContain(on.dataFolder);
  await sleepMs(500);
  expectUnbroken('SPAT beside a second daemon', on, fromMs, nowMs());
  expect((await daemon.status())!.pid.parent).toBe(daemon.pid);
});

live('a CAN bus that is not there is told once and the other sensors go on', async () => {
  const { on, daemon } = await running({
    foreign: ['can-b'],
    edit: (site) => void (site.ports['can-b'] = { transport: 'can', bus: 'socketcan',
      interface: 'lkcan9' }),
  });
  await sleepMs(3000);
  const status = await until('a status', 10_000, () => daemon.status());
  const port = status.loops.flatMap(({ ports }) => ports).find(({ name }) => name === 'can-b')!;
  expect(port.state).toBe('lost');
  expect(port.fault).toMatch(/lkcan9/);
  const lines = daemon.lines('port_lost').filter((line) => line.includes('can-b'));
  process.stdout.write(`it says: ${lines.join('\n')}\n`);
  expect(lines.length).toBe(1);
  expect(levelOf(status, 'sensor:radar-north')).not.toBe('ok');
  expect(levelOf(status, 'sensor:radar-east')).toBe('ok');
  expect(status.capabilities.find(({ capability }) =>
    capability === 'rsm')!.level).toBe('degraded');
  expect(daemon.lines('child_ended')).toEqual([]);
  await on.other('RSM');
});

live('a wrong site file ends the start with every problem named', async () => {
  const on = await junctionOf();
  const path = join(on.siteFolder, 'site.json');
  const site = JSON.parse(readFileSync(path, 'utf8')) as {
    loop: Record<string, unknown>;
    web: Record<string, unknown>;
  };
  site.loop['rateHz'] = 'often';
  site.web['port'] = 'nowhere';
  writeFileSync(path, JSON.stringify(site));
  const daemon = on.daemon();
  expect(await daemon.ended).toBe(1);
  process.stdout.write(`it says: ${daemon.log}\n`);
  expect(daemon.log).toMatch(/rateHz/);
  expect(daemon.log).toMatch(/nowhere/);
  expect(daemon.log).not.toMatch(/ at .*\.js/);
});
