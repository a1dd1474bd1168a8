import { Fault } from '../../src/base/fault.ts';
import type { Text } from '../../src/base/text.ts';
import { driverFaultTexts as texts } from '../../src/base/texts/drivers.ts';
import type { Datagram } from '../../src/model/port.ts';
import type { ControllerStatus } from '../../src/model/signal.ts';
import type {
  SimulatedController, SimulatedLamp, SimulatedSignals,
} from '../../src/model/simulated.ts';
import {
  block, blockAt, BLOCK_COUNT, LEAD, STATUS, tail, TAIL_AT, TIME_UNKNOWN,
} from './layout.ts';

type Blocks = ReturnType<typeof block.read>[];
type Lamps = ReturnType<typeof tail.read>;

/** Which fields a bank of lamp groups fills. */
const BANKS = {
  phase: {
    red: 'phaseReds', yellow: 'phaseYellows', green: 'phaseGreens', flashing: 'flashingPhases',
    min: 'vehicleMin', max: 'vehicleMax',
  },
  overlap: {
    red: 'overlapReds', yellow: 'overlapYellows', green: 'overlapGreens',
    flashing: 'flashingOverlaps', min: 'overlapMin', max: 'overlapMax',
  },
  pedestrian: {
    red: 'dontWalks', yellow: 'pedestrianClears', green: 'walks', flashing: null,
    min: 'pedestrianMin', max: 'pedestrianMax',
  },
} as const;

const refuse = (lamp: SimulatedLamp, expected: Text): Fault =>
  new Fault('VALUE_OUT_OF_RANGE', {
    subject: `tscbm lamp group ${lamp.lampGroup}`,
    expected,
    got: `${lamp.aspect.flashing ? 'flashing ' : ''}${lamp.aspect.colour}`,
    next: texts.tscbm_next,
  });

type BankName = keyof typeof BANKS;

function bankOf(lamp: SimulatedLamp): { readonly bank: BankName; readonly number: number } {
  const match = /^(phase|overlap|pedestrian):([1-9]|1[0-6])$/.exec(lamp.lampGroup);
  if (!match) throw refuse(lamp, texts.tscbm_group);
  return { bank: match[1] as BankName, number: Number(match[2]) };
}

/** Whole tenths that surely remain; a time that does not fit is unknown. */
const tenths = (remainingMs: number): number => {
  const whole = Math.floor(remainingMs / 100 + 1e-6);
  return whole < 0 ? 0 : whole >= TIME_UNKNOWN || Number.isNaN(whole) ? TIME_UNKNOWN : whole;
};

function show(lamp: SimulatedLamp, nowMs: number, blocks: Blocks, lamps: Lamps): void {
  const { bank, number } = bankOf(lamp);
  const fields = BANKS[bank];
  const bit = 1 << (number - 1);
  const { colour, flashing } = lamp.aspect;
  lamps[fields.red] &= ~bit; // an unused group stands at red until it is shown
  if (bank === 'pedestrian') {
    if (colour === 'green') lamps[flashing ? fields.yellow : fields.green] |= bit;
    else if (colour === 'red' && !flashing) lamps[fields.red] |= bit;
    else if (colour !== 'dark') throw refuse(lamp, texts.tscbm_pedestrian);
  } else {
    if (colour === 'red' || colour === 'yellow' || colour === 'green') lamps[fields[colour]] |= bit;
    else if (colour !== 'dark') throw refuse(lamp, texts.tscbm_vehicle);
    if (flashing && fields.flashing && colour !== 'dark') lamps[fields.flashing] |= bit;
  }
  const times = blocks[number - 1]!;
  times[fields.min] = tenths(lamp.minEndMs - nowMs);
  times[fields.max] = tenths(lamp.maxEndMs - nowMs);
}

const statusOctet = (status: ControllerStatus): number =>
  (status.manualControl ? STATUS.manual : 0)
  | (status.stopTime ? STATUS.stopTime : 0)
  | (status.failureFlash ? STATUS.faultFlash : 0)
  | (status.preempt ? STATUS.preempt : 0)
  | (status.priority ? STATUS.priority : 0)
  | (status.mode === 'coordinated' ? STATUS.coordination : 0)
  | (status.transition ? STATUS.transition : 0)
  | (status.mode === 'flashing' && !status.failureFlash ? STATUS.programmedFlash : 0);

const emptyBlock = (number: number): Blocks[number] => ({
  number, vehicleMin: 0, vehicleMax: 0, pedestrianMin: 0, pedestrianMax: 0,
  overlapMin: 0, overlapMax: 0,
});

/** What a packet says when no group is in use: phases red, pedestrians stopped, overlaps dark. */
function emptyTail(signals: SimulatedSignals): Lamps {
  const dayMs = ((signals.utcMs % 86_400_000) + 86_400_000) % 86_400_000;
  return {
    phaseReds: 0xffff, phaseYellows: 0, phaseGreens: 0,
    dontWalks: 0xffff, pedestrianClears: 0, walks: 0,
    overlapReds: 0, overlapYellows: 0, overlapGreens: 0,
    flashingPhases: 0, flashingOverlaps: 0,
    status: statusOctet(signals.status),
    actionPlan: signals.status.plan ?? 0,
    formatVersion: 1,
    discontinuous: 0,
    sequence: Math.floor(signals.nowMs / 100 + 1e-6) & 0xff,
    secondOfDay: Math.floor(dayMs / 1000),
    millisecond: Math.floor(dayMs % 1000),
  };
}

/** The 241 octets (format 2) that a controller with these lamps would broadcast. */
export function encodeTscbm(signals: SimulatedSignals): Uint8Array {
  const bytes = new Uint8Array(241);
  const blocks = Array.from({ length: BLOCK_COUNT }, (_, index) => emptyBlock(index + 1));
  const lamps = emptyTail(signals);
  for (const lamp of signals.lamps) show(lamp, signals.nowMs, blocks, lamps);
  bytes[0] = LEAD;
  bytes[1] = BLOCK_COUNT;
  blocks.forEach((value, index) => block.write(value, bytes, blockAt(index)));
  tail.write(lamps, bytes, TAIL_AT);
  return bytes;
}

/** The controller played back: one packet every 100 ms, deaf. */
export function simulatedTscbm(): SimulatedController {
  return {
    periodMs: 100,
    encode: (signals): readonly Datagram[] => [
      { data: encodeTscbm(signals), from: '127.0.0.1:6053' },
    ],
  };
}
