import { expect, test } from 'vitest';
import { pointOnLine } from '../../src/base/geometry.ts';
import { createEventStage } from '../../src/events/index.ts';
import { createLaneMatcher } from '../../src/model/lanes.ts';
import { demoSite } from '../demosite.ts';
import { coverageOf, listOf, trackOf } from '../v2x/compose-kit.ts';

const site = demoSite();
const { lane, lengthM } = createLaneMatcher(site.road).lanes.find(({ lane: one }) =>
  one.kind === 'motor' && one.linkId === 'east-in')!;
const { x, y, headingRad } = pointOnLine(lane.points, lengthM / 2);
const standing = (atMs: number, number = 1) => trackOf(atMs, number, x, y, { speedMps: 0, headingRad });
const stageOf = (boot?: number) => createEventStage(site, { count: () => undefined, ...(boot === undefined ? {} : { boot }) });

/** A stage that tells of one stopped vehicle, 16 s after zero. */
function told(boot?: number) {
  const stage = stageOf(boot);
  for (let atMs = 0; atMs < 16_000; atMs += 100) stage.accept(listOf(atMs, [standing(atMs)]), coverageOf(site, atMs), []);
  return stage;
}

test('an event on an arm that nobody looks at stays while the rest of the junction is seen', () => {
  const stage = told();
  const blind = (atMs: number) => stage.accept(listOf(atMs, []), coverageOf(site, atMs, ['east-arm']), []);
  for (let atMs = 16_000; atMs < 60_000; atMs += 1000) expect(blind(atMs).map(({ ended }) => ended)).toEqual([null]);
  const seen = stage.accept(listOf(60_000, []), coverageOf(site, 60_000, ['west-arm']), []);
  expect(seen.map(({ ended }) => ended?.monoMs)).toEqual([60_000]);
});

test('what nobody could look at for half an hour is over', () => {
  const stage = told();
  const blind = (atMs: number) => stage.accept(listOf(atMs, []), coverageOf(site, atMs, ['east-arm']), []);
  expect(blind(1_815_000)[0]!.ended).toBeNull();
  expect(blind(1_816_500)[0]!.ended).not.toBeNull();
  expect(blind(1_817_000)).toEqual([]);
});

test('events of one boot and of the next have different ids', () => {
  const idOf = (boot: number) => told(boot).accept(listOf(16_000, [standing(16_000)]), coverageOf(site, 16_000), [])[0]!.id;
  const ids = [0, 1, 2, 21_473, 21_474].map(idOf);
  expect(ids).toEqual([1, 100_001, 200_001, 2_147_300_001, 1]);
  for (const id of ids) expect(id).toBeLessThanOrEqual(0x7fffffff);
});
