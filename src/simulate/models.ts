import type { RoadUserClass } from '../model/roaduser.ts';
import type { SensingKind } from '../model/track.ts';

/** How well one kind of sensor sees. All figures of one kind stand in one row. */
export interface SensorModel {
  /** Share of looks that find a road user: near (to a third of the range), at full range. */
  readonly foundNear: number;
  readonly foundFar: number;
  /** The same when half or more of it is hidden, and when nearly all of it is. */
  readonly foundOccluded: number;
  readonly foundHidden: number;
  /** The same for who stands in the open; null where motion does not matter. */
  readonly foundStanding: number | null;
  /** Deviation along the ray: a part of the range and a constant. */
  readonly alongShare: number;
  readonly alongM: number;
  /** Deviation across the ray: an angle and a constant. */
  readonly acrossRad: number;
  readonly acrossM: number;
  /** Deviation of the speed along and across the ray. */
  readonly radialMps: number;
  readonly tangentialMps: number;
  readonly headingRad: number;
  /** Share of the size that it misjudges. */
  readonly sizeShare: number;
  /** Latency: how far the 99th percentile lies above the median, as a part of the median. */
  readonly latencySpread: number;
  /** False alarms in a look; on walls they stand and come back, else they are anywhere. */
  readonly falseAlarms: number;
  readonly falseAlarmsOnWalls: boolean;
  /** Share of looks that name a neighbouring class. */
  readonly confusion: number;
  /** Looks that are lost on the way, and looks in which two close ones exchange their ids. */
  readonly lostLooks: number;
  readonly swappedIds: number;
  /** Share of looks in which a long vehicle is seen as two. */
  readonly splitsLong: number;
  /** Pedestrians beyond this are not seen at all. */
  readonly pedestrianMaxM: number;
  /** Which point it reports: the centre; where the ray to the centre meets the body (`face`);
   *  as near as the nearest corner, in the direction of the centre (`foot`: a box's lower edge). */
  readonly reports: 'centre' | 'face' | 'foot';
  /** Errors of installation when asked for: place, angle, clock. Halves of uniform spans. */
  readonly offsetM: number;
  readonly offsetRad: number;
  readonly offsetMs: number;
}

const RAD = Math.PI / 180;

const radar: SensorModel = {
  foundNear: 0.9, foundFar: 0.8, foundOccluded: 0.4, foundHidden: 0.05, foundStanding: 0.3,
  alongShare: 0, alongM: 0.3, acrossRad: 1 * RAD, acrossM: 0,
  radialMps: 0.15, tangentialMps: 0.8, headingRad: 8 * RAD, sizeShare: 0.15,
  latencySpread: 0.5, falseAlarms: 3, falseAlarmsOnWalls: true,
  confusion: 0.1, lostLooks: 0.002, swappedIds: 0.0005, splitsLong: 0,
  pedestrianMaxM: 40, reports: 'face',
  offsetM: 1, offsetRad: 1 * RAD, offsetMs: 80,
};

const camera: SensorModel = {
  foundNear: 0.95, foundFar: 0.7, foundOccluded: 0.1, foundHidden: 0, foundStanding: null,
  alongShare: 0.015, alongM: 0.1, acrossRad: 0, acrossM: 0.3,
  radialMps: 1, tangentialMps: 0.5, headingRad: 8 * RAD, sizeShare: 0.08,
  latencySpread: 1.08, falseAlarms: 0.5, falseAlarmsOnWalls: false,
  confusion: 0.07, lostLooks: 0.002, swappedIds: 0.001, splitsLong: 0,
  pedestrianMaxM: Infinity, reports: 'foot',
  offsetM: 1, offsetRad: 1 * RAD, offsetMs: 80,
};

const lidar: SensorModel = {
  foundNear: 0.97, foundFar: 0.6, foundOccluded: 0.2, foundHidden: 0, foundStanding: null,
  alongShare: 0, alongM: 0.15, acrossRad: 0, acrossM: 0.15,
  radialMps: 0.3, tangentialMps: 0.3, headingRad: 3 * RAD, sizeShare: 0.05,
  latencySpread: 0.6, falseAlarms: 0.3, falseAlarmsOnWalls: false,
  confusion: 0.05, lostLooks: 0.002, swappedIds: 0.0003, splitsLong: 0.05,
  pedestrianMaxM: Infinity, reports: 'centre',
  offsetM: 0.1, offsetRad: 0.2 * RAD, offsetMs: 20,
};

/**
 * One row for each kind of sensor. The figures are chosen from common data sheets and published
 * error models; they are those of the project's tracking notes, section 4.
 */
export const sensorModels: Readonly<Record<SensingKind, SensorModel>> = {
  radar,
  camera,
  lidar,
  'object-list': lidar,
  v2x: {
    ...lidar, foundNear: 0.98, foundFar: 0.95, foundOccluded: 0.95, foundHidden: 0.95,
    alongM: 0.6, acrossM: 0.6, falseAlarms: 0, confusion: 0, swappedIds: 0, splitsLong: 0,
  },
  loop: { ...lidar, falseAlarms: 0 },
};

/** What a class is taken for when it is misjudged. */
export const confusedWith: Readonly<Record<RoadUserClass, readonly RoadUserClass[]>> = {
  unknown: ['unknown'],
  car: ['van'],
  van: ['car', 'truck'],
  truck: ['bus', 'van'],
  bus: ['truck'],
  motorcycle: ['bicycle', 'car'],
  bicycle: ['motorcycle', 'pedestrian'],
  pedestrian: ['bicycle'],
};

/** Radar cross-section by class, dBsm: mean; it flickers by 3 dB. */
export const crossSectionDbsm: Readonly<Record<RoadUserClass, number>> = {
  unknown: 0, car: 12, van: 14, truck: 20, bus: 22, motorcycle: 4, bicycle: 0, pedestrian: -6,
};
