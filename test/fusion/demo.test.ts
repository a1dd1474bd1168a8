import { expect, test } from 'vitest';
import { sectionSchema } from '../../config/field.ts';
import type { SensorDriver } from '../../drivers/driver.ts';
import { driverByKind } from '../../drivers/index.ts';
import { createFusion } from '../../fusion/fuse.ts';
import { VirtualClock, stampAt } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { plusMs } from '../../src/base/time.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import type { FusionStage } from '../../src/model/stages.ts';
import { portKinds } from '../../src/model/site.ts';
import { ReplayPorts } from '../../src/runtime/recording/replay-ports.ts';
import { evaluate } from '../../src/score/index.ts';
import type { Score, ScoreRow } from '../../src/score/index.ts';
import { createSimulation, VIRTUAL_START } from '../../src/simulate/devices.ts';
import type { TruthRow } from '../../src/simulate/truth.ts';
import { demoSite } from '../simulate/demo.ts';

const site = demoSite();

interface Started {
  readonly driver: SensorDriver;
  readonly options: Parameters<SensorDriver['start']>[1];
}

function sensorDriver(settings: SensorSettings): Started {
  const driver = driverByKind(settings.driver);
  if (driver?.role !== 'sensor') throw new Error(`no sensor driver ${settings.driver}`);
  return { driver, options: sectionSchema(driver.options).parse(settings.options) };
}

const truthRow = (row: TruthRow): ScoreRow => {
  const { t, id, x, y, heading, speed, cls, ignore } = row as Partial<ScoreRow> & { t: number };
  const known = id !== undefined && id !== null;
  return {
    seq: '', t, id: known ? String(id) : null, x: x ?? NaN, y: y ?? NaN, heading: heading ?? NaN,
    speed: speed ?? NaN, cls: cls ?? null, ignore: ignore ?? false,
  };
};

/** Told tracks of one tick as the scorer reads them. */
function told(fusion: FusionStage, tick: number, clock: VirtualClock): ScoreRow[] {
  const valid = stampAt(clock, plusMs(clock.nowMs(), 5));
  return fusion.tick(tick, clock.nowMs(), valid).tracks.tracks.map((track) => ({
    seq: '', t: valid.utcMs / 1000, id: track.id, x: track.eastM, y: track.northM,
    heading: track.headingRad ?? NaN, speed: track.speedMps, cls: track.cls, ignore: false,
  }));
}

/** The demo junction through the real bytes of every sensor, its drivers and fusion. */
function playDemo(seed: number, seconds: number): Score {
  const clock = new VirtualClock(VIRTUAL_START.monoMs, VIRTUAL_START);
  const count = (): void => undefined;
  const fusion = createFusion(site, { box: 'demo', boot: 1, count });
  const hub = new ReplayPorts(portKinds(site));
  const random = seededRandom(seed);
  const truth: ScoreRow[] = [];
  const rows: ScoreRow[] = [];
  const simulated = site.sensors.map((settings) => {
    const { driver, options } = sensorDriver(settings);
    fusion.setSensorHealth({ sensorId: settings.id, level: 'ok', reason: '' });
    driver.start({
      port: hub.port(settings.port), clock, log: silentLog, count, report: count,
      sensorId: settings.id, settings, publish: (frame) => fusion.accept(frame),
    }, options);
    return [settings.id, driver.simulate(settings, options, random.fork(settings.id))] as const;
  });
  const simulation = createSimulation({
    site, seed, users: 40, sensors: new Map(simulated), controllers: new Map(),
      start: VIRTUAL_START,
    outputs: {
      message: ({ port, message, atMs }) => hub.deliver({ port, message, atMs }),
      truth: (given) => truth.push(...given.map(truthRow)),
    },
  });
  for (let tick = 1; tick <= seconds * 20; tick++) {
    for (let part = 0; part < 5; part++) {
      const untilMs = plusMs(clock.nowMs(), 10);
      simulation.advance(untilMs);
      clock.advanceTo(untilMs);
    }
    rows.push(...told(fusion, tick, clock));
  }
  return evaluate(truth, rows, { align: 'interp' });
}

for (const seed of [2, 7]) {
  test(`the demo with 40 users and all sensors is tracked to MOTA 0.85 and 0.6 m (seed ${seed})`,
    () => {
    const score = playDemo(seed, 40);
    expect(score['gt_boxes']).toBeGreaterThan(20_000);
    expect(score['MOTA']).toBeGreaterThan(0.85);
    expect(score['pos_rmse']).toBeLessThan(0.6);
  });
}
