import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { messageOf } from '../base/fault.ts';
import type { RsuSettings } from '../model/site.ts';
import type { Piece, UnitWay } from './slowlink.ts';

/** Datagrams from a thread: always ready, since nothing waits for them. */
export class UdpWay implements UnitWay {
  readonly ready = true;
  readonly #settings: RsuSettings;
  readonly #socket: Socket;
  #fault: string | null = null;

  /** @param address the interface's own, to bind to; null for the system's choice. */
  constructor(settings: RsuSettings, address: string | null) {
    this.#settings = settings;
    this.#socket = createSocket({ type: settings.host.includes(':') ? 'udp6' : 'udp4' });
    this.#socket.on('error', (error) => (this.#fault = messageOf(error)));
    if (address) this.#socket.bind(0, address);
    this.#socket.unref();
  }

  get fault(): string | null {
    return this.#fault;
  }

  send({ payload }: Piece, done: (error: Error | null) => void): void {
    const { port, host } = this.#settings;
    try {
      this.#socket.send(payload, port, host, (error) => {
        this.#fault = error ? messageOf(error) : null;
        done(error);
      });
    } catch (error) {
      done(error as Error);
    }
  }

  /** It is never otherwise. */
  onReady(): void {}

  close(): void {
    this.#socket.close();
  }
}
