import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shared, testWithShared } from '../shared.ts';
import { build, lukou, root } from './child.ts';

const folder = mkdtempSync(join(tmpdir(), 'lukou-cli-'));
const inside = (name: string): string => join(folder, name);
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true }));

test('the samples have no problems, by name and by path, from any working folder', async () => {
  const byName = await lukou(['check', 'demo'], { cwd: folder });
  expect(byName).toEqual({ code: 0, out: 'demo: no problems.\n', err: '' });
  const byPath = await lukou(['check', `${root}config/sites/two-nodes`, '--json'], { cwd: folder });
  expect(byPath.code).toBe(0);
  expect(JSON.parse(byPath.out)).toMatchObject({ formatVersion: 1, ok: true, problems: [] });
});

test('a broken copy is named problem by problem, with what to do, in both languages', async () => {
  const broken = inside('broken');
  cpSync(`${root}config/sites/demo`, broken, { recursive: true });
  const path = join(broken, 'site.json');
  const site = JSON.parse(readFileSync(path, 'utf8')) as {
    sensors: { driver: string }[];
    web: { host: string };
  };
  site.sensors[1]!.driver = 'radar-of-tomorrow';
  site.web.host = '0.0.0.0';
  writeFileSync(path, JSON.stringify(site));
  const plain = await lukou(['check', broken]);
  expect(plain.code).toBe(1);
  expect(plain.out).toMatch(/sensors\[1\]\.driver: unknown driver "?radar-of-tomorrow/);
  expect(plain.out).toContain('web.host: expected a loopback address');
  expect(plain.out).toContain('lukou web share');
  expect((await lukou(['check', broken, '--lang', 'zh'])).out).toContain('期望本机回环地址');
  const json = await lukou(['check', broken, '--json']);
  expect(json.code).toBe(1);
  const document = JSON.parse(json.out) as { ok: boolean; problems: { path: string }[] };
  expect(document.ok).toBe(false);
  expect(document.problems.map((problem) => problem.path)).toEqual(
    expect.arrayContaining(['sensors[1].driver', 'web.host']),
  );
  const run = await lukou(['run', '--site', broken, '--data', inside('never'), '--lang', 'zh']);
  expect(run.code).toBe(1);
  expect(run.err).toContain('期望本机回环地址');
});

test('a site is made from written answers, and runs through simulate', async () => {
  const answers = inside('answers.txt');
  writeFileSync(answers, `# name first\ntown-7\n${'\n'.repeat(40)}`);
  const made = await lukou(['site', 'new', inside('town'), '--answers', answers]);
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(
    JSON.parse(readFileSync(inside('town/site.json'), 'utf8')),
  ).toMatchObject({ id: 'town-7' });
  expect((await lukou(['check', inside('town')])).code).toBe(0);
  const again = await lukou(['site', 'new', inside('town'), '--answers', answers]);
  expect(again.code).toBe(1);
  expect(again.err).toContain('Name another folder');
  writeFileSync(answers, 'town-8\n');
  const few = await lukou(['site', 'new', inside('few'), '--answers', answers]);
  expect(few.code).toBe(1);
  expect(few.err).toContain('no more answers. The next question is: English name');
  expect(existsSync(inside('few'))).toBe(false);
  const current = await lukou(['site', 'migrate', inside('town')]);
  expect(current.out).toContain('site.json: is of the newest version already');
});

test('a draft site is migrated, and the old files stay beside the new', async () => {
  const old = inside('draft');
  cpSync(`${root}config/sites/demo`, old, { recursive: true });
  const road = JSON.parse(readFileSync(join(old, 'road.json'), 'utf8')) as Record<string, unknown>;
  writeFileSync(join(old, 'road.json'), JSON.stringify({ ...road, formatVersion: 0 }));
  const done = await lukou(['site', 'migrate', old, '--json']);
  expect(JSON.parse(done.out)).toMatchObject({
    files: [
      { file: 'site.json', migrated: false },
      { file: 'road.json', from: '0', migrated: true },
    ],
  });
  expect(JSON.parse(readFileSync(join(old, 'road.json'), 'utf8'))).toMatchObject(
    { formatVersion: 1 },
  );
  expect(JSON.parse(readFileSync(join(old, 'road.json.v0'), 'utf8'))).toMatchObject(
    { formatVersion: 0 },
  );
  expect((await lukou(['check', old])).code).toBe(0);
});

test('simulate, replay and score follow one another, and replays write equal bytes', async () => {
  const recording = inside('rush');
  const simulate = [
    'simulate',
    '--out',
    recording,
    '--seconds',
    '4',
    '--users',
    '12',
    '--seed',
    '5',
  ];
  const made = await lukou([...simulate, '--json']);
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(made.out)).toMatchObject(
    { formatVersion: 1, site: 'demo', seed: 5, seconds: 4 },
  );
  const again = await lukou(simulate);
  expect(again.code).toBe(1);
  expect(again.err).toContain('Add --force to replace it.');
  expect((await lukou([...simulate, '--force'])).code).toBe(0);
  const first = await lukou(['replay', recording, '--out', inside('a')]);
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toMatch(/times real time/);
  expect(first.out).toMatch(/SPAT +\d+/);
  const second = await lukou(
    ['replay', recording, '--site', 'demo', '--out', inside('b'), '--verify', '--json'],
  );
  expect(JSON.parse(second.out)).toMatchObject(
    { formatVersion: 1, messages: { SPAT: expect.any(Number) as number } },
  );
  const files = ['rsu.jsonl', 'tracks.jsonl', 'events.jsonl', 'cloud.jsonl'];
  for (const file of files) {
    expect(readFileSync(inside(`a/${file}`)), file).toEqual(readFileSync(inside(`b/${file}`)));
  }
  expect(readFileSync(inside('a/report.json'), 'utf8')).not.toMatch(/wall|realTime/i);
  const score = await lukou(
    [
      'score',
      join(recording, 'truth.jsonl'),
      inside('a/tracks.jsonl'),
      '--align',
      'interp',
      '--json',
    ],
  );
  const figures = JSON.parse(score.out) as Record<string, number>;
  expect(figures.formatVersion).toBe(1);
  expect(figures.MOTA).toBeGreaterThan(0.5);
  const decoded = await lukou(
    ['v2x', 'decode'],
    { stdin: readFileSync(inside('a/rsu.jsonl'), 'utf8') },
  );
  expect(decoded).toMatchObject({ code: 0, err: '' });
  expect(linesOf(decoded.out).length).toBeGreaterThan(40);
}, 120_000);

