/**
 * When a lane use or a speed limit holds: what the conditions of a road ask about (local time,
 * plan of the controller, state of a sign), and every combination of answers that can come.
 */
import { nodeKey } from './ids.ts';
import type { Road, RoadCondition, RoadNode, SpeedLimit } from './road.ts';
import type { LampAspect, SignalState } from './signal.ts';

/** What the conditions of one node are held against. */
export interface RoadState {
  /** Minute of the local week, 0 = Monday 00:00; null while UTC is not known well enough. */
  readonly weekMinute: number | null;
  /** Plan that the controller runs; null where it does not say. */
  readonly plan: number | null;
  /** State by name of sign; a sign that is not known stands not in it. */
  readonly signs: ReadonlyMap<string, string>;
}

/** Nothing is known beyond what holds always. */
export const plainState: RoadState = { weekMinute: null, plan: null, signs: new Map() };

const DAY_MIN = 1440;
const WEEK_MIN = 7 * DAY_MIN;
/** Local time is not used for lanes while UTC may err by more than this, ms. */
export const CALENDAR_ERROR_MS = 30_000;

/** Whether a condition holds. What is not known does not hold. */
export function holds(condition: RoadCondition, state: RoadState): boolean {
  switch (condition.kind) {
    case 'always':
      return true;
    case 'calendar': {
      if (state.weekMinute === null) return false;
      const minute = state.weekMinute % DAY_MIN;
      const day = Math.floor(state.weekMinute / DAY_MIN) + 1;
      return (
        condition.days.includes(day) &&
        minute >= condition.fromMinute && minute < condition.toMinute
      );
    }
    case 'plan':
      return state.plan !== null && condition.plans.includes(state.plan);
    case 'sign':
      return state.signs.get(condition.sign) === condition.state;
  }
}

const clockText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** A condition as text: the same text for the same condition, readable in logs and tables. */
export function conditionText(condition: RoadCondition): string {
  switch (condition.kind) {
    case 'always':
      return 'always';
    case 'calendar': {
      const days = [...new Set(condition.days)].sort((a, b) => a - b).join('');
      return `day ${days} ${clockText(condition.fromMinute)}-${clockText(condition.toMinute)}`;
    }
    case 'plan':
      return `plan ${[...new Set(condition.plans)].sort((a, b) => a - b).join(',')}`;
    case 'sign':
      return `sign ${condition.sign}=${condition.state}`;
  }
}

/** The conditions that decide what a node's map says, `always` left out, each once. */
export function conditionsOf(road: Road, node: RoadNode): readonly RoadCondition[] {
  const key = nodeKey(node.id);
  const links = road.links.filter((link) => nodeKey(link.downstream) === key);
  const ids = new Set(links.map(({ id }) => id));
  const lanes = road.lanes.filter((lane) => ids.has(lane.linkId));
  const all = [
    ...links.flatMap(({ speedLimits }) => speedLimits),
    ...lanes.flatMap(({ uses, speedLimits }) => [...uses, ...speedLimits]),
  ].map(({ when }) => when);
  const found = new Map<string, RoadCondition>();
  for (const when of all) if (when.kind !== 'always') found.set(conditionText(when), when);
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, condition]) => condition);
}

/** What holds in a state, as one text: the key of a variant. `always` where nothing more holds. */
export function stateKey(conditions: readonly RoadCondition[], state: RoadState): string {
  const holding = conditions.filter((condition) => holds(condition, state)).map(conditionText);
  return holding.length === 0 ? 'always' : holding.join(' + ');
}

/** Minutes of the week at which some calendar condition may begin or end; one of each stretch. */
function weekMinutes(conditions: readonly RoadCondition[]): readonly number[] {
  const cuts = new Set<number>();
  for (const condition of conditions) {
    if (condition.kind !== 'calendar') continue;
    for (let day = 0; day < 7; day++) {
      for (const minute of [0, condition.fromMinute, condition.toMinute]) {
        cuts.add((day * DAY_MIN + minute) % WEEK_MIN);
      }
    }
  }
  return [...cuts].sort((a, b) => a - b);
}

/** The most variants of one node; a road that asks for more is refused by the checker. */
export const VARIANTS_MAX = 64;

/**
 * One state for each combination of conditions that can come: each stretch of the week, each plan
 * named and another, each sign in each state named and in another; and all that while time, plan
 * or sign are not known. The first is `plainState`. Gives at most `most` + 1, so that a caller
 * sees that there are too many without walking them all.
 */
