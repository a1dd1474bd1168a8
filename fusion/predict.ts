import { assert } from '../src/base/assert.ts';
import {
  CLASS_COUNT, COVARIANCE, E_ACCELERATION, E_COVARIANCE, E_HEADING, E_HEADING_VARIANCE, E_SPEED,
  E_VX, E_VY, E_X, E_Y, E_YAW_RATE, ESTIMATE, STATE, T_BOX_HEADING, T_CLASS, T_COVARIANCE, T_HIT_MS,
  T_LAYOUT, T_MODE, T_STANDING_MS, T_STATE, T_TIME, VEHICLE,
} from './layout.ts';
import { motionOf } from './tuning.ts';
import type { ModeTuning, MotionTuning } from './tuning.ts';

/** Longest step that one linearisation may cover, seconds. */
const STEP_MAX_S = 0.2;
/** A track left alone for longer than this is predicted no further, seconds. */
const GAP_MAX_S = 20;

/** A standing track that was not measured for so long is taken to stay where it is, ms. */
const REST_AFTER_MS = 400;

/** Wraps an angle into [−π, π). */
export function wrap(rad: number): number {
  if (rad >= -Math.PI && rad < Math.PI) return rad;
  return rad - 2 * Math.PI * Math.floor((rad + Math.PI) / (2 * Math.PI));
}

/** What a step of one length does to one class: chances to switch, and what fades. */
const RATES = 7;
const R_LEAVE = 1;
const R_BACK = 2;
const R_YAW = 3;
const R_ACCELERATION = 5;
/** The last step of each class, since the tracks of a frame mostly share its length. */
const rates = new Float64Array(RATES * CLASS_COUNT).fill(-1);

/** Offset in `rates` of a class for steps of `dtS`. */
function ratesOf(cls: number, dtS: number, motion: MotionTuning): number {
  const at = cls * RATES;
  if (rates[at] === dtS) return at;
  const { quiet, manoeuvre } = motion;
  rates[at] = dtS;
  rates[at + R_LEAVE] = 1 - Math.exp(-dtS / motion.quietS);
  rates[at + R_BACK] = 1 - Math.exp(-dtS / motion.manoeuvreS);
  rates[at + R_YAW] = Math.exp(-dtS / quiet.yawS);
  rates[at + R_YAW + 1] = Math.exp(-dtS / manoeuvre.yawS);
  rates[at + R_ACCELERATION] = Math.exp(-dtS / quiet.accelerationS);
  rates[at + R_ACCELERATION + 1] = Math.exp(-dtS / manoeuvre.accelerationS);
  return at;
}

/**
 * Mixes the two modes of one track for a step, in place; of the covariances the upper part only,
 * since the prediction that follows writes the lower one.
 *
 * Both modes share one layout, so that mixing needs no conversion. The chance to switch grows with
 * the step (a Markov chain in continuous time), so that many short steps equal one long one.
 * Source: Blom and Bar-Shalom, "The interacting multiple model algorithm", 1988.
 */
function mixModes(data: Float64Array, track: number, rate: number): void {
  const leave = rates[rate + R_LEAVE];
  const back = rates[rate + R_BACK];
  const quiet = data[track + T_MODE];
  const busy = data[track + T_MODE + 1];
  const toQuiet = (1 - leave) * quiet + back * busy;
  const toBusy = leave * quiet + (1 - back) * busy;
  data[track + T_MODE] = toQuiet;
  data[track + T_MODE + 1] = toBusy;
  const quietShare = (back * busy) / toQuiet;
  const busyShare = (leave * quiet) / toBusy;
  const a = track + T_STATE;
  const b = a + STATE;
  const vehicle = data[track + T_LAYOUT] === VEHICLE;
  const size = vehicle ? STATE : 4;
  for (let index = 0; index < size; index++) {
    const raw = data[b + index] - data[a + index];
    difference[index] = vehicle && index === 2 ? wrap(raw) : raw;
  }
  const p = track + T_COVARIANCE;
  const quietSpread = quietShare * (1 - quietShare);
  const busySpread = busyShare * (1 - busyShare);
  for (let row = 0; row < size; row++) {
    const off = difference[row];
    const end = p + row * STATE + size;
    let column = row;
    for (let at = p + row * STATE + row; at < end; at++, column++) {
      const spread = off * difference[column];
      const first = data[at];
      const second = data[at + COVARIANCE];
      data[at] = first + quietShare * (second - first) + quietSpread * spread;
      data[at + COVARIANCE] = second + busyShare * (first - second) + busySpread * spread;
    }
    data[a + row] += quietShare * off;
    data[b + row] -= busyShare * off;
  }
}
const difference = new Float64Array(STATE);

