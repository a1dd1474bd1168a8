import { assert } from '../base/assert.ts';
import { monotonicMs } from '../base/time.ts';
import type { MonotonicMs, UtcMs } from '../base/time.ts';
import { changeMs, flashingMs } from '../../config/stagetimes.ts';
import type { ControllerId, SignalGroupId } from '../model/ids.ts';
import type { Road, SignalGroup } from '../model/road.ts';
import type { ControllerStatus, LampAspect } from '../model/signal.ts';
import type { SimulatedLamp, SimulatedSignals } from '../model/simulated.ts';

/** A wrong thing that a controller shows, for tests of the gate. Times are of the virtual clock. */
export type LampFault =
  /** The group shows green although the plan does not let it. */
  | {
      readonly kind: 'conflicting-green';
      readonly signalGroup: SignalGroupId;
      readonly fromMs: MonotonicMs;
      readonly untilMs: MonotonicMs;
    }
  /** Remaining times stand still at what they were when the fault began. */
  | {
      readonly kind: 'frozen-countdown';
      readonly fromMs: MonotonicMs;
      readonly untilMs: MonotonicMs;
    }
  /** The controller says nothing. */
  | { readonly kind: 'silent'; readonly fromMs: MonotonicMs; readonly untilMs: MonotonicMs };

/** One state of a group within the cycle, [fromMs, untilMs). */
interface Segment {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly aspect: LampAspect;
}

interface StageTimes {
  readonly number: number;
  /** Start of green within the cycle, and the start of the next stage's green. */
  readonly fromMs: number;
  readonly greenEndMs: number;
  readonly untilMs: number;
}

/** What one group shows now, and until when. */
export interface LampNow {
  readonly aspect: LampAspect;
  readonly beganMs: number;
  readonly endMs: number;
}

/** A fixed-time plan that runs for ever, on the virtual clock. */
export interface LampPlan {
  readonly cycleMs: number;
  /** Position of a group in `road.signalGroups`; -1 when unknown. */
  indexOf(group: SignalGroupId): number;
  now(groupIndex: number, atMs: number): LampNow;
  /** When right of way of the group ends, flashing green included; -1 while not green. */
  greenEndMs(groupIndex: number, atMs: number): number;
  /** Everything a controller shows at an instant, faults included; null while it is silent. */
  signalsOf(controllerId: ControllerId, atMs: MonotonicMs, utcMs: UtcMs): SimulatedSignals | null;
}

const GREEN: LampAspect = { colour: 'green', flashing: false };
const FLASHING_GREEN: LampAspect = { colour: 'green', flashing: true };
const YELLOW: LampAspect = { colour: 'yellow', flashing: false };
const FLASHING_YELLOW: LampAspect = { colour: 'yellow', flashing: true };
const RED: LampAspect = { colour: 'red', flashing: false };
const RED_YELLOW: LampAspect = { colour: 'red-yellow', flashing: false };
const DARK: LampAspect = { colour: 'dark', flashing: false };

const RED_YELLOW_MS = 1000;
/** A lamp that never changes says that its state ends this much later. */
const NEVER_MS = 3_600_000;

/**
 * Builds the plan from `road.stages`: green, flashing green, yellow, then red for the intergreen.
 * Stages follow one another in order; a group that is green in two neighbouring stages stays green.
 */
export function createLampPlan(
  road: Road,
  options: { readonly startMs: number; readonly faults?: readonly LampFault[] },
): LampPlan {
  const indexById = new Map(road.signalGroups.map((group, index) => [group.id as string, index]));
  const stages = stageTimes(road);
  const cycleMs = stages.at(-1)?.untilMs ?? NEVER_MS;
  const tables = road.signalGroups.map((group) => segmentsOf(group, road, stages, cycleMs));
  const plan = new FixedPlan(road, tables, stages, cycleMs, options.startMs, options.faults ?? []);
  return {
    cycleMs,
    indexOf: (group) => indexById.get(group) ?? -1,
    now: (groupIndex, atMs) => plan.now(groupIndex, atMs),
    greenEndMs: (groupIndex, atMs) => plan.greenEndMs(groupIndex, atMs),
    signalsOf: (controllerId, atMs, utcMs) => plan.signalsOf(controllerId, atMs, utcMs),
  };
}

