/** The mutator itself: asleep it changes nothing, awake it changes one place. */
import { expect, test } from 'vitest';
import { instrument } from '../../scripts/mutate/instrument.ts';

const source = `
export function size(list: readonly number[], limit: number): string {
  let over = 0;
  for (const value of list) {
    if (value === 7) continue;
    if (value > limit) over += 1;
    else need(value >= 0, 'R1', 'a value', value + 1);
  }
  return over > 0 && list.some((one) => one > limit) ? 'over' : 'within';
}
`;

/** The instrumented function with one mutant awake. */
function built(awake: number): (list: readonly number[], limit: number) => string {
  const { code } = instrument(source, 'size.ts', 0);
  const body = code.replace('const __mutant = globalThis.__lukouMutant;', '').replace('export ', '');
  const need = (fine: boolean): void => {
    if (!fine) throw new Error('refused');
  };
  // The text is ours, made a line above.
  const make = new Function('__mutant', 'need', `${body}; return size;`) as (
    mutant: (id: number) => boolean, needed: typeof need,
  ) => ReturnType<typeof built>;
  return make((id) => id === awake, need);
}

const { mutants } = instrument(source, 'size.ts', 0);
const idOf = (original: string, changed: string): number =>
  mutants.find((one) => one.original === original && one.changed === changed)?.id ?? -2;

test('asleep, the instrumented code does what its source does, and an else keeps its owner', () => {
  const size = built(-1);
  expect(size([1, 2, 3], 2)).toBe('over');
  expect(size([1, 2], 2)).toBe('within');
  expect(size([7, 100], 200)).toBe('within');
  expect(() => size([-1], 2)).toThrow('refused');
});

test('a mutant that is awake changes its own place: boundary, constant, call, statement, text', () => {
  expect(built(idOf('value > limit', '>='))([2], 2)).toBe('within');
  expect(built(idOf('one > limit', '>='))([2, 3], 2)).toBe('over');
  expect(built(idOf('over > 0 && list.some((one) => one > limit)', '||'))([2], 2)).toBe('within');
  expect(built(idOf('list.some((one) => one > limit)', 'every'))([1, 3], 2)).toBe('within');
  expect(built(idOf('over += 1;', 'removed'))([1, 3], 2)).toBe('within');
  expect(built(idOf('over += 1', '-='))([1, 3], 2)).toBe('within');
  expect(built(idOf("'within'", "''"))([1], 2)).toBe('');
  expect(built(idOf('value === 7', 'true'))([1, 3], 2)).toBe('within');
  expect(built(idOf('continue;', 'removed'))([7], 2)).toBe('over');
});

test('what only people read has no mutants: sentences, and what a breach tells beyond its rule', () => {
  expect(mutants.some(({ original }) => original === "'R1'")).toBe(true);
  expect(mutants.some(({ original }) => original === "'a value'" || original === 'value + 1')).toBe(false);
});

test('mutants are told apart by keys that do not hold line numbers', () => {
  expect(new Set(mutants.map(({ key }) => key)).size).toBe(mutants.length);
  const moved = instrument(`\n\n${source}`, 'size.ts', 0).mutants;
  expect(moved.map(({ key }) => key)).toEqual(mutants.map(({ key }) => key));
});
