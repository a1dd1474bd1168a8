/**
 * The outer frame of every message, and the extension frame of phase 2 with its list of messages.
 * Source: T/CSAE 53-2020 and T/CSAE 157-2020, ASN.1.
 */
import { choice, integer, named, open, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';
import { basicSafetyMessage } from './bsm.ts';
import { clpmm } from './clpmm.ts';
import { mapData } from './map.ts';
import { pamData } from './pam.ts';
import { personalSafetyMessage } from './psm.ts';
import { roadsideCoordination } from './rsc.ts';
import { roadSideInformation } from './rsi.ts';
import { roadsideSafetyMessage } from './rsm.ts';
import { rtcmCorrections } from './rtcm.ts';
import { spat } from './spat.ts';
import { sensorSharingMsg } from './ssm.ts';
import { testMsg } from './test-message.ts';
import { vehIntentionAndRequest } from './vir.ts';
import { vehiclePaymentMessage } from './vpm.ts';

/** DE_ExtMsgID: which message of phase 2 an extension frame carries. */
export const extMsgID = named('ExtMsgID', integer(0, 32767));
export type ExtMsgID = ValueOf<typeof extMsgID>;

/** MessageFrameExt: the number of a message, and the message as an open type. */
export const messageFrameExt = sequence('MessageFrameExt', {
  messageId: extMsgID,
  value: open('messageId', {
    TestMsg: testMsg,
    RTCMcorrections: rtcmCorrections,
    RoadsideCoordination: roadsideCoordination,
    SensorSharingMsg: sensorSharingMsg,
    VehIntentionAndRequest: vehIntentionAndRequest,
    PAMData: pamData,
    PersonalSafetyMessage: personalSafetyMessage,
    CLPMM: clpmm,
    VehiclePaymentMessage: vehiclePaymentMessage,
  }, {
    TestMsg: 0,
    RTCMcorrections: 10,
    RoadsideCoordination: 11,
    SensorSharingMsg: 12,
    VehIntentionAndRequest: 13,
    PAMData: 14,
    PersonalSafetyMessage: 15,
    CLPMM: 16,
    VehiclePaymentMessage: 17,
  }),
}, 'extensible');
export type MessageFrameExt = ValueOf<typeof messageFrameExt>;

const alternatives = {
  bsmFrame: basicSafetyMessage,
  mapFrame: mapData,
  rsmFrame: roadsideSafetyMessage,
  spatFrame: spat,
  rsiFrame: roadSideInformation,
};

/** The frame of phase 1: five messages. */
export const messageFramePhase1 = named('MessageFrame', choice(alternatives, 'extensible'));
/** The frame of phase 2: the extension frame is its one extension alternative. */
export const messageFramePhase2 = named('MessageFrame', choice(alternatives, 'extensible', {
  msgFrameExt: messageFrameExt,
}));

/** A message of any profile. A profile may refuse what its own ranges do not hold. */
export type MessageFrame = ValueOf<typeof messageFramePhase2>;
