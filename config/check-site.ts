/** What must hold in site.json beside the range of each value, and between it and road.json. */
import { insideOutline } from '../src/base/geometry.ts';
import { checkAir } from './check-air.ts';
import { checkMapSent, checkPlaceFacts } from './check-map.ts';
import { keyOf, uniqueNames } from './check-road.ts';
import { expressionProblem, precheckExpression } from './expression.ts';
import { smellOfGcj02 } from './gcj02.ts';
import { linkTypes } from './links.ts';
import type { Surroundings } from './load.ts';
import type { Report } from './problem.ts';
import type { RoadFile } from './road.ts';
import type { PortFile, SiteFile } from './site.ts';

const FILE = 'site.json';
type Sensor = SiteFile['sensors'][number];

const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\]|localhost)$/;
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);
const isEverywhere = (host: string): boolean => ['0.0.0.0', '::', '[::]', '*'].includes(host);

function checkIdentity(site: SiteFile, around: Surroundings, report: Report): void {
  if (around.box !== undefined && site.box !== around.box) {
    report.error(FILE, 'box', 'box_mismatch', { expected: around.box, got: site.box });
  }
  if (around.lastRevision !== undefined && site.revision < around.lastRevision) {
    report.error(
      FILE, 'revision', 'revision_older', { expected: around.lastRevision, got: site.revision },
    );
  }
  if (around.profiles.length > 0 && !around.profiles.includes(site.profile)) {
    report.error(
      FILE,
      'profile',
      'profile_unknown',
      { expected: around.profiles.join(', '), got: site.profile },
    );
  }
  const { latDeg, lonDeg } = site.frame.reference;
  if (latDeg < 3 || latDeg > 54 || lonDeg < 73 || lonDeg > 136) {
    report.error(FILE, 'frame.reference', 'reference_place', { got: `${latDeg}, ${lonDeg}` });
  } else if (around.gnss) {
    const offM = smellOfGcj02({ latDeg, lonDeg }, around.gnss);
    if (offM !== null) report.error(
      FILE, 'frame.reference', 'reference_gcj02', { got: Math.round(offM) },
    );
  }
}

/** Listeners as `udp 127.0.0.1:47020`. */
interface Listener {
  readonly kind: string;
  readonly host: string;
  readonly number: number;
  readonly iface: string | null;
}
function listenerOf(port: PortFile): Listener | null {
  if (port.transport === 'udp') return {
    kind: 'udp', host: port.listenHost, number: port.listenPort, iface: port.interface,
  };
  if (port.transport === 'tcp' && port.role === 'server') return {
    kind: 'tcp', host: port.host, number: port.port, iface: port.interface,
  };
  return null;
}

function checkListeners(site: SiteFile, report: Report): void {
  const taken = new Map<string, string>();
  const take = (path: string, name: string, kind: string, host: string, number: number): void => {
    if (number === 0) return;
    const key = `${kind} ${number}`;
    const before = taken.get(key);
    if (before === undefined) taken.set(key, name);
    else report.error(
      FILE, path, 'listen_twice', { expected: before, got: `${kind} ${host}:${number}` },
    );
  };
  for (const [name, port] of Object.entries(site.ports)) {
    const path = `ports.${name}`;
    if (port.transport === 'mqtt') checkUrl(site, port.url, `${path}.url`, report);
    const listener = listenerOf(port);
    if (!listener) continue;
    take(path, name, listener.kind, listener.host, listener.number);
    if (isEverywhere(listener.host) && listener.iface === null) {
      report.error(FILE, path, 'listen_everywhere', { got: listener.host });
    }
    const deaf = 'allow' in port && port.allow.length === 0;
    if (deaf) report.warn(FILE, `${path}.allow`, 'allow_empty');
  }
  take('web.port', 'web', 'tcp', site.web.host, site.web.port);
  if (!isLoopback(site.web.host)) report.error(
    FILE, 'web.host', 'web_exposed', { got: site.web.host },
  );
}

