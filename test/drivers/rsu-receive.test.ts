import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { withCarrier } from '../../src/base/carrier.ts';
import { seededRandom } from '../../src/base/random.ts';
import { utcMs } from '../../src/base/time.ts';
import type { SelfReport } from '../../src/model/selfreport.ts';
import type { SensorSettings } from '../../src/model/site.ts';
import { rsuReceive } from '../../drivers/rsu-receive/index.ts';
import { SeenReports } from '../../drivers/rsu-receive/seen.ts';
import { codecFor } from '../../v2x/codec.ts';
import { createSelfReportCodec, keptOf } from '../../v2x/compose/receive.ts';
import { demoSite } from '../demosite.ts';
import {
  START_MS, START_UTC_MS, optionsOf, scanOf, sensedObject, sensorSettings, startSensor,
} from './sensor-harness.ts';

const site = demoSite();
const codec = createSelfReportCodec(site);
const settings = sensorSettings({
  sensing: 'v2x', periodMs: 100, latencyMs: 40,
  fieldOfView: { rangeMinM: 0, rangeMaxM: 150, halfAngleRad: 3.1, outline: null },
});
const bench = (options = {}, own: SensorSettings = settings, clockErrorMs = 5, seen = new SeenReports()) =>
  startSensor(rsuReceive, 'udp', options, own, clockErrorMs, {
    codec, isNew: (report, nowMs) => seen.isNew(report, nowMs),
  });
type Bench = ReturnType<typeof bench>;
const udp = (data: Uint8Array) => ({ data, from: '10.0.0.9:5000' });

/** A car at 10 m/s to the east that began at the middle; `atMs` counts from the bench's start. */
const car = (atMs: number, more: Partial<SelfReport> = {}): SelfReport => ({
  kind: 'state', senderId: 'a1b2c3d4e5f60718', sequence: Math.round(atMs / 100) % 128,
  msInMinute: (((START_UTC_MS + atMs) % 60_000) + 60_000) % 60_000, eastM: atMs / 100, northM: 2,
  sigmaM: 0.8, speedMps: 10, speedSigmaMps: 0.1, headingRad: 0, headingSigmaRad: 0.02,
  lengthM: 4.6, widthM: 1.8, heightM: null, cls: 'car', ...more,
});
/** A report that arrives `delayMs` after the instant that it is for. */
const deliver = (on: Bench, report: SelfReport, atMs: number, delayMs = 40) =>
  on.deliver(udp(codec.write(report)), START_MS + atMs + delayMs);
const turn = (on: Bench) => on.instance.turn!(on.clock.nowMs());
const counts = (on: Bench) => on.counters.toJSON();

/** Octets of a BSM made once by this codec and held since; the codec's own bytes are in vectors. */
const FIXTURE = '008e350d0c1f2e3d4c5b63a9858eb1a17b5c92f55c18000405ffff9'; // shortened on purpose: unreadable

test('what a car says of itself becomes an observation in the site frame, as of when it was', () => {
  const on = bench();
  deliver(on, car(0), 0);
  deliver(on, car(100), 100);
  turn(on);
  expect(counts(on)).toEqual({ report_unproven: 1 });
  expect(on.frames).toHaveLength(1);
  const [frame] = on.frames;
  expect(frame!.measured.monoMs).toBeCloseTo(START_MS + 100, 3);
  expect(frame!.received.monoMs).toBe(START_MS + 140);
  const [seen] = frame!.observations;
  const { measurement } = seen!;
  if (measurement.kind !== 'site-position') throw new Error(measurement.kind);
  expect(measurement.eastM).toBeCloseTo(10 / 10, 1);
  expect(measurement.northM).toBeCloseTo(2, 1);
  expect(measurement.eastMps).toBeCloseTo(10, 1);
  expect(measurement.northMps).toBeCloseTo(0, 1);
  expect(measurement.covariance[0]).toBeCloseTo(0.64, 2);
  expect(seen).toMatchObject({
    headingAmbiguous: false, referencePoint: 'centre', processing: 'tracked',
    extent: { lengthM: 4.6, widthM: 1.8 }, classes: { car: 0.9 },
  });
  // The sender's id stands nowhere.
  expect(JSON.stringify(on.frames)).not.toContain('a1b2c3');
});

