/**
 * A second encoder by another way, for tests: it spells a value as a text of 0 and 1 straight from
 * the rules of X.691 and shares nothing with the generated one but the schema.
 */
import type { Field, Schema } from '../../v2x/uper/schema.ts';

const binary = (value: number | bigint, width: number): string =>
  width === 0 ? '' : BigInt(value).toString(2).padStart(width, '0');
const widthOf = (count: number): number => (count <= 1 ? 0 : BigInt(count - 1).toString(2).length);
const inner = (field: Field): Schema => ('optional' in field ? field.optional : field);

/** A general length with its units; `units` are texts of equal meaning, one a unit. */
function withLength(units: readonly string[]): string {
  if (units.length < 128) return binary(units.length, 8) + units.join('');
  if (units.length < 16384) return `10${binary(units.length, 14)}${units.join('')}`;
  const blocks = Math.min(4, Math.floor(units.length / 16384));
  const here = units.slice(0, blocks * 16384).join('');
  return `11${binary(blocks, 6)}${here}${withLength(units.slice(blocks * 16384))}`;
}

const octetUnits = (hex: string): string[] =>
  (hex.match(/../g) ?? []).map((two) => binary(Number.parseInt(two, 16), 8));

function openType(bits: string): string {
  const padded = bits === '' ? '0'.repeat(8) : bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
  return withLength(padded.match(/.{8}/g) ?? []);
}

function smallNumber(value: number): string {
  return value < 64 ? `0${binary(value, 6)}` : `1${withLength([binary(value, 8)])}`;
}

function unconstrained(value: number): string {
  let octets = 1;
  while (BigInt.asIntN(8 * octets, BigInt(value)) !== BigInt(value)) octets++;
  const bits = binary(BigInt.asUintN(8 * octets, BigInt(value)), 8 * octets);
  return withLength(bits.match(/.{8}/g) ?? []);
}

function sized(schema: { min: number; max: number }, units: readonly string[]): string {
  if (schema.max === Infinity) return withLength(units);
  const width = widthOf(schema.max - schema.min + 1);
  return binary(units.length - schema.min, width) + units.join('');
}

type Row = Record<string, unknown>;

function sequenceBits(schema: Extract<Schema, { kind: 'sequence' }>, row: Row): string {
  const fields = Object.entries(schema.fields);
  const added = Object.entries(schema.additions);
  const some = added.some(([name]) => row[name] !== undefined);
  let bits = schema.extensible ? (some ? '1' : '0') : '';
  for (const [name, field] of fields) {
    if ('optional' in field) bits += row[name] === undefined ? '0' : '1';
  }
  for (const [name, field] of fields) {
    const schemaOf = inner(field);
    if (row[name] === undefined) continue;
    if (schemaOf.kind !== 'open') bits += referenceBits(schemaOf, row[name]);
    else {
      const [type, value] = Object.entries(row[name] as Row)[0]!;
      bits += openType(referenceBits(schemaOf.rows[type]!, value));
    }
  }
  if (!some) return bits;
  bits += smallNumber(added.length - 1);
  for (const [name] of added) bits += row[name] === undefined ? '0' : '1';
  for (const [name, field] of added) {
    if (row[name] !== undefined) bits += openType(referenceBits(inner(field), row[name]));
  }
  return bits;
}

function choiceBits(schema: Extract<Schema, { kind: 'choice' }>, row: Row): string {
  const [name, value] = Object.entries(row)[0]!;
  const names = Object.keys(schema.alternatives);
  const marker = schema.extensible ? '0' : '';
  const index = names.indexOf(name);
  if (index >= 0) {
    return marker + binary(index, widthOf(names.length))
      + referenceBits(schema.alternatives[name]!, value);
  }
  const place = Object.keys(schema.additions).indexOf(name);
  return `1${smallNumber(place)}${openType(referenceBits(schema.additions[name]!, value))}`;
}

/** The bits of a value, without padding. */
export function referenceBits(schema: Schema, value: unknown): string {
  switch (schema.kind) {
    case 'integer': {
      const number = value as number;
      const root = number >= schema.min && number <= schema.max;
      const short = (): string =>
        binary(number - schema.min, widthOf(schema.max - schema.min + 1));
      if (!schema.extensible) return short();
      return root ? `0${short()}` : `1${unconstrained(number)}`;
    }
    case 'boolean':
      return value === true ? '1' : '0';
    case 'enumerated': {
      const index = schema.values.indexOf(value as string);
      const marker = schema.extensible ? '0' : '';
      if (index >= 0) return marker + binary(index, widthOf(schema.values.length));
      return `1${smallNumber(schema.additions.indexOf(value as string))}`;
    }
    case 'bits': {
      const text = value as string;
      if (!schema.extensible) return text;
      return text.length === schema.size ? `0${text}` : `1${withLength([...text])}`;
    }
    case 'octets': {
      const units = octetUnits(value as string);
      const root = units.length >= schema.min && units.length <= schema.max;
      if (!schema.extensible) return sized(schema, units);
      return root ? `0${sized(schema, units)}` : `1${withLength(units)}`;
    }
    case 'ia5':
      return sized(schema, [...(value as string)].map((c) => binary(c.charCodeAt(0), 7)));
    case 'list':
      return sized(schema, (value as unknown[]).map((one) => referenceBits(schema.element, one)));
    case 'sequence':
      return sequenceBits(schema, value as Row);
    case 'choice':
      return choiceBits(schema, value as Row);
    default:
      throw new Error('an open type stands in a sequence');
  }
}

/** The octets of a complete value, in hexadecimal. */
export function referenceHex(schema: Schema, value: unknown): string {
  const bits = referenceBits(schema, value);
  const padded = bits.padEnd(Math.max(8, Math.ceil(bits.length / 8) * 8), '0');
  return (padded.match(/.{8}/g) ?? [])
    .map((octet) => Number.parseInt(octet, 2).toString(16).padStart(2, '0'))
    .join('');
}
