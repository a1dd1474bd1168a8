import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeTscbm } from '../../drivers/signal-tscbm/decode.ts';
import { TscbmInstance } from '../../drivers/signal-tscbm/instance.ts';
import { tscbmOptions } from '../../drivers/signal-tscbm/options.ts';
import { encodeTscbm, simulatedTscbm } from '../../drivers/signal-tscbm/simulate.ts';
import { sectionSchema } from '../../config/field.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { ControllerStatus } from '../../src/model/signal.ts';
import type { SimulatedLamp, SimulatedSignals } from '../../src/model/simulated.ts';
import { shared, testWithShared } from '../shared.ts';
import { contextFor } from './signal-context.ts';

const at = monotonicMs(1_000_000);
const use = { phases: [1, 2, 3, 4, 5, 6, 7, 8], overlaps: [1], pedestrians: [2] };

const status: ControllerStatus = {
  mode: 'coordinated', manualControl: false, stopTime: false, failureFlash: false,
  preempt: false, priority: false, fault: false, transition: false, plan: 3,
};
const lamp = (lampGroup: string, colour: SimulatedLamp['aspect']['colour'],
  flashing = false): SimulatedLamp => ({
  lampGroup,
  aspect: { colour, flashing },
  endMs: monotonicMs(at + 5000), minEndMs: monotonicMs(at + 4000), maxEndMs: monotonicMs(at + 9000),
  next: [],
});
const signals = (lamps: readonly SimulatedLamp[], nowMs: MonotonicMs = at): SimulatedSignals => ({
  nowMs, utcMs: utcMs(1_767_000_000_000 + nowMs), lamps, status,
  stage: { number: 1, elapsedMs: 0, remainingMs: 5000 },
});
const packetAt = (nowMs: number, colour: 'red' | 'green' = 'red'): Uint8Array =>
  encodeTscbm(signals([lamp('phase:2', colour)], monotonicMs(nowMs)));
const options = (given: Record<string, unknown> = {}) => sectionSchema(tscbmOptions).parse(given);

function running(given: Record<string, unknown> = {}) {
  const heard = contextFor('udp');
  const driver = new TscbmInstance(heard.context, options(given));
  return { ...heard, driver };
}

testWithShared('the real packet shows phases 2 and 6 green; unknown times stay unknown', () => {
  const bytes = new Uint8Array(readFileSync(shared('captures/signal/tscbm-real.bin')));
  const { packet } = decodeTscbm(bytes, at, { ...use, overlaps: [], pedestrians: [2, 4, 6, 8] });
  const shown = packet!.groups.map(({ lampGroup, aspect }) => `${lampGroup} ${aspect.colour}`);
  expect(shown).toEqual([
    'phase:1 red', 'phase:2 green', 'phase:3 red', 'phase:4 red',
    'phase:5 red', 'phase:6 green', 'phase:7 red', 'phase:8 red',
    'pedestrian:2 red', 'pedestrian:4 red', 'pedestrian:6 red', 'pedestrian:8 red',
  ]);
  expect(packet!.groups[0]!.timing).toEqual({
    beganMs: null, minEnd: { atMs: at + 4000, source: 'controller-guarantee' },
    likelyEnd: null, maxEnd: null, confidence: null, resolutionMs: 100,
  });
  expect(packet!.groups[1]!.timing).toBeNull();
  expect(packet)
    .toMatchObject({ sequence: 4, formatVersion: 1, discontinuous: false, unusedMoving: 0 });
  expect(packet!.status).toMatchObject({ mode: 'actuated', preempt: false, plan: null });
});

test('a packet of another length, lead, block count or block number is dropped by name', () => {
  const good = packetAt(at);
  expect(decodeTscbm(good.subarray(0, 240), at, use)).toEqual({ dropped: 'wrong_length' });
  expect(decodeTscbm(new Uint8Array(0), at, use)).toEqual({ dropped: 'wrong_length' });
  const changed = (index: number, octet: number): Uint8Array => {
    const bytes = Uint8Array.from(good);
    bytes[index] = octet;
    return bytes;
  };
  expect(decodeTscbm(changed(0, 0xcc), at, use)).toEqual({ dropped: 'wrong_lead' });
  expect(decodeTscbm(changed(1, 15), at, use)).toEqual({ dropped: 'wrong_block' });
  expect(decodeTscbm(changed(2 + 13, 9), at, use)).toEqual({ dropped: 'wrong_block' });
  // Phase 2 red in the simulated packet; green beside it cannot be.
  expect(decodeTscbm(changed(215, 0x02), at, use)).toEqual({ dropped: 'inconsistent_colours' });
});

test('format 6 with pedestrian calls, 245 octets, reads the same', () => {
  const long = new Uint8Array(245);
  long.set(packetAt(at));
  expect(decodeTscbm(long, at, use)).toEqual(decodeTscbm(packetAt(at), at, use));
});