function stageTimes(road: Road): StageTimes[] {
  const times: StageTimes[] = [];
  let atMs = 0;
  for (let index = 0; index < road.stages.length; index++) {
    const stage = road.stages[index]!;
    const next = road.stages[(index + 1) % road.stages.length]!;
    const greenEndMs = atMs + stage.greenS * 1000;
    const gapMs = changeMs(road, stage, next);
    times.push({ number: stage.number, fromMs: atMs, greenEndMs, untilMs: greenEndMs + gapMs });
    atMs = greenEndMs + gapMs;
  }
  return times;
}

/** Stretches of green of a group: neighbouring stages that both have it are one stretch. */
function greenStretches(
  group: SignalGroup,
  road: Road,
  stages: readonly StageTimes[],
): { fromMs: number; greenEndMs: number }[] {
  const has = stages.map((_, index) => road.stages[index]!.green.includes(group.id));
  const stretches: { fromMs: number; greenEndMs: number }[] = [];
  const count = stages.length;
  const cycleMs = stages.at(-1)?.untilMs ?? 0;
  for (let index = 0; index < count; index++) {
    if (!has[index] || has[(index + count - 1) % count]) continue;
    let last = index;
    while (has[(last + 1) % count] && last + 1 < index + count) last++;
    const wraps = last >= count ? cycleMs : 0;
    stretches.push({
      fromMs: stages[index]!.fromMs,
      greenEndMs: stages[last % count]!.greenEndMs + wraps,
    });
  }
  return stretches;
}

function segmentsOf(
  group: SignalGroup,
  road: Road,
  stages: readonly StageTimes[],
  cycleMs: number,
): Segment[] {
  const stretches = greenStretches(group, road, stages);
  const rest = group.lampType === 'waiting-area' && group.mayGoDark ? DARK : RED;
  const whole = (aspect: LampAspect): Segment[] => [{ fromMs: 0, untilMs: cycleMs, aspect }];
  if (group.lampType === 'flashing-warning') return whole(FLASHING_YELLOW);
  if (stretches.length === 0) {
    return whole(road.stages.every((stage) => stage.green.includes(group.id)) ? GREEN : rest);
  }
  const segments: Segment[] = [];
  const first = stretches[0]!.fromMs;
  for (let index = 0; index < stretches.length; index++) {
    const { fromMs, greenEndMs } = stretches[index]!;
    const nextMs = stretches[index + 1]?.fromMs ?? first + cycleMs;
    const flashMs = flashingMs(road, group, greenEndMs - fromMs);
    const yellowMs = group.lampType === 'pedestrian' ? 0 : group.yellowS * 1000;
    const redYellowMs = group.hasRedYellow ? RED_YELLOW_MS : 0;
    const cuts: [LampAspect, number][] = [
      [GREEN, greenEndMs - flashMs],
      [FLASHING_GREEN, greenEndMs],
      [YELLOW, greenEndMs + yellowMs],
      [rest, nextMs - redYellowMs],
      [RED_YELLOW, nextMs],
    ];
    let atMs = fromMs;
    for (const [aspect, untilMs] of cuts) {
      if (untilMs <= atMs) continue;
      segments.push({ fromMs: atMs, untilMs, aspect });
      atMs = untilMs;
    }
  }
  return segments;
}

/** Number of the plan that simulated controllers say they run. */
export const SIMULATED_PLAN = 1;

const STATUS: ControllerStatus = {
  mode: 'fixed-time',
  manualControl: false,
  stopTime: false,
  failureFlash: false,
  preempt: false,
  priority: false,
  fault: false,
  transition: false,
  plan: SIMULATED_PLAN,
};

class FixedPlan {
  readonly #road: Road;
  readonly #tables: readonly (readonly Segment[])[];
  readonly #stages: readonly StageTimes[];
  readonly #cycleMs: number;
  readonly #startMs: number;
  readonly #faults: readonly LampFault[];

  constructor(
    road: Road,
    tables: readonly (readonly Segment[])[],
    stages: readonly StageTimes[],
    cycleMs: number,
    startMs: number,
    faults: readonly LampFault[],
  ) {
    this.#road = road;
    this.#tables = tables;
    this.#stages = stages;
    this.#cycleMs = cycleMs;
    this.#startMs = startMs;
    this.#faults = faults;
  }

