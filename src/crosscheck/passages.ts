/** Tracks → passages over stop lines and stands before them. Knows no lamp. */
import { projectOnLine } from '../base/geometry.ts';
import type { Stateful } from '../base/stateful.ts';
import type { Track } from '../model/track.ts';
import type { Layout, StopLine } from './units.ts';

/** What traffic did at one line. */
export interface TrafficEvents {
  /** A front went over a line; which movement it is may be told later. */
  passed(line: number, who: string, atMs: number): void;
  /** The first at a line stood there for the last `dtMs`. */
  stood(line: number, who: string, dtMs: number): void;
  /** Which movement who passed is taking; -1 when it never became clear. */
  resolved(line: number, who: string, unit: number): void;
  /** Somebody began to walk over a crossing, after standing at its kerb for so long. */
  walked(unit: number, atMs: number, waitedMs: number): void;
}

/** A front so far over the line has left it; those who stop a little beyond it have not. */
const PASSED_M = 2.5;
/** How far before a line a front is followed, and how near it stands as the first. */
const BEFORE_M = 30;
const FIRST_M = 9;
const STANDING_MPS = 0.4;
/** Longer between two looks: what happened was not seen. */
const GAP_MS = 1500;
/** Movements of a lane are told apart once one is so much nearer than the others. */
const APART_M = 2.5;
const ON_PATH_M = 2.5;
const RESOLVE_MS = 12_000;
/** A walk begins once it is so far from the kerb, and no farther. */
const KERB_M = 0.7;
const ENTRY_M = 4;
const WALKING_MPS = 0.4;
/** Who stands so near to the end of a crossing waits there. */
const WAITING_M = 4;
/** Cosine of the angle to the lane up to which somebody follows it. */
const ALONG_COS = 0.7;
const LENGTH_M: Readonly<Partial<Record<Track['cls'], number>>> = {
  truck: 9, bus: 11, motorcycle: 2, bicycle: 1.8, pedestrian: 0.5,
};

interface Follower {
  atMs: number;
  /** The line that its front is before, and how far; -1 for none. */
  line: number;
  beyondM: number;
  /** A passage whose movement is not clear yet: line and instant; -1 for none. */
  openLine: number;
  openMs: number;
  /** Crossing that it is on; -1 for none. */
  walk: number;
  /** How long it has stood at the end of a crossing. */
  waitedMs: number;
}

/** Follows the fronts of road users to and over the lines. */
export class PassageFinder implements Stateful {
  readonly #layout: Layout;
  readonly #events: TrafficEvents;
  #followers = new Map<string, Follower>();
  #lastMs: number | null = null;

  constructor(layout: Layout, events: TrafficEvents) {
    this.#layout = layout;
    this.#events = events;
  }

  /** One look at all tracks, in order of time. */
  look(tracks: readonly Track[], nowMs: number): void {
    const dtMs = this.#lastMs === null ? 0 : nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (dtMs > GAP_MS) this.#followers.clear();
    const leaders = new Map<number, { readonly who: string; readonly beyondM: number; readonly stands: boolean }>();
    for (const track of tracks) {
      const follower = this.#follow(track, nowMs);
      if (!follower || follower.line < 0) continue;
      const stands = track.speedMps < STANDING_MPS;
      const first = leaders.get(follower.line);
      if (first && first.beyondM >= follower.beyondM) continue;
      leaders.set(follower.line, { who: track.id, beyondM: follower.beyondM, stands });
    }
    for (const [line, { who, beyondM, stands }] of leaders) {
      if (stands && beyondM > -FIRST_M && dtMs <= GAP_MS) this.#events.stood(line, who, dtMs);
    }
    for (const [who, follower] of this.#followers) {
      if (follower.atMs === nowMs) continue;
      if (nowMs - follower.atMs <= GAP_MS) continue;
      if (follower.openLine >= 0) this.#events.resolved(follower.openLine, who, -1);
      this.#followers.delete(who);
    }
  }

