import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { test } from 'vitest';

const executablePath = '/usr/bin/chromium';
export const browserIsThere = existsSync(executablePath);

let told = false;
/** A test in a real browser; where none is installed it is skipped and says why. */
export const testInBrowser: typeof test = (
  browserIsThere
    ? test
    : ((name: string) => {
        if (!told) process.stderr.write(`skipped: no ${executablePath}, the page cannot be looked at\n`);
        told = true;
        test(`${name} [skipped: no Chromium]`, (context) => context.skip('no Chromium'));
      })
) as typeof test;

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
