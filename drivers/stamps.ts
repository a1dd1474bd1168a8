import type { Clock } from '../src/base/clock.ts';
import { plusMs } from '../src/base/time.ts';
import type { MonotonicMs, UtcMs } from '../src/base/time.ts';

/** Why a device's own stamp was not believed; its frame counts as arrival less latency. */
export type StampDrop = 'stamp_missing' | 'stamp_implausible' | 'stamp_clock_unknown';

/** Takes the distance of every stamp that can be compared: the device's clock is told by them. */
export interface StampWatch {
  accept(receivedMs: MonotonicMs, aheadMs: number): void;
}

/** What is known of a device's stamps. */
export interface StampRules {
  /** From the instant measured to arrival, for frames without a believable stamp. */
  readonly latencyMs: number;
  /** From the instant measured to the stamp. */
  readonly stampLatencyMs: number;
  /** Oldest age at arrival that is believed. */
  readonly ageMaxMs: number;
}

/** A stamp this far ahead of arrival is still the clocks' disagreement. */
const AHEAD_MAX_MS = 50;
/** Beyond this error of our own UTC, another clock's stamps cannot be compared with it. */
const CLOCK_ERROR_MAX_MS = 100;
const stampPattern =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/** ISO 8601 text → UTC ms, or null. Without a zone it is UTC. Fractions keep their microseconds. */
export function utcOfText(text: string): UtcMs | null {
  const match = stampPattern.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = match;
  const wholeMs = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!);
  if (+month! < 1 || +month! > 12 || +day! < 1 || +day! > 31 || +hour! > 24 || +minute! > 59) {
    return null;
  }
  const fractionMs = fraction === '' ? 0 : Number(`0.${fraction}`) * 1000;
  return (wholeMs + fractionMs - zoneMs(zone)) as UtcMs;
}

const zoneMs = (zone: string): number => {
  if (zone === 'Z') return 0;
  const minutes = 60 * Number(zone.slice(1, 3)) + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60000;
};

/** The monotonic instant of a frame: by the device's stamp where it can be believed. */
export function measuredAt(
  clock: Clock,
  receivedMs: MonotonicMs,
  stampMs: UtcMs | null,
  rules: StampRules,
  count: (name: StampDrop) => void,
  watch?: StampWatch,
): MonotonicMs {
  const byArrivalMs = plusMs(receivedMs, -rules.latencyMs);
  if (stampMs === null) {
    count('stamp_missing');
    return byArrivalMs;
  }
  const received = clock.utcAt(receivedMs);
  if (!(received.errorMs <= CLOCK_ERROR_MAX_MS)) {
    count('stamp_clock_unknown');
    return byArrivalMs;
  }
  // Also those that cannot be believed: a clock that is far off is what the watch is for.
  watch?.accept(receivedMs, received.utcMs - stampMs);
  const ageMs = received.utcMs - stampMs + rules.stampLatencyMs;
  if (!(ageMs >= -AHEAD_MAX_MS && ageMs <= rules.ageMaxMs)) {
    count('stamp_implausible');
    return byArrivalMs;
  }
  return plusMs(receivedMs, -Math.max(ageMs, 0));
}
