/**
 * OpenDRIVE → a draft. Taken: plan view (line, arc, spiral, poly3, paramPoly3), lane offset, lane
 * sections, widths, links of roads and lanes, junctions with their connecting roads, speeds,
 * crosswalks with an outline, header offset and geoReference (transverse Mercator). What else a
 * file holds is counted. Source: ASAM OpenDRIVE 1.7.
 */
import { attribute, childOf, childrenOf, numberOf } from './xml.ts';
import type { XmlElement } from './xml.ts';
import { cubicAt, cubicsOf, PlanView } from './planview.ts';
import type { Cubic } from './planview.ts';
import type { DraftLane, Plane, Skipped } from './draft.ts';

interface XodrLane {
  readonly id: number;
  readonly type: string;
  readonly widths: readonly Cubic[];
  readonly before: number | null;
  readonly after: number | null;
  readonly speedMps: number | null;
}

interface Section {
  readonly s: number;
  readonly endS: number;
  readonly lanes: ReadonlyMap<number, XodrLane>;
}

/** What a road ends at. */
export interface RoadEnd {
  readonly kind: 'road' | 'junction';
  readonly id: string;
  /** Which end of the other road is met. */
  readonly contact: 'start' | 'end';
}

/** One stretch of a lane: a lane section of a road. */
export interface Stretch {
  readonly road: XodrRoad;
  readonly section: number;
  readonly lane: number;
}

export const keyOfStretch = ({ road, section, lane }: Stretch): string =>
  `${road.id}/${section}/${lane}`;

/** Lanes on one side of a road, and the length of a road: more is a slip of the file. */
const LANE_ID_MAX = 64;
const ROAD_MAX_M = 20_000;
/** Points of a sampled lane lie this far apart, metres. */
const SAMPLE_M = 1;

const speedOf = (row: XmlElement | undefined): number | null => {
  const value = numberOf(row, 'max', Number.NaN);
  if (!Number.isFinite(value) || value <= 0) return null;
  const unit = attribute(row, 'unit');
  if (unit === 'km/h') return value / 3.6;
  return unit === 'mph' ? value * 0.44704 : value;
};

const idOf = (row: XmlElement | undefined): number | null => {
  const id = numberOf(row, 'id', Number.NaN);
  return Number.isInteger(id) ? id : null;
};

function laneOf(row: XmlElement): XodrLane {
  const link = childOf(row, 'link');
  const speeds = childrenOf(row, 'speed').map((speed) => ({
    ...Object.fromEntries(speed.attributes), speed,
  }));
  return {
    id: numberOf(row, 'id'),
    type: attribute(row, 'type'),
    widths: cubicsOf(childrenOf(row, 'width'), 'sOffset'),
    before: idOf(childOf(link, 'predecessor')),
    after: idOf(childOf(link, 'successor')),
    speedMps: speedOf(speeds[0]?.speed),
  };
}

function endOf(link: XmlElement | undefined, name: string): RoadEnd | null {
  const row = childOf(link, name);
  const kind = attribute(row, 'elementType');
  if (!row || (kind !== 'road' && kind !== 'junction')) return null;
  const contact = attribute(row, 'contactPoint') === 'end' ? 'end' : 'start';
  return { kind, id: attribute(row, 'elementId'), contact };
}

/** One road with what is needed to walk along its lanes. */
export class XodrRoad {
  readonly id: string;
  /** Junction that the road lies in; null outside. */
  readonly junction: string | null;
  readonly view: PlanView;
  readonly sections: readonly Section[];
  readonly ends: Readonly<Record<'start' | 'end', RoadEnd | null>>;
  readonly speedMps: number | null;
  readonly leftHand: boolean;
  readonly #offset: readonly Cubic[];

  constructor(row: XmlElement, skipped: Skipped) {
    this.id = attribute(row, 'id');
    const junction = attribute(row, 'junction');
    this.junction = junction === '' || junction === '-1' ? null : junction;
    this.view = new PlanView(row, childOf(row, 'planView'));
    for (const name of this.view.unknown) skipped.add(`geometry ${name}`);
    this.leftHand = attribute(row, 'rule') === 'LHT';
    const link = childOf(row, 'link');
    this.ends = { start: endOf(link, 'predecessor'), end: endOf(link, 'successor') };
    const [type] = childrenOf(row, 'type');
    this.speedMps = speedOf(childOf(type, 'speed'));
    const lanes = childOf(row, 'lanes');
    this.#offset = cubicsOf(childrenOf(lanes, 'laneOffset'), 's');
    const starts = childrenOf(lanes, 'laneSection');
    this.sections = starts.map((section, index): Section => {
      const found = new Map<number, XodrLane>();
      for (const side of ['left', 'right']) {
        for (const lane of childrenOf(childOf(section, side), 'lane')) {
          const id = numberOf(lane, 'id');
          const sound = Number.isInteger(id) && id !== 0 && Math.abs(id) <= LANE_ID_MAX;
          if (sound) found.set(id, laneOf(lane));
          else skipped.add('lane of no number');
          skipped.add('lane border', childrenOf(lane, 'border').length);
        }
      }
      const next = starts[index + 1];
      const endS = next ? numberOf(next, 's') : this.view.lengthM;
      return { s: numberOf(section, 's'), endS, lanes: found };
    });
  }