/**
 * Moves one free state (east m, north m, east m/s, north m/s) forward at constant velocity, in
 * place, with white acceleration noise.
 *
 * @param state record offset of 4 numbers; @param covariance offset of a 6 × 6 block whose first
 * 4 × 4 is used, row-major; its upper part is read.
 * @param accelerationM2ps3 spectral density of the acceleration, m²/s³.
 *
 * Error: rounding only; symmetry is kept bit for bit.
 * Source: Bar-Shalom, Li, Kirubarajan, "Estimation with applications", section 6.2.2.
 * Cost: closed form, no allocation.
 */
export function predictFree(
  data: Float64Array,
  state: number,
  covariance: number,
  dtS: number,
  accelerationM2ps3: number,
  wanderM2ps: number,
): void {
  const p = covariance;
  data[state] += data[state + 2] * dtS;
  data[state + 1] += data[state + 3] * dtS;
  const q3 = (accelerationM2ps3 * dtS * dtS * dtS) / 3 + wanderM2ps * dtS;
  const q2 = (accelerationM2ps3 * dtS * dtS) / 2;
  const q1 = accelerationM2ps3 * dtS;
  const p02 = data[p + 2];
  const p03 = data[p + 3];
  const p12 = data[p + 8];
  const p13 = data[p + 9];
  const p22 = data[p + 14];
  const p23 = data[p + 15];
  const p33 = data[p + 21];
  data[p] += dtS * (2 * p02 + dtS * p22) + q3;
  data[p + 7] += dtS * (2 * p13 + dtS * p33) + q3;
  data[p + 1] += dtS * (p03 + p12 + dtS * p23);
  data[p + 2] = p02 + dtS * p22 + q2;
  data[p + 3] = p03 + dtS * p23;
  data[p + 8] = p12 + dtS * p23;
  data[p + 9] = p13 + dtS * p33 + q2;
  data[p + 14] = p22 + q1;
  data[p + 21] = p33 + q1;
  data[p + 6] = data[p + 1];
  data[p + 12] = data[p + 2];
  data[p + 18] = data[p + 3];
  data[p + 13] = data[p + 8];
  data[p + 19] = data[p + 9];
  data[p + 20] = p23;
}

/**
 * Moves one vehicle state forward along an arc, in place. Yaw rate and acceleration fade with
 * their time constants; yaw noise vanishes as the vehicle stops, since nothing turns on the spot.
 *
 * Error: second order in the turned angle of one step (≤ 0.2 s); 2 cm at 15 m/s and 0.5 rad/s.
 * Source: constant turn rate and acceleration, Schubert et al., FUSION 2008, linearised midway.
 * Cost: closed form row and column operations, no allocation.
 */
export function predictVehicle(
  data: Float64Array,
  state: number,
  covariance: number,
  dtS: number,
  mode: ModeTuning,
): void {
  move[M_STEP] = dtS;
  move[M_KEEP_YAW] = Math.exp(-dtS / mode.yawS);
  move[M_KEEP_ACCELERATION] = Math.exp(-dtS / mode.accelerationS);
  moveVehicle(data, state, covariance, mode);
}

