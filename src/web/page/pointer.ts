import type { Picture } from './picture.ts';

const CLICK_PIXELS = 5;
const MOUSE_REACH_PIXELS = 12;
const FINGER_REACH_PIXELS = 24;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Pan by drag, zoom by wheel, pinch and keys, choose by click or tap. */
export class Pointer {
  readonly #picture: Picture;
  readonly #down = new Map<number, Place>();
  #moved = 0;
  /** Told when the road user under the pointer, or the chosen one, changes. */
  readonly #changed: () => void;

  constructor(picture: Picture, changed: () => void) {
    this.#picture = picture;
    this.#changed = changed;
    const { canvas } = picture;
    canvas.addEventListener('pointerdown', (event) => this.#press(event));
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    canvas.addEventListener('pointerup', (event) => this.#release(event));
    canvas.addEventListener('pointercancel', (event) => this.#down.delete(event.pointerId));
    canvas.addEventListener('pointerleave', () => this.#hover(null));
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener('keydown', (event) => this.#key(event));
  }

  #place(event: MouseEvent): Place {
    const box = this.#picture.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #press(event: PointerEvent): void {
    this.#picture.canvas.setPointerCapture(event.pointerId);
    this.#down.set(event.pointerId, this.#place(event));
    if (this.#down.size === 1) this.#moved = 0;
  }

  #move(event: PointerEvent): void {
    const now = this.#place(event);
    const before = this.#down.get(event.pointerId);
    if (!before) {
      if (event.pointerType === 'mouse') {
        this.#hover(this.#picture.trackAt(now.x, now.y, MOUSE_REACH_PIXELS)?.id ?? null);
      }
      return;
    }
    this.#moved += Math.hypot(now.x - before.x, now.y - before.y);
    const other = [...this.#down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.#pinch(before, now, other);
    else this.#picture.camera.pan(now.x - before.x, now.y - before.y);
    this.#down.set(event.pointerId, now);
    if (this.#moved > CLICK_PIXELS) this.#picture.touched();
  }

  #pinch(before: Place, now: Place, other: Place): void {
    const { camera } = this.#picture;
    const span = Math.hypot(before.x - other.x, before.y - other.y);
    const spread = Math.hypot(now.x - other.x, now.y - other.y);
    if (span > 0 && spread > 0) {
      camera.zoom(spread / span, (now.x + other.x) / 2, (now.y + other.y) / 2);
    }
    camera.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  }

  #release(event: PointerEvent): void {
    const wasOne = this.#down.size === 1;
    this.#down.delete(event.pointerId);
    if (!wasOne || this.#moved > CLICK_PIXELS) return;
    const { x, y } = this.#place(event);
    const reach = event.pointerType === 'mouse' ? MOUSE_REACH_PIXELS : FINGER_REACH_PIXELS;
    this.#picture.chosen = this.#picture.trackAt(x, y, reach)?.id ?? null;
    this.#changed();
    this.#picture.draw();
  }

  #hover(id: string | null): void {
    if (this.#picture.hovered === id) return;
    this.#picture.hovered = id;
    this.#picture.canvas.classList.toggle('over-user', id !== null);
    this.#changed();
    this.#picture.draw();
  }

  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const { x, y } = this.#place(event);
    const pixels = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
    this.#picture.camera.zoom(Math.exp(-pixels * 0.0016), x, y);
    this.#picture.touched();
  }

  #key(event: KeyboardEvent): void {
    const { camera } = this.#picture;
    const step = 60;
    const keys: Readonly<Record<string, () => void>> = {
      '+': () => camera.zoom(1.3),
      '=': () => camera.zoom(1.3),
      '-': () => camera.zoom(1 / 1.3),
      ArrowLeft: () => camera.pan(step, 0),
      ArrowRight: () => camera.pan(-step, 0),
      ArrowUp: () => camera.pan(0, step),
      ArrowDown: () => camera.pan(0, -step),
    };
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
    this.#picture.touched();
  }
}
