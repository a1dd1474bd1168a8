/** Reference lines of OpenDRIVE. Source: ASAM OpenDRIVE 1.7, sections 7 (geometry) and 9 (lanes). */
import { attribute, childrenOf, numberOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** A place with a direction: metres, radians counter-clockwise from the x axis. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly headingRad: number;
}

/** a + b·ds + c·ds² + d·ds³ from `s` on. */
export interface Cubic {
  readonly s: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** Rows of cubics by their start, `s` or `sOffset`. */
export const cubicsOf = (rows: readonly XmlElement[], start: string): readonly Cubic[] =>
  rows
    .map((row) => ({
      s: numberOf(row, start), a: numberOf(row, 'a'), b: numberOf(row, 'b'),
      c: numberOf(row, 'c'), d: numberOf(row, 'd'),
    }))
    .sort((a, b) => a.s - b.s);

/** The value of the row in force at `s`; 0 where none is. */
export function cubicAt(rows: readonly Cubic[], s: number): number {
  let found: Cubic | null = null;
  for (const row of rows) if (row.s <= s + 1e-9) found = row;
  if (!found) return 0;
  const ds = s - found.s;
  return found.a + ds * (found.b + ds * (found.c + ds * found.d));
}

interface Piece {
  readonly s: number;
  readonly lengthM: number;
  readonly start: Pose;
  /** The pose `ds` metres into the piece. */
  at(ds: number): Pose;
}

const turned = ({ x, y, headingRad }: Pose, u: number, v: number, turnRad: number): Pose => ({
  x: x + u * Math.cos(headingRad) - v * Math.sin(headingRad),
  y: y + u * Math.sin(headingRad) + v * Math.cos(headingRad),
  headingRad: headingRad + turnRad,
});

const arc = (start: Pose, curvature: number) => (ds: number): Pose => {
  if (Math.abs(curvature) < 1e-12) return turned(start, ds, 0, 0);
  const turn = ds * curvature;
  return turned(start, Math.sin(turn) / curvature, (1 - Math.cos(turn)) / curvature, turn);
};

/** Steps of Simpson's rule for a clothoid; 64 leave less than a millimetre over a kilometre. */
const CLOTHOID_STEPS = 64;

/** A clothoid: curvature goes evenly from `from` to `to`. Error: below 1 mm. */
const spiral = (start: Pose, from: number, to: number, lengthM: number) => (ds: number): Pose => {
  const rate = lengthM > 0 ? (to - from) / lengthM : 0;
  const turnAt = (s: number): number => s * (from + (rate * s) / 2);
  let [u, v] = [0, 0];
  for (let step = 0; step <= CLOTHOID_STEPS; step++) {
    const weight = step === 0 || step === CLOTHOID_STEPS ? 1 : step % 2 === 1 ? 4 : 2;
    const turn = turnAt((ds * step) / CLOTHOID_STEPS);
    u += weight * Math.cos(turn);
    v += weight * Math.sin(turn);
  }
  const scale = ds / (3 * CLOTHOID_STEPS);
  return turned(start, u * scale, v * scale, turnAt(ds));
};

const along = (p: number, [a, b, c, d]: readonly number[]): number =>
  a! + p * (b! + p * (c! + p * d!));
const slope = (p: number, [, b, c, d]: readonly number[]): number => b! + p * (2 * c! + 3 * p * d!);

function cubicCurve(row: XmlElement, start: Pose, lengthM: number): (ds: number) => Pose {
  const u = ['aU', 'bU', 'cU', 'dU'].map((name) => numberOf(row, name));
  const v = ['aV', 'bV', 'cV', 'dV'].map((name) => numberOf(row, name));
  // Without the attribute the range is normalized. Source: ASAM OpenDRIVE 1.7, table 25.
  const unit = attribute(row, 'pRange') === 'arcLength' ? 1 : 1 / (lengthM || 1);
  return (ds) => {
    const p = ds * unit;
    return turned(start, along(p, u), along(p, v), Math.atan2(slope(p, v), slope(p, u)));
  };
}

/** A cubic over the local axis; deprecated, still written. `ds` is taken for the length along u. */
function poly3(row: XmlElement, start: Pose): (ds: number) => Pose {
  const v = ['a', 'b', 'c', 'd'].map((name) => numberOf(row, name));
  return (ds) => turned(start, ds, along(ds, v), Math.atan(slope(ds, v)));
}

/** The reference line of a road. */
export class PlanView {
  readonly lengthM: number;
  readonly #pieces: readonly Piece[];
  /** Kinds of geometry that are none of ours; such a piece is taken as a straight line. */
  readonly unknown: readonly string[];

  constructor(road: XmlElement, planView: XmlElement | undefined) {
    this.lengthM = numberOf(road, 'length');
    const unknown: string[] = [];
    this.#pieces = childrenOf(planView, 'geometry').map((row): Piece => {
      const lengthM = numberOf(row, 'length');
      const start = { x: numberOf(row, 'x'), y: numberOf(row, 'y'), headingRad: numberOf(row, 'hdg') };
      const [shape] = row.children.filter(({ name }) => name !== 'userData');
      const at = ((): ((ds: number) => Pose) => {
        switch (shape?.name) {
          case 'line':
            return arc(start, 0);
          case 'arc':
            return arc(start, numberOf(shape, 'curvature'));
          case 'spiral':
            return spiral(start, numberOf(shape, 'curvStart'), numberOf(shape, 'curvEnd'), lengthM);
          case 'paramPoly3':
            return cubicCurve(shape, start, lengthM);
          case 'poly3':
            return poly3(shape, start);
          default:
            unknown.push(shape?.name ?? 'nothing');
            return arc(start, 0);
        }
      })();
      return { s: numberOf(row, 's'), lengthM, start, at };
    }).sort((a, b) => a.s - b.s);
    this.unknown = unknown;
  }

  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  at(s: number): Pose {
    let piece = this.#pieces[0]!;
    for (const candidate of this.#pieces) if (candidate.s <= s + 1e-9) piece = candidate;
    return piece.at(Math.min(Math.max(s - piece.s, 0), piece.lengthM));
  }

  /** The point `t` metres to the left of the line at `s`. */
  beside(s: number, t: number): readonly [number, number] {
    const { x, y, headingRad } = this.at(s);
    return [x - t * Math.sin(headingRad), y + t * Math.cos(headingRad)];
  }
}
