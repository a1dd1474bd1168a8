/** A decoded MAP → lanes in the site frame. */
import { siteFrame } from '../base/geodesy.ts';
import type { PlanePoint } from '../base/geometry.ts';
import type { Site } from '../model/site.ts';
import type { MapData } from '../../v2x/schemas/map.ts';
import type { MessageLane } from './draw.ts';

type Points = NonNullable<NonNullable<MapData['nodes'][number]['inLinks']>[number]['points']>;

/** Lanes of the node named `region-id`; null where the message is of others. */
export function mapLanesOf(
  map: MapData, site: Site, named: string,
): { readonly lanes: readonly MessageLane[] | null; readonly nodes: readonly string[] } {
  const frame = siteFrame(site.frame.reference);
  const { heightM } = site.frame.reference;
  const nodes = map.nodes.map(({ id }) => `${id.region ?? 0}-${id.id}`);
  const node = map.nodes[nodes.indexOf(named)];
  if (!node) return { lanes: null, nodes };
  const placesOf = (points: Points): readonly PlanePoint[] =>
    points.map(({ posOffset: { offsetLL } }) => {
      const [form, { lon, lat }] = Object.entries(offsetLL)[0] as [string, { lon: number; lat: number }];
      const absolute = form === 'position-LatLon';
      const { eastM, northM } = frame.toSite({
        latDeg: (lat + (absolute ? 0 : node.refPos.lat)) / 1e7,
        lonDeg: (lon + (absolute ? 0 : node.refPos.long)) / 1e7,
        heightM,
      });
      return [eastM, northM];
    });
  const lanes = (node.inLinks ?? []).flatMap((link) =>
    link.lanes.flatMap(({ laneID, points }) =>
      points ? [{ number: laneID, points: placesOf(points) }] : []));
  return { lanes, nodes };
}
