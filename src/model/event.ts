import type { Stamp } from '../base/time.ts';
import type { LaneId, LinkId, TrackId } from './ids.ts';
import type { Text } from '../base/text.ts';

/** What may happen on the road, region-neutral; `v2x/compose` gives each its code. */
export type RoadEventKind =
  | 'stopped-vehicle' | 'wrong-way' | 'pedestrian-on-carriageway' | 'queue' | 'congestion'
  | 'object-on-road' | 'roadworks' | 'weather' | 'emergency-vehicle' | 'overspeed' | 'slow-vehicle';

/** One event from its begin to its end, repeated while it lives. */
export interface RoadEvent {
  /** Unique on this box and day. */
  readonly id: number;
  readonly kind: RoadEventKind;
  readonly began: Stamp;
  /** Null while it lives. */
  readonly ended: Stamp | null;
  readonly updated: Stamp;
  readonly eastM: number;
  readonly northM: number;
  readonly radiusM: number;
  readonly laneId: LaneId | null;
  readonly linkId: LinkId | null;
  /** Site-frame line along which it matters, upstream to downstream; may be empty. */
  readonly path: readonly { readonly eastM: number; readonly northM: number }[];
  readonly tracks: readonly TrackId[];
  readonly confidence: number;
  /** 0 (lowest) .. 7. */
  readonly priority: number;
  readonly description: Text | null;
}
