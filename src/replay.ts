/**
 * A recording through the same loops as live, all in one thread under a virtual clock. Two replays
 * of one recording write the same octets.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './base/folder.ts';
import { SystemClock, sleepUntil } from './base/clock.ts';
import { Counters } from './base/counters.ts';
import type { Log } from './base/log.ts';
import { plusMs } from './base/time.ts';
import { rounded } from './base/units.ts';
import type { MonotonicMs } from './base/time.ts';
import { isDrop } from './daemonstate.ts';
import type { Site } from './model/site.ts';
import type { PerceptionWork } from './perceptionloop.ts';
import { replayEvents } from './replay/events.ts';
import { beginOf } from './replay/half.ts';
import type { HalfStart } from './replay/half.ts';
import { PerceptionHalf } from './replay/perception.ts';
import type { PerceptionResult } from './replay/perception.ts';
import { SignalsHalf } from './replay/signals.ts';
import type { SignalsResult } from './replay/signals.ts';
import { compareSent } from './replay/verify.ts';
import type { Verification } from './replay/verify.ts';
import { openRecording } from './runtime/recording/reader.ts';
import type { Recording } from './runtime/recording/reader.ts';
import type { RecordedEvent } from './runtime/recording/types.ts';
import { softwareVersion } from './version.ts';
import { prepareExpressions } from '../config/expression.ts';

/** How a recording is replayed. */
export interface ReplayOptions {
  readonly recording: string | Recording;
  readonly site: Site;
  /** Folder for what would have been sent; null writes nothing. */
  readonly out: string | null;
  readonly pace: 'real' | 'max';
  /** The recording's own by default. */
  readonly seed?: number;
  /** Faults to put in, as in `lukou replay --help`. */
  readonly faults?: string;
  /** Compares what the box sent live with what this replay sends. */
  readonly verify?: boolean;
  readonly log?: Log;
  /** Told what the perception loop does; frames are applied ahead of ticks then, as live. */
  readonly lap?: (work: PerceptionWork) => void;
  /** Called about once a simulated second. */
  progress?(elapsedS: number): void;
  readonly signal?: AbortSignal;
}

/** `report.json`: nothing in it depends on the machine. */
export interface ReplayReport {
  readonly formatVersion: 1;
  readonly site: string;
  readonly siteHash: string;
  readonly software: string;
  readonly seed: number;
  readonly faults: string;
  readonly seconds: number;
  readonly inputs: Readonly<Record<string, number>>;
  readonly messages: Readonly<Record<string, number>>;
  readonly octets: Readonly<Record<string, number>>;
  readonly trackRows: number;
  readonly tracks: number;
  readonly events: Readonly<Record<string, number>>;
  readonly city: Readonly<Record<string, number>>;
  /** Age of the newest evidence when a message left, ms, by type. */
  readonly ageMs: Readonly<Record<string, { readonly p50: number; readonly p99: number; readonly max: number }>>;
  readonly gate: Readonly<Record<string, number>>;
  readonly drops: Readonly<Record<string, number>>;
  readonly verify: Verification | null;
}

/** The files that a replay writes into its folder. */
export const replayFiles = [
  'rsu.jsonl', 'tracks.jsonl', 'events.jsonl', 'cloud.jsonl', 'report.json',
] as const;

/** The report of what both halves and the recording have counted. */
function reportOf(
  options: ReplayOptions,
  recording: Recording,
  seconds: number,
  inputs: Counters,
  signals: SignalsResult,
  perception: PerceptionResult,
): ReplayReport {
  const drops = new Counters();
  const gate: Record<string, number> = {};
  for (const { counters } of [signals, perception]) {
    for (const [name, count] of Object.entries(counters)) {
      if (name.startsWith('gate_')) gate[name] = count;
      else if (isDrop(name)) drops.count(name, count);
    }
  }
  for (const dropped of [recording.drops.toJSON(), signals.portDrops, perception.portDrops]) {
    for (const [name, count] of Object.entries(dropped)) drops.count(name, count);
  }
  const { site, faults, verify } = options;
  return {
    formatVersion: 1,
    site: site.id,
    siteHash: site.hash,
    software: softwareVersion(),
    seed: options.seed ?? recording.manifest.seed,
    faults: faults ?? '',
    seconds: rounded(seconds, 3),
    inputs: inputs.toJSON(),
    messages: signals.messages,
    octets: signals.octets,
    trackRows: perception.trackRows,
    tracks: perception.tracks,
    events: perception.events,
    city: perception.city,
    ageMs: signals.ageMs,
    gate,
    drops: drops.toJSON(),
    verify: verify ? compareSent(recording.sent(), signals.sent) : null,
  };
}

/** Goes through all events at the pace that was asked for; gives the instant of the last, ms. */
async function goThrough(
  { recording, site, seed }: HalfStart,
  { pace, faults = '', signal, progress }: ReplayOptions,
  step: (event: RecordedEvent) => void,
): Promise<number> {
  const clock = new SystemClock();
  const beganMs = clock.nowMs();
  let firstMs: MonotonicMs | null = null;
  let toldMs = -Infinity;
  let lastMs = recording.manifest.started.monoMs;
  for (const event of replayEvents(recording, site, seed, faults)) {
    if (signal?.aborted) break;
    firstMs ??= event.atMs;
    if (pace === 'real') {
      const dueMs = plusMs(beganMs, event.atMs - firstMs);
      if (dueMs > clock.nowMs()) await sleepUntil(clock, dueMs, signal);
    }
    lastMs = Math.max(lastMs, event.atMs);
    step(event);
    if (event.atMs - toldMs >= 1000) {
      toldMs = event.atMs;
      progress?.((event.atMs - firstMs) / 1000);
    }
  }
  return lastMs;
}

/**
 * Replays a recording. Errors: `Fault` FILE_UNREADABLE for what is no recording, and for one whose
 * stamps leave hours empty.
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const { site, out, log, lap, verify = false } = options;
  const recording =
    typeof options.recording === 'string' ? openRecording(options.recording) : options.recording;
  const seed = options.seed ?? recording.manifest.seed;
  if (out !== null) makeFolder(out);
  const states = recording.states();
  const start: HalfStart = { site, recording, states, seed, out, log };
  const expressions = await prepareExpressions(site);
  const signals = new SignalsHalf(start, verify, (view) => perception.signals(view));
  const perception: PerceptionHalf = new PerceptionHalf(
    { ...start, expressions, lap },
    (offers) => signals.offers(offers),
  );
  const inputs = new Counters();
  const lastMs = await goThrough(start, options, (event) => {
    if (event.kind === 'message' && event.atMs > beginOf(states, event.loop)) {
      inputs.count(event.port);
    }
    signals.step(event);
    perception.step(event);
  });
  // Where the stored states stand, or the start: the daemon may have run long before.
  const fromMs = Math.min(...states.map(({ atMs }) => atMs));
  const beganMs = Number.isFinite(fromMs) ? fromMs : recording.manifest.started.monoMs;
  const report = reportOf(
    options, recording, (lastMs - beganMs) / 1000, inputs, signals.finish(), perception.finish(),
  );
  if (out !== null) writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  return report;
}
