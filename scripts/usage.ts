/**
 * Imported first by a script: with `--help` it prints the head comment of that script, which says
 * how it is called, and ends before anything else is done.
 */
import { readFileSync } from 'node:fs';

/** The first block comment of a source text without its marks; empty where there is none. */
export function headComment(source: string): string {
  const body = /\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  return body.split('\n').map((line) => line.replace(/^ *\*? ?/, '').trimEnd()).join('\n').trim();
}

const name = /[/\\]dist[/\\]scripts[/\\]([\w-]+)\.js$/.exec(process.argv[1] ?? '')?.[1];
if (name !== undefined && process.argv.includes('--help')) {
  // The build leaves comments out: they are read where they were written.
  const source = readFileSync(new URL(`../../scripts/${name}.ts`, import.meta.url), 'utf8');
  process.stdout.write(`${headComment(source)}\n`);
  process.exit(0);
}
