/** Passages and stands against lamps: rule R24. */
import type { Stateful } from '../base/stateful.ts';
import type { SignalGroupState } from '../model/signal.ts';
import type { TrafficEvents } from './passages.ts';
import { DEEP_PASSAGES, thresholds, UNLAMPED_PASSAGES } from './units.ts';
import type { Layout, Unit } from './units.ts';

/** Red must have stood so long: who crosses at its beginning saw yellow, and perception is late. */
const RED_SETTLED_MS = 1500;
/** So long after it nobody is left who saw yellow. */
const RED_DEEP_MS = 4000;
/** Slowest speed over a waiting area, m/s. */
const AREA_MPS = 4;
/** Nobody starts sooner: the first of a queue may stand so long into its green. */
const GREEN_SETTLED_MS = 5000;
/** A stand on green, or without a lamp, counts from here on. */
const STOPPED_MS = 3000;
const STOOD_GREEN_MS = 5000;
const STOOD_UNLAMPED_MS = 20_000;
/** On foot one waits at a kerb for a gap as well, but not for so long. */
const WAITED_UNLAMPED_MS = 12_000;
/** Passages that are remembered of one unit. */
const REMEMBERED = 60;
/** An alarm ends below this part of its threshold. */
const CALM = 0.5;

type Lamp = 'go' | 'stop' | 'other';

/** What one lamp shows and since when; before it was seen to change, for ever. */
interface Seen {
  lamp: Lamp;
  /** Steady green: who stands before it does not because of it. */
  green: boolean;
  sinceMs: number;
}

/** How one passage went. */
interface Outcome {
  readonly red: boolean;
  readonly deep: boolean;
  /** Whether it stood before the line as the first, and whether for long on green. */
  readonly stopped: boolean;
  readonly stood: boolean;
}

interface Tally {
  readonly outcomes: Outcome[];
  alarm: boolean;
}

/** Somebody on the way over a line. */
interface Visit {
  atMs: number;
  /** Time that the first stood while the unit's lamps were green, by position in the line. */
  readonly greenMs: number[];
  stoodMs: number;
  /** Whether each unit's lamps forbade it when the line was passed; null before. */
  red: readonly boolean[] | null;
  deep: readonly boolean[];
}

/** One unit as people read it. */
export interface UnitReport {
  readonly unit: string;
  readonly passages: number;
  readonly onRed: number;
  readonly stoodOnGreen: number;
  readonly alarm: boolean;
}

function lampOf({ aspect }: SignalGroupState, waits: boolean): Lamp {
  const { colour, flashing } = aspect;
  if (colour === 'green' || (colour === 'yellow' && !flashing)) return 'go';
  if ((colour === 'red' || colour === 'red-yellow') && !flashing) return 'stop';
  // The lamp of a waiting area is dark while nobody may go there.
  return colour === 'dark' && waits ? 'stop' : 'other';
}

/** Visits that nobody ends are dropped after this. */
const VISIT_MAX_MS = 300_000;

