import { describe, expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { checkTexts } from '../../src/base/texts/check.ts';
import { checkSite, checkSiteTexts, formatProblems } from '../../src/site.ts';
import { brokenSites, demoText } from './broken.ts';
import type { BrokenSite, Loose } from './broken.ts';

const problemsOf = ({ spoil, text }: BrokenSite) => {
  const texts = { site: demoText('site'), road: demoText('road') };
  if (text) texts[text.file] = text.change(texts[text.file]);
  if (spoil) {
    const site = JSON.parse(texts.site) as Loose;
    const road = JSON.parse(texts.road) as Loose;
    spoil(site, road);
    return checkSiteTexts(JSON.stringify(site), JSON.stringify(road));
  }
  return checkSiteTexts(texts.site, texts.road);
};

describe('broken sites', () => {
  test('there are more than thirty of them, each of its own name', () => {
    expect(brokenSites.length).toBe(119);
    expect(new Set(brokenSites.map((row) => row.name)).size).toBe(brokenSites.length);
  });

  const rows = brokenSites.map((row) => [row.name, row] as const);
  test.each(rows)('%s gives its sentence', (_name, row) => {
    const found = problemsOf(row);
    const said = formatProblems(found.filter((entry) => entry.file === row.file), 'en');
    expect(said).toContain(row.expected);
    for (const entry of found) {
      expect(entry.text.zh).not.toBe('');
      expect(entry.hint.zh).toMatch(/[一-鿿]/u);
      expect(
        `${entry.text.en}${entry.text.zh}${entry.hint.en}${entry.hint.zh}`,
      ).not.toMatch(/\{\w+\}/u);
    }
  });

  test('one run names every problem, in the form that the style asks for', () => {
    const site = JSON.parse(demoText('site')) as Loose;
    site.sensors[2].lag = 1;
    site.sensors[2].latencyMs = 900;
    delete site.sensors[2].pose.headingRad;
    const problems = checkSiteTexts(JSON.stringify(site), demoText('road'));
    expect(formatProblems(problems, 'en', false)).toBe(
      [
        'site.json has 3 problems',
        '  sensors[2].pose.headingRad: is required',
        '  sensors[2].latencyMs: expected 0 to 500 ms, got 900',
        '  sensors[2].lag: unknown setting; known here: id, driver, sensing, enabled, pose, '
          + 'fieldOfView, classes, port, periodMs, latencyMs, main, options',
      ].join('\n'),
    );
  });

  test('slips in the rows do not hide what is wrong beyond them', () => {
    const site = JSON.parse(demoText('site')) as Loose;
    site.loop.lag = 1;
    site.sensors[2].latencyMs = 900;
    site.sensors[0].port = 'can-c';
    const codes = checkSiteTexts(JSON.stringify(site), demoText('road')).map((entry) => entry.code);
    expect(codes).toEqual(
      expect.arrayContaining(['unknown_setting', 'out_of_range', 'reference_unknown']),
    );
  });
});

const sample = (name: string): string => fileURLToPath(
  new URL(`../../config/sites/${name}`, import.meta.url),
);

describe('shipped sites', () => {
  test.each(['demo', 'two-nodes'])('%s checks clean, without a note', (name) => {
    expect(checkSite(sample(name))).toEqual([]);
  });
  test('a folder that is not there is one clear line for each file', () => {
    const problems = checkSite(sample('nowhere'));
    expect(problems.map((entry) =>
      `${entry.file} ${entry.code}`)).toEqual(['site.json file_missing', 'road.json file_missing']);
  });
  test('a folder for another box, and one older than what ran last, are refused', () => {
    const codes = checkSite(
      sample('demo'), { box: 'another-box', lastRevision: 7 },
    ).map((entry) => entry.code);
    expect(codes).toEqual(['box_mismatch', 'revision_older']);
  });
  test('a reference point 500 m from the GNSS of the box smells of a map', () => {
    const codes = checkSite(
      sample('demo'), { gnss: { latDeg: 31.2863, lonDeg: 121.1757 } },
    ).map((entry) => entry.code);
    expect(codes).toEqual(['reference_gcj02']);
    expect(
      checkSite(sample('demo'), { gnss: { latDeg: 31.28411, lonDeg: 121.17121 } }),
    ).toEqual([]);
  });
});

test('every problem has a sentence and a next step with the same places in both languages', () => {
  const places = (text: string): string[] => [
    ...text.matchAll(/\{(\w+)\}/gu),
  ].map((match) => match[1]!).sort();
  const rows = Object.entries(checkTexts);
  expect(rows.length).toBeGreaterThan(150);
  for (const [name, row] of rows) expect([name, places(row.zh)]).toEqual([name, places(row.en)]);
});
