/** Where a map file's plane coordinates lie on the earth. */
import type { Geodetic } from '../base/geodesy.ts';

/** Plane coordinates → geodetic; null where the text names a projection that is not known here. */
export type Unproject = (x: number, y: number) => Pick<Geodetic, 'latDeg' | 'lonDeg'>;

const SEMI_MAJOR_M = 6378137;
const FLATTENING = 1 / 298.257223563;
const DEG = Math.PI / 180;

interface Tmerc {
  readonly lat0Deg: number;
  readonly lon0Deg: number;
  readonly scale: number;
  readonly x0M: number;
  readonly y0M: number;
}

const n = FLATTENING / (2 - FLATTENING);
/** Radius of the rectifying sphere. */
const A = (SEMI_MAJOR_M / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
const beta = [
  n / 2 - (2 / 3) * n ** 2 + (37 / 96) * n ** 3, n ** 2 / 48 + n ** 3 / 15, (17 / 480) * n ** 3,
];
const alpha = [
  n / 2 - (2 / 3) * n ** 2 + (5 / 16) * n ** 3, (13 / 48) * n ** 2 - (3 / 5) * n ** 3,
  (61 / 240) * n ** 3,
];
const delta = [2 * n - (2 / 3) * n ** 2 - 2 * n ** 3, (7 / 3) * n ** 2 - (8 / 5) * n ** 3, (56 / 15) * n ** 3];

/** Length of the meridian from the equator in units of A, radians. */
function meridian(latDeg: number): number {
  const lat = latDeg * DEG;
  const e = (2 * Math.sqrt(n)) / (1 + n);
  const t = Math.sinh(Math.atanh(Math.sin(lat)) - e * Math.atanh(e * Math.sin(lat)));
  const xi = Math.atan(t);
  return alpha.reduce((sum, factor, j) => sum + factor * Math.sin(2 * (j + 1) * xi), xi);
}

/**
 * Inverse transverse Mercator on WGS-84. Error: below 1 mm within 3 degrees of the meridian.
 * Source: Krüger's series to the third order in n, as in Karney, J. Geodesy 85 (2011).
 */
const inverseTmerc = ({ lat0Deg, lon0Deg, scale, x0M, y0M }: Tmerc): Unproject => {
  const base = meridian(lat0Deg);
  return (x, y) => {
    const xi = (y - y0M) / (scale * A) + base;
    const eta = (x - x0M) / (scale * A);
    let [xi1, eta1] = [xi, eta];
    beta.forEach((factor, j) => {
      const k = 2 * (j + 1);
      xi1 -= factor * Math.sin(k * xi) * Math.cosh(k * eta);
      eta1 -= factor * Math.cos(k * xi) * Math.sinh(k * eta);
    });
    const chi = Math.asin(Math.sin(xi1) / Math.cosh(eta1));
    const lat = delta.reduce((sum, factor, j) => sum + factor * Math.sin(2 * (j + 1) * chi), chi);
    const lon = Math.atan2(Math.sinh(eta1), Math.cos(xi1));
    return { latDeg: lat / DEG, lonDeg: lon0Deg + lon / DEG };
  };
};

/**
 * A projection as PROJ writes it: `+proj=tmerc …`, `+proj=utm +zone=50`, each on WGS-84, GRS 80 or
 * CGCS2000 (they differ by less than a millimetre here). Null for anything else.
 */
export function projectionOf(text: string): Unproject | null {
  const words = new Map(
    [...text.matchAll(/\+(\w+)(?:=([^\s+]+))?/g)].map(([, name, value]) => [name!, value ?? '']));
  const numeric = (name: string, standIn: number): number => {
    const value = Number(words.get(name) ?? standIn);
    return Number.isFinite(value) ? value : standIn;
  };
  const ellipsoid = words.get('ellps') ?? words.get('datum') ?? 'WGS84';
  const metric = (words.get('units') ?? 'm') === 'm';
  if (!/^(WGS84|GRS80)$/i.test(ellipsoid) || !metric) return null;
  if (words.get('proj') === 'tmerc') {
    return inverseTmerc({
      lat0Deg: numeric('lat_0', 0), lon0Deg: numeric('lon_0', 0),
      scale: numeric('k', numeric('k_0', 1)), x0M: numeric('x_0', 0), y0M: numeric('y_0', 0),
    });
  }
  const zone = numeric('zone', 0);
  if (words.get('proj') !== 'utm' || zone < 1 || zone > 60) return null;
  return inverseTmerc({
    lat0Deg: 0, lon0Deg: zone * 6 - 183, scale: 0.9996, x0M: 500_000,
    y0M: words.has('south') ? 10_000_000 : 0,
  });
}
