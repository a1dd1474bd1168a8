/** Health of a leaf check or of a capability, from best to worst. */
export type HealthLevel = 'ok' | 'degraded' | 'failed' | 'unknown';

/** What can be said of one part. */
export interface HealthCheck {
  /** `sensor:radar-north`, `controller:main`, `clock`, `cloud:city`, `store`, `rsu:east`. */
  readonly name: string;
  readonly level: HealthLevel;
  /** A fixed word, e.g. `silent`, `two_sources`, `disk_full`; empty when ok. */
  readonly reason: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
  readonly sinceMs: number;
}

/** What the box can do for others. */
export const capabilities = ['spat', 'map', 'rsm', 'rsi', 'city'] as const;
export type Capability = (typeof capabilities)[number];
