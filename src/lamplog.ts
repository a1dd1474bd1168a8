/** What each lamp showed lately: the box's side of the comparison at the junction. */
import type { WitnessColour } from './base/evidence.ts';
import { nodeKey } from './model/ids.ts';
import type { NodeId } from './model/ids.ts';
import type { LampAspect, SignalState } from './model/signal.ts';

/** From this instant on the lamp showed this. */
export interface LampChange {
  readonly atMs: number;
  readonly lamp: WitnessColour;
}

/** Changes kept of each group: some ten cycles. */
const CHANGES_MAX = 64;
/**
 * A report that is late or lost makes a node unavailable for a moment. That hides no green, which
 * lasts longer: a gap of at most this is passed over, ms.
 */
const GAP_MS = 2000;

/** An aspect in one word. */
export function lampOf({ colour, flashing }: LampAspect): WitnessColour {
  if (!flashing || colour === 'unknown') return colour;
  return colour === 'red' || colour === 'yellow' || colour === 'green'
    ? `flashing-${colour}` : 'unknown';
}

/** The newest changes of every group, UTC ms. What a state does not tell usably is `unknown`. */
export class LampLog {
  readonly #changes = new Map<string, LampChange[]>();
  readonly #groups: readonly { readonly id: string; readonly node: string }[];
  /** Since when a group has not been known, while that is not yet noted. */
  readonly #gaps = new Map<string, number>();
  #newestMs = -Infinity;

  constructor(groups: readonly { readonly id: string; readonly node: NodeId }[]) {
    this.#groups = groups.map(({ id, node }) => ({ id, node: nodeKey(node) }));
    for (const { id } of groups) this.#changes.set(id, []);
  }

  /** Instant of the newest look, UTC ms. */
  get newestMs(): number {
    return this.#newestMs;
  }

  accept(states: readonly Pick<SignalState, 'node' | 'availability' | 'groups'>[], utcMs: number): void {
    this.#newestMs = utcMs;
    for (const { id, node } of this.#groups) {
      const state = states.find((one) => nodeKey(one.node as NodeId) === node);
      const group = state?.availability === 'usable'
        ? state.groups.find(({ signalGroup }) => signalGroup === id) : undefined;
      this.#note(id, group ? lampOf(group.aspect) : 'unknown', utcMs);
    }
  }

  #note(id: string, lamp: WitnessColour, atMs: number): void {
    const changes = this.#changes.get(id);
    if (!changes) return;
    if (lamp !== 'unknown') this.#gaps.delete(id);
    else if (changes.length > 0 && changes.at(-1)?.lamp !== 'unknown') {
      const sinceMs = this.#gaps.get(id) ?? atMs;
      this.#gaps.set(id, sinceMs);
      if (atMs - sinceMs <= GAP_MS) return;
    }
    if (changes.at(-1)?.lamp === lamp) return;
    changes.push({ atMs, lamp });
    if (changes.length > CHANGES_MAX) changes.shift();
  }

  /** Changes of a group, oldest first; before the first nothing is known. */
  of(id: string): readonly LampChange[] {
    return this.#changes.get(id) ?? [];
  }

  /** What a group shows now. */
  now(id: string): WitnessColour {
    return this.of(id).at(-1)?.lamp ?? 'unknown';
  }
}
