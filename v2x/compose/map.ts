import { plusMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { LaneId, LinkId, NodeId, SignalGroupId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import { servedNodes } from '../../src/model/road.ts';
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
import type { Count, MapComposer } from '../../src/model/stages.ts';
import type { ComposerContext } from '../profile.ts';
import { MessageCounters } from './counter.ts';
import { airFrame, airOffset, airPosition } from './position.ts';
import type { AirFrame, AirPosition } from './position.ts';
import { airTime } from './time.ts';

const POINTS_MAX = 31;
const MOVEMENTS_MAX = 32;
/** A centre line may be simplified by this much to fit, metres. */
const SIMPLIFY_MAX_M = 0.3;

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

/** Douglas–Peucker: the fewest points that keep within `errorM`. Source: their paper of 1973. */
export function simplifyLine(line: readonly RoadPoint[], errorM: number): readonly RoadPoint[] {
  const first = line[0];
  const last = line[line.length - 1];
  if (line.length < 3 || !first || !last) return line;
  let worst = 0;
  let worstM = -1;
  const dx = last[0] - first[0];
  const dy = last[1] - first[1];
  const length2 = dx * dx + dy * dy;
  for (let index = 1; index + 1 < line.length; index++) {
    const [x, y] = line[index]!;
    const along = (x - first[0]) * dx + (y - first[1]) * dy;
    const share = length2 === 0 ? 0 : Math.min(Math.max(along / length2, 0), 1);
    const distanceM = Math.hypot(x - first[0] - share * dx, y - first[1] - share * dy);
    if (distanceM > worstM) {
      worstM = distanceM;
      worst = index;
    }
  }
  if (worstM <= errorM) return [first, last];
  return [
    ...simplifyLine(line.slice(0, worst + 1), errorM).slice(0, -1),
    ...simplifyLine(line.slice(worst), errorM),
  ];
}

/** Uses that hold always decide what the lane says; conditional ones are variants of the map. */
function manoeuvresOf(uses: readonly LaneUse[]): readonly number[] {
  const set = new Set<number>();
  for (const use of uses) {
    if (use.when.kind === 'always') for (const name of use.manoeuvres) set.add(manoeuvreBit[name]);
  }
  return [...set];
}

interface NodeMap {
  readonly node: RoadNode;
  /** The message value without its counter and stamp. */
  readonly value: unknown;
}

class MapBuilder {
  readonly #road: Road;
  readonly #air: AirFrame;
  readonly #phases: ReadonlyMap<SignalGroupId, number>;
  readonly #lanes: ReadonlyMap<LaneId, RoadLane>;
  readonly #links: ReadonlyMap<LinkId, RoadLink>;
  readonly #errorM: number;
  readonly #connectionsMax: number;
  readonly #count: Count;

  constructor(context: ComposerContext, errorM: number) {
    const { road } = context.site;
    this.#road = road;
    this.#air = airFrame(context.site);
    this.#phases = new Map(road.signalGroups.map((group) => [group.id, group.phase]));
    this.#lanes = new Map(road.lanes.map((lane) => [lane.id, lane]));
    this.#links = new Map(road.links.map((link) => [link.id, link]));
    this.#errorM = errorM;
    this.#connectionsMax = context.profile.connectionsMax;
    this.#count = context.count;
  }

  node(node: RoadNode): unknown {
    const reference = airPosition(this.#air.geodetic(node.reference[0], node.reference[1]));
    const key = nodeKey(node.id);
    const inLinks = this.#road.links
      .filter((link) => nodeKey(link.downstream) === key)
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
    const movements = this.#movementsOf(lanes);
    return {
      ...asciiName(link.name),
      upstreamNodeId: nodeValue(link.upstream),
      ...speedLimits(link.speedLimits),
      linkWidth: Math.round(link.widthM * 100),
      points: this.#points(link.points, reference),
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

  /** One movement for each remote node and phase of the link's lanes. */
  #movementsOf(lanes: readonly RoadLane[]): readonly unknown[] {
    const seen = new Map<string, unknown>();
    for (const lane of lanes) {
      for (const movement of this.#road.movements) {
        if (movement.fromLane !== lane.id) continue;
        const remote = this.#links.get(movement.toLink)?.downstream;
        if (!remote) continue;
        const phase = this.#phaseOf(movement.signalGroup);
        const key = `${nodeKey(remote)}/${phase ?? ''}`;
        if (!seen.has(key)) {
          seen.set(key, {
            remoteIntersection: nodeValue(remote),
            ...(phase === null ? {} : { phaseId: phase }),
          });
        }
      }
    }
    return this.#atMost([...seen.values()], MOVEMENTS_MAX);
  }

  #phaseOf(group: SignalGroupId | null): number | null {
    return group === null ? null : (this.#phases.get(group) ?? null);
  }

  #lane(lane: RoadLane, reference: AirPosition): unknown {
    const connects = this.#road.movements
      .filter(
        ({ fromLane, waitingArea }) => fromLane === lane.id || waitingArea?.laneId === lane.id,
      )
      .map((movement) => this.#connection(movement, lane));
    return {
      laneID: lane.number,
      laneWidth: Math.round(lane.widthM * 100),
      laneAttributes: { laneType: laneType(lane) },
      maneuvers: bits(12, manoeuvresOf(lane.uses)),
      ...(connects.length > 0
        ? { connectsTo: this.#atMost(connects, this.#connectionsMax) }
        : {}),
      ...speedLimits(lane.speedLimits),
      points: this.#points(lane.points, reference),
    };
  }

  #connection(movement: RoadMovement, lane: RoadLane): unknown {
    const remote = this.#links.get(movement.toLink)!.downstream;
    const target = movement.toLane === null ? null : this.#lanes.get(movement.toLane);
    const { waitingArea } = movement;
    const waits = waitingArea?.laneId === lane.id;
    const group = waits ? waitingArea.signalGroup : movement.signalGroup;
    const phase = this.#phaseOf(group);
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
      points: this.#points(crossing.points, reference),
    };
  }

  /** The first `most`; what is cut is counted. The checker has refused such roads. */
  #atMost<T>(list: readonly T[], most: number): readonly T[] {
    if (list.length > most) this.#count('map_list_cut', list.length - most);
    return list.slice(0, most);
  }

  #points(line: readonly RoadPoint[], reference: AirPosition): unknown[] {
    let kept = this.#errorM > 0 ? simplifyLine(line, this.#errorM) : line;
    let errorM = SIMPLIFY_MAX_M / 8;
    for (; kept.length > POINTS_MAX; errorM *= 2) {
      if (errorM > SIMPLIFY_MAX_M) this.#count('map_line_coarse');
      kept = simplifyLine(line, errorM);
    }
    return kept.map((point) => ({
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

function speedLimits(limits: readonly SpeedLimit[]): object {
  const list = limits
    .filter((limit) => limit.when.kind === 'always')
    .map(({ kind, speedMps }) => ({
      type: speedLimitTypes[kind],
      speed: Math.round(speedMps / 0.02),
    }));
  return list.length > 0 ? { speedLimits: list.slice(0, 9) } : {};
}

function laneType(lane: RoadLane): object {
  switch (lane.kind) {
    case 'non-motor':
      return { bikeLane: bits(16, []) };
    case 'crosswalk':
      return { crosswalk: bits(16, []) };
    case 'sidewalk':
      return { sidewalk: bits(16, []) };
    case 'bus':
      return { vehicle: bits(8, [3]) };
    case 'motor':
    case 'waiting-area':
      return { vehicle: bits(8, []) };
  }
}

class MapStage implements MapComposer {
  readonly #context: ComposerContext;
  readonly #counters: MessageCounters;
  readonly #maps: readonly NodeMap[];

  constructor(context: ComposerContext) {
    this.#context = context;
    this.#counters = new MessageCounters(context.random);
    const nodes = servedNodes(context.site.road);
    this.#maps = nodes.map((node) => ({ node, value: this.#fitted(node) }));
  }

  /** The node's value, simplified until it fits; the checker has refused what never fits. */
  #fitted(node: RoadNode): unknown {
    for (const errorM of [0, 0.05, 0.1, 0.2, SIMPLIFY_MAX_M]) {
      const value = new MapBuilder(this.#context, errorM).node(node);
      if (this.#encode(value, 0, 0).length <= this.#context.profile.sizeMaxOctets) return value;
    }
    this.#context.count('map_over_size');
    return new MapBuilder(this.#context, SIMPLIFY_MAX_M).node(node);
  }

  #encode(value: unknown, msgCnt: number, moy: number): Uint8Array {
    return this.#context.profile.encode({ mapFrame: { msgCnt, timeStamp: moy, nodes: [value] } });
  }

  compose(now: Stamp): readonly MessageOffer[] {
    const { profile } = this.#context;
    return this.#maps.map(({ node, value }) => ({
      message: {
        bytes: this.#encode(value, this.#counters.take(nodeKey(node.id)), airTime(now.utcMs).moy),
        type: 'MAP' as const,
        profile: profile.name,
        ...profile.air.MAP,
        validUntilMs: plusMs(now.monoMs, 1000),
        rsuIds: [],
        node: node.id,
      },
      validMs: now.monoMs,
      newestReceivedMs: null,
      participants: [],
    }));
  }

  snapshot(): unknown {
    return this.#counters.snapshot();
  }

  restore(snapshot: unknown): void {
    this.#counters.restore(snapshot);
  }
}

/** Composes MAP of the Chinese set. */
export const createMapComposer = (context: ComposerContext): MapComposer => new MapStage(context);
