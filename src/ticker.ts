import type { Clock } from './base/clock.ts';
import type { Tick } from './pipeline.ts';
import { Histogram } from './runtime/histogram.ts';
import { runFixedRate } from './runtime/loop.ts';
import type { Stamper } from './runtime/stamper.ts';

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
  /** Where in the period the turns should lie, ms; null leaves them. */
  phase?(): number | null;
  run(tick: Tick): void;
  broken(thrown: unknown): void;
}): Ticker {
  const { clock, periodMs, stamper, phase } = options;
  const abort = new AbortController();
  const lateness = new Histogram();
  let skipped = 0;
  void runFixedRate(
    periodMs,
    clock,
    abort.signal,
    (_dueMs, turn) => options.run(turn),
    (report) => {
      lateness.add(report.beganMs - report.dueMs);
      skipped += report.skipped;
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
