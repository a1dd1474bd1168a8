import type { RoadUserClass } from '../src/model/roaduser.ts';
import type { SensingKind } from '../src/model/track.ts';

/** Noise of one mode of motion. */
export interface ModeTuning {
  /** Vehicle: white noise on the speed, m/s per √s, beside the acceleration state. */
  readonly speedSigma: number;
  /** Vehicle: steady deviation of the acceleration, m/s². Free: root of its density, m/s² √s. */
  readonly accelerationSigma: number;
  /** Time constant of the acceleration, s. */
  readonly accelerationS: number;
  /** Steady deviation of the yaw rate, rad/s, and its time constant. */
  readonly yawSigma: number;
  readonly yawS: number;
  /** White noise on the heading, rad per √s: the slip of the model. */
  readonly headingSigma: number;
  /** White noise on the position, m per √s: what wanders in the sensor's own pose. */
  readonly wanderSigma: number;
}

/** How a kind of road user moves. */
export interface MotionTuning {
  readonly layout: 'vehicle' | 'free';
  readonly quiet: ModeTuning;
  readonly manoeuvre: ModeTuning;
  /** Mean time in each mode, s. */
  readonly quietS: number;
  readonly manoeuvreS: number;
  /** Deviation of the speed at birth, m/s, when nothing measured it. */
  readonly birthSpeedSigmaMps: number;
}

/** One row for each road-user class. */
export interface ClassTuning {
  readonly cls: RoadUserClass;
  readonly motion: MotionTuning;
  /** Size until it was seen: length, width, height, m. */
  readonly sizeM: readonly [number, number, number];
  /** Deviation of length and width within the class, m. */
  readonly sizeSigmaM: readonly [number, number];
  /** Classes of one group may stand for one another; others do not mix. */
  readonly group: 'vehicle' | 'cycle' | 'pedestrian' | 'unknown';
  /** Log-odds of existence above which a track is told, and below which it is told no more. */
  readonly publishOdds: number;
  readonly withdrawOdds: number;
  /** Strong hits before a track is told. */
  readonly publishHits: number;
  /** Farthest that a detection may lie from the prediction, m. */
  readonly gateM: number;
  /** How long it lives unseen although nothing hides it, and hidden or out of view, ms. */
  readonly missedMs: number;
  readonly hiddenMs: number;
  /** Why the row is as it is. */
  readonly because: string;
}

const carMotion: MotionTuning = {
  layout: 'vehicle',
  quiet: {
    speedSigma: 0.15, accelerationSigma: 0.8, accelerationS: 1.5, yawSigma: 0.03, yawS: 0.5,
    headingSigma: 0.01, wanderSigma: 0.05,
  },
  manoeuvre: {
    speedSigma: 0.5, accelerationSigma: 3, accelerationS: 1, yawSigma: 0.4, yawS: 1.5,
    headingSigma: 0.05, wanderSigma: 0.15,
  },
  quietS: 5,
  manoeuvreS: 1.5,
  birthSpeedSigmaMps: 8,
};
const heavyMotion: MotionTuning = {
  ...carMotion,
  quiet: { ...carMotion.quiet, accelerationSigma: 0.6 },
  manoeuvre: { ...carMotion.manoeuvre, accelerationSigma: 2, yawSigma: 0.3 },
};
const cycleMotion: MotionTuning = {
  layout: 'vehicle',
  quiet: {
    speedSigma: 0.2, accelerationSigma: 0.4, accelerationS: 1, yawSigma: 0.1, yawS: 0.5,
    headingSigma: 0.04, wanderSigma: 0.05,
  },
  manoeuvre: {
    speedSigma: 0.5, accelerationSigma: 1.5, accelerationS: 1, yawSigma: 0.8, yawS: 1,
    headingSigma: 0.1, wanderSigma: 0.1,
  },
  quietS: 4,
  manoeuvreS: 1.5,
  birthSpeedSigmaMps: 4,
};
const walkMotion: MotionTuning = {
  layout: 'free',
  quiet: {
    speedSigma: 0, accelerationSigma: 0.3, accelerationS: 1, yawSigma: 0, yawS: 1, headingSigma: 0,
    wanderSigma: 0.04,
  },
  manoeuvre: {
    speedSigma: 0, accelerationSigma: 1.2, accelerationS: 1, yawSigma: 0, yawS: 1, headingSigma: 0,
    wanderSigma: 0.1,
  },
  quietS: 5,
  manoeuvreS: 1,
  birthSpeedSigmaMps: 1.2,
};
const unknownMotion: MotionTuning = {
  ...walkMotion,
  quiet: { ...walkMotion.quiet, accelerationSigma: 1 },
  manoeuvre: { ...walkMotion.manoeuvre, accelerationSigma: 4 },
  birthSpeedSigmaMps: 6,
};

