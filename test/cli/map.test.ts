import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { xodrJunction } from '../mapimport/xodr.ts';
import { build, lukou } from './child.ts';

const folder = mkdtempSync(join(tmpdir(), 'lukou-map-'));
const inside = (name: string): string => join(folder, name);
beforeAll(build, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('map size tells octets by link and every variant, for people and for scripts', async () => {
  const plain = await lukou(['map', 'size', 'demo']);
  expect(plain.code).toBe(0);
  expect(plain.out).toMatch(/^0-10 Demo junction: \d+ of 1300 octets, lines simplified by 0\.00 m\n {2}link east-in: \d+ octets/);
  expect(plain.out).toMatch(/variant 1, revision 1, [0-9a-f]{10}: \d+ octets, when always/);
  const json = JSON.parse((await lukou(['map', 'size', 'two-nodes', '--json'])).out) as {
    nodes: { node: string; links: unknown[]; variants: { hash: string }[] }[];
  };
  expect(json.nodes.map(({ node, links }) => [node, links.length])).toEqual([['0-20', 4], ['0-30', 3]]);
  expect(json.nodes[0]!.variants[0]!.hash).toMatch(/^[0-9a-f]{64}$/);
  const wrong = await lukou(['map', 'size', 'demo', '--node', '0-99']);
  expect([wrong.code, wrong.err.trim()]).toEqual([
    1, 'lukou: --node: expected one of 0-10, got 0-99. Give --node as `map size` prints it.',
  ]);
});

test('map import makes a site that checks clean and says what is missing; a full folder is left alone', async () => {
  writeFileSync(inside('town.xodr'), xodrJunction());
  const made = await lukou(['map', 'import', inside('town.xodr'), '--out', inside('town')]);
  expect([made.code, made.err]).toEqual([0, '']);
  expect(made.out).toContain('1 junctions, 8 links, 17 lanes, 16 movements, 1 crossings');
  expect(made.out).toContain('left out: lane sidewalk 1, object tree 1');
  expect(made.out).toContain('signal groups, phases, conflicts and clearance times');
  expect((await lukou(['check', inside('town')])).out).toContain('no problems');
  const again = await lukou(['map', 'import', inside('town.xodr'), '--out', inside('town'), '--lang', 'zh']);
  expect(again.code).toBe(1);
  writeFileSync(inside('bomb.osm'), '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><osm>&b;</osm>');
  const bomb = await lukou(['map', 'import', inside('bomb.osm'), '--out', inside('bomb')]);
  expect([bomb.code, bomb.out]).toEqual([1, '']);
  expect(bomb.err).toContain('line 1: a document type or mark that is not taken');
  writeFileSync(inside('note.xml'), '<note/>');
  expect((await lukou(['map', 'import', inside('note.xml'), '--out', inside('n')])).err)
    .toContain('expected an OpenDRIVE or Lanelet2 map, got a file of <note>');
});

test('map draw writes a picture, and refuses octets that are no MAP of this node', async () => {
  const done = await lukou(['map', 'draw', 'demo', '--out', inside('demo.svg')]);
  expect([done.code, done.err]).toEqual([0, '']);
  expect(readFileSync(inside('demo.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  const none = await lukou(['map', 'draw', 'demo', '--from', '00ff00ff00ff00ff00ff00ff']);
  expect([none.code, none.out]).toEqual([1, '']);
  expect(none.err).toContain('--from: expected a MAP message in hexadecimal, got');
  const variant = await lukou(['map', 'draw', 'demo', '--variant', '2']);
  expect(variant.err).toContain('expected a variant from 1 to 1, got 2');
});

test('a reference point taken from a web map is smelt by --gnss', async () => {
  const smelt = await lukou(['check', 'demo', '--gnss', '31.2863,121.1757']);
  expect(smelt.code).toBe(1);
  expect(smelt.out).toContain('just where GCJ-02 would put it');
  expect((await lukou(['check', 'demo', '--gnss', '31.2841,121.1712'])).code).toBe(0);
  expect((await lukou(['check', 'demo', '--gnss', 'here'])).code).toBe(2);
});
