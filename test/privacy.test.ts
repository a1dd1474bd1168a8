import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SystemClock, VirtualClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import type { Log } from '../src/base/log.ts';
import { monotonicMs, utcMs } from '../src/base/time.ts';
import { createLiveHub } from '../src/hub.ts';
import { observationPrivacy } from '../src/model/observation.ts';
import type { Observation } from '../src/model/observation.ts';
import type { PortMessage } from '../src/model/port.ts';
import { mayCarry, privacyClasses } from '../src/model/privacy.ts';
import type { Site } from '../src/model/site.ts';
import { trackPrivacy } from '../src/model/track.ts';
import type { Track } from '../src/model/track.ts';
import type { TapBatch } from '../src/processes.ts';
import { createRedactor } from '../src/redact.ts';
import { replay } from '../src/replay.ts';
import { openRecording } from '../src/runtime/recording/reader.ts';
import type { Recording } from '../src/runtime/recording/reader.ts';
import { createRecordingWriter } from '../src/runtime/recording/writer.ts';
import { Stamper } from '../src/runtime/stamper.ts';
import { demoSite } from './demosite.ts';
import { Box, recordTo, temporaryFolder } from './replay/kit.ts';
import { trackOf } from './v2x/compose-kit.ts';

const site = demoSite();
const folder = temporaryFolder();
const canaries = /CANARY|京A12345|facial-0815/;
const cameras = new Set(site.sensors.filter(({ driver }) => driver === 'camera-objects').map(({ port }) => port));

beforeAll(async () => {
  await recordTo(folder.path('clean'), site, 8);
}, 60_000);
afterAll(() => folder.remove());

/** What a talkative camera adds to each object: make, colour, plate, face, and fields of its own. */
function infect(payload: Uint8Array): Uint8Array {
  const document = JSON.parse(new TextDecoder().decode(payload)) as { objects?: string[] };
  const objects = (document.objects ?? []).map((row) => {
    const [id, left, top, right, bottom, label, , confidence] = row.split('|');
    const more = label === 'Person' || label === 'Pedestrian'
      ? 'male|30|CANARYHAT|facial-0815'
      : 'sedan|CANARYMAKE|M|CANARYCOLOUR|京A12345|CANARYSTATE';
    return [id, left, top, right, bottom, label, '#', more, confidence].join('|');
  });
  const whole = { ...document, objects, plate: '京A12345', snapshot: 'CANARYIMAGE', face: { id: 'facial-0815' } };
  return new TextEncoder().encode(JSON.stringify(whole));
}
/** The same camera in the other schema, with everything that it has words for. */
const fullOf = (deviceId: string, at: string): Uint8Array => new TextEncoder().encode(JSON.stringify({
  mdsversion: '1.0', '@timestamp': at, sensor: { id: deviceId, description: 'CANARYPLACE' },
  object: {
    id: '9', vehicle: { type: 'car', make: 'CANARYMAKE', model: 'CANARYMODEL', color: 'CANARYCOLOUR', license: '京A12345', licenseState: 'CANARYSTATE', confidence: 0.9 },
    face: { id: 'facial-0815', gender: 'CANARYGENDER' }, bbox: { topleftx: 700, toplefty: 500, bottomrightx: 800, bottomrighty: 600 },
  },
  videoPath: 'CANARYVIDEO',
}));
const withPayload = (message: PortMessage, change: (payload: Uint8Array) => Uint8Array): PortMessage =>
  'payload' in message ? { ...message, payload: change(message.payload) } : { ...message, data: change(message.data) };

/** The clean recording as if its cameras had told everything. */
function infected(): Recording {
  const clean = openRecording(folder.path('clean'));
  return {
    manifest: clean.manifest, drops: clean.drops, hasTicks: clean.hasTicks,
    states: () => clean.states(), sent: () => clean.sent(),
    *events() {
      let count = 0;
      for (const event of clean.events()) {
        const camera = event.kind === 'message' && cameras.has(event.port);
        yield camera ? { ...event, message: withPayload(event.message, infect) } : event;
        if (!camera || count++ % 10 !== 0) continue;
        const { utcMs: startUtcMs, monoMs } = clean.manifest.started;
        const at = new Date(startUtcMs + event.atMs - monoMs - 50).toISOString();
        const id = site.sensors.find(({ port }) => port === event.port)!.options['deviceId'] as string;
        yield { ...event, message: withPayload(event.message, () => fullOf(id, at)) };
        yield { ...event, message: withPayload(event.message, () => new TextEncoder().encode('{"plate":"京A12345"')) };
      }
    },
  };
}

test('every field of an observation and of a track has its privacy class', () => {
  const observation: Record<keyof Observation, true> = {
    measuredMs: true, measurement: true, referencePoint: true, extent: true, headingRad: true, headingSigmaRad: true,
    headingAmbiguous: true, classes: true, deviceTrackId: true, processing: true, quality: true, crossSectionDbsm: true,
  };
  expect(Object.keys(observationPrivacy).sort()).toEqual(Object.keys(observation).sort());
  const track: Track = trackOf(0, 1, 0, 0);
  expect(Object.keys(trackPrivacy).sort()).toEqual(Object.keys(track).sort());
  for (const cls of [...Object.values(observationPrivacy), ...Object.values(trackPrivacy)]) {
    expect(privacyClasses).toContain(cls);
    expect(cls).not.toBe('personal'); // nothing personal is ever a noun of ours
  }
});

test('an output carries its own class and what is below it', () => {
  expect(privacyClasses.map((field) => mayCarry('pseudonymous', field))).toEqual([true, true, false]);
  expect(privacyClasses.map((field) => mayCarry('public', field))).toEqual([true, false, false]);
});

