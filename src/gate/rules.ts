import { gateTexts } from '../base/texts/gate.ts';
import type { Text } from '../base/text.ts';

export type RuleId = keyof typeof gateTexts;

/** What a broken rule leads to. */
export type RuleAction =
  | 'unavailable' | 'colour-only' | 'group-unavailable' | 'group-untimed' | 'refuse' | 'alarm';

/** One row of the safety rules. */
export interface Rule {
  readonly id: RuleId;
  readonly title: Text;
  readonly action: RuleAction;
  /** Whether the third breach (R6: in a row, R7, R8, R10: near each other) latches the node. */
  readonly latches: boolean;
}

const actions: Readonly<Record<RuleId, RuleAction>> = {
  R1: 'unavailable', R1b: 'group-unavailable', R4: 'unavailable', R5: 'unavailable',
  R6: 'unavailable', R6b: 'unavailable', R7: 'group-unavailable', R8: 'group-untimed',
  R9: 'group-untimed', R10: 'alarm', R11: 'group-untimed', R13: 'refuse', R16: 'colour-only',
  R17: 'refuse', R18: 'unavailable', R19: 'unavailable', R20: 'refuse', R21: 'alarm',
  R22: 'refuse', R25: 'unavailable', R30: 'refuse', R31: 'refuse', R32: 'refuse', R34: 'refuse',
  R37: 'refuse', SIZE: 'refuse',
};
const latching: readonly RuleId[] = ['R6', 'R7', 'R8', 'R10'];

/** Every rule that the gate holds; figures stand in `defaultLimits`. */
export const rules: readonly Rule[] = (Object.keys(actions) as RuleId[]).map((id) => ({
  id, title: gateTexts[id], action: actions[id], latches: latching.includes(id),
}));

/** Default figures of the rules. Source: the safety reference, sections 1.1 and 1.2. */
export const defaultLimits = {
  /** R1. */
  pushAgeMs: 300,
  /** R1b. */
  slowAgeMs: 1500,
  /** R1b: a slow source claims no better than this code (1 s). */
  slowTimeConfidence: 6,
  /** R4: consistent frames, and how long they must stay so after a fall. */
  startFrames: 3,
  stableMs: 2000,
  stableMaxMs: 60_000,
  /** R4: a run this long forgets earlier falls. */
  forgetMs: 600_000,
  /** R22: how long `unavailable` is said before silence, and how old a verdict may be. */
  unavailableMs: 3000,
  verdictAgeMs: 250,
  /** A pause of the loop after which nothing seen before counts. */
  pauseMs: 500,
  /** R6: conflicting frames in a row that latch; R6b. */
  conflictFrames: 3,
  cleanCycles: 2,
  releasesPerDay: 3,
  dayMs: 86_400_000,
  /** R7, R8, R10: breaches within so many greens of the group that latch. */
  breaches: 3,
  breachGreens: 10,
  /** R8. */
  yellowMinMs: 2700,
  /** R8 and R9: how much shorter than the site says; R10 likewise. */
  shorterMs: 300,
  clearanceMs: 200,
  /** R11 and R20: tenths are rounded, so a quantum and a little. */
  timingMs: 110,
  /** R16: a step, and how long absolute marks rest after it. */
  stepMs: 50,
  stepHoldMs: 2000,
  /** R17. */
  stampMs: 50,
  /** R22. */
  offerAgeMs: 300,
  /** R30: all sensors lost; one zone lost. */
  silentMs: 1000,
  uncoveredMs: 500,
  /** R31. */
  missedMs: 500,
  hiddenVulnerableMs: 2000,
  hiddenMs: 3000,
  afterGreenMs: 5000,
  bound95M: 3,
  /** R32: m/s by participant type on air (unknown, motor, non-motor, pedestrian, rsu). */
  speedMps: [60, 60, 15, 8, 0] as readonly number[],
  lengthCm: 4000,
  widthCm: 500,
  /** R34. */
  reuseMs: 10_000,
  participants: 16,
  /** R37, minutes. */
  alertLifeMin: 1440,
} as const;

export type GateLimits = {
  readonly [K in keyof typeof defaultLimits]: (typeof defaultLimits)[K] extends number
    ? number
    : readonly number[];
};
