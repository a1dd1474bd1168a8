import { expect, test } from 'vitest';
import { classColour } from '../../src/web/page/palette.ts';
import type {} from '../../src/web/page/main.ts';
import { browserIsThere, launch } from '../web/browser.ts';
import { figure, junctions, liveTest, nowMs, sleepMs } from './harness.ts';

const junctionOf = junctions();
const noBrowser = browserIsThere ? null : 'no Chromium is installed';

/** Colours of one picture around some places of the junction, read inside the page. */
type Look = readonly { readonly colours: readonly string[] }[];

const near = (colour: string, wanted: string): boolean => {
  const parts = (text: string): number[] => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  const [a, b] = [parts(colour), parts(wanted)];
  return a.every((part, index) => Math.abs(part - b[index]!) <= 24);
};

liveTest(test, 'a road user of the simulator is on the picture where the truth says it is', noBrowser, async () => {
  const on = await junctionOf({ users: 40 });
  await on.devices();
  on.daemon();
  await on.valid();
  await on.other('RSM');
  await sleepMs(3000);
  const browser = await launch();
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
    const page = await context.newPage();
    await page.goto(`http://${on.site.web.host}:${on.site.web.port}/`);
    await page.waitForSelector('.link.live');
    await sleepMs(1000);
    let looked = 0;
    let found = 0;
    for (let round = 0; round < 12 && looked < 60; round++) {
      // Who stands still is at one place in truth, track and picture, however old the picture is.
      const users = on.world.usersAt(nowMs()).filter(
        (user) =>
          user.speedMps < 0.2 && user.lengthM > 3.5 && Math.hypot(user.eastM, user.northM) < 60,
      );
      const places = users.map(({ eastM, northM }) => ({ eastM, northM }));
      const looks: Look = await page.evaluate((wanted) => {
        const canvas = [...document.querySelectorAll('canvas')].find((one) => one.width > 300)!;
        const context2d = canvas.getContext('2d')!;
        return wanted.map(({ eastM, northM }) => {
          const { bitmapX, bitmapY } = window.__lukouPick!(eastM, northM);
          const { data } = context2d.getImageData(bitmapX - 4, bitmapY - 4, 9, 9);
          const colours: string[] = [];
          for (let at = 0; at < data.length; at += 4) {
            const hex = [data[at]!, data[at + 1]!, data[at + 2]!].map((part) => part.toString(16).padStart(2, '0'));
            colours.push(`#${hex.join('')}`);
          }
          return { colours };
        });
      }, places);
      looks.forEach(({ colours }) => {
        looked++;
        // A van may be taken for a car, a truck for a bus: any vehicle's colour will do.
        const wanted = ['car', 'van', 'truck', 'bus'].map((cls) => classColour(cls));
        const share = colours.filter((colour) => wanted.some((one) => near(colour, one))).length;
        if (share > 10) found++;
      });
      await sleepMs(1000);
    }
    figure('truth on the picture', { looked, found });
    expect(looked).toBeGreaterThan(10);
    expect(found / looked).toBeGreaterThan(0.85);
  } finally {
    await browser.close();
  }
});
