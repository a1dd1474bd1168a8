/**
 * A whole junction on loopback for tests on real processes: devices, units and broker here, the
 * daemon apart.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import {
  closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { SystemClock, sleepUntil } from '../../src/base/clock.ts';
import { plusMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { askDaemon } from '../../src/control.ts';
import { startLiveDevices } from '../../src/livedevices.ts';
import type { LiveDevices } from '../../src/livedevices.ts';
import type { PortSettings, Site } from '../../src/model/site.ts';
import { startRsuSimulator, wrapOf } from '../../src/rsu/simulator.ts';
import type { RsuSimulator } from '../../src/rsu/simulator.ts';
import { loadSite } from '../../src/site.ts';
import type { StatusDocument } from '../../src/status.ts';
import { codecFor } from '../../v2x/codec.ts';
import type { SPAT } from '../../v2x/schemas/spat.ts';
import { siteFolder } from '../demosite.ts';

export const clock = new SystemClock();
try {
  // Devices, daemon and bare timer alike step before whatever else this machine does, if they may.
  setPriority(-10);
} catch {
  // Not allowed: then all of them wait alike.
}
/** The machine's monotonic clock, the same in every process. */
export const nowMs = (): MonotonicMs => clock.nowMs();
export const sleepMs = (ms: number): Promise<void> => sleepUntil(clock, plusMs(nowMs(), ms));

/** Where the built daemon is; another folder lets a build go on meanwhile. */
const dist =
  process.env['LUKOU_TEST_DIST'] ?? fileURLToPath(new URL('../../dist', import.meta.url));
/** The built command line. */
export const daemonScript = join(dist, 'src/cli/main.js');
/** Why tests on real processes are skipped, or null. */
export const notBuilt: string | null = existsSync(daemonScript)
  ? null
  : 'not built: run npm run build';

type TestOptions = { readonly timeout?: number; readonly retry?: number };
type Body = () => Promise<void>;
/** The part of vitest's `test` that is used here. */
interface TestFunction {
  (name: string, options: TestOptions, body: Body): void;
  skip(name: string, body: Body): void;
}

/** A test of this folder: 60 s at the most, skipped with its reason where it cannot run. */
export function liveTest(test: TestFunction, name: string, why: string | null, body: Body): void {
  const reason = notBuilt ?? why;
  if (reason === null) return test(name, { timeout: 60_000, retry: 2 }, body);
  process.stdout.write(`skipped: ${name}: ${reason}\n`);
  test.skip(name, body);
}

/** A live test that can run wherever the daemon is built. */
export const live = (name: string, body: Body): void => liveTest(test, name, null, body);

