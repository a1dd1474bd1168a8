import type { MqttClient } from 'mqtt';
import type { Socket } from 'node:net';
import { TextError } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { portFaultTexts as texts } from '../base/texts/ports.ts';
import type { OpenPort, PortDeps } from '../model/port.ts';
import type { PortSettings } from '../model/site.ts';
import { limitOf } from './limits.ts';
import { BasePort } from './open-port.ts';
import { CONNECT_MS } from './tcp.ts';

type MqttSettings = Extract<PortSettings, { transport: 'mqtt' }>;

/** Object lists with images or outlines are refused; a full DeepStream message is far below. */
const PAYLOAD_MAX = 256 << 10;
/** The longest topic, and some octets of header. Source: MQTT 5.0, section 1.5.4. */
const TOPIC_MAX = 66_000;
/** Publishes that may wait for the socket. */
const WAITING_MAX = 256;

const clientOptions = {
  reconnectPeriod: 0,
  writeCache: false, // 65 536 numbers as buffers, made at the first packet: 6 MB for nothing
  connectTimeout: CONNECT_MS,
  keepalive: 5,
  clean: true,
  queueQoSZero: false,
  resubscribe: false,
} as const;

/**
 * Opens a subscription at a broker: version 5, or 3.1.1 where the broker knows no 5.
 * Reconnecting is the supervisor's, so the client's own is off.
 */
export function openMqtt(settings: MqttSettings, deps: PortDeps): OpenPort<'mqtt'> {
  const port = new BasePort('mqtt', deps);
  let client: MqttClient | null = null;
  let waiting = 0;
  let closed = false;
  const advice = filledText(texts.check_broker, { url: hideUser(settings.url) });
  const fail = (cause: unknown): void =>
    port.failed(cause, advice, texts.broker);
  const connect = async (protocolVersion: 5 | 4): Promise<void> => {
    const { connect: open } = await import('mqtt');
    if (closed) return;
    // Version 5 lets us ask the broker to keep far larger packets to itself.
    const maximumPacketSize = 2 * limitOf(deps, 'messageOctetsMax', PAYLOAD_MAX) + TOPIC_MAX;
    const asked = protocolVersion === 5 ? { properties: { maximumPacketSize } } : {};
    client = open(settings.url, { ...clientOptions, ...asked, protocolVersion });
    let connected = false;
    let cause: unknown = null;
    client.on('connect', () => {
      connected = true;
      // Nagle's algorithm holds small publishes for up to 40 ms; off on every connection.
      (client!.stream as Partial<Socket>).setNoDelay?.(true);
    });
    client.on('error', (error) => (cause = error));
    client.on('close', () => {
      const refusal = /protocol version/i.test(String(cause));
      if (!connected && protocolVersion === 5 && refusal && !closed) {
        client!.end(true);
        connect(4).catch(fail);
      } else fail(cause ?? new TextError(texts.broker_closed));
    });
    listen(client, settings.topics, port, deps, fail);
  };
  connect(5).catch(fail);
  port.carry({
    send({ topic, payload }) {
      if (!client?.connected) {
        deps.count('send_closed');
        return false;
      }
      if (waiting >= WAITING_MAX) {
        deps.count('send_overflow');
        return false;
      }
      waiting++;
      client.publish(topic, Buffer.from(payload), { qos: 0 }, (cause) => {
        waiting--;
        if (cause) deps.count('send_failed');
      });
      return true;
    },
    close() {
      closed = true;
      return new Promise((resolve) => (client ? client.end(true, {}, () => resolve()) : resolve()));
    },
  });
  return port;
}

function listen(
  client: MqttClient,
  topics: readonly string[],
  port: BasePort<'mqtt'>,
  deps: PortDeps,
  fail: (cause: unknown) => void,
): void {
  const octetsMax = limitOf(deps, 'messageOctetsMax', PAYLOAD_MAX);
  client.on('message', (topic, payload) => {
    if (payload.length > octetsMax) deps.count('mqtt_oversize');
    else port.deliver({ topic, payload });
  });
  client.on('connect', () => {
    if (topics.length === 0) return port.ready();
    client.subscribe([...topics], { qos: 0 }, (cause, granted) => {
      const refused = granted?.filter(({ qos }) => qos >= 128).map(({ topic }) => topic) ?? [];
      if (cause) fail(cause);
      else if (refused.length > 0) {
        fail(new TextError(filledText(texts.topics_refused, { topics: refused.join(', ') })));
      } else port.ready();
    });
  });
}

/** An address without user and password, for people to see. */
function hideUser(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
