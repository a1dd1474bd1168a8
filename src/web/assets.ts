import { readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../base/fault.ts';
import { factTexts } from '../base/texts/faults.ts';
import { webFaultTexts as texts } from '../base/texts/web.ts';
import { icon, pageHtml } from './document.ts';
import { stylesheet } from './stylesheet.ts';

/** One answer that never changes while the server runs. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const MODULES_MAX = 64;

/** The folder with compiled modules: beside this file when built, else in `dist`. */
function compiledRoot(): string {
  const here = dirname(fileURLToPath(import.meta.url)); // …/src/web or …/dist/src/web
  const sources = dirname(here);
  const isCompiled = import.meta.url.endsWith('.js');
  return isCompiled ? sources : join(dirname(sources), 'dist', 'src');
}

function readModule(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Fault(
      'FILE_UNREADABLE',
      {
        subject: path,
        expected: texts.module,
        got: factTexts.no_such_file,
        next: texts.module_next,
      },
      { cause },
    );
  }
}

/**
 * Reads the page and every module that it reaches, once. URLs are keys of this table and nothing
 * else, so that no URL can name a file. Modules keep their places relative to one another:
 * `page/main.js` imports `../../base/text.js`, which a browser resolves to `/base/text.js`.
 *
 * Errors: `Fault` FILE_UNREADABLE where the page was not compiled.
 */
export function loadAssets(root: string = compiledRoot()): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>([
    ['/', { type: 'text/html; charset=utf-8', body: Buffer.from(pageHtml) }],
    ['/page/style.css', { type: 'text/css; charset=utf-8', body: Buffer.from(stylesheet) }],
    ['/page/icon.svg', { type: 'image/svg+xml', body: Buffer.from(icon) }],
  ]);
  const urlOf = (path: string): string =>
    `/${path.slice(root.length + 1).split(sep).join('/').replace(/^web\//, '')}`;
  const waiting = [join(root, 'web', 'page', 'main.js')];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const url = urlOf(path);
    if (assets.has(url)) continue;
    const text = readModule(path).replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
    assets.set(url, { type: JAVASCRIPT, body: Buffer.from(text) });
    for (const [, target] of text.matchAll(/(?:from|import)\s*['"](\.{1,2}\/[^'"]+)['"]/g)) {
      waiting.push(normalize(join(dirname(path), target ?? '')));
    }
    if (assets.size > MODULES_MAX) throw new Error(`the page has over ${MODULES_MAX} modules`);
  }
  return assets;
}
