/**
 * The child process. Its first thread runs perception: sensor ports, fusion, events, statistics,
 * RSM and RSI. Its threads are `main` (configuration, control socket, web view, cloud links,
 * recorder) and, behind `main`, the store. It ends when the parent does.
 */
import './settled.ts';
import { Worker } from 'node:worker_threads';
import { prepareExpressions } from '../config/expression.ts';
import type { CompiledExpressions } from '../config/expression.ts';
import { forgetRing } from './blackbox.ts';
import { SystemClock } from './base/clock.ts';
import { messageOf } from './base/fault.ts';
import type { Log } from './base/log.ts';
import { nextBoot } from './boot.ts';
import { createLiveHub } from './hub.ts';
import type { LiveHub } from './hub.ts';
import { createLog } from './logs.ts';
import type { MainStart } from './main.ts';
import { LinkThreads } from './linkthreads.ts';
import { MainLink } from './mainlink.ts';
import { PerceptionLoop } from './perceptionloop.ts';
import { createPhaseLock } from './phaselock.ts';
import { frozen } from './siteapart.ts';
import type { MonotonicMs } from './base/time.ts';
import type { SensorId } from './model/ids.ts';
import type { Site } from './model/site.ts';
import type { Tick } from './loops.ts';
import type {
  ChildStart,
  ChildToParent,
  FromMain,
  LoopStatus,
  ParentToChild,
} from './processes.ts';
import { Stamper } from './runtime/stamper.ts';
import { childChannel, processLink } from './runtime/threads.ts';
import type { ChildChannel, ParentLink } from './runtime/threads.ts';
import { createLoopTap } from './tap.ts';
import { createDayPseudonym } from './pseudonym.ts';
import type { LoopTap } from './tap.ts';
import { startTicker } from './ticker.ts';
import type { Ticker } from './ticker.ts';

/**
 * `main` has bursts and garbage, perception is steady: a small young generation bounds what a burst
 * leaves behind in memory, the old one what a leak could take before the child starts afresh.
 */
const MAIN_LIMITS = { maxYoungGenerationSizeMb: 3, maxOldGenerationSizeMb: 160 } as const;

/** Everything that the child's first thread owns while it runs. */
class Child {
  readonly #site: Site;
  readonly #clock: SystemClock;
  readonly #log: Log;
  readonly #start: ChildStart;
  readonly #main: MainLink;
  readonly #units: LinkThreads;
  readonly #parent: ChildChannel<ParentToChild, ChildToParent>;
  readonly #hub: LiveHub;
  readonly #loop: PerceptionLoop;
  readonly #tap: LoopTap;
  readonly #lock;
  readonly #mainSensors: readonly SensorId[];
  #ticker: Ticker | null = null;
  #turn: { readonly dueMs: MonotonicMs; readonly beganMs: MonotonicMs };
  #lastStatusMs = -Infinity;