/** One step of one vehicle: a number that is handed over in an array costs no memory. */
const move = new Float64Array(8);
const M_STEP = 0;
/** What stays of yaw rate and acceleration after the step. */
const M_KEEP_YAW = 1;
const M_KEEP_ACCELERATION = 2;
/** How the place moves with the heading, east and north, and with the speed. */
const M_X_HEADING = 3;
const M_Y_HEADING = 4;
const M_COS = 5;
const M_SIN = 6;
const M_SPEED = 7;

/** `predictVehicle` by the step and the decays in `move`. */
function moveVehicle(
  data: Float64Array, state: number, covariance: number, mode: ModeTuning,
): void {
  const dtS = move[M_STEP];
  const speed = data[state + 3];
  const yawRate = data[state + 4];
  const acceleration = data[state + 5];
  const middle = data[state + 2] + 0.5 * yawRate * dtS;
  const cos = Math.cos(middle);
  const sin = Math.sin(middle);
  const path = speed * dtS + 0.5 * acceleration * dtS * dtS;
  data[state] += path * cos;
  data[state + 1] += path * sin;
  data[state + 2] = wrap(data[state + 2] + yawRate * dtS);
  data[state + 3] = speed + acceleration * dtS;
  data[state + 4] = yawRate * move[M_KEEP_YAW];
  data[state + 5] = acceleration * move[M_KEEP_ACCELERATION];
  move[M_X_HEADING] = -path * sin;
  move[M_Y_HEADING] = path * cos;
  move[M_COS] = cos;
  move[M_SIN] = sin;
  move[M_SPEED] = Math.abs(speed);
  moveVehicleCovariance(data, covariance);
  addVehicleNoise(data, covariance, mode);
}

/**
 * P ← F P Fᵀ with F's known zeros left out, written out: the upper part is read, all is written.
 * With the turn t = heading + dt/2 · yaw and the gain g = speed + dt/2 · acceleration, place moves
 * by xHeading · t + xSpeed · g, so that sums with t and g are all that F asks for.
 */
function moveVehicleCovariance(p: Float64Array, at: number): void {
  const dtS = move[M_STEP], keepYaw = move[M_KEEP_YAW];
  const keepAcceleration = move[M_KEEP_ACCELERATION];
  const xHeading = move[M_X_HEADING], yHeading = move[M_Y_HEADING];
  const xSpeed = move[M_COS] * dtS, ySpeed = move[M_SIN] * dtS;
  const half = 0.5 * dtS;
  const p02 = p[at + 2], p03 = p[at + 3], p04 = p[at + 4], p05 = p[at + 5];
  const p12 = p[at + 8], p13 = p[at + 9], p14 = p[at + 10], p15 = p[at + 11];
  const p22 = p[at + 14], p23 = p[at + 15], p24 = p[at + 16], p25 = p[at + 17];
  const p33 = p[at + 21], p34 = p[at + 22], p35 = p[at + 23];
  const p44 = p[at + 28], p45 = p[at + 29], p55 = p[at + 35];
  const t1 = p12 + half * p14, t2 = p22 + half * p24, t3 = p23 + half * p34;
  const t4 = p24 + half * p44, t5 = p25 + half * p45;
  const g1 = p13 + half * p15, g2 = p23 + half * p25, g3 = p33 + half * p35;
  const g4 = p34 + half * p45, g5 = p35 + half * p55;
  const q02 = p02 + (xHeading * t2 + xSpeed * g2), q03 = p03 + (xHeading * t3 + xSpeed * g3);
  const q04 = p04 + (xHeading * t4 + xSpeed * g4), q05 = p05 + (xHeading * t5 + xSpeed * g5);
  const q12 = p12 + (yHeading * t2 + ySpeed * g2), q13 = p13 + (yHeading * t3 + ySpeed * g3);
  const q14 = p14 + (yHeading * t4 + ySpeed * g4), q15 = p15 + (yHeading * t5 + ySpeed * g5);
  const q24 = p24 + dtS * p44, q25 = p25 + dtS * p45, q35 = p35 + dtS * p55;
  const tx = q02 + half * q04, gx = q03 + half * q05;
  const ty = q12 + half * q14, gy = q13 + half * q15;
  p[at] += xHeading * (p02 + half * p04) + xSpeed * (p03 + half * p05);
  p[at] += xHeading * tx + xSpeed * gx;
  p[at + 1] += xHeading * t1 + xSpeed * g1;
  p[at + 6] = p[at + 1] += yHeading * tx + ySpeed * gx;
  p[at + 12] = p[at + 2] = q02 + dtS * q04;
  p[at + 18] = p[at + 3] = q03 + dtS * q05;
  p[at + 24] = p[at + 4] = q04 * keepYaw;
  p[at + 30] = p[at + 5] = q05 * keepAcceleration;
  p[at + 7] += yHeading * t1 + ySpeed * g1;
  p[at + 7] += yHeading * ty + ySpeed * gy;
  p[at + 13] = p[at + 8] = q12 + dtS * q14;
  p[at + 19] = p[at + 9] = q13 + dtS * q15;
  p[at + 25] = p[at + 10] = q14 * keepYaw;
  p[at + 31] = p[at + 11] = q15 * keepAcceleration;
  p[at + 14] = p22 + dtS * p24 + dtS * q24;
  p[at + 20] = p[at + 15] = p23 + dtS * p34 + dtS * q25;
  p[at + 26] = p[at + 16] = q24 * keepYaw;
  p[at + 32] = p[at + 17] = q25 * keepAcceleration;
  p[at + 21] = p33 + dtS * p35 + dtS * q35;
  p[at + 27] = p[at + 22] = (p34 + dtS * p45) * keepYaw;
  p[at + 33] = p[at + 23] = q35 * keepAcceleration;
  p[at + 28] = keepYaw * p44 * keepYaw;
  p[at + 34] = p[at + 29] = keepYaw * p45 * keepAcceleration;
  p[at + 35] = keepAcceleration * p55 * keepAcceleration;
}

