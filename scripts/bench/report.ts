/** Tables of results, for a terminal and for `docs/figures.md`. */
import { machineLine } from './machine.ts';
import type { Machine } from './machine.ts';
import type { BenchResult, BenchRow } from './model.ts';

const verdict = ({ met }: BenchRow): string => (met === null ? '' : met ? 'met' : 'not met');

/** One bench as lines with aligned columns. */
export function plainTable({ name, title, rows, notes }: BenchResult): readonly string[] {
  const widths = [
    Math.max(...rows.map(({ what }) => what.length)),
    Math.max(...rows.map(({ result }) => result.length)),
    Math.max(...rows.map(({ goal }) => (goal ?? '').length)),
  ];
  return [
    `${name}: ${title}`,
    ...rows.map((row) => {
      const cells = [row.what, row.result, row.goal ?? ''];
      const aligned = cells.map((cell, column) => cell.padEnd(widths[column]!));
      return `  ${[...aligned, verdict(row)].join('  ')}`.trimEnd();
    }),
    ...notes.map((note) => `  ${note}`),
  ];
}

const begins = (name: string): string =>
  `<!-- bench ${name}: written by the bench, do not edit -->`;
const ends = (name: string): string => `<!-- end ${name} -->`;

/** One bench as a section of Markdown between its two marks. */
export function markdownSection(result: BenchResult, machine: Machine): string {
  const { name, title, rows, notes } = result;
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [
    begins(name),
    `## ${title}`,
    '',
    '| What | Result | Goal | |',
    '|---|---|---|---|',
    ...rows.map((row) => {
      const cells = [row.what, row.result, row.goal ?? '–'].map(cell);
      return `| ${[...cells, verdict(row)].join(' | ')} |`;
    }),
    '',
    ...notes.map((note) => `- ${note}`),
    `- Machine: ${machineLine(machine)}. Again: \`npm run bench -- ${name}\`.`,
    ends(name),
  ].join('\n');
}

/** Puts a section in the place of the one of its name, or at the end. */
export function withSection(page: string, name: string, section: string): string {
  const from = page.indexOf(begins(name));
  const to = page.indexOf(ends(name));
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n${section}\n`;
  return `${page.slice(0, from)}${section}${page.slice(to + ends(name).length)}`;
}

/** What stands above the sections. */
export const figuresHead = `# Figures

Measured by \`npm run bench\`, each section with its machine and date. The daemon runs alone in its
two processes; simulated devices, broker and units have processes of their own on the same machine,
and share its cores. Where the user may (root), all of them run at a raised priority (nice −14), so
that the rest of the machine disturbs them less. The load average stands with each section: above
the number of cores, percentiles and wall times tell of the machine's other work as well. A goal
that is not met stays here until it is.

\`npm run bench -- --markdown\` writes all sections again, \`npm run bench -- start --markdown\` one
of them; \`clone\` runs only by its name, since it installs everything anew.
`;
