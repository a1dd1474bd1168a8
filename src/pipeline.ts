/**
 * The only file in which stages meet. A *loop* is a set of stages that share one event loop:
 * `signals` (controllers, SPAT, MAP, gate) and `perception` (sensors, fusion, events, statistics,
 * RSM, RSI). Which process or thread runs a loop is the table below; replay and tests run both in
 * one thread under a virtual clock. Loops exchange plain cloneable messages and nothing else.
 */
import type { Clock } from './base/clock.ts';
import { stampAt } from './base/clock.ts';
import { Counters } from './base/counters.ts';
import type { Log } from './base/log.ts';
import { seededRandom } from './base/random.ts';
import type { Stateful } from './base/stateful.ts';
import { monotonicMs, plusMs } from './base/time.ts';
import type { MonotonicMs, Stamp } from './base/time.ts';
import { noExpressions } from '../config/expression.ts';
import type { CompiledExpressions } from '../config/expression.ts';
import { sectionSchema } from '../config/field.ts';
import { driverByKind } from '../drivers/index.ts';
import type { DriverInstance } from '../drivers/driver.ts';
import { createFusion } from '../fusion/fuse.ts';
import type { Profile } from '../v2x/profile.ts';
import { profileByName } from '../v2x/profiles.ts';
import { createEventStage } from './events/index.ts';
import { createGate } from './gate/gate.ts';
import type { Gate, GateReport } from './gate/gate.ts';
import type { LatchRow } from './gate/latches.ts';
import type { GateVerdict } from './gate/level.ts';
import type { GateOffer, GateSpatEvidence } from './gate/messages.ts';
import { gateSiteOf, gateStatusOf, spatEvidenceOf, witnessesOf } from './gatesite.ts';
import { createSignalStage } from './signals/stage.ts';
import { createStatisticStage } from './statistics/index.ts';
import type { Coverage } from './model/coverage.ts';
import type { RoadEvent } from './model/event.ts';
import type { HealthCheck } from './model/health.ts';
import { nodeKey } from './model/ids.ts';
import type { AirMessage, MessageOffer } from './model/message.ts';
import type { ObservationFrame } from './model/observation.ts';
import type { Port } from './model/port.ts';
import type { ControllerReport, SignalState } from './model/signal.ts';
import type { Site } from './model/site.ts';
import type { SpatLevel } from './model/stages.ts';
import type { LaneStatistic } from './model/statistic.ts';
import type { TrackList } from './model/track.ts';

/** Which loop runs where. `main` and `store` are threads of the child; see `child.ts`. */
export const placement = {
  live: { signals: 'parent', perception: 'child', main: 'child-thread', store: 'child-thread' },
  replay: { signals: 'here', perception: 'here', main: 'here', store: 'none' },
} as const;
export type LoopName = 'signals' | 'perception';

const MAP_EVERY_TICKS = 10;
/** A turn that began later than this speaks of the instant that it began at. */
const LATE_MS = 25;
/**
 * A message between loops counts from this long after it was made. Live hand-over takes about
 * 1 ms; with a fixed delay the receiving tick is the same one in every replay.
 */
const HANDOVER_MS = 30;

/** One turn of a loop: when it was due, and when it really began. */
export interface Tick {
  readonly tick: number;
  readonly dueMs: MonotonicMs;
  readonly beganMs: MonotonicMs;
}

/** Hands out the ports of a loop, live or from a recording. */
export interface PortHub {
  port(name: string): Port;
}

/** What every loop is given. */
export interface LoopDeps {
  readonly site: Site;
  readonly clock: Clock;
  readonly log: Log;
  readonly hub: PortHub;
  /** Counts the boots of this box; part of every track id. */
  readonly boot: number;
  readonly seed: number;
  /** The site's own by default. */
  readonly profile?: Profile;
}

/** One sent or refused message, for recordings, counters and views. */
export interface SentMessage {
  readonly atMs: MonotonicMs;
  readonly message: AirMessage;
  readonly newestReceivedMs: MonotonicMs | null;
  readonly validMs: MonotonicMs;
}

