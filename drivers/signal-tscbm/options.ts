import { choice, custom, quantity, text } from '../../config/field.ts';
import type { SectionValue } from '../../config/field.ts';
import { z } from '../../config/zod.ts';
import { signalTexts } from '../../src/base/texts/signals.ts';

const numbersInUse = z
  .array(z.number().int().min(1).max(16))
  .max(16)
  .refine((list) => new Set(list).size === list.length, { message: 'expected each number once' });

export const tscbmOptions = {
  phases: custom(numbersInUse, {
    help: signalTexts.phasesHelp,
    default: [1, 2, 3, 4, 5, 6, 7, 8],
  }),
  overlaps: custom(numbersInUse, { help: signalTexts.overlapsHelp, default: [] }),
  pedestrians: custom(numbersInUse, { help: signalTexts.pedestriansHelp, default: [] }),
  expectedSource: text({ help: signalTexts.expectedSourceHelp, maxLength: 64, default: '' }),
  sourceBy: choice({
    of: ['address-and-port', 'address'],
    help: signalTexts.sourceByHelp,
    default: 'address-and-port',
  }),
  latencyMs: quantity({
    unit: 'ms', min: 0, max: 200, default: 0, help: signalTexts.latencyHelp,
  }),
};
export type TscbmOptions = SectionValue<typeof tscbmOptions>;
