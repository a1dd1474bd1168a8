import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Fault } from '../base/fault.ts';
import { filledText } from '../base/text.ts';
import type { Text } from '../base/text.ts';
import { mapTexts as texts } from '../base/texts/map.ts';
import { cliTexts } from '../base/texts/cli.ts';
import { conditionsOf, reachableStates, stateKey } from '../model/conditions.ts';
import { nodeKey } from '../model/ids.ts';
import type { Site } from '../model/site.ts';
import type { NodeSize } from '../../v2x/compose/map.ts';
import type { MessageFrame } from '../../v2x/schemas/frame.ts';
import type { MessageLane } from '../mapdraw/draw.ts';
import { command } from './command.ts';
import { mapProfiles, sizesOf } from './mapsite.ts';
import { readSite } from './sites.ts';

/** Hexadecimal as typed, or the first of it in a file (plain, or in a line of `rsu.jsonl`). */
function hexOf(from: string): string {
  const text = existsSync(from) ? readFileSync(from, 'utf8') : from;
  return /[0-9a-f]{20,}/i.exec(text)?.[0] ?? '';
}

const notAMap = (got: string | Text): Fault => new Fault('VALUE_OUT_OF_RANGE', {
  subject: '--from', expected: texts.fault_hex, got, next: texts.fault_hex_next,
});

/** Lanes of one node of a MAP message, in the site frame. Errors: `Fault`. */
async function lanesOf(
  site: Site, node: string, from: string, profile: string,
): Promise<readonly MessageLane[]> {
  const { fromHex } = await import('../base/bytes.ts');
  const { codecFor, UperError } = await import('../../v2x/codec.ts');
  const { mapIn } = await import('../../v2x/compose/map-variants.ts');
  const { mapLanesOf } = await import('../mapdraw/message.ts');
  const hex = hexOf(from);
  if (hex === '' || hex.length % 2 !== 0) throw notAMap(from.slice(0, 40));
  let frame: MessageFrame;
  try {
    ({ frame } = codecFor(profile as 'A').decode(fromHex(hex)));
  } catch (thrown) {
    if (thrown instanceof UperError) throw notAMap(thrown.message);
    throw thrown;
  }
  const map = mapIn(frame);
  if (!map) {
    throw notAMap(filledText(texts.fault_hex_other, { type: Object.keys(frame).join() }));
  }
  const { lanes, nodes } = mapLanesOf(map, site, node);
  if (lanes) return lanes;
  throw notAMap(filledText(texts.fault_hex_node, { nodes: nodes.join(', ') }));
}

function variantAt(size: NodeSize, index: number) {
  const variant = size.variants[index - 1];
  if (variant) return variant;
  throw new Fault('VALUE_OUT_OF_RANGE', {
    subject: '--variant',
    expected: filledText(texts.fault_variant, { most: size.variants.length }),
    got: String(index),
    next: texts.fault_variant_next,
  });
}

export const mapDraw = command({
  name: 'map draw',
  summary: texts.draw_summary,
  details: texts.draw_details,
  arguments: [{ name: 'site', help: cliTexts.check_site }],
  options: {
    out: { type: 'text', value: 'file', help: texts.draw_out },
    node: { type: 'text', value: 'region-id', help: texts.option_node },
    variant: {
      type: 'number', min: 1, max: 64, whole: true, default: 1, help: texts.draw_variant,
    },
    radius: { type: 'number', min: 20, max: 1000, default: 70, help: texts.draw_radius },
    from: { type: 'text', value: 'hex', help: texts.draw_from },
    profile: { type: 'choice', of: mapProfiles, help: texts.option_profile },
  },
  examples: ['map draw demo --out /tmp/demo.svg', 'map draw demo --radius 220 --out /tmp/wide.svg'],
  async run({ site: named, out, node, variant: index, radius, from, profile: asked }, io) {
    const { drawMap } = await import('../mapdraw/draw.ts');
    const site = await readSite(named);
    const { sizes, profile } = await sizesOf(site, node, asked);
    const size = sizes[0]!;
    const variant = variantAt(size, index);
    const conditions = conditionsOf(site.road, size.node);
    const key = variant.keys[0]!;
    const state = reachableStates(conditions).find((one) => stateKey(conditions, one) === key)!;
    const svg = drawMap({
      road: site.road, node: size.node, state, key, index, octets: variant.bytes.length,
      hash: variant.hash, steps: Math.round(size.errorM * 100), radiusM: radius,
      message: from === null
        ? null : await lanesOf(site, nodeKey(size.node.id), from, profile.name),
    });
    if (out === null) io.write(svg);
    else {
      writeFileSync(out, svg);
      const octets = Buffer.byteLength(svg);
      if (io.json) io.out(JSON.stringify({ formatVersion: 1, file: out, octets, key }));
      else io.out(io.say(texts.draw_done, { file: out, octets }));
    }
    return 0;
  },
});
