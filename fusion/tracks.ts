import {
  CLASS_COUNT, COVARIANCE, DETECTION_RECORD, D_CLASS, D_COVARIANCE, D_DEVICE, D_HEADING,
  D_HEADING_VARIANCE, D_QUALITY, D_RANGE, D_RAY_X, D_RAY_Y, D_REFERENCE, D_SIZE, D_TIME,
  D_VELOCITY, D_VELOCITY_KIND, D_X, D_Y, E_COVARIANCE, E_HEADING, E_HEADING_VARIANCE, E_SPEED,
  E_VX, E_VY, E_X, E_Y, FREE, FULL_VELOCITY, MODES, RANGE_RATE, SENSOR_LIMIT, STATE, TRACK_RECORD,
  T_BORN, T_BORN_INDEX, T_BORN_X, T_BORN_Y, T_BOX_HEADING, T_CLASS, T_CLASS_LOG, T_CONFIRMED_MS,
  T_COVARIANCE, T_DEVICE, T_EXISTENCE, T_HEADING_VOTE, T_HITS, T_HIT_MS, T_LAYOUT, T_MISSED_MS,
  T_MODE, T_MOVED, T_OCCLUDED_MS, T_RECEIVED_MS, T_SENSOR_MS, T_SIZE, T_SIZE_WEIGHT, T_SOLID_HITS,
  T_STANDING_MS, T_STATE, T_STRONG_MS, T_TIME, VEHICLE,
} from './layout.ts';
import { logOdds } from './existence.ts';
import { offset, referenceOffset } from './update.ts';
import { wrap } from './predict.ts';
import { classTuning, generalTuning, motionOf } from './tuning.ts';
import type { SensorTuning } from './tuning.ts';

/** The class with the largest weight; `unknown` while none stands out. */
function likeliest(data: Float64Array, at: number): number {
  let best = 1;
  for (let cls = 2; cls < CLASS_COUNT; cls++) if (data[at + cls] > data[at + best]) best = cls;
  return data[at + best] > Math.log(0.3) ? best : 0;
}

/** Scales log-weights so that the weights sum to one. */
function normaliseClasses(data: Float64Array, at: number): void {
  let most = -Infinity;
  for (let cls = 1; cls < CLASS_COUNT; cls++) most = Math.max(most, data[at + cls]);
  let sum = 0;
  for (let cls = 1; cls < CLASS_COUNT; cls++) sum += Math.exp(data[at + cls] - most);
  const total = most + Math.log(sum);
  for (let cls = 1; cls < CLASS_COUNT; cls++) data[at + cls] = Math.max(-9, data[at + cls] - total);
}

/**
 * Writes a new track from a detection at the record `track`, which must be free.
 * Its first layout is the class's where the detection knows heading or velocity, else free.
 */
export function bearTrack(
  data: Float64Array, track: number, detections: Float64Array, index: number, sensor: number,
  frameMs: number, receivedMs: number, solid: boolean,
): void {
  const at = index * DETECTION_RECORD;
  data.fill(0, track, track + TRACK_RECORD);
  data[track + T_TIME] = detections[at + D_TIME];
  data[track + T_BORN] = frameMs;
  data[track + T_BORN_INDEX] = sensor * 1024 + index;
  const weight = Math.min(3, Math.max(-4, logOdds(detections[at + D_QUALITY])));
  data[track + T_EXISTENCE] = Math.min(2.5, -1 + 0.8 * weight);
  data[track + T_HITS] = 1;
  data[track + T_SOLID_HITS] = solid ? 1 : 0;
  data[track + T_HIT_MS] = detections[at + D_TIME];
  data[track + T_STRONG_MS] = detections[at + D_TIME];
  data[track + T_RECEIVED_MS] = receivedMs;
  data[track + T_SENSOR_MS + sensor] = frameMs;
  data[track + T_DEVICE + sensor] = detections[at + D_DEVICE];
  data[track + T_BOX_HEADING] = detections[at + D_HEADING_VARIANCE] > 0
    ? detections[at + D_HEADING] : NaN;
  for (let cls = 1; cls < CLASS_COUNT; cls++) data[track + T_CLASS_LOG + cls] =
    detections[at + D_CLASS + cls];
  normaliseClasses(data, track + T_CLASS_LOG);
  data[track + T_CLASS] = likeliest(data, track + T_CLASS_LOG);
  const row = classTuning[data[track + T_CLASS]];
  for (let side = 0; side < 3; side++) {
    const seen = detections[at + D_SIZE + side];
    data[track + T_SIZE + side] = seen > 0 ? 0.5 * (seen + row.sizeM[side]!) : row.sizeM[side]!;
  }
  data[track + T_MODE] = 0.5;
  data[track + T_MODE + 1] = 0.5;
  bearState(data, track, detections, at);
}

