import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { siteFrame } from '../../src/base/geodesy.ts';
import { pointOnLine } from '../../src/base/geometry.ts';
import { monotonicMs, plusMs } from '../../src/base/time.ts';
import { createLaneMatcher } from '../../src/model/lanes.ts';
import type { Site } from '../../src/model/site.ts';
import { replay } from '../../src/replay.ts';
import type { ReplayReport } from '../../src/replay.ts';
import { openRecording } from '../../src/runtime/recording/reader.ts';
import { loadSite } from '../../src/site.ts';
import { codecFor } from '../../v2x/codec.ts';
import { demoSite, siteFolder } from '../demosite.ts';
import { shared, testWithShared } from '../shared.ts';
import { Box, messagesOf, recordTo, temporaryFolder } from './kit.ts';

const site = demoSite();
const two = loadSite(siteFolder('two-nodes'));
const folder = temporaryFolder();
const OUTPUTS = ['cloud.jsonl', 'events.jsonl', 'report.json', 'rsu.jsonl', 'tracks.jsonl'];

beforeAll(async () => {
  await recordTo(folder.path('demo'), site, 20);
  await recordTo(folder.path('two'), two, 10);
}, 60_000);
afterAll(() => folder.remove());

const run = (name: string, on: Site, out: string, more: object = {}): Promise<ReplayReport> =>
  replay({ recording: folder.path(name), site: on, out: folder.path(out), pace: 'max', ...more });
const outputs = (name: string) => OUTPUTS.map((file) => readFileSync(folder.path(`${name}/${file}`), 'utf8'));
const lines = (name: string, file: string): Record<string, unknown>[] => readFileSync(folder.path(`${name}/${file}`), 'utf8')
  .split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);

test('two replays of one recording write the same octets into every file', async () => {
  for (const [name, on] of [['demo', site], ['two', two]] as const) {
    const report = await run(name, on, `${name}-1`);
    await run(name, on, `${name}-2`);
    expect(readdirSync(folder.path(`${name}-1`)).sort()).toEqual(OUTPUTS);
    expect(outputs(`${name}-2`)).toEqual(outputs(`${name}-1`));
    expect(report.messages).toMatchObject({ SPAT: expect.any(Number), MAP: expect.any(Number), RSM: expect.any(Number) });
    expect(report.tracks).toBeGreaterThan(5);
    for (const { hex, type } of lines(`${name}-1`, 'rsu.jsonl')) {
      expect(codecFor('A').decode(Buffer.from(hex as string, 'hex')).frame, String(type)).toBeDefined();
    }
  }
}, 60_000);

test('frames applied ahead of the tick, as live, change no message, and no piece of work is left out', async () => {
  const works: string[] = [];
  await run('demo', site, 'ahead', { lap: (work: string) => works.push(work) });
  const but = (name: string): string[] => outputs(name).filter((_, at) => OUTPUTS[at] !== 'report.json');
  expect(but('ahead')).toEqual(but('demo-1'));
  expect(works.filter((work) => work === 'apply').length).toBeGreaterThan(20 * 20);
  const begin = works.indexOf('predict');
  const turn = works.slice(begin, works.indexOf('idle', begin) + 1);
  expect(turn).toEqual(['predict', 'compose', 'offer', 'events', 'statistics', 'signs', 'view', 'idle']);
}, 60_000);

test('the gate refuses nothing of a sound recording, and SPAT becomes valid', async () => {
  const { gate } = JSON.parse(readFileSync(folder.path('demo-1/report.json'), 'utf8')) as ReplayReport;
  expect(Object.keys(gate).filter((name) => name.startsWith('gate_refused'))).toEqual([]);
  expect(gate['gate_level_valid']).toBe(1);
});

test('another seed gives other numbers of messages and ids, and the same tracks', async () => {
  await run('two', two, 'seeded', { seed: 99 });
  const [, , , rsu, tracks] = outputs('seeded');
  const [, , , rsuBefore, tracksBefore] = outputs('two-1');
  expect(rsu).not.toBe(rsuBefore);
  expect(tracks).toBe(tracksBefore);
});

test('gaps, jitter, duplicates, corruption and a clock step end nothing, and what is lost has a name', async () => {
  const faults = 'gap:at=2,for=1.5;jitter:ms=30;duplicate:share=0.1;corrupt:share=0.05;step:at=6,ms=-700';
  const report = await run('two', two, 'faulty', { faults });
  await run('two', two, 'faulty-again', { faults });
  expect(outputs('faulty-again')).toEqual(outputs('faulty'));
  expect(report.messages['SPAT']).toBeGreaterThan(50);
  expect(report.messages['RSM']).toBeGreaterThan(20);
  const dropped = Object.entries(report.drops).filter(([, count]) => count > 0);
  expect(dropped.length).toBeGreaterThan(2);
  for (const row of lines('faulty', 'tracks.jsonl')) {
    for (const value of [row['x'], row['y'], row['speed']]) expect(Number.isFinite(value)).toBe(true);
  }
}, 60_000);

