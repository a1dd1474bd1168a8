/**
 * Random values of a schema: ends of ranges often, each alternative, lists short as a rule and full
 * at times, sizes beyond a root at the borders of each form of a length.
 */
import type { Random } from '../../src/base/random.ts';
import type { Field, Schema } from '../../v2x/uper/schema.ts';

/** What a value may be. */
export interface ValueOptions {
  /** List elements and optional fields of the whole value, about. */
  readonly budget?: number;
  /** Names of extensible integers whose values beyond the root are never negative. */
  readonly neverNegative?: readonly string[];
}

const inner = (field: Field): Schema => ('optional' in field ? field.optional : field);

/** Borders of the one-octet, two-octet and fragmented forms of a length. */
const SHORT_SIZES = [0, 1, 2, 7, 9, 15, 16, 100, 126, 127, 128, 129, 255, 256];
const LONG_SIZES = [16382, 16383, 16384, 16385, 32768, 65535, 65536, 65537, 81921];

class Generator {
  private left: number;
  private readonly random: Random;
  private readonly neverNegative: readonly string[];

  constructor(random: Random, options: ValueOptions) {
    this.random = random;
    this.left = options.budget ?? 400;
    this.neverNegative = options.neverNegative ?? [];
  }

  private between(min: number, max: number): number {
    const pick = this.random.below(4);
    if (pick === 0) return min;
    if (pick === 1) return max;
    return min + Math.floor(this.random.next() * (max - min + 1));
  }

  /** A size that a root does not hold, or does; long ones seldom. */
  private sizeBeyond(): number {
    if (this.random.below(300) === 0) return LONG_SIZES[this.random.below(LONG_SIZES.length)]!;
    if (this.random.below(2) === 0) return SHORT_SIZES[this.random.below(SHORT_SIZES.length)]!;
    return this.random.below(300);
  }

  private countOf(min: number, max: number): number {
    const most = Math.max(min, Math.min(max, min + this.left, 70_000));
    const pick = this.random.below(20);
    const count = pick === 0 ? most : Math.min(most, min + this.random.below(pick === 1 ? 40 : 3));
    this.left -= count;
    return count;
  }

  private text(count: number, one: () => string): string {
    let sum = '';
    for (let index = 0; index < count; index++) sum += one();
    return sum;
  }

  private digits(count: number): string {
    return this.text(count, () => this.random.below(256).toString(16).padStart(2, '0'));
  }

  private beyondInteger(name: string | undefined): number {
    const number = Math.round((this.random.next() - 0.5) * 2 ** (8 + this.random.below(43)));
    return name !== undefined && this.neverNegative.includes(name) ? Math.abs(number) : number;
  }

  private sequence(schema: Extract<Schema, { kind: 'sequence' }>): unknown {
    const row: Record<string, unknown> = {};
    const density = this.random.next();
    const absent = (): boolean => this.left <= 0 || this.random.next() >= density;
    for (const [name, field] of Object.entries(schema.fields)) {
      const schemaOf = inner(field);
      if ('optional' in field) {
        if (absent()) continue;
        this.left--;
      }
      if (schemaOf.kind === 'open') {
        const types = Object.keys(schemaOf.rows);
        const type = types[this.random.below(types.length)]!;
        row[schemaOf.by] = schemaOf.numbers[type];
        row[name] = { [type]: this.value(schemaOf.rows[type]!) };
      } else row[name] = this.value(schemaOf);
    }
    for (const [name, field] of Object.entries(schema.additions)) {
      if (!absent()) row[name] = this.value(inner(field));
    }
    return row;
  }

  value(schema: Schema): unknown {
    const { random } = this;
    const beyond = 'extensible' in schema && schema.extensible && random.below(4) === 0;
    switch (schema.kind) {
      case 'integer':
        return beyond ? this.beyondInteger(schema.name) : this.between(schema.min, schema.max);
      case 'boolean':
        return random.below(2) === 1;
      case 'enumerated': {
        const names = [...schema.values, ...schema.additions];
        return names[random.below(names.length)];
      }
      case 'bits':
        return this.text(beyond ? this.sizeBeyond() : schema.size, () => String(random.below(2)));
      case 'octets':
        return this.digits(beyond ? this.sizeBeyond() : this.between(schema.min, schema.max));
      case 'ia5':
        return this.text(this.between(schema.min, schema.max), () =>
          String.fromCharCode(random.below(128)));
      case 'list':
        return Array.from({ length: this.countOf(schema.min, schema.max) }, () =>
          this.value(schema.element));
      case 'sequence':
        return this.sequence(schema);
      case 'choice': {
        const all = { ...schema.alternatives, ...schema.additions };
        const names = Object.keys(all);
        const name = names[random.below(names.length)]!;
        return { [name]: this.value(all[name]!) };
      }
      default:
        throw new Error('an open type stands in a sequence');
    }
  }
}

/** A value of the schema. */
export function randomValue(schema: Schema, random: Random, options: ValueOptions = {}): unknown {
  return new Generator(random, options).value(schema);
}