/** Adds what the model leaves out. */
function addVehicleNoise(p: Float64Array, at: number, mode: ModeTuning): void {
  const dtS = move[M_STEP];
  const keepYaw = move[M_KEEP_YAW];
  const keepAcceleration = move[M_KEEP_ACCELERATION];
  const cos = move[M_COS];
  const sin = move[M_SIN];
  const rolling = Math.min(1, move[M_SPEED] / 3);
  const along = mode.speedSigma * mode.speedSigma * dtS;
  const third = (along * dtS * dtS) / 3;
  const wander = mode.wanderSigma * mode.wanderSigma * dtS;
  p[at] += wander + third * cos * cos;
  p[at + 7] += wander + third * sin * sin;
  p[at + 1] += third * cos * sin;
  p[at + 6] = p[at + 1];
  const cross = (along * dtS) / 2;
  p[at + 3] += cross * cos;
  p[at + 9] += cross * sin;
  p[at + 18] = p[at + 3];
  p[at + 19] = p[at + 9];
  p[at + 14] += (0.02 + 0.98 * rolling) * mode.headingSigma * mode.headingSigma * dtS;
  p[at + 21] += along;
  p[at + 28] += rolling * mode.yawSigma * mode.yawSigma * (1 - keepYaw * keepYaw);
  p[at + 35] += mode.accelerationSigma * mode.accelerationSigma * (1
    - keepAcceleration * keepAcceleration);
}

/**
 * Moves one track (all its modes) forward to an instant, in place. A track that is already there
 * or beyond stays as it is. Cost: no allocation; steps of at most 0.2 s.
 */
