/**
 * Names and numbers of nodes and phases, which several messages share. Source: T/CSAE 53-2020,
 * ASN.1.
 */
import { ia5, integer, named, optional, sequence } from '../uper/schema.ts';
import type { ValueOf } from '../uper/schema.ts';

/**
 * DE_PhaseID: 0 = invalid/unknown; 255 = permanent green (ASN.1 comment) – RSU profile treats
 * 1..255 as usable.
 */
export const phaseID = named('PhaseID', integer(0, 255));
export type PhaseID = ValueOf<typeof phaseID>;

/** DE_DescriptiveName: 7 bits per character (size bits 6). */
export const descriptiveName = named('DescriptiveName', ia5(1, 63));
export type DescriptiveName = ValueOf<typeof descriptiveName>;

/** DE_RoadRegulatorID: 0 = test only. */
export const roadRegulatorID = named('RoadRegulatorID', integer(0, 65535));
export type RoadRegulatorID = ValueOf<typeof roadRegulatorID>;

/** DE_NodeID: 0..255 = test; unique in a region. */
export const nodeID = named('NodeID', integer(0, 65535));
export type NodeID = ValueOf<typeof nodeID>;

/** DF_NodeReferenceID: no marker. */
export const nodeReferenceID = sequence('NodeReferenceID', {
  region: optional(roadRegulatorID),
  id: nodeID,
});
export type NodeReferenceID = ValueOf<typeof nodeReferenceID>;
