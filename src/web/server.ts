/**
 * The local web view: read-only, on loopback, shared with one phone on request. Plain node:http and
 * a table of answers; a URL is a key of the table and never becomes a file name.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { Fault, messageOf } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import { filledText } from '../base/text.ts';
import { factTexts } from '../base/texts/faults.ts';
import { webFaultTexts as texts } from '../base/texts/web.ts';
import { plusMs } from '../base/time.ts';
import type { Site } from '../model/site.ts';
import type { StatusDocument } from '../status.ts';
import { loadAssets } from './assets.ts';
import type { Asset } from './assets.ts';
import { junctionDocument } from './junction.ts';
import {
  Doorkeeper, allowedHosts, inUrl, isLoopback, isOwnOrigin, limits, ownHost,
} from './limits.ts';
import { SHARE_MS, Session, addressOf, freshCertificate, invitation } from './share.ts';
import type { Shared } from './share.ts';
import { Stream } from './stream.ts';

export type { Shared } from './share.ts';

/** What the view is started with. */
export interface WebOptions {
  /** A loopback address; anything else is refused. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly site: Site;
  readonly clock: Clock;
  readonly log: Log;
  /** Private folder of the daemon; the view keeps nothing in it, keys stay in memory. */
  readonly dataFolder: string;
  /** The newest document; called when somebody looks. */
  readonly document: () => StatusDocument;
  /** Prometheus text. */
  readonly metrics: () => string | Promise<string>;
}

/** The running view. */
export interface WebServer {
  readonly url: string;
  readonly counters: Counters;
  /** Sends the newest document to every client that is ready; called 10 times a second. */
  push(): void;
  /**
   * Opens the view on a named interface for 8 hours, with TLS and a one-time token; ends an earlier
   * share. Errors: `Fault` REFUSED for an unknown interface, PORT_UNAVAILABLE.
   */
  share(interfaceName: string): Promise<Shared>;
  close(): Promise<void>;
}

/** One socket that listens: who may ask on it, and how. */
interface Listener {
  readonly server: Server;
  readonly scheme: 'http' | 'https';
  readonly hosts: readonly string[];
  /** Null on loopback. */
  readonly session: Session | null;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: OutgoingHttpHeaders;
}

const plain = (status: number, body: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
});
const json = (body: string): Answer => ({ status: 200, type: 'application/json', body });

