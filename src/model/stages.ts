/**
 * The walls between stages: what each takes and gives. `src/pipeline.ts` alone joins them. All
 * messages are plain and cloneable; every stage can be snapshotted, so that a recording may start
 * at any instant. No stage reads a clock or starts a timer: instants come as arguments.
 */
import type { Stateful } from '../base/stateful.ts';
import type { MonotonicMs, Stamp } from '../base/time.ts';
import type { Coverage } from './coverage.ts';
import type { RoadEvent } from './event.ts';
import type { ControllerId, NodeId, SensorId } from './ids.ts';
import type { MessageOffer } from './message.ts';
import type { HealthCheck } from './health.ts';
import type { ObservationFrame } from './observation.ts';
import type { ControllerReport, SignalState } from './signal.ts';
import type { LaneStatistic } from './statistic.ts';
import type { TrackList } from './track.ts';

/** Counts drops and events by name. */
export type Count = (name: string, by?: number) => void;

/** Whether the supervisor hears a sensor. Fusion adds its own judgement (stuck, wrong, …). */
export interface SensorHealth {
  readonly sensorId: SensorId;
  readonly level: 'ok' | 'degraded' | 'failed';
  readonly reason: string;
}

/** observations → tracks. */
export interface FusionStage extends Stateful {
  /** Takes a frame in, to be applied at the instant(s) it was measured; rewinds when late. */
  accept(frame: ObservationFrame): void;
  /** Applies what has come. `tick` does so too; how often it was done before changes no result. */
  settle(): void;
  setSensorHealth(health: SensorHealth): void;
  /** For those who queue at red. */
  setSignals(state: SignalState): void;
  /** Predicts to `valid`, maintains, publishes. `nowMs` is the tick's instant. */
  tick(tick: number, nowMs: MonotonicMs, valid: Stamp): { readonly tracks: TrackList; readonly coverage: Coverage };
}

/** tracks → events. Gives all that live or ended at this instant. */
export interface EventStage extends Stateful {
  accept(tracks: TrackList, coverage: Coverage, signals: readonly SignalState[]): readonly RoadEvent[];
}

/** tracks → statistics. Gives the intervals that closed at this instant. */
export interface StatisticStage extends Stateful {
  accept(tracks: TrackList, coverage: Coverage): readonly LaneStatistic[];
}

/** lamp states → signal groups with timing. */
export interface SignalStage extends Stateful {
  accept(report: ControllerReport): void;
  twoSources(controllerId: ControllerId, nowMs: MonotonicMs): void;
  /** The state of every node with lamps at an instant. */
  at(now: Stamp): readonly SignalState[];
}

/** How much of SPAT may be said: decided by the gate, obeyed by the composer. */
export type SpatLevel = 'valid' | 'colour-only' | 'unavailable' | 'silent';

/** What the gate lets a SPAT say in this cycle. */
export interface SpatAllowance {
  readonly level: SpatLevel;
  /** Signal groups that must be shown as unavailable. */
  readonly withheld: readonly string[];
  /** Signal groups whose times must be left out. */
  readonly untimed: readonly string[];
  /** What cars must know of the map beside it; left out while it is the one they have. */
  readonly map?: 'missing' | 'updated' | 'lanes-changed';
}

/** signals → SPAT. Null at level `silent`. */
export interface SpatComposer extends Stateful {
  compose(state: SignalState, allowed: SpatAllowance, now: Stamp): MessageOffer | null;
  /** An unavailable SPAT of the node whose stamps alone need patching: for the guard thread. */
  unavailable(node: NodeId, now: Stamp): MessageOffer;
}

/** One MAP that a node may send, counter and stamp zero: what a commissioning pins (rule R18). */
export interface MapVariant {
  readonly node: NodeId;
  /** What holds when it is sent: `always`, or conditions in words. Equal maps share a variant. */
  readonly keys: readonly string[];
  /** Of road.json. */
  readonly revision: number;
  /** SHA-256 of the octets, lower-case hex. */
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** road → MAP. One offer for each node, in the variant in force. */
export interface MapComposer extends Stateful {
  /**
   * @param plans number of the plan by controller; null where it does not say.
   * @param signs state by sign, see `signStates`; none where left out.
   */
  compose(
    now: Stamp, plans: ReadonlyMap<string, number | null>, signs?: ReadonlyMap<string, string>,
  ): readonly MessageOffer[];
  /** Offers of those nodes alone whose variant is another than in their last offer. */
  switched(
    now: Stamp, plans: ReadonlyMap<string, number | null>, signs?: ReadonlyMap<string, string>,
  ): readonly MessageOffer[];
  /** Every MAP that may ever leave. */
  variants(): readonly MapVariant[];
}

/** tracks → RSM: as many frames as needed; none where nothing healthy looks. */
export interface RsmComposer extends Stateful {
  compose(tracks: TrackList, coverage: Coverage, signals: readonly SignalState[], now: Stamp): readonly MessageOffer[];
}

/** events and signs → RSI. */
export interface RsiComposer extends Stateful {
  compose(events: readonly RoadEvent[], now: Stamp): readonly MessageOffer[];
}

/** One message for a cloud. */
export interface CityMessage {
  /** Topic without the broker's prefix. */
  readonly topic: string;
  /** UTF-8 JSON. */
  readonly payload: string;
  /** `live`: QoS 0, newest wins, never on disk. `record`: accepted once on disk, QoS 1. */
  readonly delivery: 'live' | 'record';
  /** Shedding class of a record, lowest goes first. */
  readonly shedding: 'traffic' | 'event' | 'status' | 'alarm' | 'audit';
  /** Unique key of a record; the key of the stream for live messages. */
  readonly key: string;
}

/** What the city composer is shown. */
export interface CityInput {
  readonly now: Stamp;
  readonly tracks: TrackList | null;
  readonly signals: readonly SignalState[];
  readonly events: readonly RoadEvent[];
  readonly statistics: readonly LaneStatistic[];
  readonly health: readonly HealthCheck[];
}

/** everything → city messages (T/ITS 0180.1). */
export interface CityComposer extends Stateful {
  compose(input: CityInput): readonly CityMessage[];
}
