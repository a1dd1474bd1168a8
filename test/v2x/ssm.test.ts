import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { monotonicMs, plusMs, utcMs } from '../../src/base/time.ts';
import { zoneId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import type { Site } from '../../src/model/site.ts';
import type { Track } from '../../src/model/track.ts';
import { PerceptionLoop } from '../../src/pipeline.ts';
import { codecFor } from '../../v2x/codec.ts';
import { createRsmComposer } from '../../v2x/compose/rsm.ts';
import { createSsmComposer } from '../../v2x/compose/ssm.ts';
import { profileOfSite } from '../../v2x/profiles.ts';
import { demoSite } from '../demosite.ts';
import { contextOf, coverageOf, listOf, rsmOf, stamp, trackOf } from './compose-kit.ts';

const siteOf = (profile: string, air: Partial<Site['air']> = {}): Site =>
  ({ ...demoSite(), profile, air: { ...demoSite().air, ssm: true, ...air } });

function pair(site: Site, sizeMaxOctets?: number) {
  const own = profileOfSite(site);
  const context = { ...contextOf(site), profile: sizeMaxOctets ? { ...own, sizeMaxOctets } : own };
  const rsm = createRsmComposer(context);
  const ssm = createSsmComposer(context, rsm);
  const say = (atMs: number, tracks: readonly Track[]) => {
    const list = listOf(atMs, tracks);
    const coverage = coverageOf(site, atMs);
    const told = rsm.compose(list, coverage, [], stamp(atMs));
    return { rsm: told, ssm: ssm.compose(list, coverage, [], stamp(atMs)) };
  };
  return { rsm, ssm, say };
}
const ssmOf = (offer: MessageOffer, profile: 'P2' | 'D2' = 'P2') => {
  const { frame } = codecFor(profile).decode(offer.message.bytes);
  if (!('msgFrameExt' in frame)) throw new Error('no extension frame');
  const value = frame.msgFrameExt.value as { SensorSharingMsg?: never };
  if (!value.SensorSharingMsg) throw new Error('no SSM');
  return value.SensorSharingMsg as {
    secMark: number; equipmentType: string; msgCnt: number;
    participants?: { ptc: { ptcId: number; speed: number; source: string }; detectedPTCType: string; typeConfidence: number; tracking: number }[];
    obstacles?: { obsId: number; obsType: string; size: { width: number; length: number } }[];
    detectedRegion?: unknown;
  };
};

test('SSM tells of the road users of RSM under the same ids, with how sure their kind is', () => {
  for (const profile of ['P2', 'D2'] as const) {
    const { say } = pair(siteOf(profile));
    const tracks = [
      trackOf(10_000, 1, 5, 3, { classes: { car: 0.9 }, bornMs: monotonicMs(4000) }),
      trackOf(10_000, 2, -4, 3, { cls: 'bicycle', speedMps: 3, classes: { bicycle: 0.6 } }),
    ];
    const { rsm, ssm } = say(10_000, tracks);
    expect(ssm).toHaveLength(1);
    expect(ssm[0]!.message).toMatchObject({ type: 'SSM', profile, aid: 23, priority: 223 });
    const said = ssmOf(ssm[0]!, profile);
    expect(said).toMatchObject({ equipmentType: 'rsu', secMark: 10_000 });
    expect(said.detectedRegion).toBeUndefined();
    const { participants } = rsmOf(rsm[0]!, profile);
    expect(said.participants!.map(({ ptc }) => ptc)).toEqual(participants.slice(1));
    expect(said.participants!.map(({ detectedPTCType, typeConfidence, tracking }) => [detectedPTCType, typeConfidence, tracking]))
      .toEqual([['cyclist', 120, 10], ['car', 180, 6]]);
    expect(ssm[0]!.participants.map(({ airId }) => airId)).toEqual(participants.slice(1).map(({ ptcId }) => ptcId));
  }
});

test('what nobody can name and stands is an obstacle after five seconds', () => {
  const { say } = pair(siteOf('P2'));
  const thing = (atMs: number) => [trackOf(atMs, 1, 5, 3, { cls: 'unknown', speedMps: 0, extent: { lengthM: 1.24, widthM: 0.6, heightM: null } })];
  const first = ssmOf(say(0, thing(0)).ssm[0]!);
  expect([first.participants?.length, first.obstacles]).toEqual([1, undefined]);
  let last = first;
  for (let atMs = 100; atMs <= 5100; atMs += 100) last = ssmOf(say(atMs, thing(atMs)).ssm[0]!);
  expect(last.participants).toBeUndefined();
  expect(last.obstacles).toMatchObject([{ obsType: 'unknown', obsId: first.participants![0]!.ptc.ptcId, size: { width: 6, length: 12 } }]);
});

test('many are split by octets over messages of one time, none lost, numbers without a gap', () => {
  const { say } = pair(siteOf('P2'), 600);
  const tracks = Array.from({ length: 60 }, (_, at) => trackOf(1000, at + 1, (at % 8) * 4 - 14, Math.floor(at / 8) * 2 - 8));
  const { ssm } = say(1000, tracks);
  expect(ssm.length).toBeGreaterThan(2);
  for (const offer of ssm) expect(offer.message.bytes.length).toBeLessThanOrEqual(600);
  const said = ssm.map((offer) => ssmOf(offer));
  expect(new Set(said.flatMap(({ participants }) => participants!.map(({ ptc }) => ptc.ptcId))).size).toBe(60);
  expect(said.map(({ msgCnt }) => msgCnt)).toEqual(said.map((_, at) => (said[0]!.msgCnt + at) % 128));
});

test('nobody is said by no message, and who may not be told of in RSM is in no SSM', () => {
  const { say } = pair(siteOf('P2'));
  expect(say(0, []).ssm).toEqual([]);
  expect(say(100, [trackOf(100, 1, 5, 3, { speedMps: 61 })]).ssm).toEqual([]);
});

test('the site’s policy holds: rate and area', () => {
  const zone = demoSite().road.zones.find(({ id }) => id === 'east-arm')!;
  const { say } = pair(siteOf('P2', { policies: [{ kind: 'SSM', periodMs: 500, trigger: 'period', zone: zoneId(zone.id), rsus: [] }] }));
  const [x, y] = zone.outline.reduce(([a, b], [c, d]) => [a + c / zone.outline.length, b + d / zone.outline.length], [0, 0]);
  const times: number[] = [];
  for (let atMs = 0; atMs < 2000; atMs += 100) {
    if (say(atMs, [trackOf(atMs, 1, x, y), trackOf(atMs, 2, -x, -y)]).ssm.length > 0) times.push(atMs);
  }
  expect(times).toEqual([0, 500, 1000, 1500]);
  expect(ssmOf(say(2500, [trackOf(2500, 1, x, y), trackOf(2500, 2, -x, -y)]).ssm[0]!).participants).toHaveLength(1);
});

test('a restored composer goes on with the same numbers', () => {
  const [first, second] = [pair(siteOf('P2')), pair(siteOf('P2'))];
  const tracks = (atMs: number) => [trackOf(atMs, 1, 5, 3)];
  for (let atMs = 0; atMs < 1000; atMs += 100) first.say(atMs, tracks(atMs));
  second.rsm.restore(JSON.parse(JSON.stringify(first.rsm.snapshot())));
  second.ssm.restore(JSON.parse(JSON.stringify(first.ssm.snapshot())));
  for (let atMs = 1000; atMs < 3000; atMs += 100) expect(second.say(atMs, tracks(atMs))).toEqual(first.say(atMs, tracks(atMs)));
});

test('phase 1 has no such composer, and a site that does not want it has none of its messages', () => {
  expect(profileOfSite(siteOf('A')).composers.ssm).toBeUndefined();
  expect(profileOfSite(siteOf('B')).composers.ssm).toBeUndefined();
  for (const [profile, wants] of [['P2', false], ['A', true]] as const) {
    const START_MS = monotonicMs(1000);
    const clock = new VirtualClock(START_MS, { monoMs: START_MS, utcMs: utcMs(1_772_323_200_000), errorMs: 5 });
    const types = new Set<string>();
    const loop = new PerceptionLoop({
      site: siteOf(profile, { ssm: wants }), clock, log: silentLog, boot: 1, seed: 1,
      hub: { port: () => ({ transport: 'udp', onMessage: () => undefined, send: () => true }) },
      offer: (offers) => offers.forEach(({ message }) => types.add(message.type)), view: () => undefined,
    });
    for (let tick = 0; tick < 20; tick++) {
      const dueMs = plusMs(START_MS, tick * 50);
      clock.advanceTo(dueMs);
      loop.tick({ tick, dueMs, beganMs: dueMs });
    }
    loop.stop();
    expect([...types]).not.toContain('SSM');
  }
});
