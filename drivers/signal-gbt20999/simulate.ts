import { assert } from '../../src/base/assert.ts';
import { Fault } from '../../src/base/fault.ts';
import { filledText } from '../../src/base/text.ts';
import { driverFaultTexts as texts } from '../../src/base/texts/drivers.ts';
import { monotonicMs } from '../../src/base/time.ts';
import type { PortMessage } from '../../src/model/port.ts';
import type {
  SimulatedController, SimulatedLamp, SimulatedSignals,
} from '../../src/model/simulated.ts';
import { escapeFrame, readDatagram, StreamParser, writeFrame } from './frame.ts';
import type { FrameItem, Gbt20999Frame } from './frame.ts';
import {
  FRAME, LAMP_GROUP_COUNT, LAMP_GROUP_TYPES, LAMP_STATES, lampOctet, modes, RUNNING_MODE,
  RUNNING_PLAN, RUNNING_STAGE, STAGE_REMAINING_S, STAGE_IDLE,
  STAGE_RUNNING, STAGE_STATE, STAGE_TRANSITION,
} from './objects.ts';
import type { ObjectAddress } from './objects.ts';
import type { Gbt20999Options } from './options.ts';

/** Active reports go as often as a quick client would ask. */
const REPORT_PERIOD_MS = 200;

const NO_SUCH_OBJECT = Uint8Array.of(0x30);
const VEHICLE_TYPE = 1;

/** Lamp octets in order of group number; asserts that the groups are 1, 2, … without a gap. */
function lampOctets(lamps: readonly SimulatedLamp[]): Uint8Array {
  const octets = new Uint8Array(lamps.length);
  const seen = new Set<number>();
  for (const { lampGroup, aspect } of lamps) {
    const octet = lampOctet(aspect);
    const group = Number(lampGroup);
    if (octet === null || !Number.isInteger(group) || group < 1 || group > lamps.length) {
      throw new Fault('VALUE_OUT_OF_RANGE', {
        subject: `gbt20999 lamp group ${lampGroup}`,
        expected: filledText(texts.gbt20999_lamp, { count: lamps.length }),
        got: `${aspect.flashing ? 'flashing ' : ''}${aspect.colour}`,
        next: texts.gbt20999_lamp_next,
      });
    }
    assert(!seen.has(group), `lamp group ${group} twice`);
    seen.add(group);
    octets[group - 1] = octet;
  }
  return octets;
}

const u32 = (value: number): Uint8Array => {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, Math.min(Math.max(value, 0), 0xffffffff));
  return data;
};

const modeOctet = (signals: SimulatedSignals): number => {
  for (const [octet, mode] of modes) if (mode === signals.status.mode) return octet;
  return 0x10;
};

/** Whether a group that the stage holds is still green; else the stage is in transition. */
const stageState = (signals: SimulatedSignals, options: Gbt20999Options): number => {
  const rows = options.stageGroups[String(signals.stage.number)] ?? [];
  const names = new Set(rows.map((row) => (typeof row === 'string' ? row : row.lampGroup)));
  const isGreen = ({ lampGroup, aspect }: SimulatedLamp): boolean =>
    aspect.colour === 'green' && (names.size === 0 || names.has(lampGroup));
  return signals.lamps.some(isGreen) ? STAGE_RUNNING : STAGE_TRANSITION;
};

type Answer = (signals: SimulatedSignals, options: Gbt20999Options) => Uint8Array;
/** What the controller knows, as data. */
const answers: readonly (readonly [ObjectAddress, Answer])[] = [
  [LAMP_STATES, ({ lamps }) => lampOctets(lamps)],
  [LAMP_GROUP_COUNT, ({ lamps }) => Uint8Array.of(lamps.length)],
  [LAMP_GROUP_TYPES, ({ lamps }) => new Uint8Array(lamps.length).fill(VEHICLE_TYPE)],
  [RUNNING_MODE, (signals) => Uint8Array.of(modeOctet(signals))],
  [RUNNING_PLAN, ({ status }) => Uint8Array.of(status.plan ?? 0)],
  [RUNNING_STAGE, ({ stage }) => Uint8Array.of(stage.number)],
  [STAGE_STATE, (signals, options) => Uint8Array.of(stageState(signals, options))],
  // A whole second is shown until it is over.
  [STAGE_REMAINING_S, ({ stage }) => u32(Math.ceil(stage.remainingMs / 1000 - 1e-6))],
];

function valueOf(
  item: ObjectAddress, signals: SimulatedSignals, options: Gbt20999Options,
): Uint8Array | null {
  const row = answers.find(
    ([{ cls, object, attribute }]) =>
      cls === item.cls && object === item.object && attribute === item.attribute,
  );
  if (!row) return null;
  const data = row[1](signals, options);
  if (item.cls === STAGE_STATE.cls) {
    if (item.element === signals.stage.number) return data;
    return data.length === 1 ? Uint8Array.of(STAGE_IDLE) : u32(0);
  }
  if (item.element === 0) return data;
  return item.element <= data.length ? data.slice(item.element - 1, item.element) : null;
}

/** Answers to one frame of the box; null for those that need none. */
function answerTo(
  asked: Gbt20999Frame, signals: SimulatedSignals, options: Gbt20999Options,
): Gbt20999Frame | null {
  if (asked.controller !== options.controllerId) return null;
  if (asked.type === FRAME.heartbeatQuery) return { ...asked, type: FRAME.heartbeatAnswer };
  if (asked.type !== FRAME.query) return null;
  const values = asked.items.map((item) => ({ item, data: valueOf(item, signals, options) }));
  const unknown = values.filter(({ data }) => data === null);
  if (unknown.length > 0) {
    const items = unknown.map(({ item }): FrameItem => ({ ...item, data: NO_SUCH_OBJECT }));
    return { ...asked, type: FRAME.queryError, items };
  }
  const items = values.map(({ item, data }): FrameItem => ({ ...item, data: data! }));
  return { ...asked, type: FRAME.reply, items };
}

/** The controller played back: it answers questions, and reports unasked where told to. */
export function simulatedGbt20999(options: Gbt20999Options): SimulatedController {
  const parser = new StreamParser();
  /** How the box was last heard: it is answered, and reported to, the same way. */
  let heard: PortMessage | null = null;
  let sequence = 0;
  const dress = (frame: Gbt20999Frame, like: PortMessage): PortMessage => {
    const bytes = writeFrame(frame);
    if ('from' in like) return { data: bytes, from: like.from };
    assert('epoch' in like, 'a controller speaks UDP, TCP or serial');
    return { data: escapeFrame(bytes), epoch: like.epoch };
  };
  return {
    periodMs: options.simulateActiveReports ? REPORT_PERIOD_MS : null,
    encode(signals) {
      if (!options.simulateActiveReports || !heard) return [];
      const frame: Gbt20999Frame = {
        version: options.version,
        upperComputer: options.upperComputerId,
        controller: options.controllerId,
        intersection: options.intersectionId,
        sequence: sequence++ & 0xff,
        type: FRAME.activeReport,
        items: [{ ...LAMP_STATES, data: lampOctets(signals.lamps) }],
      };
      return [dress(frame, heard)];
    },
    receive(message, signals) {
      assert('from' in message || 'epoch' in message, 'a controller hears UDP, TCP or serial');
      heard = message;
      const received = 'from' in message
        ? readDatagram(message.data, monotonicMs(0))
        : parser.push(message.data, monotonicMs(0));
      return received.flatMap(({ frame }) => {
        const answer = frame ? answerTo(frame, signals, options) : null;
        return answer ? [dress(answer, message)] : [];
      });
    },
  };
}
