/** The safety rules as rows: what each holds, what a breach leads to, its figures, its source. */
import { gateTexts } from '../base/texts/gate.ts';
import type { Text } from '../base/text.ts';

export type RuleId = keyof typeof gateTexts;

/** What a broken rule leads to; `outside`: it is held before the gate, which keeps the row. */
export type RuleAction =
  | 'unavailable' | 'colour-only' | 'group-unavailable' | 'group-untimed' | 'refuse' | 'alarm'
  | 'silent' | 'outside';

/** Default figures of the rules: milliseconds unless the name says otherwise. */
export const defaultLimits = {
  /** R1; then how long `unavailable` is said before silence, and a pause after which all is old. */
  normalAgeMs: 200, pushAgeMs: 300, unavailableMs: 3000, pauseMs: 500,
  /** R1b: the age, and the best time confidence that a slow source may claim (1 s). */
  slowAgeMs: 1500, slowTimeConfidence: 6,
  /** R2: a gap that is told; with L0 on both sides the longer one never is. */
  gapMs: 125, longGapMs: 300,
  /** R3: from the arrival of a frame to its first message. */
  budgetMs: 100,
  /** R4: frames, stability after a fall and its ceiling, a run that forgets earlier falls. */
  startFrames: 3, stableMs: 2000, stableMaxMs: 60_000, forgetMs: 600_000,
  /** R6: conflicting frames in a row that latch; R6b. */
  conflictFrames: 3, cleanCycles: 2, releasesPerDay: 3, dayMs: 86_400_000,
  /** R7, R8, R10: breaches within so many greens of the group that latch. */
  breaches: 3, breachGreens: 10,
  /** R8: the least yellow; it begins at once or R7 is broken. */
  yellowMinMs: 2700,
  /** R8 and R9: how much shorter than the site says; R10 likewise. */
  shorterMs: 300, clearanceMs: 200,
  /** R11: tenths are rounded, so a quantum and a little. R12: the share that a count may be off. */
  timingMs: 110, frozenMs: 1000, countShare: 0.1,
  /** R15: errors of the clock up to which all is said, and up to which with its code. */
  clockGoodMs: 50, clockMs: 100,
  /** R16: a step within a second, and how long marks rest after it. */
  stepMs: 50, stepWindowMs: 1000, stepHoldMs: 2000,
  /** R17: stamp against clock; how long a leap second holds the last millisecond. */
  stampMs: 50, leapMs: 1000,
  /** R20: half a tenth and the stamp's own rounding; metres and m/s of a road user. */
  markMs: 55, placeM: 0.1, speedOffMps: 0.03,
  /** R22: age of an offer, and of the level that a SPAT stands on. */
  offerAgeMs: 300, verdictAgeMs: 250,
  /** R30: all sensors lost; one zone lost. */
  silentMs: 1000, uncoveredMs: 500,
  /** R31. */
  missedMs: 500, hiddenVulnerableMs: 2000, hiddenMs: 3000, afterGreenMs: 5000, bound95M: 3,
  /** R32: by participant type on air (unknown, motor, non-motor, pedestrian, rsu); cm. */
  speedMps: [60, 60, 15, 8, 0] as readonly number[],
  lengthCm: [4000, 4000, 400, 200, 4000] as readonly number[],
  widthCm: [500, 500, 200, 200, 500] as readonly number[],
  /** R32: acceleration, what a speed's own error may feign, and a floor for a jump. */
  accelMps2: 12, speedNoiseMps: 6, jumpFloorM: 2,
  /** R33: least existence. */
  existence: 0.5,
  /** R34: rest of an id, under a ceiling of 255 less; R35: least time between pictures. */
  reuseMs: 10_000, strictReuseMs: 3000, participants: 16, pictureMs: 50,
  /** R37, minutes: the default life, and the longest. */
  alertDefaultMin: 30, alertLifeMin: 1440,
  /** R38: MAP at about 1 Hz. */
  mapGapMs: 1500,
} as const;

export type GateLimits = {
  readonly [K in keyof typeof defaultLimits]: (typeof defaultLimits)[K] extends number
    ? number
    : readonly number[];
};

