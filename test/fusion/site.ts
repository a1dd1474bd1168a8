import { createFusion } from '../../fusion/fuse.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import { sensorId } from '../../src/model/ids.ts';
import type { Observation, ObservationFrame } from '../../src/model/observation.ts';
import type { SensorSettings, Site } from '../../src/model/site.ts';
import type { FusionStage } from '../../src/model/stages.ts';
import type { SensingKind, Track } from '../../src/model/track.ts';

export const stamp = (ms: number): Stamp =>
  ({ monoMs: monotonicMs(ms), utcMs: utcMs(1_700_000_000_000 + ms), errorMs: 1 });

/** A sensor at a place, looking along a heading. */
export function sensor(id: string, sensing: SensingKind,
  more: Partial<SensorSettings> = {}): SensorSettings {
  return {
    id: sensorId(id), driver: 'object-list', sensing, enabled: true,
    pose: { eastM: 0, northM: 0, upM: 5, headingRad: 0, pitchRad: 0, rollRad: 0 },
    fieldOfView: { rangeMinM: 0, rangeMaxM: 150, halfAngleRad: Math.PI, outline: null },
    classes: ['car', 'van', 'truck', 'bus', 'motorcycle', 'bicycle', 'pedestrian'],
    port: 'p', periodMs: 100, latencyMs: 50, main: true, options: {}, ...more,
  };
}

/** A site with these sensors, one approach lane from the west with a stop line at the origin. */
export function siteWith(sensors: readonly SensorSettings[]): Site {
  const outline: [number, number][] = [[10, -10], [30, -10], [30, 10], [10, 10]];
  const road = {
    lanes: [{ id: 'west-1', linkId: 'west', number: 1, kind: 'motor', widthM: 3.5,
      points: [[-100, 0], [0, 0]], uses: [], speedLimits: [], level: 0 }],
    movements: [{ id: 'm', fromLane: 'west-1', toLink: 'east', toLane: null, manoeuvre: 'straight',
      signalGroup: 'g1', points: [], waitingArea: null }],
    zones: [{ id: 'z', kind: 'coverage', outline, level: 0 },
      { id: 'e', kind: 'entry', outline, level: 0 }],
  };
  return {
    sensors, road, loop: { rewindMs: 500 },
    frame: { ground: { upM: 1, slopeEast: 0.01, slopeNorth: 0 } },
  } as unknown as Site;
}

const counts = new WeakMap<FusionStage, Record<string, number>>();
/** A fusion stage of a site, its sensors healthy, its counters kept. */
export function fusionOf(site: Site, healthy = true): FusionStage {
  const own: Record<string, number> = {};
  const fusion = createFusion(site, {
    box: 'box', boot: 1, count: (name, by = 1) => (own[name] = (own[name] ?? 0) + by),
  });
  counts.set(fusion, own);
  if (healthy) for (const { id } of site.sensors) fusion.setSensorHealth({ sensorId: id,
    level: 'ok', reason: '' });
  return fusion;
}
export const counted = (fusion: FusionStage, name: string): number => counts.get(fusion)?.[name]
  ?? 0;

/** An observation in the site frame, sure of itself unless told otherwise. */
export function seen(atMs: number, eastM: number, northM: number,
  more: Partial<Observation> = {}): Observation {
  return {
    measuredMs: monotonicMs(atMs),
    measurement: { kind: 'site-position', eastM, northM, eastMps: null, northMps: null,
      covariance: [0.04, 0, 0, 0.04] },
    referencePoint: 'centre', extent: { lengthM: null, widthM: null, heightM: null },
      headingRad: null,
    headingSigmaRad: null, headingAmbiguous: false, classes: { car: 0.95 }, deviceTrackId: null,
    processing: 'raw', quality: 0.9, crossSectionDbsm: null, ...more,
  };
}

export function frame(
  id: string, sequence: number, atMs: number, observations: readonly Observation[], latencyMs = 50,
): ObservationFrame {
  return {
    sensorId: sensorId(id), sequence, measured: stamp(atMs), received: stamp(atMs + latencyMs),
    observations, complete: true,
  };
}

export const tracksAt = (fusion: FusionStage, atMs: number): readonly Track[] =>
  fusion.tick(0, monotonicMs(atMs), stamp(atMs)).tracks.tracks;
