import { insideOutline, pointOnLine } from '../base/geometry.ts';
import { plusMs, utcMs } from '../base/time.ts';
import type { Stamp } from '../base/time.ts';
import type { Coverage } from '../model/coverage.ts';
import type { TrackId, ZoneId } from '../model/ids.ts';
import { laneMatcherOf } from '../model/lanes.ts';
import type { LaneMatcher, MatchLane } from '../model/lanes.ts';
import { isVulnerable } from '../model/roaduser.ts';
import type { RoadUserClass } from '../model/roaduser.ts';
import type { Site } from '../model/site.ts';
import type { Count, StatisticStage } from '../model/stages.ts';
import type { LaneStatistic } from '../model/statistic.ts';
import type { Track, TrackList } from '../model/track.ts';

/** The counting line lies this far before the end of the lane (the stop line), metres. */
const COUNTING_LINE_M = 8;
/** Slower than this counts as queued, m/s. */
const QUEUE_SPEED_MPS = 1.5;
/** A gap longer than this between two queued vehicles ends the queue, metres. */
const QUEUE_GAP_M = 15;
/** A road user not seen for this long has left its lane, ms. */
const FORGET_MS = 5000;
const DEFAULT_LENGTH_M = 4.5;
/** What one tick saw holds until the next, at the longest this long: a stall is not observed. */
const HOLD_MS = 250;
/** Faster than this along a lane is no road user but a new match, m/s. */
const JUMP_MPS = 60;

/** What is summed up for one lane in the running interval. */
interface Sums {
  flow: Partial<Record<RoadUserClass, number>>;
  speedSumMps: number;
  passed: number;
  occupiedMs: number;
  coveredMs: number;
  observedMs: number;
  queueLengthM: number;
  queueCount: number;
  delaySumS: number;
  delays: number;
}

/** Where a road user was at the last tick. */
interface Seen {
  readonly laneIndex: number;
  readonly alongM: number;
  readonly enteredMs: number;
  readonly enteredAlongM: number;
  readonly atMs: number;
}

/** What the last tick saw of one lane; it holds until the next. */
interface Held {
  occupied: boolean;
  covered: boolean;
}

/** One standing vehicle of a queue, along the lane. */
interface Queued {
  readonly frontM: number;
  readonly tailM: number;
}

const emptySums = (): Sums => ({
  flow: {},
  speedSumMps: 0,
  passed: 0,
  occupiedMs: 0,
  coveredMs: 0,
  observedMs: 0,
  queueLengthM: 0,
  queueCount: 0,
  delaySumS: 0,
  delays: 0,
});

class Statistics implements StatisticStage {
  readonly #count: Count;
  readonly #periodMs: number;
  readonly #matcher: LaneMatcher;
  readonly #indexOf: Map<MatchLane, number>;
  readonly #lineM: number[];
  readonly #freeMps: number[];
  readonly #zones: ZoneId[][];
  /** The class that a lane is mostly for: its coverage counts. */
  readonly #usual: RoadUserClass[];
  #sums: Sums[];
  #seen = new Map<TrackId, Seen>();
  #began: Stamp | null = null;
  #last: Stamp | null = null;
  #held: Held[];
  /** The zones that `covered` of every lane was worked out of. */
  #coverage: Coverage['zones'] | null = null;

