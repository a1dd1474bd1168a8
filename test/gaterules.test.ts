import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { gateTexts } from '../src/base/texts/gate.ts';
import { allCommands } from '../src/cli/commands.ts';
import { defaultLimits } from '../src/gate/rules.ts';
import { rules } from '../src/gaterules.ts';
import { drivers } from '../drivers/index.ts';
import { Junction } from './gate/junction.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const filesOf = (folder: string): string[] => readdirSync(`${root}${folder}`)
  .filter((name) => name.endsWith('.ts')).map((name) => readFileSync(`${root}${folder}/${name}`, 'utf8'));

test('each rule of the reference is a row with its figures and source, and a test that names it', () => {
  const wanted = [
    'R1', 'R1b', ...Array.from({ length: 5 }, (_, index) => `R${index + 2}`), 'R6b',
    ...Array.from({ length: 19 }, (_, index) => `R${index + 7}`),
    ...Array.from({ length: 11 }, (_, index) => `R${index + 30}`), 'SIZE',
  ];
  expect(rules.map(({ id }) => id)).toEqual(wanted);
  expect(Object.keys(gateTexts)).toEqual(wanted);
  const names = [...filesOf('test/gate'), ...filesOf('test')].flatMap((text) => text.match(/^test\('.*/gm) ?? []).join('\n');
  for (const { id, source, action, figures } of rules) {
    expect(source, id).not.toBe('');
    expect(action, id).toBeDefined();
    for (const [name, figure] of Object.entries(figures)) {
      expect(figure, name).toEqual(defaultLimits[name as keyof typeof defaultLimits]);
    }
    if (id !== 'SIZE') expect(names, `a test of ${id}`).toMatch(new RegExp(`\\b${id}\\b`));
  }
  expect(rules.filter(({ latches }) => latches).map(({ id }) => id)).toEqual(['R6', 'R7', 'R8', 'R10']);
});

test('the gate stays under 1500 lines of code', () => {
  const lines = filesOf('src/gate').flatMap((text) => text.split('\n'))
    .filter((line) => !/^\s*(\/\/|\/?\*|$)/.test(line));
  expect(lines.length).toBeLessThan(1500);
  expect(lines.length).toBeGreaterThan(1000);
});

test('no command, control verb, web route or city message reaches the gate but the release of a latch (R23)', () => {
  const commands = allCommands.map(({ name }) => name).filter((name) => name.startsWith('gate'));
  expect(commands.sort()).toEqual(['gate', 'gate release']);
  const source = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
  // The parent takes one request of the gate from the child, and the loop that owns the gate has no other door.
  const asked = source('src/parent.ts').match(/#loop\.gate\.\w+/g) ?? [];
  expect([...new Set(asked)].sort()).toEqual(
    ['#loop.gate.latchVersion', '#loop.gate.latches', '#loop.gate.mayReach', '#loop.gate.releaseLatch'],
  );
  // The other has the parent read the record of the commissioning anew, from its own disk.
  const verbs = new Set(source('src/main.ts').match(/verb: '[\w-]+'/g));
  expect([...verbs].sort()).toEqual(["verb: 'load-commission'", "verb: 'release-latch'"]);
  const outside = ['src/cloud', 'src/web', 'src/rsu', 'src/store'].flatMap((folder) => filesOf(folder));
  for (const text of outside) expect(text).not.toMatch(/release-latch|releaseLatch|gate\/gate/);
  expect(outside.length).toBeGreaterThan(8);
  const doors = Object.getOwnPropertyNames(Object.getPrototypeOf(new Junction().gate));
  expect(doors.sort()).toEqual([
    'check', 'constructor', 'latchVersion', 'latches', 'level', 'mayReach', 'releaseLatch', 'report',
    'restore', 'snapshot', 'verdict',
  ]);
});

test('every driver of a signal controller has a witness by another hand (R20)', () => {
  const signal = drivers.filter(({ role }) => role === 'signal');
  expect(signal.length).toBeGreaterThanOrEqual(2);
  for (const driver of signal) {
    const { kind, witness } = driver as unknown as { kind: string; witness: unknown };
    expect(witness, kind).toBeTypeOf('function');
    expect(readFileSync(`${root}drivers/${kind}/witness.ts`, 'utf8'), kind).toContain('Written');
  }
});
