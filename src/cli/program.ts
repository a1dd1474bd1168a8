/** Rows → commander → a run; everything that goes wrong leaves through here. */
import { Command, CommanderError, Option } from 'commander';
import { Fault, messageOf } from '../base/fault.ts';
import { fillText, filledText } from '../base/text.ts';
import type { Text, TextValues } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { UsageError, flagName } from './command.ts';
import type { CommandRow, Io, OptionRow } from './command.ts';
import { allCommands, commandGroups, families } from './commands.ts';
import {
  commandHelp,
  commonOptions,
  familyHelp,
  optionHead,
  programHelp,
  usageLine,
} from './help.ts';
import { nearest } from './nearest.ts';
import { softwareVersion } from '../version.ts';

/** Exit codes: done, fault, wrong usage. */
export const EXIT = { done: 0, fault: 1, usage: 2 } as const;

const HELP_WIDTH_MAX = 100;

function parseNumber(
  flag: string,
  option: OptionRow & { type: 'number' },
): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const whole = !option.whole || Number.isInteger(value);
    if (value >= option.min && value <= option.max && whole) return value;
    throw new UsageError(option.whole ? texts.usage_whole : texts.usage_number, {
      flag,
      min: option.min,
      max: option.max,
      got: text,
    });
  };
}

function parseChoice(flag: string, of: readonly string[]): (text: string) => string {
  return (text) => {
    if (of.includes(text)) return text;
    throw new UsageError(texts.usage_choice, { flag, expected: of.join(', '), got: text });
  };
}

function optionOf(name: string, row: OptionRow): Option {
  const option = new Option(optionHead(name, row), row.help.en);
  const flag = `--${flagName(name)}`;
  if (row.type === 'number') option.argParser(parseNumber(flag, row));
  if (row.type === 'choice') option.argParser(parseChoice(flag, row.of));
  if (row.type !== 'boolean' && row.default !== undefined) option.default(row.default);
  return option;
}

function addOptions(to: Command, rows: Readonly<Record<string, OptionRow>>): void {
  for (const [name, row] of Object.entries(rows)) to.addOption(optionOf(name, row));
}

/** What the parser found. */
interface Found {
  readonly row: CommandRow;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The commander tree of all rows; it finds what to run and runs nothing itself. */
class Parser {
  readonly #io: Io;
  readonly #root: Command;
  found: Found | null = null;

  constructor(io: Io) {
    this.#io = io;
    this.#root = this.#dressed(
      new Command('lukou'),
      () => programHelp(commandGroups, io.language, this.#width),
    );
    this.#root.version(softwareVersion(), '-V, --version');
    this.#root.action(() => {
      throw new CommanderError(0, 'commander.help', '');
    });
    const byName = new Map<string, Command>();
    for (const [family, summary] of Object.entries(families)) {
      const below = subcommandsOf(family);
      const command = this.#dressed(this.#root.command(family), () =>
        familyHelp(family, summary, below, io.language, this.#width),
      );
      command.action(() => {
        throw new UsageError(
          texts.usage_family,
          { family, known: below.map(({ name }) => name).join(', ') },
        );
      });
      byName.set(family, command);
    }
    for (const row of allCommands) {
      const words = row.name.split(' ');
      const parent = words.length > 1 ? byName.get(words[0]!) : this.#root;
      byName.set(row.name, this.#add(row, parent!));
    }
  }

  get #width(): number {
    return Math.min(HELP_WIDTH_MAX, Math.max(40, this.#io.screen.columns));
  }

  #dressed(made: Command, help: () => readonly string[]): Command {
    addOptions(made, commonOptions);
    made.helpOption('-h, --help').helpCommand(false).exitOverride().allowExcessArguments(false);
    // What stands behind `gate release` belongs to `release`, although `gate` has --data too.
    made.enablePositionalOptions();
    made.helpInformation = () => `${help().join('\n')}\n`;
    made.configureOutput({
      writeOut: (text) => this.#io.write(text),
      writeErr: () => undefined,
      outputError: () => undefined,
    });
    return made;
  }

