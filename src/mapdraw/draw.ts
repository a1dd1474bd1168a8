/** A node as a picture: what the road file says, what goes on air, and what a message really held. */
import { pointOnLine, lineLength } from '../base/geometry.ts';
import type { PlanePoint } from '../base/geometry.ts';
import { filledText } from '../base/text.ts';
import { mapTexts as texts } from '../base/texts/map.ts';
import { holds } from '../model/conditions.ts';
import type { RoadState } from '../model/conditions.ts';
import { nodeKey } from '../model/ids.ts';
import type { SignalGroupId } from '../model/ids.ts';
import type { Manoeuvre, Road, RoadLane, RoadMovement, RoadNode } from '../model/road.ts';
import { airLine } from '../../v2x/compose/map-lines.ts';
import { Canvas, escapeXml, label } from './canvas.ts';
import { legendOf } from './legend.ts';
import { paint } from './paint.ts';

/** A lane as a message has it, in the site frame. */
export interface MessageLane {
  readonly number: number;
  readonly points: readonly PlanePoint[];
}

export interface DrawOptions {
  readonly road: Road;
  readonly node: RoadNode;
  /** What holds in the variant that is drawn. */
  readonly state: RoadState;
  readonly key: string;
  readonly index: number;
  readonly octets: number;
  readonly hash: string;
  /** Steps by which lines were simplified, as `airLine` counts them. */
  readonly steps: number;
  readonly radiusM: number;
  /** Lanes of a message; null draws the road file alone. */
  readonly message: readonly MessageLane[] | null;
}

const SIDE_PX = 1100;

/** Rows of the road that the node's map is made of. */
function partsOf({ road, node }: DrawOptions) {
  const key = nodeKey(node.id);
  const links = road.links.filter((link) => nodeKey(link.downstream) === key);
  const ids = new Set(links.map(({ id }) => id));
  const lanes = road.lanes.filter(({ linkId }) => ids.has(linkId));
  const from = new Set<string>(lanes.map(({ id }) => id));
  const exits = new Set(road.links.filter((link) => nodeKey(link.upstream) === key).map(({ id }) => id));
  return {
    links,
    lanes,
    outer: road.lanes.filter(({ linkId }) => exits.has(linkId)),
    crossings: road.crossings.filter(({ linkId }) => ids.has(linkId)),
    movements: road.movements.filter(({ fromLane }) => from.has(fromLane)),
  };
}
type Parts = ReturnType<typeof partsOf>;

const isOpen = (lane: RoadLane, state: RoadState): boolean =>
  lane.uses.length === 0 || lane.uses.some(({ when }) => holds(when, state));

const allows = (lane: RoadLane, manoeuvre: Manoeuvre, state: RoadState): boolean =>
  lane.uses.some(({ when, manoeuvres }) => holds(when, state) && manoeuvres.includes(manoeuvre));

function drawLanes(canvas: Canvas, { lanes, outer, crossings }: Parts, state: RoadState): void {
  for (const lane of [...outer, ...lanes]) {
    const width = canvas.px(lane.widthM);
    canvas.line(lane.points, { stroke: paint.edge, 'stroke-width': width + 2 });
  }
  for (const lane of [...outer, ...lanes]) {
    const closed = !isOpen(lane, state);
    const stroke = closed ? paint.closed : paint.lanes[lane.kind];
    canvas.line(lane.points, { stroke, 'stroke-width': canvas.px(lane.widthM) - 1 });
  }
  for (const { points, widthM } of crossings) {
    const stripe = Math.max(3, canvas.px(0.45));
    const style = { 'stroke-width': canvas.px(widthM), 'stroke-dasharray': `${stripe} ${stripe}` };
    canvas.line(points, { stroke: paint.crossing, ...style });
  }
}

/** Across the end of each lane, as wide as it is. */
function drawStopLines(canvas: Canvas, { lanes }: Parts): void {
  for (const lane of lanes) {
    const [end, before] = [lane.points.at(-1)!, lane.points.at(-2)!];
    const lengthM = Math.hypot(end[0] - before[0], end[1] - before[1]) || 1;
    const across = [-(end[1] - before[1]) / lengthM, (end[0] - before[0]) / lengthM] as const;
    const half = lane.widthM / 2;
    const ends = [-half, half].map((m): PlanePoint => [end[0] + m * across[0], end[1] + m * across[1]]);
    canvas.line(ends, { stroke: paint.stop, 'stroke-width': 3 });
    const { x, y } = pointOnLine(lane.points, lineLength(lane.points) - 5);
    if (!canvas.holds([x, y])) continue;
    canvas.text([x, y], String(lane.number), { ...paint.words, fill: paint.number, dy: 4 });
  }
}

/** The number of a phase in its disc, or a ring where no lamp governs. */
function drawPhase(
  canvas: Canvas, at: PlanePoint, phase: number | null, colour: string, taken: PlanePoint[],
): void {
  const radius = 9;
  const nearM = (2.1 * radius) / canvas.scale;
  if (taken.some(([x, y]) => Math.hypot(x - at[0], y - at[1]) < nearM)) return;
  taken.push(at);
  const fill = phase === null ? '#ffffff' : colour;
  canvas.dot(at, radius, { fill, stroke: colour, 'stroke-width': 2 });
  const word = { ...paint.words, fill: phase === null ? colour : '#ffffff', 'font-size': 11, dy: 4 };
  canvas.text(at, phase === null ? '–' : String(phase), word);
}

