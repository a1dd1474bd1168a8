/**
 * zod, where settings are checked. A process that runs a junction is handed settings which a thread
 * that is gone by then has checked (`src/siteapart.ts`): zod would stay in its memory for years for
 * nothing (measured: 6 to 8 MB in each thread). There the rows of a driver stand for themselves,
 * and `parse` gives what was accepted before.
 */
import type { z as Zod } from 'zod';

/** Set by the first import of such a process (`src/settled.ts`), before any row is read. */
export const SETTLED = Symbol.for('lukou.settings-are-settled');

const settled = (globalThis as { [SETTLED]?: boolean })[SETTLED] === true;

/** Any call and any member of it is itself again; only `parse` does something. */
const standIn = (): unknown => {
  const made: unknown = new Proxy(() => undefined, {
    get: (_target, key) => (key === 'parse' ? (given: unknown): unknown => given : made),
    apply: () => made,
  });
  return made;
};

export const z: typeof Zod = settled ? (standIn() as typeof Zod) : (await import('zod')).z;
