import { serialize } from 'node:v8';
import { deflateRawSync } from 'node:zlib';
import type { ClockAnchor } from '../../base/clock.ts';
import { Counters } from '../../base/counters.ts';
import type { PortMessage } from '../../model/port.ts';
import { RecordingEncoder } from './encode.ts';
import { memoryShelf, writeSegments } from './shelf.ts';
import type { KeptSegment, SegmentShelf } from './shelf.ts';
import type { RecordedTick, RecordingManifest, SentLine } from './types.ts';

/** How much the black box holds. */
export interface RingLimits {
  readonly lengthMs: number;
  readonly octetsMax: number;
  /** What leaves at once, ms. */
  readonly segmentMs: number;
}
/** Two seconds: so much of the end is lost at most when the process crashes. */
const defaults: RingLimits = { lengthMs: 600_000, octetsMax: 32 << 20, segmentMs: 2000 };
/** A segment is closed early where more waits in memory. */
const WAITING_MAX = 1 << 20;
/** The fastest level: logs and packets of one junction shrink to a fifth at a few ms a segment. */
const PACKING = { level: 1 } as const;

/**
 * The black box: the last minutes of everything, already in the form of the files, packed, on a
 * shelf. What is over the limit leaves from the old end, whole segments at a time.
 */
export class RingRecorder {
  readonly drops = new Counters();
  readonly #manifest: RecordingManifest;
  readonly #limits: RingLimits;
  readonly #encoder: RecordingEncoder;
  readonly #shelf: SegmentShelf;
  #segments: KeptSegment[] = [];
  #octets = 0;
  #states = new Map<string, Buffer>();
  #anchor: ClockAnchor | null = null;
  #fromMs: number | null = null;
  #lastMs = 0;
  #records = 0;

  constructor(
    manifest: RecordingManifest,
    limits: Partial<RingLimits> = {},
    shelf: (manifest: RecordingManifest) => SegmentShelf = memoryShelf,
  ) {
    const ports = manifest.ports.map((port) => ({ ...port, own: true }));
    this.#manifest = { ...manifest, ports };
    this.#limits = { ...defaults, ...limits };
    this.#shelf = shelf(this.#manifest);
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

  /** Octets on the shelf and in memory. */
  get octets(): number {
    return this.#octets + this.#encoder.waiting;
  }

  #at(atMs: number): void {
    this.#lastMs = Math.max(this.#lastMs, atMs);
    this.#fromMs ??= atMs;
    const { segmentMs, octetsMax } = this.#limits;
    const full = (++this.#records & 63) === 0 && this.#encoder.waiting > Math.min(WAITING_MAX, octetsMax / 8);
    if (full || atMs - this.#fromMs >= segmentMs) this.#rotate(atMs);
  }

  #rotate(atMs: number): void {
    const files = this.#encoder
      .take()
      .map(([file, bytes]) => [file, deflateRawSync(bytes, PACKING)] as const);
    try {
      const kept = this.#shelf.put({ toMs: this.#lastMs, files, states: [...this.#states] });
      this.#segments.push(kept);
      this.#octets += kept.octets;
    } catch {
      this.drops.count('ring_segment_lost');
    }
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
      oldest.drop();
    }
  }

  /**
   * Writes what is kept as a recording; it goes on meanwhile.
   * @throws Fault STORE_FAILED (as rejection).
   */
  freeze(folder: string): ReturnType<typeof writeSegments> {
    this.#rotate(this.#lastMs);
    return writeSegments(folder, this.#manifest, [...this.#segments]);
  }
}
