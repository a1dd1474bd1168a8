/**
 * The child's `main` thread: configuration, control socket, web view, cloud links, metrics and the
 * recorder. It owns no sensor and no socket to a unit; when it stalls, perception goes on.
 */
import './settled.ts';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { SystemClock } from './base/clock.ts';
import { Fault, messageOf, toldOf } from './base/fault.ts';
import type { Log } from './base/log.ts';
import { seededRandom } from './base/random.ts';
import { ownToken } from './boot.ts';
import { createCityComposer } from './cloud/compose.ts';
import { CloudLink } from './cloud/link.ts';
import { Commissioner } from './commissioner.ts';
import { commissionVerbs } from './commissionverbs.ts';
import { startControl } from './control.ts';
import type { ControlVerb } from './control.ts';
import { DaemonState } from './daemonstate.ts';
import { createLog } from './logs.ts';
import { createMetrics } from './metrics.ts';
import { eventCodes } from '../v2x/compose/codes.ts';
import type { Site } from './model/site.ts';
import { daemonFaultTexts as texts } from './base/texts/daemon.ts';
import { factTexts } from './base/texts/faults.ts';
import { plusMs } from './base/time.ts';
import type { CityComposer, CityMessage } from './model/stages.ts';
import type { PerceptionView } from './loops.ts';
import type { ChildStart, FromMain, MainAnswer, MainPost, ToMain } from './processes.ts';
import { createRecorder, holdsRecording } from './recorder.ts';
import type { StatusDocument } from './status.ts';
import { startStore } from './store/client.ts';
import type { StoreClient } from './store/client.ts';
import type { OutboxRecord } from './store/outbox.ts';
import { softwareVersion } from './version.ts';
import { startWeb } from './web/server.ts';
import type { WebServer } from './web/server.ts';

interface City {
  readonly composer: CityComposer;
  readonly link: CloudLink;
  readonly id: string;
}

const OUTBOX_ROWS_MAX = 500_000;
const REPLY_MS = 5000;
const TRY_AGAIN_MS = 2000;
type ParentRequest =
  | { readonly verb: 'release-latch'; readonly node: string; readonly who: string }
  | { readonly verb: 'load-commission' };
const tell = (message: MainAnswer): void => parentPort?.postMessage(message);

/** Everything that the thread owns while it runs. */
class Main {
  readonly #start: ChildStart;
  readonly #site: Site;
  readonly #clock: SystemClock;
  readonly #log: Log;
  readonly #state: DaemonState;
  readonly #store: StoreClient;
  readonly #cities: readonly City[];
  readonly #commissioner: Commissioner;
  readonly #recorder;
  readonly #metrics;
  #web: WebServer | null = null;
  #replies = new Map<number, (result: unknown) => void>();
  #nextRequest = 1;
  /** What the log was last told of the store. */
  #storeFailed = false;
  #turn = 0;
  #incidents = 0;

