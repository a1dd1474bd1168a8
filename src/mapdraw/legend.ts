/** Below the picture: scale, north, what each sign means, and which groups stand behind a phase. */
import type { Text } from '../base/text.ts';
import { mapTexts as texts } from '../base/texts/map.ts';
import { nodeKey } from '../model/ids.ts';
import type { Road, RoadNode } from '../model/road.ts';
import { label } from './canvas.ts';
import { paint } from './paint.ts';

const ROW_PX = 24;
const COLUMNS = 3;
const INK = { 'font-size': 14, fill: paint.ink };

const both = (text: Text): string => `${text.en} · ${text.zh}`;
const bar = (fill: string): string => `<rect y="-11" width="34" height="14" fill="${fill}"/>`;
const stroke = (colour: string, more = ''): string =>
  `<line y1="-4" x2="34" y2="-4" stroke="${colour}" stroke-width="3" ${more}/>`;

/** Sign and meaning. */
function entries(withMessage: boolean): readonly (readonly [string, Text])[] {
  return [
    [bar(paint.lanes.motor), texts.legend_lane],
    [bar(paint.lanes.bus), texts.legend_bus],
    [bar(paint.lanes['non-motor']), texts.legend_non_motor],
    [bar(paint.lanes['waiting-area']), texts.legend_waiting],
    [bar(paint.closed), texts.legend_closed],
    [`${bar(paint.lanes.motor)}${stroke('#fff', 'stroke-dasharray="5 4"')}`, texts.legend_crossing],
    [`${bar(paint.lanes.motor)}<rect x="29" y="-11" width="3" height="14" fill="${paint.stop}"/>`,
      texts.legend_stop],
    [stroke(paint.turns.straight), texts.legend_straight],
    [stroke(paint.turns.left), texts.legend_left],
    [stroke(paint.turns.right), texts.legend_right],
    [stroke(paint.turns['u-turn']), texts.legend_u_turn],
    [`<circle cx="17" cy="-4" r="8" fill="#fff" stroke="${paint.turns.right}" stroke-width="2"/>`
      + label(17, 0, '–', { ...paint.words, fill: paint.turns.right }), texts.legend_free],
    [`${bar(paint.lanes.motor)}${stroke(paint.link, 'stroke-dasharray="8 5"')}`, texts.legend_link],
    [`${bar(paint.lanes.motor)}<circle cx="17" cy="-4" r="3" fill="${paint.kept}"/>`,
      texts.legend_kept],
    [`${bar(paint.lanes.motor)}<circle cx="17" cy="-4" r="3.4" fill="none" `
      + `stroke="${paint.dropped}" stroke-width="1.6"/>`, texts.legend_dropped],
    ...(withMessage ? [[stroke(paint.message, 'stroke-dasharray="10 3"'), texts.legend_message]] as const : []),
  ];
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** A bar of a round number of metres, about a sixth of the picture. */
function scaleBar(scale: number, sidePx: number): string {
  const wantedM = sidePx / 6 / scale;
  const lengthM = [200, 100, 50, 20, 10, 5, 2, 1].find((metres) => metres <= wantedM) ?? 1;
  const px = round(lengthM * scale);
  return `<g transform="translate(16,38)"><line x2="${px}" stroke="${paint.ink}" stroke-width="3"/>`
    + `<path d="M0,-6 V6 M${px},-6 V6" stroke="${paint.ink}" stroke-width="2"/>`
    + `${label(px + 10, 5, `${lengthM} ${texts.legend_metres.en} · ${texts.legend_metres.zh}`, INK)}</g>`;
}

const northArrow = (x: number): string =>
  `<g transform="translate(${x},34)"><path d="M0,-22 L8,12 L0,5 L-8,12 z" fill="${paint.ink}"/>`
  + `${label(0, 28, 'N · 北', { ...INK, 'text-anchor': 'middle' })}</g>`;

/** Shapes below the picture, from y = 0. */
export function legendOf(
  road: Road, node: RoadNode, sidePx: number, scale: number, withMessage: boolean,
): { readonly shapes: readonly string[]; readonly heightPx: number } {
  const shapes = [scaleBar(scale, sidePx), northArrow(sidePx - 60)];
  let y = 96;
  const rows = entries(withMessage);
  rows.forEach(([sign, text], index) => {
    const x = 16 + (index % COLUMNS) * ((sidePx - 32) / COLUMNS);
    const at = y + Math.floor(index / COLUMNS) * ROW_PX;
    shapes.push(`<g transform="translate(${round(x)},${at})">${sign}</g>`, label(x + 44, at, both(text), INK));
  });
  y += Math.ceil(rows.length / COLUMNS) * ROW_PX + 14;
  const groups = road.signalGroups.filter((group) => nodeKey(group.node) === nodeKey(node.id));
  const phases = [...new Set(groups.map(({ phase }) => phase))].sort((a, b) => a - b);
  phases.forEach((phase, index) => {
    const named = groups.filter((group) => group.phase === phase).map(({ id }) => id).join(', ');
    const x = 16 + (index % COLUMNS) * ((sidePx - 32) / COLUMNS);
    const at = y + Math.floor(index / COLUMNS) * ROW_PX;
    shapes.push(label(x, at, `${both(texts.legend_phase)} ${phase}: ${named}`, INK));
  });
  return { shapes, heightPx: y + Math.ceil(phases.length / COLUMNS) * ROW_PX + 10 };
}
