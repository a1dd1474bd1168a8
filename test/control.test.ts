import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askDaemon, startControl } from '../src/control.ts';

let folder = '';
let daemon: { close(): Promise<void> };
let sockets: Socket[] = [];
const path = (): string => join(folder, 'control.sock');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lk-control-'));
  sockets = [];
  daemon = await startControl({
    path: path(),
    subject: 'corner',
    token: 'secret',
    audit: () => undefined,
    verbs: {
      status: { changes: false, run: () => 'well' },
      long: { changes: false, run: () => 'x'.repeat(1 << 20) },
      wait: {
        changes: false,
        run: (_args, _emit, gone) =>
          new Promise((done) => gone.addEventListener('abort', () => done(null))),
      },
    },
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await daemon.close();
  rmSync(folder, { recursive: true });
});

/** A client; `closed` resolves when the daemon has ended it. */
function client(): { socket: Socket; opened: Promise<void>; closed: Promise<void> } {
  const socket = createConnection(path());
  sockets.push(socket);
  socket.on('error', () => undefined);
  const opened = new Promise<void>((done) => socket.once('connect', () => done()));
  const closed = new Promise<void>((done) => socket.once('close', () => done()));
  return { socket, opened, closed };
}

test('those who hold a place and ask nothing give way to one who asks', async () => {
  const idle = Array.from({ length: 16 }, client);
  await Promise.all(idle.map(({ opened }) => opened));
  expect(await askDaemon(path(), { verb: 'status', args: {} })).toBe('well');
});

test('those who are being served keep their places', async () => {
  const served = Array.from({ length: 16 }, client);
  await Promise.all(served.map(({ opened }) => opened));
  for (const { socket } of served) socket.write('{"verb":"wait"}\n{"verb":"status"}\n');
  await Promise.all(served.map(({ socket }) => new Promise((done) => socket.once('data', done))));
  await client().closed;
  expect(served.every(({ socket }) => !socket.destroyed)).toBe(true);
});

test('a client that asks many things at once is ended', async () => {
  const { socket, closed } = client();
  socket.resume();
  socket.write('{"verb":"wait"}\n'.repeat(100));
  await closed;
  expect(await askDaemon(path(), { verb: 'status', args: {} })).toBe('well');
});

test('a client that asks and does not read is ended before its answers fill the memory', async () => {
  const { socket, opened } = client();
  await opened;
  socket.pause();
  const ended = new Promise<void>((done) => socket.once('error', () => done()));
  const asking = setInterval(() => socket.write('{"verb":"long"}\n'), 1);
  await ended;
  clearInterval(asking);
  expect(await askDaemon(path(), { verb: 'status', args: {} })).toBe('well');
});