const schemes = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];
function checkUrl(site: SiteFile, text: string, path: string, report: Report): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !schemes.includes(url.protocol) || url.hostname === '') {
    report.error(
      FILE,
      path,
      'url_invalid',
      {
        expected: {
          en: 'mqtt://host:port or mqtts://host:port', zh: 'mqtt://主机:端口 或 mqtts://主机:端口',
        },
        got: text,
      },
    );
    return;
  }
  if (url.username !== '' || url.password !== '') report.error(FILE, path, 'url_secret');
  const plain = url.protocol === 'mqtt:' || url.protocol === 'ws:';
  if (plain && !isLoopback(url.hostname)) report.warn(
    FILE, path, 'url_plain', { got: url.protocol },
  );
}

/** The number that tells radars on one bus apart, by whatever name the driver gives it. */
const numberOnBus = (sensor: Sensor): unknown =>
  [
    'sensorNumber', 'canSensorId', 'sensorId', 'busId',
  ].map((name) => sensor.options[name]).find((value) => value !== undefined) ?? 0;

function checkPortUse(site: SiteFile, around: Surroundings, report: Report): void {
  const users = new Map<string, string>();
  const numbers = new Map<string, string>();
  const rows = [
    ...site.sensors.map((row, index) => ({ row, path: `sensors[${index}]` })),
    ...site.controllers.map((row, index) => ({ row, path: `controllers[${index}]` })),
  ];
  for (const { row, path } of rows) {
    const port = site.ports[row.port];
    if (!port) {
      report.error(FILE, `${path}.port`, 'reference_unknown', { expected: 'ports', got: row.port });
      continue;
    }
    const driver = around.drivers.find((entry) => entry.kind === row.driver);
    if (driver && !driver.transports.includes(port.transport)) {
      report.error(FILE, `${path}.port`, 'driver_transport', {
        driver: row.driver, expected: driver.transports.join(', '), got: port.transport,
      });
    }
    const before = users.get(row.port);
    if (before !== undefined && port.transport !== 'can') {
      report.error(FILE, `${path}.port`, 'port_shared', { expected: before, got: row.port });
    }
    users.set(row.port, row.id);
    if (port.transport !== 'can' || !('pose' in row)) continue;
    const number = `${row.port} ${row.driver} ${String(numberOnBus(row))}`;
    const other = numbers.get(number);
    if (other === undefined) numbers.set(number, row.id);
    else report.error(
      FILE,
      `${path}.options`,
      'sensor_number_twice',
      { expected: other, got: String(numberOnBus(row)) },
    );
  }
  for (const name of Object.keys(site.ports)) {
    if (!users.has(name)) report.warn(FILE, `ports.${name}`, 'port_unused', { got: name });
  }
}

function checkSensors(site: SiteFile, road: RoadFile | null, report: Report): void {
  const areas = road?.zones.filter((zone) => zone.kind === 'area') ?? [];
  site.sensors.forEach((sensor, index) => {
    const { rangeMinM, rangeMaxM } = sensor.fieldOfView;
    if (rangeMaxM <= rangeMinM) {
      report.error(
        FILE,
        `sensors[${index}].fieldOfView.rangeMaxM`,
        'range_reversed',
        { expected: rangeMinM, got: rangeMaxM },
      );
    }
    const { eastM, northM } = sensor.pose;
    if (areas.length > 0 && !areas.some((zone) => insideOutline(eastM, northM, zone.outline))) {
      report.error(
        FILE, `sensors[${index}].pose`, 'sensor_outside', { got: `${eastM}, ${northM}` },
      );
    }
  });
  const locked = site.sensors.length > 0 && site.loop.phaseLock;
  if (locked && !site.sensors.some((sensor) => sensor.enabled && sensor.main)) {
    report.warn(FILE, 'loop.phaseLock', 'no_main_sensor');
  }
  road?.zones.forEach((zone, index) => {
    if (zone.kind !== 'coverage' || site.sensors.some((sensor) =>
      sensor.enabled && sees(sensor, zone.outline))) return;
    report.warn('road.json', `zones[${index}]`, 'zone_uncovered', { got: zone.id });
  });
}

/** Whether any of a grid of points in the outline lies in the field of view. */
function sees(sensor: Sensor, outline: RoadFile['zones'][number]['outline']): boolean {
  const xs = outline.map((point) => point[0]);
  const ys = outline.map((point) => point[1]);
  const [west, south] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - west, Math.max(...ys) - south];
  for (let i = 0; i < 12; i++) {
    for (let k = 0; k < 12; k++) {
      const [x, y] = [west + ((i + 0.5) / 12) * width, south + ((k + 0.5) / 12) * height];
      if (insideOutline(x, y, outline) && inView(sensor, x, y)) return true;
    }
  }
  return false;
}

