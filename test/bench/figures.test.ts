import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { atLeast, atMost, shortNumber, told } from '../../scripts/bench/model.ts';
import { quantile, slopeOf, summaryOf } from '../../scripts/bench/numbers.ts';
import { markdownSection, plainTable, withSection } from '../../scripts/bench/report.ts';
import { mapPorts } from '../../scripts/bench/site.ts';
import { uperCases } from '../../scripts/bench/uper-cases.ts';
import { protoPeer } from '../../scripts/bench/uper-peers.ts';
import { runUperBench } from '../../scripts/bench/uper.ts';
import { oracleMissing } from '../../scripts/oracle/build.ts';

const script = fileURLToPath(new URL('../../dist/scripts/bench.js', import.meta.url));

test('a quantile is a value that was measured, by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(summaryOf(values)).toEqual({ count: 100, p50: 50, p99: 99, max: 100 });
  expect(quantile([7], 0.01)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

test('a slope is that of the nearest straight line, and unknown of one point', () => {
  expect(slopeOf([[1, 5], [2, 7], [3, 9]])).toBeCloseTo(2, 12);
  expect(slopeOf([[1, 5]])).toBeNaN();
  expect(slopeOf([[1, 5], [1, 6]])).toBeNaN();
});

test('a goal is met at its limit, and never by nothing', () => {
  const met = { what: 'age', result: '5.00 ms', goal: '≤ 5 ms', met: true };
  expect(atMost('age', 5, 5, 'ms')).toEqual(met);
  expect(atMost('age', 5.01, 5, 'ms').met).toBe(false);
  expect(atLeast('pace', 19.9, 20, '×').met).toBe(false);
  const nothing = { met: false, result: 'nothing measured' };
  expect(atMost('age', Number.NaN, 5, 'ms')).toMatchObject(nothing);
  expect(told('age', '5 ms').met).toBeNull();
});

test('numbers keep about three figures', () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, '0'], [0.01234, '0.012'], [0.1234, '0.12'],
    [1.234, '1.23'], [12.34, '12.3'], [-1234.5, '-1235'],
  ];
  expect(rows.map(([value]) => shortNumber(value))).toEqual(rows.map(([, text]) => text));
});

test('every port of a site moves, in numbers and in addresses, and nothing else', () => {
  const moved = mapPorts(
    {
      ports: {
        a: { listenPort: 47020, remotePort: 47021, bitrate: 47020 },
        b: { url: 'mqtt://127.0.0.1:18883/x' },
      },
      sensors: [{ port: 'a' }],
      web: { host: '127.0.0.1', port: 47080 },
      free: { port: 0 },
    },
    (old) => old + 1,
  );
  expect(moved).toEqual({
    ports: {
      a: { listenPort: 47021, remotePort: 47022, bitrate: 47020 },
      b: { url: 'mqtt://127.0.0.1:18884/x' },
    },
    sensors: [{ port: 'a' }],
    web: { host: '127.0.0.1', port: 47081 },
    free: { port: 0 },
  });
});

test('a section is put in the place of the one of its name; the rest of the page stays', () => {
  const machine = {
    cpu: 'C',
    cores: 2,
    memoryGB: 1,
    node: '20',
    kernel: '6',
    architecture: 'x64',
    date: 'D',
    load: [0, 0, 0],
  };
  const result = (name: string, row: string): string =>
    markdownSection({ name, title: 'T', rows: [told(row, 'a|b')], notes: ['N'] }, machine);
  const first = withSection('# Figures\n', 'one', result('one', 'old'));
  const page = withSection(first, 'two', result('two', 'other'));
  const renewed = withSection(page, 'one', result('one', 'new'));
  expect(renewed).toContain('| new | a\\|b | – |  |');
  expect(renewed).not.toContain('| old |');
  expect(renewed).toContain('| other |');
  expect(renewed.indexOf('new')).toBeLessThan(renewed.indexOf('other'));
  expect(withSection(renewed, 'one', result('one', 'new'))).toBe(renewed);
});

test('a table says which goals are not met', () => {
  const rows = [atMost('a', 1, 2, 'ms'), atMost('longer', 3, 2, 'ms'), told('c', 'd')];
  expect(plainTable({ name: 'n', title: 'T', rows, notes: ['why'] })).toEqual([
    'n: T',
    '  a       1.00 ms  ≤ 2 ms  met',
    '  longer  3.00 ms  ≤ 2 ms  not met',
    '  c       d',
    '  why',
  ]);
});

test('the codec bench runs small over every case, beside C where asn1c is', async () => {
  const withC = oracleMissing() === null;
  const effort = { warmUpCalls: 4, rounds: 1, turnNs: 50_000 };
  const findings = await runUperBench(effort, withC, () => undefined);
  expect(findings).toHaveLength(uperCases().length);
  for (const { encode, decode, message } of findings) {
    for (const { oursNs, cNs, protoNs, jsonNs } of [encode, decode]) {
      for (const ns of [oursNs, protoNs, jsonNs]) {
        expect(ns, message.name).toBeGreaterThanOrEqual(0);
      }
      if (withC) expect(cNs, message.name).toBeGreaterThan(0);
    }
  }
}, 300_000); // a fresh checkout has C to generate and to compile

test('the message of protobufjs holds all that ours holds', () => {
  for (const message of uperCases()) {
    const { octets, encode, decode } = protoPeer(message);
    expect(encode()).toEqual(octets);
    // Its own form of the same value: as many names and numbers on every level. A list of lists
    // needs a message between the two there.
    const count = (value: unknown): number => {
      if (typeof value !== 'object' || value === null) return 1;
      if ('items' in value) return count(value.items);
      return Object.values(value).reduce((sum: number, one) => sum + count(one), 1);
    };
    expect(count(JSON.parse(JSON.stringify(decode())))).toBe(count(message.value));
  }
});

interface Printed {
  readonly failed: readonly { readonly name: string; readonly reason: string }[];
  readonly results: readonly {
    readonly name: string;
    readonly rows: readonly { readonly result: string }[];
  }[];
}

const notBuilt = existsSync(script) ? null : 'not built: run npm run build';
if (notBuilt) process.stdout.write(`skipped: the benches in their short form: ${notBuilt}\n`);

const builtTest = test.skipIf(notBuilt !== null);
builtTest('the benches run in short form and print JSON', { timeout: 120_000 }, () => {
  const names = ['replay', 'live-40', 'start'];
  const args = [script, ...names, '--short', '--json'];
  const ran = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 110_000 });
  const printed = JSON.parse(ran.stdout) as Printed;
  expect(printed.failed).toEqual([]);
  expect(printed.results.map(({ name }) => name)).toEqual(names);
  for (const { rows } of printed.results) {
    expect(rows.length).toBeGreaterThan(2);
    for (const { result } of rows) expect(result).not.toMatch(/NaN|nothing measured/);
  }
  expect(ran.status).toBe(0);
});

builtTest('a bench that nobody knows is wrong usage', () => {
  const ran = spawnSync(process.execPath, [script, 'speed'], { encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining('got speed')]);
});
