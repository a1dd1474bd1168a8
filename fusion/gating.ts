import {
  CLASS_COUNT, DETECTION_LIMIT, DETECTION_RECORD, D_CLASS, D_COVARIANCE, D_DEVICE, D_HEADING,
  D_HEADING_VARIANCE, D_RAY_X, D_RAY_Y, D_REFERENCE, D_SIZE, D_TIME, D_VELOCITY, D_VELOCITY_KIND,
  D_X, D_Y, ESTIMATE, E_COVARIANCE, E_HEADING, E_HEADING_VARIANCE, E_VX, E_VY, E_X, E_Y,
  FULL_VELOCITY, RANGE_RATE, TRACK_LIMIT, TRACK_RECORD, T_CLASS, T_CLASS_LOG, T_CONFIRMED_MS,
  T_DEVICE, T_SIZE, T_SIZE_WEIGHT, T_TIME,
} from './layout.ts';
import { lengthSigma, offset, referenceOffset } from './update.ts';
import { wrap } from './predict.ts';
import { classTuning, generalTuning } from './tuning.ts';

/** Side of a grid cell; no gate is wider. */
const CELL_M = 8;
const BUCKETS = 4096;
/** Most candidates for one detection, nearest in the grid's order; bounds the cost of a crowd. */
const PAIRS_EACH = 32;

/** Uniform grid over the predicted places. */
export interface Grid {
  readonly head: Int32Array;
  readonly next: Int32Array;
}

/** An empty grid. */
export const createGrid = (): Grid => ({
  head: new Int32Array(BUCKETS).fill(-1),
  next: new Int32Array(TRACK_LIMIT),
});

const bucketOf = (cellX: number, cellY: number): number =>
  ((Math.imul(cellX, 73856093) ^ Math.imul(cellY, 19349663)) >>> 0) & (BUCKETS - 1);

/** Fills the grid with the first `count` estimates; lists within a cell run from old to young. */
export function fillGrid(grid: Grid, estimates: Float64Array, count: number): void {
  grid.head.fill(-1);
  for (let slot = count - 1; slot >= 0; slot--) {
    const cellX = Math.floor(estimates[slot * ESTIMATE + E_X] / CELL_M);
    const cellY = Math.floor(estimates[slot * ESTIMATE + E_Y] / CELL_M);
    const bucket = bucketOf(cellX, cellY);
    grid.next[slot] = grid.head[bucket];
    grid.head[bucket] = slot;
  }
}

/** Candidate pairs of one pass. */
export interface Candidates {
  rows: number;
  columns: number;
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly cost: Float64Array;
}

/** Room for every pair that the bounds allow. */
export const createCandidates = (): Candidates => ({
  rows: 0,
  columns: 0,
  start: new Int32Array(DETECTION_LIMIT + 1),
  column: new Int32Array(DETECTION_LIMIT * PAIRS_EACH),
  cost: new Float64Array(DETECTION_LIMIT * PAIRS_EACH + 1),
});

/**
 * Lists the gated pairs of some detections with the tracks still free.
 *
 * @param rows indexes of the detections, `rowCount` of them; @param taken not 0 where a track is
 * out.
 */
export function gatePairs(
  tracks: Float64Array, estimates: Float64Array, count: number, grid: Grid, taken: Uint8Array,
  detections: Float64Array, rows: Int32Array, rowCount: number, sensor: number, out: Candidates,
): void {
  let pairs = 0;
  out.rows = rowCount;
  out.columns = count;
  for (let row = 0; row < rowCount; row++) {
    out.start[row] = pairs;
    const at = rows[row] * DETECTION_RECORD;
    const cellX = Math.floor(detections[at + D_X] / CELL_M);
    const cellY = Math.floor(detections[at + D_Y] / CELL_M);
    const last = pairs + PAIRS_EACH;
    for (let x = cellX - 1; x <= cellX + 1; x++) {
      for (let y = cellY - 1; y <= cellY + 1; y++) {
        for (let slot = grid.head[bucketOf(x, y)]; slot >= 0
          && pairs < last; slot = grid.next[slot]) {
          if (taken[slot] !== 0) continue;
          const e = slot * ESTIMATE;
          if (Math.floor(estimates[e + E_X] / CELL_M) !== x) continue;
          if (Math.floor(estimates[e + E_Y] / CELL_M) !== y) continue;
          out.cost[pairs] = Infinity;
          pairCost(tracks, slot * TRACK_RECORD, estimates, e, detections, at, sensor, out.cost,
            pairs);
          if (!(out.cost[pairs] < generalTuning.missCost)) continue;
          out.column[pairs++] = slot;
        }
      }
    }
  }
  out.start[rowCount] = pairs;
}

/**
 * Negative log-likelihood of a pair: place, velocity, heading, size, class, the device's own id;
 * Into `out`, which costs no memory; left alone outside the gate.
 */
