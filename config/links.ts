import type { AirMessageType } from '../src/model/message.ts';
import type { RsuLinkKind } from '../src/model/site.ts';

const all: readonly AirMessageType[] = ['SPAT', 'MAP', 'RSM', 'RSI', 'SSM', 'RSC', 'OTHER'];

/** What can be said in the form of each kind of link: the checker and the links read the same. */
export const linkTypes: Readonly<Record<RsuLinkKind, readonly AirMessageType[]>> = {
  'udp-raw': all,
  'udp-carrier': all,
  'udp-forward': all,
  'udp-perceptron': ['RSM'],
  'mqtt-carrier': all,
  'mqtt-json': ['SPAT', 'MAP', 'RSM', 'RSI'],
};
