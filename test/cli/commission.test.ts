import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { SystemClock } from '../../src/base/clock.ts';
import { fillText } from '../../src/base/text.ts';
import { commissionTexts } from '../../src/base/texts/commission.ts';
import { readPairs } from '../../src/cli/commission.ts';
import { lampKeys, lampLine, walkAround } from '../../src/cli/commissionscreen.ts';
import type { Io } from '../../src/cli/command.ts';
import { widthOf } from '../../src/cli/layout.ts';
import { readCommission } from '../../src/commission.ts';
import { Commissioner, sayableLamps } from '../../src/commissioner.ts';
import { commissionVerbs } from '../../src/commissionverbs.ts';
import { startControl } from '../../src/control.ts';
import { createLampPlan } from '../../src/simulate/lamps.ts';
import { pressesAt, statesOf } from '../commission/engineer.ts';
import { demoSite } from '../demosite.ts';
import { build, lukou } from './child.ts';

const folder = mkdtempSync(join(tmpdir(), 'lk-'));
const site = { ...demoSite(), mode: 'live' as const };
const { road } = site;
const plan = createLampPlan(road, { startMs: 0 });
const UNTIL_MS = 3 * plan.cycleMs;
const clock = new SystemClock();
/** The lamps of the last minutes, up to now. */
const BEGIN_UTC_MS = clock.utcAt().utcMs - UNTIL_MS;
const TOKEN = 'c'.repeat(48);
const audit: string[] = [];
let commissioner: Commissioner;
let server: { close(): Promise<void> };

function watched(): Commissioner {
  const made = new Commissioner(site, folder, '9.9.9');
  for (let atMs = 0; atMs <= UNTIL_MS + 30_000; atMs += 200) {
    made.lamps(statesOf(road, road, plan, atMs), BEGIN_UTC_MS + atMs);
  }
  return made;
}

const lampRow = {
  node: '0-10', signalGroup: 'straight-east', lampGroup: '1', phase: 1, colour: 'green',
  flashing: true, remainingS: 12.4, availability: 'usable',
};

beforeAll(async () => {
  build();
  chmodSync(folder, 0o750);
  writeFileSync(join(folder, 'token'), TOKEN);
  commissioner = watched();
  server = await startControl({
    path: join(folder, 'control.sock'), subject: 'test', token: TOKEN,
    verbs: Object.fromEntries(Object.keys(commissionVerbs({} as never)).map((name) => [name, {
      changes: name.startsWith('commission-'),
      run: (...given: Parameters<ReturnType<typeof commissionVerbs>[string]['run']>) =>
        commissionVerbs({
          commissioner, clock, lamps: () => [lampRow],
          reload: () => Promise.resolve(readCommission(folder, site)),
        })[name]!.run(...given),
    }])),
    audit: (line) => audit.push(line['verb'] ?? ''),
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  for (const name of ['commission.json', 'commission-half.json']) rmSync(join(folder, name), { force: true });
  commissioner = watched();
});

const run = (args: readonly string[], stdin = ''): ReturnType<typeof lukou> =>
  lukou(['commission', '--data', folder, ...args], { stdin });

/** What a truthful engineer notes of every group, arm and paper. */
function allLines(): object[] {
  const { arms, groups } = commissioner.view().walk;
  return [
    ...arms.map((arm) => ({ arm: arm.id, groups: arm.groups.length })),
    ...groups.flatMap(({ id, lampGroup }) => [
      ...pressesAt(road, id, UNTIL_MS, 'cli').map(({ lamp, atMs }) =>
        ({ group: id, lamp, at: new Date(BEGIN_UTC_MS + atMs).toISOString() })),
      { group: id, cabinet: lampGroup },
    ]),
    { matrix: 'agree' },
  ];
}
const jsonl = (lines: readonly object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

test('answers from a file commission a site, and who did it when is shown', async () => {
  const lines = allLines();
  const path = join(folder, 'answers.jsonl');
  writeFileSync(path, jsonl(lines));
  const done = await run(['--person', 'Li Wei', '--answers', path]);
  expect(done.code, done.out + done.err).toBe(0);
  expect(done.out).toContain('CONFIRMED: straight-east');
  expect(done.out).toMatch(/Commissioned by Li Wei\. 19 groups/);
  const shown = await run(['--show', '--json']);
  expect(shown.code).toBe(0);
  expect(JSON.parse(shown.out)).toMatchObject({ status: { state: 'commissioned', person: 'Li Wei' } });
  expect(audit.filter((verb) => verb === 'commission-answer').length).toBe(lines.length + 1);
  const chinese = await run(['--show', '--lang', 'zh']);
  expect(chinese.out).toContain('已由 Li Wei 于');
  expect((await run(['--revoke'])).code).toBe(0);
  expect((await run(['--show'])).code).toBe(1);
});

test('a part of the answers is kept, said to be open, and gone on with by --resume', async () => {
  const lines = allLines();
  const middle = Math.floor(lines.length / 2);
  const half = await run(['--person', 'Li Wei', '--answers', '-'], jsonl(lines.slice(0, middle)));
  expect(half.code).toBe(1);
  expect(half.out).toMatch(/Still open/);
  expect(half.out).toMatch(/more \(--show --json\)|lamps not confirmed/);
  commissioner = watched(); // the daemon was killed
  const again = await run(['--person', 'Wang', '--answers', '-']);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('one of Li Wei')]);
  const whole = await run(['--resume', '--answers', '-'], jsonl(lines.slice(middle)));
  expect(whole.code, whole.out + whole.err).toBe(0);
});

test('a look that disagrees is told with what the box saw, and nothing is written', async () => {
  const atMs = pressesAt(road, 'left-east', UNTIL_MS, 'cli').find(({ lamp }) => lamp === 'green')!.atMs;
  const wrong = { group: 'left-east', lamp: 'red', at: new Date(BEGIN_UTC_MS + atMs + 5000).toISOString() };
  const done = await run(['--person', 'Li Wei', '--answers', '-'], jsonl([wrong, { arm: 'east-in', groups: 9 }]));
  expect(done.code).toBe(1);
  expect(done.out.replace(/\s+/g, ' ')).toContain('REFUSED: you saw red, the box green');
  expect(existsSync(join(folder, 'commission.json'))).toBe(false);
});

test('wrong use is told: no name, no terminal, no JSON, an unknown group', async () => {
  const nobody = await run(['--answers', '-']);
  expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('--person')]);
  const noTerminal = await run(['--person', 'x']);
  expect([noTerminal.code, noTerminal.err]).toEqual([1, expect.stringContaining('--answers')]);
  const noJson = await run(['--person', 'x', '--answers', '-'], 'green\n');
  expect([noJson.code, noJson.err]).toEqual([1, expect.stringContaining('an answer of the walk')]);
  const stranger = await run(['--resume', '--group', 'nobody', '--answers', '-']);
  expect([stranger.code, stranger.err]).toEqual([1, expect.stringContaining('a signal group of the site')]);
});

