#!/usr/bin/env node
// Runs one of the project's commands from a fresh clone: installs and builds first when needed, and
// says what it does. Plain JavaScript without dependencies, since nothing is installed yet.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const [command, ...rest] = process.argv.slice(2);
const quiet = rest.includes('--json');

const say = (text) => process.stderr.write(`lukou: ${text}\n`);
// A small young generation keeps pauses short and the daemon small; source maps cost 17 MB.
const flags = process.env.LUKOU_DEBUG ? ['--enable-source-maps'] : ['--max-semi-space-size=2'];
// What the service unit runs it with: tens of megabytes less.
const daemon = {
  flags: process.env.LUKOU_DEBUG ? flags : ['--max-semi-space-size=1', '--heap-growing-percent=20', '--initial-old-space-size=12'],
  env: { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_MMAP_THRESHOLD_: '32768' },
};
const seconds = (fromMs) => `${((performance.now() - fromMs) / 1000).toFixed(1)} s`;
const commands = {
  demo: () => node('dist/src/cli/main.js', ['demo', ...rest]),
  start: () => node('dist/src/cli/main.js', ['run', ...rest], daemon),
  bench: () => node('dist/scripts/bench.js', rest),
  'bench:uper': () => node('dist/scripts/bench.js', ['uper', ...rest]),
  'gate:soak': () => node('dist/scripts/gatesoak.js', rest),
  'gate:mutate': () => node('dist/scripts/mutate.js', rest),
  oracle: () => node('dist/scripts/oracle.js', rest),
  'fuzz:uper': () => node('dist/scripts/fuzz-uper.js', rest),
  test: () => node('scripts/test.mjs', rest),
  lint: () => node('node_modules/eslint/bin/eslint.js', ['.', '--max-warnings', '0', ...rest]),
  build: () => 0,
  lukou: () => node('dist/src/cli/main.js', rest),
};

/** What `--help` prints of commands that are scripts: the head comment of each says how it is called. */
const heads = {
  'gate:soak': 'gatesoak.ts', 'gate:mutate': 'mutate.ts',
  oracle: 'oracle.ts', 'fuzz:uper': 'fuzz-uper.ts', test: 'test.mjs',
};

function headOf(file) {
  const text = readFileSync(join('scripts', file), 'utf8').replace(/^#!.*\n/, '');
  const head = /^(?:\/\*\*[\s\S]*?\*\/|(?:\/\/.*\n)+)/.exec(text)?.[0] ?? '';
  return head.replace(/^\/\*\*\s*|\s*\*\/$/g, '').replace(/^ ?(?:\*|\/\/) ?/gm, '').trim();
}

/** Runs one program with our own standard streams; signals reach it through the group. */
function node(script, args, given = { flags, env: {} }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...given.flags, script, ...args], {
      stdio: 'inherit',
      env: { ...given.env, ...process.env },
    });
    // A signal sent to the group reaches the child by itself; one sent to us alone is passed on.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

function fail(lines) {
  for (const line of lines) say(line);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail([`expected Node 20.19 or newer, got ${process.versions.node}.`, 'Install Node 22 or 24 (LTS).']);
  }
}

/** What the installed packages depend on: the lock file, the Node ABI and the machine. */
function installKey() {
  const hash = createHash('sha256');
  for (const file of ['package.json', 'package-lock.json']) {
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.update(`${process.versions.modules} ${process.platform} ${process.arch}`).digest('hex');
}

/** Runs a program quietly, with a sign of life every 15 s; gives its exit code and its output. */
function withSigns(program, args, sign) {
  return new Promise((resolve) => {
    const signs = setInterval(sign, 15_000);
    let output = '';
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, npm_config_update_notifier: 'false' },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output = (output + data).slice(-1_000_000);
      });
    }
    const done = (result) => {
      clearInterval(signs);
      resolve(result);
    };
    child.on('error', (error) => done({ error, status: 1, output }));
    child.on('close', (status) => done({ error: null, status, output }));
  });
}

async function install() {
  const stamp = 'node_modules/.lukou-installed';
  const key = installKey();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return;
  const began = performance.now();
  say('installing packages (first run; SQLite and CAN are compiled here where no binary fits: 1-3 min) ...');
  const result = await withSigns('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], () =>
    say(`still installing, ${seconds(began)} so far ...`),
  );
  if (result.error) {
    fail([`npm cannot be started: ${result.error.message}.`, 'Install npm (Debian: apt-get install npm).']);
  }
  if (result.status !== 0) {
    const { output } = result;
    process.stderr.write(`${output.trim().split('\n').slice(-25).join('\n')}\n`);
    const missing = [
      [/not found: make|make: not found|`make` failed|spawn make ENOENT/i, 'make', 'build-essential'],
      [/g\+\+: (command )?not found|not found: (g|c)\+\+|No C\+\+ compiler|c\+\+: not found/i, 'a C++ compiler', 'g++'],
      [/find Python|python3?: not found|gyp ERR! find Python/i, 'Python 3', 'python3'],
    ].filter(([pattern]) => pattern.test(output));
    const lines = [`npm ci failed after ${seconds(began)} (exit code ${result.status}); its last lines are above.`];
    for (const [, name, packageName] of missing) {
      lines.push(`${name} is missing: on Debian run: apt-get install ${packageName}`);
    }
    if (missing.length === 0) {
      lines.push('If a native package failed to compile, run: apt-get install build-essential python3');
    }
    fail(lines);
  }
  writeFileSync(stamp, key);
  say(`installed in ${seconds(began)}.`);
}

/** The newest change among the sources. */
function newestSourceMs(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) newest = Math.max(newest, newestSourceMs(path));
    else if (/\.(ts|json)$/.test(entry.name)) newest = Math.max(newest, statSync(path).mtimeMs);
  }
  return newest;
}

/** The product alone for who runs it, everything for who tests it. */
function build() {
  const whole = !['demo', 'start', 'lukou'].includes(command);
  const stamp = whole ? 'dist/.lukou-built' : 'dist/.lukou-built-product';
  const newest = Math.max(
    ...['src', 'drivers', 'fusion', 'v2x', 'config', 'scripts', 'test']
      .filter((folder) => existsSync(folder))
      .map(newestSourceMs),
    statSync('tsconfig.base.json').mtimeMs,
  );
  if (existsSync(stamp) && Number(readFileSync(stamp, 'utf8')) >= newest) return;
  const began = performance.now();
  const result = spawnSync(process.execPath, ['node_modules/typescript-native/bin/tsc', '-b', ...(whole ? [] : ['src'])], {
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) fail(['the build failed; the compiler says why above.']);
  mkdirSync('dist', { recursive: true });
  writeFileSync(stamp, String(newest));
  if (!quiet) say(`built in ${seconds(began)}.`);
}

if (!command || !(command in commands)) {
  fail([`usage: node scripts/bootstrap.mjs ${Object.keys(commands).join('|')} [arguments]`]);
}
// Asking how a command is called installs, builds and measures nothing.
if (rest.includes('--help') && command in heads) {
  process.stdout.write(`${headOf(heads[command])}\n`);
  process.exit(0);
}
checkNode();
await install();
build();
process.exitCode = await commands[command]();