  #add(row: CommandRow, parent: Command): Command {
    const below = subcommandsOf(row.name);
    const made = this.#dressed(parent.command(row.name.split(' ').at(-1)!), () =>
      commandHelp(row, below, this.#io.language, this.#width),
    );
    addOptions(made, row.options);
    for (const { name, optional } of row.arguments) {
      made.argument(optional ? `[${name}]` : `<${name}>`);
    }
    made.action((...given: unknown[]) => {
      const values: Record<string, unknown> = { ...made.optsWithGlobals() };
      for (const [name, option] of Object.entries(row.options)) {
        values[name] ??= option.type === 'boolean' ? false : null;
        if (option.type === 'text' && option.required && values[name] === null) {
          throw new UsageError(texts.usage_option_missing, { flag: optionHead(name, option) });
        }
      }
      row.arguments.forEach(({ name }, at) => (values[name] = given[at] ?? null));
      this.found = { row, values };
    });
    return made;
  }

  /** Throws `UsageError`; gives null where help or version was printed. */
  parse(argv: readonly string[]): Found | null {
    try {
      this.#root.parse([...helpAsOption(argv)], { from: 'user' });
    } catch (thrown) {
      if (!(thrown instanceof CommanderError)) throw thrown;
      if (thrown.code === 'commander.help' && firstWords(argv).length === 0) {
        this.#io.write(this.#root.helpInformation());
        return null;
      }
      if (thrown.exitCode === 0) return null;
      throw this.#usageOf(thrown, argv);
    }
    return this.found;
  }

  /** Commander's sentence in our words; it quotes what it stumbled over. */
  #usageOf(error: CommanderError, argv: readonly string[]): UsageError {
    const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
    const row = rowOf(argv);
    switch (error.code) {
      case 'commander.unknownOption': {
        const flags = Object.keys({ ...commonOptions, ...row?.options }).map((name) =>
          `--${flagName(name)}`,
        );
        const close = nearest(quoted, [...flags, '--help']);
        return suggestion(texts.usage_option_unknown, { flag: quoted }, close);
      }
      case 'commander.optionMissingArgument':
        return new UsageError(texts.usage_value_missing, { flag: quoted });
      case 'commander.missingArgument':
        return new UsageError(texts.usage_argument_missing, { name: quoted });
      case 'commander.excessArguments':
        return row && subcommandsOf(row.name).length === 0
          ? new UsageError(texts.usage_argument_excess)
          : unknownCommand(argv);
      default:
        return new UsageError({ en: error.message, zh: error.message });
    }
  }
}

const subcommandsOf = (word: string): readonly CommandRow[] =>
  allCommands.filter(({ name }) => name.startsWith(`${word} `));

/** A sentence, and what was most likely meant. */
function suggestion(text: Text, values: TextValues, close: string | null): UsageError {
  if (close === null) return new UsageError(text, values);
  const meant = {
    en: `${text.en} ${texts.usage_meant.en}`,
    zh: `${text.zh}${texts.usage_meant.zh}`,
  };
  return new UsageError(meant, { ...values, close });
}

function unknownCommand(argv: readonly string[]): UsageError {
  const [first = '', second = ''] = firstWords(argv);
  const family = subcommandsOf(first).length > 0 ? `${first} ` : '';
  const wrong = family ? second : first;
  const known = allCommands
    .filter(({ name }) => name.startsWith(family))
    .map(({ name }) => name.slice(family.length).split(' ')[0]!);
  const close = nearest(wrong, family ? known : [...known, ...Object.keys(families)]);
  const name = `${family}${wrong}`;
  return suggestion(
    texts.usage_command_unknown,
    { name },
    close === null ? null : `${family}${close}`,
  );
}