test('a self-report is never sure enough to begin or confirm a road user', () => {
  const on = bench();
  for (let atMs = 0; atMs <= 1000; atMs += 100) deliver(on, car(atMs, { sigmaM: 0.05 }), atMs);
  turn(on);
  for (const { quality, measurement } of on.frames.flatMap(({ observations }) => observations)) {
    expect(quality).toBeLessThan(0.35); // fusion's limit for weak detections
    expect(measurement.covariance[0]).toBeGreaterThan(0.48); // nor is any accuracy believed
  }
});

test('every wrong report has a name of its own and is not handed on', () => {
  const rows: readonly (readonly [string, Partial<SelfReport>, number, number])[] = [
    ['report_future', {}, 500, -300],
    ['report_old', {}, 200, 2100],
    ['report_too_late', {}, 200, 600],
    ['report_stamp_unknown', { msInMinute: null }, 200, 40],
    ['report_outside', { eastM: 160 }, 200, 40],
    ['report_speed', { speedMps: 61 }, 200, 40],
    ['report_speed', { cls: 'pedestrian', speedMps: 9 }, 200, 40],
    ['report_jump', { eastM: 20 }, 200, 40],
    ['report_heading', { eastM: 1, northM: 6, headingRad: 0 }, 500, 40],
    ['report_order', { msInMinute: car(-100).msInMinute }, 200, 40],
    ['report_without_place', { kind: 'intention' }, 200, 40],
  ];
  for (const [name, more, atMs, delayMs] of rows) {
    const on = bench();
    deliver(on, car(0), 0);
    deliver(on, car(100), 100);
    turn(on);
    const before = on.frames.length;
    if (name === 'report_without_place') {
      const bare = codecFor('P2').encode({ msgFrameExt: { messageId: 13, value: { VehIntentionAndRequest: {
        msgCnt: 1, id: '0011223344556677', secMark: 1, refPos: { lat: 0, long: 0 }, intAndReq: {},
      } } } } as never);
      on.deliver(udp(bare), START_MS + atMs + delayMs);
    } else deliver(on, car(atMs, more), atMs, delayMs);
    turn(on);
    expect(counts(on), name).toEqual({ report_unproven: 1, [name]: 1 });
    expect(on.frames, name).toHaveLength(before);
  }
});

test('who says to drive and stays, or creeps away from its own speed, is found out within seconds', () => {
  for (const [says, drives] of [[15, 0], [0, 8]] as const) {
    const on = bench();
    for (let atMs = 0; atMs <= 5000; atMs += 100) {
      deliver(on, car(atMs, { speedMps: says, eastM: (drives * atMs) / 1000 }), atMs);
    }
    expect(counts(on)['report_jump'], `${says} ${drives}`).toBeGreaterThanOrEqual(4);
  }
  const honest = bench();
  for (let atMs = 0; atMs <= 20_000; atMs += 100) {
    const angle = atMs / 2000; // a bend of 20 m at 10 m/s
    deliver(honest, car(atMs, { eastM: 20 * Math.sin(angle), northM: -20 * Math.cos(angle), headingRad: angle }), atMs);
  }
  expect(counts(honest)).toEqual({ report_unproven: 1 });
});

test('what is a little ahead of our clock is taken as of now', () => {
  const on = bench();
  deliver(on, car(0), 0);
  deliver(on, car(300), 300, -150);
  turn(on);
  expect(on.frames[0]!.measured.monoMs).toBe(START_MS + 150);
});

