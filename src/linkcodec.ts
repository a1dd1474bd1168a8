/**
 * What a link to a unit that writes the air message itself is given: the codec's reading of gated
 * octets, to compose from, and the gate's own reading of them, to hold the composed text against.
 */
import protobuf from 'protobufjs/minimal.js';
import { decode, editions } from './gate/decode.ts';
import type { WireAlert, WireMessage, WireRsi, WireRsm, WireSpat } from './gate/decode.ts';
import { gateProfiles } from './gate/site.ts';
import type { AirMessage } from './model/message.ts';
import { codecFor } from '../v2x/codec.ts';
import type { ProfileName } from '../v2x/codec.ts';

type Json = Readonly<Record<string, unknown>>;

/** The light codes by their names in JSON. Source: city-link, section 3.2. */
const lightCodes: Readonly<Record<string, number>> = {
  unavailable: 0, dark: 1, 'flashing-red': 2, red: 3, 'flashing-green': 4, 'permissive-green': 5,
  'protected-green': 6, yellow: 7, 'flashing-yellow': 8,
};
/** Bit 0 is the top of 16. */
const statusBits: Readonly<Record<string, number>> = {
  manualControlIsEnabled: 0, stopTimeIsActivated: 1, failureFlash: 2, preemptIsActive: 3,
  signalPriorityIsActive: 4, fixedTimeOperation: 5, trafficDependentOperation: 6,
  standbyOperation: 7, failureMode: 8, off: 9, recentMAPmessageUpdate: 10,
  recentChangeInMAPassignedLanesIDsUsed: 11, noValidMAPisAvailableAtThisTime: 12,
  noValidSPATisAvailableAtThisTime: 13,
};
/** The two bits at the end have no meaning, and no name in JSON. */
const NAMED_BITS = 0xfffc;
const sourceCodes: Readonly<Record<string, number>> = {
  unknown: 0, police: 1, government: 2, meteorological: 3, internet: 4, detection: 5,
};
const SIGN_SOURCE = 'government';
const UNKNOWN_SECOND = 60_000;

/** A text that does not say what the gate let through. */
class Differs extends Error {}

function same(what: string, got: unknown, expected: unknown): void {
  if (got !== expected) throw new Differs(`${what}: expected ${String(expected)}, got ${String(got)}`);
}

const rows = (value: unknown): readonly Json[] => {
  if (Array.isArray(value)) return value as Json[];
  throw new Differs('expected a list');
};
const part = (value: unknown): Json => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Differs('expected an object');
};
const orNull = (value: unknown): unknown => value ?? null;

function samePlace(what: string, got: unknown, at: { readonly lat: number; readonly long: number }) {
  const { lat, lon } = part(got);
  same(`${what}.lat`, lat, at.lat);
  same(`${what}.lon`, lon, at.long);
}

function compareRsm(text: Json, wire: WireRsm): void {
  const [rsm, ...others] = rows(text['Rsms']);
  same('Rsms', others.length, 0);
  const told = rows(part(rsm)['Participants']);
  same('participants', told.length, wire.participants.length);
  for (const [index, one] of wire.participants.entries()) {
    const got = told[index]!;
    same('ptcType', got['ptcType'], one.type);
    same('ptcId', got['ptcId'], one.id);
    same('source', got['source'], one.source);
    same('secMark', orNull(got['secMark']), one.secMark < UNKNOWN_SECOND ? one.secMark : null);
    same('speed', got['speed'], one.speed);
    same('heading', got['heading'], one.heading);
    samePlace('pos', got['pos'], one.pos);
    const size = part(got['size']);
    same('width', size['width'], one.size.width);
    same('length', size['length'], one.size.length);
    same('height', orNull(size['height']), one.size.height);
  }
}

type WireState = WireSpat['intersections'][number]['phases'][number]['states'][number];

