import type { Camera } from './camera.ts';
import type { Junction, JunctionLane, JunctionSensor, Point } from './document.ts';
import type { Ground } from './palette.ts';

type Brush = CanvasRenderingContext2D;

const KERB_M = 0.6;
const MARKING_M = 0.14;

function trace(brush: Brush, camera: Camera, points: readonly Point[]): void {
  brush.beginPath();
  points.forEach(([eastM, northM], index) => {
    const x = camera.toX(eastM);
    const y = camera.toY(northM);
    if (index === 0) brush.moveTo(x, y);
    else brush.lineTo(x, y);
  });
}

function stroke(
  brush: Brush, camera: Camera, points: readonly Point[], widthM: number, colour: string,
): void {
  brush.lineWidth = widthM * camera.scale;
  brush.strokeStyle = colour;
  trace(brush, camera, points);
  brush.stroke();
}

/** Where a lane ends and which way it goes there; null for a lane without length. */
export function endOf(points: readonly Point[]): { at: Point; headingRad: number } | null {
  const at = points.at(-1);
  const before = points.at(-2);
  if (!at || !before) return null;
  return { at, headingRad: Math.atan2(at[1] - before[1], at[0] - before[0]) };
}

const isRoad = (lane: JunctionLane): boolean =>
  lane.kind !== 'waiting-area' && lane.kind !== 'crosswalk' && lane.kind !== 'sidewalk';

function surfaceOf(lane: JunctionLane, colours: Ground): string {
  if (lane.kind === 'non-motor') return colours.nonMotor;
  return lane.kind === 'bus' ? colours.busLane : colours.asphalt;
}

function paintSurface(brush: Brush, camera: Camera, junction: Junction, colours: Ground): void {
  const roads = junction.lanes.filter(isRoad);
  brush.lineJoin = 'round';
  brush.lineCap = 'butt';
  // First one wide bed, so that no gap shows between lanes of both directions.
  for (const lane of roads) {
    stroke(brush, camera, lane.points, lane.widthM + 2 * KERB_M, colours.asphalt);
  }
  for (const node of junction.nodes) {
    if (node.area.length < 3) continue;
    trace(brush, camera, node.area);
    brush.closePath();
    brush.fillStyle = colours.asphalt;
    brush.fill();
  }
  for (const lane of roads) stroke(brush, camera, lane.points, lane.widthM, colours.marking);
  for (const lane of roads) {
    stroke(brush, camera, lane.points, lane.widthM - 2 * MARKING_M, surfaceOf(lane, colours));
  }
}

function paintCrossings(brush: Brush, camera: Camera, junction: Junction, colours: Ground): void {
  for (const crossing of junction.crossings) {
    // Dashes along the way from kerb to kerb are the bars of a zebra crossing.
    brush.setLineDash([0.45 * camera.scale, 0.6 * camera.scale]);
    stroke(brush, camera, crossing.points, crossing.widthM - 1, colours.zebra);
    brush.setLineDash([]);
  }
}

function paintStopLines(brush: Brush, camera: Camera, junction: Junction, colours: Ground): void {
  for (const lane of junction.lanes) {
    const end = lane.isApproach ? endOf(lane.points) : null;
    if (!end) continue;
    const acrossEastM = (-Math.sin(end.headingRad) * lane.widthM) / 2;
    const acrossNorthM = (Math.cos(end.headingRad) * lane.widthM) / 2;
    const [eastM, northM] = end.at;
    stroke(
      brush, camera,
      [[eastM + acrossEastM, northM + acrossNorthM], [eastM - acrossEastM, northM - acrossNorthM]],
      0.4, colours.stopLine,
    );
  }
}

function paintWaitingAreas(
  brush: Brush, camera: Camera, junction: Junction, colours: Ground,
): void {
  for (const lane of junction.lanes) {
    if (lane.kind !== 'waiting-area') continue;
    brush.setLineDash([1.2 * camera.scale, 0.8 * camera.scale]);
    for (const side of [-1, 1]) {
      const edge = shifted(lane.points, side * (lane.widthM / 2 - 0.2));
      stroke(brush, camera, edge, 0.18, colours.stopLine);
    }
    brush.setLineDash([]);
    const end = endOf(lane.points);
    if (!end) continue;
    const half = lane.widthM / 2;
    const [eastM, northM] = end.at;
    const sin = Math.sin(end.headingRad) * half;
    const cos = Math.cos(end.headingRad) * half;
    const across: readonly Point[] = [[eastM - sin, northM + cos], [eastM + sin, northM - cos]];
    stroke(brush, camera, across, 0.3, colours.stopLine);
  }
}

/** The line moved to its left, metres; good for the gentle curves of lanes. */
export function shifted(points: readonly Point[], leftM: number): readonly Point[] {
  return points.map(([eastM, northM], index) => {
    const [fromEastM, fromNorthM] = points[Math.max(0, index - 1)] ?? [eastM, northM];
    const [toEastM, toNorthM] = points[Math.min(points.length - 1, index + 1)] ?? [eastM, northM];
    const length = Math.hypot(toEastM - fromEastM, toNorthM - fromNorthM) || 1;
    return [
      eastM - ((toNorthM - fromNorthM) / length) * leftM,
      northM + ((toEastM - fromEastM) / length) * leftM,
    ] as const;
  });
}

