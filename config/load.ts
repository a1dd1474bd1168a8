/**
 * A site folder → accepted settings, or every problem that it has. Knows no driver: the list of
 * drivers and profiles is an argument, and `src/site.ts` joins both.
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../src/base/fault.ts';
import { conditionsOf } from '../src/model/conditions.ts';
import { accept } from './accept.ts';
import { checkMap } from './check-map.ts';
import { checkRoad } from './check-road.ts';
import { checkSignals } from './check-signals.ts';
import { checkSettings } from './check-site.ts';
import { sectionSchema } from './field.ts';
import type { Section } from './field.ts';
import { canonicalJson, parseJson } from './json.ts';
import { migrate } from './migrate.ts';
import { problem, Report, shown } from './problem.ts';
import type { FileName, Problem } from './problem.ts';
import { roadSchema } from './road.ts';
import type { RoadFile } from './road.ts';
import { siteSchema } from './site.ts';
import type { SiteFile } from './site.ts';

/** What the checker must know of a driver. */
export interface DriverRow {
  readonly kind: string;
  readonly role: 'sensor' | 'signal';
  readonly transports: readonly string[];
  readonly options: Section;
}

/** What else is installed, and what this box knows of itself. */
export interface Surroundings {
  readonly drivers: readonly DriverRow[];
  /** Names of profiles; empty leaves the name unchecked. */
  readonly profiles: readonly string[];
  /** Names that the sign table knows; empty leaves them unchecked. */
  readonly signKinds: readonly string[];
  /** Name of this box, where it is known: a folder of another box is refused (F91). */
  readonly box?: string;
  /** The revision that ran last: an older one is refused (F90). */
  readonly lastRevision?: number;
  /** The box's own position by GNSS, to smell map coordinates. */
  readonly gnss?: { readonly latDeg: number; readonly lonDeg: number };
}

/** The two files as accepted; null where a file could not be used. */
export interface Loaded {
  readonly site: SiteFile | null;
  readonly road: RoadFile | null;
  readonly problems: readonly Problem[];
}

const MAX_OCTETS: Readonly<Record<FileName, number>> = {
  'site.json': 256 * 1024, 'road.json': 4 * 1024 * 1024,
};

/** Reads one file; null and a problem where it cannot be. */
function readText(folder: string, file: FileName, report: Report): string | null {
  const path = join(folder, file);
  let bytes: Uint8Array;
  try {
    const stat = statSync(path);
    // A pipe or a device has no size and no end.
    if (!stat.isFile()) {
      report.error(file, '', 'file_unreadable', { got: path });
      return null;
    }
    const { size } = stat;
    if (size > MAX_OCTETS[file]) {
      report.error(file, '', 'file_large', { expected: MAX_OCTETS[file], got: size });
      return null;
    }
    bytes = readFileSync(path);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    report.error(file, '', missing ? 'file_missing' : 'file_unreadable', { got: messageOf(cause) });
    return null;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    report.error(file, '', 'file_encoding');
    return null;
  }
}

/** Text → value of the newest version; undefined and a problem where it is none. */
function parseFile(file: FileName, text: string, report: Report): unknown {
  const parsed = parseJson(text);
  if ('failure' in parsed) {
    const { line, column, why } = parsed.failure;
    const entry = problem(
      'error', file, '', 'json_syntax', { line, column, why: why.en, got: why.en },
    );
    const zh = problem('error', file, '', 'json_syntax', { line, column, why: why.zh }).text.zh;
    report.problems.push({ ...entry, text: { en: entry.text.en, zh } });
    return undefined;
  }
  const result = migrate(file, parsed.value);
  if ('problem' in result) {
    report.problems.push(result.problem);
    return undefined;
  }
  return result.value;
}

type Row = Readonly<Record<string, unknown>>;
const rowsOf = (raw: unknown, list: 'sensors' | 'controllers'): readonly Row[] => {
  const rows = typeof raw === 'object' && raw !== null ? (raw as Row)[list] : undefined;
  return Array.isArray(rows) ? (rows as readonly Row[]) : [];
};

/** Options as each driver reads them, defaults filled in, by `sensors[2]`. */
function acceptOptions(
  raw: unknown, around: Surroundings, report: Report,
): ReadonlyMap<string, Row> {
  const accepted = new Map<string, Row>();
  const known = around.drivers.map((driver) => driver.kind).join(', ');
  for (const [list, role] of [['sensors', 'sensor'], ['controllers', 'signal']] as const) {
    rowsOf(raw, list).forEach((row, index) => {
      const kind = row?.driver;
      if (typeof kind !== 'string') return;
      const at = `${list}[${index}]`;
      const driver = around.drivers.find((entry) => entry.kind === kind);
      if (!driver) {
        report.error(
          'site.json',
          `${at}.driver`,
          'driver_unknown',
          { expected: known || '-', got: shown(kind) },
        );
      } else if (driver.role !== role) {
        report.error(
          'site.json', `${at}.driver`, 'driver_role', { expected: driver.role, got: kind },
        );
      } else if (typeof row.options === 'object' && row.options !== null) {
        const path = [list, index, 'options'];
        const { value } = accept(
          sectionSchema(driver.options), row.options, 'site.json', report.problems, path,
        );
        if (value) accepted.set(at, value);
      }
    });
  }
  return accepted;
}

