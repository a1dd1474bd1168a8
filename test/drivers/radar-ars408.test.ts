import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { monotonicMs } from '../../src/base/time.ts';
import { radarArs408 } from '../../drivers/radar-ars408/index.ts';
import {
  filterConfiguration, objectExtended, objectGeneral, objectQuality, radarConfiguration,
  radarState, speedInformation, yawRateInformation,
} from '../../drivers/radar-ars408/layout.ts';
import { ScanAssembler } from '../../drivers/radar-ars408/scan.ts';
import { setupFrames, standstillFrames } from '../../drivers/radar-ars408/setup.ts';
import type { CanFrame } from '../../src/model/port.ts';
import {
  START_MS, optionsOf, play, scanOf, sensedObject, sensorSettings, simulated, startSensor,
} from './sensor-harness.ts';

const fixture = fileURLToPath(new URL('../fixtures/sensors/ars408.candump', import.meta.url));

/** `60A#02000100` → frame. */
const canFrame = (text: string): CanFrame => {
  const [id, data] = text.split('#') as [string, string];
  return {
    id: Number.parseInt(id, 16), extended: false, remote: false, fd: false, data: fromHex(data),
  };
};
const recorded = readFileSync(fixture, 'utf8').trim().split('\n').map((line) => {
  const [, seconds, , frame] = /^\((\d+\.\d+)\) (\S+) (\S+)$/.exec(line)!;
  return { atMs: START_MS + (Number(seconds) - 1772352000) * 1000, frame: canFrame(frame!) };
});
const at = monotonicMs(0);
const plain = { sendQuality: false, sendExtended: false, configure: false, egoMotion: false };

test('the two worked objects of the documentation read as it says', () => {
  const first = objectGeneral.read(fromHex('01527BC47560027C'));
  expect(first).toMatchObject({ objectId: 1, motion: 2, crossSectionDbsm: -2 });
  expect(first.forwardM).toBeCloseTo(27.8, 9);
  expect(first.leftM).toBeCloseTo(-11.8, 9);
  expect([first.forwardMps, first.leftMps]).toEqual([-10.75, 0]);
  const second = objectGeneral.read(fromHex('045123ED75604298'));
  expect(second).toMatchObject({ objectId: 4, motion: 2, crossSectionDbsm: 12 });
  expect(second.forwardM).toBeCloseTo(19.2, 9);
  expect(second.leftM).toBeCloseTo(-3.6, 9);
  expect([second.forwardMps, second.leftMps]).toEqual([-10.75, 0.5]);
});

test('set-up frames are the octets that the documentation gives', () => {
  const none = Object.fromEntries(Object.keys(radarConfiguration.fields).map((name) => [name, 0]));
  type Values = Parameters<typeof radarConfiguration.write>[0];
  const stored = {
    ...none, storeValid: 1, sortValid: 1, extendedValid: 1, qualityValid: 1, outputValid: 1,
    outputType: 1, store: 1, sortIndex: 1, sendExtended: 1, sendQuality: 1,
  } as unknown as Values;
  expect(toHex(radarConfiguration.write(stored))).toBe('f8000000089c0000');
  const objects = { ...none, outputValid: 1, outputType: 1 } as unknown as Values;
  expect(toHex(radarConfiguration.write(objects))).toBe('0800000008000000');
  const frames = standstillFrames(2);
  expect(frames.map(({ id, data }) => [id, toHex(data)])).toEqual([
    [0x320, '0000'],
    [0x321, '8000'],
  ]);
  expect(speedInformation.read(fromHex('4032')).speedMps).toBeCloseTo(1, 9);
  expect(yawRateInformation.read(fromHex('8000')).yawRateDegps).toBeCloseTo(0, 9);
});

test('the filter frame carries index, switch and both limits', () => {
  const frame = setupFrames(optionsOf(radarArs408, { existenceMin: 3, sensorId: 1 }))[1]!;
  expect(frame.id).toBe(0x212);
  expect(filterConfiguration.read(frame.data)).toEqual({
    objects: 1, index: 8, active: 1, valid: 1, minimum: 3, maximum: 7,
  });
});

test('a status frame before the scan is full ends that scan as incomplete, begins the next', () => {
  const assembler = new ScanAssembler();
  expect(assembler.accept(canFrame('60A#02000100'), at)).toEqual({});
  expect(assembler.accept(canFrame('60B#0752D3FF76200180'), at)).toEqual({});
  const step = assembler.accept(canFrame('60A#00000200'), at);
  expect(step.dropped).toBe('scan_incomplete');
  expect(step.scans).toMatchObject([
    { scanCounter: 1, complete: false, objects: [{ general: { objectId: 7 } }] },
    { scanCounter: 2, complete: true, objects: [] },
  ]);
});

