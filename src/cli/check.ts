import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';
import { siteFolder } from './sites.ts';

export const check = command({
  name: 'check',
  summary: texts.check_summary,
  details: texts.check_details,
  arguments: [{ name: 'site', help: texts.check_site }],
  options: {},
  examples: ['check demo', 'check /etc/lukou/site --json'],
  async run({ site }, io) {
    const folder = siteFolder(site);
    const { checkSiteFully, formatProblems } = await import('../site.ts');
    const problems = await checkSiteFully(folder);
    const ok = problems.every(({ severity }) => severity !== 'error');
    if (io.json) {
      io.out(
        JSON.stringify({
          formatVersion: 1,
          site: folder,
          ok,
          problems: problems.map(({ severity, code, file, path, expected, got, text, hint }) => ({
            severity, code, file, path, expected, got,
            text: text[io.language],
            next: hint[io.language],
          })),
        }),
      );
    } else if (problems.length === 0) io.out(io.say(texts.check_clean, { site }));
    else io.out(formatProblems(problems, io.language));
    return ok ? 0 : 1;
  },
});
