/** One node of the road → its value in MAP, for what holds in one state. */
import { holds } from '../../src/model/conditions.ts';
import type { RoadState } from '../../src/model/conditions.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { LaneId, LinkId, NodeId, SignalGroupId } from '../../src/model/ids.ts';
import type {
  LaneUse,
  Manoeuvre,
  Road,
  RoadCrossing,
  RoadLane,
  RoadLink,
  RoadMovement,
  RoadNode,
  RoadPoint,
  SpeedLimit,
} from '../../src/model/road.ts';
import type { RoadUserClass } from '../../src/model/roaduser.ts';
import type { Site } from '../../src/model/site.ts';
import { airLine } from './map-lines.ts';
import { airFrame, airOffset, airPosition } from './position.ts';
import type { AirFrame, AirPosition } from './position.ts';

/** Source: T/CSAE 53-2020, DF_MovementList. */
const MOVEMENTS_MAX = 32;

const manoeuvreBit: Readonly<Record<Manoeuvre, number>> = {
  straight: 0,
  left: 1,
  right: 2,
  'u-turn': 3,
};
const bits = (length: number, set: readonly number[]): string =>
  Array.from({ length }, (_, index) => (set.includes(index) ? '1' : '0')).join('');

const speedLimitTypes: Readonly<Record<SpeedLimit['kind'], string>> = {
  max: 'vehicleMaxSpeed',
  min: 'vehicleMinSpeed',
  'max-night': 'vehicleNightMaxSpeed',
  'max-truck': 'truckMaxSpeed',
};

/** What could not be said as the road has it. */
export type MapShortcoming =
  /** A line has more points than fit within the allowed error. */
  | { readonly kind: 'line'; readonly of: string }
  /** A list is longer than the message can hold; what is over was left out. */
  | { readonly kind: 'list'; readonly of: string; readonly most: number; readonly length: number };

/** A node's value with what it cost. */
export interface NodeValue {
  readonly value: {
    readonly inLinks?: readonly unknown[];
    readonly [field: string]: unknown;
  };
  readonly shortcomings: readonly MapShortcoming[];
}

/** What decides a node's value beside the road. */
export interface NodeOptions {
  readonly state: RoadState;
  /** Lines are simplified by this many centimetres. */
  readonly steps: number;
  readonly connectionsMax: number;
  /** Whether a lane above or below the ground says so; phase 2 gives that bit another meaning. */
  readonly flyOver: boolean;
  /** Only these links; all where null. */
  readonly links: readonly LinkId[] | null;
}

class NodeBuilder {
  readonly #road: Road;
  readonly #air: AirFrame;
  readonly #options: NodeOptions;
  readonly #phases: ReadonlyMap<SignalGroupId, number>;
  readonly #lanes: ReadonlyMap<LaneId, RoadLane>;
  readonly #links: ReadonlyMap<LinkId, RoadLink>;
  readonly shortcomings: MapShortcoming[] = [];

  constructor(site: Site, options: NodeOptions) {
    const { road } = site;
    this.#road = road;
    this.#air = airFrame(site);
    this.#options = options;
    this.#phases = new Map(road.signalGroups.map((group) => [group.id, group.phase]));
    this.#lanes = new Map(road.lanes.map((lane) => [lane.id, lane]));
    this.#links = new Map(road.links.map((link) => [link.id, link]));
  }

