import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import { sensorId } from '../../src/model/ids.ts';
import type { RoadUserClass } from '../../src/model/roaduser.ts';
import type { SensedObject } from '../../src/model/simulated.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import type { SensingKind } from '../../src/model/track.ts';
import { sensorModels } from '../../src/simulate/models.ts';
import { sensorCovers, SensorEye } from '../../src/simulate/sensing.ts';
import { userRow } from '../../src/simulate/users.ts';
import type { WorldUser } from '../../src/simulate/world.ts';
import { demoSite } from './demo.ts';

const { road } = demoSite();
const utc = utcMs(Date.UTC(2026, 2, 1));
const LOOKS = 4000;

function sensor(sensing: SensingKind, rangeMaxM = 150): SensorSettings {
  return {
    id: sensorId(`${sensing}-test`),
    driver: 'none',
    sensing,
    enabled: true,
    pose: { eastM: 10, northM: -20, upM: 6, headingRad: 0.5, pitchRad: 0, rollRad: 0 },
    fieldOfView: { rangeMinM: 1, rangeMaxM, halfAngleRad: 0.6, outline: null },
    classes: ['car', 'van', 'truck', 'bus', 'motorcycle', 'bicycle', 'pedestrian'],
    port: 'none',
    periodMs: 100,
    latencyMs: 100,
    main: true,
    options: {},
  };
}

/** A road user at a distance straight ahead of the test sensor, moving along the ray. */
function ahead(cls: RoadUserClass, rangeM: number, speedMps = 8, leftM = 0, id = 1): WorldUser {
  const row = userRow(cls);
  const c = Math.cos(0.5);
  const s = Math.sin(0.5);
  return {
    id, cls,
    eastM: 10 + rangeM * c - leftM * s,
    northM: -20 + rangeM * s + leftM * c,
    headingRad: 0.5, speedMps, eastMps: speedMps * c, northMps: speedMps * s,
    lengthM: row.lengthM[0], widthM: row.widthM, heightM: row.heightM,
  };
}

/** Looks often at an unmoving picture; false alarms are told apart by their existence. */
function lookOften(settings: SensorSettings, users: readonly WorldUser[]): {
  seen: SensedObject[]; ghosts: number;
} {
  const eye = new SensorEye(settings, road, seededRandom(1));
  const seen: SensedObject[] = [];
  let ghosts = 0;
  for (let look = 0; look < LOOKS; look++) {
    for (const object of eye.look(users, monotonicMs(look * 100), utc).objects) {
      if (object.existence >= 0.9) seen.push(object);
      else ghosts++;
    }
  }
  return { seen, ghosts };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const sigma = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};

describe('found and missed', () => {
  test.each(['radar', 'camera', 'lidar'] as const)('%s finds near and far as often as its row says', (sensing) => {
    const model = sensorModels[sensing];
    const settings = sensor(sensing);
    const near = lookOften(settings, [ahead('car', 30)]).seen.length / LOOKS;
    const far = lookOften(settings, [ahead('car', 149)]).seen.length / LOOKS;
    expect(Math.abs(near - model.foundNear)).toBeLessThan(0.025);
    expect(Math.abs(far - model.foundFar)).toBeLessThan(0.035);
  });

  test('radar finds standing ones as rarely as its row says, cameras find them as others', () => {
    const standing = [ahead('car', 30, 0)];
    const byRadar = lookOften(sensor('radar'), standing).seen.length / LOOKS;
    const byCamera = lookOften(sensor('camera'), standing).seen.length / LOOKS;
    expect(byRadar).toBeGreaterThan(0.27);
    expect(byRadar).toBeLessThan(0.33);
    expect(byCamera).toBeGreaterThan(0.9);
  });

  test('radar sees no pedestrian beyond 40 m', () => {
    expect(lookOften(sensor('radar'), [ahead('pedestrian', 45)]).seen).toHaveLength(0);
    expect(lookOften(sensor('radar'), [ahead('pedestrian', 35)]).seen.length).toBeGreaterThan(LOOKS / 2);
  });

  test('a pedestrian behind a bus is not seen by a camera or a LiDAR, and beside it is', () => {
    const bus = ahead('bus', 30);
    for (const sensing of ['camera', 'lidar'] as const) {
      const behind = lookOften(sensor(sensing), [bus, ahead('pedestrian', 38, 1, 0, 2)]).seen;
      expect(behind.filter(({ heightM }) => heightM < 2)).toHaveLength(0);
      const beside = lookOften(sensor(sensing), [bus, ahead('pedestrian', 38, 1, 6, 2)]).seen;
      expect(beside.filter(({ heightM }) => heightM < 2).length).toBeGreaterThan(LOOKS * 0.8);
    }
  });

  test('who looks from high above sees a truck over a pedestrian', () => {
    const { seen } = lookOften(sensor('camera'), [ahead('pedestrian', 20, 1, 0, 2), ahead('truck', 40)]);
    expect(seen.filter(({ heightM }) => heightM > 3).length).toBeGreaterThan(LOOKS * 0.85);
  });

  test('nobody is seen outside the field of view', () => {
    const outside = [ahead('car', 160), ahead('car', 30, 8, 40, 2), ahead('car', -20, 8, 0, 3)];
    expect(lookOften(sensor('camera'), outside).seen).toHaveLength(0);
    expect(outside.some((user) => sensorCovers(sensor('camera'), 'car', user.eastM, user.northM))).toBe(false);
  });

  test('an outline takes the place of the sector', () => {
    const settings: SensorSettings = {
      ...sensor('camera'),
      fieldOfView: { rangeMinM: 0, rangeMaxM: 10, halfAngleRad: 0.1, outline: [[50, 50], [60, 50], [60, 60], [50, 60]] },
    };
    expect(sensorCovers(settings, 'car', 55, 55)).toBe(true);
    expect(sensorCovers(settings, 'car', 65, 55)).toBe(false);
  });
});

