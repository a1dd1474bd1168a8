/**
 * Descriptions of the sample sites; `scripts/sites.ts` writes them to `config/sites/`, and a test
 * holds the files against them.
 */
import { airRow } from './air.ts';
import type { ArmSpec, JunctionSpec, SiteSpec } from './generate.ts';
import { SITE_FORMAT_VERSION } from './site.ts';
import type { RoadFile } from './road.ts';
import type { PortFile, SiteFile } from './site.ts';
import { stageGroups } from './stagetimes.ts';

const LOOPBACK = '127.0.0.1';
type Sensor = SiteFile['sensors'][number];
type Ports = Record<string, PortFile>;

/** The box listens on `listenPort`; the device listens on (and sends from) `devicePort`. */
const udp = (listenPort: number, devicePort: number): PortFile => ({
  transport: 'udp', listenHost: LOOPBACK, listenPort, remoteHost: LOOPBACK, remotePort: devicePort,
  interface: null, allow: [LOOPBACK],
});

const node = (id: number): { region: number; id: number } => ({ region: 0, id });
const KMPH = 1 / 3.6;
const lanes = (...uses: ('left' | 'straight' | 'right')[][]): ArmSpec['lanes'] =>
  uses.map((entry) => ({ uses: entry }));

const demoArm = (
  name: string, bearingDeg: number, neighbour: number, more: Partial<ArmSpec>,
): ArmSpec => ({
  name, bearingDeg, lengthM: 200,
  lanes: lanes(['left'], ['straight'], ['straight', 'right']),
  exitLanes: 2, nonMotorLane: true, crossing: true, waitingAreaM: null, rightArrow: false,
  speedLimitMps: Math.round(50 * KMPH * 50) / 50,
  neighbour: node(neighbour), neighbourName: `Demo ${name}`,
  ...more,
});

/** Four arms, none of them quite square to the next, as junctions are. */
export const demoJunction: JunctionSpec = {
  node: node(10),
  name: 'Demo junction',
  prefix: '',
  centre: [0, 0],
  controllerId: 'controller',
  lampNames: 'numbers',
  arms: [
    demoArm('east', 93, 12, { waitingAreaM: 13, speedLimitMps: Math.round(60 * KMPH * 50) / 50 }),
    demoArm('west', 272, 14, { waitingAreaM: 13, speedLimitMps: Math.round(60 * KMPH * 50) / 50 }),
    demoArm('north', 4, 11, { lanes: lanes(['left'], ['straight'], ['right']), rightArrow: true }),
    demoArm('south', 185, 13, { lanes: lanes(['left'], ['straight', 'right']) }),
  ],
  greenS: [{ straight: 28, left: 13 }, { straight: 23, left: 11 }],
};

/** Radians counter-clockwise from east of a bearing, to the tenth of a milliradian. */
const headingOf = (bearingDeg: number): number => {
  const rad = Math.PI / 2 - (bearingDeg * Math.PI) / 180;
  const wrapped = rad - 2 * Math.PI * Math.floor((rad + Math.PI) / (2 * Math.PI));
  return Math.round(wrapped * 1e4) / 1e4;
};

/** A place `outM` metres along an arm's bearing (negative: beyond the middle), `rightM` to the
 * right of its approach. */
const place = (
  bearingDeg: number, outM: number, rightM: number,
): { eastM: number; northM: number } => {
  const bearing = (bearingDeg * Math.PI) / 180;
  const [x, y] = [Math.sin(bearing), Math.cos(bearing)];
  return {
    eastM: Math.round((x * outM - y * rightM) * 100) / 100 + 0,
    northM: Math.round((y * outM + x * rightM) * 100) / 100 + 0,
  };
};

const wheels = ['car', 'van', 'truck', 'bus', 'motorcycle', 'bicycle'] as const;
const everybody = [...wheels, 'pedestrian'] as const;

