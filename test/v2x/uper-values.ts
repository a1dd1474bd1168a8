/** Random values of a schema: ends of ranges often, each alternative, lists short as a rule. */
import type { Random } from '../../src/base/random.ts';
import type { Field, Schema } from '../../v2x/uper/schema.ts';

const inner = (field: Field): Schema => ('optional' in field ? field.optional : field);

function between(random: Random, min: number, max: number): number {
  const pick = random.below(4);
  if (pick === 0) return min;
  if (pick === 1) return max;
  return min + Math.floor(random.next() * (max - min + 1));
}

/** A count in the bounds, seldom the greatest one. */
function countOf(random: Random, min: number, max: number): number {
  if (random.below(60) === 0 && max <= 64) return max;
  return Math.min(max, min + random.below(3));
}

function text(random: Random, count: number, one: () => string): string {
  let sum = '';
  for (let index = 0; index < count; index++) sum += one();
  return sum;
}

function sequenceValue(schema: Extract<Schema, { kind: 'sequence' }>, random: Random): unknown {
  const row: Record<string, unknown> = {};
  const density = random.next();
  for (const [name, field] of Object.entries(schema.fields)) {
    const schemaOf = inner(field);
    if ('optional' in field && random.next() > density) continue;
    if (schemaOf.kind === 'open') {
      const types = Object.keys(schemaOf.rows);
      const type = types[random.below(types.length)]!;
      row[schemaOf.by] = schemaOf.numbers[type];
      row[name] = { [type]: randomValue(schemaOf.rows[type]!, random) };
    } else row[name] = randomValue(schemaOf, random);
  }
  for (const [name, field] of Object.entries(schema.additions)) {
    if (random.next() < density) row[name] = randomValue(inner(field), random);
  }
  return row;
}

/** A value of the schema. */
export function randomValue(schema: Schema, random: Random): unknown {
  const beyond = random.below(4) === 0;
  switch (schema.kind) {
    case 'integer':
      if (schema.extensible && beyond) return Math.round((random.next() - 0.5) * 2 ** 50);
      return between(random, schema.min, schema.max);
    case 'boolean':
      return random.below(2) === 1;
    case 'enumerated': {
      const names = [...schema.values, ...schema.additions];
      return names[random.below(names.length)];
    }
    case 'bits': {
      const size = schema.extensible && beyond ? random.below(200) : schema.size;
      return text(random, size, () => String(random.below(2)));
    }
    case 'octets': {
      const { min, max, extensible } = schema;
      const count = extensible && beyond ? random.below(300) : between(random, min, max);
      return text(random, count, () => random.below(256).toString(16).padStart(2, '0'));
    }
    case 'ia5': {
      const count = between(random, schema.min, schema.max);
      return text(random, count, () => String.fromCharCode(random.below(128)));
    }
    case 'list': {
      const count = countOf(random, schema.min, schema.max);
      return Array.from({ length: count }, () => randomValue(schema.element, random));
    }
    case 'sequence':
      return sequenceValue(schema, random);
    case 'choice': {
      const all = { ...schema.alternatives, ...schema.additions };
      const names = Object.keys(all);
      const name = names[random.below(names.length)]!;
      return { [name]: randomValue(all[name]!, random) };
    }
    default:
      throw new Error('an open type stands in a sequence');
  }
}
