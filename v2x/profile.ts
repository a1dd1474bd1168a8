import type { Random } from '../src/base/random.ts';
import type { LampAspect, RightOfWay } from '../src/model/signal.ts';
import type { Site } from '../src/model/site.ts';
import type {
  Count,
  MapComposer,
  RsiComposer,
  RsmComposer,
  SpatComposer,
} from '../src/model/stages.ts';

/** What a composer is made with. */
export interface ComposerContext {
  readonly site: Site;
  readonly profile: Profile;
  readonly random: Random;
  readonly count: Count;
}

/** Application id and priority of one kind of message. */
export interface AirClass {
  readonly aid: number;
  readonly priority: number;
}

/**
 * A message set in circulation, as one row: what it is written with, how lamps and times are said,
 * and the limits of its air interface. A region with other messages is another row.
 */
export interface Profile {
  readonly name: string;
  /** A message value → octets. Errors: the codec's, with the path of the field. */
  encode(frame: unknown): Uint8Array;
  readonly composers: {
    spat(context: ComposerContext): SpatComposer;
    map(context: ComposerContext): MapComposer;
    rsm(context: ComposerContext): RsmComposer;
    rsi(context: ComposerContext): RsiComposer;
    /** Sensor sharing, where the message set has it; asks RSM's composer who is told of. */
    ssm?(context: ComposerContext, rsm: RsmComposer): RsmComposer;
  };
  /** The word on air for what a lamp shows and allows. */
  light(aspect: LampAspect, rightOfWay: RightOfWay): string;
  readonly times: {
    /** One unit of a time mark, ms. */
    readonly unitMs: number;
    readonly unknown: number;
    readonly overMaximum: number;
    readonly form: 'counting' | 'utc';
    /** At level colour-only: leave timing out, or say that it is unknown. */
    readonly atColourOnly: 'left-out' | 'unknown';
  };
  readonly msgCnt: 'every-message';
  readonly air: {
    readonly SPAT: AirClass;
    readonly MAP: AirClass;
    readonly RSM: AirClass;
    readonly SSM?: AirClass;
    readonly RSI: {
      readonly static: AirClass;
      readonly semiStatic: AirClass;
      readonly dynamic: AirClass;
    };
  };
  readonly sizeMaxOctets: number;
  readonly participantsMax: number;
  /** Connections of one lane of the map. */
  readonly connectionsMax: number;
  /** Ids on air are 1 to this (rule R34); 0 is the unit itself. */
  readonly airIdMax: number;
  /** An id is not given again for this long, ms. */
  readonly idRestMs: number;
  /** Points of a reference path, at the least. */
  readonly pathPointsMin: number;
}
