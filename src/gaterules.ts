/** The safety rules as rows for people: what each holds, what follows, its figures, its source. */
import { gateTexts } from './base/texts/gate.ts';
import type { Text } from './base/text.ts';
import { actionOf, defaultLimits } from './gate/rules.ts';
import type { GateLimits, RuleAction, RuleId } from './gate/rules.ts';

/** One row of the safety rules. `figures` are default figures by their name in the gate. */
export interface Rule {
  readonly id: RuleId;
  readonly title: Text;
  readonly action: RuleAction;
  /** Whether the third breach (R6: in a row, R7, R8, R10: near each other) latches the node. */
  readonly latches: boolean;
  readonly figures: Readonly<Partial<GateLimits>>;
  readonly source: string;
}

const rows: Readonly<Record<RuleId, readonly [string, string]>> = {
  R1: ['normalAgeMs pushAgeMs unavailableMs pauseMs', 'CTI 4501'],
  R1b: ['slowAgeMs slowTimeConfidence', 'own'],
  R2: ['gapMs longGapMs', 'CTI 4501, tighter'],
  R3: ['budgetMs', 'ETSI latency class, CTI 4501'],
  R4: ['startFrames stableMs stableMaxMs forgetMs', 'PX4 probation'],
  R5: ['', 'own'],
  R6: ['conflictFrames', 'USDOT conflict monitor, NEMA MMU'],
  R6b: ['cleanCycles releasesPerDay dayMs', 'NEMA MMU, softened'],
  R7: ['breaches breachGreens', 'GB 14886'],
  R8: ['yellowMinMs shorterMs breaches breachGreens', 'NEMA MMU'],
  R9: ['shorterMs', 'own'],
  R10: ['clearanceMs breaches breachGreens', 'own'],
  R11: ['timingMs', 'CTI 4501'],
  R12: ['frozenMs countShare timingMs', 'own'],
  R13: ['markMs', 'T/CSAE 53-2020, DE_TimeMark'],
  R14: ['markMs', 'SAE J2735, guaranteed minimum'],
  R15: ['clockGoodMs clockMs', 'CTI 4501'],
  R16: ['stepMs stepWindowMs stepHoldMs', 'own'],
  R17: ['stampMs leapMs', 'T/CSAE 53-2020, DE_DSecond'],
  R18: ['', 'CTI 4501'],
  R19: ['stepHoldMs', 'T/CSAE 53-2020, DF_IntersectionStatus'],
  R20: ['markMs placeM speedOffMps', 'own'],
  R21: ['', 'T/CSAE 53-2020, DE_MsgCount'],
  R22: ['offerAgeMs verdictAgeMs unavailableMs', 'own'],
  R23: ['', 'own'],
  R24: ['', 'USDOT conflict monitor'],
  R25: ['', 'own'],
  R30: ['silentMs uncoveredMs', 'own'],
  R31: ['missedMs hiddenVulnerableMs hiddenMs afterGreenMs bound95M stampMs', 'own'],
  R32: ['speedMps accelMps2 speedNoiseMps lengthCm widthCm jumpFloorM', 'T/CSAE 159'],
  R33: ['existence', 'own'],
  R34: ['reuseMs strictReuseMs participants', 'T/CSAE 53-2020'],
  R35: ['pictureMs', 'ETSI congestion control'],
  R36: ['', 'T/CSAE 53-2020'],
  R37: ['alertDefaultMin alertLifeMin', 'own'],
  R38: ['mapGapMs', 'CTI 4501'],
  R39: ['', 'attacks on I-SIG'],
  R40: ['', 'own'],
  SIZE: ['', 'own'],
};
const latching: readonly string[] = ['R6', 'R7', 'R8', 'R10'];

/** Every rule, in the order of the reference. */
export const rules: readonly Rule[] = (Object.keys(rows) as RuleId[]).map((id) => {
  const names = rows[id][0].split(' ').filter((name) => name !== '') as (keyof GateLimits)[];
  return {
    id,
    title: gateTexts[id],
    action: actionOf(id),
    latches: latching.includes(id),
    figures: Object.fromEntries(names.map((name) => [name, defaultLimits[name]])),
    source: rows[id][1],
  };
});
