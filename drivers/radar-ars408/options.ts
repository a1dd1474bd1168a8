import { choice, custom, flag, quantity } from '../../config/field.ts';
import type { SectionValue } from '../../config/field.ts';
import { z } from '../../config/zod.ts';
import { ars408Help as help } from '../../src/base/texts/sensors.ts';

/** Settings of one ARS 408. */
export const radarOptions = {
  sensorId: quantity({ min: 0, max: 7, whole: true, default: 0, help: help.sensorId }),
  mounting: choice({ of: ['upright', 'inverted'], default: 'upright', help: help.mounting }),
  lateral: choice({
    of: ['left-positive', 'right-positive'],
    default: 'left-positive',
    unverified: true,
    help: help.lateral,
  }),
  latencyMs: custom(z.number().min(0).max(500).nullable(), {
    unit: 'ms', default: null, help: help.latencyMs,
  }),
  configure: flag({ default: true, help: help.configure }),
  sendQuality: flag({ default: true, help: help.sendQuality }),
  sendExtended: flag({ default: true, help: help.sendExtended }),
  maxDistanceM: quantity({
    unit: 'm', min: 10, max: 2046, default: 250, unverified: true, help: help.maxDistanceM,
  }),
  existenceMin: quantity({ min: 0, max: 7, whole: true, default: 0, help: help.existenceMin }),
  egoMotion: flag({ default: true, help: help.egoMotion }),
  egoMotionPeriodMs: quantity({
    unit: 'ms', min: 20, max: 100, default: 50, help: help.egoMotionPeriodMs,
  }),
  rangeSigmaM: quantity({ unit: 'm', min: 0.01, max: 20, default: 0.4, help: help.rangeSigmaM }),
  azimuthSigmaDeg: quantity({
    unit: 'deg', min: 0.05, max: 20, default: 1, help: help.azimuthSigmaDeg,
  }),
  speedSigmaMps: quantity({
    unit: 'm/s', min: 0.01, max: 20, default: 0.25, help: help.speedSigmaMps,
  }),
  lateralSpeedSigmaMps: quantity({
    unit: 'm/s', min: 0.01, max: 20, default: 1, help: help.lateralSpeedSigmaMps,
  }),
};
export type RadarOptions = SectionValue<typeof radarOptions>;
