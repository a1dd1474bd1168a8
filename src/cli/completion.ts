import { cliTexts as texts } from '../base/texts/cli.ts';
import { command, flagName } from './command.ts';
import type { CommandRow } from './command.ts';
import type { CommandGroup } from './help.ts';

const quoted = (words: readonly string[]): string => `'${words.join(' ')}'`;

/** What bash runs to offer the words that begin as typed. */
const offer = (words: readonly string[]): string =>
  `COMPREPLY=($(compgen -W ${quoted(words)} -- "$word"))`;

/** Flags of a command, the common ones among them. */
const flagsOf = (row: CommandRow): string[] =>
  [...Object.keys(row.options), 'json', 'lang', 'help'].map((name) => `--${flagName(name)}`);

/** Words that may stand behind a flag; files where nothing better is known. */
function valueCases(rows: readonly CommandRow[], sites: readonly string[]): string[] {
  const choices = new Map<string, readonly string[]>([['--lang', ['en', 'zh']]]);
  for (const row of rows) {
    for (const [name, option] of Object.entries(row.options)) {
      if (option.type !== 'choice') continue;
      const flag = `--${flagName(name)}`;
      choices.set(flag, [...new Set([...(choices.get(flag) ?? []), ...option.of])]);
    }
  }
  return [
    ...[...choices].map(([flag, words]) =>
      `    ${flag}) ${offer(words)}; return ;;`,
    ),
    `    --site) ${offer(sites)}; COMPREPLY+=($(compgen -d -- "$word")); return ;;`,
    '    --data|--out|--record|--answers) COMPREPLY=($(compgen -f -- "$word")); return ;;',
  ];
}

/** The script that bash reads. */
function bashScript(
  groups: readonly CommandGroup[],
  sites: readonly string[],
  kinds: readonly string[],
): string[] {
  const rows = groups.flatMap(({ commands }) => commands);
  const first = [...new Set(rows.map(({ name }) => name.split(' ')[0]!))];
  const seconds = first.flatMap((word) => {
    const below = rows.flatMap(({ name }) =>
      (name.startsWith(`${word} `) ? [name.split(' ')[1]!] : []),
    );
    return below.length > 0 ? [`    ${word}) seconds=${quoted(below)} ;;`] : [];
  });
  return [
    '# bash completion of lukou: source it, or put it into /etc/bash_completion.d/lukou',
    '_lukou() {',
    '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  local first="" second="" seconds="" flags="" at',
    '  COMPREPLY=()',
    '  for ((at = 1; at < COMP_CWORD; at++)); do',
    '    [[ "${COMP_WORDS[at]}" == -* ]] && continue',
    '    if [[ -z "$first" ]]; then first="${COMP_WORDS[at]}"',
    '    elif [[ -z "$second" ]]; then second="${COMP_WORDS[at]}"; fi',
    '  done',
    '  case "$before" in',
    ...valueCases(rows, sites),
    '  esac',
    '  case "$first" in',
    ...seconds,
    '  esac',
    '  case "$first $second" in',
    ...rows.map((row) => {
      const pattern = row.name.includes(' ') ? `'${row.name}'` : `'${row.name} '*`;
      return { row, pattern };
    })
      // Two words are told apart before one word takes everything.
      .sort((a, b) => b.row.name.split(' ').length - a.row.name.split(' ').length)
      .map(({ row, pattern }) => `    ${pattern}) flags=${quoted(flagsOf(row))} ;;`),
    '    *) flags="--json --lang --help --version" ;;',
    '  esac',
    '  if [[ "$word" == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word"))',
    `  elif [[ -z "$first" ]]; then ${offer(first)}`,
    '  elif [[ -n "$seconds" && -z "$second" ]]; then',
    '    COMPREPLY=($(compgen -W "$seconds" -- "$word"))',
    `  elif [[ "$first" == help && -z "$second" ]]; then ${offer(first)}`,
    `  elif [[ "$first" == drivers ]]; then ${offer(kinds)}`,
    `  elif [[ "$first" == check ]]; then ${offer(sites)}; COMPREPLY+=($(compgen -d -- "$word"))`,
    '  else COMPREPLY=($(compgen -f -- "$word")); fi',
    '}',
    'complete -F _lukou lukou',
  ];
}

export const completion = command({
  name: 'completion',
  summary: texts.completion_summary,
  details: texts.completion_details,
  arguments: [{ name: 'shell', optional: true, help: texts.completion_shell }],
  options: {},
  examples: ['completion bash > /etc/bash_completion.d/lukou', 'completion | head'],
  async run({ shell }, io) {
    if (shell !== null && shell !== 'bash') {
      const { UsageError } = await import('./command.ts');
      throw new UsageError(texts.usage_form, { flag: '<shell>', expected: 'bash', got: shell });
    }
    const { commandGroups } = await import('./commands.ts');
    const { sampleSites } = await import('./sites.ts');
    const { drivers } = await import('../../drivers/index.ts');
    const lines = bashScript(commandGroups, sampleSites(), drivers.map(({ kind }) => kind));
    const script = lines.join('\n');
    if (io.json) io.out(JSON.stringify({ formatVersion: 1, shell: 'bash', script }));
    else for (const line of lines) io.out(line);
    return 0;
  },
});
