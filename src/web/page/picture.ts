import { Camera, boundsOf } from './camera.ts';
import type { Junction, Status, Track } from './document.ts';
import { paintGround } from './ground.ts';
import { drawLamps, lampPlaces } from './lamps.ts';
import type { LampPlace } from './lamps.ts';
import { groundColours } from './palette.ts';
import { drawEvents, drawTracks, trackAt } from './users.ts';

const PIXEL_RATIO_MAX = 2;
const WIDE_PIXELS = 640;

/** The bird's-eye view: a ground painted once for each view, and what moves on top of it. */
export class Picture {
  readonly camera = new Camera();
  readonly canvas: HTMLCanvasElement;
  readonly #brush: CanvasRenderingContext2D;
  readonly #ground = document.createElement('canvas');
  readonly #junction: Junction;
  readonly #places: readonly LampPlace[];
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  #painted = '';
  #ratio = 1;
  #fitted = false;
  #touched = false;
  #wanted = false;
  #status: Status | null = null;
  #showsViews = false;
  chosen: string | null = null;
  hovered: string | null = null;
  /** Told after each picture that was drawn. */
  onDrawn: () => void = () => undefined;

  constructor(canvas: HTMLCanvasElement, junction: Junction) {
    const brush = canvas.getContext('2d');
    if (!brush) throw new Error('this browser has no canvas');
    this.canvas = canvas;
    this.#brush = brush;
    this.#junction = junction;
    this.#places = lampPlaces(junction);
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#dark.addEventListener('change', () => this.draw());
  }

  get places(): readonly LampPlace[] {
    return this.#places;
  }

  get pixelRatio(): number {
    return this.#ratio;
  }

  get showsViews(): boolean {
    return this.#showsViews;
  }

  set showsViews(shows: boolean) {
    this.#showsViews = shows;
    this.draw();
  }

  /** The newest document; what it replaces is not drawn any more. */
  show(status: Status): void {
    this.#status = status;
    this.draw();
  }

  /** Shows the junctions (`wide`: the whole road). */
  fit(wide = false): void {
    const areas = this.#junction.nodes.flatMap(({ area }) => area);
    const lanes = this.#junction.lanes.flatMap(({ points }) => points);
    const marginM = this.camera.width >= WIDE_PIXELS ? 28 : 16;
    const bounds = wide || areas.length === 0 ? boundsOf(lanes, 5) : boundsOf(areas, marginM);
    if (bounds) this.camera.fit(bounds);
    this.#touched = false;
    this.draw();
  }

  /** The person moved the view: from now on a new size of the window does not move it. */
  touched(): void {
    this.#touched = true;
    this.draw();
  }

  trackAt(x: number, y: number, reachPixels: number): Track | null {
    return trackAt(this.camera, this.#status?.tracks ?? [], x, y, reachPixels);
  }

  track(id: string | null): Track | null {
    return this.#status?.tracks.find((track) => track.id === id) ?? null;
  }

  /** Draws before the next frame, once however often it is asked. */
  draw(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    requestAnimationFrame(() => {
      this.#wanted = false;
      this.#drawNow();
    });
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.#ratio = Math.min(PIXEL_RATIO_MAX, window.devicePixelRatio || 1);
    for (const canvas of [this.canvas, this.#ground]) {
      canvas.width = Math.round(clientWidth * this.#ratio);
      canvas.height = Math.round(clientHeight * this.#ratio);
    }
    this.camera.resize(clientWidth, clientHeight);
    this.#painted = ''; // a canvas forgets its picture with a new size
    if (!this.#fitted || !this.#touched) this.fit();
    this.#fitted = true;
    this.#drawNow();
  }

  #paintGround(): void {
    const key = `${this.camera.revision} ${this.#dark.matches} ${this.#showsViews}`;
    if (key === this.#painted) return;
    this.#painted = key;
    const brush = this.#ground.getContext('2d');
    if (!brush) return;
    brush.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    const colours = groundColours(this.#dark.matches);
    paintGround(brush, this.camera, this.#junction, colours, this.#showsViews);
  }

  #drawNow(): void {
    if (this.camera.width <= 1) return;
    this.#paintGround();
    const brush = this.#brush;
    const colours = groundColours(this.#dark.matches);
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.drawImage(this.#ground, 0, 0);
    brush.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    const status = this.#status;
    if (status) {
      drawEvents(brush, this.camera, status.events);
      drawLamps(brush, this.camera, this.#places, status.lamps, colours);
      drawTracks(brush, this.camera, status.tracks, this.chosen ?? this.hovered, colours);
    }
    this.onDrawn();
  }
}