const vehicleLimits = {
  group: 'vehicle', publishOdds: 1.4, withdrawOdds: -0.5, publishHits: 2, gateM: 6, missedMs: 500,
  hiddenMs: 3000,
} as const;

/** The rows, in the order of `roadUserClasses`. */
export const classTuning: readonly ClassTuning[] = [
  {
    ...vehicleLimits, cls: 'unknown', motion: unknownMotion, sizeM: [2, 1, 1.5],
      sizeSigmaM: [1.5, 0.5],
    group: 'unknown', publishHits: 3, gateM: 4, hiddenMs: 2000,
    because: 'What no sensor can name may be anyone: free motion, a third hit, the shorter limit '
      + 'of a pedestrian.',
  },
  {
    ...vehicleLimits, cls: 'car', motion: carMotion, sizeM: [4.5, 1.8, 1.5],
      sizeSigmaM: [0.5, 0.15],
    because: 'Cars brake with up to 8 m/s² but rarely over 3; they turn only while they roll.',
  },
  {
    ...vehicleLimits, cls: 'van', motion: carMotion, sizeM: [5.2, 2, 2.2], sizeSigmaM: [0.6, 0.15],
    because: 'A van moves as a car does and is half a metre longer.',
  },
  {
    ...vehicleLimits, cls: 'truck', motion: heavyMotion, sizeM: [9, 2.5, 3.2], sizeSigmaM: [3, 0.1],
    because: 'Trucks accelerate slowly; their length varies most, so that size is learnt from '
      + 'sight.',
  },
  {
    ...vehicleLimits, cls: 'bus', motion: heavyMotion, sizeM: [12, 2.55, 3.1],
      sizeSigmaM: [1.5, 0.05],
    because: 'City buses are 10 to 12 m long and stop often; a corner seen alone must not move the '
      + 'middle.',
  },
  {
    ...vehicleLimits, cls: 'motorcycle', motion: { ...cycleMotion, birthSpeedSigmaMps: 8 },
    sizeM: [1.9, 0.8, 1.6], sizeSigmaM: [0.2, 0.1], group: 'cycle', gateM: 4, hiddenMs: 2000,
    because: 'Motorcycles swerve between lanes; they are vulnerable and are told after two hits.',
  },
  {
    ...vehicleLimits, cls: 'bicycle', motion: cycleMotion, sizeM: [1.8, 0.6, 1.7],
      sizeSigmaM: [0.15, 0.1],
    group: 'cycle', gateM: 3, hiddenMs: 2000,
    because: 'Bicycles hold their heading better than a walker and change it faster than a car.',
  },
  {
    ...vehicleLimits, cls: 'pedestrian', motion: walkMotion, sizeM: [0.5, 0.6, 1.7],
      sizeSigmaM: [0.1, 0.1],
    group: 'pedestrian', gateM: 2, hiddenMs: 2000,
    publishOdds: 0.4, withdrawOdds: -1.8,
    because: 'A walker starts, stops and turns within a step and has no heading while standing.',
  },
];

