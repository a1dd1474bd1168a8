import { plusMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs, Stamp, UtcMs } from '../../src/base/time.ts';
import type { RoadEvent } from '../../src/model/event.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { LaneId, LinkId, NodeId } from '../../src/model/ids.ts';
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
import { Policy } from './policy.ts';
import { unitId } from './rsm.ts';
import { airTime } from './time.ts';

const EVENTS_MAX = 8;
const SIGNS_MAX = 16;
/** An event is told for this long beyond its newest evidence, renewed while it lives (rule R37). */
const EVENT_LIFE_MIN = 30;
/** Nothing is told for longer than this after it began (rule R37). */
const EVENT_LIFE_MAX_MIN = 1440;
const SIGN_LIFE_MIN = 720;
const MINUTE_MS = 60_000;
/** Ids of events on air are 0 to 255; one is not given again for this long after its event. */
const EVENT_IDS = 256;
const ID_REST_MS = 60_000;
/** Period of each kind where the site sets none, ms: the RSU requirement's. */
const periodMs: Readonly<Record<Liveliness, number>> = {
  static: 1000,
  semiStatic: 500,
  dynamic: 100,
};
const policyKinds = {
  static: 'RSI-static', semiStatic: 'RSI-semi-static', dynamic: 'RSI-dynamic',
} as const;
/** Octets of a description: of a sign the code's 16 characters come first, then its text. */
const EVENT_TEXT_MAX = 64;
const SIGN_TEXT_MAX = 160;
const LINKS_MAX = 16;
const UNSIGNED_16_MAX = 65_535;

/** The id on air of one event. */
interface HeldId {
  readonly rteId: number;
  lastMs: MonotonicMs;
}

class Rsi implements RsiComposer {
  readonly #context: ComposerContext;
  readonly #counters: MessageCounters;
  readonly #air: AirFrame;
  readonly #links: ReadonlyMap<LinkId, RoadLink>;
  readonly #unitId: string;
  readonly #nodes: readonly RoadNode[];
  readonly #signs: readonly { readonly node: RoadNode; readonly sign: RoadSign }[];
  /** Ids on air by event, while it lives and for a rest. */
  #ids = new Map<number, HeldId>();
  #nextId = 0;
  /** When each kind last left. */
  #lastMs: Partial<Record<Liveliness, MonotonicMs>> = {};
  /** What was told of each kind when it last left: a change may be told at once. */
  #said: Partial<Record<Liveliness, string>> = {};
  readonly #policies: Readonly<Record<Liveliness, Policy>>;