function drawMovements(canvas: Canvas, parts: Parts, options: DrawOptions): void {
  const phases = new Map<SignalGroupId, number>(
    options.road.signalGroups.map(({ id, phase }) => [id, phase]));
  const phaseOf = (group: SignalGroupId | null): number | null =>
    group === null ? null : (phases.get(group) ?? null);
  const taken: PlanePoint[] = [];
  const discs: (() => void)[] = [];
  for (const movement of parts.movements) {
    const lane = parts.lanes.find(({ id }) => id === movement.fromLane)!;
    const open = allows(lane, movement.manoeuvre, options.state);
    const colour = open ? paint.turns[movement.manoeuvre] : paint.closedTurn;
    const style = open ? {} : { 'stroke-dasharray': '3 5' };
    canvas.line(movement.points, {
      stroke: colour, 'stroke-width': 2, 'stroke-opacity': 0.8,
      'marker-end': `url(#arrow-${open ? movement.manoeuvre : 'closed'})`, ...style,
    });
    if (!open) continue;
    discs.push(() => drawPhase(
      canvas, discPlace(movement), phaseOf(movement.signalGroup), colour, taken));
  }
  for (const disc of discs) disc();
  for (const { waitingArea, manoeuvre } of parts.movements) {
    const area = parts.lanes.find(({ id }) => id === waitingArea?.laneId);
    if (!waitingArea || !area || !allows(area, manoeuvre, options.state)) continue;
    const phase = phaseOf(waitingArea.signalGroup);
    drawPhase(canvas, area.points.at(-1)!, phase, paint.turns[manoeuvre], taken);
  }
  for (const { points, signalGroup } of parts.crossings) {
    const { x, y } = pointOnLine(points, lineLength(points) * 0.5);
    drawPhase(canvas, [x, y], phaseOf(signalGroup), paint.walk, taken);
  }
}

function discPlace({ points }: RoadMovement): PlanePoint {
  const { x, y } = pointOnLine(points, Math.min(lineLength(points) * 0.3, 7));
  return [x, y];
}

/** Points on air as dots, those left out as rings; lines of links dashed. */
function drawPoints(canvas: Canvas, { links, lanes, crossings }: Parts, steps: number): number {
  for (const { points } of links) {
    canvas.line(points, { stroke: paint.link, 'stroke-width': 1.2, 'stroke-dasharray': '8 5' });
  }
  let dropped = 0;
  for (const { points } of [...links, ...lanes, ...crossings]) {
    const kept = new Set(airLine(points, steps).points);
    for (const point of points) {
      if (!kept.has(point)) dropped++;
      if (!canvas.holds(point)) continue;
      if (kept.has(point)) canvas.dot(point, 2.6, { fill: paint.kept, stroke: paint.ink, 'stroke-width': 0.6 });
      else canvas.dot(point, 3.2, { fill: 'none', stroke: paint.dropped, 'stroke-width': 1.4 });
    }
  }
  return dropped;
}

function drawMessage(canvas: Canvas, lanes: readonly MessageLane[]): void {
  for (const { number, points } of lanes) {
    canvas.line(points, { stroke: paint.message, 'stroke-width': 2, 'stroke-dasharray': '10 3' });
    for (const point of points) {
      if (canvas.holds(point)) canvas.dot(point, 3, { fill: paint.message });
    }
    const { x, y } = pointOnLine(points, lineLength(points) - 9);
    if (canvas.holds([x, y])) {
      canvas.text([x, y], String(number), { ...paint.words, fill: paint.message, dy: 4 });
    }
  }
}

const arrows = (): string => [...Object.entries(paint.turns), ['closed', paint.closedTurn]]
  .map(([name, colour]) =>
    `<marker id="arrow-${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" `
    + 'markerHeight="9" orient="auto" markerUnits="userSpaceOnUse">'
    + `<path d="M0,0.5 L8,4 L0,7.5 z" fill="${colour}"/></marker>`)
  .join('');

/** The whole picture as SVG text, words in both languages. */
export function drawMap(options: DrawOptions): string {
  const { node, radiusM, message, steps } = options;
  const [eastM, northM] = node.reference;
  const canvas = new Canvas({ eastM, northM, radiusM, sidePx: SIDE_PX });
  const parts = partsOf(options);
  if (node.area.length > 2) canvas.area(node.area, { fill: paint.node });
  drawLanes(canvas, parts, options.state);
  drawStopLines(canvas, parts);
  drawMovements(canvas, parts, options);
  drawPoints(canvas, parts, steps);
  if (message) drawMessage(canvas, message);
  const values = {
    name: node.name, node: nodeKey(node.id), index: options.index, key: options.key,
    octets: options.octets, hash: options.hash.slice(0, 10),
  };
  const title = filledText(texts.draw_title, values);
  const legend = legendOf(options.road, node, SIDE_PX, canvas.scale, message !== null);
  const head = 64;
  const heightPx = head + SIDE_PX + legend.heightPx;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" '
    + `viewBox="0 0 ${SIDE_PX} ${heightPx}" width="${SIDE_PX}" height="${heightPx}" `
    + 'style="max-width:100%;height:auto" '
    + 'font-family="system-ui, \'Noto Sans CJK SC\', \'Noto Sans SC\', sans-serif">',
    `<title>${escapeXml(title.en)}</title>`,
    `<defs>${arrows()}<clipPath id="frame"><rect width="${SIDE_PX}" height="${SIDE_PX}"/>`
    + '</clipPath></defs>',
    `<rect width="${SIDE_PX}" height="${heightPx}" fill="#ffffff"/>`,
    label(16, 28, title.en, { 'font-size': 17, fill: paint.ink }),
    label(16, 52, title.zh, { 'font-size': 17, fill: paint.ink }),
    `<g transform="translate(0,${head})" clip-path="url(#frame)">`,
    `<rect width="${SIDE_PX}" height="${SIDE_PX}" fill="${paint.ground}"/>`,
    ...canvas.shapes,
    '</g>',
    `<g transform="translate(0,${head + SIDE_PX})">`,
    ...legend.shapes,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}
