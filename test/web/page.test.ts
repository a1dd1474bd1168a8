import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { classColour, lampColour } from '../../src/web/page/palette.ts';
import type { StatusDocument, TrackRow } from '../../src/status.ts';
import type {} from '../../src/web/page/main.ts';
import type { WebServer } from '../../src/web/server.ts';
import { browserIsThere, launch, testInBrowser } from './browser.ts';
import { demoSite, lampRows, spreadTracks, statusDocument, trackRow } from './junction.ts';
import { startView } from './view.ts';

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let browser: Browser;
let web: WebServer;
let shown: StatusDocument = statusDocument([]);
let isPushing = true;
let monoMs = 600_000;
let pushes: NodeJS.Timeout;

beforeAll(async () => {
  if (!browserIsThere) return;
  web = await startView({ document: () => ({ ...shown, monoMs: (monoMs += 100) as never }) });
  pushes = setInterval(() => isPushing && web.push(), 100);
  browser = await launch();
});

afterEach(async () => {
  // A page that a failed test left open would hold its connections.
  for (const context of browser?.contexts() ?? []) await context.close();
});

afterAll(async () => {
  clearInterval(pushes);
  await browser?.close();
  await web?.close();
});

/** Opens the page and waits until a document has been drawn; fails on any error in the page. */
async function open(viewport: { width: number; height: number }, document: StatusDocument): Promise<Page> {
  shown = document;
  isPushing = true;
  const context = await browser.newContext({ viewport, locale: 'en-GB', deviceScaleFactor: viewport === PHONE ? 2 : 1 });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') failures.push(message.text());
  });
  await page.goto(web.url);
  await page.waitForSelector('.link.live');
  await drawn(page);
  return page;
}
const failures: string[] = [];

/** Waits until pictures of the document that is shown now were drawn. */
async function drawn(page: Page): Promise<void> {
  // Asked from here: the page's own policy forbids a browser tool to compile a question in it.
  const count = (): Promise<number> => page.evaluate(() => window.__lukouDrawn ?? 0);
  const before = await count();
  while ((await count()) <= before + 2) await page.waitForTimeout(30);
}

type Rgb = readonly [number, number, number];
const rgb = (hex: string): Rgb => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
const isNear = (a: Rgb, b: Rgb): boolean => a.every((value, index) => Math.abs(value - b[index]) <= 12);

/** Colours of the picture in a square around a pixel of its bitmap. */
function around(page: Page, x: number, y: number, reach: number): Promise<readonly Rgb[]> {
  return page.evaluate(
    ([left, top, size]) => {
      const data = document.querySelector('canvas')!.getContext('2d')!.getImageData(left, top, size, size).data;
      return Array.from({ length: size * size }, (_, at) => [data[at * 4], data[at * 4 + 1], data[at * 4 + 2]] as const);
    },
    [x - reach, y - reach, 2 * reach + 1] as const,
  );
}

const pick = (page: Page, eastM: number, northM: number): Promise<{ bitmapX: number; bitmapY: number; x: number; y: number }> =>
  page.evaluate(([east, north]) => window.__lukouPick!(east, north), [eastM, northM] as const);

/** Share of the pixels around a place that have a class's colour. */
async function shareOfClass(page: Page, track: TrackRow): Promise<number> {
  const { bitmapX, bitmapY } = await pick(page, track.eastM, track.northM);
  const colours = await around(page, bitmapX, bitmapY, 1);
  return colours.filter((colour) => isNear(colour, rgb(classColour(track.cls)))).length / colours.length;
}

const places: readonly TrackRow[] = [
  trackRow(1, 'car', 40, 3, Math.PI, 8), trackRow(2, 'van', -40, -3, 0, 8), trackRow(3, 'truck', 6, -40, 1.6, 5),
  trackRow(4, 'bus', -5, 38, -1.6, 5), trackRow(5, 'motorcycle', 3, 3, 0.7, 6), trackRow(6, 'bicycle', 30, 10, Math.PI, 4),
  trackRow(7, 'pedestrian', -17.4, 2, 1.6, 1.3), trackRow(8, 'unknown', -8, -8, 0, 2),
];

testInBrowser('each road user is on the picture where the truth says it is, in its class colour', async () => {
  const page = await open(WIDE, statusDocument(places));
  for (const track of places) expect(await shareOfClass(page, track), track.cls).toBeGreaterThan(0.6);
  shown = statusDocument([]);
  await drawn(page);
  for (const track of places) expect(await shareOfClass(page, track), track.cls).toBe(0);
  expect(failures).toEqual([]);
});

