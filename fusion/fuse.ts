import { monotonicMs, plusMs } from '../src/base/time.ts';
import type { MonotonicMs, Stamp } from '../src/base/time.ts';
import type { Coverage } from '../src/model/coverage.ts';
import { trackId } from '../src/model/ids.ts';
import type { SensorId } from '../src/model/ids.ts';
import type { ObservationFrame } from '../src/model/observation.ts';
import { roadUserClasses } from '../src/model/roaduser.ts';
import type { ClassProbabilities } from '../src/model/roaduser.ts';
import type { SensorSettings, Site } from '../src/model/site.ts';
import type { SignalState } from '../src/model/signal.ts';
import type { Count, FusionStage, SensorHealth } from '../src/model/stages.ts';
import type { SensingKind, Track, TrackList, UnseenReason } from '../src/model/track.ts';
import { FusionCore } from './core.ts';
import { CoverageMap } from './coverage.ts';
import type { CoreSensor } from './existence.ts';
import { toCoreFrame } from './frames.ts';
import type { CoreFrame } from './frames.ts';
import { Identities } from './identities.ts';
import {
  CLASS_COUNT, DETECTION_RECORD, D_RANGE, D_VELOCITY, D_X, ESTIMATE, E_ACCELERATION, E_COVARIANCE,
  E_HEADING, E_HEADING_VARIANCE, E_SPEED, E_VX, E_VY, E_X, E_Y, E_YAW_RATE, TRACK_RECORD, T_BORN,
  T_BORN_INDEX, T_CLASS, T_CLASS_LOG, T_CONFIRMED_MS, T_EXISTENCE, T_HIT_MS, T_LAYOUT, T_MISSED_MS,
  T_OCCLUDED_MS, T_RECEIVED_MS, T_SENSOR_MS, T_SIZE, T_STANDING_MS, VEHICLE,
} from './layout.ts';
import { Queues } from './queue.ts';
import { bound95M } from './tracks.ts';
import { classTuning, generalTuning, sensorTuning } from './tuning.ts';

/** What fusion needs besides the site. */
export interface FusionOptions {
  readonly box: string;
  readonly boot: string | number;
  readonly count: Count;
}

/** A track counts as seen for this long after its last measurement, latency and period included. */
const SEEN_MS = 400;
/** So many equal frames while something moves say that the picture is frozen (F03). */
const FROZEN_FRAMES = 20;

/** A sensor of the site as the core takes it. */
function toCoreSensor(settings: SensorSettings): CoreSensor {
  return {
    kind: settings.sensing,
    x: settings.pose.eastM,
    y: settings.pose.northM,
    headingRad: settings.pose.headingRad,
    periodMs: settings.periodMs,
    rangeMinM: settings.fieldOfView.rangeMinM,
    rangeMaxM: settings.fieldOfView.rangeMaxM,
    halfAngleRad: settings.fieldOfView.halfAngleRad,
    outline: settings.fieldOfView.outline,
    finds: roadUserClasses.map((cls) => cls === 'unknown' || settings.classes.includes(cls)),
  };
}

/** Joins the core to a site: observations in, tracks and coverage out. */
export function createFusion(site: Site, options: FusionOptions): FusionStage {
  return new Fusion(site, options);
}

interface SensorNote {
  readonly settings: SensorSettings;
  readonly sensor: CoreSensor;
  healthy: boolean;
  last: Float64Array | null;
  equal: number;
}

class Fusion implements FusionStage {
  readonly #site: Site;
  readonly #options: FusionOptions;
  readonly #notes: readonly SensorNote[];
  readonly #index: ReadonlyMap<SensorId, number>;
  readonly #core: FusionCore;
  readonly #queues: Queues;
  readonly #coverage: CoverageMap;
  readonly #identities: Identities;
  readonly #estimate = new Float64Array(ESTIMATE);
  readonly #present = new Set<number>();

  constructor(site: Site, options: FusionOptions) {
    this.#site = site;
    this.#options = options;
    this.#notes = site.sensors
      .filter((settings) => settings.enabled)
      .map((settings) => ({ settings, sensor: toCoreSensor(settings), healthy: false, last: null,
        equal: 0 }));
    this.#index = new Map(this.#notes.map((note, index) => [note.settings.id, index]));
    const sensors = this.#notes.map((note) => note.sensor);
    this.#core = new FusionCore(sensors, { rewindMs: site.loop.rewindMs, count: options.count });
    this.#identities = new Identities((counter) => trackId(options.box, options.boot, counter));
    this.#queues = new Queues(site.road);
    this.#coverage = new CoverageMap(site.road, sensors,
      this.#notes.map((note) => note.settings.id));
  }