function bearState(data: Float64Array, track: number, detections: Float64Array, at: number): void {
  const motion = motionOf(data[track + T_CLASS]);
  const measured = detections[at + D_VELOCITY_KIND];
  const headed = detections[at + D_HEADING_VARIANCE] > 0;
  const heading = headed ? detections[at + D_HEADING] : NaN;
  referenceOffset(
    detections[at + D_REFERENCE], heading, data[track + T_SIZE], data[track + T_SIZE + 1],
    detections[at + D_RAY_X], detections[at + D_RAY_Y], 0.5,
  );
  const x = detections[at + D_X] - offset[0];
  const y = detections[at + D_Y] - offset[1];
  const rayX = detections[at + D_RAY_X];
  const rayY = detections[at + D_RAY_Y];
  let vx = 0;
  let vy = 0;
  const wide = motion.birthSpeedSigmaMps ** 2;
  let varianceX = wide;
  let varianceXY = 0;
  let varianceY = wide;
  if (measured === FULL_VELOCITY) {
    vx = detections[at + D_VELOCITY];
    vy = detections[at + D_VELOCITY + 1];
    varianceX = detections[at + D_COVARIANCE + 10];
    varianceXY = detections[at + D_COVARIANCE + 11];
    varianceY = detections[at + D_COVARIANCE + 15];
  } else if (measured === RANGE_RATE) {
    const rate = detections[at + D_VELOCITY];
    vx = rate * rayX;
    vy = rate * rayY;
    const along = detections[at + D_COVARIANCE + 10] + 0.05;
    varianceX = wide + (along - wide) * rayX * rayX;
    varianceXY = (along - wide) * rayX * rayY;
    varianceY = wide + (along - wide) * rayY * rayY;
  }
  data[track + T_BORN_X] = x;
  data[track + T_BORN_Y] = y;
  const vehicle = motion.layout === 'vehicle' && headed;
  data[track + T_LAYOUT] = FREE;
  for (let mode = 0; mode < MODES; mode++) {
    const s = track + T_STATE + mode * STATE;
    const p = track + T_COVARIANCE + mode * COVARIANCE;
    data[s] = x;
    data[s + 1] = y;
    data[s + 2] = vx;
    data[s + 3] = vy;
    const open = offset[2] * offset[2];
    data[p] = detections[at + D_COVARIANCE] + open * rayX * rayX;
    data[p + 1] = data[p + 6] = detections[at + D_COVARIANCE + 1] + open * rayX * rayY;
    data[p + 7] = detections[at + D_COVARIANCE + 5] + open * rayY * rayY;
    data[p + 14] = varianceX;
    data[p + 15] = data[p + 20] = varianceXY;
    data[p + 21] = varianceY;
  }
  if (vehicle) toVehicle(data, track, detections[at + D_HEADING],
    detections[at + D_HEADING_VARIANCE]);
}

/**
 * Free → vehicle layout along a heading that is known. The speed is the velocity's part along it,
 * signed; the part across is left to the heading's own doubt.
 */
