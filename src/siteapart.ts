import { Worker } from 'node:worker_threads';
import { faultFromJson } from './base/fault.ts';
import { filledText } from './base/text.ts';
import { daemonFaultTexts as texts } from './base/texts/daemon.ts';
import type { Site } from './model/site.ts';
import type { SiteAnswer } from './siteload.ts';

/** Freezes plain data to its ground; what is frozen already is passed over. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}

/**
 * Reads a site folder as `loadSite` does, in a thread that ends with it: the checker and its
 * libraries leave the memory again. Errors: `Fault` SITE_INVALID that names every problem.
 */
export function loadSiteApart(folder: string): Promise<Site> {
  return new Promise((done, failed) => {
    const worker = new Worker(new URL('./siteload.js', import.meta.url), {
      workerData: folder,
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    worker.once('error', failed);
    worker.once('exit', (code) => failed(new Error(`the site's thread ended with ${code}`)));
    worker.once('message', (answer: SiteAnswer) => {
      if ('site' in answer) done(frozen(answer.site));
      else if ('error' in answer) failed(new Error(answer.error));
      else {
        failed(faultFromJson(answer.fault, 'SITE_INVALID', {
          subject: folder,
          expected: texts.site_sound,
          got: filledText(texts.site_problems, { count: 1 }),
          next: filledText(texts.site_mend_in, { site: folder }),
        }));
      }
      void worker.terminate();
    });
  });
}
