/** What every loop is given and says: plain messages between the two loops of the pipeline. */
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Stateful } from './base/stateful.ts';
import type { MonotonicMs } from './base/time.ts';
import type { Profile } from '../v2x/profile.ts';
import type { Coverage } from './model/coverage.ts';
import type { RoadEvent } from './model/event.ts';
import type { HealthCheck } from './model/health.ts';
import type { AirMessage } from './model/message.ts';
import type { Pseudonym } from './model/selfreport.ts';
import type { Port } from './model/port.ts';
import type { SignalState } from './model/signal.ts';
import type { Site } from './model/site.ts';
import type { SpatLevel } from './model/stages.ts';
import type { LaneStatistic } from './model/statistic.ts';
import type { TrackList } from './model/track.ts';

/** One turn of a loop: when it was due, and when it really began. */
export interface Tick {
  readonly tick: number;
  readonly dueMs: MonotonicMs;
  readonly beganMs: MonotonicMs;
}

/** Hands out the ports of a loop, live or from a recording. */
export interface PortHub {
  port(name: string): Port;
}

/** What every loop is given. */
export interface LoopDeps {
  readonly site: Site;
  readonly clock: Clock;
  readonly log: Log;
  readonly hub: PortHub;
  /** Counts the boots of this box; part of every track id. */
  readonly boot: number;
  readonly seed: number;
  /** The site's own by default. */
  readonly profile?: Profile;
  /** What stands for a temporary id of a received message; a recording holds such ones already. */
  readonly pseudonym?: Pseudonym;
}

/** One sent or refused message, for recordings, counters and views. */
export interface SentMessage {
  readonly atMs: MonotonicMs;
  readonly message: AirMessage;
  readonly newestReceivedMs: MonotonicMs | null;
  readonly validMs: MonotonicMs;
}

/** What the signals loop says every tick. */
export interface SignalsView {
  readonly atMs: MonotonicMs;
  readonly states: readonly SignalState[];
  readonly gate: readonly GateView[];
  readonly checks: readonly HealthCheck[];
}

/** What the gate says of one node's SPAT. */
export interface GateView {
  readonly node: string;
  readonly level: SpatLevel;
  readonly reasons: readonly string[];
  readonly sinceMs: number;
}

/** What the perception loop says every tick. */
export interface PerceptionView {
  readonly tick: number;
  readonly atMs: MonotonicMs;
  readonly tracks: TrackList;
  readonly coverage: Coverage;
  readonly events: readonly RoadEvent[];
  readonly statistics: readonly LaneStatistic[];
  readonly signals: readonly SignalState[];
  readonly checks: readonly HealthCheck[];
}

/** Snapshots of several parts under their names. */
export function snapshotAll(parts: Readonly<Record<string, Stateful>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.snapshot()]));
}

/** Restores several parts from their snapshots, by name. */
export function restoreAll(parts: Readonly<Record<string, Stateful>>, snapshot: unknown): void {
  const byName = snapshot as Record<string, unknown>;
  for (const [name, part] of Object.entries(parts)) {
    if (name in byName) part.restore(byName[name]);
  }
}
