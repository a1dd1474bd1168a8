import type { ControllerStatus } from '../model/signal.ts';

/** Whether the controller's own status leaves its end times true. */
export const believable = (status: ControllerStatus): boolean =>
  !(status.manualControl || status.stopTime || status.failureFlash || status.preempt
    || status.priority || status.fault)
  && status.mode !== 'manual' && status.mode !== 'flashing' && status.mode !== 'all-red'
  && status.mode !== 'off';
