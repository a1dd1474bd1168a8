import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { siteFrame } from '../../src/base/geodesy.ts';
import { objectListCounters } from '../../src/base/texts/sensors.ts';
import { objectList } from '../../drivers/object-list/index.ts';
import { LINE_MAX } from '../../drivers/object-list/lines.ts';
import type { SensorBench } from './sensor-harness.ts';
import {
  START_MS, play, scanOf, sensedObject, simulated, startSensor,
} from './sensor-harness.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const fixture = readFileSync(path('test/fixtures/sensors/object-list.jsonl'), 'utf8');
const handbook = readFileSync(path('docs/object-list.md'), 'utf8');
const octets = (text: string): Uint8Array => new TextEncoder().encode(text);
const tcp = (text: string, epoch = 1): { data: Uint8Array; epoch: number } => ({
  data: octets(text), epoch,
});
const reference = [30.5, 104.1, 500];

test('the examples of the handbook are the fixture, and read as the handbook says', () => {
  expect(handbook).toContain(fixture.trim());
  const bench = startSensor(objectList, 'file', { reference });
  bench.deliver(tcp(fixture), START_MS + 200);
  expect(bench.counters.toJSON()).toEqual({ stamp_missing: 1 });
  expect(bench.frames.map((frame) => [frame.sequence, frame.observations.length])).toEqual([
    [41, 1], [42, 2], [43, 0],
  ]);
  expect(bench.frames.map((frame) => Math.round(frame.measured.monoMs - START_MS))).toEqual([
    50, 150, 128,
  ]);
  expect(bench.frames[0]!.observations[0]).toMatchObject({
    measurement: {
      kind: 'site-position', eastM: 12.5, northM: -30.25, eastMps: 0.1, northMps: 8.4,
      covariance: [0.04, 0, 0, 0, 0, 0.04, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0.25],
    },
    referencePoint: 'centre', headingRad: 1.56, deviceTrackId: 'a7', quality: 0.93,
    classes: { car: 0.85 }, extent: { lengthM: 4.6, widthM: 1.8, heightM: 1.5 },
  });
  const [walker, bus] = bench.frames[1]!.observations;
  expect(walker).toMatchObject({
    measurement: { kind: 'sensor-position', forwardM: 22, leftM: -3.5, forwardMps: null },
    deviceTrackId: '7', quality: 0.8, headingRad: null,
  });
  const frame = siteFrame({ latDeg: 30.5, lonDeg: 104.1, heightM: 500 });
  const { eastM, northM } = frame.toSite({ latDeg: 30.500101, lonDeg: 104.100044, heightM: 500 });
  expect(bus!.measurement).toMatchObject({ kind: 'site-position', eastM, northM });
});