test('while our own UTC is not known no age can be judged, and nothing is used', () => {
  const on = bench({}, settings, 500);
  for (const atMs of [0, 100, 200]) deliver(on, car(atMs), atMs);
  turn(on);
  expect(counts(on)).toEqual({ report_clock_unknown: 3 });
  expect(on.frames).toEqual([]);
});

test('ages hold across the minute, where secMark begins anew', () => {
  const on = bench();
  for (let atMs = 59_800; atMs <= 60_300; atMs += 100) deliver(on, car(atMs, { eastM: (atMs - 60_000) / 100 }), atMs);
  turn(on);
  expect(counts(on)).toEqual({ report_unproven: 1 });
  expect(on.frames.flatMap(({ observations }) => observations).length).toBeGreaterThan(0);
});

test('the same report through two units counts once, be it on one port or on two', () => {
  const seen = new SeenReports();
  const [one, two] = [bench({}, settings, 5, seen), bench({}, settings, 5, seen)];
  for (const atMs of [0, 100, 200]) {
    deliver(one, car(atMs), atMs);
    deliver(two, car(atMs), atMs, 55);
    deliver(one, car(atMs), atMs, 60);
  }
  for (const on of [one, two]) turn(on);
  expect(counts(one)).toEqual({ report_unproven: 1, report_twice: 3 });
  expect(counts(two)).toEqual({ report_twice: 3 });
  expect(two.frames).toEqual([]);
  // Later the number and the second come again: another report.
  expect(seen.isNew(car(0), (START_MS + 128_000) as never)).toBe(true);
});

test('reports of one turn come in one frame of one instant, each sender once', () => {
  const on = bench();
  const ids = ['1111111111111111', '2222222222222222', '3333333333333333'];
  for (const atMs of [0, 100]) {
    ids.forEach((senderId, at) => deliver(on, car(atMs, { senderId, northM: at * 10, msInMinute: (car(atMs).msInMinute! + at * 20) % 60_000 }), atMs, 40 + at * 20));
  }
  turn(on);
  expect(on.frames).toHaveLength(1);
  expect(on.frames[0]!.observations.map(({ deviceTrackId }) => deviceTrackId).sort()).toEqual(['s1', 's2', 's3']);
  for (const { measuredMs } of on.frames[0]!.observations) expect(measuredMs).toBe(on.frames[0]!.measured.monoMs);
  turn(on);
  expect(on.frames).toHaveLength(1); // nothing came: no frame
});

test('what lies farther back makes a frame of its own, the oldest first', () => {
  const on = bench();
  deliver(on, car(0), 0);
  deliver(on, car(100), 100, 10);
  deliver(on, car(250, { eastM: 2.5 }), 250, 10);
  deliver(on, car(400, { eastM: 4 }), 400, 10);
  turn(on);
  expect(on.frames.map(({ sequence, measured }) => [sequence, Math.round(measured.monoMs - START_MS)])).toEqual([[0, 100], [1, 250], [2, 400]]);
});

test('frames never go back in time: what overtook another on the way is moved on, or is too late', () => {
  const on = bench();
  const other = { senderId: '9999999999999999', northM: -20 };
  for (const atMs of [0, 100]) for (const more of [{}, other]) deliver(on, car(atMs, more), atMs, 10);
  turn(on);
  deliver(on, car(300), 300, 10);
  turn(on);
  deliver(on, car(250, { ...other, eastM: 2.5 }), 250, 80); // measured before, heard after
  turn(on);
  deliver(on, car(90, { senderId: 'a1b2c3d4e5f60718', sequence: 77, msInMinute: car(310).msInMinute, eastM: 3.1 }), 310, 30);
  turn(on);
  const times = on.frames.map(({ measured }) => measured.monoMs - START_MS);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(new Set(times).size).toBe(times.length);
  const moved = on.frames[2]!.observations[0]!.measurement;
  if (moved.kind !== 'site-position') throw new Error(moved.kind);
  expect(moved.eastM).toBeCloseTo(3, 1); // 50 ms on at 10 m/s
});

