/** Tries mutants in one thread: the tests are loaded once, the mutants take turns. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CollectedTest } from './shim.ts';

/** What a worker is started with. */
export interface MutateJob {
  /** Address of the stand-in for vitest within the instrumented copy. */
  readonly shim: string;
  /** Addresses of the test files. */
  readonly tests: readonly string[];
  /** Awake from before the tests are loaded; null to learn which test reaches which mutant. */
  readonly early: number | null;
}

/** What a worker tells. */
export type MutateNews =
  | { readonly kind: 'ready'; readonly ms: number }
  /** One test ran clean; what it reached. The first has no name: what loading reached. */
  | { readonly kind: 'reached'; readonly test: number; readonly name: string;
      readonly mutants: readonly number[]; readonly ms: number }
  | { readonly kind: 'began'; readonly test: number }
  | { readonly kind: 'done'; readonly failed: string | null }
  | { readonly kind: 'broken'; readonly reason: string };

const job = workerData as MutateJob;
const port = parentPort!;
const say = (news: MutateNews): void => port.postMessage(news);
const awake = { id: job.early ?? -1 };
let hits: Set<number> | null = null;
(globalThis as Record<string, unknown>)['__lukouMutant'] = (id: number): boolean => {
  hits?.add(id);
  return awake.id === id;
};

const tests: CollectedTest[] = [];

async function load(): Promise<void> {
  const began = performance.now();
  if (job.early === null) hits = new Set();
  const { takeTests, takeBefore } = (await import(job.shim)) as {
    takeTests(): CollectedTest[];
    takeBefore(): (() => unknown)[];
  };
  for (const file of job.tests) {
    await import(file);
    const reached = hits;
    hits = null; // what is built up runs as the tests do, not as modules load
    for (const build of takeBefore()) await build();
    hits = reached;
    tests.push(...takeTests());
  }
  const ms = performance.now() - began;
  if (hits) say({ kind: 'reached', test: -1, name: '', mutants: [...hits], ms });
  hits = null;
  say({ kind: 'ready', ms });
}

/** The name of the first test that fails, null when all hold. */
async function firstFailure(order: readonly number[]): Promise<string | null> {
  for (const index of order) {
    say({ kind: 'began', test: index });
    try {
      await tests[index]!.run();
    } catch {
      return tests[index]!.name;
    }
  }
  return null;
}

async function reach(): Promise<void> {
  for (const [index, { name, run }] of tests.entries()) {
    hits = new Set();
    const began = performance.now();
    try {
      await run();
    } catch (thrown) {
      throw new Error(`${name}: ${String(thrown)}`, { cause: thrown });
    }
    say({
      kind: 'reached', test: index, name, mutants: [...hits], ms: performance.now() - began,
    });
  }
  hits = null;
  say({ kind: 'done', failed: null });
}

port.on('message', (order: { readonly mutant: number; readonly tests: readonly number[] }) => {
  const run = async (): Promise<void> => {
    if (order.mutant < 0) return reach();
    awake.id = order.mutant;
    say({ kind: 'done', failed: await firstFailure(order.tests) });
  };
  run().catch((thrown: unknown) => say({ kind: 'broken', reason: String(thrown) }));
});

try {
  await load();
} catch (thrown) {
  say({ kind: 'broken', reason: String(thrown) });
}
