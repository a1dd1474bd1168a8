/**
 * One simulated junction: true lamps → controller bytes → the real signals loop, on a virtual
 * clock. What may go wrong on the way is a set of hooks.
 */
import { VirtualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Random } from '../../src/base/random.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { sectionSchema } from '../../config/field.ts';
import { driverByKind } from '../../drivers/index.ts';
import type { LatchRow } from '../../src/gate/latches.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import type { PortMessage } from '../../src/model/port.ts';
import type { ControllerStatus } from '../../src/model/signal.ts';
import type {
  SimulatedController, SimulatedLamp, SimulatedSignals,
} from '../../src/model/simulated.ts';
import { portKinds } from '../../src/model/site.ts';
import type { Site } from '../../src/model/site.ts';
import type { MapComposer } from '../../src/model/stages.ts';
import { ReplayPorts } from '../../src/runtime/recording/replay-ports.ts';
import { SignalsLoop } from '../../src/pipeline.ts';
import type { SentMessage } from '../../src/pipeline.ts';
import { nodeKey } from '../../src/model/ids.ts';
import { createSignalPhaseLock } from '../../src/phaselock.ts';
import type { PhaseLock } from '../../src/phaselock.ts';
import { SLEW_MS, slewOf } from '../../src/runtime/loop.ts';
import { profileByName } from '../../v2x/profiles.ts';
import { aspects } from './truth.ts';
import type { Truth } from './truth.ts';

/** What the controller shows to the wire: hooks may write into it. */
export interface Picture {
  nowMs: MonotonicMs;
  utcMs: SimulatedSignals['utcMs'];
  lamps: { -readonly [K in keyof SimulatedLamp]: SimulatedLamp[K] }[];
  status: ControllerStatus;
  stage: SimulatedSignals['stage'];
}

/** One packet on its way from the controller to the box. */
export interface Parcel {
  readonly data: Uint8Array;
  readonly from: string;
  readonly arrivesMs: number;
}

/** What may be done to a junction. All are asked in this order in each cycle. */
export interface Hooks {
  /** Before the turn of the loop: clocks, restarts, offers of the child. */
  turn?(box: Box, atMs: number): void;
  /** What the controller believes and says. */
  picture?(picture: Picture, atMs: number): void;
  /** What becomes of a packet: none, one or several arrive. */
  parcel?(parcel: Parcel, atMs: number): readonly Parcel[];
  /** The value of a SPAT or MAP before it is encoded, and the bytes after. */
  encode?(frame: unknown, write: (frame: unknown) => Uint8Array, atMs: number): Uint8Array;
}

export const TICK_MS = 100;
/** Where the controller's packets come from. */
export const SOURCE = '127.0.0.1:6053';
/** Of a packet, beyond 2 ms. */
const JITTER_MS = 8;
/** 2026-11-21 06:00 UTC. */
export const START_UTC_MS = Date.UTC(2026, 10, 21, 6);
const START_MS = 1_000_000;

export interface BoxOptions {
  readonly site: Site;
  readonly truth: Truth;
  readonly random: Random;
  readonly hooks: Hooks;
  readonly sent: (message: SentMessage) => void;
  readonly startUtcMs?: number;
  readonly errorMs?: number;
  readonly latches?: readonly LatchRow[];
  /** MAP goes out every so many seconds; the loop's own one second costs half of the whole run. */
  readonly mapEveryS?: number;
  /** Share of packets that are lost on both ways. */
  readonly lossShare?: number;
  /** Sees each loop that is made, before its first turn. */
  readonly made?: (box: Box) => void;
  /** From a turn of the loop to the controller's packet; drawn where left out. */
  readonly phaseMs?: number;
}

export class Box {
  readonly clock: VirtualClock;
  readonly #options: BoxOptions;
  readonly #picture: Picture;
  readonly #lamps: Picture['lamps'];
  readonly #ports: string;
  #controller: SimulatedController;
  #hub: ReplayPorts;
  loop: SignalsLoop;
  readonly #waiting: Parcel[] = [];
  #nextSendMs: number;
  #tick: number;
  /** The daemon's own lock of its turns onto the controller's packets; how far it moved them. */
  #lock: PhaseLock;
  #originMs = 0;
  /** Packets that came to the box, and those that a hook or loss took away. */
  delivered = 0;
  asked = 0;

