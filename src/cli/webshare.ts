import { cliTexts as texts } from '../base/texts/cli.ts';
import type { Shared } from '../web/share.ts';
import { command } from './command.ts';
import { daemonOptions } from './common.ts';

export const webShare = command({
  name: 'web share',
  summary: texts.web_share_summary,
  details: texts.web_share_details,
  arguments: [{ name: 'interface', help: texts.web_interface }],
  options: daemonOptions,
  examples: ['web share wlan0'],
  async run({ interface: name, ...names }, io) {
    const { ask } = await import('./daemon.ts');
    const shared = (await ask(names, io, 'web-share', { interface: name }, true)) as Shared;
    if (io.json) {
      io.out(JSON.stringify({ formatVersion: 1, ...shared }));
      return 0;
    }
    for (const line of shared.qr.split('\n')) io.out(line);
    io.out(shared.url);
    io.out(io.say(texts.web_until, { until: shared.until }));
    io.out(io.say(texts.web_fingerprint, { fingerprint: shared.fingerprint }));
    return 0;
  },
});
