import type { LampPlan } from './lamps.ts';
import { distanceToBody } from './mover.ts';
import type { Mover } from './mover.ts';
import { meetingZones } from './routes.ts';
import type { Gate, MeetingZone, Route } from './routes.ts';

/** Space kept to the sides of the own way, metres. */
const SIDE_GAP_M = 0.3;
/** The same for pedestrians and cyclists, metres. */
const LIGHT_SIDE_GAP_M = 0.1;
/** Nobody brakes harder than this, m/s². */
const HARDEST_MPS2 = 8;
/** Where one can still stop for others who have the right of way, m/s². */
const GIVE_WAY_MPS2 = 3.5;
/** Braking of a vehicle that stops in its lane on request, m/s². */
export const STOP_MPS2 = 2.5;
/** The front stands this far before a line. */
const LINE_GAP_M = 0.7;
/** After standing this long, one goes into smaller gaps and before those who stand, ms. */
const PATIENCE_MS = 12_000;

/** What one road user heeds when it chooses its acceleration. */
export interface Surroundings {
  readonly movers: readonly Mover[];
  readonly zones: ZoneBook;
  readonly nowMs: number;
}

/** Meeting zones of every pair of routes, found when first asked for. */
export class ZoneBook {
  readonly #pairs = new Map<number, readonly MeetingZone[]>();

  of(a: Route, b: Route): readonly MeetingZone[] {
    const key = a.index * 65536 + b.index;
    let zones = this.#pairs.get(key);
    if (!zones) {
      zones = meetingZones(a, b);
      this.#pairs.set(key, zones);
    }
    return zones;
  }
}

/** Sets `heldAtM` by the lamps: the line that the front must not pass in this step. */
export function heedLamps(mover: Mover, lamps: LampPlan, nowMs: number): void {
  mover.heldAtM = Infinity;
  const gate = mover.nextGate;
  if (!gate || mover.route.lawless) return;
  const frontM = mover.frontM;
  if (frontM > gate.stopM + 0.001) {
    // Past the line: only the end of a waiting area can still hold, until it was green once.
    if (gate.waitM === null || lampLets(gate.signalGroup, mover, gate.waitM, lamps, nowMs)) {
      mover.gate++;
      heedLamps(mover, lamps, nowMs);
    } else mover.heldAtM = gate.waitM;
    return;
  }
  if (mover.runsRed || lampLets(gate.signalGroup, mover, gate.stopM, lamps, nowMs)) return;
  const mayWait = gate.waitM !== null && gate.waitGroup !== null &&
    lampLets(gate.waitGroup, mover, gate.stopM, lamps, nowMs);
  mover.heldAtM = mayWait && gate.waitM !== null ? gate.waitM : gate.stopM;
}

function lampLets(
  group: Gate['signalGroup'],
  mover: Mover,
  lineM: number,
  lamps: LampPlan,
  nowMs: number,
): boolean {
  if (group === null) return true;
  const index = lamps.indexOf(group);
  if (index < 0) return true;
  const { aspect, endMs } = lamps.now(index, nowMs);
  if (mover.route.kind === 'walk') return walkerMayGo(mover, lamps, index, nowMs);
  switch (aspect.colour) {
    case 'green':
      return true;
    case 'yellow':
      return aspect.flashing || goesOnYellow(mover, lineM, endMs - nowMs);
    case 'dark':
    case 'unknown':
      return mover.nextGate?.waitGroup !== group;
    case 'red':
    case 'red-yellow':
      return false;
  }
}

/** Only on steady green, and only when there is time to reach the other side. */
function walkerMayGo(mover: Mover, lamps: LampPlan, index: number, nowMs: number): boolean {
  const { aspect } = lamps.now(index, nowMs);
  if (aspect.colour !== 'green' || aspect.flashing) return false;
  const gate = mover.nextGate!;
  const needMs = ((gate.clearM - gate.stopM) / mover.wantedMps) * 1000;
  return lamps.greenEndMs(index, nowMs) - nowMs > needMs * 0.9;
}

/** Who cannot stop comfortably and reaches the line before red goes on. */
function goesOnYellow(mover: Mover, lineM: number, leftMs: number): boolean {
  const wayM = Math.max(lineM - mover.frontM, 0.01);
  const v = mover.speedMps;
  return (v * v) / (2 * wayM) > 2.4 && (wayM / v) * 1000 < leftMs - 100;
}

/** The acceleration that a road user chooses in this step, m/s². */
export function chooseAcceleration(mover: Mover, around: Surroundings): number {
  const { row } = mover;
  const v = mover.speedMps;
  const wanted = Math.max(
    0.3,
    Math.min(mover.wantedMps, mover.route.path.speedMps(mover.alongM + v * 0.2)),
  );
  let a = v > wanted
    ? Math.max(-row.brakingMps2, (wanted - v) * 1.5)
    : row.accelerationMps2 * (1 - (v / wanted) ** 4);
  if (around.nowMs < mover.stopsUntilMs) a = Math.min(a, -STOP_MPS2);
  if (mover.heldAtM < Infinity) {
    const keepM = mover.route.kind === 'walk' ? 0.3 : LINE_GAP_M;
    a = Math.min(a, followAt(mover, mover.heldAtM - mover.frontM, 0, keepM));
  }
  const lookM = Math.min((v * v) / 4 + v * 1.5 + (row.cls === 'pedestrian' ? 3 : 12), 80);
  let yields = false;
  for (const other of around.movers) {
    if (other === mover) continue;
    const dx = other.x - mover.x;
    const dy = other.y - mover.y;
    if (Math.abs(dx) < lookM + 16 && Math.abs(dy) < lookM + 16) {
      const gapM = gapAhead(mover, other, dx, dy, lookM);
      if (gapM < Infinity) {
        const towards = mover.cos * other.cos + mover.sin * other.sin;
        const leaderMps = Math.max(0, towards * other.speedMps);
        a = Math.min(a, followAt(mover, gapM, leaderMps, row.standingGapM));
      }
    }
    const holdM = giveWayAt(mover, other, around.zones, lookM);
    if (holdM < Infinity) {
      a = Math.min(a, followAt(mover, holdM - mover.frontM, 0, 0.5));
      yields = true;
    }
  }
  if (yields && v < 0.2) mover.waitedMs += 50;
  else if (v > 1) mover.waitedMs = 0;
  return Math.max(a, -HARDEST_MPS2);
}