/** Compares what traffic did with what the lamps are said to have shown. */
export class LampJudge implements TrafficEvents, Stateful {
  readonly #layout: Layout;
  #nowMs = 0;
  #lamps = new Map<string, Seen>();
  #visits = new Map<string, Visit>();
  #tallies: Tally[];
  #changes = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
    this.#tallies = layout.units.map(() => ({ outcomes: [], alarm: false }));
  }

  /** What the lamps show now; a group that is left out is not known. */
  lamps(groups: readonly SignalGroupState[], nowMs: number): void {
    this.#nowMs = nowMs;
    const waits = waitingGroups(this.#layout);
    const known = new Set<string>();
    for (const group of groups) {
      if (group.aspect.colour === 'unknown') continue;
      known.add(group.signalGroup);
      const lamp = lampOf(group, waits.has(group.signalGroup));
      const green = group.aspect.colour === 'green' && !group.aspect.flashing;
      const seen = this.#lamps.get(group.signalGroup);
      if (seen?.lamp === lamp && seen.green === green) continue;
      this.#lamps.set(group.signalGroup, { lamp, green, sinceMs: nowMs });
    }
    for (const id of this.#lamps.keys()) if (!known.has(id)) this.#lamps.delete(id);
    for (const [who, visit] of this.#visits) {
      if (nowMs - visit.atMs > VISIT_MAX_MS) this.#visits.delete(who);
    }
  }

  #isRed({ groups, areaM, redForbids }: Unit, atMs: number, forMs = RED_SETTLED_MS): boolean {
    const settledMs = forMs + (1000 * areaM) / AREA_MPS;
    return redForbids && groups.length > 0 && groups.every(({ id }) => {
      const seen = this.#lamps.get(id);
      return seen?.lamp === 'stop' && atMs - seen.sinceMs >= settledMs;
    });
  }

  /** Who may go into a waiting area alone may find it full; who gives way on green may stand. */
  #isGreen({ main }: Unit): boolean {
    if (main?.permissive) return false;
    const seen = main ? this.#lamps.get(main.id) : undefined;
    return seen?.green === true && this.#nowMs - seen.sinceMs >= GREEN_SETTLED_MS;
  }

  /** Whether all lamps of a unit are known: else nothing is concluded. */
  #isKnown({ groups }: Unit): boolean {
    return groups.every(({ id }) => this.#lamps.has(id));
  }

  #visit(line: number, who: string): Visit {
    const key = `${line}/${who}`;
    let visit = this.#visits.get(key);
    if (!visit) {
      const { units } = this.#layout.lines[line]!;
      visit = { atMs: this.#nowMs, greenMs: units.map(() => 0), stoodMs: 0, red: null, deep: [] };
      this.#visits.set(key, visit);
    }
    return visit;
  }

  stood(line: number, who: string, dtMs: number): void {
    const visit = this.#visit(line, who);
    visit.stoodMs += dtMs;
    this.#layout.lines[line]!.units.forEach((unit, index) => {
      if (this.#isGreen(this.#layout.units[unit]!)) visit.greenMs[index]! += dtMs;
    });
  }

  passed(line: number, who: string, atMs: number): void {
    const visit = this.#visit(line, who);
    const units = this.#layout.lines[line]!.units.map((unit) => this.#layout.units[unit]!);
    visit.red = units.map((unit) => this.#isRed(unit, atMs));
    visit.deep = units.map((unit) => this.#isRed(unit, atMs, RED_DEEP_MS));
  }

  resolved(line: number, who: string, unit: number): void {
    const key = `${line}/${who}`;
    const visit = this.#visits.get(key);
    this.#visits.delete(key);
    if (!visit?.red || unit < 0) return;
    const row = this.#layout.units[unit]!;
    const index = this.#layout.lines[line]!.units.indexOf(unit);
    if (!this.#isKnown(row)) return;
    const stood = row.groups.length === 0
      ? visit.stoodMs >= STOOD_UNLAMPED_MS
      : row.redForbids && visit.greenMs[index]! >= STOOD_GREEN_MS;
    const stopped = visit.stoodMs >= STOPPED_MS;
    this.#note(unit, { red: visit.red[index]!, deep: visit.deep[index]!, stopped, stood });
  }

  walked(unit: number, atMs: number, waitedMs: number): void {
    const row = this.#layout.units[unit]!;
    const stood = row.main === null && waitedMs >= WAITED_UNLAMPED_MS;
    const stopped = waitedMs >= STOPPED_MS;
    if (!this.#isKnown(row)) return;
    this.#note(unit, { red: this.#isRed(row, atMs), deep: false, stopped, stood });
  }

  #note(unit: number, outcome: Outcome): void {
    this.#changes++;
    const tally = this.#tallies[unit]!;
    tally.outcomes.push(outcome);
    if (tally.outcomes.length > REMEMBERED) tally.outcomes.shift();
    const { main, kind } = this.#layout.units[unit]!;
    const { passages, events, onRed, onDeepRed, onGreen, unlamped } = thresholds[kind];
    const count = tally.outcomes.length;
    const red = tally.outcomes.filter((one) => one.red).length;
    const stood = tally.outcomes.filter((one) => one.stood).length;
    // Of all who pass without a lamp, or of all who stop before one.
    const stops = tally.outcomes.filter((one) => one.stopped).length;
    const calm = tally.alarm ? CALM : 1;
    const over = (found: number, share: number, of: number): boolean =>
      found >= events && found > share * calm * of;
    const deep = tally.outcomes.filter((one) => one.deep).length;
    tally.alarm = main === null
      ? count >= UNLAMPED_PASSAGES && over(stood, unlamped, count)
      : count >= passages && (over(red, onRed, count) || over(stood, onGreen, stops)
        || (count >= DEEP_PASSAGES && over(deep, onDeepRed, count)));
  }

  /** Rises whenever a report would differ from the one before. */
  get changes(): number {
    return this.#changes;
  }

  /** Every unit, in order of the road file. */
  report(): readonly UnitReport[] {
    return this.#tallies.map(({ outcomes, alarm }, index) => ({
      unit: this.#layout.units[index]!.name,
      passages: outcomes.length,
      onRed: outcomes.filter(({ red }) => red).length,
      stoodOnGreen: outcomes.filter(({ stood }) => stood).length,
      alarm,
    }));
  }

  snapshot(): unknown {
    return structuredClone({
      lamps: [...this.#lamps], visits: [...this.#visits], tallies: this.#tallies,
      nowMs: this.#nowMs,
    });
  }

  restore(snapshot: unknown): void {
    const { lamps, visits, tallies, nowMs } = structuredClone(snapshot) as {
      lamps: [string, Seen][];
      visits: [string, Visit][];
      tallies: Tally[];
      nowMs: number;
    };
    this.#nowMs = nowMs;
    this.#lamps = new Map(lamps);
    this.#visits = new Map(visits);
    if (tallies.length === this.#tallies.length) this.#tallies = tallies;
  }
}

const waiting = new WeakMap<Layout, ReadonlySet<string>>();
/** Groups that are dark while they forbid. */
function waitingGroups(layout: Layout): ReadonlySet<string> {
  let found = waiting.get(layout);
  if (!found) {
    const groups = layout.units.flatMap((unit) => unit.groups);
    found = new Set(groups.filter(({ lampType }) => lampType === 'waiting-area').map(({ id }) => id));
    waiting.set(layout, found);
  }
  return found;
}
