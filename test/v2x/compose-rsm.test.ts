import { expect, test } from 'vitest';
import { bound95M, speedBound95Mps } from '../../src/base/covariance.ts';
import { siteFrame } from '../../src/base/geodesy.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Coverage } from '../../src/model/coverage.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import type { RsmComposer } from '../../src/model/stages.ts';
import type { Track } from '../../src/model/track.ts';
import { loadSite } from '../../src/site.ts';
import { headingConfidence, positionConfidence, speedConfidence } from '../../v2x/compose/confidence.ts';
import { airOffset, airPosition } from '../../v2x/compose/position.ts';
import { createRsmComposer, unitId } from '../../v2x/compose/rsm.ts';
import { demoSite, siteFolder } from '../demosite.ts';
import { contextOf, coverageOf, listOf, rsmOf, stamp, trackOf } from './compose-kit.ts';

const site = demoSite();
const say = (
  composer: RsmComposer, atMs: number, tracks: readonly Track[], coverage: Coverage = coverageOf(site, atMs),
): readonly MessageOffer[] => composer.compose(listOf(atMs, tracks), coverage, [], stamp(atMs));
/** Everyone told of but the unit itself. */
const others = (offers: readonly MessageOffer[]) =>
  offers.flatMap((offer) => rsmOf(offer).participants.filter(({ ptcId }) => ptcId !== 0));
const one = (more: Partial<Track> = {}, east = 5, north = 3) =>
  others(say(createRsmComposer(contextOf(site)), 1000, [trackOf(1000, 1, east, north, more)]))[0]!;

test('the unit itself stands in every message as id 0, with everything unknown coded so', () => {
  const offers = say(createRsmComposer(contextOf(site)), 61_234, []);
  expect(offers).toHaveLength(1);
  expect(rsmOf(offers[0]!).participants).toEqual([{
    ptcType: 'rsu', ptcId: 0, source: 'selfinfo', secMark: 1234,
    pos: { offsetLL: { 'position-LL1': { lon: 0, lat: 0 } } }, posConfidence: { pos: 'unavailable' },
    speed: 0, heading: 28_800, size: { width: 0, length: 0 },
  }]);
  expect(offers[0]!.message).toMatchObject({ type: 'RSM', aid: 3623, priority: 208 });
});

test('a road user is told of where it is, how fast, which way, how large and from what', () => {
  const said = one({ speedMps: 12.34, headingRad: Math.PI / 2, kinds: ['radar', 'camera'] }, 10, -8);
  const { reference } = site.frame;
  const offers = say(createRsmComposer(contextOf(site)), 1000, []);
  const { lat, long } = rsmOf(offers[0]!).refPos;
  const [, offset] = Object.entries(said.pos.offsetLL)[0] as [string, { lon: number; lat: number }];
  const { eastM, northM } = siteFrame(reference).toSite({
    latDeg: (lat + offset.lat) / 1e7, lonDeg: (long + offset.lon) / 1e7, heightM: reference.heightM,
  });
  expect(Math.hypot(eastM - 10, northM + 8)).toBeLessThan(0.02);
  expect(said).toMatchObject({
    ptcType: 'motor', source: 'integrated', secMark: 1000, speed: 617, heading: 0,
    size: { width: 180, length: 450, height: 30 }, vehicleClass: { classification: 10 },
  });
  expect(one({ headingRad: 0 }).heading).toBe(7200); // east is 90° from north
  expect(one({ headingRad: -Math.PI / 2 }).heading).toBe(14_400);
  expect(one({ headingRad: Math.PI / 2 + 1e-9 }).heading).toBe(0); // never 28 800 for a known one
  expect(one({ kinds: ['camera'] }).source).toBe('video');
  expect(one({ kinds: ['object-list'] }).source).toBe('integrated'); // the gate refuses an unknown one (R33)
});

test('what is not known has its coded unknown', () => {
  const said = one({
    headingRad: null, headingSigmaRad: null, extent: { lengthM: null, widthM: null, heightM: null }, cls: 'unknown',
    covariance: new Array<number>(16).fill(0).map((_, index) => (index === 10 || index === 15 ? 1e6 : 0)),
  });
  expect(said).toMatchObject({ ptcType: 'unknown', heading: 28_800, size: { width: 0, length: 0 } });
  expect(said.size.height).toBeUndefined();
  expect(said.vehicleClass).toBeUndefined();
  expect(said.motionCfd).toEqual({ speedCfd: 'unavailable', headingCfd: 'unavailable' });
});

