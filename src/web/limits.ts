import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Counters } from '../base/counters.ts';

/** Against slow and many connections (F109); Node's own defaults are minutes and no limit. */
export const limits = {
  headersMs: 5000,
  requestMs: 10_000,
  checkMs: 1000,
  connections: 64,
  connectionsPerAddress: 8,
  headerOctets: 8192,
  urlOctets: 512,
} as const;

const farEnd = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;

/**
 * Admits connections up to the limits, over all listeners of one server. One that became a stream
 * no longer counts for its address: streams have a limit of their own, and a browser with some open
 * views must still find connections for a page (through a tunnel all come from one address).
 */
export class Doorkeeper {
  readonly #counters: Counters;
  readonly #perAddress = new Map<string, number>();
  /** By the far end's address and port: under TLS the request's socket is not the one admitted. */
  readonly #leave = new Map<string, () => void>();
  #open = 0;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  /** Ends the socket at once when one more is too many. */
  admit(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const held = this.#perAddress.get(address) ?? 0;
    socket.on('error', () => this.#counters.count('web_connection_error'));
    if (this.#open >= limits.connections || held >= limits.connectionsPerAddress) {
      this.#counters.count('web_connection_refused');
      socket.destroy();
      return;
    }
    this.#open++;
    this.#perAddress.set(address, held + 1);
    let counts = true;
    const leave = (): void => {
      if (!counts) return;
      counts = false;
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(address, left);
      else this.#perAddress.delete(address);
    };
    const end = farEnd(socket);
    this.#leave.set(end, leave);
    socket.once('close', () => {
      this.#open--;
      this.#leave.delete(end);
      leave();
    });
  }

  /** The connection under a request became a stream. */
  becameStream(socket: Socket): void {
    this.#leave.get(farEnd(socket))?.();
  }
}

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Whether an address of this machine reaches nobody else. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

/** An address as it stands in a URL. */
export const inUrl = (address: string): string =>
  (address.includes(':') ? `[${address}]` : address);

/** Names that a Host header may hold, for a listener on `address`. */
export const allowedHosts = (address: string): readonly string[] => [
  ...(isLoopback(address) ? LOOPBACK_NAMES : []),
  inUrl(address),
];

/**
 * The Host header if it names us, else null. A name that somebody's DNS points at us is refused:
 * that is how a foreign page would read this one. The port is free, for tunnels.
 */
export function ownHost(request: IncomingMessage, allowed: readonly string[]): string | null {
  const host = request.headers.host ?? '';
  const parts = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?$/.exec(host.toLowerCase());
  return parts && allowed.includes(parts[1] ?? '') ? host.toLowerCase() : null;
}

/** Whether a browser that sent this request was on our own page. No Origin: not a browser. */
export function isOwnOrigin(request: IncomingMessage, host: string, scheme: string): boolean {
  const { origin } = request.headers;
  return origin === undefined || origin.toLowerCase() === `${scheme}://${host}`;
}