/** What the signals loop says every tick. */
export interface SignalsView {
  readonly atMs: MonotonicMs;
  readonly states: readonly SignalState[];
  readonly gate: readonly GateView[];
  readonly checks: readonly HealthCheck[];
}

/** What the gate says of one node's SPAT. */
export interface GateView {
  readonly node: string;
  readonly level: SpatLevel;
  readonly reasons: readonly string[];
  readonly sinceMs: number;
}

/** What the perception loop says every tick. */
export interface PerceptionView {
  readonly tick: number;
  readonly atMs: MonotonicMs;
  readonly tracks: TrackList;
  readonly coverage: Coverage;
  readonly events: readonly RoadEvent[];
  readonly statistics: readonly LaneStatistic[];
  readonly signals: readonly SignalState[];
  readonly checks: readonly HealthCheck[];
}

interface Watch {
  readonly name: string;
  readonly silentAfterMs: number;
  lastMs: number | null;
  /** The first judgement; the time from which it is waited for. */
  startMs: number | null;
  level: HealthCheck['level'];
  reason: string;
  sinceMs: number;
  facts: Record<string, string | number | boolean>;
}

/** How long a device that was never heard is waited for, beyond its own limit, ms. */
const FIRST_WORD_MS = 5000;

/** Leaf checks of one kind of device: heard or silent. All instants are of the loop's ticks. */
class Watches implements Stateful {
  readonly #watches = new Map<string, Watch>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, silentAfterMs: number): void {
    this.#watches.set(name, {
      name,
      silentAfterMs,
      lastMs: null,
      startMs: null,
      level: 'unknown',
      reason: 'never_heard',
      sinceMs: 0,
      facts: {},
    });
  }

  heard(name: string, atMs: number): void {
    const watch = this.#watches.get(name);
    if (watch) watch.lastMs = atMs;
  }

  /** Facts for people; a text under `degraded` is a reason that holds the check back. */
  facts(name: string, facts: Readonly<Record<string, string | number | boolean>>): void {
    const watch = this.#watches.get(name);
    if (watch) Object.assign(watch.facts, facts);
  }

  /** Judges all at one instant; gives those whose level changed. */
  judge(nowMs: number): readonly Watch[] {
    const changed: Watch[] = [];
    for (const watch of this.#watches.values()) {
      watch.startMs ??= nowMs;
      const unheard = watch.lastMs === null;
      const silentMs = nowMs - (watch.lastMs ?? watch.startMs);
      // A device may start with the box: it gets some seconds before it is missed.
      if (unheard && silentMs <= watch.silentAfterMs + FIRST_WORD_MS) continue;
      const silent = silentMs > watch.silentAfterMs;
      const held = watch.facts['degraded'];
      const degraded = typeof held === 'string' ? held : '';
      const level = silent ? 'failed' : degraded === '' ? 'ok' : 'degraded';
      const reason = silent ? (unheard ? 'never_heard' : 'silent') : degraded;
      if (level === watch.level && reason === watch.reason) continue;
      watch.level = level;
      watch.reason = reason;
      watch.sinceMs = nowMs;
      changed.push(watch);
      if (level === 'degraded') {
        this.#log.warn('device_degraded', { subject: watch.name, reason });
        continue;
      }
      const fields = { subject: watch.name, silent_ms: Math.max(0, Math.round(silentMs)), limit_ms: watch.silentAfterMs };
      if (silent) this.#log.warn('device_silent', fields);
      else this.#log.info('device_heard', fields);
    }
    return changed;
  }

  checks(): HealthCheck[] {
    return [...this.#watches.values()].map((watch) => ({
      name: watch.name,
      level: watch.level,
      reason: watch.reason,
      detail: watch.facts,
      sinceMs: watch.sinceMs,
    }));
  }

  snapshot(): unknown {
    return structuredClone([...this.#watches.values()]);
  }

  restore(snapshot: unknown): void {
    for (const watch of snapshot as Watch[]) this.#watches.set(watch.name, structuredClone(watch));
  }
}

/** Snapshots of several parts under their names. */
function snapshotAll(parts: Readonly<Record<string, Stateful>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.snapshot()]));
}

