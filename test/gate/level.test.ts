import { expect, test } from 'vitest';
import type { WitnessColour } from '../../src/base/evidence.ts';
import { seededRandom } from '../../src/base/random.ts';
import { coloursConflict, mayFollow } from '../../src/gate/lamps.ts';
import {
  aGreen, allRed, evidence, group, Junction, quiet, rulesOf, testNode,
} from './junction.ts';
import type { Lamps } from './junction.ts';

const yellow: Lamps = { ...allRed, a: 'yellow' };
const flashing: Lamps = { ...allRed, a: 'flashing-green' };

/** One lawful signal cycle of group a. */
function signalCycle(at: Junction): void {
  at.show(aGreen, 5000);
  at.show(flashing, 1000);
  at.show(yellow, 3000);
  at.show(allRed, 3000);
}

test('after a start three consistent frames make the node valid, no fewer (R4)', () => {
  const at = new Junction();
  expect(at.cycle().level).toBe('unavailable');
  expect(rulesOf(at.cycle())).toEqual(['R4']);
  expect(at.cycle().level).toBe('valid');
});

test('the same frame seen again is not another consistent frame (R4)', () => {
  const at = new Junction();
  at.cycle();
  for (let index = 0; index < 2; index++) {
    at.pass(100);
    expect(at.decide().level).toBe('unavailable');
  }
});

test('evidence of 300 ms is good, older is not, in the same cycle (R1)', () => {
  const at = new Junction().warm();
  at.pass(280);
  expect(at.decide().level).toBe('valid');
  at.pass(1);
  const verdict = at.decide();
  expect(verdict.level).toBe('unavailable');
  expect(rulesOf(verdict)).toEqual(['R1']);
});

test('the delay of the controller counts into the age, and the future is no evidence (R1)', () => {
  const at = new Junction(testNode({ controllerDelayMs: 200 })).warm();
  at.pass(81);
  expect(rulesOf(at.decide())).toContain('R1');
  at.frames = [evidence(allRed, at.nowMs + 500)];
  expect(rulesOf(at.decide())).toContain('R1');
});

test('unavailable is said for three seconds, then silence (R22)', () => {
  const at = new Junction().warm();
  const levels: string[] = [];
  for (let index = 0; index < 40; index++) {
    at.pass(100);
    levels.push(at.decide().level);
  }
  expect(levels.indexOf('unavailable')).toBe(2);
  expect(levels.indexOf('silent')).toBe(32);
  expect(levels.slice(32).every((level) => level === 'silent')).toBe(true);
});

test('after a fall two stable seconds are waited for (R4)', () => {
  const at = new Junction().warm();
  at.pass(400);
  at.decide();
  let cycles = 0;
  while (at.cycle().level !== 'valid') cycles++;
  expect(cycles).toBeGreaterThanOrEqual(20);
  expect(cycles).toBeLessThanOrEqual(21);
});

test('after a first fall one clean lamp change is enough (R4)', () => {
  const at = new Junction().warm();
  at.pass(400);
  at.decide();
  at.show(allRed, 500);
  expect(at.cycle(aGreen).level).toBe('valid');
});

test('probation doubles with each fall to a minute; ten good minutes forget them (R4)', () => {
  const at = new Junction().warm();
  const waits: number[] = [];
  for (let fall = 0; fall < 7; fall++) {
    at.pass(400);
    at.decide();
    let cycles = 0;
    while (at.cycle().level !== 'valid') cycles++;
    waits.push(Math.round(cycles / 10));
  }
  expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60]);
  at.show(allRed, 600_500);
  at.pass(400);
  at.decide();
  expect(at.show(allRed, 2200).level).toBe('valid');
});

test('a pause of the loop makes everything seen before worthless (R1)', () => {
  const at = new Junction().warm();
  at.pass(10_000);
  const verdict = at.cycle();
  expect(verdict.level).toBe('unavailable');
  expect(verdict.reasons[0]!.reason).toContain('paused');
});

test('no input at all, or a signals stage that is not usable, is unavailable (R1, R5)', () => {
  const at = new Junction().warm();
  expect(rulesOf(at.cycle(allRed, { availability: 'two-sources' }))).toEqual(['R5']);
  expect(rulesOf(at.gate.level('0-10', null, at.now))).toEqual(['R5', 'R1']);
});

test('a missing, unknown, unlawfully dark or unmapped lamp group is unavailable (R5)', () => {
  const cases: Lamps[] = [
    { a: 'red', b: 'red', p: 'red' } as Lamps,
    { ...allRed, a: 'unknown' },
    { ...allRed, a: 'dark' },
    { ...allRed, y: 'green' },
    { ...allRed, y: 'flashing-yellow' },
  ];
  for (const lamps of cases) {
    const verdict = new Junction().warm().cycle(lamps);
    expect(verdict.level).toBe('unavailable');
    expect(rulesOf(verdict)).toContain('R5');
  }
});

