import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import type { Geodetic } from '../base/geodesy.ts';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import type { Text } from '../base/text.ts';
import { cliTexts } from '../base/texts/cli.ts';
import { mapTexts as texts } from '../base/texts/map.ts';
import type { Draft } from '../mapimport/draft.ts';
import type { ImportOptions, ImportResult } from '../mapimport/opendrive-draft.ts';
import { command } from './command.ts';
import type { Io } from './command.ts';

function referenceOf(text: string | null): Geodetic | null {
  if (text === null) return null;
  const [latDeg, lonDeg, heightM = 0, ...more] = text.split(',').map(Number);
  const fits = latDeg !== undefined && lonDeg !== undefined && more.length === 0
    && Math.abs(latDeg) < 89 && Math.abs(lonDeg) <= 180 && Number.isFinite(heightM);
  if (fits) return { latDeg, lonDeg, heightM };
  throw new Fault('VALUE_OUT_OF_RANGE', {
    subject: '--reference', expected: texts.fault_reference, got: text,
    next: texts.fault_reference_next,
  });
}

function textOf(file: string): string {
  if (existsSync(file) && statSync(file).isFile()) return readFileSync(file, 'utf8');
  throw new Fault('FILE_UNREADABLE', {
    subject: file,
    expected: cliTexts.fault_file_expected,
    got: existsSync(file) ? cliTexts.fault_file_folder : cliTexts.fault_file_missing,
    next: cliTexts.fault_file_next,
  });
}

async function readMap(file: string, options: ImportOptions): Promise<ImportResult> {
  const { readXml } = await import('../mapimport/xml.ts');
  const root = readXml(textOf(file), file);
  if (root.name === 'OpenDRIVE') {
    const { draftOfOpenDrive } = await import('../mapimport/opendrive-draft.ts');
    return draftOfOpenDrive(root, options);
  }
  if (root.name === 'osm') {
    const { draftOfLanelets } = await import('../mapimport/lanelet2-draft.ts');
    return draftOfLanelets(root, options);
  }
  throw new Fault('SITE_INVALID', {
    subject: file, expected: texts.fault_map_kind,
    got: filledText(texts.fault_map_root, { name: root.name }), next: texts.fault_map_root_next,
  });
}

async function draftOf(file: string, options: ImportOptions): Promise<Draft> {
  const { ARMS_MAX, JUNCTIONS_MAX } = await import('../mapimport/opendrive-draft.ts');
  const result = await readMap(file, options);
  if ('draft' in result) return result.draft;
  if (result.refused === 'no-place') {
    throw new Fault('SITE_INVALID', {
      subject: file, expected: texts.fault_map_place, got: texts.fault_map_place_got,
      next: texts.fault_map_place_next,
    });
  }
  if (result.refused === 'no-roads' || result.refused === 'many-roads') {
    throw new Fault('SITE_INVALID', {
      subject: file, expected: filledText(texts.fault_map_roads, { most: ARMS_MAX }),
      got: result.refused === 'no-roads' ? texts.fault_map_roads_none : texts.fault_map_roads_more,
      next: texts.fault_map_roads_next,
    });
  }
  const { junctions } = result;
  const names = junctions.slice(0, 20).join(', ') + (junctions.length > 20 ? ', …' : '');
  throw new Fault('SITE_INVALID', {
    subject: file,
    expected: filledText(texts.fault_map_junctions, { most: JUNCTIONS_MAX }),
    got: filledText(texts.fault_map_junctions_got, { count: junctions.length, names: names || '-' }),
    next: texts.fault_map_junctions_next,
  });
}

const todoOf = (draft: Draft): readonly Text[] => [
  filledText(texts.import_todo_lamps, { lamps: draft.lamps }),
  filledText(texts.import_todo_place, { ...draft.reference }),
  texts.import_todo_sensors,
  texts.import_todo_lanes,
  texts.import_todo_ids,
];

function tell(folder: string, draft: Draft, io: Io): void {
  io.out(io.say(texts.import_done, {
    folder, junctions: draft.junctions.length, links: draft.links.length,
    lanes: draft.links.reduce((sum, { lanes }) => sum + lanes.length, 0),
    movements: draft.movements.length, crossings: draft.crossings.length,
  }));
  const what = [...draft.skipped].map(([kind, count]) => `${kind} ${count}`).join(', ');
  if (what !== '') io.out(io.say(texts.import_skipped, { what }));
}

export const mapImport = command({
  name: 'map import',
  summary: texts.import_summary,
  details: texts.import_details,
  arguments: [{ name: 'file', help: texts.import_file }],
  options: {
    out: { type: 'text', value: 'folder', required: true, help: texts.import_out },
    reference: { type: 'text', value: 'lat,lon,height', help: texts.import_reference },
    junction: { type: 'text', value: 'ids', help: texts.import_junction },
    reach: { type: 'number', min: 30, max: 1000, default: 200, help: texts.import_reach },
  },
  examples: [
    'map import town.xodr --out /tmp/town',
    'map import town.osm --out /tmp/town --junction 1,2 --reach 150',
  ],
  async run({ file, out, reference, junction, reach }, io) {
    if (existsSync(out) && readdirSync(out).length > 0) {
      throw new Fault('REFUSED', {
        subject: out, expected: cliTexts.fault_folder_expected, got: cliTexts.fault_folder_full,
        next: cliTexts.fault_folder_next,
      });
    }
    const draft = await draftOf(file, {
      reference: referenceOf(reference), reachM: reach,
      junctions: junction === null ? [] : junction.split(',').map((id) => id.trim()),
    });
    const { siteOfDraft } = await import('../mapimport/build.ts');
    const { nameOf } = await import('../mapimport/draft.ts');
    const { writeSite } = await import('../../config/ask.ts');
    const { checkSite, formatProblems } = await import('../site.ts');
    writeSite(out, siteOfDraft(draft, nameOf(basename(file, extname(file)))));
    const problems = checkSite(out);
    const ok = problems.every(({ severity }) => severity !== 'error');
    const todo = todoOf(draft).map((text) => io.say(text));
    if (io.json) {
      io.out(JSON.stringify({
        formatVersion: 1, site: resolve(out), ok, problems: problems.length,
        junctions: draft.junctions.length, links: draft.links.length,
        movements: draft.movements.length, crossings: draft.crossings.length,
        skipped: Object.fromEntries(draft.skipped), todo,
      }));
      return ok ? 0 : 1;
    }
    tell(out, draft, io);
    if (problems.length > 0) io.out(formatProblems(problems, io.language));
    io.out(io.say(texts.import_next));
    for (const line of todo) io.out(`  - ${line}`);
    return ok ? 0 : 1;
  },
});
