/**
 * `npm run bench -- [name…] [--json] [--short] [--markdown] [--list] [--minutes <n>]`: prints
 * figures beside their goals. A missed goal is told, never an error; a bench that cannot run ends with code 1.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/base/fault.ts';
import { cloneBench } from './bench/clone.ts';
import { liveBenches } from './bench/live.ts';
import { machineLine, machineNow } from './bench/machine.ts';
import type { Machine } from './bench/machine.ts';
import type { Bench, BenchResult } from './bench/model.ts';
import { offlineBenches } from './bench/offline.ts';
import { figuresHead, markdownSection, plainTable, withSection } from './bench/report.ts';

const benches: readonly Bench[] = [...offlineBenches, ...liveBenches, cloneBench];
const figuresPath = fileURLToPath(new URL('../../docs/figures.md', import.meta.url));
const out = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);

const usage = `npm run bench -- [name...] [options]: prints figures beside their goals

  --list         names and titles; without a name all run that are not marked as only named
  --short        small and quick: shows that a bench runs, not what the box can do
  --minutes n    how long to measure, where the bench has a choice
  --json         one JSON line
  --markdown     also writes the section of docs/figures.md
`;

/** What was asked for; a word that is none ends the run. */
function asked() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        short: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        minutes: { type: 'string' },
      },
    });
  } catch (error) {
    note(`${messageOf(error)}\n\n${usage}`);
    process.exit(2);
  }
}
const { values, positionals } = asked();

function chosen(): readonly Bench[] {
  const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    const names = benches.map(({ name }) => name).join(', ');
    note(`expected a bench of ${names}; got ${unknown.join(', ')}`);
    process.exit(2);
  }
  if (positionals.length > 0) return benches.filter(({ name }) => positionals.includes(name));
  return benches.filter(({ onlyNamed }) => !onlyNamed);
}

/** The span that was asked for; a word that is none ends the run. */
function minutesOf(word: string | undefined): number | null {
  if (word === undefined) return null;
  const minutes = Number(word);
  if (minutes > 0 && minutes <= 1440) return minutes;
  note(`expected --minutes above 0 and up to 1440; got ${word}`);
  process.exit(2);
}

async function runOne(bench: Bench): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), `lukou-bench-${bench.name}-`));
  try {
    const found = await bench.run({
      short: values.short,
      minutes: minutesOf(values.minutes),
      folder,
      note: (line) => note(`${bench.name}: ${line}`),
    });
    return { name: bench.name, title: bench.title, ...found };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeFigures(result: BenchResult, machine: Machine): void {
  const page = existsSync(figuresPath) ? readFileSync(figuresPath, 'utf8') : figuresHead;
  writeFileSync(figuresPath, withSection(page, result.name, markdownSection(result, machine)));
}

/** Before the rest of the machine, like all processes of a bench, where we may. */
function prefer(): void {
  try {
    setPriority(-7);
  } catch {
    // Not allowed: then the figures hold what else the machine does.
  }
}

async function main(): Promise<number> {
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const wanted = chosen();
  if (values.list) {
    for (const { name, title } of benches) out(`${name.padEnd(10)} ${title}`);
    return 0;
  }
  prefer();
  const machine = machineNow();
  if (!values.json) out(machineLine(machine));
  const results: BenchResult[] = [];
  const failed: { readonly name: string; readonly reason: string }[] = [];
  for (const bench of wanted) {
    const before = machineNow(); // the load as of this bench
    try {
      const result = await runOne(bench);
      results.push(result);
      if (!values.json) out(['', ...plainTable(result)].join('\n'));
      if (values.markdown && !values.short) writeFigures(result, before);
    } catch (error) {
      failed.push({ name: bench.name, reason: messageOf(error) });
      note(`${bench.name}: ${messageOf(error)}`);
    }
  }
  if (values.json) out(JSON.stringify({ formatVersion: 1, machine, results, failed }));
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