test('corrupt SPAT evidence never makes a green of a red: refused or unavailable, not wrong', async () => {
  const report = await run('two', two, 'corrupt', { faults: 'corrupt:port=controller,share=0.3' });
  const truth = new Map<string, { t: number; colour: string }[]>();
  for (const { t, lampGroup, colour } of lines('two', 'lamps.jsonl') as { t: number; lampGroup: string; colour: string }[]) {
    truth.set(lampGroup, [...(truth.get(lampGroup) ?? []), { t, colour }]);
  }
  const wrong: string[] = [];
  let looked = 0;
  for (const { t, type, hex } of lines('corrupt', 'rsu.jsonl') as { t: number; type: string; hex: string }[]) {
    if (type !== 'SPAT') continue;
    const frame = codecFor('A').decode(Buffer.from(hex, 'hex')).frame;
    if (!('spatFrame' in frame)) continue;
    for (const { id, phaseStates } of frame.spatFrame.intersections[0]!.phases) {
      if (!/green/.test(phaseStates[0]!.light)) continue;
      looked++;
      const group = two.road.signalGroups.find(({ phase }) => phase === id)!;
      const shown = truth.get(group.lampGroup)!;
      const green = shown.some(({ t: from, colour }, at) =>
        colour === 'green' && from <= t && (shown[at + 1]?.t ?? Infinity) >= t - 0.3);
      if (!green) wrong.push(`${t} ${group.id}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(looked + (report.gate['gate_level_unavailable'] ?? 0)).toBeGreaterThan(0);
}, 60_000);

test('both loops go on from their states as if they had never been stopped', () => {
  const { started } = openRecording(folder.path('demo')).manifest;
  const halfMs = started.monoMs + 6037;
  const untilMs = started.monoMs + 12_000;
  const first = new Box(site, started);
  let second: Box | null = null;
  for (const { port, message, atMs } of messagesOf(folder.path('demo'))) {
    if (atMs > untilMs) break;
    if (!second && atMs > halfMs) {
      first.ticksTo(halfMs);
      first.clock.advanceTo(monotonicMs(halfMs));
      second = new Box(site, started, halfMs);
      second.signals.restore(structuredClone(first.signals.snapshot()));
      second.perception.restore(structuredClone(first.perception.snapshot()));
      first.sent.length = 0;
      first.views.length = 0;
    }
    first.deliver(port, message, atMs);
    second?.deliver(port, message, atMs);
  }
  expect(first.sent.length).toBeGreaterThan(100);
  expect(second!.sent).toEqual(first.sent);
  expect(second!.views.length).toBe(first.views.length);
  expect(second!.views).toEqual(first.views);
  first.stop();
  second!.stop();
}, 60_000);

test('a receiver that goes on from secMark finds a car at 15 m/s within 0.3 m, though its sensor is 250 ms late', () => {
  const lateMs = 250;
  const alone: Site = {
    ...site,
    sensors: site.sensors.map((sensor) => ({
      ...sensor, enabled: sensor.id === 'lidar-middle', latencyMs: lateMs,
      fieldOfView: { ...sensor.fieldOfView, rangeMaxM: 200 },
    })),
  };
  const started = { monoMs: 1_000_000, utcMs: Date.UTC(2026, 2, 1, 0, 0, 55) }; // over a minute
  const box = new Box(alone, started);
  const { lane, lengthM } = createLaneMatcher(site.road).lanes.find(({ lane: one }) => one.kind === 'motor' && one.linkId === 'east-in')!;
  const truth = (utc: number) => {
    const alongM = lengthM - 110 + 15 * ((utc - started.utcMs) / 1000);
    return pointOnLine(lane.points, alongM);
  };
  for (let atMs = 0; atMs <= 6500; atMs += 100) {
    const utc = started.utcMs + atMs;
    const { x, y, headingRad } = truth(utc);
    const told = {
      sensor: 'lidar-middle', t: utc / 1000, seq: atMs / 100,
      objects: [{ id: '7', x, y, vx: 15 * Math.cos(headingRad), vy: 15 * Math.sin(headingRad), heading: headingRad, length: 4.5, width: 1.8, cls: 'car', score: 0.95 }],
    };
    const data = new TextEncoder().encode(`${JSON.stringify(told)}\n`);
    box.deliver('lidar-middle', { data, from: '127.0.0.1:1' }, plusMs(monotonicMs(started.monoMs), atMs + lateMs));
  }
  box.stop();
  const frame = siteFrame(site.frame.reference);
  let looked = 0;
  let worstM = 0;
  for (const { message, atMs } of box.messages) {
    if (message.type !== 'RSM' || atMs < started.monoMs + 2000) continue;
    const { rsmFrame } = codecFor('A').decode(message.bytes).frame as unknown as { rsmFrame: { refPos: { lat: number; long: number }; participants: { ptcId: number; secMark: number; speed: number; heading: number; pos: { offsetLL: Record<string, { lon: number; lat: number }> } }[] } };
    for (const { ptcId, secMark, speed, heading, pos } of rsmFrame.participants) {
      if (ptcId === 0) continue;
      // The receiver knows UTC alone; it looks 100 ms after the message came.
      const nowUtc = started.utcMs + atMs - started.monoMs + 100;
      const ageMs = ((nowUtc % 60_000) - secMark + 60_000) % 60_000;
      const [offset] = Object.values(pos.offsetLL);
      const place = frame.toSite({
        latDeg: (rsmFrame.refPos.lat + offset!.lat) / 1e7, lonDeg: (rsmFrame.refPos.long + offset!.lon) / 1e7,
        heightM: site.frame.reference.heightM,
      });
      const north = heading * 0.0125 * Math.PI / 180;
      const eastM = place.eastM + Math.sin(north) * speed * 0.02 * ageMs / 1000;
      const northM = place.northM + Math.cos(north) * speed * 0.02 * ageMs / 1000;
      const { x, y } = truth(nowUtc);
      worstM = Math.max(worstM, Math.hypot(eastM - x, northM - y));
      looked++;
    }
  }
  expect(looked).toBeGreaterThan(30);
  expect(worstM).toBeLessThan(0.3);
});

/** The short recording with another manifest, and this said of it. */
function withManifest(
  name: string, change: (manifest: Record<string, unknown>) => void, source = 'two',
): void {
  const into = folder.path(name);
  mkdirSync(into);
  for (const file of readdirSync(folder.path(source))) {
    copyFileSync(folder.path(`${source}/${file}`), `${into}/${file}`);
  }
  const manifest = JSON.parse(readFileSync(`${into}/manifest.json`, 'utf8')) as Record<string, unknown>;
  change(manifest);
  writeFileSync(`${into}/manifest.json`, JSON.stringify(manifest));
}

test('a capture whose manifest names no loops is replayed with those of the site', async () => {
  withManifest('loopless', (manifest) => delete manifest['loops']);
  const report = await run('loopless', two, 'loopless-out');
  expect(report.messages['SPAT']).toBeGreaterThan(90);
  expect(outputs('loopless-out')).toEqual(outputs('two-1'));
});

test.each([0, -5, Number.NaN, 1e9])('a loop with a period of %s is refused by name, not run for ever', async (periodMs) => {
  const name = `period-${periodMs}`;
  withManifest(name, (manifest) => (manifest['loops'] = { signals: { periodMs, phaseMs: 0 } }));
  await expect(run(name, two, `${name}-out`)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE', message: expect.stringContaining('loops.signals'),
  });
});

test('a stamp far in the future ends a replay with what is wrong, not after years of ticks', async () => {
  withManifest('future', () => undefined, 'demo');
  const file = folder.path('future/camera-south.jsonl');
  const all = readFileSync(file, 'utf8').trim().split('\n');
  const last = JSON.parse(all.at(-1)!) as { t: number };
  writeFileSync(file, `${[...all, JSON.stringify({ ...last, t: last.t + 90_000_000 })].join('\n')}\n`);
  await expect(run('future', site, 'future-out')).rejects.toMatchObject({
    code: 'FILE_UNREADABLE', message: expect.stringContaining('camera-south'),
  });
});

testWithShared('the recorded drive of a real radar is survived: finite tracks, and refusals only by name', async () => {
  const only: Site = { ...site, sensors: site.sensors.map((sensor) => ({ ...sensor, enabled: sensor.id === 'radar-middle' })) };
  const into = folder.path('radar');
  mkdirSync(into);
  copyFileSync(shared('captures/radar/smartmicro-umrr96.pcap'), `${into}/radar.pcap`);
  writeFileSync(`${into}/manifest.json`, JSON.stringify({
    formatVersion: 1, site: { id: '', hash: '' }, software: '', seed: 1,
    loops: { signals: { periodMs: 100, phaseMs: 0 }, perception: { periodMs: 50, phaseMs: 0 } },
    ports: [{ name: 'radar-middle', transport: 'udp', file: 'radar.pcap', loop: 'perception', match: { destinationPort: 55_555 } }],
  }));
  const report = await run('radar', only, 'radar-out');
  expect(report.inputs).toEqual({ 'radar-middle': 806 });
  expect(report.seconds).toBeGreaterThan(13);
  expect(report.messages['SPAT'] ?? 0).toBeGreaterThan(0); // unavailable: no controller was heard
  expect(report.trackRows).toBeGreaterThan(0);
  for (const row of lines('radar-out', 'tracks.jsonl')) {
    for (const value of [row['x'], row['y'], row['speed'], row['existence']]) expect(Number.isFinite(value)).toBe(true);
  }
  for (const { hex } of lines('radar-out', 'rsu.jsonl')) codecFor('A').decode(Buffer.from(hex as string, 'hex'));
  for (const name of Object.keys(report.gate)) expect(name).toMatch(/^gate_(level_[a-z-]+|refused_(SPAT|RSM|RSI|MAP)_R\d+b?)$/);
  expect(Object.keys(report.drops).filter((name) => !/^[a-zA-Z0-9_.:-]+$/.test(name))).toEqual([]);
}, 60_000);
