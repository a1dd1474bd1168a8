import { choice, custom, flag, numbers, quantity, text } from '../../config/field.ts';
import type { SectionValue } from '../../config/field.ts';
import { z } from '../../config/zod.ts';
import { roadUserClasses } from '../../src/model/roaduser.ts';
import { cameraHelp as help } from '../../src/base/texts/sensors.ts';

/** Settings of one camera whose analytics speaks DeepStream's schemas. */
export const cameraOptions = {
  deviceId: text({ maxLength: 128, default: '', help: help.deviceId }),
  topic: text({ maxLength: 256, default: '', help: help.topic }),
  homography: numbers({ minCount: 9, maxCount: 9, help: help.homography }),
  widthPx: quantity({ unit: 'px', min: 16, max: 16384, default: 1920, help: help.widthPx }),
  heightPx: quantity({ unit: 'px', min: 16, max: 16384, default: 1080, help: help.heightPx }),
  useStamp: flag({ default: true, help: help.useStamp }),
  latencyMs: custom(z.number().min(0).max(2000).nullable(), {
    unit: 'ms', default: null, help: help.latencyMs,
  }),
  stampLatencyMs: quantity({
    unit: 'ms', min: -500, max: 2000, default: 0, unverified: true, help: help.stampLatencyMs,
  }),
  stampAgeMaxMs: quantity({
    unit: 'ms', min: 50, max: 10000, default: 1000, help: help.stampAgeMaxMs,
  }),
  groupWaitMs: quantity({ unit: 'ms', min: 0, max: 100, default: 40, help: help.groupWaitMs }),
  pixelSigmaPx: quantity({ unit: 'px', min: 0.1, max: 100, default: 2, help: help.pixelSigmaPx }),
  boxSigmaShare: quantity({ min: 0, max: 1, default: 0.04, help: help.boxSigmaShare }),
  groundSigmaM: quantity({ unit: 'm', min: 0, max: 10, default: 0.25, help: help.groundSigmaM }),
  truncated: choice({ of: ['inflate', 'drop'], default: 'inflate', help: help.truncated }),
  edgePx: quantity({ unit: 'px', min: 0, max: 200, default: 3, help: help.edgePx }),
  qualityDefault: quantity({ min: 0, max: 1, default: 0.8, help: help.qualityDefault }),
  classMap: custom(z.record(z.string().max(64), z.enum(roadUserClasses)), {
    default: {}, help: help.classMap,
  }),
};
export type CameraOptions = SectionValue<typeof cameraOptions>;