  /** Index of the segment at an instant, and the instant that the cycle of its table began. */
  #find(groupIndex: number, atMs: number): { index: number; baseMs: number } {
    const table = this.#tables[groupIndex]!;
    const firstMs = table[0]!.fromMs;
    const cycles = Math.floor((atMs - this.#startMs - firstMs) / this.#cycleMs);
    const baseMs = this.#startMs + cycles * this.#cycleMs;
    let index = table.length - 1;
    while (index > 0 && atMs < baseMs + table[index]!.fromMs) index--;
    return { index, baseMs };
  }

  now(groupIndex: number, atMs: number): LampNow {
    const { index, baseMs } = this.#find(groupIndex, atMs);
    const segment = this.#tables[groupIndex]![index]!;
    if (this.#tables[groupIndex]!.length === 1) {
      return { aspect: segment.aspect, beganMs: baseMs, endMs: atMs + NEVER_MS };
    }
    return {
      aspect: segment.aspect,
      beganMs: baseMs + segment.fromMs,
      endMs: baseMs + segment.untilMs,
    };
  }

  greenEndMs(groupIndex: number, atMs: number): number {
    const { index, baseMs } = this.#find(groupIndex, atMs);
    const table = this.#tables[groupIndex]!;
    if (table[index]!.aspect.colour !== 'green') return -1;
    if (table.length === 1) return atMs + NEVER_MS;
    const next = table[index + 1];
    const last = next && next.aspect.colour === 'green' ? next : table[index]!;
    return baseMs + last.untilMs;
  }

  #lamp(groupIndex: number, atMs: number): SimulatedLamp {
    const group = this.#road.signalGroups[groupIndex]!;
    const table = this.#tables[groupIndex]!;
    const now = this.now(groupIndex, atMs);
    const { index } = this.#find(groupIndex, atMs);
    const next = [1, 2].map((ahead) => {
      const segment = table[(index + ahead) % table.length]!;
      return { aspect: segment.aspect, durationMs: segment.untilMs - segment.fromMs };
    });
    const endMs = monotonicMs(now.endMs);
    return {
      lampGroup: group.lampGroup,
      aspect: now.aspect,
      endMs,
      minEndMs: endMs,
      maxEndMs: endMs,
      next: table.length === 1 ? [] : next,
    };
  }

  signalsOf(
    controllerId: ControllerId,
    atMs: MonotonicMs,
    utcMs: UtcMs,
  ): SimulatedSignals | null {
    const active = this.#faults.filter((fault) => fault.fromMs <= atMs && atMs < fault.untilMs);
    if (active.some((fault) => fault.kind === 'silent')) return null;
    const frozen = active.find((fault) => fault.kind === 'frozen-countdown');
    const lamps: SimulatedLamp[] = [];
    for (let index = 0; index < this.#road.signalGroups.length; index++) {
      const group = this.#road.signalGroups[index]!;
      if (group.controllerId !== controllerId) continue;
      let lamp = this.#lamp(index, atMs);
      if (frozen) lamp = this.#freeze(index, lamp, frozen.fromMs, atMs);
      for (const fault of active) {
        if (fault.kind !== 'conflicting-green' || fault.signalGroup !== group.id) continue;
        lamp = { ...lamp, aspect: GREEN };
      }
      lamps.push(lamp);
    }
    return { nowMs: atMs, utcMs, lamps, status: STATUS, stage: this.#stage(atMs) };
  }

  #freeze(index: number, lamp: SimulatedLamp, fromMs: number, atMs: number): SimulatedLamp {
    const leftMs = this.now(index, fromMs).endMs - fromMs;
    const endMs = monotonicMs(atMs + leftMs);
    return { ...lamp, endMs, minEndMs: endMs, maxEndMs: endMs };
  }

  #stage(atMs: number): SimulatedSignals['stage'] {
    const sinceMs = atMs - this.#startMs;
    const phaseMs = sinceMs - Math.floor(sinceMs / this.#cycleMs) * this.#cycleMs;
    const stage = this.#stages.find((row) => phaseMs < row.untilMs) ?? this.#stages.at(-1);
    if (!stage) return { number: 1, elapsedMs: 0, remainingMs: NEVER_MS };
    assert(phaseMs >= stage.fromMs - 1e-6, `stage ${stage.number} begins after ${phaseMs} ms`);
    return {
      number: stage.number,
      elapsedMs: phaseMs - stage.fromMs,
      remainingMs: stage.untilMs - phaseMs,
    };
  }
}
