/** Every MAP that a node may send: one for each combination of conditions that can come. */
import type { MessageFrame } from '../schemas/frame.ts';
import { createHash } from 'node:crypto';
import { conditionsOf, reachableStates, stateKey, VARIANTS_MAX } from '../../src/model/conditions.ts';
import type { RoadState } from '../../src/model/conditions.ts';
import type { LinkId } from '../../src/model/ids.ts';
import { nodeKey } from '../../src/model/ids.ts';
import { servedNodes } from '../../src/model/road.ts';
import type { RoadCondition, RoadNode } from '../../src/model/road.ts';
import type { Site } from '../../src/model/site.ts';
import type { MapVariant } from '../../src/model/stages.ts';
import type { Profile } from '../profile.ts';
import { STEPS_MAX, STEP_M } from './map-lines.ts';
import { nodeValueOf } from './map-node.ts';
import type { MapShortcoming, NodeOptions, NodeValue } from './map-node.ts';

/** The map of one node, with all that may be said of it. */
export interface NodeMap {
  readonly node: RoadNode;
  readonly conditions: readonly RoadCondition[];
  /** Values without counter and stamp, by `stateKey`; the first is `always`. Equal ones are one. */
  readonly values: ReadonlyMap<string, NodeValue['value']>;
  /** By which lines were simplified, metres: the same in all variants. */
  readonly errorM: number;
  /** Octets of the largest variant. */
  readonly octets: number;
  readonly shortcomings: readonly MapShortcoming[];
  /** True where there are more variants than are kept; the checker refuses such a road. */
  readonly tooMany: boolean;
}

/** Octets of a MAP that holds one node. */
export const encodeMap = (profile: Profile, value: unknown, msgCnt = 0, moy = 0): Uint8Array =>
  profile.encode({ mapFrame: { msgCnt, timeStamp: moy, nodes: [value] } });

/** Editions whose lane attributes tell of a lane that is not at grade. */
const phaseOne: readonly string[] = ['A', 'B'];
const flyOverIn = (profile: Profile): boolean => phaseOne.includes(profile.name);

/** Smallest number of steps whose largest variant fits; the largest allowed where none does. */
function stepsThatFit(octetsAt: (steps: number) => number, most: number): number {
  if (octetsAt(0) <= most) return 0;
  if (octetsAt(STEPS_MAX) > most) return STEPS_MAX;
  let [low, high] = [0, STEPS_MAX];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (octetsAt(middle) <= most) high = middle;
    else low = middle;
  }
  return high;
}

/** The maps of one node. Lines are simplified alike in all variants, and only where one is too large. */
export function nodeMapOf(site: Site, profile: Profile, node: RoadNode): NodeMap {
  const conditions = conditionsOf(site.road, node);
  const reachable = reachableStates(conditions);
  const states = reachable.slice(0, VARIANTS_MAX);
  const { connectionsMax, sizeMaxOctets } = profile;
  const built = (steps: number): readonly NodeValue[] => states.map((state) =>
    nodeValueOf(site, node, {
      state, steps, connectionsMax, flyOver: flyOverIn(profile), links: null,
    }));
  const octetsOf = (values: readonly NodeValue[]): number =>
    Math.max(...values.map(({ value }) => encodeMap(profile, value).length));
  const steps = stepsThatFit((count) => octetsOf(built(count)), sizeMaxOctets);
  const values = built(steps);
  const shortcomings = new Map(values.flatMap((one) => one.shortcomings)
    .map((shortcoming) => [`${shortcoming.kind} ${shortcoming.of}`, shortcoming]));
  const shared = new Map<string, NodeValue['value']>();
  const once = (value: NodeValue['value']): NodeValue['value'] => {
    const text = JSON.stringify(value);
    const known = shared.get(text) ?? value;
    shared.set(text, known);
    return known;
  };
  return {
    node,
    conditions,
    values: new Map(values.map(({ value }, at) => [stateKey(conditions, states[at]!), once(value)])),
    errorM: steps * STEP_M,
    octets: octetsOf(values),
    shortcomings: [...shortcomings.values()],
    tooMany: reachable.length > VARIANTS_MAX,
  };
}

