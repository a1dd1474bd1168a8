/**
 * NVIDIA DeepStream's message schemas: minimal (one message a frame) and full (one an object).
 * Source: the public documentation of its message converter plug-in. What identifies a person or
 * a vehicle (plate, make, model, colour, face) is never copied out of the document.
 */
import { fieldOf, isJsonObject } from '../json.ts';
import type { JsonLimits, JsonObject } from '../json.ts';

/** One box in pixels of the muxer's picture. */
export interface CameraBox {
  /** Kept as text: an id may be larger than a double can hold. Null when not tracked. */
  readonly trackId: string | null;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly label: string;
  /** 0..1, or null where none was sent. */
  readonly confidence: number | null;
}

/** What one document says. */
export interface CameraMessage {
  readonly schema: 'minimal' | 'full';
  readonly deviceId: string;
  /** ISO text as it came; empty when missing. */
  readonly stamp: string;
  readonly boxes: readonly CameraBox[];
  /** Boxes that could not be read. */
  readonly invalid: number;
  /** Boxes that carried attributes of a person or a vehicle, which were left behind. */
  readonly stripped: number;
  /** Boxes over the limit. */
  readonly over: number;
}

/** Bounds of one document. */
export const jsonLimits: JsonLimits = { octetsMax: 65536, depthMax: 16, keysMax: 4096 };
/** Boxes read from one frame at most. */
export const BOXES_MAX = 256;
const untracked: readonly string[] = ['-1', '18446744073709551615', ''];
/** A box may hang over the picture's edge, but not this far. */
const PIXEL_MAX = 65536;

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 128) : typeof value === 'number' ? String(value) : '';

const trackIdOf = (value: unknown): string | null => {
  const id = textOf(value);
  return untracked.includes(id) ? null : id.slice(0, 32);
};

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;
/** A number, or text that is one; null for anything else and for what no picture has. */
const pixelOf = (value: unknown): number | null => {
  const number = typeof value === 'string' && decimal.test(value) ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= PIXEL_MAX ? number : null;
};

const boxOf = (
  trackId: string | null, edges: readonly unknown[], label: string, confidence: unknown,
): CameraBox | null => {
  const [left = null, top = null, right = null, bottom = null] = edges.map(pixelOf);
  if (left === null || top === null || right === null || bottom === null) return null;
  if (right <= left || bottom <= top) return null;
  const score = pixelOf(confidence);
  // The device writes a negative confidence where it has none.
  const believable = score !== null && score > 0 && score <= 1;
  return { trackId, left, top, right, bottom, label, confidence: believable ? score : null };
};

/** `id|left|top|right|bottom|Class`, then perhaps `|#|attribute…|confidence`. */
function boxOfText(text: string): { readonly box: CameraBox | null; readonly stripped: boolean } {
  const parts = text.slice(0, 1024).split('|');
  if (parts.length < 6) return { box: null, stripped: false };
  const [id, left, top, right, bottom, label] = parts;
  const attributes = parts.slice(6).filter((part) => part !== '#' && part !== '');
  const confidence = attributes[attributes.length - 1];
  const box = boxOf(trackIdOf(id), [left, top, right, bottom], label!.slice(0, 64), confidence);
  const told = typeof box?.confidence === 'number' ? 1 : 0;
  return { box, stripped: attributes.length > told };
}

function minimalOf(document: JsonObject, objects: readonly unknown[]): CameraMessage {
  const boxes: CameraBox[] = [];
  let invalid = 0;
  let stripped = 0;
  for (const object of objects.slice(0, BOXES_MAX)) {
    const read = typeof object === 'string' ? boxOfText(object) : { box: null, stripped: false };
    if (read.box) boxes.push(read.box);
    else invalid++;
    if (read.stripped) stripped++;
  }
  return {
    schema: 'minimal',
    deviceId: textOf(fieldOf(document, 'sensorId')),
    stamp: textOf(fieldOf(document, '@timestamp')),
    boxes,
    invalid,
    stripped,
    over: Math.max(0, objects.length - BOXES_MAX),
  };
}

/** Sub-objects that tell what an object is; a vehicle's `type` tells more. */
const kinds = ['vehicle', 'person', 'face', 'bicycle', 'motorcycle', 'pedestrian'] as const;

function fullOf(document: JsonObject, object: JsonObject): CameraMessage {
  const sensor = fieldOf(document, 'sensor');
  const bbox = fieldOf(object, 'bbox');
  const kind = kinds.find((name) => isJsonObject(fieldOf(object, name)));
  const facts = kind === undefined ? {} : (fieldOf(object, kind) as JsonObject);
  const type = kind === 'vehicle' ? textOf(fieldOf(facts, 'type')) : '';
  const label = type !== '' ? type : (kind ?? 'unknown');
  const edges = isJsonObject(bbox)
    ? ['topleftx', 'toplefty', 'bottomrightx', 'bottomrighty'].map((name) => fieldOf(bbox, name))
    : [];
  const confidence = fieldOf(facts, 'confidence') ?? fieldOf(object, 'confidence');
  const box = boxOf(trackIdOf(fieldOf(object, 'id')), edges, label.slice(0, 64), confidence);
  const personal = Object.keys(facts).some((name) => name !== 'type' && name !== 'confidence');
  return {
    schema: 'full',
    deviceId: isJsonObject(sensor) ? textOf(fieldOf(sensor, 'id')) : '',
    stamp: textOf(fieldOf(document, '@timestamp')),
    boxes: box ? [box] : [],
    invalid: box ? 0 : 1,
    stripped: personal ? 1 : 0,
    over: 0,
  };
}

/** Reads a parsed document; null when it is of neither schema. */
export function readCameraMessage(document: unknown): CameraMessage | null {
  if (!isJsonObject(document)) return null;
  const objects = fieldOf(document, 'objects');
  if (Array.isArray(objects)) return minimalOf(document, objects);
  const object = fieldOf(document, 'object');
  return isJsonObject(object) ? fullOf(document, object) : null;
}
