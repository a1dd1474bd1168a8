import { assignDense } from './hungarian.ts';
import type { DistanceFrame } from './clear.ts';

const EPSILON = 2 ** -52;
/** 0.05 .. 0.95, as multiples added up in the way of numpy's arange. */
const ALPHAS: readonly number[] = Array.from({ length: 19 }, (_, index) => 0.05 + index * 0.05);

/** How often each road user and each track was there. */
export interface Presence {
  readonly users: Float64Array;
  readonly tracks: Float64Array;
}

/** Counts frames of each road user and track. */
export function presence(frames: readonly DistanceFrame[], users: number,
  tracks: number): Presence {
  const counts = { users: new Float64Array(users), tracks: new Float64Array(tracks) };
  for (const frame of frames) {
    for (const user of frame.truth) counts.users[user]!++;
    for (const track of frame.tracks) counts.tracks[track]!++;
  }
  return counts;
}

/**
 * Joint frames of the best one-to-one pairing of whole trajectories. Source: Ristani et al. 2016.
 */
export function identityMatches(
  frames: readonly DistanceFrame[], users: number, tracks: number, maxDist: number,
): number {
  if (users === 0 || tracks === 0) return 0;
  const joint = new Float64Array(users * tracks);
  for (const { truth, tracks: columns, distance } of frames) {
    truth.forEach((user, row) => columns.forEach((track, column) => {
      if (distance[row * columns.length + column]! <= maxDist) joint[user * tracks + track]!++;
    }));
  }
  let sum = 0;
  assignDense(joint.map((value) => -value), users, tracks).forEach((track, user) => {
    if (track >= 0) sum += joint[user * tracks + track]!;
  });
  return sum;
}

/** HOTA and its parts, averaged over the localisation thresholds. */
export interface HotaResult {
  readonly hota: number;
  readonly detection: number;
  readonly association: number;
  readonly localisation: number;
}

/** Similarity 1 − d / zero, within 0..1. */
function similarities(frame: DistanceFrame, zero: number): Float64Array {
  return frame.distance.map((value) => Math.min(1, Math.max(0, 1 - value / zero)));
}

/** How well every user and track fit over all frames, before any is matched. */
function globalAlignment(
  frames: readonly DistanceFrame[], similar: readonly Float64Array[], counts: Presence,
): Float64Array {
  const users = counts.users.length;
  const tracks = counts.tracks.length;
  const potential = new Float64Array(users * tracks);
  frames.forEach((frame, index) => {
    const s = similar[index]!;
    const width = frame.tracks.length;
    const byRow = new Float64Array(frame.truth.length);
    const byColumn = new Float64Array(width);
    s.forEach((value, at) => {
      byRow[Math.floor(at / width)]! += value;
      byColumn[at % width]! += value;
    });
    frame.truth.forEach((user, row) => frame.tracks.forEach((track, column) => {
      const value = s[row * width + column]!;
      const whole = byColumn[column]! + byRow[row]! - value;
      if (whole > EPSILON) potential[user * tracks + track]! += value / whole;
    }));
  });
  return potential.map((value, at) => value
    / Math.max(counts.users[Math.floor(at / tracks)]! + counts.tracks[at % tracks]! - value,
      EPSILON));
}

/** Matches at every threshold: how many, how similar, and who with whom. */
interface HotaCounts {
  readonly hits: Float64Array;
  readonly similarity: Float64Array;
  readonly joint: readonly Float64Array[];
}

function matchAll(
  frames: readonly DistanceFrame[], similar: readonly Float64Array[], alignment: Float64Array,
  users: number, tracks: number,
): HotaCounts {
  const hits = new Float64Array(ALPHAS.length);
  const similarity = new Float64Array(ALPHAS.length);
  const joint = ALPHAS.map(() => new Float64Array(users * tracks));
  frames.forEach((frame, index) => {
    const rows = frame.truth.length;
    const width = frame.tracks.length;
    if (rows === 0 || width === 0) return;
    const s = similar[index]!;
    const cost = s.map((value, at) =>
      -(alignment[frame.truth[Math.floor(at / width)]! * tracks
        + frame.tracks[at % width]!]! * value));
    assignDense(cost, rows, width).forEach((column, row) => {
      if (column < 0) return;
      const value = s[row * width + column]!;
      ALPHAS.forEach((alpha, q) => {
        if (value < alpha - EPSILON) return;
        hits[q]!++;
        similarity[q]! += value;
        joint[q]![frame.truth[row]! * tracks + frame.tracks[column]!]!++;
      });
    });
  });
  return { hits, similarity, joint };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value,
  0) / values.length;

