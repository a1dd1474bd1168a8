/** Deliberately broken sites: the demo with one thing changed, and the sentence that must come. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brokenMaps } from './broken-map.ts';

/** Parsed JSON that a row may spoil. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- spoiled files have no type
export type Loose = any;

export interface BrokenSite {
  readonly name: string;
  /** Spoils the parsed files in place. */
  readonly spoil?: (site: Loose, road: Loose) => void;
  /** Spoils the text of a file instead. */
  readonly text?: { readonly file: 'site' | 'road'; readonly change: (text: string) => string };
  readonly file: 'site.json' | 'road.json';
  /** What the sentence must hold: path first. */
  readonly expected: string;
}

const folder = fileURLToPath(new URL('../../config/sites/demo/', import.meta.url));
export const demoText = (file: 'site' | 'road'): string => readFileSync(
  `${folder}${file}.json`, 'utf8',
);

const group = (road: Loose, id: string): Loose => road.signalGroups.find((row: Loose) =>
  row.id === id);
const lane = (road: Loose, id: string): Loose => road.lanes.find((row: Loose) => row.id === id);
const movement = (road: Loose, id: string): Loose => road.movements.find((row: Loose) =>
  row.id === id);
const pair = (a: string, b: string) => (
  row: readonly string[],
): boolean => row.includes(a) && row.includes(b);

const reading: readonly BrokenSite[] = [
  {
    name: 'a comma too many', file: 'site.json',
    text: { file: 'site', change: (text) => text.replace('"revision": 1,', '"revision": 1,,') },
    expected: 'line 3, column 17: unexpected ","',
  },
  {
    name: 'a file cut in the middle', file: 'road.json',
    text: { file: 'road', change: (text) => text.slice(0, 5000) },
    expected: 'line ',
  },
  {
    name: 'a name given twice', file: 'site.json',
    text: {
      file: 'site',
      change: (text) => text.replace('"revision": 1,', '"revision": 1,\n  "revision": 2,'),
    },
    expected: 'line 4, column 3: the name "revision" stands here twice',
  },
  {
    name: 'a name that reaches into the machinery', file: 'site.json',
    text: { file: 'site', change: (text) => text.replace('"revision": 1,', '"__proto__": {},') },
    expected: 'the name "__proto__" is not allowed',
  },
  {
    name: 'nesting without end', file: 'site.json',
    text: { file: 'site', change: () => '['.repeat(100_000) },
    expected: 'nested deeper than 32 levels',
  },
  {
    name: 'a version from the future', file: 'site.json',
    spoil: (site) => { site.formatVersion = 2; },
    expected: 'formatVersion: expected version 1 or older, got 2',
  },
  {
    name: 'no version', file: 'road.json',
    spoil: (_site, road) => { delete road.formatVersion; },
    expected: 'formatVersion: is required',
  },
];