function pairCost(
  tracks: Float64Array, track: number, estimates: Float64Array, e: number, detections: Float64Array,
  at: number, sensor: number, out: Float64Array, pair: number,
): void {
  const tuning = classTuning[tracks[track + T_CLASS]];
  const dtS = (detections[at + D_TIME] - tracks[track + T_TIME]) / 1000;
  const headingVariance = estimates[e + E_HEADING_VARIANCE];
  const rayX = detections[at + D_RAY_X];
  const rayY = detections[at + D_RAY_Y];
  const heading = headingVariance > 0 ? estimates[e + E_HEADING] : NaN;
  referenceOffset(
    detections[at + D_REFERENCE], heading, tracks[track + T_SIZE], tracks[track + T_SIZE + 1],
      rayX, rayY,
    lengthSigma(tracks, track),
  );
  const dx = detections[at + D_X] - offset[0] - estimates[e + E_X] - estimates[e + E_VX] * dtS;
  const dy = detections[at + D_Y] - offset[1] - estimates[e + E_Y] - estimates[e + E_VY] * dtS;
  const open = offset[2] * offset[2];
  const c = e + E_COVARIANCE;
  const r = at + D_COVARIANCE;
  const reach = Math.min(CELL_M, tuning.gateM + 2 * Math.sqrt(Math.max(detections[r], detections[r
    + 5])));
  if (dx * dx + dy * dy > reach * reach) return;
  const xx = estimates[c] + detections[r] + open * rayX * rayX;
  const xy = estimates[c + 1] + detections[r + 1] + open * rayX * rayY;
  const yy = estimates[c + 5] + detections[r + 5] + open * rayY * rayY;
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 0)) return;
  const squared = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / determinant;
  if (!(squared < generalTuning.gate[2]!)) return;
  let cost = 0.5 * squared + 0.5 * Math.log(determinant) + 1.8378770664093453;
  cost += velocityCost(estimates, e, detections, at, rayX, rayY);
  cost += headingCost(heading, headingVariance, detections, at);
  cost += sizeCost(tracks, track, detections, at);
  cost += classCost(tracks, track, detections, at);
  if (tracks[track + T_CONFIRMED_MS] === 0) cost += 0.7;
  const device = detections[at + D_DEVICE];
  if (device !== 0 && tracks[track + T_DEVICE
    + sensor] === device) cost -= generalTuning.deviceBonus;
  out[pair] = cost;
}

/** Half the squared deviation of the velocity; Infinity outside its gate. */
function velocityCost(
  estimates: Float64Array, e: number, detections: Float64Array, at: number, rayX: number,
    rayY: number,
): number {
  const kind = detections[at + D_VELOCITY_KIND];
  const c = e + E_COVARIANCE;
  const r = at + D_COVARIANCE;
  if (kind === RANGE_RATE) {
    const rate = estimates[e + E_VX] * rayX + estimates[e + E_VY] * rayY;
    const off = detections[at + D_VELOCITY] - rate;
    const variance = rayX * rayX * estimates[c + 10] + 2 * rayX * rayY * estimates[c + 11]
      + rayY * rayY * estimates[c + 15] + detections[r + 10] + 0.1;
    const squared = (off * off) / variance;
    return squared > 16 ? Infinity : 0.5 * squared;
  }
  if (kind !== FULL_VELOCITY) return 0;
  const dx = detections[at + D_VELOCITY] - estimates[e + E_VX];
  const dy = detections[at + D_VELOCITY + 1] - estimates[e + E_VY];
  const xx = estimates[c + 10] + detections[r + 10] + 0.2;
  const xy = estimates[c + 11] + detections[r + 11];
  const yy = estimates[c + 15] + detections[r + 15] + 0.2;
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 0)) return Infinity;
  const squared = (yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / determinant;
  return squared > 18 ? Infinity : 0.5 * squared;
}

/** Headings modulo half a turn; bounded, since boxes are often turned. */
function headingCost(heading: number, variance: number, detections: Float64Array,
  at: number): number {
  if (!(variance > 0) || detections[at + D_HEADING_VARIANCE] === 0) return 0;
  let turn = Math.abs(wrap(detections[at + D_HEADING] - heading));
  if (turn > Math.PI / 2) turn = Math.PI - turn;
  const squared = (turn * turn) / (variance + detections[at + D_HEADING_VARIANCE] + 0.05);
  return Math.min(1.5, 0.5 * squared);
}

/** Difference of the logarithms of length and width; bounded and only when both were seen. */
function sizeCost(tracks: Float64Array, track: number, detections: Float64Array,
  at: number): number {
  if (tracks[track + T_SIZE_WEIGHT] < 1 || detections[at + D_SIZE] === 0) return 0;
  const longer = Math.log(detections[at + D_SIZE] / tracks[track + T_SIZE]);
  return Math.min(1, 4 * longer * longer);
}

/** How badly the classes fit: Infinity when both are sure and of groups that do not mix. */
function classCost(tracks: Float64Array, track: number, detections: Float64Array,
  at: number): number {
  let fit = 0;
  for (let cls = 1; cls < CLASS_COUNT; cls++) {
    fit += Math.exp(tracks[track + T_CLASS_LOG + cls] + detections[at + D_CLASS + cls]);
  }
  return fit < 0.03 ? 3 + Math.min(3, -Math.log(fit / 0.03))
    : Math.max(0, -0.5 * Math.log(fit) - 0.2);
}