test('an ignored group may do as it likes, and an arrow may stand dark for red (R5)', () => {
  for (const lamps of [{ x: 'green' }, { y: 'red' }, { b: 'dark' }]) {
    expect(new Junction().warm().cycle({ ...allRed, ...lamps } as Lamps).level).toBe('valid');
  }
});

test('evidence that the witness cannot read is unavailable (R5)', () => {
  const at = new Junction().warm();
  at.pass(100);
  at.frames = [{ bytes: new Uint8Array(0), receivedMs: at.nowMs }];
  const verdict = at.decide();
  expect(rulesOf(verdict)).toEqual(['R5']);
});

test('groups that share a phase must be equal (R5)', () => {
  const node = testNode({ groups: [...testNode().groups, group('c', 1)] });
  const red = { ...allRed, c: 'red' } as Lamps;
  const at = new Junction(node).warm(red);
  expect(rulesOf(at.cycle({ ...red, a: 'green' }))).toContain('R5');
});

test('a conflict is unavailable in the same cycle, and the third in a row latches (R6)', () => {
  const at = new Junction().warm();
  const clash: Lamps = { ...allRed, a: 'green', b: 'green' };
  for (let index = 1; index <= 3; index++) {
    const verdict = at.cycle(clash);
    expect(verdict.level).toBe('unavailable');
    expect(rulesOf(verdict).includes('R6b')).toBe(index === 3);
    expect(rulesOf(verdict)).toContain('R6');
  }
  expect(at.show(allRed, 5000).level).toBe('silent');
});

test('two conflicting frames and a clean one do not latch (R6)', () => {
  const at = new Junction(testNode({ intergreens: [] })).warm();
  const clash: Lamps = { ...allRed, a: 'green', b: 'green' };
  for (let round = 0; round < 2; round++) {
    at.cycle(clash);
    at.cycle(clash);
    at.cycle(aGreen);
  }
  expect(at.gate.report().nodes['0-10']!.latch).toBeNull();
});

test('a yielding pair may move together (R6)', () => {
  expect(new Junction().warm().cycle({ ...allRed, p: 'green', r: 'green' }).level).toBe('valid');
});

test('each of 500 random conflicting pairs is unavailable in its own cycle (R6)', () => {
  const random = seededRandom(7);
  const whole = (below: number): number => random.below(below);
  for (let round = 0; round < 500; round++) {
    const ids = Array.from({ length: 16 }, (_, index) => `g${index}`);
    const first = whole(16);
    const second = (first + 1 + whole(15)) % 16;
    const node = testNode({
      groups: ids.map((id, index) => group(id, index + 1, { inMap: false })),
      conflicting: [[ids[first]!, ids[second]!]], yielding: [], intergreens: [],
    });
    const red = Object.fromEntries(ids.map((id) => [id, 'red'])) as Lamps;
    const at = new Junction(node).warm(red);
    const colours: WitnessColour[] = ['green', 'flashing-green', 'yellow'];
    const clash = {
      ...red, [ids[first]!]: colours[whole(3)]!, [ids[second]!]: colours[whole(3)]!,
    };
    expect(at.cycle(clash).level).toBe('unavailable');
    expect(at.spat().pass).toBe(false);
    expect(at.unavailable().pass).toBe(true);
  }
});

test('flashing yellow conflicts with a movement, beside flashing it is the flash mode (R6)', () => {
  expect(coloursConflict('flashing-yellow', 'green')).toBe(true);
  expect(coloursConflict('yellow', 'flashing-yellow')).toBe(true);
  expect(coloursConflict('flashing-yellow', 'flashing-yellow')).toBe(false);
  expect(coloursConflict('flashing-yellow', 'flashing-red')).toBe(false);
  expect(coloursConflict('green', 'red')).toBe(false);
});

