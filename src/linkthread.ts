/**
 * The thread of one slow unit (link-N): takes gated octets with a deadline and says them in the
 * unit's own form. It knows nothing that did not pass the gate.
 */
import './settled.ts';
import { parentPort } from 'node:worker_threads';
import { SystemClock, every } from './base/clock.ts';
import { LINK_START } from './linkthreads.ts';
import type { FromLink, LinkStart, ToLink } from './linkthreads.ts';
import { linkCodec } from './linkcodec.ts';
import { createLog } from './logs.ts';
import { createSlowUnit } from './rsu/slowunit.ts';
import { childChannel, threadLink } from './runtime/threads.ts';

const STATUS_MS = 1000;

/** Runs the thread. */
function runLink(start: LinkStart): void {
  const clock = new SystemClock(start.assumedErrorMs);
  clock.setAnchor(start.anchor);
  const log = createLog({
    clock,
    level: start.logLevel,
    sink: { write: (line) => process.stderr.write(line) },
    json: start.logJson,
  });
  const { settings, spreadMs } = start;
  const unit = createSlowUnit({ settings, spreadMs, clock, log, ...linkCodec });
  const channel = childChannel<ToLink, FromLink>(threadLink(parentPort!), clock);
  channel.onMessage((message) => {
    if (message.kind === 'anchor') return clock.setAnchor(message.anchor);
    unit.offer(message.handed);
    channel.send({ kind: 'taken', messages: 1 });
  });
  channel.onStop(() => {
    unit.close();
    process.exit(0); // of a thread: ends it alone
  });
  every(clock, STATUS_MS, () => void channel.send({ kind: 'status', status: unit.status() }));
}

const text = process.env[LINK_START];
if (text && parentPort) runLink(JSON.parse(text) as LinkStart);
