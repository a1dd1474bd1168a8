/** Sites whose MAP would be wrong: the demo with one thing changed, and the sentence that must come. */
import type { BrokenSite, Loose } from './broken.ts';

const lane = (road: Loose, id: string): Loose => road.lanes.find((row: Loose) => row.id === id);
const use = (when: Loose): Loose => ({ manoeuvres: ['left'], classes: ['car'], when });
const shift = (line: Loose, east: number, north: number): Loose =>
  line.map(([x, y]: [number, number]) => [x + east, y + north]);
const calendar = (fromMinute: number, toMinute: number): Loose =>
  ({ kind: 'calendar', days: [1], fromMinute, toMinute });

const lines: readonly BrokenSite[] = [
  {
    name: 'a lane whose points are out of order', file: 'road.json',
    spoil: (_site, road) => {
      const [a, b] = lane(road, 'east-in-1').points;
      const at = (share: number) => [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
      lane(road, 'east-in-1').points = [a, at(0.6), at(0.3), b];
    },
    expected: 'lanes[0].points[1]: the line turns back on itself at point 1',
  },
  {
    name: 'a crossing path that doubles back', file: 'road.json',
    spoil: (_site, road) => {
      const { points } = road.crossings[0];
      road.crossings[0].points = [points[0], points[1], points[0].map((v: number) => v + 0.1)];
    },
    expected: 'crossings[0].points[1]: the line turns back on itself at point 1',
  },
  {
    name: 'a lane too wide for its neighbours', file: 'road.json',
    spoil: (_site, road) => { lane(road, 'east-in-2').widthM = 5.5; },
    expected: 'lanes[1].widthM: expected 4.4 m between the middles of this lane and east-in-1, '
      + 'as their widths ask, got 3.3 m',
  },
  {
    name: 'a link drawn along its kerb', file: 'road.json',
    spoil: (_site, road) => { road.links[0].points = shift(road.links[0].points, 0, 4); },
    expected: 'links[0].points: expected the line within 2 m of the middle of its lanes, got 4',
  },
  {
    name: 'a link of the width of one lane', file: 'road.json',
    spoil: (_site, road) => { road.links[0].widthM = 7; },
    expected: 'note: links[0].widthM: expected about 12.7 m, as its lanes take up, got 7 m',
  },
  {
    name: 'a lane that wanders off its link', file: 'road.json',
    spoil: (_site, road) => {
      const row = lane(road, 'east-in-2');
      const [a, b] = row.points;
      row.points = [a, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 15], b];
    },
    expected: 'lanes[1].points[1]: expected at most 8.4 m beside the line of east-in, got 13.5 m',
  },
  {
    name: 'a crossing of another arm', file: 'road.json',
    spoil: (_site, road) => {
      road.crossings[0].points = shift(road.crossings[0].points, -200, 0);
    },
    expected: 'crossings[0].points: expected at most 40 m from the stop line of east-in, got ',
  },
  {
    name: 'more lanes and crossings than a link can say', file: 'road.json',
    spoil: (_site, road) => {
      const row = road.crossings[0];
      for (let n = 0; n < 31; n++) road.crossings.push({ ...row, id: `c${n}`, number: 60 + n });
    },
    expected: 'links[0]: expected at most 32 lanes and crossings, got ',
  },
];

const conditions: readonly BrokenSite[] = [
  {
    name: 'a calendar that ends before it begins', file: 'road.json',
    spoil: (_site, road) => { lane(road, 'east-in-1').uses.push(use(calendar(1320, 360))); },
    expected: 'lanes[0].uses[1].when.toMinute: expected a minute after 1320, got 360: '
      + 'it would never hold. For a span over midnight write two rows',
  },
  {
    name: 'a limit by the plan of a node without lamps', file: 'road.json',
    spoil: (_site, road) => {
      const out = road.links.find((link: Loose) => link.id === 'east-out');
      out.speedLimits[0].when = { kind: 'plan', plans: [2] };
    },
    expected: 'has no controller that could tell its plan: it will never hold',
  },
  {
    name: 'a use by a sign that nobody tells of', file: 'road.json',
    spoil: (_site, road) => {
      lane(road, 'east-in-1').uses.push(use({ kind: 'sign', sign: 'vms-1', state: 'left' }));
    },
    expected: 'note: lanes[0].uses[1].when.sign: nothing tells the state of sign vms-1',
  },
  {
    name: 'a lane lamp in a state that it cannot show', file: 'road.json',
    spoil: (_site, road) => {
      road.signalGroups.push({
        ...road.signalGroups[0], id: 'over-1', lampGroup: '40', lampType: 'lane', phase: 16,
      });
      lane(road, 'east-in-1').uses.push(use({ kind: 'sign', sign: 'over-1', state: 'cross' }));
    },
    expected: 'lanes[0].uses[1].when.state: expected one of green, red, yellow, dark',
  },
  {
    name: 'more variants than are worked out', file: 'road.json',
    spoil: (_site, road) => {
      for (let plan = 0; plan < 8; plan++) {
        lane(road, 'east-in-1').uses.push(use({ kind: 'plan', plans: [plan] }));
        const when = calendar(plan * 60, plan * 60 + 90);
        road.links[0].speedLimits.push({ kind: 'max-truck', speedMps: 10, when });
      }
    },
    expected: 'nodes[0]: expected at most 64 variants of its map, got more from 16 conditions: day 1',
  },
];