  accept(frame: ObservationFrame): void {
    const index = this.#index.get(frame.sensorId);
    if (index === undefined) return this.#options.count('sensor_unknown');
    const note = this.#notes[index]!;
    const instants = [frame.measured.monoMs, frame.received.monoMs, frame.sequence];
    if (!instants.every(Number.isFinite)) return this.#options.count('frame_not_usable');
    const core = toCoreFrame(frame, index, note.sensor, sensorTuning[note.sensor.kind],
      this.#options.count);
    if (this.#isFrozen(note, core)) return this.#options.count('frame_frozen');
    this.#core.accept(core);
  }

  /** Whether the same picture came again and again although something in it moves. */
  #isFrozen(note: SensorNote, frame: CoreFrame): boolean {
    const now = frame.detections;
    const last = note.last;
    note.last = now;
    let moving = false;
    let equal = last !== null && last.length === now.length && now.length > 0;
    for (let at = 0; equal && at < now.length; at += DETECTION_RECORD) {
      if (Math.abs(now[at + D_VELOCITY]!) > 1) moving = true;
      for (let field = D_X; field <= D_RANGE; field++) {
        if (now[at + field] !== last![at + field]) equal = false;
      }
    }
    const before = note.equal;
    note.equal = equal && moving ? note.equal + 1 : 0;
    const frozen = note.equal >= FROZEN_FRAMES;
    // A frozen sensor looks at nothing: its zones are covered by the others alone.
    if (frozen !== before >= FROZEN_FRAMES) this.#coverage.changed();
    return frozen;
  }

  setSensorHealth(health: SensorHealth): void {
    const index = this.#index.get(health.sensorId);
    if (index === undefined) return;
    const healthy = health.level !== 'failed';
    if (this.#notes[index]!.healthy === healthy) return;
    this.#notes[index]!.healthy = healthy;
    this.#coverage.changed();
  }

  setSignals(state: SignalState): void {
    this.#queues.setSignals(state);
  }

  settle(): void {
    this.#core.settle();
  }

  tick(tick: number, _nowMs: MonotonicMs, valid: Stamp): { tracks: TrackList; coverage: Coverage } {
    this.#core.settle();
    const { table } = this.#core;
    const present = this.#present;
    present.clear();
    for (let slot = 0; slot < table.count; slot++) present.add(this.#key(slot));
    const tracks: Track[] = [];
    for (let slot = 0; slot < table.count; slot++) {
      if (table.tracks[slot * TRACK_RECORD + T_CONFIRMED_MS] === 0) continue;
      this.#core.estimateAt(slot, valid.monoMs, this.#estimate);
      const unseen = this.#unseen(slot, valid.monoMs);
      if (unseen) tracks.push(this.#publish(slot, unseen, valid, present));
    }
    this.#identities.forget(valid.monoMs, present);
    const newest = table.receivedMs;
    return {
      tracks: { tick, valid, newestReceivedMs: newest > 0 ? monotonicMs(newest) : null, tracks },
      coverage: this.#coverage.at(valid, (sensor) =>
        this.#notes[sensor]!.healthy && this.#notes[sensor]!.equal < FROZEN_FRAMES),
    };
  }

  /** The birth as one number: tenths of a millisecond, then sensor and place in its frame. */
  #key(slot: number): number {
    const { tracks } = this.#core.table;
    const track = slot * TRACK_RECORD;
    return Math.round(tracks[track + T_BORN]! * 10) * 32768 + tracks[track + T_BORN_INDEX]!;
  }

  /** Why a track is told although nobody just saw it; null where it must not be told (rule R31). */
  #unseen(slot: number, validMs: number): UnseenReason | null {
    const { tracks } = this.#core.table;
    const track = slot * TRACK_RECORD;
    if (bound95M(this.#estimate, 0) > generalTuning.boundMaxM) return null;
    const row = classTuning[tracks[track + T_CLASS]!]!;
    const hitMs = tracks[track + T_HIT_MS]!;
    const ageMs = validMs - hitMs;
    const missed = tracks[track + T_MISSED_MS]! > 0;
    if (ageMs <= SEEN_MS) return 'seen';
    const standing = tracks[track + T_STANDING_MS]! > 0 && row.group !== 'pedestrian';
    if (standing && this.#queues.holds(this.#estimate[E_X]!, this.#estimate[E_Y]!,
      validMs)) return 'queued';
    if (missed) return ageMs <= row.missedMs ? 'missed' : null;
    if (ageMs > row.hiddenMs) return null;
    return tracks[track + T_OCCLUDED_MS]! > 0 ? 'occluded' : 'out-of-coverage';
  }

  #publish(slot: number, unseen: UnseenReason, valid: Stamp, present: ReadonlySet<number>): Track {
    const e = this.#estimate;
    const key = this.#key(slot);
    const x = e[E_X]!;
    const y = e[E_Y]!;
    const identity = this.#identities.get(key) ?? this.#identities.claim(key, x, y, valid.monoMs,
      present);
    identity.x = x;
    identity.y = y;
    identity.vx = e[E_VX]!;
    identity.vy = e[E_VY]!;
    identity.toldMs = valid.monoMs;
    const { ground } = this.#site.frame;
    const { tracks } = this.#core.table;
    const track = slot * TRACK_RECORD;
    const arc = tracks[track + T_LAYOUT] === VEHICLE;
    const variance = e[E_HEADING_VARIANCE]!;
    const headed = variance > 0 && variance < 1;
    const sensors = this.#sensorsOf(track, valid.monoMs);
    return {
      id: identity.id,
      cityId: identity.cityId,
      bornMs: monotonicMs(identity.bornMs),
      measured: stampOf(valid, tracks[track + T_HIT_MS]!),
      received: stampOf(valid, tracks[track + T_RECEIVED_MS]!),
      sensors,
      kinds: this.#kindsOf(sensors),
      valid,
      eastM: x,
      northM: y,
      upM: ground.upM + ground.slopeEast * x + ground.slopeNorth * y,
      eastMps: e[E_VX]!,
      northMps: e[E_VY]!,
      speedMps: Math.abs(e[E_SPEED]!),
      headingRad: headed ? e[E_HEADING]! : null,
      headingSigmaRad: headed ? Math.sqrt(variance) : null,
      yawRateRadps: arc ? e[E_YAW_RATE]! : null,
      accelerationMps2: arc ? e[E_ACCELERATION]! : null,
      covariance: covarianceOf(e),
      extent: {
        lengthM: tracks[track + T_SIZE]!, widthM: tracks[track + T_SIZE + 1]!,
        heightM: tracks[track + T_SIZE + 2]!,
      },
      cls: roadUserClasses[tracks[track + T_CLASS]!]!,
      classes: this.#classes(track),
      existence: 1 / (1 + Math.exp(-tracks[track + T_EXISTENCE]!)),
      unseen,
      laneId: null,
    };
  }

  /** Sensors that measured it in the last second. */
  #sensorsOf(track: number, validMs: number): SensorId[] {
    const { tracks } = this.#core.table;
    const sensors: SensorId[] = [];
    for (let index = 0; index < this.#notes.length; index++) {
      const at = tracks[track + T_SENSOR_MS + index]!;
      if (at > 0 && validMs - at <= 1000) sensors.push(this.#notes[index]!.settings.id);
    }
    return sensors;
  }

  #kindsOf(sensors: readonly SensorId[]): SensingKind[] {
    const kinds: SensingKind[] = [];
    for (const id of sensors) {
      const { kind } = this.#notes[this.#index.get(id)!]!.sensor;
      if (!kinds.includes(kind)) kinds.push(kind);
    }
    return kinds;
  }

