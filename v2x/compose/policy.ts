/** The site's policy for one kind of message: when it is due, where, and through which units. */
import { insideOutline } from '../../src/base/geometry.ts';
import { policyOf } from '../../src/model/air.ts';
import type { AirPolicy, PolicyKind } from '../../src/model/air.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { NodeId, RsuId } from '../../src/model/ids.ts';
import type { RoadPoint } from '../../src/model/road.ts';
import type { Site } from '../../src/model/site.ts';

/** The caller's period may waver by this much, ms. */
const SLACK_MS = 25;

/** A policy as a composer asks it; without a row of the site it says the default. */
export class Policy {
  readonly periodMs: number;
  readonly trigger: AirPolicy['trigger'];
  readonly #site: Site;
  readonly #row: AirPolicy | null;
  readonly #outline: readonly RoadPoint[] | null;

  constructor(site: Site, kind: PolicyKind, defaultPeriodMs: number) {
    this.#site = site;
    this.#row = policyOf(site.air, kind);
    this.periodMs = this.#row?.periodMs ?? defaultPeriodMs;
    this.trigger = this.#row?.trigger ?? 'period';
    const zone = site.road.zones.find(({ id }) => id === this.#row?.zone);
    this.#outline = zone?.outline ?? null;
  }

  /** Whether the site sets a policy for this kind. */
  get isSet(): boolean {
    return this.#row !== null;
  }

  /** Whether a period has passed since it last left. */
  due(lastMs: number | undefined, nowMs: number): boolean {
    return lastMs === undefined || nowMs - lastMs >= this.periodMs - SLACK_MS;
  }

  /** Whether a place is within the policy's zone. */
  holds(eastM: number, northM: number): boolean {
    return this.#outline === null || insideOutline(eastM, northM, this.#outline);
  }

  /** The units that send it for a node: null for none, an empty list for all of the node. */
  unitsOf(node: NodeId): readonly RsuId[] | null {
    const named = this.#row?.rsus ?? [];
    if (named.length === 0) return [];
    const key = nodeKey(node);
    const own = named.filter((id) => {
      const area = this.#site.road.rsuAreas.find(({ rsuId }) => rsuId === id);
      return area === undefined || area.nodes.some((served) => nodeKey(served) === key);
    });
    return own.length === 0 ? null : own;
  }
}
