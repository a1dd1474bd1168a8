import { expect, test } from 'vitest';
import { utcMs } from '../../src/base/time.ts';
import type { Stamp } from '../../src/base/time.ts';
import type { RoadEvent, RoadEventKind } from '../../src/model/event.ts';
import { laneId, linkId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import type { Site } from '../../src/model/site.ts';
import { eventCodes, signCodes } from '../../v2x/compose/codes.ts';
import { gb2312Hex } from '../../v2x/compose/gb2312.ts';
import { createRsiComposer } from '../../v2x/compose/rsi.ts';
import { demoSite } from '../demosite.ts';
import { contextOf, rsiOf, stamp } from './compose-kit.ts';

const site = demoSite();
const bare: Site = { ...site, road: { ...site.road, signs: [] } };
const link = site.road.links[0]!;

const event = (id: number, kind: RoadEventKind, now: Stamp, more: Partial<RoadEvent> = {}): RoadEvent => ({
  id, kind, began: now, ended: null, updated: now, eastM: 10, northM: 5, radiusM: 15,
  laneId: laneId('x'), linkId: link.id, path: [], tracks: [], confidence: 0.9, priority: 5,
  description: null, ...more,
});
const composer = (on: Site = bare, more = {}) => {
  const context = contextOf(on, more);
  return { context, rsi: createRsiComposer(context) };
};
const events = (offers: readonly MessageOffer[]) => offers.flatMap((offer) => rsiOf(offer).rtes ?? []);

test('an event says its code, place, size, life, level, road section and confidence', () => {
  const now = stamp(600_000);
  const offers = composer().rsi.compose([event(7, 'wrong-way', stamp(540_000), {
    updated: now, priority: 7, confidence: 0.73, description: { en: 'wrong way', zh: '逆行' },
    path: [{ eastM: 0, northM: 0 }, { eastM: 30, northM: 4 }],
  })], now);
  expect(offers).toHaveLength(1);
  expect(offers[0]!.message).toMatchObject({ type: 'RSI', aid: 3622, priority: 112 });
  const rsi = rsiOf(offers[0]!);
  const moy = 59 * 1440 + 10;
  expect(rsi.moy).toBe(moy);
  expect(rsi.rtss).toBeUndefined();
  const [rte] = rsi.rtes!;
  expect(rte).toMatchObject({
    eventType: 904, eventSource: 'detection', eventRadius: 150, priority: 'e0', eventConfidence: 146,
    description: { textGB2312: 'c4e6d0d0' },
    timeDetails: { startTime: moy - 1, endTime: moy + 30, endTimeConfidence: 'unavailable' },
    referenceLinks: [{
      upstreamNodeId: { region: link.upstream.region, id: link.upstream.id },
      downstreamNodeId: { region: link.downstream.region, id: link.downstream.id },
    }],
  });
  expect(rte!.referencePaths![0]!.activePath).toHaveLength(2);
  expect(rte!.referencePaths![0]!.pathRadius).toBe(150);
});

test('static, semi-static and dynamic items never share a message, and each has its id and rank', () => {
  const { rsi } = composer(site);
  const now = stamp(0);
  const all = (Object.keys(eventCodes) as RoadEventKind[]).map((kind, at) => event(at + 1, kind, now));
  const offers = rsi.compose(all, now);
  const classes = { 3620: 'static', 3621: 'semiStatic', 3622: 'dynamic' } as const;
  const ranks = { 3620: 48, 3621: 80, 3622: 112 } as const;
  let told = 0;
  for (const offer of offers) {
    const aid = offer.message.aid as keyof typeof classes;
    expect(offer.message.priority).toBe(ranks[aid]);
    const { rtes = [], rtss = [] } = rsiOf(offer);
    expect(rtes.length > 0).toBe(classes[aid] !== 'static');
    expect(rtss.length > 0).toBe(classes[aid] === 'static');
    for (const { eventType } of rtes) {
      told++;
      const row = Object.values(eventCodes).find(({ code }) => code === eventType)!;
      expect(row.liveliness).toBe(classes[aid]);
    }
  }
  expect(told).toBe(all.length);
  expect(new Set(offers.map(({ message }) => message.aid)).size).toBe(3);
});

test('dynamic items leave every 100 ms, semi-static every 500 and static every second, whatever calls', () => {
  for (const callMs of [50, 100]) {
    const { rsi } = composer(site);
    const counts = new Map<number, number>();
    for (let atMs = 0; atMs < 10_000; atMs += callMs) {
      const now = stamp(atMs);
      for (const { message } of rsi.compose([event(1, 'wrong-way', now), event(2, 'queue', now)], now)) {
        counts.set(message.aid, (counts.get(message.aid) ?? 0) + 1);
      }
    }
    expect(counts).toEqual(new Map([[3622, 100], [3621, 20], [3620, 10]]));
  }
});

test('events whose own ids agree in their last octet have different ids on air, for as long as they live', () => {
  const { rsi } = composer();
  const ids = new Map<number, Set<number>>();
  for (let atMs = 0; atMs < 3000; atMs += 100) {
    const now = stamp(atMs);
    const live = [1, 257, 513].map((id) => event(id, 'wrong-way', now, { radiusM: id }));
    for (const { rteId, eventRadius } of events(rsi.compose(live, now))) {
      ids.set(eventRadius!, (ids.get(eventRadius!) ?? new Set()).add(rteId));
    }
  }
  const said = [...ids.values()].map((set) => [...set]);
  expect(said.map(({ length }) => length)).toEqual([1, 1, 1]);
  expect(new Set(said.flat()).size).toBe(3);
});

test('an id rests a minute after its event, and what finds none free is counted and told later', () => {
  const { rsi, context } = composer();
  const many = (from: number, count: number, atMs: number) =>
    Array.from({ length: count }, (_, at) => event(from + at, 'wrong-way', stamp(atMs)));
  expect(events(rsi.compose(many(1, 256, 0), stamp(0)))).toHaveLength(256);
  expect(events(rsi.compose(many(1000, 2, 1000), stamp(1000)))).toHaveLength(0);
  expect(context.counts.get('rsi_id_exhausted')).toBe(2);
  const later = events(rsi.compose(many(2000, 300, 61_000), stamp(61_000)));
  expect(later).toHaveLength(256);
  expect(new Set(later.map(({ rteId }) => rteId)).size).toBe(256);
});

test('an event is renewed while it is seen, ends on air when it ended, and after 30 minutes without news', () => {
  const { rsi, context } = composer();
  const at = (minutes: number) => stamp(minutes * 60_000);
  const began = at(0);
  const said = (now: Stamp, more: Partial<RoadEvent>) =>
    events(rsi.compose([event(1, 'stopped-vehicle', began, more)], now));
  const moy = 59 * 1440;
  expect(said(at(10), { updated: at(10) })[0]!.timeDetails).toMatchObject({ startTime: moy, endTime: moy + 40 });
  expect(said(at(20), { updated: at(10) })[0]!.timeDetails!.endTime).toBe(moy + 40);
  expect(said(at(41), { updated: at(10) })).toEqual([]);
  expect(context.counts.get('rsi_over_life')).toBe(1);
  expect(said(at(42), { updated: at(42), ended: at(42) })).toEqual([]);
  // A day is the longest that anything is told for.
  expect(said(at(1430), { updated: at(1430) })[0]!.timeDetails!.endTime).toBe(moy + 1440);
  expect(said(at(1441), { updated: at(1441) })).toEqual([]);
});

test('a life does not pass the end of the year, where minutes begin anew', () => {
  for (const [text, startMoy, endMoy] of [
    ['2025-12-31T23:40:00Z', 525_580, 525_599], ['2024-12-31T23:59:30Z', 527_039, 527_039],
    ['2026-01-01T00:00:10Z', 0, 30],
  ] as const) {
    const now = { ...stamp(0), utcMs: utcMs(Date.parse(text)) };
    const { timeDetails } = events(composer().rsi.compose([event(1, 'wrong-way', now)], now))[0]!;
    expect([timeDetails!.startTime, timeDetails!.endTime], text).toEqual([startMoy, endMoy]);
    const signs = createRsiComposer(contextOf(site)).compose([], now);
    for (const { timeDetails: life } of signs.flatMap((offer) => rsiOf(offer).rtss ?? [])) {
      expect(life!.endTime).toBeLessThanOrEqual(text.startsWith('2024') ? 527_039 : 525_599);
    }
  }
});

test('signs of the site stand in the message with code, place, text, path and section', () => {
  const [offer] = createRsiComposer(contextOf(site)).compose([], stamp(0));
  const { rtss } = rsiOf(offer!);
  expect(rtss).toHaveLength(site.road.signs.length);
  for (const [index, sign] of site.road.signs.entries()) {
    const said = rtss![index]!;
    expect(said.rtsId).toBe(sign.id);
    expect(said.signType).toBe(signCodes[sign.kind]);
    expect(said.priority).toBe((sign.priority << 5).toString(16).padStart(2, '0'));
    expect(said.referenceLinks ?? []).toHaveLength(sign.linkIds.length);
    if (sign.description === '') expect(said.description).toBeUndefined();
    expect(said.timeDetails!.endTime).toBe(59 * 1440 + 720);
  }
});

test('links that the road does not have and empty texts are left out, not encoded as empty lists', () => {
  const now = stamp(0);
  const [rte] = events(composer().rsi.compose([
    event(1, 'wrong-way', now, { linkId: linkId('no-such'), description: { en: '', zh: '' } }),
  ], now));
  expect(rte!.referenceLinks).toBeUndefined();
  expect(rte!.description).toBeUndefined();
  const odd = { ...site, road: { ...site.road, signs: [{ ...site.road.signs[0]!, linkIds: [linkId('gone')], path: [] }] } };
  const [sign] = rsiOf(createRsiComposer(contextOf(odd)).compose([], now)[0]!).rtss!;
  expect(sign!.referenceLinks).toBeUndefined();
});

test('eight events are in one message at the most, fewer where octets are short, numbers without a gap', () => {
  const { rsi } = composer(bare, { sizeMaxOctets: 160 });
  const now = stamp(0);
  const offers = rsi.compose(Array.from({ length: 20 }, (_, at) => event(at + 1, 'wrong-way', now)), now);
  expect(events(offers)).toHaveLength(20);
  for (const offer of offers) {
    expect(offer.message.bytes.length).toBeLessThanOrEqual(160);
    expect(rsiOf(offer).rtes!.length).toBeLessThanOrEqual(8);
  }
  const numbers = offers.map((offer) => rsiOf(offer).msgCnt);
  expect(numbers).toEqual(numbers.map((_, step) => (numbers[0]! + step) % 128));
});

test('text is GB2312, full width where it was ASCII, a box where the set has no such character', () => {
  expect(gb2312Hex('路口')).toBe('c2b7bfda');
  expect(gb2312Hex('A1')).toBe('a3c1a3b1');
  expect(gb2312Hex('a b')).toBe('a3e1a1a1a3e2');
  expect(gb2312Hex('𠮷')).toBe('a1f5');
  expect(gb2312Hex('路口', 3)).toBe('c2b7');
  expect(gb2312Hex('')).toBe('');
});

test('a restored composer goes on with the same ids, numbers and periods', () => {
  const { rsi: first } = composer(site);
  const run = (rsi: typeof first, atMs: number) =>
    rsi.compose([event(5 + Math.floor(atMs / 1000), 'wrong-way', stamp(atMs))], stamp(atMs));
  for (let atMs = 0; atMs < 2350; atMs += 50) run(first, atMs);
  const { rsi: second } = composer(site);
  second.restore(structuredClone(first.snapshot()));
  for (let atMs = 2350; atMs < 6000; atMs += 50) expect(run(second, atMs)).toEqual(run(first, atMs));
});
