/**
 * Who is told of in which round of RSM: every road user has a class, the riskiest come first, and
 * over a unit's budget those who matter least are told of less often.
 */
import type { Stateful } from '../../src/base/stateful.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { NodeId } from '../../src/model/ids.ts';
import { isVulnerable } from '../../src/model/roaduser.ts';
import type { RoadPoint } from '../../src/model/road.ts';
import type { RsuSettings, Site } from '../../src/model/site.ts';
import type { Track } from '../../src/model/track.ts';

/** Classes of road users by what is lost when they are told of late; the first matter most. */
export const shareClasses = ['vulnerable', 'conflicting', 'moving', 'far', 'parked'] as const;
export type ShareClass = (typeof shareClasses)[number];

/**
 * How often each class is told of at each level of restraint, Hz; 10 stands for every round. The
 * vulnerable and the conflicting are never told of less often.
 */
export const shareRatesHz: readonly Readonly<Record<ShareClass, number>>[] = [
  { vulnerable: 10, conflicting: 10, moving: 10, far: 10, parked: 10 },
  { vulnerable: 10, conflicting: 10, moving: 10, far: 1, parked: 2 },
  { vulnerable: 10, conflicting: 10, moving: 5, far: 1, parked: 1 },
  { vulnerable: 10, conflicting: 10, moving: 2, far: 1, parked: 1 },
];
const EVERY_ROUND_HZ = 10;

/** Two pass within this of each other, metres, and that within this time: they conflict. */
const NEAR_MISS_M = 2.5;
const CONFLICT_S = 5;
/** Slower than this conflicts with nobody by itself, m/s. */
const MOVING_MPS = 1;
/** Pairs that are farther apart along an axis are not looked at, metres. */
const PAIR_M = 120;
/** Who stands this long is parked, ms: also in a queue, where it says little that is new. */
const PARKED_MS = 5000;

/**
 * Seconds to the nearest miss of each road user with another, both at their present velocity;
 * infinite where there is none within `CONFLICT_S`. Quadratic in the number of road users.
 */
export function timesToConflictS(tracks: readonly Track[]): Float64Array {
  const count = tracks.length;
  const times = new Float64Array(count).fill(Infinity);
  for (let i = 0; i < count; i++) {
    const a = tracks[i]!;
    const moving = a.speedMps >= MOVING_MPS;
    for (let j = i + 1; j < count; j++) {
      const b = tracks[j]!;
      const dx = b.eastM - a.eastM;
      const dy = b.northM - a.northM;
      if (dx > PAIR_M || dx < -PAIR_M || dy > PAIR_M || dy < -PAIR_M) continue;
      if (!moving && b.speedMps < MOVING_MPS) continue;
      const vx = b.eastMps - a.eastMps;
      const vy = b.northMps - a.northMps;
      const closing = -(dx * vx + dy * vy);
      const speed2 = vx * vx + vy * vy;
      if (closing <= 0 || closing > CONFLICT_S * speed2) continue;
      const timeS = closing / speed2;
      const missX = dx + vx * timeS;
      const missY = dy + vy * timeS;
      if (missX * missX + missY * missY > NEAR_MISS_M * NEAR_MISS_M) continue;
      if (timeS < times[i]!) times[i] = timeS;
      if (timeS < times[j]!) times[j] = timeS;
    }
  }
  return times;
}

/** One road user with its class and place in the order of the risk. */
export interface RankedUser {
  readonly track: Track;
  readonly cls: ShareClass;
  readonly conflictS: number;
  readonly distanceM: number;
}

/** The riskiest first: by class, then by time to the conflict, then by distance. */
export const byRisk = (a: RankedUser, b: RankedUser): number =>
  shareClasses.indexOf(a.cls) - shareClasses.indexOf(b.cls)
  || (a.conflictS === b.conflictS ? 0 : a.conflictS - b.conflictS)
  || a.distanceM - b.distanceM
  || (a.track.id < b.track.id ? -1 : 1);

/**
 * Ranks the road users of one node.
 * @param stillSinceMs since when one stands; null for who moves or is new.
 */
export function rankUsers(
  tracks: readonly Track[],
  node: RoadPoint,
  farM: number,
  nowMs: MonotonicMs,
  stillSinceMs: (track: Track) => MonotonicMs | null,
): RankedUser[] {
  const times = timesToConflictS(tracks);
  return tracks.map((track, index) => {
    const distanceM = Math.hypot(track.eastM - node[0], track.northM - node[1]);
    const still = stillSinceMs(track);
    const parked = still !== null && nowMs - still >= PARKED_MS;
    const conflictS = times[index]!;
    const cls: ShareClass = isVulnerable(track.cls)
      ? 'vulnerable'
      : conflictS < Infinity
        ? 'conflicting'
        : distanceM > farM
          ? 'far'
          : parked
            ? 'parked'
            : 'moving';
    return { track, cls, conflictS, distanceM };
  }).sort(byRisk);
}

/** What one round of RSM of a node may be, by the budget of its units. */
export interface RoundBudget {
  /** Both may be fractions: what a round leaves over counts for the next. */
  readonly frames: number;
  readonly octets: number;
}

