/**
 * The guard thread: a second pair of eyes on the signals loop, with sockets of its own. When the
 * loop's heartbeat is older than 250 ms it sends the pre-encoded unavailable SPAT, patching the
 * stamps alone, at 10 Hz for 3 s (rule R22). It does nothing else.
 */
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import { SystemClock, every } from './base/clock.ts';
import type { ClockAnchor } from './base/clock.ts';
import type { MonotonicMs } from './base/time.ts';
import { patchUnavailable } from './guardframe.ts';
import type { StampOffsets } from './guardframe.ts';
import { withForwardHead } from './rsu/forward.ts';
import { airTime } from '../v2x/compose/time.ts';

/** One ready-made frame and where it goes. */
export interface GuardFrame {
  readonly node: string;
  readonly bytes: Uint8Array;
  readonly offsets: StampOffsets;
  /** Octets before the UPER bytes (the carrier's header), if the link has one. */
  readonly headerOctets: number;
  /** Where the unit takes text: what stands before the octets, which go in hexadecimal. */
  readonly textHead: string | null;
  readonly host: string;
  readonly port: number;
}

/** Shared memory: [0] heartbeat monotonic ms, [1] frames sent by the guard, [2] armed (1) or not. */
export const GUARD_CELLS = 3;
const GUARD_SILENT_MS = 250;
const GUARD_PERIOD_MS = 100;
const GUARD_SEND_MS = 3000;

/** What the guard is started with. */
export interface GuardStart {
  readonly cells: SharedArrayBuffer;
  readonly anchor: ClockAnchor;
}

/** What it is told while it runs. */
export interface GuardUpdate {
  readonly frames: readonly GuardFrame[];
  readonly anchor: ClockAnchor;
}

/** Runs the guard inside its thread. */
function runGuard(start: GuardStart): void {
  const cells = new Float64Array(start.cells);
  const clock = new SystemClock();
  clock.setAnchor(start.anchor);
  const socket = createSocket('udp4');
  socket.on('error', () => undefined); // a unit that is away must not end the guard
  let frames: readonly GuardFrame[] = [];
  parentPort?.on('message', (update: GuardUpdate) => {
    frames = update.frames;
    clock.setAnchor(update.anchor);
  });
  let sentForMs: MonotonicMs | null = null;
  let lastSentMs = -Infinity;
  every(clock, GUARD_PERIOD_MS / 4, () => {
    const nowMs = clock.nowMs();
    const silentMs = nowMs - cells[0]!;
    if (cells[2] !== 1 || silentMs <= GUARD_SILENT_MS) {
      sentForMs = null;
      return;
    }
    sentForMs ??= nowMs;
    if (nowMs - sentForMs > GUARD_SEND_MS || nowMs - lastSentMs < GUARD_PERIOD_MS - 1) return;
    lastSentMs = nowMs;
    for (const frame of frames) {
      const message = frame.bytes.slice();
      const body = message.subarray(frame.headerOctets);
      const { moy, msInMinute } = airTime(clock.utcAt(nowMs).utcMs);
      patchUnavailable(body, frame.offsets, moy, msInMinute);
      const { textHead } = frame;
      const octets = textHead === null ? message : withForwardHead(textHead, message);
      socket.send(octets, frame.port, frame.host);
      cells[1]! += 1;
    }
  });
}

if (parentPort && workerData && 'cells' in (workerData as object)) {
  runGuard(workerData as GuardStart);
}
