import { insideOutline } from '../src/base/geometry.ts';
import type { PlanePoint } from '../src/base/geometry.ts';
import type { SensingKind } from '../src/model/track.ts';
import {
  ESTIMATE, E_HEADING, E_HEADING_VARIANCE, E_SPEED, E_X, E_Y, TRACK_LIMIT, TRACK_RECORD, T_CLASS,
  T_EXISTENCE, T_SIZE,
} from './layout.ts';
import { wrap } from './predict.ts';
import { generalTuning, sensorTuning } from './tuning.ts';

/** Marks of a track during one frame: free, taken by a detection, set aside as out of reach. */
export const OPEN = 0;
export const TAKEN = 1;
export const ASIDE = 2;

/** One sensor as the core knows it: plain numbers in the site frame. */
export interface CoreSensor {
  readonly kind: SensingKind;
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
  readonly periodMs: number;
  readonly rangeMinM: number;
  readonly rangeMaxM: number;
  readonly halfAngleRad: number;
  readonly outline: readonly PlanePoint[] | null;
  /** By class index: whether it finds that class. */
  readonly finds: readonly boolean[];
}

/** Whether a place lies in the field of view, `marginM` inside of its far end. */
export function inView(sensor: CoreSensor, x: number, y: number, marginM = 0): boolean {
  const dx = x - sensor.x;
  const dy = y - sensor.y;
  if (sensor.outline) return insideOutline(x, y, sensor.outline);
  const range = Math.sqrt(dx * dx + dy * dy);
  if (range < sensor.rangeMinM || range > sensor.rangeMaxM - marginM) return false;
  if (sensor.halfAngleRad >= Math.PI) return true;
  const off = Math.abs(wrap(Math.atan2(dy, dx) - sensor.headingRad));
  return off <= sensor.halfAngleRad - (range > 0 ? marginM / range : 0);
}

/** What `mayConcern` asks of a sensor, worked out once. */
export interface Reach {
  readonly sensor: CoreSensor;
  readonly cos: number;
  readonly sin: number;
  /** Sine and tangent of the half angle, widened; 0 where it sees to its sides and behind. */
  readonly halfSin: number;
  readonly halfTan: number;
}

/** The reach of a sensor. */
export function reachOf(sensor: CoreSensor): Reach {
  const half = sensor.halfAngleRad + 0.1;
  const wide = half >= Math.PI / 2;
  return {
    sensor,
    cos: Math.cos(sensor.headingRad),
    sin: Math.sin(sensor.headingRad),
    halfSin: wide ? 0 : Math.sin(half),
    halfTan: wide ? 0 : Math.tan(half),
  };
}

/**
 * Whether a place may lie in what a sensor sees, with room to spare: a quick test for who needs to
 * be
 * looked at when a frame comes. Errs only towards yes.
 */
export function mayConcern(reach: Reach, x: number, y: number, marginM: number): boolean {
  const { sensor, cos, sin, halfSin, halfTan } = reach;
  if (sensor.outline) return true;
  const dx = x - sensor.x;
  const dy = y - sensor.y;
  const farM = sensor.rangeMaxM + marginM;
  if (dx * dx + dy * dy > farM * farM) return false;
  if (halfSin === 0) return true;
  const ahead = dx * cos + dy * sin + marginM / halfSin;
  return Math.abs(dy * cos - dx * sin) <= ahead * halfTan;
}

/** Who may stand before others in the frame at hand: place from the sensor, length, slot. */
const blockers = new Float64Array(4 * TRACK_LIMIT);
let blockerCount = 0;

/**
 * Notes who may hide others from a sensor: call before `detectionChance` is asked of a frame.
 * @param marks set aside are left out.
 */
export function noteBlockers(
  sensor: CoreSensor, tracks: Float64Array, estimates: Float64Array, count: number,
  marks: Uint8Array,
): void {
  blockerCount = 0;
  for (let slot = 0; slot < count; slot++) {
    if (marks[slot] === ASIDE) continue;
    const track = slot * TRACK_RECORD;
    if (tracks[track + T_SIZE + 1] < 1) continue;
    const at = 4 * blockerCount++;
    blockers[at] = estimates[slot * ESTIMATE + E_X] - sensor.x;
    blockers[at + 1] = estimates[slot * ESTIMATE + E_Y] - sensor.y;
    blockers[at + 2] = tracks[track + T_SIZE];
    blockers[at + 3] = slot;
  }
}

