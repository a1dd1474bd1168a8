import { expect, test } from 'vitest';
import { isDrop } from '../../src/daemonstate.ts';
import { Shares } from '../../src/shares.ts';

test('the share of a class is that of the last seconds, not since the start', () => {
  const shares = new Shares();
  expect(shares.rows()).toEqual([]);
  for (let second = 0; second <= 20; second++) {
    // Parked ones are told of always in the first ten seconds, then in two rounds of ten.
    const late = Math.max(0, second - 10);
    shares.accept(second * 1000, {
      rsm_told_vulnerable: second * 30, rsm_told_parked: Math.min(second, 10) * 100 + late * 20,
      rsm_held_parked: late * 80, rsm_cut_far: late, frames_x: 5,
    });
  }
  expect(shares.rows()).toEqual([
    { cls: 'far', told: 0, held: 0, cut: 5, share: 0 },
    { cls: 'parked', told: 100, held: 400, cut: 0, share: 0.2 },
    { cls: 'vulnerable', told: 150, held: 0, cut: 0, share: 1 },
  ]);
});

test('a loop that was started anew begins its shares anew', () => {
  const shares = new Shares();
  shares.accept(0, { rsm_told_moving: 1000 });
  shares.accept(1000, { rsm_told_moving: 2000 });
  shares.accept(2000, { rsm_told_moving: 10, rsm_held_moving: 10 });
  expect(shares.rows()).toEqual([{ cls: 'moving', told: 10, held: 10, cut: 0, share: 0.5 }]);
});

test('what was told or held back is no loss, what was cut is one', () => {
  expect(['rsm_told_far', 'rsm_held_parked', 'rsm_cut_far'].map(isDrop)).toEqual([false, false, true]);
});
