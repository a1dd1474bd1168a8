/** Joins the results of pieces into rows, judges them against their goals, prints them. */
import { elsewhere, faultRows } from './faults.ts';
import type { PieceResult } from './plan.ts';
import type { Wrongs } from './judge.ts';

/** One row of the table. */
export interface ReportRow {
  readonly row: string;
  readonly what: string;
  readonly sites: string;
  cycles: number;
  ticks: number;
  startTicks: number;
  frames: number;
  valid: number;
  injected: number;
  readonly wrongs: Wrongs;
  residual: number;
  answers: number;
  answerMaxMs: number | null;
  asked: number;
  failed: number;
  releases: number;
  readonly failures: Record<string, number>;
  readonly examples: string[];
  readonly hashes: number[];
  cpuMs: number;
  goal: string;
  pass: boolean;
}

/** Share of frames at L0 that a row without faults, or with loss alone, must reach. */
const goals: Readonly<Record<string, number>> = {
  'none push': 0.9999, 'none poll': 0.9999, 'none slow': 0.9999,
  'loss 1 % push': 0.999, 'loss 1 % poll': 0.999, 'loss 5 % in bursts of 2 push': 0.99,
  'loss 5 % in bursts of 2, tick in mid-period push': 0.99,
};

const fresh = (row: string, sites: string): ReportRow => ({
  row, sites, what: faultRows.find(({ id }) => id === row)?.what ?? '',
  cycles: 0, ticks: 0, startTicks: 0, frames: 0, valid: 0, injected: 0,
  wrongs: { stale: 0, conflict: 0, minEnd: 0 }, residual: 0, answers: 0, answerMaxMs: null,
  asked: 0, failed: 0, releases: 0, failures: {}, examples: [], hashes: [], cpuMs: 0, goal: '',
  pass: true,
});

function add(to: ReportRow, one: PieceResult): void {
  to.cycles += one.cycles;
  to.ticks += one.ticks;
  to.startTicks += one.startTicks;
  to.frames += one.frames;
  to.valid += one.levels['valid'] ?? 0;
  to.injected += one.injected;
  to.residual += one.residual;
  to.answers += one.answers;
  to.releases += one.releases;
  to.cpuMs += one.cpuMs;
  if (one.answerMaxMs !== null) to.answerMaxMs = Math.max(to.answerMaxMs ?? 0, one.answerMaxMs);
  for (const kind of ['stale', 'conflict', 'minEnd'] as const) to.wrongs[kind] += one.wrongs[kind];
  for (const [name, { asked, failed }] of Object.entries(one.expectations)) {
    to.asked += asked;
    to.failed += failed;
    if (failed > 0) to.failures[name] = (to.failures[name] ?? 0) + failed;
  }
  to.hashes.push(one.hash);
  for (const { what, atMs, text } of one.examples) {
    const { seed, site, faults } = one.piece;
    if (to.examples.length < 4) {
      const where = `${site}, ${faults.join(' + ')}, seed ${seed}`;
      to.examples.push(`${what}: ${text} (at ${atMs} ms, ${where})`);
    }
  }
}

const wrongOf = ({ wrongs }: ReportRow): number => wrongs.stale + wrongs.conflict + wrongs.minEnd;

function judge(row: ReportRow): void {
  const goal = goals[`${row.row} ${row.sites}`];
  const share = row.valid / (row.ticks - row.startTicks);
  row.goal = goal === undefined ? '' : `L0 ≥ ${100 * goal} %`;
  const sameOctets = row.row !== 'F62' || new Set(row.hashes).size === 1;
  const inCycle = row.row !== 'F34' || (row.answerMaxMs ?? 0) <= 100;
  row.pass = wrongOf(row) === 0 && row.failed === 0 && sameOctets && inCycle
    && (goal === undefined || share >= goal);
}

/** Rows without faults stand by site, all others by fault. */
export function rowsOf(results: readonly PieceResult[]): ReportRow[] {
  const rows = new Map<string, ReportRow>();
  for (const one of results) {
    const { row, site, faults } = one.piece;
    const bySite = faults.length === 0;
    const sites = bySite ? site : '';
    const key = `${row} ${sites}`;
    const found = rows.get(key) ?? fresh(row, sites);
    rows.set(key, found);
    add(found, one);
  }
  const all = [...rows.values()];
  all.forEach(judge);
  return all.sort((a, b) => (a.row === b.row ? 0 : a.row < b.row ? -1 : 1));
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? '–' : `${((100 * part) / whole).toFixed(3)} %`;

/** The table, what did not hold, and what is tried elsewhere, as markdown. */
export function markdownOf(rows: readonly ReportRow[], wallS: number, asked: number): string[] {
  const sum = (of: (row: ReportRow) => number): number =>
    rows.reduce((all, row) => all + of(row), 0);
  const wrongs = sum(wrongOf);
  const failed = rows.filter(({ pass }) => !pass);
  return [
    `${sum(({ cycles }) => cycles)} signal cycles (${asked} asked for), ` +
      `${sum(({ ticks }) => ticks)} turns of 100 ms, ${sum(({ frames }) => frames)} SPAT judged, ` +
      `${wrongs} wrong greens, ` +
      `${(sum(({ cpuMs }) => cpuMs) / 1000).toFixed(0)} s of CPU in the workers ` +
      `(this part of the run: ${wallS.toFixed(0)} s).`,
    '',
    'L0 is counted from the first turn at L0 of each start. A judge who reads the bytes with the ' +
      'codec of v2x,',
    'not with the gate\'s decoder, holds them against the true lamps.',
    '',
    '| Row | Fault | Cycles | SPAT | L0 | Injected | Wrong green: stale / conflict / minEnd ' +
      '| R1b residual | Slowest answer | Expected: asked / not held | |',
    '|---|---|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => {
      const { wrongs: { stale, conflict, minEnd }, answerMaxMs } = row;
      const answer = answerMaxMs === null ? '–' : `${answerMaxMs} ms`;
      const named = `${row.row} ${row.sites}`.trim();
      return `| ${named} | ${row.what || row.goal} | ${row.cycles} | ${row.frames} | ` +
        `${percent(row.valid, row.ticks - row.startTicks)} | ${row.injected} | ` +
        `${stale} / ${conflict} / ${minEnd} | ${row.residual} | ${answer} | ` +
        `${row.asked} / ${row.failed} | ${row.pass ? 'pass' : 'FAIL'} |`;
    }),
    '',
    ...failed.flatMap((row) => [
      `- ${row.row} ${row.sites}: ${Object.entries(row.failures)
        .map(([name, count]) => `${name}: ${count} times not`).join('; ')}`,
      ...row.examples.map((example) => `  - ${example}`),
    ]),
    ...elsewhere.map(({ id, what, reason, tested }) =>
      `- ${id} (${what}) is not put in here: ${reason}. Tested in ${tested}.`),
  ];
}
