import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs } from '../../src/base/time.ts';
import { clusterTargets } from '../../drivers/radar-smartmicro/cluster.ts';
import { radarSmartmicro } from '../../drivers/radar-smartmicro/index.ts';
import { encodeTargetList, fragmentsOf } from '../../drivers/radar-smartmicro/simulate.ts';
import { readTargetList } from '../../drivers/radar-smartmicro/targets.ts';
import {
  Reassembler, readFrame, reassemblyLimits, transportCrc, writeAlive, writeFragment,
} from '../../drivers/radar-smartmicro/transport.ts';
import { shared, testWithShared } from '../shared.ts';
import {
  START_MS, play, scanOf, sensedObject, sensorSettings, simulated, startSensor,
} from './sensor-harness.ts';

const fixture = fileURLToPath(new URL('../fixtures/sensors/smartmicro.hex', import.meta.url));
const datagrams = readFileSync(fixture, 'utf8').trim().split('\n').map(fromHex);
const from = '192.0.2.7:55555';
const at = monotonicMs(0);

/** UDP payloads of a little-endian microsecond pcap with Ethernet and IPv4 without fragments. */
function* udpOfPcap(
  bytes: Uint8Array,
): Generator<{ atMs: number; data: Uint8Array; from: string }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  expect(view.getUint32(0, true)).toBe(0xa1b2c3d4);
  for (let offset = 24; offset < bytes.length; ) {
    const atMs = view.getUint32(offset, true) * 1000 + view.getUint32(offset + 4, true) / 1000;
    const stored = view.getUint32(offset + 8, true);
    const ip = offset + 16 + 14;
    const udp = ip + 4 * (view.getUint8(ip) & 15);
    const address = [12, 13, 14, 15].map((octet) => view.getUint8(ip + octet)).join('.');
    const data = bytes.subarray(udp + 8, udp + view.getUint16(udp + 4));
    yield { atMs, data, from: `${address}:${view.getUint16(udp)}` };
    offset += 16 + stored;
  }
}

testWithShared('the recorded UMRR decodes completely', () => {
  const bytes = new Uint8Array(readFileSync(shared('captures/radar/smartmicro-umrr96.pcap')));
  const reassembler = new Reassembler();
  const drops: Record<string, number> = {};
  let frames = 0;
  let alive = 0;
  let lists = 0;
  let targets = 0;
  let invalid = 0;
  let lastMs = at;
  for (const { atMs, data, from: source } of udpOfPcap(bytes)) {
    frames++;
    lastMs = monotonicMs(atMs);
    const step = reassembler.accept(data, source, lastMs);
    for (const name of step.drops) drops[name] = (drops[name] ?? 0) + 1;
    if (step.message?.application === 6) alive++;
    if (step.message?.application !== 8) continue;
    const { list, dropped } = readTargetList(step.message.payload);
    expect(dropped).toBeUndefined();
    lists++;
    targets += list!.count;
    invalid += list!.invalid;
  }
  for (const name of reassembler.expire(monotonicMs(lastMs + 1000))) {
    drops[name] = (drops[name] ?? 0) + 1;
  }
  expect({ frames, alive, lists, targets, invalid, drops }).toEqual({
    frames: 806, alive: 7, lists: 227, targets: 16537, invalid: 0,
    // The 228th list: its first fragment came before the recording began.
    drops: { message_incomplete: 1 },
  });
});

testWithShared('the driver turns the recorded UMRR into bounded, finite frames', () => {
  const bytes = new Uint8Array(readFileSync(shared('captures/radar/smartmicro-umrr96.pcap')));
  const bench = startSensor(radarSmartmicro, 'udp');
  let firstMs: number | null = null;
  for (const { atMs, data, from: source } of udpOfPcap(bytes)) {
    firstMs ??= atMs;
    bench.deliver({ data, from: source }, START_MS + atMs - firstMs);
  }
  expect(bench.counters.toJSON()).toEqual({
    alive: 7, cluster_split: expect.any(Number), message_incomplete: 1,
  });
  expect(bench.frames).toHaveLength(227);
  expect(bench.facts).toMatchObject({ health: 'degraded', reason: 'fault_report' });
  let observations = 0;
  for (const frame of bench.frames) {
    for (const { measurement } of frame.observations) {
      observations++;
      expect(measurement.covariance).toHaveLength(9);
      expect(measurement.covariance.every(Number.isFinite)).toBe(true);
    }
  }
  expect(observations).toBeGreaterThan(227);
  expect(observations).toBeLessThan(16537);
});

