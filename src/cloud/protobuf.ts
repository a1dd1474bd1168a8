import protobuf from 'protobufjs/minimal.js';
import type { Writer } from 'protobufjs/minimal.js';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import type { Text } from '../base/text.ts';
import { cityFaultTexts as texts } from '../base/texts/city.ts';
import { factTexts } from '../base/texts/faults.ts';
import { cityBodies } from './schema.ts';
import type { Row, ScalarType, Table } from './schema.ts';

/** A payload in protobuf, and the members that no table has: they are not in it. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly unknown: readonly string[];
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const INT32_MAX = 0x7fffffff;

const bad = (path: string, expected: string | Text, got: unknown): Fault =>
  new Fault('VALUE_OUT_OF_RANGE', {
    subject: path,
    expected,
    got: JSON.stringify(got) ?? factTexts.nothing,
    next: texts.send_json,
  });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function int32(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= INT32_MAX) {
    return value;
  }
  throw bad(path, texts.whole_32, value);
}

/** One scalar with its tag. JSON cannot hold what a double cannot, so that nothing is rounded. */
function writeScalar(
  writer: Writer, number: number, type: ScalarType, value: unknown, path: string,
): void {
  switch (type) {
    case 'Integer':
    case 'ENUMERATED':
      writer.uint32((number << 3) | VARINT).int32(int32(value, path));
      return;
    case 'Long':
      if (!Number.isSafeInteger(value)) throw bad(path, texts.whole_53, value);
      writer.uint32((number << 3) | VARINT).int64(value as number);
      return;
    case 'Double':
      if (typeof value !== 'number') throw bad(path, texts.number, value);
      writer.uint32((number << 3) | FIXED64).double(value);
      return;
    case 'String':
      if (typeof value !== 'string') throw bad(path, texts.text, value);
      writer.uint32((number << 3) | LENGTH).string(value);
      return;
    case 'Boolean':
      if (typeof value !== 'boolean') throw bad(path, texts.boolean, value);
      writer.uint32((number << 3) | VARINT).bool(value);
      return;
  }
}

function writeRow(
  writer: Writer, row: Row, value: unknown, path: string, unknown: string[],
): void {
  const [number, , , type] = row;
  if (typeof type === 'string') {
    if (type === 'reserved') unknown.push(path);
    else writeScalar(writer, number, type, value, path);
    return;
  }
  const nested = (table: Table, inner: unknown, at: string): void => {
    writer.uint32((number << 3) | LENGTH).fork();
    writeTable(writer, table, inner, at, unknown);
    writer.ldelim();
  };
  if ('words' in type) {
    const index = type.words.indexOf(value as string);
    if (index < 0) throw bad(path, filledText(factTexts.one_of, { names: type.words.join(', ') }), value);
    writer.uint32((number << 3) | VARINT).int32(index);
  } else if ('one' in type) {
    nested(type.one, value, path);
  } else {
    if (!Array.isArray(value)) throw bad(path, texts.list, value);
    const { list } = type;
    if (typeof list === 'object') {
      value.forEach((item, index) => nested(list, item, `${path}[${index}]`));
    } else if (value.length > 0) {
      writer.uint32((number << 3) | LENGTH).fork(); // proto3 packs numbers
      for (const item of value) writer.int32(int32(item, path));
      writer.ldelim();
    }
  }
}

function writeTable(
  writer: Writer, table: Table, value: unknown, path: string, unknown: string[],
): void {
  if (!isObject(value)) throw bad(path, texts.object, value);
  for (const [name, member] of Object.entries(value)) {
    const row = table.byName.get(name);
    if (row) writeRow(writer, row, member, `${path}.${name}`, unknown);
    else unknown.push(`${path}.${name}`);
  }
  for (const [, name, presence] of table.rows) {
    if (presence === 'M' && !(name in value)) {
      throw bad(`${path}.${name}`, texts.mandatory, undefined);
    }
  }
}

/**
 * The JSON payload of a city message → the same in protobuf, by the tables of `schema.ts`.
 * Fields are in the order of the members; mandatory zeros are written, which proto3 allows. No
 * code is made at run time: protobufjs writes, our tables lead.
 *
 * Errors: `Fault` VALUE_OUT_OF_RANGE with the path for a topic without a table, a value of another
 * type, or a mandatory member that is missing. Members without a row are named, never sent.
 */
export function encodeCity(topic: string, payload: string): Encoded {
  const name = topic.split('/').slice(2).join('/');
  const body = Object.hasOwn(cityBodies, name) ? cityBodies[name] : undefined;
  if (!body) throw bad(topic, Object.keys(cityBodies).join(', '), name);
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    throw bad(topic, 'JSON', payload.slice(0, 60));
  }
  const unknown: string[] = [];
  const writer = protobuf.Writer.create();
  writeTable(writer, body, value, name, unknown);
  return { bytes: writer.finish(), unknown };
}
