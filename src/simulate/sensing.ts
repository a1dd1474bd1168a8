import { insideOutline, projectOnLine } from '../base/geometry.ts';
import type { Random } from '../base/random.ts';
import { plusMs } from '../base/time.ts';
import type { MonotonicMs, UtcMs } from '../base/time.ts';
import { wrapRad } from '../base/units.ts';
import type { Road } from '../model/road.ts';
import type { RoadUserClass } from '../model/roaduser.ts';
import type { SensedObject, SensedScan } from '../model/simulated.ts';
import type { SensorSettings } from '../model/site.ts';
import { confusedWith, crossSectionDbsm, sensorModels } from './models.ts';
import type { SensorModel } from './models.ts';
import type { WorldUser } from './world.ts';

/** An id of the device is kept this long after its road user was last seen, ms. */
const ID_KEPT_MS = 1000;
/** Parts that the width of a road user, as the sensor sees it, is cut into for its shadow. */
const SHADOW_PARTS = 8;
const STANDING_MPS = 0.3;
const WALLS = 6;

/** Whether a place lies in what a sensor can see, and whether it can see the class there. */
export function sensorCovers(
  settings: SensorSettings,
  cls: RoadUserClass,
  eastM: number,
  northM: number,
): boolean {
  if (!settings.enabled || !settings.classes.includes(cls)) return false;
  const { pose, fieldOfView } = settings;
  const dx = eastM - pose.eastM;
  const dy = northM - pose.northM;
  const rangeM = Math.hypot(dx, dy);
  if (cls === 'pedestrian' && rangeM > sensorModels[settings.sensing].pedestrianMaxM) return false;
  if (fieldOfView.outline) return insideOutline(eastM, northM, fieldOfView.outline);
  if (rangeM < fieldOfView.rangeMinM || rangeM > fieldOfView.rangeMaxM) return false;
  return Math.abs(wrapRad(Math.atan2(dy, dx) - pose.headingRad)) <= fieldOfView.halfAngleRad;
}

/** A road user as it lies before one sensor. */
interface Seen {
  readonly user: WorldUser;
  readonly rangeM: number;
  readonly azimuthRad: number;
  /** Half the angle that its body takes, and its nearest and farthest distance. */
  readonly halfRad: number;
  readonly nearM: number;
  readonly farM: number;
}

/** Installation errors of one sensor, drawn once. */
export interface SensorOffset {
  readonly forwardM: number;
  readonly leftM: number;
  readonly turnRad: number;
  readonly clockMs: number;
}
const NO_OFFSET: SensorOffset = { forwardM: 0, leftM: 0, turnRad: 0, clockMs: 0 };

/** What stands about and reflects. */
interface Wall {
  readonly eastM: number;
  readonly northM: number;
  deviceId: number;
  shown: boolean;
}

/**
 * The sensor model: world → what one device reports, with field of view, occlusion, misses,
 * noise, false alarms and its own ids. All chance comes from `random`.
 */
export class SensorEye {
  readonly settings: SensorSettings;
  readonly model: SensorModel;
  readonly offset: SensorOffset;
  readonly #random: Random;
  readonly #walls: readonly Wall[];
  readonly #ids = new Map<number, { deviceId: number; seenMs: number }>();
  readonly #cos: number;
  readonly #sin: number;
  #nextId = 1;
  #scanCounter = 0;

  /** @param offsets whether the sensor is installed with errors that calibration must find. */
  constructor(settings: SensorSettings, road: Road, random: Random, offsets = false) {
    this.settings = settings;
    this.model = sensorModels[settings.sensing];
    this.#random = random;
    const span = (half: number): number => (random.next() * 2 - 1) * half;
    const { offsetM, offsetRad, offsetMs } = this.model;
    this.offset = offsets
      ? {
          forwardM: span(offsetM), leftM: span(offsetM),
          turnRad: span(offsetRad), clockMs: span(offsetMs),
        }
      : NO_OFFSET;
    this.#walls = this.model.falseAlarmsOnWalls ? wallsOf(settings, road, random) : [];
    this.#cos = Math.cos(settings.pose.headingRad);
    this.#sin = Math.sin(settings.pose.headingRad);
  }

