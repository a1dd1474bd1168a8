import type { z } from 'zod';
import type { Text } from '../src/base/text.ts';
import { definition, formOf, namesKnown, schemaAt, takes, unwrap, variantsOf } from './describe.ts';
import { pathText, problem, shown } from './problem.ts';
import type { FileName, Problem, ProblemValues } from './problem.ts';
import { NAME_FORM } from './rows.ts';

/** What became of a value held against its rows. */
export interface Accepted<T> {
  /** The value; where the only problems could be bridged, a stand-in that lets checks go on. */
  readonly value: T | null;
  /** Paths whose rows hold stand-ins: what depends on them is not judged. */
  readonly bridged: readonly string[];
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const isObject = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null;

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((here, part) => (isObject(here) ? here[part] : undefined), root);

const LETTERS = /[A-Za-z]/;

const countRange = (issue: Issue): Text => {
  if (issue.code === 'too_small') return {
    en: `at least ${issue.minimum}`, zh: `至少 ${issue.minimum}`,
  };
  return issue.code === 'too_big'
    ? { en: `at most ${issue.maximum}`, zh: `至多 ${issue.maximum}` }
    : { en: '', zh: '' };
};

const whole = (range: Text): Text => ({ en: `a whole number, ${range.en}`, zh: `整数，${range.zh}` });

/** Turns what zod says into our sentences, with paths of the file. */
class Translator {
  readonly #schema: z.ZodType;
  readonly #raw: unknown;
  readonly #file: FileName;
  readonly #prefix: Path;

  constructor(schema: z.ZodType, raw: unknown, file: FileName, prefix: Path) {
    this.#schema = schema;
    this.#raw = raw;
    this.#file = file;
    this.#prefix = prefix;
  }

