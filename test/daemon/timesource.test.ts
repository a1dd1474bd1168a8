import { expect, test } from 'vitest';
import { chronyErrorMs, ErrorBound } from '../../src/timesource.ts';

test('the error bound is offset, dispersion and half the delay, and none while not synchronised', () => {
  const line = 'A29FC87B,162.159.200.123,4,1700000000.1,0.000150,-0.000020,0.000300,-7.1,0.002,0.05,0.020,0.0015,1030.5,Normal';
  expect(chronyErrorMs(line)).toBeCloseTo(0.15 + 1.5 + 10, 6);
  expect(chronyErrorMs(line.replace('0.000150', '-0.000150'))).toBeCloseTo(11.65, 6);
  expect(chronyErrorMs(line.replace('Normal', 'Not synchronised'))).toBe(Infinity);
  expect(chronyErrorMs(line.replace(',4,', ',16,'))).toBe(Infinity);
  expect(chronyErrorMs('506 Cannot talk to daemon')).toBe(Infinity);
});

test('without answers the error grows as a quartz drifts: 100 ms are passed when foretold', () => {
  const bound = new ErrorBound();
  expect(bound.at(0)).toBe(Infinity);
  bound.heard(5, 1000);
  expect([bound.at(1000), bound.at(31_000)]).toEqual([5, 5]);
  bound.heard(Infinity, 20_000); // chrony lost its sources: the last bound goes on to grow
  const foretoldMs = 1000 + 95 / 200e-6;
  expect(bound.at(0.9 * foretoldMs)).toBeLessThanOrEqual(100);
  expect(bound.at(1.1 * foretoldMs)).toBeGreaterThan(100);
  bound.heard(4, 600_000);
  expect(bound.at(600_000)).toBe(4);
});
