/** The level of a node at the limits of its rules: exactly there, and one beyond. */
import { expect, test } from 'vitest';
import type { GateVerdict } from '../../src/gate/level.ts';
import { actionOf } from '../../src/gate/rules.ts';
import {
  aGreen, allRed, evidence, group, Junction, numberedProfile, quiet, rulesOf, testNode,
} from './junction.ts';
import type { Lamps } from './junction.ts';

const yellow: Lamps = { ...allRed, a: 'yellow' };
const flashing: Lamps = { ...allRed, a: 'flashing-green' };
const bad: Lamps = { ...allRed, a: 'unknown' };
const clash: Lamps = { ...allRed, a: 'green', b: 'green' };
/** One cycle whose frame comes just now, so many milliseconds after the last. */
function step(at: Junction, lamps: Lamps, ms: number): GateVerdict {
  at.pass(ms);
  at.lamps = lamps;
  at.frames = [evidence(lamps, at.nowMs)];
  return at.decide();
}
const latchOf = (at: Junction): string | null => at.gate.report().nodes['0-10']!.latch;
/** A gap in the evidence, which takes the level down. */
function fall(at: Junction): void {
  at.pass(400);
  expect(at.decide().level).toBe('unavailable');
}

test('a frame that breaks a rule begins the run of a start anew (R4)', () => {
  for (const lamps of [bad, { ...allRed, y: 'green' } as Lamps]) {
    const at = new Junction(testNode({ intergreens: [] }));
    at.cycle();
    at.cycle();
    expect(at.cycle(lamps).level).toBe('unavailable');
    expect([at.cycle(allRed).level, at.cycle().level]).toEqual(['unavailable', 'unavailable']);
    expect(at.cycle().level, JSON.stringify(lamps)).toBe('valid');
  }
});

test('a gap in the evidence begins the run of a start anew (R4)', () => {
  const at = new Junction();
  at.cycle();
  at.cycle();
  fall(at);
  expect([at.cycle().level, at.cycle().level]).toEqual(['unavailable', 'unavailable']);
  expect(at.cycle().level).toBe('valid');
});

test('a bad frame begins the stable seconds anew, and its change is no clean one (R4)', () => {
  const at = new Junction().warm();
  fall(at);
  at.show(allRed, 1500);
  at.cycle(bad);
  expect(at.show(allRed, 1900).level).not.toBe('valid');
  expect(at.show(allRed, 300).level).toBe('valid');
  const changed = new Junction().warm();
  fall(changed);
  changed.show(allRed, 500);
  changed.cycle({ ...aGreen, y: 'green' });
  expect(changed.show(aGreen, 1500).level).toBe('unavailable');
  const undone = new Junction().warm();
  fall(undone);
  undone.show(allRed, 200);
  undone.cycle({ ...aGreen, y: 'green' });
  expect(undone.show(aGreen, 700).level).toBe('unavailable');
});

test('two stable seconds are two seconds, to the millisecond (R4)', () => {
  for (const [lastMs, level] of [[99, 'unavailable'], [100, 'valid']] as const) {
    const at = new Junction().warm();
    fall(at);
    step(at, allRed, 100);
    for (let index = 0; index < 19; index++) step(at, allRed, 100);
    expect(step(at, allRed, lastMs).level).toBe(level);
  }
});

test('ten good minutes forget earlier falls, to the millisecond (R4)', () => {
  for (const [lastMs, level] of [[99, 'unavailable'], [100, 'valid']] as const) {
    const at = new Junction().warm();
    fall(at);
    while (step(at, allRed, 100).level !== 'valid') expect(at.nowMs).toBeLessThan(1_100_000);
    for (let index = 0; index < 5999; index++) step(at, allRed, 100);
    step(at, allRed, lastMs);
    fall(at);
    for (let index = 0; index < 21; index++) step(at, allRed, 100);
    expect(at.gate.verdict('0-10')!.level, `${lastMs}`).toBe(level);
  }
});

test('of conflicts in a row the third latches, from the first frame on (R6)', () => {
  const at = new Junction(testNode({ intergreens: [] }));
  at.cycle(clash);
  at.cycle(clash);
  expect(latchOf(at)).toBeNull();
  at.cycle(clash);
  expect(latchOf(at)).toContain('R6');
});

