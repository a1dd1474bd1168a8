import type { Camera } from './camera.ts';
import type { RoadEvent, Track } from './document.ts';
import { classColour } from './palette.ts';
import type { Ground } from './palette.ts';

type Brush = CanvasRenderingContext2D;

/** Length and width where no sensor measured them, metres. */
const usualSizes: Readonly<Record<string, readonly [number, number]>> = {
  car: [4.5, 1.8],
  van: [5.2, 2],
  truck: [9, 2.5],
  bus: [12, 2.55],
  motorcycle: [2.1, 0.8],
  bicycle: [1.8, 0.7],
  pedestrian: [0.6, 0.6],
  unknown: [2, 1.5],
};
const TAIL_S = 1.2;
const TAIL_FROM_MPS = 0.7;
const SIGMAS = 2;

const isMotor = (cls: string): boolean =>
  cls === 'car' || cls === 'van' || cls === 'truck' || cls === 'bus' || cls === 'unknown';

interface Shape {
  readonly x: number;
  readonly y: number;
  readonly length: number;
  readonly width: number;
}

function shapeOf(track: Track, camera: Camera): Shape {
  const [lengthM, widthM] = usualSizes[track.cls] ?? [2, 1.5];
  const motor = isMotor(track.cls);
  return {
    x: camera.toX(track.eastM),
    y: camera.toY(track.northM),
    length: Math.max(motor ? 8 : 6, (track.lengthM ?? lengthM) * camera.scale),
    width: Math.max(motor ? 4 : 3.5, (track.widthM ?? widthM) * camera.scale),
  };
}

function drawTail(brush: Brush, camera: Camera, track: Track, shape: Shape, colour: string): void {
  if (track.headingRad === null || track.speedMps < TAIL_FROM_MPS) return;
  const cos = Math.cos(track.headingRad);
  const sin = Math.sin(track.headingRad);
  const back = shape.length / 2;
  const end = back + track.speedMps * TAIL_S * camera.scale;
  brush.beginPath();
  brush.moveTo(shape.x - cos * back, shape.y + sin * back);
  brush.lineTo(shape.x - cos * end, shape.y + sin * end);
  brush.lineWidth = Math.max(1.5, shape.width * 0.28);
  brush.lineCap = 'round';
  brush.globalAlpha = 0.35;
  brush.strokeStyle = colour;
  brush.stroke();
  brush.globalAlpha = 1;
  brush.lineCap = 'butt';
}

/** A box with a windscreen towards its front. */
function drawMotor(
  brush: Brush, { length, width }: Shape, colour: string, hasHeading: boolean,
): void {
  brush.beginPath();
  brush.roundRect(-length / 2, -width / 2, length, width, Math.min(width, length) * 0.25);
  brush.fillStyle = colour;
  brush.fill();
  brush.stroke();
  if (!hasHeading) return;
  brush.beginPath();
  brush.moveTo(length * 0.22, -width * 0.34);
  brush.lineTo(length * 0.4, 0);
  brush.lineTo(length * 0.22, width * 0.34);
  brush.lineWidth = Math.max(1.2, width * 0.14);
  brush.strokeStyle = 'rgba(255,255,255,0.9)';
  brush.stroke();
}

/** A slim drop that points forward. */
function drawTwoWheeler(brush: Brush, { length, width }: Shape, colour: string): void {
  brush.beginPath();
  brush.moveTo(length * 0.62, 0);
  brush.lineTo(0, width * 0.62);
  brush.lineTo(-length * 0.5, width * 0.3);
  brush.lineTo(-length * 0.5, -width * 0.3);
  brush.lineTo(0, -width * 0.62);
  brush.closePath();
  brush.fillStyle = colour;
  brush.fill();
  brush.stroke();
}

function drawPedestrian(brush: Brush, { width }: Shape, colour: string, hasHeading: boolean): void {
  const radius = Math.max(3.2, width * 0.6);
  brush.beginPath();
  brush.arc(0, 0, radius, 0, 2 * Math.PI);
  brush.fillStyle = colour;
  brush.fill();
  brush.stroke();
  if (!hasHeading) return;
  brush.beginPath();
  brush.moveTo(radius, 0);
  brush.lineTo(radius * 1.9, 0);
  brush.lineWidth = 1.5;
  brush.strokeStyle = colour;
  brush.stroke();
}

