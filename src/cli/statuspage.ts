/** The status document as a page for people. */
import type { StatusDocument } from '../status.ts';
import type { Io } from './command.ts';

/** Lines of the page. */
export function statusPage(document: StatusDocument, io: Io): string[] {
  return [document.site.name[io.language], ...document.capabilities.map(({ capability, level }) => `${capability} ${level}`)];
}
