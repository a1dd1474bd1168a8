import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { degToRad } from '../../src/base/units.ts';
import { monotonicMs } from '../../src/base/time.ts';
import { cameraObjects } from '../../drivers/camera-objects/index.ts';
import {
  homographyFor, invertHomography, jacobian, project,
} from '../../drivers/camera-objects/homography.ts';
import { redactCameraPayload } from '../../drivers/camera-objects/redact.ts';
import { readJson } from '../../drivers/json.ts';
import { utcOfText } from '../../drivers/stamps.ts';
import type { SensorBench } from './sensor-harness.ts';
import {
  START_MS, START_UTC_MS, play, scanOf, sensedObject, sensorSettings, simulated, startSensor,
} from './sensor-harness.ts';

const linesOf = (name: string): string[] =>
  readFileSync(fileURLToPath(new URL(`../fixtures/sensors/${name}`, import.meta.url)), 'utf8')
    .trim()
    .split('\n');
const minimal = linesOf('deepstream-minimal.jsonl');
const full = linesOf('deepstream-full.jsonl');

const pose = {
  eastM: 3, northM: -2, upM: 8, headingRad: degToRad(50), pitchRad: degToRad(-14), rollRad: 0,
};
const homography = homographyFor(pose, 1400, 1920, 1080);
const settings = sensorSettings({ sensing: 'camera', pose, periodMs: 40, latencyMs: 120 });
const options = { homography, deviceId: 'cam-north' };
const start = (over: object = {}): SensorBench =>
  startSensor(cameraObjects, 'mqtt', { ...options, ...over }, settings);
const mqtt = (text: string, topic = 'a'): { topic: string; payload: Uint8Array } => ({
  topic, payload: new TextEncoder().encode(text),
});
const documentWith = (objects: readonly string[], over: object = {}): string =>
  JSON.stringify({
    version: '4.0', id: '1', '@timestamp': '2026-03-01T08:00:00.000Z', sensorId: 'cam-north',
    objects, ...over,
  });

test('a camera at a pose sees the ground where plain geometry puts it', () => {
  // The middle of the picture is hit by the optical axis.
  const [east, north] = project(homography, 960, 540)!;
  const alongM = pose.upM / Math.tan(-pose.pitchRad);
  expect(east).toBeCloseTo(pose.eastM + alongM * Math.cos(pose.headingRad), 6);
  expect(north).toBeCloseTo(pose.northM + alongM * Math.sin(pose.headingRad), 6);
  // A pixel to the right of it is hit from the right of the axis.
  const [rightEast, rightNorth] = project(homography, 1100, 540)!;
  const side =
    Math.cos(pose.headingRad) * (rightNorth - north) -
    Math.sin(pose.headingRad) * (rightEast - east);
  expect(side).toBeLessThan(0);
  // The horizon stands tan(pitch) × focal length above the middle; there is no ground above it.
  const horizon = 540 - 1400 * Math.tan(-pose.pitchRad);
  expect(project(homography, 960, horizon - 1)).toBeNull();
  expect(project(homography, 960, horizon + 1)).not.toBeNull();
});

test('the inverse undoes a homography, and the Jacobian is its slope', () => {
  const inverse = invertHomography(homography)!;
  const [east, north] = project(homography, 700, 800)!;
  const w = inverse[6]! * east + inverse[7]! * north + inverse[8]!;
  expect((inverse[0]! * east + inverse[1]! * north + inverse[2]!) / w).toBeCloseTo(700, 6);
  const [eastByU, eastByV, northByU, northByV] = jacobian(homography, 700, 800);
  const [eastU, northU] = project(homography, 700.001, 800)!;
  const [eastV, northV] = project(homography, 700, 800.001)!;
  expect(eastByU).toBeCloseTo((eastU - east) / 0.001, 4);
  expect(northByU).toBeCloseTo((northU - north) / 0.001, 4);
  expect(eastByV).toBeCloseTo((eastV - east) / 0.001, 4);
  expect(northByV).toBeCloseTo((northV - north) / 0.001, 4);
  expect(invertHomography([1, 2, 3, 2, 4, 6, 0, 0, 1])).toBeNull();
});

