import { plusMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import { CALENDAR_ERROR_MS, localWeekMinute, stateKey } from '../../src/model/conditions.ts';
import type { RoadState } from '../../src/model/conditions.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import { servedNodes } from '../../src/model/road.ts';
import type { MapComposer, MapVariant } from '../../src/model/stages.ts';
import type { ComposerContext } from '../profile.ts';
import { MessageCounters } from './counter.ts';
import { encodeMap, nodeMapOf, variantsOf } from './map-variants.ts';
import type { NodeMap } from './map-variants.ts';
import { airTime } from './time.ts';

export { simplifyLine } from './map-lines.ts';
export { mapSizesOf, mapVariantsOf } from './map-variants.ts';
export type { LinkSize, NodeSize } from './map-variants.ts';

const noSigns: ReadonlyMap<string, string> = new Map();

interface MapSnapshot {
  readonly counters: unknown;
  /** By node: the variant that was last composed. */
  readonly said: readonly (readonly [string, string])[];
}

class MapStage implements MapComposer {
  readonly #context: ComposerContext;
  readonly #counters: MessageCounters;
  readonly #maps: readonly NodeMap[];
  readonly #calendar: boolean;
  #said = new Map<string, string>();
  #minute: { utcMinute: number; weekMinute: number } | null = null;

  constructor(context: ComposerContext) {
    this.#context = context;
    this.#counters = new MessageCounters(context.random);
    const { site, profile, count } = context;
    this.#maps = servedNodes(site.road).map((node) => nodeMapOf(site, profile, node));
    this.#calendar = this.#maps.some(({ conditions }) =>
      conditions.some(({ kind }) => kind === 'calendar'));
    // The checker has refused what cannot be said whole; a road that came past it is counted.
    for (const { octets, shortcomings, tooMany } of this.#maps) {
      if (octets > profile.sizeMaxOctets) count('map_over_size');
      if (tooMany) count('map_variants_cut');
      for (const { kind } of shortcomings) {
        count(kind === 'line' ? 'map_line_coarse' : 'map_list_cut');
      }
    }
  }

  /** Local time is worked out once a minute, and not at all where no use depends on it. */
  #weekMinute(now: Stamp): number | null {
    if (!this.#calendar || !(now.errorMs <= CALENDAR_ERROR_MS)) return null;
    const utcMinute = Math.floor(now.utcMs / 60_000);
    if (this.#minute?.utcMinute !== utcMinute) {
      const weekMinute = localWeekMinute(utcMinute * 60_000, this.#context.site.timeZone);
      this.#minute = { utcMinute, weekMinute };
    }
    return this.#minute.weekMinute;
  }

  /** The variant of a node in force; `always` where a state comes that nobody foresaw. */
  #keyOf(map: NodeMap, now: Stamp, plans: ReadonlyMap<string, number | null>,
    signs: ReadonlyMap<string, string>): string {
    if (map.conditions.length === 0) return 'always';
    const { controllerId } = map.node;
    const state: RoadState = {
      weekMinute: this.#weekMinute(now),
      plan: controllerId === null ? null : (plans.get(controllerId) ?? null),
      signs,
    };
    const key = stateKey(map.conditions, state);
    if (map.values.has(key)) return key;
    this.#context.count('map_variant_unknown');
    return 'always';
  }

  #offer(map: NodeMap, key: string, now: Stamp): MessageOffer {
    const { profile } = this.#context;
    const { id } = map.node;
    const counter = this.#counters.take(nodeKey(id));
    this.#said.set(nodeKey(id), key);
    return {
      message: {
        bytes: encodeMap(profile, map.values.get(key), counter, airTime(now.utcMs).moy),
        type: 'MAP' as const,
        profile: profile.name,
        ...profile.air.MAP,
        validUntilMs: plusMs(now.monoMs, 1000),
        rsuIds: [],
        node: id,
      },
      validMs: now.monoMs,
      newestReceivedMs: null,
      participants: [],
    };
  }

  compose(
    now: Stamp, plans: ReadonlyMap<string, number | null>,
    signs: ReadonlyMap<string, string> = noSigns,
  ): readonly MessageOffer[] {
    return this.#maps.map((map) => this.#offer(map, this.#keyOf(map, now, plans, signs), now));
  }

  switched(
    now: Stamp, plans: ReadonlyMap<string, number | null>,
    signs: ReadonlyMap<string, string> = noSigns,
  ): readonly MessageOffer[] {
    return this.#maps.flatMap((map) => {
      if (map.conditions.length === 0) return [];
      const before = this.#said.get(nodeKey(map.node.id));
      const key = this.#keyOf(map, now, plans, signs);
      // Conditions may change without another word on air.
      if (before === undefined || map.values.get(before) === map.values.get(key)) return [];
      this.#context.count('map_variant_switched');
      return [this.#offer(map, key, now)];
    });
  }

  variants(): readonly MapVariant[] {
    const { site, profile } = this.#context;
    return this.#maps.flatMap((map) => variantsOf(map, site, profile));
  }

  snapshot(): unknown {
    return { counters: this.#counters.snapshot(), said: [...this.#said] } satisfies MapSnapshot;
  }

  restore(snapshot: unknown): void {
    // Recordings of before there were variants hold the counters alone.
    const state: MapSnapshot = Array.isArray(snapshot)
      ? { counters: snapshot, said: [] }
      : (snapshot as MapSnapshot);
    this.#counters.restore(state.counters);
    this.#said = new Map(state.said);
  }
}

/** Composes MAP of the Chinese set. */
export const createMapComposer = (context: ComposerContext): MapComposer => new MapStage(context);
