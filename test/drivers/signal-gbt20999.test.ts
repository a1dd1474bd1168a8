import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  crc, escapeFrame, LONGEST_FRAME, readDatagram, readFrame, StreamParser, writeFrame,
} from '../../drivers/signal-gbt20999/frame.ts';
import type { Gbt20999Frame, Received } from '../../drivers/signal-gbt20999/frame.ts';
import { signalGbt20999 } from '../../drivers/signal-gbt20999/index.ts';
import { Gbt20999Instance } from '../../drivers/signal-gbt20999/instance.ts';
import { errorCounters, FRAME, lampAspects,
  LAMP_STATES } from '../../drivers/signal-gbt20999/objects.ts';
import { gbt20999Options } from '../../drivers/signal-gbt20999/options.ts';
import { simulatedGbt20999 } from '../../drivers/signal-gbt20999/simulate.ts';
import { sectionSchema } from '../../config/field.ts';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { monotonicMs, plusMs, utcMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { Datagram, PortMessage, StreamChunk } from '../../src/model/port.ts';
import type { ControllerStatus, LampAspect } from '../../src/model/signal.ts';
import type { SimulatedSignals } from '../../src/model/simulated.ts';
import { readFileSync } from 'node:fs';
import { contextFor } from './signal-context.ts';

const at0 = monotonicMs(0);
const reference = fromHex(
  readFileSync(new URL('../fixtures/signal/gbt20999-reference.hex', import.meta.url), 'utf8')
    .split('\n').filter((line) => !line.startsWith('#')).join(''),
);
const options = (given: Record<string, unknown> = {}) =>
  sectionSchema(gbt20999Options).parse(given);

const status: ControllerStatus = {
  mode: 'fixed-time', manualControl: false, stopTime: false, failureFlash: false,
  preempt: false, priority: false, fault: false, transition: false, plan: 2,
};
const GREEN: LampAspect = { colour: 'green', flashing: false };
const RED: LampAspect = { colour: 'red', flashing: false };

/** Stage 1 ends at `endMs`; its groups are green until then. */
function signalsAt(nowMs: MonotonicMs, aspects: readonly LampAspect[],
  endMs = 20_000): SimulatedSignals {
  return {
    nowMs, utcMs: utcMs(1.767e12 + nowMs), status,
    lamps: aspects.map((aspect, index) => ({
      lampGroup: String(index + 1), aspect,
      endMs: monotonicMs(endMs), minEndMs: monotonicMs(endMs), maxEndMs: monotonicMs(endMs),
        next: [],
    })),
    stage: { number: 1, elapsedMs: 0, remainingMs: endMs - nowMs },
  };
}

/** A driver and the simulated controller it talks to, on a virtual clock. */
function running(transport: 'udp' | 'tcp' | 'serial', given: Record<string, unknown> = {}) {
  const heard = contextFor<'udp' | 'tcp' | 'serial'>(transport);
  const set = options(given);
  const driver = new Gbt20999Instance(heard.context, set);
  const controller = simulatedGbt20999(set);
  let aspects: readonly LampAspect[] = [GREEN, RED, GREEN];
  const world = {
    endMs: 20_000, answers: true, losesEvery: 0, delayMs: 10, frozenAtMs: null as number | null,
  };
  let asked = 0;
  const dress = (message: PortMessage): PortMessage =>
    'from' in message ? { ...message, from: '10.0.0.9:15050' } : message;
  const shown = (): SimulatedSignals => {
    const nowMs = heard.clock.nowMs();
    const signals = signalsAt(nowMs, aspects, world.endMs);
    if (world.frozenAtMs === null) return signals;
    return { ...signals, stage: { ...signals.stage, remainingMs: world.endMs - world.frozenAtMs } };
  };
  /** Runs the clock on; questions are answered after the controller's delay. */
  const run = (untilMs: number): void => {
    for (let nowMs = heard.clock.nowMs() + 10; nowMs <= untilMs; nowMs += 10) {
      heard.clock.advanceTo(monotonicMs(nowMs));
      for (const message of heard.sent.splice(0)) {
        if (!world.answers) continue;
        if (world.losesEvery > 0 && ++asked % world.losesEvery === 0) continue;
        for (const answer of controller.receive!(dress(message), shown())) {
          heard.clock.at(plusMs(heard.clock.nowMs(), world.delayMs), () => {
            heard.deliver(dress(answer) as Datagram | StreamChunk, heard.clock.nowMs());
          });
        }
      }
    }
  };
  const show = (next: readonly LampAspect[]): void => { aspects = next; };
  return { ...heard, driver, controller, run, show, shown, world };
}

const frameOf = (items: Gbt20999Frame['items'], type: number = FRAME.reply): Gbt20999Frame => ({
  version: 256, upperComputer: 1, controller: 1, intersection: 1, sequence: 0, type, items,
});
const lampFrame = (octets: readonly number[], type?: number): Uint8Array =>
  writeFrame(frameOf([{ ...LAMP_STATES, data: Uint8Array.from(octets) }], type));
const framesOf = (found: readonly Received[]): string[] =>
  found.map((one) => (one.frame ? toHex(one.bytes) : `${one.dropped} ${one.octets}`));

test('the published frame reads as its source says, and is written back octet for octet', () => {
  expect(reference.length).toBe(38);
  const frame = readFrame(reference);
  expect(frame).toEqual({
    version: 0x0100, upperComputer: 5, controller: 0x000c48fc, intersection: 1, sequence: 0x13,
    type: FRAME.set,
    items: [[2, 1], [3, 1], [4, 0x21]].map(([attribute, value]) => ({
      cls: 0x11, object: 1, attribute, element: 1, data: Uint8Array.of(value),
    })),
  });
  expect(crc(reference, 1, 35)).toBe(0xe443);
  expect(toHex(writeFrame(frame as Gbt20999Frame))).toBe(toHex(reference));
});

test('a wrong length, a wrong check sum and items that do not fit are told apart', () => {
  const changed = (index: number, octet: number): Uint8Array => {
    const bytes = Uint8Array.from(reference);
    bytes[index] = octet;
    return bytes;
  };
  const summed = (bytes: Uint8Array): Uint8Array => {
    const sum = crc(bytes, 1, bytes.length - 3);
    bytes.set([sum >> 8, sum & 0xff], bytes.length - 3);
    return bytes;
  };
  expect(readFrame(changed(2, 0x23))).toBe('length');
  expect(readFrame(reference.subarray(0, 16))).toBe('length');
  expect(readFrame(changed(20, 0))).toBe('crc');
  expect(readFrame(summed(changed(14, 2)))).toBe('items');
  expect(readFrame(summed(changed(15, 6)))).toBe('items');
  expect(readFrame(summed(changed(13, 2)))).toBe('items');
});

test('a datagram may hold two frames; what follows octets that are no frame is dropped', () => {
  const one = lampFrame([0x10]);
  const two = Uint8Array.from([...one, ...one]);
  expect(framesOf(readDatagram(two, at0))).toEqual([toHex(one), toHex(one)]);
  expect(framesOf(readDatagram(Uint8Array.from([0, ...one]), at0)))
    .toEqual([`noise ${one.length + 1}`]);
  expect(framesOf(readDatagram(one.subarray(0, 10), at0))).toEqual(['length 10']);
  expect(framesOf(readDatagram(Uint8Array.from([...one, 0x7e]), at0)))
    .toEqual([toHex(one), 'length 1']);
  expect(readDatagram(new Uint8Array(0), at0)).toEqual([]);
});

test('a stream gives two frames of one chunk, one of two chunks, and frames after noise', () => {
  const one = lampFrame([0x10, 0x20]);
  const wire = escapeFrame(one);
  const parser = new StreamParser();
  expect(framesOf(parser.push(Uint8Array.from([...wire, ...wire]), at0)))
    .toEqual([toHex(one), toHex(one)]);
  expect(parser.push(wire.subarray(0, 9), monotonicMs(5))).toEqual([]);
  const [late] = parser.push(wire.subarray(9), monotonicMs(40));
  expect(late).toMatchObject({ receivedMs: 5, bytes: one });
  expect(framesOf(parser.push(Uint8Array.from([1, 2, 0x7d, 0x5c, ...wire]), at0)))
    .toEqual(['noise 4', toHex(one)]);
});

test('a bad escape, a cut, a wrong sum and an endless frame are named; the next is read', () => {
  const one = lampFrame([0x10, 0x20]);
  const wire = escapeFrame(one);
  const bad = Uint8Array.from(wire);
  bad[20]! ^= 1;
  const cases: readonly (readonly [readonly number[], string])[] = [
    [[0x7e, 0x5c, 0x11], 'escape 2'],
    [wire.subarray(0, 7) as unknown as number[], 'frame_cut 7'],
    [bad as unknown as number[], `crc ${wire.length}`],
    [[0x7e, 0, 1, 0x7d], 'length 4'],
    [[0x7e, ...new Array<number>(LONGEST_FRAME).fill(0)], `too_long ${LONGEST_FRAME + 1}`],
  ];
  for (const [broken, name] of cases) {
    const parser = new StreamParser();
    expect(framesOf(parser.push(Uint8Array.from([...broken, ...wire]), at0)))
      .toEqual([name, toHex(one)]);
  }
  expect(cases.length).toBe(5);
});

const anyFrame = fc.record({
  version: fc.nat(65535), upperComputer: fc.nat(255), controller: fc.nat(4294967295),
  intersection: fc.nat(255), sequence: fc.nat(255), type: fc.nat(255),
  items: fc.array(fc.record({
    cls: fc.nat(255), object: fc.nat(255), attribute: fc.nat(255), element: fc.nat(255),
    data: fc.uint8Array({ maxLength: 20 }),
  }), { maxLength: 6 }),
});

test('any frame is read back as written, escaped in a stream or plain in a datagram', () => {
  fc.assert(fc.property(anyFrame, (frame) => {
    const bytes = writeFrame(frame);
    expect(readFrame(bytes)).toEqual(frame);
    const [one] = new StreamParser().push(escapeFrame(bytes), at0);
    expect(one).toMatchObject({ frame, bytes });
    expect(readDatagram(bytes, at0)[0]).toMatchObject({ frame });
  }));
});

test('however a stream is cut, the parser finds the same and never throws', () => {
  const piece = fc.oneof(
    anyFrame.map((frame) => escapeFrame(writeFrame(frame))),
    fc.uint8Array({ maxLength: 30 }),
    fc.constantFrom(fromHex('7e'), fromHex('7d'), fromHex('5c'), fromHex('7e7e5c7d')),
  );
  const stream = fc.array(piece, { maxLength: 8 })
    .map((pieces) => Uint8Array.from(pieces.flatMap((octets) => [...octets])));
  let frames = 0;
  fc.assert(fc.property(stream, fc.array(fc.nat(200), { maxLength: 12 }), (octets, cuts) => {
    const whole = framesOf(new StreamParser().push(octets, at0));
    const places =
      [0, ...cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b), octets.length];
    let parser = new StreamParser();
    const found: Received[] = [];
    places.slice(1).forEach((end, index) => {
      found.push(...parser.push(octets.subarray(places[index], end), at0));
      const next = new StreamParser(); // a parser restored between any two chunks goes on the same
      next.restore(structuredClone(parser.snapshot()));
      parser = next;
    });
    expect(framesOf(found)).toEqual(whole);
    frames += found.filter((one) => one.frame).length;
    expect(() => readDatagram(octets, at0)).not.toThrow();
  }));
  expect(frames).toBeGreaterThan(50);
});

