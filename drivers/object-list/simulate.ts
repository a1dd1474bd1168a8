import { siteFrame } from '../../src/base/geodesy.ts';
import type { SiteFrame } from '../../src/base/geodesy.ts';
import type { SensedObject, SensedScan, SimulatedSensor } from '../../src/model/simulated.ts';
import type { PortMessage } from '../../src/model/port.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import type { ObjectListOptions } from './options.ts';

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Position, velocity and heading in the form that the options ask for. */
function placeOf(
  object: SensedObject, options: ObjectListOptions, frame: SiteFrame | null,
): Readonly<Record<string, number>> {
  if (options.form === 'sensor') {
    return {
      forward: rounded(object.forwardM, 3), left: rounded(object.leftM, 3),
      vx: rounded(object.forwardMps, 3), vy: rounded(object.leftMps, 3),
      heading: rounded(object.headingRad, 4),
    };
  }
  const motion = {
    vx: rounded(object.eastMps, 3), vy: rounded(object.northMps, 3),
    heading: rounded(object.siteHeadingRad, 4),
  };
  if (options.form === 'site' || !frame) {
    return { x: rounded(object.eastM, 3), y: rounded(object.northM, 3), ...motion };
  }
  const { eastM, northM } = object;
  const { latDeg, lonDeg } = frame.toGeodetic({ eastM, northM, upM: 0 });
  return { lat: rounded(latDeg, 9), lon: rounded(lonDeg, 9), ...motion };
}

/**
 * A detector with JSON lines played back. The message carries the fields of a datagram and of a
 * stream, so that it can leave by either port.
 */
export function simulateObjectList(
  settings: SensorSettings, options: ObjectListOptions,
): SimulatedSensor {
  const [latDeg, lonDeg, heightM = 0] = options.reference;
  const frame =
    latDeg === undefined || lonDeg === undefined ? null : siteFrame({ latDeg, lonDeg, heightM });
  const encoder = new TextEncoder();
  return {
    periodMs: settings.periodMs,
    encode(scan: SensedScan) {
      const line = {
        sensor: options.deviceId === '' ? settings.id : options.deviceId,
        t: rounded(scan.measuredUtcMs / 1000, 4),
        seq: scan.scanCounter,
        objects: scan.objects.map((object) => ({
          id: String(object.deviceId),
          ...placeOf(object, options, frame),
          length: rounded(object.lengthM, 2),
          width: rounded(object.widthM, 2),
          height: rounded(object.heightM, 2),
          cls: object.cls,
          score: rounded(Math.min(Math.max(object.existence, 0), 1), 3),
        })),
      };
      const data = encoder.encode(`${JSON.stringify(line)}\n`);
      const message: PortMessage = { data, from: '', epoch: 0 };
      return [{ delayMs: options.latencyMs ?? settings.latencyMs, message }];
    },
  };
}
