/**
 * The simulated devices of a site on real loopback sockets at real pace: the far ends of the site's
 * own ports. Refuses any address outside loopback (rule R25).
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import type { SystemClock } from './base/clock.ts';
import { Fault } from './base/fault.ts';
import { filledText } from './base/text.ts';
import { daemonFaultTexts as texts } from './base/texts/daemon.ts';
import { factTexts } from './base/texts/faults.ts';
import type { CanFrame, Datagram, MqttMessage, PortMessage, StreamChunk } from './model/port.ts';
import type { PortSettings, Site } from './model/site.ts';
import { devicesOf } from './simulaterun.ts';
import type { SimulationOptions } from './simulate/devices.ts';
import { runLive } from './simulate/run.ts';
import type { World } from './simulate/world.ts';
import { encodeSlcan, SlcanDecoder } from './transport/slcan.ts';

/** The far end of one port. */
interface FarEnd {
  send(message: PortMessage): void;
  close(): Promise<void>;
}

/** Running devices. */
export interface LiveDevices {
  readonly world: World;
  stop(): Promise<void>;
}

const isLoopback = (host: string): boolean => /^127\.|^::1$|^localhost$/.test(host);

function refuseOutside(name: string, host: string): void {
  if (isLoopback(host)) return;
  throw new Fault('REFUSED', {
    subject: filledText(factTexts.port, { name }),
    expected: texts.device_loopback,
    got: host,
    next: texts.device_loopback_next,
  });
}

type Received = (message: PortMessage) => void;

async function udpEnd(settings: Extract<PortSettings, { transport: 'udp' }>): Promise<(received: Received) => FarEnd> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(settings.remotePort ?? 0, settings.remoteHost ?? '127.0.0.1', () => resolve());
  });
  socket.removeAllListeners('error');
  socket.on('error', () => undefined); // the box may be away; a device goes on
  return (received) => {
    socket.on('message', (data, from) =>
      received({ data: new Uint8Array(data), from: `${from.address}:${from.port}` } satisfies Datagram),
    );
    return {
      send: (message) => socket.send((message as Datagram).data, settings.listenPort, settings.listenHost),
      close: () => new Promise((resolve) => socket.close(() => resolve())),
    };
  };
}

/** Listens where the box's client connects; `decode` turns its bytes into messages. */
async function tcpEnd(
  host: string,
  port: number,
  codec: {
    encode(message: PortMessage): string | Uint8Array | null;
    reader(): (data: Uint8Array) => readonly PortMessage[];
  },
): Promise<(received: Received) => FarEnd> {
  const sockets = new Set<Socket>();
  let heard: Received = () => undefined;
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const read = codec.reader();
    socket.on('data', (data) => {
      for (const message of read(new Uint8Array(data))) heard(message);
    });
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return (received) => {
    heard = received;
    return {
      send(message) {
        const bytes = codec.encode(message);
        if (bytes === null) return;
        for (const socket of sockets) if (socket.writableLength < 1 << 20) socket.write(bytes);
      },
      close: () =>
        new Promise((resolve) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => resolve());
        }),
    };
  };
}

const slcanCodec = {
  encode: (message: PortMessage) => encodeSlcan(message as CanFrame),
  reader() {
    let frames: CanFrame[] = [];
    const decoder = new SlcanDecoder((frame) => frames.push(frame), () => undefined);
    return (data: Uint8Array): readonly PortMessage[] => {
      frames = [];
      decoder.accept(data);
      return frames;
    };
  },
};

const streamCodec = {
  encode: (message: PortMessage) => (message as StreamChunk).data,
  reader: () => (data: Uint8Array): readonly PortMessage[] => [{ data, epoch: 1 }],
};

function mqttEnd(settings: Extract<PortSettings, { transport: 'mqtt' }>): (received: Received) => FarEnd {
  const client: MqttClient = mqtt.connect(settings.url, { protocolVersion: 4, reconnectPeriod: 500 });
  client.on('error', () => undefined);
  client.on('connect', () => (client.stream as Partial<Socket>).setNoDelay?.(true));
  return () => ({
    send(message) {
      const { topic, payload } = message as MqttMessage;
      if (client.connected) client.publish(topic, Buffer.from(payload), { qos: 0 });
    },
    close: () => client.endAsync(true),
  });
}

async function farEnd(name: string, settings: PortSettings): Promise<(received: Received) => FarEnd> {
  switch (settings.transport) {
    case 'udp':
      refuseOutside(name, settings.listenHost);
      if (settings.remoteHost !== null) refuseOutside(name, settings.remoteHost);
      return udpEnd(settings);
    case 'tcp':
      refuseOutside(name, settings.host);
      return tcpEnd(settings.host, settings.port, streamCodec);
    case 'mqtt':
      refuseOutside(name, new URL(settings.url).hostname);
      return mqttEnd(settings);
    case 'can':
      if (settings.bus === 'slcan-tcp') {
        refuseOutside(name, settings.host);
        return tcpEnd(settings.host, settings.port, slcanCodec);
      }
      break;
    case 'serial':
    case 'file':
      break;
  }
  throw new Fault('REFUSED', {
    subject: filledText(factTexts.port, { name }),
    expected: texts.device_transport,
    got: settings.transport,
    next: texts.device_transport_next,
  });
}

/** Starts every device of a site. Errors: `Fault` REFUSED, or the system's own for a port in use. */
export async function startLiveDevices(options: {
  readonly site: Site;
  readonly clock: SystemClock;
  readonly seed: number;
  readonly users: number;
  readonly rules?: SimulationOptions['rules'];
  readonly lampFaults?: SimulationOptions['lampFaults'];
}): Promise<LiveDevices> {
  const { site, clock, seed, users, rules, lampFaults } = options;
  const used = new Set([
    ...site.sensors.filter(({ enabled }) => enabled).map(({ port }) => port),
    ...site.controllers.filter(({ enabled }) => enabled).map(({ port }) => port),
  ]);
  const ends = new Map<string, FarEnd>();
  const live: { receive(port: string, message: PortMessage): void } = { receive: () => undefined };
  for (const [name, settings] of Object.entries(site.ports)) {
    if (!used.has(name)) continue;
    const make = await farEnd(name, settings);
    ends.set(name, make((message) => live.receive(name, message)));
  }
  const running = runLive(
    {
      site,
      seed,
      users,
      ...devicesOf(site, seed),
      ...(rules ? { rules } : {}),
      ...(lampFaults ? { lampFaults } : {}),
    },
    clock,
    (port, message) => ends.get(port)?.send(message),
  );
  live.receive = (port, message) => running.receive(port, message);
  return {
    world: running.simulation.world,
    async stop() {
      running.stop();
      await Promise.all([...ends.values()].map((end) => end.close()));
    },
  };
}
