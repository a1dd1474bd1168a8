import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { languages } from '../../src/base/text.ts';
import { flagName } from '../../src/cli/command.ts';
import { allCommands, families } from '../../src/cli/commands.ts';
import { commandsPage } from '../../src/cli/page.ts';
import { build, lukou, lukouAll, root } from './child.ts';

beforeAll(build);

const COMMANDS = 26;
const chinese = /[\u4e00-\u9fff]/;

test('every command says in both languages what it does and takes, with examples', async () => {
  const asked = allCommands.flatMap((row) => languages.map((language) => ({ row, language })));
  const answers = await lukouAll(
    asked.map(({ row, language }) => [...row.name.split(' '), '--help', '--lang', language]),
  );
  asked.forEach(({ row, language }, at) => {
    const { code, out, err } = answers[at]!;
    expect({ code, err }, row.name).toEqual({ code: 0, err: '' });
    expect(out, row.name).toContain(`lukou ${row.name}`);
    expect(out.replace(/\s+/g, ''), row.name).toContain(row.summary[language].replace(/\s+/g, ''));
    for (const name of Object.keys(row.options)) {
      expect(out, row.name).toContain(`--${flagName(name)}`);
    }
    for (const { name } of row.arguments) {
      expect(out, row.name).toMatch(new RegExp(`[<[]${name}[>\\]]`));
    }
    for (const example of row.examples) expect(out, row.name).toContain(`lukou ${example}`);
    expect(chinese.test(out), `${row.name} ${language}`).toBe(language === 'zh');
  });
  expect(asked).toHaveLength(COMMANDS * 2);
});

test('every example names a command and options that exist', () => {
  let walked = 0;
  for (const row of allCommands) {
    for (const example of row.examples) {
      expect(example.startsWith(row.name), example).toBe(true);
      const known = [...Object.keys(row.options), 'json', 'lang'].map((name) =>
        `--${flagName(name)}`,
      );
      for (const [flag] of example.matchAll(/--[a-z-]+/g)) expect(known, example).toContain(flag);
      walked++;
    }
  }
  expect(walked).toBeGreaterThan(COMMANDS);
});

test('lukou alone lists every command and what to type first', async () => {
  const { code, out } = await lukou([]);
  expect(code).toBe(0);
  expect(out).toContain('lukou demo');
  for (const { name } of allCommands) expect(out).toContain(`  ${name} `);
  expect((await lukou(['help'])).out).toBe(out);
  expect((await lukou(['--help'])).out).toBe(out);
  expect((await lukou([], { env: { LANG: 'zh_CN.UTF-8' } })).out).toMatch(chinese);
  expect((await lukou(['--lang', 'en'], { env: { LC_ALL: 'zh_CN.UTF-8' } })).out).toBe(out);
});

test('a word that only leads to commands lists them and is wrong usage by itself', async () => {
  const names = Object.keys(families);
  const helps = await lukouAll(names.map((name) => ['help', name]));
  const bare = await lukouAll(names.map((name) => [name]));
  names.forEach((name, at) => {
    const below = allCommands.filter((row) => row.name.startsWith(`${name} `));
    expect(helps[at]!.code).toBe(0);
    expect(bare[at]!.code).toBe(2);
    for (const row of below) {
      expect(helps[at]!.out).toContain(row.name);
      expect(bare[at]!.err).toContain(row.name);
    }
  });
  expect(names).toHaveLength(4);
});

