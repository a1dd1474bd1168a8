/**
 * The far ends of a bench, each in a process of its own: simulated devices, broker, units, and a
 * bare timer to compare loops with. Started by `Helper` of `processes.ts`, ended with its parent.
 */
import { createServer } from 'node:net';
import { crc32 } from 'node:zlib';
import { SystemClock } from '../../src/base/clock.ts';
import type { MonotonicMs } from '../../src/base/time.ts';
import { startLiveDevices } from '../../src/livedevices.ts';
import { startRsuSimulator } from '../../src/rsu/simulator.ts';
import type { HeardMessage } from '../../src/rsu/simulator.ts';
import { Histogram } from '../../src/runtime/histogram.ts';
import { runFixedRate } from '../../src/runtime/loop.ts';
import { loadSite } from '../../src/site.ts';
import { codecFor } from '../../v2x/codec.ts';
import type { DecodedFrame } from '../../v2x/codec.ts';
import type { MessageFrame } from '../../v2x/schemas/frame.ts';
import { Gaps } from './cadence.ts';
import type { GapReport } from './cadence.ts';

/** What a helper is to be. */
export interface HelperStart {
  readonly role: 'devices' | 'broker' | 'units' | 'wire' | 'timer';
  readonly siteFolder: string;
  readonly users: number;
  readonly seed: number;
  readonly periodMs: number;
}

/** What the units heard since the last reset; instants are of the machine's monotonic clock. */
export interface UnitsReport {
  readonly counts: Readonly<Record<string, number>>;
  readonly firstMs: Readonly<Record<string, number>>;
  readonly firstValidSpatMs: number | null;
  /** Participants in all RSMs. */
  readonly participants: number;
  /** CRC-32 and arrival of the RSMs since the last report. */
  readonly rsms: readonly (readonly [number, number])[];
}

/** Lateness of the bare timer, and its own pairs of turns. */
export interface TimerReport extends GapReport {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Bounds what is kept between two reports. */
const RSMS_MAX = 100_000;
type Answer = (question: string) => unknown;
const clock = new SystemClock();

async function devices(start: HelperStart): Promise<Answer> {
  const { users, seed } = start;
  const running = await startLiveDevices({ site: loadSite(start.siteFolder), clock, users, seed });
  return () => running.world.counts;
}

async function broker(start: HelperStart): Promise<Answer> {
  const { Aedes } = await import('aedes');
  const aedes = await Aedes.createBroker();
  let published = 0;
  aedes.on('publish', () => published++);
  const server = createServer({ noDelay: true }, aedes.handle);
  const { hostname, port } = new URL(loadSite(start.siteFolder).clouds[0]!.url);
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(Number(port), hostname, () => done());
  });
  return () => published;
}

/** Whether a SPAT tells when some state ends: the gate's level `valid`, the best there is. */
function saysEnds(frame: MessageFrame): boolean {
  if (!('spatFrame' in frame)) return false;
  return frame.spatFrame.intersections.some(({ status, phases }) =>
    status[13] === '0' &&
    phases.some(({ phaseStates }) =>
      phaseStates.some(({ light, timing }) => light !== 'unavailable' && timing),
    ),
  );
}

async function units(start: HelperStart): Promise<Answer> {
  const site = loadSite(start.siteFolder);
  const codec = codecFor(site.profile as 'A');
  let report: {
    counts: Record<string, number>;
    firstMs: Record<string, number>;
    valid: MonotonicMs | null;
    participants: number;
    rsms: [number, number][];
  };
  const reset = (): void => {
    report = { counts: {}, firstMs: {}, valid: null, participants: 0, rsms: [] };
  };
  reset();
  const heard = ({ type, bytes, value, atMs }: HeardMessage): void => {
    const { frame } = value as DecodedFrame;
    report.counts[type] = (report.counts[type] ?? 0) + 1;
    report.firstMs[type] ??= atMs;
    if (type === 'SPAT' && report.valid === null && saysEnds(frame)) report.valid = atMs;
    if (!('rsmFrame' in frame)) return;
    report.participants += frame.rsmFrame.participants.length;
    if (report.rsms.length < RSMS_MAX) report.rsms.push([crc32(bytes), atMs]);
  };
  for (const [index, rsu] of site.rsus.entries()) {
    await startRsuSimulator({
      host: rsu.host,
      port: rsu.port,
      form: rsu.link === 'udp-carrier' ? 'carrier' : 'raw',
      clock,
      decode: (bytes) => (index === 0 ? codec.decode(bytes) : null),
      ...(index === 0 ? { heard } : {}), // the others only take what is sent to them
    });
  }
  return (question): UnitsReport => {
    if (question === 'reset') reset();
    const { counts, firstMs, valid, participants, rsms } = report;
    report.rsms = [];
    return { counts, firstMs, firstValidSpatMs: valid, participants, rsms };
  };
}

/** Units that note when SPAT of each node arrives at the first of them, and do nothing else. */
async function wire(start: HelperStart): Promise<Answer> {
  const site = loadSite(start.siteFolder);
  const codec = codecFor(site.profile as 'A');
  let gaps = new Gaps();
  for (const [index, rsu] of site.rsus.entries()) {
    await startRsuSimulator({
      host: rsu.host,
      port: rsu.port,
      form: rsu.link === 'udp-carrier' ? 'carrier' : 'raw',
      clock,
      decode: (bytes) => bytes,
      heard: ({ type, bytes, atMs }) => {
        if (index > 0 || type !== 'SPAT') return;
        const { frame } = codec.decode(bytes);
        if (!('spatFrame' in frame)) return;
        for (const { intersectionId } of frame.spatFrame.intersections) {
          gaps.add(`${intersectionId.region ?? 0}-${intersectionId.id}`, atMs);
        }
      },
    });
  }
  return (question): GapReport => {
    const report = gaps.report();
    if (question === 'reset') gaps = new Gaps();
    return report;
  };
}

/** The same loop with nothing to do. */
function timer(start: HelperStart): Answer {
  let lateness = new Histogram();
  let gaps = new Gaps();
  void runFixedRate(start.periodMs, clock, new AbortController().signal, () => undefined, (turn) => {
    lateness.add(turn.beganMs - turn.dueMs);
    gaps.add('', turn.beganMs);
  });
  return (question): TimerReport => {
    const { count, p50Ms, p99Ms, maxMs } = lateness.toJSON();
    const pairs = gaps.report();
    if (question === 'reset') {
      lateness = new Histogram();
      gaps = new Gaps();
    }
    return { count, p50Ms, p99Ms, maxMs, ...pairs };
  };
}

const roles = { devices, broker, units, wire, timer } as const;

async function serve(start: HelperStart): Promise<void> {
  const answer = await roles[start.role](start);
  process.on('message', (message: { id: number; question: string }) =>
    process.send?.({ id: message.id, result: answer(message.question) }),
  );
  process.send?.({ id: 0, result: 'ready' });
}

const text = process.env['LUKOU_BENCH_HELPER'];
if (text && process.send) {
  process.on('disconnect', () => process.exit(0));
  await serve(JSON.parse(text) as HelperStart);
}
