/**
 * The gate's own reading of encoded messages: SPAT, MAP, RSM and RSI of phase 1. It shares no code
 * and no table with the encoder. What it cannot read to the last bit, it refuses.
 *
 * Source: T/CSAE 53-2020 (edition A) and the ranges of the 2020 plug-fest (edition B).
 */
import { BitReader, Unreadable } from './bits.ts';

type Maybe = number | null;

export interface WireNode { readonly region: Maybe; readonly id: number }

/** Time marks as on the wire, tenths of a second; `nextEnd` is a duration where counting. */
export interface WireTiming {
  readonly kind: 'counting' | 'utc';
  readonly start: number; readonly minEnd: Maybe; readonly maxEnd: Maybe;
  readonly likelyEnd: number; readonly confidence: Maybe;
  readonly nextStart: Maybe; readonly nextEnd: Maybe;
}

export interface WirePhase {
  readonly id: number;
  readonly states: readonly { readonly light: number; readonly timing: WireTiming | null }[];
}

/** Minute of the year, millisecond of the minute. */
export interface WireStamp { readonly moy: Maybe; readonly ms: Maybe }

/** Bit 0 of the standard's status is the top of 16. */
export interface WireIntersection extends WireStamp {
  readonly node: WireNode; readonly status: number; readonly timeConfidence: Maybe;
  readonly phases: readonly WirePhase[];
}

export interface WireSpat extends WireStamp {
  readonly type: 'SPAT'; readonly msgCnt: number;
  readonly intersections: readonly WireIntersection[];
}

export interface WireConnection {
  readonly remote: WireNode; readonly phase: Maybe;
  readonly lane?: { readonly id: number } | null;
}

export interface WireLane { readonly id: number; readonly connections: readonly WireConnection[] }

export interface WireLink {
  readonly upstream: WireNode; readonly movements: readonly WireConnection[];
  readonly lanes: readonly WireLane[];
}

export interface WireMapNode { readonly id: WireNode; readonly links: readonly WireLink[] }

export interface WireMap {
  readonly type: 'MAP'; readonly msgCnt: number; readonly nodes: readonly WireMapNode[];
}

/** Absolute 1e-7 degrees; steps of 0.02 m/s, 8191 is unavailable; cm. */
export interface WireParticipant {
  readonly type: number; readonly id: number; readonly source: number; readonly secMark: number;
  readonly pos: { readonly lat: number; readonly long: number };
  readonly speed: number; readonly heading: number;
  readonly size: { readonly width: number; readonly length: number };
}

export interface WireRsm {
  readonly type: 'RSM'; readonly msgCnt: number; readonly participants: readonly WireParticipant[];
}

/** An event, or a sign, which has no source. */
export interface WireAlert {
  readonly id: number; readonly source?: number;
  readonly times: { readonly start: Maybe; readonly end: Maybe } | null;
}

export interface WireRsi {
  readonly type: 'RSI'; readonly msgCnt: number; readonly moy: Maybe;
  readonly events: readonly WireAlert[]; readonly signs: readonly WireAlert[];
}

export type WireMessage = WireSpat | WireMap | WireRsm | WireRsi;

/** A message, or why there is none, and the bits where the stamps of a SPAT begin. */
export interface Decoded {
  readonly message: WireMessage | null;
  readonly reason: string;
  readonly moyAt: readonly number[];
  readonly msAt: readonly number[];
}

type Read = (r: BitReader) => unknown;
type Values = Record<string, unknown>;

const u = (width: number): Read => (r) => r.bits(width);
const skip = (width: number): Read => (r) => r.skip(width);
const whole = (low: number, high: number, width: number) => (r: BitReader): number =>
  r.whole(low, high, width);
/** Behind an extension bit that must be zero: a marked enumeration, choice or size. */
const marked = (read: Read): Read => (r) => (r.root(), read(r));
const list = (low: number, high: number, width: number, read: Read): Read => (r) =>
  Array.from({ length: r.whole(low, high, width) }, () => read(r));

/**
 * A sequence: one presence bit for each field whose name ends in `?` (null when absent) or `*`
 * (an empty list when absent), then the fields.
 */
function sequence(...fields: readonly (readonly [string, Read])[]): (r: BitReader) => Values {
  const rows = fields.map(([name, read]) => ({
    name: name.replace(/[?*]$/, ''), read, optional: /[?*]$/.test(name), absent: name.endsWith('*'),
  }));
  return (r) => {
    const present = rows.map(({ optional }) => !optional || r.flag());
    const values: Values = {};
    for (const [index, { name, read, absent }] of rows.entries()) {
      values[name] = present[index] ? read(r) : absent ? [] : null;
    }
    return values;
  };
}

const minute = whole(0, 527040, 20);
const stampMinute: Read = (r) => (r.moyAt.push(r.at), minute(r));
const stampMs: Read = (r) => (r.msAt.push(r.at), r.bits(16));
const timeMark = whole(0, 36001, 16);
const timeCode = whole(0, 39, 6);
const percent = whole(0, 200, 8);
const latitude = whole(-900000000, 900000001, 31);
const longitude = whole(-1799999999, 1800000001, 32);
const name: Read = (r) => r.skip(7 * r.whole(1, 63, 6));
const node = sequence(['region?', u(16)], ['id', u(16)]);

