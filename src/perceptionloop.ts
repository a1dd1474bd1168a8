/** The perception loop: sensors, fusion, events, statistics, RSM and RSI share one event loop. */
import { stampAt } from './base/clock.ts';
import { Counters } from './base/counters.ts';
import { seededRandom } from './base/random.ts';
import type { Stateful } from './base/stateful.ts';
import { plusMs } from './base/time.ts';
import type { MonotonicMs } from './base/time.ts';
import { noExpressions } from '../config/expression.ts';
import type { CompiledExpressions } from '../config/expression.ts';
import { sectionSchema } from '../config/field.ts';
import { driverByKind } from '../drivers/index.ts';
import type { DriverInstance } from '../drivers/driver.ts';
import { createFusion } from '../fusion/fuse.ts';
import { SeenReports } from '../drivers/rsu-receive/seen.ts';
import { createSelfReportCodec } from '../v2x/compose/receive.ts';
import { profileOfSite } from '../v2x/profiles.ts';
import { createCrossCheck } from './crosscheck/index.ts';
import { createEventStage } from './events/index.ts';
import { createStatisticStage } from './statistics/index.ts';
import type { MessageOffer } from './model/message.ts';
import type { ObservationFrame } from './model/observation.ts';
import type { SignalState } from './model/signal.ts';
import type { RsmComposer } from './model/stages.ts';
import { snapshotAll, restoreAll } from './loops.ts';
import type { Tick, LoopDeps, SignalsView, PerceptionView } from './loops.ts';
import { sealed } from './seal.ts';
import { Watches } from './watches.ts';

/**
 * A message between loops counts from this long after it was made. Live hand-over takes about
 * 1 ms; with a fixed delay the receiving tick is the same one in every replay.
 */
export const HANDOVER_MS = 30;

/**
 * Frames are applied from this long before the tick, those that come later each as it comes, so
 * that the tick itself has little left to do. Earlier it would only be done again for late ones.
 */
const AHEAD_MS = 12;
/** Lamps are held against traffic every so many ticks: stop lines are not passed sooner. */
const CROSSCHECK_EVERY_TICKS = 4;

/** Pieces of the loop's work, in the order of a tick; `apply` is ahead of it. */
export type PerceptionWork =
  | 'apply' | 'predict' | 'compose' | 'offer' | 'events' | 'statistics' | 'signs' | 'view' | 'idle';

/** Child side: sensors → tracks → events, statistics → RSM, RSI. */
export class PerceptionLoop implements Stateful {
  readonly counters = new Counters();
  readonly #deps: LoopDeps;
  readonly #offer: (offers: readonly MessageOffer[]) => void;
  readonly #view: (view: PerceptionView) => void;
  readonly #drivers: Record<string, DriverInstance> = {};
  readonly #parts: Record<string, Stateful>;
  readonly #watches: Watches;
  readonly #seen = new SeenReports();
  readonly #fusion;
  readonly #events;
  readonly #statistics;
  readonly #crosscheck;
  readonly #rsm;
  readonly #rsi;
  /** Null unless the site wants it and its profile has it. */
  readonly #ssm: RsmComposer | null;
  #pending: SignalsView[] = [];
  #signals: readonly SignalState[] = [];
  readonly #ahead: boolean;
  readonly #lap: (work: PerceptionWork) => void;
  /** From when on frames are applied as they come. */
  #aheadMs = Infinity;
  #cancelAhead = (): void => undefined;
  /** Arrivals of frames by sensor, newest last, for the phase lock. */
  readonly arrivals = new Map<string, number>();

