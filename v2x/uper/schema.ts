/**
 * The schema language: the parts of ASN.1 that the message set needs, as plain data. A schema says
 * what a value may be; widths on the wire follow from it (ITU-T X.691, unaligned). It knows no
 * message.
 */
import { assert } from '../../src/base/assert.ts';

/** What a person wants to know of a number; the codec does not read it. */
export interface NumberFacts {
  readonly unit?: string;
  /** Size of one step in that unit. */
  readonly step?: number;
  /** The value that says "not known". */
  readonly unavailable?: number;
}

interface Named {
  /** The name of the type in the standard; absent for a type written in place. */
  readonly name?: string;
}

export interface IntegerSchema extends Named {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
  readonly extensible: boolean;
  readonly facts: NumberFacts;
}
export interface BooleanSchema extends Named {
  readonly kind: 'boolean';
}
export interface EnumeratedSchema<N extends string = string> extends Named {
  readonly kind: 'enumerated';
  /** In the order of their numbers: the wire carries the place in this list, never the number. */
  readonly values: readonly N[];
  /** The numbers of the standard where they have gaps; printing only. */
  readonly numbers: readonly number[] | null;
  readonly extensible: boolean;
  /** Values that an extension added, in order. */
  readonly additions: readonly N[];
}
export interface OctetsSchema extends Named {
  readonly kind: 'octets';
  readonly min: number;
  readonly max: number;
  readonly extensible: boolean;
}
export interface BitsSchema extends Named {
  readonly kind: 'bits';
  readonly size: number;
  readonly extensible: boolean;
  /** Names of the bits from bit 0. */
  readonly bits: readonly string[];
}
export interface Ia5Schema extends Named {
  readonly kind: 'ia5';
  readonly min: number;
  readonly max: number;
}
export interface ListSchema<E extends Schema = Schema> extends Named {
  readonly kind: 'list';
  readonly min: number;
  /** `Infinity` for a list without bounds. */
  readonly max: number;
  readonly element: E;
}
/** A field that may be absent. */
export interface OptionalField<S extends Schema = Schema> {
  readonly optional: S;
}
export type Field = Schema | OptionalField;
export type Fields = { readonly [name: string]: Field };
export interface SequenceSchema<F extends Fields = Fields, A extends Fields = Fields>
  extends Named {
  readonly kind: 'sequence';
  readonly name: string;
  readonly fields: F;
  readonly extensible: boolean;
  /** Fields after the marker, in order; on the wire each travels as an open type. */
  readonly additions: A;
}
export type Alternatives = { readonly [name: string]: Schema };
export interface ChoiceSchema<
  R extends Alternatives = Alternatives,
  A extends Alternatives = Alternatives,
> extends Named {
  readonly kind: 'choice';
  readonly alternatives: R;
  readonly extensible: boolean;
  readonly additions: A;
}
/** A value whose type is chosen by an integer field of the same sequence. */
export interface OpenSchema<R extends Alternatives = Alternatives> extends Named {
  readonly kind: 'open';
  /** Name of the field that chooses. */
  readonly by: string;
  /** The type for each number; the JSON form is `{ TypeName: value }`. */
  readonly rows: R;
  readonly numbers: { readonly [typeName: string]: number };
}

export type Schema =
  | IntegerSchema
  | BooleanSchema
  | EnumeratedSchema
  | OctetsSchema
  | BitsSchema
  | Ia5Schema
  | ListSchema
  | SequenceSchema
  | ChoiceSchema
  | OpenSchema;

type OptionalNames<F extends Fields> = {
  [K in keyof F]: F[K] extends OptionalField ? K : never;
}[keyof F];
type SequenceValue<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalNames<F>>]: F[K] extends Schema ? ValueOf<F[K]> : never;
} & {
  readonly [K in OptionalNames<F>]?:
    | (F[K] extends OptionalField<infer S> ? ValueOf<S> : never)
    | undefined;
};
type FieldValue<F extends Field> =
  F extends OptionalField<infer S> ? ValueOf<S> : F extends Schema ? ValueOf<F> : never;
type AdditionsValue<F extends Fields> = {
  readonly [K in keyof F]?: FieldValue<F[K]> | undefined;
};
type ChoiceValue<R extends Alternatives> = {
  [K in keyof R]: { readonly [P in K]: ValueOf<R[P]> };
}[keyof R];
type Flat<T> = { [K in keyof T]: T[K] };

/**
 * The value of a schema, in the JSON form: whole numbers, names of enumerations, octets in
 * lower-case hexadecimal, bits as a text of 0 and 1 from bit 0, `{ alternative: value }`; absent
 * means no key.
 */
export type ValueOf<S extends Schema> = S extends IntegerSchema
  ? number
  : S extends BooleanSchema
    ? boolean
    : S extends EnumeratedSchema<infer N>
      ? N
      : S extends OctetsSchema | BitsSchema | Ia5Schema
        ? string
        : S extends ListSchema<infer E>
          ? readonly ValueOf<E>[]
          : S extends SequenceSchema<infer F, infer A>
            ? Flat<SequenceValue<F> & AdditionsValue<A>>
            : S extends ChoiceSchema<infer R, infer A>
              ? ChoiceValue<R> | ChoiceValue<A>
              : S extends OpenSchema<infer R>
                ? ChoiceValue<R>
                : never;

type Marker = 'closed' | 'extensible';
/** No additions. */
type None = Record<never, never>;

