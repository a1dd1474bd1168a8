import { insideOutline } from '../base/geometry.ts';
import { noExpressions } from '../../config/expression.ts';
import type { CompiledExpressions } from '../../config/expression.ts';
import { wrapRad } from '../base/units.ts';
import type { MonotonicMs, Stamp } from '../base/time.ts';
import type { Coverage } from '../model/coverage.ts';
import type { RoadEvent } from '../model/event.ts';
import type { TrackId } from '../model/ids.ts';
import { laneMatcherOf } from '../model/lanes.ts';
import type { LaneMatch, LaneMatcher } from '../model/lanes.ts';
import type { SignalState } from '../model/signal.ts';
import type { Site } from '../model/site.ts';
import type { Count, EventStage } from '../model/stages.ts';
import type { Track, TrackList } from '../model/track.ts';
import { detectorRows, siteDetectors } from './detectors.ts';
import type { DetectorRow } from './detectors.ts';

/** One condition that is being watched for one road user. */
interface Watch {
  /** Name of the detector's row. */
  readonly row: string;
  readonly trackId: TrackId;
  /** Since when the condition holds without a break longer than the row's grace. */
  sinceMs: MonotonicMs;
  lastTrueMs: MonotonicMs;
  /** Where it was last seen to hold. */
  eastM: number;
  northM: number;
  event: RoadEvent | null;
}

/** Where something is, site metres. */
interface Place {
  readonly eastM: number;
  readonly northM: number;
}

const EVENTS_MAX = 256;
/** An event that nobody could look at for this long is over (rule R37, default life). */
const BLIND_MAX_MS = 1_800_000;
const WATCHES_MAX = 2048;
const EVENT_IDS = 0x7fffffff;
const STANDING_MPS = 0.5;
/** Ids of one boot; those of the next begin after them, so that a day's ids stay unique. */
const IDS_PER_BOOT = 100_000;

/** What a detector is shown of one road user. */
export interface Situation {
  readonly track: Track;
  readonly match: LaneMatch | null;
  /** Angle between travel and lane direction, radians, or null when it cannot be told. */
  readonly againstRad: number | null;
  readonly onCrossing: boolean;
  readonly inNode: boolean;
  /** Whether the lane's lamps let nobody go, so that standing is waiting. */
  readonly mustWait: boolean;
  /** Whether another vehicle stands or waits close in front in the same lane. */
  readonly queued: boolean;
  /** How long it has stood; 0 while it moves. */
  readonly standingS: number;
}

/** Groups that let nobody go now, by lane. */
function waitingLanes(site: Site, signals: readonly SignalState[]): Set<string> {
  const go = new Set<string>();
  const known = new Set<string>();
  for (const state of signals) {
    for (const group of state.groups) {
      known.add(group.signalGroup);
      if (state.availability === 'usable' && group.rightOfWay !== 'none') go.add(group.signalGroup);
    }
  }
  const waiting = new Set<string>();
  for (const movement of site.road.movements) {
    if (movement.signalGroup && known.has(movement.signalGroup) && !go.has(movement.signalGroup)) {
      waiting.add(movement.fromLane);
    }
  }
  return waiting;
}

class Events implements EventStage {
  readonly #site: Site;
  readonly #count: Count;
  readonly #matcher: LaneMatcher;
  #watches = new Map<string, Watch>();
  readonly #rows: readonly DetectorRow[];
  readonly #rowByName: ReadonlyMap<string, DetectorRow>;
  /** Since when each road user stands; kept only where an expression may ask. */
  #standing = new Map<TrackId, MonotonicMs>();
  readonly #asksStanding: boolean;
  #nextId: number;
  /** What was worked out of the zones that were told last: they change with a sensor's health. */
  #blind: { readonly zones: Coverage['zones']; readonly at: (place: Place) => boolean } | null =
    null;

  constructor(site: Site, count: Count, boot: number, expressions: CompiledExpressions) {
    const own = siteDetectors(site.events, expressions);
    this.#rows = [...detectorRows, ...own];
    this.#rowByName = new Map(this.#rows.map((row) => [row.name, row]));
    this.#asksStanding = own.length > 0;
    this.#nextId = 1 + (boot % Math.floor(EVENT_IDS / IDS_PER_BOOT)) * IDS_PER_BOOT;
    this.#site = site;
    this.#count = count;
    this.#matcher = laneMatcherOf(site.road);
  }

