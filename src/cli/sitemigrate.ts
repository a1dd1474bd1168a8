import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../base/fault.ts';
import type { Text } from '../base/text.ts';
import { cliTexts as texts } from '../base/texts/cli.ts';
import { command } from './command.ts';
import { siteFolder } from './sites.ts';

const files = ['site.json', 'road.json'] as const;

export const siteMigrate = command({
  name: 'site migrate',
  summary: texts.site_migrate_summary,
  details: texts.site_migrate_details,
  arguments: [{ name: 'folder', help: texts.check_site }],
  options: {},
  examples: ['site migrate /etc/lukou/site'],
  async run({ folder: named }, io) {
    const folder = siteFolder(named);
    const { parseJson, writeJson } = await import('../../config/json.ts');
    const { migrate } = await import('../../config/migrate.ts');
    // Both are read before one is written: a half-migrated site helps nobody.
    const found = files.filter((file) => existsSync(join(folder, file))).map((file) => {
      const parsed = parseJson(readFileSync(join(folder, file), 'utf8'));
      const refuse = (got: string | Text): never => {
        const facts = {
          subject: join(folder, file),
          expected: texts.site_migrate_expected,
          got,
          next: texts.site_migrate_next,
        };
        throw new Fault('SITE_INVALID', facts);
      };
      if ('failure' in parsed) return refuse('JSON');
      const result = migrate(file, parsed.value);
      if ('problem' in result) return refuse(result.problem.text);
      const version = (parsed.value as { formatVersion?: unknown } | null)?.formatVersion;
      return { file, from: String(version), ...result };
    });
    for (const { file, from, value, migrated } of found) {
      if (!migrated) continue;
      const path = join(folder, file);
      copyFileSync(path, `${path}.v${from}`);
      writeFileSync(`${path}.new`, writeJson(value), { mode: 0o644, flush: true });
      renameSync(`${path}.new`, path);
    }
    if (io.json) {
      const rows = found.map(({ file, from, migrated }) => ({ file, from, migrated }));
      io.out(JSON.stringify({ formatVersion: 1, site: folder, files: rows }));
      return 0;
    }
    for (const { file, from, migrated } of found) {
      io.out(
        io.say(migrated ? texts.site_migrate_done : texts.site_migrate_current, { file, from }),
      );
    }
    return 0;
  },
});
