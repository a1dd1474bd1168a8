import type { z as Zod } from 'zod';
import { sectionSchema, text } from './field.ts';
import type { Field, FieldFacts, Section, SectionValue } from './field.ts';
import { z } from './zod.ts';

/** A kind of name that the compiler keeps apart; the same shape as the ids of the model. */
type Named<Name extends string> = string & { readonly __id: Name };

/** Names end up in topics, file names and metrics, so they stay within these letters (F107). */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
export const NAME_FORM = { en: 'letters, digits, - and _', zh: '字母、数字、- 与 _' };

/** A name of one kind. */
export const named = <const Name extends string>(
  _kind: Name, facts: FieldFacts,
): Field<Named<Name>> =>
  text(
    { ...facts, form: NAME_FORM, maxLength: 64, pattern: NAME },
  ) as unknown as Field<Named<Name>>;

/** A list of bounded length. */
export const list = <T>(
  item: Zod.ZodType<T>,
  facts: FieldFacts & {
    readonly min?: number;
    readonly max: number;
    readonly default?: readonly T[];
  },
): Field<readonly T[]> => {
  const array = z.array(item).min(facts.min ?? 0).max(facts.max);
  const schema: Zod.ZodType = facts.default === undefined ? array : array.default([...facts.default]);
  return schema.meta({ ...facts }) as unknown as Field<readonly T[]>;
};

/** An object of rows; unknown names are refused. */
export const group = <S extends Section>(
  section: S, facts?: FieldFacts,
): Field<SectionValue<S>> => {
  const schema = sectionSchema(section);
  return (facts ? schema.meta({ ...facts }) : schema) as Field<SectionValue<S>>;
};

/** An object of rows that all have defaults; it may be left out. */
export const withDefaults = <S extends Section>(
  section: S, facts: FieldFacts,
): Field<SectionValue<S>> =>
  sectionSchema(section).prefault({} as never).meta({ ...facts }) as Field<SectionValue<S>>;

/** A row that may be null, and is null where the file leaves it out. */
export const orNull = <T>(inner: Zod.ZodType<T>, facts: FieldFacts): Field<T | null> =>
  inner.nullable().default(null as never).meta({ ...facts }) as unknown as Field<T | null>;

/** A word that stands for itself: the mark of a variant. */
export const word = <const W extends string>(value: W): Field<W> => z.literal(value) as Field<W>;

type OutputOf<L extends readonly Zod.ZodType[]> = Zod.output<L[number]>;
/** One of several objects, told apart by one of their words. */
export const variants = <const L extends readonly Zod.ZodType[]>(
  mark: string,
  schemas: L,
  facts: FieldFacts,
): Field<OutputOf<L>> =>
  z.discriminatedUnion(mark, schemas as never).meta({ ...facts }) as unknown as Field<OutputOf<L>>;

/** One of several shapes without a mark of their own. */
export const either = <const L extends readonly Zod.ZodType[]>(schemas: L): Field<OutputOf<L>> =>
  z.union(schemas as never) as unknown as Field<OutputOf<L>>;
