import { driverByKind } from '../drivers/index.ts';
import type { Site } from './model/site.ts';
import type { Phase } from './runtime/loop.ts';

/** Finds the phase of a tick from the arrivals of what it looks at. */
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
  /** The phase that lies so much after the arrivals. */
  readonly #afterMs: number;
  #x = 0;
  #y = 0;

  constructor(turns: number, periodMs: number, afterMs: number) {
    this.#afterMs = afterMs;
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
    return { atMs: (share * cycleMs + this.#afterMs + cycleMs) % cycleMs, turns: this.#turns };
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
  const sending = new Angle(site.loop.rsmEveryTicks, periodMs, MARGIN_MS);
  const every = new Angle(1, periodMs, MARGIN_MS);
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

/** The first controller that speaks unasked; null where all are asked. */
const pusherOf = ({ controllers }: Site): string | null =>
  controllers.find(({ enabled, driver: kind }) => {
    const driver = driverByKind(kind);
    return enabled && driver?.role === 'signal' && driver.pushes === true;
  })?.id ?? null;

/**
 * Tracks the arrivals of the first controller that speaks unasked: SPAT is made half a period after
 * its packets, so that two packets in a row may be lost before the newest is older than rule R1
 * allows. A controller that is asked has no phase of its own.
 */
export function createSignalPhaseLock(site: Site, periodMs: number): PhaseLock {
  const id = site.loop.signalPhaseLock ? pusherOf(site) : null;
  const angle = new Angle(1, periodMs, periodMs / 2);
  let seenMs = -Infinity;
  return {
    heard(arrivals) {
      const arrivedMs = id === null ? undefined : arrivals.get(id);
      if (arrivedMs === undefined || arrivedMs === seenMs) return;
      seenMs = arrivedMs;
      angle.heard(arrivedMs);
    },
    phase: () => angle.phase(),
  };
}
