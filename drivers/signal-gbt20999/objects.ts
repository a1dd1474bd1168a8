import type { ControllerStatus, LampAspect } from '../../src/model/signal.ts';
import type { signalTexts } from '../../src/base/texts/signals.ts';

/**
 * The objects of GB/T 20999-2017 that we ask for, and what their values mean, as data.
 * Source: the public implementations named in the handbook; the standard itself is not at hand.
 */

/** Which value of which object. Element 0 stands for all. */
export interface ObjectAddress {
  readonly cls: number;
  readonly object: number;
  readonly attribute: number;
  readonly element: number;
}

const address = (cls: number, object: number, attribute: number, element = 0): ObjectAddress => ({
  cls, object, attribute, element,
});

export const LAMP_GROUP_COUNT = address(0x03, 0x01, 0x00);
export const LAMP_GROUP_TYPES = address(0x03, 0x02, 0x02);
export const LAMP_STATES = address(0x03, 0x03, 0x01);
export const STAGE_STATE = address(0x06, 0x03, 0x02);
export const STAGE_REMAINING_S = address(0x06, 0x03, 0x04);
export const RUNNING_MODE = address(0x0d, 0x02, 0x02);
export const RUNNING_PLAN = address(0x0d, 0x02, 0x03);
export const RUNNING_STAGE = address(0x0d, 0x02, 0x04);

/** Frame types. */
export const FRAME = {
  query: 0x10, reply: 0x20, queryError: 0x21, set: 0x30, setReply: 0x40, setError: 0x41,
  broadcast: 0x50, activeReport: 0x60, heartbeatQuery: 0x70, heartbeatAnswer: 0x80,
} as const;

/** States of a stage. */
export const STAGE_IDLE = 0x10;
export const STAGE_RUNNING = 0x20;
export const STAGE_TRANSITION = 0x30;

const steady = (colour: LampAspect['colour']): LampAspect => ({ colour, flashing: false });
const flash = (colour: LampAspect['colour']): LampAspect => ({ colour, flashing: true });

/** Lamp states by octet. Fast flash is flash. */
export const lampAspects: ReadonlyMap<number, LampAspect> = new Map([
  [0x01, steady('dark')],
  [0x10, steady('red')],
  [0x11, flash('red')],
  [0x12, flash('red')],
  [0x20, steady('green')],
  [0x21, flash('green')],
  [0x22, flash('green')],
  [0x30, steady('yellow')],
  [0x31, flash('yellow')],
  [0x32, flash('yellow')],
  [0x40, steady('red-yellow')],
]);

/** The octet for an aspect; the first that means it. Null where none does. */
export const lampOctet = (shown: LampAspect): number | null => {
  for (const [octet, { colour, flashing }] of lampAspects) {
    if (colour === shown.colour && flashing === shown.flashing) return octet;
  }
  return null;
};

/** Modes by octet; 10 to 15 are run by a centre, whose way of working is not told. */
export const modes: ReadonlyMap<number, ControllerStatus['mode']> = new Map([
  [0x21, 'fixed-time'],
  [0x22, 'actuated'],
  [0x23, 'coordinated'],
  [0x24, 'adaptive'],
  [0x25, 'manual'],
  [0x31, 'flashing'],
  [0x32, 'all-red'],
  [0x33, 'off'],
] as const);

/** The counter of an error answer, by its data octet. */
export const errorCounters: ReadonlyMap<number, string> = new Map([
  [0x10, 'error_bad_value'],
  [0x11, 'error_wrong_length'],
  [0x12, 'error_overflow'],
  [0x20, 'error_read_only'],
  [0x30, 'error_no_object'],
  [0x40, 'error_general'],
  [0x50, 'error_control'],
]);

/** Every counter of the driver with the key of its text. */
export const counterTexts = {
  noise: 'noise', crc: 'crc', length: 'wrongLength', escape: 'escape', frame_cut: 'frameCut',
  too_long: 'tooLong', items: 'items', unknown_object: 'unknownObject', item_length: 'itemLength',
  unknown_lamp_state: 'unknownLampState', group_count: 'groupCount',
  duplicate_group: 'duplicateGroup', partial_before_full: 'partialBeforeFull',
  partial_overflow: 'partialOverflow', other_controller: 'otherController',
  unexpected_type: 'unexpectedType', active_ignored: 'activeIgnored',
  query_timeout: 'queryTimeout', query_repeated: 'queryRepeated', send_refused: 'sendRefused',
  countdown_frozen: 'countdownFrozenAtController',
  two_sources: 'twoSources', unexpected_source: 'unexpectedSource',
  source_changed: 'sourceChanged',
  error_bad_value: 'errorBadValue', error_wrong_length: 'errorWrongLength',
  error_overflow: 'errorOverflow', error_read_only: 'errorReadOnly',
  error_no_object: 'errorNoObject', error_general: 'errorGeneral',
  error_control: 'errorControl', error_unknown: 'errorUnknown',
} as const satisfies Readonly<Record<string, keyof typeof signalTexts>>;
