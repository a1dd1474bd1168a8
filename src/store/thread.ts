/** The store's thread: owns SQLite, answers questions, never throws into anybody. */
import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../base/fault.ts';
import { Outbox } from './outbox.ts';
import type { OutboxRecord } from './outbox.ts';

/** What the store is asked. */
export type StoreQuestion =
  | { readonly kind: 'put'; readonly records: readonly OutboxRecord[] }
  | { readonly kind: 'take'; readonly cloud: string; readonly afterId: number; readonly limit: number }
  | { readonly kind: 'done'; readonly ids: readonly number[] }
  | { readonly kind: 'rows' };

export interface StoreStart {
  readonly storePath: string;
  readonly rowsMax: number;
}

function runStore({ storePath, rowsMax }: StoreStart): void {
  let outbox: Outbox | null = null;
  const open = (): Outbox => (outbox ??= new Outbox(storePath, rowsMax));
  const answer = (question: StoreQuestion): unknown => {
    switch (question.kind) {
      case 'put':
        return open().put(question.records);
      case 'take':
        return open().take(question.cloud, question.afterId, question.limit);
      case 'done':
        return open().done(question.ids) ?? null;
      case 'rows':
        return open().rows;
    }
  };
  parentPort?.on('message', ({ id, question }: { id: number; question: StoreQuestion }) => {
    try {
      parentPort?.postMessage({ id, result: answer(question) });
    } catch (error) {
      const fault = error instanceof Fault ? error.toJSON() : { got: String(error) };
      parentPort?.postMessage({ id, fault });
    }
  });
}

if (parentPort && workerData && 'storePath' in (workerData as object)) runStore(workerData as StoreStart);
