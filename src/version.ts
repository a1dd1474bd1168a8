import { readFileSync } from 'node:fs';

/** Name and version of this program, from package.json, found from source and from dist alike. */
export function softwareVersion(): string {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(up, import.meta.url), 'utf8');
      const { name, version } = JSON.parse(text) as { name?: string; version?: string };
      if (name === 'lukou' && version) return version;
    } catch {
      continue; // one of the two places has it
    }
  }
  return 'unknown';
}
