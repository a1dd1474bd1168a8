import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, parseJson, writeJson } from '../../config/json.ts';
import { settingLines } from '../../config/print.ts';
import { roadSection } from '../../config/road.ts';
import { siteSection } from '../../config/site.ts';
import { drivers } from '../../drivers/index.ts';
import { settingsPage } from '../../scripts/settings-page.ts';
import { Fault } from '../../src/base/fault.ts';
import { checkSite, loadSite, siteFromTexts } from '../../src/site.ts';
import { demoText } from './broken.ts';
import type { Loose } from './broken.ts';

const fixture = (name: string): string => fileURLToPath(
  new URL(`../fixtures/sites/${name}`, import.meta.url),
);
const demoFolder = fileURLToPath(new URL('../../config/sites/demo', import.meta.url));

describe('reading JSON', () => {
  test('agrees with JSON.parse on every value, both layouts', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      fc.pre(!/"(__proto__|constructor|prototype)"/u.test(JSON.stringify(value)));
      const texts = [JSON.stringify(value), JSON.stringify(value, null, 2), writeJson(value)];
      for (const text of texts) {
        expect(parseJson(text)).toEqual({ value: JSON.parse(text) as unknown });
      }
    }), { numRuns: 300 });
  });

  test('takes and refuses the same texts as JSON.parse, where names are told apart', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '1',
      '-0.5e3',
      '01',
      'true',
      'null',
      ' ',
      '\n',
      '"\\u00e9"',
      '"\\x"',
      'nul',
    );
    let refused = 0;
    const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(fc.property(texts, (text) => {
      let native: { value: unknown } | null;
      try {
        native = { value: JSON.parse(text) as unknown };
      } catch {
        native = null;
        refused++;
      }
      const ours = parseJson(text);
      const twice = 'failure' in ours && ours.failure.why.en.includes('twice');
      if (!twice) expect('value' in ours ? ours : null).toEqual(native);
    }), { numRuns: 1000 });
    expect(refused).toBeGreaterThan(100);
  });

  test('canonical text does not depend on the order of names', () => {
    expect(
      canonicalJson({ b: [1, { d: 2, c: 3 }], a: null }),
    ).toBe('{"a":null,"b":[1,{"c":3,"d":2}]}');
  });
});

describe('a loaded site', () => {
  test('is frozen to the last leaf, with the defaults of its drivers filled in', () => {
    const site = loadSite(demoFolder);
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozen));
    expect(frozen(site)).toBe(true);
    expect(site.sensors[0]!.options).toMatchObject({ sensorId: 0, mounting: 'upright' });
  });

  test('keeps its hashes when only layout and order of names change', () => {
    const first = loadSite(demoFolder);
    const turned = Object.fromEntries(
      Object.entries(JSON.parse(demoText('site')) as Loose).reverse(),
    );
    const second = siteFromTexts(
      JSON.stringify(turned), JSON.stringify(JSON.parse(demoText('road'))),
    );
    expect([second.hash, second.safetyHash]).toEqual([first.hash, first.safetyHash]);
    expect(first.hash).toMatch(/^[0-9a-f]{64}$/u);
  });

  test('changes its safety hash with the safety part only', () => {
    const base = loadSite(demoFolder);
    const changed = (spoil: (site: Loose, road: Loose) => void) => {
      const [site, road] = [
        JSON.parse(demoText('site')) as Loose, JSON.parse(demoText('road')) as Loose,
      ];
      spoil(site, road);
      const after = siteFromTexts(JSON.stringify(site), JSON.stringify(road));
      return { hash: after.hash !== base.hash, safety: after.safetyHash !== base.safetyHash };
    };
    expect(changed((site) => { site.name.en = 'Another'; })).toEqual({ hash: true, safety: false });
    expect(
      changed((_site, road) => { road.lanes[0].points[0][0] += 0.3; }),
    ).toEqual({ hash: true, safety: false });
    expect(
      changed((_site, road) => { road.signalGroups[0].yellowS = 4; }),
    ).toEqual({ hash: true, safety: true });
    expect(
      changed((_site, road) => { road.conflicts.intergreens[0].clearanceS += 1; }),
    ).toEqual({ hash: true, safety: true });
    expect(
      changed((_site, road) => { road.crossings[0].number = 9; }),
    ).toEqual({ hash: true, safety: true });
    expect(
      changed((site) => { site.timeZone = 'Asia/Urumqi'; }),
    ).toEqual({ hash: true, safety: false });
    expect(
      changed((_site, road) => { road.lanes[1].uses[0].when = { kind: 'plan', plans: [2] }; }),
    ).toEqual({ hash: true, safety: true });
  });

  test('a site with problems is one fault that names them all and what to do', () => {
    const site = JSON.parse(demoText('site')) as Loose;
    site.loop.lag = 1;
    site.web.port = 70000;
    let thrown: unknown;
    try {
      siteFromTexts(JSON.stringify(site), demoText('road'));
    } catch (cause) {
      thrown = cause;
    }
    expect(thrown).toBeInstanceOf(Fault);
    const fault = thrown as Fault;
    expect(fault.code).toBe('SITE_INVALID');
    expect(fault.message).toContain('loop.lag: unknown setting');
    expect(fault.message).toContain('web.port: expected 0 to 65535, got 70000');
    expect(fault.message).toContain('lukou check');
  });
});

