/**
 * A vendor's perception set in protobuf (package nebulalink.perceptron3), made of gated RSM: the
 * unit writes the air message itself. Source: rsu-interface, sections 5 and 11; what the numbers of
 * classes and sources mean there is not written: those of the air are used (?).
 */
import protobuf from 'protobufjs/minimal.js';
import type { Writer } from 'protobufjs/minimal.js';
import type { UtcMs } from '../base/time.ts';
import { absolute, placeOf } from './its0117/frames.ts';
import type { Participant, Place, Point, Rsm } from './its0117/frames.ts';

const MAGIC = [0xda, 0xdb, 0xdc, 0xdd] as const;
const HEAD_OCTETS = 8;
const FRAME_PERCEPTION = 1;
const SOURCE_MEC = 7;
const PAYLOAD_MAX = 0xffff;

const DOUBLE = 1;
const LENGTH = 2;
const FLOAT = 5;
const VARINT = 0;

const participantTypes = ['unknown', 'motor', 'non-motor', 'pedestrian', 'rsu'];
const sourceTypes = [
  'unknown', 'selfinfo', 'v2x', 'video', 'microwaveRadar', 'loop', 'lidar', 'integrated',
];
const SPEED_UNKNOWN = 8191;
const HEADING_UNKNOWN = 28_800;
const SECOND_UNKNOWN = 60_000;
const MINUTE_MS = 60_000;
/** The unit itself: it knows that better. */
const OWN_ID = 0;

const tag = (writer: Writer, field: number, wire: number): Writer =>
  writer.uint32((field << 3) | wire);
const int = (writer: Writer, field: number, value: number): void =>
  void tag(writer, field, VARINT).int32(value);
const float = (writer: Writer, field: number, value: number): void =>
  void tag(writer, field, FLOAT).float(value);

function inner(writer: Writer, field: number, write: (into: Writer) => void): void {
  tag(writer, field, LENGTH).fork();
  write(writer);
  writer.ldelim();
}

/** PointGPS. */
function point(writer: Writer, field: number, { lat, lon, ele }: Place): void {
  inner(writer, field, (into) => {
    tag(into, 1, DOUBLE).double(lon / 1e7);
    tag(into, 2, DOUBLE).double(lat / 1e7);
    if (ele !== undefined) tag(into, 3, DOUBLE).double(ele / 10);
  });
}

/** UTC ms of a millisecond of the minute, the one nearest to now. */
function instantOf(secMark: number, now: number): number {
  const behind = (((now - secMark) % MINUTE_MS) + MINUTE_MS) % MINUTE_MS;
  return now - (behind > MINUTE_MS / 2 ? behind - MINUTE_MS : behind);
}

/** Perceptron. */
function perceptron(writer: Writer, from: Point, one: Participant, now: number): void {
  const { size, speed, heading, secMark } = one;
  tag(writer, 1, VARINT).bool(true);
  int(writer, 4, Math.max(0, participantTypes.indexOf(one.ptcType)));
  int(writer, 5, one.ptcId);
  if (speed !== SPEED_UNKNOWN) float(writer, 8, speed * 0.02);
  inner(writer, 11, (into) => {
    float(into, 1, size.width / 100);
    float(into, 2, size.length / 100);
    if (size.height !== undefined) float(into, 3, size.height / 20);
  });
  point(writer, 12, absolute(from, one.pos));
  if (heading !== HEADING_UNKNOWN) float(writer, 16, heading * 0.0125);
  if (secMark < SECOND_UNKNOWN) {
    tag(writer, 23, VARINT).int64(Math.round(instantOf(secMark, now)));
  }
  int(writer, 24, Math.max(0, sourceTypes.indexOf(one.source)));
}

/** PerceptronSet of one RSM. */
export function perceptronSet(
  { refPos, participants }: Rsm, serial: string, number: number, utcMs: UtcMs,
): Uint8Array {
  const writer = protobuf.Writer.create();
  tag(writer, 1, LENGTH).string(serial.trim());
  tag(writer, 2, VARINT).bool(true);
  tag(writer, 3, VARINT).int64(Math.round(utcMs));
  int(writer, 4, number);
  point(writer, 5, placeOf(refPos));
  for (const one of participants) {
    if (one.ptcId === OWN_ID) continue;
    inner(writer, 6, (into) => perceptron(into, refPos, one, utcMs));
  }
  return writer.finish();
}

/** A set behind the head of its datagram: mark, kind, source, length little-endian. */
export function framed(payload: Uint8Array): Uint8Array {
  if (payload.length > PAYLOAD_MAX) throw new Error(`a set of ${payload.length} octets`);
  const whole = new Uint8Array(HEAD_OCTETS + payload.length);
  whole.set([
    ...MAGIC, FRAME_PERCEPTION, SOURCE_MEC, payload.length & 0xff, payload.length >> 8,
  ]);
  whole.set(payload, HEAD_OCTETS);
  return whole;
}

/** The set of a datagram; null where the head is none or does not fit. */
export function unframed(whole: Uint8Array): Uint8Array | null {
  const marked = MAGIC.every((octet, at) => whole[at] === octet);
  if (!marked || whole[4] !== FRAME_PERCEPTION) return null;
  const length = whole[6]! | (whole[7]! << 8);
  return length === whole.length - HEAD_OCTETS ? whole.subarray(HEAD_OCTETS) : null;
}
