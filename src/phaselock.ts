import type { Site } from './model/site.ts';
import type { Tick } from './pipeline.ts';

/** Finds the phase of the tick that follows the slowest main sensor most closely. */
export interface PhaseLock {
  /** The phase to use from the next turn, ms within the period; null for no change. */
  next(tick: Tick, arrivals: ReadonlyMap<string, number>): number | null;
}

/** Time to take in a frame before the tick looks, ms. */
const MARGIN_MS = 4;
/** The phase follows slowly: one late frame must not move the loop. */
const GAIN = 0.05;

/**
 * Tracks the arrivals of the slowest main sensor as an angle on the period, and asks for a tick just
 * behind them. Where its period is no multiple of the tick's, there is no phase to hold, and the
 * estimate's length stays short: then nothing is asked for.
 */
export function createPhaseLock(site: Site, periodMs: number): PhaseLock {
  const main = site.sensors
    .filter((sensor) => sensor.enabled && sensor.main)
    .sort((a, b) => b.periodMs - a.periodMs)[0];
  let x = 0;
  let y = 0;
  let seenMs = -Infinity;
  let phaseMs = 0;
  return {
    next(_tick, arrivals) {
      if (!site.loop.phaseLock || !main) return null;
      const arrivedMs = arrivals.get(main.id);
      if (arrivedMs === undefined || arrivedMs === seenMs) return null;
      seenMs = arrivedMs;
      const angle = ((arrivedMs % periodMs) / periodMs) * 2 * Math.PI;
      x += GAIN * (Math.cos(angle) - x);
      y += GAIN * (Math.sin(angle) - y);
      if (Math.hypot(x, y) < 0.5) return null;
      const wantedMs = ((Math.atan2(y, x) / (2 * Math.PI)) * periodMs + MARGIN_MS + periodMs) % periodMs;
      const apartMs = Math.abs(wantedMs - phaseMs);
      if (Math.min(apartMs, periodMs - apartMs) < 2) return null;
      phaseMs = wantedMs;
      return phaseMs;
    },
  };
}
