/**
 * Radius of the circle that holds a two-dimensional normal error with 95 %, over the larger
 * standard deviation, at equally spaced ratios of the smaller to the larger one.
 * Error of the interpolation: below 0.1 %. Source: numerical integration at load of
 * P(r) = (1/2π) ∫∫ exp(−(x² + (y/q)²)/2)/q over the disc.
 */
const RATIOS = 20;
const radiusByRatio = Float64Array.from({ length: RATIOS + 1 }, (_, index) =>
  solveRadius(index / RATIOS),
);

/** Probability that |(x, q·y)| < r for independent standard normal x and y. */
function discProbability(r: number, q: number): number {
  const steps = 400;
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    // Polar angle; for each direction the radial integral is closed.
    const angle = ((step + 0.5) * Math.PI) / (2 * steps);
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    // Ellipse radius in whitened space along this direction.
    const reach = r / Math.hypot(cos, q * sin);
    sum += 1 - Math.exp((-reach * reach) / 2);
  }
  return sum / steps;
}

function solveRadius(q: number): number {
  let low = 1.9;
  let high = 2.5;
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2;
    if (discProbability(middle, q) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Radius that holds the true position with 95 %, metres.
 * @param covariance 2 × 2 block [xx, xy, yy], m².
 */
export function bound95M(xx: number, xy: number, yy: number): number {
  const mean = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  const large = Math.sqrt(Math.max(mean + spread, 0));
  const small = Math.sqrt(Math.max(mean - spread, 0));
  if (large === 0) return 0;
  const at = (small / large) * RATIOS;
  const index = Math.min(Math.floor(at), RATIOS - 1);
  const share = at - index;
  return large * (radiusByRatio[index]! * (1 - share) + radiusByRatio[index + 1]! * share);
}

const classOf = (
  table: readonly (readonly [number, string])[],
  value: number,
): string => table.find(([limit]) => value <= limit)?.[1] ?? 'unavailable';

const positionTable = [
  [0.01, 'a1cm'],
  [0.02, 'a2cm'],
  [0.05, 'a5cm'],
  [0.1, 'a10cm'],
  [0.2, 'a20cm'],
  [0.5, 'a50cm'],
  [1, 'a1m'],
  [2, 'a2m'],
  [5, 'a5m'],
  [10, 'a10m'],
  [20, 'a20m'],
  [50, 'a50m'],
  [100, 'a100m'],
  [200, 'a200m'],
  [500, 'a500m'],
] as const;
const speedTable = [
  [0.01, 'prec0-01ms'],
  [0.05, 'prec0-05ms'],
  [0.1, 'prec0-1ms'],
  [1, 'prec1ms'],
  [5, 'prec5ms'],
  [10, 'prec10ms'],
  [100, 'prec100ms'],
] as const;
const headingTable = [
  [0.01, 'prec0-01deg'],
  [0.0125, 'prec0-0125deg'],
  [0.05, 'prec0-05deg'],
  [0.1, 'prec0-1deg'],
  [1, 'prec01deg'],
  [5, 'prec05deg'],
  [10, 'prec10deg'],
] as const;

/** Class of a 95 % radius, metres. */
export const positionConfidence = (boundM: number): string => classOf(positionTable, boundM);
/** Class of a 95 % bound of the speed, m/s. */
export const speedConfidence = (boundMps: number): string => classOf(speedTable, boundMps);
/** Class of a 95 % bound of the heading, degrees. */
export const headingConfidence = (boundDeg: number): string => classOf(headingTable, boundDeg);
