import { assert } from '../src/base/assert.ts';
import type { Count } from '../src/model/stages.ts';
import { assignMemory, assignRows } from './assign.ts';
import {
  ASIDE, OPEN, TAKEN, detectionChance, fading, hitOdds, mayConcern, missOdds, noteBlockers,
  reachOf,
} from './existence.ts';
import type { Chance, CoreSensor, Reach } from './existence.ts';
import type { CoreFrame } from './frames.ts';
import { createCandidates, createGrid, fillGrid, gatePairs } from './gating.ts';
import {
  DETECTION_LIMIT, DETECTION_RECORD, D_COVARIANCE, D_QUALITY, D_TIME, D_VELOCITY_KIND, D_X, D_Y,
  ESTIMATE, E_HEADING, E_HEADING_VARIANCE, E_SPEED, E_X, E_Y, NO_VELOCITY, SENSOR_LIMIT,
  TRACK_LIMIT, TRACK_RECORD, T_BORN, T_BORN_INDEX, T_CLASS, T_CONFIRMED_MS, T_DEVICE, T_EXISTENCE,
  T_HITS, T_HIT_MS, T_MISSED_MS, T_MOVED, T_OCCLUDED_MS, T_SENSOR_MS, T_SIZE, T_SOLID_HITS,
  T_STANDING_MS, T_STATE, T_TIME, T_TWIN_BORN, T_TWIN_INDEX, T_TWIN_MS,
} from './layout.ts';
import { learnNoise, scaleNoise } from './noise.ts';
import { estimateTrack, predictTrack } from './predict.ts';
import { Rewinder } from './rewind.ts';
import { createTable } from './table.ts';
import {
  bearTrack, judgeMoved, judgePublication, judgeStanding, learn, lookSame, mustDie, promote,
  seenTogether,
} from './tracks.ts';
import { generalTuning, sensorTuning } from './tuning.ts';
import { updateTrack } from './update.ts';

/** Upkeep (twins) happens at most this often, ms of scene time. */
const UPKEEP_MS = 100;

/**
 * Frames → tracks, without a site: sensors and frames are plain numbers. What the table holds
 * depends only on the frames in their order of (instant, sensor, sequence), never on the order in
 * which they came, as long as they came within the window.
 */
export class FusionCore {
  readonly table = createTable();
  readonly #sensors: readonly CoreSensor[];
  readonly #reaches: readonly Reach[];
  readonly #count: Count;
  readonly #rewinder: Rewinder;
  readonly #estimates = new Float64Array(TRACK_LIMIT * ESTIMATE);
  readonly #grid = createGrid();
  readonly #candidates = createCandidates();
  readonly #memory = assignMemory(DETECTION_LIMIT, TRACK_LIMIT);
  readonly #taken = new Uint8Array(TRACK_LIMIT);
  readonly #used = new Uint8Array(DETECTION_LIMIT);
  readonly #rows = new Int32Array(DETECTION_LIMIT);
  readonly #scaled = new Float64Array(DETECTION_LIMIT * DETECTION_RECORD);
  readonly #chance: Chance = { probability: 0, hidden: false };

  constructor(sensors: readonly CoreSensor[], options: { rewindMs: number; count: Count }) {
    assert(sensors.length <= SENSOR_LIMIT, `${sensors.length} sensors, at most ${SENSOR_LIMIT}`);
    this.#sensors = sensors;
    this.#reaches = sensors.map(reachOf);
    this.#count = options.count;
    this.#rewinder = new Rewinder(this.table, options.rewindMs, options.count, (frame) =>
      this.#apply(frame));
  }

  /** Takes a frame in; the next `settle` applies it. */
  accept(frame: CoreFrame): void {
    if (frame.count <= DETECTION_LIMIT) return this.#rewinder.accept(frame);
    this.#count('observation_over_limit', frame.count - DETECTION_LIMIT);
    this.#rewinder.accept({ ...frame, count: DETECTION_LIMIT });
  }

