/** The whole command line: every command, with its help and its words. */
import { SystemClock } from '../base/clock.ts';
import { fillText } from '../base/text.ts';
import type { Language } from '../base/text.ts';
import { visible } from '../base/visible.ts';
import type { Io } from './command.ts';
import { cutTo } from './layout.ts';
import { leave, mindPipes } from './pipes.ts';
import { rowOf, runCli, tellThrown } from './program.ts';

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

/** Runs one command line to its end, and the process with it. */
export async function runWhole(argv: readonly string[]): Promise<never> {
  mindPipes(rowOf(argv)?.outlivesReader ?? false);
  return leave(await runCli(argv, createIo(argv)));
}

/** Says what ended a command that was started without us, in the caller's language; its exit code. */
export const tellPlainly = (thrown: unknown, argv: readonly string[]): number =>
  tellThrown(thrown, argv, createIo(argv));
