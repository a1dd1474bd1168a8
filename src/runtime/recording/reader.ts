import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { deserialize } from 'node:v8';
import { Counters } from '../../base/counters.ts';
import { Fault, textOf } from '../../base/fault.ts';
import type { Text } from '../../base/text.ts';
import { factTexts } from '../../base/texts/faults.ts';
import { recordingFaultTexts as texts } from '../../base/texts/recordings.ts';
import { monotonicMs, utcMs } from '../../base/time.ts';
import { openFileIn } from './file-in.ts';
import { CandumpSource, handoverValue, jsonLines, JsonSource } from './lines-in.ts';
import type { Count, MessageSource } from './lines-in.ts';
import { PacketSource } from './packet-in.ts';
import { FILES, stateFile, ticksFile, toMicros, utcOffsetMicros } from './types.ts';
import type {
  RecordedEvent, RecordedPort, RecordedState, RecordingManifest, SentLine,
} from './types.ts';

/** A recording, open for reading. */
export interface Recording {
  readonly manifest: RecordingManifest;
  /** Drops while reading, by name; grows while `events` runs. */
  readonly drops: Counters;
  /** Everything in order: stamp; then clock, ports as in the manifest, hand-overs, ticks; line. */
  events(): Generator<RecordedEvent>;
  /** What the box sent live. */
  sent(): Generator<SentLine>;
  /** Whether it holds recorded ticks; else the loops' periods and phases in the manifest count. */
  readonly hasTicks: boolean;
  /** States of the loops that it begins with. */
  states(): readonly RecordedState[];
}

/** A state of a loop with hundreds of tracks is some megabytes. */
const STATE_OCTETS_MAX = 256 << 20;

const unreadable = (subject: string, got: string | Text, next: Text, cause?: unknown): Fault =>
  new Fault(
    'FILE_UNREADABLE',
    { subject, expected: texts.recording, got, next },
    cause === undefined ? undefined : { cause },
  );

/**
 * Opens a recording.
 *
 * @param path A folder with `manifest.json`, or a foreign file (candump log, pcap, pcapng, JSON
 *   lines), for which `ports` say what is in it. A foreign recording begins at monotonic 0.
 * @throws Fault FILE_UNREADABLE.
 */
export function openRecording(
  path: string,
  ports: readonly (Omit<RecordedPort, 'file'> & { readonly file?: string })[] = [],
): Recording {
  if (!existsSync(path)) {
    throw unreadable(path, texts.missing, texts.missing_next);
  }
  if (statSync(path).isDirectory()) {
    const manifest = ports.length > 0 ? null : readManifest(path);
    return new FolderRecording(path, manifest ?? foreignManifest(path, withFiles(ports, '')));
  }
  if (ports.length === 0) {
    throw unreadable(path, texts.single_file, texts.single_file_next);
  }
  const folder = dirname(path);
  return new FolderRecording(folder, foreignManifest(folder, withFiles(ports, basename(path))));
}

function withFiles(
  ports: readonly (Omit<RecordedPort, 'file'> & { readonly file?: string })[],
  file: string,
): RecordedPort[] {
  return ports.map((port) => ({ ...port, file: port.file ?? file }));
}

function readManifest(folder: string): RecordingManifest {
  const path = join(folder, FILES.manifest);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw unreadable(path, textOf(cause), texts.folder_next, cause);
  }
  const manifest = value as Partial<RecordingManifest> | null;
  if (manifest?.formatVersion !== 1) {
    const got = `formatVersion ${String(manifest?.formatVersion)}`;
    throw unreadable(path, got, texts.version_next);
  }
  const ports = manifest.ports;
  const { loops = {} } = manifest;
  const good = Array.isArray(ports) && ports.every(isPort) &&
    typeof loops === 'object' && loops !== null && Object.keys(loops).every(isPlainName) &&
    Object.values(loops).every((loop: unknown) => typeof loop === 'object' && loop !== null);
  if (!good) {
    throw unreadable(path, texts.ports_unclear, texts.ports_unclear_next);
  }
  const { utcMs: startUtcMs, monoMs: startMonoMs = 0 } = manifest.started ?? {};
  if (!isInstant(startMonoMs)) throw unreadable(path, `monoMs ${startMonoMs}`, texts.folder_next);
  if (isInstant(startUtcMs)) return { ...(manifest as RecordingManifest), loops };
  return { ...foreignManifest(folder, ports), ...manifest, started: startOf(folder, ports) };
}

