/** Road users that report themselves and are seen as well: the whole way, from bytes to tracks. */
import { expect, test } from 'vitest';
import { VirtualClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { plusMs } from '../../src/base/time.ts';
import { sensorId } from '../../src/model/ids.ts';
import type { MessageOffer } from '../../src/model/message.ts';
import { portKinds } from '../../src/model/site.ts';
import type { SensorSettings, Site } from '../../src/model/site.ts';
import { PerceptionLoop } from '../../src/pipeline.ts';
import type { PerceptionView } from '../../src/pipeline.ts';
import { ReplayPorts } from '../../src/runtime/recording/replay-ports.ts';
import { evaluate } from '../../src/score/index.ts';
import type { ScoreRow } from '../../src/score/index.ts';
import { createDayPseudonym } from '../../src/pseudonym.ts';
import { createRedactor } from '../../src/redact.ts';
import { devicesOf } from '../../src/simulaterun.ts';
import { createSimulation, VIRTUAL_START } from '../../src/simulate/devices.ts';
import { createSelfReportCodec } from '../../v2x/compose/receive.ts';
import { codecFor } from '../../v2x/codec.ts';
import { demoSite } from '../demosite.ts';

const receiver: SensorSettings = {
  ...demoSite().sensors[0]!, id: sensorId('rsu-in'), driver: 'rsu-receive', sensing: 'v2x', main: false,
  pose: { eastM: 0, northM: 0, upM: 6, headingRad: 0, pitchRad: 0, rollRad: 0 },
  fieldOfView: { rangeMinM: 0, rangeMaxM: 200, halfAngleRad: 3.1415, outline: null },
  classes: ['car', 'van', 'truck', 'bus', 'motorcycle', 'bicycle', 'pedestrian'],
  port: 'rsu-in', periodMs: 100, latencyMs: 40, options: { simulatedShare: 0.6 },
};
/** The demo with these of its sensors, and one port on which a unit hands on what it hears. */
function siteOf(keep: (sensor: SensorSettings) => boolean, hears: boolean): Site {
  const demo = demoSite();
  return {
    ...demo,
    ports: { ...demo.ports, 'rsu-in': { ...demo.ports['radar-middle']!, listenPort: 47_061, remotePort: 47_161 } as never },
    sensors: [...demo.sensors.filter(keep), { ...receiver, enabled: hears }],
  };
}

interface Run {
  readonly views: PerceptionView[];
  readonly offers: MessageOffer[];
  readonly truth: ScoreRow[];
  readonly counters: Readonly<Record<string, number>>;
}

/** Plays a simulated site through the perception loop; `spoof` gives octets that come each 100 ms. */
function play(site: Site, seed: number, seconds: number, users = 30, spoof?: (atMs: number) => Uint8Array): Run {
  const clock = new VirtualClock(VIRTUAL_START.monoMs, VIRTUAL_START);
  const hub = new ReplayPorts(portKinds(site));
  const run = { views: [] as PerceptionView[], offers: [] as MessageOffer[], truth: [] as ScoreRow[] };
  const loop = new PerceptionLoop({
    site, clock, log: silentLog, hub, boot: 1, seed: 1,
    offer: (offers) => void run.offers.push(...offers), view: (view) => void run.views.push(view),
  });
  const simulation = createSimulation({
    site, seed, users, ...devicesOf(site, seed), start: VIRTUAL_START,
    outputs: {
      message: (message) => {
        clock.advanceTo(message.atMs);
        hub.deliver(message);
      },
      truth: (rows) => {
        for (const row of rows as Partial<ScoreRow>[]) {
          const { t, id, x, y, heading, speed, cls, ignore } = row;
          run.truth.push({
            seq: '', t: t!, id: id === undefined || id === null ? null : String(id), x: x ?? NaN, y: y ?? NaN,
            heading: heading ?? NaN, speed: speed ?? NaN, cls: cls ?? null, ignore: ignore ?? false,
          });
        }
      },
    },
  });
  for (let tick = 1; tick <= seconds * 20; tick++) {
    const dueMs = plusMs(VIRTUAL_START.monoMs, tick * 50);
    simulation.advance(dueMs);
    clock.advanceTo(dueMs);
    if (spoof && tick % 2 === 0) hub.deliver({ port: 'rsu-in', message: { data: spoof(tick * 50), from: '127.0.0.1:1' }, atMs: dueMs });
    loop.tick({ tick, dueMs, beganMs: dueMs });
  }
  loop.stop();
  return { ...run, counters: loop.counters.toJSON() };
}
const scoreOf = ({ views, truth }: Run) => evaluate(truth, views.slice(60).flatMap(({ tracks }) => tracks.tracks.map((track) => ({
  seq: '', t: track.valid.utcMs / 1000, id: track.id, x: track.eastM, y: track.northM,
  heading: track.headingRad ?? NaN, speed: track.speedMps, cls: track.cls, ignore: false,
}))), { align: 'interp', area: [-100, -100, 100, 100] });

test('who reports itself and is seen as well is one road user, known better than by cameras alone', () => {
  for (const [name, keep, factor, seconds] of [
    ['camera', ({ sensing }: SensorSettings) => sensing === 'camera', 0.95, 25],
    // Beside sensors that are ten times finer a satellite's place must only do no harm.
    ['all', () => true, 1.05, 15],
  ] as const) {
    const alone = play(siteOf(keep, false), 5, seconds);
    const both = play(siteOf(keep, true), 5, seconds);
    expect(both.counters['frames_rsu-in']).toBeGreaterThan(120);
    const [without, with_] = [scoreOf(alone), scoreOf({ ...both, truth: alone.truth })];
    const figure = (score: typeof without, word: string): number => score[word] as number;
    expect(figure(without, 'gt_boxes')).toBeGreaterThan(4000);
    // Not one road user more at a place than there is: false ones do not grow with those who speak.
    expect(figure(with_, 'precision'), name).toBeGreaterThanOrEqual(figure(without, 'precision') - 0.003);
    expect(figure(with_, 'recall'), name).toBeGreaterThanOrEqual(figure(without, 'recall'));
    expect(figure(with_, 'pos_rmse'), name).toBeLessThan(figure(without, 'pos_rmse') * factor);
    expect(figure(with_, 'speed_rmse'), name).toBeLessThan(figure(without, 'speed_rmse') * 1.01);
    for (const { tracks } of both.views.slice(100)) {
      for (const [index, a] of tracks.tracks.entries()) {
        for (const b of tracks.tracks.slice(index + 1)) {
          const apartM = Math.hypot(a.eastM - b.eastM, a.northM - b.northM);
          if (a.kinds.includes('v2x') && a.cls === 'car' && b.cls === 'car') expect(apartM, `${a.id} ${b.id}`).toBeGreaterThan(1);
        }
      }
    }
    expect(both.views.some(({ tracks }) => tracks.tracks.some(({ kinds }) => kinds.includes('v2x') && kinds.length > 1))).toBe(true);
  }
}, 120_000);

test('a unit that hears all road users looks at none of its zones: without sensors RSM is silent', () => {
  const run = play(siteOf(() => false, true), 5, 10);
  expect(run.counters['frames_rsu-in']).toBeGreaterThan(50);
  expect(run.offers.filter(({ message }) => message.type === 'RSM')).toEqual([]);
  expect(run.views.every(({ tracks }) => tracks.tracks.length === 0)).toBe(true);
});

const CANARY = 'c0ffee0ddba11abe';
/** A car that nobody but itself tells of: from the west across the junction, then it stands. */
const ghost = (site: Site) => {
  const codec = createSelfReportCodec(site);
  return (atMs: number): Uint8Array => {
    const utc = VIRTUAL_START.utcMs + atMs - 40;
    const eastM = Math.min(-40 + atMs / 100, 4);
    const drives = eastM < 4;
    return codec.write({
      kind: 'state', senderId: CANARY, sequence: (atMs / 100) % 128, msInMinute: utc % 60_000, eastM, northM: -1,
      sigmaM: 0.1, speedMps: drives ? 10 : 0, speedSigmaMps: 0.1, headingRad: 0, headingSigmaRad: 0.01,
      lengthM: 4.5, widthM: 1.8, heightM: 1.5, cls: 'car',
    });
  };
};

test('a false BSM alone makes no road user, no message and no event, and does not disturb the others', () => {
  const site = siteOf(() => true, true);
  const honest = play(site, 9, 20, 5);
  const spoofed = play(site, 9, 20, 5, ghost(site));
  const heard = spoofed.counters['frames_rsu-in']! - (honest.counters['frames_rsu-in'] ?? 0);
  expect(heard).toBeGreaterThan(20);
  const users = ({ views }: Run) => views.map(({ tracks }) => tracks.tracks.length);
  expect(users(spoofed)).toEqual(users(honest));
  const events = ({ views }: Run) => views.flatMap((view) => view.events.map(({ kind }) => kind));
  expect(events(spoofed)).toEqual(events(honest));
  const told = ({ offers }: Run) => offers.flatMap(({ message }) => {
    if (message.type !== 'RSM') return [];
    const { frame } = codecFor('A').decode(message.bytes);
    return 'rsmFrame' in frame ? frame.rsmFrame.participants.length : [];
  });
  expect(told(spoofed)).toEqual(told(honest));
}, 60_000);

test('nor does it where no sensor looks that could belie it', () => {
  const site = siteOf(({ id }) => id === 'radar-east', true);
  const { views, counters } = play(site, 9, 10, 0, ghost(site));
  expect(counters['frames_rsu-in']).toBeGreaterThan(50);
  expect(views.flatMap(({ tracks }) => tracks.tracks.filter(({ kinds }) => kinds.every((kind) => kind === 'v2x')))).toEqual([]);
});

test('the id of a sender leaves the box in nothing that it says or keeps', () => {
  const site = siteOf(() => true, true);
  const clock = new VirtualClock(VIRTUAL_START.monoMs, VIRTUAL_START);
  const hub = new ReplayPorts(portKinds(site));
  const pseudonym = createDayPseudonym(() => clock.utcAt().utcMs);
  const said: unknown[] = [];
  const loop = new PerceptionLoop({
    site, clock, log: silentLog, hub, boot: 1, seed: 1, pseudonym,
    offer: (offers) => void said.push(offers.map(({ message, participants }) => [Buffer.from(message.bytes).toString('hex'), participants])),
    view: (view) => void said.push(view),
  });
  const redact = createRedactor(site, pseudonym);
  const say = ghost(site);
  for (let tick = 1; tick <= 60; tick++) {
    const dueMs = plusMs(VIRTUAL_START.monoMs, tick * 50);
    clock.advanceTo(dueMs);
    if (tick % 2 === 0) {
      const message = { data: say(tick * 50), from: '127.0.0.1:1' };
      const kept = redact('rsu-in', message) as typeof message;
      expect(JSON.stringify(codecFor('P2').decode(message.data).frame)).toContain(CANARY);
      const { frame } = codecFor('P2').decode(kept.data);
      expect(JSON.stringify(frame)).not.toContain(CANARY);
      said.push(frame);
      hub.deliver({ port: 'rsu-in', message, atMs: dueMs });
    }
    loop.tick({ tick, dueMs, beganMs: dueMs });
  }
  const state = JSON.stringify(loop.snapshot());
  // The driver did follow the sender, under the same pseudonym as the recording holds.
  expect(state).toContain(pseudonym(CANARY));
  expect(`${state}${JSON.stringify(said)}`).not.toContain(CANARY);
  loop.stop();
});

test('a pseudonym holds for a day, is of the form of an id, and tells nothing of it', () => {
  let utc = Date.UTC(2026, 2, 1, 8);
  const name = createDayPseudonym(() => utc);
  const first = name(CANARY);
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(name(CANARY)).toBe(first);
  expect(name('c0ffee0ddba11abf')).not.toBe(first);
  expect(createDayPseudonym(() => utc)(CANARY)).not.toBe(first);
  utc += 20 * 3_600_000;
  expect(name(CANARY)).not.toBe(first);
});
