import { expect, test } from 'vitest';
import { omissions, rotations, runMutations, swaps } from '../../scripts/crosscheckrun.ts';
import type { Mutation } from '../../scripts/crosscheckrun.ts';
import { createCrossCheck } from '../../src/crosscheck/index.ts';
import { layoutOf } from '../../src/crosscheck/units.ts';
import { laneId, nodeKey, signalGroupId } from '../../src/model/ids.ts';
import type { Road, SignalGroup } from '../../src/model/road.ts';
import type { LampAspect, SignalGroupState, SignalState } from '../../src/model/signal.ts';
import { demoSite } from '../demosite.ts';
import { listOf, stateOf, trackOf } from '../v2x/compose-kit.ts';

const site = demoSite();
const { road } = site;
/** The place on a lane's line, metres past its end (negative before it). */
const placeOn = (id: string, beyondM: number) => {
  const { points } = road.lanes.find((one) => one.id === laneId(id))!;
  const [a, b] = [points.at(-2)!, points.at(-1)!];
  const rad = Math.atan2(b[1] - a[1], b[0] - a[0]);
  return { rad, eastM: b[0] + Math.cos(rad) * beyondM, northM: b[1] + Math.sin(rad) * beyondM };
};
const red: LampAspect = { colour: 'red', flashing: false };
const green: LampAspect = { colour: 'green', flashing: false };

