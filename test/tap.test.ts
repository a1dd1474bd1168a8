import { expect, test } from 'vitest';
import { VirtualClock } from '../src/base/clock.ts';
import { monotonicMs, utcMs } from '../src/base/time.ts';
import type { TapBatch } from '../src/processes.ts';
import { Stamper } from '../src/runtime/stamper.ts';
import { createLoopTap } from '../src/tap.ts';

test('a flood between two turns costs a bounded batch, and its ticks still come', () => {
  const startMs = monotonicMs(0);
  const clock = new VirtualClock(startMs, { monoMs: startMs, utcMs: utcMs(0), errorMs: 1 });
  const batches: TapBatch[] = [];
  let dropped = 0;
  const tap = createLoopTap({
    loop: 'signals',
    stamper: new Stamper(clock),
    snapshot: () => null,
    send: (batch) => batches.push(batch),
    overflow: () => dropped++,
  });
  const message = { data: new Uint8Array(8900), from: '127.0.0.1:5' };
  for (let index = 0; index < 500; index++) {
    tap.add({ kind: 'message', port: 'controller', message, atMs: startMs });
  }
  tap.add({ kind: 'tick', tick: 1, dueMs: startMs, beganMs: startMs });
  tap.handOver(startMs);
  const kinds = batches.flatMap(({ entries }) => entries.map(({ kind }) => kind));
  expect(kinds.filter((kind) => kind === 'message').length).toBe(7);
  expect(kinds.filter((kind) => kind === 'tick').length).toBe(1);
  expect(dropped).toBe(493);
});
