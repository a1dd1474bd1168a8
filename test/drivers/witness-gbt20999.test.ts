import { expect, test } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import { witness } from '../../drivers/signal-gbt20999/witness.ts';

/** The checksum once more, by long division of the message as bits. */
function remainder(body: readonly number[]): number {
  const bits = [...body, 0, 0].flatMap((octet) =>
    Array.from({ length: 8 }, (_, bit) => (octet >> (7 - bit)) & 1),
  );
  let rest = 0;
  for (const bit of bits) {
    const top = rest >> 15;
    rest = ((rest << 1) & 0xffff) | bit;
    if (top === 1) rest ^= 0x1005;
  }
  return rest;
}

interface Form {
  readonly type?: number;
  readonly escaped?: boolean;
  readonly count?: number;
  readonly sequence?: number;
}

/** A whole frame with these items, each from its class on. */
function frame(items: readonly (readonly number[])[], form: Form = {}): Uint8Array {
  const { type = 0x20, escaped = false, count = items.length, sequence = 1 } = form;
  const list = items.flatMap((item, index) => [index + 1, item.length, ...item]);
  const head = [1, 2, 5, 0, 0, 0, 9, 1, sequence, type, count];
  const length = 2 + head.length + list.length;
  const body = [length >> 8, length & 0xff, ...head, ...list];
  const crc = remainder(body);
  const inner = [...body, crc >> 8, crc & 0xff];
  const marks = [0x7e, 0x7d, 0x5c];
  const sent = escaped
    ? inner.flatMap((octet) => (marks.includes(octet) ? [0x5c, octet] : [octet]))
    : inner;
  return Uint8Array.from([0x7e, ...sent, 0x7d]);
}

const lamp = (group: number, state: number): number[] => [3, 3, 1, group, state];
const read = (...frames: Uint8Array[]) =>
  witness(frames.map((bytes, index) => ({ bytes, receivedMs: index })));
const colours = (...frames: Uint8Array[]) => Object.fromEntries(read(...frames) ?? []);

test('the checksum of this test is the one of the published frame', () => {
  const published = fromHex(
    '7E 0022 0100 05 000C48FC 01 13 30 03 01 05 11 01 02 01 01 02 05 11 01 03 01 01 ' +
      '03 05 11 01 04 01 21 E443 7D',
  );
  expect(remainder([...published.subarray(1, -3)])).toBe(0xe443);
  // It is whole, so it stops nothing; it sets, so it tells of no lamp.
  expect(read(published)).toBeNull();
  expect(colours(published, frame([lamp(3, 0x20)]))).toEqual({ 3: 'green' });
});

test('every lamp state of the standard has its colour, others are unknown', () => {
  const states: [number, string][] = [
    [0x01, 'dark'], [0x10, 'red'], [0x11, 'flashing-red'], [0x12, 'flashing-red'],
    [0x20, 'green'], [0x21, 'flashing-green'], [0x22, 'flashing-green'], [0x30, 'yellow'],
    [0x31, 'flashing-yellow'], [0x32, 'flashing-yellow'], [0x40, 'red-yellow'],
    [0x00, 'unknown'], [0x99, 'unknown'],
  ];
  for (const [state, colour] of states) {
    expect(colours(frame([lamp(7, state)])), state.toString(16)).toEqual({ 7: colour });
  }
});

test('element 0 gives one octet for each group, from 1', () => {
  expect(colours(frame([[3, 3, 1, 0, 0x10, 0x20, 0x30]], { type: 0x60 }))).toEqual({
    1: 'red', 2: 'green', 3: 'yellow',
  });
});

test('later frames override earlier ones, group by group', () => {
  const all = frame([[3, 3, 1, 0, 0x10, 0x20]]);
  expect(colours(all, frame([lamp(2, 0x30)]))).toEqual({ 1: 'red', 2: 'yellow' });
});

test('an escaped frame and a bare one say the same', () => {
  const item = lamp(0x7e, 0x20);
  expect(colours(frame([item], { escaped: true }))).toEqual({ 126: 'green' });
  expect(colours(frame([item]))).toEqual({ 126: 'green' });
  expect(colours(frame([lamp(0x5c, 0x10)], { escaped: true }))).toEqual({ 92: 'red' });
});

test('other objects, attributes and kinds of frame are passed over', () => {
  const items = [[3, 1, 0, 0, 8], [3, 3, 2, 1, 0x20], [6, 3, 1, 1, 0x20], lamp(1, 0x10)];
  expect(colours(frame(items))).toEqual({ 1: 'red' });
  expect(read(frame([lamp(1, 0x20)], { type: 0x10 }))).toBeNull();
  expect(read(frame([lamp(1, 0x20)], { type: 0x80 }))).toBeNull();
});

test('a frame with any octet changed is never read as another colour', () => {
  const good = frame([lamp(1, 0x10)]);
  for (let index = 0; index < good.length; index++) {
    for (const change of [0x01, 0x10, 0x30, 0x80]) {
      const bad = good.slice();
      bad[index] = good[index]! ^ change;
      expect(read(bad), `octet ${index}`).toBeNull();
    }
  }
});

test('frames that are cut, too short, or whose items do not fit cannot be read', () => {
  const good = frame([lamp(1, 0x10)]);
  expect(read(good.subarray(0, -1))).toBeNull();
  expect(read(good.subarray(1))).toBeNull();
  expect(read(Uint8Array.from([0x7e, 0x7d]))).toBeNull();
  expect(read(Uint8Array.from([0x7e, ...good.subarray(1, -2), 0x5c, 0x7d]))).toBeNull();
  expect(read(frame([lamp(1, 0x10)], { count: 2 }))).toBeNull();
  expect(read(frame([lamp(1, 0x10), lamp(2, 0x10)], { count: 1 }))).toBeNull();
  expect(read(frame([[3, 3, 1]]))).toBeNull();
  expect(read(frame([[3, 3, 1, 1]]))).toBeNull();
  expect(read(frame([[3, 3, 1, 1, 0x10, 0x20]]))).toBeNull();
  expect(read()).toBeNull();
});
