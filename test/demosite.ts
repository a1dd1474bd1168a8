import { fileURLToPath } from 'node:url';
import { loadSite } from '../src/site.ts';
import type { Site } from '../src/model/site.ts';

/** Folder of a shipped sample site. */
export const siteFolder = (name: string): string =>
  fileURLToPath(new URL(`../config/sites/${name}`, import.meta.url));

let loaded: Site | undefined;
/** The sample junction, loaded once. */
export const demoSite = (): Site => (loaded ??= loadSite(siteFolder('demo')));