test('the handbook names every counter of lines, frames, stamps and objects, and no other', () => {
  const family = /^(object|frame|stamp|reference|line)_/;
  const told = [...handbook.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  const names = Object.keys(objectListCounters).filter((name) => family.test(name));
  expect(names.length).toBeGreaterThan(15);
  expect([...new Set(told.filter((name) => family.test(name)))].sort()).toEqual(names.sort());
});

test('a stream may be cut anywhere, and a chunk may hold several lines', () => {
  const whole = startSensor(objectList, 'tcp', { reference });
  whole.deliver(tcp(fixture), START_MS + 200);
  const cut = startSensor(objectList, 'tcp', { reference });
  cut.clock.advanceTo(whole.clock.nowMs());
  for (const octet of octets(fixture)) cut.deliver({ data: Uint8Array.of(octet), epoch: 1 });
  expect(whole.frames).toHaveLength(3);
  expect(cut.frames).toEqual(whole.frames);
});

test('a datagram holds whole lines, and its last one need not end', () => {
  const bench = startSensor(objectList, 'udp');
  const from = '127.0.0.1:9';
  bench.deliver({ data: octets('\r\n{"objects":[]}\r\n{"objects":[]}'), from });
  bench.deliver({ data: octets('{"obj'), from });
  bench.deliver({ data: octets('ects":[]}'), from });
  expect(bench.frames).toHaveLength(2);
  expect(bench.counters.toJSON()).toEqual({ json_syntax: 2, stamp_missing: 2 });
});

test('a new connection throws away what the lost one left, and noise costs one line', () => {
  const bench = startSensor(objectList, 'tcp');
  bench.deliver(tcp('{"objects":[', 1));
  bench.deliver(tcp('{"objects":[]}\n', 2));
  bench.deliver(tcp('\u0000garbage}}}\n{"objects":[]}\n', 2));
  expect(bench.frames).toHaveLength(2);
  expect(bench.counters.toJSON()).toEqual({ json_syntax: 1, line_cut: 1, stamp_missing: 2 });
});

test('a line over the limit is passed over to its end without being kept', () => {
  const bench = startSensor(objectList, 'tcp');
  const half = 'x'.repeat(LINE_MAX / 2);
  for (let part = 0; part < 5; part++) bench.deliver(tcp(half));
  bench.deliver(tcp('\n{"objects":[]}\n'));
  bench.deliver(tcp(`${half}${half}x\n{"objects":[]}\n`));
  expect(bench.counters.toJSON()).toEqual({ line_oversize: 2, stamp_missing: 2 });
  expect(bench.frames).toHaveLength(2);
});

test('each wrong field has its own name, and the rest of the line is used', () => {
  const good = '"x":1,"y":2';
  const rows: readonly (readonly [string, string])[] = [
    ['7', 'object_form'],
    ['{}', 'object_position'],
    ['{"x":1}', 'object_position'],
    ['{"x":1,"y":"2"}', 'object_position'],
    ['{"x":1,"y":1e999}', 'object_position'],
    ['{"x":1,"y":6000}', 'object_position'],
    ['{"x":1,"y":2,"forward":1,"left":2}', 'object_position'],
    ['{"lat":30.5,"lon":104.1}', 'reference_missing'],
    [`{${good},"vx":1}`, 'object_velocity'],
    [`{${good},"vx":1,"vy":101}`, 'object_velocity'],
    [`{${good},"heading":9}`, 'object_heading'],
    [`{${good},"length":-1}`, 'object_size'],
    [`{${good},"width":"2"}`, 'object_size'],
    [`{${good},"score":1.1}`, 'object_score'],
    [`{${good},"cls":"tank"}`, 'object_class'],
    [`{${good},"id":""}`, 'object_id'],
    [`{${good},"id":1.5}`, 'object_id'],
    [`{${good},"cov":[1,0,0]}`, 'object_covariance'],
    [`{${good},"cov":[1,2,2,1]}`, 'object_covariance'],
    [`{${good},"cov":[1,0.5,0.4,1]}`, 'object_covariance'],
    [`{${good},"cov":[0,0,0,1]}`, 'object_covariance'],
    [`{${good},"cov":{}}`, 'object_covariance'],
  ];
  for (const [object, name] of rows) {
    const bench = startSensor(objectList, 'tcp', { stamps: 'arrival' });
    bench.deliver(tcp(`{"objects":[${object},{${good}}]}\n`));
    expect(bench.counters.toJSON(), object).toEqual({ [name]: 1 });
    expect(bench.frames[0]!.observations, object).toHaveLength(1);
  }
  expect(rows).toHaveLength(22);
});

test('each wrong line has its own name', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['[]', 'frame_form'],
    ['{"objects":{}}', 'frame_form'],
    ['{"objects":[],"sensor":3}', 'frame_form'],
    ['{"objects":[],"t":-1}', 'frame_time'],
    ['{"objects":[],"t":"now"}', 'frame_time'],
    ['{"objects":[],"seq":1.5}', 'frame_sequence'],
    ['{"objects":[],"sensor":"b"}', 'other_sensor'],
    ['{"objects":[],"__proto__":{}}', 'json_forbidden_key'],
    ['{"objects":[[[[[[[[[]]]]]]]]]}', 'json_depth'],
  ];
  for (const [line, name] of rows) {
    const bench = startSensor(objectList, 'tcp', { deviceId: 'a', stamps: 'arrival' });
    bench.deliver(tcp(`${line}\n`));
    expect(bench.counters.toJSON(), line).toEqual({ [name]: 1 });
    expect(bench.frames).toHaveLength(0);
  }
  expect(rows).toHaveLength(9);
});

