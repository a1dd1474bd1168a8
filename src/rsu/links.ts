import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { messageOf } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import type { MonotonicMs } from '../base/time.ts';
import type { AirMessage } from '../model/message.ts';
import { nodeKey } from '../model/ids.ts';
import type { RsuSettings, Site } from '../model/site.ts';
import { Ages } from './ages.ts';
import { UnitPacer } from './budget.ts';
import type { PacerStep } from './budget.ts';
import { CARRIER_OCTETS, withCarrier } from './carrier.ts';
import { forwardHead, forwardText } from './forward.ts';
import { linkKinds } from './kinds.ts';
import { addressOf, familyOf } from './outward.ts';
import type { RsuStatus } from './status.ts';

export type { RsuStatus } from './status.ts';

type Nodes = ReadonlySet<string> | null;

/** Whether a unit shall have a message: its types, its nodes or its name. */
function wants({ id, types }: RsuSettings, nodes: Nodes, message: AirMessage): boolean {
  if (!types.includes(message.type)) return false;
  if (message.rsuIds.length > 0) return message.rsuIds.includes(id);
  return nodes === null || nodes.has(nodeKey(message.node));
}

/** The way to one unit: paced, bounded, with a deadline for every message. */
class RsuLink {
  readonly settings: RsuSettings;
  readonly counters = new Counters();
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #socket: Socket;
  readonly #pacer: UnitPacer;
  readonly #ages = new Ages();
  /** When the evidence of what waits here had come. */
  readonly #since = new WeakMap<AirMessage, number>();
  #armed: (() => void) | null = null;
  #lastSentMs: MonotonicMs | null = null;
  #fault: string | null = null;
  #closed = false;

  constructor(settings: RsuSettings, spreadMs: number, clock: Clock, log: Log) {
    this.settings = settings;
    this.#pacer = new UnitPacer({ ...settings, spreadMs });
    this.#clock = clock;
    this.#log = log;
    const address = addressOf(settings); // before the socket: a refusal leaves nothing open
    this.#socket = createSocket({ type: familyOf(settings.host) === 'IPv6' ? 'udp6' : 'udp4' });
    this.#socket.on('error', (error) => this.#failed(messageOf(error)));
    if (address) this.#socket.bind(0, address);
    this.#socket.unref();
  }

  #failed(reason: string): void {
    this.counters.count('rsu_send_failed');
    const { id } = this.settings;
    if (this.#fault !== reason) this.#log.warn('rsu_send_failed', { rsu: id, reason });
    this.#fault = reason;
  }

  get takesSpat(): boolean {
    return this.settings.types.includes('SPAT');
  }

  offer(message: AirMessage, sinceMs: number): void {
    if (this.#closed) return;
    const nowMs = this.#clock.nowMs();
    this.#since.set(message, sinceMs);
    if (message.type === 'SPAT') return void this.#take(this.#pacer.pass(message, nowMs), nowMs);
    const dropped = this.#pacer.offer(message, nowMs);
    if (dropped) this.counters.count(`rsu_queue_full_${dropped.type}`);
    this.#drain();
  }

  /** Sends what may leave now; arms a timer for the rest. */
  #drain(): void {
    if (this.#armed || this.#closed) return;
    for (;;) {
      const nowMs = this.#clock.nowMs();
      const step = this.#pacer.next(nowMs);
      if (step.kind === 'empty') return;
      if (step.kind === 'wait') {
        this.#armed = this.#clock.at(step.untilMs, () => {
          this.#armed = null;
          this.#drain();
        });
        return;
      }
      this.#take(step, nowMs);
    }
  }

  #take(step: PacerStep, nowMs: MonotonicMs): void {
    if (step.kind === 'drop') this.counters.count(step.name);
    if (step.kind === 'send') this.#send(step.message, nowMs);
  }

  #wrapped(message: AirMessage, nowMs: MonotonicMs): Uint8Array {
    const { settings } = this;
    switch (settings.link) {
      case 'udp-carrier':
        return withCarrier(settings.unitSerial, this.#clock.utcAt(nowMs).utcMs, message.bytes);
      case 'udp-forward':
        return forwardText(settings.forward, message);
      default:
        return message.bytes;
    }
  }

  #send(message: AirMessage, nowMs: MonotonicMs): void {
    const { settings } = this;
    const bytes = this.#wrapped(message, nowMs);
    this.#lastSentMs = nowMs;
    this.#ages.add(nowMs - (this.#since.get(message) ?? nowMs));
    try {
      this.#socket.send(bytes, settings.port, settings.host, (error) => this.#done(message, error));
    } catch (error) {
      // A port or address that cannot be is thrown at once; the other units must not feel it.
      this.#failed(messageOf(error));
    }
  }

  #done(message: AirMessage, error: Error | null): void {
    if (error) return this.#failed(messageOf(error));
    if (this.#fault) this.#log.info('rsu_send_recovered', { rsu: this.settings.id });
    this.#fault = null;
    this.counters.count(`rsu_sent_${message.type}`);
  }

  status(): RsuStatus {
    return {
      id: this.settings.id,
      sent: this.counters.toJSON(),
      lastSentMs: this.#lastSentMs,
      fault: this.#fault,
      ages: this.#ages.counts(),
    };
  }

  close(): void {
    this.#closed = true;
    this.#armed?.();
    this.#pacer.clear();
    this.#socket.close();
  }
}

