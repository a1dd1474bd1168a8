/**
 * The profiles in circulation, as rows: each is the frame and the named types that it exchanges
 * for its own. The types in the other files are those of T/CSAE 53-2020 (profile A).
 */
import { bits, exchange, integer, list, named, optional, sequence } from '../uper/schema.ts';
import type { Schema, ValueOf } from '../uper/schema.ts';
import { messageFramePhase1, messageFramePhase2 } from './frame.ts';
import { linkExList, prohibitedZone } from './map-extension.ts';
import { connection, laneWidth, link, node } from './map.ts';
import { positionConfidenceSet, positionOffsetLLV } from './position.ts';
import { auxiliarySign } from './rsi-extension.ts';
import { rtsData } from './rsi.ts';
import { fullPositionVector } from './vehicle.ts';

export const profileNames = ['A', 'B', 'P2', 'D2'] as const;
export type ProfileName = (typeof profileNames)[number];

const { posConficence, timeConfidence, motionCfd, ...fullPositionFields } =
  fullPositionVector.fields;

/** DF_FullPositionVector of the plug-fest: one set of confidences, none of the accuracy ellipse. */
export const fullPositionVectorB = sequence('FullPositionVector', {
  ...fullPositionFields,
  posAccuracy: optional(positionConfidenceSet),
  timeConfidence,
  motionCfd,
}, 'extensible');
export type FullPositionVectorB = ValueOf<typeof fullPositionVectorB>;

/** DF_FullPositionVector of P2: the bits of A, with the one name spelled as it was meant. */
export const fullPositionVectorP2 = sequence('FullPositionVector', {
  ...fullPositionFields,
  posConfidence: posConficence,
  timeConfidence,
  motionCfd,
}, 'extensible');
export type FullPositionVectorP2 = ValueOf<typeof fullPositionVectorP2>;

/** DF_Node with the lanes along a reference line that phase 2 appends. */
export const nodePhase2 = sequence('Node', node.fields, 'extensible', {
  'inLinks-ex': optional(linkExList),
  prohibitedzone: optional(prohibitedZone),
});
export type NodePhase2 = ValueOf<typeof nodePhase2>;

/** DF_RTSData with the auxiliary sign that phase 2 appends. */
export const rtsDataPhase2 = sequence('RTSData', rtsData.fields, 'extensible', {
  auxiliarySign: optional(auxiliarySign),
});
export type RTSDataPhase2 = ValueOf<typeof rtsDataPhase2>;

const rangesB = {
  NodeList: named('NodeList', list(1, 32, node)),
  ConnectsToList: named('ConnectsToList', list(1, 8, connection)),
  Link: sequence('Link', { ...link.fields, linkWidth: laneWidth }, 'extensible'),
  PathPointList: named('PathPointList', list(2, 32, positionOffsetLLV)),
  FullPositionVector: fullPositionVectorB,
  DTimeOffset: named('DTimeOffset', integer(-840, 840, { unit: 'min' })),
  DHour: named('DHour', integer(0, 31)),
};

const additionsPhase2 = {
  Node: nodePhase2,
  RTSData: rtsDataPhase2,
  'LaneAttributes-Vehicle': named('LaneAttributes-Vehicle', bits(8, [
    'isVehicleRevocableLane', 'isRampLane', 'hovLaneUseOnly', 'restrictedToBusUse',
    'restrictedToTaxiUse', 'restrictedFromPublicUse', 'emergencyLane', 'permissionOnRequest',
  ], 'extensible')),
};

/** One profile: where it comes from, its frame and its exchanges. */
export interface ProfileRow {
  readonly title: string;
  readonly frame: Schema;
  readonly exchanged: { readonly [typeName: string]: Schema };
}

export const profiles: { readonly [P in ProfileName]: ProfileRow } = {
  A: { title: 'T/CSAE 53-2020', frame: messageFramePhase1, exchanged: {} },
  B: { title: '2020 plug-fest ranges', frame: messageFramePhase1, exchanged: rangesB },
  P2: {
    title: 'phase 2 with the ranges of A',
    frame: messageFramePhase2,
    exchanged: { FullPositionVector: fullPositionVectorP2, ...additionsPhase2 },
  },
  D2: {
    title: 'phase 2 with the ranges of B',
    frame: messageFramePhase2,
    exchanged: { ...rangesB, ...additionsPhase2 },
  },
};

/** The frame of a profile with its exchanges made. */
export function frameSchema(profile: ProfileName): Schema {
  const row = profiles[profile];
  return exchange(row.frame, row.exchanged);
}