export function predictTrack(data: Float64Array, track: number, toMs: number): void {
  let restS = (toMs - data[track + T_TIME]) / 1000;
  if (restS <= 0) return;
  data[track + T_TIME] = toMs;
  if (restS > GAP_MAX_S) restS = GAP_MAX_S;
  const cls = data[track + T_CLASS];
  const motion = motionOf(cls);
  const vehicle = data[track + T_LAYOUT] === VEHICLE;
  const standing = data[track + T_STANDING_MS] > 0;
  if (standing && toMs - data[track + T_HIT_MS] > REST_AFTER_MS) {
    rest(data, track, restS, vehicle);
    return;
  }
  const steps = Math.ceil(restS / STEP_MAX_S - 1e-9);
  const dtS = restS / steps;
  const rate = ratesOf(cls, dtS, motion);
  for (let step = 0; step < steps; step++) {
    mixModes(data, track, rate);
    for (let mode = 0; mode < 2; mode++) {
      const state = track + T_STATE + mode * STATE;
      const covariance = track + T_COVARIANCE + mode * COVARIANCE;
      const tuning = mode === 0 ? motion.quiet : motion.manoeuvre;
      if (vehicle) {
        move[M_STEP] = dtS;
        move[M_KEEP_YAW] = rates[rate + R_YAW + mode];
        move[M_KEEP_ACCELERATION] = rates[rate + R_ACCELERATION + mode];
        moveVehicle(data, state, covariance, tuning);
      } else {
        const density = tuning.accelerationSigma * tuning.accelerationSigma;
        const wander = tuning.wanderSigma * tuning.wanderSigma;
        predictFree(data, state, covariance, dtS, density, wander);
      }
    }
  }
}

/**
 * What stands is where it was: only a slow doubt grows, so that a queue outlives a red light. The
 * speed keeps room for a start, which the next measurement will show.
 */
function rest(data: Float64Array, track: number, restS: number, vehicle: boolean): void {
  for (let mode = 0; mode < 2; mode++) {
    const covariance = track + T_COVARIANCE + mode * COVARIANCE;
    data[covariance] = Math.min(data[covariance] + 0.0025 * restS, Math.max(data[covariance], 0.8));
    data[covariance + 7] = Math.min(data[covariance + 7] + 0.0025 * restS,
      Math.max(data[covariance + 7], 0.8));
    const first = vehicle ? 21 : 14;
    data[covariance + first] = Math.min(data[covariance + first] + 0.5 * restS,
      Math.max(1, data[covariance + first]));
    if (!vehicle) data[covariance + 21] = Math.min(data[covariance + 21] + 0.5 * restS,
      Math.max(1, data[covariance + 21]));
  }
}

/**
 * Moment-matched estimate of one track in (x, y, vx, vy) with heading, into `out` at `at`.
 * Source: Bar-Shalom et al. 2001, section 11.6.6. Cost: no allocation.
 */
export function estimateTrack(data: Float64Array, track: number, out: Float64Array,
  at: number): void {
  assert(out.length >= at + ESTIMATE, 'estimate is too short');
  const vehicle = data[track + T_LAYOUT] === VEHICLE;
  const s = track + T_STATE;
  const p = track + T_COVARIANCE;
  if (vehicle) {
    vehicleMoments(data, s, p, 0);
    vehicleMoments(data, s + STATE, p + COVARIANCE, MOMENTS);
  } else {
    freeMoments(data, s, p, 0);
    freeMoments(data, s + STATE, p + COVARIANCE, MOMENTS);
  }
  const first = data[track + T_MODE];
  const second = data[track + T_MODE + 1];
  const m = moments;
  for (let index = 0; index < 4; index++) {
    out[at + index] = first * m[index] + second * m[MOMENTS + index];
  }
  const spread = first * second;
  const c = at + E_COVARIANCE;
  let cell = 4;
  for (let row = 0; row < 4; row++) {
    const off = spread * (m[MOMENTS + row] - m[row]);
    for (let column = row; column < 4; column++, cell++) {
      out[c + row * 4 + column] = out[c + column * 4 + row] = first * m[cell]
        + second * m[MOMENTS + cell] + off * (m[MOMENTS + column] - m[column]);
    }
  }
  if (vehicle) vehicleHeading(data, track, out, at, first, second);
  else freeHeading(data, track, out, at);
}
/** Numbers of one mode: 4 of the mean, then the upper part of the covariance, row by row. */
const MOMENTS = 14;
const moments = new Float64Array(2 * MOMENTS);

