import {
  COVARIANCE, D_COVARIANCE, D_HEADING, D_HEADING_AMBIGUOUS, D_HEADING_VARIANCE, D_RAY_X, D_RAY_Y,
  D_REFERENCE, D_TIME, D_VELOCITY, D_VELOCITY_KIND, D_X, D_Y, FULL_VELOCITY, MODES, RANGE_RATE,
  REF_BOTTOM_CENTRE, REF_CENTRE, REF_FRONT, REF_NEAREST_CORNER, REF_REAR, REF_UNKNOWN, STATE,
  T_CLASS, T_COVARIANCE, T_HEADING_VOTE, T_INNOVATION, T_INNOVATION_SIZE, T_LAYOUT, T_MODE, T_SIZE,
  T_SIZE_WEIGHT, T_STATE, T_TIME, VEHICLE,
} from './layout.ts';
import { wrap } from './predict.ts';
import { classTuning } from './tuning.ts';

/** Most measured values in one update: place, velocity, heading. */
const VALUES = 5;
/**
 * The rows of H: the first two values are of the place and have a 1 in its columns; the rest of
 * every row lies in the third and fourth column (heading and speed, or the free velocity).
 */
const third = new Float64Array(VALUES);
const fourth = new Float64Array(VALUES);
const R = new Float64Array(VALUES * VALUES);
const S = new Float64Array(VALUES * VALUES);
const innovation = new Float64Array(VALUES);
const white = new Float64Array(VALUES);
const PHt = new Float64Array(STATE * VALUES);
const gain = new Float64Array(STATE * VALUES);
const likelihood = new Float64Array(MODES);
/** Offset of the reference point from the centre, and what is not known of it along the ray. */
export const offset = new Float64Array(3);

/**
 * Where the reference point lies from the centre of a box, into `offset` (x m, y m, and deviation
 * along the ray in m for what the size leaves open).
 *
 * @param headingRad of the box; NaN where it has none (then the box is a disc).
 */
export function referenceOffset(
  reference: number, headingRad: number, lengthM: number, widthM: number, rayX: number,
    rayY: number,
  sizeSigmaM: number,
): void {
  offset[0] = 0;
  offset[1] = 0;
  offset[2] = 0;
  if (reference === REF_CENTRE) return;
  if (Number.isNaN(headingRad)) {
    const radius = 0.25 * (lengthM + widthM);
    offset[2] = Math.max(sizeSigmaM, 0.25 * (lengthM - widthM));
    if (reference === REF_UNKNOWN || reference === REF_FRONT || reference === REF_REAR) return;
    offset[0] = -rayX * radius;
    offset[1] = -rayY * radius;
    return;
  }
  const cos = Math.cos(headingRad);
  const sin = Math.sin(headingRad);
  const ahead = rayX * cos + rayY * sin;
  const left = -rayX * sin + rayY * cos;
  const halfLength = lengthM / 2;
  const halfWidth = widthM / 2;
  offset[2] = 0.5 * sizeSigmaM * Math.abs(ahead);
  if (reference === REF_UNKNOWN) {
    offset[2] = 0.5 * (halfLength * Math.abs(ahead) + halfWidth * Math.abs(left));
    return;
  }
  let forwardM = 0;
  let leftM = 0;
  if (reference === REF_FRONT || reference === REF_REAR) {
    forwardM = reference === REF_FRONT ? halfLength : -halfLength;
    offset[2] = 0.5 * sizeSigmaM;
  } else if (reference === REF_NEAREST_CORNER) {
    forwardM = ahead > 0 ? -halfLength : halfLength;
    leftM = left > 0 ? -halfWidth : halfWidth;
  } else {
    const byLength = halfLength / Math.max(Math.abs(ahead), 1e-6);
    const byWidth = halfWidth / Math.max(Math.abs(left), 1e-6);
    const near = reference === REF_BOTTOM_CENTRE
      ? halfLength * Math.abs(ahead) + halfWidth * Math.abs(left)
      : Math.min(byLength, byWidth);
    offset[0] = -rayX * near;
    offset[1] = -rayY * near;
    return;
  }
  offset[0] = forwardM * cos - leftM * sin;
  offset[1] = forwardM * sin + leftM * cos;
}

