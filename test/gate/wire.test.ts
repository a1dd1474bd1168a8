/** How the gate reads bytes: each range to its end and one beyond, each field by its name. */
import { expect, test } from 'vitest';
import { decode, editions } from '../../src/gate/decode.ts';
import type { WireMap, WireRsi, WireRsm, WireSpat } from '../../src/gate/decode.ts';
import { BitWriter, writeMap, writeRsm, writeSpat } from './writer.ts';
import type { TestTiming } from './writer.ts';

const read = (w: BitWriter | Uint8Array, edition: 'A' | 'B' = 'A') =>
  decode(w instanceof BitWriter ? w.bytes() : w, editions[edition]);
const isRead = (w: BitWriter | Uint8Array, edition: 'A' | 'B' = 'A'): boolean =>
  read(w, edition).message !== null;

const place = (w: BitWriter): BitWriter =>
  w.flags(false).put(900000000 + 1, 31).put(1799999999 + 2, 32);
const rsmHead = (users: number): BitWriter =>
  place(new BitWriter().put(0b0010, 4).flags(false).put(9, 7).put(0, 64)).put(users - 1, 4);

interface Full {
  readonly type?: number; readonly heading?: number; readonly angle?: number;
  readonly long?: number; readonly lat?: number; readonly vertical?: number; readonly yaw?: number;
  readonly height?: number; readonly choice?: number;
}
/** One participant with every optional part; figures as on the wire. */
function fullUser(more: Full = {}): BitWriter {
  const w = rsmHead(1);
  w.flags(false).put(0b111111, 6).flags(false).put(more.type ?? 1, 3).put(5, 16);
  w.flags(false).put(7, 3).put(0, 64).put(1000, 16);
  w.flags(true).put(more.choice ?? 5, 3).put(2 ** 23 + 3, 24).put(2 ** 23 + 4, 24);
  w.put(more.height ?? 0, 3).put(0, 7 + (more.height ?? 0));
  w.flags(true).put(11, 4).put(12, 4).put(7, 3).put(500, 13).put(more.heading ?? 100, 15);
  w.put(more.angle ?? 126, 8).put(0b111, 3).put(0, 3).put(0, 3).put(0, 2);
  w.put(more.long ?? 2000, 12).put(more.lat ?? 2001, 12).put(more.vertical ?? 130, 8);
  w.put(more.yaw ?? 32767, 16).flags(true).put(180, 10).put(450, 12).put(30, 7);
  return w.flags(false, true).put(10, 8).put(4, 4);
}

test('a participant is read field by field, the ones that no rule asks for as well', () => {
  for (const edition of ['A', 'B'] as const) {
    const message = read(fullUser(), edition).message as WireRsm;
    expect(message).toStrictEqual({
      type: 'RSM', msgCnt: 9, unit: undefined, position: undefined,
      participants: [{
        type: 1, id: 5, source: 7, bsmId: true, secMark: 1000, pos: { lat: 5, long: 5 },
        accuracy: { at: 11, height: 12 }, gear: undefined, speed: 500, heading: 100, angle: 0,
        motion: { speed: undefined, heading: undefined, steering: undefined },
        acceleration: { long: 0, lat: 1, vertical: 3, yaw: 0 },
        size: { width: 180, length: 450, height: 30 }, class: { class: 10, fuel: 4 },
      }],
    });
  }
});

test('each figure of a participant is read to the end of its range and not beyond', () => {
  for (const [name, last] of [
    ['type', 4], ['heading', 28_800], ['angle', 253], ['long', 4001], ['lat', 4001],
    ['vertical', 254], ['yaw', 65_534], ['height', 5],
  ] as const) {
    expect(isRead(fullUser({ [name]: last })), name).toBe(true);
    expect(isRead(fullUser({ [name]: last + 1 })), name).toBe(false);
  }
  const lowest = read(fullUser({ angle: 0, long: 0, lat: 0, vertical: 0, yaw: 0 }));
  expect((lowest.message as WireRsm).participants[0]).toMatchObject({
    angle: -126, acceleration: { long: -2000, lat: -2000, vertical: -127, yaw: -32_767 },
  });
  expect(isRead(fullUser({ choice: 7 }))).toBe(false);
});

