/**
 * The gate's own reading of encoded messages: SPAT, MAP, RSM and RSI of phase 1. It shares no code
 * and no table with the encoder. What it cannot read to the last bit, it refuses.
 *
 * Source: T/CSAE 53-2020 (edition A) and the ranges of the 2020 plug-fest (edition B).
 */
import { BitReader, Unreadable } from './bits.ts';

type Read<T> = (r: BitReader) => T;
type Row = readonly [string, Read<unknown>];
/** The value of rows: a field whose name ends in `?` may be null. */
type Values<R extends Row> = {
  readonly [F in R as F[0] extends `${infer N}?` | `${infer N}*` ? N : F[0]]:
    ReturnType<F[1]> | (F[0] extends `${string}?` ? null : never)
};

const u = (width: number) => (r: BitReader): number => r.bits(width);
const skip = (width: number) => (r: BitReader): void => r.skip(width);
const whole = (low: number, high: number, width: number) => (r: BitReader): number =>
  r.whole(low, high, width);
/** Behind an extension bit that must be zero: a marked enumeration, choice or size. */
const marked = <T>(read: Read<T>): Read<T> => (r) => (r.root(), read(r));
const list = <T>(low: number, high: number, width: number, read: Read<T>): Read<readonly T[]> =>
  (r) => Array.from({ length: r.whole(low, high, width) }, () => read(r));

/**
 * A sequence: one presence bit for each field whose name ends in `?` (null when absent) or `*`
 * (an empty list when absent), then the fields.
 */
function sequence<const R extends readonly Row[]>(...fields: R): Read<Values<R[number]>> {
  const rows = fields.map(([name, read]) => ({
    name: name.replace(/[?*]$/, ''), read, optional: /[?*]$/.test(name), absent: name.endsWith('*'),
  }));
  return (r) => {
    const present = rows.map(({ optional }) => !optional || r.flag());
    const values: Record<string, unknown> = {};
    for (const [index, { name, read, absent }] of rows.entries()) {
      values[name] = present[index] ? read(r) : absent ? [] : null;
    }
    return values as Values<R[number]>;
  };
}

const minute = whole(0, 527040, 20);
const stampMinute = (r: BitReader): number => (r.moyAt.push(r.at), minute(r));
const stampMs = (r: BitReader): number => (r.msAt.push(r.at), r.bits(16));
const count = (r: BitReader): number => ((r.countAt = r.at), r.bits(7));
const timeMark = whole(0, 36001, 16);
const timeCode = whole(0, 39, 6);
const percent = whole(0, 200, 8);
const latitude = whole(-900000000, 900000001, 31);
const longitude = whole(-1799999999, 1800000001, 32);
const name = (r: BitReader): void => r.skip(7 * r.whole(1, 63, 6));
const node = sequence(['region?', u(16)], ['id', u(16)]);

/** A reference position: offsets that follow are from here. */
const position = (r: BitReader): void => {
  const high = r.flag();
  r.lat = latitude(r);
  r.long = longitude(r);
  r.skip(high ? 16 : 0);
};

const offsetBits: readonly number[] = [12, 14, 16, 18, 22, 24];
const heightBits: readonly number[] = [7, 8, 9, 10, 11, 12, 16];

/** An offset made absolute. Longitude comes first on the wire, unlike in a position. */
const offset = (r: BitReader): { readonly lat: number; readonly long: number } => {
  const high = r.flag();
  const width = offsetBits[r.whole(0, 6, 3)];
  const half = 2 ** ((width ?? 0) - 1);
  const long = width === undefined ? longitude(r) : r.long + r.bits(width) - half;
  const lat = width === undefined ? latitude(r) : r.lat + r.bits(width) - half;
  if (high) r.skip(heightBits[r.whole(0, 6, 3)] as number);
  return { lat, long };
};

const marks = sequence(
  ['start', timeMark], ['minEnd?', timeMark], ['maxEnd?', timeMark], ['likelyEnd', timeMark],
  ['confidence?', percent], ['nextStart?', timeMark], ['nextEnd?', timeMark],
);
const timing = (r: BitReader) =>
  ({ kind: r.flag() ? ('utc' as const) : ('counting' as const), ...marks(r) });
