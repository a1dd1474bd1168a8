/** Mutated sites before simulated traffic: how soon rule R24 finds that lamps and traffic disagree. */
import { monotonicMs, utcMs } from '../src/base/time.ts';
import type { Stamp } from '../src/base/time.ts';
import { LampJudge } from '../src/crosscheck/judge.ts';
import type { UnitReport } from '../src/crosscheck/judge.ts';
import { PassageFinder } from '../src/crosscheck/passages.ts';
import type { TrafficEvents } from '../src/crosscheck/passages.ts';
import { layoutOf } from '../src/crosscheck/units.ts';
import { cityTrackId, trackId } from '../src/model/ids.ts';
import type { Road } from '../src/model/road.ts';
import type { LampAspect, SignalGroupState } from '../src/model/signal.ts';
import type { Track } from '../src/model/track.ts';
import { seededRandom } from '../src/base/random.ts';
import { createWorld } from '../src/simulate/world.ts';
import type { WorldUser } from '../src/simulate/world.ts';

/** A site that says of some groups what other lamps show. */
export interface Mutation {
  readonly name: string;
  /** Signal group → the group whose lamp it is given by mistake. */
  readonly shows: ReadonlyMap<string, string>;
  /** Groups that the site forgot: their movements and crossings have no lamp. */
  readonly missing: readonly string[];
}

/** What came of one mutation. */
export interface Found {
  readonly name: string;
  /** Simulated minutes until the first alarm; null when none came. */
  readonly alarmMin: number | null;
  /** Units in alarm at the end. */
  readonly units: readonly UnitReport[];
}

/** Groups that show the same at every instant of the plan: nobody can tell them apart by traffic. */
const signature = (road: Road, id: string): string =>
  road.stages.map((stage) => (stage.green.some((green) => green === id) ? '1' : '0')).join('');

const swap = (a: string, b: string): Mutation => ({
  name: `${a} and ${b} swapped`, shows: new Map([[a, b], [b, a]]), missing: [],
});

/** Every pair of groups that the plan tells apart; and how many pairs it does not. */
export function swaps(road: Road): { readonly rows: readonly Mutation[]; readonly alike: number } {
  const ids = road.signalGroups.map(({ id }) => id as string);
  const pairs = ids.flatMap((a, i) => ids.slice(i + 1).map((b) => [a, b] as const));
  const told = pairs.filter(([a, b]) => signature(road, a) !== signature(road, b));
  return { rows: told.map(([a, b]) => swap(a, b)), alike: pairs.length - told.length };
}

/** The lamps of all arms moved on by some quarters, and each two neighbouring arms exchanged. */
export function rotations(road: Road, arms: readonly string[]): readonly Mutation[] {
  const ids = road.signalGroups.map(({ id }) => id as string);
  const moved = (id: string, to: (arm: string) => string): string => {
    const arm = arms.find((name) => id.endsWith(`-${name}`));
    const wanted = arm === undefined ? id : `${id.slice(0, -arm.length)}${to(arm)}`;
    return ids.includes(wanted) ? wanted : id;
  };
  const rotated = (name: string, to: (arm: string) => string): Mutation => ({
    name, missing: [],
    shows: new Map(ids.map((id) => [id, moved(id, to)] as const).filter(([a, b]) => a !== b)),
  });
  const at = (arm: string, by: number): string =>
    arms[(arms.indexOf(arm) + by + arms.length) % arms.length]!;
  return [
    rotated('all arms a quarter on', (arm) => at(arm, 1)),
    rotated('all arms a quarter back', (arm) => at(arm, -1)),
    ...arms.map((arm, index) => {
      const next = arms[(index + 1) % arms.length]!;
      return rotated(`${arm} and ${next} exchanged`,
        (one) => (one === arm ? next : one === next ? arm : one));
    }),
  ];
}

/** Each group left out in turn, its lamp ignored. */
export const omissions = (road: Road): readonly Mutation[] => road.signalGroups.map(({ id }) => ({
  name: `${id} missing`, shows: new Map<string, string>(), missing: [id as string],
}));

/** The road file without some groups: who they governed goes without a lamp. */
function without(road: Road, missing: readonly string[]): Road {
  const gone = (id: string | null): boolean => id !== null && missing.includes(id);
  return {
    ...road,
    signalGroups: road.signalGroups.filter(({ id }) => !gone(id)),
    movements: road.movements.map((movement) => ({
      ...movement,
      signalGroup: gone(movement.signalGroup) ? null : movement.signalGroup,
      waitingArea: gone(movement.waitingArea?.signalGroup ?? null) ? null : movement.waitingArea,
    })),
    crossings: road.crossings.map((crossing) => ({
      ...crossing, signalGroup: gone(crossing.signalGroup) ? null : crossing.signalGroup,
    })),
  };
}