  constructor(
    start: ChildStart,
    site: Site,
    clock: SystemClock,
    log: Log,
    expressions: CompiledExpressions,
    link: ParentLink,
  ) {
    this.#start = start;
    this.#site = site;
    this.#clock = clock;
    this.#log = log;
    this.#mainSensors = site.sensors.filter(({ enabled, main }) => enabled && main).map(({ id }) => id);
    this.#main = this.#startMain();
    const { anchor, logJson } = start;
    this.#units = new LinkThreads(site, { anchor, logJson }, clock, log);
    this.#parent = childChannel<ParentToChild, ChildToParent>(link, clock);
    this.#turn = { dueMs: clock.nowMs(), beganMs: clock.nowMs() };
    const stamper = new Stamper(clock);
    const pseudonym = createDayPseudonym(() => clock.utcAt().utcMs);
    this.#hub = createLiveHub({ site, clock, log, stamper, pseudonym, tap: (entry) => this.#tap.add(entry) });
    this.#loop = new PerceptionLoop({
      site,
      clock,
      log,
      hub: this.#hub,
      pseudonym,
      boot: start.boot,
      seed: start.seed,
      offer: (offers) => this.#tellParent({
        kind: 'offers',
        offers,
        origin: { ...this.#turn, mainReceivedMs: this.#mainArrivals() },
      }),
      view: (view) => this.#main.send({ kind: 'perception', view }),
      expressions,
    });
    this.#tap = createLoopTap({
      loop: 'perception',
      stamper,
      snapshot: () => this.#loop.snapshot(),
      send: (batch) => this.#main.send({ kind: 'tap', batch }),
      overflow: () => this.#loop.counters.count('tap_overflow'),
    });
    this.#lock = createPhaseLock(site, 1000 / site.loop.rateHz);
    this.#ticker = this.#startTicker(stamper);
    this.#parent.onMessage((message) => this.#heardParent(message));
    this.#parent.onStop(() => this.#stop()); // asked to, or the parent is gone: it must not hold the ports
  }

  #startMain(): MainLink {
    const worker = new Worker(new URL('./main.js', import.meta.url), {
      workerData: { start: this.#start, site: this.#site } satisfies MainStart,
      resourceLimits: MAIN_LIMITS,
    });
    const died = (reason: string): void => {
      this.#log.error('main_thread_died', { reason });
      process.exit(1); // a half-alive child would be the worst of both
    };
    worker.on('error', (error) => died(messageOf(error)));
    worker.on('exit', (code) => died(`exit status ${code}`));
    return new MainLink(worker, (message: FromMain) => {
      if (message.kind === 'state') this.#tap.state();
      this.#tellParent(message);
    });
  }

  #startTicker(stamper: Stamper): Ticker {
    return startTicker({
      clock: this.#clock,
      periodMs: 1000 / this.#site.loop.rateHz,
      stamper,
      phase: () => this.#lock.phase(),
      run: (tick) => this.#run(tick),
      broken(thrown) {
        throw thrown; // an unknown state: `uncaughtException` ends the process, the parent restarts it
      },
    });
  }

  #run(tick: Tick): void {
    this.#turn = { dueMs: tick.dueMs, beganMs: tick.beganMs };
    this.#tap.add({ kind: 'tick', ...tick });
    this.#loop.tick(tick);
    this.#lock.heard(this.#loop.arrivals);
    this.#tap.handOver(tick.beganMs);
    if (tick.beganMs - this.#lastStatusMs < 1000) return;
    this.#lastStatusMs = tick.beganMs;
    this.#main.send({ kind: 'loop', status: this.#status(tick.beganMs) });
    const advice = this.#loop.advice();
    if (Object.keys(advice).length > 0) this.#tellParent({ kind: 'advice', advice });
    this.#main.send({ kind: 'units', rsus: this.#units.status() });
  }

  #status(atMs: MonotonicMs): LoopStatus {
    const { p50Ms, p99Ms, maxMs } = this.#ticker?.lateness.toJSON() ?? { p50Ms: 0, p99Ms: 0, maxMs: 0 };
    return {
      loop: 'perception',
      atMs,
      counters: {
        ...this.#loop.counters.toJSON(),
        ...this.#hub.counters(),
        ...this.#main.drops.toJSON(),
      },
      ports: this.#hub.status(),
      checks: [],
      lateness: { p50Ms, p99Ms, maxMs },
      rssBytes: process.memoryUsage.rss(),
      skippedTicks: this.#ticker?.skipped ?? 0,
    };
  }

  /** Arrival of the newest frame of each main sensor. */
  #mainArrivals(): Record<string, number> {
    return Object.fromEntries(
      this.#mainSensors.flatMap((id) => {
        const receivedMs = this.#loop.arrivals.get(id);
        return receivedMs === undefined ? [] : [[id, receivedMs]];
      }),
    );
  }

  #heardParent(message: ParentToChild): void {
    if (message.kind === 'site') return;
    if (message.kind === 'links') return this.#units.send(message.handed);
    if (message.kind === 'signals') this.#loop.signals(message.view);
    if (message.kind === 'anchor') {
      this.#clock.setAnchor(message.anchor);
      this.#units.anchor(message.anchor);
      this.#tap.add({ kind: 'clock', anchor: message.anchor });
    }
    this.#main.send(message);
  }

  #tellParent(message: ChildToParent): void {
    if (!this.#parent.send(message)) this.#loop.counters.count('parent_unreached');
  }

  /** An orderly end leaves nothing to look into; a parent that is gone without a word does. */
  #stop(): never {
    if (process.connected) forgetRing(this.#start.dataFolder);
    process.exit(0);
  }
}

/** The parent's first words; what it says before them is for a child that runs. */
function firstWords(link: ParentLink): Promise<Extract<ParentToChild, { kind: 'site' }>> {
  return new Promise((done) => {
    link.onMessage((message) => {
      const { d } = message as { readonly d?: ParentToChild };
      if (d?.kind === 'site') done(d);
    });
  });
}

/** Signals to the whole group: the parent decides, and says its last words first. */
function mindSignals(log: Log): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  // Nobody reads the log any more (a closed pipe, a journal that starts anew): no reason to end.
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', (error) => {
    log.error('uncaught', { reason: messageOf(error), stack: error.stack ?? '' });
    process.exit(1);
  });
  process.on('unhandledRejection', (error) => {
    log.error('unhandled', { reason: messageOf(error) });
    process.exit(1);
  });
}

/** Runs the child. */
async function runChild(given: ChildStart): Promise<void> {
  const link = processLink();
  const words = await firstWords(link);
  const site = frozen(words.site);
  const clock = new SystemClock(site.timeSource.assumedErrorMs);
  clock.setAnchor(given.anchor);
  // A boot of its own for a child that was restarted: it must not give the ids of tracks and road
  // users again that the last one gave a second ago (rule R34).
  const boot = words.first ? given.boot : nextBoot(given.dataFolder, clock.utcAt().utcMs);
  const log = createLog({
    clock,
    level: site.log.level,
    sink: { write: (line) => process.stderr.write(line) },
    json: given.logJson,
  });
  mindSignals(log);
  // Before anything runs: the stages are made in one go and cannot wait for it.
  const expressions = await prepareExpressions(site);
  for (const { path, text } of expressions.problems) {
    log.error('event_expression_refused', { path, reason: text.en });
  }
  if (!process.connected) process.exit(0); // the parent went meanwhile
  new Child({ ...given, boot }, site, clock, log, expressions, link);
}

const text = process.env['LUKOU_CHILD'];
if (text && process.send) void runChild(JSON.parse(text) as ChildStart);
