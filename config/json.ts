import type { Text } from '../src/base/text.ts';
import { fillText } from '../src/base/text.ts';
import { checkTexts } from '../src/base/texts/check.ts';

/** Where in a text reading stopped, and why. Lines and columns count from 1. */
export interface JsonFailure {
  readonly line: number;
  readonly column: number;
  readonly why: Text;
}

class JsonStop extends Error {
  readonly at: number;
  readonly why: Text;
  constructor(at: number, why: Text) {
    super(why.en);
    this.at = at;
    this.why = why;
  }
}

const because = (key: keyof typeof checkTexts, values = {}): Text => ({
  en: fillText(checkTexts[key], 'en', values),
  zh: fillText(checkTexts[key], 'zh', values),
});

/** Deeper than any settings file of ours; hostile nesting ends here instead of on the stack. */
const MAX_DEPTH = 32;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\r\n]*/y;
/** Names that reach into the machinery of objects. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    // Editors on Windows put a mark in front.
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1;
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw new JsonStop(this.#at, because('json_trailing'));
    return value;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at = pattern.lastIndex;
    return found ? found[0] : null;
  }

  #value(depth: number): unknown {
    this.#space();
    if (depth > MAX_DEPTH) throw new JsonStop(this.#at, because('json_deep', { depth: MAX_DEPTH }));
    const start = this.#text[this.#at];
    if (start === '{') return this.#object(depth);
    if (start === '[') return this.#array(depth);
    if (start === '"') return this.#string();
    for (const [word, value] of [['true', true], ['false', false], ['null', null]] as const) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    const digits = this.#match(NUMBER);
    if (digits === null) throw this.#unexpected();
    return Number(digits);
  }

  #unexpected(): JsonStop {
    const here = this.#text[this.#at];
    return here === undefined
      ? new JsonStop(this.#at, because('json_ended'))
      : new JsonStop(this.#at, because('json_unexpected', { character: JSON.stringify(here) }));
  }

  #string(): string {
    const quoted = this.#match(STRING);
    if (quoted === null) throw new JsonStop(this.#at, because('json_string'));
    return JSON.parse(quoted) as string;
  }

  #array(depth: number): unknown[] {
    const values: unknown[] = [];
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === ']') return this.#close(values);
    for (;;) {
      values.push(this.#value(depth + 1));
      this.#space();
      if (this.#text[this.#at] === ']') return this.#close(values);
      this.#comma();
    }
  }

  #object(depth: number): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === '}') return this.#close(value);
    for (;;) {
      this.#space();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') throw this.#unexpected();
      const key = this.#string();
      if (FORBIDDEN.has(key)) throw new JsonStop(keyAt, because('json_forbidden', { key }));
      if (Object.hasOwn(value, key)) throw new JsonStop(keyAt, because('json_twice', { key }));
      this.#space();
      if (this.#text[this.#at] !== ':') throw this.#unexpected();
      this.#at++;
      value[key] = this.#value(depth + 1);
      this.#space();
      if (this.#text[this.#at] === '}') return this.#close(value);
      this.#comma();
    }
  }

  #close<T>(value: T): T {
    this.#at++;
    return value;
  }

  #comma(): void {
    if (this.#text[this.#at] !== ',') throw this.#unexpected();
    this.#at++;
  }
}

/**
 * Reads JSON strictly: names given twice, deep nesting and names such as `__proto__` are refused,
 * and a failure knows its line and column. Linear in the text.
 */
export function parseJson(
  text: string,
): { readonly value: unknown } | { readonly failure: JsonFailure } {
  try {
    return { value: new JsonReader(text).read() };
  } catch (stop) {
    if (!(stop instanceof JsonStop)) throw stop;
    const before = text.slice(0, stop.at).split('\n');
    return { failure: { line: before.length, column: before.at(-1)!.length + 1, why: stop.why } };
  }
}

/** JSON with sorted names and no spaces: equal values give equal bytes, for hashes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  const row = value as Record<string, unknown>;
  const parts = names.map((name) => `${JSON.stringify(name)}:${canonicalJson(row[name])}`);
  return `{${parts.join(',')}}`;
}

const LINE = 100;

/** JSON for people: short arrays and objects stay on one line. Same value, same bytes. */
export const writeJson = (value: unknown): string => `${layOut(value, '')}\n`;

function layOut(value: unknown, indent: string): string {
  const flat = inline(value);
  const short = flat.length + indent.length <= LINE;
  if (short || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((entry) => `${inner}${layOut(entry, inner)}`)
    : Object.entries(value).map(([key, entry]) =>
        `${inner}${JSON.stringify(key)}: ${layOut(entry, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.join(',\n')}\n${indent}${close}`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, entry]) =>
    `${JSON.stringify(key)}: ${inline(entry)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}
