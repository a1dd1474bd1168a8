import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { fromHex } from '../../src/base/bytes.ts';
import { decode, editions } from '../../src/gate/decode.ts';
import { shared, testWithShared } from '../shared.ts';

/** The JSON form of the vectors, read as loosely as a test may. */
interface Json {
  readonly [key: string]: Json;
}
const items = (list: Json | undefined): readonly Json[] => (list ?? []) as unknown as Json[];
const text = (value: Json | undefined): string => value as unknown as string;
const whole = (value: Json | undefined): number => value as unknown as number;

interface Vector {
  readonly name?: string;
  readonly profile: string;
  readonly value: Json;
  readonly hex: string;
}

const lights = [
  'unavailable', 'dark', 'flashing-red', 'red', 'flashing-green', 'permissive-green',
  'protected-green', 'yellow', 'flashing-yellow',
];
const ptcTypes = ['unknown', 'motor', 'non-motor', 'pedestrian', 'rsu'];
const sources = [
  'unknown', 'selfinfo', 'v2x', 'video', 'microwaveRadar', 'loop', 'lidar', 'integrated',
];
const eventSources = ['unknown', 'police', 'government', 'meteorological', 'internet', 'detection'];

const orNull = <T>(value: T | undefined): T | null => value ?? null;
const nodeOf = (id: Json): unknown => ({ region: orNull(id.region), id: id.id });

function timingOf(timing: Json): unknown {
  const { counting, utcTiming } = timing as { counting?: Json; utcTiming: Json };
  if (counting !== undefined) {
    return {
      kind: 'counting',
      start: counting.startTime,
      minEnd: orNull(counting.minEndTime),
      maxEnd: orNull(counting.maxEndTime),
      likelyEnd: counting.likelyEndTime,
      confidence: orNull(counting.timeConfidence),
      nextStart: orNull(counting.nextStartTime),
      nextEnd: orNull(counting.nextDuration),
    };
  }
  return {
    kind: 'utc',
    start: utcTiming.startUTCTime,
    minEnd: orNull(utcTiming.minEndUTCTime),
    maxEnd: orNull(utcTiming.maxEndUTCTime),
    likelyEnd: utcTiming.likelyEndUTCTime,
    confidence: orNull(utcTiming.timeConfidence),
    nextStart: orNull(utcTiming.nextStartUTCTime),
    nextEnd: orNull(utcTiming.nextEndUTCTime),
  };
}

function spatOf(value: Json): unknown {
  return {
    type: 'SPAT',
    msgCnt: value.msgCnt,
    moy: orNull(value.moy),
    ms: orNull(value.timeStamp),
    intersections: items(value.intersections).map((one) => ({
      node: nodeOf(one.intersectionId),
      status: Number.parseInt(text(one.status), 2),
      moy: orNull(one.moy),
      ms: orNull(one.timeStamp),
      phases: items(one.phases).map((phase) => ({
        id: phase.id,
        states: items(phase.phaseStates).map((state) => ({
          light: lights.indexOf(text(state.light)),
          timing: state.timing === undefined ? null : timingOf(state.timing),
        })),
      })),
    })),
  };
}

const connectionOf = (one: Json): unknown => ({
  remote: nodeOf(one.remoteIntersection),
  ...(one.connectingLane === undefined ? {} : { lane: { id: one.connectingLane!.lane } }),
  phase: orNull(one.phaseId),
});

function mapOf(value: Json): unknown {
  return {
    type: 'MAP',
    msgCnt: value.msgCnt,
    nodes: items(value.nodes).map((node) => ({
      id: nodeOf(node.id),
      links: items(node.inLinks).map((link) => ({
        upstream: nodeOf(link.upstreamNodeId),
        movements: items(link.movements).map(connectionOf),
        lanes: items(link.lanes).map((lane) => ({
          id: lane.laneID,
          connections: items(lane.connectsTo).map(connectionOf),
        })),
      })),
    })),
  };
}

function positionOf(offset: Json, from: Json): { lat: number; long: number } {
  const [[choice, at]] = Object.entries(offset.offsetLL!) as [[string, Json]];
  if (choice === 'position-LatLon') return { lat: whole(at.lat), long: whole(at.lon) };
  return { lat: whole(from.lat) + whole(at.lat), long: whole(from.long) + whole(at.lon) };
}

function rsmOf(value: Json): unknown {
  return {
    type: 'RSM',
    msgCnt: value.msgCnt,
    participants: items(value.participants).map((one) => ({
      type: ptcTypes.indexOf(text(one.ptcType)),
      id: one.ptcId,
      source: sources.indexOf(text(one.source)),
      secMark: one.secMark,
      pos: positionOf(one.pos, value.refPos),
      speed: one.speed,
      heading: one.heading,
      size: { width: one.size.width, length: one.size.length },
    })),
  };
}

const timesOf = (details: Json | undefined): unknown =>
  details === undefined
    ? null
    : { start: orNull(details.startTime), end: orNull(details.endTime) };

function rsiOf(value: Json): unknown {
  return {
    type: 'RSI',
    msgCnt: value.msgCnt,
    moy: orNull(value.moy),
    events: items(value.rtes).map((one) => ({
      id: one.rteId,
      kind: one.eventType,
      source: eventSources.indexOf(text(one.eventSource)),
      times: timesOf(one.timeDetails),
    })),
    signs: items(value.rtss).map((one) => ({
      id: one.rtsId,
      kind: one.signType,
      times: timesOf(one.timeDetails),
    })),
  };
}

function expectedOf(value: Json): unknown {
  if (value.spatFrame !== undefined) return spatOf(value.spatFrame);
  if (value.mapFrame !== undefined) return mapOf(value.mapFrame);
  if (value.rsmFrame !== undefined) return rsmOf(value.rsmFrame);
  return rsiOf(value.rsiFrame);
}

/** The one vector with an extension in it: the gate refuses what it cannot read whole. */
const extended = 'map-laneattr-vehicle-ext-size';

function vectorsOf(profile: string): Vector[] {
  const named = JSON.parse(readFileSync(shared('vectors/uper-vectors.json'), 'utf8')) as {
    vectors: Vector[];
  };
  const random = gunzipSync(readFileSync(shared('vectors/uper-random-sample.jsonl.gz')));
  const lines = random.toString('utf8').trim().split('\n');
  return [...named.vectors, ...lines.map((line) => JSON.parse(line) as Vector)].filter(
    (one) =>
      one.profile === profile &&
      !('bsmFrame' in one.value) &&
      !('msgFrameExt' in one.value) &&
      one.name !== extended,
  );
}

for (const profile of ['A', 'B'] as const) {
  testWithShared(`the gate reads every message of ${profile} as other coders wrote it`, () => {
    const vectors = vectorsOf(profile);
    expect(vectors.length).toBeGreaterThan(10);
    for (const vector of vectors) {
      const decoded = decode(fromHex(vector.hex), editions[profile]);
      expect(decoded.reason, `${vector.name ?? ''} ${vector.hex.slice(0, 60)}`).toBe('');
      const expected = expectedOf(vector.value) as object;
      expect(decoded.message, vector.hex.slice(0, 60)).toMatchObject(expected);
    }
  });
}

testWithShared('a message cut short by an octet, or with one more, is refused', () => {
  for (const vector of vectorsOf('A')) {
    const bytes = fromHex(vector.hex);
    expect(decode(bytes.subarray(0, bytes.length - 1), editions.A).message).toBeNull();
    expect(decode(Uint8Array.from([...bytes, 0]), editions.A).message).toBeNull();
  }
});

