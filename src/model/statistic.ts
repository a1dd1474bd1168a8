import type { Stamp } from '../base/time.ts';
import type { LaneId, LinkId } from './ids.ts';
import type { RoadUserClass } from './roaduser.ts';

/** Traffic on one lane in one interval. */
export interface LaneStatistic {
  readonly laneId: LaneId;
  readonly linkId: LinkId;
  readonly began: Stamp;
  readonly ended: Stamp;
  /** Road users that passed the lane's counting line, by class. */
  readonly flow: Readonly<Partial<Record<RoadUserClass, number>>>;
  readonly meanSpeedMps: number | null;
  /** Share of the interval in which the counting line was occupied, 0..1. */
  readonly occupancy: number;
  /** Longest queue back from the stop line, metres and vehicles. */
  readonly queueLengthM: number;
  readonly queueCount: number;
  readonly meanDelayS: number | null;
  /** Share of the interval in which the lane was covered by a healthy sensor, 0..1. */
  readonly completeness: number;
}
