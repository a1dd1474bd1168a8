import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../src/base/bytes.ts';
import { codecFor, profileNames } from '../../v2x/codec.ts';
import type { ProfileName } from '../../v2x/codec.ts';
import type { MessageFrame } from '../../v2x/schemas/frame.ts';
import { frameSchema } from '../../v2x/schemas/profiles.ts';
import { intersectionStatusObject } from '../../v2x/schemas/spat.ts';
import { asn1Module, innerSchemas } from '../../v2x/uper/asn1.ts';
import { UperError, decoderFor, encoderFor } from '../../v2x/uper/compile.ts';
import * as language from '../../v2x/uper/schema.ts';
import { bits, bitsOf, fieldOf, integer, list, octets } from '../../v2x/uper/schema.ts';
import type { Field, Schema } from '../../v2x/uper/schema.ts';
import { bitsFor } from '../../v2x/uper/widths.ts';
import { shared, testWithShared } from '../shared.ts';

/** Every named type below a schema. */
function namedTypes(root: Schema): Map<string, Schema> {
  const found = new Map<string, Schema>();
  const seen = new Set<Schema>();
  const visit = (schema: Schema): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    if (schema.name !== undefined) found.set(schema.name, schema);
    innerSchemas(schema).forEach(visit);
  };
  visit(root);
  return found;
}

/** Every named type that the files of the schemas export. */
async function exportedTypes(): Promise<Map<string, Schema>> {
  const folder = new URL('../../v2x/schemas/', import.meta.url);
  const found = new Map<string, Schema>();
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.ts') || file === 'profiles.ts') continue;
    const name = file.slice(0, -3);
    const values = (await import(`../../v2x/schemas/${name}.ts`)) as Record<string, unknown>;
    for (const value of Object.values(values)) {
      const schema = value as Schema;
      if (typeof schema === 'object' && schema.name !== undefined) found.set(schema.name, schema);
    }
  }
  return found;
}

const optionalCount = (fields: { readonly [name: string]: Field }): number =>
  Object.values(fields).filter((field) => fieldOf(field).optional).length;

/** What the reference says of a type, in our own words: the width of its first bits, and names. */
function summary(schema: Schema): string {
  const plus = 'extensible' in schema && schema.extensible ? '+' : '';
  switch (schema.kind) {
    case 'sequence': {
      const pre = optionalCount(schema.fields) + (schema.extensible ? 1 : 0);
      const names = Object.entries(schema.fields).map(([name, field]) =>
        fieldOf(field).optional ? `${name}?` : name);
      return `seq${plus} ${pre} ${names.join(' ')}`;
    }
    case 'choice':
      return `choice${plus} ${bitsFor(Object.keys(schema.alternatives).length)} `
        + Object.keys(schema.alternatives).join(' ');
    case 'enumerated':
      return `enum${plus} ${bitsFor(schema.values.length)} ${schema.values.join(' ')}`;
    case 'list':
      return `list ${schema.max === Infinity ? '*' : bitsFor(schema.max - schema.min + 1)}`;
    case 'integer':
      return `int${plus} ${bitsFor(schema.max - schema.min + 1)}`;
    case 'octets':
      return `oct ${schema.min} ${schema.max}`;
    case 'ia5':
      return `ia5 ${bitsFor(schema.max - schema.min + 1)}`;
    case 'bits':
      return `bits${plus} ${schema.size} ${schema.bits.join(' ')}`.trimEnd();
    default:
      return schema.kind;
  }
}

/** The same words from a line of the reference, whose widths were taken down beside the ranges. */
function summaryOfLine(rest: string): string {
  const spec = rest.replace(/⟨.*⟩/, '').trim();
  const flat = spec.replace(/\{choice[^}]*\}/g, 'X');
  let match = /^seq(\+?)\(pre (\d+)b\) (.*)$/.exec(flat);
  const fields = (text: string): string =>
    text.split(' ; ').map((one) => one.trim().replace(/^\d+ /, '').replace(/:.*$/, ''))
      .filter((name) => name !== '…' && name !== '').join(' ');
  if (match) return `seq${match[1]} ${match[2]} ${fields(match[3]!)}`;
  match = /^choice(\+?)\((\d+)b(?: \+ ext)?\)(?: 0 bits)? ?(.*)$/.exec(flat);
  if (match) return `choice${match[1]} ${match[2]} ${fields(match[3]!.replace(/^0 b/, 'b'))}`;
  match = /^enum(\+?)\((\d+)b\): (.*)$/.exec(flat);
  if (match) return `enum${match[1]} ${match[2]} ${match[3]!.trim().replace(/\b\d+=/g, '')}`;
  if (/^list\[\*\]/.test(flat)) return 'list *';
  match = /^list\[.*?\]\((\d+)b\)/.exec(flat);
  if (match) return `list ${match[1]}`;
  match = /^int\[[^,\]]*(,…)?\]\((\d+)b\)/.exec(flat);
  if (match) return `int${match[1] ? '+' : ''} ${match[2]}`;
  match = /^oct\[(\d+)(?:\.\.(\d+))?/.exec(flat);
  if (match) return `oct ${match[1]} ${match[2] ?? match[1]}`;
  match = /^ia5\[.*\]\(len (\d+)b\)/.exec(flat);
  if (match) return `ia5 ${match[1]}`;
  match = /^bits\[(\d+)(,…)?\](?:: (.*))?$/.exec(flat);
  if (match) {
    const names = (match[3] ?? '').replace(/\b\d+=/g, '');
    return `bits${match[2] ? '+' : ''} ${match[1]} ${names}`.trimEnd();
  }
  return flat;
}

