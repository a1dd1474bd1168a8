/**
 * The lamps as they really are, to the millisecond, and what their controller believes of them.
 * Written for the long run alone: it shares nothing with the simulator's plan or with the gate.
 */
import type { Random } from '../../src/base/random.ts';
import type { Road, SignalGroup } from '../../src/model/road.ts';
import type { ControllerStatus, LampAspect } from '../../src/model/signal.ts';

export type Colour =
  | 'red' | 'yellow' | 'green' | 'flashing-green' | 'dark' | 'flashing-yellow' | 'flashing-red';

export const aspects: Readonly<Record<Colour, LampAspect>> = {
  red: { colour: 'red', flashing: false },
  yellow: { colour: 'yellow', flashing: false },
  green: { colour: 'green', flashing: false },
  'flashing-green': { colour: 'green', flashing: true },
  dark: { colour: 'dark', flashing: false },
  'flashing-yellow': { colour: 'yellow', flashing: true },
  'flashing-red': { colour: 'red', flashing: true },
};

export const isGreen = (colour: Colour): boolean =>
  colour === 'green' || colour === 'flashing-green';

/** One state of one group, [fromMs, untilMs). */
export interface Segment {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly colour: Colour;
  /** Ends that the controller tells before `decidedMs`; NaN where it tells none. */
  readonly minMs: number;
  readonly maxMs: number;
  /** From here on it tells the true end. */
  readonly decidedMs: number;
  /** The end is the traffic's choice: a minimum is no forecast (section 1.3). */
  readonly actuated: boolean;
  /** A pre-emption cut it short, from this instant; NaN for none. */
  readonly cutMs: number;
}

/** What is special in one stage; drawn by the fault that is tried. */
export interface StageOrders {
  /** A group that goes from green to red without yellow. */
  readonly noYellow?: boolean;
  /** Yellow of one group of the stage lasts so long, ms. */
  readonly yellowMs?: number;
  /** A pre-emption cuts the green short; so many ms after its minimum. */
  readonly preempt?: boolean;
  readonly actuated?: boolean;
  readonly manual?: boolean;
  /** After this stage the controller flashes, is off, or starts anew, ms. */
  readonly flashMs?: number;
  readonly failureFlash?: boolean;
  readonly offMs?: number;
  readonly rebootMs?: number;
  /** Pedestrian heads are dark while vehicles flash. */
  readonly dark?: boolean;
}

/** An interval of a status. */
interface StatusSpan {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly change: Partial<ControllerStatus>;
}

export const calm: ControllerStatus = {
  mode: 'fixed-time', manualControl: false, stopTime: false, failureFlash: false, preempt: false,
  priority: false, fault: false, transition: false, plan: 1,
};

const FLASH_MS = 3000;
/** Where the site gives no clearance for two conflicting groups. */
const CLEARANCE_MS = 2000;
const ALL_RED_MS = 3000;
/** History that the judge may ask for. */
const KEPT_MS = 20_000;
const NEVER = Number.POSITIVE_INFINITY;

/** Plans by the stages they run; short ones keep the mean cycle near 45 s. */
const plans: readonly {
  readonly number: number; readonly stages: readonly number[]; readonly share: number;
}[] = [
  { number: 1, stages: [0, 2], share: 0.62 },
  { number: 2, stages: [0, 1, 2], share: 0.2 },
  { number: 3, stages: [0, 1, 2, 3], share: 0.18 },
];

/** A group's stretch of time while it is being made. */
interface Making {
  readonly segments: Segment[];
  /** Start of the green that runs; NaN while none does. */
  greenMs: number;
  cursorMs: number;
  at: number;
}

