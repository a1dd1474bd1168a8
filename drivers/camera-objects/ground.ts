import type { MonotonicMs } from '../../src/base/time.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Extent, RoadUserClass } from '../../src/model/roaduser.ts';
import type { FieldOfView, SensorPose } from '../../src/model/site.ts';
import { bodies, confusions, foldLabel, labelClasses, personalLabels } from './classes.ts';
import { jacobian, project } from './homography.ts';
import type { Homography } from './homography.ts';
import type { CameraBox } from './messages.ts';
import type { CameraOptions } from './options.ts';

/** Why a box gave no observation. */
export type BoxDrop =
  | 'personal_object' | 'class_no_user' | 'above_horizon' | 'out_of_range' | 'truncated_dropped';
/** What befell a box that was used all the same. */
export type BoxNote = 'class_unknown' | 'truncated_inflated';

/** What a box is held against. */
export interface GroundView {
  readonly homography: Homography;
  readonly pose: SensorPose;
  readonly fieldOfView: FieldOfView;
  readonly options: CameraOptions;
}

export interface GroundStep {
  readonly observation?: Observation;
  readonly dropped?: BoxDrop;
  readonly note?: BoxNote;
}

/** Share of a box's side that may be missing when it is cut by the picture's edge. */
const CUT_SHARE = 0.35;
/** What is seen beyond the field of view by this factor is a mistake of the projection. */
const RANGE_SLACK = 1.3;
/** Across-view widths up to this times a class's width show the body end-on. */
const END_ON = 1.35;

type Found = { readonly cls: RoadUserClass; readonly known: boolean };

const classOf = (label: string, options: CameraOptions): Found | BoxDrop => {
  const mapped = Object.hasOwn(options.classMap, label) ? options.classMap[label] : undefined;
  if (mapped) return { cls: mapped, known: true };
  const folded = foldLabel(label);
  if (personalLabels.includes(folded)) return 'personal_object';
  if (!Object.hasOwn(labelClasses, folded)) return { cls: 'unknown', known: false };
  const cls = labelClasses[folded]!;
  return cls === null ? 'class_no_user' : { cls, known: true };
};

/** Deviation of the bottom centre in pixels, and whether the picture's edge cuts the box. */
function pixelSigmas(
  box: CameraBox, options: CameraOptions,
): { readonly u: number; readonly v: number; readonly cut: boolean } {
  const { pixelSigmaPx, boxSigmaShare, edgePx, widthPx, heightPx } = options;
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const cutSide = box.left <= edgePx || box.right >= widthPx - edgePx;
  const cutBottom = box.bottom >= heightPx - edgePx;
  const u = Math.hypot(pixelSigmaPx, boxSigmaShare * width, cutSide ? CUT_SHARE * width : 0);
  const v = Math.hypot(pixelSigmaPx, boxSigmaShare * height, cutBottom ? CUT_SHARE * height : 0);
  return { u, v, cut: cutSide || cutBottom };
}

/** J Σ Jᵀ and the calibration's own error; 2 × 2 over [east m, north m]. */
function covarianceAt(
  homography: Homography, u: number, v: number, sigmaU: number, sigmaV: number, groundM: number,
): readonly number[] {
  const [eu, ev, nu, nv] = jacobian(homography, u, v);
  const uu = sigmaU * sigmaU;
  const vv = sigmaV * sigmaV;
  const mixed = eu * nu * uu + ev * nv * vv;
  return [
    eu * eu * uu + ev * ev * vv + groundM * groundM, mixed,
    mixed, nu * nu * uu + nv * nv * vv + groundM * groundM,
  ];
}

/** What the width across the view tells of the body; a side view of a vehicle mixes both. */
function extentOf(cls: RoadUserClass, acrossM: number): Extent {
  const body = bodies[cls];
  const endOn = cls !== 'unknown' && acrossM > body.widthM / 2 && acrossM <= body.widthM * END_ON;
  return { lengthM: null, widthM: endOn ? acrossM : null, heightM: null };
}

/** One box as an observation of the point on the ground under its bottom edge. */
export function toGround(box: CameraBox, measuredMs: MonotonicMs, view: GroundView): GroundStep {
  const { homography, pose, fieldOfView, options } = view;
  const found = classOf(box.label, options);
  if (typeof found === 'string') return { dropped: found };
  const sigma = pixelSigmas(box, options);
  if (sigma.cut && options.truncated === 'drop') return { dropped: 'truncated_dropped' };
  const u = (box.left + box.right) / 2;
  const v = box.bottom;
  const ground = project(homography, u, v);
  if (!ground) return { dropped: 'above_horizon' };
  const [eastM, northM] = ground;
  const rangeM = Math.hypot(eastM - pose.eastM, northM - pose.northM);
  // Written so that what is no number is refused too.
  if (!(rangeM <= RANGE_SLACK * fieldOfView.rangeMaxM)) return { dropped: 'out_of_range' };
  const [eastByU, , northByU] = jacobian(homography, u, v);
  const acrossM = Math.hypot(eastByU, northByU) * (box.right - box.left);
  const covariance = covarianceAt(homography, u, v, sigma.u, sigma.v, options.groundSigmaM);
  const observation: Observation = {
    measuredMs,
    measurement: {
      kind: 'site-position', eastM, northM, eastMps: null, northMps: null, covariance,
    },
    referencePoint: 'bottom-centre',
    extent: extentOf(found.cls, sigma.cut ? 0 : acrossM),
    headingRad: null,
    headingSigmaRad: null,
    headingAmbiguous: true,
    classes: confusions[found.cls],
    deviceTrackId: box.trackId,
    processing: box.trackId === null ? 'raw' : 'tracked',
    quality: box.confidence ?? options.qualityDefault,
    crossSectionDbsm: null,
  };
  if (!found.known) return { observation, note: 'class_unknown' };
  return sigma.cut ? { observation, note: 'truncated_inflated' } : { observation };
}
