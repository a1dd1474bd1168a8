/**
 * SSM of phase 2: what the roadside's sensors have found, with how sure it is of each kind. Made of
 * the same road users, under the same ids, as RSM of the same turn; off unless the site wants it.
 *
 * The detected region is never said: it would claim that nobody else is in it.
 */
import { assert } from '../../src/base/assert.ts';
import { plusMs } from '../../src/base/time.ts';
import type { MonotonicMs, Stamp } from '../../src/base/time.ts';
import type { Coverage } from '../../src/model/coverage.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { RsuId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import { servedNodes } from '../../src/model/road.ts';
import type { RoadNode } from '../../src/model/road.ts';
import type { RoadUserClass } from '../../src/model/roaduser.ts';
import type { SignalState } from '../../src/model/signal.ts';
import type { RsmComposer } from '../../src/model/stages.ts';
import type { Track, TrackList } from '../../src/model/track.ts';
import type { ComposerContext } from '../profile.ts';
import { MessageCounters } from './counter.ts';
import { Policy } from './policy.ts';
import { airFrame, airPosition } from './position.ts';
import type { AirFrame, AirPosition } from './position.ts';
import { Rsm, evidenceOf, participantOf, unitId } from './rsm.ts';
import type { ToldUser } from './rsm.ts';
import { airTime } from './time.ts';

const PERIOD_MS = 100;
const VALID_FOR_MS = 200;
const PARTICIPANTS_MAX = 512;
const OBSTACLES_MAX = 64;
const UNSIGNED_16_MAX = 65_535;
/** What nobody can name and stands this long is an obstacle, ms. */
const OBSTACLE_MS = 5000;
/** DE_SizeValue goes to here, units of 0.1 m. */
const SIZE_MAX = 1023;

const words: Readonly<Record<RoadUserClass, string>> = {
  unknown: 'unknown', car: 'car', van: 'van', truck: 'truck', bus: 'bus',
  motorcycle: 'motorcyclist', bicycle: 'cyclist', pedestrian: 'pedestrian',
};

/** Confidence on air, steps of 0.5 %. */
const percent = (share: number): number => Math.round(Math.min(Math.max(share, 0), 1) * 200);

