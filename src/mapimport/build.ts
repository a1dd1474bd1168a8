/** A draft → the two files of a bench site, without lamps. */
import { lineLength, pointOnLine } from '../base/geometry.ts';
import { newSite } from '../../config/samples.ts';
import type { RoadFile } from '../../config/road.ts';
import { ROAD_FORMAT_VERSION } from '../../config/road.ts';
import type { SiteFile } from '../../config/site.ts';
import { simplifyLine } from '../../v2x/compose/map-lines.ts';
import type { Draft, DraftEnd, DraftLane, DraftLink, DraftMovement, Plane } from './draft.ts';

type NodeRef = RoadFile['nodes'][number]['id'];
type Manoeuvre = RoadFile['movements'][number]['manoeuvre'];

/** Lines keep this near to the map file's own, metres. */
const KEEP_M = 0.03;
/** Stations of a link's centre line. */
const STATION_M = 10;
/** Turns up to this are straight on; above the other a U-turn. */
const STRAIGHT_RAD = (40 * Math.PI) / 180;
const U_TURN_RAD = (150 * Math.PI) / 180;
const DEFAULT_MPS = 13.88;
/** Plain ends of the road are numbered from here, junctions from 1. */
const FIRST_POINT = 100;

const round2 = (value: number): number => Math.round(value * 100) / 100;
const rounded = ([x, y]: readonly [number, number, ...number[]]): Plane => [round2(x), round2(y)];

/** A line to the centimetre, without points that say nothing. */
function tidy(line: readonly Plane[]): readonly Plane[] {
  const kept = simplifyLine(line, KEEP_M).map(rounded);
  return kept.filter(([x, y], index) => {
    const before = kept[index - 1];
    return !before || Math.hypot(x - before[0], y - before[1]) >= 0.01;
  });
}

const headingOf = (a: Plane, b: Plane): number => Math.atan2(b[1] - a[1], b[0] - a[0]);

/** What a path is called. Positive turns are to the left. */
export function manoeuvreOf(points: readonly Plane[]): Manoeuvre {
  const turn = headingOf(points.at(-2)!, points.at(-1)!) - headingOf(points[0]!, points[1]!);
  const rad = Math.atan2(Math.sin(turn), Math.cos(turn));
  if (Math.abs(rad) <= STRAIGHT_RAD) return 'straight';
  if (Math.abs(rad) >= U_TURN_RAD) return 'u-turn';
  return rad > 0 ? 'left' : 'right';
}

/** The point `backM` before the end of a line, moved to the left. */
function backFrom(lane: DraftLane, backM: number, leftM: number): Plane {
  const { x, y, headingRad } = pointOnLine(lane.points, lineLength(lane.points) - backM);
  return [x - leftM * Math.sin(headingRad), y + leftM * Math.cos(headingRad)];
}

/** Middle between the outer edges of the lanes that are long enough, from far to the stop line. */
function centreLine(lanes: readonly DraftLane[]): readonly Plane[] {
  const longestM = Math.max(...lanes.map(({ points }) => lineLength(points)));
  const stations: number[] = [];
  for (let backM = 0; backM < longestM; backM += STATION_M) stations.push(backM);
  if (longestM - stations.at(-1)! > 1) stations.push(longestM - 0.01);
  return stations.reverse().map((backM): Plane => {
    const there = lanes.filter(({ points }) => lineLength(points) >= backM - 0.5);
    const [first, last] = [there[0]!, there.at(-1)!];
    const left = backFrom(first, backM, first.widthM / 2);
    const right = backFrom(last, backM, -last.widthM / 2);
    return [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2];
  });
}

function widthOf(lanes: readonly DraftLane[]): number {
  const left = backFrom(lanes[0]!, 0, lanes[0]!.widthM / 2);
  const right = backFrom(lanes.at(-1)!, 0, -lanes.at(-1)!.widthM / 2);
  return round2(Math.max(Math.hypot(left[0] - right[0], left[1] - right[1]), lanes[0]!.widthM));
}

