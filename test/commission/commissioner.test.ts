import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Commissioner } from '../../src/commissioner.ts';
import { compareMatrix, judgeLamp, walkOf } from '../../src/commissionwalk.ts';
import { LampLog } from '../../src/lamplog.ts';
import { createLampPlan } from '../../src/simulate/lamps.ts';
import { demoSite } from '../demosite.ts';
import { BEGIN_MS, pressesAt, statesOf } from './engineer.ts';

const site = { ...demoSite(), mode: 'live' as const };
const { road } = site;
const plan = createLampPlan(road, { startMs: 0 });
const UNTIL_MS = 3 * plan.cycleMs;
let folder = '';
let box: Commissioner;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lk-'));
  box = heard();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A daemon that has watched the lamps for three cycles. */
function heard(): Commissioner {
  const made = new Commissioner(site, folder, '9.9.9');
  for (let atMs = 0; atMs <= UNTIL_MS + 5000; atMs += 200) {
    made.lamps(statesOf(road, road, plan, atMs), BEGIN_MS + atMs);
  }
  return made;
}

const NOW_MS = BEGIN_MS + UNTIL_MS + 5000;
const begin = (): unknown => box.answer({ kind: 'begin', person: 'Li Wei' }, NOW_MS);
const look = (on: Commissioner, group: string, lamp: string, atMs: number): string =>
  on.answer({ kind: 'lamp', group, lamp, at: BEGIN_MS + atMs }, NOW_MS).outcome;

/** Answers one group as somebody who looks; gives the outcomes. */
const walkGroup = (on: Commissioner, group: string): string[] =>
  pressesAt(road, group, UNTIL_MS, 'x').map(({ lamp, atMs }) => look(on, group, lamp, atMs));

function finishWalk(on: Commissioner): void {
  for (const { id, lampGroup } of road.signalGroups) {
    walkGroup(on, id);
    on.answer({ kind: 'cabinet', group: id, number: lampGroup }, NOW_MS);
  }
  for (const { id, groups } of on.view().walk.arms) {
    on.answer({ kind: 'arm', arm: id, count: groups.length }, NOW_MS);
  }
  on.answer({ kind: 'matrix' }, NOW_MS);
}

test('a walk from the first name to the record; what lacks is named and nothing is written before', () => {
  expect(() => box.answer({ kind: 'matrix' }, NOW_MS)).toThrow(/a walk that has begun/);
  begin();
  expect(() => box.finish(NOW_MS)).toThrow(/4\d open: straight-east: lamps not confirmed/);
  expect(box.view().status.state).toBe('none');
  finishWalk(box);
  expect(box.view().open).toEqual([]);
  const { record } = box.finish(NOW_MS);
  expect(record).toMatchObject({ person: 'Li Wei', software: '9.9.9', safetyHash: site.safetyHash });
  expect(box.view()).toMatchObject({ status: { state: 'commissioned', person: 'Li Wei' }, part: null });
  expect(box.revoke(NOW_MS)).toBe(true);
  expect(box.view().status.state).toBe('none');
});

test('every answer outlives a kill: another daemon goes on where this one stood', () => {
  begin();
  walkGroup(box, 'left-east');
  const again = heard();
  expect(again.view().part?.groups['left-east']?.confirmed).toBe(true);
  expect(() => again.answer({ kind: 'begin', person: 'Wang' }, NOW_MS))
    .toThrow(/Li Wei, 1 of 19 groups/);
  again.answer({ kind: 'begin', person: 'Wang', anew: true }, NOW_MS);
  expect(heard().view().part).toMatchObject({ person: 'Wang', groups: {} });
});

test('a half-done file that marks a group without looks at it proves nothing', () => {
  begin();
  walkGroup(box, 'left-east');
  const path = join(folder, 'commission-half.json');
  const part = JSON.parse(readFileSync(path, 'utf8')) as { groups: Record<string, { seen: unknown[] }> };
  const open = (): string => heard().view().open.map(({ en }) => en).join();
  expect(open()).not.toContain('left-east: lamps');
  part.groups['left-east']!.seen = [];
  writeFileSync(path, JSON.stringify(part));
  expect(open()).toContain('left-east: lamps not confirmed');
});

