/**
 * `lukou demo`: the sample junction alive. Simulated devices, the units' listeners and the city's
 * broker live in this process; the daemon is a process of its own, the same that runs in a cabinet.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SystemClock, sleepUntil } from './base/clock.ts';
import { Counters } from './base/counters.ts';
import { Fault, textOf } from './base/fault.ts';
import { plusMs } from './base/time.ts';
import type { MonotonicMs } from './base/time.ts';
import { fillText, filledText } from './base/text.ts';
import type { Language } from './base/text.ts';
import { demoTexts } from './base/texts/demo.ts';
import { factTexts } from './base/texts/faults.ts';
import { askDaemon } from './control.ts';
import { mallocSettings, parentFlags } from './footprint.ts';
import { startLiveDevices } from './livedevices.ts';
import type { LiveDevices } from './livedevices.ts';
import type { Site } from './model/site.ts';
import { startRsuSimulator, wrapOf } from './rsu/simulator.ts';
import type { RsuSimulator } from './rsu/simulator.ts';
import { loadSite } from './site.ts';
import type { StatusDocument } from './status.ts';
import { codecFor } from '../v2x/codec.ts';

/** How the demo is run. */
export interface DemoOptions {
  /** Stops by itself after this long; null runs until it is stopped. */
  readonly seconds: number | null;
  readonly json: boolean;
  readonly users: number;
  readonly seed: number;
  readonly language: Language;
  /** Folder of the site. */
  readonly site: string;
  readonly record: string | null;
  /** The one JSON line of `--json`. */
  out(line: string): void;
  /** Everything for people. */
  note(line: string): void;
}

/** The JSON line of `--json`. */
export interface DemoResult {
  readonly messages: { readonly SPAT: number; readonly MAP: number; readonly RSM: number; readonly RSI: number };
  readonly tracks: number;
  readonly city: Readonly<Record<string, number>>;
  readonly gate: Readonly<Record<string, string>>;
  readonly drops: Readonly<Record<string, number>>;
  readonly ageMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** Seconds from the start of the daemon to the first message of each type at the unit. */
  readonly firstS: Readonly<Record<string, number>>;
}

const STATUS_EVERY_MS = 5000;
const DAEMON_END_MS = 5000;

/** The embedded broker of the demo; a development dependency, hence loaded here alone. */
async function startBroker(url: string, heard: (topic: string) => void): Promise<() => Promise<void>> {
  const { Aedes } = await import('aedes');
  const aedes = await Aedes.createBroker();
  aedes.on('publish', (packet) => {
    if (!packet.topic.startsWith('$SYS')) heard(packet.topic);
  });
  const server: Server = createServer({ noDelay: true }, aedes.handle);
  const { hostname, port } = new URL(url);
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(Number(port), hostname, () => done());
  });
  return () => new Promise((done) => aedes.close(() => server.close(() => done())));
}

/** Everything that the demo has started, ended in reverse order. */
class Demo {
  readonly #options: DemoOptions;
  readonly #site: Site;
  readonly #clock = new SystemClock();
  readonly #folder: string;
  readonly #city = new Counters();
  readonly #firstMs = new Map<string, number>();
  #units: RsuSimulator[] = [];
  #devices: LiveDevices | null = null;
  #closeBroker: (() => Promise<void>) | null = null;
  #daemon: ChildProcess | null = null;
  #daemonMs: MonotonicMs | null = null;
  #ended: number | null = null;
  readonly stopping = new AbortController();

  constructor(options: DemoOptions) {
    this.#options = options;
    this.#site = loadSite(options.site);
    this.#folder = resolve(this.#site.dataFolder);
    if (this.#site.mode === 'live') {
      throw new Fault('REFUSED', {
        subject: options.site,
        expected: demoTexts.mode_expected,
        got: demoTexts.mode_got,
        next: demoTexts.mode_next,
      });
    }
  }

