import type { Point } from './document.ts';

const SCALE_MIN = 0.3;
const SCALE_MAX = 80;

export interface Bounds {
  readonly eastMinM: number;
  readonly northMinM: number;
  readonly eastMaxM: number;
  readonly northMaxM: number;
}

/** The smallest bounds around some points; null for none. */
export function boundsOf(points: readonly Point[], marginM: number): Bounds | null {
  if (points.length === 0) return null;
  const east = points.map(([eastM]) => eastM);
  const north = points.map(([, northM]) => northM);
  return {
    eastMinM: Math.min(...east) - marginM,
    northMinM: Math.min(...north) - marginM,
    eastMaxM: Math.max(...east) + marginM,
    northMaxM: Math.max(...north) + marginM,
  };
}

/** Which part of the site the canvas shows: north is up, units are CSS pixels. */
export class Camera {
  #eastM = 0;
  #northM = 0;
  #scale = 4;
  #width = 1;
  #height = 1;
  /** Grows whenever a point of the ground falls on another pixel. */
  revision = 0;

  /** Pixels per metre. */
  get scale(): number {
    return this.#scale;
  }

  get width(): number {
    return this.#width;
  }

  get height(): number {
    return this.#height;
  }

  resize(width: number, height: number): void {
    if (width === this.#width && height === this.#height) return;
    this.#width = width;
    this.#height = height;
    this.revision++;
  }

  toX(eastM: number): number {
    return this.#width / 2 + (eastM - this.#eastM) * this.#scale;
  }

  toY(northM: number): number {
    return this.#height / 2 - (northM - this.#northM) * this.#scale;
  }

  fit(bounds: Bounds): void {
    const spanEastM = Math.max(1, bounds.eastMaxM - bounds.eastMinM);
    const spanNorthM = Math.max(1, bounds.northMaxM - bounds.northMinM);
    this.#eastM = (bounds.eastMinM + bounds.eastMaxM) / 2;
    this.#northM = (bounds.northMinM + bounds.northMaxM) / 2;
    this.#setScale(Math.min(this.#width / spanEastM, this.#height / spanNorthM));
  }

  pan(xPixels: number, yPixels: number): void {
    this.#eastM -= xPixels / this.#scale;
    this.#northM += yPixels / this.#scale;
    this.revision++;
  }

  /** Zooms about a pixel that keeps its place. */
  zoom(factor: number, x: number = this.#width / 2, y: number = this.#height / 2): void {
    const before = this.#scale;
    this.#setScale(before * factor);
    const moved = 1 / before - 1 / this.#scale;
    this.#eastM += (x - this.#width / 2) * moved;
    this.#northM -= (y - this.#height / 2) * moved;
  }

  #setScale(scale: number): void {
    this.#scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, scale));
    this.revision++;
  }
}