test('a half-done walk of another safety part, or a cut one, counts for nothing', () => {
  begin();
  const path = join(folder, 'commission-half.json');
  const text = readFileSync(path, 'utf8');
  const other = new Commissioner({ ...site, safetyHash: 'other' }, folder, '9');
  expect(other.view().part).toBeNull();
  writeFileSync(path, text.slice(0, 40));
  expect(heard().view().part).toBeNull();
});

test('a look that disagrees is kept with what the box saw, and the group begins anew', () => {
  begin();
  const [first] = pressesAt(road, 'left-east', UNTIL_MS, 'x').filter(({ lamp }) => lamp === 'green');
  expect(look(box, 'left-east', 'green', first!.atMs)).toBe('turned');
  expect(look(box, 'left-east', 'red', first!.atMs + 5000)).toBe('differs');
  const { seen, refusals, confirmed } = box.view().part!.groups['left-east']!;
  expect([seen, confirmed]).toEqual([[], false]);
  expect(refusals).toMatchObject([{ lamp: 'red', shown: 'green' }]);
  expect(walkGroup(box, 'left-east')).toContain('confirmed');
  expect(box.view().part!.groups['left-east']!.refusals.length).toBe(1);
});

test('one green and one red are not a cycle, and a turn that nobody pressed is missed', () => {
  begin();
  const turns = pressesAt(road, 'left-east', UNTIL_MS, 'x')
    .filter(({ lamp }) => lamp === 'green' || lamp === 'red');
  const [green, red, next] = turns.slice(turns.findIndex(({ lamp }) => lamp === 'green'));
  expect(look(box, 'left-east', 'green', green!.atMs)).toBe('turned');
  expect(look(box, 'left-east', 'red', red!.atMs)).toBe('turned');
  expect(look(box, 'left-east', 'green', next!.atMs)).toBe('confirmed');
  const proof = box.view().part!.groups['left-east']!.seen;
  for (let key = 0; key < 30; key++) look(box, 'left-east', 'green', next!.atMs + 3000);
  expect(box.view().part!.groups['left-east']!.seen).toEqual(proof);
  box.answer({ kind: 'restart', group: 'left-east' }, NOW_MS);
  expect(look(box, 'left-east', 'green', green!.atMs)).toBe('turned');
  expect(look(box, 'left-east', 'green', next!.atMs)).toBe('missed');
});

test('an answer of which the box knows nothing confirms and refuses nothing', () => {
  begin();
  const fresh = new Commissioner(site, folder, '9');
  expect(look(fresh, 'left-east', 'green', 9000)).toBe('unknown');
  expect(look(box, 'left-east', 'green', -60_000)).toBe('unknown');
  for (const lamp of ['red', 'green', 'yellow']) {
    expect(look(box, 'left-east', lamp, UNTIL_MS + 1e6)).toBe('unknown');
  }
  expect(box.view().part!.groups['left-east']).toBeUndefined();
});

test('a wrong number at the cabinet or a wrong count stays open until it is put right', () => {
  begin();
  const before = box.view().open.length;
  const cabinet = (number: string): string =>
    box.answer({ kind: 'cabinet', group: 'straight-east', number }, NOW_MS).outcome;
  const count = (n: number): string =>
    box.answer({ kind: 'arm', arm: 'east-in', count: n }, NOW_MS).outcome;
  expect([cabinet('2'), count(4)]).toEqual(['wrong', 'wrong']);
  expect(box.view().open.length).toBe(before);
  expect([cabinet(' 1 '), count(5)]).toEqual(['right', 'right']);
  expect(box.view().open.length).toBe(before - 2);
});