test('a latch of before a restart opens after two clean cycles, no fewer (R6b)', () => {
  const latch = { rule: 'R6', reason: 'two greens' } as const;
  const at = new Junction(testNode(), {}, [{ node: '0-10', latch, releaseAgesMs: [] }]);
  const open: boolean[] = [];
  at.show(allRed, 1000);
  for (let index = 0; index < 3; index++) {
    at.show(aGreen, 5000);
    at.show(flashing, 1000);
    at.show(yellow, 3000);
    at.show(allRed, 1000);
    open.push(latchOf(at) === null);
  }
  expect(open).toEqual([false, false, true]);
});

test('a release counts for a day to its last millisecond (R6b)', () => {
  const run = (ageMs: number): Junction => {
    const latch = { rule: 'R6', reason: 'two greens' } as const;
    const releaseAgesMs = [ageMs, ageMs, ageMs];
    const at = new Junction(testNode(), {}, [{ node: '0-10', latch, releaseAgesMs }]);
    for (let index = 0; index < 3; index++) {
      for (const [lamps, count] of [[allRed, 10], [aGreen, 60], [yellow, 30]] as const) {
        for (let cycle = 0; cycle < count; cycle++) step(at, lamps, 100);
      }
    }
    return at;
  };
  // The third green begins so long after the start, in cycles of 100 ms.
  const tillMs = 100 * (100 * 2 + 10 + 1);
  expect(latchOf(run(86_400_000 - tillMs - 1))).not.toBeNull();
  expect(latchOf(run(86_400_000 - tillMs))).toBeNull();
});

test('a frame that is seen again after a pause is where the order of lamps begins (R7)', () => {
  const at = new Junction(testNode({ slow: true })).warm(aGreen);
  at.pass(600);
  expect(rulesOf(at.decide())).toContain('R1');
  expect(step(at, allRed, 100)).toMatchObject({ withheld: ['a'] });
});

test('three breaches within ten greens latch, an eleventh green is too late (R7)', () => {
  const cleanGreens = (at: Junction, count: number): void => {
    for (let index = 0; index < count; index++) {
      for (const [lamps, cycles] of [[aGreen, 50], [yellow, 30], [allRed, 5]] as const) {
        for (let cycle = 0; cycle < cycles; cycle++) step(at, lamps, 100);
      }
    }
  };
  const breach = (at: Junction): void => {
    for (let cycle = 0; cycle < 50; cycle++) step(at, aGreen, 100);
    for (let cycle = 0; cycle < 5; cycle++) step(at, allRed, 100);
  };
  for (const [between, latches] of [[7, 1], [8, 0]] as const) {
    const at = new Junction().warm();
    breach(at);
    breach(at);
    cleanGreens(at, between);
    breach(at);
    expect(at.gate.latchVersion(), `${between}`).toBe(latches);
    if (latches === 0) continue;
    expect(latchOf(at)).toBe('R7: group a: green to red');
    expect(at.gate.releaseLatch('0-10', 'engineer')).toBe(true);
    breach(at);
    expect(latchOf(at)).toBeNull(); // the three were counted once
  }
});

test('a withheld arrow that goes dark in the lawful order is shown again (R7)', () => {
  const at = new Junction(testNode({ conflicting: [], yielding: [], intergreens: [] })).warm();
  at.show({ ...allRed, b: 'green' }, 6000);
  expect(at.cycle(allRed).withheld).toEqual(['b']);
  expect(at.cycle({ ...allRed, b: 'dark' }).withheld).toEqual([]);
});