test('the minimal schema gives boxes on the ground, and leaves plates and colours behind', () => {
  const bench = start();
  for (const line of minimal) bench.deliver(mqtt(line), START_MS + 220);
  expect(bench.counters.toJSON()).toEqual({
    attributes_stripped: 2, other_sensor: 1,
  });
  expect(bench.frames.map((frame) => frame.observations.length)).toEqual([3, 0]);
  const [first] = bench.frames;
  expect(first!.measured.monoMs).toBeCloseTo(START_MS + 100, 6);
  const [vehicle, person, car] = first!.observations;
  expect(vehicle).toMatchObject({ deviceTrackId: null, processing: 'raw', quality: 0.8 });
  expect(person).toMatchObject({
    deviceTrackId: null, quality: 0.62, classes: { pedestrian: 0.9 },
  });
  expect(car).toMatchObject({
    deviceTrackId: '17', processing: 'tracked', quality: 0.91, referencePoint: 'bottom-centre',
  });
  const [east, north] = project(homography, 780, 640)!;
  expect(car!.measurement).toMatchObject({ kind: 'site-position', eastM: east, northM: north });
  expect(JSON.stringify(bench.frames)).not.toMatch(/Bugatti|blue|XX1234|male|glasses/);
});

test('the full schema is put together by sensor and stamp, and faces never come in', () => {
  const bench = start();
  for (const line of full.slice(0, 3)) bench.deliver(mqtt(line), START_MS + 200);
  expect(bench.frames).toHaveLength(0);
  bench.deliver(mqtt(full[3]!), START_MS + 239);
  expect(bench.frames).toHaveLength(0);
  bench.clock.advanceTo(monotonicMs(START_MS + 240));
  expect(bench.frames.map((frame) => frame.observations.length)).toEqual([2]);
  bench.deliver(mqtt(full[0]!), START_MS + 260);
  bench.clock.advanceTo(monotonicMs(START_MS + 300));
  expect(bench.frames.map((frame) => frame.observations.length)).toEqual([2, 1]);
  expect(bench.counters.toJSON()).toEqual({
    attributes_stripped: 4, part_late: 1, personal_object: 1,
  });
  const [bus, person] = bench.frames[0]!.observations;
  expect(bus).toMatchObject({ deviceTrackId: '41', classes: { bus: 0.85 }, quality: 0.8 });
  // The largest 64-bit number means untracked, even where it came without quotes.
  expect(person).toMatchObject({ deviceTrackId: null, processing: 'raw' });
  const kept = JSON.stringify([bench.frames, bench.instance.snapshot()]);
  expect(kept).not.toMatch(/Yutong|XX1234|formal/);
});

test('a redacted payload gives the same observations and holds nothing of anybody', () => {
  const original = start();
  const redacted = start();
  for (const [index, line] of [...minimal, ...full].entries()) {
    const payload = redactCameraPayload(new TextEncoder().encode(line));
    expect(new TextDecoder().decode(payload)).not.toMatch(
      /Bugatti|blue|XX1234|male|glasses|sedan|Yutong|formal|gender|license|north arm/,
    );
    original.deliver(mqtt(line), START_MS + 200 + index);
    redacted.deliver({ topic: 'a', payload }, START_MS + 200 + index);
  }
  for (const bench of [original, redacted]) bench.clock.advanceTo(monotonicMs(START_MS + 400));
  expect(redacted.frames).toEqual(original.frames);
  expect(redacted.frames).toHaveLength(4);
  expect(redacted.counters.toJSON()).toEqual({ other_sensor: 1, personal_object: 1 });
  expect(redactCameraPayload(new TextEncoder().encode('{"plate":"XX1234"}'))).toHaveLength(0);
  expect(redactCameraPayload(new TextEncoder().encode('XX1234'))).toHaveLength(0);
});

