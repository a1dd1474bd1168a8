/** Kinds of road user, region-neutral. */
export const roadUserClasses = [
  'unknown', 'car', 'van', 'truck', 'bus', 'motorcycle', 'bicycle', 'pedestrian',
] as const;
export type RoadUserClass = (typeof roadUserClasses)[number];

/** Road users without a crumple zone. */
export const isVulnerable = (cls: RoadUserClass): boolean =>
  cls === 'pedestrian' || cls === 'bicycle' || cls === 'motorcycle';

/** Length (along the heading), width and height in metres; null where not known. */
export interface Extent {
  readonly lengthM: number | null;
  readonly widthM: number | null;
  readonly heightM: number | null;
}

/** Probability of each class; those left out share the rest evenly. */
export type ClassProbabilities = Readonly<Partial<Record<RoadUserClass, number>>>;

/** Which point of the road user a measurement is for. */
export type ReferencePoint =
  | 'centre' | 'nearest-edge' | 'nearest-corner' | 'front' | 'rear' | 'bottom-centre' | 'unknown';
