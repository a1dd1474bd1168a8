import type { Road } from './model/road.ts';
import type { Site } from './model/site.ts';
import type { RoadFile } from '../config/road.ts';
import type { SiteFile } from '../config/site.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Mutual<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** The schemas accept exactly what the model names. */
export const schemasFitTheModel: [
  Mutual<RoadFile, Road>,
  Mutual<SiteFile, Omit<Site, 'road' | 'hash' | 'safetyHash'>>,
] = [true, true];
