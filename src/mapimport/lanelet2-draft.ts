/** The junctions of a Lanelet2 map with their approaches, exits and ways across. */
import { lineLength } from '../base/geometry.ts';
import { crossLines } from '../../config/conflicts.ts';
import { Skipped, clipped, nameOf } from './draft.ts';
import type { Draft, DraftCrossing, DraftEnd, DraftLane, DraftLink, DraftMovement, Plane } from './draft.ts';
import { readLanelets } from './lanelet2.ts';
import type { Lanelet, LaneletMap } from './lanelet2.ts';
import { crossingFrom, JUNCTIONS_MAX } from './opendrive-draft.ts';
import type { ImportOptions, ImportResult } from './opendrive-draft.ts';
import type { XmlElement } from './xml.ts';

/** Approaches that point the same way and end side by side are one link. */
const SAME_WAY_RAD = (35 * Math.PI) / 180;
const BESIDE_M = 8;
/** Parts of one junction lie within this, metres. */
const JUNCTION_M = 60;
/** An exit and an approach whose far ends are this near share a plain node. */
const SAME_END_M = 40;

const endHeading = ({ middle }: Lanelet, at: 'start' | 'end'): number => {
  const [a, b] = at === 'end' ? [middle.at(-2)!, middle.at(-1)!] : [middle[0]!, middle[1]!];
  return Math.atan2(b[1] - a[1], b[0] - a[0]);
};
const apartM = (a: Plane, b: Plane): number => Math.hypot(a[0] - b[0], a[1] - b[1]);
const turnBetween = (a: number, b: number): number =>
  Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)));

/** Lanelets by where they begin and end. */
class Graph {
  readonly #starting = new Map<string, Lanelet[]>();
  readonly #ending = new Map<string, Lanelet[]>();

