import { SENSOR_LIMIT, TRACK_LIMIT, TRACK_RECORD } from './layout.ts';

/** All that a frame may change: what a snapshot holds. */
export interface TrackTable {
  readonly tracks: Float64Array;
  count: number;
  /** Newest sequence of each sensor, in order of instants; −1 before the first. */
  readonly sequences: Float64Array;
  /** Instant of the newest frame applied, of each sensor's newest one, and of the last upkeep. */
  atMs: number;
  upkeepMs: number;
  readonly frameMs: Float64Array;
  receivedMs: number;
  /**
   * Learnt scale of each sensor's position variance, along and across its ray, and hits behind it.
   */
  readonly noise: Float64Array;
}

/** Numbers about one sensor in `noise`. */
export const NOISE = 3;

/** An empty table. */
export function createTable(): TrackTable {
  return {
    tracks: new Float64Array(TRACK_LIMIT * TRACK_RECORD),
    count: 0,
    sequences: new Float64Array(SENSOR_LIMIT).fill(-1),
    atMs: 0,
    upkeepMs: 0,
    frameMs: new Float64Array(SENSOR_LIMIT),
    receivedMs: 0,
    noise: Float64Array.from({ length: SENSOR_LIMIT * NOISE },
      (_, index) => (index % NOISE === 2 ? 0 : 1)),
  };
}

/** Copies one table over another; only live slots are touched. */
export function copyTable(from: TrackTable, to: TrackTable): void {
  to.tracks.set(from.tracks.subarray(0, from.count * TRACK_RECORD));
  to.count = from.count;
  to.sequences.set(from.sequences);
  to.frameMs.set(from.frameMs);
  to.noise.set(from.noise);
  to.atMs = from.atMs;
  to.upkeepMs = from.upkeepMs;
  to.receivedMs = from.receivedMs;
}
