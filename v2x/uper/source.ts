/** The text of generated code and the constants that it refers to. */
import type { Schema } from './schema.ts';

/** Text of a name as a literal of JavaScript. Schemas are ours, yet nothing is pasted unquoted. */
export const literal = (name: string): string => JSON.stringify(name);

/** Text of a program that takes `h` (helpers) and `constants`, and the constants. */
export interface GeneratedCode {
  readonly text: string;
  readonly constants: readonly unknown[];
}

/** Collects functions, one for each schema that needs one, and constants. */
export class Source {
  readonly constants: unknown[] = [];
  private readonly functions: string[] = [];
  private readonly numbers = new Map<Schema, number>();
  private readonly constantNumbers = new Map<unknown, number>();
  private readonly prefix: string;
  private readonly write: (schema: Schema, name: string, source: Source) => string;

  constructor(
    prefix: string,
    write: (schema: Schema, name: string, source: Source) => string,
  ) {
    this.prefix = prefix;
    this.write = write;
  }

  /** The name of a constant in generated code. */
  constant(value: unknown): string {
    let number = this.constantNumbers.get(value);
    if (number === undefined) {
      number = this.constants.push(value) - 1;
      this.constantNumbers.set(value, number);
    }
    return `k${number}`;
  }

  /** The name of the function of a schema; it is written the first time. */
  functionOf(schema: Schema): string {
    let number = this.numbers.get(schema);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(schema, number);
      this.functions.push(this.write(schema, `${this.prefix}${number}`, this));
    }
    return `${this.prefix}${number}`;
  }

  /** The whole text: names the helpers and the constants, returns the function named `entry`. */
  text(entry: string, helpers: readonly string[]): string {
    const names = this.constants.map((_, index) => `k${index}`).join(', ');
    return [
      '"use strict";',
      `const { ${helpers.join(', ')} } = h;`,
      this.constants.length > 0 ? `const [${names}] = constants;` : '',
      ...this.functions,
      `return ${entry};`,
    ].join('\n');
  }
}

/** One value of fixed width on its way into a merged word. */
export interface Piece {
  readonly text: string;
  readonly width: number;
}

/** `(a << 7) | b` of pieces that are 32 bits together at most. */
export function mergedText(pieces: readonly Piece[]): string {
  let after = pieces.reduce((sum, piece) => sum + piece.width, 0);
  const parts = pieces.map(({ text, width }) => {
    after -= width;
    return after === 0 ? `(${text})` : `((${text}) << ${after})`;
  });
  return parts.join(' | ');
}
