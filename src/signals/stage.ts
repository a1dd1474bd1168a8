import { monotonicMs, plusMs, utcMs } from '../base/time.ts';
import type { MonotonicMs, Stamp } from '../base/time.ts';
import { nodeKey } from '../model/ids.ts';
import type { ControllerId, LampGroupId } from '../model/ids.ts';
import type { Road, RoadNode, SignalGroup } from '../model/road.ts';
import type {
  ControllerReport, ControllerStatus, LampAspect, LampGroupState, SignalGroupState, SignalState, StateTiming,
} from '../model/signal.ts';
import type { Count, SignalStage } from '../model/stages.ts';
import { believable } from './believable.ts';
import { noForecaster } from './forecast.ts';
import type { Forecaster } from './forecast.ts';
import { nextOf, rightOfWayOf } from './lamps.ts';
import { punctual, stepLateness } from './lateness.ts';
import type { Lateness } from './lateness.ts';
import {
  earlierBy, endless, freshTiming, laterBy, sameAspect, stepTiming, timingAt, withForecast,
} from './timing.ts';
import type { GroupTiming } from './timing.ts';

/** Rules R1 and R1b: age over which a report is not used, for quick and for slow sources. */
const HARD_LIMIT_MS = 300;
const SLOW_HARD_LIMIT_MS = 1500;
/** A source that speaks less often than this is a slow one. */
const SLOW_PERIOD_MS = 300;
/** A second source keeps the node unavailable for so long after it was last heard. */
const TWO_SOURCES_MS = 5000;
/** After a pre-emption or the like, timing is not believed for so long (fault F42). */
const SETTLE_MS = 2000;
/** Ends from before a longer silence do not tell how late the packet after it is. */
const LATENESS_KEPT_MS = 3000;
/** Lamp groups that get a counter of their own. */
const NAMED_COUNTERS_MAX = 64;

type Availability = SignalState['availability'];

const unknownStatus: ControllerStatus = {
  mode: 'unknown', manualControl: false, stopTime: false, failureFlash: false, preempt: false,
  priority: false, fault: false, transition: false, plan: null,
};
/** Stands for a report that never came: infinitely uncertain, and older than anything. */
const never: Stamp = {
  monoMs: monotonicMs(0), utcMs: utcMs(0), errorMs: Number.POSITIVE_INFINITY,
};

const limitOf = (periodMs: number): number =>
  periodMs > SLOW_PERIOD_MS ? SLOW_HARD_LIMIT_MS : HARD_LIMIT_MS;

/** A controller that failed or is off must not be seen to give green (rule R19). */
function isFaulty({ status, groups }: ControllerReport): boolean {
  if (status.fault) return true;
  const off = status.failureFlash || status.mode === 'off';
  return off && groups.some(({ aspect: { colour, flashing } }) =>
    colour === 'green' || (colour === 'yellow' && !flashing));
}

/** A head of one state: it flashes yellow for ever. */
const lasts = ({ lampType }: SignalGroup, { colour, flashing }: LampAspect): boolean =>
  lampType === 'flashing-warning' && colour === 'yellow' && flashing;

const unknownGroup = (group: SignalGroup): SignalGroupState => ({
  signalGroup: group.id,
  aspect: { colour: 'unknown', flashing: false },
  rightOfWay: 'unknown',
  timing: null,
  next: null,
});

/** One controller: what it said last, and how far it is believed. Plain data but for the site. */
interface ControllerState {
  report: ControllerReport | null;
  /** Every group of the last report is known to the site, once. */
  whole: boolean;
  twoSourcesUntilMs: MonotonicMs | null;
  unsettledUntilMs: MonotonicMs | null;
  lateness: Lateness;
}

interface Controller {
  readonly id: ControllerId;
  /** Lamp groups that the site maps or ignores. */
  readonly known: ReadonlySet<string>;
  readonly nodes: readonly NodeLamps[];
  state: ControllerState;
}

interface NodeState {
  timings: readonly GroupTiming[];
  /** As of the last report; empty where a group is missing or unknown. */
  groups: readonly SignalGroupState[];
  /** First end among the groups: until then `groups` may be handed out as they are. */
  nextEndMs: MonotonicMs | null;
}

interface NodeLamps {
  readonly node: RoadNode;
  readonly groups: readonly SignalGroup[];
  readonly unknown: readonly SignalGroupState[];
  state: NodeState;
}