test('too many frames that wait for parts are used early, and each is counted', () => {
  const bench = start();
  for (let index = 0; index < 12; index++) {
    const stamp = `2026-03-01T08:00:00.${String(100 + index)}Z`;
    bench.deliver(mqtt(full[3]!.replace('2026-03-01T08:00:00.140Z', stamp)), START_MS + 200);
  }
  expect(bench.counters.get('group_overflow')).toBe(4);
  expect(bench.frames).toHaveLength(4);
  bench.clock.advanceTo(monotonicMs(START_MS + 300));
  expect(bench.frames).toHaveLength(12);
});

test('stamps that cannot be believed give arrival less latency, each under its name', () => {
  const measuredWith = (stamp: unknown, error = 5): readonly [number, string[]] => {
    const bench = startSensor(cameraObjects, 'mqtt', options, settings, error);
    bench.deliver(mqtt(documentWith([], { '@timestamp': stamp })), START_MS + 500);
    return [bench.frames[0]!.measured.monoMs - START_MS, Object.keys(bench.counters.toJSON())];
  };
  expect(measuredWith('2026-03-01T08:00:00.300Z')).toEqual([300, []]);
  expect(measuredWith('2026-03-01T16:00:00.300+08:00')).toEqual([300, []]);
  expect(measuredWith('2026-03-01T08:00:00.540Z')).toEqual([500, []]);
  expect(measuredWith('2026-03-01T08:00:00.560Z')).toEqual([380, ['stamp_implausible']]);
  expect(measuredWith('2026-03-01T07:59:59.000Z')).toEqual([380, ['stamp_implausible']]);
  expect(measuredWith('yesterday')).toEqual([380, ['stamp_missing']]);
  expect(measuredWith(undefined)).toEqual([380, ['stamp_missing']]);
  const unknown = measuredWith('2026-03-01T08:00:00.300Z', Infinity);
  expect(unknown).toEqual([380, ['stamp_clock_unknown']]);
  expect(utcOfText('2026-13-01T00:00:00Z')).toBeNull();
});

test('a stamp that the analytics sets late is taken back by its own latency', () => {
  const bench = start({ stampLatencyMs: 60 });
  const text = documentWith([], { '@timestamp': '2026-03-01T08:00:00.300Z' });
  bench.deliver(mqtt(text), START_MS + 500);
  expect(bench.frames[0]!.measured.monoMs).toBeCloseTo(START_MS + 240, 6);
});

test('the error grows along the ray with range, and little across it', () => {
  const bench = start();
  bench.deliver(mqtt(documentWith(['1|900|700|1020|900|Car', '2|940|330|980|360|Car'])));
  const sigmas = bench.frames[0]!.observations.map(({ measurement }) => {
    if (measurement.kind !== 'site-position') throw new Error(measurement.kind);
    const ray = Math.atan2(measurement.northM - pose.northM, measurement.eastM - pose.eastM);
    const [xx, xy, , yy] = measurement.covariance as [number, number, number, number];
    const variance = (c: number, s: number): number => c * c * xx + 2 * c * s * xy + s * s * yy;
    return {
      rangeM: Math.hypot(measurement.northM - pose.northM, measurement.eastM - pose.eastM),
      along: Math.sqrt(variance(Math.cos(ray), Math.sin(ray))),
      across: Math.sqrt(variance(-Math.sin(ray), Math.cos(ray))),
    };
  });
  const [near, far] = sigmas as [(typeof sigmas)[0], (typeof sigmas)[0]];
  expect(far.rangeM / near.rangeM).toBeGreaterThan(3);
  expect(far.along / near.along).toBeGreaterThan(3);
  expect(far.across).toBeLessThan(far.along / 3);
});

test('each box that cannot be placed is dropped under its name', () => {
  const bench = start();
  const horizon = 540 - 1400 * Math.tan(-pose.pitchRad);
  bench.deliver(mqtt(documentWith([
    `1|900|100|950|${horizon - 5}|Car`, `2|900|100|950|${horizon + 3}|Car`, '3|900|700|880|800|Car',
    '4|x|700|980|800|Car', '5|1|2', '6|900|700|980|800|roadsign', '7|900|700|980|800|Face',
    '8|900|700|980|800|Rickshaw', '9|1e999|700|980|800|Car', '10|900|700|980|1080|Car',
  ])));
  expect(bench.counters.toJSON()).toEqual({
    above_horizon: 1, out_of_range: 1, box_invalid: 4, class_no_user: 1, personal_object: 1,
    class_unknown: 1, truncated_inflated: 1,
  });
  expect(bench.frames[0]!.observations.map((one) => one.deviceTrackId)).toEqual(['8', '10']);
});

