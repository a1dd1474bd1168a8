/** What both kinds of map file are read into: the road around junctions, in the site frame. */
import type { Geodetic } from '../base/geodesy.ts';

/** Metres east and north of the reference point. */
export type Plane = readonly [number, number];

/** A junction by its place in the list, or a plain end of the road by a name of its own. */
export type DraftEnd = { readonly junction: number } | { readonly point: string };

export interface DraftLane {
  readonly id: string;
  readonly kind: 'motor' | 'bus' | 'non-motor';
  /** Along travel. */
  readonly points: readonly Plane[];
  readonly widthM: number;
}

export interface DraftLink {
  readonly id: string;
  readonly from: DraftEnd;
  readonly to: DraftEnd;
  /** From the left along travel; at least one. */
  readonly lanes: readonly DraftLane[];
  readonly speedMps: number | null;
}

export interface DraftMovement {
  readonly fromLane: string;
  readonly toLane: string;
  readonly points: readonly Plane[];
}

export interface DraftCrossing {
  /** From kerb to kerb. */
  readonly points: readonly Plane[];
  readonly widthM: number;
}

export interface Draft {
  readonly reference: Geodetic;
  readonly junctions: readonly string[];
  readonly links: readonly DraftLink[];
  readonly movements: readonly DraftMovement[];
  readonly crossings: readonly DraftCrossing[];
  /** What the file holds and the draft does not, by kind. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Lamps that the file names; they become signal groups by an engineer's hand alone. */
  readonly lamps: number;
}

/** Counts what is left out, by kind. */
export class Skipped {
  readonly counts = new Map<string, number>();

  add(kind: string, by = 1): void {
    if (by > 0) this.counts.set(kind, (this.counts.get(kind) ?? 0) + by);
  }
}

/** The part of a line within `reachM` of one of its ends. */
export function clipped(points: readonly Plane[], reachM: number, end: 'start' | 'end'): readonly Plane[] {
  const ordered = end === 'start' ? points : [...points].reverse();
  const kept: Plane[] = [];
  let lengthM = 0;
  for (const point of ordered) {
    const last = kept.at(-1);
    if (last) lengthM += Math.hypot(point[0] - last[0], point[1] - last[1]);
    if (lengthM > reachM && kept.length >= 2) break;
    kept.push(point);
  }
  return end === 'start' ? kept : kept.reverse();
}

/** A name as road.json takes it. */
export const nameOf = (text: string): string =>
  text.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 48) || 'x';
