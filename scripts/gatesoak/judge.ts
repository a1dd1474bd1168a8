/**
 * The judge of the long run. It reads what was sent with the codec of v2x, which shares nothing
 * with the gate's own decoder, and holds it against the true lamps by section 1.3 of the safety
 * rules. It knows neither the gate's tables nor its levels.
 */
import type { Road } from '../../src/model/road.ts';
import { codecFor } from '../../v2x/codec.ts';
import { isGreen } from './truth.ts';
import type { Colour, Truth } from './truth.ts';

/** What one SPAT says, as far as it is judged. */
export interface Said {
  readonly atMs: number;
  readonly bytes: Uint8Array;
  readonly status: string;
  readonly moy: number;
  readonly ms: number;
  readonly timeConfidence: string;
  /** By phase. */
  readonly phases: ReadonlyMap<number, SaidPhase>;
  /** Any phase says more than unavailable. */
  readonly coloured: boolean;
}

export interface SaidPhase {
  readonly light: string;
  /** Tenths from the stamp; null where absent. */
  readonly minEnd: number | null;
  readonly maxEnd: number | null;
  readonly likelyEnd: number | null;
  readonly timed: boolean;
}

/** Wrong greens of section 1.3, each kind by itself. */
export interface Wrongs {
  /** A movement is allowed whose lamp was not green within the window. */
  stale: number;
  /** Two conflicting movements in one frame. */
  conflict: number;
  /** A minimum end over 100 ms after the true one. */
  minEnd: number;
}

/** The first of each kind, for people. */
export interface WrongExample {
  readonly kind: keyof Wrongs;
  readonly atMs: number;
  readonly text: string;
}

const WINDOW_MS = 300;
const SLOW_WINDOW_MS = 1500;
const MIN_END_LATE_MS = 100;
const UNKNOWN_TIME = 36_001;

const allowing: ReadonlySet<string> = new Set([
  'flashing-green', 'permissive-green', 'protected-green',
]);
const moving: ReadonlySet<string> = new Set([...allowing, 'yellow']);
/** True colours that a word of a frame may stand for. */
const meant: Readonly<Record<string, readonly Colour[]>> = {
  red: ['red'], yellow: ['yellow'], 'flashing-green': ['flashing-green'], dark: ['dark'],
  'permissive-green': ['green'], 'protected-green': ['green'],
  'flashing-yellow': ['flashing-yellow'], 'flashing-red': ['flashing-red'],
};

interface WireTiming {
  readonly counting?: {
    readonly minEndTime?: number; readonly maxEndTime?: number; readonly likelyEndTime: number;
  };
}

interface WireSpat {
  readonly intersections: readonly {
    readonly status: string; readonly moy: number; readonly timeStamp: number;
    readonly timeConfidence?: string;
    readonly phases: readonly {
      readonly id: number;
      readonly phaseStates: readonly { readonly light: string; readonly timing?: WireTiming }[];
    }[];
  }[];
}

/** Reads one SPAT with the codec of v2x. */
export function readSpat(bytes: Uint8Array, atMs: number): Said {
  const { frame } = codecFor('A').decode(bytes);
  const { spatFrame } = frame as unknown as { readonly spatFrame: WireSpat };
  const one = spatFrame.intersections[0]!;
  const phases = new Map<number, SaidPhase>();
  let coloured = false;
  for (const { id, phaseStates } of one.phases) {
    const { light, timing } = phaseStates[0]!;
    const counting = timing?.counting;
    const known = (mark: number | undefined): number | null =>
      mark === undefined || mark >= UNKNOWN_TIME ? null : mark;
    const ends = {
      minEnd: known(counting?.minEndTime), maxEnd: known(counting?.maxEndTime),
      likelyEnd: known(counting?.likelyEndTime),
    };
    const timed = ends.minEnd !== null || ends.maxEnd !== null || ends.likelyEnd !== null;
    phases.set(id, { light, ...ends, timed });
    if (light !== 'unavailable') coloured = true;
  }
  return {
    atMs, bytes, status: one.status, moy: one.moy, ms: one.timeStamp,
    timeConfidence: one.timeConfidence ?? 'unavailable', phases, coloured,
  };
}

/** Whether two words may not stand beside each other. */
function clash(a: string, b: string, yields: boolean, bMayBeDark: boolean): boolean {
  if (a === 'protected-green' && b !== 'red' && b !== 'unavailable') {
    return b !== 'dark' || !bMayBeDark;
  }
  if (yields) return false;
  return moving.has(a) && (moving.has(b) || b === 'flashing-yellow');
}

