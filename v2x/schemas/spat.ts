/** SPAT: lamps of junctions and their times. Source: T/CSAE 53-2020, ASN.1. */
import { bits, choice, enumerated, list, named, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';
import { descriptiveName, nodeReferenceID, phaseID } from './references.ts';
import { dSecond, minuteOfTheYear, timeConfidence, timeMark } from './time.ts';
import { confidence } from './vehicle.ts';

/** DE_IntersectionStatusObject: bits 14, 15 zero; set 5 fixed-time, 6 traffic-actuated. */
export const intersectionStatusObject = named('IntersectionStatusObject', bits(16, [
  'manualControlIsEnabled', 'stopTimeIsActivated', 'failureFlash', 'preemptIsActive',
  'signalPriorityIsActive', 'fixedTimeOperation', 'trafficDependentOperation',
  'standbyOperation', 'failureMode', 'off', 'recentMAPmessageUpdate',
  'recentChangeInMAPassignedLanesIDsUsed', 'noValidMAPisAvailableAtThisTime',
  'noValidSPATisAvailableAtThisTime',
]));
export type IntersectionStatusObject = ValueOf<typeof intersectionStatusObject>;

/** DE_LightState: 2 and 4 reserved for special cases. */
export const lightState = named('LightState', enumerated([
  'unavailable', 'dark', 'flashing-red', 'red', 'flashing-green', 'permissive-green',
  'protected-green', 'yellow', 'flashing-yellow',
], 'extensible'));
export type LightState = ValueOf<typeof lightState>;

/**
 * DF_TimeCountingDown: no marker. Relative to now. startTime 0 = already running; likelyEndTime
 * between min and max; fixed-time plan: min = max.
 */
export const timeCountingDown = sequence('TimeCountingDown', {
  startTime: timeMark,
  minEndTime: optional(timeMark),
  maxEndTime: optional(timeMark),
  likelyEndTime: timeMark,
  timeConfidence: optional(confidence),
  nextStartTime: optional(timeMark),
  nextDuration: optional(timeMark),
});
export type TimeCountingDown = ValueOf<typeof timeCountingDown>;

/** DF_UTCTiming: no marker. Running state: startUTCTime is when it began. */
export const utcTiming = sequence('UTCTiming', {
  startUTCTime: timeMark,
  minEndUTCTime: optional(timeMark),
  maxEndUTCTime: optional(timeMark),
  likelyEndUTCTime: timeMark,
  timeConfidence: optional(confidence),
  nextStartUTCTime: optional(timeMark),
  nextEndUTCTime: optional(timeMark),
});
export type UTCTiming = ValueOf<typeof utcTiming>;

/** DF_TimeChangeDetails. */
export const timeChangeDetails = named('TimeChangeDetails', choice({
  counting: timeCountingDown,
  utcTiming: utcTiming,
}, 'extensible'));
export type TimeChangeDetails = ValueOf<typeof timeChangeDetails>;

/** DF_PhaseState. */
export const phaseState = sequence('PhaseState', {
  light: lightState,
  timing: optional(timeChangeDetails),
}, 'extensible');
export type PhaseState = ValueOf<typeof phaseState>;

/** DF_PhaseStateList. */
export const phaseStateList = named('PhaseStateList', list(1, 16, phaseState));
export type PhaseStateList = ValueOf<typeof phaseStateList>;

/** DF_Phase: no marker. */
export const phase = sequence('Phase', {
  id: phaseID,
  phaseStates: phaseStateList,
});
export type Phase = ValueOf<typeof phase>;

/** DF_PhaseList. */
export const phaseList = named('PhaseList', list(1, 16, phase));
export type PhaseList = ValueOf<typeof phaseList>;

/** DF_IntersectionState. */
export const intersectionState = sequence('IntersectionState', {
  intersectionId: nodeReferenceID,
  status: intersectionStatusObject,
  moy: optional(minuteOfTheYear),
  timeStamp: optional(dSecond),
  timeConfidence: optional(timeConfidence),
  phases: phaseList,
}, 'extensible');
export type IntersectionState = ValueOf<typeof intersectionState>;

/** DF_IntersectionStateList. */
export const intersectionStateList = named('IntersectionStateList', list(1, 32, intersectionState));
export type IntersectionStateList = ValueOf<typeof intersectionStateList>;

/** MSG SPAT: moy + timeStamp = UTC of forming. */
export const spat = sequence('SPAT', {
  msgCnt: msgCount,
  moy: optional(minuteOfTheYear),
  timeStamp: optional(dSecond),
  name: optional(descriptiveName),
  intersections: intersectionStateList,
}, 'extensible');
export type SPAT = ValueOf<typeof spat>;
