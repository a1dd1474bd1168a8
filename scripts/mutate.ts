/**
 * `npm run gate:mutate -- [--jobs N] [--minutes N] [--only file] [--again] [--survivors] [--json]`:
 * changes the gate in thousands of small ways and tells which changes no test notices.
 *
 * A run that was stopped goes on where it was, as long as sources and tests are the same; `--again`
 * begins anew. `--survivors` asks only those again that the last run left alive and takes its kills
 * as they were though tests have changed since: for work on tests, no figure to publish.
 */
import {
  appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SystemClock } from '../src/base/clock.ts';
import { hash32 } from '../src/base/random.ts';
import { learnReach, prepare, tryMutants } from './mutate/run.ts';
import type { Outcome, Prepared } from './mutate/run.ts';
import type { Mutant } from './mutate/instrument.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '90' },
    only: { type: 'string', default: '' },
    again: { type: 'boolean', default: false },
    survivors: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const project = fileURLToPath(new URL('../..', import.meta.url));
const out = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);
const clock = new SystemClock();

/** Mutants that change nothing that anybody could notice, each with its reason. */
function equivalents(): Readonly<Record<string, string>> {
  const path = join(project, 'scripts/mutate/equivalent.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
}

const isAlive = ({ fate }: Outcome): boolean => fate === 'survived' || fate === 'unreached';

/** Outcomes of an earlier run of the very same sources and tests; with `--survivors` its kills. */
function earlier(path: string, hash: string): Map<string, Outcome> {
  const found = new Map<string, Outcome>();
  if (values.again || !existsSync(path)) return found;
  const [head, ...lines] = readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
  if (head !== hash && !values.survivors) return found;
  for (const line of lines) {
    const outcome = JSON.parse(line) as Outcome;
    if (values.survivors && isAlive(outcome)) found.delete(outcome.key);
    else found.set(outcome.key, outcome);
  }
  return found;
}

const testFiles = (): string[] => readdirSync(join(project, 'test/gate'))
  .filter((file) => file.endsWith('.test.ts') && !file.startsWith('tmp-'))
  .map((file) => `test/gate/${file}`);

interface Found {
  readonly prepared: Prepared;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly wanted: readonly Mutant[];
}

async function tryAll(root: string, statePath: string): Promise<Found> {
  const prepared = prepare(root, 'src/gate', testFiles());
  const outcomes = earlier(statePath, prepared.hash);
  if (outcomes.size === 0 || values.survivors) {
    // Kills that were taken from other tests never pass for those of a whole run.
    const head = values.survivors ? `survivors of ${prepared.hash}` : prepared.hash;
    const lines = [head, ...[...outcomes.values()].map((outcome) => JSON.stringify(outcome))];
    writeFileSync(statePath, `${lines.join('\n')}\n`);
  }
  const wanted = prepared.mutants.filter(({ file }) => file.startsWith(values.only));
  // In an order of no meaning: where time runs out, what was tried is a fair sample.
  const queue = wanted.filter(({ key }) => !outcomes.has(key))
    .sort((a, b) => hash32(a.key) - hash32(b.key));
  const beganMs = clock.nowMs();
  const untilMs = beganMs + 60_000 * Number(values.minutes);
  note(`${wanted.length} mutants, ${outcomes.size} known from before`);
  const reach = await learnReach(prepared);
  const testsS = reach.testMs.reduce((a, b) => a + b, 0) / 1000;
  note(`${reach.testMs.length} tests, ${testsS.toFixed(1)} s`);
  const total = queue.length;
  let done = 0;
  const next = (): Mutant | undefined => (clock.nowMs() > untilMs ? undefined : queue.shift());
  const tell = (outcome: Outcome): void => {
    outcomes.set(outcome.key, outcome);
    appendFileSync(statePath, `${JSON.stringify(outcome)}\n`);
    done++;
    if (done % 100 !== 0) return;
    const leftMin = ((clock.nowMs() - beganMs) / done) * (total - done) / 60_000;
    note(`${done} of ${total}, about ${leftMin.toFixed(1)} min to go`);
  };
  const jobs = Math.max(1, Number(values.jobs));
  await Promise.all(
    Array.from({ length: jobs }, () => tryMutants(prepared, reach, next, tell)),
  );
  return { prepared, outcomes, wanted };
}

function report({ outcomes, wanted }: Found): number {
  const known = equivalents();
  const by = (fate: Outcome['fate']): Mutant[] =>
    wanted.filter(({ key }) => outcomes.get(key)?.fate === fate && !(key in known));
  const alive = [...by('survived'), ...by('unreached')]
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  const killed = by('killed').length + by('timeout').length;
  const tried = killed + alive.length;
  const excused = wanted.filter(({ key }) => key in known).length;
  const score = tried === 0 ? 0 : (100 * killed) / tried;
  const strange = Object.keys(known).filter(
    (key) => values.only === '' && !wanted.some((mutant) => mutant.key === key));
  const wrong = Object.keys(known).filter((key) =>
    ['killed', 'timeout'].includes(outcomes.get(key)?.fate ?? ''));
  if (values.json) {
    out(JSON.stringify({ formatVersion: 1, score, killed, tried, excused, alive, strange, wrong }));
    return 0;
  }
  out(`mutation score of src/gate: ${score.toFixed(1)} % (${killed} of ${tried}; ` +
    `${excused} listed as equivalent; ${wanted.length - tried - excused} not tried)`);
  if (values.survivors) out('kills are those of the run before, whose tests may have been others');
  for (const { file, line, column, within, kind, original, changed, key } of alive) {
    const fate = outcomes.get(key)?.fate ?? '';
    const where = `src/gate/${file}:${line}:${column} ${within}`;
    out(`${fate} ${where} [${kind}] ${original} → ${changed}`);
  }
  for (const key of strange) out(`listed as equivalent, but there is no such mutant: ${key}`);
  for (const key of wrong) out(`listed as equivalent, but a test notices it: ${key}`);
  return 0;
}

const root = mkdtempSync(join(tmpdir(), 'lukou-mutate-'));
try {
  const folder = join(project, 'dist/mutate');
  mkdirSync(folder, { recursive: true });
  const found = await tryAll(root, join(folder, 'gate.jsonl'));
  process.exitCode = report(found);
} finally {
  rmSync(root, { recursive: true, force: true });
}