test('an offset may be a place of its own, to the ends of the world and not beyond', () => {
  const at = (lat: number, long: number, choice = 6, height?: number): BitWriter => {
    const w = rsmHead(1).flags(false).put(0, 6).flags(false).put(1, 3).put(5, 16);
    w.flags(false).put(7, 3).put(1000, 16).flags(height).put(choice, 3);
    w.put(long, 32).put(lat, 31).maybe(height, 3);
    return w.flags(false).put(0, 4).put(500, 13).put(0, 15).flags(false).put(180, 10).put(450, 12);
  };
  expect((read(at(1_800_000_001, 3_600_000_000)).message as WireRsm).participants[0]!.pos)
    .toEqual({ lat: 900_000_001, long: 1_800_000_001 });
  expect(isRead(at(1_800_000_002, 0))).toBe(false);
  expect(isRead(at(0, 3_600_000_001))).toBe(false);
  // There is no eighth kind of offset or height, not even an empty one.
  expect([isRead(at(1, 2)), isRead(at(1, 2, 7)), isRead(at(1, 2, 6, 7))])
    .toEqual([true, false, false]);
  const far = (lat: number, long: number): BitWriter =>
    new BitWriter().put(0b0100, 4).flags(false, false, false, false).put(2, 7).put(0, 64)
      .flags(false).put(lat, 31).put(long, 32);
  expect(isRead(far(1_800_000_001, 3_600_000_000))).toBe(true);
  expect(isRead(far(1_800_000_002, 0))).toBe(false);
  expect(isRead(far(0, 3_600_000_001))).toBe(false);
});

const user = (id: number): { id: number; secMark: number } => ({ id, secMark: 1 });
test('a message holds as many as its lists may, in both editions', () => {
  for (const edition of ['A', 'B'] as const) {
    const users = Array.from({ length: 16 }, (_, index) => user(index));
    const rsm = read(writeRsm(users), edition).message as WireRsm;
    expect(rsm.participants.map(({ id }) => id)).toEqual(users.map(({ id }) => id));
    const phases = users.map(({ id }) => ({
      id, states: Array.from({ length: 16 }, () => ({ light: 8 })),
    }));
    const spat = read(writeSpat({ phases, times: 32 }), edition).message as WireSpat;
    expect(spat.type).toBe('SPAT');
    expect(spat.intersections.length).toBe(32);
    expect(spat.intersections[31]!.phases[15]!.states.length).toBe(16);
  }
});

const timed = (more: Partial<TestTiming>): Uint8Array => writeSpat({
  moy: 5, ms: 6, innerMoy: 7, innerMs: 8, timeConfidence: 39,
  phases: [{ id: 1, states: [{ light: 6, timing: {
    start: 1, minEnd: 2, maxEnd: 3, likelyEnd: 4, confidence: 5, nextStart: 6, nextEnd: 7, ...more,
  } }] }],
});

test('the times of a state are read by name, and to the ends of their ranges', () => {
  const timing = {
    kind: 'counting', start: 1, minEnd: 2, maxEnd: 3, likelyEnd: 4, confidence: 5, nextStart: 6,
    nextEnd: 7,
  };
  for (const edition of ['A', 'B'] as const) {
    expect(read(timed({}), edition).message).toStrictEqual({
      type: 'SPAT', msgCnt: 0, moy: 5, ms: 6, name: null,
      intersections: [{
        node: { region: 0, id: 10 }, status: 0, moy: 7, ms: 8, timeConfidence: 39,
        phases: [{ id: 1, states: [{ light: 6, timing }] }],
      }],
    });
  }
  for (const name of ['start', 'minEnd', 'maxEnd', 'likelyEnd', 'nextStart', 'nextEnd'] as const) {
    expect(isRead(timed({ [name]: 36_001 })), name).toBe(true);
    expect(isRead(timed({ [name]: 36_002 })), name).toBe(false);
  }
  expect(isRead(timed({ confidence: 200 }))).toBe(true);
  expect(isRead(timed({ confidence: 201 }))).toBe(false);
  const code = (timeConfidence: number): Uint8Array =>
    writeSpat({ timeConfidence, phases: [{ id: 1, states: [{ light: 8 }] }] });
  expect([isRead(code(39)), isRead(code(40))]).toEqual([true, false]);
  const light = (of: number): Uint8Array =>
    writeSpat({ phases: [{ id: 1, states: [{ light: of }] }] });
  expect([isRead(light(8)), isRead(light(9))]).toEqual([true, false]);
  const moy = (of: number): Uint8Array =>
    writeSpat({ moy: of, ms: 65_535, phases: [{ id: 1, states: [{ light: 8 }] }] });
  expect([isRead(moy(527_040)), isRead(moy(527_041))]).toEqual([true, false]);
});

test('what is no message of phase 1 is refused with that reason', () => {
  const none = 'not a SPAT, MAP, RSM or RSI';
  for (const edition of ['A', 'B'] as const) {
    for (const kind of [0, 5, 6, 7]) {
      expect(read(new BitWriter().put(kind, 4).put(0, 64), edition)).toMatchObject({
        message: null, reason: none,
      });
    }
  }
});

