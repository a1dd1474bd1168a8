/** What a settings row says of itself: range, unit, default, help. Checker and handbook read it. */
import { z } from 'zod';
import type { Text } from '../src/base/text.ts';
import type { FieldFacts } from './field.ts';

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly items?: readonly z.ZodType[];
  readonly options?: readonly z.ZodType[];
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly defaultValue?: unknown;
}

/** zod's own description of a schema. Source: zod 4, the public `def` of every schema. */
export const definition = (schema: z.ZodType): Definition => schema.def as unknown as Definition;

/** A row without its wrappers. */
export interface Row {
  readonly inner: z.ZodType;
  readonly facts: Partial<FieldFacts>;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
  readonly defaultValue: unknown;
}

/** Takes default, null and such off a row; the outermost facts win. */
export function unwrap(schema: z.ZodType): Row {
  let inner = schema;
  let facts: Partial<FieldFacts> = {};
  let nullable = false;
  let hasDefault = false;
  let defaultValue: unknown;
  for (;;) {
    facts = { ...(inner.meta() as Partial<FieldFacts> | undefined), ...facts };
    const def = definition(inner);
    if (def.type === 'nullable') nullable = true;
    if (def.type === 'default') {
      hasDefault = true;
      defaultValue = def.defaultValue;
    }
    const wrapper = ['default', 'nullable', 'optional', 'readonly', 'prefault'].includes(def.type);
    if (!wrapper || !def.innerType) break;
    inner = def.innerType;
  }
  return { inner, facts, nullable, hasDefault, defaultValue };
}

/** The objects that a row may be: itself, or the variants of a union. */
export function variantsOf(schema: z.ZodType): readonly z.ZodType[] {
  const { inner } = unwrap(schema);
  const def = definition(inner);
  if (def.type === 'object') return [inner];
  if (def.type === 'union') return (def.options ?? []).flatMap(variantsOf);
  return [];
}

/** Whether an object could be this variant: its words (transport, bus, kind) fit so far. */
function wordsFit(variant: z.ZodType, value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let fit = 0;
  for (const [name, row] of Object.entries(definition(variant).shape ?? {})) {
    const def = definition(row);
    const here = (value as Record<string, unknown>)[name];
    if (def.type === 'literal' && def.values?.includes(here)) fit++;
  }
  return fit;
}

/** The schema at a path, told apart by the value where there are variants; null where none is. */
export function schemaAt(
  root: z.ZodType, path: readonly PropertyKey[], value: unknown,
): z.ZodType | null {
  let schema: z.ZodType | undefined = root;
  let here = value;
  for (const part of path) {
    const { inner }: Row = unwrap(schema);
    const def = definition(inner);
    if (def.type === 'array') schema = def.element;
    else if (def.type === 'record') schema = def.valueType;
    else if (def.type === 'tuple') schema = def.items?.[Number(part)];
    else {
      const candidates: z.ZodType[] = [...variantsOf(inner)];
      candidates.sort((a, b) => wordsFit(b, here) - wordsFit(a, here));
      schema = candidates.map((entry) =>
        definition(entry).shape?.[String(part)]).find((entry) => entry);
    }
    if (!schema) return null;
    here = (here as Record<PropertyKey, unknown> | null | undefined)?.[part];
  }
  return schema;
}

/** The names that an object may have; for unions those of the variant that fits best. */
export function namesKnown(schema: z.ZodType, value: unknown): readonly string[] {
  const candidates = [...variantsOf(schema)].sort((a, b) =>
    wordsFit(b, value) - wordsFit(a, value));
  return candidates[0] ? Object.keys(definition(candidates[0]).shape ?? {}) : [];
}

const limits = (schema: z.ZodType): { min: number | null; max: number | null } => {
  const ends = schema as unknown as { minValue?: number | null; maxValue?: number | null };
  const { minValue, maxValue } = ends;
  const finite = (value: number | null | undefined): number | null =>
    Math.abs(value ?? Infinity) >= Number.MAX_SAFE_INTEGER ? null : value ?? null;
  return { min: finite(minValue), max: finite(maxValue) };
};

const same = (text: string): Text => ({ en: text, zh: text });
const joined = (parts: readonly Text[], between: string): Text => ({
  en: parts.map((part) => part.en).join(between), zh: parts.map((part) => part.zh).join(between),
});

/** What a row takes, in words: `0 to 500 ms`, `upright | inverted`, `text`. */
export function takes(schema: z.ZodType): Text {
  const { inner, facts, nullable } = unwrap(schema);
  const tail = `${facts.unit ? ` ${facts.unit}` : ''}${nullable ? ' | null' : ''}`;
  const plain = definition(inner).type === 'string' && facts.form ? facts.form : words(inner);
  return joined([plain, same(tail)], '');
}

/** The form of a text row, where its facts tell it. */
export const formOf = (schema: z.ZodType): Text | null => unwrap(schema).facts.form ?? null;

function words(schema: z.ZodType): Text {
  const def = definition(schema);
  switch (def.type) {
    case 'number': {
      const { min, max } = limits(schema);
      if (min === null || max === null) return { en: 'a number', zh: '数字' };
      return min === max ? same(`${min}`) : { en: `${min} to ${max}`, zh: `${min} 至 ${max}` };
    }
    case 'string':
      return { en: 'text', zh: '文本' };
    case 'boolean':
      return same('true | false');
    case 'enum':
      return same(Object.values(def.entries ?? {}).join(' | '));
    case 'literal':
      return same((def.values ?? []).map(String).join(' | '));
    case 'array':
      return { en: 'a list', zh: '列表' };
    case 'tuple':
      return { en: `a list of ${def.items?.length ?? 0}`, zh: `含 ${def.items?.length ?? 0} 项的列表` };
    case 'union': {
      const parts = (def.options ?? []).map((option) => words(unwrap(option).inner));
      return parts.every((part) =>
        part.en === parts[0]?.en) && parts[0] ? parts[0] : joined(parts, ' | ');
    }
    case 'object':
    case 'record':
      return { en: 'an object', zh: '对象' };
    default:
      return { en: 'a value', zh: '值' };
  }
}
