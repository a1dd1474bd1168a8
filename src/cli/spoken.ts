import { Fault } from '../base/fault.ts';
import type { FaultCode } from '../base/fault.ts';
import { fillText } from '../base/text.ts';
import type { Language, Text, TextValues } from '../base/text.ts';
import { faultTexts } from '../base/texts/faults.ts';

/** What was expected and got, and the next step, as texts; `got` may be a name or a number. */
export interface SpokenFacts {
  readonly subject: string;
  readonly expected: Text;
  readonly got: Text | string;
  readonly next: Text;
}

/** A fault whose facts, too, are said in the language of the caller. */
export class SpokenFault extends Fault {
  readonly #facts: SpokenFacts;
  readonly #values: TextValues;

  constructor(
    code: FaultCode,
    facts: SpokenFacts,
    values: TextValues = {},
    options?: { cause?: unknown },
  ) {
    super(code, factsIn('en', facts, values), options);
    this.#facts = facts;
    this.#values = values;
  }

  override in(language: Language): string {
    return fillText(
      faultTexts[this.code],
      language,
      { ...factsIn(language, this.#facts, this.#values) },
    );
  }
}

function factsIn(language: Language, facts: SpokenFacts, values: TextValues): Fault['facts'] {
  const say = (text: Text | string): string =>
    typeof text === 'string' ? text : fillText(text, language, values);
  return {
    subject: facts.subject,
    expected: say(facts.expected),
    got: say(facts.got),
    next: say(facts.next),
  };
}