/** A name of so many letters before the intersections of a SPAT. */
function named(letters: number): BitWriter {
  const w = new BitWriter().put(0b0011, 4).flags(false, false, false, true).put(0, 7);
  w.put(letters - 1, 6);
  for (let letter = 0; letter < letters; letter++) w.put(65, 7);
  w.put(0, 5).flags(false, false, false, false).flags(false).put(10, 16).put(0, 16).put(0, 4);
  return w.put(1, 8).put(0, 4).flags(false, false, false).put(3, 4);
}

test('a name has 1 to 63 letters', () => {
  for (const letters of [1, 2, 23, 62, 63, 64]) {
    expect(isRead(named(letters)), `${letters}`).toBe(letters < 64);
  }
});

interface Lane {
  readonly width?: number; readonly kind?: number; readonly limits?: readonly [number, number];
  readonly points?: number; readonly connections?: number;
}
/** A MAP with one link of one lane; each part only where asked for. */
function mapOf(lane: Lane, edition: 'A' | 'B' = 'A'): BitWriter {
  const [nodeBits, connectionBits] = edition === 'A' ? [6, 4] as const : [5, 3] as const;
  const w = new BitWriter().put(0b0001, 4).flags(false, false).put(1, 7).put(0, nodeBits);
  w.flags(false, false, true).flags(false).put(300, 16);
  place(w).put(0, 5).flags(false, false, false);
  if (edition === 'A') w.flags(false);
  w.flags(false, false).flags(false).put(301, 16);
  if (edition === 'B') w.put(350, 15);
  const { kind, limits, points, connections } = lane;
  w.put(0, 5).flags(false, false, kind, false, connections, limits, points).put(7, 8);
  if (kind !== undefined) {
    w.flags(false).flags(false).put(kind, 3);
    if (kind === 0) w.flags(false).put(0, 8);
    else w.put(0, 16);
  }
  if (connections !== undefined) {
    w.put(connections - 1, connectionBits);
    for (let index = 0; index < connections; index++) {
      w.flags(false, true).flags(false).put(302, 16).put(index, 8);
    }
  }
  if (limits) {
    const [count, type] = limits;
    w.put(count - 1, 4);
    for (let index = 0; index < count; index++) w.flags(false).put(type, 4).put(833, 13);
  }
  if (points !== undefined) {
    w.put(points - 2, 5);
    for (let index = 0; index < points; index++) w.flags(false, false).put(0, 3).put(0, 24);
  }
  return w;
}

test('a lane has as many limits, points and connections as its edition lets it', () => {
  for (const edition of ['A', 'B'] as const) {
    for (const [lane, fine] of [
      [{}, true], [{ limits: [9, 12] }, true], [{ limits: [10, 12] }, false],
      [{ limits: [1, 13] }, false], [{ points: 2 }, true], [{ points: 31 }, true],
      [{ points: 32 }, false], [{ kind: 0 }, true], [{ kind: 1 }, true], [{ kind: 7 }, true],
    ] as [Lane, boolean][]) {
      expect(isRead(mapOf(lane, edition), edition), JSON.stringify(lane)).toBe(fine);
    }
  }
  const most = (edition: 'A' | 'B', connections: number): number =>
    (read(mapOf({ connections }, edition), edition).message as WireMap)
      .nodes[0]!.links[0]!.lanes[0]!.connections.length;
  expect([most('A', 16), most('B', 8)]).toEqual([16, 8]);
});

test('a MAP of edition A has up to 63 nodes', () => {
  const nodes = (count: number): Uint8Array =>
    writeMap(Array.from({ length: count }, (_, id) => ({ id: { id } })));
  expect([isRead(nodes(63)), isRead(nodes(64))]).toEqual([true, false]);
});

test('a MAP of edition B has up to 32 nodes, and a link has its width', () => {
  const w = new BitWriter().put(0b0001, 4).flags(false, false).put(1, 7).put(31, 5);
  for (let id = 0; id < 32; id++) place(w.flags(false, false, false).flags(false).put(id, 16));
  expect((read(w, 'B').message as WireMap).nodes.map(({ id }) => id.id).at(-1)).toBe(31);
  const link = (read(mapOf({}, 'B'), 'B').message as WireMap).nodes[0]!.links[0]!;
  expect(Object.keys(link)).toEqual([
    'name', 'upstream', 'limits', 'width', 'points', 'movements', 'lanes',
  ]);
});

test('a MAP is read field by field', () => {
  const message = read(mapOf({ kind: 1, limits: [1, 0], points: 2, connections: 1 })).message;
  expect(message).toStrictEqual({
    type: 'MAP', msgCnt: 1, minute: null,
    nodes: [{
      name: null, id: { region: null, id: 300 }, position: undefined,
      links: [{
        name: null, upstream: { region: null, id: 301 }, limits: null, width: null, points: null,
        movements: [],
        lanes: [{
          id: 7, width: null, attributes: { share: null, kind: undefined }, manoeuvres: null,
          connections: [{ remote: { region: null, id: 302 }, lane: null, phase: 0 }],
          limits: [{ type: 0, speed: undefined }],
          points: [1, 2].map(() => ({ lat: 1 - 2 ** 11, long: 2 - 2 ** 11 })),
        }],
      }],
    }],
  });
});

