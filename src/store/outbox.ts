import Database from 'better-sqlite3';
import { Fault, TextError, messageOf, textOf } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { cityFaultTexts as texts } from '../base/texts/city.ts';
import type { CityMessage } from '../model/stages.ts';

/** Version of the tables; older ones are brought up when opened. */
export const OUTBOX_FORMAT = 1;

/** One record that waits for its cloud. */
export interface OutboxRow {
  readonly id: number;
  readonly cloud: string;
  readonly key: string;
  readonly topic: string;
  readonly payload: string;
}

/** A record on its way into the outbox. */
export interface OutboxRecord {
  readonly cloud: string;
  readonly message: CityMessage;
}

/** Classes by what goes first when room is short. */
const sheddingOrder: readonly CityMessage['shedding'][] = ['traffic', 'event', 'status', 'alarm', 'audit'];

/** The outbox table. Errors: `Fault` STORE_FAILED with SQLite's reason. */
export class Outbox {
  readonly #db: Database.Database;
  readonly #path: string;
  readonly #rowsMax: number;
  #rows: number;

  constructor(path: string, rowsMax = 500_000) {
    this.#path = path;
    this.#rowsMax = rowsMax;
    try {
      this.#db = new Database(path);
      this.#db.pragma('journal_mode = WAL');
      this.#db.pragma('synchronous = FULL');
      this.#migrate();
      this.#rows = this.#count();
    } catch (cause) {
      throw this.#fault(cause);
    }
  }

  #fault(cause: unknown): Fault {
    const reason = messageOf(cause);
    const full = /full|ENOSPC/i.test(reason);
    const next = full ? texts.store_full : texts.store_broken;
    return new Fault(
      'STORE_FAILED',
      { subject: this.#path, expected: texts.store, got: textOf(cause), next },
      { cause },
    );
  }

  #migrate(): void {
    const version = this.#db.pragma('user_version', { simple: true }) as number;
    if (version > OUTBOX_FORMAT) {
      throw new TextError(filledText(texts.store_newer, { version, own: OUTBOX_FORMAT }));
    }
    if (version === 0) {
      this.#db.exec(`
        CREATE TABLE IF NOT EXISTS outbox (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          cloud TEXT NOT NULL,
          key TEXT NOT NULL,
          class INTEGER NOT NULL,
          topic TEXT NOT NULL,
          payload TEXT NOT NULL,
          UNIQUE (cloud, key)
        ) STRICT;
        CREATE INDEX IF NOT EXISTS outbox_class ON outbox (class, id);
      `);
      this.#db.pragma(`user_version = ${OUTBOX_FORMAT}`);
    }
  }

  #count(): number {
    return (this.#db.prepare('SELECT count(*) AS rows FROM outbox').get() as { rows: number }).rows;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Puts records on disk in one transaction; gives how many of each class had to go. */
  put(records: readonly OutboxRecord[]): Readonly<Record<string, number>> {
    const shed: Record<string, number> = {};
    try {
      const insert = this.#db.prepare(
        'INSERT OR IGNORE INTO outbox (cloud, key, class, topic, payload) VALUES (?, ?, ?, ?, ?)',
      );
      this.#db.transaction(() => {
        let rows = this.#rows;
        for (const { cloud, message } of records) {
          const order = sheddingOrder.indexOf(message.shedding);
          rows += insert.run(cloud, message.key, order, message.topic, message.payload).changes;
        }
        this.#rows = rows - this.#shed(rows - this.#rowsMax, shed);
      })();
    } catch (cause) {
      this.#rows = this.#safeCount();
      throw this.#fault(cause);
    }
    return shed;
  }

  #safeCount(): number {
    try {
      return this.#count();
    } catch {
      return this.#rows;
    }
  }

  #shed(excess: number, shed: Record<string, number>): number {
    let left = excess;
    let gone = 0;
    for (const [order, name] of sheddingOrder.entries()) {
      if (left <= 0) break;
      const { changes } = this.#db
        .prepare(
          'DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE class = ? ORDER BY id LIMIT ?)',
        )
        .run(order, left);
      if (changes > 0) shed[name] = (shed[name] ?? 0) + changes;
      left -= changes;
      gone += changes;
    }
    return gone;
  }

  /** The oldest records of a cloud after `afterId`. */
  take(cloud: string, afterId: number, limit: number): readonly OutboxRow[] {
    return this.#db
      .prepare(
        'SELECT id, cloud, key, topic, payload FROM outbox WHERE cloud = ? AND id > ? ORDER BY id LIMIT ?',
      )
      .all(cloud, afterId, limit) as OutboxRow[];
  }

  /** Removes what the cloud has confirmed. */
  done(ids: readonly number[]): void {
    try {
      const remove = this.#db.prepare('DELETE FROM outbox WHERE id = ?');
      this.#db.transaction(() => {
        for (const id of ids) this.#rows -= remove.run(id).changes;
      })();
    } catch (cause) {
      throw this.#fault(cause);
    }
  }

  close(): void {
    this.#db.close();
  }
}
