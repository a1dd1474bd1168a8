import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Fault } from '../src/base/fault.ts';
import type { FaultCode } from '../src/base/fault.ts';
import { faultTexts } from '../src/base/texts/faults.ts';
import { catalogue } from '../src/base/texts/index.ts';
import { placement } from '../src/pipeline.ts';

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
  [/^src\/(signals|crosscheck|events|statistics|store)\//, stage],
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

/** The arguments of every `new Fault(…)` of a source, each to its closing bracket. */
function faultCalls(source: string): string[] {
  return [...source.matchAll(/\bnew Fault\(/g)].map(({ index, 0: head }) => {
    let depth = 1;
    let end = index + head.length;
    for (; depth > 0 && end < source.length; end++) {
      if (source[end] === '(') depth++;
      else if (source[end] === ')') depth--;
    }
    return source.slice(index, end);
  });
}

/** Literals of a call that are English for a person: two words apart; a subject may be a name. */
function englishIn(call: string): string[] {
  const literals = call.matchAll(/(\w+)?:? *(?:'([^']*)'|"([^"]*)"|`([^`]*)`)/g);
  return [...literals].flatMap(([, key, one, two, three]) => {
    const text = (one ?? two ?? three ?? '').replace(/\$\{[^}]*\}/g, '…');
    return key !== 'subject' && /\S \S/.test(text) && /\b[a-z]{2,}\b/.test(text) ? [text] : [];
  });
}

test('no fault carries an English sentence of its own: they stand in the catalogue', () => {
  const bad = "x(new Fault('REFUSED', { subject: `port ${a}`, next: 'Look (twice) at it.', got: 'a b' }))";
  expect(faultCalls(bad).flatMap(englishIn)).toEqual(['Look (twice) at it.']);
  const wrong: string[] = [];
  let walked = 0;
  for (const path of sources.filter((file) => !file.startsWith('src/base/texts/'))) {
    for (const call of faultCalls(readFileSync(join(root, path), 'utf8'))) {
      walked++;
      for (const text of englishIn(call)) wrong.push(`${path}: ${text}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(walked).toBeGreaterThan(40);
});

test('every fault is a Chinese sentence in Chinese, and so is every text that faults are made of', () => {
  const chinese = /[\u4e00-\u9fff]/;
  const facts = { subject: 'x', expected: 'y', got: 'z', next: '' };
  const codes = Object.keys(faultTexts) as FaultCode[];
  for (const code of codes) {
    const fault = new Fault(code, facts);
    expect(fault.in('zh'), code).toMatch(chinese);
    expect(fault.message, code).not.toMatch(chinese);
  }
  expect(codes.length).toBeGreaterThanOrEqual(9);
  const areas = ['facts', 'ports', 'recordings', 'daemon', 'drivers', 'city', 'gateSite', 'webFaults',
    'score', 'system'];
  for (const area of areas) {
    for (const [key, text] of Object.entries(catalogue[area]!)) {
      expect(text.zh, `${area}.${key}`).toMatch(chinese);
      expect(text.en, `${area}.${key}`).not.toMatch(chinese);
    }
  }
});

test('every fault code is thrown somewhere', () => {
  const files = sources.filter((path) => !path.startsWith('src/base/texts/'));
  const product = files.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  const idle = Object.keys(faultTexts).filter((code) => !product.includes(`'${code}'`));
  expect(idle).toEqual([]);
});

/** Packages with a place of their own; all others are checked by nobody. */
const packagePlaces: readonly (readonly [RegExp, RegExp])[] = [
  [/^zod$/, /^(config\/|drivers\/[^/]+\/options\.ts$)/],
  [/^mathjs$/, /^config\/expression\.ts$/],
  [/^better-sqlite3$/, /^src\/store\//],
  [/^(serialport|node-can|socketcan)$/, /^src\/transport\//],
  [/^kalman-filter\b/, /^(drivers\/clockwatch|src\/signals\/cycleclock)\.ts$/],
  [/^aedes$/, /^src\/demo\.ts$/],
];

test('packages with a place of their own are imported there and nowhere else', () => {
  const wrong: string[] = [];
  let walked = 0;
  for (const path of sources) {
    const text = readFileSync(join(root, path), 'utf8');
    const names = text.matchAll(/(?:from|import\(|require\()\s*'([a-z@][^']*)'/g);
    for (const [, name] of names) {
      const row = packagePlaces.find(([pattern]) => pattern.test(name!));
      if (!row) continue;
      walked++;
      if (!row[1].test(path)) wrong.push(`${path} imports ${name}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(walked).toBeGreaterThan(15);
});

test('the table of places in the pipeline says where each loop is made', () => {
  const makers = (text: string): string[] =>
    sources.filter((path) => readFileSync(join(root, path), 'utf8').includes(text)).sort();
  const files = { parent: 'src/parent.ts', child: 'src/child.ts' };
  const { live } = placement;
  expect(makers('new SignalsLoop(')).toEqual([files[live.signals], 'src/replay/signals.ts']);
  expect(makers('new PerceptionLoop(')).toEqual([files[live.perception], 'src/replay/perception.ts']);
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
