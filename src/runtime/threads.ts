import { fork } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import type { MessagePort, ResourceLimits } from 'node:worker_threads';
import { sleepUntil } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import { Counters } from '../base/counters.ts';
import { messageOf } from '../base/fault.ts';
import type { Log } from '../base/log.ts';
import { plusMs } from '../base/time.ts';
import type { MonotonicMs } from '../base/time.ts';

/** What travels between two processes or threads: a sign of life, or a message. */
type Envelope = { readonly k: 'beat' } | { readonly k: 'data'; readonly d: unknown };

/** One running child, process or thread alike. */
export interface RunningChild {
  /** Calls `sent` when it is on its way; false when the child is gone. */
  post(message: unknown, sent: (cause: Error | null) => void): boolean;
  /** Ends it now. */
  kill(): void;
  readonly pid: number | null;
}
/** What a running child tells; `ended` comes once. */
export interface ChildEvents {
  message(message: unknown): void;
  ended(reason: string): void;
}
export type SpawnChild = (events: ChildEvents) => RunningChild;

export interface ChildOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** `advanced` keeps typed arrays, maps and Infinity; `json` is for foreign programs. */
  readonly serialization?: 'advanced' | 'json';
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Of a thread: what its memory may take. */
  readonly resourceLimits?: ResourceLimits;
  /** A child that says nothing for so long, once it has spoken, is ended and started again. */
  readonly silentAfterMs?: number;
  /** The time that it has for its first sign of life. */
  readonly startWithinMs?: number;
  /** The time between asking it to stop and ending it. */
  readonly stopWithinMs?: number;
  /** Messages that may be on their way. */
  readonly waitingMax?: number;
}

/** How a child stands. */
export interface ChildStatus {
  readonly state: 'starting' | 'running' | 'waiting' | 'stopped';
  readonly pid: number | null;
  readonly starts: number;
  readonly sinceMs: MonotonicMs;
  /** Why it ended last. */
  readonly lastEnd: string | null;
  readonly drops: Readonly<Record<string, number>>;
}

/** A child that is kept running. */
export interface ChildHandle<In, Out> {
  /** False when it did not go: `child_absent` or `child_backlog` is counted. */
  send(message: Out): boolean;
  onMessage(handler: (message: In) => void): void;
  onState(handler: (status: ChildStatus) => void): void;
  status(): ChildStatus;
  /** Asks it to stop (a message, then by force) and starts it no more. */
  stop(): Promise<void>;
}

/** What a child is told when it shall end. */
const STOP_MESSAGE = { stop: true } as const;

const STARTS_MAX = 5;
const STARTS_WITHIN_MS = 60_000;
const PAUSE_MS = 60_000;
const WAIT_MIN_MS = 100;
const LATE_MS = 500;

/**
 * Starts a script as a process of its own and keeps it running: at most five starts in 60 s, then
 * a pause of 60 s (fault F84). It is watched by its heartbeat, so that one that hangs is replaced.
 */
export function startChild<In, Out>(
  script: string,
  args: readonly string[],
  options: ChildOptions,
): ChildHandle<In, Out> {
  return keepChild((events) => {
    const child = fork(script, [...args], {
      serialization: options.serialization ?? 'advanced',
      execArgv: [...(options.execArgv ?? process.execArgv)],
      env: { ...process.env, ...options.env },
    });
    child.on('message', (message) => events.message(message));
    child.on('error', (cause) => events.ended(messageOf(cause)));
    child.on('exit', (code, signal) => events.ended(signal ?? `exit status ${code}`));
    return {
      post: (message, sent) => {
        if (!child.connected) return false;
        child.send(message as object, sent);
        return true;
      },
      kill: () => void child.kill('SIGKILL'),
      pid: child.pid ?? null,
    };
  }, options);
}

/** The same for a script in a thread of this process. */
export function startThread<In, Out>(
  script: string | URL,
  args: readonly string[],
  options: ChildOptions,
): ChildHandle<In, Out> {
  return keepChild((events) => {
    const worker = new Worker(script, {
      argv: [...args],
      env: { ...process.env, ...options.env },
      ...(options.execArgv ? { execArgv: [...options.execArgv] } : {}),
      ...(options.resourceLimits ? { resourceLimits: options.resourceLimits } : {}),
    });
    let reason: string | null = null;
    worker.on('message', (message) => events.message(message));
    worker.on('error', (cause) => (reason = messageOf(cause)));
    worker.on('exit', (code) => events.ended(reason ?? `exit status ${code}`));
    return {
      post: (message, sent) => {
        worker.postMessage(message);
        sent(null);
        return true;
      },
      kill: () => void worker.terminate(),
      pid: null,
    };
  }, options);
}

