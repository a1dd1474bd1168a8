import { Refusal, describe, within } from './error.ts';
import { fieldOf } from './schema.ts';
import type { Schema, SequenceSchema } from './schema.ts';

/**
 * Refuses fields that the schema does not know. An encoder does not look at them, so a misspelled
 * field would silently stay out of the message; values from outside are checked first.
 */
export function checkFields(schema: Schema, value: unknown): void {
  try {
    walk(schema, value);
  } catch (thrown) {
    throw thrown instanceof Refusal ? thrown.toError(schema.name ?? schema.kind) : thrown;
  }
}

function walk(schema: Schema, value: unknown): void {
  if (schema.kind === 'list' && Array.isArray(value)) {
    value.forEach((element, index) => step(schema.element, element, index));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (schema.kind === 'sequence') walkFields(schema, value);
  if (schema.kind !== 'choice' && schema.kind !== 'open') return;
  const rows = schema.kind === 'open'
    ? schema.rows
    : { ...schema.alternatives, ...schema.additions };
  for (const [name, inner] of Object.entries(value)) {
    const row = Object.hasOwn(rows, name) ? rows[name] : undefined;
    if (row !== undefined) step(row, inner, name);
  }
}

function walkFields(schema: SequenceSchema, value: object): void {
  for (const [name, inner] of Object.entries(value)) {
    const fields = Object.hasOwn(schema.fields, name) ? schema.fields : schema.additions;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      const expectation = { text: 'onlyKnownFields', values: { name: schema.name } } as const;
      throw within(new Refusal(null, expectation, describe(inner)), name);
    }
    step(fieldOf(field).schema, inner, name);
  }
}

function step(schema: Schema, value: unknown, at: string | number): void {
  try {
    walk(schema, value);
  } catch (thrown) {
    throw within(thrown, at);
  }
}
