import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import type { MonotonicMs } from '../base/time.ts';
import type { RsuLinkKind } from '../model/site.ts';
import { fromCarrier } from './carrier.ts';
import { readForwardText } from './forward.ts';

/** One message that the simulated unit took. */
export interface HeardMessage {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly value: unknown;
  readonly atMs: MonotonicMs;
}

/** A unit that listens on loopback, decodes and counts. */
export interface RsuSimulator {
  readonly counters: Counters;
  readonly port: number;
  close(): Promise<void>;
}

/** Ways in which octets come to a unit that decodes them. */
export type UnitWrap = 'raw' | 'carrier' | 'forward';

const unwrap: Readonly<Record<UnitWrap, (whole: Uint8Array) => Uint8Array | undefined>> = {
  raw: (whole) => whole,
  carrier: (whole) => fromCarrier(whole)?.bytes,
  forward: (whole) => readForwardText(whole)?.bytes,
};

/** How a unit of this kind of link is spoken to; null for one that is no such unit. */
export function wrapOf(link: RsuLinkKind): UnitWrap | null {
  if (link === 'udp-raw') return 'raw';
  if (link === 'udp-carrier') return 'carrier';
  return link === 'udp-forward' ? 'forward' : null;
}

/** First octet of a message → its type; the rest is the decoder's. */
const typeOf = (bytes: Uint8Array): string =>
  (['BSM', 'MAP', 'RSM', 'SPAT', 'RSI'] as const)[(bytes[0] ?? 0xff) >> 4] ?? 'OTHER';

/**
 * Starts a simulated unit.
 * @param options.decode throws on bytes that are no message; counted as `undecodable`.
 */
export async function startRsuSimulator(options: {
  readonly host: string;
  readonly port: number;
  /** What stands around the octets: nothing, the 18-octet carrier, or immediate forward text. */
  readonly form: UnitWrap;
  readonly clock: Clock;
  decode(bytes: Uint8Array): unknown;
  heard?(message: HeardMessage): void;
}): Promise<RsuSimulator> {
  const counters = new Counters();
  const socket = createSocket('udp4');
  socket.on('message', (whole) => {
    const atMs = options.clock.nowMs();
    const bytes = unwrap[options.form](new Uint8Array(whole));
    if (!bytes) return counters.count('bad_carrier');
    const type = typeOf(bytes);
    try {
      const value = options.decode(bytes);
      counters.count(type);
      options.heard?.({ type, bytes, value, atMs });
    } catch {
      counters.count('undecodable');
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(options.port, options.host, () => resolve());
  });
  return {
    counters,
    port: (socket.address() as AddressInfo).port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