/** Deviation of a track's length that is still open: the class's, shrinking with good views. */
export function lengthSigma(data: Float64Array, track: number): number {
  const row = classTuning[data[track + T_CLASS]];
  return row.sizeSigmaM[0] / Math.sqrt(1 + data[track + T_SIZE_WEIGHT]);
}

/**
 * Writes H, R (its lower part) and the innovation of one detection against one mode; returns how
 * many values. A detection older than the track is taken back along the track's own velocity.
 */
function linearise(
  data: Float64Array, track: number, state: number, detections: Float64Array, at: number,
): number {
  const vehicle = data[track + T_LAYOUT] === VEHICLE;
  const backS = Math.min(0, (detections[at + D_TIME] - data[track + T_TIME]) / 1000);
  const cos = vehicle ? Math.cos(data[state + 2]) : 1;
  const sin = vehicle ? Math.sin(data[state + 2]) : 0;
  const speed = vehicle ? data[state + 3] : 0;
  const vx = vehicle ? speed * cos : data[state + 2];
  const vy = vehicle ? speed * sin : data[state + 3];
  const rayX = detections[at + D_RAY_X];
  const rayY = detections[at + D_RAY_Y];
  const heading = vehicle ? data[state + 2] : NaN;
  referenceOffset(
    detections[at + D_REFERENCE], heading, data[track + T_SIZE], data[track + T_SIZE + 1], rayX,
      rayY,
    lengthSigma(data, track),
  );
  innovation[0] = detections[at + D_X] - offset[0] - data[state] - vx * backS;
  innovation[1] = detections[at + D_Y] - offset[1] - data[state + 1] - vy * backS;
  velocityColumns(0, vehicle, cos, sin, speed, backS, 0);
  velocityColumns(1, vehicle, cos, sin, speed, 0, backS);
  const kind = detections[at + D_VELOCITY_KIND];
  let values = 2;
  if (kind === RANGE_RATE) {
    innovation[2] = detections[at + D_VELOCITY] - vx * rayX - vy * rayY;
    velocityColumns(2, vehicle, cos, sin, speed, rayX, rayY);
    values = 3;
  } else if (kind === FULL_VELOCITY) {
    innovation[2] = detections[at + D_VELOCITY] - vx;
    innovation[3] = detections[at + D_VELOCITY + 1] - vy;
    velocityColumns(2, vehicle, cos, sin, speed, 1, 0);
    velocityColumns(3, vehicle, cos, sin, speed, 0, 1);
    values = 4;
  }
  for (let row = 0; row < values; row++) {
    for (let column = 0; column <= row; column++) {
      R[row * VALUES + column] = detections[at + D_COVARIANCE + row * 4 + column];
    }
  }
  const open = offset[2] * offset[2];
  R[0] += open * rayX * rayX;
  R[VALUES] += open * rayX * rayY;
  R[VALUES + 1] += open * rayY * rayY;
  if (vehicle && detections[at + D_HEADING_VARIANCE] > 0) {
    let turn = wrap(detections[at + D_HEADING] - data[state + 2]);
    if (Math.abs(turn) > Math.PI / 2) turn = wrap(turn + Math.PI);
    innovation[values] = turn;
    third[values] = 1;
    fourth[values] = 0;
    for (let column = 0; column < values; column++) R[values * VALUES + column] = 0;
    R[values * VALUES + values] = detections[at + D_HEADING_VARIANCE];
    values++;
  }
  return values;
}

/** Writes the derivative of (alongX × vx + alongY × vy) into one row of H. */
function velocityColumns(
  row: number, vehicle: boolean, cos: number, sin: number, speed: number, alongX: number,
    alongY: number,
): void {
  third[row] = vehicle ? speed * (alongY * cos - alongX * sin) : alongX;
  fourth[row] = vehicle ? alongX * cos + alongY * sin : alongY;
}