  constructor(start: ChildStart, site: Site) {
    this.#start = start;
    this.#site = site;
    this.#clock = new SystemClock(this.#site.timeSource.assumedErrorMs);
    this.#clock.setAnchor(start.anchor);
    this.#log = createLog({
      clock: this.#clock,
      level: this.#site.log.level,
      sink: { write: (line) => process.stderr.write(line) },
      json: start.logJson,
    });
    const software = softwareVersion();
    this.#state = new DaemonState(this.#site, this.#clock, start, software);
    this.#commissioner = new Commissioner(site, start.dataFolder, software);
    this.#store = startStore({ storePath: join(start.dataFolder, 'outbox.db'), rowsMax: OUTBOX_ROWS_MAX });
    this.#cities = this.#site.clouds.map((cloud) => ({
      id: cloud.id,
      composer: createCityComposer({
        site: this.#site,
        cloud,
        softwareVersion: software,
        eventCode: (kind) => eventCodes[kind].code,
      }),
      link: new CloudLink({
        cloud,
        box: this.#site.box,
        clock: this.#clock,
        log: this.#log,
        random: seededRandom(`${start.seed}/${cloud.id}/${start.boot}`),
        records: this.#store,
        environment: process.env,
      }),
    }));
    this.#recorder = createRecorder({
      site: this.#site,
      start,
      software,
      clock: this.#clock,
      log: this.#log,
      askState: () => tell({ kind: 'state' }),
    });
    this.#metrics = createMetrics(() => this.#document());
  }

  async run(): Promise<void> {
    // The black box begins with the state of both loops; the parent's was told to nobody.
    tell({ kind: 'state' });
    if (this.#start.record !== null) this.#recordFromStart(this.#start.record);
    await Promise.all([
      this.#keepTrying('control_failed', () => this.#openControl()),
      this.#keepTrying('web_view_failed', () => this.#openWeb()),
    ]);
  }

  /** The junction does not need control and view: says that one failed, and tries again. */
  async #keepTrying(event: string, open: () => Promise<void>): Promise<void> {
    try {
      await open();
    } catch (error) {
      this.#log.error(event, { reason: messageOf(error) });
      this.#clock.at(plusMs(this.#clock.nowMs(), TRY_AGAIN_MS), () => void this.#keepTrying(event, open));
    }
  }

  async #openControl(): Promise<void> {
    await startControl({
      path: join(this.#start.dataFolder, 'control.sock'),
      subject: `site ${this.#site.id}`,
      token: ownToken(this.#start.dataFolder),
      verbs: this.#verbs(),
      audit: (line) => this.#log.info('audit', line),
    });
  }

  async #openWeb(): Promise<void> {
    this.#web = await startWeb({
      host: this.#site.web.host,
      port: this.#site.web.port,
      site: this.#site,
      clock: this.#clock,
      log: this.#log,
      dataFolder: this.#start.dataFolder,
      document: () => this.#document(),
      metrics: () => this.#metrics.text(),
    });
    this.#log.info('web_view', { url: this.#web.url });
  }

  /** A start after the first one must not spoil what the last one recorded. */
  #recordFromStart(folder: string): void {
    try {
      const free = holdsRecording(folder) ? `${folder}-${this.#start.boot}` : folder;
      this.#recorder.begin({ folder: free });
    } catch (error) {
      // The junction does not need the recording: say so and go on.
      this.#log.error('record_failed', { folder, reason: messageOf(error) });
    }
  }

  #document(): StatusDocument {
    return this.#state.document({
      clouds: this.#cities.map(({ link }) => link.status()),
      store: {
        rows: this.#store.rows,
        fault: this.#store.fault?.message ?? null,
        told: toldOf(this.#store.fault),
      },
      counters: {
        ...this.#store.counters.toJSON(),
        ...this.#recorder.drops(),
        ...(this.#web?.counters.toJSON() ?? {}),
      },
      recording: this.#recorder.status(),
      web: this.#web ? { url: this.#web.url } : null,
    });
  }

  heard(message: ToMain): void {
    switch (message.kind) {
      case 'perception':
        return this.#perception(message.view);
      case 'signals':
        this.#state.signals = message.view;
        this.#commissioner.lamps(message.view.states, this.#clock.utcAt(message.view.atMs).utcMs);
        return;
      case 'sent':
        this.#state.sent(message.rows);
        this.#metrics.sent(message.rows);
        return this.#recorder.sent(message.rows);
      case 'tap':
        return this.#recorder.batch(message.batch);
      case 'status':
        this.#state.parent(message);
        return this.#watchGate(message.gate.refused + message.gate.latches.length);
      case 'loop':
        return this.#state.loop(message.status);
      case 'units':
        return this.#state.units(message.rsus);
      case 'anchor':
        return this.#clock.setAnchor(message.anchor);
      case 'reply':
        this.#replies.get(message.id)?.(message.result);
        this.#replies.delete(message.id);
        return;
    }
  }

  /** A refusal or a latch is worth the black box. */
  #watchGate(incidents: number): void {
    if (incidents > this.#incidents) this.#recorder.incident('gate');
    this.#incidents = incidents;
  }

  #perception(view: PerceptionView): void {
    this.#state.perception = view;
    this.#compose(view);
    // The view is told of 10 times a second whatever the loop's rate is.
    const perPicture = Math.max(1, Math.round(this.#site.loop.rateHz / 10));
    if (this.#turn++ % perPicture === 0) this.#web?.push();
  }

  #compose(view: PerceptionView): void {
    const clouds = this.#cities.map(({ link }) => link.status());
    const health = this.#state.checks(clouds, this.#store.fault?.message ?? null);
    const records: OutboxRecord[] = [];
    for (const { composer, link, id } of this.#cities) {
      const messages = composer.compose({
        now: view.tracks.valid,
        tracks: view.tracks,
        signals: view.signals,
        events: view.events,
        statistics: view.statistics,
        health,
      });
      for (const message of messages) this.#state.cityTopic(message.topic);
      link.live(messages.filter(isLive));
      for (const message of messages) if (!isLive(message)) records.push({ cloud: id, message });
    }
    if (records.length > 0) void this.#keep(records);
  }

  async #keep(records: readonly OutboxRecord[]): Promise<void> {
    const accepted = await this.#store.put(records);
    if (accepted) for (const { link } of this.#cities) link.wake();
    const after = this.#store.fault;
    if (after && !this.#storeFailed) this.#log.error('store_failed', { reason: after.message });
    if (!after && this.#storeFailed) this.#log.info('store_recovered');
    this.#storeFailed = after !== null;
  }

  #verbs(): Record<string, ControlVerb> {
    const reading = (run: ControlVerb['run']): ControlVerb => ({ changes: false, run });
    const changing = (run: ControlVerb['run']): ControlVerb => ({ changes: true, run });
    return {
      status: reading(() => this.#document()),
      watch: reading(async (args, emit, gone) => {
        // What is no number would make a timer that never rests.
        const periodMs = Math.min(Math.max(100, Number(args['periodMs']) || 500), 60_000);
        while (!gone.aborted) {
          emit(this.#document());
          await new Promise<void>((done) => {
            this.#clock.at((this.#clock.nowMs() + periodMs) as never, done);
          });
        }
        return null;
      }),
      ...commissionVerbs({
        commissioner: this.#commissioner,
        clock: this.#clock,
        lamps: () => this.#document().lamps,
        reload: () => this.#askParent({ verb: 'load-commission' }),
      }),
      gate: reading(() => this.#document().gate),
      timings: reading((args) => this.#state.timings(String(args['type'] ?? 'RSM'))),
      metrics: reading(() => this.#metrics.text()),
      'record-start': changing((args) =>
        this.#recorder.begin({
          folder: String(args['folder'] ?? ''),
          ...(args['seconds'] === undefined ? {} : { seconds: Number(args['seconds']) }),
          ...(args['megabytes'] === undefined ? {} : { megabytes: Number(args['megabytes']) }),
        }),
      ),
      'record-stop': changing(() => this.#recorder.end()),
      freeze: changing((args) => this.#recorder.freeze(String(args['folder'] ?? ''))),
      'release-latch': changing((args) => this.#releaseLatch(String(args['node'] ?? ''), String(args['who'] ?? ''))),
      'web-share': changing((args) => {
        if (!this.#web) {
          throw new Fault('REFUSED', {
            subject: 'web share',
            expected: texts.web_running,
            got: factTexts.none,
            next: texts.web_running_next,
          });
        }
        return this.#web.share(String(args['interface'] ?? ''));
      }),
    };
  }

  async #releaseLatch(node: string, who: string): Promise<unknown> {
    return { node, released: await this.#askParent({ verb: 'release-latch', node, who }) };
  }

  /** Asks the parent one thing; false where it does not answer. */
  #askParent(asked: ParentRequest): Promise<unknown> {
    const id = this.#nextRequest++;
    tell({ kind: 'request', id, ...asked });
    return new Promise((resolve) => {
      const answer = (result: unknown): void => {
        cancel();
        this.#replies.delete(id);
        resolve(result);
      };
      // A parent that does not answer has not done anything that we could vouch for.
      const dueMs = plusMs(this.#clock.nowMs(), REPLY_MS);
      const cancel = this.#clock.at(dueMs, () => answer(false));
      this.#replies.set(id, answer);
    });
  }
}

const isLive = (message: CityMessage): boolean => message.delivery === 'live';

/** What the thread is started with: the site is loaded once, by the child's first thread. */
export interface MainStart {
  readonly start: ChildStart;
  readonly site: Site;
}

/** Runs the thread. */
async function runMain({ start, site }: MainStart): Promise<void> {
  const main = new Main(start, site);
  parentPort?.on('message', ({ message, tapOctets }: MainPost) => {
    // Told first: what fails at a message must not make perception wait for its word for ever.
    tell({ kind: 'taken', messages: 1, tapOctets });
    main.heard(message);
  });
  await main.run();
}

if (parentPort && workerData && 'start' in (workerData as object)) {
  void runMain(workerData as MainStart).catch((error: unknown) => {
    process.stderr.write(`main thread: ${messageOf(error)}\n`);
    process.exit(1);
  });
}