/** Whole numbers from `min` to `max`; extensible ones carry any other number in a longer form. */
export function integer(
  min: number,
  max: number,
  facts: NumberFacts = {},
  marker: Marker = 'closed',
): IntegerSchema {
  assert(Number.isSafeInteger(min) && Number.isSafeInteger(max) && min <= max, 'integer range');
  assert(max - min < 2 ** 32, 'an integer range of more than 32 bits');
  return { kind: 'integer', min, max, facts, extensible: marker === 'extensible' };
}

export const boolean: BooleanSchema = { kind: 'boolean' };

/** Names in the order of their numbers; `numbers` only where those have gaps. */
export function enumerated<const N extends string>(
  values: readonly N[],
  marker: Marker = 'closed',
  more: { readonly numbers?: readonly number[]; readonly additions?: readonly N[] } = {},
): EnumeratedSchema<N> {
  const { numbers = null, additions = [] } = more;
  assert(values.length > 0, 'an enumeration without values');
  assert(numbers === null || numbers.length === values.length, 'numbers of an enumeration');
  const extensible = marker === 'extensible';
  return { kind: 'enumerated', values, numbers, additions, extensible };
}

/** Octets, `min` to `max` of them. */
export function octets(min: number, max = min, marker: Marker = 'closed'): OctetsSchema {
  assert(min >= 0 && min <= max && max < 65536, 'octet string size');
  return { kind: 'octets', min, max, extensible: marker === 'extensible' };
}

/** A bit string of a fixed size; with the marker other sizes travel too. */
export function bits(
  size: number,
  names: readonly string[] = [],
  marker: Marker = 'closed',
): BitsSchema {
  assert(size > 0 && size <= 30 && names.length <= size, 'bit string size');
  return { kind: 'bits', size, bits: names, extensible: marker === 'extensible' };
}

/** Text of 7-bit characters. */
export function ia5(min: number, max: number): Ia5Schema {
  assert(min >= 0 && min <= max && max < 65536, 'text size');
  return { kind: 'ia5', min, max };
}

/** A list; `max` may be `Infinity`. */
export function list<const E extends Schema>(min: number, max: number, element: E): ListSchema<E> {
  assert(min >= 0 && min <= max && (max < 65536 || (max === Infinity && min === 0)), 'list size');
  return { kind: 'list', min, max, element };
}

/** Marks a field that may be absent. */
export function optional<const S extends Schema>(schema: S): OptionalField<S> {
  return { optional: schema };
}

/** Fields in the order of the wire; `additions` are those after the extension marker. */
export function sequence<const F extends Fields, const A extends Fields = None>(
  name: string,
  fields: F,
  marker: Marker = 'closed',
  additions: A = {} as A,
): SequenceSchema<F, A> {
  const extensible = marker === 'extensible';
  assert(extensible || Object.keys(additions).length === 0, `${name}: additions without marker`);
  return { kind: 'sequence', name, fields, additions, extensible };
}

/** One of several; `additions` are the alternatives after the extension marker. */
export function choice<const R extends Alternatives, const A extends Alternatives = None>(
  alternatives: R,
  marker: Marker = 'closed',
  additions: A = {} as A,
): ChoiceSchema<R, A> {
  const extensible = marker === 'extensible';
  assert(extensible || Object.keys(additions).length === 0, 'additions without marker');
  return { kind: 'choice', alternatives, additions, extensible };
}

/** A value whose type the field `by` chooses; `numbers` gives the number of each type. */
export function open<const R extends Alternatives>(
  by: string,
  rows: R,
  numbers: { readonly [K in keyof R]: number },
): OpenSchema<R> {
  return { kind: 'open', by, rows, numbers };
}

/** Gives a type its name in the standard. */
export function named<const S extends Schema>(name: string, schema: S): S {
  return { ...schema, name };
}

/** Whether a field is optional, and its schema. */
export function fieldOf(field: Field): { readonly schema: Schema; readonly optional: boolean } {
  return 'optional' in field
    ? { schema: field.optional, optional: true }
    : { schema: field, optional: false };
}

/** The bit string with these named bits set, the rest clear. */
export function bitsOf(schema: BitsSchema, set: readonly string[]): string {
  const places = set.map((name) => {
    const place = schema.bits.indexOf(name);
    assert(place >= 0, `${schema.name ?? 'bit string'} has no bit ${name}`);
    return place;
  });
  let text = '';
  for (let place = 0; place < schema.size; place++) text += places.includes(place) ? '1' : '0';
  return text;
}

/**
 * The same schema with named types exchanged: a profile is its list of exchanges. Inside an
 * exchanged type the exchanges hold again, save for its own name.
 */
export function exchange(schema: Schema, row: { readonly [typeName: string]: Schema }): Schema {
  const done = new Map<Schema, Schema>();
  const walkAll = <T extends Field>(all: { readonly [name: string]: T }) =>
    Object.fromEntries(
      Object.entries(all).map(([name, field]) => [
        name,
        'optional' in field ? { optional: walk(field.optional) } : walk(field),
      ]),
    );
  const rebuild = (from: Schema): Schema => {
    switch (from.kind) {
      case 'list':
        return { ...from, element: walk(from.element) };
      case 'sequence':
        return { ...from, fields: walkAll(from.fields), additions: walkAll(from.additions) };
      case 'choice': {
        const alternatives = walkAll(from.alternatives) as Alternatives;
        return { ...from, alternatives, additions: walkAll(from.additions) as Alternatives };
      }
      case 'open':
        return { ...from, rows: walkAll(from.rows) as Alternatives };
      default:
        return from;
    }
  };
  const walk = (from: Schema): Schema => {
    const known = done.get(from);
    if (known !== undefined) return known;
    const row0 = from.name === undefined ? undefined : row[from.name];
    const result = rebuild(row0 ?? from);
    done.set(from, result);
    return result;
  };
  return walk(schema);
}
