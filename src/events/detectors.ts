import { radToDeg } from '../base/units.ts';
import type { RoadEventKind } from '../model/event.ts';
import type { RoadUserClass } from '../model/roaduser.ts';
import type { CompiledExpressions, ExpressionScope } from '../../config/expression.ts';
import type { Text } from '../base/text.ts';
import type { EventSettings } from '../model/site.ts';
import type { Situation } from './index.ts';

/** One kind of event: when it holds, for how long before it is told, and how it is told. */
export interface DetectorRow {
  /** Tells rows apart; a row of the site's own is `site:<id>`. */
  readonly name: string;
  readonly kind: RoadEventKind;
  /** The condition must hold this long before the event is told. */
  readonly afterMs: number;
  /** A break up to this long does not end it. */
  readonly graceMs: number;
  readonly radiusM: number;
  /** 0 (lowest) .. 7. */
  readonly priority: number;
  /** Told with the event, where the site gave one. */
  readonly title: Text | null;
  holds(situation: Situation): boolean;
}

const motor: ReadonlySet<RoadUserClass> = new Set(['car', 'van', 'truck', 'bus', 'motorcycle']);

/**
 * Standing in a lane although nothing holds one up: no lamp against it, nobody in front. Five
 * metres before the stop line are left out: who stands there waits for pedestrians.
 */
const stoppedVehicle: DetectorRow = {
  name: 'stopped-vehicle',
  kind: 'stopped-vehicle',
  afterMs: 15_000,
  graceMs: 2_000,
  radiusM: 15,
  priority: 5,
  title: null,
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
  name: 'wrong-way',
  kind: 'wrong-way',
  afterMs: 1_500,
  graceMs: 1_000,
  radiusM: 30,
  priority: 7,
  title: null,
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
  name: 'pedestrian-on-carriageway',
  kind: 'pedestrian-on-carriageway',
  afterMs: 1_500,
  graceMs: 1_500,
  radiusM: 20,
  priority: 7,
  title: null,
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

/** Every detector that is always there. */
export const detectorRows: readonly DetectorRow[] = [
  stoppedVehicle, wrongWay, pedestrianOnCarriageway,
];

/** What an expression is shown of a situation. What is not known is NaN, or an empty text. */
function scopeOf({ track, match, againstRad, standingS, ...rest }: Situation): ExpressionScope {
  const lane = match?.lane.lane;
  return {
    speedMps: track.speedMps,
    accelerationMps2: track.accelerationMps2 ?? Number.NaN,
    existence: track.existence,
    lengthM: track.extent.lengthM ?? Number.NaN,
    ageS: (track.valid.monoMs - track.bornMs) / 1000,
    standingS,
    againstLaneDeg: againstRad === null ? Number.NaN : radToDeg(againstRad),
    toLaneEndM: match ? match.lane.lengthM - match.projection.alongM : Number.NaN,
    cls: track.cls,
    laneKind: lane?.kind ?? '',
    laneId: lane?.id ?? '',
    linkId: lane?.linkId ?? '',
    ...rest,
  };
}

/** Detectors of the site's own; a row whose expression was refused never holds, and is left out. */
export const siteDetectors = (
  events: readonly EventSettings[], expressions: CompiledExpressions,
): readonly DetectorRow[] =>
  events.flatMap(({ id, title, kind, afterS, graceS, radiusM, priority }) => {
    const expression = expressions.byId.get(id);
    if (!expression) return [];
    return [{
      name: `site:${id}`,
      kind,
      afterMs: afterS * 1000,
      graceMs: graceS * 1000,
      radiusM,
      priority,
      title,
      holds: (situation: Situation) => expression.holds(scopeOf(situation)),
    }];
  });