test('the CRC has its check value', () => {
  expect(transportCrc(new TextEncoder().encode('123456789'))).toBe(0x29b1);
});

test('the fixture of another encoder gives a life sign and one list of ten groups', () => {
  const bench = startSensor(radarSmartmicro, 'udp');
  for (const data of datagrams) bench.deliver({ data, from });
  expect(bench.counters.toJSON()).toEqual({ alive: 1 });
  expect(bench.facts['alive']).toBe('INFO | ALIVE');
  expect(bench.frames).toHaveLength(1);
  const { observations } = bench.frames[0]!;
  expect(observations).toHaveLength(10);
  expect(observations[3]).toMatchObject({
    referencePoint: 'nearest-edge', processing: 'raw', deviceTrackId: null, quality: 0.85,
  });
  const { measurement } = observations[3]!;
  if (measurement.kind !== 'polar') throw new Error(measurement.kind);
  expect(measurement.rangeM).toBeCloseTo(50.4, 4);
  expect(measurement.azimuthRad).toBeCloseTo(0.032, 4);
  expect(measurement.rangeRateMps).toBeCloseTo(-10.9, 4);
  expect(observations[3]!.crossSectionDbsm).toBeCloseTo(10, 4);
  const list = readTargetList(datagramsPayload()).list!;
  expect([list.count, list.deviceS]).toEqual([30, 6552.5]);
});

const datagramsPayload = (): Uint8Array => {
  const reassembler = new Reassembler();
  for (const data of datagrams.slice(1)) {
    const { message } = reassembler.accept(data, from, at);
    if (message) return message.payload;
  }
  throw new Error('the fixture holds no whole list');
};

test('fragments may come in any order, and in between those of another message', () => {
  const thirty = Array.from({ length: 30 }, () => target(80));
  const other = fragmentsOf(encodeTargetList(thirty, 1, 0.05), 9, 6);
  const reassembler = new Reassembler();
  const order = [datagrams[2]!, other[0]!, datagrams[1]!, other[1]!];
  const whole = order.map((data) => reassembler.accept(data, from, at).message?.payload.length);
  expect(whole).toEqual([undefined, undefined, 1712, 1712]);
});

const target = (rangeM: number, azimuthRad = 0, rangeRateMps = -8): never =>
  ({ rangeM, rangeRateMps, azimuthRad, crossSectionDbsm: 5 }) as never;

test('every fault of a datagram has its name', () => {
  const nameOf = (change: (bytes: Uint8Array) => Uint8Array): string | undefined =>
    readFrame(change(datagrams[1]!.slice())).dropped;
  const withOctet = (place: number, value: number) => (bytes: Uint8Array): Uint8Array => {
    bytes[place] = value;
    return bytes;
  };
  type Change = (bytes: Uint8Array) => Uint8Array;
  const withCrc = (change: Change): Change => (bytes) => {
    const changed = change(bytes);
    new DataView(changed.buffer).setUint16(20, transportCrc(changed, 0, 20));
    return changed;
  };
  expect(nameOf((bytes) => bytes)).toBeUndefined();
  expect(nameOf((bytes) => bytes.slice(0, 17))).toBe('frame_short');
  expect(nameOf((bytes) => bytes.slice(0, 20))).toBe('frame_short');
  expect(nameOf(withOctet(0, 0x7f))).toBe('frame_start');
  expect(nameOf(withOctet(1, 2))).toBe('frame_version');
  expect(nameOf(withOctet(2, 20))).toBe('header_length');
  expect(nameOf(withOctet(9, 0x6c))).toBe('header_crc');
  expect(nameOf(withCrc(withOctet(4, 0x55)))).toBe('payload_length');
  expect(nameOf((bytes) => bytes.slice(0, -5))).toBe('payload_length');
  const alive = datagrams[0]!.slice();
  alive[alive.length - 4]! ^= 1;
  expect(readFrame(alive).dropped).toBe('payload_crc');
});