test('offsets take the smallest form that holds them, at every border', () => {
  const reference = airPosition({ latDeg: 31, lonDeg: 121, heightM: 0 });
  const form = (units: number) => Object.keys(
    airOffset({ latDeg: 31 + units / 1e7, lonDeg: 121, heightM: 0 }, reference).offsetLL)[0];
  const halves = [2048, 8192, 32_768, 131_072, 2_097_152, 8_388_608];
  for (const [index, half] of halves.entries()) {
    expect(form(half - 1)).toBe(`position-LL${index + 1}`);
    expect(form(-half)).toBe(`position-LL${index + 1}`);
    expect(form(half)).toBe(index === 5 ? 'position-LatLon' : `position-LL${index + 2}`);
  }
  const far = airOffset({ latDeg: 33, lonDeg: 121, heightM: 0 }, reference).offsetLL;
  expect(far).toEqual({ 'position-LatLon': { lon: 1_210_000_000, lat: 330_000_000 } });
});

test('secMark is the valid instant within the minute, for the unit and for everyone', () => {
  for (const [atMs, mark] of [[59_999, 59_999], [60_000, 0], [119_950.7, 59_950]] as const) {
    const offers = say(createRsmComposer(contextOf(site)), atMs, [trackOf(atMs, 1, 5, 5)]);
    for (const offer of offers) {
      expect(offer.validMs).toBe(atMs);
      for (const { secMark } of rsmOf(offer).participants) expect(secMark).toBe(mark);
    }
  }
});

test('one message holds sixteen at the most, all of one time base, and none is lost or doubled', () => {
  const composer = createRsmComposer(contextOf(site));
  const tracks = Array.from({ length: 40 }, (_, at) => trackOf(1000, at + 1, (at % 8) * 4 - 14, Math.floor(at / 8) * 4 - 8));
  const offers = say(composer, 1000, tracks);
  expect(offers.map((offer) => rsmOf(offer).participants.length)).toEqual([16, 16, 11]);
  for (const offer of offers) expect(offer.message.bytes.length).toBeLessThanOrEqual(1300);
  const ids = others(offers).map(({ ptcId }) => ptcId);
  expect(new Set(ids).size).toBe(40);
  const numbers = offers.map((offer) => rsmOf(offer).msgCnt);
  expect(numbers).toEqual([0, 1, 2].map((step) => (numbers[0]! + step) % 128));
  for (const offer of offers) {
    const told = rsmOf(offer).participants.map(({ ptcId }) => ptcId);
    expect(offer.participants.map(({ airId }) => airId)).toEqual(told);
  }
});

test('a small limit of octets splits finer without skipping a message number', () => {
  const composer = createRsmComposer(contextOf(site, { sizeMaxOctets: 150 }));
  const tracks = Array.from({ length: 12 }, (_, at) => trackOf(1000, at + 1, at - 6, 0));
  const offers = say(composer, 1000, tracks);
  for (const offer of offers) expect(offer.message.bytes.length).toBeLessThanOrEqual(150);
  expect(others(offers)).toHaveLength(12);
  const numbers = offers.map((offer) => rsmOf(offer).msgCnt);
  expect(numbers).toEqual(numbers.map((_, step) => (numbers[0]! + step) % 128));
  expect(offers.length).toBeGreaterThan(2);
});

test('the vulnerable and the near come first', () => {
  const tracks = [trackOf(1000, 1, 15, 0), trackOf(1000, 2, 1, 0), trackOf(1000, 3, 0, 18, { cls: 'pedestrian', speedMps: 1 })];
  const types = others(say(createRsmComposer(contextOf(site)), 1000, tracks)).map(({ ptcType, pos }) => [ptcType, Object.keys(pos.offsetLL)[0]]);
  expect(types.map(([type]) => type)).toEqual(['pedestrian', 'motor', 'motor']);
});

test('an id stays with its track and is not given again for ten seconds after it', () => {
  for (const airIdMax of [65_535, 255]) {
    const context = contextOf(site, { airIdMax });
    const composer = createRsmComposer(context);
    const lastUsed = new Map<number, { track: number; atMs: number }>();
    const idOf = new Map<number, number>();
    const random = seededRandom('ids');
    let next = 1;
    let live: number[] = [];
    for (let atMs = 0; atMs < 60_000; atMs += 100) {
      while (live.length < 12) live.push(next++);
      live = live.map((number) => (random.next() > 0.02 ? number : next++));
      const tracks = live.map((number, at) => trackOf(atMs, number, at * 2 - 12, 0));
      const said = say(composer, atMs, tracks);
      const ids = others(said).map(({ ptcId }) => ptcId);
      expect(new Set(ids).size).toBe(ids.length);
      for (const offer of said) {
        for (const { airId, eastM } of offer.participants.slice(1)) {
          const track = live[Math.round((eastM + 12) / 2)]!;
          expect(airId).toBeGreaterThanOrEqual(1);
          expect(airId).toBeLessThanOrEqual(airIdMax);
          expect(idOf.get(track) ?? airId).toBe(airId);
          idOf.set(track, airId);
          const before = lastUsed.get(airId);
          if (before && before.track !== track) expect(atMs - before.atMs).toBeGreaterThanOrEqual(10_000);
          lastUsed.set(airId, { track, atMs });
        }
      }
    }
    expect(next).toBeGreaterThan(100);
    if (airIdMax === 65_535) expect(context.counts.get('rsm_id_exhausted')).toBeUndefined();
  }
});

