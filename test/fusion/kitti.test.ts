import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { trackDetections } from '../../fusion/detections.ts';
import type { DetectionRow } from '../../fusion/detections.ts';
import { evaluate, parseScoreRow } from '../../src/score/index.ts';
import type { ScoreRow } from '../../src/score/index.ts';
import { shared, testWithShared } from '../shared.ts';

const linesOf = (name: string): string[] =>
  gunzipSync(readFileSync(shared(`tracking-data/${name}`))).toString().trim().split('\n');

/** Floors a little under what is measured; the figures themselves are in the docs. */
const rows = [
  { cls: 'car', name: 'Car', MOTA: 0.825, IDF1: 0.89, HOTA: 0.85, placeM: 0.154, speedMps: 0.36 },
  { cls: 'pedestrian', name: 'Pedestrian', MOTA: 0.64, IDF1: 0.78, HOTA: 0.71, placeM: 0.13,
    speedMps: 0.2 },
  { cls: 'bicycle', name: 'Cyclist', MOTA: 0.75, IDF1: 0.86, HOTA: 0.81, placeM: 0.09,
    speedMps: 0.24 },
] as const;

testWithShared('real detections are tracked as well as the best of the peers', () => {
  const detections = linesOf('kitti-detections.jsonl.gz').map((line) =>
    JSON.parse(line) as DetectionRow);
  const truth = linesOf('kitti-truth.jsonl.gz').map((line, index) =>
    parseScoreRow(line, index + 1)!);
  const told = [...trackDetections(detections, () => undefined)];
  for (const row of rows) {
    const own = truth.filter(({ cls }) => cls === row.name);
    const tracks = told.filter(({ cls }) => cls === row.cls).map((track): ScoreRow => ({
      seq: String(track.seq), t: track.t, id: String(track.id), x: track.x, y: track.y,
      heading: track.heading ?? NaN, speed: track.speed, cls: row.name, ignore: false,
    }));
    const score = evaluate(own, tracks);
    expect(score['MOTA'], `${row.name} MOTA`).toBeGreaterThan(row.MOTA);
    expect(score['IDF1'], `${row.name} IDF1`).toBeGreaterThan(row.IDF1);
    expect(score['HOTA'], `${row.name} HOTA`).toBeGreaterThan(row.HOTA);
    const near = evaluate(own, tracks, { maxDist: 1 });
    expect(near['pos_rmse'], `${row.name} place`).toBeLessThan(row.placeM);
    expect(near['speed_rmse'], `${row.name} speed`).toBeLessThan(row.speedMps);
  }
});
