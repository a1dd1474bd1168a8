/** Prints the reference tables of the handbook from data: `docs/settings.md`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { settingsPage } from './settings-page.ts';

// Runs from `dist/scripts`, as all of us do after the build.
const root = fileURLToPath(new URL('../../', import.meta.url));
mkdirSync(`${root}docs`, { recursive: true });
writeFileSync(`${root}docs/settings.md`, settingsPage());
process.stdout.write('docs/settings.md written\n');