export function reachableStates(
  conditions: readonly RoadCondition[], most = VARIANTS_MAX,
): readonly RoadState[] {
  const signs = new Map<string, Set<string>>();
  const plans = new Set<number>();
  for (const condition of conditions) {
    if (condition.kind === 'plan') for (const plan of condition.plans) plans.add(plan);
    if (condition.kind !== 'sign') continue;
    const states = signs.get(condition.sign) ?? new Set();
    signs.set(condition.sign, states.add(condition.state));
  }
  const found = new Map<string, RoadState>();
  const add = (states: readonly RoadState[]): RoadState[] => {
    const fresh: RoadState[] = [];
    for (const state of states) {
      const key = stateKey(conditions, state);
      if (found.has(key)) continue;
      if (found.size > most) break;
      found.set(key, state);
      fresh.push(state);
    }
    return fresh;
  };
  add([plainState]);
  add(weekMinutes(conditions).map((weekMinute) => ({ ...plainState, weekMinute })));
  add([...found.values()].flatMap((state) =>
    [...plans].sort((a, b) => a - b).map((plan) => ({ ...state, plan }))));
  for (const [sign, states] of [...signs].sort(([a], [b]) => (a < b ? -1 : 1))) {
    add([...found.values()].flatMap((state) =>
      [...states].sort().map((word) =>
        ({ ...state, signs: new Map(state.signs).set(sign, word) }))));
  }
  return [...found.values()];
}

const formats = new Map<string, Intl.DateTimeFormat>();
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Whether this program knows a time zone by the name that IANA gives it. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // the constructor's RangeError is the answer: there is no other way to ask
  }
}

/** Minute of the local week of an instant, 0 = Monday 00:00. `timeZone` as IANA names it. */
export function localWeekMinute(utcMs: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone, weekday: 'short', hour: 'numeric', minute: 'numeric', hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(utcMs).map(({ type, value }) => [type, value]));
  const day = DAYS.indexOf(parts.get('weekday') ?? '');
  return day * DAY_MIN + Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
}

const always: RoadCondition = { kind: 'always' };

/** The road with what holds in one state alone, as if it held always. */
export function roadInForce(road: Road, state: RoadState): Road {
  const conditional = ({ when }: { readonly when: RoadCondition }): boolean =>
    when.kind !== 'always';
  const limitsOf = (limits: readonly SpeedLimit[]): readonly SpeedLimit[] =>
    limits.filter(({ when }) => holds(when, state)).map((limit) => ({ ...limit, when: always }));
  const free = [...road.links, ...road.lanes].every((row) => !row.speedLimits.some(conditional));
  if (free && !road.lanes.some(({ uses }) => uses.some(conditional))) return road;
  return {
    ...road,
    links: road.links.map((link) => ({ ...link, speedLimits: limitsOf(link.speedLimits) })),
    lanes: road.lanes.map((lane) => ({
      ...lane,
      uses: lane.uses.filter(({ when }) => holds(when, state))
        .map((use) => ({ ...use, when: always })),
      speedLimits: limitsOf(lane.speedLimits),
    })),
  };
}

/** What a lamp over a lane shows, as a condition names it; null where that is not known. */
export const laneLampState = ({ colour, flashing }: LampAspect): string | null =>
  colour === 'unknown' ? null : `${flashing ? 'flashing-' : ''}${colour}`;

/** A lamp over a lane is a sign: its state by the name of its signal group, where it is known. */
export function signStates(road: Road, states: readonly SignalState[]): Map<string, string> {
  const lamps = new Set(
    road.signalGroups.filter(({ lampType }) => lampType === 'lane').map(({ id }) => id),
  );
  const found = new Map<string, string>();
  if (lamps.size === 0) return found;
  for (const { availability, groups } of states) {
    if (availability !== 'usable') continue;
    for (const { signalGroup, aspect } of groups) {
      const state = laneLampState(aspect);
      if (lamps.has(signalGroup) && state !== null) found.set(signalGroup, state);
    }
  }
  return found;
}

/** States of a lamp over a lane that a condition may name. */
export const laneLampStates = [
  'green', 'red', 'yellow', 'dark', 'flashing-green', 'flashing-yellow', 'flashing-red',
] as const;