/** What the other messages of a node need, for each kind that a unit takes: frames, octets a s. */
const othersPerS: Readonly<Record<string, readonly [number, number]>> = {
  SPAT: [10, 2500], MAP: [2, 2600], RSI: [5, 2000], SSM: [10, 10_000],
};
/** Where no unit sets a limit; finite, so that states can be written as JSON. */
const FRAMES_MAX = 1000;
const OCTETS_MAX = 1e6;
/** RSM is left at least this part of a budget, whatever else there is. */
const RSM_SHARE_MIN = 0.3;

/** The units that send RSM of a node. */
function unitsOf(site: Site, node: NodeId): readonly RsuSettings[] {
  const key = nodeKey(node);
  return site.rsus.filter(({ id, types }) => {
    if (!types.includes('RSM')) return false;
    const area = site.road.rsuAreas.find(({ rsuId }) => rsuId === id);
    return area === undefined || area.nodes.some((served) => nodeKey(served) === key);
  });
}

/**
 * The budget of a node's round: that of its tightest unit, since all of them send the same frames.
 * @param nodes how many nodes the box serves: a unit without an area shares its budget over all.
 */
export function roundBudget(
  site: Site, node: NodeId, nodes: number, roundMs: number,
): RoundBudget {
  let frames = FRAMES_MAX;
  let octets = OCTETS_MAX;
  for (const unit of unitsOf(site, node)) {
    const area = site.road.rsuAreas.find(({ rsuId }) => rsuId === unit.id);
    const served = Math.max(1, area?.nodes.length ?? nodes);
    const others = unit.types.map((type) => othersPerS[type] ?? [0, 0]);
    const left = (budget: number, index: 0 | 1): number => {
      const own = budget / served;
      const rest = others.reduce((sum, row) => sum + row[index]!, 0);
      return (Math.max(own - rest, RSM_SHARE_MIN * own) * roundMs) / 1000;
    };
    const spread = unit.minGapMs > 0 ? Math.floor(site.air.spreadMs / unit.minGapMs) + 1 : FRAMES_MAX;
    frames = Math.min(frames, left(unit.framesPerS, 0), spread / served);
    octets = Math.min(octets, left(unit.octetsPerS, 1));
  }
  return { frames, octets };
}

/** A lower level is taken when it has sufficed for so many rounds. */
const CALM_ROUNDS = 10;
/** Octets of one road user until some were written. */
const USER_OCTETS = 40;

interface ShareState {
  level: number;
  calm: number;
  round: number;
  framesLeft: number;
  octetsLeft: number;
  userOctets: number;
}

/** The share of one node: level of restraint, and what is left of the budget. */
export class NodeShare implements Stateful {
  readonly #budget: RoundBudget;
  readonly #roundMs: number;
  readonly #usersPerFrame: number;
  #state: ShareState;

  constructor(budget: RoundBudget, roundMs: number, usersPerFrame: number) {
    this.#budget = budget;
    this.#roundMs = roundMs;
    this.#usersPerFrame = usersPerFrame;
    this.#state = {
      level: 0, calm: 0, round: 0, framesLeft: 0, octetsLeft: 0, userOctets: USER_OCTETS,
    };
  }

  get level(): number {
    return this.#state.level;
  }

  /** Every how many rounds a class is told of at a level. */
  #every(level: number, cls: ShareClass): number {
    const hz = shareRatesHz[level]![cls];
    return hz >= EVERY_ROUND_HZ ? 1 : Math.max(1, Math.round(1000 / hz / this.#roundMs));
  }

  /** Begins a round: adds to what is left, and sets the level by who there is. */
  begin(users: readonly RankedUser[]): void {
    const state = this.#state;
    const { frames, octets } = this.#budget;
    state.round++;
    // One frame more than a round's may be saved: what is due unevenly fits, bursts do not grow.
    state.framesLeft = Math.min(state.framesLeft + frames, Math.max(frames, 1) + 1);
    state.octetsLeft = Math.min(state.octetsLeft + octets, 2 * Math.max(octets, 1300));
    const most = Math.min(frames * this.#usersPerFrame, octets / (state.userOctets + 3));
    const counts = shareClasses.map((cls) => users.filter((user) => user.cls === cls).length);
    const needs = (level: number): number =>
      counts.reduce((sum, count, at) => sum + count / this.#every(level, shareClasses[at]!), 0);
    let wanted = 0;
    while (wanted < shareRatesHz.length - 1 && needs(wanted) > most) wanted++;
    if (wanted >= state.level) state.calm = 0;
    else state.calm++;
    if (wanted > state.level) state.level = wanted;
    if (state.calm >= CALM_ROUNDS) {
      state.level--;
      state.calm = 0;
    }
  }

  /** Whether a class is due in this round, spread over the rounds by the id on air. */
  isDue(cls: ShareClass, airId: number): boolean {
    return (this.#state.round + airId) % this.#every(this.#state.level, cls) === 0;
  }

  /** Octets that one more frame may have; null where no frame is left. */
  room(): number | null {
    const { framesLeft, octetsLeft } = this.#state;
    return framesLeft >= 1 - 1e-9 && octetsLeft > 0 ? octetsLeft : null;
  }

  /** Takes one frame from the budget. */
  spend(octets: number, users: number): void {
    const state = this.#state;
    state.framesLeft -= 1;
    state.octetsLeft -= octets;
    if (users > 0) state.userOctets += 0.05 * (octets / users - state.userOctets);
  }

  snapshot(): unknown {
    return { ...this.#state };
  }

  restore(snapshot: unknown): void {
    this.#state = { ...(snapshot as ShareState) };
  }
}