  /**
   * Applies the frames that came, late ones by going back. Call before reading the table. What the
   * table then holds does not depend on how often, or when, it was called before.
   */
  settle(): void {
    this.#rewinder.settle();
  }

  /** Estimate of one slot at an instant, without touching the table. */
  estimateAt(slot: number, atMs: number, out: Float64Array, at = 0): void {
    this.#scratch.set(this.table.tracks.subarray(slot * TRACK_RECORD, (slot + 1) * TRACK_RECORD));
    predictTrack(this.#scratch, 0, atMs);
    estimateTrack(this.#scratch, 0, out, at);
  }
  readonly #scratch = new Float64Array(TRACK_RECORD);

  snapshot(): unknown {
    return this.#rewinder.snapshot();
  }

  restore(snapshot: unknown): void {
    this.#rewinder.restore(snapshot);
  }

  /** Applies the next frame in order to the table. */
  #apply(frame: CoreFrame): void {
    const { table } = this;
    const { tracks } = table;
    if (frame.sequence < table.sequences[frame.sensor]) this.#sensorRestarted(frame.sensor);
    table.sequences[frame.sensor] = frame.sequence;
    const stepS = table.atMs > 0 ? Math.min(5, Math.max(0, (frame.measuredMs - table.atMs) / 1000))
      : 0;
    table.atMs = frame.measuredMs;
    table.frameMs[frame.sensor] = frame.measuredMs;
    table.receivedMs = Math.max(table.receivedMs, frame.receivedMs);
    const upkeep = frame.measuredMs - table.upkeepMs >= UPKEEP_MS
      || frame.measuredMs < table.upkeepMs;
    this.#advance(frame, stepS, upkeep);
    const floorM = sensorTuning[this.#sensors[frame.sensor]!.kind].positionFloorM;
    scaleNoise(frame.detections, frame.count, table.noise, frame.sensor, floorM * floorM,
      this.#scaled);
    fillGrid(this.#grid, this.#estimates, table.count);
    this.#used.fill(0);
    this.#pass(frame, true);
    this.#pass(frame, false);
    this.#misses(frame);
    this.#births(frame);
    this.#deaths(frame.measuredMs);
    if (upkeep) {
      table.upkeepMs = frame.measuredMs;
      this.#twins(frame.measuredMs);
    }
  }

  /**
   * Predicts to the frame's instant whom it may concern; at an upkeep everybody. The rest stays at
   * its own instant, set aside: nothing in this frame can speak of it.
   */
  #advance(frame: CoreFrame, stepS: number, upkeep: boolean): void {
    const { tracks, count } = this.table;
    const reach = this.#reaches[frame.sensor]!;
    const estimates = this.#estimates;
    const fade = fading(stepS);
    let all = upkeep;
    for (let index = 0; index < frame.count && !all; index++) {
      const at = index * DETECTION_RECORD;
      all = !mayConcern(reach, frame.detections[at + D_X], frame.detections[at + D_Y], 5);
    }
    for (let slot = 0; slot < count; slot++) {
      const track = slot * TRACK_RECORD;
      tracks[track + T_EXISTENCE] *= fade;
      const concerned = all || mayConcern(reach, tracks[track + T_STATE],
        tracks[track + T_STATE + 1], 20);
      this.#taken[slot] = concerned ? OPEN : ASIDE;
      if (!concerned) continue;
      predictTrack(tracks, track, frame.measuredMs);
      estimateTrack(tracks, track, estimates, slot * ESTIMATE);
    }
  }

  /** A new epoch of a device: its ids mean other users now. */
  #sensorRestarted(sensor: number): void {
    this.#count('sensor_restarted');
    for (let slot = 0; slot < this.table.count; slot++) {
      this.table.tracks[slot * TRACK_RECORD + T_DEVICE + sensor] = 0;
    }
  }

  /** One pass of the assignment: strong detections first, weak ones for who is left. */
  #pass(frame: CoreFrame, strong: boolean): void {
    const { tracks, count } = this.table;
    let rows = 0;
    for (let index = 0; index < frame.count; index++) {
      const quality = frame.detections[index * DETECTION_RECORD + D_QUALITY];
      if (quality >= generalTuning.weakQuality === strong) this.#rows[rows++] = index;
    }
    if (rows === 0 || count === 0) return;
    gatePairs(
      tracks, this.#estimates, count, this.#grid, this.#taken, this.#scaled, this.#rows, rows,
      frame.sensor, this.#candidates,
    );
    assignRows(this.#candidates, generalTuning.missCost, this.#memory);
    for (let row = 0; row < rows; row++) {
      const slot = this.#memory.rowColumn[row];
      if (slot < 0) continue;
      this.#taken[slot] = TAKEN;
      this.#used[this.#rows[row]] = 1;
      this.#hit(frame, slot, this.#rows[row]);
    }
  }

  /** Brings one detection into one track. */
  #hit(frame: CoreFrame, slot: number, index: number): void {
    const { tracks } = this.table;
    const track = slot * TRACK_RECORD;
    const e = slot * ESTIMATE;
    const at = index * DETECTION_RECORD;
    if (tracks[track + T_HITS] > 8 && tracks[track + T_STANDING_MS] <= 0) {
      learnNoise(tracks, track, this.#estimates, e, this.#scaled, at, this.table.noise,
        frame.sensor);
    }
    predictTrack(tracks, track, frame.detections[at + D_TIME]);
    if (updateTrack(tracks, track, this.#scaled,
      at) === -Infinity) this.#count('update_not_definite');
    const tuning = sensorTuning[this.#sensors[frame.sensor]!.kind];
    learn(tracks, track, frame.detections, index, frame.sensor, tuning, frame.measuredMs,
      frame.receivedMs);
    tracks[track + T_EXISTENCE] = hitOdds(tracks[track + T_EXISTENCE],
      frame.detections[at + D_QUALITY]);
    estimateTrack(tracks, track, this.#estimates, e);
    promote(tracks, track, this.#estimates, e);
    judgeMoved(tracks, track, this.#estimates, e);
    judgeStanding(tracks, track, this.#estimates[e + E_SPEED], frame.measuredMs);
  }

  /** Lowers the existence of what this frame should have seen and did not. */
  #misses(frame: CoreFrame): void {
    const { tracks, count } = this.table;
    const sensor = this.#sensors[frame.sensor]!;
    noteBlockers(sensor, tracks, this.#estimates, count, this.#taken);
    for (let slot = 0; slot < count; slot++) {
      if (this.#taken[slot] !== OPEN) continue;
      const track = slot * TRACK_RECORD;
      detectionChance(sensor, tracks, this.#estimates, slot, this.#chance);
      const { probability, hidden } = this.#chance;
      if (hidden) tracks[track + T_OCCLUDED_MS] = frame.measuredMs;
      else if (probability >= 0.5 && frame.complete) tracks[track + T_MISSED_MS] = frame.measuredMs;
      if (probability === 0 || !frame.complete) continue;
      const weight = this.#justSeenByOther(track, frame) ? 0.25 : 1;
      tracks[track + T_EXISTENCE] = missOdds(tracks[track + T_EXISTENCE], probability, weight);
    }
  }

  /**
   * Whether another sensor saw it a moment ago: then a miss says more of this sensor than of the
   * track.
   */
  #justSeenByOther(track: number, frame: CoreFrame): boolean {
    const { tracks } = this.table;
    for (let sensor = 0; sensor < this.#sensors.length; sensor++) {
      const at = tracks[track + T_SENSOR_MS + sensor];
      if (sensor !== frame.sensor && at > 0 && frame.measuredMs - at <= 200) return true;
    }
    return false;
  }

  /** Starts tracks from strong detections that no track explains. */
  #births(frame: CoreFrame): void {
    const { table } = this;
    const known = table.count;
    const solid = sensorTuning[this.#sensors[frame.sensor]!.kind].blindBelowMps === 0;
    for (let index = 0; index < frame.count; index++) {
      const at = index * DETECTION_RECORD;
      if (this.#used[index] === 1) continue;
      if (frame.detections[at + D_QUALITY] < generalTuning.weakQuality) {
        this.#count('detection_weak_unused');
        continue;
      }
      const holder = this.#holderOf(frame.detections[at + D_X], frame.detections[at + D_Y], known);
      if (holder >= 0) {
        this.#count('birth_inside_track');
        if (this.#taken[holder] === OPEN) this.#stretch(frame, holder, index);
        continue;
      }
      const slot = this.#freeSlot();
      if (slot < 0) {
        this.#count('birth_over_limit');
        continue;
      }
      bearTrack(table.tracks, slot * TRACK_RECORD, this.#scaled, index, frame.sensor,
        frame.measuredMs, frame.receivedMs, solid);
      estimateTrack(table.tracks, slot * TRACK_RECORD, this.#estimates, slot * ESTIMATE);
      this.#taken[slot] = TAKEN;
    }
  }

  /**
   * The track in whose body a place lies; −1 for none. Two vehicles never share a place, so what is
   * seen there is that vehicle: a second echo, or the only one, by a sensor that is off.
   */
  #holderOf(x: number, y: number, known: number): number {
    const { tracks } = this.table;
    for (let slot = 0; slot < known; slot++) {
      if (this.#taken[slot] === ASIDE) continue;
      const track = slot * TRACK_RECORD;
      const e = slot * ESTIMATE;
      const dx = x - this.#estimates[e + E_X];
      const dy = y - this.#estimates[e + E_Y];
      const halfLength = 0.5 * tracks[track + T_SIZE];
      const halfWidth = 0.5 * tracks[track + T_SIZE + 1];
      if (halfWidth < 0.6 || dx * dx + dy * dy > (halfLength + 1) ** 2) continue;
      if (!(this.#estimates[e + E_HEADING_VARIANCE] > 0)) continue;
      if (this.#taken[slot] === OPEN && tracks[track + T_CONFIRMED_MS] === 0) continue;
      const heading = this.#estimates[e + E_HEADING];
      const ahead = Math.abs(dx * Math.cos(heading) + dy * Math.sin(heading));
      const left = Math.abs(dy * Math.cos(heading) - dx * Math.sin(heading));
      if (ahead < halfLength + 0.3 && left < halfWidth + 0.2) return slot;
    }
    return -1;
  }

  /**
   * Takes a detection that lies in a body but outside its gate, with a doubt as wide as it is off.
   */
  #stretch(frame: CoreFrame, slot: number, index: number): void {
    const at = index * DETECTION_RECORD;
    const e = slot * ESTIMATE;
    const dx = this.#scaled[at + D_X] - this.#estimates[e + E_X];
    const dy = this.#scaled[at + D_Y] - this.#estimates[e + E_Y];
    this.#scaled[at + D_COVARIANCE] += 2 * dx * dx;
    this.#scaled[at + D_COVARIANCE + 1] += 2 * dx * dy;
    this.#scaled[at + D_COVARIANCE + 4] += 2 * dx * dy;
    this.#scaled[at + D_COVARIANCE + 5] += 2 * dy * dy;
    this.#scaled[at + D_VELOCITY_KIND] = NO_VELOCITY;
    this.#taken[slot] = TAKEN;
    this.#hit(frame, slot, index);
  }

  /** The next slot; when the table is full, the least likely unproven track makes room. */
  #freeSlot(): number {
    const { table } = this;
    if (table.count < TRACK_LIMIT) return table.count++;
    let worst = -1;
    let least = 0;
    for (let slot = 0; slot < table.count; slot++) {
      const odds = table.tracks[slot * TRACK_RECORD + T_EXISTENCE];
      if (odds < least) {
        least = odds;
        worst = slot;
      }
    }
    if (worst < 0) return -1;
    this.#count('track_over_limit');
    this.#remove(worst);
    return table.count++;
  }

  /** Takes one slot out; the order of the others, which is that of birth, stays. */
  #remove(slot: number): void {
    const { table } = this;
    table.tracks.copyWithin(slot * TRACK_RECORD, (slot + 1) * TRACK_RECORD,
      table.count * TRACK_RECORD);
    this.#estimates.copyWithin(slot * ESTIMATE, (slot + 1) * ESTIMATE, table.count * ESTIMATE);
    this.#taken.copyWithin(slot, slot + 1, table.count);
    table.count--;
  }

  #deaths(nowMs: number): void {
    const { table } = this;
    for (let slot = table.count - 1; slot >= 0; slot--) {
      if (this.#taken[slot] === ASIDE) continue;
      const track = slot * TRACK_RECORD;
      if (mustDie(table.tracks, track, this.#estimates, slot * ESTIMATE, nowMs)) this.#remove(slot);
      else judgePublication(table.tracks, track, nowMs);
    }
  }

  /** Makes one of two tracks that have looked the same for half a second; the older stays. */
  #twins(nowMs: number): void {
    const { tracks } = this.table;
    for (let young = this.table.count - 1; young > 0; young--) {
      const b = young * TRACK_RECORD;
      const old = this.#twinOf(young, nowMs);
      if (old < 0) {
        tracks[b + T_TWIN_MS] = 0;
        continue;
      }
      const a = old * TRACK_RECORD;
      const same = tracks[b + T_TWIN_BORN] === tracks[a + T_BORN]
        && tracks[b + T_TWIN_INDEX] === tracks[a + T_BORN_INDEX];
      if (!same || tracks[b + T_TWIN_MS] === 0) {
        tracks[b + T_TWIN_BORN] = tracks[a + T_BORN];
        tracks[b + T_TWIN_INDEX] = tracks[a + T_BORN_INDEX];
        tracks[b + T_TWIN_MS] = nowMs;
      } else if (nowMs - tracks[b + T_TWIN_MS] >= generalTuning.twinMs) {
        this.#count('track_merged');
        this.#join(a, b);
        this.#remove(young);
      }
    }
  }

  /**
   * The oldest track before `young` that looks the same and was never seen beside it; −1 for none.
   */
  #twinOf(young: number, nowMs: number): number {
    const { tracks } = this.table;
    for (let old = 0; old < young; old++) {
      const dx = this.#estimates[old * ESTIMATE + E_X] - this.#estimates[young * ESTIMATE + E_X];
      if (dx > 10 || dx < -10) continue;
      const a = old * TRACK_RECORD;
      const b = young * TRACK_RECORD;
      if (!lookSame(tracks, a, b, this.#estimates, old * ESTIMATE, young * ESTIMATE)) continue;
      if (!seenTogether(tracks, a, b, nowMs)) return old;
    }
    return -1;
  }

  /**
   * The older takes what the younger knew better: newest times, hits, and its estimate if newer.
   */
  #join(a: number, b: number): void {
    const { tracks } = this.table;
    tracks[a + T_MOVED] = Math.max(tracks[a + T_MOVED], tracks[b + T_MOVED]);
    tracks[a + T_SOLID_HITS] = Math.max(tracks[a + T_SOLID_HITS], tracks[b + T_SOLID_HITS]);
    tracks[a + T_HITS] = Math.max(tracks[a + T_HITS], tracks[b + T_HITS]);
    tracks[a + T_EXISTENCE] = Math.max(tracks[a + T_EXISTENCE], tracks[b + T_EXISTENCE]);
    if (tracks[b + T_HIT_MS] > tracks[a + T_HIT_MS] + 300) {
      tracks.copyWithin(a + T_TIME, b + T_TIME, b + T_BORN);
      tracks[a + T_CLASS] = tracks[b + T_CLASS];
      tracks[a + T_HIT_MS] = tracks[b + T_HIT_MS];
    }
    for (let sensor = 0; sensor < SENSOR_LIMIT; sensor++) {
      const at = T_SENSOR_MS + sensor;
      if (tracks[b + at] > tracks[a + at]) {
        tracks[a + at] = tracks[b + at];
        tracks[a + T_DEVICE + sensor] = tracks[b + T_DEVICE + sensor];
      }
    }
  }
}
