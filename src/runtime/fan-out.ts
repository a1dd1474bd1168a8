import type { MonotonicMs } from '../base/time.ts';
import type { PortDrop } from '../base/texts/runtime.ts';
import type { Port, PortMessage, TransportKind } from '../model/port.ts';

/** What a fan-out needs of its owner. */
export interface FanOutOwner {
  readonly transport: TransportKind;
  send(message: PortMessage): boolean;
  count(name: PortDrop): void;
  /** A user's handler threw: that user is not called again. */
  failed(thrown: unknown): void;
}

type Handler = (message: PortMessage, receivedMs: MonotonicMs) => void;

/**
 * One port for several users: every message goes to each of them, in the order in which they
 * asked for the port. A user whose handler throws is left out from then on, so that one driver's
 * mistake does not deafen its neighbours on the bus; asking for the port again starts afresh.
 */
export class FanOut {
  readonly #owner: FanOutOwner;
  #handlers: (Handler | null)[] = [];
  #hearing = 0;

  constructor(owner: FanOutOwner) {
    this.#owner = owner;
  }

  /** A port for one more user. */
  port(): Port {
    const owner = this.#owner;
    const seat = this.#handlers.push(null) - 1;
    return {
      transport: owner.transport,
      onMessage: (handler) => {
        if (!this.#handlers[seat]) this.#hearing++;
        this.#handlers[seat] = handler as Handler;
      },
      send: (message) => owner.send(message),
    };
  }

  deliver(message: PortMessage, receivedMs: MonotonicMs): void {
    if (this.#hearing === 0) {
      this.#owner.count('message_unheard');
      return;
    }
    for (let seat = 0; seat < this.#handlers.length; seat++) {
      const handler = this.#handlers[seat];
      if (!handler) continue;
      try {
        handler(message, receivedMs);
      } catch (thrown) {
        this.#handlers[seat] = null;
        this.#hearing--;
        this.#owner.count('handler_failed');
        this.#owner.failed(thrown);
      }
    }
  }
}
