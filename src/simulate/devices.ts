import { assert } from '../base/assert.ts';
import { seededRandom } from '../base/random.ts';
import type { Random } from '../base/random.ts';
import { monotonicMs, plusMs, utcMs } from '../base/time.ts';
import type { MonotonicMs, UtcMs } from '../base/time.ts';
import { utcByAnchor } from '../base/clock.ts';
import type { ClockAnchor } from '../base/clock.ts';
import { laneLampState, localWeekMinute, roadInForce } from '../model/conditions.ts';
import type { ControllerId, SensorId } from '../model/ids.ts';
import type { Road } from '../model/road.ts';
import type { PortMessage } from '../model/port.ts';
import type { SimulatedController, SimulatedSensor } from '../model/simulated.ts';
import type { Site } from '../model/site.ts';
import type { RuleBreakers } from './breakers.ts';
import { createLampPlan, SIMULATED_PLAN } from './lamps.ts';
import type { LampFault, LampPlan } from './lamps.ts';
import { Agenda } from './agenda.ts';
import { SensorEye } from './sensing.ts';
import { lampRows, truthRows, TRUTH_PERIOD_MS } from './truth.ts';
import type { LampTruthRow, TruthRow } from './truth.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

/** Start of virtual time unless told otherwise: the same seed then gives the same bytes. */
export const VIRTUAL_START: ClockAnchor = {
  monoMs: monotonicMs(1_000_000),
  utcMs: utcMs(Date.UTC(2026, 2, 1)),
  errorMs: 5,
};
/** A device answers what it is told after this long, ms. */
const ANSWER_MS = 2;
/** Between two messages that a device sends at once, ms. */
const MESSAGE_GAP_MS = 0.25;
/** 99th percentile of the standard normal distribution. */
const NORMAL_99 = 2.326;

/** One message on a port, and when it arrives at the box. */
export interface SimulatedMessage {
  readonly atMs: MonotonicMs;
  /** Name of the port in `site.ports`. */
  readonly port: string;
  readonly message: PortMessage;
  readonly direction: 'to-box';
}

/** Who asks a controller that only answers, when no box is there. */
export interface Poller {
  readonly periodMs: number;
  /** What it sends at this instant. */
  poll(nowMs: MonotonicMs): readonly PortMessage[];
  /** What the controller says, when it arrives: a real driver may stand behind a poller. */
  hear?(message: PortMessage, atMs: MonotonicMs): void;
}

/** What comes out of the simulation, in exact order of time. */
export interface SimulationOutputs {
  message(message: SimulatedMessage): void;
  truth?(rows: readonly TruthRow[]): void;
  lamps?(rows: readonly LampTruthRow[]): void;
}

export interface SimulationOptions {
  readonly site: Site;
  readonly seed: number | string;
  readonly users: number;
  readonly sensors: ReadonlyMap<SensorId, SimulatedSensor>;
  readonly controllers: ReadonlyMap<ControllerId, SimulatedController>;
  readonly outputs: SimulationOutputs;
  readonly rules?: RuleBreakers;
  readonly lampFaults?: readonly LampFault[];
  /** Offline only: asks controllers as the box would. */
  readonly pollers?: ReadonlyMap<ControllerId, Poller>;
  /** Where virtual time begins; default `VIRTUAL_START`. Live: the running clock's anchor. */
  readonly start?: ClockAnchor;
  /** Whether sensors are installed with errors of place, angle and clock. */
  readonly offsets?: boolean;
}

/** The world and every device, played by one agenda. */
export interface Simulation {
  readonly nowMs: MonotonicMs;
  readonly world: World;
  readonly lamps: LampPlan;
  /** The next instant at which something happens. */
  nextMs(): MonotonicMs;
  /** Plays everything due up to and including `untilMs`, in order of time. */
  advance(untilMs: MonotonicMs): void;
  /** What the box sends to the devices of a port; their answers come as messages. */
  receive(port: string, message: PortMessage, atMs: MonotonicMs): void;
}

/**
 * Joins world, sensor models and devices. Virtual time begins at the anchor; each device has its
 * own phase, latency and chance, all from the seed, so one device more changes no other.
 */