test('the doctor tells of lamps that nobody confirmed, and where the mode does not need it', async () => {
  const done = await lukou(['doctor', '--site', 'demo', '--data', folder, '--json']);
  expect(done.out).toContain('not commissioned');
  expect(done.out).toContain('mode demo does not need it');
});

test('pairs of the controller are read as its tools print them', () => {
  expect(readPairs('1 3\n# none\n\n2,4 # both\r\n5;6\n7\n')).toEqual([['1', '3'], ['2', '4'], ['5', '6']]);
});

test('every lamp that may be said has a key of its own', () => {
  expect(Object.values(lampKeys).sort()).toEqual([...sayableLamps].sort());
});

/** A phone held upright: what is typed goes in, what is written is kept. */
function phone(language: 'en' | 'zh'): { io: Io; keys: PassThrough; text(): string } {
  const keys = new PassThrough();
  let text = '';
  const io = {
    language, clock, stdin: keys, screen: { isTerminal: true, columns: 40, rows: 30 },
    write: (more: string) => (text += more),
    say: (one: never, values: never) => fillText(one, language, values),
  } as unknown as Io;
  return { io, keys, text: () => text };
}

test.each(['en', 'zh'] as const)('on a phone no line is wider than the screen, and keys and '
  + 'typed answers reach the box (%s)', async (language) => {
  commissioner.answer({ kind: 'begin', person: 'Li Wei' }, clock.utcAt().utcMs);
  const { io, keys, text } = phone(language);
  const box = {
    view: () => Promise.resolve(commissioner.view()),
    answer: (args: Readonly<Record<string, unknown>>) =>
      Promise.resolve(commissioner.answer(args, clock.utcAt().utcMs)),
  };
  const walking = walkAround(io, box, join(folder, 'control.sock'), null);
  for (const typed of ['x\r', '9\r', '5\r', 'r', 's', '2\r', '1\r', 'q']) {
    keys.write(typed);
    await new Promise((done) => void clock.at((clock.nowMs() + 60) as never, () => done(null)));
  }
  await walking;
  const lines = text().replaceAll('\u001b[K', '').split(/\r\n|\r/);
  expect(lines.filter((line) => widthOf(line) > 40)).toEqual([]);
  expect(lines.length).toBeGreaterThan(20);
  const say = (key: keyof typeof commissionTexts, values = {}): string =>
    fillText(commissionTexts[key], language, values).slice(0, 12);
  for (const key of ['ask_arm', 'ask_lamp', 'ask_cabinet', 'box_sees_rest'] as const) {
    expect(text(), key).toContain(say(key, { lamp: say('seen_flashing-green'), rest: 12 }));
  }
  const { part } = commissioner.view();
  expect(part!.arms).toEqual({ 'east-in': 5 });
  expect(part!.groups['straight-east']!.cabinet).toBe('1');
});

test('the live line tells lamp and rest, and says so where the lamp is not known', () => {
  const { io } = phone('en');
  expect(lampLine(io, lampRow)).toBe('the box sees: flashing green, 12 s');
  expect(lampLine(io, { ...lampRow, availability: 'stale' })).toBe('the box sees: not known');
  expect(lampLine(io, undefined)).toBe('the box sees: not known');
});
