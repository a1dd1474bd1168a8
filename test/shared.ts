import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';

/** The folder with bytes and data that others made, beside the project; seen from here or `dist`. */
const beside = ['../../shared/', '../../../shared/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const folder = beside.find(existsSync) ?? beside[0]!;
/** Whether it is there. */
export const sharedIsThere = existsSync(folder);
/** A path inside it. */
export const shared = (path: string): string => `${folder}${path}`;

let told = false;
/** A test that needs the shared folder; where it is absent the test is skipped and says why. */
export const testWithShared: typeof test = (
  sharedIsThere
    ? test
    : ((name: string) => {
        if (!told) process.stderr.write('skipped: ../shared is absent, its vectors cannot be held against\n');
        told = true;
        test(`${name} [skipped: ../shared is absent]`, (context) => context.skip('../shared is absent'));
      })
) as typeof test;