test('every drop of the assembler has its name', () => {
  const assembler = new ScanAssembler(1, { quality: true, extended: false });
  const dropped = (text: string): string | undefined =>
    assembler.accept(canFrame(text), at).dropped;
  expect(dropped('60A#01000100')).toBe('other_sensor');
  expect(dropped('61B#0152D3FF76200180')).toBe('object_unannounced');
  expect(dropped('61A#010001')).toBe('frame_length');
  expect(dropped('61A#02000110')).toBeUndefined();
  expect(dropped('61B#0152D3FF76200180')).toBeUndefined();
  expect(dropped('61B#0152D3FF76200180')).toBe('object_twice');
  expect(dropped('61C#09000000000000')).toBe('object_unannounced');
  expect(dropped('61B#0252D3FF76200180')).toBeUndefined();
  expect(dropped('61B#0352D3FF76200180')).toBe('object_unannounced');
  expect(dropped('611#0000000000000000')).toBe('frame_unknown');
  expect(dropped('711#0000000000000000')).toBe('cluster_unused');
  const odd = { ...canFrame('61A#00000000'), extended: true };
  expect(assembler.accept(odd, at).dropped).toBe('frame_kind');
});

test('the fixture gives one complete scan with class, size, errors and existence', () => {
  const bench = startSensor(radarArs408, 'can', { configure: false, egoMotion: false });
  for (const { atMs, frame } of recorded) bench.deliver(frame, atMs);
  expect(recorded).toHaveLength(9);
  expect(bench.counters.toJSON()).toEqual({ other_sensor: 1 });
  expect(bench.frames).toHaveLength(1);
  const [frame] = bench.frames;
  expect(frame).toMatchObject({ complete: true, sequence: 0 });
  expect(frame!.measured.monoMs).toBeCloseTo(recorded[8]!.atMs - 72, 6);
  expect(frame!.received.monoMs).toBeCloseTo(recorded[1]!.atMs, 6);
  const [car, walker] = frame!.observations;
  expect(car).toMatchObject({
    referencePoint: 'nearest-edge', processing: 'tracked', deviceTrackId: '1.0',
    classes: { car: 0.8 }, quality: 0.95, crossSectionDbsm: -2, headingRad: 0,
  });
  expect(car!.extent.lengthM).toBeCloseTo(4.6, 9);
  expect(car!.measurement.covariance).toEqual([
    0.288 ** 2, 0, 0, 0, 0, 0.371 ** 2, 0, 0, 0, 0, 0.174 ** 2, 0, 0, 0, 0, 0.794 ** 2,
  ]);
  // A new object with invalid position errors: the id's generation rises, the options' errors hold.
  expect(walker).toMatchObject({ deviceTrackId: '4.1', classes: { pedestrian: 0.85 } });
  expect(walker!.extent).toEqual({ lengthM: null, widthM: 0.6000000000000001, heightM: null });
  expect(walker!.measurement.covariance[1]).not.toBe(0);
});

test('the device list says what is deleted and what is only predicted', () => {
  const bench = startSensor(radarArs408, 'can', { ...plain, sendQuality: true });
  const quality = (objectId: number, measurementState: number): CanFrame => ({
    ...canFrame('60C#00'),
    data: objectQuality.write({
      objectId, forwardRms: 10, leftRms: 10, forwardSpeedRms: 10, leftSpeedRms: 10,
      forwardAccelerationRms: 31, leftAccelerationRms: 31, orientationRms: 31, existence: 7,
      measurementState,
    }),
  });
  bench.deliver(canFrame('60A#03000110'));
  for (const id of ['01', '02', '03']) bench.deliver(canFrame(`60B#${id}527BC47560027C`));
  bench.deliver(quality(1, 0));
  bench.deliver(quality(2, 3));
  bench.deliver(quality(3, 2));
  expect(bench.counters.toJSON()).toEqual({ object_deleted: 1 });
  expect(bench.frames[0]!.observations.map((one) => one.deviceTrackId)).toEqual(['2.0', '3.0']);
  const [predicted, measured] = bench.frames[0]!.observations;
  expect(predicted!.quality).toBeCloseTo(measured!.quality / 2, 9);
});

test('an inverted radar or a right-positive axis turns the sides, both together do not', () => {
  const leftOf = (options: object): number => {
    const bench = startSensor(radarArs408, 'can', { ...plain, ...options });
    bench.deliver(canFrame('60A#01000110'));
    bench.deliver(canFrame('60B#045123ED75604298'));
    const { measurement } = bench.frames[0]!.observations[0]!;
    return measurement.kind === 'sensor-position' ? measurement.leftM : NaN;
  };
  expect(leftOf({})).toBeCloseTo(-3.6, 9);
  expect(leftOf({ mounting: 'inverted' })).toBeCloseTo(3.6, 9);
  expect(leftOf({ lateral: 'right-positive' })).toBeCloseTo(3.6, 9);
  expect(leftOf({ mounting: 'inverted', lateral: 'right-positive' })).toBeCloseTo(-3.6, 9);
});

