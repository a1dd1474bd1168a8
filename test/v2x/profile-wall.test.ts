import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { monotonicMs, plusMs, utcMs } from '../../src/base/time.ts';
import { nodeKey } from '../../src/model/ids.ts';
import type { AirMessageType, MessageOffer } from '../../src/model/message.ts';
import { servedNodes } from '../../src/model/road.ts';
import type { MapComposer, RsiComposer, RsmComposer, SpatComposer } from '../../src/model/stages.ts';
import { PerceptionLoop, SignalsLoop } from '../../src/pipeline.ts';
import type { PortHub } from '../../src/pipeline.ts';
import type { ComposerContext, Profile } from '../../v2x/profile.ts';
import { createSpatComposer } from '../../v2x/compose/spat.ts';
import { profileByName, profiles } from '../../v2x/profiles.ts';
import { demoSite } from '../demosite.ts';
import { coverageOf, contextOf, end, listOf, stamp, stateOf, timing, trackOf, valid } from './compose-kit.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const site = demoSite();

/** A message set of another region: own words, own composers, own writing, own limits. */
const text = (value: unknown) => new TextEncoder().encode(`Z${JSON.stringify(value)}`);
const read = (offer: MessageOffer) => JSON.parse(new TextDecoder().decode(offer.message.bytes).slice(1)) as unknown;
const stateless = { snapshot: () => null, restore: () => undefined };

function offer(
  { profile }: ComposerContext, type: AirMessageType, node: { region: number; id: number }, atMs: number, value: unknown,
): MessageOffer {
  const row = type === 'RSI' ? profile.air.RSI.dynamic : profile.air[type as 'SPAT'];
  return {
    message: {
      bytes: profile.encode(value), type, profile: profile.name, ...row,
      validUntilMs: plusMs(monotonicMs(atMs), 100), rsuIds: [], node,
    },
    validMs: monotonicMs(atMs), newestReceivedMs: monotonicMs(atMs), participants: [],
  };
}
const spat = (context: ComposerContext): SpatComposer => ({
  ...stateless,
  compose: (state, { level }, now) => offer(context, 'SPAT', state.node, now.monoMs,
    level === 'valid'
      ? state.groups.map(({ signalGroup, aspect, rightOfWay }) => [signalGroup, context.profile.light(aspect, rightOfWay)])
      : 'nothing'),
  unavailable: (node, now) => offer(context, 'SPAT', node, now.monoMs, 'nothing'),
});
const map = (context: ComposerContext): MapComposer => ({
  ...stateless,
  compose: (now) => servedNodes(context.site.road).map(({ id }) => offer(context, 'MAP', id, now.monoMs, 'a map')),
  switched: () => [],
  variants: () => [],
});
const rsm = (context: ComposerContext): RsmComposer => ({
  ...stateless,
  compose: (list, _coverage, _signals, now) => {
    const who = list.tracks.slice(0, context.profile.participantsMax).map(({ cityId }) => cityId % context.profile.airIdMax);
    return servedNodes(context.site.road).map(({ id }) => offer(context, 'RSM', id, now.monoMs, who));
  },
});
const rsi = (context: ComposerContext): RsiComposer => ({
  ...stateless,
  compose: (events, now) => (events.length === 0 ? [] : [offer(context, 'RSI', { region: 0, id: 10 }, now.monoMs, events.length)]),
});
const foreign: Profile = {
  name: 'Z', encode: text, composers: { spat, map, rsm, rsi },
  light: ({ colour }) => `lamp ${colour}`,
  times: { unitMs: 250, unknown: 999, overMaximum: 998, form: 'counting', atColourOnly: 'unknown' },
  msgCnt: 'every-message',
  air: {
    SPAT: { aid: 32_770, priority: 7 }, MAP: { aid: 32_770, priority: 3 }, RSM: { aid: 32_784, priority: 5 },
    RSI: { static: { aid: 32_771, priority: 1 }, semiStatic: { aid: 32_771, priority: 2 }, dynamic: { aid: 32_771, priority: 4 } },
  },
  sizeMaxOctets: 400, participantsMax: 3, connectionsMax: 4, airIdMax: 50,
  idRestMs: 1000, pathPointsMin: 1,
};

const START_MS = monotonicMs(1000);
const hub: PortHub = {
  port: () => ({ transport: 'udp', onMessage: () => undefined, send: () => true }),
};
const deps = (clock: VirtualClock) => ({ site, clock, log: silentLog, hub, boot: 1, seed: 1, profile: foreign });
const clockNow = () => new VirtualClock(START_MS, { monoMs: START_MS, utcMs: utcMs(1_772_323_200_000), errorMs: 5 });

test('the perception loop speaks in a profile that no product code knows', () => {
  const clock = clockNow();
  const offers: MessageOffer[] = [];
  const loop = new PerceptionLoop({ ...deps(clock), offer: (made) => offers.push(...made), view: () => undefined });
  for (let tick = 0; tick < 20; tick++) {
    const dueMs = plusMs(START_MS, tick * 50);
    clock.advanceTo(dueMs);
    loop.tick({ tick, dueMs, beganMs: dueMs });
  }
  loop.stop();
  expect(offers).toHaveLength(10 * servedNodes(site.road).length);
  for (const made of offers) {
    expect(made.message).toMatchObject({ type: 'RSM', profile: 'Z', aid: 32_784, priority: 5 });
    expect(read(made)).toEqual([]);
  }
});

