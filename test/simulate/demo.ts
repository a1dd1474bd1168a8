import { readFileSync } from 'node:fs';
import type { Road } from '../../src/model/road.ts';
import type { Site } from '../../src/model/site.ts';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../config/sites/demo/${name}`, import.meta.url), 'utf8'));

/** The demo site as its files say it; the simulator needs no more than what is written there. */
export function demoSite(): Site {
  const site = read('site.json') as Site;
  return { ...site, road: read('road.json') as Road };
}
