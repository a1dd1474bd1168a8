import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Fault, toldOf } from '../../src/base/fault.ts';
import { mallocSettings, parentFlags } from '../../src/footprint.ts';
import { MainLink } from '../../src/mainlink.ts';
import { plainRun } from '../../src/cli/plainrun.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { MainAnswer, MainPost, SentRow, TapBatch } from '../../src/processes.ts';
import type { StatusDocument } from '../../src/status.ts';
import { siteFolder } from '../demosite.ts';

const textOf = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

test('service unit, image and npm start run the daemon with the flags of the benches', () => {
  for (const path of ['packaging/lukou.service', 'Dockerfile.arm64', 'scripts/bootstrap.mjs']) {
    const text = textOf(path);
    for (const flag of parentFlags) expect(text, `${flag} in ${path}`).toContain(flag);
    for (const [name, value] of Object.entries(mallocSettings)) {
      expect(text, `${name} in ${path}`).toMatch(new RegExp(`${name}(=|: ')${value}`));
    }
  }
});

test('a main that does not take its messages loses batches and pictures by name, then gets them again', () => {
  const posts: MainPost[] = [];
  let answer: (said: MainAnswer) => void = () => undefined;
  const link = new MainLink(
    { postMessage: (post) => posts.push(post), on: (_, handler) => (answer = handler) },
    () => undefined,
  );
  const message = { data: new Uint8Array(1 << 20), from: '127.0.0.1:1' };
  const entry = { kind: 'message', port: 'radar', message, atMs: 0 } as never;
  const batch: TapBatch = { loop: 'perception', entries: [entry] };
  for (let turn = 0; turn < 10; turn++) link.send({ kind: 'tap', batch });
  expect([posts.length, link.drops.get('recording_backlog')]).toEqual([2, 8]);
  link.send({ kind: 'tap', batch: { ...batch, state: { atMs: 0, value: {} } } as never });
  expect(posts.length).toBe(3); // a state begins a recording
  for (let turn = 0; turn < 100; turn++) link.send({ kind: 'perception', view: {} as never });
  expect([posts.length, link.drops.get('main_backlog')]).toEqual([60, 43]);
  link.send({ kind: 'reply', id: 1, result: true });
  expect(posts.length).toBe(61);
  for (const { tapOctets } of posts.slice()) answer({ kind: 'taken', messages: 1, tapOctets });
  link.send({ kind: 'tap', batch });
  expect(posts.length).toBe(62);
});

test('run goes straight to the daemon only where nothing about it is in doubt', () => {
  const site = siteFolder('demo');
  expect(plainRun(['run', '--site', site, '--seed', '7', '--log-json'])).toEqual({
    siteFolder: site, logJson: true, seed: 7,
  });
  expect(plainRun(['run', '--site', site, '--data', '/tmp/x', '--record', '/tmp/y'])).toEqual({
    siteFolder: site, dataFolder: '/tmp/x', record: '/tmp/y', logJson: false, seed: 1,
  });
  const doubtful = [['run'], ['run', '--site', '/nowhere'], ['run', '--site', site, '--seed', '-1'],
    ['run', '--site', site, '--seed', '4294967296'], ['run', '--site', site, '--help'],
    ['run', '--site', site, 'more'], ['run', '--site', site, '--site', site], ['demo']];
  for (const words of doubtful) expect(plainRun(words), words.join(' ')).toBeNull();
});

test('the page of metrics counts messages and puts their ages into classes', async () => {
  const metrics = createMetrics(() => ({
    drops: {}, capabilities: [], checks: [], loops: [], tracks: [], store: { rows: 2 },
  }) as unknown as StatusDocument);
  const row = (ageMs: number | null): SentRow => ({ type: 'SPAT', ageMs }) as SentRow;
  metrics.sent([row(7), row(60), row(2000), row(null)]);
  const text = await metrics.text();
  expect(text).toContain('lukou_messages_sent_total{type="SPAT"} 4');
  expect(text).toContain('lukou_age_at_send_seconds_bucket{le="0.01",type="SPAT"} 1');
  expect(text).toContain('lukou_age_at_send_seconds_bucket{le="0.1",type="SPAT"} 2');
  expect(text).toContain('lukou_age_at_send_seconds_bucket{le="+Inf",type="SPAT"} 3');
  expect(text).toContain('lukou_age_at_send_seconds_count{type="SPAT"} 3');
  expect(text).toContain('lukou_outbox_rows 2');
});

test('a fault is told in both languages', () => {
  const fault = new Fault('PORT_LOST', {
    subject: 'can-a', expected: { en: 'a bus', zh: '总线' }, got: 'x', next: '',
  });
  expect(toldOf(fault)).toEqual({ en: fault.message, zh: fault.in('zh') });
  expect(toldOf(fault)!.zh).toContain('总线');
  expect(toldOf(null)).toBeNull();
});
