import { fillText } from './text.ts';
import type { Language } from './text.ts';
import { faultTexts } from './texts/faults.ts';

/** The codes of `texts/faults.ts`. */
export type FaultCode = keyof typeof faultTexts;

/** What, where, expected, got, what to do next. */
export interface FaultFacts {
  /** Who or where: `radar-north`, `site.json sensors[2].lag`. */
  readonly subject: string;
  readonly expected: string;
  readonly got: string;
  /** The next step for a person. */
  readonly next: string;
}

/** The world failing: a code from one table, the subject, expected and got, the next step. */
export class Fault extends Error {
  override name = 'Fault';
  readonly code: FaultCode;
  readonly facts: FaultFacts;

  constructor(code: FaultCode, facts: FaultFacts, options?: { cause?: unknown }) {
    super(fillText(faultTexts[code], 'en', { ...facts }), options);
    this.code = code;
    this.facts = facts;
  }

  /** The sentence in a language. */
  in(language: Language): string {
    return fillText(faultTexts[this.code], language, { ...this.facts });
  }

  toJSON(): Record<string, unknown> {
    return { code: this.code, ...this.facts, message: this.message };
  }
}

/** Text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