test('two drivers on one bus each take their own sensor', () => {
  const first = startSensor(radarArs408, 'can', { ...plain, sensorId: 0 });
  const second = startSensor(radarArs408, 'can', { ...plain, sensorId: 5 });
  for (const bench of [first, second]) {
    bench.deliver(canFrame('60A#00000110'));
    bench.deliver(canFrame('65A#00000210'));
    expect(bench.frames).toHaveLength(1);
    expect(bench.counters.get('other_sensor')).toBe(1);
  }
});

test('the radar is set up when its state differs, and told that it stands still', () => {
  const settings = sensorSettings();
  const device = simulated(radarArs408, { sendQuality: false, maxDistanceM: 200 }, settings);
  const bench = startSensor(radarArs408, 'can', {}, settings);
  const [state] = device.idle![0]!.encode(bench.clock.nowMs());
  bench.deliver(state!);
  bench.deliver(state!);
  expect(bench.counters.get('configuration_sent')).toBe(1);
  expect(bench.facts).toMatchObject({ configured: false, health: 'degraded' });
  for (const afterMs of [1500, 3000, 4500, 6000]) bench.deliver(state!, START_MS + afterMs);
  expect(bench.counters.get('configuration_sent')).toBe(2);
  const standstill = bench.sent.filter((one) => (one as CanFrame).id === 0x300);
  expect(standstill).toHaveLength(121); // at once, then every 50 ms for 6 s
  for (const message of bench.sent) device.receive!(message, bench.clock.nowMs());
  const [followed, version] = device.idle![0]!.encode(bench.clock.nowMs());
  bench.deliver(followed!);
  bench.deliver(version!);
  expect(bench.facts).toMatchObject({ configured: true, health: 'ok', firmware: '4.30.1' });
  bench.clock.advanceTo(monotonicMs(START_MS + 20000));
  expect(bench.counters.get('state_missing')).toBe(1);
  bench.instance.stop();
  const before = bench.sent.length;
  bench.clock.advanceTo(monotonicMs(START_MS + 30000));
  expect(bench.sent).toHaveLength(before);
});

test('errors that the radar tells of itself become its health', () => {
  const bench = startSensor(radarArs408, 'can', { configure: false, egoMotion: false });
  const healthy = {
    memoryWritten: 1, memoryRead: 1, maxDistanceM: 250, persistentError: 0, interference: 0,
    temperatureError: 0, temporaryError: 0, voltageError: 0, power: 0, sortIndex: 0, sensorId: 0,
    motionReceived: 0, sendExtended: 1, sendQuality: 1, outputType: 1, relay: 0, threshold: 0,
  };
  const reasonOf = (over: Partial<typeof healthy>): unknown[] => {
    bench.deliver({ ...canFrame('201#00'), data: radarState.write({ ...healthy, ...over }) });
    return [bench.facts['health'], bench.facts['reason']];
  };
  expect(reasonOf({})).toEqual(['ok', '']);
  expect(reasonOf({ interference: 1 })).toEqual(['degraded', 'interference']);
  expect(reasonOf({ temperatureError: 1 })).toEqual(['degraded', 'temperature_error']);
  expect(reasonOf({ persistentError: 1, interference: 1 })).toEqual(['failed', 'persistent_error']);
  expect(reasonOf({ motionReceived: 3 })).toEqual(['degraded', 'ego_motion_missing']);
  expect(reasonOf({ sensorId: 2 })).toEqual(['ok', '']);
  expect(bench.counters.get('sensor_id_differs')).toBe(1);
});

test('two scans that begin within 40 ms are told as two radars with one id', () => {
  const bench = startSensor(radarArs408, 'can', plain);
  bench.deliver(canFrame('60A#00000110'), START_MS + 10);
  bench.deliver(canFrame('60A#00000210'), START_MS + 49);
  bench.deliver(canFrame('60A#00000310'), START_MS + 121);
  expect(bench.counters.toJSON()).toEqual({ sensor_id_twice: 1 });
});