const withA = (more: object) => testNode({
  groups: testNode().groups.map((row) => (row.id === 'a' ? { ...row, ...more } : row)),
});
test('the yellow of the site less 0.3 s, and 2.7 s at the least, to the millisecond (R8)', () => {
  for (const [yellowS, lastedMs, rules] of [
    [4, 3700, []], [4, 3699, ['R8']], [3, 2700, []], [3, 2699, ['R8']], [2, 2700, []],
    [2, 2699, ['R8']], [5, 4700, []], [5, 4699, ['R8']],
  ] as const) {
    const at = new Junction(withA({ yellowS })).warm();
    for (let index = 0; index < 60; index++) step(at, aGreen, 100);
    for (let passed = 100; passed < lastedMs; passed += 100) step(at, yellow, 100);
    const rest = lastedMs % 100 || 100;
    const verdict = step(at, allRed, rest);
    expect(rulesOf(verdict), `${yellowS} ${lastedMs}`).toEqual(rules);
    if (rules.length > 0) {
      const told = { reason: 'group a: yellow, ms', got: `${lastedMs}` };
      expect(verdict.reasons[0]).toMatchObject(told);
    }
  }
});

test('a green may go on flashing before it has lasted, and ends where it may (R9)', () => {
  const at = new Junction().warm();
  at.show(aGreen, 3000);
  expect(rulesOf(at.cycle(flashing))).toEqual([]);
  at.show(flashing, 2000);
  expect(rulesOf(at.cycle(yellow))).toEqual([]);
  const short = new Junction().warm();
  short.show(aGreen, 3000);
  expect(short.cycle(yellow).reasons).toMatchObject([
    { rule: 'R9', reason: 'group a: green, ms', expected: '4700 or more', got: '3100' },
  ]);
});

test('lamps of a box that has just started are not judged by what it has not seen (R8, R9)', () => {
  const at = new Junction();
  at.nowMs = 0;
  for (let index = 0; index < 5; index++) step(at, aGreen, 100);
  expect(rulesOf(step(at, yellow, 100))).toEqual([]);
  expect(rulesOf(step(at, allRed, 100))).toEqual(['R8']); // this one it saw whole
  const ending = new Junction();
  ending.nowMs = 0;
  for (let index = 0; index < 5; index++) step(ending, yellow, 100);
  expect(rulesOf(step(ending, allRed, 100))).toEqual([]);
});

test('a clearance that is too short is told in milliseconds (R10)', () => {
  const at = new Junction().warm();
  at.show(aGreen, 6000);
  at.show(yellow, 3000);
  at.show(allRed, 1000);
  expect(at.cycle({ ...allRed, b: 'green' }).reasons).toMatchObject([
    { rule: 'R10', expected: '1800', got: '1100' },
  ]);
});

test('a failed controller that lets someone move is unavailable at once (R19)', () => {
  for (const fault of [{ failureFlash: true }, { failure: true }, { off: true }]) {
    const at = new Junction().warm(aGreen);
    at.status = { ...quiet, ...fault };
    expect(at.cycle()).toMatchObject({
      level: 'unavailable', reasons: [{ rule: 'R19', got: 'a' }],
    });
  }
});

test('of several frames the newest counts (R4)', () => {
  const at = new Junction();
  const levels = [0, 1, 2].map(() => {
    at.pass(50);
    at.frames = [...at.frames, evidence(allRed, at.nowMs)];
    return at.decide().level;
  });
  expect(levels).toEqual(['unavailable', 'unavailable', 'valid']);
});

test('a slow source whose frames are young carries nothing (R1b)', () => {
  const at = new Junction(testNode({ slow: true })).warm(aGreen);
  expect(at.cycle()).toMatchObject({ level: 'valid', withheld: [], reasons: [] });
  at.pass(400);
  at.minEnds = { a: at.nowMs };
  const carried = at.decide();
  expect(carried).toMatchObject({ withheld: ['a'], reasons: [{ rule: 'R1b' }] });
  at.minEnds = { a: at.nowMs + 1 };
  expect(at.decide().withheld).toEqual([]);
});

test('a slow source under absolute times is unavailable and says why (R1b)', () => {
  const node = testNode({ slow: true });
  const at = new Junction(node, { profiles: [numberedProfile] });
  const verdict = at.show(allRed, 1000);
  expect(verdict).toMatchObject({ level: 'unavailable', reasons: [{ rule: 'R1b' }] });
});

test('a clock lost under absolute times is a fall: stability is waited for (R15, R4)', () => {
  const at = new Junction(testNode(), { profiles: [numberedProfile] });
  at.profile = numberedProfile.name;
  at.show(allRed, 500);
  at.errorMs = 150;
  expect(at.cycle().level).toBe('silent');
  at.errorMs = 5;
  expect(at.show(allRed, 1000)).toMatchObject({ level: 'unavailable', reasons: [{ rule: 'R4' }] });
  expect(at.show(allRed, 1200).level).toBe('valid');
});

