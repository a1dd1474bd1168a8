/** What a site may set of its messages: ids, application ids, policies, sharing of the budget. */
import type { RsuId, ZoneId } from './ids.ts';

/** Kinds of message whose policy and rank a site may set; RSI by how fast its items change. */
export const airKinds = [
  'SPAT', 'MAP', 'RSM', 'SSM', 'RSI-static', 'RSI-semi-static', 'RSI-dynamic',
] as const;
export type AirKindName = (typeof airKinds)[number];
/** SPAT is the signals loop's alone: it has a rank, and no policy. */
export type PolicyKind = Exclude<AirKindName, 'SPAT'>;

/** Application id and priority of one kind of message, in place of the profile's. */
export interface AirRank {
  readonly kind: AirKindName;
  readonly aid: number;
  readonly priority: number;
}

/** How often, when, where and through which units one kind of message is sent. */
export interface AirPolicy {
  readonly kind: PolicyKind;
  /** Multiples of 100 ms. */
  readonly periodMs: number;
  /**
   * `period`: each period. `change`: also at once when an item begins or ends (RSI). `occupied`:
   * only while there is a road user to tell of (RSM, SSM).
   */
  readonly trigger: 'period' | 'change' | 'occupied';
  /** Only what lies in this zone; null for everywhere. */
  readonly zone: ZoneId | null;
  /** The units that send it; empty for every unit of the node. */
  readonly rsus: readonly RsuId[];
}

/** The section `air` of site.json. */
export interface AirSettings {
  /** `strict`: ids on air up to 255, free again after 3 s; else up to the profile's ceiling. */
  readonly ids: 'full' | 'strict';
  /** Whether SSM is sent beside RSM, in profiles that have it. */
  readonly ssm: boolean;
  /** The frames of one round leave a unit within this time, ms. */
  readonly spreadMs: number;
  /** How SPAT says instants: tenths from now, or marks of the UTC hour; as the profile does. */
  readonly spatTimes: 'profile' | 'counting' | 'utc';
  /** At level colour-only SPAT leaves timing out, or says that it is unknown. */
  readonly spatAtColourOnly: 'profile' | 'left-out' | 'unknown';
  /** Beyond this from its node a road user is far, metres. */
  readonly farM: number;
  readonly ranks: readonly AirRank[];
  readonly policies: readonly AirPolicy[];
}

/** The policy of a kind; null where the site sets none. */
export const policyOf = (air: AirSettings, kind: PolicyKind): AirPolicy | null =>
  air.policies.find((row) => row.kind === kind) ?? null;