/** Whether something stands between a sensor and a track: a nearer, wide enough track. */
function isHidden(
  sensor: CoreSensor, tracks: Float64Array, estimates: Float64Array, slot: number,
): boolean {
  const dx = estimates[slot * ESTIMATE + E_X] - sensor.x;
  const dy = estimates[slot * ESTIMATE + E_Y] - sensor.y;
  const range = Math.sqrt(dx * dx + dy * dy);
  if (range < 2) return false;
  const own = tracks[slot * TRACK_RECORD + T_SIZE + 1];
  const ux = dx / range;
  const uy = dy / range;
  for (let at = 0; at < 4 * blockerCount; at += 4) {
    const ox = blockers[at];
    const oy = blockers[at + 1];
    const lengthM = blockers[at + 2];
    const across = Math.abs(ox * uy - oy * ux);
    if (across > lengthM) continue;
    const along = ox * ux + oy * uy;
    const other = blockers[at + 3];
    if (along <= 0 || along > range - 1 || other === slot) continue;
    const track = other * TRACK_RECORD;
    const e = other * ESTIMATE;
    if (tracks[track + T_EXISTENCE] < 0) continue;
    const turn = estimates[e + E_HEADING_VARIANCE] > 0
      ? estimates[e + E_HEADING] - Math.atan2(dy, dx)
      : 0;
    const widthM = tracks[track + T_SIZE + 1];
    const half = 0.5 * (lengthM * Math.abs(Math.sin(turn)) + widthM * Math.abs(Math.cos(turn)));
    if (across < half + 0.25 * own * (along / range)) return true;
  }
  return false;
}

/** Why a sensor did not see a track that it was shown. */
export interface Chance {
  probability: number;
  hidden: boolean;
}

/**
 * Probability that a sensor finds a track now, from kind, class, range, field of view, occlusion
 * and, for radar, speed. Zero outside the view: what could not be seen is not punished.
 */
export function detectionChance(
  sensor: CoreSensor, tracks: Float64Array, estimates: Float64Array, slot: number, out: Chance,
): void {
  out.hidden = false;
  out.probability = 0;
  const e = slot * ESTIMATE;
  const tuning = sensorTuning[sensor.kind];
  if (tuning.foundNear === 0) return;
  if (sensor.finds[tracks[slot * TRACK_RECORD + T_CLASS]!] === false) return;
  const x = estimates[e + E_X];
  const y = estimates[e + E_Y];
  if (!inView(sensor, x, y, 1)) return;
  const range = Math.sqrt((x - sensor.x) ** 2 + (y - sensor.y) ** 2);
  const far = sensor.outline ? 0 : Math.min(1, Math.max(0, (2 * range) / sensor.rangeMaxM - 1));
  out.probability = tuning.foundNear + far * (tuning.foundFar - tuning.foundNear);
  if (Math.abs(estimates[e + E_SPEED]) < tuning.blindBelowMps) out.probability =
    Math.min(out.probability, 0.05);
  if (isHidden(sensor, tracks, estimates, slot)) {
    out.hidden = true;
    out.probability = Math.min(out.probability, tuning.foundHidden);
  }
}

/** Log-odds of a probability. */
export const logOdds = (probability: number): number => Math.log(probability / (1 - probability));

/**
 * What is left of the evidence for existence after a step: misses and hits of one sensor follow
 * one another too closely to count as independent.
 */
export const fading = (dtS: number): number =>
  Math.exp(-Math.max(0, dtS) / generalTuning.existenceS);

/** Odds after a hit of this quality. */
export function hitOdds(odds: number, quality: number): number {
  const gain = 0.3 + 0.45 * Math.min(3, Math.max(-4, logOdds(quality)));
  return Math.min(generalTuning.oddsMax, odds + Math.min(generalTuning.hitOddsMax, gain));
}

/**
 * Odds after a miss where a hit had this chance. Source: IPDA, Musicki et al. 1994, at gate level.
 */
export function missOdds(odds: number, chance: number, weight: number): number {
  return Math.max(-generalTuning.oddsMax, odds + Math.log(1
    - Math.min(chance, 0.95)) * 0.6 * weight);
}