  node(node: RoadNode): NodeValue['value'] {
    const reference = airPosition(this.#air.geodetic(node.reference[0], node.reference[1]));
    const key = nodeKey(node.id);
    const { links } = this.#options;
    const inLinks = this.#road.links
      .filter((link) => nodeKey(link.downstream) === key)
      .filter((link) => links === null || links.includes(link.id))
      .map((link) => this.#link(link, reference));
    return {
      ...asciiName(node.name),
      id: nodeValue(node.id),
      refPos: reference,
      ...(inLinks.length > 0 ? { inLinks } : {}),
    };
  }

  #link(link: RoadLink, reference: AirPosition): unknown {
    const lanes = this.#road.lanes.filter((lane) => lane.linkId === link.id);
    const crossings = this.#road.crossings.filter((crossing) => crossing.linkId === link.id);
    const movements = this.#movementsOf(link, lanes);
    return {
      ...asciiName(link.name),
      upstreamNodeId: nodeValue(link.upstream),
      ...this.#speedLimits(link.speedLimits),
      linkWidth: Math.round(link.widthM * 100),
      points: this.#points(link.id, link.points, reference),
      ...(movements.length > 0 ? { movements } : {}),
      lanes: [
        ...lanes
          .map((lane) => ({ number: lane.number, value: this.#lane(lane, reference) }))
          .sort((a, b) => a.number - b.number)
          .map(({ value }) => value),
        ...crossings.map((crossing) => this.#crossing(crossing, link, reference)),
      ],
    };
  }

  /**
   * One movement for each remote node and phase of the link's lanes, whatever holds now: a phase
   * that no lane leads to at this hour is still told of in SPAT and must have its place here.
   */
  #movementsOf(link: RoadLink, lanes: readonly RoadLane[]): readonly unknown[] {
    const seen = new Map<string, unknown>();
    const add = (remote: NodeId, phase: number | null): void => {
      const key = `${nodeKey(remote)}/${phase ?? ''}`;
      if (seen.has(key)) return;
      seen.set(key, {
        remoteIntersection: nodeValue(remote),
        ...(phase === null ? {} : { phaseId: phase }),
      });
    };
    for (const lane of lanes) {
      for (const movement of this.#road.movements) {
        const remote = this.#links.get(movement.toLink)?.downstream;
        if (!remote) continue;
        if (movement.fromLane === lane.id) add(remote, this.#phaseOf(movement.signalGroup));
        // A waiting area says its phase itself, unless it is closed now.
        const { waitingArea } = movement;
        const closed = waitingArea?.laneId === lane.id && !this.#allows(lane, movement.manoeuvre);
        if (closed) add(remote, this.#phaseOf(waitingArea.signalGroup));
      }
    }
    return this.#atMost(link.id, [...seen.values()], MOVEMENTS_MAX);
  }

  #phaseOf(group: SignalGroupId | null): number | null {
    return group === null ? null : (this.#phases.get(group) ?? null);
  }

  #inForce(lane: RoadLane): readonly LaneUse[] {
    return lane.uses.filter(({ when }) => holds(when, this.#options.state));
  }

  #allows(lane: RoadLane, manoeuvre: Manoeuvre): boolean {
    return this.#inForce(lane).some(({ manoeuvres }) => manoeuvres.includes(manoeuvre));
  }

  #lane(lane: RoadLane, reference: AirPosition): unknown {
    const uses = this.#inForce(lane);
    const set = new Set(uses.flatMap(({ manoeuvres }) => manoeuvres));
    const connects = this.#road.movements
      .filter(({ manoeuvre, fromLane, waitingArea }) =>
        (fromLane === lane.id || waitingArea?.laneId === lane.id) && set.has(manoeuvre))
      .map((movement) => this.#connection(movement, lane));
    return {
      laneID: lane.number,
      laneWidth: Math.round(lane.widthM * 100),
      laneAttributes: laneAttributes(lane, uses, this.#options.flyOver),
      maneuvers: bits(12, [...set].map((name) => manoeuvreBit[name])),
      ...(connects.length > 0
        ? { connectsTo: this.#atMost(lane.id, connects, this.#options.connectionsMax) }
        : {}),
      ...this.#speedLimits(lane.speedLimits),
      points: this.#points(lane.id, lane.points, reference),
    };
  }

  #connection(movement: RoadMovement, lane: RoadLane): unknown {
    const remote = this.#links.get(movement.toLink)!.downstream;
    const target = movement.toLane === null ? null : this.#lanes.get(movement.toLane);
    const { waitingArea } = movement;
    const waits = waitingArea?.laneId === lane.id;
    const phase = this.#phaseOf(waits ? waitingArea.signalGroup : movement.signalGroup);
    return {
      remoteIntersection: nodeValue(remote),
      ...(target
        ? {
            connectingLane: {
              lane: target.number,
              maneuver: bits(12, [manoeuvreBit[movement.manoeuvre]]),
            },
          }
        : {}),
      ...(phase === null ? {} : { phaseId: phase }),
    };
  }

  /** A crossing is a lane of the link that it crosses; its phase hangs on the link's far node. */
  #crossing(crossing: RoadCrossing, link: RoadLink, reference: AirPosition): unknown {
    const phase = this.#phaseOf(crossing.signalGroup);
    return {
      laneID: crossing.number,
      laneWidth: Math.round(crossing.widthM * 100),
      laneAttributes: { laneType: { crosswalk: bits(16, []) } },
      ...(phase === null
        ? {}
        : { connectsTo: [{ remoteIntersection: nodeValue(link.upstream), phaseId: phase }] }),
      points: this.#points(crossing.id, crossing.points, reference),
    };
  }

  #speedLimits(limits: readonly SpeedLimit[]): object {
    const list = limits
      .filter(({ when }) => holds(when, this.#options.state))
      .map(({ kind, speedMps }) => ({
        type: speedLimitTypes[kind],
        speed: Math.round(speedMps / 0.02),
      }));
    return list.length > 0 ? { speedLimits: list.slice(0, 9) } : {};
  }

  #atMost<T>(of: string, list: readonly T[], most: number): readonly T[] {
    if (list.length <= most) return list;
    this.shortcomings.push({ kind: 'list', of, most, length: list.length });
    return list.slice(0, most);
  }

  #points(of: string, line: readonly RoadPoint[], reference: AirPosition): unknown[] {
    const { points, fits } = airLine(line, this.#options.steps);
    if (!fits) this.shortcomings.push({ kind: 'line', of });
    return points.map((point) => ({
      posOffset: airOffset(this.#air.geodetic(point[0], point[1]), reference),
    }));
  }
}

const nodeValue = ({ region, id }: NodeId): { region: number; id: number } => ({ region, id });

/** A name on air is ASCII: one that would be mostly question marks is left out. */
function asciiName(name: string): { readonly name?: string } {
  const ascii = name.replace(/[^\x20-\x7e]/g, '').trim();
  return ascii.length * 2 < name.length || ascii === '' ? {} : { name: ascii.slice(0, 63) };
}

/** Bit of DE_LaneSharing for a class that a lane of this kind is not made for; none for its own. */
function sharingBit(kind: RoadLane['kind'], cls: RoadUserClass): number | null {
  const carriageway = kind === 'motor' || kind === 'bus' || kind === 'waiting-area';
  switch (cls) {
    case 'unknown':
      return null;
    case 'pedestrian':
      return kind === 'sidewalk' || kind === 'crosswalk' ? null : 6;
    case 'bicycle':
      return kind === 'non-motor' ? null : 7;
    case 'motorcycle':
      return carriageway || kind === 'non-motor' ? null : 3; // light ones go with the bicycles
    case 'bus':
      return carriageway ? null : 4;
    case 'car':
    case 'van':
    case 'truck':
      return carriageway ? null : 3;
  }
}

/** Who may use a lane now: DF_LaneAttributes. Revocable: at other times others may, or nobody. */
function laneAttributes(lane: RoadLane, uses: readonly LaneUse[], flyOver: boolean): object {
  const classes = new Set(uses.flatMap((use) => use.classes));
  const shared = [...classes].flatMap((cls) => sharingBit(lane.kind, cls) ?? []);
  const revocable = uses.length === 0 && lane.uses.length > 0 ? [0] : [];
  const busOnly = classes.size === 0 ? lane.kind === 'bus' : [...classes].every((c) => c === 'bus');
  const above = lane.level !== 0;
  const laneType = ((): object => {
    // Source of the bits: T/CSAE 53-2020, DE_LaneAttributes-Bike, -Crosswalk, -Sidewalk, -Vehicle.
    switch (lane.kind) {
      case 'non-motor':
        return { bikeLane: bits(16, [...revocable, ...(above ? [2] : [])]) };
      case 'crosswalk':
        return { crosswalk: bits(16, [...revocable, ...(above ? [2] : [])]) };
      case 'sidewalk':
        return { sidewalk: bits(16, [...revocable, ...(above ? [2] : [])]) };
      case 'bus':
      case 'motor':
      case 'waiting-area': {
        const set = [...revocable, ...(above && flyOver ? [1] : []), ...(busOnly ? [3] : [])];
        return { vehicle: bits(8, set) };
      }
    }
  })();
  return { ...(shared.length > 0 ? { shareWith: bits(10, shared) } : {}), laneType };
}

/** The value of one node, and what of the road it could not hold. */
export function nodeValueOf(site: Site, node: RoadNode, options: NodeOptions): NodeValue {
  const builder = new NodeBuilder(site, options);
  return { value: builder.node(node), shortcomings: builder.shortcomings };
}
