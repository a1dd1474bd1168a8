import { readJson } from '../json.ts';
import { jsonLimits, readCameraMessage } from './messages.ts';
import type { CameraBox, CameraMessage } from './messages.ts';

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

const idOf = (box: CameraBox): string => box.trackId ?? '-1';

const minimalText = (box: CameraBox): string => {
  const { left, top, right, bottom, label, confidence } = box;
  const told = confidence === null ? '' : `|#|${confidence}`;
  return `${idOf(box)}|${left}|${top}|${right}|${bottom}|${label}${told}`;
};

const fullObject = (box: CameraBox): unknown => ({
  id: idOf(box),
  vehicle: {
    type: box.label,
    ...(box.confidence === null ? {} : { confidence: box.confidence }),
  },
  bbox: {
    topleftx: box.left, toplefty: box.top, bottomrightx: box.right, bottomrighty: box.bottom,
  },
});

const rebuilt = (message: CameraMessage): unknown => {
  const { deviceId, stamp, boxes } = message;
  if (message.schema === 'minimal') {
    const objects = boxes.map(minimalText);
    return { version: '4.0', '@timestamp': stamp, sensorId: deviceId, objects };
  }
  const [box] = boxes;
  return {
    mdsversion: '1.0', '@timestamp': stamp, sensor: { id: deviceId },
    object: box ? fullObject(box) : {},
  };
};

/**
 * What of a camera's payload may be kept (in a recording, in a log): the same document with boxes,
 * labels, confidences and track ids alone. It is built anew from what the driver reads, so that
 * plates, makes, colours, faces and fields that nobody thought of stay out. What the driver cannot
 * read becomes empty. The driver gives the same observations for it as for the original.
 */
export function redactCameraPayload(payload: Uint8Array): Uint8Array {
  const document = readJson(payload, jsonLimits);
  if (document.dropped !== undefined) return NOTHING;
  const message = readCameraMessage(document.value);
  return message ? encoder.encode(JSON.stringify(rebuilt(message))) : NOTHING;
}
