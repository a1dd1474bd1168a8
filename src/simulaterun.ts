/** The simulator with the devices of the drivers: to a recording, or live over sockets. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './base/folder.ts';
import { sectionSchema } from '../config/field.ts';
import type { DriverInstance } from '../drivers/driver.ts';
import { driverByKind } from '../drivers/index.ts';
import { VirtualClock } from './base/clock.ts';
import type { Clock } from './base/clock.ts';
import { silentLog } from './base/log.ts';
import { seededRandom } from './base/random.ts';
import { plusMs } from './base/time.ts';
import type { ControllerId, SensorId } from './model/ids.ts';
import type { SimulatedController, SimulatedSensor } from './model/simulated.ts';
import { portKinds } from './model/site.ts';
import type { Site } from './model/site.ts';
import { manifestOf } from './recorder.ts';
import { ReplayPorts } from './runtime/recording/replay-ports.ts';
import { createRecordingWriter } from './runtime/recording/writer.ts';
import { createSimulation, VIRTUAL_START } from './simulate/devices.ts';
import type { SimulationOptions } from './simulate/devices.ts';
import type { WorldCounts } from './simulate/world.ts';
import { createSelfReportCodec } from '../v2x/compose/receive.ts';
import { softwareVersion } from './version.ts';

/** The simulated devices of a site. */
export interface SiteDevices {
  readonly sensors: ReadonlyMap<SensorId, SimulatedSensor>;
  readonly controllers: ReadonlyMap<ControllerId, SimulatedController>;
}

/** Builds the devices of every enabled sensor and controller from the drivers' own simulators. */
export function devicesOf(site: Site, seed: number | string): SiteDevices {
  const random = seededRandom(`${seed}/devices`);
  const codec = createSelfReportCodec(site);
  const sensors = new Map<SensorId, SimulatedSensor>();
  const controllers = new Map<ControllerId, SimulatedController>();
  for (const settings of site.sensors.filter(({ enabled }) => enabled)) {
    const driver = driverByKind(settings.driver);
    if (driver?.role !== 'sensor') continue;
    const options = sectionSchema(driver.options).parse(settings.options);
    const own = random.fork(settings.id);
    sensors.set(settings.id, driver.simulate(settings, options, own, codec));
  }
  for (const settings of site.controllers.filter(({ enabled }) => enabled)) {
    const driver = driverByKind(settings.driver);
    if (driver?.role !== 'signal') continue;
    const options = sectionSchema(driver.options).parse(settings.options);
    controllers.set(settings.id, driver.simulate(settings, options, random.fork(settings.id)));
  }
  return { sensors, controllers };
}

/** Runs the box's own controller drivers, so that controllers that only answer are asked. */
function askers(site: Site, clock: Clock, hub: ReplayPorts): DriverInstance[] {
  return site.controllers
    .filter(({ enabled }) => enabled)
    .flatMap((settings) => {
      const driver = driverByKind(settings.driver);
      if (driver?.role !== 'signal') return [];
      return driver.start(
        {
          port: hub.port(settings.port),
          clock,
          log: silentLog,
          count: () => undefined,
          report: () => undefined,
          controllerId: settings.id,
          settings,
          publish: () => undefined,
          twoSources: () => undefined,
        },
        sectionSchema(driver.options).parse(settings.options),
      );
    });
}

/** What a simulated recording is made of. */
export interface SimulateOptions {
  readonly site: Site;
  readonly seconds: number;
  readonly seed: number;
  readonly users: number;
  readonly out: string;
  readonly rules?: SimulationOptions['rules'];
  readonly lampFaults?: SimulationOptions['lampFaults'];
  readonly offsets?: boolean;
  progress?(elapsedS: number): void;
}

export interface SimulateReport extends WorldCounts {
  readonly messages: number;
  readonly octets: number;
  readonly drops: Readonly<Record<string, number>>;
}

/** One file of JSON lines. */
class JsonFile {
  readonly #file: number;
  #waiting = '';

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  add(rows: readonly unknown[]): void {
    for (const row of rows) this.#waiting += `${JSON.stringify(row)}\n`;
    if (this.#waiting.length > 1 << 18) this.flush();
  }

  flush(): void {
    if (this.#waiting === '') return;
    writeSync(this.#file, this.#waiting);
    this.#waiting = '';
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}

const STEP_MS = 10;

/** Simulates a site into a recording with `truth.jsonl` and `lamps.jsonl` beside it. */
export async function simulateRecording(options: SimulateOptions): Promise<SimulateReport> {
  const { site, seconds, seed, users, out } = options;
  makeFolder(out);
  const clock = new VirtualClock(VIRTUAL_START.monoMs, VIRTUAL_START);
  const manifest = manifestOf(site, {
    software: softwareVersion(),
    seed,
    boot: 1,
    started: { monoMs: VIRTUAL_START.monoMs, utcMs: VIRTUAL_START.utcMs, errorMs: VIRTUAL_START.errorMs },
  });
  const recorded = new Set(manifest.ports.map(({ name }) => name));
  const writer = createRecordingWriter(out, manifest, { mode: 'immediate' });
  const truth = new JsonFile(join(out, 'truth.jsonl'));
  const lamps = new JsonFile(join(out, 'lamps.jsonl'));
  const hub = new ReplayPorts(portKinds(site), (port, message) => simulation.receive(port, message, clock.nowMs()));
  let messages = 0;
  const simulation = createSimulation({
    site,
    seed,
    users,
    ...devicesOf(site, seed),
    ...(options.rules ? { rules: options.rules } : {}),
    ...(options.lampFaults ? { lampFaults: options.lampFaults } : {}),
    ...(options.offsets ? { offsets: true } : {}),
    start: VIRTUAL_START,
    outputs: {
      message: ({ port, message, atMs }) => {
        if (!recorded.has(port)) return;
        messages++;
        writer.message(port, message, atMs);
        hub.deliver({ port, message, atMs });
      },
      truth: (rows) => truth.add(rows),
      lamps: (rows) => lamps.add(rows),
    },
  });
  const asking = askers(site, clock, hub);
  for (let elapsedMs = 0; elapsedMs < seconds * 1000; elapsedMs += STEP_MS) {
    const untilMs = plusMs(VIRTUAL_START.monoMs, elapsedMs + STEP_MS);
    simulation.advance(untilMs);
    clock.advanceTo(untilMs);
    if (elapsedMs % 1000 === 0) options.progress?.(elapsedMs / 1000);
  }
  for (const driver of asking) driver.stop();
  truth.close();
  lamps.close();
  await writer.close();
  const { octets, drops } = writer.status();
  return { ...simulation.world.counts, messages, octets, drops };
}
