import type { Site } from './model/site.ts';
import type { Phase } from './runtime/loop.ts';

/** Finds the phase of the tick that follows the slowest main sensor most closely. */
export interface PhaseLock {
  /** Takes note of the newest arrivals. */
  heard(arrivals: ReadonlyMap<string, number>): void;
  /** The wanted phase; null while none can be told. */
  phase(): Phase | null;
}

/** Time to take in a frame before the tick looks, ms. */
const MARGIN_MS = 4;
/** The phase follows slowly: one late frame must not move the loop. */
const GAIN = 0.05;
/** Shorter than this the arrivals are spread all over the cycle: nothing to follow. */
const LENGTH_MIN = 0.5;

/** Arrivals as angles on one cycle, in a running mean. */
class Angle {
  readonly #turns: number;
  readonly #cycleMs: number;
  #x = 0;
  #y = 0;

  constructor(turns: number, periodMs: number) {
    this.#turns = turns;
    this.#cycleMs = turns * periodMs;
  }

  heard(atMs: number): void {
    const angle = ((atMs % this.#cycleMs) / this.#cycleMs) * 2 * Math.PI;
    this.#x += GAIN * (Math.cos(angle) - this.#x);
    this.#y += GAIN * (Math.sin(angle) - this.#y);
  }

  phase(): Phase | null {
    if (Math.hypot(this.#x, this.#y) < LENGTH_MIN) return null;
    const cycleMs = this.#cycleMs;
    const share = Math.atan2(this.#y, this.#x) / (2 * Math.PI);
    return { atMs: (share * cycleMs + MARGIN_MS + cycleMs) % cycleMs, turns: this.#turns };
  }
}

/**
 * Tracks the arrivals of the slowest main sensor as an angle. The cycle is that of the RSM, so that
 * the tick that sends follows the frame; a sensor that comes more than once in it is followed by
 * every tick.
 */
export function createPhaseLock(site: Site, periodMs: number): PhaseLock {
  const main = site.sensors
    .filter((sensor) => sensor.enabled && sensor.main)
    .sort((a, b) => b.periodMs - a.periodMs)[0];
  const sending = new Angle(site.loop.rsmEveryTicks, periodMs);
  const every = new Angle(1, periodMs);
  let seenMs = -Infinity;
  return {
    heard(arrivals) {
      const arrivedMs = main && arrivals.get(main.id);
      if (arrivedMs === undefined || arrivedMs === seenMs) return;
      seenMs = arrivedMs;
      sending.heard(arrivedMs);
      every.heard(arrivedMs);
    },
    phase: () => (site.loop.phaseLock ? (sending.phase() ?? every.phase()) : null),
  };
}