test('PSM and VIR are read as BSM are; other messages and noise are counted', () => {
  const on = bench();
  const walker = (atMs: number) => car(atMs, { senderId: 'ffffffffffffffff', cls: 'pedestrian', speedMps: 1, eastM: atMs / 1000, sigmaM: 0.5 });
  const wish = (atMs: number) => car(atMs, { senderId: 'eeeeeeeeeeeeeeee', kind: 'intention', northM: 20 });
  for (const atMs of [0, 100]) {
    deliver(on, walker(atMs), atMs);
    deliver(on, wish(atMs), atMs);
  }
  const rsi = codecFor('A').encode({ rsiFrame: { msgCnt: 1, id: '0000000000000000', refPos: { lat: 0, long: 0 } } } as never);
  on.deliver(udp(rsi));
  on.deliver(udp(fromHex('ffffffff')));
  on.deliver(udp(fromHex(FIXTURE.slice(0, 20))));
  on.deliver(udp(new Uint8Array(3000)));
  turn(on);
  expect(counts(on)).toEqual({ report_unproven: 2, message_other: 1, message_unreadable: 2, message_oversize: 1 });
  expect(on.frames[0]!.observations.map(({ classes }) => classes)).toEqual([{ pedestrian: 0.9 }, {}]);
});

test('behind the 18-octet carrier it is the same, and a wrong carrier has a name', () => {
  const on = bench({ carrier: 'octets-18' });
  for (const atMs of [0, 100]) {
    on.deliver(udp(withCarrier('UNIT0001', utcMs(START_UTC_MS + atMs), codec.write(car(atMs)))), START_MS + atMs + 40);
  }
  deliver(on, car(200), 200);
  turn(on);
  expect(counts(on)).toEqual({ report_unproven: 1, carrier_form: 1 });
  expect(on.frames[0]!.observations).toHaveLength(1);
});

test('more senders than are followed are refused by name until others were silent', () => {
  const on = bench();
  const say = (number: number, atMs: number) =>
    deliver(on, car(atMs, { senderId: number.toString(16).padStart(16, '0') }), atMs);
  for (let number = 0; number < 1030; number++) say(number, 0);
  expect(counts(on)).toMatchObject({ report_unproven: 1024, sender_overflow: 6 });
  say(2000, 2500);
  expect(counts(on)).toMatchObject({ report_unproven: 1025 });
});

test('the simulated senders speak the same bytes: a share of the road users, each as itself', () => {
  for (const carrier of ['none', 'octets-18']) {
    const on = bench({ carrier });
    const device = rsuReceive.simulate(settings, optionsOf(rsuReceive, { carrier, simulatedShare: 0.5 }), seededRandom(7), codec);
    for (let scan = 0; scan < 10; scan++) {
      const objects = Array.from({ length: 40 }, (_, at) => sensedObject({
        deviceId: at + 1, eastM: at * 3 - 60 + scan, northM: -at, eastMps: 10, northMps: 0, siteHeadingRad: 0,
        cls: at % 4 === 0 ? 'bicycle' : 'car',
      }));
      const scanMs = START_MS + 1000 + scan * 100;
      for (const { delayMs, message } of device.encode(scanOf(objects, scan, scanMs))) on.deliver(message, scanMs + delayMs);
      turn(on);
    }
    const senders = new Set(on.frames.flatMap(({ observations }) => observations.map(({ deviceTrackId }) => deviceTrackId)));
    expect(senders.size).toBeGreaterThan(10);
    expect(senders.size).toBeLessThan(30);
    expect(on.frames).toHaveLength(9);
    const { report_unproven: first, ...others } = counts(on);
    expect(first).toBe(senders.size);
    expect(others).toEqual({});
  }
});

