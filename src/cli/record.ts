import { resolve } from 'node:path';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { UsageError, command } from './command.ts';
import { daemonOptions } from './common.ts';
import { megabytes as megabytesText } from './words.ts';

export const record = command({
  name: 'record',
  summary: texts.record_summary,
  details: texts.record_details,
  arguments: [{ name: 'folder', optional: true, help: texts.record_folder }],
  options: {
    seconds: { type: 'number', min: 1, max: 86_400, default: 600, help: texts.record_seconds },
    megabytes: {
      type: 'number',
      min: 1,
      max: 1_000_000,
      default: 500,
      help: texts.record_megabytes,
    },
    stop: { type: 'boolean', help: texts.record_stop },
    blackBox: { type: 'boolean', help: texts.record_black_box },
    ...daemonOptions,
  },
  examples: [
    'record /tmp/evening --seconds 300',
    'record --stop',
    'record /tmp/what-happened --black-box',
  ],
  async run({ folder, seconds, megabytes, stop, blackBox, ...names }, io) {
    const { ask } = await import('./daemon.ts');
    if (stop === (folder !== null)) {
      throw new UsageError(texts.usage_one_of, { expected: '<folder> | --stop' });
    }
    if (folder === null) {
      const ended = (await ask(names, io, 'record-stop', {}, true)) as {
        folder: string;
        octets: number;
      };
      if (io.json) io.out(JSON.stringify({ formatVersion: 1, ...ended }));
      else {
        const size = megabytesText(ended.octets);
        io.out(io.say(texts.record_ended, { folder: ended.folder, size }));
      }
      return 0;
    }
    // The daemon has another working folder than we have.
    if (blackBox) {
      const frozen = await ask(names, io, 'freeze', { folder: resolve(folder) }, true);
      const { folder: kept } = frozen as { folder: string };
      if (io.json) io.out(JSON.stringify({ formatVersion: 1, folder: kept }));
      else io.out(io.say(texts.record_frozen, { folder: kept }));
      return 0;
    }
    const began = await ask(
      names,
      io,
      'record-start',
      { folder: resolve(folder), seconds, megabytes },
      true,
    );
    const where = (began as { folder: string }).folder;
    if (io.json) io.out(JSON.stringify({ formatVersion: 1, folder: where, seconds, megabytes }));
    else io.out(io.say(texts.record_began, { folder: where, seconds, megabytes }));
    return 0;
  },
});
