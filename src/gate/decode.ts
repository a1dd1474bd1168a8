/**
 * The gate's own reading of encoded messages: SPAT, MAP, RSM and RSI of phase 1. It shares no code
 * and no table with the encoder. What it cannot read to the last bit, it refuses.
 *
 * Source: T/CSAE 53-2020 (edition A) and the ranges of the 2020 plug-fest (edition B).
 */
import { BitReader, Unreadable } from './bits.ts';

/** Where the editions differ on the wire. */
export interface Edition {
  readonly nodesMax: number;
  readonly nodesBits: number;
  readonly connectionsMax: number;
  readonly connectionsBits: number;
  readonly linkWidthOptional: boolean;
  readonly pathPointsMin: number;
}

export const editions: Readonly<Record<'A' | 'B', Edition>> = {
  A: {
    nodesMax: 63, nodesBits: 6, connectionsMax: 16, connectionsBits: 4,
    linkWidthOptional: true, pathPointsMin: 1,
  },
  B: {
    nodesMax: 32, nodesBits: 5, connectionsMax: 8, connectionsBits: 3,
    linkWidthOptional: false, pathPointsMin: 2,
  },
};

export interface WireNode {
  readonly region: number | null;
  readonly id: number;
}

/** Time marks as on the wire, tenths of a second. */
export interface WireTiming {
  readonly kind: 'counting' | 'utc';
  readonly start: number;
  readonly minEnd: number | null;
  readonly maxEnd: number | null;
  readonly likelyEnd: number;
  readonly confidence: number | null;
  readonly nextStart: number | null;
  /** A duration where counting, an end where UTC. */
  readonly nextEnd: number | null;
}

export interface WirePhaseState {
  readonly light: number;
  readonly timing: WireTiming | null;
}

export interface WirePhase {
  readonly id: number;
  readonly states: readonly WirePhaseState[];
}

/** A stamp and the bits where its parts stand. */
export interface WireStamp {
  readonly moy: number | null;
  readonly moyAt: number;
  readonly ms: number | null;
  readonly msAt: number;
}

export interface WireIntersection {
  readonly node: WireNode;
  /** Bit 0 of the standard is the top of 16. */
  readonly status: number;
  readonly stamp: WireStamp;
  readonly timeConfidence: number | null;
  readonly phases: readonly WirePhase[];
}

export interface WireSpat {
  readonly type: 'SPAT';
  readonly msgCnt: number;
  readonly stamp: WireStamp;
  readonly intersections: readonly WireIntersection[];
}

export interface WireConnection {
  readonly remote: WireNode;
  readonly lane: number | null;
  readonly phase: number | null;
}

export interface WireLane {
  readonly id: number;
  readonly connections: readonly WireConnection[];
}

export interface WireLink {
  readonly upstream: WireNode;
  readonly movements: readonly WireConnection[];
  readonly lanes: readonly WireLane[];
}

export interface WireMapNode {
  readonly id: WireNode;
  readonly lat: number;
  readonly long: number;
  readonly links: readonly WireLink[];
}

export interface WireMap {
  readonly type: 'MAP';
  readonly msgCnt: number;
  readonly nodes: readonly WireMapNode[];
}

export interface WireParticipant {
  readonly type: number;
  readonly id: number;
  readonly source: number;
  readonly secMark: number;
  /** 1e-7 degrees, absolute. */
  readonly lat: number;
  readonly long: number;
  /** Steps of 0.02 m/s; 8191 is unavailable. */
  readonly speed: number;
  readonly heading: number;
  /** cm. */
  readonly width: number;
  readonly length: number;
}

export interface WireRsm {
  readonly type: 'RSM';
  readonly msgCnt: number;
  readonly lat: number;
  readonly long: number;
  readonly participants: readonly WireParticipant[];
}

/** An event (with its source) or a sign (source null). */
export interface WireAlert {
  readonly id: number;
  readonly kind: number;
  readonly source: number | null;
  readonly start: number | null;
  readonly end: number | null;
}

export interface WireRsi {
  readonly type: 'RSI';
  readonly msgCnt: number;
  readonly moy: number | null;
  readonly events: readonly WireAlert[];
  readonly signs: readonly WireAlert[];
}

export type WireMessage = WireSpat | WireMap | WireRsm | WireRsi;
export type Decoded =
  | { readonly message: WireMessage; readonly reason: null }
  | { readonly message: null; readonly reason: string };

