/** A value as canonical XER (ITU-T X.693), as asn1c prints it: for comparison, never for air. */
import { fieldOf } from '../../v2x/uper/schema.ts';
import type { Schema } from '../../v2x/uper/schema.ts';

/** Names of the control characters that XML cannot hold; tab, line feed and return stay. */
const CONTROLS = [
  'nul', 'soh', 'stx', 'etx', 'eot', 'enq', 'ack', 'bel', 'bs', '', '', 'vt', 'ff', '', 'so', 'si',
  'dle', 'dc1', 'dc2', 'dc3', 'dc4', 'nak', 'syn', 'etb', 'can', 'em', 'sub', 'esc', 'is4', 'is3',
  'is2', 'is1',
];
const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;', '<': '&lt;', '>': '&gt;',
};

function textContent(text: string): string {
  let content = '';
  for (const character of text) {
    const control = CONTROLS[character.charCodeAt(0)] ?? '';
    content += control === '' ? (ENTITIES[character] ?? character) : `<${control}/>`;
  }
  return content;
}

/** The tag of an element of a list: its type's name, or that of the built-in type. */
function elementTag(schema: Schema): string {
  if (schema.name !== undefined) return schema.name;
  if (schema.kind === 'octets') return 'OCTET_STRING';
  throw new Error(`no list of the message set has unnamed elements of kind ${schema.kind}`);
}

type Row = { readonly [name: string]: unknown };

/** The octets of what an open type holds, in hexadecimal. */
export type OpenOctets = (schema: Schema, value: unknown) => string;

/** The content of the value's element. `openOctets` gives what an open type travels as. */
export function xerContent(schema: Schema, value: unknown, openOctets: OpenOctets): string {
  const within = (tag: string, inner: Schema, of: unknown): string =>
    `<${tag}>${xerContent(inner, of, openOctets)}</${tag}>`;
  switch (schema.kind) {
    case 'integer':
      return String(value);
    case 'boolean':
    case 'enumerated':
      return `<${String(value)}/>`;
    case 'octets':
      return (value as string).toUpperCase();
    case 'bits':
      return value as string;
    case 'ia5':
      return textContent(value as string);
    case 'list': {
      const tag = elementTag(schema.element);
      return (value as unknown[]).map((one) => within(tag, schema.element, one)).join('');
    }
    case 'choice': {
      const [[name, of]] = Object.entries(value as Row) as [[string, unknown]];
      return within(name, (schema.alternatives[name] ?? schema.additions[name])!, of);
    }
    case 'open': {
      const [[name, of]] = Object.entries(value as Row) as [[string, unknown]];
      return openOctets(schema.rows[name]!, of).toUpperCase();
    }
    default: {
      const all = { ...schema.fields, ...schema.additions };
      const row = value as Row;
      return Object.entries(all)
        .filter(([name]) => row[name] !== undefined)
        .map(([name, field]) => within(name, fieldOf(field).schema, row[name]))
        .join('');
    }
  }
}

/** The whole text, with the element of the type around it. */
export function xerText(schema: Schema, value: unknown, openOctets: OpenOctets): string {
  const tag = elementTag(schema);
  return `<${tag}>${xerContent(schema, value, openOctets)}</${tag}>`;
}
