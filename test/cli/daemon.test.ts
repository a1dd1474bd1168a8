import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { startControl } from '../../src/control.ts';
import { build, lukou } from './child.ts';

const data = mkdtempSync(join(tmpdir(), 'lukou-data-'));
const TOKEN = 'a'.repeat(48);
const audit: string[] = [];
const asked: { verb: string; args: unknown }[] = [];
let latched = true;

/** What a daemon with one sick sensor and a latched node tells. */
const document = {
  formatVersion: 1,
  site: { id: 'corner', name: { en: 'Corner', zh: '街角' }, mode: 'demo', hash: 'h', profile: 'A' },
  software: '9.9.9',
  node: '20.0.0',
  pid: { parent: 4711, child: 4712 },
  startedUtcMs: 1_000_000,
  utcMs: 1_000_000 + 3_723_000,
  monoMs: 500_000,
  clockErrorMs: 4,
  capabilities: [
    { capability: 'spat', level: 'failed', because: ['gate:0-10'] },
    { capability: 'rsm', level: 'degraded', because: ['sensor:radar-north'] },
    { capability: 'map', level: 'ok', because: [] },
  ],
  checks: [
    {
      name: 'sensor:radar-north',
      level: 'failed',
      reason: 'silent',
      detail: { silent_ms: 640 },
      sinceMs: 499_000,
    },
    { name: 'clock', level: 'ok', reason: '', detail: {}, sinceMs: 0 },
  ],
  gate: {
    nodes: [
      {
        node: '0-10',
        level: 'unavailable',
        reasons: ['R6 lamps: expected no conflict, got two greens'],
        sinceMs: 440_000,
      },
    ],
    outputs: [
      { node: '0-10', type: 'SPAT', grade: 4, rule: 'R6b', sinceMs: 440_000, lastMs: 443_000 },
      { node: '0-10', type: 'RSM', grade: 0, rule: null, sinceMs: 400_000, lastMs: 499_900 },
      { node: '0-10', type: 'MAP', grade: 3, rule: 'R18', sinceMs: 440_000, lastMs: null },
    ],
    latches: ['0-10 R6'],
    refusals: [
      {
        atMs: 499_000,
        type: 'RSM',
        node: '0-10',
        meaning: { en: 'count 3, road users 7 motor 9.0 m/s', zh: '计数 3，交通参与者 7 机动车 9.0 m/s' },
        rule: 'R31',
        reason: 'ghost: expected seen, got unseen',
        hex: 'abcdef',
      },
    ],
  },
  lamps: [
    {
      node: '0-10',
      signalGroup: 'straight-east',
      lampGroup: '1',
      phase: 1,
      colour: 'green',
      flashing: false,
      remainingS: 12.4,
      availability: 'usable',
    },
  ],
  tracks: [
    {
      id: 'far',
      cityId: 1,
      cls: 'bus',
      eastM: 90,
      northM: 0,
      headingRad: 0,
      speedMps: 10,
      lengthM: 12,
      widthM: 2.5,
      existence: 1,
      unseen: '',
      sensors: ['radar-south'],
      laneId: 'east-1',
      ageMs: 40,
      covariance: [1, 0, 1],
    },
    {
      id: 'near',
      cityId: 2,
      cls: 'car',
      eastM: 1,
      northM: 2,
      headingRad: null,
      speedMps: 0,
      lengthM: null,
      widthM: null,
      existence: 1,
      unseen: '',
      sensors: ['camera-west'],
      laneId: null,
      ageMs: 60,
      covariance: [1, 0, 1],
    },
  ],
  events: [],
  messages: [{ type: 'SPAT', sent: 100, perS: 10, ageMs: { p50: 30, p99: 90, max: 91.5 } }],
  rsus: [{ id: 'unit-1', sent: { rsu_sent_SPAT: 100 }, lastSentMs: 499_900, fault: null }],
  clouds: [
    { id: 'city', connected: false, protocol: 4, fault: 'refused', sinceMs: 0, counters: {} },
  ],
  city: { 'rscu/x/participant': 7 },
  store: { rows: 3, fault: null },
  loops: [
    {
      loop: 'signals', atMs: 499_800, counters: {}, checks: [], lateness: {
        p50Ms: 0.1,
        p99Ms: 0.4,
        maxMs: 2,
      }, rssBytes: 9e7, skippedTicks: 1,
      ports: [
        { name: 'controller', state: 'open', received: 50, sent: 50, lastMs: 499_700, fault: null },
      ],
    },
  ],
  drops: { 'radar-north.scan_incomplete': 4 },
  recording: { folder: '/tmp/evening', octets: 2_500_000, sinceMs: 1 },
  web: { url: 'http://127.0.0.1:8080/' },
};

let daemon: { close(): Promise<void> };
beforeAll(async () => {
  build();
  writeFileSync(join(data, 'token'), `${TOKEN}\n`);
  type Arguments = Readonly<Record<string, unknown>>;
  const changing = (verb: string, answer: (args: Arguments) => unknown) => ({
    changes: true,
    run: (args: Readonly<Record<string, unknown>>) => {
      asked.push({ verb, args });
      return answer(args);
    },
  });
  daemon = await startControl({
    path: join(data, 'control.sock'),
    subject: 'corner',
    token: TOKEN,
    audit: (line) => audit.push(`${line.verb} ${line.allowed}`),
    verbs: {
      status: { changes: false, run: () => document },
      gate: { changes: false, run: () => document.gate },
      'record-start': changing('record-start', ({ folder }) => ({ folder })),
      'record-stop': changing('record-stop', () => {
        throw new Fault(
          'REFUSED',
          { subject: 'record', expected: 'a running recording', got: 'none', next: 'Start one.' },
        );
      }),
      'release-latch': changing('release-latch', ({ node }) => {
        const released = latched;
        latched = false;
        return { node, released };
      }),
      'web-share': changing('web-share', () => ({
        url: 'https://192.0.2.7:8443/?token=x',
        token: 'x',
        qr: '██\n██',
        until: '2026-01-01T08:00:00Z',
        fingerprint: 'AA:BB',
      })),
    },
  });
});
afterAll(async () => {
  await daemon.close();
  rmSync(data, { recursive: true });
});