/** Whether a date can hold so many milliseconds. Source: ECMA-262, time values. */
const isInstant = (ms: unknown): boolean => typeof ms === 'number' && Math.abs(ms) <= 8.64e15;

/** Names from a manifest become names of files: they must stay in the recording's folder. */
const isPlainName = (name: string): boolean =>
  basename(name) === name && name !== '' && name !== '.' && name !== '..';

function isPort(port: Partial<RecordedPort> | null): boolean {
  const { name, file, transport, loop } = port ?? {};
  return [name, file, transport, loop].every((text) => typeof text === 'string') &&
    isPlainName(file!) && isPlainName(loop!);
}

/** What is known of a foreign recording: it begins at monotonic 0 with its first stamp. */
function foreignManifest(folder: string, ports: readonly RecordedPort[]): RecordingManifest {
  return {
    formatVersion: 1,
    site: { id: '', hash: '' },
    software: '',
    seed: 1,
    loops: {},
    started: startOf(folder, ports),
    ports,
  };
}

function startOf(folder: string, ports: readonly RecordedPort[]): RecordingManifest['started'] {
  let first = Number.POSITIVE_INFINITY;
  for (const port of ports) {
    const source = openSource(folder, port, () => undefined);
    if (source.next()) first = Math.min(first, source.utcMicros);
    source.close();
  }
  return { monoMs: 0, utcMs: Number.isFinite(first) ? first / 1000 : 0, errorMs: null };
}

function openSource(folder: string, port: RecordedPort, count: Count): MessageSource {
  const file = openFileIn(join(folder, port.file));
  if (port.transport === 'can') {
    return new CandumpSource(file, count, port.own ? null : (port.match?.interface ?? null));
  }
  const packets = port.transport === 'udp' || port.transport === 'tcp';
  return packets ? new PacketSource(file, port, count) : new JsonSource(file, count);
}

/** One file in the merge: the stamp of its head, and how to make and pass it. */
interface Lane {
  micros: number;
  /** The event at the head. */
  head(): RecordedEvent;
  /** Goes to the next; false at the end. */
  next(): boolean;
  close(): void;
}

class FolderRecording implements Recording {
  readonly manifest: RecordingManifest;
  readonly drops = new Counters();
  readonly hasTicks: boolean;
  readonly #folder: string;
  readonly #count: Count = (name, by) => this.drops.count(name, by);

  constructor(folder: string, manifest: RecordingManifest) {
    this.#folder = folder;
    this.manifest = manifest;
    this.hasTicks = Object.keys(manifest.loops).some((loop) => {
      const path = join(folder, ticksFile(loop));
      return existsSync(path) && statSync(path).size > 0;
    });
    for (const { file } of manifest.ports) {
      if (!existsSync(join(folder, file)) && manifest.ports.every(({ own }) => !own)) {
        throw unreadable(join(folder, file), factTexts.no_such_file, texts.port_file_next);
      }
    }
  }

  *events(): Generator<RecordedEvent> {
    const all = this.#lanes();
    try {
      yield* this.#merge(all.filter((lane) => lane.next()));
    } finally {
      for (const lane of all) lane.close();
    }
  }