  constructor(options: BoxOptions) {
    this.#options = options;
    const { site, truth, random } = options;
    const anchor = {
      monoMs: monotonicMs(START_MS), utcMs: utcMs(options.startUtcMs ?? START_UTC_MS),
      errorMs: options.errorMs ?? 5,
    };
    this.clock = new VirtualClock(monotonicMs(START_MS), anchor);
    const controller = site.controllers[0]!;
    this.#ports = controller.port;
    this.#controller = this.#simulated();
    this.#lamps = truth.groups.map(({ lampGroup }) => ({
      lampGroup, aspect: aspects.red, endMs: monotonicMs(0), minEndMs: monotonicMs(0),
      maxEndMs: monotonicMs(0), next: [],
    }));
    this.#picture = {
      nowMs: monotonicMs(0), utcMs: utcMs(0), lamps: [],
      status: truth.statusAt(START_MS), stage: truth.stageAt(START_MS),
    };
    this.#nextSendMs = START_MS + (options.phaseMs ?? random.below(100));
    this.#tick = START_MS / TICK_MS;
    this.#lock = createSignalPhaseLock(site, TICK_MS);
    this.#hub = this.#ported();
    this.loop = this.#looped(options.latches ?? []);
    options.made?.(this);
  }

  static readonly startMs = START_MS;

  get nowMs(): number {
    return this.#originMs + this.#tick * TICK_MS;
  }

  #simulated(): SimulatedController {
    const settings = this.#options.site.controllers[0]!;
    const driver = driverByKind(settings.driver);
    if (driver?.role !== 'signal') throw new Error(`no signal driver ${settings.driver}`);
    const options = sectionSchema(driver.options).parse(settings.options);
    return driver.simulate(settings, options, this.#options.random);
  }

  #ported(): ReplayPorts {
    const names = portKinds(this.#options.site);
    return new ReplayPorts(
      names,
      (port, message) => {
        if (port === this.#ports) this.#answer(message);
      },
      (_port, thrown) => {
        throw thrown;
      },
    );
  }

  #looped(latches: readonly LatchRow[]): SignalsLoop {
    const { site, hooks, mapEveryS } = this.#options;
    const profile = profileByName(site.profile);
    const write = (frame: unknown): Uint8Array => profile.encode(frame);
    const { encode } = hooks;
    const mapped = mapEveryS ?? 60;
    return new SignalsLoop({
      site, clock: this.clock, log: silentLog, hub: this.#hub, boot: 1, seed: 1,
      latches,
      profile: {
        ...profile,
        encode: encode ? (frame) => encode(frame, write, this.nowMs) : write,
        composers: {
          ...profile.composers,
          map: (context) => seldom(profile.composers.map(context), mapped),
        },
      },
      send: this.#options.sent,
      view: () => undefined,
    });
  }

  /** The parent dies and starts again: nothing stays but the stored latches. */
  restart(): void {
    const rows = this.loop.gate.latches(this.nowMs);
    this.loop.stop();
    this.#hub = this.#ported();
    this.#controller = this.#simulated();
    this.#waiting.length = 0;
    this.loop = this.#looped(rows);
    this.#lock = createSignalPhaseLock(this.#options.site, TICK_MS);
    this.#options.made?.(this);
  }

  get node(): string {
    const { region, id } = this.#options.site.road.nodes[0]!.id;
    return nodeKey({ region, id });
  }

  level(): string {
    return this.loop.levels()[0]?.level ?? 'unavailable';
  }

  latched(): boolean {
    return this.loop.gate.latches(this.nowMs).some(({ latch }) => latch !== null);
  }

  #shown(atMs: number): Picture {
    const { truth, hooks } = this.#options;
    const picture = this.#picture;
    picture.nowMs = monotonicMs(atMs);
    picture.utcMs = utcMs((this.#options.startUtcMs ?? START_UTC_MS) + atMs - START_MS);
    truth.settle(atMs);
    picture.lamps = this.#lamps.slice(); // hooks may add and take away
    picture.lamps.forEach((lamp, group) => {
      const { colour, untilMs, minMs, maxMs, decidedMs } = truth.segment(group, atMs);
      lamp.lampGroup = truth.groups[group]!.lampGroup;
      lamp.aspect = aspects[colour];
      const decided = atMs >= decidedMs;
      lamp.endMs = monotonicMs(untilMs);
      lamp.minEndMs = monotonicMs(decided ? untilMs : minMs);
      lamp.maxEndMs = monotonicMs(decided ? untilMs : maxMs);
    });
    picture.status = truth.statusAt(atMs);
    picture.stage = truth.stageAt(atMs);
    hooks.picture?.(picture, atMs);
    return picture;
  }

  #lost(): boolean {
    const { lossShare, random } = this.#options;
    return lossShare !== undefined && random.next() < lossShare;
  }

  #post(message: PortMessage, atMs: number): void {
    if (!('from' in message) && !('epoch' in message)) return;
    const { data } = message;
    const { hooks, random } = this.#options;
    const parcel: Parcel = { data, from: SOURCE, arrivesMs: atMs + 2 + random.below(JITTER_MS) };
    const parcels = hooks.parcel ? hooks.parcel(parcel, atMs) : [parcel];
    for (const one of parcels) {
      if (this.#lost()) continue;
      let at = this.#waiting.length;
      while (at > 0 && this.#waiting[at - 1]!.arrivesMs > one.arrivesMs) at--;
      this.#waiting.splice(at, 0, one);
    }
  }

  #answer(message: PortMessage): void {
    this.asked++;
    if (this.#lost() || !this.#controller.receive) return;
    const atMs = Math.round(this.clock.nowMs()) + 5;
    for (const answer of this.#controller.receive(message, this.#shown(atMs) as SimulatedSignals)) {
      this.#post(answer, atMs);
    }
  }

  /** One cycle of 100 ms: what comes in, then the turn of the loop. */
  step(): number {
    this.#tick++;
    this.#originMs += slewOf(this.#originMs, this.#lock.phase(), TICK_MS, SLEW_MS);
    const dueMs = this.nowMs;
    const { periodMs } = this.#controller;
    while (periodMs !== null && this.#nextSendMs <= dueMs) {
      const shown = this.#shown(this.#nextSendMs) as SimulatedSignals;
      for (const message of this.#controller.encode(shown)) {
        this.#post(message, this.#nextSendMs);
      }
      this.#nextSendMs += periodMs;
    }
    for (;;) {
      const next = this.#waiting[0];
      const untilMs = next && next.arrivesMs <= dueMs ? next.arrivesMs : dueMs;
      this.clock.advanceTo(monotonicMs(untilMs)); // timers of the driver ask, answers queue up
      const first = this.#waiting[0];
      if (!first || first.arrivesMs > dueMs) break;
      if (first.arrivesMs > untilMs) continue;
      this.#waiting.shift();
      this.delivered++;
      this.#hub.deliver({
        port: this.#ports, message: { data: first.data, from: first.from },
        atMs: monotonicMs(first.arrivesMs),
      });
    }
    this.#options.truth.settle(dueMs);
    this.#options.hooks.turn?.(this, dueMs);
    const due = monotonicMs(dueMs);
    this.loop.tick({ tick: this.#tick, dueMs: due, beganMs: due });
    this.#lock.heard(this.loop.arrivals);
    return dueMs;
  }

  /** What the child offers, as if it came over the process channel. */
  offer(offers: readonly MessageOffer[]): void {
    this.loop.offers(offers, monotonicMs(this.nowMs));
  }
}

/** A composer of MAP that speaks more seldom: the bytes are the same each time. */
function seldom(composer: MapComposer, everyS: number): MapComposer {
  let calls = -1;
  const compose: MapComposer['compose'] = (...given) => {
    calls++;
    return calls < 2 || calls % everyS === 0 ? composer.compose(...given) : [];
  };
  return new Proxy(composer, {
    get(target, name) {
      if (name === 'compose') return compose;
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (value as (this: unknown) => unknown).bind(target);
    },
  });
}
