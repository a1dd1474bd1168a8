/** Prints the reference pages of the handbook from data: `docs/settings.md`, `docs/cli.md`. */
import './usage.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandsPage } from '../src/cli/page.ts';
import { settingsPage } from './settings-page.ts';

// Runs from `dist/scripts`, as all of us do after the build.
const root = fileURLToPath(new URL('../../', import.meta.url));
mkdirSync(`${root}docs`, { recursive: true });
for (const [name, page] of [['settings.md', settingsPage()], ['cli.md', commandsPage()]] as const) {
  writeFileSync(`${root}docs/${name}`, page);
  process.stdout.write(`docs/${name} written\n`);
}