const messages: readonly BrokenSite[] = [
  {
    name: 'SPAT without MAP', file: 'road.json',
    spoil: (site) => { for (const unit of site.rsus) unit.types = ['SPAT', 'RSI']; },
    expected: 'rsuAreas[0].nodes[0]: gets SPAT, RSI but no MAP',
  },
  {
    name: 'a map that does not fit', file: 'road.json',
    spoil: (_site, road) => {
      for (const row of road.lanes.filter((one: Loose) => one.kind !== 'waiting-area')) {
        const [a, b] = [row.points[0], row.points.at(-1)];
        row.points = Array.from({ length: 31 }, (_, at) => [
          a[0] + (at / 30) * (b[0] - a[0]) + Math.sin(at) * 0.6,
          a[1] + (at / 30) * (b[1] - a[1]) + Math.cos(at) * 0.6,
        ]);
        row.points[0] = a;
        row.points[30] = b;
      }
    },
    expected: 'nodes[0]: expected at most 1300 octets of MAP, got ',
  },
  {
    name: 'a line with more bends than can be said', file: 'road.json',
    spoil: (_site, road) => {
      const row = lane(road, 'east-in-1');
      const [a, b] = row.points;
      row.points = Array.from({ length: 90 }, (_, at) => [
        a[0] + (at / 89) * (b[0] - a[0]), a[1] + (at / 89) * (b[1] - a[1]) + (at % 2) * 0.8 * Number(at < 89),
      ]);
    },
    expected: 'lanes[0].points: expected a line of at most 31 points within 0.3 m, got 90 points',
  },
  {
    name: 'more ways from a lane than its profile can say', file: 'road.json',
    spoil: (site, road) => {
      site.profile = 'B';
      const row = road.movements.find((one: Loose) => one.fromLane === 'east-in-2');
      for (let n = 0; n < 9; n++) {
        const to = road.lanes.find((one: Loose) => one.linkId === row.toLink);
        const id = `more-${n}`;
        road.lanes.push({ ...to, id: `${to.id}-${n}`, number: 100 + n, kind: 'sidewalk' });
        road.movements.push({ ...row, id, toLane: `${to.id}-${n}`, points: [row.points[0], to.points[0]] });
      }
    },
    expected: 'lanes[1]: expected at most 8 entries in MAP of this profile, got ',
  },
  {
    name: 'a sign in characters that GB2312 lacks', file: 'road.json',
    spoil: (_site, road) => { road.signs[0].description = '限速🚗60'; },
    expected: 'signs[0].description: expected text that GB2312 can hold, got 限速🚗60',
  },
];

const places: readonly BrokenSite[] = [
  {
    name: 'points by grid north', file: 'site.json',
    spoil: (site) => { site.frame.north = 'grid'; },
    expected: 'note: frame.north: points are taken as if north were true north; got grid',
  },
  {
    name: 'heights above the quasigeoid', file: 'site.json',
    spoil: (site) => { site.frame.heightSystem = 'normal'; },
    expected: 'note: frame.heightSystem: messages want heights above the ellipsoid',
  },
  {
    name: 'CGCS2000 at an epoch of its own', file: 'site.json',
    spoil: (site) => { site.frame.epoch = 2015; },
    expected: 'note: frame.epoch: CGCS2000 is the frame at epoch 2000, got 2015',
  },
  {
    name: 'a WGS-84 survey of long ago', file: 'site.json',
    spoil: (site) => { Object.assign(site.frame, { datum: 'WGS-84', epoch: 2006 }); },
    expected: 'note: frame.epoch: expected an epoch near 2026, got 2006: the ground has moved by about 0.6 m',
  },
  {
    name: 'a time zone that nobody knows', file: 'site.json',
    spoil: (site) => { site.timeZone = 'Asia/Peking-2'; },
    expected: 'timeZone: unknown time zone Asia/Peking-2',
  },
  {
    name: 'a sensor that hangs askew', file: 'site.json',
    spoil: (site) => { site.sensors[0].pose.rollRad = 0.2; },
    expected: 'note: sensors[0].pose.rollRad: no driver uses the roll of a sensor; got 0.2 rad',
  },
];

export const brokenMaps: readonly BrokenSite[] = [...lines, ...conditions, ...messages, ...places];