const state = sequence(['light', marked(whole(0, 8, 4))], ['timing?', marked(timing)]);
const phase = sequence(['id', u(8)], ['states', list(1, 16, 4, marked(state))]);
const intersection = sequence(
  ['node', node], ['status', u(16)], ['moy?', stampMinute], ['ms?', stampMs],
  ['timeConfidence?', timeCode], ['phases', list(1, 16, 4, phase)],
);
const spat = sequence(
  ['msgCnt', count], ['moy?', stampMinute], ['ms?', stampMs], ['name?', name],
  ['intersections', list(1, 32, 5, marked(intersection))],
);

/** Of the eight kinds of lane only the first, for vehicles, has a size that may be extended. */
const laneKind = (r: BitReader): void => (r.bits(3) === 0 ? marked(skip(8)) : skip(16))(r);
const attributes = sequence(['share?', skip(10)], ['kind', marked(laneKind)]);
const limit = sequence(['type', marked(whole(0, 12, 4))], ['speed', skip(13)]);
const limits = list(1, 9, 4, limit);
const points = list(2, 31, 5, marked(offset));
const movement = sequence(['remote', node], ['phase?', u(8)]);
const toLane = sequence(['id', u(8)], ['manoeuvre?', skip(12)]);
const connection = sequence(['remote', node], ['lane?', toLane], ['phase?', u(8)]);

const mapOf = <T>(
  nodesMax: number, nodesBits: number, connections: Read<readonly T[]>, width: 'width' | 'width?',
) => {
  const lane = sequence(
    ['id', u(8)], ['width?', skip(15)], ['attributes?', attributes], ['manoeuvres?', skip(12)],
    ['connections*', connections], ['limits?', limits], ['points?', points],
  );
  const link = sequence(
    ['name?', name], ['upstream', node], ['limits?', limits], [width, skip(15)],
    ['points?', points], ['movements*', list(1, 32, 5, movement)],
    ['lanes', list(1, 32, 5, marked(lane))],
  );
  const own = sequence(
    ['name?', name], ['id', node], ['position', position], ['links*', list(1, 32, 5, marked(link))],
  );
  const nodes = list(1, nodesMax, nodesBits, marked(own));
  return sequence(['msgCnt', count], ['minute?', stampMinute], ['nodes', nodes]);
};

const sized = sequence(['width', u(10)], ['length', u(12)], ['height?', u(7)]);
const motion = sequence(['speed?', skip(3)], ['heading?', skip(3)], ['steering?', skip(2)]);
const acceleration = sequence(
  ['long', whole(-2000, 2001, 12)], ['lat', whole(-2000, 2001, 12)],
  ['vertical', whole(-127, 127, 8)], ['yaw', whole(-32767, 32767, 16)],
);
/** An identity that a vehicle gave itself. */
const identity = (r: BitReader): true => (r.skip(64), true);
const participant = sequence(
  ['type', marked(whole(0, 4, 3))], ['id', u(16)], ['source', marked(u(3))], ['bsmId?', identity],
  ['secMark', u(16)], ['pos', offset], ['accuracy', sequence(['at', u(4)], ['height?', u(4)])],
  ['gear?', skip(3)], ['speed', u(13)], ['heading', whole(0, 28800, 15)],
  ['angle?', whole(-126, 127, 8)], ['motion?', motion], ['acceleration?', acceleration],
  ['size', sized], ['class?', marked(sequence(['class', u(8)], ['fuel?', u(4)]))],
);
const rsm = sequence(
  ['msgCnt', count], ['unit', skip(64)], ['position', position],
  ['participants', list(1, 16, 4, marked(participant))],
);

/** GB 2312 octets or seven-bit characters. */
const text = (r: BitReader): string => {
  const width = r.flag() ? 8 : 7;
  const codes = Array.from({ length: r.whole(width === 8 ? 2 : 1, 512, 9) }, () => r.bits(width));
  return codes.map((code) => (code < 128 ? String.fromCharCode(code) : '¤')).join('');
};
const times = sequence(['start?', minute], ['end?', minute], ['confidence?', timeCode]);
const stretch = sequence(['from', node], ['to', node], ['lanes?', u(16)]);

