/**
 * A recording through the same loops as live, all in one thread under a virtual clock. Two replays
 * of one recording write the same octets.
 */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './base/folder.ts';
import { SystemClock, VirtualClock, sleepUntil } from './base/clock.ts';
import { Counters } from './base/counters.ts';
import { Fault } from './base/fault.ts';
import { silentLog } from './base/log.ts';
import type { Log } from './base/log.ts';
import { seededRandom } from './base/random.ts';
import { monotonicMs, plusMs, utcMs } from './base/time.ts';
import { filledText } from './base/text.ts';
import { recordingFaultTexts as texts } from './base/texts/recordings.ts';
import { rounded } from './base/units.ts';
import type { MonotonicMs } from './base/time.ts';
import { createCityComposer } from './cloud/compose.ts';
import { isDrop } from './daemonstate.ts';
import { nodeKey } from './model/ids.ts';
import { portKinds } from './model/site.ts';
import type { Site } from './model/site.ts';
import type { CityComposer } from './model/stages.ts';
import type { Track } from './model/track.ts';
import { PerceptionLoop, SignalsLoop } from './pipeline.ts';
import type { PerceptionView, SentMessage, SignalsView } from './pipeline.ts';
import type { PerceptionWork } from './perceptionloop.ts';
import { ReplayPorts } from './runtime/recording/replay-ports.ts';
import { applyFaults, parseFaults } from './runtime/recording/faults.ts';
import { openRecording } from './runtime/recording/reader.ts';
import type { Recording } from './runtime/recording/reader.ts';
import type {
  RecordedEvent, RecordedLoop, RecordingManifest, SentLine,
} from './runtime/recording/types.ts';
import { SPAT_PERIOD_MS } from './rates.ts';
import { Window } from './status.ts';
import { softwareVersion } from './version.ts';
import { prepareExpressions } from '../config/expression.ts';
import type { CompiledExpressions } from '../config/expression.ts';
import { eventCodes } from '../v2x/compose/codes.ts';

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

/** What `--verify` found. */
export interface Verification {
  readonly compared: number;
  readonly equal: number;
  /** Messages before and after the part that both have. */
  readonly outside: number;
  readonly firstDifference: { readonly stream: string; readonly index: number; readonly live: string; readonly replay: string } | null;
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

/** Lines of one output file, written in large pieces. */
class Lines {
  readonly #file: number | null;
  /** Octets, not text: text that waits is garbage that lives. */
  readonly #waiting = Buffer.allocUnsafe(1 << 18);
  #length = 0;

  constructor(folder: string | null, name: string) {
    this.#file = folder === null ? null : openSync(join(folder, name), 'w');
  }