/** Motion of a class by its index. */
const motions: readonly MotionTuning[] = classTuning.map((row) => row.motion);
export const motionOf = (cls: number): MotionTuning => motions[cls]!;

/** What a kind of sensor can do. */
export interface SensorTuning {
  readonly kind: SensingKind;
  /** Probability to find a road user near, at the end of the range, and behind another. */
  readonly foundNear: number;
  readonly foundFar: number;
  readonly foundHidden: number;
  /** Below this speed, m/s, a road user may be filtered away as ground: no penalty when missed. */
  readonly blindBelowMps: number;
  /** Density of false detections, per m² and frame. */
  readonly clutterPerM2: number;
  /** Least deviation of a position, a velocity part and a range rate that is believed. */
  readonly positionFloorM: number;
  readonly velocityFloorMps: number;
  readonly headingFloorRad: number;
  /** How far its class is to be trusted: share of wrong classes. */
  readonly classConfusion: number;
  /** Weight of its length, width and height. */
  readonly sizeWeight: readonly [number, number, number];
  /** Correlation time of the errors of a device that filters, s. */
  readonly correlationS: number;
  readonly because: string;
}

/** One row for each kind of sensor. */
export const sensorTuning: Readonly<Record<SensingKind, SensorTuning>> = {
  radar: {
    kind: 'radar', foundNear: 0.85, foundFar: 0.6, foundHidden: 0.3, blindBelowMps: 1,
    clutterPerM2: 3e-4, positionFloorM: 0.25, velocityFloorMps: 0.12, headingFloorRad: 0.1,
    classConfusion: 0.25, sizeWeight: [0.05, 0.05, 0], correlationS: 0.1,
    because: 'Radar sees standing users badly and sizes hardly at all, range rate very well.',
  },
  camera: {
    kind: 'camera', foundNear: 0.9, foundFar: 0.6, foundHidden: 0.1, blindBelowMps: 0,
    clutterPerM2: 1e-4, positionFloorM: 0.2, velocityFloorMps: 0.3, headingFloorRad: 0.1,
    classConfusion: 0.08, sizeWeight: [0.2, 0.5, 0.5], correlationS: 0.1,
    because: 'Cameras tell the class; what stands behind another user is mostly lost to them.',
  },
  lidar: {
    kind: 'lidar', foundNear: 0.93, foundFar: 0.5, foundHidden: 0.2, blindBelowMps: 0,
    clutterPerM2: 1e-4, positionFloorM: 0.08, velocityFloorMps: 0.2, headingFloorRad: 0.03,
    classConfusion: 0.06, sizeWeight: [1, 1, 1], correlationS: 0.1,
    because: 'LiDAR gives place, heading and size; the far end thins out.',
  },
  v2x: {
    kind: 'v2x', foundNear: 0, foundFar: 0, foundHidden: 0, blindBelowMps: 0,
    clutterPerM2: 1e-5, positionFloorM: 1.6, velocityFloorMps: 0.2, headingFloorRad: 0.05,
    classConfusion: 0.02, sizeWeight: [2, 2, 2], correlationS: 0.3,
    because: 'A self-report says that its sender is there; silence says nothing about others. '
      + 'Its place errs by the same for minutes, so that no number of reports makes it sure.',
  },
  loop: {
    kind: 'loop', foundNear: 0, foundFar: 0, foundHidden: 0, blindBelowMps: 0,
    clutterPerM2: 1e-4, positionFloorM: 1, velocityFloorMps: 0.5, headingFloorRad: 0.2,
    classConfusion: 0.4, sizeWeight: [0, 0, 0], correlationS: 0,
    because: 'A loop knows that something is over it, no more.',
  },
  'object-list': {
    kind: 'object-list', foundNear: 0.85, foundFar: 0.55, foundHidden: 0.15, blindBelowMps: 0,
    clutterPerM2: 1e-4, positionFloorM: 0.1, velocityFloorMps: 0.2, headingFloorRad: 0.03,
    classConfusion: 0.06, sizeWeight: [0.7, 0.7, 0.7], correlationS: 0.1,
    because: 'An unnamed detector is taken as a middling LiDAR.',
  },
};

