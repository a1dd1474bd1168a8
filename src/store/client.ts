import { Worker } from 'node:worker_threads';
import { Counters } from '../base/counters.ts';
import { faultFromJson } from '../base/fault.ts';
import type { Fault } from '../base/fault.ts';
import { cityFaultTexts as texts } from '../base/texts/city.ts';
import type { OutboxRecord, OutboxRow } from './outbox.ts';
import type { StoreQuestion, StoreStart } from './thread.ts';

/** How many records may wait in memory while the disk cannot take them. */
const WAITING_MAX = 2000;

const ended = { got: texts.store_ended.en, zh: { got: texts.store_ended.zh } };

/** The store as the others see it. */
export interface StoreClient {
  readonly counters: Counters;
  /** Null while the disk takes what it is given. */
  readonly fault: Fault | null;
  readonly rows: number;
  /** Accepts records; they are on disk when the promise resolves to true. */
  put(records: readonly OutboxRecord[]): Promise<boolean>;
  take(cloud: string, afterId: number, limit: number): Promise<readonly OutboxRow[]>;
  done(ids: readonly number[]): Promise<boolean>;
  close(): Promise<void>;
}

class ThreadedStore implements StoreClient {
  readonly counters = new Counters();
  fault: Fault | null = null;
  rows = 0;
  readonly #worker: Worker;
  readonly #open = new Map<number, (answer: { result?: unknown; fault?: Record<string, unknown> }) => void>();
  #nextId = 1;
  #waiting: OutboxRecord[] = [];
  #dead = false;

  constructor(start: StoreStart) {
    this.#worker = new Worker(new URL('./thread.js', import.meta.url), {
      workerData: start,
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 },
    });
    this.#worker.on('message', ({ id, ...answer }: { id: number; result?: unknown; fault?: Record<string, unknown> }) => {
      this.#open.get(id)?.(answer);
      this.#open.delete(id);
    });
    const died = (fault: Record<string, unknown>): void => {
      this.#dead = true;
      for (const settle of this.#open.values()) settle({ fault });
      this.#open.clear();
    };
    this.#worker.on('error', (error) => died({ got: error.message }));
    this.#worker.on('exit', () => died(ended));
  }

  #ask(question: StoreQuestion): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (answer: { result?: unknown; fault?: Record<string, unknown> }): void => {
        if (!answer.fault) {
          // A full disk can still be read: only what was written shows that it is well again.
          if (question.kind === 'put' || question.kind === 'done') this.fault = null;
          return resolve(answer.result);
        }
        this.counters.count('store_failed');
        this.fault = faultFromJson(answer.fault, 'STORE_FAILED', {
          subject: 'store',
          expected: texts.store,
          got: texts.store_error,
          next: texts.store_log,
        });
        reject(this.fault);
      };
      if (this.#dead) return settle({ fault: ended });
      const id = this.#nextId++;
      this.#open.set(id, settle);
      this.#worker.postMessage({ id, question });
    });
  }

  async put(records: readonly OutboxRecord[]): Promise<boolean> {
    const batch = [...this.#waiting, ...records];
    this.#waiting = [];
    if (batch.length === 0) return true;
    try {
      const shed = (await this.#ask({ kind: 'put', records: batch })) as Record<string, number>;
      for (const [name, count] of Object.entries(shed)) this.counters.count(`store_shed_${name}`, count);
      this.counters.count('store_accepted', batch.length);
      this.rows = (await this.#ask({ kind: 'rows' })) as number;
      return true;
    } catch {
      const kept = [...batch, ...this.#waiting];
      const lost = Math.max(0, kept.length - WAITING_MAX);
      if (lost > 0) this.counters.count('store_waiting_overflow', lost);
      this.#waiting = kept.slice(lost);
      return false;
    }
  }

  async take(cloud: string, afterId: number, limit: number): Promise<readonly OutboxRow[]> {
    try {
      return (await this.#ask({ kind: 'take', cloud, afterId, limit })) as readonly OutboxRow[];
    } catch {
      return [];
    }
  }

  async done(ids: readonly number[]): Promise<boolean> {
    try {
      await this.#ask({ kind: 'done', ids });
      this.rows = (await this.#ask({ kind: 'rows' })) as number;
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Starts the store's thread. It opens its file when it is first asked. */
export const startStore = (start: StoreStart): StoreClient => new ThreadedStore(start);