export class Judge {
  readonly wrongs: Wrongs = { stale: 0, conflict: 0, minEnd: 0 };
  /** Over 300 ms and within 1.5 s, for slow sources alone (rule R1b): told apart. */
  residual = 0;
  readonly examples: WrongExample[] = [];
  frames = 0;
  readonly #road: Road;
  readonly #truth: Truth;
  readonly #slow: boolean;
  readonly #byPhase = new Map<number, number[]>();
  readonly #pairs: readonly {
    readonly a: number; readonly b: number; readonly yields: boolean;
    readonly aDark: boolean; readonly bDark: boolean;
  }[];

  constructor(road: Road, truth: Truth, slow: boolean) {
    this.#road = road;
    this.#truth = truth;
    this.#slow = slow;
    road.signalGroups.forEach(({ phase }, index) => {
      this.#byPhase.set(phase, [...(this.#byPhase.get(phase) ?? []), index]);
    });
    const { conflicting, yielding } = road.conflicts;
    const yields = new Set(yielding.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
    const of = new Map(road.signalGroups.map((group) => [group.id as string, group]));
    this.#pairs = [...conflicting, ...yielding].map(([a, b]) => ({
      a: of.get(a)!.phase, b: of.get(b)!.phase, yields: yields.has(`${a} ${b}`),
      aDark: of.get(a)!.mayGoDark, bDark: of.get(b)!.mayGoDark,
    }));
  }

  #wrong(kind: keyof Wrongs, atMs: number, text: () => string): void {
    if (this.wrongs[kind]++ === 0) this.examples.push({ kind, atMs, text: text() });
  }

  /** Holds one sent SPAT against the lamps. */
  look(said: Said): void {
    this.frames++;
    if (!said.coloured) return;
    for (const [phase, { light, minEnd }] of said.phases) {
      if (light === 'unavailable') continue;
      for (const group of this.#byPhase.get(phase) ?? []) {
        if (allowing.has(light)) this.#lookGreen(said.atMs, phase, light, group);
        if (minEnd !== null) this.#lookEnd(said.atMs, phase, light, group, minEnd);
      }
    }
    for (const { a, b, yields, aDark, bDark } of this.#pairs) {
      const [left, right] = [said.phases.get(a)?.light, said.phases.get(b)?.light];
      if (left === undefined || right === undefined) continue;
      if (clash(left, right, yields, bDark) || clash(right, left, yields, aDark)) {
        this.#wrong('conflict', said.atMs, () => `phase ${a} ${left} beside phase ${b} ${right}`);
      }
    }
  }

  #lookGreen(atMs: number, phase: number, light: string, group: number): void {
    if (this.#truth.wasGreen(group, atMs - WINDOW_MS, atMs)) return;
    if (this.#slow && this.#truth.wasGreen(group, atMs - SLOW_WINDOW_MS, atMs)) {
      this.residual++;
      return;
    }
    this.#wrong('stale', atMs, () => {
      const { colour, fromMs } = this.#truth.segment(group, atMs);
      const name = this.#road.signalGroups[group]!.id;
      return `phase ${phase} (${name}) ${light}, lamp ${colour} for ${atMs - fromMs} ms`;
    });
  }

  /** The state that a frame speaks of is the present one or the one that ended just now. */
  #lookEnd(atMs: number, phase: number, light: string, group: number, minEnd: number): void {
    let segment = this.#truth.segment(group, atMs);
    const means = meant[light] ?? [];
    if (!means.includes(segment.colour) && segment.fromMs > this.#truth.startMs) {
      segment = this.#truth.segment(group, segment.fromMs - 1);
    }
    if (!means.includes(segment.colour) || segment.actuated) return;
    // Before a pre-emption nobody could know; what is said after it is judged.
    if (!Number.isNaN(segment.cutMs) && atMs < segment.cutMs + WINDOW_MS) return;
    const lateMs = atMs + 100 * minEnd - segment.untilMs;
    if (lateMs <= MIN_END_LATE_MS) return;
    this.#wrong('minEnd', atMs, () =>
      `phase ${phase} ${light}: minimum end ${Math.round(lateMs)} ms after the true one`);
  }

  /** Whether the true lamps themselves show two conflicting greens: the world's own error. */
  trueGreen(group: number, atMs: number): boolean {
    return isGreen(this.#truth.segment(group, atMs).colour);
  }
}