function toVehicle(data: Float64Array, track: number, headingRad: number,
  varianceRad2: number): void {
  const cos = Math.cos(headingRad);
  const sin = Math.sin(headingRad);
  for (let mode = 0; mode < MODES; mode++) {
    const s = track + T_STATE + mode * STATE;
    const p = track + T_COVARIANCE + mode * COVARIANCE;
    const speed = data[s + 2] * cos + data[s + 3] * sin;
    const xs = data[p + 2] * cos + data[p + 3] * sin;
    const ys = data[p + 8] * cos + data[p + 9] * sin;
    const ss = data[p + 14] * cos * cos + 2 * data[p + 15] * cos * sin + data[p + 21] * sin * sin;
    for (let row = 0; row < STATE; row++) {
      for (let column = 0; column < STATE; column++) {
        if (row > 1 || column > 1) data[p + row * STATE + column] = 0;
      }
    }
    data[s + 2] = wrap(headingRad);
    data[s + 3] = speed;
    data[s + 4] = 0;
    data[s + 5] = 0;
    data[p + 3] = data[p + 18] = xs;
    data[p + 9] = data[p + 19] = ys;
    data[p + 14] = varianceRad2;
    data[p + 21] = ss;
    data[p + 28] = 0.04;
    data[p + 35] = 1;
  }
  data[track + T_LAYOUT] = VEHICLE;
  data[track + T_HEADING_VOTE] = 0;
}

/** Vehicle → free layout by the moments of each mode. */
function toFree(data: Float64Array, track: number): void {
  for (let mode = 0; mode < MODES; mode++) {
    const s = track + T_STATE + mode * STATE;
    const p = track + T_COVARIANCE + mode * COVARIANCE;
    const cos = Math.cos(data[s + 2]);
    const sin = Math.sin(data[s + 2]);
    const speed = data[s + 3];
    const ss = data[p + 21];
    const hh = data[p + 14] * speed * speed + 0.05;
    const xs = data[p + 3];
    const ys = data[p + 9];
    if (mode === 0) data[track + T_BOX_HEADING] = data[s + 2];
    for (let row = 0; row < STATE; row++) {
      for (let column = 0; column < STATE; column++) {
        if (row > 1 || column > 1) data[p + row * STATE + column] = 0;
      }
    }
    data[s + 2] = speed * cos;
    data[s + 3] = speed * sin;
    data[s + 4] = 0;
    data[s + 5] = 0;
    data[p + 2] = data[p + 12] = xs * cos;
    data[p + 3] = data[p + 18] = xs * sin;
    data[p + 8] = data[p + 13] = ys * cos;
    data[p + 9] = data[p + 19] = ys * sin;
    data[p + 14] = ss * cos * cos + hh * sin * sin;
    data[p + 15] = data[p + 20] = (ss - hh) * cos * sin;
    data[p + 21] = ss * sin * sin + hh * cos * cos;
  }
  data[track + T_LAYOUT] = FREE;
}

/** Takes class, size, device id and times of a detection into the track that it updated. */
export function learn(
  data: Float64Array, track: number, detections: Float64Array, index: number, sensor: number,
  tuning: SensorTuning, frameMs: number, receivedMs: number,
): void {
  const at = index * DETECTION_RECORD;
  learnClass(data, track, detections, at);
  learnSize(data, track, detections, at, tuning);
  data[track + T_HIT_MS] = Math.max(data[track + T_HIT_MS], detections[at + D_TIME]);
  data[track + T_RECEIVED_MS] = Math.max(data[track + T_RECEIVED_MS], receivedMs);
  data[track + T_MISSED_MS] = 0;
  data[track + T_OCCLUDED_MS] = 0;
  data[track + T_SENSOR_MS + sensor] = frameMs;
  if (detections[at + D_DEVICE] !== 0) data[track + T_DEVICE + sensor] = detections[at + D_DEVICE];
  if (detections[at + D_QUALITY] >= generalTuning.weakQuality) {
    data[track + T_HITS]++;
    if (tuning.blindBelowMps === 0) data[track + T_SOLID_HITS]++;
    data[track + T_STRONG_MS] = detections[at + D_TIME];
  }
  if (data[track + T_LAYOUT] === FREE && detections[at + D_HEADING_VARIANCE] > 0) {
    const old = data[track + T_BOX_HEADING];
    let turn = wrap(detections[at + D_HEADING] - old);
    if (Math.abs(turn) > Math.PI / 2) turn = wrap(turn + Math.PI);
    data[track + T_BOX_HEADING] = Number.isNaN(old) ? detections[at + D_HEADING]
      : wrap(old + 0.3 * turn);
  }
}

