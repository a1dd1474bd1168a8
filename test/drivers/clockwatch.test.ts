import { expect, test } from 'vitest';
import {
  ClockWatch, DRIFT_SIGMA_MSPS, DRIFT_WALK_MS2PS3, OFFSET_SIGMA_MS, OFFSET_WALK_MS2PS,
  WINDOW_SIGMA_MS,
} from '../../drivers/clockwatch.ts';
import type { ClockVerdict } from '../../drivers/clockwatch.ts';
import { objectList } from '../../drivers/object-list/index.ts';
import { seededRandom } from '../../src/base/random.ts';
import { START_MS, START_UTC_MS, startSensor } from './sensor-harness.ts';

const LATENCY_MS = 30;
interface Clocks {
  readonly seconds: number;
  readonly offsetMs: number;
  readonly driftPpm: number;
  /** The device's clock is set back by 500 ms at this second. */
  readonly stepAtS?: number;
}

/** Stamped frames 20 times a second: least delay 30 ms, queues of 5 ms in the mean on top. */
function* frames(
  { seconds, offsetMs, driftPpm, stepAtS }: Clocks, seed: number,
): Generator<readonly [receivedMs: number, aheadMs: number]> {
  const random = seededRandom(seed);
  for (let index = 0; index < seconds * 20; index++) {
    const atS = index / 20;
    const queueMs = -5 * Math.log(1 - random.next());
    const steppedMs = stepAtS !== undefined && atS >= stepAtS ? 500 : 0;
    const clockMs = offsetMs + (driftPpm / 1000) * atS + steppedMs;
    yield [atS * 1000 + LATENCY_MS + queueMs, clockMs + LATENCY_MS + queueMs];
  }
}

interface Run {
  readonly verdicts: readonly ClockVerdict[];
  readonly steps: number;
  readonly last: ClockVerdict['facts'];
}
function run(clocks: Clocks, seed: number, watch = new ClockWatch(LATENCY_MS)): Run {
  const verdicts: ClockVerdict[] = [];
  for (const [receivedMs, aheadMs] of frames(clocks, seed)) {
    const verdict = watch.accept(receivedMs, aheadMs);
    if (verdict) verdicts.push(verdict);
  }
  const steps = verdicts.filter(({ stepped }) => stepped).length;
  return { verdicts, steps, last: verdicts.at(-1)!.facts };
}

test.each([1, 2, 3, 4, 5])(
  '80 ms and 50 ppm are found within 1 ms and 3 ppm after 5 minutes (seed %i)',
  (seed) => {
    const { last, steps } = run({ seconds: 300, offsetMs: 80, driftPpm: 50 }, seed);
    expect(Math.abs(last.clock_offset_ms - (80 + 0.05 * 300))).toBeLessThan(1);
    expect(Math.abs(last.clock_drift_ppm - 50)).toBeLessThan(3);
    expect(Math.abs(last.delay_ms - (LATENCY_MS + 5))).toBeLessThan(6);
    expect(last.degraded).toBe('');
    expect(steps).toBe(0);
  },
);

test.each([1, 2, 3])(
  'a step of 500 ms is counted once, and the offset is right within 3 s of it (seed %i)',
  (seed) => {
    const clocks = { seconds: 90, offsetMs: 80, driftPpm: 50, stepAtS: 60 };
    const { verdicts, steps, last } = run(clocks, seed);
    expect(steps).toBe(1);
    const at = verdicts.findIndex(({ stepped }) => stepped);
    expect(verdicts[at - 1]!.facts.degraded).toBe('');
    expect(verdicts[at]!.facts.degraded).toBe('clock_step');
    expect(at).toBeLessThanOrEqual(63);
    expect(Math.abs(verdicts[at]!.facts.clock_offset_ms - 583)).toBeLessThan(2);
    expect(Math.abs(last.clock_offset_ms - 584.5)).toBeLessThan(1);
    expect(Math.abs(last.clock_drift_ppm - 50)).toBeLessThan(40);
  },
);

test('a step holds health back for a minute; then only an offset over 200 ms does', () => {
  const small = run({ seconds: 140, offsetMs: -480, driftPpm: 0, stepAtS: 30 }, 1);
  expect(small.steps).toBe(1);
  expect(small.last.degraded).toBe('');
  const large = run({ seconds: 140, offsetMs: 80, driftPpm: 0, stepAtS: 30 }, 1);
  expect(large.last.degraded).toBe('clock_offset');
});

test('one window over a stalled link is no step and leaves the estimate alone', () => {
  const watch = new ClockWatch(LATENCY_MS);
  let steps = 0;
  for (let index = 0; index < 200; index++) {
    const stalledMs = index >= 100 && index < 110 ? 400 : 0;
    const verdict = watch.accept(index * 100, LATENCY_MS + stalledMs);
    if (verdict?.stepped) steps++;
  }
  expect(steps).toBe(0);
  expect(Math.abs(watch.estimate()!.offsetMs)).toBeLessThan(0.01);
});

