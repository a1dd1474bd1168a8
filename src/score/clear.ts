import { assignDense } from './hungarian.ts';

/** One instant as the measures see it: whose rows, whose columns, and all distances. */
export interface DistanceFrame {
  /** Indexes of road users and of tracks. */
  readonly truth: Int32Array;
  readonly tracks: Int32Array;
  /** shape [truth × tracks], row-major; Infinity where a pair is out of the question. */
  readonly distance: Float64Array;
}

/** One matched pair: frame, row and column in it. */
export interface MatchedPair {
  readonly frame: number;
  readonly row: number;
  readonly column: number;
}

/** CLEAR measures over all frames. */
export interface ClearResult {
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly switches: number;
  readonly fragments: number;
  readonly mostlyTracked: number;
  readonly partlyTracked: number;
  readonly mostlyLost: number;
  readonly distances: readonly number[];
  readonly pairs: readonly MatchedPair[];
}

/** Most allowed pairs first, then least total distance; [row, column] in order of rows. */
export function assignAllowed(
  distance: Float64Array, rows: number, columns: number, maxDist: number,
): [number, number][] {
  let most = -Infinity;
  for (let index = 0; index < rows * columns; index++) {
    if (distance[index]! <= maxDist && distance[index]! > most) most = distance[index]!;
  }
  if (most === -Infinity) return [];
  const forbidden = (most + 1) * (Math.min(rows, columns) + 1);
  const cost = distance.slice(0, rows * columns).map((value) => (value <= maxDist ? value
    : forbidden));
  const pairs: [number, number][] = [];
  assignDense(cost, rows, columns).forEach((column, row) => {
    if (column >= 0 && distance[row * columns + column]! <= maxDist) pairs.push([row, column]);
  });
  return pairs;
}

/**
 * Pairs kept from before, then the rest assigned: for each row its column. Order is that of match.
 */
function matchFrame(frame: DistanceFrame, partner: ReadonlyMap<number, number>,
  maxDist: number): Map<number, number> {
  const { truth, tracks, distance } = frame;
  const columns = tracks.length;
  const columnOf = new Map<number, number>();
  tracks.forEach((track, column) => columnOf.set(track, column));
  const matched = new Map<number, number>();
  const used = new Set<number>();
  truth.forEach((user, row) => {
    const column = columnOf.get(partner.get(user) ?? -1);
    if (column === undefined || used.has(column) || !(distance[row * columns
      + column]! <= maxDist)) return;
    matched.set(row, column);
    used.add(column);
  });
  const rows = [...truth.keys()].filter((row) => !matched.has(row));
  const rest = [...tracks.keys()].filter((column) => !used.has(column));
  if (rows.length === 0 || rest.length === 0) return matched;
  const part = new Float64Array(rows.length * rest.length);
  rows.forEach((row, p) => rest.forEach((column, q) => (part[p * rest.length
    + q] = distance[row * columns + column]!)));
  for (const [p, q] of assignAllowed(part, rows.length, rest.length,
    maxDist)) matched.set(rows[p]!, rest[q]!);
  return matched;
}

/**
 * CLEAR: misses, false alarms, switches, matched distances.
 * @param keep `last` holds on to the last known partner, `prev` to that of the frame just before.
 * Source: Bernardin and Stiefelhagen 2008; fragments and coverage as py-motmetrics counts them.
 */
export function clearMeasures(
  frames: readonly DistanceFrame[], userCount: number, maxDist: number, keep: 'last' | 'prev',
): ClearResult {
  const last = new Map<number, number>();
  let previous = new Map<number, number>();
  const seen: boolean[][] = Array.from({ length: userCount }, () => []);
  const distances: number[] = [];
  const pairs: MatchedPair[] = [];
  let falsePositives = 0;
  let falseNegatives = 0;
  let switches = 0;
  frames.forEach((frame, index) => {
    const matched = matchFrame(frame, keep === 'last' ? last : previous, maxDist);
    previous = new Map();
    for (const [row, column] of matched) {
      const user = frame.truth[row]!;
      const track = frame.tracks[column]!;
      if (last.has(user) && last.get(user) !== track) switches++;
      last.set(user, track);
      previous.set(user, track);
      distances.push(frame.distance[row * frame.tracks.length + column]!);
      pairs.push({ frame: index, row, column });
    }
    frame.truth.forEach((user, row) => seen[user]!.push(matched.has(row)));
    falseNegatives += frame.truth.length - matched.size;
    falsePositives += frame.tracks.length - matched.size;
  });
  return { falsePositives, falseNegatives, switches, distances, pairs, ...coverageOf(seen) };
}

/** How well each road user's life was covered, and how often it broke. */
function coverageOf(seen: readonly boolean[][]): Pick<
  ClearResult, 'fragments' | 'mostlyTracked' | 'partlyTracked' | 'mostlyLost'
> {
  let fragments = 0;
  let mostlyTracked = 0;
  let partlyTracked = 0;
  let mostlyLost = 0;
  for (const life of seen) {
    const share = life.filter(Boolean).length / life.length;
    if (share >= 0.8) mostlyTracked++;
    else if (share >= 0.2) partlyTracked++;
    else if (share < 0.2) mostlyLost++;
    const from = life.indexOf(true);
    const to = life.lastIndexOf(true);
    for (let index = from + 1; from >= 0 && index <= to; index++) {
      if (!life[index] && life[index - 1]) fragments++;
    }
  }
  return { fragments, mostlyTracked, partlyTracked, mostlyLost };
}
