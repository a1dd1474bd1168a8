import { signalTexts } from '../../src/base/texts/signals.ts';
import { defineSignalDriver } from '../driver.ts';
import type { SignalContext } from '../driver.ts';
import { TscbmInstance } from './instance.ts';
import { tscbmOptions } from './options.ts';
import { simulatedTscbm } from './simulate.ts';
import { witness } from './witness.ts';

export const signalTscbm = defineSignalDriver({
  role: 'signal',
  kind: 'signal-tscbm',
  title: signalTexts.tscbmTitle,
  transports: ['udp'],
  silentAfterMs: 300, // rule R1
  pushes: true,
  options: tscbmOptions,
  counters: {
    wrong_length: signalTexts.wrongLength,
    wrong_lead: signalTexts.wrongLead,
    wrong_block: signalTexts.wrongBlock,
    inconsistent_colours: signalTexts.inconsistentColours,
    sequence_repeated: signalTexts.sequenceRepeated,
    sequence_backward: signalTexts.sequenceBackward,
    sequence_gap: signalTexts.sequenceGap,
    unused_moving: signalTexts.unusedMoving,
    discontinuous: signalTexts.discontinuous,
    two_sources: signalTexts.twoSources,
    unexpected_source: signalTexts.unexpectedSource,
    source_changed: signalTexts.sourceChanged,
  },
  start: (context: SignalContext<'udp'>, options) => new TscbmInstance(context, options),
  simulate: () => simulatedTscbm(),
  witness,
});
