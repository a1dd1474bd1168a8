import type { RoadEventKind } from '../model/event.ts';
import type { RoadUserClass } from '../model/roaduser.ts';
import type { Situation } from './index.ts';

/** One kind of event: when it holds, for how long before it is told, and how it is told. */
export interface DetectorRow {
  readonly kind: RoadEventKind;
  /** The condition must hold this long before the event is told. */
  readonly afterMs: number;
  /** A break up to this long does not end it. */
  readonly graceMs: number;
  readonly radiusM: number;
  /** 0 (lowest) .. 7. */
  readonly priority: number;
  holds(situation: Situation): boolean;
}

const motor: ReadonlySet<RoadUserClass> = new Set(['car', 'van', 'truck', 'bus', 'motorcycle']);

/**
 * Standing in a lane although nothing holds one up: no lamp against it, nobody in front. Five
 * metres before the stop line are left out: who stands there waits for pedestrians.
 */
const stoppedVehicle: DetectorRow = {
  kind: 'stopped-vehicle',
  afterMs: 15_000,
  graceMs: 2_000,
  radiusM: 15,
  priority: 5,
  holds: ({ track, match, mustWait, queued, onCrossing }) =>
    motor.has(track.cls) &&
    track.speedMps < 0.5 &&
    match !== null &&
    (match.lane.lane.kind === 'motor' || match.lane.lane.kind === 'bus') &&
    match.lane.lengthM - match.projection.alongM > 5 &&
    !mustWait &&
    !queued &&
    !onCrossing,
};

/** Travelling against a lane by more than 135°, sure of position, well inside the lane. */
const wrongWay: DetectorRow = {
  kind: 'wrong-way',
  afterMs: 1_500,
  graceMs: 1_000,
  radiusM: 30,
  priority: 7,
  holds: ({ track, match, againstRad, inNode }) =>
    motor.has(track.cls) &&
    track.speedMps > 2.5 &&
    track.unseen === 'seen' &&
    match !== null &&
    (match.lane.lane.kind === 'motor' || match.lane.lane.kind === 'bus') &&
    Math.abs(match.projection.leftM) < match.lane.lane.widthM / 2 - 0.3 &&
    againstRad !== null &&
    againstRad > (3 * Math.PI) / 4 &&
    !inNode,
};

/** A pedestrian on a motor lane away from any crossing. */
const pedestrianOnCarriageway: DetectorRow = {
  kind: 'pedestrian-on-carriageway',
  afterMs: 1_500,
  graceMs: 1_500,
  radiusM: 20,
  priority: 7,
  holds: ({ track, match, onCrossing, inNode }) =>
    track.cls === 'pedestrian' &&
    track.existence > 0.8 &&
    match !== null &&
    (match.lane.lane.kind === 'motor' || match.lane.lane.kind === 'bus') &&
    // Within eight metres of the stop line people stray beside the crossing.
    match.lane.lengthM - match.projection.alongM > 8 &&
    Math.abs(match.projection.leftM) < match.lane.lane.widthM / 2 - 0.3 &&
    !onCrossing &&
    !inNode,
};

/** Every detector, by kind. */
export const detectorRows: Readonly<Partial<Record<RoadEventKind, DetectorRow>>> = {
  'stopped-vehicle': stoppedVehicle,
  'wrong-way': wrongWay,
  'pedestrian-on-carriageway': pedestrianOnCarriageway,
};