test('a latch opens after two clean cycles, three times a day at the most (R6b)', () => {
  const at = new Junction().warm();
  for (let release = 1; release <= 4; release++) {
    for (let index = 0; index < 3; index++) at.cycle({ ...allRed, a: 'green', b: 'green' });
    expect(at.gate.report().nodes['0-10']!.latch).toContain('R6');
    at.show({ ...allRed, a: 'yellow' }, 3000);
    at.show(allRed, 3000);
    signalCycle(at);
    signalCycle(at);
    expect(at.gate.report().nodes['0-10']!.latch).not.toBeNull();
    signalCycle(at);
    expect(at.gate.report().nodes['0-10']!.latch === null, `release ${release}`).toBe(release < 4);
  }
  expect(at.gate.latchVersion()).toBe(7);
  expect(at.gate.releaseLatch('0-10', '')).toBe(false);
  expect(at.gate.releaseLatch('0-10', 'engineer')).toBe(true);
  expect(at.gate.releaseLatch('0-10', 'engineer')).toBe(false);
  expect(at.gate.releaseLatch('9-9', 'engineer')).toBe(false);
  expect(at.gate.report().released).toEqual({ node: '0-10', who: 'engineer' });
  expect(at.gate.report().nodes['0-10']!.latch).toBeNull();
});

test('a breach begins the clean cycles anew; another group does not count for them (R6b)', () => {
  const at = new Junction().warm();
  for (let index = 0; index < 3; index++) at.cycle({ ...allRed, a: 'green', b: 'green' });
  at.show(yellow, 3000);
  at.show(allRed, 3000);
  signalCycle(at);
  signalCycle(at);
  at.show({ ...allRed, r: 'green' }, 5000);
  at.show(allRed, 3000);
  signalCycle(at);
  signalCycle(at);
  expect(at.gate.report().nodes['0-10']!.latch).not.toBeNull();
  signalCycle(at);
  expect(at.gate.report().nodes['0-10']!.latch).toBeNull();
});

test('green to red withholds the group until its next clean red, the others go on (R7)', () => {
  const at = new Junction().warm();
  at.show(aGreen, 5000);
  expect(at.cycle(allRed)).toMatchObject({ level: 'valid', withheld: ['a'] });
  at.show(allRed, 2000);
  expect(at.show(aGreen, 5000).withheld).toEqual(['a']);
  expect(at.show(yellow, 3000).withheld).toEqual(['a']);
  expect(at.cycle(allRed).withheld).toEqual([]);
});

test('the third unlawful change within ten greens latches (R7)', () => {
  const at = new Junction().warm();
  for (let index = 1; index <= 3; index++) {
    at.show(aGreen, 5000);
    const verdict = at.show(allRed, 3000);
    expect(rulesOf(verdict).includes('R6b')).toBe(index === 3);
  }
});

test('three unlawful changes far apart do not latch (R7)', () => {
  const at = new Junction().warm();
  for (let index = 0; index < 3; index++) {
    at.show(aGreen, 5000);
    at.show(allRed, 3000);
    for (let clean = 0; clean < 10; clean++) signalCycle(at);
  }
  expect(at.gate.report().nodes['0-10']!.latch).toBeNull();
});

test('lamp orders are lawful by kind and by what the site says of the group (R7)', () => {
  const plain = group('g', 1);
  const rich = group('g', 1, { hasFlashingGreen: true, hasRedYellow: true, mayGoDark: true });
  const walk = group('g', 1, { kind: 'pedestrian' });
  const blink = group('g', 1, { kind: 'pedestrian', hasFlashingGreen: true });
  const warning = group('g', 1, { kind: 'warning' });
  expect(mayFollow(plain, 'red', 'green')).toBe(true);
  expect(mayFollow(plain, 'green', 'red')).toBe(false);
  expect(mayFollow(plain, 'yellow', 'green')).toBe(false);
  expect(mayFollow(plain, 'red', 'yellow')).toBe(false);
  expect(mayFollow(plain, 'green', 'flashing-green')).toBe(false);
  expect(mayFollow(plain, 'yellow', 'dark')).toBe(false);
  expect(mayFollow(plain, 'green', 'flashing-yellow')).toBe(true);
  expect(mayFollow(plain, 'flashing-yellow', 'green')).toBe(false);
  expect(mayFollow(rich, 'red', 'red-yellow')).toBe(true);
  expect(mayFollow(rich, 'green', 'flashing-green')).toBe(true);
  expect(mayFollow(rich, 'yellow', 'dark')).toBe(true);
  expect(mayFollow(rich, 'green', 'dark')).toBe(false);
  expect(mayFollow(walk, 'green', 'red')).toBe(true);
  expect(mayFollow(blink, 'green', 'red')).toBe(false);
  expect(mayFollow(blink, 'flashing-green', 'red')).toBe(true);
  expect(mayFollow(blink, 'green', 'yellow')).toBe(false);
  expect(mayFollow(warning, 'yellow', 'dark')).toBe(true);
});

