/** Random messages through asn1c's code and back: the same octets, and values of equal XER. */
import { spawnSync } from 'node:child_process';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { seededRandom } from '../../src/base/random.ts';
import { frameSchema } from '../../v2x/schemas/profiles.ts';
import { decoderFor, encoderFor } from '../../v2x/uper/compile.ts';
import type { Schema } from '../../v2x/uper/schema.ts';
import type { Oracle } from './build.ts';
import { randomValue } from './values.ts';
import { xerText } from './xer.ts';

/** What asn1c 0.9.28 does otherwise than X.691 says. */
export const exclusions: readonly { readonly what: string; readonly why: string }[] = [
  {
    what: 'not drawn: StationOrGantryId below 0 (beyond its extensible range)',
    why: 'asn1c keeps it in an unsigned long and loses its sign in XER',
  },
  {
    what: 'read but not written again: strings of exactly k x 16384 bits or octets ("known")',
    why: 'asn1c leaves out the closing length of 0 that X.691 11.9.3.8 asks for after the last '
      + 'whole fragment',
  },
  {
    what: 'not skipped by C: additions of a later edition ("known" in the rows "by")',
    why: 'asn1c reads them 24 bits at a time and mostly refuses an open type of which a rest of 8 '
      + 'or 16 bits is left; our reading is held against the drawn value without the additions',
  },
];
const NEVER_NEGATIVE = ['StationOrGantryId'];

/** One kind of message in one profile. */
export interface Subject {
  readonly profile: string;
  readonly name: string;
  /** Number of its type in the oracle. */
  readonly type: number;
  readonly schema: Schema;
  /** What one drawn value is within the type: an alternative of the frame, or all of it. */
  readonly alternative: string | null;
  /** A later edition that writes the octets: both readers must skip what it adds. */
  readonly writtenBy: Schema | null;
}

/** The first message that came back otherwise. */
export interface Difference {
  readonly subject: string;
  readonly seed: string;
  readonly hex: string;
  /** Where the values part, as a path of element names; or what C said. */
  readonly at: string;
  readonly said: string;
}

/** What was tried of one subject. */
export interface SubjectResult {
  readonly subject: Subject;
  readonly messages: number;
  readonly octets: number;
  readonly longest: number;
  readonly differences: number;
  /** Messages that C, by its known faults, writes otherwise or refuses to skip. */
  readonly known: number;
  readonly first: Difference | null;
}

/** The messages of a profile: each alternative of its frame, and each message of an open type. */
export function subjectsOf({ profile, types }: Oracle): readonly Subject[] {
  const [frame, ...messages] = types;
  if (frame?.schema.kind !== 'choice') throw new Error('the frame is no choice');
  const { alternatives, additions } = frame.schema;
  const frames = Object.keys({ ...alternatives, ...additions }).map((alternative) => ({
    profile, name: alternative, type: 0, schema: frame.schema, alternative, writtenBy: null,
  }));
  const later = profile === 'A' ? 'P2' : profile === 'B' ? 'D2' : null;
  // The messages to which phase 2 adds fields.
  const extended = later === null ? [] : ['mapFrame', 'rsiFrame'].map((alternative) => ({
    profile, name: `${alternative} by ${later}`, type: 0, schema: frame.schema, alternative,
    writtenBy: frameSchema(later),
  }));
  return [...frames, ...extended, ...messages.map(({ name, schema }, index) => ({
    profile, name, type: index + 1, schema, alternative: null, writtenBy: null,
  }))];
}

interface Message {
  readonly seed: string;
  readonly octets: Uint8Array;
  readonly xer: string;
  /** Whether a string of it ends with a whole fragment. */
  readonly wholeFragment: boolean;
}

/** Whether the content of an element is exactly k x 16384 bits or octets. */
function endsWithWholeFragment(xer: string): boolean {
  if (xer.length < 16384) return false;
  for (const [, content] of xer.matchAll(/>([^<>]{16384,})</g)) {
    const { length } = content!;
    const units = /^[01]*$/.test(content!) ? length : length / 2;
    if (units % 16384 === 0) return true;
  }
  return false;
}

/** A value of the schema, or of one alternative of it. */
function drawn(schema: Schema, alternative: string | null, seed: string): unknown {
  const random = seededRandom(seed);
  const options = { budget: 10 + random.below(300), neverNegative: NEVER_NEGATIVE };
  if (alternative === null || schema.kind !== 'choice') {
    return randomValue(schema, random, options);
  }
  const chosen = (schema.alternatives[alternative] ?? schema.additions[alternative])!;
  return { [alternative]: randomValue(chosen, random, options) };
}

