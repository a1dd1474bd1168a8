import { monotonicMs } from '../base/time.ts';
import type { MonotonicMs } from '../base/time.ts';
import type { SignalGroupId } from '../model/ids.ts';
import type { Road, SignalGroup } from '../model/road.ts';
import type { ControllerStatus, FollowingState, LampAspect } from '../model/signal.ts';
import { believable } from './believable.ts';
import { nextOfClock, readyCycleClocks, stepCycleClock } from './cycleclock.ts';
import type { CycleClock } from './cycleclock.ts';
import type { Forecast, Forecaster } from './forecast.ts';
import { rightOfWayOf } from './lamps.ts';

/** A forecast that is off by no more than this was right: confidence is said to a second. */
export const RIGHT_MS = 1000;
/** Lives and errors that are remembered of one state of the cycle, and for how long. */
const REMEMBERED = 16;
const MEMORY_MS = 45 * 60_000;
/** Nothing is said before so many forecasts were tried in silence. */
const TRIED_MIN = 2;
/** What follows is said only while it is likelier than not. */
const FOLLOWING_MIN = 0.5;
/** Longer without a report: what happened meanwhile was not seen. */
const GAP_MS = 1600;
/** A change is seen no better than this, however often the controller speaks. */
const SEEN_SIGMA_MS = 20;
/** A state that is usually right and is wrong this often in a row belongs to another plan. */
const SURE = 0.75;
const STRANGE_MAX = 2;
/** Shorter states (yellow, flashing green) are the same in every plan. */
const PLANNED_MS = 6000;
/** States of one cycle; a group with more has no cycle that we know. */
const POSITIONS_MAX = 24;
/** A group may be served once or twice in a cycle: both are followed, the better one speaks. */
const SERVINGS = [1, 2] as const;

const same = (a: LampAspect, b: LampAspect): boolean =>
  a.colour === b.colour && a.flashing === b.flashing;

/** One state of the cycle: how long it lived, and how right its forecasts were. Plain data. */
interface Position {
  aspect: LampAspect;
  /** The place that came after it last time. */
  next: string | null;
  clock: CycleClock | null;
  /** Newest last. */
  lives: { readonly lifeMs: number; readonly atMs: number }[];
  /** Errors of forecasts made silently at the beginning of the state, newest last. */
  byClock: number[];
  byLife: number[];
}

/** The cycle as it is if the group is served once, or twice, in it. */
interface Model {
  positions: Record<string, Position>;
  /** The present place; null until the next green begins. */
  place: string | null;
  servings: number;
  ordinal: number;
  forecastByClock: number | null;
  forecastByLife: number | null;
  strange: number;
}

interface Told {
  readonly endMs: number;
  readonly confidence: number;
  readonly beganMs: number;
  readonly states: readonly FollowingState[];
}

interface Held {
  readonly atMs: number;
  readonly confidence: number;
}

/** What is remembered of one group. Plain data. */
interface Memory {
  aspect: LampAspect | null;
  heardMs: number | null;
  beganMs: number | null;
  plan: number | null;
  /** Somebody overruled the plan within the present state. */
  spoiled: boolean;
  models: Model[];
  held: Held | null;
}

const newModel = (): Model => ({
  positions: {}, place: null, servings: 0, ordinal: 0, forecastByClock: null,
  forecastByLife: null, strange: 0,
});
const newMemory = (): Memory => ({
  aspect: null, heardMs: null, beganMs: null, plan: null, spoiled: false,
  models: SERVINGS.map(newModel), held: null,
});

function push<T>(list: T[], value: T): void {
  list.push(value);
  if (list.length > REMEMBERED) list.shift();
}

const rights = (errors: readonly number[]): number => {
  let count = 0;
  for (const error of errors) if (Math.abs(error) <= RIGHT_MS) count++;
  return count;
};
/** Share of right ones, as if one more had been wrong: little evidence is little confidence. */
const shareOf = (errors: readonly number[]): number =>
  errors.length < TRIED_MIN ? 0 : rights(errors) / (errors.length + 1);

/** Median; the earlier of the two in the middle. */
function medianOf(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[(sorted.length - 1) >> 1]!;
}

/** The present state's end by its usual life, of those that lived longer than it has. */
function byLives(position: Position, beganMs: number, nowMs: number): Held | null {
  const longer = position.lives.filter(({ lifeMs }) => beganMs + lifeMs > nowMs);
  const lifeMs = medianOf(longer.map((life) => life.lifeMs));
  if (lifeMs === null) return null;
  const near = longer.filter((life) => Math.abs(life.lifeMs - lifeMs) <= RIGHT_MS).length;
  // The one in the middle is not a witness for itself.
  return { atMs: beganMs + lifeMs, confidence: (near - 1) / longer.length };
}

/** Learns the states of one group after another. */
class Learner implements Forecaster {
  readonly #groups: ReadonlyMap<SignalGroupId, SignalGroup>;
  #memories = new Map<SignalGroupId, Memory>();
  /** What was last told to follow an end; follows from the memories. */
  readonly #told = new Map<SignalGroupId, Told>();

