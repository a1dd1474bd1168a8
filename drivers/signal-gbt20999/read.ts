import type { EvidenceFrame } from '../../src/base/evidence.ts';
import type { Stateful } from '../../src/base/stateful.ts';
import { plusMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { lampGroupId } from '../../src/model/ids.ts';
import type { Count } from '../../src/model/stages.ts';
import type {
  ControllerStatus, LampAspect, LampGroupState, StateTiming,
} from '../../src/model/signal.ts';
import type { FrameItem, Gbt20999Frame } from './frame.ts';
import {
  lampAspects, LAMP_GROUP_COUNT, LAMP_GROUP_TYPES, LAMP_STATES, modes, RUNNING_MODE, RUNNING_PLAN,
  RUNNING_STAGE, STAGE_REMAINING_S, STAGE_RUNNING, STAGE_STATE,
} from './objects.ts';
import type { ObjectAddress } from './objects.ts';
import type { Gbt20999Options } from './options.ts';

/** Partial reports that one report may rest on, beside the last complete one. */
const PARTIALS_MAX = 16;
/** Mode, plan and stage that were not heard again for so long are unknown. */
const STATUS_MEMORY_MS = 10_000;
const STAGE_MEMORY_MS = 2000;
/** The source counts whole seconds. */
const RESOLUTION_MS = 1000;
/** Between asking and hearing, a second tick may look this much late. */
const TICK_SLACK_MS = 300;
/** Rule R12, with the resolution of the source. */
const FROZEN_AFTER_MS = 1000 + RESOLUTION_MS;

type StageGreens = NonNullable<Gbt20999Options['stageGroups'][string]>;

/** A value and when it was heard. */
interface Heard {
  readonly value: number;
  readonly atMs: MonotonicMs;
}

interface StageClock {
  readonly stage: number;
  readonly remainingS: number;
  readonly heardMs: MonotonicMs;
  /** When the remaining time last changed. */
  readonly changedMs: MonotonicMs;
  /** The end as announced: it stands still while the derived end moves within the resolution. */
  readonly endMs: MonotonicMs;
}

interface ReaderState {
  groupCount: number | null;
  types: readonly number[];
  /** Lamp octets of groups 1, 2, …; empty before the first complete answer. */
  lamps: readonly number[];
  evidence: readonly EvidenceFrame[];
  mode: Heard | null;
  plan: Heard | null;
  stage: Heard | null;
  /** Octet of the running stage's state; null until told. */
  stageState: number | null;
  clock: StageClock | null;
}

/** What a frame brought. */
export interface ReadResult {
  /** Lamp states are newer than before: `complete` when all of them are. */
  readonly lamps: 'complete' | 'partial' | null;
  readonly setup: boolean;
  readonly running: boolean;
  readonly stage: boolean;
}

const is = (item: FrameItem, { cls, object, attribute }: ObjectAddress): boolean =>
  item.cls === cls && item.object === object && item.attribute === attribute;

const unsigned = (data: Uint8Array): number => data.reduce((sum, octet) => sum * 256 + octet, 0);

const emptyState = (): ReaderState => ({
  groupCount: null, types: [], lamps: [], evidence: [], mode: null, plan: null, stage: null,
  stageState: null, clock: null,
});

/** Joins the values of many frames to what the controller shows. Knows no port and no timer. */
export class ControllerReader implements Stateful {
  readonly #options: Gbt20999Options;
  readonly #count: Count;
  #state = emptyState();

  constructor(options: Gbt20999Options, count: Count) {
    this.#options = options;
    this.#count = count;
  }

  /** Number of lamp groups; null until told. */
  get groupCount(): number | null {
    return this.#state.groupCount;
  }

  /** Type of each lamp group as the controller numbers types; empty until told. */
  get types(): readonly number[] {
    return this.#state.types;
  }

  /** Stage now running; null until told. */
  get stage(): number | null {
    return this.#state.stage?.value ?? null;
  }

  get evidence(): readonly EvidenceFrame[] {
    return this.#state.evidence;
  }

  /** The oldest frame that the lamp states rest on; they are as old as it is. */
  get oldestMs(): MonotonicMs {
    return (this.#state.evidence[0]?.receivedMs ?? 0) as MonotonicMs;
  }

  /** Forgets all: the connection, and so perhaps the controller, is another one. */
  reset(): void {
    this.#state = emptyState();
  }

  /** Takes the values of a reply or an active report. */
  accept(frame: Gbt20999Frame, bytes: Uint8Array, receivedMs: MonotonicMs): ReadResult {
    const lamps: FrameItem[] = [];
    const brought = { setup: false, running: false, stage: false };
    for (const item of frame.items) {
      if (is(item, LAMP_STATES)) lamps.push(item);
      else if (this.#acceptSetup(item)) brought.setup = true;
      else if (this.#acceptRunning(item, receivedMs)) brought.running = true;
      else if (this.#acceptStage(item, receivedMs)) brought.stage = true;
      else this.#count('unknown_object');
    }
    const kind = lamps.length > 0 ? this.#acceptLamps(lamps, bytes, receivedMs) : null;
    return { lamps: kind, ...brought };
  }

  #sized(item: FrameItem, octets: number): boolean {
    if (item.data.length === octets) return true;
    this.#count('item_length');
    return false;
  }

  #acceptSetup(item: FrameItem): boolean {
    const state = this.#state;
    if (is(item, LAMP_GROUP_COUNT)) {
      if (!this.#sized(item, 1)) return true;
      const count = item.data[0]!;
      if (count !== state.groupCount) Object.assign(state, { lamps: [], evidence: [] });
      state.groupCount = count;
      return true;
    }
    if (!is(item, LAMP_GROUP_TYPES)) return false;
    if (item.element === 0) state.types = [...item.data];
    else if (this.#sized(item, 1)) {
      const types = [...state.types];
      while (types.length < item.element) types.push(0);
      types[item.element - 1] = item.data[0]!;
      state.types = types;
    }
    return true;
  }

  #acceptRunning(item: FrameItem, atMs: MonotonicMs): boolean {
    const known = is(item, RUNNING_MODE) ? 'mode' : is(item, RUNNING_PLAN) ? 'plan' : null;
    if (!known) return false;
    if (this.#sized(item, 1)) this.#state[known] = { value: item.data[0]!, atMs };
    return true;
  }

  #acceptStage(item: FrameItem, atMs: MonotonicMs): boolean {
    const state = this.#state;
    if (is(item, RUNNING_STAGE)) {
      if (!this.#sized(item, 1)) return true;
      if (state.stage?.value !== item.data[0]!) {
        Object.assign(state, { clock: null, stageState: null });
      }
      state.stage = { value: item.data[0]!, atMs };
      return true;
    }
    const isState = is(item, STAGE_STATE);
    if (!isState && !is(item, STAGE_REMAINING_S)) return false;
    if (!this.#sized(item, isState ? 1 : 4)) return true;
    if (item.element !== state.stage?.value) return true; // of the stage before, or of one to come
    if (isState) state.stageState = item.data[0]!;
    else this.#wind(unsigned(item.data), atMs);
    return true;
  }

  /** Takes a remaining time: the announced end moves only when the derived one leaves it far. */
  #wind(remainingS: number, heardMs: MonotonicMs): void {
    const { clock, stage } = this.#state;
    const measuredMs = plusMs(heardMs, -this.#options.latencyMs);
    const derivedMs = plusMs(measuredMs, 1000 * remainingS);
    const lasts = clock !== null
      && Math.abs(derivedMs - clock.endMs) <= RESOLUTION_MS + TICK_SLACK_MS;
    const changed = clock?.remainingS !== remainingS;
    const changedMs = changed ? heardMs : clock!.changedMs;
    const frozenBefore = clock !== null && clock.heardMs - clock.changedMs > FROZEN_AFTER_MS;
    if (!frozenBefore && heardMs - changedMs > FROZEN_AFTER_MS) this.#count('countdown_frozen');
    this.#state.clock = {
      stage: stage!.value,
      remainingS,
      heardMs,
      changedMs,
      endMs: lasts ? clock.endMs : derivedMs,
    };
  }

  /** Octets by group number, or the reason that there are none. */
  #collect(
    items: readonly FrameItem[],
  ): Map<number, number> | 'group_count' | 'duplicate_group' | null {
    const { groupCount } = this.#state;
    const fresh = new Map<number, number>();
    for (const { element, data } of items) {
      if (element !== 0 && data.length !== 1) {
        this.#count('item_length');
        return null;
      }
      if (element === 0 && groupCount !== null && data.length !== groupCount) return 'group_count';
      for (let index = 0; index < data.length; index++) {
        const group = element === 0 ? index + 1 : element;
        if (fresh.has(group)) return 'duplicate_group';
        if (groupCount !== null && group > groupCount) return 'group_count';
        fresh.set(group, data[index]!);
      }
    }
    return fresh.size > 0 ? fresh : 'group_count';
  }

  #acceptLamps(
    items: readonly FrameItem[], bytes: Uint8Array, receivedMs: MonotonicMs,
  ): 'complete' | 'partial' | null {
    const state = this.#state;
    const fresh = this.#collect(items);
    if (fresh === null) return null;
    if (typeof fresh === 'string') {
      this.#count(fresh);
      return null;
    }
    const whole = items.some(({ element }) => element === 0);
    const least = whole ? fresh.size : Math.max(fresh.size, state.lamps.length);
    const wanted = state.groupCount ?? least;
    const lamps = Array.from({ length: wanted }, (_, index) => fresh.get(index + 1) ?? -1);
    if (!lamps.includes(-1)) {
      state.lamps = lamps;
      state.evidence = [{ bytes, receivedMs }];
      return 'complete';
    }
    if (state.lamps.length !== wanted) this.#count('partial_before_full');
    else if (state.evidence.length > PARTIALS_MAX) this.#count('partial_overflow');
    else {
      // The rest is only as fresh as the last complete answer, which stays in the evidence.
      state.lamps = lamps.map((octet, index) => (octet === -1 ? state.lamps[index]! : octet));
      state.evidence = [...state.evidence, { bytes, receivedMs }];
      return 'partial';
    }
    return null;
  }

  /** The lamp groups now, with forecast ends where the site says which stage holds which group. */
  groups(nowMs: MonotonicMs): readonly LampGroupState[] {
    const greens = this.#greensOfStage(nowMs);
    return this.#state.lamps.map((octet, index) => {
      const aspect = lampAspects.get(octet);
      if (!aspect) this.#count('unknown_lamp_state');
      const shown: LampAspect = aspect ?? { colour: 'unknown', flashing: false };
      const name = String(index + 1);
      const timing = shown.colour === 'green' ? this.#timing(name, shown, greens, nowMs) : null;
      return { lampGroup: lampGroupId(name), aspect: shown, timing };
    });
  }

  #greensOfStage(nowMs: MonotonicMs): StageGreens {
    const { clock, stageState } = this.#state;
    if (!clock || stageState !== STAGE_RUNNING) return [];
    if (nowMs - clock.heardMs > STAGE_MEMORY_MS) return [];
    if (nowMs - clock.changedMs > FROZEN_AFTER_MS) return [];
    return this.#options.stageGroups[String(clock.stage)] ?? [];
  }

  #timing(
    name: string,
    shown: LampAspect,
    greens: StageGreens,
    nowMs: MonotonicMs,
  ): StateTiming | null {
    const nameOf = (green: StageGreens[number]): string =>
      typeof green === 'string' ? green : green.lampGroup;
    const row = greens.find((green) => nameOf(green) === name);
    if (row === undefined) return null;
    const { beforeEndMs, flashingMs } = typeof row === 'string'
      ? { beforeEndMs: this.#options.transitionMs, flashingMs: 0 }
      : row;
    const earlierMs = beforeEndMs + (shown.flashing ? 0 : flashingMs);
    const atMs = plusMs(this.#state.clock!.endMs, -earlierMs);
    if (atMs <= nowMs) return null; // it should have ended; what is not known is not said
    const { mode } = this.status(nowMs);
    const steadyMode = mode === 'fixed-time' || mode === 'coordinated';
    return {
      beganMs: null,
      minEnd: null,
      likelyEnd: { atMs, source: 'controller-forecast' },
      maxEnd: null,
      confidence: steadyMode ? this.#options.forecastConfidence : null,
      resolutionMs: RESOLUTION_MS,
    };
  }

  status(nowMs: MonotonicMs): ControllerStatus {
    const fresh = (heard: Heard | null): number | null =>
      heard && nowMs - heard.atMs <= STATUS_MEMORY_MS ? heard.value : null;
    const mode = modes.get(fresh(this.#state.mode) ?? -1) ?? 'unknown';
    const plan = fresh(this.#state.plan);
    return {
      mode,
      manualControl: mode === 'manual',
      stopTime: false,
      failureFlash: false,
      preempt: false,
      priority: false,
      fault: false,
      transition: false,
      plan: plan === 0 ? null : plan,
    };
  }

  snapshot(): unknown {
    return { ...this.#state };
  }

  restore(snapshot: unknown): void {
    this.#state = { ...(snapshot as ReaderState) };
  }
}
