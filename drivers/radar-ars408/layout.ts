/**
 * Frames of the Continental ARS 408 and ARS 404 as rows. Bit 0 is the top bit of octet 0. Ids are
 * those of sensor 0; sensor n adds 0x10 × n.
 * Source: vendor's "Standardized ARS Interface" V1.0 (2016) and the public DBC file.
 */
import { frameLayout } from '../layout.ts';

/** How many objects follow in this scan. */
export const objectStatus = frameLayout({
  name: 'objectStatus',
  canId: 0x60a,
  bytes: 4,
  fields: {
    objects: { at: 0, bits: 8 },
    scanCounter: { at: 8, bits: 16 },
    interfaceVersion: { at: 24, bits: 4 },
  },
});

/** Place and speed of one object, seen from the radar's face. */
export const objectGeneral = frameLayout({
  name: 'objectGeneral',
  canId: 0x60b,
  bytes: 8,
  fields: {
    objectId: { at: 0, bits: 8 },
    forwardM: { at: 8, bits: 13, scale: 0.2, offset: -500 },
    leftM: { at: 21, bits: 11, scale: 0.2, offset: -204.6 },
    forwardMps: { at: 32, bits: 10, scale: 0.25, offset: -128 },
    leftMps: { at: 42, bits: 9, scale: 0.25, offset: -64 },
    motion: { at: 53, bits: 3 },
    crossSectionDbsm: { at: 56, bits: 8, scale: 0.5, offset: -64 },
  },
});

/** Indices into the tables of `quality.ts`. */
export const objectQuality = frameLayout({
  name: 'objectQuality',
  canId: 0x60c,
  bytes: 7,
  fields: {
    objectId: { at: 0, bits: 8 },
    forwardRms: { at: 8, bits: 5 },
    leftRms: { at: 13, bits: 5 },
    forwardSpeedRms: { at: 18, bits: 5 },
    leftSpeedRms: { at: 23, bits: 5 },
    forwardAccelerationRms: { at: 28, bits: 5 },
    leftAccelerationRms: { at: 33, bits: 5 },
    orientationRms: { at: 38, bits: 5 },
    existence: { at: 48, bits: 3 },
    measurementState: { at: 51, bits: 3 },
  },
});

/** Acceleration, class and box. */
export const objectExtended = frameLayout({
  name: 'objectExtended',
  canId: 0x60d,
  bytes: 8,
  fields: {
    objectId: { at: 0, bits: 8 },
    forwardMps2: { at: 8, bits: 11, scale: 0.01, offset: -10 },
    leftMps2: { at: 19, bits: 9, scale: 0.01, offset: -2.5 },
    objectClass: { at: 29, bits: 3 },
    orientationDeg: { at: 32, bits: 10, scale: 0.4, offset: -180 },
    lengthM: { at: 48, bits: 8, scale: 0.2 },
    widthM: { at: 56, bits: 8, scale: 0.2 },
  },
});

/** Collision regions that an object is in; bit n stands for region n. */
export const objectWarning = frameLayout({
  name: 'objectWarning',
  canId: 0x60e,
  bytes: 4,
  fields: { objectId: { at: 0, bits: 8 }, regions: { at: 8, bits: 8 } },
});

/** What the radar says of itself, once a second. */
export const radarState = frameLayout({
  name: 'radarState',
  canId: 0x201,
  bytes: 8,
  fields: {
    memoryWritten: { at: 0, bits: 1 },
    memoryRead: { at: 1, bits: 1 },
    maxDistanceM: { at: 8, bits: 10, scale: 2 },
    persistentError: { at: 18, bits: 1 },
    interference: { at: 19, bits: 1 },
    temperatureError: { at: 20, bits: 1 },
    temporaryError: { at: 21, bits: 1 },
    voltageError: { at: 22, bits: 1 },
    power: { at: 30, bits: 3 },
    sortIndex: { at: 33, bits: 3 },
    sensorId: { at: 37, bits: 3 },
    motionReceived: { at: 40, bits: 2 },
    sendExtended: { at: 42, bits: 1 },
    sendQuality: { at: 43, bits: 1 },
    outputType: { at: 44, bits: 2 },
    relay: { at: 46, bits: 1 },
    threshold: { at: 59, bits: 3 },
  },
});

/** To the sensor. A value counts only where its validity bit is set. */
export const radarConfiguration = frameLayout({
  name: 'radarConfiguration',
  canId: 0x200,
  bytes: 8,
  fields: {
    storeValid: { at: 0, bits: 1 },
    sortValid: { at: 1, bits: 1 },
    extendedValid: { at: 2, bits: 1 },
    qualityValid: { at: 3, bits: 1 },
    outputValid: { at: 4, bits: 1 },
    powerValid: { at: 5, bits: 1 },
    sensorIdValid: { at: 6, bits: 1 },
    maxDistanceValid: { at: 7, bits: 1 },
    maxDistanceM: { at: 8, bits: 10, scale: 2 },
    power: { at: 32, bits: 3 },
    outputType: { at: 35, bits: 2 },
    sensorId: { at: 37, bits: 3 },
    store: { at: 40, bits: 1 },
    sortIndex: { at: 41, bits: 3 },
    sendExtended: { at: 44, bits: 1 },
    sendQuality: { at: 45, bits: 1 },
    relay: { at: 46, bits: 1 },
    relayValid: { at: 47, bits: 1 },
    threshold: { at: 52, bits: 3 },
    thresholdValid: { at: 55, bits: 1 },
  },
});

/** To the sensor: one row of its filter. Limits are raw; their scale depends on the index. */
export const filterConfiguration = frameLayout({
  name: 'filterConfiguration',
  canId: 0x202,
  bytes: 5,
  fields: {
    objects: { at: 0, bits: 1 },
    index: { at: 1, bits: 4 },
    active: { at: 5, bits: 1 },
    valid: { at: 6, bits: 1 },
    minimum: { at: 12, bits: 12 },
    maximum: { at: 28, bits: 12 },
  },
});

/** To the sensor: own speed. Direction 0 stands still, 1 forward, 2 backward. */
export const speedInformation = frameLayout({
  name: 'speedInformation',
  canId: 0x300,
  bytes: 2,
  fields: { direction: { at: 0, bits: 2 }, speedMps: { at: 3, bits: 13, scale: 0.02 } },
});

/** To the sensor: own yaw rate. */
export const yawRateInformation = frameLayout({
  name: 'yawRateInformation',
  canId: 0x301,
  bytes: 2,
  fields: { yawRateDegps: { at: 0, bits: 16, scale: 0.01, offset: -327.68 } },
});

/** Firmware of the sensor; not shifted by the sensor id on the units that the sources describe. */
export const versionId = frameLayout({
  name: 'versionId',
  canId: 0x700,
  bytes: 4,
  fields: {
    major: { at: 0, bits: 8 },
    minor: { at: 8, bits: 8 },
    patch: { at: 16, bits: 8 },
    extendedRange: { at: 30, bits: 1 },
    countryCode: { at: 31, bits: 1 },
  },
});

/** Filter index of the existence probability, 0 to 7. */
export const EXISTENCE_FILTER = 8;
/** Output type that means objects. */
export const OUTPUT_OBJECTS = 1;

/** Base id of a frame and the sensor it belongs to. */
export const baseIdOf = (id: number): number => id & 0x70f;
export const sensorNumberOf = (id: number): number => (id >> 4) & 7;
/** Id on the bus of a base id. */
export const busId = (baseId: number, sensorNumber: number): number => baseId + 0x10 * sensorNumber;
