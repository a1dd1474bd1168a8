/** How commands find and ask the running daemon. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Fault } from '../base/fault.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { StatusDocument } from '../status.ts';
import type { Io } from './command.ts';
import { readSite } from './sites.ts';

/** What names a daemon on a command line. */
export interface DaemonNames {
  readonly site: string | null;
  readonly data: string | null;
}

/** Data folders that a daemon may run in when nobody names one. */
function usualFolders(): readonly string[] {
  const below = resolve('.lukou');
  const own = existsSync(below) ? readdirSync(below).sort().map((name) => join(below, name)) : [];
  return ['/var/lib/lukou', ...own].filter((folder) => existsSync(socketOf(folder)));
}

/**
 * The data folder: `--data`, else LUKOU_DATA, else that of `--site`, else the only place of the
 * usual ones (`/var/lib/lukou`, `.lukou/*`) in which a daemon listens.
 * Throws `Fault` NOT_RUNNING where none or several are found.
 */
export async function dataFolder(names: DaemonNames, io: Io): Promise<string> {
  if (names.data !== null) return resolve(names.data);
  if (names.site !== null) {
    return resolve((await readSite(names.site)).dataFolder);
  }
  const fromEnvironment = io.env['LUKOU_DATA'];
  if (fromEnvironment) return resolve(fromEnvironment);
  const { isListening } = await import('../control.ts');
  const alive: string[] = [];
  for (const folder of usualFolders()) {
    if (await isListening(socketOf(folder))) alive.push(folder);
  }
  if (alive.length === 1) return alive[0]!;
  throw new Fault(
    'NOT_RUNNING',
    {
      subject: texts.daemon_word,
      expected: texts.daemon_expected,
      got: alive.length === 0 ? texts.daemon_none : alive.join(', '),
      next: alive.length === 0 ? texts.daemon_start : texts.daemon_name,
    },
  );
}

/** Asks the daemon one thing; `changes` hands over the token. Errors: `Fault`. */
export async function ask(
  names: DaemonNames,
  io: Io,
  verb: string,
  args: Readonly<Record<string, unknown>> = {},
  changes = false,
): Promise<unknown> {
  const folder = await dataFolder(names, io);
  const { askDaemon } = await import('../control.ts');
  const token = changes ? tokenOf(folder) : null;
  try {
    return await askDaemon(socketOf(folder), { verb, args, ...(token === null ? {} : { token }) });
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'NOT_RUNNING') throw thrown;
    const { subject, got } = thrown.told;
    const facts = { subject, expected: texts.daemon_answer, got, next: texts.daemon_start };
    throw new Fault('NOT_RUNNING', facts, { cause: thrown });
  }
}

/** The control socket in a data folder. */
export const socketOf = (folder: string): string => join(folder, 'control.sock');

/** The token beside the socket; who may not read it may not change anything. */
function tokenOf(folder: string): string | null {
  const path = join(folder, 'token');
  if (!existsSync(path)) return null; // then the socket's own fault says more
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new Fault(
      'REFUSED',
      {
        subject: path,
        expected: texts.token_expected,
        got: texts.token_got,
        next: texts.token_next,
      },
      { cause },
    );
  }
}

/** The status document of the daemon. */
export const askStatus = async (names: DaemonNames, io: Io): Promise<StatusDocument> =>
  (await ask(names, io, 'status')) as StatusDocument;
