import { fillText, filledText, saidIn } from './text.ts';
import type { Language, Text } from './text.ts';
import { faultTexts } from './texts/faults.ts';
import { systemTexts } from './texts/system.ts';

/** The codes of `texts/faults.ts`. */
export type FaultCode = keyof typeof faultTexts;

const factNames = ['subject', 'expected', 'got', 'next'] as const;
type FactName = (typeof factNames)[number];

/**
 * What, where, expected, got, what to do next. A sentence is a `Text` (of the catalogue; with
 * values in it by `filledText`); a path, a name, a number or what the system said is a string.
 */
export interface FaultFacts {
  /** Who or where: `radar-north`, `site.json sensors[2].lag`. */
  readonly subject: string | Text;
  readonly expected: string | Text;
  readonly got: string | Text;
  /** The next step for a person. */
  readonly next: string | Text;
}

type PlainFacts = Readonly<Record<FactName, string>>;

const factsIn = (language: Language, facts: FaultFacts): PlainFacts => ({
  subject: saidIn(language, facts.subject),
  expected: saidIn(language, facts.expected),
  got: saidIn(language, facts.got),
  next: saidIn(language, facts.next),
});

/** The world failing: a code from one table, the subject, expected and got, the next step. */
export class Fault extends Error {
  override name = 'Fault';
  readonly code: FaultCode;
  /** In English, for logs and scripts. */
  readonly facts: PlainFacts;
  /** As they were given: sentences in both languages. */
  readonly told: FaultFacts;

  constructor(code: FaultCode, told: FaultFacts, options?: { cause?: unknown }) {
    const facts = factsIn('en', told);
    super(fillText(faultTexts[code], 'en', facts), options);
    this.code = code;
    this.facts = facts;
    this.told = told;
  }

  /** The sentence in a language. */
  in(language: Language): string {
    return fillText(faultTexts[this.code], language, factsIn(language, this.told));
  }

  /** Plain English keys; `zh` has the Chinese of the facts that are texts, and the sentence. */
  toJSON(): Record<string, unknown> {
    const zh: Partial<Record<FactName | 'message', string>> = {};
    for (const name of factNames) {
      const fact = this.told[name];
      if (typeof fact === 'object') zh[name] = fact.zh;
    }
    zh.message = this.in('zh');
    return { code: this.code, ...this.facts, message: this.message, zh };
  }
}

/**
 * The fault of a `toJSON` that came from another process or thread. What lacks is taken from
 * `otherwise`; a code that this program does not know becomes that of `otherwise`.
 */
export function faultFromJson(told: unknown, code: FaultCode, otherwise: FaultFacts): Fault {
  const plain = recordOf(told);
  const zh = recordOf(plain['zh']);
  const factOf = (name: FactName): string | Text => {
    const en = plain[name];
    if (typeof en !== 'string') return otherwise[name];
    const other = zh[name];
    return typeof other === 'string' ? { en, zh: other } : en;
  };
  const known = typeof plain['code'] === 'string' && Object.hasOwn(faultTexts, plain['code']);
  return new Fault(known ? (plain['code'] as FaultCode) : code, {
    subject: factOf('subject'),
    expected: factOf('expected'),
    got: factOf('got'),
    next: factOf('next'),
  });
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** Text of anything thrown, English; for logs and for what the system said. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** An error of ours whose reason a person may meet as `got` of a `Fault`. */
export class TextError extends Error {
  override name = 'TextError';
  readonly text: Text;

  constructor(text: Text) {
    super(text.en);
    this.text = text;
  }
}

/** A fault in both languages, for documents that people read; null for none. */
export const toldOf = (fault: Fault | null): Text | null =>
  fault === null ? null : { en: fault.message, zh: fault.in('zh') };

/** What anything thrown says; in both languages where we wrote it, else as the system said it. */
export function textOf(thrown: unknown): string | Text {
  if (thrown instanceof Fault) return { en: thrown.message, zh: thrown.in('zh') };
  if (thrown instanceof TextError) return thrown.text;
  const reason = messageOf(thrown);
  const code = thrown instanceof Error ? (thrown as { code?: unknown }).code : undefined;
  return typeof code === 'string' && Object.hasOwn(systemTexts, code)
    ? filledText(systemTexts[code as keyof typeof systemTexts], { reason })
    : reason;
}
