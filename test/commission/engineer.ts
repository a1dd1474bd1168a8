/** A truthful engineer before the true lamps, and a box that believes a site about them. */
import { seededRandom } from '../../src/base/random.ts';
import type { WitnessColour } from '../../src/base/evidence.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { Road } from '../../src/model/road.ts';
import type { SignalState } from '../../src/model/signal.ts';
import { createLampPlan } from '../../src/simulate/lamps.ts';
import type { LampPlan } from '../../src/simulate/lamps.ts';
import { LampLog, lampOf } from '../../src/lamplog.ts';
import {
  answerArm, answerCabinet, answerLamp, beginWalk, openOf, walkOf,
} from '../../src/commissionwalk.ts';
import type { Walk, WalkPart } from '../../src/commissionwalk.ts';
import { demoSite } from '../demosite.ts';

/** A UTC instant, in the plan's own milliseconds beside it. */
export const BEGIN_MS = 1.77e12;

/** What the box is told by the controller of every lamp group, 10 times a second. */
export function statesOf(road: Road, truth: Road, plan: LampPlan, atMs: number): SignalState[] {
  const byLamp = new Map(truth.signalGroups.map((group, index) => [group.lampGroup as string, index]));
  const [first] = road.signalGroups;
  const groups = road.signalGroups.map(({ id, lampGroup }) => ({
    signalGroup: id, rightOfWay: 'unknown' as const, timing: null, next: null,
    aspect: plan.now(byLamp.get(lampGroup) ?? 0, atMs).aspect,
  }));
  return [{ node: first!.node, availability: 'usable', groups } as unknown as SignalState];
}

/** The log of a box with this road file while the true lamps run. */
export function logOf(road: Road, truth: Road, untilMs: number): LampLog {
  const plan = createLampPlan(truth, { startMs: 0 });
  const log = new LampLog(road.signalGroups);
  for (let atMs = 0; atMs <= untilMs; atMs += 100) {
    log.accept(statesOf(road, truth, plan, atMs), BEGIN_MS + atMs);
  }
  return log;
}

/** Which question stopped a site, `null` where it passed. */
export interface Stopped {
  readonly lamps: number;
  readonly cabinet: number;
  readonly arms: number;
}

interface Press {
  readonly atMs: number;
  readonly lamp: WitnessColour;
}

/** Keys that a person presses at a head: 0.2 to 1.4 s after each change that is seen. */
export function pressesAt(truth: Road, id: string, untilMs: number, seed: string): Press[] {
  const plan = createLampPlan(truth, { startMs: 0 });
  const random = seededRandom(`${seed}/${id}`);
  const index = plan.indexOf(id as never);
  const found: Press[] = [];
  let last = lampOf(plan.now(index, 3000).aspect);
  for (let atMs = 3000; atMs <= untilMs; atMs += 50) {
    const lamp = lampOf(plan.now(index, atMs).aspect);
    if (lamp !== last) found.push({ atMs: atMs + 200 + 1200 * random.next(), lamp });
    last = lamp;
  }
  return found;
}

/**
 * Walks a site that may be wrong, before true lamps. The engineer stands at the heads that the
 * names of the groups mean, counts what really hangs there and reads the true terminals.
 */
export function walkSite(road: Road, truth: Road, seed: string): { part: WalkPart; walk: Walk } {
  const site = demoSite();
  const walk = walkOf({ id: 'x', box: 'b', mode: 'live', safetyHash: 'h', road });
  const cycleMs = createLampPlan(truth, { startMs: 0 }).cycleMs;
  const untilMs = 3 * cycleMs;
  const log = logOf(road, truth, untilMs + 5000);
  const { arms } = walkOf({ ...site, road: truth });
  const terminals = new Map(truth.signalGroups.map((group) => [group.id as string, group.lampGroup as string]));
  let part = beginWalk(walk, 'Li Wei', BEGIN_MS);
  for (const arm of walk.arms) {
    part = answerArm(part, arm, arms.find(({ id }) => id === arm.id)?.groups.length ?? -1).part;
  }
  for (const group of walk.groups) {
    for (const { atMs, lamp } of pressesAt(truth, group.id, untilMs, seed)) {
      const answer = answerLamp(part, group, log.of(group.id), lamp, BEGIN_MS + atMs);
      part = answer.part;
      if (['differs', 'missed', 'confirmed'].includes(answer.outcome)) break;
    }
    if (group.twins.length > 0) part = answerCabinet(part, group, terminals.get(group.id)!).part;
  }
  const matrix = { how: 'typed', pairs: walk.conflicts.length, missing: [], extra: [] } as const;
  return { part: { ...part, matrix, ignored: true }, walk };
}

/** What stays open after a walk, by the question that stops it. */
export function stoppedBy({ part, walk }: { part: WalkPart; walk: Walk }): Stopped {
  const open = openOf(walk, part).map(({ en }) => en);
  return {
    lamps: open.filter((text) => text.includes('lamps not confirmed')).length,
    cabinet: open.filter((text) => text.includes('at the cabinet')).length,
    arms: open.filter((text) => text.includes('counted')).length,
  };
}

export const nodeOf = (road: Road): string => nodeKey(road.signalGroups[0]!.node);
