import type { Language, Text, TextValues } from '../src/base/text.ts';
import { fillText } from '../src/base/text.ts';
import { checkTexts } from '../src/base/texts/check.ts';

type TextName = keyof typeof checkTexts;
/** Names of problems: the rows of `checkTexts` that have a `_next` row beside them. */
type StemOf<K> = K extends `${infer Stem}_next` ? Stem : never;
export type ProblemCode = StemOf<TextName>;

export type FileName = 'site.json' | 'road.json';

/** One thing that is wrong with a site. */
export interface Problem {
  /** Warnings do not keep a site from running. */
  readonly severity: 'error' | 'warning';
  readonly code: ProblemCode;
  readonly file: FileName;
  /** `sensors[2].pose.eastM`; empty for the whole file. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
  readonly text: Text;
  /** What to do. */
  readonly hint: Text;
}

/** Parts of a path as zod counts them → `sensors[2].pose`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');

/** Values are shown as JSON, and cut: a problem is a line. */
export function shown(value: unknown): string {
  const text = (JSON.stringify(value) as string | undefined) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** Values for a sentence; those that are words exist in both languages. */
export type ProblemValues = Readonly<Record<string, string | number | Text>> & {
  readonly expected?: string | number | Text;
  readonly got?: string | number | Text;
};

const inOne = (value: string | number | Text, language: Language): string | number =>
  typeof value === 'object' ? value[language] : value;

const fill = (row: Text, language: Language, values: ProblemValues): string => {
  const filled: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(values)) filled[name] = inOne(value ?? '', language);
  return fillText(row, language, filled satisfies TextValues);
};

const both = (row: Text, values: ProblemValues): Text => ({
  en: fill(row, 'en', values), zh: fill(row, 'zh', values),
});

/** Two groups, in words. */
export const pairText = (a: string, b: string): Text => ({
  en: `${a} and ${b}`, zh: `${a} 与 ${b}`,
});

/** Makes a problem from its row. */
export function problem(
  severity: Problem['severity'],
  file: FileName,
  path: string,
  code: ProblemCode,
  values: ProblemValues = {},
): Problem {
  return {
    severity, code, file, path,
    expected: String(inOne(values.expected ?? '', 'en')),
    got: String(inOne(values.got ?? '', 'en')),
    text: both(checkTexts[code], values),
    hint: both(checkTexts[`${code}_next`], values),
  };
}

/** Collects problems. */
export class Report {
  readonly problems: Problem[] = [];

  error(file: FileName, path: string, code: ProblemCode, values: ProblemValues = {}): void {
    this.problems.push(problem('error', file, path, code, values));
  }

  warn(file: FileName, path: string, code: ProblemCode, values: ProblemValues = {}): void {
    this.problems.push(problem('warning', file, path, code, values));
  }
}

const between = (language: Language): string => (language === 'zh' ? '：' : ': ');

/** One problem as a line: path, sentence, what to do. */
function problemLine(entry: Problem, language: Language, withHint: boolean): string {
  const note = entry.severity === 'warning' ? checkTexts.warning[language] : '';
  const where = entry.path === '' ? '' : `${entry.path}${between(language)}`;
  const next = withHint ? `${language === 'zh' ? '。' : '. '}${entry.hint[language]}` : '';
  return `${note}${where}${entry.text[language]}${next}`;
}

/**
 * All problems as text, by file:
 *
 *     site.json has 2 problems
 *       sensors[2].lag: unknown setting; known here: latencyMs, mounting
 *       sensors[2].latencyMs: expected 0 to 500 ms, got 900
 */
export function formatProblems(
  problems: readonly Problem[],
  language: Language = 'en',
  withHints = true,
): string {
  const blocks = (['site.json', 'road.json'] as const).flatMap((file) => {
    const own = problems.filter((entry) => entry.file === file);
    if (own.length === 0) return [];
    const heading = own.length === 1 ? checkTexts.heading_one : checkTexts.heading;
    const title = fillText(heading, language, { file, count: own.length });
    return [
      [title, ...own.map((entry) => `  ${problemLine(entry, language, withHints)}`)].join('\n'),
    ];
  });
  return blocks.join('\n');
}
