import type { MonotonicMs } from '../base/time.ts';
import type { NodeId, RsuId } from './ids.ts';

/** Kinds of message that leave for a roadside unit. */
export type AirMessageType = 'SPAT' | 'MAP' | 'RSM' | 'RSI' | 'SSM' | 'RSC' | 'OTHER';

/** One encoded message for roadside units: what the RSU interface takes. */
export interface AirMessage {
  readonly bytes: Uint8Array;
  readonly type: AirMessageType;
  /** Name of the profile that it was written in. */
  readonly profile: string;
  readonly aid: number;
  readonly priority: number;
  /** Not to be sent after this instant. */
  readonly validUntilMs: MonotonicMs;
  /** The units that shall send it; empty means every unit of the node. */
  readonly rsuIds: readonly RsuId[];
  readonly node: NodeId;
}

/** What travels beside an RSM to the gate: one row for each participant, in order. */
export interface ParticipantEvidence {
  readonly airId: number;
  /** The newest measurement. */
  readonly measuredMs: MonotonicMs;
  readonly unseen: 'seen' | 'missed' | 'occluded' | 'out-of-coverage' | 'queued';
  /** Radius that holds the true position with 95 %, metres. */
  readonly bound95M: number;
  readonly vulnerable: boolean;
  /** Whether a healthy sensor covers the zone that it is in. */
  readonly covered: boolean;
  readonly eastM: number;
  readonly northM: number;
  readonly speedMps: number;
  readonly cls: string;
  /** For `queued`: when its group turns green, if known. */
  readonly greenMs: MonotonicMs | null;
  /** Clockwise from north, as it is said; null where not known. Left out of older recordings. */
  readonly headingDeg?: number | null;
  readonly lengthM?: number | null;
  readonly widthM?: number | null;
  /** Probability that it is there, 0..1. */
  readonly existence?: number;
}

/** What a stage offers to the gate. */
export interface MessageOffer {
  readonly message: AirMessage;
  /** The instant that the content is for. */
  readonly validMs: MonotonicMs;
  /** Arrival of the newest evidence in it; null where nothing was measured (MAP, signs). */
  readonly newestReceivedMs: MonotonicMs | null;
  readonly participants: readonly ParticipantEvidence[];
  /** CRC-32 of the octets as they were written, where they travel between processes. */
  readonly crc?: number;
}