testInBrowser('each movement and crossing has its lamp in its colour, and none when the state is not usable', async () => {
  const page = await open(WIDE, statusDocument([]));
  const lamps = await page.evaluate(() => window.__lukouLamps!());
  const rows = new Map(lampRows().map((row) => [row.signalGroup as string, row]));
  expect(new Set(lamps.map(({ signalGroup }) => signalGroup)).size).toBe(demoSite.road.signalGroups.length);
  const shareOf = async (lamp: (typeof lamps)[number]): Promise<number> => {
    const colours = await around(page, lamp.bitmapX, lamp.bitmapY, Math.floor(lamp.radius / 2));
    const wanted = rgb(lampColour(rows.get(lamp.signalGroup)!.colour));
    return colours.filter((colour) => isNear(colour, wanted)).length / colours.length;
  };
  for (const lamp of lamps) expect(await shareOf(lamp), lamp.signalGroup).toBeGreaterThan(0.25);
  shown = statusDocument([], { lamps: lampRows('stale') });
  await drawn(page);
  for (const lamp of lamps) expect(await shareOf(lamp), lamp.signalGroup).toBeLessThan(0.05);
});

testInBrowser('two hundred road users are drawn, and pan and zoom move them with the ground', async () => {
  const tracks = spreadTracks(200, 'two hundred');
  expect(tracks).toHaveLength(200);
  const page = await open(WIDE, statusDocument(tracks));
  await page.mouse.move(400, 400);
  await page.mouse.wheel(0, 400);
  await page.mouse.down();
  await page.mouse.move(450, 430, { steps: 3 });
  await page.mouse.up();
  await drawn(page);
  let found = 0;
  let inside = 0;
  for (const track of tracks.filter(({ cls }) => cls === 'car')) {
    const { x, y } = await pick(page, track.eastM, track.northM);
    if (x < 150 || x > 900 || y < 100 || y > 700) continue;
    inside++;
    if ((await shareOfClass(page, track)) > 0.5) found++;
  }
  expect(inside).toBeGreaterThan(3);
  expect(found).toBeGreaterThanOrEqual(inside * 0.9); // some lie under a person or a bicycle
});

testInBrowser('a click on a road user shows who it is', async () => {
  const page = await open(WIDE, statusDocument(places));
  const { x, y } = await pick(page, places[3].eastM, places[3].northM);
  const box = (await page.locator('canvas').boundingBox())!;
  await page.mouse.click(box.x + x, box.y + y);
  expect(await page.locator('.card').innerText()).toMatch(/Bus 4[\s\S]*18 km\/h[\s\S]*demo-box\/1\/4/);
});

const gateOf = (level: 'valid' | 'unavailable'): StatusDocument['gate'] => ({
  nodes: [{ node: '0-10', level, reasons: level === 'valid' ? [] : ['R1 stale: expected 300 ms, got 900'], sinceMs: 0 }],
  outputs: [], latches: [], refused: 0, refusals: [],
});

testInBrowser('the gate tells each output with its grade, rule and since when, and refusals decoded', async () => {
  const node = '0-10';
  const meaning = { en: 'node 0-10, count 93: 1 protected green', zh: '节点 0-10，计数 93：1 保护绿' };
  const gate: StatusDocument['gate'] = {
    ...gateOf('unavailable'),
    outputs: [
      { node, type: 'SPAT', grade: 4, rule: 'R6b', sinceMs: 590_000, lastMs: 599_000 },
      { node, type: 'MAP', grade: 0, rule: null, sinceMs: 1000, lastMs: 599_900 },
      { node, type: 'RSM', grade: 3, rule: 'R30', sinceMs: 595_000, lastMs: 594_000 },
      { node, type: 'RSI', grade: 0, rule: null, sinceMs: 1000, lastMs: 599_900 },
    ],
    latches: [`${node} R6: groups a and b conflict`],
    refused: 1,
    refusals: [{
      atMs: 599_000, type: 'SPAT', node, rule: 'R20', meaning, hex: '3a5f',
      reason: 'phase 1: a shows red: expected red, got protected',
    }],
  };
  for (const viewport of [WIDE, PHONE]) {
    const page = await open(viewport, statusDocument([], { gate }));
    const text = (await page.locator('body').innerText()).replace(/\s+/g, ' ');
    expect(text).toContain('L4');
    expect(text).toContain('RSM 0-10');
    expect(text).toMatch(/L3 silent/);
    expect(text).toContain(meaning.en);
    expect(text).toContain('SPAT 0-10 · R20');
    await page.close();
  }
  expect(failures).toEqual([]);
});

