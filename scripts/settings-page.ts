import { settingsTable } from '../config/print.ts';
import { roadSection } from '../config/road.ts';
import { siteSection } from '../config/site.ts';
import { drivers } from '../drivers/index.ts';
import type { Language } from '../src/base/text.ts';

interface Words {
  readonly title: string;
  readonly intro: string;
  readonly site: string;
  readonly road: string;
  readonly driver: string;
  readonly transports: string;
  readonly silent: string;
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    title: 'Settings',
    intro: 'Printed by `scripts/docs.ts` from the rows that the checker uses; do not edit by hand. '
      + '`[]` stands for each entry of a list, `.*` for each name, a word in brackets for the '
      + 'variant. (?) marks a fact that is not verified against a primary text.',
    site: 'site.json',
    road: 'road.json',
    driver: 'Options of drivers',
    transports: 'Ports',
    silent: 'silent after',
  },
  zh: {
    title: '设置参考',
    intro: '由 `scripts/docs.ts` 根据检查器所用的数据生成，请勿手工修改。`[]` 表示列表的每一项，`.*` 表示每个名称，'
      + '括号内为变体。(?) 表示尚未与原始文本核对的内容。',
    site: 'site.json',
    road: 'road.json',
    driver: '驱动选项',
    transports: '端口',
    silent: '静默判定',
  },
};

const inOne = (language: Language): string => {
  const say = words[language];
  const driverParts = drivers.map((driver) => [
    `### ${driver.kind}`,
    [
      `${driver.title[language]}. ${say.transports}: ${driver.transports.join(', ')};`,
      `${say.silent} ${driver.silentAfterMs} ms.`,
    ].join(' '),
    settingsTable(driver.options, language),
  ].join('\n\n'));
  return [
    `# ${say.title}`, say.intro,
    `## ${say.site}`, settingsTable(siteSection, language),
    `## ${say.road}`, settingsTable(roadSection, language),
    `## ${say.driver}`, ...driverParts,
  ].join('\n\n');
};

/** The whole page, English first. Same rows, same bytes. */
export const settingsPage = (): string => `${inOne('en')}\n\n${inOne('zh')}\n`;
