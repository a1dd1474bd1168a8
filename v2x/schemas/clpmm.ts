/** CLPMM: platoons (phase 2). Source: T/CSAE 157-2020, ASN.1. */
import {
  boolean,
  enumerated,
  integer,
  list,
  named,
  octets,
  optional,
  sequence,
} from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { msgCount } from './count.ts';
import { dSecond } from './time.ts';

/** DE_RoleInPlatooning. */
export const roleInPlatooning = named('RoleInPlatooning', enumerated([
  'leader', 'follower', 'tail', 'free-vehicle',
], 'extensible'));
export type RoleInPlatooning = ValueOf<typeof roleInPlatooning>;

/** DE_StatusInPlatooning. */
export const statusInPlatooning = named('StatusInPlatooning', enumerated([
  'navigating', 'beginToDissmiss', 'askForJoining', 'joining', 'following', 'askForLeaving',
  'leaving',
], 'extensible'));
export type StatusInPlatooning = ValueOf<typeof statusInPlatooning>;

/** DF_MemberNode. */
export const memberNode = sequence('MemberNode', {
  vid: octets(8),
}, 'extensible');
export type MemberNode = ValueOf<typeof memberNode>;

/** DF_MemberList. */
export const memberList = named('MemberList', list(1, 32, memberNode));
export type MemberList = ValueOf<typeof memberList>;

/** DF_MemberManagement. */
export const memberManagement = sequence('MemberManagement', {
  memberList,
  joiningList: optional(memberList),
  leavingList: optional(memberList),
  capacity: integer(1, 32),
  openToJoin: boolean,
}, 'extensible');
export type MemberManagement = ValueOf<typeof memberManagement>;

/** MSG CLPMM: pid 17 octets. */
export const clpmm = sequence('CLPMM', {
  msgCnt: msgCount,
  id: octets(8),
  secMark: dSecond,
  pid: octets(17),
  role: roleInPlatooning,
  status: statusInPlatooning,
  leadingExt: optional(memberManagement),
}, 'extensible');
export type CLPMM = ValueOf<typeof clpmm>;
