import type { RoadEventKind } from '../../src/model/event.ts';

/** How urgently an item changes; decides application id, priority and rate. */
export type Liveliness = 'static' | 'semiStatic' | 'dynamic';

/**
 * Event codes: class of GB/T 29100-2012 × 100 + sequence; the 9xx class is an addition of the V2X
 * standard (unverified). Which are dynamic follows one vendor's table (unverified).
 */
export const eventCodes: Readonly<
  Record<RoadEventKind, { readonly code: number; readonly liveliness: Liveliness }>
> = {
  'stopped-vehicle': { code: 903, liveliness: 'dynamic' },
  'wrong-way': { code: 904, liveliness: 'dynamic' },
  'pedestrian-on-carriageway': { code: 405, liveliness: 'dynamic' },
  queue: { code: 707, liveliness: 'semiStatic' },
  congestion: { code: 707, liveliness: 'semiStatic' },
  'object-on-road': { code: 401, liveliness: 'dynamic' },
  roadworks: { code: 501, liveliness: 'semiStatic' },
  weather: { code: 301, liveliness: 'semiStatic' },
  'emergency-vehicle': { code: 905, liveliness: 'dynamic' },
  overspeed: { code: 901, liveliness: 'dynamic' },
  'slow-vehicle': { code: 902, liveliness: 'dynamic' },
};

/** Sign names of road.json → row number in the sign-name index of GB 5768.2-2009. */
export const signCodes: Readonly<Record<string, number>> = {
  text: 0,
  crossroads: 1,
  'sharp-bend': 2,
  'caution-pedestrians': 10,
  'caution-children': 11,
  'caution-signals': 14,
  slippery: 17,
  tunnel: 21,
  'caution-non-motor': 32,
  slow: 35,
  danger: 37,
  roadworks: 38,
  stop: 48,
  yield: 49,
  'no-entry': 52,
  'no-left-turn': 69,
  'no-right-turn': 70,
  'no-u-turn': 75,
  'no-stopping': 78,
  'no-horn': 80,
  'speed-limit': 85,
  straight: 96,
  'turn-left': 97,
  'turn-right': 98,
  'pedestrian-crossing': 114,
  'right-turn-lane': 115,
  'left-turn-lane': 116,
  'straight-lane': 117,
  'bus-lane': 123,
  'non-motor-lane': 127,
};
