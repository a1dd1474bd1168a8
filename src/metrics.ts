import type { SentRow } from './processes.ts';
import type { StatusDocument } from './status.ts';

/** The Prometheus page of the daemon. */
export interface Metrics {
  sent(rows: readonly SentRow[]): void;
  text(): Promise<string>;
}

/** Messages of one type since the start. */
export interface SentTally {
  count: number;
  /** Messages that had an age, its sum, and how many were within each of `ageBucketsS`. */
  aged: number;
  ageSumS: number;
  readonly within: number[];
}

/** Upper ends of the classes of ages, seconds. */
export const ageBucketsS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1] as const;

/**
 * Builds the metrics. What is counted here is plain; prom-client and what it brings (5 MB) come when
 * the page is asked for, for most boxes never. Gauges are read from the status document then.
 */
export function createMetrics(document: () => StatusDocument): Metrics {
  const tallies = new Map<string, SentTally>();
  let page: Promise<(typeof import('./metricspage.ts'))['metricsText']> | null = null;
  return {
    sent(rows) {
      for (const { type, ageMs } of rows) {
        let tally = tallies.get(type);
        if (!tally) {
          tally = { count: 0, aged: 0, ageSumS: 0, within: ageBucketsS.map(() => 0) };
          tallies.set(type, tally);
        }
        tally.count++;
        if (ageMs === null) continue;
        tally.aged++;
        tally.ageSumS += ageMs / 1000;
        for (const [at, limitS] of ageBucketsS.entries()) if (ageMs / 1000 <= limitS) tally.within[at]!++;
      }
    },
    async text() {
      page ??= import('./metricspage.ts').then(({ metricsText }) => metricsText);
      return (await page)(document(), tallies);
    },
  };
}