/** Drives cars over one lane under lamps of our own. */
class Scene {
  readonly counts: string[] = [];
  readonly check;
  readonly #on;
  nowMs = 1000;
  #next = 1;
  lamps: Record<string, LampAspect> = {};
  availability: SignalState['availability'] = 'usable';
  constructor(on: { readonly road: Road } = site) {
    this.#on = on;
    this.check = createCrossCheck(on, (name) => void this.counts.push(name));
  }
  look(tracks: Parameters<typeof listOf>[1]): void {
    const groups = Object.fromEntries(Object.entries(this.lamps).map(([id, aspect]) =>
      [id, { aspect } satisfies Partial<SignalGroupState>]));
    const state = stateOf({ ...site, road: this.#on.road }, this.nowMs, groups, { availability: this.availability });
    this.check.accept(listOf(this.nowMs, tracks), [state]);
    this.nowMs += 200;
  }
  wait(ms: number): void {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs;) this.look([]);
  }
  /** A car that comes, may stand before the line, and goes on to `path` metres beyond it. */
  car(id: string, { standMs = 0, from = -20, to = 20 }: {
    readonly standMs?: number; readonly from?: number; readonly to?: number;
  } = {}): void {
    const number = this.#next++;
    const see = (frontM: number, speedMps: number): void => {
      const { rad, eastM, northM } = placeOn(id, frontM - 2.25);
      this.look([trackOf(this.nowMs, number, eastM, northM, { headingRad: rad, speedMps })]);
    };
    for (let frontM = from; frontM < -1; frontM += 2) see(frontM, 10);
    for (let ms = 0; ms < standMs; ms += 200) see(-1, 0);
    for (let frontM = -1; frontM <= to; frontM += 2) see(frontM, 10);
  }
  unit(name: string) {
    return this.check.report().find(({ unit }) => unit === name)!;
  }
}

test('three of ten cars over red are an alarm; two are not', () => {
  const scene = new Scene();
  scene.lamps = { 'straight-east': green };
  scene.wait(2000);
  for (let n = 0; n < 8; n++) scene.car('east-in-2');
  scene.lamps = { 'straight-east': red };
  scene.wait(3000);
  scene.car('east-in-2');
  scene.car('east-in-2');
  expect(scene.unit('east-2-straight')).toMatchObject({ passages: 10, onRed: 2, alarm: false });
  expect(scene.check.checks()).toMatchObject([{ name: 'crosscheck', level: 'ok', detail: { passages: 10 } }]);
  scene.car('east-in-2');
  expect(scene.unit('east-2-straight')).toMatchObject({ passages: 11, onRed: 3, alarm: true });
  expect(scene.check.checks()).toMatchObject([{
    name: 'crosscheck', level: 'failed', reason: 'lamps_against_traffic',
    detail: { 'east-2-straight': '3/11 red, 0/11 stood' },
  }]);
  expect(scene.counts).toEqual(['lamps_against_traffic:east-2-straight']);
  // What the gate is told (R24), by node; the same after a start from its state.
  const advice = { [nodeKey(road.signalGroups[0]!.node)]: 'east-2-straight 3/11 red, 0/11 stood' };
  expect(scene.check.advice()).toEqual(advice);
  const other = new Scene();
  expect(other.check.advice()).toEqual({});
  other.check.restore(structuredClone(scene.check.snapshot()));
  expect(other.check.advice()).toEqual(advice);
});

test('who passes in yellow, or as red begins, was not on red', () => {
  const scene = new Scene();
  scene.wait(2000);
  for (let n = 0; n < 12; n++) {
    scene.lamps = { 'straight-east': { colour: 'yellow', flashing: false } };
    scene.wait(600);
    scene.car('east-in-2', { to: 4 });
    scene.lamps = { 'straight-east': red };
    scene.car('east-in-2', { from: -5, to: 4 });
    scene.lamps = { 'straight-east': green };
    scene.wait(1000);
  }
  expect(scene.unit('east-2-straight')).toMatchObject({ passages: 24, onRed: 0 });
});

test('those who stand on green are an alarm, those who start late are not', () => {
  const scene = new Scene();
  scene.lamps = { 'straight-east': green };
  scene.wait(8000);
  for (let n = 0; n < 10; n++) scene.car('east-in-2', { standMs: 4000 });
  expect(scene.unit('east-2-straight')).toMatchObject({ stoodOnGreen: 0, alarm: false });
  for (let n = 0; n < 3; n++) scene.car('east-in-2', { standMs: 8000 });
  expect(scene.unit('east-2-straight')).toMatchObject({ passages: 13, stoodOnGreen: 3, alarm: true });
});

test('nothing is concluded while the lamps are not known', () => {
  const scene = new Scene();
  scene.availability = 'stale';
  scene.wait(3000);
  for (let n = 0; n < 12; n++) scene.car('east-in-2');
  expect(scene.unit('east-2-straight')).toMatchObject({ passages: 0, alarm: false });
  expect(scene.check.checks()).toMatchObject([{ level: 'ok' }]);
});

test('a right turn past a red disc is lawful, past a red arrow of its own it is not', () => {
  const governed = (lampType: SignalGroup['lampType']): Road => ({
    ...road,
    signalGroups: road.signalGroups.map((group) =>
      (group.id === signalGroupId('right-north') ? { ...group, lampType } : group)),
  });
  for (const [lampType, onRed] of [['vehicle', 0], ['arrow-right', 12]] as const) {
    const scene = new Scene({ road: governed(lampType) });
    scene.wait(3000);
    for (let n = 0; n < 12; n++) scene.car('north-in-3');
    expect(scene.unit('north-3-right'), lampType).toMatchObject({ passages: 12, onRed });
  }
});

test('the way into an open waiting area is no passage on red', () => {
  const scene = new Scene();
  scene.lamps = { 'wait-east': green, 'left-east': red };
  scene.wait(3000);
  for (let n = 0; n < 12; n++) scene.car('east-in-1', { to: 6 });
  expect(scene.unit('east-1-left')).toMatchObject({ passages: 12, onRed: 0, alarm: false });
  scene.lamps = { 'wait-east': { colour: 'dark', flashing: false }, 'left-east': red };
  scene.wait(3000);
  for (let n = 0; n < 6; n++) scene.car('east-in-1', { to: 6 });
  expect(scene.unit('east-1-left')).toMatchObject({ passages: 18, onRed: 6, alarm: true });
});

test('a car that stops a little beyond the line has not passed it', () => {
  const scene = new Scene();
  scene.wait(3000);
  for (let n = 0; n < 12; n++) {
    scene.car('east-in-2', { to: 2 });
    scene.wait(2000);
  }
  expect(scene.unit('east-2-straight').passages).toBe(0);
});

test('an alarm ends when traffic and lamps agree again', () => {
  const scene = new Scene();
  scene.wait(3000);
  for (let n = 0; n < 10; n++) scene.car('east-in-2');
  expect(scene.check.checks()[0]!.level).toBe('failed');
  scene.lamps = { 'straight-east': green };
  scene.wait(3000);
  for (let n = 0; n < 60; n++) scene.car('east-in-2');
  expect(scene.check.checks()[0]!.level).toBe('ok');
});

test('its state is plain and goes on where it was', () => {
  const scene = new Scene();
  scene.wait(3000);
  for (let n = 0; n < 9; n++) scene.car('east-in-2');
  scene.car('east-in-2', { to: 1 });
  const kept = structuredClone(scene.check.snapshot());
  const other = new Scene();
  other.check.restore(kept);
  other.nowMs = scene.nowMs;
  for (const one of [scene, other]) {
    const { rad, eastM, northM } = placeOn('east-in-2', 2);
    one.look([trackOf(one.nowMs, 10, eastM, northM, { headingRad: rad, speedMps: 10 })]);
  }
  expect(scene.unit('east-2-straight').passages).toBe(10);
  expect(other.check.report()).toEqual(scene.check.report());
  expect(other.check.checks()).toEqual(scene.check.checks());
});

test('every movement, waiting area and crossing of the junction is judged', () => {
  const { units, lines, walkways } = layoutOf(road);
  expect(units).toHaveLength(road.movements.length + road.crossings.length
    + road.movements.filter(({ waitingArea }) => waitingArea).length);
  expect(walkways).toHaveLength(road.crossings.length);
  expect(lines.map(({ laneId: id }) => id)).toContain('east-in-6');
});

test('of the mutated sites a choice is found within minutes, and the right one is left alone', () => {
  const whole: Mutation = { name: 'as it is', shows: new Map(), missing: [] };
  const { rows, alike } = swaps(road);
  expect([rows.length, alike]).toEqual([126, 45]);
  const wanted = ['straight-east and left-east', 'left-north and left-east', 'straight-east and straight-north',
    'ped-east and ped-north', 'straight-north and left-north'];
  const some = rows.filter(({ name }) => wanted.some((pair) => {
    const [a, b] = pair.split(' and ') as [string, string];
    return name === `${a} and ${b} swapped` || name === `${b} and ${a} swapped`;
  }));
  expect(some).toHaveLength(wanted.length);
  const missing = omissions(road).filter(({ missing: [id] }) => id === 'straight-south' || id === 'ped-west');
  const arms = rotations(road, ['east', 'north', 'west', 'south']);
  expect(arms).toHaveLength(6);
  const mutations = [...some, ...missing, ...arms];
  const found = runMutations(road, [whole, ...mutations], { minutes: 12, users: 40, seed: 'short' });
  expect(found[0]!.alarmMin).toBeNull();
  expect(found.slice(1).filter(({ alarmMin }) => alarmMin === null).map(({ name }) => name)).toEqual([]);
}, 60_000);
