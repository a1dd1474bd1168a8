import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { makeFolder } from '../../base/folder.ts';
import type { Clock, ClockAnchor } from '../../base/clock.ts';
import { every } from '../../base/clock.ts';
import { Counters } from '../../base/counters.ts';
import { Fault, textOf } from '../../base/fault.ts';
import { filledText } from '../../base/text.ts';
import { factTexts } from '../../base/texts/faults.ts';
import { recordingFaultTexts as texts } from '../../base/texts/recordings.ts';
import type { PortMessage } from '../../model/port.ts';
import { RecordingEncoder } from './encode.ts';
import { FILES, stateFile } from './types.ts';
import type { RecordedTick, RecordingManifest, SentLine } from './types.ts';

/** How a recording is bounded and written. */
export interface RecordingLimits {
  /** Octets of all files together. */
  readonly octetsMax: number;
  /** Length from the first record, ms. */
  readonly lengthMaxMs: number;
  /** Octets that may wait for the disk before records are dropped. */
  readonly waitingMax: number;
}
const defaults: RecordingLimits = {
  octetsMax: 2 * 1024 ** 3,
  lengthMaxMs: 24 * 3600_000,
  waitingMax: 16 << 20,
};

/** Why a recording ended, or that it goes on. */
export type RecordingState = 'running' | 'closed' | 'full' | 'long' | 'failed';

/** Writes a recording. No method throws into the caller's loop, or waits for the disk. */
export interface RecordingWriter {
  message(port: string, message: PortMessage, receivedMs: number): void;
  tick(loop: string, turn: RecordedTick): void;
  clock(anchor: ClockAnchor, atMs?: number): void;
  sent(line: SentLine): void;
  handover(to: string, value: unknown, atMs: number): void;
  /** The state of a loop; `value` is plain cloneable data. */
  state(loop: string, atMs: number, value: unknown): void;
  status(): RecordingStatus;
  /** Hands what waits to the disk; resolves when it is there. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
export interface RecordingStatus {
  readonly state: RecordingState;
  readonly octets: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly fault: Fault | null;
}

export interface RecordingDeps {
  /** With a clock, what waits goes to the disk every half second; without, only when it is much. */
  readonly clock?: Clock;
  readonly limits?: Partial<RecordingLimits>;
  /** `immediate` writes in place, for simulations that outrun the disk; never in a live loop. */
  readonly mode?: 'background' | 'immediate';
  /** Told once, when the recording stops by itself. */
  ended?(status: RecordingStatus): void;
}

const FLUSH_OCTETS = 256 << 10;
const FLUSH_MS = 500;

/**
 * Begins a recording in a folder, which is made.
 *
 * @throws Fault STORE_FAILED when the folder or the manifest cannot be written.
 */
export function createRecordingWriter(
  folder: string,
  manifest: RecordingManifest,
  deps: RecordingDeps = {},
): RecordingWriter {
  const own = { ...manifest, ports: manifest.ports.map((port) => ({ ...port, own: true })) };
  try {
    makeFolder(folder);
    writeFileSync(join(folder, FILES.manifest), `${JSON.stringify(own, null, 2)}\n`);
  } catch (cause) {
    throw storeFault(folder, cause);
  }
  const disk = deps.mode === 'immediate' ? new PlainDisk(folder) : new BackgroundDisk(folder);
  return new Writer(folder, own, deps, disk);
}

function storeFault(folder: string, cause: unknown): Fault {
  return new Fault(
    'STORE_FAILED',
    {
      subject: filledText(texts.folder, { folder }),
      expected: factTexts.room_to_write,
      got: textOf(cause),
      next: texts.write_next,
    },
    { cause },
  );
}

/** Takes octets for files; `failed` is called once. */
interface Disk {
  readonly waiting: number;
  append(file: string, bytes: Buffer): void;
  settled(): Promise<void>;
  close(): Promise<void>;
  failed: (cause: unknown) => void;
}

/** Writes one piece after the other; the queue is bounded by its user. */
class BackgroundDisk implements Disk {
  readonly #folder: string;
  readonly #handles = new Map<string, FileHandle>();
  #chain: Promise<void> = Promise.resolve();
  #broken = false;
  waiting = 0;
  failed: (cause: unknown) => void = () => undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  append(file: string, bytes: Buffer): void {
    this.waiting += bytes.length;
    this.#chain = this.#chain.then(() => this.#write(file, bytes));
  }

