import { hotaMeasures, identityMatches, presence, setMeasures } from './association.ts';
import { interpolateFrames, snapFrames, usualTolerance, wrapPi } from './align.ts';
import type { AlignedFrame } from './align.ts';
import { assignAllowed, clearMeasures } from './clear.ts';
import type { ClearResult, DistanceFrame } from './clear.ts';
import type { ScoreRow } from './rows.ts';

/** How to compare. */
export interface ScoreOptions {
  /** Gate, metres; default 2. */
  readonly maxDist?: number;
  /** `snap`: tracks go to truth instants. `interp`: truth is interpolated at track instants. */
  readonly align?: 'snap' | 'interp';
  /** Snap: most seconds off; default half the truth period. */
  readonly toleranceS?: number;
  /** Interp: longest truth gap bridged, s; default 0.5. */
  readonly maxGapS?: number;
  /** Never match unequal classes. */
  readonly classGate?: boolean;
  /** Only these truth classes count, others are ignored. */
  readonly classes?: readonly string[];
  /** [x0, y0, x1, y1]: what lies outside does not count. */
  readonly area?: readonly [number, number, number, number];
  /** Distance of similarity 0; default twice the gate. */
  readonly hotaZero?: number;
  readonly gospaCut?: number;
  readonly gospaPower?: number;
  readonly keep?: 'last' | 'prev';
}

/** Every figure by its usual name; null where it cannot be said. */
export type Score = Readonly<Record<string, number | null>>;

/** Rows of one frame that count. */
interface CountedFrame {
  readonly truth: readonly ScoreRow[];
  readonly tracks: readonly ScoreRow[];
  readonly distance: Float64Array;
}

const userKey = (row: ScoreRow): string => `${row.seq}\n${row.id}`;
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const meanOf = (values: readonly number[]): number => (values.length > 0
  ? sumOf(values) / values.length : NaN);
const rootMeanSquare = (squares: readonly number[]): number => Math.sqrt(meanOf(squares));

/** Percentile with linear interpolation between the two nearest. */
function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const position = (percent / 100) * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (position - low) * (sorted[high]! - sorted[low]!);
}

function bySequence(rows: readonly ScoreRow[]): Map<string, ScoreRow[]> {
  const map = new Map<string, ScoreRow[]>();
  for (const row of rows) {
    const list = map.get(row.seq);
    if (list) list.push(row);
    else map.set(row.seq, [row]);
  }
  return map;
}

function distances(frame: AlignedFrame, classGate: boolean): Float64Array {
  const width = frame.tracks.length;
  const distance = new Float64Array(frame.truth.length * width);
  frame.truth.forEach((user, row) => frame.tracks.forEach((track, column) => {
    const differs = classGate && user.cls !== null && track.cls !== null && user.cls !== track.cls;
    const value = differs ? Infinity : Math.hypot(user.x - track.x, user.y - track.y);
    distance[row * width + column] = Number.isFinite(value) ? value : Infinity;
  }));
  return distance;
}

/** Sets aside truth to be ignored, and tracks that sit best on it. */
function countedFrame(frame: AlignedFrame, maxDist: number, options: ScoreOptions): CountedFrame {
  const { area, classes } = options;
  const within = (row: ScoreRow): boolean => area === undefined
    || (area[0] <= row.x && row.x <= area[2] && area[1] <= row.y && row.y <= area[3]);
  const counts = (row: ScoreRow): boolean => !row.ignore && within(row)
    && (classes === undefined || (row.cls !== null && classes.includes(row.cls)));
  const tracks = frame.tracks.filter(within);
  const distance = distances({ ...frame, tracks }, options.classGate ?? false);
  const ignored = frame.truth.map((row) => !counts(row));
  if (!ignored.includes(true)) return { truth: frame.truth, tracks, distance };
  const off = new Set<number>();
  for (const [row, column] of assignAllowed(distance, frame.truth.length, tracks.length, maxDist)) {
    if (ignored[row]) off.add(column);
  }
  const truth = frame.truth.filter((_, row) => !ignored[row]);
  const kept = tracks.filter((_, column) => !off.has(column));
  return { truth, tracks: kept, distance: distances({ t: frame.t, truth, tracks: kept },
    options.classGate ?? false) };
}