testInBrowser('a gate that is not valid is said in red with its reason, in both languages', async () => {
  const page = await open(WIDE, statusDocument([], { gate: gateOf('unavailable') }));
  const banner = page.locator('.banner.gate');
  expect(await banner.innerText()).toMatch(
    /Demo junction: unavailable\. Does not hold: .*R1 stale: expected 300 ms, got 900/,
  );
  expect(await banner.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgb(185, 28, 28)');
  expect(await page.locator('.banner.demo').innerText()).toContain('Nothing leaves this machine');
  await page.getByRole('button', { name: '中文' }).click();
  expect(await banner.innerText()).toContain('信号消息：不可用');
  expect(await page.locator('h1').innerText()).toBe('演示路口');
});

for (const [name, viewport] of [['390', PHONE], ['1440', WIDE]] as const) {
  testInBrowser(`nothing is wider than a window of ${name} pixels, in either language`, async () => {
    const page = await open(viewport, statusDocument(spreadTracks(40, 'width'), { gate: gateOf('unavailable') }));
    for (const language of ['中文', 'English']) {
      await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
      await page.waitForTimeout(400); // until what was folded has been filled
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(content).toBeLessThanOrEqual(window);
      await page.getByRole('button', { name: language }).click();
    }
    const stage = (await page.locator('canvas').boundingBox())!;
    expect(stage.width).toBeGreaterThan(viewport.width / 2);
    expect(stage.height).toBeGreaterThan(250);
    });
}

testInBrowser('names with markup are shown as text and run nothing', async () => {
  const bad = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
  const document = statusDocument([{ ...places[0], id: bad, laneId: bad, sensors: [bad] }], {
    checks: [{ name: `sensor:${bad}`, level: 'failed', reason: bad, detail: {}, sinceMs: 1 }],
    drops: { [bad]: 1 },
    gate: { nodes: [{ node: bad, level: 'unavailable', reasons: [bad], sinceMs: 0 }], outputs: [], latches: [], refused: 0, refusals: [] },
  });
  const page = await open(WIDE, document);
  const { x, y } = await pick(page, places[0].eastM, places[0].northM);
  const box = (await page.locator('canvas').boundingBox())!;
  await page.mouse.click(box.x + x, box.y + y);
  expect(await page.locator('.panel-health').innerText()).toContain(bad);
  expect(await page.locator('.card').innerText()).toContain(bad);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(await page.locator('img').count()).toBe(1); // our own icon
});

testInBrowser('when no picture comes any more the page says so and greys out what is old', async () => {
  const page = await open(PHONE, statusDocument(places));
  expect(await page.locator('.banner.lost').isVisible()).toBe(false);
  isPushing = false;
  await page.waitForSelector('main.not-live');
  expect(await page.locator('.banner.lost').innerText()).toContain('not live');
  isPushing = true;
  await page.waitForSelector('main:not(.not-live)');
  expect(await page.locator('.banner.lost').isVisible()).toBe(false);
});

testInBrowser('the page asks nobody but the box', async () => {
  const context = await browser.newContext({ viewport: WIDE });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).host));
  await page.goto(web.url);
  await page.waitForSelector('.link.live');
  expect(new Set(asked)).toEqual(new Set([new URL(web.url).host]));
  expect(asked.length).toBeGreaterThan(5);
});

testInBrowser('a share opens live in the browser that has the token, keeps it out of the address, and in no other', async () => {
  const shared = await web.share('lo');
  const context = await browser.newContext({ viewport: PHONE, ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(shared.url);
  await page.waitForSelector('.link.live');
  expect(page.url()).toBe(new URL('/', shared.url).href);
  await page.reload();
  await page.waitForSelector('.link.live');
  const other = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
  expect((await other.goto(shared.url))?.status()).toBe(403);
});

const pictures = process.env['LUKOU_PICTURES'];
if (pictures) {
  testInBrowser('pictures for the documentation', async () => {
    const document = statusDocument(spreadTracks(40, 'picture'));
    const take = async (page: Page, name: string): Promise<void> => {
      await page.waitForTimeout(1000);
      await page.screenshot({ path: `${pictures}/${name}.png` });
    };
    const desktop = await open(WIDE, document);
    await take(desktop, 'web-desktop');
    await desktop.emulateMedia({ colorScheme: 'dark' });
    await desktop.getByRole('button', { name: 'Fields of view' }).click();
    shown = { ...document, gate: gateOf('unavailable') };
    await desktop.waitForSelector('.banner.gate.failed');
    await take(desktop, 'web-dark');
    shown = document;
    await take(await open(PHONE, document), 'web-phone');
  });
}
