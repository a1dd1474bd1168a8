import { expect, test } from 'vitest';
import { SystemClock } from '../../src/base/clock.ts';
import { monotonicMs } from '../../src/base/time.ts';
import type { CloudStatus } from '../../src/cloud/link.ts';
import { DaemonState, isDrop } from '../../src/daemonstate.ts';
import { demoSite } from '../demosite.ts';

test('what units and clouds lose stands among the drops, what they sent does not', () => {
  const clock = new SystemClock(5);
  const start = {
    parentPid: 1,
    startedUtcMs: 0,
    siteFolder: '',
    dataFolder: '',
    boot: 1,
    seed: 1,
    anchor: clock.anchor,
    record: null,
    logJson: false,
  };
  const state = new DaemonState(demoSite(), clock, start, '0.0.0');
  const unit = (id: string, sent: Record<string, number>) =>
    ({ id, sent, lastSentMs: null, fault: null });
  state.parent({
    kind: 'status',
    status: {
      loop: 'signals',
      atMs: monotonicMs(0),
      counters: { sent_SPAT: 5, child_backlog: 7, tap_overflow: 0 },
      ports: [],
      checks: [],
      lateness: { p50Ms: 0, p99Ms: 0, maxMs: 0 },
      rssBytes: 0,
      skippedTicks: 0,
    },
    gate: { nodes: [], outputs: [], latches: [], refused: 0, refusals: [] },
    rsus: [
      unit('north', { rsu_sent_SPAT: 5, rsu_late_RSM: 2 }),
      unit('south', { rsu_late_RSM: 1, rsu_queue_full_MAP: 4 }),
    ],
    checks: [],
  });
  const cloud: CloudStatus = {
    id: 'city',
    connected: false,
    protocol: 5,
    fault: null,
    sinceMs: monotonicMs(0),
    counters: { cloud_live_sent: 9, cloud_live_overflow: 3 },
  };
  const { drops } = state.document({
    clouds: [cloud],
    store: { rows: 0, fault: null },
    counters: { store_refused: 6 },
    recording: null,
    web: null,
  });
  expect(drops).toEqual({
    child_backlog: 7,
    rsu_late_RSM: 3,
    rsu_queue_full_MAP: 4,
    cloud_live_overflow: 3,
    store_refused: 6,
  });
  expect(['report_overflow', 'parent_unreached', 'sent_SPAT'].map(isDrop)).toEqual([
    true, true, false,
  ]);
});