  /** +1 where a lane is travelled along s, −1 against it. */
  directionOf(lane: number): 1 | -1 {
    return (lane < 0) !== this.leftHand ? 1 : -1;
  }

  /** Lanes of the section at an end, by their distance from the reference line. */
  lanesAt(end: 'start' | 'end'): readonly Stretch[] {
    const section = end === 'start' ? 0 : this.sections.length - 1;
    const ids = [...(this.sections[section]?.lanes.keys() ?? [])];
    return ids.sort((a, b) => Math.abs(a) - Math.abs(b))
      .map((lane) => ({ road: this, section, lane }));
  }

  widthAt(section: Section, lane: number, s: number): number {
    const row = section.lanes.get(lane);
    return row ? Math.max(cubicAt(row.widths, s - section.s), 0) : 0;
  }

  /** Middle of a lane at `s`. */
  #middle(section: Section, lane: number, s: number): Plane {
    const side = Math.sign(lane);
    let t = side * (this.widthAt(section, lane, s) / 2);
    for (let inner = side; inner !== lane; inner += side) {
      t += side * this.widthAt(section, inner, s);
    }
    return this.view.beside(s, t + cubicAt(this.#offset, s));
  }

  /** Middle line of a stretch, along s. */
  line({ section: index, lane }: Stretch): Plane[] {
    const section = this.sections[index]!;
    const lengthM = section.endS - section.s;
    const steps = Math.max(1, Math.ceil(lengthM / SAMPLE_M));
    return Array.from({ length: steps + 1 }, (_, step) =>
      this.#middle(section, lane, section.s + (lengthM * step) / steps));
  }
}

/** All roads of a file, and the way from one stretch of a lane to the next. */
export class XodrNetwork {
  readonly roads: ReadonlyMap<string, XodrRoad>;

  constructor(root: XmlElement, skipped: Skipped) {
    const rows = childrenOf(root, 'road').map((row) => new XodrRoad(row, skipped));
    const usable = rows.filter(({ view, sections }) => !view.empty && sections.length > 0
      && view.lengthM > 0 && view.lengthM <= ROAD_MAX_M
      && sections.every(({ s, endS }) => s >= 0 && endS > s && endS <= ROAD_MAX_M));
    skipped.add('road without geometry or lanes', rows.length - usable.length);
    this.roads = new Map(usable.map((road) => [road.id, road]));
  }

  /** The stretch that follows along s (`along` = 1) or against it; null at a junction or an end. */
  step({ road, section, lane }: Stretch, along: 1 | -1): Stretch | RoadEnd | null {
    const row = road.sections[section]!.lanes.get(lane);
    const named = along === 1 ? row?.after : row?.before;
    const next = section + along;
    if (road.sections[next]) {
      const id = named ?? lane;
      return road.sections[next]!.lanes.has(id) ? { road, section: next, lane: id } : null;
    }
    const end = along === 1 ? road.ends.end : road.ends.start;
    if (end?.kind !== 'road') return end;
    const other = this.roads.get(end.id);
    if (!other || named === null || named === undefined) return null;
    const at = end.contact === 'start' ? 0 : other.sections.length - 1;
    return other.sections[at]!.lanes.has(named) ? { road: other, section: at, lane: named } : null;
  }

  /**
   * Stretches from one on, with (`way` = 1) or against (−1) travel, until a junction, an end or
   * `reachM` metres. Inside a junction `within` lets the walk go on over its roads.
   */
  trace(start: Stretch, way: 1 | -1, reachM: number, within: string | null): {
    readonly stretches: readonly Stretch[];
    readonly ended: RoadEnd | Stretch | null;
  } {
    const stretches = [start];
    const seen = new Set([keyOfStretch(start)]);
    let lengthM = 0;
    for (let at = start; ;) {
      const { s, endS } = at.road.sections[at.section]!;
      lengthM += endS - s;
      const next = this.step(at, (at.road.directionOf(at.lane) * way) as 1 | -1);
      if (!next || !('road' in next)) return { stretches, ended: next };
      if (next.road.junction !== within) return { stretches, ended: next };
      const key = keyOfStretch(next);
      if (lengthM >= reachM || seen.has(key)) return { stretches, ended: null };
      seen.add(key);
      stretches.push(next);
      at = next;
    }
  }

  /** The joined middle line of stretches in order of travel. */
  lineOf(stretches: readonly Stretch[]): Plane[] {
    const points: Plane[] = [];
    for (const stretch of stretches) {
      const line = stretch.road.line(stretch);
      if (stretch.road.directionOf(stretch.lane) === -1) line.reverse();
      for (const point of line) {
        const last = points.at(-1);
        if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) > 0.05) points.push(point);
      }
    }
    return points;
  }
}

/** Kind of a lane in road.json; null for one that nobody drives on. */
export function kindOf(type: string): DraftLane['kind'] | null {
  switch (type) {
    case 'driving':
    case 'entry':
    case 'exit':
    case 'onRamp':
    case 'offRamp':
    case 'connectingRamp':
    case 'slipLane':
      return 'motor';
    case 'bus':
      return 'bus';
    case 'biking':
      return 'non-motor';
    default:
      return null;
  }
}
