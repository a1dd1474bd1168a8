/** The parent's care for the child: start, watch, restart with back-off, end. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Clock } from './base/clock.ts';
import { every } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { plusMs } from './base/time.ts';
import type { ChildStart, ParentToChild } from './processes.ts';

/** A child that is looked after. */
export interface Care {
  /** Hands a message over; dropped while no child runs or its channel is full. */
  send(message: ParentToChild): void;
  readonly pid: number | null;
  readonly restarts: number;
  stop(): Promise<void>;
}

const WAIT_MIN_MS = 200;
const WAIT_MAX_MS = 30_000;
/** More starts than this within a minute: a pause of a minute (fault F84). */
const STARTS_MAX = 5;
const STARTS_WINDOW_MS = 60_000;
/** Messages that may wait in the channel before further ones are dropped. */
const WAITING_MAX = 200;

/** The kernel takes the child first when memory is short. */
function offerToOomKiller(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '800');
  } catch {
    // Not Linux, or not allowed: the parent is the smaller of the two anyway.
  }
}

/** Starts the child and keeps it running until `stop`. */
export function startCareful(options: {
  readonly script: URL;
  readonly start: ChildStart;
  readonly clock: Clock;
  readonly log: Log;
  /** Without a sign of life for this long the child is ended and started again. */
  readonly stallMs: number;
  heard(message: unknown): void;
}): Care {
  const { clock, log } = options;
  let child: ChildProcess | null = null;
  let lastHeardMs = clock.nowMs();
  let waitMs = WAIT_MIN_MS;
  let restarts = 0;
  let waiting = 0;
  let stopping = false;
  let starts: number[] = [];
  let cancel = (): void => undefined;

  const begin = (): void => {
    if (stopping) return;
    const nowMs = clock.nowMs();
    starts = [...starts.filter((atMs) => nowMs - atMs < STARTS_WINDOW_MS), nowMs];
    lastHeardMs = nowMs;
    waiting = 0;
    const made = fork(fileURLToPath(options.script), [], {
      serialization: 'advanced',
      env: { ...process.env, LUKOU_CHILD: JSON.stringify(options.start) },
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child = made;
    if (made.pid !== undefined) offerToOomKiller(made.pid);
    made.on('message', (message) => {
      lastHeardMs = clock.nowMs();
      if ((message as { kind: string }).kind === 'alive') waitMs = WAIT_MIN_MS;
      options.heard(message);
    });
    made.on('error', (error) => log.error('child_error', { reason: error.message }));
    made.on('exit', (code, signal) => ended(made, code, signal));
  };

  const ended = (made: ChildProcess, code: number | null, signal: string | null): void => {
    if (child !== made) return;
    child = null;
    if (stopping) return;
    restarts++;
    const nowMs = clock.nowMs();
    const many = starts.filter((atMs) => nowMs - atMs < STARTS_WINDOW_MS).length >= STARTS_MAX;
    const pauseMs = many ? STARTS_WINDOW_MS : waitMs;
    waitMs = Math.min(waitMs * 2, WAIT_MAX_MS);
    log.error('child_ended', { code: code ?? -1, signal: signal ?? '', restart_in_ms: pauseMs });
    cancel = clock.at(plusMs(nowMs, pauseMs), begin);
  };

  begin();
  const stopWatching = every(clock, 500, () => {
    const silentMs = clock.nowMs() - lastHeardMs;
    if (!child || silentMs < options.stallMs) return;
    log.error('child_stalled', { silent_ms: Math.round(silentMs) });
    lastHeardMs = clock.nowMs();
    child.kill('SIGKILL');
  });

  return {
    send(message) {
      if (!child?.connected || waiting >= WAITING_MAX) return;
      waiting++;
      child.send(message, () => {
        waiting--;
      });
    },
    get pid() {
      return child?.pid ?? null;
    },
    get restarts() {
      return restarts;
    },
    async stop() {
      stopping = true;
      stopWatching();
      cancel();
      const made = child;
      if (!made) return;
      await new Promise<void>((resolve) => {
        const kill = clock.at(plusMs(clock.nowMs(), 1500), () => made.kill('SIGKILL'));
        made.once('exit', () => {
          kill();
          resolve();
        });
        made.kill('SIGTERM');
      });
    },
  };
}
