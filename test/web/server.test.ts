import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { VirtualClock } from '../../src/base/clock.ts';
import { monotonicMs, plusMs, utcMs } from '../../src/base/time.ts';
import { loadAssets } from '../../src/web/assets.ts';
import { junctionDocument } from '../../src/web/junction.ts';
import { webCounterTexts, webTexts } from '../../src/base/texts/web.ts';
import type { Junction, Status } from '../../src/web/page/document.ts';
import type { StatusDocument } from '../../src/status.ts';
import type { WebOptions, WebServer } from '../../src/web/server.ts';
import { Session, SHARE_MS } from '../../src/web/share.ts';
import { demoSite, spreadTracks, statusDocument } from './junction.ts';
import { startView } from './view.ts';

const open: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function view(changes: Partial<WebOptions> = {}): Promise<WebServer & { port: number }> {
  const web = await startView(changes);
  open.push(web);
  return Object.assign(web, { port: Number(new URL(web.url).port) });
}

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own. */
function ask(options: RequestOptions & { tls?: boolean; send?: string }): Promise<Got> {
  return new Promise((resolve, reject) => {
    const make = options.tls ? httpsRequest : httpRequest;
    const request = make({ host: '127.0.0.1', agent: false, rejectUnauthorized: false, ...options } as RequestOptions, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      response.on('error', reject);
    });
    request.on('error', reject).end(options.send);
  });
}

/** Sends raw bytes and gives everything that comes until the other side closes. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  socket.end(bytes, 'latin1');
  await once(socket, 'close');
  return text;
}

interface Watcher {
  readonly socket: WebSocket;
  readonly heard: string[];
}

async function watch(port: number, headers: Record<string, string> = {}, localAddress = '127.0.0.1'): Promise<Watcher> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/stream`, { headers, localAddress });
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(String(data)));
  open.push({ close: () => socket.terminate() });
  await once(socket, 'open');
  return { socket, heard };
}

/** What a refused upgrade was answered with. */
function refused(port: number, path: string, headers: Record<string, string>, localAddress = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, localAddress });
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('open', () => reject(new Error('it was let in')));
    socket.on('error', () => undefined);
  });
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('the page, its modules, the site, the status and the metrics are served', async () => {
  const { port } = await view();
  const page = await ask({ port, path: '/' });
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect((await ask({ port, path: '/page/main.js' })).headers['content-type']).toContain('text/javascript');
  expect((await ask({ port, path: '/base/text.js' })).status).toBe(200);
  expect((await ask({ port, path: '/page/style.css' })).headers['content-type']).toContain('text/css');
  const site = JSON.parse((await ask({ port, path: '/api/site' })).body) as Junction;
  expect(site.lanes).toHaveLength(demoSite.road.lanes.length);
  expect(site.texts['link_live']).toEqual({ en: 'Live', zh: '实时' });
  expect(JSON.parse((await ask({ port, path: '/api/status' })).body)).toMatchObject({ formatVersion: 1 });
  expect((await ask({ port, path: '/metrics' })).body).toBe('lukou_up 1\n');
});

test('every answer carries the strict headers', async () => {
  const { port } = await view();
  for (const path of ['/', '/page/main.js', '/api/status', '/nothing']) {
    const { headers } = await ask({ port, path });
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'self'; connect-src 'self' ws:\/\/127\.0\.0\.1:\d+; /);
    expect(policy).not.toMatch(/unsafe|\*|data:/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['set-cookie']).toBeUndefined();
  }
});

