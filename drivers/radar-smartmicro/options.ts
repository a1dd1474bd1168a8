import { choice, custom, quantity, text } from '../../config/field.ts';
import type { SectionValue } from '../../config/field.ts';
import { z } from '../../config/zod.ts';
import { smartmicroHelp as help } from '../../src/base/texts/sensors.ts';

/** Settings of one smartmicro radar. */
export const smartmicroOptions = {
  source: text({ maxLength: 64, default: '', help: help.source }),
  latencyMs: custom(z.number().min(0).max(500).nullable(), {
    unit: 'ms', default: null, help: help.latencyMs,
  }),
  azimuth: choice({
    of: ['left-positive', 'right-positive'],
    default: 'left-positive',
    unverified: true,
    help: help.azimuth,
  }),
  clusterRangeM: quantity({ unit: 'm', min: 0.1, max: 20, default: 1.8, help: help.clusterRangeM }),
  clusterAcrossM: quantity({
    unit: 'm', min: 0.1, max: 20, default: 1.4, help: help.clusterAcrossM,
  }),
  clusterRateMps: quantity({
    unit: 'm/s', min: 0.1, max: 20, default: 1.2, help: help.clusterRateMps,
  }),
  clusterLengthMaxM: quantity({
    unit: 'm', min: 2, max: 60, default: 20, help: help.clusterLengthMaxM,
  }),
  standingWeight: quantity({ min: 0, max: 1, default: 0.5, help: help.standingWeight }),
  rangeSigmaM: quantity({ unit: 'm', min: 0.01, max: 20, default: 0.3, help: help.rangeSigmaM }),
  azimuthSigmaDeg: quantity({
    unit: 'deg', min: 0.05, max: 20, default: 1, help: help.azimuthSigmaDeg,
  }),
  rateSigmaMps: quantity({
    unit: 'm/s', min: 0.01, max: 20, default: 0.15, help: help.rateSigmaMps,
  }),
};
export type SmartmicroOptions = SectionValue<typeof smartmicroOptions>;
