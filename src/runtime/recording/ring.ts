import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ClockAnchor } from '../../base/clock.ts';
import { Counters } from '../../base/counters.ts';
import { makeFolder } from '../../base/folder.ts';
import { Fault, textOf } from '../../base/fault.ts';
import { filledText } from '../../base/text.ts';
import { factTexts } from '../../base/texts/faults.ts';
import { recordingFaultTexts as texts } from '../../base/texts/recordings.ts';
import type { PortMessage } from '../../model/port.ts';
import { RecordingEncoder } from './encode.ts';
import { FILES, stateFile } from './types.ts';
import type { RecordedTick, RecordingManifest, SentLine } from './types.ts';

/** How much the black box holds. */
export interface RingLimits {
  readonly lengthMs: number;
  readonly octetsMax: number;
  /** What leaves at once, ms. */
  readonly segmentMs: number;
}
const defaults: RingLimits = { lengthMs: 600_000, octetsMax: 32 << 20, segmentMs: 10_000 };
/** The fastest level: logs and packets of one junction shrink to a fifth at a few ms a segment. */
const PACKING = { level: 1 } as const;

/** A stretch of time, readable by itself. */
interface Segment {
  readonly toMs: number;
  readonly octets: number;
  /** Packed. */
  readonly files: readonly (readonly [file: string, bytes: Buffer])[];
  readonly states: ReadonlyMap<string, Buffer>;
}

/**
 * The black box: the last minutes of everything, already in the form of the files, so that its
 * memory is a few large buffers. What is over the limit leaves from the old end, whole segments
 * at a time.
 */
export class RingRecorder {
  readonly drops = new Counters();
  readonly #manifest: RecordingManifest;
  readonly #limits: RingLimits;
  readonly #encoder: RecordingEncoder;
  #segments: Segment[] = [];
  #octets = 0;
  #states = new Map<string, Buffer>();
  #anchor: ClockAnchor | null = null;
  #fromMs: number | null = null;
  #lastMs = 0;
  #records = 0;

  constructor(manifest: RecordingManifest, limits: Partial<RingLimits> = {}) {
    const ports = manifest.ports.map((port) => ({ ...port, own: true }));
    this.#manifest = { ...manifest, ports };
    this.#limits = { ...defaults, ...limits };
    this.#encoder = new RecordingEncoder(this.#manifest, (name) => this.drops.count(name));
  }

  message(port: string, message: PortMessage, receivedMs: number): void {
    this.#at(receivedMs);
    this.#encoder.message(port, message, receivedMs);
  }

  tick(loop: string, turn: RecordedTick): void {
    this.#at(turn.beganMs);
    this.#encoder.tick(loop, turn);
  }

  clock(anchor: ClockAnchor, atMs: number = anchor.monoMs): void {
    this.#at(atMs);
    this.#anchor = anchor;
    this.#encoder.clock(anchor, atMs);
  }

  sent(line: SentLine): void {
    this.#encoder.sent(line);
  }

  handover(to: string, value: unknown, atMs: number): void {
    this.#at(atMs);
    this.#encoder.handover(to, value, atMs);
  }

  /** The state of a loop, now and then: the replay of what is kept begins at the oldest one. */
  state(loop: string, atMs: number, value: unknown): void {
    this.#at(atMs);
    if (this.#states.has(loop)) return;
    this.#states.set(loop, deflateRawSync(serialize({ loop, atMs, value }), PACKING));
  }

  /** Octets in memory. */
  get octets(): number {
    return this.#octets + this.#encoder.waiting;
  }

  #at(atMs: number): void {
    this.#lastMs = Math.max(this.#lastMs, atMs);
    this.#fromMs ??= atMs;
    const { segmentMs, octetsMax } = this.#limits;
    const full = (++this.#records & 63) === 0 && this.#encoder.waiting > octetsMax / 8;
    if (full || atMs - this.#fromMs >= segmentMs) this.#rotate(atMs);
  }

  #rotate(atMs: number): void {
    const files = this.#encoder
      .take()
      .map(([file, bytes]) => [file, deflateRawSync(bytes, PACKING)] as const);
    let octets = 0;
    for (const [, bytes] of files) octets += bytes.length;
    for (const bytes of this.#states.values()) octets += bytes.length;
    this.#segments.push({ toMs: this.#lastMs, octets, files, states: this.#states });
    this.#octets += octets;
    this.#states = new Map();
    this.#fromMs = atMs;
    this.#encoder.restart();
    // A segment must tell the time by itself, whatever leaves before it.
    if (this.#anchor) this.#encoder.clock(this.#anchor, atMs);
    const { lengthMs, octetsMax } = this.#limits;
    while (this.#segments.length > 1) {
      const oldest = this.#segments[0]!;
      const tooMuch = this.#octets > octetsMax;
      if (!tooMuch && oldest.toMs >= atMs - lengthMs) break;
      if (tooMuch) this.drops.count('ring_evicted');
      this.#segments.shift();
      this.#octets -= oldest.octets;
    }
  }

  /**
   * Writes what is kept as a recording; it goes on meanwhile.
   * @throws Fault STORE_FAILED (as rejection).
   */
  async freeze(folder: string): Promise<{ readonly octets: number; readonly segments: number }> {
    this.#rotate(this.#lastMs);
    const segments = [...this.#segments];
    const states = new Map<string, Buffer>();
    for (const segment of segments) {
      for (const [loop, bytes] of segment.states) if (!states.has(loop)) states.set(loop, bytes);
    }
    let octets = 0;
    try {
      makeFolder(folder);
      const manifest = `${JSON.stringify(this.#manifest, null, 2)}\n`;
      await writeFile(join(folder, FILES.manifest), manifest);
      const parts = new Map<string, Buffer[]>();
      for (const [file, bytes] of this.#encoder.headers()) parts.set(file, [bytes]);
      for (const { files } of segments) {
        for (const [file, bytes] of files) {
          const list = parts.get(file) ?? [];
          list.push(inflateRawSync(bytes));
          parts.set(file, list);
        }
      }
      for (const [loop, bytes] of states) parts.set(stateFile(loop), [inflateRawSync(bytes)]);
      for (const [file, list] of parts) octets += await writeParts(join(folder, file), list);
    } catch (cause) {
      const facts = { subject: filledText(texts.black_box, { folder }), expected: factTexts.room_to_write };
      const told = { ...facts, got: textOf(cause), next: texts.black_box_next };
      throw new Fault('STORE_FAILED', told, { cause });
    }
    return { octets, segments: segments.length };
  }
}

async function writeParts(path: string, parts: readonly Buffer[]): Promise<number> {
  const handle = await open(path, 'w');
  let octets = 0;
  try {
    for (const bytes of parts) {
      await handle.writeFile(bytes);
      octets += bytes.length;
    }
  } finally {
    await handle.close();
  }
  return octets;
}
