/** The daemon's recorder: explicit recordings, and the ring that is frozen when something happens. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ClockAnchor, SystemClock } from './base/clock.ts';
import { BlackBox } from './blackbox.ts';
import { Fault } from './base/fault.ts';
import type { Log } from './base/log.ts';
import type { Site } from './model/site.ts';
import { daemonFaultTexts as texts } from './base/texts/daemon.ts';
import { factTexts } from './base/texts/faults.ts';
import { plusMs } from './base/time.ts';
import type { PortMessage } from './model/port.ts';
import { SPAT_PERIOD_MS } from './rates.ts';
import type { Tick } from './loops.ts';
import type { ChildStart, SentRow, TapBatch } from './processes.ts';
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

/** What a recorder is made of. */
export interface RecorderOptions {
  readonly site: Site;
  readonly start: ChildStart;
  readonly software: string;
  readonly clock: SystemClock;
  readonly log: Log;
  /** Asks both loops for their state. */
  askState(): void;
}

/** The recorder of a running daemon: the black box, and the one recording that people asked for. */
class DaemonRecorder implements Recorder {
  readonly #options: RecorderOptions;
  readonly #box: BlackBox;
  #running: Running | null = null;
  #lastDrops: Readonly<Record<string, number>> = {};

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { start, clock, log } = options;
    this.#box = new BlackBox({ manifest: this.#manifest(), dataFolder: start.dataFolder, clock, log });
  }

  #manifest(): RecordingManifest {
    const { site, start, software, clock } = this.#options;
    const { monoMs, utcMs, errorMs } = clock.anchor;
    return manifestOf(site, {
      software,
      seed: start.seed,
      boot: start.boot,
      started: { monoMs, utcMs, errorMs: Number.isFinite(errorMs) ? errorMs : null },
    });
  }

  async #finish(why: string): Promise<{ folder: string; octets: number }> {
    const { log } = this.#options;
    const ending = this.#running;
    if (!ending) {
      throw new Fault('REFUSED', {
        subject: 'record',
        expected: texts.recording_running,
        got: factTexts.none,
        next: texts.recording_start,
      });
    }
    this.#running = null;
    ending.stop();
    await ending.writer.close();
    const { octets, drops, fault } = ending.writer.status();
    this.#lastDrops = drops;
    log.info('record_ended', { folder: ending.folder, octets, why });
    if (fault) log.error('record_failed', { folder: ending.folder, reason: fault.message });
    return { folder: ending.folder, octets };
  }

  /** Ends by itself: nobody waits for the result, and it may have been ended meanwhile. */
  #finishUnasked(why: string): void {
    void this.#finish(why).catch(() => undefined);
  }

  begin(request: RecordRequest): { readonly folder: string } {
    const { seconds = SECONDS_DEFAULT, megabytes = MEGABYTES_DEFAULT } = request;
    const { clock, log, askState } = this.#options;
    const folder = this.#place(request.folder);
    // The CLI holds to these; who speaks to the socket without it must, too.
    inRange('record seconds', seconds, SECONDS_MAX);
    inRange('record megabytes', megabytes, MEGABYTES_MAX);
    const now = clock.anchor;
    const writer = createRecordingWriter(folder, this.#manifest(), {
      clock,
      limits: { octetsMax: megabytes * 1_000_000, lengthMaxMs: seconds * 1000 },
      ended: () => this.#finishUnasked('limit'),
    });
    writer.clock(now, now.monoMs);
    const sinceMs = clock.nowMs();
    const stop = clock.at(plusMs(sinceMs, seconds * 1000), () => this.#finishUnasked('time'));
    this.#running = { folder, writer, sinceMs, stop, begun: new Set(), stated: new Set() };
    askState();
    log.info('record_began', { folder, seconds, megabytes });
    return { folder };
  }

  /** The folder of a new recording. Throws `Fault` where there can be none. */
  #place(folder: string): string {
    if (this.#running) {
      throw new Fault('REFUSED', {
        subject: 'record',
        expected: texts.recording_none,
        got: this.#running.folder,
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
    const whole = resolve(folder);
    if (!holdsRecording(whole)) return whole;
    throw new Fault('REFUSED', {
      subject: whole,
      expected: texts.recording_place,
      got: texts.recording_place_full,
      next: texts.recording_place_next,
    });
  }

  end(): Promise<{ readonly folder: string; readonly octets: number }> {
    return this.#finish('command');
  }

  freeze(folder: string): Promise<{ readonly folder: string }> {
    return this.#box.freeze(folder);
  }

  incident(reason: string): void {
    this.#box.incident(reason);
  }

  batch(batch: TapBatch): void {
    write(this.#box.ring, batch);
    const running = this.#running;
    if (!running) return;
    if (batch.state) running.begun.add(batch.loop);
    if (running.begun.has(batch.loop)) write(running.writer, batch, running.stated);
  }

  sent(rows: readonly SentRow[]): void {
    for (const row of rows) {
      const line = {
        t: this.#options.clock.utcAt(row.atMs).utcMs / 1000,
        type: row.type,
        hex: Buffer.from(row.bytes).toString('hex'),
        node: row.node,
      };
      this.#box.ring.sent(line);
      if (this.#running?.begun.has('signals')) this.#running.writer.sent(line);
    }
  }

  status(): { readonly folder: string; readonly octets: number; readonly sinceMs: number } | null {
    const running = this.#running;
    if (!running) return null;
    const { folder, sinceMs, writer } = running;
    return { folder, octets: writer.status().octets, sinceMs };
  }

  drops(): Readonly<Record<string, number>> {
    const writing = this.#running?.writer.status().drops ?? this.#lastDrops;
    return { ...this.#box.ring.drops.toJSON(), ...writing };
  }
}

/** Builds the recorder of a running daemon. */
export const createRecorder = (options: RecorderOptions): Recorder => new DaemonRecorder(options);
