import type { MonotonicMs } from './base/time.ts';
import type { Port, PortMessage, TransportKind } from './model/port.ts';
import type { Site } from './model/site.ts';
import type { PortHub } from './pipeline.ts';

type Handler = (message: PortMessage, receivedMs: MonotonicMs) => void;

/** Ports of a recording: what is delivered under a name reaches every driver on that port. */
export class ReplayHub implements PortHub {
  readonly #site: Site;
  readonly #handlers = new Map<string, Handler[]>();
  /** What drivers said, for simulations that answer. */
  readonly #said: (port: string, message: PortMessage) => void;

  constructor(site: Site, said: (port: string, message: PortMessage) => void = () => undefined) {
    this.#site = site;
    this.#said = said;
  }

  port(name: string): Port {
    const transport: TransportKind = this.#site.ports[name]?.transport ?? 'udp';
    return {
      transport,
      onMessage: (handler) => {
        const handlers = this.#handlers.get(name) ?? [];
        handlers.push(handler as Handler);
        this.#handlers.set(name, handlers);
      },
      send: (message) => {
        this.#said(name, message);
        return true;
      },
    };
  }

  /** False where no driver listens. */
  deliver(name: string, message: PortMessage, atMs: MonotonicMs): boolean {
    const handlers = this.#handlers.get(name);
    if (!handlers) return false;
    for (const handler of handlers) handler(message, atMs);
    return true;
  }
}
