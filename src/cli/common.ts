/** Options that several commands share. */
import { cliTexts as texts } from '../base/texts/cli.ts';

export const siteOption = { type: 'text', value: 'folder', help: texts.option_site } as const;
const dataOption = { type: 'text', value: 'folder', help: texts.option_data } as const;
/** A command that asks the daemon finds it by the data folder, named or the site's. */
export const daemonOptions = { site: siteOption, data: dataOption } as const;
