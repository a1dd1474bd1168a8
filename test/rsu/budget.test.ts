import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs, plusMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { AirMessage, AirMessageType } from '../../src/model/message.ts';
import { QUEUE_MAX, UnitPacer } from '../../src/rsu/budget.ts';
import type { PacerLimits } from '../../src/rsu/budget.ts';

const limits: PacerLimits = { framesPerS: 1000, octetsPerS: 1e6, minGapMs: 3, spreadMs: 60 };
const message = (type: AirMessageType, mark: number, atMs = 0, octets = 100): AirMessage => ({
  bytes: Uint8Array.from({ length: octets }, () => mark), type, profile: 'A', aid: 1, priority: 1,
  validUntilMs: monotonicMs(atMs + 200), rsuIds: [], node: { region: 0, id: 1 },
});

/** Everything that leaves or is dropped from `fromMs` on, with its instant. */
function run(pacer: UnitPacer, fromMs: number, untilMs = Infinity): { atMs: number; what: string; mark: number }[] {
  const rows: { atMs: number; what: string; mark: number }[] = [];
  for (let nowMs: MonotonicMs = monotonicMs(fromMs); ;) {
    const step = pacer.next(nowMs);
    if (step.kind === 'empty') return rows;
    if (step.kind === 'wait') {
      if (step.untilMs > untilMs) return rows;
      nowMs = step.untilMs;
      continue;
    }
    rows.push({ atMs: nowMs, what: step.kind === 'send' ? step.message.type : step.name, mark: step.message.bytes[0]! });
  }
}

test('frames of a round leave in the order given, each the minimum gap after the one before', () => {
  const pacer = new UnitPacer(limits);
  for (let mark = 0; mark < 14; mark++) pacer.offer(message('RSM', mark), monotonicMs(0));
  const rows = run(pacer, 0);
  expect(rows.map(({ mark }) => mark)).toEqual(Array.from({ length: 14 }, (_, mark) => mark));
  expect(rows.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 14 }, (_, mark) => mark * 3));
});

test('what would leave later than the spread of a round is dropped by name; MAP and RSI are not rounds', () => {
  const pacer = new UnitPacer({ ...limits, minGapMs: 10 });
  for (let mark = 0; mark < 9; mark++) pacer.offer(message('RSM', mark), monotonicMs(0));
  pacer.offer(message('RSI', 100), monotonicMs(0));
  const rows = run(pacer, 0);
  expect(rows.filter(({ what }) => what === 'RSM').map(({ atMs }) => atMs)).toEqual([10, 20, 30, 40, 50, 60]);
  expect(rows.filter(({ what }) => what === 'rsu_over_spread_RSM')).toHaveLength(3);
  expect(rows[0]).toEqual({ atMs: 0, what: 'RSI', mark: 100 });
  const slow = new UnitPacer({ ...limits, minGapMs: 70 });
  for (const mark of [1, 2, 3, 4]) slow.offer(message('MAP', mark), monotonicMs(0));
  expect(run(slow, 0).map(({ what }) => what)).toEqual(['MAP', 'MAP', 'MAP', 'rsu_late_MAP']);
});

test('SPAT leaves at once whatever waits, and is never held back by a budget', () => {
  const pacer = new UnitPacer({ ...limits, framesPerS: 2 });
  for (let mark = 0; mark < 5; mark++) pacer.offer(message('RSM', mark), monotonicMs(0));
  expect(pacer.next(monotonicMs(0)).kind).toBe('send');
  for (const atMs of [0.5, 1, 1.5]) {
    const spat = message('SPAT', 50);
    expect(pacer.pass(spat, monotonicMs(atMs))).toEqual({ kind: 'send', message: spat });
  }
  // The gap counts from the last SPAT, and the second's frames are used up.
  expect(pacer.next(monotonicMs(2))).toEqual({ kind: 'wait', untilMs: 4.5 });
  expect(run(pacer, 4.5).map(({ what }) => what)).toEqual(Array.from({ length: 4 }, () => 'rsu_over_budget_RSM'));
  expect(pacer.pass(message('SPAT', 51), monotonicMs(201)).kind).toBe('drop');
});

test('over any load SPAT waits for nothing, gaps hold, and everything offered leaves or has a name', () => {
  const random = seededRandom('pacer');
  for (let round = 0; round < 50; round++) {
    const own: PacerLimits = {
      framesPerS: 20 + random.below(200), octetsPerS: 5000 + random.below(100_000),
      minGapMs: random.below(8), spreadMs: 20 + random.below(60),
    };
    const pacer = new UnitPacer(own);
    let [offered, ended, nowMs, lastMs] = [0, 0, 0, -Infinity];
    const windows = new Map<number, number>();
    for (let step = 0; step < 400; step++) {
      nowMs += random.below(20);
      for (const row of run(pacer, nowMs, nowMs)) {
        ended++;
        if (row.what.startsWith('rsu_')) continue;
        expect(row.atMs - lastMs).toBeGreaterThanOrEqual(own.minGapMs);
        lastMs = row.atMs;
        windows.set(Math.floor(row.atMs / 1000), (windows.get(Math.floor(row.atMs / 1000)) ?? 0) + 1);
      }
      const type = (['RSM', 'RSM', 'RSM', 'MAP', 'RSI', 'SPAT'] as const)[random.below(6)]!;
      if (type === 'SPAT') {
        expect(pacer.pass(message(type, 1, nowMs), monotonicMs(nowMs)).kind).toBe('send');
        lastMs = nowMs;
        continue;
      }
      offered++;
      if (pacer.offer(message(type, 1, nowMs), monotonicMs(nowMs))) ended++;
      expect(pacer.waiting).toBeLessThanOrEqual(QUEUE_MAX);
    }
    ended += run(pacer, nowMs).length;
    expect(ended).toBe(offered);
    // Tumbling seconds begin where the first frame of each left: two of them touch a clock second.
    for (const count of windows.values()) expect(count).toBeLessThanOrEqual(2 * own.framesPerS);
  }
});

test('a cleared pacer holds nothing', () => {
  const pacer = new UnitPacer(limits);
  pacer.offer(message('MAP', 1), monotonicMs(0));
  pacer.clear();
  expect(pacer.next(plusMs(monotonicMs(0), 1))).toEqual({ kind: 'empty' });
});
