import { fieldOf } from './schema.ts';
import type { Schema } from './schema.ts';

/** Bits that hold `count` different values. */
export function bitsFor(count: number): number {
  let width = 0;
  while (2 ** width < count) width++;
  return width;
}

const known = new WeakMap<Schema, number>();

/** The fewest bits that a value of the schema takes on the wire. */
export function leastBits(schema: Schema): number {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const least = compute(schema);
  known.set(schema, least);
  return least;
}

/** With a marker, the longer form may be the shorter one: `extended` bits follow its bit. */
function marked(extensible: boolean, root: number, extended: number): number {
  return extensible ? 1 + Math.min(root, extended) : root;
}

function compute(schema: Schema): number {
  switch (schema.kind) {
    case 'integer':
      return marked(schema.extensible, bitsFor(schema.max - schema.min + 1), 16);
    case 'boolean':
      return 1;
    case 'enumerated':
      return marked(schema.extensible, bitsFor(schema.values.length), 7);
    case 'octets': {
      const root = bitsFor(schema.max - schema.min + 1) + 8 * schema.min;
      return marked(schema.extensible, root, 8);
    }
    case 'bits':
      return marked(schema.extensible, schema.size, 8);
    case 'ia5':
      return bitsFor(schema.max - schema.min + 1) + 7 * schema.min;
    case 'list': {
      const count = schema.max === Infinity ? 8 : bitsFor(schema.max - schema.min + 1);
      return count + schema.min * leastBits(schema.element);
    }
    case 'open':
      return 16;
    default:
      return leastBitsOfFields(schema);
  }
}

function leastBitsOfFields(schema: Extract<Schema, { kind: 'sequence' | 'choice' }>): number {
  const marker = schema.extensible ? 1 : 0;
  if (schema.kind === 'sequence') {
    let sum = marker;
    for (const field of Object.values(schema.fields)) {
      const { schema: inner, optional } = fieldOf(field);
      sum += optional ? 1 : leastBits(inner);
    }
    return sum;
  }
  const all = Object.values(schema.alternatives);
  const least = Math.min(...all.map(leastBits));
  return marker + Math.min(bitsFor(all.length) + least, schema.extensible ? 7 + 16 : Infinity);
}

/** Values of a small schema, all of fixed width or close to it; a larger one is a function. */
const SMALL_SEQUENCE = 8;
const SMALL_CHOICE = 16;

/**
 * Whether a sequence or choice is worth no function of its own: its fields are numbers, names and
 * bits, or sequences of such, and it has no additions.
 */
export function isSmall(schema: Schema): boolean {
  const size = smallSize(schema);
  return size <= (schema.kind === 'choice' ? SMALL_CHOICE : SMALL_SEQUENCE);
}

function smallSize(schema: Schema): number {
  switch (schema.kind) {
    case 'integer':
      return schema.extensible ? Infinity : 1;
    case 'boolean':
    case 'enumerated':
    case 'bits':
      return 1;
    case 'sequence': {
      if (Object.keys(schema.additions).length > 0) return Infinity;
      const all = Object.values(schema.fields).map((field) => fieldOf(field).schema);
      return all.reduce((sum, inner) => sum + withoutChoice(inner), 0);
    }
    case 'choice': {
      if (schema.extensible) return Infinity;
      const all = Object.values(schema.alternatives);
      return all.reduce((sum, inner) => sum + withoutChoice(inner), 0);
    }
    default:
      return Infinity;
  }
}

/** A choice within a small one would multiply its code. */
function withoutChoice(schema: Schema): number {
  return schema.kind === 'choice' ? Infinity : smallSize(schema);
}
