import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { every } from '../base/clock.ts';

/** Most who watch at once (F115). */
export const CLIENTS_MAX = 16;
const PING_MS = 10_000;
const MESSAGES_PER_PUSH_MAX = 100;
const INBOUND_OCTETS_MAX = 16;

interface Client {
  readonly socket: WebSocket;
  /** Ends with it: the share that it came through; null for loopback. */
  readonly owner: object | null;
  /** Whether it says when it has shown a picture; the page does, simple readers need not. */
  acknowledges: boolean;
  shown: boolean;
  heard: number;
  alive: boolean;
}

/**
 * Those who watch. Each is sent the newest document when it is ready and nothing before that: one
 * that reads slowly sees fewer pictures, never older ones, and costs at most one picture of memory.
 */
export class Stream {
  readonly #counters: Counters;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: INBOUND_OCTETS_MAX,
    perMessageDeflate: false, // no decompression of what others send
    clientTracking: false,
  });
  readonly #clients = new Set<Client>();
  readonly #stopPings: () => void;

  constructor(clock: Clock, counters: Counters) {
    this.#counters = counters;
    this.#stopPings = every(clock, PING_MS, () => this.#ping());
  }

  get size(): number {
    return this.#clients.size;
  }

  get isFull(): boolean {
    return this.#clients.size >= CLIENTS_MAX;
  }

  /** Takes over an upgraded connection; the caller has checked host, origin and session. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer, owner: object | null): void {
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      const client: Client = {
        socket: opened, owner, acknowledges: false, shown: true, heard: 0, alive: true,
      };
      this.#clients.add(client);
      this.#counters.count('web_client_opened');
      opened.on('message', () => this.#heard(client));
      opened.on('pong', () => (client.alive = true));
      opened.on('error', () => this.#counters.count('web_client_error'));
      opened.on('close', () => this.#clients.delete(client));
    });
  }

  /** Any message means: shown, ready for the next. Its content does not matter. */
  #heard(client: Client): void {
    client.acknowledges = true;
    client.shown = true;
    client.alive = true;
    if (++client.heard <= MESSAGES_PER_PUSH_MAX) return;
    this.#counters.count('web_client_flood');
    client.socket.terminate();
  }

  /** Sends what `text` gives to all who are ready; it is not called when none is. */
  push(text: () => string): void {
    let body: string | null = null;
    for (const client of this.#clients) {
      const { socket } = client;
      client.heard = 0;
      const ready = socket.bufferedAmount === 0 && (client.shown || !client.acknowledges);
      if (socket.readyState !== socket.OPEN) continue;
      if (!ready) {
        this.#counters.count('web_picture_skipped');
        continue;
      }
      body ??= text();
      client.shown = false;
      socket.send(body);
      this.#counters.count('web_picture_sent');
    }
  }

  #ping(): void {
    for (const client of this.#clients) {
      if (!client.alive) {
        this.#counters.count('web_client_silent');
        client.socket.terminate();
        continue;
      }
      client.alive = false;
      client.socket.ping();
    }
  }

  /** Ends those who came through a share. */
  endOf(owner: object): void {
    for (const client of this.#clients) if (client.owner === owner) client.socket.terminate();
  }

  close(): void {
    this.#stopPings();
    for (const client of this.#clients) client.socket.terminate();
    this.#server.close();
  }
}
