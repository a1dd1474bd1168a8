/**
 * The whole site: the rows of `config/`, the options of all drivers and the profiles, joined. The
 * only door through which settings come in; what passes is frozen.
 */
import { Fault } from './base/fault.ts';
import { filledText } from './base/text.ts';
import type { Text } from './base/text.ts';
import { daemonFaultTexts as texts } from './base/texts/daemon.ts';
import { prepareExpressions } from '../config/expression.ts';
import { hashesOf, loadFiles, loadTexts } from '../config/load.ts';
import type { DriverRow, Loaded, Surroundings } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';
import type { Problem } from '../config/problem.ts';
import type { RoadFile } from '../config/road.ts';
import type { SiteFile } from '../config/site.ts';
import { drivers } from '../drivers/index.ts';
import { signCodes } from '../v2x/compose/codes.ts';
import { profiles } from '../v2x/profiles.ts';
import { mapProblems } from './mapproblems.ts';
import type { Road } from './model/road.ts';
import type { Site } from './model/site.ts';

export { formatProblems } from '../config/problem.ts';
export type { Problem } from '../config/problem.ts';

type Mutual<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
/** The schemas accept exactly what the model names; else this line does not compile. */
export const schemasFitTheModel: readonly [
  Mutual<RoadFile, Road>,
  Mutual<SiteFile, Omit<Site, 'road' | 'hash' | 'safetyHash'>>,
] = [true, true];

/** What the caller knows of the box that the folder is for. */
export type BoxFacts = Pick<Surroundings, 'box' | 'lastRevision' | 'gnss'>;

const driverRows = (): readonly DriverRow[] =>
  drivers.map(({ kind, role, transports, options }) => ({ kind, role, transports, options }));

const around = (facts: BoxFacts): Surroundings => ({
  ...facts,
  drivers: driverRows(),
  profiles: profiles.map((profile) => profile.name),
  signKinds: Object.keys(signCodes),
});

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}

const isError = (problem: Problem): boolean => problem.severity === 'error';

/** What the messages say of a site that is otherwise sound: they need its whole value. */
function withMessages({ site, road, problems }: Loaded): Loaded {
  if (!site || !road || problems.some(isError)) return { site, road, problems };
  const whole: Site = { ...site, road, hash: '', safetyHash: '' };
  return { site, road, problems: [...problems, ...mapProblems(whole)] };
}

function toSite(subject: string, loaded: Loaded, next: Text): Site {
  const { site, road, problems } = withMessages(loaded);
  const errors = problems.filter(isError);
  if (!site || !road || errors.length > 0) {
    throw new Fault('SITE_INVALID', {
      subject,
      expected: texts.site_sound,
      got: filledText(texts.site_problems, { count: errors.length }),
      next: {
        en: `${next.en}\n${formatProblems(errors, 'en')}`,
        zh: `${next.zh}\n${formatProblems(errors, 'zh')}`,
      },
    });
  }
  return freeze({ ...site, road, ...hashesOf(site, road) });
}

/**
 * Reads a site folder. Driver options come back with their defaults filled in, and everything is
 * frozen. Throws `Fault` SITE_INVALID that names every problem; warnings do not stop it.
 */
export const loadSite = (folder: string, facts: BoxFacts = {}): Site => {
  const next = filledText(texts.site_mend_in, { site: folder });
  return toSite(folder, loadFiles(folder, around(facts)), next);
};

/** Every problem of a site folder, warnings among them; empty for a clean one. Throws nothing. */
export const checkSite = (folder: string, facts: BoxFacts = {}): readonly Problem[] =>
  withMessages(loadFiles(folder, around(facts))).problems;

/**
 * The same, with the event expressions read whole. Loads mathjs where the site has any, so it is
 * for commands, not for a daemon that starts.
 */
export async function checkSiteFully(
  folder: string, facts: BoxFacts = {},
): Promise<readonly Problem[]> {
  const { site, road, problems } = withMessages(loadFiles(folder, around(facts)));
  if (!site || !road) return problems;
  const known = new Set(problems.map(({ path }) => path));
  const expressions = await prepareExpressions({ events: site.events, road });
  return [...problems, ...expressions.problems.filter(({ path }) => !known.has(path))];
}

/** The same for the texts of the two files, before they are written. */
export const checkSiteTexts = (
  siteText: string | null, roadText: string | null, facts: BoxFacts = {},
): readonly Problem[] => withMessages(loadTexts(siteText, roadText, around(facts))).problems;

/** A site from the texts of its two files. Throws like `loadSite`. */
export const siteFromTexts = (siteText: string, roadText: string, facts: BoxFacts = {}): Site =>
  toSite('site', loadTexts(siteText, roadText, around(facts)), texts.site_mend);
