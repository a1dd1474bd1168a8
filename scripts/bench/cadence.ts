/** Pairs of neighbouring frames, and how regular they are. Pure. */

/** What a span of time showed. */
export interface GapReport {
  readonly pairs: number;
  /** Pairs of 100 ± 10 ms. */
  readonly within: number;
  readonly maxGapMs: number;
}

const PERIOD_MS = 100;
const OFF_MS = 10;

/** Gaps between neighbours of each stream; a reset keeps no neighbour. */
export class Gaps {
  readonly #lastMs = new Map<string, number>();
  #pairs = 0;
  #within = 0;
  #maxGapMs = 0;

  add(stream: string, atMs: number): void {
    const last = this.#lastMs.get(stream);
    this.#lastMs.set(stream, atMs);
    if (last === undefined) return;
    const gap = atMs - last;
    this.#pairs++;
    if (Math.abs(gap - PERIOD_MS) <= OFF_MS) this.#within++;
    this.#maxGapMs = Math.max(this.#maxGapMs, gap);
  }

  report(): GapReport {
    return { pairs: this.#pairs, within: this.#within, maxGapMs: this.#maxGapMs };
  }
}

/** Share of the pairs that are regular, %. */
export const regularPercent = ({ pairs, within }: GapReport): number =>
  pairs === 0 ? Number.NaN : (100 * within) / pairs;