test('a line with more objects than allowed is used in part and says so', () => {
  const bench = startSensor(objectList, 'tcp', { stamps: 'arrival' });
  bench.deliver(tcp(`{"objects":[${Array(600).fill('{"x":1,"y":2}').join(',')}]}\n`));
  expect(bench.frames[0]!.observations).toHaveLength(512);
  expect(bench.frames[0]!.complete).toBe(false);
  expect(bench.counters.toJSON()).toEqual({ object_overflow: 88 });
});

test('relative stamps keep the pace of a file from another day', () => {
  const bench = startSensor(objectList, 'file', { stamps: 'relative', latencyMs: 40 });
  const line = (t: number): string => `{"t":${t},"objects":[]}\n`;
  bench.deliver(tcp(line(77.0)), START_MS + 100);
  bench.deliver(tcp(line(77.1)), START_MS + 213); // came late, was measured in time
  bench.deliver(tcp(line(177)), START_MS + 300); // a jump: the pace is taken anew
  bench.deliver(tcp(line(177.1)), START_MS + 400);
  expect(bench.frames.map((frame) => Math.round(frame.measured.monoMs - START_MS))).toEqual([
    60, 160, 260, 360,
  ]);
  expect(bench.counters.toJSON()).toEqual({ stamp_implausible: 1 });
});

const roundTrip = (options: Record<string, unknown>): SensorBench => {
  const objects = [
    sensedObject(), sensedObject({ deviceId: 2, eastM: -8.25, northM: 70.5, cls: 'bicycle' }),
  ];
  const bench = startSensor(objectList, 'udp', options);
  play(bench, simulated(objectList, options), [scanOf(objects, 6, START_MS + 300)]);
  return bench;
};

test('what the simulated detector sends comes back as it was, in all three forms', () => {
  for (const form of ['site', 'geodetic', 'sensor']) {
    const bench = roundTrip({ form, reference });
    expect(bench.counters.toJSON(), form).toEqual({});
    const [frame] = bench.frames;
    expect(frame).toMatchObject({ sequence: 6, complete: true });
    expect(frame!.measured.monoMs).toBeCloseTo(START_MS + 300, 3);
    const { measurement, headingRad, extent } = frame!.observations[0]!;
    expect(measurement.kind).toBe(form === 'sensor' ? 'sensor-position' : 'site-position');
    const numbers = Object.values(measurement).filter((value) => typeof value === 'number');
    [40, 5, -10, 0.5].forEach((value, index) => {
      expect(numbers[index], `${form} ${index}`).toBeCloseTo(value, 2);
    });
    expect(headingRad).toBeCloseTo(3, 3);
    expect(extent).toEqual({ lengthM: 4.6, widthM: 1.8, heightM: 1.5 });
    expect(frame!.observations[1]!.classes).toEqual({ bicycle: 0.85 });
  }
});

test('a driver restored in the middle of a line goes on as the first', () => {
  const first = startSensor(objectList, 'tcp', { reference });
  first.deliver(tcp(fixture.slice(0, 300)), START_MS + 200);
  const second = startSensor(objectList, 'tcp', { reference });
  second.clock.advanceTo(first.clock.nowMs());
  second.instance.restore(structuredClone(first.instance.snapshot()));
  const before = first.frames.length;
  for (const bench of [first, second]) bench.deliver(tcp(fixture.slice(300)), START_MS + 210);
  expect(second.frames).toEqual(first.frames.slice(before));
  expect(second.frames.length).toBeGreaterThan(0);
});

test('no octets make the driver throw', () => {
  const anyChunk = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json({ maxDepth: 5 }).map((text) => octets(`{"objects":[${text}]}\n`)),
    fc.tuple(fc.nat(fixture.length), fc.string({ maxLength: 3 })).map(([place, junk]) =>
      octets(fixture.slice(0, place) + junk + fixture.slice(place + 1)),
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(anyChunk, fc.nat(2)), { maxLength: 20 }), (chunks) => {
      const bench = startSensor(objectList, 'tcp', { reference });
      for (const [data, epoch] of chunks) bench.deliver({ data, epoch });
      for (const { observations } of bench.frames) {
        for (const { measurement, quality } of observations) {
          expect(measurement.covariance.every(Number.isFinite)).toBe(true);
          expect(quality >= 0 && quality <= 1).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});