  accept(
    list: TrackList,
    coverage: Coverage,
    signals: readonly SignalState[],
  ): readonly RoadEvent[] {
    const now = list.valid;
    const ended: RoadEvent[] = [];
    const blind = this.#blindness(coverage);
    for (const situation of this.#situations(list.tracks, signals)) this.#judge(situation, now);
    for (const [key, watch] of this.#watches) {
      const row = this.#rowByName.get(watch.row);
      if (!row || now.monoMs - watch.lastTrueMs <= row.graceMs) continue;
      // Nobody looks there: what was seen is not ended by silence alone, unless it lasts.
      if (now.monoMs - watch.lastTrueMs < BLIND_MAX_MS && blind(watch)) continue;
      if (watch.event) ended.push({ ...watch.event, ended: now, updated: now });
      this.#watches.delete(key);
    }
    const live: RoadEvent[] = [];
    for (const { event } of this.#watches.values()) if (event) live.push(event);
    return [...live, ...ended];
  }

  /** Whether no healthy sensor looks at a place. Zones that coverage does not speak of are open. */
  #blindness({ zones }: Coverage): (place: Place) => boolean {
    if (this.#blind?.zones !== zones) this.#blind = { zones, at: this.#blindnessOf(zones) };
    return this.#blind.at;
  }

  #blindnessOf(told: Coverage['zones']): (place: Place) => boolean {
    const looks = new Map<string, boolean>();
    for (const { zoneId, sensors } of told) {
      looks.set(zoneId, (looks.get(zoneId) ?? false) || sensors.length > 0);
    }
    const nobody = looks.size > 0 && ![...looks.values()].includes(true);
    const zones = this.#site.road.zones.filter(({ id }) => looks.has(id));
    return ({ eastM, northM }) => {
      const here = zones.filter(({ outline }) => insideOutline(eastM, northM, outline));
      return here.length === 0 ? nobody : here.every(({ id }) => !looks.get(id));
    };
  }

  #situations(tracks: readonly Track[], signals: readonly SignalState[]): Situation[] {
    const waiting = waitingLanes(this.#site, signals);
    if (this.#asksStanding) this.#noteStanding(tracks);
    const standing = new Map<string, number[]>();
    const matched = tracks.map((track) => {
      const match = this.#matcher.match(track.eastM, track.northM);
      if (match && track.cls !== 'pedestrian' && track.speedMps < 1.5) {
        const list = standing.get(match.lane.lane.id) ?? [];
        list.push(match.projection.alongM);
        standing.set(match.lane.lane.id, list);
      }
      return { track, match };
    });
    return matched.map(({ track, match }) => {
      const ahead = match ? (standing.get(match.lane.lane.id) ?? []) : [];
      const alongM = match?.projection.alongM ?? 0;
      return {
        track,
        match,
        againstRad: againstLane(track, match),
        onCrossing: this.#matcher.crossing(track.eastM, track.northM) !== null,
        inNode: this.#matcher.inNode(track.eastM, track.northM),
        mustWait: match !== null && waiting.has(match.lane.lane.id),
        queued: ahead.some((other) => other > alongM + 1 && other < alongM + 15),
        standingS: this.#standingS(track),
      };
    });
  }

  #noteStanding(tracks: readonly Track[]): void {
    const before = this.#standing;
    this.#standing = new Map();
    for (const { id, speedMps, valid } of tracks) {
      if (speedMps < STANDING_MPS) this.#standing.set(id, before.get(id) ?? valid.monoMs);
    }
  }

  #standingS({ id, valid }: Track): number {
    const sinceMs = this.#standing.get(id);
    return sinceMs === undefined ? 0 : (valid.monoMs - sinceMs) / 1000;
  }

  #judge(situation: Situation, now: Stamp): void {
    for (const row of this.#rows) {
      if (!row.holds(situation)) continue;
      const key = `${row.name} ${situation.track.id}`;
      let watch = this.#watches.get(key);
      if (!watch) {
        if (this.#watches.size >= WATCHES_MAX) {
          this.#count('event_watch_overflow');
          continue;
        }
        watch = {
          row: row.name,
          trackId: situation.track.id,
          sinceMs: now.monoMs,
          lastTrueMs: now.monoMs,
          eastM: situation.track.eastM,
          northM: situation.track.northM,
          event: null,
        };
        this.#watches.set(key, watch);
      }
      watch.lastTrueMs = now.monoMs;
      watch.eastM = situation.track.eastM;
      watch.northM = situation.track.northM;
      if (now.monoMs - watch.sinceMs < row.afterMs) continue;
      watch.event = this.#told(row, situation, watch, now);
    }
  }

  #told(row: DetectorRow, { track, match }: Situation, watch: Watch, now: Stamp): RoadEvent | null {
    const before = watch.event;
    if (!before) {
      let open = 0;
      for (const { event } of this.#watches.values()) if (event) open++;
      if (open >= EVENTS_MAX) {
        this.#count('event_overflow');
        return null;
      }
      this.#count(`event_${row.kind}`);
    }
    const id = before?.id ?? this.#nextId;
    if (!before) this.#nextId = (this.#nextId % EVENT_IDS) + 1;
    const lane = match?.lane.lane ?? null;
    return {
      id,
      kind: row.kind,
      began: before?.began ?? now,
      ended: null,
      updated: now,
      eastM: track.eastM,
      northM: track.northM,
      radiusM: row.radiusM,
      laneId: lane?.id ?? null,
      linkId: lane?.linkId ?? null,
      path: [],
      tracks: [track.id],
      confidence: track.existence,
      priority: row.priority,
      description: row.title,
    };
  }

  snapshot(): unknown {
    return {
      watches: structuredClone([...this.#watches]),
      nextId: this.#nextId,
      standing: [...this.#standing],
    };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as {
      watches: [string, Omit<Watch, 'row'> & { row?: string; kind?: string }][];
      nextId: number;
      standing?: [TrackId, MonotonicMs][];
    };
    // Recordings from before rows of the site's own name the kind, which is the row's name.
    this.#watches = new Map(
      structuredClone(state.watches).map(([key, { kind, row, ...watch }]) => [
        key, { ...watch, row: row ?? kind ?? '' },
      ]),
    );
    this.#standing = new Map(state.standing ?? []);
    this.#nextId = state.nextId;
  }
}

/** Angle between travel and lane, 0..π; null while the road user is too slow to tell. */
function againstLane(track: Track, match: LaneMatch | null): number | null {
  if (!match || track.speedMps < 1.5) return null;
  const headingRad = Math.atan2(track.northMps, track.eastMps);
  return Math.abs(wrapRad(headingRad - match.projection.headingRad));
}

/**
 * The event stage of a site.
 * @param options.expressions from `prepareExpressions`; without them the site's own rows rest.
 * @param options.boot counts the boots of this box: ids of events differ from boot to boot.
 */
export function createEventStage(
  site: Site,
  options: {
    readonly count: Count;
    readonly boot?: number;
    readonly expressions?: CompiledExpressions;
  },
): EventStage {
  return new Events(
    site, options.count, options.boot ?? 0, options.expressions ?? noExpressions,
  );
}

