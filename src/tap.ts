import type { MonotonicMs } from './base/time.ts';
import type { LoopName } from './pipeline.ts';
import type { TapBatch } from './processes.ts';
import type { Stamper } from './runtime/stamper.ts';

/** Collects what goes into one loop and hands it over once a turn. */
export interface LoopTap {
  add(entry: TapBatch['entries'][number]): void;
  /** Hands over what has come in; now and then the state of the loop follows. */
  handOver(nowMs: MonotonicMs): void;
  /** Hands over the state as of now, for a recording that begins. */
  state(): void;
}

/** How often the state goes along unasked: the black box begins at the oldest that it has. */
const STATE_EVERY_MS = 10_000;
/** A loop that hears more between two turns than this is flooded; the recording says so. */
const ENTRIES_MAX = 5000;
/**
 * Octets between two turns, by loop. A controller says some kilobytes a second; what a flood says
 * beyond this must not fill the memory of the process that sends SPAT on its way to the recorder.
 */
const OCTETS_MAX: Readonly<Record<LoopName, number>> = { signals: 64 << 10, perception: 1 << 20 };

const octetsOf = (entry: TapBatch['entries'][number]): number => {
  if (entry.kind !== 'message') return 0;
  const { message } = entry;
  return 'payload' in message ? message.payload.length : message.data.length;
};

/** Builds the tap of a loop. */
export function createLoopTap(options: {
  readonly loop: LoopName;
  readonly stamper: Stamper;
  snapshot(): unknown;
  send(batch: TapBatch): void;
  overflow(): void;
}): LoopTap {
  const { loop, stamper } = options;
  let entries: TapBatch['entries'][number][] = [];
  let octets = 0;
  let state: TapBatch['state'];
  let lastStateMs = -Infinity;
  const flush = (): void => {
    if (entries.length === 0) return;
    options.send({ loop, entries, ...(state ? { state } : {}) });
    entries = [];
    octets = 0;
    state = undefined;
  };
  const take = (): void => {
    flush();
    state = { atMs: stamper.next(), value: options.snapshot() };
    lastStateMs = state.atMs;
  };
  return {
    add(entry) {
      const more = octetsOf(entry);
      if (entries.length >= ENTRIES_MAX || octets + more > OCTETS_MAX[loop]) {
        options.overflow();
        return;
      }
      octets += more;
      entries.push(entry);
    },
    handOver(nowMs) {
      flush();
      if (nowMs - lastStateMs >= STATE_EVERY_MS) take();
    },
    state: take,
  };
}