  constructor(lanelets: readonly Lanelet[]) {
    const add = (map: Map<string, Lanelet[]>, key: string, lanelet: Lanelet): void => {
      map.set(key, [...(map.get(key) ?? []), lanelet]);
    };
    for (const lanelet of lanelets) {
      add(this.#starting, lanelet.start, lanelet);
      add(this.#ending, lanelet.end, lanelet);
    }
  }

  after = ({ end }: Lanelet): readonly Lanelet[] => this.#starting.get(end) ?? [];
  before = ({ start }: Lanelet): readonly Lanelet[] => this.#ending.get(start) ?? [];
}

/**
 * Lanelets inside junctions: those that say a turn direction; in a map where none says it, those
 * that part or meet, or cross one of these.
 */
function innerOf(lanelets: readonly Lanelet[], graph: Graph): ReadonlySet<Lanelet> {
  const tagged = lanelets.filter(({ turn }) => turn !== '');
  if (tagged.length > 0) return new Set(tagged);
  const inner = new Set(lanelets.filter((lanelet) =>
    graph.before(lanelet).some((before) => graph.after(before).length > 1)
      || graph.after(lanelet).some((after) => graph.before(after).length > 1)));
  for (let grown = true; grown;) {
    grown = false;
    for (const lanelet of lanelets) {
      if (inner.has(lanelet)) continue;
      const touching = (other: Lanelet): boolean =>
        other.start === lanelet.start || other.end === lanelet.end
        || other.start === lanelet.end || other.end === lanelet.start;
      const crossed = [...inner].some((other) =>
        !touching(other) && crossLines(lanelet.middle, other.middle));
      if (!crossed) continue;
      inner.add(lanelet);
      grown = true;
    }
  }
  return inner;
}

const centre = ({ middle }: Lanelet): Plane => middle[middle.length >> 1]!;

/** Inner lanelets that lie together, largest junction first. */
function clustersOf(inner: ReadonlySet<Lanelet>): readonly (readonly Lanelet[])[] {
  const clusters: Lanelet[][] = [];
  for (const lanelet of inner) {
    const near = clusters.filter((cluster) =>
      cluster.some((other) => apartM(centre(other), centre(lanelet)) < JUNCTION_M / 2));
    const joined = [...near.flat(), lanelet];
    for (const cluster of near) clusters.splice(clusters.indexOf(cluster), 1);
    clusters.push(joined);
  }
  return clusters.sort((a, b) => b.length - a.length);
}

interface Chain {
  readonly lanelet: Lanelet;
  readonly points: readonly Plane[];
  /** Place of the junction at the far end; −1 where there is none. */
  readonly far: number;
  readonly farLanelet: Lanelet;
}

class LaneletDraft {
  readonly #map: LaneletMap;
  readonly #graph: Graph;
  readonly #clusterOf = new Map<Lanelet, number>();
  readonly #reachM: number;
  readonly #lanes = { in: new Map<Lanelet, string>(), out: new Map<Lanelet, string>() };
  readonly #links: DraftLink[] = [];
  readonly #ends: { readonly name: string; readonly at: Plane }[] = [];

  constructor(map: LaneletMap, graph: Graph, clusters: readonly (readonly Lanelet[])[], reachM: number) {
    this.#map = map;
    this.#graph = graph;
    this.#reachM = reachM;
    clusters.forEach((cluster, at) => {
      for (const lanelet of cluster) this.#clusterOf.set(lanelet, at);
    });
  }

  /** From a lanelet away from its junction, until it parts, meets, ends or is far enough. */
  #chain(lanelet: Lanelet, way: 'in' | 'out'): Chain {
    const chain = [lanelet];
    let lengthM = lineLength(lanelet.middle);
    for (;;) {
      const last = chain.at(-1)!;
      const next = way === 'in' ? this.#graph.before(last) : this.#graph.after(last);
      const inside = next.map((one) => this.#clusterOf.get(one) ?? -1).find((at) => at >= 0);
      const [only] = next;
      if (inside !== undefined || next.length !== 1 || !only || chain.includes(only)
        || lengthM >= this.#reachM) {
        const ordered = way === 'in' ? [...chain].reverse() : chain;
        const points = ordered.flatMap(({ middle }, at) => (at === 0 ? middle : middle.slice(1)));
        const near = inside === undefined
          ? clipped(points, this.#reachM, way === 'in' ? 'end' : 'start') : points;
        return { lanelet, points: near, far: inside ?? -1, farLanelet: last };
      }
      chain.push(only);
      lengthM += lineLength(only.middle);
    }
  }

  /** Lanelets side by side that point the same way, each group from the left along travel. */
  #groups(lanelets: readonly Lanelet[], at: 'start' | 'end'): readonly (readonly Lanelet[])[] {
    const groups: Lanelet[][] = [];
    const place = ({ middle }: Lanelet): Plane => (at === 'end' ? middle.at(-1)! : middle[0]!);
    for (const lanelet of lanelets) {
      const beside = groups.filter((group) => group.some((other) =>
        turnBetween(endHeading(other, at), endHeading(lanelet, at)) < SAME_WAY_RAD
        && apartM(place(other), place(lanelet)) < BESIDE_M));
      for (const group of beside) groups.splice(groups.indexOf(group), 1);
      groups.push([...beside.flat(), lanelet]);
    }
    const leftM = (lanelet: Lanelet, heading: number): number => {
      const [x, y] = place(lanelet);
      return y * Math.cos(heading) - x * Math.sin(heading);
    };
    return groups.map((group) => {
      const heading = endHeading(group[0]!, at);
      return [...group].sort((a, b) => leftM(b, heading) - leftM(a, heading));
    });
  }

  #pointAt(at: Plane): DraftEnd {
    const known = this.#ends.find((end) => apartM(end.at, at) < SAME_END_M);
    if (known) return { point: known.name };
    const name = `end-${this.#ends.length + 1}`;
    this.#ends.push({ name, at });
    return { point: name };
  }

  #addLinks(lanelets: readonly Lanelet[], junction: number, way: 'in' | 'out'): void {
    for (const group of this.#groups(lanelets, way === 'in' ? 'end' : 'start')) {
      const chains = group.map((lanelet) => this.#chain(lanelet, way));
      const far = chains.find((chain) => chain.far >= 0)?.far ?? -1;
      if (way === 'out' && far >= 0) {
        for (const { lanelet, farLanelet } of chains) {
          const known = this.#lanes.in.get(farLanelet);
          if (known) this.#lanes.out.set(lanelet, known);
        }
        if (group.some((lanelet) => this.#lanes.out.has(lanelet))) continue;
      }
      const id = nameOf(`l${group[0]!.id}-${way}`);
      const [first] = chains;
      const place = way === 'in' ? first!.points[0]! : first!.points.at(-1)!;
      const end = far >= 0 ? { junction: far } : this.#pointAt(place);
      const lanes = chains.map(({ lanelet, points }, at): DraftLane => {
        this.#lanes[way].set(lanelet, `${id}-${at + 1}`);
        return { id: `${id}-${at + 1}`, kind: lanelet.kind, points, widthM: lanelet.widthM };
      });
      this.#links.push({
        id, lanes, from: way === 'in' ? end : { junction }, to: way === 'in' ? { junction } : end,
        speedMps: group[0]!.speedMps,
      });
    }
  }

  /** From each approach over the junction's lanelets to each exit. */
  #movements(approaches: readonly Lanelet[], junction: number): DraftMovement[] {
    return approaches.flatMap((approach) => {
      const open = this.#graph.after(approach).map((first) => [first]);
      const found: DraftMovement[] = [];
      while (open.length > 0) {
        const chain = open.shift()!;
        const last = chain.at(-1)!;
        for (const next of this.#graph.after(last)) {
          if (this.#clusterOf.get(next) === junction && !chain.includes(next) && chain.length < 8) {
            open.push([...chain, next]);
          }
          const to = this.#lanes.out.get(next);
          if (to === undefined || this.#clusterOf.has(next)) continue;
          const points = chain.flatMap(({ middle }, at) => (at === 0 ? middle : middle.slice(1)));
          found.push({ fromLane: this.#lanes.in.get(approach)!, toLane: to, points });
        }
      }
      return found;
    });
  }

  draft(clusters: readonly (readonly Lanelet[])[], skipped: Skipped): Draft {
    const outside = (list: readonly Lanelet[]): Lanelet[] =>
      [...new Set(list)].filter((lanelet) => !this.#clusterOf.has(lanelet));
    const approaches = clusters.map((cluster) => outside(cluster.flatMap(this.#graph.before)));
    const exits = clusters.map((cluster) => outside(cluster.flatMap(this.#graph.after)));
    approaches.forEach((list, at) => this.#addLinks(list, at, 'in'));
    exits.forEach((list, at) => this.#addLinks(list, at, 'out'));
    const movements = approaches.flatMap((list, at) => this.#movements(list, at));
    const crossings = this.#map.crossings.flatMap((outline): DraftCrossing[] => {
      const made = crossingFrom(outline);
      if (!made) skipped.add('crosswalk without a four-cornered outline');
      return made ? [made] : [];
    });
    return {
      reference: this.#map.reference,
      junctions: clusters.map((_, at) => `Junction ${at + 1}`),
      links: this.#links, movements, crossings,
      skipped: skipped.counts, lamps: this.#map.lamps,
    };
  }
}

/** Reads an OSM root element that holds a Lanelet2 map. Junctions are numbered, largest first. */
export function draftOfLanelets(root: XmlElement, options: ImportOptions): ImportResult {
  const skipped = new Skipped();
  const map = readLanelets(root, options.reference, skipped);
  if (!map) return { refused: 'no-place', junctions: [] };
  const graph = new Graph(map.lanelets);
  const inner = innerOf(map.lanelets, graph);
  const all = clustersOf(inner).filter((cluster) => cluster.length > 1);
  const names = all.map((_, at) => String(at + 1));
  const wanted = options.junctions.length === 0
    ? all : all.filter((_, at) => options.junctions.includes(String(at + 1)));
  if (wanted.length === 0) return { refused: 'no-junction', junctions: names };
  if (wanted.length > JUNCTIONS_MAX) return { refused: 'many-junctions', junctions: names };
  skipped.add('junction not asked for', all.length - wanted.length);
  const draft = new LaneletDraft(map, graph, wanted, options.reachM).draft(wanted, skipped);
  return draft.links.length > 0 ? { draft } : { refused: 'no-roads', junctions: names };
}
