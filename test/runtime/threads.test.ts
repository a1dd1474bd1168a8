import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SystemClock, VirtualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import { childChannel, keepChild, startChild, startThread } from '../../src/runtime/threads.ts';
import type { ChildEvents } from '../../src/runtime/threads.ts';

const virtualClock = (): VirtualClock =>
  new VirtualClock(monotonicMs(0), { monoMs: monotonicMs(0), utcMs: utcMs(0), errorMs: 1 });

function fake() {
  const clock = virtualClock();
  const children: { events: ChildEvents; posted: unknown[]; killed: boolean; sent: (() => void)[] }[] = [];
  const handle = keepChild<unknown, unknown>(
    (events) => {
      const child = { events, posted: [] as unknown[], killed: false, sent: [] as (() => void)[] };
      children.push(child);
      return {
        pid: children.length,
        post: (message, sent) => {
          child.posted.push(message);
          child.sent.push(() => sent(null));
          return true;
        },
        kill: () => {
          child.killed = true;
          events.ended('SIGKILL');
        },
      };
    },
    { name: 'child', clock, log: silentLog, waitingMax: 2 },
  );
  return { clock, children, handle };
}

test('a child that ends is started again, five times in a minute, then after a pause of one', () => {
  const { clock, children, handle } = fake();
  const startsMs: number[] = [0];
  for (let round = 0; round < 6; round++) {
    children.at(-1)!.events.ended('exit status 1');
    const before = children.length;
    while (children.length === before) clock.advanceTo(monotonicMs(clock.nowMs() + 100));
    startsMs.push(clock.nowMs());
  }
  expect(startsMs).toEqual([0, 100, 300, 700, 1500, 61500, 61600]);
  expect(handle.status()).toMatchObject({ state: 'starting', starts: 7, lastEnd: 'exit status 1' });
});

test('a child that falls silent is ended and replaced; one that never speaks has longer', () => {
  const { clock, children, handle } = fake();
  children[0]!.events.message({ k: 'beat' });
  expect(handle.status().state).toBe('running');
  clock.advanceTo(monotonicMs(4999));
  expect(children[0]!.killed).toBe(false);
  clock.advanceTo(monotonicMs(5000));
  expect(children[0]!.killed).toBe(true);
  clock.advanceTo(monotonicMs(5100));
  expect(children.length).toBe(2);
  clock.advanceTo(monotonicMs(25_000));
  expect(children[1]!.killed).toBe(false);
  clock.advanceTo(monotonicMs(25_100));
  expect(children[1]!.killed).toBe(true);
  expect(handle.status().drops).toEqual({ child_silent: 2 });
});

test('a parent that slept itself does not take the child for silent', () => {
  const { clock, children } = fake();
  children[0]!.events.message({ k: 'beat' });
  // The timer that is due at 5000 runs at 7000, as after a stall of the parent's own loop.
  const nowMs = clock.nowMs.bind(clock);
  clock.nowMs = () => monotonicMs(nowMs() >= 5000 && nowMs() < 6000 ? 7000 : nowMs());
  clock.advanceTo(monotonicMs(5500));
  expect(children[0]!.killed).toBe(false);
  clock.nowMs = nowMs;
  clock.advanceTo(monotonicMs(12_000));
  expect(children[0]!.killed).toBe(true);
});

test('what a child cannot take is refused and counted', () => {
  const { clock, children, handle } = fake();
  expect([handle.send(1), handle.send(2), handle.send(3)]).toEqual([true, true, false]);
  children[0]!.sent[0]!();
  expect(handle.send(4)).toBe(true);
  children[0]!.events.ended('SIGKILL');
  expect(handle.send(5)).toBe(false);
  clock.advanceTo(monotonicMs(100));
  expect(handle.send(6)).toBe(true);
  expect(children[1]!.posted).toEqual([{ k: 'data', d: 6 }]);
  expect(handle.status().drops).toEqual({ child_absent: 1, child_backlog: 1 });
});