test.each([
  [['chekc', 'demo'], 'unknown command chekc. Did you mean check?'],
  [['site', 'nwe'], 'unknown command site nwe. Did you mean site new?'],
  [['help', 'repaly'], 'unknown command repaly. Did you mean replay?'],
  [['gate', 'relaese', '0-10'], 'unknown command gate relaese. Did you mean gate release?'],
  [['xyzzyq'], 'unknown command xyzzyq.'],
  [['replay', 'x', '--pase', 'max'], 'unknown option --pase. Did you mean --pace?'],
  [['replay', 'x', '--pace', 'slow'], '--pace: expected one of max, real, got "slow".'],
  [['replay', 'x', '--pace'], '--pace <max|real> needs a value.'],
  [['replay'], '<recording> is missing.'],
  [['replay', 'x', 'y'], 'too many words.'],
  [['run'], '--site <folder> is required.'],
  [
    ['simulate', '--out', 'x', '--users', '1.5'],
    '--users: expected a whole number from 0 to 400, got "1.5".',
  ],
  [
    ['simulate', '--out', 'x', '--seconds', 'ten'],
    '--seconds: expected a number from 1 to 86400, got "ten".',
  ],
  [['simulate', '--out', 'x', '--break', 'drunkards=3'], '--break: expected red-runners='],
  [['record'], 'give <folder> | --stop.'],
  [['record', 'x', '--stop'], 'give <folder> | --stop.'],
  [['completion', 'fish'], '<shell>: expected bash, got "fish".'],
  [['score', 'a', 'b', '--roi', '1,2,3'], '--roi: expected x0,y0,x1,y1, got "1,2,3".'],
  [['version', '--lang', 'fr'], '--lang: expected one of en, zh, got "fr".'],
] as const)('wrong usage %j ends with 2 and says what is wrong', async (args, sentence) => {
  const { code, out, err } = await lukou(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(sentence);
  expect(err).toContain('lukou help');
  expect(err).not.toMatch(/\n\s+at /);
});

test('wrong usage is said in Chinese, and as a JSON line for scripts', async () => {
  const said = await lukou(['replay', 'x', '--pase', 'max', '--lang', 'zh']);
  expect(said.code).toBe(2);
  expect(said.err).toContain('未知选项 --pase。是否指 --pace？');
  const told = await lukou(['replay', 'x', '--pase', 'max', '--json']);
  expect(told.code).toBe(2);
  expect(JSON.parse(told.err)).toMatchObject(
    { error: 'usage', message: expect.stringContaining('--pase') as string },
  );
});

test('a fault ends with 1, in the caller\'s language, as JSON for scripts, without a stack', async () => {
  const english = await lukou(['check', 'nowhere-at-all']);
  expect(english.code).toBe(1);
  expect(english.err).toContain(
    'expected a folder with site.json and road.json, or a sample (demo, two-nodes)',
  );
  const other = await lukou(['check', 'nowhere-at-all', '--lang', 'zh']);
  expect(other.code).toBe(1);
  expect(other.err).toMatch(/目录不存在/);
  const close = await lukou(['check', 'demmo']);
  expect(close.err).toContain('Did you mean demo?');
  const json = await lukou(['check', 'nowhere-at-all', '--json']);
  expect(JSON.parse(json.err)).toMatchObject(
    { error: 'fault', code: 'FILE_UNREADABLE', subject: 'nowhere-at-all' },
  );
  for (const { err } of [english, other, json]) expect(err).not.toMatch(/\n\s+at /);
  const traced = await lukou(['check', 'nowhere-at-all'], { env: { LUKOU_DEBUG: '1' } });
  expect(traced.err).toMatch(/\n\s+at /);
});

test('the version is that of the package', async () => {
  const { version } = JSON.parse(
    readFileSync(`${root}package.json`, 'utf8'),
  ) as { version: string };
  const plain = await lukou(['version']);
  expect(plain).toMatchObject({ code: 0, err: '' });
  expect(plain.out).toContain(`lukou ${version}`);
  expect(JSON.parse((await lukou(['version', '--json'])).out)).toMatchObject(
    { formatVersion: 1, lukou: version },
  );
  expect((await lukou(['--version'])).out).toBe(`${version}\n`);
});

test('a reader that goes away ends a command quietly', () => {
  const done = spawnSync(
    'bash',
    [
      '-c',
      'set -o pipefail; "$0" dist/src/cli/main.js drivers --json | head -c 1 >/dev/null',
      process.execPath,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect(done.stderr).toBe('');
  expect([0, 141]).toContain(done.status);
});

test('the completion script offers commands, words below them, options and values', async () => {
  const { code, out } = await lukou(['completion', 'bash']);
  expect(code).toBe(0);
  const complete = (...words: string[]): string[] => {
    const print = 'printf "%s\\n" "${COMPREPLY[@]}"';
    const call = `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lukou; ${print}`;
    const script = `${out}\n${call}`;
    const done = spawnSync(
      'bash',
      ['-c', script, 'bash', ...words],
      { encoding: 'utf8', cwd: root },
    );
    expect(done.stderr).toBe('');
    return done.stdout.trim().split('\n');
  };
  expect(complete('lukou', 're')).toEqual(['replay', 'record']);
  expect(complete('lukou', 'site', '')).toEqual(['new', 'migrate']);
  expect(complete('lukou', 'site', 'new', '--an')).toEqual(['--answers']);
  expect(complete('lukou', 'replay', 'x', '--pace', '')).toEqual(['max', 'real']);
  expect(complete('lukou', 'run', '--site', 'two')).toEqual(['two-nodes']);
  expect(complete('lukou', 'drivers', 'signal-t')).toEqual(['signal-tscbm']);
  expect(complete('lukou', 'gate', '--')).toContain('--data');
  expect(complete('lukou', 'gate', 'release', '--w')).toEqual(['--who']);
});

test('the page of all commands in the handbook is the one that the rows print', () => {
  expect(readFileSync(`${root}docs/cli.md`, 'utf8')).toBe(commandsPage());
});
