import type { MonotonicMs, UtcMs } from '../base/time.ts';
import type { RoadUserClass } from '../model/roaduser.ts';
import type { Site } from '../model/site.ts';
import type { LampPlan } from './lamps.ts';
import { sensorCovers } from './sensing.ts';
import type { WorldUser } from './world.ts';

/** Between two lines of truth, ms. */
export const TRUTH_PERIOD_MS = 100;

/** One line of truth.jsonl; a line with `t` alone says that nobody was there. */
export type TruthRow =
  | { readonly t: number }
  | {
      /** UTC seconds. */
      readonly t: number;
      readonly id: number;
      /** Centre of the body, site metres. */
      readonly x: number;
      readonly y: number;
      /** Radians counter-clockwise from east. */
      readonly heading: number;
      readonly speed: number;
      readonly cls: RoadUserClass;
      /** True for who is outside every sensor's field of view; else left out. */
      readonly ignore?: true;
    };

/** One line of lamps.jsonl: what the junction really shows. */
export interface LampTruthRow {
  readonly t: number;
  readonly controller: string;
  readonly lampGroup: string;
  readonly colour: string;
  readonly flashing: boolean;
  /** UTC seconds at which this state ends. */
  readonly endS: number;
}

const rounded = (value: number, digits: number): number => {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor + 0;
};

/** The rows of one instant, in order of id. */
export function truthRows(site: Site, users: readonly WorldUser[], utc: UtcMs): TruthRow[] {
  const t = rounded(utc / 1000, 3);
  if (users.length === 0) return [{ t }];
  return users.map((user) => {
    const row = {
      t,
      id: user.id,
      x: rounded(user.eastM, 3),
      y: rounded(user.northM, 3),
      heading: rounded(user.headingRad, 4),
      speed: rounded(user.speedMps, 3),
      cls: user.cls,
    };
    const covered = site.sensors.some((sensor) =>
      sensorCovers(sensor, user.cls, user.eastM, user.northM));
    return covered ? row : { ...row, ignore: true as const };
  });
}

/** The lamps of one instant, in the order of road.json. */
export function lampRows(
  site: Site,
  lamps: LampPlan,
  atMs: MonotonicMs,
  utc: UtcMs,
): LampTruthRow[] {
  return site.road.signalGroups.map((group, index) => {
    const { aspect, endMs } = lamps.now(index, atMs);
    return {
      t: rounded(utc / 1000, 3),
      controller: group.controllerId,
      lampGroup: group.lampGroup,
      colour: aspect.colour,
      flashing: aspect.flashing,
      endS: rounded((utc + endMs - atMs) / 1000, 3),
    };
  });
}