test('a phase that the site does not use is left out while red and reported once it moves', () => {
  const red = decodeTscbm(packetAt(at), at, { phases: [2], overlaps: [], pedestrians: [] });
  expect(red.packet!.groups.map(({ lampGroup }) => lampGroup)).toEqual(['phase:2']);
  const bytes = encodeTscbm(signals([lamp('phase:2', 'red'), lamp('phase:9', 'green')]));
  const moving = decodeTscbm(bytes, at, { phases: [2], overlaps: [], pedestrians: [] });
  expect(moving.packet!.groups.map(({ lampGroup }) => lampGroup)).toEqual(['phase:2', 'phase:9']);
  expect(moving.packet!.unusedMoving).toBe(1);
});

test('every status bit is read into the status, and bounds that meet make the end certain', () => {
  const every = { ...status, manualControl: true, stopTime: true, preempt: true, priority: true,
    transition: true };
  const certain = { ...lamp('phase:2', 'yellow'), minEndMs: monotonicMs(at + 3000),
    maxEndMs: monotonicMs(at + 3000) };
  const { packet } = decodeTscbm(encodeTscbm({ ...signals([certain]), status: every }), at, use);
  expect(packet!.status).toEqual({ ...every, mode: 'manual' });
  const timing = packet!.groups.find(({ lampGroup }) => lampGroup === 'phase:2')!.timing!;
  expect(timing.likelyEnd).toEqual({ atMs: at + 3000, source: 'controller-guarantee' });
  expect(timing.confidence).toBe(1);
  const flash = decodeTscbm(encodeTscbm({ ...signals([]),
    status: { ...status, failureFlash: true } }), at, use);
  expect(flash.packet!.status).toMatchObject({ mode: 'flashing', failureFlash: true });
});

const vehicleAspect = fc.record({
  colour: fc.constantFrom('red', 'yellow', 'green', 'dark'),
  flashing: fc.boolean(),
}).map((shown) => (shown.colour === 'dark' ? { ...shown, flashing: false } : shown));
const walkAspect = fc.constantFrom(
  { colour: 'red', flashing: false }, { colour: 'green', flashing: false },
  { colour: 'green', flashing: true }, { colour: 'dark', flashing: false },
);

test('whatever lamps and times the simulated controller is shown, the decoder gives back', () => {
  const group = (bank: string, shown: fc.Arbitrary<{ colour: string; flashing: boolean }>) =>
    fc.tuple(fc.integer({ min: 1, max: 16 }), shown, fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 0, max: 600 }))
      .map(([number, aspect, min, more]) => ({
        lampGroup: `${bank}:${number}`, aspect: aspect as SimulatedLamp['aspect'],
        endMs: at, minEndMs: monotonicMs(at + 100 * min),
          maxEndMs: monotonicMs(at + 100 * (min + more)), next: [],
      }));
  const unique = { selector: (one: SimulatedLamp) => one.lampGroup, maxLength: 16 };
  const lamps = fc.tuple(
    fc.uniqueArray(group('phase', vehicleAspect), unique),
    fc.uniqueArray(group('overlap', vehicleAspect), unique),
    fc.uniqueArray(group('pedestrian', walkAspect), unique),
  ).map((banks) => banks.flat());
  fc.assert(fc.property(lamps, (shown) => {
    const numbers = (bank: string): number[] =>
      shown.filter((one) => one.lampGroup.startsWith(bank))
        .map((one) => Number(one.lampGroup.split(':')[1]));
    const inUse = { phases: numbers('phase'), overlaps: numbers('overlap'),
      pedestrians: numbers('pedestrian') };
    const { packet } = decodeTscbm(encodeTscbm(signals(shown)), at, inUse);
    expect(packet!.groups.length).toBe(shown.length);
    for (const one of shown) {
      const read = packet!.groups.find(({ lampGroup }) => lampGroup === one.lampGroup)!;
      expect(read.aspect).toEqual(one.aspect);
      expect(read.timing!.minEnd!.atMs).toBe(one.minEndMs);
      expect(read.timing!.maxEnd!.atMs).toBe(one.maxEndMs);
    }
    expect(packet!.status).toEqual(status);
  }));
});

test('random octets never throw, whatever their length', () => {
  let good = 0;
  fc.assert(fc.property(fc.uint8Array({ minLength: 0, maxLength: 260 }), fc.boolean(),
    (noise, dressed) => {
    const bytes = dressed ? packetAt(at) : noise;
    if (dressed) noise.subarray(0, 31).forEach((octet, index) => { bytes[210 + index] = octet; });
    const result = decodeTscbm(bytes, at, use);
    expect(result.packet !== undefined).toBe(result.dropped === undefined);
    if (result.packet) good++;
  }), { numRuns: 300 });
  expect(good).toBeGreaterThan(0);
});

