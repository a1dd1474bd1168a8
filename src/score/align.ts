import type { ScoreRow } from './rows.ts';

/** Truth and tracks of one instant. */
export interface AlignedFrame {
  readonly t: number;
  readonly truth: readonly ScoreRow[];
  readonly tracks: readonly ScoreRow[];
}

/** Wraps an angle into [−π, π). */
export function wrapPi(rad: number): number {
  const turn = 2 * Math.PI;
  const rest = (rad + Math.PI) % turn;
  return (rest < 0 ? rest + turn : rest) - Math.PI;
}

/** Index of the first time not before `t`. */
function searchSorted(times: readonly number[], t: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

const distinctTimes = (rows: readonly ScoreRow[]): number[] =>
  [...new Set(rows.map((row) => row.t))].sort((a, b) => a - b);

/** Middle of a list of numbers; the mean of the two middle ones for an even count. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Half the usual step between truth instants, s. */
export function usualTolerance(truth: readonly ScoreRow[]): number {
  const times = distinctTimes(truth);
  return (times.length > 1 ? median(times.slice(1).map((t, index) => t - times[index]!)) : 0.1) / 2;
}

/** Frames at the truth's own times; each track row goes to the nearest one within the tolerance. */
export function snapFrames(
  truth: readonly ScoreRow[], tracks: readonly ScoreRow[], toleranceS: number,
): { frames: AlignedFrame[]; dropped: number } {
  const times = distinctTimes(truth);
  const atTime = times.map((t) => ({ t, truth: new Map<string, ScoreRow>(), tracks: new Map<string,
    ScoreRow>() }));
  for (const row of truth) {
    if (row.id !== null) atTime[searchSorted(times, row.t)]!.truth.set(row.id, row);
  }
  let dropped = 0;
  for (const row of tracks) {
    const after = searchSorted(times, row.t);
    const candidates = [after - 1, after].filter((index) => index >= 0 && index < times.length);
    let best = -1;
    for (const index of candidates) {
      if (best < 0 || Math.abs(times[index]! - row.t) < Math.abs(times[best]! - row.t)) best =
        index;
    }
    if (best < 0 || Math.abs(times[best]! - row.t) > toleranceS + 1e-9) {
      dropped++;
      continue;
    }
    const held = atTime[best]!.tracks.get(row.id!);
    const nearer = !held || Math.abs(held.t - times[best]!) > Math.abs(row.t - times[best]!);
    if (nearer) atTime[best]!.tracks.set(row.id!, row);
  }
  const frames = atTime.map((frame) => ({
    t: frame.t, truth: [...frame.truth.values()], tracks: [...frame.tracks.values()],
  }));
  return { frames, dropped };
}

/** Truth between two of its rows; angles the short way round. */
function between(a: ScoreRow, b: ScoreRow, weight: number, t: number): ScoreRow {
  let heading = a.heading;
  if (weight !== 0) {
    heading = Number.isNaN(b.heading) ? a.heading : a.heading
      + weight * wrapPi(b.heading - a.heading);
  }
  return {
    seq: a.seq, t, id: a.id, x: a.x + weight * (b.x - a.x), y: a.y + weight * (b.y - a.y), heading,
    speed: weight !== 0 ? a.speed + weight * (b.speed - a.speed) : a.speed, cls: a.cls,
    ignore: a.ignore || b.ignore,
  };
}

/** Rows of each road user, in order of first appearance. */
function byUser(rows: readonly ScoreRow[]): Map<string, ScoreRow[]> {
  const users = new Map<string, ScoreRow[]>();
  for (const row of rows) {
    if (row.id === null) continue;
    const list = users.get(row.id);
    if (list) list.push(row);
    else users.set(row.id, [row]);
  }
  for (const list of users.values()) list.sort((a, b) => a.t - b.t);
  return users;
}

/** Frames at the tracks' own times; the truth is interpolated there, never across `maxGapS`. */
export function interpolateFrames(
  truth: readonly ScoreRow[], tracks: readonly ScoreRow[], maxGapS: number,
): { frames: AlignedFrame[]; dropped: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const row of truth) {
    low = Math.min(low, row.t);
    high = Math.max(high, row.t);
  }
  const kept = distinctTimes(tracks).filter((t) => t >= low - 1e-9 && t <= high + 1e-9);
  const index = new Map(kept.map((t, position) => [t, position]));
  const truthAt: ScoreRow[][] = kept.map(() => []);
  for (const rows of byUser(truth).values()) placeUser(rows, kept, maxGapS, truthAt);
  const tracksAt: Map<string, ScoreRow>[] = kept.map(() => new Map());
  let dropped = 0;
  for (const row of tracks) {
    const position = index.get(row.t);
    if (position === undefined) dropped++;
    else tracksAt[position]!.set(row.id!, row);
  }
  const frames = kept.map((t, position) => ({ t, truth: truthAt[position]!,
    tracks: [...tracksAt[position]!.values()] }));
  return { frames, dropped };
}

function placeUser(
  rows: readonly ScoreRow[], times: readonly number[], maxGapS: number, out: ScoreRow[][],
): void {
  const own = rows.map((row) => row.t);
  for (let position = 0; position < times.length; position++) {
    const t = times[position]!;
    if (t < own[0]! - 1e-9 || t > own.at(-1)! + 1e-9) continue;
    const b = Math.min(searchSorted(own, t), own.length - 1);
    let a = Math.max(b - 1, 0);
    if (Math.abs(own[b]! - t) < 1e-9 || a === b) a = b;
    if (own[b]! - own[a]! > maxGapS) continue;
    const weight = a === b ? 0 : (t - own[a]!) / (own[b]! - own[a]!);
    out[position]!.push(between(rows[a]!, rows[b]!, weight, t));
  }
}
