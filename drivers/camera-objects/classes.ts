import type { ClassProbabilities, RoadUserClass } from '../../src/model/roaduser.ts';

/** Labels of the usual detectors, folded by `foldLabel`, → our class; null is no road user. */
export const labelClasses: Readonly<Record<string, RoadUserClass | null>> = {
  car: 'car', sedan: 'car', suv: 'car', coupe: 'car', taxi: 'car', automobile: 'car',
  vehicle: 'car', largevehicle: 'truck', van: 'van', minivan: 'van', mpv: 'van',
  truck: 'truck', pickup: 'truck', lorry: 'truck', bus: 'bus', coach: 'bus',
  motorcycle: 'motorcycle', motorbike: 'motorcycle', scooter: 'motorcycle', tricycle: 'motorcycle',
  twowheeler: 'bicycle', bicycle: 'bicycle', bike: 'bicycle', cyclist: 'bicycle',
  rider: 'bicycle', ebike: 'bicycle', person: 'pedestrian', pedestrian: 'pedestrian',
  human: 'pedestrian', unknown: 'unknown',
  roadsign: null, trafficlight: null, trafficsign: null, bag: null, animal: null,
};

/** Labels of parts of people and plates: dropped whole. */
export const personalLabels: readonly string[] = [
  'face', 'humanface', 'lpd', 'licenseplate', 'plate',
];

/** Label as it is looked up. */
export const foldLabel = (label: string): string => label.toLowerCase().replace(/[\s_-]+/g, '');

/** What a camera's class is worth, with its usual confusions. */
export const confusions: Readonly<Record<RoadUserClass, ClassProbabilities>> = {
  unknown: {},
  car: { car: 0.85, van: 0.1, truck: 0.02 },
  van: { van: 0.7, car: 0.18, truck: 0.06, bus: 0.03 },
  truck: { truck: 0.8, bus: 0.1, van: 0.06 },
  bus: { bus: 0.85, truck: 0.1 },
  motorcycle: { motorcycle: 0.7, bicycle: 0.24 },
  bicycle: { bicycle: 0.74, motorcycle: 0.16, pedestrian: 0.06 },
  pedestrian: { pedestrian: 0.9, bicycle: 0.06 },
};

/** Usual width and height of a body, metres. */
export const bodies: Readonly<Record<RoadUserClass, { widthM: number; heightM: number }>> = {
  unknown: { widthM: 1.8, heightM: 1.6 },
  car: { widthM: 1.85, heightM: 1.55 },
  van: { widthM: 2, heightM: 2.1 },
  truck: { widthM: 2.5, heightM: 3.3 },
  bus: { widthM: 2.55, heightM: 3.2 },
  motorcycle: { widthM: 0.8, heightM: 1.6 },
  bicycle: { widthM: 0.6, heightM: 1.7 },
  pedestrian: { widthM: 0.55, heightM: 1.7 },
};

/** The label that the simulated camera writes. */
export const labelOf: Readonly<Record<RoadUserClass, string>> = {
  unknown: 'Unknown', car: 'Car', van: 'Van', truck: 'Truck', bus: 'Bus',
  motorcycle: 'Motorcycle', bicycle: 'Bicycle', pedestrian: 'Person',
};
