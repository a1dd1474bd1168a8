import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { SentRow } from './processes.ts';
import type { StatusDocument } from './status.ts';

/** The Prometheus page of the daemon. */
export interface Metrics {
  sent(rows: readonly SentRow[]): void;
  text(): Promise<string>;
}

const levels = { ok: 0, unknown: 1, degraded: 2, failed: 3 } as const;

/** Builds the metrics; gauges are read from the status document when the page is asked for. */
export function createMetrics(document: () => StatusDocument): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const age = new Histogram({
    name: 'lukou_age_at_send_seconds',
    help: 'Age of the newest evidence when a message left.',
    labelNames: ['type'],
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1],
    registers,
  });
  const messages = new Counter({
    name: 'lukou_messages_sent_total',
    help: 'Messages that passed the gate and left.',
    labelNames: ['type'],
    registers,
  });
  const drops = new Gauge({ name: 'lukou_drops', help: 'Drops by name since the start.', labelNames: ['name'], registers });
  const capability = new Gauge({
    name: 'lukou_capability_level',
    help: '0 ok, 1 unknown, 2 degraded, 3 failed.',
    labelNames: ['capability'],
    registers,
  });
  const check = new Gauge({ name: 'lukou_check_level', help: 'As lukou_capability_level, for each leaf check.', labelNames: ['check'], registers });
  const lateness = new Gauge({
    name: 'lukou_loop_lateness_seconds',
    help: 'Lateness of a loop against its deadlines (event-loop delay).',
    labelNames: ['loop', 'quantile'],
    registers,
  });
  const memory = new Gauge({ name: 'lukou_resident_bytes', help: 'Resident memory of a process.', labelNames: ['loop'], registers });
  const users = new Gauge({ name: 'lukou_road_users', help: 'Road users published now.', labelNames: ['class'], registers });
  const outbox = new Gauge({ name: 'lukou_outbox_rows', help: 'Records that wait for a cloud.', registers });

  const read = (): void => {
    const now = document();
    drops.reset();
    for (const [name, value] of Object.entries(now.drops)) drops.set({ name }, value);
    for (const entry of now.capabilities) capability.set({ capability: entry.capability }, levels[entry.level]);
    for (const entry of now.checks) check.set({ check: entry.name }, levels[entry.level]);
    for (const loop of now.loops) {
      lateness.set({ loop: loop.loop, quantile: '0.5' }, loop.lateness.p50Ms / 1000);
      lateness.set({ loop: loop.loop, quantile: '0.99' }, loop.lateness.p99Ms / 1000);
      lateness.set({ loop: loop.loop, quantile: '1' }, loop.lateness.maxMs / 1000);
      memory.set({ loop: loop.loop }, loop.rssBytes);
    }
    users.reset();
    const byClass = new Map<string, number>();
    for (const track of now.tracks) byClass.set(track.cls, (byClass.get(track.cls) ?? 0) + 1);
    for (const [name, count] of byClass) users.set({ class: name }, count);
    outbox.set(now.store.rows);
  };
  return {
    sent(rows) {
      for (const row of rows) {
        messages.inc({ type: row.type });
        if (row.ageMs !== null) age.observe({ type: row.type }, row.ageMs / 1000);
      }
    },
    text() {
      read();
      return registry.metrics();
    },
  };
}
