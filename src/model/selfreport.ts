import type { RoadUserClass } from './roaduser.ts';

/** What a road user says of itself over the air, region-neutral, in the site frame. */
export interface SelfReport {
  /** `state`: where it is (BSM, PSM). `intention`: the same beside what it wants (VIR). */
  readonly kind: 'state' | 'intention';
  /** Temporary id of the sender, hexadecimal; a pseudonym where the box is live. */
  readonly senderId: string;
  /** Counts the sender's messages, 0..127. */
  readonly sequence: number;
  /** Milliseconds of the UTC minute that the place is for; null where it is not known. */
  readonly msInMinute: number | null;
  readonly eastM: number;
  readonly northM: number;
  /** Standard deviation of each part of the place as the sender says; null where it does not. */
  readonly sigmaM: number | null;
  readonly speedMps: number | null;
  readonly speedSigmaMps: number | null;
  /** Radians counter-clockwise from east. */
  readonly headingRad: number | null;
  readonly headingSigmaRad: number | null;
  readonly lengthM: number | null;
  readonly widthM: number | null;
  readonly heightM: number | null;
  readonly cls: RoadUserClass;
}

/** Why octets gave no self-report: no message, another message, one that says no place. */
export type ReportMiss = 'unreadable' | 'other' | 'placeless';

/** Messages of the air ↔ self-reports: handed to who receives, since that knows no wire form. */
export interface SelfReportCodec {
  read(bytes: Uint8Array): SelfReport | ReportMiss;
  /** For simulated road users. */
  write(report: SelfReport): Uint8Array;
}

/** A temporary id → what stands for it on this box and day, of the same form. */
export type Pseudonym = (id: string) => string;