test('when every id is taken or resting the rest is counted, and told again when ids are free', () => {
  const context = contextOf(site, { airIdMax: 5 });
  const composer = createRsmComposer(context);
  const tracks = (atMs: number, from: number) => Array.from({ length: 8 }, (_, at) => trackOf(atMs, from + at, at - 4, 0));
  expect(others(say(composer, 0, tracks(0, 1)))).toHaveLength(5);
  expect(context.counts.get('rsm_id_not_sent')).toBe(3);
  expect(others(say(composer, 1000, tracks(1000, 100)))).toHaveLength(0);
  expect(context.counts.get('rsm_id_exhausted')).toBe(5);
  expect(others(say(composer, 12_000, tracks(12_000, 200)))).toHaveLength(5);
});

test('a track that jumps or gains more than it can is left out once and has a new id then', () => {
  for (const [name, to] of [['place', { east: 15, speed: 10 }], ['speed', { east: 4.2, speed: 30 }]] as const) {
    const context = contextOf(site);
    const composer = createRsmComposer(context);
    const idAt = (atMs: number, east: number, speedMps: number) =>
      others(say(composer, atMs, [trackOf(atMs, 1, east, 3, { speedMps })])).map(({ ptcId }) => ptcId);
    const [before] = [idAt(0, 3, 10), idAt(100, 4, 10)].flat();
    expect(idAt(200, 5, 10), name).toEqual([before]);
    expect(idAt(300, to.east, to.speed), name).toEqual([]);
    expect(context.counts.get('rsm_jumped')).toBe(1);
    const after = idAt(400, to.east + to.speed / 10, to.speed);
    expect(after, name).toHaveLength(1);
    expect(after[0], name).not.toBe(before);
    expect(idAt(500, to.east + to.speed / 5, to.speed), name).toEqual(after);
    expect(context.counts.get('rsm_jumped'), name).toBe(1);
  }
});

test('a size that is none of its kind is said to be unknown; who has it is told of all the same', () => {
  const said = one({ cls: 'bicycle', speedMps: 3, extent: { lengthM: 4.1, widthM: 0.6, heightM: null } });
  expect(said.size).toEqual({ width: 60, length: 0 });
  expect(one({ extent: { lengthM: 41, widthM: 6, heightM: null } }).size).toEqual({ width: 0, length: 0 });
  const [offer] = say(createRsmComposer(contextOf(site)), 1000, [trackOf(1000, 1, 5, 3, { cls: 'pedestrian', speedMps: 1, extent: { lengthM: 3, widthM: 0.5, heightM: null } })]);
  expect(offer!.participants[1]).toMatchObject({ lengthM: null, widthM: 0.5 });
});

test('a heading is held below 4 km/h until the road user is faster than 5 km/h', () => {
  const composer = createRsmComposer(contextOf(site));
  let atMs = 0;
  const drive = (kmh: number, headingRad: number | null) => {
    atMs += 100;
    return others(say(composer, atMs, [trackOf(atMs, 1, 3, 3, { speedMps: kmh / 3.6, headingRad })]))[0]!.heading;
  };
  expect(drive(20, 0)).toBe(7200);
  expect(drive(4.1, 0.1)).toBe(Math.round((90 - 0.1 * 180 / Math.PI) / 0.0125));
  const held = drive(4.05, 0);
  expect(held).toBe(7200);
  expect(drive(3.9, 1)).toBe(7200);
  expect(drive(4.9, 2)).toBe(7200);
  expect(drive(0, null)).toBe(7200);
  expect(drive(5.1, Math.PI)).toBe(21_600);
  expect(drive(4.5, Math.PI / 2)).toBe(0);
});

