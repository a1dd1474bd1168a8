/** The signals loop: controllers, SPAT, MAP and the gate share one event loop. */
import { stampAt } from './base/clock.ts';
import { Counters } from './base/counters.ts';
import { seededRandom } from './base/random.ts';
import type { Stateful } from './base/stateful.ts';
import { monotonicMs } from './base/time.ts';
import type { MonotonicMs, Stamp } from './base/time.ts';
import { sectionSchema } from '../config/field.ts';
import { driverByKind } from '../drivers/index.ts';
import type { DriverInstance } from '../drivers/driver.ts';
import { Policy } from '../v2x/compose/policy.ts';
import { profileOfSite } from '../v2x/profiles.ts';
import { createGate } from './gate/gate.ts';
import type { Gate, GateReport } from './gate/gate.ts';
import type { LatchRow } from './gate/latches.ts';
import type { GateVerdict } from './gate/level.ts';
import type { GateOffer } from './gate/messages.ts';
import type { GateSpatEvidence } from './base/evidence.ts';
import type { Commissioning } from './gate/site.ts';
import { requireGateSite } from './gatecheck.ts';
import { GateOutputs, gradeOf } from './gateoutputs.ts';
import type { GateOutput } from './gateoutputs.ts';
import { gateSiteOf, gateStatusOf, spatEvidenceOf, witnessesOf } from './gatesite.ts';
import { createLearner } from './signals/learner.ts';
import { createSignalStage } from './signals/stage.ts';
import { signStates } from './model/conditions.ts';
import { nodeKey } from './model/ids.ts';
import type { MessageOffer } from './model/message.ts';
import type { ControllerReport, SignalState } from './model/signal.ts';
import { snapshotAll, restoreAll } from './loops.ts';
import { SPAT_PERIOD_MS } from './rates.ts';
import type { Tick, LoopDeps, SentMessage, SignalsView, GateView } from './loops.ts';
import { Watches } from './watches.ts';

