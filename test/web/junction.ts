/** A status document made by hand from the demo site: what the tests of the view show. */
import { fileURLToPath } from 'node:url';
import { monotonicMs, utcMs } from '../../src/base/time.ts';
import { seededRandom } from '../../src/base/random.ts';
import { pointOnLine, lineLength } from '../../src/base/geometry.ts';
import { nodeKey } from '../../src/model/ids.ts';
import { loadSite } from '../../src/site.ts';
import type { LampRow, StatusDocument, TrackRow } from '../../src/status.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const demoSite = loadSite(`${root}config/sites/demo`);

const classes = ['car', 'car', 'car', 'van', 'truck', 'bus', 'motorcycle'] as const;
const sizes: Readonly<Record<string, readonly [number, number]>> = {
  car: [4.6, 1.85], van: [5.2, 2], truck: [9, 2.5], bus: [12, 2.55],
  motorcycle: [2.1, 0.8], bicycle: [1.8, 0.7], pedestrian: [0.5, 0.5],
};

/** One road user at a place. */
export function trackRow(
  number: number, cls: string, eastM: number, northM: number, headingRad: number, speedMps: number,
): TrackRow {
  return {
    id: `demo-box/1/${number}`, cityId: number, cls, eastM, northM, headingRad, speedMps,
    lengthM: sizes[cls]?.[0] ?? null, widthM: sizes[cls]?.[1] ?? null,
    existence: 0.97, unseen: 'seen', sensors: ['radar-east', 'camera-east'], laneId: 'east-in-2',
    ageMs: 64, covariance: [0.2, 0.05, 0.12],
  };
}

/** Road users spread over the lanes and crossings, never two at one place. */
export function spreadTracks(count: number, seed: string): readonly TrackRow[] {
  const random = seededRandom(seed);
  const lanes = demoSite.road.lanes.filter(({ kind }) => kind !== 'waiting-area');
  const along = new Map<string, number>();
  return Array.from({ length: count }, (_, index) => {
    if (index % 8 === 7) {
      const crossing = demoSite.road.crossings[index % demoSite.road.crossings.length];
      const place = pointOnLine(crossing.points, random.next() * lineLength(crossing.points));
      return trackRow(index + 1, 'pedestrian', place.x, place.y, place.headingRad, 1.3);
    }
    const lane = lanes[(index * 7) % lanes.length];
    const backM = (along.get(lane.id) ?? 4) + 8 + random.next() * 9;
    along.set(lane.id, backM + 8);
    const lengthM = lineLength(lane.points);
    const place = pointOnLine(lane.points, Math.max(2, lane.id.includes('-in-') ? lengthM - backM : backM));
    const cls = lane.kind === 'non-motor' ? 'bicycle' : classes[Math.floor(random.next() * classes.length)];
    const speedMps = lane.kind === 'non-motor' ? 4 : lane.id.includes('-in-') ? random.next() * 9 : 11;
    return trackRow(index + 1, cls, place.x, place.y, place.headingRad, speedMps);
  });
}

/** The lamps in a stage where east and west go straight. */
export function lampRows(availability = 'usable'): readonly LampRow[] {
  return demoSite.road.signalGroups.map((group): LampRow => {
    const green = /^(straight|bike)-(east|west)|^ped-(north|south)|^right/.test(group.id);
    const yellow = /^wait/.test(group.id);
    return {
      node: nodeKey(group.node), signalGroup: group.id, lampGroup: group.lampGroup, phase: group.phase,
      colour: green ? 'green' : yellow ? 'yellow' : 'red', flashing: false,
      remainingS: green ? 17.2 : 38.9, availability,
    };
  });
}

const at = (monoMs: number): { monoMs: ReturnType<typeof monotonicMs>; utcMs: ReturnType<typeof utcMs>; errorMs: number } => ({
  monoMs: monotonicMs(monoMs), utcMs: utcMs(1_767_225_600_000 + monoMs), errorMs: 20,
});
const check = (name: string, level: 'ok' | 'degraded' | 'failed' = 'ok', reason = ''): StatusDocument['checks'][number] => ({
  name, level, reason, detail: {}, sinceMs: 400_000,
});
const port = (name: string, state = 'open'): StatusDocument['loops'][number]['ports'][number] => ({
  name, state, received: 128_400, sent: 12, lastMs: 599_930, fault: state === 'open' ? null : 'ECONNREFUSED 127.0.0.1:47012',
});

