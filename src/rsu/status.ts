import type { AgeCounts } from './ages.ts';

/** What people see of one unit. */
export interface RsuStatus {
  readonly id: string;
  /** Counters of its link: what was sent, what was dropped and why. */
  readonly sent: Readonly<Record<string, number>>;
  readonly lastSentMs: number | null;
  readonly fault: string | null;
  /** Ages at send by class (`ageBoundsMs`); older daemons say none. */
  readonly ages?: AgeCounts;
}
