import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { evaluate, parseScoreRow, readScoreRows, RowError } from '../../src/score/index.ts';
import type { ScoreOptions, ScoreRow } from '../../src/score/index.ts';
import { shared, sharedIsThere } from '../shared.ts';

const python = spawnSync('python3', ['-c', 'import numpy, scipy']).status === 0;
const why = !sharedIsThere ? '../shared is absent' : !python
  ? 'python3 with numpy and scipy is absent' : '';
if (why) process.stderr.write(`skipped: ${why}, the reference evaluator cannot be asked\n`);

const parseAll = (lines: readonly string[]): ScoreRow[] =>
  lines.map((line, index) => parseScoreRow(line, index + 1)).filter((row) => row !== null);

/** Truth and tracks with misses, clutter, switches, ignored rows, two recordings, empty frames. */
function scene(seed: number): { truth: string[]; tracks: string[] } {
  const random = seededRandom(seed);
  const truth: string[] = [];
  const tracks: string[] = [];
  for (const seq of ['a', 'b']) {
    for (let step = 0; step < 60; step++) {
      const t = Number((step * 0.1).toFixed(3));
      truth.push(JSON.stringify({ seq, t }));
      for (let id = 0; id < 9; id++) {
        if (step < id || step > 50 + id) continue;
        const [x, y] = [step * 0.2 * (id % 3), id * 1.3 + Math.sin(step / 9 + id)];
        const heading = Math.atan2(Math.cos(step / 9 + id), 2 * (id % 3));
        const cls = id % 2 ? 'car' : 'pedestrian';
        truth.push(JSON.stringify({ seq, t, id, x, y, heading, speed: 2, cls, ignore: id === 8 }));
        if (random.next() < 0.15) continue;
        tracks.push(JSON.stringify({
          seq, t: t + (random.next() - 0.5) * 0.03, id: random.next() < 0.03 ? `s${id}` : `t${id}`,
          x: x + random.normal() * 0.4, y: y + random.normal() * 0.4,
          heading: heading + random.normal() * 0.1 + (random.next() < 0.05 ? Math.PI : 0),
          speed: 2 + random.normal() * 0.3, cls: random.next() < 0.1 ? 'car' : cls,
        }));
      }
      if (random.next() < 0.3) tracks.push(JSON.stringify({ seq, t, id: `c${step}`,
        x: 40 * random.next(), y: 12 * random.next() }));
    }
  }
  return { truth, tracks };
}

const cases: readonly { name: string; options: ScoreOptions; flags: readonly string[] }[] = [
  { name: 'default', options: {}, flags: [] },
  { name: 'interp', options: { align: 'interp' }, flags: ['--align', 'interp'] },
  { name: 'narrow gate, previous partner', options: { maxDist: 0.6, keep: 'prev' },
    flags: ['--max-dist', '0.6', '--keep', 'prev'] },
  { name: 'classes', options: { classGate: true, classes: ['car'] },
    flags: ['--class-gate', '--cls', 'car'] },
  { name: 'area, GOSPA', options: { area: [0, 0, 10, 6], gospaCut: 3, gospaPower: 1, hotaZero: 3,
    toleranceS: 0.01 }, flags: ['--roi', '0,0,10,6', '--gospa-c', '3', '--gospa-p', '1',
      '--hota-zero', '3', '--tol', '0.01'] },
];

for (const { name, options, flags } of cases) {
  test(`every figure equals the reference evaluator's to 1e-9 (${name})`, (context) => {
    if (why) return context.skip(why);
    const folder = mkdtempSync(join(tmpdir(), 'lukou-score-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    let walked = 0;
    for (const seed of [1, 2]) {
      const { truth, tracks } = scene(seed);
      writeFileSync(join(folder, 'truth.jsonl'), truth.join('\n'));
      writeFileSync(join(folder, 'tracks.jsonl'), tracks.join('\n'));
      const printed = execFileSync('python3', [
        '-B', shared('tools/mot_eval.py'), join(folder, 'truth.jsonl'),
          join(folder, 'tracks.jsonl'), '--json', ...flags,
      ]).toString();
      const expected = JSON.parse(printed) as Record<string, number | null>;
      const got = evaluate(parseAll(truth), parseAll(tracks), options);
      expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort());
      for (const [figure, value] of Object.entries(expected)) {
        walked++;
        if (value === null) expect(got[figure], figure).toBeNull();
        else expect(Math.abs(got[figure]! - value),
          `${figure}: ${got[figure]} for ${value}`).toBeLessThanOrEqual(1e-9);
      }
    }
    expect(walked).toBe(2 * 48);
  });
}

test('a perfect copy scores one and a swap of ids costs two switches', () => {
  const line = (t: number, id: string, y: number): ScoreRow =>
    parseScoreRow(JSON.stringify({ t, id, x: t, y }), 1)!;
  const times = [0, 0.1, 0.2, 0.3];
  const truth = times.flatMap((t) => [line(t, 'a', 0), line(t, 'b', 8)]);
  expect(evaluate(truth, truth)).toMatchObject({ MOTA: 1, IDF1: 1, HOTA: 1, IDSW: 0, pos_rmse: 0,
    GOSPA: 0 });
  const swapped = times.flatMap((t) => [line(t, t < 0.15 ? 'a' : 'b', 0), line(t, t < 0.15 ? 'b'
    : 'a', 8)]);
  expect(evaluate(truth, swapped)).toMatchObject({ MOTA: 0.75, IDSW: 2, IDF1: 0.5, FP: 0, FN: 0 });
});

test('lines are read as they come; a bad one names itself', async () => {
  const rows = await readScoreRows(['# note', '', '{"t":1}',
    '{"t":2,"id":3,"x":1,"y":2,"cls":"car"}']);
  expect(rows.map((row) => [row.t, row.id, row.cls])).toEqual([[1, null, null], [2, '3', 'car']]);
  await expect(readScoreRows(['{"t":1}',
    '{"t":2,"id":1,"x":"east","y":0}'])).rejects.toThrow(RowError);
  expect(() => parseScoreRow('[1]', 7)).toThrow('line 7: expected a JSON object');
});
