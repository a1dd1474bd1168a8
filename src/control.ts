/**
 * The UNIX socket of the running daemon, in a private folder: one JSON line asks, one or more JSON
 * lines answer. Verbs that change something need the token beside the socket and leave an audit
 * line.
 */
import { timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, unlinkSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import { makeFolder } from './base/folder.ts';
import { Fault, faultFromJson, messageOf, textOf } from './base/fault.ts';
import { filledText } from './base/text.ts';
import type { Text } from './base/text.ts';
import { daemonFaultTexts as texts } from './base/texts/daemon.ts';
import { factTexts } from './base/texts/faults.ts';

const LINE_MAX = 64 * 1024;
const CLIENTS_MAX = 16;
/** Questions of one client that may be under way; the CLI asks one at a time. */
const RUNNING_MAX = 8;
/** Answers that may wait for a client that does not read; the largest one is far below. */
const UNREAD_MAX = 4 << 20;

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
  makeFolder(folder, 0o750);
  const stat = lstatSync(folder);
  const refuse = (got: Text, next: Text): never => {
    throw new Fault('REFUSED', { subject: folder, expected: texts.folder, got, next });
  };
  if (!stat.isDirectory()) refuse(texts.folder_other, texts.folder_other_next);
  if (process.getuid && stat.uid !== process.getuid()) {
    refuse(filledText(texts.folder_owner, { owner: stat.uid }), texts.folder_owner_next);
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
        expected: texts.socket,
        got: texts.socket_other,
        next: texts.socket_other_next,
      });
    }
    if (await isListening(path)) {
      throw new Fault('ALREADY_RUNNING', {
        subject,
        expected: texts.one_daemon,
        got: filledText(texts.one_daemon_got, { path }),
        next: texts.one_daemon_next,
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
  const clients = new Map<Socket, Client>();
  const server = createServer((socket) => {
    if (clients.size >= CLIENTS_MAX) {
      // Who holds a place and asks nothing gives way: else sixteen idlers would lock people out.
      const [idle] = [...clients].find(([, { running }]) => running === 0) ?? [socket];
      idle.destroy();
      clients.delete(idle);
      if (idle === socket) return;
    }
    const client: Client = { running: 0 };
    clients.set(socket, client);
    const gone = new AbortController();
    socket.on('close', () => {
      clients.delete(socket);
      gone.abort();
    });
    socket.on('error', () => socket.destroy());
    serve(socket, client, gone.signal, options);
  });
  await listenPrivately(server, options.path, options.subject);
  return {
    close: () =>
      new Promise((resolve) => {
        for (const socket of clients.keys()) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** One who is connected. */
interface Client {
  /** Questions that are not answered to the end. */
  running: number;
}

type ServeOptions = Parameters<typeof startControl>[0];

function serve(socket: Socket, client: Client, gone: AbortSignal, options: ServeOptions): void {
  let rest = '';
  const answer = (value: unknown): void => {
    if (socket.destroyed) return;
    socket.write(`${JSON.stringify(value)}\n`);
    // One that asks and does not read must not fill our memory.
    if (socket.writableLength > UNREAD_MAX) socket.destroy();
  };
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    rest += chunk;
    if (rest.length > LINE_MAX) {
      const fault = new Fault('VALUE_OUT_OF_RANGE', {
        subject: texts.verb,
        expected: filledText(texts.line, { max: LINE_MAX }),
        got: texts.line_long,
        next: texts.verb_next,
      });
      answer({ ok: false, fault });
      socket.destroy();
      return;
    }
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      if (client.running >= RUNNING_MAX) {
        const fault = new Fault('REFUSED', {
          subject: texts.verb,
          expected: filledText(texts.questions, { max: RUNNING_MAX }),
          got: texts.questions_more,
          next: texts.questions_next,
        });
        answer({ ok: false, fault });
        socket.destroy();
        return;
      }
      client.running++;
      void handle(line, answer, gone, options).finally(() => client.running--);
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
        subject: texts.verb,
        expected: Object.keys(verbs).join(', '),
        got: name.slice(0, 40) || factTexts.nothing,
        next: texts.verb_next,
      });
    }
    const args = (request?.args ?? {}) as Record<string, unknown>;
    if (verb.changes) {
      const allowed = sameToken(request?.token, token);
      audit({ verb: name, allowed: String(allowed), args: JSON.stringify(args).slice(0, 500) });
      if (!allowed) {
        throw new Fault('REFUSED', {
          subject: name,
          expected: texts.token,
          got: request?.token === undefined ? factTexts.none : texts.token_other,
          next: texts.token_next,
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
            expected: texts.running,
            got: textOf(cause),
            next: texts.running_next,
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
          fault?: { message?: string };
        };
        rest = rest.slice(end + 1);
        if (answer.ok && answer.more) {
          each(answer.result);
          continue;
        }
        socket.destroy();
        if (answer.ok) return resolve(answer.result);
        const otherwise = {
          subject: request.verb,
          expected: texts.answer,
          got: answer.fault?.message ?? factTexts.nothing,
          next: texts.verb_next,
        };
        return reject(faultFromJson(answer.fault, 'REFUSED', otherwise));
      }
    });
    socket.on('close', () =>
      reject(
        new Fault('NOT_RUNNING', {
          subject: path,
          expected: texts.answer,
          got: texts.answer_closed,
          next: texts.answer_next,
        }),
      ),
    );
  });
}
