import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { TextError } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import { plusMs } from '../base/time.ts';
import type { OpenPort, PortDeps, StreamChunk } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import { AllowList, bindAddress, joinAddress, plainAddress } from './address.ts';
import { limitOf } from './limits.ts';
import { BasePort, epochCounter } from './open-port.ts';

type TcpSettings = Extract<PortSettings, { transport: 'tcp' }>;

const KEEP_ALIVE_MS = 5000;
/** A connection that is not made within this time is given up. */
export const CONNECT_MS = 5000;

/** Opens a TCP port, as client or as server for one peer at a time. */
export function openTcp(settings: TcpSettings, deps: PortDeps): OpenPort<'tcp'> {
  return settings.role === 'client' ? openClient(settings, deps) : openServer(settings, deps);
}

/** Socket options that every stream of ours has. */
function prepare(socket: Socket): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
}

/**
 * Writes unless too much waits already: a peer that does not read must not fill our memory. False
 * when it did not go: `send_closed` or `send_overflow` is counted.
 */
export function writeBounded(socket: Socket, data: Uint8Array, deps: PortDeps): boolean {
  if (socket.connecting || !socket.writable) {
    deps.count('send_closed');
    return false;
  }
  if (socket.writableLength + data.length > limitOf(deps, 'sendOctetsMax')) {
    deps.count('send_overflow');
    return false;
  }
  socket.write(data);
  return true;
}

/** Ends a socket now; resolves when the system has let it go. */
function destroy(socket: Socket | null): Promise<void> {
  return new Promise((resolve) => {
    if (!socket || socket.closed) return resolve();
    socket.once('close', () => resolve());
    socket.destroy();
  });
}

/** What a client connection tells; `closed` comes once, after everything else. */
export interface ClientEvents {
  connected(socket: Socket): void;
  data(data: Buffer): void;
  closed(cause: Error): void;
}

/** Connects with a time limit; returns the socket, whose end is told by `closed` alone. */
export function connectClient(
  to: { readonly host: string; readonly port: number; readonly localAddress?: string },
  deps: PortDeps,
  events: ClientEvents,
): Socket {
  const socket = connect(to);
  let cause: Error | null = null;
  const cancel = deps.clock.at(plusMs(deps.clock.nowMs(), CONNECT_MS), () => {
    socket.destroy(new TextError(filledText(texts.connect_silent, { ms: CONNECT_MS })));
  });
  socket.on('connect', () => {
    cancel();
    prepare(socket);
    events.connected(socket);
  });
  socket.on('data', (data) => events.data(data));
  socket.on('error', (error) => (cause = error));
  socket.on('close', () => {
    cancel();
    events.closed(cause ?? new TextError(texts.peer_closed));
  });
  return socket;
}

function openClient(settings: TcpSettings, deps: PortDeps): OpenPort<'tcp'> {
  const port = new BasePort('tcp', deps);
  const { host, port: number } = settings;
  let localAddress: string | null;
  try {
    const any = host.includes(':') ? '::' : '0.0.0.0';
    localAddress =
      settings.interface === null ? null : bindAddress(deps.name, any, settings.interface);
  } catch (cause) {
    port.failed(cause, texts.check_interface);
    return port;
  }
  const epoch = epochCounter(deps)();
  const to = { host, port: number, ...(localAddress === null ? {} : { localAddress }) };
  const socket = connectClient(to, deps, {
    connected: () => port.ready(),
    data: (data) => port.deliver({ data, epoch }),
    closed: (cause) => {
      const address = joinAddress(host, number);
      port.failed(cause, filledText(texts.check_device, { address }));
    },
  });
  port.carry({
    send: ({ data }) => writeBounded(socket, data, deps),
    close: () => destroy(socket),
    address: () =>
      socket.localAddress === undefined || socket.localPort === undefined
        ? null
        : { host: socket.localAddress, port: socket.localPort },
  });
  return port;
}

function openServer(settings: TcpSettings, deps: PortDeps): OpenPort<'tcp'> {
  const port = new BasePort('tcp', deps);
  const allow = new AllowList(settings.allow);
  const nextEpoch = epochCounter(deps);
  let peer: Socket | null = null;
  let host: string;
  try {
    host = bindAddress(deps.name, settings.host, settings.interface);
  } catch (cause) {
    port.failed(cause, texts.check_interface);
    return port;
  }
  const server: Server = createServer({ noDelay: true }, (socket) => {
    // A refused peer may send or reset before it is gone; both are nothing to us.
    socket.on('error', () => undefined);
    const from = plainAddress(socket.remoteAddress ?? '');
    if (!allow.has(from, joinAddress(from, socket.remotePort ?? 0))) {
      deps.count('tcp_source_refused');
      socket.destroy();
      return;
    }
    if (peer) {
      deps.count('tcp_second_peer');
      socket.destroy();
      return;
    }
    peer = socket;
    prepare(socket);
    const epoch = nextEpoch();
    socket.on('data', (data: Buffer) => port.deliver({ data, epoch }));
    socket.on('close', () => {
      if (peer === socket) peer = null;
      if (port.isOpen) deps.count('tcp_peer_left');
    });
  });
  server.on('error', (cause) => {
    const address = joinAddress(host, settings.port);
    port.failed(cause, filledText(texts.check_free, { address }));
  });
  port.carry({
    send: ({ data }: StreamChunk) => {
      if (peer) return writeBounded(peer, data, deps);
      deps.count('send_closed');
      return false;
    },
    close: async () => {
      const gone = new Promise<void>((resolve) => server.close(() => resolve()));
      await destroy(peer);
      await gone;
    },
    address() {
      const own = server.address();
      return own && typeof own === 'object' ? { host: own.address, port: own.port } : null;
    },
  });
  server.listen({ host, port: settings.port }, () => port.ready());
  return port;
}
