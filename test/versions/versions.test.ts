import { copyFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusPage } from '../../src/cli/statuspage.ts';
import type { Io } from '../../src/cli/command.ts';
import { fillText } from '../../src/base/text.ts';
import { replay } from '../../src/replay.ts';
import type { ReplayReport } from '../../src/replay.ts';
import { openRecording } from '../../src/runtime/recording/reader.ts';
import { loadSite } from '../../src/site.ts';
import { STATUS_FORMAT } from '../../src/status.ts';
import type { StatusDocument } from '../../src/status.ts';
import { OUTBOX_FORMAT, Outbox } from '../../src/store/outbox.ts';
import { demoSite, siteFolder } from '../demosite.ts';
import { recordTo, temporaryFolder } from '../replay/kit.ts';
import { statusDocument } from '../web/junction.ts';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const folder = temporaryFolder();
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const versionOf = (value: unknown): unknown => (value as { formatVersion?: unknown }).formatVersion;

beforeAll(async () => {
  await recordTo(folder.path('recording'), demoSite(), 3, { users: 5 });
}, 60_000);
afterAll(() => folder.remove());

test('each document that is kept or exchanged says its format version', async () => {
  const report = await replay({
    recording: folder.path('recording'), site: demoSite(), out: folder.path('out'), pace: 'max',
  });
  const found = new Map<string, unknown>([
    ...['demo', 'two-nodes'].flatMap((name) => ['site.json', 'road.json'].map((file): [string, unknown] =>
      [`${name}/${file}`, versionOf(json(join(siteFolder(name), file)))])),
    ['manifest.json', versionOf(json(folder.path('recording/manifest.json')))],
    ['report.json', versionOf(json(folder.path('out/report.json')))],
    ['replay', versionOf(report)],
    ['status', versionOf(statusDocument([]))],
  ]);
  const path = folder.path('fresh.db');
  new Outbox(path).close();
  const db = new Database(path);
  found.set('outbox', db.pragma('user_version', { simple: true }));
  db.close();
  expect(found.size).toBe(9);
  for (const [name, version] of found) expect(version, name).toBe(1);
  expect([STATUS_FORMAT, OUTBOX_FORMAT]).toEqual([1, 1]);
});

test('sites and recordings of every version that was ever written are read', () => {
  const sites = readdirSync(`${fixtures}sites`).filter((name) => name.startsWith('version-'));
  expect(sites).toEqual(['version-0', 'version-1']);
  for (const name of sites) expect(loadSite(`${fixtures}sites/${name}`).formatVersion).toBe(1);
  const recordings = readdirSync(`${fixtures}recordings`).filter((name) => name.startsWith('version-'));
  expect(recordings).toEqual(['version-1']);
  for (const name of recordings) {
    expect([...openRecording(`${fixtures}recordings/${name}`).events()].length).toBeGreaterThan(5);
  }
});

test('an outbox of version 1 gives what it holds, oldest first, and takes more', () => {
  const path = folder.path('outbox.db');
  copyFileSync(`${fixtures}versions/outbox-1.db`, path);
  const outbox = new Outbox(path);
  expect(outbox.take('city', 0, 10).map(({ key, topic, payload }) => [key, topic, payload])).toEqual([
    ['a', 'rscu/B/event/up', '{"k":"a"}'], ['b', 'rscu/B/status/up', '{"k":"b"}'], ['c', 'rscu/B/event/up', '{"k":"c"}'],
  ]);
  const message = { topic: 't', payload: '{}', delivery: 'record', shedding: 'event', key: 'd' } as const;
  outbox.put([{ cloud: 'city', message }]);
  expect(outbox.rows).toBe(4);
  outbox.close();
});

/** Every path of a document, list members as one. */
function pathsOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((member) => pathsOf(member, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, member]) => [`${at}.${key}`, ...pathsOf(member, `${at}.${key}`)]);
}

test('a status document of version 1 still makes a page, and today\'s has every member that it had', () => {
  const kept = json(`${fixtures}versions/status-1.json`) as StatusDocument;
  for (const language of ['en', 'zh'] as const) {
    const io = { language, screen: { isTerminal: false, columns: 100, rows: 40 }, say: (text, values) => fillText(text, language, values) } as Pick<Io, 'language' | 'screen' | 'say'> as Io;
    const page = statusPage(kept, io).join('\n');
    expect(page).toContain('demo');
    expect(page).not.toMatch(/undefined|NaN|\{\w+\}/);
  }
  const today = new Set(Object.keys(statusDocument([])));
  for (const key of Object.keys(kept)) expect(today, key).toContain(key);
});

test('a replay\'s report has every member that version 1 had, of the same kind', async () => {
  const kept = json(`${fixtures}versions/replay-report-1.json`) as ReplayReport;
  const today = await replay({ recording: folder.path('recording'), site: demoSite(), out: null, pace: 'max' });
  for (const [key, value] of Object.entries(kept)) {
    expect(typeof today[key as keyof ReplayReport], key).toBe(typeof value);
  }
  // The counts by name may change with the world; the members around them may not.
  const around = (report: ReplayReport) => pathsOf(report).filter((path) => /^\.(\w+|ageMs\.\w+\.\w+)$/.test(path)).sort();
  expect(around(today)).toEqual(expect.arrayContaining(around(kept)));
});