/** The whole document at `monoMs`; `changes` replaces parts of it. */
export function statusDocument(
  tracks: readonly TrackRow[], changes: Partial<StatusDocument> = {}, monoMs = 600_000,
): StatusDocument {
  const { road } = demoSite;
  const node = nodeKey(road.nodes[0].id);
  return {
    formatVersion: 1,
    site: { id: 'demo', name: demoSite.name, mode: 'demo', hash: demoSite.hash, profile: 'A' },
    software: '0.1.0', node: '20.20.2', pid: { parent: 11, child: 12 },
    startedUtcMs: utcMs(at(0).utcMs), utcMs: at(monoMs).utcMs, monoMs: monotonicMs(monoMs), clockErrorMs: 20,
    capabilities: [
      { capability: 'spat', level: 'ok', because: [] },
      { capability: 'map', level: 'ok', because: [] },
      { capability: 'rsm', level: 'degraded', because: ['sensor:camera-west'] },
      { capability: 'rsi', level: 'ok', because: [] },
      { capability: 'city', level: 'ok', because: [] },
    ],
    checks: [
      ...demoSite.sensors.map(({ id }) => (id === 'camera-west' ? check(`sensor:${id}`, 'failed', 'silent') : check(`sensor:${id}`))),
      check('controller:controller'), check('rsu:rsu-raw'), check('rsu:rsu-carrier'),
      check('cloud:city'), check('store'), check('child'), check('clock'),
    ],
    gate: { nodes: [{ node, level: 'valid', reasons: [], sinceMs: 12_000 }], outputs: [], latches: [], refused: 0, refusals: [] },
    lamps: lampRows(),
    tracks,
    events: [
      {
        id: 7, kind: 'stopped-vehicle', began: at(530_000), ended: null, updated: at(599_900),
        eastM: 60, northM: 1.9, radiusM: 6, laneId: 'east-in-2' as never, linkId: 'east-in' as never,
        path: [], tracks: [], confidence: 0.9, priority: 4, description: null,
      },
      {
        id: 6, kind: 'pedestrian-on-carriageway', began: at(300_000), ended: at(318_000), updated: at(318_000),
        eastM: 2, northM: 30, radiusM: 4, laneId: null, linkId: 'north-in' as never,
        path: [], tracks: [], confidence: 0.8, priority: 5, description: null,
      },
    ],
    messages: [
      { type: 'SPAT', sent: 5990, perS: 10, ageMs: { p50: 62, p99: 118, max: 140 }, waitMs: null, computeMs: null },
      { type: 'MAP', sent: 599, perS: 1, ageMs: null, waitMs: null, computeMs: null },
      {
        type: 'RSM', sent: 5970, perS: 10, ageMs: { p50: 31.4, p99: 58, max: 90 },
        waitMs: { p50: 29.1, p99: 54, max: 80 }, computeMs: { p50: 1.2, p99: 3.4, max: 9 },
      },
      { type: 'RSI', sent: 120, perS: 0.5, ageMs: null, waitMs: null, computeMs: null },
    ],
    rsus: [{ id: 'rsu-raw', sent: { sent_spat: 5990 }, lastSentMs: 599_950, fault: null }],
    clouds: [{ id: 'city', connected: true, protocol: 5, fault: null, sinceMs: 2000, counters: {} }],
    city: { 'rscu/LUKOU-DEMO-0001/participant': 5900 },
    store: { rows: 3, fault: null },
    loops: [
      {
        loop: 'signals', atMs: monotonicMs(599_000), counters: {}, ports: [port('controller')], checks: [],
        lateness: { p50Ms: 0.2, p99Ms: 1.4, maxMs: 9 }, rssBytes: 71e6, skippedTicks: 0,
      },
      {
        loop: 'perception', atMs: monotonicMs(599_000), counters: {},
        ports: [port('can-a'), port('can-b', 'lost'), port('camera-east'), port('camera-west')], checks: [],
        lateness: { p50Ms: 0.3, p99Ms: 2.1, maxMs: 14 }, rssBytes: 98e6, skippedTicks: 0,
      },
    ],
    drops: { udp_source_refused: 3, scan_incomplete: 41, web_picture_skipped: 2 },
    recording: null,
    web: null,
    ...changes,
  };
}
