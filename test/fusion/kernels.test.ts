import { expect, test } from 'vitest';
import { assignMemory, assignRows } from '../../fusion/assign.ts';
import {
  COVARIANCE, STATE, TRACK_RECORD, T_CLASS, T_COVARIANCE, T_LAYOUT, T_MODE, T_STATE, T_TIME,
  VEHICLE,
} from '../../fusion/layout.ts';
import { estimateTrack, predictFree, predictTrack, predictVehicle } from '../../fusion/predict.ts';
import { classTuning } from '../../fusion/tuning.ts';
import {
  preparePlace, referenceOffset, offset, turnRound, updateMode,
} from '../../fusion/update.ts';
import { seededRandom } from '../../src/base/random.ts';
import { createPeerFilter } from '../bench/fusion-peer.ts';
import type { PeerState } from '../bench/fusion-peer.ts';
import { assignDense } from '../../src/score/hungarian.ts';

test('predict and update equal npm kalman-filter to 1e-9 on a shared linear model', () => {
  const dtS = 0.1;
  const density = 1.44;
  const variance = 0.09;
  const [q3, q2, q1] = [(density * dtS ** 3) / 3, (density * dtS ** 2) / 2, density * dtS];
  const peer = createPeerFilter({
    observation: { dimension: 2, stateProjection: [[1, 0, 0, 0], [0, 1, 0, 0]],
      covariance: [[variance, 0], [0, variance]] },
    dynamic: {
      dimension: 4,
      transition: [[1, 0, dtS, 0], [0, 1, 0, dtS], [0, 0, 1, 0], [0, 0, 0, 1]],
      covariance: [[q3, 0, q2, 0], [0, q3, 0, q2], [q2, 0, q1, 0], [0, q2, 0, q1]],
      init: { mean: [[1], [2], [0], [0]], covariance: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 9, 0],
        [0, 0, 0, 9]] },
    },
  });
  const data = new Float64Array(STATE + COVARIANCE);
  data.set([1, 2, 0, 0]);
  [1, 1, 9, 9].forEach((value, index) => (data[STATE + index * STATE + index] = value));
  const random = seededRandom(4);
  let previous: PeerState | null = null;
  let worst = 0;
  for (let step = 0; step < 60; step++) {
    const [x, y] = [1 + step * 0.5 + random.normal() * 0.3, 2 - step * 0.2 + random.normal() * 0.3];
    predictFree(data, 0, STATE, dtS, density, 0);
    const predicted = peer.predict({ previousCorrected: previous });
    previous = peer.correct({ predicted, observation: [[x], [y]] });
    updateMode(data, 0, STATE, preparePlace(x, y, variance, data, 0));
    const { mean, covariance } = previous;
    for (let row = 0; row < 4; row++) {
      worst = Math.max(worst, Math.abs(mean[row]![0]! - data[row]!));
      for (let column = 0; column < 4; column++) {
        worst = Math.max(worst, Math.abs(covariance[row]![column]!
          - data[STATE + row * STATE + column]!));
      }
    }
  }
  expect(worst).toBeLessThan(1e-9);
});

test('the covariance of a vehicle stays symmetric bit for bit and positive over many steps', () => {
  const data = new Float64Array(STATE + COVARIANCE);
  data.set([0, 0, 1, 12, 0.2, 1]);
  [0.1, 0.1, 0.05, 1, 0.1, 1].forEach((value, index) => (data[STATE + index * STATE
    + index] = value));
  const random = seededRandom(8);
  for (let step = 0; step < 500; step++) {
    predictVehicle(data, 0, STATE, 0.05, classTuning[1]!.motion.manoeuvre);
    const place = [data[0]! + random.normal() * 0.2, data[1]! + random.normal() * 0.2] as const;
    expect(updateMode(data, 0, STATE, preparePlace(place[0], place[1], 0.04, data,
      0))).toBeGreaterThan(-100);
    for (let row = 0; row < STATE; row++) {
      expect(data[STATE + row * STATE + row]).toBeGreaterThan(0);
      for (let column = 0; column < row; column++) {
        expect(data[STATE + row * STATE + column]).toBe(data[STATE + column * STATE + row]);
      }
    }
  }
});

test('a vehicle on an arc is predicted along the arc, and one step equals two halves closely',
  () => {
  const place = (steps: number): [number, number] => {
    const data = new Float64Array(STATE + COVARIANCE);
    data.set([0, 0, 0, 10, 0.5, 0]);
    const mode = { ...classTuning[1]!.motion.quiet, yawS: 1e9 };
    for (let step = 0; step < steps; step++) predictVehicle(data, 0, STATE, 1 / steps, mode);
    return [data[0]!, data[1]!];
  };
  const [x, y] = place(10);
  expect(x).toBeCloseTo((10 / 0.5) * Math.sin(0.5), 1);
  expect(y).toBeCloseTo((10 / 0.5) * (1 - Math.cos(0.5)), 1);
  expect(Math.hypot(place(5)[0] - x, place(5)[1] - y)).toBeLessThan(0.05);
});