  async #write(file: string, bytes: Buffer): Promise<void> {
    try {
      if (this.#broken) return;
      let handle = this.#handles.get(file);
      if (!handle) {
        handle = await open(join(this.#folder, file), 'a');
        this.#handles.set(file, handle);
      }
      for (let from = 0; from < bytes.length; ) {
        from += (await handle.write(bytes, from, bytes.length - from)).bytesWritten;
      }
    } catch (cause) {
      this.#broken = true;
      this.failed(cause);
    } finally {
      this.waiting -= bytes.length;
    }
  }

  settled(): Promise<void> {
    return this.#chain;
  }

  async close(): Promise<void> {
    await this.#chain;
    for (const handle of this.#handles.values()) {
      await handle.close().catch((cause: unknown) => this.failed(cause));
    }
    this.#handles.clear();
  }
}

class PlainDisk implements Disk {
  readonly #folder: string;
  readonly #files = new Map<string, number>();
  readonly waiting = 0;
  failed: (cause: unknown) => void = () => undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  append(file: string, bytes: Buffer): void {
    try {
      const known = this.#files.get(file);
      const descriptor = known ?? openSync(join(this.#folder, file), 'a');
      this.#files.set(file, descriptor);
      for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from);
    } catch (cause) {
      this.failed(cause);
    }
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    for (const descriptor of this.#files.values()) closeSync(descriptor);
    this.#files.clear();
    return Promise.resolve();
  }
}

class Writer implements RecordingWriter {
  readonly #folder: string;
  readonly #counters = new Counters();
  readonly #limits: RecordingLimits;
  readonly #encoder: RecordingEncoder;
  readonly #disk: Disk;
  readonly #deps: RecordingDeps;
  readonly #stopTimer: () => void;
  #state: RecordingState = 'running';
  #fault: Fault | null = null;
  #octets = 0;
  #firstMs: number | null = null;
  #records = 0;

  constructor(folder: string, manifest: RecordingManifest, deps: RecordingDeps, disk: Disk) {
    this.#folder = folder;
    this.#limits = { ...defaults, ...deps.limits };
    this.#deps = deps;
    this.#disk = disk;
    this.#encoder = new RecordingEncoder(manifest, (name) => this.#counters.count(name));
    disk.failed = (cause) => {
      this.#fault ??= storeFault(folder, cause);
      this.#end('failed');
    };
    for (const [file, bytes] of this.#encoder.headers()) disk.append(file, bytes);
    const { clock } = deps;
    this.#stopTimer = clock ? every(clock, FLUSH_MS, () => this.#push()) : () => undefined;
  }

  message(port: string, message: PortMessage, receivedMs: number): void {
    if (!this.#admits(receivedMs)) return;
    this.#encoder.message(port, message, receivedMs);
    this.#wrote();
  }

  tick(loop: string, turn: RecordedTick): void {
    if (!this.#admits(turn.beganMs)) return;
    this.#encoder.tick(loop, turn);
    this.#wrote();
  }

  clock(anchor: ClockAnchor, atMs: number = anchor.monoMs): void {
    if (!this.#admits(null)) return;
    this.#encoder.clock(anchor, atMs);
  }

  sent(line: SentLine): void {
    if (!this.#admits(null)) return;
    this.#encoder.sent(line);
  }

  handover(to: string, value: unknown, atMs: number): void {
    if (!this.#admits(atMs)) return;
    this.#encoder.handover(to, value, atMs);
    this.#wrote();
  }

  state(loop: string, atMs: number, value: unknown): void {
    if (!this.#admits(null)) return;
    const bytes = serialize({ loop, atMs, value });
    this.#octets += bytes.length;
    this.#disk.append(stateFile(loop), bytes);
  }

  /** Whether a record may be taken; counts it when not. */
  #admits(atMs: number | null): boolean {
    if (this.#state !== 'running') {
      this.#counters.count('recording_stopped');
      return false;
    }
    if (atMs !== null) {
      this.#firstMs ??= atMs;
      if (atMs - this.#firstMs > this.#limits.lengthMaxMs) {
        this.#end('long');
        this.#counters.count('recording_stopped');
        return false;
      }
    }
    if (this.#disk.waiting > this.#limits.waitingMax) {
      this.#counters.count('recording_overrun');
      return false;
    }
    return true;
  }

  /** Looks now and then at how much waits: a sum over all files is too dear for every record. */
  #wrote(): void {
    if ((++this.#records & 63) === 0 && this.#encoder.waiting >= FLUSH_OCTETS) this.#push();
  }

  #push(): void {
    if (this.#state === 'failed') return;
    for (const [file, bytes] of this.#encoder.take()) {
      this.#octets += bytes.length;
      this.#disk.append(file, bytes);
    }
    if (this.#octets >= this.#limits.octetsMax) this.#end('full');
  }

  #end(state: RecordingState): void {
    if (this.#state !== 'running') return;
    this.#state = state;
    this.#stopTimer();
    if (state === 'long') this.#push();
    if (state !== 'closed') this.#deps.ended?.(this.status());
  }

  status(): RecordingStatus {
    return {
      state: this.#state,
      octets: this.#octets,
      drops: this.#counters.toJSON(),
      fault: this.#fault,
    };
  }

  async flush(): Promise<void> {
    this.#push();
    await this.#disk.settled();
  }

  async close(): Promise<void> {
    this.#end('closed');
    this.#push();
    await this.#disk.close();
  }
}
