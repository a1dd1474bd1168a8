import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { filledText } from '../base/text.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import type { OpenPort, PortDeps } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import { AllowList, bindAddress, joinAddress, plainAddress, splitAddress } from './address.ts';
import { limitOf, TokenBucket } from './limits.ts';
import { BasePort } from './open-port.ts';

type UdpSettings = Extract<PortSettings, { transport: 'udp' }>;

/** Entries of the allow-list whose rate is watched; only allowed ones get a bucket, so the list cannot be flooded. */
const SOURCES_MAX = 256;

/** Decides which datagrams are heard: size, source, rate. The order keeps refusal cheap. */
export class UdpFilter {
  readonly #deps: PortDeps;
  readonly #allow: AllowList;
  readonly #octetsMax: number;
  readonly #perS: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(allow: readonly string[], deps: PortDeps) {
    this.#deps = deps;
    this.#allow = new AllowList(allow);
    this.#octetsMax = limitOf(deps, 'messageOctetsMax');
    this.#perS = limitOf(deps, 'sourcePerS');
  }

  /** Whether a datagram is heard; counts why not. */
  hears(host: string, from: string, octets: number, nowMs: number): boolean {
    if (!this.#allow.has(host, from)) {
      this.#deps.count('udp_source_refused');
      return false;
    }
    if (octets > this.#octetsMax) {
      this.#deps.count('udp_oversize');
      return false;
    }
    // A port is the sender's to choose: only one that the list names has a bucket of its own.
    const source = this.#allow.names(from) ? from : host;
    let bucket = this.#buckets.get(source);
    if (!bucket) {
      if (this.#buckets.size >= SOURCES_MAX) {
        this.#buckets.delete(this.#buckets.keys().next().value!);
      }
      bucket = new TokenBucket(this.#perS, nowMs);
      this.#buckets.set(source, bucket);
    }
    if (bucket.take(nowMs)) return true;
    this.#deps.count('udp_flood');
    return false;
  }
}

/** Opens a UDP port: bound to one address, hearing only its allow-list. */
export function openUdp(settings: UdpSettings, deps: PortDeps): OpenPort<'udp'> {
  const port = new BasePort('udp', deps);
  let socket: Socket;
  let host: string;
  try {
    host = bindAddress(deps.name, settings.listenHost, settings.interface);
    socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' });
  } catch (cause) {
    port.failed(cause, texts.check_address);
    return port;
  }
  const filter = new UdpFilter(settings.allow, deps);
  let lastInfo: { address: string; port: number } | null = null;
  let lastHost = '';
  let lastFrom = '';
  socket.on('message', (data: Buffer, info: RemoteInfo) => {
    const receivedMs = deps.clock.nowMs();
    // Sources repeat, so their text is made once.
    if (lastInfo?.address !== info.address || lastInfo.port !== info.port) {
      lastInfo = { address: info.address, port: info.port };
      lastHost = plainAddress(info.address);
      lastFrom = joinAddress(lastHost, info.port);
    }
    if (filter.hears(lastHost, lastFrom, data.length, receivedMs)) {
      port.deliver({ data, from: lastFrom }, receivedMs);
    }
  });
  socket.on('error', (cause) => {
    const address = joinAddress(host, settings.listenPort);
    port.failed(cause, filledText(texts.check_free, { address }));
  });
  carryUdp(port, socket, settings, deps);
  socket.bind({ address: host, port: settings.listenPort }, () => {
    try {
      socket.setRecvBufferSize(limitOf(deps, 'receiveBufferOctets'));
      if ((settings.remoteHost ?? '').endsWith('.255')) socket.setBroadcast(true);
      port.ready();
    } catch (cause) {
      port.failed(cause, texts.check_buffers);
    }
  });
  return port;
}

function carryUdp(
  port: BasePort<'udp'>,
  socket: Socket,
  settings: UdpSettings,
  deps: PortDeps,
): void {
  const { remoteHost, remotePort } = settings;
  const remote =
    remoteHost !== null && remotePort !== null ? { host: remoteHost, port: remotePort } : null;
  let closed = false;
  const done = (cause: Error | null): void => {
    if (cause) deps.count('send_failed');
  };
  port.carry({
    send({ data, from }) {
      const to = remote ?? splitAddress(from);
      if (!to) {
        deps.count('udp_no_destination');
        return false;
      }
      if (socket.getSendQueueSize() > limitOf(deps, 'sendOctetsMax')) {
        deps.count('send_overflow');
        return false;
      }
      socket.send(data, to.port, to.host, done);
      return true;
    },
    close: () =>
      new Promise((resolve) => {
        if (closed) return resolve();
        closed = true;
        socket.close(() => resolve());
      }),
    address() {
      if (closed || !port.isOpen) return null;
      const { address, port: number } = socket.address();
      return { host: address, port: number };
    },
  });
}
