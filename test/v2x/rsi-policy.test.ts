import { expect, test } from 'vitest';
import { VirtualClock, stampAt } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { monotonicMs, plusMs } from '../../src/base/time.ts';
import type { AirPolicy } from '../../src/model/air.ts';
import type { RoadEvent, RoadEventKind } from '../../src/model/event.ts';
import { laneId, nodeKey, rsuId, zoneId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import { portKinds } from '../../src/model/site.ts';
import type { Site } from '../../src/model/site.ts';
import { SignalsLoop } from '../../src/pipeline.ts';
import { ReplayPorts } from '../../src/runtime/recording/replay-ports.ts';
import { VIRTUAL_START } from '../../src/simulate/devices.ts';
import { createRsiComposer } from '../../v2x/compose/rsi.ts';
import { profileOfSite } from '../../v2x/profiles.ts';
import { demoSite } from '../demosite.ts';
import { contextOf, rsiOf, stamp } from './compose-kit.ts';

const plain = demoSite();
const lane = plain.road.lanes.find(({ number }) => number === 2)!;
const event = (id: number, atMs: number, more: Partial<RoadEvent> = {}): RoadEvent => ({
  id, kind: 'wrong-way' as RoadEventKind, began: stamp(0), ended: null, updated: stamp(atMs), eastM: 10, northM: 5,
  radiusM: 15, laneId: lane.id, linkId: lane.linkId, path: [], tracks: [], confidence: 0.9, priority: 5,
  description: null, ...more,
});
const withPolicy = (policy: Partial<AirPolicy> & Pick<AirPolicy, 'kind'>, site = plain): Site => ({
  ...site, air: { ...site.air, policies: [{ periodMs: 1000, trigger: 'period', zone: null, rsus: [], ...policy }] },
});
const composer = (site: Site) => createRsiComposer({ ...contextOf(site), profile: profileOfSite(site) });
const dynamic = (offers: readonly MessageOffer[]) => offers.filter(({ message }) => message.aid === 3622);
const bare = { ...plain, road: { ...plain.road, signs: [] } };

test('a period of the site takes the place of the profile’s, kind by kind', () => {
  const rsi = composer(withPolicy({ kind: 'RSI-dynamic', periodMs: 400 }));
  const at = { dynamic: [] as number[], fixed: [] as number[] };
  for (let atMs = 0; atMs < 3000; atMs += 100) {
    for (const { message } of rsi.compose([event(1, atMs)], stamp(atMs))) {
      (message.aid === 3622 ? at.dynamic : at.fixed).push(atMs);
    }
  }
  expect(at.dynamic).toEqual([0, 400, 800, 1200, 1600, 2000, 2400, 2800]);
  expect(at.fixed).toEqual([0, 1000, 2000]);
});

test('with the trigger `change` a begin and an end are told at once, and the period begins anew', () => {
  const rsi = composer(withPolicy({ kind: 'RSI-dynamic', periodMs: 1000, trigger: 'change' }, bare));
  const said: [number, number[]][] = [];
  for (let atMs = 0; atMs < 3000; atMs += 100) {
    const live = [...(atMs >= 300 ? [event(1, atMs)] : []), ...(atMs >= 700 && atMs < 1500 ? [event(2, atMs)] : [])];
    for (const offer of dynamic(rsi.compose(live, stamp(atMs)))) said.push([atMs, rsiOf(offer).rtes!.map(({ rteId }) => rteId)]);
  }
  expect(said).toEqual([[300, [0]], [700, [0, 1]], [1500, [0]], [2500, [0]]]);
});

test('an area of the site leaves out what lies elsewhere, events and signs alike', () => {
  const [zone] = plain.road.zones.filter(({ id }) => id === 'east-arm');
  const [x, y] = zone!.outline.reduce(([a, b], [c, d]) => [a + c / zone!.outline.length, b + d / zone!.outline.length], [0, 0]);
  const rsi = composer(withPolicy({ kind: 'RSI-dynamic', periodMs: 100, zone: zoneId('east-arm') }, bare));
  const offers = rsi.compose([event(1, 0, { eastM: x, northM: y }), event(2, 0, { eastM: -x, northM: -y })], stamp(0));
  expect(offers.flatMap((offer) => rsiOf(offer).rtes!)).toHaveLength(1);
  const half = { id: zoneId('half'), kind: 'area' as const, level: 0, outline: [[0, -400], [400, -400], [400, 400], [0, 400]] as [number, number][] };
  const halved = { ...plain, road: { ...plain.road, zones: [...plain.road.zones, half] } };
  const signs = composer(withPolicy({ kind: 'RSI-static', zone: half.id }, halved)).compose([], stamp(0));
  const count = signs.flatMap((offer) => rsiOf(offer).rtss!).length;
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(plain.road.signs.length);
});

test('units of the site are named in the message; a node that none of them serves is left out', () => {
  const unit = plain.rsus[0]!.id;
  const [offer] = composer(withPolicy({ kind: 'RSI-static', rsus: [unit] })).compose([], stamp(0));
  expect(offer!.message.rsuIds).toEqual([unit]);
  const other = rsuId('elsewhere');
  const apart = { ...plain, road: { ...plain.road, rsuAreas: [...plain.road.rsuAreas, { rsuId: other, nodes: [{ region: 0, id: 99 }] }] } };
  expect(composer(withPolicy({ kind: 'RSI-static', rsus: [other] }, apart)).compose([], stamp(0))).toEqual([]);
});

test('an event on a lane names it by its bit, one without a lane is for all lanes', () => {
  const rsi = composer(bare);
  const [own, all] = rsi.compose([event(1, 0), event(2, 0, { laneId: laneId('none') })], stamp(0)).flatMap((offer) => rsiOf(offer).rtes!);
  expect(own!.referenceLinks![0]!.referenceLanes).toBe('0010000000000000');
  expect(all!.referenceLinks![0]!.referenceLanes).toBeUndefined();
});

test('a path of one point is a circle where the profile has it, and left out where it has not', () => {
  const sign = { ...plain.road.signs[0]!, path: [[5, 5] as const], radiusM: 20 };
  const site = (profile: string): Site => ({ ...plain, profile, road: { ...plain.road, signs: [sign] } });
  const said = (profile: 'A' | 'B') => rsiOf(composer(site(profile)).compose([], stamp(0))[0]!, profile).rtss![0]!;
  expect(said('A').referencePaths![0]!.activePath).toHaveLength(1);
  expect(said('B').referencePaths).toBeUndefined();
});

test('the sixteen characters of a sign’s code go before its text, both whole', () => {
  const description = '0102030405060708前方学校减速慢行注意儿童横穿道路请勿鸣笛禁止停车';
  const site = { ...plain, road: { ...plain.road, signs: [{ ...plain.road.signs[0]!, description }] } };
  const [said] = rsiOf(composer(site).compose([], stamp(0))[0]!).rtss!;
  const { textGB2312 } = said!.description as { textGB2312: string };
  expect(textGB2312.length).toBe(4 * [...description].length);
  const text = new TextDecoder('gbk').decode(Uint8Array.from(Buffer.from(textGB2312, 'hex')));
  expect(text.slice(0, 16)).toBe('０１０２０３０４０５０６０７０８');
  expect(text.slice(16)).toBe(description.slice(16));
});

test('RSI leaves only where MAP of its node left lately', () => {
  const clock = new VirtualClock(VIRTUAL_START.monoMs, VIRTUAL_START);
  const sent: [string, string][] = [];
  const loop = new SignalsLoop({
    site: plain, clock, log: silentLog, hub: new ReplayPorts(portKinds(plain)), boot: 1, seed: 1,
    send: ({ message }) => void sent.push([message.type, nodeKey(message.node)]), view: () => undefined,
  });
  const rsi = composer(plain);
  const offer = () => loop.offers(rsi.compose([], stampAt(clock)), clock.nowMs());
  const turnTo = (tick: number) => {
    const dueMs = plusMs(VIRTUAL_START.monoMs, tick * 100);
    clock.advanceTo(dueMs);
    loop.tick({ tick, dueMs, beganMs: dueMs });
  };
  for (let tick = 0; tick < 5; tick++) turnTo(tick);
  offer();
  expect(loop.counters.get('rsi_without_map')).toBeGreaterThan(0);
  expect(sent.map(([type]) => type)).not.toContain('RSI');
  for (let tick = 5; tick < 16; tick++) turnTo(tick);
  offer();
  expect(sent.map(([type]) => type)).toContain('MAP');
  expect(sent.map(([type]) => type)).toContain('RSI');
  const before = sent.length;
  clock.advanceTo(monotonicMs(clock.nowMs() + 4000)); // the loop stood still: MAP is old
  offer();
  expect(sent).toHaveLength(before);
  const other = new SignalsLoop({
    site: plain, clock, log: silentLog, hub: new ReplayPorts(portKinds(plain)), boot: 1, seed: 1,
    send: ({ message }) => void sent.push([message.type, nodeKey(message.node)]), view: () => undefined,
  });
  turnTo(60);
  turnTo(65);
  other.restore(structuredClone(loop.snapshot()));
  other.offers(rsi.compose([], stampAt(clock)), clock.nowMs());
  expect(sent.at(-1)![0]).toBe('RSI');
});
