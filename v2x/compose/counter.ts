import type { Random } from '../../src/base/random.ts';

/** Message counters that start at random and wrap at 127, one for each kind and node. */
export class MessageCounters {
  #next: Map<string, number>;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    this.#next = new Map();
  }

  /** Takes the next number of a stream. */
  take(stream: string): number {
    const value = this.peek(stream);
    this.#next.set(stream, (value + 1) % 128);
    return value;
  }

  /** The number that `take` would give: what is composed to see whether it fits takes none. */
  peek(stream: string): number {
    let value = this.#next.get(stream);
    if (value === undefined) {
      value = this.#random.fork(stream).below(128);
      this.#next.set(stream, value);
    }
    return value;
  }

  snapshot(): unknown {
    return [...this.#next];
  }

  restore(snapshot: unknown): void {
    this.#next = new Map(snapshot as [string, number][]);
  }
}
