import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import type { CityMessage } from '../../src/model/stages.ts';
import { Outbox } from '../../src/store/outbox.ts';

const folders: string[] = [];
const fresh = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'lukou-outbox-'));
  folders.push(folder);
  return join(folder, 'outbox.db');
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const record = (key: string, shedding: CityMessage['shedding'] = 'event') => ({
  cloud: 'city',
  message: { topic: 'rscu/B/event/up', payload: `{"k":"${key}"}`, delivery: 'record' as const, shedding, key },
});

test('a record is there after the file is opened again, once for each key, until it is done', () => {
  const path = fresh();
  const first = new Outbox(path);
  first.put([record('a'), record('b'), record('a')]);
  first.close();
  const again = new Outbox(path);
  expect(again.take('city', 0, 10).map((row) => row.key)).toEqual(['a', 'b']);
  expect(again.take('district', 0, 10)).toEqual([]);
  again.done([again.take('city', 0, 1)[0]!.id]);
  expect(again.take('city', 0, 10).map((row) => row.key)).toEqual(['b']);
  expect(again.rows).toBe(1);
  again.close();
});

test('over its bound the lowest class goes first, the oldest of it first, and is counted', () => {
  const outbox = new Outbox(fresh(), 4);
  outbox.put([record('alarm', 'alarm'), record('t1', 'traffic'), record('t2', 'traffic'), record('e1')]);
  const shed = outbox.put([record('e2'), record('t3', 'traffic')]);
  expect(shed).toEqual({ traffic: 2 });
  expect(outbox.take('city', 0, 10).map((row) => row.key)).toEqual(['alarm', 'e1', 'e2', 't3']);
  outbox.close();
});

test('a file of a newer format is refused with what to do', () => {
  const path = fresh();
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
  expect(() => new Outbox(path)).toThrow(/format 99 is newer/);
});

test('what was accepted survives SIGKILL at any instant', async () => {
  const path = fresh();
  // The writer prints each key after `put` has returned: that is the promise.
  const script = `
    import { Outbox } from ${JSON.stringify(new URL('../../dist/src/store/outbox.js', import.meta.url).href)};
    const outbox = new Outbox(${JSON.stringify(path)});
    for (let n = 0; ; n++) {
      outbox.put([{ cloud: 'city', message: { topic: 't', payload: '{}', delivery: 'record', shedding: 'event', key: process.argv[1] + n } }]);
      process.stdout.write(process.argv[1] + n + '\\n');
    }`;
  const promised: string[] = [];
  for (const round of ['x', 'y', 'z']) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, round]);
    let text = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.split('\n').length > 30) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    promised.push(...text.split('\n').slice(0, -1));
  }
  const outbox = new Outbox(path);
  const kept = new Set(outbox.take('city', 0, 1_000_000).map((row) => row.key));
  expect(promised.length).toBeGreaterThan(60);
  expect(promised.filter((key) => !kept.has(key))).toEqual([]);
  outbox.close();
});