/** One unit that takes SPAT of a node. */
export interface SpatTarget {
  readonly host: string;
  readonly port: number;
  readonly headerOctets: number;
  /** Where the unit takes text: what stands before the octets of a message; else null. */
  readonly textHead: ((message: AirMessage) => string) | null;
  wrap(bytes: Uint8Array): Uint8Array;
}

/** A gated message for units that a thread of the child serves. */
export interface HandedOver {
  readonly rsuIds: readonly string[];
  readonly message: AirMessage;
  /** When the newest evidence in it had come; without any, when it was handed over. */
  readonly sinceMs: number;
}

/** All units of a site. */
export interface RsuLinks {
  /**
   * Hands a gated message to every unit that wants it. A slow unit never delays another.
   * @param sinceMs when the newest evidence in it had come; null without any.
   */
  send(message: AirMessage, sinceMs?: number | null): void;
  /** The units that are served from here; those of threads are told by the child. */
  status(): readonly RsuStatus[];
  /** Where SPAT of a node goes, and how it is wrapped there: for the guard thread. */
  spatTargets(node: string): readonly SpatTarget[];
  close(): void;
}

function targetOf(settings: RsuSettings, clock: Clock): SpatTarget {
  const carrier = settings.link === 'udp-carrier';
  return {
    host: settings.host,
    port: settings.port,
    headerOctets: carrier ? CARRIER_OCTETS : 0,
    textHead: settings.link === 'udp-forward'
      ? (message) => forwardHead(settings.forward, message)
      : null,
    wrap: (bytes) =>
      carrier ? withCarrier(settings.unitSerial, clock.utcAt().utcMs, bytes) : bytes,
  };
}

/**
 * Opens the ways to the units. Errors: `Fault` PORT_UNAVAILABLE for an interface not there.
 * @param handOver takes what is for units that a thread of the child serves.
 */
export function createRsuLinks(
  site: Site, clock: Clock, log: Log, handOver: (handed: HandedOver) => void = () => undefined,
): RsuLinks {
  const rows = site.rsus.map((settings) => {
    const area = site.road.rsuAreas.find(({ rsuId }) => rsuId === settings.id);
    return { settings, nodes: area ? new Set(area.nodes.map(nodeKey)) : null };
  });
  const slow = rows.filter(({ settings }) => linkKinds[settings.link].place === 'thread');
  const links: { readonly link: RsuLink; readonly nodes: Nodes }[] = [];
  try {
    for (const { settings, nodes } of rows) {
      if (linkKinds[settings.link].place !== 'parent') continue;
      links.push({ link: new RsuLink(settings, site.air.spreadMs, clock, log), nodes });
    }
  } catch (error) {
    for (const { link } of links) link.close();
    throw error;
  }
  return {
    send(message, sinceMs = null) {
      const since = sinceMs ?? clock.nowMs();
      for (const { link, nodes } of links) {
        if (wants(link.settings, nodes, message)) link.offer(message, since);
      }
      const rsuIds = slow.flatMap(({ settings, nodes }) =>
        wants(settings, nodes, message) ? [settings.id] : [],
      );
      if (rsuIds.length > 0) handOver({ rsuIds, message, sinceMs: since });
    },
    status: () => links.map(({ link }) => link.status()),
    spatTargets: (node) =>
      links
        .filter(({ link, nodes }) => (nodes?.has(node) ?? true) && link.takesSpat)
        .map(({ link }) => targetOf(link.settings, clock)),
    close: () => {
      for (const { link } of links) link.close();
    },
  };
}
