/** What the codec is held against: asn1c's C in a process of its own, and protobufjs. */
import { spawn } from 'node:child_process';
import protobuf from 'protobufjs';
import type { Type } from 'protobufjs';
import { fromHex } from '../../src/base/bytes.ts';
import { frameSchema } from '../../v2x/schemas/profiles.ts';
import type { ProfileName } from '../../v2x/schemas/profiles.ts';
import { fieldOf } from '../../v2x/uper/schema.ts';
import type { Field, Schema } from '../../v2x/uper/schema.ts';
import { buildOracle } from '../oracle/build.ts';
import type { UperCase } from './uper-cases.ts';

/** C that reads or writes a message so many times and says how long it took. */
export interface CPeer {
  /** Nanoseconds of one call, by the clock of the C process. */
  timeNs(direction: 'encode' | 'decode', message: UperCase, iterations: number): Promise<number>;
  close(): void;
}

/** The message inside an extension frame, whose type C must be told; null elsewhere. */
function innerName({ value }: UperCase): string | null {
  const { msgFrameExt } = value as { msgFrameExt?: { value: object } };
  return msgFrameExt === undefined ? null : Object.keys(msgFrameExt.value)[0]!;
}

/** Starts asn1c's C of a profile. A process that ends early refuses what is asked of it. */
export function startCPeer(profile: ProfileName, note: (line: string) => void): CPeer {
  const { program, types } = buildOracle(profile, note);
  const child = spawn(program, ['bench'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve: (line: string) => void; reject: (reason: Error) => void }[] = [];
  let rest = '';
  child.stdout.on('data', (data: Buffer) => {
    const lines = (rest + data.toString('latin1')).split('\n');
    rest = lines.pop()!;
    for (const line of lines) waiting.shift()?.resolve(line);
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.splice(0)) {
      reject(new Error(`the C of asn1c ended with ${signal ?? code}`));
    }
  });
  return {
    async timeNs(direction, message, iterations) {
      const inner = innerName(message);
      const innerType = inner === null ? -1 : types.findIndex(({ name }) => name === inner);
      const head = Buffer.alloc(20);
      [direction === 'decode' ? 1 : 0, iterations, 0, innerType, message.octets.length]
        .forEach((number, index) => head.writeInt32LE(number, 4 * index));
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(Buffer.concat([head, message.octets]));
      });
      return Number(line.split(' ')[0]) / iterations;
    },
    close: () => child.stdin.end(),
  };
}

/** The edition in which a field knows whether it is present, as ours do. */
const EDITION = '2023';

/** The nested descriptor that protobufjs makes its code of. */
interface Descriptor {
  readonly edition: string;
  readonly fields?: Record<string, { type: string; id: number; rule?: string }>;
  readonly values?: Record<string, number>;
}

/** Names of types, and the code of each, by protobufjs; `Value` is the form that it takes. */
class ProtoSchema {
  readonly nested: Record<string, Descriptor> = {};
  private readonly names = new Map<Schema, string>();

  /** The type of a field that holds the schema; lists are for the field to repeat. */
  typeOf(schema: Schema): string {
    switch (schema.kind) {
      case 'boolean':
        return 'bool';
      case 'ia5':
        return 'string';
      case 'octets':
      case 'bits':
        return 'bytes';
      case 'integer':
        if (schema.extensible) return 'double';
        return schema.min < 0 ? 'sint32' : 'uint32';
      default:
        return this.messageOf(schema);
    }
  }

  private messageOf(schema: Schema): string {
    const known = this.names.get(schema);
    if (known !== undefined) return known;
    const name = `${(schema.name ?? schema.kind).replace(/-/g, '_')}_${this.names.size}`;
    this.names.set(schema, name);
    if (schema.kind === 'enumerated') {
      const names = [...schema.values, ...schema.additions];
      const values = Object.fromEntries(names.map((one, index) => [one, index]));
      this.nested[name] = { edition: EDITION, values };
      return name;
    }
    this.nested[name] = { edition: EDITION, fields: this.fieldsOf(schema) };
    return name;
  }

  private fieldsOf(schema: Schema): Record<string, { type: string; id: number; rule?: string }> {
    const row = (field: Field, index: number, rule?: string) => {
      const { schema: inner } = fieldOf(field);
      const id = index + 1;
      if (inner.kind === 'list') return { type: this.typeOf(inner.element), id, rule: 'repeated' };
      return { type: this.typeOf(inner), id, ...(rule === undefined ? {} : { rule }) };
    };
    switch (schema.kind) {
      case 'sequence':
        return Object.fromEntries(Object.entries({ ...schema.fields, ...schema.additions })
          .map(([name, field], index) =>
            [name, row(field, index, fieldOf(field).optional ? undefined : 'required')]));
      case 'choice':
        return Object.fromEntries(Object.entries({ ...schema.alternatives, ...schema.additions })
          .map(([name, inner], index) => [name, row(inner, index)]));
      case 'open':
        return Object.fromEntries(Object.entries(schema.rows)
          .map(([name, inner], index) => [name, row(inner, index)]));
      case 'list':
        return { items: row(schema, 0) };
      default:
        throw new Error(`no message for ${schema.kind}`);
    }
  }
}

/** Our JSON form in the form of protobufjs: numbers of enumerations, octets as memory. */
function protoValue(schema: Schema, value: unknown, inField = true): unknown {
  const row = (all: { readonly [name: string]: Field }): unknown =>
    Object.fromEntries(Object.entries(value as object).map(([name, one]) =>
      [name, protoValue(fieldOf(all[name]!).schema, one)]));
  switch (schema.kind) {
    case 'enumerated':
      return [...schema.values, ...schema.additions].indexOf(value as string);
    case 'octets':
      return fromHex(value as string);
    case 'bits': {
      const text = (value as string).padEnd(Math.ceil((value as string).length / 8) * 8, '0');
      return Uint8Array.from(text.match(/.{8}/g) ?? [], (octet) => Number.parseInt(octet, 2));
    }
    case 'list': {
      const items = (value as unknown[]).map((one) => protoValue(schema.element, one, false));
      return inField ? items : { items };
    }
    case 'sequence':
      return row({ ...schema.fields, ...schema.additions });
    case 'choice':
      return row({ ...schema.alternatives, ...schema.additions });
    case 'open':
      return row(schema.rows);
    default:
      return value;
  }
}

/** A message of protobufjs of the same content. */
export interface ProtoPeer {
  encode(): Uint8Array;
  decode(): unknown;
  readonly octets: Uint8Array;
}

const roots = new Map<ProfileName, { readonly schema: Schema; readonly type: Type }>();

function frameType(profile: ProfileName): { readonly schema: Schema; readonly type: Type } {
  const known = roots.get(profile);
  if (known !== undefined) return known;
  const schema = frameSchema(profile);
  const proto = new ProtoSchema();
  const name = proto.typeOf(schema);
  const type = protobuf.Root.fromJSON({ nested: proto.nested as never }).lookupType(name);
  const made = { schema, type };
  roots.set(profile, made);
  return made;
}

/** The code that protobufjs writes for the equivalent message, which is what its files hold. */
export function protoPeer({ profile, value }: UperCase): ProtoPeer {
  const { schema, type } = frameType(profile);
  const message = protoValue(schema, value) as object;
  const octets = type.encode(message).finish();
  return {
    encode: () => type.encode(message).finish(),
    decode: () => type.decode(octets),
    octets,
  };
}