test('no plate, face, make or colour that a camera tells is in any output, log line or report', async () => {
  const logged: unknown[] = [];
  const say = (...parts: unknown[]) => void logged.push(parts);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const report = await replay({ recording: infected(), site, out: folder.path('told'), pace: 'max', log });
  expect([...infected().events()].some((event) => event.kind === 'message' && cameras.has(event.port)
    && canaries.test(new TextDecoder().decode('payload' in event.message ? event.message.payload : event.message.data)))).toBe(true);
  const files = readdirSync(folder.path('told'));
  expect(files.sort()).toEqual(['cloud.jsonl', 'events.jsonl', 'report.json', 'rsu.jsonl', 'tracks.jsonl']);
  for (const file of files) {
    const text = readFileSync(folder.path(`told/${file}`), 'utf8');
    if (file !== 'events.jsonl') expect(text.length, file).toBeGreaterThan(100);
    expect(canaries.test(text), file).toBe(false);
  }
  // The octets themselves, too: a text in a message is not seen in its hexadecimal form.
  for (const line of readFileSync(folder.path('told/rsu.jsonl'), 'utf8').split('\n').filter(Boolean)) {
    const octets = Buffer.from((JSON.parse(line) as { hex: string }).hex, 'hex');
    expect(canaries.test(octets.toString('latin1')) || canaries.test(octets.toString('utf8'))).toBe(false);
  }
  expect(canaries.test(JSON.stringify(logged))).toBe(false);
  expect(logged.length).toBeGreaterThan(0);
  expect(Object.keys(report.drops).some((name) => name.includes('attributes_stripped'))).toBe(true);
}, 60_000);

test('neither views nor counters nor the state of a loop, all of which go into documents, hold any of it', () => {
  const box = new Box(site, openRecording(folder.path('clean')).manifest.started);
  let heard = 0;
  const tell = () => JSON.stringify([
    box.views.at(-1), box.perception.counters.toJSON(), box.perception.snapshot(), box.signals.snapshot(),
  ]);
  for (const event of infected().events()) {
    if (event.kind !== 'message') continue;
    box.deliver(event.port, event.message, event.atMs);
    // Just after a camera has spoken its driver holds what it waits with.
    if (cameras.has(event.port) && heard++ % 40 === 0) expect(canaries.test(tell())).toBe(false);
  }
  expect(heard).toBeGreaterThan(300);
  expect(box.views.some(({ tracks }) => tracks.tracks.some(({ kinds }) => kinds.includes('camera')))).toBe(true);
  box.stop();
}, 60_000);

test('a recording holds redacted payloads alone, and its replay gives the same tracks', async () => {
  const clean = openRecording(folder.path('clean'));
  const started = { ...clean.manifest.started, monoMs: monotonicMs(clean.manifest.started.monoMs), utcMs: utcMs(clean.manifest.started.utcMs), errorMs: 5 };
  const clock = new VirtualClock(started.monoMs, started);
  const writer = createRecordingWriter(folder.path('kept'), clean.manifest, { clock, mode: 'immediate' });
  const redact = createRedactor(site, (id) => id);
  for (const event of infected().events()) {
    if (event.kind === 'message') writer.message(event.port, redact(event.port, event.message), event.atMs);
  }
  await writer.close();
  for (const file of readdirSync(folder.path('kept'))) {
    expect(canaries.test(readFileSync(folder.path(`kept/${file}`), 'utf8')), file).toBe(false);
  }
  await replay({ recording: folder.path('kept'), site, out: folder.path('kept-told'), pace: 'max' });
  for (const file of ['tracks.jsonl', 'rsu.jsonl', 'cloud.jsonl']) {
    expect(readFileSync(folder.path(`kept-told/${file}`), 'utf8') === readFileSync(folder.path(`told/${file}`), 'utf8'), file).toBe(true);
  }
}, 60_000);

test('what a live port hears is redacted where it is tapped, and whole for its driver', async () => {
  const probe = createSocket('udp4');
  await new Promise<void>((resolve) => probe.bind(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  const [name] = [...cameras].filter((camera) => site.ports[camera]!.transport === 'udp');
  const live: Site = { ...site, ports: { ...site.ports, [name!]: { ...site.ports[name!]!, listenPort: port } as Site['ports'][string] } };
  const clock = new SystemClock(5);
  const tapped: TapBatch['entries'][number][] = [];
  const hub = createLiveHub({ site: live, clock, log: silentLog, stamper: new Stamper(clock), tap: (entry) => tapped.push(entry) });
  const heard: PortMessage[] = [];
  hub.port(name!).onMessage((message) => heard.push(message));
  const socket = createSocket('udp4');
  const { options } = site.sensors.find((sensor) => sensor.port === name)!;
  const sendAll = (): void => socket.send(fullOf(options['deviceId'] as string, '2026-03-01T00:00:00.000Z'), port, '127.0.0.1');
  // The port opens in its own time; what comes before is lost, as on a real wire.
  while (heard.length === 0) {
    sendAll();
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.close();
  await hub.close();
  const text = (message: PortMessage) => new TextDecoder().decode('data' in message && message.data instanceof Uint8Array ? message.data : new Uint8Array());
  expect(text(heard[0]!)).toMatch(canaries);
  const [entry] = tapped;
  if (entry?.kind !== 'message') throw new Error('nothing was tapped');
  expect(text(entry.message)).toContain('"topleftx":700');
  expect(text(entry.message)).not.toMatch(canaries);
});
