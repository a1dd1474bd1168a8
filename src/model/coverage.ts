import type { Stamp } from '../base/time.ts';
import type { SensorId, ZoneId } from './ids.ts';
import type { RoadUserClass } from './roaduser.ts';

/** Which healthy sensors look at a zone for a class right now. */
export interface ZoneCoverage {
  readonly zoneId: ZoneId;
  readonly cls: RoadUserClass;
  readonly sensors: readonly SensorId[];
}

/** Coverage (zone × sensor × class): RSM speaks only of zones that a healthy sensor covers. */
export interface Coverage {
  readonly valid: Stamp;
  readonly zones: readonly ZoneCoverage[];
}
