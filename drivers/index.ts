import type { Driver } from './driver.ts';
import { cameraObjects } from './camera-objects/index.ts';
import { objectList } from './object-list/index.ts';
import { radarArs408 } from './radar-ars408/index.ts';
import { radarSmartmicro } from './radar-smartmicro/index.ts';
import { rsuReceive } from './rsu-receive/index.ts';
import { signalGbt20999 } from './signal-gbt20999/index.ts';
import { signalTscbm } from './signal-tscbm/index.ts';

/** Every driver, one line each. */
export const drivers: readonly Driver[] = [
  cameraObjects,
  objectList,
  radarArs408,
  radarSmartmicro,
  rsuReceive,
  signalGbt20999,
  signalTscbm,
];

/** Finds a driver by its kind. */
export const driverByKind = (kind: string): Driver | undefined =>
  drivers.find((driver) => driver.kind === kind);