interface Alert {
  readonly source?: number; readonly codes?: readonly number[]; readonly wide?: boolean;
  readonly confidence?: number; readonly timeCode?: number; readonly pathPoints?: number;
  readonly minutes?: number; readonly length?: number;
}
/** An RSI of one event with text, times, a path and links. */
function event(more: Alert = {}): BitWriter {
  const { wide = false, codes = [65] } = more;
  const w = new BitWriter().put(0b0100, 4).flags(false, true, true, false).put(2, 7).put(99, 20);
  place(w.put(0, 64)).put(0, 3).flags(false).put(0xff, 8).put(7, 8).put(401, 16);
  w.flags(false).put(more.source ?? 5, 3).flags(false).put(0, 3).put(0, 24).put(100, 16);
  w.flags(wide).put(more.length ?? codes.length - (wide ? 2 : 1), 9);
  for (const code of codes) w.put(code, wide ? 8 : 7);
  w.flags(true, true, true).put(more.minutes ?? 10, 20).put(more.minutes ?? 20, 20);
  w.put(more.timeCode ?? 39, 6).put(0, 8);
  const points = more.pathPoints ?? 2;
  w.put(0, 3).put(points - 1, 5);
  for (let index = 0; index < points; index++) w.flags(false).put(0, 3).put(0, 24);
  w.put(50, 16).put(0, 4).flags(true).flags(false).put(1, 16).flags(false).put(2, 16).put(3, 16);
  return w.put(more.confidence ?? 200, 8);
}

test('an alert is read field by field', () => {
  const point = { lat: 1 - 2 ** 11, long: 2 - 2 ** 11 };
  expect(read(event()).message).toStrictEqual({
    type: 'RSI', msgCnt: 2, moy: 99, unit: undefined, position: undefined, signs: [],
    events: [{
      id: 7, kind: 401, source: 5, pos: point, radius: 100, text: 'A',
      times: { start: 10, end: 20, confidence: 39 }, priority: 0,
      paths: [{ points: [point, point], radius: 50 }],
      links: [{ from: { region: null, id: 1 }, to: { region: null, id: 2 }, lanes: 3 }],
      confidence: 200,
    }],
  });
});

test('each figure of an alert is read to the end of its range and not beyond', () => {
  for (const [name, last] of [
    ['source', 5], ['confidence', 200], ['timeCode', 39], ['minutes', 527_040],
  ] as const) {
    expect(isRead(event({ [name]: last })), name).toBe(true);
    expect(isRead(event({ [name]: last + 1 })), name).toBe(false);
  }
});

test('a text is told by its ASCII letters, other octets by a sign, 512 of them at the most', () => {
  const text = (wide: boolean, codes: readonly number[]) =>
    (read(event({ wide, codes })).message as WireRsi | null)?.events[0]?.text;
  expect(text(false, [65, 127])).toBe('A\x7f');
  expect(text(true, [66, 127, 128, 255])).toBe('B\x7f¤¤');
  expect(text(false, Array.from({ length: 512 }, () => 67))).toBe('C'.repeat(512));
  expect(text(true, Array.from({ length: 512 }, () => 67))).toBe('C'.repeat(512));
  expect(text(true, Array.from({ length: 513 }, () => 67))).toBeUndefined();
  expect(text(true, [68, 69])).toBe('DE');
});

test('a path has a point or more in edition A, two or more in B', () => {
  const points = (edition: 'A' | 'B', written: number): number | undefined =>
    (read(event({ pathPoints: written }), edition).message as WireRsi | null)
      ?.events[0]?.paths?.[0]?.points.length;
  expect([points('A', 1), points('A', 2), points('A', 32)]).toEqual([1, 2, 32]);
  // What edition A writes as so many points less one, B reads as so many less two.
  expect([points('B', 1), points('B', 32)]).toEqual([undefined, undefined]);
});

test('lists of alerts, paths and stretches hold 8, 16 and 16', () => {
  const signs = (count: number): BitWriter => {
    const w = new BitWriter().put(0b0100, 4).flags(false, false, false, true).put(2, 7);
    place(w.put(0, 64)).put(count - 1, 4);
    for (let id = 0; id < count; id++) w.flags(false).put(0, 6).put(id, 8).put(5, 16);
    return w;
  };
  expect((read(signs(16)).message as WireRsi).signs.length).toBe(16);
  expect((read(signs(1)).message as WireRsi).signs[0]).toStrictEqual({
    id: 0, kind: 5, pos: null, text: null, times: null, priority: null, paths: null, links: null,
  });
});
