/** A schema as ASN.1 text, so that other compilers can read what we mean. */
import { fieldOf } from './schema.ts';
import type { Schema } from './schema.ts';

/**
 * A module with every named type below a schema, each once, users before used.
 *
 * An open type is printed as an octet string, which has the same bits: a general length, then the
 * octets of the inner message.
 */
export function asn1Module(moduleName: string, root: Schema): string {
  const types = new Map<string, string>();
  const visit = (schema: Schema): void => {
    if (schema.name !== undefined) {
      if (types.has(schema.name)) return;
      types.set(schema.name, `${schema.name} ::= ${definition(schema)}\n`);
    }
    for (const inner of innerSchemas(schema)) visit(inner);
  };
  visit(root);
  const body = [...types.values()].join('\n');
  return `${moduleName} DEFINITIONS AUTOMATIC TAGS ::=\nBEGIN\n\n${body}\nEND\n`;
}

/** The schemas directly inside one. */
export function innerSchemas(schema: Schema): readonly Schema[] {
  switch (schema.kind) {
    case 'list':
      return [schema.element];
    case 'sequence':
      return [...Object.values(schema.fields), ...Object.values(schema.additions)].map(
        (field) => fieldOf(field).schema,
      );
    case 'choice':
      return [...Object.values(schema.alternatives), ...Object.values(schema.additions)];
    case 'open':
      return Object.values(schema.rows);
    default:
      return [];
  }
}

function reference(schema: Schema): string {
  return schema.name ?? definition(schema).replace(/\n/g, '\n  ');
}

function size(min: number, max: number, extensible = false): string {
  if (max === Infinity) return '';
  const range = min === max ? String(min) : `${min}..${max}`;
  return ` (SIZE (${range}${extensible ? ', ...' : ''}))`;
}

function block(keyword: string, rows: readonly string[]): string {
  return `${keyword} {\n${rows.map((row) => `  ${row}`).join(',\n')}\n}`;
}

function definition(schema: Schema): string {
  switch (schema.kind) {
    case 'integer':
      return `INTEGER (${schema.min}..${schema.max}${schema.extensible ? ', ...' : ''})`;
    case 'boolean':
      return 'BOOLEAN';
    case 'octets':
      return `OCTET STRING${size(schema.min, schema.max, schema.extensible)}`;
    case 'ia5':
      return `IA5String${size(schema.min, schema.max)}`;
    case 'open':
      return 'OCTET STRING';
    case 'bits': {
      const names = schema.bits.map((name, place) => `${name}(${place})`);
      const list = names.length > 0 ? block('BIT STRING', names) : 'BIT STRING';
      return `${list}${size(schema.size, schema.size, schema.extensible)}`;
    }
    case 'list':
      return `SEQUENCE${size(schema.min, schema.max)} OF ${reference(schema.element)}`;
    case 'enumerated': {
      const numberOf = (place: number): number => schema.numbers?.[place] ?? place;
      const root = schema.values.map((name, place) => `${name}(${numberOf(place)})`);
      const marker = schema.extensible ? ['...'] : [];
      return block('ENUMERATED', [...root, ...marker, ...schema.additions]);
    }
    case 'choice': {
      const rows = (all: { readonly [name: string]: Schema }) =>
        Object.entries(all).map(([name, inner]) => `${name} ${reference(inner)}`);
      const marker = schema.extensible ? ['...'] : [];
      return block('CHOICE', [...rows(schema.alternatives), ...marker, ...rows(schema.additions)]);
    }
    default: {
      const rows = (all: typeof schema.fields) =>
        Object.entries(all).map(([name, field]) => {
          const { schema: inner, optional } = fieldOf(field);
          return `${name} ${reference(inner)}${optional ? ' OPTIONAL' : ''}`;
        });
      const marker = schema.extensible ? ['...'] : [];
      return block('SEQUENCE', [...rows(schema.fields), ...marker, ...rows(schema.additions)]);
    }
  }
}
