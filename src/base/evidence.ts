/** One raw frame of a signal controller, as it came, with the arrival of its first byte. */
export interface EvidenceFrame {
  readonly bytes: Uint8Array;
  /** Monotonic ms. */
  readonly receivedMs: number;
}

/** What a lamp group shows, read by a witness straight from evidence. */
export type WitnessColour =
  | 'red' | 'yellow' | 'green' | 'red-yellow' | 'dark'
  | 'flashing-red' | 'flashing-yellow' | 'flashing-green' | 'unknown';

/**
 * Reads evidence into a colour for each lamp group of the controller, sharing no table with the
 * decoder. The key is the lamp group's own name at the controller: its decimal number, with the
 * type before it where numbers repeat (`phase:2`, `overlap:1`, `pedestrian:4`).
 * Returns null when the evidence cannot be read.
 */
export type Witness = (frames: readonly EvidenceFrame[]) => ReadonlyMap<string, WitnessColour> | null;
