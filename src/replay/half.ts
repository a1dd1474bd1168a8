/** What both halves of a replay share: a clock, ports, and which events are theirs. */
import { VirtualClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Log } from '../base/log.ts';
import { monotonicMs, utcMs } from '../base/time.ts';
import { portKinds } from '../model/site.ts';
import type { Site } from '../model/site.ts';
import type { LoopDeps, Tick } from '../loops.ts';
import type { LoopName } from '../pipeline.ts';
import { ReplayPorts } from '../runtime/recording/replay-ports.ts';
import type { Recording } from '../runtime/recording/reader.ts';
import type { RecordedEvent, RecordedState } from '../runtime/recording/types.ts';

/** What a half is made from. */
export interface HalfStart {
  readonly site: Site;
  readonly recording: Recording;
  /** The recording's own, read once. */
  readonly states: readonly RecordedState[];
  readonly seed: number;
  /** Folder for what would have been sent; null writes nothing. */
  readonly out: string | null;
  readonly log?: Log | undefined;
}

/** From when on each loop is replayed: after its stored state, all of it where there is none. */
export function beginOf(states: readonly RecordedState[], loop: string): number {
  return states.find((state) => state.loop === loop)?.atMs ?? -Infinity;
}

/** One loop of a replay with the clock and the ports that it sees. */
export class Half {
  readonly clock: VirtualClock;
  readonly hub: ReplayPorts;
  readonly deps: LoopDeps;
  readonly #loop: LoopName;
  readonly #fromMs: number;
  readonly #state: unknown;

  constructor(loop: LoopName, { site, recording, states, seed, log }: HalfStart) {
    const { started, boot } = recording.manifest;
    const startMs = monotonicMs(started.monoMs);
    this.#loop = loop;
    this.#fromMs = beginOf(states, loop);
    this.#state = states.find((state) => state.loop === loop)?.value;
    this.clock = new VirtualClock(startMs, {
      monoMs: startMs,
      utcMs: utcMs(started.utcMs),
      errorMs: started.errorMs ?? Number.POSITIVE_INFINITY,
    });
    this.hub = new ReplayPorts(portKinds(site));
    this.deps = {
      site, clock: this.clock, log: log ?? silentLog, hub: this.hub, boot: boot ?? 1, seed,
    };
  }

  /** The loop's stored state, where the recording began in the middle of a run. */
  restore(loop: { restore(snapshot: unknown): void }): void {
    if (this.#state !== undefined) loop.restore(this.#state);
  }

  /** Takes one event of the recording; what the loop saw before its state was taken is passed over. */
  step(event: RecordedEvent, turn: (tick: Tick) => void): void {
    this.clock.advanceTo(event.atMs);
    if (event.kind === 'clock') return this.clock.setAnchor(event.anchor);
    // Hand-overs between the loops happen by themselves.
    if (event.kind === 'handover' || event.loop !== this.#loop) return undefined;
    if (event.atMs <= this.#fromMs) return undefined;
    if (event.kind === 'message') return this.hub.deliver(event);
    return turn({ tick: event.tick, dueMs: event.dueMs, beganMs: event.atMs });
  }
}