  constructor(
    deps: LoopDeps & {
      offer(offers: readonly MessageOffer[]): void;
      view(view: PerceptionView): void;
      /** Whether frames are applied ahead of the tick, live; it changes no result. */
      readonly ahead?: boolean;
      /** Told when a piece of work begins, and when `idle`: for benches. */
      lap?(work: PerceptionWork): void;
      /** The site's own event expressions, compiled before the loop is made. */
      readonly expressions?: CompiledExpressions;
    },
  ) {
    this.#deps = deps;
    this.#offer = deps.offer;
    this.#view = deps.view;
    this.#ahead = deps.ahead ?? true;
    this.#lap = deps.lap ?? ((): void => undefined);
    const { site } = deps;
    const profile = deps.profile ?? profileOfSite(site);
    const random = seededRandom(`${deps.seed}/perception/${deps.boot}`);
    const count = (name: string, by = 1): void => this.counters.count(name, by);
    this.#watches = new Watches(deps.log);
    this.#fusion = createFusion(site, { box: site.box, boot: deps.boot, count });
    this.#events = createEventStage(site, { expressions: deps.expressions ?? noExpressions, count, boot: deps.boot });
    this.#statistics = createStatisticStage(site, { count });
    this.#crosscheck = createCrossCheck(site, count);
    this.#rsm = profile.composers.rsm({ site, profile, random: random.fork('rsm'), count });
    const shared = { site, profile, random: random.fork('ssm'), count };
    this.#ssm = site.air.ssm ? (profile.composers.ssm?.(shared, this.#rsm) ?? null) : null;
    this.#rsi = profile.composers.rsi({ site, profile, random: random.fork('rsi'), count });
    this.#startDrivers();
    this.#parts = {
      watches: this.#watches,
      seen: this.#seen,
      fusion: this.#fusion,
      events: this.#events,
      statistics: this.#statistics,
      crosscheck: this.#crosscheck,
      rsm: this.#rsm,
      rsi: this.#rsi,
      ...(this.#ssm ? { ssm: this.#ssm } : {}),
      ...this.#drivers,
    };
  }

  #startDrivers(): void {
    const { site, clock, log, hub, pseudonym } = this.#deps;
    const codec = createSelfReportCodec(site, pseudonym);
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
          selfReports: { codec, isNew: (report, nowMs) => this.#seen.isNew(report, nowMs) },
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
    if (frame.received.monoMs >= this.#aheadMs) this.#apply();
  }

  /** Applies what has come, ahead of the tick. */
  #apply(): void {
    this.#lap('apply');
    this.#fusion.settle();
    this.#lap('idle');
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
    this.#lap('predict');
    for (const driver of Object.values(this.#drivers)) driver.turn?.(dueMs);
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
    // Road users first: their message is what is waited for.
    const sends = tick % site.loop.rsmEveryTicks === 0;
    this.#lap('compose');
    const users = sends ? this.#rsm.compose(tracks, coverage, this.#signals, valid) : [];
    this.#lap('offer');
    this.#say(users);
    this.#lap('events');
    const events = this.#events.accept(tracks, coverage, this.#signals);
    this.#lap('statistics');
    const statistics = this.#statistics.accept(tracks, coverage);
    if (tick % CROSSCHECK_EVERY_TICKS === 0) this.#crosscheck.accept(tracks, this.#signals);
    this.#lap('signs');
    if (sends) this.#say(this.#rsi.compose(events, valid));
    if (sends && this.#ssm) this.#say(this.#ssm.compose(tracks, coverage, this.#signals, valid));
    this.#lap('view');
    this.#view({
      tick,
      atMs: dueMs,
      tracks,
      coverage,
      events,
      statistics,
      signals: this.#signals,
      checks: [...this.#watches.checks(), ...this.#crosscheck.checks()],
    });
    this.#lap('idle');
    if (this.#ahead) this.#lookAhead(dueMs);
  }

  #say(offers: readonly MessageOffer[]): void {
    if (offers.length > 0) this.#offer(offers.map(sealed));
  }

  /** What traffic says against the lamps, by node; empty for none (rule R24). */
  advice(): Readonly<Record<string, string>> {
    return this.#crosscheck.advice();
  }

  /** Applies, shortly before the next tick, what has come until then. */
  #lookAhead(dueMs: MonotonicMs): void {
    const { site, clock } = this.#deps;
    const atMs = plusMs(dueMs, 1000 / site.loop.rateHz - AHEAD_MS);
    this.#cancelAhead();
    this.#aheadMs = Infinity;
    this.#cancelAhead = clock.at(atMs, () => {
      this.#aheadMs = atMs;
      this.#apply();
    });
  }

  stop(): void {
    this.#cancelAhead();
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
