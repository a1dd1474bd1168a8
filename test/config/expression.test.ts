import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'mathjs';
import { expect, test } from 'vitest';
import {
  compileExpression, EXPRESSION_DEPTH_MAX, precheckExpression, prepareExpressions,
} from '../../config/expression.ts';
import type { Expression, ExpressionScope, Refusal } from '../../config/expression.ts';
import { checkSite, checkSiteFully, loadSite, siteFromTexts } from '../../src/site.ts';
import { siteFolder } from '../demosite.ts';

const scope: ExpressionScope = {
  speedMps: 20, accelerationMps2: Number.NaN, existence: 0.9, lengthM: 8, ageS: 4, standingS: 0,
  againstLaneDeg: 10, toLaneEndM: 40, cls: 'truck', laneKind: 'motor', laneId: 'l1', linkId: 'k1',
  onCrossing: false, inNode: false, mustWait: true, queued: false,
};
const names = { cls: ['car', 'truck'], laneKind: ['', 'motor', 'bus'] };
const compile = (text: string): Expression | Refusal =>
  compileExpression(text, (source) => parse(source), names);

function holds(text: string, over: Partial<ExpressionScope> = {}): boolean {
  const compiled = compile(text);
  if (!('holds' in compiled)) throw new Error(`${text}: ${JSON.stringify(compiled)}`);
  return compiled.holds({ ...scope, ...over });
}

test.each([
  ['cls == "truck" and speedMps > 60 km/h', true],
  ['speedMps > 72 km/h', false],
  ['speedMps >= 72 km/h', true],
  ['10 < speedMps <= 20', true],
  ['10 < speedMps < 15 < 16', false],
  ['not (onCrossing or inNode) and mustWait', true],
  ['cls != "car" and laneKind == "motor"', true],
  ['(cls == "truck" ? 15 : 25) < speedMps', true],
  ['(onCrossing ? queued : mustWait)', true],
  ['max(1, speedMps, 3) == 20 and min(4, 2) == 2 and abs(-3) == 3', true],
  ['-speedMps + 2 * 5 == -10 and speedMps - 5 == 15', true],
  ['againstLaneDeg < 15 deg and toLaneEndM > 0.03 km', true],
  ['mustWait == mustWait or true', 'refused'],
  ['true', true],
] as const)('%s is %s', (text, expected) => {
  if (expected === 'refused') expect('holds' in compile(text)).toBe(false);
  else expect(holds(text)).toBe(expected);
});

test('what is not known compares false, whichever way it is asked', () => {
  for (const sign of ['<', '<=', '>', '>=', '==', '!=']) {
    expect(holds(`accelerationMps2 ${sign} 1`), sign).toBe(false);
  }
});

test.each([
  ['', 'length'], [' ', 'length'], ['speedMps > 1 '.repeat(20), 'length'],
  ['speedMps > [1]', 'characters'], ['x = {a: 1}', 'characters'], ['1; 2 > 1', 'characters'],
  ['speedMps > 1\n', 'characters'], ["cls == 'car'", 'characters'],
  ['speedMps ^ 2 > 1', 'characters'],
  ['speedMps % 2 > 1', 'characters'], ['~1 > 0', 'characters'], ['速度 > 1', 'characters'],
  [`${'('.repeat(13)}true${')'.repeat(13)}`, 'depth'],
])('%j is refused before mathjs sees it (%s)', (text) => {
  expect(precheckExpression(text)).not.toBeNull();
  let parsed = 0;
  const refusal = compileExpression(text, () => {
    parsed++;
    throw new Error('parsed');
  });
  expect('holds' in refusal).toBe(false);
  expect(parsed).toBe(0);
});

test.each([
  ['assignment', 'speedMps = 3'],
  ['function of the site', 'f(x) = x > 1'],
  ['other function', 'sqrt(speedMps) > 1'],
  ['function that runs text', 'evaluate("1 > 0")'],
  ['function that imports', 'import("x")'],
  ['name of the prototype', 'constructor > 1'],
  ['function of the prototype', 'toString()'],
  ['member', 'cls.length > 1'],
  ['method', 'cls.constructor("x")'],
  ['range', '1:3 > 1'],
  ['factorial', 'speedMps! > 1'],
  ['power by name', 'pow(2, 3) > 1'],
  ['modulo', 'speedMps mod 2 > 1'],
  ['conversion', 'speedMps to km > 1'],
  ['exclusive or', 'mustWait xor queued'],
  ['unknown symbol', 'speed > 1'],
  ['constant of mathjs', 'speedMps > pi'],
  ['infinite number', 'speedMps < 1e999'],
  ['not a number', 'speedMps < NaN'],
  ['null', 'speedMps > null'],
  ['text less than text', 'cls < "truck"'],
  ['text and number', 'cls == 3'],
  ['truth and number', 'mustWait > 1'],
  ['number as a condition', 'speedMps and mustWait'],
  ['number as a result', 'speedMps'],
  ['text as a result', '"truck"'],
  ['class that is none', 'cls == "lorry"'],
  ['class that is none, turned round', '"lorry" != cls'],
  ['branches of two kinds', '(mustWait ? 1 : queued) > 0'],
  ['number as a test', '(speedMps ? 1 : 2) > 0'],
  ['abs of two', 'abs(1, 2) > 0'],
  ['min of none', 'min() > 0'],
  ['half an expression', 'speedMps >'],
  ['two brackets too few', '((speedMps > 1'],
  ['deep without brackets', `${'not '.repeat(EXPRESSION_DEPTH_MAX)}queued`],
])('refused: %s', (_what, text) => {
  const refusal = compile(text);
  expect('holds' in refusal).toBe(false);
  expect((refusal as Refusal).got).not.toBe('');
});

