/** What rows of faults are made of: windows of time, and what the box was told last. */
import type { Random } from '../../src/base/random.ts';
import type { ControllerStatus } from '../../src/model/signal.ts';
import type { Hooks, Parcel, Picture } from './box.ts';
import type { Colour, Truth } from './truth.ts';

/** When a fault is there: one stretch after the other, drawn as time goes on. */
export class Windows {
  readonly #random: Random;
  readonly #lengthMs: (random: Random) => number;
  readonly #gapMs: (random: Random) => number;
  fromMs = Number.NaN;
  untilMs = Number.NaN;
  count = 0;

  constructor(
    random: Random, lengthMs: (random: Random) => number,
    gapMs: (random: Random) => number = (one) => 20_000 + one.below(35_000),
  ) {
    this.#random = random;
    this.#lengthMs = lengthMs;
    this.#gapMs = gapMs;
  }

  /** Whether the fault is there; instants must not go back by more than a stretch. */
  active(atMs: number): boolean {
    if (Number.isNaN(this.fromMs)) this.#draw(atMs);
    if (atMs >= this.untilMs + 2000) this.#draw(this.untilMs);
    return atMs >= this.fromMs && atMs < this.untilMs;
  }

  #draw(afterMs: number): void {
    this.fromMs = afterMs + this.#gapMs(this.#random);
    this.untilMs = this.fromMs + this.#lengthMs(this.#random);
    this.count++;
  }
}

/** One packet as the controller meant it. */
export interface Told {
  readonly sentMs: number;
  readonly arrivesMs: number;
  readonly status: ControllerStatus;
  /** The fault was in it. */
  readonly tagged: boolean;
}

/** Remembers what is under way to the box. */
export class Wire {
  readonly #told: Told[] = [];
  #pending: { status: ControllerStatus; tagged: boolean } | null = null;

  meant(picture: Picture, tagged: boolean): void {
    this.#pending = { status: picture.status, tagged };
  }

  left(parcel: Parcel, sentMs: number, tagged = this.#pending?.tagged ?? false): void {
    if (!this.#pending) return;
    this.#told.push({ sentMs, arrivesMs: parcel.arrivesMs, status: this.#pending.status, tagged });
    if (this.#told.length > 64) this.#told.shift();
  }

  /** The newest that has come by an instant. */
  newest(atMs: number, which: (told: Told) => boolean = () => true): Told | null {
    let found: Told | null = null;
    for (const told of this.#told) {
      if (told.arrivesMs > atMs || !which(told)) continue;
      if (!found || told.arrivesMs >= found.arrivesMs) found = told;
    }
    return found;
  }

  /** The first of the run of tagged packets that the newest belongs to. */
  firstTagged(atMs: number): Told | null {
    let first: Told | null = null;
    for (const told of this.#told) {
      if (told.arrivesMs > atMs) continue;
      if (!told.tagged) first = null;
      else first ??= told;
    }
    return first;
  }
}

/** Hooks that keep a wire informed; the picture says whether the fault is in it. */
export function watched(
  wire: Wire, act: (picture: Picture, atMs: number) => boolean, more: Hooks = {},
): Hooks {
  return {
    ...more,
    picture: (picture, atMs) => wire.meant(picture, act(picture, atMs)),
    parcel(parcel, atMs) {
      const parcels = more.parcel ? more.parcel(parcel, atMs) : [parcel];
      for (const one of parcels) wire.left(one, atMs);
      return parcels;
    },
  };
}

/** Follows each group's true colour from turn to turn. */
export class Changes {
  readonly #before: (Colour | undefined)[] = [];

  /** Calls with each change since the last turn. */
  each(truth: Truth, atMs: number, tell: (group: number, from: Colour, to: Colour) => void): void {
    truth.groups.forEach((_, group) => {
      const { colour } = truth.segment(group, atMs);
      const before = this.#before[group];
      this.#before[group] = colour;
      if (before !== undefined && before !== colour) tell(group, before, colour);
    });
  }
}

/** Joins two hooks: both act, the first before the second. */
export function joined(a: Hooks, b: Hooks): Hooks {
  return {
    turn(box, atMs) {
      a.turn?.(box, atMs);
      b.turn?.(box, atMs);
    },
    picture(picture, atMs) {
      a.picture?.(picture, atMs);
      b.picture?.(picture, atMs);
    },
    parcel(parcel, atMs) {
      const first = a.parcel ? a.parcel(parcel, atMs) : [parcel];
      return b.parcel ? first.flatMap((one) => b.parcel!(one, atMs)) : first;
    },
    ...(a.encode || b.encode
      ? {
          encode: (frame, write, atMs) => {
            const then = (value: unknown): Uint8Array =>
              b.encode ? b.encode(value, write, atMs) : write(value);
            return a.encode ? a.encode(frame, then, atMs) : then(frame);
          },
        }
      : {}),
  };
}
