import { readFileSync } from 'node:fs';
import type { Road } from '../../src/model/road.ts';
import type { Site } from '../../src/model/site.ts';

const read = (folder: string, name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../config/sites/${folder}/${name}`, import.meta.url), 'utf8'));

/** A sample site as its files say it; the simulator needs no more than what is written there. */
export function sampleSite(folder: 'demo' | 'two-nodes'): Site {
  const site = read(folder, 'site.json') as Site;
  return { ...site, road: read(folder, 'road.json') as Road };
}

export const demoSite = (): Site => sampleSite('demo');