/** Draws a value and writes it; our own decoder must give the value back. */
function messageMaker(subject: Subject): (seed: string) => Message {
  const { schema, alternative, writtenBy } = subject;
  const encode = encoderFor(writtenBy ?? schema, 65536);
  const decode = decoderFor(schema);
  const openOctets = (inner: Schema, value: unknown): string => {
    const known = encoders.get(inner) ?? encoderFor(inner, 65536);
    encoders.set(inner, known);
    return toHex(known(value as never));
  };
  const encoders = new Map<Schema, (value: never) => Uint8Array>();
  return (seed) => {
    const value = drawn(writtenBy ?? schema, alternative, seed);
    const octets = encode(value as never);
    const back = decode(octets);
    // The text has the fields of this edition alone, so a later one's additions are not in it.
    const xer = xerText(schema, value, openOctets);
    const whole = (writtenBy !== null || back.skippedExtensions === 0)
      && xerText(schema, back.value, openOctets) === xer;
    if (!whole) {
      throw new Error(`${subject.name} ${seed}: our decoder reads ${toHex(octets)} otherwise`);
    }
    return { seed, octets, xer, wholeFragment: endsWithWholeFragment(xer) };
  };
}

/** One run of the program takes so much, so that a crash of it costs one batch. */
const BATCH_OCTETS = 4 << 20;
const BATCH_MESSAGES = 1000;

function record(type: number, { octets, xer }: Message): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(octets.length, 4);
  head.writeUInt32LE(Buffer.byteLength(xer), 8);
  return Buffer.concat([head, octets, Buffer.from(xer)]);
}

/** A line of the program for each message; of a program that died, as far as it came. */
function answers(oracle: Oracle, type: number, messages: readonly Message[]): readonly string[] {
  const input = Buffer.concat(messages.map((message) => record(type, message)));
  const { stdout, status, signal } = spawnSync(oracle.program, ['check'], {
    input,
    maxBuffer: 1 << 30,
    encoding: 'latin1',
  });
  const lines = stdout.split('\n').slice(0, -1);
  if (lines.length < messages.length) lines.push(`ended with ${signal ?? status}`);
  return lines;
}

/** The path of elements down to where two texts part. */
function pathOf(ours: string, theirs: string): string {
  let end = 0;
  while (end < ours.length && ours[end] === theirs[end]) end++;
  const open: string[] = [];
  for (const [, close, tag, empty] of ours.slice(0, end).matchAll(/<(\/?)([^<>/]+)(\/?)>/g)) {
    if (close === '/') open.pop();
    else if (empty !== '/') open.push(tag!);
  }
  return open.join('.');
}

function differenceOf(subject: Subject, message: Message, said: string): Difference {
  const hex = toHex(message.octets);
  const named = { subject: `${subject.profile} ${subject.name}`, seed: message.seed, hex };
  if (said.startsWith('value ')) {
    const at = pathOf(message.xer, said.slice(6));
    return { ...named, at, said: `its value reads otherwise in C: ${clip(said.slice(6))}` };
  }
  if (!said.startsWith('octets ')) return { ...named, at: subject.name, said: `C: ${said}` };
  return { ...named, at: pathOfOctets(subject, hex, said.slice(7)), said: `C wrote ${said}` };
}

function clip(text: string): string {
  return text.length > 2000 ? `${text.slice(0, 2000)} ... (${text.length} characters)` : text;
}

/** Reads what C wrote as a value, to name the field that it wrote otherwise. */
function pathOfOctets(subject: Subject, ours: string, theirs: string): string {
  const read = (hex: string): string =>
    xerText(subject.schema, decoderFor(subject.schema)(fromHex(hex)).value, () => '');
  try {
    return pathOf(read(ours), read(theirs));
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/** Tries so many messages of a subject. `progress` hears how many are done. */
export function checkSubject(
  oracle: Oracle,
  subject: Subject,
  messages: number,
  progress: (done: number) => void,
): SubjectResult {
  const make = messageMaker(subject);
  let octets = 0;
  let longest = 0;
  let differences = 0;
  let known = 0;
  let first: Difference | null = null;
  for (let done = 0; done < messages;) {
    const batch: Message[] = [];
    for (let size = 0; done < messages && size < BATCH_OCTETS && batch.length < BATCH_MESSAGES;) {
      const message = make(`${subject.profile} ${subject.name} ${done++}`);
      batch.push(message);
      size += message.octets.length + message.xer.length;
      octets += message.octets.length;
      longest = Math.max(longest, message.octets.length);
    }
    const lines = answers(oracle, subject.type, batch);
    lines.forEach((line, index) => {
      if (line === 'same') return;
      const message = batch[index]!;
      const written = line.startsWith('octets ');
      if (written && subject.writtenBy !== null) return;
      if (subject.writtenBy !== null || (written && message.wholeFragment)) known++;
      else {
        differences++;
        first ??= differenceOf(subject, message, line);
      }
    });
    differences += batch.length - lines.length;
    progress(done);
  }
  return { subject, messages, octets, longest, differences, known, first };
}
