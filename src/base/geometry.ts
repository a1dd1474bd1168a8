/** A point of a plane: [x, y], further numbers ignored. */
export type PlanePoint = readonly [number, number, ...number[]];

/** Whether a point lies inside an outline (even-odd; the outline closes itself). */
export function insideOutline(x: number, y: number, outline: readonly PlanePoint[]): boolean {
  let inside = false;
  for (let index = 0, before = outline.length - 1; index < outline.length; before = index++) {
    const a = outline[index]!;
    const b = outline[before]!;
    const ay = a[1];
    const by = b[1];
    if (ay > y === by > y) continue;
    if (x < ((b[0] - a[0]) * (y - ay)) / (by - ay) + a[0]) inside = !inside;
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

/** The nearest point of a polyline of two or more points. One object a call: it is asked often. */
export function projectOnLine(x: number, y: number, line: readonly PlanePoint[]): Projection {
  let nearest = -1;
  let nearest2 = Infinity;
  let alongM = 0;
  let raw = 0;
  let startM = 0;
  for (let index = 0; index + 1 < line.length; index++) {
    const a = line[index]!;
    const b = line[index + 1]!;
    const dx = b[0] - a[0];
    const dy = b[1] - a[1];
    const length2 = dx * dx + dy * dy;
    if (length2 === 0) continue;
    const length = Math.sqrt(length2);
    const reach = ((x - a[0]) * dx + (y - a[1]) * dy) / length;
    const along = reach < 0 ? 0 : reach > length ? length : reach;
    const offX = x - (a[0] + (dx * along) / length);
    const offY = y - (a[1] + (dy * along) / length);
    const distance2 = offX * offX + offY * offY;
    if (distance2 < nearest2) {
      nearest2 = distance2;
      nearest = index;
      alongM = startM + along;
      raw = reach;
    }
    startM += length;
  }
  return nearest < 0 ? onNothing(x, y, line) : onSegment(x, y, line, nearest, alongM, raw);
}

/** A projection on the segment that begins at `index`; `reachM` along it, not clamped. */
function onSegment(
  x: number, y: number, line: readonly PlanePoint[], index: number, alongM: number, reachM: number,
): Projection {
  const a = line[index]!;
  const b = line[index + 1]!;
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length = Math.sqrt(dx * dx + dy * dy);
  const along = Math.min(Math.max(reachM, 0), length);
  const px = a[0] + (dx * along) / length;
  const py = a[1] + (dy * along) / length;
  const side = dx * (y - a[1]) - dy * (x - a[0]);
  const last = index + 2 === line.length;
  return {
    alongM,
    leftM: Math.sign(side) * Math.sqrt((x - px) ** 2 + (y - py) ** 2),
    x: px,
    y: py,
    headingRad: Math.atan2(dy, dx),
    beyond: (index === 0 && reachM < 0) || (last && reachM > length),
  };
}

/** A line without length, or without points, has nothing beside it. */
const onNothing = (x: number, y: number, line: readonly PlanePoint[]): Projection => ({
  alongM: 0, leftM: 0, x: line[0]?.[0] ?? x, y: line[0]?.[1] ?? y, headingRad: 0, beyond: true,
});

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
