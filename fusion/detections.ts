import type { Count } from '../src/model/stages.ts';
import { roadUserClasses } from '../src/model/roaduser.ts';
import type { RoadUserClass } from '../src/model/roaduser.ts';
import { FusionCore } from './core.ts';
import type { CoreSensor } from './existence.ts';
import type { CoreFrame } from './frames.ts';
import {
  CLASS_COUNT, DETECTION_RECORD, D_CLASS, D_COVARIANCE, D_HEADING, D_HEADING_VARIANCE, D_QUALITY,
  D_RAY_X, D_SIZE, D_TIME, D_X, D_Y, ESTIMATE, E_HEADING, E_HEADING_VARIANCE, E_SPEED, E_X, E_Y,
  TRACK_RECORD, T_BORN, T_BORN_INDEX, T_CLASS, T_CONFIRMED_MS, T_EXISTENCE, T_HIT_MS,
} from './layout.ts';
import { objectListTuning } from './tuning.ts';

/** One line of an object list: metres and radians in a fixed frame, seconds. */
export interface DetectionRow {
  readonly seq?: string | number;
  readonly t: number;
  readonly x: number;
  readonly y: number;
  readonly heading?: number | null;
  readonly length?: number | null;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly cls?: string | null;
  /** Raw score of the detector, unbounded; probability where the list says so. */
  readonly score?: number | null;
}

/** One line of tracks, as the scorer reads it. */
export interface TrackRow {
  readonly seq: string | number;
  readonly t: number;
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly heading: number | null;
  readonly speed: number;
  readonly cls: string;
  readonly existence: number;
}

/** Names of classes that detectors use, beside our own. */
const aliases: Readonly<Record<string, RoadUserClass>> = {
  cyclist: 'bicycle', person: 'pedestrian', bike: 'bicycle', motorbike: 'motorcycle',
    vehicle: 'car',
  lorry: 'truck', tram: 'bus',
};

/** Our class for a detector's word; `unknown` for words that nobody knows. */
function classByName(name: string | null | undefined): RoadUserClass {
  const word = (name ?? '').toLowerCase();
  const own = roadUserClasses.find((cls) => cls === word);
  return own ?? aliases[word] ?? 'unknown';
}

/** A detector that looks everywhere: an object list without a field of view. */
export const everywhere: CoreSensor = {
  kind: 'object-list', x: 0, y: 0, headingRad: 0, periodMs: 100, rangeMinM: 0, rangeMaxM: 1e9,
  halfAngleRad: Math.PI, outline: null, finds: roadUserClasses.map(() => true),
};

/**
 * Turns the rows of one instant into a frame; rows with numbers that are not finite are left out.
 */
export function rowsToFrame(rows: readonly DetectionRow[], sequence: number, atMs: number,
  count: Count): CoreFrame {
  const detections = new Float64Array(rows.length * DETECTION_RECORD);
  let kept = 0;
  for (const row of rows) {
    const at = kept * DETECTION_RECORD;
    const cls = classByName(row.cls);
    const index = roadUserClasses.indexOf(cls);
    const tuning = objectListTuning[cls];
    detections.fill(0, at, at + DETECTION_RECORD);
    detections[at + D_TIME] = atMs;
    detections[at + D_X] = row.x;
    detections[at + D_Y] = row.y;
    detections[at + D_RAY_X] = 1;
    detections[at + D_COVARIANCE] = tuning.positionSigmaM ** 2;
    detections[at + D_COVARIANCE + 5] = tuning.positionSigmaM ** 2;
    if (typeof row.heading === 'number') {
      detections[at + D_HEADING] = row.heading;
      detections[at + D_HEADING_VARIANCE] = tuning.headingSigmaRad ** 2;
    }
    detections[at + D_SIZE] = row.length ?? 0;
    detections[at + D_SIZE + 1] = row.width ?? 0;
    detections[at + D_SIZE + 2] = row.height ?? 0;
    const evidence = ((row.score ?? tuning.scoreMiddle + 2 * tuning.scoreScale)
      - tuning.scoreMiddle) / tuning.scoreScale;
    detections[at + D_QUALITY] = Math.min(0.999, Math.max(0.001, 1 / (1 + Math.exp(-evidence))));
    for (let other = 1; other < CLASS_COUNT; other++) {
      detections[at + D_CLASS + other] = Math.log(index === 0 ? 1 / 7 : other === index ? 0.94
        : 0.01);
    }
    if (detections.subarray(at, at + DETECTION_RECORD).every(Number.isFinite)) kept++;
    else count('observation_not_usable');
  }
  return {
    sensor: 0, sequence, measuredMs: atMs, receivedMs: atMs, count: kept, complete: true,
    detections: detections.subarray(0, kept * DETECTION_RECORD),
  };
}

