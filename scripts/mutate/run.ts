/** Prepares the instrumented copy and tries every mutant in worker threads. */
import {
  existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { instrument, translate } from './instrument.ts';
import type { Mutant } from './instrument.ts';
import type { MutateJob, MutateNews } from './worker.ts';

export type Fate = 'killed' | 'timeout' | 'survived' | 'unreached';

/** What became of one mutant. */
export interface Outcome {
  readonly key: string;
  readonly fate: Fate;
  /** The test that failed. */
  readonly by: string | null;
}

export interface Prepared {
  readonly root: string;
  readonly mutants: readonly Mutant[];
  readonly tests: readonly string[];
  /** Changes with any source or test that the outcome depends on. */
  readonly hash: string;
}

const project = fileURLToPath(new URL('../../..', import.meta.url));

/** Every source that tests of the gate may load, by folder or file. */
const sources = ['src', 'drivers', 'fusion', 'v2x', 'config', 'scripts/gatesoak', 'test'];

function filesBelow(folder: string): string[] {
  if (!existsSync(join(project, folder))) return [];
  return readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

/** Translates the sources into `root`, those of `folder` instrumented. */
export function prepare(root: string, folder: string, testFiles: readonly string[]): Prepared {
  const dist = join(root, 'copy/dist');
  mkdirSync(dist, { recursive: true });
  writeFileSync(join(root, 'copy/package.json'), '{"type":"module"}');
  for (const name of ['config', 'docs']) symlinkSync(join(project, name), join(root, 'copy', name));
  symlinkSync(join(project, 'config/sites'), join(root, 'copy/sites'));
  if (existsSync(join(project, '../shared'))) {
    symlinkSync(resolve(project, '../shared'), join(root, 'shared'));
  }
  packages(join(root, 'copy/node_modules'));
  const hash = createHash('sha256');
  const mutants: Mutant[] = [];
  const isOther = (file: string): boolean =>
    file.endsWith('.test.ts') && !testFiles.includes(file);
  for (const file of sources.flatMap(filesBelow).filter((one) => !isOther(one))) {
    const source = readFileSync(join(project, file), 'utf8');
    const target = join(dist, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    if (!file.startsWith(`${folder}/`)) {
      if (/^(src\/gate|src\/base|test\/gate)\//.test(file)) hash.update(source);
      writeFileSync(target, translate(source, file));
      continue;
    }
    hash.update(source);
    const made = instrument(source, file.slice(folder.length + 1), mutants.length);
    mutants.push(...made.mutants);
    writeFileSync(target, made.code);
  }
  // Data that sources find beside themselves.
  for (const data of ['config/sites', 'test/fixtures', 'test/golden']) {
    if (!existsSync(join(dist, data))) symlinkSync(join(project, data), join(dist, data));
  }
  const tests = testFiles.map((file) => join(dist, file.replace(/\.ts$/, '.js')));
  return { root, mutants, tests, hash: hash.digest('hex') };
}

/** The installed packages, with a stand-in for vitest. */
function packages(folder: string): void {
  mkdirSync(join(folder, 'vitest'), { recursive: true });
  for (const name of readdirSync(join(project, 'node_modules'))) {
    if (name !== 'vitest' && !name.startsWith('.lukou')) {
      symlinkSync(join(project, 'node_modules', name), join(folder, name));
    }
  }
  writeFileSync(join(folder, 'vitest/package.json'), '{"type":"module","exports":"./index.js"}');
  writeFileSync(join(folder, 'vitest/index.js'), `export * from '${shimAddress}';\n`);
}

const shimAddress = new URL('./shim.js', import.meta.url).href;

/** One worker thread that is asked one thing at a time. */
class Trial {
  readonly #worker: Worker;
  #hear: (news: MutateNews) => void = () => undefined;
  readonly #early: MutateNews[] = [];

  constructor(prepared: Prepared, early: number | null) {
    const job: MutateJob = {
      shim: shimAddress, tests: prepared.tests.map((file) => pathToFileURL(file).href), early,
    };
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: job, stdout: true, stderr: true,
    });
    const tell = (news: MutateNews): void => {
      this.#early.push(news);
      this.#hear(news);
    };
    this.#worker.on('message', tell);
    this.#worker.on('error', (thrown: unknown) => tell({ kind: 'broken', reason: String(thrown) }));
  }

  /**
   * Waits for news of a kind, or for the loss of the worker; null when nothing comes for too long.
   * @param limitMs for the first word; each test that begins is given `testLimitMs` of its own.
   */
  wait(
    kind: MutateNews['kind'], limitMs: number,
    testLimitMs: (test: number) => number = () => limitMs,
  ): Promise<MutateNews | null> {
    return new Promise((done) => {
      let timer: NodeJS.Timeout;
      const finish = (news: MutateNews | null): void => {
        clearTimeout(timer);
        this.#hear = () => undefined;
        done(news);
      };
      const take = (): void => {
        for (let news = this.#early.shift(); news; news = this.#early.shift()) {
          if (news.kind === kind || news.kind === 'broken') return finish(news);
          if (news.kind === 'began') {
            clearTimeout(timer);
            timer = setTimeout(() => finish(null), testLimitMs(news.test));
          } else this.others.push(news);
        }
      };
      timer = setTimeout(() => finish(null), limitMs);
      this.#hear = take;
      take();
    });
  }

  readonly others: MutateNews[] = [];

  ask(mutant: number, tests: readonly number[]): void {
    this.#worker.postMessage({ mutant, tests });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Which tests reach which mutant, and how long each takes. */
export interface Reach {
  /** Reached while modules load: these must be awake from the start. */
  readonly early: ReadonlySet<number>;
  readonly testsOf: ReadonlyMap<number, readonly number[]>;
  readonly testMs: readonly number[];
  readonly loadMs: number;
}

const LONG_MS = 600_000;

/** Runs everything once with all mutants asleep. @throws Error when a test fails by itself. */
export async function learnReach(prepared: Prepared): Promise<Reach> {
  const trial = new Trial(prepared, null);
  const loaded = await trial.wait('ready', LONG_MS);
  if (loaded?.kind !== 'ready') throw new Error(`the tests do not load: ${JSON.stringify(loaded)}`);
  trial.ask(-1, []);
  const done = await trial.wait('done', LONG_MS);
  await trial.end();
  if (done?.kind !== 'done') throw new Error(`the tests fail unmutated: ${JSON.stringify(done)}`);
  const early = new Set<number>();
  const testsOf = new Map<number, number[]>();
  const testMs: number[] = [];
  for (const news of trial.others) {
    if (news.kind !== 'reached') continue;
    if (news.test >= 0) testMs[news.test] = news.ms;
    for (const id of news.mutants) {
      if (news.test < 0) early.add(id);
      else testsOf.set(id, [...(testsOf.get(id) ?? []), news.test]);
    }
  }
  for (const tests of testsOf.values()) tests.sort((a, b) => testMs[a]! - testMs[b]!);
  return { early, testsOf, testMs, loadMs: loaded.ms };
}

/** How long a test may take with a mutant awake: what it takes without, many times over. */
const patienceMs = (testMs: number): number => 1000 + 10 * testMs;

/** Tries mutants one after the other in one thread; a fresh one after each that hangs. */
export async function tryMutants(
  prepared: Prepared, reach: Reach, next: () => Mutant | undefined,
  tell: (outcome: Outcome) => void,
): Promise<void> {
  let shared: Trial | null = null;
  const quickFirst = reach.testMs.map((_, index) => index)
    .sort((a, b) => reach.testMs[a]! - reach.testMs[b]!);
  for (let mutant = next(); mutant; mutant = next()) {
    const { id, key } = mutant;
    const tests = reach.testsOf.get(id) ?? [];
    const early = reach.early.has(id);
    if (!early && tests.length === 0) {
      tell({ key, fate: 'unreached', by: null });
      continue;
    }
    const order = early ? quickFirst : tests;
    let trial: Trial | null = early ? null : shared;
    if (trial === null) {
      trial = new Trial(prepared, early ? id : -1);
      const ready = await trial.wait('ready', 3000 + 10 * reach.loadMs);
      if (ready?.kind !== 'ready') {
        await trial.end();
        tell({ key, fate: ready ? 'killed' : 'timeout', by: ready ? 'the tests load' : null });
        continue;
      }
    }
    trial.ask(id, order);
    const news: MutateNews | null = await trial.wait(
      'done', LONG_MS, (test) => patienceMs(reach.testMs[test]!));
    const sound: boolean = news?.kind === 'done';
    if (early || !sound) await trial.end();
    shared = early ? shared : sound ? trial : null;
    if (!sound) tell({ key, fate: news ? 'killed' : 'timeout', by: null });
    else {
      const { failed } = news as Extract<MutateNews, { readonly kind: 'done' }>;
      tell({ key, fate: failed === null ? 'survived' : 'killed', by: failed });
    }
  }
  await shared?.end();
}
