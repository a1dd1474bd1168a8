import { describe, expect, test } from 'vitest';
import { writeJson } from '../../config/json.ts';
import { siteFrame } from '../../src/base/geodesy.ts';
import { lineLength, projectOnLine } from '../../src/base/geometry.ts';
import { siteOfDraft } from '../../src/mapimport/build.ts';
import { Skipped } from '../../src/mapimport/draft.ts';
import type { Draft } from '../../src/mapimport/draft.ts';
import { XodrRoad } from '../../src/mapimport/opendrive.ts';
import { draftOfLanelets } from '../../src/mapimport/lanelet2-draft.ts';
import { draftOfOpenDrive } from '../../src/mapimport/opendrive-draft.ts';
import type { ImportOptions, ImportResult } from '../../src/mapimport/opendrive-draft.ts';
import { PlanView } from '../../src/mapimport/planview.ts';
import { projectionOf } from '../../src/mapimport/projection.ts';
import { childOf, readXml } from '../../src/mapimport/xml.ts';
import { checkSiteTexts, formatProblems } from '../../src/site.ts';
import { osmJunction } from './osm.ts';
import { armPieces, walk, ways, xodrJunction } from './xodr.ts';

const usual: ImportOptions = { reference: null, junctions: [], reachM: 200 };
const taken = (result: ImportResult): Draft => {
  if ('draft' in result) return result.draft;
  throw new Error(result.refused);
};
const openDrive = (text: string, options: Partial<ImportOptions> = {}) =>
  draftOfOpenDrive(readXml(text, 'f.xodr'), { ...usual, ...options });
const lanelets = (text: string, options: Partial<ImportOptions> = {}) =>
  draftOfLanelets(readXml(text, 'f.osm'), { ...usual, ...options });
const problemsOf = (draft: Draft): string => {
  const { site, road } = siteOfDraft(draft, 'made');
  return formatProblems(checkSiteTexts(writeJson(site), writeJson(road)), 'en');
};
const laneIn = (draft: Draft, id: string) =>
  draft.links.flatMap(({ lanes }) => lanes).find((lane) => lane.id === id)!;

describe('reference lines', () => {
  test('lines, arcs and clothoids end where small steps along their curvature end', () => {
    const rows = armPieces[0]!.map((piece, at) => ({ piece, at }));
    for (const { piece } of rows) {
      const start = { x: 3, y: -4, hdg: 0.7 };
      const shape = piece.from === piece.to
        ? piece.from === 0 ? '<line/>' : `<arc curvature="${piece.from}"/>`
        : `<spiral curvStart="${piece.from}" curvEnd="${piece.to}"/>`;
      const road = readXml(`<road length="${piece.lengthM}"><planView><geometry s="0" x="3" y="-4" hdg="0.7" `
        + `length="${piece.lengthM}">${shape}</geometry></planView></road>`, 'f');
      const view = new PlanView(road, childOf(road, 'planView'));
      for (const share of [0.3, 1]) {
        const at = piece.lengthM * share;
        const to = piece.from + (piece.to - piece.from) * share;
        const expected = walk(start, { lengthM: at, from: piece.from, to });
        const got = view.at(at);
        expect(Math.hypot(got.x - expected.x, got.y - expected.y)).toBeLessThan(0.002);
        expect(got.headingRad).toBeCloseTo(expected.hdg, 6);
      }
    }
    expect(rows).toHaveLength(5);
  });

  test('UTM places agree with places that are printed elsewhere', () => {
    const utm = projectionOf('+proj=utm +zone=17 +datum=WGS84 +units=m +no_defs')!;
    // CN Tower, Toronto: 43°38′33.24″ N, 79°23′13.7″ W is 17T 630084 4833438.
    const tower = utm(630_084, 4_833_438);
    expect(Math.abs(tower.latDeg - (43 + 38 / 60 + 33.24 / 3600)) * 111_000).toBeLessThan(1);
    expect(Math.abs(tower.lonDeg + (79 + 23 / 60 + 13.7 / 3600)) * 80_000).toBeLessThan(1);
    // The meridian at 45° N is 4,984,944.378 m long on WGS-84.
    const meridian = projectionOf('+proj=tmerc +lat_0=0 +lon_0=3 +k=1 +ellps=WGS84')!(0, 4_984_944.378);
    expect(Math.abs(meridian.latDeg - 45) * 111_000).toBeLessThan(0.005);
    expect(meridian.lonDeg).toBe(3);
    for (const other of ['', '+proj=merc', '+proj=utm', '+proj=tmerc +ellps=krass', '+proj=utm +zone=50 +units=us-ft']) {
      expect(projectionOf(other), other).toBeNull();
    }
  });
});