/** Convex outline, counter-clockwise. Source: Andrew's monotone chain. */
function hullOf(points: readonly Plane[]): readonly Plane[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (list: readonly Plane[]): Plane[] => {
    const kept: Plane[] = [];
    for (const p of list) {
      for (;;) {
        const [a, b] = [kept.at(-2), kept.at(-1)];
        if (!a || !b || (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 1e-9) break;
        kept.pop();
      }
      kept.push(p);
    }
    return kept.slice(0, -1);
  };
  return [...chain(sorted), ...chain([...sorted].reverse())];
}

const mean = (points: readonly Plane[]): Plane => [
  points.reduce((sum, [x]) => sum + x, 0) / points.length,
  points.reduce((sum, [, y]) => sum + y, 0) / points.length,
];

class Builder {
  readonly #draft: Draft;
  readonly #points: readonly string[];
  readonly #turns: ReadonlyMap<DraftMovement, Manoeuvre>;
  readonly #linkOf = new Map<string, DraftLink>();

  constructor(draft: Draft) {
    this.#draft = draft;
    const ends = draft.links.flatMap(({ from, to }) => [from, to]);
    this.#points = [...new Set(ends.flatMap((end) => ('point' in end ? [end.point] : [])))];
    for (const link of draft.links) for (const lane of link.lanes) this.#linkOf.set(lane.id, link);
    this.#turns = new Map(draft.movements.map((row) => [row, manoeuvreOf(tidy(row.points))]));
  }

  #node(end: DraftEnd): NodeRef {
    return {
      region: 0,
      id: 'junction' in end ? end.junction + 1 : FIRST_POINT + this.#points.indexOf(end.point),
    };
  }

  #at(end: DraftEnd): { readonly in: readonly DraftLink[]; readonly out: readonly DraftLink[] } {
    const same = (other: DraftEnd): boolean => this.#node(other).id === this.#node(end).id;
    return {
      in: this.#draft.links.filter(({ to }) => same(to)),
      out: this.#draft.links.filter(({ from }) => same(from)),
    };
  }

  #nodes(): RoadFile['nodes'] {
    const row = (end: DraftEnd, name: string): RoadFile['nodes'][number] => {
      const { in: entering, out } = this.#at(end);
      const corners = [
        ...entering.flatMap(({ lanes }) => lanes.flatMap((lane) =>
          [0.5, -0.5].map((side) => backFrom(lane, 0, side * lane.widthM)))),
        ...out.flatMap(({ lanes }) => lanes.flatMap((lane) => [0.5, -0.5].map((side) =>
          backFrom(lane, lineLength(lane.points), side * lane.widthM)))),
      ];
      const area = 'junction' in end ? hullOf(corners).map(rounded) : [];
      return {
        id: this.#node(end), name, reference: rounded(mean(area.length > 2 ? area : corners)),
        controllerId: null, area, level: 0,
      };
    };
    return [
      ...this.#draft.junctions.map((name, junction) => row({ junction }, name)),
      ...this.#points.map((point) => row({ point }, point)),
    ];
  }

  #lanes(): RoadFile['lanes'] {
    const always = { kind: 'always' } as const;
    return this.#draft.links.flatMap((link) => link.lanes.map((lane, index) => {
      const turns = this.#draft.movements.filter(({ fromLane }) => fromLane === lane.id)
        .map((movement) => this.#turns.get(movement)!);
      const classes = {
        motor: ['car', 'van', 'truck', 'bus', 'motorcycle'], bus: ['bus'],
        'non-motor': ['bicycle', 'motorcycle'],
      } as const;
      const manoeuvres = turns.length > 0 ? [...new Set(turns)] : ['straight' as const];
      return {
        id: lane.id as never, linkId: link.id as never, number: index + 1, kind: lane.kind,
        widthM: round2(lane.widthM), points: tidy(lane.points),
        uses: [{ manoeuvres, classes: classes[lane.kind], when: always }],
        speedLimits: [], level: 0,
      };
    }));
  }

  #links(): RoadFile['links'] {
    return this.#draft.links.map((link) => ({
      id: link.id as never, name: link.id,
      upstream: this.#node(link.from), downstream: this.#node(link.to),
      points: tidy(centreLine(link.lanes)), widthM: widthOf(link.lanes),
      speedLimits: [{
        kind: 'max' as const, speedMps: round2(link.speedMps ?? DEFAULT_MPS),
        when: { kind: 'always' as const },
      }],
    }));
  }

  #movements(): RoadFile['movements'] {
    return this.#draft.movements.map((row, index) => ({
      id: `m${index + 1}` as never,
      fromLane: row.fromLane as never,
      toLink: this.#linkOf.get(row.toLane)!.id as never,
      toLane: row.toLane as never,
      manoeuvre: this.#turns.get(row)!,
      signalGroup: null,
      points: tidy(row.points),
      waitingArea: null,
    }));
  }

  /** Each crossing goes with the approach whose stop line is nearest. */
  #crossings(): RoadFile['crossings'] {
    const used = new Map<string, number>();
    const approaches = this.#draft.links.filter(({ to }) => 'junction' in to);
    return this.#draft.crossings.flatMap(({ points, widthM }, index) => {
      const middle = mean(points);
      const apartM = (link: DraftLink): number => {
        const [x, y] = centreLine(link.lanes).at(-1)!;
        return Math.hypot(x - middle[0], y - middle[1]);
      };
      const [link] = [...approaches].sort((a, b) => apartM(a) - apartM(b));
      if (!link) return [];
      const number = (used.get(link.id) ?? link.lanes.length) + 1;
      used.set(link.id, number);
      return [{
        id: `crossing-${index + 1}` as never, linkId: link.id as never, number,
        points: points.map(rounded), widthM: round2(widthM), signalGroup: null,
      }];
    });
  }

  #zones(nodes: RoadFile['nodes'], lanes: RoadFile['lanes']): RoadFile['zones'] {
    const all = [...lanes, ...this.#draft.crossings].flatMap(({ points }) => points as readonly Plane[]);
    const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
    const [west, east] = [Math.min(...xs, -20) - 10, Math.max(...xs, 20) + 10];
    const [south, north] = [Math.min(...ys, -20) - 10, Math.max(...ys, 20) + 10];
    const zone = (
      id: string, kind: RoadFile['zones'][number]['kind'], outline: readonly Plane[],
    ): RoadFile['zones'][number] =>
      ({ id: id as never, kind, outline: outline.map(rounded), level: 0 });
    const around = ([x, y]: Plane, m: number): Plane[] =>
      [[x - m, y - m], [x + m, y - m], [x + m, y + m], [x - m, y + m]];
    return [
      ...nodes.filter(({ area }) => area.length > 2).map((node) =>
        zone(`centre-${node.id.id}`, 'coverage', node.area as readonly Plane[])),
      ...nodes.filter(({ area }) => area.length === 0).map((node) =>
        zone(`entry-${node.id.id}`, 'entry', around(node.reference as Plane, 15))),
      zone('area', 'area', [[west, south], [east, south], [east, north], [west, north]]),
    ];
  }

  build(): RoadFile {
    const nodes = this.#nodes();
    const lanes = this.#lanes();
    return {
      formatVersion: ROAD_FORMAT_VERSION, revision: 1,
      nodes, links: this.#links(), lanes, movements: this.#movements(),
      crossings: this.#crossings(), zones: this.#zones(nodes, lanes),
      signalGroups: [], ignoredLampGroups: [],
      conflicts: { conflicting: [], yielding: [], intergreens: [] },
      stages: [], signs: [],
      rsuAreas: [{
        rsuId: 'rsu' as never, nodes: this.#draft.junctions.map((_, at) => this.#node({ junction: at })),
      }],
    };
  }
}

