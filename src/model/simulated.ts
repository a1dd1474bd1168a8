import type { MonotonicMs, UtcMs } from '../base/time.ts';
import type { PortMessage } from './port.ts';
import type { RoadUserClass } from './roaduser.ts';
import type { ControllerStatus, LampAspect } from './signal.ts';

/** One road user (or ghost) as the sensor model of the simulator lets a device see it, with noise. */
export interface SensedObject {
  /** The device's own id for it; stable while it is seen. */
  readonly deviceId: number;
  /** Centre of the body unless the sensor model moved it, in the sensor's axes. */
  readonly forwardM: number;
  readonly leftM: number;
  readonly forwardMps: number;
  readonly leftMps: number;
  /** The same place in the site frame, for devices that work on the map or through a homography. */
  readonly eastM: number;
  readonly northM: number;
  readonly eastMps: number;
  readonly northMps: number;
  /** Radians counter-clockwise from the sensor's forward axis. */
  readonly headingRad: number;
  /** Radians counter-clockwise from east. */
  readonly siteHeadingRad: number;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly cls: RoadUserClass;
  readonly existence: number;
  readonly crossSectionDbsm: number;
  readonly sigmaForwardM: number;
  readonly sigmaLeftM: number;
  readonly sigmaSpeedMps: number;
}

/** One look of a simulated sensor. */
export interface SensedScan {
  readonly measuredMs: MonotonicMs;
  readonly measuredUtcMs: UtcMs;
  readonly scanCounter: number;
  readonly objects: readonly SensedObject[];
}

/** A message and when it leaves the device, ms after the scan was measured. */
export interface TimedMessage {
  readonly delayMs: number;
  readonly message: PortMessage;
}

/** A sensor played back: what was seen → the bytes the real device would send. */
export interface SimulatedSensor {
  /** The device's own cycle. */
  readonly periodMs: number;
  encode(scan: SensedScan): readonly TimedMessage[];
  /** Messages of the device that are not scans (state, alive), each with its period. */
  readonly idle?: readonly { readonly periodMs: number; encode(nowMs: MonotonicMs): readonly PortMessage[] }[];
  /** What the box says to the device; answers come back. */
  receive?(message: PortMessage, nowMs: MonotonicMs): readonly PortMessage[];
}

/** One lamp group of the simulated junction, as the truth has it. */
export interface SimulatedLamp {
  /** The controller's own name for it, as in road.json. */
  readonly lampGroup: string;
  readonly aspect: LampAspect;
  /** Exact ends of the present state, and the next two states. */
  readonly endMs: MonotonicMs;
  readonly minEndMs: MonotonicMs;
  readonly maxEndMs: MonotonicMs;
  readonly next: readonly { readonly aspect: LampAspect; readonly durationMs: number }[];
}

/** What a simulated controller is shown. */
export interface SimulatedSignals {
  readonly nowMs: MonotonicMs;
  readonly utcMs: UtcMs;
  readonly lamps: readonly SimulatedLamp[];
  readonly status: ControllerStatus;
  readonly stage: { readonly number: number; readonly elapsedMs: number; readonly remainingMs: number };
}

/** A signal controller played back. */
export interface SimulatedController {
  /** How often it speaks unasked; null when it only answers. */
  readonly periodMs: number | null;
  encode(signals: SimulatedSignals): readonly PortMessage[];
  /** Answers to what the box asks. */
  receive?(message: PortMessage, signals: SimulatedSignals): readonly PortMessage[];
}