test('every lamp state of the protocol is shown and read back as the same aspect', () => {
  expect(lampAspects.size).toBe(11);
  const aspects =
    fc.array(fc.constantFrom(...lampAspects.values()), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(aspects, fc.constantFrom('udp', 'tcp', 'serial'), (shown, transport) => {
    const { run, show, published } = running(transport);
    show(shown);
    run(450);
    expect(published.length).toBeGreaterThan(0);
    for (const report of published) expect(report.groups.map(({ aspect }) => aspect))
      .toEqual(shown);
    expect(published[0]!.groups.map(({ lampGroup }) => lampGroup))
      .toEqual(shown.map((_, index) => String(index + 1)));
  }), { numRuns: 40 });
});

for (const transport of ['udp', 'tcp', 'serial'] as const) {
  test(`over ${transport} lamps are asked for at 5 Hz, and each report holds its frame`, () => {
    const { run, published, counts, facts, driver } = running(transport);
    run(4050);
    expect(published.length).toBe(20);
    const last = published.at(-1)!;
    expect(last).toMatchObject({ periodMs: 200, status: { mode: 'fixed-time', plan: 2 } });
    expect(last.measured.monoMs).toBe(last.evidence[0]!.receivedMs);
    const evidence = readFrame(last.evidence[0]!.bytes);
    expect(evidence).toMatchObject({ type: FRAME.reply });
    expect(facts.at(-1)).toEqual({ lampGroups: 3, lampGroupTypes: '1,1,1', slow: false });
    expect(counts.toJSON()).toEqual({});
    driver.stop();
    run(6000);
    expect(published.length).toBe(20);
  });
}