test('a box cut by the picture has a larger error, or is dropped where the site says so', () => {
  const box = ['1|900|980|980|1079|Car'];
  const wide = start({ groundSigmaM: 0 });
  const narrow = start({ groundSigmaM: 0, edgePx: 0, heightPx: 1200 });
  const dropping = start({ truncated: 'drop' });
  for (const bench of [wide, narrow, dropping]) bench.deliver(mqtt(documentWith(box)));
  const variance = (bench: SensorBench): number =>
    bench.frames[0]!.observations[0]!.measurement.covariance[0]!;
  expect(variance(wide)).toBeGreaterThan(4 * variance(narrow));
  expect(dropping.counters.toJSON()).toEqual({ truncated_dropped: 1 });
});

test('labels of a site stand for the class that the site says', () => {
  const bench = start({ classMap: { Rickshaw: 'motorcycle' } });
  const boxes = ['8|900|700|980|800|Rickshaw', '9|900|700|980|800|constructor'];
  bench.deliver(mqtt(documentWith(boxes)));
  expect(bench.counters.toJSON()).toEqual({ class_unknown: 1 });
  expect(bench.frames[0]!.observations[0]!.classes).toEqual({ motorcycle: 0.7, bicycle: 0.24 });
});

test('JSON over a limit is dropped under its name before anything is built', () => {
  const read = (text: string): string | undefined =>
    readJson(new TextEncoder().encode(text), { octetsMax: 200, depthMax: 4, keysMax: 3 }).dropped;
  expect(read('{"a":1}')).toBeUndefined();
  expect(read(`"${'x'.repeat(300)}"`)).toBe('json_size');
  expect(read('[[[[[1]]]]]')).toBe('json_depth');
  expect(read('{"a":1,"b":2,"c":3,"d":4}')).toBe('json_keys');
  expect(read('{"__proto__":{"x":1}}')).toBe('json_forbidden_key');
  expect(read('{"\\u005f_proto__":1}')).toBe('json_forbidden_key');
  expect(read('{"a":1}{"a":2}')).toBe('json_syntax');
  expect(read('{"a":')).toBe('json_syntax');
  const limits = { octetsMax: 9, depthMax: 4, keysMax: 3 };
  const broken = readJson(Uint8Array.of(0x22, 0xff, 0x22), limits);
  expect(broken.dropped).toBe('json_utf8');
});

test('long whole numbers stay exact, and numbers in texts stay texts', () => {
  const read = (text: string): unknown => {
    const limits = { octetsMax: 999, depthMax: 9, keysMax: 9 };
    const result = readJson(new TextEncoder().encode(text), limits);
    return 'value' in result ? result.value : result.dropped;
  };
  expect(read('{"id":18446744073709551615,"n":-12,"f":3.14159265358979312}')).toEqual({
    id: '18446744073709551615', n: -12, f: 3.141592653589793,
  });
  expect(read('["a 18446744073709551615 \\" 1",18446744073709551615]')).toEqual([
    'a 18446744073709551615 " 1', '18446744073709551615',
  ]);
});

test('a camera on a shared broker hears its own topic, and over UDP its own name', () => {
  const bench = start({ topic: 'camera/north' });
  bench.deliver(mqtt(documentWith([]), 'camera/south'));
  bench.deliver(mqtt(documentWith([]), 'camera/north'));
  const overUdp = startSensor(cameraObjects, 'udp', options, settings);
  for (const line of minimal) {
    overUdp.deliver({ data: new TextEncoder().encode(line), from: '192.0.2.4:9' }, START_MS + 220);
  }
  expect(bench.counters.toJSON()).toEqual({ other_sensor: 1 });
  expect(bench.frames).toHaveLength(1);
  expect(overUdp.frames).toHaveLength(2);
});