const values: readonly BrokenSite[] = [
  {
    name: 'a setting misspelt', file: 'site.json',
    spoil: (site) => { site.sensors[2].lag = 3; },
    expected: 'sensors[2].lag: unknown setting; known here: id, driver, sensing',
  },
  {
    name: 'a driver option misspelt', file: 'site.json',
    spoil: (site) => { site.sensors[0].options.lag = 3; },
    expected: 'sensors[0].options.lag: unknown setting; known here: sensorId, mounting',
  },
  {
    name: 'a driver option out of range', file: 'site.json',
    spoil: (site) => { site.sensors[0].options.existenceMin = 9; },
    expected: 'sensors[0].options.existenceMin: expected 0 to 7, got 9',
  },
  {
    name: 'a required driver option missing', file: 'site.json',
    spoil: (site) => { delete site.sensors[4].options.homography; },
    expected: 'sensors[4].options.homography: is required',
  },
  {
    name: 'a required setting missing', file: 'site.json',
    spoil: (site) => { delete site.sensors[2].pose.headingRad; },
    expected: 'sensors[2].pose.headingRad: is required',
  },
  {
    name: 'a latency out of range', file: 'site.json',
    spoil: (site) => { site.sensors[2].latencyMs = 900; },
    expected: 'sensors[2].latencyMs: expected 0 to 500 ms, got 900',
  },
  {
    name: 'a number as text', file: 'site.json',
    spoil: (site) => { site.sensors[1].periodMs = '72'; },
    expected: 'sensors[1].periodMs: expected 5 to 10000 ms, got "72"',
  },
  {
    name: 'a word that is no choice', file: 'site.json',
    spoil: (site) => { site.mode = 'test'; },
    expected: 'mode: expected one of demo, bench, live, got "test"',
  },
  {
    name: 'an unknown transport', file: 'site.json',
    spoil: (site) => { site.ports.controller.transport = 'rs232'; },
    expected: 'ports.controller.transport: expected one of udp, tcp, can, serial,'
      + ' mqtt, file, got "rs232"',
  },
  {
    name: 'a setting of another transport', file: 'site.json',
    spoil: (site) => { site.ports.controller.baudRate = 9600; },
    expected: 'ports.controller.baudRate: unknown setting; known here: transport,'
      + ' listenHost, listenPort',
  },
  {
    name: 'a name with a slash', file: 'site.json',
    spoil: (site) => { site.sensors[0].id = 'radar/east'; },
    expected: 'sensors[0].id: expected text of the form letters, digits, - and _, got "radar/east"',
  },
  {
    name: 'a serial number of seven characters', file: 'site.json',
    spoil: (site) => { site.rsus[0].unitSerial = 'LUKOU01'; },
    expected: 'rsus[0].unitSerial: expected text of the form eight ASCII characters, got "LUKOU01"',
  },
  {
    name: 'a phase above 16', file: 'road.json',
    spoil: (_site, road) => { road.signalGroups[0].phase = 17; },
    expected: 'signalGroups[0].phase: expected 1 to 16, got 17',
  },
  {
    name: 'a phase that is no whole number', file: 'road.json',
    spoil: (_site, road) => { road.signalGroups[0].phase = 2.5; },
    expected: 'signalGroups[0].phase: expected a whole number, 1 to 16, got 2.5',
  },
  {
    name: 'a line of one point', file: 'road.json',
    spoil: (_site, road) => { road.lanes[0].points = [[0, 0]]; },
    expected: 'lanes[0].points: expected at least 2 entries, got 1',
  },
];