const MAP_PERIOD_MS = 1000;
/** RSI is sent only where MAP left within this time. */
const MAP_FRESH_MS = 2500;
/** The plan of a controller that is silent for longer than this is not known. */
const PLAN_KEPT_MS = 10_000;
/** Advice that is not said again is forgotten; and how much of it is told. */
const ADVICE_KEPT_MS = 3000;
const ADVICE_CHARACTERS = 200;
/** A turn that began later than this speaks of the instant that it began at. */
const LATE_MS = 25;
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
  readonly #outputs = new GateOutputs();
  readonly #plans = new Map<string, number | null>();
  readonly #mapPolicy: Policy;
  readonly #mapEveryTicks: number;
  /** When MAP of a node last left. */
  readonly #mapMs = new Map<string, number>();
  /** When the newest report of each controller came. */
  readonly arrivals = new Map<string, number>();
  /** What the other process last said of traffic against the lamps, by node, and when. */
  #advice: { readonly atMs: number; readonly byNode: Readonly<Record<string, string>> } | null = null;
  #commissioned: Commissioning | boolean | null;
  /** The instant that the last SPAT was stamped with. */
  #stampedMs = -Infinity;

  constructor(
    deps: LoopDeps & {
      /** Puts a message that passed the gate on the air. */
      send(sent: SentMessage): void;
      view(view: SignalsView): void;
      readonly latches?: readonly LatchRow[];
      readonly commissioned?: Commissioning | boolean | null;
    },
  ) {
    this.#deps = deps;
    this.#send = deps.send;
    this.#view = deps.view;
    const { site, clock } = deps;
    const profile = deps.profile ?? profileOfSite(site);
    this.#mapPolicy = new Policy(site, 'MAP', MAP_PERIOD_MS);
    this.#mapEveryTicks = Math.max(1, Math.round(this.#mapPolicy.periodMs / SPAT_PERIOD_MS));
    const random = seededRandom(`${deps.seed}/signals/${deps.boot}`);
    const count = (name: string, by = 1): void => this.counters.count(name, by);
    this.#watches = new Watches(deps.log);
    const doubt = (name: string, by = 1): void => {
      // A group that nobody mapped holds all of its node back: the first of each is news.
      if (/^\w+_lamp_group:/.test(name) && this.counters.get(name) === 0) {
        const cut = name.indexOf(':');
        deps.log.warn(name.slice(0, cut), { group: name.slice(cut + 1) });
      }
      count(name, by);
    };
    this.#signals = createSignalStage(site.road, doubt, createLearner(site.road));
    this.#spat = profile.composers.spat({ site, profile, random: random.fork('spat'), count });
    this.#map = profile.composers.map({ site, profile, random: random.fork('map'), count });
    const maps = this.#map.variants();
    const witnesses = witnessesOf(site);
    this.#commissioned = deps.commissioned ?? null;
    // The gate asks at each decision: a walk around the junction ends while the box runs.
    const held = (): Commissioning | boolean | null => this.#commissioned;
    const gateSite = {
      ...gateSiteOf(site, maps, null),
      get commissioned() { return held(); },
    };
    this.gate = createGate(requireGateSite(gateSite, witnesses), {
      witnesses,
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
      outputs: this.#outputs,
      ...this.#drivers,
    };
  }

  /** What `lukou commission` wrote of this site, from now on; null for nothing. */
  commission(by: Commissioning | null): void {
    this.#commissioned = by;
  }

  #accept(report: ControllerReport): void {
    this.#watches.heard(`controller:${report.controllerId}`, report.received.monoMs);
    this.#plans.set(report.controllerId, report.status.plan);
    this.arrivals.set(report.controllerId, report.received.monoMs);
    this.#signals.accept(report);
  }

  /**
   * Traffic speaks against the lamps (rule R24): the gate tells it and changes nothing. It is said
   * each second while it holds, and forgotten soon after whoever said it is gone.
   */
  advise(byNode: Readonly<Record<string, string>>, nowMs: MonotonicMs): void {
    const words = this.#deps.site.road.nodes.map(({ id }) => nodeKey(id)).flatMap((node) => {
      const word: unknown = byNode[node];
      return typeof word === 'string' ? [[node, word.slice(0, ADVICE_CHARACTERS)] as const] : [];
    });
    this.#advice = { atMs: nowMs, byNode: Object.fromEntries(words) };
  }

  #adviceOf(node: string, nowMs: number): string | null {
    const { atMs, byNode } = this.#advice ?? {};
    if (atMs === undefined || nowMs - atMs > ADVICE_KEPT_MS) return null;
    return byNode?.[node] ?? null;
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
    for (const { controllerId, received } of states) {
      const agedMs = now.monoMs - received.monoMs;
      if (agedMs > PLAN_KEPT_MS) this.#plans.set(controllerId, null);
    }
    const signs = signStates(this.#deps.site.road, states);
    // Who hears a SPAT must know its lanes: a map that changes goes out before it (rule R18).
    for (const offer of this.#map.switched(now, this.#plans, signs)) this.#passMap(offer, began);
    for (const state of states) this.#spatOf(state, now, began);
    if (tick % this.#mapEveryTicks === Math.floor(this.#mapEveryTicks / 2)) {
      for (const offer of this.#map.compose(now, this.#plans, signs)) this.#passMap(offer, began);
    }
    this.#watches.judge(dueMs);
    this.#view({
      atMs: now.monoMs,
      states: states.map(present),
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
        status: usable ? gateStatusOf(state.status, false, state.groups) : null,
        minEnds: Object.fromEntries(
          state.groups.map(({ signalGroup, timing }) => [
            signalGroup,
            timing?.minEnd?.source === 'controller-guarantee' ? timing.minEnd.atMs : null,
          ]),
        ),
        advice: this.#adviceOf(key, began.monoMs),
      },
      began,
    );
    this.#note(key, verdict, began.monoMs);
    const numbers = this.#spat.snapshot();
    const offer = this.#spat.compose(state, verdict, now);
    if (!offer) return;
    const unavailable = verdict.level === 'unavailable';
    const evidence = spatEvidenceOf(this.#deps.site, state, unavailable);
    if (this.#pass(offer, began, evidence) || unavailable) return;
    // What never left takes no number: receivers would count it as lost (rule R21).
    this.#spat.restore(numbers);
    const less = this.gate.verdict(key);
    if (less !== null && less !== verdict) {
      // Times alone were in doubt: the same cycle says the colours without them.
      const again = this.#spat.compose(state, less, now);
      if (again && this.#pass(again, began, evidence)) return;
      this.#spat.restore(numbers);
    }
    this.#pass(this.#spat.unavailable(state.node, now), began, null);
  }

  /** Messages of the perception loop on their way to the air. */
  offers(offers: readonly MessageOffer[], nowMs: MonotonicMs): void {
    const now = stampAt(this.#deps.clock, nowMs);
    for (const offer of offers) {
      const { type } = offer.message;
      // Perception speaks of road users and events; signals and the map are this loop's alone.
      if (type === 'RSM' || type === 'SSM') this.#pass(offer, now, null);
      else if (type === 'RSI' && this.#hasMap(offer, nowMs)) this.#pass(offer, now, null);
      else if (type === 'RSI') this.counters.count('rsi_without_map');
      // A name of its own for the two that there are; whatever else is said is one count.
      else if (offer.message.type === 'SPAT') this.counters.count('offer_refused_SPAT');
      else this.counters.count(`offer_refused_${offer.message.type === 'MAP' ? 'MAP' : 'other'}`);
    }
  }

  /** MAP through the units that the site's policy names. */
  #passMap(offer: MessageOffer, now: Stamp): void {
    const rsuIds = this.#mapPolicy.unitsOf(offer.message.node);
    if (rsuIds) this.#pass({ ...offer, message: { ...offer.message, rsuIds } }, now, null);
  }

  /** Whether MAP of the message's node left lately: items name links that a receiver must know. */
  #hasMap({ message }: MessageOffer, nowMs: MonotonicMs): boolean {
    const mapMs = this.#mapMs.get(nodeKey(message.node)) ?? -Infinity;
    return nowMs - mapMs <= Math.max(MAP_FRESH_MS, 2.5 * this.#mapPolicy.periodMs);
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
    const latched = breaches.some(({ rule }) => rule === 'R6b');
    this.#outputs.levelled(node, gradeOf(level, latched), breaches[0]?.rule ?? null, nowMs);
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
    const rule = verdict.pass ? null : verdict.rule;
    this.#outputs.judged(nodeKey(offer.message.node), offer.message.type, rule, now.monoMs);
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
    const { message } = offer;
    this.counters.count(`sent_${message.type}`);
    if (message.type === 'MAP') this.#mapMs.set(nodeKey(message.node), now.monoMs);
    this.#send({
      atMs: now.monoMs,
      message,
      newestReceivedMs: offer.newestReceivedMs,
      validMs: offer.validMs,
    });
    return true;
  }

  /** The gate's level of each node's SPAT. */
  levels(): readonly GateView[] {
    return [...this.#levels.values()];
  }

  /** What became of each output: SPAT, MAP, RSM and RSI of every node. */
  outputs(nowMs: number): readonly GateOutput[] {
    return this.#outputs.list(nowMs);
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
      mapMs: [...this.#mapMs],
      commissioned: this.#commissioned,
      advice: this.#advice,
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as {
      parts: unknown;
      levels: [string, GateView][];
      plans: [string, number | null][];
      stampedMs?: number;
      mapMs?: [string, number][];
      commissioned?: Commissioning | boolean | null;
      advice?: { readonly atMs: number; readonly byNode: Readonly<Record<string, string>> } | null;
    };
    this.#advice = state.advice ?? null;
    restoreAll(this.#parts, state.parts);
    this.#stampedMs = state.stampedMs ?? -Infinity;
    if (state.commissioned !== undefined) this.#commissioned = state.commissioned;
    for (const [key, value] of state.levels) this.#levels.set(key, value);
    for (const [key, value] of state.plans) this.#plans.set(key, value);
    for (const [key, value] of state.mapMs ?? []) this.#mapMs.set(key, value);
  }
}

/** What perception and people need of a state: ten times a second over the process channel. */
const present = (state: SignalState): SignalState => ({
  ...state,
  groups: state.groups.map(({ signalGroup, aspect, rightOfWay, timing, next }) =>
    ({ signalGroup, aspect, rightOfWay, timing, next })),
});

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
    ...(offer.crc === undefined ? {} : { crc: offer.crc }),
  };
}