test('every fault of a message and of a list has its name', () => {
  const bench = startSensor(radarSmartmicro, 'udp');
  const send = (data: Uint8Array): void => bench.deliver({ data, from });
  const part = new Uint8Array(10);
  send(writeFragment(part, 1, 1, 3, 3));
  send(writeFragment(part, 1, 2, 0, 65));
  send(datagrams[1]!);
  send(datagrams[1]!);
  const list = encodeTargetList([target(20), target(40)], 1, 0.05);
  const changed = (place: number, value: number): Uint8Array => {
    const bytes = list.slice();
    bytes[place] = value;
    return writeFragment(bytes, 1, 99, 0, 1);
  };
  send(changed(3, 67));
  send(changed(22, 3));
  send(changed(20, 0));
  send(changed(19, 1));
  send(changed(29, 9));
  send(writeFragment(part, 1, 99, 0, 1));
  send(changed(32, 0x7f)); // the first range becomes larger than any road
  expect(bench.counters.toJSON()).toEqual({
    fragment_index: 1, message_oversize: 1, fragment_twice: 1, port_unknown: 1, list_version: 1,
    body_order: 1, body_length: 2, port_header: 1, target_invalid: 1,
  });
  expect(bench.frames).toHaveLength(1);
});

test('messages that wait for their rest are bounded in count and in time', () => {
  const reassembler = new Reassembler();
  const part = new Uint8Array(10);
  let dropped = 0;
  for (let counter = 0; counter < 20; counter++) {
    dropped += reassembler.accept(writeFragment(part, 1, counter, 0, 2), from, at).drops.length;
  }
  expect(dropped).toBe(20 - reassemblyLimits.messages);
  const lateMs = monotonicMs(reassemblyLimits.waitMs + 1);
  expect(reassembler.expire(lateMs)).toHaveLength(reassemblyLimits.messages);
  const rest = reassembler.accept(writeFragment(part, 1, 19, 1, 2), from, lateMs);
  expect(rest).toEqual({ drops: [] });
});

test('a fault report degrades the radar until none came for ten seconds', () => {
  const bench = startSensor(radarSmartmicro, 'udp');
  const report = writeAlive('FATAL | FAULT_REPORT: 20\u001b[31m', 1, 1);
  const list = fragmentsOf(encodeTargetList([target(20)], 1, 0.05), 1, 2)[0]!;
  const healthAt = (data: Uint8Array, atMs: number): unknown => {
    bench.deliver({ data, from }, atMs);
    return bench.facts['health'];
  };
  expect(healthAt(list, START_MS + 10)).toBeUndefined();
  expect(healthAt(report, START_MS + 20)).toBe('degraded');
  expect(bench.facts['alive']).toBe('FATAL | FAULT_REPORT: 20 [31m');
  expect(healthAt(list, START_MS + 10020)).toBe('degraded');
  expect(healthAt(list, START_MS + 10021)).toBe('ok');
});

test('a driver with a source hears that radar alone', () => {
  const bench = startSensor(radarSmartmicro, 'udp', { source: '192.0.2.7' });
  bench.deliver({ data: datagrams[0]!, from: '192.0.2.8:55555' });
  bench.deliver({ data: datagrams[0]!, from });
  expect(bench.counters.toJSON()).toEqual({ alive: 1, other_sensor: 1 });
});

test('targets group by range, side and radial speed, whatever their order in the list', () => {
  const rules = { rangeM: 1.8, acrossM: 1.4, rateMps: 1.2, lengthMaxM: 20 };
  const targets = [
    target(20), target(21.5), target(23), // one car, along the ray
    target(21, 0.17), // its neighbour, 3.6 m to the left
    target(21.5, 0, 6), // someone at the same place who goes the other way
    target(60),
  ];
  const groupsOf = (order: readonly number[]): number[] => {
    const sent = order.map((index) => targets[index]!);
    const { list } = readTargetList(encodeTargetList(sent, 1, 0.05));
    const { group } = clusterTargets(list!, rules);
    return targets.map((_, index) => group[order.indexOf(index)]!);
  };
  expect(groupsOf([0, 1, 2, 3, 4, 5])).toEqual([0, 0, 0, 1, 2, 3]);
  expect(groupsOf([5, 3, 2, 4, 0, 1])).toEqual([0, 0, 0, 1, 2, 3]);
});