export function createSimulation(options: SimulationOptions): Simulation {
  return new DeviceSimulation(options);
}

class DeviceSimulation implements Simulation {
  readonly world: World;
  readonly lamps: LampPlan;
  readonly #options: SimulationOptions;
  readonly #anchor: ClockAnchor;
  readonly #random: Random;
  readonly #agenda: Agenda;
  /** Pollers by the port of their controller. */
  readonly #listeners = new Map<string, Poller>();

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#anchor = options.start ?? VIRTUAL_START;
    this.#random = seededRandom(options.seed);
    const startMs = this.#anchor.monoMs;
    const { site, seed, users, rules, lampFaults } = options;
    this.lamps = createLampPlan(site.road, { startMs, faults: lampFaults ?? [] });
    this.world = createWorld({ road: this.#roadAtStart() }, {
      seed, users, startMs, lamps: this.lamps, ...(rules && { rules }),
    });
    this.#agenda = new Agenda(startMs);
    this.#planTruth();
    for (const sensor of site.sensors) this.#planSensor(sensor.id);
    for (const controller of site.controllers) this.#planController(controller.id);
  }

  /** Lanes are used as they may be when the run begins; a change of plan or hour is not played. */
  #roadAtStart(): Road {
    const { road, timeZone } = this.#options.site;
    const { monoMs, utcMs } = this.#anchor;
    const signs = new Map(road.signalGroups.flatMap(({ id, lampType }, index) => {
      const state = lampType === 'lane' ? laneLampState(this.lamps.now(index, monoMs).aspect) : null;
      return state === null ? [] : [[id as string, state] as const];
    }));
    return roadInForce(road, {
      weekMinute: localWeekMinute(utcMs, timeZone), plan: SIMULATED_PLAN, signs,
    });
  }

  get nowMs(): MonotonicMs {
    return monotonicMs(this.#agenda.nowMs);
  }

  nextMs(): MonotonicMs {
    return monotonicMs(this.#agenda.nextMs());
  }

  advance(untilMs: MonotonicMs): void {
    this.#agenda.advance(untilMs);
  }

  receive(port: string, message: PortMessage, atMs: MonotonicMs): void {
    const { site, sensors, controllers } = this.#options;
    for (const settings of site.sensors) {
      if (settings.port !== port) continue;
      const answers = sensors.get(settings.id)?.receive?.(message, atMs) ?? [];
      this.#sendAll(port, answers, plusMs(atMs, ANSWER_MS));
    }
    for (const settings of site.controllers) {
      if (settings.port !== port) continue;
      const device = controllers.get(settings.id);
      const signals = this.lamps.signalsOf(settings.id, atMs, this.#utc(atMs));
      if (!device?.receive || !signals) continue;
      this.#sendAll(port, device.receive(message, signals), plusMs(atMs, ANSWER_MS));
    }
  }

  #utc(atMs: MonotonicMs): UtcMs {
    return utcByAnchor(this.#anchor, atMs).utcMs;
  }

  /** Calls `run` with each instant from `firstMs` on. */
  #every(firstMs: number, periodMs: number, run: (atMs: MonotonicMs) => void): void {
    assert(periodMs > 0, `periodMs is ${periodMs}`);
    let count = 0;
    const next = (): void => {
      const atMs = firstMs + count++ * periodMs;
      this.#agenda.at(atMs, () => {
        run(monotonicMs(atMs));
        next();
      });
    };
    next();
  }

  #planTruth(): void {
    const { site, outputs } = this.#options;
    if (!outputs.truth && !outputs.lamps) return;
    this.#every(this.#anchor.monoMs, TRUTH_PERIOD_MS, (atMs) => {
      const utc = this.#utc(atMs);
      this.world.advanceTo(atMs);
      outputs.truth?.(truthRows(site, this.world.usersAt(atMs), utc));
      outputs.lamps?.(lampRows(site, this.lamps, atMs, utc));
    });
  }

  #planSensor(id: SensorId): void {
    const { site, sensors, offsets } = this.#options;
    const settings = site.sensors.find((row) => row.id === id);
    const device = sensors.get(id);
    if (!settings?.enabled || !device) return;
    const random = this.#random.fork(`sensor/${id}`);
    const eye = new SensorEye(settings, site.road, random.fork('eye'), offsets ?? false);
    const chance = random.fork('link');
    let lastMs = 0;
    this.#every(this.#anchor.monoMs + random.next() * device.periodMs, device.periodMs, (atMs) => {
      this.world.advanceTo(atMs);
      const scan = eye.look(this.world.usersAt(atMs), atMs, this.#utc(atMs));
      const messages = device.encode(scan);
      const lateMs = jitterMs(eye.model.latencySpread * settings.latencyMs, chance);
      if (chance.next() < eye.model.lostLooks || messages.length === 0) return;
      const longestMs = messages.reduce((most, { delayMs }) => Math.max(most, delayMs), 0);
      // The site's latency is that of the last message; who only knows the spacing is moved.
      const shiftMs = Math.max(0, settings.latencyMs - longestMs) + lateMs;
      for (const { delayMs, message } of messages) {
        lastMs = Math.max(lastMs, atMs + 1, atMs + delayMs + shiftMs);
        this.#send(settings.port, message, monotonicMs(lastMs));
      }
    });
    for (const idle of device.idle ?? []) {
      this.#every(this.#anchor.monoMs + random.next() * idle.periodMs, idle.periodMs, (atMs) => {
        this.#sendAll(settings.port, idle.encode(atMs), atMs);
      });
    }
  }

  #planController(id: ControllerId): void {
    const { site, controllers, pollers } = this.#options;
    const settings = site.controllers.find((row) => row.id === id);
    const device = controllers.get(id);
    if (!settings?.enabled || !device) return;
    const random = this.#random.fork(`controller/${id}`);
    const { periodMs } = device;
    if (periodMs !== null) {
      this.#every(this.#anchor.monoMs + random.next() * periodMs, periodMs, (atMs) => {
        const signals = this.lamps.signalsOf(id, atMs, this.#utc(atMs));
        if (!signals) return;
        this.#sendAll(settings.port, device.encode(signals), plusMs(atMs, random.next() * 3));
      });
    }
    const poller = pollers?.get(id);
    if (poller) {
      this.#listeners.set(settings.port, poller);
      const firstMs = this.#anchor.monoMs + random.next() * poller.periodMs;
      this.#every(firstMs, poller.periodMs, (atMs) => {
        for (const message of poller.poll(atMs)) this.receive(settings.port, message, atMs);
      });
    }
  }

  #sendAll(port: string, messages: readonly PortMessage[], firstMs: MonotonicMs): void {
    messages.forEach((message, index) => {
      this.#send(port, message, plusMs(firstMs, index * MESSAGE_GAP_MS));
    });
  }

  #send(port: string, message: PortMessage, atMs: MonotonicMs): void {
    const dressed = this.#dress(port, message);
    this.#agenda.at(atMs, () => {
      this.#options.outputs.message({ atMs, port, message: dressed, direction: 'to-box' });
      this.#listeners.get(port)?.hear?.(dressed, atMs);
    });
  }

  /** A datagram without a source comes from where the site expects the device. */
  #dress(port: string, message: PortMessage): PortMessage {
    const settings = this.#options.site.ports[port];
    if (settings?.transport !== 'udp' || !('from' in message)) return message;
    if (message.from !== '') return message;
    const host = settings.remoteHost ?? settings.allow[0]?.split(':')[0] ?? '127.0.0.1';
    return { ...message, from: `${host}:${settings.remotePort ?? settings.listenPort}` };
  }
}

/**
 * Lateness of one look against the nominal latency: log-normal about a median of 0. `spreadMs` is
 * the distance from the median to the 99th percentile.
 */
function jitterMs(spreadMs: number, random: Random): number {
  const sigma = 0.5;
  const unit = Math.exp(NORMAL_99 * sigma) - 1;
  return ((Math.exp(random.normal() * sigma) - 1) * spreadMs) / unit;
}
