import { expect, test } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import type { SelfReport } from '../../src/model/selfreport.ts';
import { BsmUpReader, asBsmUp, mapBsmUp } from '../../drivers/rsu-receive/bsmup.ts';
import { rsuReceive } from '../../drivers/rsu-receive/index.ts';
import { SeenReports } from '../../drivers/rsu-receive/seen.ts';
import { createSelfReportCodec } from '../../v2x/compose/receive.ts';
import { demoSite } from '../demosite.ts';
import { START_MS, START_UTC_MS, sensorSettings, startSensor } from './sensor-harness.ts';

/** Composed in the reference (city-link, 5.22): two frames of 3 and 2 octets. */
const interleaved = fromHex('020003aabbcc0002ddee');
const lengthsFirst = fromHex('0200030002aabbccddee');
const little = fromHex('020300aabbcc0200ddee');
const frames = [fromHex('aabbcc'), fromHex('ddee')];

test('both layouts and both orders of octets are read, and what fitted once is held to', () => {
  for (const payload of [interleaved, lengthsFirst, little]) {
    const reader = new BsmUpReader();
    expect(reader.read(payload)).toEqual(frames);
    for (const other of [interleaved, lengthsFirst, little]) {
      expect(reader.read(other)).toEqual(other === payload ? frames : null);
    }
    expect(reader.read(payload)).toEqual(frames);
  }
});

test('one message looks the same in both layouts and pins neither', () => {
  const reader = new BsmUpReader();
  expect(reader.read(asBsmUp(fromHex('aabbcc')))).toEqual([fromHex('aabbcc')]);
  expect(reader.read(lengthsFirst)).toEqual(frames);
});

test('a unit that changed its layout is heard again after sixteen payloads; a snapshot holds what is pinned', () => {
  const reader = new BsmUpReader();
  reader.read(interleaved);
  const second = new BsmUpReader();
  second.restore(structuredClone(reader.snapshot()));
  for (let turn = 0; turn < 16; turn++) expect(second.read(little)).toBeNull();
  expect(second.read(little)).toEqual(frames);
  expect(reader.read(interleaved)).toEqual(frames);
});

test('what is cut, longer, empty or says no messages is none', () => {
  for (const odd of ['', '00', '01', '010000', '020003aabbcc0002dd', '020003aabbcc0002ddeeff', 'ff0001aa']) {
    expect(new BsmUpReader().read(fromHex(odd)), odd).toBeNull();
    expect(mapBsmUp(fromHex(odd), (frame) => frame), odd).toBeNull();
  }
});

test('the same payload holds other messages in its own layout', () => {
  for (const payload of [interleaved, lengthsFirst, little]) {
    expect(mapBsmUp(payload, (frame) => frame)).toEqual(payload);
    const changed = mapBsmUp(payload, (frame) => Uint8Array.from([...frame, 1]))!;
    expect(new BsmUpReader().read(changed)).toEqual(frames.map((frame) => Uint8Array.from([...frame, 1])));
  }
});

test('V2X.RSU.BSM.UP over MQTT becomes observations, one for each sender', () => {
  const codec = createSelfReportCodec(demoSite());
  const seen = new SeenReports();
  const settings = sensorSettings({
    sensing: 'v2x', periodMs: 100, latencyMs: 40,
    fieldOfView: { rangeMinM: 0, rangeMaxM: 150, halfAngleRad: 3.1, outline: null },
  });
  const on = startSensor(rsuReceive, 'mqtt', { carrier: 'bsm-up' }, settings, 5, {
    codec, isNew: (report, nowMs) => seen.isNew(report, nowMs),
  });
  const car = (senderId: string, northM: number, atMs: number): SelfReport => ({
    kind: 'state', senderId, sequence: atMs / 100, msInMinute: (START_UTC_MS + atMs) % 60_000,
    eastM: atMs / 100, northM, sigmaM: 0.8, speedMps: 10, speedSigmaMps: 0.1, headingRad: 0,
    headingSigmaRad: 0.02, lengthM: 4.6, widthM: 1.8, heightM: null, cls: 'car',
  });
  const topic = 'V2X.RSU.BSM.UP';
  for (const atMs of [0, 100]) {
    const [one, two] = [codec.write(car('a1b2c3d4e5f60718', 2, atMs)), codec.write(car('b1b2c3d4e5f60718', -20, atMs))];
    const payload = Uint8Array.from([2, one.length >> 8, one.length & 255, ...one, two.length >> 8, two.length & 255, ...two]);
    on.deliver({ topic, payload }, START_MS + atMs + 40);
  }
  on.deliver({ topic, payload: Uint8Array.of(1, 2, 3) }, START_MS + 141);
  on.instance.turn!(on.clock.nowMs());
  expect(on.frames[0]!.observations).toHaveLength(2);
  expect(on.counters.toJSON()).toEqual({ report_unproven: 2, carrier_form: 1 });
  const redacted = rsuReceive.redact!({ topic, payload: interleaved }, {
    options: { carrier: 'bsm-up' }, keptOfAir: (octets: Uint8Array) => octets.map(() => 7),
  } as never);
  expect(redacted).toEqual({ topic, payload: fromHex('02000307070700020707') });
});