/** Keeps a child running; how it is started is an argument. */
export function keepChild<In, Out>(spawn: SpawnChild, options: ChildOptions): ChildHandle<In, Out> {
  const keeper = new Keeper<In, Out>(spawn, options);
  keeper.start();
  return keeper;
}

class Keeper<In, Out> implements ChildHandle<In, Out> {
  readonly #spawn: SpawnChild;
  readonly #options: ChildOptions;
  readonly #drops = new Counters();
  #child: RunningChild | null = null;
  #state: ChildStatus['state'] = 'starting';
  #sinceMs: MonotonicMs;
  #starts: MonotonicMs[] = [];
  #startCount = 0;
  #lastEnd: string | null = null;
  #waiting = 0;
  #cancel: () => void = () => undefined;
  #heard: ((message: In) => void) | null = null;
  #changed: ((status: ChildStatus) => void) | null = null;
  #ended: () => void = () => undefined;
  #stopping = false;

  constructor(spawn: SpawnChild, options: ChildOptions) {
    this.#spawn = spawn;
    this.#options = options;
    this.#sinceMs = options.clock.nowMs();
  }

  start(): void {
    const nowMs = this.#options.clock.nowMs();
    this.#starts.push(nowMs);
    this.#startCount++;
    this.#waiting = 0;
    this.#enter('starting');
    let over = false;
    const child = this.#spawn({
      message: (message) => {
        if (!over) this.#message(message as Envelope | null);
      },
      ended: (reason) => {
        if (over) return;
        over = true;
        this.#end(reason);
      },
    });
    this.#child = child;
    this.#watch(this.#options.startWithinMs ?? 20_000);
  }

  #enter(state: ChildStatus['state']): void {
    this.#state = state;
    this.#sinceMs = this.#options.clock.nowMs();
    this.#changed?.(this.status());
  }

  /** Ends the child unless it is heard within the time. */
  #watch(withinMs: number): void {
    const { clock, log, name } = this.#options;
    this.#cancel();
    const dueMs = plusMs(clock.nowMs(), withinMs);
    this.#cancel = clock.at(dueMs, () => {
      // Who was asleep ourselves cannot call the child silent: its beats wait to be read.
      if (clock.nowMs() > dueMs + LATE_MS) return this.#watch(withinMs);
      log.error('child_silent', { child: name, silent_ms: withinMs });
      this.#drops.count('child_silent');
      this.#child?.kill();
    });
  }

  #message(envelope: Envelope | null): void {
    // A child that has gone mad may say anything; it must not take us along.
    if (typeof envelope !== 'object' || envelope === null) return this.#drops.count('child_unclear');
    if (this.#state === 'starting') this.#enter('running');
    if (!this.#stopping) this.#watch(this.#options.silentAfterMs ?? 5000);
    if (envelope.k === 'data') this.#heard?.(envelope.d as In);
  }

  #end(reason: string): void {
    const { clock, log, name } = this.#options;
    this.#cancel();
    this.#child = null;
    this.#lastEnd = reason;
    this.#ended();
    if (this.#stopping) return;
    const nowMs = clock.nowMs();
    this.#starts = this.#starts.filter((atMs) => nowMs - atMs < STARTS_WITHIN_MS);
    const waitMs =
      this.#starts.length >= STARTS_MAX ? PAUSE_MS : WAIT_MIN_MS * 2 ** (this.#starts.length - 1);
    log.error('child_ended', { child: name, reason, wait_ms: Math.max(WAIT_MIN_MS, waitMs) });
    this.#enter('waiting');
    const dueMs = plusMs(nowMs, Math.max(WAIT_MIN_MS, waitMs));
    this.#cancel = clock.at(dueMs, () => this.start());
  }

  send(message: Out): boolean {
    if (!this.#child) {
      this.#drops.count('child_absent');
      return false;
    }
    if (this.#waiting >= (this.#options.waitingMax ?? 1000)) {
      this.#drops.count('child_backlog');
      return false;
    }
    return this.#post({ k: 'data', d: message });
  }

  #post(envelope: Envelope): boolean {
    const child = this.#child;
    this.#waiting++;
    const went = child?.post(envelope, (cause) => {
      if (this.#child === child) this.#waiting--;
      if (cause) this.#drops.count('child_absent');
    });
    if (went) return true;
    this.#waiting--;
    this.#drops.count('child_absent');
    return false;
  }

  onMessage(handler: (message: In) => void): void {
    this.#heard = handler;
  }

  onState(handler: (status: ChildStatus) => void): void {
    this.#changed = handler;
  }

  status(): ChildStatus {
    return {
      state: this.#state,
      pid: this.#child?.pid ?? null,
      starts: this.#startCount,
      sinceMs: this.#sinceMs,
      lastEnd: this.#lastEnd,
      drops: this.#drops.toJSON(),
    };
  }

  async stop(): Promise<void> {
    const { clock } = this.#options;
    this.#stopping = true;
    this.#cancel();
    const child = this.#child;
    if (child) {
      const ended = new Promise<void>((resolve) => (this.#ended = resolve));
      this.#post({ k: 'data', d: STOP_MESSAGE });
      const patience = new AbortController();
      const dueMs = plusMs(clock.nowMs(), this.#options.stopWithinMs ?? 5000);
      void sleepUntil(clock, dueMs, patience.signal).then(() => {
        if (!patience.signal.aborted) child.kill();
      });
      await ended;
      patience.abort();
    }
    this.#enter('stopped');
  }
}

/** The child's own end of the channel. */
export interface ChildChannel<In, Out> {
  /** False when the parent is gone or does not read: the caller counts it. */
  send(message: Out): boolean;
  onMessage(handler: (message: In) => void): void;
  /** The parent asks for the end, or is gone. */
  onStop(handler: () => void): void;
  close(): void;
}

/** What `childChannel` needs of `process` or of a thread's `parentPort`. */
export interface ParentLink {
  post(message: unknown): boolean;
  onMessage(handler: (message: unknown) => void): void;
  onGone(handler: () => void): void;
}

/** The link of a child process to its parent, with at most `waitingMax` messages on their way. */
export function processLink(waitingMax = 1000): ParentLink {
  let waiting = 0;
  return {
    post(message) {
      if (!process.connected || !process.send || waiting >= waitingMax) return false;
      waiting++;
      process.send(message, undefined, undefined, () => waiting--);
      return true;
    },
    onMessage: (handler) => void process.on('message', handler),
    onGone: (handler) => void process.on('disconnect', handler),
  };
}

/** The link of a thread to who started it; a thread ends with its process. */
export function threadLink(port: MessagePort): ParentLink {
  return {
    post(message) {
      port.postMessage(message);
      return true;
    },
    onMessage: (handler) => void port.on('message', handler),
    onGone: (handler) => void port.on('close', handler),
  };
}

/** Opens the child's end: signs of life go out from now on, at `beatMs`. */
export function childChannel<In, Out>(
  link: ParentLink,
  clock: Clock,
  beatMs = 500,
): ChildChannel<In, Out> {
  let heard: ((message: In) => void) | null = null;
  let stop: (() => void) | null = null;
  let cancel = (): void => undefined;
  let closed = false;
  const beat = (): void => {
    if (closed) return;
    link.post({ k: 'beat' } satisfies Envelope);
    cancel = clock.at(plusMs(clock.nowMs(), beatMs), beat);
  };
  link.onMessage((message) => {
    const envelope = message as Envelope;
    if (envelope.k !== 'data') return;
    const { stop: stopping } = (envelope.d ?? {}) as { readonly stop?: boolean };
    if (stopping === true) stop?.();
    else heard?.(envelope.d as In);
  });
  link.onGone(() => stop?.());
  beat();
  return {
    send: (message) => link.post({ k: 'data', d: message } satisfies Envelope),
    onMessage: (handler) => (heard = handler),
    onStop: (handler) => (stop = handler),
    close() {
      closed = true;
      cancel();
    },
  };
}
