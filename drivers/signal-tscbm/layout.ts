import { frameLayout } from '../layout.ts';

/**
 * Layout of the traffic signal controller broadcast message. Big-endian. Times are tenths of a
 * second to the end of the present state; in every map of 16 bits, bit n−1 stands for number n.
 * Source: ASC/3 SPaT MIB support document, as read by usdot-fhwa-OPS/V2X-Hub.
 */
export const LEAD = 0xcd;
export const BLOCK_COUNT = 16;
/** Format 2, and format 6 with pedestrian calls. */
export const LENGTHS: readonly number[] = [241, 245];
/** A time that the controller does not know. */
export const TIME_UNKNOWN = 65535;

/** Block i of the sixteen begins at `blockAt(i)`, i from 0. */
export const blockAt = (index: number): number => 2 + 13 * index;
export const TAIL_AT = 210;

export const block = frameLayout({
  name: 'tscbm.block',
  bytes: 13,
  fields: {
    number: { at: 0, bits: 8 },
    vehicleMin: { at: 8, bits: 16 },
    vehicleMax: { at: 24, bits: 16 },
    pedestrianMin: { at: 40, bits: 16 },
    pedestrianMax: { at: 56, bits: 16 },
    overlapMin: { at: 72, bits: 16 },
    overlapMax: { at: 88, bits: 16 },
  },
});

export const tail = frameLayout({
  name: 'tscbm.tail',
  bytes: 31,
  fields: {
    phaseReds: { at: 0, bits: 16 },
    phaseYellows: { at: 16, bits: 16 },
    phaseGreens: { at: 32, bits: 16 },
    dontWalks: { at: 48, bits: 16 },
    pedestrianClears: { at: 64, bits: 16 },
    walks: { at: 80, bits: 16 },
    overlapReds: { at: 96, bits: 16 },
    overlapYellows: { at: 112, bits: 16 },
    overlapGreens: { at: 128, bits: 16 },
    flashingPhases: { at: 144, bits: 16 },
    flashingOverlaps: { at: 160, bits: 16 },
    status: { at: 176, bits: 8 },
    actionPlan: { at: 184, bits: 8 },
    formatVersion: { at: 192, bits: 5 },
    discontinuous: { at: 197, bits: 3 },
    sequence: { at: 200, bits: 8 },
    secondOfDay: { at: 208, bits: 24 },
    millisecond: { at: 232, bits: 16 },
  },
});

/** Bits of the status octet. */
export const STATUS = {
  manual: 0x01,
  stopTime: 0x02,
  faultFlash: 0x04,
  preempt: 0x08,
  priority: 0x10,
  coordination: 0x20,
  transition: 0x40,
  programmedFlash: 0x80,
} as const;