test('lamps can be asked for one by one, and the report is the same', () => {
  const { run, published, counts } = running('udp', { lampQuery: 'each' });
  run(2050);
  expect(published.length).toBe(10);
  const frame = readFrame(published.at(-1)!.evidence[0]!.bytes) as Gbt20999Frame;
  expect(frame.items.map(({ element, data }) => [element, data[0]]))
    .toEqual([[1, 0x20], [2, 0x10], [3, 0x20]]);
  expect(published.at(-1)!.groups).toEqual(published[0]!.groups);
  expect(counts.toJSON()).toEqual({});
});

test('the colours of a green group of the running stage carry a forecast that stands still', () => {
  const { run, published, world } = running('udp', {
    stageGroups: { 1: ['1', { lampGroup: '3', beforeEndMs: 6000, flashingMs: 3000 }] },
      transitionMs: 5000,
  });
  world.endMs = 20_350;
  run(9000);
  const ends = (index: number): (number | undefined)[] =>
    published.map(({ groups }) => groups[index]!.timing?.likelyEnd?.atMs);
  const told = ends(0).filter((end) => end !== undefined);
  expect(told.length).toBeGreaterThan(35);
  expect(new Set(told).size).toBe(1);
  expect(Math.abs(told[0]! - 15_350)).toBeLessThanOrEqual(1000);
  expect(ends(2).filter((end) => end !== undefined)[0]! - told[0]!).toBe(-4000);
  expect(ends(1).every((end) => end === undefined)).toBe(true);
  expect(published.at(-1)!.groups[0]!.timing).toMatchObject({
    minEnd: null, maxEnd: null, confidence: 0.8, resolutionMs: 1000,
    likelyEnd: { source: 'controller-forecast' },
  });
});

