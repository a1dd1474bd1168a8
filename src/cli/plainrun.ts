import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ParentOptions } from '../parent.ts';

/** Where the samples lie, seen from the build. */
const samples = fileURLToPath(new URL('../../../config/sites', import.meta.url));
const SEED_MAX = 0xffffffff;

/** The site folder that a word names beyond doubt, as `siteFolder` would find it; else null. */
function folderOf(word: string): string | null {
  const places = [resolve(word), ...(/^[a-z-]+$/.test(word) ? [join(samples, word)] : [])];
  return places.find((place) => existsSync(join(place, 'site.json'))) ?? null;
}

interface Words {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** `--name value`, each at most once, and the two flags; null for anything else. */
function wordsOf(argv: readonly string[]): Words | null {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--json' || word === '--log-json') flags.add(word);
    else if (/^--(site|data|record|seed|lang)$/.test(word)) {
      const value = argv[++at];
      if (value === undefined || value.startsWith('-') || values.has(word)) return null;
      values.set(word, value);
    } else return null;
  }
  return { flags, values };
}

/**
 * What `lukou run` is asked for where nothing about it is in doubt; null where the whole command
 * line must look at it, to run it or to say what is wrong.
 */
export function plainRun(argv: readonly string[]): ParentOptions | null {
  if (argv[0] !== 'run') return null;
  const words = wordsOf(argv.slice(1));
  const siteFolder = folderOf(words?.values.get('--site') ?? '');
  if (words === null || !words.values.has('--site') || siteFolder === null) return null;
  const seedText = words.values.get('--seed') ?? '1';
  const seed = Number(seedText);
  if (!/^\d+$/.test(seedText) || seed > SEED_MAX) return null;
  const data = words.values.get('--data');
  const record = words.values.get('--record');
  return {
    siteFolder,
    ...(data === undefined ? {} : { dataFolder: data }),
    ...(record === undefined ? {} : { record }),
    logJson: words.flags.size > 0,
    seed,
  };
}

/** Runs the daemon in this process; gives the exit code, also where it cannot start. */
export async function runPlainly(
  options: ParentOptions, argv: readonly string[],
): Promise<number> {
  // Only the demo starts us with a channel: with its end, orderly or not, ours has come too.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  try {
    const { runParent } = await import('../parent.ts');
    return await runParent(options);
  } catch (thrown) {
    return (await import('./whole.ts')).tellPlainly(thrown, argv);
  }
}