/** Waits until `found` gives something; fails with the words of `what` after `withinMs`. */
export async function until<T>(
  what: string,
  withinMs: number,
  found: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  const endMs = plusMs(nowMs(), withinMs);
  for (;;) {
    const value = await found();
    if (value !== null && value !== undefined && value !== false) return value;
    if (nowMs() > endMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleepMs(10);
  }
}

/** Whether a process is there. A zombie is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** One SPAT at the unit. */
export interface HeardSpat {
  readonly atMs: MonotonicMs;
  readonly msgCnt: number;
  /** Some group says more than `unavailable`. */
  readonly available: boolean;
  /** What each phase shows now. */
  readonly lights: ReadonlyMap<number, string>;
}

/** A message of another type at the unit. */
export interface HeardOther {
  readonly atMs: MonotonicMs;
  readonly type: string;
}

function heardSpat(spat: SPAT, atMs: MonotonicMs): HeardSpat {
  const phases = spat.intersections.flatMap((one) => one.phases);
  const all = phases.flatMap((phase) => phase.phaseStates);
  return {
    atMs,
    msgCnt: spat.msgCnt,
    available: all.some(({ light }) => light !== 'unavailable'),
    lights: new Map(phases.map(({ id, phaseStates }) => [id, phaseStates[0]!.light])),
  };
}

export const isGreen = (light: string | undefined): boolean => light?.endsWith('-green') ?? false;

/**
 * A bare timer in a process of its own that sends its due instants here every 20 ms. How late they
 * come is how late this machine makes anybody, without one line of ours at the sending end.
 */
class Control {
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  #bareStartMs: number | null = null;
  readonly #late: { readonly atMs: number; readonly lateMs: number }[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    const spawnedMs = nowMs();
    socket.on('message', (data) => {
      const atMs = nowMs();
      const dueMs = Number(data.toString());
      this.#bareStartMs ??= dueMs - 20 - spawnedMs;
      this.#late.push({ atMs, lateMs: atMs - dueMs });
    });
    const { port } = socket.address();
    const script = `const s = require('node:dgram').createSocket('udp4');
      const now = () => Number(process.hrtime.bigint() / 1000n) / 1000;
      let due = now() + 20;
      const turn = () => {
        while (due <= now()) { s.send(String(due), ${port}, '127.0.0.1'); due += 20; }
        setTimeout(turn, due - now());
      };
      turn();
      process.stdin.on('end', () => process.exit(0)).resume();`;
    this.#child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'inherit'] });
  }

  static async start(): Promise<Control> {
    return new Control(await boundUdp(0));
  }

  /**
   * How much longer a start of the daemon may take on this machine now, ms: it is the work of ten
   * bare starts, each of which takes 60 ms where nobody else wants the cores.
   */
  get startSlackMs(): number {
    return 10 * Math.max(0, (this.#bareStartMs ?? 0) - 60);
  }

  /** The worst lateness in a stretch of time, ms. */
  worstMs(fromMs: number, toMs: number): number {
    return Math.max(
      0,
      ...this.#late.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs + 100).map(({ lateMs }) =>
        lateMs),
    );
  }

  async close(): Promise<void> {
    const ended = new Promise<void>((done) => this.#child.once('exit', () => done()));
    this.#child.kill('SIGKILL');
    await ended;
    await new Promise<void>((done) => this.#socket.close(() => done()));
  }
}

async function boundUdp(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((done, failed) => {
    socket.once('error', failed);
    socket.bind(port, host, () => done());
  });
  socket.removeAllListeners('error');
  socket.on('error', () => undefined); // the other end may be away
  return socket;
}

/** Stands between the box and its controller; may be told to say nothing, or to say it twice. */
export class ControllerRelay {
  silent = false;
  /** Sends every datagram from a second address as well. */
  doubled = false;
  /** Instants at which the controller's datagrams went to the box. */
  readonly sentMs: MonotonicMs[] = [];
  readonly #ends: readonly Socket[];

  constructor(box: Socket, device: Socket, second: Socket, boxPort: number, devicePort: number) {
    this.#ends = [box, device, second];
    box.on('message', (data) => device.send(data, devicePort, '127.0.0.1'));
    device.on('message', (data) => {
      if (this.silent) return;
      this.sentMs.push(nowMs());
      box.send(data, boxPort, '127.0.0.1');
      if (this.doubled) second.send(data, boxPort, '127.0.0.1');
    });
  }

  /** The newest datagram that had left for the box at an instant. */
  newestBefore(atMs: number): number {
    let newest = -Infinity;
    for (const sentMs of this.sentMs) if (sentMs <= atMs) newest = sentMs;
    return newest;
  }

  async close(): Promise<void> {
    await Promise.all(this.#ends.map((end) =>
      new Promise<void>((done) => end.close(() => done()))));
  }
}

/** Below what systems hand out by themselves, so that nobody gets one between probe and use. */
const PORT_MIN = 20_000;
const PORT_MAX = 32_000;

/** As many free ports, all different, free for UDP and TCP. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { tcp: Server; udp: Socket; port: number }[] = [];
  while (held.length < count) {
    const port = randomInt(PORT_MIN, PORT_MAX);
    const tcp = createServer();
    try {
      await new Promise<void>((done, failed) => {
        tcp.once('error', failed);
        tcp.listen(port, '127.0.0.1', () => done());
      });
      held.push({ tcp, udp: await boundUdp(port), port });
    } catch {
      tcp.close(); // somebody has it
    }
  }
  for (const { tcp, udp } of held) {
    tcp.close();
    await new Promise<void>((done) => udp.close(() => done()));
  }
  return held.map(({ port }) => port);
}

/** The parts of site.json that a test may want to change. */
export interface EditableSite {
  dataFolder: string;
  ports: Record<string, Record<string, unknown>>;
  sensors: Record<string, unknown>[];
  controllers: Record<string, unknown>[];
  rsus: Record<string, unknown>[];
  clouds: Record<string, unknown>[];
  web: { host: string; port: number };
  [other: string]: unknown;
}

const portKeys = new Set(['port', 'listenPort', 'remotePort']);

/** Gives every port number of the site a free one; equal numbers stay equal. */
async function withFreePorts(site: EditableSite): Promise<void> {
  const found = new Set<number>();
  const walk = (value: unknown, change: (port: number) => number): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value as Record<string, unknown>)) {
      const owner = value as Record<string, unknown>;
      if (portKeys.has(key) && typeof inner === 'number') owner[key] = change(inner);
      else if (key === 'url') {
        const url = new URL(String(inner));
        owner[key] = `${url.protocol}//${url.hostname}:${change(Number(url.port))}`;
      } else walk(inner, change);
    }
  };
  const parts = [site.ports, site.rsus, site.clouds, site.web];
  for (const part of parts) walk(part, (port) => (found.add(port), port));
  const free = await freePorts(found.size);
  const fresh = new Map([...found].map((port, index) => [port, free[index]!]));
  for (const part of parts) walk(part, (port) => fresh.get(port)!);
}

