/** Every command, by what it is for. A new command is one file and one line here. */
import type { Text } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { mapTexts } from '../base/texts/map.ts';
import { check } from './check.ts';
import type { CommandRow } from './command.ts';
import { commission } from './commission.ts';
import { completion } from './completion.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { drivers } from './drivers.ts';
import { gate, gateRelease } from './gate.ts';
import { help } from './help-command.ts';
import type { CommandGroup } from './help.ts';
import { mapDraw } from './mapdraw.ts';
import { mapImport } from './mapimport.ts';
import { mapSize } from './mapsize.ts';
import { record } from './record.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';
import { score } from './score.ts';
import { simulate } from './simulate.ts';
import { siteMigrate } from './sitemigrate.ts';
import { siteNew } from './sitenew.ts';
import { status } from './status.ts';
import { top } from './top.ts';
import { track } from './track.ts';
import { v2xDecode, v2xEncode } from './v2x.ts';
import { version } from './version.ts';
import { webShare } from './webshare.ts';

export const commandGroups: readonly CommandGroup[] = [
  { title: texts.group_try, commands: [demo, simulate, replay, score, track] },
  { title: texts.group_site, commands: [siteNew, check, siteMigrate, mapImport, mapSize, mapDraw, drivers] },
  {
    title: texts.group_run,
    commands: [run, status, top, gate, gateRelease, commission, record, webShare, doctor],
  },
  { title: texts.group_tools, commands: [v2xEncode, v2xDecode, completion, help, version] },
];

export const allCommands: readonly CommandRow[] = commandGroups.flatMap(({ commands }) => commands);

/** Words that have only commands below them. */
export const families: Readonly<Record<string, Text>> = {
  map: mapTexts.family_map,
  site: texts.family_site,
  v2x: texts.family_v2x,
  web: texts.family_web,
};