/** A report with what is known around it. */
interface Heard {
  readonly report: ControllerReport;
  /** When it was true: measured, less what its packet was late by. */
  readonly trueMs: MonotonicMs;
  readonly settled: boolean;
}

const firstEnd = (groups: readonly SignalGroupState[]): MonotonicMs | null => {
  let first: MonotonicMs | null = null;
  for (const { timing } of groups) {
    for (const end of [timing?.minEnd, timing?.likelyEnd, timing?.maxEnd]) {
      if (end && (first === null || end.atMs < first)) first = end.atMs;
    }
  }
  return first;
};

const emptyNode = (groups: readonly SignalGroup[]): NodeState => ({
  timings: groups.map(() => freshTiming), groups: [], nextEndMs: null,
});

const emptyController = (): ControllerState => ({
  report: null, whole: false, twoSourcesUntilMs: null, unsettledUntilMs: null,
  lateness: punctual,
});

class SignalGroups implements SignalStage {
  readonly #count: Count;
  readonly #forecaster: Forecaster;
  readonly #controllers = new Map<ControllerId, Controller>();
  /** In the order of the road file. */
  readonly #nodes: readonly { readonly lamps: NodeLamps; readonly controller: Controller }[];
  readonly #named = new Set<string>();

  constructor(road: Road, count: Count, forecaster: Forecaster) {
    this.#count = count;
    this.#forecaster = forecaster;
    const lamps = road.nodes
      .filter(({ controllerId }) => controllerId !== null)
      .map((node): NodeLamps => {
        const key = nodeKey(node.id);
        const groups = road.signalGroups.filter((group) => nodeKey(group.node) === key);
        return { node, groups, unknown: groups.map(unknownGroup), state: emptyNode(groups) };
      });
    for (const id of new Set(lamps.map(({ node }) => node.controllerId!))) {
      const mapped = [...road.signalGroups, ...road.ignoredLampGroups]
        .filter(({ controllerId }) => controllerId === id)
        .map(({ lampGroup }) => lampGroup as string);
      const nodes = lamps.filter(({ node }) => node.controllerId === id);
      this.#controllers.set(id, { id, known: new Set(mapped), nodes, state: emptyController() });
    }
    this.#nodes = lamps.map((one) => ({
      lamps: one, controller: this.#controllers.get(one.node.controllerId!)!,
    }));
  }

  accept(report: ControllerReport): void {
    const controller = this.#controllers.get(report.controllerId);
    if (!controller) return this.#count('unknown_controller');
    const { state } = controller;
    const before = state.report;
    const measuredMs = report.measured.monoMs;
    if (before && measuredMs < before.measured.monoMs) return this.#count('report_late');
    const shown = this.#index(controller, report);
    const silentMs = before ? measuredMs - before.measured.monoMs : 0;
    if (silentMs > LATENESS_KEPT_MS) state.lateness = punctual;
    const lateMs = silentMs > LATENESS_KEPT_MS ? 0 : this.#lateBy(controller, shown, measuredMs);
    if (before && silentMs > limitOf(before.periodMs)) {
      // What happened in the silence was not seen: no state is known to have begun or to go on.
      for (const lamps of controller.nodes) lamps.state = emptyNode(lamps.groups);
    }
    if (!believable(report.status)) state.unsettledUntilMs = plusMs(measuredMs, SETTLE_MS);
    const settled = state.unsettledUntilMs === null || measuredMs >= state.unsettledUntilMs;
    const trueMs = plusMs(measuredMs, -lateMs);
    state.report = report;
    for (const lamps of controller.nodes) {
      this.#update(controller, lamps, shown, { report, trueMs, settled });
    }
  }

  /** How late the packet was, ms: ends that it tells are as much earlier. */
  #lateBy(
    { id, nodes, state }: Controller, shown: ReadonlyMap<LampGroupId, LampGroupState>,
    measuredMs: MonotonicMs,
  ): number {
    const laterMs: number[] = [];
    for (const { groups, state: { timings } } of nodes) {
      groups.forEach((group, index) => {
        const reported = group.controllerId === id ? shown.get(group.lampGroup) : undefined;
        if (!reported) return;
        const byMs = laterBy(timings[index]!, reported.aspect, reported.timing, measuredMs);
        if (byMs !== null) laterMs.push(byMs);
      });
    }
    const { next, byMs } = stepLateness(state.lateness, laterMs, measuredMs);
    state.lateness = next;
    return byMs;
  }

  /** Lamp groups by name; sets whether all of them are known. */
  #index(
    controller: Controller, report: ControllerReport,
  ): ReadonlyMap<LampGroupId, LampGroupState> {
    const shown = new Map<LampGroupId, LampGroupState>();
    controller.state.whole = true;
    for (const group of report.groups) {
      if (shown.has(group.lampGroup)) {
        this.#complain(controller, 'duplicate_lamp_group', group.lampGroup);
      } else if (!controller.known.has(group.lampGroup)) {
        this.#complain(controller, 'unmapped_lamp_group', group.lampGroup);
      }
      shown.set(group.lampGroup, group);
    }
    return shown;
  }

  /** Counts under the group's own name, and has the report not be whole. */
  #complain(controller: Controller, what: string, lampGroup: LampGroupId): void {
    controller.state.whole = false;
    this.#countNamed(what, `${controller.id}/${lampGroup}`);
  }

  /** Names come from the wire: their number is bounded. */
  #countNamed(what: string, who: string): void {
    const name = `${what}:${who}`;
    if (this.#named.has(name)) return this.#count(name);
    if (this.#named.size >= NAMED_COUNTERS_MAX) return this.#count(`${what}:others`);
    this.#named.add(name);
    this.#count(name);
  }

  #update(
    controller: Controller, lamps: NodeLamps, shown: ReadonlyMap<LampGroupId, LampGroupState>,
    heard: Heard,
  ): void {
    const { settled } = heard;
    const timings: GroupTiming[] = [];
    const groups: SignalGroupState[] = [];
    lamps.groups.forEach((group, index) => {
      const own = group.controllerId === controller.id;
      const reported = own ? shown.get(group.lampGroup) : undefined;
      if (!reported || reported.aspect.colour === 'unknown') {
        const what = reported ? 'unknown_lamp_state' : 'missing_lamp_group';
        this.#countNamed(what, `${group.controllerId}/${group.lampGroup}`);
        timings.push(freshTiming);
        return;
      }
      const before = lamps.state.timings[index]!;
      const { next, timing } = this.#step(group, before, reported, heard);
      timings.push(next);
      const shownNow = {
        signalGroup: group.id,
        aspect: reported.aspect,
        rightOfWay: rightOfWayOf(group, reported.aspect),
        timing,
        next: nextOf(group, reported.aspect),
      };
      groups.push(settled ? this.#withFollowing(shownNow) : shownNow);
    });
    const complete = groups.length === lamps.groups.length ? groups : [];
    lamps.state = { timings, groups: complete, nextEndMs: firstEnd(complete) };
  }

  #step(
    group: SignalGroup, before: GroupTiming, { aspect, timing: told }: LampGroupState,
    { report: { status, measured }, trueMs, settled }: Heard,
  ): { readonly next: GroupTiming; readonly timing: StateTiming | null } {
    const fixed = status.mode === 'fixed-time';
    const reported = earlierBy(told, measured.monoMs - trueMs);
    const step = stepTiming(before, aspect, reported, { settled, fixed }, trueMs);
    for (const complaint of step.complaints) this.#countNamed(complaint, group.id);
    this.#forecaster.observe(group.id, aspect, status, measured.monoMs);
    // A lamp that never changes says so, whoever controls it.
    if (lasts(group, aspect)) return { next: step.next, timing: endless(step.timing, measured.monoMs) };
    if (!settled) return { next: step.next, timing: step.timing };
    const learnt = this.#forecaster.likelyEnd(group.id, measured.monoMs);
    return { next: step.next, timing: learnt ? withForecast(step.timing, reported, learnt) : step.timing };
  }

  /** With what is learnt to follow the likely end, told or learnt. */
  #withFollowing(group: SignalGroupState): SignalGroupState {
    const likely = group.timing?.likelyEnd;
    if (!likely || !this.#forecaster.following) return group;
    const confidence = group.timing?.confidence ?? 1;
    const states = this.#forecaster.following(group.signalGroup, likely.atMs, confidence);
    if (states.length === 0) return group;
    const last = states.at(-1)!;
    const comesBack = sameAspect(last.aspect, group.aspect);
    // Red and yellow together still forbid: to all but the driver's foot it is the end of red.
    const following = (comesBack ? states.slice(0, -1) : states)
      .filter(({ aspect }) => aspect.colour !== 'red-yellow');
    return {
      ...group,
      following,
      again: comesBack
        ? { startMs: last.startMs, durationMs: last.likelyEndMs - last.startMs }
        : null,
    };
  }

  twoSources(controllerId: ControllerId, nowMs: MonotonicMs): void {
    const controller = this.#controllers.get(controllerId);
    if (!controller) return this.#count('unknown_controller');
    controller.state.twoSourcesUntilMs = plusMs(nowMs, TWO_SOURCES_MS);
    this.#count('two_sources');
  }

  at(now: Stamp): readonly SignalState[] {
    return this.#nodes.map(({ lamps, controller }) => {
      const { report } = controller.state;
      const availability = this.#availability(controller, lamps, now.monoMs);
      return {
        node: lamps.node.id,
        controllerId: controller.id,
        valid: now,
        measured: report?.measured ?? never,
        received: report?.received ?? never,
        periodMs: report?.periodMs ?? 0,
        availability,
        // There is no last known green: what is not usable is unknown.
        groups: availability === 'usable' ? groupsAt(lamps.state, now.monoMs) : lamps.unknown,
        status: report?.status ?? unknownStatus,
        evidence: report?.evidence ?? [],
      };
    });
  }

  #availability({ state }: Controller, lamps: NodeLamps, nowMs: MonotonicMs): Availability {
    const { report, twoSourcesUntilMs, whole } = state;
    if (twoSourcesUntilMs !== null && nowMs < twoSourcesUntilMs) return 'two-sources';
    if (!report) return 'never-heard';
    if (nowMs - report.measured.monoMs > limitOf(report.periodMs)) return 'stale';
    if (!whole || lamps.state.groups.length === 0) return 'incomplete';
    return isFaulty(report) ? 'fault' : 'usable';
  }

  snapshot(): unknown {
    return {
      controllers: [...this.#controllers.values()].map(({ id, state, nodes }) => ({
        id, state: { ...state }, nodes: nodes.map((lamps) => ({ ...lamps.state })),
      })),
      named: [...this.#named],
      forecaster: this.#forecaster.snapshot(),
    };
  }

  restore(snapshot: unknown): void {
    const { controllers, named, forecaster } = snapshot as {
      readonly controllers: readonly {
        readonly id: ControllerId;
        readonly state: ControllerState;
        readonly nodes: readonly NodeState[];
      }[];
      readonly named: readonly string[];
      readonly forecaster: unknown;
    };
    for (const { id, state, nodes } of controllers) {
      const controller = this.#controllers.get(id);
      if (!controller) continue; // the site of the snapshot had another controller
      controller.state = { ...emptyController(), ...state };
      controller.nodes.forEach((lamps, index) => {
        lamps.state = nodes[index] ?? emptyNode(lamps.groups);
      });
    }
    this.#named.clear();
    for (const name of named) this.#named.add(name);
    this.#forecaster.restore(forecaster);
  }
}