  /** One look at the world. */
  look(users: readonly WorldUser[], atMs: MonotonicMs, utc: UtcMs): SensedScan {
    const all = users.map((user) => this.#before(user)).sort((a, b) => a.nearM - b.nearM);
    const objects: SensedObject[] = [];
    const found: Seen[] = [];
    for (const seen of all) {
      const { user } = seen;
      if (!sensorCovers(this.settings, user.cls, user.eastM, user.northM)) continue;
      const hidden = hiddenShare(seen, all, this.settings.pose.upM);
      if (this.#random.next() < this.foundProbability(seen.rangeM, user.speedMps, hidden)) {
        found.push(seen);
      }
    }
    this.#swapIds(found, atMs);
    for (const seen of found) this.#report(seen, atMs, objects);
    this.#addWalls(objects);
    this.#addGhosts(objects);
    const clockMs = this.offset.clockMs;
    return {
      measuredMs: plusMs(atMs, clockMs),
      measuredUtcMs: plusMs(utc, clockMs),
      scanCounter: this.#scanCounter++,
      objects,
    };
  }

  /** Share of looks that find somebody at a range, by how much of the body is hidden. */
  foundProbability(rangeM: number, speedMps: number, hidden: number): number {
    const { model } = this;
    if (hidden > 0.9) return model.foundHidden;
    const maxM = this.settings.fieldOfView.rangeMaxM;
    const far = Math.min(Math.max((rangeM / maxM - 1 / 3) * 1.5, 0), 1);
    let found = model.foundNear + (model.foundFar - model.foundNear) * far;
    if (model.foundStanding !== null && speedMps < STANDING_MPS) found = model.foundStanding;
    const veil = Math.min(hidden / 0.5, 1);
    return found + (Math.min(found, model.foundOccluded) - found) * veil;
  }

  #before(user: WorldUser): Seen {
    const dx = user.eastM - this.settings.pose.eastM;
    const dy = user.northM - this.settings.pose.northM;
    const rangeM = Math.max(Math.hypot(dx, dy), 0.1);
    const azimuthRad = Math.atan2(dy, dx);
    const cos = Math.abs(Math.cos(user.headingRad - azimuthRad));
    const sin = Math.abs(Math.sin(user.headingRad - azimuthRad));
    const along = (cos * user.lengthM + sin * user.widthM) / 2;
    const across = (sin * user.lengthM + cos * user.widthM) / 2;
    return {
      user, rangeM, azimuthRad,
      halfRad: Math.atan2(across, rangeM),
      nearM: Math.max(rangeM - along, 0.1),
      farM: rangeM + along,
    };
  }

  #idOf(userId: number, atMs: number): number {
    const known = this.#ids.get(userId);
    if (known && atMs - known.seenMs <= ID_KEPT_MS) {
      known.seenMs = atMs;
      return known.deviceId;
    }
    const deviceId = this.#nextId++;
    this.#ids.set(userId, { deviceId, seenMs: atMs });
    if (this.#ids.size > 500) this.#forget(atMs);
    return deviceId;
  }

  #forget(atMs: number): void {
    for (const [id, entry] of this.#ids) if (atMs - entry.seenMs > ID_KEPT_MS) this.#ids.delete(id);
  }

  /** Now and then two close ones exchange their ids, as trackers do. */
  #swapIds(found: readonly Seen[], atMs: number): void {
    if (this.#random.next() >= this.model.swappedIds * found.length) return;
    for (let first = 0; first < found.length; first++) {
      const a = found[first]!.user;
      const near = found.slice(first + 1).find(({ user }) =>
        user.cls === a.cls && Math.hypot(user.eastM - a.eastM, user.northM - a.northM) < 6);
      if (!near) continue;
      const idA = this.#idOf(a.id, atMs);
      const idB = this.#idOf(near.user.id, atMs);
      this.#ids.set(a.id, { deviceId: idB, seenMs: atMs });
      this.#ids.set(near.user.id, { deviceId: idA, seenMs: atMs });
      return;
    }
  }