test('simulate leaves a folder alone that holds something else', async () => {
  writeFileSync(inside('precious.txt'), 'mine');
  const { code, err } = await lukou(['simulate', '--out', folder, '--seconds', '1', '--force']);
  expect(code).toBe(1);
  expect(err).toContain('this one is left alone');
  expect(readFileSync(inside('precious.txt'), 'utf8')).toBe('mine');
});

test('replay says which folder it wants, and which faults it knows', async () => {
  const nothing = await lukou(['replay', inside('void')]);
  expect(nothing.code).toBe(1);
  expect(nothing.err).toContain('Name a folder written by `lukou record` or `lukou simulate`.');
  const faults = await lukou(['replay', inside('rush'), '--faults', 'flood:share=1']);
  expect(faults.code).toBe(1);
  expect(faults.err).toContain('gap, jitter, step, duplicate, corrupt');
});

test('a bad line is named with number and path, and the others are encoded', async () => {
  const refPos = { lat: 1, long: 2 };
  const good = JSON.stringify({ rsiFrame: { msgCnt: 1, id: '3132333435363738', refPos } });
  const encoded = await lukou(
    ['v2x', 'encode'],
    { stdin: `${good}\n{"a":\n\n{"rsmFrame":{"msgCnt":999}}\n` },
  );
  expect(encoded.code).toBe(1);
  expect(encoded.out).toBe('4002626466686a6c6e706b49d202d693a402\n');
  expect(encoded.err).toMatch(/^line 2: /);
  expect(encoded.err).toMatch(/^line 4: .*msgCnt: expected a whole number from 0 to 127, got 999/m);
  const decoded = await lukou(['v2x', 'decode', '--json'], { stdin: 'zz\n36\n' });
  expect(decoded.code).toBe(1);
  const faults = linesOf(decoded.err).map((line) => JSON.parse(line) as { line: number });
  expect(faults.map(({ line }) => line)).toEqual([1, 2]);
  expect(
    (await lukou(['v2x', 'decode', '--lang', 'zh'], { stdin: 'zz\n' })).err,
  ).toContain('第 1 行：');
});

testWithShared('every profile A vector goes through v2x encode and decode', async () => {
  interface Row { readonly profile: string; readonly value: unknown; readonly hex: string }
  const named = JSON.parse(
    readFileSync(shared('vectors/uper-vectors.json'), 'utf8'),
  ) as Row[] | { vectors: Row[] };
  const random = linesOf(
    gunzipSync(readFileSync(shared('vectors/uper-random-sample.jsonl.gz'))).toString('utf8'),
  );
  const rows = [
    ...(Array.isArray(named) ? named : named.vectors),
    ...random.map((line) => JSON.parse(line) as Row),
  ];
  const own = rows.filter(({ profile, value, hex }) =>
    profile === 'A' && value !== undefined && hex !== undefined,
  );
  expect(own.length).toBeGreaterThan(50);
  const encoded = await lukou(['v2x', 'encode', '--profile', 'A'], {
    stdin: own.map(({ profile, value }) => JSON.stringify({ profile, value })).join('\n'),
  });
  expect(encoded).toMatchObject({ code: 0, err: '' });
  expect(linesOf(encoded.out)).toEqual(own.map(({ hex }) => hex.toLowerCase()));
  const decoded = await lukou(['v2x', 'decode', '--profile', 'A'], { stdin: encoded.out });
  expect(decoded).toMatchObject({ code: 0, err: '' });
  const back = await lukou(['v2x', 'encode', '--profile', 'A'], { stdin: decoded.out });
  expect(back.out).toBe(encoded.out);
});

