import type { Clock } from '../base/clock.ts';
import type { Language, Text, TextValues } from '../base/text.ts';

/** What a command meets of the outside: injected, so that no command touches the process itself. */
export interface Io {
  readonly language: Language;
  /** Whether `--json` was asked for. */
  readonly json: boolean;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  /** Whether a person looks at the output, and how wide the screen is. */
  readonly screen: {
    readonly isTerminal: boolean;
    readonly columns: number;
    readonly rows: number;
  };
  /** One line of product output. */
  out(line: string): void;
  /** One line beside the output: notes and faults. */
  note(line: string): void;
  /** Text as it is, for a screen that is redrawn. */
  write(text: string): void;
  /** Waits until the reader of the output has caught up. */
  drain(): Promise<void>;
  /** Replaces one line on the terminal; nothing where no person looks. Null takes it away. */
  progress(line: string | null): void;
  /** A text of the catalogue in the language of the caller. */
  say(text: Text, values?: TextValues): string;
}

/** One argument of a command. Only the last may be optional. */
export interface ArgumentRow {
  readonly name: string;
  readonly help: Text;
  readonly optional?: boolean;
}

/** One option; its name in the row is `maxDist`, on the command line `--max-dist`. */
export type OptionRow =
  | { readonly type: 'boolean'; readonly help: Text }
  | {
      readonly type: 'number';
      readonly help: Text;
      readonly min: number;
      readonly max: number;
      readonly whole?: boolean;
      readonly default?: number;
    }
  | {
      readonly type: 'text';
      readonly help: Text;
      /** What stands between < and > in help. */
      readonly value: string;
      readonly default?: string;
      readonly required?: boolean;
    }
  | {
    readonly type: 'choice';
    readonly help: Text;
    readonly of: readonly string[];
    readonly default?: string;
  };

type OptionValue<O extends OptionRow> = O extends { type: 'boolean' }
  ? boolean
  : O extends { type: 'number' }
    ? O extends { default: number } ? number : number | null
    : O extends { type: 'choice'; of: readonly (infer W)[] }
      ? O extends { default: string } ? W : W | null
      : O extends { default: string } | { required: true } ? string : string | null;

type Arguments<A extends readonly ArgumentRow[]> = {
  readonly [R in A[number] as R['name']]: R extends { optional: true } ? string | null : string;
};
type Options<O extends Readonly<Record<string, OptionRow>>> = {
  readonly [K in keyof O]: OptionValue<O[K]>;
};

/** One command. Help, completion and the handbook's page are printed from it. */
export interface CommandRow {
  /** Words as typed: `replay`, `site new`. */
  readonly name: string;
  readonly summary: Text;
  /** What a newcomer must know beyond the summary. */
  readonly details: Text;
  readonly arguments: readonly ArgumentRow[];
  readonly options: Readonly<Record<string, OptionRow>>;
  /** Command lines that work, without the program's name. */
  readonly examples: readonly string[];
  /** A long runner whose life must not hang on who reads its output. */
  readonly outlivesReader?: boolean;
  /** Gives the exit code: 0 done, 1 fault. Throws `Fault` or `UsageError`. */
  run(values: Readonly<Record<string, unknown>>, io: Io): Promise<number> | number;
}

/** Declares a command; the values that `run` is given follow from the rows. */
export function command<
  const A extends readonly ArgumentRow[],
  const O extends Readonly<Record<string, OptionRow>>,
>(
  row: Omit<CommandRow, 'run' | 'arguments' | 'options'> & {
    readonly arguments: A;
    readonly options: O;
    run(values: Arguments<A> & Options<O>, io: Io): Promise<number> | number;
  },
): CommandRow {
  return row as unknown as CommandRow;
}

/** The caller said something that we do not understand: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
  readonly text: Text;
  readonly values: TextValues;

  constructor(text: Text, values: TextValues = {}) {
    super(text.en);
    this.text = text;
    this.values = values;
  }
}

/** `maxDist` → `max-dist`. */
export const flagName = (name: string): string => name.replace(
  /[A-Z]/g,
  (letter) => `-${letter.toLowerCase()}`,
);
