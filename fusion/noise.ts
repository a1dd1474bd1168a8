import {
  DETECTION_RECORD, D_COVARIANCE, D_RAY_X, D_RAY_Y, D_TIME, D_X, D_Y, E_COVARIANCE, E_HEADING,
  E_HEADING_VARIANCE, E_VX, E_VY, E_X, E_Y, D_REFERENCE, T_SIZE, T_TIME,
} from './layout.ts';
import { NOISE } from './table.ts';
import { lengthSigma, offset, referenceOffset } from './update.ts';
import { generalTuning } from './tuning.ts';

/**
 * Scales the position covariances of a frame by what was learnt of its sensor, into `out`.
 *
 * The scale holds in ray axes, since range and bearing err by different causes.
 * Cost: one copy of the frame.
 */
export function scaleNoise(
  from: Float64Array, count: number, noise: Float64Array, sensor: number, floorM2: number,
  out: Float64Array,
): void {
  out.set(from.subarray(0, count * DETECTION_RECORD));
  const along = Math.sqrt(noise[sensor * NOISE]);
  const across = Math.sqrt(noise[sensor * NOISE + 1]);
  if (along === 1 && across === 1) return;
  for (let at = 0; at < count * DETECTION_RECORD; at += DETECTION_RECORD) {
    const c = out[at + D_RAY_X];
    const s = out[at + D_RAY_Y];
    const r = at + D_COVARIANCE;
    // M = along × ray rayᵀ + across × (1 − ray rayᵀ), symmetric; R ← M R Mᵀ, cross terms likewise.
    const xx = along * c * c + across * s * s;
    const xy = (along - across) * c * s;
    const yy = along * s * s + across * c * c;
    for (let column = 0; column < 4; column++) {
      const first = out[r + column];
      const second = out[r + 4 + column];
      out[r + column] = xx * first + xy * second;
      out[r + 4 + column] = xy * first + yy * second;
    }
    for (let row = 0; row < 4; row++) {
      const first = out[r + row * 4];
      const second = out[r + row * 4 + 1];
      out[r + row * 4] = xx * first + xy * second;
      out[r + row * 4 + 1] = xy * first + yy * second;
    }
    out[r] = Math.max(out[r], floorM2);
    out[r + 5] = Math.max(out[r + 5], floorM2);
  }
}

/**
 * Learns the scale of a sensor from one pair, before the update: the squared innovation along and
 * across the ray over its expectation should be one on average. Source: covariance matching, Mehra,
 * IEEE Trans. Automatic Control 17, 1972, as a bounded running estimate.
 */
export function learnNoise(
  tracks: Float64Array, track: number, estimates: Float64Array, e: number, detections: Float64Array,
  at: number, noise: Float64Array, sensor: number,
): void {
  const rayX = detections[at + D_RAY_X];
  const rayY = detections[at + D_RAY_Y];
  const dtS = (detections[at + D_TIME] - tracks[track + T_TIME]) / 1000;
  const heading = estimates[e + E_HEADING_VARIANCE] > 0 ? estimates[e + E_HEADING] : NaN;
  referenceOffset(
    detections[at + D_REFERENCE], heading, tracks[track + T_SIZE], tracks[track + T_SIZE + 1],
      rayX, rayY,
    lengthSigma(tracks, track),
  );
  const dx = detections[at + D_X] - offset[0] - estimates[e + E_X] - estimates[e + E_VX] * dtS;
  const dy = detections[at + D_Y] - offset[1] - estimates[e + E_Y] - estimates[e + E_VY] * dtS;
  const open = offset[2] * offset[2];
  const n = sensor * NOISE;
  const rate = Math.max(generalTuning.noiseRate, 1 / (noise[n + 2] + 50));
  noise[n + 2]++;
  for (let axis = 0; axis < 2; axis++) {
    const ux = axis === 0 ? rayX : -rayY;
    const uy = axis === 0 ? rayY : rayX;
    const off = dx * ux + dy * uy;
    const c = e + E_COVARIANCE;
    const r = at + D_COVARIANCE;
    const doubt = ux * ux * estimates[c] + 2 * ux * uy * estimates[c + 1]
      + uy * uy * estimates[c + 5];
    const own = ux * ux * detections[r] + 2 * ux * uy * detections[r + 1]
      + uy * uy * detections[r + 5];
    const expected = doubt + own + (axis === 0 ? open : 0);
    const excess = Math.min(4, (off * off) / expected) - 0.97;
    const share = own / expected;
    const next = noise[n + axis] * Math.exp(rate * excess * share);
    noise[n + axis] = Math.min(generalTuning.noiseMax, Math.max(generalTuning.noiseMin, next));
  }
}
