/** Leaf checks of devices: heard, silent or held back. */
import type { Log } from './base/log.ts';
import type { Stateful } from './base/stateful.ts';
import type { HealthCheck } from './model/health.ts';

/** One device and when it was last heard. */
export interface Watch {
  readonly name: string;
  readonly silentAfterMs: number;
  lastMs: number | null;
  /** The first judgement; the time from which it is waited for. */
  startMs: number | null;
  level: HealthCheck['level'];
  reason: string;
  sinceMs: number;
  facts: Record<string, string | number | boolean>;
}

/** How long a device that was never heard is waited for, beyond its own limit, ms. */
const FIRST_WORD_MS = 5000;

/** Leaf checks of one kind of device: heard or silent. All instants are of the loop's ticks. */
export class Watches implements Stateful {
  readonly #watches = new Map<string, Watch>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  add(name: string, silentAfterMs: number): void {
    this.#watches.set(name, {
      name,
      silentAfterMs,
      lastMs: null,
      startMs: null,
      level: 'unknown',
      reason: 'never_heard',
      sinceMs: 0,
      facts: {},
    });
  }

  heard(name: string, atMs: number): void {
    const watch = this.#watches.get(name);
    if (watch) watch.lastMs = atMs;
  }

  /** Facts for people; a text under `degraded` is a reason that holds the check back. */
  facts(name: string, facts: Readonly<Record<string, string | number | boolean>>): void {
    const watch = this.#watches.get(name);
    if (watch) Object.assign(watch.facts, facts);
  }

  /** Judges all at one instant; gives those whose level changed. */
  judge(nowMs: number): readonly Watch[] {
    const changed: Watch[] = [];
    for (const watch of this.#watches.values()) {
      watch.startMs ??= nowMs;
      const unheard = watch.lastMs === null;
      const silentMs = nowMs - (watch.lastMs ?? watch.startMs);
      // A device may start with the box: it gets some seconds before it is missed.
      if (unheard && silentMs <= watch.silentAfterMs + FIRST_WORD_MS) continue;
      const silent = silentMs > watch.silentAfterMs;
      const held = watch.facts['degraded'];
      const degraded = typeof held === 'string' ? held : '';
      const level = silent ? 'failed' : degraded === '' ? 'ok' : 'degraded';
      const reason = silent ? (unheard ? 'never_heard' : 'silent') : degraded;
      if (level === watch.level && reason === watch.reason) continue;
      watch.level = level;
      watch.reason = reason;
      watch.sinceMs = nowMs;
      changed.push(watch);
      if (level === 'degraded') {
        this.#log.warn('device_degraded', { subject: watch.name, reason });
        continue;
      }
      const fields = { subject: watch.name, silent_ms: Math.max(0, Math.round(silentMs)), limit_ms: watch.silentAfterMs };
      if (silent) this.#log.warn('device_silent', fields);
      else this.#log.info('device_heard', fields);
    }
    return changed;
  }

  checks(): HealthCheck[] {
    return [...this.#watches.values()].map((watch) => ({
      name: watch.name,
      level: watch.level,
      reason: watch.reason,
      detail: watch.facts,
      sinceMs: watch.sinceMs,
    }));
  }

  snapshot(): unknown {
    return structuredClone([...this.#watches.values()]);
  }

  restore(snapshot: unknown): void {
    for (const watch of snapshot as Watch[]) this.#watches.set(watch.name, structuredClone(watch));
  }
}
