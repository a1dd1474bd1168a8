/** Whether the gate can hold a site: looked at once, before it is built. */
import type { Witness } from './base/evidence.ts';
import { Fault } from './base/fault.ts';
import { filledText } from './base/text.ts';
import type { Text, TextValues } from './base/text.ts';
import { gateSiteTexts as texts } from './base/texts/gate.ts';
import { gateNodeKey } from './gate/site.ts';
import type { GateSite } from './gate/site.ts';

/** What is wrong with a site as the gate sees it, one sentence each. Empty when fine. */
export function problemsOf({ mode, nodes }: GateSite): Text[] {
  const problems: Text[] = [];
  for (const node of nodes) {
    const groups = new Map(node.groups.map((group) => [group.id, group]));
    const say = (wrong: boolean, text: Text, values: TextValues = {}): void => {
      const told = { node: gateNodeKey(node.region, node.id), problem: filledText(text, values) };
      if (wrong) problems.push(filledText(texts.node_problem, told));
    };
    say(groups.size !== node.groups.length, texts.group_twice);
    say(node.groups.length > 0 && node.witness === null, texts.no_witness);
    for (const { id, phase } of node.groups) {
      say(!(phase >= 1 && phase <= 255), texts.phase, { id, phase });
    }
    say(mode !== 'live' && (node.region !== 0 || node.id > 255), texts.test_region, { mode });
    for (const [a, b] of [...node.conflicting, ...node.yielding]) {
      say(!groups.has(a) || !groups.has(b) || a === b, texts.pair_groups, { a, b });
    }
    for (const [a, b] of node.yielding) {
      const protects = groups.get(a)?.permissive === false || groups.get(b)?.permissive === false;
      say(protects, texts.pair_permissive, { a, b });
    }
  }
  return problems;
}

/** Throws Fault SITE_INVALID with every problem of the site as the gate sees it. */
export function requireGateSite(
  site: GateSite, witnesses: Readonly<Record<string, Witness>>,
): GateSite {
  const problems = problemsOf(site);
  for (const { witness } of site.nodes) {
    const missing = witness !== null && !(witness in witnesses);
    if (missing) problems.push(filledText(texts.witness_missing, { witness }));
  }
  if (problems.length === 0) return site;
  const got = {
    en: problems.map(({ en }) => en).join('; '), zh: problems.map(({ zh }) => zh).join('；'),
  };
  const { expected, next } = texts;
  throw new Fault('SITE_INVALID', { subject: 'gate', expected, got, next });
}
