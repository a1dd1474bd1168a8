/** Writes the sample sites from their descriptions. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateSite } from '../config/generate.ts';
import { demoSpec, twoNodesSpec } from '../config/samples.ts';
import { homographyFor } from '../drivers/camera-objects/homography.ts';
import { writeJson } from '../config/json.ts';

const folder = fileURLToPath(new URL('../../config/sites/', import.meta.url));
for (const spec of [demoSpec({ homographyFor }), twoNodesSpec]) {
  const { site, road } = generateSite(spec);
  mkdirSync(`${folder}${site.id}`, { recursive: true });
  writeFileSync(`${folder}${site.id}/site.json`, writeJson(site));
  writeFileSync(`${folder}${site.id}/road.json`, writeJson(road));
}
