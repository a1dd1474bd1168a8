import type { AirMessageType } from '../model/message.ts';
import type { RsuLinkKind, RsuMqttSettings, RsuForwardSettings } from '../model/site.ts';

/** What one kind of link is: a row. */
export interface LinkKindRow {
  /**
   * `parent`: a datagram beside the signals loop, for which nothing waits. `thread`: a thread of
   * the child that takes gated octets with a deadline.
   */
  readonly place: 'parent' | 'thread';
  /** What can be said in its form; the rest is left out by name. */
  readonly types: readonly AirMessageType[];
}

const all: readonly AirMessageType[] = ['SPAT', 'MAP', 'RSM', 'RSI', 'SSM', 'RSC', 'OTHER'];

/** The kinds of link. A new one is a row here and a composer in `slowunit.ts`. */
export const linkKinds: Readonly<Record<RsuLinkKind, LinkKindRow>> = {
  'udp-raw': { place: 'parent', types: all },
  'udp-carrier': { place: 'parent', types: all },
  'udp-forward': { place: 'parent', types: all },
  'udp-perceptron': { place: 'thread', types: ['RSM'] },
  'mqtt-carrier': { place: 'thread', types: all },
  'mqtt-json': { place: 'thread', types: ['SPAT', 'MAP', 'RSM', 'RSI'] },
};

/** Where a unit behind a broker leaves its settings out. */
export const mqttDefaults: RsuMqttSettings = {
  tls: false,
  username: null,
  passwordEnv: null,
  topicDown: 'V2X.RSU.{type}.{rsu}.DOWN',
  topicAck: 'V2X.RSU.{type}.{rsu}.DOWN.ACK',
  alertS: 10,
  countdownMaxMs: 150,
};

/** Where a unit that takes immediate forward text leaves its settings out. */
export const forwardDefaults: RsuForwardSettings = {
  txMode: 'CONT', txChannel: 183, signature: true,
};
