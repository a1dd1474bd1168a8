/** A slow unit of one kind, put together: its form, its way, its link. */
import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import type { Log } from '../base/log.ts';
import type { AirMessage } from '../model/message.ts';
import type { RsuLinkKind, RsuSettings } from '../model/site.ts';
import { withCarrier } from './carrier.ts';
import { linkKinds, mqttDefaults } from './kinds.ts';
import { Its0117Form } from './its0117/form.ts';
import type { ReadBack } from './its0117/form.ts';
import type { Rsm } from './its0117/frames.ts';
import { MqttWay } from './mqttway.ts';
import { addressOf } from './outward.ts';
import { framed, perceptronSet } from './perceptron.ts';
import { SlowLink } from './slowlink.ts';
import type { UnitForm, UnitWay } from './slowlink.ts';
import { topicOf } from './topic.ts';
import { UdpWay } from './udpway.ts';

/** What a unit is made of. */
export interface SlowUnitDeps {
  readonly settings: RsuSettings;
  readonly spreadMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** The frame of gated octets, in the JSON form of the codec. Throws on octets that are none. */
  decode(profile: string, bytes: Uint8Array): unknown;
  /** Reads what a unit shall encode again, by the gate's own eyes. */
  readonly readBack: ReadBack;
  /** The same for a perception set. */
  readBackSet(message: AirMessage, set: Uint8Array): string | null;
}

interface Made {
  readonly form: UnitForm;
  readonly way: UnitWay;
}

type Maker = (deps: SlowUnitDeps, counters: Counters) => Made;

const mqttCarrier: Maker = ({ settings, clock, log }) => {
  const { topicDown } = settings.mqtt ?? mqttDefaults;
  return {
    way: new MqttWay(settings, log, {
      topics: [], heard: () => undefined, connected: () => undefined,
    }),
    form: {
      write: ({ bytes, type }, nowMs) => [{
        topic: topicOf(topicDown, type, settings),
        payload: withCarrier(settings.unitSerial, clock.utcAt(nowMs).utcMs, bytes),
      }],
    },
  };
};

const ACKNOWLEDGED = ['MAP', 'RSI'] as const;

const mqttJson: Maker = ({ settings, clock, log, decode, readBack }, counters) => {
  const { topicAck } = settings.mqtt ?? mqttDefaults;
  const form = new Its0117Form({ settings, clock, counters, decode, readBack });
  const topics = ACKNOWLEDGED.map((type) => topicOf(topicAck, type, settings));
  const way = new MqttWay(settings, log, {
    topics,
    heard(topic, text) {
      const type = ACKNOWLEDGED[topics.indexOf(topic)];
      if (type) form.heard(type, text);
    },
    connected: () => form.connected(),
  });
  return { form, way };
};

const perceptron: Maker = ({ settings, clock, decode, readBackSet }) => {
  let number = 0;
  return {
    way: new UdpWay(settings, addressOf(settings)),
    form: {
      write(message, nowMs) {
        const { rsmFrame } = decode(message.profile, message.bytes) as { readonly rsmFrame: Rsm };
        number = (number + 1) % 0x7fffffff;
        const { utcMs } = clock.utcAt(nowMs);
        const set = perceptronSet(rsmFrame, settings.unitSerial, number, utcMs);
        if (readBackSet(message, set) !== null) return 'rsu_read_back';
        return [{ topic: '', payload: framed(set) }];
      },
    },
  };
};

const makers: Partial<Record<RsuLinkKind, Maker>> = {
  'mqtt-carrier': mqttCarrier, 'mqtt-json': mqttJson, 'udp-perceptron': perceptron,
};

/** Opens the way to a slow unit. It connects by itself, again and again. */
export function createSlowUnit(deps: SlowUnitDeps): SlowLink {
  const maker = makers[deps.settings.link];
  if (!maker) throw new Error(`no thread serves the link ${deps.settings.link}`);
  const counters = new Counters();
  const { form, way } = maker(deps, counters);
  const { types } = linkKinds[deps.settings.link];
  const narrow: UnitForm = {
    write: (message, nowMs) =>
      types.includes(message.type) ? form.write(message, nowMs) : 'rsu_form_without',
  };
  return new SlowLink({ ...deps, counters, way, form: narrow });
}
