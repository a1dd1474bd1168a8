import { plusMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import type { RoadEvent } from '../../src/model/event.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { LinkId, NodeId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import { servedNodes } from '../../src/model/road.ts';
import type { RoadLink, RoadNode, RoadPoint, RoadSign } from '../../src/model/road.ts';
import type { RsiComposer } from '../../src/model/stages.ts';
import type { ComposerContext } from '../profile.ts';
import { eventCodes, signCodes } from './codes.ts';
import type { Liveliness } from './codes.ts';
import { MessageCounters } from './counter.ts';
import { gb2312Hex } from './gb2312.ts';
import { airFrame, airOffset, airPosition } from './position.ts';
import type { AirFrame, AirPosition } from './position.ts';
import { unitId } from './rsm.ts';
import { airTime } from './time.ts';

const EVENTS_MAX = 8;
const SIGNS_MAX = 16;
/** An event is told for this long beyond now, and renewed while it lives (rule R37). */
const EVENT_LIFE_MIN = 30;
const SIGN_LIFE_MIN = 720;
const MOY_INVALID = 527_040;
/** Every how many calls (of 100 ms) each kind leaves. */
const everyCalls: Readonly<Record<Liveliness, number>> = { static: 10, semiStatic: 5, dynamic: 1 };

class Rsi implements RsiComposer {
  readonly #context: ComposerContext;
  readonly #counters: MessageCounters;
  readonly #air: AirFrame;
  readonly #links: ReadonlyMap<LinkId, RoadLink>;
  readonly #unitId: string;
  readonly #nodes: readonly RoadNode[];
  readonly #signs: readonly { readonly node: RoadNode; readonly sign: RoadSign }[];
  #calls = 0;

  constructor(context: ComposerContext) {
    this.#context = context;
    this.#counters = new MessageCounters(context.random);
    this.#air = airFrame(context.site);
    this.#unitId = unitId(context.site.box);
    const { road } = context.site;
    this.#links = new Map(road.links.map((link) => [link.id, link]));
    this.#nodes = servedNodes(road);
    this.#signs = road.signs.map((sign) => ({ node: this.#nearest(sign.point), sign }));
  }

  compose(events: readonly RoadEvent[], now: Stamp): readonly MessageOffer[] {
    const call = this.#calls++;
    const offers: MessageOffer[] = [];
    for (const node of this.#nodes) {
      for (const liveliness of ['dynamic', 'semiStatic'] as const) {
        if (call % everyCalls[liveliness] !== 0) continue;
        const own = events.filter(
          (event) =>
            event.ended === null &&
            eventCodes[event.kind].liveliness === liveliness &&
            this.#nearest([event.eastM, event.northM]) === node,
        );
        for (let from = 0; from < own.length; from += EVENTS_MAX) {
          offers.push(this.#events(node, own.slice(from, from + EVENTS_MAX), liveliness, now));
        }
      }
      const signs = this.#signs.filter((entry) => entry.node === node).map(({ sign }) => sign);
      if (call % everyCalls.static !== 3) continue;
      for (let from = 0; from < signs.length; ) {
        let take = Math.min(SIGNS_MAX, signs.length - from);
        let offer = this.#signsOffer(node, signs.slice(from, from + take), now);
        while (offer.message.bytes.length > this.#context.profile.sizeMaxOctets && take > 1) {
          take = Math.ceil(take / 2);
          offer = this.#signsOffer(node, signs.slice(from, from + take), now);
        }
        offers.push(offer);
        from += take;
      }
    }
    return offers;
  }

  #nearest(point: RoadPoint): RoadNode {
    const nodes = this.#nodes;
    let best = nodes[0]!;
    let bestM = Infinity;
    for (const node of nodes) {
      const distanceM = Math.hypot(point[0] - node.reference[0], point[1] - node.reference[1]);
      if (distanceM < bestM) {
        bestM = distanceM;
        best = node;
      }
    }
    return best;
  }

  #events(
    node: RoadNode,
    events: readonly RoadEvent[],
    liveliness: 'dynamic' | 'semiStatic',
    now: Stamp,
  ): MessageOffer {
    const reference = this.#reference(node);
    const { moy } = airTime(now.utcMs);
    const rtes = events.map((event) => ({
      rteId: event.id % 256,
      eventType: eventCodes[event.kind].code,
      eventSource: 'detection',
      eventPos: airOffset(this.#air.geodetic(event.eastM, event.northM), reference),
      eventRadius: Math.round(event.radiusM * 10),
      ...(event.description
        ? { description: { textGB2312: gb2312Hex(event.description.zh, 64) } }
        : {}),
      timeDetails: {
        startTime: airTime(event.began.utcMs).moy,
        endTime: endMinute(moy, EVENT_LIFE_MIN),
        endTimeConfidence: 'unavailable',
      },
      priority: priorityOctet(event.priority),
      ...(event.path.length > 1
        ? { referencePaths: [this.#path(event.path.map((p) => [p.eastM, p.northM]), event.radiusM, reference)] }
        : {}),
      ...(event.linkId && this.#links.has(event.linkId)
        ? { referenceLinks: [this.#link(event.linkId)] }
        : {}),
      eventConfidence: Math.round(Math.min(Math.max(event.confidence, 0), 1) * 200),
    }));
    return this.#offer(node, { rtes }, liveliness, moy, now);
  }

  #signsOffer(node: RoadNode, signs: readonly RoadSign[], now: Stamp): MessageOffer {
    const reference = this.#reference(node);
    const { moy } = airTime(now.utcMs);
    const rtss = signs.map((sign) => ({
      rtsId: sign.id,
      signType: signCodes[sign.kind] ?? 0,
      signPos: airOffset(this.#air.geodetic(sign.point[0], sign.point[1]), reference),
      ...(sign.description === ''
        ? {}
        : { description: { textGB2312: gb2312Hex(sign.description, 64) } }),
      timeDetails: {
        startTime: moy - (moy % 60),
        endTime: endMinute(moy, SIGN_LIFE_MIN),
        endTimeConfidence: 'unavailable',
      },
      priority: priorityOctet(sign.priority),
      ...(sign.path.length > 0
        ? { referencePaths: [this.#path(sign.path, sign.radiusM, reference)] }
        : {}),
      ...(sign.linkIds.length > 0
        ? { referenceLinks: sign.linkIds.filter((id) => this.#links.has(id)).map((id) => this.#link(id)) }
        : {}),
    }));
    return this.#offer(node, { rtss }, 'static', moy, now);
  }

  #path(points: readonly RoadPoint[], radiusM: number, reference: AirPosition): unknown {
    return {
      activePath: points
        .slice(0, 32)
        .map((point) => airOffset(this.#air.geodetic(point[0], point[1]), reference)),
      pathRadius: Math.min(Math.round(radiusM * 10), 65_535),
    };
  }

  #link(id: LinkId): unknown {
    const link = this.#links.get(id)!;
    const node = ({ region, id: number }: NodeId): unknown => ({ region, id: number });
    return { upstreamNodeId: node(link.upstream), downstreamNodeId: node(link.downstream) };
  }

  #reference(node: RoadNode): AirPosition {
    return airPosition(this.#air.geodetic(node.reference[0], node.reference[1]));
  }

  #offer(node: RoadNode, items: object, liveliness: Liveliness, moy: number, now: Stamp): MessageOffer {
    const { profile } = this.#context;
    const stream = `${nodeKey(node.id)}`;
    return {
      message: {
        bytes: profile.encode({
          rsiFrame: {
            msgCnt: this.#counters.take(stream),
            moy,
            id: this.#unitId,
            refPos: this.#reference(node),
            ...items,
          },
        }),
        type: 'RSI',
        profile: profile.name,
        ...profile.air.RSI[liveliness],
        validUntilMs: plusMs(now.monoMs, 1000),
        rsuIds: [],
        node: node.id,
      },
      validMs: now.monoMs,
      newestReceivedMs: null,
      participants: [],
    };
  }

  snapshot(): unknown {
    return { counters: this.#counters.snapshot(), calls: this.#calls };
  }

  restore(snapshot: unknown): void {
    const state = snapshot as { counters: unknown; calls: number };
    this.#counters.restore(state.counters);
    this.#calls = state.calls;
  }
}

/** A minute of the year, capped before the value that says invalid. */
const endMinute = (moy: number, lifeMin: number): number => Math.min(moy + lifeMin, MOY_INVALID - 1);

/** Level 0..7 in the top three bits of one octet. */
const priorityOctet = (level: number): string => ((level & 7) << 5).toString(16).padStart(2, '0');

/** Composes RSI of the Chinese set. */
export const createRsiComposer = (context: ComposerContext): RsiComposer => new Rsi(context);
