import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Gbt20999Instance } from '../../drivers/signal-gbt20999/instance.ts';
import { gbt20999Options } from '../../drivers/signal-gbt20999/options.ts';
import type { Gbt20999Options } from '../../drivers/signal-gbt20999/options.ts';
import { simulatedGbt20999 } from '../../drivers/signal-gbt20999/simulate.ts';
import { TscbmInstance } from '../../drivers/signal-tscbm/instance.ts';
import { tscbmOptions } from '../../drivers/signal-tscbm/options.ts';
import { encodeTscbm } from '../../drivers/signal-tscbm/simulate.ts';
import { sectionSchema } from '../../config/field.ts';
import { Counters } from '../../src/base/counters.ts';
import { stampAt } from '../../src/base/clock.ts';
import { monotonicMs } from '../../src/base/time.ts';
import type { Datagram } from '../../src/model/port.ts';
import type { Road } from '../../src/model/road.ts';
import { createSignalStage } from '../../src/signals/stage.ts';
import { createLampPlan } from '../../src/simulate/lamps.ts';
import { contextFor } from '../drivers/signal-context.ts';

/** The sample junctions, their fixed plans, the controllers' protocols and the stage, in one. */

const fileOf = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../config/sites/${path}`, import.meta.url), 'utf8'));
const optionsOf = (site: string): unknown =>
  (fileOf(`${site}/site.json`) as { controllers: { options: unknown }[] }).controllers[0]!.options;
const road = fileOf('demo/road.json') as Road;
const controller = road.nodes.find(({ controllerId }) => controllerId !== null)!.controllerId!;
const plan = createLampPlan(road, { startMs: 0 });

type Row = Exclude<Gbt20999Options['stageGroups'][string][number], string>;

/** Which green ends how long before its stage does, read off the plan. */
function stageGroups(): Gbt20999Options['stageGroups'] {
  const rows: Record<string, Row[]> = {};
  let stage = 0;
  let stageEndMs = 0;
  const flashed = new Map<string, number>();
  for (let atMs = 0; atMs < plan.cycleMs; atMs += 100) {
    const shown = plan.signalsOf(controller, monotonicMs(atMs), 0 as never)!;
    if (shown.stage.number !== stage) flashed.clear();
    stage = shown.stage.number;
    stageEndMs = atMs + shown.stage.remainingMs;
    for (const { lampGroup, aspect, endMs } of shown.lamps) {
      if (aspect.colour !== 'green') continue;
      const flashingMs = aspect.flashing ? (flashed.get(lampGroup) ?? 0) + 100 : 0;
      flashed.set(lampGroup, flashingMs);
      const index = (rows[stage] ??= []).findIndex((row) => row.lampGroup === lampGroup);
      const row = { lampGroup, beforeEndMs: Math.round(stageEndMs - endMs), flashingMs };
      if (index < 0) rows[stage]!.push(row);
      else rows[stage]![index] = row;
    }
  }
  // A green that lasts into the next stage ends there.
  return Object.fromEntries(Object.entries(rows).map(([number, list]) => [
    number, list.filter(({ beforeEndMs }) => beforeEndMs >= 0),
  ]));
}

test('the demo site says of each stage what its plan does', () => {
  const { stageGroups: said } = sectionSchema(gbt20999Options).parse(optionsOf('demo'));
  expect(said).toEqual(stageGroups());
});

test('two cycles of the demo junction stay usable, and greens carry their ends', () => {
  const options = sectionSchema(gbt20999Options).parse(optionsOf('demo'));
  const heard = contextFor<'udp' | 'tcp' | 'serial'>('udp');
  const counts = new Counters();
  const stage = createSignalStage(road, (name, by) => counts.count(name, by));
  new Gbt20999Instance(
    {
      ...heard.context, controllerId: controller,
      publish: (report) => stage.accept(report),
    },
    options,
  );
  const box = simulatedGbt20999(options);
  let greens = 0;
  let timed = 0;
  let worstMs = 0;
  let unusable = 0;
  for (let atMs = 10; atMs < 2 * plan.cycleMs; atMs += 10) {
    heard.clock.advanceTo(monotonicMs(atMs));
    const shown = plan.signalsOf(controller, monotonicMs(atMs), 0 as never)!;
    for (const message of heard.sent.splice(0)) {
      for (const answer of box.receive!({ ...message, from: '10.0.0.9:1' }, shown)) {
        heard.deliver(answer as Datagram, monotonicMs(atMs));
      }
    }
    if (atMs < 3000 || atMs % 100 !== 0) continue;
    const [state] = stage.at(stampAt(heard.clock));
    if (state!.availability !== 'usable') unusable++;
    for (const { signalGroup, aspect, timing } of state!.groups) {
      const now = plan.now(plan.indexOf(signalGroup), atMs);
      // Up to one poll the box may still see what the lamp has just left.
      const asShown = aspect.flashing === now.aspect.flashing && now.aspect.colour === 'green';
      if (aspect.colour !== 'green' || !asShown) continue;
      greens++;
      if (!timing?.likelyEnd) continue;
      timed++;
      worstMs = Math.max(worstMs, Math.abs(timing.likelyEnd.atMs - now.endMs));
    }
  }
  expect([unusable, heard.counts.toJSON(), counts.toJSON()]).toEqual([0, {}, {}]);
  expect(greens).toBeGreaterThan(3000);
  expect(timed / greens).toBeGreaterThan(0.85);
  expect(worstMs).toBeLessThanOrEqual(1300);
});

test('a cycle of the two-node site is usable throughout, and every end is the true one', () => {
  const other = fileOf('two-nodes/road.json') as Road;
  const id = other.nodes.find(({ controllerId }) => controllerId !== null)!.controllerId!;
  const fixed = createLampPlan(other, { startMs: 0 });
  const heard = contextFor('udp');
  const counts = new Counters();
  const stage = createSignalStage(other, (name, by) => counts.count(name, by));
  new TscbmInstance(
    { ...heard.context, controllerId: id, publish: (report) => stage.accept(report) },
    sectionSchema(tscbmOptions).parse(optionsOf('two-nodes')),
  );
  let told = 0;
  let worstMs = 0;
  for (let atMs = 0; atMs < fixed.cycleMs; atMs += 100) {
    heard.clock.advanceTo(monotonicMs(atMs));
    const shown = fixed.signalsOf(id, monotonicMs(atMs), heard.clock.utcAt().utcMs)!;
    heard.deliver({ data: encodeTscbm(shown), from: '10.0.0.9:6053' }, monotonicMs(atMs));
    const states = stage.at(stampAt(heard.clock));
    expect(states.map(({ availability }) => availability)).toEqual(['usable']);
    for (const { signalGroup, aspect, timing } of states[0]!.groups) {
      const now = fixed.now(fixed.indexOf(signalGroup), atMs);
      expect(aspect).toEqual(now.aspect);
      if (!timing?.minEnd) continue;
      told++;
      worstMs = Math.max(worstMs, Math.abs(timing.minEnd.atMs - now.endMs));
    }
  }
  expect([heard.counts.toJSON(), counts.toJSON()]).toEqual([{}, {}]);
  expect(told).toBeGreaterThan(1000);
  expect(worstMs).toBeLessThanOrEqual(100);
});