  constructor(site: Site, count: Count, periodS: number) {
    this.#count = count;
    this.#periodMs = periodS * 1000;
    this.#matcher = laneMatcherOf(site.road);
    const lanes = this.#matcher.lanes;
    this.#indexOf = new Map(lanes.map((lane, index) => [lane, index]));
    this.#lineM = lanes.map((lane) => Math.max(lane.lengthM - COUNTING_LINE_M, lane.lengthM / 2));
    const links = new Map(site.road.links.map((link) => [link.id, link]));
    this.#freeMps = lanes.map(({ lane }) => {
      const limits = [...lane.speedLimits, ...(links.get(lane.linkId)?.speedLimits ?? [])];
      return limits.find((limit) => limit.kind === 'max')?.speedMps ?? 50 / 3.6;
    });
    const coverage = site.road.zones.filter((zone) => zone.kind === 'coverage');
    this.#zones = lanes.map(({ lane }, index) => {
      const { x, y } = pointOnLine(lane.points, this.#lineM[index]!);
      return coverage.filter((zone) => insideOutline(x, y, zone.outline)).map((zone) => zone.id);
    });
    this.#sums = lanes.map(emptySums);
    this.#held = lanes.map(() => ({ occupied: false, covered: false }));
    this.#usual = lanes.map(({ lane }) => {
      if (lane.kind === 'non-motor') return 'bicycle';
      return lane.kind === 'sidewalk' || lane.kind === 'crosswalk' ? 'pedestrian' : 'car';
    });
  }

  accept(list: TrackList, coverage: Coverage): readonly LaneStatistic[] {
    const now = list.valid;
    const closed = this.#pass(now);
    this.#add(list, coverage);
    this.#last = now;
    return closed;
  }

  /** Lets time pass since the last tick; gives the interval that this closed. */
  #pass(now: Stamp): readonly LaneStatistic[] {
    const began = this.#began;
    const last = this.#last;
    if (!began || !last) {
      this.#began = now;
      return [];
    }
    const holdMs = Math.min(now.monoMs - last.monoMs, HOLD_MS);
    const period = Math.floor(began.utcMs / this.#periodMs);
    const endUtcMs = (period + 1) * this.#periodMs;
    if (now.utcMs >= began.utcMs && now.utcMs < endUtcMs) {
      this.#elapse(holdMs);
      return [];
    }
    // UTC stepped back: the interval ends at what it last saw, by the monotonic clock.
    if (now.utcMs < began.utcMs) {
      const lengthMs = last.monoMs - began.monoMs;
      const ended = { ...last, utcMs: plusMs(began.utcMs, lengthMs) };
      this.#count('statistics_clock_stepped');
      return this.#close(ended, now);
    }
    const beforeMs = Math.min(Math.max(endUtcMs - last.utcMs, 0), holdMs);
    this.#elapse(beforeMs);
    const ended = stampOf(endUtcMs, now);
    const next = Math.floor(now.utcMs / this.#periodMs) * this.#periodMs;
    // After a pause over whole periods the new interval begins with what is seen again.
    const closed = this.#close(ended, next === endUtcMs ? ended : now);
    if (next === endUtcMs) this.#elapse(Math.min(holdMs - beforeMs, now.utcMs - endUtcMs));
    return closed;
  }

  #elapse(ms: number): void {
    for (let index = 0; index < this.#sums.length; index++) {
      const sums = this.#sums[index]!;
      const { occupied, covered } = this.#held[index]!;
      sums.observedMs += ms;
      if (occupied) sums.occupiedMs += ms;
      if (covered) sums.coveredMs += ms;
    }
  }

  #add(list: TrackList, coverage: Coverage): void {
    const nowMs = list.valid.monoMs;
    this.#noteCoverage(coverage.zones);
    const occupied = new Set<number>();
    const queues = new Map<number, Queued[]>();
    for (const track of list.tracks) this.#place(track, nowMs, occupied, queues);
    for (let index = 0; index < this.#held.length; index++) {
      this.#held[index]!.occupied = occupied.has(index);
    }
    for (const [index, standing] of queues) this.#queue(index, this.#sums[index]!, standing);
    for (const [id, seen] of this.#seen) {
      if (nowMs - seen.atMs > FORGET_MS) this.#seen.delete(id);
    }
  }

  /** Notes which lanes are looked at; the zones change only with a sensor's health. */
  #noteCoverage(zones: Coverage['zones']): void {
    if (zones === this.#coverage) return;
    this.#coverage = zones;
    const covered = new Set<string>();
    for (const { zoneId, cls, sensors } of zones) {
      if (sensors.length > 0) covered.add(`${zoneId} ${cls}`);
    }
    for (const [index, held] of this.#held.entries()) {
      const cls = this.#usual[index]!;
      held.covered = this.#zones[index]!.some((zone) => covered.has(`${zone} ${cls}`));
    }
  }

  #place(
    track: Track,
    nowMs: number,
    occupied: Set<number>,
    queues: Map<number, Queued[]>,
  ): void {
    const match = this.#matcher.match(track.eastM, track.northM);
    if (!match) return;
    const index = this.#indexOf.get(match.lane)!;
    const alongM = match.projection.alongM;
    const before = this.#seen.get(track.id);
    const mayM = before ? 2 + (JUMP_MPS * (nowMs - before.atMs)) / 1000 : 0;
    const same =
      before?.laneIndex === index && Math.abs(alongM - before.alongM) <= mayM ? before : undefined;
    const lineM = this.#lineM[index]!;
    const halfM = (track.extent.lengthM ?? DEFAULT_LENGTH_M) / 2;
    if (Math.abs(alongM - lineM) < halfM) occupied.add(index);
    if (same && same.alongM < lineM && alongM >= lineM) this.#passed(index, track, same, nowMs);
    const isQueued = track.speedMps < QUEUE_SPEED_MPS && !isStray(track.cls, this.#usual[index]!);
    if (isQueued) {
      const list = queues.get(index) ?? [];
      list.push({ frontM: alongM + halfM, tailM: alongM - halfM });
      queues.set(index, list);
    }
    this.#seen.set(track.id, {
      laneIndex: index,
      alongM,
      enteredMs: same?.enteredMs ?? nowMs,
      enteredAlongM: same?.enteredAlongM ?? alongM,
      atMs: nowMs,
    });
  }

  #passed(index: number, track: Track, seen: Seen, nowMs: number): void {
    const sums = this.#sums[index]!;
    sums.flow[track.cls] = (sums.flow[track.cls] ?? 0) + 1;
    sums.passed++;
    sums.speedSumMps += track.speedMps;
    this.#count('lane_passages');
    const distanceM = this.#lineM[index]! - seen.enteredAlongM;
    if (distanceM < 20) return; // too short a run to tell a delay
    const freeS = distanceM / this.#freeMps[index]!;
    sums.delaySumS += Math.max(0, (nowMs - seen.enteredMs) / 1000 - freeS);
    sums.delays++;
  }

  /** The queue back from the stop line: each within the gap of the one in front. */
  #queue(index: number, sums: Sums, standing: Queued[]): void {
    standing.sort((a, b) => b.tailM - a.tailM);
    const lengthM = this.#matcher.lanes[index]!.lengthM;
    let backM = lengthM;
    let count = 0;
    for (const { frontM, tailM } of standing) {
      if (backM - frontM > QUEUE_GAP_M) break;
      backM = tailM;
      count++;
    }
    if (count === 0 || lengthM - backM <= sums.queueLengthM) return;
    sums.queueLengthM = lengthM - backM;
    sums.queueCount = count;
  }

  #close(ended: Stamp, nextBegan: Stamp): LaneStatistic[] {
    const began = this.#began!;
    const lengthMs = Math.max(ended.utcMs - began.utcMs, 1);
    const result = this.#matcher.lanes.map(({ lane }, index): LaneStatistic => {
      const sums = this.#sums[index]!;
      return {
        laneId: lane.id,
        linkId: lane.linkId,
        began,
        ended,
        flow: sums.flow,
        meanSpeedMps: sums.passed > 0 ? sums.speedSumMps / sums.passed : null,
        occupancy: sums.observedMs > 0 ? sums.occupiedMs / sums.observedMs : 0,
        queueLengthM: sums.queueLengthM,
        queueCount: sums.queueCount,
        meanDelayS: sums.delays > 0 ? sums.delaySumS / sums.delays : null,
        completeness: Math.min(sums.coveredMs / lengthMs, 1),
      };
    });
    this.#sums = this.#matcher.lanes.map(emptySums);
    this.#began = nextBegan;
    return result;
  }

  snapshot(): unknown {
    return structuredClone({
      sums: this.#sums,
      seen: [...this.#seen],
      began: this.#began,
      last: this.#last,
      held: this.#held,
    });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as {
      sums: Sums[];
      seen: [TrackId, Seen][];
      began: Stamp | null;
      last: Stamp | null;
      held: Held[];
    };
    this.#sums = state.sums;
    this.#seen = new Map(state.seen);
    this.#began = state.began;
    this.#last = state.last;
    this.#held = state.held;
    this.#coverage = null;
  }
}

/** Who stands on a lane that is not for them is no queue: a pedestrian, a bicycle among cars. */
const isStray = (cls: RoadUserClass, usual: RoadUserClass): boolean =>
  cls === 'pedestrian' || (usual === 'car' && cls !== 'motorcycle' && isVulnerable(cls));

/** An instant of UTC on both clocks, by another stamp. */
const stampOf = (atUtcMs: number, by: Stamp): Stamp => ({
  monoMs: plusMs(by.monoMs, atUtcMs - by.utcMs),
  utcMs: utcMs(atUtcMs),
  errorMs: by.errorMs,
});

/** The statistics stage of a site; intervals are whole multiples of the period in UTC. */
export function createStatisticStage(
  site: Site,
  options: { readonly count: Count; readonly periodS?: number },
): StatisticStage {
  return new Statistics(site, options.count, options.periodS ?? 60);
}