test('a driver restored in the middle goes on as the first', () => {
  const [first, second] = [bench(), bench()];
  for (const atMs of [0, 100]) deliver(first, car(atMs), atMs);
  second.clock.advanceTo(first.clock.nowMs());
  second.instance.restore(structuredClone(first.instance.snapshot()));
  for (const on of [first, second]) {
    deliver(on, car(200), 200);
    turn(on);
  }
  expect(second.frames).toEqual(first.frames);
  expect(second.frames).toHaveLength(1);
});

test('what is kept of a message gives the same observations and holds neither id, way nor request', () => {
  const canary = 'c0ffeec0ffeec0ff';
  const pseudonym = (id: string) => [...id].reverse().join('').replace(/c0ffee/g, '123456').replace(/eeff0c/g, '654321');
  const full = codecFor('P2').decode(codec.write(car(0, { senderId: canary }))).frame as { bsmFrame: object };
  const rich = (atMs: number) => {
    const { bsmFrame } = codecFor('P2').decode(codec.write(car(atMs, { senderId: canary }))).frame as { bsmFrame: object };
    return codecFor('P2').encode({ bsmFrame: {
      ...bsmFrame,
      safetyExt: { pathHistory: { crumbData: [{ llvOffset: { offsetLL: { 'position-LL1': { lon: 777, lat: -777 } } }, timeOffset: 100 }] } },
    } } as never);
  };
  expect(full.bsmFrame).toMatchObject({ id: canary });
  const [plain, kept] = [bench(), bench()];
  for (const atMs of [0, 100, 200]) {
    plain.deliver(udp(rich(atMs)), START_MS + atMs + 40);
    const left = rsuReceive.redact!(udp(rich(atMs)), {
      options: optionsOf(rsuReceive, {}), keptOfAir: (bytes) => keptOf(site, bytes, pseudonym),
    }) as { data: Uint8Array; from: string };
    expect(left.data.length).toBeLessThan(rich(atMs).length);
    const { frame } = codecFor('P2').decode(left.data);
    expect(JSON.stringify(frame)).not.toContain(canary);
    expect(JSON.stringify(frame)).not.toContain('777');
    kept.deliver(left, START_MS + atMs + 40);
  }
  for (const on of [plain, kept]) turn(on);
  expect(kept.frames).toEqual(plain.frames);
  const wish = codecFor('P2').encode({ msgFrameExt: { messageId: 13, value: { VehIntentionAndRequest: {
    msgCnt: 1, id: canary, secMark: 1, refPos: { lat: 0, long: 0 },
    intAndReq: { reqs: [{ reqID: 1, status: 'request', targetVeh: canary }] },
  } } } } as never);
  expect(toHex(keptOf(site, wish, pseudonym))).not.toContain('c0ffee');
  expect(JSON.stringify(codecFor('P2').decode(keptOf(site, wish, pseudonym)).frame)).not.toContain('c0ffee');
  // What we cannot read we cannot clean: nothing of it is kept.
  expect(keptOf(site, fromHex('00c0ffeec0ffee'), pseudonym)).toHaveLength(1);
});

test('no octets make the driver throw, and what it says is finite', () => {
  const good = codec.write(car(0));
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc.tuple(fc.nat(good.length * 8 - 1), fc.nat(5)).map(([bit, more]) => {
      const bytes = good.slice(0, good.length - (more === 5 ? 1 : 0));
      if (bit >> 3 < bytes.length) bytes[bit >> 3]! ^= 0x80 >> (bit & 7);
      return bytes;
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(anyBytes, fc.nat(150)), { maxLength: 25 }), (rows) => {
      const on = bench();
      let atMs = START_MS;
      for (const [data, stepMs] of rows) {
        atMs = (atMs + stepMs) as typeof atMs;
        on.deliver(udp(data), atMs);
        keptOf(site, data, (id) => id);
        turn(on);
      }
      for (const { measurement, extent } of on.frames.flatMap(({ observations }) => observations)) {
        expect(measurement.covariance.every(Number.isFinite)).toBe(true);
        expect(Object.values(extent).every((side) => side === null || Number.isFinite(side))).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