test('the signals loop composes in it, and the gate, which cannot read it, lets none of it out', () => {
  const clock = clockNow();
  const sent: string[] = [];
  const loop = new SignalsLoop({ ...deps(clock), send: ({ message }) => sent.push(message.type), view: () => undefined });
  const made = loop.unavailable(START_MS);
  expect(made.map(({ message }) => nodeKey(message.node))).toEqual(['0-10']);
  expect(made.map(read)).toEqual(['nothing']);
  for (let tick = 0; tick < 10; tick++) {
    const dueMs = plusMs(START_MS, tick * 100);
    clock.advanceTo(dueMs);
    loop.tick({ tick, dueMs, beganMs: dueMs });
  }
  loop.stop();
  expect(sent).toEqual([]);
  const refused = Object.keys(loop.counters.toJSON()).filter((name) => name.startsWith('gate_refused_'));
  expect(refused.some((name) => name.includes('SPAT'))).toBe(true);
  expect(refused.some((name) => name.includes('MAP'))).toBe(true);
});

test('its composers are given the same nouns as ours, and its words and limits are its own', () => {
  const context = { ...contextOf(site), profile: foreign };
  const state = stateOf(site, 1000, { [site.road.signalGroups[0]!.id]: { aspect: { colour: 'green', flashing: false } } });
  const said = read(spat(context).compose(state, valid, stamp(1000))!) as [string, string][];
  expect(said).toHaveLength(state.groups.length);
  expect(new Set(said.map(([, word]) => word))).toEqual(new Set(['lamp red', 'lamp green']));
  const tracks = Array.from({ length: 9 }, (_, at) => trackOf(1000, at + 60, at, 0));
  const who = read(rsm(context).compose(listOf(1000, tracks), coverageOf(site, 1000), [], stamp(1000))[0]!) as number[];
  expect(who).toEqual([10, 11, 12]);
});

test('our own composer takes marks, words and rules of time from the row it is given', () => {
  const values: unknown[] = [];
  const row: Profile = {
    ...profileByName('A'), name: 'Z', light: foreign.light, times: { ...foreign.times, atColourOnly: 'unknown' },
    encode: (frame) => {
      values.push(frame);
      return Uint8Array.of(1);
    },
  };
  const composer = createSpatComposer({ ...contextOf(site), profile: row });
  const group = { aspect: { colour: 'green', flashing: false } as const, timing: timing({ minEnd: end(6000), likelyEnd: end(9_000_000) }) };
  composer.compose(stateOf(site, 1000, { [site.road.signalGroups[0]!.id]: group }), valid, stamp(1000));
  const written = JSON.stringify(values[0]);
  expect(written).toContain('"light":"lamp green","timing":{"counting":{"startTime":0,"minEndTime":20,"likelyEndTime":998');
  expect(written).toContain('"light":"lamp red"');
  expect(written).not.toMatch(/3600[01]/);
});

test('every profile is a row with a name of its own and every part that composers ask for', () => {
  expect(new Set(profiles.map(({ name }) => name)).size).toBe(profiles.length);
  for (const row of profiles) {
    expect(Object.keys(row).sort(), row.name).toEqual(Object.keys(foreign).sort());
    expect(() => profileByName(row.name)).not.toThrow();
  }
  expect(() => profileByName('no such')).toThrow('unknown profile');
});

/** Wire scales and enumeration words of the standard. */
const wireWords = [
  /\b36_?00[01]\b/, /\b0\.0125\b/, /\b28_?800\b/, /\b527_?040\b/, /\b8191\b/, /\b65_?534\b.*TimeOffset/,
  /protected-green/, /permissive-green/, /microwaveRadar/, /selfinfo/, /position-LL\d/, /vehicleMaxSpeed/,
  /\b(spat|map|rsm|rsi)Frame\b/, /likelyEndTime/, /ptcType: '/, /prec0-1ms/, /time-000-/, /textGB2312/,
];
/**
 * Where they may stand: the message set itself, the gate's own decoder, and links with a form of
 * their own: the city's, and those to units that write the air message themselves.
 */
const allowed = [
  /^v2x\/(schemas|compose|uper)\//, /^v2x\/profiles\.ts$/, /^src\/gate\//, /^src\/cloud\//,
  /^src\/linkcodec\.ts$/, /^src\/rsu\/(its0117\/|perceptron\.ts$|slowunit\.ts$)/,
];
const sources = (folder: string): string[] => readdirSync(folder).flatMap((name) => {
  const path = join(folder, name);
  if (statSync(path).isDirectory()) return name === 'node_modules' || name === 'dist' ? [] : sources(path);
  return /\.ts$/.test(name) && !/\.test\.ts$/.test(name) ? [path] : [];
});

test('no wire scale and no word of the standard stands outside the message set, the gate and the links with a form of their own', () => {
  const files = ['src', 'drivers', 'fusion', 'config', 'v2x'].flatMap((folder) => sources(join(root, folder)));
  const found: string[] = [];
  let looked = 0;
  for (const file of files) {
    const name = relative(root, file);
    if (allowed.some((pattern) => pattern.test(name))) continue;
    looked++;
    for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
      for (const word of wireWords) if (word.test(line)) found.push(`${name}:${index + 1}: ${line.trim().slice(0, 80)}`);
    }
  }
  expect(looked).toBeGreaterThan(100);
  expect(found).toEqual([]);
});
