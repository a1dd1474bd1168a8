import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { askSite, writeSite } from '../../config/ask.ts';
import type { Ask } from '../../config/ask.ts';
import { generateSite } from '../../config/generate.ts';
import { writeJson } from '../../config/json.ts';
import { changeS, cycleS } from '../../config/stagetimes.ts';
import { demoJunction, demoSpec, twoNodesSpec } from '../../config/samples.ts';
import { homographyFor } from '../../drivers/camera-objects/homography.ts';
import { checkSite, checkSiteTexts, formatProblems, loadSite } from '../../src/site.ts';

const sites = fileURLToPath(new URL('../../config/sites/', import.meta.url));

describe('sample sites', () => {
  test.each([
    ['demo', () => generateSite(demoSpec({ homographyFor }))],
    ['two-nodes', () => generateSite(twoNodesSpec)],
  ] as const)('%s in the repository is what its description gives', (name, make) => {
    const { site, road } = make();
    expect(readFileSync(`${sites}${name}/road.json`, 'utf8')).toBe(writeJson(road));
    expect(readFileSync(`${sites}${name}/site.json`, 'utf8')).toBe(writeJson(site));
  });

  test('the demo is the junction that was asked for', () => {
    const { road, sensors } = loadSite(`${sites}demo`);
    expect(road.signalGroups.length).toBeGreaterThan(16);
    expect(Math.max(...road.signalGroups.map((group) => group.phase))).toBeLessThanOrEqual(16);
    expect(new Set(road.signalGroups.map((group) =>
      group.phase)).size).toBeLessThan(road.signalGroups.length);
    expect(road.crossings.length).toBe(4);
    expect(road.movements.filter((row) => row.waitingArea).length).toBe(2);
    expect(road.lanes.filter((row) => row.kind === 'non-motor').length).toBe(8);
    expect(road.links.filter((row) => row.downstream.id === 10).length).toBe(4);
    expect(sensors.map((row) => row.driver).sort()).toEqual([
      ...Array<string>(4).fill('camera-objects'), 'object-list',
      ...Array<string>(4).fill('radar-ars408'), 'radar-smartmicro',
    ]);
  });

  test('a round of the demo lasts 90 to 100 s, and each change holds yellow and all red', () => {
    const { road } = loadSite(`${sites}demo`);
    const changes = road.stages.map((stage, index) =>
      changeS(road, stage, road.stages[(index + 1) % road.stages.length]!));
    for (const change of changes) expect(change).toBeGreaterThanOrEqual(4);
    for (const change of changes) expect(change).toBeLessThanOrEqual(5);
    expect(cycleS(road)).toBeGreaterThanOrEqual(90);
    expect(cycleS(road)).toBeLessThanOrEqual(100);
  });

  test('every number of the demo port plan is its own and lies in 47000 to 47999', () => {
    const { ports, rsus, web } = loadSite(`${sites}demo`);
    const numbers = Object.values(ports).flatMap((port) => {
      if (port.transport === 'udp') return [port.listenPort, port.remotePort ?? 0];
      return 'port' in port ? [port.port] : [];
    });
    const all = [...numbers, ...rsus.map((rsu) => rsu.port), web.port];
    expect(all.length).toBe(17);
    expect(new Set(all).size).toBe(all.length);
    for (const number of all) expect(Math.floor(number / 1000)).toBe(47);
  });
});

describe('generated sites', () => {
  test('the same description gives the same bytes', () => {
    const once = writeJson(generateSite(demoSpec({ homographyFor })));
    expect(writeJson(generateSite(demoSpec({ homographyFor })))).toBe(once);
  });

  test('a junction turned by any bearing still checks clean', () => {
    let walked = 0;
    for (let turnDeg = 0; turnDeg < 360; turnDeg += 24) {
      const arms = demoJunction.arms.map((arm) =>
        ({ ...arm, bearingDeg: (arm.bearingDeg + turnDeg) % 360 }));
      const spec = demoSpec({ homographyFor });
      const { site, road } = generateSite({ ...spec, junctions: [{ ...demoJunction, arms }] });
      const sensors = site.sensors.map((sensor) =>
        ({ ...sensor, pose: { ...sensor.pose, eastM: 0, northM: 0 } }));
      const problems = checkSiteTexts(JSON.stringify({ ...site, sensors }), JSON.stringify(road))
        .filter((problem) => problem.severity === 'error');
      expect(formatProblems(problems)).toBe('');
      walked++;
    }
    expect(walked).toBe(15);
  });

  test.each([
    ['four arms with lamps', []],
    ['three arms with lamps', [[/arms/u, '3']]],
    ['three arms without lamps', [[/arms/u, '3'], [/lamps/u, 'no']]],
    ['four small arms', [[/approach lanes/u, 'lsr'], [/exit lanes/u, '1']]],
    ['a wrong answer, asked again', [[/^Latitude/u, '99']]],
  ] as const)('`lukou site new` writes a folder that checks clean: %s', async (_name, answers) => {
    const folder = mkdtempSync(join(tmpdir(), 'lukou-site-'));
    const asked: string[] = [];
    const ask: Ask = (question, byDefault) => {
      asked.push(question);
      const row = answers.find(([pattern]) => pattern.test(question));
      return Promise.resolve(row ? row[1] : byDefault);
    };
    try {
      writeSite(folder, await askSite(ask));
      expect(formatProblems(checkSite(folder).filter((problem) =>
        problem.severity === 'error'))).toBe('');
      expect(asked.length).toBeGreaterThan(20);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('questions come in Chinese where asked for, and end when no answer fits', async () => {
    const asked: string[] = [];
    const ask: Ask = (question, byDefault) => {
      asked.push(question);
      return Promise.resolve(question.includes('纬度') ? 'x' : byDefault);
    };
    await expect(askSite(ask, 'zh')).rejects.toThrow(RangeError);
    expect(asked.every((question) => /[一-鿿]/u.test(question))).toBe(true);
  });
});