  *#merge(lanes: Lane[]): Generator<RecordedEvent> {
    while (lanes.length > 0) {
      let first = 0;
      for (let index = 1; index < lanes.length; index++) {
        if (lanes[index]!.micros < lanes[first]!.micros) first = index;
      }
      const lane = lanes[first]!;
      // Everything of this lane up to the head of another goes out without looking again.
      let limit = Number.POSITIVE_INFINITY;
      for (let index = 0; index < lanes.length; index++) {
        if (index === first) continue;
        const { micros } = lanes[index]!;
        limit = Math.min(limit, index > first ? micros : micros - 1);
      }
      let more = true;
      while (more && lane.micros <= limit) {
        yield lane.head();
        more = lane.next();
      }
      if (!more) lanes.splice(first, 1);
    }
  }

  #lanes(): Lane[] {
    const ports = this.manifest.ports.filter(({ file }) => existsSync(join(this.#folder, file)));
    const offset = utcOffsetMicros(this.manifest);
    return [
      this.#lines(FILES.clock, clockEvent),
      ...ports.map((port) => this.#messages(port, offset)),
      this.#lines(FILES.handover, handoverEvent),
      ...Object.keys(this.manifest.loops).map((loop) =>
        this.#lines(ticksFile(loop), (line) => tickEvent(loop, line)),
      ),
    ];
  }

  /** Messages of one port; a stamp before the one before it is held at that one. */
  #messages(port: RecordedPort, offset: number): Lane {
    const { name, loop, transport } = port;
    const source = openSource(this.#folder, port, this.#count);
    const count = this.#count;
    let last = Number.NEGATIVE_INFINITY;
    return {
      micros: 0,
      head() {
        const atMs = monotonicMs(this.micros / 1000);
        return { kind: 'message', atMs, port: name, loop, transport, message: source.message };
      },
      next() {
        if (!source.next()) return false;
        const micros = source.utcMicros - offset;
        if (micros < last) count('stamp_backwards');
        last = this.micros = Math.max(last, micros);
        return true;
      },
      close: () => source.close(),
    };
  }

  #lines(file: string, make: (line: Record<string, unknown>) => RecordedEvent | null): Lane {
    const lines = this.#parsed(file);
    const count = this.#count;
    let event: RecordedEvent;
    return {
      micros: 0,
      head: () => event,
      next() {
        for (;;) {
          const { done, value } = lines.next();
          if (done) return false;
          const made = make(value);
          if (!made) {
            count('line_malformed');
            continue;
          }
          event = made;
          this.micros = toMicros(made.atMs);
          return true;
        }
      },
      close: () => void lines.return(undefined),
    };
  }

  *#parsed(file: string): Generator<Record<string, unknown>> {
    const path = join(this.#folder, file);
    if (existsSync(path)) yield* jsonLines(openFileIn(path), this.#count);
  }

  *sent(): Generator<SentLine> {
    for (const { t, type, hex, node } of this.#parsed(FILES.sent)) {
      if (typeof t === 'number' && typeof type === 'string' && typeof hex === 'string') {
        yield { t, type, hex, node: String(node) };
      } else this.#count('line_malformed');
    }
  }

  states(): readonly RecordedState[] {
    const loops = new Set(this.manifest.ports.map(({ loop }) => loop));
    for (const loop of Object.keys(this.manifest.loops)) loops.add(loop);
    return [...loops].sort().flatMap((loop) => {
      const path = join(this.#folder, stateFile(loop));
      if (!existsSync(path)) return [];
      const { size } = statSync(path);
      if (size > STATE_OCTETS_MAX) throw unreadable(path, `${size} > ${STATE_OCTETS_MAX}`, texts.state_next);
      try {
        return [deserialize(readFileSync(path)) as RecordedState];
      } catch (cause) {
        throw unreadable(path, textOf(cause), texts.state_next, cause);
      }
    });
  }
}

function tickEvent(loop: string, line: Record<string, unknown>): RecordedEvent | null {
  const { tick, dueMs, beganMs } = line;
  if (typeof tick !== 'number' || typeof dueMs !== 'number') return null;
  if (typeof beganMs !== 'number') return null;
  return { kind: 'tick', atMs: monotonicMs(beganMs), loop, tick, dueMs: monotonicMs(dueMs) };
}

function clockEvent(line: Record<string, unknown>): RecordedEvent | null {
  const { atMs, monoMs, utcMs: utc, errorMs } = line;
  if (typeof atMs !== 'number' || typeof monoMs !== 'number') return null;
  if (typeof utc !== 'number') return null;
  const error = typeof errorMs === 'number' ? errorMs : Number.POSITIVE_INFINITY;
  const anchor = { monoMs: monotonicMs(monoMs), utcMs: utcMs(utc), errorMs: error };
  return { kind: 'clock', atMs: monotonicMs(atMs), anchor };
}

function handoverEvent(line: Record<string, unknown>): RecordedEvent | null {
  const { atMs, to, v8 } = line;
  if (typeof atMs !== 'number' || typeof to !== 'string' || typeof v8 !== 'string') return null;
  try {
    return { kind: 'handover', atMs: monotonicMs(atMs), to, value: handoverValue(v8) };
  } catch {
    return null; // counted by the caller
  }
}
