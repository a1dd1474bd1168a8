import { execFile } from 'node:child_process';
import type { Clock } from './base/clock.ts';
import { every } from './base/clock.ts';
import type { Log } from './base/log.ts';
import type { Site } from './model/site.ts';

/** What the time source says of the system clock's error. */
export interface TimeSource {
  /** Bound of the error of UTC, ms; Infinity while nothing is known. */
  readonly errorMs: number;
  stop(): void;
}

const ASK_EVERY_MS = 10_000;
const ANSWER_WITHIN_MS = 2000;

/**
 * Bound of the clock's error from one line of `chronyc -c tracking`, ms: |system offset| + root
 * dispersion + root delay / 2; Infinity when it is not synchronised or the line is not understood.
 * Source: chrony's own maximum error. The order of the 14 values is unverified.
 */
export function chronyErrorMs(line: string): number {
  const values = line.trim().split(',');
  if (values.length < 14) return Number.POSITIVE_INFINITY;
  const [offsetS, rootDelayS, rootDispersionS] = [4, 10, 11].map((index) => Number(values[index]));
  const stratum = Number(values[2]);
  const leap = values[13] ?? '';
  if (/not/i.test(leap) || !(stratum > 0 && stratum < 16)) return Number.POSITIVE_INFINITY;
  const errorS = Math.abs(offsetS!) + rootDispersionS! + rootDelayS! / 2;
  return Number.isFinite(errorS) ? errorS * 1000 : Number.POSITIVE_INFINITY;
}

/** How fast an undisciplined quartz in a hot cabinet may leave UTC, ms a ms. */
const DRIFT = 200e-6;
/** An answer holds for so long: two may be missed before the error is let grow. */
const ANSWER_HOLDS_MS = 3 * ASK_EVERY_MS;

/**
 * The error of a clock that was synchronised: the bound of the newest answer, and from three missed
 * answers on what a quartz may have drifted since, in whole milliseconds. Infinity before the first.
 */
export class ErrorBound {
  #boundMs = Number.POSITIVE_INFINITY;
  #heardMs = 0;

  /** @param boundMs Infinity for an answer that knows no time: the last good one goes on to count. */
  heard(boundMs: number, nowMs: number): void {
    if (!Number.isFinite(boundMs)) return;
    this.#boundMs = boundMs;
    this.#heardMs = nowMs;
  }

  at(nowMs: number): number {
    const sinceMs = nowMs - this.#heardMs;
    return this.#boundMs + (sinceMs > ANSWER_HOLDS_MS ? Math.ceil(DRIFT * sinceMs) : 0);
  }
}

/** Starts the time source of a site: its assumed error, or what chrony says every ten seconds. */
export function startTimeSource(site: Site, clock: Clock, log: Log): TimeSource {
  const { kind, assumedErrorMs } = site.timeSource;
  if (kind === 'system') return { errorMs: assumedErrorMs, stop: () => undefined };
  const bound = new ErrorBound();
  let told = '';
  const ask = (): void => {
    execFile('chronyc', ['-c', 'tracking'], { timeout: ANSWER_WITHIN_MS }, (error, output) => {
      const errorMs = error ? Number.POSITIVE_INFINITY : chronyErrorMs(output);
      bound.heard(errorMs, clock.nowMs());
      const synchronised = Number.isFinite(errorMs);
      const word = error ? 'not_to_be_asked' : synchronised ? 'synchronised' : 'not_synchronised';
      if (word === told) return;
      told = word;
      const fields = { state: word, reason: error?.message.split('\n')[0] ?? '' };
      if (word === 'synchronised') log.info('time_source', fields);
      else log.warn('time_source', fields);
    });
  };
  ask();
  const stop = every(clock, ASK_EVERY_MS, ask);
  return {
    get errorMs() {
      return bound.at(clock.nowMs());
    },
    stop,
  };
}