test('a short yellow takes the times from the next green, and the third latches (R8)', () => {
  const at = new Junction().warm();
  for (let index = 1; index <= 3; index++) {
    at.show(aGreen, 6000);
    at.show(yellow, 2000);
    expect(rulesOf(at.cycle(allRed)).includes('R8')).toBe(true);
    expect(at.show(allRed, 3000).untimed).toEqual(['a']);
  }
  expect(at.gate.report().nodes['0-10']!.latch).toContain('R8');
});

test('the times come back when the green after a short yellow has ended (R8)', () => {
  const at = new Junction().warm();
  at.show(aGreen, 6000);
  at.show(yellow, 2000);
  at.show(allRed, 3000);
  expect(at.show(aGreen, 6000).untimed).toEqual(['a']);
  expect(at.show(yellow, 3000).untimed).toEqual([]);
});

test('a yellow of the site value less three tenths is long enough (R8)', () => {
  const at = new Junction().warm();
  at.show(aGreen, 6000);
  at.show(yellow, 2700);
  expect(at.cycle(allRed).untimed).toEqual([]);
});

test('a short green takes the times for a cycle, unless the controller is overruled (R9)', () => {
  for (const status of [quiet, { ...quiet, preempt: true }, { ...quiet, manual: true }, null]) {
    const at = new Junction().warm();
    at.show(aGreen, 3000);
    at.status = status;
    const overruled = status?.preempt === true || status?.manual === true;
    expect(at.cycle(yellow).untimed).toEqual(overruled ? [] : ['a']);
  }
});

test('a green and a yellow of unseen beginning are not judged (R8, R9)', () => {
  const green = new Junction().warm(aGreen);
  expect(green.cycle(yellow).untimed).toEqual([]);
  const ending = new Junction().warm(yellow);
  expect(ending.cycle(allRed).untimed).toEqual([]);
});

test('a green before the junction has cleared is told, and the third time latches (R10)', () => {
  const at = new Junction().warm();
  for (let index = 1; index <= 3; index++) {
    at.show(aGreen, 5000);
    at.show(yellow, 3000);
    at.show(allRed, 1000);
    expect(rulesOf(at.cycle({ ...allRed, b: 'green' }))).toContain('R10');
    at.show({ ...allRed, b: 'green' }, 5000);
    at.show({ ...allRed, b: 'yellow' }, 3000);
    at.show(allRed, 2000);
  }
  expect(at.gate.report().nodes['0-10']!.latch).toContain('R10');
});

test('a failed controller that lets someone move is unavailable (R19)', () => {
  for (const fault of [{ failureFlash: true }, { failure: true }, { off: true }]) {
    const at = new Junction().warm(aGreen);
    at.status = { ...quiet, ...fault };
    expect(rulesOf(at.cycle())).toEqual(['R19']);
    const flash = new Junction().warm({ ...allRed, a: 'flashing-yellow' });
    flash.status = { ...quiet, ...fault };
    expect(flash.cycle()).toMatchObject({ level: 'colour-only', reasons: [{ rule: 'R19' }] });
  }
});

test('a step of the wall clock holds back the times for two seconds (R16)', () => {
  const at = new Junction().warm();
  at.utcMs += 1000;
  expect(at.cycle()).toMatchObject({ level: 'colour-only', reasons: [{ rule: 'R16' }] });
  expect(at.show(allRed, 1900).level).toBe('colour-only');
  expect(at.cycle().level).toBe('valid');
});

test('without a pinned MAP, or a commissioned site in live mode, nothing is shown (R18, R25)', () => {
  const bare = new Junction(testNode({ lanes: [] }));
  expect(rulesOf(bare.show(allRed, 1000))).toEqual(['R18']);
  const site = new Junction(testNode(), { mode: 'live' });
  expect(rulesOf(site.show(allRed, 1000))).toEqual(['R25']);
  expect(new Junction(testNode(), { mode: 'live', commissioned: true }).warm()).toBeDefined();
});

test('a slow source carries a green only to its guaranteed end (R1b)', () => {
  const at = new Junction(testNode({ slow: true })).warm(aGreen);
  at.pass(400);
  expect(at.decide()).toMatchObject({ level: 'valid', withheld: ['a'] });
  at.minEnds = { a: at.nowMs + 500 };
  expect(at.decide().withheld).toEqual([]);
  at.pass(450);
  expect(at.decide().withheld).toEqual([]);
  at.pass(100);
  expect(at.decide().withheld).toEqual(['a']);
  at.pass(500);
  expect(at.decide().level).toBe('valid');
  at.pass(100);
  expect(rulesOf(at.decide())).toEqual(['R1']);
});

test('a node that the site does not know is silent', () => {
  const at = new Junction();
  expect(at.gate.level('7-7', null, at.now).level).toBe('silent');
});
