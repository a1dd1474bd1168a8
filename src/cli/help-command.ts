import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';

/** The parser answers it; the row is here so that help, completion and the handbook know it. */
export const help = command({
  name: 'help',
  summary: texts.help_summary,
  details: texts.help_details,
  arguments: [{ name: 'command', optional: true, help: texts.help_command }],
  options: {},
  examples: ['help', 'help replay', 'help site new --lang zh'],
  run: () => 0,
});
