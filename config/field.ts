import type { z as Zod } from 'zod';
import { z } from './zod.ts';

/** What a settings row tells beside its range: printed in handbook, sample file and web form. */
export interface FieldFacts {
  readonly help: { readonly en: string; readonly zh: string };
  readonly unit?: string;
  /** The form of a text in words, said in place of its pattern. */
  readonly form?: { readonly en: string; readonly zh: string };
  /** Not verified against a primary text: shown with (?) wherever a user meets it. */
  readonly unverified?: boolean;
}

/** One settings row. */
export type Field<T = unknown> = Zod.ZodType<T>;
/** Rows by name. */
export type Section = Readonly<Record<string, Field>>;
/** The accepted values of a section. */
export type SectionValue<S extends Section> = { readonly [K in keyof S]: Zod.output<S[K]> };

const withDefault = <T extends Zod.ZodType>(
  schema: T,
  facts: FieldFacts,
  value: Zod.output<T> | undefined,
): Field<Zod.output<T>> => {
  const described = (value === undefined ? schema : schema.default(value as never)) as Zod.ZodType;
  return described.meta({ ...facts }) as Field<Zod.output<T>>;
};

/** A number with a unit and a range. Without a default it is required. */
export const quantity = (
  facts: FieldFacts & {
    readonly min: number;
    readonly max: number;
    readonly default?: number;
    readonly whole?: boolean;
  },
): Field<number> => {
  const base = facts.whole ? z.number().int() : z.number();
  return withDefault(base.min(facts.min).max(facts.max), facts, facts.default);
};

/** One of a few words. */
export const choice = <const T extends readonly [string, ...string[]]>(
  facts: FieldFacts & { readonly of: T; readonly default?: T[number] },
): Field<T[number]> => withDefault(
  z.enum(facts.of as unknown as [string, ...string[]]), facts, facts.default,
) as Field<T[number]>;

/** Text of bounded length. */
export const text = (
  facts: FieldFacts & {
    readonly maxLength: number;
    readonly pattern?: RegExp;
    readonly default?: string;
  },
): Field<string> => {
  const base = z.string().max(facts.maxLength);
  return withDefault(facts.pattern ? base.regex(facts.pattern) : base, facts, facts.default);
};

/** True or false. */
export const flag = (facts: FieldFacts & { readonly default?: boolean }): Field<boolean> =>
  withDefault(z.boolean(), facts, facts.default);

/** A list of numbers of fixed or bounded length. */
export const numbers = (
  facts: FieldFacts & {
    readonly minCount: number;
    readonly maxCount: number;
    readonly default?: readonly number[];
  },
): Field<readonly number[]> =>
  withDefault(
    z.array(z.number()).min(facts.minCount).max(facts.maxCount),
    facts,
    facts.default as number[] | undefined,
  );

/** Anything that a zod schema says, with facts. */
export const custom = <T extends Zod.ZodType>(
  schema: T, facts: FieldFacts & { readonly default?: Zod.output<T> },
): Field<Zod.output<T>> =>
  withDefault(schema, facts, facts.default);

/** The zod object of a section; unknown names are refused. */
export const sectionSchema = <S extends Section>(section: S): Zod.ZodType<SectionValue<S>> =>
  z.strictObject(section as Record<string, Zod.ZodType>) as unknown as Zod.ZodType<SectionValue<S>>;
