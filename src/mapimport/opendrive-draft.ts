/** The junctions of an OpenDRIVE file with their approaches, exits and ways across. */
import { siteFrame } from '../base/geodesy.ts';
import type { Geodetic } from '../base/geodesy.ts';
import { Skipped, clipped, nameOf } from './draft.ts';
import type { Draft, DraftCrossing, DraftEnd, DraftLane, DraftLink, DraftMovement, Plane } from './draft.ts';
import { keyOfStretch, kindOf, XodrNetwork } from './opendrive.ts';
import type { Stretch, XodrRoad } from './opendrive.ts';
import { projectionOf } from './projection.ts';
import { attribute, childOf, childrenOf, numberOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

export interface ImportOptions {
  /** Where the file's origin lies, for a file that does not say; null to take the file's word. */
  readonly reference: Geodetic | null;
  /** Names of junctions to take; all where empty. */
  readonly junctions: readonly string[];
  /** How far links reach from a junction, metres. */
  readonly reachM: number;
}

/** What keeps a file from being read at all. */
export type ImportRefusal =
  | 'no-place' | 'no-junction' | 'many-junctions' | 'no-roads' | 'many-roads';
export type ImportResult =
  | { readonly draft: Draft }
  | { readonly refused: ImportRefusal; readonly junctions: readonly string[] };

/** More junctions than this in one box are named by the caller. */
export const JUNCTIONS_MAX = 8;
/** Ends of roads that may meet at the junctions taken: more is a slip of the file. */
export const ARMS_MAX = 256;
const LANE_MIN_M = 0.8;

interface Arm {
  readonly junction: number;
  readonly road: XodrRoad;
  readonly contact: 'start' | 'end';
}

/** Header offset and projection → the site frame; the plane is true north already without them. */
interface Placing {
  readonly reference: Geodetic;
  toSite(point: Plane): Plane;
}

function placingOf(root: XmlElement, centre: Plane, given: Geodetic | null): Placing | null {
  const header = childOf(root, 'header');
  const offset = childOf(header, 'offset');
  const turn = numberOf(offset, 'hdg');
  const moved = ([x, y]: Plane): Plane => [
    x * Math.cos(turn) - y * Math.sin(turn) + numberOf(offset, 'x'),
    x * Math.sin(turn) + y * Math.cos(turn) + numberOf(offset, 'y'),
  ];
  const unproject = projectionOf(childOf(header, 'geoReference')?.text ?? '');
  if (unproject && !given) {
    const heightM = Math.round(numberOf(offset, 'z') * 10) / 10;
    const at = unproject(...moved(centre));
    if (!(Math.abs(at.latDeg) < 89 && Math.abs(at.lonDeg) <= 360)) return null;
    const round7 = (deg: number): number => Math.round(deg * 1e7) / 1e7;
    const reference = { latDeg: round7(at.latDeg), lonDeg: round7(at.lonDeg), heightM };
    const frame = siteFrame(reference);
    return {
      reference,
      toSite: (point) => {
        const { eastM, northM } = frame.toSite({ ...unproject(...moved(point)), heightM });
        return [eastM, northM];
      },
    };
  }
  return given && { reference: given, toSite: moved };
}

class OpenDriveDraft {
  readonly #root: XmlElement;
  readonly #options: ImportOptions;
  readonly #network: XodrNetwork;
  readonly #skipped: Skipped;
  readonly #junctions: readonly XmlElement[];
  readonly #arms: readonly Arm[];
  /** Lane names by the stretch that touches the junction, approach and exit apart. */
  readonly #lanes = { in: new Map<string, string>(), out: new Map<string, string>() };
  readonly #links: DraftLink[] = [];

  constructor(
    root: XmlElement, junctions: readonly XmlElement[], network: XodrNetwork,
    options: ImportOptions, skipped: Skipped,
  ) {
    this.#root = root;
    this.#options = options;
    this.#skipped = skipped;
    this.#network = network;
    this.#junctions = junctions;
    const ids = junctions.map((row) => attribute(row, 'id'));
    this.#arms = [...network.roads.values()].flatMap((road) =>
      (['start', 'end'] as const).flatMap((contact): Arm[] => {
        const end = road.ends[contact];
        const junction = end?.kind === 'junction' ? ids.indexOf(end.id) : -1;
        return junction >= 0 && road.junction === null ? [{ junction, road, contact }] : [];
      }));
  }

  /** Ends of roads that meet at the junctions. */
  get arms(): number {
    return this.#arms.length;
  }

  /** Lanes at the junction that lead into it (`in`) or out of it, from the left along travel. */
  #lanesOf({ road, contact }: Arm, way: 'in' | 'out'): readonly Stretch[] {
    const towards = contact === 'end' ? 1 : -1;
    return road.lanesAt(contact).filter((stretch) => {
      if ((road.directionOf(stretch.lane) === towards) !== (way === 'in')) return false;
      const section = road.sections[stretch.section]!;
      const { type } = section.lanes.get(stretch.lane)!;
      const s = contact === 'end' ? section.endS : section.s;
      const wide = road.widthAt(section, stretch.lane, s) >= LANE_MIN_M;
      if (kindOf(type) && wide) return true;
      this.#skipped.add(kindOf(type) ? 'lane without width at the junction' : `lane ${type}`);
      return false;
    });
  }

  #lane(arm: Arm, stretch: Stretch, id: string, way: 'in' | 'out', placing: Placing): {
    readonly lane: DraftLane; readonly far: number; readonly farKey: string;
  } {
    const { road, contact } = arm;
    const { stretches, ended } = this.#network.trace(
      stretch, way === 'in' ? -1 : 1, this.#options.reachM, null);
    const ordered = way === 'in' ? [...stretches].reverse() : stretches;
    const section = road.sections[stretch.section]!;
    const widthM = road.widthAt(section, stretch.lane, contact === 'end' ? section.endS : section.s);
    const points = this.#network.lineOf(ordered).map((point) => placing.toSite(point));
    const junction = ended && 'kind' in ended && ended.kind === 'junction' ? ended.id : '';
    const far = this.#junctions.findIndex((row) => attribute(row, 'id') === junction);
    const kind = kindOf(section.lanes.get(stretch.lane)!.type)!;
    const near = far >= 0
      ? points : clipped(points, this.#options.reachM, way === 'in' ? 'end' : 'start');
    return { lane: { id, kind, points: near, widthM }, far, farKey: keyOfStretch(stretches.at(-1)!) };
  }

  #speed(arm: Arm, stretches: readonly Stretch[]): number | null {
    const [first] = stretches;
    const own = first && arm.road.sections[first.section]!.lanes.get(first.lane)!.speedMps;
    return own ?? arm.road.speedMps;
  }

  #nameOf({ road, contact }: Arm): string {
    const twice = this.#arms.filter((arm) => arm.road === road).length > 1;
    return nameOf(`r${road.id}${twice ? `-${contact}` : ''}`);
  }

  #addLinks(arm: Arm, way: 'in' | 'out', placing: Placing): void {
    const stretches = this.#lanesOf(arm, way);
    if (stretches.length === 0) return;
    const id = `${this.#nameOf(arm)}-${way}`;
    const rows = stretches.map((stretch, at) =>
      ({ stretch, ...this.#lane(arm, stretch, `${id}-${at + 1}`, way, placing) }));
    const far = rows.find((row) => row.far >= 0)?.far ?? -1;
    if (way === 'out' && far >= 0) {
      // The next junction has these lanes as its approach already.
      for (const { stretch, farKey } of rows) {
        const known = this.#lanes.in.get(farKey);
        if (known) this.#lanes.out.set(keyOfStretch(stretch), known);
      }
      if (rows.some(({ stretch }) => this.#lanes.out.has(keyOfStretch(stretch)))) return;
    }
    const end: DraftEnd = far >= 0 ? { junction: far } : { point: this.#nameOf(arm) };
    const here: DraftEnd = { junction: arm.junction };
    for (const { stretch, lane } of rows) this.#lanes[way].set(keyOfStretch(stretch), lane.id);
    this.#links.push({
      id, from: way === 'in' ? end : here, to: way === 'in' ? here : end,
      lanes: rows.map(({ lane }) => lane), speedMps: this.#speed(arm, stretches),
    });
  }

  /** Ways over the connecting roads of one junction. */
  #movements(row: XmlElement, placing: Placing): DraftMovement[] {
    const id = attribute(row, 'id');
    return childrenOf(row, 'connection').flatMap((connection) => {
      const road = this.#network.roads.get(attribute(connection, 'connectingRoad'));
      const incoming = this.#network.roads.get(attribute(connection, 'incomingRoad'));
      if (!road || !incoming) {
        this.#skipped.add('connection without its roads');
        return [];
      }
      const contact = attribute(connection, 'contactPoint') === 'end' ? 'end' : 'start';
      const arms = this.#arms.filter((arm) => arm.road === incoming
        && attribute(this.#junctions[arm.junction], 'id') === id);
      return childrenOf(connection, 'laneLink').flatMap((link) => {
        const lane = numberOf(link, 'to');
        const section = contact === 'start' ? 0 : road.sections.length - 1;
        const from = arms.flatMap((arm) => {
          const at = arm.contact === 'end' ? incoming.sections.length - 1 : 0;
          const stretch = { road: incoming, section: at, lane: numberOf(link, 'from') };
          return this.#lanes.in.get(keyOfStretch(stretch)) ?? [];
        })[0];
        if (from === undefined || !road.sections[section]!.lanes.has(lane)) {
          this.#skipped.add('lane link without its lanes');
          return [];
        }
        return this.#movement(from, { road, section, lane }, id, placing);
      });
    });
  }

  #movement(from: string, start: Stretch, junction: string, placing: Placing): DraftMovement[] {
    const { stretches, ended } = this.#network.trace(start, 1, 400, junction);
    const to = ended && 'road' in ended ? this.#lanes.out.get(keyOfStretch(ended)) : undefined;
    if (to === undefined) {
      this.#skipped.add('way across that ends in no lane');
      return [];
    }
    const points = this.#network.lineOf(stretches).map((point) => placing.toSite(point));
    return [{ fromLane: from, toLane: to, points }];
  }

  /** Crosswalk objects near the junctions: middle line between the short sides of their outline. */
  #crossings(placing: Placing): DraftCrossing[] {
    return [...childrenOf(this.#root, 'road')].flatMap((row) => {
      const road = this.#network.roads.get(attribute(row, 'id'));
      return childrenOf(childOf(row, 'objects'), 'object').flatMap((object) => {
        if (attribute(object, 'type') !== 'crosswalk') {
          this.#skipped.add(`object ${attribute(object, 'type') || 'without type'}`);
          return [];
        }
        const made = road && crossingOf(road, object, placing);
        if (!made) this.#skipped.add('crosswalk without a four-cornered outline');
        return made ? [made] : [];
      });
    });
  }

  draft(placing: Placing): Draft {
    for (const arm of this.#arms) this.#addLinks(arm, 'in', placing);
    for (const arm of this.#arms) this.#addLinks(arm, 'out', placing);
    const signals = childrenOf(this.#root, 'road')
      .flatMap((row) => childrenOf(childOf(row, 'signals'), 'signal'));
    const lamps = signals.filter((row) => attribute(row, 'dynamic') === 'yes').length;
    this.#skipped.add('sign', signals.length - lamps);
    const hilly = childrenOf(this.#root, 'road').filter((row) =>
      childrenOf(childOf(row, 'elevationProfile'), 'elevation')
        .some((rise) => ['b', 'c', 'd'].some((name) => numberOf(rise, name) !== 0)));
    this.#skipped.add('road elevation', hilly.length);
    const movements = this.#junctions.flatMap((row) => this.#movements(row, placing));
    return {
      reference: placing.reference,
      junctions: this.#junctions.map((row) =>
        (attribute(row, 'name') || `Junction ${attribute(row, 'id')}`)
          .replace(/[^\x20-\x7e]/g, '').trim().slice(0, 63)),
      links: this.#links,
      movements,
      crossings: this.#crossings(placing),
      skipped: this.#skipped.counts,
      lamps,
    };
  }
}

function crossingOf(road: XodrRoad, object: XmlElement, placing: Placing): DraftCrossing | null {
  const outline = childOf(object, 'outline') ?? childOf(childOf(object, 'outlines'), 'outline');
  const base = road.view.at(numberOf(object, 's'));
  const [x, y] = road.view.beside(numberOf(object, 's'), numberOf(object, 't'));
  const turn = base.headingRad + numberOf(object, 'hdg');
  const corners = (outline?.children ?? []).flatMap((corner): Plane[] => {
    if (corner.name === 'cornerRoad') return [road.view.beside(numberOf(corner, 's'), numberOf(corner, 't'))];
    if (corner.name !== 'cornerLocal') return [];
    const [u, v] = [numberOf(corner, 'u'), numberOf(corner, 'v')];
    return [[x + u * Math.cos(turn) - v * Math.sin(turn), y + u * Math.sin(turn) + v * Math.cos(turn)]];
  });
  return crossingFrom(corners.map((corner) => placing.toSite(corner)));
}

/** Middle line and width of a four-cornered outline; null for any other. */
export function crossingFrom(outline: readonly Plane[]): DraftCrossing | null {
  const closed = outline.length === 5;
  const corners = closed ? outline.slice(0, 4) : outline;
  const [a, b, c, d] = corners;
  if (!a || !b || !c || !d || corners.length !== 4) return null;
  const lengthM = (p: Plane, q: Plane): number => Math.hypot(p[0] - q[0], p[1] - q[1]);
  const middle = (p: Plane, q: Plane): Plane => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
  const long = lengthM(a, b) + lengthM(c, d) >= lengthM(b, c) + lengthM(d, a);
  const points = long ? [middle(d, a), middle(b, c)] : [middle(a, b), middle(c, d)];
  const widthM = (long ? lengthM(b, c) + lengthM(d, a) : lengthM(a, b) + lengthM(c, d)) / 2;
  return { points, widthM };
}

/** Reads an OpenDRIVE root element. */
export function draftOfOpenDrive(root: XmlElement, options: ImportOptions): ImportResult {
  const skipped = new Skipped();
  const network = new XodrNetwork(root, skipped);
  const all = childrenOf(root, 'junction').filter((row) => {
    const usual = ['', 'default'].includes(attribute(row, 'type'));
    if (!usual) skipped.add(`junction ${attribute(row, 'type')}`);
    return usual && childrenOf(row, 'connection').length > 0;
  });
  const names = all.map((row) => attribute(row, 'id'));
  const wanted = options.junctions.length === 0
    ? all : all.filter((row) => options.junctions.includes(attribute(row, 'id')));
  if (wanted.length === 0) return { refused: 'no-junction', junctions: names };
  if (wanted.length > JUNCTIONS_MAX) return { refused: 'many-junctions', junctions: names };
  skipped.add('junction not asked for', all.length - wanted.length);
  for (const name of ['controller', 'station']) skipped.add(name, childrenOf(root, name).length);
  const made = new OpenDriveDraft(root, wanted, network, options, skipped);
  if (made.arms === 0) return { refused: 'no-roads', junctions: names };
  if (made.arms > ARMS_MAX) return { refused: 'many-roads', junctions: names };
  const placing = placingOf(root, centreOf(network, wanted[0]!), options.reference);
  if (!placing) return { refused: 'no-place', junctions: names };
  const draft = made.draft(placing);
  return draft.links.length > 0 ? { draft } : { refused: 'no-roads', junctions: names };
}

/** Middle of the ends of the roads that meet at a junction, in the file's own plane. */
function centreOf(network: XodrNetwork, junction: XmlElement): Plane {
  const id = attribute(junction, 'id');
  const ends = [...network.roads.values()].flatMap((road) =>
    (['start', 'end'] as const).flatMap((contact): Plane[] => {
      const end = road.ends[contact];
      if (end?.kind !== 'junction' || end.id !== id || road.junction !== null) return [];
      return [road.view.beside(contact === 'start' ? 0 : road.view.lengthM, 0)];
    }));
  const sum = ends.reduce<Plane>(([x, y], p) => [x + p[0], y + p[1]], [0, 0]);
  return ends.length === 0 ? [0, 0] : [sum[0] / ends.length, sum[1] / ends.length];
}
