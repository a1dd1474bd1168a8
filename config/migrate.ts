import { problem, shown } from './problem.ts';
import type { FileName, Problem } from './problem.ts';
import { ROAD_FORMAT_VERSION } from './road.ts';
import { SITE_FORMAT_VERSION } from './site.ts';

type Json = Readonly<Record<string, unknown>>;

/** One step from a version to the next. */
type Step = (old: Json) => Json;

const rowsOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

const toRad = (deg: number | undefined): number => ((deg ?? 0) * Math.PI) / 180;

/** Poses were degrees, the heading clockwise from north. */
function sensorFromDraft(sensor: Json): Json {
  const { headingDeg, pitchDeg, rollDeg, ...pose } = (sensor.pose ?? {}) as Record<string, number>;
  if (headingDeg === undefined) return sensor;
  const heading = Math.PI / 2 - toRad(headingDeg);
  const headingRad = Math.atan2(Math.sin(heading), Math.cos(heading));
  return {
    ...sensor, pose: { ...pose, headingRad, pitchRad: toRad(pitchDeg), rollRad: toRad(rollDeg) },
  };
}

/**
 * Version 0 was the draft of the first trials: degrees for poses, one name for all languages, no
 * web and no time source. It is kept so that reading old files stays exercised.
 */
const siteFromDraft: Step = (old) => ({
  ...old,
  name: typeof old.name === 'string' ? { en: old.name, zh: old.name } : old.name,
  web: old.web ?? { host: '127.0.0.1', port: 8080 },
  timeSource: old.timeSource ?? { kind: 'system', assumedErrorMs: 100 },
  sensors: rowsOf(old.sensors).map(sensorFromDraft),
  formatVersion: 1,
});

/** The draft had no list of ignored lamp groups and no unit areas. */
const roadFromDraft: Step = (old) => ({
  ...old,
  ignoredLampGroups: old.ignoredLampGroups ?? [],
  rsuAreas: old.rsuAreas ?? [],
  formatVersion: 1,
});

/** By file: what leads from version n to n + 1. */
interface Steps {
  readonly current: number;
  readonly from: readonly Step[];
}
const steps: Readonly<Record<FileName, Steps>> = {
  'site.json': { current: SITE_FORMAT_VERSION, from: [siteFromDraft] },
  'road.json': { current: ROAD_FORMAT_VERSION, from: [roadFromDraft] },
};

/**
 * Brings a file of any known version to the newest. The file on disk stays as it is. A version
 * that is newer than ours, or no version at all, is a problem.
 */
export function migrate(
  file: FileName, raw: unknown,
): { readonly value: unknown; readonly migrated: boolean } | { readonly problem: Problem } {
  const { current, from } = steps[file];
  const version = typeof raw === 'object' && raw !== null ? (raw as Json).formatVersion : undefined;
  if (version === undefined) return { value: raw, migrated: false };
  const whole = typeof version === 'number' && Number.isInteger(version);
  const known = whole && version >= 0 && version <= current;
  if (!known) {
    return {
      problem: problem(
        'error',
        file,
        'formatVersion',
        'version_unknown',
        { expected: current, got: shown(version) },
      ),
    };
  }
  let value = raw as Json;
  for (const step of from.slice(version)) value = step(value);
  return { value, migrated: version < current };
}