function withOptions(site: SiteFile, options: ReadonlyMap<string, Row>): SiteFile {
  const fill = <T extends { readonly options: Row }>(
    rows: readonly T[], list: string,
  ): readonly T[] =>
    rows.map((row, index) =>
      ({ ...row, options: options.get(`${list}[${index}]`) ?? row.options }));
  return {
    ...site,
    sensors: fill(site.sensors, 'sensors'),
    controllers: fill(site.controllers, 'controllers'),
  };
}

/** Checks two texts as if they were the files of a folder. */
export function loadTexts(
  siteText: string | null, roadText: string | null, around: Surroundings,
): Loaded {
  const report = new Report();
  return loadInto(siteText, roadText, around, report);
}

function loadInto(
  siteText: string | null, roadText: string | null, around: Surroundings, report: Report,
): Loaded {
  const siteRaw = siteText === null ? undefined : parseFile('site.json', siteText, report);
  const roadRaw = roadText === null ? undefined : parseFile('road.json', roadText, report);
  const site = siteRaw === undefined ? null : accept(
    siteSchema, siteRaw, 'site.json', report.problems,
  );
  const road = roadRaw === undefined ? null : accept(
    roadSchema, roadRaw, 'road.json', report.problems,
  );
  const options = siteRaw === undefined ? new Map<string, Row>() : acceptOptions(
    siteRaw, around, report,
  );
  const siteValue = site?.value ? withOptions(site.value, options) : null;
  const roadValue = road?.value ?? null;

  const later = new Report();
  if (roadValue) {
    checkRoad(roadValue, later);
    checkMap(roadValue, later);
    checkSignals(roadValue, later);
  }
  if (siteValue) checkSettings(siteValue, roadValue, around, later);
  // Nothing is said of rows that hold stand-ins for what the file has.
  const stands: Readonly<Record<FileName, readonly string[]>> = {
    'site.json': site?.bridged ?? [], 'road.json': road?.bridged ?? [],
  };
  for (const entry of later.problems) {
    const hidden = stands[entry.file].some(
      (row) => row !== '' && (entry.path === row || entry.path.startsWith(`${row}.`)));
    if (!hidden) report.problems.push(entry);
  }
  return { site: siteValue, road: roadValue, problems: report.problems };
}

/** Reads and checks a site folder. Every problem of one run is in the answer; nothing is thrown. */
export function loadFiles(folder: string, around: Surroundings): Loaded {
  const report = new Report();
  const siteText = readText(folder, 'site.json', report);
  const roadText = readText(folder, 'road.json', report);
  return loadInto(siteText, roadText, around, report);
}

const sha256 = (value: unknown): string => createHash('sha256').update(
  canonicalJson(value),
).digest('hex');

/** Whether some lane use or limit goes by the clock of the site. */
const isTimed = (road: RoadFile): boolean =>
  road.nodes.some((node) => conditionsOf(road, node).some(({ kind }) => kind === 'calendar'));

/**
 * The part of a site that `lukou commission` confirms at the junction and the gate pins: which
 * lamp governs whom, which exclude one another, and their times (F45). Names and drawings may
 * change without it.
 */
const safetyPart = (site: SiteFile, road: RoadFile): unknown => ({
  profile: site.profile,
  controllers: site.controllers.map(({ id, driver, nodes, options }) =>
    ({ id, driver, nodes, options })),
  nodes: road.nodes.map(({ id, controllerId }) => ({ id, controllerId })),
  signalGroups: road.signalGroups,
  ignoredLampGroups: road.ignoredLampGroups,
  conflicts: road.conflicts,
  stages: road.stages,
  // Who may go when decides which lane shows which phase, and when that changes.
  lanes: road.lanes.map(({ id, linkId, number, uses }) => {
    const timed = uses.filter(({ when }) => when.kind !== 'always');
    return { id, linkId, number, ...(timed.length > 0 ? { uses } : {}) };
  }),
  ...(isTimed(road) ? { timeZone: site.timeZone } : {}),
  movements: road.movements.map(({ fromLane, toLink, manoeuvre, signalGroup, waitingArea }) =>
    ({ fromLane, toLink, manoeuvre, signalGroup, waitingArea })),
  crossings: road.crossings.map(({ id, linkId, number, signalGroup }) =>
    ({ id, linkId, number, signalGroup })),
});

/** SHA-256 over the canonical JSON of the whole site, and of its safety part; lower-case hex. */
export const hashesOf = (
  site: SiteFile, road: RoadFile,
): { readonly hash: string; readonly safetyHash: string } => ({
  hash: sha256({ site, road }),
  safetyHash: sha256(safetyPart(site, road)),
});