  #classes(track: number): ClassProbabilities {
    const { tracks } = this.#core.table;
    const classes: Record<string, number> = {};
    for (let cls = 1; cls < CLASS_COUNT; cls++) {
      const share = Math.exp(tracks[track + T_CLASS_LOG + cls]!);
      if (share > 0.005) classes[roadUserClasses[cls]!] = share;
    }
    return classes;
  }

  snapshot(): unknown {
    return {
      core: this.#core.snapshot(),
      queues: this.#queues.snapshot(),
      identities: this.#identities.snapshot(),
      sensors: this.#notes.map(({ healthy, last, equal }) => ({ healthy, last: last?.slice()
        ?? null, equal })),
    };
  }

  restore(snapshot: unknown): void {
    const plain = snapshot as {
      core: unknown; queues: unknown; identities: unknown;
      sensors: readonly { healthy: boolean; last: Float64Array | null; equal: number }[];
    };
    this.#core.restore(plain.core);
    this.#queues.restore(plain.queues);
    this.#identities.restore(plain.identities);
    plain.sensors.forEach((note, index) => Object.assign(this.#notes[index]!, note));
    this.#coverage.changed();
  }
}

/** An instant of the monotonic clock on both clocks, by a stamp near it. */
function stampOf(near: Stamp, atMs: number): Stamp {
  const offMs = atMs - near.monoMs;
  return { monoMs: monotonicMs(atMs), utcMs: plusMs(near.utcMs, offMs), errorMs: near.errorMs };
}

/** The 4 × 4 covariance of an estimate as a plain list. */
function covarianceOf(e: Float64Array): number[] {
  const c = E_COVARIANCE;
  return [
    e[c]!, e[c + 1]!, e[c + 2]!, e[c + 3]!, e[c + 4]!, e[c + 5]!, e[c + 6]!, e[c + 7]!,
    e[c + 8]!, e[c + 9]!, e[c + 10]!, e[c + 11]!, e[c + 12]!, e[c + 13]!, e[c + 14]!, e[c + 15]!,
  ];
}
