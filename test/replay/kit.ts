/** Recordings in temporary folders, and the two loops driven by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { PortMessage } from '../../src/model/port.ts';
import type { Site } from '../../src/model/site.ts';
import { PerceptionLoop, SignalsLoop } from '../../src/pipeline.ts';
import type { PerceptionView, SentMessage } from '../../src/pipeline.ts';
import { openRecording } from '../../src/runtime/recording/reader.ts';
import { ReplayPorts } from '../../src/runtime/recording/replay-ports.ts';
import { simulateRecording } from '../../src/simulaterun.ts';

/** A folder that is gone when the tests of the file are over. */
export function temporaryFolder(): { path(name: string): string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'lukou-replay-'));
  return {
    path: (name) => join(root, name),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export const recordTo = (out: string, site: Site, seconds: number, more: { seed?: number; users?: number } = {}) =>
  simulateRecording({ site, seconds, seed: more.seed ?? 7, users: more.users ?? 30, out });

/** Both loops in one thread; what they send is kept as text. */
export class Box {
  readonly clock: VirtualClock;
  readonly hub: ReplayPorts;
  readonly signals: SignalsLoop;
  readonly perception: PerceptionLoop;
  readonly sent: string[] = [];
  readonly messages: SentMessage[] = [];
  readonly views: PerceptionView[] = [];
  #nextMs: number;
  readonly #startMs: number;

  constructor(site: Site, start: { readonly monoMs: number; readonly utcMs: number }, atMs = start.monoMs) {
    this.#startMs = start.monoMs;
    this.#nextMs = Math.ceil(atMs / 50) * 50;
    const anchor = { monoMs: monotonicMs(start.monoMs), utcMs: utcMs(start.utcMs), errorMs: 5 };
    this.clock = new VirtualClock(monotonicMs(atMs), anchor);
    this.hub = new ReplayPorts(
      Object.entries(site.ports).map(([name, { transport }]) => ({ name, transport })),
      undefined,
      (_port, thrown) => {
        throw thrown;
      },
    );
    const deps = { site, clock: this.clock, log: silentLog, hub: this.hub, boot: 1, seed: 1 };
    this.signals = new SignalsLoop({
      ...deps,
      send: (message) => {
        this.messages.push(message);
        this.sent.push(`${message.atMs} ${message.message.type} ${Buffer.from(message.message.bytes).toString('hex')}`);
      },
      view: (view) => this.perception.signals(view),
    });
    this.perception = new PerceptionLoop({
      ...deps,
      offer: (offers) => this.signals.offers(offers, this.clock.nowMs()),
      view: (view) => this.views.push(view),
    });
  }

  /** Turns of both loops that are due up to an instant. */
  ticksTo(untilMs: number): void {
    for (; this.#nextMs <= untilMs; this.#nextMs += 50) {
      const dueMs = monotonicMs(this.#nextMs);
      this.clock.advanceTo(dueMs);
      const tick = Math.round((this.#nextMs - this.#startMs) / 50);
      if (tick % 2 === 0) this.signals.tick({ tick: tick / 2, dueMs, beganMs: dueMs });
      this.perception.tick({ tick, dueMs, beganMs: dueMs });
    }
  }

  deliver(port: string, message: PortMessage, atMs: MonotonicMs): void {
    this.ticksTo(atMs);
    this.clock.advanceTo(atMs);
    this.hub.deliver({ port, message, atMs });
  }

  stop(): void {
    this.signals.stop();
    this.perception.stop();
  }
}

/** The messages of a recording in order. */
export function* messagesOf(folder: string): Generator<{ port: string; message: PortMessage; atMs: MonotonicMs }> {
  for (const event of openRecording(folder).events()) {
    if (event.kind === 'message') yield { port: event.port, message: event.message, atMs: event.atMs };
  }
}
