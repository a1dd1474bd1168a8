import { fillText } from '../../src/base/text.ts';
import type { Language, TextValues } from '../../src/base/text.ts';
import { v2xTexts } from '../../src/base/texts/v2x.ts';

/** What was expected: a row of the catalogue and its values. */
export interface Expectation {
  readonly text: keyof typeof v2xTexts;
  readonly values: TextValues;
}

/** A value that a schema does not hold, or bits that do not decode: path, bit, expected, got. */
export class UperError extends Error {
  override name = 'UperError';
  readonly path: string;
  /** Bits before the place in the input; null when a value was refused. */
  readonly bitOffset: number | null;
  readonly expected: string;
  readonly got: string;
  readonly expectation: Expectation;

  constructor(path: string, bitOffset: number | null, expectation: Expectation, got: string) {
    super(sentence('en', path, bitOffset, expectation, got));
    this.path = path;
    this.bitOffset = bitOffset;
    this.expectation = expectation;
    this.expected = expectedText('en', expectation);
    this.got = got;
  }

  /** The sentence in a language. */
  in(language: Language): string {
    return sentence(language, this.path, this.bitOffset, this.expectation, this.got);
  }
}

function expectedText(language: Language, { text, values }: Expectation): string {
  return fillText(v2xTexts[text], language, values);
}

function sentence(
  language: Language,
  path: string,
  bit: number | null,
  expectation: Expectation,
  got: string,
): string {
  const expected = expectedText(language, expectation);
  const text = bit === null ? v2xTexts.codecSentence : v2xTexts.codecSentenceAtBit;
  return fillText(text, language, { path, expected, got, bit: bit ?? 0 });
}

/**
 * An error on its way out of the generated code, which adds a step of the path in each function
 * that it leaves. It is no `Error`: a trace of generated code would help nobody and cost much.
 */
export class Refusal {
  readonly steps: (string | number)[] = [];
  readonly bitOffset: number | null;
  readonly expectation: Expectation;
  readonly got: string;

  constructor(bitOffset: number | null, expectation: Expectation, got: string) {
    this.bitOffset = bitOffset;
    this.expectation = expectation;
    this.got = got;
  }

  /** The error with its whole path, from the name of the root. */
  toError(root: string): UperError {
    let path = root;
    for (let index = this.steps.length - 1; index >= 0; index--) {
      const step = this.steps[index];
      path += typeof step === 'number' ? `[${step}]` : `.${step}`;
    }
    return new UperError(path, this.bitOffset, this.expectation, this.got);
  }
}

/**
 * Adds a step, or some from the outer to the inner, to the path of a refusal; anything else passes
 * as it is.
 */
export function within(thrown: unknown, step: string | number | readonly string[]): unknown {
  if (!(thrown instanceof Refusal)) return thrown;
  if (typeof step === 'object') thrown.steps.push(...[...step].reverse());
  else thrown.steps.push(step);
  return thrown;
}

/** A short text of what was got. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') {
    return value.length > 40 ? `"${value.slice(0, 40)}…" (${value.length})` : `"${value}"`;
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value !== null && typeof value === 'object') {
    const names = Object.keys(value).slice(0, 4).join(', ');
    return names === '' ? 'an empty object' : `an object with ${names}`;
  }
  return typeof value === 'function' ? 'a function' : String(value);
}

/** "8" or "2 to 512". */
export function countText(min: number, max: number): string {
  if (min === max) return String(min);
  return max === Infinity ? `${min} or more` : `${min} to ${max}`;
}