  #report(seen: Seen, atMs: number, objects: SensedObject[]): void {
    const deviceId = this.#idOf(seen.user.id, atMs);
    const { user } = seen;
    if (user.lengthM > 7 && this.#random.next() < this.model.splitsLong) {
      const quarter = user.lengthM / 4;
      for (const side of [1, -1]) {
        const part: WorldUser = {
          ...user,
          eastM: user.eastM + side * quarter * Math.cos(user.headingRad),
          northM: user.northM + side * quarter * Math.sin(user.headingRad),
          lengthM: user.lengthM / 2,
        };
        objects.push(this.#measure(this.#before(part), side > 0 ? deviceId : this.#nextId++));
      }
      return;
    }
    objects.push(this.#measure(seen, deviceId));
  }

  /** Adds the noise in ray axes and turns the result into the sensor's and the site's. */
  #measure({ user, rangeM, azimuthRad }: Seen, deviceId: number): SensedObject {
    const { model, offset } = this;
    const random = this.#random;
    const c = Math.cos(azimuthRad);
    const s = Math.sin(azimuthRad);
    const sigmaAlongM = Math.hypot(model.alongM, model.alongShare * rangeM);
    const sigmaAcrossM = Math.hypot(model.acrossM, model.acrossRad * rangeM);
    const alongM = rangeM - depthM(model.reports, user, azimuthRad) + sigmaAlongM * random.normal();
    const acrossM = sigmaAcrossM * random.normal();
    const radialMps = user.eastMps * c + user.northMps * s + model.radialMps * random.normal();
    const tangentMps = user.northMps * c - user.eastMps * s + model.tangentialMps * random.normal();
    const toSensor = (east: number, north: number): [number, number] =>
      [east * this.#cos + north * this.#sin, north * this.#cos - east * this.#sin];
    const [f, l] = toSensor(alongM * c - acrossM * s, alongM * s + acrossM * c);
    const turnC = Math.cos(offset.turnRad);
    const turnS = Math.sin(offset.turnRad);
    const forwardM = f * turnC - l * turnS + offset.forwardM;
    const leftM = f * turnS + l * turnC + offset.leftM;
    const [forwardMps, leftMps] =
      toSensor(radialMps * c - tangentMps * s, radialMps * s + tangentMps * c);
    const siteHeadingRad = wrapRad(user.headingRad + model.headingRad * random.normal());
    const view = azimuthRad - this.settings.pose.headingRad;
    const size = (): number => 1 + model.sizeShare * Math.min(Math.max(random.normal(), -2), 2);
    return {
      deviceId,
      ...this.#place(forwardM, leftM, forwardMps, leftMps),
      headingRad: wrapRad(siteHeadingRad - this.settings.pose.headingRad),
      siteHeadingRad,
      lengthM: user.lengthM * size(),
      widthM: user.widthM * size(),
      heightM: user.heightM,
      cls: this.#judge(user.cls),
      existence: 0.9 + 0.09 * random.next(),
      crossSectionDbsm: crossSectionDbsm[user.cls] + 3 * random.normal(),
      sigmaForwardM: Math.hypot(sigmaAlongM * Math.cos(view), sigmaAcrossM * Math.sin(view)),
      sigmaLeftM: Math.hypot(sigmaAlongM * Math.sin(view), sigmaAcrossM * Math.cos(view)),
      sigmaSpeedMps: model.radialMps,
    };
  }

  #place(forwardM: number, leftM: number, forwardMps: number, leftMps: number): Pick<
    SensedObject,
    'forwardM' | 'leftM' | 'forwardMps' | 'leftMps' | 'eastM' | 'northM' | 'eastMps' | 'northMps'
  > {
    const { pose } = this.settings;
    const c = this.#cos;
    const s = this.#sin;
    return {
      forwardM,
      leftM,
      forwardMps,
      leftMps,
      eastM: pose.eastM + forwardM * c - leftM * s,
      northM: pose.northM + forwardM * s + leftM * c,
      eastMps: forwardMps * c - leftMps * s,
      northMps: forwardMps * s + leftMps * c,
    };
  }

  #judge(cls: RoadUserClass): RoadUserClass {
    if (this.#random.next() >= this.model.confusion) return cls;
    const others = confusedWith[cls].filter((other) => this.settings.classes.includes(other));
    return others.length > 0 ? others[this.#random.below(others.length)]! : cls;
  }

  /** Reflections of standing things: each stays for some looks, goes, and comes back as another. */
  #addWalls(objects: SensedObject[]): void {
    const on = Math.min(this.model.falseAlarms / WALLS, 0.9);
    for (const wall of this.#walls) {
      const change = this.#random.next();
      if (wall.shown ? change < 0.2 * (1 - on) * 2 : change < 0.2 * on * 2) {
        wall.shown = !wall.shown;
        if (wall.shown) wall.deviceId = this.#nextId++;
      }
      if (wall.shown) objects.push(this.#ghost(wall.eastM, wall.northM, wall.deviceId, 0.6));
    }
  }

  #addGhosts(objects: SensedObject[]): void {
    if (this.model.falseAlarmsOnWalls) return;
    const { fieldOfView, pose } = this.settings;
    // Poisson. Source: Knuth, The Art of Computer Programming, volume 2, section 3.4.1.
    const rest = Math.exp(-this.model.falseAlarms);
    for (let p = this.#random.next(); p > rest; p *= this.#random.next()) {
      const rangeM = fieldOfView.rangeMaxM * Math.sqrt(this.#random.next());
      const turn = (this.#random.next() * 2 - 1) * fieldOfView.halfAngleRad;
      const eastM = pose.eastM + rangeM * Math.cos(pose.headingRad + turn);
      const northM = pose.northM + rangeM * Math.sin(pose.headingRad + turn);
      objects.push(this.#ghost(eastM, northM, this.#nextId++, 0));
    }
  }

  #ghost(eastM: number, northM: number, deviceId: number, jitterM: number): SensedObject {
    const random = this.#random;
    const { classes } = this.settings;
    const cls = classes[random.below(classes.length)] ?? 'unknown';
    const dx = eastM + jitterM * random.normal() - this.settings.pose.eastM;
    const dy = northM + jitterM * random.normal() - this.settings.pose.northM;
    const siteHeadingRad = (random.next() * 2 - 1) * Math.PI;
    return {
      deviceId,
      ...this.#place(
        dx * this.#cos + dy * this.#sin,
        dy * this.#cos - dx * this.#sin,
        0.1 * random.normal(),
        0.1 * random.normal(),
      ),
      headingRad: wrapRad(siteHeadingRad - this.settings.pose.headingRad),
      siteHeadingRad,
      lengthM: 1 + 2 * random.next(),
      widthM: 0.5 + random.next(),
      heightM: 1.5,
      cls,
      existence: 0.2 + 0.4 * random.next(),
      crossSectionDbsm: 2 + 5 * random.normal(),
      sigmaForwardM: 0.5,
      sigmaLeftM: 0.5,
      sigmaSpeedMps: this.model.radialMps,
    };
  }
}

/** From the centre of a body to the point that is reported, towards the sensor, metres. */
function depthM(reports: SensorModel['reports'], user: WorldUser, azimuthRad: number): number {
  if (reports === 'centre') return 0;
  const view = user.headingRad - azimuthRad;
  const cos = Math.max(Math.abs(Math.cos(view)), 1e-6);
  const sin = Math.max(Math.abs(Math.sin(view)), 1e-6);
  if (reports === 'foot') return (user.lengthM * cos + user.widthM * sin) / 2;
  return Math.min(user.lengthM / 2 / cos, user.widthM / 2 / sin);
}

/**
 * Share of a body that others hide, 0..1. Shadows are counted in parts of its angle; who looks from
 * above sees over a low one: the shadow's height at the body says how much of it is left.
 *
 * @param all everybody, nearest first.
 */
function hiddenShare(seen: Seen, all: readonly Seen[], sensorUpM: number): number {
  const parts = new Float64Array(SHADOW_PARTS);
  for (const other of all) {
    if (other.nearM >= seen.nearM) break;
    if (other === seen) continue;
    const apart = wrapRad(other.azimuthRad - seen.azimuthRad);
    if (Math.abs(apart) > seen.halfRad + other.halfRad) continue;
    const shadow = shadowShare(seen, other, sensorUpM);
    if (shadow <= 0) continue;
    for (let part = 0; part < SHADOW_PARTS; part++) {
      const at = (((part + 0.5) / SHADOW_PARTS) * 2 - 1) * seen.halfRad;
      if (Math.abs(at - apart) <= other.halfRad) parts[part] = Math.max(parts[part]!, shadow);
    }
  }
  return parts.reduce((sum, value) => sum + value, 0) / SHADOW_PARTS;
}

function shadowShare(seen: Seen, other: Seen, sensorUpM: number): number {
  const top = other.user.heightM;
  if (sensorUpM <= 0) return 1;
  const rayUpM = sensorUpM - ((sensorUpM - top) * seen.rangeM) / Math.max(other.farM, 0.1);
  return Math.min(Math.max(rayUpM / seen.user.heightM, 0), 1);
}

/** Places beside the road, within the field of view, that keep reflecting. */
function wallsOf(settings: SensorSettings, road: Road, random: Random): Wall[] {
  const { pose, fieldOfView } = settings;
  const walls: Wall[] = [];
  for (let round = 0; round < 300 && walls.length < WALLS; round++) {
    const rangeM = fieldOfView.rangeMaxM * (0.15 + 0.85 * random.next());
    const turn = pose.headingRad + (random.next() * 2 - 1) * fieldOfView.halfAngleRad;
    const eastM = pose.eastM + rangeM * Math.cos(turn);
    const northM = pose.northM + rangeM * Math.sin(turn);
    const onRoad = road.nodes.some((node) => insideOutline(eastM, northM, node.area)) ||
      road.lanes.some((lane) => lane.points.length > 1 &&
        Math.abs(projectOnLine(eastM, northM, lane.points).leftM) < lane.widthM / 2 + 3);
    if (!onRoad) walls.push({ eastM, northM, deviceId: 0, shown: false });
  }
  return walls;
}