/** Tracks one recording; call `step` with the rows of each instant, in order of time. */
class DetectionTracker {
  readonly #core: FusionCore;
  readonly #count: Count;
  readonly #ids = new Map<string, number>();
  readonly #estimate = new Float64Array(ESTIMATE);
  #sequence = 0;

  constructor(count: Count) {
    this.#count = count;
    this.#core = new FusionCore([everywhere], { rewindMs: 500, count });
  }

  /** Applies one frame and returns the tracks worth telling at its instant. */
  step(seq: string | number, t: number, rows: readonly DetectionRow[]): TrackRow[] {
    const atMs = 1000 + t * 1000;
    this.#core.accept(rowsToFrame(rows, this.#sequence++, atMs, this.#count));
    this.#core.settle();
    const { tracks, count } = this.#core.table;
    const told: TrackRow[] = [];
    for (let slot = 0; slot < count; slot++) {
      const track = slot * TRACK_RECORD;
      const cls = tracks[track + T_CLASS];
      if (tracks[track + T_CONFIRMED_MS] === 0) continue;
      if (atMs - tracks[track + T_HIT_MS] > objectListTuning[roadUserClasses[cls]!].coastMs
        + 1) continue;
      this.#core.estimateAt(slot, atMs, this.#estimate);
      const key = `${tracks[track + T_BORN]}/${tracks[track + T_BORN_INDEX]}`;
      let id = this.#ids.get(key);
      if (id === undefined) this.#ids.set(key, (id = this.#ids.size + 1));
      const e = this.#estimate;
      told.push({
        seq, t, id, x: e[E_X], y: e[E_Y],
        heading: e[E_HEADING_VARIANCE] > 0 ? e[E_HEADING] : null,
        speed: Math.abs(e[E_SPEED]), cls: roadUserClasses[cls]!,
        existence: 1 / (1 + Math.exp(-tracks[track + T_EXISTENCE])),
      });
    }
    return told;
  }
}

/**
 * Tracks whole object lists: rows of any number of recordings (`seq`), sorted here by time. Gaps of
 * the frame period are filled with empty frames, since a detector that saw nobody writes no row.
 */
export function* trackDetections(rows: readonly DetectionRow[], count: Count): Generator<TrackRow> {
  const bySeq = new Map<string | number, Map<number, DetectionRow[]>>();
  for (const row of rows) {
    const seq = row.seq ?? '';
    let frames = bySeq.get(seq);
    if (!frames) bySeq.set(seq, (frames = new Map()));
    const frame = frames.get(row.t);
    if (frame) frame.push(row);
    else frames.set(row.t, [row]);
  }
  for (const [seq, frames] of bySeq) {
    const times = [...frames.keys()].sort((a, b) => a - b);
    const steps = times.slice(1).map((t, index) => t - times[index]!).sort((a, b) => a - b);
    const period = steps[steps.length >> 1] ?? 0.1;
    const tracker = new DetectionTracker(count);
    let before: number | null = null;
    for (const t of times) {
      if (before !== null) {
        const lost = Math.min(20, Math.round((t - before) / period) - 1);
        for (let index = 1; index <= lost; index++) yield* tracker.step(seq, before
          + index * period, []);
      }
      yield* tracker.step(seq, t, frames.get(t)!);
      before = t;
    }
  }
}
