import type { AirMessage } from '../model/message.ts';
import { nodeKey } from '../model/ids.ts';

/** A message on its way to a unit, and when what it says was measured or made. */
export interface Handed {
  readonly message: AirMessage;
  readonly sinceMs: number;
}

const order: Readonly<Record<AirMessage['type'], number>> = {
  SPAT: 0, MAP: 1, RSI: 2, RSM: 3, SSM: 4, RSC: 5, OTHER: 6,
};
/** Streams that wait at once: types by nodes; and parts of one round. */
const STREAMS_MAX = 64;
const PARTS_MAX = 16;

interface Round {
  readonly rank: number;
  readonly untilMs: number;
  readonly parts: Handed[];
}

/**
 * What waits for a unit that is slow or away: of each stream (type, node, application) the newest
 * round alone, in whole. RSM of many road users are several messages with one deadline: one round.
 */
export class NewestRounds {
  readonly #rounds = new Map<string, Round>();

  get size(): number {
    let size = 0;
    for (const { parts } of this.#rounds.values()) size += parts.length;
    return size;
  }

  /** Puts a message in; gives those that it pushes out, or itself where there is no room. */
  put(handed: Handed): readonly Handed[] {
    const { message } = handed;
    const key = `${message.type}/${nodeKey(message.node)}/${message.aid}`;
    const there = this.#rounds.get(key);
    if (there && there.untilMs === message.validUntilMs) {
      if (there.parts.length >= PARTS_MAX) return [handed];
      there.parts.push(handed);
      return [];
    }
    if (!there && this.#rounds.size >= STREAMS_MAX) return [handed];
    // An older round than the one that waits has been overtaken.
    if (there && there.untilMs > message.validUntilMs) return [handed];
    const untilMs = message.validUntilMs;
    this.#rounds.set(key, { rank: order[message.type], untilMs, parts: [handed] });
    return there?.parts ?? [];
  }

  /** The next to leave, SPAT before all others; null where nothing waits. */
  take(): Handed | null {
    let best: [string, Round] | null = null;
    for (const row of this.#rounds) if (!best || row[1].rank < best[1].rank) best = row;
    if (!best) return null;
    const [key, { parts }] = best;
    const handed = parts.shift()!;
    if (parts.length === 0) this.#rounds.delete(key);
    return handed;
  }

  clear(): void {
    this.#rounds.clear();
  }
}
