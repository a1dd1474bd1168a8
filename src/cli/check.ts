import { cliTexts as texts } from '../base/texts/cli.ts';
import { mapTexts } from '../base/texts/map.ts';
import { command, UsageError } from './command.ts';
import { siteFolder } from './sites.ts';

/** `31.2841,121.1712` → a place; null where none is given. Throws `UsageError`. */
function placeOf(text: string | null): { latDeg: number; lonDeg: number } | null {
  if (text === null) return null;
  const [latDeg, lonDeg, ...more] = text.split(',').map(Number);
  const fits = Math.abs(latDeg ?? NaN) <= 90 && Math.abs(lonDeg ?? NaN) <= 180 && more.length === 0;
  if (!fits) throw new UsageError(mapTexts.usage_gnss, { got: text });
  return { latDeg: latDeg!, lonDeg: lonDeg! };
}

export const check = command({
  name: 'check',
  summary: texts.check_summary,
  details: texts.check_details,
  arguments: [{ name: 'site', help: texts.check_site }],
  options: { gnss: { type: 'text', value: 'lat,lon', help: mapTexts.check_gnss } },
  examples: ['check demo', 'check /etc/lukou/site --json', 'check demo --gnss 31.2841,121.1712'],
  async run({ site, gnss }, io) {
    const folder = siteFolder(site);
    const place = placeOf(gnss);
    const { checkSiteFully, formatProblems } = await import('../site.ts');
    const problems = await checkSiteFully(folder, place ? { gnss: place } : {});
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