test('what is no answer is refused with what would be one', () => {
  begin();
  const bad = [
    {}, { kind: 'x' }, { kind: 'lamp', group: 'left-east', lamp: 'blue' },
    { kind: 'lamp', group: 'nobody', lamp: 'red' }, { kind: 'arm', arm: 'nowhere', count: 1 },
    { kind: 'arm', arm: 'east-in', count: 'many' }, { kind: 'lamp', group: 'left-east', lamp: 'red', at: 'now' },
    { kind: 'matrix', pairs: [['1']] }, { kind: 'begin', person: '  ' },
  ];
  for (const args of bad) expect(() => box.answer(args, NOW_MS), JSON.stringify(args)).toThrow();
  expect(bad.length).toBe(9);
});

test('an answer waits until the box has seen two seconds more, and no longer', () => {
  const waitMs = box.waitMs({ kind: 'lamp' }, NOW_MS);
  expect(waitMs >= 2000 && waitMs <= 2200).toBe(true);
  expect(box.waitMs({ kind: 'lamp', at: NOW_MS - 5000 }, NOW_MS)).toBe(0);
  expect(box.waitMs({ kind: 'lamp', at: NOW_MS + 1e9 }, NOW_MS)).toBe(4000);
  expect(box.waitMs({ kind: 'arm' }, NOW_MS)).toBe(0);
});

test('a matrix from the controller that excludes more than the site keeps the walk open', () => {
  const walk = walkOf(site);
  const own = walk.conflicts.map(([a, b]) => [a, b].map((id) =>
    walk.groups.find((group) => group.id === id)!.lampGroup) as [string, string]);
  expect(compareMatrix(walk, own)).toEqual({ how: 'compared', pairs: own.length, missing: [], extra: [] });
  expect(compareMatrix(walk, own.slice(1)).extra).toHaveLength(1);
  begin();
  expect(box.answer({ kind: 'matrix', pairs: [...own, ['2', '1'], ['98', '99']] }, NOW_MS).outcome).toBe('wrong');
  expect(box.view().open.map(({ en }) => en).at(-1)).toContain('excludes 1 2');
});

test('a lamp is compared within two seconds and no further; the log forgets the oldest', () => {
  const changes = [{ atMs: 0, lamp: 'red' as const }, { atMs: 10_000, lamp: 'green' as const }];
  expect(judgeLamp(changes, 'green', 8000)).toMatchObject({ verdict: 'agrees', onsetMs: 10_000 });
  expect(judgeLamp(changes, 'green', 7999)).toMatchObject({ verdict: 'differs', shown: 'red' });
  expect(judgeLamp(changes, 'red', 11_999).verdict).toBe('agrees');
  expect(judgeLamp(changes, 'red', 12_000).verdict).toBe('differs');
  expect(judgeLamp([{ atMs: 0, lamp: 'unknown' }, { atMs: 9000, lamp: 'green' }], 'green', 9000))
    .toMatchObject({ verdict: 'agrees', onsetMs: null });
  const log = new LampLog(road.signalGroups);
  for (let atMs = 0; atMs <= 40 * plan.cycleMs; atMs += 1000) log.accept(statesOf(road, road, plan, atMs), atMs);
  expect(log.of('left-east').length).toBe(64);
});

test('a report that is late or lost for two seconds is passed over, a longer gap is not', () => {
  const log = new LampLog(road.signalGroups);
  const shown = statesOf(road, road, plan, 0);
  const hear = (fromMs: number, untilMs: number, states: typeof shown): void => {
    for (let atMs = fromMs; atMs < untilMs; atMs += 100) log.accept(states, atMs);
  };
  hear(0, 1000, []);
  hear(1000, 2000, shown);
  hear(2000, 3900, shown.map((state) => ({ ...state, availability: 'stale' as const })));
  hear(3900, 5000, shown);
  const lamp = log.now('left-east');
  expect(log.of('left-east').map(({ atMs, lamp: one }) => [atMs, one])).toEqual([[0, 'unknown'], [1000, lamp]]);
  hear(5000, 8000, []);
  hear(8000, 9000, shown);
  expect(log.of('left-east').slice(2).map(({ lamp: one }) => one)).toEqual(['unknown', lamp]);
});