/** Log-weights with slow forgetting; the class told changes only at odds of 2 : 1. */
function learnClass(data: Float64Array, track: number, detections: Float64Array, at: number): void {
  const log = track + T_CLASS_LOG;
  for (let cls = 1; cls < CLASS_COUNT; cls++) {
    data[log + cls] = 0.97 * data[log + cls] + 0.5 * detections[at + D_CLASS + cls];
  }
  normaliseClasses(data, log);
  const best = likeliest(data, log);
  const told = data[track + T_CLASS];
  if (best === told || best === 0) return;
  if (told !== 0 && data[log + best] < data[log + told] + Math.LN2) return;
  data[track + T_CLASS] = best;
  const row = classTuning[best];
  for (let side = 0; side < 3; side++) {
    if (data[track + T_SIZE_WEIGHT + side] < 3) data[track + T_SIZE + side] = row.sizeM[side]!;
  }
  if (row.motion.layout === 'free' && data[track + T_LAYOUT] === VEHICLE) toFree(data, track);
}

/**
 * Weighted mean of each side. Near sensors weigh more; the class's own size counts as the first
 * view; a side never shrinks fast, since what is half hidden looks short.
 */
function learnSize(
  data: Float64Array, track: number, detections: Float64Array, at: number, tuning: SensorTuning,
): void {
  const near = 1 / (1 + detections[at + D_RANGE] / 50);
  for (let side = 0; side < 3; side++) {
    const seen = detections[at + D_SIZE + side];
    const weight = tuning.sizeWeight[side]! * near;
    if (!(seen > 0) || weight === 0) continue;
    const held = data[track + T_SIZE_WEIGHT + side];
    const old = data[track + T_SIZE + side];
    const shrinks = seen < 0.8 * old && side === 0 && held > 1;
    const share = (shrinks ? 0.3 * weight : weight) / (held + 1 + weight);
    data[track + T_SIZE + side] = old + share * (seen - old);
    data[track + T_SIZE_WEIGHT + side] = Math.min(20, held + weight);
  }
}

/** Free → vehicle as soon as travel or a box shows where it points. */
export function promote(
  data: Float64Array, track: number, estimates: Float64Array, e: number,
): void {
  if (data[track + T_LAYOUT] === VEHICLE) return;
  if (motionOf(data[track + T_CLASS]).layout === 'free') return;
  const variance = estimates[e + E_HEADING_VARIANCE];
  const box = data[track + T_BOX_HEADING];
  if (variance > 0 && variance < 0.06 && estimates[e + E_SPEED] > 1.5) {
    toVehicle(data, track, estimates[e + E_HEADING], variance);
  } else if (!Number.isNaN(box)) {
    const travel = estimates[e + E_VX] * Math.cos(box) + estimates[e + E_VY] * Math.sin(box);
    toVehicle(data, track, travel < -1 ? box + Math.PI : box, 0.1);
  }
}

/**
 * Notes once that a track moves: faster than its doubt, and away from where it was born. Walls and
 * poles that radar sees as users never do.
 */
export function judgeMoved(data: Float64Array, track: number, estimates: Float64Array,
  e: number): void {
  if (data[track + T_MOVED] === 1) return;
  const vx = estimates[e + E_VX];
  const vy = estimates[e + E_VY];
  const speed2 = vx * vx + vy * vy;
  const c = e + E_COVARIANCE;
  if (speed2 < 1 || speed2 < 9 * Math.max(estimates[c + 10], estimates[c + 15])) return;
  const dx = estimates[e + E_X] - data[track + T_BORN_X];
  const dy = estimates[e + E_Y] - data[track + T_BORN_Y];
  const needed = Math.max(0.5, 2 * Math.sqrt(estimates[c] + estimates[c + 5]));
  if (dx * vx + dy * vy > needed * Math.sqrt(speed2) || speed2 > 9) data[track + T_MOVED] = 1;
}

/** Notes since when a track stands: negative while it must still prove it, positive after. */
export function judgeStanding(data: Float64Array, track: number, speedMps: number,
  nowMs: number): void {
  const since = data[track + T_STANDING_MS];
  if (Math.abs(speedMps) > (since > 0 ? 2 : 1) * generalTuning.standingMps) {
    data[track + T_STANDING_MS] = 0;
  } else if (since === 0) data[track + T_STANDING_MS] = -nowMs;
  else if (since < 0 && nowMs + since >= generalTuning.standingMs) data[track + T_STANDING_MS] =
    -since;
}