const stampOf = (atMs: number): Stamp => ({
  monoMs: monotonicMs(atMs), utcMs: utcMs(1.77e12 + atMs), errorMs: 5,
});

/** What fusion would publish of a user: with noise, and sometimes not at all. */
function trackOf(user: WorldUser, at: Stamp, noise: () => number): Track {
  const moving = user.speedMps > 0.5;
  return {
    id: trackId('sim', 1, user.id), cityId: cityTrackId(user.id), valid: at, measured: at,
    received: at, eastM: user.eastM + 0.3 * noise(), northM: user.northM + 0.3 * noise(), upM: 0,
    eastMps: user.eastMps, northMps: user.northMps,
    speedMps: Math.max(0, user.speedMps + 0.15 * noise()),
    headingRad: user.headingRad + (moving ? 0.03 : 0.08) * noise(), headingSigmaRad: 0.05,
    yawRateRadps: 0, accelerationMps2: 0, covariance: [],
    extent: { lengthM: user.lengthM, widthM: user.widthM, heightM: user.heightM },
    cls: user.cls, classes: { [user.cls]: 0.9 }, existence: 0.95, unseen: 'seen',
    bornMs: at.monoMs, sensors: [], kinds: ['radar'], laneId: null,
  };
}

interface Judged {
  readonly mutation: Mutation;
  readonly judge: LampJudge;
  alarmMs: number | null;
}

/** One finder with the judges that see what it finds. */
function finderOf(road: Road, rows: readonly Judged[]): PassageFinder {
  const judges = rows.map(({ judge }) => judge);
  const events: TrafficEvents = {
    passed: (line, who, atMs) => judges.forEach((judge) => judge.passed(line, who, atMs)),
    stood: (line, who, dtMs) => judges.forEach((judge) => judge.stood(line, who, dtMs)),
    resolved: (line, who, unit) => judges.forEach((judge) => judge.resolved(line, who, unit)),
    walked: (unit, atMs, ms) => judges.forEach((judge) => judge.walked(unit, atMs, ms)),
  };
  return new PassageFinder(layoutOf(road), events);
}

const LOOK_MS = 200;
/** What is said of lamps is this old when perception hears of it. */
const LAMPS_AGO_MS = 130;

/**
 * Plays traffic before every mutated site at once: they differ in what they say of the lamps, not
 * in the traffic, which obeys the true ones.
 *
 * @param minutes simulated time.
 * @param stop ends early once every row has alarmed.
 */
export function runMutations(road: Road, mutations: readonly Mutation[], options: {
  readonly minutes: number; readonly users: number; readonly seed: string; readonly stop?: boolean;
}): readonly Found[] {
  const { minutes, users, seed } = options;
  const world = createWorld({ road }, { seed, users });
  const random = seededRandom(`${seed}/noise`);
  const noise = (): number => random.next() + random.next() + random.next() - 1.5;
  const rows = mutations.map((mutation): Judged => ({
    mutation, alarmMs: null, judge: new LampJudge(layoutOf(without(road, mutation.missing))),
  }));
  const whole = rows.filter(({ mutation }) => mutation.missing.length === 0);
  const finders = [
    { finder: finderOf(road, whole), rows: whole },
    ...rows.filter((row) => !whole.includes(row)).map((row) => ({
      finder: finderOf(without(road, row.mutation.missing), [row]), rows: [row],
    })),
  ];
  for (let atMs = LOOK_MS; atMs <= minutes * 60_000; atMs += LOOK_MS) {
    world.advanceTo(atMs);
    const at = stampOf(atMs);
    const tracks = world.usersAt(atMs).map((user) => trackOf(user, at, noise));
    const aspects = new Map(road.signalGroups.map(({ id }, index) =>
      [id as string, world.lamps.now(index, atMs - LAMPS_AGO_MS).aspect] as const));
    for (const row of rows) row.judge.lamps(statesOf(road, row.mutation, aspects), atMs);
    for (const { finder } of finders) finder.look(tracks, atMs);
    if (atMs % 5000 !== 0) continue;
    for (const row of rows) {
      if (row.alarmMs === null && row.judge.report().some(({ alarm }) => alarm)) row.alarmMs = atMs;
    }
    if (options.stop && rows.every(({ alarmMs }) => alarmMs !== null)) break;
  }
  return rows.map(({ mutation, judge, alarmMs }) => ({
    name: mutation.name, alarmMin: alarmMs === null ? null : alarmMs / 60_000,
    units: judge.report(),
  }));
}

function statesOf(
  road: Road, { shows, missing }: Mutation, aspects: ReadonlyMap<string, LampAspect>,
): SignalGroupState[] {
  return road.signalGroups.flatMap(({ id }) => {
    if (missing.includes(id)) return [];
    const aspect = aspects.get(shows.get(id) ?? id)!;
    return [{ signalGroup: id, aspect, rightOfWay: 'unknown' as const, timing: null, next: null }];
  });
}