class Ssm implements RsmComposer {
  readonly #context: ComposerContext;
  readonly #rsm: Rsm;
  readonly #counters: MessageCounters;
  readonly #air: AirFrame;
  readonly #unitId: string;
  readonly #policy: Policy;
  readonly #places: readonly {
    readonly node: RoadNode;
    readonly reference: AirPosition;
    readonly units: readonly RsuId[] | null;
  }[];
  #lastMs: MonotonicMs | undefined;

  constructor(context: ComposerContext, rsm: RsmComposer) {
    assert(rsm instanceof Rsm, 'SSM stands on the composer of RSM of its own message set');
    this.#context = context;
    this.#rsm = rsm;
    this.#counters = new MessageCounters(context.random);
    this.#air = airFrame(context.site);
    this.#unitId = unitId(context.site.box);
    this.#policy = new Policy(context.site, 'SSM', PERIOD_MS);
    this.#places = servedNodes(context.site.road).map((node) => ({
      node,
      reference: airPosition(this.#air.geodetic(node.reference[0], node.reference[1])),
      units: this.#policy.unitsOf(node.id),
    }));
  }

  /** To be called after RSM's composer in the same turn. */
  compose(
    list: TrackList, _coverage: Coverage, _signals: readonly SignalState[], now: Stamp,
  ): readonly MessageOffer[] {
    if (!this.#policy.due(this.#lastMs, now.monoMs)) return [];
    this.#lastMs = now.monoMs;
    const offers: MessageOffer[] = [];
    for (const { node, reference, units } of this.#places) {
      if (units === null) continue;
      const users = this.#rsm.toldOf(node.id).filter(({ user: { track } }) =>
        this.#policy.holds(track.eastM, track.northM));
      // Nobody is said by no message: an empty list may not stand in one.
      for (let from = 0; from < users.length; ) {
        const offer = this.#fitting(node, reference, units, users.slice(from), list, now);
        this.#counters.take(nodeKey(node.id));
        offers.push(offer);
        from += offer.participants.length;
      }
    }
    return offers;
  }

  /** As many of the road users as fit one message; at least one. */
  #fitting(
    node: RoadNode, reference: AirPosition, units: readonly RsuId[], users: readonly ToldUser[],
    list: TrackList, now: Stamp,
  ): MessageOffer {
    let take = Math.min(users.length, OBSTACLES_MAX, PARTICIPANTS_MAX);
    for (;;) {
      const offer = this.#offer(node, reference, units, users.slice(0, take), list, now);
      const octets = offer.message.bytes.length;
      const { sizeMaxOctets } = this.#context.profile;
      if (octets <= sizeMaxOctets || take === 1) return offer;
      take = Math.max(1, Math.min(take - 1, Math.floor((take * sizeMaxOctets) / octets)));
    }
  }

  #offer(
    node: RoadNode, sensorPos: AirPosition, units: readonly RsuId[], users: readonly ToldUser[],
    list: TrackList, now: Stamp,
  ): MessageOffer {
    const { profile } = this.#context;
    const air = profile.air.SSM;
    assert(air, `profile ${profile.name} has no SSM`);
    const isObstacle = ({ user: { track }, held }: ToldUser): boolean =>
      track.cls === 'unknown' && held.stillSinceMs !== null
      && now.monoMs - held.stillSinceMs >= OBSTACLE_MS;
    const obstacles = users.filter(isObstacle).map((row) => this.#obstacle(row, sensorPos));
    const participants = users.filter((row) => !isObstacle(row))
      .map((row) => this.#participant(row, sensorPos, now));
    const message = {
      msgCnt: this.#counters.peek(nodeKey(node.id)),
      id: this.#unitId,
      equipmentType: 'rsu',
      secMark: airTime(list.valid.utcMs).msInMinute,
      sensorPos,
      ...(participants.length > 0 ? { participants } : {}),
      ...(obstacles.length > 0 ? { obstacles } : {}),
    };
    return {
      message: {
        bytes: profile.encode({
          msgFrameExt: { messageId: 12, value: { SensorSharingMsg: message } },
        }),
        type: 'SSM',
        profile: profile.name,
        ...air,
        validUntilMs: plusMs(now.monoMs, VALID_FOR_MS),
        rsuIds: units,
        node: node.id,
      },
      validMs: list.valid.monoMs,
      newestReceivedMs: list.newestReceivedMs,
      participants: users.map(({ user, held }) => evidenceOf(user.track, held)),
    };
  }

  #participant({ user: { track }, held }: ToldUser, reference: AirPosition, now: Stamp): object {
    return {
      ptc: participantOf(track, held, this.#air, reference),
      detectedPTCType: words[track.cls],
      typeConfidence: percent(track.classes[track.cls] ?? 0),
      tracking: trackedS(track, now),
    };
  }

  #obstacle({ user: { track }, held }: ToldUser, reference: AirPosition): object {
    const seen = participantOf(track, held, this.#air, reference);
    const decimetres = (m: number | null): number =>
      Math.min(Math.max(Math.round((m ?? 0) * 10), 0), SIZE_MAX);
    const { lengthM, widthM } = track.extent;
    return {
      obsType: 'unknown',
      objTypeConfidence: percent(track.existence),
      obsId: held.airId,
      source: seen['source'],
      secMark: seen['secMark'],
      pos: seen['pos'],
      posConfidence: seen['posConfidence'],
      speed: seen['speed'],
      heading: seen['heading'],
      size: { width: decimetres(widthM), length: decimetres(lengthM) },
    };
  }

  snapshot(): unknown {
    return { counters: this.#counters.snapshot(), lastMs: this.#lastMs ?? null };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as { counters: unknown; lastMs: MonotonicMs | null };
    this.#counters.restore(state.counters);
    this.#lastMs = state.lastMs ?? undefined;
  }
}

/** Whole seconds since a road user was first published, 1 to the top of the field. */
const trackedS = (track: Track, now: Stamp): number =>
  Math.min(Math.max(Math.round((now.monoMs - track.bornMs) / 1000), 1), UNSIGNED_16_MAX);

/** Composes SSM beside RSM's composer of the same box. */
export const createSsmComposer = (context: ComposerContext, rsm: RsmComposer): RsmComposer =>
  new Ssm(context, rsm);