function restoreAll(parts: Readonly<Record<string, Stateful>>, snapshot: unknown): void {
  const byName = snapshot as Record<string, unknown>;
  for (const [name, part] of Object.entries(parts)) {
    if (name in byName) part.restore(byName[name]);
  }
}

/** Parent side: controllers → signal groups → SPAT, MAP → gate → units. */
export class SignalsLoop implements Stateful {
  readonly counters = new Counters();
  readonly #deps: LoopDeps;
  readonly #send: (sent: SentMessage) => void;
  readonly #view: (view: SignalsView) => void;
  readonly #drivers: Record<string, DriverInstance> = {};
  readonly #parts: Record<string, Stateful>;
  readonly #watches: Watches;
  readonly #signals;
  readonly #spat;
  readonly #map;
  readonly gate: Gate;
  readonly #levels = new Map<string, GateView>();
  readonly #plans = new Map<string, number | null>();
  /** The instant that the last SPAT was stamped with. */
  #stampedMs = -Infinity;

  constructor(
    deps: LoopDeps & {
      /** Puts a message that passed the gate on the air. */
      send(sent: SentMessage): void;
      view(view: SignalsView): void;
      readonly latches?: readonly LatchRow[];
      readonly commissioned?: boolean;
    },
  ) {
    this.#deps = deps;
    this.#send = deps.send;
    this.#view = deps.view;
    const { site, clock } = deps;
    const profile = deps.profile ?? profileByName(site.profile);
    const random = seededRandom(`${deps.seed}/signals/${deps.boot}`);
    const count = (name: string, by = 1): void => this.counters.count(name, by);
    this.#watches = new Watches(deps.log);
    this.#signals = createSignalStage(site.road, count);
    this.#spat = profile.composers.spat({ site, profile, random: random.fork('spat'), count });
    this.#map = profile.composers.map({ site, profile, random: random.fork('map'), count });
    const numbers = this.#map.snapshot();
    const maps = this.#map.compose(stampAt(clock), this.#plans);
    this.#map.restore(numbers);
    this.gate = createGate(gateSiteOf(site, maps, deps.commissioned ?? false), {
      witnesses: witnessesOf(site),
      latches: deps.latches ?? [],
      startMs: clock.nowMs(),
    });
    for (const settings of site.controllers.filter((controller) => controller.enabled)) {
      const driver = driverByKind(settings.driver);
      if (driver?.role !== 'signal') throw new Error(`no signal driver ${settings.driver}`);
      this.#watches.add(`controller:${settings.id}`, driver.silentAfterMs);
      this.#drivers[settings.id] = driver.start(
        {
          port: deps.hub.port(settings.port),
          clock,
          log: deps.log,
          count: (name, by = 1) => count(`${settings.id}.${name}`, by),
          report: (facts) => this.#watches.facts(`controller:${settings.id}`, facts),
          controllerId: settings.id,
          settings,
          publish: (report) => this.#accept(report),
          twoSources: () => this.#signals.twoSources(settings.id, clock.nowMs()),
        },
        sectionSchema(driver.options).parse(settings.options),
      );
    }
    this.#parts = {
      watches: this.#watches,
      signals: this.#signals,
      spat: this.#spat,
      map: this.#map,
      gate: this.gate,
      ...this.#drivers,
    };
  }

  #accept(report: ControllerReport): void {
    this.#watches.heard(`controller:${report.controllerId}`, report.received.monoMs);
    this.#plans.set(report.controllerId, report.status.plan);
    this.#signals.accept(report);
  }

  /** One SPAT cycle: state, level, bytes, gate, air. */
  tick({ tick, dueMs, beganMs }: Tick): void {
    // A late turn speaks of when it really is: receivers count from the stamp. The turn after it may
    // be in time and yet due before that; stamps never go back (rule R17).
    const wantedMs = beganMs - dueMs > LATE_MS ? beganMs : dueMs;
    this.#stampedMs = Math.max(wantedMs, this.#stampedMs + 1);
    const now = stampAt(this.#deps.clock, monotonicMs(this.#stampedMs));
    const began = stampAt(this.#deps.clock, beganMs);
    const states = this.#signals.at(now);
    for (const state of states) this.#spatOf(state, now, began);
    if (tick % MAP_EVERY_TICKS === 5) {
      for (const offer of this.#map.compose(now, this.#plans)) this.#pass(offer, began, null);
    }
    this.#watches.judge(dueMs);
    this.#view({
      atMs: now.monoMs,
      states,
      gate: [...this.#levels.values()],
      checks: this.#watches.checks(),
    });
  }

  #spatOf(state: SignalState, now: Stamp, began: Stamp): void {
    const key = nodeKey(state.node);
    const usable = state.availability === 'usable';
    const verdict = this.gate.level(
      key,
      {
        frames: state.evidence,
        availability: state.availability,
        status: usable ? gateStatusOf(state.status, false) : null,
        minEnds: Object.fromEntries(
          state.groups.map(({ signalGroup, timing }) => [
            signalGroup,
            timing?.minEnd?.source === 'controller-guarantee' ? timing.minEnd.atMs : null,
          ]),
        ),
      },
      began,
    );
    this.#note(key, verdict, began.monoMs);
    const offer = this.#spat.compose(state, verdict, now);
    if (!offer) return;
    const unavailable = verdict.level === 'unavailable';
    const evidence = spatEvidenceOf(this.#deps.site, state, unavailable);
    if (!this.#pass(offer, began, evidence) && !unavailable) {
      this.#pass(this.#spat.unavailable(state.node, now), began, null);
    }
  }

  /** Messages of the perception loop on their way to the air. */
  offers(offers: readonly MessageOffer[], nowMs: MonotonicMs): void {
    const now = stampAt(this.#deps.clock, nowMs);
    for (const offer of offers) {
      // Perception speaks of road users and events; signals and the map are this loop's alone.
      if (offer.message.type === 'RSM' || offer.message.type === 'RSI') this.#pass(offer, now, null);
      // A name of its own for the two that there are; whatever else is said is one count.
      else if (offer.message.type === 'SPAT') this.counters.count('offer_refused_SPAT');
      else this.counters.count(`offer_refused_${offer.message.type === 'MAP' ? 'MAP' : 'other'}`);
    }
  }

  /** Unavailable SPAT for every node with lamps, without taking a message number: for the guard. */
  unavailable(atMs: MonotonicMs): readonly MessageOffer[] {
    const now = stampAt(this.#deps.clock, atMs);
    const numbers = this.#spat.snapshot();
    const offers = this.#signals.at(now).map((state) => this.#spat.unavailable(state.node, now));
    this.#spat.restore(numbers);
    return offers;
  }

  /** One round of unavailable SPAT through the gate: the last words before the end. */
  sayUnavailable(atMs: MonotonicMs): void {
    const now = stampAt(this.#deps.clock, atMs);
    for (const state of this.#signals.at(now)) {
      const { level } = this.gate.level(nodeKey(state.node), null, now);
      // Who is silent already has said it.
      if (level !== 'silent') this.#pass(this.#spat.unavailable(state.node, now), now, null);
    }
  }

  #note(node: string, { level, reasons: breaches }: GateVerdict, nowMs: number): void {
    const before = this.#levels.get(node);
    const sinceMs = before?.level === level ? before.sinceMs : nowMs;
    const reasons = breaches.map(
      ({ rule, reason, expected, got }) => `${rule} ${reason}: expected ${expected}, got ${got}`,
    );
    this.#levels.set(node, { node, level, reasons, sinceMs });
    if (before?.level !== level) {
      this.counters.count(`gate_level_${level}`);
      // The first text tells repetitions apart: every change is news, however soon it comes.
      const change = `${node} ${level} ${this.counters.get(`gate_level_${level}`)}`;
      const fields = { change, node, says: level, reasons: reasons.slice(0, 3).join('; ') };
      this.#deps.log.info('gate_level', fields);
    }
  }

  #pass(offer: MessageOffer, now: Stamp, spat: GateSpatEvidence | null): boolean {
    const verdict = this.gate.check(gateOfferOf(offer, spat), now);
    if (!verdict.pass) {
      this.counters.count(`gate_refused_${offer.message.type}_${verdict.rule}`);
      this.#deps.log.warn('gate_refused', {
        type: offer.message.type,
        rule: verdict.rule,
        reason: verdict.reason,
        expected: verdict.expected,
        got: verdict.got,
      });
      return false;
    }
    this.counters.count(`sent_${offer.message.type}`);
    this.#send({
      atMs: now.monoMs,
      message: offer.message,
      newestReceivedMs: offer.newestReceivedMs,
      validMs: offer.validMs,
    });
    return true;
  }

  /** The gate's level of each node's SPAT. */
  levels(): readonly GateView[] {
    return [...this.#levels.values()];
  }

  /** What the gate tells people. */
  report(): GateReport {
    return this.gate.report();
  }

  stop(): void {
    for (const driver of Object.values(this.#drivers)) driver.stop();
  }

  snapshot(): unknown {
    return {
      parts: snapshotAll(this.#parts),
      levels: [...this.#levels],
      plans: [...this.#plans],
      stampedMs: this.#stampedMs,
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as {
      parts: unknown;
      levels: [string, GateView][];
      plans: [string, number | null][];
      stampedMs?: number;
    };
    restoreAll(this.#parts, state.parts);
    this.#stampedMs = state.stampedMs ?? -Infinity;
    for (const [key, value] of state.levels) this.#levels.set(key, value);
    for (const [key, value] of state.plans) this.#plans.set(key, value);
  }
}

/** An offer in the gate's own terms. */
function gateOfferOf(offer: MessageOffer, spat: GateSpatEvidence | null): GateOffer {
  const { bytes, type, profile, node } = offer.message;
  return {
    bytes,
    type,
    profile,
    nodeRegion: node.region,
    nodeId: node.id,
    validMs: offer.validMs,
    newestReceivedMs: offer.newestReceivedMs,
    participants: offer.participants,
    spat,
  };
}

/** Child side: sensors → tracks → events, statistics → RSM, RSI. */
export class PerceptionLoop implements Stateful {
  readonly counters = new Counters();
  readonly #deps: LoopDeps;
  readonly #offer: (offers: readonly MessageOffer[]) => void;
  readonly #view: (view: PerceptionView) => void;
  readonly #drivers: Record<string, DriverInstance> = {};
  readonly #parts: Record<string, Stateful>;
  readonly #watches: Watches;
  readonly #fusion;
  readonly #events;
  readonly #statistics;
  readonly #rsm;
  readonly #rsi;
  #pending: SignalsView[] = [];
  #signals: readonly SignalState[] = [];
  /** Arrivals of frames by sensor, newest last, for the phase lock. */
  readonly arrivals = new Map<string, number>();

  constructor(
    deps: LoopDeps & {
      offer(offers: readonly MessageOffer[]): void;
      view(view: PerceptionView): void;
      /** The site's own event expressions, compiled before the loop is made. */
      readonly expressions?: CompiledExpressions;
    },
  ) {
    this.#deps = deps;
    this.#offer = deps.offer;
    this.#view = deps.view;
    const { site } = deps;
    const profile = deps.profile ?? profileByName(site.profile);
    const random = seededRandom(`${deps.seed}/perception/${deps.boot}`);
    const count = (name: string, by = 1): void => this.counters.count(name, by);
    this.#watches = new Watches(deps.log);
    this.#fusion = createFusion(site, { box: site.box, boot: deps.boot, count });
    this.#events = createEventStage(site, { expressions: deps.expressions ?? noExpressions, count, boot: deps.boot });
    this.#statistics = createStatisticStage(site, { count });
    this.#rsm = profile.composers.rsm({ site, profile, random: random.fork('rsm'), count });
    this.#rsi = profile.composers.rsi({ site, profile, random: random.fork('rsi'), count });
    this.#startDrivers();
    this.#parts = {
      watches: this.#watches,
      fusion: this.#fusion,
      events: this.#events,
      statistics: this.#statistics,
      rsm: this.#rsm,
      rsi: this.#rsi,
      ...this.#drivers,
    };
  }

  #startDrivers(): void {
    const { site, clock, log, hub } = this.#deps;
    for (const settings of site.sensors.filter((sensor) => sensor.enabled)) {
      const driver = driverByKind(settings.driver);
      if (driver?.role !== 'sensor') throw new Error(`no sensor driver ${settings.driver}`);
      const name = `sensor:${settings.id}`;
      this.#watches.add(name, Math.max(driver.silentAfterMs, 3 * settings.periodMs + 50));
      this.#drivers[settings.id] = driver.start(
        {
          port: hub.port(settings.port),
          clock,
          log,
          count: (counter, by = 1) => this.counters.count(`${settings.id}.${counter}`, by),
          report: (facts) => this.#watches.facts(name, facts),
          sensorId: settings.id,
          settings,
          publish: (frame) => this.#accept(name, frame),
        },
        sectionSchema(driver.options).parse(settings.options),
      );
    }
  }

  #accept(name: string, frame: ObservationFrame): void {
    this.#watches.heard(name, frame.received.monoMs);
    this.arrivals.set(frame.sensorId, frame.received.monoMs);
    this.counters.count(`frames_${frame.sensorId}`);
    this.#fusion.accept(frame);
  }

  /** The signals loop's view, to be used from `HANDOVER_MS` after it was made. */
  signals(view: SignalsView): void {
    this.#pending.push(view);
    if (this.#pending.length > 100) {
      this.#pending.shift();
      this.counters.count('handover_overflow');
    }
  }

  #takeSignals(dueMs: MonotonicMs): void {
    while (this.#pending[0] && this.#pending[0].atMs <= dueMs - HANDOVER_MS) {
      this.#signals = this.#pending.shift()!.states;
      for (const state of this.#signals) this.#fusion.setSignals(state);
    }
  }

  /** One fusion tick: predict, publish, judge, compose. */
  tick({ tick, dueMs }: Tick): void {
    const { site, clock } = this.#deps;
    this.#takeSignals(dueMs);
    for (const { name, level, reason } of this.#watches.judge(dueMs)) {
      const sensor = site.sensors.find((settings) => `sensor:${settings.id}` === name);
      if (sensor) {
        this.#fusion.setSensorHealth({
          sensorId: sensor.id,
          level: level === 'unknown' ? 'failed' : level,
          reason,
        });
      }
    }
    const valid = stampAt(clock, plusMs(dueMs, site.loop.sendDelayMs));
    const { tracks, coverage } = this.#fusion.tick(tick, dueMs, valid);
    const events = this.#events.accept(tracks, coverage, this.#signals);
    const statistics = this.#statistics.accept(tracks, coverage);
    if (tick % site.loop.rsmEveryTicks === 0) {
      const offers = [
        ...this.#rsm.compose(tracks, coverage, this.#signals, valid),
        ...this.#rsi.compose(events, valid),
      ];
      if (offers.length > 0) this.#offer(offers);
    }
    this.#view({
      tick,
      atMs: dueMs,
      tracks,
      coverage,
      events,
      statistics,
      signals: this.#signals,
      checks: this.#watches.checks(),
    });
  }

  stop(): void {
    for (const driver of Object.values(this.#drivers)) driver.stop();
  }

  snapshot(): unknown {
    return {
      parts: snapshotAll(this.#parts),
      pending: structuredClone(this.#pending),
      signals: structuredClone(this.#signals),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as {
      parts: unknown;
      pending: SignalsView[];
      signals: readonly SignalState[];
    };
    restoreAll(this.#parts, state.parts);
    this.#pending = structuredClone(state.pending);
    this.#signals = structuredClone(state.signals);
  }
}
