import { assert } from '../base/assert.ts';
import { seededRandom } from '../base/random.ts';
import type { Random } from '../base/random.ts';
import { wrapRad } from '../base/units.ts';
import type { Road } from '../model/road.ts';
import type { RoadUserClass } from '../model/roaduser.ts';
import type { Site } from '../model/site.ts';
import { jaywalkRoutes, wrongWayRoutes } from './breakers.ts';
import type { RuleBreakers } from './breakers.ts';
import { chooseAcceleration, heedLamps, STOP_MPS2, ZoneBook } from './drive.ts';
import { createLampPlan } from './lamps.ts';
import type { LampPlan } from './lamps.ts';
import { boxesOverlap, Mover, place } from './mover.ts';
import type { Pose } from './mover.ts';
import { routesOf } from './routes.ts';
import type { Route } from './routes.ts';
import { userRow, userRows } from './users.ts';
import type { UserRow } from './users.ts';

/** One step of the world, ms. */
const WORLD_STEP_MS = 50;
/** The world runs this long before its start, so that it does not begin empty. */
const WARM_UP_MS = 45_000;
/** Who stands this long inside a junction without a reason is taken out and counted, ms. */
const STUCK_MS = 30_000;
/** A pedestrian who is across and finds others in the way has arrived, ms. */
const ASIDE_MS = 1500;
/** Bodies never come nearer than this, metres. */
const BODY_GAP_M = 0.05;

/** A road user at one instant, as the truth has it: centre of the body, site frame. */
export interface WorldUser {
  readonly id: number;
  readonly cls: RoadUserClass;
  readonly eastM: number;
  readonly northM: number;
  readonly headingRad: number;
  readonly speedMps: number;
  readonly eastMps: number;
  readonly northMps: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
}

/** What happened since the start. */
export interface WorldCounts {
  /** Road users that came and that left at the end of their way. */
  spawned: number;
  left: number;
  /** Fronts that passed a stop line while their lamp showed red. */
  redCrossings: number;
  /** Moves that were refused because two bodies would have touched. */
  guarded: number;
  /** Road users taken out of a knot in a junction. */
  unknotted: number;
}

export interface WorldOptions {
  readonly seed: number | string;
  /** Road users that the world tries to keep in the scene. */
  readonly users: number;
  readonly rules?: RuleBreakers;
  /** Virtual monotonic instant of the start; default 0. */
  readonly startMs?: number;
  /** What the traffic obeys; default a fault-free plan of the site's stages. */
  readonly lamps?: LampPlan;
}

/** The simulated junction: traffic that obeys the lamps, in steps of 50 ms of virtual time. */
export interface World {
  readonly nowMs: number;
  readonly lamps: LampPlan;
  readonly counts: Readonly<WorldCounts>;
  /** Steps until the world has reached `untilMs`; it stands at most one step after it. */
  advanceTo(untilMs: number): void;
  /** Everybody at an instant between the last two steps, in order of id. */
  usersAt(atMs: number): readonly WorldUser[];
}

/**
 * Builds a world and lets it warm up. The same site, seed and options give the same world, step by
 * step. Bodies never overlap: a move that would make two touch is refused.
 */
export function createWorld(site: Pick<Site, 'road'>, options: WorldOptions): World {
  return new TrafficWorld(site.road, options);
}

class TrafficWorld implements World {
  readonly lamps: LampPlan;
  readonly counts: WorldCounts =
    { spawned: 0, left: 0, redCrossings: 0, guarded: 0, unknotted: 0 };
  readonly #random: Random;
  readonly #users: number;
  readonly #routes: readonly Route[];
  readonly #wrongWay: readonly Route[];
  readonly #jaywalks: readonly Route[];
  readonly #zones = new ZoneBook();
  #orders: { kind: keyof RuleBreakers; atMs: number; forMs: number }[];
  #movers: Mover[] = [];
  #nowMs: number;
  #nextId = 1;
  #spawnAtMs = -Infinity;
  readonly #pose: Pose = { x: 0, y: 0, headingRad: 0, cos: 1, sin: 0 };