  #follow(track: Track, nowMs: number): Follower | null {
    if (track.unseen === 'out-of-coverage') return null;
    let follower = this.#followers.get(track.id);
    if (!follower) {
      follower = { atMs: nowMs, line: -1, beyondM: 0, openLine: -1, openMs: 0, walk: -1, waitedMs: 0 };
      this.#followers.set(track.id, follower);
    }
    const stepMs = nowMs - follower.atMs;
    const fresh = stepMs <= GAP_MS;
    follower.atMs = nowMs;
    if (track.cls === 'pedestrian') this.#walk(track, follower, nowMs, stepMs);
    else this.#drive(track, follower, nowMs, fresh ? stepMs : 0);
    return follower;
  }

  #drive(track: Track, follower: Follower, nowMs: number, stepMs: number): void {
    const heading = track.headingRad;
    if (heading === null) return; // where its front is cannot be told; it is where it was
    const cos = Math.cos(heading);
    const sin = Math.sin(heading);
    const half = (track.extent.lengthM ?? LENGTH_M[track.cls] ?? 4.6) / 2;
    const x = track.eastM + cos * half;
    const y = track.northM + sin * half;
    const { line, beyondM } = follower;
    if (follower.openLine >= 0) this.#resolve(track, follower, nowMs);
    if (line >= 0 && stepMs > 0) {
      const { alongM, leftM } = placeAt(this.#layout.lines[line]!, x, y);
      if (alongM > PASSED_M && Math.abs(leftM) < 6) {
        const whole = alongM - beyondM;
        const sinceMs = whole > 0 ? (stepMs * (alongM - PASSED_M)) / whole : 0;
        this.#pass(track, follower, line, nowMs, nowMs - sinceMs);
      }
    }
    follower.line = -1;
    for (const [index, own] of this.#layout.lines.entries()) {
      if (Math.abs(x - own.x) > BEFORE_M || Math.abs(y - own.y) > BEFORE_M) continue;
      if (cos * own.cos + sin * own.sin < ALONG_COS) continue;
      const { alongM, leftM } = placeAt(own, x, y);
      if (alongM > PASSED_M || alongM < -BEFORE_M || Math.abs(leftM) > own.halfWidthM) continue;
      // Lines of a lane and of its waiting area lie behind one another: the nearer one counts.
      if (follower.line >= 0 && alongM < follower.beyondM) continue;
      follower.line = index;
      follower.beyondM = alongM;
    }
  }

  #pass(track: Track, follower: Follower, line: number, nowMs: number, atMs: number): void {
    if (follower.openLine >= 0) this.#events.resolved(follower.openLine, track.id, -1);
    follower.openLine = -1;
    this.#events.passed(line, track.id, atMs);
    const { units } = this.#layout.lines[line]!;
    if (units.length === 1) {
      this.#events.resolved(line, track.id, units[0]!);
      return;
    }
    follower.openLine = line;
    follower.openMs = nowMs;
  }

  #resolve(track: Track, follower: Follower, nowMs: number): void {
    const { units } = this.#layout.lines[follower.openLine]!;
    let best = -1;
    let bestM = Number.POSITIVE_INFINITY;
    let secondM = Number.POSITIVE_INFINITY;
    for (const unit of units) {
      const { points } = this.#layout.units[unit]!;
      const { x, y } = projectOnLine(track.eastM, track.northM, points);
      const awayM = Math.hypot(x - track.eastM, y - track.northM);
      if (awayM < bestM) {
        secondM = bestM;
        bestM = awayM;
        best = unit;
      } else if (awayM < secondM) secondM = awayM;
    }
    const clear = bestM < ON_PATH_M && secondM > bestM + APART_M;
    if (!clear && nowMs - follower.openMs < RESOLVE_MS) return;
    this.#events.resolved(follower.openLine, track.id, clear ? best : -1);
    follower.openLine = -1;
  }

  #walk(track: Track, follower: Follower, nowMs: number, stepMs: number): void {
    let on = -1;
    for (const [index, { points, halfWidthM, unit }] of this.#layout.walkways.entries()) {
      const from = points[0]!;
      if (Math.abs(track.eastM - from[0]) > 60 || Math.abs(track.northM - from[1]) > 60) continue;
      const { alongM, leftM, beyond, x, y, headingRad } =
        projectOnLine(track.eastM, track.northM, points);
      const kerbM = Math.min(alongM, lengthOf(points) - alongM);
      const awayM = Math.hypot(track.eastM - x, track.northM - y);
      if (track.speedMps < STANDING_MPS && kerbM < KERB_M && awayM < WAITING_M) {
        follower.waitedMs += stepMs;
      }
      if (beyond || Math.abs(leftM) > halfWidthM) continue;
      const forwardMps = track.eastMps * Math.cos(headingRad) + track.northMps * Math.sin(headingRad);
      const enteredM = forwardMps >= 0 ? alongM : lengthOf(points) - alongM;
      if (enteredM < KERB_M) continue;
      on = index;
      const begins = follower.walk !== index && enteredM < ENTRY_M;
      if (begins && Math.abs(forwardMps) > WALKING_MPS) {
        this.#events.walked(unit, nowMs, follower.waitedMs);
        follower.waitedMs = 0;
      }
      break;
    }
    follower.walk = on;
  }

  snapshot(): unknown {
    return { followers: structuredClone([...this.#followers]), lastMs: this.#lastMs };
  }

  restore(snapshot: unknown): void {
    const { followers, lastMs } = snapshot as {
      readonly followers: [string, Follower][];
      readonly lastMs: number | null;
    };
    this.#followers = new Map(structuredClone(followers));
    this.#lastMs = lastMs;
  }
}

/** Metres over the line (negative before it) and to its left. */
function placeAt(line: StopLine, x: number, y: number): { alongM: number; leftM: number } {
  const dx = x - line.x;
  const dy = y - line.y;
  return { alongM: dx * line.cos + dy * line.sin, leftM: dy * line.cos - dx * line.sin };
}

const lengths = new WeakMap<object, number>();
/** Length of a line, worked out once. */
function lengthOf(points: Layout['walkways'][number]['points']): number {
  let lengthM = lengths.get(points);
  if (lengthM === undefined) {
    lengthM = 0;
    for (let index = 1; index < points.length; index++) {
      lengthM += Math.hypot(
        points[index]![0] - points[index - 1]![0], points[index]![1] - points[index - 1]![1]);
    }
    lengths.set(points, lengthM);
  }
  return lengthM;
}
