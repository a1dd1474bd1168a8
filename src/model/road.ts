import { nodeKey } from './ids.ts';
import type { ControllerId, LampGroupId, LaneId, LinkId, MovementId, NodeId, RsuId, SignalGroupId, ZoneId } from './ids.ts';
import type { RoadUserClass } from './roaduser.ts';
import type { LampAspect } from './signal.ts';

/** A point of the site frame as files hold it: [east m, north m] or [east m, north m, up m]. */
export type RoadPoint = readonly [number, number] | readonly [number, number, number];

/** When a lane use or a speed limit holds. */
export type RoadCondition =
  | { readonly kind: 'always' }
  /** Local days (1 Monday .. 7 Sunday) and minutes of the local day, [from, to). */
  | { readonly kind: 'calendar'; readonly days: readonly number[]; readonly fromMinute: number; readonly toMinute: number }
  | { readonly kind: 'plan'; readonly plans: readonly number[] }
  | { readonly kind: 'sign'; readonly sign: string; readonly state: string };

export type Manoeuvre = 'straight' | 'left' | 'right' | 'u-turn';

/** What lamps a signal group has; names the legal sequence of its aspects. */
export type LampType =
  | 'vehicle' | 'arrow-left' | 'arrow-straight' | 'arrow-right' | 'arrow-u-turn'
  | 'non-motor' | 'pedestrian' | 'lane' | 'waiting-area' | 'flashing-warning';

/** A junction or a plain point of the network. One without `controllerId` has no lamps. */
export interface RoadNode {
  readonly id: NodeId;
  readonly name: string;
  readonly reference: RoadPoint;
  readonly controllerId: ControllerId | null;
  /** Outline of the conflict area. */
  readonly area: readonly RoadPoint[];
  readonly level: number;
}

export interface SpeedLimit {
  readonly kind: 'max' | 'min' | 'max-night' | 'max-truck';
  readonly speedMps: number;
  readonly when: RoadCondition;
}

/** A directed road section that ends at `downstream`. */
export interface RoadLink {
  readonly id: LinkId;
  readonly name: string;
  readonly upstream: NodeId;
  readonly downstream: NodeId;
  /** Centre line, upstream to downstream; the last point is the middle of the stop line. */
  readonly points: readonly RoadPoint[];
  readonly widthM: number;
  readonly speedLimits: readonly SpeedLimit[];
}

/** What may be done on a lane, by whom, and when. */
export interface LaneUse {
  readonly manoeuvres: readonly Manoeuvre[];
  readonly classes: readonly RoadUserClass[];
  readonly when: RoadCondition;
}

export interface RoadLane {
  readonly id: LaneId;
  readonly linkId: LinkId;
  /** Lane number on air: 1 from the left along travel, unique in its link. */
  readonly number: number;
  readonly kind: 'motor' | 'bus' | 'non-motor' | 'waiting-area' | 'crosswalk' | 'sidewalk';
  readonly widthM: number;
  /** Centre line, upstream to downstream; of an approach lane the last point is on the stop line. */
  readonly points: readonly RoadPoint[];
  readonly uses: readonly LaneUse[];
  readonly speedLimits: readonly SpeedLimit[];
  readonly level: number;
}

/** From a lane across the node into another link. */
export interface RoadMovement {
  readonly id: MovementId;
  readonly fromLane: LaneId;
  readonly toLink: LinkId;
  /** The lane it ends in; null for any of the link. */
  readonly toLane: LaneId | null;
  readonly manoeuvre: Manoeuvre;
  /** Null where no lamp governs it (a free right turn). */
  readonly signalGroup: SignalGroupId | null;
  /** Path through the junction, from the stop line to the exit. */
  readonly points: readonly RoadPoint[];
  /** A left-turn or straight waiting area (待转区, 待行区) in front of the stop line, with its own group. */
  readonly waitingArea: { readonly laneId: LaneId; readonly signalGroup: SignalGroupId } | null;
}

