import mqtt from 'mqtt';
import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import type { RsuSettings } from '../model/site.ts';
import { fromCarrier } from './carrier.ts';
import { mqttDefaults } from './kinds.ts';
import type { HeardMessage, RsuSimulator } from './simulator.ts';
import { topicOf } from './topic.ts';

const TYPES = ['SPAT', 'MAP', 'RSM', 'RSI', 'SSM', 'RSC', 'OTHER'] as const;

/** What a simulated unit says to a message that it was asked to acknowledge; null says nothing. */
export type Answer = (type: string, seqNum: string) => object | null;

/** A unit behind a broker that takes, reads and counts, and acknowledges where it is asked to. */
export interface MqttRsuSimulator extends RsuSimulator {
  /** Ends its connection as a unit that loses power does. */
  drop(): void;
}

interface Options {
  readonly settings: RsuSettings;
  readonly clock: Clock;
  /** Throws on octets that are no message; counted as `undecodable`. */
  decode(bytes: Uint8Array): unknown;
  heard?(message: HeardMessage & { readonly serial: string }): void;
  readonly answer?: Answer;
}

const good: Answer = (_type, seqNum) => ({ seqNum, errorCode: 0 });

/** Octets and serial of a payload: behind the carrier, or JSON as it is. */
function opened(settings: RsuSettings, payload: Uint8Array) {
  if (settings.link === 'mqtt-json') return { bytes: payload, serial: '' };
  return fromCarrier(payload);
}

/** Starts a simulated unit behind a broker; resolves when it listens. */
export async function startMqttRsuSimulator(options: Options): Promise<MqttRsuSimulator> {
  const { settings, clock, answer = good } = options;
  const { topicDown, topicAck } = settings.mqtt ?? mqttDefaults;
  const counters = new Counters();
  const types = new Map(TYPES.map((type) => [topicOf(topicDown, type, settings), type]));
  const client = await mqtt.connectAsync(`mqtt://${settings.host}:${settings.port}`, {
    protocolVersion: 4, reconnectPeriod: 0, writeCache: false,
  });
  client.on('error', () => counters.count('connection_failed'));
  client.on('message', (topic, payload) => {
    const type = types.get(topic) ?? 'OTHER';
    const whole = opened(settings, new Uint8Array(payload));
    if (!whole) return counters.count('bad_carrier');
    try {
      const value = options.decode(whole.bytes);
      counters.count(type);
      const atMs = clock.nowMs();
      options.heard?.({ type, bytes: whole.bytes, value, atMs, serial: whole.serial });
      const { ack, seqNum } = (value ?? {}) as { ack?: boolean; seqNum?: string };
      const said = ack === true && seqNum !== undefined ? answer(type, seqNum) : null;
      if (said) client.publish(topicOf(topicAck, type, settings), JSON.stringify(said));
    } catch {
      counters.count('undecodable');
    }
  });
  await client.subscribeAsync([...types.keys()]);
  return {
    counters,
    port: settings.port,
    drop: () => void client.stream.destroy(),
    close: () => client.endAsync(true),
  };
}