const flag = ['--data', data];

test('status tells capabilities, gate, checks, messages, ports and drops on one page', async () => {
  const { code, out, err } = await lukou(['status', ...flag]);
  expect({ code, err }).toEqual({ code: 1, err: '' }); // spat has failed
  for (const piece of [
    'Corner (corner), mode demo, profile A; Lukou 9.9.9 for 1 h 2 min, processes 4711 and 4712',
    'UTC known to 4 ms',
    'gate:0-10',
    'sensor:radar-north',
    'silent_ms=640',
    'R6 No conflicting right of way (lamps: expected no conflict, got two greens)',
    'for 1 min',
    '1 of 2 ok',
    '30.0 ms  90.0 ms  91.5 ms',
    'SPAT 100',
    'MQTT 3.1.1',
    '7 messages for the city since the start, 3 records wait',
    '2 road users: bus 1, car 1',
    'green: straight-east',
    'radar-north.scan_incomplete 4',
    'Recording into /tmp/evening: 2.5 MB',
    'http://127.0.0.1:8080/',
  ]) expect(out).toContain(piece);
  expect(out).toMatch(/controller +open +50 +50 +100 ms/);
  const chinese = await lukou(['status', '--lang', 'zh'], { env: { LUKOU_DATA: data } });
  expect(chinese.out).toContain('街角（corner）');
  expect(chinese.out).toContain('已 1 分');
});

test('status --json is the document of the daemon', async () => {
  const { out } = await lukou(['status', '--json', ...flag]);
  expect(JSON.parse(out)).toEqual(document);
});

test('top --once is one picture, the nearest road user first, headings from north', async () => {
  const { code, out } = await lukou(['top', '--once', ...flag]);
  expect(code).toBe(0);
  expect(out.indexOf('near')).toBeLessThan(out.indexOf('far  '));
  expect(out).toMatch(/far +bus +90\.0 +0\.0 +36\.0 +90 +40\.0 ms +east-1 +radar-south/);
  expect(out).toContain('straight-east green 12s');
  expect(out).not.toContain('\u001b');
});

test('gate tells level, rule, latch, refused bytes; 1 while a node is not valid', async () => {
  const { code, out } = await lukou(['gate', ...flag]);
  expect(code).toBe(1);
  expect(out).toContain('0-10  UNAVAILABLE  for 1 min');
  expect(out).toContain('LATCHED 0-10 R6 No conflicting right of way');
  expect(out).toContain('lukou gate release 0-10 --who <name>');
  expect(out).toMatch(/1 s ago {2}RSM 0-10 {2}R31 /);
  expect(out).toContain('count 3, road users 7 motor 9.0 m/s');
  expect(out).toMatch(/SPAT 0-10 {2}L4 latched {2}for 1 min {2}last 57 s ago {2}R6b /);
  expect(out).toMatch(/RSM 0-10 {2}L0 leave {2}for 1 min 40 s {2}last 100 ms ago\n/);
  expect(out).toMatch(/MAP 0-10 {2}L3 silent {2}for 1 min {2}none yet {2}R18 /);
  expect(out).toContain('unit unit-1 sent SPAT 100');
  expect(out).not.toContain('abcdef');
  expect((await lukou(['gate', '--bytes', ...flag])).out).toContain('abcdef');
  expect(JSON.parse((await lukou(['gate', '--json', ...flag])).out)).toMatchObject(
    { formatVersion: 1, latches: ['0-10 R6'] },
  );
});

test('verbs that change something hand over the token and leave an audit line', async () => {
  const released = await lukou(['gate', 'release', '0-10', '--who', 'Li Wei', ...flag]);
  expect(released).toMatchObject({ code: 0, err: '' });
  expect(asked.at(-1)).toEqual({ verb: 'release-latch', args: { node: '0-10', who: 'Li Wei' } });
  expect((await lukou(['gate', 'release', '0-10', '--who', 'Li Wei', ...flag])).code).toBe(1);
  const began = await lukou(['record', 'evening', '--seconds', '5', ...flag], { cwd: data });
  expect(began.code).toBe(0);
  // The daemon has another working folder: the path that it is told is whole.
  expect(asked.at(-1)).toEqual({
    verb: 'record-start',
    args: { folder: join(data, 'evening'), seconds: 5, megabytes: 500 },
  });
  const share = await lukou(['web', 'share', 'wlan0', ...flag]);
  expect(share.out).toContain('https://192.0.2.7:8443/?token=x');
  expect(audit).toEqual(
    ['release-latch true', 'release-latch true', 'record-start true', 'web-share true'],
  );
});

test('a fault of the daemon is told as it is', async () => {
  const { code, err } = await lukou(['record', '--stop', ...flag]);
  expect(code).toBe(1);
  expect(err).toBe('lukou: record: refused; expected a running recording, got none. Start one.\n');
});

test('without the token nothing changes', async () => {
  rmSync(join(data, 'token'));
  const before = asked.length;
  const { code, err } = await lukou(['gate', 'release', '0-10', '--who', 'Nobody', ...flag]);
  expect(code).toBe(1);
  expect(err).toContain('expected the token of this daemon, got none');
  expect(asked.length).toBe(before);
  expect(existsSync(join(data, 'token'))).toBe(false);
});
