import { insideOutline } from '../src/base/geometry.ts';
import type { Coverage, ZoneCoverage } from '../src/model/coverage.ts';
import type { SensorId } from '../src/model/ids.ts';
import { roadUserClasses } from '../src/model/roaduser.ts';
import type { Road, RoadZone } from '../src/model/road.ts';
import type { Stamp } from '../src/base/time.ts';
import { inView } from './existence.ts';
import type { CoreSensor } from './existence.ts';

/** About so many points stand for a zone. */
const SAMPLES = 144;

/** Points spread evenly over a zone. */
function samplePoints(zone: RoadZone): [number, number][] {
  const xs = zone.outline.map((point) => point[0]);
  const ys = zone.outline.map((point) => point[1]);
  const west = Math.min(...xs);
  const south = Math.min(...ys);
  const width = Math.max(...xs) - west;
  const height = Math.max(...ys) - south;
  const step = Math.max(0.1, Math.sqrt((width * height) / SAMPLES));
  const points: [number, number][] = [];
  for (let x = west + step / 2; x < west + width; x += step) {
    for (let y = south + step / 2; y < south + height; y += step) {
      if (insideOutline(x, y, zone.outline)) points.push([x, y]);
    }
  }
  return points.length > 0 ? points : [[xs[0]!, ys[0]!]];
}

/** Which sensors see at least half of which zone: fixed by the site; health switches them. */
export class CoverageMap {
  readonly #zones: readonly { readonly zone: RoadZone; readonly sensors: readonly number[] }[];
  readonly #sensors: readonly CoreSensor[];
  readonly #ids: readonly SensorId[];
  #zonesNow: readonly ZoneCoverage[] | null = null;

  constructor(road: Road, sensors: readonly CoreSensor[], ids: readonly SensorId[]) {
    this.#sensors = sensors;
    this.#ids = ids;
    this.#zones = road.zones
      .filter((zone) => zone.kind === 'coverage')
      .map((zone) => {
        const points = samplePoints(zone);
        const seeing = sensors.map((_, index) => index).filter((index) => {
          // Who only hears what others say of themselves looks at nothing (rule R30).
          if (sensors[index]!.kind === 'v2x') return false;
          const seen = points.filter(([x, y]) => inView(sensors[index]!, x, y)).length;
          return seen * 2 >= points.length;
        });
        return { zone, sensors: seeing };
      });
  }

  /** Forgets what was worked out: a sensor's health has changed. */
  changed(): void {
    this.#zonesNow = null;
  }

  /** Coverage at an instant. */
  at(valid: Stamp, healthy: (sensor: number) => boolean): Coverage {
    this.#zonesNow ??= this.#zones.flatMap(({ zone, sensors }) =>
      roadUserClasses.map((cls, index) => ({
        zoneId: zone.id,
        cls,
        sensors: sensors
          .filter((sensor) => healthy(sensor) && this.#sensors[sensor]!.finds[index])
          .map((sensor) => this.#ids[sensor]!),
      })));
    return { valid, zones: this.#zonesNow };
  }
}
