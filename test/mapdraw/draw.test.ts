import { expect, test } from 'vitest';
import { conditionsOf, reachableStates } from '../../src/model/conditions.ts';
import type { RoadCondition } from '../../src/model/road.ts';
import type { Site } from '../../src/model/site.ts';
import { drawMap } from '../../src/mapdraw/draw.ts';
import type { DrawOptions } from '../../src/mapdraw/draw.ts';
import { mapLanesOf } from '../../src/mapdraw/message.ts';
import { paint } from '../../src/mapdraw/paint.ts';
import { childrenOf, readXml } from '../../src/mapimport/xml.ts';
import type { XmlElement } from '../../src/mapimport/xml.ts';
import { codecFor } from '../../v2x/codec.ts';
import { mapVariantsOf } from '../../v2x/compose/map.ts';
import { profileByName } from '../../v2x/profiles.ts';
import { demoSite } from '../demosite.ts';

const optionsOf = (site: Site, more: Partial<DrawOptions> = {}): DrawOptions => {
  const node = site.road.nodes[0]!;
  return {
    road: site.road, node, state: reachableStates(conditionsOf(site.road, node))[0]!, key: 'always', index: 1,
    octets: 792, hash: 'ab'.repeat(32), steps: 0, radiusM: 70, message: null, ...more,
  };
};
const all = (element: XmlElement, name: string): XmlElement[] => [
  ...childrenOf(element, name), ...element.children.flatMap((child) => all(child, name)),
];
const withStyle = (svg: string, tag: string, name: string, value: string): XmlElement[] =>
  all(readXml(svg, 'svg'), tag).filter(({ attributes }) => attributes.get(name) === value);
const words = (svg: string): string[] => all(readXml(svg, 'svg'), 'text').map(({ text }) => text);

test('the picture is sound XML with every phase, the legend in both languages, scale and north', () => {
  const site = demoSite();
  const svg = drawMap(optionsOf(site));
  const said = words(svg);
  for (const { phase, id } of site.road.signalGroups) {
    expect(said.some((text) => text.startsWith(`phase · 相位 ${phase}: `) && text.includes(id)), id).toBe(true);
    expect(said, `disc of ${phase}`).toContain(String(phase));
  }
  expect(said).toEqual(expect.arrayContaining(['motor lane · 机动车道', 'N · 北', '20 m · 米']));
  expect(said.some((text) => text.startsWith('Demo junction 0-10: MAP variant 1 (always), 792 octets'))).toBe(true);
  expect(said.some((text) => text.startsWith('Demo junction 0-10：MAP 变体 1'))).toBe(true);
  for (const turn of ['straight', 'left', 'right'] as const) {
    expect(withStyle(svg, 'polyline', 'stroke', paint.turns[turn]).length)
      .toBe(site.road.movements.filter(({ manoeuvre }) => manoeuvre === turn).length);
  }
});

test('a name cannot break out of the picture', () => {
  const site = demoSite();
  const nodes = site.road.nodes.map((node) => ({ ...node, name: '</svg><script>"&\'' }));
  const svg = drawMap(optionsOf({ ...site, road: { ...site.road, nodes } }));
  expect(svg).not.toContain('<script');
  expect(words(svg)[0]).toContain('</svg><script>"&\'');
});

test('points that simplification leaves out are rings, and none are where nothing is left out', () => {
  const site = demoSite();
  const lanes = site.road.lanes.map((lane) => {
    if (lane.id !== 'east-in-1') return lane;
    const [a, b] = lane.points;
    const middle = [(a![0] + b![0]) / 2, (a![1] + b![1]) / 2 + 0.1] as const;
    return { ...lane, points: [a!, middle, b!] };
  });
  const bent = { ...site, road: { ...site.road, lanes } };
  const rings = (steps: number) =>
    withStyle(drawMap(optionsOf(bent, { steps, radiusM: 150 })), 'circle', 'stroke', paint.dropped).length;
  // One ring stands in the legend. The waiting areas are bent by nature and lose points of their own.
  expect(rings(0)).toBe(1);
  const others = withStyle(drawMap(optionsOf(site, { steps: 20, radiusM: 150 })), 'circle', 'stroke', paint.dropped);
  expect(rings(20)).toBe(others.length + 1);
});

test('a lane that is closed in a variant is drawn closed, with its ways across broken', () => {
  const site = demoSite();
  const when: RoadCondition = { kind: 'plan', plans: [2] };
  const lanes = site.road.lanes.map((lane) =>
    (lane.id === 'east-in-2' ? { ...lane, uses: lane.uses.map((use) => ({ ...use, when })) } : lane));
  const variable = { ...site, road: { ...site.road, lanes } };
  const closed = drawMap(optionsOf(variable));
  expect(withStyle(closed, 'polyline', 'stroke', paint.closed)).toHaveLength(1);
  expect(withStyle(closed, 'polyline', 'stroke', paint.closedTurn)).toHaveLength(1);
  const open = drawMap(optionsOf(variable, { state: { weekMinute: null, plan: 2, signs: new Map() } }));
  expect(withStyle(open, 'polyline', 'stroke', paint.closed)).toHaveLength(0);
});

test('the lanes of a message lie where the road file has them, and other nodes are refused', () => {
  const site = demoSite();
  const [variant] = mapVariantsOf(site, profileByName('A'));
  const { frame } = codecFor('A').decode(variant!.bytes);
  if (!('mapFrame' in frame)) throw new Error('no map');
  const { lanes } = mapLanesOf(frame.mapFrame, site, '0-10');
  const own = site.road.lanes.find(({ id }) => id === 'east-in-1')!;
  const [first] = lanes!;
  own.points.forEach(([x, y], at) => {
    expect(Math.hypot(first!.points[at]![0] - x, first!.points[at]![1] - y)).toBeLessThan(0.01);
  });
  const svg = drawMap(optionsOf(site, { message: lanes }));
  expect(withStyle(svg, 'polyline', 'stroke', paint.message)).toHaveLength(lanes!.length);
  expect(words(svg)).toContain('from the message · 来自消息');
  expect(mapLanesOf(frame.mapFrame, site, '0-11')).toEqual({ lanes: null, nodes: ['0-10'] });
});
