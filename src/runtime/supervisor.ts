import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { Fault, TextError, messageOf, textOf } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { factTexts } from '../base/texts/faults.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { plusMs } from '../base/time.ts';
import type { MonotonicMs } from '../base/time.ts';
import type { OpenPort, Port, PortDeps, PortLimits, PortMessage } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import { FanOut } from './fan-out.ts';
import { Stamper } from './stamper.ts';

/** Opens a port once; `src/transport` has it, tests and simulations have others. */
export type OpenFunction = (settings: PortSettings, deps: PortDeps) => OpenPort;

/** How one port stands. */
export interface PortStatus {
  readonly name: string;
  readonly transport: PortSettings['transport'];
  readonly state: 'opening' | 'open' | 'lost';
  readonly sinceMs: MonotonicMs;
  /** From the loss to the next try, ms; null while open or opening. */
  readonly waitMs: number | null;
  /** The newest fault, also after it has passed. */
  readonly fault: Fault | null;
  readonly opens: number;
  readonly losses: number;
  readonly received: number;
  readonly sent: number;
  readonly lastReceivedMs: MonotonicMs | null;
  readonly drops: Readonly<Record<string, number>>;
  readonly address: { readonly host: string; readonly port: number } | null;
}

/** Sees everything that passes, for recordings. It must not throw. */
export interface PortTap {
  received(port: string, message: PortMessage, receivedMs: MonotonicMs): void;
  sent(port: string, message: PortMessage, atMs: MonotonicMs): void;
}

export interface SupervisorDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Spreads the waits, so that ports that fell together do not rise together. */
  readonly random: Random;
  readonly open: OpenFunction;
  readonly ports: Readonly<Record<string, PortSettings>>;
  /** Shared with the loop that the ports feed; see `Stamper`. */
  readonly stamper?: Stamper;
  readonly tap?: PortTap;
  readonly limits?: Readonly<Record<string, Partial<PortLimits>>>;
  /** A user of a port failed at a message and was left out. */
  failed?(port: string, thrown: unknown): void;
}

const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 30_000;
/** A port that was open for so long starts again from the shortest wait. */
const STABLE_MS = 10_000;
/** An opening that neither succeeds nor fails is given up. */
const OPENING_MAX_MS = 15_000;

/** The wait before try number `attempt` (from 0): doubling, ±25 %, within 0.5 to 30 s. */
export function backOffMs(attempt: number, random: Random): number {
  const plain = Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** Math.min(attempt, 10));
  const spread = plain * (0.75 + 0.5 * random.next());
  return Math.min(WAIT_MAX_MS, Math.max(WAIT_MIN_MS, spread));
}