  constructor(road: Road, options: WorldOptions) {
    const startMs = options.startMs ?? 0;
    assert(options.users >= 0 && options.users <= 1000, `users is ${options.users}`);
    this.lamps = options.lamps ?? createLampPlan(road, { startMs });
    this.#random = seededRandom(options.seed).fork('world');
    this.#users = options.users;
    this.#routes = routesOf(road);
    this.#wrongWay = wrongWayRoutes(road, this.#routes.length);
    this.#jaywalks = jaywalkRoutes(road, this.#routes.length + this.#wrongWay.length);
    this.#orders = ordersOf(options.rules ?? {}, startMs);
    this.#nowMs = startMs - WARM_UP_MS;
    this.advanceTo(startMs);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  advanceTo(untilMs: number): void {
    while (this.#nowMs < untilMs) this.#step();
  }

  usersAt(atMs: number): readonly WorldUser[] {
    const share = Math.min(Math.max(1 + (atMs - this.#nowMs) / WORLD_STEP_MS, 0), 1);
    const stepS = WORLD_STEP_MS / 1000;
    return this.#movers.map((mover) => {
      const turnRad = wrapRad(mover.headingRad - mover.beforeHeadingRad);
      const before = mover.beforeSpeedMps;
      // Who just appeared has no step behind it.
      const fresh = mover.x === mover.beforeX && mover.y === mover.beforeY;
      return {
        id: mover.id,
        cls: mover.cls,
        eastM: mover.beforeX + (mover.x - mover.beforeX) * share,
        northM: mover.beforeY + (mover.y - mover.beforeY) * share,
        headingRad: wrapRad(mover.beforeHeadingRad + turnRad * share),
        speedMps: before + (mover.speedMps - before) * share,
        eastMps: fresh ? mover.speedMps * mover.cos : (mover.x - mover.beforeX) / stepS,
        northMps: fresh ? mover.speedMps * mover.sin : (mover.y - mover.beforeY) / stepS,
        lengthM: mover.lengthM,
        widthM: mover.widthM,
        heightM: mover.row.heightM,
      };
    });
  }

  #step(): void {
    this.#obeyOrders();
    for (const mover of this.#movers) heedLamps(mover, this.lamps, this.#nowMs);
    const around = { movers: this.#movers, zones: this.#zones, nowMs: this.#nowMs };
    for (const mover of this.#movers) {
      mover.accelerationMps2 = chooseAcceleration(mover, around);
    }
    for (const mover of this.#movers) this.#move(mover);
    this.#nowMs += WORLD_STEP_MS;
    this.#leave();
    this.#spawn();
  }

  #move(mover: Mover): void {
    mover.remember();
    const stepS = WORLD_STEP_MS / 1000;
    const speed = Math.max(0, mover.speedMps + mover.accelerationMps2 * stepS);
    let alongM = mover.alongM + ((mover.speedMps + speed) / 2) * stepS;
    mover.speedMps = speed < 0.01 && mover.accelerationMps2 <= 0 ? 0 : speed;
    const lastM = mover.heldAtM - mover.lengthM / 2;
    if (alongM > lastM && mover.alongM <= lastM + 1e-9) {
      alongM = Math.max(mover.alongM, lastM);
      mover.speedMps = 0;
    }
    if (alongM > mover.alongM) this.#tryMove(mover, alongM);
    this.#noteStuck(mover);
  }

  #tryMove(mover: Mover, alongM: number): void {
    place(mover, alongM, this.#pose);
    if (this.#touches(mover, this.#pose)) {
      this.counts.guarded++;
      mover.speedMps = 0;
      return;
    }
    const wasM = mover.frontM;
    mover.take(this.#pose, alongM);
    const gate = mover.nextGate;
    if (!gate) return;
    if (wasM <= gate.stopM + 0.001 && mover.frontM > gate.stopM + 0.001) {
      const red = this.#isRed(gate.signalGroup);
      if (red && (!gate.waitGroup || this.#isRed(gate.waitGroup))) this.counts.redCrossings++;
      // Who passed by the main lamp, or through red, does not wait again in a waiting area.
      if (!red || mover.runsRed) mover.gate++;
      mover.runsRed = false;
    }
  }

  #isRed(group: Route['gates'][number]['signalGroup']): boolean {
    const index = group === null ? -1 : this.lamps.indexOf(group);
    if (index < 0) return false;
    const { colour } = this.lamps.now(index, this.#nowMs).aspect;
    return colour === 'red' || colour === 'red-yellow' || colour === 'dark';
  }

  /** Whether a body in this pose would come too near to another. */
  #touches(mover: Mover, pose: Pose): boolean {
    for (const other of this.#movers) {
      if (other === mover) continue;
      const reachM = (mover.lengthM + other.lengthM) / 2 + 1.5;
      if (Math.abs(other.x - pose.x) > reachM || Math.abs(other.y - pose.y) > reachM) continue;
      const { lengthM, widthM } = other;
      if (boxesOverlap(pose, mover.lengthM, mover.widthM, other, lengthM, widthM, BODY_GAP_M)) {
        return true;
      }
    }
    return false;
  }

  #noteStuck(mover: Mover): void {
    const stands = mover.speedMps < 0.05 && this.#nowMs >= mover.stopsUntilMs;
    const last = mover.route.gates[mover.gate - 1];
    const inside = mover.route.lawless ||
      (last !== undefined && mover.rearM < last.clearM + 5 && mover.heldAtM === Infinity);
    mover.stuckMs = stands && inside ? mover.stuckMs + WORLD_STEP_MS : 0;
  }

  #leave(): void {
    const limitMs = (mover: Mover): number => (mover.route.lawless ? 5000 : STUCK_MS);
    this.#movers = this.#movers.filter((mover) => {
      if (mover.stuckMs > ASIDE_MS && isAcross(mover)) {
        this.counts.left++;
        return false;
      }
      if (mover.stuckMs > limitMs(mover)) {
        this.counts.unknotted++;
        return false;
      }
      if (mover.alongM < mover.route.path.lengthM) return true;
      this.counts.left++;
      return false;
    });
  }

  #spawn(): void {
    if (this.#movers.length >= this.#users || this.#nowMs < this.#spawnAtMs) return;
    const wanted = userRows
      .map((row) => ({
        row,
        lack: row.share * this.#users - this.#count(row.cls) + this.#random.next(),
      }))
      .sort((a, b) => b.lack - a.lack);
    for (const { row } of wanted.slice(0, 3)) {
      const route = this.#chooseRoute(row);
      if (!route || !this.#enter(row, route)) continue;
      this.#spawnAtMs = this.#nowMs + 50 + this.#random.next() * (20_000 / (this.#users + 10));
      return;
    }
  }

  #count(cls: RoadUserClass): number {
    let count = 0;
    for (const mover of this.#movers) if (mover.cls === cls) count++;
    return count;
  }

  /** An entry first, then the manoeuvre, so that every arm and direction is used. */
  #chooseRoute(row: UserRow): Route | null {
    const open = this.#routes.filter((route) => route.classes.includes(row.cls));
    const long = row.cls === 'bus' || row.cls === 'truck';
    const straight = open.filter((route) => route.manoeuvre === 'straight');
    const usable = long && straight.length > 0 ? straight : open;
    const total = usable.reduce((sum, route) => sum + weightOf(route), 0);
    let rest = this.#random.next() * total;
    for (const route of usable) {
      rest -= weightOf(route);
      if (rest < 0) return route;
    }
    return usable.at(-1) ?? null;
  }

  /** Puts a new road user at the beginning of its route when there is room. */
  #enter(row: UserRow, route: Route): boolean {
    const random = this.#random;
    const around = ([mean, half]: readonly [number, number]): number =>
      mean + (random.next() * 2 - 1) * half;
    const wantedMps = Math.min(around(row.wantedMps), route.limitMps * (1 + random.next() * 0.05));
    const body = {
      lengthM: around(row.lengthM),
      widthM: row.widthM,
      wantedMps,
      offsetM: (random.next() * 2 - 1) * route.spreadM,
    };
    const alongM = body.lengthM / 2 + 0.3;
    const leader = this.#leaderAtEntry(route, alongM);
    const gapM = leader ? leader.rearM - alongM - body.lengthM / 2 : Infinity;
    if (gapM < row.standingGapM * 2 + 1) return false;
    const safeMps = leader ? leader.speedMps + Math.max(0, gapM - 8) / 2.5 : Infinity;
    const speedMps = Math.min(wantedMps, safeMps, route.path.speedMps(alongM));
    return this.#admit(new Mover(this.#nextId, row, route, body, alongM, speedMps));
  }

  #leaderAtEntry(route: Route, alongM: number): Mover | null {
    let nearest: Mover | null = null;
    for (const other of this.#movers) {
      if (other.route.entry !== route.entry || other.route.kind === 'walk') continue;
      if (other.alongM > alongM + 60) continue;
      if (!nearest || other.alongM < nearest.alongM) nearest = other;
    }
    return nearest;
  }