const minute = (r: BitReader): number => r.whole(0, 527040, 20);
const octets2 = (r: BitReader): number => r.bits(16);
const octet = (r: BitReader): number => r.bits(8);
const timeMark = (r: BitReader): number => r.whole(0, 36001, 16);
const timeCode = (r: BitReader): number => r.whole(0, 39, 6);
const percentHalf = (r: BitReader): number => r.whole(0, 200, 8);
const latitude = (r: BitReader): number => r.whole(-900000000, 900000001, 31);
const longitude = (r: BitReader): number => r.whole(-1799999999, 1800000001, 32);
const laneWidth = (r: BitReader): void => r.skip(15);
const maneuvers = (r: BitReader): void => r.skip(12);

function name(r: BitReader): void {
  r.skip(7 * r.whole(1, 63, 6));
}

function nodeReference(r: BitReader): WireNode {
  const hasRegion = r.flag();
  return { region: r.when(hasRegion, octets2), id: r.bits(16) };
}

function position(r: BitReader): { readonly lat: number; readonly long: number } {
  const hasElevation = r.flag();
  const lat = latitude(r);
  const long = longitude(r);
  r.when(hasElevation, octets2);
  return { lat, long };
}

const offsetBits: readonly number[] = [12, 14, 16, 18, 22, 24];
const heightBits: readonly number[] = [7, 8, 9, 10, 11, 12, 16];

/** An offset position made absolute. Longitude comes first on the wire, unlike in a position. */
function offsetPosition(r: BitReader, from = { lat: 0, long: 0 }): { lat: number; long: number } {
  const hasHeight = r.flag();
  const choice = r.whole(0, 6, 3);
  const width = offsetBits[choice];
  let lat: number;
  let long: number;
  if (width === undefined) {
    long = longitude(r);
    lat = latitude(r);
  } else {
    const half = 2 ** (width - 1);
    long = from.long + r.bits(width) - half;
    lat = from.lat + r.bits(width) - half;
  }
  r.when(hasHeight, () => r.skip(heightBits[r.whole(0, 6, 3)] as number));
  return { lat, long };
}

function timing(r: BitReader): WireTiming {
  r.root();
  const kind = r.flag() ? 'utc' : 'counting';
  const [hasMin, hasMax, hasConfidence, hasNextStart, hasNextEnd] = [
    r.flag(), r.flag(), r.flag(), r.flag(), r.flag(),
  ];
  return {
    kind,
    start: timeMark(r),
    minEnd: r.when(hasMin, timeMark),
    maxEnd: r.when(hasMax, timeMark),
    likelyEnd: timeMark(r),
    confidence: r.when(hasConfidence, percentHalf),
    nextStart: r.when(hasNextStart, timeMark),
    nextEnd: r.when(hasNextEnd, timeMark),
  };
}

function phaseState(r: BitReader): WirePhaseState {
  r.root();
  const hasTiming = r.flag();
  r.root();
  return { light: r.whole(0, 8, 4), timing: r.when(hasTiming, timing) };
}

const phase = (r: BitReader): WirePhase => ({
  id: r.bits(8),
  states: r.list(1, 16, 4, phaseState),
});

function stamp(r: BitReader, hasMoy: boolean, hasMs: boolean): WireStamp {
  const moyAt = r.at;
  const moy = r.when(hasMoy, minute);
  return { moy, moyAt, msAt: r.at, ms: r.when(hasMs, octets2) };
}

function intersection(r: BitReader): WireIntersection {
  r.root();
  const [hasMoy, hasMs, hasConfidence] = [r.flag(), r.flag(), r.flag()];
  return {
    node: nodeReference(r),
    status: r.bits(16),
    stamp: stamp(r, hasMoy, hasMs),
    timeConfidence: r.when(hasConfidence, timeCode),
    phases: r.list(1, 16, 4, phase),
  };
}

function spat(r: BitReader): WireSpat {
  r.root();
  const [hasMoy, hasMs, hasName] = [r.flag(), r.flag(), r.flag()];
  const msgCnt = r.bits(7);
  const at = stamp(r, hasMoy, hasMs);
  r.when(hasName, name);
  return { type: 'SPAT', msgCnt, stamp: at, intersections: r.list(1, 32, 5, intersection) };
}

function movement(r: BitReader): WireConnection {
  const hasPhase = r.flag();
  return { remote: nodeReference(r), lane: null, phase: r.when(hasPhase, octet) };
}

