import type { Driver } from './driver.ts';
import { signalGbt20999 } from './signal-gbt20999/index.ts';
import { signalTscbm } from './signal-tscbm/index.ts';

/** Every driver, one line each. */
export const drivers: readonly Driver[] = [
  signalGbt20999,
  signalTscbm,
];

/** Finds a driver by its kind. */
export const driverByKind = (kind: string): Driver | undefined =>
  drivers.find((driver) => driver.kind === kind);
