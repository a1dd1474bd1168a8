/**
 * The parent process: signal controllers, SPAT, MAP, the gate, the sockets to the units, the guard
 * thread and the care for the child. It loads no native add-on, touches no disk in its loop and
 * does nothing slow. The child may stall, die or eat its memory without one missing SPAT.
 */
import './settled.ts';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer } from 'node:net';
import { getPriority, setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { makeFolder } from './base/folder.ts';
import { SystemClock } from './base/clock.ts';
import { messageOf } from './base/fault.ts';
import type { Log } from './base/log.ts';
import { nodeKey } from './model/ids.ts';
import type { MessageOffer } from './model/message.ts';
import type { Site } from './model/site.ts';
import { monotonicMs } from './base/time.ts';
import type { MonotonicMs } from './base/time.ts';
import { nextBoot, readLatches, writeLatches } from './boot.ts';
import { listenPrivately, privateFolder } from './control.ts';
import { GUARD_CELLS } from './guard.ts';
import type { GuardFrame, GuardStart, GuardUpdate } from './guard.ts';
import { readCommission } from './commission.ts';
import type { CommissionStatus } from './commission.ts';
import { chinaGateProfile } from './gate/site.ts';
import type { Commissioning } from './gate/site.ts';
import { shortText } from './gateshort.ts';
import { stampOffsets } from './guardframe.ts';
import { childFlags, mallocSettings } from './footprint.ts';
import { createLiveHub } from './hub.ts';
import type { LiveHub } from './hub.ts';
import { createLog } from './logs.ts';
import { startNotifier } from './notify.ts';
import { SignalsLoop } from './signalsloop.ts';
import { SPAT_PERIOD_MS } from './rates.ts';
import type { SentMessage, Tick } from './loops.ts';
import type {
  ChildStart,
  ChildToParent,
  GateStatus,
  MessageOrigin,
  ParentToChild,
  SendTiming,
  SentRow,
} from './processes.ts';
import { createSignalPhaseLock } from './phaselock.ts';
import type { PhaseLock } from './phaselock.ts';
import { createRsuLinks } from './rsu/links.ts';
import type { RsuLinks } from './rsu/links.ts';
import { Stamper } from './runtime/stamper.ts';
import { startChild } from './runtime/threads.ts';
import type { ChildHandle } from './runtime/threads.ts';
import { loadSiteApart } from './siteapart.ts';
import { createLoopTap } from './tap.ts';
import type { LoopTap } from './tap.ts';
import { startTicker } from './ticker.ts';
import { startTimeSource } from './timesource.ts';
import type { TimeSource } from './timesource.ts';
import type { Ticker } from './ticker.ts';

/** How the daemon is started. */
export interface ParentOptions {
  readonly siteFolder: string;
  /** Where state is kept; the site's own `dataFolder` by default. */
  readonly dataFolder?: string;
  readonly logJson?: boolean;
  readonly seed?: number;
  /** Start recording at once into this folder. */
  readonly record?: string;
}

/** A clock that is this far off its anchor has been stepped or has drifted, ms. */
const ANCHOR_TOLERANCE_MS = 2;
const LAST_WORDS = 12;
const LAST_WORDS_GAP_MS = 20;
const BLOCK_MAX_MS = 10_000;
const PRIORITY_STEP = 5;
const debugFlags = process.env['LUKOU_DEBUG'] ? ['--enable-source-maps'] : [];
const CHILD_STALL_MS = 5000;
const CHILD_START_MS = 20_000;
const CHILD_STOP_MS = 1500;
/** Offers of the child that are looked at in one message: no junction has a tenth of it. */
const OFFERS_MAX = 100;
/** Messages and offers of the child between two turns; it has ten, some hundreds after a stall. */
const CHILD_PIECES_MAX = 1000;
/** Sent messages that wait for the next turn, to be told to the child; the oldest go first. */
const SENT_MAX = 1000;
/** Messages that may be on their way to a child that does not listen; further ones are dropped. */
const CHILD_WAITING_MAX = 200;

/** A request for the loop's state, or to the gate, costs as much as some hundred offers. */
const REQUEST_PIECES = 200;

const piecesOf = (message: ChildToParent): number =>
  message.kind === 'offers' ? 1 + message.offers.length
    : message.kind === 'advice' ? 1 : REQUEST_PIECES;

/** Steps before whatever else wants the cores, where that is allowed; gives the priority so far. */
function stepForward(): number {
  const before = getPriority();
  try {
    setPriority(Math.max(-20, before - PRIORITY_STEP));
  } catch {
    // Not allowed: then the child's start may hold a turn up where cores are short.
  }
  return before;
}

/** The kernel takes the child first when memory is short, and the parent first when cores are. */
function stepBack(pid: number, priority: number): void {
  try {
    setPriority(pid, priority);
    writeFileSync(`/proc/${pid}/oom_score_adj`, '800');
  } catch {
    // Not Linux, or it has ended: the parent is the smaller of the two anyway.
  }
}

/** What the gate is told of a commissioning: it compares the hash with the site's own. */
const gateWord = ({ hash }: CommissionStatus): Commissioning | null =>
  hash === null ? null : { hash };

/** Everything that the parent owns while it runs. */
class Parent {
  readonly #options: ParentOptions;
  readonly #site: Site;
  readonly #folder: string;
  readonly #clock: SystemClock;
  readonly #log: Log;
  readonly #boot: number;
  readonly #rsus: RsuLinks;
  readonly #hub: LiveHub;
  readonly #loop: SignalsLoop;
  readonly #cells = new Float64Array(new SharedArrayBuffer(GUARD_CELLS * 8));
  readonly #guard: Worker;
  readonly #startedUtcMs: number;
  readonly #stamper: Stamper;
  readonly #lock: PhaseLock;
  #ticker: Ticker | null = null;
  #child: ChildHandle<ChildToParent, ParentToChild> | null = null;
  readonly #tap: LoopTap;
  #sent: SentRow[] = [];
  /** The turn that made the messages which pass right now. */
  #origin: MessageOrigin | null = null;
  #stopping = false;
  /** Version of the stored latches that this run began with; a file's version never goes back. */
  readonly #latchBase: number;
  #latchVersion = 0;
  #lastStatusMs = -Infinity;
  /** Messages and offers of the child since the last turn, and which child was ended for them. */
  #childPieces = 0;
  #floodedPid: number | null = null;
  #lastFrameMs = -Infinity;
  /** Read at the start and when `lukou commission` says so, never in a turn. */
  #commission: CommissionStatus;
  readonly #notifier = startNotifier();
  readonly #timeSource: TimeSource;
  readonly #childPriority = stepForward();

  constructor(options: ParentOptions, site: Site, folder: string, clock: SystemClock, log: Log) {
    this.#options = options;
    this.#site = site;
    this.#folder = folder;
    this.#clock = clock;
    this.#log = log;
    this.#startedUtcMs = clock.utcAt().utcMs;
    this.#stamper = new Stamper(clock);
    this.#lock = createSignalPhaseLock(site, SPAT_PERIOD_MS);
    this.#boot = nextBoot(folder, this.#startedUtcMs);
    const stored = readLatches(folder, site.road.nodes.map(({ id }) => nodeKey(id)));
    if (stored.assumed) log.error('latches_assumed', { folder, next: 'lukou gate tells; release after a look on site' });
    this.#latchBase = stored.version;
    this.#commission = readCommission(folder, site);
    log.info('commission', { state: this.#commission.state, says: this.#commission.told.en });
    this.#timeSource = startTimeSource(site, clock, log);
    this.#rsus = createRsuLinks(site, clock, log, (handed) => this.#tell({ kind: 'links', handed }));
    this.#hub = createLiveHub({
      site,
      clock,
      log,
      stamper: this.#stamper,
      apart: true,
      tap: (entry) => this.#tap.add(entry),
    });
    this.#tap = createLoopTap({
      loop: 'signals',
      stamper: this.#stamper,
      snapshot: () => this.#loop.snapshot(),
      send: (batch) => this.#tell({ kind: 'tap', batch }),
      overflow: () => this.#loop.counters.count('tap_overflow'),
    });
    this.#loop = new SignalsLoop({
      site,
      clock,
      log,
      hub: this.#hub,
      boot: this.#boot,
      seed: this.#seed,
      latches: stored.rows,
      commissioned: gateWord(this.#commission),
      send: (sent) => this.#send(sent),
      view: (view) => this.#tell({ kind: 'signals', view }),
    });
    this.#guard = this.#startGuard();
  }

  get #seed(): number {
    return this.#options.seed ?? 1;
  }

  #startGuard(): Worker {
    const start: GuardStart = {
      cells: this.#cells.buffer as SharedArrayBuffer,
      anchor: this.#clock.anchor,
    };
    const guard = new Worker(new URL('./guard.js', import.meta.url), { workerData: start });
    guard.on('error', (error) => this.#log.error('guard_died', { reason: messageOf(error) }));
    guard.unref();
    return guard;
  }

  /** First words, then the loop, then the child: SPAT does not wait for anybody. */
  start(): void {
    const nowMs = this.#stamper.next();
    this.#turn({ tick: 0, dueMs: nowMs, beganMs: nowMs });
    this.#ticker = startTicker({
      clock: this.#clock,
      periodMs: SPAT_PERIOD_MS,
      stamper: this.#stamper,
      phase: () => this.#lock.phase(),
      run: (tick) => this.#turn(tick),
      broken: (thrown) => {
        throw thrown; // an unknown state: `uncaughtException` ends the process
      },
    });
    this.#startChild();
    this.#log.info('started', { site: this.#site.id, pid: process.pid, boot: this.#boot, data: this.#folder });
  }

  #startChild(): void {
    const start: ChildStart = {
      parentPid: process.pid,
      startedUtcMs: this.#startedUtcMs,
      dataFolder: this.#folder,
      boot: this.#boot,
      seed: this.#seed,
      anchor: this.#clock.anchor,
      record: this.#options.record ?? null,
      logJson: this.#options.logJson ?? false,
    };
    const child = startChild<ChildToParent, ParentToChild>(fileURLToPath(new URL('./child.js', import.meta.url)), [], {
      name: 'child',
      clock: this.#clock,
      log: this.#log,
      execArgv: [...childFlags, ...debugFlags],
      env: { ...mallocSettings, LUKOU_CHILD: JSON.stringify(start) },
      silentAfterMs: CHILD_STALL_MS,
      startWithinMs: CHILD_START_MS,
      stopWithinMs: CHILD_STOP_MS,
      waitingMax: CHILD_WAITING_MAX,
    });
    child.onMessage((message) => {
      try {
        this.#childPieces += piecesOf(message);
        if (this.#childPieces > CHILD_PIECES_MAX) return this.#endFlood(child);
        this.#heard(message);
      } catch (error) {
        // A child out of its mind costs its own message, never the signals.
        this.#log.error('child_message_refused', { reason: messageOf(error) });
      } finally {
        this.#origin = null;
      }
    });
    const begun = (): void => {
      const { pid } = child.status();
      if (pid !== null) stepBack(pid, this.#childPriority);
      child.send({ kind: 'site', site: this.#site, first: child.status().starts === 1 });
    };
    child.onState(({ state }) => {
      // Its process is made right after this is told.
      if (state === 'starting') this.#clock.at(this.#clock.nowMs(), begun);
    });
    begun();
    this.#child = child;
  }

  /** A child that floods is out of its mind: it is ended and started again like one that hangs. */
  #endFlood(child: ChildHandle<ChildToParent, ParentToChild>): void {
    const { pid } = child.status();
    if (pid === null || pid === this.#floodedPid) return;
    this.#floodedPid = pid;
    this.#log.error('child_flood', { child: 'child', pieces: this.#childPieces, pid });
    this.#loop.counters.count('child_flood');
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      this.#log.warn('child_not_ended', { reason: messageOf(error) }); // it was faster
    }
  }

  /** One SPAT cycle and what hangs on it. */
  #turn(tick: Tick): void {
    this.#childPieces = 0;
    this.#cells[0] = tick.beganMs;
    this.#cells[2] = 1;
    this.#followUtc();
    this.#tap.add({ kind: 'tick', ...tick });
    this.#origin = { dueMs: tick.dueMs, beganMs: tick.beganMs, mainReceivedMs: {} };
    this.#loop.tick(tick);
    this.#lock.heard(this.#loop.arrivals);
    this.#origin = null;
    this.#afterTurn(tick.beganMs);
  }

  /** Moves the anchor when the system's UTC has left it. */
  #followUtc(): void {
    const measured = this.#clock.measure(this.#timeSource.errorMs);
    const offMs = measured.utcMs - this.#clock.utcAt(measured.monoMs).utcMs;
    const sameError = measured.errorMs === this.#clock.anchor.errorMs;
    if (Math.abs(offMs) <= ANCHOR_TOLERANCE_MS && sameError) return;
    if (Math.abs(offMs) > 50) this.#log.warn('clock_step', { step_ms: Math.round(offMs) });
    this.#clock.setAnchor(measured);
    this.#tap.add({ kind: 'clock', anchor: measured });
    this.#tell({ kind: 'anchor', anchor: measured });
  }

  #afterTurn(nowMs: MonotonicMs): void {
    if (this.#sent.length > 0) {
      this.#tell({ kind: 'sent', rows: this.#sent });
      this.#sent = [];
    }
    this.#tap.handOver(nowMs);
    if (nowMs - this.#lastStatusMs >= 1000) {
      this.#lastStatusMs = nowMs;
      this.#perSecond(nowMs);
    }
    const version = this.#loop.gate.latchVersion();
    if (version !== this.#latchVersion) {
      this.#latchVersion = version;
      // Off the loop's turn: a slow disk must not hold the next frame.
      this.#clock.at(nowMs, () => this.#storeLatches(version));
    }
    // Frames leave, or the gate has chosen silence: both are health. A loop that hangs is neither.
    const silent = this.#loop.levels().every(({ level }) => level === 'silent');
    if (silent || nowMs - this.#lastFrameMs < 1000) this.#notifier.alive();
  }

  #storeLatches(version: number): void {
    try {
      const rows = this.#loop.gate.latches(this.#clock.nowMs());
      writeLatches(this.#folder, rows, this.#latchBase + version);
    } catch (error) {
      this.#log.error('latch_not_stored', { reason: messageOf(error) });
    }
  }

  #perSecond(nowMs: MonotonicMs): void {
    const update: GuardUpdate = { anchor: this.#clock.anchor, frames: this.#guardFrames(nowMs) };
    this.#guard.postMessage(update);
    const lateness = this.#ticker?.lateness.toJSON() ?? { p50Ms: 0, p99Ms: 0, maxMs: 0 };
    this.#tell({
      kind: 'status',
      status: {
        loop: 'signals',
        atMs: nowMs,
        counters: this.#counters(),
        ports: this.#hub.status(),
        checks: [],
        lateness: { p50Ms: lateness.p50Ms, p99Ms: lateness.p99Ms, maxMs: lateness.maxMs },
        rssBytes: process.memoryUsage.rss(),
        skippedTicks: this.#ticker?.skipped ?? 0,
      },
      gate: this.#gateStatus(),
      commission: this.#commission,
      rsus: this.#rsus.status(),
      checks: this.#rsus.status().map((rsu) => ({
        name: `rsu:${rsu.id}`,
        level: rsu.fault ? ('failed' as const) : ('ok' as const),
        reason: rsu.fault ?? '',
        detail: {},
        sinceMs: rsu.lastSentMs ?? 0,
      })),
    });
  }

  #counters(): Record<string, number> {
    return {
      ...this.#loop.counters.toJSON(),
      ...this.#hub.counters(),
      ...this.#child?.status().drops,
      guard_sent: this.#cells[1]!,
    };
  }

  #guardFrames(nowMs: MonotonicMs): GuardFrame[] {
    if (!this.#mayReachUnits()) return [];
    return this.#loop.unavailable(nowMs).flatMap(({ message }: MessageOffer) => {
      const node = nodeKey(message.node);
      const offsets = stampOffsets(message.bytes, chinaGateProfile);
      if (!offsets) return [];
      return this.#rsus.spatTargets(node).map((target) => ({
        node,
        bytes: target.wrap(message.bytes),
        offsets,
        headerOctets: target.headerOctets,
        textHead: target.textHead?.(message) ?? null,
        host: target.host,
        port: target.port,
      }));
    });
  }

  #gateStatus(): GateStatus {
    const report = this.#loop.report();
    return {
      nodes: this.#loop.levels(),
      outputs: this.#loop.outputs(this.#clock.nowMs()),
      latches: Object.entries(report.nodes).flatMap(([node, { latch }]) => (latch ? [`${node} ${latch}`] : [])),
      refused: Object.entries(report.counters).reduce(
        (sum, [name, count]) => sum + (name.startsWith('refused_') ? count : 0),
        0,
      ),
      refusals: report.refusals.slice(-20).map((refusal) => ({
        atMs: refusal.monoMs,
        type: refusal.type,
        rule: refusal.rule,
        reason: `${refusal.reason}: expected ${refusal.expected}, got ${refusal.got}`,
        node: refusal.node,
        meaning: shortText(refusal.decoded),
        hex: Buffer.from(refusal.bytes).toString('hex'),
      })),
    };
  }

  #send({ atMs, message, newestReceivedMs }: SentMessage): void {
    if (!this.#mayReachUnits()) return;
    this.#rsus.send(message, newestReceivedMs);
    const nowMs = this.#clock.nowMs();
    if (message.type === 'SPAT') this.#lastFrameMs = atMs;
    this.#sent.push({
      atMs,
      type: message.type,
      node: nodeKey(message.node),
      bytes: message.bytes,
      ageMs: newestReceivedMs === null ? null : nowMs - newestReceivedMs,
      timing: this.#timing(nowMs, newestReceivedMs),
    });
    if (this.#sent.length > SENT_MAX) {
      this.#sent.shift();
      this.#loop.counters.count('report_overflow');
    }
  }

  /** Rule R25: also the guard thread's words stay here until the site is commissioned. */
  #mayReachUnits(): boolean {
    return this.#site.rsus.every(({ host }) => this.#loop.gate.mayReach(host));
  }

  #timing(nowMs: MonotonicMs, newestReceivedMs: MonotonicMs | null): SendTiming | null {
    const origin = this.#origin;
    if (!origin) return null;
    return {
      handedMs: nowMs,
      latenessMs: origin.beganMs - origin.dueMs,
      waitMs: newestReceivedMs === null ? null : origin.beganMs - newestReceivedMs,
      computeMs: nowMs - origin.beganMs,
      mainAgeMs: Object.fromEntries(
        Object.entries(origin.mainReceivedMs).map(([id, receivedMs]) => [id, nowMs - receivedMs]),
      ),
    };
  }

  #tell(message: ParentToChild): void {
    this.#child?.send(message);
  }

  #heard(message: ChildToParent): void {
    switch (message.kind) {
      case 'offers':
        this.#origin = message.origin;
        this.#loop.offers(message.offers.slice(0, OFFERS_MAX), this.#clock.nowMs());
        return;
      case 'advice':
        return this.#loop.advise(message.advice, this.#clock.nowMs());
      case 'state':
        return this.#tap.state();
      case 'request': {
        if (message.verb === 'load-commission') return this.#loadCommission(message.id);
        const done = this.#loop.gate.releaseLatch(message.node, message.who);
        this.#log.warn('latch_release', { node: message.node, who: message.who, done });
        return this.#tell({ kind: 'reply', id: message.id, result: done });
      }
    }
  }

  /** Off the turn, like every look at the disk. */
  #loadCommission(id: number): void {
    this.#clock.at(this.#clock.nowMs(), () => {
      this.#commission = readCommission(this.#folder, this.#site);
      this.#loop.commission(gateWord(this.#commission));
      // A recording that runs goes on with what the gate holds now.
      this.#tap.state();
      const { state, told } = this.#commission;
      this.#log.warn('commission', { state, says: told.en });
      this.#tell({ kind: 'reply', id, result: this.#commission });
    });
  }

  /**
   * A fault hook of the demo mode alone: SIGUSR2 blocks this loop for `LUKOU_TEST_BLOCK_MS`, so
   * that the guard thread can be seen at work. It can only take words away, never change them.
   */
  allowBlocking(): void {
    const blockMs = Math.min(Number(process.env['LUKOU_TEST_BLOCK_MS'] ?? 0), BLOCK_MAX_MS);
    if (this.#site.mode !== 'demo' || !(blockMs > 0)) return;
    process.on('SIGUSR2', () => {
      const untilMs = this.#clock.nowMs() + blockMs;
      while (this.#clock.nowMs() < untilMs);
    });
  }

  /** Says unavailable at least ten times, then ends. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#ticker?.stop();
    this.#cells[2] = 0;
    for (let word = 0; word < LAST_WORDS; word++) {
      this.#loop.sayUnavailable(this.#clock.nowMs());
      await new Promise<void>((done) => {
        this.#clock.at(monotonicMs(this.#clock.nowMs() + LAST_WORDS_GAP_MS), done);
      });
    }
    this.#storeLatches(this.#loop.gate.latchVersion());
    this.#loop.stop();
    this.#timeSource.stop();
    await this.#child?.stop();
    await this.#hub.close();
    this.#rsus.close();
    await this.#guard.terminate();
    this.#log.info('stopped', { site: this.#site.id });
  }
}

/** Runs the daemon until it is told to end; gives the exit code. Errors: `Fault` at start. */
export async function runParent(options: ParentOptions): Promise<number> {
  const site = await loadSiteApart(options.siteFolder);
  const folder = resolve(options.dataFolder ?? site.dataFolder);
  privateFolder(folder);
  // Nobody talks here: held connections would use up the descriptors of the process that sends SPAT.
  const lock = createServer((socket) => socket.destroy());
  await listenPrivately(lock, join(folder, 'parent.sock'), `site ${site.id}`);
  const clock = new SystemClock(site.timeSource.assumedErrorMs);
  const log = createLog({
    clock,
    level: site.log.level,
    sink: { write: (line) => process.stderr.write(line) },
    json: options.logJson ?? false,
  });
  const parent = new Parent(options, site, folder, clock, log);
  try {
    makeFolder(folder);
    writeFileSync(join(folder, 'pid'), String(process.pid));
  } catch (error) {
    log.warn('pid_not_written', { reason: messageOf(error) });
  }
  return new Promise((done) => {
    const end = (): void => {
      void parent.stop().then(() => {
        lock.close();
        done(0);
      });
    };
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
    process.on('SIGHUP', end); // the terminal was closed: the last words are said all the same
    process.on('uncaughtException', (error) => {
      log.error('uncaught', { reason: messageOf(error), stack: error.stack ?? '' });
      process.exit(1); // unknown state: the service manager starts afresh, the first SPAT is unavailable
    });
    process.on('unhandledRejection', (error) => {
      log.error('unhandled', { reason: messageOf(error) });
      process.exit(1);
    });
    parent.allowBlocking();
    parent.start();
  });
}
