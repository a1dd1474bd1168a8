import type { CanFrame } from '../../src/model/port.ts';
import type { LayoutValue } from '../layout.ts';
import {
  EXISTENCE_FILTER, OUTPUT_OBJECTS, busId, filterConfiguration, radarConfiguration, radarState,
  speedInformation, yawRateInformation,
} from './layout.ts';
import type { RadarOptions } from './options.ts';

export type StateValue = LayoutValue<typeof radarState.fields>;

const canFrame = (baseId: number, sensorId: number, data: Uint8Array): CanFrame => ({
  id: busId(baseId, sensorId), extended: false, remote: false, fd: false, data,
});

/** The nearest distance that the device can be set to. */
export const settableDistanceM = (distanceM: number): number => Math.round(distanceM / 2) * 2;

/** Whether the device's state is what the options ask for. */
export const isAsConfigured = (state: StateValue, options: RadarOptions): boolean =>
  state.outputType === OUTPUT_OBJECTS &&
  (state.sendQuality === 1) === options.sendQuality &&
  (state.sendExtended === 1) === options.sendExtended &&
  state.maxDistanceM === settableDistanceM(options.maxDistanceM);

/** Frames that set the device up. Nothing is stored in its memory, which wears out. */
export function setupFrames(options: RadarOptions): readonly CanFrame[] {
  const configuration = radarConfiguration.write({
    storeValid: 0, sortValid: 0, extendedValid: 1, qualityValid: 1, outputValid: 1, powerValid: 0,
    sensorIdValid: 0, maxDistanceValid: 1, maxDistanceM: settableDistanceM(options.maxDistanceM),
    power: 0, outputType: OUTPUT_OBJECTS, sensorId: 0, store: 0, sortIndex: 0,
    sendExtended: options.sendExtended ? 1 : 0, sendQuality: options.sendQuality ? 1 : 0,
    relay: 0, relayValid: 0, threshold: 0, thresholdValid: 0,
  });
  const filter = filterConfiguration.write({
    objects: 1, index: EXISTENCE_FILTER, active: options.existenceMin > 0 ? 1 : 0, valid: 1,
    minimum: options.existenceMin, maximum: 7,
  });
  return [
    canFrame(radarConfiguration.canId, options.sensorId, configuration),
    canFrame(filterConfiguration.canId, options.sensorId, filter),
  ];
}

/** Frames that say: this radar stands still. */
export function standstillFrames(sensorId: number): readonly CanFrame[] {
  const speed = speedInformation.write({ direction: 0, speedMps: 0 });
  const yawRate = yawRateInformation.write({ yawRateDegps: 0 });
  return [
    canFrame(speedInformation.canId, sensorId, speed),
    canFrame(yawRateInformation.canId, sensorId, yawRate),
  ];
}

/** Facts of a state frame for `lukou status`, with a verdict and its reason. */
export function stateFacts(state: StateValue): Readonly<Record<string, string | number | boolean>> {
  const failures: readonly (readonly [boolean, 'failed' | 'degraded', string])[] = [
    [state.persistentError === 1, 'failed', 'persistent_error'],
    [state.voltageError === 1, 'failed', 'voltage_error'],
    [state.temperatureError === 1, 'degraded', 'temperature_error'],
    [state.temporaryError === 1, 'degraded', 'temporary_error'],
    [state.interference === 1, 'degraded', 'interference'],
    [state.motionReceived !== 0, 'degraded', 'ego_motion_missing'],
    [state.outputType !== OUTPUT_OBJECTS, 'degraded', 'sends_no_objects'],
  ];
  const worst = failures.find(([is]) => is);
  return {
    health: worst?.[1] ?? 'ok',
    reason: worst?.[2] ?? '',
    persistentError: state.persistentError === 1,
    temporaryError: state.temporaryError === 1,
    temperatureError: state.temperatureError === 1,
    voltageError: state.voltageError === 1,
    interference: state.interference === 1,
    memoryRead: state.memoryRead === 1,
    motionReceived: motionWords[state.motionReceived]!,
    maxDistanceM: state.maxDistanceM,
    sendQuality: state.sendQuality === 1,
    sendExtended: state.sendExtended === 1,
    outputType: outputWords[state.outputType]!,
    powerReductionDb: 3 * state.power,
  };
}

const motionWords = ['ok', 'speed_missing', 'yaw_rate_missing', 'both_missing'] as const;
const outputWords = ['none', 'objects', 'clusters', 'unknown'] as const;