test('one that was never fast enough says the first heading that it had, else unknown', () => {
  const composer = createRsmComposer(contextOf(site));
  const stand = (atMs: number, headingRad: number | null) =>
    others(say(composer, atMs, [trackOf(atMs, 1, 3, 3, { speedMps: 0.5, headingRad })]))[0]!.heading;
  expect(stand(0, null)).toBe(28_800);
  expect(stand(100, 0)).toBe(7200);
  expect(stand(200, 1)).toBe(7200);
});

test('silence where nothing healthy looks, and only those in covered zones elsewhere', () => {
  const context = contextOf(site);
  const composer = createRsmComposer(context);
  const zones = site.road.zones.filter(({ kind }) => kind === 'coverage');
  const middle = (id: string): [number, number] => {
    const { outline } = zones.find((zone) => zone.id === id)!;
    return [0, 1].map((axis) => outline.reduce((sum, point) => sum + point[axis as 0], 0) / outline.length) as [number, number];
  };
  const tracks = (atMs: number) => [trackOf(atMs, 1, ...middle('east-arm')), trackOf(atMs, 2, ...middle('west-arm'))];
  expect(say(composer, 0, tracks(0), coverageOf(site, 0, zones.map(({ id }) => id)))).toEqual([]);
  expect(say(composer, 0, tracks(0), { valid: stamp(0), zones: [] })).toEqual([]);
  expect(others(say(composer, 100, tracks(100)))).toHaveLength(2);
  const partly = say(composer, 200, tracks(200), coverageOf(site, 200, ['east-arm']));
  expect(partly[0]!.participants.slice(1).map(({ eastM }) => Math.round(eastM))).toEqual([Math.round(middle('west-arm')[0])]);
  expect(context.counts.get('rsm_uncovered')).toBe(2 + 2 + 1);
});

test('a class that no sensor of the zone finds is not told of', () => {
  const whole = coverageOf(site, 0);
  const cars = { ...whole, zones: whole.zones.map((zone) => (zone.cls === 'car' ? zone : { ...zone, sensors: [] })) };
  const tracks = [trackOf(0, 1, 2, 2), trackOf(0, 2, -2, -2, { cls: 'pedestrian', speedMps: 1 })];
  expect(others(say(createRsmComposer(contextOf(site)), 0, tracks, cars)).map(({ ptcType }) => ptcType)).toEqual(['motor']);
});

test('of two nodes the one whose zones nobody looks at is silent, not empty', () => {
  const two = loadSite(siteFolder('two-nodes'));
  const composer = createRsmComposer(contextOf(two));
  const nodes = (without: readonly string[]) => composer
    .compose(listOf(0, []), coverageOf(two, 0, without), [], stamp(0)).map(({ message }) => nodeKey(message.node));
  const zones = two.road.zones.filter(({ kind }) => kind === 'coverage').map(({ id }) => id);
  const [first, second] = nodes([]);
  expect(nodes([])).toHaveLength(2);
  expect(nodes(zones.filter((id) => id.startsWith('b-')))).toEqual([first]);
  expect(nodes(zones.filter((id) => id.startsWith('a-')))).toEqual([second]);
});

test('too old, too unsure, too fast and unseen ones are left out by name', () => {
  const context = contextOf(site);
  const old = (ageMs: number, more: Partial<Track> = {}) =>
    trackOf(10_000, 1, 3, 3, { measured: stamp(10_000 - ageMs), ...more });
  const told = (track: Track) => others(say(createRsmComposer(context), 10_000, [track])).length;
  expect(told(old(400))).toBe(1);
  expect(told(old(600, { unseen: 'missed' }))).toBe(0);
  expect(told(old(1900, { unseen: 'occluded', cls: 'pedestrian', speedMps: 1 }))).toBe(1);
  expect(told(old(2100, { unseen: 'occluded', cls: 'pedestrian', speedMps: 1 }))).toBe(0);
  expect(told(old(2900, { unseen: 'out-of-coverage' }))).toBe(1);
  expect(told(old(3100, { unseen: 'out-of-coverage' }))).toBe(0);
  expect(told(old(60_000, { unseen: 'queued', speedMps: 0 }))).toBe(1);
  expect(context.counts.get('rsm_aged')).toBe(3);
  const wide = trackOf(10_000, 1, 3, 3, { covariance: [4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] });
  expect(told(wide)).toBe(0);
  expect(told({ ...wide, covariance: wide.covariance.map(() => NaN) })).toBe(0);
  expect(context.counts.get('rsm_unsure')).toBe(2);
  expect(told(trackOf(10_000, 1, 3, 3, { speedMps: 61 }))).toBe(0);
  expect(told(trackOf(10_000, 1, 3, 3, { speedMps: 9, cls: 'pedestrian' }))).toBe(0);
  expect(context.counts.get('rsm_implausible')).toBe(2);
});

