import type { Clock } from './base/clock.ts';
import type { Tick } from './pipeline.ts';
import { Histogram } from './runtime/histogram.ts';
import { runFixedRate } from './runtime/loop.ts';
import type { Phase } from './runtime/loop.ts';
import type { Stamper } from './runtime/stamper.ts';
import { youngCollector } from './runtime/young.ts';

/** A running fixed-rate loop. */
export interface Ticker {
  readonly lateness: Histogram;
  readonly skipped: number;
  stop(): void;
}

/**
 * Starts a fixed-rate loop whose turns have their place among the stamps of its messages.
 * @param broken called once when a turn throws: the loop has ended then.
 */
export function startTicker(options: {
  readonly clock: Clock;
  readonly periodMs: number;
  readonly stamper: Stamper;
  /** Where the turns should lie; null leaves them. */
  phase?(): Phase | null;
  run(tick: Tick): void;
  broken(thrown: unknown): void;
}): Ticker {
  const { clock, periodMs, stamper, phase } = options;
  const abort = new AbortController();
  const lateness = new Histogram();
  const collect = youngCollector();
  let skipped = 0;
  void runFixedRate(
    periodMs,
    clock,
    abort.signal,
    (_dueMs, turn) => options.run(turn),
    (report) => {
      lateness.add(report.beganMs - report.dueMs);
      skipped += report.skipped;
      // Late in the period what is due next is near: then garbage waits for the next turn.
      if (clock.nowMs() - report.dueMs < periodMs / 2) collect();
    },
    { began: () => stamper.next(), ...(phase ? { phase } : {}) },
  ).catch(options.broken);
  return {
    lateness,
    get skipped() {
      return skipped;
    },
    stop: () => abort.abort(),
  };
}
