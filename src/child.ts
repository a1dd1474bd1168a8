/**
 * The child process. Its first thread runs perception: sensor ports, fusion, events, statistics,
 * RSM and RSI. Its threads are `main` (configuration, control socket, web view, cloud links,
 * recorder) and, behind `main`, the store. It ends when the parent does.
 */
import { Worker } from 'node:worker_threads';
import { SystemClock } from './base/clock.ts';
import { messageOf } from './base/fault.ts';
import { createLiveHub } from './hub.ts';
import { createLog } from './logs.ts';
import { PerceptionLoop } from './pipeline.ts';
import type { Tick } from './pipeline.ts';
import { createPhaseLock } from './phaselock.ts';
import type { ChildStart, ChildToParent, FromMain, ParentToChild, TapBatch, ToMain } from './processes.ts';
import { loadSite } from './site.ts';
import { startTicker } from './ticker.ts';

/** Runs the child. */
function runChild(start: ChildStart): void {
  const site = loadSite(start.siteFolder);
  const clock = new SystemClock(site.timeSource.assumedErrorMs);
  clock.setAnchor(start.anchor);
  const log = createLog({
    clock,
    level: site.log.level,
    sink: { write: (line) => process.stderr.write(line) },
    json: start.logJson,
  });
  const main = new Worker(new URL('./main.js', import.meta.url), { workerData: { start } });
  const tellMain = (message: ToMain): void => main.postMessage(message);
  const tellParent = (message: ChildToParent): void => {
    if (process.connected) process.send?.(message);
  };
  let tap: TapBatch['entries'][number][] | null = null;
  let tapState: unknown;
  const tapped = (entry: TapBatch['entries'][number]): void => {
    tap?.push(entry);
  };
  const names = new Set(site.sensors.filter(({ enabled }) => enabled).map(({ port }) => port));
  const hub = createLiveHub({ site, names: [...names], clock, log, tap: tapped });
  const loop = new PerceptionLoop({
    site,
    clock,
    log,
    hub,
    boot: start.boot,
    seed: start.seed,
    offer: (offers) => tellParent({ kind: 'offers', offers }),
    view: (view) => tellMain({ kind: 'perception', view }),
  });
  hub.open();
  const periodMs = 1000 / site.loop.rateHz;
  const lock = createPhaseLock(site, periodMs);
  let lastStatusMs = -Infinity;
  const ticker = startTicker(clock, periodMs, (tick: Tick) => {
    tapped({ kind: 'tick', ...tick });
    loop.tick(tick);
    const phaseMs = lock.next(tick, loop.arrivals);
    if (phaseMs !== null) ticker.setPhase(phaseMs);
    if (tap && tap.length > 0) {
      tellMain({ kind: 'tap', batch: { loop: 'perception', entries: tap, ...(tapState === undefined ? {} : { state: tapState }) } });
      tapState = undefined;
      tap = [];
    }
    if (tick.beganMs - lastStatusMs < 500) return;
    lastStatusMs = tick.beganMs;
    tellParent({ kind: 'alive', atMs: tick.beganMs });
    const lateness = ticker.lateness.percentiles() ?? { p50: 0, p99: 0, max: 0 };
    tellMain({
      kind: 'loop',
      status: {
        loop: 'perception',
        atMs: tick.beganMs,
        counters: { ...loop.counters.toJSON(), ...hub.counters() },
        ports: hub.status(),
        checks: [],
        lateness: { p50Ms: lateness.p50, p99Ms: lateness.p99, maxMs: lateness.max },
        rssBytes: process.memoryUsage.rss(),
        skippedTicks: ticker.skipped,
      },
    });
  });
  process.on('message', (message: ParentToChild) => {
    if (message.kind === 'signals') loop.signals(message.view);
    if (message.kind === 'anchor') {
      clock.setAnchor(message.anchor);
      tapped({ kind: 'clock', anchor: message.anchor });
    }
    tellMain(message);
  });
  main.on('message', (message: FromMain) => {
    if (message.kind === 'record') {
      tap = message.on ? [] : null;
      tapState = message.on ? loop.snapshot() : undefined;
    }
    tellParent(message);
  });
  const end = (code: number): never => process.exit(code);
  main.on('error', (error) => {
    log.error('main_thread_died', { reason: messageOf(error) });
    end(1);
  });
  process.on('disconnect', () => end(0)); // without its parent it must not hold the ports
  process.on('SIGTERM', () => end(0));
  process.on('SIGINT', () => undefined); // the parent decides
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
if (text && process.send) runChild(JSON.parse(text) as ChildStart);