export interface JunctionOptions {
  readonly users?: number;
  readonly dataFolder?: string;
  /** Changes site.json before it is written; ports are free ones by then. */
  edit?(site: EditableSite): void;
  /** Changes road.json before it is written. */
  editRoad?(road: Record<string, unknown>): void;
  readonly lampFaults?: Parameters<typeof startLiveDevices>[0]['lampFaults'];
  /** Ports whose far end the test plays itself. */
  readonly foreign?: readonly string[];
}

/** A daemon that a test has started. */
export class Daemon {
  readonly process: ChildProcess;
  readonly startedMs = nowMs();
  readonly ended: Promise<number | null>;
  readonly logPath: string;
  readonly #dataFolder: string;

  constructor(args: readonly string[], dataFolder: string, logPath: string, env: Record<string,
    string>) {
    this.#dataFolder = dataFolder;
    this.logPath = logPath;
    const log = openSync(logPath, 'a');
    this.process = spawn(process.execPath, ['--enable-source-maps', daemonScript, ...args], {
      stdio: ['ignore', log, log],
      // The black box lies with the test's own folder, not in the machine's /dev/shm.
      env: { ...process.env, RUNTIME_DIRECTORY: join(dataFolder, 'run'), ...env },
      detached: true,
    });
    closeSync(log);
    this.ended = new Promise((done) => this.process.once('exit', (code) => done(code)));
  }

  get pid(): number {
    return this.process.pid!;
  }

  get log(): string {
    return readFileSync(this.logPath, 'utf8');
  }

  /** Log lines of one event. */
  lines(event: string): string[] {
    return this.log.split('\n').filter((line) => line.split(' ')[2] === event);
  }

  ask(verb: string, args: Readonly<Record<string, unknown>> = {},
    token?: string): Promise<unknown> {
    return askDaemon(join(this.#dataFolder, 'control.sock'), {
      verb,
      args,
      ...(token === undefined ? {} : { token }),
    });
  }

  /** The token that changing verbs need. */
  get token(): string {
    return readFileSync(join(this.#dataFolder, 'token'), 'utf8').trim();
  }

  /** The status document; null while it cannot be had. */
  async status(): Promise<StatusDocument | null> {
    try {
      return (await this.ask('status')) as StatusDocument;
    } catch {
      return null;
    }
  }

  /** Process id of the child that runs now. */
  async childPid(): Promise<number> {
    const { pid } = await until('status of the daemon', 20_000, () => this.status());
    return pid.child;
  }

  async end(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM');
      const late = setTimeout(() => this.process.kill('SIGKILL'), 5000);
      await this.ended;
      clearTimeout(late);
    }
  }
}

/** Writes the demo's site into a folder, on ports that are free. */
export async function freeSite(
  folder: string, options: Pick<JunctionOptions, 'dataFolder' | 'edit' | 'editRoad'> = {},
): Promise<{ readonly siteFolder: string; readonly dataFolder: string }> {
  const demo = siteFolder('demo');
  const site = JSON.parse(readFileSync(join(demo, 'site.json'), 'utf8')) as EditableSite;
  await withFreePorts(site);
  site.dataFolder = options.dataFolder ?? join(folder, 'data');
  options.edit?.(site);
  const made = join(folder, 'site');
  mkdirSync(made, { recursive: true });
  writeFileSync(join(made, 'site.json'), JSON.stringify(site));
  const road = JSON.parse(readFileSync(join(demo, 'road.json'), 'utf8')) as Record<string, unknown>;
  options.editRoad?.(road);
  writeFileSync(join(made, 'road.json'), JSON.stringify(road));
  return { siteFolder: made, dataFolder: site.dataFolder };
}

/** Devices, units, relay and timer of one test; `daemon()` starts the box itself. */
export class Junction {
  readonly folder: string;
  readonly siteFolder: string;
  readonly dataFolder: string;
  readonly site: Site;
  readonly relay: ControllerRelay;
  readonly control: Control;
  readonly spats: HeardSpat[] = [];
  readonly others: HeardOther[] = [];
  readonly daemons: Daemon[] = [];
  readonly #units: RsuSimulator[] = [];
  #devices: LiveDevices | null = null;
  readonly #lampFaults: JunctionOptions['lampFaults'];
  readonly #users: number;
  readonly #foreign: readonly string[];
  readonly #devicePorts: { readonly listen: number; readonly remote: number };

