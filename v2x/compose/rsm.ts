import { NORMAL_95, bound95M, speedBound95Mps } from '../../src/base/covariance.ts';
import { insideOutline } from '../../src/base/geometry.ts';
import { hash32 } from '../../src/base/random.ts';
import { plusMs } from '../../src/base/time.ts';
import type { MonotonicMs, Stamp } from '../../src/base/time.ts';
import { headingRadToNorthDeg, radToDeg } from '../../src/base/units.ts';
import type { Coverage } from '../../src/model/coverage.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { TrackId, ZoneId } from '../../src/model/ids.ts';
import type { MessageOffer, ParticipantEvidence } from '../../src/model/message.ts';
import { servedNodes } from '../../src/model/road.ts';
import type { RoadNode, RoadZone } from '../../src/model/road.ts';
import { isVulnerable } from '../../src/model/roaduser.ts';
import type { RoadUserClass } from '../../src/model/roaduser.ts';
import type { SignalState } from '../../src/model/signal.ts';
import type { RsmComposer } from '../../src/model/stages.ts';
import type { Track, TrackList } from '../../src/model/track.ts';
import type { ComposerContext } from '../profile.ts';
import { headingConfidence, positionConfidence, speedConfidence } from './confidence.ts';
import { MessageCounters } from './counter.ts';
import { airFrame, airOffset, airPosition } from './position.ts';
import type { AirFrame, AirPosition } from './position.ts';
import { airTime } from './time.ts';

/** Below this the heading is held, until the road user is faster than the second, m/s. */
const HEADING_HOLD_MPS = 4 / 3.6;
const HEADING_FREE_MPS = 5 / 3.6;
/** An id on air is not given again for this long, ms (rule R34). */
const ID_REST_MS = 10_000;
const VALID_FOR_MS = 200;
const UNKNOWN_SPEED = 8191;
const UNKNOWN_HEADING = 28_800;
/** A road user whose place is less sure than this is not told of (rule R31), metres. */
const BOUND_MAX_M = 3;
/** Faster than this is no road user of its kind (rule R32), m/s. */
const speedMaxMps: Readonly<Record<string, number>> = {
  unknown: 60,
  motor: 60,
  'non-motor': 15,
  pedestrian: 8,
};
/** The newest measurement of a road user may be this old by reason (rule R31), ms. */
const ageMaxMs = { seen: 500, missed: 500, hiddenVulnerable: 2000, hidden: 3000 } as const;

/** Kind of road user on air, and its class where the standard has one. */
interface AirKind {
  readonly type: string;
  readonly vehicle: number | null;
}
const kinds: Readonly<Record<RoadUserClass, AirKind>> = {
  unknown: { type: 'unknown', vehicle: null },
  car: { type: 'motor', vehicle: 10 },
  van: { type: 'motor', vehicle: 20 },
  truck: { type: 'motor', vehicle: 25 },
  bus: { type: 'motor', vehicle: 50 },
  motorcycle: { type: 'motor', vehicle: 40 },
  bicycle: { type: 'non-motor', vehicle: null },
  pedestrian: { type: 'pedestrian', vehicle: null },
};

const sources: Readonly<Record<string, string>> = {
  radar: 'microwaveRadar',
  camera: 'video',
  lidar: 'lidar',
  loop: 'loop',
  v2x: 'v2x',
};

/** One kind of sensor has a word of its own; several are integrated. */
const sourceOf = (track: Track): string =>
  track.kinds.length === 1 ? (sources[track.kinds[0]!] ?? 'unknown') : 'integrated';

interface HeldId {
  airId: number;
  lastMs: MonotonicMs;
  headingRad: number | null;
  held: boolean;
}

interface NodePlace {
  readonly node: RoadNode;
  readonly reference: AirPosition;
  /** Declared zones that are nearer to this node than to any other. */
  readonly zones: readonly ZoneId[];
}

class Rsm implements RsmComposer {
  readonly #context: ComposerContext;
  readonly #counters: MessageCounters;
  readonly #air: AirFrame;
  readonly #nodes: readonly RoadNode[];
  readonly #places: readonly NodePlace[];
  readonly #zones: readonly RoadZone[];
  readonly #unitId: string;
  #held = new Map<TrackId, HeldId>();
  #resting = new Map<number, MonotonicMs>();
  #nextAirId: number;