  constructor(groups: readonly SignalGroup[]) {
    this.#groups = new Map(groups.map((group) => [group.id, group]));
    readyCycleClocks();
  }

  observe(
    id: SignalGroupId, aspect: LampAspect, status: ControllerStatus, atMs: MonotonicMs,
  ): void {
    let memory = this.#memories.get(id);
    if (!memory) {
      if (!this.#groups.has(id)) return;
      memory = newMemory();
      this.#memories.set(id, memory);
    }
    if (status.plan !== null && status.plan !== memory.plan) {
      // Another plan has other times: what was learnt is of no use (and would be wrong).
      if (memory.plan !== null) forget(memory);
      memory.plan = status.plan;
    }
    const heardMs = memory.heardMs;
    memory.heardMs = atMs;
    const gap = heardMs === null || atMs - heardMs > GAP_MS;
    if (gap) lose(memory);
    if (!believable(status) || status.transition) memory.spoiled = true;
    if (memory.aspect && same(memory.aspect, aspect) && !gap) return;
    if (gap || memory.aspect === null) {
      memory.aspect = aspect;
      return; // when it began was not seen
    }
    const seenMs = (heardMs + atMs) / 2;
    const sigmaMs = Math.hypot((atMs - heardMs) / Math.sqrt(12), SEEN_SIGMA_MS);
    change(memory, aspect, seenMs, sigmaMs);
  }

  likelyEnd(id: SignalGroupId, atMs: MonotonicMs): Forecast | null {
    const memory = this.#memories.get(id);
    if (!memory || memory.spoiled || memory.beganMs === null) return null;
    if (memory.held && memory.held.atMs <= atMs) memory.held = again(memory, atMs);
    const { held } = memory;
    return held && { atMs: monotonicMs(held.atMs), confidence: held.confidence };
  }

  following(
    id: SignalGroupId, endMs: MonotonicMs, confidence: number,
  ): readonly FollowingState[] {
    const memory = this.#memories.get(id);
    const group = this.#groups.get(id);
    if (!memory || !group || memory.spoiled || memory.beganMs === null) return [];
    const told = this.#told.get(id);
    const { beganMs } = memory;
    if (told?.endMs === endMs && told.confidence === confidence && told.beganMs === beganMs) {
      return told.states;
    }
    const states = followingOf(memory, group, endMs, confidence);
    this.#told.set(id, { endMs, confidence, beganMs, states });
    return states;
  }

  snapshot(): unknown {
    return structuredClone([...this.#memories]);
  }

  restore(snapshot: unknown): void {
    const rows = (snapshot ?? []) as readonly (readonly [SignalGroupId, Memory])[];
    this.#memories = new Map(structuredClone(rows) as [SignalGroupId, Memory][]);
    this.#told.clear();
  }
}

/** The states after an end, each as long as it usually lives, until the present aspect is back. */
function followingOf(
  memory: Memory, group: SignalGroup, endMs: MonotonicMs, confidence: number,
): readonly FollowingState[] {
  const { positions, place } = speaker(memory);
  const present = place === null ? undefined : positions[place];
  const states: FollowingState[] = [];
  let startMs: number = endMs;
  let sure = confidence;
  let at = present?.next ?? null;
  while (at !== null && states.length < POSITIONS_MAX) {
    const position = positions[at];
    const lifeMs = position && medianOf(position.lives.map((life) => life.lifeMs));
    if (!position || lifeMs === null || lifeMs === undefined) break;
    sure = Math.min(sure, lifeShare(position));
    if (sure < FOLLOWING_MIN) break;
    states.push({
      aspect: position.aspect, rightOfWay: rightOfWayOf(group, position.aspect),
      startMs: monotonicMs(startMs), likelyEndMs: monotonicMs(startMs + lifeMs),
      confidence: sure,
    });
    if (same(position.aspect, present!.aspect)) break;
    startMs += lifeMs;
    at = position.next;
  }
  return states;
}

/** Forgets all but the plan and what is shown. */
function forget(memory: Memory): void {
  memory.models = SERVINGS.map(newModel);
  memory.beganMs = null;
  memory.held = null;
}

/** A gap in the reports: cycles run on, but where in them the group is must be seen again. */
function lose(memory: Memory): void {
  memory.beganMs = null;
  memory.held = null;
  memory.spoiled = false;
  memory.models.forEach((model, index) => {
    // Which of two servings comes next cannot be told any more.
    if (SERVINGS[index] !== 1) memory.models[index] = newModel();
    model.place = null;
  });
}

/** The model that was right more often; the simpler one while both are as good. */
function speaker({ models }: Memory): Model {
  let best = models[0]!;
  for (const model of models) if (merit(model) > merit(best) + 0.05) best = model;
  return best;
}

const merit = ({ positions }: Model): number => {
  let sum = 0;
  let count = 0;
  for (const { byClock, byLife } of Object.values(positions)) {
    sum += Math.max(shareOf(byClock), shareOf(byLife));
    count++;
  }
  return count === 0 ? 0 : sum / count;
};

const lifeShare = ({ byLife }: Position): number => shareOf(byLife);

/** A state ended and another began. */
function change(memory: Memory, aspect: LampAspect, seenMs: number, sigmaMs: number): void {
  const lifeMs = memory.beganMs === null || memory.spoiled ? null : seenMs - memory.beganMs;
  memory.aspect = aspect;
  memory.beganMs = seenMs;
  memory.spoiled = false;
  memory.held = null;
  if (lifeMs !== null) for (const model of memory.models) judge(model, lifeMs, seenMs);
  if (speaker(memory).strange >= STRANGE_MAX) {
    // A plan that nobody announced: begin anew.
    forget(memory);
    memory.beganMs = seenMs;
  }
  memory.models.forEach((model, index) => {
    enter(model, SERVINGS[index]!, aspect, seenMs, sigmaMs);
  });
  memory.held = again(memory, seenMs);
}

/** Writes down how long the present state lived and how wrong its forecasts were. */
function judge(model: Model, lifeMs: number, endMs: number): void {
  const position = model.place === null ? undefined : model.positions[model.place];
  if (!position) return;
  const share = Math.max(shareOf(position.byClock), shareOf(position.byLife));
  const errors = [model.forecastByClock, model.forecastByLife]
    .flatMap((forecastMs) => (forecastMs === null ? [] : [Math.abs(endMs - forecastMs)]));
  if (model.forecastByClock !== null) push(position.byClock, endMs - model.forecastByClock);
  if (model.forecastByLife !== null) push(position.byLife, endMs - model.forecastByLife);
  push(position.lives, { lifeMs, atMs: endMs });
  while (endMs - position.lives[0]!.atMs > MEMORY_MS) position.lives.shift();
  // A yellow that is right tells nothing of the plan.
  if (share < SURE || errors.length === 0 || lifeMs < PLANNED_MS) return;
  model.strange = Math.min(...errors) > RIGHT_MS ? model.strange + 1 : 0;
}

/** Goes to the place of a state that began, and makes its silent forecasts. */
function enter(
  model: Model, servings: number, aspect: LampAspect, seenMs: number, sigmaMs: number,
): void {
  const green = aspect.colour === 'green' && !aspect.flashing;
  const before = model.place;
  model.forecastByClock = null;
  model.forecastByLife = null;
  if (green) {
    model.servings = (model.servings + 1) % servings;
    model.ordinal = 0;
  } else {
    if (before === null) return; // a cycle is counted from its green
    model.ordinal++;
  }
  const place = `${model.servings}/${model.ordinal}/${aspect.colour}${aspect.flashing ? '*' : ''}`;
  const known = model.positions[place];
  if (!known && Object.keys(model.positions).length >= POSITIONS_MAX) {
    Object.assign(model, newModel());
    return;
  }
  const position: Position = known ?? {
    aspect, next: null, clock: null, lives: [], byClock: [], byLife: [],
  };
  model.positions[place] = position;
  model.place = place;
  position.clock = stepCycleClock(position.clock, seenMs, sigmaMs);
  if (before !== null) model.positions[before]!.next = place;
  const next = position.next === null ? undefined : model.positions[position.next];
  model.forecastByClock = nextOfClock(next?.clock ?? undefined, seenMs + RIGHT_MS / 2);
  const lifeMs = medianOf(position.lives.map((life) => life.lifeMs));
  model.forecastByLife = lifeMs === null ? null : seenMs + lifeMs;
}

/** The likely end as of an instant within the present state. */
function again(memory: Memory, nowMs: number): Held | null {
  const model = speaker(memory);
  const position = model.place === null ? undefined : model.positions[model.place];
  if (!position || memory.beganMs === null) return null;
  const clock = shareOf(position.byClock);
  const life = shareOf(position.byLife);
  const { forecastByClock } = model;
  if (clock > 0 && clock >= life && forecastByClock !== null && forecastByClock > nowMs) {
    return { atMs: forecastByClock, confidence: clock };
  }
  if (position.byLife.length < TRIED_MIN) return null;
  const found = byLives(position, memory.beganMs, nowMs);
  if (!found) return null;
  // At its beginning the record of whole forecasts is the better witness.
  const confidence = nowMs === memory.beganMs ? life : found.confidence;
  return confidence > 0 ? { ...found, confidence } : null;
}

/**
 * A forecaster that learns cycle and lives of the states of every group from its lamps alone:
 * fixed-time plans by the clock of their cycle, actuated ones by how long their states usually
 * live. Each forecast is first made in silence; its confidence is the share of those that were
 * right to a second. A change of the plan number forgets, and so do two surprises in a row.
 *
 * Bounded: 24 states of a cycle, 16 lives of each. After a restart of the box it learns anew,
 * three cycles; a gap in the reports keeps the cycles and waits for the next green.
 */
export const createLearner = (road: Pick<Road, 'signalGroups'>): Forecaster =>
  new Learner(road.signalGroups);
