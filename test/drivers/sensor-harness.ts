import { VirtualClock } from '../../src/base/clock.ts';
import { Counters } from '../../src/base/counters.ts';
import { silentLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import { sensorId } from '../../src/model/ids.ts';
import { sectionSchema } from '../../config/field.ts';
import type { DriverInstance, SelfReportContext, SensorDriver } from '../../drivers/driver.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import type { ObservationFrame } from '../../src/model/observation.ts';
import type { PortMessage, TransportKind } from '../../src/model/port.ts';
import type { SensedObject, SensedScan, SimulatedSensor } from '../../src/model/simulated.ts';
import type { SensorSettings } from '../../src/model/site.ts';

/** Where the harness's clock begins, and UTC there: 2026-03-01T08:00:00Z. */
export const START_MS = monotonicMs(1_000_000);
export const START_UTC_MS = utcMs(Date.UTC(2026, 2, 1, 8));

/** A driver under test, with everything it did. */
export interface SensorBench {
  readonly clock: VirtualClock;
  readonly frames: ObservationFrame[];
  readonly counters: Counters;
  readonly facts: Record<string, string | number | boolean>;
  readonly sent: PortMessage[];
  readonly instance: DriverInstance;
  deliver(message: PortMessage, atMs?: number): void;
}

export const sensorSettings = (over: Partial<SensorSettings> = {}): SensorSettings => ({
  id: sensorId('test'),
  driver: 'any',
  sensing: 'radar',
  enabled: true,
  pose: { eastM: 0, northM: 0, upM: 6, headingRad: 0, pitchRad: -0.2, rollRad: 0 },
  fieldOfView: { rangeMinM: 0, rangeMaxM: 150, halfAngleRad: 1, outline: null },
  classes: [],
  port: 'any',
  periodMs: 72,
  latencyMs: 72,
  main: true,
  options: {},
  ...over,
});

export const optionsOf = (driver: SensorDriver, given: Record<string, unknown>): never =>
  sectionSchema(driver.options).parse(given) as never;

/** Starts a driver on a port in memory. A counter that it did not declare fails the test. */
export function startSensor(
  driver: SensorDriver, transport: TransportKind, given: Record<string, unknown> = {},
  settings = sensorSettings(), clockErrorMs = 5, selfReports?: SelfReportContext,
): SensorBench {
  const anchor = { monoMs: START_MS, utcMs: START_UTC_MS, errorMs: clockErrorMs };
  const clock = new VirtualClock(START_MS, anchor);
  const frames: ObservationFrame[] = [];
  const counters = new Counters();
  const facts: Record<string, string | number | boolean> = {};
  const sent: PortMessage[] = [];
  let handler: (message: PortMessage, receivedMs: MonotonicMs) => void = () => undefined;
  const instance = driver.start(
    {
      port: {
        transport,
        onMessage: (heard) => void (handler = heard as typeof handler),
        send: (message) => sent.push(message) > 0,
      },
      clock,
      log: silentLog,
      count(name, by) {
        if (!Object.hasOwn(driver.counters, name)) throw new Error(`undeclared counter ${name}`);
        counters.count(name, by);
      },
      report: (some) => void Object.assign(facts, some),
      sensorId: settings.id,
      settings,
      publish: (frame) => void frames.push(frame),
      ...(selfReports ? { selfReports } : {}),
    },
    optionsOf(driver, given),
  );
  return {
    clock, frames, counters, facts, sent, instance,
    deliver(message, atMs) {
      if (atMs !== undefined) clock.advanceTo(monotonicMs(atMs));
      handler(message, clock.nowMs());
    },
  };
}

export const simulated = (
  driver: SensorDriver, given: Record<string, unknown> = {}, settings = sensorSettings(),
): SimulatedSensor => driver.simulate(settings, optionsOf(driver, given), seededRandom(7));

/** Plays scans of a simulated device to a driver, in order of arrival. */
export function play(
  bench: SensorBench, device: SimulatedSensor, scans: readonly SensedScan[],
): void {
  for (const scan of scans) {
    for (const { delayMs, message } of device.encode(scan)) {
      bench.deliver(message, scan.measuredMs + delayMs);
    }
  }
}

export const sensedObject = (over: Partial<SensedObject> = {}): SensedObject => ({
  deviceId: 1, forwardM: 40, leftM: 5, forwardMps: -10, leftMps: 0.5, eastM: 40, northM: 5,
  eastMps: -10, northMps: 0.5, headingRad: 3, siteHeadingRad: 3, lengthM: 4.6, widthM: 1.8,
  heightM: 1.5, cls: 'car', existence: 0.95, crossSectionDbsm: 10, sigmaForwardM: 0.3,
  sigmaLeftM: 0.5, sigmaSpeedMps: 0.2, ...over,
});

export const scanOf = (
  objects: readonly SensedObject[], scanCounter = 1, atMs: number = START_MS,
): SensedScan => ({
  measuredMs: monotonicMs(atMs),
  measuredUtcMs: utcMs(START_UTC_MS + atMs - START_MS),
  scanCounter,
  objects,
});