/** S = L Lᵀ in place (lower part); false where S is not positive definite. */
function factor(values: number): boolean {
  for (let row = 0; row < values; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = S[row * VALUES + column];
      for (let k = 0; k < column; k++) sum -= S[row * VALUES + k] * S[column * VALUES + k];
      if (row === column) {
        if (!(sum > 0)) return false;
        S[row * VALUES + row] = Math.sqrt(sum);
      } else S[row * VALUES + column] = sum / S[column * VALUES + column];
    }
  }
  return true;
}

/**
 * Kalman update of one mode with the rows in H, R and innovation; returns the log-likelihood.
 * The gain is found through the Cholesky factor of S and kept whitened, so that the covariance
 * loses W Wᵀ and stays symmetric bit for bit.
 *
 * @param size numbers of the state that are in use: 6, or 4 of a free one.
 *
 * Source: Bar-Shalom et al. 2001, section 5.2.3. Cost: no allocation. −Infinity when S is not
 * positive definite; the mode then stays as it was.
 */
export function updateMode(data: Float64Array, state: number, covariance: number,
  values: number, size = STATE): number {
  innovationCovariance(data, covariance, values, size);
  if (!factor(values)) return -Infinity;
  let squared = 0;
  let determinant = 1;
  for (let row = 0; row < values; row++) {
    const s = row * VALUES;
    let sum = innovation[row];
    for (let k = 0; k < row; k++) sum -= S[s + k] * white[k];
    sum /= S[s + row];
    white[row] = sum;
    squared += sum * sum;
    determinant *= S[s + row];
  }
  for (let row = 0; row < size; row++) {
    const g = row * VALUES;
    let change = 0;
    for (let value = 0; value < values; value++) {
      const s = value * VALUES;
      let sum = PHt[g + value];
      for (let k = 0; k < value; k++) sum -= gain[g + k] * S[s + k];
      sum /= S[s + value];
      gain[g + value] = sum;
      change += sum * white[value];
    }
    data[state + row] += change;
  }
  for (let row = 0; row < size; row++) {
    const g = row * VALUES;
    for (let column = row; column < size; column++) {
      const f = column * VALUES;
      let sum = gain[g] * gain[f] + gain[g + 1] * gain[f + 1];
      for (let value = 2; value < values; value++) sum += gain[g + value] * gain[f + value];
      const at = covariance + row * STATE + column;
      data[at] -= sum;
      data[covariance + column * STATE + row] = data[at];
    }
  }
  normalisedSquared = squared;
  return -0.5 * squared - Math.log(determinant) - 0.9189385332046727 * values;
}

/** PHt ← P Hᵀ and the lower part of S ← H P Hᵀ + R, along the columns where H is not zero. */
function innovationCovariance(data: Float64Array, covariance: number, values: number,
  size: number): void {
  for (let row = 0; row < size; row++) {
    const p = covariance + row * STATE;
    const g = row * VALUES;
    const turned = data[p + 2];
    const gained = data[p + 3];
    PHt[g] = data[p] + third[0] * turned + fourth[0] * gained;
    PHt[g + 1] = data[p + 1] + third[1] * turned + fourth[1] * gained;
    for (let value = 2; value < values; value++) {
      PHt[g + value] = third[value] * turned + fourth[value] * gained;
    }
  }
  for (let row = 0; row < values; row++) {
    const s = row * VALUES;
    for (let column = 0; column <= row; column++) {
      let sum = R[s + column];
      if (row < 2) sum += PHt[s + column];
      S[s + column] = sum + third[row] * PHt[2 * VALUES + column]
        + fourth[row] * PHt[3 * VALUES + column];
    }
  }
}
let normalisedSquared = 0;