/** The groups as of the last report, without ends that have passed since. */
function groupsAt(state: NodeState, nowMs: MonotonicMs): readonly SignalGroupState[] {
  if (state.nextEndMs === null || nowMs < state.nextEndMs) return state.groups;
  return state.groups.map((group) => ({ ...group, timing: timingAt(group.timing, nowMs) }));
}

/**
 * Builds the stage that turns controller reports into the signal groups of nodes.
 *
 * Every lamp group that a controller reports must be mapped or ignored by the site, and every
 * mapped one reported; else the node is `incomplete`, with a counter that names the group. A node
 * that has lamps but no signal groups is `incomplete` for ever.
 *
 * @param count counts drops and doubts: `unknown_controller`, `report_late`, `two_sources`, and by
 * lamp or signal group `unmapped_lamp_group:`, `missing_lamp_group:`, `unknown_lamp_state:`,
 * `duplicate_lamp_group:`, `countdown_frozen:`, `timing_min_earlier:`, `timing_max_later:`,
 * `timing_order:`, `timing_yellow:`, `timing_not_fixed:`.
 * @param forecaster fills likely ends where a controller tells none; knows nothing unless given.
 *
 * Source: rules R1, R1b, R5, R11, R12, R14, R19 of the safety rules.
 */
export function createSignalStage(
  road: Road, count: Count, forecaster: Forecaster = noForecaster,
): SignalStage {
  return new SignalGroups(road, count, forecaster);
}
