/** A place on the ellipsoid. */
export interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
}

const METRES_PER_DEGREE = 111_320;

/** Metres between two near places. Error: below 0.5 % within 2 km. */
function metresBetween(a: Place, b: Place): number {
  const north = (a.latDeg - b.latDeg) * METRES_PER_DEGREE;
  const east = (a.lonDeg - b.lonDeg) * METRES_PER_DEGREE * Math.cos((a.latDeg * Math.PI) / 180);
  return Math.hypot(north, east);
}

/**
 * Distance when a reference point lies where points of Chinese maps lie: 100 to 800 m from the
 * box's own position; null when it is near enough, or so far that it is another mistake.
 * Source: design, "Place"; GCJ-02 shifts points in China by such distances.
 */
export function smellOfGcj02(reference: Place, gnss: Place): number | null {
  const offM = metresBetween(reference, gnss);
  return offM >= 100 && offM <= 800 ? offM : null;
}
