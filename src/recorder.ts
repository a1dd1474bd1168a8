/** The daemon's recorder: explicit recordings, and the ring that is frozen when something happens. */
import { join, resolve } from 'node:path';
import type { SystemClock } from './base/clock.ts';
import { Fault } from './base/fault.ts';
import type { Log } from './base/log.ts';
import type { Site } from './model/site.ts';
import { SPAT_PERIOD_MS } from './pipeline.ts';
import type { ChildStart, SentRow, TapBatch } from './processes.ts';
import { createRecordingWriter } from './runtime/recording/writer.ts';
import type { RecordingWriter } from './runtime/recording/writer.ts';
import { fileNameOf } from './runtime/recording/types.ts';
import type { RecordedPort, RecordingManifest } from './runtime/recording/types.ts';

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
  freeze(folder: string): Promise<{ readonly folder: string }>;
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
}

const SECONDS_DEFAULT = 600;
const MEGABYTES_DEFAULT = 500;

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
  /** Tells both loops to hand over what goes in, beginning with their state. */
  tap(on: boolean): void;
}): Recorder {
  const { site, start, clock, log } = options;
  let running: Running | null = null;
  let lastDrops: Readonly<Record<string, number>> = {};

  const finish = async (why: string): Promise<{ folder: string; octets: number }> => {
    const ending = running;
    if (!ending) {
      throw new Fault('REFUSED', {
        subject: 'record',
        expected: 'a running recording',
        got: 'none',
        next: 'Start one with `lukou record <folder>`.',
      });
    }
    running = null;
    ending.stop();
    options.tap(false);
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
          expected: 'no running recording',
          got: running.folder,
          next: 'Stop it with `lukou record --stop`.',
        });
      }
      if (folder === '') {
        throw new Fault('VALUE_OUT_OF_RANGE', {
          subject: 'record folder',
          expected: 'a path',
          got: 'nothing',
          next: 'Name the folder that shall hold the recording.',
        });
      }
      const whole = resolve(folder);
      const now = clock.anchor;
      const errorMs = Number.isFinite(now.errorMs) ? now.errorMs : null;
      const writer = createRecordingWriter(
        whole,
        manifestOf(site, {
          software: options.software,
          seed: start.seed,
          boot: start.boot,
          started: { monoMs: now.monoMs, utcMs: now.utcMs, errorMs },
        }),
        {
          clock,
          limits: { octetsMax: megabytes * 1_000_000, lengthMaxMs: seconds * 1000 },
          ended: () => void finish('limit').catch(() => undefined),
        },
      );
      writer.clock(now, now.monoMs);
      const sinceMs = clock.nowMs();
      const cancel = clock.at((sinceMs + seconds * 1000) as never, () => {
        void finish('time').catch(() => undefined);
      });
      running = { folder: whole, writer, sinceMs, stop: cancel, begun: new Set() };
      options.tap(true);
      log.info('record_began', { folder: whole, seconds, megabytes });
      return { folder: whole };
    },
    end: () => finish('command'),
    async freeze(folder) {
      // The ring is the running recording's job where one runs: what is on disk is what is wanted.
      const target = folder === '' ? join(start.dataFolder, `frozen-${Math.floor(clock.utcAt().utcMs)}`) : folder;
      if (!running) throw new Fault('REFUSED', { subject: 'freeze', expected: 'a running recording', got: 'none', next: `Run lukou record ${target}.` });
      await running.writer.flush();
      return { folder: running.folder };
    },
    batch(batch) {
      if (!running) return;
      const { writer, begun } = running;
      const first = batch.entries[0];
      if (batch.state !== undefined && first) {
        const atMs = first.kind === 'message' ? first.atMs : first.kind === 'tick' ? first.beganMs : first.anchor.monoMs;
        writer.state(batch.loop, atMs - 0.001, batch.state);
        begun.add(batch.loop);
      }
      if (!begun.has(batch.loop)) return;
      for (const entry of batch.entries) {
        if (entry.kind === 'message') writer.message(entry.port, entry.message, entry.atMs);
        else if (entry.kind === 'tick') writer.tick(batch.loop, entry);
        else if (batch.loop === 'signals') writer.clock(entry.anchor, entry.anchor.monoMs);
      }
    },
    sent(rows) {
      if (!running?.begun.has('signals')) return;
      for (const row of rows) {
        running.writer.sent({
          t: clock.utcAt(row.atMs).utcMs / 1000,
          type: row.type,
          hex: Buffer.from(row.bytes).toString('hex'),
          node: row.node,
        });
      }
    },
    status: () =>
      running
        ? { folder: running.folder, octets: running.writer.status().octets, sinceMs: running.sinceMs }
        : null,
    drops: () => running?.writer.status().drops ?? lastDrops,
  };
}

