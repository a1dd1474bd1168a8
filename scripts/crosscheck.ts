/**
 * Prints how soon the lamp-against-traffic check finds each mutation of the demo site, and whether
 * fault-free hours stay without an alarm.
 *
 *   node dist/scripts/crosscheck.js [--minutes 30] [--hours 4] [--seeds 3]
 */
import './usage.ts';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { loadSite } from '../src/site.ts';
import { omissions, rotations, runMutations, swaps } from './crosscheckrun.ts';
import type { Found, Mutation } from './crosscheckrun.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    hours: { type: 'string', default: '4' },
    seeds: { type: 'string', default: '3' },
    users: { type: 'string', default: '40' },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const users = Number(values.users);

function tell(what: string, found: readonly Found[]): boolean {
  const late = found.filter(({ alarmMin }) => alarmMin === null);
  const times = found.flatMap(({ alarmMin }) => (alarmMin === null ? [] : [alarmMin])).sort((a, b) => a - b);
  const at = (share: number): string => (times[Math.floor(share * (times.length - 1))] ?? NaN).toFixed(1);
  say(`${what}: ${found.length - late.length} of ${found.length} found; minutes p50 ${at(0.5)}, `
    + `p95 ${at(0.95)}, last ${at(1)}`);
  for (const { name } of late) say(`  not found: ${name}`);
  return late.length === 0;
}

const { road } = loadSite(fileURLToPath(new URL('../../config/sites/demo', import.meta.url)));
const whole: Mutation = { name: 'as it is', shows: new Map(), missing: [] };
const { rows, alike } = swaps(road);
const mutations = [
  ['swapped', rows], ['rotated', rotations(road, ['east', 'north', 'west', 'south'])],
  ['missing', omissions(road)],
] as const;
say(`${alike} pairs of groups always show the same in the plan of the site: traffic cannot tell them apart`);
let good = true;
for (let seed = 0; seed < Number(values.seeds); seed++) {
  for (const [what, list] of mutations) {
    const run = { minutes: Number(values.minutes), users, seed: `mutation-${seed}` };
    good = tell(`seed ${seed}, ${what}`, runMutations(road, list, { ...run, stop: true })) && good;
  }
}
for (let hour = 0; hour < Number(values.hours); hour++) {
  const [found] = runMutations(road, [whole], { minutes: 60, users, seed: `calm-${hour}` });
  const bad = found!.units.filter(({ onRed, stoodOnGreen }) => onRed + stoodOnGreen > 0);
  const passages = found!.units.reduce((sum, unit) => sum + unit.passages, 0);
  say(`fault-free hour ${hour}: ${found!.alarmMin === null ? 'no alarm' : `ALARM at ${found!.alarmMin} min`}; `
    + `${passages} last passages; not as the lamps: `
    + (bad.map(({ unit, onRed, stoodOnGreen, passages: of }) => `${unit} ${onRed}+${stoodOnGreen}/${of}`).join(', ') || 'none'));
  good = found!.alarmMin === null && good;
}
process.exitCode = good ? 0 : 1;