test('a step of the clock is more than 50 ms, forward or back (R16)', () => {
  for (const [stepMs, level] of [
    [50, 'valid'], [51, 'colour-only'], [-50, 'valid'], [-51, 'colour-only'],
  ] as const) {
    const at = new Junction().warm();
    at.utcMs += stepMs;
    expect(at.cycle().level, `${stepMs}`).toBe(level);
  }
});

test('a drift is measured over a whole second, its first instant included (R16)', () => {
  for (const [eachMs, level] of [[5, 'valid'], [5.1, 'colour-only']] as const) {
    const at = new Junction().warm();
    for (let cycle = 0; cycle < 20; cycle++) {
      at.utcMs += eachMs;
      at.cycle();
    }
    expect(at.gate.verdict('0-10')!.level, `${eachMs}`).toBe(level);
  }
});

test('after a gap the clock is compared with just the last instant before it (R16)', () => {
  for (const [stepMs, level] of [
    [48, 'valid'], [51, 'colour-only'], [-51, 'colour-only'],
  ] as const) {
    const at = new Junction().warm();
    for (let cycle = 0; cycle < 9; cycle++) {
      at.utcMs += 4;
      at.cycle();
    }
    at.pass(1100);
    at.utcMs += stepMs;
    at.cycle();
    at.cycle();
    const verdict = at.show(aGreen, 400); // a clean change ends the wait after a first fall
    expect(verdict.level, `${stepMs}`).toBe(level);
    expect(rulesOf(verdict)).toEqual(level === 'valid' ? [] : ['R16']);
  }
});

test('times that ran away stay unknown to the end of the next green, no longer (R11)', () => {
  const at = new Junction().warm();
  at.show(aGreen, 2000);
  const say = (endMs: number) => {
    at.timings = { 1: [{
      startMs: null, minEndMs: endMs, maxEndMs: null, likelyEndMs: null, resolutionMs: 0,
    }] };
    const minEnd = Math.round((endMs - at.nowMs) / 100);
    return at.spat({ 1: [{ light: 6, timing: { start: 0, minEnd, likelyEnd: 36001 } }] });
  };
  expect(say(at.nowMs + 10_000).pass).toBe(true);
  at.cycle();
  expect(say(at.nowMs + 5000).pass).toBe(false);
  const untimed: boolean[] = [];
  for (let round = 0; round < 3; round++) {
    at.show(aGreen, 5000);
    untimed.push(at.cycle().untimed.includes('a'));
    at.show(yellow, 3000);
    untimed.push(at.show(allRed, 500).untimed.includes('a'));
  }
  expect(untimed).toEqual([true, true, true, false, false, false]);
});

test('groups of one phase are told apart from groups of another', () => {
  const groups = [group('a', 12), group('c', 3), group('d', 12)];
  const node = testNode({ groups, conflicting: [], yielding: [], intergreens: [] });
  const at = new Junction(node).warm({ a: 'red', c: 'red', d: 'red' });
  expect(at.spat().pass).toBe(true);
  expect(at.cycle({ a: 'green', c: 'red', d: 'red' }).reasons).toMatchObject([
    { rule: 'R5', expected: 'green', got: 'red' },
  ]);
});

test('a breach of each kind of rule leads to what its row says', () => {
  for (const [action, ids] of [
    ['unavailable', ['R1', 'R4', 'R5', 'R6', 'R6b', 'R18', 'R19', 'R25']],
    ['group-unavailable', ['R1b', 'R7']], ['alarm', ['R2', 'R10', 'R21', 'R24', 'R35']],
    ['group-untimed', ['R8', 'R9', 'R11', 'R12']], ['colour-only', ['R16']],
    ['outside', ['R23', 'R39']], ['refuse', ['R3', 'R15', 'R17', 'R20', 'R22', 'R40', 'SIZE']],
  ] as const) {
    for (const id of ids) expect(actionOf(id), id).toBe(action);
  }
});