/** Numbers that hold for all. */
export const generalTuning = {
  /** Chi-square at 99.7 % for 1 to 5 measured values. */
  gate: [0, 8.81, 11.62, 13.93, 16.01, 17.92],
  /** Cost of leaving a detection unassigned, in units of half a squared deviation. */
  missCost: 9,
  /** A device's own track id that was right before makes a pair cheaper by this. */
  deviceBonus: 2,
  /** Detections of less quality than this may keep a track alive but never start one. */
  weakQuality: 0.35,
  /**
   * Existence forgets with this time constant, s: misses and hits of one sensor are not
   * independent.
   */
  existenceS: 1.5,
  /** Most that one hit may add, and the bounds of the log-odds. */
  hitOddsMax: 1.2,
  oddsMax: 5,
  /** Log-odds under which a track is dropped. */
  dropOdds: -2.5,
  /** How fast, at the least, the scale of a sensor's noise is learnt, and its bounds. */
  noiseRate: 0.002,
  noiseMin: 0.12,
  noiseMax: 4,
  /** The same for what stands: it needs more evidence against it. */
  dropStandingOdds: -4,
  /** Others than vehicles that stand are kept this long unseen, ms. */
  walkerKeptMs: 8000,
  /** Slower than this is standing, m/s, after this time, ms. */
  standingMps: 0.4,
  standingMs: 1000,
  /** A standing vehicle is kept this long unseen before it is forgotten, ms. */
  standingKeptMs: 150_000,
  /** Two tracks that look the same this long become one, ms. */
  twinMs: 500,
  /** No road user is told whose 95 % bound is wider, m. */
  boundMaxM: 3,
  /** The queue: this far upstream of a red stop line, m, and this long after its green, ms. */
  queueM: 60,
  afterGreenMs: 5000,
  /** City ids are not used again for this long, ms. */
  cityIdQuarantineMs: 60_000,
} as const;

/** How the rows of a plain object list (no covariance, raw score) are to be read. */
export interface ObjectListTuning {
  readonly positionSigmaM: number;
  readonly headingSigmaRad: number;
  /** Score at which a detection is as likely true as false, and how fast that changes. */
  readonly scoreMiddle: number;
  readonly scoreScale: number;
  /** How long a track that was missed is still told, ms. */
  readonly coastMs: number;
  readonly because: string;
}

const listed: ObjectListTuning = {
  positionSigmaM: 0.15, headingSigmaRad: 0.05, scoreMiddle: 2.5, scoreScale: 1.2, coastMs: 200,
  because: 'A box detector in a crowd of equals.',
};

/** One row for each class. */
export const objectListTuning: Readonly<Record<RoadUserClass, ObjectListTuning>> = {
  unknown: listed,
  car: {
    ...listed, scoreMiddle: 4.2, scoreScale: 1, coastMs: 0,
    because: 'Half of the boxes that score 4 are true; a car that is missed has mostly left the '
      + 'view.',
  },
  van: listed,
  truck: listed,
  bus: listed,
  motorcycle: listed,
  bicycle: {
    ...listed, positionSigmaM: 0.1, scoreMiddle: 2.6, scoreScale: 0.9, coastMs: 100,
    because: 'Few, small and true from a score of 2.6 on.',
  },
  pedestrian: {
    ...listed, positionSigmaM: 0.1, headingSigmaRad: 0.3, scoreMiddle: 2.4, scoreScale: 1.7,
      coastMs: 100,
    because: 'Boxes of walkers hardly know where they face, and their scores tell little.',
  },
};
