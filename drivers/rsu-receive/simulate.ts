import { withCarrier } from '../../src/base/carrier.ts';
import { hash32 } from '../../src/base/random.ts';
import type { Random } from '../../src/base/random.ts';
import type { UtcMs } from '../../src/base/time.ts';
import type { SelfReportCodec } from '../../src/model/selfreport.ts';
import type { SensedObject, SimulatedSensor, TimedMessage } from '../../src/model/simulated.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import { asBsmUp } from './bsmup.ts';
import type { RsuReceiveOptions } from './options.ts';

/** Satellite positioning errs by the same for minutes: deviation of each part, metres. */
const BIAS_SIGMA_M = 0.5;
/** Reports of one round come one after another. */
const GAP_MS = 0.2;
const TWO_32 = 4_294_967_296;

interface Sender {
  readonly id: string;
  readonly eastM: number;
  readonly northM: number;
  sequence: number;
}

/**
 * Road users that report themselves, as a unit hands it on: some share of those in reach, each with
 * an id, a number and an error of its own. Without a codec nobody speaks.
 */
export function simulateSenders(
  settings: SensorSettings, options: RsuReceiveOptions, random: Random,
  codec: SelfReportCodec | null,
): SimulatedSensor {
  const senders = new Map<number, Sender>();
  const speaks = (id: number): boolean =>
    hash32(`sender/${id}`) / TWO_32 < options.simulatedShare;
  const senderOf = (deviceId: number): Sender => {
    let sender = senders.get(deviceId);
    if (!sender) {
      const own = random.fork(`${deviceId}`);
      const octets = Array.from({ length: 8 }, () => own.below(256).toString(16).padStart(2, '0'));
      sender = {
        id: octets.join(''), eastM: own.normal() * BIAS_SIGMA_M,
        northM: own.normal() * BIAS_SIGMA_M, sequence: own.below(128),
      };
      senders.set(deviceId, sender);
    }
    return sender;
  };
  return {
    periodMs: settings.periodMs,
    encode(scan): TimedMessage[] {
      if (!codec) return [];
      const said = scan.objects.filter(({ deviceId }) => speaks(deviceId));
      return said.map((object, index) => {
        const sender = senderOf(object.deviceId);
        sender.sequence = (sender.sequence + 1) % 128;
        const bytes = codec.write(reportOf(object, sender, scan.measuredUtcMs));
        const whole = wrapped(options.carrier, bytes, scan.measuredUtcMs);
        return {
          delayMs: settings.latencyMs - (said.length - 1 - index) * GAP_MS,
          message: { data: whole, from: '' },
        };
      });
    },
  };
}

function wrapped(
  carrier: RsuReceiveOptions['carrier'], bytes: Uint8Array, atMs: UtcMs,
): Uint8Array {
  if (carrier === 'none') return bytes;
  return carrier === 'bsm-up' ? asBsmUp(bytes) : withCarrier('SIMULATE', atMs, bytes);
}

function reportOf(object: SensedObject, sender: Sender, utcMs: number) {
  return {
    kind: 'state',
    senderId: sender.id,
    sequence: sender.sequence,
    msInMinute: Math.floor(utcMs) % 60_000,
    eastM: object.eastM + sender.eastM,
    northM: object.northM + sender.northM,
    sigmaM: Math.hypot(object.sigmaForwardM, BIAS_SIGMA_M),
    speedMps: Math.hypot(object.eastMps, object.northMps),
    speedSigmaMps: object.sigmaSpeedMps,
    headingRad: object.siteHeadingRad,
    headingSigmaRad: null,
    lengthM: object.lengthM,
    widthM: object.widthM,
    heightM: object.heightM,
    cls: object.cls,
  } as const;
}