/** A reference position: offsets that follow are from here. */
const position: Read = (r) => {
  const high = r.flag();
  r.lat = latitude(r);
  r.long = longitude(r);
  r.skip(high ? 16 : 0);
};

const offsetBits: readonly number[] = [12, 14, 16, 18, 22, 24];
const heightBits: readonly number[] = [7, 8, 9, 10, 11, 12, 16];

/** An offset made absolute. Longitude comes first on the wire, unlike in a position. */
const offset: Read = (r) => {
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
const timing: Read = (r) => ({ kind: r.flag() ? 'utc' : 'counting', ...marks(r) });
const state = sequence(['light', marked(whole(0, 8, 4))], ['timing?', marked(timing)]);
const phase = sequence(['id', u(8)], ['states', list(1, 16, 4, marked(state))]);
const intersection = sequence(
  ['node', node], ['status', u(16)], ['moy?', stampMinute], ['ms?', stampMs],
  ['timeConfidence?', timeCode], ['phases', list(1, 16, 4, phase)],
);
const spat = sequence(
  ['msgCnt', u(7)], ['moy?', stampMinute], ['ms?', stampMs], ['name?', name],
  ['intersections', list(1, 32, 5, marked(intersection))],
);

/** Of the eight kinds of lane only the first, for vehicles, has a size that may be extended. */
const laneKind: Read = (r) => (r.bits(3) === 0 ? marked(skip(8)) : skip(16))(r);
const attributes = sequence(['share?', skip(10)], ['kind', marked(laneKind)]);
const limit = sequence(['type', marked(whole(0, 12, 4))], ['speed', skip(13)]);
const limits = list(1, 9, 4, limit);
const points = list(2, 31, 5, marked(offset));
const movement = sequence(['remote', node], ['phase?', u(8)]);
const toLane = sequence(['id', u(8)], ['manoeuvre?', skip(12)]);
const connection = sequence(['remote', node], ['lane?', toLane], ['phase?', u(8)]);

const mapOf = (nodesMax: number, nodesBits: number, connections: Read, width: string): Read => {
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
  return sequence(['msgCnt', u(7)], ['minute?', minute], ['nodes', nodes]);
};

const sized = sequence(['width', u(10)], ['length', u(12)], ['height?', u(7)]);
const motion = sequence(['speed?', skip(3)], ['heading?', skip(3)], ['steering?', skip(2)]);
const acceleration = sequence(
  ['long', whole(-2000, 2001, 12)], ['lat', whole(-2000, 2001, 12)],
  ['vertical', whole(-127, 127, 8)], ['yaw', whole(-32767, 32767, 16)],
);
const participant = sequence(
  ['type', marked(whole(0, 4, 3))], ['id', u(16)], ['source', marked(u(3))], ['bsm?', skip(64)],
  ['secMark', u(16)], ['pos', offset], ['accuracy', sequence(['at', u(4)], ['height?', u(4)])],
  ['gear?', skip(3)], ['speed', u(13)], ['heading', whole(0, 28800, 15)],
  ['angle?', whole(-126, 127, 8)], ['motion?', motion], ['acceleration?', acceleration],
  ['size', sized], ['class?', marked(sequence(['class', u(8)], ['fuel?', u(4)]))],
);
const rsm = sequence(
  ['msgCnt', u(7)], ['unit', skip(64)], ['position', position],
  ['participants', list(1, 16, 4, marked(participant))],
);

/** GB 2312 octets or seven-bit characters. */
const text: Read = (r) => r.skip(r.flag() ? 8 * r.whole(2, 512, 9) : 7 * r.whole(1, 512, 9));
const times = sequence(['start?', minute], ['end?', minute], ['confidence?', timeCode]);
const stretch = sequence(['from', node], ['to', node], ['lanes?', u(16)]);

const rsiOf = (pathPointsMin: number): Read => {
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
    ['msgCnt', u(7)], ['moy?', minute], ['unit', skip(64)], ['position', position],
    ['events*', list(1, 8, 3, marked(event))], ['signs*', list(1, 16, 4, marked(sign))],
  );
};

/** How a message begins: its number in the frame. */
export type Edition = Readonly<Record<number, readonly [WireMessage['type'], Read]>>;

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

/** Reads one message whole, or says why it cannot. */
export function decode(bytes: Uint8Array, edition: Edition): Decoded {
  const r = new BitReader(bytes);
  const { moyAt, msAt } = r;
  try {
    r.root();
    const row = edition[r.bits(3)];
    if (!row) throw new Unreadable('not a SPAT, MAP, RSM or RSI');
    const [type, read] = row;
    const message = { type, ...(marked(read)(r) as Values) } as unknown as WireMessage;
    r.end();
    return { message, reason: '', moyAt, msAt };
  } catch (thrown) {
    return { message: null, reason: (thrown as Error).message, moyAt, msAt };
  }
}
