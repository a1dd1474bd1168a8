/**
 * The UNIX socket of the running daemon, in a private folder: one JSON line asks, one or more JSON
 * lines answer. Verbs that change something need the token beside the socket and leave an audit
 * line.
 */
import { timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import { Fault, messageOf } from './base/fault.ts';

const LINE_MAX = 64 * 1024;
const CLIENTS_MAX = 16;

/** One question. */
export interface ControlRequest {
  readonly verb: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly token?: string;
}

/** One verb of the daemon. A streaming verb emits several answers until the client goes. */
export interface ControlVerb {
  /** Whether it changes something: then the token is asked for and an audit line is written. */
  readonly changes: boolean;
  run(
    args: Readonly<Record<string, unknown>>,
    emit: (answer: unknown) => void,
    gone: AbortSignal,
  ): unknown;
}

/** The private folder of the daemon; refused when somebody else could write to it. */
export function privateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const stat = lstatSync(folder);
  const refuse = (got: string, next: string): never => {
    throw new Fault('REFUSED', { subject: folder, expected: 'a private folder of ours', got, next });
  };
  if (!stat.isDirectory()) refuse('something else', 'Move it away or name another dataFolder.');
  if (process.getuid && stat.uid !== process.getuid()) {
    refuse(`owner ${stat.uid}`, 'Give the folder to the user that runs the daemon (chown).');
  }
  if ((stat.mode & 0o022) !== 0) chmodSync(folder, 0o750);
}

/** Whether somebody listens on a UNIX socket. */
export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

/** Listens on a path, taking over a dead socket of ours, never a live one or a foreign file. */
export async function listenPrivately(server: Server, path: string, subject: string): Promise<void> {
  privateFolder(dirname(path));
  if (existsSync(path)) {
    if (!lstatSync(path).isSocket()) {
      throw new Fault('REFUSED', {
        subject: path,
        expected: 'a socket of ours or nothing',
        got: 'a file or a link',
        next: 'Look who made it, then remove it.',
      });
    }
    if (await isListening(path)) {
      throw new Fault('ALREADY_RUNNING', {
        subject,
        expected: 'one daemon a site',
        got: `an answer on ${path}`,
        next: 'Stop the other one first (lukou status tells its process).',
      });
    }
    unlinkSync(path);
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
  chmodSync(path, 0o660);
}

function sameToken(given: unknown, wanted: string): boolean {
  if (typeof given !== 'string') return false;
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Starts the control socket. */
export async function startControl(options: {
  readonly path: string;
  readonly subject: string;
  readonly token: string;
  readonly verbs: Readonly<Record<string, ControlVerb>>;
  audit(line: Readonly<Record<string, string>>): void;
}): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (sockets.size >= CLIENTS_MAX) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    const gone = new AbortController();
    socket.on('close', () => {
      sockets.delete(socket);
      gone.abort();
    });
    socket.on('error', () => socket.destroy());
    serve(socket, gone.signal, options);
  });
  await listenPrivately(server, options.path, options.subject);
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

type ServeOptions = Parameters<typeof startControl>[0];

function serve(socket: Socket, gone: AbortSignal, options: ServeOptions): void {
  let rest = '';
  const answer = (value: unknown): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(value)}\n`);
  };
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    rest += chunk;
    if (rest.length > LINE_MAX) {
      answer({ ok: false, fault: { code: 'VALUE_OUT_OF_RANGE', message: 'line is too long' } });
      socket.destroy();
      return;
    }
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      void handle(line, answer, gone, options);
    }
  });
}

async function handle(
  line: string,
  answer: (value: unknown) => void,
  gone: AbortSignal,
  { verbs, token, audit }: ServeOptions,
): Promise<void> {
  try {
    const request = JSON.parse(line) as Partial<ControlRequest> | null;
    const name = typeof request?.verb === 'string' ? request.verb : '';
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (!verb) {
      throw new Fault('VALUE_OUT_OF_RANGE', {
        subject: 'verb',
        expected: Object.keys(verbs).join(', '),
        got: name.slice(0, 40) || 'nothing',
        next: 'Is the CLI of the same version as the daemon?',
      });
    }
    const args = (request?.args ?? {}) as Record<string, unknown>;
    if (verb.changes) {
      const allowed = sameToken(request?.token, token);
      audit({ verb: name, allowed: String(allowed), args: JSON.stringify(args).slice(0, 500) });
      if (!allowed) {
        throw new Fault('REFUSED', {
          subject: name,
          expected: 'the token of this daemon',
          got: request?.token === undefined ? 'none' : 'another',
          next: 'Run the command as a user who may read the file `token` in the data folder.',
        });
      }
    }
    const result = await verb.run(args, (value) => answer({ ok: true, more: true, result: value }), gone);
    answer({ ok: true, result: result ?? null });
  } catch (error) {
    const fault = error instanceof Fault ? error.toJSON() : { code: 'VALUE_OUT_OF_RANGE', message: messageOf(error) };
    answer({ ok: false, fault });
  }
}

/** Asks a running daemon. Errors: `Fault` NOT_RUNNING, or the daemon's own. */
export function askDaemon(
  path: string,
  request: ControlRequest,
  each: (answer: unknown) => void = () => undefined,
  signal?: AbortSignal,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    let rest = '';
    signal?.addEventListener('abort', () => {
      socket.destroy();
      resolve(null);
    });
    socket.setEncoding('utf8');
    socket.once('error', (cause) =>
      reject(
        new Fault(
          'NOT_RUNNING',
          {
            subject: path,
            expected: 'a running daemon',
            got: messageOf(cause),
            next: 'Start it with `npm start -- --site <folder>`, or name its folder with --data.',
          },
          { cause },
        ),
      ),
    );
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (chunk: string) => {
      rest += chunk;
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        const answer = JSON.parse(rest.slice(0, end)) as {
          ok: boolean;
          more?: boolean;
          result?: unknown;
          fault?: { code?: string; message?: string; subject?: string; expected?: string; got?: string; next?: string };
        };
        rest = rest.slice(end + 1);
        if (answer.ok && answer.more) {
          each(answer.result);
          continue;
        }
        socket.destroy();
        if (answer.ok) return resolve(answer.result);
        const { subject = request.verb, expected = '', got = answer.fault?.message ?? '', next = '' } =
          answer.fault ?? {};
        return reject(new Fault((answer.fault?.code ?? 'REFUSED') as 'REFUSED', { subject, expected, got, next }));
      }
    });
    socket.on('close', () =>
      reject(
        new Fault('NOT_RUNNING', {
          subject: path,
          expected: 'an answer',
          got: 'a closed connection',
          next: 'Look at the log of the daemon.',
        }),
      ),
    );
  });
}