/** A pedestrian crossing. */
export interface RoadCrossing {
  readonly id: LaneId;
  /** The link that it crosses at its downstream end. */
  readonly linkId: LinkId;
  readonly number: number;
  /** Centre line from kerb to kerb. */
  readonly points: readonly RoadPoint[];
  readonly widthM: number;
  readonly signalGroup: SignalGroupId | null;
}

export interface RoadZone {
  readonly id: ZoneId;
  /** `coverage`: RSM speaks of it only while a healthy sensor covers it. `area`: RSM's outer bound.
   *  `entry`: where road users appear and vanish. */
  readonly kind: 'coverage' | 'area' | 'entry';
  readonly outline: readonly RoadPoint[];
  readonly level: number;
}

/** Lamp group → signal group → phase; the safety part of the site. */
export interface SignalGroup {
  readonly id: SignalGroupId;
  readonly node: NodeId;
  readonly controllerId: ControllerId;
  readonly lampGroup: LampGroupId;
  readonly lampType: LampType;
  /** 1..16 per node; several groups may share one only if their states are always equal. */
  readonly phase: number;
  readonly hasFlashingGreen: boolean;
  readonly hasRedYellow: boolean;
  readonly mayGoDark: boolean;
  readonly minGreenS: number;
  readonly yellowS: number;
  /** Whether green gives way to others (a disc over a permissive left turn). */
  readonly permissive: boolean;
}

export interface Conflicts {
  /** Pairs that must never both have right of way. Symmetric; each pair once. */
  readonly conflicting: readonly (readonly [SignalGroupId, SignalGroupId])[];
  /** Pairs that may both be allowed because one yields (right turn and pedestrian). */
  readonly yielding: readonly (readonly [SignalGroupId, SignalGroupId])[];
  /** Seconds from the end of `from`'s yellow (or pedestrian clearance) to `to`'s green. */
  readonly intergreens: readonly { readonly from: SignalGroupId; readonly to: SignalGroupId; readonly clearanceS: number }[];
}

/** A stage of the fixed plan that the simulator runs and the GB/T 20999 driver needs. */
export interface SignalStage {
  readonly number: number;
  readonly green: readonly SignalGroupId[];
  readonly greenS: number;
}

/** A sign that stands at the site, sent in RSI. */
export interface RoadSign {
  readonly id: number;
  /** Name in the profile's sign table, region-neutral text key; compose maps it. */
  readonly kind: string;
  readonly point: RoadPoint;
  readonly linkIds: readonly LinkId[];
  readonly path: readonly RoadPoint[];
  readonly radiusM: number;
  readonly description: string;
  readonly priority: number;
}

/** road.json, whole. */
export interface Road {
  readonly formatVersion: number;
  readonly revision: number;
  readonly nodes: readonly RoadNode[];
  readonly links: readonly RoadLink[];
  readonly lanes: readonly RoadLane[];
  readonly movements: readonly RoadMovement[];
  readonly crossings: readonly RoadCrossing[];
  readonly zones: readonly RoadZone[];
  readonly signalGroups: readonly SignalGroup[];
  readonly ignoredLampGroups: readonly {
    readonly controllerId: ControllerId;
    readonly lampGroup: LampGroupId;
    readonly reason: string;
  }[];
  readonly conflicts: Conflicts;
  readonly stages: readonly SignalStage[];
  readonly signs: readonly RoadSign[];
  /** Units named by site.json `rsus`, with the nodes that each serves. */
  readonly rsuAreas: readonly { readonly rsuId: RsuId; readonly nodes: readonly NodeId[] }[];
}

/** Aspects used by tables. */
export const aspect = (colour: LampAspect['colour'], flashing = false): LampAspect => ({ colour, flashing });

/** Nodes that this box speaks for: those that a unit serves, or all where no unit is named. */
export function servedNodes(road: Road): readonly RoadNode[] {
  const served = new Set(road.rsuAreas.flatMap(({ nodes }) => nodes.map(nodeKey)));
  return road.nodes.filter(({ id }) => served.size === 0 || served.has(nodeKey(id)));
}
