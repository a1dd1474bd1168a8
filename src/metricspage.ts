import { Counter, Gauge, Registry } from 'prom-client';
import type { Metric } from 'prom-client';
import { ageBucketsS } from './metrics.ts';
import type { SentTally } from './metrics.ts';
import type { StatusDocument } from './status.ts';

const levels = { ok: 0, unknown: 1, degraded: 2, failed: 3 } as const;
const LEVEL_HELP = '0 ok, 1 unknown, 2 degraded, 3 failed.';

/** The ages at send in the form of a Prometheus histogram, from counts that are kept elsewhere. */
function ageHistogram(tallies: ReadonlyMap<string, SentTally>): Metric {
  const name = 'lukou_age_at_send_seconds';
  const values = [...tallies].flatMap(([type, { aged, ageSumS, within }]) => [
    ...[...within, aged].map((value, at) => ({
      metricName: `${name}_bucket`,
      labels: { le: ageBucketsS[at] ?? '+Inf', type },
      value,
    })),
    { metricName: `${name}_sum`, labels: { type }, value: ageSumS },
    { metricName: `${name}_count`, labels: { type }, value: aged },
  ]);
  const help = 'Age of the newest evidence when a message left.';
  const told = { name, help, type: 'histogram', aggregator: 'sum', values };
  return { ...told, get: () => Promise.resolve(told), reset: () => undefined } as unknown as Metric;
}

/** The page of a status document. It is asked for every some seconds: each has a registry of its own. */
export async function metricsText(
  document: StatusDocument, tallies: ReadonlyMap<string, SentTally>,
): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
    new Gauge({ name, help, labelNames, registers });
  registry.registerMetric(ageHistogram(tallies));
  const messages = new Counter({
    name: 'lukou_messages_sent_total',
    help: 'Messages that passed the gate and left.',
    labelNames: ['type'],
    registers,
  });
  for (const [type, { count }] of tallies) messages.inc({ type }, count);
  const drops = gauge('lukou_drops', 'Drops by name since the start.', 'name');
  for (const [name, value] of Object.entries(document.drops)) drops.set({ name }, value);
  const capability = gauge('lukou_capability_level', LEVEL_HELP, 'capability');
  for (const one of document.capabilities) capability.set({ capability: one.capability }, levels[one.level]);
  const check = gauge('lukou_check_level', 'As lukou_capability_level, for each leaf check.', 'check');
  for (const { name, level } of document.checks) check.set({ check: name }, levels[level]);
  loopGauges(document, gauge);
  const users = gauge('lukou_road_users', 'Road users published now.', 'class');
  const byClass = new Map<string, number>();
  for (const { cls } of document.tracks) byClass.set(cls, (byClass.get(cls) ?? 0) + 1);
  for (const [name, count] of byClass) users.set({ class: name }, count);
  const shareHelp = 'Part of the road users of a class that RSM told of, last seconds.';
  const share = gauge('lukou_rsm_share', shareHelp, 'class');
  for (const row of document.shares ?? []) share.set({ class: row.cls }, row.share);
  gauge('lukou_outbox_rows', 'Records that wait for a cloud.').set(document.store.rows);
  return registry.metrics();
}

function loopGauges(
  { loops }: StatusDocument,
  gauge: (name: string, help: string, ...labelNames: string[]) => Gauge,
): void {
  const help = 'Lateness of a loop against its deadlines (event-loop delay).';
  const lateness = gauge('lukou_loop_lateness_seconds', help, 'loop', 'quantile');
  const memory = gauge('lukou_resident_bytes', 'Resident memory of a process.', 'loop');
  for (const { loop, lateness: late, rssBytes } of loops) {
    lateness.set({ loop, quantile: '0.5' }, late.p50Ms / 1000);
    lateness.set({ loop, quantile: '0.99' }, late.p99Ms / 1000);
    lateness.set({ loop, quantile: '1' }, late.maxMs / 1000);
    memory.set({ loop }, rssBytes);
  }
}
