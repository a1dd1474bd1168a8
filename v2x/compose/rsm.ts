import { NORMAL_95, bound95M, speedBound95Mps } from '../../src/base/covariance.ts';
import { insideOutline } from '../../src/base/geometry.ts';
import { hash32 } from '../../src/base/random.ts';
import { plusMs } from '../../src/base/time.ts';
import type { MonotonicMs, Stamp } from '../../src/base/time.ts';
import { headingRadToNorthDeg, radToDeg } from '../../src/base/units.ts';
import type { Coverage } from '../../src/model/coverage.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { NodeId, RsuId, TrackId, ZoneId } from '../../src/model/ids.ts';
import type { MessageOffer, ParticipantEvidence } from '../../src/model/message.ts';
import { servedNodes } from '../../src/model/road.ts';
import type { RoadNode, RoadZone } from '../../src/model/road.ts';
import { isVulnerable } from '../../src/model/roaduser.ts';
import type { RoadUserClass } from '../../src/model/roaduser.ts';
import type { SignalState } from '../../src/model/signal.ts';
import type { RsmComposer } from '../../src/model/stages.ts';
import type { Track, TrackList } from '../../src/model/track.ts';
import type { ComposerContext } from '../profile.ts';
import { AirIds } from './airids.ts';
import type { HeldUser } from './airids.ts';
import { headingConfidence, positionConfidence, speedConfidence } from './confidence.ts';
import { MessageCounters } from './counter.ts';
import { airFrame, airOffset, airPosition } from './position.ts';
import type { AirFrame, AirPosition } from './position.ts';
import { Policy } from './policy.ts';
import { NodeShare, byRisk, rankUsers, roundBudget } from './share.ts';
import type { RankedUser } from './share.ts';
import { airTime } from './time.ts';

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
/** Nobody is told of who is less likely there than this (rule R33). */
const EXISTENCE_MIN = 0.15;
/** What a road user may gain, m/s², beside what its speed's error feigns, m/s (rule R32). */
const ACCELERATION_MAX = 12;
const SPEED_NOISE_MPS = 6;
/** Beside its way and its doubt a place may move by this, metres (rule R32). */
const JUMP_FLOOR_M = 2;
/** The gate must never be the first to see a jump: it refuses the whole message. */
const CAUTION = 0.95;
/** Longest and widest of each kind on air, metres; what is larger is not its size (rule R32). */
const sizeMaxM: Readonly<Record<string, readonly [number, number]>> = {
  unknown: [40, 5], motor: [40, 5], 'non-motor': [4, 2], pedestrian: [2, 2],
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

/**
 * One kind of sensor has a word of its own; several are integrated, and so is a list of objects
 * that does not say what it was made from.
 */
const sourceOf = (track: Track): string =>
  track.kinds.length === 1 ? (sources[track.kinds[0]!] ?? 'integrated') : 'integrated';

interface NodePlace {
  readonly node: RoadNode;
  readonly reference: AirPosition;
  /** Declared zones that are nearer to this node than to any other. */
  readonly zones: readonly ZoneId[];
  readonly share: NodeShare;
  /** The units that send it; null where the site's policy names none of this node. */
  readonly units: readonly RsuId[] | null;
}

/** One road user of a round, with what is remembered of it on air. */
export interface ToldUser {
  readonly user: RankedUser;
  readonly held: HeldUser;
}

/** Composes RSM; SSM of the same box asks it who is told of, and by which id. */
export class Rsm implements RsmComposer {
  readonly #context: ComposerContext;
  readonly #counters: MessageCounters;
  readonly #air: AirFrame;
  readonly #nodes: readonly RoadNode[];
  readonly #places: readonly NodePlace[];
  readonly #zones: readonly RoadZone[];
  readonly #unitId: string;
  readonly #policy: Policy;
  readonly #ids: AirIds;
  #lastMs: MonotonicMs | undefined;
  #told: ReadonlyMap<string, readonly ToldUser[]> = new Map();

  constructor(context: ComposerContext) {
    this.#context = context;
    const { site, profile, random } = context;
    this.#counters = new MessageCounters(random);
    this.#air = airFrame(site);
    const { road } = site;
    this.#zones = road.zones.filter((zone) => zone.kind === 'coverage');
    const nodes = servedNodes(road);
    this.#nodes = nodes;
    const owners = this.#zones.map((zone) => nearestNode(nodes, ...middleOf(zone)));
    this.#policy = new Policy(site, 'RSM', (1000 * site.loop.rsmEveryTicks) / site.loop.rateHz);
    const roundMs = this.#policy.periodMs;
    this.#places = nodes.map((node) => ({
      node,
      reference: airPosition(this.#air.geodetic(node.reference[0], node.reference[1])),
      zones: this.#zones.filter((_, index) => owners[index] === node).map(({ id }) => id),
      share: new NodeShare(
        roundBudget(site, node.id, nodes.length, roundMs), roundMs, profile.participantsMax - 1,
      ),
      units: this.#policy.unitsOf(node.id),
    }));
    this.#unitId = unitId(site.box);
    this.#ids = new AirIds(profile.airIdMax, profile.idRestMs, random.fork('first-id'));
  }

  /** Who may be told of now at a node, the riskiest first, also those whose round it is not. */
  toldOf(node: NodeId): readonly ToldUser[] {
    return this.#told.get(nodeKey(node)) ?? [];
  }

  compose(
    list: TrackList,
    coverage: Coverage,
    signals: readonly SignalState[],
    now: Stamp,
  ): readonly MessageOffer[] {
    // Without a policy the caller's own period holds.
    if (this.#policy.isSet && !this.#policy.due(this.#lastMs, now.monoMs)) return [];
    this.#lastMs = now.monoMs;
    this.#ids.forget(now.monoMs);
    const covered = coveredClasses(coverage);
    this.#told = this.#giveIds(this.#byNode(list, covered, now), now.monoMs);
    const offers: MessageOffer[] = [];
    for (const place of this.#places) {
      const users = this.toldOf(place.node.id);
      // Nothing healthy looks at this node: silence, never emptiness (rule R30).
      const looks = users.length > 0 || place.zones.some((zone) => covered.has(zone));
      const wanted = users.length > 0 || this.#policy.trigger !== 'occupied';
      if (looks && wanted) offers.push(...this.#frames(place, users, list, now));
    }
    return offers;
  }

  /** Whom to tell of, by node, the riskiest first. */
  #byNode(list: TrackList, covered: Covered, now: Stamp): Map<string, RankedUser[]> {
    const byNode = new Map<string, Track[]>();
    for (const track of list.tracks) {
      const why = this.#whyNot(track, covered, now);
      if (why) {
        this.#context.count(why);
        continue;
      }
      const node = nearestNode(this.#nodes, track.eastM, track.northM)!;
      const key = nodeKey(node.id);
      const tracks = byNode.get(key);
      if (tracks) tracks.push(track);
      else byNode.set(key, [track]);
    }
    const { farM } = this.#context.site.air;
    const stillSince = (track: Track): MonotonicMs | null =>
      this.#ids.get(track.id)?.stillSinceMs ?? null;
    const ranked = new Map<string, RankedUser[]>();
    for (const { node } of this.#places) {
      const key = nodeKey(node.id);
      const tracks = byNode.get(key) ?? [];
      ranked.set(key, rankUsers(tracks, node.reference, farM, now.monoMs, stillSince));
    }
    return ranked;
  }

  /**
   * Ids for all, or, where there are more road users than ids, for the riskiest and nearest; the
   * rest is counted as not sent (rule R34).
   */
  #giveIds(
    ranked: ReadonlyMap<string, readonly RankedUser[]>, nowMs: MonotonicMs,
  ): Map<string, readonly ToldUser[]> {
    const total = [...ranked.values()].reduce((sum, users) => sum + users.length, 0);
    const without = new Set<TrackId>();
    if (total > this.#ids.room) {
      const all = [...ranked.values()].flat().sort(byRisk);
      // Who has an id keeps it a little longer, so that nobody comes and goes at the border.
      const kept = this.#ids.room + Math.floor(this.#context.profile.airIdMax / 16);
      for (const [index, { track }] of all.entries()) {
        if (index < (this.#ids.has(track.id) ? kept : this.#ids.room)) continue;
        without.add(track.id);
        this.#ids.release(track.id);
        this.#context.count('rsm_id_not_sent');
      }
    }
    const told = new Map<string, readonly ToldUser[]>();
    for (const [key, users] of ranked) {
      const own: ToldUser[] = [];
      for (const user of users) {
        if (without.has(user.track.id)) continue;
        const held = this.#ids.hold(user.track, nowMs);
        if (held && !hasJumped(user.track, held)) own.push({ user, held });
        else if (held) {
          // An id that jumps is another road user's: it is given up, a new one follows.
          this.#ids.release(user.track.id);
          this.#context.count('rsm_jumped');
        } else this.#context.count('rsm_id_exhausted');
      }
      told.set(key, own);
    }
    return told;
  }

  /** Why a track is not told of; null when it is. The gate would refuse the whole message. */
  #whyNot(
    track: Track,
    covered: Covered,
    now: Stamp,
  ): string | null {
    if (!this.#isCovered(track, covered)) return 'rsm_uncovered';
    if (!this.#policy.holds(track.eastM, track.northM)) return 'rsm_outside_policy';
    if (!(boundOf(track) <= BOUND_MAX_M)) return 'rsm_unsure';
    if (track.existence < EXISTENCE_MIN) return 'rsm_unsure';
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

  #isCovered(track: Track, covered: Covered): boolean {
    return this.#zones.some((zone) => {
      const classes = covered.get(zone.id);
      if (!classes || !insideOutline(track.eastM, track.northM, zone.outline)) return false;
      return classes.has(track.cls) || track.cls === 'unknown';
    });
  }

  /** Frames of one node: who is due in this round, the riskiest first, within the budget. */
  #frames(
    place: NodePlace, users: readonly ToldUser[], list: TrackList, now: Stamp,
  ): MessageOffer[] {
    const { share, units } = place;
    if (units === null) return [];
    share.begin(users.map(({ user }) => user));
    const due = users.filter(({ user, held }) => {
      if (!held.told || share.isDue(user.cls, held.airId)) return true;
      this.#context.count(`rsm_held_${user.cls}`);
      return false;
    });
    const offers: MessageOffer[] = [];
    // A frame without anybody is sent only where there is nobody.
    const empty = users.length === 0;
    let from = 0;
    while (from < due.length || (empty && offers.length === 0)) {
      const offer = this.#oneFrame(place, due, from, list, now);
      if (offer === null) break;
      const taken = offer.participants.length - 1;
      this.#counters.take(nodeKey(place.node.id));
      share.spend(offer.message.bytes.length, taken);
      for (const { user, held } of due.slice(from, from + taken)) {
        const { valid, eastM, northM, speedMps } = user.track;
        held.told = { atMs: valid.monoMs, eastM, northM, speedMps };
        this.#context.count(`rsm_told_${user.cls}`);
      }
      offers.push(offer);
      from += taken;
    }
    for (const { user } of due.slice(from)) this.#context.count(`rsm_cut_${user.cls}`);
    return offers;
  }

  /** The next frame, as many road users as fit; null where the budget has no room for it. */
  #oneFrame(
    place: NodePlace, due: readonly ToldUser[], from: number, list: TrackList, now: Stamp,
  ): MessageOffer | null {
    const { participantsMax, sizeMaxOctets } = this.#context.profile;
    const room = place.share.room();
    if (room === null) return null;
    // One place is the unit's own.
    let take = Math.min(due.length - from, participantsMax - 1);
    for (;;) {
      const offer = this.#frame(place, due.slice(from, from + take), list, now);
      const octets = offer.message.bytes.length;
      if (octets <= Math.min(sizeMaxOctets, room)) return offer;
      // A single one that is too long for the profile is sent all the same; the gate decides.
      if (take <= 1) return octets <= room ? offer : null;
      take = Math.max(1, take - 2);
    }
  }

  #frame(
    place: NodePlace, told: readonly ToldUser[], list: TrackList, now: Stamp,
  ): MessageOffer {
    const { profile } = this.#context;
    const participants: unknown[] = [this.#self(list.valid)];
    const evidence: ParticipantEvidence[] = [selfEvidence(place.node, list.valid.monoMs)];
    for (const { user, held } of told) {
      participants.push(participantOf(user.track, held, this.#air, place.reference));
      evidence.push(evidenceOf(user.track, held));
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
        rsuIds: place.units ?? [],
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

  snapshot(): unknown {
    return structuredClone({
      counters: this.#counters.snapshot(),
      ids: this.#ids.snapshot(),
      shares: this.#places.map(({ share }) => share.snapshot()),
      lastMs: this.#lastMs ?? null,
    });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as {
      counters: unknown;
      ids: unknown;
      shares: readonly unknown[];
      lastMs: MonotonicMs | null;
    };
    this.#counters.restore(state.counters);
    this.#ids.restore(state.ids);
    this.#places.forEach(({ share }, index) => share.restore(state.shares[index]));
    this.#lastMs = state.lastMs ?? undefined;
  }
}

type Covered = ReadonlyMap<ZoneId, ReadonlySet<RoadUserClass>>;

/** Classes that a healthy sensor finds, by zone. */
function coveredClasses(coverage: Coverage): Covered {
  const covered = new Map<ZoneId, Set<RoadUserClass>>();
  for (const zone of coverage.zones) {
    if (zone.sensors.length === 0) continue;
    const classes = covered.get(zone.zoneId) ?? new Set<RoadUserClass>();
    classes.add(zone.cls);
    covered.set(zone.zoneId, classes);
  }
  return covered;
}

/** DF_ParticipantData of a road user: where it will be at its valid instant, and how sure that is. */
export function participantOf(
  track: Track, held: HeldUser, air: AirFrame, reference: AirPosition,
): Record<string, unknown> {
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
    pos: airOffset(air.geodetic(track.eastM, track.northM), reference),
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

function headingOnAir(headingRad: number | null): number {
  if (headingRad === null) return UNKNOWN_HEADING;
  return Math.round(headingRadToNorthDeg(headingRad) / 0.0125) % 28_800;
}

/** Whether a track is farther from where it was told, or faster, than it can be (rule R32). */
function hasJumped(track: Track, { told }: HeldUser): boolean {
  if (!told) return false;
  const spanS = Math.abs(track.valid.monoMs - told.atMs) / 1000;
  const fastMps = Math.max(track.speedMps, told.speedMps);
  const mayM = fastMps * spanS + 2 * boundOf(track) + JUMP_FLOOR_M;
  const movedM = Math.hypot(track.eastM - told.eastM, track.northM - told.northM);
  const mayMps = ACCELERATION_MAX * spanS + SPEED_NOISE_MPS;
  const gainedMps = Math.abs(track.speedMps - told.speedMps);
  return movedM > CAUTION * mayM || gainedMps > CAUTION * mayMps;
}

/** Length and width, metres; null where not known, or no size of its kind. */
function sidesOf({ extent, cls }: Track): { lengthM: number | null; widthM: number | null } {
  const [longest, widest] = sizeMaxM[kinds[cls].type]!;
  const within = (m: number | null, max: number): number | null =>
    m !== null && m <= max ? m : null;
  return { lengthM: within(extent.lengthM, longest), widthM: within(extent.widthM, widest) };
}

/** Centimetres; 0 says not known. */
function sizeOnAir(track: Track): { width: number; length: number; height?: number } {
  const { extent } = track;
  const { lengthM, widthM } = sidesOf(track);
  const centimetres = (m: number | null): number =>
    m === null ? 0 : Math.max(Math.round(m * 100), 0);
  const height = extent.heightM === null ? 0 : Math.min(Math.round(extent.heightM / 0.05), 127);
  return {
    width: centimetres(widthM),
    length: centimetres(lengthM),
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

/** Radius that holds the place with 95 %, metres; not a number where the covariance is none. */
function boundOf({ covariance }: Track): number {
  const [xx = NaN, xy = NaN, , , , yy = NaN] = covariance;
  return bound95M(xx, xy, yy);
}

/** What travels beside a road user to the gate. */
export function evidenceOf(track: Track, { airId, headingRad }: HeldUser): ParticipantEvidence {
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
    headingDeg: headingRad === null ? null : headingRadToNorthDeg(headingRad),
    ...sidesOf(track),
    existence: track.existence,
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
export const createRsmComposer = (context: ComposerContext): Rsm => new Rsm(context);