const settings: readonly BrokenSite[] = [
  {
    name: 'an unknown driver', file: 'site.json',
    spoil: (site) => { site.sensors[0].driver = 'radar-ars409'; },
    expected: 'sensors[0].driver: unknown driver "radar-ars409"; known here: ',
  },
  {
    name: 'a signal driver among the sensors', file: 'site.json',
    spoil: (site) => { site.sensors[0].driver = 'signal-tscbm'; },
    expected: 'sensors[0].driver: signal-tscbm is a driver for signal',
  },
  {
    name: 'a port that does not exist', file: 'site.json',
    spoil: (site) => { site.sensors[0].port = 'can-c'; },
    expected: 'sensors[0].port: names can-c, which is not among ports',
  },
  {
    name: 'a port of a kind that the driver cannot use', file: 'site.json',
    spoil: (site) => { site.sensors[0].port = 'camera-east'; site.sensors[4].port = 'can-a'; },
    expected: 'sensors[0].port: radar-ars408 cannot use a port of kind udp; it takes can',
  },
  {
    name: 'two sensors on one datagram port', file: 'site.json',
    spoil: (site) => { site.sensors[5].port = 'camera-east'; },
    expected: 'sensors[5].port: port camera-east is already used by camera-east',
  },
  {
    name: 'two radars with one number on a bus', file: 'site.json',
    spoil: (site) => { site.sensors[1].options.sensorId = 0; },
    expected: 'sensors[1].options: sensor number 0 on this bus is already used by radar-east',
  },
  {
    name: 'two sensors of one name', file: 'site.json',
    spoil: (site) => { site.sensors[1].id = 'radar-east'; },
    expected: 'sensors[1].id: the name radar-east is already used at sensors[0]',
  },
  {
    name: 'two ports on one number', file: 'site.json',
    spoil: (site) => { site.ports['camera-west'].listenPort = 47031; },
    expected: 'ports.camera-west: udp 127.0.0.1:47031 is already listened on by camera-east',
  },
  {
    name: 'a listener on every network', file: 'site.json',
    spoil: (site) => { site.ports.controller.listenHost = '0.0.0.0'; },
    expected: 'ports.controller: listens on 0.0.0.0, which is every network',
  },
  {
    name: 'an empty list of sources', file: 'site.json',
    spoil: (site) => { site.ports.controller.allow = []; },
    expected: 'note: ports.controller.allow: hears nobody: the list of sources is empty',
  },
  {
    name: 'a port that nobody uses', file: 'site.json',
    spoil: (site) => { site.ports.spare = site.ports['lidar-middle']; },
    expected: 'note: ports.spare: port spare is used by nobody',
  },
  {
    name: 'the web view on a network', file: 'site.json',
    spoil: (site) => { site.web.host = '192.168.1.5'; },
    expected: 'web.host: expected a loopback address, got 192.168.1.5',
  },
  {
    name: 'a real RSU in the demo', file: 'site.json',
    spoil: (site) => { site.rsus[0].host = '192.168.1.20'; },
    expected: 'rsus[0].host: expected a loopback address in mode demo, got 192.168.1.20',
  },
  {
    name: 'a type that a link has no words for', file: 'site.json',
    spoil: (site) => { site.rsus[0].link = 'udp-perceptron'; site.rsus[0].types = ['RSM', 'SPAT']; },
    expected: 'rsus[0].types[1]: expected one of RSM, which this link can say, got SPAT',
  },
  {
    name: 'settings of a broker on a link without one', file: 'site.json',
    spoil: (site) => { site.rsus[0].mqtt = {}; },
    expected: 'rsus[0].mqtt: link udp-raw does not read it',
  },
  {
    name: 'a sensor outside the site', file: 'site.json',
    spoil: (site) => { site.sensors[3].pose.eastM = 900; },
    expected: 'sensors[3].pose: the pose lies outside every zone of kind area',
  },
  {
    name: 'ranges exchanged', file: 'site.json',
    spoil: (site) => { site.sensors[0].fieldOfView.rangeMinM = 250; },
    expected: 'sensors[0].fieldOfView.rangeMaxM: expected more than rangeMinM (250), got 220',
  },
  {
    name: 'latitude and longitude exchanged', file: 'site.json',
    spoil: (site) => { site.frame.reference = { latDeg: 21.17, lonDeg: 31.28, heightM: 14 }; },
    expected: 'frame.reference: expected a point in China (latitude 3 to 54, longitude 73 to 136), '
      + 'got 21.17, 31.28. Check that latitude and longitude are not exchanged. Take the point '
      + 'from a survey, not from a map: '
      + 'Chinese maps are in GCJ-02',
  },
  {
    name: 'an unknown profile', file: 'site.json',
    spoil: (site) => { site.profile = 'Z'; },
    expected: 'profile: unknown profile Z; known here: ',
  },
  {
    name: 'a cloud address that is none', file: 'site.json',
    spoil: (site) => { site.clouds[0].url = 'broker.example'; },
    expected: 'clouds[0].url: expected mqtt://host:port or mqtts://host:port, got broker.example',
  },
  {
    name: 'a password in the address of the cloud', file: 'site.json',
    spoil: (site) => { site.clouds[0].url = 'mqtts://user:secret@broker.example:8883'; },
    expected: 'clouds[0].url: holds a user or password',
  },
  {
    name: 'a certificate without its key', file: 'site.json',
    spoil: (site) => { site.clouds[0].certFile = 'box.pem'; },
    expected: 'clouds[0].certFile: certFile and keyFile go together',
  },
  {
    name: 'a rate without a whole period', file: 'site.json',
    spoil: (site) => { site.loop.rateHz = 30; },
    expected: 'loop.rateHz: expected a rate whose period is whole milliseconds, got 30 Hz',
  },
  {
    name: 'RSM at half its rate', file: 'site.json',
    spoil: (site) => { site.loop.rsmEveryTicks = 4; },
    expected: 'note: loop.rsmEveryTicks: RSM would go at 5 Hz; the requirement is 10 Hz',
  },
  {
    name: 'SSM, which the gate does not pass', file: 'site.json',
    spoil: (site) => {
      site.air.ssm = true;
      site.rsus[0].types.push('SSM');
    },
    expected: 'note: air.ssm: SSM is wanted, but the gate of this version does not read it and lets none pass',
  },
  {
    name: 'no main sensor', file: 'site.json',
    spoil: (site) => { for (const sensor of site.sensors) sensor.main = false; },
    expected: 'note: loop.phaseLock: phaseLock is on but no enabled sensor is main',
  },
  {
    name: 'a controller for a node of another region', file: 'site.json',
    spoil: (site) => { site.controllers[0].nodes = [{ region: 7, id: 10 }]; },
    expected: 'controllers[0].nodes[0]: names node 7-10, but road.json has 0-10:'
      + ' SPAT and MAP would not match',
  },
  {
    name: 'a unit that serves no node', file: 'site.json',
    spoil: (_site, road) => { road.rsuAreas.pop(); },
    expected: 'rsus[1]: unit rsu-carrier serves no node',
  },
];