test('the simulated controller refuses a lamp group or a colour that the packet cannot say', () => {
  const encode = (one: SimulatedLamp) => () => simulatedTscbm().encode(signals([one]));
  expect(encode(lamp('7', 'red'))).toThrow('tscbm lamp group 7');
  expect(encode(lamp('phase:17', 'red'))).toThrow('tscbm lamp group phase:17');
  expect(encode(lamp('pedestrian:1', 'yellow'))).toThrow('got yellow');
  expect(encode(lamp('phase:1', 'red-yellow'))).toThrow('got red-yellow');
});

test('each packet becomes one report with its raw octets as evidence, aged by the latency', () => {
  const { deliver, published, facts } = running({ phases: [2], latencyMs: 40 });
  deliver({ data: packetAt(at, 'green'), from: '10.0.0.5:6053' }, at);
  expect(published.length).toBe(1);
  expect(published[0]).toMatchObject({
    controllerId: 'c1', sequence: 0, periodMs: 100,
    received: { monoMs: at }, measured: { monoMs: at - 40 },
    groups: [{ lampGroup: 'phase:2', aspect: { colour: 'green', flashing: false } }],
  });
  expect(published[0]!.evidence).toEqual([{ bytes: packetAt(at, 'green'), receivedMs: at }]);
  expect(facts).toEqual([{ formatVersion: 1, source: '10.0.0.5:6053' }]);
});

test('two senders within two seconds are two sources; the second is dropped', () => {
  const { deliver, published, counts, twoSources } = running();
  deliver({ data: packetAt(at), from: '10.0.0.5:6053' }, at);
  deliver({ data: packetAt(at + 50), from: '10.0.0.6:6053' }, monotonicMs(at + 50));
  deliver({ data: packetAt(at + 100), from: '10.0.0.5:6053' }, monotonicMs(at + 100));
  expect(twoSources()).toBe(1);
  expect(counts.get('two_sources')).toBe(1);
  expect(published.length).toBe(2);
  deliver({ data: packetAt(at + 2200), from: '10.0.0.6:6053' }, monotonicMs(at + 2200));
  expect(twoSources()).toBe(1);
  expect(counts.get('source_changed')).toBe(1);
  expect(published.length).toBe(3);
});

test('only the expected source is heard, and noise makes no second source', () => {
  const { deliver, published, counts, twoSources } = running({ expectedSource: '10.0.0.5' });
  deliver({ data: packetAt(at), from: '10.0.0.6:6053' }, at);
  expect(counts.get('unexpected_source')).toBe(1);
  deliver({ data: packetAt(at), from: '10.0.0.5:6053' }, at);
  deliver({ data: new Uint8Array([1, 2]), from: '10.0.0.6:6053' }, at);
  expect(counts.get('wrong_length')).toBe(1);
  expect([published.length, twoSources()]).toEqual([1, 0]);
  deliver({ data: packetAt(at), from: '10.0.0.6:6053' }, monotonicMs(at + 10));
  expect([published.length, twoSources()]).toEqual([1, 1]);
});

test('a repeated packet is nothing new, an older one dropped, a restart taken', () => {
  const { deliver, published, counts } = running();
  const from = '10.0.0.5:6053';
  deliver({ data: packetAt(at), from }, at);
  deliver({ data: packetAt(at), from }, monotonicMs(at + 100));
  expect([published.length, counts.get('sequence_repeated')]).toEqual([1, 1]);
  deliver({ data: packetAt(at, 'green'), from }, monotonicMs(at + 110));
  expect([published.length, counts.get('sequence_repeated')]).toEqual([2, 2]);
  deliver({ data: packetAt(at - 300), from }, monotonicMs(at + 200));
  expect([published.length, counts.get('sequence_backward')]).toEqual([2, 1]);
  deliver({ data: packetAt(at + 1000), from }, monotonicMs(at + 300));
  expect([published.length, counts.get('sequence_gap')]).toEqual([3, 1]);
  deliver({ data: packetAt(at - 5000), from }, monotonicMs(at + 2000));
  expect([published.length, counts.get('sequence_backward')]).toEqual([4, 2]);
});

test('a driver that is restored goes on as the one that was snapshotted', () => {
  const first = running();
  first.deliver({ data: packetAt(at), from: 'a:1' }, at);
  const second = running();
  second.driver.restore(structuredClone(first.driver.snapshot()));
  for (const one of [first, second]) {
    one.deliver({ data: packetAt(at), from: 'a:1' }, monotonicMs(at + 90));
    one.deliver({ data: packetAt(at + 100), from: 'a:1' }, monotonicMs(at + 100));
    one.deliver({ data: packetAt(at + 100), from: 'b:1' }, monotonicMs(at + 110));
  }
  expect(second.published).toEqual(first.published.slice(1));
  expect(second.published.map(({ sequence }) => sequence)).toEqual([1]);
  expect(second.twoSources()).toBe(1);
});

test('settings with a phase twice or out of range are refused', () => {
  expect(() => options({ phases: [1, 1] })).toThrow('each number once');
  expect(() => options({ phases: [17] })).toThrow();
  expect(() => options({ phase: [1] })).toThrow();
});