test('a homography that cannot be inverted is refused at start with what to do', () => {
  const start9 = (numbers: readonly number[]) => (): unknown =>
    startSensor(cameraObjects, 'mqtt', { homography: numbers }, settings);
  expect(start9([1, 2, 3, 2, 4, 6, 0, 0, 1])).toThrow(/homography.*Calibrate/);
});

test('what the simulated camera sends comes back where it stood', () => {
  const device = simulated(cameraObjects, { homography }, settings);
  const objects = [15, 30, 60].map((rangeM, index) =>
    sensedObject({
      deviceId: 100 + index, cls: index === 0 ? 'pedestrian' : 'car',
      eastM: pose.eastM + rangeM * Math.cos(pose.headingRad + 0.1),
      northM: pose.northM + rangeM * Math.sin(pose.headingRad + 0.1),
      siteHeadingRad: pose.headingRad,
    }),
  );
  const behind = sensedObject({ deviceId: 9, eastM: pose.eastM - 20, northM: pose.northM - 20 });
  const bench = startSensor(cameraObjects, 'udp', { homography }, settings);
  play(bench, device, [scanOf([...objects, behind], 1, START_MS + 1000)]);
  expect(bench.counters.toJSON()).toEqual({});
  const [frame] = bench.frames;
  expect(frame!.measured.monoMs).toBeCloseTo(START_MS + 1000, 0);
  expect(frame!.observations.map((one) => one.deviceTrackId)).toEqual(['100', '101', '102']);
  frame!.observations.forEach(({ measurement, quality }, index) => {
    if (measurement.kind !== 'site-position') throw new Error(measurement.kind);
    const { eastM, northM, existence } = objects[index]!;
    // Boxes are written to a hundredth of a pixel; that is centimetres at 60 m.
    expect(Math.hypot(measurement.eastM - eastM, measurement.northM - northM)).toBeLessThan(0.05);
    expect(quality).toBeCloseTo(existence, 3);
  });
});

test('a driver restored while a frame waits for parts gives it at the same instant', () => {
  const first = start();
  first.deliver(mqtt(full[0]!), START_MS + 200);
  const second = start();
  second.clock.advanceTo(monotonicMs(START_MS + 200));
  second.instance.restore(structuredClone(first.instance.snapshot()));
  for (const bench of [first, second]) {
    bench.deliver(mqtt(full[1]!), START_MS + 220);
    bench.clock.advanceTo(monotonicMs(START_MS + 400));
  }
  expect(second.frames).toEqual(first.frames);
  expect(second.frames).toHaveLength(1);
  first.deliver(mqtt(full[3]!));
  first.instance.stop();
  first.clock.advanceTo(monotonicMs(START_MS + 900));
  expect(first.frames).toHaveLength(1);
});

test('no payload makes the driver throw', () => {
  const line = fc.constantFrom(...minimal, ...full);
  const anyPayload = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.json({ maxDepth: 6 }).map((text) => new TextEncoder().encode(text)),
    fc.tuple(line, fc.nat(2000), fc.string({ maxLength: 3 })).map(([text, place, junk]) =>
      new TextEncoder().encode(text.slice(0, place) + junk + text.slice(place + 1)),
    ),
    fc.array(fc.string()).map((objects) => new TextEncoder().encode(documentWith(objects))),
  );
  fc.assert(
    fc.property(fc.array(anyPayload, { maxLength: 20 }), (payloads) => {
      const bench = start({ deviceId: '' });
      for (const payload of payloads) bench.deliver({ topic: 'a', payload });
      bench.clock.advanceTo(monotonicMs(START_MS + 1000));
      for (const { observations } of bench.frames) {
        for (const { measurement } of observations) {
          expect(measurement.covariance.every(Number.isFinite)).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
  expect(START_UTC_MS).toBe(utcOfText('2026-03-01T08:00:00Z'));
});
