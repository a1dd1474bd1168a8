/**
 * The child process. Its first thread runs perception: sensor ports, fusion, events, statistics,
 * RSM and RSI. Its threads are `main` (configuration, control socket, web view, cloud links,
 * recorder) and, behind `main`, the store. It ends when the parent does.
 */
import { Worker } from 'node:worker_threads';
import { prepareExpressions } from '../config/expression.ts';
import { SystemClock } from './base/clock.ts';
import { messageOf } from './base/fault.ts';
import { nextBoot } from './boot.ts';
import { createLiveHub } from './hub.ts';
import { createLog } from './logs.ts';
import type { MainStart } from './main.ts';
import { PerceptionLoop } from './pipeline.ts';
import { createPhaseLock } from './phaselock.ts';
import type { MonotonicMs } from './base/time.ts';
import type {
  ChildStart,
  ChildToParent,
  FromMain,
  LoopStatus,
  ParentToChild,
  ToMain,
} from './processes.ts';
import { Stamper } from './runtime/stamper.ts';
import { childChannel, processLink } from './runtime/threads.ts';
import { loadSite } from './site.ts';
import { createLoopTap } from './tap.ts';
import type { LoopTap } from './tap.ts';
import { startTicker } from './ticker.ts';

/** Runs the child. */
async function runChild(given: ChildStart): Promise<void> {
  const site = loadSite(given.siteFolder);
  const clock = new SystemClock(site.timeSource.assumedErrorMs);
  clock.setAnchor(given.anchor);
  // A boot of its own for every start of the child: one that was restarted must not give the ids
  // of tracks and road users again that the last one gave a second ago (rule R34).
  const start = { ...given, boot: nextBoot(given.dataFolder, clock.utcAt().utcMs) };
  const log = createLog({
    clock,
    level: site.log.level,
    sink: { write: (line) => process.stderr.write(line) },
    json: start.logJson,
  });
  // Before anything runs: the stages are made in one go and cannot wait for it.
  const expressions = await prepareExpressions(site);
  for (const { path, text } of expressions.problems) {
    log.error('event_expression_refused', { path, reason: text.en });
  }
  if (!process.connected) process.exit(0); // the parent went meanwhile
  const main = new Worker(new URL('./main.js', import.meta.url), {
    workerData: { start, site } satisfies MainStart,
    resourceLimits: { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 160 },
  });
  const parent = childChannel<ParentToChild, ChildToParent>(processLink(), clock);
  const tellMain = (message: ToMain): void => main.postMessage(message);
  const tellParent = (message: ChildToParent): void => {
    if (!parent.send(message)) loop.counters.count('parent_unreached');
  };
  const stamper = new Stamper(clock);
  let turn = { dueMs: clock.nowMs(), beganMs: clock.nowMs() };
  const mainSensors = site.sensors.filter((sensor) => sensor.enabled && sensor.main);
  const mainArrivals = (): Record<string, number> =>
    Object.fromEntries(
      mainSensors.flatMap(({ id }) => {
        const receivedMs = loop.arrivals.get(id);
        return receivedMs === undefined ? [] : [[id, receivedMs]];
      }),
    );
  const hub = createLiveHub({ site, clock, log, stamper, tap: (entry) => tap.add(entry) });
  const loop = new PerceptionLoop({
    site,
    clock,
    log,
    hub,
    boot: start.boot,
    seed: start.seed,
    offer: (offers) => tellParent({ kind: 'offers', offers, origin: { ...turn, mainReceivedMs: mainArrivals() } }),
    view: (view) => tellMain({ kind: 'perception', view }),
    expressions,
  });
  const tap: LoopTap = createLoopTap({
    loop: 'perception',
    stamper,
    snapshot: () => loop.snapshot(),
    send: (batch) => tellMain({ kind: 'tap', batch }),
    overflow: () => loop.counters.count('tap_overflow'),
  });
  const periodMs = 1000 / site.loop.rateHz;
  const lock = createPhaseLock(site, periodMs);
  let lastStatusMs = -Infinity;
  const ticker = startTicker({
    clock,
    periodMs,
    stamper,
    phase: () => lock.phaseMs(),
    run(tick) {
      turn = { dueMs: tick.dueMs, beganMs: tick.beganMs };
      tap.add({ kind: 'tick', ...tick });
      loop.tick(tick);
      lock.heard(loop.arrivals);
      tap.handOver(tick.beganMs);
      if (tick.beganMs - lastStatusMs < 1000) return;
      lastStatusMs = tick.beganMs;
      tellMain({ kind: 'loop', status: status(tick.beganMs) });
    },
    broken(thrown) {
      throw thrown; // an unknown state: `uncaughtException` ends the process, the parent restarts it
    },
  });
  const status = (atMs: MonotonicMs): LoopStatus => {
    const { p50Ms, p99Ms, maxMs } = ticker.lateness.toJSON();
    return {
      loop: 'perception',
      atMs,
      counters: { ...loop.counters.toJSON(), ...hub.counters() },
      ports: hub.status(),
      checks: [],
      lateness: { p50Ms, p99Ms, maxMs },
      rssBytes: process.memoryUsage.rss(),
      skippedTicks: ticker.skipped,
    };
  };
  parent.onMessage((message) => {
    if (message.kind === 'signals') loop.signals(message.view);
    if (message.kind === 'anchor') {
      clock.setAnchor(message.anchor);
      tap.add({ kind: 'clock', anchor: message.anchor });
    }
    tellMain(message);
  });
  main.on('message', (message: FromMain) => {
    if (message.kind === 'state') tap.state();
    tellParent(message);
  });
  const end = (code: number): never => process.exit(code);
  main.on('error', (error) => {
    log.error('main_thread_died', { reason: messageOf(error) });
    end(1);
  });
  main.on('exit', (code) => {
    log.error('main_thread_died', { reason: `exit status ${code}` });
    end(1);
  });
  parent.onStop(() => end(0)); // asked to, or the parent is gone: it must not hold the ports
  // Signals to the whole group: the parent decides, and says its last words first.
  process.on('SIGTERM', () => undefined);
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  // Nobody reads the log any more (a closed pipe, a journal that starts anew): no reason to end.
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', (error) => {
    log.error('uncaught', { reason: messageOf(error), stack: error.stack ?? '' });
    end(1);
  });
  process.on('unhandledRejection', (error) => {
    log.error('unhandled', { reason: messageOf(error) });
    end(1);
  });
}

const text = process.env['LUKOU_CHILD'];
if (text && process.send) void runChild(JSON.parse(text) as ChildStart);