test('both modes agree after mixing, and turning round twice changes nothing', () => {
  const data = new Float64Array(TRACK_RECORD);
  data[T_CLASS] = 1;
  data[T_LAYOUT] = VEHICLE;
  data[T_TIME] = 1000;
  data[T_MODE] = 0.6;
  data[T_MODE + 1] = 0.4;
  for (let mode = 0; mode < 2; mode++) {
    data.set([5, 6, 3.1, 8 + mode, 0, 0], T_STATE + mode * STATE);
    for (let index = 0; index < STATE; index++) data[T_COVARIANCE + mode * COVARIANCE
      + index * (STATE + 1)] = 0.5;
  }
  const before = data.slice();
  turnRound(data, 0);
  expect(data[T_STATE + 3]).toBe(-8);
  turnRound(data, 0);
  before.forEach((value, index) => expect(data[index]).toBeCloseTo(value, 12));
  const meanOf = (record: Float64Array): Float64Array => {
    const out = new Float64Array(25);
    estimateTrack(record, 0, out, 0);
    return out;
  };
  const mean = meanOf(data);
  expect(mean[22]).toBeCloseTo(8.4, 12);
  predictTrack(data, 0, 1000);
  expect(meanOf(data)).toEqual(mean);
  predictTrack(data, 0, 1001);
  expect(data[T_MODE]! + data[T_MODE + 1]!).toBeCloseTo(1, 12);
});

test('the reference point of a bus lies where the ray meets its body', () => {
  const at = (reference: number, heading: number): [number, number] => {
    referenceOffset(reference, heading, 12, 2.5, 1, 0, 0);
    return [offset[0]!, offset[1]!];
  };
  expect(at(0, 0)).toEqual([0, 0]);
  expect(at(1, 0)[0]).toBeCloseTo(-6);
  expect(at(1, Math.PI / 2)[0]).toBeCloseTo(-1.25);
  expect(at(5, Math.PI / 4)[0]).toBeCloseTo(-(6 + 1.25) * Math.SQRT1_2);
  expect(at(3, Math.PI / 2)[1]).toBeCloseTo(6);
  expect(at(4, 0)[0]).toBeCloseTo(-6);
  expect(at(2, 0.1)[0]).toBeLessThan(-5.5);
});

test('the sparse assignment is as cheap as the dense one on random problems, and repeats itself',
  () => {
  const random = seededRandom(12);
  const missCost = 9;
  let walked = 0;
  for (let round = 0; round < 300; round++) {
    const rows = 1 + random.below(12);
    const columns = 1 + random.below(12);
    const start = new Int32Array(rows + 1);
    const column: number[] = [];
    const cost: number[] = [];
    const dense = new Float64Array(rows * (columns + rows)).fill(1e6);
    for (let row = 0; row < rows; row++) {
      start[row] = cost.length;
      for (let other = 0; other < columns; other++) {
        if (random.next() < 0.6) continue;
        const value = random.next() * 12 - 2;
        if (value >= missCost) continue;
        column.push(other);
        cost.push(value);
        dense[row * (columns + rows) + other] = value;
      }
      dense[row * (columns + rows) + columns + row] = missCost;
    }
    start[rows] = cost.length;
    const candidates = { rows, columns, start, column: Int32Array.from(column),
      cost: Float64Array.from(cost) };
    const memory = assignMemory(rows, columns);
    assignRows(candidates, missCost, memory);
    const first = memory.rowColumn.slice();
    assignRows(candidates, missCost, memory);
    expect(memory.rowColumn).toEqual(first);
    let sum = 0;
    first.forEach((chosen, row) => {
      if (chosen >= 0) expect(memory.columnRow[chosen]).toBe(row);
      sum += dense[row * (columns + rows) + (chosen >= 0 ? chosen : columns + row)]!;
    });
    let least = 0;
    assignDense(dense, rows, columns + rows).forEach((chosen,
      row) => (least += dense[row * (columns + rows) + chosen]!));
    expect(sum).toBeCloseTo(least, 9);
    expect(new Set(first.filter((value) => value >= 0)).size).toBe(first.filter((value) =>
      value >= 0).length);
    walked++;
  }
  expect(walked).toBe(300);
});
