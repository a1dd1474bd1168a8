/** The handbook's page of all commands, printed from the rows. */
import { languages } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { commandGroups, families } from './commands.ts';
import { commandHelp } from './help.ts';

const WIDTH = 96;

/** `docs/cli.md`. */
export function commandsPage(): string {
  const lines = ['# Commands · 命令', ''];
  for (const language of languages) lines.push(texts.page_about[language], '');
  for (const language of languages) lines.push(texts.program_exit[language], '');
  const rows = commandGroups.flatMap(({ commands }) => commands);
  for (const { title, commands } of commandGroups) {
    lines.push(`## ${title.en} · ${title.zh}`, '');
    for (const row of commands) {
      const below = rows.filter(({ name }) => name.startsWith(`${row.name} `));
      lines.push(`### lukou ${row.name}`, '');
      const family = families[row.name.split(' ')[0]!];
      if (family && row.name.includes(' ')) lines.push(`${family.en} ${family.zh}`, '');
      for (const language of languages) {
        lines.push('```text', ...commandHelp(row, below, language, WIDTH, false), '```', '');
      }
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
