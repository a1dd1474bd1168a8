import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { settingLines } from '../config/print.ts';
import { drivers } from '../drivers/index.ts';
import { faultTexts } from '../src/base/texts/faults.ts';
import { allCommands } from '../src/cli/commands.ts';
import { flagName } from '../src/cli/command.ts';
import { commonOptions } from '../src/cli/help.ts';
import { rowOf } from '../src/cli/program.ts';
import { rules } from '../src/gaterules.ts';
import { capabilities } from '../src/model/health.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const handbooks = ['docs/handbook.en.md', 'docs/handbook.zh.md'] as const;
const books = [
  'README.md',
  'README.zh.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** A file of ours that a book names; what the build makes is left out. */
const ownFile = /(?<!dist\/)\b((?:scripts|packaging)\/[\w.-]+\.(?:sh|ts|mjs|service))/g;

/** First cells of all table rows of a page, without marks. */
function firstCells(path: string): string[] {
  return [...read(path).matchAll(/^\| *(.+?) *\|/gm)].map(([, cell]) => cell!.replaceAll('`', ''));
}

/** Lines of the shell blocks of a page, without comments. */
function shellLines(path: string): string[] {
  return [...read(path).matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) =>
    block!
      .split('\n')
      .map((line) => line.replace(/ +# .*$/, '').trim())
      .filter((line) => line !== ''),
  );
}

test.each(handbooks)('%s has a row for every fault code, and no other', (path) => {
  const codes = Object.keys(faultTexts);
  const rows = firstCells(path).filter((cell) => /^[A-Z]+(_[A-Z]+)+$|^REFUSED$/.test(cell));
  expect(rows.sort()).toEqual(codes.sort());
  expect(codes.length).toBeGreaterThanOrEqual(9);
});

test.each(handbooks)('%s has a row for every rule of the gate, and no other', (path) => {
  const ids: string[] = rules.map(({ id }) => id);
  const rows = firstCells(path).filter((cell) => /^(R\d+b?|SIZE)$/.test(cell));
  expect(rows.sort()).toEqual(ids.sort());
  expect(ids.length).toBeGreaterThanOrEqual(25);
});

test.each(handbooks)('%s has a row for every command, and no other', (path) => {
  const names = allCommands.map(({ name }) => name);
  const rows = firstCells(path)
    .filter((cell) => /^lukou /.test(cell))
    .map((cell) => cell.replace(/^lukou /, '').replace(/ [<[].*$/, ''));
  expect(rows.sort()).toEqual([...names].sort());
  expect(names.length).toBeGreaterThan(10);
});

test.each(handbooks)('%s explains every capability', (path) => {
  const cells = firstCells(path);
  for (const capability of capabilities) expect(cells).toContain(capability);
});

test.each(handbooks)('%s lists every setting that rests on an unverified fact', (path) => {
  const cells = firstCells(path);
  let walked = 0;
  for (const { kind, options } of drivers) {
    for (const line of settingLines(options, 'en').filter(({ unverified }) => unverified)) {
      const row = cells.find((cell) => cell.startsWith(`${kind} `) && cell.includes(line.path));
      expect(row, `${kind} ${line.path}`).toBeDefined();
      walked++;
    }
  }
  expect(walked).toBeGreaterThanOrEqual(9);
});

test('both handbooks have the same sections and the same number of table rows', () => {
  const [english, chinese] = handbooks.map((path) => ({
    sections: [...read(path).matchAll(/^##+ (\d+)?/gm)].map(([, number]) => number ?? ''),
    rows: firstCells(path).length,
    shell: shellLines(path).length,
  }));
  expect(chinese).toEqual(english);
  expect(english!.sections.length).toBeGreaterThan(10);
});

test('every command line in the books names a command and options that there are', () => {
  let walked = 0;
  for (const path of books) {
    for (const line of shellLines(path)) {
      const words = line.split(/\s+/);
      if (words[0] !== 'lukou') continue;
      const row = rowOf(words.slice(1));
      expect(row, `${path}: ${line}`).not.toBeNull();
      const known = ['help', ...Object.keys({ ...commonOptions, ...row!.options }).map(flagName)];
      for (const word of words.filter((part) => part.startsWith('--'))) {
        expect(known, `${path}: ${line}`).toContain(word.slice(2).split('=')[0]);
      }
      walked++;
    }
  }
  expect(walked).toBeGreaterThan(10);
});

test('every npm command and every script that the books name is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  let walked = 0;
  for (const path of books) {
    const text = read(path);
    for (const [, name] of text.matchAll(/npm run ([a-z:]*[a-z])/g)) {
      expect(Object.keys(scripts), path).toContain(name);
      walked++;
    }
    for (const [, name] of text.matchAll(ownFile)) {
      expect(existsSync(join(root, name!)), `${path}: ${name}`).toBe(true);
      walked++;
    }
  }
  expect(walked).toBeGreaterThan(10);
});

test('every link inside the books leads somewhere', () => {
  const anchor = (heading: string): string =>
    heading.toLowerCase().replace(/[^\p{L}\p{N}\s-]/gu, '').replaceAll(' ', '-');
  let walked = 0;
  for (const path of books) {
    for (const [, target] of read(path).matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [file = '', place] = target!.split('#');
      const found = file === '' ? path : join(dirname(path), file);
      expect(existsSync(join(root, found)), `${path} → ${target}`).toBe(true);
      if (place !== undefined) {
        const headings = [...read(found).matchAll(/^#+ (.+)$/gm)];
        const places = headings.map(([, heading]) => anchor(heading!));
        expect(places, `${path} → ${target}`).toContain(place);
      }
      walked++;
    }
  }
  expect(walked).toBeGreaterThan(20);
});

test('the changelog tells of the version that is built', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string };
  expect(read('CHANGELOG.md')).toMatch(new RegExp(`^## ${version.replaceAll('.', '\\.')}\\b`, 'm'));
});

test('the service unit starts again within the time that vehicles can wait', () => {
  const unit = read('packaging/lukou.service');
  const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
  expect(setting('Type')).toBe('notify');
  expect(setting('NotifyAccess')).toBe('all');
  expect(setting('WatchdogSec')).toBe('2');
  expect(setting('Restart')).toBe('always');
  expect(setting('StartLimitIntervalSec')).toBe('0');
  const waitMs = /^(\d+)ms$/.exec(setting('RestartSec'))?.[1];
  expect(Number(waitMs)).toBeLessThanOrEqual(200);
  // The parent ends its child itself, after its last words.
  expect(setting('KillMode')).toBe('mixed');
});

test('image and service run a Node that still gets fixes', () => {
  expect(read('Dockerfile.arm64')).toMatch(/^ARG BASE_IMAGE=node:(22|24)-/m);
  expect(read('README.md')).toMatch(/Run 22 or 24/);
  expect(read('README.zh.md')).toMatch(/请用 22 或 24/);
});