const isSound = ({ points }: { readonly points: readonly Plane[] }): boolean =>
  points.length >= 2 && points.every((point) => point.every(Number.isFinite))
  && lineLength(points) >= 0.5;

/** Without lines that have no length or no place, and what hangs on them. */
function soundPart(draft: Draft): Draft {
  const links = draft.links
    .map((link) => ({ ...link, lanes: link.lanes.filter(isSound) }))
    .filter(({ lanes }) => lanes.length > 0);
  const known = new Set(links.flatMap(({ lanes }) => lanes.map(({ id }) => id)));
  return {
    ...draft,
    links,
    movements: draft.movements.filter((row) =>
      known.has(row.fromLane) && known.has(row.toLane) && isSound(row)),
    crossings: draft.crossings.filter(isSound),
  };
}

/** Both files of a bench site: the road of the draft, a sensor and a unit to begin with. */
export function siteOfDraft(
  draft: Draft, id: string,
): { readonly site: SiteFile; readonly road: RoadFile } {
  const { site } = newSite({
    id, name: { en: id, zh: id }, reference: draft.reference,
    junction: {
      node: { region: 0, id: 1 }, name: id, prefix: '', centre: [0, 0], controllerId: null,
      lampNames: 'tscbm', arms: [], greenS: [],
    },
  });
  return { site, road: new Builder(soundPart(draft)).build() };
}
