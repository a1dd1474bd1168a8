import { expect } from 'vitest';
import { readCommission } from '../../src/commission.ts';
import { browserIsThere, launch, testInBrowser } from './browser.ts';
import { demoSite, statusDocument } from './junction.ts';
import { startView } from './view.ts';

testInBrowser('a live site that nobody commissioned says so in the banner, and what to do, in both '
  + 'languages', async () => {
  expect(browserIsThere).toBe(true);
  const site = { ...demoSite, mode: 'live' as const };
  const nodes = [{
    node: '0-10', level: 'unavailable' as const, sinceMs: 1000,
    reasons: ['R25 the site: expected commissioned and unchanged, got no'],
  }];
  const { gate } = statusDocument([]);
  const commission = readCommission('/nowhere', site);
  const web = await startView({
    site, document: () => statusDocument([], { gate: { ...gate, nodes }, commission }),
  });
  const pushes = setInterval(() => web.push(), 100);
  const browser = await launch();
  try {
    for (const [locale, text] of [
      ['en-GB', 'not commissioned'], ['zh-CN', '未投运确认'],
    ] as const) {
      const page = await (await browser.newContext({ locale, viewport: { width: 390, height: 844 } })).newPage();
      await page.goto(web.url);
      await page.waitForSelector('.banner.gate', { state: 'visible', timeout: 8000 });
      const said = await page.textContent('.banner.gate');
      expect(said).toContain(text);
      expect(said).toContain('lukou commission');
    }
  } finally {
    clearInterval(pushes);
    await browser.close();
    await web.close();
  }
});
