/** RTCM: satellite corrections (phase 2). Source: T/CSAE 157-2020, ASN.1. */
import { enumerated, integer, list, named, octets, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';

/**
 * DE_RTCM-Revision: root has 18 values: 5 b index by ORDER (numbers 0..10 = index 0..10, then
 * 19→11 20→12 21→13 23→14 30→15 31→16 32→17); encode the index, not the number.
 */
export const rtcmRevision = named('RTCM-Revision', enumerated([
  'unknown', 'reserved', 'rtcmCMR', 'rtcmCMR-Plus', 'rtcmSAPOS', 'rtcmSAPOS-Adv', 'rtcmRTCA',
  'rtcmRAW', 'rtcmRINEX', 'rtcmSP3', 'rtcmBINEX', 'rtcmRev2-x', 'rtcmRev2-0', 'rtcmRev2-1',
  'rtcmRev2-3', 'rtcmRev3-0', 'rtcmRev3-1', 'rtcmRev3-2',
], 'extensible', {
  numbers: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 19, 20, 21, 23, 30, 31, 32],
}));
export type RTCMRevision = ValueOf<typeof rtcmRevision>;

/** DE_RTCM-ID. */
export const rtcmId = named('RTCM-ID', integer(0, 32767));
export type RTCMID = ValueOf<typeof rtcmId>;

/** DE_RTCM-Payload. */
export const rtcmPayload = named('RTCM-Payload', octets(1, 2047));
export type RTCMPayload = ValueOf<typeof rtcmPayload>;

/** DF_RTCMmsg. */
export const rtcmMessage = sequence('RTCMmsg', {
  rev: optional(rtcmRevision),
  rtcmID: optional(rtcmId),
  payload: rtcmPayload,
}, 'extensible');
export type RTCMmsg = ValueOf<typeof rtcmMessage>;

/** MSG RTCMcorrections. */
export const rtcmCorrections = sequence('RTCMcorrections', {
  msgCnt: msgCount,
  corrections: list(1, 5, rtcmMessage),
}, 'extensible');
export type RTCMcorrections = ValueOf<typeof rtcmCorrections>;
