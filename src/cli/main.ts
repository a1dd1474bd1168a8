#!/usr/bin/env node
import { SystemClock } from '../base/clock.ts';
import { fillText } from '../base/text.ts';
import type { Language } from '../base/text.ts';
import { visible } from '../base/visible.ts';
import type { Io } from './command.ts';
import { cutTo } from './layout.ts';
import { rowOf, runCli } from './program.ts';

/** The language asked for, else the locale's; known before parsing, whose faults speak too. */
function languageOf(argv: readonly string[], env: NodeJS.ProcessEnv): Language {
  const at = argv.indexOf('--lang');
  const asked = at >= 0 ? argv[at + 1] : argv.find((word) => word.startsWith('--lang='))?.slice(7);
  if (asked === 'zh' || asked === 'en') return asked;
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^zh([_.-]|$)/i.test(locale) ? 'zh' : 'en';
}

function createIo(argv: readonly string[]): Io {
  const { stdout, stderr, env } = process;
  const language = languageOf(argv, env);
  let progressShown = false;
  const clear = (): void => {
    if (progressShown) stderr.write('\r\u001b[K');
    progressShown = false;
  };
  return {
    language,
    json: argv.includes('--json'),
    clock: new SystemClock(),
    env,
    stdin: process.stdin,
    screen: {
      isTerminal: stdout.isTTY === true,
      get columns() {
        return stdout.columns ?? 80;
      },
      get rows() {
        return stdout.rows ?? 24;
      },
    },
    out(line) {
      clear();
      stdout.write(`${visible(line)}\n`);
    },
    note(line) {
      clear();
      stderr.write(`${visible(line)}\n`);
    },
    write: (text) => void stdout.write(text),
    drain: () => new Promise((done) => void stdout.write('', () => done())),
    progress(line) {
      if (stderr.isTTY !== true) return;
      clear();
      if (line === null) return;
      stderr.write(cutTo(line, (stderr.columns ?? 80) - 1));
      progressShown = true;
    },
    say: (text, values) => fillText(text, language, values),
  };
}

/** A reader that went away ends a command quietly, never the daemon. */
function minePipes(outlives: boolean): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (outlives && stream === process.stderr) return;
      if (error.code !== 'EPIPE') process.exitCode = 1;
      if (!outlives) process.exit(error.code === 'EPIPE' ? 0 : 1);
    });
  }
}

const argv = process.argv.slice(2);
minePipes(rowOf(argv)?.outlivesReader ?? false);
const exitCode = await runCli(argv, createIo(argv));
// What was said must be out before the end; then nothing that is still open may hold us.
await new Promise<void>((done) => {
  process.stdout.write('', () => process.stderr.write('', () => done()));
});
process.exit(exitCode);
