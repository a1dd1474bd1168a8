import { linkTypes } from '../../config/links.ts';
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

const placed = (link: RsuLinkKind, place: LinkKindRow['place']): LinkKindRow => ({
  place, types: linkTypes[link],
});

/** The kinds of link. A new one is a row here and in `config/links.ts`, and a form. */
export const linkKinds: Readonly<Record<RsuLinkKind, LinkKindRow>> = {
  'udp-raw': placed('udp-raw', 'parent'),
  'udp-carrier': placed('udp-carrier', 'parent'),
  'udp-forward': placed('udp-forward', 'parent'),
  'udp-perceptron': placed('udp-perceptron', 'thread'),
  'mqtt-carrier': placed('mqtt-carrier', 'thread'),
  'mqtt-json': placed('mqtt-json', 'thread'),
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
