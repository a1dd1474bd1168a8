import type { MonotonicMs } from '../../src/base/time.ts';
import { plusMs } from '../../src/base/time.ts';
import { lampGroupId } from '../../src/model/ids.ts';
import type {
  ControllerStatus, LampAspect, LampGroupState, StateTiming, TimedInstant,
} from '../../src/model/signal.ts';
import {
  block, blockAt, BLOCK_COUNT, LEAD, LENGTHS, STATUS, tail, TAIL_AT, TIME_UNKNOWN,
} from './layout.ts';

/** Which numbers the site uses. */
export interface TscbmUse {
  readonly phases: readonly number[];
  readonly overlaps: readonly number[];
  readonly pedestrians: readonly number[];
}

/** Why a packet is no packet. */
export type TscbmDrop = 'wrong_length' | 'wrong_lead' | 'wrong_block' | 'inconsistent_colours';

/** One packet, read. */
export interface TscbmPacket {
  readonly groups: readonly LampGroupState[];
  readonly status: ControllerStatus;
  readonly sequence: number;
  readonly formatVersion: number;
  readonly discontinuous: boolean;
  /** Groups that the site does not use and that still show more than red or dark. */
  readonly unusedMoving: number;
}

export type TscbmResult =
  | { readonly packet: TscbmPacket; readonly dropped?: never }
  | { readonly packet?: never; readonly dropped: TscbmDrop };

/** Three maps of lamps, the flashing one, and which times of a block belong to them. */
interface Bank {
  readonly name: 'phase' | 'overlap' | 'pedestrian';
  readonly red: number;
  readonly yellow: number;
  readonly green: number;
  readonly flashing: number;
  readonly min: 'vehicleMin' | 'overlapMin' | 'pedestrianMin';
  readonly max: 'vehicleMax' | 'overlapMax' | 'pedestrianMax';
  readonly used: readonly number[];
}

const DARK: LampAspect = { colour: 'dark', flashing: false };

/** Null for two colours at once. */
function aspectOf(bank: Bank, number: number): LampAspect | null {
  const bit = 1 << (number - 1);
  const red = (bank.red & bit) !== 0;
  const yellow = (bank.yellow & bit) !== 0;
  const green = (bank.green & bit) !== 0;
  if (Number(red) + Number(yellow) + Number(green) > 1) return null;
  const flashing = (bank.flashing & bit) !== 0;
  if (red) return { colour: 'red', flashing };
  if (green) return { colour: 'green', flashing };
  if (!yellow) return DARK;
  // The clearance lamp of a pedestrian head is a flashing green man (GB 14887).
  return bank.name === 'pedestrian'
    ? { colour: 'green', flashing: true }
    : { colour: 'yellow', flashing };
}

/** 0 says that nothing runs, 65535 that the time is not known. */
const endOf = (tenths: number, measuredMs: MonotonicMs): TimedInstant | null =>
  tenths === 0 || tenths === TIME_UNKNOWN
    ? null
    : { atMs: plusMs(measuredMs, 100 * tenths), source: 'controller-guarantee' };

function timingOf(min: number, max: number, measuredMs: MonotonicMs): StateTiming | null {
  const minEnd = endOf(min, measuredMs);
  const maxEnd = endOf(max, measuredMs);
  if (!minEnd && !maxEnd) return null;
  // Where the two bounds meet, the end is certain.
  const certain = minEnd !== null && min === max;
  return {
    beganMs: null,
    minEnd,
    likelyEnd: certain ? minEnd : null,
    maxEnd,
    confidence: certain ? 1 : null,
    resolutionMs: 100,
  };
}

const statusOf = (status: number, actionPlan: number): ControllerStatus => {
  const has = (bit: number): boolean => (status & bit) !== 0;
  const flashing = has(STATUS.faultFlash) || has(STATUS.programmedFlash);
  const running = has(STATUS.coordination) ? 'coordinated' : 'actuated';
  return {
    mode: flashing ? 'flashing' : has(STATUS.manual) ? 'manual' : running,
    manualControl: has(STATUS.manual),
    stopTime: has(STATUS.stopTime),
    failureFlash: has(STATUS.faultFlash),
    preempt: has(STATUS.preempt),
    priority: has(STATUS.priority),
    fault: false,
    transition: has(STATUS.transition),
    plan: actionPlan === 0 ? null : actionPlan,
  };
};

function banksOf(lamps: ReturnType<typeof tail.read>, use: TscbmUse): readonly Bank[] {
  return [
    {
      name: 'phase', red: lamps.phaseReds, yellow: lamps.phaseYellows, green: lamps.phaseGreens,
      flashing: lamps.flashingPhases, min: 'vehicleMin', max: 'vehicleMax', used: use.phases,
    },
    {
      name: 'overlap', red: lamps.overlapReds, yellow: lamps.overlapYellows,
      green: lamps.overlapGreens, flashing: lamps.flashingOverlaps,
      min: 'overlapMin', max: 'overlapMax', used: use.overlaps,
    },
    {
      name: 'pedestrian', red: lamps.dontWalks, yellow: lamps.pedestrianClears,
      green: lamps.walks, flashing: 0,
      min: 'pedestrianMin', max: 'pedestrianMax', used: use.pedestrians,
    },
  ];
}

function blocksOf(bytes: Uint8Array): readonly ReturnType<typeof block.read>[] | null {
  if (bytes[1] !== BLOCK_COUNT) return null;
  const blocks = Array.from({ length: BLOCK_COUNT }, (_, i) => block.read(bytes, blockAt(i)));
  return blocks.every(({ number }, index) => number === index + 1) ? blocks : null;
}

/**
 * Reads one packet. Pure: no port, clock or log.
 *
 * Groups come as phases, overlaps, pedestrians, each by number. A group that the site does not use
 * is left out while red or dark; once it moves it is reported all the same, so that a group nobody
 * mapped makes the node unavailable instead of hiding.
 *
 * @param bytes the whole datagram.
 * @param measuredMs when the packet was true: arrival less the declared latency.
 */
export function decodeTscbm(
  bytes: Uint8Array, measuredMs: MonotonicMs, use: TscbmUse,
): TscbmResult {
  if (!LENGTHS.includes(bytes.length)) return { dropped: 'wrong_length' };
  if (bytes[0] !== LEAD) return { dropped: 'wrong_lead' };
  const blocks = blocksOf(bytes);
  if (!blocks) return { dropped: 'wrong_block' };
  const lamps = tail.read(bytes, TAIL_AT);
  const groups: LampGroupState[] = [];
  let unusedMoving = 0;
  for (const bank of banksOf(lamps, use)) {
    for (let number = 1; number <= BLOCK_COUNT; number++) {
      const used = bank.used.includes(number);
      const aspect = aspectOf(bank, number);
      if (!used && aspect && (aspect.colour === 'red' || aspect.colour === 'dark')) continue;
      if (!aspect) return { dropped: 'inconsistent_colours' };
      if (!used) unusedMoving++;
      const times = blocks[number - 1]!;
      const timing = timingOf(times[bank.min], times[bank.max], measuredMs);
      groups.push({ lampGroup: lampGroupId(`${bank.name}:${number}`), aspect, timing });
    }
  }
  return {
    packet: {
      groups,
      status: statusOf(lamps.status, lamps.actionPlan),
      sequence: lamps.sequence,
      formatVersion: lamps.formatVersion,
      discontinuous: lamps.discontinuous !== 0,
      unusedMoving,
    },
  };
}