const approachSensor = (
  kind: 'radar' | 'camera', arm: ArmSpec, port: string, options: Sensor['options'],
): Sensor => ({
  id: `${kind}-${arm.name}` as Sensor['id'],
  driver: kind === 'radar' ? 'radar-ars408' : 'camera-objects',
  sensing: kind,
  enabled: true,
  pose: {
    // On the mast arm of the far side, over the lanes that it looks along.
    ...place(arm.bearingDeg, -25, kind === 'radar' ? 6 : 4),
    upM: kind === 'radar' ? 6 : 9,
    headingRad: headingOf(arm.bearingDeg),
    pitchRad: kind === 'radar' ? -0.03 : -0.16,
    rollRad: 0,
  },
  fieldOfView: kind === 'radar'
    ? { rangeMinM: 1, rangeMaxM: 220, halfAngleRad: 0.3, outline: null }
    : { rangeMinM: 20, rangeMaxM: 110, halfAngleRad: 0.45, outline: null },
  classes: kind === 'radar' ? wheels : everybody,
  port,
  periodMs: kind === 'radar' ? 72 : 100,
  latencyMs: kind === 'radar' ? 72 : 120,
  main: kind === 'camera',
  options,
});

const middleSensors: readonly Sensor[] = [
  {
    id: 'radar-middle' as Sensor['id'],
    driver: 'radar-smartmicro',
    sensing: 'radar',
    enabled: true,
    pose: { eastM: 24, northM: -24, upM: 6, headingRad: 2.3562, pitchRad: -0.1, rollRad: 0 },
    fieldOfView: { rangeMinM: 1, rangeMaxM: 80, halfAngleRad: 0.87, outline: null },
    classes: wheels,
    port: 'radar-middle',
    periodMs: 55,
    latencyMs: 60,
    main: false,
    options: {},
  },
  {
    id: 'lidar-middle' as Sensor['id'],
    driver: 'object-list',
    sensing: 'lidar',
    enabled: true,
    pose: { eastM: -20, northM: 20, upM: 5, headingRad: -0.7854, pitchRad: 0, rollRad: 0 },
    fieldOfView: { rangeMinM: 1, rangeMaxM: 60, halfAngleRad: 3.1416, outline: null },
    classes: everybody,
    port: 'lidar-middle',
    periodMs: 100,
    latencyMs: 90,
    main: true,
    options: {},
  },
];

const demoPorts: Ports = {
  'can-a': { transport: 'can', bus: 'slcan-tcp', host: LOOPBACK, port: 47011, bitrate: 500000 },
  'can-b': { transport: 'can', bus: 'slcan-tcp', host: LOOPBACK, port: 47012, bitrate: 500000 },
  controller: udp(47020, 47021),
  'camera-east': udp(47031, 47131),
  'camera-west': udp(47032, 47132),
  'camera-north': udp(47033, 47133),
  'camera-south': {
    transport: 'mqtt', url: 'mqtt://127.0.0.1:18883', topics: ['lukou/demo/camera-south'],
  },
  'radar-middle': udp(47041, 47141),
  'lidar-middle': udp(47051, 47151),
};

const rsu = (
  id: string, link: 'udp-raw' | 'udp-carrier', port: number, unitSerial: string,
): SiteFile['rsus'][number] => ({
  id: id as never, link, host: LOOPBACK, port, interface: null, unitSerial,
  types: ['SPAT', 'MAP', 'RSM', 'RSI'], framesPerS: 200, octetsPerS: 200000, minGapMs: 1,
  mqtt: null, forward: null,
});

const common = (id: string): Pick<SiteFile,
  'air' | 'formatVersion' | 'revision' | 'id' | 'mode' | 'box' | 'frame' | 'profile' | 'loop'
  | 'dataFolder' | 'log' | 'timeZone' | 'timeSource'> => ({
  formatVersion: SITE_FORMAT_VERSION,
  revision: 1,
  id,
  mode: 'demo',
  box: `${id}-box`,
  frame: {
    datum: 'CGCS2000',
    epoch: 2000,
    heightSystem: 'ellipsoid',
    north: 'true',
    reference: { latDeg: 31.2841, lonDeg: 121.1712, heightM: 14.2 },
    ground: { upM: 0, slopeEast: 0, slopeNorth: 0 },
    divisionCode: '310114',
  },
  profile: 'A',
  air: airRow.parse({}),
  loop: { rateHz: 20, rsmEveryTicks: 2, rewindMs: 500, phaseLock: true, signalPhaseLock: true, sendDelayMs: 5 },
  dataFolder: `.lukou/${id}`,
  log: { level: 'info' },
  timeZone: 'Asia/Shanghai',
  timeSource: { kind: 'system', assumedErrorMs: 20 },
});

