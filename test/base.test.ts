import { expect, test } from 'vitest';
import { crcFunction, fromHex, toHex } from '../src/base/bytes.ts';
import { VirtualClock } from '../src/base/clock.ts';
import { Fault, TextError, faultFromJson, textOf } from '../src/base/fault.ts';
import { siteFrame } from '../src/base/geodesy.ts';
import { insideOutline, projectOnLine } from '../src/base/geometry.ts';
import { seededRandom } from '../src/base/random.ts';
import { filledText } from '../src/base/text.ts';
import { monotonicMs, utcMs } from '../src/base/time.ts';

test('a CRC gives the published check value for each model that the protocols use', () => {
  const digits = new TextEncoder().encode('123456789');
  const rows = [
    [{ bits: 16, polynomial: 0x1021, initial: 0xffff, reflected: false, finalXor: 0 }, 0x29b1],
    [{ bits: 16, polynomial: 0x1005, initial: 0, reflected: false, finalXor: 0 }, 0x5bb8],
    [{ bits: 16, polynomial: 0x8005, initial: 0xffff, reflected: false, finalXor: 0 }, 0xaee7],
    [{ bits: 16, polynomial: 0xa001, initial: 0xffff, reflected: true, finalXor: 0 }, 0x4b37],
    [{ bits: 8, polynomial: 0x1c, initial: 0, reflected: false, finalXor: 0 }, 0xbc],
    [{ bits: 32, polynomial: 0xedb88320, initial: 0xffffffff, reflected: true, finalXor: 0xffffffff }, 0xcbf43926],
  ] as const;
  for (const [model, check] of rows) expect(crcFunction(model)(digits)).toBe(check);
  expect(rows.length).toBe(6);
});

test('hexadecimal text and octets turn into one another', () => {
  expect(toHex(fromHex('00 7F ff'))).toBe('007fff');
  expect(() => fromHex('0g')).toThrow('not hexadecimal');
});

test('a virtual clock runs timers in order of due time and stands still between', () => {
  const clock = new VirtualClock(monotonicMs(0), { monoMs: monotonicMs(0), utcMs: utcMs(1000), errorMs: 1 });
  const ran: string[] = [];
  clock.at(monotonicMs(20), () => ran.push(`b${clock.nowMs()}`));
  clock.at(monotonicMs(10), () => ran.push(`a${clock.nowMs()}`));
  const cancel = clock.at(monotonicMs(15), () => ran.push('never'));
  cancel();
  clock.advanceTo(monotonicMs(30));
  expect(ran).toEqual(['a10', 'b20']);
  expect(clock.utcAt()).toEqual({ utcMs: 1030, errorMs: 1 });
});

test('the site frame brings a position back to itself within a tenth of a millimetre at 2 km', () => {
  const frame = siteFrame({ latDeg: 31.2, lonDeg: 121.5, heightM: 12 });
  for (const point of [
    { eastM: 0, northM: 0, upM: 0 },
    { eastM: 2000, northM: -2000, upM: 30 },
    { eastM: -1500, northM: 700, upM: -5 },
  ]) {
    const back = frame.toSite(frame.toGeodetic(point));
    expect(Math.hypot(back.eastM - point.eastM, back.northM - point.northM, back.upM - point.upM)).toBeLessThan(1e-4);
  }
  // One arc second of latitude at 31.2° is 30.797 m (meridian radius of WGS-84).
  expect(frame.toSite({ latDeg: 31.2 + 1 / 3600, lonDeg: 121.5, heightM: 12 }).northM).toBeCloseTo(30.797, 2);
});

test('one seed gives one sequence, and a fork depends on its label only', () => {
  expect(seededRandom(7).next()).toBe(seededRandom(7).next());
  const used = seededRandom(7);
  used.next();
  expect(used.fork('a').next()).toBe(seededRandom(7).fork('a').next());
  expect(seededRandom(7).fork('a').next()).not.toBe(seededRandom(7).fork('b').next());
});

test('a point is told to be inside an outline, and falls on a line with its side', () => {
  const square = [[0, 0], [4, 0], [4, 4], [0, 4]] as const;
  expect(insideOutline(1, 1, square)).toBe(true);
  expect(insideOutline(5, 1, square)).toBe(false);
  expect(projectOnLine(2, 1, [[0, 0], [4, 0]])).toMatchObject({ alongM: 2, leftM: 1, beyond: false });
  expect(projectOnLine(2, -1, [[0, 0], [4, 0]]).leftM).toBe(-1);
});

const taken = (): Fault =>
  new Fault('PORT_UNAVAILABLE', {
    subject: 'radar-north',
    expected: { en: 'a free port', zh: '空闲端口' },
    got: filledText({ en: 'port {name}, held', zh: '端口 {name} 已被占用' }, { name: '{next}' }),
    next: { en: 'End the other.', zh: '请结束另一个。' },
  });

test('a fault says its sentences in the language that is asked for, and English as message', () => {
  const english =
    'radar-north: port cannot be opened; expected a free port, got port {next}, held. End the other.';
  expect(taken().message).toBe(english);
  expect(taken().in('en')).toBe(english);
  expect(taken().in('zh')).toBe(
    'radar-north：端口无法打开。期望：空闲端口；实际：端口 {next} 已被占用。请结束另一个。',
  );
  expect(taken().facts).toMatchObject({ subject: 'radar-north', expected: 'a free port' });
});

test('a fault goes to another process as plain English with Chinese beside, and comes back whole', () => {
  const json: unknown = JSON.parse(JSON.stringify(taken()));
  expect(json).toMatchObject({
    code: 'PORT_UNAVAILABLE',
    subject: 'radar-north',
    expected: 'a free port',
    zh: { expected: '空闲端口', next: '请结束另一个。' },
  });
  const none = { subject: 'status', expected: '', got: 'nothing', next: '' };
  const again = faultFromJson(json, 'REFUSED', none);
  expect([again.code, again.in('en'), again.in('zh')])
    .toEqual(['PORT_UNAVAILABLE', taken().in('en'), taken().in('zh')]);
  const strange = faultFromJson({ code: 'toString', got: 7 }, 'REFUSED', none);
  expect([strange.code, strange.facts]).toEqual(['REFUSED', none]);
  expect(faultFromJson(null, 'REFUSED', none).facts).toEqual(none);
});

test('what is thrown is told in both languages where it is ours, else as the system said it', () => {
  const text = { en: 'the device went away', zh: '设备已断开' };
  expect(textOf(new TextError(text))).toEqual(text);
  expect(textOf(taken())).toEqual({ en: taken().in('en'), zh: taken().in('zh') });
  expect(textOf(new Error('EACCES'))).toBe('EACCES');
});
