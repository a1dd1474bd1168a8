import { FusionCore } from '../../fusion/core.ts';
import { everywhere, rowsToFrame } from '../../fusion/detections.ts';
import { COVARIANCE, STATE } from '../../fusion/layout.ts';
import { predictFree, predictVehicle } from '../../fusion/predict.ts';
import { classTuning } from '../../fusion/tuning.ts';
import { preparePlace, updateMode } from '../../fusion/update.ts';
import { seededRandom } from '../../src/base/random.ts';
import { createPeerFilter } from './fusion-peer.ts';
import type { PeerState } from './fusion-peer.ts';

/** Time of one sensor frame at a number of road users, ms; goal: 256 ≤ 1 and 3, 500 ≤ 2 and 8. */
export interface FusionFrameRow {
  readonly users: number;
  readonly frames: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What one frame 300 ms late costs in all, replay included. */
  readonly rewindMs: number;
  readonly tracks: number;
  /** Sum over the table at the end: equal on every machine. */
  readonly checksum: number;
}

/** One predict and update, µs, ours and the package's. */
export interface FusionFilterRow {
  readonly model: 'constant velocity' | 'vehicle, one mode';
  readonly oursUs: number;
  readonly peerUs: number;
  readonly ratio: number;
}

export interface FusionBench {
  readonly frames: readonly FusionFrameRow[];
  readonly filter: readonly FusionFilterRow[];
}

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1,
    Math.floor(share * values.length))]!;

/** One sensor at 10 Hz over users spread on 240 m × 240 m, 95 % found, 0.3 m noise. */
function frameRow(users: number, frames: number): FusionFrameRow {
  const random = seededRandom(users);
  const sensors = [everywhere, everywhere];
  const core = new FusionCore(sensors, { rewindMs: 500, count: () => undefined });
  const start = Array.from({ length: users }, () => ({
    x: random.next() * 240, y: random.next() * 240, heading: random.next() * 6.28, speed: 3
      + random.next() * 10,
  }));
  const scan = (index: number, t: number, sensor: number): ReturnType<typeof rowsToFrame> => {
    const rows = start.filter(() => random.next() < 0.95).map(({ x, y, heading, speed }) => ({
      t, x: x + speed * t * Math.cos(heading) + random.normal() * 0.3, y: y
        + speed * t * Math.sin(heading) + random.normal() * 0.3,
      heading: heading + random.normal() * 0.05, length: 4.5, width: 1.8, cls: 'Car', score: 6,
    }));
    const frame = rowsToFrame(rows, index, 1000 + t * 1000, () => undefined);
    return { ...frame, sensor, receivedMs: frame.measuredMs + 300 };
  };
  const times: number[] = [];
  const warm = 20;
  for (let index = 0; index < frames + warm; index++) {
    const frame = scan(index, index / 10, 0);
    const began = nowMs();
    core.accept(frame);
    core.settle();
    if (index >= warm) times.push(nowMs() - began);
  }
  const late = scan(0, (frames + warm) / 10 - 0.45, 1);
  const began = nowMs();
  core.accept(late);
  core.settle();
  const rewindMs = nowMs() - began;
  const checksum = core.table.tracks.reduce((sum, value) => (Number.isFinite(value) ? sum + value
    : sum), 0);
  return {
    users, frames, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99), rewindMs,
    tracks: core.table.count, checksum,
  };
}

/** Median over batches of the time of one call, µs. */
function timeUs(batches: number, rounds: number, operation: () => void): number {
  const times: number[] = [];
  for (let batch = 0; batch < batches + 2; batch++) {
    const began = nowMs();
    for (let round = 0; round < rounds; round++) operation();
    if (batch >= 2) times.push(((nowMs() - began) * 1000) / rounds);
  }
  return quantile(times, 0.5);
}

/** npm kalman-filter with `size` states and two measured. */
function peerUs(size: 4 | 6, rounds: number): number {
  const unit = (value: number): number[][] =>
    Array.from({ length: size }, (_, row) => Array.from({ length: size },
      (__, column) => (row === column ? value : 0)));
  const transition = unit(1);
  transition[0]![2] = 0.1;
  transition[1]![3] = 0.1;
  const peer = createPeerFilter({
    observation: {
      dimension: 2, covariance: [[0.09, 0], [0, 0.09]],
      stateProjection: [0, 1].map((row) => Array.from({ length: size },
        (_, column) => (row === column ? 1 : 0))),
    },
    dynamic: {
      dimension: size, transition, covariance: unit(0.01),
      init: { mean: Array.from({ length: size }, () => [0]), covariance: unit(1) },
    },
  });
  let previous: PeerState | null = null;
  let step = 0;
  return timeUs(7, rounds, () => {
    const predicted = peer.predict({ previousCorrected: previous });
    previous = peer.correct({ predicted, observation: [[step++ * 0.1], [0]] });
  });
}

/** Times filters and frames. `small` runs in the ordinary tests, so that nothing rots. */
export function runFusionBench(small = false): FusionBench {
  const data = new Float64Array(STATE + COVARIANCE);
  const reset = (): void => {
    data.fill(0);
    for (let index = 0; index < STATE; index++) data[STATE + index * (STATE + 1)] = 1;
  };
  const rounds = small ? 20 : 20_000;
  const mode = classTuning[1]!.motion.quiet;
  reset();
  const free = timeUs(7, rounds, () => {
    predictFree(data, 0, STATE, 0.1, 1, 0);
    updateMode(data, 0, STATE, preparePlace(data[0]! + 0.1, data[1]!, 0.09, data, 0));
  });
  reset();
  const vehicle = timeUs(7, rounds, () => {
    predictVehicle(data, 0, STATE, 0.1, mode);
    updateMode(data, 0, STATE, preparePlace(data[0]! + 0.1, data[1]!, 0.09, data, 0));
  });
  const peerRounds = small ? 3 : 400;
  const peerFree = peerUs(4, peerRounds);
  const peerVehicle = peerUs(6, peerRounds);
  const sizes = small ? [8] : [64, 256, 500];
  return {
    frames: sizes.map((users) => frameRow(users, small ? 10 : 300)),
    filter: [
      { model: 'constant velocity', oursUs: free, peerUs: peerFree, ratio: peerFree / free },
      { model: 'vehicle, one mode', oursUs: vehicle, peerUs: peerVehicle,
        ratio: peerVehicle / vehicle },
    ],
  };
}