test('without stages of the site there are colours and no timing', () => {
  const { run, published } = running('udp');
  run(3000);
  expect(published.every(({ groups }) => groups.every(({ timing }) => timing === null))).toBe(true);
  expect(published.length).toBeGreaterThan(10);
});

test('a remaining time that stands still loses its forecast after two seconds', () => {
  const { run, published, world, counts } = running('udp', { stageGroups: { 1: ['1'] } });
  run(3000);
  world.frozenAtMs = 3000;
  run(8000);
  const told = published
    .map(({ received, groups }) => [received.monoMs, groups[0]!.timing !== null] as const);
  expect(told.filter(([atMs, has]) => has && atMs > 5800)).toEqual([]);
  expect(told.some(([atMs, has]) => has && atMs > 3000)).toBe(true);
  expect(counts.get('countdown_frozen')).toBe(1);
});

test('a controller that answers slowly becomes a slow source, and quick again later', () => {
  const { run, published, world, counts } = running('tcp');
  world.delayMs = 500;
  run(6000);
  expect(published.map(({ periodMs }) => periodMs).slice(0, 3)).toEqual([200, 200, 200]);
  expect(published.at(-1)!.periodMs).toBe(1000);
  expect(counts.get('query_timeout')).toBe(0);
  world.delayMs = 10;
  run(14_000);
  expect(published.at(-1)!.periodMs).toBe(200);
});

test('a lost datagram costs a repetition and not the data', () => {
  const { run, published, world, counts } = running('udp');
  run(2000);
  world.losesEvery = 3;
  run(12_000);
  const gaps = published.slice(1)
    .map(({ received }, index) => received.monoMs - published[index]!.received.monoMs);
  expect(Math.max(...gaps)).toBeLessThan(300);
  expect(counts.get('query_repeated')).toBeGreaterThan(10);
  expect(counts.get('query_timeout')).toBe(0);
});

test('who answers no more is not asked again and again', () => {
  const { run, world, counts } = running('udp');
  run(2000);
  world.answers = false;
  run(12_000);
  const questions = counts.get('query_repeated') + counts.get('query_timeout');
  expect(counts.get('query_timeout')).toBeGreaterThan(7);
  expect(questions).toBeLessThan(40);
});

test('a single late answer does not make the source slow', () => {
  const { run, published, world } = running('udp');
  run(2000);
  world.delayMs = 800;
  run(2300);
  world.delayMs = 10;
  run(5000);
  const gaps = published.slice(1)
    .map(({ received }, index) => received.monoMs - published[index]!.received.monoMs);
  expect(gaps.some((gapMs) => gapMs > 300)).toBe(true);
  expect(new Set(published.map(({ periodMs }) => periodMs))).toEqual(new Set([200]));
});