  private constructor(
    folder: string,
    site: Site,
    relay: ControllerRelay,
    control: Control,
    devicePorts: { readonly listen: number; readonly remote: number },
    options: JunctionOptions,
  ) {
    this.folder = folder;
    this.siteFolder = join(folder, 'site');
    this.dataFolder = site.dataFolder;
    this.site = site;
    this.relay = relay;
    this.control = control;
    this.#devicePorts = devicePorts;
    this.#lampFaults = options.lampFaults;
    this.#users = options.users ?? 12;
    this.#foreign = options.foreign ?? [];
  }

  static async make(options: JunctionOptions = {}): Promise<Junction> {
    const folder = mkdtempSync(join(tmpdir(), 'lk-'));
    await freeSite(folder, options);
    const loaded = loadSite(join(folder, 'site'));
    const { listenPort, remotePort } = loaded.ports['controller'] as Extract<PortSettings,
      { transport: 'udp' }>;
    const [listen, remote] = (await freePorts(2)) as [number, number];
    const relay = new ControllerRelay(
      await boundUdp(remotePort!),
      await boundUdp(listen),
      await boundUdp(0),
      listenPort,
      remote,
    );
    const junction = new Junction(folder, loaded, relay, await Control.start(), { listen, remote },
      options);
    await junction.#startUnits();
    return junction;
  }

