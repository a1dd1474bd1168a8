import { expect, test } from 'vitest';
import { Gaps, regularPercent } from '../../scripts/bench/cadence.ts';

test('pairs are counted within a stream, regular ones from 90 to 110 ms, and the longest gap is kept', () => {
  const gaps = new Gaps();
  expect(regularPercent(gaps.report())).toBeNaN();
  for (const atMs of [0, 100, 190, 300, 389, 700]) gaps.add('a', atMs);
  for (const atMs of [50, 150]) gaps.add('b', atMs);
  expect(gaps.report()).toEqual({ pairs: 6, within: 4, maxGapMs: 311 });
  expect(regularPercent(gaps.report())).toBeCloseTo(66.667, 2);
});
