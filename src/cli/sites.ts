/** Where site folders are: a path, or the name of a sample that comes with the program. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import type { Site } from '../model/site.ts';
import { nearest } from './nearest.ts';

/** The folder of the program, found from sources and from the build alike. */
function programFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 6; up++) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const { name } = JSON.parse(readFileSync(path, 'utf8')) as { name?: string };
      if (name === 'lukou') return folder;
    }
    folder = dirname(folder);
  }
  return dirname(dirname(dirname(fileURLToPath(import.meta.url))));
}

const samplesFolder = (): string => join(programFolder(), 'config', 'sites');

const hasSite = (folder: string): boolean =>
  existsSync(join(folder, 'site.json')) || existsSync(join(folder, 'road.json'));

/** Names of the samples that come with the program. */
export function sampleSites(): readonly string[] {
  const folder = samplesFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => hasSite(join(folder, name))).sort();
}

/**
 * The folder of a site. A path wins over a sample of the same name.
 * Throws `Fault` FILE_UNREADABLE that names the samples and the nearest of them.
 */
export function siteFolder(named: string): string {
  const path = resolve(named);
  if (hasSite(path)) return path;
  const samples = sampleSites();
  if (samples.includes(named)) return join(samplesFolder(), named);
  // A folder without the two files: the checker says which is missing.
  if (existsSync(path) && statSync(path).isDirectory()) return path;
  const close = nearest(named, samples);
  throw new Fault(
    'FILE_UNREADABLE',
    {
      subject: named,
      expected: filledText(texts.fault_site_expected, { samples: samples.join(', ') }),
      got: existsSync(path) ? texts.fault_site_file : texts.fault_site_missing,
      next: close === null ? texts.fault_site_next : filledText(texts.usage_meant, { close }),
    },
  );
}

/** A site by path or name. Errors: `Fault` that names every problem. */
export async function readSite(named: string): Promise<Site> {
  const folder = siteFolder(named);
  const { loadSite } = await import('../site.ts');
  return loadSite(folder);
}
