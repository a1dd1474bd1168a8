/** The share of each class of road user in RSM, from the counters of the perception loop. */
import type { ShareRow } from './status.ts';

/** Over this much time a share is told, ms. */
const SPAN_MS = 5000;
const NAME = /^rsm_(told|held|cut)_([a-z]+)$/;

type Counts = Readonly<Record<string, number>>;

/** Keeps what the counters were in the last seconds. */
export class Shares {
  #history: { readonly atMs: number; readonly counts: Counts }[] = [];

  /** Takes the counters of the loop; about once a second. */
  accept(atMs: number, counters: Counts): void {
    const own = Object.entries(counters).filter(([name]) => NAME.test(name));
    const counts = Object.fromEntries(own);
    // A loop that was started anew counts from zero again.
    const last = this.#history.at(-1);
    if (last && own.some(([name, count]) => count < (last.counts[name] ?? 0))) this.#history = [];
    this.#history.push({ atMs, counts });
    while (this.#history.length > 2 && atMs - this.#history[1]!.atMs >= SPAN_MS) {
      this.#history.shift();
    }
  }

  /** One row for each class that was there, in the order of the counters' names. */
  rows(): readonly ShareRow[] {
    const [first, last] = [this.#history[0], this.#history.at(-1)];
    if (!first || !last) return [];
    const from: Counts = first === last ? {} : first.counts;
    const classes = new Set(Object.keys(last.counts).map((name) => NAME.exec(name)![2]!));
    return [...classes].sort().flatMap((cls) => {
      const grown = (word: string): number =>
        (last.counts[`rsm_${word}_${cls}`] ?? 0) - (from[`rsm_${word}_${cls}`] ?? 0);
      const [told, held, cut] = [grown('told'), grown('held'), grown('cut')];
      const all = told + held + cut;
      return all === 0 ? [] : [{ cls, told, held, cut, share: told / all }];
    });
  }
}