  #say(key: keyof typeof demoTexts, values: Readonly<Record<string, string | number>> = {}): void {
    this.#options.note(fillText(demoTexts[key], this.#options.language, values));
  }

  async start(): Promise<void> {
    const { users, seed } = this.#options;
    const site = this.#site;
    this.#say('starting', { site: site.name[this.#options.language], users, seed });
    const cloud = site.clouds[0];
    if (cloud) {
      this.#closeBroker = await startBroker(cloud.url, (topic) => {
        if (topic.startsWith('rscu/')) this.#city.count(topic);
      });
      this.#say('broker', { url: cloud.url });
    }
    const codec = codecFor(site.profile as 'A');
    for (const rsu of site.rsus) {
      const form = wrapOf(rsu.link);
      if (form === null) continue; // a broker or a vendor's unit: whoever names one plays it
      this.#units.push(
        await startRsuSimulator({
          host: rsu.host,
          port: rsu.port,
          form,
          clock: this.#clock,
          decode: (bytes) => codec.decode(bytes),
          heard: ({ type, atMs }) => this.#heard(type, atMs),
        }),
      );
      this.#say('unit', { id: rsu.id, host: rsu.host, port: rsu.port });
    }
    this.#devices = await startLiveDevices({ site, clock: this.#clock, seed, users });
    this.#say('devices', { sensors: site.sensors.length, controllers: site.controllers.length });
    this.#startDaemon();
  }

  #heard(type: string, atMs: MonotonicMs): void {
    if (this.#firstMs.has(type) || this.#daemonMs === null) return;
    this.#firstMs.set(type, atMs - this.#daemonMs);
    this.#say('first', { type, seconds: ((atMs - this.#daemonMs) / 1000).toFixed(2) });
  }

  #startDaemon(): void {
    const script = fileURLToPath(new URL('./cli/main.js', import.meta.url));
    const { site, record, seed } = this.#options;
    const args = [...parentFlags, script, 'run', '--site', site, '--seed', String(seed)];
    if (record !== null) args.push('--record', record);
    this.#daemonMs = this.#clock.nowMs();
    // A group of its own: Ctrl+C reaches us alone, and we end the daemon in order. The channel tells
    // the daemon when we are gone (a closed terminal, kill -9), so that it does not stay behind.
    const daemon = spawn(process.execPath, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
      env: { ...mallocSettings, ...process.env },
    });
    daemon.on('exit', (code, signal) => {
      this.#ended = code ?? 1;
      if (!this.stopping.signal.aborted) this.#say('died', { code: code ?? signal ?? '?' });
      this.stopping.abort();
    });
    this.#daemon = daemon;
    this.#say('daemon', { pid: daemon.pid ?? 0, folder: this.#folder });
    this.#say('web', { url: `http://${this.#site.web.host}:${this.#site.web.port}/` });
    this.#say('more', { folder: this.#folder });
    if (this.#options.seconds === null) this.#say('stop');
  }

  async status(): Promise<StatusDocument | null> {
    try {
      return (await askDaemon(join(this.#folder, 'control.sock'), { verb: 'status', args: {} })) as StatusDocument;
    } catch {
      return null; // it starts, or it has ended
    }
  }

  #messages(): DemoResult['messages'] {
    const sum = (type: string): number =>
      Math.max(0, ...this.#units.map((unit) => unit.counters.get(type)));
    return { SPAT: sum('SPAT'), MAP: sum('MAP'), RSM: sum('RSM'), RSI: sum('RSI') };
  }

  /** Runs until the time is over or somebody stops it, telling how it goes. */
  async run(): Promise<void> {
    const { seconds } = this.#options;
    const startMs = this.#clock.nowMs();
    const endMs = seconds === null ? Infinity : startMs + seconds * 1000;
    for (let turn = 1; !this.stopping.signal.aborted; turn++) {
      const dueMs = Math.min(endMs, startMs + turn * STATUS_EVERY_MS);
      await sleepUntil(this.#clock, dueMs as MonotonicMs, this.stopping.signal);
      if (this.stopping.signal.aborted || dueMs >= endMs) return;
      const status = await this.status();
      this.#say('line', {
        ...this.#messages(),
        seconds: Math.round((this.#clock.nowMs() - startMs) / 1000),
        tracks: status?.tracks.length ?? 0,
        city: Object.values(this.#city.toJSON()).reduce((a, b) => a + b, 0),
        gate: status?.gate.nodes.map(({ level }) => level).join(',') ?? '-',
      });
    }
  }

  async result(): Promise<DemoResult> {
    const status = await this.status();
    const undecodable = this.#units.reduce((sum, unit) => sum + unit.counters.get('undecodable') + unit.counters.get('bad_carrier'), 0);
    return {
      messages: this.#messages(),
      tracks: status?.tracks.length ?? 0,
      city: this.#city.toJSON(),
      gate: Object.fromEntries(status?.gate.nodes.map(({ node, level }) => [node, level]) ?? []),
      drops: { ...status?.drops, ...(undecodable > 0 ? { unit_undecodable: undecodable } : {}) },
      ageMs: status?.messages.find(({ type }) => type === 'RSM')?.ageMs ?? null,
      firstS: Object.fromEntries([...this.#firstMs].map(([type, ms]) => [type, Number((ms / 1000).toFixed(3))])),
    };
  }

  get daemonCode(): number | null {
    return this.#ended;
  }

  /** Ends everything that it started, the daemon first. */
  async end(): Promise<void> {
    this.stopping.abort();
    const daemon = this.#daemon;
    if (daemon && this.#ended === null) {
      await new Promise<void>((done) => {
        const kill = this.#clock.at(plusMs(this.#clock.nowMs(), DAEMON_END_MS), () => daemon.kill('SIGKILL'));
        daemon.once('exit', () => {
          kill();
          done();
        });
        daemon.kill('SIGTERM');
      });
    }
    await this.#devices?.stop();
    for (const unit of this.#units) await unit.close();
    await this.#closeBroker?.();
  }
}

/** Runs the demo; gives the exit code. Errors: `Fault`. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const demo = new Demo(options);
  const stop = (): void => demo.stopping.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  try {
    await demo.start();
    await demo.run();
    if (options.json && demo.daemonCode === null) options.out(JSON.stringify(await demo.result()));
    return demo.daemonCode === null ? 0 : 1;
  } catch (error) {
    const { code, port } = error as { code?: string; port?: number };
    if (code === 'EADDRINUSE') {
      throw new Fault(
        'PORT_UNAVAILABLE',
        {
          subject: filledText(factTexts.port, { name: port ?? '' }),
          expected: factTexts.free_port,
          got: textOf(error),
          next: filledText(demoTexts.portBusy, { port: port ?? 0 }),
        },
        { cause: error },
      );
    }
    throw error;
  } finally {
    await demo.end();
  }
}