/**
 * Intelligent driver model. `gapM` from the own front to what is ahead.
 * Source: Treiber and Kesting, Traffic Flow Dynamics, section 11.3.
 */
function followAt(mover: Mover, gapM: number, leaderMps: number, standingGapM: number): number {
  const { row } = mover;
  const v = mover.speedMps;
  const root = 2 * Math.sqrt(row.accelerationMps2 * row.brakingMps2);
  const headwayS = leaderMps > 0 ? row.headwayS : row.headwayS * 0.5;
  const wishM = standingGapM + Math.max(0, v * headwayS + (v * (v - leaderMps)) / root);
  const gap = Math.max(gapM, 0.05);
  return row.accelerationMps2 * (1 - (wishM / gap) ** 2);
}

const probe = { x: 0, y: 0 };

/**
 * Free way until the own front meets another body, metres; Infinity when it never does.
 * A disc as wide as the body walks along the route in steps of its distance to the other.
 */
function gapAhead(mover: Mover, other: Mover, dx: number, dy: number, lookM: number): number {
  // Who is beside or behind is not followed; the guard against overlap is elsewhere.
  if (dx * mover.cos + dy * mover.sin < mover.lengthM / 2 - mover.widthM / 2) return Infinity;
  const discM = mover.widthM / 2;
  const light = mover.cls === 'pedestrian' || mover.cls === 'bicycle';
  const needM = discM + (light ? LIGHT_SIDE_GAP_M : SIDE_GAP_M);
  const startM = mover.frontM - discM;
  let aheadM = 0;
  for (let round = 0; round < 40 && aheadM <= lookM; round++) {
    mover.route.path.at(startM + aheadM, probe);
    const x = probe.x - mover.sin * mover.offsetM;
    const y = probe.y + mover.cos * mover.offsetM;
    const clearM = distanceToBody(x, y, other) - needM;
    if (clearM <= 0.02) return aheadM;
    aheadM += Math.max(clearM, 0.05);
  }
  return Infinity;
}

/** Where to stop for another's right of way; Infinity when there is no need. */
function giveWayAt(mover: Mover, other: Mover, book: ZoneBook, lookM: number): number {
  if (other.route === mover.route || waitsAtKerb(other)) return Infinity;
  const zones = book.of(mover.route, other.route);
  if (zones.length === 0) return Infinity;
  const frontM = mover.frontM;
  for (const zone of zones) {
    const wayM = zone.fromM - frontM;
    if (wayM < 0 || zone.fromM > mover.heldAtM + 0.5) continue;
    if (wayM > lookM) break;
    if (other.rearM > zone.otherToM) continue;
    if (other.frontM >= zone.otherFromM) return zone.fromM;
    if (mustWaitFor(mover, other, zone, wayM)) return zone.fromM;
  }
  return Infinity;
}

/** Who waits behind the kerb takes no ground of the carriageway; bodies are minded elsewhere. */
function waitsAtKerb(other: Mover): boolean {
  return other.route.kind === 'walk' && other.heldAtM < Infinity;
}

/** Whether another, still before the zone, goes first. */
function mustWaitFor(mover: Mover, other: Mover, zone: MeetingZone, wayM: number): boolean {
  if (other.heldAtM < zone.otherFromM || other.route.lawless && other.route.kind !== 'walk') {
    return false;
  }
  const otherWayM = zone.otherFromM - other.frontM;
  const v = mover.speedMps;
  const braking = (v * v) / (2 * Math.max(wayM - 0.3, 0.05));
  const otherBraking = other.speedMps ** 2 / (2 * Math.max(otherWayM, 0.05));
  const rank = rankAt(mover, zone.fromM);
  const otherRank = rankAt(other, zone.otherFromM);
  const cannotStop = otherBraking > GIVE_WAY_MPS2;
  if (braking > GIVE_WAY_MPS2) return false;
  const otherS = otherWayM / Math.max(other.speedMps, other.route.kind === 'walk' ? 0.8 : 2.5);
  if (rank > otherRank) return cannotStop && otherS < 3;
  if (mover.waitedMs > PATIENCE_MS && (otherS > 3 || other.speedMps < 0.5)) return false;
  const pace = Math.max(v, mover.route.kind === 'walk' ? 1 : 3);
  const leaveS = (zone.toM - frontOf(mover) + mover.lengthM) / pace;
  if (otherS > leaveS + 1) return false;
  if (rank < otherRank) return true;
  const arriveS = wayM / pace;
  return cannotStop || (otherS === arriveS ? other.id < mover.id : otherS < arriveS);
}

const frontOf = (mover: Mover): number => mover.alongM + mover.lengthM / 2;

/** Rank of the gate that a place of the route belongs to. */
function rankAt(mover: Mover, alongM: number): number {
  if (mover.route.lawless) return mover.route.kind === 'walk' ? 5 : 0;
  let rank = mover.route.gates[0]?.rank ?? 3;
  for (const gate of mover.route.gates) {
    if (gate.stopM <= alongM) rank = gate.rank;
  }
  return rank;
}
