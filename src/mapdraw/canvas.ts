/** SVG of a stretch of the site frame: metres east and north in, pixels right and down out. */
import type { PlanePoint } from '../base/geometry.ts';

/** Text for XML: the five characters that mean something there. */
export const escapeXml = (text: string): string =>
  text.replace(/[<>&"']/g, (letter) => `&#${letter.codePointAt(0)!};`);

const round = (value: number): string => String(Math.round(value * 10) / 10);

/** How a shape looks; names and values are SVG's own. */
export type Style = Readonly<Record<string, string | number>>;
const attributes = (style: Style): string =>
  Object.entries(style).map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`).join('');

export interface Frame {
  readonly eastM: number;
  readonly northM: number;
  /** Half of the side of the square that is drawn, metres. */
  readonly radiusM: number;
  readonly sidePx: number;
}

/** Collects shapes; later ones lie on top. */
export class Canvas {
  readonly frame: Frame;
  readonly scale: number;
  readonly #shapes: string[] = [];

  constructor(frame: Frame) {
    this.frame = frame;
    this.scale = frame.sidePx / (2 * frame.radiusM);
  }

  /** Metres → pixels. */
  px(metres: number): number {
    return metres * this.scale;
  }

  at(point: PlanePoint): readonly [number, number] {
    const { eastM, northM, radiusM } = this.frame;
    return [this.px(point[0] - eastM + radiusM), this.px(northM + radiusM - point[1])];
  }

  /** Whether a point is on the picture, `marginM` within its edge. */
  holds(point: PlanePoint, marginM = 0): boolean {
    const { eastM, northM, radiusM } = this.frame;
    const mostM = radiusM - marginM;
    return Math.abs(point[0] - eastM) <= mostM && Math.abs(point[1] - northM) <= mostM;
  }

  #path(points: readonly PlanePoint[]): string {
    return points.map((point) => this.at(point).map(round).join(',')).join(' ');
  }

  line(points: readonly PlanePoint[], style: Style): void {
    this.raw(`<polyline points="${this.#path(points)}" fill="none"${attributes(style)}/>`);
  }

  area(points: readonly PlanePoint[], style: Style): void {
    this.raw(`<polygon points="${this.#path(points)}"${attributes(style)}/>`);
  }

  dot(point: PlanePoint, radiusPx: number, style: Style): void {
    const [x, y] = this.at(point).map(round);
    this.raw(`<circle cx="${x}" cy="${y}" r="${radiusPx}"${attributes(style)}/>`);
  }

  text(point: PlanePoint, text: string, style: Style): void {
    const [x, y] = this.at(point).map(round);
    this.raw(`<text x="${x}" y="${y}"${attributes(style)}>${escapeXml(text)}</text>`);
  }

  /** A shape in pixels, escaped by the caller. */
  raw(shape: string): void {
    this.#shapes.push(shape);
  }

  get shapes(): readonly string[] {
    return this.#shapes;
  }
}

/** `<text>` at a place in pixels. */
export const label = (x: number, y: number, text: string, style: Style = {}): string =>
  `<text x="${round(x)}" y="${round(y)}"${attributes(style)}>${escapeXml(text)}</text>`;