test('unanswered questions are asked again after their time, and counted', () => {
  const { run, counts, world, published } = running('udp');
  world.answers = false;
  run(5000);
  expect(published).toEqual([]);
  expect(counts.get('query_timeout')).toBe(4);
  world.answers = true;
  run(8000);
  expect(published.length).toBeGreaterThan(5);
});

test('a closed port is counted, and asked again at the next tick', () => {
  const { run, counts, state, published } = running('udp', { heartbeat: 'none' });
  state.open = false;
  run(1000);
  expect(counts.get('send_refused')).toBeGreaterThanOrEqual(5);
  state.open = true;
  run(2000);
  expect(published.length).toBeGreaterThanOrEqual(4);
});

const udp = (bytes: Uint8Array, from = '10.0.0.9:15050'): Datagram => ({ data: bytes, from });
const lampItem = (element: number, octet: number) =>
  ({ ...LAMP_STATES, element, data: Uint8Array.of(octet) });

test('a report can come group by group; a partial one rests on the last complete one', () => {
  const { deliver, published, counts } = running('udp', { heartbeat: 'none' });
  const partial = writeFrame(frameOf([lampItem(2, 0x30)], FRAME.activeReport));
  deliver(udp(partial), monotonicMs(5));
  expect([published.length, counts.get('partial_before_full')]).toEqual([0, 1]);
  deliver(udp(writeFrame(frameOf([lampItem(1, 0x20), lampItem(2, 0x20), lampItem(3, 0x10)]))),
    monotonicMs(10));
  deliver(udp(partial), monotonicMs(60));
  expect(published.map(({ groups }) => groups.map(({ aspect }) => aspect.colour))).toEqual([
    ['green', 'green', 'red'],
    ['green', 'yellow', 'red'],
  ]);
  expect(published[1]!.evidence.map(({ receivedMs }) => receivedMs)).toEqual([10, 60]);
  expect([published[1]!.measured.monoMs, published[1]!.received.monoMs]).toEqual([10, 60]);
});

test('active reports can be ignored, and partial ones are bounded', () => {
  const ignoring = running('udp', { activeReports: 'ignore' });
  ignoring.deliver(udp(lampFrame([0x10], FRAME.activeReport)), at0);
  expect([ignoring.published.length, ignoring.counts.get('active_ignored')]).toEqual([0, 1]);
  const { deliver, published, counts } = running('udp');
  deliver(udp(lampFrame([0x20, 0x10])), at0);
  for (let index = 0; index < 30; index++) {
    deliver(udp(writeFrame(frameOf([lampItem(2, 0x10)], FRAME.activeReport))), at0);
  }
  expect(published.length).toBe(17);
  expect(counts.get('partial_overflow')).toBe(14);
});

test('a simulated controller that reports unasked is heard without another question', () => {
  const { controller, deliver, published, run, shown, world } =
    running('udp', { simulateActiveReports: true });
  expect(controller.periodMs).toBe(200);
  expect(controller.encode(shown())).toEqual([]);
  run(400);
  world.answers = false;
  const before = published.length;
  const [message] = controller.encode(shown());
  deliver({ ...(message as Datagram), from: '10.0.0.9:15050' }, monotonicMs(450));
  expect(published.length).toBe(before + 1);
});

test('every error answer is counted by name, and an object that is not there left alone', () => {
  const { deliver, counts, run, sent, world } = running('udp', { stageGroups: { 1: ['1'] } });
  for (const code of [...errorCounters.keys(), 0x99]) {
    const item = { cls: 3, object: 3, attribute: 1, element: 0, data: Uint8Array.of(code) };
    deliver(udp(writeFrame(frameOf([item], FRAME.queryError))), at0);
  }
  expect(counts.toJSON()).toEqual({
    error_bad_value: 1, error_wrong_length: 1, error_overflow: 1, error_read_only: 1,
    error_no_object: 1, error_general: 1, error_control: 1, error_unknown: 1,
  });
  const noStage = { cls: 0x0d, object: 2, attribute: 4, element: 0, data: Uint8Array.of(0x30) };
  deliver(udp(writeFrame(frameOf([noStage], FRAME.queryError))), at0);
  world.answers = false;
  const asks = (message: Datagram): boolean => {
    const frame = readFrame(message.data);
    return typeof frame !== 'string' && frame.items.some(({ cls, attribute }) =>
      cls === 0x0d && attribute === 4);
  };
  const asked: Datagram[] = [];
  sent.push = (...messages) => { asked.push(...(messages as Datagram[])); return 0; };
  run(59_000);
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter(asks).length).toBe(0);
  run(63_000);
  expect(asked.filter(asks).length).toBeGreaterThan(0);
});