  async #startUnits(): Promise<void> {
    const codec = codecFor('A');
    for (const rsu of this.site.rsus) {
      const first = this.#units.length === 0;
      const form = wrapOf(rsu.link);
      if (form === null) continue; // a test that names such a unit plays it
      this.#units.push(
        await startRsuSimulator({
          host: rsu.host,
          port: rsu.port,
          form,
          clock,
          decode: (bytes) => codec.decode(bytes).frame,
          heard: ({ type, value, atMs }) => {
            if (!first) return;
            if (type !== 'SPAT') this.others.push({ atMs, type });
            else this.spats.push(heardSpat((value as { spatFrame: SPAT }).spatFrame, atMs));
          },
        }),
      );
    }
  }

  /** Starts the simulated devices; `lampFaults` may be made of the instant of the start. */
  async devices(lampFaults = this.#lampFaults): Promise<void> {
    const site = structuredClone(this.site) as { ports: Record<string, unknown> } & Site;
    const { listen, remote } = this.#devicePorts;
    site.ports['controller'] = { ...site.ports['controller']!, listenPort: listen,
      remotePort: remote } as never;
    const ends = Object.entries(site.ports).filter(
      ([name]) => !this.#foreign.includes(name),
    );
    const kept = new Set(ends.map(([name]) => name));
    this.#devices = await startLiveDevices({
      site: {
        ...site,
        ports: Object.fromEntries(ends),
        sensors: site.sensors.filter(({ port }) => kept.has(port)),
      },
      clock,
      seed: 7,
      users: this.#users,
      ...(lampFaults ? { lampFaults } : {}),
    });
  }

  /** Starts the daemon of this site. */
  daemon(env: Record<string, string> = {}, args: readonly string[] = []): Daemon {
    const logPath = join(this.folder, `daemon-${this.daemons.length}.log`);
    const daemon = new Daemon(['run', '--site', this.siteFolder, ...args], this.dataFolder,
      logPath, env);
    this.daemons.push(daemon);
    return daemon;
  }

  /** The simulated world, for its truth. */
  get world(): LiveDevices['world'] {
    if (!this.#devices) throw new Error('no devices were started');
    return this.#devices.world;
  }

  /** Messages that a unit took, or could not read, by name. */
  unit(index: number): Readonly<Record<string, number>> {
    return this.#units[index]!.counters.toJSON();
  }

  /** The next valid SPAT from now on. */
  valid(withinMs = 20_000): Promise<HeardSpat> {
    const from = this.spats.length;
    return until('a valid SPAT', withinMs, () => {
      this.#expectDaemon();
      return this.spats.slice(from).find(({ available }) => available);
    });
  }

  /** The next message of a type from now on. */
  other(type: string, withinMs = 20_000): Promise<HeardOther> {
    const from = this.others.length;
    return until(type, withinMs, () => this.others.slice(from).find((one) => one.type === type));
  }

  #expectDaemon(): void {
    const { process: last } = this.daemons.at(-1)!;
    if (last.exitCode !== null) throw new Error(`the daemon ended with ${last.exitCode}`);
  }

  spatsBetween(fromMs: number, toMs: number): HeardSpat[] {
    return this.spats.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  }

  #tellLogs(): void {
    for (const { logPath } of this.daemons) {
      const tail = readFileSync(logPath, 'utf8').split('\n').slice(-60).join('\n');
      process.stdout.write(`--- ${logPath}\n${tail}\n`);
    }
  }

  /** Ends all that this test has started, the daemons first; tells their logs when it failed. */
  async close(failed: boolean): Promise<void> {
    for (const daemon of this.daemons) await daemon.end();
    if (failed) this.#tellLogs();
    await this.#devices?.stop();
    for (const unit of this.#units) await unit.close();
    await this.relay.close();
    await this.control.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Gives a file's tests their junctions and ends each after its test. */
export function junctions(): (options?: JunctionOptions) => Promise<Junction> {
  let open: Junction[] = [];
  afterEach(async ({ task }) => {
    const ending = open;
    open = [];
    for (const junction of ending) await junction.close(task.result?.state === 'fail');
  });
  return async (options) => {
    const junction = await Junction.make(options);
    open.push(junction);
    return junction;
  };
}

/** What a run of SPAT frames looks like. */
export interface Cadence {
  readonly frames: number;
  /** Frames of the loop whose number is not one more than the last one's. */
  readonly breaks: number;
  /** Frames that say unavailable and bear another number: the guard thread's own. */
  readonly byGuard: number;
  /** Frames of the loop that say unavailable. */
  readonly unavailable: number;
  readonly worstGapMs: number;
  /** The rule's 125 ms plus what the bare timer was late at the worst. */
  readonly allowedMs: number;
}

/** Rule R2: a pair never further apart than this, ms. */
const GAP_MAX_MS = 125;

/** Measures the frames of a stretch of time beside the bare timer. */
export function cadence(junction: Junction, fromMs: number, toMs: number): Cadence {
  const frames = junction.spatsBetween(fromMs, toMs);
  const found = { breaks: 0, byGuard: 0, unavailable: 0,
    worstGapMs: frames.length < 2 ? Infinity : 0 };
  let last: HeardSpat | null = null;
  for (const [index, frame] of frames.entries()) {
    if (index > 0) found.worstGapMs = Math.max(found.worstGapMs,
      frame.atMs - frames[index - 1]!.atMs);
    const follows = last === null || frame.msgCnt === (last.msgCnt + 1) % 128;
    if (!follows && !frame.available) {
      found.byGuard++;
      continue;
    }
    if (!follows) found.breaks++;
    if (!frame.available) found.unavailable++;
    last = frame;
  }
  const allowedMs = GAP_MAX_MS + junction.control.worstMs(fromMs, toMs);
  return { frames: frames.length, ...found, allowedMs };
}

/** Above this lateness of a bare timer the machine itself breaks the rules' figures, ms. */
const STALLED_MS = 100;
/** The controller answers every 200 ms; rule R1 allows 300 ms and the way takes a little. */
const CONTROLLER_GAP_MS = 270;

/**
 * No SPAT is missing, none says unavailable and none comes late. The last two are judged only where
 * the bare timer and the controller (which this process plays) were in time themselves.
 */
export function expectUnbroken(name: string, on: Junction, fromMs: number, toMs: number): void {
  const measured = cadence(on, fromMs, toMs);
  const said = on.relay.sentMs.filter((atMs) => atMs >= fromMs - 500 && atMs <= toMs);
  const controllerMs = Math.max(...said.slice(1).map((atMs, index) => atMs - said[index]!));
  figure(name, { ...measured, controllerMs });
  expect(measured.breaks, 'missing numbers').toBe(0);
  const stalled = controllerMs > CONTROLLER_GAP_MS || measured.allowedMs > GAP_MAX_MS + STALLED_MS;
  if (stalled) {
    process.stdout.write(`not judged: ${name}: this machine stood still itself\n`);
    return;
  }
  expect(measured.unavailable, 'unavailable frames').toBe(0);
  const due = Math.floor((toMs - fromMs - measured.allowedMs) / 100);
  expect(measured.frames).toBeGreaterThanOrEqual(due - 1);
  expect(measured.worstGapMs).toBeLessThanOrEqual(measured.allowedMs);
}

/** Prints a measured figure beside its limit. */
export function figure(name: string, values: Readonly<Record<string, number | string>>): void {
  const text = Object.entries(values).map(([key, value]) =>
    `${key}=${typeof value === 'number' ? Math.round(value * 10) / 10 : value}`);
  process.stdout.write(`figure: ${name}: ${text.join(' ')}\n`);
}