  constructor(context: ComposerContext) {
    this.#context = context;
    this.#counters = new MessageCounters(context.random);
    this.#air = airFrame(context.site);
    const { road } = context.site;
    this.#zones = road.zones.filter((zone) => zone.kind === 'coverage');
    const nodes = servedNodes(road);
    this.#nodes = nodes;
    const owners = this.#zones.map((zone) => nearestNode(nodes, ...middleOf(zone)));
    this.#places = nodes.map((node) => ({
      node,
      reference: airPosition(this.#air.geodetic(node.reference[0], node.reference[1])),
      zones: this.#zones.filter((_, index) => owners[index] === node).map(({ id }) => id),
    }));
    this.#unitId = unitId(context.site.box);
    this.#nextAirId = 1 + context.random.fork('first-id').below(context.profile.airIdMax);
  }

  compose(
    list: TrackList,
    coverage: Coverage,
    signals: readonly SignalState[],
    now: Stamp,
  ): readonly MessageOffer[] {
    this.#forget(now.monoMs);
    const covered = new Map<ZoneId, Set<RoadUserClass>>();
    for (const zone of coverage.zones) {
      if (zone.sensors.length === 0) continue;
      const classes = covered.get(zone.zoneId) ?? new Set<RoadUserClass>();
      classes.add(zone.cls);
      covered.set(zone.zoneId, classes);
    }
    const byNode = new Map<string, Track[]>();
    for (const track of list.tracks) {
      const why = this.#whyNot(track, covered, now);
      if (why) {
        this.#context.count(why);
        continue;
      }
      const node = nearestNode(this.#nodes, track.eastM, track.northM);
      const key = nodeKey(node!.id);
      const tracks = byNode.get(key) ?? [];
      tracks.push(track);
      byNode.set(key, tracks);
    }
    const offers: MessageOffer[] = [];
    for (const place of this.#places) {
      const tracks = byNode.get(nodeKey(place.node.id)) ?? [];
      // Nothing healthy looks at this node: silence, never emptiness (rule R30).
      const looks = tracks.length > 0 || place.zones.some((zone) => covered.has(zone));
      if (looks) offers.push(...this.#frames(place, tracks, list, now));
    }
    return offers;
  }

  /** Why a track is not told of; null when it is. The gate would refuse the whole message. */
  #whyNot(
    track: Track,
    covered: ReadonlyMap<ZoneId, ReadonlySet<RoadUserClass>>,
    now: Stamp,
  ): string | null {
    if (!this.#isCovered(track, covered)) return 'rsm_uncovered';
    if (!(boundOf(track) <= BOUND_MAX_M)) return 'rsm_unsure';
    if (track.speedMps > speedMaxMps[kinds[track.cls].type]!) return 'rsm_implausible';
    if (track.unseen === 'queued') return null;
    const ageMs = now.monoMs - track.measured.monoMs;
    const limitMs =
      track.unseen === 'seen' || track.unseen === 'missed'
        ? ageMaxMs.missed
        : isVulnerable(track.cls)
          ? ageMaxMs.hiddenVulnerable
          : ageMaxMs.hidden;
    // The gate looks a little later than we do.
    return ageMs > limitMs - 50 ? 'rsm_aged' : null;
  }

  #isCovered(track: Track, covered: ReadonlyMap<ZoneId, ReadonlySet<RoadUserClass>>): boolean {
    return this.#zones.some((zone) => {
      const classes = covered.get(zone.id);
      if (!classes || !insideOutline(track.eastM, track.northM, zone.outline)) return false;
      return classes.has(track.cls) || track.cls === 'unknown';
    });
  }

  /** Frames of one node: the vulnerable and the near first, so that what is cut is far. */
  #frames(place: NodePlace, tracks: Track[], list: TrackList, now: Stamp): MessageOffer[] {
    const [eastM, northM] = place.node.reference;
    const rank = (track: Track): number =>
      Math.hypot(track.eastM - eastM, track.northM - northM) - (isVulnerable(track.cls) ? 1000 : 0);
    const sorted = tracks
      .map((track) => ({ track, rank: rank(track) }))
      .sort((a, b) => a.rank - b.rank || (a.track.id < b.track.id ? -1 : 1))
      .map(({ track }) => track);
    const offers: MessageOffer[] = [];
    const { participantsMax, sizeMaxOctets } = this.#context.profile;
    for (let from = 0; from === 0 || from < sorted.length; ) {
      // One place is the unit's own.
      let take = Math.min(sorted.length - from, participantsMax - 1);
      let offer = this.#frame(place, sorted.slice(from, from + take), list, now);
      while (offer.message.bytes.length > sizeMaxOctets && take > 1) {
        take = Math.max(1, take - 2);
        offer = this.#frame(place, sorted.slice(from, from + take), list, now);
      }
      this.#counters.take(nodeKey(place.node.id));
      offers.push(offer);
      from += Math.max(take, 1);
    }
    return offers;
  }

  #frame(place: NodePlace, tracks: readonly Track[], list: TrackList, now: Stamp): MessageOffer {
    const { profile } = this.#context;
    const participants: unknown[] = [this.#self(list.valid)];
    const evidence: ParticipantEvidence[] = [selfEvidence(place.node, list.valid.monoMs)];
    for (const track of tracks) {
      const held = this.#hold(track, now.monoMs);
      if (!held) continue;
      participants.push(this.#participant(track, held, place.reference));
      evidence.push(evidenceOf(track, held.airId));
    }
    const frame = {
      rsmFrame: {
        msgCnt: this.#counters.peek(nodeKey(place.node.id)),
        id: this.#unitId,
        refPos: place.reference,
        participants,
      },
    };
    return {
      message: {
        bytes: profile.encode(frame),
        type: 'RSM',
        profile: profile.name,
        ...profile.air.RSM,
        validUntilMs: plusMs(now.monoMs, VALID_FOR_MS),
        rsuIds: [],
        node: place.node.id,
      },
      validMs: list.valid.monoMs,
      newestReceivedMs: list.newestReceivedMs,
      participants: evidence,
    };
  }

  #self(valid: Stamp): unknown {
    return {
      ptcType: 'rsu',
      ptcId: 0,
      source: 'selfinfo',
      secMark: airTime(valid.utcMs).msInMinute,
      pos: { offsetLL: { 'position-LL1': { lon: 0, lat: 0 } } },
      posConfidence: { pos: 'unavailable' },
      speed: 0,
      heading: UNKNOWN_HEADING,
      size: { width: 0, length: 0 },
    };
  }

  #participant(track: Track, held: HeldId, reference: AirPosition): unknown {
    const vxx = track.covariance[10] ?? 0;
    const vxy = track.covariance[11] ?? 0;
    const vyy = track.covariance[15] ?? 0;
    const kind = kinds[track.cls];
    const speed = Math.round(track.speedMps / 0.02);
    const speedBoundMps = speedBound95Mps(track.eastMps, track.northMps, vxx, vxy, vyy);
    return {
      ptcType: kind.type,
      ptcId: held.airId,
      source: sourceOf(track),
      secMark: airTime(track.valid.utcMs).msInMinute,
      pos: airOffset(this.#air.geodetic(track.eastM, track.northM), reference),
      posConfidence: { pos: positionConfidence(boundOf(track)) },
      speed: speed >= 0 && speed < UNKNOWN_SPEED ? speed : UNKNOWN_SPEED,
      heading: headingOnAir(held.headingRad),
      motionCfd: {
        speedCfd: speedConfidence(speedBoundMps),
        headingCfd:
          track.headingSigmaRad === null || held.headingRad === null
            ? 'unavailable'
            : headingConfidence(NORMAL_95 * radToDeg(track.headingSigmaRad)),
      },
      size: sizeOnAir(track),
      ...(kind.vehicle === null ? {} : { vehicleClass: { classification: kind.vehicle } }),
    };
  }

  /** The id on air of a track, and its latched heading. Null when every id is taken or resting. */
  #hold(track: Track, nowMs: MonotonicMs): HeldId | null {
    let held = this.#held.get(track.id);
    if (!held) {
      const airId = this.#freeId();
      if (airId === null) {
        this.#context.count('rsm_id_exhausted');
        return null;
      }
      held = { airId, lastMs: nowMs, headingRad: null, held: false };
      this.#held.set(track.id, held);
    }
    held.lastMs = nowMs;
    if (held.held ? track.speedMps > HEADING_FREE_MPS : track.speedMps >= HEADING_HOLD_MPS) {
      held.held = false;
    } else {
      held.held = true;
    }
    if (!held.held || held.headingRad === null) held.headingRad = track.headingRad;
    return held;
  }

  #freeId(): number | null {
    const { airIdMax } = this.#context.profile;
    const used = new Set([...this.#held.values()].map(({ airId }) => airId));
    for (let tries = 0; tries < airIdMax; tries++) {
      const airId = this.#nextAirId;
      this.#nextAirId = (airId % airIdMax) + 1;
      if (!used.has(airId) && !this.#resting.has(airId)) return airId;
    }
    return null;
  }

  #forget(nowMs: MonotonicMs): void {
    for (const [id, held] of this.#held) {
      if (nowMs - held.lastMs < 1000) continue;
      this.#held.delete(id);
      this.#resting.set(held.airId, nowMs);
    }
    for (const [airId, sinceMs] of this.#resting) {
      if (nowMs - sinceMs >= ID_REST_MS) this.#resting.delete(airId);
    }
  }

  snapshot(): unknown {
    return structuredClone({
      counters: this.#counters.snapshot(),
      held: [...this.#held],
      resting: [...this.#resting],
      nextAirId: this.#nextAirId,
    });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as {
      counters: unknown;
      held: [TrackId, HeldId][];
      resting: [number, MonotonicMs][];
      nextAirId: number;
    };
    this.#counters.restore(state.counters);
    this.#held = new Map(state.held);
    this.#resting = new Map(state.resting);
    this.#nextAirId = state.nextAirId;
  }
}

function headingOnAir(headingRad: number | null): number {
  if (headingRad === null) return UNKNOWN_HEADING;
  return Math.round(headingRadToNorthDeg(headingRad) / 0.0125) % 28_800;
}

/** Centimetres; 0 says not known. */
function sizeOnAir({ extent }: Track): { width: number; length: number; height?: number } {
  const centimetres = (m: number | null, max: number): number =>
    m === null ? 0 : Math.min(Math.max(Math.round(m * 100), 0), max);
  const height = extent.heightM === null ? 0 : Math.min(Math.round(extent.heightM / 0.05), 127);
  return {
    width: centimetres(extent.widthM, 500),
    length: centimetres(extent.lengthM, 4000),
    ...(height > 0 ? { height } : {}),
  };
}

/** The node nearest to a point of the site; undefined where none is served. */
function nearestNode(
  nodes: readonly RoadNode[],
  pointEastM: number,
  pointNorthM: number,
): RoadNode | undefined {
  let best = nodes[0];
  let bestM = Infinity;
  for (const node of nodes) {
    const [eastM, northM] = node.reference;
    const distanceM = Math.hypot(pointEastM - eastM, pointNorthM - northM);
    if (distanceM < bestM) {
      bestM = distanceM;
      best = node;
    }
  }
  return best;
}

/** Mean of the corners. */
function middleOf({ outline }: RoadZone): [number, number] {
  const sum = (index: 0 | 1): number => outline.reduce((total, point) => total + point[index], 0);
  return [sum(0) / outline.length, sum(1) / outline.length];
}

/**
 * The unit's 8 octets: the box's name, filled with zeros; of a long one its begin and a hash, so
 * that neighbours whose names differ at the end stay apart.
 */
export function unitId(box: string): string {
  const octets = new Uint8Array(8);
  const ascii = box.replace(/[^\x20-\x7e]/g, '_');
  if (ascii === box && box.length <= 8) new TextEncoder().encodeInto(box, octets);
  else {
    new TextEncoder().encodeInto(ascii.slice(0, 4), octets);
    new DataView(octets.buffer).setUint32(4, hash32(box));
  }
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** Radius that holds the place with 95 %; not a number where the covariance is none. */
function boundOf({ covariance }: Track): number {
  const [xx = NaN, xy = NaN, , , , yy = NaN] = covariance;
  return bound95M(xx, xy, yy);
}

function evidenceOf(track: Track, airId: number): ParticipantEvidence {
  return {
    airId,
    measuredMs: track.measured.monoMs,
    unseen: track.unseen,
    bound95M: boundOf(track),
    vulnerable: isVulnerable(track.cls),
    covered: true,
    eastM: track.eastM,
    northM: track.northM,
    speedMps: track.speedMps,
    cls: track.cls,
    greenMs: null,
  };
}

function selfEvidence(node: RoadNode, atMs: MonotonicMs): ParticipantEvidence {
  return {
    airId: 0,
    measuredMs: atMs,
    unseen: 'seen',
    bound95M: 0,
    vulnerable: false,
    covered: true,
    eastM: node.reference[0],
    northM: node.reference[1],
    speedMps: 0,
    cls: 'unit',
    greenMs: null,
  };
}

/** Composes RSM of the Chinese set. */
export const createRsmComposer = (context: ComposerContext): RsmComposer => new Rsm(context);

