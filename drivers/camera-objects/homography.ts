import { assert } from '../../src/base/assert.ts';
import type { SensorPose } from '../../src/model/site.ts';

/** 3 × 3 row-major: (x, y, w) = H · (u, v, 1); metres are x/w and y/w; w > 0 before the camera. */
export type Homography = readonly number[];

/**
 * Pixel → site metres on flat ground for a camera without distortion.
 *
 * @param pose where it hangs (`upM` over the ground, which is at 0) and looks; `pitchRad` is
 *   negative when it looks down. Roll is taken as 0.
 * @param focalPx focal length in pixels, the same both ways.
 * @param width of the picture in pixels; the principal point is its middle.
 * @param height of the picture in pixels; v grows downwards.
 * Source: Hartley and Zisserman, Multiple View Geometry, 2nd ed., section 8.1.1.
 */
export function homographyFor(
  pose: Pick<SensorPose, 'eastM' | 'northM' | 'upM' | 'headingRad' | 'pitchRad'>,
  focalPx: number,
  width: number,
  height: number,
): Homography {
  assert(pose.upM > 0, `upM is ${pose.upM}`);
  assert(focalPx > 0 && width > 0 && height > 0, 'focal length and size must be positive');
  const cosHeading = Math.cos(pose.headingRad);
  const sinHeading = Math.sin(pose.headingRad);
  const cosPitch = Math.cos(pose.pitchRad);
  const sinPitch = Math.sin(pose.pitchRad);
  // Axes of the camera in the site: right, down, ahead.
  const right = [sinHeading, -cosHeading, 0] as const;
  const ahead = [cosPitch * cosHeading, cosPitch * sinHeading, sinPitch] as const;
  const down = [sinPitch * cosHeading, sinPitch * sinHeading, -cosPitch] as const;
  // A ray is right·(u−cu)/f + down·(v−cv)/f + ahead; its numbers are linear in (u, v, 1).
  const ray = [0, 1, 2].map((axis) => [
    right[axis]! / focalPx,
    down[axis]! / focalPx,
    ahead[axis]! - (right[axis]! * width) / 2 / focalPx - (down[axis]! * height) / 2 / focalPx,
  ]);
  // It meets the ground after upM / (−z) of its length; −z is the last component.
  const [east, north, up] = ray as [number[], number[], number[]];
  return [
    ...up.map((z, column) => pose.upM * east[column]! - pose.eastM * z),
    ...up.map((z, column) => pose.upM * north[column]! - pose.northM * z),
    ...up.map((z) => -z),
  ];
}

/** The inverse, up to scale; null where there is none. */
export function invertHomography(h: Homography): Homography | null {
  const [a, b, c, d, e, f, g, i, j] = h as [
    number, number, number, number, number, number, number, number, number,
  ];
  const adjugate = [
    e * j - f * i, c * i - b * j, b * f - c * e,
    f * g - d * j, a * j - c * g, c * d - a * f,
    d * i - e * g, b * g - a * i, a * e - b * d,
  ];
  const determinant = a * adjugate[0]! + b * adjugate[3]! + c * adjugate[6]!;
  if (!Number.isFinite(determinant) || determinant === 0) return null;
  return adjugate.map((value) => value / determinant);
}

/** The third component: positive before the camera and below the horizon. */
const depthAt = (h: Homography, u: number, v: number): number =>
  h[6]! * u + h[7]! * v + h[8]!;

/** Applies a homography; null where the third component is not positive (above the horizon). */
export function project(h: Homography, u: number, v: number): readonly [number, number] | null {
  const w = depthAt(h, u, v);
  if (!(w > 0)) return null;
  return [(h[0]! * u + h[1]! * v + h[2]!) / w, (h[3]! * u + h[4]! * v + h[5]!) / w];
}

/** Derivatives of (x, y) by (u, v) at a pixel: [∂x/∂u, ∂x/∂v, ∂y/∂u, ∂y/∂v]. */
export function jacobian(
  h: Homography, u: number, v: number,
): readonly [number, number, number, number] {
  const w = depthAt(h, u, v);
  const x = (h[0]! * u + h[1]! * v + h[2]!) / w;
  const y = (h[3]! * u + h[4]! * v + h[5]!) / w;
  return [
    (h[0]! - x * h[6]!) / w, (h[1]! - x * h[7]!) / w,
    (h[3]! - y * h[6]!) / w, (h[4]! - y * h[7]!) / w,
  ];
}

/**
 * The same map with its sign chosen so that the third component is positive at the picture's
 * bottom centre, which always looks at the ground. Calibration tools leave the sign open.
 */
export function oriented(h: Homography, width: number, height: number): Homography {
  const sign = depthAt(h, width / 2, height) < 0 ? -1 : 1;
  return h.map((value) => sign * value);
}
