/** VPM: payments (phase 2). Source: T/CSAE 157-2020, ASN.1. */
import {
  boolean,
  choice,
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
import { heading, speed } from './motion.ts';
import { position3D, positionOffsetLLV } from './position.ts';
import { nodeReferenceID } from './references.ts';
import { referencePath } from './rsi.ts';
import { dDateTime, dDay, dMonth, dYear } from './time.ts';

/** DE_PaymentEntityID. */
export const paymentEntityID = named('PaymentEntityID', enumerated([
  'system', 'freeflow', 'enclosed', 'congestion', 'charging', 'parking',
], 'extensible'));
export type PaymentEntityID = ValueOf<typeof paymentEntityID>;

/** DE_StationOrGantryId: extensible integer: 1 ext bit + 32 b. */
export const stationOrGantryId = named(
  'StationOrGantryId',
  integer(0, 2 ** 32 - 1, {}, 'extensible'),
);
export type StationOrGantryId = ValueOf<typeof stationOrGantryId>;

/** DE_TollingNodeType. */
export const tollingNodeType = named('TollingNodeType', enumerated([
  'entranceStation', 'exitStation', 'entranceAndExitStation', 'gantry',
], 'extensible'));
export type TollingNodeType = ValueOf<typeof tollingNodeType>;

/** DE_TollingDirection. */
export const tollingDirection = named('TollingDirection', enumerated([
  'north', 'northeast', 'east', 'southeast', 'south', 'southwest', 'west', 'northwest',
], 'extensible'));
export type TollingDirection = ValueOf<typeof tollingDirection>;

/** DF_TollingNodeInfo. */
export const tollingNodeInfo = sequence('TollingNodeInfo', {
  id: optional(stationOrGantryId),
  pos: optional(position3D),
  tollingNodeType: optional(tollingNodeType),
  tollingDirection: optional(tollingDirection),
}, 'extensible');
export type TollingNodeInfo = ValueOf<typeof tollingNodeInfo>;

/** DF_TollInfo: price really printed 0..424967295 in the source (a digit short of 2^32−1): 29 b. */
export const tollInfo = sequence('TollInfo', {
  price: optional(integer(0, 424967295)),
  entrancePos: optional(positionOffsetLLV),
  exitPos: optional(positionOffsetLLV),
  tollRoad: optional(list(2, 256, nodeReferenceID)),
  tollPath: optional(referencePath),
  timeBegin: optional(dDateTime),
  timeEnd: optional(dDateTime),
}, 'extensible');
export type TollInfo = ValueOf<typeof tollInfo>;

/** DF_PaymentInfoType1. */
export const paymentInfoType1 = sequence('PaymentInfoType1', {
  tollingNodeInfo: optional(tollingNodeInfo),
  tollInfo: optional(tollInfo),
  serviceInfo: optional(octets(1, 512)),
}, 'extensible');
export type PaymentInfoType1 = ValueOf<typeof paymentInfoType1>;

/** DF_PaymentInfo. */
export const paymentInfo = named('PaymentInfo', choice({
  paymentInfoType1: paymentInfoType1,
}, 'extensible'));
export type PaymentInfo = ValueOf<typeof paymentInfo>;

/** DF_ApplicationParameter. */
export const applicationParameter = sequence('ApplicationParameter', {
  pid: paymentEntityID,
  paymentInfo,
}, 'extensible');
export type ApplicationParameter = ValueOf<typeof applicationParameter>;

/** DF_PaymentList. */
export const paymentList = named('PaymentList', list(1, 16, applicationParameter));
export type PaymentList = ValueOf<typeof paymentList>;

/** DF_RST. */
export const rst = sequence('RST', {
  time: dDateTime,
  id: octets(8),
  paymentList,
}, 'extensible');
export type RST = ValueOf<typeof rst>;

/** DE_OBUType. */
export const obuType = named('OBUType', enumerated([
  'oemObu', 'aftermarketObu', 'mobilePhone',
], 'extensible'));
export type OBUType = ValueOf<typeof obuType>;

/** DF_OBUMotionStatus. */
export const obuMotionStatus = sequence('OBUMotionStatus', {
  pos: optional(position3D),
  heading: optional(heading),
  speed: optional(speed),
}, 'extensible');
export type OBUMotionStatus = ValueOf<typeof obuMotionStatus>;

/** DF_OBUInfo. */
export const obuInfo = sequence('OBUInfo', {
  obuType,
  obuMotionStatus: optional(obuMotionStatus),
}, 'extensible');
export type OBUInfo = ValueOf<typeof obuInfo>;

/** DE_EquipmentClass. */
export const equipmentClass = named('EquipmentClass', enumerated([
  'onechipOBU', 'iccOBU', 'cpcOBU',
], 'extensible'));
export type EquipmentClass = ValueOf<typeof equipmentClass>;

/** DF_GBICCInfo. */
export const gbiccInfo = sequence('GBICCInfo', {
  iccIssueInfo: octets(0, 127, 'extensible'),
  iccUniTollInfo: octets(0, 127, 'extensible'),
  iccBalance: octets(0, 127, 'extensible'),
}, 'extensible');
export type GBICCInfo = ValueOf<typeof gbiccInfo>;

/** DF_Date. */
export const paymentDate = sequence('Date', {
  year: dYear,
  month: dMonth,
  day: dDay,
});
export type PaymentDate = ValueOf<typeof paymentDate>;

/** DF_SysInfo. */
export const sysInfo = sequence('SysInfo', {
  contractProvider: octets(8),
  contractType: integer(0, 127, {}, 'extensible'),
  contractVersion: integer(0, 127, {}, 'extensible'),
  contractSerialNumer: octets(8),
  contractSignedDate: paymentDate,
  contractExpiredDate: paymentDate,
  reserved: octets(64),
}, 'extensible');
export type SysInfo = ValueOf<typeof sysInfo>;

/** DF_VehicleDimensions. */
export const vehicleDimensions = sequence('VehicleDimensions', {
  vehicleLength: integer(0, 65535),
  vehicleWidth: integer(0, 255),
  vehicleHeigth: integer(0, 255),
}, 'extensible');
export type VehicleDimensions = ValueOf<typeof vehicleDimensions>;

/** DF_VehicleInfo. */
export const vehicleInfo = sequence('VehicleInfo', {
  vehicleLicencePlateNumber: octets(12),
  vehicleLicencePlateColor: octets(2),
  vehicleTollingClass: integer(0, 127, {}, 'extensible'),
  vehicleUserType: integer(0, 127, {}, 'extensible'),
  vehicleDimensions,
  vehicleWheels: integer(0, 127),
  vehicleAxles: integer(0, 127),
  vehicleWheelBases: integer(0, 65535),
  vehicleWeightLimits: integer(0, 16777215),
  vehicleSpecificInformation: octets(16),
  vehicleEngineNumber: octets(16),
  description: optional(octets(1, 256)),
}, 'extensible');
export type VehicleInfo = ValueOf<typeof vehicleInfo>;

/** DF_TollingPos. */
export const tollingPos = sequence('TollingPos', {
  id: stationOrGantryId,
  pos: optional(position3D),
}, 'extensible');
export type TollingPos = ValueOf<typeof tollingPos>;

/** DF_PassedPos. */
export const passedPos = sequence('PassedPos', {
  tollingPos,
  tollingTime: dDateTime,
  tollingAmount: optional(octets(4)),
}, 'extensible');
export type PassedPos = ValueOf<typeof passedPos>;

/** DF_PassedSitesInfo. */
export const passedSitesInfo = sequence('PassedSitesInfo', {
  entranceInfo: optional(passedPos),
  passedPos: optional(list(2, 512, passedPos)),
}, 'extensible');
export type PassedSitesInfo = ValueOf<typeof passedSitesInfo>;

/** DF_OBUPaymentInfoType1. */
export const obuPaymentInfoType1 = sequence('OBUPaymentInfoType1', {
  equipmentClass: optional(equipmentClass),
  gbiCCInfo: optional(gbiccInfo),
  sysInfo: optional(sysInfo),
  vehicleInfo: optional(vehicleInfo),
  passedSitesInfo: optional(passedSitesInfo),
}, 'extensible');
export type OBUPaymentInfoType1 = ValueOf<typeof obuPaymentInfoType1>;

/** DF_OBUPaymentInfo. */
export const obuPaymentInfo = named('OBUPaymentInfo', choice({
  obuPaymentInfoType1: obuPaymentInfoType1,
}, 'extensible'));
export type OBUPaymentInfo = ValueOf<typeof obuPaymentInfo>;

/** DF_VPApplicationParameter. */
export const vpApplicationParameter = sequence('VPApplicationParameter', {
  pid: paymentEntityID,
  obuPaymentInfo,
}, 'extensible');
export type VPApplicationParameter = ValueOf<typeof vpApplicationParameter>;

/** DF_VPApplicationList. */
export const vpApplicationList = named('VPApplicationList', list(1, 16, vpApplicationParameter));
export type VPApplicationList = ValueOf<typeof vpApplicationList>;

/** DE_RandStr8. */
export const randStr8 = named('RandStr8', octets(8));
export type RandStr8 = ValueOf<typeof randStr8>;

/** DF_VSI. */
export const vsi = sequence('VSI', {
  time: dDateTime,
  obuId: octets(8),
  targetId: optional(octets(8)),
  obuInfo: optional(obuInfo),
  vpapplicationList: optional(vpApplicationList),
  rndOBU: optional(randStr8),
}, 'extensible');
export type VSI = ValueOf<typeof vsi>;

/** DF_RangeOfFile. */
export const rangeOfFile = sequence('RangeOfFile', {
  offset: integer(0, 32767),
  length: integer(0, 127),
});
export type RangeOfFile = ValueOf<typeof rangeOfFile>;

/** DF_GetTollDataRq. */
export const getTollDataRq = sequence('GetTollDataRq', {
  vehicleInfo: rangeOfFile,
  tollInfo: optional(rangeOfFile),
  keyIdForAC: optional(integer(0, 255)),
}, 'extensible');
export type GetTollDataRq = ValueOf<typeof getTollDataRq>;

/** DE_File. */
export const paymentFile = named('File', octets(127));
export type PaymentFile = ValueOf<typeof paymentFile>;

/** DF_GetTollDataRs. */
export const getTollDataRs = sequence('GetTollDataRs', {
  vehicleInfo: paymentFile,
  tollInfo: optional(paymentFile),
}, 'extensible');
export type GetTollDataRs = ValueOf<typeof getTollDataRs>;

/** DF_GetSecureRq. */
export const getSecureRq = sequence('GetSecureRq', {
  vehicleInfo: rangeOfFile,
  rndRsuForAuthen: randStr8,
  keyIdForAuthen: integer(0, 255),
  keyIdForEncrypt: optional(integer(0, 255)),
}, 'extensible');
export type GetSecureRq = ValueOf<typeof getSecureRq>;

/** DF_GetSecureRs. */
export const getSecureRs = sequence('GetSecureRs', {
  file: rangeOfFile,
  authenticator: octets(8),
}, 'extensible');
export type GetSecureRs = ValueOf<typeof getSecureRs>;

/** DF_TransPara. */
export const transPara = sequence('TransPara', {
  transAmount: octets(4),
  transType: octets(1),
  terminalID: octets(6),
  transSN: octets(4),
  transTime: octets(7),
  transStationID: octets(3),
});
export type TransPara = ValueOf<typeof transPara>;

/** DF_PartOfFile. */
export const partOfFile = sequence('PartOfFile', {
  offset: integer(0, 32767),
  length: integer(0, 127),
  fileContent: paymentFile,
});
export type PartOfFile = ValueOf<typeof partOfFile>;

/** DF_SetTollDataRq. */
export const setTollDataRq = sequence('SetTollDataRq', {
  rndRSU: optional(randStr8),
  transPara: optional(transPara),
  tollInfo: optional(partOfFile),
  tollingPos: optional(tollingPos),
  keyIdForAuthen: optional(integer(0, 255)),
}, 'extensible');
export type SetTollDataRq = ValueOf<typeof setTollDataRq>;

/** DF_AccountInfo. */
export const accountInfo = sequence('AccountInfo', {
  account: octets(2, 32),
}, 'extensible');
export type AccountInfo = ValueOf<typeof accountInfo>;

/** DF_TransCredential. */
export const transCredential = sequence('TransCredential', {
  tc: octets(32, 32, 'extensible'),
}, 'extensible');
export type TransCredential = ValueOf<typeof transCredential>;

/** DF_SetTollDataRs. */
export const setTollDataRs = sequence('SetTollDataRs', {
  tacInfo: optional(octets(4)),
  authenticator: optional(octets(8)),
  accountInfo: optional(accountInfo),
  transCredential: optional(transCredential),
}, 'extensible');
export type SetTollDataRs = ValueOf<typeof setTollDataRs>;

/** DE_ChannelID. */
export const channelID = named('ChannelID', enumerated([
  'obu', 'esam', 'icc', 'hmi', 'beeper',
]));
export type ChannelID = ValueOf<typeof channelID>;

/** DF_ApduList: unbounded list: general length. */
export const apduList = named('ApduList', list(0, Infinity, octets(127)));
export type ApduList = ValueOf<typeof apduList>;

/** DF_ChannelRq. */
export const channelRq = sequence('ChannelRq', {
  channelid: channelID,
  apdu: apduList,
}, 'extensible');
export type ChannelRq = ValueOf<typeof channelRq>;

/** DF_ChannelRs. */
export const channelRs = sequence('ChannelRs', {
  channelid: channelID,
  apdu: apduList,
}, 'extensible');
export type ChannelRs = ValueOf<typeof channelRs>;

/** DE_TollResult. */
export const tollResult = named('TollResult', enumerated([
  'ok', 'nok', 'contactOperator',
]));
export type TollResult = ValueOf<typeof tollResult>;

/** DF_SetMMIRq. */
export const setMMIRq = sequence('SetMMIRq', {
  toll: tollResult,
}, 'extensible');
export type SetMMIRq = ValueOf<typeof setMMIRq>;

/** DF_TransInfo. */
export const transInfo = named('TransInfo', choice({
  getTollDataRq: getTollDataRq,
  getTollDataRs: getTollDataRs,
  getSecureRq: getSecureRq,
  getSecureRs: getSecureRs,
  setTollDataRq: setTollDataRq,
  setTollDataRs: setTollDataRs,
  transferChannelRq: channelRq,
  transferChannelRs: channelRs,
  setMMIRq: setMMIRq,
}, 'extensible'));
export type TransInfo = ValueOf<typeof transInfo>;

/** DF_Action-Request. */
export const actionRequest = sequence('Action-Request', {
  time: dDateTime,
  mode: boolean,
  sourceId: octets(8),
  targetId: optional(octets(8)),
  paymentEntityId: paymentEntityID,
  actionParameter: transInfo,
  accessCredentials: optional(octets(8)),
}, 'extensible');
export type ActionRequest = ValueOf<typeof actionRequest>;

/** DE_ReturnStatus. */
export const returnStatus = named('ReturnStatus', enumerated([
  'noError', 'accessDenied', 'argumnetError', 'complexityLimitation', 'processingFailure',
  'processing',
], 'extensible'));
export type ReturnStatus = ValueOf<typeof returnStatus>;

/** DF_Action-Response. */
export const actionResponse = sequence('Action-Response', {
  time: dDateTime,
  sourceId: octets(8),
  targetId: optional(octets(8)),
  paymentEntityId: paymentEntityID,
  responseParameter: optional(transInfo),
  ret: returnStatus,
}, 'extensible');
export type ActionResponse = ValueOf<typeof actionResponse>;

/** MSG VehiclePaymentMessage. */
export const vehiclePaymentMessage = sequence('VehiclePaymentMessage', {
  msgCnt: msgCount,
  payment: choice({
    'initialzation-request': rst,
    'initialzation-response': vsi,
    'action-request': actionRequest,
    'action-response': actionResponse,
  }, 'extensible'),
}, 'extensible');
export type VehiclePaymentMessage = ValueOf<typeof vehiclePaymentMessage>;
