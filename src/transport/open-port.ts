import { Fault, textOf } from '../base/fault.ts';
import type { Text } from '../base/text.ts';
import { factTexts } from '../base/texts/faults.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import type { MonotonicMs } from '../base/time.ts';
import type { OpenPort, PortDeps, TransportKind, TransportMessages } from '../model/port.ts';

/** What one transport does for `BasePort`. */
export interface Carrier<T extends TransportKind> {
  /** Sends; false when it could not (and has counted why). */
  send(message: TransportMessages[T]): boolean;
  close(): Promise<void>;
  address?(): { readonly host: string; readonly port: number } | null;
  /** Called when the handler is set: for sources that begin to read only then. */
  heard?(): void;
}

/**
 * The life of an open port, the same for every transport: opening, then open until it is lost or
 * closed. Invariant: `opened` settles once, and the lost handler runs at most once, never after
 * `close` and never when `opened` was rejected.
 */
export class BasePort<T extends TransportKind> implements OpenPort<T> {
  readonly transport: T;
  readonly opened: Promise<void>;
  readonly #deps: PortDeps;
  #state: 'opening' | 'open' | 'lost' | 'closed' = 'opening';
  #resolve: () => void = () => undefined;
  #reject: (fault: Fault) => void = () => undefined;
  #handler: ((message: TransportMessages[T], receivedMs: MonotonicMs) => void) | null = null;
  #lost: ((fault: Fault) => void) | null = null;
  #lostFault: Fault | null = null;
  #carrier: Carrier<T> | null = null;
  #closing: Promise<void> | null = null;

  constructor(transport: T, deps: PortDeps) {
    this.transport = transport;
    this.#deps = deps;
    this.opened = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Who awaits `opened` still sees the fault; nobody awaiting it must not end the process.
    this.opened.catch(() => undefined);
  }

  /** Hands over what carries the bytes; closes it at once when the port was closed meanwhile. */
  carry(carrier: Carrier<T>): boolean {
    this.#carrier = carrier;
    if (this.#state === 'closed' || this.#state === 'lost') {
      void carrier.close();
      return false;
    }
    if (this.#handler) carrier.heard?.();
    return true;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** The transport is ready. */
  ready(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#resolve();
  }

  /** The transport failed, before or after it was ready. */
  failed(cause: unknown, next: Text, expected: Text = factTexts.open_port): void {
    if (this.#state === 'closed' || this.#state === 'lost') return;
    const opening = this.#state === 'opening';
    const facts = { subject: this.#deps.name, expected, got: textOf(cause), next };
    const fault =
      cause instanceof Fault
        ? cause
        : new Fault(opening ? 'PORT_UNAVAILABLE' : 'PORT_LOST', facts, { cause });
    this.#state = 'lost';
    void this.#carrier?.close();
    if (opening) {
      this.#reject(fault);
      return;
    }
    this.#lostFault = fault;
    this.#lost?.(fault);
  }

  /** Hands a message to the driver. */
  deliver(message: TransportMessages[T], receivedMs = this.#deps.clock.nowMs()): void {
    if (this.#state === 'closed') return;
    if (this.#handler) this.#handler(message, receivedMs);
    else this.#deps.count('message_unheard');
  }

  onMessage(handler: (message: TransportMessages[T], receivedMs: MonotonicMs) => void): void {
    this.#handler = handler;
    this.#carrier?.heard?.();
  }

  onLost(handler: (fault: Fault) => void): void {
    this.#lost = handler;
    if (this.#lostFault) handler(this.#lostFault);
  }

  send(message: TransportMessages[T]): boolean {
    if (this.#state !== 'open' || !this.#carrier) {
      this.#deps.count('send_closed');
      return false;
    }
    return this.#carrier.send(message);
  }

  close(): Promise<void> {
    if (this.#closing) return this.#closing;
    const opening = this.#state === 'opening';
    this.#state = 'closed';
    this.#closing = this.#carrier?.close() ?? Promise.resolve();
    if (opening) {
      const facts = { subject: this.#deps.name, expected: factTexts.open_port };
      const got = texts.closed_early;
      this.#reject(new Fault('PORT_UNAVAILABLE', { ...facts, got, next: '' }));
    }
    return this.#closing;
  }

  address(): { readonly host: string; readonly port: number } | null {
    return this.#carrier?.address?.() ?? null;
  }
}

/** Numbers connections from 1 when nobody else does. */
export function epochCounter(deps: PortDeps): () => number {
  let epoch = 0;
  return deps.nextEpoch ? () => deps.nextEpoch!() : () => ++epoch;
}