const cloud = (rscuSerial: string, port: number): SiteFile['clouds'][number] => ({
  id: 'city' as never, url: `mqtt://127.0.0.1:${port}`, rscuSerial, username: null,
  passwordEnv: null, caFile: null, certFile: null, keyFile: null, encoding: 'json',
  liveHz: 10, runStatusS: 10, privacy: 'pseudonymous',
});

const [east, west, north, south] = demoJunction.arms as [ArmSpec, ArmSpec, ArmSpec, ArmSpec];

/** What the samples need of the drivers: `config` knows none. */
export interface SampleTools {
  /** Pixel → site metres, row-major, for a camera without distortion. */
  homographyFor(
    pose: Sensor['pose'], focalPx: number, widthPx: number, heightPx: number,
  ): readonly number[];
}

const PICTURE = { widthPx: 1920, heightPx: 1080 };

/** Twelve digits: well under a millimetre at 200 m. */
const withHomography = (sensor: Sensor, tools: SampleTools): Sensor => {
  if (sensor.driver !== 'camera-objects') return sensor;
  const { widthPx, heightPx } = PICTURE;
  const focalPx = Math.round(widthPx / 2 / Math.tan(sensor.fieldOfView.halfAngleRad));
  const homography = tools
    .homographyFor(sensor.pose, focalPx, widthPx, heightPx)
    .map((value) => Number(value.toPrecision(12)));
  return { ...sensor, options: { deviceId: sensor.id, homography, ...PICTURE, ...sensor.options } };
};

const demoSensors = (tools: SampleTools): readonly Sensor[] =>
  [
    approachSensor('radar', east, 'can-a', { sensorId: 0 }),
    approachSensor('radar', west, 'can-a', { sensorId: 1 }),
    approachSensor('radar', north, 'can-b', { sensorId: 0 }),
    approachSensor('radar', south, 'can-b', { sensorId: 1 }),
    approachSensor('camera', east, 'camera-east', {}),
    approachSensor('camera', west, 'camera-west', {}),
    approachSensor('camera', north, 'camera-north', {}),
    approachSensor('camera', south, 'camera-south', { topic: 'lukou/demo/camera-south' }),
    ...middleSensors,
  ].map((sensor) => withHomography(sensor, tools));

/** The demo: one junction with everything that the box can read. */
export const demoSpec = (tools: SampleTools): SiteSpec => ({
  junctions: [demoJunction],
  site: {
    ...common('demo'),
    name: { en: 'Demo junction', zh: '演示路口' },
    ports: demoPorts,
    sensors: demoSensors(tools),
    controllers: [
      {
        id: 'controller' as never, driver: 'signal-gbt20999', enabled: true, port: 'controller',
        nodes: [node(10)], options: {},
      },
    ],
    rsus: [
      rsu('rsu-raw', 'udp-raw', 47401, 'LUKOU001'),
      rsu('rsu-carrier', 'udp-carrier', 47402, 'LUKOU002'),
    ],
    clouds: [cloud('LUKOU-DEMO-0001', 18883)],
    events: [],
    web: { host: LOOPBACK, port: 47080 },
  },
  finish: (site, road) => ({
    ...site,
    controllers: site.controllers.map((row) =>
      ({ ...row, options: { ...row.options, stageGroups: stageGroups(road) } })),
  }),
});

const plainArm = (
  name: string, bearingDeg: number, neighbour: number, more: Partial<ArmSpec>,
): ArmSpec => ({
  ...demoArm(name, bearingDeg, neighbour, {}),
  lanes: lanes(['left'], ['straight', 'right']),
  nonMotorLane: false,
  neighbourName: `Side ${name} ${neighbour}`,
  ...more,
});

