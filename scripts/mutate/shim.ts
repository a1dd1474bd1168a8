/**
 * What stands in for vitest while mutants are tried: it collects the tests of a file and runs them
 * when told, many times, in one thread. The matchers are vitest's own.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** One collected test. */
export interface CollectedTest {
  readonly name: string;
  readonly run: () => unknown;
}

const collected: CollectedTest[] = [];
/** Takes the tests that were collected since the last call. */
export const takeTests = (): CollectedTest[] => collected.splice(0);

class Skipped extends Error {
  override name = 'Skipped';
}
const context = {
  skip: (): never => {
    throw new Skipped();
  },
};

type Body = (given: typeof context) => unknown;
function add(name: string, first: unknown, second?: unknown): void {
  const body = (typeof first === 'function' ? first : second) as Body | undefined;
  if (!body) return;
  collected.push({
    name,
    run: async () => {
      try {
        await body(context);
      } catch (thrown) {
        if (!(thrown instanceof Skipped)) throw thrown;
      }
    },
  });
}

/** Fills a name as vitest does, roughly: names are for people alone. */
type Rows = (name: string, body: (...row: unknown[]) => unknown) => void;
const each = (rows: readonly unknown[]): Rows => (name, body) => {
  rows.forEach((row, index) => {
    add(`${name} ${index}`, () => body(...(Array.isArray(row) ? (row as unknown[]) : [row])));
  });
};

export const test = Object.assign(add, { each, skip: () => undefined, only: add });
export const it = test;
export const describe = (_name: string, body: () => void): void => body();
const unsupported = (what: string) => (): never => {
  throw new Error(`${what} is not known to the runner of mutants`);
};
export const beforeEach = unsupported('beforeEach');
export const afterEach = unsupported('afterEach');
const before: (() => unknown)[] = [];
/** Takes what the files since the last call build up before their tests. */
export const takeBefore = (): (() => unknown)[] => before.splice(0);
/** What a file builds up is built once, with all mutants asleep; what it takes down is left. */
export const beforeAll = (build: () => unknown): void => void before.push(build);
export const afterAll = (): void => undefined;

interface Expectations {
  readonly chai: { use(plugin: unknown): void; expect: unknown };
  readonly JestChaiExpect: unknown;
  readonly JestAsymmetricMatchers: unknown;
  readonly JestExtend: unknown;
}
const require = createRequire(createRequire(import.meta.url).resolve('vitest/package.json'));
const found = (await import(
  pathToFileURL(require.resolve('@vitest/expect')).href
)) as Expectations & {
  readonly setState: (state: object, expect: unknown) => void;
  readonly ASYMMETRIC_MATCHERS_OBJECT: symbol;
};
const { chai } = found;
for (const plugin of [found.JestExtend, found.JestChaiExpect, found.JestAsymmetricMatchers]) {
  chai.use(plugin);
}
const base = chai.expect as (value: unknown) => unknown;
const matchers = (globalThis as Record<symbol, unknown>)[found.ASYMMETRIC_MATCHERS_OBJECT];
export const expect = Object.assign((value: unknown): unknown => base(value), base, matchers);
