/** How old messages were when they left for a unit, counted in classes: bounded, cheap, summable. */

/** Upper bounds of the classes, ms; the last class has none. */
export const ageBoundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] as const;

/** Counts by class; one more than there are bounds. */
export type AgeCounts = readonly number[];

/** Ages at send of one unit. */
export class Ages {
  readonly #counts: number[] = new Array<number>(ageBoundsMs.length + 1).fill(0);

  add(ageMs: number): void {
    const at = ageBoundsMs.findIndex((bound) => ageMs <= bound);
    this.#counts[at < 0 ? ageBoundsMs.length : at]!++;
  }

  /** A plain copy. */
  counts(): AgeCounts {
    return [...this.#counts];
  }
}

/** The bound below which a share of the ages lies, ms; null without any, Infinity above all. */
export function ageBelowMs(counts: AgeCounts, share: number): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  let sum = 0;
  for (const [at, bound] of ageBoundsMs.entries()) {
    sum += counts[at] ?? 0;
    if (sum >= share * all) return bound;
  }
  return Infinity;
}
