/**
 * `npm run gate:soak -- [--cycles N] [--seed S] [--faults F34,F40] [--pairs N] [--jobs N]
 * [--minutes N] [--state file] [--json] [--markdown]`: a simulated junction, its controller broken
 * in every way of the catalogue, and a judge who knows the true lamps. Ends with code 1 when a
 * wrong green was sent or an expectation did not hold.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SystemClock } from '../src/base/clock.ts';
import { machineLine, machineNow } from './bench/machine.ts';
import { figuresHead, withSection } from './bench/report.ts';
import { planOf } from './gatesoak/plan.ts';
import type { Piece, PieceResult } from './gatesoak/plan.ts';
import { markdownOf, rowsOf } from './gatesoak/report.ts';

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '' },
    pairs: { type: 'string', default: '500' },
    jobs: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '90' },
    state: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});
const project = fileURLToPath(new URL('../..', import.meta.url));
const out = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);
const clock = new SystemClock();

const pieces = planOf({
  cycles: Number(values.cycles), seed: values.seed, pairs: Number(values.pairs),
  faults: values.faults === '' ? [] : values.faults.split(','),
});
const keyOf = (piece: Piece): string => JSON.stringify(piece);

/** Pieces that an earlier run with the same `--state` file has done. */
function known(path: string): Map<string, PieceResult> {
  const found = new Map<string, PieceResult>();
  if (path === '' || !existsSync(path)) return found;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    const result = JSON.parse(line) as PieceResult;
    found.set(keyOf(result.piece), result);
  }
  return found;
}

type News =
  | { readonly kind: 'progress'; readonly cycles: number }
  | { readonly kind: 'result'; readonly result: PieceResult };

async function runAll(results: Map<string, PieceResult>): Promise<void> {
  const beganMs = clock.nowMs();
  const untilMs = beganMs + 60_000 * Number(values.minutes);
  // Long pieces and short ones alternate, so that time ends with something of each row.
  const queue = pieces.filter((piece) => !results.has(keyOf(piece)));
  queue.sort((a, b) => Number(a.seed.split('/').at(-1)) - Number(b.seed.split('/').at(-1)));
  const total = queue.reduce((sum, piece) => sum + piece.cycles, 0);
  let done = 0;
  let toldMs = beganMs;
  const tell = (): void => {
    if (clock.nowMs() - toldMs < 15_000 || done === 0) return;
    toldMs = clock.nowMs();
    const leftMin = ((toldMs - beganMs) / done) * (total - done) / 60_000;
    const wrong = rowsOf([...results.values()]).filter(({ pass }) => !pass).map(({ row }) => row);
    note(`gate:soak: ${done} of ${total} cycles, about ${leftMin.toFixed(0)} min to go` +
      (wrong.length > 0 ? `; not held: ${wrong.join(', ')}` : ''));
  };
  const take = (result: PieceResult): void => {
    results.set(keyOf(result.piece), result);
    done += result.piece.cycles;
    if (values.state !== '') {
      mkdirSync(dirname(values.state), { recursive: true });
      appendFileSync(values.state, `${JSON.stringify(result)}\n`);
    }
    tell();
  };
  const jobs = Math.max(1, Number(values.jobs));
  await Promise.all(Array.from({ length: jobs }, () => new Promise<void>((end, fail) => {
    const child = fork(fileURLToPath(new URL('./gatesoak/worker.js', import.meta.url)), {
      execArgv: ['--max-semi-space-size=16'],
    });
    const next = (): void => {
      const piece = clock.nowMs() < untilMs ? queue.shift() : undefined;
      if (piece) child.send(piece);
      else child.disconnect();
    };
    child.on('message', (news: News) => {
      if (news.kind === 'progress') return tell();
      take(news.result);
      next();
    });
    child.on('exit', (code) => {
      if (code === 0) end();
      else fail(new Error(`a worker ended with code ${code}`));
    });
    next();
  })));
}

const before = machineNow();
const beganMs = clock.nowMs();
const results = known(values.state);
await runAll(results);
const wanted = new Set(pieces.map(keyOf));
const rows = rowsOf([...results.values()].filter(({ piece }) => wanted.has(keyOf(piece))));
const wallS = (clock.nowMs() - beganMs) / 1000;
const lines = markdownOf(rows, wallS, pieces.reduce((sum, piece) => sum + piece.cycles, 0));
if (values.json) out(JSON.stringify({ formatVersion: 1, machine: before, wallS, rows }));
else out(lines.join('\n'));
if (values.markdown) {
  const path = join(project, 'docs/figures.md');
  const page = existsSync(path) ? readFileSync(path, 'utf8') : figuresHead;
  const section = [
    '<!-- bench gate-soak: written by the bench, do not edit -->',
    '## Long run of the gate', '', ...lines, '',
    `- Machine: ${machineLine(before)}. Again, whole: \`npm run gate:soak -- --markdown\`.`,
    '<!-- end gate-soak -->',
  ].join('\n');
  writeFileSync(path, withSection(page, 'gate-soak', section));
}
process.exitCode = rows.every(({ pass }) => pass) ? 0 : 1;
