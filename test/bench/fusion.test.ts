import { expect, test } from 'vitest';
import { runFusionBench } from './fusion.bench-run.ts';

test('the fusion bench runs small, finds everybody and gives the same checksum twice', () => {
  const first = runFusionBench(true);
  const second = runFusionBench(true);
  expect(first.frames.map((row) => row.tracks)).toEqual([8]);
  expect(first.frames.map((row) => row.checksum)).toEqual(second.frames.map((row) => row.checksum));
  expect(first.filter.map((row) => row.model)).toEqual(['constant velocity', 'vehicle, one mode']);
});