/** Mean and covariance of one mode in (x, y, vx, vy), from a free state. */
function freeMoments(data: Float64Array, s: number, p: number, o: number): void {
  const m = moments;
  for (let index = 0; index < 4; index++) m[o + index] = data[s + index];
  m[o + 4] = data[p];
  m[o + 5] = data[p + 1];
  m[o + 6] = data[p + 2];
  m[o + 7] = data[p + 3];
  m[o + 8] = data[p + 7];
  m[o + 9] = data[p + 8];
  m[o + 10] = data[p + 9];
  m[o + 11] = data[p + 14];
  m[o + 12] = data[p + 15];
  m[o + 13] = data[p + 21];
}

/** The same from a vehicle state. */
function vehicleMoments(data: Float64Array, s: number, p: number, o: number): void {
  const m = moments;
  const cos = Math.cos(data[s + 2]);
  const sin = Math.sin(data[s + 2]);
  const speed = data[s + 3];
  const side = -speed * sin;
  const ahead = speed * cos;
  const hh = data[p + 14];
  const hs = data[p + 15];
  const ss = data[p + 21];
  m[o] = data[s];
  m[o + 1] = data[s + 1];
  m[o + 2] = ahead;
  m[o + 3] = speed * sin;
  m[o + 4] = data[p];
  m[o + 5] = data[p + 1];
  m[o + 6] = side * data[p + 2] + cos * data[p + 3];
  m[o + 7] = ahead * data[p + 2] + sin * data[p + 3];
  m[o + 8] = data[p + 7];
  m[o + 9] = side * data[p + 8] + cos * data[p + 9];
  m[o + 10] = ahead * data[p + 8] + sin * data[p + 9];
  m[o + 11] = side * side * hh + 2 * side * cos * hs + cos * cos * ss;
  m[o + 12] = side * ahead * hh + (side * sin + ahead * cos) * hs + cos * sin * ss;
  m[o + 13] = ahead * ahead * hh + 2 * ahead * sin * hs + sin * sin * ss;
}

function vehicleHeading(
  data: Float64Array, track: number, out: Float64Array, at: number, first: number, second: number,
): void {
  const a = track + T_STATE;
  const b = a + STATE;
  const p = track + T_COVARIANCE;
  const q = p + COVARIANCE;
  const turn = wrap(data[b + 2] - data[a + 2]);
  out[at + E_HEADING] = wrap(data[a + 2] + second * turn);
  out[at + E_HEADING_VARIANCE] = first * data[p + 14] + second * data[q + 14]
    + first * second * turn * turn;
  out[at + E_SPEED] = first * data[a + 3] + second * data[b + 3];
  out[at + E_YAW_RATE] = first * data[a + 4] + second * data[b + 4];
  out[at + E_ACCELERATION] = first * data[a + 5] + second * data[b + 5];
}

/** Heading of a free state: along the velocity where that is sure enough, else the box's own. */
function freeHeading(data: Float64Array, track: number, out: Float64Array, at: number): void {
  const vx = out[at + E_VX];
  const vy = out[at + E_VY];
  const speed = Math.sqrt(vx * vx + vy * vy);
  out[at + E_SPEED] = speed;
  out[at + E_YAW_RATE] = 0;
  out[at + E_ACCELERATION] = 0;
  const c = at + E_COVARIANCE;
  const nx = speed > 0 ? -vy / speed : 0;
  const ny = speed > 0 ? vx / speed : 0;
  const across = nx * nx * out[c + 10] + 2 * nx * ny * out[c + 11] + ny * ny * out[c + 15];
  const variance = speed > 0.05 ? across / (speed * speed) : Infinity;
  const box = data[track + T_BOX_HEADING];
  if (variance < 0.25) {
    out[at + E_HEADING] = Math.atan2(vy, vx);
    out[at + E_HEADING_VARIANCE] = variance;
  } else if (!Number.isNaN(box)) {
    out[at + E_HEADING] = box;
    out[at + E_HEADING_VARIANCE] = 0.1;
  } else {
    out[at + E_HEADING] = 0;
    out[at + E_HEADING_VARIANCE] = 0;
  }
}
