/** A point of a plane: [x, y], further numbers ignored. */
export type PlanePoint = readonly [number, number, ...number[]];

/** Whether a point lies inside an outline (even-odd; the outline closes itself). */
export function insideOutline(x: number, y: number, outline: readonly PlanePoint[]): boolean {
  let inside = false;
  for (let index = 0, before = outline.length - 1; index < outline.length; before = index++) {
    const [ax, ay] = outline[index]!;
    const [bx, by] = outline[before]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Where a point falls on a polyline. */
export interface Projection {
  /** Along the line from its first point, metres; clamped to the line. */
  readonly alongM: number;
  /** Signed distance, positive to the left of the direction of travel. */
  readonly leftM: number;
  readonly x: number;
  readonly y: number;
  /** Direction of the segment, radians counter-clockwise from the x axis. */
  readonly headingRad: number;
  /** True when the nearest point is an end of the line and the point lies beyond it. */
  readonly beyond: boolean;
}

/** The nearest point of a polyline of two or more points. */
export function projectOnLine(x: number, y: number, line: readonly PlanePoint[]): Projection {
  let best: Projection | null = null;
  let bestDistance2 = Infinity;
  let startM = 0;
  for (let index = 0; index + 1 < line.length; index++) {
    const [ax, ay] = line[index]!;
    const [bx, by] = line[index + 1]!;
    const dx = bx - ax;
    const dy = by - ay;
    const length = Math.hypot(dx, dy);
    if (length === 0) continue;
    const raw = ((x - ax) * dx + (y - ay) * dy) / length;
    const along = Math.min(Math.max(raw, 0), length);
    const px = ax + (dx * along) / length;
    const py = ay + (dy * along) / length;
    const distance2 = (x - px) ** 2 + (y - py) ** 2;
    if (distance2 < bestDistance2) {
      bestDistance2 = distance2;
      const side = dx * (y - ay) - dy * (x - ax);
      best = {
        alongM: startM + along,
        leftM: Math.sign(side) * Math.sqrt(distance2),
        x: px,
        y: py,
        headingRad: Math.atan2(dy, dx),
        beyond:
          (index === 0 && raw < 0) || (index + 2 === line.length && raw > length),
      };
    }
    startM += length;
  }
  return best ?? { alongM: 0, leftM: 0, x: line[0]?.[0] ?? x, y: line[0]?.[1] ?? y, headingRad: 0, beyond: true };
}

/** Length of a polyline. */
export function lineLength(line: readonly PlanePoint[]): number {
  let sum = 0;
  for (let index = 0; index + 1 < line.length; index++) {
    sum += Math.hypot(line[index + 1]![0] - line[index]![0], line[index + 1]![1] - line[index]![1]);
  }
  return sum;
}

/** The point and direction `alongM` metres along a polyline, clamped to its ends. */
export function pointOnLine(
  line: readonly PlanePoint[],
  alongM: number,
): { x: number; y: number; headingRad: number } {
  let rest = Math.max(0, alongM);
  for (let index = 0; index + 1 < line.length; index++) {
    const [ax, ay] = line[index]!;
    const [bx, by] = line[index + 1]!;
    const length = Math.hypot(bx - ax, by - ay);
    const last = index + 2 === line.length;
    if (rest <= length || last) {
      const share = length === 0 ? 0 : Math.min(rest / length, 1);
      return { x: ax + (bx - ax) * share, y: ay + (by - ay) * share, headingRad: Math.atan2(by - ay, bx - ax) };
    }
    rest -= length;
  }
  return { x: line[0]?.[0] ?? 0, y: line[0]?.[1] ?? 0, headingRad: 0 };
}
