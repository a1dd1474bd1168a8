import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  commissionRecord, readCommission, revokeCommission, writeCommission,
} from '../../src/commission.ts';
import type { CommissionRecord } from '../../src/commission.ts';
import { recordOf } from '../../src/commissionwalk.ts';
import { createGate } from '../../src/gate/gate.ts';
import { gateSiteOf } from '../../src/gatesite.ts';
import { demoSite } from '../demosite.ts';
import { BEGIN_MS, walkSite } from './engineer.ts';

const site = { ...demoSite(), mode: 'live' as const, safetyHash: 'h', id: 'x', box: 'b' };
const { part, walk } = walkSite(site.road, site.road, 'record');
const record = recordOf(walk, part, '9.9.9', BEGIN_MS + 4e6) as CommissionRecord;
let folder = '';
const path = (): string => join(folder, 'commission.json');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lk-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a record says who confirmed what and when, and vouches for itself', () => {
  const sha256 = writeCommission(folder, record);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(readdirSync(folder)).toEqual(['commission.json']);
  expect(commissionRecord(folder)).toEqual(record);
  expect(record.groups.length).toBe(19);
  for (const { confirmed, seen, cabinet, id } of record.groups) {
    expect(confirmed, id).toBe(true);
    expect(seen.filter(({ turned, lamp }) => turned && lamp === 'green').length, id).toBeGreaterThan(0);
    expect(seen.filter(({ turned, lamp }) => turned && lamp === 'red').length, id).toBeGreaterThan(0);
    expect(cabinet !== null, id).toBe(id !== 'right-north');
  }
  const status = readCommission(folder, site);
  expect(status).toMatchObject({ state: 'commissioned', hash: 'h', person: 'Li Wei' });
  expect(status.told.en).toContain('Li Wei on 2026-02-02');
  expect(status.told.zh).toContain('Li Wei');
});

/** Name, what was done to the file or the site, state. */
const rows: readonly (readonly [string, () => void, Partial<typeof site>, string])[] = [
  ['no file', () => rmSync(path()), {}, 'none'],
  ['another site', () => undefined, { id: 'y' }, 'other_site'],
  ['another box', () => undefined, { box: 'c' }, 'other_box'],
  ['the safety part changed', () => undefined, { safetyHash: 'i' }, 'changed'],
  ['half a file', () => cut(), {}, 'broken'],
  ['an empty file', () => writeFileSync(path(), ''), {}, 'broken'],
  ['null', () => writeFileSync(path(), 'null'), {}, 'broken'],
  ['a name changed by hand', () => change((text) => text.replace('Li Wei', 'Li Wej')), {}, 'broken'],
  ['a hash changed by hand', () => change((text) =>
    text.replace('"safetyHash": "h"', '"safetyHash": "i"')), { safetyHash: 'i' }, 'broken'],
  ['no checksum', () => change((text) => text.replace(/,\s*"sha256": "\w+"/, '')), {}, 'broken'],
  ['another format', () => void writeCommission(folder, { ...record, formatVersion: 2 as 1 }), {}, 'broken'],
  ['a group not confirmed', () => void writeCommission(folder, {
    ...record, groups: record.groups.map((row, at) => ({ ...row, confirmed: at > 0 })),
  }), {}, 'broken'],
  ['a group left out', () =>
    void writeCommission(folder, { ...record, groups: record.groups.slice(1) }), {}, 'broken'],
  ['a folder of that name', () => {
    rmSync(path());
    mkdirSync(path());
  }, {}, 'broken'],
];
const change = (how: (text: string) => string): void => {
  const text = readFileSync(path(), 'utf8');
  expect(how(text)).not.toBe(text);
  writeFileSync(path(), how(text));
};
const cut = (): void => change((text) => text.slice(0, text.length / 2));

test.each(rows)('%s: the gate stays closed and a person is told why in both languages', (
  _name, spoil, other, state,
) => {
  writeCommission(folder, record);
  spoil();
  const seen = { ...site, ...other };
  const status = readCommission(folder, seen);
  expect(status.state).toBe(state);
  expect(status.told.en).toMatch(/^not commissioned: .*Do: lukou commission$/);
  expect(status.told.zh).toMatch(/^未投运确认：.*lukou commission$/);
  const by = status.hash === null ? null : { hash: status.hash };
  const gate = createGate(gateSiteOf(seen, [], by), { witnesses: {}, latches: [], startMs: 0 });
  expect(gate.mayReach('192.0.2.1')).toBe(false);
});

test('the gate opens by the record of this very safety part', () => {
  const gate = createGate(gateSiteOf(site, [], { hash: 'h' }),
    { witnesses: {}, latches: [], startMs: 0 });
  expect(gate.mayReach('192.0.2.1')).toBe(true);
});

test('a record that is taken back is kept beside, and confirms nothing', () => {
  writeCommission(folder, record);
  expect(revokeCommission(folder, 5)).toBe(true);
  expect(readdirSync(folder)).toEqual(['commission-revoked-5.json']);
  expect(readCommission(folder, site).state).toBe('none');
  expect(revokeCommission(folder, 6)).toBe(false);
});

test('where the mode does not need it, people are told so', () => {
  const { told } = readCommission(folder, { ...site, mode: 'bench' });
  expect(told.en).toContain('mode bench does not need it');
  expect(told.zh).toContain('bench');
});
