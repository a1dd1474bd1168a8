import { expect, test } from 'vitest';
import { FusionCore } from '../../fusion/core.ts';
import { everywhere, rowsToFrame } from '../../fusion/detections.ts';
import type { CoreFrame } from '../../fusion/frames.ts';
import { TRACK_RECORD, T_CONFIRMED_MS } from '../../fusion/layout.ts';
import { seededRandom } from '../../src/base/random.ts';

const sensors = [everywhere, everywhere, everywhere];
const ignoreCount = (): void => undefined;

/** Frames of three sensors over `seconds`, with clutter and losses; every instant is its own. */
function sceneFrames(seed: number, seconds: number): CoreFrame[] {
  const random = seededRandom(seed);
  const frames: CoreFrame[] = [];
  for (let step = 0; step < seconds * 10; step++) {
    for (let sensor = 0; sensor < 3; sensor++) {
      const t = step / 10 + sensor * 0.031;
      const rows = [];
      for (let user = 0; user < 12; user++) {
        if (random.next() < 0.1) continue;
        const car = user < 8;
        rows.push({
          t, x: -60 + (car ? 10 : 1.2) * t + random.normal() * 0.2, y: user * 4
            + random.normal() * 0.2,
          heading: random.normal() * 0.05, length: car ? 4.5 : 0.5, width: car ? 1.8 : 0.5,
          cls: car ? 'Car' : 'Pedestrian', score: 4 + random.normal(),
        });
      }
      if (random.next() < 0.3) rows.push({ t, x: random.next() * 50, y: random.next() * 50,
        cls: 'Car', score: 3 });
      const frame = rowsToFrame(rows, step, 1000 + t * 1000, ignoreCount);
      frames.push({ ...frame, sensor, receivedMs: frame.measuredMs + 300 });
    }
  }
  return frames;
}

const newCore = (): FusionCore => new FusionCore(sensors, { rewindMs: 500, count: ignoreCount });
const liveBytes = (core: FusionCore): Buffer => {
  core.settle();
  return Buffer.from(core.table.tracks.slice(0, core.table.count * TRACK_RECORD).buffer);
};

test('frames shuffled within 300 ms give the same tracks bit for bit', () => {
  const frames = sceneFrames(7, 6);
  const ordered = newCore();
  for (const frame of frames) ordered.accept(frame);
  for (const seed of [1, 2, 3]) {
    const random = seededRandom(seed);
    const arrivals = frames
      .map((frame) => ({ frame, atMs: frame.measuredMs + random.next() * 300 }))
      .sort((a, b) => a.atMs - b.atMs);
    const shuffled = newCore();
    arrivals.forEach(({ frame }, index) => {
      shuffled.accept(frame);
      if (index % 5 === 0) shuffled.settle();
    });
    expect(shuffled.table.count).toBeGreaterThanOrEqual(12);
    expect(liveBytes(shuffled).equals(liveBytes(ordered))).toBe(true);
  }
});

test('a frame older than the window is dropped and counted, and changes nothing', () => {
  const counts: Record<string, number> = {};
  const core = new FusionCore(sensors, {
    rewindMs: 500,
    count: (name, by = 1) => (counts[name] = (counts[name] ?? 0) + by),
  });
  const frames = sceneFrames(3, 2);
  const late = frames[4];
  for (const frame of frames) if (frame !== late) core.accept(frame);
  const before = liveBytes(core);
  core.accept(late);
  expect(counts['late_frame']).toBe(1);
  expect(liveBytes(core).equals(before)).toBe(true);
});

test('a frame that comes twice on two paths is applied once', () => {
  const once = newCore();
  const twice = newCore();
  for (const frame of sceneFrames(5, 3)) {
    once.accept(frame);
    twice.accept(frame);
    twice.accept(frame);
  }
  expect(liveBytes(twice).equals(liveBytes(once))).toBe(true);
});

test('a core restored from a snapshot goes on bit for bit, late frames included', () => {
  const frames = sceneFrames(9, 4);
  const whole = newCore();
  const first = newCore();
  const half = frames.length >> 1;
  const order = [...frames];
  [order[half - 1], order[half + 1]] = [order[half + 1]!, order[half - 1]!];
  order.slice(0, half).forEach((frame) => {
    whole.accept(frame);
    first.accept(frame);
  });
  const second = newCore();
  second.restore(structuredClone(first.snapshot()));
  order.slice(half).forEach((frame) => {
    whole.accept(frame);
    second.accept(frame);
  });
  expect(liveBytes(second).equals(liveBytes(whole))).toBe(true);
  const confirmed = Array.from({ length: whole.table.count }, (_, slot) =>
    whole.table.tracks[slot * TRACK_RECORD + T_CONFIRMED_MS]).filter((at) => at > 0);
  expect(confirmed.length).toBeGreaterThanOrEqual(12);
});
