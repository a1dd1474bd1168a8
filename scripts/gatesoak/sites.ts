/** The junctions of the long run: the shipped samples, and the demo asked once a second. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Site } from '../../src/model/site.ts';
import { siteFromTexts } from '../../src/site.ts';

export type SiteName = 'push' | 'poll' | 'slow';

/** Latency that the sites declare: the most that the wire of the long run takes. */
const LATENCY_MS = 10;

const folders = {
  push: 'two-nodes', // TSCBM, ten times a second
  poll: 'demo', // GB/T 20999, asked every 200 ms
  slow: 'demo', // the same, asked once a second (rule R1b)
} as const;

interface SiteText {
  controllers: { options: Record<string, unknown> }[];
}

function load(name: SiteName): Site {
  const folder = ['../..', '../../..']
    .map((up) => fileURLToPath(new URL(`${up}/config/sites/${folders[name]}`, import.meta.url)));
  const text = (file: string): string => {
    for (const path of folder) {
      try {
        return readFileSync(join(path, file), 'utf8');
      } catch {
        // Built code lies one folder deeper than its source.
      }
    }
    throw new Error(`${file} of ${folders[name]} is not there`);
  };
  const site = JSON.parse(text('site.json')) as SiteText;
  for (const { options } of site.controllers) {
    options['latencyMs'] = LATENCY_MS;
    if (name === 'slow') options['queryPeriodMs'] = 1000;
  }
  return siteFromTexts(JSON.stringify(site), text('road.json'));
}

const loaded = new Map<SiteName, Site>();
export function siteNamed(name: SiteName): Site {
  const known = loaded.get(name) ?? load(name);
  loaded.set(name, known);
  return known;
}