/** Indexes for names, in order of first appearance. */
class Index {
  readonly #at = new Map<string, number>();
  of(key: string): number {
    const known = this.#at.get(key);
    if (known !== undefined) return known;
    this.#at.set(key, this.#at.size);
    return this.#at.size - 1;
  }
  get size(): number {
    return this.#at.size;
  }
}

/**
 * Scores tracks against truth: CLEAR, identity, HOTA, GOSPA, OSPA and errors of the pose.
 *
 * Rows of one `seq` are compared with one another only. Equal to the reference evaluator
 * (`mot_eval.py`) in every figure to 1e-9.
 */
export function evaluate(
  truthRows: readonly ScoreRow[], trackRows: readonly ScoreRow[], options: ScoreOptions = {},
): Score {
  const maxDist = options.maxDist ?? 2;
  const truthBy = bySequence(truthRows);
  const trackBy = bySequence(trackRows);
  const counted: CountedFrame[] = [];
  let dropped = 0;
  for (const seq of [...new Set([...truthBy.keys(), ...trackBy.keys()])].sort()) {
    const truth = truthBy.get(seq) ?? [];
    const tracks = (trackBy.get(seq) ?? []).filter((row) => row.id !== null);
    const aligned = (options.align ?? 'snap') === 'snap'
      ? snapFrames(truth, tracks, options.toleranceS ?? usualTolerance(truth))
      : interpolateFrames(truth, tracks, options.maxGapS ?? 0.5);
    dropped += aligned.dropped;
    for (const frame of aligned.frames) counted.push(countedFrame(frame, maxDist, options));
  }
  const users = new Index();
  const tracks = new Index();
  const frames: DistanceFrame[] = counted.map((frame) => ({
    truth: Int32Array.from(frame.truth, (row) => users.of(userKey(row))),
    tracks: Int32Array.from(frame.tracks, (row) => tracks.of(userKey(row))),
    distance: frame.distance,
  }));
  const clear = clearMeasures(frames, users.size, maxDist, options.keep ?? 'last');
  return {
    ...clearFigures(frames, clear, users.size, tracks.size),
    ...associationFigures(frames, users.size, tracks.size, maxDist, options),
    ...errorFigures(counted, clear),
    track_rows_not_aligned: dropped,
    max_dist: maxDist,
  };
}

function clearFigures(frames: readonly DistanceFrame[], clear: ClearResult, users: number,
  tracks: number): Score {
  const truthRows = sumOf(frames.map((frame) => frame.truth.length));
  const trackRows = sumOf(frames.map((frame) => frame.tracks.length));
  const hits = clear.distances.length;
  const wrong = clear.falseNegatives + clear.falsePositives + clear.switches;
  return {
    frames: frames.length, gt_objects: users, trk_objects: tracks, gt_boxes: truthRows,
      trk_boxes: trackRows,
    TP: hits, FP: clear.falsePositives, FN: clear.falseNegatives, IDSW: clear.switches,
    FRAG: clear.fragments, MT: clear.mostlyTracked, PT: clear.partlyTracked, ML: clear.mostlyLost,
    MOTA: truthRows > 0 ? 1 - wrong / truthRows : null,
    MOTP: orNull(meanOf(clear.distances)),
    recall: truthRows > 0 ? hits / truthRows : null,
    precision: trackRows > 0 ? hits / trackRows : null,
  };
}