testWithShared('each type of the reference has the widths and names noted there', async () => {
  const text = readFileSync(shared('reference/cv2x-messages.md'), 'utf8');
  const part = text.slice(text.indexOf('## 4.'), text.indexOf('## 6.'));
  const types = await exportedTypes();
  let walked = 0;
  for (const [, name, rest] of part.matchAll(/^- \*\*(.+?)\*\* — (.*)$/gm)) {
    const schema = types.get(name!);
    expect(schema, `${name} has a schema`).toBeDefined();
    expect(summary(schema!), name).toBe(summaryOfLine(rest!));
    walked++;
  }
  expect(walked).toBe(336);
});

/** Cuts at ` ; ` outside of braces. */
function parts(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') depth++;
    if (text[at] === '}') depth--;
    if (depth === 0 && text.startsWith(' ; ', at)) {
      found.push(text.slice(from, at));
      from = at + 3;
    }
  }
  return [...found, text.slice(from)].map((one) => one.trim()).filter((one) => one !== '…');
}

/** A type within another, in the notation of the reference, without widths. */
function notation(schema: Schema, top = false): string {
  if (!top && schema.name !== undefined) return schema.name;
  const size = (min: number, max: number): string => (min === max ? `${min}` : `${min}..${max}`);
  const more = 'extensible' in schema && schema.extensible ? ',…' : '';
  const rows = (all: { readonly [name: string]: Field }): string =>
    Object.entries(all).map(([name, field]) => {
      const { schema: inner, optional } = fieldOf(field);
      if (inner.kind === 'open') return `${name}:open type chosen by ${inner.by}`;
      return `${name}${optional ? '?' : ''}:${notation(inner)}`;
    }).join(' ; ');
  switch (schema.kind) {
    case 'boolean':
      return 'bool';
    case 'integer':
      return `int[${schema.min}..${schema.max}${more}]`;
    case 'octets':
      return `oct[${size(schema.min, schema.max)}${more}]`;
    case 'bits':
      return `bits[${schema.size}${more}]`;
    case 'ia5':
      return `ia5[${size(schema.min, schema.max)}]`;
    case 'list': {
      const bounds = schema.max === Infinity ? '*' : size(schema.min, schema.max);
      return `list[${bounds}] of ${notation(schema.element)}`;
    }
    case 'sequence':
      return rows(schema.fields);
    case 'choice':
      return top ? rows(schema.alternatives) : `{${rows(schema.alternatives)}}`;
    default:
      return schema.kind;
  }
}

/** A line of the reference without its widths, remarks and names of values. */
function notationOfLine(rest: string): string {
  const spec = rest.replace(/⟨.*⟩/, '').trim()
    .replace(/ ?\((?:pre |len )?\d+ ?b(?: \+ ext)?\)/g, '')
    .replace(/\(pre \d+b\)/g, '')
    .replace(/: 0=.*$/, '');
  const inPlace = (_: string, inner: string): string => `{${parts(inner).join(' ; ')}}`;
  const plain = (text: string): string =>
    parts(text.replace(/^(?:seq|choice)\+? ?/, ''))
      .map((one) => one.replace(/^\d+ /, '').replace(/\{choice\+? (.*)\}/, inPlace))
      .join(' ; ');
  if (/^enum/.test(spec)) return 'enumerated';
  return plain(spec);
}

testWithShared('each field of the reference has its own type, range and place', async () => {
  const text = readFileSync(shared('reference/cv2x-messages.md'), 'utf8');
  const part = text.slice(text.indexOf('## 4.'), text.indexOf('## 6.'));
  const types = await exportedTypes();
  let walked = 0;
  for (const [, name, rest] of part.matchAll(/^- \*\*(.+?)\*\* — (.*)$/gm)) {
    const expected = notationOfLine(rest!);
    expect(notation(types.get(name!)!, true), name).toBe(expected);
    walked++;
  }
  expect(walked).toBe(336);
  // And no type is ours alone.
  expect(types.size).toBe(walked);
});

