import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';
import { daemonOptions } from './common.ts';
import { siteFolder } from './sites.ts';

export const run = command({
  name: 'run',
  summary: texts.run_summary,
  details: texts.run_details,
  arguments: [],
  options: {
    site: { ...daemonOptions.site, required: true },
    data: daemonOptions.data,
    logJson: { type: 'boolean', help: texts.run_log_json },
    record: { type: 'text', value: 'folder', help: texts.run_record },
    seed: {
      type: 'number',
      min: 0,
      max: 4294967295,
      whole: true,
      default: 1,
      help: texts.option_seed,
    },
  },
  examples: ['run --site /etc/lukou/site', 'run --site demo --data /tmp/lukou-demo'],
  outlivesReader: true,
  // Told without a mistake it does not even come here: `plainrun.ts`.
  async run({ site, data, logJson, record, seed }, io) {
    const { runParent } = await import('../parent.ts');
    const folder = siteFolder(site);
    // Only the demo starts us with a channel: with its end, orderly or not, ours has come too.
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    return runParent({
      siteFolder: folder,
      ...(data === null ? {} : { dataFolder: data }),
      logJson: logJson || io.json,
      seed,
      ...(record === null ? {} : { record }),
    });
  },
});
