import { expect, test } from 'vitest';
import { monotonicMs } from '../../src/base/time.ts';
import { fillText } from '../../src/base/text.ts';
import type { Io } from '../../src/cli/command.ts';
import { cutTo, table, widthOf, wrap } from '../../src/cli/layout.ts';
import { LINE_MAX, linesOf } from '../../src/cli/lines.ts';
import { distance, nearest } from '../../src/cli/nearest.ts';
import { parseBreakers, parseLampFaults } from '../../src/cli/simulate.ts';
import { spanText } from '../../src/cli/words.ts';

test('instants of rule breakers belong to the kind before them', () => {
  const spec = 'red-runners=10,40,wrong-way=20,jaywalkers=15,stopped-vehicle=30+90,70';
  expect(parseBreakers(spec)).toEqual({
    redRunners: [10, 40],
    wrongWay: [20],
    jaywalkers: [15],
    stoppedVehicle: [{ atS: 30, forS: 90 }, { atS: 70, forS: 60 }],
  });
  const broken = ['10', 'red-runners=', 'red-runners=-1', 'red-runners=soon', 'stopped-vehicle=3+x'];
  for (const wrong of [...broken, 'rude=1']) {
    expect(() => parseBreakers(wrong), wrong).toThrow(/expected/);
  }
});

test('faults of lamps become spans of the virtual clock, for groups that exist', () => {
  const startMs = monotonicMs(1000);
  const groups = ['left', 'straight'];
  const spec = 'silent:at=30,for=5;conflicting-green:group=left,at=1,for=2';
  expect(parseLampFaults(spec, startMs, groups)).toEqual([
    { kind: 'silent', fromMs: 31_000, untilMs: 36_000 },
    { kind: 'conflicting-green', signalGroup: 'left', fromMs: 2000, untilMs: 4000 },
  ]);
  const nowhere = 'conflicting-green:group=up,at=1,for=1';
  for (const wrong of ['silent', 'silent:at=1', 'dance:at=1,for=1', nowhere]) {
    expect(() => parseLampFaults(wrong, startMs, groups), wrong).toThrow(/expected/);
  }
});

test('Chinese letters take two places, in columns, breaks and cuts', () => {
  expect(widthOf('ab路口')).toBe(6);
  expect(table([['路口', 'x'], ['abcde', 'y']])).toEqual(['路口   x', 'abcde  y']);
  expect(table([['a', '7'], ['b', '123']], [1])).toEqual(['a    7', 'b  123']);
  expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
  for (const line of wrap('路口边缘计算单元，接入雷达、摄像机与信号机。', 11)) {
    expect(widthOf(line)).toBeLessThanOrEqual(12);
  }
  expect(wrap('雷达，雷达', 5).every((line) => !line.startsWith('，'))).toBe(true);
  expect(cutTo('abcdef', 4)).toBe('abc…');
  expect(widthOf(cutTo('路口路口', 5))).toBeLessThanOrEqual(5);
});

test('the nearest word is found over a swap, a slip and a beginning, not over a leap', () => {
  expect(distance('repaly', 'replay')).toBe(1);
  const known = ['replay', 'record', 'status', '--pace'];
  expect(nearest('repaly', known)).toBe('replay');
  expect(nearest('stauts', known)).toBe('status');
  expect(nearest('rec', known)).toBe('record');
  expect(nearest('--pase', known)).toBe('--pace');
  expect(nearest('umbrella', known)).toBeNull();
});

test('lines come whole from any chunks, even where a letter is cut in half', async () => {
  const bytes = Buffer.from('eins\r\nzwei 路口\n\ndrei');
  async function* chunks(size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) {
      yield await Promise.resolve(bytes.subarray(at, at + size));
    }
  }
  for (const size of [1, 2, 3, 7, 100]) {
    const lines: string[] = [];
    for await (const line of linesOf(chunks(size), 'test')) lines.push(line);
    expect(lines, `chunks of ${size}`).toEqual(['eins', 'zwei 路口', '', 'drei']);
  }
});

test('a line that does not end is refused, not kept', async () => {
  async function* endless(): AsyncGenerator<string> {
    for (;;) yield await Promise.resolve('x'.repeat(1 << 20));
  }
  await expect(async () => {
    for await (const line of linesOf(endless(), 'pipe')) expect(line).toBe('never');
  }).rejects.toThrow(`expected lines of at most ${LINE_MAX} characters`);
});

test('spans are said in the two largest units', () => {
  const io = { say: (text: { en: string; zh: string }) => fillText(text, 'en') } as unknown as Io;
  const spansMs = [850.4, 12_000, 200_000, 3_600_000, 18_120_000, 273_600_000, -5, Infinity];
  const said = spansMs.map((ms) => spanText(ms, io));
  expect(said).toEqual(
    ['850 ms', '12 s', '3 min 20 s', '1 h', '5 h 2 min', '3 d 4 h', '0 ms', '–'],
  );
});

test('a specification that is longer than a line breaks behind its marks', () => {
  const lines = wrap('gap:port=radar-north,at=10,for=2;jitter:ms=20;corrupt:share=0.01', 30);
  expect(lines).toEqual(['gap:port=radar-north,at=10,', 'for=2;jitter:ms=20;', 'corrupt:share=0.01']);
  expect(wrap('（默认 7）', 9)).toEqual(['（默认', '7）']);
});
