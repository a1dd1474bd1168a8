import { mapTexts as texts } from '../base/texts/map.ts';
import { cliTexts } from '../base/texts/cli.ts';
import { nodeKey } from '../model/ids.ts';
import type { NodeSize } from '../../v2x/compose/map.ts';
import { command } from './command.ts';
import type { Io } from './command.ts';
import { mapProfiles, sizesOf } from './mapsite.ts';
import { readSite } from './sites.ts';

function tell(size: NodeSize, io: Io): void {
  const { node, octets, maxOctets: most } = size;
  const errorM = size.errorM.toFixed(2);
  io.out(io.say(texts.size_node, { node: nodeKey(node.id), name: node.name, octets, most, errorM }));
  for (const { linkId: link, octets: own, points, lanes } of size.links) {
    io.out(`  ${io.say(texts.size_link, { link, octets: own, points, lanes })}`);
  }
  size.variants.forEach(({ keys, revision, hash, bytes }, at) => {
    const values = {
      index: at + 1, revision, hash: hash.slice(0, 10), octets: bytes.length,
      keys: keys.join(' | '),
    };
    io.out(`  ${io.say(texts.size_variant, values)}`);
  });
  if (size.tooManyVariants) io.out(`  ${io.say(texts.size_too_many)}`);
}

export const mapSize = command({
  name: 'map size',
  summary: texts.size_summary,
  details: texts.size_details,
  arguments: [{ name: 'site', help: cliTexts.check_site }],
  options: {
    node: { type: 'text', value: 'region-id', help: texts.option_node },
    profile: { type: 'choice', of: mapProfiles, help: texts.option_profile },
  },
  examples: ['map size demo', 'map size two-nodes --profile B --json'],
  async run({ site: named, node, profile }, io) {
    const { sizes } = await sizesOf(await readSite(named), node, profile);
    if (io.json) {
      io.out(JSON.stringify({
        formatVersion: 1,
        nodes: sizes.map((size) => ({
          node: nodeKey(size.node.id),
          octets: size.octets,
          maxOctets: size.maxOctets,
          errorM: size.errorM,
          links: size.links,
          variants: size.variants.map(({ keys, revision, hash, bytes }) =>
            ({ keys, revision, hash, octets: bytes.length })),
        })),
      }));
    } else for (const size of sizes) tell(size, io);
    return sizes.every(({ octets, maxOctets }) => octets <= maxOctets) ? 0 : 1;
  },
});
