import { Counters } from './base/counters.ts';
import type { FromMain, MainAnswer, MainPost, TapBatch, ToMain } from './processes.ts';

/** What the link needs of a worker. */
export interface MainThread {
  postMessage(message: MainPost): void;
  on(event: 'message', handler: (answer: MainAnswer) => void): unknown;
}

/** Octets of recorder's batches that `main` may have before it; a calm second has a hundredth of it. */
const TAP_OCTETS_MAX = 3 << 20;
/** Other messages that it may have before it: some ten a second each of views, sent rows, status. */
const MESSAGES_MAX = 60;
/** What an entry of a batch costs beside its payload, roughly. */
const ENTRY_OCTETS = 200;

/** Octets that a batch holds on its way, roughly. */
export const weightOf = ({ entries }: TapBatch): number =>
  entries.reduce((sum, entry) => {
    if (entry.kind !== 'message') return sum + ENTRY_OCTETS;
    const { message } = entry;
    const payload = 'payload' in message ? message.payload : message.data;
    return sum + ENTRY_OCTETS + payload.length;
  }, 0);

/**
 * Perception's way to `main`, bounded: `main` tells of each message that it has taken it. What a
 * `main` that is behind would pile up is dropped by name; perception never waits. Queues between
 * threads have no bound of their own: a flood on the sensors' ports would fill the memory with
 * copies for the recorder.
 */
export class MainLink {
  readonly drops = new Counters();
  readonly #main: MainThread;
  #messages = 0;
  #tapOctets = 0;

  constructor(main: MainThread, heard: (message: FromMain) => void) {
    this.#main = main;
    main.on('message', (answer) => {
      if (answer.kind !== 'taken') return heard(answer);
      this.#messages -= answer.messages;
      this.#tapOctets -= answer.tapOctets;
    });
  }

  send(message: ToMain): void {
    if (message.kind !== 'tap') {
      // The answer to a person's question is one of a kind; all else comes again.
      if (this.#messages >= MESSAGES_MAX && message.kind !== 'reply') {
        return this.drops.count('main_backlog');
      }
      this.#messages++;
      return this.#main.postMessage({ message, tapOctets: 0 });
    }
    const tapOctets = weightOf(message.batch);
    // A state begins a recording, and comes once in ten seconds.
    if (!message.batch.state && this.#tapOctets + tapOctets > TAP_OCTETS_MAX) {
      return this.drops.count('recording_backlog', message.batch.entries.length);
    }
    this.#tapOctets += tapOctets;
    this.#messages++;
    this.#main.postMessage({ message, tapOctets });
  }
}
