import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { Counters } from '../base/counters.ts';
import { unframed } from './perceptron.ts';
import type { RsuSimulator } from './simulator.ts';

/** Starts a unit that takes perception sets in datagrams, decodes and counts them. */
export async function startPerceptronSimulator(options: {
  readonly host: string;
  readonly port: number;
  /** Throws on octets that are no set; counted as `undecodable`. */
  decode(payload: Uint8Array): unknown;
  heard?(value: unknown): void;
}): Promise<RsuSimulator> {
  const counters = new Counters();
  const socket = createSocket('udp4');
  socket.on('message', (datagram) => {
    const payload = unframed(new Uint8Array(datagram));
    if (!payload) return counters.count('bad_frame');
    try {
      const value = options.decode(payload);
      counters.count('RSM');
      options.heard?.(value);
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
