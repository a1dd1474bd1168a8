import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../src/base/clock.ts';
import { monotonicMs, plusMs } from '../../src/base/time.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { ControllerId, SensorId } from '../../src/model/ids.ts';
import type { PortMessage } from '../../src/model/port.ts';
import type { SensedScan, SimulatedController, SimulatedSensor } from '../../src/model/simulated.ts';
import { createSimulation, VIRTUAL_START } from '../../src/simulate/devices.ts';
import type { SimulatedMessage, SimulationOptions } from '../../src/simulate/devices.ts';
import { runLive, simulateToSink } from '../../src/simulate/run.ts';
import type { LampTruthRow, TruthRow } from '../../src/simulate/truth.ts';
import { demoSite } from './demo.ts';

const site = demoSite();
const controller = site.controllers[0]!;
const text = (value: unknown): PortMessage =>
  ({ data: new TextEncoder().encode(JSON.stringify(value)), from: '' });
const read = (message: PortMessage): unknown =>
  JSON.parse(new TextDecoder().decode('data' in message ? message.data : message.payload));

/** Devices that send their scan as JSON: one message, or three spread over 2 ms on a CAN port. */
function plainSensors(): Map<SensorId, SimulatedSensor> {
  return new Map(site.sensors.map((settings) => [settings.id, {
    periodMs: settings.periodMs,
    encode: (scan: SensedScan) => (site.ports[settings.port]!.transport === 'can' ? [0, 1, 2] : [0])
      .map((delayMs) => ({ delayMs, message: text({ sensor: settings.id, part: delayMs, scan }) })),
    idle: [{ periodMs: 1000, encode: (nowMs: MonotonicMs) => [text({ alive: settings.id, nowMs })] }],
    receive: (message: PortMessage) => [text({ heard: read(message), by: settings.id })],
  }]));
}

function plainControllers(periodMs: number | null = 100): Map<ControllerId, SimulatedController> {
  return new Map([[controller.id, {
    periodMs,
    encode: (signals) => [text({ lamps: signals.lamps.length, atMs: signals.nowMs })],
    receive: (message, signals) => [text({ answer: read(message), atMs: signals.nowMs })],
  } satisfies SimulatedController]]);
}

type Offline = Omit<SimulationOptions, 'outputs'>;
const options = (more: Partial<Offline> = {}): Offline => ({
  site, seed: 7, users: 40, sensors: plainSensors(), controllers: plainControllers(), ...more,
});

function play(seconds: number, more: Partial<Offline> = {}): {
  messages: SimulatedMessage[]; truth: TruthRow[][]; lamps: LampTruthRow[][];
} {
  const messages: SimulatedMessage[] = [];
  const truth: TruthRow[][] = [];
  const lamps: LampTruthRow[][] = [];
  simulateToSink({ ...options(more), seconds }, {
    message: (message) => messages.push(message),
    truth: (rows) => truth.push([...rows]),
    lamps: (rows) => lamps.push([...rows]),
  });
  return { messages, truth, lamps };
}

const hashOf = (value: unknown): string => createHash('sha256')
  .update(JSON.stringify(value, (_, part: unknown) => (part instanceof Uint8Array ? [...part] : part)))
  .digest('hex');

const ofSensor = (messages: readonly SimulatedMessage[], id: string): SimulatedMessage[] =>
  messages.filter(({ message }) => (read(message) as { sensor?: string }).sensor === id);

describe('the same bytes', () => {
  test('the same seed gives the same messages, truth and lamps; another gives others', () => {
    const first = hashOf(play(5));
    expect(hashOf(play(5))).toBe(first);
    expect(hashOf(play(5, { seed: 8 }))).not.toBe(first);
  });

  test('a sensor less changes nothing of what the others send', () => {
    const without = plainSensors();
    const gone = site.sensors[0]!.id;
    without.delete(gone);
    const kept = site.sensors[1]!.id;
    expect(hashOf(ofSensor(play(5, { sensors: without }).messages, kept)))
      .toBe(hashOf(ofSensor(play(5).messages, kept)));
  });
});

describe('order and latency', () => {
  const { messages } = play(20);

  test('messages come in order of time, within the run, on ports of the site', () => {
    expect(messages.length).toBeGreaterThan(2000);
    let lastMs = VIRTUAL_START.monoMs as number;
    for (const { atMs, port, direction } of messages) {
      expect(atMs).toBeGreaterThanOrEqual(lastMs);
      expect(atMs).toBeLessThanOrEqual(VIRTUAL_START.monoMs + 20_000);
      expect(site.ports[port]).toBeDefined();
      expect(direction).toBe('to-box');
      lastMs = atMs;
    }
  });

  test('the median age of a look at arrival is the latency that the site declares', () => {
    for (const settings of site.sensors) {
      const ages = ofSensor(messages, settings.id)
        .filter(({ message }) => (read(message) as { part: number }).part !== 1)
        .map(({ atMs, message }) => atMs - (read(message) as { scan: SensedScan }).scan.measuredMs)
        .sort((a, b) => a - b);
      expect(ages.length, settings.id).toBeGreaterThan(150);
      expect(Math.abs(ages[ages.length >> 1]! - settings.latencyMs), settings.id).toBeLessThan(6);
      expect(ages.at(-1)! - ages[0]!, settings.id).toBeGreaterThan(10);
    }
  });

  test('every device has its own phase', () => {
    const phases = site.sensors.map(({ id, periodMs }) => {
      const { scan } = read(ofSensor(messages, id)[0]!.message) as { scan: SensedScan };
      return ((scan.measuredMs - VIRTUAL_START.monoMs) % periodMs) / periodMs;
    });
    expect(new Set(phases.map((phase) => phase.toFixed(3))).size).toBe(site.sensors.length);
  });

  test('the messages of one look on a CAN bus keep their order and follow each other closely', () => {
    const onCan = site.sensors.find(({ port }) => site.ports[port]!.transport === 'can')!;
    const frames = ofSensor(messages, onCan.id);
    for (let index = 0; index + 2 < frames.length; index += 3) {
      const parts = frames.slice(index, index + 3);
      expect(parts.map(({ message }) => (read(message) as { part: number }).part)).toEqual([0, 1, 2]);
      expect(parts[2]!.atMs - parts[0]!.atMs).toBeLessThanOrEqual(2 + 1e-6);
    }
    expect(frames.length).toBeGreaterThan(600);
  });

  test('a datagram comes from where the site expects its device', () => {
    const udp = messages.find(({ port }) => site.ports[port]!.transport === 'udp')!;
    const settings = site.ports[udp.port]!;
    const from = settings.transport === 'udp' ? `${settings.remoteHost}:${settings.remotePort}` : '';
    expect('from' in udp.message && udp.message.from).toBe(from);
  });
});