  translate(issue: Issue): readonly Problem[] {
    const { path } = issue;
    const got = shown(valueAt(this.#raw, path));
    const row = schemaAt(this.#schema, path, this.#raw);
    const expected: Text = row ? takes(row) : { en: 'a value', zh: '值' };
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => this.#unknown(path, key));
      case 'invalid_type':
        if (valueAt(this.#raw, path) === undefined) return [
          this.#make(path, 'required', { expected }),
        ];
        if (typeof valueAt(this.#raw, path) === 'number') return [
          this.#make(path, 'out_of_range', { expected: whole(expected), got }),
        ];
        return [this.#make(path, 'wrong_type', { expected, got })];
      case 'too_big':
      case 'too_small':
        return [this.#size(issue, expected, got)];
      case 'invalid_format':
        return [
          this.#make(
            path, 'wrong_form', { expected: (row && formOf(row)) ?? issue.pattern ?? '', got },
          ),
        ];
      case 'invalid_value':
        if (valueAt(this.#raw, path) === undefined) return [
          this.#make(path, 'required', { expected }),
        ];
        return [
          this.#make(path, 'wrong_choice', { expected: issue.values.map(String).join(', '), got }),
        ];
      case 'invalid_union':
        return [this.#union(issue, expected, got)];
      case 'invalid_key':
        return [this.#make(path, 'wrong_form', { expected: NAME_FORM, got: shown(path.at(-1)) })];
      default:
        return [this.#make(path, 'wrong_type', { expected, got })];
    }
  }

  #make(path: Path, code: Problem['code'], values: ProblemValues): Problem {
    return problem('error', this.#file, pathText([...this.#prefix, ...path]), code, values);
  }

  #unknown(path: Path, key: string): Problem {
    const owner = schemaAt(this.#schema, path, this.#raw) ?? this.#schema;
    const known = namesKnown(owner, valueAt(this.#raw, path));
    return this.#make([...path, key], 'unknown_setting', { expected: known.join(', '), got: key });
  }

  #size(issue: Issue & { code: 'too_big' | 'too_small' }, expected: Text, got: string): Problem {
    const value = valueAt(this.#raw, issue.path);
    if (Array.isArray(value)) return this.#make(
      issue.path, 'wrong_count', { expected: countRange(issue), got: value.length },
    );
    if (typeof value === 'string') return this.#make(
      issue.path, 'wrong_length', { expected: countRange(issue), got: value.length },
    );
    return this.#make(issue.path, 'out_of_range', { expected, got });
  }

  #union(issue: Issue & { code: 'invalid_union' }, expected: Text, got: string): Problem {
    const mark = (issue as { discriminator?: string }).discriminator;
    if (mark === undefined) return this.#make(issue.path, 'wrong_type', { expected, got });
    const at = issue.path.at(-1) === mark ? issue.path : [...issue.path, mark];
    const owner = schemaAt(this.#schema, at.slice(0, -1), this.#raw);
    const choices = new Set((owner ? variantsOf(owner) : []).flatMap((variant) => {
      const row = definition(variant).shape?.[mark];
      return row ? (definition(unwrap(row).inner).values ?? []).map(String) : [];
    }));
    const value = valueAt(this.#raw, at);
    const words = [...choices].join(', ');
    return value === undefined
      ? this.#make(at, 'required', { expected: words })
      : this.#make(at, 'wrong_choice', { expected: words, got: shown(value) });
  }
}

/** A value that the row would take, in place of one out of range; undefined where there is none. */
function standIn(issue: Issue, value: unknown): unknown {
  if (issue.code === 'too_big' && typeof value === 'number') return Number(issue.maximum);
  if (issue.code === 'too_small' && typeof value === 'number') return Number(issue.minimum);
  if (issue.code === 'too_big' && typeof value === 'string') {
    return value.slice(0, Number(issue.maximum));
  }
  if (issue.code === 'invalid_type' && typeof value === 'number') return Math.round(value);
  if (issue.code === 'invalid_value' && value !== undefined) return issue.values[0];
  if (issue.code === 'invalid_format' && typeof value === 'string' && LETTERS.test(value)) {
    return value.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64);
  }
  return undefined;
}

/** Bridges what can be bridged in a copy, so that one slip does not hide the problems behind it. */
function bridge(raw: unknown, issues: readonly Issue[]): { copy: unknown; rows: string[] } | null {
  const copy = structuredClone(raw);
  const rows: string[] = [];
  for (const issue of issues) {
    const owner = valueAt(
      copy, issue.path.slice(0, -1),
    ) as Record<PropertyKey, unknown> | undefined;
    if (issue.code === 'unrecognized_keys') {
      const target = valueAt(copy, issue.path) as Record<string, unknown>;
      for (const key of issue.keys) delete target[key];
      continue;
    }
    const last = issue.path.at(-1);
    const value = last === undefined ? undefined : standIn(issue, owner?.[last]);
    if (value === undefined || last === undefined || !owner) return null;
    owner[last] = value;
    rows.push(pathText(issue.path.slice(0, -1)), pathText(issue.path));
  }
  return { copy, rows };
}

/**
 * Holds a value against its rows and reports every problem. Slips that can be bridged (a name too
 * many, a number out of range) do not end the check: a stand-in goes on, and the rows that hold
 * one are named so that nothing is said of them that does not stand in the file.
 */
export function accept<T>(
  schema: z.ZodType<T>,
  raw: unknown,
  file: FileName,
  problems: Problem[],
  prefix: Path = [],
): Accepted<T> {
  const first = schema.safeParse(raw);
  if (first.success) return { value: first.data, bridged: [] };
  const translator = new Translator(schema, raw, file, prefix);
  for (const issue of first.error.issues) problems.push(...translator.translate(issue));
  const bridged = bridge(raw, first.error.issues);
  if (!bridged) return { value: null, bridged: [] };
  const second = schema.safeParse(bridged.copy);
  return second.success ? {
    value: second.data, bridged: bridged.rows,
  } : { value: null, bridged: [] };
}
