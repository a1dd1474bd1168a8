import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';
import { siteOption } from './common.ts';
import { siteFolder } from './sites.ts';

export const demo = command({
  name: 'demo',
  summary: texts.demo_summary,
  details: texts.demo_details,
  arguments: [],
  options: {
    for: { type: 'number', min: 1, max: 604_800, help: texts.demo_for },
    users: { type: 'number', min: 0, max: 400, whole: true, default: 40, help: texts.demo_users },
    seed: {
      type: 'number',
      min: 0,
      max: 4294967295,
      whole: true,
      default: 7,
      help: texts.option_seed,
    },
    site: { ...siteOption, default: 'demo' },
    record: { type: 'text', value: 'folder', help: texts.demo_record },
  },
  examples: ['demo', 'demo --for 30 --json', 'demo --users 100 --site two-nodes'],
  async run({ for: seconds, users, seed, site, record }, io) {
    const { runDemo } = await import('../demo.ts');
    return runDemo({
      seconds,
      json: io.json,
      users,
      seed,
      language: io.language,
      site: siteFolder(site),
      record,
      out: (line) => io.out(line),
      note: (line) => io.note(line),
    });
  },
});
