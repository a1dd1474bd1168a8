/** What the `map` commands share: the node and the variant that somebody means. */
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import { mapTexts as texts } from '../base/texts/map.ts';
import { nodeKey } from '../model/ids.ts';
import type { Site } from '../model/site.ts';
import type { NodeSize } from '../../v2x/compose/map.ts';
import type { Profile } from '../../v2x/profile.ts';

/** Profiles that a map can be written in. */
export const mapProfiles = ['A', 'B', 'P2', 'D2'] as const;

/** Sizes of the maps of a site, one node alone where it is named. Errors: `Fault`. */
export async function sizesOf(
  site: Site, named: string | null, profileName: string | null,
): Promise<{ readonly sizes: readonly NodeSize[]; readonly profile: Profile }> {
  const { mapSizesOf } = await import('../../v2x/compose/map.ts');
  const { profileByName } = await import('../../v2x/profiles.ts');
  const profile = profileByName(profileName ?? site.profile);
  const all = mapSizesOf(site, profile);
  if (named === null) return { sizes: all, profile };
  const sizes = all.filter(({ node }) => nodeKey(node.id) === named);
  if (sizes.length > 0) return { sizes, profile };
  throw new Fault('VALUE_OUT_OF_RANGE', {
    subject: '--node',
    expected: filledText(texts.fault_node, {
      nodes: all.map(({ node }) => nodeKey(node.id)).join(', '),
    }),
    got: named,
    next: texts.fault_node_next,
  });
}
