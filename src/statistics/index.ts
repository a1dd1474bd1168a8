import { insideOutline, pointOnLine } from '../base/geometry.ts';
import { plusMs, utcMs } from '../base/time.ts';
import type { Stamp } from '../base/time.ts';
import type { Coverage } from '../model/coverage.ts';
import type { TrackId, ZoneId } from '../model/ids.ts';
import { createLaneMatcher } from '../model/lanes.ts';
import type { LaneMatcher, MatchLane } from '../model/lanes.ts';
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

/** What is summed up for one lane in the running interval. */
interface Sums {
  flow: Partial<Record<RoadUserClass, number>>;
  speedSumMps: number;
  passed: number;
  occupiedTicks: number;
  coveredTicks: number;
  ticks: number;
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

const emptySums = (): Sums => ({
  flow: {},
  speedSumMps: 0,
  passed: 0,
  occupiedTicks: 0,
  coveredTicks: 0,
  ticks: 0,
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
  #sums: Sums[];
  #seen = new Map<TrackId, Seen>();
  #began: Stamp | null = null;

  constructor(site: Site, count: Count, periodS: number) {
    this.#count = count;
    this.#periodMs = periodS * 1000;
    this.#matcher = createLaneMatcher(site.road);
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
  }

  accept(list: TrackList, coverage: Coverage): readonly LaneStatistic[] {
    const now = list.valid;
    const period = Math.floor(now.utcMs / this.#periodMs);
    const closed =
      this.#began && Math.floor(this.#began.utcMs / this.#periodMs) !== period
        ? this.#close(now, period)
        : [];
    this.#began ??= now;
    this.#add(list, coverage);
    return closed;
  }

  #add(list: TrackList, coverage: Coverage): void {
    const nowMs = list.valid.monoMs;
    const covered = new Set<string>();
    for (const zone of coverage.zones) {
      if (zone.cls === 'car' && zone.sensors.length > 0) covered.add(zone.zoneId);
    }
    const occupied = new Set<number>();
    const queues = new Map<number, number[]>();
    for (const track of list.tracks) this.#place(track, nowMs, occupied, queues);
    for (const [index, sums] of this.#sums.entries()) {
      sums.ticks++;
      if (occupied.has(index)) sums.occupiedTicks++;
      if (this.#zones[index]!.some((zone) => covered.has(zone))) sums.coveredTicks++;
      this.#queue(index, sums, queues.get(index) ?? []);
    }
    for (const [id, seen] of this.#seen) {
      if (nowMs - seen.atMs > FORGET_MS) this.#seen.delete(id);
    }
  }

  #place(track: Track, nowMs: number, occupied: Set<number>, queues: Map<number, number[]>): void {
    const match = this.#matcher.match(track.eastM, track.northM);
    if (!match) return;
    const index = this.#indexOf.get(match.lane)!;
    const alongM = match.projection.alongM;
    const before = this.#seen.get(track.id);
    const same = before?.laneIndex === index ? before : undefined;
    const lineM = this.#lineM[index]!;
    const halfM = (track.extent.lengthM ?? DEFAULT_LENGTH_M) / 2;
    if (Math.abs(alongM - lineM) < halfM) occupied.add(index);
    if (same && same.alongM < lineM && alongM >= lineM) this.#passed(index, track, same, nowMs);
    if (track.speedMps < QUEUE_SPEED_MPS) {
      const list = queues.get(index) ?? [];
      list.push(alongM - halfM);
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
    sums.delaySumS += Math.max(0, (nowMs - seen.enteredMs) / 1000 - distanceM / this.#freeMps[index]!);
    sums.delays++;
  }

  #queue(index: number, sums: Sums, tails: number[]): void {
    if (tails.length === 0) return;
    tails.sort((a, b) => b - a);
    const lengthM = this.#matcher.lanes[index]!.lengthM;
    let backM = lengthM;
    let count = 0;
    for (const tailM of tails) {
      if (backM - tailM > QUEUE_GAP_M + DEFAULT_LENGTH_M) break;
      backM = tailM;
      count++;
    }
    if (count === 0 || lengthM - backM <= sums.queueLengthM) return;
    sums.queueLengthM = lengthM - backM;
    sums.queueCount = count;
  }

  #close(now: Stamp, period: number): LaneStatistic[] {
    const backMs = now.utcMs - period * this.#periodMs;
    const ended: Stamp = {
      monoMs: plusMs(now.monoMs, -backMs),
      utcMs: utcMs(period * this.#periodMs),
      errorMs: now.errorMs,
    };
    const began = this.#began!;
    const result = this.#matcher.lanes.map(({ lane }, index): LaneStatistic => {
      const sums = this.#sums[index]!;
      return {
        laneId: lane.id,
        linkId: lane.linkId,
        began,
        ended,
        flow: sums.flow,
        meanSpeedMps: sums.passed > 0 ? sums.speedSumMps / sums.passed : null,
        occupancy: sums.ticks > 0 ? sums.occupiedTicks / sums.ticks : 0,
        queueLengthM: sums.queueLengthM,
        queueCount: sums.queueCount,
        meanDelayS: sums.delays > 0 ? sums.delaySumS / sums.delays : null,
        completeness: sums.ticks > 0 ? sums.coveredTicks / sums.ticks : 0,
      };
    });
    this.#sums = this.#matcher.lanes.map(emptySums);
    this.#began = ended;
    return result;
  }

  snapshot(): unknown {
    return structuredClone({ sums: this.#sums, seen: [...this.#seen], began: this.#began });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as {
      sums: Sums[];
      seen: [TrackId, Seen][];
      began: Stamp | null;
    };
    this.#sums = state.sums;
    this.#seen = new Map(state.seen);
    this.#began = state.began;
  }
}

/** The statistics stage of a site; intervals are whole multiples of the period in UTC. */
export function createStatisticStage(
  site: Site,
  options: { readonly count: Count; readonly periodS?: number },
): StatisticStage {
  return new Statistics(site, options.count, options.periodS ?? 60);
}
