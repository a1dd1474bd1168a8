import type { Stateful } from '../src/base/stateful.ts';
import type { MonotonicMs } from '../src/base/time.ts';

/** What is to be done with a good datagram, by who sent it. */
export type SourceVerdict = 'same' | 'changed' | 'two-sources' | 'unexpected';

/** How sources are told apart. */
export interface SourceRules {
  /** `address` or `address:port`; empty for whoever comes first. */
  readonly expected: string;
  readonly by: 'address-and-port' | 'address';
}

/** Two senders within this time are two sources. */
const SOURCE_MEMORY_MS = 2000;

const addressOf = (from: string): string => from.slice(0, from.lastIndexOf(':'));

/**
 * Watches that one controller speaks from one place. Only datagrams that decode are shown to it,
 * so that stray octets cannot make a node unavailable. The first source is kept while it speaks.
 */
export class SourceWatch implements Stateful {
  readonly #rules: SourceRules;
  #source: string | null = null;
  #heardMs = 0;

  constructor(rules: SourceRules) {
    this.#rules = rules;
  }

  hear(from: string, atMs: MonotonicMs): SourceVerdict {
    const { expected, by } = this.#rules;
    const source = by === 'address' ? addressOf(from) : from;
    const heardLately = this.#source !== null && atMs - this.#heardMs <= SOURCE_MEMORY_MS;
    if (expected !== '' && from !== expected && addressOf(from) !== expected) {
      return heardLately ? 'two-sources' : 'unexpected';
    }
    if (this.#source !== null && source !== this.#source && heardLately) return 'two-sources';
    const verdict = this.#source === null || source === this.#source ? 'same' : 'changed';
    this.#source = source;
    this.#heardMs = atMs;
    return verdict;
  }

  snapshot(): unknown {
    return { source: this.#source, heardMs: this.#heardMs };
  }

  restore(snapshot: unknown): void {
    const { source, heardMs } = snapshot as { source: string | null; heardMs: number };
    this.#source = source;
    this.#heardMs = heardMs;
  }
}
