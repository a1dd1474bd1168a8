/** A message as the gate read it, in one line for people. */
import { filledText } from './base/text.ts';
import type { Text } from './base/text.ts';
import { gateShortTexts as texts } from './base/texts/gateshort.ts';
import { speedOf } from './gate/decode.ts';
import { chinaGateProfile } from './gate/site.ts';
import type { WireMap, WireMessage, WirePhase, WireRsi, WireRsm, WireSpat } from './gate/decode.ts';

/** Of long lists the first are told, then how many more there are. */
const TOLD = 8;
const lights = [
  texts.unavailable, texts.dark, texts.flashing_red, texts.red, texts.flashing_green,
  texts.permissive, texts.protected, texts.yellow, texts.flashing_yellow,
] as const;
const types = [texts.unknown, texts.motor, texts.non_motor, texts.pedestrian, texts.unit] as const;

/** Texts one after the other, in both languages. */
const joined = (list: readonly Text[], en: string, zh: string): Text => ({
  en: list.map((text) => text.en).join(en),
  zh: list.map((text) => text.zh).join(zh),
});

function told<T>(list: readonly T[], one: (row: T) => Text): Text {
  const rows = list.slice(0, TOLD).map(one);
  const more = list.length - TOLD;
  if (more > 0) rows.push(filledText(texts.more, { count: more }));
  return rows.length === 0 ? texts.none : joined(rows, ', ', '、');
}

const nodeOf = (node: { readonly region: number | null; readonly id: number }): string =>
  `${node.region ?? 0}-${node.id}`;

/** `1 protected green 12.0 s`. */
function phaseText({ id, states }: WirePhase): Text {
  const [first] = states;
  const light = lights[first?.light ?? 0] ?? texts.unavailable;
  const mark = first?.timing?.likelyEnd ?? chinaGateProfile.unknownTime;
  const counts = first?.timing?.kind === 'counting' && mark < chinaGateProfile.overHour;
  const end = counts ? ` ${(mark / 10).toFixed(1)} s` : '';
  return { en: `${id} ${light.en}${end}`, zh: `${id} ${light.zh}${end}` };
}

function spatText({ intersections, msgCnt }: WireSpat): Text {
  const [one] = intersections;
  if (!one) return texts.none;
  const second = one.ms === null ? '–' : (one.ms / 1000).toFixed(3);
  const status = one.status.toString(16).padStart(4, '0');
  const values = { node: nodeOf(one.node), count: msgCnt, minute: one.moy ?? '–', second, status };
  return filledText(texts.spat, { ...values, phases: told(one.phases, phaseText) });
}

function mapText({ nodes, msgCnt }: WireMap): Text {
  const links = nodes.flatMap((node) => node.links);
  const lanes = links.flatMap((link) => link.lanes).length;
  const values = { count: msgCnt, links: links.length, lanes };
  return filledText(texts.map, { ...values, nodes: nodes.map(({ id }) => nodeOf(id)).join(', ') });
}

function rsmText({ participants, msgCnt }: WireRsm): Text {
  const users = told(participants, ({ id, type, speed }) => {
    const fast = speedOf(speed)?.toFixed(1) ?? '–';
    const kind = types[type] ?? texts.unknown;
    return { en: `${id} ${kind.en} ${fast} m/s`, zh: `${id} ${kind.zh} ${fast} m/s` };
  });
  return filledText(texts.rsm, { count: msgCnt, users });
}

function rsiText({ events, signs, msgCnt }: WireRsi): Text {
  const one = ({ id, kind }: { readonly id: number; readonly kind: number }): Text =>
    ({ en: `${id} (${kind})`, zh: `${id}（${kind}）` });
  return filledText(texts.rsi, { count: msgCnt, events: told(events, one), signs: told(signs, one) });
}

/** What a refused message says, as the gate itself decoded it; why not where it could not. */
export function shortText(message: WireMessage | null): Text {
  switch (message?.type) {
    case 'SPAT': return spatText(message);
    case 'MAP': return mapText(message);
    case 'RSM': return rsmText(message);
    case 'RSI': return rsiText(message);
    default: return texts.unreadable;
  }
}