/** A lit junction, and 300 m to the east of it the mouth of a side road without lamps. */
const twoJunctions: readonly JunctionSpec[] = [
  {
    node: node(20), name: 'Lit junction', prefix: 'a-', centre: [0, 0],
    controllerId: 'controller', lampNames: 'tscbm',
    arms: [
      plainArm('east', 90, 30, { lengthM: 300, joins: { junction: 1, arm: 0 } }),
      plainArm('west', 270, 24, {}),
      plainArm('north', 0, 21, {}),
      plainArm('south', 180, 23, {}),
    ],
    greenS: [{ straight: 26, left: 12 }, { straight: 22, left: 12 }],
  },
  {
    node: node(30), name: 'Side road', prefix: 'b-', centre: [300, 0],
    controllerId: null, lampNames: 'numbers',
    arms: [
      plainArm(
        'west',
        270,
        20,
        {
          lengthM: 300,
          crossing: false,
          lanes: lanes(['straight'], ['straight', 'right']),
          joins: { junction: 0, arm: 0 },
        },
      ),
      plainArm(
        'east',
        90,
        32,
        { lengthM: 150, crossing: false, lanes: lanes(['left', 'straight'], ['straight']) },
      ),
      plainArm('south', 180, 33, { lengthM: 120, exitLanes: 1, lanes: lanes(['left', 'right']) }),
    ],
    greenS: [],
  },
];

const boxSensor = (id: string, port: string, eastM: number, northM: number): Sensor => ({
  ...middleSensors[1]!,
  id: id as Sensor['id'],
  pose: { eastM, northM, upM: 6, headingRad: 0, pitchRad: 0, rollRad: 0 },
  fieldOfView: { rangeMinM: 1, rangeMaxM: 120, halfAngleRad: 3.1416, outline: null },
  port,
});

/** Tells the driver which numbers of each bank the road uses. */
function withTscbmNumbers(site: SiteFile, road: RoadFile): SiteFile {
  const numbersOf = (bank: string): readonly number[] =>
    road.signalGroups.flatMap(({ lampGroup }) =>
      lampGroup.startsWith(`${bank}:`) ? [Number(lampGroup.slice(bank.length + 1))] : []);
  const options = {
    phases: numbersOf('phase'), overlaps: numbersOf('overlap'), pedestrians: numbersOf(
      'pedestrian',
    ),
  };
  return { ...site, controllers: site.controllers.map((row) => ({ ...row, options })) };
}

/** Two nodes on one box; the second has no lamps. */
export const twoNodesSpec: SiteSpec = {
  junctions: twoJunctions,
  site: {
    ...common('two-nodes'),
    name: { en: 'Two nodes', zh: '双节点' },
    ports: {
      controller: udp(47520, 47521),
      'lidar-a': udp(47551, 47651),
      'lidar-b': {
        transport: 'tcp', role: 'client', host: LOOPBACK, port: 47552, interface: null, allow: [],
      },
    },
    sensors: [boxSensor('lidar-a', 'lidar-a', 14, -14), boxSensor('lidar-b', 'lidar-b', 285, 14)],
    controllers: [
      {
        id: 'controller' as never, driver: 'signal-tscbm', enabled: true, port: 'controller',
        nodes: [node(20)], options: {},
      },
    ],
    rsus: [rsu('rsu', 'udp-raw', 47601, 'LUKOU003')],
    clouds: [cloud('LUKOU-TWO-0001', 18884)],
    events: [],
    web: { host: LOOPBACK, port: 47580 },
  },
  finish: withTscbmNumbers,
};

/** What a new site is made of. */
export interface NewSiteFacts {
  readonly id: string;
  readonly name: SiteFile['name'];
  readonly reference: SiteFile['frame']['reference'];
  readonly junction: JunctionSpec;
}

/** A bench site of one junction: whoever owns the box goes on from here. */
export function newSite({ id, name, reference, junction }: NewSiteFacts): SiteSpec {
  const frame = { ...common(id).frame, reference, divisionCode: '' };
  const lamps = junction.controllerId !== null;
  const controller: SiteFile['controllers'][number] = {
    id: 'controller' as never, driver: 'signal-tscbm', enabled: true, port: 'controller',
    nodes: [junction.node], options: {},
  };
  return {
    junctions: [junction],
    site: {
      ...common(id),
      mode: 'bench',
      frame,
      name,
      ports: { ...(lamps ? { controller: udp(6053, 6054) } : {}), lidar: udp(47051, 47151) },
      sensors: [boxSensor('lidar', 'lidar', 14, -14)],
      controllers: lamps ? [controller] : [],
      rsus: [rsu('rsu', 'udp-raw', 47401, 'LUKOU001')],
      clouds: [],
      events: [],
      web: { host: LOOPBACK, port: 8080 },
    },
    finish: withTscbmNumbers,
  };
}
