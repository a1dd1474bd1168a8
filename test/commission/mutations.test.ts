import { expect, test } from 'vitest';
import { omissions, rotations, swaps } from '../../scripts/crosscheckrun.ts';
import type { Mutation } from '../../scripts/crosscheckrun.ts';
import type { Road } from '../../src/model/road.ts';
import { demoSite } from '../demosite.ts';
import { stoppedBy, walkSite } from './engineer.ts';

const truth = demoSite().road;

/** The road file of somebody who has mixed lamps up, or forgot some. */
function mutated({ shows, missing }: Mutation): Road {
  const lampGroup = new Map<string, string>(truth.signalGroups.map((group) => [group.id, group.lampGroup]));
  const gone = (id: string | null): boolean => id !== null && missing.includes(id);
  return {
    ...truth,
    signalGroups: truth.signalGroups.filter(({ id }) => !gone(id)).map((group) => ({
      ...group, lampGroup: lampGroup.get(shows.get(group.id) ?? group.id) as never,
    })),
    movements: truth.movements.map((row) => ({
      ...row, signalGroup: gone(row.signalGroup) ? null : row.signalGroup,
      waitingArea: gone(row.waitingArea?.signalGroup ?? null) ? null : row.waitingArea,
    })),
    crossings: truth.crossings.map((row) => ({
      ...row, signalGroup: gone(row.signalGroup) ? null : row.signalGroup,
    })),
  };
}

const ids = truth.signalGroups.map(({ id }) => id as string);
const swapped = (a: string, b: string): Mutation =>
  ({ name: `${a} and ${b} swapped`, shows: new Map([[a, b], [b, a]]), missing: [] });
const { rows: told } = swaps(truth);
const toldNames = new Set(told.map(({ name }) => name));
const alike = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => swapped(a, b)))
  .filter(({ name }) => !toldNames.has(name));
const arms = ['east', 'north', 'west', 'south'];
const opposite: Readonly<Record<string, string>> =
  { east: 'west', west: 'east', north: 'south', south: 'north' };
const half: Mutation = {
  name: 'all arms half round', missing: [],
  shows: new Map(ids.flatMap((id) => {
    const arm = arms.find((name) => id.endsWith(name))!;
    const to = `${id.slice(0, -arm.length)}${opposite[arm]!}`;
    return ids.includes(to) ? [[id, to] as const] : [];
  })),
};

test('a truthful engineer confirms the site as it is, whatever the moments of the keys', () => {
  for (const seed of ['a', 'b', 'c']) {
    const walked = walkSite(truth, truth, seed);
    expect(stoppedBy(walked)).toEqual({ lamps: 0, cabinet: 0, arms: 0 });
    expect(Object.values(walked.part.groups).flatMap(({ refusals }) => refusals)).toEqual([]);
  }
});

test.each([
  ['swapped, told apart by the plan', told, 126],
  ['swapped, always green together in the plan', alike, 45],
  ['rotated', [...rotations(truth, arms), half], 7],
  ['missing', omissions(truth), 19],
] as const)('no mutated site passes: %s', (name, rows, count) => {
  const found = rows.map((mutation) => ({
    name: mutation.name, ...stoppedBy(walkSite(mutated(mutation), truth, mutation.name)),
  }));
  const by = (pick: (row: typeof found[number]) => boolean): number => found.filter(pick).length;
  process.stdout.write(`figure: ${name}: ${found.length} mutations; stopped by the lamps seen `
    + `${by(({ lamps }) => lamps > 0)}, by the number at the cabinet alone `
    + `${by(({ lamps, arms: counted, cabinet }) => lamps === 0 && counted === 0 && cabinet > 0)}, `
    + `by counting the arm ${by(({ arms: counted }) => counted > 0)}\n`);
  expect(found.length).toBe(count);
  expect(found.filter((row) => row.lamps + row.cabinet + row.arms === 0)).toEqual([]);
  if (name.includes('told apart')) expect(by(({ lamps }) => lamps > 0)).toBe(count);
  if (name === 'missing') expect(by(({ arms: counted }) => counted > 0)).toBe(count);
});