test('track follows detections of a file and of a pipe, and names a bad line', async () => {
  const rows = Array.from({ length: 60 }, (_, at) =>
    JSON.stringify(
      { t: at / 10, x: at * 0.5, y: 3, heading: 0, cls: 'car', length: 4.5, width: 1.8, score: 12 },
    ),
  ).join('\n');
  writeFileSync(inside('detections.jsonl'), rows);
  const toFile = await lukou(
    ['track', inside('detections.jsonl'), '--out', inside('tracks.jsonl')],
  );
  expect(toFile).toMatchObject({ code: 0, err: '' });
  expect(toFile.out).toContain('60 detections → 1 tracks');
  const piped = await lukou(['track', '-', '--json'], { stdin: rows });
  expect(piped.code).toBe(0);
  expect(piped.out).toBe(readFileSync(inside('tracks.jsonl'), 'utf8'));
  expect(JSON.parse(piped.err)).toMatchObject({ formatVersion: 1, detections: 60, tracks: 1 });
  const last = JSON.parse(linesOf(piped.out).at(-1)!) as { x: number; speed: number };
  expect(last.x).toBeCloseTo(29.5, 0);
  expect(last.speed).toBeCloseTo(5, 0);
  const bad = await lukou(['track', '-'], { stdin: `${rows}\n{"t":7,"x":"west"}\n` });
  expect(bad.code).toBe(1);
  expect(bad.err).toContain('-:61');
});

test('score names the line that it cannot read, and the file that is not there', async () => {
  writeFileSync(inside('odd.jsonl'), '{"t":0,"id":1,"x":0,"y":0}\n{"t":0,"id":2,"x":"?"}\n');
  const bad = await lukou(['score', inside('odd.jsonl'), inside('odd.jsonl')]);
  expect(bad.code).toBe(1);
  expect(bad.err).toContain('odd.jsonl:2');
  const missing = await lukou(['score', inside('gone.jsonl'), inside('odd.jsonl')]);
  expect(missing.code).toBe(1);
  expect(missing.err).toContain('no such file');
});

test('drivers are listed, and told with options, unverified marks and counters', async () => {
  const list = await lukou(['drivers', '--json']);
  const { drivers } = JSON.parse(list.out) as {
    drivers: { kind: string; options: unknown[]; counters: unknown[] }[],
  };
  expect(drivers.length).toBeGreaterThanOrEqual(6);
  for (const { kind, options, counters } of drivers) {
    expect(options.length, kind).toBeGreaterThan(0);
    expect(counters.length, kind).toBeGreaterThan(0);
  }
  const plain = await lukou(['drivers']);
  for (const { kind } of drivers) expect(plain.out).toContain(kind);
  const radar = await lukou(['drivers', 'radar-ars408', '--lang', 'zh']);
  expect(radar.out).toMatch(/lateral \(\?\)/);
  expect(radar.out).toContain('other_sensor');
  expect(radar.out).toContain('计数器');
  const close = await lukou(['drivers', 'radar-ars']);
  expect(close.code).toBe(1);
  expect(close.err).toContain('Did you mean radar-ars408?');
});

test('doctor looks at everything, changes nothing, and says what to do', async () => {
  const { out, err } = await lukou(
    ['doctor', '--json', '--data', inside('no-daemon')],
    { cwd: folder },
  );
  expect(err).toBe('');
  const { checks } = JSON.parse(out) as {
    checks: { name: string; level: string; found: string; next: string }[],
  };
  expect(checks.map(({ name }) => name)).toEqual([
    'node', 'memory', 'disk', 'clock', 'buffers', 'can', 'serial', 'site', 'lamps', 'daemon',
    'ports', 'openssl',
  ]);
  for (const { name, level, found, next } of checks) {
    expect(found, name).not.toBe('');
    expect(next === '', name).toBe(level === 'ok');
  }
  const node = checks.find(({ name }) => name === 'node')!;
  const [major] = process.versions.node.split('.').map(Number);
  expect(node.level).toBe(major === 22 || major === 24 ? 'ok' : 'warn');
  expect(checks.find(({ name }) => name === 'daemon')!.level).toBe('warn');
  expect(existsSync(inside('no-daemon'))).toBe(false);
  const broken = await lukou(['doctor', '--site', inside('broken')], { cwd: folder });
  expect(broken.code).toBe(1);
  expect(broken.out).toMatch(/FAIL +site/);
  expect(broken.out.replace(/\s+/g, ' ')).toContain(`Run: lukou check ${inside('broken')}`);
});

test('without a daemon the commands that ask one end with 1 and say how to start it', async () => {
  const asking = [['status'], ['top', '--once'], ['gate'], ['record', '--stop'], ['web', 'share', 'lo']];
  for (const args of asking) {
    const { code, out, err } = await lukou(args, { cwd: folder });
    expect({ code, out }, args.join(' ')).toEqual({ code: 1, out: '' });
    expect(err, args.join(' ')).toContain('`lukou run --site <folder>` or `lukou demo`');
  }
  const named = await lukou(['status', '--data', inside('elsewhere'), '--lang', 'zh']);
  expect(named.code).toBe(1);
  expect(named.err).toContain('lukou demo');
  expect(named.err).toContain('elsewhere');
});
