/** Help as text, printed from the rows of the commands. */
import type { Language, Text } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { flagName } from './command.ts';
import type { ArgumentRow, CommandRow, OptionRow } from './command.ts';
import { padTo, widthOf, wrap } from './layout.ts';

/** The list of commands as help shows it. */
export interface CommandGroup {
  readonly title: Text;
  readonly commands: readonly CommandRow[];
}

/** Options that every command takes. */
export const commonOptions = {
  json: { type: 'boolean', help: texts.common_json },
  lang: { type: 'choice', of: ['en', 'zh'], help: texts.common_lang },
} as const satisfies Readonly<Record<string, OptionRow>>;

/** `--pace <real|max>`. */
export function optionHead(name: string, option: OptionRow): string {
  const flag = `--${flagName(name)}`;
  switch (option.type) {
    case 'boolean':
      return flag;
    case 'number':
      return `${flag} <n>`;
    case 'choice':
      return `${flag} <${option.of.join('|')}>`;
    case 'text':
      return `${flag} <${option.value}>`;
  }
}

/** `<recording>` or `[sensor]`. */
const argumentHead = ({ name, optional }: ArgumentRow): string =>
  optional ? `[${name}]` : `<${name}>`;

/** What stands behind the help of an option: default, range, that it is required. */
function optionTail(option: OptionRow, language: Language): string {
  const parts: string[] = [];
  if (option.type === 'number') parts.push(`${option.min}–${option.max}`);
  if (option.type !== 'boolean' && 'default' in option && option.default !== undefined) {
    parts.push(`${texts.help_default[language]} ${option.default}`);
  }
  if (option.type === 'text' && option.required) parts.push(texts.help_required[language]);
  if (parts.length === 0) return '';
  return language === 'zh' ? `（${parts.join('，')}）` : ` (${parts.join(', ')})`;
}

/** `lukou replay <recording> [options]`. */
export function usageLine(row: CommandRow): string {
  const required = Object.entries(row.options).flatMap(([name, option]) =>
    option.type === 'text' && option.required ? [optionHead(name, option)] : [],
  );
  return [
    'lukou',
    row.name,
    ...row.arguments.map(argumentHead),
    ...required,
    '[options]',
  ].join(' ');
}

/** Two columns, the right one broken to the width. */
function list(rows: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.min(30, Math.max(0, ...rows.map(([head]) => widthOf(head))));
  return rows.flatMap(([head, help]) => {
    const lines = wrap(help, Math.max(30, width - left - 4));
    const first = widthOf(head) > left ? [`  ${head}`] : [];
    return [
      ...first,
      ...lines.map((line, at) =>
        `  ${padTo(at === 0 && first.length === 0 ? head : '', left)}  ${line}`.trimEnd(),
      ),
    ];
  });
}

const optionRows = (
  options: Readonly<Record<string, OptionRow>>,
  language: Language,
): (readonly [string, string])[] =>
  Object.entries(options).map(([name, option]) => [
    optionHead(name, option),
    `${option.help[language]}${optionTail(option, language)}`,
  ]);

/** Help of one command; `below` are its subcommands; the handbook says the common options once. */
export function commandHelp(
  row: CommandRow,
  below: readonly CommandRow[],
  language: Language,
  width: number,
  withCommon = true,
): string[] {
  const lines = [usageLine(row), '', ...wrap(row.summary[language], width)];
  if (row.details[language] !== '') lines.push('', ...wrap(row.details[language], width));
  if (row.arguments.length > 0) {
    const rows = row.arguments.map((argument) =>
      [argumentHead(argument), argument.help[language]] as const,
    );
    lines.push('', texts.help_arguments[language], ...list(rows, width));
  }
  const own = optionRows(row.options, language);
  if (own.length > 0) lines.push('', texts.help_options[language], ...list(own, width));
  if (below.length > 0) {
    const rows = below.map(({ name, summary }) => [name, summary[language]] as const);
    lines.push('', texts.help_commands[language], ...list(rows, width));
  }
  if (withCommon) lines.push('', texts.help_common[language], ...list(commonRows(language), width));
  if (row.examples.length > 0) {
    lines.push(
      '',
      texts.help_examples[language],
      ...row.examples.map((example) => `  lukou ${example}`),
    );
  }
  return lines;
}

const commonRows = (language: Language): (readonly [string, string])[] => [
  ...optionRows(commonOptions, language),
  ['--help', texts.common_help[language]],
];

/** Help of a word that only has commands below it, such as `lukou site`. */
export function familyHelp(
  family: string,
  summary: Text,
  below: readonly CommandRow[],
  language: Language,
  width: number,
): string[] {
  return [
    `lukou ${family} <${texts.help_command_word[language]}> [options]`,
    '',
    ...wrap(summary[language], width),
    '',
    texts.help_commands[language],
    ...list(below.map(({ name, summary: what }) => [name, what[language]] as const), width),
    '',
    ...wrap(texts.help_more[language], width),
  ];
}

/** What `lukou` alone says: what it is, what to type first, every command by what it is for. */
export function programHelp(
  groups: readonly CommandGroup[],
  language: Language,
  width: number,
): string[] {
  const lines = [...wrap(texts.program_about[language], width), '', texts.help_first[language]];
  lines.push(
    ...list(
      [
        ['lukou demo', texts.first_demo[language]],
        ['lukou check <site>', texts.first_check[language]],
        ['lukou help <command>', texts.first_help[language]],
      ],
      width,
    ),
  );
  for (const { title, commands } of groups) {
    const rows = commands.map(({ name, summary }) => [name, summary[language]] as const);
    lines.push('', title[language], ...list(rows, width));
  }
  lines.push('', texts.help_common[language], ...list(commonRows(language), width));
  lines.push('', ...wrap(texts.program_exit[language], width));
  return lines;
}
