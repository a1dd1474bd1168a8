/** Every command, by what it is for. A new command is one file and one line here. */
import type { Text } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { check } from './check.ts';
import type { CommandRow } from './command.ts';
import { demo } from './demo.ts';
import { help } from './help-command.ts';
import type { CommandGroup } from './help.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';
import { simulate } from './simulate.ts';
import { status } from './status.ts';
import { v2xDecode, v2xEncode } from './v2x.ts';
import { version } from './version.ts';

export const commandGroups: readonly CommandGroup[] = [
  { title: texts.group_try, commands: [demo, simulate, replay] },
  { title: texts.group_site, commands: [check] },
  { title: texts.group_run, commands: [run, status] },
  { title: texts.group_tools, commands: [v2xEncode, v2xDecode, help, version] },
];

export const allCommands: readonly CommandRow[] = commandGroups.flatMap(({ commands }) => commands);

/** Words that have only commands below them. */
export const families: Readonly<Record<string, Text>> = {
  v2x: texts.family_v2x,
};