function connectingLane(r: BitReader): number {
  const hasManeuver = r.flag();
  const lane = r.bits(8);
  r.when(hasManeuver, maneuvers);
  return lane;
}

function connection(r: BitReader): WireConnection {
  const [hasLane, hasPhase] = [r.flag(), r.flag()];
  return {
    remote: nodeReference(r),
    lane: r.when(hasLane, connectingLane),
    phase: r.when(hasPhase, octet),
  };
}

function laneAttributes(r: BitReader): void {
  const hasSharing = r.flag();
  r.when(hasSharing, () => r.skip(10));
  r.root();
  // Of the eight kinds only the first, a lane for vehicles, has an extensible size.
  if (r.bits(3) === 0) {
    r.root();
    r.skip(8);
  } else {
    r.skip(16);
  }
}

function speedLimits(r: BitReader): void {
  r.list(1, 9, 4, () => {
    r.root();
    r.whole(0, 12, 4);
    r.skip(13);
  });
}

function points(r: BitReader): void {
  r.list(2, 31, 5, () => {
    r.root();
    offsetPosition(r);
  });
}

function lane(r: BitReader, edition: Edition): WireLane {
  r.root();
  const [hasWidth, hasAttributes, hasManeuvers, hasConnections, hasSpeeds, hasPoints] = [
    r.flag(), r.flag(), r.flag(), r.flag(), r.flag(), r.flag(),
  ];
  const id = r.bits(8);
  r.when(hasWidth, laneWidth);
  r.when(hasAttributes, laneAttributes);
  r.when(hasManeuvers, maneuvers);
  const found = r.when(hasConnections, () =>
    r.list(1, edition.connectionsMax, edition.connectionsBits, connection),
  );
  r.when(hasSpeeds, speedLimits);
  r.when(hasPoints, points);
  return { id, connections: found ?? [] };
}

function link(r: BitReader, edition: Edition): WireLink {
  r.root();
  const [hasName, hasSpeeds] = [r.flag(), r.flag()];
  const hasWidth = edition.linkWidthOptional ? r.flag() : true;
  const [hasPoints, hasMovements] = [r.flag(), r.flag()];
  r.when(hasName, name);
  const upstream = nodeReference(r);
  r.when(hasSpeeds, speedLimits);
  r.when(hasWidth, laneWidth);
  r.when(hasPoints, points);
  const movements = r.when(hasMovements, () => r.list(1, 32, 5, movement)) ?? [];
  return { upstream, movements, lanes: r.list(1, 32, 5, () => lane(r, edition)) };
}

function mapNode(r: BitReader, edition: Edition): WireMapNode {
  r.root();
  const [hasName, hasLinks] = [r.flag(), r.flag()];
  r.when(hasName, name);
  const id = nodeReference(r);
  const at = position(r);
  const links = r.when(hasLinks, () => r.list(1, 32, 5, () => link(r, edition))) ?? [];
  return { id, ...at, links };
}

function map(r: BitReader, edition: Edition): WireMap {
  r.root();
  const hasMinute = r.flag();
  const msgCnt = r.bits(7);
  r.when(hasMinute, minute);
  const { nodesMax, nodesBits } = edition;
  return { type: 'MAP', msgCnt, nodes: r.list(1, nodesMax, nodesBits, () => mapNode(r, edition)) };
}

function positionConfidence(r: BitReader): void {
  const hasHeight = r.flag();
  r.skip(4);
  r.when(hasHeight, () => r.skip(4));
}

function motionConfidence(r: BitReader): void {
  const [hasSpeed, hasHeading, hasSteering] = [r.flag(), r.flag(), r.flag()];
  r.when(hasSpeed, () => r.skip(3));
  r.when(hasHeading, () => r.skip(3));
  r.when(hasSteering, () => r.skip(2));
}

function acceleration(r: BitReader): void {
  r.whole(-2000, 2001, 12);
  r.whole(-2000, 2001, 12);
  r.whole(-127, 127, 8);
  r.whole(-32767, 32767, 16);
}

function vehicleClass(r: BitReader): void {
  r.root();
  const hasFuel = r.flag();
  r.skip(8);
  r.when(hasFuel, () => r.skip(4));
}