/** Times are those of the gate or none at all. */
function compareState(got: Json, { light, timing }: WireState): void {
  same('light', lightCodes[String(got['light'])], light);
  if (got['timing'] === undefined) return;
  if (!timing) throw new Differs('a time that the gate did not let through');
  const [[form, value], ...more] = Object.entries(part(got['timing'])) as [[string, unknown]];
  same('timing', more.length, 0);
  same('timing', form, timing.kind === 'utc' ? 'utcTiming' : 'counting');
  const { start, minEnd, maxEnd, likelyEnd, confidence, nextStart, nextEnd } = timing;
  const names = timing.kind === 'utc'
    ? ['startUTCTime', 'minEndUTCTime', 'maxEndUTCTime', 'likelyEndUTCTime', 'timeConfidence',
      'nextStartUTCTime', 'nextEndUTCTime']
    : ['startTime', 'minEndTime', 'maxEndTime', 'likelyEndTime', 'timeConfidence',
      'nextStartTime', 'nextDuration'];
  const marks = [start, minEnd, maxEnd, likelyEnd, confidence, nextStart, nextEnd];
  const times = part(value);
  for (const [index, name] of names.entries()) same(name, orNull(times[name]), marks[index]);
  const unknown = Object.keys(times).filter((name) => !names.includes(name));
  same('timing', unknown.length, 0);
}

function compareSpat(text: Json, wire: WireSpat): void {
  const nodes = rows(text['intersections']);
  same('intersections', nodes.length, wire.intersections.length);
  for (const [index, one] of wire.intersections.entries()) {
    const got = nodes[index]!;
    const id = part(got['intersectionId']);
    same('region', orNull(id['region']), one.node.region);
    same('node', id['id'], one.node.id);
    const bits = (got['status'] as readonly string[]).reduce(
      (sum, name) => sum | (0x8000 >> (statusBits[name] ?? 16)), 0,
    );
    same('status', bits, one.status & NAMED_BITS);
    const phases = rows(got['phases']);
    same('phases', phases.length, one.phases.length);
    for (const [at, phase] of one.phases.entries()) {
      same('phaseId', phases[at]!['phaseId'], phase.id);
      const states = rows(phases[at]!['phaseStates']);
      same('phaseStates', states.length, phase.states.length);
      for (const [step, state] of phase.states.entries()) compareState(states[step]!, state);
    }
  }
}

function comparePaths(got: unknown, paths: WireAlert['paths']): void {
  const told = got === undefined ? [] : rows(got);
  same('referencePaths', told.length, paths?.length ?? 0);
  for (const [index, { points, radius }] of (paths ?? []).entries()) {
    const path = told[index]!;
    same('path_radius', path['path_radius'], radius);
    const line = rows(path['active_path']);
    same('active_path', line.length, points.length);
    for (const [at, point] of points.entries()) samePlace('active_path', line[at], point);
  }
}

type WireEvent = WireRsi['events'][number];

/** One alert of the text; the message may hold more, and each comes in a text of its own. */
function compareRsi(text: Json, wire: WireRsi): void {
  const alert = part(text['rsi']);
  const [, kind, number] = /-([ES])(\d+)$/.exec(String(alert['alertID'])) ?? [];
  const list: readonly WireAlert[] = kind === 'E' ? wire.events : wire.signs;
  const one = list.find(({ id }) => id === Number(number));
  if (!one) throw new Differs(`alert ${String(alert['alertID'])} is in no gated message`);
  const event = kind === 'E' ? (one as WireEvent) : null;
  same('eventStatus', alert['eventStatus'], true);
  same('eventType', alert['eventType'], one.kind);
  const source = event ? event.source : sourceCodes[SIGN_SOURCE];
  same('eventSource', sourceCodes[String(alert['eventSource'])], source);
  same('eventRadius', orNull(alert['eventRadius']), event?.radius ?? null);
  same('eventConfidence', orNull(alert['eventConfidence']), event?.confidence ?? null);
  const priority = one.priority === null ? null : one.priority >> 5;
  same('eventPriority', orNull(alert['eventPriority']), priority);
  const place = one.pos ?? one.paths?.[0]?.points[0];
  if (place) samePlace('eventPosition', rows(alert['eventPosition'])[0], place);
  comparePaths(alert['referencePaths'], one.paths);
}

/** The octets that the text's map is, are those that passed. */
function compareMap(text: Json, { profile, bytes }: AirMessage): void {
  const octets = codecFor(profile as ProfileName).encode({ mapFrame: text['map'] } as never);
  same('map', Buffer.from(octets).equals(bytes), true);
}

