/** What only the messages themselves can tell of a site: whether its MAP and its signs fit on air. */
import { problem } from '../config/problem.ts';
import type { Problem } from '../config/problem.ts';
import { beyondGb2312 } from '../v2x/compose/gb2312.ts';
import { POINTS_MAX } from '../v2x/compose/map-lines.ts';
import { mapSizesOf } from '../v2x/compose/map.ts';
import type { NodeSize } from '../v2x/compose/map.ts';
import { profiles } from '../v2x/profiles.ts';
import { nodeKey } from './model/ids.ts';
import type { Site } from './model/site.ts';

/** Where a line of the road stands in the file, by its name. */
function placeOf(site: Site, name: string): { path: string; points: number } {
  for (const list of ['links', 'lanes', 'crossings'] as const) {
    const index = site.road[list].findIndex(({ id }) => id === name);
    const row = site.road[list][index];
    if (row) return { path: `${list}[${index}]`, points: row.points.length };
  }
  return { path: '', points: 0 };
}

function sizeProblems(site: Site, size: NodeSize): readonly Problem[] {
  const found: Problem[] = [];
  const error = (path: string, code: Problem['code'], values: object): void => {
    found.push(problem('error', 'road.json', path, code, { ...values }));
  };
  for (const shortcoming of size.shortcomings) {
    const { path, points } = placeOf(site, shortcoming.of);
    if (shortcoming.kind === 'line') {
      error(`${path}.points`, 'map_line_points', { expected: POINTS_MAX, got: points });
    } else {
      error(path, 'map_list_long', { expected: shortcoming.most, got: shortcoming.length });
    }
  }
  if (size.octets > size.maxOctets) {
    const index = site.road.nodes.findIndex(({ id }) => nodeKey(id) === nodeKey(size.node.id));
    const links = [...size.links].sort((a, b) => b.octets - a.octets)
      .map(({ linkId, octets }) => `${linkId} ${octets}`).join(', ');
    error(`nodes[${index}]`, 'map_over_size', {
      expected: size.maxOctets, got: size.octets, errorM: size.errorM, links,
    });
  }
  return found;
}

/** First of the description of a sign, where it goes live. Form of the code itself: unverified. */
const SIGN_CODE = /^[0-9A-Za-z]{16}/;

function signProblems(site: Site): readonly Problem[] {
  return site.road.signs.flatMap((sign, index) => {
    const path = `signs[${index}].description`;
    const beyond = beyondGb2312(sign.description);
    if (beyond.length > 0) {
      const values = { expected: beyond.join(' '), got: sign.description };
      return [problem('error', 'road.json', path, 'sign_text', values)];
    }
    if (site.mode !== 'live' || SIGN_CODE.test(sign.description)) return [];
    return [problem('warning', 'road.json', path, 'sign_code', { got: sign.description })];
  });
}

/** Problems of MAP and RSI of a site that is otherwise sound. Encodes every variant of every node. */
export function mapProblems(site: Site): readonly Problem[] {
  const profile = profiles.find(({ name }) => name === site.profile);
  if (!profile) return [];
  return [
    ...mapSizesOf(site, profile).flatMap((size) => sizeProblems(site, size)),
    ...signProblems(site),
  ];
}
