import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sectionSchema } from '../../config/field.ts';
import { drivers } from '../../drivers/index.ts';
import type { SensorDriver } from '../../drivers/driver.ts';
import { START_MS, sensorSettings, startSensor } from './sensor-harness.ts';

const sensors = drivers.filter((driver) => driver.role === 'sensor');
const sourcesOf = (kind: string): string => {
  const folder = fileURLToPath(new URL(`../../drivers/${kind}/`, import.meta.url));
  const own = readdirSync(folder).map((name) => readFileSync(folder + name, 'utf8'));
  const common = ['json.ts', 'stamps.ts'].map((name) =>
    readFileSync(fileURLToPath(new URL(`../../drivers/${name}`, import.meta.url)), 'utf8'),
  );
  return [...own, ...common].join('\n');
};

test('every counter that a sensor driver declares is counted somewhere in it', () => {
  let walked = 0;
  for (const { kind, counters } of sensors) {
    const source = sourcesOf(kind);
    for (const name of Object.keys(counters)) {
      expect(source.includes(`'${name}'`), `${kind}: ${name}`).toBe(true);
      walked++;
    }
  }
  expect(walked).toBeGreaterThan(70);
});

test('every setting of a sensor driver tells what it is in both languages', () => {
  let walked = 0;
  for (const { kind, options } of sensors) {
    for (const [name, field] of Object.entries(options)) {
      const help = (field.meta() as { help?: { en: string; zh: string } }).help;
      expect(help?.en.length ?? 0, `${kind}.${name}`).toBeGreaterThan(5);
      expect(help?.zh.length ?? 0, `${kind}.${name}`).toBeGreaterThan(2);
      walked++;
    }
  }
  expect(walked).toBeGreaterThan(45);
});

test('a latency in the options refines that of the site, and without one the site counts', () => {
  const measuredOf = (given: Record<string, unknown>): number => {
    const driver = drivers.find(({ kind }) => kind === 'object-list') as SensorDriver;
    const bench = startSensor(driver, 'udp', { stamps: 'arrival', ...given });
    const data = new TextEncoder().encode('{"objects":[]}');
    bench.deliver({ data, from: '' }, START_MS + 500);
    return bench.frames[0]!.measured.monoMs - START_MS;
  };
  expect(measuredOf({})).toBe(500 - sensorSettings().latencyMs);
  expect(measuredOf({ latencyMs: 30 })).toBe(470);
});

test('every sensor driver starts from its defaults, save what only a survey can know', () => {
  const surveyed: Record<string, object> = {
    'camera-objects': { homography: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
  };
  for (const { kind, options } of sensors) {
    const schema = sectionSchema(options);
    expect(schema.safeParse(surveyed[kind] ?? {}).success, kind).toBe(true);
    expect(schema.safeParse({ ...surveyed[kind], lag: 1 }).success, kind).toBe(false);
  }
  expect(sensors.map(({ kind }) => kind)).toEqual([
    'camera-objects', 'object-list', 'radar-ars408', 'radar-smartmicro', 'rsu-receive',
  ]);
});
