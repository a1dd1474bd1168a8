import { cityTrackId } from '../src/model/ids.ts';
import type { CityTrackId, TrackId } from '../src/model/ids.ts';
import { generalTuning } from './tuning.ts';

/** What the outside knows of one track: it outlives a rewind that bears the track anew. */
export interface Identity {
  key: number;
  readonly id: TrackId;
  readonly counter: number;
  readonly cityId: CityTrackId;
  /** When it was first told. */
  readonly bornMs: number;
  /** Where it was told last, and how it moved. */
  x: number;
  y: number;
  vx: number;
  vy: number;
  toldMs: number;
}

/** A vanished track's identity waits this long for the same road user to come back, ms. */
const WAIT_MS = 1000;
/** And this near, metres, to where it would be by now. */
const NEAR_M = 2.5;

interface PlainIdentities {
  readonly live: Identity[];
  readonly counter: number;
  readonly nextCity: number;
  readonly freed: [number, number][];
}

/**
 * Public ids. The key is a track's birth in the core; a rewind or a merge may give the same road
 * user another birth, and then the identity moves to it. City ids are not used again for 60 s.
 */
export class Identities {
  #live = new Map<number, Identity>();
  #counter = 0;
  #nextCity = 1;
  #freed = new Map<number, number>();
  readonly #inUse = new Set<number>();
  readonly #name: (counter: number) => TrackId;

  /** @param name gives the internal id of the `counter`-th road user. */
  constructor(name: (counter: number) => TrackId) {
    this.#name = name;
  }

  get(key: number): Identity | undefined {
    return this.#live.get(key);
  }

  /**
   * The identity for a track that had none: one whose own track is gone and would be here by now,
   * else a new one.
   *
   * @param present keys of all tracks of the core, told or not.
   */
  claim(key: number, x: number, y: number, nowMs: number, present: ReadonlySet<number>): Identity {
    let best: Identity | null = null;
    let nearest = NEAR_M;
    for (const identity of this.#live.values()) {
      if (present.has(identity.key) || nowMs - identity.toldMs > WAIT_MS) continue;
      const dtS = (nowMs - identity.toldMs) / 1000;
      const off = Math.hypot(identity.x + identity.vx * dtS - x, identity.y + identity.vy * dtS
        - y);
      if (off < nearest) {
        nearest = off;
        best = identity;
      }
    }
    if (best) {
      this.#live.delete(best.key);
      best.key = key;
      this.#live.set(key, best);
      return best;
    }
    const cityId = this.#newCityId(nowMs);
    const counter = ++this.#counter;
    const fresh: Identity = {
      key, id: this.#name(counter), counter, cityId, bornMs: nowMs, x, y, vx: 0, vy: 0,
        toldMs: nowMs,
    };
    this.#live.set(key, fresh);
    return fresh;
  }

  #newCityId(nowMs: number): CityTrackId {
    for (const [id, freedMs] of this.#freed) {
      if (nowMs - freedMs < generalTuning.cityIdQuarantineMs) break;
      this.#freed.delete(id);
    }
    for (;;) {
      const id = this.#nextCity;
      this.#nextCity = id === 65535 ? 1 : id + 1;
      if (this.#inUse.has(id) || this.#freed.has(id)) continue;
      this.#inUse.add(id);
      return cityTrackId(id);
    }
  }

  /** Forgets identities whose track is gone and that waited long enough. */
  forget(nowMs: number, present: ReadonlySet<number>): void {
    for (const identity of this.#live.values()) {
      if (present.has(identity.key) || nowMs - identity.toldMs <= WAIT_MS) continue;
      this.#live.delete(identity.key);
      this.#inUse.delete(identity.cityId);
      this.#freed.set(identity.cityId, nowMs);
    }
  }

  snapshot(): PlainIdentities {
    return {
      live: [...this.#live.values()].map((identity) => ({ ...identity })),
      counter: this.#counter, nextCity: this.#nextCity, freed: [...this.#freed],
    };
  }

  restore(data: unknown): void {
    const plain = data as PlainIdentities;
    this.#live = new Map(plain.live.map((identity) => [identity.key, { ...identity }]));
    this.#counter = plain.counter;
    this.#nextCity = plain.nextCity;
    this.#freed = new Map(plain.freed);
    this.#inUse.clear();
    for (const identity of this.#live.values()) this.#inUse.add(identity.cityId);
  }
}
