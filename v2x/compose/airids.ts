/** Ids on air: which track has which, when one is free again, and the heading that it says. */
import type { Random } from '../../src/base/random.ts';
import type { Stateful } from '../../src/base/stateful.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { TrackId } from '../../src/model/ids.ts';
import type { Track } from '../../src/model/track.ts';

/** Below this the heading is held, until the road user is faster than the second, m/s. */
const HEADING_HOLD_MPS = 4 / 3.6;
const HEADING_FREE_MPS = 5 / 3.6;
/** An id is kept this long for a track that is not there, ms. */
const ABSENT_MS = 1000;
/** Slower than this stands, m/s. */
const STILL_MPS = 0.5;

/** What is remembered of one track on air. */
export interface HeldUser {
  readonly airId: number;
  lastMs: MonotonicMs;
  /** The heading that is said; null while none is known. */
  headingRad: number | null;
  latched: boolean;
  /** Since when it stands; null while it moves. */
  stillSinceMs: MonotonicMs | null;
  /** Where it was when it was last told of; null before. */
  told: ToldPlace | null;
}

/** A road user as a message had it, site frame. */
export interface ToldPlace {
  readonly atMs: MonotonicMs;
  readonly eastM: number;
  readonly northM: number;
  readonly speedMps: number;
}

/** Gives ids to tracks: unique, and not given again while one rests (rule R34). */
export class AirIds implements Stateful {
  readonly #max: number;
  readonly #restMs: number;
  #held = new Map<TrackId, HeldUser>();
  #used = new Set<number>();
  #resting = new Map<number, MonotonicMs>();
  #next: number;

  /** @param max the highest id; 1 is the lowest, 0 is the unit's own. */
  constructor(max: number, restMs: number, random: Random) {
    this.#max = max;
    this.#restMs = restMs;
    this.#next = 1 + random.below(max);
  }

  /**
   * How many may be told of at once: an eighth of the ids is kept for those who come, since an id
   * that becomes free must rest first.
   */
  get room(): number {
    return this.#max - Math.floor(this.#max / 8);
  }

  /** The track's own id, or a new one; its heading and standing are brought up to now. */
  hold(track: Track, nowMs: MonotonicMs): HeldUser | null {
    let user = this.#held.get(track.id);
    if (!user) {
      const airId = this.#free();
      if (airId === null) return null;
      user = {
        airId, lastMs: nowMs, headingRad: null, latched: false, stillSinceMs: null, told: null,
      };
      this.#held.set(track.id, user);
      this.#used.add(airId);
    }
    user.lastMs = nowMs;
    const { speedMps } = track;
    user.latched = !(user.latched ? speedMps > HEADING_FREE_MPS : speedMps >= HEADING_HOLD_MPS);
    if (!user.latched || user.headingRad === null) user.headingRad = track.headingRad;
    user.stillSinceMs = speedMps > STILL_MPS ? null : (user.stillSinceMs ?? nowMs);
    return user;
  }

  has(id: TrackId): boolean {
    return this.#held.has(id);
  }

  get(id: TrackId): HeldUser | undefined {
    return this.#held.get(id);
  }

  /** Takes the id of a track that is told of no more; it rests from when it was last held. */
  release(id: TrackId): void {
    const user = this.#held.get(id);
    if (!user) return;
    this.#held.delete(id);
    this.#used.delete(user.airId);
    this.#resting.set(user.airId, user.lastMs);
  }

  /** Releases who is not there any more, and frees what has rested. */
  forget(nowMs: MonotonicMs): void {
    for (const [id, user] of this.#held) if (nowMs - user.lastMs >= ABSENT_MS) this.release(id);
    for (const [airId, sinceMs] of this.#resting) {
      if (nowMs - sinceMs >= this.#restMs) this.#resting.delete(airId);
    }
  }

  #free(): number | null {
    if (this.#used.size + this.#resting.size >= this.#max) return null;
    for (let tries = 0; tries < this.#max; tries++) {
      const airId = this.#next;
      this.#next = (airId % this.#max) + 1;
      if (!this.#used.has(airId) && !this.#resting.has(airId)) return airId;
    }
    return null;
  }

  snapshot(): unknown {
    return structuredClone({
      held: [...this.#held], resting: [...this.#resting], next: this.#next,
    });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as {
      held: [TrackId, HeldUser][]; resting: [number, MonotonicMs][]; next: number;
    };
    this.#held = new Map(state.held);
    this.#used = new Set(state.held.map(([, { airId }]) => airId));
    this.#resting = new Map(state.resting);
    this.#next = state.next;
  }
}