test('a Host header that is not ours is answered with 421', async () => {
  const { port, counters } = await view();
  const hosts = ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', '10.0.0.1', 'localhost:x', '[::2]', 'localhost, evil'];
  for (const host of hosts) expect((await ask({ port, path: '/api/status', headers: { host } })).status, host).toBe(421);
  expect(await raw(port, 'GET /api/status HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 421 /);
  expect(counters.get('web_answer_421')).toBe(hosts.length + 1);
  for (const host of ['localhost', 'LOCALHOST:8080', '[::1]:1', `127.0.0.1:${port}`]) {
    expect((await ask({ port, path: '/api/status', headers: { host } })).status, host).toBe(200);
  }
});

test('any method but GET is answered with 405', async () => {
  const { port } = await view();
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE']) {
    const { status, headers } = await ask({ port, path: '/', method });
    expect([status, headers.allow], method).toEqual([405, 'GET']);
  }
});

test('no URL reaches a file', async () => {
  const { port } = await view();
  const paths = [
    '/../package.json', '/page/../server.js', '/page/..%2f..%2fpackage.json', '/%2e%2e/%2e%2e/etc/passwd', '/page/main.js%00.css',
    '/page//main.js', '/page/main.js/', '//etc/passwd', '/page/%6dain.js', '/etc/passwd', '/page/main.ts', '/page/main.js.map',
    '/page/', '/server.js', '\\..\\..\\etc\\passwd', '/constructor', '/__proto__', 'http://127.0.0.1/page/main.js',
  ];
  let asked = 0;
  for (const path of paths) {
    const text = await raw(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(text, path).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text, path).not.toMatch(/root:|"dependencies"|import /);
    asked++;
  }
  expect(asked).toBe(paths.length);
});

test('bodies, odd framing and garbage get one refusal and a closed connection', async () => {
  const { port } = await view();
  const head = 'GET / HTTP/1.1\r\nHost: localhost\r\n';
  const odd = [
    `${head}Content-Length: 5\r\n\r\nhello`,
    `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    `${head}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    `${head}Content-Length: 99999999999\r\n\r\n`,
    `${head}X: ${'x'.repeat(20_000)}\r\n\r\n`,
    '\u0000\u0001\u0002 garbage\r\n\r\n',
    `GET /${'a'.repeat(1000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  ];
  for (const bytes of odd) {
    const text = await raw(port, bytes);
    expect(text.match(/HTTP\/1\.1 \d\d\d/g), bytes.slice(0, 60)).toHaveLength(1);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text).not.toContain('lukou_up');
  }
  // A second request behind a good one is not served: one request a connection.
  const two = await raw(port, `${head}\r\nGET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  expect(two).not.toContain('lukou_up');
});

test('the ninth connection of one address is ended, and others still come in', async () => {
  const { port, counters } = await view();
  const held: Socket[] = [];
  for (let index = 0; index < 8; index++) {
    const socket = connect(port, '127.0.0.1');
    held.push(socket);
    open.push({ close: () => socket.destroy() });
    await once(socket, 'connect');
  }
  await expect(ask({ port, path: '/' })).rejects.toThrow();
  expect(counters.get('web_connection_refused')).toBe(1);
  expect((await ask({ port, path: '/', localAddress: '127.0.0.2' })).status).toBe(200);
  const closed = once(held[0], 'close');
  held[0].end();
  await closed;
  await until(() => held[0].destroyed);
  for (;;) if (await ask({ port, path: '/' }).then(() => true, () => false)) break;
});

test('the server gives up on slow headers after 5 s and on slow requests after 10 s', async () => {
  const { limits } = await import('../../src/web/limits.ts');
  expect([limits.headersMs, limits.requestMs, limits.connections, limits.connectionsPerAddress]).toEqual([5000, 10_000, 64, 8]);
});

test('each push reaches everyone who watches, and the newest document is asked for once', async () => {
  let asked = 0;
  const web = await view({ document: () => statusDocument([], {}, 1000 + asked++) });
  const watchers = [await watch(web.port), await watch(web.port)];
  web.push();
  await until(() => watchers.every(({ heard }) => heard.length === 1));
  expect(asked).toBe(1);
  web.push();
  await until(() => watchers.every(({ heard }) => heard.length === 2));
  expect((JSON.parse(watchers[1].heard[1]) as Status).monoMs).toBe(1001);
});

test('one that is slow to acknowledge skips pictures and then gets the newest', async () => {
  let monoMs = 0;
  const web = await view({ document: () => statusDocument([], {}, monoMs) });
  const { socket, heard } = await watch(web.port);
  const times = (): number[] => heard.map((text) => (JSON.parse(text) as Status).monoMs);
  monoMs = 1;
  web.push();
  await until(() => heard.length === 1);
  // From the first acknowledgement on it is only sent what it is ready for.
  socket.send('1');
  const skipped = (): number => web.counters.get('web_picture_skipped');
  monoMs = 2;
  while (skipped() === 0) {
    web.push();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const before = heard.length;
  for (monoMs = 10; monoMs < 20; monoMs++) web.push();
  expect(skipped()).toBeGreaterThanOrEqual(11);
  monoMs = 99;
  socket.send('1');
  const sent = web.counters.get('web_picture_sent');
  while (web.counters.get('web_picture_sent') === sent) {
    web.push();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(() => heard.length > before);
  expect(times().at(-1)).toBe(99);
  expect(times().filter((time) => time >= 10 && time < 99)).toEqual([]);
});

test('one that reads nothing costs one picture of memory, not a backlog', async () => {
  const tracks = spreadTracks(200, 'slow');
  const web = await view({ document: () => statusDocument(tracks) });
  const { socket } = await watch(web.port);
  socket.pause();
  const pushes = 400;
  for (let index = 0; index < pushes; index++) {
    web.push();
    if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(web.counters.get('web_picture_skipped')).toBeGreaterThan(pushes / 2);
  expect(web.counters.get('web_picture_sent') + web.counters.get('web_picture_skipped')).toBe(pushes);
});

test('the seventeenth viewer is refused, and one that sends too much is ended', async () => {
  const web = await view();
  const watchers: Watcher[] = [];
  for (let index = 0; index < 16; index++) watchers.push(await watch(web.port, {}, `127.0.0.${2 + (index % 4)}`));
  expect(await refused(web.port, '/api/stream', {})).toBe(503);
  for (let index = 0; index < 101; index++) watchers[0].socket.send('1');
  await once(watchers[0].socket, 'close');
  watchers[1].socket.send('x'.repeat(17));
  await once(watchers[1].socket, 'close');
  expect(web.counters.get('web_client_flood')).toBe(1);
  await watch(web.port);
});

test('a stream is opened by our own page only', async () => {
  const { port } = await view();
  expect(await refused(port, '/api/stream', { origin: 'http://evil.example' })).toBe(403);
  expect(await refused(port, '/api/stream', { origin: `https://127.0.0.1:${port}` })).toBe(403);
  expect(await refused(port, '/api/stream', { origin: 'null' })).toBe(403);
  expect(await refused(port, '/api/stream', { host: 'evil.example' })).toBe(421);
  expect(await refused(port, '/other', {})).toBe(404);
  await watch(port, { origin: `http://127.0.0.1:${port}` });
});

test('listening outside loopback is refused and names the way to share', async () => {
  for (const host of ['0.0.0.0', '::', '192.168.1.1', 'example.org', '']) {
    await expect(startView({ host }), host).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining('lukou web share') as string });
  }
});

test('a port that is taken gives one clear fault', async () => {
  const { port } = await view();
  await expect(startView({ port })).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE', message: expect.stringContaining('EADDRINUSE') as string });
});

test('a page that was not compiled gives a fault that says how to build it', () => {
  expect(() => loadAssets('/nonexistent')).toThrow(/npm run build/);
});

test('nothing that is served comes from or points to another place', () => {
  const assets = loadAssets();
  expect(assets.size).toBeGreaterThan(10);
  for (const [url, { body }] of assets) {
    const text = body.toString().replaceAll('http://www.w3.org/2000/svg', '');
    expect(text, url).not.toMatch(/https?:\/\/|@import|url\(|innerHTML|insertAdjacentHTML|document\.write|\beval\(/);
  }
  expect(assets.get('/')?.body.toString()).not.toMatch(/<script>|<style|style=|onload=|onclick=/);
});

test('what the page is told of the site holds no ports, clouds, driver options or names of secrets', () => {
  const canary = 'canary-5d1f';
  const site = {
    ...demoSite,
    ports: { [canary]: demoSite.ports[Object.keys(demoSite.ports)[0]] },
    clouds: demoSite.clouds.map((cloud) => ({ ...cloud, username: canary, passwordEnv: canary, url: `mqtt://${canary}` })),
    sensors: demoSite.sensors.map((sensor) => ({ ...sensor, port: canary, options: { password: canary } })),
    rsus: demoSite.rsus.map((rsu) => ({ ...rsu, host: canary })),
  };
  expect(JSON.stringify(junctionDocument(site as never))).not.toContain(canary);
});

test('every counter of the view has a text', async () => {
  const { readFile } = await import('node:fs/promises');
  const names = new Set<string>();
  for (const file of ['server', 'stream', 'limits', 'share']) {
    const text = await readFile(new URL(`../../src/web/${file}.ts`, import.meta.url), 'utf8');
    for (const [, name] of text.matchAll(/count\('(web_[a-z0-9_]+)'\)/g)) names.add(name);
  }
  expect(names.size).toBeGreaterThan(8);
  for (const name of names) expect(Object.keys(webCounterTexts)).toContain(name);
  for (const status of [400, 401, 403, 404, 405, 414, 421, 429, 500, 503]) expect(webCounterTexts).toHaveProperty(`web_answer_${status}`);
  expect(Object.keys(webTexts).length).toBeGreaterThan(80);
});

const cookieOf = ({ headers }: Got): string => String(headers['set-cookie']?.[0]).split(';')[0];

test('a share opens with its token once, and then for that browser and address alone', async () => {
  const web = await view();
  const shared = await web.share('lo');
  const { port, hostname } = new URL(shared.url);
  expect([hostname, shared.url.includes(shared.token), shared.qr.includes('█')]).toEqual(['127.0.0.1', true, true]);
  expect(shared.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  const tls = (path: string, cookie = '', localAddress = '127.0.0.1'): Promise<Got> =>
    ask({ tls: true, port, path, localAddress, headers: cookie ? { cookie } : {} });
  expect((await tls('/')).status).toBe(401);
  expect((await tls('/page/main.js')).status).toBe(401);
  expect((await tls(`/?token=${shared.token}x`)).status).toBe(403);
  const first = await tls(`/?token=${shared.token}`);
  expect(first.status).toBe(200);
  expect(String(first.headers['set-cookie']?.[0])).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
  expect(String(first.headers['content-security-policy'])).toContain(`wss://127.0.0.1:${port}`);
  const cookie = cookieOf(first);
  expect((await tls('/api/status', cookie)).status).toBe(200);
  expect((await tls('/api/status', cookie, '127.0.0.2')).status).toBe(401);
  expect((await tls('/api/status', `${cookie}x`)).status).toBe(401);
  expect((await tls(`/?token=${shared.token}`)).status).toBe(403); // spent
  expect((await tls('/metrics', cookie)).status).toBe(403);
  expect((await ask({ tls: true, port, path: '/', headers: { host: 'evil.example', cookie } })).status).toBe(421);
  expect(web.counters.get('web_token_let_in')).toBe(1);
  expect(web.counters.get('web_token_spent')).toBe(1);
  const socket = new WebSocket(`wss://127.0.0.1:${port}/api/stream`, { rejectUnauthorized: false, headers: { cookie, origin: `https://127.0.0.1:${port}` } });
  open.push({ close: () => socket.terminate() });
  await once(socket, 'open');
  const ended = once(socket, 'close');
  const second = await web.share('lo'); // the newest share ends the one before
  await ended;
  expect(second.token).not.toBe(shared.token);
});

test('a share ends by the clock after eight hours', async () => {
  const start = monotonicMs(5000);
  const clock = new VirtualClock(start, { monoMs: start, utcMs: utcMs(Date.parse('2026-03-01T00:00:00Z')), errorMs: 1 });
  const events: string[] = [];
  const note = (event: string, fields = {}): void => void events.push(`${event} ${JSON.stringify(fields)}`);
  const web = await view({ clock, log: { debug: note, info: note, warn: note, error: note } });
  const shared = await web.share('lo');
  expect(shared.until).toBe('2026-03-01T08:00:00.000Z');
  const { port } = new URL(shared.url);
  clock.advanceTo(plusMs(start, SHARE_MS - 1));
  expect((await ask({ tls: true, port, path: '/' })).status).toBe(401);
  clock.advanceTo(plusMs(start, SHARE_MS));
  await expect(ask({ tls: true, port, path: '/' })).rejects.toThrow(/ECONNREFUSED/);
  expect(events.join('\n')).toMatch(/web_shared .*\n.*web_share_ended \{"reason":"expired"\}/s);
  expect(events.join('\n')).not.toContain(shared.token);
});

test('the sixth wrong token within a minute is not even compared', () => {
  const start = monotonicMs(0);
  const clock = new VirtualClock(start, { monoMs: start, utcMs: utcMs(0), errorMs: 1 });
  const session = new Session(clock);
  for (let index = 0; index < 5; index++) expect(session.tryToken(`guess ${index}`, 'a')).toBe('wrong');
  expect(session.tryToken(session.token, 'b')).toBe('locked');
  clock.advanceTo(plusMs(start, 60_000));
  expect(session.tryToken(session.token, 'b')).toBe('let-in');
  expect(session.tryToken(session.token, 'b')).toBe('spent');
});

test('sharing on an interface that is not there is refused and lists those that are', async () => {
  const web = await view();
  for (const name of ['', '0.0.0.0', 'nowhere0']) {
    await expect(web.share(name)).rejects.toMatchObject({ code: 'REFUSED', message: expect.stringContaining('lo') as string });
  }
});

/** A type without the marks that keep ids and times apart. */
type Plain<T> = T extends string
  ? string extends T ? string : T extends { readonly __id: string } ? string : T
  : T extends number
    ? T extends { readonly __id: string } | { readonly __unit: string } ? number : T
    : T extends boolean | null | undefined
      ? T
      : { [K in keyof T]: Plain<T[K]> };
/** These do not compile when the page believes in another document than the daemon sends. */
const asThePageKnowsIt = (document: Plain<StatusDocument>): Status => document;
const asTheDaemonSendsIt = (document: Status): Plain<StatusDocument> => document;

test('the page knows the daemon’s document, and the site’s as it is sent', () => {
  const sent: Junction = JSON.parse(JSON.stringify(junctionDocument(demoSite))) as Junction;
  expect(Object.keys(sent).sort()).toEqual(
    ['crossings', 'formatVersion', 'id', 'lanes', 'mode', 'movements', 'name', 'names', 'nodes', 'sensors', 'signalGroups', 'texts'],
  );
  const document = statusDocument([]) as Plain<StatusDocument>;
  expect(asTheDaemonSendsIt(asThePageKnowsIt(document))).toEqual(statusDocument([]));
});
