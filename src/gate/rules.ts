/** The safety rules: what a breach of each leads to, and their figures. */
import type { gateTexts } from '../base/texts/gate.ts';

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
  markMs: 55, placeM: 0.02, speedOffMps: 0.0101,
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
  /** R33: least existence; below it fusion tells of nobody any more. */
  existence: 0.12,
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

/** Rules by what a breach leads to, unless the gate says otherwise of the case. */
const rulesOf: Readonly<Record<Exclude<RuleAction, 'silent'>, string>> = {
  unavailable: 'R1 R4 R5 R6 R6b R18 R19 R25',
  'group-unavailable': 'R1b R7',
  alarm: 'R2 R10 R21 R24 R35',
  refuse: 'R3 R13 R14 R15 R17 R20 R22 R30 R31 R32 R33 R34 R36 R37 R38 R40 SIZE',
  'group-untimed': 'R8 R9 R11 R12',
  'colour-only': 'R16',
  outside: 'R23 R39',
};
const actions = new Map(Object.entries(rulesOf).flatMap(([action, ids]) =>
  ids.split(' ').map((id) => [id, action as RuleAction])));

export const actionOf = (id: RuleId): RuleAction => actions.get(id) as RuleAction;