/** A junction whose lamps are known for ever backwards and one stage forwards. */
export class Truth {
  readonly groups: readonly SignalGroup[];
  readonly #road: Road;
  readonly #random: Random;
  readonly #brisk: boolean;
  readonly #orders: (stage: number, cycle: number, random: Random) => StageOrders;
  readonly #making: Making[];
  readonly #clearance = new Map<string, number>();
  readonly #stageGreens: readonly ReadonlySet<number>[];
  readonly #status: StatusSpan[] = [];
  /** Cycles that are made, their starts as far as they lie ahead, and how many have begun. */
  #cycles = 0;
  readonly #starts: number[] = [];
  #begun = 0;
  #plan = plans[0]!;
  #place = 0;
  #nextMs: number;
  /** Stage now running, for controllers that tell: number, from, to. */
  readonly #stages: {
    readonly number: number; readonly fromMs: number; readonly untilMs: number;
  }[] = [];
  readonly startMs: number;

  constructor(
    road: Road, startMs: number, random: Random,
    orders: (stage: number, cycle: number, random: Random) => StageOrders = () => ({}),
    brisk = false,
  ) {
    this.#brisk = brisk;
    this.#road = road;
    this.#random = random;
    this.#orders = orders;
    this.groups = road.signalGroups;
    this.startMs = startMs;
    this.#nextMs = startMs + 1000 + random.below(5000);
    this.#making = this.groups.map(() =>
      ({ segments: [], greenMs: Number.NaN, cursorMs: startMs, at: 0 }));
    const index = new Map(this.groups.map(({ id }, at) => [id as string, at]));
    for (const [a, b] of road.conflicts.conflicting) {
      for (const [from, to] of [[a, b], [b, a]] as const) {
        this.#clearance.set(`${index.get(from)} ${index.get(to)}`, CLEARANCE_MS);
      }
    }
    for (const { from, to, clearanceS } of road.conflicts.intergreens) {
      this.#clearance.set(`${index.get(from)} ${index.get(to)}`, clearanceS * 1000);
    }
    this.#stageGreens = road.stages.map(({ green }) => new Set(green.map((id) => index.get(id)!)));
  }

  /** Signal cycles that are over by the instant last settled. */
  get cycles(): number {
    return Math.max(0, this.#begun - 1);
  }

  #yellowMs(group: number): number {
    const { lampType, yellowS } = this.groups[group]!;
    return lampType === 'pedestrian' ? 0 : yellowS * 1000;
  }

  #nextPlan(): void {
    if (this.#random.next() > (this.#brisk ? 0.1 : 0.3)) return;
    let draw = this.#random.next();
    this.#plan = plans.find(({ share }) => (draw -= share) < 0) ?? plans[0]!;
  }

  #push(group: number, colour: Colour, untilMs: number, more: Partial<Segment> = {}): void {
    const making = this.#making[group]!;
    if (untilMs <= making.cursorMs) return;
    making.segments.push({
      fromMs: making.cursorMs, untilMs, colour, minMs: untilMs, maxMs: untilMs,
      decidedMs: making.cursorMs, actuated: false, cutMs: Number.NaN, ...more,
    });
    making.cursorMs = untilMs;
  }

  /** Makes the next stage, its change interval, and what its orders add. */
  #makeStage(): void {
    const random = this.#random;
    const stage = this.#plan.stages[this.#place]!;
    if (this.#place === 0) {
      this.#cycles++;
      this.#starts.push(this.#nextMs);
    }
    const orders = this.#orders(stage, this.#cycles, random);
    const green = this.#stageGreens[stage]!;
    const fromMs = this.#nextMs;
    for (const group of green) this.#begin(group, fromMs);
    const last = this.#place + 1 >= this.#plan.stages.length;
    if (last) this.#nextPlan();
    this.#place = last ? 0 : this.#place + 1;
    const next = this.#stageGreens[this.#plan.stages[this.#place]!]!;
    const rests = orders.flashMs ?? orders.offMs ?? orders.rebootMs;
    const losing = [...green].filter((group) => rests !== undefined || !next.has(group));
    const leastMs = 1000 * Math.max(...[...green].map((group) => this.groups[group]!.minGreenS), 8);
    const plannedMs = leastMs + random.below(stage % 2 === 0 && !this.#brisk ? 14_000 : 5000);
    const cutMs = orders.preempt ? fromMs + leastMs + random.below(1500) : Number.NaN;
    const lengthMs = orders.preempt ? leastMs + 2000 + random.below(2000) : plannedMs;
    const endMs = fromMs + lengthMs + (orders.manual ? random.below(10_000) : 0);
    const gapMs = this.#gap(losing, next, green);
    if (orders.preempt) {
      this.#span(cutMs, endMs + gapMs, { preempt: true });
    }
    if (orders.manual) this.#span(fromMs, endMs + gapMs, { manualControl: true, mode: 'manual' });
    const victim = losing.find((group) => this.groups[group]!.lampType !== 'pedestrian');
    for (const group of losing) {
      const special = group === victim ? orders : {};
      this.#end(group, endMs, orders, special, {
        leastMs: fromMs + leastMs,
        cutMs,
        // Before a cut the controller believes in a much later end.
        believedMs: orders.preempt ? endMs + 8000 + random.below(8000) : endMs,
      });
    }
    this.#stages.push({ number: stage + 1, fromMs, untilMs: endMs + gapMs });
    if (this.#stages.length > 16) this.#stages.shift();
    this.#nextMs = endMs + gapMs;
    this.#span(fromMs, this.#nextMs, { plan: this.#plan.number });
    if (rests !== undefined) this.#rest(orders);
  }

  #begin(group: number, fromMs: number): void {
    const making = this.#making[group]!;
    if (!Number.isNaN(making.greenMs)) return;
    this.#push(group, 'red', fromMs);
    making.greenMs = fromMs;
  }

  #gap(losing: readonly number[], next: ReadonlySet<number>, green: ReadonlySet<number>): number {
    let gapMs = 0;
    for (const group of losing) {
      gapMs = Math.max(gapMs, this.#yellowMs(group));
      for (const to of next) {
        if (green.has(to) && !losing.includes(to)) continue;
        const clearMs = this.#clearance.get(`${group} ${to}`);
        if (clearMs !== undefined) gapMs = Math.max(gapMs, this.#yellowMs(group) + clearMs);
      }
    }
    return Math.ceil(gapMs / 100) * 100;
  }

  #end(
    group: number, endMs: number, orders: StageOrders, special: StageOrders,
    ends: { readonly leastMs: number; readonly cutMs: number; readonly believedMs: number },
  ): void {
    const making = this.#making[group]!;
    const { hasFlashingGreen, lampType } = this.groups[group]!;
    const greenMs = endMs - making.greenMs;
    const walkMs = lampType === 'pedestrian' ? greenMs / 2 : FLASH_MS;
    const flashMs = hasFlashingGreen ? Math.min(walkMs, greenMs / 2) : 0;
    const steadyEndMs = Math.floor(endMs - flashMs);
    making.greenMs = Number.NaN;
    const { leastMs, cutMs, believedMs } = ends;
    const more: Partial<Segment> = orders.preempt
      ? { minMs: believedMs - flashMs, maxMs: believedMs - flashMs, decidedMs: cutMs, cutMs }
      : orders.manual
        ? { minMs: Number.NaN, maxMs: Number.NaN, decidedMs: NEVER }
        : orders.actuated
          ? {
              minMs: Math.min(leastMs, steadyEndMs), maxMs: endMs + 20_000,
              decidedMs: Math.max(making.cursorMs, steadyEndMs - this.#random.below(3000)),
              actuated: true,
            }
          : {};
    this.#push(group, 'green', steadyEndMs, more);
    this.#push(group, 'flashing-green', endMs);
    if (special.noYellow) return;
    const yellowMs = this.#yellowMs(group);
    this.#push(group, 'yellow', endMs + Math.min(yellowMs, special.yellowMs ?? yellowMs));
  }

  /** Flash, off, or a start anew: all groups together, then all red. */
  #rest(orders: StageOrders): void {
    const { flashMs, offMs, rebootMs } = orders;
    const fromMs = this.#nextMs;
    const untilMs = fromMs + (flashMs ?? offMs ?? rebootMs ?? 0);
    this.groups.forEach((group, index) => {
      this.#push(index, 'red', fromMs);
      const pedestrian = group.lampType === 'pedestrian';
      if (rebootMs !== undefined) {
        this.#push(index, 'dark', fromMs + rebootMs / 2);
        this.#push(index, pedestrian ? 'red' : 'flashing-yellow', untilMs);
      } else if (offMs !== undefined) this.#push(index, 'dark', untilMs);
      else {
        const walk = orders.dark ? 'dark' : 'red';
        this.#push(index, pedestrian ? walk : 'flashing-yellow', untilMs);
      }
      this.#push(index, 'red', untilMs + ALL_RED_MS);
    });
    if (flashMs !== undefined) {
      this.#span(fromMs, untilMs, {
        mode: 'flashing', failureFlash: orders.failureFlash ?? false,
      });
    }
    if (offMs !== undefined) this.#span(fromMs, untilMs, { mode: 'off' });
    this.#nextMs = untilMs + ALL_RED_MS;
  }

  #span(fromMs: number, untilMs: number, change: Partial<ControllerStatus>): void {
    this.#status.push({ fromMs, untilMs, change });
  }

  /** Makes stages until every instant up to `atMs` is settled, and forgets what is long past. */
  settle(atMs: number): void {
    while (this.#nextMs < atMs + 60_000) this.#makeStage();
    while (this.#starts.length > 0 && this.#starts[0]! <= atMs) {
      this.#starts.shift();
      this.#begun++;
    }
    const keptFromMs = atMs - KEPT_MS;
    while (this.#status.length > 0 && this.#status[0]!.untilMs < keptFromMs) this.#status.shift();
    for (const making of this.#making) {
      const { segments } = making;
      const { length } = segments;
      while (making.at + 1 < length && segments[making.at + 1]!.fromMs <= atMs) making.at++;
      while (making.at > 8 && segments[0]!.untilMs < atMs - KEPT_MS) {
        segments.shift();
        making.at--;
      }
    }
  }

  /** The state of a group; a red whose end is not yet made has none. */
  segment(group: number, atMs: number): Segment {
    const { segments, cursorMs, greenMs, at } = this.#making[group]!;
    if (atMs >= cursorMs) {
      const green = !Number.isNaN(greenMs) && atMs >= greenMs;
      return {
        fromMs: green ? greenMs : cursorMs, untilMs: NEVER, colour: green ? 'green' : 'red',
        minMs: Number.NaN, maxMs: Number.NaN, decidedMs: NEVER, actuated: false, cutMs: Number.NaN,
      };
    }
    let index = Math.min(at, segments.length - 1);
    while (index > 0 && segments[index]!.fromMs > atMs) index--;
    while (segments[index]!.untilMs <= atMs) index++;
    return segments[index]!;
  }

  /** Whether the lamp was green at any instant of [fromMs, toMs]. */
  wasGreen(group: number, fromMs: number, toMs: number): boolean {
    for (let atMs = toMs; ;) {
      const segment = this.segment(group, atMs);
      if (isGreen(segment.colour)) return true;
      if (segment.fromMs <= fromMs || segment.fromMs <= this.startMs) return false;
      atMs = segment.fromMs - 1;
    }
  }

  statusAt(atMs: number): ControllerStatus {
    let status = calm;
    for (const { fromMs, untilMs, change } of this.#status) {
      if (fromMs <= atMs && atMs < untilMs) status = { ...status, ...change };
    }
    return status;
  }

  stageAt(
    atMs: number,
  ): { readonly number: number; readonly elapsedMs: number; readonly remainingMs: number } {
    for (let index = this.#stages.length - 1; index >= 0; index--) {
      const { number, fromMs, untilMs } = this.#stages[index]!;
      if (fromMs <= atMs) {
        return { number, elapsedMs: atMs - fromMs, remainingMs: Math.max(0, untilMs - atMs) };
      }
    }
    return { number: 1, elapsedMs: 0, remainingMs: 60_000 };
  }
}
