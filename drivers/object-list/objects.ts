/** The JSON-lines form of `docs/object-list.md`: one line → one frame of checked objects. */
import { siteFrame } from '../../src/base/geodesy.ts';
import type { SiteFrame } from '../../src/base/geodesy.ts';
import { degToRad, wrapRad } from '../../src/base/units.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { roadUserClasses } from '../../src/model/roaduser.ts';
import type { ClassProbabilities, Extent, RoadUserClass } from '../../src/model/roaduser.ts';
import type { Measurement, Observation } from '../../src/model/observation.ts';
import { fieldOf, isJsonObject, numberWithin } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ObjectListOptions } from './options.ts';

/** Why an object of a frame was left out. */
export type ObjectDrop =
  | 'object_form' | 'object_position' | 'object_velocity' | 'object_heading' | 'object_size'
  | 'object_score' | 'object_class' | 'object_id' | 'object_covariance' | 'reference_missing';

/** Why a whole line was left out. */
export type FrameDrop = 'frame_form' | 'frame_time' | 'frame_sequence' | 'other_sensor';

/** One frame, its objects still unread. */
export interface ObjectFrame {
  readonly deviceId: string;
  /** UTC seconds, or null. */
  readonly stampS: number | null;
  readonly sequence: number | null;
  readonly objects: readonly unknown[];
  /** Objects over the limit. */
  readonly over: number;
}

/** Objects read from one line at most. */
export const OBJECTS_MAX = 512;
const POSITION_MAX_M = 5000;
const SPEED_MAX_MPS = 100;
const LENGTH_MAX_M = 50;
/** Variances below and above these are no error of any sensor. */
const VARIANCE_MIN = 1e-8;
const VARIANCE_MAX = 1e6;
const STAMP_MAX_S = 1e11;

const given = (object: JsonObject, name: string): boolean =>
  (fieldOf(object, name) ?? null) !== null;

/** Reads what stands around the objects. */
export function readObjectFrame(value: unknown): ObjectFrame | FrameDrop {
  if (!isJsonObject(value)) return 'frame_form';
  const objects = fieldOf(value, 'objects');
  if (!Array.isArray(objects)) return 'frame_form';
  const sensor = fieldOf(value, 'sensor') ?? '';
  if (typeof sensor !== 'string' || sensor.length > 128) return 'frame_form';
  const stampS = given(value, 't') ? numberWithin(fieldOf(value, 't'), 0, STAMP_MAX_S) : null;
  if (given(value, 't') && stampS === null) return 'frame_time';
  const limit = Number.MAX_SAFE_INTEGER;
  const sequence = given(value, 'seq') ? numberWithin(fieldOf(value, 'seq'), 0, limit) : null;
  if (given(value, 'seq') && !Number.isInteger(sequence)) return 'frame_sequence';
  const over = Math.max(0, objects.length - OBJECTS_MAX);
  return { deviceId: sensor, stampS, sequence, objects: objects.slice(0, OBJECTS_MAX), over };
}

type Pair = readonly [number, number];

/** Two numbers that come together or not at all: null when absent, undefined when wrong. */
function pairOf(object: JsonObject, a: string, b: string, limit: number): Pair | null | undefined {
  if (!given(object, a) && !given(object, b)) return null;
  const first = numberWithin(fieldOf(object, a), -limit, limit);
  const second = numberWithin(fieldOf(object, b), -limit, limit);
  return first === null || second === null ? undefined : [first, second];
}

interface Place {
  readonly axes: 'site' | 'sensor';
  readonly pair: Pair;
}

/** Reads objects of one detector. Pure: options in, observations or named drops out. */
export class ObjectReader {
  readonly #options: ObjectListOptions;
  readonly #frame: SiteFrame | null;

  constructor(options: ObjectListOptions) {
    this.#options = options;
    const [latDeg, lonDeg, heightM = 0] = options.reference;
    this.#frame =
      latDeg === undefined || lonDeg === undefined ? null : siteFrame({ latDeg, lonDeg, heightM });
  }

