import type { Clock } from '../src/base/clock.ts';
import type { Log } from '../src/base/log.ts';
import type { Random } from '../src/base/random.ts';
import type { Stateful } from '../src/base/stateful.ts';
import type { Witness } from '../src/base/evidence.ts';
import type { ControllerId, SensorId } from '../src/model/ids.ts';
import type { ObservationFrame } from '../src/model/observation.ts';
import type { Port, PortMessage, TransportKind } from '../src/model/port.ts';
import type { SelfReport, SelfReportCodec } from '../src/model/selfreport.ts';
import type { MonotonicMs } from '../src/base/time.ts';
import type { ControllerReport } from '../src/model/signal.ts';
import type { SimulatedController, SimulatedSensor } from '../src/model/simulated.ts';
import type { ControllerSettings, SensorSettings } from '../src/model/site.ts';
import type { Section, SectionValue } from '../config/field.ts';
import type { Text } from '../src/base/text.ts';

/** What every driver is given. */
export interface DriverContext<T extends TransportKind> {
  readonly port: Port<T>;
  readonly clock: Clock;
  readonly log: Log;
  /** Counts a drop or an event under one of the names in the declaration's `counters`. */
  count(name: string, by?: number): void;
  /** Facts for health and `lukou status`: firmware, temperature, error bits. */
  report(facts: Readonly<Record<string, string | number | boolean>>): void;
}

export interface SensorContext<T extends TransportKind> extends DriverContext<T> {
  readonly sensorId: SensorId;
  readonly settings: SensorSettings;
  publish(frame: ObservationFrame): void;
  /** For drivers of received messages; the others need none. */
  readonly selfReports?: SelfReportContext;
}

/** What the drivers of received messages share: a driver knows no wire form of V2X. */
export interface SelfReportContext {
  readonly codec: SelfReportCodec;
  /** Whether no driver has shown this report before: the same may come through two units. */
  isNew(report: SelfReport, nowMs: MonotonicMs): boolean;
}

export interface SignalContext<T extends TransportKind> extends DriverContext<T> {
  readonly controllerId: ControllerId;
  readonly settings: ControllerSettings;
  publish(report: ControllerReport): void;
  /** The controller was heard from more than one source: its node becomes unavailable. */
  twoSources(): void;
}

/** A running driver. `stop` ends timers; the port is the supervisor's. */
export interface DriverInstance extends Stateful {
  stop(): void;
  /** Begin of a turn of the loop, for drivers that gather what comes singly. */
  turn?(nowMs: MonotonicMs): void;
}

/** What a driver is given to strip a message with. */
export interface RedactTools<S extends Section> {
  readonly options: SectionValue<S>;
  /** What of a received message of the air may be kept. */
  keptOfAir(bytes: Uint8Array): Uint8Array;
}

interface Declaration<T extends TransportKind, S extends Section> {
  readonly kind: string;
  readonly title: Text;
  /** Transports that it can be opened on. */
  readonly transports: readonly T[];
  /** Silence over this is a fault, ms. */
  readonly silentAfterMs: number;
  readonly options: S;
  /** Every counter that it may use, with what it means. */
  readonly counters: Readonly<Record<string, Text>>;
  /**
   * What of a message may be kept in a recording, for devices that tell more of people than is
   * needed. The driver must make the same observations of it as of the original.
   */
  redact?(message: PortMessage<T>, tools: RedactTools<S>): PortMessage<T>;
}

export interface SensorDriver<T extends TransportKind = TransportKind, S extends Section = Section>
  extends Declaration<T, S> {
  readonly role: 'sensor';
  start(context: SensorContext<T>, options: SectionValue<S>): DriverInstance;
  simulate(
    settings: SensorSettings, options: SectionValue<S>, random: Random, codec?: SelfReportCodec,
  ): SimulatedSensor;
}

export interface SignalDriver<T extends TransportKind = TransportKind, S extends Section = Section>
  extends Declaration<T, S> {
  readonly role: 'signal';
  start(context: SignalContext<T>, options: SectionValue<S>): DriverInstance;
  simulate(settings: ControllerSettings, options: SectionValue<S>, random: Random): SimulatedController;
  /** Whether the controller speaks unasked, at a steady rate. */
  readonly pushes?: boolean;
  /** The gate's own reading of this driver's evidence. */
  readonly witness: Witness;
}

export type Driver = SensorDriver | SignalDriver;

/** Checks a sensor driver's declaration at compile time and hands it on for the list of all drivers. */
export function defineSensorDriver<T extends TransportKind, S extends Section>(
  driver: SensorDriver<T, S>,
): SensorDriver {
  return driver as unknown as SensorDriver;
}

/** The same for a signal controller's driver. */
export function defineSignalDriver<T extends TransportKind, S extends Section>(
  driver: SignalDriver<T, S>,
): SignalDriver {
  return driver as unknown as SignalDriver;
}
