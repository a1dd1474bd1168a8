import { expect, test } from 'vitest';
import { GateOutputs, gradeOf } from '../../src/gateoutputs.ts';
import { shortText } from '../../src/gateshort.ts';
import { decode, editions } from '../../src/gate/decode.ts';
import { aGreen, Junction, testMap } from './junction.ts';
import { writeMap, writeRsi, writeRsm } from './writer.ts';

test('levels are graded L0 to L3, and a latched node is L4 whatever it says', () => {
  expect((['valid', 'colour-only', 'unavailable', 'silent'] as const).map((level) => gradeOf(level, false)))
    .toEqual([0, 1, 2, 3]);
  expect(gradeOf('unavailable', true)).toBe(4);
});

test('an output keeps since when its grade holds, the rule that acted and its last message', () => {
  const outputs = new GateOutputs();
  outputs.judged('0-10', 'RSM', null, 100);
  outputs.judged('0-10', 'RSM', null, 200);
  outputs.judged('0-10', 'RSM', 'R32', 300);
  outputs.judged('0-10', 'RSM', 'R31', 400);
  outputs.levelled('0-10', 1, 'R16', 100);
  outputs.judged('0-10', 'SPAT', null, 150);
  outputs.levelled('0-10', 1, 'R19', 200);
  expect(outputs.list(500)).toEqual([
    { node: '0-10', type: 'RSM', grade: 3, rule: 'R31', sinceMs: 300, lastMs: 200 },
    { node: '0-10', type: 'SPAT', grade: 1, rule: 'R19', sinceMs: 100, lastMs: 150 },
  ]);
  const again = new GateOutputs();
  again.restore(outputs.snapshot());
  expect(again.list(500)).toEqual(outputs.list(500));
});

test('a type that should leave all the time and does not is silent; alerts may have nothing to say', () => {
  const outputs = new GateOutputs();
  for (const type of ['RSM', 'MAP', 'RSI']) outputs.judged('0-10', type, null, 1000);
  outputs.judged('0-11', 'SPAT', null, 1000);
  expect(outputs.list(2500).map(({ grade }) => grade)).toEqual([0, 0, 0]);
  expect(outputs.list(2501).map(({ rule }) => rule)).toEqual(['R30', null, null]);
  expect(outputs.list(6001)).toMatchObject([
    { grade: 3, rule: 'R30', sinceMs: 1000 }, { grade: 3, rule: 'R38' }, { grade: 0 },
  ]);
});

const said = (bytes: Uint8Array): { en: string; zh: string } =>
  shortText(decode(bytes, editions.A).message);

test('a message is told in a line of either language, as the gate read it', () => {
  const at = new Junction().warm(aGreen);
  const timing = { start: 0, likelyEnd: 125 };
  const spat = said(at.spatBytes({ 1: [{ light: 6, timing }] }, { status: 0x8000 }));
  expect(spat.en).toContain('node 0-10, count 0');
  expect(spat.en).toContain('status 8000: 1 protected green 12.5 s, 2 red');
  expect(spat.zh).toContain('1 保护绿 12.5 s、2 红');
  expect(said(writeMap(testMap, 7)).en).toBe('nodes 0-10, count 7, 1 links, 3 lanes');
  const users = Array.from({ length: 10 }, (_, index) => ({ id: index, secMark: 0, type: index % 5, speed: 8191 - index }));
  const rsm = said(writeRsm(users, 3)).en;
  expect(rsm).toContain('count 3, road users 0 unknown – m/s, 1 motor 163.8 m/s');
  expect(rsm).toContain('and 2 more');
  expect(said(writeRsi([{ id: 4, source: 5, start: 1, end: 2 }])).en).toBe('count 0, events 4 (401), signs none');
  expect(shortText(null)).toEqual({ en: 'could not be read whole', zh: '无法完整读取' });
});
