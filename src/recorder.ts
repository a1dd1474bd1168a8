/** The daemon's recorder: explicit recordings, and the ring that is frozen when something happens. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ClockAnchor, SystemClock } from './base/clock.ts';
import { Fault, messageOf } from './base/fault.ts';
import type { Log } from './base/log.ts';
import type { Site } from './model/site.ts';
import { daemonFaultTexts as texts } from './base/texts/daemon.ts';
import { factTexts } from './base/texts/faults.ts';
import { plusMs } from './base/time.ts';
import type { PortMessage } from './model/port.ts';
import { SPAT_PERIOD_MS } from './rates.ts';
import type { Tick } from './pipeline.ts';
import type { ChildStart, SentRow, TapBatch } from './processes.ts';
import { RingRecorder } from './runtime/recording/ring.ts';
import { createRecordingWriter } from './runtime/recording/writer.ts';
import type { RecordingWriter } from './runtime/recording/writer.ts';
import { fileNameOf } from './runtime/recording/types.ts';
import type { RecordedPort, RecordingManifest } from './runtime/recording/types.ts';

/** Whether a folder holds a recording: another one would spoil it. */
export const holdsRecording = (folder: string): boolean => existsSync(join(folder, 'manifest.json'));

/** What a recording is asked to hold. */
export interface RecordRequest {
  readonly folder: string;
  readonly seconds?: number;
  readonly megabytes?: number;
}

/** The recorder as the `main` thread uses it. */
export interface Recorder {
  begin(request: RecordRequest): { readonly folder: string };
  end(): Promise<{ readonly folder: string; readonly octets: number }>;
  /** Writes the black box out; into the data folder where no folder is named. */
  freeze(folder: string): Promise<{ readonly folder: string }>;
  /** Something happened that is worth the black box: a refusal, a latch. */
  incident(reason: string): void;
  batch(batch: TapBatch): void;
  sent(rows: readonly SentRow[]): void;
  status(): { readonly folder: string; readonly octets: number; readonly sinceMs: number } | null;
  drops(): Readonly<Record<string, number>>;
}

interface Running {
  readonly folder: string;
  readonly writer: RecordingWriter;
  readonly sinceMs: number;
  readonly stop: () => void;
  /** Loops that have handed over their state: what they sent before is not ours. */
  readonly begun: Set<string>;
  /** Loops whose state is written: later ones are for the black box alone. */
  readonly stated: Set<string>;
}

const BLACK_BOX = 'black-box';
const BLACK_BOXES_MAX = 5;
const FREEZE_EVERY_MS = 600_000;
const FREEZE_AFTER_MS = 5000;
const FREEZE_FROM_MS = 15_000;
const SECONDS_DEFAULT = 600;
const MEGABYTES_DEFAULT = 500;
const SECONDS_MAX = 86_400;
const MEGABYTES_MAX = 1_000_000;

function inRange(subject: string, value: number, max: number): void {
  if (value > 0 && value <= max) return;
  throw new Fault('VALUE_OUT_OF_RANGE', {
    subject,
    expected: `0 < x ≤ ${max}`,
    got: String(value),
    next: texts.verb_next,
  });
}

/** What the ring and the writer share. */
interface Sink {
  message(port: string, message: PortMessage, receivedMs: number): void;
  tick(loop: string, turn: Tick): void;
  clock(anchor: ClockAnchor, atMs?: number): void;
  state(loop: string, atMs: number, value: unknown): void;
}

/** Writes a batch; with `stated`, only the first state of each loop. */
function write(sink: Sink, batch: TapBatch, stated?: Set<string>): void {
  if (batch.state && !stated?.has(batch.loop)) {
    sink.state(batch.loop, batch.state.atMs, batch.state.value);
    stated?.add(batch.loop);
  }
  for (const entry of batch.entries) {
    if (entry.kind === 'message') sink.message(entry.port, entry.message, entry.atMs);
    else if (entry.kind === 'tick') sink.tick(batch.loop, entry);
    // Both loops hear of every anchor; one of them is enough.
    else if (batch.loop === 'signals') sink.clock(entry.anchor, entry.anchor.monoMs);
  }
}

/** Keeps the newest few black boxes. */
function forgetOldest(folder: string, log: Log): void {
  try {
    const names = readdirSync(folder).sort();
    for (const name of names.slice(0, Math.max(0, names.length - BLACK_BOXES_MAX))) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  } catch (error) {
    log.warn('black_box_not_cleared', { reason: messageOf(error) });
  }
}

/** The manifest of a site's recording: every port that a loop reads, in the site's order. */
export function manifestOf(
  site: Site,
  facts: {
    readonly software: string;
    readonly seed: number;
    readonly boot: number;
    readonly started: RecordingManifest['started'];
  },
): RecordingManifest {
  const signals = new Set(site.controllers.filter(({ enabled }) => enabled).map(({ port }) => port));
  const sensors = new Set(site.sensors.filter(({ enabled }) => enabled).map(({ port }) => port));
  const ports = Object.entries(site.ports).flatMap(([name, settings]): RecordedPort[] => {
    if (!signals.has(name) && !sensors.has(name)) return [];
    const loop = signals.has(name) ? 'signals' : 'perception';
    const local =
      settings.transport === 'udp' && settings.listenPort > 0
        ? { local: { host: settings.listenHost, port: settings.listenPort } }
        : {};
    return [{ name, transport: settings.transport, file: fileNameOf(name, settings.transport), loop, ...local }];
  });
  return {
    formatVersion: 1,
    site: { id: site.id, hash: site.hash },
    software: facts.software,
    seed: facts.seed,
    boot: facts.boot,
    loops: {
      signals: { periodMs: SPAT_PERIOD_MS, phaseMs: 0 },
      perception: { periodMs: 1000 / site.loop.rateHz, phaseMs: 0 },
    },
    started: facts.started,
    ports,
  };
}