function compare(text: Json, wire: WireMessage, message: AirMessage): void {
  switch (wire.type) {
    case 'SPAT': return compareSpat(text, wire);
    case 'RSM': return compareRsm(text, wire);
    case 'RSI': return compareRsi(text, wire);
    case 'MAP': return compareMap(text, message);
  }
}

/** Why the text says something else than the gated octets; null where it says the same or less. */
export function readBack(message: AirMessage, text: string): string | null {
  const profile = gateProfiles.find(({ name }) => name === message.profile);
  if (!profile) return `no profile ${message.profile}`;
  const { message: wire, reason } = decode(message.bytes, editions[profile.edition]);
  if (!wire) return reason;
  try {
    compare(part(JSON.parse(text)), wire, message);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Fields of one protobuf message by number: varints and floats as numbers, the rest as octets. */
function fieldsOf(octets: Uint8Array): ReadonlyMap<number, readonly (number | Uint8Array)[]> {
  const reader = protobuf.Reader.create(octets);
  const fields = new Map<number, (number | Uint8Array)[]>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const wire = tag & 7;
    if (![0, 1, 2, 5].includes(wire)) throw new Differs(`wire type ${wire}`);
    const value = wire === 0 ? Number(reader.int64())
      : wire === 1 ? reader.double() : wire === 5 ? reader.float() : reader.bytes();
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}
type Fields = ReturnType<typeof fieldsOf>;

const numberAt = (fields: Fields, field: number): number | null => {
  const [value] = fields.get(field) ?? [];
  return typeof value === 'number' ? value : null;
};
const insideAt = (fields: Fields, field: number): Fields => {
  const [value] = fields.get(field) ?? [];
  if (value instanceof Uint8Array) return fieldsOf(value);
  throw new Differs(`expected field ${field}`);
};
/** Equal but for what a float or a double of degrees rounds away. */
function near(what: string, got: number | null, expected: number | null, within: number): void {
  const close = got === null || expected === null
    ? got === expected : Math.abs(got - expected) <= within;
  if (!close) throw new Differs(`${what}: expected ${String(expected)}, got ${String(got)}`);
}

function compareSet(set: Fields, wire: WireRsm): void {
  const others = wire.participants.filter(({ id }) => id !== 0);
  const told = set.get(6) ?? [];
  same('perceptron', told.length, others.length);
  for (const [index, one] of others.entries()) {
    const got = fieldsOf(told[index] as Uint8Array);
    same('object_id', numberAt(got, 5), one.id);
    same('object_class_type', numberAt(got, 4), one.type);
    same('ptc_sourcetype', numberAt(got, 24), one.source);
    near('object_speed', numberAt(got, 8), one.speed === 8191 ? null : one.speed / 50, 1e-4);
    const heading = one.heading === 28_800 ? null : one.heading / 80;
    near('object_heading', numberAt(got, 16), heading, 1e-4);
    const place = insideAt(got, 12);
    near('object_longitude', numberAt(place, 1), one.pos.long / 1e7, 1e-8);
    near('object_latitude', numberAt(place, 2), one.pos.lat / 1e7, 1e-8);
    const size = insideAt(got, 11);
    near('object_width', numberAt(size, 1), one.size.width / 100, 1e-4);
    near('object_length', numberAt(size, 2), one.size.length / 100, 1e-4);
    const height = one.size.height === null ? null : one.size.height / 20;
    near('object_height', numberAt(size, 3), height, 1e-4);
    const at = numberAt(got, 23);
    const mark = at === null ? null : at % UNKNOWN_SECOND;
    same('obj_time_stamp', mark, one.secMark < UNKNOWN_SECOND ? one.secMark : null);
  }
}

/** Why a perception set says something else than the gated RSM; null where it says the same. */
export function readBackSet(message: AirMessage, set: Uint8Array): string | null {
  const profile = gateProfiles.find(({ name }) => name === message.profile);
  if (!profile) return `no profile ${message.profile}`;
  const { message: wire, reason } = decode(message.bytes, editions[profile.edition]);
  if (wire?.type !== 'RSM') return reason || 'no RSM';
  try {
    compareSet(fieldsOf(set), wire);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Codec and second look of a link. */
export const linkCodec = {
  decode: (profile: string, bytes: Uint8Array): unknown =>
    codecFor(profile as ProfileName).decode(bytes).frame,
  readBack,
  readBackSet,
};