test('a queue that hangs together is cut at its widest gaps', () => {
  const rules = { rangeM: 1.8, acrossM: 1.4, rateMps: 1.2, lengthMaxM: 6 };
  const ranges = [20, 21.5, 23, 24.5, 26.2, 27.7, 29.2];
  const targets = ranges.map((rangeM) => target(rangeM));
  const { list } = readTargetList(encodeTargetList(targets, 1, 0.05));
  const { group, count, split } = clusterTargets(list!, rules);
  expect([...group]).toEqual([0, 0, 0, 0, 1, 1, 1]);
  expect([count, split]).toEqual([2, 1]);
});

test('what the simulated radar sends comes back where it was', () => {
  const objects = [
    sensedObject({ forwardM: 30, leftM: -4 }),
    sensedObject({
      deviceId: 2, forwardM: 55, leftM: 9, cls: 'pedestrian', lengthM: 0.5, widthM: 0.5,
    }),
    sensedObject({ deviceId: 3, forwardM: 80, leftM: 0, forwardMps: 12, cls: 'bus', lengthM: 12 }),
  ];
  const bench = startSensor(radarSmartmicro, 'udp');
  const device = simulated(radarSmartmicro, {}, sensorSettings({ periodMs: 55 }));
  play(bench, device, [scanOf(objects, 1, START_MS + 100), scanOf(objects, 2, START_MS + 200)]);
  for (const message of device.idle![0]!.encode(at)) bench.deliver(message);
  expect(bench.counters.toJSON()).toEqual({ alive: 1 });
  expect(bench.frames.map((frame) => frame.observations.length)).toEqual([3, 3]);
  bench.frames[1]!.observations.forEach(({ measurement, extent }, index) => {
    if (measurement.kind !== 'polar') throw new Error(measurement.kind);
    const { forwardM, leftM, forwardMps, leftMps, lengthM } = objects[index]!;
    const rangeM = Math.hypot(forwardM, leftM);
    expect(measurement.rangeM).toBeCloseTo(rangeM, 3);
    expect(measurement.azimuthRad).toBeCloseTo(Math.atan2(leftM, forwardM), 3);
    const rate = (forwardM * forwardMps + leftM * leftMps) / rangeM;
    expect(Math.abs(measurement.rangeRateMps! - rate)).toBeLessThan(0.25);
    if (lengthM > 4) expect(extent.lengthM! / lengthM).toBeGreaterThan(0.5);
  });
  expect(bench.frames[0]!.measured.monoMs).toBeCloseTo(START_MS + 100, 6);
});

test('a driver restored between two fragments goes on as the first', () => {
  const first = startSensor(radarSmartmicro, 'udp');
  first.deliver({ data: datagrams[1]!, from });
  const second = startSensor(radarSmartmicro, 'udp');
  second.instance.restore(structuredClone(first.instance.snapshot()));
  for (const bench of [first, second]) bench.deliver({ data: datagrams[2]!, from });
  expect(second.frames).toEqual(first.frames);
  expect(second.frames).toHaveLength(1);
});

test('no datagram makes the driver throw, not even one with a right CRC', () => {
  const random = seededRandom('octets');
  const anyDatagram = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.nat(3), fc.nat(3), fc.nat(4)).map(
      ([part, counter, index, count]) => writeFragment(part, 1, counter, index, count),
    ),
    fc.nat(111).map((place) => {
      const list = encodeTargetList([target(20), target(30)], 1, 0.05);
      list[24 + place] = random.below(256);
      return writeFragment(list, 1, 0, 0, 1);
    }),
  );
  fc.assert(
    fc.property(fc.array(anyDatagram, { maxLength: 40 }), (list) => {
      const bench = startSensor(radarSmartmicro, 'udp');
      for (const data of list) bench.deliver({ data, from });
      for (const { observations } of bench.frames) {
        for (const { measurement } of observations) {
          expect(measurement.covariance.every(Number.isFinite)).toBe(true);
        }
      }
    }),
    { numRuns: 200 },
  );
});
