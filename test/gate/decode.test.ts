import { expect, test } from 'vitest';
import { decode, editions } from '../../src/gate/decode.ts';
import type { WireMap, WireRsi, WireRsm } from '../../src/gate/decode.ts';
import { BitWriter } from './writer.ts';

/** A reference position with a height: 1 and 2 steps of 1e-7 degrees. */
const position = (w: BitWriter): BitWriter =>
  w.flags(true).put(900000001, 31).put(1800000001, 32).put(4096, 16);

/** A participant at one kind of offset, lon 5 and lat 7 steps away, with every optional field. */
function participant(w: BitWriter, id: number, choice: number, heightBits: number): void {
  w.flags(false).put(0b111111, 6).flags(false).put(1, 3).put(id, 16).flags(false).put(7, 3);
  w.put(0, 32).put(0, 32).put(1000, 16);
  w.flags(true).put(choice, 3);
  const width = [12, 14, 16, 18, 22, 24][choice];
  if (width === undefined) w.put(1799999999 + 7, 32).put(900000000 + 8, 31);
  else w.put(5 + 2 ** (width - 1), width).put(7 + 2 ** (width - 1), width);
  w.put(heightBits === 16 ? 6 : heightBits - 7, 3).put(0, heightBits);
  w.flags(true).put(0, 4).put(0, 4).put(7, 3).put(500, 13).put(100, 15).put(253, 8);
  w.put(0b111, 3).put(0, 3).put(0, 3).put(0, 2).put(4001, 12).put(4001, 12).put(254, 8);
  w.put(65534, 16).flags(true).put(180, 10).put(450, 12).put(30, 7);
  w.flags(false, true).put(10, 8).put(4, 4);
}

test('every kind of offset and height is read, and made absolute', () => {
  const w = new BitWriter().put(0b0010, 4).flags(false).put(9, 7).put(0, 64);
  position(w).put(6, 4);
  for (let choice = 0; choice <= 6; choice++) {
    participant(w, choice + 1, choice, choice === 6 ? 16 : 7 + choice);
  }
  const message = decode(w.bytes(), editions.A).message as WireRsm;
  expect(message.participants.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(message.participants.slice(0, 6).map(({ pos }) => pos)).toEqual(
    Array.from({ length: 6 }, () => ({ lat: 8, long: 7 })),
  );
  expect(message.participants[6]!.pos).toEqual({ lat: 8, long: 7 });
});

/** A link with all that a lane and a link may carry; its width is optional in one edition. */
function fullMap(edition: 'A' | 'B'): Uint8Array {
  const [nodeBits, connectionBits] = edition === 'A' ? [6, 4] : [5, 3];
  const limits = (): void => void w.put(0, 4).flags(false).put(5, 4).put(833, 13);
  const points = (): void => {
    w.put(0, 5);
    for (let index = 0; index < 2; index++) w.flags(false, false).put(0, 3).put(0, 24);
  };
  const w = new BitWriter().put(0b0001, 4).flags(false, true).put(1, 7).put(1000, 20);
  w.put(0, nodeBits!).flags(false, true, true).put(1, 6).put(65, 7).put(66, 7);
  w.flags(true).put(1, 16).put(300, 16);
  position(w).put(0, 5).flags(false, true, true);
  if (edition === 'A') w.flags(true);
  w.flags(true, true).put(0, 6).put(67, 7).flags(false).put(301, 16);
  limits();
  w.put(350, 15);
  points();
  w.put(0, 5).flags(true).flags(false).put(302, 16).put(1, 8).put(1, 5);
  // A lane for vehicles (a size that may be extended), then a crossing.
  w.flags(false, true, true, true, true, true, true).put(1, 8).put(325, 15);
  w.flags(true).put(0, 10).flags(false).put(0, 3).flags(false).put(0, 8).put(0, 12);
  w.put(0, connectionBits!).flags(true, true).flags(false).put(302, 16).flags(true).put(2, 8);
  w.put(0, 12).put(3, 8);
  limits();
  points();
  w.flags(false, false, true, false, false, false, false).put(20, 8);
  w.flags(false).flags(false).put(1, 3).put(0, 16);
  return w.bytes();
}

test('a map with every optional part is read in both editions, and in neither as the other', () => {
  for (const edition of ['A', 'B'] as const) {
    const message = decode(fullMap(edition), editions[edition]).message as WireMap;
    expect(message.nodes[0]!.links).toEqual([expect.objectContaining({
      upstream: { region: null, id: 301 },
      movements: [{ remote: { region: null, id: 302 }, phase: 1 }],
    })]);
    expect(message.nodes[0]!.links[0]!.lanes).toMatchObject([
      { id: 1, connections: [{ lane: { id: 2 }, phase: 3 }] }, { id: 20, connections: [] },
    ]);
    expect(decode(fullMap(edition), editions[edition === 'A' ? 'B' : 'A']).message).toBeNull();
  }
});

/** An event with text of one kind, a place, times, a path and links. */
function fullRsi(gb2312: boolean): Uint8Array {
  const w = new BitWriter().put(0b0100, 4).flags(false, true, true, false).put(2, 7).put(99, 20);
  position(w.put(0, 64)).put(0, 3).flags(false).put(0xff, 8).put(7, 8).put(401, 16);
  w.flags(false).put(5, 3).flags(false).put(0, 3).put(0, 24).put(100, 16);
  w.flags(gb2312).put(0, 9).put(0, gb2312 ? 16 : 7);
  w.flags(true, true, true).put(10, 20).put(20, 20).put(39, 6).put(0, 8);
  w.put(0, 3).put(0, 5).flags(false).put(0, 3).put(0, 24).put(50, 16);
  w.put(0, 4).flags(true).flags(false).put(1, 16).flags(false).put(2, 16).put(0, 16).put(200, 8);
  return w.bytes();
}

test('an alert with every optional part is read, whatever kind of text it has', () => {
  for (const gb2312 of [true, false]) {
    const message = decode(fullRsi(gb2312), editions.A).message as WireRsi;
    expect(message).toMatchObject({
      moy: 99, events: [{ id: 7, source: 5, times: { start: 10, end: 20 } }], signs: [],
    });
  }
});

test('a number beyond its range is refused with the bit where it stands', () => {
  const w = new BitWriter().put(0b0100, 4).flags(false, true, false, false).put(2, 7);
  w.put(527041, 20).put(0, 64);
  const { reason } = decode(position(w).bytes(), editions.A);
  expect(reason).toBe('bit 15: expected 0 to 527040, got 527041');
});
