import type { RoadUserClass } from '../model/roaduser.ts';
import type { Gate, Route } from './routes.ts';
import type { UserRow } from './users.ts';

/** Axles sit this share of the length before and behind the centre. */
const AXLE_SHARE = 0.35;

/** One road user of the world, in motion. The world alone writes to it. */
export class Mover {
  readonly id: number;
  readonly row: UserRow;
  readonly route: Route;
  readonly lengthM: number;
  readonly widthM: number;
  readonly wantedMps: number;
  /** Sideways place on the route, metres to the left. */
  readonly offsetM: number;
  /** Along the route, centre of the body. */
  alongM: number;
  speedMps: number;
  accelerationMps2 = 0;
  x = 0;
  y = 0;
  headingRad = 0;
  cos = 1;
  sin = 0;
  /** The pose one step ago, for instants between two steps. */
  beforeX = 0;
  beforeY = 0;
  beforeHeadingRad = 0;
  beforeSpeedMps = 0;
  /** Which gate is next; `gates.length` after the last. */
  gate = 0;
  /** Place that a lamp keeps the front from passing in this step; Infinity when none does. */
  heldAtM = Infinity;
  /** Goes through the next red. */
  runsRed = false;
  /** Stands on request until this instant. */
  stopsUntilMs = -Infinity;
  /** How long it has stood inside a junction without a lamp's reason, ms. */
  stuckMs = 0;
  /** How long it has given way while standing, ms. */
  waitedMs = 0;

  constructor(
    id: number,
    row: UserRow,
    route: Route,
    body: { lengthM: number; widthM: number; wantedMps: number; offsetM: number },
    alongM: number,
    speedMps: number,
  ) {
    this.id = id;
    this.row = row;
    this.route = route;
    this.lengthM = body.lengthM;
    this.widthM = body.widthM;
    this.wantedMps = body.wantedMps;
    this.offsetM = body.offsetM;
    this.alongM = alongM;
    this.speedMps = speedMps;
    place(this, alongM, this);
    this.remember();
  }

  get cls(): RoadUserClass {
    return this.row.cls;
  }

  get frontM(): number {
    return this.alongM + this.lengthM / 2;
  }

  get rearM(): number {
    return this.alongM - this.lengthM / 2;
  }

  get nextGate(): Gate | undefined {
    return this.route.gates[this.gate];
  }

  remember(): void {
    this.beforeX = this.x;
    this.beforeY = this.y;
    this.beforeHeadingRad = this.headingRad;
    this.beforeSpeedMps = this.speedMps;
  }

  take(pose: Pose, alongM: number): void {
    this.alongM = alongM;
    this.x = pose.x;
    this.y = pose.y;
    this.headingRad = pose.headingRad;
    this.cos = pose.cos;
    this.sin = pose.sin;
  }
}

/** Where a body is and which way it points. */
export interface Pose {
  x: number;
  y: number;
  headingRad: number;
  cos: number;
  sin: number;
}

const front = { x: 0, y: 0 };
const rear = { x: 0, y: 0 };

/** The pose of a body whose axles are on its route. */
export function place(mover: Mover, alongM: number, into: Pose): void {
  const reachM = Math.max(mover.lengthM * AXLE_SHARE, 0.3);
  mover.route.path.at(alongM + reachM, front);
  mover.route.path.at(alongM - reachM, rear);
  const dx = front.x - rear.x;
  const dy = front.y - rear.y;
  const length = Math.hypot(dx, dy) || 1;
  into.cos = dx / length;
  into.sin = dy / length;
  into.headingRad = Math.atan2(dy, dx);
  into.x = (front.x + rear.x) / 2 - into.sin * mover.offsetM;
  into.y = (front.y + rear.y) / 2 + into.cos * mover.offsetM;
}

/** Distance from a point to a body, metres; 0 inside. */
export function distanceToBody(x: number, y: number, body: Mover): number {
  const dx = x - body.x;
  const dy = y - body.y;
  const ahead = Math.abs(dx * body.cos + dy * body.sin) - body.lengthM / 2;
  const aside = Math.abs(dy * body.cos - dx * body.sin) - body.widthM / 2;
  if (ahead <= 0 && aside <= 0) return 0;
  if (ahead <= 0) return aside;
  if (aside <= 0) return ahead;
  return Math.hypot(ahead, aside);
}

/** What the overlap of two bodies is asked with. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly cos: number;
  readonly sin: number;
}

/**
 * Whether two rectangles touch, `gapM` added around the first.
 * Source: separating axis theorem; Ericson, Real-Time Collision Detection, section 4.4.
 */
export function boxesOverlap(
  a: Box,
  aLengthM: number,
  aWidthM: number,
  b: Box,
  bLengthM: number,
  bWidthM: number,
  gapM: number,
): boolean {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const al = aLengthM / 2 + gapM;
  const aw = aWidthM / 2 + gapM;
  const bl = bLengthM / 2;
  const bw = bWidthM / 2;
  const cos = Math.abs(a.cos * b.cos + a.sin * b.sin);
  const sin = Math.abs(a.cos * b.sin - a.sin * b.cos);
  if (Math.abs(dx * a.cos + dy * a.sin) > al + bl * cos + bw * sin) return false;
  if (Math.abs(dy * a.cos - dx * a.sin) > aw + bl * sin + bw * cos) return false;
  if (Math.abs(dx * b.cos + dy * b.sin) > bl + al * cos + aw * sin) return false;
  return Math.abs(dy * b.cos - dx * b.sin) <= bw + al * sin + aw * cos;
}