test('frames of another controller or a strange type and wrong values are passed over', () => {
  const { deliver, counts, published, sent } = running('udp');
  deliver(udp(writeFrame({ ...frameOf([lampItem(1, 0x10)]), controller: 2 })), at0);
  deliver(udp(writeFrame({ ...frameOf([lampItem(1, 0x10)]), intersection: 2 })), at0);
  deliver(udp(lampFrame([0x10], FRAME.set)), at0);
  const value = (cls: number, object: number, attribute: number, data: readonly number[]) =>
    udp(writeFrame(frameOf([{ cls, object, attribute, element: 0, data: Uint8Array.from(data) }])));
  deliver(value(9, 9, 9, [1]), at0);
  deliver(value(3, 1, 0, [1, 2]), at0);
  expect(published).toEqual([]);
  deliver(value(3, 1, 0, [2]), at0);
  deliver(udp(lampFrame([0x10, 0x10, 0x10])), at0);
  deliver(udp(writeFrame(frameOf([lampItem(1, 0x10), lampItem(1, 0x10)]))), at0);
  expect(published).toEqual([]);
  deliver(udp(lampFrame([0x10, 0x77])), at0);
  expect(published[0]!.groups[1]!.aspect).toEqual({ colour: 'unknown', flashing: false });
  deliver(udp(writeFrame({ ...frameOf([], FRAME.heartbeatQuery), sequence: 77 })), at0);
  expect(readFrame((sent.at(-1) as Datagram).data))
    .toMatchObject({ type: FRAME.heartbeatAnswer, sequence: 77 });
  expect(counts.toJSON()).toEqual({
    other_controller: 2, unexpected_type: 1, unknown_object: 1, item_length: 1, group_count: 1,
    duplicate_group: 1, unknown_lamp_state: 1,
  });
});

test('two senders of good frames are two sources, and the second is not heard', () => {
  const { deliver, published, counts, twoSources } = running('udp');
  deliver(udp(lampFrame([0x10])), at0);
  deliver(udp(lampFrame([0x20]), '10.0.0.8:1'), monotonicMs(100));
  expect([published.length, twoSources(), counts.get('two_sources')]).toEqual([1, 1, 1]);
});

test('half a frame of an old connection does not spoil the first of the new one', () => {
  const { deliver, published, counts } = running('tcp');
  const wire = escapeFrame(lampFrame([0x10, 0x20]));
  deliver({ data: wire, epoch: 1 }, at0);
  deliver({ data: wire.subarray(0, 12), epoch: 1 }, at0);
  deliver({ data: wire, epoch: 2 }, monotonicMs(50));
  expect(published.length).toBe(2);
  expect(counts.toJSON()).toEqual({});
});

test('a driver restored in the middle of a run publishes what the other one does', () => {
  const first = running('udp', { stageGroups: { 1: ['1'] } });
  first.run(3100);
  const second = contextFor<'udp' | 'tcp' | 'serial'>('udp', 3100);
  const twin = new Gbt20999Instance(second.context, options({ stageGroups: { 1: ['1'] } }));
  twin.restore(structuredClone(first.driver.snapshot()));
  const before = first.published.length;
  const answer = first.controller.receive!(
    udp(writeFrame(frameOf([{ ...LAMP_STATES, data: new Uint8Array(0) }], FRAME.query))),
      first.shown(),
  )[0] as Datagram;
  for (const one of [first, second]) one.deliver(udp(answer.data), monotonicMs(3150));
  const { measured: _a, received: _b, ...left } = first.published[before]!;
  const { measured: _c, received: _d, ...right } = second.published[0]!;
  expect(right).toEqual(left);
  expect(left.groups[0]!.timing).not.toBeNull();
});

test('random octets on any transport never throw, and make no report', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
    for (const transport of ['udp', 'tcp'] as const) {
      const { deliver, published } = running(transport);
      deliver(transport === 'udp' ? udp(octets) : { data: octets, epoch: 1 }, at0);
      expect(published).toEqual([]);
    }
  }));
});

test('every counter that the driver may use is declared', () => {
  const declared = Object.keys(signalGbt20999.counters);
  for (const name of errorCounters.values()) expect(declared).toContain(name);
  expect(declared.length).toBe(32);
});