/** HOTA over the frames. @param zero distance of similarity 0. Source: Luiten et al., IJCV 2021. */
export function hotaMeasures(frames: readonly DistanceFrame[], counts: Presence,
  zero: number): HotaResult {
  const users = counts.users.length;
  const tracks = counts.tracks.length;
  const truthRows = counts.users.reduce((sum, value) => sum + value, 0);
  const trackRows = counts.tracks.reduce((sum, value) => sum + value, 0);
  const similar = frames.map((frame) => similarities(frame, zero));
  const alignment = globalAlignment(frames, similar, counts);
  const { hits, similarity, joint } = matchAll(frames, similar, alignment, users, tracks);
  const association = joint.map((matrix, q) => {
    let sum = 0;
    matrix.forEach((value, at) => {
      if (value === 0) return;
      const whole = counts.users[Math.floor(at / tracks)]! + counts.tracks[at % tracks]! - value;
      sum += (value * value) / Math.max(whole, 1);
    });
    return sum / Math.max(hits[q]!, 1);
  });
  const detection = ALPHAS.map((_, q) => hits[q]! / Math.max(truthRows + trackRows - hits[q]!, 1));
  return {
    hota: mean(detection.map((value, q) => Math.sqrt(value * association[q]!))),
    detection: mean(detection),
    association: mean(association),
    localisation: mean(ALPHAS.map((_, q) => Math.max(1e-10, similarity[q]!) / Math.max(1e-10,
      hits[q]!))),
  };
}

/** GOSPA (alpha 2) with its parts, and OSPA: means over frames. */
export interface SetResult {
  readonly gospa: number;
  readonly localisation: number;
  readonly missed: number;
  readonly falseAlarms: number;
  readonly ospa: number;
}

/** Distances of the best pairing when each is cut at `cut` and raised to `power`. */
function cutPairs(frame: DistanceFrame, cut: number, power: number): number[] {
  const rows = frame.truth.length;
  const width = frame.tracks.length;
  if (rows === 0 || width === 0) return [];
  const cost = frame.distance.map((value) => Math.min(value, cut) ** power);
  const pairs: number[] = [];
  assignDense(cost, rows, width).forEach((column, row) => {
    if (column >= 0) pairs.push(Math.min(frame.distance[row * width + column]!, cut));
  });
  return pairs;
}

/** GOSPA and OSPA. Source: Rahmathullah et al., FUSION 2017; Schuhmacher et al. 2008. */
export function setMeasures(
  frames: readonly DistanceFrame[], cut: number, power: number, ospaPower: number,
): SetResult {
  const sum = { gospa: 0, localisation: 0, missed: 0, falseAlarms: 0, ospa: 0 };
  for (const frame of frames) {
    const rows = frame.truth.length;
    const width = frame.tracks.length;
    const all = cutPairs(frame, cut, power);
    const near = all.filter((value) => value < cut);
    const localisation = near.reduce((total, value) => total + value ** power, 0);
    const missed = (cut ** power / 2) * (rows - near.length);
    const falseAlarms = (cut ** power / 2) * (width - near.length);
    sum.gospa += (localisation + missed + falseAlarms) ** (1 / power);
    sum.localisation += localisation;
    sum.missed += missed;
    sum.falseAlarms += falseAlarms;
    const larger = Math.max(rows, width);
    if (larger === 0) continue;
    const own = ospaPower === power ? all : cutPairs(frame, cut, ospaPower);
    const paired = own.reduce((total, value) => total + value ** ospaPower, 0);
    sum.ospa += ((paired + cut ** ospaPower * Math.abs(rows - width)) / larger) ** (1 / ospaPower);
  }
  const frameCount = Math.max(frames.length, 1);
  return {
    gospa: sum.gospa / frameCount, localisation: sum.localisation / frameCount,
    missed: sum.missed / frameCount, falseAlarms: sum.falseAlarms / frameCount,
      ospa: sum.ospa / frameCount,
  };
}