  read(value: unknown, measuredMs: MonotonicMs): Observation | ObjectDrop {
    if (!isJsonObject(value)) return 'object_form';
    const place = this.#place(value);
    if (typeof place === 'string') return place;
    const velocity = pairOf(value, 'vx', 'vy', SPEED_MAX_MPS);
    if (velocity === undefined) return 'object_velocity';
    const measurement = this.#measurement(value, place, velocity);
    if (!measurement) return 'object_covariance';
    const heading = given(value, 'heading') ? numberWithin(fieldOf(value, 'heading'), -7, 7) : null;
    if (given(value, 'heading') && heading === null) return 'object_heading';
    const extent = extentOf(value);
    if (!extent) return 'object_size';
    const score = given(value, 'score') ? numberWithin(fieldOf(value, 'score'), 0, 1) : null;
    if (given(value, 'score') && score === null) return 'object_score';
    const classes = this.#classes(value);
    if (!classes) return 'object_class';
    const deviceTrackId = idOf(value);
    if (deviceTrackId === undefined) return 'object_id';
    return {
      measuredMs,
      measurement,
      referencePoint: this.#options.referencePoint,
      extent,
      headingRad: heading === null ? null : wrapRad(heading),
      headingSigmaRad: heading === null ? null : degToRad(this.#options.headingSigmaDeg),
      headingAmbiguous: false,
      classes,
      deviceTrackId,
      processing: this.#options.processing,
      quality: score ?? this.#options.qualityDefault,
      crossSectionDbsm: null,
    };
  }

  /** Exactly one of the three forms of a position. */
  #place(object: JsonObject): Place | ObjectDrop {
    const site = pairOf(object, 'x', 'y', POSITION_MAX_M);
    const sensor = pairOf(object, 'forward', 'left', POSITION_MAX_M);
    const earth = pairOf(object, 'lat', 'lon', 180);
    const forms = [site, sensor, earth].filter((form) => form !== null);
    if (forms.length !== 1 || forms[0] === undefined) return 'object_position';
    if (site) return { axes: 'site', pair: site };
    if (sensor) return { axes: 'sensor', pair: sensor };
    if (!this.#frame) return 'reference_missing';
    const [latDeg, lonDeg] = earth!;
    if (Math.abs(latDeg) >= 89) return 'object_position';
    const { heightM } = this.#frame.reference;
    const { eastM, northM } = this.#frame.toSite({ latDeg, lonDeg, heightM });
    if (Math.hypot(eastM, northM) > POSITION_MAX_M) return 'object_position';
    return { axes: 'site', pair: [eastM, northM] };
  }

  #measurement(object: JsonObject, place: Place, velocity: Pair | null): Measurement | null {
    const covariance = this.#covariance(object, velocity !== null);
    if (!covariance) return null;
    const [first, second] = place.pair;
    if (place.axes === 'site') {
      return {
        kind: 'site-position', eastM: first, northM: second, eastMps: velocity?.[0] ?? null,
        northMps: velocity?.[1] ?? null, covariance,
      };
    }
    return {
      kind: 'sensor-position', forwardM: first, leftM: second, forwardMps: velocity?.[0] ?? null,
      leftMps: velocity?.[1] ?? null, covariance,
    };
  }

  /** The sender's own, 2 × 2 or 4 × 4; with velocity but 2 × 2, the options fill the rest. */
  #covariance(object: JsonObject, moving: boolean): readonly number[] | null {
    const { positionSigmaM, speedSigmaMps } = this.#options;
    const place = positionSigmaM ** 2;
    const speed = speedSigmaMps ** 2;
    const sent = fieldOf(object, 'cov') ?? null;
    if (sent === null) return moving ? widened([place, 0, 0, place], speed) : [place, 0, 0, place];
    if (!Array.isArray(sent) || !isCovariance(sent)) return null;
    if (sent.length === 4) return moving ? widened(sent, speed) : sent;
    return moving ? sent : [sent[0]!, sent[1]!, sent[4]!, sent[5]!];
  }

  #classes(object: JsonObject): ClassProbabilities | null {
    const cls = fieldOf(object, 'cls') ?? 'unknown';
    if (typeof cls !== 'string' || !isRoadUserClass(cls)) return null;
    return cls === 'unknown' ? {} : { [cls]: this.#options.classTrust };
  }
}

const isRoadUserClass = (text: string): text is RoadUserClass =>
  (roadUserClasses as readonly string[]).includes(text);

const widened = (block: readonly number[], speedVariance: number): readonly number[] => [
  block[0]!, block[1]!, 0, 0, block[2]!, block[3]!, 0, 0, 0, 0, speedVariance, 0, 0, 0, 0,
  speedVariance,
];

/** Symmetric, with plausible variances and correlations of at most 1 between any two. */
function isCovariance(values: readonly unknown[]): values is readonly number[] {
  if (values.length !== 4 && values.length !== 16) return false;
  if (!values.every((value) => Number.isFinite(value))) return false;
  const numbers = values as readonly number[];
  const size = numbers.length === 4 ? 2 : 4;
  for (let row = 0; row < size; row++) {
    const variance = numbers[row * size + row]!;
    if (!(variance >= VARIANCE_MIN && variance <= VARIANCE_MAX)) return false;
    for (let column = 0; column < row; column++) {
      const one = numbers[row * size + column]!;
      const other = numbers[column * size + row]!;
      const limit = variance * numbers[column * size + column]!;
      if (Math.abs(one - other) > 1e-6 * Math.sqrt(limit) || one * one > limit) return false;
    }
  }
  return choleskyExists(numbers, size);
}

/** Whether a symmetric matrix is positive definite. Source: Golub and Van Loan, section 4.2. */
function choleskyExists(matrix: readonly number[], size: number): boolean {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= factor[row * size + k]! * factor[column * size + k]!;
      if (row === column && !(sum > 0)) return false;
      factor[row * size + column] =
        row === column ? Math.sqrt(sum) : sum / factor[column * size + column]!;
    }
  }
  return true;
}

function extentOf(object: JsonObject): Extent | null {
  const sizes: (number | null)[] = [];
  for (const name of ['length', 'width', 'height']) {
    if (!given(object, name)) sizes.push(null);
    else {
      const sizeM = numberWithin(fieldOf(object, name), 0, LENGTH_MAX_M);
      if (sizeM === null) return null;
      sizes.push(sizeM === 0 ? null : sizeM);
    }
  }
  return { lengthM: sizes[0]!, widthM: sizes[1]!, heightM: sizes[2]! };
}

/** Text or a whole number; null when absent, undefined when wrong. */
function idOf(object: JsonObject): string | null | undefined {
  const id = fieldOf(object, 'id') ?? null;
  if (id === null) return null;
  if (typeof id === 'number') return Number.isSafeInteger(id) ? String(id) : undefined;
  return typeof id === 'string' && id.length > 0 && id.length <= 64 ? id : undefined;
}