test('a child that does not stop when asked is ended, and not started again', async () => {
  const { clock, children, handle } = fake();
  const stopped = handle.stop();
  expect(children[0]!.posted).toEqual([{ k: 'data', d: { stop: true } }]);
  clock.advanceTo(monotonicMs(5000));
  await new Promise((resolve) => setImmediate(resolve));
  expect(children[0]!.killed).toBe(true);
  await stopped;
  clock.advanceTo(monotonicMs(200_000));
  expect([children.length, handle.status().state]).toEqual([1, 'stopped']);
});

test('a child beats, hears, answers, and stops when it is asked or left alone', () => {
  const clock = virtualClock();
  const posted: unknown[] = [];
  let hear: (message: unknown) => void = () => undefined;
  let gone: () => void = () => undefined;
  let connected = true;
  const channel = childChannel<number, string>(
    { post: (message) => connected && posted.push(message) > 0, onMessage: (handler) => (hear = handler), onGone: (handler) => (gone = handler) },
    clock,
  );
  const heard: unknown[] = [];
  channel.onMessage((message) => heard.push(message));
  channel.onStop(() => heard.push('stop'));
  clock.advanceTo(monotonicMs(1000));
  hear({ k: 'data', d: 7 });
  hear({ k: 'beat' });
  hear({ k: 'data', d: { stop: true } });
  gone();
  expect(heard).toEqual([7, 'stop', 'stop']);
  expect(channel.send('x')).toBe(true);
  expect(posted).toEqual([{ k: 'beat' }, { k: 'beat' }, { k: 'beat' }, { k: 'data', d: 'x' }]);
  channel.close();
  clock.advanceTo(monotonicMs(5000));
  connected = false;
  expect([posted.length, channel.send('y')]).toEqual([4, false]);
});

const processScript = `
process.on('message', ({ d }) => {
  if (d.stop) process.exit(0);
  if (d.die) process.kill(process.pid, 'SIGKILL');
  process.send({ k: 'data', d: { pid: process.pid, back: d.list, args: process.argv.slice(2) } });
});
process.on('disconnect', () => process.exit(0));
process.send({ k: 'beat' });
`;
const threadScript = `
import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ d }) => {
  if (d.stop) process.exit(0);
  if (d.die) throw new Error('mistake');
  parentPort.postMessage({ k: 'data', d: { pid: 0, back: d.list, args: process.argv.slice(2) } });
});
parentPort.postMessage({ k: 'beat' });
`;

test.each([['process', processScript], ['thread', threadScript]])('a real %s answers with typed arrays as they are, and is replaced when it dies', async (kind, source) => {
  const folder = mkdtempSync(join(tmpdir(), 'child-'));
  const script = join(folder, 'child.mjs');
  writeFileSync(script, source);
  const options = { name: 'child', clock: new SystemClock(), log: silentLog, execArgv: [] };
  const child = kind === 'process' ? startChild(script, ['a'], options) : startThread(script, ['a'], options);
  const running = (starts: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        const { state, starts: count } = child.status();
        if (state === 'running' && count === starts) resolve();
      };
      child.onState(look);
      look();
    });
  const answer = (): Promise<unknown> => new Promise((resolve) => child.onMessage(resolve));
  await running(1);
  child.send({ list: Float64Array.of(1, Infinity) });
  expect(await answer()).toMatchObject({ back: Float64Array.of(1, Infinity), args: ['a'] });
  child.send({ die: true });
  await running(2);
  child.send({ list: [2] });
  expect(await answer()).toMatchObject({ back: [2] });
  expect(child.status().lastEnd).toBe(kind === 'process' ? 'SIGKILL' : 'mistake');
  await child.stop();
  rmSync(folder, { recursive: true });
});

test('a child that says what is no message is counted and goes on', () => {
  const { children, handle } = fake();
  const heard: unknown[] = [];
  handle.onMessage((message) => heard.push(message));
  for (const message of [null, undefined, 'x', 7]) children[0]!.events.message(message);
  children[0]!.events.message({ k: 'data', d: 'one' });
  expect(heard).toEqual(['one']);
  expect(handle.status().drops).toEqual({ child_unclear: 4 });
});