/** Builds the recorder of a running daemon. */
export function createRecorder(options: {
  readonly site: Site;
  readonly start: ChildStart;
  readonly software: string;
  readonly clock: SystemClock;
  readonly log: Log;
  /** Asks both loops for their state. */
  askState(): void;
}): Recorder {
  const { site, start, clock, log } = options;
  let running: Running | null = null;
  let lastDrops: Readonly<Record<string, number>> = {};
  const bornMs = clock.nowMs();
  let frozenMs = -Infinity;
  const manifest = (): RecordingManifest => {
    const { monoMs, utcMs, errorMs } = clock.anchor;
    return manifestOf(site, {
      software: options.software,
      seed: start.seed,
      boot: start.boot,
      started: { monoMs, utcMs, errorMs: Number.isFinite(errorMs) ? errorMs : null },
    });
  };
  const ring = new RingRecorder(manifest());
  ring.clock(clock.anchor);

  const finish = async (why: string): Promise<{ folder: string; octets: number }> => {
    const ending = running;
    if (!ending) {
      throw new Fault('REFUSED', {
        subject: 'record',
        expected: texts.recording_running,
        got: factTexts.none,
        next: texts.recording_start,
      });
    }
    running = null;
    ending.stop();
    await ending.writer.close();
    const { octets, drops, fault } = ending.writer.status();
    lastDrops = drops;
    log.info('record_ended', { folder: ending.folder, octets, why });
    if (fault) log.error('record_failed', { folder: ending.folder, reason: fault.message });
    return { folder: ending.folder, octets };
  };

  return {
    begin({ folder, seconds = SECONDS_DEFAULT, megabytes = MEGABYTES_DEFAULT }) {
      if (running) {
        throw new Fault('REFUSED', {
          subject: 'record',
          expected: texts.recording_none,
          got: running.folder,
          next: texts.recording_stop,
        });
      }
      if (folder === '') {
        throw new Fault('VALUE_OUT_OF_RANGE', {
          subject: 'record folder',
          expected: texts.recording_path,
          got: factTexts.nothing,
          next: texts.recording_path_next,
        });
      }
      // The CLI holds to these; who speaks to the socket without it must, too.
      inRange('record seconds', seconds, SECONDS_MAX);
      inRange('record megabytes', megabytes, MEGABYTES_MAX);
      const whole = resolve(folder);
      if (holdsRecording(whole)) {
        throw new Fault('REFUSED', {
          subject: whole,
          expected: texts.recording_place,
          got: texts.recording_place_full,
          next: texts.recording_place_next,
        });
      }
      const now = clock.anchor;
      const writer = createRecordingWriter(whole, manifest(), {
        clock,
        limits: { octetsMax: megabytes * 1_000_000, lengthMaxMs: seconds * 1000 },
        ended: () => void finish('limit').catch(() => undefined),
      });
      writer.clock(now, now.monoMs);
      const sinceMs = clock.nowMs();
      const cancel = clock.at((sinceMs + seconds * 1000) as never, () => {
        void finish('time').catch(() => undefined);
      });
      running = { folder: whole, writer, sinceMs, stop: cancel, begun: new Set(), stated: new Set() };
      options.askState();
      log.info('record_began', { folder: whole, seconds, megabytes });
      return { folder: whole };
    },
    end: () => finish('command'),
    async freeze(folder) {
      const name = new Date(clock.utcAt().utcMs).toISOString().replace(/[:.]/g, '-');
      const target = folder === '' ? join(start.dataFolder, BLACK_BOX, name) : resolve(folder);
      const { octets } = await ring.freeze(target);
      log.info('black_box_frozen', { folder: target, octets });
      if (folder === '') forgetOldest(join(start.dataFolder, BLACK_BOX), log);
      return { folder: target };
    },
    incident(reason) {
      const nowMs = clock.nowMs();
      // While everything starts a refusal is nothing to look into.
      if (nowMs - bornMs < FREEZE_FROM_MS || nowMs - frozenMs < FREEZE_EVERY_MS) return;
      frozenMs = nowMs;
      log.warn('black_box', { reason });
      // The seconds after are worth having too.
      clock.at(plusMs(nowMs, FREEZE_AFTER_MS), () => {
        void this.freeze('').catch((error: unknown) => {
          log.error('black_box_failed', { reason: messageOf(error) });
        });
      });
    },
    batch(batch) {
      write(ring, batch);
      if (!running) return;
      if (batch.state) running.begun.add(batch.loop);
      if (running.begun.has(batch.loop)) write(running.writer, batch, running.stated);
    },
    sent(rows) {
      for (const row of rows) {
        const line = {
          t: clock.utcAt(row.atMs).utcMs / 1000,
          type: row.type,
          hex: Buffer.from(row.bytes).toString('hex'),
          node: row.node,
        };
        ring.sent(line);
        if (running?.begun.has('signals')) running.writer.sent(line);
      }
    },
    status: () =>
      running
        ? { folder: running.folder, octets: running.writer.status().octets, sinceMs: running.sinceMs }
        : null,
    drops: () => ({ ...ring.drops.toJSON(), ...(running?.writer.status().drops ?? lastDrops) }),
  };
}