test('what the simulated radar sends comes back within the quantisation', () => {
  const objects = [
    sensedObject({ deviceId: 900, cls: 'bus', lengthM: 12, headingRad: -2.9 }),
    sensedObject({ deviceId: 901, forwardM: 22.31, leftM: -7.77, cls: 'pedestrian' }),
    sensedObject({ deviceId: 902, forwardM: 3000 }),
  ];
  const bench = startSensor(radarArs408, 'can', { mounting: 'inverted' });
  play(bench, simulated(radarArs408, { mounting: 'inverted' }), [
    scanOf(objects, 1, START_MS + 100),
    scanOf(objects.slice(0, 1), 2, START_MS + 172),
    scanOf(objects.slice(0, 2), 3, START_MS + 244),
  ]);
  expect(bench.counters.toJSON()).toEqual({});
  expect(bench.frames.map((frame) => frame.observations.length)).toEqual([2, 1, 2]);
  expect(bench.frames[0]!.measured.monoMs).toBeCloseTo(START_MS + 100, 6);
  const [walker, bus] = bench.frames[0]!.observations; // the nearest comes first
  expect(bus!.headingRad).toBeCloseTo(-2.9, 2);
  expect(bus!.classes).toMatchObject({ bus: 0.25 });
  for (const [observation, object] of [[walker!, objects[1]!], [bus!, objects[0]!]] as const) {
    const { measurement } = observation;
    if (measurement.kind !== 'sensor-position') throw new Error(measurement.kind);
    expect(Math.abs(measurement.forwardM - object.forwardM)).toBeLessThanOrEqual(0.1001);
    expect(Math.abs(measurement.leftM - object.leftM)).toBeLessThanOrEqual(0.1001);
    expect(Math.abs(measurement.forwardMps! - object.forwardMps)).toBeLessThanOrEqual(0.126);
    expect(Math.abs(measurement.leftMps! - object.leftMps)).toBeLessThanOrEqual(0.126);
    expect(Math.abs(observation.extent.lengthM! - object.lengthM)).toBeLessThanOrEqual(0.1001);
    expect(Math.sqrt(measurement.covariance[0]!)).toBeCloseTo(object.sigmaForwardM, 0);
  }
  // Unlike the bus, the walker left and came back: a new owner of a number.
  const names = bench.frames.map((frame) => frame.observations.map((one) => one.deviceTrackId));
  expect(names[0]![1]).toBe(names[1]![0]);
  expect(names[2]![0]).not.toBe(names[0]![0]);
});

test('a driver restored from a snapshot taken in the middle of a scan goes on as the first', () => {
  const lines = [...recorded.map(({ frame }) => frame)];
  const first = startSensor(radarArs408, 'can');
  for (const frame of lines.slice(0, 5)) first.deliver(frame);
  const second = startSensor(radarArs408, 'can');
  second.instance.restore(structuredClone(first.instance.snapshot()));
  for (const frame of lines.slice(5)) for (const bench of [first, second]) bench.deliver(frame);
  expect(second.frames).toEqual(first.frames);
  expect(second.frames).toHaveLength(1);
});

test('a restored driver misses the state frame at the same instant as the first', () => {
  const first = startSensor(radarArs408, 'can', { configure: false });
  first.deliver(recorded[0]!.frame, START_MS + 1234);
  first.clock.advanceTo(monotonicMs(START_MS + 3100));
  const second = startSensor(radarArs408, 'can', { configure: false });
  second.clock.advanceTo(first.clock.nowMs());
  second.instance.restore(structuredClone(first.instance.snapshot()));
  const missingOf = (atMs: number): number[] =>
    [first, second].map((bench) => {
      bench.clock.advanceTo(monotonicMs(atMs));
      return bench.counters.get('state_missing');
    });
  const before = second.counters.get('state_missing');
  expect(missingOf(START_MS + 4233)).toEqual([0, before]);
  expect(missingOf(START_MS + 4234)).toEqual([1, before + 1]);
});

test('no frame makes the driver throw or use a counter that it did not declare', () => {
  const anyFrame = fc.record({
    id: fc.oneof(
      fc.constantFrom(0x60a, 0x60b, 0x60c, 0x60d, 0x60e, 0x201, 0x700, 0x701),
      fc.nat(0x7ff),
    ),
    extended: fc.boolean(), remote: fc.boolean(), fd: fc.constant(false),
    data: fc.uint8Array({ maxLength: 8 }),
  });
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 60 }), (frames) => {
      const bench = startSensor(radarArs408, 'can');
      for (const frame of frames) bench.deliver(frame);
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

test('every field of an extended frame has its place', () => {
  const values = {
    objectId: 9, forwardMps2: -1.5, leftMps2: 0.5, objectClass: 6, orientationDeg: 90.4,
    lengthM: 12, widthM: 2.6,
  };
  const bytes = objectExtended.write(values);
  const [d1, d2, d3, d4, d5] = bytes.subarray(1) as unknown as number[];
  expect(((d1! << 3) | (d2! >> 5)) * 0.01 - 10).toBeCloseTo(-1.5, 9);
  expect((((d2! & 0x1f) << 4) | (d3! >> 4)) * 0.01 - 2.5).toBeCloseTo(0.5, 9);
  expect(d3! & 7).toBe(6);
  expect(((d4! << 2) | (d5! >> 6)) * 0.4 - 180).toBeCloseTo(90.4, 9);
  expect([bytes[6], bytes[7]]).toEqual([60, 13]);
});
