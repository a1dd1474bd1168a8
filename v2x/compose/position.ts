import { siteFrame } from '../../src/base/geodesy.ts';
import type { Geodetic, SiteFrame } from '../../src/base/geodesy.ts';
import type { Site } from '../../src/model/site.ts';

/** Absolute position on air: 1e-7 degrees and 0.1 m. */
export interface AirPosition {
  readonly lat: number;
  readonly long: number;
  readonly elevation: number;
}

const UNKNOWN_ELEVATION = -4096;
const unit7 = (degrees: number): number => Math.round(degrees * 1e7);

/** Geodetic → air. */
export function airPosition({ latDeg, lonDeg, heightM }: Geodetic): AirPosition {
  const elevation = Math.round(heightM * 10);
  return {
    lat: unit7(latDeg),
    long: unit7(lonDeg),
    elevation: elevation >= -4095 && elevation <= 61439 ? elevation : UNKNOWN_ELEVATION,
  };
}

/** Half-ranges of the offset forms, smallest first. */
const offsetForms = [
  ['position-LL1', 2048],
  ['position-LL2', 8192],
  ['position-LL3', 32768],
  ['position-LL4', 131072],
  ['position-LL5', 2097152],
  ['position-LL6', 8388608],
] as const;

/** A place relative to a reference, in the smallest form that fits; absolute when none does. */
export function airOffset(
  position: Geodetic,
  reference: AirPosition,
): { offsetLL: Record<string, { lon: number; lat: number }> } {
  const lon = unit7(position.lonDeg) - reference.long;
  const lat = unit7(position.latDeg) - reference.lat;
  for (const [form, half] of offsetForms) {
    if (lon >= -half && lon < half && lat >= -half && lat < half) {
      return { offsetLL: { [form]: { lon, lat } } };
    }
  }
  return {
    offsetLL: { 'position-LatLon': { lon: unit7(position.lonDeg), lat: unit7(position.latDeg) } },
  };
}

/** The frame of a site, and positions of it on air. */
export interface AirFrame {
  readonly frame: SiteFrame;
  geodetic(eastM: number, northM: number): Geodetic;
}

/**
 * Heights come from the site's ground plane. Messages want heights above the ellipsoid; a site
 * with normal heights gives NaN, which goes on air as unknown.
 */
export function airFrame(site: Site): AirFrame {
  const frame = siteFrame(site.frame.reference);
  const { upM, slopeEast, slopeNorth } = site.frame.ground;
  const ellipsoid = site.frame.heightSystem === 'ellipsoid';
  return {
    frame,
    geodetic(eastM, northM) {
      const up = upM + slopeEast * eastM + slopeNorth * northM;
      const place = frame.toGeodetic({ eastM, northM, upM: up });
      return ellipsoid ? place : { ...place, heightM: Number.NaN };
    },
  };
}
