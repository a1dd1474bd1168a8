import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { told } from './model.ts';
import type { Bench } from './model.ts';
import { runToEnd } from './processes.ts';
import { writeBenchSite } from './site.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const WITHIN_MS = 900_000;

/** `npm run demo` in a fresh clone, to its first RSM. */
export const cloneBench: Bench = {
  name: 'clone',
  title: '`npm run demo` from a fresh clone to the first RSM',
  onlyNamed: true,
  async run({ folder, note }) {
    const clone = join(folder, 'clone');
    const made = spawnSync('git', ['clone', '--quiet', root, clone], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`git clone: ${made.stderr.trim()}`);
    // On free ports: another demo on this machine must not be heard.
    const site = await writeBenchSite({ sample: 'demo', folder, phaseLock: true });
    const at: Record<string, number> = {};
    const said: string[] = [];
    // Without --json the bootstrap and the demo say what they do.
    const ran = await runToEnd('npm', ['run', 'demo', '--', '--for', '15', '--site', site], {
      cwd: clone,
      withinMs: WITHIN_MS,
      line(text, atS) {
        said.push(text);
        note(`${atS.toFixed(1)} s: ${text}`);
        if (/installing packages/.test(text)) at['installing'] ??= atS;
        if (/installed in/.test(text)) at['installed'] ??= atS;
        if (/built in/.test(text)) at['built'] ??= atS;
        if (/^First RSM /.test(text)) at['rsm'] ??= atS;
      },
    });
    if (at['rsm'] === undefined) {
      throw new Error(`no RSM (exit code ${ran.code}): ${said.slice(-8).join(' | ')}`);
    }
    const { installing = 0, installed = 0, built = 0, rsm } = at;
    const seconds = (value: number): string => `${value.toFixed(1)} s`;
    const installS = installed - installing;
    const share = ((100 * installS) / rsm).toFixed(0);
    return {
      rows: [
        told('`npm run demo` → first RSM', seconds(rsm)),
        told('of it installing packages', `${seconds(installS)} (${share} %)`),
        told('of it building', seconds(built - installed)),
        told('of it starting: devices, daemon, first RSM', seconds(rsm - built)),
      ],
      notes: [
        'One run. Installing depends on the network and on whether SQLite and CAN are compiled.',
      ],
    };
  },
};
