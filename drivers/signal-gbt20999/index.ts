import { signalTexts } from '../../src/base/texts/signals.ts';
import type { Text } from '../../src/base/text.ts';
import { defineSignalDriver } from '../driver.ts';
import type { SignalContext } from '../driver.ts';
import { Gbt20999Instance } from './instance.ts';
import { counterTexts } from './objects.ts';
import { gbt20999Options } from './options.ts';
import { simulatedGbt20999 } from './simulate.ts';
import { witness } from './witness.ts';

const counters = Object.fromEntries(
  Object.entries(counterTexts).map(([name, key]): [string, Text] => [name, signalTexts[key]]),
);

export const signalGbt20999 = defineSignalDriver({
  role: 'signal',
  kind: 'signal-gbt20999',
  title: signalTexts.gbt20999Title,
  transports: ['udp', 'tcp', 'serial'],
  silentAfterMs: 1500, // rule R1b: the slowest source that may be used
  options: gbt20999Options,
  counters,
  start: (context: SignalContext<'udp' | 'tcp' | 'serial'>, options) =>
    new Gbt20999Instance(context, options),
  simulate: (_settings, options) => simulatedGbt20999(options),
  witness,
});