test('each profile reaches the types that it should', () => {
  const sizes = profileNames.map((profile) => namedTypes(frameSchema(profile)).size);
  expect(sizes[0]).toBe(sizes[1]);
  expect(sizes[2]).toBe(sizes[3]);
  expect(sizes[0]).toBeGreaterThan(150);
  expect(sizes[2]).toBeGreaterThan(320);
});

/** Whether a profile takes a frame. */
function takes(profile: ProfileName, frame: unknown): boolean {
  try {
    codecFor(profile).checkFields(frame);
    codecFor(profile).encode(frame as MessageFrame);
    return true;
  } catch (thrown) {
    if (thrown instanceof UperError) return false;
    throw thrown;
  }
}

const refPos = { lat: 0, long: 0 };
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
const mapWith = (nodes: unknown[]): unknown => ({ mapFrame: { msgCnt: 0, nodes } });
const linkWith = (over: object, lane: object = {}): unknown =>
  mapWith([{ id: { id: 1 }, refPos, inLinks: [{
    upstreamNodeId: { id: 2 }, linkWidth: 350, lanes: [{ laneID: 1, ...lane }], ...over,
  }] }]);
const offset = { offsetLL: { 'position-LL1': { lon: 0, lat: 0 } } };
const path = (count: number): unknown => ({ rsiFrame: {
  msgCnt: 0, id: '00'.repeat(8), refPos, rtes: [{
    rteId: 0, eventType: 0, eventSource: 'unknown',
    referencePaths: [{ pathRadius: 0, activePath: times(count, offset) }],
  }],
} });
const history = (initialPosition: object): unknown => ({ bsmFrame: {
  msgCnt: 0, id: '00'.repeat(8), secMark: 0, pos: refPos, transmission: 'park', speed: 0,
  heading: 0,
  accelSet: { long: 0, lat: 0, vert: 0, yaw: 0 }, brakes: {}, size: { width: 0, length: 0 },
  vehicleClass: { classification: 0 },
  safetyExt: { pathHistory: { initialPosition: { pos: refPos, ...initialPosition }, crumbData: [{
    llvOffset: offset, timeOffset: 1,
  }] } },
} });
const node = { id: { id: 1 }, refPos };
const connection = { remoteIntersection: { id: 1 } };

test('the profiles differ exactly where the editions do', () => {
  const rows: [string, unknown, string][] = [
    ['32 nodes', mapWith(times(32, node)), 'A B P2 D2'],
    ['63 nodes', mapWith(times(63, node)), 'A P2'],
    ['64 nodes', mapWith(times(64, node)), ''],
    ['8 connections', linkWith({}, { connectsTo: times(8, connection) }), 'A B P2 D2'],
    ['16 connections', linkWith({}, { connectsTo: times(16, connection) }), 'A P2'],
    ['no link width', linkWith({ linkWidth: undefined }), 'A P2'],
    ['one path point', path(1), 'A P2'],
    ['two path points', path(2), 'A B P2 D2'],
    ['32 path points', path(32), 'A B P2 D2'],
    ['offset 721', history({ utcTime: { offset: 721 } }), 'A B P2 D2'],
    ['offset 840', history({ utcTime: { offset: 840 } }), 'B D2'],
    ['hour 31', history({ utcTime: { hour: 31 } }), 'B D2'],
    ['accuracy as an ellipse',
      history({ posAccuracy: { semiMajor: 1, semiMinor: 1, orientation: 1 } }), 'A P2'],
    ['accuracy as confidences', history({ posAccuracy: { pos: 'a1m' } }), 'B D2'],
    ['posConficence', history({ posConficence: { pos: 'a1m' } }), 'A'],
    ['posConfidence', history({ posConfidence: { pos: 'a1m' } }), 'P2'],
    ['prohibited zone', mapWith([{ ...node, prohibitedzone: {} }]), 'P2 D2'],
    ['message of phase 2',
      { msgFrameExt: { messageId: 0, value: { TestMsg: { msgCnt: 0, userData: '00' } } } },
      'P2 D2'],
  ];
  for (const [name, frame, expected] of rows) {
    const held = profileNames.filter((profile) => takes(profile, frame)).join(' ');
    expect(held, name).toBe(expected);
  }
  expect(rows).toHaveLength(18);
});