/** Arrow shapes in lane metres: x along travel, y to the left; a shaft and heads. */
const arrows: Readonly<Record<string, readonly (readonly Point[])[]>> = {
  straight: [[[-2.4, 0], [1.6, 0]], [[1.2, 0.7], [3, 0], [1.2, -0.7]]],
  left: [[[-2.4, 0], [0.8, 0], [0.8, 0.5]], [[0, 0.4], [0.8, 1.5], [1.6, 0.4]]],
  right: [[[-2.4, 0], [0.8, 0], [0.8, -0.5]], [[0, -0.4], [0.8, -1.5], [1.6, -0.4]]],
  'u-turn': [[[-1, -0.5], [1, -0.5], [1, 0.6], [-0.2, 0.6]], [[-0.2, 0], [-1.4, 0.6], [-0.2, 1.2]]],
};
const ARROW_BEFORE_STOP_M = 9;

function paintArrows(brush: Brush, camera: Camera, junction: Junction, colours: Ground): void {
  if (camera.scale < 3) return;
  for (const lane of junction.lanes) {
    if (!lane.isApproach || lane.kind === 'non-motor') continue;
    const end = endOf(lane.points);
    if (!end) continue;
    const cos = Math.cos(end.headingRad);
    const sin = Math.sin(end.headingRad);
    const place = ([x, y]: Point): Point => [
      end.at[0] + (x - ARROW_BEFORE_STOP_M) * cos - y * sin,
      end.at[1] + (x - ARROW_BEFORE_STOP_M) * sin + y * cos,
    ];
    for (const manoeuvre of lane.manoeuvres) {
      const [shaft, head] = arrows[manoeuvre] ?? [];
      if (!shaft || !head) continue;
      stroke(brush, camera, shaft.map(place), 0.32, colours.arrow);
      trace(brush, camera, head.map(place));
      brush.fillStyle = colours.arrow;
      brush.fill();
    }
  }
}

function traceView(brush: Brush, camera: Camera, sensor: JunctionSensor): void {
  if (sensor.outline && sensor.outline.length >= 3) {
    trace(brush, camera, sensor.outline);
    brush.closePath();
    return;
  }
  const x = camera.toX(sensor.eastM);
  const y = camera.toY(sensor.northM);
  const from = -sensor.headingRad - sensor.halfAngleRad; // canvas angles run clockwise
  const to = -sensor.headingRad + sensor.halfAngleRad;
  brush.beginPath();
  brush.arc(x, y, sensor.rangeMaxM * camera.scale, from, to);
  brush.arc(x, y, sensor.rangeMinM * camera.scale, to, from, true);
  brush.closePath();
}

function paintViews(brush: Brush, camera: Camera, junction: Junction, colours: Ground): void {
  for (const sensor of junction.sensors) {
    traceView(brush, camera, sensor);
    brush.fillStyle = colours.view;
    brush.fill();
    brush.lineWidth = 1;
    brush.strokeStyle = colours.viewEdge;
    brush.setLineDash([4, 4]);
    brush.stroke();
    brush.setLineDash([]);
  }
  paintSensors(brush, camera, junction, colours);
}

const LABEL_PIXELS = 14;

/** A dot where each sensor hangs, with its name on the side that it looks to. */
function paintSensors(brush: Brush, camera: Camera, junction: Junction, colours: Ground): void {
  const taken: { readonly x: number; readonly y: number; readonly width: number }[] = [];
  brush.font = '600 11px system-ui, sans-serif';
  brush.textBaseline = 'middle';
  brush.textAlign = 'left';
  brush.fillStyle = colours.sensor;
  brush.strokeStyle = colours.halo;
  brush.lineWidth = 3;
  for (const { id, eastM, northM, headingRad } of junction.sensors) {
    const sensorX = camera.toX(eastM);
    const sensorY = camera.toY(northM);
    brush.beginPath();
    brush.arc(sensorX, sensorY, 4, 0, 2 * Math.PI);
    brush.fill();
    if (camera.scale < 2.5) continue;
    const { width } = brush.measureText(id);
    const x = Math.cos(headingRad) >= 0 ? sensorX + 10 : sensorX - 10 - width;
    let y = sensorY - Math.sin(headingRad) * 10;
    const covers = (at: (typeof taken)[number]): boolean =>
      Math.abs(at.y - y) < LABEL_PIXELS && x < at.x + at.width && at.x < x + width;
    while (taken.some(covers)) y += LABEL_PIXELS;
    taken.push({ x, y, width });
    brush.strokeText(id, x, y);
    brush.fillText(id, x, y);
  }
}

/** Everything that stands still: painted once for each view, then copied. */
export function paintGround(
  brush: Brush, camera: Camera, junction: Junction, colours: Ground, withViews: boolean,
): void {
  brush.fillStyle = colours.land;
  brush.fillRect(0, 0, camera.width, camera.height);
  paintSurface(brush, camera, junction, colours);
  paintCrossings(brush, camera, junction, colours);
  paintWaitingAreas(brush, camera, junction, colours);
  paintStopLines(brush, camera, junction, colours);
  paintArrows(brush, camera, junction, colours);
  if (withViews) paintViews(brush, camera, junction, colours);
}