const rsiOf = (pathPointsMin: number) => {
  const path = sequence(['points', list(pathPointsMin, 32, 5, offset)], ['radius', u(16)]);
  const where = [
    ['text?', text], ['times?', times], ['priority?', u(8)], ['paths?', list(1, 8, 3, path)],
    ['links?', list(1, 16, 4, stretch)],
  ] as const;
  const event = sequence(
    ['id', u(8)], ['kind', u(16)], ['source', marked(whole(0, 5, 3))], ['pos?', offset],
    ['radius?', u(16)], ...where, ['confidence?', percent],
  );
  const sign = sequence(['id', u(8)], ['kind', u(16)], ['pos?', offset], ...where);
  return sequence(
    ['msgCnt', count], ['moy?', minute], ['unit', skip(64)], ['position', position],
    ['events*', list(1, 8, 3, marked(event))], ['signs*', list(1, 16, 4, marked(sign))],
  );
};

type Of<T extends string, R extends Read<unknown>> = { readonly type: T } & ReturnType<R>;
/** Marks in tenths of a second; `nextEnd` is a duration where counting. */
export type WireTiming = ReturnType<typeof timing>;
/** Bit 0 of the standard's status is the top of 16. Minute of the year, ms of the minute. */
export type WireSpat = Of<'SPAT', typeof spat>;
export type WireStamp = Pick<WireSpat, 'moy' | 'ms'>;
export type WirePhase = WireSpat['intersections'][number]['phases'][number];
export type WireMap = Of<'MAP', ReturnType<typeof mapOf<ReturnType<typeof connection>>>>;
export type WireMapNode = WireMap['nodes'][number];
export type WireNode = ReturnType<typeof node>;
export type WireConnection = Omit<ReturnType<typeof connection>, 'lane'> &
  Partial<Pick<ReturnType<typeof connection>, 'lane'>>;
/** Absolute 1e-7 degrees; steps of 0.02 m/s, 8191 is unavailable; cm. */
/** A speed on the air in m/s; null where it is not known. */
export const speedOf = (speed: number): number | null => (speed === 8191 ? null : speed * 0.02);
export type WireRsm = Of<'RSM', typeof rsm>;
export type WireParticipant = WireRsm['participants'][number];
/** Of a text only its ASCII letters are told apart. */
export type WireRsi = Of<'RSI', ReturnType<typeof rsiOf>>;
/** An event, or a sign, which has no source. */
export type WireAlert = WireRsi['signs'][number] & { readonly source?: number };
export type WireMessage = WireSpat | WireMap | WireRsm | WireRsi;

/** How a message begins: its number in the frame. */
export type Edition = Readonly<Record<number, readonly [WireMessage['type'], Read<object>]>>;

/** Where the editions differ: nodes, connections, the width of a link, points of a path. */
export const editions: Readonly<Record<'A' | 'B', Edition>> = {
  A: {
    1: ['MAP', mapOf(63, 6, list(1, 16, 4, connection), 'width?')],
    2: ['RSM', rsm], 3: ['SPAT', spat], 4: ['RSI', rsiOf(1)],
  },
  B: {
    1: ['MAP', mapOf(32, 5, list(1, 8, 3, connection), 'width')],
    2: ['RSM', rsm], 3: ['SPAT', spat], 4: ['RSI', rsiOf(2)],
  },
};

/** A message, or why there is none, and the bits where its stamps and its count begin. */
export interface Decoded {
  readonly message: WireMessage | null; readonly reason: string;
  readonly moyAt: readonly number[]; readonly msAt: readonly number[]; readonly countAt: number;
}

/** Reads one message whole, or says why it cannot. */
export function decode(bytes: Uint8Array, edition: Edition): Decoded {
  const r = new BitReader(bytes);
  const told = (message: WireMessage | null, reason: string): Decoded =>
    ({ message, reason, moyAt: r.moyAt, msAt: r.msAt, countAt: r.countAt });
  try {
    r.root();
    const row = edition[r.bits(3)];
    if (!row) throw new Unreadable('not a SPAT, MAP, RSM or RSI');
    const message = { type: row[0], ...marked(row[1])(r) } as WireMessage;
    r.end();
    return told(message, '');
  } catch (thrown) {
    return told(null, (thrown as Error).message);
  }
}