/**
 * Updates one track (all its modes) with one detection, in place. The track must have been
 * predicted to the detection's instant, or lie beyond it. Leaves the innovation in the record.
 * Returns the log-likelihood of the detection.
 */
export function updateTrack(
  data: Float64Array, track: number, detections: Float64Array, at: number,
): number {
  const vehicle = data[track + T_LAYOUT] === VEHICLE;
  let best = -Infinity;
  let squared = 0;
  let values = 2;
  for (let mode = 0; mode < MODES; mode++) {
    const state = track + T_STATE + mode * STATE;
    values = linearise(data, track, state, detections, at);
    likelihood[mode] = updateMode(data, state, track + T_COVARIANCE + mode * COVARIANCE, values,
      vehicle ? STATE : 4);
    squared += data[track + T_MODE + mode] * normalisedSquared;
    if (vehicle) data[state + 2] = wrap(data[state + 2]);
    if (likelihood[mode] > best) best = likelihood[mode];
  }
  data[track + T_INNOVATION] = squared;
  data[track + T_INNOVATION_SIZE] = values;
  if (best === -Infinity) return best;
  const quiet = data[track + T_MODE] * Math.exp(likelihood[0] - best);
  const busy = data[track + T_MODE + 1] * Math.exp(likelihood[1] - best);
  const share = Math.min(Math.max(quiet / (quiet + busy), 0.001), 0.999);
  data[track + T_MODE] = share;
  data[track + T_MODE + 1] = 1 - share;
  if (vehicle) judgeHeading(data, track, detections, at);
  return best + Math.log(quiet + busy);
}

/**
 * Decides between a heading and its opposite: each box heading is a small vote (none where the
 * device says that it may be turned), fast travel a large one. A lost vote turns the track round.
 */
function judgeHeading(data: Float64Array, track: number, detections: Float64Array,
  at: number): void {
  const a = track + T_STATE;
  const heading = data[a + 2];
  const speed = data[track + T_MODE] * data[a + 3] + data[track + T_MODE + 1] * data[a + STATE + 3];
  let vote = data[track + T_HEADING_VOTE] * 0.95;
  if (detections[at + D_HEADING_VARIANCE] > 0 && detections[at + D_HEADING_AMBIGUOUS] === 0) {
    vote += Math.cos(detections[at + D_HEADING] - heading) > 0 ? 0.3 : -0.3;
  }
  if (Math.abs(speed) > 1.5) vote += Math.sign(speed) * Math.min(1.5,
    0.4 * (Math.abs(speed) - 1.5));
  vote = Math.min(Math.max(vote, -6), 6);
  if (vote < -0.5) {
    turnRound(data, track);
    vote = -vote;
  }
  data[track + T_HEADING_VOTE] = vote;
}

/** Turns a vehicle state by 180°: speed and acceleration change sign, and their covariances. */
export function turnRound(data: Float64Array, track: number): void {
  for (let mode = 0; mode < MODES; mode++) {
    const s = track + T_STATE + mode * STATE;
    const p = track + T_COVARIANCE + mode * COVARIANCE;
    data[s + 2] = wrap(data[s + 2] + Math.PI);
    data[s + 3] = -data[s + 3];
    data[s + 5] = -data[s + 5];
    for (let row = 0; row < STATE; row++) {
      for (let column = 0; column < STATE; column++) {
        const flips = (row === 3 || row === 5) !== (column === 3 || column === 5);
        if (flips) data[p + row * STATE + column] = -data[p + row * STATE + column];
      }
    }
  }
}

/**
 * Writes a plain linear update (place of a free state) into the kernel's rows: for tests and
 * benches.
 */
export function preparePlace(x: number, y: number, varianceM2: number, data: Float64Array,
  state: number): number {
  third.fill(0);
  fourth.fill(0);
  R.fill(0);
  R[0] = varianceM2;
  R[VALUES + 1] = varianceM2;
  innovation[0] = x - data[state];
  innovation[1] = y - data[state + 1];
  return 2;
}
