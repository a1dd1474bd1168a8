import type { Count } from '../src/model/stages.ts';
import type { CoreFrame } from './frames.ts';
import { TRACK_RECORD } from './layout.ts';
import { copyTable, createTable } from './table.ts';
import type { TrackTable } from './table.ts';

/** Snapshots are taken at most this far apart, ms of scene time. */
const SNAPSHOT_MS = 15;
/** A frame may lie this far ahead of its own arrival before its clock is not believed, ms. */
const AHEAD_MS = 50;
/** Most frames kept for replay; more within the window is a storm. */
const HISTORY_LIMIT = 1024;

/** A table as it was before the frame at `position` of the history. */
interface Snapshot {
  position: number;
  atMs: number;
  readonly table: TrackTable;
}

/** A table as plain data: live slots only. */
interface PlainTable {
  readonly tracks: Float64Array;
  readonly count: number;
  readonly sequences: Float64Array;
  readonly frameMs: Float64Array;
  readonly atMs: number;
  readonly upkeepMs: number;
  readonly receivedMs: number;
  readonly noise: Float64Array;
}

interface PlainRewinder {
  readonly table: PlainTable;
  readonly history: CoreFrame[];
  readonly applied: number;
  readonly newestMs: number;
  readonly snapshots: { position: number; atMs: number; table: PlainTable }[];
}

function toPlain(table: TrackTable): PlainTable {
  return {
    tracks: table.tracks.slice(0, table.count * TRACK_RECORD), count: table.count,
    sequences: table.sequences.slice(), frameMs: table.frameMs.slice(), atMs: table.atMs,
    upkeepMs: table.upkeepMs, receivedMs: table.receivedMs, noise: table.noise.slice(),
  };
}

function fromPlain(plain: PlainTable, table: TrackTable): void {
  table.tracks.set(plain.tracks);
  table.count = plain.count;
  table.sequences.set(plain.sequences);
  table.frameMs.set(plain.frameMs);
  table.atMs = plain.atMs;
  table.upkeepMs = plain.upkeepMs;
  table.receivedMs = plain.receivedMs;
  table.noise.set(plain.noise);
}

/** Order of frames: instant, then sensor, then sequence. */
function before(a: CoreFrame, b: CoreFrame): boolean {
  if (a.measuredMs !== b.measuredMs) return a.measuredMs < b.measuredMs;
  if (a.sensor !== b.sensor) return a.sensor < b.sensor;
  return a.sequence < b.sequence;
}

/**
 * Keeps the frames of the window and snapshots of the table. A frame that comes late is put where
 * it belongs; `settle` then goes back to the snapshot before it and replays, association included.
 * Several late frames share one replay.
 */
export class Rewinder {
  readonly #table: TrackTable;
  readonly #rewindMs: number;
  readonly #count: Count;
  readonly #apply: (frame: CoreFrame) => void;
  #history: CoreFrame[] = [];
  /** How many frames of the history are in the table. */
  #applied = 0;
  /** The table is ahead of `#applied`: the newest snapshot must be copied into it first. */
  #stale = false;
  #newestMs = 0;
  #snapshots: Snapshot[] = [];
  readonly #spare: TrackTable[] = [];

  constructor(table: TrackTable, rewindMs: number, count: Count, apply: (frame: CoreFrame) =>
    void) {
    this.#table = table;
    this.#rewindMs = rewindMs;
    this.#count = count;
    this.#apply = apply;
  }

  /** Puts a frame into its place, where it waits for `settle`. */
  accept(frame: CoreFrame): void {
    const late = frame.receivedMs - frame.measuredMs > this.#rewindMs
      || frame.measuredMs < this.#newestMs - this.#rewindMs;
    if (late) return this.#count('late_frame');
    if (!(frame.measuredMs > 0)) return this.#count('instant_not_usable');
    if (frame.measuredMs > frame.receivedMs + AHEAD_MS) return this.#count('future_frame');
    if (this.#history.length >= HISTORY_LIMIT) return this.#count('frame_over_limit');
    let position = this.#history.length;
    while (position > 0 && before(frame, this.#history[position - 1]!)) position--;
    const same = this.#history[position - 1];
    if (same && !before(same, frame)) return this.#count('duplicate_frame');
    if (this.#isRepeated(frame)) return this.#count('duplicate_frame');
    this.#newestMs = Math.max(this.#newestMs, frame.measuredMs);
    this.#history.splice(position, 0, frame);
    if (position < this.#applied) this.#goBack(position);
  }

  /** Whether this sensor's frame of that number is already in the window. */
  #isRepeated(frame: CoreFrame): boolean {
    for (let index = this.#history.length - 1; index >= 0; index--) {
      const other = this.#history[index]!;
      if (other.sensor !== frame.sensor || other.sequence !== frame.sequence) continue;
      if (Math.abs(other.measuredMs - frame.measuredMs) < 1) return true;
    }
    return false;
  }

  /** Notes that the table must go back to before `position` of the history. */
  #goBack(position: number): void {
    this.#count('rewind');
    while (this.#snapshots.length > 0 && this.#snapshots.at(-1)!.position > position) {
      this.#spare.push(this.#snapshots.pop()!.table);
    }
    this.#applied = this.#snapshots.at(-1)!.position;
    this.#stale = true;
  }

  /** Makes the table what `#applied` says. */
  #refresh(): void {
    if (this.#stale) copyTable(this.#snapshots.at(-1)!.table, this.#table);
    this.#stale = false;
  }

  /** Applies all that waits, then forgets what no late frame can reach. */
  settle(): void {
    this.#refresh();
    while (this.#applied < this.#history.length) this.#advance();
  }

  #advance(): void {
    const frame = this.#history[this.#applied]!;
    const newest = this.#snapshots.at(-1);
    if (!newest || frame.measuredMs - newest.atMs >= SNAPSHOT_MS) {
      const table = this.#spare.pop() ?? createTable();
      copyTable(this.#table, table);
      this.#snapshots.push({ position: this.#applied, atMs: frame.measuredMs, table });
    }
    this.#apply(frame);
    this.#applied++;
    if (this.#applied === this.#history.length) this.#forget();
  }

  /** Drops snapshots and frames that lie before the window. */
  #forget(): void {
    const horizonMs = this.#newestMs - this.#rewindMs;
    let gone = 0;
    while (this.#snapshots.length > gone + 1 && this.#snapshots[gone
      + 1]!.atMs <= horizonMs) gone++;
    if (gone === 0) return;
    for (const snapshot of this.#snapshots.splice(0, gone)) this.#spare.push(snapshot.table);
    const first = this.#snapshots[0]!.position;
    this.#history.splice(0, first);
    this.#applied -= first;
    for (const snapshot of this.#snapshots) snapshot.position -= first;
  }

  snapshot(): PlainRewinder {
    this.#refresh();
    return {
      table: toPlain(this.#table), history: [...this.#history], applied: this.#applied,
      newestMs: this.#newestMs,
      snapshots: this.#snapshots.map(({ position, atMs, table }) => ({ position, atMs,
        table: toPlain(table) })),
    };
  }

  restore(data: unknown): void {
    const plain = data as PlainRewinder;
    fromPlain(plain.table, this.#table);
    this.#history = [...plain.history];
    this.#applied = plain.applied;
    this.#stale = false;
    this.#newestMs = plain.newestMs;
    this.#snapshots = plain.snapshots.map(({ position, atMs, table }) => {
      const copy = createTable();
      fromPlain(table, copy);
      return { position, atMs, table: copy };
    });
  }
}
