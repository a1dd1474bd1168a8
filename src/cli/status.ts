import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';
import { daemonOptions } from './common.ts';

export const status = command({
  name: 'status',
  summary: texts.status_summary,
  details: texts.status_details,
  arguments: [],
  options: daemonOptions,
  examples: ['status', 'status --data /var/lib/lukou', 'status --site demo --json'],
  async run(names, io) {
    const { askStatus } = await import('./daemon.ts');
    const document = await askStatus(names, io);
    if (io.json) io.out(JSON.stringify(document));
    else {
      const { statusPage } = await import('./statuspage.ts');
      for (const line of statusPage(document, io)) io.out(line);
    }
    return document.capabilities.every(({ level }) => level === 'ok') ? 0 : 1;
  },
});
