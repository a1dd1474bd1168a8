/** Lamp against traffic (rule R24): advice for people, never a reason to change what is said. */
import type { Stateful } from '../base/stateful.ts';
import type { HealthCheck } from '../model/health.ts';
import { nodeKey } from '../model/ids.ts';
import type { SignalState } from '../model/signal.ts';
import type { Site } from '../model/site.ts';
import type { Count } from '../model/stages.ts';
import type { TrackList } from '../model/track.ts';
import { LampJudge } from './judge.ts';
import type { UnitReport } from './judge.ts';
import { PassageFinder } from './passages.ts';
import { layoutOf } from './units.ts';

/** Units that are named in the health check. */
const NAMED_MAX = 4;

/** Compares the lamps that are said with what traffic does. */
export interface CrossCheck extends Stateful {
  /** One look, about five times a second. */
  accept(tracks: TrackList, signals: readonly SignalState[]): void;
  /** One check where there are lamps; none elsewhere. */
  checks(): readonly HealthCheck[];
  report(): readonly UnitReport[];
  /** What the gate is told, by node: which units alarm and how much. English; empty for none. */
  advice(): Readonly<Record<string, string>>;
}

class LampCheck implements CrossCheck {
  readonly #judge: LampJudge;
  readonly #finder: PassageFinder;
  readonly #count: Count;
  readonly #watches: boolean;
  #sinceMs = 0;
  #alarms: readonly string[] = [];
  #advice: Readonly<Record<string, string>> = {};
  /** Nodes by unit; every node with lamps for a unit that none of them governs. */
  readonly #nodes: ReadonlyMap<string, readonly string[]>;
  #checks: readonly HealthCheck[] = [];
  /** The state of the judge that the check was made from; not part of what is kept. */
  #told = -1;

  constructor(site: Pick<Site, 'road'>, count: Count) {
    const layout = layoutOf(site.road);
    this.#count = count;
    const every = [...new Set(site.road.signalGroups.map(({ node }) => nodeKey(node)))];
    this.#nodes = new Map(layout.units.map(({ name, groups }) =>
      [name, groups[0] ? [nodeKey(groups[0].node)] : every]));
    this.#judge = new LampJudge(layout);
    this.#finder = new PassageFinder(layout, this.#judge);
    this.#watches = layout.units.some(({ groups }) => groups.length > 0);
  }

  accept(tracks: TrackList, signals: readonly SignalState[]): void {
    if (!this.#watches) return;
    const nowMs = tracks.valid.monoMs;
    const groups = signals.flatMap((state) =>
      (state.availability === 'usable' ? state.groups : []));
    this.#judge.lamps(groups, nowMs);
    this.#finder.look(tracks.tracks, nowMs);
    this.#tell(nowMs);
  }

  /** Renews the check where something changed. */
  #tell(nowMs: number): void {
    if (this.#told === this.#judge.changes) return;
    this.#told = this.#judge.changes;
    const rows = this.#judge.report();
    const alarms = rows.filter(({ alarm }) => alarm).map(({ unit }) => unit);
    for (const unit of alarms) {
      if (!this.#alarms.includes(unit)) this.#count(`lamps_against_traffic:${unit}`);
    }
    if ((alarms.length === 0) !== (this.#alarms.length === 0)) this.#sinceMs = nowMs;
    this.#alarms = alarms;
    this.#checks = [checkOf(rows, this.#sinceMs)];
    this.#advice = this.#adviceOf(rows);
  }

  #adviceOf(rows: readonly UnitReport[]): Readonly<Record<string, string>> {
    const words = new Map<string, string[]>();
    for (const row of rows.filter(({ alarm }) => alarm)) {
      for (const node of this.#nodes.get(row.unit) ?? []) {
        words.set(node, [...(words.get(node) ?? []), `${row.unit} ${sharesOf(row)}`]);
      }
    }
    return Object.fromEntries([...words].map(([node, list]) =>
      [node, list.slice(0, NAMED_MAX).join('; ')]));
  }

  advice(): Readonly<Record<string, string>> {
    return this.#advice;
  }

  checks(): readonly HealthCheck[] {
    return this.#checks;
  }

  report(): readonly UnitReport[] {
    return this.#judge.report();
  }

  snapshot(): unknown {
    return {
      judge: this.#judge.snapshot(), finder: this.#finder.snapshot(), sinceMs: this.#sinceMs,
      alarms: this.#alarms, checks: structuredClone(this.#checks),
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as {
      readonly judge: unknown;
      readonly finder: unknown;
      readonly sinceMs: number;
      readonly alarms: readonly string[];
      readonly checks: readonly HealthCheck[];
    };
    this.#judge.restore(state.judge);
    this.#finder.restore(state.finder);
    this.#sinceMs = state.sinceMs;
    this.#alarms = state.alarms;
    this.#checks = structuredClone(state.checks);
    this.#advice = this.#adviceOf(this.#judge.report());
  }
}

const sharesOf = ({ passages, onRed, stoodOnGreen }: UnitReport): string =>
  `${onRed}/${passages} red, ${stoodOnGreen}/${passages} stood`;

function checkOf(rows: readonly UnitReport[], sinceMs: number): HealthCheck {
  const passages = rows.reduce((sum, row) => sum + row.passages, 0);
  const bad = rows.filter(({ alarm }) => alarm);
  const detail: Record<string, string | number> = { passages };
  for (const row of bad.slice(0, NAMED_MAX)) detail[row.unit] = sharesOf(row);
  return {
    name: 'crosscheck',
    level: bad.length > 0 ? 'failed' : 'ok',
    reason: bad.length > 0 ? 'lamps_against_traffic' : '',
    detail,
    sinceMs,
  };
}

/**
 * Builds the check of a site. A movement or crossing alarms after ten passages of which more than a
 * fifth went on red or more than a tenth had stood on green (vehicles; others have shares of their
 * own). Lawful and not judged: a right turn or a turn round past a red disc, the way into a waiting
 * area that is open, the first 1.5 s of red and 5 s of green, flashing lamps.
 *
 * @param count counts each alarm by its unit: `lamps_against_traffic:`.
 */
export const createCrossCheck = (site: Pick<Site, 'road'>, count: Count): CrossCheck =>
  new LampCheck(site, count);