describe('OpenDRIVE', () => {
  test('a lane lies beyond the widths of the lanes between it and the middle, where those stand', () => {
    const row = readXml('<road id="9" length="100"><planView><geometry s="0" x="0" y="0" hdg="0" length="100"><line/>'
      + '</geometry></planView><lanes><laneOffset s="40" a="0.5" b="0" c="0" d="0"/><laneSection s="0"><right>'
      + '<lane id="-1" type="driving"><width sOffset="0" a="3" b="0.02" c="0" d="0"/><width sOffset="50" a="4" b="0" c="0" d="0"/></lane>'
      + '<lane id="-2" type="driving"><width sOffset="0" a="2.5" b="0" c="0" d="0"/></lane>'
      + '</right></laneSection></lanes></road>', 'f');
    const road = new XodrRoad(row, new Skipped());
    const line = road.line({ road, section: 0, lane: -2 });
    expect(line).toHaveLength(101);
    for (const [x, y] of line) {
      const inner = x < 49.9 ? 3 + 0.02 * x : 4;
      if (Math.abs(x - 50) > 0.1) expect(y).toBeCloseTo((x < 39.9 ? 0 : 0.5) - inner - 1.25, 9);
    }
    expect([road.directionOf(-2), road.directionOf(1)]).toEqual([1, -1]);
  });

  test('a four-arm junction of arcs and clothoids becomes a site that checks clean', () => {
    const draft = taken(openDrive(xodrJunction()));
    expect(problemsOf(draft)).toBe('');
    expect(draft.junctions).toEqual(['Cross & Co']);
    expect(draft.links.map(({ id }) => id).sort()).toEqual(
      ['r1-in', 'r1-out', 'r2-in', 'r2-out', 'r3-in', 'r3-out', 'r4-in', 'r4-out']);
    expect(draft.links.find(({ id }) => id === 'r1-in')!.lanes.map(({ kind }) => kind))
      .toEqual(['motor', 'motor', 'non-motor']);
    expect(draft.lamps).toBe(4);
    expect(Object.fromEntries(draft.skipped)).toEqual({ 'lane sidewalk': 1, 'object tree': 1 });
    expect(draft.crossings).toHaveLength(1);
    expect(draft.crossings[0]!.widthM).toBeCloseTo(4, 2);
    expect(lineLength(draft.crossings[0]!.points)).toBeCloseTo(18, 2);
  });

  test('every way across is there, is called as it turns, and joins the lanes that the file links', () => {
    const draft = taken(openDrive(xodrJunction()));
    const { road } = siteOfDraft(draft, 'made');
    expect(road.movements).toHaveLength(ways.length);
    ways.forEach(({ from, lane, to, toLane, turn }, index) => {
      const movement = road.movements[index]!;
      expect(movement.fromLane).toBe(`r${from + 1}-in-${-lane}`);
      expect(movement.toLane).toBe(`r${to + 1}-out-${toLane}`);
      expect(movement.toLink).toBe(`r${to + 1}-out`);
      expect(movement.manoeuvre).toBe(turn);
    });
    expect(road.lanes.find(({ id }) => id === 'r2-in-1')!.uses[0]!.manoeuvres).toEqual(['left', 'straight']);
    expect(road.links[0]!.speedLimits[0]!.speedMps).toBeCloseTo(60 / 3.6, 1);
  });

  test('lanes lie beside their reference line by half their width, over both sections and all bends', () => {
    const draft = taken(openDrive(xodrJunction()));
    const [first, second] = [laneIn(draft, 'r1-in-1'), laneIn(draft, 'r1-in-2')];
    expect(lineLength(first.points)).toBeGreaterThan(190);
    for (const [x, y] of second.points.slice(2, -2)) {
      expect(projectOnLine(x, y, first.points).leftM).toBeCloseTo(-3.5, 2);
    }
    const exit = laneIn(draft, 'r1-out-1');
    for (const [x, y] of exit.points.slice(2, -2)) {
      expect(projectOnLine(x, y, first.points).leftM).toBeCloseTo(3.5, 2);
    }
  });

  test('the projection and the offset of the header put the junction where they say, to true north', () => {
    const draft = taken(openDrive(xodrJunction()));
    const frame = siteFrame(draft.reference);
    const unproject = projectionOf('+proj=tmerc +lat_0=31 +lon_0=121 +k=1 +ellps=WGS84')!;
    // Lane −1 of the western arm ends at (−20, −1.75) in the file.
    const at = unproject(16_000 - 20, 31_500 - 1.75);
    const { eastM, northM } = frame.toSite({ ...at, heightM: draft.reference.heightM });
    const [x, y] = laneIn(draft, 'r1-in-1').points.at(-1)!;
    expect(Math.hypot(x - eastM, y - northM)).toBeLessThan(0.001);
    expect(draft.reference.heightM).toBe(12.3);
  });

  test('a file without a place needs one from the caller, and then lies as it is drawn', () => {
    expect(openDrive(xodrJunction(''))).toMatchObject({ refused: 'no-place' });
    const reference = { latDeg: 31.2, lonDeg: 121.1, heightM: 5 };
    const text = xodrJunction('').replace('<offset x="16000" y="31500" z="12.3" hdg="0"/>', '');
    const draft = taken(openDrive(text, { reference }));
    expect(draft.reference).toEqual(reference);
    const [x, y] = laneIn(draft, 'r1-in-1').points.at(-1)!;
    expect([x, y].map((value) => Math.round(value * 100) / 100)).toEqual([-20, -1.75]);
    expect(problemsOf(draft)).toBe('');
  });

  test('two junctions on one road share their link, and a chosen one ends at a plain node', () => {
    const second = '<junction id="101" name="Next"><connection id="0" incomingRoad="4" connectingRoad="300" '
      + 'contactPoint="start"><laneLink from="1" to="-1"/></connection></junction>'
      + '<road id="300" junction="101" length="20"><link><predecessor elementType="road" elementId="4" contactPoint="start"/>'
      + '<successor elementType="road" elementId="5" contactPoint="start"/></link><planView>'
      + '<geometry s="0" x="1.75" y="140" hdg="1.5707963" length="20"><line/></geometry></planView><lanes>'
      + '<laneOffset s="0" a="1.75" b="0" c="0" d="0"/><laneSection s="0"><center><lane id="0" type="none"/></center><right>'
      + '<lane id="-1" type="driving"><link><predecessor id="1"/><successor id="-1"/></link><width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane>'
      + '</right></laneSection></lanes></road>'
      + '<road id="5" junction="-1" length="80"><link><predecessor elementType="junction" elementId="101"/></link><planView>'
      + '<geometry s="0" x="0" y="160" hdg="1.5707963" length="80"><line/></geometry></planView><lanes><laneSection s="0">'
      + '<center><lane id="0" type="none"/></center><right><lane id="-1" type="driving">'
      + '<width sOffset="0" a="3.5" b="0" c="0" d="0"/></lane></right></laneSection></lanes></road>';
    const text = xodrJunction(undefined, second).replace(
      /(<road id="4" [^>]*><link>)/, '$1<predecessor elementType="junction" elementId="101"/>');
    const both = taken(openDrive(text));
    expect(both.junctions).toEqual(['Cross & Co', 'Next']);
    const between = both.links.filter(({ from, to }) => 'junction' in from && 'junction' in to);
    expect(between.map(({ id }) => id).sort()).toEqual(['r4-end-in', 'r4-start-in']);
    const { road } = siteOfDraft(both, 'made');
    expect(road.movements.find(({ fromLane }) => fromLane === 'r1-in-1')!.toLane).toBe('r4-start-in-1');
    const one = taken(openDrive(text, { junctions: ['100'] }));
    expect(one.junctions).toEqual(['Cross & Co']);
    expect(one.skipped.get('junction not asked for')).toBe(1);
    expect(problemsOf(one)).toBe('');
  });

  test('no junction, too many, and shapes that are not known are told', () => {
    expect(openDrive('<OpenDRIVE/>')).toEqual({ refused: 'no-junction', junctions: [] });
    expect(openDrive(xodrJunction(), { junctions: ['7'] })).toEqual({ refused: 'no-junction', junctions: ['100'] });
    const more = Array.from({ length: 9 }, (_, id) =>
      `<junction id="${id}"><connection incomingRoad="1" connectingRoad="200"/></junction>`).join('');
    expect(openDrive(xodrJunction(undefined, more))).toMatchObject({ refused: 'many-junctions' });
    const noLength = xodrJunction().replaceAll(/(<road [^>]*?length=")[^"]*"/g, '$1Infinity"');
    expect(openDrive(noLength)).toMatchObject({ refused: 'no-roads', junctions: ['100'] });
    const crowd = xodrJunction().replace(/<road .*?<\/road>/s, (road) =>
      Array.from({ length: 300 }, (_, id) => road.replace(/ id="\d+"/, ` id="x${id}"`)).join(''));
    expect(openDrive(crowd)).toMatchObject({ refused: 'many-roads' });
    const odd = taken(openDrive(xodrJunction().replace('<line/>', '<bezier/>')));
    expect(odd.skipped.get('geometry bezier')).toBe(1);
  });
});

test('slips of a file are counted or left out, and never hang or throw', () => {
  const spoilt = [
    xodrJunction().replace('lane id="-2"', 'lane id="-2.5"'),
    xodrJunction().replace('lane id="1"', 'lane id="1e9"'),
    xodrJunction().replace(/length="120"/g, 'length="1e9"'),
    xodrJunction().replace(/length="150"/g, 'length="NaN"'),
    xodrJunction().replace('contactPoint="start"', 'contactPoint="end"'),
  ].map((text) => openDrive(text));
  const wild = lanelets(osmJunction(false).replace(/lat="31[^"]*"/, 'lat="1e9"'));
  let walked = 0;
  for (const result of [...spoilt, wild]) {
    if (!('draft' in result)) continue;
    walked++;
    expect(problemsOf(result.draft)).not.toContain('NaN');
  }
  expect(walked).toBe(5);
});

describe('Lanelet2', () => {
  test.each([false, true])('a three-arm junction becomes a site that checks clean, turns tagged: %s', (tagged) => {
    const draft = taken(lanelets(osmJunction(tagged)));
    expect(problemsOf(draft)).toBe('');
    const { road } = siteOfDraft(draft, 'made');
    expect(draft.links.map(({ lanes }) => lanes.length).sort()).toEqual([1, 1, 1, 1, 2, 2]);
    expect(road.movements.map(({ manoeuvre }) => manoeuvre).sort()).toEqual(
      ['left', 'left', 'right', 'right', 'straight', 'straight']);
    expect(draft.lamps).toBe(1);
    expect(Object.fromEntries(draft.skipped)).toEqual({ 'regulatory_element right_of_way': 1 });
    expect(road.links[0]!.speedLimits[0]!.speedMps).toBeCloseTo(50 / 3.6, 1);
    expect(road.crossings).toHaveLength(1);
    expect(road.crossings[0]!.widthM).toBeCloseTo(3, 1);
    // Each arm's approach and exit meet at one plain node.
    expect(road.nodes).toHaveLength(4);
  });

  test('lanes are numbered from the left along travel, whichever way their bounds were drawn', () => {
    const reference = { latDeg: 31.28, lonDeg: 121.17, heightM: 0 };
    const draft = taken(lanelets(osmJunction(false), { reference }));
    const west = draft.links.find(({ lanes, to }) => 'junction' in to && lanes.length === 2
      && lanes[0]!.points[0]![0] < -100)!;
    const [left, right] = west.lanes.map(({ points }) => points.at(-1)!);
    expect(left![0]).toBeCloseTo(-14, 1);
    expect(left![1] - right![1]).toBeCloseTo(3.4, 1);
    expect(west.lanes[0]!.widthM).toBeCloseTo(3.4, 1);
  });

  test('a map of local points alone has no place', () => {
    const text = osmJunction(false).replace(/lat="[^"]*" lon="[^"]*"/g, 'lat="0" lon="0"');
    expect(lanelets(text)).toEqual({ refused: 'no-place', junctions: [] });
    expect(lanelets('<osm/>')).toEqual({ refused: 'no-place', junctions: [] });
  });

  test('what is no lanelet and what lacks its bounds is counted', () => {
    const text = osmJunction(false)
      .replace('</osm>', '<relation id="9001"><tag k="type" v="lanelet"/><tag k="subtype" v="road"/></relation>'
        + '<relation id="9002"><tag k="type" v="lanelet"/><tag k="subtype" v="walkway"/></relation>'
        + '<relation id="9003"><tag k="type" v="multipolygon"/></relation></osm>');
    expect(Object.fromEntries(taken(lanelets(text)).skipped)).toEqual({
      'lanelet walkway': 1, 'lanelet without bounds': 1, multipolygon: 1, 'regulatory_element right_of_way': 1,
    });
  });
});