  #admit(mover: Mover): boolean {
    const roomy = { x: mover.x, y: mover.y, headingRad: 0, cos: mover.cos, sin: mover.sin };
    for (const other of this.#movers) {
      const gapM = mover.cls === 'pedestrian' ? 0.2 : 0.6;
      const { lengthM, widthM } = other;
      if (boxesOverlap(roomy, mover.lengthM, mover.widthM, other, lengthM, widthM, gapM)) {
        return false;
      }
    }
    this.#movers.push(mover);
    this.#nextId++;
    this.counts.spawned++;
    return true;
  }

  /** Rule breakers on request; one that finds no chance is tried again in the next step. */
  #obeyOrders(): void {
    if (this.#orders.length === 0 || this.#orders[0]!.atMs > this.#nowMs) return;
    this.#orders = this.#orders.filter((order) => order.atMs > this.#nowMs || !this.#obey(order));
  }

  #obey(order: { kind: keyof RuleBreakers; forMs: number }): boolean {
    switch (order.kind) {
      case 'redRunners':
        return this.#makeRedRunner();
      case 'wrongWay':
        return this.#enterLawless('car', this.#wrongWay);
      case 'jaywalkers':
        return this.#enterLawless('pedestrian', this.#jaywalks);
      case 'stoppedVehicle':
        return this.#makeStop(order.forMs);
    }
  }

  #enterLawless(cls: RoadUserClass, routes: readonly Route[]): boolean {
    if (routes.length === 0) return true;
    return this.#enter(userRow(cls), routes[this.#random.below(routes.length)]!);
  }

  #makeRedRunner(): boolean {
    for (const mover of this.#movers) {
      const gate = mover.nextGate;
      if (!gate || mover.route.kind !== 'motor' || mover.heldAtM !== gate.stopM) continue;
      const wayM = gate.stopM - mover.frontM;
      const first = !this.#movers.some((other) => other !== mover && other.route.entry ===
        mover.route.entry && other.alongM > mover.alongM && other.rearM < gate.stopM);
      if (!first || wayM < 0 || wayM > 40 || !this.#isRed(gate.signalGroup)) continue;
      mover.runsRed = true;
      return true;
    }
    return false;
  }

  #makeStop(forMs: number): boolean {
    for (const mover of this.#movers) {
      const gate = mover.nextGate;
      if (mover.route.kind !== 'motor' || mover.speedMps < 5 || mover.route.lawless) continue;
      const aheadM = gate ? gate.stopM - mover.frontM : mover.route.path.lengthM - mover.alongM;
      const last = mover.route.gates[mover.gate - 1];
      if (aheadM < 40 || (last && mover.rearM < last.clearM + 15)) continue;
      mover.stopsUntilMs = this.#nowMs + (mover.speedMps / STOP_MPS2) * 1000 + forMs;
      return true;
    }
    return false;
  }
}

/** Whether a pedestrian is on the far sidewalk. */
const isAcross = (mover: Mover): boolean =>
  mover.route.kind === 'walk' && mover.rearM > (mover.route.gates[0]?.clearM ?? Infinity);

const weightOf = (route: Route): number =>
  route.manoeuvre === 'straight' ? 2 : route.manoeuvre === 'u-turn' ? 0.2 : 1;

function ordersOf(
  rules: RuleBreakers,
  startMs: number,
): { kind: keyof RuleBreakers; atMs: number; forMs: number }[] {
  const plain = (kind: 'redRunners' | 'wrongWay' | 'jaywalkers') =>
    (rules[kind] ?? []).map((atS) => ({ kind, atMs: startMs + atS * 1000, forMs: 0 }));
  const stops = (rules.stoppedVehicle ?? []).map(({ atS, forS }) => (
    { kind: 'stoppedVehicle' as const, atMs: startMs + atS * 1000, forMs: forS * 1000 }));
  return [...plain('redRunners'), ...plain('wrongWay'), ...plain('jaywalkers'), ...stops]
    .sort((a, b) => a.atMs - b.atMs);
}
