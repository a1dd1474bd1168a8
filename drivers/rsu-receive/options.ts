import { choice, quantity } from '../../config/field.ts';
import type { SectionValue } from '../../config/field.ts';
import { rsuReceiveHelp as help } from '../../src/base/texts/selfreports.ts';

/** Settings of one port on which a roadside unit hands on what it receives. */
export const rsuReceiveOptions = {
  carrier: choice({ of: ['none', 'octets-18', 'bsm-up'], default: 'none', help: help.carrier }),
  futureMaxMs: quantity({ unit: 'ms', min: 0, max: 1000, default: 220, help: help.futureMaxMs }),
  ageMaxMs: quantity({ unit: 'ms', min: 100, max: 10000, default: 2000, help: help.ageMaxMs }),
  useMaxMs: quantity({ unit: 'ms', min: 50, max: 2000, default: 450, help: help.useMaxMs }),
  sigmaUnknownM: quantity({ unit: 'm', min: 0.1, max: 50, default: 2.5, help: help.sigmaUnknownM }),
  sigmaMinM: quantity({ unit: 'm', min: 0.1, max: 10, default: 0.7, help: help.sigmaMinM }),
  simulatedShare: quantity({ min: 0, max: 1, default: 0.3, help: help.simulatedShare }),
};
export type RsuReceiveOptions = SectionValue<typeof rsuReceiveOptions>;
