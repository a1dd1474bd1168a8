/** RSI: events and signs of the road. Source: T/CSAE 53-2020, ASN.1. */
import {
  bits,
  choice,
  enumerated,
  ia5,
  integer,
  list,
  named,
  octets,
  optional,
  sequence,
} from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';
import { position3D, positionOffsetLLV } from './position.ts';
import { nodeReferenceID } from './references.ts';
import { minuteOfTheYear, timeConfidence } from './time.ts';
import { confidence } from './vehicle.ts';

/** DE_EventType: GB/T 29100-2012: class×100 + sequence (see rsu-interface.md). */
export const eventType = named('EventType', integer(0, 65535));
export type EventType = ValueOf<typeof eventType>;

/** DE_EventSource. */
export const eventSource = named('EventSource', enumerated([
  'unknown', 'police', 'government', 'meteorological', 'internet', 'detection',
], 'extensible'));
export type EventSource = ValueOf<typeof eventSource>;

/** DE_Radius: 0.1 m. */
export const radius = named('Radius', integer(0, 65535, { unit: 'm', step: 0.1 }));
export type Radius = ValueOf<typeof radius>;

/** DF_Description: no marker; GB2312 bytes, two per character. */
export const description = named('Description', choice({
  textString: ia5(1, 512),
  textGB2312: octets(2, 512),
}));
export type Description = ValueOf<typeof description>;

/** DF_RSITimeDetails: no marker. */
export const rsiTimeDetails = sequence('RSITimeDetails', {
  startTime: optional(minuteOfTheYear),
  endTime: optional(minuteOfTheYear),
  endTimeConfidence: optional(timeConfidence),
});
export type RSITimeDetails = ValueOf<typeof rsiTimeDetails>;

/** DE_RSIPriority: top 3 bits = level 0..7 (0x00..0xe0), low 5 bits zero. */
export const rsiPriority = named('RSIPriority', octets(1));
export type RSIPriority = ValueOf<typeof rsiPriority>;

/**
 * DF_PathPointList: B/D2: 2..32 (also 5 b but offset differs), so the bits differ; one point =
 * circle.
 */
export const pathPointList = named('PathPointList', list(1, 32, positionOffsetLLV));
export type PathPointList = ValueOf<typeof pathPointList>;

/** DF_ReferencePath: no marker. */
export const referencePath = sequence('ReferencePath', {
  activePath: pathPointList,
  pathRadius: radius,
});
export type ReferencePath = ValueOf<typeof referencePath>;

/** DF_ReferencePathList. */
export const referencePathList = named('ReferencePathList', list(1, 8, referencePath));
export type ReferencePathList = ValueOf<typeof referencePathList>;

/** DE_ReferenceLanes: bit n = lane n, bit 0 reserved. */
export const referenceLanes = named('ReferenceLanes', bits(16, [
  'reserved', 'lane1', 'lane2', 'lane3', 'lane4', 'lane5', 'lane6', 'lane7', 'lane8', 'lane9',
  'lane10', 'lane11', 'lane12', 'lane13', 'lane14', 'lane15',
]));
export type ReferenceLanes = ValueOf<typeof referenceLanes>;

/** DF_ReferenceLink: no marker; no lanes = all lanes. */
export const referenceLink = sequence('ReferenceLink', {
  upstreamNodeId: nodeReferenceID,
  downstreamNodeId: nodeReferenceID,
  referenceLanes: optional(referenceLanes),
});
export type ReferenceLink = ValueOf<typeof referenceLink>;

/** DF_ReferenceLinkList. */
export const referenceLinkList = named('ReferenceLinkList', list(1, 16, referenceLink));
export type ReferenceLinkList = ValueOf<typeof referenceLinkList>;

/** DF_RTEData. */
export const rteData = sequence('RTEData', {
  rteId: integer(0, 255),
  eventType,
  eventSource,
  eventPos: optional(positionOffsetLLV),
  eventRadius: optional(radius),
  description: optional(description),
  timeDetails: optional(rsiTimeDetails),
  priority: optional(rsiPriority),
  referencePaths: optional(referencePathList),
  referenceLinks: optional(referenceLinkList),
  eventConfidence: optional(confidence),
}, 'extensible');
export type RTEData = ValueOf<typeof rteData>;

/** DF_RTEList. */
export const rteList = named('RTEList', list(1, 8, rteData));
export type RTEList = ValueOf<typeof rteList>;

/**
 * DE_SignType: row number in the sign-name index of GB 5768.2-2009; 0 = text only (see
 * rsu-interface.md).
 */
export const signType = named('SignType', integer(0, 65535));
export type SignType = ValueOf<typeof signType>;

/** DF_RTSData. */
export const rtsData = sequence('RTSData', {
  rtsId: integer(0, 255),
  signType,
  signPos: optional(positionOffsetLLV),
  description: optional(description),
  timeDetails: optional(rsiTimeDetails),
  priority: optional(rsiPriority),
  referencePaths: optional(referencePathList),
  referenceLinks: optional(referenceLinkList),
}, 'extensible');
export type RTSData = ValueOf<typeof rtsData>;

/** DF_RTSList. */
export const rtsList = named('RTSList', list(1, 16, rtsData));
export type RTSList = ValueOf<typeof rtsList>;

/** MSG RoadSideInformation: at least one of rtes/rtss must be present (profile rule, not ASN.1). */
export const roadSideInformation = sequence('RoadSideInformation', {
  msgCnt: msgCount,
  moy: optional(minuteOfTheYear),
  id: octets(8),
  refPos: position3D,
  rtes: optional(rteList),
  rtss: optional(rtsList),
}, 'extensible');
export type RoadSideInformation = ValueOf<typeof roadSideInformation>;
