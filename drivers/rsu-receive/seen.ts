import type { Stateful } from '../../src/base/stateful.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { SelfReport } from '../../src/model/selfreport.ts';

/** A report is remembered this long, ms: longer than any that is used takes. */
const MEMORY_MS = 3000;
/** Reports remembered at once; beyond, the oldest are forgotten. */
const MEMORY_MAX = 20_000;

/**
 * Tells a report that was heard before: the same message through two units has the same sender,
 * number and time. Shared by all drivers of received messages of a loop.
 */
export class SeenReports implements Stateful {
  #seen = new Map<string, MonotonicMs>();

  isNew({ senderId, kind, sequence, msInMinute }: SelfReport, nowMs: MonotonicMs): boolean {
    const key = `${senderId}/${kind}/${sequence}/${msInMinute}`;
    for (const [old, atMs] of this.#seen) {
      if (nowMs - atMs <= MEMORY_MS && this.#seen.size < MEMORY_MAX) break;
      this.#seen.delete(old);
    }
    if (this.#seen.has(key)) return false;
    this.#seen.set(key, nowMs);
    return true;
  }

  snapshot(): unknown {
    return [...this.#seen];
  }

  restore(snapshot: unknown): void {
    this.#seen = new Map(structuredClone(snapshot) as [string, MonotonicMs][]);
  }
}
