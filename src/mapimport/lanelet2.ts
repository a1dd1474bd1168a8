/**
 * Lanelet2 (OSM XML) → a draft. Taken: lanelets with two bounds and their subtype, speed limit and
 * turn direction, crosswalk lanelets, traffic lights by number. Lanelets belong to a junction that
 * say a turn direction, or that part, meet or cross others. What else a file holds is counted.
 * Source: Lanelet2 primitives and tagging, as its documentation tells them.
 */
import { siteFrame } from '../base/geodesy.ts';
import type { Geodetic, SiteFrame } from '../base/geodesy.ts';
import { lineLength, pointOnLine } from '../base/geometry.ts';
import type { DraftLane, Plane, Skipped } from './draft.ts';
import { attribute, childrenOf, numberOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

/** One lanelet, its bounds along travel. */
export interface Lanelet {
  readonly id: string;
  readonly kind: DraftLane['kind'];
  readonly left: readonly Plane[];
  readonly right: readonly Plane[];
  readonly middle: readonly Plane[];
  readonly widthM: number;
  readonly turn: string;
  readonly speedMps: number | null;
  /** Names of the points that it begins and ends between. */
  readonly start: string;
  readonly end: string;
}

type Tags = ReadonlyMap<string, string>;
const tagsOf = (row: XmlElement): Tags =>
  new Map(childrenOf(row, 'tag').map((tag) => [attribute(tag, 'k'), attribute(tag, 'v')]));

interface Way {
  readonly ids: readonly string[];
  readonly points: readonly Plane[];
}

/** What lies farther from the reference than this is a slip of the file, metres. */
const MAP_MAX_M = 50_000;
/** Points of a lanelet's middle line. */
const STATIONS = 24;

function middleOf(left: readonly Plane[], right: readonly Plane[]): Plane[] {
  const [leftM, rightM] = [lineLength(left), lineLength(right)];
  return Array.from({ length: STATIONS + 1 }, (_, at): Plane => {
    const a = pointOnLine(left, (leftM * at) / STATIONS);
    const b = pointOnLine(right, (rightM * at) / STATIONS);
    return [(a.x + b.x) / 2, (a.y + b.y) / 2];
  });
}

function speedOf(text: string | undefined): number | null {
  const found = /^([\d.]+)\s*(km\/h|kmh|mph|m\/s)?$/i.exec(text?.trim() ?? '');
  if (!found) return null;
  const unit = found[2]?.toLowerCase();
  const value = Number(found[1]);
  if (unit === 'm/s') return value;
  return unit === 'mph' ? value * 0.44704 : value / 3.6;
}

const kinds: Readonly<Record<string, DraftLane['kind']>> = {
  road: 'motor', highway: 'motor', play_street: 'motor', bus_lane: 'bus', bicycle_lane: 'non-motor',
};

export interface LaneletMap {
  readonly reference: Geodetic;
  readonly lanelets: readonly Lanelet[];
  readonly crossings: readonly (readonly Plane[])[];
  readonly lamps: number;
}

class MapReader {
  readonly #root: XmlElement;
  readonly #skipped: Skipped;
  readonly #frame: SiteFrame;
  readonly #nodes: ReadonlyMap<string, Plane>;
  readonly #ways: ReadonlyMap<string, Way>;

  constructor(root: XmlElement, reference: Geodetic, skipped: Skipped) {
    this.#root = root;
    this.#skipped = skipped;
    this.#frame = siteFrame(reference);
    const { heightM } = reference;
    this.#nodes = new Map(childrenOf(root, 'node').map((row) => {
      const place = { latDeg: numberOf(row, 'lat'), lonDeg: numberOf(row, 'lon'), heightM };
      const { eastM, northM } = this.#frame.toSite(place);
      return [attribute(row, 'id'), [eastM, northM]];
    }));
    this.#ways = new Map(childrenOf(root, 'way').map((row) => {
      const ids = childrenOf(row, 'nd').map((nd) => attribute(nd, 'ref'));
      const known = ids.filter((id) => this.#nodes.has(id));
      skipped.add('point that is missing', ids.length - known.length);
      return [attribute(row, 'id'), { ids: known, points: known.map((id) => this.#nodes.get(id)!) }];
    }));
  }

  /** A bound from the ways that make it, end to end; null where they do not join. */
  #bound(refs: readonly string[]): Way | null {
    const ways = refs.map((id) => this.#ways.get(id));
    if (ways.some((way) => !way || way.ids.length < 2) || ways.length === 0) return null;
    let ids = [...ways[0]!.ids];
    for (const way of ways.slice(1) as Way[]) {
      const reversed = [...way.ids].reverse();
      const next = [way.ids, reversed].find(([first]) => first === ids.at(-1));
      if (next) ids = [...ids, ...next.slice(1)];
      else if (way.ids.at(-1) === ids[0]) ids = [...way.ids.slice(0, -1), ...ids];
      else if (reversed.at(-1) === ids[0]) ids = [...reversed.slice(0, -1), ...ids];
      else return null;
    }
    return { ids, points: ids.map((id) => this.#nodes.get(id)!) };
  }

  #bounds(row: XmlElement): { left: Way; right: Way } | null {
    const refsOf = (role: string): string[] => childrenOf(row, 'member')
      .filter((member) => attribute(member, 'role') === role && attribute(member, 'type') === 'way')
      .map((member) => attribute(member, 'ref'));
    const [left, right] = [this.#bound(refsOf('left')), this.#bound(refsOf('right'))];
    if (!left || !right) return null;
    return align(left, right);
  }

  #lanelet(row: XmlElement, tags: Tags, kind: DraftLane['kind']): Lanelet | null {
    const bounds = this.#bounds(row);
    if (!bounds) return null;
    const { left, right } = bounds;
    const points = [...left.points, ...right.points];
    if (points.some(([x, y]) => !(Math.hypot(x, y) <= MAP_MAX_M))) return null;
    const middle = middleOf(left.points, right.points);
    const [a, b] = [left.points.at(-1)!, right.points.at(-1)!];
    return {
      id: attribute(row, 'id'), kind, middle, left: left.points, right: right.points,
      widthM: Math.hypot(a[0] - b[0], a[1] - b[1]), turn: tags.get('turn_direction') ?? '',
      speedMps: speedOf(tags.get('speed_limit')),
      start: `${left.ids[0]!} ${right.ids[0]!}`, end: `${left.ids.at(-1)!} ${right.ids.at(-1)!}`,
    };
  }

  read(reference: Geodetic): LaneletMap {
    const lanelets: Lanelet[] = [];
    const crossings: (readonly Plane[])[] = [];
    let lamps = 0;
    for (const row of childrenOf(this.#root, 'relation')) {
      const tags = tagsOf(row);
      const subtype = tags.get('subtype') ?? '';
      if (tags.get('type') !== 'lanelet') {
        if (subtype === 'traffic_light') lamps++;
        else this.#skipped.add(`${tags.get('type') ?? 'relation'} ${subtype}`.trim());
        continue;
      }
      const kind = kinds[subtype];
      if (subtype === 'crosswalk') {
        const bounds = this.#bounds(row);
        if (bounds) {
          const { left, right } = bounds;
          crossings.push([
            left.points[0]!, left.points.at(-1)!, right.points.at(-1)!, right.points[0]!,
          ]);
        } else this.#skipped.add('lanelet without bounds');
      } else if (!kind) this.#skipped.add(`lanelet ${subtype || 'without subtype'}`);
      else {
        const made = this.#lanelet(row, tags, kind);
        if (made) lanelets.push(made);
        else this.#skipped.add('lanelet without bounds');
      }
    }
    return { reference, lanelets, crossings, lamps };
  }
}

/** Turns bounds so that both go along travel: the left one lies to the left of the right one. */
function align(left: Way, right: Way): { left: Way; right: Way } {
  const reversed = (way: Way): Way =>
    ({ ids: [...way.ids].reverse(), points: [...way.points].reverse() });
  const [l0, l1] = [left.points[0]!, left.points.at(-1)!];
  const [r0, r1] = [right.points[0]!, right.points.at(-1)!];
  const apart = (a: Plane, b: Plane): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const same = apart(l0, r0) + apart(l1, r1) <= apart(l0, r1) + apart(l1, r0);
  const other = same ? right : reversed(right);
  // Twice the area between the bounds: negative where the right one lies to the right.
  const ring = [...left.points, ...[...other.points].reverse()];
  const area = ring.reduce((sum, [x, y], at) => {
    const [nx, ny] = ring[(at + 1) % ring.length]!;
    return sum + x * ny - nx * y;
  }, 0);
  return area <= 0 ? { left, right: other } : { left: reversed(left), right: reversed(other) };
}

/** Middle of all points, for a file that names no reference. */
function centreOf(root: XmlElement): Geodetic | null {
  const nodes = childrenOf(root, 'node');
  const placed = nodes.filter((row) => {
    const lat = Math.abs(numberOf(row, 'lat'));
    return lat > 1e-6 && lat < 89 && Math.abs(numberOf(row, 'lon')) <= 180;
  });
  if (placed.length === 0 || placed.length < nodes.length) return null;
  const mean = (name: string): number =>
    Math.round((placed.reduce((sum, row) => sum + numberOf(row, name), 0) / placed.length) * 1e7) / 1e7;
  return { latDeg: mean('lat'), lonDeg: mean('lon'), heightM: 0 };
}

/** Lanelets of an OSM root element in the site frame; null where points have no place on earth. */
export function readLanelets(
  root: XmlElement, given: Geodetic | null, skipped: Skipped,
): LaneletMap | null {
  const reference = given ?? centreOf(root);
  return reference && new MapReader(root, reference, skipped).read(reference);
}