/** Radius that holds the true place with 95 % (two dimensions), metres. */
export function bound95M(estimates: Float64Array, e: number): number {
  const c = e + E_COVARIANCE;
  const middle = 0.5 * (estimates[c] + estimates[c + 5]);
  const stretch = 0.5 * (estimates[c] - estimates[c + 5]);
  const half = Math.sqrt(stretch * stretch + estimates[c + 1] * estimates[c + 1]);
  return 2.4477 * Math.sqrt(Math.max(0, middle + half));
}

/** Whether two tracks were both updated by one frame of one sensor within a second: two users. */
export function seenTogether(data: Float64Array, a: number, b: number, nowMs: number): boolean {
  for (let sensor = 0; sensor < SENSOR_LIMIT; sensor++) {
    const at = data[a + T_SENSOR_MS + sensor];
    if (at > 0 && at === data[b + T_SENSOR_MS + sensor] && nowMs - at < 1000) return true;
  }
  return false;
}

/**
 * Whether two estimates look the same: place and velocity within their joint doubt, classes alike.
 */
export function lookSame(
  data: Float64Array, a: number, b: number, estimates: Float64Array, e: number, f: number,
): boolean {
  const first = classTuning[data[a + T_CLASS]];
  const second = classTuning[data[b + T_CLASS]];
  const alike = first.group === second.group || first.group === 'unknown'
    || second.group === 'unknown';
  if (!alike) return false;
  const dx = estimates[f + E_X] - estimates[e + E_X];
  const dy = estimates[f + E_Y] - estimates[e + E_Y];
  const reach = Math.max(1, 0.35 * (data[a + T_SIZE] + data[b + T_SIZE]));
  if (dx * dx + dy * dy > reach * reach) return false;
  const dvx = estimates[f + E_VX] - estimates[e + E_VX];
  const dvy = estimates[f + E_VY] - estimates[e + E_VY];
  const c = E_COVARIANCE;
  const velocity = estimates[e + c + 10] + estimates[e + c + 15] + estimates[f + c + 10]
    + estimates[f + c + 15];
  return dvx * dvx + dvy * dvy < 4 + 4 * velocity;
}

/**
 * What must be gone: too unlikely, unseen for too long, or nowhere in particular. What stands may be
 * hidden again and again in a queue or at a kerb: it is kept longer (not told longer), so that it
 * comes back as itself; it dies of evidence against it.
 */
export function mustDie(
  data: Float64Array, track: number, estimates: Float64Array, e: number, nowMs: number,
): boolean {
  const odds = data[track + T_EXISTENCE];
  const row = classTuning[data[track + T_CLASS]];
  const unseenMs = nowMs - data[track + T_HIT_MS];
  const stays = data[track + T_STANDING_MS] > 0 && data[track + T_HITS] > 4;
  if (odds < (stays ? generalTuning.dropStandingOdds : generalTuning.dropOdds)) return true;
  if (unseenMs > 400 && bound95M(estimates, e) > 2.5 * generalTuning.boundMaxM) return true;
  const missed = data[track + T_MISSED_MS];
  if (missed > 0 && missed - data[track + T_HIT_MS] > row.missedMs && !stays) return true;
  const young = data[track + T_CONFIRMED_MS] === 0 && data[track + T_HITS] < 3;
  if (young && unseenMs > (missed > 0 ? 700 : 1500)) return true;
  if (!stays) return unseenMs > row.hiddenMs;
  return unseenMs > (row.group === 'vehicle' ? generalTuning.standingKeptMs : generalTuning.walkerKeptMs);
}

/** Keeps the note of when a track was first worth telling, with hysteresis. */
export function judgePublication(data: Float64Array, track: number, nowMs: number): void {
  const row = classTuning[data[track + T_CLASS]];
  const odds = data[track + T_EXISTENCE];
  if (data[track + T_CONFIRMED_MS] === 0) {
    const believed = data[track + T_MOVED] === 1 || data[track + T_SOLID_HITS] >= 2;
    if (believed && odds >= row.publishOdds && data[track + T_HITS] >= row.publishHits) data[track
      + T_CONFIRMED_MS] = nowMs;
  } else if (odds < row.withdrawOdds) data[track + T_CONFIRMED_MS] = 0;
}