test('the position bound holds the truth with 95 % for any covariance', () => {
  const random = seededRandom('position');
  for (let round = 0; round < 40; round++) {
    const [a, b, c] = [random.normal(), random.normal(), random.normal()];
    const [large, small] = [0.05 + random.next(), 0.01 + 0.3 * random.next()];
    // A lower triangle gives a covariance; samples come from the same triangle.
    const [l11, l21, l22] = [large * Math.abs(a) + 0.01, small * b, small * Math.abs(c) + 0.005];
    const bound = bound95M(l11 * l11, l11 * l21, l21 * l21 + l22 * l22);
    let inside = 0;
    for (let sample = 0; sample < 4000; sample++) {
      const [u, v] = [random.normal(), random.normal()];
      if (Math.hypot(l11 * u, l21 * u + l22 * v) <= bound) inside++;
    }
    expect(inside / 4000).toBeGreaterThan(0.935);
    expect(inside / 4000).toBeLessThan(0.965);
  }
});

test('the speed bound holds the truth with 95 % for any velocity and covariance', () => {
  const random = seededRandom('speed');
  let tight = 0;
  for (let round = 0; round < 60; round++) {
    const [l11, l21, l22] = [0.02 + random.next(), 0.5 * random.normal(), 0.02 + 0.5 * random.next()];
    const [east, north] = [random.normal() * (round % 3) * 4, random.normal() * (round % 3) * 4];
    const [xx, xy, yy] = [l11 * l11, l11 * l21, l21 * l21 + l22 * l22];
    const bound = speedBound95Mps(east, north, xx, xy, yy);
    const speed = Math.hypot(east, north);
    let inside = 0;
    for (let sample = 0; sample < 4000; sample++) {
      const [u, v] = [random.normal(), random.normal()];
      if (Math.abs(Math.hypot(east + l11 * u, north + l21 * u + l22 * v) - speed) <= bound) inside++;
    }
    expect(inside / 4000).toBeGreaterThan(0.935);
    if (inside / 4000 < 0.98) tight++;
  }
  expect(tight).toBeGreaterThan(20); // the bound is not simply wide
  // Along a road at 45° a correlated error is larger than either axis says.
  expect(speedBound95Mps(7, 7, 1, 0.99, 1)).toBeGreaterThan(1.96 * 1.4);
});

test('a class holds its own limit and no less', () => {
  expect([0.01, 0.0101, 0.5, 1, 1.01, 500, 501].map(positionConfidence)).toEqual(
    ['a1cm', 'a2cm', 'a50cm', 'a1m', 'a2m', 'a500m', 'unavailable']);
  expect([0.05, 0.06, 1, 9, 100, 101].map(speedConfidence)).toEqual(
    ['prec0-05ms', 'prec0-1ms', 'prec1ms', 'prec10ms', 'prec100ms', 'unavailable']);
  expect([0.01, 0.0125, 0.9, 4, 10, 11].map(headingConfidence)).toEqual(
    ['prec0-01deg', 'prec0-0125deg', 'prec01deg', 'prec05deg', 'prec10deg', 'unavailable']);
  const said = one({ covariance: [0.04, 0, 0, 0, 0, 0.04, 0, 0, 0, 0, 0.0004, 0, 0, 0, 0, 0.0004], headingSigmaRad: 0.02 });
  expect(said.posConfidence.pos).toBe('a50cm'); // 0.2 m by the circle's 2.448
  expect(said.motionCfd).toEqual({ speedCfd: 'prec0-05ms', headingCfd: 'prec05deg' });
});

test('a restored composer goes on with the same ids, headings and numbers', () => {
  const first = createRsmComposer(contextOf(site));
  for (let atMs = 0; atMs < 3000; atMs += 100) say(first, atMs, [trackOf(atMs, 1 + Math.floor(atMs / 500), 3, 3)]);
  const second = createRsmComposer(contextOf(site));
  second.restore(structuredClone(first.snapshot()));
  for (let atMs = 3000; atMs < 20_000; atMs += 100) {
    const tracks = [trackOf(atMs, 1 + Math.floor(atMs / 500), 3, 3, { speedMps: 1 })];
    expect(say(second, atMs, tracks)).toEqual(say(first, atMs, tracks));
  }
});

test('units whose names differ only at their end have different ids', () => {
  expect(unitId('box-1')).toBe('626f782d31000000');
  expect(unitId('lukou-junction-1')).not.toBe(unitId('lukou-junction-2'));
  expect(unitId('路口盒子')).toHaveLength(16);
  expect(unitId('路口盒子')).not.toBe(unitId('路口箱子'));
});
