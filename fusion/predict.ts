import { assert } from '../src/base/assert.ts';
import {
  COVARIANCE, E_ACCELERATION, E_COVARIANCE, E_HEADING, E_HEADING_VARIANCE, E_SPEED, E_VX, E_VY,
  E_X, E_Y, E_YAW_RATE, ESTIMATE, STATE, T_BOX_HEADING, T_CLASS, T_COVARIANCE, T_HIT_MS, T_LAYOUT,
  T_MODE, T_STANDING_MS, T_STATE, T_TIME, VEHICLE,
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

/**
 * Mixes the two modes of one track for a step of `dtS`, in place.
 *
 * Both modes share one layout, so that mixing needs no conversion. The chance to switch grows with
 * the step (a Markov chain in continuous time), so that many short steps equal one long one.
 * Source: Blom and Bar-Shalom, "The interacting multiple model algorithm", 1988.
 */
function mixModes(data: Float64Array, track: number, dtS: number,
  motion: MotionTuning): void {
  const leave = 1 - Math.exp(-dtS / motion.quietS);
  const back = 1 - Math.exp(-dtS / motion.manoeuvreS);
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
  for (let index = 0; index < STATE; index++) {
    const raw = data[b + index] - data[a + index];
    difference[index] = vehicle && index === 2 ? wrap(raw) : raw;
  }
  const p = track + T_COVARIANCE;
  const q = p + COVARIANCE;
  const quietSpread = quietShare * (1 - quietShare);
  const busySpread = busyShare * (1 - busyShare);
  const size = vehicle ? STATE : 4;
  for (let row = 0; row < size; row++) {
    for (let column = row; column < size; column++) {
      const spread = difference[row] * difference[column];
      const at = row * STATE + column;
      const mirror = column * STATE + row;
      const first = data[p + at];
      const second = data[q + at];
      data[p + at] = first + quietShare * (second - first) + quietSpread * spread;
      data[q + at] = second + busyShare * (first - second) + busySpread * spread;
      data[p + mirror] = data[p + at];
      data[q + mirror] = data[q + at];
    }
    data[a + row] += quietShare * difference[row];
    data[b + row] -= busyShare * difference[row];
  }
}
const difference = new Float64Array(STATE);

/**
 * Moves one free state (east m, north m, east m/s, north m/s) forward at constant velocity, in
 * place, with white acceleration noise.
 *
 * @param state record offset of 4 numbers; @param covariance offset of a 6 × 6 block whose first
 * 4 × 4 is used, row-major, symmetric.
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
  const keepYaw = Math.exp(-dtS / mode.yawS);
  const keepAcceleration = Math.exp(-dtS / mode.accelerationS);
  data[state + 4] = yawRate * keepYaw;
  data[state + 5] = acceleration * keepAcceleration;
  const half = 0.5 * dtS;
  moveVehicleCovariance(
    data, covariance, dtS, -path * sin, path * cos, cos * dtS, sin * dtS, half, keepYaw,
    keepAcceleration,
  );
  addVehicleNoise(data, covariance, dtS, Math.abs(speed), cos, sin, mode, keepYaw,
    keepAcceleration);
}

/** P ← F P Fᵀ with F's known zeros left out: rows first, then columns, then mirrored. */
function moveVehicleCovariance(
  p: Float64Array, at: number, dtS: number, xHeading: number, yHeading: number,
  xSpeed: number, ySpeed: number, half: number, keepYaw: number, keepAcceleration: number,
): void {
  for (let column = 0; column < STATE; column++) {
    const heading = p[at + 12 + column];
    const speed = p[at + 18 + column];
    const yaw = p[at + 24 + column];
    const acceleration = p[at + 30 + column];
    const turned = heading + half * yaw;
    const gained = speed + half * acceleration;
    p[at + column] += xHeading * turned + xSpeed * gained;
    p[at + 6 + column] += yHeading * turned + ySpeed * gained;
    p[at + 12 + column] = heading + dtS * yaw;
    p[at + 18 + column] = speed + dtS * acceleration;
    p[at + 24 + column] = keepYaw * yaw;
    p[at + 30 + column] = keepAcceleration * acceleration;
  }
  for (let row = 0; row < STATE; row++) {
    const r = at + row * STATE;
    const turned = p[r + 2] + half * p[r + 4];
    const gained = p[r + 3] + half * p[r + 5];
    p[r] += xHeading * turned + xSpeed * gained;
    p[r + 1] += yHeading * turned + ySpeed * gained;
    p[r + 2] += dtS * p[r + 4];
    p[r + 3] += dtS * p[r + 5];
    p[r + 4] *= keepYaw;
    p[r + 5] *= keepAcceleration;
  }
  for (let row = 1; row < STATE; row++) {
    for (let column = 0; column < row; column++) p[at + row * STATE + column] =
      p[at + column * STATE + row];
  }
}

/** Adds what the model leaves out. */
function addVehicleNoise(
  p: Float64Array, at: number, dtS: number, speedMps: number, cos: number, sin: number,
  mode: ModeTuning, keepYaw: number, keepAcceleration: number,
): void {
  const rolling = Math.min(1, speedMps / 3);
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
  const motion = motionOf(data[track + T_CLASS]);
  const vehicle = data[track + T_LAYOUT] === VEHICLE;
  const standing = data[track + T_STANDING_MS] > 0;
  if (standing && toMs - data[track + T_HIT_MS] > REST_AFTER_MS) {
    rest(data, track, restS, vehicle);
    return;
  }
  const steps = Math.ceil(restS / STEP_MAX_S - 1e-9);
  const dtS = restS / steps;
  for (let step = 0; step < steps; step++) {
    mixModes(data, track, dtS, motion);
    for (let mode = 0; mode < 2; mode++) {
      const state = track + T_STATE + mode * STATE;
      const covariance = track + T_COVARIANCE + mode * COVARIANCE;
      const tuning = mode === 0 ? motion.quiet : motion.manoeuvre;
      if (vehicle) predictVehicle(data, state, covariance, dtS, tuning);
      else {
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
  for (let mode = 0; mode < 2; mode++) modeMoments(data, track, mode, vehicle);
  const first = data[track + T_MODE];
  const second = data[track + T_MODE + 1];
  const spread = first * second;
  for (let index = 0; index < 4; index++) {
    out[at + index] = first * moments[index] + second * moments[20 + index];
    difference[index] = moments[20 + index] - moments[index];
  }
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      const cell = 4 + row * 4 + column;
      out[at + E_COVARIANCE + row * 4 + column] =
        first * moments[cell] + second * moments[20 + cell]
          + spread * difference[row] * difference[column];
    }
  }
  if (vehicle) vehicleHeading(data, track, out, at, first, second);
  else freeHeading(data, track, out, at);
}
const moments = new Float64Array(40);

/** Mean and covariance of one mode in (x, y, vx, vy). */
function modeMoments(data: Float64Array, track: number, mode: number, vehicle: boolean): void {
  const s = track + T_STATE + mode * STATE;
  const p = track + T_COVARIANCE + mode * COVARIANCE;
  const o = mode * 20;
  moments[o] = data[s];
  moments[o + 1] = data[s + 1];
  if (!vehicle) {
    moments[o + 2] = data[s + 2];
    moments[o + 3] = data[s + 3];
    for (let row = 0; row < 4; row++) {
      for (let column = 0; column < 4; column++) moments[o + 4 + row * 4 + column] =
        data[p + row * STATE + column];
    }
    return;
  }
  const cos = Math.cos(data[s + 2]);
  const sin = Math.sin(data[s + 2]);
  const speed = data[s + 3];
  moments[o + 2] = speed * cos;
  moments[o + 3] = speed * sin;
  const side = -speed * sin;
  const ahead = speed * cos;
  const hh = data[p + 14];
  const hs = data[p + 15];
  const ss = data[p + 21];
  moments[o + 4] = data[p];
  moments[o + 5] = moments[o + 8] = data[p + 1];
  moments[o + 9] = data[p + 7];
  moments[o + 6] = moments[o + 12] = side * data[p + 2] + cos * data[p + 3];
  moments[o + 7] = moments[o + 16] = ahead * data[p + 2] + sin * data[p + 3];
  moments[o + 10] = moments[o + 13] = side * data[p + 8] + cos * data[p + 9];
  moments[o + 11] = moments[o + 17] = ahead * data[p + 8] + sin * data[p + 9];
  moments[o + 14] = side * side * hh + 2 * side * cos * hs + cos * cos * ss;
  moments[o + 15] = moments[o + 18] = side * ahead * hh + (side * sin + ahead * cos) * hs
    + cos * sin * ss;
  moments[o + 19] = ahead * ahead * hh + 2 * ahead * sin * hs + sin * sin * ss;
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
  const speed = Math.hypot(vx, vy);
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
