import type { RuleId } from './rules.ts';

/** What is kept of one node over a restart: its latch, and how long ago it opened by itself, ms. */
export interface LatchRow {
  /** `region-id`. */
  readonly node: string;
  /** Null where only past releases are kept; the time switched off does not count for them. */
  readonly latch: { readonly rule: RuleId; readonly reason: string } | null;
  readonly releaseAgesMs: readonly number[];
}
