import { describe, expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { VirtualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { Observation, ObservationFrame } from '../../src/model/observation.ts';
import type { Port, PortMessage } from '../../src/model/port.ts';
import type { ControllerReport } from '../../src/model/signal.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import { driverByKind } from '../../drivers/index.ts';
import { loadSite } from '../../src/site.ts';
import { createSimulation, VIRTUAL_START } from '../../src/simulate/devices.ts';
import type { Poller } from '../../src/simulate/devices.ts';
import { createWorld } from '../../src/simulate/world.ts';
import type { WorldUser } from '../../src/simulate/world.ts';

const site = loadSite(fileURLToPath(new URL('../../config/sites/demo/', import.meta.url)));
const SECONDS = 20;

interface Heard {
  readonly frames: Map<string, ObservationFrame[]>;
  readonly reports: ControllerReport[];
  readonly drops: Map<string, number>;
}

/** Joins every real driver of the demo to its simulated device, in virtual time. */
function playDemo(seed: number): Heard {
  const clock = new VirtualClock(VIRTUAL_START.monoMs, VIRTUAL_START);
  const random = seededRandom(seed);
  const heard: Heard = { frames: new Map(), reports: [], drops: new Map() };
  const handlers = new Map<string, ((message: never, atMs: MonotonicMs) => void)[]>();
  const asked: PortMessage[] = [];
  const portOf = (name: string, sends: PortMessage[]): Port => ({
    transport: site.ports[name]!.transport as Port['transport'],
    onMessage: (handler) => handlers.set(name, [...(handlers.get(name) ?? []), handler]),
    send: (message) => sends.push(message) > 0,
  });
  const shared = (name: string) => ({
    clock, log: silentLog, report: () => undefined,
    count: (drop: string, by = 1) =>
      heard.drops.set(`${name}/${drop}`, (heard.drops.get(`${name}/${drop}`) ?? 0) + by),
  });
  const sensors = new Map(site.sensors.map((settings) => {
    const driver = driverByKind(settings.driver)!;
    if (driver.role !== 'sensor') throw new Error(`${settings.driver} is no sensor driver`);
    heard.frames.set(settings.id, []);
    driver.start({
      ...shared(settings.id), port: portOf(settings.port, []), sensorId: settings.id, settings,
      publish: (frame) => heard.frames.get(settings.id)!.push(frame),
    }, settings.options as never);
    return [settings.id, driver.simulate(settings, settings.options as never, random.fork(settings.id))];
  }));
  const controllers = new Map(site.controllers.map((settings) => {
    const driver = driverByKind(settings.driver)!;
    if (driver.role !== 'signal') throw new Error(`${settings.driver} is no signal driver`);
    driver.start({
      ...shared(settings.id), port: portOf(settings.port, asked), controllerId: settings.id, settings,
      publish: (report) => heard.reports.push(report), twoSources: () => undefined,
    }, settings.options as never);
    return [settings.id, driver.simulate(settings, settings.options as never, random.fork(settings.id))];
  }));
  const poller: Poller = {
    periodMs: 10,
    poll(nowMs) {
      clock.advanceTo(nowMs);
      return asked.splice(0);
    },
  };
  createSimulation({
    site, seed, users: 40, sensors, controllers,
    pollers: new Map(site.controllers.map(({ id }) => [id, poller])),
    outputs: {
      message({ port, message, atMs }) {
        clock.advanceTo(atMs);
        for (const handler of handlers.get(port) ?? []) handler(message as never, atMs);
      },
    },
  }).advance((VIRTUAL_START.monoMs + SECONDS * 1000) as MonotonicMs);
  return heard;
}

const heard = playDemo(7);

/** The centre of the body that an observation tells of, by its reference point. */
function placeOf({ measurement }: Observation, { pose }: SensorSettings): [number, number] {
  const c = Math.cos(pose.headingRad);
  const s = Math.sin(pose.headingRad);
  switch (measurement.kind) {
    case 'site-position':
      return [measurement.eastM, measurement.northM];
    case 'sensor-position':
      return [
        pose.eastM + measurement.forwardM * c - measurement.leftM * s,
        pose.northM + measurement.forwardM * s + measurement.leftM * c,
      ];
    case 'polar': {
      const angle = pose.headingRad + measurement.azimuthRad;
      return [pose.eastM + measurement.rangeM * Math.cos(angle), pose.northM + measurement.rangeM * Math.sin(angle)];
    }
  }
}

/** Errors of all observations of a sensor that lie near exactly one vehicle, along and across the ray. */
function errorsOf(settings: SensorSettings): { along: number[]; across: number[]; all: number } {
  const world = createWorld(site, { seed: 7, users: 40, startMs: VIRTUAL_START.monoMs });
  const along: number[] = [];
  const across: number[] = [];
  let all = 0;
  for (const frame of heard.frames.get(settings.id)!) {
    world.advanceTo(frame.measured.monoMs);
    const users = world.usersAt(frame.measured.monoMs);
    for (const observation of frame.observations) {
      all++;
      const [x, y] = placeOf(observation, settings);
      const near = users.filter((user) => Math.hypot(user.eastM - x, user.northM - y) < 7);
      if (near.length !== 1 || near[0]!.cls === 'pedestrian') continue;
      const ray = Math.atan2(near[0]!.northM - settings.pose.northM, near[0]!.eastM - settings.pose.eastM);
      const dx = x - near[0]!.eastM;
      const dy = y - near[0]!.northM;
      along.push(dx * Math.cos(ray) + dy * Math.sin(ray) + depthM(observation, near[0]!, ray));
      across.push(dy * Math.cos(ray) - dx * Math.sin(ray));
    }
  }
  return { along, across, all };
}

function depthM({ referencePoint }: Observation, user: WorldUser, ray: number): number {
  if (referencePoint === 'centre') return 0;
  const cos = Math.abs(Math.cos(user.headingRad - ray));
  const sin = Math.abs(Math.sin(user.headingRad - ray));
  return referencePoint === 'bottom-centre'
    ? (user.lengthM * cos + user.widthM * sin) / 2
    : Math.min(user.lengthM / 2 / Math.max(cos, 1e-6), user.widthM / 2 / Math.max(sin, 1e-6));
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

describe('the demo\'s devices, heard by the real drivers', () => {
  test.each(site.sensors.map((settings) => [settings.id, settings] as const))(
    '%s reports frames at its period, and road users where they are',
    (id, settings) => {
      const frames = heard.frames.get(id)!;
      const wanted = (SECONDS * 1000) / settings.periodMs;
      expect(frames.length).toBeGreaterThan(wanted * 0.95);
      expect(frames.length).toBeLessThan(wanted * 1.02);
      const { along, across } = errorsOf(settings);
      expect(along.length).toBeGreaterThan(100);
      expect(Math.abs(median(along))).toBeLessThan(0.35);
      expect(Math.abs(median(across))).toBeLessThan(0.35);
    },
  );

  test('the controller answers the driver, and its lamps are those of the plan', () => {
    expect(heard.reports.length).toBeGreaterThan(SECONDS * 4);
    const world = createWorld(site, { seed: 7, users: 0, startMs: VIRTUAL_START.monoMs });
    let compared = 0;
    for (const report of heard.reports) {
      for (const group of report.groups) {
        const index = site.road.signalGroups.findIndex(({ lampGroup }) => lampGroup === group.lampGroup);
        const { aspect } = world.lamps.now(index, report.measured.monoMs);
        const before = world.lamps.now(index, report.measured.monoMs - 150).aspect;
        expect([aspect.colour, before.colour]).toContain(group.aspect.colour);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(SECONDS * 4 * 16);
  });
});