function drawTrack(brush: Brush, camera: Camera, track: Track, colours: Ground): void {
  const shape = shapeOf(track, camera);
  const { x, y } = shape;
  if (x < -80 || y < -80 || x > camera.width + 80 || y > camera.height + 80) return;
  const colour = classColour(track.cls);
  drawTail(brush, camera, track, shape, colour);
  brush.save();
  brush.translate(shape.x, shape.y);
  brush.rotate(-(track.headingRad ?? 0));
  brush.lineWidth = 1;
  brush.strokeStyle = colours.halo;
  // One that no sensor sees now is a guess: drawn faint.
  if (track.unseen !== 'seen') brush.globalAlpha = 0.55;
  const hasHeading = track.headingRad !== null;
  if (isMotor(track.cls)) drawMotor(brush, shape, colour, hasHeading);
  else if (track.cls === 'pedestrian') drawPedestrian(brush, shape, colour, hasHeading);
  else drawTwoWheeler(brush, shape, colour);
  brush.restore();
}

/** Where the road user is with 95 %: the axes of its covariance, twice the deviation. */
function drawEllipse(brush: Brush, camera: Camera, track: Track, colours: Ground): void {
  const [eastM2, crossM2, northM2] = track.covariance;
  const middle = (eastM2 + northM2) / 2;
  const spread = Math.hypot((eastM2 - northM2) / 2, crossM2);
  const large = SIGMAS * Math.sqrt(Math.max(0, middle + spread)) * camera.scale;
  const small = SIGMAS * Math.sqrt(Math.max(0, middle - spread)) * camera.scale;
  const angleRad = 0.5 * Math.atan2(2 * crossM2, eastM2 - northM2);
  const x = camera.toX(track.eastM);
  const y = camera.toY(track.northM);
  brush.beginPath();
  brush.ellipse(x, y, Math.max(1, large), Math.max(1, small), -angleRad, 0, 2 * Math.PI);
  brush.lineWidth = 1;
  brush.strokeStyle = colours.faint;
  brush.stroke();
  brush.beginPath();
  brush.arc(x, y, Math.max(14, shapeOf(track, camera).length * 0.75), 0, 2 * Math.PI);
  brush.lineWidth = 2;
  brush.strokeStyle = colours.ink;
  brush.stroke();
}

/** Draws road users; small ones last, so that a bus never hides a person. */
export function drawTracks(
  brush: Brush, camera: Camera, tracks: readonly Track[], chosen: string | null, colours: Ground,
): void {
  for (const track of tracks) if (isMotor(track.cls)) drawTrack(brush, camera, track, colours);
  for (const track of tracks) if (!isMotor(track.cls)) drawTrack(brush, camera, track, colours);
  const marked = tracks.find(({ id }) => id === chosen);
  if (marked) drawEllipse(brush, camera, marked, colours);
}

/** Marks what has happened and is not over. */
export function drawEvents(brush: Brush, camera: Camera, events: readonly RoadEvent[]): void {
  for (const event of events) {
    if (event.ended !== null) continue;
    const x = camera.toX(event.eastM);
    const y = camera.toY(event.northM);
    brush.beginPath();
    brush.arc(x, y, Math.max(16, event.radiusM * camera.scale), 0, 2 * Math.PI);
    brush.fillStyle = 'rgba(220,38,38,0.12)';
    brush.fill();
    brush.lineWidth = 2;
    brush.setLineDash([6, 4]);
    brush.strokeStyle = '#dc2626';
    brush.stroke();
    brush.setLineDash([]);
  }
}

/** The road user nearest to a pixel, within reach of a finger or a pointer. */
export function trackAt(
  camera: Camera, tracks: readonly Track[], x: number, y: number, reachPixels: number,
): Track | null {
  let found: Track | null = null;
  let nearest = Infinity;
  for (const track of tracks) {
    const distance = Math.hypot(camera.toX(track.eastM) - x, camera.toY(track.northM) - y);
    const reach = Math.max(reachPixels, shapeOf(track, camera).length / 2);
    if (distance > reach || distance >= nearest) continue;
    nearest = distance;
    found = track;
  }
  return found;
}
