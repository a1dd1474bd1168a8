import { choice, custom, numbers, quantity, text } from '../../config/field.ts';
import type { SectionValue } from '../../config/field.ts';
import { z } from '../../config/zod.ts';
import { objectListHelp as help } from '../../src/base/texts/sensors.ts';

/** Settings of one detector that sends JSON lines. */
export const objectListOptions = {
  deviceId: text({ maxLength: 128, default: '', help: help.deviceId }),
  stamps: choice({ of: ['utc', 'relative', 'arrival'], default: 'utc', help: help.stamps }),
  latencyMs: custom(z.number().min(0).max(2000).nullable(), {
    unit: 'ms', default: null, help: help.latencyMs,
  }),
  stampAgeMaxMs: quantity({
    unit: 'ms', min: 50, max: 10000, default: 1000, help: help.stampAgeMaxMs,
  }),
  reference: numbers({ minCount: 0, maxCount: 3, default: [], help: help.reference }),
  referencePoint: choice({
    of: ['centre', 'nearest-edge', 'nearest-corner', 'front', 'rear', 'bottom-centre', 'unknown'],
    default: 'centre',
    help: help.referencePoint,
  }),
  processing: choice({ of: ['tracked', 'raw'], default: 'tracked', help: help.processing }),
  positionSigmaM: quantity({
    unit: 'm', min: 0.01, max: 50, default: 0.5, help: help.positionSigmaM,
  }),
  speedSigmaMps: quantity({
    unit: 'm/s', min: 0.01, max: 50, default: 0.5, help: help.speedSigmaMps,
  }),
  headingSigmaDeg: quantity({
    unit: 'deg', min: 0.1, max: 180, default: 5, help: help.headingSigmaDeg,
  }),
  qualityDefault: quantity({ min: 0, max: 1, default: 0.8, help: help.qualityDefault }),
  classTrust: quantity({ min: 0, max: 1, default: 0.85, help: help.classTrust }),
  form: choice({ of: ['site', 'geodetic', 'sensor'], default: 'site', help: help.form }),
};
export type ObjectListOptions = SectionValue<typeof objectListOptions>;