  add(value: unknown): void {
    if (this.#file === null) return;
    const line = `${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
    // A character takes three octets at the most.
    if (this.#length + 3 * line.length > this.#waiting.length) this.#flush();
    if (3 * line.length > this.#waiting.length) writeSync(this.#file, line);
    else this.#length += this.#waiting.write(line, this.#length, 'utf8');
  }

  #flush(): void {
    for (let from = 0; this.#file !== null && from < this.#length; ) {
      from += writeSync(this.#file, this.#waiting, from, this.#length - from);
    }
    this.#length = 0;
  }

  close(): void {
    this.#flush();
    if (this.#file !== null) closeSync(this.#file);
  }
}

const AGE_WINDOW = 200_000;

/** A rounded number as JSON writes it. */
const decimals = (value: number, digits: number): string => {
  const near = rounded(value, digits);
  return Number.isFinite(near) ? `${near}` : 'null';
};

/** The loops, the outputs and what is counted of one replay. */
class Replay {
  readonly #options: ReplayOptions;
  readonly #recording: Recording;
  readonly #clock: VirtualClock;
  readonly #hub: ReplayPorts;
  readonly #signals: SignalsLoop;
  readonly #perception: PerceptionLoop;
  readonly #cities: readonly CityComposer[];
  readonly #files: { rsu: Lines; tracks: Lines; events: Lines; cloud: Lines };
  readonly #inputs = new Counters();
  readonly #messages = new Counters();
  readonly #octets = new Counters();
  readonly #city = new Counters();
  readonly #eventCounts = new Counters();
  readonly #ages = new Map<string, Window>();
  /** Ids of tracks and lists of sensors as they stand in a line. */
  readonly #trackIds = new Map<string, string>();
  readonly #sensorLists = new Map<string, string>();
  readonly #openEvents = new Set<number>();
  readonly #startMs: MonotonicMs;
  readonly #fromMs: ReadonlyMap<string, number>;
  /** Where the stored states stand, or the start: the daemon may have run long before. */
  readonly #beganMs: number;
  readonly sent: SentLine[] = [];
  #trackRows = 0;
  #signalsView: SignalsView | null = null;

  constructor(
    options: ReplayOptions, recording: Recording, expressions: CompiledExpressions,
  ) {
    this.#options = options;
    this.#recording = recording;
    const { site, out } = options;
    const { manifest } = recording;
    const { started } = manifest;
    this.#startMs = monotonicMs(started.monoMs);
    this.#clock = new VirtualClock(this.#startMs, {
      monoMs: this.#startMs,
      utcMs: utcMs(started.utcMs),
      errorMs: started.errorMs ?? Number.POSITIVE_INFINITY,
    });
    this.#hub = new ReplayPorts(portKinds(site));
    const deps = {
      site,
      clock: this.#clock,
      log: options.log ?? silentLog,
      hub: this.#hub,
      boot: manifest.boot ?? 1,
      seed: this.#seed,
    };
    this.#signals = new SignalsLoop({
      ...deps,
      send: (sent) => this.#send(sent),
      view: (view) => {
        this.#signalsView = view;
        this.#perception.signals(view);
      },
    });
    this.#perception = new PerceptionLoop({
      ...deps,
      offer: (offers) => this.#signals.offers(offers, this.#clock.nowMs()),
      view: (view) => this.#view(view),
      // Nobody waits for a message here: what comes out of order is put right once a tick.
      ahead: options.lap !== undefined,
      ...(options.lap ? { lap: options.lap } : {}),
      expressions,
    });
    this.#cities = site.clouds.map((cloud) =>
      createCityComposer({
        site,
        cloud,
        softwareVersion: softwareVersion(),
        eventCode: (kind) => eventCodes[kind].code,
      }),
    );
    const states = recording.states();
    for (const { loop, value } of states) {
      if (loop === 'signals') this.#signals.restore(value);
      if (loop === 'perception') this.#perception.restore(value);
    }
    this.#fromMs = new Map(states.map(({ loop, atMs }) => [loop, atMs]));
    const fromMs = Math.min(...this.#fromMs.values());
    this.#beganMs = Number.isFinite(fromMs) ? fromMs : this.#startMs;
    if (out !== null) makeFolder(out);
    this.#files = {
      rsu: new Lines(out, 'rsu.jsonl'),
      tracks: new Lines(out, 'tracks.jsonl'),
      events: new Lines(out, 'events.jsonl'),
      cloud: new Lines(out, 'cloud.jsonl'),
    };
  }

  get #seed(): number {
    return this.#options.seed ?? this.#recording.manifest.seed;
  }

  #send({ atMs, message, newestReceivedMs }: SentMessage): void {
    const line: SentLine = {
      t: rounded(this.#clock.utcAt(atMs).utcMs / 1000, 6),
      type: message.type,
      hex: Buffer.from(message.bytes).toString('hex'),
      node: nodeKey(message.node),
    };
    this.#files.rsu.add(line);
    if (this.#options.verify) this.sent.push(line);
    this.#messages.count(message.type);
    this.#octets.count(message.type, message.bytes.length);
    if (newestReceivedMs === null) return;
    let window = this.#ages.get(message.type);
    if (!window) {
      window = new Window(AGE_WINDOW);
      this.#ages.set(message.type, window);
    }
    window.add(atMs - newestReceivedMs);
  }

  /** One line of `tracks.jsonl`, written out: there are tens of thousands. */
  #trackRow(t: number, track: Track): string {
    const { headingRad } = track;
    let id = this.#trackIds.get(track.id);
    if (id === undefined) this.#trackIds.set(track.id, (id = JSON.stringify(track.id)));
    const key = track.sensors.join(' ');
    let sensors = this.#sensorLists.get(key);
    if (sensors === undefined) {
      this.#sensorLists.set(key, (sensors = JSON.stringify(track.sensors)));
    }
    const heading = headingRad === null ? 'null' : decimals(headingRad, 5);
    return `{"t":${t},"id":${id},"x":${decimals(track.eastM, 4)},"y":${decimals(track.northM, 4)},` +
      `"heading":${heading},"speed":${decimals(track.speedMps, 4)},"cls":"${track.cls}",` +
      `"existence":${decimals(track.existence, 4)},"unseen":"${track.unseen}",` +
      `"sensors":${sensors}}`;
  }

  #view(view: PerceptionView): void {
    const t = rounded(view.tracks.valid.utcMs / 1000, 6);
    for (const track of view.tracks.tracks) {
      this.#trackRows++;
      this.#files.tracks.add(this.#trackRow(t, track));
    }
    for (const event of view.events) {
      const known = this.#openEvents.has(event.id);
      if (known && event.ended === null) continue;
      if (!known) {
        this.#openEvents.add(event.id);
        this.#eventCounts.count(event.kind);
      }
      if (event.ended !== null) this.#openEvents.delete(event.id);
      this.#files.events.add({
        t,
        id: event.id,
        kind: event.kind,
        state: event.ended === null ? 'began' : 'ended',
        x: rounded(event.eastM, 3),
        y: rounded(event.northM, 3),
        lane: event.laneId,
        tracks: event.tracks,
      });
    }
    for (const composer of this.#cities) {
      const messages = composer.compose({
        now: view.tracks.valid,
        tracks: view.tracks,
        signals: view.signals,
        events: view.events,
        statistics: view.statistics,
        health: [...(this.#signalsView?.checks ?? []), ...view.checks],
      });
      for (const message of messages) {
        this.#city.count(message.topic);
        this.#files.cloud.add(
          `{"t":${t},"topic":${JSON.stringify(message.topic)},"payload":${message.payload}}`,
        );
      }
    }
  }

  /** One event of the recording. What a loop saw before its state was taken is passed over. */
  step(event: RecordedEvent): void {
    this.#clock.advanceTo(event.atMs);
    switch (event.kind) {
      case 'message':
        if (event.atMs <= (this.#fromMs.get(event.loop) ?? -Infinity)) return;
        this.#inputs.count(event.port);
        this.#hub.deliver(event);
        return;
      case 'tick': {
        if (event.atMs <= (this.#fromMs.get(event.loop) ?? -Infinity)) return;
        const tick = { tick: event.tick, dueMs: event.dueMs, beganMs: event.atMs };
        if (event.loop === 'signals') this.#signals.tick(tick);
        if (event.loop === 'perception') this.#perception.tick(tick);
        return;
      }
      case 'clock':
        return this.#clock.setAnchor(event.anchor);
      case 'handover':
        return; // both loops are here; the hand-over happens by itself
    }
  }

  finish(verify: Verification | null): ReplayReport {
    this.#signals.stop();
    this.#perception.stop();
    for (const file of Object.values(this.#files)) file.close();
    const drops = new Counters();
    const gate: Record<string, number> = {};
    for (const { counters } of [this.#signals, this.#perception]) {
      for (const [name, count] of Object.entries(counters.toJSON())) {
        if (name.startsWith('gate_')) gate[name] = count;
        else if (isDrop(name)) drops.count(name, count);
      }
    }
    for (const [name, count] of Object.entries(this.#recording.drops.toJSON())) drops.count(name, count);
    for (const [name, count] of Object.entries(this.#hub.drops.toJSON())) drops.count(name, count);
    const { site, out, faults } = this.#options;
    const ageMs = Object.fromEntries(
      [...this.#ages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, window]) => {
        const found = window.percentiles()!;
        return [type, { p50: rounded(found.p50, 3), p99: rounded(found.p99, 3), max: rounded(found.max, 3) }];
      }),
    );
    const report: ReplayReport = {
      formatVersion: 1,
      site: site.id,
      siteHash: site.hash,
      software: softwareVersion(),
      seed: this.#seed,
      faults: faults ?? '',
      seconds: rounded((this.#clock.nowMs() - this.#beganMs) / 1000, 3),
      inputs: this.#inputs.toJSON(),
      messages: this.#messages.toJSON(),
      octets: this.#octets.toJSON(),
      trackRows: this.#trackRows,
      tracks: this.#trackIds.size,
      events: this.#eventCounts.toJSON(),
      city: this.#city.toJSON(),
      ageMs,
      gate,
      drops: drops.toJSON(),
      verify,
    };
    if (out !== null) writeFileSync(join(out, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    return report;
  }
}

/** A recording without ticks may be silent for so long; beyond, a stamp is taken to be wrong, ms. */
const SILENCE_MAX_MS = 3_600_000;
/** The fastest and the slowest loop that ideal ticks are made for, ms. */
const PERIOD_MIN_MS = 1;
const PERIOD_MAX_MS = 10_000;

/** A loop's ideal ticks. */
interface IdealLoop extends RecordedLoop {
  readonly loop: string;
  tick: number;
}

/** When the next tick of a loop is due. */
const dueOf = ({ tick, periodMs, phaseMs }: IdealLoop): number => tick * periodMs + phaseMs;

/**
 * The loops of a recording without ticks: what its manifest says, the site's own where it says
 * nothing (a capture from elsewhere).
 *
 * @throws Fault FILE_UNREADABLE for a period that no loop can have.
 */
function idealLoops({ manifest }: Recording, { loop: { rateHz } }: Site): IdealLoop[] {
  const loops: Readonly<Record<string, RecordedLoop>> = {
    signals: { periodMs: SPAT_PERIOD_MS, phaseMs: 0 },
    perception: { periodMs: 1000 / rateHz, phaseMs: 0 },
    ...manifest.loops,
  };
  return Object.entries(loops)
    .sort(([a], [b]) => (a < b ? 1 : -1)) // signals before perception at equal instants
    .map(([loop, { periodMs, phaseMs }]) => {
      const inRange = periodMs >= PERIOD_MIN_MS && periodMs <= PERIOD_MAX_MS;
      if (!inRange || !Number.isFinite(phaseMs)) {
        throw new Fault('FILE_UNREADABLE', {
          subject: 'manifest.json',
          expected: filledText(texts.loop_period, { min: PERIOD_MIN_MS, max: PERIOD_MAX_MS }),
          got: filledText(texts.loop_got, { loop, periodMs: `${periodMs}`, phaseMs: `${phaseMs}` }),
          next: texts.loop_period_next,
        });
      }
      const tick = Math.ceil((manifest.started.monoMs - phaseMs) / periodMs);
      return { loop, periodMs, phaseMs, tick };
    });
}

/**
 * Ticks of loops whose recording holds none: ideal ones, between the events that there are.
 *
 * @throws Fault FILE_UNREADABLE where a stamp lies more than an hour after the one before: its
 *   ticks would be without end.
 */
function* withTicks(
  recording: Recording, site: Site, events: Iterable<RecordedEvent>,
): Generator<RecordedEvent> {
  if (recording.hasTicks) {
    yield* events;
    return;
  }
  const { started } = recording.manifest;
  const loops = idealLoops(recording, site);
  let beforeMs = started.monoMs;
  for (const event of events) {
    if (event.atMs - beforeMs > SILENCE_MAX_MS) throw silence(started, beforeMs, event);
    beforeMs = Math.max(beforeMs, event.atMs);
    for (;;) {
      let next = loops[0]!;
      for (const loop of loops) if (dueOf(loop) < dueOf(next)) next = loop;
      const dueMs = monotonicMs(dueOf(next));
      if (dueMs > event.atMs) break;
      const tick = next.tick++;
      yield { kind: 'tick', loop: next.loop, tick, dueMs, atMs: dueMs };
    }
    yield event;
  }
}

/** What is said of a stamp that lies hours after the one before. */
function silence(
  started: RecordingManifest['started'], beforeMs: number, event: RecordedEvent,
): Fault {
  const utc = (atMs: number): string => {
    const date = new Date(started.utcMs + atMs - started.monoMs);
    return Number.isFinite(date.getTime()) ? date.toISOString() : `${atMs} ms`;
  };
  return new Fault('FILE_UNREADABLE', {
    subject: event.kind === 'message' ? event.port : event.kind,
    expected: filledText(texts.silence, { minutes: SILENCE_MAX_MS / 60_000 }),
    got: filledText(texts.silence_got, { at: utc(event.atMs), before: utc(beforeMs) }),
    next: texts.silence_next,
  });
}

/** Compares what left live with what a replay sends, stream by stream. */
function compareSent(live: Iterable<SentLine>, replay: readonly SentLine[]): Verification {
  const streams = new Map<string, { live: string[]; replay: string[] }>();
  const stream = (line: SentLine): { live: string[]; replay: string[] } => {
    const key = `${line.type} ${line.node}`;
    const found = streams.get(key) ?? { live: [], replay: [] };
    streams.set(key, found);
    return found;
  };
  for (const line of live) stream(line).live.push(line.hex);
  for (const line of replay) stream(line).replay.push(line.hex);
  let compared = 0;
  let equal = 0;
  let outside = 0;
  let firstDifference: Verification['firstDifference'] = null;
  for (const [key, { live: a, replay: b }] of [...streams].sort(([x], [y]) => (x < y ? -1 : 1))) {
    const [fromA, fromB] = align(a, b);
    const length = Math.min(a.length - fromA, b.length - fromB);
    outside += a.length - length + (b.length - length);
    for (let index = 0; index < length; index++) {
      compared++;
      const left = a[fromA + index]!;
      const right = b[fromB + index]!;
      if (left === right) equal++;
      else firstDifference ??= { stream: key, index: fromA + index, live: left, replay: right };
    }
  }
  return { compared, equal, outside, firstDifference };
}

/** Messages under way when the recording began are on one side only: begin at the first that both have. */
const ALIGN_MAX = 20;
function align(a: readonly string[], b: readonly string[]): readonly [number, number] {
  for (let sum = 0; sum <= ALIGN_MAX; sum++) {
    for (let fromA = 0; fromA <= sum; fromA++) {
      const left = a[fromA];
      if (left !== undefined && left === b[sum - fromA]) return [fromA, sum - fromA];
    }
  }
  return [0, 0];
}

/** The files that a replay writes into its folder. */
export const replayFiles = [
  'rsu.jsonl', 'tracks.jsonl', 'events.jsonl', 'cloud.jsonl', 'report.json',
] as const;

/**
 * Replays a recording. Errors: `Fault` FILE_UNREADABLE for what is no recording, and for one whose
 * stamps leave hours empty.
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const recording =
    typeof options.recording === 'string' ? openRecording(options.recording) : options.recording;
  const expressions = await prepareExpressions(options.site);
  const run = new Replay(options, recording, expressions);
  const clock = new SystemClock();
  const beganMs = clock.nowMs();
  let firstMs: MonotonicMs | null = null;
  let toldMs = -Infinity;
  const random = seededRandom(`${options.seed ?? recording.manifest.seed}/faults`);
  const { started } = recording.manifest;
  const anchor = {
    monoMs: monotonicMs(started.monoMs),
    utcMs: utcMs(started.utcMs),
    errorMs: started.errorMs ?? Number.POSITIVE_INFINITY,
  };
  const events = options.faults
    ? applyFaults(recording.events(), parseFaults(options.faults), random, anchor)
    : recording.events();
  for (const event of withTicks(recording, options.site, events)) {
    if (options.signal?.aborted) break;
    firstMs ??= event.atMs;
    if (options.pace === 'real') {
      const dueMs = plusMs(beganMs, event.atMs - firstMs);
      if (dueMs > clock.nowMs()) await sleepUntil(clock, dueMs, options.signal);
    }
    run.step(event);
    if (event.atMs - toldMs >= 1000) {
      toldMs = event.atMs;
      options.progress?.((event.atMs - firstMs) / 1000);
    }
  }
  const verification = options.verify ? compareSent(recording.sent(), run.sent) : null;
  return run.finish(verification);
}