function inView({ pose, fieldOfView }: Sensor, x: number, y: number): boolean {
  if (fieldOfView.outline) return insideOutline(x, y, fieldOfView.outline);
  const [dx, dy] = [x - pose.eastM, y - pose.northM];
  const rangeM = Math.hypot(dx, dy);
  if (rangeM < fieldOfView.rangeMinM || rangeM > fieldOfView.rangeMaxM) return false;
  const off = Math.atan2(dy, dx) - pose.headingRad;
  return Math.abs(Math.atan2(Math.sin(off), Math.cos(off))) <= fieldOfView.halfAngleRad;
}

function checkControllers(site: SiteFile, road: RoadFile, report: Report): void {
  const nodes = new Map(road.nodes.map((node) => [keyOf(node.id), node]));
  site.controllers.forEach((controller, index) => {
    controller.nodes.forEach((id, k) => {
      const path = `controllers[${index}].nodes[${k}]`;
      const node = nodes.get(keyOf(id));
      const same = road.nodes.find((entry) => entry.controllerId === controller.id);
      if (!node && same) report.error(
        FILE, path, 'node_mismatch', { expected: keyOf(same.id), got: keyOf(id) },
      );
      else if (!node) report.error(
        FILE, path, 'reference_unknown', { expected: 'nodes', got: keyOf(id) },
      );
      else if (node.controllerId !== controller.id) {
        report.error(
          FILE,
          path,
          'controller_mismatch',
          { expected: node.controllerId ?? { en: 'none', zh: '无' }, got: controller.id },
        );
      }
    });
  });
  const ids = new Map(site.controllers.map((controller) => [controller.id as string, controller]));
  road.nodes.forEach((node, index) => {
    if (node.controllerId === null) return;
    const controller = ids.get(node.controllerId);
    if (!controller) {
      report.error(
        'road.json',
        `nodes[${index}].controllerId`,
        'reference_unknown',
        { expected: 'controllers', got: node.controllerId },
      );
    } else if (!controller.nodes.some((id) => keyOf(id) === keyOf(node.id))) {
      const named = controller.nodes.map(keyOf).join(', ');
      report.error(
        'road.json',
        `nodes[${index}].id`,
        'node_mismatch',
        { expected: named, got: keyOf(node.id) },
      );
    }
  });
  road.ignoredLampGroups.forEach((row, index) => {
    if (ids.has(row.controllerId)) return;
    report.error(
      'road.json',
      `ignoredLampGroups[${index}].controllerId`,
      'reference_unknown',
      { expected: 'controllers', got: row.controllerId },
    );
  });
}

function checkUnits(site: SiteFile, road: RoadFile, report: Report): void {
  const units = new Set(site.rsus.map((rsu) => rsu.id as string));
  const nodes = new Set(road.nodes.map((node) => keyOf(node.id)));
  const served = new Set(road.rsuAreas.flatMap((area) => area.nodes.map(keyOf)));
  road.rsuAreas.forEach((area, index) => {
    const path = `rsuAreas[${index}]`;
    if (!units.has(area.rsuId)) report.error(
      'road.json', `${path}.rsuId`, 'reference_unknown', { expected: 'rsus', got: area.rsuId },
    );
    area.nodes.forEach((id, k) => {
      if (!nodes.has(keyOf(id))) report.error(
        'road.json',
        `${path}.nodes[${k}]`,
        'reference_unknown',
        { expected: 'nodes', got: keyOf(id) },
      );
    });
  });
  site.rsus.forEach((rsu, index) => {
    const has = road.rsuAreas.some((area) => area.rsuId === rsu.id && area.nodes.length > 0);
    if (!has) report.error(FILE, `rsus[${index}]`, 'rsu_without_area', { got: rsu.id });
  });
  road.nodes.forEach((node, index) => {
    if (node.controllerId === null || site.rsus.length === 0 || served.has(keyOf(node.id))) return;
    report.error('road.json', `nodes[${index}]`, 'node_without_rsu', { got: keyOf(node.id) });
  });
}

