import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { driverByKind } from '../../drivers/index.ts';
import type { SignalContext } from '../../drivers/driver.ts';
import { writeFrame } from '../../drivers/signal-gbt20999/frame.ts';
import { FRAME, lampAspects, LAMP_STATES } from '../../drivers/signal-gbt20999/objects.ts';
import { sectionSchema } from '../../config/field.ts';
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import type { ControllerReport, LampAspect } from '../../src/model/signal.ts';
import type { Datagram } from '../../src/model/port.ts';
import type { SimulatedSignals } from '../../src/model/simulated.ts';
import { shared, testWithShared } from '../shared.ts';
import { contextFor } from './signal-context.ts';

/** The driver and its witness are by different hands; here they must read the same bytes alike. */

const colourOf = ({ colour, flashing }: LampAspect): string =>
  flashing && colour !== 'unknown' ? `flashing-${colour}` : colour;

/** Every group that the driver reports has the colour that the witness reads from its evidence. */
function agrees(kind: string, report: ControllerReport): number {
  const seen = driverByKind(kind)! as unknown as {
    witness: (frames: ControllerReport['evidence']) => ReadonlyMap<string, string> | null;
  };
  const read = seen.witness(report.evidence);
  expect(read).not.toBeNull();
  for (const { lampGroup, aspect } of report.groups) expect(read!.get(lampGroup))
    .toBe(colourOf(aspect));
  return report.groups.length;
}

function started(kind: string, given: Record<string, unknown>) {
  const driver = driverByKind(kind)!;
  if (driver.role !== 'signal') throw new Error(`${kind} is no signal driver`);
  const heard = contextFor('udp');
  const options = sectionSchema(driver.options).parse(given);
  const instance = driver.start(heard.context as unknown as SignalContext<'udp'>, options);
  const controller = driver.simulate(heard.context.settings, options, seededRandom(1));
  return { ...heard, instance, controller };
}

const signals =
  (nowMs: number, lamps: readonly (readonly [string, LampAspect])[]): SimulatedSignals => {
  const endMs = monotonicMs(nowMs + 5000);
  return {
    nowMs: monotonicMs(nowMs), utcMs: utcMs(1.767e12 + nowMs),
    lamps: lamps.map(([lampGroup, aspect]) => ({
      lampGroup, aspect, endMs, minEndMs: endMs, maxEndMs: endMs, next: [],
    })),
    status: {
      mode: 'fixed-time', manualControl: false, stopTime: false, failureFlash: false,
      preempt: false, priority: false, fault: false, transition: false, plan: null,
    },
    stage: { number: 1, elapsedMs: 0, remainingMs: 5000 },
  };
};

const vehicle = fc.record({
  colour: fc.constantFrom<LampAspect['colour']>('red', 'yellow', 'green'), flashing: fc.boolean(),
});
const walk = fc.constantFrom<LampAspect>(
  { colour: 'red', flashing: false }, { colour: 'green', flashing: false },
  { colour: 'green', flashing: true },
);

test('the TSCBM driver and its witness read the same colours from the simulated broadcast', () => {
  const use = { phases: [1, 2, 16], overlaps: [1, 16], pedestrians: [2, 16] };
  const names = ['phase:1', 'phase:2', 'phase:16', 'overlap:1', 'overlap:16'];
  let compared = 0;
  fc.assert(fc.property(fc.tuple(...names.map(() => vehicle)), fc.tuple(walk, walk),
    (shown, walks) => {
    const { controller, deliver, published } = started('signal-tscbm', use);
    const lamps = [
      ...names.map((name, index) => [name, shown[index]!] as const),
      ['pedestrian:2', walks[0]] as const, ['pedestrian:16', walks[1]] as const,
    ];
    const [message] = controller.encode(signals(1000, lamps));
    deliver(message as Datagram, monotonicMs(1000));
    compared += agrees('signal-tscbm', published[0]!);
  }));
  expect(compared).toBe(700);
});

testWithShared('the TSCBM driver and its witness read the same colours from the real packet',
  () => {
  const { deliver, published } = started('signal-tscbm', { pedestrians: [2, 4, 6, 8] });
  const data = new Uint8Array(readFileSync(shared('captures/signal/tscbm-real.bin')));
  deliver({ data, from: '10.0.0.5:6053' }, monotonicMs(1000));
  expect(agrees('signal-tscbm', published[0]!)).toBe(12);
});

test('the GB/T 20999 driver and its witness read the same colours from answers', () => {
  let compared = 0;
  const shown = fc.array(fc.constantFrom(...lampAspects.values()), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(shown, fc.constantFrom('all', 'each'), (aspects, lampQuery) => {
    const { controller, clock, sent, deliver, published } =
      started('signal-gbt20999', { lampQuery });
    const lamps = aspects.map((aspect, index) => [String(index + 1), aspect] as const);
    for (let nowMs = 200; nowMs <= 1000; nowMs += 200) {
      clock.advanceTo(monotonicMs(nowMs));
      for (const message of sent.splice(0)) {
        for (const answer of controller.receive!({ ...message, from: '10.0.0.9:1' },
          signals(nowMs, lamps))) {
          deliver(answer as Datagram, monotonicMs(nowMs));
        }
      }
    }
    expect(published.length).toBe(5);
    for (const report of published) compared += agrees('signal-gbt20999', report);
    // A partial active report rests on two frames; the witness must follow both.
    const partial = writeFrame({
      version: 256, upperComputer: 1, controller: 1, intersection: 1, sequence: 9,
      type: FRAME.activeReport, items: [{ ...LAMP_STATES, element: 1, data: Uint8Array.of(0x30) }],
    });
    deliver({ data: partial, from: '10.0.0.9:1' }, monotonicMs(1050));
    expect(published.at(-1)!.groups[0]!.aspect).toEqual({ colour: 'yellow', flashing: false });
    agrees('signal-gbt20999', published.at(-1)!);
  }));
  expect(compared).toBeGreaterThan(500);
});
