import type { Stamp } from '../base/time.ts';

/** The four times of every record, each on both clocks with the error of its UTC half. */
export interface RecordTimes {
  /** When the world was looked at. */
  readonly measured: Stamp;
  /** Arrival of the first byte at this box. */
  readonly received: Stamp;
  /** The instant that the pose or state is for. */
  readonly valid: Stamp;
  /** When it left the box; null until it does. */
  readonly sent: Stamp | null;
}
