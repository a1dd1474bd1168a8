/** What the daemon tells people: one document for CLI, web view and metrics. */
import type { Text } from './base/text.ts';
import type { MonotonicMs, UtcMs } from './base/time.ts';
import type { CloudStatus } from './cloud/link.ts';
import type { CommissionStatus } from './commission.ts';
import type { CapabilityHealth } from './health.ts';
import type { RoadEvent } from './model/event.ts';
import type { HealthCheck } from './model/health.ts';
import type { RsuStatus } from './rsu/links.ts';
import type { GateStatus, LoopStatus } from './processes.ts';

/** Version of `lukou status --json` and of the web view's document. */
export const STATUS_FORMAT = 1;

/** One road user as people see it. Site frame, metres, radians counter-clockwise from east. */
export interface TrackRow {
  readonly id: string;
  readonly cityId: number;
  readonly cls: string;
  readonly eastM: number;
  readonly northM: number;
  readonly headingRad: number | null;
  readonly speedMps: number;
  readonly lengthM: number | null;
  readonly widthM: number | null;
  readonly existence: number;
  readonly unseen: string;
  readonly sensors: readonly string[];
  readonly laneId: string | null;
  /** Age of the newest measurement at the valid instant, ms. */
  readonly ageMs: number;
  /** [east variance, covariance, north variance], m². */
  readonly covariance: readonly [number, number, number];
}

/** One signal group as people see it. */
export interface LampRow {
  readonly node: string;
  readonly signalGroup: string;
  readonly lampGroup: string;
  readonly phase: number;
  readonly colour: string;
  readonly flashing: boolean;
  /** Seconds to the likely end of the state; null when not known. */
  readonly remainingS: number | null;
  readonly availability: string;
}

/** Messages of one type that left for the units. */
export interface MessageRow {
  readonly type: string;
  readonly sent: number;
  readonly perS: number;
  /** Age of the newest evidence at the socket; null where nothing is measured. */
  readonly ageMs: Percentiles | null;
  /** The part of that age before the tick began. */
  readonly waitMs: Percentiles | null;
  /** From the beginning of the tick until the message was handed to the links. */
  readonly computeMs: Percentiles | null;
}

/** Median and 99th percentile of the recent values, maximum since the start. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Where the time of one sent message went, for benches: the verb `timings`. */
export interface TimingRow {
  /** CRC-32 of the message: finds it again at the unit. */
  readonly crc: number;
  readonly atMs: number;
  readonly handedMs: number;
  readonly ageMs: number | null;
  readonly latenessMs: number;
  readonly waitMs: number | null;
  readonly computeMs: number;
  readonly mainAgeMs: Readonly<Record<string, number>>;
}

/** Road users of one class in RSM over the last seconds: entries of rounds. */
export interface ShareRow {
  readonly cls: string;
  /** Told of; held back since it was not their round; left out since the budget had no room. */
  readonly told: number;
  readonly held: number;
  readonly cut: number;
  /** Told of all, 0..1. */
  readonly share: number;
}

/** The whole document. */
export interface StatusDocument {
  readonly formatVersion: typeof STATUS_FORMAT;
  readonly site: { readonly id: string; readonly name: { readonly en: string; readonly zh: string }; readonly mode: string; readonly hash: string; readonly profile: string };
  readonly software: string;
  readonly node: string;
  readonly pid: { readonly parent: number; readonly child: number };
  readonly startedUtcMs: UtcMs;
  readonly utcMs: UtcMs;
  readonly monoMs: MonotonicMs;
  readonly clockErrorMs: number | null;
  readonly capabilities: readonly CapabilityHealth[];
  readonly checks: readonly HealthCheck[];
  readonly gate: GateStatus;
  /** Who confirmed the lamps and when, or why not; null before the first word of the parent. */
  readonly commission?: CommissionStatus | null;
  readonly lamps: readonly LampRow[];
  readonly tracks: readonly TrackRow[];
  readonly events: readonly RoadEvent[];
  readonly messages: readonly MessageRow[];
  /** The part of the budget by class of road user; older daemons say none. */
  readonly shares?: readonly ShareRow[];
  readonly rsus: readonly RsuStatus[];
  readonly clouds: readonly CloudStatus[];
  /** City messages by topic since the start. */
  readonly city: Readonly<Record<string, number>>;
  readonly store: {
    readonly rows: number;
    readonly fault: string | null;
    readonly told?: Text | null;
  };
  readonly loops: readonly LoopStatus[];
  /** Every drop by name, all loops together. */
  readonly drops: Readonly<Record<string, number>>;
  readonly recording: { readonly folder: string; readonly octets: number; readonly sinceMs: number } | null;
  readonly web: { readonly url: string } | null;
}

/** Recent values with their percentiles; bounded, the oldest go first. */
export class Window {
  readonly #values: Float64Array;
  #count = 0;
  #max = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  add(value: number): void {
    this.#values[this.#count % this.#values.length] = value;
    this.#count++;
    if (value > this.#max) this.#max = value;
  }

  get count(): number {
    return this.#count;
  }

  /** Median and 99th percentile of the window, maximum since the start; null before any value. */
  percentiles(): Percentiles | null {
    const length = Math.min(this.#count, this.#values.length);
    if (length === 0) return null;
    const sorted = this.#values.slice(0, length).sort();
    const at = (share: number): number => sorted[Math.min(length - 1, Math.floor(share * length))]!;
    return { p50: at(0.5), p99: at(0.99), max: this.#max };
  }
}
