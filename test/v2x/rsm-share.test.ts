import { expect, test } from 'vitest';
import { insideOutline } from '../../src/base/geometry.ts';
import { seededRandom } from '../../src/base/random.ts';
import { rsuId, zoneId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import type { RsuSettings, Site } from '../../src/model/site.ts';
import type { Track } from '../../src/model/track.ts';
import { createRsmComposer } from '../../v2x/compose/rsm.ts';
import { shareClasses, timesToConflictS } from '../../v2x/compose/share.ts';
import { profileOfSite } from '../../v2x/profiles.ts';
import { demoSite } from '../demosite.ts';
import { contextOf, coverageOf, listOf, rsmOf, stamp, trackOf } from './compose-kit.ts';

const plain = demoSite();
const unit = (more: Partial<RsuSettings>): Site => ({
  ...plain,
  rsus: [{ ...plain.rsus[0]!, framesPerS: 200, octetsPerS: 200_000, minGapMs: 3, ...more }],
  road: { ...plain.road, rsuAreas: plain.road.rsuAreas.filter(({ rsuId: id }) => id === plain.rsus[0]!.id) },
});
const withAir = (site: Site, air: Partial<Site['air']>): Site => ({ ...site, air: { ...site.air, ...air } });

/** Places inside the coverage zones of the demo, the same for a seed. */
function places(count: number, seed = 'places'): (readonly [number, number])[] {
  const random = seededRandom(seed);
  const zones = plain.road.zones.filter(({ kind }) => kind === 'coverage');
  const found: (readonly [number, number])[] = [];
  while (found.length < count) {
    const at = [(random.next() - 0.5) * 340, (random.next() - 0.5) * 340] as const;
    if (zones.some(({ outline }) => insideOutline(at[0], at[1], outline))) found.push(at);
  }
  return found;
}

/** Sets of road users that stand where they are told to; 10 Hz for so many rounds. */
function play(
  site: Site, rounds: number, tracksAt: (atMs: number) => readonly Track[],
) {
  const counts = new Map<string, number>();
  const context = {
    ...contextOf(site), profile: profileOfSite(site),
    count: (name: string, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
  };
  const composer = createRsmComposer(context);
  const offers: MessageOffer[][] = [];
  for (let round = 0; round < rounds; round++) {
    const atMs = round * 100;
    offers.push([...composer.compose(listOf(atMs, tracksAt(atMs)), coverageOf(site, atMs), [], stamp(atMs))]);
  }
  return { offers, counts, composer };
}
/** How often the track at a place was told of, by its place in the list. */
const timesTold = (offers: readonly MessageOffer[][], tracks: readonly Track[]): number[] => {
  const counts = new Map<string, number>();
  for (const { participants } of offers.flat()) {
    for (const { eastM, northM, airId } of participants) {
      if (airId === 0) continue;
      const key = `${eastM},${northM}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return tracks.map(({ eastM, northM }) => counts.get(`${eastM},${northM}`) ?? 0);
};

/** A crowd of 200: pedestrians, two that are about to meet, movers, parked ones near and far. */
function crowd(atMs: number): Track[] {
  const at = places(200);
  return at.map(([east, north], index) => {
    const far = Math.hypot(east, north) > 100;
    if (index < 10) return trackOf(atMs, index + 1, east, north, { cls: 'pedestrian', speedMps: 0.6 });
    if (index < 30 && !far) return trackOf(atMs, index + 1, east, north, { speedMps: 0.01 });
    return trackOf(atMs, index + 1, east, north, { speedMps: index % 2 === 0 ? 0 : 0.4 });
  });
}

test('two on collision course conflict, two that pass by or part do not', () => {
  const pair = (b: Partial<Track> & { eastM: number; northM: number }) => [...timesToConflictS([
    trackOf(0, 1, 0, 0, { headingRad: 0, speedMps: 10 }),
    trackOf(0, 2, b.eastM, b.northM, b),
  ])];
  // One from the south reaches (20, 0) when the other does.
  expect(pair({ eastM: 20, northM: -20, headingRad: Math.PI / 2, speedMps: 10 })).toEqual([2, 2]);
  // A second later it misses by 10 m.
  expect(pair({ eastM: 20, northM: -30, headingRad: Math.PI / 2, speedMps: 10 })).toEqual([Infinity, Infinity]);
  // Opposite traffic on the next lane.
  expect(pair({ eastM: 40, northM: 3.5, headingRad: Math.PI, speedMps: 10 })).toEqual([Infinity, Infinity]);
  // A standing one in the lane ahead, and one that was passed.
  expect(pair({ eastM: 30, northM: 0, speedMps: 0 })[0]).toBeCloseTo(3, 6);
  expect(pair({ eastM: -10, northM: 0, speedMps: 0 })).toEqual([Infinity, Infinity]);
  // Too far ahead to matter yet.
  expect(pair({ eastM: 80, northM: 0, speedMps: 0 })).toEqual([Infinity, Infinity]);
});

test('within the budget everybody is told of in every round', () => {
  const { offers, counts } = play(unit({}), 30, (atMs) => crowd(atMs).slice(0, 60));
  expect(new Set(timesTold(offers, crowd(0).slice(0, 60)))).toEqual(new Set([30]));
  expect([...counts.keys()].filter((name) => /held|cut/.test(name))).toEqual([]);
});

test('over the budget parked ones fall to 2 Hz and far ones to 1 Hz, vulnerable ones keep 10 Hz', () => {
  const site = unit({ framesPerS: 120, octetsPerS: 80_000 });
  const rounds = 200;
  const { offers, counts } = play(site, rounds, crowd);
  const told = timesTold(offers, crowd(0));
  const after = 60; // rounds until standing ones count as parked: all counts are of the rest
  let [vulnerable, parked, far] = [0, 0, 0];
  for (const [index, track] of crowd(0).entries()) {
    const times = told[index]!;
    if (track.cls === 'pedestrian') {
      vulnerable++;
      expect(times).toBe(rounds);
    } else if (Math.hypot(track.eastM, track.northM) > 100) {
      far++;
      expect(times).toBeLessThan(after + (rounds - after) * 0.13);
      expect(times).toBeGreaterThanOrEqual((rounds - after) * 0.09);
    } else {
      parked++;
      expect(times).toBeLessThan(after + (rounds - after) * 0.23);
      expect(times).toBeGreaterThanOrEqual((rounds - after) * 0.09);
    }
  }
  expect(vulnerable).toBe(10);
  expect(parked).toBeGreaterThan(30);
  expect(far).toBeGreaterThan(30);
  expect(counts.get('rsm_told_vulnerable')).toBe(10 * rounds);
  expect(counts.get('rsm_held_vulnerable')).toBeUndefined();
  expect(counts.get('rsm_held_parked')).toBeGreaterThan(1000);
  expect(counts.get('rsm_held_far')).toBeGreaterThan(1000);
});

test('no second holds more frames or octets than the unit takes, and no round more than its spread', () => {
  for (const more of [{ framesPerS: 60 }, { octetsPerS: 30_000 }, { minGapMs: 10 }, { framesPerS: 20, octetsPerS: 20_000 }]) {
    const site = unit(more);
    const { offers } = play(site, 150, crowd);
    const [{ framesPerS, octetsPerS, minGapMs }] = site.rsus as [RsuSettings];
    for (let from = 0; from + 10 <= offers.length; from++) {
      const second = offers.slice(from, from + 10).flat();
      expect(second.length).toBeLessThanOrEqual(framesPerS);
      expect(second.reduce((sum, { message }) => sum + message.bytes.length, 0)).toBeLessThanOrEqual(octetsPerS);
    }
    for (const round of offers) expect((round.length - 2) * minGapMs).toBeLessThanOrEqual(site.air.spreadMs);
    expect(offers.flat().length).toBeGreaterThan(50);
  }
});

test('under the tightest budget the vulnerable are in every round, and who is cut has a name', () => {
  const site = unit({ framesPerS: 30, octetsPerS: 12_000 });
  const { offers, counts } = play(site, 100, crowd);
  const told = timesTold(offers, crowd(0));
  for (const [index, track] of crowd(0).entries()) {
    if (track.cls === 'pedestrian') expect(told[index]).toBeGreaterThanOrEqual(99);
  }
  const cut = shareClasses.reduce((sum, cls) => sum + (counts.get(`rsm_cut_${cls}`) ?? 0), 0);
  expect(cut).toBeGreaterThan(0);
  expect(counts.get('rsm_cut_vulnerable') ?? 0).toBeLessThanOrEqual(10);
});

test('the riskiest are in the first frame: vulnerable, then those about to meet by time', () => {
  const tracks = (atMs: number) => [
    trackOf(atMs, 1, -14, 0, { headingRad: 0, speedMps: 10 }),
    trackOf(atMs, 2, 0, -14, { headingRad: Math.PI / 2, speedMps: 10 }),
    trackOf(atMs, 3, 5, 5, { speedMps: 0 }),
    trackOf(atMs, 4, 10, -10, { cls: 'pedestrian', speedMps: 0 }),
  ];
  const { offers } = play(unit({}), 1, tracks);
  expect(offers[0]![0]!.participants.slice(1).map(({ eastM }) => eastM)).toEqual([10, -14, 0, 5]);
});

test('a frame with nobody is sent only where nobody is, never because nobody is due', () => {
  const site = unit({ framesPerS: 20, octetsPerS: 4000 });
  const tracks = (atMs: number) => places(40).map(([east, north], at) => trackOf(atMs, at + 1, east, north, { speedMps: 0 }));
  const { offers } = play(site, 100, tracks);
  for (const offer of offers.flat()) expect(rsmOf(offer).participants.length).toBeGreaterThan(1);
  expect(play(site, 5, () => []).offers.flat().length).toBeGreaterThanOrEqual(2);
});

test('under the strict ceiling ids go to the riskiest and nearest, the rest is counted, ids rest 3 s', () => {
  const site = withAir(unit({ framesPerS: 2000, octetsPerS: 5_000_000, minGapMs: 0 }), { ids: 'strict' });
  const tracks = (atMs: number) => places(400).map(([east, north], at) =>
    trackOf(atMs, at + 1, east, north, { speedMps: 0, ...(at % 10 === 0 ? { cls: 'pedestrian' as const } : {}) }));
  const { offers, counts } = play(site, 60, tracks);
  const told = timesTold(offers, tracks(0));
  const rows = tracks(0).map((track, at) => ({ track, told: told[at]!, distanceM: Math.hypot(track.eastM, track.northM) }));
  for (const { track, told: times } of rows) if (track.cls === 'pedestrian') expect(times).toBe(60);
  const cars = rows.filter(({ track }) => track.cls === 'car').sort((a, b) => a.distanceM - b.distanceM);
  expect(cars.slice(0, 150).every(({ told: times }) => times > 0)).toBe(true);
  expect(cars.slice(-100).every(({ told: times }) => times <= 1)).toBe(true);
  expect(counts.get('rsm_id_not_sent')).toBeGreaterThan(150 * 59);
  for (const round of offers) {
    const ids = round.flatMap((offer) => rsmOf(offer).participants.map(({ ptcId }) => ptcId)).filter((id) => id > 0);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.max(...ids)).toBeLessThanOrEqual(255);
  }
});

test('under the strict ceiling no id is given again within three seconds of its last use', () => {
  const site = withAir(unit({ framesPerS: 2000, octetsPerS: 5_000_000, minGapMs: 0 }), { ids: 'strict' });
  const random = seededRandom('turnover');
  const at = places(60);
  let live = Array.from({ length: 60 }, (_, index) => index + 1);
  let next = 61;
  const place = new Map<number, readonly [number, number]>();
  const tracks = (atMs: number) => {
    live = live.map((number) => (random.next() < 0.02 ? next++ : number));
    return live.map((number, index) => {
      place.set(number, at[index]!);
      return trackOf(atMs, number, at[index]![0] + number * 1e-7, at[index]![1], { speedMps: 2 });
    });
  };
  const { offers } = play(site, 400, tracks);
  const last = new Map<number, { atMs: number; eastM: number }>();
  let reused = 0;
  for (const [round, list] of offers.entries()) {
    for (const { airId, eastM } of list.flatMap(({ participants }) => participants)) {
      const before = last.get(airId);
      if (airId > 0 && before && before.eastM !== eastM) {
        reused++;
        expect(round * 100 - before.atMs).toBeGreaterThanOrEqual(3000);
      }
      last.set(airId, { atMs: round * 100, eastM });
    }
  }
  expect(next).toBeGreaterThan(400);
  expect(reused).toBeGreaterThan(50);
});

test('a policy sets rate, area and unit of RSM, and silence while nobody is there', () => {
  const [zone] = plain.road.zones.filter(({ kind }) => kind === 'coverage');
  const policy = { kind: 'RSM', periodMs: 200, trigger: 'occupied', zone: zoneId(zone!.id), rsus: [rsuId(plain.rsus[0]!.id)] } as const;
  const site = withAir(unit({}), { policies: [policy] });
  const tracks = (atMs: number) => places(80).map(([east, north], at) => trackOf(atMs, at + 1, east, north));
  const { offers, counts } = play(site, 20, tracks);
  expect(offers.map((round) => round.length > 0)).toEqual(Array.from({ length: 20 }, (_, at) => at % 2 === 0));
  const said = offers.flat();
  for (const { message, participants } of said) {
    expect(message.rsuIds).toEqual([plain.rsus[0]!.id]);
    for (const { airId, eastM, northM } of participants) {
      if (airId > 0) expect(insideOutline(eastM, northM, zone!.outline)).toBe(true);
    }
  }
  expect(counts.get('rsm_outside_policy')).toBeGreaterThan(100);
  expect(play(site, 5, () => []).offers.flat()).toEqual([]);
  const elsewhere = withAir(unit({}), { policies: [{ ...policy, rsus: [rsuId('no-unit-here')] }] });
  const areas = { ...elsewhere, road: { ...elsewhere.road, rsuAreas: [{ rsuId: rsuId('no-unit-here'), nodes: [] }] } };
  expect(play(areas, 5, tracks).offers.flat()).toEqual([]);
});

test('the site ranks its messages: application id and priority in place of the profile’s', () => {
  const site = withAir(plain, { ranks: [{ kind: 'RSM', aid: 77, priority: 5 }, { kind: 'RSI-static', aid: 78, priority: 6 }] });
  const profile = profileOfSite(site);
  expect(profile.air.RSM).toEqual({ aid: 77, priority: 5 });
  expect(profile.air.RSI.static).toEqual({ aid: 78, priority: 6 });
  expect(profile.air.RSI.dynamic).toEqual({ aid: 3622, priority: 112 });
  expect(play(site, 1, () => []).offers[0]![0]!.message).toMatchObject({ aid: 77, priority: 5 });
});

test('a composer restored over its budget goes on with the same choice', () => {
  const site = unit({ framesPerS: 60, octetsPerS: 30_000 });
  const { composer: first } = play(site, 70, crowd);
  const second = createRsmComposer({ ...contextOf(site), profile: profileOfSite(site) });
  second.restore(JSON.parse(JSON.stringify(first.snapshot())));
  for (let atMs = 7000; atMs < 12_000; atMs += 100) {
    const say = (composer: typeof first) => composer.compose(listOf(atMs, crowd(atMs)), coverageOf(site, atMs), [], stamp(atMs));
    expect(say(second)).toEqual(say(first));
  }
});
