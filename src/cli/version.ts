import { cliTexts as texts } from '../base/texts/cli.ts';
import { softwareVersion } from '../version.ts';
import { command } from './command.ts';

export const version = command({
  name: 'version',
  summary: texts.version_summary,
  details: texts.version_details,
  arguments: [],
  options: {},
  examples: ['version', 'version --json'],
  run(_values, io) {
    const facts = {
      lukou: softwareVersion(),
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    };
    if (io.json) io.out(JSON.stringify({ formatVersion: 1, ...facts }));
    else io.out(`lukou ${facts.lukou} (node ${facts.node}, ${facts.platform})`);
    return 0;
  },
});