/** Words before and between options; values of options among them do no harm here. */
const firstWords = (argv: readonly string[]): string[] => {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    if (argv[at] === '--lang') at++;
    else if (!argv[at]!.startsWith('-')) words.push(argv[at]!);
  }
  return words;
};

/** The command that a command line names, as far as it can be told. */
export function rowOf(argv: readonly string[]): CommandRow | null {
  const [first = '', second = ''] = firstWords(argv);
  return (
    allCommands.find(({ name }) => name === `${first} ${second}`) ??
    allCommands.find(({ name }) => name === first) ??
    null
  );
}

/** `help replay --lang zh` is `replay --help --lang zh`. */
function helpAsOption(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf('help');
  if (at < 0 || firstWords(argv)[0] !== 'help') return argv;
  const rest = argv.toSpliced(at, 1).filter((word) => word !== '--help' && word !== '-h');
  const words = firstWords(rest);
  // `help --help` asks for the help of `help`.
  if (words.length === 0 && rest.length < argv.length - 1) return argv;
  if (words.length > 0) {
    const known = rowOf(rest)?.name ?? (words.length === 1 && families[words[0]!] ? words[0]! : '');
    if (known !== words.join(' ')) throw unknownCommand(rest);
  }
  return [...rest, '--help'];
}

function tellUsage(error: UsageError, argv: readonly string[], io: Io): void {
  const sentence = fillText(error.text, io.language, error.values);
  const row = rowOf(argv);
  if (io.json) {
    const usage = row ? usageLine(row) : 'lukou <command>';
    io.note(JSON.stringify({ error: 'usage', message: sentence, usage }));
    return;
  }
  io.note(`lukou: ${sentence}`);
  if (row) io.note(`  ${usageLine(row)}`);
  io.note(`  ${io.say(row ? texts.usage_more : texts.usage_list, { name: row?.name ?? '' })}`);
}

function tellFault(thrown: unknown, io: Io): void {
  io.progress(null);
  const sentence = thrown instanceof Fault ? thrown.in(io.language) : messageOf(thrown);
  if (io.json) {
    const facts = thrown instanceof Fault ? thrown.toJSON() : { code: 'INTERNAL' };
    io.note(JSON.stringify({ error: 'fault', ...facts, message: sentence }));
  } else if (thrown instanceof Fault) io.note(`lukou: ${sentence}`);
  else io.note(`lukou: ${io.say(texts.internal, { message: sentence })}`);
  if (io.env['LUKOU_DEBUG'] === '1' && thrown instanceof Error) io.note(thrown.stack ?? '');
}

/** Runs one command line. Throws nothing; gives the exit code. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    const found = new Parser(io).parse(argv);
    if (!found) return EXIT.done;
    return await found.row.run(found.values, io);
  } catch (thrown) {
    return tellThrown(thrown, argv, io);
  }
}

/** Says what ended a command; gives the exit code. */
export function tellThrown(thrown: unknown, argv: readonly string[], io: Io): number {
  if (thrown instanceof UsageError) {
    tellUsage(thrown, argv, io);
    return EXIT.usage;
  }
  tellFault(asFault(thrown), io);
  return EXIT.fault;
}

/** Errors of the file system say what was wanted of which file. */
function asFault(thrown: unknown): unknown {
  if (thrown instanceof Fault || !(thrown instanceof Error) || !('syscall' in thrown)) {
    return thrown;
  }
  const { code, path, syscall } = thrown as NodeJS.ErrnoException;
  if (path === undefined) return thrown;
  const known: Readonly<Record<string, Text>> = {
    ENOENT: texts.system_missing,
    EACCES: texts.system_forbidden,
    ENOSPC: texts.system_full,
    EISDIR: texts.system_folder,
    ENOTDIR: texts.system_file,
  };
  const next = known[code ?? ''] ?? '';
  const expected = filledText(texts.system_call, { call: syscall ?? '' });
  return new Fault(
    'FILE_UNREADABLE',
    { subject: path, expected, got: code ?? messageOf(thrown), next },
    { cause: thrown },
  );
}