/** The variants of a node's map, counter and stamp zero; equal ones once, under their first key. */
export function variantsOf(map: NodeMap, site: Site, profile: Profile): readonly MapVariant[] {
  const found = new Map<string, MapVariant>();
  for (const [key, value] of map.values) {
    const bytes = encodeMap(profile, value);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const before = found.get(hash);
    if (before) found.set(hash, { ...before, keys: [...before.keys, key] });
    else {
      const { revision } = site.road;
      found.set(hash, { node: map.node.id, keys: [key], revision, hash, bytes });
    }
  }
  return [...found.values()];
}

/** Every MAP that a site may ever send in a profile: what a commissioning pins (rule R18). */
export function mapVariantsOf(site: Site, profile: Profile): readonly MapVariant[] {
  return servedNodes(site.road).flatMap((node) =>
    variantsOf(nodeMapOf(site, profile, node), site, profile));
}

/** What one link adds to its node's MAP. */
export interface LinkSize {
  readonly linkId: LinkId;
  /** Of the node with this link alone, less the node with none. */
  readonly octets: number;
  readonly points: number;
  readonly lanes: number;
}

/** What a node's MAP weighs, and why. */
export interface NodeSize {
  readonly node: RoadNode;
  readonly octets: number;
  readonly maxOctets: number;
  /** By which lines are simplified to reach that, metres. */
  readonly errorM: number;
  readonly variants: readonly MapVariant[];
  readonly links: readonly LinkSize[];
  readonly shortcomings: readonly MapShortcoming[];
  readonly tooManyVariants: boolean;
}

/** Points of the lanes and the centre line of a link's value. */
function pointsIn(value: NodeValue['value']): number {
  const links = (value.inLinks ?? []) as readonly {
    readonly points: readonly unknown[];
    readonly lanes: readonly { readonly points: readonly unknown[] }[];
  }[];
  return links.reduce((sum, { points, lanes }) =>
    sum + points.length + lanes.reduce((all, lane) => all + lane.points.length, 0), 0);
}

/** Octets of every served node's MAP, by link. */
export function mapSizesOf(site: Site, profile: Profile): readonly NodeSize[] {
  return servedNodes(site.road).map((node): NodeSize => {
    const map = nodeMapOf(site, profile, node);
    const [state] = reachableStates(map.conditions) as readonly [RoadState];
    const steps = Math.round(map.errorM / STEP_M);
    const options: NodeOptions = {
      state, steps, connectionsMax: profile.connectionsMax, flyOver: flyOverIn(profile), links: [],
    };
    const bare = encodeMap(profile, nodeValueOf(site, node, options).value).length;
    const links = site.road.links.filter((link) => nodeKey(link.downstream) === nodeKey(node.id));
    return {
      node,
      octets: map.octets,
      maxOctets: profile.sizeMaxOctets,
      errorM: map.errorM,
      variants: map.tooMany ? [] : variantsOf(map, site, profile),
      links: links.map(({ id }) => {
        const { value } = nodeValueOf(site, node, { ...options, links: [id] });
        const lanes = site.road.lanes.filter(({ linkId }) => linkId === id).length
          + site.road.crossings.filter(({ linkId }) => linkId === id).length;
        const octets = encodeMap(profile, value).length - bare;
        return { linkId: id, octets, points: pointsIn(value), lanes };
      }),
      shortcomings: map.shortcomings,
      tooManyVariants: map.tooMany,
    };
  });
}

type MapFrame = Extract<MessageFrame, { readonly mapFrame: unknown }>['mapFrame'];
/** The MAP of a frame; null where it holds another message. */
export const mapIn = (frame: MessageFrame): MapFrame | null =>
  ('mapFrame' in frame ? frame.mapFrame : null);