describe('versions', () => {
  test.each([0, 1])('a site that version %i wrote still loads', (version) => {
    const folder = fixture(`version-${version}`);
    expect(checkSite(folder).filter((problem) => problem.severity === 'error')).toEqual([]);
    const site = loadSite(folder);
    expect([site.formatVersion, site.road.formatVersion]).toEqual([1, 1]);
    // Headings were degrees from north in version 0: 60 degrees is 30 degrees north of east.
    expect(site.sensors[0]!.pose.headingRad).toBeCloseTo(Math.PI / 6, 4);
    expect(
      JSON.parse(readFileSync(join(folder, 'site.json'), 'utf8')),
    ).toHaveProperty('formatVersion', version);
  });
});

describe('hostile files', () => {
  const inFolder = (name: 'site.json' | 'road.json', bytes: Uint8Array | string): string[] => {
    const folder = mkdtempSync(join(tmpdir(), 'lukou-check-'));
    try {
      for (const file of ['site', 'road'] as const) writeFileSync(
        join(folder, `${file}.json`), demoText(file),
      );
      writeFileSync(join(folder, name), bytes);
      return checkSite(folder).map((problem) => problem.code);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('a file over its size is not read', () => {
    expect(inFolder('site.json', ' '.repeat(256 * 1024 + 1))).toEqual(['file_large']);
    expect(inFolder('road.json', ' '.repeat(4 * 1024 * 1024 + 1))).toEqual(['file_large']);
  });
  test('a file that is no text is named as such', () => {
    expect(inFolder('site.json', Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d))).toEqual(['file_encoding']);
  });

  test('500 random slips are refused, or change the hash; none throws but a fault', () => {
    const base = loadSite(demoFolder);
    const odd = [null, true, -1, 0, 1e9, 'x', '', [], {}, 0.5, '../etc'];
    let refused = 0;
    let proven = 0;
    const slips = [fc.nat(), fc.nat({ max: odd.length - 1 }), fc.boolean()] as const;
    fc.assert(fc.property(...slips, (pick, which, inRoad) => {
      const files = {
        site: JSON.parse(demoText('site')) as Loose, road: JSON.parse(demoText('road')) as Loose,
      };
      const leaves: [Loose, string][] = [];
      const walk = (value: Loose): void => {
        for (const key of Object.keys(value)) {
          leaves.push([value, key]);
          if (typeof value[key] === 'object' && value[key] !== null) walk(value[key]);
        }
      };
      walk(inRoad ? files.road : files.site);
      const [owner, key] = leaves[pick % leaves.length]!;
      owner[key] = odd[which];
      try {
        const after = siteFromTexts(JSON.stringify(files.site), JSON.stringify(files.road));
        const raw = canonicalJson(files) === canonicalJson(
          { site: JSON.parse(demoText('site')), road: JSON.parse(demoText('road')) },
        );
        // A slip that loads is either none at all, a default written out, or seen in the hash.
        if (raw || after.hash === base.hash) proven++;
        expect(after.hash).toMatch(/^[0-9a-f]{64}$/u);
      } catch (cause) {
        expect(cause).toBeInstanceOf(Fault);
        refused++;
      }
    }), { numRuns: 500, seed: 7 });
    expect(refused).toBeGreaterThan(300);
    expect(proven).toBeLessThan(100);
  });
});

describe('the settings reference', () => {
  test('every row has its help in both languages', () => {
    const sections = [siteSection, roadSection, ...drivers.map((driver) => driver.options)];
    let rows = 0;
    for (const section of sections) {
      const english = settingLines(section, 'en');
      const chinese = settingLines(section, 'zh');
      expect(chinese.map((line) => line.path)).toEqual(english.map((line) => line.path));
      for (const { path, help } of [...english, ...chinese]) expect([path, help]).not.toEqual([path, '']);
      for (const line of chinese) expect(line.help).toMatch(/[一-鿿]/u);
      rows += english.length;
    }
    expect(rows).toBeGreaterThan(250);
  });

  test('what is not verified bears its mark', () => {
    expect(settingsPage()).toContain('| `lateral` (?) |');
    expect(settingsPage()).not.toContain('| `sensorId` (?) |');
  });

  test('docs/settings.md is what the rows print; `node dist/scripts/docs.js` renews it', () => {
    const page = fileURLToPath(new URL('../../docs/settings.md', import.meta.url));
    expect(readFileSync(page, 'utf8') === settingsPage()).toBe(true);
  });
});