/** One row of the safety rules. `figures` are names in `defaultLimits`. */
export interface Rule {
  readonly id: RuleId; readonly title: Text; readonly action: RuleAction;
  /** Whether the third breach (R6: in a row, R7, R8, R10: near each other) latches the node. */
  readonly latches: boolean;
  readonly figures: readonly (keyof GateLimits)[];
  readonly source: string;
}

const rows: Readonly<Record<RuleId, readonly [RuleAction, string, string]>> = {
  R1: ['unavailable', 'normalAgeMs pushAgeMs unavailableMs pauseMs', 'CTI 4501'],
  R1b: ['group-unavailable', 'slowAgeMs slowTimeConfidence', 'own'],
  R2: ['alarm', 'gapMs longGapMs', 'CTI 4501, tighter'],
  R3: ['refuse', 'budgetMs', 'ETSI latency class, CTI 4501'],
  R4: ['unavailable', 'startFrames stableMs stableMaxMs forgetMs', 'PX4 probation'],
  R5: ['unavailable', '', 'own'],
  R6: ['unavailable', 'conflictFrames', 'USDOT conflict monitor, NEMA MMU'],
  R6b: ['unavailable', 'cleanCycles releasesPerDay dayMs', 'NEMA MMU, softened'],
  R7: ['group-unavailable', 'breaches breachGreens', 'GB 14886'],
  R8: ['group-untimed', 'yellowMinMs shorterMs breaches breachGreens', 'NEMA MMU'],
  R9: ['group-untimed', 'shorterMs', 'own'],
  R10: ['alarm', 'clearanceMs breaches breachGreens', 'own'],
  R11: ['group-untimed', 'timingMs', 'CTI 4501'],
  R12: ['group-untimed', 'frozenMs countShare timingMs', 'own'],
  R13: ['refuse', 'markMs', 'T/CSAE 53-2020, DE_TimeMark'],
  R14: ['refuse', 'markMs', 'SAE J2735, guaranteed minimum'],
  R15: ['refuse', 'clockGoodMs clockMs', 'CTI 4501'],
  R16: ['colour-only', 'stepMs stepWindowMs stepHoldMs', 'own'],
  R17: ['refuse', 'stampMs leapMs', 'T/CSAE 53-2020, DE_DSecond'],
  R18: ['unavailable', '', 'CTI 4501'],
  R19: ['unavailable', 'stepHoldMs', 'T/CSAE 53-2020, DF_IntersectionStatus'],
  R20: ['refuse', 'markMs placeM speedOffMps', 'own'],
  R21: ['alarm', '', 'T/CSAE 53-2020, DE_MsgCount'],
  R22: ['refuse', 'offerAgeMs verdictAgeMs unavailableMs', 'own'],
  R23: ['outside', '', 'own'],
  R24: ['alarm', '', 'USDOT conflict monitor'],
  R25: ['unavailable', '', 'own'],
  R30: ['refuse', 'silentMs uncoveredMs', 'own'],
  R31: ['refuse', 'missedMs hiddenVulnerableMs hiddenMs afterGreenMs bound95M stampMs', 'own'],
  R32: ['refuse', 'speedMps accelMps2 speedNoiseMps lengthCm widthCm jumpFloorM', 'T/CSAE 159'],
  R33: ['refuse', 'existence', 'own'],
  R34: ['refuse', 'reuseMs strictReuseMs participants', 'T/CSAE 53-2020'],
  R35: ['alarm', 'pictureMs', 'ETSI congestion control'],
  R36: ['refuse', '', 'T/CSAE 53-2020'],
  R37: ['refuse', 'alertDefaultMin alertLifeMin', 'own'],
  R38: ['refuse', 'mapGapMs', 'CTI 4501'],
  R39: ['outside', '', 'attacks on I-SIG'],
  R40: ['refuse', '', 'own'],
  SIZE: ['refuse', '', 'own'],
};
const latching: readonly string[] = ['R6', 'R7', 'R8', 'R10'];

/** Every rule, in the order of the reference. */
export const rules: readonly Rule[] = (Object.keys(rows) as RuleId[]).map((id) => ({
  id, title: gateTexts[id], action: rows[id][0], latches: latching.includes(id),
  figures: rows[id][1].split(' ').filter((name) => name !== '') as (keyof GateLimits)[],
  source: rows[id][2],
}));

export const actionOf = (id: RuleId): RuleAction => rows[id][0];