  constructor(context: ComposerContext) {
    this.#context = context;
    this.#counters = new MessageCounters(context.random);
    this.#air = airFrame(context.site);
    this.#unitId = unitId(context.site.box);
    const { site } = context;
    const { road } = site;
    const policy = (kind: Liveliness): Policy =>
      new Policy(site, policyKinds[kind], periodMs[kind]);
    this.#policies = {
      static: policy('static'), semiStatic: policy('semiStatic'), dynamic: policy('dynamic'),
    };
    this.#links = new Map(road.links.map((link) => [link.id, link]));
    this.#nodes = servedNodes(road);
    this.#signs = road.signs.map((sign) => ({ node: this.#nearest(sign.point), sign }));
  }

  compose(events: readonly RoadEvent[], now: Stamp): readonly MessageOffer[] {
    this.#forget(now.monoMs);
    const live = events.filter((event) => event.ended === null && this.#mayTell(event, now));
    for (const event of live) this.#idOf(event, now.monoMs);
    const offers: MessageOffer[] = [];
    const told = {
      dynamic: this.#toldOf(live, 'dynamic'),
      semiStatic: this.#toldOf(live, 'semiStatic'),
    };
    const due = {
      dynamic: this.#due('dynamic', told.dynamic, now.monoMs),
      semiStatic: this.#due('semiStatic', told.semiStatic, now.monoMs),
      static: this.#due('static', [], now.monoMs),
    };
    for (const node of this.#nodes) {
      for (const liveliness of ['dynamic', 'semiStatic'] as const) {
        if (!due[liveliness] || this.#policies[liveliness].unitsOf(node.id) === null) continue;
        const own = told[liveliness].filter(
          (event) => this.#nearest([event.eastM, event.northM]) === node,
        );
        const compose = (part: readonly RoadEvent[]): MessageOffer =>
          this.#events(node, part, liveliness, now);
        this.#split(own, EVENTS_MAX, compose, offers);
      }
      if (!due.static || this.#policies.static.unitsOf(node.id) === null) continue;
      const signs = this.#signs
        .filter(({ node: own, sign }) =>
          own === node && this.#policies.static.holds(sign.point[0], sign.point[1]))
        .map(({ sign }) => sign);
      this.#split(signs, SIGNS_MAX, (part) => this.#signsOffer(node, part, now), offers);
    }
    return offers;
  }

  /** Events of one kind that have an id on air and lie where the site wants them told. */
  #toldOf(live: readonly RoadEvent[], liveliness: Liveliness): readonly RoadEvent[] {
    return live.filter((event) =>
      eventCodes[event.kind].liveliness === liveliness && this.#ids.has(event.id)
      && this.#policies[liveliness].holds(event.eastM, event.northM));
  }

  /** Items in as few messages as the list's and the profile's limits allow. */
  #split<T>(
    items: readonly T[],
    most: number,
    compose: (part: readonly T[]) => MessageOffer,
    offers: MessageOffer[],
  ): void {
    for (let from = 0; from < items.length; ) {
      let take = Math.min(most, items.length - from);
      let offer = compose(items.slice(from, from + take));
      while (offer.message.bytes.length > this.#context.profile.sizeMaxOctets && take > 1) {
        take = Math.ceil(take / 2);
        offer = compose(items.slice(from, from + take));
      }
      this.#counters.take(nodeKey(offer.message.node));
      offers.push(offer);
      from += take;
    }
  }

  /** By the period, or at once where the site wants changes told so: begins and ends alike. */
  #due(liveliness: Liveliness, told: readonly RoadEvent[], nowMs: MonotonicMs): boolean {
    const policy = this.#policies[liveliness];
    const said = told.map(({ id }) => id).join();
    const changed = policy.trigger === 'change' && said !== (this.#said[liveliness] ?? '');
    if (!changed && !policy.due(this.#lastMs[liveliness], nowMs)) return false;
    this.#lastMs[liveliness] = nowMs;
    this.#said[liveliness] = said;
    return true;
  }

  /** Whether an event still has a life on air; one without news for long has not. */
  #mayTell(event: RoadEvent, now: Stamp): boolean {
    if (this.#eventEnd(event, now) >= now.utcMs) return true;
    this.#context.count('rsi_over_life');
    return false;
  }

  #eventEnd(event: RoadEvent, now: Stamp): UtcMs {
    // Lives are counted on the monotonic clock: a step of UTC neither ends nor lengthens them.
    const renewedMs = event.updated.monoMs + EVENT_LIFE_MIN * MINUTE_MS;
    const lastMs = event.began.monoMs + EVENT_LIFE_MAX_MIN * MINUTE_MS;
    return plusMs(now.utcMs, Math.min(renewedMs, lastMs) - now.monoMs);
  }

  /** Gives the event its id on air; none where all are taken, which is counted. */
  #idOf(event: RoadEvent, nowMs: MonotonicMs): void {
    const held = this.#ids.get(event.id);
    if (held) {
      held.lastMs = nowMs;
      return;
    }
    const used = new Set([...this.#ids.values()].map(({ rteId }) => rteId));
    if (used.size >= EVENT_IDS) {
      this.#context.count('rsi_id_exhausted');
      return;
    }
    while (used.has(this.#nextId)) this.#nextId = (this.#nextId + 1) % EVENT_IDS;
    this.#ids.set(event.id, { rteId: this.#nextId, lastMs: nowMs });
    this.#nextId = (this.#nextId + 1) % EVENT_IDS;
  }

  #forget(nowMs: MonotonicMs): void {
    for (const [event, { lastMs }] of this.#ids) {
      if (nowMs - lastMs >= ID_REST_MS) this.#ids.delete(event);
    }
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
      rteId: this.#ids.get(event.id)!.rteId,
      eventType: eventCodes[event.kind].code,
      eventSource: 'detection',
      eventPos: airOffset(this.#air.geodetic(event.eastM, event.northM), reference),
      eventRadius: radiusOnAir(event.radiusM),
      ...described(event.description?.zh ?? '', EVENT_TEXT_MAX),
      timeDetails: {
        startTime: airTime(event.began.utcMs).moy,
        endTime: endMinute(now.utcMs, this.#eventEnd(event, now)),
        endTimeConfidence: 'unavailable',
      },
      priority: priorityOctet(event.priority),
      ...(event.path.length > 1
        ? { referencePaths: [this.#path(pointsOf(event), event.radiusM, reference)] }
        : {}),
      ...this.#linksOf(event.linkId === null ? [] : [event.linkId], this.#laneBits(event.laneId)),
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
      ...described(sign.description, SIGN_TEXT_MAX),
      timeDetails: {
        startTime: moy - (moy % 60),
        endTime: endMinute(now.utcMs, plusMs(now.utcMs, SIGN_LIFE_MIN * MINUTE_MS)),
        endTimeConfidence: 'unavailable',
      },
      priority: priorityOctet(sign.priority),
      ...(sign.path.length >= this.#context.profile.pathPointsMin
        ? { referencePaths: [this.#path(sign.path, sign.radiusM, reference)] }
        : {}),
      ...this.#linksOf(sign.linkIds),
    }));
    return this.#offer(node, { rtss }, 'static', moy, now);
  }

  #path(points: readonly RoadPoint[], radiusM: number, reference: AirPosition): unknown {
    return {
      activePath: points
        .slice(0, 32)
        .map((point) => airOffset(this.#air.geodetic(point[0], point[1]), reference)),
      pathRadius: radiusOnAir(radiusM),
    };
  }

  #linksOf(ids: readonly LinkId[], lanes: object = {}): object {
    const links = ids.filter((id) => this.#links.has(id)).slice(0, LINKS_MAX);
    if (links.length === 0) return {};
    return { referenceLinks: links.map((id) => ({ ...this.#link(id), ...lanes })) };
  }

  #link(id: LinkId): object {
    const link = this.#links.get(id)!;
    const node = ({ region, id: number }: NodeId): unknown => ({ region, id: number });
    return { upstreamNodeId: node(link.upstream), downstreamNodeId: node(link.downstream) };
  }

  /** The lane of an event as one of sixteen bits, bit 0 reserved; all lanes where it has none. */
  #laneBits(id: LaneId | null): object {
    const lane = this.#context.site.road.lanes.find((row) => row.id === id);
    if (!lane || lane.number < 1 || lane.number > 15) return {};
    const bits = Array.from({ length: 16 }, (_, bit) => (bit === lane.number ? '1' : '0'));
    return { referenceLanes: bits.join('') };
  }

  #reference(node: RoadNode): AirPosition {
    return airPosition(this.#air.geodetic(node.reference[0], node.reference[1]));
  }

  #offer(
    node: RoadNode,
    items: object,
    liveliness: Liveliness,
    moy: number,
    now: Stamp,
  ): MessageOffer {
    const { profile } = this.#context;
    return {
      message: {
        bytes: profile.encode({
          rsiFrame: {
            msgCnt: this.#counters.peek(nodeKey(node.id)),
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
        rsuIds: this.#policies[liveliness].unitsOf(node.id) ?? [],
        node: node.id,
      },
      validMs: now.monoMs,
      newestReceivedMs: null,
      participants: [],
    };
  }

  snapshot(): unknown {
    return structuredClone({
      counters: this.#counters.snapshot(),
      ids: [...this.#ids],
      nextId: this.#nextId,
      lastMs: this.#lastMs,
      said: this.#said,
    });
  }

  restore(snapshot: unknown): void {
    const state = structuredClone(snapshot) as {
      counters: unknown;
      ids: [number, HeldId][];
      nextId: number;
      lastMs: Partial<Record<Liveliness, MonotonicMs>>;
      said?: Partial<Record<Liveliness, string>>;
    };
    this.#counters.restore(state.counters);
    this.#ids = new Map(state.ids);
    this.#nextId = state.nextId;
    this.#lastMs = state.lastMs;
    this.#said = state.said ?? {};
  }
}

/**
 * The minute of the year in which an item ends. It does not pass the end of now's year: a receiver
 * that compares minutes would take an early minute of the next year as over. The item is renewed.
 */
function endMinute(nowMs: UtcMs, endMs: UtcMs): number {
  const nextYearMs = Date.UTC(new Date(nowMs).getUTCFullYear() + 1, 0, 1);
  return airTime(utcMs(Math.min(endMs, nextYearMs - MINUTE_MS))).moy;
}

const pointsOf = ({ path }: RoadEvent): readonly RoadPoint[] =>
  path.map(({ eastM, northM }) => [eastM, northM]);

const radiusOnAir = (radiusM: number): number =>
  Math.min(Math.max(Math.round(radiusM * 10), 0), UNSIGNED_16_MAX);

function described(text: string, octetsMax: number): object {
  const textGB2312 = gb2312Hex(text, octetsMax);
  return textGB2312 === '' ? {} : { description: { textGB2312 } };
}

/** Level 0..7 in the top three bits of one octet. */
const priorityOctet = (level: number): string => ((level & 7) << 5).toString(16).padStart(2, '0');

/** Composes RSI of the Chinese set. */
export const createRsiComposer = (context: ComposerContext): RsiComposer => new Rsi(context);
