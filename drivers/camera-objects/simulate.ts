import type { SensedObject, SensedScan, SimulatedSensor } from '../../src/model/simulated.ts';
import type { PortMessage } from '../../src/model/port.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import { labelOf } from './classes.ts';
import { invertHomography, jacobian, oriented, project } from './homography.ts';
import type { Homography } from './homography.ts';
import type { CameraOptions } from './options.ts';

/** Smallest box that a detector still finds, pixels. */
const BOX_MIN_PX = 4;

interface Projector {
  readonly toGround: Homography;
  readonly toPixel: Homography;
}

/** Ground → pixel, or null behind the camera. The sign is the one that gives a place before it. */
function pixelOf(
  { toGround, toPixel }: Projector, eastM: number, northM: number,
): readonly [number, number] | null {
  const w = toPixel[6]! * eastM + toPixel[7]! * northM + toPixel[8]!;
  if (w === 0) return null;
  const u = (toPixel[0]! * eastM + toPixel[1]! * northM + toPixel[2]!) / w;
  const v = (toPixel[3]! * eastM + toPixel[4]! * northM + toPixel[5]!) / w;
  return project(toGround, u, v) ? [u, v] : null;
}

const two = (value: number): string => value.toFixed(2);

/**
 * The box of a body as one object string, or null outside the picture. Its bottom centre stands on
 * the place that was sensed; across the view a metre is as many pixels as the homography says, and
 * the height is drawn at that scale.
 */
function objectText(
  object: SensedObject, projector: Projector, options: CameraOptions,
): string | null {
  const foot = pixelOf(projector, object.eastM, object.northM);
  if (!foot) return null;
  const [u, v] = foot;
  if (u < 0 || u > options.widthPx || v < 0 || v > options.heightPx) return null;
  const [eastByU, , northByU] = jacobian(projector.toGround, u, v);
  const perMetrePx = 1 / Math.hypot(eastByU, northByU);
  const rayRad = Math.atan2(-eastByU, northByU);
  const turn = object.siteHeadingRad - rayRad;
  const acrossM =
    Math.abs(object.lengthM * Math.sin(turn)) + Math.abs(object.widthM * Math.cos(turn));
  const halfPx = Math.max(acrossM * perMetrePx, BOX_MIN_PX) / 2;
  const heightPx = Math.max(object.heightM * perMetrePx, BOX_MIN_PX);
  const left = Math.max(0, u - halfPx);
  const right = Math.min(options.widthPx, u + halfPx);
  const top = Math.max(0, v - heightPx);
  if (right - left < BOX_MIN_PX / 2 || v - top < BOX_MIN_PX / 2) return null;
  const box = [left, top, right, v].map(two).join('|');
  const confidence = Math.min(Math.max(object.existence, 0.01), 1).toFixed(3);
  return `${object.deviceId}|${box}|${labelOf[object.cls]}|#|${confidence}`;
}

/**
 * A camera with DeepStream's minimal schema played back. The message carries both the fields of
 * MQTT and of UDP, so that it can leave by either port.
 */
export function simulateCamera(
  settings: SensorSettings, options: CameraOptions,
): SimulatedSensor {
  const toGround = oriented(options.homography, options.widthPx, options.heightPx);
  const toPixel = invertHomography(toGround);
  const deviceId = options.deviceId === '' ? settings.id : options.deviceId;
  const topic = options.topic === '' ? `camera/${settings.id}` : options.topic;
  const encoder = new TextEncoder();
  return {
    periodMs: settings.periodMs,
    encode(scan: SensedScan) {
      if (!toPixel) return [];
      const projector = { toGround, toPixel };
      const objects = scan.objects.flatMap((object) => {
        const text = objectText(object, projector, options);
        return text === null ? [] : [text];
      });
      const document = {
        version: '4.0',
        id: scan.scanCounter,
        '@timestamp': new Date(scan.measuredUtcMs + options.stampLatencyMs).toISOString(),
        sensorId: deviceId,
        objects,
      };
      const payload = encoder.encode(JSON.stringify(document));
      const message: PortMessage = { topic, payload, data: payload, from: '' };
      return [{ delayMs: options.latencyMs ?? settings.latencyMs, message }];
    },
  };
}
