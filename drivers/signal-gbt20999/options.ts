import { choice, custom, flag, quantity, text } from '../../config/field.ts';
import type { SectionValue } from '../../config/field.ts';
import { z } from '../../config/zod.ts';
import { signalTexts } from '../../src/base/texts/signals.ts';

const lampGroup = z.string().regex(/^[1-9][0-9]{0,2}$/);
const stageGreen = z.union([
  lampGroup,
  z.strictObject({
    lampGroup,
    /** From the end of this green, flashing included, to the end of the stage. */
    beforeEndMs: z.number().min(0).max(60_000),
    /** How long the last part of this green flashes. */
    flashingMs: z.number().min(0).max(60_000),
  }),
]);
const stageGroups = z.record(z.string().regex(/^[1-9][0-9]{0,2}$/), z.array(stageGreen).max(255));

export const gbt20999Options = {
  version: quantity({
    min: 0, max: 65535, whole: true, default: 256, help: signalTexts.versionHelp,
  }),
  upperComputerId: quantity({
    min: 0, max: 255, whole: true, default: 1, unverified: true,
    help: signalTexts.upperComputerHelp,
  }),
  controllerId: quantity({
    min: 0, max: 4_294_967_295, whole: true, default: 1, help: signalTexts.controllerHelp,
  }),
  intersectionId: quantity({
    min: 0, max: 255, whole: true, default: 1, help: signalTexts.intersectionHelp,
  }),
  queryPeriodMs: quantity({
    unit: 'ms', min: 100, max: 1000, whole: true, default: 200, help: signalTexts.queryPeriodHelp,
  }),
  queryTimeoutMs: quantity({
    unit: 'ms', min: 200, max: 5000, whole: true, default: 1000,
    help: signalTexts.queryTimeoutHelp,
  }),
  lampQuery: choice({
    of: ['all', 'each'], default: 'all', unverified: true, help: signalTexts.lampQueryHelp,
  }),
  heartbeatPeriodMs: quantity({
    unit: 'ms', min: 200, max: 60_000, whole: true, default: 1000, unverified: true,
    help: signalTexts.heartbeatPeriodHelp,
  }),
  heartbeat: choice({
    of: ['both', 'box-asks', 'controller-asks', 'none'], default: 'both', unverified: true,
    help: signalTexts.heartbeatDirectionHelp,
  }),
  activeReports: choice({
    of: ['use', 'ignore'], default: 'use', unverified: true, help: signalTexts.activeReportsHelp,
  }),
  stageGroups: custom(stageGroups, { help: signalTexts.stageGroupsHelp, default: {} }),
  transitionMs: quantity({
    unit: 'ms', min: 0, max: 30_000, default: 0, unverified: true,
    help: signalTexts.transitionHelp,
  }),
  forecastConfidence: quantity({
    min: 0, max: 1, default: 0.8, unverified: true, help: signalTexts.forecastConfidenceHelp,
  }),
  latencyMs: quantity({
    unit: 'ms', min: 0, max: 500, default: 0, help: signalTexts.latencyHelp,
  }),
  expectedSource: text({ help: signalTexts.expectedSourceHelp, maxLength: 64, default: '' }),
  sourceBy: choice({
    of: ['address-and-port', 'address'],
    help: signalTexts.sourceByHelp,
    default: 'address-and-port',
  }),
  simulateActiveReports: flag({ help: signalTexts.simulateActiveHelp, default: false }),
};
export type Gbt20999Options = SectionValue<typeof gbt20999Options>;
