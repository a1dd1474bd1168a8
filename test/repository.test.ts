import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalogue } from '../src/base/texts/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function filesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const name of readdirSync(join(root, folder))) {
    if (name === 'node_modules' || name === 'dist') continue;
    const path = join(folder, name);
    if (statSync(join(root, path)).isDirectory()) found.push(...filesBelow(path));
    else found.push(path);
  }
  return found;
}

const productFolders = ['src', 'drivers', 'fusion', 'v2x', 'config'];
const sources = productFolders.flatMap(filesBelow).filter((path) => path.endsWith('.ts'));

/** Relative imports of one file, as paths from the root. */
function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)];
  return found.map(([, target]) => normalize(join(dirname(path), target!)));
}

const stage = ['src/base', 'src/model', 'config'];
/** Folder → what it may import beside itself. Finer rows stand before coarser ones. */
const mayImport: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^drivers\/[^/]+\/witness\.ts$/, ['src/base']],
  [/^src\/base\//, []],
  [/^src\/(model|transport)\//, ['src/base', 'src/model']],
  [/^config\//, ['src/base', 'src/model', 'config']],
  [/^drivers\//, [...stage, 'src/transport', 'drivers']],
  [/^fusion\//, stage],
  [/^v2x\//, stage],
  [/^src\/gate\//, ['src/base']],
  [/^src\/score\//, ['src/base']],
  [/^src\/runtime\//, ['src/base', 'src/model']],
  [/^src\/simulate\//, stage],
  [/^src\/(signals|events|statistics|store)\//, stage],
  [/^src\/(rsu|cloud)\//, [...stage, 'src/transport']],
  [/^src\/web\/page\//, ['src/base']],
];

test('no file imports what its folder may not', () => {
  const wrong: string[] = [];
  let checked = 0;
  for (const path of sources) {
    const row = mayImport.find(([pattern]) => pattern.test(path));
    if (!row) continue;
    checked++;
    const witness = /witness\.ts$/.test(path);
    const own = path.split('/').slice(0, path.startsWith('src/web/page') ? 3 : path.startsWith('src/') ? 2 : 1).join('/');
    for (const target of importsOf(path)) {
      const inOwn = !witness && target.startsWith(`${own}/`);
      if (!inOwn && !row[1].some((folder) => target.startsWith(`${folder}/`))) {
        wrong.push(`${path} imports ${target}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(checked).toBeGreaterThan(40);
});

test('drivers do not import one another, only their own folder and the shared files', () => {
  const wrong: string[] = [];
  for (const path of sources.filter((file) => /^drivers\/[^/]+\//.test(file))) {
    const own = path.split('/').slice(0, 2).join('/');
    for (const target of importsOf(path)) {
      if (/^drivers\/[^/]+\//.test(target) && !target.startsWith(`${own}/`)) {
        wrong.push(`${path} imports ${target}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('encoder, gate decoder and witnesses share no code', () => {
  const gate = sources.filter((path) => path.startsWith('src/gate/'));
  const witnesses = sources.filter((path) => /witness\.ts$/.test(path));
  expect(gate.length).toBeGreaterThan(2);
  expect(witnesses.length).toBeGreaterThanOrEqual(2);
  for (const path of [...gate, ...witnesses]) {
    const outside = importsOf(path).filter(
      (target) => !target.startsWith('src/base/') && !target.startsWith('src/gate/'),
    );
    expect(outside, path).toEqual([]);
  }
});

test('product code has no enum, default export, console or clock of its own', () => {
  const wrong: string[] = [];
  for (const path of sources) {
    const text = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    if (/^\s*(export\s+)?(const\s+)?enum\s/m.test(text)) wrong.push(`${path}: enum`);
    if (/export\s+default\s/.test(text)) wrong.push(`${path}: default export`);
    if (/\bconsole\./.test(text)) wrong.push(`${path}: console`);
    if (/\bMath\.random\(/.test(text)) wrong.push(`${path}: Math.random`);
    const mayTime = path.startsWith('src/runtime/') || path === 'src/base/clock.ts' || path.startsWith('src/web/page/');
    if (!mayTime && /\bDate\.now\(|\bset(Timeout|Interval)\(/.test(text)) wrong.push(`${path}: own clock`);
  }
  expect(wrong).toEqual([]);
});

test('every text exists in both languages with the same places', () => {
  let walked = 0;
  for (const [area, texts] of Object.entries(catalogue)) {
    for (const [key, text] of Object.entries(texts)) {
      const places = (value: string): string[] => [...new Set(value.match(/\{\w+\}/g) ?? [])].sort();
      expect(places(text.zh), `${area}.${key}`).toEqual(places(text.en));
      expect(text.en.length, `${area}.${key}`).toBeGreaterThan(0);
      expect(text.zh.length, `${area}.${key}`).toBeGreaterThan(0);
      walked++;
    }
  }
  expect(walked).toBeGreaterThan(10);
});

test('the lock file records no download addresses, and every version is pinned', () => {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  expect(lock).not.toMatch(/"resolved": "https?:/);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const versions = Object.entries({ ...dependencies, ...devDependencies });
  for (const [name, version] of versions) expect(version, name).toMatch(/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+$/);
  expect(versions.length).toBeGreaterThan(20);
});

test('each top-level source folder says what lives in it', () => {
  const folders = ['drivers', 'fusion', 'v2x', 'config', 'test', 'scripts'];
  const missing = folders.filter((folder) => !filesBelow(folder).includes(`${folder}/README.md`));
  expect(missing).toEqual([]);
});

test('no tracked text names a path of the machine that it was written on', () => {
  const texts = [...productFolders, 'test', 'scripts', 'docs'].flatMap(filesBelow).filter((path) => /\.(ts|mjs|md|json|sh)$/.test(path));
  const machine = dirname(root.replace(/\/$/, ''));
  const wrong = texts.filter((path) => readFileSync(join(root, path), 'utf8').includes(`${machine}/`));
  expect(wrong.map((path) => relative(root, join(root, path)))).toEqual([]);
});