function participant(r: BitReader, from: { lat: number; long: number }): WireParticipant {
  r.root();
  const [hasId, hasGear, hasAngle, hasConfidence, hasAcceleration, hasClass] = [
    r.flag(), r.flag(), r.flag(), r.flag(), r.flag(), r.flag(),
  ];
  r.root();
  const type = r.whole(0, 4, 3);
  const id = r.bits(16);
  r.root();
  const source = r.bits(3);
  r.when(hasId, () => r.skip(64));
  const secMark = r.bits(16);
  const at = offsetPosition(r, from);
  positionConfidence(r);
  r.when(hasGear, () => r.skip(3));
  const speed = r.bits(13);
  const heading = r.whole(0, 28800, 15);
  r.when(hasAngle, () => r.whole(-126, 127, 8));
  r.when(hasConfidence, motionConfidence);
  r.when(hasAcceleration, acceleration);
  const hasHeight = r.flag();
  const width = r.bits(10);
  const length = r.bits(12);
  r.when(hasHeight, () => r.skip(7));
  r.when(hasClass, vehicleClass);
  return { type, id, source, secMark, ...at, speed, heading, width, length };
}

function rsm(r: BitReader): WireRsm {
  r.root();
  const msgCnt = r.bits(7);
  r.skip(64);
  const from = position(r);
  const participants = r.list(1, 16, 4, () => participant(r, from));
  return { type: 'RSM', msgCnt, ...from, participants };
}

function description(r: BitReader): void {
  if (r.flag()) r.skip(8 * r.whole(2, 512, 9));
  else r.skip(7 * r.whole(1, 512, 9));
}

function times(r: BitReader): { start: number | null; end: number | null } {
  const [hasStart, hasEnd, hasConfidence] = [r.flag(), r.flag(), r.flag()];
  const found = { start: r.when(hasStart, minute), end: r.when(hasEnd, minute) };
  r.when(hasConfidence, timeCode);
  return found;
}

function paths(r: BitReader, edition: Edition): void {
  r.list(1, 8, 3, () => {
    r.list(edition.pathPointsMin, 32, 5, () => offsetPosition(r));
    r.skip(16);
  });
}

function referenceLinks(r: BitReader): void {
  r.list(1, 16, 4, () => {
    const hasLanes = r.flag();
    nodeReference(r);
    nodeReference(r);
    r.when(hasLanes, octets2);
  });
}

/** An event and a sign differ in their source, radius and confidence. */
function alert(r: BitReader, edition: Edition, isEvent: boolean): WireAlert {
  r.root();
  const hasPosition = r.flag();
  const hasRadius = isEvent && r.flag();
  const [hasText, hasTimes, hasPriority, hasPaths, hasLinks] = [
    r.flag(), r.flag(), r.flag(), r.flag(), r.flag(),
  ];
  const hasConfidence = isEvent && r.flag();
  const id = r.bits(8);
  const kind = r.bits(16);
  const source = r.when(isEvent, () => {
    r.root();
    return r.whole(0, 5, 3);
  });
  r.when(hasPosition, () => offsetPosition(r));
  r.when(hasRadius, octets2);
  r.when(hasText, description);
  const { start, end } = r.when(hasTimes, times) ?? { start: null, end: null };
  r.when(hasPriority, octet);
  r.when(hasPaths, () => paths(r, edition));
  r.when(hasLinks, referenceLinks);
  r.when(hasConfidence, percentHalf);
  return { id, kind, source, start, end };
}

function rsi(r: BitReader, edition: Edition): WireRsi {
  r.root();
  const [hasMinute, hasEvents, hasSigns] = [r.flag(), r.flag(), r.flag()];
  const msgCnt = r.bits(7);
  const moy = r.when(hasMinute, minute);
  r.skip(64);
  position(r);
  const events = r.when(hasEvents, () => r.list(1, 8, 3, () => alert(r, edition, true))) ?? [];
  const signs = r.when(hasSigns, () => r.list(1, 16, 4, () => alert(r, edition, false))) ?? [];
  return { type: 'RSI', msgCnt, moy, events, signs };
}

const frames: Readonly<Record<number, (r: BitReader, edition: Edition) => WireMessage>> = {
  1: map, 2: rsm, 3: spat, 4: rsi,
};

/** Reads one message whole, or says why it cannot. */
export function decode(bytes: Uint8Array, edition: Edition): Decoded {
  const r = new BitReader(bytes);
  try {
    r.root();
    const read = frames[r.bits(3)];
    if (!read) throw new Unreadable('not a SPAT, MAP, RSM or RSI');
    const message = read(r, edition);
    r.end();
    return { message, reason: null };
  } catch (thrown) {
    return { message: null, reason: (thrown as Error).message };
  }
}