function associationFigures(
  frames: readonly DistanceFrame[], users: number, tracks: number, maxDist: number,
    options: ScoreOptions,
): Score {
  const counts = presence(frames, users, tracks);
  const truthRows = sumOf([...counts.users]);
  const trackRows = sumOf([...counts.tracks]);
  const identity = identityMatches(frames, users, tracks, maxDist);
  const hota = hotaMeasures(frames, counts, options.hotaZero ?? 2 * maxDist);
  const cut = options.gospaCut ?? maxDist;
  const power = options.gospaPower ?? 2;
  const sets = setMeasures(frames, cut, power, power);
  const all = truthRows + trackRows;
  return {
    IDTP: identity, IDFN: truthRows - identity, IDFP: trackRows - identity,
    IDF1: all > 0 ? (2 * identity) / all : null,
    IDP: trackRows > 0 ? identity / trackRows : null,
    IDR: truthRows > 0 ? identity / truthRows : null,
    HOTA: hota.hota, DetA: hota.detection, AssA: hota.association, LocA: hota.localisation,
    GOSPA: sets.gospa, GOSPA_loc: sets.localisation, GOSPA_missed: sets.missed,
    GOSPA_false: sets.falseAlarms, OSPA: sets.ospa, gospa_c: cut, gospa_p: power,
  };
}

/** Errors of the pose over matched pairs, and how long it took to find each road user. */
function errorFigures(counted: readonly CountedFrame[], clear: ClearResult): Score {
  const place: number[] = [];
  const along: number[] = [];
  const across: number[] = [];
  const speed: number[] = [];
  const heading: number[] = [];
  const classes: number[] = [];
  const first = new Map<string, number>();
  const born = new Map<string, number>();
  for (const frame of counted) {
    for (const row of frame.truth) if (!born.has(userKey(row))) born.set(userKey(row), row.t);
  }
  for (const pair of clear.pairs) {
    const a = counted[pair.frame]!.truth[pair.row]!;
    const b = counted[pair.frame]!.tracks[pair.column]!;
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    place.push(dx * dx + dy * dy);
    if (!Number.isNaN(a.heading)) {
      const cos = Math.cos(a.heading);
      const sin = Math.sin(a.heading);
      along.push((cos * dx + sin * dy) ** 2);
      across.push((cos * dy - sin * dx) ** 2);
      if (!Number.isNaN(b.heading)) heading.push(wrapPi(b.heading - a.heading));
    }
    if (!Number.isNaN(a.speed) && !Number.isNaN(b.speed)) speed.push((b.speed - a.speed) ** 2);
    if (a.cls !== null && b.cls !== null) classes.push(a.cls === b.cls ? 1 : 0);
    if (!first.has(userKey(a))) first.set(userKey(a), a.t);
  }
  const delays = [...first].map(([key, t]) => t - born.get(key)!);
  return {
    ...poseFigures(place, along, across, speed, heading),
    class_agree: orNull(meanOf(classes)),
    first_match_delay_mean_s: orNull(meanOf(delays)),
    first_match_delay_p95_s: orNull(percentile(delays, 95)),
    never_found: born.size - first.size,
  };
}

function poseFigures(
  place: readonly number[], along: readonly number[], across: readonly number[],
  speed: readonly number[], heading: readonly number[],
): Score {
  const deg = 180 / Math.PI;
  const upright = heading.filter((turn) => Math.abs(turn) <= Math.PI / 2);
  return {
    pos_rmse: orNull(rootMeanSquare(place)),
    pos_p95: orNull(Math.sqrt(percentile(place, 95))),
    along_rmse: orNull(rootMeanSquare(along)),
    across_rmse: orNull(rootMeanSquare(across)),
    speed_rmse: orNull(rootMeanSquare(speed)),
    heading_rmse_deg: orNull(deg * rootMeanSquare(heading.map((turn) => turn * turn))),
    heading_flip: orNull(meanOf(heading.map((turn) => (Math.abs(turn) > Math.PI / 2 ? 1 : 0)))),
    heading_rmse_deg_noflip: orNull(deg * rootMeanSquare(upright.map((turn) => turn * turn))),
  };
}