describe('truth', () => {
  const { truth, lamps } = play(10);

  test('there are ten frames a second in UTC seconds of the virtual start', () => {
    expect(truth).toHaveLength(101);
    expect(truth[0]![0]!.t).toBe(VIRTUAL_START.utcMs / 1000);
    expect(truth[1]![0]!.t).toBeCloseTo(VIRTUAL_START.utcMs / 1000 + 0.1, 6);
  });

  test('a frame without anybody is a line with its time alone', () => {
    expect(play(1, { users: 0 }).truth[3]).toEqual([{ t: VIRTUAL_START.utcMs / 1000 + 0.3 }]);
  });

  test('who is outside every field of view is marked, and nobody else', () => {
    const blind = { ...site, sensors: site.sensors.map((row) => ({ ...row, enabled: false })) };
    const marked = (rows: readonly TruthRow[]): number => rows.filter((row) => 'ignore' in row).length;
    expect(marked(truth.flat())).toBeLessThan(truth.flat().length / 2);
    const unseen = play(1, { site: blind }).truth.flat();
    expect(marked(unseen)).toBe(unseen.length);
  });

  test('the lamps are written for every group, with the instant at which their state ends', () => {
    expect(lamps[0]).toHaveLength(site.road.signalGroups.length);
    for (const { t, endS } of lamps.flat()) expect(endS).toBeGreaterThan(t);
  });
});

describe('answers', () => {
  test('what the box says to a port is answered by every device on it', () => {
    const messages: SimulatedMessage[] = [];
    const simulation = createSimulation({ ...options(), outputs: { message: (message) => messages.push(message) } });
    const atMs = plusMs(VIRTUAL_START.monoMs, 500);
    simulation.advance(atMs);
    const shared = site.sensors.filter(({ port }) => port === site.sensors[0]!.port);
    simulation.receive(shared[0]!.port, text('set up'), atMs);
    simulation.advance(plusMs(atMs, 10));
    const answers = messages.filter(({ message }) => 'heard' in (read(message) as object));
    expect(answers.map(({ message }) => (read(message) as { by: string }).by)).toEqual(shared.map(({ id }) => id));
    expect(answers.every((answer) => answer.atMs > atMs)).toBe(true);
  });

  test('a controller that only answers is asked by the poller at its pace', () => {
    const { messages } = play(10, {
      controllers: plainControllers(null),
      pollers: new Map([[controller.id, { periodMs: 200, poll: () => [text('lamps?')] }]]),
    });
    const answers = messages.filter(({ port }) => port === controller.port);
    expect(answers.length).toBeGreaterThanOrEqual(49);
    expect(read(answers[0]!.message)).toMatchObject({ answer: 'lamps?' });
  });

  test('a silent controller neither speaks nor answers', () => {
    const fault = {
      kind: 'silent',
      fromMs: VIRTUAL_START.monoMs,
      untilMs: plusMs(VIRTUAL_START.monoMs, 5000),
    } as const;
    const heard = play(10, { lampFaults: [fault] }).messages.filter(({ port }) => port === controller.port);
    expect(heard[0]!.atMs).toBeGreaterThanOrEqual(fault.untilMs);
    expect(heard.length).toBeGreaterThan(45);
  });
});

describe('at a clock\'s pace', () => {
  test('messages leave at their instants, and an answer does not wait for the next step', () => {
    const clock = new VirtualClock(monotonicMs(5000), VIRTUAL_START);
    const sent: { port: string; atMs: number; what: unknown }[] = [];
    const live = runLive(options(), clock, (port, message) =>
      sent.push({ port, atMs: clock.nowMs(), what: read(message) }));
    clock.advanceTo(monotonicMs(7000));
    expect(sent.length).toBeGreaterThan(200);
    live.receive(controller.port, text('lamps?'));
    const askedMs = clock.nowMs();
    clock.advanceTo(plusMs(askedMs, 2));
    expect(sent.some(({ what }) => (what as { answer?: string }).answer === 'lamps?')).toBe(true);
    live.stop();
    const count = sent.length;
    clock.advanceTo(monotonicMs(9000));
    expect(sent).toHaveLength(count);
  });
});