/** A unit is sent what its form has words for; the rest would be left out, message by message. */
function checkLinks(site: SiteFile, report: Report): void {
  site.rsus.forEach(({ link, types, mqtt, forward }, index) => {
    const path = `rsus[${index}]`;
    types.forEach((type, at) => {
      if (linkTypes[link].includes(type)) return;
      const expected = linkTypes[link].join(', ');
      report.error(FILE, `${path}.types[${at}]`, 'rsu_link_type', { expected, got: type });
    });
    const idle = mqtt && !link.startsWith('mqtt-') ? 'mqtt' : null;
    const row = idle ?? (forward && link !== 'udp-forward' ? 'forward' : null);
    if (row) report.warn(FILE, `${path}.${row}`, 'rsu_link_idle', { got: link });
  });
}

/** Rule R25: what is simulated keeps to the test numbers and to loopback. */
function checkMode(site: SiteFile, road: RoadFile | null, report: Report): void {
  const test = site.mode !== 'live';
  site.rsus.forEach((rsu, index) => {
    if (test && !isLoopback(rsu.host)) {
      report.error(
        FILE, `rsus[${index}].host`, 'rsu_loopback', { expected: site.mode, got: rsu.host },
      );
    }
  });
  road?.nodes.forEach((node, index) => {
    const { region, id } = node.id;
    if (test && (region !== 0 || id > 255)) {
      report.error(
        'road.json',
        `nodes[${index}].id`,
        'test_region',
        { expected: site.mode, got: keyOf(node.id) },
      );
    }
    if (!test && region === 0) report.error(
      'road.json', `nodes[${index}].id`, 'live_region', { got: keyOf(node.id) },
    );
  });
}

/** A sign goes on air by its number in the standard's list, and only with a place that it is for. */
function checkSigns(road: RoadFile, around: Surroundings, report: Report): void {
  road.signs.forEach((sign, index) => {
    const path = `signs[${index}]`;
    if (around.signKinds.length > 0 && !around.signKinds.includes(sign.kind)) {
      const expected = around.signKinds.join(', ');
      report.error('road.json', `${path}.kind`, 'sign_unknown', { expected, got: sign.kind });
    }
    if (sign.linkIds.length === 0 && sign.path.length === 0) {
      report.error('road.json', path, 'sign_without_place', { got: sign.id });
    }
  });
}

function checkLoop(site: SiteFile, report: Report): void {
  const { rateHz, rsmEveryTicks } = site.loop;
  if (1000 % rateHz !== 0) report.error(FILE, 'loop.rateHz', 'loop_period', { got: rateHz });
  const rsmHz = rateHz / rsmEveryTicks;
  if (rsmHz !== 10) {
    report.warn(
      FILE, 'loop.rsmEveryTicks', 'rsm_rate', { expected: 10, got: Math.round(rsmHz * 100) / 100 },
    );
  }
}

function checkClouds(site: SiteFile, report: Report): void {
  site.clouds.forEach((cloud, index) => {
    checkUrl(site, cloud.url, `clouds[${index}].url`, report);
    if ((cloud.certFile === null) !== (cloud.keyFile === null)) {
      report.error(FILE, `clouds[${index}].certFile`, 'key_without_certificate');
    }
  });
}

/** What can be told of an expression without mathjs; `checkSiteFully` reads them whole. */
function checkEvents(site: SiteFile, report: Report): void {
  site.events.forEach(({ when }, index) => {
    const refusal = precheckExpression(when);
    if (refusal) report.problems.push(expressionProblem(index, refusal));
  });
}

/** Every problem of site.json; with a road also what the two files say of each other. */
export function checkSettings(
  site: SiteFile, road: RoadFile | null, around: Surroundings, report: Report,
): void {
  for (const list of ['sensors', 'controllers', 'rsus', 'clouds', 'events'] as const) {
    uniqueNames<{ readonly id: string }>(report, FILE, [[list, site[list], (row) => row.id]]);
  }
  checkIdentity(site, around, report);
  checkListeners(site, report);
  checkPortUse(site, around, report);
  checkSensors(site, road, report);
  checkLinks(site, report);
  checkMode(site, road, report);
  checkLoop(site, report);
  checkClouds(site, report);
  checkEvents(site, report);
  checkPlaceFacts(site, report);
  if (!road) return;
  checkMapSent(site, road, report);
  checkAir(site, road, report);
  checkControllers(site, road, report);
  checkUnits(site, road, report);
  checkSigns(road, around, report);
}