const roads: readonly BrokenSite[] = [
  {
    name: 'a node number above the test range', file: 'road.json',
    spoil: (_site, road) => { road.nodes[1].id.id = 300; },
    expected: 'nodes[1].id: expected region 0 and node 0 to 255 in mode demo, got 0-300',
  },
  {
    name: 'region 0 in a live site', file: 'road.json',
    spoil: (site) => { site.mode = 'live'; },
    expected: 'nodes[0].id: expected a region above 0 in mode live, got 0-10',
  },
  {
    name: 'a link from a node of another region', file: 'road.json',
    spoil: (_site, road) => { road.links[0].upstream.region = 5; },
    expected: 'links[0].upstream: names node 5-12, but road.json has 0-12: SPAT and'
      + ' MAP would not match',
  },
  {
    name: 'a controller that site.json does not have', file: 'road.json',
    spoil: (_site, road) => { road.nodes[0].controllerId = 'other'; },
    expected: 'nodes[0].controllerId: names other, which is not among controllers',
  },
  {
    name: 'a Chinese name on air', file: 'road.json',
    spoil: (_site, road) => { road.nodes[0].name = '演示路口'; },
    expected: 'nodes[0].name: expected 1 to 63 ASCII characters, or none, got 演示路口',
  },
  {
    name: 'a name of 64 characters', file: 'road.json',
    spoil: (_site, road) => { road.links[0].name = 'x'.repeat(64); },
    expected: 'links[0].name: expected 1 to 63 ASCII characters',
  },
  {
    name: 'two links between one pair of nodes', file: 'road.json',
    spoil: (_site, road) => { road.links[1].upstream = road.links[0].upstream; },
    expected: 'links[1]: nodes 0-12 → 0-10 are already joined by east-in',
  },
  {
    name: 'a link without lanes', file: 'road.json',
    spoil: (_site, road) => {
      for (const row of road.lanes) if (row.linkId === 'east-out') row.linkId = 'west-out';
    },
    expected: 'has no lane; MAP needs at least one',
  },
  {
    name: 'lanes numbered from the right', file: 'road.json',
    spoil: (_site, road) => {
      lane(road, 'east-in-1').number = 3;
      lane(road, 'east-in-3').number = 1;
    },
    expected: 'links[0]: expected lanes 1, 2, 3 … from the left along travel, got 3,'
      + ' 2, 1, 4 from the left',
  },
  {
    name: 'two lanes of one number', file: 'road.json',
    spoil: (_site, road) => { lane(road, 'east-in-2').number = 1; },
    expected: 'lanes[1].number: number 1 is already used by east-in-1 in this link',
  },
  {
    name: 'a lane of 8 m', file: 'road.json',
    spoil: (_site, road) => { road.lanes[0].widthM = 8; },
    expected: 'lanes[0].widthM: expected 1 to 6 m, got 8',
  },
  {
    name: 'a lane that ends short of the stop line', file: 'road.json',
    spoil: (_site, road) => {
      const { points } = road.lanes[0];
      points[1] = [points[1][0] + 10, points[1][1]];
    },
    expected: 'lanes[0].points: expected the last point on the stop line of east-in, got 10 m away',
  },
  {
    name: 'a point beyond the frame', file: 'road.json',
    spoil: (_site, road) => { road.lanes[0].points[0] = [2500, 0]; },
    expected: 'lanes[0].points[0]: expected at most 2000 m from the reference point, got 2500 m',
  },
  {
    name: 'an outline that crosses itself', file: 'road.json',
    spoil: (_site, road) => {
      const zone = road.zones[1].outline;
      [zone[0], zone[1]] = [zone[1], zone[0]];
    },
    expected: 'zones[1].outline: the line crosses itself at segment',
  },
  {
    name: 'a lane of no link', file: 'road.json',
    spoil: (_site, road) => { road.lanes[0].linkId = 'nowhere'; },
    expected: 'lanes[0].linkId: names nowhere, which is not among links',
  },
  {
    name: 'a movement into a link of another node', file: 'road.json',
    spoil: (_site, road) => { movement(road, 'east-2-straight').toLink = 'west-in'; },
    expected: '.toLink: leads into west-in, which does not begin where the lane ends (0-10)',
  },
  {
    name: 'a movement that its lane does not allow', file: 'road.json',
    spoil: (_site, road) => { lane(road, 'east-in-1').uses[0].manoeuvres = ['straight']; },
    expected: '.manoeuvre: lane east-in-1 does not allow left',
  },
  {
    name: 'a left turn that turns right', file: 'road.json',
    spoil: (_site, road) => { movement(road, 'east-3-right').manoeuvre = 'left'; },
    expected: '.manoeuvre: is called left, but the path turns right',
  },
  {
    name: 'a path that does not begin at the stop line', file: 'road.json',
    spoil: (_site, road) => { movement(road, 'east-2-straight').points.shift(); },
    expected: 'expected to begin at the end of east-in-2, got ',
  },
  {
    name: 'a pedestrian lamp for cars', file: 'road.json',
    spoil: (_site, road) => { movement(road, 'east-2-straight').signalGroup = 'ped-east'; },
    expected: '.signalGroup: group ped-east has lamps of type pedestrian, which do not govern this',
  },
  {
    name: 'a waiting area that is an ordinary lane', file: 'road.json',
    spoil: (_site, road) => { movement(road, 'east-1-left').waitingArea.laneId = 'east-in-2'; },
    expected: '.waitingArea.laneId: lane east-in-2 is not a waiting area in front of east-in-1',
  },
  {
    name: 'no coverage zone', file: 'road.json',
    spoil: (_site, road) => {
      road.zones = road.zones.filter((row: Loose) => row.kind !== 'coverage');
    },
    expected: 'zones: expected at least one zone of kind coverage, got none',
  },
  {
    name: 'a zone that no sensor sees', file: 'road.json',
    spoil: (site) => {
      for (const sensor of site.sensors) sensor.enabled = sensor.id === 'radar-east';
    },
    expected: 'note: zones[',
  },
];