test('an older profile passes over what phase 2 adds to a node', () => {
  const frame = mapWith([{ ...node, prohibitedzone: {} }, node]) as MessageFrame;
  const octetsOfIt = codecFor('P2').encode(frame);
  const decoded = codecFor('A').decode(octetsOfIt);
  expect(decoded).toEqual({ frame: mapWith([node, node]), skippedExtensions: 1 });
});

test('named bits are set by name', () => {
  expect(bitsOf(intersectionStatusObject, ['fixedTimeOperation'])).toBe('0000010000000000');
  expect(() => bitsOf(intersectionStatusObject, ['nothing'])).toThrow(/has no bit nothing/);
});

test('a schema prints as ASN.1 with each named type once', () => {
  const text = asn1Module('Lukou-A', frameSchema('A'));
  expect(text).toContain('MessageFrame ::= CHOICE {\n  bsmFrame BasicSafetyMessage,');
  expect(text).toContain('Speed ::= INTEGER (0..8191)\n');
  expect(text).toContain('NodeList ::= SEQUENCE (SIZE (1..63)) OF Node\n');
  expect(text).toContain('  ptcId INTEGER (0..65535),\n');
  expect(text).toContain('  permissionOnRequest(7)\n} (SIZE (8, ...))\n');
  expect(text).toContain('  vehicleClass VehicleClassification OPTIONAL,\n  ...\n}\n');
  for (const profile of profileNames) {
    const names = [...asn1Module('M', frameSchema(profile)).matchAll(/^(\S+) ::=/gm)];
    const all = names.map(([, name]) => name);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(namedTypes(frameSchema(profile)).size);
  }
  expect(asn1Module('M', frameSchema('P2'))).toContain('rtcmRev2-x(19)');
});

/** True where the codec does not do it. */
const probes: { readonly [key: string]: () => boolean } = {
  'message 25 ThingSpecificationLanguage': () => {
    const frame = { msgFrameExt: { messageId: 25, value: { Unknown: '00' } } };
    return codecFor('P2').decode(codecFor('P2').encode(frame as never)).skippedExtensions === 1;
  },
  'profile V3': () => !(profileNames as readonly string[]).includes('V3'),
  ...Object.fromEntries(
    [['BOOLEAN', 'boolean'], ['INTEGER', 'integer'], ['ENUMERATED', 'enumerated'], ['NULL', 'null'],
      ['BIT STRING', 'bits'], ['OCTET STRING', 'octets'], ['IA5String', 'ia5'], ['REAL', 'real'],
      ['SEQUENCE', 'sequence'], ['SEQUENCE OF', 'list'], ['CHOICE', 'choice'], ['SET', 'set'],
      ['SET OF', 'setOf'], ['OBJECT IDENTIFIER', 'objectIdentifier'], ['UTF8String', 'utf8'],
      ['open type', 'open'], ['OPTIONAL', 'optional'], ['DEFAULT', 'defaulted'],
      ['addition group', 'additionGroup']].map(([name, builder]) =>
      [`ASN.1 ${name}`, () => !(builder! in language)]),
  ),
  'ASN.1 extensible list size': () => language.list.length < 4,
  'ASN.1 extensible text size': () => language.ia5.length < 3,
  'integer range over 32 bits': () => refused(() => integer(0, 2 ** 32)),
  'bit string over 30 bits': () => refused(() => bits(31)),
  'octet string of 65535': () => refused(() => octets(0, 65535)),
  'list without bounds': () => refused(() => list(0, Infinity, integer(0, 1))),
  'extended integer over 53 bits': () => {
    const decode = decoderFor(integer(0, 1, {}, 'extensible'));
    return refused(() => decode(fromHex('847fffffffffffffff80')));
  },
  'message over 4 MiB': () => refused(() => {
    const encode = encoderFor(list(0, Infinity, octets(1024)));
    return encode(times(4097, '00'.repeat(1024)));
  }),
};

function refused(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

test('the list of what is not supported is neither too long nor too short', () => {
  const text = readFileSync(new URL('../golden/unsupported.txt', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const listed = lines.map((line) => line.slice(0, line.indexOf(':')));
  const proved = Object.entries(probes).filter(([, lacks]) => lacks()).map(([key]) => key);
  expect([...listed].sort()).toEqual([...proved].sort());
  expect(listed.length).toBeGreaterThan(10);
});

test('a round trip of a frame in each profile keeps every octet', () => {
  for (const profile of profileNames) {
    const octetsOfIt = codecFor(profile).encode(mapWith([node]) as MessageFrame);
    const again = codecFor(profile).encode(codecFor(profile).decode(octetsOfIt).frame);
    expect(toHex(again)).toBe(toHex(octetsOfIt));
  }
});
