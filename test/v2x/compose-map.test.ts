import { expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { siteFrame } from '../../src/base/geodesy.ts';
import { projectOnLine } from '../../src/base/geometry.ts';
import { decode, editions } from '../../src/gate/decode.ts';
import { laneTable } from '../../src/gate/messages.ts';
import { nodeKey } from '../../src/model/ids.ts';
import { servedNodes } from '../../src/model/road.ts';
import type { RoadPoint } from '../../src/model/road.ts';
import type { Site } from '../../src/model/site.ts';
import { loadSite } from '../../src/site.ts';
import { createMapComposer, simplifyLine } from '../../v2x/compose/map.ts';
import { demoSite, siteFolder } from '../demosite.ts';
import { contextOf, mapOf, stamp } from './compose-kit.ts';

const sites = [demoSite(), loadSite(siteFolder('two-nodes'))];
const plans = new Map<string, number | null>();
const mapsOf = (site: Site, more = {}, name = 'A') => {
  const context = contextOf(site, more, name);
  return { context, offers: createMapComposer(context).compose(stamp(61_000), plans) };
};
const bit = { straight: 0, left: 1, right: 2, 'u-turn': 3 } as const;

type Point = NonNullable<ReturnType<typeof mapOf>['nodes'][number]['inLinks']>[number]['points'];
/** Points on air → the site frame. */
function placesOf(site: Site, points: Point, refPos: { lat: number; long: number }): [number, number][] {
  const frame = siteFrame(site.frame.reference);
  return points!.map(({ posOffset: { offsetLL } }) => {
    const [form, { lon, lat }] = Object.entries(offsetLL)[0] as [string, { lon: number; lat: number }];
    expect(form).not.toBe('position-LatLon');
    const { eastM, northM } = frame.toSite({
      latDeg: (refPos.lat + lat) / 1e7, lonDeg: (refPos.long + lon) / 1e7, heightM: site.frame.reference.heightM,
    });
    return [eastM, northM];
  });
}
/** How far apart two lines lie at the most, metres: each point of one from the other. */
const apartM = (a: readonly RoadPoint[], b: readonly RoadPoint[]): number =>
  Math.max(...a.map(([x, y]) => {
    const { leftM, beyond } = projectOnLine(x, y, b);
    const ends = [b[0]!, b.at(-1)!].map(([bx, by]) => Math.hypot(x - bx, y - by));
    return beyond ? Math.min(...ends) : Math.abs(leftM);
  }));

test('every lane, connection, phase, width and limit of both sample sites reads back from the octets', () => {
  let lanesSeen = 0;
  let connectionsSeen = 0;
  for (const site of sites) {
    const { road } = site;
    const phases = new Map(road.signalGroups.map(({ id, phase }) => [id, phase]));
    for (const offer of mapsOf(site).offers) {
      const { nodes, timeStamp } = mapOf(offer);
      expect(timeStamp).toBe(59 * 1440 + 1);
      expect(nodes).toHaveLength(1);
      const [node] = nodes;
      expect(node!.id).toEqual(offer.message.node);
      const links = road.links.filter(({ downstream }) => nodeKey(downstream) === nodeKey(offer.message.node));
      expect(node!.inLinks).toHaveLength(links.length);
      for (const [index, link] of links.entries()) {
        const wire = node!.inLinks![index]!;
        expect(wire.upstreamNodeId).toEqual({ region: link.upstream.region, id: link.upstream.id });
        expect(wire.linkWidth).toBe(Math.round(link.widthM * 100));
        const limit = link.speedLimits.find(({ kind }) => kind === 'max');
        if (limit) {
          const said = wire.speedLimits!.find(({ type }) => type === 'vehicleMaxSpeed')!;
          expect(Math.abs(said.speed * 0.02 - limit.speedMps)).toBeLessThanOrEqual(0.01);
        }
        expect(apartM(placesOf(site, wire.points, node!.refPos), link.points)).toBeLessThan(0.35);
        const lanes = road.lanes.filter(({ linkId }) => linkId === link.id);
        const crossings = road.crossings.filter(({ linkId }) => linkId === link.id);
        expect(wire.lanes).toHaveLength(lanes.length + crossings.length);
        for (const lane of lanes) {
          lanesSeen++;
          const found = wire.lanes.filter(({ laneID }) => laneID === lane.number);
          expect(found).toHaveLength(1);
          const [one] = found;
          expect(one!.laneWidth).toBe(Math.round(lane.widthM * 100));
          const places = placesOf(site, one!.points, node!.refPos);
          expect(apartM(places, lane.points)).toBeLessThan(0.02);
          expect(apartM(lane.points, places)).toBeLessThan(0.32);
          const kind = Object.keys(one!.laneAttributes!.laneType)[0];
          expect(kind).toBe(lane.kind === 'non-motor' ? 'bikeLane' : 'vehicle');
          const uses = lane.uses.filter(({ when }) => when.kind === 'always').flatMap(({ manoeuvres }) => manoeuvres);
          for (const [name, at] of Object.entries(bit)) {
            expect(one!.maneuvers![at], `${lane.id} ${name}`).toBe(uses.includes(name as 'left') ? '1' : '0');
          }
          const ways = road.movements.flatMap((movement) => {
            const waits = movement.waitingArea?.laneId === lane.id;
            if (movement.fromLane !== lane.id && !waits) return [];
            const group = waits ? movement.waitingArea.signalGroup : movement.signalGroup;
            const target = road.lanes.find(({ id }) => id === movement.toLane);
            return [{
              to: nodeKey(road.links.find(({ id }) => id === movement.toLink)!.downstream),
              lane: target?.number ?? null, phase: group === null ? null : phases.get(group)!,
            }];
          });
          const told = (one!.connectsTo ?? []).map(({ remoteIntersection, connectingLane, phaseId }) => ({
            to: `${remoteIntersection.region}-${remoteIntersection.id}`,
            lane: connectingLane?.lane ?? null, phase: phaseId ?? null,
          }));
          connectionsSeen += told.length;
          expect(told).toEqual(ways);
        }
        for (const crossing of crossings) {
          const one = wire.lanes.find(({ laneID }) => laneID === crossing.number)!;
          expect(Object.keys(one.laneAttributes!.laneType)).toEqual(['crosswalk']);
          const phase = crossing.signalGroup === null ? undefined : phases.get(crossing.signalGroup);
          expect(one.connectsTo?.[0]?.phaseId).toBe(phase);
          expect(apartM(placesOf(site, one.points, node!.refPos), crossing.points)).toBeLessThan(0.02);
        }
      }
    }
  }
  expect(lanesSeen).toBe(30);
  expect(connectionsSeen).toBeGreaterThan(30);
});

test('each served node has one map, within the limit, and the gate reads the same lanes and phases', () => {
  for (const site of sites) {
    const { offers, context } = mapsOf(site);
    expect(offers.map(({ message }) => nodeKey(message.node)))
      .toEqual(servedNodes(site.road).map(({ id }) => nodeKey(id)));
    for (const { message } of offers) {
      expect(message.bytes.length).toBeLessThanOrEqual(1300);
      expect(message).toMatchObject({ type: 'MAP', aid: 3618, priority: 16 });
      const read = decode(message.bytes, editions.A).message;
      if (read?.type !== 'MAP') throw new Error('the gate reads no MAP');
      const table = laneTable(read.nodes[0]!);
      for (const { node, phase, id } of site.road.signalGroups) {
        if (nodeKey(node) === nodeKey(message.node)) expect(table, id).toMatch(new RegExp(`=${phase}\\b`));
      }
    }
    expect([...context.counts]).toEqual([]);
  }
});

test('editions with fewer connections of a lane are written too', () => {
  for (const name of ['B', 'P2', 'D2'] as const) {
    for (const site of sites) {
      for (const offer of mapsOf(site, {}, name).offers) expect(mapOf(offer, name).nodes).toHaveLength(1);
    }
  }
});

test('a simplified line keeps its ends and stays within the stated error of every point left out', () => {
  const random = seededRandom('lines');
  for (let round = 0; round < 200; round++) {
    const line: RoadPoint[] = [];
    let heading = random.next() * 6;
    for (let [x, y, step] = [0, 0, 0]; step < 5 + random.below(60); step++) {
      line.push([x, y]);
      heading += 0.2 * random.normal();
      x += 4 * Math.cos(heading);
      y += 4 * Math.sin(heading);
    }
    for (const errorM of [0.05, 0.3]) {
      const kept = simplifyLine(line, errorM);
      expect(kept[0]).toEqual(line[0]);
      expect(kept.at(-1)).toEqual(line.at(-1));
      let next = 0;
      for (const point of line) {
        if (point === kept[next]) next++;
        const [a, b] = [kept[Math.max(next - 1, 0)]!, kept[Math.min(next, kept.length - 1)]!];
        const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
        const share = dx * dx + dy * dy === 0 ? 0
          : Math.min(1, Math.max(0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / (dx * dx + dy * dy)));
        expect(Math.hypot(point[0] - a[0] - share * dx, point[1] - a[1] - share * dy)).toBeLessThanOrEqual(errorM + 1e-9);
      }
      expect(next).toBe(kept.length);
    }
  }
});

test('a line with too many points is thinned to 31, within 0.3 m where its bends allow, else counted', () => {
  const site = demoSite();
  const [first] = site.road.lanes;
  const withLine = (points: RoadPoint[]): Site => ({
    ...site, road: { ...site.road, lanes: site.road.lanes.map((lane) => (lane === first ? { ...lane, points } : lane)) },
  });
  const wave = (heightM: number) => Array.from({ length: 200 }, (_, at): RoadPoint =>
    [at, heightM * Math.sin(at / 3)]);
  const pointsOf = (built: Site) => {
    const { offers, context } = mapsOf(built, { sizeMaxOctets: 5000 });
    const link = built.road.links.find(({ id }) => id === first!.linkId)!;
    const offer = offers.find(({ message }) => nodeKey(message.node) === nodeKey(link.downstream))!;
    const links = built.road.links.filter(({ downstream }) => nodeKey(downstream) === nodeKey(link.downstream));
    const wire = mapOf(offer).nodes[0]!;
    const lane = wire.inLinks![links.indexOf(link)]!.lanes.find(({ laneID }) => laneID === first!.number)!;
    return { places: placesOf(built, lane.points, wire.refPos), counts: context.counts };
  };
  if (nodeKey(site.road.links.find(({ id }) => id === first!.linkId)!.downstream) !== '0-10') throw new Error('lane');
  const gentle = pointsOf(withLine(wave(0.2)));
  expect(gentle.places.length).toBeLessThanOrEqual(31);
  expect(apartM(wave(0.2), gentle.places)).toBeLessThan(0.32);
  expect(gentle.counts.get('map_line_coarse')).toBeUndefined();
  const wild = pointsOf(withLine(wave(6)));
  expect(wild.places.length).toBeLessThanOrEqual(31);
  expect(wild.counts.get('map_line_coarse')).toBeGreaterThan(0);
});

test('a map over the limit is simplified before it is called too large', () => {
  const site = demoSite();
  const curved: Site = {
    ...site,
    road: {
      ...site.road,
      lanes: site.road.lanes.map((lane) => {
        const [a, b] = [lane.points[0]!, lane.points.at(-1)!];
        const points = Array.from({ length: 31 }, (_, at): RoadPoint => {
          const share = at / 30;
          const side = 0.04 * Math.sin(at);
          return [a[0] + share * (b[0] - a[0]) + side, a[1] + share * (b[1] - a[1]) + side];
        });
        return { ...lane, points };
      }),
    },
  };
  const { offers, context } = mapsOf(curved);
  expect(offers[0]!.message.bytes.length).toBeLessThanOrEqual(1300);
  expect(context.counts.get('map_over_size')).toBeUndefined();
  const tight = mapsOf(site, { sizeMaxOctets: 100 });
  expect(tight.context.counts.get('map_over_size')).toBe(1);
});

test('a name that ASCII cannot say is left out', () => {
  const site = demoSite();
  const named = (name: string) => {
    const nodes = site.road.nodes.map((node) => ({ ...node, name }));
    return mapOf(mapsOf({ ...site, road: { ...site.road, nodes } }).offers[0]!).nodes[0]!.name;
  };
  expect(named('人民路建设路')).toBeUndefined();
  expect(named('Renmin Rd / Jianshe Rd')).toBe('Renmin Rd / Jianshe Rd');
  expect(named('x'.repeat(80))).toHaveLength(63);
});
