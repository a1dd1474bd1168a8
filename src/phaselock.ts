import type { Site } from './model/site.ts';

/** Finds the phase of the tick that follows the slowest main sensor most closely. */
export interface PhaseLock {
  /** Takes note of the newest arrivals. */
  heard(arrivals: ReadonlyMap<string, number>): void;
  /** The wanted phase, ms modulo the period; null while none can be told. */
  phaseMs(): number | null;
}

/** Time to take in a frame before the tick looks, ms. */
const MARGIN_MS = 4;
/** The phase follows slowly: one late frame must not move the loop. */
const GAIN = 0.05;
/** Shorter than this the arrivals are spread all over the period: nothing to follow. */
const LENGTH_MIN = 0.5;

/** Tracks the arrivals of the slowest main sensor as an angle on the period. */
export function createPhaseLock(site: Site, periodMs: number): PhaseLock {
  const main = site.sensors
    .filter((sensor) => sensor.enabled && sensor.main)
    .sort((a, b) => b.periodMs - a.periodMs)[0];
  let x = 0;
  let y = 0;
  let seenMs = -Infinity;
  return {
    heard(arrivals) {
      const arrivedMs = main && arrivals.get(main.id);
      if (arrivedMs === undefined || arrivedMs === seenMs) return;
      seenMs = arrivedMs;
      const angle = ((arrivedMs % periodMs) / periodMs) * 2 * Math.PI;
      x += GAIN * (Math.cos(angle) - x);
      y += GAIN * (Math.sin(angle) - y);
    },
    phaseMs() {
      if (!site.loop.phaseLock || Math.hypot(x, y) < LENGTH_MIN) return null;
      return ((Math.atan2(y, x) / (2 * Math.PI)) * periodMs + MARGIN_MS + periodMs) % periodMs;
    },
  };
}
