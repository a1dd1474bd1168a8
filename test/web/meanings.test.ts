import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { counterKeys } from '../../src/base/counters.ts';
import { counterTexts } from '../../src/base/texts/counters.ts';
import { catalogue } from '../../src/base/texts/index.ts';
import { isDrop } from '../../src/daemonstate.ts';
import { junctionDocument } from '../../src/web/junction.ts';
import { demoSite } from '../demosite.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Names that the sources of these folders count as literals, kinds behind them cut off. */
function counted(folders: readonly string[]): readonly string[] {
  const names = new Set<string>();
  for (const folder of folders) {
    for (const entry of readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })) {
      // Simulated units are nobody's box; the CLI counts findings.
      if (!entry.name.endsWith('.ts') || /simulator\.ts$/.test(entry.name)) continue;
      if (/\/(cli|base|gate|simulate|score|model)$/.test(entry.parentPath)) continue;
      const text = readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8');
      for (const [, name] of text.matchAll(/count\(['`]([a-z]+(?:_[a-z]+)+)(?:_\$\{[^`]*)?['`]/g)) {
        if (isDrop(name!) && isDrop(`${name!}_`)) names.add(name!);
      }
    }
  }
  return [...names];
}

test('every counter of a loss has a meaning for people', () => {
  const known = Object.values(catalogue).flatMap((texts) => Object.keys(texts));
  const isKnown = (name: string): boolean =>
    known.some((key) => key === name || key.startsWith(`${name}_`));
  const names = counted(['src', 'fusion', 'v2x']);
  expect(names.filter((name) => !isKnown(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(50);
});

test('the page is told what the counters of each device mean, under the name that is shown', () => {
  const { names } = junctionDocument(demoSite()) as { names: Record<string, unknown> };
  const [sensor] = demoSite().sensors;
  expect(Object.keys(names).some((name) => name.startsWith(`${sensor!.id}.`))).toBe(true);
  expect(names).toMatchObject({ rsu_late: counterTexts.rsu_late, R4: catalogue['gate']!['R4'] });
});

test('a counter is known by its device, without its port, and without its kinds', () => {
  expect(counterKeys('port.can0.send_failed')).toContain('send_failed');
  expect(counterKeys('gate_refused_SPAT_R1b')).toContain('gate_refused');
  expect(counterKeys('rsu_queue_full_RSM')).toContain('rsu_queue_full');
  expect(counterKeys('radar-north.scan_incomplete')[0]).toBe('radar-north.scan_incomplete');
});