const signs: readonly BrokenSite[] = [
  {
    name: 'a sign that the list does not have', file: 'road.json',
    spoil: (_site, road) => { road.signs[0].kind = 'speedlimit'; },
    expected: 'signs[0].kind: unknown sign speedlimit; known here: ',
  },
  {
    name: 'a sign for no road', file: 'road.json',
    spoil: (_site, road) => { road.signs[0].linkIds = []; road.signs[0].path = []; },
    expected: 'signs[0]: sign 1 names neither links nor a path',
  },
];

const lamps: readonly BrokenSite[] = [
  {
    name: 'a straight movement without a lamp among those with one', file: 'road.json',
    spoil: (_site, road) => { movement(road, 'south-2-straight').signalGroup = null; },
    expected: '.signalGroup: south-2-straight has no lamp at a node with a controller',
  },
  {
    name: 'a crossing without a lamp among those with one', file: 'road.json',
    spoil: (_site, road) => { road.crossings[0].signalGroup = null; },
    expected: 'crossings[0].signalGroup: east-crossing has no lamp at a node with a controller',
  },
  {
    name: 'a lamp group mapped twice', file: 'road.json',
    spoil: (_site, road) => { road.signalGroups[1].lampGroup = '1'; },
    expected: 'signalGroups[1].lampGroup: lamp group 1 is already mapped by straight-east',
  },
  {
    name: 'a lamp group both used and ignored', file: 'road.json',
    spoil: (_site, road) => {
      road.ignoredLampGroups = [{ controllerId: 'controller', lampGroup: '3', reason: 'x' }];
    },
    expected: 'ignoredLampGroups[0]: lamp group 3 is already mapped by straight-north',
  },
  {
    name: 'a group that governs nothing', file: 'road.json',
    spoil: (_site, road) => { movement(road, 'north-3-right').signalGroup = null; },
    expected: ': group right-north governs nothing: MAP would not carry its phase',
  },
  {
    name: 'no yellow', file: 'road.json',
    spoil: (_site, road) => { group(road, 'left-east').yellowS = 0; },
    expected: 'signalGroups[4].yellowS: expected at least 2.7 s of yellow, got 0 s',
  },
  {
    name: 'no minimum green', file: 'road.json',
    spoil: (_site, road) => { group(road, 'left-east').minGreenS = 0; },
    expected: 'signalGroups[4].minGreenS: expected a minimum green over 0 s, got 0 s',
  },
  {
    name: 'a phase shared by lamps of different types', file: 'road.json',
    spoil: (_site, road) => { group(road, 'bike-east').phase = 1; },
    expected: 'shares phase 1 with straight-east but differs in lampType',
  },
  {
    name: 'a phase shared by groups that conflict', file: 'road.json',
    spoil: (_site, road) => { group(road, 'straight-north').phase = 1; },
    expected: 'shares phase 1 with straight-east, which conflicts with it',
  },
  {
    name: 'a phase shared by groups of different stages', file: 'road.json',
    spoil: (_site, road) => { group(road, 'left-west').phase = 7; },
    expected: 'which shares its phase',
  },
  {
    name: 'a pair missing in the matrix', file: 'road.json',
    spoil: (_site, road) => {
      const gone = pair('straight-east', 'straight-north');
      road.conflicts.conflicting = road.conflicts.conflicting.filter((row: string[]) => !gone(row));
    },
    expected: 'conflicts: straight-east and straight-north cross at (',
  },
  {
    name: 'a pair in both directions', file: 'road.json',
    spoil: (_site, road) => {
      const [a, b] = road.conflicts.conflicting[0];
      road.conflicts.conflicting.push([b, a]);
    },
    expected: 'stands already at conflicts.conflicting[0]',
  },
  {
    name: 'a group that conflicts with itself', file: 'road.json',
    spoil: (_site, road) => { road.conflicts.conflicting.push(['left-east', 'left-east']); },
    expected: ': pairs left-east with itself',
  },
  {
    name: 'a pair of an unknown group', file: 'road.json',
    spoil: (_site, road) => { road.conflicts.conflicting.push(['left-east', 'left-up']); },
    expected: '[1]: names left-up, which is not among signalGroups',
  },
  {
    name: 'everything yields to everything', file: 'road.json',
    spoil: (_site, road) => {
      road.conflicts.yielding = road.conflicts.conflicting;
      road.conflicts.conflicting = [];
    },
    expected: ' yield to one another, but not both are permissive',
  },
  {
    name: 'a clearance time missing', file: 'road.json',
    spoil: (_site, road) => { road.conflicts.intergreens.shift(); },
    expected: ': no clearance time from straight-east → straight-north',
  },
  {
    name: 'a clearance time for groups that do not conflict', file: 'road.json',
    spoil: (_site, road) => {
      road.conflicts.intergreens.push({ from: 'ped-east', to: 'ped-west', clearanceS: 1 });
    },
    expected: ': clearance time for ped-east and ped-west, which do not conflict',
  },
  {
    name: 'a stage of conflicting greens', file: 'road.json',
    spoil: (_site, road) => { road.stages[0].green.push('straight-north'); },
    expected: 'stages[0].green: lets straight-east and straight-north go together, which conflict',
  },
  {
    name: 'a stage shorter than a minimum green', file: 'road.json',
    spoil: (_site, road) => { road.stages[0].greenS = 5; },
    expected: 'stages[0].greenS: expected at least 10 s for straight-east',
  },
  {
    name: 'a group that never turns green', file: 'road.json',
    spoil: (_site, road) => { road.stages[1].green = ['left-east']; },
    expected: ': group left-west is green in no stage',
  },
];

export const brokenSites: readonly BrokenSite[] = [
  ...reading, ...values, ...settings, ...roads, ...signs, ...lamps, ...brokenMaps,
];
