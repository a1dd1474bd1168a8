import type { Camera } from './camera.ts';
import type { Junction, Lamp, Point } from './document.ts';
import { endOf } from './ground.ts';
import { lampColour } from './palette.ts';
import type { Ground } from './palette.ts';

/** Where one lamp is drawn. */
export interface LampPlace {
  readonly signalGroup: string;
  readonly at: Point;
  /** Smaller than a lane's: at crossings. */
  readonly small: boolean;
}

const BEYOND_STOP_M = 1.4;
const SIDE_BY_SIDE_M = 1.5;
const BESIDE_CROSSING_M = 1.8;

function laneLamps(junction: Junction): LampPlace[] {
  return junction.lanes.flatMap((lane) => {
    const groups = new Set<string>();
    for (const movement of junction.movements) {
      const { fromLane, signalGroup } = movement;
      if (fromLane === lane.id && signalGroup !== null) groups.add(signalGroup);
      if (movement.waitingArea?.laneId === lane.id) groups.add(movement.waitingArea.signalGroup);
    }
    const end = endOf(lane.points);
    if (!end) return [];
    const cos = Math.cos(end.headingRad);
    const sin = Math.sin(end.headingRad);
    return [...groups].map((signalGroup, index): LampPlace => {
      const leftM = ((groups.size - 1) / 2 - index) * SIDE_BY_SIDE_M;
      const at: Point = [
        end.at[0] + BEYOND_STOP_M * cos - leftM * sin,
        end.at[1] + BEYOND_STOP_M * sin + leftM * cos,
      ];
      return { signalGroup, at, small: lane.kind === 'non-motor' };
    });
  });
}

function crossingLamps(junction: Junction): LampPlace[] {
  return junction.crossings.flatMap(({ signalGroup, points }) => {
    if (signalGroup === null) return [];
    return [points, [...points].reverse()].flatMap((line): LampPlace[] => {
      const end = endOf(line);
      if (!end) return [];
      const at: Point = [
        end.at[0] + BESIDE_CROSSING_M * Math.cos(end.headingRad),
        end.at[1] + BESIDE_CROSSING_M * Math.sin(end.headingRad),
      ];
      return [{ signalGroup, at, small: true }];
    });
  });
}

/** A lamp at the stop line of each movement and at both ends of each crossing. */
export const lampPlaces = (junction: Junction): readonly LampPlace[] => [
  ...laneLamps(junction),
  ...crossingLamps(junction),
];

/** Radius on the canvas, pixels. */
export const lampRadius = (camera: Camera, small: boolean): number =>
  Math.min(15, Math.max(small ? 3.5 : 4.5, camera.scale * (small ? 1.15 : 1.45)));

function drawLamp(
  brush: CanvasRenderingContext2D,
  camera: Camera,
  place: LampPlace,
  lamp: Lamp | undefined,
  colours: Ground,
): void {
  const x = camera.toX(place.at[0]);
  const y = camera.toY(place.at[1]);
  const radius = lampRadius(camera, place.small);
  brush.beginPath();
  brush.arc(x, y, radius + 1.5, 0, 2 * Math.PI);
  brush.fillStyle = '#14181d';
  brush.fill();
  brush.beginPath();
  brush.arc(x, y, radius, 0, 2 * Math.PI);
  if (!lamp || lamp.availability !== 'usable' || lamp.colour === 'unknown') {
    // A state that is not fresh is not shown as a colour.
    brush.fillStyle = '#6b7480';
    brush.fill();
    letter(brush, x, y, radius, '?', '#ffffff');
    return;
  }
  brush.fillStyle = lampColour(lamp.colour);
  brush.fill();
  if (lamp.flashing) {
    brush.lineWidth = 2;
    brush.setLineDash([3, 3]);
    brush.strokeStyle = colours.ink;
    brush.stroke();
    brush.setLineDash([]);
  }
  if (lamp.remainingS === null) return;
  const isBright = lamp.colour === 'yellow' || lamp.colour === 'red-yellow';
  const seconds = String(Math.min(999, Math.ceil(lamp.remainingS)));
  letter(brush, x, y, radius, seconds, isBright ? '#1a1a1a' : '#ffffff');
}

function letter(
  brush: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  text: string,
  colour: string,
): void {
  if (radius < 6) return;
  const size = Math.round(radius * (text.length > 2 ? 0.9 : 1.15));
  brush.font = `700 ${size}px system-ui, sans-serif`;
  brush.textAlign = 'center';
  brush.textBaseline = 'middle';
  brush.fillStyle = colour;
  brush.fillText(text, x, y + size * 0.06);
}

/** Draws every lamp with its countdown, whole seconds rounded up as a countdown display does. */
export function drawLamps(
  brush: CanvasRenderingContext2D,
  camera: Camera,
  places: readonly LampPlace[],
  lamps: readonly Lamp[],
  colours: Ground,
): void {
  const byGroup = new Map(lamps.map((lamp) => [lamp.signalGroup, lamp]));
  for (const place of places) {
    drawLamp(brush, camera, place, byGroup.get(place.signalGroup), colours);
  }
}