/** Opens the ports of a site, watches them and reopens them; gives each user a stable port. */
export class PortSupervisor {
  readonly #deps: SupervisorDeps;
  readonly #stamper: Stamper;
  readonly #ports = new Map<string, SupervisedPort>();
  #closed = false;

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
    this.#stamper = deps.stamper ?? new Stamper(deps.clock);
  }

  /**
   * A port by its name in the site, for one more user. The first user opens it.
   * @throws Fault SITE_INVALID when the site has no such port.
   */
  port(name: string): Port {
    let found = this.#ports.get(name);
    if (!found) {
      const settings = this.#deps.ports[name];
      if (!settings || this.#closed) {
        throw new Fault('SITE_INVALID', {
          subject: filledText(factTexts.port, { name }),
          expected: filledText(factTexts.one_of, { names: Object.keys(this.#deps.ports).join(', ') }),
          got: this.#closed ? texts.supervisor_closed : name,
          next: texts.port_unknown,
        });
      }
      found = new SupervisedPort(name, settings, this.#deps, this.#stamper);
      this.#ports.set(name, found);
      found.open();
    }
    return found.fanOut.port();
  }

  /** All ports that were asked for, by name. */
  status(): PortStatus[] {
    const names = [...this.#ports.keys()].sort();
    return names.map((name) => this.#ports.get(name)!.status());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#ports.values()].map((port) => port.close()));
  }
}

class SupervisedPort {
  readonly fanOut: FanOut;
  readonly #name: string;
  readonly #settings: PortSettings;
  readonly #deps: SupervisorDeps;
  readonly #stamper: Stamper;
  readonly #random: Random;
  readonly #drops = new Counters();
  #current: OpenPort | null = null;
  #cancel: () => void = () => undefined;
  #closed = false;
  #state: PortStatus['state'] = 'opening';
  #sinceMs: MonotonicMs;
  #waitMs: number | null = null;
  #fault: Fault | null = null;
  #attempt = 0;
  #epoch = 0;
  #opens = 0;
  #losses = 0;
  #received = 0;
  #sent = 0;
  #lastReceivedMs: MonotonicMs | null = null;

  constructor(name: string, settings: PortSettings, deps: SupervisorDeps, stamper: Stamper) {
    this.#name = name;
    this.#settings = settings;
    this.#deps = deps;
    this.#stamper = stamper;
    this.#random = deps.random.fork(`port ${name}`);
    this.#sinceMs = deps.clock.nowMs();
    this.fanOut = new FanOut({
      transport: settings.transport,
      send: (message) => this.#send(message),
      count: (drop) => this.#drops.count(drop),
      failed: (thrown) => {
        deps.log.error('port_user_failed', { port: name, cause: messageOf(thrown) });
        deps.failed?.(name, thrown);
      },
    });
  }

  open(): void {
    const { clock, log } = this.#deps;
    this.#enter('opening');
    let port: OpenPort;
    try {
      port = this.#deps.open(this.#settings, {
        name: this.#name,
        clock,
        log,
        count: (drop, by) => this.#drops.count(drop, by),
        nextEpoch: () => ++this.#epoch,
        limits: this.#deps.limits?.[this.#name] ?? {},
      });
    } catch (thrown) {
      void this.#lost(null, this.#faultOf(thrown));
      return;
    }
    this.#current = port;
    port.onMessage((message, receivedMs) => {
      if (this.#current === port) this.#receive(message, receivedMs);
    });
    port.onLost((fault) => void this.#lost(port, fault));
    this.#cancel = clock.at(plusMs(clock.nowMs(), OPENING_MAX_MS), () => {
      const silent = new TextError(filledText(texts.silent, { ms: OPENING_MAX_MS }));
      void this.#lost(port, this.#faultOf(silent));
    });
    port.opened.then(
      () => this.#opened(port),
      (thrown: unknown) => void this.#lost(port, this.#faultOf(thrown)),
    );
  }

  #faultOf(thrown: unknown): Fault {
    if (thrown instanceof Fault) return thrown;
    const facts = { subject: this.#name, expected: factTexts.open_port, got: textOf(thrown) };
    return new Fault('PORT_UNAVAILABLE', { ...facts, next: texts.retried }, { cause: thrown });
  }

  #enter(state: PortStatus['state']): void {
    this.#state = state;
    this.#sinceMs = this.#deps.clock.nowMs();
  }

  #opened(port: OpenPort): void {
    if (this.#current !== port || this.#closed) return;
    this.#cancel();
    this.#opens++;
    this.#waitMs = null;
    this.#enter('open');
    this.#deps.log.info('port_open', { port: this.#name, opens: this.#opens });
  }

  /** Waits for the old port to be closed before the new one is due: never two sockets. */
  async #lost(port: OpenPort | null, fault: Fault): Promise<void> {
    if (this.#current !== port || this.#closed) return;
    const { clock, log } = this.#deps;
    const wasOpen = this.#state === 'open';
    if (wasOpen && clock.nowMs() - this.#sinceMs >= STABLE_MS) this.#attempt = 0;
    // A change of state is logged; further failures to open are only counted.
    const news = wasOpen || this.#losses === 0;
    this.#cancel();
    this.#current = null;
    this.#fault = fault;
    this.#losses++;
    this.#enter('lost');
    const waitMs = backOffMs(this.#attempt++, this.#random);
    this.#waitMs = waitMs;
    const fields = { port: this.#name, code: fault.code, wait_ms: Math.round(waitMs) };
    if (news) log.warn('port_lost', { ...fields, reason: fault.message });
    await port?.close().catch((thrown: unknown) => {
      log.warn('port_close_failed', { port: this.#name, cause: messageOf(thrown) });
    });
    if (this.#closed) return;
    this.#cancel = clock.at(plusMs(clock.nowMs(), waitMs), () => this.open());
  }

  #receive(message: PortMessage, receivedMs: MonotonicMs): void {
    const stampMs = this.#stamper.next(receivedMs);
    this.#received++;
    this.#lastReceivedMs = stampMs;
    this.#deps.tap?.received(this.#name, message, stampMs);
    this.fanOut.deliver(message, stampMs);
  }

  #send(message: PortMessage): boolean {
    if (!this.#current) {
      this.#drops.count('send_closed');
      return false;
    }
    if (!this.#current.send(message)) return false;
    this.#sent++;
    this.#deps.tap?.sent(this.#name, message, this.#deps.clock.nowMs());
    return true;
  }

  status(): PortStatus {
    return {
      name: this.#name,
      transport: this.#settings.transport,
      state: this.#state,
      sinceMs: this.#sinceMs,
      waitMs: this.#waitMs,
      fault: this.#fault,
      opens: this.#opens,
      losses: this.#losses,
      received: this.#received,
      sent: this.#sent,
      lastReceivedMs: this.#lastReceivedMs,
      drops: this.#drops.toJSON(),
      address: this.#current?.address() ?? null,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    const port = this.#current;
    this.#current = null;
    if (this.#state !== 'lost') this.#enter('lost');
    await port?.close();
  }
}