test('it is fed at most once a second however many frames come, and never with garbage', () => {
  const { verdicts } = run({ seconds: 60, offsetMs: 0, driftPpm: 0 }, 1);
  expect(verdicts.length).toBeLessThanOrEqual(59);
  expect(verdicts.length).toBeGreaterThan(50);
  const watch = new ClockWatch(LATENCY_MS);
  for (const value of [Number.NaN, Infinity, -1e300]) {
    for (let atMs = 0; atMs < 5000; atMs += 500) expect(watch.accept(atMs, value)).toBeNull();
  }
});

/** The textbook's two-state filter, written out: what the package must agree with. */
class Plain {
  #at: number | null = null;
  x = 0;
  v = 0;
  #p = [OFFSET_SIGMA_MS ** 2, 0, DRIFT_SIGMA_MSPS ** 2] as [number, number, number];

  feed(z: number, atMs: number): void {
    if (this.#at === null) this.x = z;
    const dtS = this.#at === null ? 0 : (atMs - this.#at) / 1000;
    let [a, b, c] = this.#p;
    if (this.#at !== null) {
      a += 2 * dtS * b + dtS * dtS * c + OFFSET_WALK_MS2PS * dtS;
      b += dtS * c;
      c += DRIFT_WALK_MS2PS3 * dtS;
      this.x += this.v * dtS;
    }
    this.#at = atMs;
    const s = a + WINDOW_SIGMA_MS ** 2;
    const [k, l] = [a / s, b / s];
    const innovation = z - this.x;
    this.x += k * innovation;
    this.v += l * innovation;
    this.#p = [(1 - k) * a, (1 - k) * b, c - l * b];
  }
}

test('the package and a plain filter agree within 1e-9 on the same data', () => {
  const watch = new ClockWatch(LATENCY_MS);
  const plain = new Plain();
  let window: { beganMs: number; leastMs: number } | null = null;
  let compared = 0;
  for (const [receivedMs, aheadMs] of frames({ seconds: 600, offsetMs: 80, driftPpm: 50 }, 9)) {
    if (window && receivedMs - window.beganMs >= 1000) {
      plain.feed(window.leastMs - LATENCY_MS, receivedMs);
      window = null;
    }
    if (window) window.leastMs = Math.min(window.leastMs, aheadMs);
    else window = { beganMs: receivedMs, leastMs: aheadMs };
    if (!watch.accept(receivedMs, aheadMs)) continue;
    const found = watch.estimate()!;
    expect(Math.abs(found.offsetMs - plain.x)).toBeLessThan(1e-9);
    expect(Math.abs(found.driftMsps - plain.v)).toBeLessThan(1e-9);
    compared++;
  }
  expect(compared).toBeGreaterThan(500);
});

test('a restored watch goes on as the one that it was taken from, to the bit', () => {
  const all = [...frames({ seconds: 60, offsetMs: 80, driftPpm: 50, stepAtS: 35 }, 4)];
  const first = new ClockWatch(LATENCY_MS);
  for (const [receivedMs, aheadMs] of all.slice(0, 711)) first.accept(receivedMs, aheadMs);
  const second = new ClockWatch(LATENCY_MS);
  second.restore(structuredClone(first.snapshot()));
  let told = 0;
  for (const [receivedMs, aheadMs] of all.slice(711)) {
    const verdict = second.accept(receivedMs, aheadMs);
    expect(verdict).toEqual(first.accept(receivedMs, aheadMs));
    if (verdict) told++;
  }
  expect(told).toBeGreaterThan(15);
  expect(second.estimate()).toEqual(first.estimate());
});

test('a driver reports the clock of its device and counts a step, and measures as before', () => {
  const bench = startSensor(objectList, 'udp', { latencyMs: 20 });
  const send = (second: number, behindMs: number): void => {
    for (let part = 0; part < 10; part++) {
      const sentMs = second * 1000 + part * 100;
      const t = (START_UTC_MS + sentMs - behindMs) / 1000;
      const data = new TextEncoder().encode(JSON.stringify({ t, objects: [] }));
      bench.deliver({ data, source: '127.0.0.1:1' } as never, START_MS + sentMs + 20);
    }
  };
  for (let second = 0; second < 10; second++) send(second, 80);
  expect(bench.facts).toMatchObject({ clock_offset_ms: 80, clock_drift_ppm: 0, degraded: '' });
  expect(bench.frames.at(-1)!.measured.monoMs).toBeCloseTo(START_MS + 9900 - 80, 3);
  for (let second = 10; second < 15; second++) send(second, 580);
  expect(bench.facts).toMatchObject({ clock_offset_ms: 580, degraded: 'clock_step' });
  expect(bench.counters.get('clock_step')).toBe(1);
});