/** Headers of every answer. `host` has passed the allow-list, so it may stand in a header. */
function guardHeaders(host: string, scheme: 'http' | 'https'): OutgoingHttpHeaders {
  const socket = `${scheme === 'https' ? 'wss' : 'ws'}://${host}`;
  return {
    'content-security-policy':
      `default-src 'self'; connect-src 'self' ${socket}; object-src 'none'; base-uri 'none'; ` +
      `form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    'cache-control': 'no-store',
  };
}

function refuseOutside(host: string): void {
  if (isLoopback(host)) return;
  throw new Fault('REFUSED', {
    subject: 'site.json web.host',
    expected: texts.loopback,
    got: host,
    next: texts.loopback_next,
  });
}

class View implements WebServer {
  readonly counters = new Counters();
  readonly #options: WebOptions;
  readonly #assets: ReadonlyMap<string, Asset>;
  readonly #junction: string;
  readonly #door: Doorkeeper;
  readonly #stream: Stream;
  #own: Listener | null = null;
  #shared: { readonly listener: Listener; readonly cancel: () => void } | null = null;
  #url = '';

  constructor(options: WebOptions) {
    refuseOutside(options.host);
    this.#options = options;
    this.#assets = loadAssets();
    this.#junction = JSON.stringify(junctionDocument(options.site));
    this.#door = new Doorkeeper(this.counters);
    this.#stream = new Stream(options.clock, this.counters);
  }

  get url(): string {
    return this.#url;
  }

  async open(): Promise<void> {
    const { host, port } = this.#options;
    const address = host === 'localhost' ? '127.0.0.1' : host;
    const server = createServer(serverOptions);
    this.#own = { server, scheme: 'http', hosts: allowedHosts(address), session: null };
    this.#serve(this.#own);
    try {
      this.#url = `http://${inUrl(address)}:${await listen(server, address, port)}/`;
    } catch (error) {
      this.#stream.close();
      throw error;
    }
  }

  push(): void {
    if (this.#stream.size > 0) this.#stream.push(() => JSON.stringify(this.#options.document()));
  }

  async share(interfaceName: string): Promise<Shared> {
    const { clock, log, port } = this.#options;
    const address = addressOf(interfaceName);
    this.#endShare('replaced');
    const fromUtcMs = clock.utcAt().utcMs;
    const certificate = await freshCertificate(address, fromUtcMs, fromUtcMs + SHARE_MS);
    const session = new Session(clock);
    const server = createTlsServer({
      ...serverOptions,
      key: certificate.key,
      cert: certificate.cert,
      minVersion: 'TLSv1.2',
      handshakeTimeout: limits.headersMs,
    });
    const listener: Listener = { server, scheme: 'https', hosts: allowedHosts(address), session };
    this.#serve(listener);
    const opened = await listen(server, address, port).catch(() => listen(server, address, 0));
    // Another share may have been opened while this one was made: the newest stays.
    this.#endShare('replaced');
    const cancel = clock.at(plusMs(clock.nowMs(), SHARE_MS), () => this.#endShare('expired'));
    this.#shared = { listener, cancel };
    const until = new Date(fromUtcMs + SHARE_MS).toISOString();
    this.counters.count('web_share_opened');
    log.info('web_shared', { interface: interfaceName, address, port: opened, until });
    const { url, qr } = await invitation(address, opened, session.token);
    return { url, token: session.token, qr, until, fingerprint: certificate.fingerprint };
  }

  #endShare(reason: string): void {
    const shared = this.#shared;
    if (!shared) return;
    this.#shared = null;
    shared.cancel();
    this.#stream.endOf(shared.listener);
    shared.listener.server.close();
    shared.listener.server.closeAllConnections();
    this.#options.log.info('web_share_ended', { reason });
  }

  async close(): Promise<void> {
    this.#endShare('closed');
    this.#stream.close();
    const server = this.#own?.server;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  #serve(listener: Listener): void {
    const { server } = listener;
    server.on('connection', (socket: Socket) => this.#door.admit(socket));
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      this.#request(listener, request, response);
    server.on('request', answer);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(listener, request, socket, head),
    );
    server.on('checkContinue', answer);
    server.on('checkExpectation', answer);
    server.on('connect', (_request: IncomingMessage, socket: Duplex) => socket.destroy());
    server.on('clientError', (_error: Error, socket: Duplex) => {
      this.counters.count('web_request_malformed');
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      else socket.destroy();
    });
    server.on('tlsClientError', () => this.counters.count('web_connection_error'));
  }

  #request(listener: Listener, request: IncomingMessage, response: ServerResponse): void {
    const host = ownHost(request, listener.hosts);
    void this.#answer(listener, request, host)
      .catch((error: unknown) => {
        this.counters.count('web_answer_failed');
        this.#options.log.warn('web_answer_failed', { reason: messageOf(error) });
        return plain(500, 'The view could not answer; see the log for web_answer_failed.');
      })
      .then((answer) => {
        if (answer.status >= 400) this.counters.count(`web_answer_${answer.status}`);
        response.writeHead(answer.status, {
          ...guardHeaders(host ?? 'localhost', listener.scheme),
          ...answer.headers,
          'content-type': answer.type,
          'content-length': Buffer.byteLength(answer.body),
          // One request a connection: nothing can hide behind it, and none is held for nothing.
          connection: 'close',
        });
        response.end(answer.body);
      });
  }

  async #answer(
    listener: Listener,
    request: IncomingMessage,
    host: string | null,
  ): Promise<Answer> {
    const refusal = refusalOf(request, host);
    if (refusal) return refusal;
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
    if (listener.session) {
      const admission = this.#admit(listener.session, request, path, query);
      if (admission) return admission;
    }
    const asset = this.#assets.get(path);
    if (asset) return { status: 200, ...asset };
    switch (path) {
      case '/api/site':
        return json(this.#junction);
      case '/api/status':
        return json(JSON.stringify(this.#options.document()));
      case '/metrics': {
        if (listener.session) return plain(403, 'Metrics are for this machine only.');
        const body = await this.#options.metrics();
        return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body };
      }
      default:
        return plain(404, 'Not here. The view is at /.');
    }
  }

  /** Lets a share's guest in or says why not; null for one who is in. */
  #admit(session: Session, request: IncomingMessage, path: string, query: string): Answer | null {
    const address = request.socket.remoteAddress ?? '';
    if (session.holds(request.headers.cookie, address)) return null;
    const token = path === '/' ? new URLSearchParams(query).get('token') : null;
    if (token === null) {
      return plain(401, 'Open the address of `lukou web share` (or its QR code) on this device.');
    }
    const admission = session.tryToken(token, address);
    this.counters.count(`web_token_${admission.replace('-', '_')}`);
    this.#options.log.info('web_token', { admission, address });
    if (admission === 'locked') {
      const answer = plain(429, 'Too many wrong tokens; wait a minute.');
      return { ...answer, headers: { 'retry-after': '60' } };
    }
    if (admission !== 'let-in') {
      return plain(403, 'This token is wrong or was used before. Ask for a new `lukou web share`.');
    }
    const page = this.#assets.get('/');
    // The page itself, not a redirect: a strict cookie is not sent along with one from outside.
    return {
      status: 200,
      type: page?.type ?? 'text/html',
      body: page?.body ?? '',
      headers: { 'set-cookie': session.setCookie() },
    };
  }

  #upgrade(listener: Listener, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => this.counters.count('web_connection_error'));
    const refuse = (status: number, words: string): void => {
      this.counters.count(`web_answer_${status}`);
      socket.end(`HTTP/1.1 ${status} ${words}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    const host = ownHost(request, listener.hosts);
    const refusal = refusalOf(request, host);
    if (refusal) return refuse(refusal.status, 'Refused');
    if (!isOwnOrigin(request, host ?? '', listener.scheme)) return refuse(403, 'Forbidden');
    if (listener.session) {
      const address = request.socket.remoteAddress ?? '';
      const isGuest = listener.session.holds(request.headers.cookie, address);
      if (!isGuest) return refuse(401, 'Unauthorized');
    }
    if (request.url !== '/api/stream') return refuse(404, 'Not Found');
    if (this.#stream.isFull) return refuse(503, 'Too Many Clients');
    this.#door.becameStream(request.socket);
    this.#stream.take(request, socket, head, listener.session ? listener : null);
  }
}

/** What is wrong with a request whatever it asks for; null when nothing is. */
function refusalOf(request: IncomingMessage, host: string | null): Answer | null {
  if (host === null) {
    return plain(421, 'This view answers to its own address only (Host header).');
  }
  if (request.method !== 'GET') {
    return { ...plain(405, 'This view is read-only: GET only.'), headers: { allow: 'GET' } };
  }
  const { 'content-length': length, 'transfer-encoding': coding, expect } = request.headers;
  if (coding !== undefined || expect !== undefined || (length !== undefined && length !== '0')) {
    return plain(400, 'A request here has no body.');
  }
  if ((request.url ?? '').length > limits.urlOctets) return plain(414, 'The address is too long.');
  return null;
}

const serverOptions = {
  headersTimeout: limits.headersMs,
  requestTimeout: limits.requestMs,
  connectionsCheckingInterval: limits.checkMs,
  maxHeaderSize: limits.headerOctets,
  requireHostHeader: false, // its absence is answered with 421 by us
} as const;

/** Listens; gives the port. Errors: `Fault` PORT_UNAVAILABLE. */
function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error & { code?: string }): void =>
      reject(
        new Fault(
          'PORT_UNAVAILABLE',
          {
            subject: filledText(texts.port_subject, { address: `${inUrl(host)}:${port}` }),
            expected: factTexts.free_port,
            got: cause.code ?? cause.message,
            next: texts.port_next,
          },
          { cause },
        ),
      );
    server.once('error', failed);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * Starts the view.
 *
 * Errors: `Fault` REFUSED for a host outside loopback, PORT_UNAVAILABLE for a port that is taken,
 * FILE_UNREADABLE where the page was not compiled.
 */
export async function startWeb(options: WebOptions): Promise<WebServer> {
  const view = new View(options);
  await view.open();
  return view;
}