test('the longest expression visits each of its nodes at most once', () => {
  const many = 'speedMps,'.repeat(12);
  const text = `${'ageS+'.repeat(9)}ageS > 1 and min(1,${many}2) > 0`;
  const compiled = compile(text) as Expression;
  let reads = 0;
  const counted = new Proxy(scope, {
    get: (target, key) => {
      reads++;
      return target[key as keyof ExpressionScope];
    },
  });
  compiled.holds(counted);
  expect(compiled.nodes).toBeLessThanOrEqual(200);
  expect(reads).toBeGreaterThan(20);
  expect(reads).toBeLessThanOrEqual(compiled.nodes);
});

const row = (when: string, id = 'fast-truck') => ({
  id, title: { en: 'Fast truck', zh: '货车超速' }, kind: 'overspeed', when,
  afterS: 1, graceS: 1, radiusM: 30, priority: 5,
});
const demoText = (name: string): string => readFileSync(join(siteFolder('demo'), name), 'utf8');
const withEvents = (events: unknown): string =>
  JSON.stringify({ ...(JSON.parse(demoText('site.json')) as object), events });

async function problemsOf(events: unknown): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lukou-expression-'));
  try {
    writeFileSync(join(folder, 'site.json'), withEvents(events));
    writeFileSync(join(folder, 'road.json'), demoText('road.json'));
    const problems = await checkSiteFully(folder);
    const early = checkSite(folder).length;
    const lines = problems.map(({ path, expected, got }) => `${path}|${expected}|${got}`);
    return [`early ${early}`, ...lines];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the checker names a bad expression with path, expected and got, each once', async () => {
  const [early, ...problems] = await problemsOf([
    row('cls == "truck" and speedMps > 60 km/h', 'a'), row('speed > 1', 'b'), row('a[1]', 'c'),
    row('cls == "lorry"', 'd'), row('linkId == "nowhere"', 'e'),
  ]);
  expect(early).toBe('early 1'); // only what needs no mathjs
  expect(problems).toHaveLength(4);
  expect(problems[0]).toMatch(/^events\[2\]\.when\|letters, digits.*\|"a\[1\]"$/);
  expect(problems[1]).toMatch(/^events\[1\]\.when\|speedMps, .*\|speed$/);
  expect(problems[2]).toMatch(/^events\[3\]\.when\|.*truck.*\|cls "lorry"$/);
  expect(problems[3]).toMatch(/^events\[4\]\.when\|.*\|linkId "nowhere"$/);
});

test('a site without expressions stays valid; two rows of one name are refused', async () => {
  expect(await problemsOf(undefined)).toEqual(['early 0']);
  const [, twice] = await problemsOf([row('true'), row('true')]);
  expect(twice).toMatch(/^events\[1\]\.id/);
});

test('mathjs is imported in one product file, and there only when it is asked for', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const uses: string[] = [];
  for (const folder of ['src', 'drivers', 'fusion', 'v2x', 'config']) {
    for (const name of readdirSync(join(root, folder), { recursive: true }) as string[]) {
      if (!name.endsWith('.ts')) continue;
      const text = readFileSync(join(root, folder, name), 'utf8');
      for (const [line] of text.matchAll(/^.*['"]mathjs.*$/gm)) {
        uses.push(`${name}: ${line.trim()}`);
      }
    }
  }
  expect(uses).toEqual([
    "expression.ts: import type { MathNode } from 'mathjs';",
    "expression.ts: const { parse } = await import('mathjs');",
  ]);
});

test('a refused expression is left out, the others are compiled', async () => {
  const site = siteFromTexts(
    withEvents([row('speedMps > 1 m/s', 'good'), row('speed > 1', 'bad')]), demoText('road.json'),
  );
  const { byId, problems } = await prepareExpressions(site);
  expect([...byId.keys()]).toEqual(['good']);
  expect(problems.map(({ path }) => path)).toEqual(['events[1].when']);
  expect((await prepareExpressions(loadSite(siteFolder('demo')))).byId.size).toBe(0);
});