describe('noise', () => {
  test('a LiDAR measures the centre with the deviations of its row', () => {
    const { seen } = lookOften(sensor('lidar'), [ahead('car', 40)]);
    const along = seen.map(({ forwardM }) => forwardM);
    const across = seen.map(({ leftM }) => leftM);
    expect(Math.abs(mean(along) - 40)).toBeLessThan(0.02);
    expect(sigma(along) / sensorModels.lidar.alongM).toBeCloseTo(1, 1);
    expect(sigma(across) / sensorModels.lidar.acrossM).toBeCloseTo(1, 1);
    expect(sigma(seen.map(({ headingRad }) => headingRad)) / sensorModels.lidar.headingRad).toBeCloseTo(1, 1);
  });

  test('a radar measures the near face, one degree across, and radial speed best', () => {
    const { seen } = lookOften(sensor('radar'), [ahead('car', 60)]);
    const half = userRow('car').lengthM[0] / 2;
    expect(Math.abs(mean(seen.map(({ forwardM }) => forwardM)) - (60 - half))).toBeLessThan(0.05);
    expect(sigma(seen.map(({ leftM }) => leftM)) / (60 * sensorModels.radar.acrossRad)).toBeCloseTo(1, 1);
    expect(sigma(seen.map(({ forwardMps }) => forwardMps)) / sensorModels.radar.radialMps).toBeCloseTo(1, 1);
    expect(mean(seen.map(({ forwardMps }) => forwardMps))).toBeCloseTo(8, 1);
  });

  test('a camera errs along the ray with the range', () => {
    const at = (rangeM: number): number =>
      sigma(lookOften(sensor('camera'), [ahead('car', rangeM)]).seen.map(({ forwardM }) => forwardM));
    expect(at(100) / at(30)).toBeGreaterThan(2.5);
    expect(at(100)).toBeGreaterThan(1);
    expect(at(100)).toBeLessThan(3);
  });

  test('both axes tell of the same place', () => {
    const { seen } = lookOften(sensor('radar'), [ahead('van', 50, 5, 8)]);
    for (const object of seen.slice(0, 50)) {
      const c = Math.cos(0.5);
      const s = Math.sin(0.5);
      expect(object.eastM).toBeCloseTo(10 + object.forwardM * c - object.leftM * s, 9);
      expect(object.northM).toBeCloseTo(-20 + object.forwardM * s + object.leftM * c, 9);
      expect(object.eastMps).toBeCloseTo(object.forwardMps * c - object.leftMps * s, 9);
    }
  });
});

describe('what is not there, and who is who', () => {
  test('false alarms are as many as the row says', () => {
    for (const sensing of ['radar', 'camera', 'lidar'] as const) {
      const { ghosts } = lookOften(sensor(sensing), []);
      const wanted = sensorModels[sensing].falseAlarms;
      expect(ghosts / LOOKS / wanted, sensing).toBeGreaterThan(0.8);
      expect(ghosts / LOOKS / wanted, sensing).toBeLessThan(1.2);
    }
  });

  test('a class is mistaken as often as the row says', () => {
    const { seen } = lookOften(sensor('camera'), [ahead('car', 30)]);
    const wrong = seen.filter(({ cls }) => cls !== 'car').length / seen.length;
    expect(Math.abs(wrong - sensorModels.camera.confusion)).toBeLessThan(0.02);
  });

  test('the id of the device stays while its road user is seen, and two are never the same', () => {
    const eye = new SensorEye(sensor('lidar'), road, seededRandom(2));
    const users = [ahead('car', 30), ahead('truck', 60, 8, 10, 2)];
    const ids = new Set<number>();
    for (let look = 0; look < 500; look++) {
      const scan = eye.look(users, monotonicMs(look * 100), utc);
      const numbers = scan.objects.map(({ deviceId }) => deviceId);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(scan.scanCounter).toBe(look);
      for (const object of scan.objects) {
        if (object.existence >= 0.9 && object.heightM < 2) ids.add(object.deviceId);
      }
    }
    expect(ids.size).toBe(1);
  });

  test('errors of installation, when asked for, stay the same and are within the row', () => {
    const eye = new SensorEye(sensor('camera'), road, seededRandom(3), true);
    const { forwardM, turnRad, clockMs } = eye.offset;
    expect(Math.abs(forwardM)).toBeLessThanOrEqual(sensorModels.camera.offsetM);
    expect([forwardM, turnRad, clockMs].every((value) => value !== 0)).toBe(true);
    const scan = eye.look([ahead('car', 40)], monotonicMs(5000), utc);
    expect(scan.measuredMs).toBeCloseTo(5000 + clockMs, 9);
  });
});
