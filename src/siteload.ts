/** The thread that reads and checks a site folder, and ends (`siteapart.ts`). */
import { parentPort, workerData } from 'node:worker_threads';
import { Fault, messageOf } from './base/fault.ts';
import { loadSite } from './site.ts';
import type { Site } from './model/site.ts';

/** What the thread says. */
export type SiteAnswer =
  | { readonly site: Site }
  | { readonly fault: Record<string, unknown> }
  | { readonly error: string };

function answer(folder: string): SiteAnswer {
  try {
    return { site: loadSite(folder) };
  } catch (thrown) {
    return thrown instanceof Fault ? { fault: thrown.toJSON() } : { error: messageOf(thrown) };
  }
}

parentPort?.postMessage(answer(workerData as string));
