import type { Driver } from './driver.ts';

/** Every driver, one line each. */
export const drivers: readonly Driver[] = [];

/** Finds a driver by its kind. */
export const driverByKind = (kind: string): Driver | undefined =>
  drivers.find((driver) => driver.kind === kind);
